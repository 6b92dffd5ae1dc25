//! `sources.toml`: which bodies are watched, at which addresses.
//!
//! Text in; bodies with their sources out, or every problem of the file at once.

mod edit;
mod keys;
mod read;
mod schedule;
mod schema;

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

pub use edit::{NewSource, append, body_kind, entry, guess_body, source_kind};
pub use schedule::Schedule;
pub use schema::schema;

use super::Problem;
use crate::domain::{Body, BodyId, OfficeId, SourceId, SourceKind};

/// What `sources.toml` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sources {
    /// The bodies in the order of the file, each with its sources.
    pub bodies: Vec<WatchedBody>,
}

/// A body, its sources, and what its pages call its offices.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedBody {
    /// The body.
    pub body: Body,
    /// Its sources in the order of the file; possibly none.
    pub sources: Vec<Source>,
    /// `[body.offices]`: names that this body's pages give to an office, beside those of the lexicon.
    pub offices: BTreeMap<OfficeId, Vec<String>>,
}

/// One address to watch.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// `comune-altopascio/news`. The part after the slash is the key `id`, else it comes from the address alone.
    pub id: SourceId,
    /// Whose.
    pub body: BodyId,
    /// Where.
    pub url: Url,
    /// How it leads to documents.
    pub kind: SourceKind,
    /// When it is looked at.
    pub cadence: Cadence,
    /// CSS: read only this part of each document.
    pub select: Option<String>,
    /// Which links are articles.
    pub follow: Option<Follow>,
    /// The office that the page speaks of.
    pub office: Option<OfficeId>,
    /// How pages are fetched.
    pub render: Render,
    /// How many documents are followed at most.
    pub max_pages: u32,
    /// Hosts beside the address's own where its documents may lie, in lower case.
    pub hosts: Vec<String>,
    /// Whether certificates are checked.
    pub tls: Tls,
    /// The line of `sources.toml` where it begins, from 1.
    pub line: usize,
}

/// When a source is looked at.
#[derive(Debug, Clone, PartialEq)]
pub enum Cadence {
    /// Again after this time.
    Every(Duration),
    /// At the instants of a cron line, Italian time.
    At(Schedule),
}

/// Which links of a list are articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follow {
    /// Those whose path (with its query) begins so: `/novita/`. An address with its host is a prefix of the whole address.
    Prefix(String),
    /// Those that this CSS selector matches, or that lie inside what it matches.
    Selector(String),
}

/// How pages are fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Render {
    /// A plain request.
    #[default]
    Http,
    /// A headless browser, for pages that are empty without scripts.
    Browser,
}

/// Whether the certificate of a site is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tls {
    /// Yes.
    #[default]
    Verify,
    /// No: the file says so for this source.
    Ignore,
}

impl Sources {
    /// All sources of all bodies.
    pub fn iter(&self) -> impl Iterator<Item = (&WatchedBody, &Source)> {
        self.bodies.iter().flat_map(|body| body.sources.iter().map(move |source| (body, source)))
    }

    /// The body of this id.
    pub fn body(&self, id: &BodyId) -> Option<&WatchedBody> {
        self.bodies.iter().find(|watched| watched.body.id == *id)
    }

    /// How many sources there are.
    pub fn len(&self) -> usize {
        self.bodies.iter().map(|body| body.sources.len()).sum()
    }

    /// Whether nothing is watched.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads `sources.toml`. `file` is the name that problems bear. A file without bodies is good and watches nothing.
///
/// # Errors
/// All problems of the file, in its order; never an empty list.
pub fn parse(text: &str, file: &str) -> Result<Sources, Vec<Problem>> {
    read::sources(text, file)
}

#[cfg(test)]
mod tests;
