//! `POST /api/v1/subscriptions`: the form for programs. The owner of the address still has to confirm.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{ask, even};
use crate::alert::{self, Slip, Written};
use crate::domain::{BodyId, Language};
use crate::store::How;
use crate::web::answer::Failure;
use crate::web::{Client, Site};

/// What is asked for. Empty lists leave their side open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    email: String,
    #[serde(default)]
    language: Language,
    #[serde(default)]
    regions: Vec<String>,
    #[serde(default)]
    provinces: Vec<String>,
    #[serde(default)]
    bodies: Vec<String>,
    #[serde(default)]
    offices: Vec<String>,
    #[serde(default)]
    aspects: Vec<String>,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    frequency: String,
    #[serde(default)]
    reminders: bool,
}

pub(super) async fn take(State(site): State<Arc<Site>>, client: Client, headers: HeaderMap, body: Bytes) -> Result<Response, Failure> {
    let since = tokio::time::Instant::now();
    // a page of another site cannot make a browser send this type without asking us first, and we say no
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Ok(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json", &[]));
    }
    let wanted: Wanted = match serde_json::from_slice(&body) {
        Ok(wanted) => wanted,
        Err(error) => return Ok(problem(StatusCode::BAD_REQUEST, &error.to_string(), &[])),
    };
    let answer = site.work(move |site| asked(site, client, wanted)).await;
    even(since).await;
    answer
}

fn asked(site: &Site, client: Client, wanted: Wanted) -> Result<Response, Failure> {
    let mut known = Vec::new();
    for id in wanted.bodies.iter().take(200) {
        let body = BodyId(id.clone());
        if site.store.body(&body)?.is_some() {
            known.push(body);
        }
    }
    let written = Written {
        regions: wanted.regions,
        provinces: wanted.provinces,
        bodies: wanted.bodies,
        offices: wanted.offices,
        aspects: wanted.aspects,
        words: wanted.words,
        frequency: wanted.frequency,
        reminders: wanted.reminders,
    };
    let email = alert::address(&wanted.email);
    let wish = alert::wish(&written, &|body| known.contains(body));
    match (email, wish) {
        (Some(email), Ok(wish)) => {
            ask(site, client, email, wish, wanted.language, How::Api)?;
            let body = json!({ "status": "asked", "detail": "a confirmation mail is on its way, if the address may get one" });
            let mut response = (StatusCode::ACCEPTED, body.to_string()).into_response();
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        (email, wish) => {
            let mut slips: Vec<Slip> = email.is_none().then(|| Slip::new("email", &wanted.email)).into_iter().collect();
            slips.extend(wish.err().unwrap_or_default());
            Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, "some of this makes no sense", &slips))
        }
    }
}

/// A problem document (RFC 9457) with what is wrong, field by field.
fn problem(status: StatusCode, detail: &str, slips: &[Slip]) -> Response {
    let errors: Vec<_> =
        slips.iter().map(|slip| json!({ "field": slip.field, "value": slip.value, "detail": slip.say(Language::En) })).collect();
    let title = status.canonical_reason().unwrap_or("error");
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail, "errors": errors });
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
