//! The data for other programs, under `/api/v1`.
//!
//! One table of endpoints is both the router and the OpenAPI document (`openapi.rs`): a parameter that is not in it is refused, so that the
//! document cannot promise less or more than what is answered. Anybody may read, from any origin, within a limit per network.

mod answers;
mod endpoints;
mod openapi;
mod schemas;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use super::answer::Answer;
use super::query::Query;
use super::{Client, Failure, Reader, Site};

/// Under what the data may be used.
pub(super) const LICENSE: &str = "CC-BY-4.0";

/// One address of the API.
pub(super) struct Endpoint {
    /// Below `/api/v1`, as OpenAPI and the router write it.
    path: &'static str,
    /// A name for programs.
    id: &'static str,
    summary: &'static str,
    parameters: &'static [Parameter],
    /// What is answered: content type and the name of its schema; the first is the default.
    answers: &'static [(&'static str, &'static str)],
    /// Whether it may take long.
    heavy: bool,
    handle: fn(&Site, &Ask) -> Result<Answer, Failure>,
}

/// A parameter, in the path where its name stands there, else behind the question mark.
pub(super) struct Parameter {
    name: &'static str,
    kind: Kind,
    what: &'static str,
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// A row's number.
    Id,
    /// Two letters.
    Province,
    /// RFC 3339.
    Instant,
    /// An aspect.
    Aspect,
    /// From 1 to so many.
    Limit(u32),
    /// `true` or `false`.
    Flag,
    /// One of these.
    Word(&'static [&'static str]),
}

/// A question.
pub(super) struct Ask {
    path: BTreeMap<String, String>,
    query: Query,
    /// The whole address, for links to the next page.
    here: String,
}

impl Ask {
    /// The value of a path's part.
    fn part(&self, name: &str) -> &str {
        self.path.get(name).map(String::as_str).unwrap_or_default()
    }

    fn number(&self, name: &str) -> Result<i64, Failure> {
        self.part(name).parse().map_err(|_| Failure::NotFound)
    }

    fn limit(&self, otherwise: u32) -> Result<u32, Failure> {
        Ok(self.query.parsed("limit")?.unwrap_or(otherwise))
    }

    fn format(&self) -> &str {
        self.query.get("format").unwrap_or("json")
    }

    fn flag(&self, name: &str) -> bool {
        self.query.get(name) == Some("true")
    }
}

impl Kind {
    /// Why a value is none of the kind; `None` if it is.
    fn refuses(self, value: &str) -> Option<String> {
        let wrong = |wanted: &str| Some(format!("must be {wanted}"));
        match self {
            Self::Text(most) => (value.is_empty() || value.chars().count() > most).then(|| format!("must have 1 to {most} characters")),
            Self::Id => {
                if value.parse::<i64>().is_ok_and(|id| id > 0) {
                    None
                } else {
                    wrong("a positive number")
                }
            }
            Self::Province => {
                let is_code = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase());
                if is_code { None } else { wrong("two capital letters") }
            }
            Self::Instant => {
                if value.parse::<jiff::Timestamp>().is_ok() {
                    None
                } else {
                    wrong("an instant (RFC 3339)")
                }
            }
            Self::Aspect => value.parse::<crate::domain::Aspect>().err().map(|error| error.to_string()),
            Self::Limit(most) => {
                if value.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n)) {
                    None
                } else {
                    Some(format!("must be a number from 1 to {most}"))
                }
            }
            Self::Flag => {
                if matches!(value, "true" | "false") {
                    None
                } else {
                    wrong("true or false")
                }
            }
            Self::Word(words) => {
                if words.contains(&value) {
                    None
                } else {
                    Some(format!("must be one of {}", words.join(", ")))
                }
            }
        }
    }
}

/// All endpoints, with limits and headers around them.
pub(super) fn router(site: &Arc<Site>) -> Router<Arc<Site>> {
    let mut router = Router::new();
    for endpoint in endpoints::ALL {
        router = router.route(&format!("/api/v1{}", endpoint.path), route(endpoint));
    }
    router = router.route("/api/v1/openapi.json", get(document).options(preflight));
    router.layer(middleware::from_fn_with_state(site.clone(), limited))
}

fn route(endpoint: &'static Endpoint) -> MethodRouter<Arc<Site>> {
    let handle = move |State(site): State<Arc<Site>>, path: Option<Path<BTreeMap<String, String>>>, reader: Reader| async move {
        let path = path.map(|path| path.0).unwrap_or_default();
        let ask = match ask(endpoint, path, &reader) {
            Ok(ask) => ask,
            Err(failure) => return failure.into_response(),
        };
        let work = move |site: &Site| Ok((endpoint.handle)(site, &ask)?.to(&reader.headers));
        let done = if endpoint.heavy { site.heavy_work(work).await } else { site.work(work).await };
        done.unwrap_or_else(IntoResponse::into_response)
    };
    get(handle).options(preflight)
}

/// Holds a request against what its endpoint takes.
fn ask(endpoint: &Endpoint, path: BTreeMap<String, String>, reader: &Reader) -> Result<Ask, Failure> {
    let query = Query::parse(reader.query.as_deref());
    let is_part = |name: &str| endpoint.path.contains(&format!("{{{name}}}"));
    for name in query.names() {
        if !endpoint.parameters.iter().any(|parameter| parameter.name == name && !is_part(name)) {
            return Err(Failure::Wrong(format!("there is no parameter {:?}", super::view::clip(name, 40))));
        }
    }
    for parameter in endpoint.parameters.iter().filter(|parameter| !is_part(parameter.name)) {
        let refused = query.raw(parameter.name).and_then(|value| parameter.kind.refuses(value));
        if let Some(why) = refused {
            return Err(Failure::Wrong(format!("{} {why}", parameter.name)));
        }
    }
    let here = format!("{}{}", reader.path, reader.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default());
    Ok(Ask { path, query, here })
}

async fn document(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    let text = super::page::plain_json(&openapi::document(&site.settings.public_url));
    Answer::new("application/vnd.oai.openapi+json;version=3.1", text).cached("public, max-age=3600").to(&headers)
}

/// A browser asks before it asks (CORS); anybody may read.
async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match, If-Modified-Since, Accept-Language"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Counts the request, and says how many are left (draft-ietf-httpapi-ratelimit-headers).
async fn limited(State(site): State<Arc<Site>>, client: Client, request: Request, next: Next) -> Response {
    let allowance = client.network().map(|network| site.limits.count(network, Instant::now()));
    let mut response = match allowance {
        Some(allowance) if allowance.wait > 0 => Failure::TooMany(allowance.wait).into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Link, ETag, Last-Modified, Retry-After, RateLimit, RateLimit-Policy"),
    );
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    if let Some(allowance) = allowance {
        let policy = format!("\"api\";q={};w={}", allowance.limit, (f64::from(allowance.limit) / site.limits.rate()).ceil() as u64);
        let left = format!("\"api\";r={};t={}", allowance.remaining, allowance.reset.max(allowance.wait));
        for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
    response
}
