//! `sportello send-test`: one mail to one address, by the way of all mails, and what the server said to it.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use jiff::Timestamp;

use super::args::{Global, SendTestArgs};
use super::{Outcome, setup, talk};
use crate::alert;
use crate::domain::{About, DeliveryId, PlannedDelivery};
use crate::round::Mailer;
use crate::store::{DeliveryRecord, DeliveryState, Store, StoreError, SubscriberState};

/// A running service gets so long to send it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends it.
pub fn run(args: &SendTestArgs, global: &Global) -> anyhow::Result<Outcome> {
    let settings = setup::settings(global)?.settings;
    let email = alert::address(&args.address).with_context(|| format!("{:?} is no mail address", args.address))?;
    let store = setup::store(&settings)?;
    let now = Timestamp::now();
    let is_new = store.subscriber_by_email(&email)?.is_none();
    let subscriber = store.add_subscriber(&email, args.language, SubscriberState::Pending, now)?;
    let mail = PlannedDelivery { subscriber, about: About::Test(now.as_millisecond()), due_at: now, changes: Vec::new() };
    let outcome = match store.enqueue(&[mail], &[], now)?.as_slice() {
        [delivery] => send(&settings, &store, *delivery),
        _ => bail!("the test message could not be put into the outbox"),
    };
    // who was added for this alone leaves no trace
    if is_new {
        store.remove_subscriber(subscriber)?;
    }
    outcome
}

fn send(settings: &crate::config::Settings, store: &std::sync::Arc<dyn Store>, delivery: DeliveryId) -> anyhow::Result<Outcome> {
    match store.lock_run() {
        Ok(_lock) => {
            store.requeue_in_doubt(Timestamp::MAX)?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
            let mailer = Mailer::new(settings, store.clone(), setup::credentials().as_deref())?;
            runtime.block_on(mailer.send_due(Timestamp::now()))?;
        }
        Err(StoreError::AlreadyRunning { .. }) => wait(&**store, delivery)?,
        Err(error) => return Err(error.into()),
    }
    let record = store.delivery(delivery)?.context("the test message is gone from the outbox")?;
    Ok(tell(&record))
}

/// The service that runs on this database looks into the outbox every few seconds.
fn wait(store: &dyn Store, delivery: DeliveryId) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let waits = |record: &DeliveryRecord| {
            record.state == DeliveryState::Sending || (record.state == DeliveryState::Queued && record.attempts == 0)
        };
        if !store.delivery(delivery)?.as_ref().is_some_and(waits) {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

fn tell(record: &DeliveryRecord) -> Outcome {
    let answer = record.answer.as_deref().unwrap_or("no answer yet");
    let to = &record.to.email;
    match record.state {
        DeliveryState::Sent => {
            talk::say(format_args!("accepted for {to}: {answer}"));
            Outcome::Done
        }
        DeliveryState::Refused => {
            talk::warn(format_args!("refused for {to}: {answer}"));
            Outcome::Partly
        }
        DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Suspended => {
            talk::warn(format_args!("not sent to {to}: {answer}"));
            Outcome::Partly
        }
    }
}
