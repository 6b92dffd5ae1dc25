//! Snapshots and their chain.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, count};
use super::{Sqlite, content, fault::Fault, statements};
use crate::domain::SourceId;
use crate::store::{DocumentId, Received, Result, Sha256, Snapshot, SnapshotId, Snapshots, sha256};

statements! {
    ONE = "
        SELECT s.id, s.document, s.source, d.url, s.first_seen, s.status, coalesce(s.final_url, d.url) AS final_url, s.headers, c.sha, c.length, s.text_sha, s.chain,
               s.previous,
               CASE WHEN d.snapshot = s.id THEN max(s.last_seen, coalesce(d.last_seen, '')) ELSE s.last_seen END AS last_seen,
               CASE WHEN d.snapshot = s.id THEN s.n_seen + d.n_since ELSE s.n_seen END AS n_seen
          FROM snapshot s JOIN document d ON d.id = s.document JOIN content c ON c.id = s.content
         WHERE s.id = :id";
    OF_DOCUMENT = "
        SELECT s.id, s.document, s.source, d.url, s.first_seen, s.status, coalesce(s.final_url, d.url) AS final_url, s.headers, c.sha, c.length, s.text_sha, s.chain,
               s.previous,
               CASE WHEN d.snapshot = s.id THEN max(s.last_seen, coalesce(d.last_seen, '')) ELSE s.last_seen END AS last_seen,
               CASE WHEN d.snapshot = s.id THEN s.n_seen + d.n_since ELSE s.n_seen END AS n_seen
          FROM snapshot s JOIN document d ON d.id = s.document JOIN content c ON c.id = s.content
         WHERE s.document = :document
         ORDER BY s.id DESC";
    BEFORE = "SELECT id FROM snapshot WHERE document = :document AND id < :id ORDER BY id DESC LIMIT 1";
    AFTER_ID = "
        SELECT s.id, s.document, s.source, d.url, s.first_seen, s.status, coalesce(s.final_url, d.url) AS final_url, s.headers, c.sha, c.length, s.text_sha, s.chain,
               s.previous,
               CASE WHEN d.snapshot = s.id THEN max(s.last_seen, coalesce(d.last_seen, '')) ELSE s.last_seen END AS last_seen,
               CASE WHEN d.snapshot = s.id THEN s.n_seen + d.n_since ELSE s.n_seen END AS n_seen
          FROM snapshot s JOIN document d ON d.id = s.document JOIN content c ON c.id = s.content
         WHERE s.id > :after
         ORDER BY s.id
         LIMIT :limit";
    AFTER_TIME = "
        SELECT s.id, s.document, s.source, d.url, s.first_seen, s.status, coalesce(s.final_url, d.url) AS final_url, s.headers, c.sha, c.length, s.text_sha, s.chain,
               s.previous,
               CASE WHEN d.snapshot = s.id THEN max(s.last_seen, coalesce(d.last_seen, '')) ELSE s.last_seen END AS last_seen,
               CASE WHEN d.snapshot = s.id THEN s.n_seen + d.n_since ELSE s.n_seen END AS n_seen
          FROM snapshot s JOIN document d ON d.id = s.document JOIN content c ON c.id = s.content
         WHERE s.first_seen >= :since AND (s.first_seen, s.id) > (:after_time, :after)
         ORDER BY s.first_seen, s.id
         LIMIT :limit";
    FIRST_SEEN = "SELECT first_seen FROM snapshot WHERE id = :id";
    CHAIN_END = "SELECT chain FROM source WHERE id = :source";
    SET_CHAIN_END = "UPDATE source SET chain = :chain WHERE id = :source";
    INSERT = "
        INSERT INTO snapshot (document, source, first_seen, last_seen, status, final_url, headers, content, text_sha, previous, chain)
             VALUES (:document, :source, :at, :at, :status, :final_url, :headers, :content, :text_sha, :previous, :chain)
          RETURNING id";
}

pub(super) fn snapshot_from_row(row: &Row<'_>) -> rusqlite::Result<Snapshot> {
    Ok(Snapshot {
        id: SnapshotId(row.get("id")?),
        document: DocumentId(row.get("document")?),
        source: SourceId(row.get("source")?),
        url: row.get("url")?,
        first_seen: row.get::<_, At>("first_seen")?.0,
        last_seen: row.get::<_, At>("last_seen")?.0,
        n_seen: count(row.get("n_seen")?),
        status: row.get("status")?,
        final_url: row.get("final_url")?,
        headers: row.get::<_, Json<_>>("headers")?.0,
        body_sha: row.get("sha")?,
        length: count(row.get("length")?),
        text_sha: row.get("text_sha")?,
        chain: row.get("chain")?,
        previous: row.get("previous")?,
    })
}

pub(super) fn one(conn: &Connection, snapshot: SnapshotId) -> rusqlite::Result<Option<Snapshot>> {
    conn.prepare_cached(ONE)?.query_row(named_params! { ":id": snapshot.0 }, snapshot_from_row).optional()
}

