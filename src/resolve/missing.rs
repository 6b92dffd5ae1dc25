//! What pages no longer say: how long it still counts, and why.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::names::folded_key;
use super::statement::{Facet, Missing, Said, Statement};
use super::{DocumentNotices, Redesign, Settings};
use crate::domain::{Aspect, DocumentKind, Held, HeldReason, OfficeKey, Value};

/// A section that is gone waits this many times `confirm_after`: over a day, by default.
const SECTION: i32 = 5;
/// A redesign waits this many times `confirm_after`: a week, by default.
const REDESIGN: i32 = 28;
/// Fewer offices than this make no section and no redesign: a small page may well be emptied on purpose.
const FEW: usize = 3;

/// A document's memory after a visit, with what became of each statement that it no longer makes: why that waits, or that it is gone for
/// good. Only a visit to the document itself settles what it lost: others may be about to come back with it.
pub fn weigh<D: Borrow<DocumentNotices>>(memory: &DocumentNotices, others: &[D], settings: &Settings) -> DocumentNotices {
    let mut weighed = memory.clone();
    if memory.statements.iter().all(|statement| statement.missing.is_none()) {
        return weighed; // nearly every visit
    }
    let is_it = |other: &DocumentNotices| other.source == memory.source && other.url == memory.url;
    let all: Vec<&DocumentNotices> = others.iter().map(Borrow::borrow).filter(|other| !is_it(other)).chain([memory]).collect();
    let absences = Absences::of(&all, settings);
    for statement in &mut weighed.statements {
        let reason = absences.waiting(memory, statement);
        if let Some(missing) = &mut statement.missing {
            missing.settled = reason.is_none();
            missing.held_as = reason.or(missing.held_as);
        }
    }
    weighed
}

/// Whether a statement still counts: it is there, or not yet gone for good.
pub(super) fn counts(statement: &Statement, settings: &Settings) -> bool {
    statement.missing.as_ref().is_none_or(|missing| !is_settled(missing, settings))
}

/// Whether a visit settled that it is gone. Memories of before this was written down are settled by their times.
fn is_settled(missing: &Missing, settings: &Settings) -> bool {
    let by_times = || missing.fetches >= 2 && missing.checked.duration_since(missing.since) >= settings.confirm_after;
    missing.settled || (missing.unread.is_none() && missing.held_as.is_none() && by_times())
}

/// What waits, one entry per document, counter and aspect.
pub(super) fn held(documents: &[&DocumentNotices], today: Date, settings: &Settings) -> Vec<Held> {
    let mut held: BTreeMap<(OfficeKey, &str, Aspect), Held> = BTreeMap::new();
    for document in documents {
        for statement in document.statements.iter().filter(|statement| !statement.is_past(today)) {
            let Some(missing) = statement.missing.as_ref().filter(|missing| !is_settled(missing, settings)) else { continue };
            let aspect = statement.facet.aspect();
            let entry = held.entry((folded_key(&statement.key), &document.url, aspect)).or_insert_with(|| Held {
                key: statement.key.clone(),
                name: statement.name.clone(),
                aspect,
                reason: missing.held_as.unwrap_or(HeldReason::Vanished),
                url: document.url.clone(),
                before: None,
                after: None,
                since: missing.since,
                fetches: missing.fetches,
            });
            entry.before = Some(joined(entry.before.take(), &statement.said));
        }
    }
    held.into_values().collect()
}

/// What went at once of a body's statements.
struct Absences {
    /// When most of the body's facts went.
    most_went: Option<Timestamp>,
    /// Documents that lost several offices, and when.
    sections: BTreeMap<String, Timestamp>,
    /// Pages that lost one side of several offices (a column), and when.
    columns: BTreeMap<(String, Facet), Timestamp>,
    confirm_after: SignedDuration,
}

impl Absences {
    /// Looks at all documents of a body together.
    fn of(documents: &[&DocumentNotices], settings: &Settings) -> Self {
        let pages = || documents.iter().filter(|document| document.kind == DocumentKind::Page);
        let column = |document: &DocumentNotices, facet| {
            Some(((document.url.clone(), facet), lost_several(document, settings, |statement| statement.facet == facet)?))
        };
        Self {
            most_went: redesign(documents, settings).map(|redesign| redesign.since),
            sections: documents
                .iter()
                .filter_map(|document| Some((document.url.clone(), lost_several(document, settings, |_| true)?)))
                .collect(),
            columns: pages().flat_map(|page| Facet::ALL.into_iter().filter_map(move |facet| column(page, facet))).collect(),
            confirm_after: settings.confirm_after,
        }
    }

    /// Why a missing statement waits; `None` when it is there, or gone for good.
    fn waiting(&self, document: &DocumentNotices, statement: &Statement) -> Option<HeldReason> {
        let missing = statement.missing.as_ref().filter(|missing| !missing.settled)?;
        if missing.unread.is_some() {
            return Some(HeldReason::Unread);
        }
        // what was settled when the rest went is not doubted anew: it was told
        let went_with = |at: Option<&Timestamp>| at.is_some_and(|at| at.duration_since(missing.since) < self.confirm_after);
        let now = if went_with(self.most_went.as_ref()) {
            HeldReason::Redesign
        } else if went_with(self.sections.get(&document.url)) || went_with(self.columns.get(&(document.url.clone(), statement.facet))) {
            HeldReason::Section
        } else {
            HeldReason::Vanished
        };
        let (reason, wait) = self.longer(now, missing.held_as);
        let confirmed = missing.fetches >= 2 && missing.checked.duration_since(missing.since) >= wait;
        (!confirmed).then_some(reason)
    }

