//! A statement: one fact as one document gives it, with its period and the time since when it stands there.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::{Access, Aspect, Channel, DateRange, HeldReason, Notice, OfficeHours, OfficeId, OfficeKey, Opening, Stated, Status};

/// What is said, in the smallest piece that can come and go alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// The week of one way of access; counter hours with and without appointment go together.
    Hours(Vec<OfficeHours>),
    /// Status.
    Status(Status),
    /// Address, as written.
    Address(String),
    /// One channel.
    Channel(Channel),
    /// One range of closed days.
    Closure(DateRange),
    /// One exceptional opening.
    Opening(Opening),
}

/// A side of an office that has one value at a time, or a list of which items come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    /// Hours at the counter, by appointment or not.
    Counter,
    /// Hours of the telephone.
    Phone,
    /// Hours of video calls.
    Video,
    /// Status.
    Status,
    /// Address.
    Address,
    /// Channels (a list).
    Channels,
    /// Closures (a list).
    Closures,
    /// Openings (a list).
    Openings,
}

impl Facet {
    /// The facets that have one value at a time.
    pub const LEVELS: [Facet; 5] = [Self::Counter, Self::Phone, Self::Video, Self::Status, Self::Address];

    /// All of them.
    pub(super) const ALL: [Facet; 8] =
        [Self::Counter, Self::Phone, Self::Video, Self::Status, Self::Address, Self::Channels, Self::Closures, Self::Openings];

    /// What a sentence about it states.
    pub fn stated(self) -> Stated {
        match self {
            Self::Counter | Self::Phone | Self::Video => Stated::Hours,
            Self::Status => Stated::Status,
            Self::Address => Stated::Address,
            Self::Channels => Stated::Channels,
            Self::Closures => Stated::Closures,
            Self::Openings => Stated::Openings,
        }
    }

    /// The aspect it belongs to.
    pub fn aspect(self) -> Aspect {
        match self {
            Self::Counter | Self::Phone | Self::Video => Aspect::Hours,
            Self::Status => Aspect::Status,
            Self::Address => Aspect::Address,
            Self::Channels => Aspect::Channels,
            Self::Closures => Aspect::Closures,
            Self::Openings => Aspect::Openings,
        }
    }

    /// The facet of hours with this access.
    pub fn of_access(access: Access) -> Self {
        match access {
            Access::WalkIn | Access::Appointment => Self::Counter,
            Access::Phone => Self::Phone,
            Access::Video => Self::Video,
        }
    }
}

/// A statement that its document no longer makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The first fetch without it.
    pub since: Timestamp,
    /// The latest fetch without it.
    pub checked: Timestamp,
    /// How many fetches have shown the document without it.
    pub fetches: u32,
    /// The words that could not be read in its place: it is not read rather than gone.
    pub unread: Option<String>,
    /// What it was last held back for: the longest wait met while it is away, so that the return of others does not shorten it.
    #[serde(default)]
    pub held_as: Option<HeldReason>,
    /// Whether a visit to its own document settled that it is gone for good.
    #[serde(default)]
    pub settled: bool,
}

/// One fact as one document gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Which counter.
    pub key: OfficeKey,
    /// The office's name, as written.
    pub name: String,
    /// Which side of it.
    pub facet: Facet,
    /// What is said.
    pub said: Said,
    /// First day, when stated.
    pub from: Option<Date>,
    /// Last day, included, when stated.
    pub until: Option<Date>,
    /// With `tutti`: the offices left out.
    pub except: Vec<OfficeId>,
    /// Hours of the telephone or video alone, in a notice that closes the counter: no other hours hold beside them.
    pub alone: bool,
    /// Hours that come beside those that hold ("riceve anche il giovedì"), or days taken out of them.
    #[serde(default)]
    pub beside: bool,
    /// The part of the day that is taken away ("non riceve più il giovedì pomeriggio"); `None`: whole days are.
    #[serde(default)]
    pub part: Option<String>,
    /// A status in no words of its own: open, since hours are stated.
    #[serde(default)]
    pub implied: bool,
    /// The document says that this corrects or replaces what was said before.
    pub replaces: bool,
    /// The sentences, verbatim.
    pub evidence: Vec<String>,
    /// The snapshot that first held it.
    pub snapshot: i64,
    /// When it was first read here.
    pub since: Timestamp,
    /// The day it was said, as far as known: the document's date, else the day it was read.
    pub asserted: Date,
    /// Whether it stood there when the document was read for the first time.
    pub first_sight: bool,
    /// What stood in its place before, when the document was edited.
    pub before: Vec<Statement>,
    /// Set when the document no longer says it.
    pub missing: Option<Missing>,
}

impl Statement {
    /// Whether it ended before this day.
    pub fn is_past(&self, today: Date) -> bool {
        match &self.said {
            Said::Closure(range) => range.last() < today,
            Said::Opening(opening) => opening.date < today,
            Said::Hours(_) | Said::Status(_) | Said::Address(_) | Said::Channel(_) => self.until.is_some_and(|until| until < today),
        }
    }

    /// Whether it speaks of all offices of the body.
    pub fn is_general(&self) -> bool {
        self.key.office.is_all()
    }
}

/// A notice taken apart: facet, what is said, whether those hours hold alone.
pub(super) fn parts(notice: &Notice) -> Vec<(Facet, Said, bool)> {
    let mut parts = Vec::new();
    let at_counter = notice.hours.iter().any(|hours| Facet::of_access(hours.access) == Facet::Counter);
    let no_counter = matches!(notice.status, Some(Status::Remote | Status::Closed)) && !at_counter;
    for facet in [Facet::Counter, Facet::Phone, Facet::Video] {
        let hours: Vec<OfficeHours> =
            notice.hours.iter().filter(|hours| Facet::of_access(hours.access) == facet && !hours.week.is_empty()).cloned().collect();
        if !hours.is_empty() {
            parts.push((facet, Said::Hours(hours), no_counter && facet != Facet::Counter));
        }
    }
    // "Chiusura dell'ufficio" above "resterà chiuso lunedì 9" is the closure of that day, not one until further notice
    let headline =
        notice.status == Some(Status::Closed) && !notice.closures.is_empty() && notice.valid_from.is_none() && notice.valid_until.is_none();
    parts.extend(notice.status.filter(|_| !headline).map(|status| (Facet::Status, Said::Status(status), false)));
    parts.extend(notice.address.iter().filter(|a| !a.trim().is_empty()).map(|a| (Facet::Address, Said::Address(a.clone()), false)));
    parts.extend(notice.channels.iter().map(|channel| (Facet::Channels, Said::Channel(channel.clone()), false)));
    parts
        .extend(DateRange::merged(notice.closures.iter().copied()).into_iter().map(|range| (Facet::Closures, Said::Closure(range), false)));
    parts.extend(notice.openings.iter().map(|opening| (Facet::Openings, Said::Opening(opening.clone()), false)));
    parts
}
