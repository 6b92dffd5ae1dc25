//! What the operator is told of sources and bodies: which have been failing for days, which of those read well again, whose facts went nearly
//! all at once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BodyId, SourceId};

/// The matter of one mail to the operator. Kept as it was when it was written, since health moves on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleReport {
    /// Sources that have been failing for days, the longest first.
    pub failing: Vec<FailingSource>,
    /// Sources that the operator was told of and that have been read well since.
    pub back: Vec<RecoveredSource>,
    /// Bodies that no longer state most of what they stated, the longest first.
    #[serde(default)]
    pub redesigned: Vec<RedesignedBody>,
}

/// A source that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingSource {
    /// Which.
    pub source: SourceId,
    /// Its address.
    pub url: String,
    /// Since when it has been failing without a break.
    pub since: Timestamp,
    /// How often it has been tried since.
    pub tries: u32,
    /// Why it failed the last time, in words.
    pub words: String,
}

/// A source that reads well again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveredSource {
    /// Which.
    pub source: SourceId,
    /// Its address.
    pub url: String,
    /// When it was last read well.
    pub read_at: Timestamp,
}

/// A body whose facts went nearly all at once, most likely with a new site. They are held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedesignedBody {
    /// Which.
    pub body: BodyId,
    /// Its name.
    pub name: String,
    /// The fetch in which most of them went.
    pub since: Timestamp,
    /// How many facts are gone.
    pub n_lost: u32,
    /// How many were known.
    pub n_known: u32,
}

impl TroubleReport {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.failing.is_empty() && self.back.is_empty() && self.redesigned.is_empty()
    }
}
