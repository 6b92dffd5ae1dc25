//! A cron line with seconds, in Italian time.

use std::fmt;

use chrono::{DateTime, Utc};
use croner::{
    Cron,
    parser::{CronParser, Seconds},
};
use jiff::{Timestamp, civil, tz::TimeZone};

use crate::config::{units::Complaint, words::lower_first};
use crate::domain::rome;

/// How many local times are tried before a schedule counts as one without a next instant; two suffice through a daylight-saving change.
const TRIES: usize = 8;

/// A cron line: seconds, minutes, hours, day of month, month, weekday.
#[derive(Clone, PartialEq)]
pub struct Schedule {
    written: String,
    cron: Box<Cron>, // some 300 bytes, and few sources have one
}

impl Schedule {
    /// Reads a cron line the way `tokio-cron-scheduler` does: seconds are required, and a day must match both its number and its weekday.
    pub(in crate::config) fn parse(written: &str) -> Result<Self, Complaint> {
        let fields = written.split_whitespace().count();
        if fields == 5 {
            return Err(Complaint::new(format!("{written:?} lacks the seconds"), format!("write \"0 {}\"", written.trim())));
        }
        let parser = CronParser::builder().seconds(Seconds::Required).dom_and_dow(true).build();
        let cron = parser.parse(written).map_err(|error| {
            let detail = error.to_string();
            let detail = detail.split_once(": ").map_or(detail.as_str(), |(_, detail)| detail).trim_end_matches('.');
            Complaint::new(
                format!("{written:?} is no cron line: {}", lower_first(detail)),
                "write seconds, minutes, hours, day, month, weekday: \"0 */30 7-20 * * Mon-Fri\"",
            )
        })?;
        let schedule = Self { written: written.trim().to_owned(), cron: Box::new(cron) };
        // any start will do: a line that never matches never does (croner looks ahead until the year 5000)
        if schedule.next_local(civil::date(2026, 1, 1).at(0, 0, 0, 0)).is_none() {
            return Err(Complaint::new(format!("{written:?} never comes"), "name a day that exists"));
        }
        Ok(schedule)
    }

    /// The first instant after `after` at which the line matches Italian time. An hour that a daylight-saving change skips is taken
    /// an hour later, one that it repeats is taken once. `None` beyond the end of the calendar.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let rome = rome();
        let mut local = rome.to_datetime(after);
        for _ in 0..TRIES {
            local = self.next_local(local)?;
            let instant = rome.to_timestamp(local).ok()?;
            if instant > after {
                return Some(instant);
            }
        }
        None
    }

    /// The next local time that matches, strictly later. The calendar is walked as if it were UTC, where no hour is missing.
    fn next_local(&self, after: civil::DateTime) -> Option<civil::DateTime> {
        let seconds = TimeZone::UTC.to_timestamp(after).ok()?.as_second();
        let start = DateTime::<Utc>::from_timestamp(seconds, 0)?;
        let next = self.cron.find_next_occurrence(&start, false).ok()?;
        Some(TimeZone::UTC.to_datetime(Timestamp::from_second(next.timestamp()).ok()?))
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({:?})", self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(line: &str, after: &str) -> String {
        let after: Timestamp = after.parse().unwrap();
        let next = Schedule::parse(line).unwrap().next(after).unwrap();
        next.to_zoned_datetime(rome()).strftime("%F %T%:z").to_string()
    }

    #[test]
    fn office_hours_are_italian_hours() {
        assert_eq!(next("0 */30 7-20 * * Mon-Fri", "2026-03-06T19:45:00Z"), "2026-03-09 07:00:00+01:00"); // Friday evening, then Monday
        assert_eq!(next("0 */30 7-20 * * Mon-Fri", "2026-07-06T06:00:00Z"), "2026-07-06 08:30:00+02:00");
    }

    #[test]
    fn an_hour_that_spring_skips_comes_an_hour_later_and_one_that_autumn_repeats_comes_once() {
        assert_eq!(next("0 30 2 * * *", "2026-03-28T12:00:00Z"), "2026-03-29 03:30:00+02:00");
        assert_eq!(next("0 30 2 * * *", "2026-10-24T12:00:00Z"), "2026-10-25 02:30:00+02:00");
        assert_eq!(next("0 30 2 * * *", "2026-10-25T00:30:00Z"), "2026-10-26 02:30:00+01:00");
        // in the repeated hour itself (02:15 for the second time) the next stroke is still ahead
        assert_eq!(next("0 30 2 * * *", "2026-10-25T01:15:00Z"), "2026-10-26 02:30:00+01:00");
    }

    #[test]
    fn what_is_no_cron_line_is_told_how_to_be_one() {
        let complaint = Schedule::parse("*/30 7-20 * * Mon-Fri").unwrap_err();
        assert_eq!(complaint.message, "\"*/30 7-20 * * Mon-Fri\" lacks the seconds");
        assert_eq!(complaint.suggestion.unwrap(), "write \"0 */30 7-20 * * Mon-Fri\"");
        for line in ["", "ogni ora", "0 0 25 * * *", "0 0 8 * * Lun", "0 60 * * * *", "è è è è è è", "0 0 0 31 2 *"] {
            assert!(Schedule::parse(line).is_err(), "{line}");
        }
    }
}
