//! A province in the small: fifteen bodies, five layouts, thirty days, every row of the table of alerts and every noise that DESIGN names,
//! through the real binary. What is told must be what happened, all of it and nothing else, and each mail goes out once.
//!
//! `PROVINCE_SEED` plays another month; `PROVINCE_BODY` watches one body alone.

mod layouts;
mod plots;
mod words;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use mail_parser::MessageParser;
use serde_json::Value as Json;
use sportello::cli::demo::site::{Page, Site};
use sportello::domain::rome;

use plots::{Expected, Story};
use world::{Body, Fault, N_DAYS, Noise, ROUNDS_A_DAY, day_of, noise, province, published};

struct Watch {
    folder: tempfile::TempDir,
    sites: Vec<Site>,
    runtime: tokio::runtime::Runtime,
}

impl Watch {
    fn new(bodies: &[Body]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sites: Vec<Site> = bodies.iter().map(|_| runtime.block_on(Site::start()).unwrap()).collect();
        let watch = Self { folder: tempfile::tempdir().unwrap(), sites, runtime };
        watch.write("sportello.toml", "[crawl]\nallow_private = true\ndelay = \"0s\"\ntimeout = \"5s\"\n");
        let mut sources = String::new();
        for (body, site) in bodies.iter().zip(&watch.sites) {
            sources += &format!("[[body]]\nid = \"{}\"\nname = \"{}\"\nkind = \"{}\"\n", body.id, body.name, body.kind);
            for (path, _) in layouts::office_pages(body, 0).iter().skip(usize::from(body.layout == 2)) {
                sources += &format!("\n[[body.source]]\nurl = \"{}\"\nkind = \"page\"\n", site.url(path));
            }
            let news = if body.feed { "/feed" } else { "/novita" };
            sources += &format!("\n[[body.source]]\nurl = \"{}\"\nkind = \"news\"\nfollow = \"/novita/\"\n\n", site.url(news));
        }
        watch.write("sources.toml", &sources);
        watch
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn run(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sportello"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in
            ["SPORTELLO_CONFIG", "RUST_LOG", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        {
            command.env_remove(name);
        }
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn json(&self, args: &[&str]) -> Vec<Json> {
        let (code, out, err) = self.run(args);
        assert_eq!(code, Some(0), "{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Puts a body's pages on its site, as they are in this round.
    fn show(&self, body: &Body, site: &Site, round: usize, way: usize, garbled: bool) {
        let put = |path: &str, title: &str, main: &str| {
            let html = layouts::page(body, title, main, round);
            site.set(path, self.answer(body, site, html, path));
        };
        for (i, (path, main)) in layouts::office_pages(body, way).into_iter().enumerate() {
            let main = match body.offices_in_order().first() {
                Some(office) if garbled && i <= 1 => garble(&main, words::HOURS[office.hours].said[way % 3]),
                Some(_) | None => main,
            };
            if body.moved && path == "/uffici" {
                put("/amministrazione/uffici", "Uffici", &main);
                site.set(&path, Page::status(301).with_header("location", site.url("/amministrazione/uffici").as_str()));
            } else {
                put(&path, "Uffici", &main);
            }
        }
        for article in &body.articles {
            let path = format!("/novita/{}", article.slug);
            put(&path, &article.title, &layouts::article(&article.title, &published(article), &article.text));
        }
        let items: Vec<(String, &world::Article)> =
            body.articles.iter().take(8).map(|article| (site.url(&format!("/novita/{}", article.slug)).to_string(), article)).collect();
        let list: String = items
            .iter()
            .map(|(url, article)| format!("<li><a href=\"{url}\">{}</a> <span>{}</span></li>", article.title, published(article)))
            .collect();
        put("/novita", "Novità", &format!("<h1>Novità</h1><ul>{list}</ul>"));
        let entries: String = items
            .iter()
            .map(|(url, article)| format!("<item><title>{}</title><link>{url}</link><guid>{url}</guid></item>", article.title))
            .collect();
        let rss = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Novità</title><link>{}</link><description>Novità</description>{entries}</channel></rss>",
            site.url("/")
        );
        if body.feed && body.fault.is_none() {
            site.set("/feed", Page::typed("application/rss+xml", rss));
        } else if body.feed {
            site.set("/feed", self.answer(body, site, rss, "/feed"));
        }
        site.set("/", Page::html(layouts::page(body, &body.name, "<h1>Benvenuti</h1><p>Il sito del Comune.</p>", round)));
        site.set("/robots.txt", Page::typed("text/plain", "User-agent: *\nDisallow: /cerca\n"));
    }

    /// A page, or what the site answers instead while it fails.
    fn answer(&self, body: &Body, site: &Site, html: String, path: &str) -> Page {
        let _ = path;
        match body.fault {
            None if body.latin1 => {
                let bytes: Vec<u8> = html.chars().map(|c| u8::try_from(c as u32).unwrap_or(b'-')).collect();
                Page::typed("text/html", bytes)
            }
            None => Page::html(html),
            Some(Fault::Unavailable) => Page::html("<h1>503 Service Unavailable</h1>").with_status(503),
            Some(Fault::NotFound) => Page::html("<h1>Pagina non trovata</h1>").with_status(404),
            Some(Fault::Empty) => Page::html(""),
            Some(Fault::Maintenance) => {
                Page::html("<html><head><title>Sito in manutenzione</title></head><body><h1>Sito in manutenzione</h1><p>Il sito tornerà presto.</p></body></html>")
            }
            Some(Fault::Login) => Page::html(
                "<html><head><title>Accesso</title></head><body><h1>Accedi</h1><form method=post><input name=user><input type=password name=pass><button>Entra</button></form></body></html>",
            ),
            Some(Fault::ToHome) => Page::status(302).with_header("location", site.url("/").as_str()),
            Some(Fault::Challenge) => Page::html(
                "<html><head><title>Just a moment...</title></head><body><p>Checking your browser before accessing the site.</p><noscript>Enable JavaScript and cookies to continue</noscript></body></html>",
            )
            .with_status(403),
        }
    }
}

/// One office's hours give way to a remark that says nothing.
fn garble(main: &str, hours: &str) -> String {
    main.replacen(hours, "si veda l'avviso affisso all'ingresso", 1)
}

fn now(round: usize) -> String {
    let hour = [8, 16][round % ROUNDS_A_DAY];
    rome().to_timestamp(day_of(round).at(hour, 0, 0, 0)).unwrap().to_string()
}

/// What the comparison looks at.
fn same(told: &Json, expected: &Expected) -> bool {
    let day = |day: Option<jiff::civil::Date>| day.map_or(Json::Null, |day| Json::from(day.to_string()));
    told["body"] == expected.body.as_str()
        && told["office"] == expected.office.as_str()
        && told["aspect"] == expected.aspect
        && plain(&told["before"]) == plain(&expected.before)
        && plain(&told["after"]) == plain(&expected.after)
        && told["effective_from"] == day(expected.from)
        && told["effective_until"] == day(expected.until)
}

/// Lists are equal when empty or absent; addresses without case; links without their token.
fn plain(value: &Json) -> Json {
    match value {
        Json::Array(items) if items.is_empty() => Json::Null,
        Json::Array(items) => items.iter().map(|item| item.as_str().unwrap_or_default().split('?').next().unwrap_or_default()).collect(),
        Json::String(text) if text.contains(':') || text.contains("off") => Json::from(text.as_str()),
        Json::String(text) => Json::from(text.to_lowercase().replace(',', "")),
        other => other.clone(),
    }
}

#[test]
fn a_province_in_thirty_days() {
    let seed = std::env::var("PROVINCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_260_302);
    let (mut bodies, mut stories) = province(seed);
    if let Ok(only) = std::env::var("PROVINCE_BODY") {
        let index = bodies.iter().position(|body| body.id.contains(&only)).unwrap();
        bodies = vec![bodies.remove(index)];
        stories.retain(|story| story.body == index);
        for story in &mut stories {
            assert_eq!(story.body, index);
        }
    }
    let offset = stories.first().map_or(0, |story| if bodies.len() == 1 { story.body } else { 0 });
    let noise = noise(seed, &bodies, &stories.iter().map(|story| Story { body: story.body - offset, ..story.clone() }).collect::<Vec<_>>());
    let watch = Watch::new(&bodies);
    let (code, _, err) = watch.run(&["subscribers", "add", "ada@example.org", "--all"]);
    assert_eq!(code, Some(0), "{err}");

    let mut problems: Vec<String> = Vec::new();
    let mut n_expected = 0;
    let mut n_told = 0;
    for round in 0..N_DAYS * ROUNDS_A_DAY {
        let mut expected: Vec<Expected> = Vec::new();
        let mut quiet = true;
        for (i, body) in bodies.iter_mut().enumerate() {
            for story in stories.iter().filter(|story| story.body - offset == i) {
                expected.extend(story.act(round, body));
            }
            body.turn = if i % 3 == 0 { 0 } else { (seed as usize + round * 7 + i) % 11 };
            let (mut garbled, mut whole) = (false, None);
            match noise.get(&(i, round)) {
                Some(Noise::Latin1) => body.latin1 = !body.latin1,
                Some(Noise::Redesign) => {
                    body.redesigned = true;
                    if body.layout != 2 {
                        body.layout = [1, 3, 2, 4, 0][body.layout];
                    }
                }
                Some(Noise::Moved) => body.moved = true,
                Some(Noise::Garbled) => garbled = true,
                Some(Noise::Fault(fault)) => {
                    body.fault = Some(*fault);
                    quiet = false;
                }
                Some(Noise::Section) => {
                    whole = Some(body.offices.clone());
                    let half = body.offices.len() / 2;
                    body.offices.iter_mut().take(half).for_each(|office| office.hidden = true);
                }
                None => {}
            }
            // a third of the sites send the same bytes until something happens
            let way = if i % 3 == 0 { i } else { round + i };
            watch.show(body, &watch.sites[i], if i % 3 == 0 { 0 } else { round }, way, garbled);
            body.fault = None;
            if let Some(whole) = whole {
                body.offices = whole;
            }
        }
        let (code, _, err) = watch.run(&["check", "--all", "--now", &now(round)]);
        if code != Some(0) && (quiet || code != Some(1)) {
            problems.push(format!("round {round}: check ended with {code:?}: {err}"));
        }
        let all = watch.json(&["changes", "--json"]);
        let mut told: Vec<&Json> = all.iter().filter(|change| change["id"].as_u64().is_some_and(|id| id > n_told)).collect();
        n_told += told.len() as u64;
        n_expected += expected.len();
        if round == 0 {
            problems.extend(baseline(&watch, &bodies));
        }
        for expected in expected {
            match told.iter().position(|told| same(told, &expected)) {
                Some(index) => {
                    told.remove(index);
                }
                None => problems.push(format!(
                    "round {round} ({}): not told: {} · {} {} {} {} → {} from {:?} until {:?}",
                    day_of(round),
                    expected.plot,
                    expected.body,
                    expected.office,
                    expected.aspect,
                    expected.before,
                    expected.after,
                    expected.from,
                    expected.until
                )),
            }
        }
        problems.extend(told.iter().map(|told| {
            format!("round {round} ({}): told besides, noise {:?}: {told}", day_of(round), noise_of(&noise, &bodies, told, round))
        }));
    }
    // what gathered company goes out with the next round
    watch.run(&["check", "--all", "--now", &now(N_DAYS * ROUNDS_A_DAY)]);
    problems.extend(mails(watch.folder.path(), &watch.json(&["changes", "--json"])));
    drop(watch.runtime);
    assert!(problems.is_empty(), "{} problems with {n_expected} changes that had to be told:\n{}", problems.len(), problems.join("\n"));
    assert!(n_expected > 60 || bodies.len() == 1, "only {n_expected} changes");
}

fn noise_of(noise: &BTreeMap<(usize, usize), Noise>, bodies: &[Body], told: &Json, round: usize) -> Vec<(usize, Noise)> {
    let index = bodies.iter().position(|body| told["body"] == body.id.as_str());
    noise.iter().filter(|((i, r), _)| Some(*i) == index && r.abs_diff(round) <= 2).map(|((_, r), noise)| (*r, *noise)).collect()
}

/// After the first round every office is known as it is.
fn baseline(watch: &Watch, bodies: &[Body]) -> Vec<String> {
    let known = watch.json(&["offices", "--json"]);
    let mut problems = Vec::new();
    for body in bodies {
        for office in body.offices_in_order() {
            let hours = words::HOURS[office.hours].oh;
            let found = known.iter().find(|known| known["body"] == body.id.as_str() && known["office"] == office.id);
            let text = found.map(Json::to_string).unwrap_or_default();
            if !text.contains(hours) || !office.phone.as_ref().is_none_or(|phone| text.contains(phone.as_str())) {
                problems.push(format!(
                    "baseline: {} {} (layout {}): expected {hours}, {:?}; known {text}",
                    body.id, office.id, body.layout, office.phone
                ));
            }
        }
    }
    problems
}

/// Every change stands in exactly one mail to ada, and no mail came twice.
fn mails(folder: &Path, changes: &[Json]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut ids = BTreeSet::new();
    let mut told: BTreeMap<u64, usize> = BTreeMap::new();
    for entry in std::fs::read_dir(folder.join("outbox")).into_iter().flatten() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let mail = MessageParser::default().parse(&bytes).unwrap();
        if !ids.insert(mail.message_id().unwrap_or_default().to_string()) {
            problems.push(format!("a mail came twice: {:?}", mail.subject()));
        }
        let text = mail.body_text(0).unwrap_or_default().into_owned();
        for link in text.split("/variazioni/").skip(1) {
            let digits: String = link.chars().take_while(char::is_ascii_digit).collect();
            *told.entry(digits.parse().unwrap()).or_default() += 1;
        }
    }
    for id in changes.iter().filter_map(|change| change["id"].as_u64()) {
        match told.remove(&id) {
            Some(1) => {}
            n => problems.push(format!("change {id} stands in {} mails", n.unwrap_or_default())),
        }
    }
    problems.extend(told.keys().map(|id| format!("a mail tells of a change {id} that there is not")));
    problems
}
