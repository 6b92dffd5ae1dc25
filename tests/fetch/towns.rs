//! Towns built on imitations of the seven platforms: given only the home page, every office page and the news list is found
//! within the bound, and nothing outside the host is asked.

use std::collections::{BTreeSet, HashMap};

use sportello::fetch::{Platform, Request, Role, Survey};
use url::Url;

use crate::server::{Act, Server, answer};
use crate::{fetcher, limits};

/// A town: its pages by path, a header that all answers bear, and what must be found.
#[derive(Default)]
struct Town {
    pages: HashMap<String, (&'static str, String)>,
    header: &'static str,
    offices: BTreeSet<String>,
    news: BTreeSet<String>,
    hours: Option<&'static str>,
    platform: Option<Platform>,
}

const NAMES: [&str; 7] = [
    "Ufficio Anagrafe",
    "Ufficio Tributi",
    "Polizia Locale",
    "Ufficio Protocollo",
    "Biblioteca comunale",
    "Servizi Sociali",
    "Lavori pubblici",
];

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

impl Town {
    fn html(&mut self, path: &str, body: &str) {
        self.pages.insert(path.to_owned(), ("text/html; charset=utf-8", body.to_owned()));
    }

    /// A page in the common frame; `menu` holds the main menu's entries. External links stand everywhere, as they do.
    fn page(&mut self, path: &str, menu: &str, head: &str, main: &str) {
        let body = format!(
            "<!doctype html><html lang=it><head><title>Comune di Prova</title>{head}</head><body>\
             <header><a href=\"http://TRAP/regione\">Regione</a><a href=\"/login\" data-element=\"personal-area-login\">Accedi</a><nav>{menu}</nav></header>\
             <main>{main}<p>Questa pagina descrive l'attività dell'amministrazione e i suoi recapiti per i cittadini che ne abbiano bisogno.</p></main>\
             <footer><a href=\"http://TRAP/social\">Seguici</a><a href=\"http://TRAP/amministrazione/uffici/finto\">Uffici</a><a href=\"/privacy\">Privacy</a></footer></body></html>"
        );
        self.html(path, &body);
    }

    fn office(&mut self, path: &str, menu: &str) {
        self.page(path, menu, "", "<h1>Ufficio</h1><h2>Orari</h2><p>Lunedì 9:00-12:00</p>");
        self.offices.insert(path.to_owned());
    }

    fn news(&mut self, path: &str, menu: &str, head: &str) {
        let base = path.trim_end_matches('/');
        let card = |n: u32| {
            format!(
                "<div class=\"card\"><span>{n} MAR 2024</span><h3><a href=\"{base}/avviso-{n}\">Avviso numero {n} agli utenti</a></h3></div>"
            )
        };
        self.page(path, menu, head, &format!("<h1>Novità</h1>{}", (1..6).map(card).collect::<String>()));
        self.news.insert(path.to_owned());
    }

