//! Weekly hours: a set of intervals per day, with OpenStreetMap's `opening_hours` syntax as their text.
//!
//! The part of the syntax that offices need: days with ranges and lists, `Sa[1]`, spans, `09:00+`, `off`, a part of the day as a comment
//! (`Mo-Fr "mattina"`), a season in front. As in OpenStreetMap, `;` starts a rule that replaces and `,` before a day one that adds
//! (<https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification>).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A time of day, in minutes after midnight, up to and including 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock(u16); // at most 1440

impl Clock {
    /// `None` beyond 24:00 or with 60 minutes and more.
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        let minutes = hour.checked_mul(60)?.checked_add(minute)?;
        (minute < 60 && minutes <= 1440).then_some(Self(minutes))
    }

    /// Minutes after midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// Hour and minute.
    pub fn hour_minute(self) -> (u16, u16) {
        (self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for Clock {
    type Err = ParseWeekError;

    fn from_str(text: &str) -> Result<Self, ParseWeekError> {
        let wrong = || ParseWeekError(text.into());
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let number = |part: &str| if part.len() <= 2 { part.parse::<u16>().ok() } else { None };
        Self::new(number(hour).ok_or_else(wrong)?, number(minute).ok_or_else(wrong)?).ok_or_else(wrong)
    }
}

/// A stretch of one day: `08:30-12:30`, or `09:00+` when the end is not stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Span {
    from: Clock,
    to: Option<Clock>, // always later than `from`; past midnight means two spans
}

impl Span {
    /// `None` when the span would not end after it starts.
    pub fn new(from: Clock, to: Clock) -> Option<Self> {
        (from < to).then_some(Self { from, to: Some(to) })
    }

    /// From an hour on, without a stated end.
    pub fn open_ended(from: Clock) -> Self {
        Self { from, to: None }
    }

    /// When it starts.
    pub fn from(&self) -> Clock {
        self.from
    }

    /// When it ends, if that is stated.
    pub fn to(&self) -> Option<Clock> {
        self.to
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Some(to) => write!(f, "{}-{to}", self.from),
            None => write!(f, "{}+", self.from),
        }
    }
}

impl FromStr for Span {
    type Err = ParseWeekError;

    fn from_str(text: &str) -> Result<Self, ParseWeekError> {
        let text = text.trim();
        if let Some(from) = text.strip_suffix('+') {
            return Ok(Self::open_ended(from.parse()?));
        }
        let (from, to) = text.split_once('-').ok_or_else(|| ParseWeekError(text.into()))?;
        Self::new(from.trim().parse()?, to.trim().parse()?).ok_or_else(|| ParseWeekError(text.into()))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl TryFrom<String> for Span {
    type Error = ParseWeekError;

    fn try_from(text: String) -> Result<Self, ParseWeekError> {
        text.parse()
    }
}

/// A day of the week, or public holidays as a day of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Day {
    Mo,
    Tu,
    We,
    Th,
    Fr,
    Sa,
    Su,
    /// Public holidays.
    Ph,
}

impl Day {
    /// Monday to Sunday.
    pub const WEEK: [Day; 7] = [Self::Mo, Self::Tu, Self::We, Self::Th, Self::Fr, Self::Sa, Self::Su];

    /// Two letters.
    pub fn as_str(self) -> &'static str {
        ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"][self as usize]
    }

    /// The days from this one through `last`, wrapping around the week. A range with public holidays is the two of them.
    pub fn through(self, last: Day) -> Vec<Day> {
        if self == Self::Ph || last == Self::Ph {
            return vec![self, last];
        }
        let (first, last) = (self as usize, last as usize);
        let n_days = (last + 7 - first) % 7 + 1;
        (0..n_days).map(|i| Self::WEEK[(first + i) % 7]).collect()
    }
}

impl FromStr for Day {
    type Err = ParseWeekError;

    fn from_str(text: &str) -> Result<Self, ParseWeekError> {
        Ok(match text {
            "Mo" => Self::Mo,
            "Tu" => Self::Tu,
            "We" => Self::We,
            "Th" => Self::Th,
            "Fr" => Self::Fr,
            "Sa" => Self::Sa,
            "Su" => Self::Su,
            "PH" => Self::Ph,
            _ => return Err(ParseWeekError(text.into())),
        })
    }
}

/// A day, or certain occurrences of it in a month: `Sa[1,3]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DaySelector {
    /// The day.
    pub day: Day,
    /// Which of the month, 1 to 5, or -1 for the last; empty for each.
    pub nth: Vec<i8>,
}

