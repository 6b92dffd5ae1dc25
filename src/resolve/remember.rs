//! What a document stated until now, and what it states at this visit: one memory, in which nothing is lost by silence.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::beside::{only_off, shut};
use super::names::folded_key;
use super::same::{same_said, within};
use super::statement::{Facet, Missing, Said, Statement, parts};
use super::timeline::next;
use super::{DocumentNotices, Sight, Visit, cues};
use crate::domain::evidence::behind;
use crate::domain::{DaySelector, DocumentKind, Doubt, Notice, OfficeKey, Slot, Status, day_of};

/// How many earlier versions of a statement are kept beneath it.
const DEPTH: usize = 3;

/// An article that goes within this time was withdrawn.
const YOUNG: SignedDuration = SignedDuration::from_hours(72);

/// How long a statement that is gone is remembered, so that its return is recognised.
const FORGET_AFTER: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The memory of a document after a visit. `previous` is its memory before; `None` when it was never read.
pub fn remember(previous: Option<&DocumentNotices>, visit: &Visit<'_>) -> DocumentNotices {
    let said = statements(visit, previous);
    let statements = match previous {
        Some(previous) => merge(previous, said, visit),
        None => said,
    };
    DocumentNotices {
        url: visit.url.to_string(),
        source: visit.source.clone(),
        kind: visit.kind,
        published: visit.reading.published,
        first_read: previous.map_or(visit.at, |previous| previous.first_read),
        read_at: visit.at,
        snapshot: visit.snapshot,
        statements,
        doubts: visit.reading.doubts.clone(),
    }
}

/// The memory of a document after a fetch that found it gone for good (its source no longer leads to it). Not for fetches that fail.
///
/// An article that goes while it is young takes back what it said. One that goes later was filed away: what it said still holds.
pub fn remember_gone(previous: &DocumentNotices, at: Timestamp) -> DocumentNotices {
    let mut memory = previous.clone();
    let already = memory.waits();
    if previous.kind == DocumentKind::News && !already && at.duration_since(previous.first_read) > YOUNG {
        return memory;
    }
    for statement in &mut memory.statements {
        statement.missing = Some(missed(statement, at, None));
    }
    memory
}

/// What the reading says, piece by piece, as if it were said for the first time.
fn statements(visit: &Visit<'_>, previous: Option<&DocumentNotices>) -> Vec<Statement> {
    let read_on = day_of(visit.at);
    // a date in the page's margin moves with each edit; it dates a statement only when it moved with it
    let dated = visit.reading.published.filter(|day| *day <= read_on && previous.and_then(|previous| previous.published) != Some(*day));
    let mut said: Vec<Statement> = Vec::new();
    for notice in &visit.reading.notices {
        let corrects = visit.kind == DocumentKind::News && cues::corrects(visit.title, notice);
        let adds = visit.kind == DocumentKind::News && cues::adds_hours(notice);
        let replaces = visit.kind == DocumentKind::News && cues::replaces_channels(visit.title, notice);
        let part = if visit.kind == DocumentKind::News { cues::part_taken_away(notice) } else { None };
        for (facet, piece, alone) in parts(notice) {
            let piece = match piece {
                Said::Hours(hours) if part.is_some() => Said::Hours(shut(&hours)),
                other => other,
            };
            let takes_away = visit.kind == DocumentKind::News && matches!(&piece, Said::Hours(hours) if only_off(hours));
            let dateless = matches!(facet, Facet::Closures | Facet::Openings);
            let statement = Statement {
                key: notice.key(),
                name: notice.name.clone(),
                facet,
                from: notice.valid_from.filter(|_| !dateless),
                until: notice.valid_until.filter(|_| !dateless),
                except: notice.except.clone(),
                alone,
                beside: takes_away || (adds && matches!(piece, Said::Hours(_))),
                part: part.clone().filter(|_| takes_away),
                implied: facet == Facet::Status && open_by_its_hours(notice),
                said: piece,
                replaces: corrects || (replaces && facet == Facet::Channels),
                evidence: behind(&notice.evidence, facet.stated()),
                snapshot: visit.snapshot,
                since: visit.at,
                asserted: dated.unwrap_or(read_on),
                first_sight: previous.is_none(),
                before: Vec::new(),
                missing: None,
            };
            add(&mut said, statement);
        }
    }
    if visit.kind == DocumentKind::News {
        drop_headlines(&mut said);
    }
    said
}

