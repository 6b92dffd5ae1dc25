//! On which days something of an office is out of the ordinary: derived from its present version when that is recorded.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, civil::Date};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::Json;
use super::{fault::Fault, statements};
use crate::domain::{Aspect, BodyId, DateRange, Fact, State, Status, Value};

type Done<T> = Result<T, Fault>;

/// How far ahead days are kept.
const AHEAD_DAYS: i64 = 400;

statements! {
    PUT = "INSERT INTO day (day, province, body, state, aspects) VALUES (:day, :province, :body, :state, :aspects)";
    DROP = "DELETE FROM day WHERE state = :state";
    OVER = "SELECT day FROM day WHERE day < :today ORDER BY day LIMIT 1";
    FORGET = "DELETE FROM day WHERE day = :day";
    MOVE = "UPDATE day SET province = :province WHERE body = :body";
}

/// Keeps the days of a version from `today` on.
pub(super) fn put(tx: &Connection, version: i64, state: &State, body: &BodyId, province: Option<&str>, today: Date) -> Done<()> {
    for (day, aspects) in exceptions(state, today) {
        tx.prepare_cached(PUT)?.execute(named_params! {
            ":day": day.to_string(), ":province": province.unwrap_or_default(), ":body": body.0, ":state": version,
            ":aspects": Json(aspects),
        })?;
    }
    Ok(())
}

/// Forgets the days of a version that ended.
pub(super) fn drop(tx: &Connection, version: i64) -> Done<()> {
    tx.prepare_cached(DROP)?.execute(named_params! { ":state": version })?;
    Ok(())
}

/// Forgets the oldest day before `today`; says whether there was one.
pub(super) fn forget_some(tx: &Connection, today: Date) -> Done<bool> {
    let args = named_params! { ":today": today.to_string() };
    let over: Option<String> = tx.prepare_cached(OVER)?.query_row(args, |row| row.get(0)).optional()?;
    if let Some(day) = &over {
        tx.prepare_cached(FORGET)?.execute(named_params! { ":day": day })?;
    }
    Ok(over.is_some())
}

/// The body is in another province now.
pub(super) fn relocate(tx: &Connection, body: &BodyId, province: Option<&str>) -> Done<()> {
    tx.prepare_cached(MOVE)?.execute(named_params! { ":body": body.0, ":province": province.unwrap_or_default() })?;
    Ok(())
}

fn exceptions(state: &State, today: Date) -> BTreeMap<Date, BTreeSet<Aspect>> {
    let end = today.saturating_add(Span::new().days(AHEAD_DAYS));
    let mut days: BTreeMap<Date, BTreeSet<Aspect>> = BTreeMap::new();
    let facts = state.facts.values().flatten().filter(|fact| !fact.general || state.key.office.is_all());
    for fact in facts {
        for range in ranges(fact, today) {
            let (mut day, last) = (range.first().max(today), range.last().min(end));
            while day <= last {
                days.entry(day).or_default().insert(fact.value.aspect());
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
    }
    days
}

fn ranges(fact: &Fact, today: Date) -> Vec<DateRange> {
    let begins = || fact.from.filter(|_| !fact.resumes).map(DateRange::day);
    match &fact.value {
        Value::Closures(ranges) => ranges.clone(),
        Value::Openings(openings) => openings.iter().map(|opening| DateRange::day(opening.date)).collect(),
        Value::Status(Status::Closed | Status::Remote) => {
            let lasting = fact.until.and_then(|until| DateRange::new(fact.from.unwrap_or(today), until));
            lasting.into_iter().chain(begins()).collect()
        }
        Value::Status(Status::Open | Status::Reduced | Status::Appointment) | Value::Hours(_) | Value::Channels(_) | Value::Address(_) => {
            begins().into_iter().collect()
        }
    }
}
