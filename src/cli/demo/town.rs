//! Altolago, a town that does not exist: its pages on one morning, and on the next.
//!
//! Overnight three things change that people need to know, and a good many that nobody should be told of.

use jiff::Timestamp;

use super::site::{Page, Site};

const FRAME: &str = include_str!("pages/frame.html");
const OFFICES: &str = include_str!("pages/offices.html");
const LIBRARY: &str = include_str!("pages/library.html");
const POLICE: &str = include_str!("pages/police.html");
const NEWS: &str = include_str!("pages/news.html");
const ARTICLE: &str = include_str!("pages/article.html");

/// Office, hours and telephone, as the town writes them.
const COUNTERS: [(&str, &str, &str); 12] = [
    ("Anagrafe", "lun, mer, ven 8.30-12.30; mar e gio 8.30-12.30 e 15.00-17.30", "0583 555010"),
    ("Stato civile", "dal lunedì al venerdì 8.30-12.30", "0583 555011"),
    ("Elettorale", "lunedì e giovedì 9.00-12.00", "0583 555012"),
    ("Protocollo", "dal lunedì al sabato 8.30-12.30", "0583 555013"),
    ("URP", "dal lunedì al venerdì 8.00-13.00", "0583 555014"),
    ("Tributi", "dal lunedì al venerdì 8.30-12.30", "0583 555015"),
    ("Ragioneria", "martedì e giovedì 10.00-12.00", "0583 555016"),
    ("SUAP", "mercoledì 9.00-13.00", "0583 555017"),
    ("Edilizia privata", "martedì 9.00-12.30, giovedì 15.00-17.00", "0583 555018"),
    ("Lavori pubblici", "lunedì e venerdì 9.00-11.00", "0583 555019"),
    ("Servizi sociali", "lunedì 9.00-12.00 e mercoledì 15.00-17.00", "0583 555020"),
    ("Pubblica istruzione", "dal lunedì al venerdì 10.00-12.30", "0583 555021"),
];

/// What happens to the site between the two mornings, in words.
pub const OVERNIGHT: &str = r#"  what counts:  the tax office opens at 9:00 instead of 8:30 (one row of twelve in a table)
                the library has a new telephone number
                an article says that the registry office stays closed on 9 March
  what doesn't: the table in another order, one row of it in other words; another banner, date, weather, counter and token;
                articles about a feast and a choir; the page of the police answers "503"
"#;

/// One of the two mornings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Monday, 2 March 2026.
    Before,
    /// Tuesday, 3 March 2026.
    After,
}

impl Day {
    /// The instant at which the round of that day starts: 8 in the morning.
    pub fn instant(self) -> Timestamp {
        let seconds = match self {
            Self::Before => 1_772_434_800,
            Self::After => 1_772_521_200,
        };
        Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn pick<T>(self, before: T, after: T) -> T {
        match self {
            Self::Before => before,
            Self::After => after,
        }
    }
}

/// The town's `sources.toml`.
pub fn sources(site: &Site) -> String {
    let url = |path: &str| site.url(path).to_string();
    format!(
        r#"[[body]]
id = "comune-altolago"
name = "Comune di Altolago"
kind = "comune"

[[body.source]]
url = "{offices}"
kind = "page"

[[body.source]]
url = "{library}"
kind = "page"
office = "biblioteca"

[[body.source]]
url = "{police}"
kind = "page"
office = "polizia-locale"

[[body.source]]
url = "{news}"
kind = "news"
follow = "/novita/"
"#,
        offices = url("/amministrazione/uffici"),
        library = url("/amministrazione/uffici/biblioteca"),
        police = url("/amministrazione/uffici/polizia-municipale"),
        news = url("/novita"),
    )
}

/// Puts the pages of a morning on the site.
pub fn set(site: &Site, day: Day) {
    let put = |path: &str, title: &str, main: String| site.set(path, Page::html(frame(day, title, &main)));
    put("/", "Home", "<h1>Comune di Altolago</h1>\n<p>Benvenuti nel sito del Comune.</p>".into());
    put("/amministrazione/uffici", "Orari degli uffici", offices(day));
    put("/amministrazione/uffici/biblioteca", "Biblioteca comunale", library(day));
    match day {
        Day::Before => put("/amministrazione/uffici/polizia-municipale", "Polizia municipale", POLICE.into()),
        // the host stumbles over one page: no news
        Day::After => site.set("/amministrazione/uffici/polizia-municipale", Page::html("<h1>Service Unavailable</h1>").with_status(503)),
    }
    put("/novita", "Novità", news(day));
    for article in articles(day) {
        put(&format!("/novita/{}", article.slug), article.title, article.page(day));
    }
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_string(), |page, (name, value)| page.replace(&format!("{{{name}}}"), value))
}

