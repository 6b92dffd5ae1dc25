//! What versions cost, how fast any of them opens, and whether time stays flat as the store grows. `cargo bench --bench store`
//!
//! Sizes are made smaller by `-- --small`, or one by one by `-- --versions-of 200 --documents 20000`. Prints one line a figure, with the goal where there is one.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use sportello::domain::*;
use sportello::store::*;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let is_small = arguments.iter().any(|a| a == "--small" || a == "--test");
    let given = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)?.parse::<usize>().ok()
    };
    let n_versioned = given("--versions-of").unwrap_or(if is_small { 20 } else { 1_000 });
    let n_documents = given("--documents").unwrap_or(if is_small { 2_000 } else { 80_000 });
    let folder = tempfile::tempdir().expect("a folder for the database");
    versions(folder.path(), n_versioned, 30);
    let small = scale(&folder.path().join("small.db"), 1_000, 12_500);
    let large = scale(&folder.path().join("large.db"), n_documents, n_documents * 25 / 2);
    println!("\n{:<44} {:>10} {:>10} {:>7}", "median of 300, by random bodies", "small", "large", "ratio");
    for ((name, small), (_, large)) in small.iter().zip(&large) {
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        let note = if ratio > 1.5 { "  above the goal of 1.5" } else { "" };
        println!("{name:<44} {small:>10.1?} {large:>10.1?} {ratio:>7.2}{note}");
    }
}

/// A generator of its own, so that every run is the same.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

fn now() -> Timestamp {
    "2026-03-01T08:00:00Z".parse().expect("an instant")
}

fn minutes(n: usize) -> Timestamp {
    now() + SignedDuration::from_mins(n as i64)
}

/// A page as offices have them: menus, a table of hours, news; some 40 kB.
struct Page {
    menu: Vec<String>,
    hours: Vec<(String, usize, usize)>,
    news: Vec<String>,
    token: u64,
}

impl Page {
    fn new(dice: &mut Dice) -> Self {
        let word = |dice: &mut Dice| {
            let syllables = [
                "co", "mu", "ne", "uf", "fi", "cio", "tri", "bu", "ti", "ser", "vi", "zio", "an", "gra", "fe", "por", "ta", "le", "pro",
                "to",
            ];
            (0..2 + dice.below(3)).map(|_| syllables[dice.below(syllables.len())]).collect::<String>()
        };
        let words = |dice: &mut Dice, n: usize| (0..n).map(|_| word(dice)).collect::<Vec<_>>().join(" ");
        Self {
            menu: (0..120).map(|_| words(dice, 3)).collect(),
            hours: (0..40).map(|_| (words(dice, 2), 8 + dice.below(2), 12 + dice.below(2))).collect(),
            news: (0..30).map(|_| words(dice, 60)).collect(),
            token: dice.next(),
        }
    }

    /// One hour changes, a news article comes and one goes, the token of the form is another.
    fn edit(&mut self, dice: &mut Dice) {
        let row = dice.below(self.hours.len());
        self.hours[row].1 = 8 + dice.below(3);
        let (from, to) = (dice.below(self.news.len()), dice.below(self.news.len()));
        let mut sentence = self.news[from].clone();
        sentence.push_str(&format!(" {}", dice.below(1000)));
        self.news[to] = sentence;
        self.token = dice.next();
    }

    fn html(&self) -> String {
        let mut out = String::from("<!DOCTYPE html><html lang=\"it\"><head><meta charset=\"utf-8\"><title>Uffici</title></head><body>\n");
        for item in &self.menu {
            out.push_str(&format!(
                "<li class=\"nav-item\"><a class=\"nav-link\" href=\"/amministrazione/{}\">{item}</a></li>\n",
                item.replace(' ', "-")
            ));
        }
        out.push_str(&format!("<form><input type=\"hidden\" name=\"csrf\" value=\"{:x}\"></form><table>\n", self.token));
        for (name, from, to) in &self.hours {
            out.push_str(&format!(
                "<tr><th scope=\"row\">Ufficio {name}</th><td>dal lunedì al venerdì dalle {from}.30 alle {to}.30</td></tr>\n"
            ));
        }
        out.push_str("</table>\n");
        for article in &self.news {
            out.push_str(&format!("<article class=\"card card-teaser\"><p class=\"card-text\">{article}</p></article>\n"));
        }
        out + "</body></html>\n"
    }
}

