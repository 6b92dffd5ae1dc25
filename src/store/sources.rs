//! Bodies and their sources: what is watched, when it is due, how well it goes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Result, Unchanged, Validators};
use crate::domain::{Body, BodyId, OfficeId, SourceId, SourceKind};

/// One source as the operator's file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedSource {
    /// Stable id.
    pub id: SourceId,
    /// Whose.
    pub body: BodyId,
    /// The address to watch.
    pub url: String,
    /// How it leads to documents.
    pub kind: SourceKind,
    /// The office a page speaks of, when the file says so.
    pub office: Option<OfficeId>,
    /// The remaining keys, for display.
    #[serde(default)]
    pub settings: serde_json::Value,
}

/// All that is to be watched. What is in the store and not here is retired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The bodies.
    pub bodies: Vec<Body>,
    /// Their sources.
    pub sources: Vec<WatchedSource>,
}

/// What a synchronisation did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// Sources seen for the first time, or back after being retired; due at once.
    pub added: Vec<SourceId>,
    /// Sources whose address, kind or settings changed. Their schedule stays, save where the address changed: then they are due at once.
    pub changed: Vec<SourceId>,
    /// Sources that the file no longer names. Their history stays; their documents no longer count.
    pub retired: Vec<SourceId>,
}

/// How well a source can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// When it was last read well.
    pub last_good: Option<Timestamp>,
    /// When it last failed.
    pub last_failed: Option<Timestamp>,
    /// Why, in words; `None` once it reads well again.
    pub last_error: Option<String>,
    /// Failures since it was last read well.
    pub streak: u32,
    /// Since when it has been failing without a break.
    pub failing_since: Option<Timestamp>,
    /// Fetches that brought an answer, unchanged ones included.
    pub n_fetches: u64,
    /// Fetches that the host answered with "not modified".
    pub n_unchanged: u64,
    /// Bytes received in all.
    pub bytes: u64,
    /// When the operator was told that it fails; kept until it was told that it is back.
    pub told_at: Option<Timestamp>,
}

impl Health {
    /// The share of fetches answered with "not modified", 0 to 1; `None` before the first.
    pub fn unchanged_share(&self) -> Option<f64> {
        (self.n_fetches > 0).then(|| self.n_unchanged as f64 / self.n_fetches as f64)
    }
}

/// What was fetched from all watched sources together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fetches {
    /// Sources whose last visit failed.
    pub n_failing: u64,
    /// Fetches that brought an answer, unchanged ones included.
    pub n_fetches: u64,
    /// Fetches that the host answered with "not modified".
    pub n_unchanged: u64,
    /// Bytes received.
    pub bytes: u64,
}

/// A source as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What the operator's file said last.
    #[serde(flatten)]
    pub source: WatchedSource,
    /// When it was first named.
    pub added_at: Timestamp,
    /// When the file ceased to name it.
    pub retired_at: Option<Timestamp>,
    /// When it is to be read next; `None` for a retired one.
    pub next_due: Option<Timestamp>,
    /// How well it goes.
    pub health: Health,
    /// For lists (news, sitemap, site): what to send with the next conditional request.
    pub validators: Validators,
}

/// A source was read well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceVisit {
    /// Which.
    pub source: SourceId,
    /// When.
    pub at: Timestamp,
    /// When it is due again.
    pub next_due: Timestamp,
    /// Fetches made, those of its documents included.
    pub n_fetches: u32,
    /// How many of them were answered with "not modified".
    pub n_unchanged: u32,
    /// Bytes received.
    pub bytes: u64,
    /// New validators of the list itself; `None` leaves them as they are.
    pub validators: Option<Validators>,
}

/// A source could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which.
    pub source: SourceId,
    /// When.
    pub at: Timestamp,
    /// Why, in words for volunteers.
    pub words: String,
    /// When to try again.
    pub next_try: Timestamp,
}

/// Bodies and sources.
pub trait Bodies {
    /// Makes the store watch what the catalogue names: inserts, updates, retires; schedules, health and history stay.
    fn sync(&self, catalogue: &Catalogue, now: Timestamp) -> Result<Synced>;
    /// All bodies that are watched, by id.
    fn bodies(&self) -> Result<Vec<Body>>;
    /// One body, also when it is no longer watched.
    fn body(&self, body: &BodyId) -> Result<Option<Body>>;
    /// All sources, retired ones last.
    fn sources(&self) -> Result<Vec<Source>>;
    /// What was fetched from the watched ones.
    fn fetches(&self) -> Result<Fetches>;
    /// The sources of one body.
    fn sources_of(&self, body: &BodyId) -> Result<Vec<Source>>;
    /// One source.
    fn source(&self, source: &SourceId) -> Result<Option<Source>>;
    /// Sources whose time has come, the longest waiting first.
    fn due_sources(&self, now: Timestamp, limit: u32) -> Result<Vec<Source>>;
    /// When the next source falls due; `None` when nothing is watched.
    fn next_due(&self) -> Result<Option<Timestamp>>;
    /// Sets when a source is due.
    fn set_next_due(&self, source: &SourceId, at: Timestamp) -> Result<()>;
    /// Notes that visits of these sources begin at `now`: neither they nor documents of theirs are due again before `until`, unless the
    /// visit says otherwise. A program that keeps dying in the middle of a visit thus does not ask the same host again and again.
    fn begin_visits(&self, sources: &[SourceId], now: Timestamp, until: Timestamp) -> Result<()>;
    /// Notes that a source was read well: the run of failures ends.
    fn record_source(&self, visit: &SourceVisit) -> Result<()> {
        self.record_visits(&[], std::slice::from_ref(visit))
    }
    /// Notes, in one transaction, documents found as they were and sources that were read well.
    fn record_visits(&self, unchanged: &[Unchanged], sources: &[SourceVisit]) -> Result<()>;
    /// Notes that a source could not be read; returns its health with the failure counted. Never touches states or changes.
    fn record_failure(&self, failure: &Failure) -> Result<Health>;
}
