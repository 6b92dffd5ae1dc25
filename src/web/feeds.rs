//! Feeds of changes (Atom, JSON Feed) and calendars of closures, exceptional openings and coming changes.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use super::answer::{A_MINUTE, Answer};
use super::kept::Basis;
use super::lists::{items, title_of};
use super::page::{code, plain_json};
use super::query::{Filter, Query};
use super::view::{self, ChangeItem, Compared, Proof, path};
use super::{Failure, Reader, Site};
use crate::alert::ics;
use crate::domain::{Body, Fact, Language, OfficeId, State as OfficeState, Value, day_of};
use crate::store::{Cursor, StateVersion};
use crate::wording::{self, pick};

/// So many entries; further ones behind the link "next" (RFC 5005).
const ENTRIES: u32 = 20;

#[derive(Template)]
#[template(path = "web/feed.xml")]
struct Feed {
    language: &'static str,
    title: String,
    /// The address of the feed, which is its id.
    me: String,
    page: String,
    next: Option<String>,
    updated: String,
    icon: String,
    entries: Vec<Entry>,
}

/// An entry as a page shows it.
#[derive(Template)]
#[template(path = "web/entry.html")]
struct EntryText<'a> {
    language: Language,
    change: &'a ChangeItem,
    compared: Compared,
    proofs: &'a [Proof],
}

struct Entry {
    id: String,
    url: String,
    title: String,
    updated: String,
    aspect: &'static str,
    body: String,
    html: String,
    text: String,
}

/// Reads what both kinds of feed show, and when it last changed.
fn feed(site: &Site, reader: &Reader, name: &str) -> Result<(Feed, Option<Timestamp>), Failure> {
    let language = reader.language;
    let query = Query::parse(reader.query.as_deref());
    let filter = Filter::of(&query)?;
    let from: Option<Cursor> = query.parsed("da")?;
    let found = site.store.changes(&filter.changes(), from, ENTRIES)?;
    if found.changes.is_empty()
        && let Some(body) = &filter.body
        && site.store.body(body)?.is_none()
    {
        return Err(Failure::NotFound);
    }
    let newest = found.changes.first().map(|change| change.detected_at);
    let here = |path: &str| site.absolute(&format!("/{}{path}", code(language)));
    let mut entries = Vec::new();
    for (change, item) in found.changes.iter().zip(items(&*site.store, &found.changes, language)?) {
        let proofs = view::proofs(&change.causes, 2);
        let mut html = String::with_capacity(1_024);
        EntryText { language, change: &item, compared: view::compared(change, language), proofs: &proofs }
            .render_into(&mut html)
            .map_err(Failure::defect)?;
        let sentences = proofs.iter().flat_map(|proof| &proof.sentences).map(|sentence| format!("\n\n“{sentence}”"));
        entries.push(Entry {
            id: site.absolute(&item.path),
            url: here(&item.path),
            title: format!("{} · {}: {}", item.body.name, item.office.name, wording::gist(language, change)),
            updated: change.detected_at.to_string(),
            aspect: change.aspect.as_str(),
            text: format!("{}{}", item.sentence, sentences.collect::<String>()),
            body: item.body.name,
            html,
        });
    }
    let what = title_of(&*site.store, &filter, language)?;
    let all = pick(language, "Sportello: variazioni", "Sportello: changes");
    let feed = Feed {
        language: code(language),
        title: what.map_or_else(|| all.to_string(), |what| format!("{all} · {what}")),
        me: here(&filter.after(name)),
        page: here(&filter.after("/variazioni")),
        next: found.next.map(|next| {
            let mut pairs = url::form_urlencoded::Serializer::new(filter.to_query());
            here(&format!("{name}?{}", pairs.append_pair("da", &next.to_string()).finish()))
        }),
        updated: newest.unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
        icon: site.absolute("/icona.svg"),
        entries,
    };
    Ok((feed, newest))
}

/// What a feed is made from.
fn basis(site: &Site, reader: &Reader) -> Result<Basis, Failure> {
    match Filter::of(&Query::parse(reader.query.as_deref()))?.body {
        Some(body) => site.basis_of(&body),
        None => site.basis_of_all(),
    }
}

pub(super) async fn atom(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    site.work(move |site| {
        let make = || {
            let (feed, newest) = feed(site, &reader, "/variazioni.atom")?;
            let xml = feed.render().map_err(Failure::defect)?;
            Ok(Answer::new("application/atom+xml; charset=utf-8", xml).modified(newest).cached(A_MINUTE))
        };
        Ok(site.kept(&reader, basis(site, &reader)?, make)?.to(&reader.headers))
    })
    .await
}

pub(super) async fn json_feed(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    site.work(move |site| Ok(site.kept(&reader, basis(site, &reader)?, || json_answer(site, &reader))?.to(&reader.headers))).await
}

fn json_answer(site: &Site, reader: &Reader) -> Result<Answer, Failure> {
    let (feed, newest) = feed(site, reader, "/variazioni.json")?;
    let item = |entry: Entry| {
        json!({
            "id": entry.id, "url": entry.url, "title": entry.title, "content_html": entry.html, "content_text": entry.text,
            "date_published": entry.updated, "tags": [entry.aspect],
        })
    };
    let mut whole = json!({
        "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.page, "feed_url": feed.me,
        "icon": feed.icon, "language": feed.language,
    });
    if let Some(fields) = whole.as_object_mut() {
        fields.extend(feed.next.map(|next| ("next_url".to_string(), json!(next))));
        fields.insert("items".into(), feed.entries.into_iter().map(item).collect());
    }
    Ok(Answer::new("application/feed+json; charset=utf-8", plain_json(&whole)).modified(newest).cached(A_MINUTE))
}

