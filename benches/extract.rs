//! How fast bytes become notices, on one core: megabytes of HTML a second over the pages of `../shared`, and over a page made here.
//! The goal is 20 MB/s.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sportello::document::{self, Input};
use sportello::extract::{self, Context};
use sportello::lexicon::Lexicon;

fn main() {
    let mut pages = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/dev");
    collect(&folder, &mut pages);
    pages.sort();
    let pages: Vec<Vec<u8>> = pages.iter().filter_map(|page| std::fs::read(page).ok()).collect();
    if pages.is_empty() {
        eprintln!("NOT MEASURED: no pages in {}", folder.display());
    } else {
        measure("pages of ../shared", &pages);
    }
    measure("a page made here", &[made_page()]);
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            pages.push(path);
        }
    }
}

/// Little text in much markup, as the pages of offices are.
fn made_page() -> Vec<u8> {
    let row = "<tr class=\"table-row\" data-element=\"office\"><th scope=\"row\"><a href=\"/uffici/tributi\">Ufficio tributi</a></th><td>dal lunedì al venerdì \
               8.30-12.30, martedì e giovedì anche 15-17</td><td><a href=\"tel:0583216305\">0583 216305</a></td></tr>";
    let link = "<li class=\"nav-item\"><a class=\"nav-link text-white\" href=\"/amministrazione/aree\" data-focus-mouse=\"false\"><span>Aree</span></a></li>";
    format!(
        "<!DOCTYPE html><html lang=it><head><title>Uffici</title><script>{}</script></head><body><nav><ul>{}</ul></nav><main><h1>Uffici</h1><table>{}</table></main></body></html>",
        "var state=\"AbCdEf0123\";".repeat(2_500),
        link.repeat(400),
        row.repeat(40)
    )
    .into_bytes()
}

/// Goes over the pages until three seconds are over; prints the middle speed of the rounds, and how much of the time each half takes.
fn measure(name: &str, pages: &[Vec<u8>]) {
    let bytes: usize = pages.iter().map(Vec::len).sum();
    let lexicon = Lexicon::builtin();
    let mut rounds: Vec<(Duration, Duration)> = Vec::new();
    let start = Instant::now();
    while rounds.len() < 3 || start.elapsed() < Duration::from_secs(3) {
        let (mut documents, mut notices) = (Duration::ZERO, Duration::ZERO);
        for page in pages {
            let begin = Instant::now();
            let document = document::read(&Input { bytes: page, content_type: Some("text/html"), ..Input::default() });
            let middle = Instant::now();
            std::hint::black_box(extract::read(&document, lexicon, &Context::default()));
            documents += middle - begin;
            notices += middle.elapsed();
        }
        rounds.push((documents, notices));
    }
    rounds.sort_by_key(|(documents, notices)| *documents + *notices);
    let (documents, notices) = rounds[rounds.len() / 2];
    let speed = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{name}: {} pages, {:.1} MB: {:.1} MB/s (document {:.1} MB/s, extract {:.1} MB/s)",
        pages.len(),
        bytes as f64 / 1e6,
        speed(documents + notices),
        speed(documents),
        speed(notices)
    );
}
