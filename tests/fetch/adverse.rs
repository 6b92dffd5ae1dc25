//! Towns as they are: a door before the home page, menus full of other people's links, calendars without end, sessions in addresses,
//! sections that fail, addresses that answer anything. The survey finds what is there, within its bound, and asks nobody else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sportello::fetch::{Request, Role, Survey};
use url::Url;

use crate::server::{Act, Seen, Server, answer, page};
use crate::{fetcher, limits};

/// What a survey came to: finds by role, addresses asked, and what a neighbouring host was asked.
struct Found {
    survey: Survey,
    asked: Vec<String>,
    outside: Vec<String>,
}

impl Found {
    fn of(&self, role: Role) -> BTreeSet<&str> {
        let finds = self.survey.finds.iter().filter(|find| find.role == role);
        finds.map(|find| &find.url[url::Position::BeforePath..]).collect()
    }
}

/// Surveys a town whose answers may name the neighbour as `AWAY`.
async fn survey(max_pages: usize, town: impl Fn(&Seen, &str) -> Act + Send + Sync + 'static) -> Found {
    let trap = Server::start("127.0.0.1", |_| page("<h1>Altrove</h1>")).await;
    let away = format!("http://{}", trap.address);
    let server = Server::start("127.0.0.1", move |seen| town(seen, &away)).await;
    let home = Request::new(Url::parse(&server.url("/")).unwrap());
    let survey = fetcher(limits()).survey(&home, max_pages).await.unwrap();
    Found { survey, asked: server.paths(), outside: trap.paths() }
}

/// A page in a frame with a mega menu: eight columns of links, half of them to other hosts.
fn framed(away: &str, menu: &str, main: &str) -> Act {
    let columns: String = (0..8)
        .map(|column| {
            let links: String = (0..12)
                .map(|n| match n % 2 {
                    0 => format!("<li><a href='{away}/amministrazione/uffici/{column}-{n}'>Portale regionale {n}</a></li>"),
                    _ => format!("<li><a href='/argomenti/{column}-{n}'>Argomento {column}.{n}</a></li>"),
                })
                .collect();
            format!("<ul>{links}</ul>")
        })
        .collect();
    page(&format!(
        "<!doctype html><html lang=it><head><title>Comune di Prova</title></head><body><header><nav>{menu}{columns}</nav></header>\
         <main>{main}<p>Il Comune di Prova mette a disposizione di chi vi abita le notizie e i recapiti di cui può avere bisogno.</p></main>\
         <aside class=calendar><a href='/eventi?mese=1'>Mese precedente</a><a href='/eventi?mese=3'>Mese successivo</a></aside>\
         <footer><a href='{away}/social'>Seguici</a></footer></body></html>"
    ))
}

const MENU: &str =
    "<a href='/amministrazione' data-element='management'>Amministrazione</a><a href='/novita' data-element='news'>Novità</a>";