/// Whether a notice says "open" by stating hours alone, with no word on how one is received.
fn open_by_its_hours(notice: &Notice) -> bool {
    notice.status == Some(Status::Open) && !notice.hours.is_empty() && !cues::opens(notice)
}

/// "Servizio a distanza" above "fino al 14 marzo risponde solo per telefono" is one announcement: the period of the text is the headline's too.
fn drop_headlines(said: &mut Vec<Statement>) {
    let dated: Vec<Statement> = said.iter().filter(|statement| statement.from.is_some() || statement.until.is_some()).cloned().collect();
    said.retain(|statement| {
        let repeats = |other: &Statement| {
            other.facet == statement.facet
                && folded_key(&other.key) == folded_key(&statement.key)
                && (same_said(&other.said, &statement.said) || is_headline_of(&statement.said, &other.said))
        };
        statement.from.is_some() || statement.until.is_some() || !dated.iter().any(repeats)
    });
}

/// "Aperto il giovedì pomeriggio" above "dal 30 marzo, il giovedì dalle 15 alle 17.30": parts of days of which the text gives the times.
fn is_headline_of(headline: &Said, text: &Said) -> bool {
    let (Said::Hours(headline), Said::Hours(text)) = (headline, text) else { return false };
    let mut parts = headline.iter().flat_map(|entry| entry.week.iter());
    let timed = |day: &DaySelector| {
        text.iter().flat_map(|entry| entry.week.iter()).any(|(_, other, slot)| other == day && matches!(slot, Slot::Times(_)))
    };
    parts.all(|(_, day, slot)| matches!(slot, Slot::Part(_)) && timed(day))
}

/// Two notices of one document for one office and period add up.
fn add(said: &mut Vec<Statement>, statement: Statement) {
    let key = folded_key(&statement.key);
    let twin = said.iter_mut().find(|other| {
        other.facet == statement.facet && other.from == statement.from && other.until == statement.until && folded_key(&other.key) == key
    });
    if let (Said::Hours(more), Some(Statement { said: Said::Hours(hours), evidence, .. })) = (&statement.said, twin) {
        for entry in more {
            match hours.iter_mut().find(|other| other.access == entry.access) {
                Some(other) => other.week.extend(&entry.week),
                None => hours.push(entry.clone()),
            }
        }
        hours.sort_by_key(|entry| entry.access);
        let new: Vec<String> = statement.evidence.iter().filter(|sentence| !evidence.contains(sentence)).cloned().collect();
        evidence.extend(new);
        return;
    }
    let repeated = said.iter().any(|other| {
        other.facet == statement.facet
            && other.from == statement.from
            && other.until == statement.until
            && folded_key(&other.key) == key
            && same_said(&other.said, &statement.said)
    });
    if !repeated {
        said.push(statement);
    }
}

type Group = (OfficeKey, Facet);

/// Old and new statements, counter by counter and facet by facet.
fn merge(previous: &DocumentNotices, said: Vec<Statement>, visit: &Visit<'_>) -> Vec<Statement> {
    let today = day_of(visit.at);
    let mut groups: BTreeMap<Group, (Vec<Statement>, Vec<Statement>)> = BTreeMap::new();
    for statement in &previous.statements {
        let forgotten = statement.missing.as_ref().is_some_and(|missing| visit.at.duration_since(missing.since) > FORGET_AFTER);
        // an article goes on saying what has ended: it must not be born again at the next visit, younger than what was said since
        let is_restated = || said.iter().any(|other| says_again(other, statement));
        if !forgotten && (!is_over(statement, today) || is_restated()) {
            groups.entry((folded_key(&statement.key), statement.facet)).or_default().0.push(statement.clone());
        }
    }
    for mut statement in said {
        let is_known = previous.statements.iter().any(|other| says_again(&statement, other));
        if statement.is_past(today) && !is_known {
            // what a document that is known says of days gone by is as old as the document: nothing follows from it
            statement.since = previous.first_read;
            statement.asserted = statement.asserted.min(day_of(previous.first_read));
        }
        groups.entry((folded_key(&statement.key), statement.facet)).or_default().1.push(statement);
    }
    let doubts = Doubts { now: &visit.reading.doubts, before: &previous.doubts };
    let merged = groups.into_values().flat_map(|(old, new)| match visit.sight {
        Sight::Reread => reread(old, new),
        Sight::News | Sight::Baseline => merge_group(old, new, &doubts, visit.at, today),
    });
    merged.collect()
}

