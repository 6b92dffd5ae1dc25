//! Bodies and sources.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, Word, column, count, small};
use super::{Sqlite, days, documents, fault::Fault, known, statements, words};
use crate::domain::{Body, BodyId, OfficeId, SourceId};
use crate::store::{
    Bodies, Catalogue, Failure, Fetches, Health, Result, Source, SourceVisit, Synced, Unchanged, Validators, WatchedSource,
};

statements! {
    PUT_BODY = "
        INSERT INTO body (id, name, kind, province, istat, ipa) VALUES (:id, :name, :kind, :province, :istat, :ipa)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, province = excluded.province,
                                           istat = excluded.istat, ipa = excluded.ipa, retired_at = NULL";
    RETIRE_BODY = "UPDATE body SET retired_at = :now WHERE id = :id";
    SET_N_BODIES = "UPDATE total SET bodies = :n WHERE id = 1 AND bodies <> :n";
    /* a scan of all bodies is what is asked for */
    ALL_BODIES = "SELECT id, name, kind, province, istat, ipa FROM body WHERE retired_at IS NULL ORDER BY id";
    ONE_BODY = "SELECT id, name, kind, province, istat, ipa FROM body WHERE id = :id";
    ADD_SOURCE = "
        INSERT INTO source (id, body, url, kind, office, settings, added_at, next_due)
             VALUES (:id, :body, :url, :kind, :office, :settings, :now, :now)";
    UPDATE_SOURCE = "
        UPDATE source
           SET body = :body, url = :url, kind = :kind, office = :office, settings = :settings, retired_at = NULL,
               next_due = CASE WHEN next_due IS NULL OR url <> :url THEN :now ELSE next_due END,
               etag = CASE WHEN url = :url THEN etag END,
               last_modified = CASE WHEN url = :url THEN last_modified END,
               body_sha = CASE WHEN url = :url THEN body_sha END
         WHERE id = :id";
    RETIRE_SOURCE = "UPDATE source SET retired_at = :now, next_due = NULL WHERE id = :id";
    ALL_SOURCES = "
        SELECT id, body, url, kind, office, settings, added_at, retired_at, next_due, etag, last_modified, body_sha,
               last_good, last_failed, last_error, streak, failing_since, n_fetches, n_unchanged, bytes, told_at
          FROM source
         ORDER BY retired_at IS NOT NULL, id";
    /* kept by triggers, as all totals are but the bodies */
    FETCHES = "SELECT failing, fetches, unchanged, bytes FROM total WHERE id = 1";
    /* what the operator's file says of them, and no more: each start reads all of it */
    WATCHED_SOURCES = "SELECT id, body, url, kind, office, settings, retired_at IS NOT NULL FROM source";
    SOURCES_OF = "
        SELECT id, body, url, kind, office, settings, added_at, retired_at, next_due, etag, last_modified, body_sha,
               last_good, last_failed, last_error, streak, failing_since, n_fetches, n_unchanged, bytes, told_at
          FROM source
         WHERE body = :body
         ORDER BY retired_at IS NOT NULL, id";
    ONE_SOURCE = "
        SELECT id, body, url, kind, office, settings, added_at, retired_at, next_due, etag, last_modified, body_sha,
               last_good, last_failed, last_error, streak, failing_since, n_fetches, n_unchanged, bytes, told_at
          FROM source
         WHERE id = :id";
    DUE_SOURCES = "
        SELECT id, body, url, kind, office, settings, added_at, retired_at, next_due, etag, last_modified, body_sha,
               last_good, last_failed, last_error, streak, failing_since, n_fetches, n_unchanged, bytes, told_at
          FROM source
         WHERE next_due <= :now
         ORDER BY next_due
         LIMIT :limit";
    NEXT_DUE = "SELECT next_due FROM source WHERE next_due IS NOT NULL ORDER BY next_due LIMIT 1";
    SET_NEXT_DUE = "UPDATE source SET next_due = :at WHERE id = :id AND retired_at IS NULL";
    PUT_OFF_SOURCE = "UPDATE source SET next_due = :until WHERE id = :id AND next_due <= :now";
    PUT_OFF_DOCUMENTS = "UPDATE document SET next_visit = :until WHERE source = :id AND next_visit <= :now";
    SOURCE_READ = "
        UPDATE source
           SET last_good = :at, last_error = NULL, streak = 0, failing_since = NULL,
               n_fetches = n_fetches + :n_fetches, n_unchanged = n_unchanged + :n_unchanged, bytes = bytes + :bytes,
               next_due = CASE WHEN retired_at IS NULL THEN :next_due END
         WHERE id = :id";
    SET_VALIDATORS = "UPDATE source SET etag = :etag, last_modified = :last_modified, body_sha = :body_sha WHERE id = :id";
    SOURCE_FAILED = "
        UPDATE source
           SET last_failed = :at, last_error = :words, streak = streak + 1, failing_since = coalesce(failing_since, :at),
               next_due = CASE WHEN retired_at IS NULL THEN :next_try END
         WHERE id = :id";
}

