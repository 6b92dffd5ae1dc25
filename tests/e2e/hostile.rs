//! The service among hostile servers: each trouble gets its name in the source's health, none is ever a change, and the rest is watched on.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::line::table;
use crate::place::Place;
use crate::raw::{Act, Seen, Server, answer, page};
use crate::service::{Running, until};

/// What a server does at one path after it was good once, and what the health of its source must then say.
type Case = (&'static str, fn() -> Act, &'static str);

fn html(title: &str, body: &str) -> Act {
    page(&format!("<html><head><title>{title}</title></head><body>{body}</body></html>"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

const CASES: &[Case] = &[
    ("/slow-head", || Act::Repeat(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-A: b\r\n".to_vec(), Duration::from_millis(50)), "did not answer"),
    (
        "/slow-body",
        || Act::Repeat(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n".to_vec(), b"<p>".to_vec(), Duration::from_millis(50)),
        "did not finish",
    ),
    ("/endless", || Act::Repeat(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'a'; 65_536], Duration::from_millis(5)), "longer than"),
    ("/bomb", || answer("200 OK", "Content-Encoding: gzip\r\n", &gzip(&vec![b'a'; 4 << 20])), "longer than"),
    ("/circle", || answer("302 Found", "Location: /circle\r\n", b""), "in a circle"),
    ("/metadata", || answer("302 Found", "Location: http://169.254.169.254/latest/meta-data/\r\n", b""), "169.254.169.254"),
    ("/too-short", || Act::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<html><body><h1>Uff".to_vec()), "broke off"),
    (
        "/two-lengths",
        || Act::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde".to_vec()),
        "proper HTTP",
    ),
    ("/mail-server", || Act::SendAndClose(b"220 mail.example ESMTP\r\n".to_vec()), "proper HTTP"),
    ("/cut", || page(&format!("<html><body><main><div><div>{}", table(&[]).split_once("Protocollo").unwrap().0)), "ends in the middle"),
    ("/401", || answer("401 Unauthorized", "", b""), "wants a password"),
    ("/404", || answer("404 Not Found", "", b"<h1>Non trovata</h1>"), "404"),
    ("/410", || answer("410 Gone", "", b""), "removed for good"),
    ("/429", || answer("429 Too Many Requests", "Retry-After: 1\r\n", b""), "too often"),
    ("/500", || answer("500 Internal Server Error", "", b"boom"), "has a fault"),
    ("/503", || answer("503 Service Unavailable", "", b"<h1>Sito in manutenzione</h1>"), "under maintenance"),
    ("/empty", || html("", ""), "empty"),
    ("/soft-404", || html("Comune di Prova", "<h1>Pagina non trovata</h1><p>Torna alla home</p>"), "not found"),
    (
        "/maintenance",
        || html("Comune di Prova", "<h1>Sito in manutenzione</h1><p>Torneremo presto. Tel. 0583 000000</p>"),
        "under maintenance",
    ),
    ("/database", || html("Errore", "<p>Error establishing a database connection</p>"), "error of the server"),
    ("/login", || html("Accedi", "<h1>Accedi</h1><form><input name=u><input type=password></form>"), "wants a login"),
    ("/challenge", || html("Just a moment...", "<script>window._cf_chl_opt={}</script>"), "human"),
    ("/consent", || html("Comune", "<div class=cookie-banner><p>Questo sito usa cookie. Accetta per continuare.</p></div>"), "cookie"),
    ("/parked", || html("prova.example", "<p>Il dominio è in vendita.</p>"), "parked"),
    ("/files", || html("Index of /", "<h1>Index of /</h1><a href=x>x</a>"), "list of files"),
    ("/home", || answer("302 Found", "Location: /\r\n", b""), "home page"),
    ("/shell", || html("Comune", "<div id=root></div><script src=/app.js></script>"), "without its scripts"),
    ("/picture", || answer("200 OK", "Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\n\0"), "image/png"),
];

#[test]
fn every_trouble_has_its_name_and_none_is_a_change() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_all().build().unwrap();
    let visits: Arc<Mutex<HashMap<String, u32>>> = Arc::default();
    let counted = visits.clone();
    let good = Arc::new(Mutex::new(table(&[])));
    let shown = good.clone();
    let handler = Arc::new(move |seen: &Seen| {
        let n = {
            let mut visits = counted.lock().unwrap();
            let n = visits.entry(seen.path.clone()).or_default();
            *n += 1;
            *n
        };
        match CASES.iter().find(|(path, ..)| *path == seen.path) {
            _ if seen.path == "/robots.txt" => answer("404 Not Found", "", b""),
            // HTTP/1.0 and a charset that is not the one the header claims are no trouble
            _ if seen.path == "/old" => {
                let page = table(&[]).replace('ì', "\u{1}").into_bytes().into_iter().map(|byte| if byte == 1 { 0xec } else { byte });
                let mut bytes = b"HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".to_vec();
                bytes.extend(page);
                Act::SendAndClose(bytes)
            }
            _ if seen.path == "/" => {
                page("<html><body><main><h1>Comune di Prova</h1><p>Benvenuti: notizie, servizi, uffici.</p></main></body></html>")
            }
            Some((_, act, _)) if n > 1 => act(),
            _ => page(&format!("<html><body><main>{}</main></body></html>", shown.lock().unwrap())),
        }
    });
    // a host each: one that breaks off again and again is left alone, and with it all that it bears
    let paths: Vec<&str> = CASES.iter().map(|(path, ..)| *path).chain(["/good", "/old"]).collect();
    let servers: Vec<Server> = (10..)
        .zip(&paths)
        .map(|(n, _)| {
            let handler = handler.clone();
            runtime.block_on(Server::start(&format!("127.0.0.{n}"), move |seen| handler(seen)))
        })
        .collect();
    let place = Place::new();
    place.write(
        "sportello.toml",
        "[crawl]\nallow_private = true\ndelay = \"0s\"\nper_host = 8\ntimeout = \"4s\"\nmax_bytes = \"1 MiB\"\nconfirm_after = \"1s\"\n[web]\nlisten = \"\"\n",
    );
    let mut sources = String::new();
    for (path, server) in paths.iter().zip(&servers) {
        let id = path.trim_start_matches('/');
        sources.push_str(&format!(
            "[[body]]\nid = \"comune-{id}\"\nname = \"Comune {id}\"\nkind = \"comune\"\n[[body.source]]\nid = \"uffici\"\nurl = \"{}\"\nkind = \"page\"\nschedule = \"* * * * * *\"\n",
            server.url(path)
        ));
    }
    place.write("sources.toml", &sources);
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    place.run(&["check", "--all"]).done();
    let offices = place.run(&["offices", "--json"]).done().json();
    assert_eq!(offices.len(), 12 * (CASES.len() + 2), "all are known, those in Latin-1 over HTTP/1.0 too");

    // the trouble begins, twice over, so that whatever were taken for a change would be confirmed
    for _ in 0..2 {
        assert_eq!(place.run(&["check", "--all"]).code, Some(1));
    }
    assert_eq!(place.run(&["check", "--all"]).out, "");
    let health: HashMap<String, serde_json::Value> = place
        .run(&["sources", "status", "--json"])
        .done()
        .json()
        .into_iter()
        .map(|source| (source["id"].as_str().unwrap().to_owned(), source))
        .collect();
    let mut wrong = Vec::new();
    for (path, _, words) in CASES {
        let source = &health[&format!("comune-{}/uffici", path.trim_start_matches('/'))];
        let said = source["error"].as_str().unwrap_or("nothing");
        if source["state"] != "failing" || !said.contains(words) {
            wrong.push(format!("{path}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for fine in ["comune-good/uffici", "comune-old/uffici"] {
        assert_eq!(health[fine]["state"], "ok", "{}", health[fine]);
    }

    // a service among them tells the one true change, once
    let service = Running::start(&place);
    service.says("READY=1");
    let n_visits = |path: &str| visits.lock().unwrap().get(path).copied().unwrap_or_default();
    let before = n_visits("/good");
    until("the good page is looked at", || n_visits("/good") > before);
    *good.lock().unwrap() = table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]);
    until("a mail", || place.mails().len() == 1);
    let before = n_visits("/good");
    until("the service goes on", || n_visits("/good") > before + 1);
    service.signal("TERM");
    let (status, log) = service.end();
    assert!(status.success(), "{log}");
    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!((&changes[0]["body"], &changes[0]["office"]), (&"comune-good".into(), &"tributi".into()));
    assert_eq!(place.mails().len(), 1);
    let offices = place.run(&["offices", "--json"]).done().json();
    assert_eq!(offices.len(), 12 * (CASES.len() + 2), "nothing that was known is lost");
}

#[test]
fn a_site_down_for_a_week_is_told_to_the_operator_once_and_its_return_with_one_changed_hour_is_one_alert() {
    let place = Place::new();
    place.settings("[mail]\noperator = \"Redazione <ops@example.org>\"\n");
    place.sources(&[("/uffici", "kind = \"page\"\nevery = \"3h\"")]);
    place.page("/uffici", &table(&[]));
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    let hour = |n: i64| ("2026-03-02T08:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(n)).to_string();
    place.run(&["check", "--now", &hour(0)]).done();
    place.site.set("/uffici", sportello::cli::demo::site::Page::status(503));
    let mut told_after = None;
    for n in (4..=7 * 24).step_by(4) {
        let check = place.run(&["check", "--now", &hour(n)]);
        assert_eq!(check.out, "");
        if told_after.is_none() && !place.mails().is_empty() {
            told_after = Some(n);
        }
    }
    let mails = place.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].to, "ops@example.org");
    assert!((72..=80).contains(&told_after.unwrap()), "{told_after:?}");
    for words in ["comune-prova/uffici", "tre giorni"] {
        assert!(mails[0].subject.contains(words), "{}", mails[0].subject);
    }
    for words in ["503", place.site.url("/uffici").as_str(), "sportello sources status"] {
        assert!(mails[0].text.contains(words), "{}", mails[0].text);
    }

    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    for n in [180, 184, 200] {
        place.run(&["check", "--now", &hour(n)]).done();
    }
    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let mails = place.mails();
    let to = |who: &str| mails.iter().filter(|mail| mail.to == who).map(|mail| mail.subject.clone()).collect::<Vec<_>>();
    assert_eq!(to("ada@example.org").len(), 1, "{mails:?}");
    let operator = to("ops@example.org");
    assert_eq!(operator.len(), 2, "{operator:?}");
    assert!(operator.iter().any(|subject| subject.contains("si legge di nuovo")), "{operator:?}");
}

/// A thousand sources on twenty hosts through the whole program: what the servers' logs say of its manners.
#[test]
fn a_thousand_sources_on_twenty_hosts_are_asked_politely() {
    const HOSTS: usize = 20;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let servers: Vec<Server> = (1..=HOSTS)
        .map(|n| {
            let handler = |seen: &Seen| match seen.path.as_str() {
                "/robots.txt" => answer("200 OK", "", b"User-agent: *\nDisallow: /chiuso\n"),
                path => page(&format!(
                    "<html><body><main><h1>Ufficio anagrafe</h1><p>Lunedì 9-12, stanza {}</p></main></body></html>",
                    path.len()
                )),
            };
            runtime.block_on(Server::start(&format!("127.0.0.{n}"), handler))
        })
        .collect();
    let place = Place::new();
    let delay = Duration::from_millis(30);
    place.write(
        "sportello.toml",
        "[crawl]\nallow_private = true\ndelay = \"30ms\"\nper_host = 2\nconcurrency = 32\ntimeout = \"20s\"\n[web]\nlisten = \"\"\n",
    );
    let mut sources = String::new();
    for n in 0..1000 {
        if n % 10 == 0 {
            sources.push_str(&format!("[[body]]\nid = \"comune-{n}\"\nname = \"Comune {n}\"\nkind = \"comune\"\n"));
        }
        sources.push_str(&format!("[[body.source]]\nurl = \"{}\"\nkind = \"page\"\n", servers[n % HOSTS].url(&format!("/p{n}"))));
    }
    place.write("sources.toml", &sources);
    place.run(&["check"]).done();
    let mut n_pages = 0;
    for server in &servers {
        let log = server.seen();
        n_pages += log.iter().filter(|seen| seen.path != "/robots.txt").count();
        assert_eq!(log.iter().filter(|seen| seen.path == "/robots.txt").count(), 1);
        for pair in log.windows(2) {
            let gap = pair[1].from - pair[0].from;
            assert!(gap >= delay, "{}: {gap:?} between {} and {}", server.address, pair[0].path, pair[1].path);
        }
        let open_at = |at| log.iter().filter(|seen| seen.from <= at && seen.to.is_none_or(|to| to > at)).count();
        assert!(log.iter().all(|seen| open_at(seen.from) <= 2));
    }
    assert_eq!(n_pages, 1000);
    // nothing is due at once again, and what is due later is spread
    assert!(place.run(&["check"]).done().err.contains("0 sources"));
    let due: std::collections::BTreeSet<String> = place
        .run(&["sources", "status", "--json"])
        .done()
        .json()
        .iter()
        .map(|source| source["next_try"].as_str().unwrap()[..16].to_owned())
        .collect();
    assert!(due.len() >= 5, "a thousand sources come due in as many minutes: {due:?}");
}