/// Whether one statement says of one counter what another does, until the same day.
fn says_again(one: &Statement, other: &Statement) -> bool {
    one.facet == other.facet
        && one.until == other.until
        && folded_key(&one.key) == folded_key(&other.key)
        && same_said(&one.said, &other.said)
}

/// Whether a statement, and whatever it once replaced, has ended: till then it keeps another document's older words down.
fn is_over(statement: &Statement, today: Date) -> bool {
    statement.is_past(today) && statement.before.iter().all(|before| is_over(before, today))
}

/// New rules read known bytes: what they find was there all along.
fn reread(old: Vec<Statement>, new: Vec<Statement>) -> Vec<Statement> {
    let (pending, read): (Vec<_>, Vec<_>) = old.into_iter().partition(|statement| statement.missing.is_some());
    let like = |statement: &Statement| read.iter().find(|other| same_said(&other.said, &statement.said)).or(read.first()).cloned();
    let mut merged: Vec<Statement> = new
        .into_iter()
        .map(|statement| match like(&statement) {
            Some(other) => Statement {
                snapshot: other.snapshot,
                since: other.since,
                asserted: other.asserted,
                first_sight: other.first_sight,
                before: other.before,
                ..statement
            },
            None => Statement { first_sight: true, ..statement },
        })
        .collect();
    let again: Vec<Statement> = pending.into_iter().filter(|p| !merged.iter().any(|s| same_said(&s.said, &p.said))).collect();
    merged.extend(again);
    merged
}

/// One facet of one counter: what stays, what is revised, what is new, what is missing.
fn merge_group(old: Vec<Statement>, new: Vec<Statement>, doubts: &Doubts<'_>, at: Timestamp, today: Date) -> Vec<Statement> {
    let mut merged = Vec::new();
    let (mut old, mut new) = (old, new);

    // a week that shrank where a cell could not be read is the week of before
    old.retain(|statement| {
        let Some(words) = doubts.about(statement) else { return true };
        let Some(at_new) = new.iter().position(|other| within(&other.said, &statement.said)) else { return true };
        new.remove(at_new);
        merged.push(Statement { missing: Some(missed(statement, at, Some(words))), ..statement.clone() });
        false
    });

    // what is said again stays as old as it is
    let mut rest = Vec::new();
    for statement in new {
        let same = |other: &Statement| same_said(&other.said, &statement.said) && same_period(other, &statement, today);
        match old.iter().position(same) {
            Some(index) => {
                let kept = old.remove(index);
                // a place that reads better now than it did: the words of today, the age of yesterday
                merged.push(Statement {
                    except: statement.except,
                    name: statement.name,
                    implied: statement.implied,
                    missing: None,
                    ..kept
                });
            }
            None => rest.push(statement),
        }
    }
    match rest.first().or(old.first()).map(|statement| statement.facet) {
        Some(Facet::Channels | Facet::Closures | Facet::Openings) => merge_items(&mut merged, old, rest, doubts, at),
        Some(Facet::Counter | Facet::Phone | Facet::Video | Facet::Status | Facet::Address) => {
            merge_levels(&mut merged, old, rest, doubts, at, today);
        }
        None => {}
    }
    merged
}

/// Whether two statements hold for the same days, as far as days to come are concerned.
fn same_period(one: &Statement, other: &Statement, today: Date) -> bool {
    let begun = |from: Option<Date>| from.filter(|from| *from > today);
    begun(one.from) == begun(other.from) && one.until == other.until
}

