//! Lists: the home page, provinces, a search, changes, the exceptions of today and tomorrow, sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;

use super::page::{Crumb, FeedLink, Frame, Page};
use super::query::{Filter, Query};
use super::view::{self, ChangeItem, Link, Named, path};
use super::{Answer, Failure, Reader, Site, provinces, site};
use crate::domain::{Aspect, Body, BodyId, Change, Language, OfficeId, Status, Value, day_of};
use crate::lexicon::Lexicon;
use crate::resolve;
use crate::store::{Cursor, Exception, ExceptionCursor, Source, Store, StoreError};
use crate::wording::{self, pick};

/// So many changes on a page.
const PER_PAGE: u32 = 25;

/// The bodies that changes name, by id; for one that the store lost, its id stands in.
pub(super) fn bodies_of(store: &dyn Store, changes: &[Change]) -> Result<BTreeMap<BodyId, Body>, StoreError> {
    let mut ids: Vec<BodyId> = changes.iter().map(|change| change.body.clone()).collect();
    ids.sort();
    ids.dedup();
    Ok(store.bodies_by_id(&ids)?.into_iter().map(|body| (body.id.clone(), body)).collect())
}

/// Changes as lists show them.
pub(super) fn items(store: &dyn Store, changes: &[Change], language: Language) -> Result<Vec<ChangeItem>, StoreError> {
    let bodies = bodies_of(store, changes)?;
    let item = |change: &Change| match bodies.get(&change.body) {
        Some(body) => view::change(change, body, language),
        None => view::change(change, &view::unknown_body(&change.body), language),
    };
    Ok(changes.iter().map(item).collect())
}

/// The feeds of a filter.
pub(super) fn feeds(filter: &Filter, what: &str, language: Language) -> Vec<FeedLink> {
    let changes = pick(language, "Variazioni", "Changes");
    let calendar = pick(language, "Chiusure e aperture", "Closures and openings");
    let mut feeds = vec![
        FeedLink { kind: "application/atom+xml", title: format!("{changes}: {what}"), path: filter.after("/variazioni.atom") },
        FeedLink { kind: "application/feed+json", title: format!("{changes}: {what}"), path: filter.after("/variazioni.json") },
    ];
    if filter.body.is_some() {
        let filter = Filter { aspect: None, province: None, ..filter.clone() };
        feeds.push(FeedLink { kind: "text/calendar", title: format!("{calendar}: {what}"), path: filter.after("/calendario.ics") });
    }
    feeds
}

#[derive(Template)]
#[template(path = "web/home.html")]
struct Home {
    frame: Frame,
    changes: Vec<ChangeItem>,
    provinces: Vec<Named>,
    /// Some bodies, where none has a province.
    bodies: Vec<Named>,
}

pub(super) async fn home(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    site.listed(reader, home_page).await
}

fn home_page(site: &Site, reader: &Reader) -> Result<Answer, Failure> {
    let language = reader.language;
    let found = site.store.changes(&Filter::default().changes(), None, 12)?;
    let mut provinces: Vec<Named> =
        site.provinces()?.iter().map(|province| Named { name: province.title.clone(), path: path::province(&province.code) }).collect();
    provinces.sort_by(|a, b| a.name.cmp(&b.name));
    let newest = found.changes.first().map(|change| change.detected_at);
    let bodies = if provinces.is_empty() { site.store.bodies_page(None, None, 50)? } else { Vec::new() };
    let bodies = bodies.iter().map(|body| Named { name: view::body_name(body), path: path::body(&body.id) }).collect();
    let page = Page {
            title: pick(language, "Quando cambia uno sportello pubblico", "When a public counter changes").into(),
            description: pick(
                language,
                "Orari, recapiti e chiusure degli uffici di comuni e province: che cosa è cambiato, da quando, e dove sta scritto.",
                "Hours, contacts and closures of the offices of Italian municipalities and provinces: what changed, from when, and where it says so.",
            )
            .into(),
            feeds: feeds(&Filter::default(), pick(language, "tutto", "everything"), language),
            ..Page::default()
        };
    let view = Home { frame: site.frame(reader, page), changes: items(&*site.store, &found.changes, language)?, provinces, bodies };
    Ok(site.page(reader, &view)?.modified(newest))
}

#[derive(Template)]
#[template(path = "web/province.html")]
struct Province {
    frame: Frame,
    bodies: Vec<Named>,
    next: Option<String>,
    changes: Vec<ChangeItem>,
    all_changes: String,
    today: String,
}

/// So many bodies on a page of a province; the largest has 312.
const BODIES: u32 = 350;

pub(super) async fn province(State(site): State<Arc<Site>>, reader: Reader, Path(code): Path<String>) -> Result<Response, Failure> {
    site.listed(reader, move |site, reader| province_page(site, reader, &code)).await
}

