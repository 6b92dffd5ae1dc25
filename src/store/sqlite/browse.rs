//! What the public pages ask.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, Row, ToSql, named_params};
use serde::Deserialize;

use super::bodies::{body_from_row, one_body, source_from_row};
use super::columns::{At, Json, Word};
use super::known::change_from_row;
use super::words::{Whole, query};
use super::{Sqlite, fault::Fault, known, statements, states};
use crate::domain::{Body, BodyId, Change, ChangeId, OfficeId, OfficeKey, SourceId};
use crate::store::{
    Browse, Cursor, Exception, ExceptionCursor, ExceptionPage, Milestone, OfficeHit, Page, Place, Result, Source, StateVersion,
};

type Done<T> = std::result::Result<T, Fault>;

/// How many rows with the words are looked at to find the closest.
const CANDIDATES: u32 = 100;

statements! {
    /* leaps from one province to the next */
    PROVINCES = "
        WITH RECURSIVE found (province) AS (
            SELECT min(province) FROM body WHERE retired_at IS NULL AND province > ''
            UNION ALL
            SELECT (SELECT min(province) FROM body WHERE retired_at IS NULL AND province > found.province) FROM found
             WHERE found.province IS NOT NULL
        )
        SELECT province FROM found WHERE province IS NOT NULL";
    BODIES = "
        SELECT id, name, kind, province, istat, ipa FROM body
         WHERE id > :after AND retired_at IS NULL
         ORDER BY id LIMIT :limit";
    BODIES_IN = "
        SELECT id, name, kind, province, istat, ipa FROM body
         WHERE province = :province AND id > :after AND retired_at IS NULL
         ORDER BY id LIMIT :limit";
    BODY_WORDS = "
        SELECT b.id, b.name, b.kind, b.province, b.istat, b.ipa
          FROM body_words CROSS JOIN body_number n ON n.number = body_words.rowid CROSS JOIN body b ON b.id = n.body
         WHERE body_words MATCH :words
         ORDER BY body_words.rowid LIMIT :limit";
    OFFICE_WORDS = "
        SELECT b.id, b.name, b.kind, b.province, b.istat, b.ipa, s.state
          FROM office_words CROSS JOIN state s ON s.id = office_words.rowid CROSS JOIN body b ON b.id = s.body
         WHERE office_words MATCH :words AND b.retired_at IS NULL
         ORDER BY office_words.rowid LIMIT :limit";
    CHANGE_WORDS = "
        SELECT c.id, c.change
          FROM change_words CROSS JOIN change c ON c.id = change_words.rowid
         WHERE change_words MATCH :words AND change_words.rowid < :before
         ORDER BY change_words.rowid DESC LIMIT :limit";
    OFFICE = "
        SELECT id, body, state, known_from, known_until, why,
               (SELECT json_group_array(id) FROM (SELECT id FROM change WHERE made = state.id ORDER BY id)) AS changes
          FROM state
         WHERE body = :body AND office = :office AND known_until IS NULL
         ORDER BY key";
    OFFICE_AT = "
        SELECT id, body, state, known_from, known_until, why,
               (SELECT json_group_array(id) FROM (SELECT id FROM change WHERE made = state.id ORDER BY id)) AS changes
          FROM state
         WHERE body = :body AND office = :office AND known_from <= :at AND (known_until IS NULL OR known_until > :at)
         ORDER BY key";
    VERSIONS = "
        SELECT id, body, state, known_from, known_until, why,
               (SELECT json_group_array(id) FROM (SELECT id FROM change WHERE made = state.id ORDER BY id)) AS changes
          FROM state
         WHERE body = :body AND office = :office AND (known_from, id) < (:before, :id)
         ORDER BY known_from DESC, id DESC LIMIT :limit";
    DAY = "
        SELECT d.body, d.state, d.aspects
          FROM day d CROSS JOIN body b ON b.id = d.body
         WHERE d.day = :day AND (d.body, d.state) > (:body, :state) AND b.retired_at IS NULL
         ORDER BY d.body, d.state LIMIT :limit";
    DAY_IN_PROVINCE = "
        SELECT d.body, d.state, d.aspects
          FROM day d INDEXED BY day_by_province CROSS JOIN body b ON b.id = d.body
         WHERE d.province = :province AND d.day = :day AND (d.body, d.state) > (:body, :state) AND b.retired_at IS NULL
         ORDER BY d.body, d.state LIMIT :limit";
    DAY_OF_BODY = "
        SELECT d.body, d.state, d.aspects
          FROM day d INDEXED BY day_by_body
         WHERE d.body = :of AND d.day = :day AND d.state > :state
         ORDER BY d.state LIMIT :limit";
    SOURCES = "
        SELECT id, body, url, kind, office, settings, added_at, retired_at, next_due, etag, last_modified, body_sha,
               last_good, last_failed, last_error, streak, failing_since, n_fetches, n_unchanged, bytes, told_at
          FROM source
         WHERE id > :after AND retired_at IS NULL
         ORDER BY id LIMIT :limit";
    SOURCES_FAILING = "
        SELECT id, body, url, kind, office, settings, added_at, retired_at, next_due, etag, last_modified, body_sha,
               last_good, last_failed, last_error, streak, failing_since, n_fetches, n_unchanged, bytes, told_at
          FROM source
         WHERE id > :after AND failing_since IS NOT NULL AND retired_at IS NULL
         ORDER BY id LIMIT :limit";
    SOURCES_IN_PROVINCE = "
        SELECT s.id, s.body, s.url, s.kind, s.office, s.settings, s.added_at, s.retired_at, s.next_due, s.etag, s.last_modified, s.body_sha,
               s.last_good, s.last_failed, s.last_error, s.streak, s.failing_since, s.n_fetches, s.n_unchanged, s.bytes, s.told_at
          FROM body b CROSS JOIN source s ON s.body = b.id
         WHERE b.province = :province AND b.retired_at IS NULL AND b.id >= :body AND (b.id > :body OR s.id > :after)
           AND s.retired_at IS NULL AND (NOT :failing OR s.failing_since IS NOT NULL)
         ORDER BY b.id, s.id LIMIT :limit";
    SOURCES_OF_BODY = "
        SELECT id, body, url, kind, office, settings, added_at, retired_at, next_due, etag, last_modified, body_sha,
               last_good, last_failed, last_error, streak, failing_since, n_fetches, n_unchanged, bytes, told_at
          FROM source
         WHERE body = :body AND id > :after AND retired_at IS NULL AND (NOT :failing OR failing_since IS NOT NULL)
         ORDER BY id LIMIT :limit";
}

