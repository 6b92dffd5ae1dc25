//! What the public pages ask: by place, by day, by word. Everything that may be long comes page by page; each answer takes as long in a
//! store of all Italy as in that of a town.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Cursor, Milestone, Page, Result, Source, StateVersion};
use crate::domain::{Aspect, Body, BodyId, OfficeId, OfficeKey, SourceId};

/// Where to look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// Everywhere.
    #[default]
    Anywhere,
    /// In the bodies of a province (two letters).
    Province(String),
    /// In one body.
    Body(BodyId),
}

/// An office found by its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeHit {
    /// Its body.
    pub body: Body,
    /// Which counter.
    pub key: OfficeKey,
    /// The name to show.
    pub name: String,
}

/// An office with something out of the ordinary on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its body.
    pub body: Body,
    /// Its present version, whose facts say what and why. What is said of all offices of a body stands once, under `tutti`.
    pub version: StateVersion,
    /// The aspects concerned: `closures` and `openings` on each of their days, `status` on each day of a closing or of service at a
    /// distance that has an end, and any other aspect on the first day of a new value.
    pub aspects: Vec<Aspect>,
}

/// A place in the list of a day's exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionCursor {
    /// The body of the last one listed.
    pub body: BodyId,
    /// The row id of its version.
    pub version: i64,
}

/// `comune-altopascio,42`, for addresses.
impl std::fmt::Display for ExceptionCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{}", self.body, self.version)
    }
}

impl std::str::FromStr for ExceptionCursor {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parse = || {
            let (body, version) = text.rsplit_once(',')?;
            Some(Self { body: BodyId(body.into()), version: version.parse().ok()? })
        };
        parse().ok_or_else(|| format!("not a place in the list of a day: {text:?}"))
    }
}

/// The exceptions of a day, and where to go on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExceptionPage {
    /// By body.
    pub exceptions: Vec<Exception>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<ExceptionCursor>,
}

/// Reading for people who look around. Bodies and sources that are no longer watched are left out, unless asked for by name.
///
/// Words are folded (`citta` finds "Città"); all must be there; the last one may be the beginning of a word where that is said. Anything
/// that is no letter or digit separates words, so no text can be a wrong query; without words nothing is found.
pub trait Browse {
    /// The provinces that have bodies, in alphabetical order.
    fn provinces(&self) -> Result<Vec<String>>;
    /// Bodies by id, from after the given one. `province`: only those in it.
    fn bodies_page(&self, province: Option<&str>, after: Option<&BodyId>, limit: u32) -> Result<Vec<Body>>;
    /// The bodies of these ids, also unwatched ones; unknown ids are left out. For lists whose rows name bodies.
    fn bodies_by_id(&self, bodies: &[BodyId]) -> Result<Vec<Body>>;
    /// Bodies whose name, province, ISTAT or IPA code has the words (the last one may be a beginning), the closest first.
    fn search_bodies(&self, words: &str, limit: u32) -> Result<Vec<Body>>;
    /// Offices with the words in their name, their branch's or their body's (the last one may be a beginning), the closest first:
    /// `anagrafe altopascio`.
    fn search_offices(&self, words: &str, limit: u32) -> Result<Vec<OfficeHit>>;
    /// Changes with the words (whole ones) in their sentences, or in the name of the office, the branch or the body; the newest first.
    fn search_changes(&self, words: &str, from: Option<Cursor>, limit: u32) -> Result<Page>;
    /// Counts the times that what is known of a body was recorded: while it is the same, so are the body's states and changes. `None`: unknown.
    fn revision(&self, body: &BodyId) -> Result<Option<u64>>;
    /// An office of a body with its branches: what is known of each now, or was at an instant.
    fn office(&self, body: &BodyId, office: &OfficeId, at: Option<Timestamp>) -> Result<Vec<StateVersion>>;
    /// The versions of an office (all its branches), the newest first, from before the given one.
    fn versions(&self, body: &BodyId, office: &OfficeId, before: Option<&StateVersion>, limit: u32) -> Result<Vec<StateVersion>>;
    /// The same as points of a history, the newest ones, without what was known at each.
    fn milestones(&self, body: &BodyId, office: &OfficeId, limit: u32) -> Result<Vec<Milestone>>;
    /// What is out of the ordinary on a day, by body. Days before the one on which a version was recorded, and those more than 400 days
    /// after it, are not known.
    fn exceptions_on(&self, day: Date, place: &Place, from: Option<&ExceptionCursor>, limit: u32) -> Result<ExceptionPage>;
    /// Watched sources with their health, by id, from after the given one. `failing`: only those that fail now.
    fn source_page(&self, place: &Place, failing: bool, after: Option<&SourceId>, limit: u32) -> Result<Vec<Source>>;
}
