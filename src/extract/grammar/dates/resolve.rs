//! Which day of the calendar a written day is, given the day that the document speaks from.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Anchor;
use super::written::Written;
use crate::domain::Day;

pub(super) fn resolve(written: Written, anchor: &Anchor) -> Option<Date> {
    if written.fixed.is_some() {
        return written.fixed;
    }
    let (day, month) = (written.day?, written.month?);
    let year = written.year.or_else(|| nearest_year(anchor, month, day, written.weekday))?;
    date(year, month, day)
}

/// The end of something that lasts: "fino al 31 dicembre", said in May, looks ahead.
pub(super) fn resolve_end(written: Written, anchor: &Anchor) -> Option<Date> {
    const LONG_GONE: i32 = 3;
    let day = resolve(written, anchor)?;
    let gone = anchor.day.is_some_and(|from| (from - day).get_days() > LONG_GONE);
    if gone && written.year.is_none() && written.fixed.is_none() { day.checked_add(1.year()).ok() } else { Some(day) }
}

pub(super) fn nearest_year(anchor: &Anchor, month: i8, day: i8, weekday: Option<Day>) -> Option<i16> {
    // "Nel 2026 il museo non apre il 1° gennaio e il 15 agosto"
    if anchor.told.is_some() {
        return anchor.told;
    }
    let Some(from) = anchor.day else {
        // "martedì 26 dicembre e lunedì 1 gennaio", on a page that only says "Natale 2023": the weekday tells which year
        let falls = |year: &i16| weekday.is_none_or(|named| date(*year, month, day).is_some_and(|d| weekday_of(d) == named));
        let near = |year: i16| [year, year + 1, year - 1].into_iter().find(falls).unwrap_or(year);
        return anchor.year.map(near);
    };
    [from.year() - 1, from.year(), from.year() + 1]
        .into_iter()
        .filter_map(|year| date(year, month, day.clamp(1, 28)).map(|_| year))
        .min_by_key(|year| {
            let candidate = date(*year, month, day).or_else(|| date(*year, month, 28));
            let distance = candidate.map_or(10_000, |d| (d - from).get_days().abs());
            let right_day = weekday.map(|w| candidate.is_some_and(|d| weekday_of(d) == w));
            // "mercoledì 24 dicembre", said in January: a day that is over and was no Wednesday is not meant
            let over = candidate.is_some_and(|d| d < from);
            match right_day {
                Some(false) if over => distance + 400,
                Some(false) => distance + 250,
                // in autumn one announces the days of the year to come: "sabato 1° novembre" of the next, where this year's is a Friday
                Some(true) if from.month() >= 9 && candidate.is_some_and(|d| d > from) => distance / 2,
                _ => distance,
            }
        })
}

/// "venerdì 20" without a month: the nearest such day, on or after the anchor first.
pub(super) fn nearest_weekday_day(written: &Written, anchor: &Anchor) -> Option<Date> {
    // a page without a date speaks from the day that it named last, if the weekday confirms it
    let from = anchor.day.or(anchor.last.filter(|_| written.weekday.is_some()))?;
    let day = written.day?;
    let candidates = (-2..=6).filter_map(|months: i32| {
        let base = from.first_of_month().checked_add(months.months()).ok()?;
        date(base.year(), base.month(), day)
    });
    let fits = |d: &Date| written.weekday.is_none_or(|w| weekday_of(*d) == w);
    candidates.filter(fits).min_by_key(|d| {
        let distance = (*d - from).get_days();
        let elsewhere = anchor.here.is_some_and(|month| month != d.month());
        if elsewhere {
            20_000 + distance.abs()
        } else if distance >= -3 {
            distance
        } else {
            distance * -12
        }
    })
}

/// The next such day after the anchor.
pub(super) fn next_weekday(anchor: &Anchor, day: Day) -> Option<Date> {
    let from = anchor.day?;
    (1..=7).filter_map(|n: i64| from.checked_add(n.days()).ok()).find(|d| weekday_of(*d) == day)
}

pub(super) fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

/// The weekday of a date, in our own words.
pub fn weekday_of(date: Date) -> Day {
    Day::WEEK[date.weekday().to_monday_zero_offset() as usize]
}
