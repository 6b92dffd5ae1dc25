//! A visit and all that follows from it, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params};
use serde::Serialize;
use serde_json::Value as JsonValue;

use super::columns::{At, Json, Word};
use super::content::{self, Prepared};
use super::{Sqlite, bodies, changes, days, documents, fault::Fault, known, outbox, snapshots, statements, trouble, words};
use crate::domain::{Body, BodyId, Notice, Reading, day_of};
use crate::store::{
    Document, DocumentVisit, Findings, Found, Known, Received, Recorded, RecordedDocument, Result, Rounds, Seen, Sha256, SnapshotId,
    StoreError, Validators, Visit, snapshot_of_nth,
};

type Done<T> = std::result::Result<T, Fault>;

statements! {
    PRESENT = "
        SELECT c.sha, s.text_sha, r.id, r.first, r.rules_version, r.published, r.notices, r.doubts
          FROM snapshot s JOIN content c ON c.id = s.content LEFT JOIN reading r ON r.id = s.reading
         WHERE s.id = :id";
    CLOSE_VERSION = "
        UPDATE snapshot
           SET n_seen = n_seen + (SELECT n_since FROM document WHERE id = snapshot.document),
               last_seen = max(last_seen, coalesce((SELECT last_seen FROM document WHERE id = snapshot.document), ''))
         WHERE id = :id";
    NEW_VERSION = "
        UPDATE document
           SET snapshot = :snapshot, n_since = 0, last_seen = :at, next_visit = :next_visit, n_visits = n_visits + 1, etag = :etag,
               last_modified = :last_modified, body_sha = :body_sha, gone_since = NULL, n_gone = 0, kind = :kind,
               first_read = coalesce(first_read, :at), matter_sha = :matter_sha
         WHERE id = :id";
    SAME_VERSION = "
        UPDATE document
           SET n_since = n_since + 1, last_seen = :at, next_visit = :next_visit, n_visits = n_visits + 1, etag = :etag,
               last_modified = :last_modified, body_sha = :body_sha, gone_since = NULL, n_gone = 0, kind = :kind,
               matter_sha = :matter_sha
         WHERE id = :id";
    GONE = "
        UPDATE document
           SET gone_since = coalesce(gone_since, :at), n_gone = n_gone + 1, n_visits = n_visits + 1, next_visit = :next_visit
         WHERE id = :id";
    NEXT_VISIT = "UPDATE document SET next_visit = coalesce(:next_visit, next_visit) WHERE id = :id";
    NEW_READING = "
        INSERT INTO reading (first, rules_version, read_at, published, notices, doubts)
             VALUES (:first, :rules_version, :at, :published, :notices, :doubts)
          RETURNING id";
    AMEND_READING = "
        UPDATE reading
           SET rules_version = :rules_version, read_at = :at, published = :published, notices = :notices, doubts = :doubts
         WHERE id = :id";
    LINK_READING = "UPDATE snapshot SET reading = :reading WHERE id = :id";
    SET_RULES = "UPDATE document SET rules_version = :rules_version, matter_sha = :matter_sha WHERE id = :id";
    PUT_MEMORY = "
        INSERT INTO memory (document, memory) VALUES (:document, :memory)
            ON CONFLICT (document) DO UPDATE SET memory = excluded.memory";
    SET_WAITS = "UPDATE document SET waits = :waits WHERE id = :id AND waits <> :waits";
    END_STATE = "UPDATE state SET known_until = :at WHERE id = :id";
    AMEND_STATE = "UPDATE state SET state = :state WHERE id = :id";
    BEGIN_STATE = "
        INSERT INTO state (body, office, key, state, known_from, why) VALUES (:body, :office, :key, :state, :at, :why)
          RETURNING id";
    PUT_HELD = "
        INSERT INTO held (body, key, aspect, held) VALUES (:body, :key, :aspect, :held)
            ON CONFLICT (body, key, aspect) DO UPDATE SET held = excluded.held";
    DROP_HELD = "DELETE FROM held WHERE body = :body AND key = :key AND aspect = :aspect";
}

impl Rounds for Sqlite {
    fn known(&self, body: &BodyId, recent_since: Timestamp) -> Result<Known> {
        self.read("read what is known of a body", |conn| known::known(conn, body, recent_since))
    }

