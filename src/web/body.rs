//! The page of a body, and the page of an office.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;

use super::lists::{SourceRow, feeds, source_row};
use super::page::{Crumb, Frame, Page};
use super::query::Filter;
use super::view::{self, ChangeItem, ChannelView, Compared, Named, Proof, path};
use super::view_week::{self, NowView, WeekView};
use super::{Answer, Failure, Reader, Site};
use crate::domain::{Aspect, Body, BodyId, Change, Fact, Language, OfficeId, State as OfficeState, Value, day_of};
use crate::evidence;
use crate::resolve;
use crate::store::{Milestone, StateVersion, Why};
use crate::wording::{self, pick};

#[derive(Template)]
#[template(path = "web/body.html")]
struct BodyPage {
    frame: Frame,
    codes: Vec<(&'static str, String)>,
    /// What is said of all offices at once.
    all: Vec<Dated>,
    offices: Vec<OfficeRow>,
    changes: Vec<ChangeItem>,
    all_changes: String,
    sources: Vec<SourceRow>,
}

struct OfficeRow {
    office: Named,
    now: NowView,
    lines: Vec<String>,
}

/// A fact with its period and what proves it.
#[derive(Debug, Clone)]
struct Dated {
    aspect: &'static str,
    lines: Vec<String>,
    period: Option<String>,
    /// Whether it is yet to begin.
    coming: bool,
    general: bool,
    proofs: Vec<Proof>,
}

pub(super) async fn body(State(site): State<Arc<Site>>, reader: Reader, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = BodyId(id);
    site.work(move |site| Ok(site.kept(&reader, site.basis_of(&id)?, || body_page(site, &reader, &id))?.to(&reader.headers))).await
}

fn body_page(site: &Site, reader: &Reader, id: &BodyId) -> Result<Answer, Failure> {
    let language = reader.language;
    let now = site.clock.now();
    let today = day_of(now);
    let body = site.store.body(id)?.ok_or(Failure::NotFound)?;
    let versions = site.store.states(&body.id, None)?;
    let filter = Filter { body: Some(body.id.clone()), ..Filter::default() };
    let found = site.store.changes(&filter.changes(), None, 8)?;
    let name = view::body_name(&body);
    let mut rows: Vec<OfficeRow> = Vec::new();
    for version in versions.iter().filter(|version| !version.state.key.office.is_all()) {
        rows.push(office_row(&body, &version.state, now, language));
    }
    rows.sort_by(|a, b| a.office.name.cmp(&b.office.name));
    rows.truncate(300);
    let all =
        versions.iter().filter(|version| version.state.key.office.is_all()).flat_map(|version| dated(&version.state, today, language));
    let kind = pick(language, "Orari, recapiti e chiusure degli uffici", "Hours, contacts and closures of the offices");
    let modified = versions.iter().map(|version| version.known_from).max();
    let sources = site.store.sources_of(&body.id)?;
    let page = Page {
        description: format!("{kind}: {name}"),
        crumbs: view::body_crumbs(&body),
        feeds: feeds(&filter, &name, language),
        title: name,
        subscribe: filter.to_query(),
        ..Page::default()
    };
    let view = BodyPage {
        frame: site.frame(reader, page),
        codes: [("ISTAT", &body.istat), ("IPA", &body.ipa)]
            .into_iter()
            .filter_map(|(name, code)| Some((name, view::clip(code.as_deref()?, 40))))
            .collect(),
        all: all.collect(),
        offices: rows,
        changes: found.changes.iter().map(|change| view::change(change, &body, language)).collect(),
        all_changes: filter.after("/variazioni"),
        sources: sources.iter().filter(|source| source.retired_at.is_none()).take(30).map(|source| source_row(source, language)).collect(),
    };
    Ok(site.page(reader, &view)?.modified(modified))
}

fn office_row(body: &Body, state: &OfficeState, now: jiff::Timestamp, language: Language) -> OfficeRow {
    let today = day_of(now);
    let mut lines = Vec::new();
    for aspect in [Aspect::Status, Aspect::Hours] {
        if let Some(fact) = resolve::holding(state, aspect, today) {
            lines.extend(view::value_lines(&fact.value, language, today.year()));
        }
    }
    OfficeRow {
        office: Named { name: view::office_name(&state.key, &state.name, language), path: path::office(&body.id, &state.key.office) },
        now: view_week::now(state, now, language),
        lines,
    }
}

/// What holds for a period only, and what is to come.
fn dated(state: &OfficeState, today: Date, language: Language) -> Vec<Dated> {
    let mut found = Vec::new();
    for (aspect, facts) in &state.facts {
        for fact in facts {
            let value = match &fact.value {
                Value::Closures(ranges) => Value::Closures(ranges.iter().filter(|range| range.last() >= today).copied().collect()),
                Value::Openings(openings) => Value::Openings(openings.iter().filter(|opening| opening.date >= today).cloned().collect()),
                other if is_dated(fact, today) => other.clone(),
                _ => continue,
            };
            if value.is_empty() {
                continue;
            }
            found.push(Dated {
                aspect: view::aspect(*aspect, language),
                lines: view::value_lines(&value, language, today.year()),
                period: wording::period(language, fact.from, fact.until, today.year()),
                coming: fact.from.is_some_and(|from| from > today),
                general: fact.general && !state.key.office.is_all(),
                proofs: view::proofs(&fact.causes, 2),
            });
        }
    }
    found
}

/// Whether a fact is worth a line among the notices: it ends, or is yet to begin.
fn is_dated(fact: &Fact, today: Date) -> bool {
    fact.until.is_some_and(|until| until >= today) || (fact.from.is_some_and(|from| from > today) && fact.until.is_none())
}

#[derive(Template)]
#[template(path = "web/office.html")]
struct OfficePage {
    frame: Frame,
    body: Named,
    counters: Vec<Counter>,
    /// Whether there are several: each then has a heading of its own, and what is below it one less.
    several: bool,
    heading: &'static str,
    below: &'static str,
    timeline: Vec<Moment>,
    all_changes: Option<String>,
    /// What other programs read.
    api: String,
}

/// One counter of the office: the office itself or a branch.
struct Counter {
    name: String,
    /// Several counters on the page need headings of their own.
    anchor: String,
    now: NowView,
    week: WeekView,
    facts: Vec<FactView>,
    channels: Vec<ChannelView>,
    channel_proofs: Vec<Proof>,
    notices: Vec<Dated>,
    osm: Vec<String>,
    known_from: String,
}

/// What holds today.
struct FactView {
    aspect: &'static str,
    lines: Vec<String>,
    period: Option<String>,
    proofs: Vec<Proof>,
}

/// A point of the office's history.
struct Moment {
    at: String,
    iso: String,
    office: String,
    changes: Vec<(ChangeItem, Compared)>,
    /// Why a version was recorded that no change made.
    why: Option<&'static str>,
}

/// So many versions in the history of an office, and so many changes with them; the rest is on the list of changes.
const VERSIONS: u32 = 10;

pub(super) async fn office(
    State(site): State<Arc<Site>>,
    reader: Reader,
    Path((id, office)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (id, office) = (BodyId(id), OfficeId(office));
    site.work(move |site| Ok(site.kept(&reader, site.basis_of(&id)?, || office_page(site, &reader, &id, &office))?.to(&reader.headers)))
        .await
}

fn office_page(site: &Site, reader: &Reader, id: &BodyId, office: &OfficeId) -> Result<Answer, Failure> {
    let language = reader.language;
    let now = site.clock.now();
    let body = site.store.body(id)?.ok_or(Failure::NotFound)?;
    let present = site.store.office(&body.id, office, None)?;
    let past = site.store.milestones(&body.id, office, VERSIONS)?;
    if present.is_empty() && past.is_empty() {
        return Err(Failure::NotFound);
    }
    let filter = Filter { body: Some(body.id.clone()), office: Some(office.clone()), ..Filter::default() };
    let found = site.store.changes(&filter.changes(), None, VERSIONS)?;
    let written =
        present.first().map(|version| &version.state.name).or(past.first().map(|milestone| &milestone.name)).map_or("", String::as_str);
    // several offices that the lexicon lacks share a page
    let name = if office.is_other() {
        pick(language, "Altri uffici", "Other offices").into()
    } else {
        view::office_alone(office, written, language)
    };
    let modified = past.iter().map(|milestone| milestone.known_from).max();
    let body_name = view::body_name(&body);
    let title = format!("{name} · {}", wording::short_body(&body));
    let feeds = feeds(&filter, &title, language);
    let linked_data = present.first().map(|_| {
        let offices: Vec<serde_json::Value> = present.iter().map(|version| evidence::office(&body, version)).collect();
        if offices.len() == 1 { offices.into_iter().next().unwrap_or_default() } else { serde_json::Value::Array(offices) }
    });
    let segments = format!("{}/offices/{}", path::segment(&body.id.0), path::segment(&office.0));
    let mut crumbs = view::body_crumbs(&body);
    crumbs.push(Crumb::to(body_name.clone(), path::body(&body.id)));
    let description = format!("{}: {title}", pick(language, "Orario, recapiti e avvisi", "Hours, contacts and notices"));
    let page = Page { title, description, crumbs, feeds, subscribe: filter.to_query(), linked_data, ..Page::default() };
    let several = present.len() > 1;
    let view = OfficePage {
        frame: site.frame(reader, page),
        body: Named { name: body_name, path: path::body(&body.id) },
        counters: present.iter().enumerate().map(|(n, version)| counter(n, version, now, language)).collect(),
        several,
        heading: if several { "h3" } else { "h2" },
        below: if several { "h4" } else { "h3" },
        timeline: timeline(&past, &found.changes, &body, language),
        all_changes: found.next.map(|_| filter.after("/variazioni")),
        api: format!("/api/v1/bodies/{segments}"),
    };
    Ok(site.page(reader, &view)?.modified(modified))
}

fn counter(n: usize, version: &StateVersion, now: jiff::Timestamp, language: Language) -> Counter {
    let state = &version.state;
    let today = day_of(now);
    let mut facts = Vec::new();
    for aspect in [Aspect::Status, Aspect::Hours, Aspect::Address] {
        let Some(fact) = resolve::holding(state, aspect, today) else { continue };
        facts.push(FactView {
            aspect: view::aspect(aspect, language),
            lines: view::value_lines(&fact.value, language, today.year()),
            period: wording::period(language, fact.from.filter(|_| fact.until.is_some()), fact.until, today.year()),
            proofs: view::proofs(&fact.causes, 2),
        });
    }
    let (channels, channel_proofs) = match resolve::holding(state, Aspect::Channels, today) {
        Some(Fact { value: Value::Channels(channels), causes, .. }) => {
            (channels.iter().take(40).map(|channel| view::channel(channel, language)).collect(), view::proofs(causes, 1))
        }
        _ => (Vec::new(), Vec::new()),
    };
    let osm = match resolve::holding(state, Aspect::Hours, today).map(|fact| &fact.value) {
        Some(Value::Hours(hours)) => vec![view::osm(hours)],
        _ => Vec::new(),
    };
    Counter {
        name: view::office_name(&state.key, &state.name, language),
        anchor: format!("sportello-{}", n + 1),
        now: view_week::now(state, now, language),
        week: view_week::week(state, today, language),
        facts,
        channels,
        channel_proofs,
        notices: dated(state, today, language),
        osm,
        known_from: view::instant(version.known_from, language),
    }
}

/// Versions, the newest first, each with the changes that made it.
fn timeline(past: &[Milestone], changes: &[Change], body: &Body, language: Language) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    for milestone in past {
        let told = milestone.changes.iter().filter_map(|id| changes.iter().find(|change| change.id == Some(*id)));
        let made: Vec<_> = told.map(|change| (view::change(change, body, language), view::compared(change, language))).collect();
        let why = match milestone.why {
            Why::Baseline => pick(language, "prima lettura", "first reading"),
            Why::Visit | Why::Time => {
                pick(language, "è passata una data: un avviso è iniziato o finito", "a date passed: a notice began or ended")
            }
            Why::Reread => {
                pick(language, "le stesse pagine, lette meglio: non è una variazione", "the same pages, read better: not a change")
            }
            Why::Sources => pick(language, "sono cambiate le fonti seguite", "the sources watched were changed"),
        };
        // changes beyond the first page are on the list of changes
        if made.is_empty() && !milestone.changes.is_empty() {
            continue;
        }
        moments.push(Moment {
            at: view::instant(milestone.known_from, language),
            iso: milestone.known_from.to_string(),
            office: view::office_name(&milestone.key, &milestone.name, language),
            why: made.is_empty().then_some(why),
            changes: made,
        });
    }
    moments
}
