//! Pages that explain: a file per language.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::page::Page;
use super::{Failure, Reader, Site};
use crate::wording::pick;

async fn prose(site: Arc<Site>, reader: Reader, name: &'static str, it: &'static str, en: &'static str) -> Result<Response, Failure> {
    let template = format!("{}/web/{name}.html", super::page::code(reader.language));
    let page = Page { title: pick(reader.language, it, en).into(), ..Page::default() };
    let view = serde_json::json!({ "public_url": site.settings.public_url });
    Ok(site.page(&reader, &template, &page, view)?.to(&reader.headers))
}

pub(super) async fn how(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    prose(site, reader, "how", "Come funziona", "How it works").await
}

pub(super) async fn privacy(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    prose(site, reader, "privacy", "Privacy", "Privacy").await
}

pub(super) async fn volunteers(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    prose(site, reader, "volunteers", "Per chi vuole aiutare", "For volunteers").await
}

pub(super) async fn developers(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    prose(site, reader, "developers", "Dati e API", "Data and API").await
}