    async fn survey(self, max_pages: usize) -> (Survey, Vec<String>) {
        let trap = Server::start("127.0.0.1", |_| answer("200 OK", "", b"outside")).await;
        let away = trap.address.to_string();
        let (pages, header) = (self.pages, self.header);
        let server = Server::start("127.0.0.1", move |seen| -> Act {
            let host = seen.header("host").unwrap_or_default();
            match pages.get(&seen.path) {
                Some((mime, body)) => {
                    let body = body.replace("TRAP", &away).replace("HOST", host);
                    answer("200 OK", &format!("Content-Type: {mime}\r\n{header}"), body.as_bytes())
                }
                None => answer("404 Not Found", header, b"<h1>Pagina non trovata</h1>"),
            }
        })
        .await;
        let home = Request::new(Url::parse(&server.url("/")).unwrap());
        let survey = fetcher(limits()).survey(&home, max_pages).await.unwrap();

        let of = |role: Role| -> BTreeSet<String> {
            let finds = survey.finds.iter().filter(|find| find.role == role);
            finds.map(|find| find.url[url::Position::BeforePath..].to_owned()).collect()
        };
        let told = format!("{survey:#?}");
        assert_eq!(survey.platform.map(|(platform, _)| platform), self.platform, "{told}");
        assert_eq!(of(Role::Office), self.offices, "{told}");
        assert!(self.news.is_subset(&of(Role::News)), "{told}");
        if let Some(hours) = self.hours {
            assert!(of(Role::Hours).contains(hours), "{told}");
        }
        assert!(trap.seen().is_empty(), "asked outside the host: {:?}", trap.paths());
        assert!(server.seen().len() <= max_pages, "{:?}", server.paths());
        assert!(survey.finds.iter().all(|find| !find.why.is_empty()));
        (survey, server.paths())
    }
}

/// The menu of the national model.
fn model_menu(management: &str, news: &str) -> String {
    format!(
        "<ul data-element=\"main-navigation\"><li><a href=\"{management}\" data-element=\"management\">Amministrazione</a></li>\
         <li><a href=\"{news}\" data-element=\"news\">Novità</a></li><li><a href=\"/servizi\" data-element=\"all-services\">Servizi</a></li></ul>"
    )
}

fn office_cards(paths: &[String]) -> String {
    let card = |(name, path): (&&str, &String)| {
        format!("<div class=\"card-wrapper\"><h3 class=\"card-title\"><a href=\"{path}\">{name}</a></h3></div>")
    };
    NAMES.iter().zip(paths).map(card).collect()
}

#[tokio::test]
async fn people_web() {
    let mut town = Town { platform: Some(Platform::PeopleWeb), ..Town::default() };
    let menu = model_menu("/amministrazione", "/novita");
    town.page("/", &menu, "", "<h1>Comune</h1><a href=\"/Datimonitoraggio\">Dati di monitoraggio</a><a href=\"/Mappasito\">Mappa</a>");
    town.page("/amministrazione", &menu, "", "<h1>Amministrazione</h1><a href=\"/amministrazione/uffici\" data-element=\"management-category-link\">Uffici</a><a href=\"/amministrazione/politici\" data-element=\"management-category-link\">Politici</a>");
    let paths: Vec<String> = NAMES.iter().map(|name| format!("/amministrazione/uffici/{}", slug(name))).collect();
    town.page("/amministrazione/uffici", &menu, "", &format!("<h1>Uffici</h1>{}", office_cards(&paths)));
    paths.iter().for_each(|path| town.office(path, &menu));
    town.news("/novita", &menu, "");
    town.survey(30).await;
}

#[tokio::test]
async fn municipium_by_its_sitemap() {
    let mut town = Town { platform: Some(Platform::Municipium), ..Town::default() };
    let menu = "<a href=\"/it/menu/servizi\">Servizi</a><a href=\"/it/news\">Notizie</a>";
    town.page(
        "/",
        menu,
        "<link rel=stylesheet href=\"https://assets.municipiumapp.it/a.css\"><link rel=alternate type=application/rss+xml href=/it/feeds>",
        "<h1>Comune</h1>",
    );
    let paths: Vec<String> = NAMES.iter().map(|name| format!("/it/organizational_unit/{}", slug(name))).collect();
    town.page(
        "/it/sitemap",
        menu,
        "",
        &format!(
            "<h1>Mappa del sito</h1><ul>{}</ul>",
            NAMES.iter().zip(&paths).map(|(name, path)| format!("<li><a href=\"{path}\">{name}</a></li>")).collect::<String>()
        ),
    );
    paths.iter().for_each(|path| town.office(path, menu));
    town.news("/it/news", menu, "");
    town.survey(30).await;
}

#[tokio::test]
async fn hgate_with_numbered_pages() {
    let mut town = Town { platform: Some(Platform::Hgate), header: "Server: HGATE\r\n", ..Town::default() };
    let menu = "<a href=\"/amministrazione/\">Amministrazione</a><a href=\"/novita/\">Novità</a>";
    town.page("/", menu, "", "<h1>Comune</h1>");
    town.page("/amministrazione/", menu, "", "<h1>Amministrazione</h1><ul><li><a href=\"/amministrazione/uffici/\">Uffici</a></li><li><a href=\"/amministrazione/organi/\">Organi</a></li></ul>");
    let paths: Vec<String> = (1..=NAMES.len()).map(|n| format!("/amministrazione/uffici/ufficio_{n}.html")).collect();
    // The list goes on over a second page.
    let list = |from: usize, to: usize, more: &str| {
        let items: String =
            NAMES[from..to].iter().zip(&paths[from..to]).map(|(name, path)| format!("<li><a href=\"{path}\">{name}</a></li>")).collect();
        format!("<h1>Uffici</h1><ul class=elenco>{items}</ul>{more}")
    };
    town.page(
        "/amministrazione/uffici/",
        menu,
        "",
        &list(0, 4, "<div class=pagination><a href=\"/amministrazione/uffici/?pag=2\">2</a></div>"),
    );
    town.page(
        "/amministrazione/uffici/?pag=2",
        menu,
        "",
        &list(4, 7, "<div class=pagination><a href=\"/amministrazione/uffici/\">1</a></div>"),
    );
    paths.iter().for_each(|path| town.office(path, menu));
    town.news("/novita/", menu, "");
    town.survey(30).await;
}

#[tokio::test]
async fn word_press_by_its_feed_and_paths() {
    let mut town = Town { platform: Some(Platform::WordPress), ..Town::default() };
    let menu = "<a href=\"/chi-siamo/\">Chi siamo</a>";
    town.page("/", menu, "<link rel=stylesheet href=\"/wp-content/themes/design-comuni-wordpress-theme/style.css\"><link rel=alternate type=application/rss+xml href=\"/feed/\">", "<h1>Comune</h1>");
    let paths: Vec<String> = NAMES.iter().map(|name| format!("/amministrazione/unita_organizzativa/{}/", slug(name))).collect();
    let map: String = paths.iter().map(|path| format!("<url><loc>http://HOST{path}</loc></url>")).collect();
    town.pages.insert("/wp-sitemap.xml".into(), ("application/xml", "<sitemapindex><sitemap><loc>http://HOST/wp-sitemap-posts-post-1.xml</loc></sitemap><sitemap><loc>http://HOST/wp-sitemap-posts-unita_organizzativa-1.xml</loc></sitemap></sitemapindex>".into()));
    town.pages.insert("/wp-sitemap-posts-unita_organizzativa-1.xml".into(), ("application/xml", format!("<urlset>{map}</urlset>")));
    town.pages.insert(
        "/wp-sitemap-posts-post-1.xml".into(),
        ("application/xml", "<urlset><url><loc>http://HOST/novita/avviso/</loc></url></urlset>".into()),
    );
    town.pages.insert("/feed/".into(), ("application/rss+xml", "<rss version=\"2.0\"><channel><title>t</title><item><title>Avviso</title><link>http://HOST/novita/avviso/</link></item></channel></rss>".into()));
    paths.iter().for_each(|path| town.office(path, menu));
    town.news.insert("/feed/".into());
    town.survey(30).await;
}

#[tokio::test]
async fn com_web_with_one_page_of_hours() {
    let mut town = Town { platform: Some(Platform::ComWeb), hours: Some("/it-it/amministrazione/uffici/orari"), ..Town::default() };
    let menu = model_menu("/it-it/amministrazione", "/it-it/novita");
    town.page("/", &menu, "<meta name=generator content=\"ComWeb - www.epublic.it\">", "<h1>Comune</h1>");
    town.page("/it-it/amministrazione", &menu, "", "<h1>Amministrazione</h1><a href=\"/it-it/amministrazione/uffici\">Uffici</a>");
    let paths: Vec<String> = NAMES.iter().map(|name| format!("/it-it/amministrazione/uffici/{}-12", slug(name))).collect();
    town.page(
        "/it-it/amministrazione/uffici",
        &menu,
        "",
        &format!("<h1>Uffici</h1>{}<a href=\"/it-it/amministrazione/uffici/orari\">Orari di apertura</a>", office_cards(&paths)),
    );
    town.page(
        "/it-it/amministrazione/uffici/orari",
        &menu,
        "",
        "<h1>Orari</h1><table><tr><td>Anagrafe</td><td>9:00-12:00</td></tr><tr><td>Tributi</td><td>9:30-12:30</td></tr></table>",
    );
    paths.iter().for_each(|path| town.office(path, &menu));
    town.news("/it-it/novita", &menu, "");
    town.survey(30).await;
}

#[tokio::test]
async fn open_city_with_capitals() {
    let mut town = Town { platform: Some(Platform::OpenCity), ..Town::default() };
    let menu = model_menu("/Amministrazione", "/Novita");
    town.page("/", &menu, "", "<h1>Comune</h1><a href=\"/content/view/sitemap/2\">Mappa</a>");
    town.page("/Amministrazione", &menu, "", "<h1>Amministrazione</h1><div class=card><a href=\"/Amministrazione/Uffici\" data-element=\"management-category-link\">Uffici</a></div>");
    let paths: Vec<String> = NAMES.iter().map(|name| format!("/Amministrazione/Uffici/{}", name.replace(' ', "-"))).collect();
    town.page("/Amministrazione/Uffici", &menu, "", &format!("<h1>Uffici</h1>{}", office_cards(&paths)));
    paths.iter().for_each(|path| town.office(path, &menu));
    town.news("/Novita", &menu, "");
    town.survey(30).await;
}

#[tokio::test]
async fn plone_behind_a_home_page_that_only_refreshes() {
    let mut town = Town { platform: Some(Platform::Plone), ..Town::default() };
    let menu = model_menu("/amministrazione", "/novita");
    town.html("/", "<html><head><meta http-equiv=\"refresh\" content=\"0; url=/homepage\"></head><body></body></html>");
    town.page("/homepage", &menu, "<meta name=\"generator\" content=\"Plone 6 - https://plone.org\">", "<h1>Comune</h1>");
    town.page("/amministrazione", &menu, "", "<h1>Amministrazione</h1><ul><li class=card><a href=\"/amministrazione/uffici\" data-element=\"management-category-link\">Uffici</a></li></ul>");
    let paths: Vec<String> = NAMES.iter().map(|name| format!("/amministrazione/uffici/{}", slug(name))).collect();
    town.page("/amministrazione/uffici", &menu, "", &format!("<h1>Uffici</h1>{}", office_cards(&paths)));
    paths.iter().for_each(|path| town.office(path, &menu));
    town.news("/novita", &menu, "");
    town.survey(30).await;
}

#[tokio::test]
async fn an_old_site_of_one_table_without_any_platform() {
    let mut town = Town { hours: Some("/orari.html"), ..Town::default() };
    let menu = "<a href=\"/orari.html\">Uffici e orari</a><a href=\"/news.html\">News</a>";
    town.page("/", menu, "", "<h1>Comune</h1>");
    town.page("/orari.html", menu, "", "<h1>Orari degli uffici</h1><table><tr><td>Anagrafe</td><td>9.00-12.00</td></tr></table>");
    town.page("/news.html", menu, "", "<h1>News</h1><ul><li>03/03/2024 <a href=\"/n/1.html\">Chiusura per la festa del patrono</a></li><li>02/03/2024 <a href=\"/n/2.html\">Nuovi orari della biblioteca</a></li></ul>");
    town.news.insert("/news.html".into());
    town.survey(20).await;
}

#[tokio::test]
async fn the_bound_holds_on_a_site_without_end() {
    let mut town = Town { platform: Some(Platform::PeopleWeb), ..Town::default() };
    let menu = model_menu("/amministrazione/uffici", "/novita");
    town.page("/", &menu, "", "<a href=\"/Mappasito\">Mappa</a><a href=\"/amministrazione/uffici?p=1\">Uffici</a>");
    for n in 1..60 {
        let path = format!("/amministrazione/uffici/u{n}");
        town.page(
            &format!("/amministrazione/uffici?p={n}"),
            &menu,
            "",
            &format!(
                "<a href=\"{path}\">Ufficio {n}</a><nav class=pagination><a href=\"/amministrazione/uffici?p={}\">Successiva</a></nav>",
                n + 1
            ),
        );
        if n <= 8 {
            town.offices.insert(path);
        }
    }
    town.news("/novita", &menu, "");
    let (survey, asked) = town.survey(10).await;
    assert_eq!((survey.finds.len(), asked.len()), (9, 10), "{asked:?}");
}
