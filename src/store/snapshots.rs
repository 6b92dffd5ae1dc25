//! Snapshots: the versions of a document, bytes as received, with what proves them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DocumentId, Result};
use crate::domain::SourceId;

/// The id of a snapshot in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(pub i64);

/// A SHA-256 digest; lower-case hexadecimal in text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sha256(pub [u8; 32]);

impl std::fmt::Display for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl From<Sha256> for String {
    fn from(sha: Sha256) -> Self {
        sha.to_string()
    }
}

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        let wrong = || format!("not a SHA-256: {text:?}");
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = text.get(2 * i..2 * i + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or_else(wrong)?;
        }
        Ok(Self(bytes))
    }
}

/// The SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Sha256 {
    use sha2::Digest as _;
    Sha256(sha2::Sha256::digest(bytes).into())
}

/// An answer from the wire, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// HTTP status.
    pub status: u16,
    /// The address that answered, after redirects.
    pub final_url: String,
    /// The headers that matter, in the order received, values verbatim.
    pub headers: Vec<(String, String)>,
    /// The body's bytes, content encodings undone.
    pub body: Vec<u8>,
    /// SHA-256 of the visible text: equal text is the same version, whatever the bytes do.
    pub text_sha: Sha256,
    /// SHA-256 of all that it was read from, where that decides whether the next load is read at all.
    pub matter_sha: Option<Sha256>,
}

impl Received {
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// One version of a document, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Row id.
    pub id: SnapshotId,
    /// Of which document.
    pub document: DocumentId,
    /// The source whose chain it stands in.
    pub source: SourceId,
    /// The document's address.
    pub url: String,
    /// When this version was first received.
    pub first_seen: Timestamp,
    /// When it was last found unchanged.
    pub last_seen: Timestamp,
    /// How many visits found it, the first included.
    pub n_seen: u64,
    /// HTTP status.
    pub status: u16,
    /// The address that answered, after redirects.
    pub final_url: String,
    /// The headers that matter.
    pub headers: Vec<(String, String)>,
    /// SHA-256 of the bytes.
    pub body_sha: Sha256,
    /// Length of the bytes.
    pub length: u64,
    /// SHA-256 of the visible text.
    pub text_sha: Sha256,
    /// Hash of this record, which covers `previous`.
    pub chain: Sha256,
    /// Hash of the record before it in the same source.
    pub previous: Option<Sha256>,
}

/// Snapshots.
pub trait Snapshots {
    /// One snapshot's record.
    fn snapshot(&self, snapshot: SnapshotId) -> Result<Option<Snapshot>>;
    /// The versions of a document, the newest first.
    fn snapshots(&self, document: DocumentId) -> Result<Vec<Snapshot>>;
    /// The bytes of a snapshot, as received; checked against their hash.
    fn bytes(&self, snapshot: SnapshotId) -> Result<Vec<u8>>;
    /// The snapshots first seen at or after an instant, in order of id, from after the given one: for exports.
    fn snapshots_since(&self, since: Option<Timestamp>, after: Option<SnapshotId>, limit: u32) -> Result<Vec<Snapshot>>;
}
