//! Subscribing without a password: a form or a JSON request, a confirmation mail, and signed links to everything after that.
//!
//! Reading an address of these changes nothing, whoever opens it: a mail scanner may follow every link. What changes something is a POST.
//! Whether an address is known can be learnt neither from an answer nor from the time it takes. No cookies, no scripts.

mod api;
mod confirm;
mod form;
mod leave;
mod manage;
mod view;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;

use super::answer::Failure;
use super::{Client, Reader, Site};
use crate::alert::CONFIRM_WITHIN;
use crate::alert::tokens::{Purpose, Secret, verify};
use crate::domain::{Language, NewSubscription, SubscriberId};
use crate::store::{Ask, AskLimits, Asked, How};

/// No form of ours is longer.
const MOST_BYTES: usize = 64 * 1024;

/// Every answer to who asks for a subscription takes so long at least, so that time tells nothing of what was found.
const EVEN_TIME: Duration = Duration::from_millis(400);

/// The pages, in either language.
pub fn pages() -> Router<Arc<Site>> {
    Router::new()
        .route("/iscriviti", get(form::show).post(form::take))
        .route("/conferma/{token}", get(confirm::show).post(confirm::take))
        .route("/iscrizione/{token}", get(manage::show).post(manage::take))
        .route("/disiscrizione/{token}", get(leave::show).post(leave::take))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// The interface for programs.
pub fn api() -> Router<Arc<Site>> {
    Router::new().route("/api/v1/subscriptions", post(api::take)).layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// Whom a link speaks for, and which of their requests. Not found: it was made up, cut off, or its time is over.
fn holder(site: &Site, purpose: Purpose, token: &str, now: Timestamp) -> Result<(SubscriberId, i64), Failure> {
    verify(&Secret(site.store.secret()?), purpose, token, now).ok_or(Failure::NotFound)
}

/// What a form behind a signed link asks for, and by whose link.
struct Order {
    subscriber: SubscriberId,
    token: String,
    now: Timestamp,
    fields: Vec<(String, String)>,
}

impl Order {
    /// The first value of a field.
    fn one(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Stops all mails, or takes that back.
    fn stay(&self, site: &Site, stays: bool) -> Result<(), Failure> {
        if stays {
            site.store.come_back(self.subscriber, self.now)?;
        } else {
            site.store.leave(self.subscriber, self.now)?;
        }
        Ok(())
    }
}

/// Does what a form behind a signed link asks for, if the link is one of ours.
async fn follow(
    site: Arc<Site>,
    purpose: Purpose,
    token: String,
    form: Bytes,
    act: impl FnOnce(&Site, &Order) -> Result<Response, Failure> + Send + 'static,
) -> Result<Response, Failure> {
    site.work(move |site| {
        let now = site.clock.now();
        let (subscriber, _) = holder(site, purpose, &token, now)?;
        act(site, &Order { subscriber, token, now, fields: fields(&form) })
    })
    .await
}

/// A token for the links of a page.
fn signed(site: &Site, purpose: Purpose, subscriber: SubscriberId) -> Result<String, Failure> {
    Ok(crate::alert::tokens::sign(&Secret(site.store.secret()?), purpose, subscriber, 0, None))
}

/// Writes down what is asked. `Ok` whether or not the address is known, was stopped, or has had enough of our mails.
fn ask(site: &Site, client: Client, email: String, wish: NewSubscription, language: Language, how: How) -> Result<(), Failure> {
    let now = site.clock.now();
    let until = now.checked_add(CONFIRM_WITHIN).map_err(Failure::defect)?;
    let ask = Ask {
        email,
        language,
        wish,
        how,
        from: client.0.map(|address| address.to_string()),
        network: client.network().map(|network: IpAddr| network.to_string()),
    };
    match site.store.ask(&ask, &AskLimits::default(), until, now)? {
        Asked::Written(_) => Ok(()),
        Asked::EnoughForAddress => {
            tracing::info!("a confirmation mail was asked for too often for one address, and not written");
            Ok(())
        }
        Asked::EnoughFromNetwork => Err(Failure::TooMany(3600)),
        Asked::EnoughInAll => {
            tracing::warn!("more confirmation mails are asked for than are sent in an hour; further ones are turned down");
            Err(Failure::TooMany(3600))
        }
    }
}

/// Waits until an answer may go out.
async fn even(since: tokio::time::Instant) {
    tokio::time::sleep_until(since + EVEN_TIME).await;
}

/// The values of a form, in order.
fn fields(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// Where inside the site something stands, in the reader's language.
fn place(site: &Site, reader: &Reader, path: &str) -> String {
    format!("{}{}{path}", site.root(), reader.prefix)
}
