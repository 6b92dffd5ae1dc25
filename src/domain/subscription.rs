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

/// `at-once`, `daily-08`, `weekly-18`.
impl std::fmt::Display for Frequency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtOnce => f.write_str("at-once"),
            Self::Daily(hour) => write!(f, "daily-{hour:02}"),
            Self::Weekly(hour) => write!(f, "weekly-{hour:02}"),
        }
    }
}

/// The text says nothing of how often.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("how often is {0:?}? · write at-once, daily-08 (at eight every day) or weekly-08 (at eight on Mondays); hours are 00 to 23")]
pub struct ParseFrequencyError(pub String);

impl std::str::FromStr for Frequency {
    type Err = ParseFrequencyError;

    /// Reads what `Display` writes; `daily` and `weekly` alone mean at eight.
    fn from_str(text: &str) -> Result<Self, ParseFrequencyError> {
        let wrong = || ParseFrequencyError(text.chars().take(60).collect());
        let (word, hour) = match text.trim().rsplit_once('-') {
            Some((word @ ("daily" | "weekly"), hour)) => {
                (word, hour.parse().ok().filter(|hour| *hour < 24 && hour_is_plain(text)).ok_or_else(wrong)?)
            }
            _ => (text.trim(), 8),
        };
        match word {
            "at-once" => Ok(Self::AtOnce),
            "daily" => Ok(Self::Daily(hour)),
            "weekly" => Ok(Self::Weekly(hour)),
            _ => Err(wrong()),
        }
    }
}

/// Digits alone: `parse` would take a sign too.
fn hour_is_plain(text: &str) -> bool {
    text.trim().rsplit_once('-').is_some_and(|(_, hour)| hour.len() <= 2 && hour.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a subscription wants. Empty lists leave that side open; all given sides must match. Regions and provinces are one side: one of
/// either is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Regions, by [`super::Region::id`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
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

impl Filter {
    /// The provinces asked for, by name or with their region, in capitals, each once.
    pub fn all_provinces(&self) -> std::collections::BTreeSet<String> {
        let of_regions = self.regions.iter().filter_map(|id| super::Region::by_id(id)).flat_map(|region| region.provinces);
        of_regions.map(ToString::to_string).chain(self.provinces.iter().map(|province| province.to_uppercase())).collect()
    }
}

/// A wish that is to be kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSubscription {
    /// What.
    pub filter: Filter,
    /// How often.
    pub frequency: Frequency,
    /// Whether reminders are wanted the evening before a closure or new hours begin.
    pub reminders: bool,
}

/// How a subscriber is reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// By mail.
    #[default]
    Mail,
    /// By HTTP POST to an address of theirs.
    Webhook,
}

impl Way {
    /// By what an address looks like.
    pub fn of(address: &str) -> Self {
        let address = address.trim();
        if address.starts_with("https://") || address.starts_with("http://") { Self::Webhook } else { Self::Mail }
    }
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

/// Who hears of changes: a person's mailbox, or a program that listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriber {
    /// Row id.
    pub id: SubscriberId,
    /// Mail address; for a webhook, its URL.
    pub email: String,
    /// Language of the mails.
    pub language: Language,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_often_survives_being_written() {
        for often in [Frequency::AtOnce, Frequency::Daily(0), Frequency::Daily(23), Frequency::Weekly(8)] {
            assert_eq!(often.to_string().parse(), Ok(often));
        }
        assert_eq!("daily".parse(), Ok(Frequency::Daily(8)));
        for wrong in ["", "daily-24", "daily-+8", "hourly", "at-once-08", "weekly-", "daily-008", "-8"] {
            assert!(wrong.parse::<Frequency>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_region_stands_for_its_provinces() {
        let filter = Filter { regions: vec!["umbria".into()], provinces: vec!["lu".into(), "PG".into()], ..Filter::default() };
        assert_eq!(filter.all_provinces().into_iter().collect::<Vec<_>>(), ["LU", "PG", "TR"]);
    }
}