/// Hours, status, address: one value at a time.
fn merge_levels(
    merged: &mut Vec<Statement>,
    mut old: Vec<Statement>,
    new: Vec<Statement>,
    doubts: &Doubts<'_>,
    at: Timestamp,
    today: Date,
) {
    for statement in new {
        // "fino al 3 aprile" over the regular hours leaves them beneath
        let lies_over =
            |other: &Statement| other.until.is_none() && (statement.until.is_some() || statement.from.is_some_and(|f| f > today));
        let same_value = old.iter().position(|other| same_said(&other.said, &statement.said) && !lies_over(other));
        let same_place = old.iter().position(|other| same_period(other, &statement, today));
        let before = match (same_value, same_place) {
            (Some(index), _) => old.remove(index).before, // another period for what was said
            (None, Some(index)) => earlier(old.remove(index)),
            (None, None) => match old.iter().position(|other| !lies_over(other)) {
                Some(index) => earlier(old.remove(index)),
                None => Vec::new(),
            },
        };
        merged.push(Statement { before, ..statement });
    }
    // what the document says now: what is only kept beneath it neither keeps nor replaces anything
    let n_said = merged.len();
    for statement in old {
        let mut said = merged.iter().take(n_said);
        let open = statement.until.is_none();
        let begins_before = |day: Option<Date>| statement.from.is_none() || statement.from < day;
        let covered = |other: &Statement| {
            let ahead = other.from.is_some_and(|from| from > today) && begins_before(other.from);
            other.missing.is_none() && (ahead || other.until.is_some_and(|until| begins_before(next(until))))
        };
        let replaced = |other: &Statement| other.missing.is_none() && other.until.is_none() && other.from.is_none_or(|from| from <= today);
        if open && said.clone().any(replaced) {
            continue;
        }
        if open && said.any(covered) {
            merged.push(Statement { missing: None, ..statement });
            continue;
        }
        let missing = Some(missed(&statement, at, doubts.about(&statement)));
        merged.push(Statement { missing, ..statement });
    }
}

/// Channels, closures, openings: items that come and go; one that goes as another comes is replaced.
fn merge_items(merged: &mut Vec<Statement>, old: Vec<Statement>, new: Vec<Statement>, doubts: &Doubts<'_>, at: Timestamp) {
    let kin = |one: &Statement, other: &Statement| match (&one.said, &other.said) {
        (Said::Channel(one), Said::Channel(other)) => one.kind == other.kind,
        _ => true,
    };
    let mut new = new;
    for statement in old {
        let unread = doubts.about(&statement);
        match new.iter_mut().find(|other| kin(other, &statement)) {
            Some(other) if unread.is_none() => other.before.extend(earlier(statement)),
            Some(_) | None => {
                let missing = Some(missed(&statement, at, unread));
                merged.push(Statement { missing, ..statement });
            }
        }
    }
    merged.extend(new);
}

/// A statement as what stood there before, its own past cut to a few versions.
fn earlier(statement: Statement) -> Vec<Statement> {
    fn cut(statement: Statement, depth: usize) -> Statement {
        let before = if depth == 0 { Vec::new() } else { statement.before.into_iter().map(|before| cut(before, depth - 1)).collect() };
        Statement { before, missing: None, ..statement }
    }
    vec![cut(statement, DEPTH)]
}

/// One more fetch without it.
fn missed(statement: &Statement, at: Timestamp, unread: Option<String>) -> Missing {
    match &statement.missing {
        Some(missing) if missing.unread.is_some() == unread.is_some() => {
            Missing { checked: at, fetches: missing.fetches.saturating_add(1), unread, ..missing.clone() }
        }
        Some(_) | None => Missing { since: at, checked: at, fetches: 1, unread, held_as: None, settled: false },
    }
}

/// What could not be read now, and what could not be read the time before.
struct Doubts<'a> {
    now: &'a [Doubt],
    before: &'a [Doubt],
}

impl Doubts<'_> {
    /// The words in which a statement may be hidden: new since it was last read, and about its office or about nobody in particular.
    fn about(&self, statement: &Statement) -> Option<String> {
        let already = statement.missing.as_ref().and_then(|missing| missing.unread.as_deref());
        let relevant = |doubt: &&Doubt| doubt.office.as_ref().is_none_or(|office| *office == statement.key.office);
        let fresh = |doubt: &&Doubt| {
            Some(doubt.words.as_str()) == already
                || (statement.missing.is_none()
                    && !self.before.iter().any(|before| before.words == doubt.words && before.office == doubt.office))
        };
        self.now.iter().filter(relevant).find(fresh).map(|doubt| doubt.words.clone())
    }
}
