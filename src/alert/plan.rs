//! Who hears of what, and when: changes and subscriptions in, planned deliveries out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::domain::{About, Body, Change, Frequency, OfficeId, PlannedDelivery, Region, SubscriberId, Subscription, Value, day_of, rome};

use super::clean::fold;

/// The hour (Europe/Rome) at which reminders go out, the evening before.
const REMINDER_HOUR: u8 = 18;

/// What goes out because of these changes.
///
/// A change reaches a subscriber once, by the subscription that speaks soonest. Changes of one body share a delivery: here, and in the
/// store, with those of the same body that still wait there; `gather` is how long a delivery at once waits for company.
/// Reminders are planned beside the news, for the evening before something begins or ends; one that would go out on the same day as
/// the news, or whose evening is over, is left out.
///
/// `bodies` must hold the bodies of the changes: without its body a change matches no filter on provinces. The result is sorted by
/// subscriber and matter.
pub fn plan(
    changes: &[Change],
    subscriptions: &[Subscription],
    bodies: &[Body],
    now: Timestamp,
    gather: SignedDuration,
) -> Vec<PlannedDelivery> {
    let mut planned: BTreeMap<(SubscriberId, About), (Timestamp, Vec<usize>)> = BTreeMap::new();
    for (index, change) in changes.iter().enumerate() {
        let body = bodies.iter().find(|body| body.id == change.body);
        let matter = Matter { change, body, evidence: folded_evidence(change) };
        let mut soonest: BTreeMap<SubscriberId, (Timestamp, About)> = BTreeMap::new();
        let mut reminded: BTreeSet<SubscriberId> = BTreeSet::new();
        for subscription in subscriptions.iter().filter(|subscription| matter.is_wanted_by(subscription)) {
            let next = next_delivery(subscription.frequency, change, now, gather);
            soonest.entry(subscription.subscriber).and_modify(|known| *known = known.clone().min(next.clone())).or_insert(next);
            if subscription.reminders {
                reminded.insert(subscription.subscriber);
            }
        }
        let evenings = if reminded.is_empty() { BTreeSet::new() } else { evenings_before(change) };
        for (subscriber, (due_at, about)) in soonest {
            for evening in evenings.iter().filter(|_| reminded.contains(&subscriber)) {
                let due = at_hour(*evening, REMINDER_HOUR);
                if due > now && *evening > day_of(due_at) {
                    planned.entry((subscriber, About::Reminder(*evening))).or_insert((due, Vec::new())).1.push(index);
                }
            }
            planned.entry((subscriber, about)).or_insert((due_at, Vec::new())).1.push(index);
        }
    }
    let delivery = |((subscriber, about), (due_at, changes))| PlannedDelivery { subscriber, about, due_at, changes };
    planned.into_iter().map(delivery).collect()
}

/// A change with what filters look at, made ready once for all subscriptions.
struct Matter<'a> {
    change: &'a Change,
    body: Option<&'a Body>,
    evidence: String,
}

impl Matter<'_> {
    fn is_wanted_by(&self, subscription: &Subscription) -> bool {
        let filter = &subscription.filter;
        let province = self.body.and_then(|body| body.province.as_deref());
        let in_province = |wanted: &String| province.is_some_and(|province| province.eq_ignore_ascii_case(wanted));
        let region = province.and_then(Region::of_province);
        let in_region = |wanted: &String| region.is_some_and(|region| region.id.eq_ignore_ascii_case(wanted));
        let somewhere = filter.regions.is_empty() && filter.provinces.is_empty();
        let office = &self.change.key.office;
        // what is said of all offices concerns each of them, save those it leaves out
        let concerns = |wanted: &OfficeId| wanted == office || (office.is_all() && !self.change.except.contains(wanted));
        open_or(&filter.offices, concerns)
            && (somewhere || filter.regions.iter().any(in_region) || filter.provinces.iter().any(in_province))
            && open_or(&filter.bodies, |wanted| *wanted == self.change.body)
            && open_or(&filter.aspects, |wanted| *wanted == self.change.aspect)
            && open_or(&filter.words, |wanted| self.says(wanted))
    }

    /// Whether the words occur in the evidence, as whole words, without regard to case and accents.
    fn says(&self, words: &str) -> bool {
        let words = fold(words);
        !words.trim().is_empty() && self.evidence.contains(&format!(" {} ", words.trim()))
    }
}