fn province_page(site: &Site, reader: &Reader, code: &str) -> Result<Answer, Failure> {
    let language = reader.language;
    let query = Query::parse(reader.query.as_deref());
    let after = query.get("dopo").map(|id| BodyId(id.into()));
    let bodies = site.store.bodies_page(Some(code), after.as_ref(), BODIES)?;
    let filter = Filter { province: Some(code.to_string()), ..Filter::default() };
    let found = site.store.changes(&filter.changes(), None, 10)?;
    if bodies.is_empty() && found.changes.is_empty() {
        return Err(Failure::NotFound);
    }
    let title = provinces::title(code);
    let next = bodies.last().filter(|_| bodies.len() == BODIES as usize).map(|last| {
        format!(
            "{}?{}",
            path::province(code),
            url::form_urlencoded::Serializer::new(String::new()).append_pair("dopo", &last.id.0).finish()
        )
    });
    let page = Page {
        title: title.clone(),
        crumbs: vec![Crumb::to(pick(language, "Enti", "Bodies"), "/cerca")],
        feeds: feeds(&filter, &title, language),
        subscribe: filter.to_query(),
        ..Page::default()
    };
    let view = Province {
        frame: site.frame(reader, page),
        bodies: bodies.iter().map(|body| Named { name: view::body_name(body), path: path::body(&body.id) }).collect(),
        next,
        changes: items(&*site.store, &found.changes, language)?,
        all_changes: filter.after("/variazioni"),
        today: filter.after("/oggi"),
    };
    site.page(reader, &view)
}

#[derive(Template)]
#[template(path = "web/search.html")]
struct Found {
    frame: Frame,
    words: String,
    bodies: Vec<Named>,
    offices: Vec<(Named, Named)>,
    changes: Vec<ChangeItem>,
}

pub(super) async fn search(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    site.listed(reader, search_page).await
}

fn search_page(site: &Site, reader: &Reader) -> Result<Answer, Failure> {
    let language = reader.language;
    let query = Query::parse(reader.query.as_deref());
    let words = view::clip(query.get("q").unwrap_or_default(), 100);
    let page = Page { title: pick(language, "Cerca", "Search").into(), hidden: true, ..Page::default() };
    let frame = site.frame(reader, page);
    let found = if words.is_empty() {
        Found { frame, words, bodies: Vec::new(), offices: Vec::new(), changes: Vec::new() }
    } else {
        let bodies = site.store.search_bodies(&words, 10)?;
        let mut offices: Vec<(Named, Named)> = Vec::new();
        for hit in site.store.search_offices(&words, 30)? {
            let name = view::office_alone(&hit.key.office, &hit.name, language);
            let office = Named { name, path: path::office(&hit.body.id, &hit.key.office) };
            let body = Named { name: view::body_name(&hit.body), path: path::body(&hit.body.id) };
            // branches share their office's page
            if !offices.iter().any(|(known, _)| known.path == office.path) {
                offices.push((office, body));
            }
        }
        let changes = site.store.search_changes(&words, None, 15)?.changes;
        Found {
            frame,
            words,
            bodies: bodies.iter().map(|body| Named { name: view::body_name(body), path: path::body(&body.id) }).collect(),
            offices,
            changes: items(&*site.store, &changes, language)?,
        }
    };
    site.page(reader, &found)
}

#[derive(Template)]
#[template(path = "web/changes.html")]
struct Changes {
    frame: Frame,
    changes: Vec<ChangeItem>,
    next: Option<String>,
    province: String,
    body: String,
    office: String,
    aspect: &'static str,
    /// What can be chosen: value and words.
    provinces: Arc<[site::Province]>,
    offices: Vec<(String, String)>,
    aspects: Vec<(&'static str, &'static str)>,
}

pub(super) async fn changes(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    site.listed(reader, changes_page).await
}

fn changes_page(site: &Site, reader: &Reader) -> Result<Answer, Failure> {
    let language = reader.language;
    let query = Query::parse(reader.query.as_deref());
    let filter = Filter::of(&query)?;
    let from: Option<Cursor> = query.parsed("da")?;
    let found = site.store.changes(&filter.changes(), from, PER_PAGE)?;
    let next = found.next.map(|next| {
        let mut pairs = url::form_urlencoded::Serializer::new(filter.to_query());
        format!("/variazioni?{}", pairs.append_pair("da", &next.to_string()).finish())
    });
    let what = title_of(&*site.store, &filter, language)?;
    let feeds = feeds(&filter, what.as_deref().unwrap_or(pick(language, "tutto", "everything")), language);
    let lexicon = Lexicon::builtin();
    let all = pick(language, "Variazioni", "Changes");
    let page = Page {
        title: what.map_or_else(|| all.to_string(), |what| format!("{all}: {what}")),
        feeds,
        subscribe: filter.to_query(),
        hidden: from.is_some(),
        ..Page::default()
    };
    let view = Changes {
        frame: site.frame(reader, page),
        changes: items(&*site.store, &found.changes, language)?,
        next,
        provinces: site.provinces()?,
        offices: lexicon.office_ids().map(|id| (id.to_string(), lexicon.office_name(&OfficeId(id.into()), language).to_string())).collect(),
        aspects: Aspect::ALL.iter().map(|aspect| (aspect.as_str(), view::aspect(*aspect, language))).collect(),
        province: filter.province.clone().unwrap_or_default(),
        body: filter.body.as_ref().map(|body| body.0.clone()).unwrap_or_default(),
        office: filter.office.as_ref().map(|office| office.0.clone()).unwrap_or_default(),
        aspect: filter.aspect.map(Aspect::as_str).unwrap_or_default(),
    };
    site.page(reader, &view)
}

