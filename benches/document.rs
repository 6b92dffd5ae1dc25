//! How fast bytes become a document. The page is made here: furniture, hidden state, a table, prose, as offices' sites mix them.

use divan::Bencher;
use divan::counter::BytesCount;
use sportello::document::{Input, outline, read};

fn main() {
    divan::main();
}

/// A page of about `kilobytes` KiB of which little is text.
fn page(kilobytes: usize) -> String {
    let menu: String =
        (0..60).map(|n| format!("<li class=\"nav-item\"><a class=\"nav-link\" href=\"/amministrazione/voce-{n}\" data-focus=\"{n}\"><span>Voce {n}</span></a></li>")).collect();
    let icons: String =
        (0..40).map(|n| format!("<symbol id=\"i{n}\"><path d=\"{}\"/></symbol>", "M4 12v5.037c2.305 4.328 ".repeat(12))).collect();
    let rows: String = (0..12)
        .map(|n| format!("<tr><th scope=\"row\">Ufficio {n}</th><td>dal lunedì al venerdì 8.30-12.30</td><td><a href=\"tel:05831{n}\">0583 1{n}</a></td></tr>"))
        .collect();
    let head = format!(
        "<!DOCTYPE html><html lang=\"it\"><head><meta charset=\"utf-8\"><title>Uffici</title><script>{}</script></head><body><svg hidden>{icons}</svg>\
         <form><input type=\"hidden\" name=\"__VIEWSTATE\" value=\"{}\"><header><nav><ul>{menu}</ul></nav></header><main><h1>Uffici</h1>",
        "var a=1;function f(x){return x*2}".repeat(200),
        "AbCdEf0123+/".repeat(2_000)
    );
    let card = "<div class=\"card\"><h2>Anagrafe</h2><p>Lo sportello riceve <strong>il martedì</strong> dalle 9 alle 12&nbsp;e il giovedì dalle 15 alle 17.</p>\
                <ul><li>carta d'identità</li><li>residenza</li></ul></div>";
    let table = format!(
        "<table class=\"table\"><thead><tr><th>Ufficio</th><th>Orario</th><th>Telefono</th></tr></thead><tbody>{rows}</tbody></table>"
    );
    let mut page = head;
    while page.len() < kilobytes * 1024 {
        page.push_str(&table);
        page.push_str(&card.repeat(10));
    }
    page.push_str("</main><footer><p>Comune di Prova - P.IVA 0</p></footer></form></body></html>");
    page
}

#[divan::bench(args = [64, 256, 2048])]
fn read_page(bencher: Bencher, kilobytes: usize) {
    let page = page(kilobytes);
    bencher.counter(BytesCount::of_str(&page)).bench(|| read(&Input { bytes: page.as_bytes(), ..Input::default() }));
}

#[divan::bench]
fn outline_page(bencher: Bencher) {
    let page = page(128);
    let url = url::Url::parse("https://comune.example/uffici").ok();
    bencher.counter(BytesCount::of_str(&page)).bench(|| outline(&Input { bytes: page.as_bytes(), url: url.as_ref(), ..Input::default() }));
}

/// For comparison: what the parser alone takes.
#[divan::bench]
fn parse_only(bencher: Bencher) {
    let page = page(256);
    bencher.counter(BytesCount::of_str(&page)).bench(|| scraper::Html::parse_document(&page));
}

/// A folder of real pages, if the environment names one.
#[divan::bench]
fn read_folder(bencher: Bencher) {
    let Some(folder) = std::env::var_os("SPORTELLO_BENCH_PAGES") else { return };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let pages: Vec<Vec<u8>> =
        entries.flatten().filter(|e| e.path().extension().is_some_and(|x| x == "html")).flat_map(|e| std::fs::read(e.path())).collect();
    let bytes: usize = pages.iter().map(Vec::len).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| pages.iter().map(|page| read(&Input { bytes: page, ..Input::default() }).blocks.len()).sum::<usize>());
}
