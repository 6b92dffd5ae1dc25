//! A notice: what one document says about one office.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Channel, DateRange, Evidence, OfficeHours, OfficeId, OfficeKey, Span};

/// How the public is served while a notice applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// At the counter, without booking.
    Open,
    /// Open, but said to be limited in hours, days or services.
    Reduced,
    /// At the counter by booking only.
    Appointment,
    /// No counter: phone, mail, video or online only.
    Remote,
    /// Not served at all.
    Closed,
}

impl Status {
    /// The lower-case word used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reduced => "reduced",
            Self::Appointment => "appointment",
            Self::Remote => "remote",
            Self::Closed => "closed",
        }
    }
}

/// Exceptional hours on a single day. In records one entry a day, spans comma-separated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Opening {
    /// The day.
    pub date: Date,
    /// One span of that day.
    #[serde(rename = "oh")]
    pub span: Span,
}

/// `2026-12-24 08:30-12:30`
impl std::fmt::Display for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.date, self.span)
    }
}

/// What one document says about one office, for one period. Serialises to the record format of extraction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which office.
    pub office: OfficeId,
    /// As written.
    pub name: String,
    /// The branch, when the document tells several apart.
    pub site: Option<String>,
    /// How the public is served, when stated or implied.
    pub status: Option<Status>,
    /// Weekly hours; several entries add up.
    pub hours: Vec<OfficeHours>,
    /// Whole days shut.
    pub closures: Vec<DateRange>,
    /// Exceptional hours on single days.
    pub openings: Vec<Opening>,
    /// Ways to reach the office.
    pub channels: Vec<Channel>,
    /// Street and number, when the document states where the office is or moves to.
    pub address: Option<String>,
    /// First day on which the notice applies.
    pub valid_from: Option<Date>,
    /// Last day on which it applies, included.
    pub valid_until: Option<Date>,
    /// With `tutti`: the offices that the notice leaves out.
    pub except: Vec<OfficeId>,
    /// The sentences it was read from.
    pub evidence: Vec<Evidence>,
}

impl Notice {
    /// A notice about an office that says nothing yet.
    pub fn about(office: OfficeId, name: impl Into<String>) -> Self {
        Self {
            office,
            name: name.into(),
            site: None,
            status: None,
            hours: Vec::new(),
            closures: Vec::new(),
            openings: Vec::new(),
            channels: Vec::new(),
            address: None,
            valid_from: None,
            valid_until: None,
            except: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// Whether the notice states nothing about how the office is reached.
    pub fn is_empty(&self) -> bool {
        self.status.is_none()
            && self.hours.is_empty()
            && self.closures.is_empty()
            && self.openings.is_empty()
            && self.channels.is_empty()
            && self.address.is_none()
            && self.except.is_empty()
    }

    /// The counter that the notice speaks of.
    pub fn key(&self) -> OfficeKey {
        OfficeKey { office: self.office.clone(), site: self.site.clone(), other: self.office.is_other().then(|| self.name.to_lowercase()) }
    }
}

/// Something that looked like a fact and could not be read. It never counts as a removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// The office it seems to concern.
    pub office: Option<OfficeId>,
    /// The words that could not be read.
    pub words: String,
    /// The rule family that gave up.
    pub family: String,
}

/// What extraction returns for one document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The document's own date.
    pub published: Option<Date>,
    /// What it says, office by office.
    pub notices: Vec<Notice>,
    /// What could not be made out.
    pub doubts: Vec<Doubt>,
}