    fn record(&self, visit: &Visit) -> Result<Recorded> {
        // compressed before the write lock is taken: others write meanwhile
        let prepared = self.read("compress what was received", |conn| {
            visit.documents.iter().map(|document| prepare(conn, document)).collect::<Done<Vec<_>>>()
        })?;
        self.write("record a visit", |tx| record(tx, visit, &prepared))
    }
}

fn prepare(conn: &Connection, visit: &DocumentVisit) -> Done<Option<Prepared>> {
    let Seen::Fresh { received, .. } = &visit.seen else { return Ok(None) };
    let document = documents::by_url(conn, &visit.source, &visit.url)?;
    Ok(Some(content::prepare(conn, document.map(|document| document.id), &received.body)?))
}

fn record(tx: &Connection, visit: &Visit, prepared: &[Option<Prepared>]) -> Done<Recorded> {
    let revision = known::revision(tx, &visit.body)?;
    if visit.findings.as_ref().is_some_and(|findings| findings.revision != revision) {
        return Err(StoreError::Moved { body: visit.body.0.clone() }.into());
    }
    let mut recorded = Recorded::default();
    let mut moved = visit.findings.is_some();
    for (document, prepared) in visit.documents.iter().zip(prepared) {
        let (ids, says_otherwise) = record_document(tx, visit, document, prepared.as_ref())?;
        recorded.documents.push(ids);
        moved |= says_otherwise;
    }
    let snapshots: Vec<Option<SnapshotId>> = recorded.documents.iter().map(|document| document.snapshot).collect();
    for (document, ids) in visit.documents.iter().zip(&recorded.documents) {
        if let Some(memory) = &document.memory {
            let json = Json(with_snapshots(memory, &snapshots)?);
            tx.prepare_cached(PUT_MEMORY)?.execute(named_params! { ":document": ids.document.0, ":memory": json })?;
            // a page that went back and forth waits too: its next fetch settles it, changed or not
            let held = visit.findings.as_ref().is_some_and(|findings| findings.held.iter().any(|held| held.url == document.url));
            let waits = held || memory.waits();
            tx.prepare_cached(SET_WAITS)?.execute(named_params! { ":id": ids.document.0, ":waits": waits })?;
        }
    }
    if moved {
        known::advance(tx, &visit.body)?;
    }
    if let Some(findings) = &visit.findings {
        record_findings(tx, visit, findings, &snapshots, &mut recorded)?;
    }
    Ok(recorded)
}

/// Returns the ids and whether the document says something else than before, or is there no more.
fn record_document(
    tx: &Connection,
    visit: &Visit,
    document: &DocumentVisit,
    prepared: Option<&Prepared>,
) -> Done<(RecordedDocument, bool)> {
    let found = find_or_add(tx, visit, document)?;
    match &document.seen {
        Seen::Gone => {
            let args = named_params! { ":id": found.id.0, ":at": At(visit.at), ":next_visit": document.next_visit.map(At) };
            tx.prepare_cached(GONE)?.execute(args)?;
            Ok((RecordedDocument { document: found.id, snapshot: found.snapshot, is_new: false }, found.snapshot.is_some()))
        }
        Seen::Reread { reading, rules_version } => {
            let snapshot = found.snapshot.ok_or_else(|| Fault::Unknown(format!("snapshot of {}", document.url)))?;
            let present = present(tx, snapshot)?;
            let otherwise = present.as_ref().is_none_or(|present| present.notices() != reading.notices);
            // what the last load was read from, newer rules may read otherwise
            put_reading(tx, &found, snapshot, (reading, *rules_version, None), present.as_ref(), visit.at)?;
            let args = named_params! { ":id": found.id.0, ":next_visit": document.next_visit.map(At) };
            tx.prepare_cached(NEXT_VISIT)?.execute(args)?;
            Ok((RecordedDocument { document: found.id, snapshot: Some(snapshot), is_new: false }, otherwise))
        }
        Seen::Fresh { received, reading, rules_version } => {
            let prepared = prepared.ok_or_else(|| Fault::Unknown(format!("bytes of {}", document.url)))?;
            let present = match found.snapshot {
                Some(snapshot) => present(tx, snapshot)?.map(|present| (snapshot, present)),
                None => None,
            };
            let otherwise = present.as_ref().is_none_or(|(_, present)| present.notices() != reading.notices) || found.gone_since.is_some();
            let same = present.as_ref().filter(|(_, present)| present.is_same(prepared.sha, received, reading));
            let (snapshot, is_new) = match same {
                Some((snapshot, present)) => {
                    touch(tx, SAME_VERSION, visit, document, &found, (received, prepared.sha), None)?;
                    put_reading(tx, &found, *snapshot, (reading, *rules_version, received.matter_sha), Some(present), visit.at)?;
                    (*snapshot, false)
                }
                None => {
                    if let Some(before) = found.snapshot {
                        tx.prepare_cached(CLOSE_VERSION)?.execute(named_params! { ":id": before.0 })?;
                    }
                    let content = content::put(tx, prepared, &received.body)?;
                    let content = (content, prepared.sha);
                    let snapshot = snapshots::append(tx, found.id, &document.source, &document.url, received, content, visit.at)?;
                    touch(tx, NEW_VERSION, visit, document, &found, (received, prepared.sha), Some(snapshot))?;
                    let before = present.as_ref().map(|(_, present)| present);
                    put_reading(tx, &found, snapshot, (reading, *rules_version, received.matter_sha), before, visit.at)?;
                    (snapshot, true)
                }
            };
            Ok((RecordedDocument { document: found.id, snapshot: Some(snapshot), is_new }, otherwise))
        }
    }
}

