//! Notices in force become one state per office.
//!
//! In go the documents of one body, each with what it states and since when ([`DocumentNotices`], kept up to date by [`remember`] and [`weigh`]); out come
//! the states ([`fold`]) and what waits for confirmation. Pure: no clock, no database; the same documents give the same states on any day,
//! in any order.
//!
//! How statements meet:
//! - Office pages are the base. Among pages that contradict each other from the start, the one about fewer offices holds.
//! - A statement that names its last day lies over the base while it is valid; the base stays beneath it.
//! - A later statement on the same aspect replaces an earlier one, whichever document it stands in; an article without an end thus becomes
//!   the base until something later is said.
//! - An article that says "anche" adds its hours to those that hold; one that only takes days away leaves the others.
//! - What is said of all offices (`tutti`) reaches each of them, now and later, save the excepted.
//! - What a page no longer says stays in force until its absence is confirmed.

mod at;
mod base;
mod beside;
mod cues;
mod fold;
mod lists;
mod missing;
mod names;
mod remember;
mod same;
mod statement;
mod timeline;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::{Cause, DocumentKind, Doubt, Held, OfficeId, OfficeKey, Reading, SourceId, State, Value};

pub use at::{OfficeAt, Starting, at, holding, is_closed_on, on, openings_on, starting, turns_after};
pub use fold::fold;
pub use missing::weigh;
pub use names::{fold_name, folded_key};
pub use remember::{remember, remember_gone};
pub use same::{differ_in_access_alone, meant_channels, same};
pub use statement::{Facet, Missing, Said, Statement};

/// Rises when the same documents would fold to other states than before. The states are then folded again as a silent baseline.
pub const RULES_VERSION: u32 = 2;

/// By then a disappearance is settled, whatever it was taken for.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What one document states, and since when: the memory that is kept of it between visits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentNotices {
    /// The address of the document.
    pub url: String,
    /// The source that led to it.
    pub source: SourceId,
    /// An office page or an article.
    pub kind: DocumentKind,
    /// The document's own date.
    pub published: Option<Date>,
    /// When it was first read.
    pub first_read: Timestamp,
    /// When it was last read.
    pub read_at: Timestamp,
    /// The snapshot of the last reading.
    pub snapshot: i64,
    /// What it states, and what it stated until lately.
    pub statements: Vec<Statement>,
    /// What could not be made out at the last reading.
    pub doubts: Vec<Doubt>,
}

impl DocumentNotices {
    /// Whether something it used to state is gone and not yet confirmed: the next fetch matters even when the bytes are unchanged.
    ///
    /// What could not be read stays so while the bytes stay; what has been away for a month is settled under any rule.
    pub fn waits(&self) -> bool {
        let counts = |missing: &Missing| {
            missing.unread.is_none() && !missing.settled && missing.checked.duration_since(missing.since) < SETTLED_AFTER
        };
        self.statements.iter().any(|statement| statement.missing.as_ref().is_some_and(counts))
    }

    /// Whether nothing in it can matter from this day on: every statement has ended.
    pub fn is_spent(&self, today: Date) -> bool {
        self.statements.iter().all(|statement| statement.is_past(today))
    }
}

/// One successful reading of a document.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// The address of the document (the same at each visit, also after a redirect).
    pub url: &'a str,
    /// The source that led to it.
    pub source: &'a SourceId,
    /// An office page or an article.
    pub kind: DocumentKind,
    /// Its title, if known; tells corrections ("Rettifica: …").
    pub title: Option<&'a str>,
    /// When it was read.
    pub at: Timestamp,
    /// The snapshot that was read.
    pub snapshot: i64,
    /// What was read.
    pub reading: &'a Reading,
    /// What the reading is to what is known.
    pub sight: Sight,
}

/// What a reading is to what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// Differences are news. Also for a document that is new in a source already known: a fresh article.
    News,
    /// First sight of a source: what it says was so before, nobody is told.
    Baseline,
    /// Known bytes read again with new rules: silent.
    Reread,
}

/// What the caller settles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long something must stay away before it counts as gone.
    pub confirm_after: SignedDuration,
    /// Names of offices that `sources.toml` settles for this body, folded by [`fold_name`].
    pub names: BTreeMap<String, OfficeId>,
}

impl Default for Settings {
    /// Six hours; no names.
    fn default() -> Self {
        Self { confirm_after: SignedDuration::from_hours(6), names: BTreeMap::new() }
    }
}

/// The states of a body, and what waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// One state per counter, sorted by key.
    pub states: Vec<State>,
    /// What pages no longer state and still counts.
    pub held: Vec<Held>,
    /// Days of closure and opening that a later document put right or called off.
    pub undone: Vec<Undone>,
    /// When most of the body's facts went at once: how many of how many. The operator is to be told.
    pub redesign: Option<Redesign>,
}

/// Something announced that a later document put right or called off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Which counter.
    pub key: OfficeKey,
    /// What had been announced.
    pub value: Value,
    /// What takes it away.
    pub cause: Cause,
}

/// Most of a body's facts went at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redesign {
    /// Facts that are gone.
    pub n_lost: usize,
    /// Facts that were known.
    pub n_known: usize,
    /// Since when.
    pub since: Timestamp,
}
