//! Keeping a store in order: verification, backup, retention, re-reading, the daemon's lock.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Document, Result, Snapshot, SnapshotId};
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
    /// Checks the file, every chain of snapshots and, with `bytes`, every body against its hash. Returns all that is broken.
    fn verify(&self, bytes: bool) -> Result<Vec<Damage>>;
    /// Copies the whole store into a new file while others read and write.
    fn backup(&self, to: &Path) -> Result<()>;
    /// Gives up the bytes that need not be kept. Returns how many snapshots lost theirs.
    fn thin(&self, keep: KeepSnapshots) -> Result<u64>;
    /// Gives freed space back to the file system and refreshes the planner's statistics.
    fn tidy(&self) -> Result<()>;
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
