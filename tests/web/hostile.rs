//! Everything that a page can write as a name, a sentence, an address comes out as text: on pages, in feeds, calendars and data.

use sportello::round::Clock;

use crate::pages::PAGES;
use crate::server::Server;
use crate::town::{HOSTILE, now, town};

fn hostile() -> Server {
    Server::over(town(&HOSTILE), Clock::Fixed(now()))
}

/// Characters that turn the reading direction or show nothing.
fn hides(text: &str) -> Option<char> {
    text.chars().find(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}'))
}

#[test]
fn on_every_page() {
    let server = hostile();
    for path in PAGES {
        for language in ["it", "en"] {
            let page = server.get(&format!("/{language}{path}"));
            assert_eq!(page.status, 200, "{path}");
            let text = page.text();
            let without_data = match text.split_once("<script type=\"application/ld+json\">") {
                Some((before, rest)) => {
                    let (data, after) = rest.split_once("</script>").unwrap();
                    assert!(!data.contains('<') && hides(data).is_none(), "{path}: {data}");
                    serde_json::from_str::<serde_json::Value>(data).unwrap();
                    format!("{before}{after}")
                }
                None => text.to_string(),
            };
            for forbidden in ["<script", "<img", "<svg onload", "javascript:alert(1)\"", "href=\"javascript", "</style>", "49 "] {
                assert!(!without_data.contains(forbidden), "{path} contains {forbidden}:\n{without_data}");
            }
            assert_eq!(hides(text), None, "{path}");
        }
    }
    let office = server.get("/it/enti/comune-altolago/altro");
    assert!(office.text().contains("&lt;script&gt;alert(1)&lt;"), "shown as text: {}", office.text());
}

#[test]
fn in_feeds() {
    let server = hostile();
    for path in ["/variazioni.atom", "/en/variazioni.atom?ente=comune-altolago", "/variazioni.json"] {
        let feed = server.get(path);
        assert_eq!(feed.status, 200, "{path}");
        assert_eq!(hides(feed.text()), None, "{path}");
        assert!(!feed.text().contains("<script"), "{path}: {}", feed.text());
        let parsed = feed_rs::parser::parse(feed.bytes.as_slice()).unwrap();
        assert_eq!(parsed.entries.len(), 3, "{path}");
        for entry in &parsed.entries {
            let html = entry.content.as_ref().and_then(|content| content.body.clone()).unwrap_or_default();
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("href=\"javascript"), "{html}");
            assert!(html.contains("&lt;script&gt;"), "{html}");
            assert!(entry.links.iter().all(|link| link.href.starts_with("https://sportello.example.org/")));
        }
    }
}

#[test]
fn in_calendars() {
    let server = hostile();
    let calendar = server.get("/calendario.ics?ente=comune-altolago");
    let text = calendar.text();
    assert_eq!(hides(text), None);
    let unfolded = text.replace("\r\n ", "");
    assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), unfolded.lines().filter(|line| *line == "BEGIN:VEVENT").count() + 3, "{unfolded}");
    assert!(unfolded.lines().all(|line| line != "SUMMARY:falso"), "{unfolded}");
}

#[test]
fn in_data() {
    let server = hostile();
    for path in [
        "/api/v1/bodies",
        "/api/v1/bodies/comune-altolago/offices",
        "/api/v1/bodies/comune-altolago/offices/altro?format=jsonld",
        "/api/v1/bodies/comune-altolago/offices/altro/history",
        "/api/v1/changes",
        "/api/v1/changes/1",
        "/api/v1/snapshots/1",
        "/api/v1/sources",
    ] {
        let data = server.get(path);
        assert_eq!(data.status, 200, "{path}: {}", data.text());
        assert_eq!(hides(data.text()), None, "{path}");
        serde_json::from_str::<serde_json::Value>(data.text()).unwrap();
        assert_eq!(data.header("x-content-type-options"), "nosniff");
        assert!(!data.header("content-type").contains("html"));
    }
    // nothing is lost: what hides is written so that it can be seen
    let changes: serde_json::Value = serde_json::from_str(server.get("/api/v1/changes/1").text()).unwrap();
    assert_eq!(changes["data"]["evidence"][0].as_str(), Some(HOSTILE.sentence));
    let table = server.get("/api/v1/changes?format=csv");
    assert_eq!(hides(table.text()), None);
    let mut reader = csv::Reader::from_reader(table.bytes.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{rows:?}");
}
