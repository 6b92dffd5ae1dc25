//! Documents: the pages and articles reached from sources.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Result, Sha256, SnapshotId};
use crate::domain::{BodyId, DocumentKind, Reading, SourceId};

/// The id of a document in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(pub i64);

/// What lets a host, or us, tell that nothing changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, verbatim.
    pub etag: Option<String>,
    /// `Last-Modified`, verbatim.
    pub last_modified: Option<String>,
    /// SHA-256 of the last body received.
    pub body_sha: Option<Sha256>,
}

/// A document as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Row id.
    pub id: DocumentId,
    /// The source it was reached from.
    pub source: SourceId,
    /// The body it belongs to.
    pub body: BodyId,
    /// Its canonical address, unique within the source.
    pub url: String,
    /// Page or article.
    pub kind: DocumentKind,
    /// For the next conditional request.
    pub validators: Validators,
    /// When it was first found.
    pub first_seen: Timestamp,
    /// When it was last received or confirmed unchanged; `None` before the first time.
    pub last_seen: Option<Timestamp>,
    /// When it is to be visited next; `None`: not on its own.
    pub next_visit: Option<Timestamp>,
    /// Visits that brought an answer.
    pub n_visits: u64,
    /// Since when it has been gone, if it is.
    pub gone_since: Option<Timestamp>,
    /// How many fetches have found it gone.
    pub n_gone: u32,
    /// Its present version.
    pub snapshot: Option<SnapshotId>,
    /// When its present version came.
    pub version_since: Option<Timestamp>,
    /// The version of the rules that read it.
    pub rules_version: Option<u32>,
    /// Whether something it used to state is gone and not yet confirmed: the next fetch matters even when nothing changed.
    pub waits: bool,
    /// SHA-256 of all that was read in the last load, where that is known to say what the present version says.
    pub matter_sha: Option<Sha256>,
}

/// An address found in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Canonical address.
    pub url: String,
    /// Page or article.
    pub kind: DocumentKind,
    /// When to visit it, if it is new.
    pub next_visit: Option<Timestamp>,
}

/// A visit that found a document as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchanged {
    /// Which.
    pub document: DocumentId,
    /// When.
    pub at: Timestamp,
    /// When to visit it next.
    pub next_visit: Option<Timestamp>,
    /// New validators, when the host sent some (an `ETag` may change while the bytes do not).
    pub validators: Option<Validators>,
    /// SHA-256 of what was read, when other bytes came and said the same; `None` leaves what is known.
    pub matter_sha: Option<Sha256>,
}

/// What the present version of a document says.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// SHA-256 of its visible text.
    pub text_sha: Sha256,
    /// What it was read to say.
    pub reading: Reading,
    /// The version of the rules that read it.
    pub rules_version: u32,
}

/// Documents.
pub trait Documents {
    /// Notes the addresses found in a source; known ones keep what they have. Returns the ids of those that are new.
    fn discover(&self, source: &SourceId, found: &[Found], now: Timestamp) -> Result<Vec<DocumentId>>;
    /// The document at a canonical address within a source.
    fn document(&self, source: &SourceId, url: &str) -> Result<Option<Document>>;
    /// A document by id.
    fn document_by_id(&self, document: DocumentId) -> Result<Option<Document>>;
    /// What the present version of a document says; `None` where none was received yet.
    fn said(&self, document: DocumentId) -> Result<Option<Said>>;
    /// All documents of a source.
    fn documents(&self, source: &SourceId) -> Result<Vec<Document>>;
    /// Documents of watched sources whose time has come, the longest waiting first.
    fn due_documents(&self, now: Timestamp, limit: u32) -> Result<Vec<Document>>;
    /// Sets when a document is visited next; `None`: not on its own.
    fn set_next_visit(&self, document: DocumentId, at: Option<Timestamp>) -> Result<()>;
    /// Notes documents found as they were: one small row update each, all in one transaction.
    /// A document that was gone is back with this.
    fn record_unchanged(&self, unchanged: &[Unchanged]) -> Result<()>;
}
