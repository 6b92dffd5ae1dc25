//! A change: a difference between two states of an office, in one aspect.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Aspect, BodyId, OfficeKey, Value};

/// The id of a change in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(pub i64);

/// A document, one version of it, and the sentences in it that state a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The address of the document.
    pub url: String,
    /// The snapshot it was read from (row id in the store).
    pub snapshot: i64,
    /// The sentences, verbatim.
    pub evidence: Vec<String>,
}

/// A difference between two states of an office, in one aspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Row id, once stored.
    pub id: Option<ChangeId>,
    /// When the program saw it.
    pub detected_at: Timestamp,
    /// Whose office.
    pub body: BodyId,
    /// Which counter.
    pub key: OfficeKey,
    /// The name to show.
    pub name: String,
    /// Which aspect.
    pub aspect: Aspect,
    /// What held before; `None` when nothing was known.
    pub before: Option<Value>,
    /// What holds now; `None` when it vanished for good.
    pub after: Option<Value>,
    /// First day of the new value, when stated.
    pub effective_from: Option<Date>,
    /// Last day of the new value, included, when stated.
    pub effective_until: Option<Date>,
    /// The documents that state the new value; for a disappearance, the last that stated the old one.
    pub causes: Vec<Cause>,
    /// The row of DESIGN's table that let it through.
    pub rule: String,
}

/// A difference that waits, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which counter.
    pub key: OfficeKey,
    /// Which aspect.
    pub aspect: Aspect,
    /// Why it waits.
    pub reason: HeldReason,
    /// What holds as far as subscribers know.
    pub before: Option<Value>,
    /// What the pages say now.
    pub after: Option<Value>,
    /// Since when it is so.
    pub since: Timestamp,
    /// How many fetches have shown it.
    pub fetches: u32,
}

/// Why a difference waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldReason {
    /// Something is gone; it must stay away for `confirm_after` and two fetches.
    Vanished,
    /// It went from A to B and back within a day.
    Flapping,
    /// Most of a body's facts went at once: a redesign, most likely.
    Redesign,
}