pub(super) fn body_from_row(row: &Row<'_>) -> rusqlite::Result<Body> {
    Ok(Body {
        id: BodyId(row.get("id")?),
        name: row.get("name")?,
        kind: row.get::<_, Word<_>>("kind")?.0,
        province: row.get("province")?,
        istat: row.get("istat")?,
        ipa: row.get("ipa")?,
    })
}

pub(super) fn one_body(conn: &Connection, body: &BodyId) -> rusqlite::Result<Option<Body>> {
    conn.prepare_cached(ONE_BODY)?.query_row(named_params! { ":id": body.0 }, body_from_row).optional()
}

fn instant(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<At>>(name)?.map(|at| at.0))
}

pub(super) fn source_from_row(row: &Row<'_>) -> rusqlite::Result<Source> {
    Ok(Source {
        source: WatchedSource {
            id: SourceId(row.get("id")?),
            body: BodyId(row.get("body")?),
            url: row.get("url")?,
            kind: row.get::<_, Word<_>>("kind")?.0,
            office: row.get::<_, Option<String>>("office")?.map(OfficeId),
            settings: row.get::<_, Json<_>>("settings")?.0,
        },
        added_at: row.get::<_, At>("added_at")?.0,
        retired_at: instant(row, "retired_at")?,
        next_due: instant(row, "next_due")?,
        health: Health {
            last_good: instant(row, "last_good")?,
            last_failed: instant(row, "last_failed")?,
            last_error: row.get("last_error")?,
            streak: small(row.get("streak")?),
            failing_since: instant(row, "failing_since")?,
            n_fetches: count(row.get("n_fetches")?),
            n_unchanged: count(row.get("n_unchanged")?),
            bytes: count(row.get("bytes")?),
            told_at: instant(row, "told_at")?,
        },
        validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")?, body_sha: row.get("body_sha")? },
    })
}

/// A source of [`WATCHED_SOURCES`], and whether it is no longer watched.
fn watched_from_row(row: &Row<'_>) -> rusqlite::Result<(WatchedSource, bool)> {
    let watched = WatchedSource {
        id: SourceId(row.get(0)?),
        body: BodyId(row.get(1)?),
        url: row.get(2)?,
        kind: row.get::<_, Word<_>>(3)?.0,
        office: row.get::<_, Option<String>>(4)?.map(OfficeId),
        settings: row.get::<_, Json<_>>(5)?.0,
    };
    Ok((watched, row.get(6)?))
}

fn one_source(conn: &Connection, source: &SourceId) -> rusqlite::Result<Option<Source>> {
    conn.prepare_cached(ONE_SOURCE)?.query_row(named_params! { ":id": source.0 }, source_from_row).optional()
}

