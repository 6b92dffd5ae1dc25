//! What the round is measured with: a site of many municipalities on loopback, and a crawler that does nothing but ask.
//!
//!     cargo run --release --example town -- serve BODIES PORT
//!     cargo run --release --example town -- ask BODIES PORT unchanged|bodies|parse [list|hosts] [AT_ONCE]
//!
//! `benches/round.py` starts both. Body `n` has an address of its own, 127.0.x.y, and ten pages of 40 to 60 kB, each another. What the
//! pages do is switched at `/-/KEY/VALUE` while the site runs: `etag` (1: ETag and "not modified"), `token` (what stands in forms and
//! scripts), `counter` (what a reader sees in the page's own matter), `change` (one page in a hundred states other hours).

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::task::JoinSet;

/// Pages of one body.
const PAGES: usize = 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| arguments.get(n).and_then(|text| text.parse::<usize>().ok());
    match (arguments.first().map(String::as_str), number(1), number(2)) {
        (Some("serve"), Some(n_bodies), Some(port)) => serve(n_bodies, u16::try_from(port)?).await,
        (Some("ask"), Some(n_bodies), Some(port)) => {
            let mode = arguments.get(3).cloned().unwrap_or_default();
            let by_host = arguments.get(4).is_some_and(|order| order == "hosts");
            ask(n_bodies, u16::try_from(port)?, &mode, by_host, number(5).unwrap_or(32)).await
        }
        _ => Err("serve BODIES PORT, or ask BODIES PORT unchanged|bodies|parse [list|hosts] [AT_ONCE]".into()),
    }
}

fn host(n_body: usize) -> Ipv4Addr {
    let n = n_body + 1;
    Ipv4Addr::new(127, 1 + (n >> 16) as u8, (n >> 8) as u8, n as u8)
}

// ── the site ──

/// What the pages do at present.
#[derive(Default)]
struct Mode {
    etag: AtomicU64,
    token: AtomicU64,
    counter: AtomicU64,
    change: AtomicU64,
}

async fn serve(n_bodies: usize, port: u16) -> Result<(), Box<dyn std::error::Error>> {
    let mode = Arc::new(Mode::default());
    let mut servers = JoinSet::new();
    for n_body in 0..n_bodies {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from((host(n_body), port))).await?;
        let app = Router::new()
            .fallback(move |State(mode): State<Arc<Mode>>, request: Request| async move { answer(n_body, port, &mode, &request) });
        servers.spawn(axum::serve(listener, app.with_state(mode.clone())).into_future());
    }
    println!("ready");
    while servers.join_next().await.is_some() {}
    Ok(())
}

fn answer(n_body: usize, port: u16, mode: &Mode, request: &Request) -> Response {
    let parts: Vec<&str> = request.uri().path().split('/').skip(1).collect();
    match parts[..] {
        ["-", key, value] => {
            let switch = match key {
                "etag" => &mode.etag,
                "token" => &mode.token,
                "counter" => &mode.counter,
                "change" => &mode.change,
                _ => return StatusCode::NOT_FOUND.into_response(),
            };
            switch.store(value.parse().unwrap_or_default(), Ordering::Relaxed);
            StatusCode::NO_CONTENT.into_response()
        }
        ["sitemap.xml"] => {
            let mut map =
                String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
            for n in 0..PAGES {
                let _ = write!(map, "<url><loc>http://{}:{port}/uffici/{n}</loc></url>", host(n_body));
            }
            ([(header::CONTENT_TYPE, "application/xml")], map + "</urlset>").into_response()
        }
        ["uffici", n] => {
            let Some(n) = n.parse::<usize>().ok().filter(|n| *n < PAGES) else { return StatusCode::NOT_FOUND.into_response() };
            let n_page = n_body * PAGES + n;
            let change = mode.change.load(Ordering::Relaxed);
            let revision = if change > 0 && n_page as u64 % 100 == change % 100 { change } else { 0 };
            let with_etag = mode.etag.load(Ordering::Relaxed) > 0;
            let etag = format!("\"{n_page}-{revision}\"");
            if with_etag && request.headers().get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == etag.as_bytes()) {
                return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
            }
            let noise = (mode.token.load(Ordering::Relaxed), mode.counter.load(Ordering::Relaxed));
            let page = page(n_body, n, revision, noise);
            let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned());
            if with_etag { ([kind, (header::ETAG, etag)], page).into_response() } else { ([kind], page).into_response() }
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A generator of its own, so that every run is the same.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 29)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const WORDS: [&str; 96] = [
    "il",
    "la",
    "per",
    "dei",
    "delle",
    "con",
    "una",
    "alla",
    "nel",
    "sono",
    "servizio",
    "comune",
    "cittadini",
    "domanda",
    "modulo",
    "richiesta",
    "territorio",
    "residenti",
    "tributo",
    "pratica",
    "documento",
    "certificato",
    "regolamento",
    "avviso",
    "delibera",
    "scuola",
    "biblioteca",
    "lavori",
    "strada",
    "piazza",
    "centro",
    "storico",
    "associazioni",
    "bando",
    "contributo",
    "famiglie",
    "anziani",
    "giovani",
    "progetto",
    "impianto",
    "rifiuti",
    "raccolta",
    "ambiente",
    "verde",
    "parco",
    "sport",
    "palestra",
    "iscrizione",
    "mensa",
    "trasporto",
    "nido",
    "infanzia",
    "assistenza",
    "sociale",
    "polizia",
    "locale",
    "viabilità",
    "sosta",
    "permesso",
    "edilizia",
    "urbanistica",
    "catasto",
    "imposta",
    "rata",
    "scadenza",
    "pagamento",
    "avvisi",
    "sportello",
    "digitale",
    "identità",
    "accesso",
    "portale",
    "segnalazione",
    "reclamo",
    "consiglio",
    "giunta",
    "sindaco",
    "assessore",
    "seduta",
    "verbale",
    "elezioni",
    "elettorale",
    "anagrafica",
    "residenza",
    "cambio",
    "nascita",
    "matrimonio",
    "decesso",
    "carta",
    "rilascio",
    "rinnovo",
    "validità",
    "costo",
    "euro",
    "marca",
    "bollo",
];
const OFFICES: [&str; 10] = [
    "Anagrafe",
    "Stato civile",
    "Protocollo",
    "Tributi",
    "Ufficio relazioni con il pubblico",
    "SUAP",
    "Edilizia privata",
    "Polizia locale",
    "Servizi sociali",
    "Lavori pubblici",
];
const DAYS: [&str; 5] = ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì"];
const NAMES: [&str; 12] = ["Bianchi", "Rossi", "Neri", "Conti", "Galli", "Ricci", "Fontana", "Moretti", "Serra", "Villa", "Costa", "Riva"];

