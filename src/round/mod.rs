//! The line, and nothing but the line: what is due is visited, read, folded, compared and recorded, with the mails that follow.
//!
//! A [`Round`] holds what visits share. [`Round::run`] visits the sources that are due: a page is one document, a list leads to many.
//! Reading happens off the asynchronous threads, a few documents at a time; visits of one body fold one after another; one visit is one
//! transaction. Failures never touch what is known: they turn the source's health.

mod apart;
mod catalogue;
mod clock;
mod company;
mod document;
mod due;
mod fold;
mod notes;
mod outbox;
mod pace;
mod read;
mod reread;
mod site;
mod source;
mod take_over;
mod tally;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::SignedDuration;
use tokio::task::JoinSet;
use url::Url;

pub use apart::{read_document, serve};
pub use catalogue::{catalogue, limits, request};
pub use clock::Clock;
pub use due::Due;
pub use outbox::{Mailer, MailerError, erase, hooks};
pub use reread::Reextracted;
pub use source::Visited;

use crate::config::Sources;
use crate::domain::{BodyId, Change, SourceId};
use crate::extract;
use crate::fetch::Fetcher;
use crate::resolve;
use crate::store::{Store, StoreError};
use crate::tasks::Workers;
use company::Company;
use due::due;
use notes::Notes;
use turns::Turns;

/// Rises when the same bytes would give another reading, or the same readings other states: then all is read again, silently.
pub const RULES_VERSION: u32 = 1000 * extract::RULES_VERSION + resolve::RULES_VERSION;

/// What visits share.
#[derive(Debug)]
pub struct Round {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Brings the pages.
    pub fetcher: Fetcher,
    /// What is watched.
    pub sources: Arc<Sources>,
    /// How long something must stay away before it counts as gone.
    pub confirm_after: SignedDuration,
    /// How long a mail at once waits for company from the same body, while more of its pages are looked at.
    pub gather: SignedDuration,
    /// Whether lively sources are looked at more often than the file says, and quiet ones less.
    pub adaptive: bool,
    /// The present.
    pub clock: Clock,
    /// Counts addresses asked, whatever they answered: a round that is under way and does not move this for long is stuck.
    pub n_asked: AtomicU64,
    stopping: AtomicBool,
    turns: Turns,
    company: Company,
    readers: Workers,
    desk: Workers,
    notes: Arc<Notes>,
}

/// Which sources a round looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only those of this body.
    pub body: Option<BodyId>,
    /// Only the one with this address.
    pub source: Option<Url>,
    /// Whether due or not.
    pub all: bool,
}

/// What happens in a round, as it happens.
#[derive(Debug)]
pub enum Event {
    /// So many sources are to be visited.
    Planned(usize),
    /// A source was visited.
    Visited(Visited),
}

/// What a round came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Sources visited.
    pub n_sources: usize,
    /// Requests that were answered.
    pub n_fetches: u32,
    /// How many of them found nothing new.
    pub n_unchanged: u32,
    /// The sources that could not be read, and why.
    pub failures: Vec<(SourceId, String)>,
    /// The changes found, with their ids.
    pub changes: Vec<Change>,
}

impl Round {
    /// A round over these sources.
    ///
    /// # Errors
    /// The system gives no threads for it.
    pub fn new(
        store: Arc<dyn Store>,
        fetcher: Fetcher,
        sources: Arc<Sources>,
        clock: Clock,
        confirm_after: SignedDuration,
    ) -> std::io::Result<Self> {
        let n_readers = std::thread::available_parallelism().map_or(2, |n| n.get());
        Ok(Self {
            store,
            fetcher,
            sources,
            confirm_after,
            gather: SignedDuration::ZERO,
            adaptive: false,
            clock,
            n_asked: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            turns: Turns::default(),
            company: Company::default(),
            readers: Workers::new("readers", n_readers)?,
            // a few: each has a connection and memory of its own, and they would only wait for each other
            desk: Workers::new("store", n_readers + 1)?,
            notes: Arc::default(),
        })
    }

    /// Visits every source of the selection that is due, tells what happens, and returns when all are done.
    ///
    /// # Errors
    /// Only when the store cannot say what is due, or breaks under a visit; what is wrong with sources stands in the summary.
    pub async fn run(self: &Arc<Self>, selection: &Selection, tell: &mut (dyn FnMut(&Event) + Send)) -> Result<Summary, StoreError> {
        let due = self.due(selection, u32::MAX).await?;
        tell(&Event::Planned(due.len()));
        let mut summary = Summary::default();
        let mut waiting = due.into_iter();
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < self.sources_at_once()
                && let Some(due) = waiting.next()
            {
                under_way.spawn(self.clone().visit_due(due));
            }
            let Some(visited) = under_way.join_next().await else { break };
            // a visit that panics is a defect of the program; the others go on
            let visited = match visited {
                Ok(visited) => visited?,
                Err(defect) => {
                    tracing::error!("a visit broke off: {defect}");
                    continue;
                }
            };
            summary.add(&visited);
            tell(&Event::Visited(visited));
        }
        Ok(summary)
    }

    /// Up to `limit` sources of the selection whose time has come, themselves or documents of theirs, the longest waiting first.
    pub async fn due(&self, selection: &Selection, limit: u32) -> Result<Vec<Due>, StoreError> {
        self.on_store(due(self.sources.clone(), selection.clone(), self.clock.now(), limit)).await
    }

    /// Notes that the visits of these begin, so that a process that dies under them does not ask the same hosts again at once.
    pub async fn begin(&self, due: &[Due], wait: SignedDuration) -> Result<(), StoreError> {
        if due.is_empty() {
            return Ok(());
        }
        let sources: Vec<SourceId> = due.iter().map(|due| due.source.id.clone()).collect();
        let now = self.clock.now();
        let until = now.checked_add(wait).unwrap_or(now);
        self.on_store(move |store| store.begin_visits(&sources, now, until)).await
    }

    /// How many sources are under way at once. Most of them wait for their host's turn; requests at once are bounded by the fetcher.
    pub fn sources_at_once(&self) -> usize {
        self.fetcher.hosts_at_once()
    }

    /// Visits one source and its documents, and notes how it went.
    ///
    /// # Errors
    /// Only those of the store.
    pub async fn visit_due(self: Arc<Self>, due: Due) -> Result<Visited, StoreError> {
        self.visit_source(&due).await
    }

    /// Lets the pages in hand be finished, and no further ones begin: lists leave the rest of their documents for another time.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Runs a piece of work on the store where blocking is allowed.
    async fn on_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.clone();
        let work = move || {
            step("before the store");
            let result = work(&*store);
            step("after the store");
            result
        };
        self.desk.run(work).await
    }
}

/// Marks a place in the work where a kill must do no harm; tests stop there.
fn step(place: &str) {
    tracing::trace!(target: "sportello::step", "{place}");
}

impl Summary {
    fn add(&mut self, visited: &Visited) {
        self.n_sources += 1;
        self.n_fetches += visited.n_fetches;
        self.n_unchanged += visited.n_unchanged;
        self.failures.extend(visited.failures.iter().map(|why| (visited.source.clone(), why.clone())));
        self.changes.extend(visited.changes.iter().cloned());
    }
}
