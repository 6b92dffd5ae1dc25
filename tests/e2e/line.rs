//! From a page to a mail: what subscribers get, and what they do not.

use sportello::cli::demo::site::Page;

use crate::place::Place;

const COUNTERS: [(&str, &str); 12] = [
    ("Anagrafe", "dal lunedì al venerdì 8.30-12.30"),
    ("Stato civile", "lunedì, mercoledì e venerdì 9.00-12.00"),
    ("Elettorale", "martedì 9.00-13.00"),
    ("Protocollo", "dal lunedì al sabato 8.30-12.30"),
    ("URP", "dal lunedì al venerdì 8.00-13.00"),
    ("Tributi", "lunedì e mercoledì 9.00-12.00"),
    ("Ragioneria", "giovedì 10.00-12.00"),
    ("SUAP", "mercoledì 9.00-13.00 e 15.00-17.00"),
    ("Edilizia privata", "martedì 9.00-12.30"),
    ("Lavori pubblici", "venerdì 9.00-11.00"),
    ("Servizi sociali", "lunedì 15.00-17.00"),
    ("Pubblica istruzione", "dal lunedì al venerdì 10.00-12.30"),
];

/// A table of twelve offices, with other hours for some.
pub fn table(changed: &[(&str, &str)]) -> String {
    let hours = |office: &str, hours: &'static str| {
        changed.iter().find(|(name, _)| *name == office).map_or(hours.to_string(), |(_, new)| new.to_string())
    };
    let rows: String =
        COUNTERS.iter().map(|(office, usual)| format!("<tr><td>Ufficio {office}</td><td>{}</td></tr>", hours(office, usual))).collect();
    format!(
        "<h1>Orari degli uffici</h1><table><thead><tr><th>Ufficio</th><th>Orario di apertura al pubblico</th></tr></thead><tbody>{rows}</tbody></table>"
    )
}

/// A place that watches one table of twelve offices, with ada listening to all, after its baseline.
pub fn watched_table() -> Place {
    let place = Place::new();
    place.sources(&[("/uffici", "kind = \"page\"")]);
    place.page("/uffici", &table(&[]));
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    let baseline = place.run(&["check", "--all"]).done();
    assert_eq!(baseline.out, "", "the baseline is silent");
    assert!(place.mails().is_empty(), "the baseline is silent");
    assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 12, "all twelve offices are known");
    place
}

#[test]
fn a_page_with_another_token_at_every_load_stays_one_copy_and_costs_a_row() {
    let place = watched_table();
    let facts = |sql: &str| -> i64 {
        let conn = rusqlite::Connection::open(place.path("sportello.db")).unwrap();
        conn.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let revision = facts("SELECT revision FROM body");
    for token in 1..4 {
        place.page("/uffici", &format!("{}<form><input type=hidden name=token value={token}></form><!-- {token} -->", table(&[])));
        let ended = place.run(&["check", "--all"]).done();
        assert!(ended.out.is_empty() && place.mails().is_empty());
    }
    assert_eq!(facts("SELECT count(*) FROM snapshot"), 1);
    assert_eq!(facts("SELECT count(*) FROM content"), 1);
    assert_eq!(facts("SELECT n_since FROM document"), 3, "and is counted");
    assert_eq!(facts("SELECT revision FROM body"), revision, "the body's facts were not looked at again");
    // what it says is still compared: the same tokens with another hour are news
    place.page("/uffici", &format!("{}<!-- 3 -->", table(&[("Tributi", "lunedì 9.30-12.00")])));
    place.run(&["check", "--all"]).done();
    assert_eq!((place.run(&["changes", "--json"]).done().json().len(), place.mails().len()), (1, 1));
    assert_eq!(facts("SELECT count(*) FROM snapshot"), 2);
}

#[test]
fn one_changed_hour_in_a_table_of_twelve_offices_is_one_change_and_one_mail() {
    let place = watched_table();
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    place.run(&["check", "--all"]).done();

    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let change = &changes[0];
    assert_eq!(change["body"], "comune-prova");
    assert_eq!(change["office"], "tributi");
    assert_eq!(change["aspect"], "hours");
    assert_eq!(change["before"], "Mo,We 09:00-12:00");
    assert_eq!(change["after"], "Mo,We 09:30-12:00");
    assert_eq!(change["url"], place.site.url("/uffici").as_str());

    let mails = place.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "ada@example.org");
    assert!(mails[0].subject.contains("Tributi"), "{}", mails[0].subject);
    for part in [&mails[0].text, &mails[0].html.replace("&#x2f;", "/")] {
        for words in ["9:00", "9:30", place.site.url("/uffici").as_str()] {
            assert!(part.contains(words), "the mail says nothing of {words:?}:\n{part}");
        }
    }

    place.run(&["check", "--all"]).done();
    assert_eq!(place.run(&["changes", "--json"]).done().json().len(), 1, "a second look finds nothing");
    assert_eq!(place.mails().len(), 1, "a second look mails nothing");
}

