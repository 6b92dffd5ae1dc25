//! The service: a clock that ticks, a crawler and a mailer that follow it, and what systemd and the operator ask in between.
//!
//! Due times are kept in the store, so that a restart neither forgets a source nor asks all of them at once. SIGTERM finishes the pages
//! and mails in hand, SIGHUP reads settings and sources again; files with errors are refused with their reasons, and the old ones stay.

mod clock;
mod crawler;
mod post;
mod pulse;
mod upkeep;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::config::{Settings, Sources};
use crate::fetch::Fetcher;
use crate::round::{Clock, Mailer, Round, limits};
use crate::store::{KeepSnapshots, Store};
use crate::tasks;
use crate::web::{self, Site, Vitals};
use crawler::Crawler;
use post::Post;
use pulse::{Pulse, tell};

/// Pages and mails in hand get so long to finish; systemd waits a little longer.
const STOP_WITHIN: Duration = Duration::from_secs(25);
/// The crawler's loop comes round at every tick, the mailer's after every batch of mails.
const CRAWLER_PATIENCE: Duration = Duration::from_secs(60);
const MAILER_PATIENCE: Duration = Duration::from_secs(20 * 60);

/// A mail waits so long for further changes of the same body while more of its pages are looked at. The change of a page that is looked at
/// alone is told at once.
const GATHER: SignedDuration = SignedDuration::from_secs(10);

/// Reads settings and sources anew.
pub type Load = dyn Fn() -> anyhow::Result<(Settings, Sources)> + Send + Sync;

/// A service about to start.
pub struct Service {
    /// The settings in force.
    pub settings: Settings,
    /// What is watched.
    pub sources: Sources,
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The folder with the secrets that systemd gives.
    pub credentials: Option<PathBuf>,
    /// Reads settings and sources anew.
    pub load: Box<Load>,
}

/// What a reload exchanges.
struct Parts {
    settings: Settings,
    fetcher: Fetcher,
    round: watch::Sender<Arc<Round>>,
    mailer: watch::Sender<Arc<Mailer>>,
}

/// The signals that a service follows.
struct Signals {
    term: Signal,
    int: Signal,
    hup: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            int: signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?,
            hup: signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?,
        })
    }
}

impl Service {
    /// Runs until SIGTERM or SIGINT.
    ///
    /// # Errors
    /// What keeps it from starting: another service on the database, settings that name nothing usable.
    pub async fn run(self) -> anyhow::Result<()> {
        // before anybody is told that the service is ready: a reload must not find the signal's default, which is death
        let signals = Signals::listen()?;
        let _lock = self.store.lock_run()?;
        let listeners = match &self.settings.web.listen {
            Some(address) => web::listen(address).await?,
            None => Vec::new(),
        };
        let n_in_doubt = self.store.requeue_in_doubt(Timestamp::MAX)?;
        if n_in_doubt > 0 {
            tracing::warn!(
                n_in_doubt,
                "{n_in_doubt} mails were in hand when the last run broke off; they go again under the same Message-ID"
            );
        }
        let fetcher = Fetcher::new(limits(&self.settings.crawl))?;
        let round = self.round(&self.settings, self.sources.clone(), fetcher.clone())?;
        // beside the sources: reading the authorities of certificates takes its time
        let (settings, store, credentials) = (self.settings.clone(), self.store.clone(), self.credentials.clone());
        let mailer = tokio::task::spawn_blocking(move || Mailer::new(&settings, store, credentials.as_deref()));
        let synced = round.take_over().await?;
        round.spread(&synced.added).await?;
        let mailer = Arc::new(tasks::outcome(mailer).await?);
        let (round, rounds) = watch::channel(round);
        let (mailer, mailers) = watch::channel(mailer);
        let (stop, stopped) = watch::channel(false);
        let (tick, mail) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let crawler_pulse = Pulse::new("crawler", CRAWLER_PATIENCE);
        let mailer_pulse = Pulse::new("mailer", MAILER_PATIENCE);
        let n_under_way = Arc::new(AtomicUsize::new(0));

        let crawler = Crawler {
            rounds: rounds.clone(),
            tick: tick.clone(),
            mail: mail.clone(),
            pulse: crawler_pulse.clone(),
            n_under_way: n_under_way.clone(),
            stop: stopped.clone(),
        };
        let post = Post { mailers, store: self.store.clone(), mail, pulse: mailer_pulse.clone(), stop: stopped.clone() };
        let pulses = [crawler_pulse, mailer_pulse];
        let vitals = Vitals {
            store: self.store.clone(),
            n_under_way: n_under_way.clone(),
            stuck: Box::new({
                let pulses = pulses.clone();
                move || pulses.iter().find_map(|pulse| pulse.stuck())
            }),
            n_asked: Box::new({
                let rounds = rounds.clone();
                move || rounds.borrow().n_asked.load(Ordering::Relaxed)
            }),
        };
        let public = Arc::new(Site::new(self.store.clone(), self.settings.web.clone(), Clock::Wall));
        let site = tokio::spawn(web::serve(listeners, public, Some(Arc::new(vitals)), stopped));
        let keep = self.settings.store.keep_snapshots.map_or(KeepSnapshots::All, KeepSnapshots::Newest);
        let mut scheduler = clock::start(tick, rounds.clone(), n_under_way.clone(), keep).await?;
        let post = tasks::on_own_thread("mails", move || post.run()).context("cannot start the mailer")?;
        let loops = [tokio::spawn(crawler.run()), tokio::spawn(post), site];
        let watchdog = tokio::spawn(pulse::watchdog(pulses.to_vec()));
        let rereading = tokio::spawn(reread(round.borrow().clone()));

        let n_sources = self.sources.len();
        tracing::info!(n_sources, "watching {n_sources} sources of {} bodies", self.sources.bodies.len());
        tell(&[NotifyState::Ready]);
        let parts = Parts { settings: self.settings.clone(), fetcher, round, mailer };
        let parts = self.until_stopped(parts, signals).await?;

        tell(&[NotifyState::Stopping, NotifyState::Status("finishing the pages and mails in hand")]);
        tracing::info!(n_under_way = n_under_way.load(Ordering::Relaxed), "stopping: pages and mails in hand are finished");
        parts.round.borrow().stop();
        parts.mailer.borrow().stop();
        stop.send_replace(true);
        rereading.abort();
        let _ = scheduler.shutdown().await;
        finish(loops).await;
        watchdog.abort();
        tracing::info!("stopped");
        Ok(())
    }

