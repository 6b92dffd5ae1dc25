//! An invented town for the store's tests.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sportello::domain::*;
use sportello::store::*;

pub fn t(minute: i64) -> Timestamp {
    "2026-03-01T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

pub fn town() -> Body {
    Body {
        id: BodyId("comune-altolago".into()),
        name: "Comune di Altolago".into(),
        kind: BodyKind::Comune,
        province: Some("LU".into()),
        istat: Some("046999".into()),
        ipa: None,
    }
}

pub fn watched(name: &str, kind: SourceKind) -> WatchedSource {
    WatchedSource {
        id: SourceId(format!("comune-altolago/{name}")),
        body: town().id,
        url: format!("https://altolago.example/{name}"),
        kind,
        office: None,
        settings: serde_json::json!({ "every": "1h" }),
    }
}

pub fn catalogue() -> Catalogue {
    Catalogue { bodies: vec![town()], sources: vec![watched("uffici", SourceKind::Page), watched("novita", SourceKind::News)] }
}

/// A store that watches the town.
pub fn with_town(store: Arc<dyn Store>) -> Arc<dyn Store> {
    store.sync(&catalogue(), t(0)).unwrap();
    store
}

pub fn received(body: &str) -> Received {
    Received {
        status: 200,
        final_url: "https://altolago.example/uffici".into(),
        headers: vec![("Content-Type".into(), "text/html; charset=utf-8".into()), ("ETag".into(), format!("\"{}\"", body.len()))],
        body: body.as_bytes().to_vec(),
        text_sha: sha256(body.replace(char::is_numeric, "").as_bytes()),
        matter_sha: None,
    }
}

pub fn notice(office: &str, hours: &str) -> Notice {
    let mut notice = Notice::about(OfficeId(office.into()), office);
    notice.hours = hours_of(hours);
    notice.evidence = vec![Evidence { sentence: format!("orario {hours}"), block: 0, states: vec![Stated::Hours] }];
    notice
}

pub fn hours_of(hours: &str) -> Vec<OfficeHours> {
    vec![OfficeHours { week: hours.parse().unwrap(), access: Access::WalkIn }]
}

pub fn key(office: &str) -> OfficeKey {
    OfficeKey { office: OfficeId(office.into()), site: None, other: None }
}

pub fn state(office: &str, hours: &str, url: &str) -> State {
    let cause = Cause { url: url.into(), snapshot: snapshot_of_nth(0), evidence: vec![format!("orario {hours}")] };
    let fact = Fact {
        value: Value::Hours(hours_of(hours)),
        from: None,
        until: None,
        resumes: false,
        aged: false,
        general: false,
        except: vec![],
        causes: vec![cause],
    };
    State { key: key(office), name: office.into(), facts: [(Aspect::Hours, vec![fact])].into() }
}

pub fn change(office: &str, before: &str, after: &str, url: &str, at: Timestamp) -> Change {
    Change {
        id: None,
        detected_at: at,
        body: town().id,
        key: key(office),
        name: office.into(),
        except: vec![],
        aspect: Aspect::Hours,
        before: Some(Value::Hours(hours_of(before))),
        after: Some(Value::Hours(hours_of(after))),
        effective_from: None,
        effective_until: None,
        further: vec![],
        hours: None,
        causes: vec![Cause { url: url.into(), snapshot: snapshot_of_nth(0), evidence: vec![format!("orario {after}")] }],
        rule: Rule::Revised,
    }
}

/// One visit to the offices' page that says these hours for the registry office; it compares with what the store knows, as the line does.
pub fn visit(store: &dyn Store, text: &str, hours: &str, at: Timestamp, subscribers: &[SubscriberId]) -> Recorded {
    try_visit(store, text, hours, at, subscribers).unwrap()
}

/// As [`visit`], for a store that may refuse.
pub fn try_visit(store: &dyn Store, text: &str, hours: &str, at: Timestamp, subscribers: &[SubscriberId]) -> Result<Recorded> {
    let url = "https://altolago.example/uffici";
    let known = store.known(&town().id, t(-100_000))?;
    let before = known.states.iter().find(|state| state.key == key("anagrafe")).and_then(|state| {
        let Value::Hours(hours) = &state.facts.get(&Aspect::Hours)?.first()?.value else { return None };
        Some(hours.first()?.week.to_string())
    });
    let changes: Vec<Change> =
        before.filter(|before| before != hours).iter().map(|before| change("anagrafe", before, hours, url, at)).collect();
    let deliveries = subscribers.iter().filter(|_| !changes.is_empty()).map(|subscriber| alert(*subscriber, at)).collect();
    store.record(&Visit {
        body: town().id,
        at,
        documents: vec![DocumentVisit {
            source: watched("uffici", SourceKind::Page).id,
            url: url.into(),
            kind: DocumentKind::Page,
            next_visit: Some(at + SignedDuration::from_mins(60)),
            seen: Seen::Fresh {
                received: received(text),
                reading: Reading { published: None, notices: vec![notice("anagrafe", hours)], doubts: vec![] },
                rules_version: 1,
            },
            memory: None,
        }],
        findings: Some(Findings {
            why: if known.states.is_empty() { Why::Baseline } else { Why::Visit },
            revision: known.revision,
            states: vec![state("anagrafe", hours, url)],
            held: vec![],
            changes,
            corroborated: vec![],
            deliveries,
            redesign: None,
        }),
    })
}

pub fn alert(subscriber: SubscriberId, due_at: Timestamp) -> PlannedDelivery {
    PlannedDelivery { subscriber, about: About::Alert(town().id), due_at, changes: vec![0] }
}
