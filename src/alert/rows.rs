//! Old and new side by side, row by row: weeks by their days, channels by their kind, lists by what stayed, went and came.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::domain::{Access, Channel, ChannelKind, Day, DaySelector, Language, OfficeHours, Season, Slot, Value, Week};
use crate::wording;

use super::clean::clip;
use super::marked::{Pieces, compare, marked, plain};
use super::words;

/// One line of the comparison. A line break in a cell parts the spans of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// A heading above this row: the access, the season.
    pub heading: Option<String>,
    /// "lun–ven", "Telefono"; may be empty.
    pub label: String,
    /// What held; empty when nothing was stated.
    pub before: Pieces,
    /// What holds.
    pub after: Pieces,
    /// Whether the two differ.
    pub changed: bool,
}

/// The rows that show what held and what holds.
/// Dates show their year where it is not `year`.
pub fn rows(before: Option<&Value>, after: Option<&Value>, language: Language, year: i16) -> Vec<Row> {
    let none = || -> BTreeMap<String, Vec<String>> { BTreeMap::new() };
    match (before.or(after), before, after) {
        (Some(Value::Hours(_)), before, after) => hours_rows(hours(before), hours(after), language),
        // one of five values: compared word by word, "senza appuntamento" and "su appuntamento" would look half alike
        (Some(Value::Status(_)), before, after) => {
            let side = |value: Option<&Value>| value.map(|value| value_lines(value, language, year).join("")).unwrap_or_default();
            let (before, after) = (marked(&side(before)), marked(&side(after)));
            vec![Row { heading: None, label: String::new(), changed: before != after, before, after }]
        }
        (Some(Value::Channels(_)), before, after) => {
            let by_kind = |value: Option<&Value>| match value {
                Some(Value::Channels(channels)) => channels_by_kind(channels, language),
                _ => none(),
            };
            listed(&by_kind(before), &by_kind(after), true)
        }
        (Some(_), before, after) => {
            let lines = |value: Option<&Value>| {
                BTreeMap::from([(String::new(), value.map(|value| value_lines(value, language, year)).unwrap_or_default())])
            };
            listed(&lines(before), &lines(after), false)
        }
        (None, ..) => Vec::new(),
    }
}

fn hours(value: Option<&Value>) -> &[OfficeHours] {
    match value {
        Some(Value::Hours(hours)) => hours,
        _ => &[],
    }
}

/// The lines of a value that is no table.
fn value_lines(value: &Value, language: Language, year: i16) -> Vec<String> {
    match value {
        Value::Status(status) => vec![wording::status(language, *status).to_string()],
        Value::Address(address) => vec![clip(address, 200)],
        Value::Closures(ranges) => ranges.iter().map(|range| words::range(language, *range, year)).collect(),
        Value::Openings(openings) => {
            let mut days: BTreeMap<_, Vec<String>> = BTreeMap::new();
            for opening in openings {
                days.entry(opening.date).or_default().push(words::slot(language, &Slot::Times(opening.span)));
            }
            days.into_iter()
                .map(|(day, spans)| format!("{}, {}", wording::long_day(language, day, year), wording::and(language, &spans)))
                .collect()
        }
        Value::Hours(_) | Value::Channels(_) => Vec::new(),
    }
}

fn channels_by_kind(channels: &BTreeSet<Channel>, language: Language) -> BTreeMap<String, Vec<String>> {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for channel in channels {
        let value = match (&channel.value, channel.kind) {
            (Some(value), ChannelKind::Phone | ChannelKind::Fax | ChannelKind::Whatsapp) => clip(&wording::phone(value), 120),
            (Some(value), _) => clip(value, 200),
            (None, _) => words::in_language(language, "sì", "yes").to_string(),
        };
        // the digit keeps the order of display and is taken off again
        kinds
            .entry(format!("{}{}", channel.kind as u8, capitalised(wording::kind_of_channel(language, channel.kind))))
            .or_default()
            .push(value);
    }
    kinds
}

