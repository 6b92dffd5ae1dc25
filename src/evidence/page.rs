//! The page of a package: what changed, the sentences, and both versions side by side.

use std::fmt::Write as _;

use super::compare::{Piece, Row};
use crate::domain::{Change, Language};
use crate::store::Snapshot;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%;table-layout:fixed}\
th,td{border:1px solid #c8ccd0;padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
.facts{table-layout:auto}.facts th{width:14rem;font-weight:600}del{background:#ffd9d6;text-decoration-color:#a11}ins{background:#cdeccd;text-decoration:underline #060}\
blockquote{margin:.5rem 0;padding:.3rem 1rem;border-left:4px solid #06c}.gap td{color:#555;text-align:center}code{overflow-wrap:anywhere}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#16181b}th,td{border-color:#444}del{background:#5c1f1b;color:#fff}ins{background:#1d4a1d;color:#fff}.gap td{color:#aaa}}";

/// One document of the change: the version before and the one that states the new value, with the comparison.
pub(super) struct Compared<'a> {
    pub before: Option<&'a Snapshot>,
    pub after: &'a Snapshot,
    pub rows: Vec<Row>,
}

/// The words of the page.
struct Words {
    title: &'static str,
    facts: [&'static str; 7],
    sentences: &'static str,
    versions: &'static str,
    before: &'static str,
    after: &'static str,
    nothing: &'static str,
    none_before: &'static str,
    gap: &'static str,
    verify: &'static str,
}

const IT: Words = Words {
    title: "Prova della variazione",
    facts: ["Ente", "Ufficio", "Aspetto", "Prima", "Dopo", "Dal / fino al", "Rilevata il (UTC)"],
    sentences: "Frasi citate",
    versions: "Le due copie a confronto",
    before: "Prima",
    after: "Dopo",
    nothing: "non indicato",
    none_before: "Di questo documento non esiste una copia precedente.",
    gap: "righe uguali",
    verify: "Le copie come ricevute sono nella cartella snapshots e in responses.warc; le impronte SHA-256 in SHA256SUMS (sha256sum -c SHA256SUMS).",
};

const EN: Words = Words {
    title: "Proof of change",
    facts: ["Body", "Office", "Aspect", "Before", "After", "From / until", "Detected at (UTC)"],
    sentences: "Sentences",
    versions: "Both versions side by side",
    before: "Before",
    after: "After",
    nothing: "not stated",
    none_before: "There is no earlier version of this document.",
    gap: "equal lines",
    verify: "The copies as received are in the folder snapshots and in responses.warc; their SHA-256 digests in SHA256SUMS (sha256sum -c SHA256SUMS).",
};

/// Writes the page. `record` is the change's public JSON; `body` the name of the body.
pub(super) fn page(change: &Change, record: &serde_json::Value, body: &str, documents: &[Compared<'_>], language: Language) -> String {
    let (words, lang) = match language {
        Language::It => (&IT, "it"),
        Language::En => (&EN, "en"),
    };
    let number = change.id.map(|id| id.0.to_string()).unwrap_or_default();
    let side = |name: &str| record.get(name).and_then(text_of).unwrap_or_else(|| words.nothing.into());
    let period = [change.effective_from, change.effective_until].map(|day| day.map_or("–".to_string(), |day| day.to_string())).join(" / ");
    let office = match &change.key.site {
        Some(site) => format!("{} ({site})", change.name),
        None => change.name.clone(),
    };
    let values =
        [body.to_string(), office, change.aspect.to_string(), side("before"), side("after"), period, change.detected_at.to_string()];
    let mut out = String::new();
    let title = format!("{} {number}", words.title);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n<table class=\"facts\">\n"
    );
    for (name, value) in words.facts.iter().zip(&values) {
        let _ = writeln!(out, "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>", escape(value));
    }
    let _ = writeln!(out, "</table>\n<h2>{}</h2>", words.sentences);
    for cause in &change.causes {
        for sentence in &cause.evidence {
            let _ = writeln!(out, "<blockquote>{}</blockquote>", escape(sentence));
        }
        let _ = writeln!(out, "<p><a href=\"{0}\" rel=\"nofollow noreferrer\">{0}</a></p>", escape(&cause.url));
    }
    let _ = writeln!(out, "<h2>{}</h2>", words.versions);
    for document in documents {
        comparison(&mut out, document, words);
    }
    let _ = writeln!(out, "<p>{}</p>\n</body></html>", words.verify);
    out
}

fn comparison(out: &mut String, document: &Compared<'_>, words: &Words) {
    let Some(before) = document.before else {
        let _ = writeln!(out, "<p>{}</p>", words.none_before);
        return;
    };
    let _ = writeln!(
        out,
        "<table>\n<tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr>",
        head(words.before, before),
        head(words.after, document.after)
    );
    for row in &document.rows {
        let _ = match row {
            Row::Gap(n) => writeln!(out, "<tr class=\"gap\"><td colspan=\"2\">… {n} {} …</td></tr>", words.gap),
            Row::Lines(left, right) => writeln!(out, "<tr><td>{}</td><td>{}</td></tr>", side(left, "del"), side(right, "ins")),
        };
    }
    out.push_str("</table>\n");
}

fn head(word: &str, snapshot: &Snapshot) -> String {
    format!("{word}: {} · {}<br><code>SHA-256 {}</code>", snapshot.id.0, snapshot.first_seen, snapshot.body_sha)
}

fn side(pieces: &[Piece], tag: &str) -> String {
    let mut out = String::new();
    for piece in pieces {
        let text = escape(&piece.text);
        let _ = if piece.marked { write!(out, "<{tag}>{text}</{tag}>") } else { write!(out, "{text}") };
    }
    out
}

/// A string as it is, a list joined with commas.
fn text_of(json: &serde_json::Value) -> Option<String> {
    match json {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Array(items) => Some(items.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(", ")),
        _ => None,
    }
}

/// All that comes from a page is text.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
