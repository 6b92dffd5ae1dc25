//! What pages no longer say: how long it still counts, and why.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::names::folded_key;
use super::statement::{Facet, Said, Statement};
use super::{DocumentNotices, Redesign, Settings};
use crate::domain::{Held, HeldReason, OfficeKey, Value};

/// A section that is gone waits this many times `confirm_after`: over a day, by default.
const SECTION: i32 = 5;
/// A redesign waits this many times `confirm_after`: a week, by default.
const REDESIGN: i32 = 28;
/// Fewer offices than this make no section and no redesign: a small page may well be emptied on purpose.
const FEW: usize = 3;

/// What of a body's statements is gone, and what waits.
pub(super) struct Absences {
    /// When most of the body's facts went.
    most_went: Option<Timestamp>,
    /// Documents that lost a section, and when.
    sections: BTreeMap<String, Timestamp>,
    confirm_after: SignedDuration,
    /// Told to the operator.
    pub redesign: Option<Redesign>,
}

impl Absences {
    /// Looks at all documents of a body together. The day does not matter: only a visit can settle what is gone.
    pub fn of(documents: &[DocumentNotices], settings: &Settings) -> Self {
        let redesign = redesign(documents, settings);
        let sections = documents.iter().filter_map(|document| Some((document.url.clone(), lost_a_section(document, settings)?)));
        Self {
            most_went: redesign.map(|redesign| redesign.since),
            sections: sections.collect(),
            confirm_after: settings.confirm_after,
            redesign,
        }
    }

    /// Why a missing statement waits; `None` when it is there, or gone for good.
    pub fn waiting(&self, document: &DocumentNotices, statement: &Statement) -> Option<HeldReason> {
        let missing = statement.missing.as_ref()?;
        if missing.unread.is_some() {
            return Some(HeldReason::Unread);
        }
        // what was settled when the rest went is not doubted anew: it was told
        let went_with = |at: Option<Timestamp>| at.is_some_and(|at| at.duration_since(missing.since) < self.confirm_after);
        let reason = match (went_with(self.most_went), went_with(self.sections.get(&document.url).copied())) {
            (true, _) => HeldReason::Redesign,
            (false, true) => HeldReason::Section,
            (false, false) => HeldReason::Vanished,
        };
        let wait = match reason {
            HeldReason::Redesign => self.confirm_after.saturating_mul(REDESIGN),
            HeldReason::Section => self.confirm_after.saturating_mul(SECTION),
            HeldReason::Vanished | HeldReason::Flapping | HeldReason::Unread => self.confirm_after,
        };
        let confirmed = missing.fetches >= 2 && missing.checked.duration_since(missing.since) >= wait;
        (!confirmed).then_some(reason)
    }

    /// Whether a statement still counts.
    pub fn counts(&self, document: &DocumentNotices, statement: &Statement) -> bool {
        statement.missing.is_none() || self.waiting(document, statement).is_some()
    }

    /// What waits, one entry per document, counter and aspect.
    pub fn held(&self, documents: &[DocumentNotices], today: Date) -> Vec<Held> {
        let mut held: BTreeMap<(OfficeKey, &str, crate::domain::Aspect), Held> = BTreeMap::new();
        for document in documents {
            for statement in document.statements.iter().filter(|statement| !statement.is_past(today)) {
                let (Some(reason), Some(missing)) = (self.waiting(document, statement), &statement.missing) else { continue };
                let aspect = statement.facet.aspect();
                let entry = held.entry((folded_key(&statement.key), &document.url, aspect)).or_insert_with(|| Held {
                    key: statement.key.clone(),
                    name: statement.name.clone(),
                    aspect,
                    reason,
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
    statement.missing.as_ref().is_some_and(|missing| missing.unread.is_none() && missing.checked.duration_since(missing.since) < settled)
}

/// Four fifths of what the body's pages said, of several offices, are said nowhere any more.
fn redesign(documents: &[DocumentNotices], settings: &Settings) -> Option<Redesign> {
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

/// Half of a document's offices, and several, went in one fetch: in which.
fn lost_a_section(document: &DocumentNotices, settings: &Settings) -> Option<Timestamp> {
    let mut there: BTreeSet<OfficeKey> = BTreeSet::new();
    let mut gone: BTreeMap<OfficeKey, Timestamp> = BTreeMap::new();
    for statement in &document.statements {
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
    (n_gone >= FEW && n_gone * 2 >= there.len() + gone.len()).then_some(at)
}