/// What a filter stands for, in words; `None` for everything.
pub(super) fn title_of(store: &dyn Store, filter: &Filter, language: Language) -> Result<Option<String>, StoreError> {
    let mut words: Vec<String> = Vec::new();
    if let Some(office) = &filter.office {
        words.push(view::office_alone(office, &office.0, language));
    }
    match (&filter.body, &filter.province) {
        (Some(id), _) => words.push(store.body(id)?.map_or_else(|| view::clip(&id.0, 80), |body| view::body_name(&body))),
        (None, Some(province)) => words.push(provinces::title(province)),
        (None, None) => {}
    }
    words.extend(filter.aspect.map(|aspect| view::aspect(aspect, language).to_string()));
    Ok((!words.is_empty()).then(|| words.join(" · ")))
}

#[derive(Template)]
#[template(path = "web/today.html")]
struct Today {
    frame: Frame,
    days: Vec<DayOf>,
    province: String,
    provinces: Arc<[site::Province]>,
    body: Option<Named>,
}

struct DayOf {
    title: String,
    date: String,
    rows: Vec<ExceptionRow>,
    next: Option<String>,
}

struct ExceptionRow {
    body: Named,
    office: Named,
    lines: Vec<String>,
    shut: bool,
}

/// So many exceptions a day on a page.
const EXCEPTIONS: u32 = 60;

pub(super) async fn today(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    site.listed(reader, today_page).await
}

fn today_page(site: &Site, reader: &Reader) -> Result<Answer, Failure> {
    let language = reader.language;
    let query = Query::parse(reader.query.as_deref());
    let filter = Filter::of(&query)?;
    let place = filter.place();
    let today = day_of(site.clock.now());
    // a single day, from somewhere on: what the link to the rest of a long list asks for
    let one: Option<Date> = query.parsed("giorno")?;
    let from: Option<ExceptionCursor> = query.parsed("da")?;
    let listed: Vec<Date> = match one {
        Some(day) => vec![day],
        None => [Some(today), today.tomorrow().ok()].into_iter().flatten().collect(),
    };
    let mut days = Vec::new();
    for day in listed {
        let found = site.store.exceptions_on(day, &place, from.as_ref(), EXCEPTIONS)?;
        let next = found.next.map(|next| {
            let mut pairs = url::form_urlencoded::Serializer::new(filter.to_query());
            format!("/oggi?{}", pairs.append_pair("giorno", &day.to_string()).append_pair("da", &next.to_string()).finish())
        });
        let name = match (day == today, Some(day) == today.tomorrow().ok()) {
            (true, _) => pick(language, "Oggi, ", "Today, "),
            (_, true) => pick(language, "Domani, ", "Tomorrow, "),
            _ => "",
        };
        days.push(DayOf {
            title: format!("{name}{}", wording::long_day(language, day, today.year())),
            date: day.to_string(),
            rows: found.exceptions.iter().map(|exception| exception_row(exception, day, language)).collect(),
            next,
        });
    }
    let body = match &filter.body {
        Some(id) => site.store.body(id)?.map(|body| Named { name: view::body_name(&body), path: path::body(&body.id) }),
        None => None,
    };
    let title = pick(language, "Oggi e domani", "Today and tomorrow");
    let what = title_of(&*site.store, &Filter { office: None, aspect: None, ..filter.clone() }, language)?;
    let page = Page {
        title: what.map_or_else(|| title.to_string(), |what| format!("{title}: {what}")),
        description: pick(language, "Chiusure e orari fuori dal comune.", "Closures and exceptional hours.").into(),
        feeds: feeds(&filter, pick(language, "variazioni", "changes"), language),
        subscribe: filter.to_query(),
        ..Page::default()
    };
    let view = Today {
        frame: site.frame(reader, page),
        days,
        province: filter.province.clone().unwrap_or_default(),
        provinces: site.provinces()?,
        body,
    };
    site.page(reader, &view)
}

