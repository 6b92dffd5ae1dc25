//! History built from an archive: `check --from` reads saved pages in place of the network, each as it was at `--now`.

use crate::line::table;
use crate::place::Place;

const URL: &str = "https://www.comune.prova.example/uffici";

fn record(date: &str, html: &str) -> String {
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><main>{html}</main></body></html>");
    format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\nWARC-Date: {date}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

#[test]
fn a_warc_gives_the_changes_of_its_years() {
    let place = Place::new();
    place.write("sources.toml", &format!("[[body]]\nid = \"comune-prova\"\nname = \"Comune di Prova\"\nkind = \"comune\"\n[[body.source]]\nurl = \"{URL}\"\nkind = \"page\"\n"));
    let warc = [
        record("2020-03-01T00:00:00Z", &table(&[])),
        record("2021-03-01T00:00:00Z", "<h1>Pagina non trovata</h1>"),
        record("2022-03-01T00:00:00Z", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")])),
    ];
    place.write("pages.warc", &warc.concat());
    let check = |now: &str| place.run(&["check", "--from", "pages.warc", "--now", now, "--no-send"]);
    check("2020-04-01T00:00:00Z").done();
    let lost = check("2021-04-01T00:00:00Z");
    assert_eq!((lost.code, lost.out.as_str()), (Some(1), ""), "{}", lost.err);
    let found = check("2022-04-01T00:00:00Z").done();
    assert!(found.out.contains("tributi"), "{}", found.out);
    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0]["detected_at"], "2022-04-01T00:00:00Z");
    assert_eq!((&changes[0]["before"], &changes[0]["after"]), (&"Mo,We 09:00-12:00".into(), &"Mo,We 09:30-12:00".into()));

    place.run(&["check", "--from", "missing.warc", "--all"]).failed(2, &["missing.warc"]);
}
