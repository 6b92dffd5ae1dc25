//! Webhooks: a program of somebody's is called over HTTP and told of changes, by the same outbox as mails.
//!
//! The body is JSON with the changes as `sportello changes --json` shows them. It is signed, so that the program knows who calls, and
//! bears the same id at every attempt, so that it can tell a second call from a second change. Nobody is called at a private address, and
//! no redirect is followed.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use crate::alert::tokens::{hook_key, hook_signature};
use crate::domain::{Delivery, DeliveryId};
use crate::record::ChangeRecord;

use super::outbox::{Answer, Desk, Transport, WriteError};

/// The header with the id of the call, the same at every attempt.
pub const ID_HEADER: &str = "Sportello-Delivery";
/// The header with the signature: `t=SECONDS,v1=HEX`, HMAC-SHA256 under the webhook's key over `SECONDS.BODY`.
pub const SIGNATURE_HEADER: &str = "Sportello-Signature";

/// A program that did not answer is not called again for so long, whatever else waits for it.
const LEAVE_ALONE: Duration = Duration::from_secs(60);

/// Calls programs.
pub struct Hooks {
    client: reqwest::Client,
    refuses: Box<dyn Fn(&Url) -> bool + Send + Sync>,
    silent: Mutex<BTreeMap<String, Instant>>,
}

/// A call ready to be made.
#[derive(Debug, Clone)]
pub struct Call {
    /// The delivery that it is.
    pub delivery: DeliveryId,
    /// Whom to call.
    pub url: Url,
    /// JSON.
    pub body: Vec<u8>,
    /// The key of this webhook.
    key: String,
}

#[derive(Serialize)]
struct Message<'a> {
    delivery: i64,
    about: String,
    changes: Vec<ChangeRecord<'a>>,
}

impl Hooks {
    /// Calls with a client that resolves names to public addresses alone and follows no redirects. `refuses` tells which URLs with a
    /// literal address must not be called either.
    pub fn new(client: reqwest::Client, refuses: impl Fn(&Url) -> bool + Send + Sync + 'static) -> Self {
        Self { client, refuses: Box::new(refuses), silent: Mutex::default() }
    }

    /// Whether an address may be a webhook's: `http` or `https`, no password in it, and not refused.
    pub fn takes(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none() && !(self.refuses)(url)
    }

    fn is_silent(&self, host: &str) -> bool {
        let mut silent = self.silent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        silent.retain(|_, since| since.elapsed() < LEAVE_ALONE);
        silent.contains_key(host)
    }

    fn fell_silent(&self, host: &str) {
        let mut silent = self.silent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        silent.insert(host.to_string(), Instant::now());
    }
}

impl Transport for Hooks {
    type Letter = Call;

    fn connections(&self) -> usize {
        8
    }

    fn write(&self, delivery: &Delivery, desk: &Desk, _now: Timestamp) -> Result<Call, WriteError> {
        let never = |why: String| WriteError::Never(why);
        let url =
            Url::parse(&delivery.to.email).map_err(|error| never(format!("the webhook has no address that can be called: {error}")))?;
        if !self.takes(&url) {
            return Err(never(format!("{} may not be called: the address is private, or no plain web address", delivery.to.email)));
        }
        let changes = delivery.changes.iter().map(|change| ChangeRecord::new(change)).collect();
        let message = Message { delivery: delivery.id.0, about: delivery.about.to_string(), changes };
        let body = serde_json::to_vec(&message).map_err(|error| never(error.to_string()))?;
        Ok(Call { delivery: delivery.id, url, body, key: hook_key(&desk.letterhead.secret, delivery.to.id) })
    }

    async fn hand_over(&self, call: &Call) -> Answer {
        let host = call.url.authority();
        if self.is_silent(host) {
            return Answer::NotNow(format!("{host} did not answer a moment ago"));
        }
        let now = Timestamp::now();
        let signature = format!("t={},v1={}", now.as_second(), hook_signature(&call.key, now, &call.body));
        let request = self
            .client
            .post(call.url.clone())
            .header("Content-Type", "application/json")
            .header(ID_HEADER, call.delivery.0.to_string())
            .header(SIGNATURE_HEADER, signature)
            .body(call.body.clone());
        match request.send().await {
            Ok(response) => match response.status().as_u16() {
                200..=299 => Answer::Accepted(response.status().to_string()),
                410 => Answer::Never("410 Gone: the webhook wants no more calls".into()),
                // a program under repair answers in many ways; it is called again for three days
                _ => Answer::NotNow(response.status().to_string()),
            },
            Err(error) => {
                self.fell_silent(host);
                Answer::NotNow(innermost(&error))
            }
        }
    }
}

/// What was at the bottom of it: "connection refused", "127.0.0.1 is a private address".
fn innermost(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    if error.is_timeout() { "no answer in time".into() } else { reason.to_string() }
}
