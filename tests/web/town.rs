//! A town in a store: offices, a change of hours, a closure, channels; and the same town with everything hostile that a page can hold.

use std::sync::Arc;

use jiff::Timestamp;
use sportello::domain::*;
use sportello::store::*;

/// What pages say, where a page may say anything.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub body: &'static str,
    pub office: &'static str,
    pub site: Option<&'static str>,
    pub sentence: &'static str,
    pub address: &'static str,
    pub web: &'static str,
    pub url: &'static str,
}

pub const PLAIN: Words = Words {
    body: "Comune di Altolago",
    office: "Sportello Energia",
    site: Some("Sede di via Verdi"),
    sentence: "L'anagrafe riceve il martedì e il giovedì dalle 9.00 alle 12.00.",
    address: "Piazza del Lago 1",
    web: "https://prenotazioni.altolago.example/agenda",
    url: "https://altolago.example/uffici",
};

/// The marks by which the tests see whether something got through.
pub const SCRIPT: &str = "<script>alert(1)</script>";

pub const HOSTILE: Words = Words {
    body: "Comune <script>alert(1)</script>\u{202e}&\"'",
    office: "\"><script>alert(1)</script>\u{202e}oiciffU <img src=x onerror=alert(1)> ]]> --> {{ 7*7 }}",
    site: Some("</title><script>alert(1)</script>\u{2066}\u{200b}"),
    sentence: "=HYPERLINK(\"x\") <script>alert(1)</script> \u{202e}\u{0}\u{8} </style> \r\nBEGIN:VEVENT\r\nSUMMARY:falso",
    address: "<svg onload=alert(1)> via \u{202d}Roma 1",
    web: "javascript:alert(1)",
    url: "javascript:alert(document.cookie)//<b>",
};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The present of all tests: Tuesday 3 March 2026, 9 in the morning.
pub fn now() -> Timestamp {
    at("2026-03-03T08:00:00Z")
}

pub fn body_id() -> BodyId {
    BodyId("comune-altolago".into())
}

fn fact(value: Value, from: Option<&str>, until: Option<&str>, words: &Words) -> Fact {
    let cause = Cause { url: words.url.into(), snapshot: snapshot_of_nth(0), evidence: vec![words.sentence.into()] };
    Fact {
        value,
        from: from.map(|day| day.parse().unwrap()),
        until: until.map(|day| day.parse().unwrap()),
        resumes: false,
        aged: false,
        general: false,
        except: vec![],
        causes: vec![cause],
    }
}

fn hours(text: &str) -> Value {
    Value::Hours(vec![OfficeHours { week: text.parse().unwrap(), access: Access::WalkIn }])
}

fn key(office: &str, words: &Words) -> OfficeKey {
    OfficeKey {
        office: OfficeId(office.into()),
        site: words.site.filter(|_| office == "altro").map(str::to_string),
        other: (office == "altro").then(|| words.office.to_lowercase()),
    }
}

fn states(anagrafe: &str, words: &Words) -> Vec<State> {
    let channels = [
        Channel { kind: ChannelKind::Phone, value: Some("+390583555010".into()) },
        Channel { kind: ChannelKind::Pec, value: Some("comune@pec.altolago.example".into()) },
        Channel { kind: ChannelKind::Web, value: Some(words.web.into()) },
    ];
    let closures = Value::Closures(vec!["2026-03-04/2026-03-05".parse().unwrap()]);
    let opening = Opening { date: "2026-03-07".parse().unwrap(), span: "09:00-11:30".parse().unwrap() };
    vec![
        State {
            key: key("anagrafe", words),
            name: "Anagrafe".into(),
            facts: [
                (Aspect::Hours, vec![fact(hours(anagrafe), None, None, words)]),
                (Aspect::Channels, vec![fact(Value::Channels(channels.into()), None, None, words)]),
                (Aspect::Address, vec![fact(Value::Address(words.address.into()), None, None, words)]),
                (Aspect::Closures, vec![fact(closures, None, None, words)]),
                (Aspect::Openings, vec![fact(Value::Openings([opening].into()), None, None, words)]),
            ]
            .into(),
        },
        State {
            key: key("altro", words),
            name: words.office.into(),
            facts: [
                (
                    Aspect::Hours,
                    vec![
                        fact(hours("Mo-Fr 08:30-12:30"), None, Some("2026-03-15"), words),
                        fact(hours("Mo-Fr 10:00-12:00"), Some("2026-03-16"), None, words),
                    ],
                ),
                (Aspect::Status, vec![fact(Value::Status(Status::Appointment), None, None, words)]),
            ]
            .into(),
        },
    ]
}