impl From<Day> for DaySelector {
    fn from(day: Day) -> Self {
        Self { day, nth: Vec::new() }
    }
}

pub(super) const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A part of each year, first and last day included; may pass the turn of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Season {
    /// Month (1–12) and day of the month.
    pub from: (u8, u8),
    /// Month (1–12) and day of the month.
    pub to: (u8, u8),
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |month: u8| MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or("Jan");
        write!(f, "{} {:02}-{} {:02}", name(self.from.0), self.from.1, name(self.to.0), self.to.1)
    }
}

/// What holds in a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Said to be shut.
    Off,
    /// Served in this span.
    Times(Span),
    /// Served in a part of the day without times: "mattina", "pomeriggio".
    Part(String),
}

/// The hours of a week, normalised: equal weeks are equal values, however they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Week {
    slots: BTreeMap<(Option<Season>, DaySelector), BTreeSet<Slot>>, // no empty sets
}

/// The text is not in the part of the `opening_hours` syntax that offices need.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not in the opening_hours syntax: {0:?}")]
pub struct ParseWeekError(pub String);

impl Week {
    /// Adds a slot to a day. `off` yields to any other slot of the same day.
    pub fn add(&mut self, season: Option<Season>, day: impl Into<DaySelector>, slot: Slot) {
        let slots = self.slots.entry((season, day.into())).or_default();
        match slot {
            Slot::Off if !slots.is_empty() => {}
            Slot::Off => {
                slots.insert(Slot::Off);
            }
            other => {
                slots.remove(&Slot::Off);
                slots.insert(other);
            }
        }
    }

    /// Replaces whatever stood for a day.
    pub fn set(&mut self, season: Option<Season>, day: impl Into<DaySelector>, slots: impl IntoIterator<Item = Slot>) {
        let key = (season, day.into());
        let slots: BTreeSet<Slot> = slots.into_iter().collect();
        if slots.is_empty() {
            self.slots.remove(&key);
        } else {
            self.slots.insert(key, slots);
        }
    }

    /// Takes a day out.
    pub fn remove(&mut self, season: Option<Season>, day: impl Into<DaySelector>) {
        self.slots.remove(&(season, day.into()));
    }

    /// Adds all that another week says.
    pub fn extend(&mut self, other: &Week) {
        for (season, day, slot) in other.iter() {
            self.add(season, day.clone(), slot.clone());
        }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Every slot with its season and day, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Option<Season>, &DaySelector, &Slot)> {
        self.slots.iter().flat_map(|((season, day), slots)| slots.iter().map(move |slot| (*season, day, slot)))
    }

    /// Every day of which something is said, with its slots, in order.
    pub fn days(&self) -> impl Iterator<Item = (&(Option<Season>, DaySelector), &BTreeSet<Slot>)> {
        self.slots.iter()
    }

    /// The slots of one day, in order; `None` when nothing is said of it.
    pub fn day(&self, season: Option<Season>, day: impl Into<DaySelector>) -> Option<&BTreeSet<Slot>> {
        self.slots.get(&(season, day.into()))
    }

    /// The same hours as weeks that each say one kind of thing a day, since one rule of the syntax holds spans or a comment, not both.
    pub fn entries(&self) -> Vec<Week> {
        let mut entries = vec![Week::default()];
        for (season, day, slot) in self.iter() {
            let fits = |week: &Week| match week.day(season, day.clone()) {
                None => true,
                Some(slots) => matches!(slot, Slot::Times(_)) && slots.iter().all(|s| matches!(s, Slot::Times(_))),
            };
            let index = entries.iter().position(fits).unwrap_or_else(|| {
                entries.push(Week::default());
                entries.len() - 1
            });
            entries[index].add(season, day.clone(), slot.clone());
        }
        entries.retain(|week| !week.is_empty());
        entries
    }
}

/// How hours are to be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// One comes to the counter.
    #[default]
    WalkIn,
    /// One comes by appointment.
    Appointment,
    /// One telephones.
    Phone,
    /// One meets on video.
    Video,
}

impl Access {
    /// The lower-case word used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WalkIn => "walk_in",
            Self::Appointment => "appointment",
            Self::Phone => "phone",
            Self::Video => "video",
        }
    }
}

/// Weekly hours and how they are to be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OfficeHours {
    /// The hours.
    #[serde(rename = "oh")]
    pub week: Week,
    /// How they are to be used.
    pub access: Access,
}