/// The version of the same document that came before.
pub(super) fn before(conn: &Connection, document: DocumentId, snapshot: SnapshotId) -> rusqlite::Result<Option<SnapshotId>> {
    let args = named_params! { ":document": document.0, ":id": snapshot.0 };
    conn.prepare_cached(BEFORE)?.query_row(args, |row| row.get(0).map(SnapshotId)).optional()
}

/// The part of a record that its hash covers.
pub(super) struct Link<'a> {
    pub previous: Option<Sha256>,
    pub source: &'a str,
    pub url: &'a str,
    pub first_seen: Timestamp,
    pub status: u16,
    pub final_url: &'a str,
    pub headers: &'a [(String, String)],
    pub body_sha: Sha256,
    pub length: u64,
    pub text_sha: Sha256,
}

impl Link<'_> {
    /// SHA-256 of the record as a JSON array without white space; its first element names the form, the second is the hash before.
    pub fn hash(&self) -> Sha256 {
        let record = serde_json::json!([
            "sportello snapshot 1",
            self.previous,
            self.source,
            self.url,
            At(self.first_seen).text(),
            self.status,
            self.final_url,
            self.headers,
            self.body_sha,
            self.length,
            self.text_sha,
        ]);
        sha256(record.to_string().as_bytes())
    }

    /// The link that a stored snapshot is.
    pub fn of(snapshot: &Snapshot) -> Link<'_> {
        Link {
            previous: snapshot.previous,
            source: &snapshot.source.0,
            url: &snapshot.url,
            first_seen: snapshot.first_seen,
            status: snapshot.status,
            final_url: &snapshot.final_url,
            headers: &snapshot.headers,
            body_sha: snapshot.body_sha,
            length: snapshot.length,
            text_sha: snapshot.text_sha,
        }
    }
}

/// Writes a new version at the end of its source's chain.
pub(super) fn append(
    conn: &Connection,
    document: DocumentId,
    source: &SourceId,
    url: &str,
    received: &Received,
    content: (i64, Sha256),
    at: Timestamp,
) -> std::result::Result<SnapshotId, Fault> {
    let previous: Option<Sha256> =
        conn.prepare_cached(CHAIN_END)?.query_row(named_params! { ":source": source.0 }, |row| row.get(0)).optional()?.flatten();
    let link = Link {
        previous,
        source: &source.0,
        url,
        first_seen: at,
        status: received.status,
        final_url: &received.final_url,
        headers: &received.headers,
        body_sha: content.1,
        length: received.body.len() as u64,
        text_sha: received.text_sha,
    };
    let chain = link.hash();
    conn.prepare_cached(SET_CHAIN_END)?.execute(named_params! { ":source": source.0, ":chain": chain })?;
    Ok(conn.prepare_cached(INSERT)?.query_row(
        named_params! {
            ":document": document.0, ":source": source.0, ":at": At(at), ":status": received.status, ":final_url": Some(&received.final_url).filter(|final_url| *final_url != url),
            ":headers": Json(&received.headers), ":content": content.0, ":text_sha": received.text_sha, ":previous": previous,
            ":chain": chain,
        },
        |row| row.get(0).map(SnapshotId),
    )?)
}

impl Snapshots for Sqlite {
    fn snapshot(&self, snapshot: SnapshotId) -> Result<Option<Snapshot>> {
        self.read("look up a snapshot", |conn| Ok(one(conn, snapshot)?))
    }

    fn snapshots(&self, document: DocumentId) -> Result<Vec<Snapshot>> {
        self.read("list the versions of a document", |conn| {
            let args = named_params! { ":document": document.0 };
            Ok(conn.prepare_cached(OF_DOCUMENT)?.query_map(args, snapshot_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn bytes(&self, snapshot: SnapshotId) -> Result<Vec<u8>> {
        self.read("open a snapshot", |conn| content::bytes_of(conn, snapshot))
    }

    fn snapshots_since(&self, since: Option<Timestamp>, after: Option<SnapshotId>, limit: u32) -> Result<Vec<Snapshot>> {
        self.read("list snapshots", |conn| {
            let after_id = after.map_or(0, |after| after.0);
            let Some(since) = since else {
                let args = named_params! { ":after": after_id, ":limit": limit };
                return Ok(conn.prepare_cached(AFTER_ID)?.query_map(args, snapshot_from_row)?.collect::<rusqlite::Result<_>>()?);
            };
            let after_time: Option<String> =
                conn.prepare_cached(FIRST_SEEN)?.query_row(named_params! { ":id": after_id }, |row| row.get(0)).optional()?;
            let args = named_params! {
                ":since": At(since), ":after_time": after_time.unwrap_or_default(), ":after": after_id, ":limit": limit,
            };
            Ok(conn.prepare_cached(AFTER_TIME)?.query_map(args, snapshot_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }
}