/// Days gone by stay in the calendar for so long.
const PAST: i64 = 60;

pub(super) async fn calendar(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    site.work(move |site| {
        let language = reader.language;
        let query = Query::parse(reader.query.as_deref());
        let filter = Filter::of(&query)?;
        let Some(id) = &filter.body else {
            return Err(Failure::Wrong("ente= is missing: a calendar is that of a body, or with ufficio= of an office".into()));
        };
        let body = site.store.body(id)?.ok_or(Failure::NotFound)?;
        let versions = match &filter.office {
            Some(office) => site.store.office(id, office, None)?,
            None => site.store.states(id, None)?,
        };
        let today = day_of(site.clock.now());
        let name = match &filter.office {
            Some(office) => {
                let written = versions.first().map(|version| version.state.name.as_str()).unwrap_or(&office.0);
                format!("{} · {}", wording::short_body(&body), view::office_alone(office, written, language))
            }
            None => view::body_name(&body),
        };
        let mut file = String::new();
        for content in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sportello//sito//IT", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
            ics::line(&mut file, content);
        }
        ics::line(&mut file, &format!("NAME:{}", ics::escaped(&name)));
        ics::line(&mut file, &format!("X-WR-CALNAME:{}", ics::escaped(&name)));
        ics::line(&mut file, "REFRESH-INTERVAL;VALUE=DURATION:PT6H");
        ics::line(&mut file, "X-PUBLISHED-TTL:PT6H");
        for version in &versions {
            for event in events(site, &body, version, filter.office.as_ref(), today, language) {
                event.iter().for_each(|content| ics::line(&mut file, content));
            }
        }
        ics::line(&mut file, "END:VCALENDAR");
        let modified = versions.iter().map(|version| version.known_from).max();
        let answer = Answer::new("text/calendar; charset=utf-8", file).cached("public, max-age=300").modified(modified);
        Ok(answer.with(axum::http::header::CONTENT_DISPOSITION, "inline; filename=\"sportello.ics\"").to(&reader.headers))
    })
    .await
}

/// The events of one counter. In a body's calendar, what is said of all offices stands once.
fn events(
    site: &Site,
    body: &Body,
    version: &StateVersion,
    office: Option<&OfficeId>,
    today: Date,
    language: Language,
) -> Vec<Vec<String>> {
    let state: &OfficeState = &version.state;
    let since = today.checked_sub(PAST.days()).unwrap_or(today);
    let place = if state.key.office.is_all() {
        format!("{} · {}", wording::short_body(body), pick(language, "tutti gli uffici", "all offices"))
    } else {
        format!("{} · {}", wording::short_body(body), view::office_name(&state.key, &state.name, language))
    };
    let url = site.absolute(&format!("/{}{}", code(language), path::office(&body.id, &state.key.office)));
    let host = url::Url::parse(&site.settings.public_url).ok().and_then(|url| url.host_str().map(str::to_string));
    let event = |kind: &str, fact: &Fact, what: &str, times: [String; 2]| {
        let key = format!("{}\n{:?}\n{kind}", body.id, state.key);
        let mark: String = crate::store::sha256(key.as_bytes()).to_string().chars().take(16).collect();
        let mut lines = vec![
            "BEGIN:VEVENT".to_string(),
            format!("UID:{mark}@{}", host.as_deref().unwrap_or("sportello.invalid")),
            format!("DTSTAMP:{}", ics::utc(version.known_from)),
        ];
        lines.extend(times);
        lines.push(format!("SUMMARY:{}", ics::escaped(&view::clip(&format!("{place}: {what}"), 200))));
        let sentence = fact.causes.iter().flat_map(|cause| &cause.evidence).next();
        lines.extend(sentence.map(|sentence| format!("DESCRIPTION:{}", ics::escaped(&view::clip(sentence, 500)))));
        lines.push(format!("URL:{url}"));
        lines.push("TRANSP:TRANSPARENT".to_string());
        lines.push("END:VEVENT".to_string());
        lines
    };
    let day = |date: Date| date.strftime("%Y%m%d").to_string();
    let days = |first: Date, last: Date| {
        let end = last.tomorrow().unwrap_or(last); // DTEND is the first day after
        [format!("DTSTART;VALUE=DATE:{}", day(first)), format!("DTEND;VALUE=DATE:{}", day(end))]
    };
    let mut found = Vec::new();
    for fact in state.facts.values().flatten() {
        if fact.general && office.is_none() && !state.key.office.is_all() {
            continue;
        }
        match &fact.value {
            Value::Closures(ranges) => found.extend(ranges.iter().filter(|range| range.last() >= since).map(|range| {
                let closed = pick(language, "chiuso", "closed");
                event(&format!("closure {}", range.first()), fact, closed, days(range.first(), range.last()))
            })),
            Value::Openings(openings) => {
                found.extend(openings.iter().filter(|opening| opening.date >= since).filter_map(|opening| {
                    let (start, end) = ics::instants(opening.date, opening.span)?;
                    let what = pick(language, "apertura straordinaria", "exceptional opening");
                    let times = [format!("DTSTART:{start}"), format!("DTEND:{end}")];
                    Some(event(&format!("opening {} {}", opening.date, opening.span), fact, what, times))
                }));
            }
            value @ (Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_)) => {
                // what begins on a day to come, and was not so before
                if let Some(from) = fact.from.filter(|from| *from > today && !fact.resumes) {
                    let words = view::value_lines(value, language, from.year()).join("; ");
                    let what = format!("{}: {words}", view::aspect(value.aspect(), language));
                    found.push(event(&format!("begins {} {from}", value.aspect()), fact, &what, days(from, from)));
                }
            }
        }
    }
    found
}
