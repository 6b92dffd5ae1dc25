//! What volunteers do with `sources.toml`: lint, list, try, add, status.

use sportello::cli::demo::site::Page;

use crate::place::Place;

const OFFICES: &str = "<h1>Uffici</h1><table><tr><th>Ufficio</th><th>Orario al pubblico</th></tr>\
    <tr><td>Ufficio Anagrafe</td><td>dal lunedì al venerdì 8.30-12.30</td></tr>\
    <tr><td>Ufficio Tributi</td><td>martedì 9.00-12.00</td></tr></table>";

/// A town with a list of four articles.
fn town(feed: bool) -> Place {
    let place = Place::new();
    let link =
        |i: usize| format!("<article><h3><a href=\"/novita/n{i}\">Orari dello sportello, parte {i}</a></h3><p>0{i}/03/2026</p></article>");
    let articles: String = (1..=4).map(link).collect();
    let announced = if feed { "<link rel=alternate type=\"application/rss+xml\" href=\"/feed.xml\">" } else { "" };
    let html = format!(
        "<!doctype html><html lang=it><head><title>Novità - Comune di Altolago</title>{announced}</head><body><nav><a href=\"/\">Home</a></nav><main><h1>Novità</h1>{articles}</main></body></html>"
    );
    place.site.set("/novita", Page::html(html));
    for i in 1..=4 {
        place.page(
            &format!("/novita/n{i}"),
            &format!("<h1>Orari, parte {i}</h1><p>L'ufficio anagrafe riceve il martedì dalle 9 alle 1{i}.</p>"),
        );
    }
    let items: String = (1..=4)
        .map(|i| format!("<item><title>Parte {i}</title><link>{}</link></item>", place.site.url(&format!("/novita/n{i}"))))
        .collect();
    place.site.set(
        "/feed.xml",
        Page::typed(
            "application/rss+xml",
            format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Novità</title>{items}</channel></rss>"),
        ),
    );
    place.page("/uffici", OFFICES);
    place
}

#[test]
fn lint_names_every_problem_with_its_line_and_a_way_out() {
    let place = Place::new();
    place.write(
        "sources.toml",
        "[[body]]\nid = \"comune-a\"\nname = \"A\"\nkind = \"comune\"\nprovince = \"lu\"\n\n[[body.source]]\nurl = \"https://a.it/\"\nkind = \"pge\"\nevry = \"1h\"\n",
    );
    let lint = place.run(&["sources", "lint"]).failed(2, &[]);
    assert_eq!(
        lint.err.lines().collect::<Vec<_>>(),
        [
            "sources.toml:5:12: unknown province \"lu\" · province = \"lu\" · write \"LU\"",
            "sources.toml:9:8: unknown kind \"pge\" · kind = \"pge\" · did you mean \"page\"?",
            "sources.toml:10:1: unknown key \"evry\" · evry = \"1h\" · did you mean \"every\"?",
        ]
    );
    let problems = place.run(&["sources", "lint", "--json"]).failed(2, &[]).json();
    assert_eq!((problems.len(), &problems[2]["line"], &problems[2]["column"]), (3, &10.into(), &1.into()));
    assert_eq!(problems[2]["suggestion"], "did you mean \"every\"?");

    place.write("other.toml", "[[body]]\nid = \"comune-a\"\nname = \"A\"\nkind = \"comune\"\n");
    assert_eq!(place.run(&["sources", "lint", "other.toml"]).done().err, "other.toml: 1 body, 0 sources, no problem\n");
    place.run(&["sources", "lint", "missing.toml"]).failed(2, &["missing.toml"]);
}

#[test]
fn lint_online_asks_each_source_once() {
    let place = town(false);
    place.sources(&[("/uffici", "kind = \"page\""), ("/novita", "kind = \"news\""), ("/sparita", "kind = \"page\"")]);
    let lint = place.run(&["sources", "lint", "--online"]);
    assert_eq!(lint.code, Some(1));
    let line = |id: &str| lint.out.lines().find(|line| line.contains(id)).unwrap_or_else(|| panic!("{id}: {}", lint.out));
    assert!(line("comune-prova/uffici").starts_with("ok ") && line("comune-prova/uffici").ends_with("2 offices read"), "{}", lint.out);
    assert!(line("comune-prova/novita").starts_with("ok ") && line("comune-prova/novita").ends_with("4 articles"), "{}", lint.out);
    assert!(line("comune-prova/sparita").starts_with("BAD") && line("comune-prova/sparita").contains("404"), "{}", lint.out);
}