fn cards(paths: impl IntoIterator<Item = String>) -> String {
    let card = |path: String| {
        let name = path.split(['?', ';']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default().replace('-', " ");
        format!("<div class=card><span>4 MAR 2024</span><h3><a href='{path}'>{name} e altre cose di ogni giorno</a></h3></div>")
    };
    paths.into_iter().map(card).collect()
}

#[tokio::test]
async fn a_door_sessions_and_menus_full_of_other_peoples_links() {
    let session = |seen: &Seen| format!("PHPSESSID={:x}", seen.from.elapsed().as_nanos());
    let found = survey(40, move |seen, away| {
        let offices = || (1..=6).map(|n| format!("/amministrazione/uffici/ufficio-{n}?{}", session(seen)));
        match seen.path.split(['?', ';']).next().unwrap_or_default() {
            "/" => page("<html><head><meta http-equiv=refresh content='0;url=/home;jsessionid=0A1B2C'></head><body></body></html>"),
            "/home" => framed(away, MENU, "<h1>Comune</h1><a href='/eventi?mese=2'>Calendario</a>"),
            "/amministrazione" => framed(
                away,
                MENU,
                &format!(
                    "<h1>Amministrazione</h1><a href='/amministrazione/uffici?{}' data-element='management-category-link'>Uffici</a>",
                    session(seen)
                ),
            ),
            "/amministrazione/uffici" => framed(away, MENU, &format!("<h1>Uffici</h1>{}", cards(offices()))),
            "/novita" => framed(away, MENU, &format!("<h1>Novità</h1>{}", cards((1..6).map(|n| format!("/novita/avviso-{n}"))))),
            path if path.starts_with("/amministrazione/uffici/") => framed(away, MENU, "<h1>Ufficio</h1><p>Lunedì 9-12</p>"),
            path if path.starts_with("/eventi") => framed(away, MENU, "<h1>Eventi</h1>"),
            _ => answer("404 Not Found", "", b""),
        }
    })
    .await;
    let expected: Vec<String> = (1..=6).map(|n| format!("/amministrazione/uffici/ufficio-{n}")).collect();
    assert_eq!(found.of(Role::Office), expected.iter().map(String::as_str).collect(), "{:#?}", found.survey);
    assert_eq!(found.of(Role::News), BTreeSet::from(["/novita"]));
    assert_eq!(found.outside, [""; 0]);
    assert!(!found.asked.iter().any(|path| path.starts_with("/eventi") || path.starts_with("/argomenti")), "{:?}", found.asked);
    assert!(found.asked.len() <= 12, "{:?}", found.asked);
}

#[tokio::test]
async fn news_in_categories_are_found_each() {
    let found = survey(40, |seen, away| match seen.path.as_str() {
        "/" => framed(away, MENU, "<h1>Comune</h1>"),
        "/novita" => framed(
            away,
            MENU,
            &format!(
                "<h1>Novità</h1><ul><li><a href='/novita/notizie' data-element='news-category-link'>Notizie</a></li><li><a href='/novita/avvisi' data-element='news-category-link'>Avvisi</a></li><li><a href='/novita/eventi' data-element='news-category-link'>Eventi</a></li></ul>{}",
                cards((1..4).map(|n| format!("/novita/notizie/festa-{n}")))
            ),
        ),
        "/novita/notizie" | "/novita/avvisi" | "/novita/eventi" => {
            framed(away, MENU, &format!("<h1>Elenco</h1>{}", cards((1..6).map(|n| format!("{}/voce-{n}", seen.path)))))
        }
        _ => answer("404 Not Found", "", b""),
    })
    .await;
    assert_eq!(found.of(Role::News), BTreeSet::from(["/novita", "/novita/avvisi", "/novita/notizie"]), "{:#?}", found.survey);
}

/// Guesses of where a platform keeps things meet a site that answers "pagina non trovata" with status 200, or its home page to anything.
#[tokio::test]
async fn a_site_that_answers_anything_is_not_believed() {
    let not_found = |away: &str| framed(away, "", "<h1>Pagina non trovata</h1><p>Torna alla pagina iniziale.</p>");
    let home = |away: &str| {
        framed(away, "", "<h1>Comune</h1><div class=card><h3><a href='/turismo'>Ufficio turistico di una volta</a></h3></div>")
    };
    let soft = survey(30, move |seen, away| if seen.path == "/" { home(away) } else { not_found(away) }).await;
    let same = survey(30, move |_, away| home(away)).await;
    for found in [soft, same] {
        assert_eq!(found.survey.finds, [], "{:#?}", found.survey);
        assert_eq!(found.outside, [""; 0]);
        assert!(found.asked.len() <= 30);
    }
}

#[tokio::test]
async fn sections_that_fail_loop_or_lead_out_are_survived() {
    let found = survey(25, |seen, away| match seen.path.as_str() {
        "/" => framed(
            away,
            "<a href='/comune'>Il Comune</a><a href='/uffici-e-servizi'>Uffici e servizi</a><a href='/orari-uffici'>Orari degli uffici</a><a href='/news'>News</a>",
            "<h1>Comune</h1>",
        ),
        "/comune" => answer("500 Internal Server Error", "", b"boom"),
        // the list of offices has moved to somebody else's host; the survey does not follow
        "/uffici-e-servizi" => answer("302 Found", &format!("Location: {away}/uffici\r\n"), b""),
        "/orari-uffici" => answer("302 Found", "Location: /orari-uffici\r\n", b""),
        "/news" => framed(away, "", &format!("<h1>News</h1>{}", cards((1..6).map(|n| format!("/news/notizia-{n}"))))),
        // where the national model keeps them; its pager goes on for ever with the same offices
        path if path.split('?').next() == Some("/amministrazione/uffici") => {
            let n: u32 = path.split("p=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
            let list = cards((1..=4).map(|n| format!("/amministrazione/uffici/ufficio-{n}")));
            framed(away, "", &format!("<h1>Uffici</h1>{list}<nav class=pagination><a href='/amministrazione/uffici?p={}'>Successiva</a></nav>", n + 1))
        }
        _ => answer("404 Not Found", "", b""),
    })
    .await;
    assert_eq!(found.of(Role::Office).len(), 4, "{:#?}", found.survey);
    assert_eq!(found.of(Role::News), BTreeSet::from(["/news"]));
    assert_eq!(found.outside, [""; 0], "a redirect led out and was followed");
    assert!(found.asked.iter().filter(|path| path.contains("p=")).count() <= 1, "{:?}", found.asked);
    assert!(found.survey.problems.iter().any(|problem| problem.contains("500")), "{:?}", found.survey.problems);
}

#[tokio::test]
async fn robots_txt_closes_a_section_and_the_rest_is_found() {
    let town: Arc<BTreeMap<&str, &str>> = Arc::new(BTreeMap::from([
        ("/robots.txt", "User-agent: *\nDisallow: /novita\n"),
        (
            "/amministrazione/uffici",
            "<h1>Uffici</h1><ul><li><a href='/amministrazione/uffici/uno'>Ufficio uno</a></li><li><a href='/amministrazione/uffici/due'>Ufficio due</a></li></ul>",
        ),
    ]));
    let pages = town.clone();
    let server = Server::start("127.0.0.1", move |seen| match (seen.path.as_str(), pages.get(seen.path.as_str())) {
        ("/robots.txt", Some(rules)) => answer("200 OK", "", rules.as_bytes()),
        ("/", _) => framed("http://127.0.0.1:9", MENU, "<h1>Comune</h1>"),
        (_, Some(main)) => framed("http://127.0.0.1:9", MENU, main),
        _ => answer("404 Not Found", "", b""),
    })
    .await;
    let polite = fetcher(sportello::fetch::Limits { respect_robots: true, ..limits() });
    let survey = polite.survey(&Request::new(Url::parse(&server.url("/")).unwrap()), 30).await.unwrap();
    assert_eq!(survey.finds.iter().filter(|find| find.role == Role::Office).count(), 2, "{survey:#?}");
    assert!(!server.paths().iter().any(|path| path.starts_with("/novita")), "{:?}", server.paths());
}
