//! Old and new side by side, row by row: weeks by their days, channels by their kind, lists by what stayed, went and came.

use std::borrow::Cow;
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
        let (old, new) = (week_of(before, *access), week_of(after, *access));
        let seasons: BTreeSet<Option<Season>> = old.days().chain(new.days()).map(|((season, _), _)| *season).collect();
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

/// All that holds for one way of access.
fn week_of(hours: &[OfficeHours], access: Access) -> Cow<'_, Week> {
    let mut weeks = hours.iter().filter(|hours| hours.access == access).map(|hours| &hours.week);
    let Some(first) = weeks.next() else { return Cow::Owned(Week::default()) };
    weeks.fold(Cow::Borrowed(first), |mut whole, week| {
        whole.to_mut().extend(week);
        whole
    })
}

/// Days in a row that read alike.
struct Run<'a> {
    first: &'a DaySelector,
    last: &'a DaySelector,
    /// What holds on both sides, on the first of them.
    slots: [Option<&'a BTreeSet<Slot>>; 2],
    cells: [String; 2],
}

fn week_rows(old: &Week, new: &Week, season: Option<Season>, mut heading: Option<String>, language: Language) -> Vec<Row> {
    let days = old.days().chain(new.days()).filter(|((of, _), _)| *of == season);
    let selectors: BTreeSet<&DaySelector> = days.map(|((_, selector), _)| selector).collect();
    let cell = |slots: Option<&BTreeSet<Slot>>| {
        let slots: Vec<String> = slots.into_iter().flatten().map(|slot| words::slot(language, slot)).collect();
        slots.join("\n")
    };
    let mut runs: Vec<Run> = Vec::new();
    for selector in selectors {
        let slots = [old, new].map(|week| week.day(season, selector.clone()));
        let run = runs.last_mut().filter(|run| follows(run.last, selector));
        match run {
            // written out only where they differ: unequal slots may read alike
            Some(run) if run.slots == slots => run.last = selector,
            run => {
                let cells = slots.map(cell);
                match run {
                    Some(run) if run.cells == cells => run.last = selector,
                    _ => runs.push(Run { first: selector, last: selector, slots, cells }),
                }
            }
        }
    }
    runs.into_iter()
        .map(|run| {
            let mut label = words::day(language, run.first);
            if run.first != run.last {
                label.push('–');
                label.push_str(&words::day(language, run.last));
            }
            let [left, right] = &run.cells;
            let (before, after) = compare(left, right);
            Row { heading: heading.take(), label, before, after, changed: left != right }
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
