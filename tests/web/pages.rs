//! Each page in both languages: that it answers, says what it must, is well-formed, small, and takes nothing from elsewhere.

use std::collections::BTreeSet;

use sportello::domain::{Cause, ChangeId};
use sportello::round::Clock;

use crate::server::Server;
use crate::town::{PLAIN, change_once_more, now, town};

/// Every type of page, without its language.
pub const PAGES: [&str; 19] = [
    "/",
    "/cerca",
    "/cerca?q=anagrafe+altolago",
    "/cerca?q=xyzzy",
    "/province/LU",
    "/enti/comune-altolago",
    "/enti/comune-altolago/anagrafe",
    "/enti/comune-altolago/altro",
    "/variazioni",
    "/variazioni?provincia=LU&aspetto=hours",
    "/variazioni/1",
    "/variazioni/3",
    "/oggi",
    "/oggi?ente=comune-altolago",
    "/fonti",
    "/come-funziona",
    "/privacy",
    "/volontari",
    "/sviluppatori",
];

fn altolago() -> Server {
    Server::over(town(&PLAIN), Clock::Fixed(now()))
}

#[test]
fn every_page_answers_in_both_languages_and_stays_small() {
    let server = altolago();
    let style = server.get("/it/").text().split("/stile/").nth(1).unwrap().split('"').next().unwrap().to_string();
    let n_style = server.get(&format!("/stile/{style}")).bytes.len() + server.get("/icona.svg").bytes.len();
    for path in PAGES {
        for language in ["it", "en"] {
            let page = server.get(&format!("/{language}{path}"));
            assert_eq!(page.status, 200, "{language}{path}: {}", page.text());
            let text = page.text();
            assert!(text.contains(&format!("<html lang=\"{language}\">")), "{path}");
            assert!(page.bytes.len() + n_style <= 60_000, "{path}: {} bytes and {n_style} of style", page.bytes.len());
            assert_eq!(text.matches("<h1>").count(), 1, "{path}");
            assert!(text.contains("<main id=\"contenuto\"") && text.contains("class=\"skip\""), "{path}");
            assert!(!text.contains("style=\"") && !text.contains(" onclick"), "{path}");
            let scripts = text.matches("<script").count();
            assert_eq!(scripts, text.matches("<script type=\"application/ld+json\">").count(), "{path}");
        }
    }
}

#[test]
fn what_is_kept_of_a_page_ends_with_the_next_change() {
    let store = town(&PLAIN);
    let server = Server::over(store.clone(), Clock::Fixed(now()));
    let (office, feed) = ("/it/enti/comune-altolago/anagrafe", "/it/variazioni.atom?ente=comune-altolago");
    let paths = [
        "/it/",
        "/it/enti/comune-altolago",
        office,
        "/it/variazioni",
        "/it/variazioni.atom",
        feed,
        "/it/variazioni.json?ente=comune-altolago",
    ];
    let before = paths.map(|path| {
        let (first, second) = (server.get(path), server.get(path));
        assert_eq!((first.status, &first.bytes, first.header("etag")), (200, &second.bytes, second.header("etag")), "{path}");
        first
    });
    change_once_more(&*store, &PLAIN);
    for (path, before) in paths.iter().zip(before) {
        let after = server.ask(path, &[("If-None-Match", before.header("etag"))]);
        assert_eq!(after.status, 200, "{path}");
        assert!(after.text().contains("14:10–16:40") && !before.text().contains("14:10–16:40"), "{path}: {}", after.text());
        let again = server.ask(path, &[("If-None-Match", after.header("etag"))]);
        assert_eq!((again.status, again.bytes.len()), (304, 0), "{path}");
    }
    // a further source of a change that is known already
    let url = "https://altolago.example/avviso-ripetuto";
    let cause = Cause { url: url.into(), snapshot: 1, evidence: vec!["Lo ripete una seconda pagina.".into()] };
    assert!(!server.get(feed).text().contains("avviso-ripetuto"));
    store.corroborate(ChangeId(1), &cause).unwrap();
    assert!(server.get(feed).text().contains("avviso-ripetuto"));
}

#[test]
fn every_link_of_the_site_leads_somewhere() {
    let server = altolago();
    let mut waiting: Vec<String> = vec!["/it/".into(), "/en/".into()];
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) || seen.len() > 400 {
            continue;
        }
        let page = server.get(&path);
        assert!(page.status == 200 || path.contains("/iscriviti"), "{path}: {}", page.status);
        if !page.header("content-type").starts_with("text/html") || path.starts_with("/copie/") {
            continue;
        }
        for link in page.text().split("href=\"").chain(page.text().split("src=\"")).skip(1) {
            let link = link.split('"').next().unwrap().replace("&amp;", "&");
            if link.starts_with('/') {
                waiting.push(link.split('#').next().unwrap().to_string());
            }
        }
    }
    for wanted in [
        "/it/enti/comune-altolago/anagrafe",
        "/en/variazioni/1",
        "/copie/1",
        "/it/variazioni/1/prova.zip",
        "/en/oggi",
        "/en/calendario.ics?ente=comune-altolago",
    ] {
        assert!(seen.contains(wanted), "{wanted} is linked from nowhere: {seen:?}");
    }
}

