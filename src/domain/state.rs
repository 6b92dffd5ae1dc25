//! A state: what is known to hold for one office, aspect by aspect, today and on coming days.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Cause, Channel, DateRange, OfficeHours, OfficeId, OfficeKey, Opening, Status};

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

impl std::fmt::Display for Aspect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is the name of no aspect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such aspect: {0:?} (there are hours, status, channels, address, closures, openings)")]
pub struct ParseAspectError(pub String);

impl std::str::FromStr for Aspect {
    type Err = ParseAspectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|aspect| aspect.as_str() == text).ok_or_else(|| ParseAspectError(text.into()))
    }
}

/// The value of one aspect.
///
/// `==` compares what was written; `diff::same` compares what is meant (another format of one street is no change).
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

impl Value {
    /// Which aspect it is a value of.
    pub fn aspect(&self) -> Aspect {
        match self {
            Self::Hours(_) => Aspect::Hours,
            Self::Status(_) => Aspect::Status,
            Self::Channels(_) => Aspect::Channels,
            Self::Address(_) => Aspect::Address,
            Self::Closures(_) => Aspect::Closures,
            Self::Openings(_) => Aspect::Openings,
        }
    }

    /// Whether it says nothing: no hours, no channel, no day.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Hours(hours) => hours.iter().all(|entry| entry.week.is_empty()),
            Self::Status(_) => false,
            Self::Channels(channels) => channels.is_empty(),
            Self::Address(address) => address.is_empty(),
            Self::Closures(ranges) => ranges.is_empty(),
            Self::Openings(openings) => openings.is_empty(),
        }
    }
}

/// A value that holds for a period, with what caused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What holds.
    pub value: Value,
    /// From this day; `None`: no first day is stated.
    pub from: Option<Date>,
    /// Until this day, included; `None`: until further notice.
    pub until: Option<Date>,
    /// Whether it held before and only comes back, since something dated ends: its first day is no news and no reminder.
    #[serde(default)]
    pub resumes: bool,
    /// Whether it was said long before it was first read, in an old article that a list only names now: it is no news.
    #[serde(default)]
    pub aged: bool,
    /// Whether it reached the office from a notice about all offices of the body (`tutti`).
    #[serde(default)]
    pub general: bool,
    /// For a fact about all offices: those that it leaves out.
    #[serde(default)]
    pub except: Vec<OfficeId>,
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
    /// Per aspect the facts, sorted by `from`. Hours, status, channels and address: periods that do not overlap, so that each day has one
    /// fact at most. Closures and openings: the office's own days, and as a second fact those of the whole body.
    pub facts: BTreeMap<Aspect, Vec<Fact>>,
}