/// What surrounds every page, most of it different every time.
fn frame(day: Day, title: &str, main: &str) -> String {
    fill(
        FRAME,
        &[
            ("title", title),
            ("token", day.pick("a81f6c0e", "5d20b9f7")),
            ("today", day.pick("lunedì 2 marzo 2026", "martedì 3 marzo 2026")),
            ("weather", day.pick("sereno, 7-14 gradi", "pioggia, 5-9 gradi")),
            ("banner", day.pick("Iscrizioni all'asilo nido aperte", "Sabato 14 marzo il mercato si sposta al parco")),
            ("visits", day.pick("81.204", "81.377")),
            ("milliseconds", day.pick("41", "58")),
            ("main", main),
        ],
    )
}

fn offices(day: Day) -> String {
    let mut counters = COUNTERS.to_vec();
    if day == Day::After {
        // the true change, in one row of twelve …
        if let Some(row) = counters.iter_mut().find(|(office, ..)| *office == "Tributi") {
            row.1 = "dal lunedì al venerdì 9.00-12.30";
        }
        // … and what is none: another order, the same hours in other words
        counters.sort_by_key(|(office, ..)| *office);
        if let Some(row) = counters.iter_mut().find(|(office, ..)| *office == "Stato civile") {
            row.1 = "da lunedì a venerdì, dalle ore 8:30 alle ore 12:30";
        }
    }
    let rows: Vec<String> = counters
        .iter()
        .map(|(office, hours, phone)| format!("    <tr><td>Ufficio {office}</td><td>{hours}</td><td>{phone}</td></tr>"))
        .collect();
    let introduction = day.pick(
        "In questa pagina sono riportati gli orari in cui gli uffici ricevono il pubblico.",
        "Di seguito gli orari di ricevimento del pubblico, ufficio per ufficio.",
    );
    fill(OFFICES, &[("introduction", introduction), ("rows", &rows.join("\n"))])
}

fn library(day: Day) -> String {
    let introduction = day.pick(
        "La biblioteca si trova nel vecchio mulino e custodisce ventimila volumi.",
        "La biblioteca, nel vecchio mulino, custodisce oltre ventimila volumi e una sala per i più piccoli.",
    );
    fill(LIBRARY, &[("introduction", introduction), ("phone", day.pick("0583 555030", "0583 555777"))])
}

struct Article {
    slug: &'static str,
    title: &'static str,
    date: &'static str,
    text: &'static str,
}

impl Article {
    fn page(&self, day: Day) -> String {
        let related = day.pick("Bando per le associazioni", "Graduatoria del bando per le associazioni");
        let text = format!("  <p>{}</p>", self.text);
        fill(ARTICLE, &[("title", self.title), ("date", self.date), ("text", &text), ("related", related)])
    }
}

fn articles(day: Day) -> Vec<Article> {
    let festival = Article {
        slug: "festa-del-lago",
        title: "Torna la festa del lago",
        date: "27 febbraio 2026",
        text: "Domenica 15 marzo, dalle 10 alle 18, il lungolago ospita bancarelle e musica. L'ufficio cultura ringrazia i volontari.",
    };
    let closure = Article {
        slug: "chiusura-anagrafe",
        title: "Ufficio anagrafe chiuso lunedì 9 marzo",
        date: "3 marzo 2026",
        text: "Per l'aggiornamento dei programmi, l'ufficio anagrafe resterà chiuso al pubblico lunedì 9 marzo 2026.",
    };
    let choir = Article {
        slug: "concerto-del-coro",
        title: "Concerto del coro in sala consiliare",
        date: "3 marzo 2026",
        text: "Il coro di Altolago canta venerdì 6 marzo dalle 21 alle 23. L'ingresso è libero fino a esaurimento dei posti.",
    };
    match day {
        Day::Before => vec![festival],
        Day::After => vec![closure, choir, festival],
    }
}

fn news(day: Day) -> String {
    let items: Vec<String> = articles(day)
        .iter()
        .map(|article| format!("  <li><a href=\"/novita/{}\">{}</a> <span>{}</span></li>", article.slug, article.title, article.date))
        .collect();
    fill(NEWS, &[("items", &items.join("\n"))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rounds_start_at_eight_in_the_morning() {
        let at = |day: Day| crate::domain::rome().to_datetime(day.instant()).to_string();
        assert_eq!(at(Day::Before), "2026-03-02T08:00:00");
        assert_eq!(at(Day::After), "2026-03-03T08:00:00");
    }

    #[test]
    fn no_page_keeps_a_gap() {
        for day in [Day::Before, Day::After] {
            let mut pages = vec![frame(day, "x", &offices(day)), library(day), news(day)];
            pages.extend(articles(day).iter().map(|article| article.page(day)));
            for page in pages {
                assert!(!page.contains('{'), "{page}");
            }
        }
    }
}
