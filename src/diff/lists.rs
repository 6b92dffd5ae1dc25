//! Closures and openings: sets of days. What lies before today is no difference.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::tell::{How, Told};
use crate::domain::{Aspect, Cause, DateRange, Fact, Opening, Span, Value};
use crate::resolve::Undone;

/// One day shut, or one span of one day open.
type Item = (Date, Option<Span>);

/// The days of a fact from today on.
type Items = fn(&Value, Date) -> BTreeSet<Item>;

/// No list of closures is longer than this many days.
const MOST_DAYS: usize = 3 * 366;

/// Closed days, one by one.
pub(super) fn closures(value: &Value, today: Date) -> BTreeSet<Item> {
    let Value::Closures(ranges) = value else { return BTreeSet::new() };
    let days = |range: &DateRange| {
        let (first, last) = (range.first().max(today), range.last());
        std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(move |day| *day <= last).take(MOST_DAYS)
    };
    ranges.iter().flat_map(days).map(|day| (day, None)).collect()
}

/// Openings, span by span.
pub(super) fn openings(value: &Value, today: Date) -> BTreeSet<Item> {
    let Value::Openings(openings) = value else { return BTreeSet::new() };
    openings.iter().filter(|opening| opening.date >= today).map(|opening| (opening.date, Some(opening.span))).collect()
}

/// The documents that undid something, each once.
fn causes(undone: &[&Undone]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    for undone in undone {
        if causes.iter().all(|cause| cause.url != undone.cause.url) {
            causes.push(undone.cause.clone());
        }
    }
    causes
}

/// Two lists of one office.
pub(super) struct List<'a> {
    known: &'a [Fact],
    now: &'a [Fact],
    today: Date,
    items: Items,
    undone: Vec<&'a Undone>,
}

impl<'a> List<'a> {
    pub fn new(known: &'a [Fact], now: &'a [Fact], today: Date, items: Items, undone: Vec<&'a Undone>) -> Self {
        Self { known, now, today, items, undone }
    }

    fn all(&self, facts: &[Fact]) -> BTreeSet<Item> {
        facts.iter().flat_map(|fact| (self.items)(&fact.value, self.today)).collect()
    }

    fn general(&self, facts: &[Fact]) -> BTreeSet<Item> {
        facts.iter().filter(|fact| fact.general).flat_map(|fact| (self.items)(&fact.value, self.today)).collect()
    }

    /// What is to be told, if anything: days that are new or gone, save those that a change for all offices tells.
    pub fn difference(&self, aspect: Aspect) -> Option<Told> {
        let (known, now) = (self.all(self.known), self.all(self.now));
        let added: BTreeSet<Item> = now.difference(&known).copied().collect();
        let removed: BTreeSet<Item> = known.difference(&now).copied().collect();
        let (for_all_now, for_all_known) = (self.general(self.now), self.general(self.known));
        let told: BTreeSet<Item> = added.difference(&for_all_now).copied().collect();
        let untold: BTreeSet<Item> = removed.difference(&for_all_known).copied().collect();
        if told.is_empty() && untold.is_empty() {
            return None;
        }
        let first = |facts: &[Fact]| facts.iter().find(|fact| !fact.general).or(facts.first()).cloned();
        let was = first(self.known);
        // days that another document put right or called off are no loss
        let undone: Vec<&Undone> = self
            .undone
            .iter()
            .filter(|undone| (self.items)(&undone.value, self.today).iter().any(|item| untold.contains(item)))
            .copied()
            .collect();
        let covered = |item: &Item| undone.iter().any(|undone| (self.items)(&undone.value, self.today).contains(item));
        let put_right = !untold.is_empty() && untold.iter().all(covered);
        let fact = match (first(self.now), &was) {
            (fact, _) if !told.is_empty() || !put_right => fact,
            (_, Some(was)) => Some(Fact { causes: causes(&undone), ..was.clone() }),
            (fact, None) => fact,
        };
        Some(Told {
            aspect,
            before: self.value(self.known),
            after: self.value(self.now),
            from: told.first().map(|(day, _)| *day),
            until: told.last().map(|(day, _)| *day),
            further: Vec::new(),
            fact,
            was,
            how: match (put_right, told.is_empty()) {
                (true, _) => How::Corrected,
                (false, true) => How::Vanished,
                (false, false) => How::Stated,
            },
        })
    }

    /// The whole list as it stands, without what is over.
    fn value(&self, facts: &[Fact]) -> Option<Value> {
        let mut ranges: Vec<DateRange> = Vec::new();
        let mut openings: BTreeSet<Opening> = BTreeSet::new();
        for fact in facts {
            match &fact.value {
                Value::Closures(more) => ranges.extend(more.iter().filter(|range| range.last() >= self.today).copied()),
                Value::Openings(more) => openings.extend(more.iter().filter(|opening| opening.date >= self.today).cloned()),
                Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) => {}
            }
        }
        match (ranges.is_empty(), openings.is_empty()) {
            (false, _) => Some(Value::Closures(DateRange::merged(ranges))),
            (true, false) => Some(Value::Openings(openings)),
            (true, true) => None,
        }
    }
}
