//! Channels, closures, openings: lists to which documents add, and from which an edit or a correction takes away.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::Date;

use super::cues::names_day;

use super::fold::Source;
use super::same::{meant_channel, same_said};
use super::statement::{Facet, Said, Statement};
use super::timeline::next;
use crate::domain::{Cause, DateRange, Fact, Status, Value};

/// How far the days of a correction may lie from those that it corrects.
const NEAR_DAYS: i64 = 14;

/// Documents first read within this time were there together, in whatever order they were read.
const ONE_SITTING: SignedDuration = SignedDuration::from_hours(1);

/// The channels of an office, period by period.
pub(super) fn channels(own: &[Source<'_>]) -> Vec<Fact> {
    let sources: Vec<&Source<'_>> = own.iter().filter(|source| source.statement.facet == Facet::Channels && !source.is_aged()).collect();
    let mut bounds: BTreeSet<Date> = BTreeSet::new();
    for source in &sources {
        bounds.extend(source.statement.from);
        bounds.extend(source.statement.until.and_then(next));
    }
    let starts = std::iter::once(None).chain(bounds.iter().copied().map(Some));
    let mut facts: Vec<Fact> = Vec::new();
    for start in starts {
        let end = match start {
            None => bounds.first().copied(),
            Some(start) => bounds.range((std::ops::Bound::Excluded(start), std::ops::Bound::Unbounded)).next().copied(),
        };
        // any day of the stretch will do, since nothing begins or ends inside it
        let day = start.or(end.and_then(|end| end.yesterday().ok()));
        let active: Vec<&&Source<'_>> = sources.iter().filter(|source| holds_on(source.statement, day)).collect();
        let kept: Vec<&&&Source<'_>> = active.iter().filter(|source| !active.iter().any(|other| takes_away(other, source))).collect();
        if kept.is_empty() {
            continue;
        }
        let mut value = BTreeSet::new();
        for source in &kept {
            if let Said::Channel(channel) = &source.statement.said
                && !value.iter().any(|other| meant_channel(other) == meant_channel(channel))
            {
                value.insert(channel.clone());
            }
        }
        let causes = latest_causes(kept.iter().map(|source| **source));
        let until = end.and_then(|end| end.yesterday().ok());
        facts.push(Fact {
            value: Value::Channels(value),
            from: start,
            until,
            resumes: false,
            aged: false,
            general: false,
            except: Vec::new(),
            causes,
        });
    }
    facts
}

/// One cause per document: the sentences that brought the latest item of its list. Those of older items may be gone from the page by now.
fn latest_causes<'a, 'b: 'a>(sources: impl Iterator<Item = &'a &'a Source<'b>> + Clone) -> Vec<Cause> {
    let mut causes = Vec::new();
    for source in sources.clone() {
        let later = |other: &&&Source<'_>| other.document.url == source.document.url && other.statement.since > source.statement.since;
        if !sources.clone().any(|other| later(&other)) {
            add_cause(&mut causes, source.cause());
        }
    }
    causes
}

/// One cause per document, with all its sentences.
pub(super) fn add_cause(causes: &mut Vec<Cause>, cause: Cause) {
    match causes.iter_mut().find(|other| other.url == cause.url) {
        Some(other) => {
            let new: Vec<String> = cause.evidence.into_iter().filter(|sentence| !other.evidence.contains(sentence)).collect();
            other.evidence.extend(new);
            other.snapshot = other.snapshot.max(cause.snapshot);
        }
        None => causes.push(cause),
    }
}

fn holds_on(statement: &Statement, day: Option<Date>) -> bool {
    let Some(day) = day else { return true };
    statement.from.is_none_or(|from| from <= day) && statement.until.is_none_or(|until| day <= until)
}

/// Whether a statement, or an edit that led to it, ends another document's earlier one.
fn takes_away(taker: &Source<'_>, taken: &Source<'_>) -> bool {
    if is_itself(taker, taken) {
        return false;
    }
    let edited = taken.statement.since < taker.statement.since && edited_away(taker.statement, taken.statement);
    let replaced = match (&taker.statement.said, &taken.statement.said) {
        (Said::Channel(new), Said::Channel(old)) => new.kind == old.kind && meant_channel(new) != meant_channel(old),
        _ => false, // days: see `corrected`
    };
    edited || (replaced && taker.statement.replaces && is_later(taker.statement, taken.statement))
}

/// One article may reach us by a list and by a feed: two documents, and the edit of one is the edit of both.
fn is_itself(one: &Source<'_>, other: &Source<'_>) -> bool {
    one.document.url == other.document.url && one.document.source == other.document.source
}

/// "0584 1234" became "0584 5678" on one page: the number of before is gone from the others too, unless they say it again later.
fn edited_away(taker: &Statement, taken: &Statement) -> bool {
    let here = |before: &Statement| same_said(&before.said, &taken.said) && taken.since < taker.since;
    taker.before.iter().any(|before| here(before) || edited_away(before, taken))
}

/// Whether a correction comes after what it may correct. Of two that were first read in one sitting the documents' own dates tell; on one
/// day a correction follows what needs it.
fn is_later(taker: &Statement, taken: &Statement) -> bool {
    let apart = taker.since.duration_since(taken.since);
    if apart.abs() >= ONE_SITTING {
        return apart.is_positive();
    }
    match taker.asserted.cmp(&taken.asserted) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => !taken.replaces || apart.is_positive(),
    }
}

