//! The mailer's loop: what is due goes out, when something was written and when something that waited falls due.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use super::pulse::Pulse;
use crate::mail::Sending;
use crate::round::{Mailer, erase};
use crate::store::{Erased, Store, StoreError};

/// After trouble with the server, the folder or the store, so long until the next try.
const TROUBLE_REST: Duration = Duration::from_secs(60);
/// Looks at the outbox at least this often: the site and other commands write into it too. It costs a look at the beginning of an index.
const LONGEST_REST: Duration = Duration::from_secs(5);
/// So often what is to be kept no longer is erased.
const HOUSEKEEPING: Duration = Duration::from_secs(10 * 60);

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
    pub async fn run(self) {
        tokio::join!(self.send_mails(), self.call_hooks(), self.keep_house());
    }

    async fn send_mails(&self) {
        let mut stop = self.stop.clone();
        while !*stop.borrow() {
            self.pulse.beat();
            let mailer = self.mailers.borrow().clone();
            if let Err(error) = mailer.tell_trouble(Timestamp::now()).await {
                tracing::error!("{error}");
            }
            let rest = match mailer.send_due(Timestamp::now()).await {
                Ok(sending) => {
                    tell("mails", &sending);
                    if sending.trouble.is_some() { TROUBLE_REST } else { self.until_next(|store| store.next_delivery_due()).await }
                }
                Err(error) => told(&error),
            };
            self.pulse.beat();
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                // trouble is waited out, whatever is written meanwhile
                () = self.mail.notified(), if rest < TROUBLE_REST => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Webhooks have a loop of their own, so that a dead program delays no mail.
    async fn call_hooks(&self) {
        let mut stop = self.stop.clone();
        while !*stop.borrow() {
            let mailer = self.mailers.borrow().clone();
            let rest = match mailer.call_due(Timestamp::now()).await {
                Ok(sending) => {
                    tell("webhooks", &sending);
                    self.until_next(|store| store.next_hook_due()).await
                }
                Err(error) => told(&error),
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Erases what is to be kept no longer: unconfirmed addresses, those of people who left.
    async fn keep_house(&self) {
        let mut stop = self.stop.clone();
        while !*stop.borrow() {
            let store = self.store.clone();
            match tokio::task::spawn_blocking(move || erase(&*store, Timestamp::now())).await {
                Ok(Ok(erased)) if erased != Erased::default() => {
                    let Erased { requests, unconfirmed, left } = erased;
                    tracing::info!(requests, unconfirmed, left, "erased: {unconfirmed} unconfirmed addresses, {left} of people who left");
                }
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::error!("{error}"),
                Err(defect) => tracing::error!("{defect}"),
            }
            tokio::select! {
                () = tokio::time::sleep(HOUSEKEEPING) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn until_next(&self, next: impl FnOnce(&dyn Store) -> Result<Option<Timestamp>, StoreError> + Send + 'static) -> Duration {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || next(&*store)).await {
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

fn tell(what: &str, sending: &Sending) {
    let Sending { sent, later, refused, trouble } = sending;
    if sent + later + refused > 0 {
        tracing::info!(sent, later, refused, "{what}: {sent} sent, {later} to be tried again, {refused} refused");
    }
    if let Some(trouble) = trouble {
        tracing::warn!("{what}: {trouble}; they wait in the outbox");
    }
}
