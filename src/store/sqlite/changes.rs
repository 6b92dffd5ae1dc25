//! Changes.
//!
//! A list is walked by `(detected_at, id)`, newest first, along the index of whatever narrows it most; what else is asked for is looked at on
//! the way.

use rusqlite::{Connection, OptionalExtension, named_params};
use serde_json::Value as JsonValue;

use super::columns::{At, Json, Word};
use super::known::{self, change_from_row};
use super::{Sqlite, bodies, documents, fault::Fault, snapshots, statements, states, words};
use crate::domain::{Body, Cause, Change, ChangeId};
use crate::store::{ChangeFilter, Changes, Cursor, DocumentId, ExplainedCause, Explanation, Page, Result, SnapshotId};

type Done<T> = std::result::Result<T, Fault>;

statements! {
    INSERT = "
        INSERT INTO change (detected_at, body, province, office, aspect, made, ended, change)
             VALUES (:detected_at, :body, :province, :office, :aspect, :made, :ended, :change)
          RETURNING id";
    PUT_EVIDENCE = "
        INSERT INTO evidence (change, side, snapshot)
             SELECT :change, :side, id FROM snapshot WHERE id = :snapshot
                 ON CONFLICT DO NOTHING";
    EVIDENCE = "SELECT snapshot FROM evidence WHERE change = :change AND side = :side ORDER BY snapshot";
    ONE = "SELECT id, made, ended, change FROM change WHERE id = :id";
    AMEND = "UPDATE change SET change = :change WHERE id = :id";
    READING = "SELECT r.notices FROM snapshot s JOIN reading r ON r.id = s.reading WHERE s.id = :snapshot";
    /* one statement per index: whatever SQLite believes of the data, it walks the one that narrows most */
    ALL = "
        SELECT id, change FROM change INDEXED BY change_by_time
         WHERE (detected_at, id) < (:at, :id) AND detected_at >= :since
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
    OF_ASPECT = "
        SELECT id, change FROM change INDEXED BY change_by_aspect
         WHERE aspect = :aspect AND (detected_at, id) < (:at, :id) AND detected_at >= :since
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
    OF_BODY = "
        SELECT id, change FROM change INDEXED BY change_by_body
         WHERE body = :body AND (detected_at, id) < (:at, :id) AND detected_at >= :since AND (:aspect IS NULL OR aspect = :aspect)
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
    OF_BODY_AND_OFFICE = "
        SELECT id, change FROM change INDEXED BY change_by_body_office
         WHERE body = :body AND office = :office AND (detected_at, id) < (:at, :id) AND detected_at >= :since AND (:aspect IS NULL OR aspect = :aspect)
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
    OF_OFFICE = "
        SELECT id, change FROM change INDEXED BY change_by_office
         WHERE office = :office AND (detected_at, id) < (:at, :id) AND detected_at >= :since
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
    OF_OFFICE_AND_ASPECT = "
        SELECT id, change FROM change INDEXED BY change_by_office_aspect
         WHERE office = :office AND aspect = :aspect AND (detected_at, id) < (:at, :id) AND detected_at >= :since
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
    OF_PROVINCE = "
        SELECT id, change FROM change INDEXED BY change_by_province
         WHERE province = :province AND (detected_at, id) < (:at, :id) AND detected_at >= :since
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
    OF_PROVINCE_AND_ASPECT = "
        SELECT id, change FROM change INDEXED BY change_by_province_aspect
         WHERE province = :province AND aspect = :aspect AND (detected_at, id) < (:at, :id) AND detected_at >= :since AND (:office IS NULL OR office = :office)
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
    OF_PROVINCE_AND_OFFICE = "
        SELECT id, change FROM change INDEXED BY change_by_province_office
         WHERE province = :province AND office = :office AND (detected_at, id) < (:at, :id) AND detected_at >= :since
         ORDER BY detected_at DESC, id DESC LIMIT :limit";
}

/// Where a change stands among the rest.
pub(super) struct Place<'a> {
    pub body: &'a Body,
    pub made: Option<i64>,
    pub ended: Option<i64>,
}