    fn round(&self, settings: &Settings, sources: Sources, fetcher: Fetcher) -> anyhow::Result<Arc<Round>> {
        let confirm_after = SignedDuration::try_from(settings.crawl.confirm_after).context("[crawl] confirm_after is too long")?;
        let mut round =
            Round::new(self.store.clone(), fetcher, Arc::new(sources), Clock::Wall, confirm_after).context("cannot start the readers")?;
        round.gather = GATHER;
        round.adaptive = settings.crawl.adaptive;
        Ok(Arc::new(round))
    }

    /// Reloads at SIGHUP; returns at SIGTERM or SIGINT.
    async fn until_stopped(&self, mut parts: Parts, mut signals: Signals) -> anyhow::Result<Parts> {
        loop {
            tokio::select! {
                _ = signals.term.recv() => return Ok(parts),
                _ = signals.int.recv() => return Ok(parts),
                _ = signals.hup.recv() => {
                    match NotifyState::monotonic_usec_now() {
                        Ok(now) => tell(&[NotifyState::Reloading, now]),
                        Err(error) => tracing::debug!("no monotonic clock for systemd: {error}"),
                    }
                    match self.reload(&mut parts).await {
                        Ok(()) => tracing::info!("settings and sources reloaded"),
                        // one line for each problem of a file
                        Err(error) => format!("{error:#}").lines().for_each(|line| tracing::error!("not reloaded, what was in force stays: {line}")),
                    }
                    tell(&[NotifyState::Ready]);
                }
            }
        }
    }

    async fn reload(&self, parts: &mut Parts) -> anyhow::Result<()> {
        let (settings, sources) = (self.load)()?;
        if settings.crawl != parts.settings.crawl {
            parts.fetcher = Fetcher::new(limits(&settings.crawl))?;
        }
        if settings.store != parts.settings.store || settings.web != parts.settings.web {
            tracing::warn!("changes in [store] and [web] come into force at the next start");
        }
        let mailer = Arc::new(Mailer::new(&settings, self.store.clone(), self.credentials.as_deref())?);
        let round = self.round(&settings, sources, parts.fetcher.clone())?;
        let synced = round.take_over().await?;
        round.spread(&synced.added).await?;
        let (n_added, n_changed, n_retired) = (synced.added.len(), synced.changed.len(), synced.retired.len());
        tracing::info!(n_added, n_changed, n_retired, "sources: {n_added} new, {n_changed} changed, {n_retired} no longer watched");
        parts.settings = settings;
        // what is now read in another way is read again, beside the crawling
        tokio::spawn(reread(round.clone()));
        parts.round.send_replace(round);
        parts.mailer.send_replace(mailer);
        Ok(())
    }
}

/// The last snapshots are read again where the rules have become better, beside the crawling.
async fn reread(round: Arc<Round>) {
    if let Err(error) = round.reread().await {
        tracing::error!("{error}");
    }
}

/// Waits for the loops, but not for ever: what is cut off is done again at the next start.
async fn finish(loops: [JoinHandle<()>; 3]) {
    let deadline = tokio::time::Instant::now() + STOP_WITHIN;
    for mut handle in loops {
        if tokio::time::timeout_at(deadline, &mut handle).await.is_err() {
            tracing::warn!("not everything in hand was finished in time; it is done again at the next start");
            handle.abort();
        }
    }
}
