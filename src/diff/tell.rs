//! A difference becomes a change: with its causes, its period, and the rule that let it through.

use jiff::SignedDuration;
use jiff::civil::Date;

use super::Moment;
use crate::domain::{Aspect, Cause, Change, Fact, Rule, State, Value};
use crate::resolve::{folded_key, same};

/// A document that is edited so soon after what it announced corrects itself.
const CORRECTED_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 14);

/// How a difference came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// A document states it.
    Stated,
    /// What was announced is put right.
    Corrected,
    /// No document states it any more.
    Vanished,
}

/// A difference that is to be told.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub aspect: Aspect,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub further: Vec<Fact>,
    /// The new fact, if any.
    pub fact: Option<Fact>,
    /// The fact of before, if any.
    pub was: Option<Fact>,
    pub how: How,
}

impl Told {
    /// A list that only now names an article of long ago.
    pub fn is_old_news(&self) -> bool {
        self.how == How::Stated && self.fact.as_ref().is_some_and(|fact| fact.aged)
    }
}

/// The change to store and to tell.
pub(super) fn tell(state: &State, told: Told, hours: &[Fact], recent: &[Change], moment: &Moment<'_>) -> Change {
    let causes = causes(&told, moment);
    let rule = rule(state, &told, &causes, recent, moment);
    let day = told.from.unwrap_or(moment.today()).max(moment.today());
    let beneath = hours.iter().find(|fact| fact.from.is_none_or(|from| from <= day) && fact.until.is_none_or(|until| day <= until));
    let hours = beneath.filter(|_| told.aspect == Aspect::Status).map(|fact| fact.value.clone());
    Change {
        id: None,
        detected_at: moment.now,
        body: moment.body.clone(),
        key: state.key.clone(),
        name: state.name.clone(),
        except: told.fact.as_ref().filter(|_| state.key.office.is_all()).map(|fact| fact.except.clone()).unwrap_or_default(),
        aspect: told.aspect,
        before: told.before,
        after: told.after,
        effective_from: told.from,
        effective_until: told.until,
        further: told.further,
        hours,
        causes,
        rule,
    }
}

/// The documents that state the new value, the visited one in front; for what vanished, those that stated it last.
fn causes(told: &Told, moment: &Moment<'_>) -> Vec<Cause> {
    let fact = match told.how {
        How::Stated | How::Corrected => told.fact.as_ref(),
        How::Vanished => told.was.as_ref(),
    };
    let mut causes = fact.map(|fact| fact.causes.clone()).unwrap_or_default();
    let visited = causes.iter().position(|cause| cause.url == moment.url);
    match (visited, told.aspect) {
        // a list adds up what several documents say; the news is what this one says
        (Some(index), Aspect::Channels | Aspect::Closures | Aspect::Openings) => vec![causes.swap_remove(index)],
        (Some(index), Aspect::Hours | Aspect::Status | Aspect::Address) => {
            let first = causes.remove(index);
            causes.insert(0, first);
            causes
        }
        (None, _) => causes,
    }
}

/// The row of the table.
fn rule(state: &State, told: &Told, causes: &[Cause], recent: &[Change], moment: &Moment<'_>) -> Rule {
    match told.how {
        How::Vanished => return Rule::Vanished,
        How::Corrected => return Rule::Corrected,
        How::Stated => {}
    }
    let key = folded_key(&state.key);
    let corrects = recent.iter().any(|change| {
        folded_key(&change.key) == key
            && change.aspect == told.aspect
            && moment.now.duration_since(change.detected_at) < CORRECTED_WITHIN
            && change.after.as_ref().zip(told.before.as_ref()).is_some_and(|(after, before)| same(after, before))
            && change.causes.iter().any(|cause| causes.first().is_some_and(|visited| visited.url == cause.url))
    });
    let announced = told.until.is_some() || told.from.is_some_and(|from| from > moment.today());
    match (&told.before, corrects, announced) {
        (_, true, _) => Rule::Corrected,
        (_, false, true) => Rule::Announced,
        (None, false, false) => Rule::Appeared,
        (Some(_), false, false) => Rule::Revised,
    }
}
