//! Pages that explain: a file per language.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page::{Frame, Page};
use super::{Failure, Reader, Site};
use crate::wording::pick;

/// What is explained.
#[derive(Debug, Clone, Copy)]
enum Subject {
    How,
    Privacy,
    Volunteers,
    Developers,
}

#[derive(Template)]
#[template(path = "web/prose.html")]
struct Prose {
    frame: Frame,
    subject: Subject,
    public_url: String,
}

async fn prose(site: Arc<Site>, reader: Reader, subject: Subject, it: &'static str, en: &'static str) -> Result<Response, Failure> {
    let page = Page { title: pick(reader.language, it, en).into(), ..Page::default() };
    let view = Prose { frame: site.frame(&reader, page), subject, public_url: site.settings.public_url.clone() };
    Ok(site.page(&reader, &view)?.to(&reader.headers))
}

pub(super) async fn how(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    prose(site, reader, Subject::How, "Come funziona", "How it works").await
}

pub(super) async fn privacy(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    prose(site, reader, Subject::Privacy, "Privacy", "Privacy").await
}

pub(super) async fn volunteers(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    prose(site, reader, Subject::Volunteers, "Per chi vuole aiutare", "For volunteers").await
}

pub(super) async fn developers(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    prose(site, reader, Subject::Developers, "Dati e API", "Data and API").await
}
