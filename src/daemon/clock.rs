//! The clock: `tokio-cron-scheduler` ticks for the crawler, shows the status, and sees every hour whether the store is to be put in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use jiff::Timestamp;
use sd_notify::NotifyState;
use tokio::sync::{Notify, watch};
use tokio_cron_scheduler::{Job, JobScheduler};

use super::pulse::tell;
use super::upkeep::put_in_order;
use crate::round::Round;
use crate::store::{KeepSnapshots, StoreError};

const EVERY_SECOND: &str = "* * * * * *";
const STATUS: &str = "*/5 * * * * *";
const EVERY_HOUR: &str = "0 40 * * * *";

/// Starts the clock; it stops with `shutdown`.
pub async fn start(
    tick: Arc<Notify>,
    rounds: watch::Receiver<Arc<Round>>,
    n_under_way: Arc<AtomicUsize>,
    keep: KeepSnapshots,
) -> anyhow::Result<JobScheduler> {
    let scheduler = JobScheduler::new().await.context("cannot start the clock")?;
    let ticking = Job::new(EVERY_SECOND, move |_, _| tick.notify_one())?;
    let store = rounds.borrow().store.clone();
    let status = Job::new_async(STATUS, move |_, _| {
        let (round, n_under_way) = (rounds.borrow().clone(), n_under_way.load(Ordering::Relaxed));
        Box::pin(async move { show_status(round, n_under_way).await })
    })?;
    let upkeep = Job::new_async(EVERY_HOUR, move |_, _| {
        let store = store.clone();
        Box::pin(put_in_order(store, keep))
    })?;
    for job in [ticking, status, upkeep] {
        scheduler.add(job).await.context("cannot set the clock")?;
    }
    scheduler.start().await.context("cannot start the clock")?;
    Ok(scheduler)
}

/// `512 sources, next in 3 s, 0 mails waiting`, for `systemctl status`.
async fn show_status(round: Arc<Round>, n_under_way: usize) {
    let read = tokio::task::spawn_blocking(move || -> Result<String, StoreError> {
        let n_sources = round.sources.len();
        let next = match round.store.next_due()? {
            _ if n_under_way > 0 => format!("{n_under_way} being read"),
            Some(at) => format!("next in {} s", at.duration_since(Timestamp::now()).as_secs().max(0)),
            None => "none due".into(),
        };
        let waiting = round.store.n_queued()?;
        Ok(format!("{n_sources} sources, {next}, {waiting} mails waiting"))
    });
    match read.await {
        Ok(Ok(status)) => tell(&[NotifyState::Status(&status)]),
        Ok(Err(error)) => tell(&[NotifyState::Status(&error.to_string())]),
        Err(defect) => tracing::error!("{defect}"),
    }
}