fn find_or_add(tx: &Connection, visit: &Visit, document: &DocumentVisit) -> Done<Document> {
    if let Some(found) = documents::by_url(tx, &document.source, &document.url)? {
        return Ok(found);
    }
    let new = Found { url: document.url.clone(), kind: document.kind, next_visit: document.next_visit };
    documents::discover(tx, &document.source, &new, visit.at)?;
    documents::by_url(tx, &document.source, &document.url)?.ok_or_else(|| Fault::Unknown(format!("source {}", document.source)))
}

/// The present version, as far as it decides whether the next is another.
struct Present {
    body_sha: Sha256,
    text_sha: Sha256,
    reading: Option<KeptReading>,
}

/// A reading in the store.
struct KeptReading {
    id: i64,
    first: i64,
    rules_version: u32,
    reading: Reading,
}

impl Present {
    /// Equal bytes are the same version; so is equal text, unless something else in the bytes changed what was read: then these bytes are
    /// the evidence and must be kept.
    fn is_same(&self, body_sha: Sha256, received: &Received, reading: &Reading) -> bool {
        self.body_sha == body_sha || (self.text_sha == received.text_sha && self.notices() == reading.notices)
    }

    fn notices(&self) -> &[Notice] {
        self.reading.as_ref().map(|kept| kept.reading.notices.as_slice()).unwrap_or_default()
    }
}

fn present(tx: &Connection, snapshot: SnapshotId) -> Done<Option<Present>> {
    let args = named_params! { ":id": snapshot.0 };
    Ok(tx
        .prepare_cached(PRESENT)?
        .query_row(args, |row| {
            let reading = match row.get::<_, Option<i64>>(2)? {
                Some(id) => Some(KeptReading {
                    id,
                    first: row.get(3)?,
                    rules_version: row.get(4)?,
                    reading: Reading {
                        published: row.get::<_, Option<String>>(5)?.and_then(|day| day.parse().ok()),
                        notices: row.get::<_, Json<_>>(6)?.0,
                        doubts: row.get::<_, Json<_>>(7)?.0,
                    },
                }),
                None => None,
            };
            Ok(Present { body_sha: row.get(0)?, text_sha: row.get(1)?, reading })
        })
        .optional()?)
}

/// Updates the document's row after an answer.
fn touch(
    tx: &Connection,
    statement: &str,
    visit: &Visit,
    document: &DocumentVisit,
    found: &Document,
    (received, body_sha): (&Received, Sha256),
    snapshot: Option<SnapshotId>,
) -> Done<()> {
    let validators = Validators {
        etag: received.header("etag").map(Into::into),
        last_modified: received.header("last-modified").map(Into::into),
        body_sha: Some(body_sha),
    };
    let mut args: Vec<(&str, &dyn rusqlite::ToSql)> = Vec::new();
    let (at, next_visit, kind, id) = (At(visit.at), document.next_visit.map(At), Word(document.kind), found.id.0);
    args.extend([(":id", &id as &dyn rusqlite::ToSql), (":at", &at), (":next_visit", &next_visit), (":kind", &kind)]);
    args.extend([
        (":etag", &validators.etag as &dyn rusqlite::ToSql),
        (":last_modified", &validators.last_modified),
        (":body_sha", &validators.body_sha),
        (":matter_sha", &received.matter_sha),
    ]);
    let snapshot = snapshot.map(|snapshot| snapshot.0);
    if let Some(snapshot) = &snapshot {
        args.push((":snapshot", snapshot));
    }
    tx.prepare_cached(statement)?.execute(args.as_slice())?;
    Ok(())
}

