//! Leaving: a page with a button, the same with one click from a mail program (RFC 8058), and the way back.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;

use super::view::masked;
use super::{follow, holder, place};
use crate::alert::tokens::Purpose;
use crate::store::{LEFT, SubscriberState};
use crate::web::answer::{Failure, NEVER};
use crate::web::page::{Frame, Page};
use crate::web::{Reader, Site};
use crate::wording::pick;

#[derive(Template)]
#[template(path = "web/subscribe/leave.html")]
struct Leave {
    frame: Frame,
    gets_mail: bool,
    may_return: bool,
    /// Of whom gets mail.
    email: String,
    action: String,
}

/// Shows the button and changes nothing: scanners of mails open every link.
pub(super) async fn show(State(site): State<Arc<Site>>, reader: Reader, Path(token): Path<String>) -> Result<Response, Failure> {
    site.work(move |site| page(site, &reader, &token)).await
}

/// Leaves, or with `azione=torna` takes that back. A mail program's own request says `List-Unsubscribe=One-Click` in either encoding of forms;
/// whatever else it says, it means the same.
pub(super) async fn take(
    State(site): State<Arc<Site>>,
    reader: Reader,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    follow(site, Purpose::Unsubscribe, token, body, move |site, order| {
        order.stay(site, order.one("azione") == "torna")?;
        page(site, &reader, &order.token)
    })
    .await
}

fn page(site: &Site, reader: &Reader, token: &str) -> Result<Response, Failure> {
    let (subscriber, _) = holder(site, Purpose::Unsubscribe, token, site.clock.now())?;
    let l = |it: &'static str, en: &'static str| pick(reader.language, it, en);
    let record = site.store.subscriber(subscriber)?;
    let gets_mail = record.as_ref().is_some_and(|record| record.state == SubscriberState::Confirmed);
    let title = if gets_mail { l("Annulla l’iscrizione", "Unsubscribe") } else { l("Iscrizione annullata", "Unsubscribed") };
    let page = Page { title: title.into(), hidden: true, ..Page::default() };
    let view = Leave {
        frame: site.frame(reader, page),
        gets_mail,
        may_return: record.as_ref().is_some_and(|record| record.reason.as_deref() == Some(LEFT)),
        email: record.map(|record| masked(&record.subscriber.email)).unwrap_or_default(),
        action: place(site, reader, &format!("/disiscrizione/{token}")),
    };
    Ok(site.page(reader, &view)?.cached(NEVER).to(&reader.headers))
}
