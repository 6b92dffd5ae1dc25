//! The operator's mail in words: which sources have been failing for days, which read well again, which bodies seem to have a new site.

use serde::Serialize;

use jiff::Timestamp;

use crate::domain::{Language, SourceId, TroubleReport, rome};

use super::clean::clip;
use super::words::in_language;

/// More sources than these are only counted: the command line lists them all.
const MAX_NAMED: usize = 40;

/// What the template is filled with.
#[derive(Debug, Serialize)]
pub(super) struct Trouble {
    failing: Vec<Failing>,
    n_failing: usize,
    back: Vec<Back>,
    n_back: usize,
    redesigned: Vec<Redesigned>,
    n_redesigned: usize,
}

#[derive(Debug, Serialize)]
struct Failing {
    source: String,
    url: String,
    since: String,
    tries: u32,
    words: String,
}

#[derive(Debug, Serialize)]
struct Back {
    source: String,
    url: String,
    read_at: String,
}

#[derive(Debug, Serialize)]
struct Redesigned {
    body: String,
    name: String,
    since: String,
    n_lost: u32,
    n_known: u32,
}

pub(super) fn in_words(report: &TroubleReport, language: Language) -> Trouble {
    let failing = report.failing.iter().take(MAX_NAMED).map(|failing| Failing {
        source: clip(&failing.source.0, 120),
        url: clip(&failing.url, 300),
        since: instant(failing.since, language),
        tries: failing.tries,
        words: clip(&failing.words, 300),
    });
    let back = report.back.iter().take(MAX_NAMED).map(|back| Back {
        source: clip(&back.source.0, 120),
        url: clip(&back.url, 300),
        read_at: instant(back.read_at, language),
    });
    let redesigned = report.redesigned.iter().take(MAX_NAMED).map(|redesigned| Redesigned {
        body: clip(&redesigned.body.0, 120),
        name: clip(&redesigned.name, 120),
        since: instant(redesigned.since, language),
        n_lost: redesigned.n_lost,
        n_known: redesigned.n_known,
    });
    Trouble {
        failing: failing.collect(),
        n_failing: report.failing.len(),
        back: back.collect(),
        n_back: report.back.len(),
        redesigned: redesigned.collect(),
        n_redesigned: report.redesigned.len(),
    }
}

/// "Sportello: comune-prato/novita non si legge da tre giorni".
pub(super) fn subject(report: &TroubleReport, language: Language) -> String {
    let name = |source: &SourceId| source.0.clone();
    let failing = match (report.failing.as_slice(), language) {
        ([], _) => None,
        ([one], Language::It) => Some(format!("{} non si legge da tre giorni", name(&one.source))),
        ([one], Language::En) => Some(format!("{} has not been readable for three days", name(&one.source))),
        (many, Language::It) => Some(format!("{} fonti non si leggono da tre giorni", many.len())),
        (many, Language::En) => Some(format!("{} sources have not been readable for three days", many.len())),
    };
    let back = match (report.back.as_slice(), language) {
        ([], _) => None,
        ([one], Language::It) => Some(format!("{} si legge di nuovo", name(&one.source))),
        ([one], Language::En) => Some(format!("{} can be read again", name(&one.source))),
        (many, Language::It) => Some(format!("{} fonti si leggono di nuovo", many.len())),
        (many, Language::En) => Some(format!("{} sources can be read again", many.len())),
    };
    let redesigned = match (report.redesigned.as_slice(), language) {
        ([], _) => None,
        ([one], Language::It) => Some(format!("{} ha forse un sito nuovo", clip(&one.name, 60))),
        ([one], Language::En) => Some(format!("{} may have a new site", clip(&one.name, 60))),
        (many, Language::It) => Some(format!("{} enti hanno forse un sito nuovo", many.len())),
        (many, Language::En) => Some(format!("{} bodies may have a new site", many.len())),
    };
    let parts: Vec<String> = failing.into_iter().chain(redesigned).chain(back).collect();
    format!("Sportello: {}", parts.join("; "))
}

/// The day and the hour in Italy.
fn instant(at: Timestamp, language: Language) -> String {
    let format = in_language(language, "%d/%m/%Y, %H:%M", "%Y-%m-%d, %H:%M");
    rome().to_datetime(at).strftime(format).to_string()
}
