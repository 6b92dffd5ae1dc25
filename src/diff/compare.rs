//! Known states against new ones: what is told, what is kept as known.

use std::collections::{BTreeMap, BTreeSet};

use super::hold::{Flaps, Weighed};
use super::levels::Level;
use super::lists::{List, closures, openings};
use super::tell::{Told, tell};
use super::{Comparison, Known, Moment};
use crate::domain::{Access, Aspect, Change, Corroboration, Fact, Held, OfficeKey, State, Status, Value};
use crate::resolve::{Folded, Sight, Undone, differ_in_access_alone, folded_key, same};

/// What changed between the known states and the folded ones, on days from today on.
///
/// The states it returns are what subscribers know once the changes are told; comparing them with the same documents again, on this or
/// any later day, yields nothing.
pub fn compare(known: &Known<'_>, folded: &Folded, moment: &Moment<'_>) -> Comparison {
    let before = by_key(known.states);
    let after = by_key(&folded.states);
    let keys: BTreeSet<&OfficeKey> = before.keys().chain(after.keys()).collect();
    let mut flaps = Flaps::new(known, moment);
    let mut comparison = Comparison { held: folded.held.clone(), ..Comparison::default() };
    for key in keys {
        let pair = Pair {
            key,
            known: before.get(key).copied(),
            now: after.get(key).copied(),
            all: All::of(key, &before, &after),
            undone: &folded.undone,
        };
        let mut told = match moment.sight {
            Sight::News => pair.differences(moment),
            Sight::Baseline | Sight::Reread => Vec::new(),
        };
        spare(&mut told);
        told.retain(|told| !told.is_old_news() && !pair.is_told_by_status(told, moment));
        let mut held_aspects = Vec::new();
        for told in told {
            let aspect = told.aspect;
            match pair.change(told, known, moment).map(|change| flaps.weigh(change)) {
                Some(Weighed::Tell(change)) => comparison.changes.push(change),
                Some(Weighed::Hold(held)) => {
                    held_aspects.push(aspect);
                    comparison.held.push(held);
                }
                None => {}
            }
        }
        if moment.sight != Sight::News {
            let waiting: Vec<Held> = flaps.still_waiting(key, pair.now);
            held_aspects.extend(waiting.iter().map(|held| held.aspect));
            comparison.held.extend(waiting);
        }
        comparison.states.extend(pair.kept(&held_aspects));
        if moment.sight != Sight::Reread {
            comparison.corroborated.extend(pair.corroborated(known, moment));
        }
    }
    let told: BTreeSet<_> = comparison.changes.iter().map(|change| (folded_key(&change.key), change.aspect)).collect();
    comparison.corroborated.retain(|corroboration| {
        let of = |change: &&Change| change.id == Some(corroboration.change);
        known.recent.iter().find(of).is_none_or(|change| !told.contains(&(folded_key(&change.key), change.aspect)))
    });
    comparison
}

type ByKey<'a> = BTreeMap<OfficeKey, &'a State>;

fn by_key(states: &[State]) -> ByKey<'_> {
    states.iter().map(|state| (folded_key(&state.key), state)).collect()
}

/// What is told of one office in one visit does not say one thing twice.
fn spare(told: &mut Vec<Told>) {
    let of = |aspect: Aspect, told: &[Told]| {
        told.iter().find(|told| told.aspect == aspect).map(|told| (told.before.clone(), told.after.clone()))
    };
    let (Some(hours), Some(status)) = (of(Aspect::Hours, told), of(Aspect::Status, told)) else { return };
    match (&hours, &status) {
        // "solo su appuntamento", at the same hours
        ((Some(Value::Hours(old)), Some(Value::Hours(new))), _) if differ_in_access_alone(old, new) => {
            told.retain(|told| told.aspect != Aspect::Hours);
        }
        // an office with hours is open, one without is not said to be
        ((None, Some(_)), (None, Some(Value::Status(Status::Open)))) | ((Some(_), None), (Some(Value::Status(Status::Open)), None)) => {
            told.retain(|told| told.aspect != Aspect::Status);
        }
        _ => {}
    }
}

/// The state of all offices of the body, which explains what reaches each of them.
#[derive(Clone, Copy)]
pub(super) struct All<'a> {
    pub known: Option<&'a State>,
    pub now: Option<&'a State>,
}

impl<'a> All<'a> {
    fn of(key: &OfficeKey, before: &ByKey<'a>, after: &ByKey<'a>) -> Self {
        if key.office.is_all() {
            return Self { known: None, now: None };
        }
        let all = OfficeKey { office: crate::domain::OfficeId::all(), site: None, other: None };
        Self { known: before.get(&all).copied(), now: after.get(&all).copied() }
    }
}

