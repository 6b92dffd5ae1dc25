//! A delivery: one mail to one subscriber, and its fate.

use std::str::FromStr;
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Body, BodyId, Change, Subscriber, SubscriberId, TroubleReport};

/// The id of a delivery in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub i64);

impl std::fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a delivery is about. Its text is the key under which later changes join a delivery that still waits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// Changes of one body, told at once: `alert comune-altopascio`.
    Alert(BodyId),
    /// Changes of a day or a week, told together at an hour (Europe/Rome): `digest 2026-03-02 08`.
    Digest {
        /// The day on which it goes out.
        day: Date,
        /// The hour of that day.
        hour: u8,
    },
    /// What begins or ends on the day after this one: `reminder 2026-03-08`.
    Reminder(Date),
    /// Asks a new subscriber for consent; the number tells one request from the next: `confirmation 3`.
    Confirmation(i64),
    /// Shows an operator that mail arrives; the number tells one from the next: `test 7`.
    Test(i64),
    /// Tells the operator which sources have been failing for days, and which read well again; the number is the report's: `trouble 4`.
    Trouble(i64),
}

impl About {
    /// Under which heading a change reaches a subscriber at most once: news share one, each day's reminders have their own.
    pub fn occasion(&self) -> String {
        match self {
            Self::Reminder(_) => self.to_string(),
            _ => "news".into(),
        }
    }

    /// The first word of the text: `alert`, `digest`, `reminder`, `confirmation`, `test`, `trouble`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Alert(_) => "alert",
            Self::Digest { .. } => "digest",
            Self::Reminder(_) => "reminder",
            Self::Confirmation(_) => "confirmation",
            Self::Test(_) => "test",
            Self::Trouble(_) => "trouble",
        }
    }
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Alert(body) => write!(f, "alert {body}"),
            Self::Digest { day, hour } => write!(f, "digest {day} {hour:02}"),
            Self::Reminder(day) => write!(f, "reminder {day}"),
            Self::Confirmation(n) => write!(f, "confirmation {n}"),
            Self::Test(n) => write!(f, "test {n}"),
            Self::Trouble(n) => write!(f, "trouble {n}"),
        }
    }
}

/// The text says of nothing known what a delivery is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no delivery is about {0:?}")]
pub struct ParseAboutError(pub String);

impl FromStr for About {
    type Err = ParseAboutError;

    fn from_str(text: &str) -> Result<Self, ParseAboutError> {
        let read = || -> Option<Self> {
            let (kind, rest) = text.split_once(' ')?;
            Some(match kind {
                "alert" if !rest.is_empty() => Self::Alert(BodyId(rest.into())),
                "digest" => {
                    let (day, hour) = rest.split_once(' ')?;
                    Self::Digest { day: day.parse().ok()?, hour: hour.parse().ok().filter(|hour| *hour < 24)? }
                }
                "reminder" => Self::Reminder(rest.parse().ok()?),
                "confirmation" => Self::Confirmation(rest.parse().ok()?),
                "test" => Self::Test(rest.parse().ok()?),
                "trouble" => Self::Trouble(rest.parse().ok()?),
                _ => return None,
            })
        };
        read().ok_or_else(|| ParseAboutError(text.into()))
    }
}

/// A delivery as the plan makes it, before anything is stored.
///
/// The store writes it in the transaction of its changes: into the waiting, never attempted delivery with the same subscriber and the
/// same `about` if there is one (whose due time stays), else as a new one. A change that reached the subscriber under the same
/// [`About::occasion`] before is left out, and a delivery left without changes is not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedDelivery {
    /// To whom.
    pub subscriber: SubscriberId,
    /// About what.
    pub about: About,
    /// When it may go out.
    pub due_at: Timestamp,
    /// Which changes, as indices into the changes that were planned for, ascending.
    pub changes: Vec<usize>,
}

/// A delivery taken out of the store, with all that its mail is written from.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Row id; the mail's `Message-ID` is made from it.
    pub id: DeliveryId,
    /// About what.
    pub about: About,
    /// To whom.
    pub to: Subscriber,
    /// The changes, in the order in which they were stored. Shared, since one change goes to thousands.
    pub changes: Vec<Arc<Change>>,
    /// The bodies that the changes belong to.
    pub bodies: Vec<Arc<Body>>,
    /// With [`About::Trouble`]: what the operator is told.
    pub trouble: Option<Arc<TroubleReport>>,
    /// When it was first due: later tries do not move it.
    pub due_at: Timestamp,
    /// How many times it was tried before this time.
    pub attempts: u32,
}

/// How an attempt to hand a mail over ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Accepted; what the server said.
    Sent(String),
    /// Not now: to be tried again at this instant, for this reason. It may have been accepted all the same.
    Later(Timestamp, String),
    /// Never: the reason in the server's words.
    Refused(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_delivery_is_about_survives_being_written() {
        for text in ["alert comune-altopascio", "digest 2026-03-02 08", "reminder 2026-03-08", "confirmation 3", "test 7", "trouble 4"] {
            assert_eq!(text.parse::<About>().unwrap().to_string(), text);
        }
        for text in ["", "alert ", "alert", "digest 2026-03-02", "digest 2026-03-02 24", "reminder tomorrow", "change 42"] {
            assert!(text.parse::<About>().is_err(), "{text}");
        }
    }
}
