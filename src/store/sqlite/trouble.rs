//! What the operator is told of failing sources and of bodies with a new site, and the note that it was.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, column, small};
use super::{fault::Fault, outbox, statements, subscribers};
use crate::domain::{
    About, BodyId, DeliveryId, FailingSource, Language, PlannedDelivery, RecoveredSource, RedesignedBody, SourceId, TroubleReport,
};
use crate::resolve::Redesign;
use crate::store::SubscriberState;

type Done<T> = std::result::Result<T, Fault>;

statements! {
    /* a program that was off for days has failed once, not for days: three tries are asked for */
    FAILING = "
        SELECT id, url, failing_since, streak, last_error FROM source INDEXED BY source_untold
         WHERE failing_since <= :since AND told_at IS NULL AND streak >= 3 AND retired_at IS NULL
         ORDER BY failing_since, id";
    BACK = "
        SELECT id, url, last_good FROM source INDEXED BY source_told
         WHERE told_at <= :now AND streak = 0 AND retired_at IS NULL
         ORDER BY told_at, id";
    REDESIGNED = "
        SELECT r.body, b.name, r.since, r.n_lost, r.n_known
          FROM redesign r INDEXED BY redesign_untold JOIN body b ON b.id = r.body
         WHERE r.since <= :now AND r.told_at IS NULL
         ORDER BY r.since, r.body";
    TOLD = "UPDATE source SET told_at = :at WHERE id = :id";
    TOLD_REDESIGN = "UPDATE redesign SET told_at = :at WHERE body = :body";
    /* a site that comes and goes is told again after a week, not each time */
    PUT_REDESIGN = "
        INSERT INTO redesign (body, since, n_lost, n_known) VALUES (:body, :since, :n_lost, :n_known)
            ON CONFLICT (body) DO UPDATE
           SET told_at = CASE WHEN told_at < :week_ago AND since <> excluded.since THEN NULL ELSE told_at END,
               since = excluded.since, n_lost = excluded.n_lost, n_known = excluded.n_known";
    /* what is over before it was told need not be told */
    DROP_REDESIGN = "DELETE FROM redesign WHERE body = :body AND told_at IS NULL";
    PUT = "INSERT INTO trouble (made_at, report) VALUES (:now, :report) RETURNING id";
    ONE = "SELECT report FROM trouble WHERE id = :id";
}

/// The operator hears of the same body's redesigns once in so long.
const TOLD_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Notes whether most of a body's facts are gone.
pub(super) fn put_redesign(tx: &Connection, body: &BodyId, redesign: Option<&Redesign>, now: Timestamp) -> Done<()> {
    match redesign {
        Some(redesign) => tx.prepare_cached(PUT_REDESIGN)?.execute(named_params! {
            ":body": body.0, ":since": At(redesign.since), ":n_lost": column(redesign.n_lost as u64), ":n_known": column(redesign.n_known as u64),
            ":week_ago": At(now.checked_sub(TOLD_AGAIN_AFTER).unwrap_or(Timestamp::MIN)),
        })?,
        None => tx.prepare_cached(DROP_REDESIGN)?.execute(named_params! { ":body": body.0 })?,
    };
    Ok(())
}

fn failing_from_row(row: &Row<'_>) -> rusqlite::Result<FailingSource> {
    Ok(FailingSource {
        source: SourceId(row.get("id")?),
        url: row.get("url")?,
        since: row.get::<_, At>("failing_since")?.0,
        tries: small(row.get("streak")?),
        words: row.get::<_, Option<String>>("last_error")?.unwrap_or_default(),
    })
}

fn back_from_row(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<RecoveredSource> {
    let read_at = row.get::<_, Option<At>>("last_good")?.map_or(now, |at| at.0);
    Ok(RecoveredSource { source: SourceId(row.get("id")?), url: row.get("url")?, read_at })
}

fn redesigned_from_row(row: &Row<'_>) -> rusqlite::Result<RedesignedBody> {
    Ok(RedesignedBody {
        body: BodyId(row.get("body")?),
        name: row.get("name")?,
        since: row.get::<_, At>("since")?.0,
        n_lost: small(row.get("n_lost")?),
        n_known: small(row.get("n_known")?),
    })
}

/// What the operator has not been told yet.
pub(super) fn news(conn: &Connection, failing_since: Timestamp, now: Timestamp) -> Done<TroubleReport> {
    let mut failing = conn.prepare_cached(FAILING)?;
    let failing = failing.query_map(named_params! { ":since": At(failing_since) }, failing_from_row)?;
    let mut back = conn.prepare_cached(BACK)?;
    let back = back.query_map(named_params! { ":now": At(now) }, |row| back_from_row(row, now))?;
    let mut redesigned = conn.prepare_cached(REDESIGNED)?;
    let redesigned = redesigned.query_map(named_params! { ":now": At(now) }, redesigned_from_row)?;
    Ok(TroubleReport {
        failing: failing.collect::<rusqlite::Result<_>>()?,
        back: back.collect::<rusqlite::Result<_>>()?,
        redesigned: redesigned.collect::<rusqlite::Result<_>>()?,
    })
}

/// Writes the mail and the note.
pub(super) fn tell(tx: &Connection, to: &str, language: Language, failing_since: Timestamp, now: Timestamp) -> Done<Option<DeliveryId>> {
    let report = news(tx, failing_since, now)?;
    if report.is_empty() {
        return Ok(None);
    }
    let subscriber = subscribers::add(tx, to, language, SubscriberState::Confirmed, now)?;
    let id = tx.prepare_cached(PUT)?.query_row(named_params! { ":now": At(now), ":report": Json(&report) }, |row| row.get(0))?;
    let mut told = tx.prepare_cached(TOLD)?;
    for failing in &report.failing {
        told.execute(named_params! { ":id": failing.source.0, ":at": At(now) })?;
    }
    for back in &report.back {
        told.execute(named_params! { ":id": back.source.0, ":at": None::<At> })?;
    }
    let mut told = tx.prepare_cached(TOLD_REDESIGN)?;
    for redesigned in &report.redesigned {
        told.execute(named_params! { ":body": redesigned.body.0, ":at": At(now) })?;
    }
    let delivery = PlannedDelivery { subscriber, about: About::Trouble(id), due_at: now, changes: Vec::new() };
    outbox::insert(tx, &delivery, &[], now)
}

/// What a mail tells.
pub(super) fn report(conn: &Connection, id: i64) -> rusqlite::Result<Option<TroubleReport>> {
    conn.prepare_cached(ONE)?.query_row(named_params! { ":id": id }, |row| Ok(row.get::<_, Json<_>>("report")?.0)).optional()
}
