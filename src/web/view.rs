//! What pages show, as plain values in words: names, days, changes, facts. Pure: the store's values and the present day go in.

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use super::page::Crumb;
use crate::alert::{Pieces, Row, aspect_name, clean, rows};
use crate::domain::{
    Aspect, Body, BodyId, BodyKind, Cause, Change, Channel, ChannelKind, DateRange, Language, OfficeHours, OfficeId, OfficeKey, Value,
    day_of, rome,
};
use crate::lexicon::Lexicon;
use crate::wording::{self, pick};

/// A name and where it leads inside the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub name: String,
    pub path: String,
}

/// A sentence that a page stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proof {
    pub sentences: Vec<String>,
    pub source: Link,
    /// The archived page.
    pub copy: String,
}

/// A link out of the site; `href` only for what may be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub href: Option<String>,
    pub text: String,
}

/// A change in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangeItem {
    pub path: String,
    pub at: String,
    pub iso: String,
    pub body: Named,
    pub office: Named,
    pub aspect: &'static str,
    /// The whole sentence.
    pub sentence: String,
}

/// Old and new side by side. Lists do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Compared {
    pub rows: Vec<RowView>,
    pub labelled: bool,
}

/// A row of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowView {
    pub heading: Option<String>,
    pub label: String,
    pub before: Pieces,
    pub after: Pieces,
    pub changed: bool,
}

/// Where pages of the site stand, without the language's prefix.
pub(super) mod path {
    use crate::domain::{BodyId, ChangeId, OfficeId};

    /// One segment, so that nothing in it ends it.
    pub fn segment(text: &str) -> String {
        percent(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
    }

    fn percent(text: &str, plain: impl Fn(u8) -> bool) -> String {
        let mut out = String::new();
        for byte in text.bytes() {
            if plain(byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
        out
    }

    pub fn province(province: &str) -> String {
        format!("/province/{}", segment(province))
    }

    pub fn body(body: &BodyId) -> String {
        format!("/enti/{}", segment(&body.0))
    }

    pub fn office(body: &BodyId, office: &OfficeId) -> String {
        if office.is_all() { self::body(body) } else { format!("{}/{}", self::body(body), segment(&office.0)) }
    }

    pub fn change(change: Option<ChangeId>) -> String {
        format!("/variazioni/{}", change.map_or(0, |id| id.0))
    }
}

/// The name of an office as it is called on every page: the lexicon's; for one that it lacks, the document's.
pub(super) fn office_name(key: &OfficeKey, written: &str, language: Language) -> String {
    wording::office_and_site(&office_alone(&key.office, written, language), key)
}

/// The same without its branch.
pub(super) fn office_alone(office: &OfficeId, written: &str, language: Language) -> String {
    let name = Lexicon::builtin().office_name(office, language);
    let name = if (office.is_other() || name == office.0) && !written.trim().is_empty() { written } else { name };
    clean(name)
}

/// "Comune di Altopascio".
pub(super) fn body_name(body: &Body) -> String {
    clean(&body.name)
}

/// A body for one that the store does not know any more.
pub(super) fn unknown_body(id: &BodyId) -> Body {
    Body { id: id.clone(), name: id.0.clone(), kind: BodyKind::Altro, province: None, istat: None, ipa: None }
}

/// "3 marzo 2026, 9:00" at the offices.
pub(super) fn instant(at: Timestamp, language: Language) -> String {
    let civil = rome().to_datetime(at);
    format!("{}, {}:{:02}", full_day(civil.date(), language), civil.hour(), civil.minute())
}

/// "3 marzo 2026".
pub(super) fn full_day(day: Date, language: Language) -> String {
    wording::day(language, day, 0)
}

/// The steps from the home page to a body.
pub(super) fn body_crumbs(body: &Body) -> Vec<Crumb> {
    let province = body.province.as_ref().map(|code| Crumb::to(super::provinces::title(code), path::province(code)));
    province.into_iter().collect()
}

/// An address that a page or a document gave: a link only for http and https without credentials.
pub(super) fn link(address: &str) -> Link {
    match Url::parse(address.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none() => {
            let host = clean(url.host_str().unwrap_or_default());
            let path = clean(url.path());
            let text = if path == "/" { host } else { format!("{host}{path}") };
            Link { href: Some(url.to_string()), text: clip(&text, 90) }
        }
        _ => Link { href: None, text: clip(address, 120) },
    }
}

/// Cut at so many characters.
pub(super) fn clip(text: &str, n_most: usize) -> String {
    let text = clean(text);
    if text.len() <= n_most {
        return text;
    }
    match text.char_indices().nth(n_most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text,
    }
}

/// The first causes of something, with what they say.
pub(super) fn proofs(causes: &[Cause], n_most: usize) -> Vec<Proof> {
    let proof = |cause: &Cause| {
        let mut sentences: Vec<String> = Vec::new();
        for sentence in cause.evidence.iter().map(|sentence| clip(sentence, 600)) {
            if !sentence.is_empty() && !sentences.contains(&sentence) && sentences.len() < 4 {
                sentences.push(sentence);
            }
        }
        Proof { sentences, source: link(&cause.url), copy: format!("/copie/{}", cause.snapshot) }
    };
    causes.iter().take(n_most).map(proof).collect()
}

/// A change as lists show it.
pub(super) fn change(change: &Change, body: &Body, language: Language) -> ChangeItem {
    let written = office_alone(&change.key.office, &change.name, language);
    let office = if change.key.office.is_all() {
        pick(language, "Tutti gli uffici", "All offices").to_string()
    } else {
        wording::office_and_site(&written, &change.key)
    };
    ChangeItem {
        path: path::change(change.id),
        at: instant(change.detected_at, language),
        iso: change.detected_at.to_string(),
        body: Named { name: body_name(body), path: path::body(&body.id) },
        office: Named { name: office, path: path::office(&change.body, &change.key.office) },
        aspect: aspect_name(language, change.aspect),
        sentence: clip(&wording::sentence(language, change, body, &written), 600),
    }
}

/// Old and new, row by row; long comparisons are cut, so that a page stays small.
pub(super) fn compared(change: &Change, language: Language) -> Compared {
    let year = day_of(change.detected_at).year();
    let row = |row: Row| RowView { heading: row.heading, label: row.label, before: row.before, after: row.after, changed: row.changed };
    let rows: Vec<RowView> = rows(change.before.as_ref(), change.after.as_ref(), language, year).into_iter().take(40).map(row).collect();
    Compared { labelled: rows.iter().any(|row| !row.label.is_empty()), rows }
}

/// A value in words, one line each.
pub(super) fn value_lines(value: &Value, language: Language, year: i16) -> Vec<String> {
    let period = |range: &DateRange| wording::period(language, Some(range.first()), Some(range.last()), year).unwrap_or_default();
    match value {
        Value::Hours(hours) => hours.iter().map(|entry| wording::hours(language, std::slice::from_ref(entry))).collect(),
        Value::Status(status) => vec![wording::status(language, *status).to_string()],
        Value::Channels(channels) => channels.iter().map(|channel| clip(&wording::channel(language, channel), 160)).collect(),
        Value::Address(address) => vec![clip(address, 200)],
        Value::Closures(ranges) => ranges.iter().map(|range| format!("{} {}", pick(language, "chiuso", "closed"), period(range))).collect(),
        Value::Openings(openings) => openings
            .iter()
            .map(|opening| {
                let day = wording::long_day(language, opening.date, year);
                format!(
                    "{} {day} {}",
                    pick(language, "apertura straordinaria", "exceptionally open"),
                    wording::span(language, opening.span)
                )
            })
            .collect(),
    }
}

/// The hours as OpenStreetMap writes them.
pub(super) fn osm(hours: &[OfficeHours]) -> String {
    clean(&wording::opening_hours(hours))
}

/// A channel as a link that opens what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChannelView {
    pub kind: &'static str,
    pub link: Link,
}

/// A channel; one whose value is not what its kind wants is text.
pub(super) fn channel(channel: &Channel, language: Language) -> ChannelView {
    let value = channel.value.as_deref().map(clean).unwrap_or_default();
    let digits: String = value.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let is_number = !value.is_empty() && value.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '.' | '-' | '/'));
    // what may stand in a mail address without meaning more than an address
    let is_mail = value.split('@').count() == 2
        && !value.starts_with('@')
        && !value.ends_with('@')
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '_' | '-' | '+'));
    let link = match channel.kind {
        ChannelKind::Phone if is_number => Link { href: Some(format!("tel:{digits}")), text: wording::phone(&value) },
        ChannelKind::Whatsapp if is_number => {
            Link { href: Some(format!("https://wa.me/{}", digits.trim_start_matches('+'))), text: wording::phone(&value) }
        }
        ChannelKind::Fax if is_number => Link { href: None, text: wording::phone(&value) },
        ChannelKind::Email | ChannelKind::Pec if is_mail => Link { href: Some(format!("mailto:{value}")), text: value },
        ChannelKind::Web if !value.is_empty() => self::link(&value),
        _ if value.is_empty() => {
            Link { href: None, text: pick(language, "indicato senza recapito", "announced without an address").into() }
        }
        _ => Link { href: None, text: clip(&value, 160) },
    };
    ChannelView { kind: wording::kind_of_channel(language, channel.kind), link }
}