#[test]
fn other_words_order_and_surroundings_are_no_change() {
    let place = watched_table();
    let reworded = table(&[("Elettorale", "il martedì dalle ore 9 alle ore 13"), ("Ragioneria", "giovedi' 10:00 - 12:00")]);
    place.page("/uffici", &format!("<p>Oggi è il 3 marzo, visite: 4711</p>{reworded}<p>Il mercato si sposta al parco.</p>"));
    let check = place.run(&["check", "--all"]).done();
    assert_eq!(check.out, "");
    assert!(place.mails().is_empty());
}

#[test]
fn a_page_that_lost_nearly_all_it_said_tells_the_operator_and_nobody_else() {
    let place = watched_table();
    place.settings("[mail]\noperator = \"ops@example.org\"\n");
    place.page("/uffici", "<h1>Orari degli uffici</h1><p>Gli orari si trovano ora nelle pagine dei singoli servizi.</p>");
    for n in 0..2 {
        let ended = place.run(&["check", "--all"]).done();
        assert_eq!(ended.out, "", "what went is held back");
        assert_eq!(ended.err.matches("a redesign most likely").count(), 1 - n, "it is logged when it begins");
    }
    let mails = place.mails();
    let [mail] = &mails[..] else { panic!("one mail, not {}", mails.len()) };
    assert_eq!(mail.to, "ops@example.org");
    assert_eq!(mail.subject, "Sportello: Comune di Prova ha forse un sito nuovo");
    assert!(mail.text.contains("24 fatti su 24"), "{}", mail.text);
}

#[test]
fn a_host_in_trouble_is_no_news_and_is_named() {
    let place = watched_table();
    for (trouble, words) in [
        (Page::html(table(&[])).with_status(503), "503"),
        (Page::status(404), "404"),
        (Page::html(""), "empty"),
        (
            Page::html(
                "<html><head><title>Sito in manutenzione</title></head><body><h1>Sito in manutenzione</h1><p>Torneremo presto.</p></body></html>",
            ),
            "manutenzione",
        ),
    ] {
        place.site.set("/uffici", trouble);
        let check = place.run(&["check", "--all"]);
        assert_eq!(check.code, Some(1), "{words}: {}", check.err);
        assert!(check.err.contains("comune-prova/"), "the source is named: {}", check.err);
        assert_eq!(check.out, "", "{words}");
    }
    place.page("/uffici", &table(&[]));
    let check = place.run(&["check", "--all"]).done();
    assert_eq!(check.out, "", "back to normal is no news either");
    assert!(place.mails().is_empty());
}

