//! Two states of a body become changes.
//!
//! In go the states that subscribers know of and the states as the documents now give them; out come the changes to tell, the states to keep
//! as known, and what is held back. Compared are the days from today on, by meaning: another format, order or phrasing is no change, and
//! neither is a day that passes. Pure: "now" is an argument.

mod compare;
mod hold;
mod levels;
mod lists;
mod tell;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::domain::{BodyId, Change, Corroboration, Held, State, day_of};
use crate::resolve::Sight;

pub use crate::resolve::same;
pub use compare::compare;

/// How long a change looks for further documents that state it.
pub const CORROBORATION_DAYS: i32 = 60;

/// What is known of a body before a visit.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The states that subscribers know of: [`Comparison::states`] of the last visit.
    pub states: &'a [State],
    /// What was held back: [`Comparison::held`] of the last visit.
    pub held: &'a [Held],
    /// The body's changes of the last [`CORROBORATION_DAYS`].
    pub recent: &'a [Change],
}

/// The visit that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// Whose states.
    pub body: &'a BodyId,
    /// The present instant.
    pub now: Timestamp,
    /// The document that was visited.
    pub url: &'a str,
    /// What the visit's reading is to what is known.
    pub sight: Sight,
    /// How long a doubtful difference must stay before it is told.
    pub confirm_after: SignedDuration,
}

impl Moment<'_> {
    /// The offices' calendar day.
    pub fn today(&self) -> Date {
        day_of(self.now)
    }
}

/// What follows from a visit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// To be stored and told, in the order of display; without ids.
    pub changes: Vec<Change>,
    /// What subscribers know once the changes are told: to be stored in the same transaction.
    pub states: Vec<State>,
    /// What waits, and why: to be stored likewise, in place of what was held before.
    pub held: Vec<Held>,
    /// Documents that state what a change of before told already.
    pub corroborated: Vec<Corroboration>,
}

impl Comparison {
    /// Whether the next visit matters even when the document is unchanged.
    pub fn waits(&self) -> bool {
        !self.held.is_empty()
    }
}
