//! The site's addresses, and the headers that every answer bears.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::answer::{Answer, FOR_EVER, Mark, NEVER};
use super::page::{Frame, ICON, Page, STYLE, STYLE_HASH};
use super::{Reader, Site, api, body, change, feeds, lists, problem, prose, subscribe};
use crate::domain::Language;
use crate::wording::pick;

/// Everything the site answers, `health` apart.
pub fn router(site: Arc<Site>) -> Router {
    let pages = pages();
    Router::new()
        .merge(pages.clone())
        .nest("/it", pages.clone())
        .nest("/en", pages)
        .merge(subscribe::api())
        // nesting leaves these out
        .route("/it/", get(lists::home))
        .route("/en/", get(lists::home))
        .route("/stile/{name}", get(style))
        .route("/icona.svg", get(icon))
        .route("/robots.txt", get(robots))
        .route("/copie/{id}", get(change::archived))
        .merge(api::router(&site))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn_with_state(site.clone(), finish))
        .with_state(site)
}

/// What exists in both languages. A further part of the site adds its own routes here.
fn pages() -> Router<Arc<Site>> {
    Router::new()
        .route("/", get(lists::home))
        .route("/cerca", get(lists::search))
        .route("/province/{province}", get(lists::province))
        .route("/enti/{body}", get(body::body))
        .route("/enti/{body}/{office}", get(body::office))
        .route("/variazioni", get(lists::changes))
        .route("/variazioni/{id}", get(change::change))
        .route("/variazioni/{id}/prova.zip", get(change::proof))
        .route("/variazioni.atom", get(feeds::atom))
        .route("/variazioni.json", get(feeds::json_feed))
        .route("/calendario.ics", get(feeds::calendar))
        .route("/oggi", get(lists::today))
        .route("/fonti", get(lists::sources))
        .route("/come-funziona", get(prose::how))
        .route("/privacy", get(prose::privacy))
        .route("/volontari", get(prose::volunteers))
        .route("/sviluppatori", get(prose::developers))
        .merge(subscribe::pages())
}

async fn style(headers: HeaderMap, axum::extract::Path(name): axum::extract::Path<String>) -> Response {
    if name.strip_suffix(".css") != Some(STYLE_HASH.as_str()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    Answer::new("text/css; charset=utf-8", STYLE).cached(FOR_EVER).to(&headers)
}

async fn icon(headers: HeaderMap) -> Response {
    Answer::new("image/svg+xml", ICON).cached("public, max-age=86400").to(&headers)
}

/// Archived pages are others' pages, search lists and forms are nobody's.
async fn robots(headers: HeaderMap) -> Response {
    let text = "User-agent: *\nDisallow: /copie/\nDisallow: /api/\nDisallow: /*cerca\nDisallow: /*iscri\n";
    Answer::new("text/plain; charset=utf-8", text).cached("public, max-age=86400").to(&headers)
}

/// Pages load nothing but the site's own style and pictures, run nothing, and are framed by nobody.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Writes error pages, and the headers that every answer bears.
async fn finish(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    // cheap copies: who asked matters only for an error page
    let (uri, wish) = (request.uri().clone(), request.headers().get(header::ACCEPT_LANGUAGE).cloned());
    let mut response = next.run(request).await;
    let status = response.status();
    let is_written = response.extensions().get::<Mark>().is_none()
        && response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    if (status.is_client_error() || status.is_server_error()) && !is_written {
        let detail = response.extensions().get::<Mark>().and_then(|mark| mark.detail.clone());
        let headers = HeaderMap::from_iter(wish.map(|wish| (header::ACCEPT_LANGUAGE, wish)));
        let reader = Reader::of(&uri, &headers, site.settings.language);
        let is_api = reader.path.starts_with("/api/");
        let written = if is_api { problem::problem(status, detail) } else { error_page(&site, &reader, status, detail) };
        let kept = [header::RETRY_AFTER, header::ALLOW].map(|name| (name.clone(), response.headers().get(name).cloned()));
        response = written;
        *response.status_mut() = status;
        for (name, value) in kept {
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        }
    }
    let headers = response.headers_mut();
    let mut set = |name, value| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer"); // addresses of forms hold tokens
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), browsing-topics=()");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage {
    frame: Frame,
    words: &'static str,
    /// What was wrong with the question.
    detail: Option<String>,
}

/// A page that says what went wrong, in the reader's language, and what to do.
fn error_page(site: &Site, reader: &Reader, status: StatusCode, detail: Option<String>) -> Response {
    let (it, en) = match status {
        StatusCode::NOT_FOUND => (
            ("Pagina non trovata", "A questo indirizzo non c'è nulla: forse è stato scritto male, o ciò che c'era non è più seguito."),
            ("Page not found", "There is nothing at this address: it may be misspelt, or what was here is no longer watched."),
        ),
        StatusCode::BAD_REQUEST => (
            ("Richiesta non comprensibile", "L'indirizzo contiene qualcosa che il sito non sa leggere."),
            ("The request makes no sense", "The address holds something that this site cannot read."),
        ),
        StatusCode::METHOD_NOT_ALLOWED => {
            (("Operazione non prevista", "Questo indirizzo si può solo leggere."), ("Not possible here", "This address can only be read."))
        }
        StatusCode::GONE => (
            ("Copia non più conservata", "Chi gestisce il sito conserva solo le copie più recenti e quelle che provano una variazione."),
            ("Copy no longer kept", "Whoever runs this site keeps only recent copies and those that prove a change."),
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            ("Troppe richieste", "Da questa rete sono arrivate troppe richieste in poco tempo. Riprova tra qualche minuto."),
            ("Too many requests", "Too many requests came from this network in a short time. Try again in a few minutes."),
        ),
        _ => (
            ("Il sito non riesce a rispondere", "Qualcosa non va da parte nostra. Riprova tra qualche minuto."),
            ("The site cannot answer", "Something is wrong on our side. Try again in a few minutes."),
        ),
    };
    let (title, words) = match reader.language {
        Language::It => it,
        Language::En => en,
    };
    let page = Page { title: title.into(), hidden: true, ..Page::default() };
    match site.page(reader, &ErrorPage { frame: site.frame(reader, page), words, detail }) {
        Ok(answer) => {
            let mut response = answer.cached(NEVER).to(&HeaderMap::new());
            response.headers_mut().remove(header::ETAG);
            response
        }
        Err(_) => (status, pick(reader.language, "errore\n", "error\n").to_string()).into_response(),
    }
}
