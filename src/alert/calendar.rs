//! Closures and exceptional openings as an iCalendar file (RFC 5545), to be taken over into a calendar with one click.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};

use crate::domain::{About, Change, Delivery, Language, Span, Value};

use super::mail::{Letterhead, ascii_domain};
use super::tokens::keyed_hash;
use super::{story, words};

/// The file for a delivery's closures and openings with dates, or nothing where it tells of none.
pub(super) fn closures(delivery: &Delivery, letterhead: &Letterhead) -> Option<String> {
    if !matches!(delivery.about, About::Alert(_) | About::Digest { .. }) {
        return None;
    }
    let mut events = Vec::new();
    for change in &delivery.changes {
        let body = delivery.bodies.iter().find(|body| body.id == change.body);
        let body = body.map_or_else(|| change.body.0.clone(), |body| crate::wording::short_body(body));
        events.extend(events_of(change, &body, delivery.to.language, letterhead));
    }
    if events.is_empty() {
        return None;
    }
    let mut file = String::new();
    for content in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sportello//avvisi//IT", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
        line(&mut file, content);
    }
    events.iter().flatten().for_each(|content| line(&mut file, content));
    line(&mut file, "END:VCALENDAR");
    Some(file)
}

/// The lines of each event of one change.
fn events_of(change: &Change, body: &str, language: Language, letterhead: &Letterhead) -> Vec<Vec<String>> {
    let place = format!("{body} · {}", story::office_name(change, language));
    let url = change.causes.first().map(|cause| cause.url.as_str()).filter(|url| url.starts_with("http") && url.is_ascii());
    let event = |name: &str, what: &str, times: [String; 2]| {
        let mark = keyed_hash(&letterhead.secret, b"event", format!("{}\n{place}\n{name}", change.body).as_bytes());
        let mut lines = vec![
            "BEGIN:VEVENT".to_string(),
            format!("UID:{name}.{mark}@{}", ascii_domain(letterhead.from.domain())),
            format!("DTSTAMP:{}", utc(change.detected_at)),
        ];
        lines.extend(times);
        lines.push(format!("SUMMARY:{}", escaped(&format!("{place}: {what}"))));
        let sentence = change.causes.iter().flat_map(|cause| &cause.evidence).next();
        lines.extend(sentence.map(|sentence| format!("DESCRIPTION:{}", escaped(&super::clean::clip(sentence, 500)))));
        lines.extend(url.map(|url| format!("URL:{}", super::clean(url))));
        lines.push("TRANSP:TRANSPARENT".to_string());
        lines.push("END:VEVENT".to_string());
        lines
    };
    match (&change.after, &change.before) {
        (Some(Value::Closures(ranges)), before) => {
            let known = |range| matches!(before, Some(Value::Closures(known)) if known.contains(range));
            let closed = words::in_language(language, "chiuso", "closed");
            let day = |date: Date| date.strftime("%Y%m%d").to_string();
            let shut = ranges.iter().filter(|range| !known(range)).map(|range| {
                let end = range.last().checked_add(1.day()).unwrap_or(range.last()); // DTEND is the first day after
                let times = [format!("DTSTART;VALUE=DATE:{}", day(range.first())), format!("DTEND;VALUE=DATE:{}", day(end))];
                event(&format!("closure.{}", day(range.first())), closed, times)
            });
            shut.collect()
        }
        (Some(Value::Openings(openings)), before) => {
            let known = |opening| matches!(before, Some(Value::Openings(known)) if known.contains(opening));
            let what = words::in_language(language, "apertura straordinaria", "exceptional opening");
            let open = openings.iter().filter(|opening| !known(opening)).filter_map(|opening| {
                let (start, end) = instants(opening.date, opening.span)?;
                Some(event(&format!("opening.{start}"), what, [format!("DTSTART:{start}"), format!("DTEND:{end}")]))
            });
            open.collect()
        }
        _ => Vec::new(),
    }
}

/// Both ends of a span on a day, in UTC, so that the file needs no definition of a time zone. An hour where no end is stated.
/// When a span of a day begins and ends, UTC as iCalendar writes it; one without an end lasts an hour. `None` beyond the calendar.
pub fn instants(day: Date, span: Span) -> Option<(String, String)> {
    let at = |minutes: u16| -> Option<Timestamp> {
        let midnight: DateTime = day.into();
        crate::domain::rome().to_ambiguous_timestamp(midnight.checked_add(i64::from(minutes).minutes()).ok()?).compatible().ok()
    };
    let from = span.from().minutes();
    Some((utc(at(from)?), utc(at(span.to().map_or(from.saturating_add(60), |to| to.minutes()))?)))
}

/// `20260301T080000Z`
pub fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as RFC 5545 §3.3.11 wants it.
/// Text as the value of a property (RFC 5545 §3.3.11).
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A content line, folded at 75 octets between characters (§3.1).
/// Adds a content line, folded at 75 octets (§3.1).
pub fn line(file: &mut String, content: &str) {
    let mut room = 75;
    for c in content.chars() {
        if c.len_utf8() > room {
            file.push_str("\r\n ");
            room = 74;
        }
        file.push(c);
        room -= c.len_utf8();
    }
    file.push_str("\r\n");
}