fn exception_row(exception: &Exception, day: Date, language: Language) -> ExceptionRow {
    let state = &exception.version.state;
    let mut shut = false;
    let mut lines = Vec::new();
    for aspect in &exception.aspects {
        let Some(fact) = resolve::on(state, *aspect, day) else { continue };
        let value = match fact.value {
            // of all that is to come, what concerns this day
            Value::Closures(ranges) => Value::Closures(ranges.into_iter().filter(|range| range.contains(day)).collect()),
            Value::Openings(openings) => Value::Openings(openings.into_iter().filter(|opening| opening.date == day).collect()),
            other => other,
        };
        shut |= matches!(value, Value::Closures(_) | Value::Status(Status::Closed));
        let period = match aspect {
            Aspect::Closures | Aspect::Openings => None,
            _ => wording::period(language, fact.from, fact.until, day.year()),
        };
        for line in view::value_lines(&value, language, day.year()) {
            lines.push(match &period {
                Some(period) => format!("{line} ({period})"),
                None => line,
            });
        }
    }
    ExceptionRow {
        body: Named { name: view::body_name(&exception.body), path: path::body(&exception.body.id) },
        office: Named {
            name: if state.key.office.is_all() {
                pick(language, "Tutti gli uffici", "All offices").into()
            } else {
                view::office_name(&state.key, &state.name, language)
            },
            path: path::office(&exception.body.id, &state.key.office),
        },
        lines,
        shut,
    }
}

#[derive(Template)]
#[template(path = "web/sources.html")]
struct Sources {
    frame: Frame,
    sources: Vec<SourceRow>,
    failing: bool,
    next: Option<String>,
    n_bodies: u64,
    n_sources: u64,
    n_documents: u64,
    n_changes: u64,
}

/// A source with its health.
#[derive(Debug, Clone)]
pub(super) struct SourceRow {
    pub body: Named,
    pub link: Link,
    pub kind: &'static str,
    /// `good`, `failing`, `waiting`
    pub class: &'static str,
    pub health: String,
    pub detail: Option<String>,
}

/// A source in words.
pub(super) fn source_row(source: &Source, language: Language) -> SourceRow {
    use crate::domain::SourceKind;
    let health = &source.health;
    let (class, words, detail) = match (health.streak, health.last_good) {
        (0, Some(good)) => ("good", format!("{} {}", pick(language, "letta bene", "read well"), view::instant(good, language)), None),
        (0, None) => ("waiting", pick(language, "non ancora letta", "not read yet").to_string(), None),
        (_, _) => {
            let since = health.failing_since.or(health.last_failed).map(|at| view::instant(at, language)).unwrap_or_default();
            let words = format!("{} {since}", pick(language, "non si legge dal", "cannot be read since"));
            ("failing", words, health.last_error.as_deref().map(|why| view::clip(why, 200)))
        }
    };
    SourceRow {
        body: Named { name: view::clip(&source.source.body.0, 80), path: path::body(&source.source.body) },
        link: view::link(&source.source.url),
        kind: match source.source.kind {
            SourceKind::Page => pick(language, "pagina", "page"),
            SourceKind::News => pick(language, "elenco di notizie", "news list"),
            SourceKind::Sitemap => pick(language, "mappa del sito", "sitemap"),
            SourceKind::Site => pick(language, "sito intero", "whole site"),
        },
        class,
        health: words,
        detail,
    }
}

pub(super) async fn sources(State(site): State<Arc<Site>>, reader: Reader) -> Result<Response, Failure> {
    const SOURCES: u32 = 60;
    site.work(move |site| {
        let language = reader.language;
        let query = Query::parse(reader.query.as_deref());
        let filter = Filter::of(&query)?;
        let failing = query.get("guaste").is_some();
        let after = query.get("dopo").map(|id| crate::domain::SourceId(id.into()));
        let found = site.store.source_page(&filter.place(), failing, after.as_ref(), SOURCES)?;
        let next = found.last().filter(|_| found.len() == SOURCES as usize).map(|last| {
            let mut pairs = url::form_urlencoded::Serializer::new(filter.to_query());
            if failing {
                pairs.append_pair("guaste", "1");
            }
            format!("/fonti?{}", pairs.append_pair("dopo", &last.source.id.0).finish())
        });
        let sizes = site.sizes()?;
        let page = Page {
            title: pick(language, "Le fonti e il loro stato", "Sources and their health").into(),
            hidden: after.is_some(),
            ..Page::default()
        };
        let view = Sources {
            frame: site.frame(&reader, page),
            sources: found.iter().map(|source| source_row(source, language)).collect(),
            failing,
            next,
            n_bodies: sizes.bodies,
            n_sources: sizes.sources,
            n_documents: sizes.documents,
            n_changes: sizes.changes,
        };
        Ok(site.page(&reader, &view)?.to(&reader.headers))
    })
    .await
}
