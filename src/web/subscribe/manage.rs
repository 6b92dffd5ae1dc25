//! One's own subscriptions, by the signed link of every mail: see them, change them, leave, return, be forgotten.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::view::{Wish, names_of_bodies};
use super::{follow, holder, place};
use crate::alert::tokens::Purpose;
use crate::domain::{Frequency, Language, SubscriberId};
use crate::store::{LEFT, SubscriberState};
use crate::web::answer::{Failure, NEVER};
use crate::web::page::{Frame, Page};
use crate::web::{Reader, Site};
use crate::wording::{long_day, pick};

#[derive(Template)]
#[template(path = "web/subscribe/manage.html")]
struct Manage {
    frame: Frame,
    email: String,
    gets_mail: bool,
    left: bool,
    done: bool,
    wishes: Vec<Wish>,
    italian: bool,
    hours: Vec<String>,
    consents: Vec<ConsentRow>,
    since: String,
    action: String,
}

/// When consent was given, and from which network address.
struct ConsentRow {
    day: String,
    from: Option<String>,
}

pub(super) async fn show(State(site): State<Arc<Site>>, reader: Reader, Path(token): Path<String>) -> Result<Response, Failure> {
    site.work(move |site| {
        let (subscriber, _) = holder(site, Purpose::Manage, &token, site.clock.now())?;
        page(site, &reader, subscriber, &token)
    })
    .await
}

pub(super) async fn take(
    State(site): State<Arc<Site>>,
    reader: Reader,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    follow(site, Purpose::Manage, token, body, move |site, order| {
        let subscriber = order.subscriber;
        let wish = order.one("iscrizione").parse::<i64>().unwrap_or(0);
        match order.one("azione") {
            "cambia" => {
                let often = match order.one("frequenza") {
                    often @ ("daily" | "weekly") => format!("{often}-{}", order.one("ora")),
                    often => often.to_string(),
                };
                let frequency: Frequency = often.parse().map_err(|error| Failure::Wrong(format!("{error}")))?;
                site.store.change_wish(subscriber, wish, frequency, !order.one("promemoria").is_empty())?;
            }
            "togli" => {
                site.store.drop_wish(subscriber, wish, order.now)?;
            }
            "lingua" => site.store.set_language(subscriber, if order.one("lingua") == "en" { Language::En } else { Language::It })?,
            "annulla" => order.stay(site, false)?,
            "torna" => order.stay(site, true)?,
            "dimentica" => {
                site.store.forget(subscriber, order.now)?;
                return forgotten(site, &reader);
            }
            _ => return Err(Failure::Wrong("unknown action".into())),
        }
        // read anew, so that reloading the page repeats nothing
        let mut response = StatusCode::SEE_OTHER.into_response();
        let to = place(site, &reader, &format!("/iscrizione/{}?fatto", order.token));
        response.headers_mut().insert(header::LOCATION, HeaderValue::from_str(&to).map_err(Failure::defect)?);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER));
        Ok(response)
    })
    .await
}

fn page(site: &Site, reader: &Reader, subscriber: SubscriberId, token: &str) -> Result<Response, Failure> {
    let language = reader.language;
    let Some(record) = site.store.subscriber(subscriber)? else { return forgotten(site, reader) };
    let names = names_of_bodies(&*site.store, record.subscriptions.iter().flat_map(|wish| wish.filter.bodies.iter().cloned()))?;
    let day = |at: jiff::Timestamp| {
        let day = crate::domain::day_of(at);
        long_day(language, day, 0)
    };
    let page = Page { title: pick(language, "La tua iscrizione", "Your subscription").into(), hidden: true, ..Page::default() };
    let consents = site.store.consents(subscriber)?;
    let view = Manage {
        frame: site.frame(reader, page),
        gets_mail: record.state == SubscriberState::Confirmed,
        left: record.reason.as_deref() == Some(LEFT),
        done: reader.query.as_deref() == Some("fatto"),
        wishes: record.subscriptions.iter().map(|wish| Wish::new(language, wish, &names)).collect(),
        italian: record.subscriber.language == Language::It,
        hours: (0..24_u8).map(|hour| format!("{hour:02}")).collect(),
        consents: consents.into_iter().map(|consent| ConsentRow { day: day(consent.given_at), from: consent.given_from }).collect(),
        since: day(record.created_at),
        email: record.subscriber.email,
        action: place(site, reader, &format!("/iscrizione/{token}")),
    };
    Ok(site.page(reader, &view)?.cached(NEVER).to(&reader.headers))
}

/// Nothing is kept about this address.
fn forgotten(site: &Site, reader: &Reader) -> Result<Response, Failure> {
    let l = |it: &'static str, en: &'static str| pick(reader.language, it, en);
    let answer = site.message(
        reader,
        l("Di te non conserviamo nulla", "We keep nothing about you"),
        &[l(
            "L’indirizzo e tutto ciò che lo riguardava sono stati cancellati. Non riceverai più messaggi.",
            "The address and all that went with it have been erased. You will get no more messages.",
        )],
    )?;
    Ok(answer.cached(NEVER).to(&reader.headers))
}
