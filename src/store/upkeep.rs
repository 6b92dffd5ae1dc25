//! Keeping a store in order: verification, backup, retention, re-reading, the daemon's lock.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Document, Result, Sha256, Snapshot, SnapshotId};
use crate::domain::SourceId;

/// Something that verification found broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    /// "snapshot 17 of comune-prato/news", "the database file".
    pub what: String,
    /// What is wrong with it.
    pub why: String,
}

/// `snapshot 17 of comune-prato/news: the bytes do not have the recorded SHA-256`
impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

/// Which bytes to keep. Records, changes and the bytes behind them are always kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeepSnapshots {
    /// All.
    #[default]
    All,
    /// The newest so many versions of each document; one at least.
    Newest(u32),
}

/// A piece of upkeep that is done from time to time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Job {
    /// [`Upkeep::thin`] and [`Upkeep::tidy`].
    Tidy,
    /// [`Upkeep::verify`], bytes included.
    Verify,
}

impl Job {
    /// The lower-case word kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tidy => "tidy",
            Self::Verify => "verify",
        }
    }
}

/// When a piece of upkeep was last done, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobDone {
    /// When.
    pub at: Timestamp,
    /// What came of it, in words; empty when it was never done.
    pub said: String,
}

/// One hash over the ends of all chains of snapshots. Who wrote it down elsewhere can tell that no snapshot of that time was altered since:
/// the chains of a database that somebody wrote anew from end to end agree with themselves, but not with this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Sources whose chain it covers.
    pub n_chains: u64,
    /// Snapshots in them.
    pub n_snapshots: u64,
    /// SHA-256 over one line per chain, `id hash`, in the order of ids.
    pub sha: Sha256,
}

/// How large things are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Bodies watched.
    pub bodies: u64,
    /// Sources watched.
    pub sources: u64,
    /// Documents.
    pub documents: u64,
    /// Snapshots.
    pub snapshots: u64,
    /// Changes.
    pub changes: u64,
    /// Confirmed subscribers.
    pub subscribers: u64,
    /// Bytes of the database file.
    pub bytes: u64,
}

/// A document that older rules read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    /// The document.
    pub document: Document,
    /// Its last snapshot.
    pub snapshot: Snapshot,
}

/// Held by the one daemon that may run on a store; released when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct RunLock {
    /// The locked file, where the store is one.
    pub(crate) _file: Option<std::fs::File>,
}

/// Upkeep.
pub trait Upkeep {
    /// Takes the lock that only one daemon may hold. Others may still read and write.
    fn lock_run(&self) -> Result<RunLock>;
    /// Checks the file, every chain of snapshots and, with `bytes`, every body against its hash. Returns all that is broken. Others may
    /// write meanwhile.
    fn verify(&self, bytes: bool) -> Result<Vec<Damage>>;
    /// Copies the whole store into a new file while others read and write.
    fn backup(&self, to: &Path) -> Result<()>;
    /// Gives up the bytes that need not be kept. Returns how many snapshots lost theirs.
    fn thin(&self, keep: KeepSnapshots) -> Result<u64>;
    /// Forgets the days that are over, gives freed space back to the file system, and refreshes the planner's statistics; in portions, so
    /// that a round in between waits for one of them at most.
    fn tidy(&self, now: Timestamp) -> Result<()>;
    /// When a piece of upkeep was last done; for one that never was, when the store was made.
    fn last_done(&self, job: Job) -> Result<JobDone>;
    /// Notes that a piece of upkeep was done.
    fn note_done(&self, job: Job, done: &JobDone) -> Result<()>;
    /// One hash over the ends of all chains.
    fn seal(&self) -> Result<Seal>;
    /// Documents whose last snapshot was read by rules older than `rules_version`, in order of body and id, from after the given snapshot.
    fn outdated(&self, rules_version: u32, after: Option<SnapshotId>, limit: u32) -> Result<Vec<Outdated>>;
    /// Makes the documents of a source count as read by older rules, since they are to be read in another way.
    fn read_again(&self, source: &SourceId) -> Result<()>;
    /// How large things are.
    fn sizes(&self) -> Result<Sizes>;
    /// A secret of this database, made once: signs links in mails and marks their `Message-ID`. Never to be shown or logged.
    fn secret(&self) -> Result<[u8; 32]>;
    /// A cheap sign of life: reads one row.
    fn ping(&self) -> Result<()>;
}
