//! What the pages about subscriptions show.

use std::collections::BTreeMap;

use crate::domain::{BodyId, Frequency, Language, NewSubscription, Subscription};
use crate::store::{Store, StoreError};
use crate::wording;

/// One of several things to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// Choices from values and labels.
pub(super) fn choices<'a>(all: impl Iterator<Item = (&'a str, &'a str)>, chosen: impl Fn(&str) -> bool) -> Vec<Choice> {
    all.map(|(value, label)| Choice { value: value.into(), label: label.into(), chosen: chosen(value) }).collect()
}

/// A subscription in words, with what a form about it needs.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub id: i64,
    /// What it wants.
    pub wants: String,
    /// How often, in words.
    pub often: String,
    /// `at-once`, `daily`, `weekly`.
    pub frequency: &'static str,
    /// `08`
    pub hour: String,
    pub reminders: bool,
}

impl Wish {
    /// A wish that stands in the store.
    pub fn new(language: Language, wish: &Subscription, names: &BTreeMap<BodyId, String>) -> Self {
        let new = NewSubscription { filter: wish.filter.clone(), frequency: wish.frequency, reminders: wish.reminders };
        Self { id: wish.id, ..Self::asked(language, &new, names) }
    }

    /// A wish that waits for consent.
    pub fn asked(language: Language, wish: &NewSubscription, names: &BTreeMap<BodyId, String>) -> Self {
        let (frequency, hour) = match wish.frequency {
            Frequency::AtOnce => ("at-once", 8),
            Frequency::Daily(hour) => ("daily", hour),
            Frequency::Weekly(hour) => ("weekly", hour),
        };
        Self {
            id: 0,
            wants: wording::wish(language, &wish.filter, &|id| names.get(id).cloned().unwrap_or_else(|| id.0.clone())),
            often: wording::frequency(language, wish.frequency),
            frequency,
            hour: format!("{hour:02}"),
            reminders: wish.reminders,
        }
    }
}

/// The names of bodies; one that is not known has none.
pub(super) fn names_of_bodies(store: &dyn Store, ids: impl Iterator<Item = BodyId>) -> Result<BTreeMap<BodyId, String>, StoreError> {
    let mut names = BTreeMap::new();
    for id in ids {
        if !names.contains_key(&id)
            && let Some(body) = store.body(&id)?
        {
            names.insert(id, body.name);
        }
    }
    Ok(names)
}

/// "a…@example.org": enough to recognise one's own.
pub(super) fn masked(email: &str) -> String {
    let (user, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let first = user.chars().next().map(String::from).unwrap_or_default();
    format!("{first}…@{domain}")
}