fn change(office: &str, aspect: Aspect, before: Option<Value>, after: Value, words: &Words, detected_at: Timestamp) -> Change {
    Change {
        id: None,
        detected_at,
        body: body_id(),
        key: key(office, words),
        name: if office == "altro" { words.office.into() } else { office.into() },
        except: vec![],
        aspect,
        before,
        after: Some(after),
        effective_from: None,
        effective_until: None,
        further: vec![],
        hours: None,
        causes: vec![Cause { url: words.url.into(), snapshot: snapshot_of_nth(0), evidence: vec![words.sentence.into()] }],
        rule: Rule::Revised,
    }
}

/// The archived page: what its own scripts and forms would do if they could.
pub fn page(anagrafe: &str, words: &Words) -> String {
    format!(
        "<!doctype html><html><head><title>{}</title><script>alert(1)</script></head><body onload=alert(1)><main><h1>Uffici</h1>\
         <p>Anagrafe: {anagrafe}</p><p>Altri uffici, tutti i giorni.</p><form action=/iscriviti><input name=x></form>\
         <p>{}</p></main></body></html>",
        words.body, words.sentence
    )
}

fn visit(store: &dyn Store, anagrafe: &str, changes: Vec<Change>, words: &Words, when: Timestamp) {
    let known = store.known(&body_id(), at("2020-01-01T00:00:00Z")).unwrap();
    let text = page(anagrafe, words);
    let received = Received {
        status: 200,
        final_url: "https://altolago.example/uffici".into(),
        headers: vec![("Content-Type".into(), "text/html; charset=utf-8".into())],
        text_sha: sha256(text.as_bytes()),
        matter_sha: None,
        body: text.into_bytes(),
    };
    let reading = Reading::default();
    store
        .record(&Visit {
            body: body_id(),
            at: when,
            documents: vec![DocumentVisit {
                source: SourceId("comune-altolago/uffici".into()),
                url: words.url.into(),
                kind: DocumentKind::Page,
                next_visit: None,
                seen: Seen::Fresh { received, reading, rules_version: 1 },
                memory: None,
            }],
            findings: Some(Findings {
                why: if known.states.is_empty() { Why::Baseline } else { Why::Visit },
                revision: known.revision,
                states: states(anagrafe, words),
                held: vec![],
                changes,
                corroborated: vec![],
                deliveries: vec![],
                redesign: None,
            }),
        })
        .unwrap();
}

/// The anagrafe changes its hours once more.
pub fn change_once_more(store: &dyn Store, words: &Words) {
    let when = at("2026-03-03T07:30:00Z");
    let changed = change("anagrafe", Aspect::Hours, Some(hours("Tu,Th 09:00-12:00")), hours("We 14:10-16:40"), words, when);
    visit(store, "We 14:10-16:40", vec![changed], words, when);
}

/// The town after its first reading and a change the morning after.
pub fn town(words: &Words) -> Arc<dyn Store> {
    let store = in_memory().unwrap();
    let body = Body {
        id: body_id(),
        name: words.body.into(),
        kind: BodyKind::Comune,
        province: Some("LU".into()),
        istat: Some("046999".into()),
        ipa: Some("c_xxxx".into()),
    };
    let source = |name: &str, kind| WatchedSource {
        id: SourceId(format!("comune-altolago/{name}")),
        body: body_id(),
        url: format!("https://altolago.example/{name}"),
        kind,
        office: None,
        settings: serde_json::json!({}),
    };
    let sources = vec![source("uffici", SourceKind::Page), source("novita", SourceKind::News)];
    store.sync(&Catalogue { bodies: vec![body], sources }, at("2026-03-02T07:00:00Z")).unwrap();
    let (old, new) = ("Mo-Fr 08:30-12:30", "Tu,Th 09:00-12:00");
    visit(&*store, old, vec![], words, at("2026-03-02T07:00:00Z"));
    let when = at("2026-03-03T07:00:00Z");
    let closures = Value::Closures(vec!["2026-03-04/2026-03-05".parse().unwrap()]);
    let changes = vec![
        change("anagrafe", Aspect::Hours, Some(hours(old)), hours(new), words, when),
        change("anagrafe", Aspect::Closures, None, closures, words, when),
        change("altro", Aspect::Address, None, Value::Address(words.address.into()), words, when),
    ];
    visit(&*store, new, changes, words, when);
    let failure = Failure {
        source: SourceId("comune-altolago/novita".into()),
        at: when,
        words: format!("altolago.example answered 503 {}", if words.body == PLAIN.body { "" } else { SCRIPT }),
        next_try: when,
    };
    store.record_failure(&failure).unwrap();
    store
}