#[test]
fn an_office_shows_what_holds_its_week_and_its_history() {
    let server = altolago();
    let page = server.get("/it/enti/comune-altolago/anagrafe");
    let text = page.text();
    for words in [
        "Aperto ora fino alle 12:00",
        "Settimana dal 2 all&#39;8 marzo",
        "<svg class=\"grid\"",
        "chiuso (chiusura annunciata)",
        "apertura straordinaria: 9:00–11:30",
        "href=\"tel:+390583555010\" rel=\"nofollow noreferrer\">0583 555010</a>",
        "href=\"mailto:comune@pec.altolago.example\"",
        "href=\"https://prenotazioni.altolago.example/agenda\" rel=\"nofollow noreferrer\"",
        "Piazza del Lago 1",
        "opening_hours=Tu,Th 09:00-12:00",
        "prima lettura",
        "<del>",
        "<ins>",
        "iscriviti?ente=comune-altolago&amp;ufficio=anagrafe",
        "Lucca (LU)",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    let data = text.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!((data["@type"].as_str(), data["identifier"].as_str()), (Some("GovernmentOffice"), Some("comune-altolago/anagrafe")));
    let english = server.get("/en/enti/comune-altolago/altro");
    assert!(english.text().contains("Open now until 12:30") || english.text().contains("by appointment"), "{}", english.text());
    assert!(english.text().contains("Notices in force and coming"));
}

#[test]
fn a_change_leads_to_its_proof() {
    let server = altolago();
    let page = server.get("/it/variazioni/1");
    let text = page.text().replace("&#39;", "'");
    for words in [PLAIN.sentence, "https://altolago.example/uffici", "/copie/2", "sandbox=\"\"", "Le due copie", "prova.zip"] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    let proof = server.get("/it/variazioni/1/prova.zip");
    assert_eq!((proof.status, proof.header("content-type")), (200, "application/zip"));
    assert!(proof.bytes.starts_with(b"PK") && proof.header("content-disposition").contains("sportello-prova-1.zip"));
    for missing in [
        "/variazioni/99",
        "/variazioni/x",
        "/variazioni/99/prova.zip",
        "/copie/99",
        "/enti/nowhere",
        "/enti/comune-altolago/tributi",
        "/province/ZZ",
    ] {
        let answer = server.get(missing);
        assert!(matches!(answer.status, 400 | 404), "{missing}: {}", answer.status);
        assert!(answer.header("content-type").starts_with("text/html"), "{missing}");
    }
}

#[test]
fn an_archived_page_has_no_power_here() {
    let server = altolago();
    let page = server.get("/copie/1");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<script>alert(1)</script>"), "as received");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("sandbox;") && !policy.contains("allow-"), "{policy}");
    for part in ["default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.header("content-type"), "text/html; charset=UTF-8");
    assert_eq!(page.header("x-frame-options"), "SAMEORIGIN");
    assert!(page.header("x-robots-tag").contains("noindex"));
}

#[test]
fn today_and_tomorrow_tell_what_is_out_of_the_ordinary() {
    let server = altolago();
    let page = server.get("/it/oggi?provincia=LU");
    let text = page.text();
    let tomorrow = text.split("Domani, mercoledì 4 marzo").nth(1).unwrap();
    assert!(tomorrow.contains("Anagrafe") && tomorrow.contains("chiuso"), "{text}");
    assert!(server.get("/it/oggi?provincia=PT").text().contains("Niente fuori dall"));
    assert_eq!(server.get("/it/oggi?giorno=x").status, 400);
}

#[test]
fn a_search_finds_bodies_offices_and_changes() {
    let server = altolago();
    let text = server.get("/it/cerca?q=altolago+anagr").text().to_string();
    assert!(text.contains("/it/enti/comune-altolago/anagrafe"), "{text}");
    assert!(server.get("/it/cerca?q=altolago").text().contains("/it/enti/comune-altolago\""));
    for query in ["%22%3E%3Cscript%3E", "%00", "%ff%fe", "OR+NOT+*+(", "a".repeat(5000).as_str()] {
        let page = server.get(&format!("/it/cerca?q={query}"));
        assert_eq!(page.status, 200, "{query}");
        assert!(!page.text().contains("\"><script>"));
    }
}

#[test]
fn sources_say_how_they_are() {
    let server = altolago();
    let text = server.get("/it/fonti").text().to_string();
    assert!(text.contains("altolago.example answered 503") && text.contains("non ancora letta"), "{text}");
    let failing = server.get("/it/fonti?guaste=1").text().to_string();
    assert!(failing.contains("503") && !failing.contains("non ancora letta"));
}
