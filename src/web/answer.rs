//! Answers: bytes with what caches need to know, or a failure that becomes a page in the reader's language.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::store::StoreError;

/// A whole answer, before it is held against what the reader's cache has.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The bytes.
    pub body: Bytes,
    /// Their tag, where it was worked out already.
    tag: Option<String>,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// When what it shows last changed; `None` where that cannot be said.
    pub last_modified: Option<Timestamp>,
    /// `Cache-Control`.
    pub cache: &'static str,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// May be kept, and is asked about each time.
pub const ASK_AGAIN: &str = "no-cache";
/// Feeds and lists: fresh enough for a minute.
pub const A_MINUTE: &str = "public, max-age=60";
/// What stands under an address for ever.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What concerns one person.
pub const NEVER: &str = "no-store";
/// An answer has so many headers, at most: room for them is made once.
const HEADERS: usize = 16;

impl Answer {
    /// A page.
    pub fn html(body: String) -> Self {
        Self::new("text/html; charset=utf-8", body)
    }

    /// Bytes of a kind.
    pub fn new(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let mut body = body.into();
        body.shrink_to_fit(); // it may be kept, and was written into room for more
        Self { body: Bytes::from(body), tag: None, content_type, last_modified: None, cache: ASK_AGAIN, headers: Vec::new() }
    }

    /// The same, last changed at an instant.
    pub fn modified(mut self, at: Option<Timestamp>) -> Self {
        self.last_modified = at;
        self
    }

    /// The same with another `Cache-Control`.
    pub fn cached(mut self, cache: &'static str) -> Self {
        self.cache = cache;
        self
    }

    /// The same with a further header; one that cannot be written is left out.
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The same with its tag worked out, for an answer that is given more than once.
    pub(super) fn tagged(mut self) -> Self {
        self.tag = Some(entity_tag(&self.body));
        self
    }

    /// The response to a request: 304 where the reader's copy is the same (RFC 9110 §13).
    pub fn to(self, request: &HeaderMap) -> Response {
        let tag = self.tag.unwrap_or_else(|| entity_tag(&self.body));
        let modified = self.last_modified.and_then(http_date);
        let same = match request.get(header::IF_NONE_MATCH) {
            Some(known) => known.to_str().is_ok_and(|known| known.split(',').any(|known| matches(known.trim(), &tag))),
            // pages show what holds today as well, so that their last change does not say they are the same; feeds do not
            None => self.cache == A_MINUTE && since(request).zip(self.last_modified).is_some_and(|(since, at)| at.as_second() <= since),
        };
        let mut response = Response::new(if same { Body::empty() } else { Body::from(self.body) });
        if same {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        if !same {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if let Some(Ok(modified)) = modified.map(|at| HeaderValue::from_str(&at)) {
            headers.insert(header::LAST_MODIFIED, modified);
        }
        headers.extend(self.headers);
        response
    }
}

/// `*`, or the same tag whether weak or not.
fn matches(known: &str, tag: &str) -> bool {
    known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
}

/// A tag that is the same for the same bytes.
fn entity_tag(body: &[u8]) -> String {
    let sha = crate::store::sha256(body);
    let hex: String = sha.0.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// `Sun, 01 Mar 2026 08:00:12 GMT`
fn http_date(at: Timestamp) -> Option<String> {
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()
}

fn since(request: &HeaderMap) -> Option<i64> {
    let text = request.get(header::IF_MODIFIED_SINCE)?.to_str().ok()?;
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok().map(Timestamp::as_second)
}

/// Why there is no answer. What it says to a reader is made where the reader's language is known.
#[derive(Debug)]
pub enum Failure {
    /// Nothing stands at this address.
    NotFound,
    /// The reader asked for something that makes no sense; the words say what, in English, for programs.
    Wrong(String),
    /// The bytes were given up by the operator's settings.
    Gone,
    /// Asked too often; may ask again after so many seconds.
    TooMany(u64),
    /// The store.
    Store(StoreError),
    /// The program.
    Defect(String),
}

impl Failure {
    /// A defect of the program.
    pub fn defect(error: impl std::fmt::Display) -> Self {
        Self::Defect(error.to_string())
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Wrong(_) => StatusCode::BAD_REQUEST,
            Self::Gone | Self::Store(StoreError::Thinned { .. }) => StatusCode::GONE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(StoreError::Unknown { .. }) => StatusCode::NOT_FOUND,
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Defect(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What a failure leaves in a response for the layer that writes error pages.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// What was wrong with the question, for programs.
    pub detail: Option<String>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        let detail = match &self {
            Self::Wrong(words) => Some(words.clone()),
            Self::Store(error) if status.is_server_error() => {
                tracing::error!("a page could not be made: {error}");
                None
            }
            Self::Defect(error) => {
                tracing::error!("a page could not be made, by a defect of the program: {error}");
                None
            }
            Self::NotFound | Self::Gone | Self::TooMany(_) | Self::Store(_) => None,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Mark { detail });
        match &self {
            Self::TooMany(seconds) => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::Store(_) if status == StatusCode::SERVICE_UNAVAILABLE => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(30));
            }
            _ => {}
        }
        response
    }
}
