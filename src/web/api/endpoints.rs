//! The table of endpoints, and what each answers.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::answers::{list, one, table};
use super::{Ask, Endpoint, Kind, Parameter};
use crate::domain::{Aspect, Body, BodyId, ChangeId, OfficeId, SourceId, State, day_of};
use crate::evidence;
use crate::record::{CSV_HEADER, ChangeRecord, OfficeRecord, VersionRecord, csv_row};
use crate::resolve;
use crate::round;
use crate::store::{ChangeFilter, Cursor, Place, Snapshot, SnapshotId, Source, StateVersion};
use crate::web::answer::{Answer, FOR_EVER};
use crate::web::page::plain_json;
use crate::web::{Failure, Site};

const JSON: &str = "application/json";
const CSV: &str = "text/csv";

const BODY: Parameter = Parameter { name: "body", kind: Kind::Text(100), what: "The id of a body: `comune-altopascio`." };
const OFFICE: Parameter = Parameter { name: "office", kind: Kind::Text(100), what: "The id of an office: `anagrafe`." };
const PROVINCE: Parameter = Parameter { name: "province", kind: Kind::Province, what: "Only in this province." };
const AT: Parameter =
    Parameter { name: "at", kind: Kind::Instant, what: "What was known at this instant to hold on its day; without it, now." };
const AFTER: Parameter =
    Parameter { name: "after", kind: Kind::Text(200), what: "Only what comes after this id: the last one of the page before." };
const FORMAT: Parameter = Parameter { name: "format", kind: Kind::Word(&["json", "csv"]), what: "JSON (the default) or CSV." };
const ID: Parameter = Parameter { name: "id", kind: Kind::Id, what: "Its number." };

/// All of them.
pub(super) const ALL: &[Endpoint] = &[
    Endpoint {
        path: "/bodies",
        id: "listBodies",
        summary: "The bodies that are watched, by id",
        parameters: &[PROVINCE, AFTER, Parameter { name: "limit", kind: Kind::Limit(1000), what: "How many (200)." }, FORMAT],
        answers: &[(JSON, "Bodies"), (CSV, "")],
        heavy: false,
        handle: bodies,
    },
    Endpoint {
        path: "/bodies/{body}",
        id: "getBody",
        summary: "One body",
        parameters: &[BODY],
        answers: &[(JSON, "OneBody")],
        heavy: false,
        handle: body,
    },
    Endpoint {
        path: "/bodies/{body}/offices",
        id: "listOffices",
        summary: "The offices of a body with what holds, now or as known at an instant",
        parameters: &[
            BODY,
            AT,
            Parameter {
                name: "format",
                kind: Kind::Word(&["json", "csv", "jsonld"]),
                what: "JSON (the default), CSV, or schema.org as JSON-LD.",
            },
        ],
        answers: &[(JSON, "Offices"), (CSV, ""), ("application/ld+json", "LinkedData")],
        heavy: false,
        handle: offices,
    },
    Endpoint {
        path: "/bodies/{body}/offices/{office}",
        id: "getOffice",
        summary: "One office with its branches, now or as known at an instant",
        parameters: &[
            BODY,
            OFFICE,
            AT,
            Parameter {
                name: "format",
                kind: Kind::Word(&["json", "csv", "jsonld"]),
                what: "JSON (the default), CSV, or schema.org as JSON-LD.",
            },
        ],
        answers: &[(JSON, "Offices"), (CSV, ""), ("application/ld+json", "LinkedData")],
        heavy: false,
        handle: office,
    },
    Endpoint {
        path: "/bodies/{body}/offices/{office}/history",
        id: "listVersions",
        summary: "The versions of what was known of an office, the newest first",
        parameters: &[BODY, OFFICE, Parameter { name: "limit", kind: Kind::Limit(200), what: "How many (50)." }],
        answers: &[(JSON, "Versions")],
        heavy: false,
        handle: history,
    },
    Endpoint {
        path: "/changes",
        id: "listChanges",
        summary: "Changes, the newest first",
        parameters: &[
            BODY,
            PROVINCE,
            OFFICE,
            Parameter { name: "aspect", kind: Kind::Aspect, what: "Only in this aspect." },
            Parameter { name: "since", kind: Kind::Instant, what: "Detected at or after this instant." },
            Parameter { name: "until", kind: Kind::Instant, what: "Detected before this instant." },
            Parameter {
                name: "cursor",
                kind: Kind::Id,
                what: "Where to go on, from `next` of the page before: the last change listed there.",
            },
            Parameter { name: "limit", kind: Kind::Limit(500), what: "How many (50)." },
            FORMAT,
        ],
        answers: &[(JSON, "Changes"), (CSV, "")],
        heavy: false,
        handle: changes,
    },
    Endpoint {
        path: "/changes/{id}",
        id: "getChange",
        summary: "One change with the versions of the documents behind it",
        parameters: &[ID],
        answers: &[(JSON, "OneChange")],
        heavy: false,
        handle: change,
    },
    Endpoint {
        path: "/snapshots/{id}",
        id: "getSnapshot",
        summary: "One version of a document: when it was seen, its headers and hashes",
        parameters: &[ID],
        answers: &[(JSON, "OneSnapshot")],
        heavy: false,
        handle: snapshot,
    },
    Endpoint {
        path: "/snapshots/{id}/text",
        id: "getSnapshotText",
        summary: "The text of a version, as a reader sees it",
        parameters: &[ID],
        answers: &[("text/plain", "")],
        heavy: true,
        handle: snapshot_text,
    },
    Endpoint {
        path: "/snapshots/{id}/raw",
        id: "getSnapshotBytes",
        summary: "The bytes of a version as received, content encodings undone",
        parameters: &[ID],
        answers: &[("application/octet-stream", "")],
        heavy: true,
        handle: snapshot_bytes,
    },
    Endpoint {
        path: "/sources",
        id: "listSources",
        summary: "The sources that are watched, with their health",
        parameters: &[
            BODY,
            PROVINCE,
            Parameter { name: "failing", kind: Kind::Flag, what: "`true`: only those that cannot be read now." },
            AFTER,
            Parameter { name: "limit", kind: Kind::Limit(1000), what: "How many (200)." },
            FORMAT,
        ],
        answers: &[(JSON, "Sources"), (CSV, "")],
        heavy: false,
        handle: sources,
    },
];