/// A name for the `n`th body; some begin alike, as they do in Italy.
fn name(n: usize) -> String {
    let first = ["monte", "castel", "villa", "san", "borgo", "rocca", "ponte", "torre", "campo", "val"][n % 10];
    let last = ["lago", "fiume", "alto", "piano", "verde", "antico", "sereno", "chiaro", "largo", "fosco", "lungo"][n / 10 % 11];
    format!("{first}{last}{}", ["", " di sopra", " di sotto", " marittimo", " terme"][n / 110 % 5])
}

/// Provinces have 50 bodies each, however many there are.
fn province(n: usize) -> String {
    let n = n / 50;
    format!("{}{}", char::from(b'A' + (n % 26) as u8), char::from(b'A' + (n / 26 % 26) as u8))
}

fn body(n: usize) -> Body {
    Body {
        id: BodyId(format!("comune-{n:05}")),
        name: format!("Comune di {} c{n}", name(n)),
        kind: BodyKind::Comune,
        province: Some(province(n)),
        istat: None,
        ipa: None,
    }
}

fn watch(store: &dyn Store, n_bodies: usize) {
    let source = |n: usize| WatchedSource {
        id: SourceId(format!("comune-{n:05}/uffici")),
        body: body(n).id,
        url: format!("https://www.comune-{n}.example/uffici"),
        kind: SourceKind::Page,
        office: None,
        settings: serde_json::Value::Null,
    };
    let catalogue = Catalogue { bodies: (0..n_bodies).map(body).collect(), sources: (0..n_bodies).map(source).collect() };
    store.sync(&catalogue, now()).expect("bodies");
}

fn seen(n_body: usize, n_document: usize, html: String, at: Timestamp) -> DocumentVisit {
    let received = Received {
        status: 200,
        final_url: format!("https://www.comune-{n_body}.example/uffici/{n_document}"),
        headers: vec![
            ("Date".into(), at.to_string()),
            ("Server".into(), "nginx".into()),
            ("Content-Type".into(), "text/html; charset=utf-8".into()),
            ("Last-Modified".into(), at.to_string()),
        ],
        text_sha: sha256(html.as_bytes()),
        body: html.into_bytes(),
    };
    let mut notice = Notice::about(OfficeId("anagrafe".into()), "Anagrafe");
    notice.evidence =
        vec![Evidence {
            sentence: "Anagrafe: dal lunedì al venerdì dalle 8.30 alle 12.30".into(), block: 0, states: vec![Stated::Hours]
        }];
    let reading = Reading { published: None, notices: vec![notice], doubts: vec![] };
    DocumentVisit {
        source: SourceId(format!("comune-{n_body:05}/uffici")),
        url: received.final_url.clone(),
        kind: DocumentKind::Page,
        next_visit: Some(at + SignedDuration::from_hours(1)),
        seen: Seen::Fresh { received, reading, rules_version: 1 },
        memory: None,
    }
}