/// An empty list leaves its side open.
fn open_or<T>(wanted: &[T], matches: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(matches)
}

/// All evidence as folded words between single spaces.
fn folded_evidence(change: &Change) -> String {
    let sentences: Vec<String> = change.causes.iter().flat_map(|cause| &cause.evidence).map(|sentence| fold(sentence)).collect();
    format!(" {} ", sentences.join(" . "))
}

/// When and with what a subscription would tell a change.
fn next_delivery(frequency: Frequency, change: &Change, now: Timestamp, gather: SignedDuration) -> (Timestamp, About) {
    match frequency {
        Frequency::AtOnce => (now.checked_add(gather).unwrap_or(now), About::Alert(change.body.clone())),
        Frequency::Daily(hour) => next_at(now, hour, |_| true),
        Frequency::Weekly(hour) => next_at(now, hour, |day| day.weekday() == Weekday::Monday),
    }
}

/// The first digest at this hour, on a day that fits, after now.
fn next_at(now: Timestamp, hour: u8, fits: impl Fn(Date) -> bool) -> (Timestamp, About) {
    let hour = hour.min(23);
    let mut day = day_of(now);
    while !fits(day) || at_hour(day, hour) <= now {
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break, // the calendar ends in the year 9999
        }
    }
    (at_hour(day, hour), About::Digest { day, hour })
}

/// An hour of a day in Rome; an hour that a change of clocks leaves out moves on by as much.
fn at_hour(day: Date, hour: u8) -> Timestamp {
    let wall = day.at(i8::try_from(hour.min(23)).unwrap_or(0), 0, 0, 0);
    rome().to_ambiguous_timestamp(wall).compatible().unwrap_or(Timestamp::MAX)
}

/// The days on whose evening it is worth saying: tomorrow this begins, from tomorrow it is as before.
fn evenings_before(change: &Change) -> BTreeSet<Date> {
    let Some(after) = &change.after else { return BTreeSet::new() };
    let mut evenings: BTreeSet<Date> = first_days(after, change.before.as_ref()).iter().filter_map(|day| day.yesterday().ok()).collect();
    evenings.extend(change.effective_from.and_then(|day| day.yesterday().ok()));
    evenings.extend(change.effective_until);
    evenings
}

/// The first days of the closures and openings that are new.
pub(super) fn first_days(after: &Value, before: Option<&Value>) -> Vec<Date> {
    match (after, before) {
        (Value::Closures(after), Some(Value::Closures(before))) => {
            after.iter().filter(|range| !before.contains(range)).map(|range| range.first()).collect()
        }
        (Value::Closures(after), _) => after.iter().map(|range| range.first()).collect(),
        (Value::Openings(after), Some(Value::Openings(before))) => after.difference(before).map(|opening| opening.date).collect(),
        (Value::Openings(after), _) => after.iter().map(|opening| opening.date).collect(),
        _ => Vec::new(),
    }
}

/// The evening before a day, for reading a reminder back: whether the change begins on the morrow.
pub(super) fn begins_after(evening: Date, change: &Change) -> bool {
    let tomorrow = evening.checked_add(1.day()).unwrap_or(evening);
    let firsts = change.after.as_ref().map(|after| first_days(after, change.before.as_ref())).unwrap_or_default();
    change.effective_from == Some(tomorrow) || firsts.contains(&tomorrow)
}

#[cfg(test)]
mod tests;