/// Keeps what a version says. `before` is the document's present version until now, which may be the same: versions that say the same share
/// one row, and a row that no earlier version shares is amended.
fn put_reading(
    tx: &Connection,
    found: &Document,
    snapshot: SnapshotId,
    (reading, rules_version, matter_sha): (&Reading, u32, Option<Sha256>),
    before: Option<&Present>,
    at: Timestamp,
) -> Done<()> {
    let kept = before.and_then(|before| before.reading.as_ref());
    let (published, notices, doubts) = (reading.published.map(|day| day.to_string()), Json(&reading.notices), Json(&reading.doubts));
    let id: i64 = match kept {
        Some(kept) if kept.rules_version == rules_version && kept.reading == *reading => kept.id,
        Some(kept) if kept.first == snapshot.0 => {
            tx.prepare_cached(AMEND_READING)?.execute(named_params! {
                ":id": kept.id, ":rules_version": rules_version, ":at": At(at), ":published": published, ":notices": notices,
                ":doubts": doubts,
            })?;
            kept.id
        }
        Some(_) | None => tx.prepare_cached(NEW_READING)?.query_row(
            named_params! {
                ":first": snapshot.0, ":rules_version": rules_version, ":at": At(at), ":published": published, ":notices": notices,
                ":doubts": doubts,
            },
            |row| row.get(0),
        )?,
    };
    if found.snapshot != Some(snapshot) || kept.map(|kept| kept.id) != Some(id) {
        tx.prepare_cached(LINK_READING)?.execute(named_params! { ":id": snapshot.0, ":reading": id })?;
    }
    if found.rules_version != Some(rules_version) {
        let args = named_params! { ":id": found.id.0, ":rules_version": rules_version, ":matter_sha": matter_sha };
        tx.prepare_cached(SET_RULES)?.execute(args)?;
    }
    Ok(())
}

/// States, held differences, changes, corroborations and deliveries.
fn record_findings(
    tx: &Connection,
    visit: &Visit,
    findings: &Findings,
    snapshots: &[Option<SnapshotId>],
    recorded: &mut Recorded,
) -> Done<()> {
    let body = bodies::one_body(tx, &visit.body)?.ok_or_else(|| Fault::Unknown(format!("body {}", visit.body)))?;
    let versions = record_states(tx, visit, &body, findings, snapshots)?;
    record_held(tx, visit, findings, snapshots)?;
    trouble::put_redesign(tx, &visit.body, findings.redesign.as_ref(), visit.at)?;
    for change in &findings.changes {
        let key = text_of(&change.key)?;
        let (ended, made) = versions.get(&key).copied().unwrap_or_default();
        let place = changes::Place { body: &body, made, ended };
        recorded.changes.push(changes::insert(tx, &with_snapshots(change, snapshots)?, change, &place)?);
    }
    for more in &findings.corroborated {
        changes::corroborate(tx, more.change, &with_snapshots(&more.cause, snapshots)?)?;
    }
    for delivery in &findings.deliveries {
        recorded.deliveries.extend(outbox::insert(tx, delivery, &recorded.changes, visit.at)?);
    }
    Ok(())
}

/// The version that a visit ended and the one that holds after it, by key.
type Versions = BTreeMap<String, (Option<i64>, Option<i64>)>;

