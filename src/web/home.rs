//! The home page.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::answer::Failure;
use super::page::Page;
use super::{Reader, Site};
use crate::wording::pick;

pub(super) async fn home(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    site.work(move |site| {
        let page = Page {
            title: pick(reader.language, "Orari e recapiti degli uffici pubblici", "Opening hours and contacts of public offices").into(),
            ..Page::default()
        };
        Ok(site.page(&reader, "web/home.html", &page, serde_json::json!({}))?.to(&reader.headers))
    })
    .await
}