/// The last of a full page: where the next begins.
fn next_after<T>(found: &[T], limit: u32, id: impl Fn(&T) -> String) -> Option<(&'static str, String)> {
    found.last().filter(|_| found.len() == limit as usize).map(|last| ("after", id(last)))
}

fn body_json(body: &Body) -> Json {
    json!(body)
}

fn bodies(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let limit = ask.limit(200)?;
    let after = ask.query.get("after").map(|id| BodyId(id.into()));
    let found = site.store.bodies_page(ask.query.get("province"), after.as_ref(), limit)?;
    let next = next_after(&found, limit, |body| body.id.0.clone());
    if ask.format() == "csv" {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let word = |body: &Body| json!(body.kind).as_str().unwrap_or_default().to_string();
        let rows = found
            .iter()
            .map(|body| vec![body.id.0.clone(), body.name.clone(), word(body), text(&body.province), text(&body.istat), text(&body.ipa)]);
        return table(site, ask, &["id", "name", "kind", "province", "istat", "ipa"], rows.collect(), next);
    }
    Ok(list(site, ask, found.iter().map(body_json).collect(), next))
}

fn found_body(site: &Site, ask: &Ask) -> Result<Body, Failure> {
    site.store.body(&BodyId(ask.part("body").into()))?.ok_or(Failure::NotFound)
}

fn body(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    Ok(one(body_json(&found_body(site, ask)?)))
}

/// The instant asked about, and the day it falls on at the offices.
fn instant(site: &Site, ask: &Ask) -> Result<(Option<Timestamp>, Date), Failure> {
    let at: Option<Timestamp> = ask.query.parsed("at")?;
    Ok((at, day_of(at.unwrap_or_else(|| site.clock.now()))))
}

