//! A site named by its home page alone, when it is rebuilt or its pages cannot be read.

use sportello::cli::demo::site::Page;

use crate::place::Place;

const MENU: &str = "<nav><a data-element=\"management\" href=\"/amministrazione\">Amministrazione</a></nav>";
const FILLER: &str = "<p>Il Comune di Prova si trova tra il lago e la collina e conta poco più di quattromila abitanti.</p>";
const OFFICES: [(&str, &str); 4] = [
    ("tributi", "Ufficio Tributi"),
    ("anagrafe", "Ufficio Anagrafe"),
    ("protocollo", "Ufficio Protocollo"),
    ("biblioteca", "Biblioteca comunale"),
];

fn put(place: &Place, path: &str, title: &str, main: &str) {
    let html = format!(
        "<!doctype html><html lang=it><head><title>{title}</title></head><body>{MENU}<main><h1>{title}</h1>{main}{FILLER}</main></body></html>"
    );
    place.site.set(path, Page::html(html));
}

/// The town, with its offices under a folder; `changed` has other hours than the rest.
fn build(place: &Place, folder: &str, changed: Option<&str>) {
    put(place, "/", "Comune di Prova", "");
    put(place, "/amministrazione", "Amministrazione", &format!("<ul><li><a href=\"{folder}\">Uffici</a></li></ul>"));
    let links: String = OFFICES.iter().map(|(slug, name)| format!("<li><a href=\"{folder}/{slug}\">{name}</a></li>")).collect();
    put(place, folder, "Uffici", &format!("<ul>{links}</ul>"));
    for (slug, name) in OFFICES {
        let hours = if changed == Some(slug) { "dal lunedì al venerdì 9.30-12.00" } else { "dal lunedì al venerdì 9.00-12.00" };
        put(place, &format!("{folder}/{slug}"), name, &format!("<h2>Orario di apertura al pubblico</h2><p>{hours}</p>"));
    }
}

fn watched() -> Place {
    let place = Place::new();
    place.settings("confirm_after = \"1h\"\n");
    place.sources(&[("/", "kind = \"site\"\nevery = \"1h\"")]);
    build(&place, "/amministrazione/uffici", None);
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    place.run(&["check", "--now", &hour(0)]).done();
    assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 4);
    place
}

fn hour(n: i64) -> String {
    ("2026-03-02T08:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(n)).to_string()
}

fn health(place: &Place) -> serde_json::Value {
    place.run(&["sources", "status", "--json"]).done().json().remove(0)
}

#[test]
fn a_site_whose_office_pages_are_guarded_is_in_trouble_though_its_home_page_is_there() {
    let place = watched();
    assert_eq!(health(&place)["state"], "ok");
    for (slug, _) in OFFICES {
        let challenge = "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>";
        place.site.set(&format!("/amministrazione/uffici/{slug}"), Page::html(challenge));
    }
    for n in [2, 3, 5, 9, 14, 20] {
        let check = place.run(&["check", "--now", &hour(n)]);
        assert_eq!(check.out, "", "hour {n}");
        let health = health(&place);
        assert_eq!(health["state"], "failing", "hour {n}: {health}");
        let words = health["error"].as_str().unwrap();
        assert!(words.contains("4 of 4 documents cannot be read") && words.contains("human"), "hour {n}: {words}");
    }
    assert_eq!(health(&place)["failing_since"], hour(2), "one run of failures");
    build(&place, "/amministrazione/uffici", Some("tributi"));
    for n in [40, 60, 61] {
        place.run(&["check", "--now", &hour(n)]);
    }
    assert_eq!(health(&place)["state"], "ok", "{}", health(&place));
    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0]["office"], "tributi");
    assert_eq!(place.mails().len(), 1);
}

