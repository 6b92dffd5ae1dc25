//! The API, the feeds and the calendars: what they answer, how they page, and what independent readers make of them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use sportello::config::settings::Web;
use sportello::round::Clock;
use sportello::web::{Limits, Site};

use crate::server::{Got, Server};
use crate::town::{HOSTILE, PLAIN, now, town};

fn altolago() -> Server {
    Server::over(town(&PLAIN), Clock::Fixed(now()))
}

fn json(got: &Got) -> Json {
    assert_eq!(got.status, 200, "{}", got.text());
    serde_json::from_slice(&got.bytes).unwrap()
}

#[test]
fn lists_are_walked_by_their_next_links() {
    let server = altolago();
    let mut path = "/api/v1/changes?limit=2&body=comune-altolago".to_string();
    let mut ids = Vec::new();
    loop {
        let got = server.get(&path);
        let page = json(&got);
        assert_eq!(page["license"], "CC-BY-4.0");
        ids.extend(page["data"].as_array().unwrap().iter().map(|change| change["id"].as_i64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        assert_eq!(got.header("link"), format!("<{next}>; rel=\"next\""));
        path = next.strip_prefix("https://sportello.example.org").unwrap().to_string();
    }
    assert_eq!(ids, [3, 2, 1]);
    let filtered = json(&server.get("/api/v1/changes?aspect=closures&province=LU&since=2026-03-01T00:00:00Z"));
    assert_eq!(filtered["data"].as_array().unwrap().len(), 1);
    assert_eq!(filtered["data"][0]["after"], serde_json::json!(["2026-03-04/2026-03-05"]));
    assert_eq!(json(&server.get("/api/v1/changes?until=2026-03-03T07:00:00Z"))["data"].as_array().unwrap().len(), 0);
}

#[test]
fn an_office_is_told_as_it_was_known_at_an_instant() {
    let server = altolago();
    let hours = |query: &str| {
        let office = json(&server.get(&format!("/api/v1/bodies/comune-altolago/offices/anagrafe{query}")));
        office["data"][0]["facts"]["hours"]["value"].as_str().map(str::to_string)
    };
    assert_eq!(hours("").as_deref(), Some("Tu,Th 09:00-12:00"));
    assert_eq!(hours("?at=2026-03-02T12:00:00Z").as_deref(), Some("Mo-Fr 08:30-12:30"));
    assert_eq!(server.get("/api/v1/bodies/comune-altolago/offices/anagrafe?at=2020-01-01T00:00:00Z").status, 404);
    let history = json(&server.get("/api/v1/bodies/comune-altolago/offices/anagrafe/history"));
    let known: Vec<&str> = history["data"].as_array().unwrap().iter().map(|version| version["why"].as_str().unwrap()).collect();
    assert_eq!(known, ["visit", "baseline"]);
    let linked = json(&server.get("/api/v1/bodies/comune-altolago/offices?format=jsonld"));
    assert_eq!(linked.as_array().unwrap().len(), 2);
}

#[test]
fn a_snapshot_is_metadata_text_and_bytes() {
    let server = altolago();
    let snapshot = json(&server.get("/api/v1/snapshots/1"));
    assert_eq!(snapshot["data"]["status"], 200);
    let text = server.get("/api/v1/snapshots/1/text");
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert!(text.text().contains("Anagrafe: Mo-Fr 08:30-12:30") && !text.text().contains('<'), "{}", text.text());
    let raw = server.get("/api/v1/snapshots/1/raw");
    assert_eq!(raw.bytes, crate::town::page("Mo-Fr 08:30-12:30", &PLAIN).into_bytes());
    assert!(raw.header("content-disposition").starts_with("attachment"));
    assert_eq!(raw.header("content-type"), "application/octet-stream");
    let sha: String = sportello::store::sha256(&raw.bytes).to_string();
    assert_eq!(snapshot["data"]["body_sha"].as_str(), Some(sha.as_str()));
}

#[test]
fn what_makes_no_sense_is_refused_with_its_reason() {
    let server = altolago();
    for (path, detail) in [
        ("/api/v1/changes?aspect=colour", "aspect no such aspect"),
        ("/api/v1/changes?limit=0", "limit must be a number from 1 to 500"),
        ("/api/v1/changes?limit=", "limit must be"),
        ("/api/v1/changes?since=yesterday", "since must be an instant"),
        ("/api/v1/changes?cursor=x", "cursor must be a positive number"),
        ("/api/v1/changes?bodi=x", "there is no parameter"),
        ("/api/v1/bodies?province=lucca", "two capital letters"),
        ("/api/v1/bodies?format=xml", "one of json, csv"),
    ] {
        let got = server.get(path);
        assert_eq!((got.status, got.header("content-type")), (400, "application/problem+json"), "{path}");
        let problem: Json = serde_json::from_slice(&got.bytes).unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{path}: {problem}");
    }
    for path in [
        "/api/v1/bodies/nowhere",
        "/api/v1/changes/99",
        "/api/v1/changes/x",
        "/api/v1/snapshots/99/raw",
        "/api/v1/bodies/comune-altolago/offices/nothing",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn any_origin_may_read_within_its_limit() {
    let settings = Web { trusted_proxies: vec!["127.0.0.1".parse().unwrap()], listen: None, ..Web::default() };
    // a bucket that takes hours to fill, so that the test does not depend on how fast it runs
    let limits = Limits::new(3, 0.000_1);
    let mut site = Site::new(town(&PLAIN), settings, Clock::Fixed(now()));
    site.limits = limits;
    let server = Server::of(site);
    let from = |address: &str| server.ask("/api/v1/bodies", &[("x-forwarded-for", address)]);
    let first = from("198.51.100.1");
    assert_eq!(first.header("access-control-allow-origin"), "*");
    assert_eq!(first.header("ratelimit-policy"), "\"api\";q=3;w=30000");
    assert!(first.header("ratelimit").starts_with("\"api\";r=2;t="), "{}", first.header("ratelimit"));
    let preflight = server.request(reqwest::Method::OPTIONS, "/api/v1/changes", &[("origin", "https://a.example")]);
    assert_eq!((preflight.status, preflight.header("access-control-allow-methods")), (204, "GET, HEAD, OPTIONS"));
    assert_eq!(from("198.51.100.1").status, 200);
    assert_eq!(from("198.51.100.1").status, 200);
    let refused = from("198.51.100.1");
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(from("198.51.100.2").status, 200, "another network");
    assert_eq!(server.get("/it/").status, 200, "pages are not counted");
}

#[test]
fn a_feed_is_asked_about_and_not_sent_again() {
    let server = altolago();
    let feed = server.get("/it/variazioni.atom?ente=comune-altolago&ufficio=anagrafe");
    assert_eq!((feed.status, feed.header("content-type")), (200, "application/atom+xml; charset=utf-8"));
    assert_eq!(feed.header("last-modified"), "Tue, 03 Mar 2026 07:00:00 GMT");
    let parsed = feed_rs::parser::parse(feed.bytes.as_slice()).unwrap();
    assert_eq!(parsed.entries.len(), 2);
    assert!(parsed.entries[0].title.as_ref().unwrap().content.contains("Anagrafe"));
    let path = "/it/variazioni.atom?ente=comune-altolago&ufficio=anagrafe";
    assert_eq!(server.ask(path, &[("if-none-match", feed.header("etag"))]).status, 304);
    assert_eq!(server.ask(path, &[("if-modified-since", feed.header("last-modified"))]).status, 304);
    assert_eq!(server.ask(path, &[("if-modified-since", "Mon, 02 Mar 2026 07:00:00 GMT")]).status, 200);
    assert_eq!(server.get("/it/variazioni.atom?ente=nowhere").status, 404);
    assert_eq!(feed_rs::parser::parse(server.get("/it/variazioni.atom?aspetto=address").bytes.as_slice()).unwrap().entries.len(), 1);
}

/// Runs a program of the Python environment of the tests on what was served; says loudly when there is none.
fn python(program: &str, input: &[u8]) {
    let Some(python) = crate::python::python() else { return };
    let mut child =
        Command::new(python).args(["-c", program]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

const FEED: &str = "
import sys, feedparser
feed = feedparser.parse(sys.stdin.buffer.read())
assert not feed.bozo, feed.bozo_exception
assert len(feed.entries) == 3, feed.entries
assert all(entry.id and entry.link and entry.updated_parsed and entry.title for entry in feed.entries)
assert feed.feed.id and feed.feed.updated_parsed and feed.feed.title
";

const CALENDAR: &str = "
import sys, icalendar
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
events = list(calendar.walk('VEVENT'))
assert not calendar.errors and not any(event.errors for event in events), [event.errors for event in events]
assert len(events) == 3, events
assert len({event['UID'] for event in events}) == 3
days = sorted(str(event['DTSTART'].dt) for event in events)
assert days == ['2026-03-04', '2026-03-07 08:00:00+00:00', '2026-03-16'], days
assert str(next(event for event in events if str(event['DTSTART'].dt) == '2026-03-04')['DTEND'].dt) == '2026-03-06'
";

#[test]
fn independent_readers_find_no_fault_in_feeds_and_calendars() {
    for words in [&PLAIN, &HOSTILE] {
        let server = Server::over(town(words), Clock::Fixed(now()));
        for language in ["it", "en"] {
            python(FEED, &server.get(&format!("/{language}/variazioni.atom")).bytes);
            python(CALENDAR, &server.get(&format!("/{language}/calendario.ics?ente=comune-altolago")).bytes);
        }
    }
    let office = altolago().get("/calendario.ics?ente=comune-altolago&ufficio=anagrafe");
    assert_eq!(office.text().matches("BEGIN:VEVENT").count(), 2);
    assert_eq!(altolago().get("/calendario.ics").status, 400);
}

const OPENAPI: &str = "
import sys, json, jsonschema
whole = json.load(sys.stdin)
document, answers = whole['document'], whole['answers']
jsonschema.Draft202012Validator.check_schema({'$defs': document['components']['schemas']})
assert document['openapi'] == '3.1.0'
told = set()
for path, where, answer in answers:
    operation = document['paths'][where]['get']
    told.add(where)
    schema = dict(operation['responses']['200']['content']['application/json']['schema'], components=document['components'])
    errors = list(jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(answer))
    assert not errors, (path, [(error.json_path, error.message) for error in errors])
json_paths = {path for path, item in document['paths'].items() if 'application/json' in item['get']['responses']['200']['content']}
assert told == json_paths, json_paths - told
";

#[test]
fn every_answer_keeps_what_the_document_promises() {
    let server = altolago();
    let document = json(&server.get("/api/v1/openapi.json"));
    let answers: Vec<Json> = [
        ("/bodies", "/bodies"),
        ("/bodies/comune-altolago", "/bodies/{body}"),
        ("/bodies/comune-altolago/offices", "/bodies/{body}/offices"),
        ("/bodies/comune-altolago/offices/altro", "/bodies/{body}/offices/{office}"),
        ("/bodies/comune-altolago/offices/anagrafe/history", "/bodies/{body}/offices/{office}/history"),
        ("/changes", "/changes"),
        ("/changes?limit=1", "/changes"),
        ("/changes/1", "/changes/{id}"),
        ("/changes/3", "/changes/{id}"),
        ("/snapshots/1", "/snapshots/{id}"),
        ("/sources", "/sources"),
    ]
    .iter()
    .map(|(path, place)| serde_json::json!([path, place, json(&server.get(&format!("/api/v1{path}")))]))
    .collect();
    python(OPENAPI, serde_json::json!({ "document": document, "answers": answers }).to_string().as_bytes());
}