    /// The longer of two waits.
    fn longer(&self, now: HeldReason, before: Option<HeldReason>) -> (HeldReason, SignedDuration) {
        let (now, before) = (self.wait(now), before.map(|before| self.wait(before)));
        before.filter(|(_, wait)| *wait > now.1).unwrap_or(now)
    }

    fn wait(&self, reason: HeldReason) -> (HeldReason, SignedDuration) {
        let wait = match reason {
            HeldReason::Redesign => self.confirm_after.saturating_mul(REDESIGN),
            HeldReason::Section => self.confirm_after.saturating_mul(SECTION),
            HeldReason::Vanished | HeldReason::Flapping | HeldReason::Unread => self.confirm_after,
        };
        (reason, wait)
    }
}

/// One more piece in a value.
fn joined(value: Option<Value>, said: &Said) -> Value {
    match (value, said) {
        (Some(Value::Hours(mut hours)), Said::Hours(more)) => {
            hours.extend(more.iter().cloned());
            Value::Hours(hours)
        }
        (Some(Value::Channels(mut channels)), Said::Channel(channel)) => {
            channels.insert(channel.clone());
            Value::Channels(channels)
        }
        (Some(Value::Closures(ranges)), Said::Closure(range)) => {
            Value::Closures(crate::domain::DateRange::merged(ranges.into_iter().chain([*range])))
        }
        (Some(Value::Openings(mut openings)), Said::Opening(opening)) => {
            openings.insert(opening.clone());
            Value::Openings(openings)
        }
        (_, Said::Hours(hours)) => Value::Hours(hours.clone()),
        (_, Said::Status(status)) => Value::Status(*status),
        (_, Said::Address(address)) => Value::Address(address.clone()),
        (_, Said::Channel(channel)) => Value::Channels([channel.clone()].into()),
        (_, Said::Closure(range)) => Value::Closures(vec![*range]),
        (_, Said::Opening(opening)) => Value::Openings([opening.clone()].into()),
    }
}

/// Gone lately: not so long ago that it was settled under any rule.
fn is_recent(statement: &Statement, settings: &Settings) -> bool {
    let settled = settings.confirm_after.saturating_mul(REDESIGN);
    let gone = |missing: &Missing| missing.unread.is_none() && !missing.settled && missing.checked.duration_since(missing.since) < settled;
    statement.missing.as_ref().is_some_and(gone)
}

/// Four fifths of what the body's pages said, of several offices, are said nowhere any more.
pub(super) fn redesign(documents: &[&DocumentNotices], settings: &Settings) -> Option<Redesign> {
    if !documents.iter().flat_map(|document| &document.statements).any(|statement| is_recent(statement, settings)) {
        return None; // nearly every visit
    }
    let mut said: BTreeSet<(OfficeKey, Facet)> = BTreeSet::new();
    let mut lost: BTreeMap<(OfficeKey, Facet), Timestamp> = BTreeMap::new();
    for statement in documents.iter().flat_map(|document| &document.statements) {
        let place = (folded_key(&statement.key), statement.facet);
        match &statement.missing {
            None => {
                said.insert(place);
            }
            Some(missing) if missing.unread.is_some() => {
                said.insert(place);
            }
            Some(missing) if is_recent(statement, settings) => {
                let since = lost.entry(place).or_insert(missing.since);
                *since = missing.since.max(*since);
            }
            Some(_) => {}
        }
    }
    lost.retain(|place, _| !said.contains(place));
    let offices: BTreeSet<&OfficeKey> = lost.keys().map(|(key, _)| key).collect();
    let n_known = said.len() + lost.len();
    let most = lost.len() * 5 >= n_known * 4 && offices.len() > FEW;
    most.then(|| Redesign { n_lost: lost.len(), n_known, since: most_at_once(lost.values().copied()).unwrap_or_default() })
}

/// The fetch in which most of them went; of two alike, the earlier one.
fn most_at_once(times: impl Iterator<Item = Timestamp>) -> Option<Timestamp> {
    let mut at_once: BTreeMap<Timestamp, usize> = BTreeMap::new();
    for time in times {
        *at_once.entry(time).or_default() += 1;
    }
    at_once.into_iter().max_by_key(|(time, n_gone)| (*n_gone, std::cmp::Reverse(*time))).map(|(time, _)| time)
}

/// Several of a document's offices lost in one fetch all that it said of them in certain statements: in which.
fn lost_several(document: &DocumentNotices, settings: &Settings, of: impl Fn(&Statement) -> bool) -> Option<Timestamp> {
    let mut there: BTreeSet<OfficeKey> = BTreeSet::new();
    let mut gone: BTreeMap<OfficeKey, Timestamp> = BTreeMap::new();
    for statement in document.statements.iter().filter(|statement| of(statement)) {
        match &statement.missing {
            Some(missing) if is_recent(statement, settings) => {
                gone.insert(folded_key(&statement.key), missing.since);
            }
            Some(_) => {}
            None => {
                there.insert(folded_key(&statement.key));
            }
        }
    }
    gone.retain(|key, _| !there.contains(key));
    let at = most_at_once(gone.values().copied())?;
    let n_gone = gone.values().filter(|since| **since == at).count();
    (n_gone >= FEW).then_some(at)
}