fn record_states(tx: &Connection, visit: &Visit, body: &Body, findings: &Findings, snapshots: &[Option<SnapshotId>]) -> Done<Versions> {
    let mut versions = Versions::new();
    let mut present: BTreeMap<String, known::StateRow> =
        known::states(tx, &visit.body)?.into_iter().map(|row| (row.key.clone(), row)).collect();
    for state in &findings.states {
        let key = text_of(&state.key)?;
        let before = present.remove(&key);
        // most are as they were; one that names what was just seen is not among them, since a row id stands in the store for it
        if let Some(before) = before.as_ref().filter(|before| before.state == *state) {
            versions.insert(key, (None, Some(before.id)));
            continue;
        }
        let json = with_snapshots(state, snapshots)?;
        if let Some(before) = &before {
            let json_before = json_of(&before.state)?;
            if without_causes(&json_before) == without_causes(&json) {
                if json_before != json {
                    tx.prepare_cached(AMEND_STATE)?.execute(named_params! { ":id": before.id, ":state": Json(&json) })?;
                }
                versions.insert(key, (None, Some(before.id)));
                continue;
            }
            end_state(tx, before.id, visit.at)?;
        }
        let made = tx.prepare_cached(BEGIN_STATE)?.query_row(
            named_params! {
                ":body": visit.body.0, ":office": state.key.office.0, ":key": key, ":state": Json(&json), ":at": At(visit.at),
                ":why": findings.why.as_str(),
            },
            |row| row.get(0),
        )?;
        words::put_office(tx, made, state, &body.name)?;
        days::put(tx, made, state, &body.id, body.province.as_deref(), day_of(visit.at))?;
        versions.insert(key, (before.map(|before| before.id), Some(made)));
    }
    for (key, gone) in present {
        end_state(tx, gone.id, visit.at)?;
        versions.insert(key, (Some(gone.id), None));
    }
    Ok(versions)
}

/// Closes a version; only present ones are found by word and by day.
fn end_state(tx: &Connection, version: i64, at: Timestamp) -> Done<()> {
    tx.prepare_cached(END_STATE)?.execute(named_params! { ":id": version, ":at": At(at) })?;
    words::drop_office(tx, version)?;
    days::drop(tx, version)
}

fn record_held(tx: &Connection, visit: &Visit, findings: &Findings, snapshots: &[Option<SnapshotId>]) -> Done<()> {
    let before = known::held_texts(tx, &visit.body)?;
    let mut kept = BTreeSet::new();
    for held in &findings.held {
        let place = (text_of(&held.key)?, held.aspect.as_str().to_string());
        let text = with_snapshots(held, snapshots)?.to_string();
        if before.get(&place) != Some(&text) {
            tx.prepare_cached(PUT_HELD)?.execute(named_params! {
                ":body": visit.body.0, ":key": place.0, ":aspect": place.1, ":held": text,
            })?;
        }
        kept.insert(place);
    }
    for place in before.keys().filter(|place| !kept.contains(place)) {
        tx.prepare_cached(DROP_HELD)?.execute(named_params! { ":body": visit.body.0, ":key": place.0, ":aspect": place.1 })?;
    }
    Ok(())
}

fn json_of(value: &impl Serialize) -> Done<JsonValue> {
    serde_json::to_value(value).map_err(|e| Fault::Sql(rusqlite::Error::ToSqlConversionFailure(Box::new(e))))
}

fn text_of(value: &impl Serialize) -> Done<String> {
    Ok(json_of(value)?.to_string())
}

/// The value as JSON, the stand-ins of [`snapshot_of_nth`] replaced by row ids.
fn with_snapshots(value: &impl Serialize, snapshots: &[Option<SnapshotId>]) -> Done<JsonValue> {
    fn walk(json: &mut JsonValue, ids: &BTreeMap<i64, i64>) {
        match json {
            JsonValue::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    match field.as_i64().filter(|_| name == "snapshot").and_then(|stand_in| ids.get(&stand_in)) {
                        Some(id) => *field = (*id).into(),
                        None => walk(field, ids),
                    }
                }
            }
            JsonValue::Array(items) => items.iter_mut().for_each(|item| walk(item, ids)),
            JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => {}
        }
    }
    let ids = snapshots.iter().enumerate().filter_map(|(n, id)| Some((snapshot_of_nth(n), (*id)?.0))).collect();
    let mut json = json_of(value)?;
    walk(&mut json, &ids);
    Ok(json)
}

/// A state as JSON without its causes: what decides whether it is another version.
fn without_causes(json: &JsonValue) -> JsonValue {
    match json {
        JsonValue::Object(fields) => {
            JsonValue::Object(fields.iter().filter(|(name, _)| *name != "causes").map(|(n, f)| (n.clone(), without_causes(f))).collect())
        }
        JsonValue::Array(items) => JsonValue::Array(items.iter().map(without_causes).collect()),
        other => other.clone(),
    }
}
