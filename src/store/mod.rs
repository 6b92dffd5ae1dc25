//! What the program asks of a store, in its own words.
//!
//! One thing that happens is one method is one transaction: a visit with all that follows from it, an unchanged document, a settled
//! delivery. The methods stand in traits by topic, which [`Store`] unites; [`sqlite`] keeps all the SQL. Instants are passed in and kept
//! in UTC to the millisecond; the store asks no clock.

mod browse;
mod changes;
mod consent;
mod documents;
mod error;
mod outbox;
mod record;
mod snapshots;
mod sources;
pub mod sqlite;
mod states;
mod subscribers;
mod upkeep;

use std::path::Path;
use std::sync::Arc;

pub use crate::domain::NewSubscription;
pub use browse::{Browse, Exception, ExceptionCursor, ExceptionPage, OfficeHit, Place};
pub use changes::{ChangeFilter, Changes, Cursor, ExplainedCause, Explanation, Page};
pub use consent::{Ask, AskLimits, Asked, Consent, Consents, Enrolled, Enrolment, Erased, Granted, How, LEFT, Request};
pub use documents::{Document, DocumentId, Documents, Found, Said, Unchanged, Validators};
pub use error::{Result, StoreError};
pub use outbox::{DeliveryCounts, DeliveryRecord, DeliveryState, Outbox};
pub use record::{DocumentVisit, Findings, Known, KnownDocument, Recorded, RecordedDocument, Rounds, Seen, Visit, Why, snapshot_of_nth};
pub use snapshots::{Received, Sha256, Snapshot, SnapshotId, Snapshots, sha256};
pub use sources::{Bodies, Catalogue, Failure, Fetches, Health, Source, SourceVisit, Synced, WatchedSource};
pub use states::{Milestone, StateVersion, States};
pub use subscribers::{SubscriberRecord, SubscriberState, Subscribers};
pub use upkeep::{Damage, Job, JobDone, KeepSnapshots, Outdated, RunLock, Seal, Sizes, Upkeep};

/// A store: everything the program keeps, behind one object that threads share.
///
/// Calls block for as long as the disk takes (milliseconds); asynchronous callers put them on a blocking thread. Readers never wait for
/// the writer; writers wait for each other, also across processes, for up to ten seconds.
pub trait Store:
    Bodies
    + Documents
    + Rounds
    + Snapshots
    + Changes
    + States
    + Browse
    + Subscribers
    + Consents
    + Outbox
    + Upkeep
    + Send
    + Sync
    + std::fmt::Debug
{
}

impl<T> Store for T where
    T: Bodies
        + Documents
        + Rounds
        + Snapshots
        + Changes
        + States
        + Browse
        + Subscribers
        + Consents
        + Outbox
        + Upkeep
        + Send
        + Sync
        + std::fmt::Debug
{
}

/// Opens the database, making or upgrading it where needed.
pub fn open(path: &Path) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(sqlite::Sqlite::open(path)?))
}

/// Opens an existing database of the present schema for reading; every writing method then fails.
pub fn open_read_only(path: &Path) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(sqlite::Sqlite::open_read_only(path)?))
}

/// A store that lives as long as the value: for tests and for replays that keep nothing.
pub fn in_memory() -> Result<Arc<dyn Store>> {
    Ok(Arc::new(sqlite::Sqlite::in_memory()?))
}

/// Verifies a backup, chain by chain and byte by byte, and puts it in the place of the database `to`. Refuses to overwrite without
/// `force`, and while anything has the old database open. Ids go on well beyond the backup's, since later ones are in mails already.
pub fn restore(backup: &Path, to: &Path, force: bool) -> Result<()> {
    sqlite::restore::restore(backup, to, force)
}
