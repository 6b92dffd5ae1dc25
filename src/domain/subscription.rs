//! Who wants to hear of what.

use serde::{Deserialize, Serialize};

use super::{Aspect, BodyId, OfficeId};

/// The id of a subscriber in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriberId(pub i64);

/// The language of mails and pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Italian.
    #[default]
    It,
    /// English.
    En,
}

/// How often a subscription speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frequency {
    /// As soon as a change is known.
    #[default]
    AtOnce,
    /// Once a day, at this hour (Europe/Rome).
    Daily(u8),
    /// Once a week, on Monday at this hour (Europe/Rome).
    Weekly(u8),
}

/// What a subscription wants. Empty lists leave that side open; all given sides must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Provinces, two letters.
    #[serde(default)]
    pub provinces: Vec<String>,
    /// Bodies.
    #[serde(default)]
    pub bodies: Vec<BodyId>,
    /// Offices.
    #[serde(default)]
    pub offices: Vec<OfficeId>,
    /// Aspects.
    #[serde(default)]
    pub aspects: Vec<Aspect>,
    /// Words of which one must occur in the evidence.
    #[serde(default)]
    pub words: Vec<String>,
}

/// One wish of one subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Row id.
    pub id: i64,
    /// Whose.
    pub subscriber: SubscriberId,
    /// What.
    pub filter: Filter,
    /// How often.
    pub frequency: Frequency,
    /// Whether reminders are wanted the evening before a closure or new hours begin.
    pub reminders: bool,
}

/// A confirmed address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriber {
    /// Row id.
    pub id: SubscriberId,
    /// Mail address.
    pub email: String,
    /// Language of the mails.
    pub language: Language,
}
