//! Documents.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, Word, count, small};
use super::{Sqlite, fault::Fault, statements};
use crate::domain::{BodyId, Reading, SourceId};
use crate::store::{Document, DocumentId, Documents, Found, Result, Said, SnapshotId, Unchanged, Validators};

statements! {
    DISCOVER = "
        INSERT INTO document (source, body, url, kind, first_seen, next_visit)
             SELECT id, body, :url, :kind, :now, :next_visit FROM source WHERE id = :source
                 ON CONFLICT (source, url) DO NOTHING
          RETURNING id";
    BY_URL = "
        SELECT id, source, body, url, kind, first_seen, last_seen, next_visit, n_visits, etag, last_modified, body_sha, gone_since,
               n_gone, snapshot, rules_version, waits, matter_sha,
               (SELECT v.first_seen FROM snapshot v WHERE v.id = document.snapshot) AS version_since
          FROM document
         WHERE source = :source AND url = :url";
    BY_ID = "
        SELECT id, source, body, url, kind, first_seen, last_seen, next_visit, n_visits, etag, last_modified, body_sha, gone_since,
               n_gone, snapshot, rules_version, waits, matter_sha,
               (SELECT v.first_seen FROM snapshot v WHERE v.id = document.snapshot) AS version_since
          FROM document
         WHERE id = :id";
    OF_SOURCE = "
        SELECT id, source, body, url, kind, first_seen, last_seen, next_visit, n_visits, etag, last_modified, body_sha, gone_since,
               n_gone, snapshot, rules_version, waits, matter_sha,
               (SELECT v.first_seen FROM snapshot v WHERE v.id = document.snapshot) AS version_since
          FROM document
         WHERE source = :source
         ORDER BY url";
    DUE = "
        SELECT d.id, d.source, d.body, d.url, d.kind, d.first_seen, d.last_seen, d.next_visit, d.n_visits, d.etag, d.last_modified,
               d.body_sha, d.gone_since, d.n_gone, d.snapshot, d.rules_version, d.waits, d.matter_sha,
               (SELECT v.first_seen FROM snapshot v WHERE v.id = d.snapshot) AS version_since
          FROM document d JOIN source s ON s.id = d.source
         WHERE d.next_visit <= :now AND s.retired_at IS NULL
         ORDER BY d.next_visit
         LIMIT :limit";
    SAID = "
        SELECT v.text_sha, r.rules_version, r.published, r.notices, r.doubts
          FROM document d JOIN snapshot v ON v.id = d.snapshot JOIN reading r ON r.id = v.reading
         WHERE d.id = :id";
    SET_NEXT_VISIT = "UPDATE document SET next_visit = :at WHERE id = :id";
    UNCHANGED = "
        UPDATE document
           SET last_seen = :at, next_visit = :next_visit, n_visits = n_visits + 1, n_since = n_since + 1, gone_since = NULL, n_gone = 0,
               matter_sha = coalesce(:matter_sha, matter_sha)
         WHERE id = :id";
    VALIDATORS = "
        UPDATE document
           SET etag = :etag, last_modified = :last_modified, body_sha = coalesce(:body_sha, body_sha)
         WHERE id = :id";
}

pub(super) fn document_from_row(row: &Row<'_>) -> rusqlite::Result<Document> {
    let instant = |name: &str| -> rusqlite::Result<Option<Timestamp>> { Ok(row.get::<_, Option<At>>(name)?.map(|at| at.0)) };
    Ok(Document {
        id: DocumentId(row.get("id")?),
        source: SourceId(row.get("source")?),
        body: BodyId(row.get("body")?),
        url: row.get("url")?,
        kind: row.get::<_, Word<_>>("kind")?.0,
        validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")?, body_sha: row.get("body_sha")? },
        first_seen: row.get::<_, At>("first_seen")?.0,
        last_seen: instant("last_seen")?,
        next_visit: instant("next_visit")?,
        n_visits: count(row.get("n_visits")?),
        gone_since: instant("gone_since")?,
        n_gone: small(row.get("n_gone")?),
        snapshot: row.get::<_, Option<i64>>("snapshot")?.map(SnapshotId),
        version_since: instant("version_since")?,
        rules_version: row.get("rules_version")?,
        waits: row.get("waits")?,
        matter_sha: row.get("matter_sha")?,
    })
}