/// "Si precisa che la chiusura è il 23 e non il 24": what it takes away. The days that it names; where it names none, what the latest
/// document said of days near by.
fn corrected<'a, 'b>(taker: &Source<'_>, said: &[&'a Source<'b>]) -> Vec<&'a Source<'b>> {
    if !taker.statement.replaces {
        return Vec::new();
    }
    let near_by = |taken: &&&Source<'_>| match (&taker.statement.said, &taken.statement.said) {
        (Said::Closure(new), Said::Closure(old)) => new != old && near(new.first(), old.first()),
        (Said::Opening(new), Said::Opening(old)) => new != old && near(new.date, old.date),
        _ => false,
    };
    let earlier = |taken: &&&Source<'_>| !is_itself(taker, taken) && is_later(taker.statement, taken.statement);
    let candidates: Vec<&Source<'_>> = said.iter().filter(near_by).filter(earlier).copied().collect();
    let is_named = |taken: &&&Source<'_>| {
        let day = first_day(&taken.statement.said);
        day.is_some_and(|day| taker.statement.evidence.iter().any(|sentence| names_day(sentence, day)))
    };
    let named: Vec<&Source<'_>> = candidates.iter().filter(is_named).copied().collect();
    if !named.is_empty() {
        return named;
    }
    let distance = |source: &Source<'_>| match (first_day(&taker.statement.said), first_day(&source.statement.said)) {
        (Some(one), Some(other)) => one.duration_since(other).abs(),
        _ => SignedDuration::MAX,
    };
    let age = |source: &&&Source<'_>| (source.statement.asserted, source.statement.since, Reverse(distance(source)));
    let latest = candidates.iter().max_by_key(age).copied();
    candidates.into_iter().filter(|source| latest.is_some_and(|latest| is_itself(latest, source))).collect()
}

fn first_day(said: &Said) -> Option<Date> {
    match said {
        Said::Closure(range) => Some(range.first()),
        Said::Opening(opening) => Some(opening.date),
        Said::Hours(_) | Said::Status(_) | Said::Address(_) | Said::Channel(_) => None,
    }
}

/// "Lunedì 9 l'ufficio sarà regolarmente aperto": a closure of that day, announced before, does not take place. Hours for a period in
/// which the day lies say nothing of it.
fn calls_off(other: &Source<'_>, closure: &Source<'_>) -> bool {
    let statement = other.statement;
    let (Said::Status(status), Said::Closure(range)) = (&statement.said, &closure.statement.said) else { return false };
    let open = matches!(status, Status::Open | Status::Reduced | Status::Appointment) && !statement.implied;
    let covers = statement.from.is_some_and(|from| from <= range.first()) && statement.until.is_some_and(|until| range.last() <= until);
    let later = is_later(statement, closure.statement) && statement.asserted >= closure.statement.asserted;
    open && covers && later && other.document.url != closure.document.url && statement.key == closure.statement.key
}

fn near(one: Date, other: Date) -> bool {
    let days = one.duration_since(other).as_hours() / 24;
    days.abs() <= NEAR_DAYS
}

/// Closures or openings: those said of the office itself, and as a second fact those of the whole body.
pub(super) fn days(facet: Facet, own: &[Source<'_>], general: &[Source<'_>]) -> Vec<Fact> {
    [(own, false), (general, true)].into_iter().filter_map(|(sources, general)| list(facet, sources, general)).collect()
}

/// What later documents put right or called off among the days said of an office, and which document did.
pub(super) fn undone(own: &[Source<'_>]) -> Vec<(Value, Cause)> {
    let undone = [Facet::Closures, Facet::Openings].into_iter().flat_map(|facet| {
        let said: Vec<&Source<'_>> = own.iter().filter(|source| source.statement.facet == facet).collect();
        let by = |source: &Source<'_>| undone_by(source, &said, own).map(|by| by.cause());
        said.iter().filter_map(|source| Some((listed(&source.statement.said)?, by(source)?))).collect::<Vec<_>>()
    });
    undone.collect()
}

/// One item as a list of its own.
fn listed(said: &Said) -> Option<Value> {
    match said {
        Said::Closure(range) => Some(Value::Closures(vec![*range])),
        Said::Opening(opening) => Some(Value::Openings([opening.clone()].into())),
        Said::Hours(_) | Said::Status(_) | Said::Address(_) | Said::Channel(_) => None,
    }
}

/// The statement that takes an item of a list away: by an edit, by a correction, by calling it off.
fn undone_by<'a, 'b>(source: &Source<'_>, said: &[&'a Source<'b>], sources: &'a [Source<'b>]) -> Option<&'a Source<'b>> {
    let corrects = |taker: &&&Source<'_>| corrected(taker, said).iter().any(|taken| std::ptr::eq(taken.statement, source.statement));
    let edits = said.iter().find(|taker| takes_away(taker, source)).copied();
    edits.or_else(|| said.iter().find(corrects).copied()).or_else(|| sources.iter().find(|other| calls_off(other, source)))
}

fn list(facet: Facet, sources: &[Source<'_>], general: bool) -> Option<Fact> {
    let said: Vec<&Source<'_>> = sources.iter().filter(|source| source.statement.facet == facet).collect();
    let kept: Vec<&&Source<'_>> = said.iter().filter(|source| undone_by(source, &said, sources).is_none()).collect();
    let mut ranges = Vec::new();
    let mut openings = BTreeSet::new();
    let mut except = Vec::new();
    for source in &kept {
        match &source.statement.said {
            Said::Closure(range) => ranges.push(*range),
            Said::Opening(opening) => {
                openings.insert(opening.clone());
            }
            Said::Hours(_) | Said::Status(_) | Said::Address(_) | Said::Channel(_) => {}
        }
        except.clone_from(&source.statement.except);
    }
    let causes = latest_causes(kept.iter().copied());
    let value = if facet == Facet::Closures { Value::Closures(DateRange::merged(ranges)) } else { Value::Openings(openings) };
    (!value.is_empty()).then_some(Fact { value, from: None, until: None, resumes: false, aged: false, general, except, causes })
}