fn offices(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let body = found_body(site, ask)?;
    let (at, day) = instant(site, ask)?;
    let versions = site.store.states(&body.id, at)?;
    states(site, ask, &body, &versions, day)
}

fn office(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let body = found_body(site, ask)?;
    let (at, day) = instant(site, ask)?;
    let versions = site.store.office(&body.id, &OfficeId(ask.part("office").into()), at)?;
    if versions.is_empty() {
        return Err(Failure::NotFound);
    }
    states(site, ask, &body, &versions, day)
}

fn states(site: &Site, ask: &Ask, body: &Body, versions: &[StateVersion], day: Date) -> Result<Answer, Failure> {
    if ask.format() == "jsonld" {
        let offices: Vec<Json> = versions.iter().map(|version| evidence::office(body, version)).collect();
        return Ok(Answer::new("application/ld+json", plain_json(&Json::Array(offices))));
    }
    let known: Vec<State> = versions.iter().map(|version| version.state.clone()).collect();
    let offices = resolve::at(&known, day);
    if ask.format() == "csv" {
        let mut rows = Vec::new();
        for office in &offices {
            for (aspect, fact) in &office.facts {
                let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
                let cause = fact.causes.first();
                rows.push(vec![
                    body.id.0.clone(),
                    office.key.office.0.clone(),
                    office.key.site.clone().unwrap_or_default(),
                    office.name.clone(),
                    aspect.to_string(),
                    crate::record::value_text(Some(&fact.value)),
                    day(fact.from),
                    day(fact.until),
                    cause.map(|cause| cause.url.clone()).unwrap_or_default(),
                    cause.map(|cause| cause.snapshot.to_string()).unwrap_or_default(),
                ]);
            }
        }
        return table(site, ask, &["body", "office", "site", "name", "aspect", "value", "from", "until", "url", "snapshot"], rows, None);
    }
    Ok(list(site, ask, offices.iter().map(|office| json!(OfficeRecord::new(&body.id, office))).collect(), None))
}

fn history(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let body = found_body(site, ask)?;
    let versions = site.store.versions(&body.id, &OfficeId(ask.part("office").into()), None, ask.limit(50)?)?;
    if versions.is_empty() {
        return Err(Failure::NotFound);
    }
    Ok(list(site, ask, versions.iter().map(|version| json!(VersionRecord::new(version))).collect(), None))
}

fn changes(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let filter = ChangeFilter {
        since: ask.query.parsed("since")?,
        until: ask.query.parsed("until")?,
        body: ask.query.get("body").map(|id| BodyId(id.into())),
        province: ask.query.get("province").map(str::to_string),
        office: ask.query.get("office").map(|id| OfficeId(id.into())),
        aspect: ask.query.parsed::<Aspect>("aspect")?,
    };
    let from = match ask.query.parsed("cursor")? {
        Some(id) => {
            let last = site.store.change(ChangeId(id))?.ok_or(Failure::NotFound)?;
            Some(Cursor { at: last.detected_at, id: ChangeId(id) })
        }
        None => None,
    };
    let found = site.store.changes(&filter, from, ask.limit(50)?)?;
    let next = found.next.map(|next| ("cursor", next.id.0.to_string()));
    let newest = found.changes.first().map(|change| change.detected_at);
    let answer = if ask.format() == "csv" {
        table(site, ask, &CSV_HEADER, found.changes.iter().map(|change| csv_row(change).to_vec()).collect(), next)?
    } else {
        list(site, ask, found.changes.iter().map(|change| json!(ChangeRecord::new(change))).collect(), next)
    };
    Ok(answer.modified(newest))
}

