//! A state: what is known to hold for one office, aspect by aspect.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Cause, Channel, DateRange, OfficeHours, OfficeKey, Opening, Status};

/// One side of how an office can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// Weekly hours.
    Hours,
    /// How the public is served.
    Status,
    /// Phone, mail, PEC, …
    Channels,
    /// Street and number.
    Address,
    /// Whole days shut.
    Closures,
    /// Exceptional hours on single days.
    Openings,
}

impl Aspect {
    /// All aspects, in the order of display.
    pub const ALL: [Aspect; 6] = [Self::Hours, Self::Status, Self::Channels, Self::Address, Self::Closures, Self::Openings];

    /// The lower-case word used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Status => "status",
            Self::Channels => "channels",
            Self::Address => "address",
            Self::Closures => "closures",
            Self::Openings => "openings",
        }
    }
}

/// The value of one aspect, normalised: equal values are no change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// Weekly hours, one entry per access.
    Hours(Vec<OfficeHours>),
    /// Status.
    Status(Status),
    /// Channels.
    Channels(BTreeSet<Channel>),
    /// Address, as written.
    Address(String),
    /// Closures, merged.
    Closures(Vec<DateRange>),
    /// Openings.
    Openings(BTreeSet<Opening>),
}

/// A value that holds for a period, with what caused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What holds.
    pub value: Value,
    /// From this day; `None`: since ever.
    pub from: Option<Date>,
    /// Until this day, included; `None`: until further notice.
    pub until: Option<Date>,
    /// The documents that state it, the first to do so in front.
    pub causes: Vec<Cause>,
}

/// What is known to hold for one office, now and on coming days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Which counter.
    pub key: OfficeKey,
    /// The name to show, as a document writes it.
    pub name: String,
    /// Per aspect the base (no period, or the one that began last) and what lies over it, sorted by `from`.
    pub facts: BTreeMap<Aspect, Vec<Fact>>,
}