/// All rows of a statement.
fn rows<T>(conn: &Connection, sql: &str, args: &[(&str, &dyn ToSql)], row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Done<Vec<T>> {
    Ok(conn.prepare_cached(sql)?.query_map(args, row)?.collect::<rusqlite::Result<_>>()?)
}

/// Rows with whole words first, then those where the last word is only a beginning; each once, the shortest text in front: it has the
/// least beside the words.
fn closest<T>(
    conn: &Connection,
    sql: &str,
    words: &str,
    limit: u32,
    from_row: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    text: impl Fn(&T) -> (usize, String),
) -> Done<Vec<T>> {
    let mut found: Vec<T> = Vec::new();
    let mut texts = BTreeSet::new();
    for whole in [Whole::All, Whole::AllButLast] {
        let Some(query) = query(words, whole) else { continue };
        let mut more = rows(conn, sql, named_params! { ":words": query, ":limit": CANDIDATES }, &from_row)?;
        more.retain(|hit| texts.insert(text(hit)));
        more.sort_by_cached_key(|hit| text(hit));
        found.extend(more);
        if found.len() >= limit as usize {
            break;
        }
    }
    found.truncate(limit as usize);
    Ok(found)
}

/// Of a state, whose it is; its facts, by far the most of it, are passed over.
#[derive(Deserialize)]
struct Whose {
    key: OfficeKey,
    name: String,
}

fn office_from_row(row: &Row<'_>) -> rusqlite::Result<OfficeHit> {
    let Whose { key, name } = row.get::<_, Json<_>>("state")?.0;
    Ok(OfficeHit { body: body_from_row(row)?, key, name })
}

fn milestone_from_row(row: &Row<'_>) -> rusqlite::Result<Milestone> {
    let Whose { key, name } = row.get::<_, Json<_>>("state")?.0;
    Ok(Milestone {
        key,
        name,
        known_from: row.get::<_, At>("known_from")?.0,
        why: row.get::<_, Word<_>>("why")?.0,
        changes: row.get::<_, Json<Vec<i64>>>("changes")?.0.into_iter().map(ChangeId).collect(),
    })
}

/// A place in lists, newest first, that everything stored lies behind.
const NEWEST: (&str, i64) = ("~", i64::MAX);

impl Browse for Sqlite {
    fn provinces(&self) -> Result<Vec<String>> {
        self.read("list the provinces", |conn| rows(conn, PROVINCES, &[], |row| row.get(0)))
    }

    fn bodies_page(&self, province: Option<&str>, after: Option<&BodyId>, limit: u32) -> Result<Vec<Body>> {
        let after = after.map(|body| body.0.as_str()).unwrap_or_default();
        self.read("list bodies", |conn| match province {
            Some(province) => {
                let args = named_params! { ":province": province, ":after": after, ":limit": limit };
                rows(conn, BODIES_IN, args, body_from_row)
            }
            None => rows(conn, BODIES, named_params! { ":after": after, ":limit": limit }, body_from_row),
        })
    }

    fn bodies_by_id(&self, bodies: &[BodyId]) -> Result<Vec<Body>> {
        let unique: BTreeSet<&BodyId> = bodies.iter().collect();
        self.read("look up bodies", |conn| {
            let found = unique.into_iter().map(|body| one_body(conn, body)).collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(found.into_iter().flatten().collect())
        })
    }

    fn search_bodies(&self, words: &str, limit: u32) -> Result<Vec<Body>> {
        let text = |body: &Body| (body.name.chars().count(), body.id.0.clone());
        self.read("search the bodies", |conn| closest(conn, BODY_WORDS, words, limit, body_from_row, text))
    }

    fn search_offices(&self, words: &str, limit: u32) -> Result<Vec<OfficeHit>> {
        let text = |hit: &OfficeHit| {
            let n_letters = hit.name.chars().count() + hit.body.name.chars().count();
            (n_letters, format!("{} {:?}", hit.body.id, hit.key))
        };
        self.read("search the offices", |conn| closest(conn, OFFICE_WORDS, words, limit, office_from_row, text))
    }

    fn search_changes(&self, words: &str, from: Option<Cursor>, limit: u32) -> Result<Page> {
        let Some(query) = query(words, Whole::All) else { return Ok(Page::default()) };
        let before = from.map_or(i64::MAX, |from| from.id.0);
        let limit_and_one = limit.saturating_add(1);
        self.read("search the changes", |conn| {
            let args = named_params! { ":words": query, ":before": before, ":limit": limit_and_one };
            let changes: Vec<Change> = rows(conn, CHANGE_WORDS, args, change_from_row)?;
            Ok(Page::cut(changes, limit))
        })
    }

    fn revision(&self, body: &BodyId) -> Result<Option<u64>> {
        self.read("look whether anything changed", |conn| known::revision_if_known(conn, body))
    }

    fn office(&self, body: &BodyId, office: &OfficeId, at: Option<Timestamp>) -> Result<Vec<StateVersion>> {
        self.read("read the state of an office", |conn| match at {
            None => rows(conn, OFFICE, named_params! { ":body": body.0, ":office": office.0 }, states::from_row),
            Some(at) => rows(conn, OFFICE_AT, named_params! { ":body": body.0, ":office": office.0, ":at": At(at) }, states::from_row),
        })
    }

    fn versions(&self, body: &BodyId, office: &OfficeId, before: Option<&StateVersion>, limit: u32) -> Result<Vec<StateVersion>> {
        let (at, id) = before.map_or_else(|| (NEWEST.0.into(), NEWEST.1), |before| (At(before.known_from).text(), before.id));
        self.read("read the history of an office", |conn| {
            let args = named_params! { ":body": body.0, ":office": office.0, ":before": at, ":id": id, ":limit": limit };
            rows(conn, VERSIONS, args, states::from_row)
        })
    }

    fn milestones(&self, body: &BodyId, office: &OfficeId, limit: u32) -> Result<Vec<Milestone>> {
        self.read("read the points of an office's history", |conn| {
            let args = named_params! { ":body": body.0, ":office": office.0, ":before": NEWEST.0, ":id": NEWEST.1, ":limit": limit };
            rows(conn, VERSIONS, args, milestone_from_row)
        })
    }

    fn exceptions_on(&self, day: Date, place: &Place, from: Option<&ExceptionCursor>, limit: u32) -> Result<ExceptionPage> {
        let (after, version) = from.map_or(("", 0), |from| (from.body.0.as_str(), from.version));
        let (day, limit_and_one) = (day.to_string(), limit.saturating_add(1));
        let from_row = |row: &Row<'_>| Ok((BodyId(row.get(0)?), row.get::<_, i64>(1)?, row.get::<_, Json<_>>(2)?.0));
        self.read("list what is out of the ordinary on a day", |conn| {
            let mut found = match place {
                Place::Anywhere => {
                    let args = named_params! { ":day": day, ":body": after, ":state": version, ":limit": limit_and_one };
                    rows(conn, DAY, args, from_row)?
                }
                Place::Province(province) => {
                    let args =
                        named_params! { ":province": province, ":day": day, ":body": after, ":state": version, ":limit": limit_and_one };
                    rows(conn, DAY_IN_PROVINCE, args, from_row)?
                }
                Place::Body(of) => {
                    let args = named_params! { ":of": of.0, ":day": day, ":state": version, ":limit": limit_and_one };
                    rows(conn, DAY_OF_BODY, args, from_row)?
                }
            };
            let more = found.len() > limit as usize;
            found.truncate(limit as usize);
            let last = found.last().filter(|_| more);
            let next = last.map(|(body, version, _)| ExceptionCursor { body: body.clone(), version: *version });
            let mut exceptions = Vec::with_capacity(found.len());
            for (body, version, aspects) in found {
                if let (Some(body), Some(version)) = (one_body(conn, &body)?, states::one(conn, version)?) {
                    exceptions.push(Exception { body, version, aspects });
                }
            }
            Ok(ExceptionPage { exceptions, next })
        })
    }

    fn source_page(&self, place: &Place, failing: bool, after: Option<&SourceId>, limit: u32) -> Result<Vec<Source>> {
        let after = after.map(|source| source.0.as_str()).unwrap_or_default();
        self.read("list sources", |conn| match place {
            Place::Anywhere => {
                let statement = if failing { SOURCES_FAILING } else { SOURCES };
                rows(conn, statement, named_params! { ":after": after, ":limit": limit }, source_from_row)
            }
            Place::Province(province) => {
                let body = after.split('/').next().unwrap_or_default(); // a source's id begins with its body's
                let args = named_params! { ":province": province, ":body": body, ":after": after, ":failing": failing, ":limit": limit };
                rows(conn, SOURCES_IN_PROVINCE, args, source_from_row)
            }
            Place::Body(body) => {
                let args = named_params! { ":body": body.0, ":after": after, ":failing": failing, ":limit": limit };
                rows(conn, SOURCES_OF_BODY, args, source_from_row)
            }
        })
    }
}