#[test]
fn an_article_that_announces_a_closure_is_one_alert_and_old_articles_are_none() {
    let place = Place::new();
    let list = |items: &[(&str, &str)]| {
        let items: String = items.iter().map(|(path, title)| format!("<li><a href=\"{path}\">{title}</a></li>")).collect();
        format!("<h1>Novità</h1><ul>{items}</ul>")
    };
    let article = |title: &str, text: &str| format!("<article><h1>{title}</h1><p>Data: 2 marzo 2026</p><p>{text}</p></article>");
    let old = ("/novita/protocollo", "Protocollo chiuso il 6 marzo");
    let new = ("/novita/anagrafe", "Anagrafe chiusa il 9 marzo");
    let festival = ("/novita/festa", "Festa di primavera");

    place.sources(&[("/novita", "kind = \"news\"\nfollow = \"/novita/\"")]);
    place.page("/novita", &list(&[old]));
    place.page(old.0, &article(old.1, "L'ufficio protocollo resterà chiuso venerdì 6 marzo 2026."));
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    place.run(&["check", "--now", "2026-03-02T08:00:00Z"]).done();
    assert!(place.mails().is_empty(), "what was there before is no news");

    place.page("/novita", &list(&[new, festival, old]));
    place.page(new.0, &article(new.1, "L'ufficio anagrafe resterà chiuso al pubblico lunedì 9 marzo 2026."));
    place.page(festival.0, &article(festival.1, "Domenica 15 marzo dalle 10 alle 18 la piazza si riempie di fiori."));
    place.run(&["check", "--all", "--now", "2026-03-03T08:00:00Z"]).done();

    let changes = place.run(&["changes", "--json"]).done().json();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0]["office"], "anagrafe");
    assert_eq!(changes[0]["aspect"], "closures");
    assert_eq!(changes[0]["after"], serde_json::json!(["2026-03-09"]));
    assert_eq!(place.mails().len(), 1);
}

#[test]
fn only_those_who_asked_get_the_mail() {
    let place = watched_table();
    place.run(&["subscribers", "remove", "ada@example.org"]).done();
    place.run(&["subscribers", "add", "bruno@example.org", "--office", "tributi"]).done();
    place.run(&["subscribers", "add", "carla@example.org", "--office", "anagrafe"]).done();
    place.run(&["subscribers", "add", "dino@example.org", "--body", "comune-prova", "--aspect", "channels"]).done();
    place.run(&["subscribers", "add", "elsa@example.org", "--aspect", "hours", "--language", "en"]).done();
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    place.run(&["check", "--all"]).done();
    let mails = place.mails();
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort();
    assert_eq!(to, ["bruno@example.org", "elsa@example.org"]);
    assert_ne!(mails[0].id, mails[1].id);
}

#[test]
fn mails_stay_in_the_outbox_with_no_send_and_go_out_with_the_next_check() {
    let place = watched_table();
    place.page("/uffici", &table(&[("URP", "dal lunedì al venerdì 8.00-14.00")]));
    place.run(&["check", "--all", "--no-send"]).done();
    assert!(place.mails().is_empty());
    place.run(&["check"]).done();
    assert_eq!(place.mails().len(), 1);
}

#[test]
fn what_is_not_due_is_left_alone() {
    let place = watched_table();
    let hits = place.site.hits("/uffici");
    place.run(&["check"]).done();
    assert_eq!(place.site.hits("/uffici"), hits);
    place.run(&["check", "--body", "comune-prova", "--all"]).done();
    assert_eq!(place.site.hits("/uffici"), hits + 1);
}