/// Lists side by side, label by label: what both have first to last, then what is gone or new. `ordered`: labels carry a digit in front.
fn listed(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>, ordered: bool) -> Vec<Row> {
    let labels: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut rows = Vec::new();
    for label in labels {
        let (old, new) = (before.get(label).cloned().unwrap_or_default(), after.get(label).cloned().unwrap_or_default());
        let kept: Vec<&String> = old.iter().filter(|line| new.contains(line)).collect();
        let gone: Vec<&String> = old.iter().filter(|line| !new.contains(line)).collect();
        let come: Vec<&String> = new.iter().filter(|line| !old.contains(line)).collect();
        let mut shown = if ordered { label.get(1..).unwrap_or_default().to_string() } else { label.clone() };
        let mut add = |before: Pieces, after: Pieces, changed: bool| {
            rows.push(Row { heading: None, label: std::mem::take(&mut shown), before, after, changed });
        };
        for line in kept {
            add(plain(line), plain(line), false);
        }
        for i in 0..gone.len().max(come.len()) {
            let side = |lines: &[&String]| lines.get(i).map(|line| line.as_str()).unwrap_or_default().to_string();
            let (before, after) = compare(&side(&gone), &side(&come));
            add(before, after, true);
        }
    }
    rows
}

/// Weeks side by side, access by access, season by season; days in a row that read alike on both sides share a row.
fn hours_rows(before: &[OfficeHours], after: &[OfficeHours], language: Language) -> Vec<Row> {
    let accesses: BTreeSet<Access> = before.iter().chain(after).map(|hours| hours.access).collect();
    let mut rows = Vec::new();
    for access in &accesses {
        let week = |side: &[OfficeHours]| {
            let mut week = Week::default();
            side.iter().filter(|hours| hours.access == *access).for_each(|hours| week.extend(&hours.week));
            week
        };
        let (old, new) = (week(before), week(after));
        let seasons: BTreeSet<Option<Season>> = old.iter().chain(new.iter()).map(|(season, ..)| season).collect();
        for season in seasons {
            let mut heading: Vec<String> = Vec::new();
            if accesses.len() > 1 || *access != Access::WalkIn {
                heading.push(words::access(language, *access).into());
            }
            heading.extend(season.map(|season| words::season(language, season)));
            let heading = Some(heading.join(", ")).filter(|heading| !heading.is_empty());
            rows.extend(week_rows(&old, &new, season, heading, language));
        }
    }
    rows
}

fn week_rows(old: &Week, new: &Week, season: Option<Season>, mut heading: Option<String>, language: Language) -> Vec<Row> {
    let selectors: BTreeSet<&DaySelector> =
        old.iter().chain(new.iter()).filter(|(of, ..)| *of == season).map(|(_, selector, _)| selector).collect();
    let cell = |week: &Week, selector: &DaySelector| {
        let slots: Vec<String> = week.day(season, selector.clone()).into_iter().flatten().map(|slot| words::slot(language, slot)).collect();
        slots.join("\n")
    };
    // first and last day of a run that reads alike, with both cells
    let mut runs: Vec<(&DaySelector, &DaySelector, String, String)> = Vec::new();
    for selector in selectors {
        let (left, right) = (cell(old, selector), cell(new, selector));
        match runs.last_mut() {
            Some((_, last, known_left, known_right)) if *known_left == left && *known_right == right && follows(last, selector) => {
                *last = selector;
            }
            _ => runs.push((selector, selector, left, right)),
        }
    }
    runs.into_iter()
        .map(|(first, last, left, right)| {
            let label = if first == last {
                words::day(language, first)
            } else {
                format!("{}–{}", words::day(language, first), words::day(language, last))
            };
            let changed = left != right;
            let (before, after) = compare(&left, &right);
            Row { heading: heading.take(), label, before, after, changed }
        })
        .collect()
}

fn follows(before: &DaySelector, after: &DaySelector) -> bool {
    before.nth.is_empty() && after.nth.is_empty() && after.day != Day::Ph && after.day as u8 == before.day as u8 + 1
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