fn sentence(out: &mut String, dice: &mut Dice, n_words: usize) {
    for n in 0..n_words {
        let word = dice.of(&WORDS);
        match n {
            0 => out.extend(word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1))),
            _ => {
                out.push(' ');
                out.push_str(word);
            }
        }
    }
    out.push('.');
}

fn hours(out: &mut String, dice: &mut Dice, revision: u64) {
    let first = 8 + dice.below(2) + usize::from(revision % 2 == 1);
    let (opens, closes) =
        (format!("{first}.{}", dice.of(&["00", "15", "30"])), format!("{}.{}", 12 + dice.below(2), dice.of(&["00", "30"])));
    let day = dice.of(&DAYS);
    let _ = match dice.below(3) {
        0 => write!(out, "dal lunedì al venerdì dalle ore {opens} alle ore {closes}"),
        1 => write!(out, "lunedì, mercoledì e venerdì {opens}-{closes}, martedì e giovedì anche 15.00-17.00"),
        _ => write!(out, "{day} dalle {opens} alle {closes} e dalle 15.30 alle 17.30"),
    };
}

/// A page as the sites of municipalities have them: much frame, some matter, 40 to 60 kB.
fn page(n_body: usize, n: usize, revision: u64, (token, counter): (u64, u64)) -> String {
    let mut frame = Dice(n_body as u64 + 1);
    let mut dice = Dice((n_body * PAGES + n + 7_000_000) as u64);
    let name =
        format!("{}{}", frame.of(&["Monte", "Castel", "Villa", "Borgo", "Rocca"]), frame.of(&["lago", "fiume", "alto", "chiaro", "fosco"]));
    let office = OFFICES[(n_body + n) % OFFICES.len()];
    let mut out = String::with_capacity(64 << 10);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"it\"><head><meta charset=\"utf-8\"><title>{office} - Comune di {name}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"csrf-token\" content=\"{token:016x}\">\n"
    );
    for n in 0..14 {
        let _ = writeln!(out, "<link rel=\"stylesheet\" href=\"/assets/css/part-{n}-{:08x}.css\" media=\"all\">", frame.next() as u32);
    }
    let _ = write!(out, "<script>window.__state={{\"token\":\"{token:016x}\",\"items\":[");
    for n in 0..60 + frame.below(30) {
        let _ = write!(out, "{{\"id\":{n},\"slug\":\"{}-{}\",\"hash\":\"{:016x}\"}},", frame.of(&WORDS), frame.of(&WORDS), frame.next());
    }
    out.push_str("null]};</script><style>");
    for n in 0..50 {
        let _ = write!(out, ".u-{n}{{margin:{}px;padding:{}px;color:#{:06x}}}", n % 9, n % 7, frame.next() & 0xff_ffff);
    }
    out.push_str("</style></head><body class=\"page page-office\">\n<a class=\"visually-hidden-focusable\" href=\"#main\">Vai ai contenuti</a>\n<header class=\"it-header-wrapper\"><div class=\"it-header-slim-wrapper\"><div class=\"container\"><a class=\"d-lg-block navbar-brand\" target=\"_blank\" href=\"https://www.regione.example\">Regione</a></div></div>\n<nav class=\"navbar navbar-expand-lg has-megamenu\" aria-label=\"Navigazione principale\"><ul class=\"navbar-nav\" data-element=\"main-navigation\">\n");
    for n in 0..70 + frame.below(20) {
        let (one, two) = (frame.of(&WORDS), frame.of(&WORDS));
        let _ = writeln!(
            out,
            "<li class=\"nav-item\"><a class=\"nav-link text-primary\" href=\"/servizi/{one}-{two}-{n}\" data-focus-mouse=\"false\"><span>{one} {two}</span></a></li>"
        );
    }
    let _ = write!(
        out,
        "</ul></nav></header>\n<main id=\"main\"><div class=\"container\"><nav class=\"breadcrumb-container\" aria-label=\"Percorso di navigazione\"><ol class=\"breadcrumb\" data-element=\"breadcrumb\"><li class=\"breadcrumb-item\"><a href=\"/\">Home</a></li><li class=\"breadcrumb-item\"><a href=\"/amministrazione\">Amministrazione</a></li><li class=\"breadcrumb-item active\">{office}</li></ol></nav>\n<h1>{office}</h1>\n<p class=\"lead\">"
    );
    sentence(&mut out, &mut dice, 18);
    out.push_str("</p>\n");
    if n == 0 {
        out.push_str("<section><h2>Orari di apertura al pubblico</h2><table class=\"table\"><thead><tr><th scope=\"col\">Ufficio</th><th scope=\"col\">Orario</th><th scope=\"col\">Telefono</th></tr></thead><tbody>\n");
        for office in OFFICES {
            let _ = write!(out, "<tr><th scope=\"row\">{office}</th><td>");
            hours(&mut out, &mut dice, revision);
            let phone = 200_000 + dice.below(700_000);
            let _ = writeln!(out, "</td><td><a href=\"tel:0583{phone}\">0583 {phone}</a></td></tr>");
        }
        out.push_str("</tbody></table></section>\n");
    } else {
        out.push_str("<section id=\"cosa-fa\"><h2>Cosa fa</h2>");
        for _ in 0..3 {
            out.push_str("<p>");
            for _ in 0..3 {
                let n_words = 9 + dice.below(12);
                sentence(&mut out, &mut dice, n_words);
                out.push(' ');
            }
            out.push_str("</p>\n");
        }
        out.push_str("</section>\n");
        if n < 8 {
            out.push_str("<section id=\"orari\"><h2>Orario per il pubblico</h2><div class=\"richtext-wrapper\"><p>");
            hours(&mut out, &mut dice, revision);
            let phone = 200_000 + dice.below(700_000);
            let _ = write!(
                out,
                "</p></div></section>\n<section id=\"contatti\"><h2>Contatti</h2><ul><li>Telefono: <a href=\"tel:0583{phone}\">0583 {phone}</a></li><li>Email: <a href=\"mailto:{}@comune.example\">{}@comune.example</a></li><li>Responsabile: {}</li><li>Sede: Via {} {}, {name}</li></ul></section>\n",
                office.split(' ').next().unwrap_or_default().to_lowercase(),
                office.split(' ').next().unwrap_or_default().to_lowercase(),
                dice.of(&NAMES),
                dice.of(&NAMES),
                1 + dice.below(80)
            );
        }
    }
    if counter > 0 {
        let _ = writeln!(out, "<p class=\"counter\">Pagina letta {counter} volte</p>");
    }
    out.push_str("<section id=\"documenti\"><h2>Documenti</h2><ul class=\"link-list\">\n");
    for n in 0..20 + dice.below(20) {
        let (one, two, three) = (dice.of(&WORDS), dice.of(&WORDS), dice.of(&WORDS));
        let _ = writeln!(
            out,
            "<li><a class=\"list-item icon-left d-inline-block\" href=\"/documenti/{one}-{two}-{n}.html\"><span class=\"list-item-title-icon-wrapper\"><svg class=\"icon icon-primary icon-sm me-1\" aria-hidden=\"true\"><use href=\"/assets/sprites.svg#it-clip\"></use></svg><span class=\"list-item-title\">{one} {two} {three}</span></span></a></li>"
        );
    }
    out.push_str("</ul></section>\n<section id=\"novita\"><h2>Ultime notizie</h2><div class=\"row g-4\">\n");
    for n in 0..12 + dice.below(6) {
        let _ = write!(
            out,
            "<div class=\"col-md-6 col-xl-4\"><div class=\"card-wrapper card-space\"><article class=\"card card-bg card-teaser rounded shadow-sm\"><div class=\"card-body\"><div class=\"category-top\"><span class=\"category\">Notizie</span><span class=\"data\">{} {} 2026</span></div><h3 class=\"card-title\"><a href=\"/novita/{:08x}\" data-element=\"news-link\">",
            1 + dice.below(28),
            dice.of(&["gennaio", "febbraio", "marzo", "aprile", "maggio"]),
            dice.next() as u32
        );
        let n_words = 6 + dice.below(4);
        sentence(&mut out, &mut dice, n_words);
        out.push_str("</a></h3><p class=\"card-text\">");
        let n_words = 16 + dice.below(14);
        sentence(&mut out, &mut dice, n_words);
        let _ = writeln!(
            out,
            "</p><a class=\"read-more\" href=\"/novita/tutte\"><span class=\"text\">Vai alla pagina {n}</span></a></div></article></div></div>"
        );
    }
    let _ = write!(
        out,
        "</div></section></div>\n<form action=\"/valuta\" method=\"post\"><input type=\"hidden\" name=\"_token\" value=\"{token:016x}\"><fieldset><legend>Quanto sono chiare le informazioni su questa pagina?</legend>"
    );
    for n in 1..=5 {
        let _ = write!(
            out,
            "<input type=\"radio\" name=\"stelle\" id=\"stella-{n}\" value=\"{n}\"><label class=\"full rating-star\" for=\"stella-{n}\"><svg class=\"icon icon-sm\" role=\"img\"><use href=\"/assets/sprites.svg#it-star-full\"></use></svg><span class=\"visually-hidden\">Valuta {n} stelle su 5</span></label>"
        );
    }
    out.push_str("</fieldset></form></main>\n<footer class=\"it-footer\" id=\"footer\"><div class=\"it-footer-main\"><div class=\"container\"><div class=\"row\">\n");
    for n in 0..60 {
        let (one, two) = (frame.of(&WORDS), frame.of(&WORDS));
        let _ = writeln!(
            out,
            "<li class=\"footer-item\"><a class=\"list-item\" href=\"/footer/{one}-{n}\" data-element=\"footer-link\">{one} {two}</a></li>"
        );
    }
    let _ = write!(
        out,
        "<p>Comune di {name} · Piazza del Municipio {} · Centralino 0583 {}</p></div></div></div></footer>\n<script nonce=\"{token:016x}\">window.visits={};</script></body></html>\n",
        1 + frame.below(20),
        200_000 + frame.below(700_000),
        token % 100_000
    );
    out
}

