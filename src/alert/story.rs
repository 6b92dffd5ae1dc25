//! A change as a reader sees it: headline, old and new side by side, where it was read. What templates are filled with.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use url::Url;

use crate::domain::{Access, Body, Change, Channel, Day, DaySelector, Language, OfficeHours, Season, Slot, Value, Week};

use super::clean::{clean, clip};
use super::marked::{Pieces, compare, plain, text};
use super::words;

/// One change, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Story {
    /// "Anagrafe: solo su appuntamento dal 9 marzo".
    pub headline: String,
    /// "Anagrafe", "Anagrafe, sede di Badia Pozzeveri".
    pub office: String,
    /// "Orario per il pubblico".
    pub aspect: &'static str,
    /// "In vigore dal 9 marzo 2026", if anything is stated.
    pub validity: Option<String>,
    /// Old and new side by side.
    pub rows: Vec<Row>,
    /// Whether any row has a label.
    pub labelled: bool,
    /// The comparison as lines for a terminal.
    pub columns: String,
    /// The sentences it was read from.
    pub evidence: Vec<String>,
    /// The documents that state it.
    pub sources: Vec<Source>,
    /// The office's page on our site.
    pub office_url: Option<String>,
    /// The change with its archived pages on our site.
    pub proof_url: Option<String>,
}

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Row {
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

/// A document that states the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Source {
    /// The address, absolute, `http` or `https`; `None` for anything else a page may have had us believe.
    pub url: Option<String>,
    /// The host, to show.
    pub host: String,
}

const MAX_EVIDENCE: usize = 4;
const MAX_EVIDENCE_CHARS: usize = 600;
const MAX_SOURCES: usize = 4;
const MAX_ROWS: usize = 60;

/// The story of a change. `public_url` is where our site is reached, if there is one.
pub(super) fn tell(change: &Change, language: Language, public_url: Option<&Url>) -> Story {
    let office = office_name(change, language);
    let mut rows = rows(change, language);
    rows.truncate(MAX_ROWS);
    let mut evidence: Vec<String> = Vec::new();
    for sentence in change.causes.iter().flat_map(|cause| &cause.evidence).map(|sentence| clip(sentence, MAX_EVIDENCE_CHARS)) {
        if !sentence.is_empty() && !evidence.contains(&sentence) && evidence.len() < MAX_EVIDENCE {
            evidence.push(sentence);
        }
    }
    let mut sources: Vec<Source> = Vec::new();
    for source in change.causes.iter().filter_map(|cause| source(&cause.url)) {
        if !sources.contains(&source) && sources.len() < MAX_SOURCES {
            sources.push(source);
        }
    }
    let mut story = Story {
        columns: String::new(),
        headline: format!("{office}: {}", words::gist(language, change)),
        aspect: words::aspect(language, change.aspect),
        validity: words::validity(language, change.effective_from, change.effective_until),
        labelled: rows.iter().any(|row| !row.label.is_empty()),
        rows,
        evidence,
        sources,
        office_url: public_url.map(|base| page(base, &["enti", &change.body.0, &change.key.office.0])),
        proof_url: public_url.zip(change.id).map(|(base, id)| page(base, &["variazioni", &id.0.to_string()])),
        office,
    };
    story.columns = columns(&story, language);
    story
}

