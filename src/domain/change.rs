//! A change: a difference between two states of an office, in one aspect.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Aspect, BodyId, Fact, OfficeId, OfficeKey, Value};

/// The id of a change in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(pub i64);

/// A document, one version of it, and the sentences in it that state a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The address of the document.
    pub url: String,
    /// The snapshot it was read from (row id in the store).
    pub snapshot: i64,
    /// The sentences, verbatim.
    pub evidence: Vec<String>,
}

/// The row of the table "When an alert goes out, and when not" that let a change through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A fact changes.
    Revised,
    /// A fact appears.
    Appeared,
    /// A dated notice states a new fact; the base stays beneath it.
    Announced,
    /// An announcement is corrected: from the wrong to the right value.
    Corrected,
    /// A fact stayed away for `confirm_after` and two fetches at least.
    Vanished,
    /// It went from A to B and back within a day, and stayed.
    Returned,
}

impl Rule {
    /// All rules.
    pub const ALL: [Rule; 6] = [Self::Revised, Self::Appeared, Self::Announced, Self::Corrected, Self::Vanished, Self::Returned];

    /// The word used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revised => "revised",
            Self::Appeared => "appeared",
            Self::Announced => "announced",
            Self::Corrected => "corrected",
            Self::Vanished => "vanished",
            Self::Returned => "returned",
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is the name of no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such rule: {0:?}")]
pub struct ParseRuleError(pub String);

impl std::str::FromStr for Rule {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text).ok_or_else(|| ParseRuleError(text.into()))
    }
}

/// A difference between two states of an office, in one aspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Row id, once stored.
    pub id: Option<ChangeId>,
    /// When the program saw it.
    pub detected_at: Timestamp,
    /// Whose office.
    pub body: BodyId,
    /// Which counter. For `tutti`, subscribers of any office of the body are meant, save those in `except`.
    pub key: OfficeKey,
    /// The name to show.
    pub name: String,
    /// With `tutti`: the offices that are left out.
    #[serde(default)]
    pub except: Vec<OfficeId>,
    /// Which aspect.
    pub aspect: Aspect,
    /// What held before; `None` when nothing was known.
    pub before: Option<Value>,
    /// What holds now; `None` when it vanished for good.
    pub after: Option<Value>,
    /// First day of the new value, when stated.
    pub effective_from: Option<Date>,
    /// Last day of the new value, included, when stated.
    pub effective_until: Option<Date>,
    /// What the same notice states for later periods: summer hours, and then others in September.
    #[serde(default)]
    pub further: Vec<Fact>,
    /// The weekly hours beneath a change of status, which say what "before" was like.
    #[serde(default)]
    pub hours: Option<Value>,
    /// The documents that state the new value; for a disappearance, the last that stated the old one.
    pub causes: Vec<Cause>,
    /// The row of the table that let it through.
    pub rule: Rule,
}

/// A document that states what a change already told: it is added to the change's causes, and nobody is told again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corroboration {
    /// The change.
    pub change: ChangeId,
    /// The further document.
    pub cause: Cause,
}

/// A difference that waits, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which counter.
    pub key: OfficeKey,
    /// The name to show.
    pub name: String,
    /// Which aspect.
    pub aspect: Aspect,
    /// Why it waits.
    pub reason: HeldReason,
    /// The document that shows it.
    pub url: String,
    /// What holds as far as subscribers know.
    pub before: Option<Value>,
    /// What the page says now.
    pub after: Option<Value>,
    /// Since when it is so.
    pub since: Timestamp,
    /// How many fetches have shown it.
    pub fetches: u32,
}

/// Why a difference waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldReason {
    /// Something is gone; it must stay away for `confirm_after` and two fetches.
    Vanished,
    /// A document lost most of its offices at once: a section that failed to load, most likely. It waits five times as long.
    Section,
    /// Most of a body's facts went at once: a redesign, most likely. It waits longest, and the operator is told.
    Redesign,
    /// It went from A to B and back within a day.
    Flapping,
    /// The place where it stood could not be read.
    Unread,
}

impl HeldReason {
    /// The word used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vanished => "vanished",
            Self::Section => "section",
            Self::Redesign => "redesign",
            Self::Flapping => "flapping",
            Self::Unread => "unread",
        }
    }
}