/// Writes a change and protects the bytes behind it. `json` is the change with real snapshot ids.
pub(super) fn insert(tx: &Connection, json: &JsonValue, change: &Change, place: &Place<'_>) -> Done<ChangeId> {
    let mut json = json.clone();
    if let Some(fields) = json.as_object_mut() {
        fields.insert("id".into(), JsonValue::Null);
    }
    let id = tx.prepare_cached(INSERT)?.query_row(
        named_params! {
            ":detected_at": At(change.detected_at), ":body": change.body.0, ":province": place.body.province, ":office": change.key.office.0,
            ":aspect": Word(change.aspect), ":made": place.made, ":ended": place.ended, ":change": Json(&json),
        },
        |row| row.get(0).map(ChangeId),
    )?;
    words::put_change(tx, id.0, change, &place.body.name)?;
    let causes = json.get("causes").map(snapshot_ids).unwrap_or_default();
    for snapshot in causes {
        protect(tx, id, snapshot)?;
    }
    if let Some(ended) = place.ended.map(|ended| states::facts_of(tx, ended)).transpose()?.flatten() {
        // the documents that stated the old value of this aspect
        for snapshot in ended.get(change.aspect.as_str()).map(snapshot_ids).unwrap_or_default() {
            put_evidence(tx, id, "before", snapshot)?;
        }
    }
    Ok(id)
}

/// Protects the version that a cause names, and the version of the same document before it.
fn protect(tx: &Connection, change: ChangeId, snapshot: SnapshotId) -> Done<()> {
    put_evidence(tx, change, "after", snapshot)?;
    if let Some(found) = snapshots::one(tx, snapshot)?
        && let Some(before) = snapshots::before(tx, found.document, snapshot)?
    {
        put_evidence(tx, change, "before", before)?;
    }
    Ok(())
}

fn put_evidence(tx: &Connection, change: ChangeId, side: &str, snapshot: SnapshotId) -> Done<()> {
    tx.prepare_cached(PUT_EVIDENCE)?.execute(named_params! { ":change": change.0, ":side": side, ":snapshot": snapshot.0 })?;
    Ok(())
}

/// All snapshots that a value names.
fn snapshot_ids(json: &JsonValue) -> Vec<SnapshotId> {
    match json {
        JsonValue::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| match field.as_i64().filter(|_| name == "snapshot") {
                Some(id) => vec![SnapshotId(id)],
                None => snapshot_ids(field),
            })
            .collect(),
        JsonValue::Array(items) => items.iter().flat_map(snapshot_ids).collect(),
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => Vec::new(),
    }
}

struct ChangeRow {
    change: Change,
    made: Option<i64>,
    ended: Option<i64>,
}

fn one(conn: &Connection, change: ChangeId) -> rusqlite::Result<Option<ChangeRow>> {
    conn.prepare_cached(ONE)?
        .query_row(named_params! { ":id": change.0 }, |row| {
            Ok(ChangeRow { change: change_from_row(row)?, made: row.get("made")?, ended: row.get("ended")? })
        })
        .optional()
}

/// A change with its causes.
pub(super) fn by_id(conn: &Connection, change: ChangeId) -> Done<Option<Change>> {
    Ok(one(conn, change)?.map(|row| row.change))
}

/// Adds a cause to a change unless it names the same document. `cause` is a [`Cause`] as JSON with a real snapshot id.
pub(super) fn corroborate(tx: &Connection, change: ChangeId, cause: &JsonValue) -> Done<()> {
    let cause: Cause =
        serde_json::from_value(cause.clone()).map_err(|e| Fault::Sql(rusqlite::Error::ToSqlConversionFailure(Box::new(e))))?;
    let row = one(tx, change)?.ok_or_else(|| Fault::Unknown(format!("change {}", change.0)))?;
    let mut amended = row.change;
    if amended.causes.iter().any(|known| known.url == cause.url) {
        return Ok(());
    }
    let snapshot = SnapshotId(cause.snapshot);
    amended.id = None;
    amended.causes.push(cause);
    let body = bodies::one_body(tx, &amended.body)?.map(|body| body.name);
    words::put_change(tx, change.0, &amended, body.as_deref().unwrap_or_default())?;
    tx.prepare_cached(AMEND)?.execute(named_params! { ":id": change.0, ":change": Json(&amended) })?;
    protect(tx, change, snapshot)
}

