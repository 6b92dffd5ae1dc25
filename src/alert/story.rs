//! A change as a reader sees it: headline, old and new side by side, where it was read. What templates are filled with.

use serde::Serialize;
use url::Url;

use crate::domain::{Aspect, Body, Change, Language, Value};

use super::clean::{clean, clip};
use super::columns::columns;
use super::marked::{marked, text};
use super::rows::{Row, hours_line, rows};
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
    /// Whether cells hold hours, which should not be broken within a span.
    pub hours: bool,
    /// Whether any row has a label.
    pub labelled: bool,
    /// The comparison as lines for a terminal.
    pub columns: String,
    /// What the same document states for later days.
    pub later: Vec<Later>,
    /// The sentences it was read from.
    pub evidence: Vec<String>,
    /// The documents that state it.
    pub sources: Vec<Source>,
    /// The office's page on our site.
    pub office_url: Option<String>,
    /// The change with its archived pages on our site.
    pub proof_url: Option<String>,
}

/// What is stated for a later period, beside the change itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Later {
    /// "In vigore dal 1º settembre 2026".
    pub validity: Option<String>,
    /// "lun–ven 8:30–12:30", one or more lines.
    pub lines: Vec<String>,
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
const MAX_LATER: usize = 4;

/// The story of a change. `public_url` is where our site is reached, if there is one.
pub(super) fn tell(change: &Change, language: Language, public_url: Option<&Url>) -> Story {
    let office = office_name(change, language);
    let mut rows = rows(change.before.as_ref(), change.after.as_ref(), language);
    rows.truncate(MAX_ROWS);
    with_hours_before(change, &mut rows, language);
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
    Story {
        columns: columns(&rows, language),
        headline: format!("{office}: {}", words::gist(language, change)),
        aspect: words::aspect(language, change.aspect),
        validity: words::validity(language, change.effective_from, change.effective_until),
        hours: change.aspect == Aspect::Hours,
        labelled: rows.iter().any(|row| !row.label.is_empty()),
        rows,
        later: later(change, language),
        evidence,
        sources,
        office_url: public_url.map(|base| page(base, &["enti", &change.body.0, &change.key.office.0])),
        proof_url: public_url.zip(change.id).map(|(base, id)| page(base, &["variazioni", &id.0.to_string()])),
        office,
    }
}

/// A change of status says what hours held before: "aperto al pubblico, lun–ven 8:30–12:30".
fn with_hours_before(change: &Change, rows: &mut [Row], language: Language) {
    if let (Some(Value::Hours(hours)), [row]) = (&change.hours, rows) {
        let line = hours_line(hours, language);
        let before = text(&row.before);
        let joined = if before.is_empty() { line } else { format!("{before}, {line}") };
        row.before = marked(&joined);
    }
}

fn later(change: &Change, language: Language) -> Vec<Later> {
    let lines = |value: &Value| {
        if let Value::Hours(hours) = value {
            return vec![hours_line(hours, language)];
        }
        let rows = rows(None, Some(value), language);
        let line = |row: Row| {
            let heading = row.heading.map(|heading| format!("{heading}: ")).unwrap_or_default();
            format!("{heading}{} {}", row.label, text(&row.after)).trim().to_string()
        };
        rows.into_iter().take(MAX_ROWS).map(line).collect()
    };
    let told = change.further.iter().take(MAX_LATER);
    told.map(|fact| Later { validity: words::validity(language, fact.from, fact.until), lines: lines(&fact.value) }).collect()
}

/// The name of the office with its branch: "Anagrafe" for "Ufficio Anagrafe".
pub(super) fn office_name(change: &Change, language: Language) -> String {
    let name = clip(&change.name, 80);
    let name = match name.split_once(' ') {
        Some((first, rest)) if first.eq_ignore_ascii_case("ufficio") && rest.starts_with(char::is_uppercase) => rest.to_string(),
        _ if name.is_empty() => clean(&change.key.office.0),
        _ => capitalised(&name),
    };
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