/// Bytes per version against gzip, and the time to open any.
fn versions(folder: &Path, n_documents: usize, n_versions: usize) {
    const EACH: usize = 10;
    let path = folder.join("versions.db");
    let store = open(&path).expect("a store");
    watch(&*store, n_documents / EACH);
    let mut dice = Dice(42);
    let mut pages: Vec<Page> = (0..n_documents).map(|_| Page::new(&mut dice)).collect();
    let (mut raw, mut gzip, mut snapshots) = (0usize, 0usize, Vec::new());
    let started = Instant::now();
    for version in 0..n_versions {
        for n_body in 0..n_documents / EACH {
            let at = minutes(version * 60);
            let mut documents = Vec::new();
            for n in 0..EACH {
                let page = &mut pages[n_body * EACH + n];
                page.edit(&mut dice);
                let html = page.html();
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(html.as_bytes()).expect("gzip");
                gzip += encoder.finish().expect("gzip").len();
                raw += html.len();
                documents.push(seen(n_body, n, html, at));
            }
            let recorded = store.record(&Visit { body: body(n_body).id, at, documents, findings: None }).expect("a visit");
            snapshots.extend(recorded.documents.iter().filter_map(|document| document.snapshot));
        }
    }
    let elapsed = started.elapsed();
    let n_snapshots = n_documents * n_versions;
    let bytes = store.sizes().expect("sizes").bytes as usize;
    println!("versions: {n_documents} documents x {n_versions}, {} bytes each, {} as gzip", raw / n_snapshots, gzip / n_snapshots);
    println!(
        "bytes per version, everything in the database counted: {} = {:.1} % of gzip (goal: at most 15 %)",
        bytes / n_snapshots,
        100.0 * bytes as f64 / gzip as f64
    );
    println!("recording: {:.2} ms a version (gzip for comparison included)", 1000.0 * elapsed.as_secs_f64() / n_snapshots as f64);
    let mut times = Vec::new();
    for _ in 0..1000 {
        let snapshot = snapshots[dice.below(snapshots.len())];
        let started = Instant::now();
        std::hint::black_box(store.bytes(snapshot).expect("bytes"));
        times.push(started.elapsed());
    }
    times.sort();
    println!("opening any version: median {:.2?} (goal: at most 5 ms), slowest of 1000 {:.2?}", times[500], times[999]);
}

