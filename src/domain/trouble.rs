//! What the operator is told of sources: which have been failing for days, and which of those read well again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SourceId;

/// The matter of one mail to the operator. Kept as it was when it was written, since health moves on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleReport {
    /// Sources that have been failing for days, the longest first.
    pub failing: Vec<FailingSource>,
    /// Sources that the operator was told of and that have been read well since.
    pub back: Vec<RecoveredSource>,
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

impl TroubleReport {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.failing.is_empty() && self.back.is_empty()
    }
}