#[test]
fn a_site_named_by_its_home_page_alone_is_found_and_watched() {
    let place = Place::new();
    place.sources(&[("/", "kind = \"site\"")]);
    let menu = "<nav><a data-element=\"management\" href=\"/amministrazione\">Amministrazione</a> <a data-element=\"news\" href=\"/novita\">Novità</a></nav>";
    let page = |path: &str, title: &str, main: &str| {
        let html = format!(
            "<!doctype html><html lang=it><head><title>{title}</title></head><body>{menu}<main><h1>{title}</h1>{main}</main></body></html>"
        );
        place.site.set(path, Page::html(html));
    };
    let filler =
        "<p>Il Comune di Prova si trova tra il lago e la collina e conta poco più di quattromila abitanti, con una lunga storia.</p>";
    page("/", "Comune di Prova", filler);
    page("/amministrazione", "Amministrazione", "<ul><li><a href=\"/amministrazione/uffici\">Uffici</a></li></ul>");
    page("/amministrazione/uffici", "Uffici", "<ul><li><a href=\"/amministrazione/uffici/tributi\">Ufficio Tributi</a></li></ul>");
    let office = |hours: &str| format!("{filler}<h2>Orario di apertura al pubblico</h2><p>{hours}</p>");
    page("/amministrazione/uffici/tributi", "Ufficio Tributi", &office("dal lunedì al venerdì 9.00-12.00"));
    let item = |slug: &str, title: &str| {
        format!("<article><h2><a href=\"/novita/{slug}\">{title}</a></h2><time datetime=\"2026-03-01\">1 marzo 2026</time></article>")
    };
    let list = |extra: &str| {
        format!("{extra}{}{}", item("festa-di-primavera", "Festa di primavera"), item("bando-per-le-scuole", "Bando per le scuole"))
    };
    page("/novita", "Novità", &list(""));
    for (slug, title) in [("festa-di-primavera", "Festa di primavera"), ("bando-per-le-scuole", "Bando per le scuole")] {
        page(&format!("/novita/{slug}"), title, filler);
    }
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    let first = place.run(&["check", "--now", "2026-03-02T08:00:00Z"]).done();
    assert_eq!(first.out, "", "{}", first.err);
    assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 1, "{:?}", place.site.all_hits());

    page("/amministrazione/uffici/tributi", "Ufficio Tributi", &office("dal lunedì al venerdì 9.30-12.00"));
    page("/novita", "Novità", &list(&item("anagrafe-chiusa", "Anagrafe chiusa")));
    page("/novita/anagrafe-chiusa", "Anagrafe chiusa", "<p>L'ufficio anagrafe resterà chiuso al pubblico lunedì 9 marzo 2026.</p>");
    let homes = place.site.hits("/");
    place.run(&["check", "--all", "--now", "2026-03-03T08:00:00Z"]).done();
    assert_eq!(place.site.hits("/"), homes, "the survey is not due again");
    let changes = place.run(&["changes", "--json"]).done().json();
    let mut aspects: Vec<&str> = changes.iter().map(|change| change["aspect"].as_str().unwrap()).collect();
    aspects.sort();
    assert_eq!(aspects, ["closures", "hours"], "{changes:?}");
    assert_eq!(place.mails().len(), 1, "one mail for one body");
}

#[test]
fn a_source_that_the_file_no_longer_names_takes_its_facts_along_in_silence() {
    let place = watched_table();
    place.sources(&[("/uffici", "kind = \"page\""), ("/biblioteca", "kind = \"page\"\noffice = \"biblioteca\"")]);
    let library = |hours: &str| format!("<h1>Biblioteca comunale</h1><h2>Orario di apertura</h2><p>{hours}</p>");
    place.page("/biblioteca", &library("dal martedì al venerdì 10.00-13.00"));
    assert_eq!(place.run(&["check", "--all"]).done().out, "", "a new source is a baseline");
    assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 13);

    place.sources(&[("/uffici", "kind = \"page\"")]);
    assert_eq!(place.run(&["check", "--all"]).done().out, "", "what goes with its source is no news");
    assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 12);

    // at another address, with other words: a baseline again
    place.page("/nuova-pagina", &table(&[("Tributi", "il venerdì 9.00-11.00")]));
    place.sources(&[("/nuova-pagina", "kind = \"page\"\nid = \"uffici\"")]);
    assert_eq!(place.run(&["check", "--all"]).done().out, "", "another address is a baseline");
    assert!(place.mails().is_empty());
    let tributi = place.run(&["offices", "--json"]).done().json().into_iter().find(|office| office["office"] == "tributi").unwrap();
    assert_eq!(tributi["facts"]["hours"]["value"], "Fr 09:00-11:00");
}

#[test]
fn a_name_that_the_file_settles_is_taken_over_in_silence() {
    let place = Place::new();
    let names = |names: &str| {
        place.sources(&[("/uffici", "kind = \"page\"")]);
        let file = std::fs::read_to_string(place.path("sources.toml")).unwrap();
        place.write("sources.toml", &format!("{file}{names}"));
    };
    names("");
    place.page("/uffici", &table(&[]).replace("Ufficio Ragioneria", "Ufficio Bilancio e Cassa"));
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    place.run(&["check", "--all"]).done();
    let offices = |place: &Place| -> Vec<String> {
        place.run(&["offices", "--json"]).done().json().iter().map(|office| office["office"].as_str().unwrap().to_string()).collect()
    };
    let before = offices(&place);
    names("\n[body.offices]\nragioneria = [\"Ufficio Bilancio e Cassa\"]\n");
    assert_eq!(place.run(&["check", "--all"]).done().out, "");
    assert!(place.mails().is_empty());
    assert!(offices(&place).contains(&"ragioneria".to_string()), "{before:?} became {:?}", offices(&place));
}
