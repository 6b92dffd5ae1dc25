//! Back and forth within a day: the way there was told at once; the way back is told once, when it stays.

use jiff::SignedDuration;

use super::compare::facts;
use super::{Known, Moment};
use crate::domain::{Change, Held, HeldReason, OfficeKey, Rule, State, Value};
use crate::resolve::{folded_key, same};

/// A return within this time is doubted.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// What becomes of a difference.
#[allow(clippy::large_enum_variant)] // one at a time, and soon taken apart
pub(super) enum Weighed {
    /// It is told.
    Tell(Change),
    /// It waits.
    Hold(Held),
}

pub(super) struct Flaps<'a> {
    waiting: Vec<&'a Held>,
    recent: &'a [Change],
    moment: &'a Moment<'a>,
}

fn same_or_none(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => same(one, other),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

impl<'a> Flaps<'a> {
    pub fn new(known: &Known<'a>, moment: &'a Moment<'a>) -> Self {
        let waiting = known.held.iter().filter(|held| held.reason == HeldReason::Flapping).collect();
        Self { waiting, recent: known.recent, moment }
    }

    /// The change, or what is held back in its place.
    pub fn weigh(&mut self, change: Change) -> Weighed {
        let key = folded_key(&change.key);
        let of = |held: &&&Held| folded_key(&held.key) == key && held.aspect == change.aspect;
        let waiting = self.waiting.iter().find(of);
        let states_it = change.causes.iter().any(|cause| cause.url == self.moment.url);
        if let Some(held) = waiting.filter(|held| held.url != self.moment.url && !states_it) {
            return Weighed::Hold((**held).clone()); // another page was looked at
        }
        if let Some(held) = waiting.filter(|held| same_or_none(held.after.as_ref(), change.after.as_ref()) || change.after.is_none()) {
            let fetches = held.fetches.saturating_add(1);
            let stayed = self.moment.now.duration_since(held.since) >= self.moment.confirm_after;
            if stayed && fetches >= 2 {
                return Weighed::Tell(Change { rule: Rule::Returned, ..change });
            }
            return Weighed::Hold(Held { fetches, ..(**held).clone() });
        }
        // what vanished has waited already
        if change.after.is_none() || !self.returns(&change) {
            return Weighed::Tell(change);
        }
        Weighed::Hold(Held {
            key: change.key,
            name: change.name,
            aspect: change.aspect,
            reason: HeldReason::Flapping,
            url: self.moment.url.to_string(),
            before: change.before,
            after: change.after,
            since: self.moment.now,
            fetches: 1,
        })
    }

    /// Whether the last change told of this aspect, less than a day ago, is undone by this one, and not by the word of another document: a
    /// closure that a second notice calls off the next morning does not go back and forth.
    fn returns(&self, change: &Change) -> bool {
        let key = folded_key(&change.key);
        let last = self
            .recent
            .iter()
            .filter(|told| folded_key(&told.key) == key && told.aspect == change.aspect)
            .max_by_key(|told| (told.detected_at, told.id));
        last.is_some_and(|told| {
            self.moment.now.duration_since(told.detected_at) < A_DAY
                && same_or_none(told.before.as_ref(), change.after.as_ref())
                && same_or_none(told.after.as_ref(), change.before.as_ref())
                && !self.is_another_word(change, told)
        })
    }

    /// Whether the document at hand states the change and had no part in the one told.
    fn is_another_word(&self, change: &Change, told: &Change) -> bool {
        let has_part = |change: &Change| change.causes.iter().any(|cause| cause.url == self.moment.url);
        has_part(change) && !has_part(told)
    }

    /// What goes on waiting through a silent visit.
    pub fn still_waiting(&self, key: &OfficeKey, now: Option<&State>) -> Vec<Held> {
        let of = |held: &&&Held| folded_key(&held.key) == *key;
        let still = |held: &&&Held| {
            let facts = facts(now, held.aspect);
            facts.iter().any(|fact| held.after.as_ref().is_some_and(|after| same(after, &fact.value)))
        };
        self.waiting.iter().filter(of).filter(still).map(|held| (*held).clone()).collect()
    }
}
