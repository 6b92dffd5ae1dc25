//! Days: where the offices' clock runs, and ranges of whole days.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The zone of all offices, compiled in: whatever time-zone files the machine has are never read.
pub fn rome() -> TimeZone {
    const ROME: TimeZone = jiff::tz::get!("Europe/Rome");
    ROME
}

/// The day that an instant falls on at the offices.
pub fn day_of(instant: Timestamp) -> Date {
    rome().to_datetime(instant).date()
}

/// Days from `first` to `last`, both included. Written `2026-12-24` or `2026-12-24/2026-12-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DateRange {
    first: Date,
    last: Date, // never before `first`
}

/// The text is no date and no range of dates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date or a range of dates: {0:?}")]
pub struct ParseDateRangeError(pub String);

impl DateRange {
    /// `None` when `last` lies before `first`.
    pub fn new(first: Date, last: Date) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// A single day.
    pub fn day(day: Date) -> Self {
        Self { first: day, last: day }
    }

    /// The first day.
    pub fn first(&self) -> Date {
        self.first
    }

    /// The last day, included.
    pub fn last(&self) -> Date {
        self.last
    }

    /// Whether the day lies in the range.
    pub fn contains(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// Sorted, with overlapping and adjacent ranges merged.
    pub fn merged(ranges: impl IntoIterator<Item = DateRange>) -> Vec<DateRange> {
        let mut sorted: Vec<_> = ranges.into_iter().collect();
        sorted.sort();
        let mut merged: Vec<DateRange> = Vec::new();
        for range in sorted {
            match merged.last_mut() {
                Some(before) if range.first <= before.last.saturating_add(jiff::Span::new().days(1)) => {
                    before.last = before.last.max(range.last);
                }
                _ => merged.push(range),
            }
        }
        merged
    }
}

impl std::fmt::Display for DateRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}/{}", self.first, self.last) }
    }
}

impl std::str::FromStr for DateRange {
    type Err = ParseDateRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        let parse = |part: &str| part.parse::<Date>().ok();
        match (parse(first), parse(last)) {
            (Some(first), Some(last)) => Self::new(first, last).ok_or_else(|| ParseDateRangeError(text.into())),
            _ => Err(ParseDateRangeError(text.into())),
        }
    }
}

impl From<DateRange> for String {
    fn from(range: DateRange) -> Self {
        range.to_string()
    }
}

impl TryFrom<String> for DateRange {
    type Error = ParseDateRangeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contiguous_days_merge() {
        let days: Vec<DateRange> = ["2026-12-26", "2026-12-24", "2026-12-25", "2026-12-31"].iter().map(|d| d.parse().unwrap()).collect();
        let text: Vec<String> = DateRange::merged(days).iter().map(DateRange::to_string).collect();
        assert_eq!(text, ["2026-12-24/2026-12-26", "2026-12-31"]);
    }

    #[test]
    fn the_day_turns_at_midnight_in_rome_in_winter_and_in_summer() {
        let day = |instant: &str| day_of(instant.parse().unwrap()).to_string();
        assert_eq!(day("2026-03-28T22:59:59Z"), "2026-03-28");
        assert_eq!(day("2026-03-28T23:00:00Z"), "2026-03-29");
        assert_eq!(day("2026-03-29T21:59:59Z"), "2026-03-29");
        assert_eq!(day("2026-03-29T22:00:00Z"), "2026-03-30");
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_refused() {
        assert!("2026-12-26/2026-12-24".parse::<DateRange>().is_err());
        assert!("".parse::<DateRange>().is_err());
    }
}