#[test]
fn list_shows_each_source_once() {
    let place = Place::new();
    place.sources(&[("/uffici", "kind = \"page\""), ("/novita", "kind = \"news\"\nevery = \"30m\"")]);
    let list = place.run(&["sources", "list", "--json"]).done().json();
    assert_eq!(list.len(), 2);
    assert_eq!((&list[1]["id"], &list[1]["kind"], &list[1]["cadence"]), (&"comune-prova/novita".into(), &"news".into(), &"30m".into()));
    assert_eq!(place.run(&["sources", "list"]).done().out.lines().count(), 2);
}

#[test]
fn try_shows_what_came_and_what_would_be_read() {
    let place = town(true);
    place.sources(&[("/novita", "kind = \"news\"\nfollow = \"/novita/\"")]);
    let news = place.run(&["sources", "try", "comune-prova/novita", "--articles", "2"]).done();
    for words in
        ["4 articles", "Orari dello sportello, parte 1", "announces the feed", "/novita/n2", "anagrafe", "Tu 09:00-11:00", "Tu 09:00-12:00"]
    {
        assert!(news.out.contains(words), "{words}\n{}", news.out);
    }
    assert!(!news.out.contains("Tu 09:00-13:00"), "two articles were to be read\n{}", news.out);

    // an address that no file names; the file need not even be there
    std::fs::remove_file(place.path("sources.toml")).unwrap();
    let page = place.run(&["sources", "try", place.site.url("/uffici").as_str()]).done();
    assert!(page.out.contains("2 offices read") && page.out.contains("tributi"), "{}", page.out);
    let part = place.run(&["sources", "try", place.site.url("/uffici").as_str(), "--select", "h1"]).done();
    assert!(part.out.contains("0 offices read"), "{}", part.out);

    place.page("/uffici", "<h1>Sito in manutenzione</h1><p>Torneremo presto.</p>");
    let substitute = place.run(&["sources", "try", place.site.url("/uffici").as_str(), "--kind", "page"]);
    assert_eq!(substitute.code, Some(1));
    assert!(substitute.out.contains("not the page: "), "{}", substitute.out);
}

#[test]
fn try_names_the_source_that_was_meant() {
    let place = town(false);
    place.sources(&[("/novita", "kind = \"news\"")]);
    place.run(&["sources", "try", "comune-prova/novta"]).failed(2, &["did you mean \"comune-prova/novita\"?"]);
    let css = place.run(&["sources", "try", place.site.url("/uffici").as_str(), "--kind", "page", "--select", "h1["]);
    css.failed(2, &["bad CSS selector \"h1[\"", "ends too early"]);
}