struct Pair<'a> {
    key: &'a OfficeKey,
    known: Option<&'a State>,
    now: Option<&'a State>,
    all: All<'a>,
    undone: &'a [Undone],
}

/// The facts of one aspect.
pub(super) fn facts(state: Option<&State>, aspect: Aspect) -> &[Fact] {
    state.and_then(|state| state.facts.get(&aspect)).map(Vec::as_slice).unwrap_or_default()
}

impl Pair<'_> {
    fn differences(&self, moment: &Moment<'_>) -> Vec<Told> {
        Aspect::ALL.into_iter().filter_map(|aspect| self.difference(aspect, moment)).collect()
    }

    fn difference(&self, aspect: Aspect, moment: &Moment<'_>) -> Option<Told> {
        let (known, now) = (facts(self.known, aspect), facts(self.now, aspect));
        let today = moment.today();
        match aspect {
            Aspect::Hours | Aspect::Status | Aspect::Channels | Aspect::Address => {
                let all = (facts(self.all.known, aspect), facts(self.all.now, aspect));
                Level { aspect, known, now, all, is_new: self.known.is_none(), today }.difference()
            }
            Aspect::Closures => List::new(known, now, today, closures, self.undone()).difference(aspect),
            Aspect::Openings => List::new(known, now, today, openings, self.undone()).difference(aspect),
        }
    }

    /// What of this office a later document put right or called off.
    fn undone(&self) -> Vec<&Undone> {
        self.undone.iter().filter(|undone| undone.key == *self.key).collect()
    }

    /// Equal hours that from now on need a booking, or no longer do, of an office whose status says just that.
    fn is_told_by_status(&self, told: &Told, moment: &Moment<'_>) -> bool {
        let (Some(Value::Hours(old)), Some(Value::Hours(new))) = (&told.before, &told.after) else { return false };
        if !differ_in_access_alone(old, new) {
            return false;
        }
        let day = told.from.unwrap_or(moment.today()).max(moment.today());
        let holds = |fact: &&Fact| fact.from.is_none_or(|from| from <= day) && fact.until.is_none_or(|until| day <= until);
        // a page may show it days before it begins
        let ahead = |fact: &&Fact| fact.from.is_some_and(|from| from > day);
        let all = |access: Access| new.iter().all(|entry| entry.access == access);
        facts(self.now, Aspect::Status).iter().filter(|fact| holds(fact) || ahead(fact)).any(|fact| match fact.value {
            Value::Status(Status::Appointment) => all(Access::Appointment),
            Value::Status(Status::Open | Status::Reduced) => all(Access::WalkIn),
            Value::Status(Status::Remote | Status::Closed) => false,
            Value::Hours(_) | Value::Channels(_) | Value::Address(_) | Value::Closures(_) | Value::Openings(_) => false,
        })
    }

    fn change(&self, told: Told, known: &Known<'_>, moment: &Moment<'_>) -> Option<Change> {
        let state = self.now.or(self.known)?;
        let hours = facts(self.known, Aspect::Hours);
        Some(tell(state, told, hours, known.recent, moment))
    }

    /// What subscribers know from now on: the new state, with the known facts where a difference is held back.
    fn kept(&self, held: &[Aspect]) -> Option<State> {
        let mut state = self.now.or(self.known)?.clone();
        if self.now.is_none() {
            state.facts.clear();
        }
        for aspect in held {
            match self.known.and_then(|known| known.facts.get(aspect)) {
                Some(facts) => state.facts.insert(*aspect, facts.clone()),
                None => state.facts.remove(aspect),
            };
        }
        (!state.facts.is_empty()).then_some(state)
    }

    /// The visited document says what a change of before told already.
    fn corroborated(&self, known: &Known<'_>, moment: &Moment<'_>) -> Vec<Corroboration> {
        let Some(now) = self.now else { return Vec::new() };
        let key = folded_key(&now.key);
        let mut found: Vec<Corroboration> = Vec::new();
        for fact in now.facts.values().flatten().filter(|fact| fact.until.is_none_or(|until| until >= moment.today())) {
            let Some(cause) = fact.causes.iter().find(|cause| cause.url == moment.url) else { continue };
            let told_it = |change: &&Change| {
                folded_key(&change.key) == key
                    && change.aspect == fact.value.aspect()
                    && change.after.as_ref().is_some_and(|after| same(after, &fact.value))
            };
            let latest = known.recent.iter().filter(told_it).max_by_key(|change| (change.detected_at, change.id));
            let Some(change) = latest else { continue };
            let is_new = change.causes.iter().all(|other| other.url != cause.url);
            let (Some(id), true) = (change.id, is_new) else { continue };
            if found.iter().all(|other| other.change != id) {
                found.push(Corroboration { change: id, cause: cause.clone() });
            }
        }
        found
    }
}
