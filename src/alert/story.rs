//! A change as a reader sees it: headline, old and new side by side, where it was read. What templates are filled with.

use serde::Serialize;
use url::Url;

use crate::domain::{Aspect, Body, Change, Language, Value, day_of};
use crate::lexicon::Lexicon;
use crate::wording;

use super::clean::{clean, clip};
use super::columns::columns;
use super::marked::{marked, text};
use super::rows::{Row, rows};
use super::words;

/// One change, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Story {
    /// "Anagrafe: solo su appuntamento dal 9 marzo".
    pub headline: String,
    /// "Anagrafe di Altopascio: da lunedì 9 marzo riceve solo su appuntamento; prima: lun–ven 8:30–12:30".
    pub sentence: String,
    /// "Anagrafe", "Anagrafe, sede di Badia Pozzeveri".
    pub office: String,
    /// "Orario per il pubblico".
    pub aspect: &'static str,
    /// Old and new side by side.
    pub rows: Vec<Row>,
    /// Whether cells hold hours, which should not be broken within a span.
    pub hours: bool,
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
const MAX_SENTENCE_CHARS: usize = 600;
const MAX_SOURCES: usize = 4;
const MAX_ROWS: usize = 60;

/// The story of a change. `public_url` is where our site is reached, if there is one.
pub(super) fn tell(change: &Change, body: &Body, language: Language, public_url: Option<&Url>) -> Story {
    let office = office_name(change, language);
    let year = day_of(change.detected_at).year();
    let mut rows = rows(change.before.as_ref(), change.after.as_ref(), language, year);
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
        headline: format!("{office}: {}", wording::gist(language, change)),
        sentence: clip(&wording::sentence(language, change, body, name_to_show(change, language)), MAX_SENTENCE_CHARS),
        aspect: words::aspect(language, change.aspect),
        hours: change.aspect == Aspect::Hours,
        labelled: rows.iter().any(|row| !row.label.is_empty()),
        rows,
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
        let line = wording::hours(language, hours);
        let before = text(&row.before);
        let joined = if before.is_empty() { line } else { format!("{before}, {line}") };
        row.before = marked(&joined);
    }
}

/// The name of the office with its branch: "Anagrafe, Sede di via Santi 40".
pub(super) fn office_name(change: &Change, language: Language) -> String {
    if change.key.office.is_all() {
        return words::in_language(language, "Tutti gli uffici", "All offices").to_string();
    }
    wording::office_and_site(name_to_show(change, language), &change.key)
}

/// The lexicon's name, so that an office is called the same in every mail; for one that it lacks, the document's.
fn name_to_show(change: &Change, language: Language) -> &str {
    let id = change.key.office.0.as_str();
    match Lexicon::builtin().office_name(&change.key.office, language) {
        name if (change.key.office.is_other() || name == id) && !change.name.is_empty() => &change.name,
        name => name,
    }
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