#[test]
fn add_proposes_the_feed_of_a_list_and_keeps_every_comment() {
    let place = town(true);
    let before = "# Le nostre fonti\n\n[[body]] # il primo\nid = \"comune-a\"\nname = \"A\"\nkind = \"comune\"\n";
    place.write("sources.toml", before);
    let url = place.site.url("/novita").to_string();

    let proposed = place.run(&["sources", "add", &url, "--dry-run"]).done();
    assert_eq!(std::fs::read_to_string(place.path("sources.toml")).unwrap(), before, "a dry run writes nothing");

    let added = place.run(&["sources", "add", &url]).done();
    assert_eq!(added.out, proposed.out);
    let after = std::fs::read_to_string(place.path("sources.toml")).unwrap();
    assert!(after.starts_with(before) && after.ends_with(&added.out), "{after}");
    for words in ["id = \"comune-altolago\"", "name = \"Comune di Altolago\"", "kind = \"comune\"", "/feed.xml\"", "kind = \"news\""] {
        assert!(added.out.contains(words), "{words}\n{}", added.out);
    }
    assert!(added.err.contains("sources try comune-altolago/feed-xml"), "{}", added.err);

    // the office page joins the same body, since it is the same site
    place.run(&["sources", "add", place.site.url("/uffici").as_str(), "--id", "uffici"]).done();
    let list = place.run(&["sources", "list", "--json"]).done().json();
    let ids: Vec<&str> = list.iter().map(|source| source["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["comune-altolago/feed-xml", "comune-altolago/uffici"]);
    assert_eq!(list[1]["kind"], "page");
    place.run(&["sources", "add", place.site.url("/uffici").as_str()]).failed(2, &["has this address already, as comune-altolago/uffici"]);
    place.run(&["check"]).done();
}

#[test]
fn add_says_where_the_articles_of_a_list_without_feed_lie() {
    let place = town(false);
    let added = place.run(&["sources", "add", place.site.url("/novita").as_str(), "--body", "comune-altolago"]).done();
    assert!(added.out.contains("follow = \"/novita/\"") && added.out.contains("a list of 4 articles"), "{}", added.out);
    place.run(&["sources", "lint"]).done();
}

#[test]
fn status_tells_which_sources_fail_and_why() {
    let place = town(false);
    place.sources(&[("/uffici", "kind = \"page\""), ("/sparita", "kind = \"page\"")]);
    assert_eq!(place.run(&["check"]).code, Some(1));
    let status = place.run(&["sources", "status", "--json"]).done().json();
    let of = |id: &str| status.iter().find(|source| source["id"] == id).unwrap();
    assert_eq!((&of("comune-prova/uffici")["state"], &of("comune-prova/uffici")["streak"]), (&"ok".into(), &0.into()));
    assert_eq!((&of("comune-prova/sparita")["state"], &of("comune-prova/sparita")["streak"]), (&"failing".into(), &1.into()));
    assert!(of("comune-prova/sparita")["error"].as_str().unwrap().contains("404"));
    let failing = place.run(&["sources", "status", "--failing"]).done();
    assert!(failing.out.contains("comune-prova/sparita") && !failing.out.contains("comune-prova/uffici"), "{}", failing.out);
    assert!(failing.out.contains("404"), "{}", failing.out);

    let hosts = place.run(&["sources", "status", "--hosts", "--json"]).done().json();
    let [host] = &hosts[..] else { panic!("{hosts:?}") };
    assert_eq!((&host["host"], &host["sources"], &host["failing"]), (&"127.0.0.1".into(), &2.into(), &1.into()));
    assert!(host["error"].as_str().unwrap().contains("404") && host["last_good"].is_string(), "{host}");
    let hosts = place.run(&["sources", "status", "--hosts"]).done();
    assert!(hosts.out.contains("1 of 2 failing") && hosts.out.contains("comune-prova/sparita"), "{}", hosts.out);
}

/// The file that ships watches every municipality and province of Tuscany. Skips, and says so, where the list of them is absent.
#[test]
fn the_file_that_ships_holds_all_of_tuscany() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/sources.toml")).unwrap();
    let sources = sportello::config::sources::parse(&text, "sources.toml").unwrap();
    let Ok(table) = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/bodies-toscana.csv")) else {
        eprintln!("SKIPPED: ../shared/data is not here, so nobody has compared sources.toml with the list of bodies");
        return;
    };
    let mut n_bodies = 0;
    for row in table.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let (kind, istat, ipa) = (fields[0], fields[3], fields[6]);
        let same = |text: &Option<String>| text.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(ipa));
        let watched = sources.bodies.iter().find(|watched| same(&watched.body.ipa)).unwrap_or_else(|| panic!("{row} is not watched"));
        assert_eq!(watched.body.istat.as_deref(), Some(istat), "{row}");
        assert!(!watched.sources.is_empty(), "{row}");
        let known = serde_json::to_value(watched.body.kind).unwrap();
        let expected = match kind {
            "municipality" => "comune",
            "province" => "provincia",
            _ => "citta-metropolitana",
        };
        assert_eq!(known, expected, "{row}");
        n_bodies += 1;
    }
    assert_eq!(n_bodies, 283);
}