fn unknown(source: &SourceId) -> Fault {
    Fault::Unknown(format!("source {source}"))
}

/// Fails when an update met no row.
fn must_meet(n_rows: usize, source: &SourceId) -> std::result::Result<(), Fault> {
    if n_rows == 0 { Err(unknown(source)) } else { Ok(()) }
}

impl Bodies for Sqlite {
    fn sync(&self, catalogue: &Catalogue, now: Timestamp) -> Result<Synced> {
        self.write("take over the sources", |tx| {
            let mut synced = Synced::default();
            let named: BTreeSet<&str> = catalogue.bodies.iter().map(|body| body.id.0.as_str()).collect();
            let known: Vec<Body> = tx.prepare_cached(ALL_BODIES)?.query_map([], body_from_row)?.collect::<rusqlite::Result<_>>()?;
            let known: BTreeMap<&str, &Body> = known.iter().map(|body| (body.id.0.as_str(), body)).collect();
            for body in &catalogue.bodies {
                if known.get(body.id.0.as_str()) == Some(&body) {
                    continue;
                }
                tx.prepare_cached(PUT_BODY)?.execute(named_params! {
                    ":id": body.id.0, ":name": body.name, ":kind": Word(body.kind), ":province": body.province,
                    ":istat": body.istat, ":ipa": body.ipa,
                })?;
                words::put_body(tx, body)?;
                days::relocate(tx, &body.id, body.province.as_deref())?;
                for row in known::states(tx, &body.id)? {
                    words::put_office(tx, row.id, &row.state, &body.name)?;
                }
            }
            for body in known.values().filter(|body| !named.contains(body.id.0.as_str())) {
                tx.prepare_cached(RETIRE_BODY)?.execute(named_params! { ":id": body.id.0, ":now": At(now) })?;
                words::drop_body(tx, body)?;
            }
            tx.prepare_cached(SET_N_BODIES)?.execute(named_params! { ":n": column(named.len() as u64) })?;

            let known = tx.prepare_cached(WATCHED_SOURCES)?.query_map([], watched_from_row)?.collect::<rusqlite::Result<Vec<_>>>()?;
            let known: BTreeMap<&str, &(WatchedSource, bool)> = known.iter().map(|row| (row.0.id.0.as_str(), row)).collect();
            for source in &catalogue.sources {
                let statement = match known.get(source.id.0.as_str()) {
                    None => {
                        synced.added.push(source.id.clone());
                        ADD_SOURCE
                    }
                    Some((_, true)) => {
                        synced.added.push(source.id.clone());
                        UPDATE_SOURCE
                    }
                    Some((found, false)) if found != source => {
                        synced.changed.push(source.id.clone());
                        UPDATE_SOURCE
                    }
                    Some((_, false)) => continue,
                };
                tx.prepare_cached(statement)?.execute(named_params! {
                    ":id": source.id.0, ":body": source.body.0, ":url": source.url, ":kind": Word(source.kind),
                    ":office": source.office.as_ref().map(|office| &office.0), ":settings": Json(&source.settings), ":now": At(now),
                })?;
            }
            let named: BTreeSet<&str> = catalogue.sources.iter().map(|source| source.id.0.as_str()).collect();
            for (id, (source, is_retired)) in &known {
                if !is_retired && !named.contains(id) {
                    tx.prepare_cached(RETIRE_SOURCE)?.execute(named_params! { ":id": id, ":now": At(now) })?;
                    synced.retired.push(source.id.clone());
                }
            }
            Ok(synced)
        })
    }