#[test]
fn a_site_that_is_rebuilt_is_surveyed_again_and_the_same_facts_at_new_addresses_are_no_change() {
    let place = watched();
    for (slug, _) in OFFICES {
        place.site.remove(&format!("/amministrazione/uffici/{slug}"));
    }
    build(&place, "/it/amministrazione/uffici", None);
    let mut surveyed_at = None;
    for n in 2..=30 {
        let check = place.run(&["check", "--now", &hour(n)]);
        assert_eq!(check.out, "", "hour {n}");
        if surveyed_at.is_none() && place.site.hits("/it/amministrazione/uffici") > 0 {
            surveyed_at = Some(n);
        }
    }
    assert!(surveyed_at.is_some_and(|n| n <= 4), "surveyed before its weekly time: {surveyed_at:?}");
    assert!(place.site.hits("/it/amministrazione/uffici/tributi") > 0);
    assert_eq!(health(&place)["state"], "ok", "{}", health(&place));
    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 0, "{changes:?}");
    assert!(place.mails().is_empty());
    assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 4);

    // and it is watched at its new addresses
    build(&place, "/it/amministrazione/uffici", Some("anagrafe"));
    for n in [33, 36] {
        place.run(&["check", "--now", &hour(n)]);
    }
    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!((&changes[0]["office"], &changes[0]["aspect"]), (&"anagrafe".into(), &"hours".into()));
}

#[test]
fn a_list_of_news_that_names_nothing_any_more_turns_the_health_and_takes_nothing_away() {
    let place = Place::new();
    place.sources(&[("/novita", "kind = \"news\"\nevery = \"1h\"")]);
    let article = |n: u32| {
        format!("<article><h3><a href=\"/novita/avviso-{n}\">Avviso numero {n} degli uffici</a></h3><p>0{n}/03/2026</p></article>")
    };
    put(&place, "/novita", "Novità", &(1..=4).map(article).collect::<String>());
    for n in 1..=4 {
        put(
            &place,
            &format!("/novita/avviso-{n}"),
            &format!("Avviso {n}"),
            &format!("<p>L'ufficio anagrafe resterà chiuso il 1{n} marzo 2026.</p>"),
        );
    }
    place.run(&["check", "--now", &hour(0)]).done();
    let before = place.run(&["offices", "--json", "--body", "comune-prova"]).done().out;
    put(&place, "/novita", "Novità", "");
    for n in [2, 4, 12, 30] {
        let check = place.run(&["check", "--now", &hour(n)]);
        assert_eq!((check.code, check.out.as_str()), (Some(1), ""), "{}", check.err);
        let health = health(&place);
        assert!(health["error"].as_str().unwrap_or_default().contains("names no article"), "hour {n}: {health}");
    }
    // the articles are looked at meanwhile, which is no sign of health of their list
    assert_eq!(health(&place)["failing_since"], hour(2));
    assert_eq!(place.run(&["offices", "--json", "--body", "comune-prova"]).done().out, before);
    assert!(place.run(&["changes", "--json"]).done().json().is_empty());
}

#[test]
fn a_home_page_that_leads_nowhere_is_told_and_one_that_turns_bad_takes_nothing_with_it() {
    let place = Place::new();
    place.sources(&[("/", "kind = \"site\"\nevery = \"1h\"")]);
    put(&place, "/", "Comune di Prova", "");
    let check = place.run(&["check", "--now", &hour(0)]);
    assert_eq!(check.code, Some(1));
    assert!(check.err.contains("name them in sources.toml"), "{}", check.err);

    let place = watched();
    let week = 7 * 24 + 1;
    place.site.set(
        "/",
        Page::html("<html><head><title>Comune</title></head><body><div id=root></div><script src=/app.js></script></body></html>"),
    );
    place.page(
        "/amministrazione/uffici/tributi",
        "<h1>Ufficio Tributi</h1><h2>Orario di apertura al pubblico</h2><p>dal lunedì al venerdì 9.30-12.00</p>",
    );
    let check = place.run(&["check", "--now", &hour(week)]);
    assert!(check.err.contains("without its scripts"), "{}", check.err);
    assert_eq!(health(&place)["state"], "failing");
    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 1, "the offices are watched on: {changes:?}");
}

/// A server that is set up wrongly answers 404 to everything, the home page included: that says nothing of any office.
#[test]
fn a_site_that_finds_nothing_any_more_is_in_trouble_and_nothing_is_gone() {
    let place = watched();
    for path in ["/", "/amministrazione", "/amministrazione/uffici"] {
        place.site.remove(path);
    }
    for (slug, _) in OFFICES {
        place.site.remove(&format!("/amministrazione/uffici/{slug}"));
    }
    for n in [2, 3, 10, 30, 80, 200] {
        assert_eq!(place.run(&["check", "--now", &hour(n)]).out, "", "hour {n}");
        assert_eq!(health(&place)["state"], "failing", "hour {n}");
    }
    assert!(place.run(&["changes", "--json"]).done().json().is_empty());
    assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 4);
}