// ── the bare loop ──

/// Asks every page once, and does nothing with it, reads it, or parses it: one address after the other, so many at once, or the pages of
/// one host one after the other and so many hosts at once, which needs fewer connections.
async fn ask(n_bodies: usize, port: u16, mode: &str, by_host: bool, at_once: usize) -> Result<(), Box<dyn std::error::Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let next = Arc::new(AtomicUsize::new(0));
    let (conditional, parse) = (mode == "unchanged", mode == "parse");
    let mut workers = JoinSet::new();
    for _ in 0..at_once {
        let (client, next) = (client.clone(), next.clone());
        workers.spawn(async move {
            let (mut n_asked, mut n_bytes) = (0usize, 0usize);
            let mut mine = 0..0;
            loop {
                let portion = if by_host { PAGES } else { 1 };
                let n = match mine.next() {
                    Some(n) => n,
                    None => {
                        let first = next.fetch_add(portion, Ordering::Relaxed);
                        mine = first + 1..first + portion;
                        first
                    }
                };
                if n >= n_bodies * PAGES {
                    return Ok::<_, reqwest::Error>((n_asked, n_bytes));
                }
                let mut request = client.get(format!("http://{}:{port}/uffici/{}", host(n / PAGES), n % PAGES));
                if conditional {
                    request = request.header(header::IF_NONE_MATCH, format!("\"{n}-0\""));
                }
                let response = request.send().await?.error_for_status()?;
                let body = response.bytes().await?;
                n_asked += 1;
                n_bytes += body.len();
                if parse {
                    let done = tokio::task::spawn_blocking(move || {
                        scraper::Html::parse_document(&String::from_utf8_lossy(&body)).tree.nodes().count()
                    });
                    std::hint::black_box(done.await.unwrap_or_default());
                }
            }
        });
    }
    let (mut n_asked, mut n_bytes) = (0, 0);
    while let Some(worker) = workers.join_next().await {
        let (asked, bytes) = worker??;
        n_asked += asked;
        n_bytes += bytes;
    }
    println!("{n_asked} asked, {n_bytes} bytes");
    Ok(())
}