/// Times of the main queries in a store of this size.
fn scale(path: &Path, n_documents: usize, n_changes: usize) -> Vec<(&'static str, Duration)> {
    const EACH: usize = 10;
    let n_bodies = n_documents / EACH;
    let store = open(path).expect("a store");
    watch(&*store, n_bodies);
    let started = Instant::now();
    let mut ids = Vec::new();
    let per_body = n_changes / n_bodies;
    let mut changes = Vec::new();
    for n_body in 0..n_bodies {
        let documents = (0..EACH).map(|n| seen(n_body, n, format!("<p>ente {n_body} documento {n}</p>"), minutes(0))).collect();
        let url = format!("https://www.comune-{n_body}.example/uffici/0");
        let found: Vec<Change> = (0..per_body).map(|n| change(n_body, n, &url)).collect();
        let states = OFFICES.iter().enumerate().map(|(n, office)| state(office, &url, (n_body + n).is_multiple_of(5))).collect();
        let findings = Findings {
            why: Why::Visit,
            revision: 0,
            states,
            held: vec![],
            changes: found,
            corroborated: vec![],
            deliveries: vec![],
            redesign: None,
        };
        let visit = Visit { body: body(n_body).id, at: minutes(0), documents, findings: Some(findings) };
        let recorded = store.record(&visit).expect("a visit");
        ids.extend(recorded.documents.iter().map(|document| document.document));
        changes.extend(recorded.changes);
    }
    println!(
        "\n{n_documents} documents, {} changes: filled in {:.0?}, {} MB",
        changes.len(),
        started.elapsed(),
        store.sizes().expect("sizes").bytes >> 20
    );

    for n in (0..n_bodies).step_by(10) {
        let failure =
            Failure { source: SourceId(format!("comune-{n:05}/uffici")), at: minutes(1), words: "503".into(), next_try: minutes(60) };
        store.record_failure(&failure).expect("a failure");
    }
    let mut dice = Dice(7);
    let mut median = |name: &'static str, work: &mut dyn FnMut(&mut Dice)| {
        let mut times: Vec<Duration> = (0..300)
            .map(|_| {
                let started = Instant::now();
                work(&mut dice);
                started.elapsed()
            })
            .collect();
        times.sort();
        (name, times[150])
    };
    let list = |filter: &ChangeFilter| std::hint::black_box(store.changes(filter, None, 50).expect("changes"));
    let some = |dice: &mut Dice| body(dice.below(n_bodies));
    let office = || Some(OfficeId("anagrafe".into()));
    let mut round = 0;
    vec![
        median("unchanged, 100 documents in one batch", &mut |dice| {
            round += 1;
            let unchanged: Vec<Unchanged> = (0..100)
                .map(|_| Unchanged {
                    document: ids[dice.below(ids.len())],
                    at: minutes(round),
                    next_visit: Some(minutes(round + 60)),
                    validators: None,
                    matter_sha: None,
                })
                .collect();
            store.record_unchanged(&unchanged).expect("unchanged");
        }),
        median("what is known of a body", &mut |dice| {
            std::hint::black_box(store.known(&some(dice).id, minutes(0) + SignedDuration::from_hours(24 * 4)).expect("known"));
        }),
        median("documents that are due (50)", &mut |_| {
            std::hint::black_box(store.due_documents(minutes(100_000), 50).expect("due"));
        }),
        median("sources that are due (50)", &mut |_| {
            std::hint::black_box(store.due_sources(minutes(100_000), 50).expect("due"));
        }),
        median("newest changes", &mut |_| drop(list(&ChangeFilter::default()))),
        median("newest changes in a rare aspect", &mut |_| {
            drop(list(&ChangeFilter { aspect: Some(Aspect::Status), ..ChangeFilter::default() }));
        }),
        median("newest changes of a body", &mut |dice| {
            drop(list(&ChangeFilter { body: Some(some(dice).id), ..ChangeFilter::default() }));
        }),
        median("newest changes of an office", &mut |_| drop(list(&ChangeFilter { office: office(), ..ChangeFilter::default() }))),
        median("newest changes of an office of a body", &mut |dice| {
            drop(list(&ChangeFilter { body: Some(some(dice).id), office: office(), ..ChangeFilter::default() }));
        }),
        median("newest changes of a province", &mut |dice| {
            drop(list(&ChangeFilter { province: some(dice).province, ..ChangeFilter::default() }));
        }),
        median("newest changes of a province in a rare aspect", &mut |dice| {
            drop(list(&ChangeFilter { province: some(dice).province, aspect: Some(Aspect::Status), ..ChangeFilter::default() }));
        }),
        median("a later page of all changes", &mut |dice| {
            let filter = ChangeFilter { until: Some(minutes(dice.below(1_000_000))), ..ChangeFilter::default() };
            std::hint::black_box(store.changes(&filter, None, 50).expect("changes"));
        }),
        median("changes by a frequent word", &mut |_| {
            std::hint::black_box(store.search_changes("lunedì", None, 50).expect("changes"));
        }),
        median("changes by a rare word and an office", &mut |_| {
            std::hint::black_box(store.search_changes("obbligatoria anagrafe", None, 50).expect("changes"));
        }),
        median("changes by a word and a body's name", &mut |dice| {
            let words = format!("lunedì c{}", dice.below(n_bodies));
            std::hint::black_box(store.search_changes(&words, None, 50).expect("changes"));
        }),
        median("bodies by the beginning of a word", &mut |_| {
            std::hint::black_box(store.search_bodies("comune montel", 20).expect("bodies"));
        }),
        median("bodies by a word", &mut |dice| {
            std::hint::black_box(store.search_bodies(&name(dice.below(n_bodies)), 20).expect("bodies"));
        }),
        median("offices by words", &mut |dice| {
            let words = format!("anagrafe c{}", dice.below(n_bodies));
            std::hint::black_box(store.search_offices(&words, 20).expect("offices"));
        }),
        median("offices by a frequent word", &mut |_| {
            std::hint::black_box(store.search_offices("tributi", 20).expect("offices"));
        }),
        median("the provinces", &mut |_| drop(std::hint::black_box(store.provinces().expect("provinces")))),
        median("the bodies of a province", &mut |dice| {
            std::hint::black_box(store.bodies_page(some(dice).province.as_deref(), None, 100).expect("bodies"));
        }),
        median("closures of a day in a province", &mut |dice| {
            let place = Place::Province(some(dice).province.unwrap_or_default());
            std::hint::black_box(store.exceptions_on(jiff::civil::date(2026, 3, 2), &place, None, 50).expect("closures"));
        }),
        median("closures of a day anywhere", &mut |_| {
            std::hint::black_box(store.exceptions_on(jiff::civil::date(2026, 8, 11), &Place::Anywhere, None, 50).expect("closures"));
        }),
        median("closures of a day in a body", &mut |dice| {
            let place = Place::Body(some(dice).id);
            std::hint::black_box(store.exceptions_on(jiff::civil::date(2026, 12, 24), &place, None, 50).expect("closures"));
        }),
        median("health of the sources of a province", &mut |dice| {
            let place = Place::Province(some(dice).province.unwrap_or_default());
            std::hint::black_box(store.source_page(&place, false, None, 50).expect("sources"));
        }),
        median("sources that fail", &mut |_| {
            std::hint::black_box(store.source_page(&Place::Anywhere, true, None, 50).expect("sources"));
        }),
        median("an office of a body", &mut |dice| {
            std::hint::black_box(store.office(&some(dice).id, &OfficeId("anagrafe".into()), None).expect("state"));
        }),
        median("an office of a body at an instant", &mut |dice| {
            std::hint::black_box(store.office(&some(dice).id, &OfficeId("anagrafe".into()), Some(minutes(5))).expect("state"));
        }),
        median("one change, explained", &mut |dice| {
            std::hint::black_box(store.explain(changes[dice.below(changes.len())]).expect("explained"));
        }),
        median("the offices of a body", &mut |dice| {
            std::hint::black_box(store.states(&some(dice).id, None).expect("states"));
        }),
        median("the history of an office", &mut |dice| {
            std::hint::black_box(store.history(&some(dice).id, &OfficeId("anagrafe".into())).expect("history"));
        }),
    ]
}