pub(super) fn by_id(conn: &Connection, document: DocumentId) -> rusqlite::Result<Option<Document>> {
    conn.prepare_cached(BY_ID)?.query_row(named_params! { ":id": document.0 }, document_from_row).optional()
}

pub(super) fn by_url(conn: &Connection, source: &SourceId, url: &str) -> rusqlite::Result<Option<Document>> {
    conn.prepare_cached(BY_URL)?.query_row(named_params! { ":source": source.0, ":url": url }, document_from_row).optional()
}

/// The new document's id; `None` when it is there already, or when there is no such source.
pub(super) fn discover(conn: &Connection, source: &SourceId, found: &Found, now: Timestamp) -> rusqlite::Result<Option<DocumentId>> {
    conn.prepare_cached(DISCOVER)?
        .query_row(
            named_params! {
                ":source": source.0, ":url": found.url, ":kind": Word(found.kind), ":now": At(now),
                ":next_visit": found.next_visit.map(At),
            },
            |row| row.get(0).map(DocumentId),
        )
        .optional()
}

impl Documents for Sqlite {
    fn discover(&self, source: &SourceId, found: &[Found], now: Timestamp) -> Result<Vec<DocumentId>> {
        self.write("note the addresses found", |tx| {
            let new = found.iter().map(|found| discover(tx, source, found, now)).collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(new.into_iter().flatten().collect())
        })
    }

    fn document(&self, source: &SourceId, url: &str) -> Result<Option<Document>> {
        self.read("look up a document", |conn| Ok(by_url(conn, source, url)?))
    }

    fn document_by_id(&self, document: DocumentId) -> Result<Option<Document>> {
        self.read("look up a document", |conn| Ok(by_id(conn, document)?))
    }

    fn said(&self, document: DocumentId) -> Result<Option<Said>> {
        self.read("look up what a document says", |conn| {
            let said = |row: &Row<'_>| {
                let published: Option<String> = row.get("published")?;
                let reading = Reading {
                    published: published.and_then(|day| day.parse().ok()),
                    notices: row.get::<_, Json<_>>("notices")?.0,
                    doubts: row.get::<_, Json<_>>("doubts")?.0,
                };
                Ok(Said { text_sha: row.get("text_sha")?, reading, rules_version: small(row.get("rules_version")?) })
            };
            Ok(conn.prepare_cached(SAID)?.query_row(named_params! { ":id": document.0 }, said).optional()?)
        })
    }

    fn documents(&self, source: &SourceId) -> Result<Vec<Document>> {
        self.read("list the documents of a source", |conn| {
            let args = named_params! { ":source": source.0 };
            Ok(conn.prepare_cached(OF_SOURCE)?.query_map(args, document_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn due_documents(&self, now: Timestamp, limit: u32) -> Result<Vec<Document>> {
        self.read("list the documents that are due", |conn| {
            let args = named_params! { ":now": At(now), ":limit": limit };
            Ok(conn.prepare_cached(DUE)?.query_map(args, document_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn set_next_visit(&self, document: DocumentId, at: Option<Timestamp>) -> Result<()> {
        self.write_lightly("schedule a document", |tx| {
            tx.prepare_cached(SET_NEXT_VISIT)?.execute(named_params! { ":id": document.0, ":at": at.map(At) })?;
            Ok(())
        })
    }

    fn record_unchanged(&self, unchanged: &[Unchanged]) -> Result<()> {
        self.write_lightly("note unchanged documents", |tx| note_unchanged(tx, unchanged))
    }
}

pub(super) fn note_unchanged(tx: &Connection, unchanged: &[Unchanged]) -> std::result::Result<(), Fault> {
    for visit in unchanged {
        let args = named_params! {
            ":id": visit.document.0, ":at": At(visit.at), ":next_visit": visit.next_visit.map(At), ":matter_sha": visit.matter_sha,
        };
        if tx.prepare_cached(UNCHANGED)?.execute(args)? == 0 {
            return Err(Fault::Unknown(format!("document {}", visit.document.0)));
        }
        if let Some(validators) = &visit.validators {
            tx.prepare_cached(VALIDATORS)?.execute(named_params! {
                ":id": visit.document.0, ":etag": validators.etag, ":last_modified": validators.last_modified,
                ":body_sha": validators.body_sha,
            })?;
        }
    }
    Ok(())
}
