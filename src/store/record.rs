//! A visit and all that follows from it, recorded in one transaction.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DocumentId, Received, Result, SnapshotId};
use crate::domain::{BodyId, Change, ChangeId, Corroboration, DeliveryId, DocumentKind, Held, PlannedDelivery, Reading, SourceId, State};
use crate::resolve::{DocumentNotices, Redesign};

/// What the store knows of a body: the material that a new reading is folded into and compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Counts the times the body's facts were recorded; goes back in [`Findings`] so that two writers cannot overwrite each other.
    pub revision: u64,
    /// The documents of watched sources that have been read, with what they say.
    pub documents: Vec<KnownDocument>,
    /// The states as subscribers know them.
    pub states: Vec<State>,
    /// The differences that wait.
    pub held: Vec<Held>,
    /// The changes of the last days, the newest first.
    pub recent: Vec<Change>,
}

/// One document and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownDocument {
    /// Row id.
    pub id: DocumentId,
    /// The source it was reached from.
    pub source: SourceId,
    /// Canonical address.
    pub url: String,
    /// The version that was read.
    pub snapshot: SnapshotId,
    /// The version of the rules that read it.
    pub rules_version: u32,
    /// What is remembered of it between visits.
    pub memory: Option<DocumentNotices>,
}

/// The id that stands, in causes, for the snapshot of the `n`th document of the visit being recorded: the row id is not known before.
/// The store puts the real one in its place in memories, states, held differences, changes and corroborations.
pub fn snapshot_of_nth(n: usize) -> i64 {
    -1 - i64::try_from(n).unwrap_or(i64::MAX - 1)
}

/// What a visit found at one address.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentVisit {
    /// The source it was reached from.
    pub source: SourceId,
    /// Canonical address.
    pub url: String,
    /// Page or article.
    pub kind: DocumentKind,
    /// When to visit it next; `None`: not on its own.
    pub next_visit: Option<Timestamp>,
    /// What was there.
    pub seen: Seen,
    /// What is to be remembered of it; `None` leaves the memory as it is.
    pub memory: Option<DocumentNotices>,
}

/// What was at an address.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A page, and what it says by the rules of this version.
    Fresh {
        /// As it came.
        received: Received,
        /// What it says.
        reading: Reading,
        /// The version of the rules that read it.
        rules_version: u32,
    },
    /// The document is no longer there (404, 410, gone from its list).
    Gone,
    /// The last snapshot, read again by newer rules.
    Reread {
        /// What it says.
        reading: Reading,
        /// The version of the rules that read it.
        rules_version: u32,
    },
}

/// Why states are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// First sight of a source.
    Baseline,
    /// A visit brought something.
    Visit,
    /// Time passed: a notice began or ended, a wait was over.
    Time,
    /// The program learned to read better.
    Reread,
    /// The operator's file changed.
    Sources,
}

impl Why {
    /// The lower-case word kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Visit => "visit",
            Self::Time => "time",
            Self::Reread => "reread",
            Self::Sources => "sources",
        }
    }
}

/// What follows for a body: the outcome of folding and comparing.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// Why.
    pub why: Why,
    /// The [`Known::revision`] that the findings are based on.
    pub revision: u64,
    /// *All* states of the body as subscribers know them from now on. A new version is kept where the facts differ; where only causes do,
    /// the present version is amended; an office that is missing here has its version closed.
    pub states: Vec<State>,
    /// *All* differences that wait from now on.
    pub held: Vec<Held>,
    /// New changes; their `id` is ignored.
    pub changes: Vec<Change>,
    /// Changes that a further document confirms.
    pub corroborated: Vec<Corroboration>,
    /// What subscribers are to get; the indices count `changes`.
    pub deliveries: Vec<PlannedDelivery>,
    /// Whether most of the body's facts are gone from now on; the operator is told.
    pub redesign: Option<Redesign>,
}

/// A visit to one or more documents of one body, and what follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Whose documents.
    pub body: BodyId,
    /// When.
    pub at: Timestamp,
    /// What was found, in the order that [`snapshot_of_nth`] counts. May be empty when only time passed.
    pub documents: Vec<DocumentVisit>,
    /// What follows; `None` when the readings say nothing that could matter (no notices before and after): the body's facts stay.
    pub findings: Option<Findings>,
}

/// The ids that a visit got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Per document of the visit.
    pub documents: Vec<RecordedDocument>,
    /// Per change of the findings.
    pub changes: Vec<ChangeId>,
    /// The deliveries that were written or added to; fewer than planned where a subscriber already had the change.
    pub deliveries: Vec<DeliveryId>,
}

/// The ids that one document of a visit got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedDocument {
    /// The document.
    pub document: DocumentId,
    /// Its present snapshot; `None` for a document that is gone and was never received.
    pub snapshot: Option<SnapshotId>,
    /// Whether the visit made that snapshot.
    pub is_new: bool,
}

/// The line's two ends.
pub trait Rounds {
    /// What is known of a body, with the changes detected since `recent_since`.
    fn known(&self, body: &BodyId, recent_since: Timestamp) -> Result<Known>;
    /// Records a visit: snapshots, readings, states, held differences, changes and deliveries, in one transaction. Fails with
    /// [`super::StoreError::Moved`], having written nothing, when the body's facts moved since `known`.
    fn record(&self, visit: &Visit) -> Result<Recorded>;
}
