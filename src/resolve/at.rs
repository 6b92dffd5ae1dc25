//! What holds on a given day, and what begins on one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::names::folded_key;
use crate::domain::{Aspect, Cause, DateRange, Fact, OfficeKey, Span, State, Value};

/// How one office can be reached on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeAt {
    /// Which counter.
    pub key: OfficeKey,
    /// The name to show.
    pub name: String,
    /// What holds, aspect by aspect, with period and causes. Closures and openings: those of that day and later.
    pub facts: BTreeMap<Aspect, Fact>,
}

/// The states as of one day, past or to come. Offices of which nothing is known on that day are left out.
pub fn at(states: &[State], day: Date) -> Vec<OfficeAt> {
    let office = |state: &State| {
        let facts: BTreeMap<Aspect, Fact> = Aspect::ALL.iter().filter_map(|aspect| Some((*aspect, on(state, *aspect, day)?))).collect();
        (!facts.is_empty()).then(|| OfficeAt { key: state.key.clone(), name: state.name.clone(), facts })
    };
    states.iter().filter_map(office).collect()
}

/// The fact of one aspect that holds on a day; for closures and openings all that lie on that day or after it.
pub fn on(state: &State, aspect: Aspect, day: Date) -> Option<Fact> {
    match aspect {
        Aspect::Hours | Aspect::Status | Aspect::Channels | Aspect::Address => holding(state, aspect, day).cloned(),
        Aspect::Closures | Aspect::Openings => gathered(aspect, state.facts.get(&aspect)?, day),
    }
}

/// The fact of one aspect whose period has the day: of hours, status, channels and address there is one at most.
pub fn holding(state: &State, aspect: Aspect, day: Date) -> Option<&Fact> {
    let facts = state.facts.get(&aspect)?;
    facts.iter().find(|fact| fact.from.is_none_or(|from| from <= day) && fact.until.is_none_or(|until| day <= until))
}

/// The spans of exceptional openings on a day, in order.
pub fn openings_on(state: &State, day: Date) -> BTreeSet<Span> {
    let facts = state.facts.get(&Aspect::Openings).into_iter().flatten();
    let openings = facts.filter_map(|fact| if let Value::Openings(openings) = &fact.value { Some(openings) } else { None });
    openings.flatten().filter(|opening| opening.date == day).map(|opening| opening.span).collect()
}

/// Whether a closure has the day.
pub fn is_closed_on(state: &State, day: Date) -> bool {
    let closes = |fact: &Fact| matches!(&fact.value, Value::Closures(ranges) if ranges.iter().any(|range| range.contains(day)));
    state.facts.get(&Aspect::Closures).is_some_and(|facts| facts.iter().any(closes))
}

/// The office's own days and those of the whole body as one fact, without the days before `day`.
fn gathered(aspect: Aspect, facts: &[Fact], day: Date) -> Option<Fact> {
    let mut ranges = Vec::new();
    let mut openings = BTreeSet::new();
    let mut causes: Vec<Cause> = Vec::new();
    for fact in facts {
        match &fact.value {
            Value::Closures(own) => ranges.extend(own.iter().copied().filter(|range| range.last() >= day)),
            Value::Openings(own) => openings.extend(own.iter().filter(|opening| opening.date >= day).cloned()),
            Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) => {}
        }
        causes.extend(fact.causes.iter().cloned());
    }
    let value = if aspect == Aspect::Closures { Value::Closures(DateRange::merged(ranges)) } else { Value::Openings(openings) };
    let general = facts.iter().all(|fact| fact.general);
    (!value.is_empty()).then_some(Fact { value, from: None, until: None, resumes: false, aged: false, general, except: Vec::new(), causes })
}

/// Something that begins on a day: a closure, an exceptional opening, new hours, another status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Starting {
    /// Which counter.
    pub key: OfficeKey,
    /// The name to show.
    pub name: String,
    /// What begins, with its period.
    pub fact: Fact,
}

/// Whether something of this aspect of an office begins on the day after this one, or ends on this one: worth a reminder still.
pub fn turns_after(states: &[State], key: &OfficeKey, aspect: Aspect, evening: Date) -> bool {
    let mine: Vec<State> = states.iter().filter(|state| folded_key(&state.key) == folded_key(key)).cloned().collect();
    let begins = evening.tomorrow().is_ok_and(|day| starting(&mine, day).iter().any(|starting| starting.fact.value.aspect() == aspect));
    let facts = || mine.iter().filter_map(|state| state.facts.get(&aspect)).flatten();
    let ends = |fact: &Fact| match &fact.value {
        Value::Closures(ranges) => ranges.iter().any(|range| range.last() == evening),
        Value::Openings(openings) => openings.iter().any(|opening| opening.date == evening),
        Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) => fact.until == Some(evening),
    };
    begins || facts().any(ends)
}

/// What begins on a day, for the reminder of the evening before. What reaches an office from `tutti` is told once, for `tutti`.
pub fn starting(states: &[State], day: Date) -> Vec<Starting> {
    let mut found = Vec::new();
    for state in states {
        for fact in state.facts.values().flatten().filter(|fact| !fact.general || state.key.office.is_all()) {
            let fact = match &fact.value {
                Value::Closures(ranges) => ranges.iter().find(|range| range.first() == day).map(|range| Fact {
                    value: Value::Closures(vec![*range]),
                    from: Some(range.first()),
                    until: Some(range.last()),
                    ..fact.clone()
                }),
                Value::Openings(openings) => {
                    let of_day: BTreeSet<_> = openings.iter().filter(|opening| opening.date == day).cloned().collect();
                    (!of_day.is_empty()).then(|| Fact { value: Value::Openings(of_day), from: Some(day), until: Some(day), ..fact.clone() })
                }
                Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) => {
                    (fact.from == Some(day) && !fact.resumes).then(|| fact.clone())
                }
            };
            found.extend(fact.map(|fact| Starting { key: state.key.clone(), name: state.name.clone(), fact }));
        }
    }
    found
}
