//! What the operator's file says, in the words of the store and of the crawler.

use crate::config::settings::Crawl;
use crate::config::sources::{Render, Source, Sources, Tls};
use crate::fetch::{self, Limits};
use crate::store::{Catalogue, Validators, WatchedSource};
use url::Url;

/// All that is to be watched, for the store.
pub fn catalogue(sources: &Sources) -> Catalogue {
    let watched = |source: &Source| WatchedSource {
        id: source.id.clone(),
        body: source.body.clone(),
        url: source.url.to_string(),
        kind: source.kind,
        office: source.office.clone(),
        settings: serde_json::Value::Null,
    };
    Catalogue {
        bodies: sources.bodies.iter().map(|watched| watched.body.clone()).collect(),
        sources: sources.iter().map(|(_, source)| watched(source)).collect(),
    }
}

/// A request for an address of a source, with what the last visit left.
pub fn request(source: &Source, url: Url, known: Option<&Validators>) -> fetch::Request {
    let mut request = fetch::Request::new(url);
    request.scope = fetch::Scope::of(&source.url).and(source.hosts.iter().cloned());
    request.render = match source.render {
        Render::Http => fetch::Render::Http,
        Render::Browser => fetch::Render::Browser,
    };
    request.insecure_tls = source.tls == Tls::Ignore;
    match known {
        Some(known) => request.known(to_fetch(known)),
        None => request,
    }
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
