//! What is known of a body.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, count, small};
use super::{fault::Fault, statements};
use crate::domain::{BodyId, Change, ChangeId, Held, SourceId, State};
use crate::store::{DocumentId, Known, KnownDocument, SnapshotId};

statements! {
    REVISION = "SELECT revision FROM body WHERE id = :body";
    ADVANCE = "UPDATE body SET revision = revision + 1 WHERE id = :body";
    DOCUMENTS = "
        SELECT d.id, d.source, d.url, d.snapshot, d.rules_version, m.memory
          FROM document d JOIN source s ON s.id = d.source LEFT JOIN memory m ON m.document = d.id
         WHERE d.body = :body AND d.snapshot IS NOT NULL AND s.retired_at IS NULL
         ORDER BY d.id";
    STATES = "SELECT id, key, state FROM state WHERE body = :body AND known_until IS NULL ORDER BY key";
    HELD = "SELECT key, aspect, held FROM held WHERE body = :body ORDER BY key, aspect";
    RECENT = "SELECT id, change FROM change WHERE body = :body AND detected_at >= :since ORDER BY detected_at DESC, id DESC";
}

pub(super) fn known(conn: &Connection, body: &BodyId, recent_since: Timestamp) -> Result<Known, Fault> {
    let args = named_params! { ":body": body.0 };
    let since = named_params! { ":body": body.0, ":since": At(recent_since) };
    Ok(Known {
        revision: revision(conn, body)?,
        documents: conn.prepare_cached(DOCUMENTS)?.query_map(args, document_from_row)?.collect::<rusqlite::Result<_>>()?,
        states: states(conn, body)?.into_iter().map(|row| row.state).collect(),
        held: conn.prepare_cached(HELD)?.query_map(args, |row| Ok(row.get::<_, Json<Held>>(2)?.0))?.collect::<rusqlite::Result<_>>()?,
        recent: conn.prepare_cached(RECENT)?.query_map(since, change_from_row)?.collect::<rusqlite::Result<_>>()?,
    })
}

pub(super) fn revision(conn: &Connection, body: &BodyId) -> Result<u64, Fault> {
    revision_if_known(conn, body)?.ok_or_else(|| Fault::Unknown(format!("body {body}")))
}

pub(super) fn revision_if_known(conn: &Connection, body: &BodyId) -> Result<Option<u64>, Fault> {
    let found: Option<i64> = conn.prepare_cached(REVISION)?.query_row(named_params! { ":body": body.0 }, |row| row.get(0)).optional()?;
    Ok(found.map(count))
}

pub(super) fn advance(conn: &Connection, body: &BodyId) -> Result<(), Fault> {
    conn.prepare_cached(ADVANCE)?.execute(named_params! { ":body": body.0 })?;
    Ok(())
}

/// A present version of a state, with the text of its key.
pub(super) struct StateRow {
    pub id: i64,
    pub key: String,
    pub state: State,
}

pub(super) fn states(conn: &Connection, body: &BodyId) -> Result<Vec<StateRow>, Fault> {
    let from_row = |row: &Row<'_>| Ok(StateRow { id: row.get(0)?, key: row.get(1)?, state: row.get::<_, Json<State>>(2)?.0 });
    Ok(conn.prepare_cached(STATES)?.query_map(named_params! { ":body": body.0 }, from_row)?.collect::<rusqlite::Result<_>>()?)
}

/// A change from columns `id` and `change`.
pub(super) fn change_from_row(row: &Row<'_>) -> rusqlite::Result<Change> {
    let mut change = row.get::<_, Json<Change>>("change")?.0;
    change.id = Some(ChangeId(row.get("id")?));
    Ok(change)
}

/// The key and aspect of a held difference, as in its columns.
pub(super) type HeldPlace = (String, String);

/// The texts of held differences.
pub(super) fn held_texts(conn: &Connection, body: &BodyId) -> Result<BTreeMap<HeldPlace, String>, Fault> {
    let from_row = |row: &Row<'_>| Ok(((row.get(0)?, row.get(1)?), row.get(2)?));
    Ok(conn.prepare_cached(HELD)?.query_map(named_params! { ":body": body.0 }, from_row)?.collect::<rusqlite::Result<_>>()?)
}

fn document_from_row(row: &Row<'_>) -> rusqlite::Result<KnownDocument> {
    Ok(KnownDocument {
        id: DocumentId(row.get("id")?),
        source: SourceId(row.get("source")?),
        url: row.get("url")?,
        snapshot: SnapshotId(row.get("snapshot")?),
        rules_version: small(row.get("rules_version")?),
        memory: row.get::<_, Option<Json<_>>>("memory")?.map(|memory| memory.0),
    })
}
