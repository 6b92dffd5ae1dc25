//! What the operator's file says, in the words of the store and of the crawler.

use crate::config::settings::Crawl;
use crate::config::sources::{Render, Source, Sources, Tls, WatchedBody};
use crate::fetch::{self, Limits};
use crate::store::{Catalogue, Validators, WatchedSource};
use url::Url;

/// All that is to be watched, for the store.
pub fn catalogue(sources: &Sources) -> Catalogue {
    let watched = |body: &WatchedBody, source: &Source| WatchedSource {
        id: source.id.clone(),
        body: source.body.clone(),
        url: source.url.to_string(),
        kind: source.kind,
        office: source.office.clone(),
        settings: reading_settings(body, source),
    };
    Catalogue {
        bodies: sources.bodies.iter().map(|watched| watched.body.clone()).collect(),
        sources: sources.iter().map(|(body, source)| watched(body, source)).collect(),
    }
}

/// The keys that decide how a document is read: when they change, it is read again.
fn reading_settings(body: &WatchedBody, source: &Source) -> serde_json::Value {
    serde_json::json!({ "select": source.select, "names": body.offices })
}

/// A request for an address of a source, with what the last visit left. `n_visits`: how many there were; now and then the host is asked
/// without conditions, since some say "not modified" whatever happens.
pub fn request(source: &Source, url: Url, known: Option<(&Validators, u64)>) -> fetch::Request {
    let mut request = fetch::Request::new(url);
    request.scope = scope(source);
    request.render = match source.render {
        Render::Http => fetch::Render::Http,
        Render::Browser => fetch::Render::Browser,
    };
    request.insecure_tls = source.tls == Tls::Ignore;
    match known {
        Some((known, n_visits)) => request.known(to_fetch(known).after_streak(u32::try_from(n_visits).unwrap_or(u32::MAX))),
        None => request,
    }
}

/// Where a source's documents may lie.
pub fn scope(source: &Source) -> fetch::Scope {
    fetch::Scope::of(&source.url).and(source.hosts.iter().cloned())
}

fn to_fetch(known: &Validators) -> fetch::Validators {
    fetch::Validators {
        url: None,
        etag: known.etag.clone(),
        last_modified: known.last_modified.clone(),
        sha256: known.body_sha.map(|sha| sha.0),
    }
}

/// What the store keeps of a host's validators.
pub fn to_store(validators: &fetch::Validators) -> Validators {
    Validators {
        etag: validators.etag.clone(),
        last_modified: validators.last_modified.clone(),
        body_sha: validators.sha256.map(crate::store::Sha256),
    }
}

/// The crawler's bounds, as the settings have them.
pub fn limits(crawl: &Crawl) -> Limits {
    Limits {
        contact: crawl.contact.clone(),
        concurrency: crawl.concurrency,
        per_host: crawl.per_host,
        delay: crawl.delay,
        timeout: crawl.timeout,
        max_bytes: crawl.max_bytes,
        respect_robots: crawl.respect_robots,
        allow_private: crawl.allow_private,
        browser: Some(crawl.browser.clone()),
        seed: rand::random(),
        ..Limits::default()
    }
}