const OFFICES: [&str; 5] = ["anagrafe", "tributi", "urp", "protocollo", "edilizia"];

fn key(office: &str) -> OfficeKey {
    OfficeKey { office: OfficeId(office.into()), site: None, other: None }
}

fn cause(url: &str) -> Cause {
    Cause { url: url.into(), snapshot: snapshot_of_nth(0), evidence: vec!["dal lunedì al venerdì dalle 8.30 alle 12.30".into()] }
}

/// Each fortieth sentence has a rare word.
fn sentence(n_body: usize, n: usize) -> String {
    let rare = if (n + n_body).is_multiple_of(40) { " su prenotazione obbligatoria" } else { "" };
    format!("l'ufficio riceve dal lunedì al venerdì dalle 9 alle 13{rare}, avviso {}", n * 7 + n_body)
}

fn hours(text: &str) -> Value {
    Value::Hours(vec![OfficeHours { week: text.parse().expect("hours"), access: Access::WalkIn }])
}

fn state(office: &str, url: &str, closes: bool) -> State {
    let days: Vec<DateRange> =
        ["2026-03-02/2026-03-03", "2026-08-10/2026-08-21", "2026-12-24"].iter().map(|d| d.parse().expect("days")).collect();
    let facts = [(Aspect::Hours, vec![fact(hours("Mo-Fr 08:30-12:30"), url)]), (Aspect::Closures, vec![fact(Value::Closures(days), url)])];
    let n_facts = if closes { 2 } else { 1 };
    State { key: key(office), name: format!("Ufficio {office}"), facts: facts.into_iter().take(n_facts).collect() }
}

fn fact(value: Value, url: &str) -> Fact {
    Fact { value, from: None, until: None, resumes: false, aged: false, general: false, except: vec![], causes: vec![cause(url)] }
}

/// Changes follow each other through five years; one in a hundred is of a rare aspect.
fn change(n_body: usize, n: usize, url: &str) -> Change {
    Change {
        id: None,
        detected_at: minutes(n * 20_000 + n_body),
        body: body(n_body).id,
        key: key(OFFICES[n % OFFICES.len()]),
        name: OFFICES[n % OFFICES.len()].into(),
        except: vec![],
        aspect: if (n + n_body).is_multiple_of(100) { Aspect::Status } else { Aspect::Hours },
        before: Some(hours("Mo-Fr 08:30-12:30")),
        after: Some(hours("Mo-Fr 09:00-13:00")),
        effective_from: None,
        effective_until: None,
        further: vec![],
        hours: None,
        causes: vec![Cause { evidence: vec![sentence(n_body, n)], ..cause(url) }],
        rule: Rule::Revised,
    }
}