/// The name of an aspect, for headings.
pub(super) fn aspect(aspect: Aspect, language: Language) -> &'static str {
    aspect_name(language, aspect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_followed_becomes_a_link() {
        for hostile in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,<b>",
            "https://user:pw@bank.example/",
            "//x",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(link(hostile).href, None, "{hostile}");
        }
        let good = link(" https://www.comune.prova.example/uffici\u{202e}<b> ");
        assert_eq!(good.href.as_deref(), Some("https://www.comune.prova.example/uffici%E2%80%AE%3Cb%3E"));
        for (kind, value, href) in [
            (ChannelKind::Phone, "+390583216305", Some("tel:+390583216305")),
            (ChannelKind::Phone, "javascript:alert(1)", None),
            (ChannelKind::Email, "a@b.example", Some("mailto:a@b.example")),
            (ChannelKind::Email, "a@b.example?bcc=x@y.example", None),
            (ChannelKind::Web, "javascript:alert(1)", None),
            (ChannelKind::Web, "https://b.example/", Some("https://b.example/")),
            (ChannelKind::Skype, "ufficio", None),
        ] {
            let shown = channel(&Channel { kind, value: Some(value.into()) }, Language::It);
            assert_eq!(shown.link.href.as_deref(), href, "{value}");
        }
    }

    #[test]
    fn a_segment_ends_nowhere_but_at_its_end() {
        assert_eq!(path::segment("a/b?c#d \u{e8}\"<"), "a%2Fb%3Fc%23d%20%C3%A8%22%3C");
    }
}