    fn bodies(&self) -> Result<Vec<Body>> {
        self.read("list the bodies", |conn| {
            Ok(conn.prepare_cached(ALL_BODIES)?.query_map([], body_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn body(&self, body: &BodyId) -> Result<Option<Body>> {
        self.read("look up a body", |conn| Ok(one_body(conn, body)?))
    }

    fn sources(&self) -> Result<Vec<Source>> {
        self.read("list the sources", |conn| {
            Ok(conn.prepare_cached(ALL_SOURCES)?.query_map([], source_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn fetches(&self) -> Result<Fetches> {
        self.read("add up what was fetched", |conn| {
            let sums = |row: &Row<'_>| {
                Ok(Fetches {
                    n_failing: count(row.get(0)?),
                    n_fetches: count(row.get(1)?),
                    n_unchanged: count(row.get(2)?),
                    bytes: count(row.get(3)?),
                })
            };
            Ok(conn.prepare_cached(FETCHES)?.query_row([], sums)?)
        })
    }

    fn sources_of(&self, body: &BodyId) -> Result<Vec<Source>> {
        self.read("list the sources of a body", |conn| {
            let args = named_params! { ":body": body.0 };
            Ok(conn.prepare_cached(SOURCES_OF)?.query_map(args, source_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn source(&self, source: &SourceId) -> Result<Option<Source>> {
        self.read("look up a source", |conn| Ok(one_source(conn, source)?))
    }

    fn due_sources(&self, now: Timestamp, limit: u32) -> Result<Vec<Source>> {
        self.read("list the sources that are due", |conn| {
            let args = named_params! { ":now": At(now), ":limit": limit };
            Ok(conn.prepare_cached(DUE_SOURCES)?.query_map(args, source_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn next_due(&self) -> Result<Option<Timestamp>> {
        self.read("find the next source", |conn| {
            Ok(conn.prepare_cached(NEXT_DUE)?.query_row([], |row| row.get::<_, At>(0)).optional()?.map(|at| at.0))
        })
    }

    fn begin_visits(&self, sources: &[SourceId], now: Timestamp, until: Timestamp) -> Result<()> {
        self.write("begin visits", |tx| {
            for source in sources {
                let args = named_params! { ":id": source.0, ":now": At(now), ":until": At(until) };
                tx.prepare_cached(PUT_OFF_SOURCE)?.execute(args)?;
                tx.prepare_cached(PUT_OFF_DOCUMENTS)?.execute(args)?;
            }
            Ok(())
        })
    }

    fn set_next_due(&self, source: &SourceId, at: Timestamp) -> Result<()> {
        self.write("schedule a source", |tx| {
            tx.prepare_cached(SET_NEXT_DUE)?.execute(named_params! { ":id": source.0, ":at": At(at) })?;
            Ok(())
        })
    }

    fn record_visits(&self, unchanged: &[Unchanged], sources: &[SourceVisit]) -> Result<()> {
        self.write_lightly("note what was read", |tx| {
            documents::note_unchanged(tx, unchanged)?;
            for visit in sources {
                let n_rows = tx.prepare_cached(SOURCE_READ)?.execute(named_params! {
                    ":id": visit.source.0, ":at": At(visit.at), ":next_due": At(visit.next_due), ":n_fetches": visit.n_fetches,
                    ":n_unchanged": visit.n_unchanged, ":bytes": column(visit.bytes),
                })?;
                must_meet(n_rows, &visit.source)?;
                if let Some(validators) = &visit.validators {
                    tx.prepare_cached(SET_VALIDATORS)?.execute(named_params! {
                        ":id": visit.source.0, ":etag": validators.etag, ":last_modified": validators.last_modified,
                        ":body_sha": validators.body_sha,
                    })?;
                }
            }
            Ok(())
        })
    }

    fn record_failure(&self, failure: &Failure) -> Result<Health> {
        self.write_lightly("note that a source failed", |tx| {
            tx.prepare_cached(SOURCE_FAILED)?.execute(named_params! {
                ":id": failure.source.0, ":at": At(failure.at), ":words": failure.words, ":next_try": At(failure.next_try),
            })?;
            Ok(one_source(tx, &failure.source)?.ok_or_else(|| unknown(&failure.source))?.health)
        })
    }
}
