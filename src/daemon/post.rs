//! The mailer's loop: what is due goes out, when something was written and when something that waited falls due.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use super::pulse::Pulse;
use crate::mail::Sending;
use crate::round::Mailer;
use crate::store::{Store, StoreError};

/// After trouble with the server, the folder or the store, so long until the next try.
const TROUBLE_REST: Duration = Duration::from_secs(60);
/// Looks at the outbox at least this often: other commands write into it too.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// Sends what is due.
pub struct Post {
    /// The mailer of the present settings; a reload puts another in its place.
    pub mailers: watch::Receiver<Arc<Mailer>>,
    /// The store, asked when the next delivery falls due.
    pub store: Arc<dyn Store>,
    /// Wakes the loop when deliveries were written.
    pub mail: Arc<Notify>,
    /// Its signs of life.
    pub pulse: Arc<Pulse>,
    /// Turns true when the service is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Post {
    /// Runs until told to stop; the mails in hand are finished.
    pub async fn run(mut self) {
        while !*self.stop.borrow() {
            self.pulse.beat();
            let mailer = self.mailers.borrow().clone();
            if let Err(error) = mailer.tell_trouble(Timestamp::now()).await {
                tracing::error!("{error}");
            }
            let rest = match mailer.send_due(Timestamp::now()).await {
                Ok(sending) => {
                    tell(&sending);
                    if sending.trouble.is_some() { TROUBLE_REST } else { self.until_next().await }
                }
                Err(error) => {
                    tracing::error!("{error}");
                    TROUBLE_REST
                }
            };
            self.pulse.beat();
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                // trouble is waited out, whatever is written meanwhile
                () = self.mail.notified(), if rest < TROUBLE_REST => {}
                _ = self.stop.changed() => {}
            }
        }
    }

    async fn until_next(&self) -> Duration {
        let store = self.store.clone();
        let next = tokio::task::spawn_blocking(move || store.next_delivery_due()).await;
        match next {
            Ok(Ok(Some(at))) => {
                let wait = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
                // never zero: a delivery that is due and was not taken must not spin
                wait.clamp(Duration::from_secs(1), LONGEST_REST)
            }
            Ok(Ok(None)) => LONGEST_REST,
            Ok(Err(error)) => told(&error),
            Err(_) => TROUBLE_REST,
        }
    }
}

fn told(error: &StoreError) -> Duration {
    tracing::error!("{error}");
    TROUBLE_REST
}

fn tell(sending: &Sending) {
    let Sending { sent, later, refused, trouble } = sending;
    if sent + later + refused > 0 {
        tracing::info!(sent, later, refused, "mails: {sent} sent, {later} to be tried again, {refused} refused");
    }
    if let Some(trouble) = trouble {
        tracing::warn!("mails: {trouble}; they wait in the outbox");
    }
}