fn change(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let explained = site.store.explain(ChangeId(ask.number("id")?))?.ok_or(Failure::NotFound)?;
    let mut data = json!(ChangeRecord::new(&explained.change));
    let sources = explained.sources.iter().map(|source| {
        json!({
            "url": source.document.url,
            "snapshot": source.snapshot.id,
            "snapshot_before": source.snapshot_before.as_ref().map(|before| before.id),
            "evidence": source.cause.evidence,
        })
    });
    let sources: Vec<Json> = sources.collect();
    if let Some(fields) = data.as_object_mut() {
        fields.insert("rule".into(), json!(explained.change.rule));
        fields.insert("sources".into(), Json::Array(sources));
        fields.insert("page".into(), json!(site.absolute(&crate::web::view::path::change(explained.change.id))));
        fields.insert("proof".into(), json!(site.absolute(&format!("{}/prova.zip", crate::web::view::path::change(explained.change.id)))));
    }
    Ok(one(data).modified(Some(explained.change.detected_at)))
}

fn found_snapshot(site: &Site, ask: &Ask) -> Result<Snapshot, Failure> {
    site.store.snapshot(SnapshotId(ask.number("id")?))?.ok_or(Failure::NotFound)
}

fn snapshot(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let snapshot = found_snapshot(site, ask)?;
    let mut data = json!(snapshot);
    if let Some(fields) = data.as_object_mut() {
        for part in ["text", "raw"] {
            fields.insert(part.into(), json!(site.absolute(&format!("/api/v1/snapshots/{}/{part}", snapshot.id.0))));
        }
    }
    Ok(one(data))
}

fn snapshot_text(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let snapshot = found_snapshot(site, ask)?;
    let bytes = site.store.bytes(snapshot.id)?;
    let content_type = snapshot.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.as_str());
    let url = snapshot.final_url.parse().ok();
    // a PDF is read in a process of its own
    let document = round::read_document(&crate::document::Input { bytes: &bytes, content_type, url: url.as_ref(), select: None });
    let text = evidence::lines_of(&document).join("\n");
    let plain: String = text.chars().filter(|c| *c == '\n' || (!c.is_control() && !crate::alert::is_invisible(*c))).collect();
    Ok(Answer::new("text/plain; charset=utf-8", plain + "\n"))
}

fn snapshot_bytes(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let snapshot = found_snapshot(site, ask)?;
    let name = format!("attachment; filename=\"snapshot-{}.bin\"", snapshot.id.0);
    let answer = Answer::new("application/octet-stream", site.store.bytes(snapshot.id)?);
    Ok(answer.cached(FOR_EVER).with(axum::http::header::CONTENT_DISPOSITION, &name))
}

fn source_json(source: &Source) -> Json {
    let health = &source.health;
    json!({
        "id": source.source.id, "body": source.source.body, "url": source.source.url, "kind": source.source.kind,
        "office": source.source.office, "added_at": source.added_at, "next_due": source.next_due,
        "health": {
            "last_good": health.last_good, "last_failed": health.last_failed, "last_error": health.last_error,
            "failures": health.streak, "failing_since": health.failing_since, "fetches": health.n_fetches,
            "unchanged": health.n_unchanged, "bytes": health.bytes,
        },
    })
}

fn sources(site: &Site, ask: &Ask) -> Result<Answer, Failure> {
    let limit = ask.limit(200)?;
    let place = match (ask.query.get("body"), ask.query.get("province")) {
        (Some(body), _) => Place::Body(BodyId(body.into())),
        (None, Some(province)) => Place::Province(province.into()),
        (None, None) => Place::Anywhere,
    };
    let after = ask.query.get("after").map(|id| SourceId(id.into()));
    let found = site.store.source_page(&place, ask.flag("failing"), after.as_ref(), limit)?;
    let next = next_after(&found, limit, |source| source.source.id.0.clone());
    if ask.format() == "csv" {
        let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let row = |source: &Source| {
            let health = &source.health;
            vec![
                source.source.id.0.clone(),
                source.source.body.0.clone(),
                source.source.url.clone(),
                json!(source.source.kind).as_str().unwrap_or_default().to_string(),
                at(health.last_good),
                at(health.failing_since),
                health.last_error.clone().unwrap_or_default(),
                health.streak.to_string(),
            ]
        };
        let header = ["id", "body", "url", "kind", "last_good", "failing_since", "last_error", "failures"];
        return table(site, ask, &header, found.iter().map(row).collect(), next);
    }
    Ok(list(site, ask, found.iter().map(source_json).collect(), next))
}