/// The name of the office with its branch.
pub(super) fn office_name(change: &Change, language: Language) -> String {
    let name = clip(&change.name, 80);
    let name = if name.is_empty() { clean(&change.key.office.0) } else { capitalised(&name) };
    match change.key.site.as_deref().map(|site| clip(site, 80)).filter(|site| !site.is_empty()) {
        Some(site) if language == Language::It => format!("{name}, sede {site}"),
        Some(site) => format!("{name}, {site} branch"),
        None => name,
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

/// "Altopascio" for "Comune di Altopascio"; other bodies by their whole name.
pub(super) fn short_body(body: &Body) -> String {
    let name = clip(&body.name, 80);
    let rest = ["Comune di ", "Comune d'"].iter().find_map(|start| name.strip_prefix(start)).map(str::to_string);
    rest.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// An address on our site.
pub(super) fn page(base: &Url, segments: &[&str]) -> String {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url.to_string()
}

/// A link to a source, if a mail may link it.
fn source(address: &str) -> Option<Source> {
    match Url::parse(address.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none() => {
            let host = clean(url.host_str().unwrap_or_default());
            Some(Source { host, url: Some(url.to_string()).filter(|url| url.len() <= 900) })
        }
        _ => Some(Source { url: None, host: clip(address, 120) }).filter(|source| !source.host.is_empty()),
    }
}

fn rows(change: &Change, language: Language) -> Vec<Row> {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let none = || -> BTreeMap<String, Vec<String>> { BTreeMap::new() };
    match (before.or(after), before, after) {
        (Some(Value::Hours(_)), before, after) => {
            let hours = |value: Option<&Value>| match value {
                Some(Value::Hours(hours)) => hours.clone(),
                _ => Vec::new(),
            };
            hours_rows(&hours(before), &hours(after), language)
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
                BTreeMap::from([(String::new(), value.map(|value| value_lines(value, language)).unwrap_or_default())])
            };
            listed(&lines(before), &lines(after), false)
        }
        (None, ..) => Vec::new(),
    }
}

/// The lines of a value that is no table.
fn value_lines(value: &Value, language: Language) -> Vec<String> {
    match value {
        Value::Status(status) => vec![words::status(language, *status).to_string()],
        Value::Address(address) => vec![clip(address, 200)],
        Value::Closures(ranges) => ranges.iter().map(|range| words::range(language, *range)).collect(),
        Value::Openings(openings) => {
            let mut days: BTreeMap<_, Vec<String>> = BTreeMap::new();
            for opening in openings {
                days.entry(opening.date).or_default().push(words::slot(language, &Slot::Times(opening.span)));
            }
            days.into_iter().map(|(day, spans)| format!("{}, {}", words::date(language, day), words::and(language, &spans))).collect()
        }
        Value::Hours(_) | Value::Channels(_) => Vec::new(),
    }
}

fn channels_by_kind(channels: &BTreeSet<Channel>, language: Language) -> BTreeMap<String, Vec<String>> {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for channel in channels {
        let value = match (&channel.value, channel.kind) {
            (Some(value), crate::domain::ChannelKind::Phone | crate::domain::ChannelKind::Fax | crate::domain::ChannelKind::Whatsapp) => {
                clip(&words::phone(value), 120)
            }
            (Some(value), _) => clip(value, 200),
            (None, _) => words::in_language(language, "sì", "yes").to_string(),
        };
        // the digit keeps the order of display and is taken off again
        kinds.entry(format!("{}{}", channel.kind as u8, words::channel_kind(language, channel.kind))).or_default().push(value);
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
        words::and(language, &slots)
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

/// The comparison as lines for a terminal: two columns under their titles, `»` before each row that changed.
fn columns(story: &Story, language: Language) -> String {
    const WIDTH: usize = 72;
    let titles = (words::in_language(language, "PRIMA", "BEFORE"), words::in_language(language, "ORA", "NOW"));
    let nothing = words::in_language(language, "non indicato", "not stated");
    let shown = |pieces: &Pieces| if pieces.is_empty() { nothing.to_string() } else { text(pieces) };
    let width = |text: &str| text.chars().count();
    let label_width = story.rows.iter().map(|row| width(&row.label)).max().unwrap_or(0);
    let label_room = if label_width > 0 { label_width + 2 } else { 0 };
    let rest = WIDTH.saturating_sub(2 + label_room + 2);
    let longest = story.rows.iter().map(|row| width(&shown(&row.before))).max().unwrap_or(0).max(width(titles.0));
    let column = longest.min(rest / 2).max(8);
    let other = rest.saturating_sub(column).max(8);
    let mut lines = vec![format!("  {:label_room$}{:column$}  {}", "", titles.0, titles.1)];
    for row in &story.rows {
        lines.extend(row.heading.as_ref().map(|heading| format!("  {heading}:")));
        let (left, right) = (wrap(&shown(&row.before), column), wrap(&shown(&row.after), other));
        for i in 0..left.len().max(right.len()) {
            let mark = if row.changed && i == 0 { "»" } else { " " };
            let label = if i == 0 { row.label.as_str() } else { "" };
            let side = |lines: &[String]| lines.get(i).cloned().unwrap_or_default();
            lines.push(format!("{mark} {label:label_room$}{:column$}  {}", side(&left), side(&right)).trim_end().to_string());
        }
    }
    lines.join("\n")
}

/// Lines of at most `width` characters, broken at spaces; a longer word, an address say, stays whole.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let full = lines.last().is_some_and(|line| !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