impl Changes for Sqlite {
    fn changes(&self, filter: &ChangeFilter, from: Option<Cursor>, limit: u32) -> Result<Page> {
        // a cursor and an end are the same thing: everything listed is older
        let from = from.map(|from| (At(from.at).text(), from.id.0));
        let until = filter.until.map(|until| (At(until).text(), 0));
        let (at, id) = [from, until].into_iter().flatten().min().unwrap_or_else(|| ("~".into(), i64::MAX));
        let since = filter.since.map(|since| At(since).text()).unwrap_or_default();
        let aspect = filter.aspect.map(Word);
        let limit_and_one = limit.saturating_add(1);
        let body = filter.body.as_ref().map(|body| &body.0);
        let office = filter.office.as_ref().map(|office| &office.0);
        self.read("list changes", |conn| {
            let (statement, place): (&str, Vec<(&str, &dyn rusqlite::ToSql)>) = match (&body, &filter.province, &office, &aspect) {
                (Some(body), _, Some(office), _) => (OF_BODY_AND_OFFICE, vec![(":body", body), (":office", office), (":aspect", &aspect)]),
                (Some(body), _, None, _) => (OF_BODY, vec![(":body", body), (":aspect", &aspect)]),
                (None, Some(province), _, Some(aspect)) => {
                    (OF_PROVINCE_AND_ASPECT, vec![(":province", province), (":office", &office), (":aspect", aspect)])
                }
                (None, Some(province), Some(office), None) => (OF_PROVINCE_AND_OFFICE, vec![(":province", province), (":office", office)]),
                (None, Some(province), None, None) => (OF_PROVINCE, vec![(":province", province)]),
                (None, None, Some(office), Some(aspect)) => (OF_OFFICE_AND_ASPECT, vec![(":office", office), (":aspect", aspect)]),
                (None, None, Some(office), None) => (OF_OFFICE, vec![(":office", office)]),
                (None, None, None, Some(aspect)) => (OF_ASPECT, vec![(":aspect", aspect)]),
                (None, None, None, None) => (ALL, vec![]),
            };
            let mut args = place;
            args.extend([(":at", &at as &dyn rusqlite::ToSql), (":id", &id), (":since", &since)]);
            args.push((":limit", &limit_and_one));
            let changes: Vec<Change> =
                conn.prepare_cached(statement)?.query_map(args.as_slice(), change_from_row)?.collect::<rusqlite::Result<_>>()?;
            Ok(Page::cut(changes, limit))
        })
    }

    fn change(&self, change: ChangeId) -> Result<Option<Change>> {
        self.read("look up a change", |conn| by_id(conn, change))
    }

    fn corroborate(&self, change: ChangeId, cause: &Cause) -> Result<()> {
        self.write("add a source to a change", |tx| {
            let json = serde_json::to_value(cause).map_err(|e| Fault::Sql(rusqlite::Error::ToSqlConversionFailure(Box::new(e))))?;
            corroborate(tx, change, &json)?;
            match by_id(tx, change)? {
                Some(change) => known::advance(tx, &change.body),
                None => Ok(()),
            }
        })
    }

    fn explain(&self, change: ChangeId) -> Result<Option<Explanation>> {
        self.read("explain a change", |conn| {
            let Some(row) = one(conn, change)? else { return Ok(None) };
            let version = |id: Option<i64>| id.map(|id| states::one(conn, id)).transpose().map(Option::flatten);
            let mut sources = Vec::new();
            for cause in &row.change.causes {
                sources.extend(explained(conn, cause)?);
            }
            let mut evidence_before = Vec::new();
            let args = named_params! { ":change": change.0, ":side": "before" };
            let ids: Vec<i64> = conn.prepare_cached(EVIDENCE)?.query_map(args, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            for id in ids {
                evidence_before.extend(snapshots::one(conn, SnapshotId(id))?);
            }
            Ok(Some(Explanation { before: version(row.ended)?, after: version(row.made)?, change: row.change, sources, evidence_before }))
        })
    }
}

fn explained(conn: &Connection, cause: &Cause) -> Done<Option<ExplainedCause>> {
    let Some(snapshot) = snapshots::one(conn, SnapshotId(cause.snapshot))? else { return Ok(None) };
    let Some(document) = documents::by_id(conn, DocumentId(snapshot.document.0))? else { return Ok(None) };
    let snapshot_before = match snapshots::before(conn, snapshot.document, snapshot.id)? {
        Some(before) => snapshots::one(conn, before)?,
        None => None,
    };
    let args = named_params! { ":snapshot": snapshot.id.0 };
    let notices = conn.prepare_cached(READING)?.query_row(args, |row| Ok(row.get::<_, Json<_>>(0)?.0)).optional()?.unwrap_or_default();
    Ok(Some(ExplainedCause { cause: cause.clone(), document, snapshot, snapshot_before, notices }))
}
