//! What versions cost: bytes against gzip, and the time to open any.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use sportello::config::sources;
use sportello::round::catalogue;
use sportello::store::*;

use crate::Dice;
use crate::made::*;

/// Bytes per version against gzip, and the time to open any.
pub fn versions(folder: &Path, n_documents: usize, n_versions: usize) {
    let path = folder.join("versions.db");
    let store = open(&path).expect("a store");
    let watched = sources::parse(&sources_toml(n_documents / EACH), "sources.toml").expect("sources");
    store.sync(&catalogue(&watched), minutes(0)).expect("bodies");
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
