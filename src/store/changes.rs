//! Changes, listed and explained.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Document, Result, Snapshot, StateVersion};
use crate::domain::{Aspect, BodyId, Cause, Change, ChangeId, Notice, OfficeId};

/// A place in a list of changes: everything after it is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// When the last change listed was detected.
    pub at: Timestamp,
    /// Its id.
    pub id: ChangeId,
}

/// `2026-03-01T08:00:12.000Z,42`, for addresses.
impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{}", self.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"), self.id.0)
    }
}

impl std::str::FromStr for Cursor {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parse = || {
            let (at, id) = text.split_once(',')?;
            Some(Self { at: at.parse().ok()?, id: ChangeId(id.parse().ok()?) })
        };
        parse().ok_or_else(|| format!("not a place in the list of changes: {text:?}"))
    }
}

/// Which changes to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Detected at or after this instant.
    pub since: Option<Timestamp>,
    /// Detected before this instant.
    pub until: Option<Timestamp>,
    /// Of this body.
    pub body: Option<BodyId>,
    /// Of bodies in this province (two letters).
    pub province: Option<String>,
    /// Of this office.
    pub office: Option<OfficeId>,
    /// In this aspect.
    pub aspect: Option<Aspect>,
}

/// Some changes, the newest first, and where to go on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The changes.
    pub changes: Vec<Change>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<Cursor>,
}

impl Page {
    /// A page from one change more than its limit, where there is one.
    pub(crate) fn cut(mut changes: Vec<Change>, limit: u32) -> Self {
        let more = changes.len() > limit as usize;
        changes.truncate(limit as usize);
        let last = changes.last().filter(|_| more);
        let next = last.and_then(|last| last.id.map(|id| Cursor { at: last.detected_at, id }));
        Self { changes, next }
    }
}

/// Everything behind one change.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The change, with all its causes.
    pub change: Change,
    /// The office's version before it, if there was one.
    pub before: Option<StateVersion>,
    /// The office's version that it made.
    pub after: Option<StateVersion>,
    /// Per cause: the document, the version that states the new value, the one before it, and what was read from it.
    pub sources: Vec<ExplainedCause>,
    /// The snapshots that show what held before: the version before each cause, and those that stated the old value.
    pub evidence_before: Vec<Snapshot>,
}

/// One document behind a change.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedCause {
    /// The cause, with its sentences.
    pub cause: Cause,
    /// The document.
    pub document: Document,
    /// The version it was read from.
    pub snapshot: Snapshot,
    /// The version before that one.
    pub snapshot_before: Option<Snapshot>,
    /// What that version was read to say.
    pub notices: Vec<Notice>,
}

/// Changes.
pub trait Changes {
    /// Changes that the filter lets through, the newest first, `limit` at a time.
    fn changes(&self, filter: &ChangeFilter, from: Option<Cursor>, limit: u32) -> Result<Page>;
    /// One change with its causes.
    fn change(&self, change: ChangeId) -> Result<Option<Change>>;
    /// Adds a further document that states the same; one that is there already is left alone.
    fn corroborate(&self, change: ChangeId, cause: &Cause) -> Result<()>;
    /// Everything behind a change.
    fn explain(&self, change: ChangeId) -> Result<Option<Explanation>>;
}
