//! States of offices through time: what was known to hold, from when, and what caused it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Result, Why};
use crate::domain::{BodyId, ChangeId, OfficeId, OfficeKey, State};

/// One version of an office's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateVersion {
    /// Row id.
    pub id: i64,
    /// Whose office.
    pub body: BodyId,
    /// What was known to hold. Its causes name the documents and sentences.
    pub state: State,
    /// From when this was known.
    pub known_from: Timestamp,
    /// Until when; `None` for the present version.
    pub known_until: Option<Timestamp>,
    /// Why it was recorded.
    pub why: Why,
    /// The changes that made it.
    pub changes: Vec<ChangeId>,
}

/// A version of an office's state without its facts: a point of its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Which counter.
    pub key: OfficeKey,
    /// The name to show, as a document wrote it.
    pub name: String,
    /// From when this was known.
    pub known_from: Timestamp,
    /// Why it was recorded.
    pub why: Why,
    /// The changes that made it.
    pub changes: Vec<ChangeId>,
}

/// States.
pub trait States {
    /// The versions of an office (all its branches), the newest first.
    fn history(&self, body: &BodyId, office: &OfficeId) -> Result<Vec<StateVersion>>;
    /// What was known to hold for a body's offices at an instant; `None`: now. In the order of offices.
    fn states(&self, body: &BodyId, at: Option<Timestamp>) -> Result<Vec<StateVersion>>;
}
