//! A source: an address to watch, as listed in `sources.toml`.

use serde::{Deserialize, Serialize};

/// The id of a source inside the program: `comune-altopascio/news` (body id, slash, a short name unique within the body).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub String);

impl std::fmt::Display for SourceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a source leads to documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// The address is one document.
    Page,
    /// The address is a list (HTML or feed) whose articles are documents.
    News,
    /// The address is a sitemap whose entries are documents.
    Sitemap,
    /// The address is a home page; office pages and news are found from it.
    Site,
}

/// What a document is to the state of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// An office page: what it says is the base.
    Page,
    /// An article: what it says lies over the base while it is valid.
    News,
}
