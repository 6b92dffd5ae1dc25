//! The link of the confirmation mail: reading it shows what was asked for, and a button; the button consents.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::view::{Wish, masked, names_of_bodies};
use super::{holder, place, signed};
use crate::alert::tokens::Purpose;
use crate::store::Granted;
use crate::web::answer::{Failure, NEVER};
use crate::web::page::{Frame, Page};
use crate::web::{Client, Reader, Site};
use crate::wording::pick;

#[derive(Template)]
#[template(path = "web/subscribe/confirm.html")]
struct Confirm {
    frame: Frame,
    email: String,
    wish: Wish,
    action: String,
}

#[derive(Template)]
#[template(path = "web/subscribe/confirmed.html")]
struct Confirmed {
    frame: Frame,
    /// Where the subscription is seen and changed.
    manage: String,
}

pub(super) async fn show(State(site): State<Arc<Site>>, reader: Reader, Path(token): Path<String>) -> Result<Response, Failure> {
    site.work(move |site| {
        let now = site.clock.now();
        let Ok((subscriber, number)) = holder(site, Purpose::Confirm, &token, now) else { return void(site, &reader) };
        let Some(request) = site.store.request(subscriber, number, now)? else { return void(site, &reader) };
        let names = names_of_bodies(&*site.store, request.wish.filter.bodies.iter().cloned())?;
        let title = pick(reader.language, "Conferma l’iscrizione", "Confirm your subscription").into();
        let page = Page { title, hidden: true, ..Page::default() };
        let view = Confirm {
            frame: site.frame(&reader, page),
            email: masked(&request.email),
            wish: Wish::asked(reader.language, &request.wish, &names),
            action: place(site, &reader, &format!("/conferma/{token}")),
        };
        Ok(site.page(&reader, &view)?.cached(NEVER).to(&reader.headers))
    })
    .await
}

pub(super) async fn take(
    State(site): State<Arc<Site>>,
    reader: Reader,
    client: Client,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    site.work(move |site| {
        let now = site.clock.now();
        let Ok((subscriber, number)) = holder(site, Purpose::Confirm, &token, now) else { return void(site, &reader) };
        let from = client.0.map(|address| address.to_string());
        match site.store.grant(subscriber, number, from.as_deref(), now)? {
            Granted::Void => void(site, &reader),
            Granted::Now | Granted::Before => {
                let manage = place(site, &reader, &format!("/iscrizione/{}", signed(site, Purpose::Manage, subscriber)?));
                let title = pick(reader.language, "Iscrizione confermata", "Subscription confirmed").into();
                let page = Page { title, hidden: true, ..Page::default() };
                let view = Confirmed { frame: site.frame(&reader, page), manage };
                Ok(site.page(&reader, &view)?.cached(NEVER).to(&reader.headers))
            }
        }
    })
    .await
}

/// Nothing waits under this link.
fn void(site: &Site, reader: &Reader) -> Result<Response, Failure> {
    let l = |it: &'static str, en: &'static str| pick(reader.language, it, en);
    let answer = site.message(
        reader,
        l("Il collegamento non vale più", "This link is no longer valid"),
        &[l(
            "È già stato usato, o sono passate più di 48 ore. Se hai già confermato, va tutto bene; altrimenti iscriviti di nuovo.",
            "It was used before, or more than 48 hours have passed. If you have confirmed already, all is well; otherwise subscribe again.",
        )],
    )?;
    let mut response = answer.cached(NEVER).to(&reader.headers).into_response();
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
}
