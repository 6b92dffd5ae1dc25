//! The platforms that municipal sites are built on: how each is known, and where it keeps offices, hours and news. Data, no network.

use super::Response;

/// A platform of municipal sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// PeopleWeb.
    PeopleWeb,
    /// Municipium.
    Municipium,
    /// HGATE and eGov, whose pages end in `.HBL`.
    Hgate,
    /// WordPress, with or without the theme Design Comuni.
    WordPress,
    /// ComWeb.
    ComWeb,
    /// OpenPA, OpenCity.
    OpenCity,
    /// Plone with Volto.
    Plone,
    /// Drupal.
    Drupal,
}

/// Where a platform keeps what we look for; paths from the site's root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paths {
    pub offices: &'static [&'static str],
    pub hours: &'static [&'static str],
    pub news: &'static [&'static str],
    pub maps: &'static [&'static str],
}

impl Platform {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Platform::PeopleWeb => "PeopleWeb",
            Platform::Municipium => "Municipium",
            Platform::Hgate => "HGATE/eGov",
            Platform::WordPress => "WordPress",
            Platform::ComWeb => "ComWeb",
            Platform::OpenCity => "OpenCity",
            Platform::Plone => "Plone",
            Platform::Drupal => "Drupal",
        }
    }

    /// Told from headers and markup of a page, with what told it.
    pub fn of(response: &Response) -> Option<(Platform, &'static str)> {
        if response.header("server").is_some_and(|server| server.eq_ignore_ascii_case("hgate")) {
            return Some((Platform::Hgate, "header Server: HGATE"));
        }
        let head = response.body.get(..512 << 10).unwrap_or(&response.body);
        let lower = String::from_utf8_lossy(head).to_lowercase();
        const MARKS: &[(&str, Platform, &str)] = &[
            ("/datimonitoraggio", Platform::PeopleWeb, "path /Datimonitoraggio"),
            ("/mappasito", Platform::PeopleWeb, "path /Mappasito"),
            ("municipiumapp.it", Platform::Municipium, "assets of municipiumapp.it"),
            (".hbl?en=", Platform::Hgate, "addresses that end in .HBL"),
            ("comweb - www.epublic.it", Platform::ComWeb, "generator ComWeb"),
            ("www.epublic.it", Platform::ComWeb, "credits to epublic.it"),
            ("/content/view/sitemap/2", Platform::OpenCity, "path /content/view/sitemap/2"),
            ("opencity", Platform::OpenCity, "the word OpenCity"),
            ("/wp-content/", Platform::WordPress, "path /wp-content/"),
            ("/wp-json", Platform::WordPress, "path /wp-json"),
            ("content=\"plone", Platform::Plone, "generator Plone"),
            ("content=\"volto", Platform::Plone, "generator Volto"),
            ("redturtle", Platform::Plone, "credits to RedTurtle"),
            ("content=\"drupal", Platform::Drupal, "generator Drupal"),
        ];
        MARKS.iter().find(|(mark, _, _)| lower.contains(mark)).map(|(_, platform, why)| (*platform, *why))
    }
}

/// The paths of a platform; of an unknown one those of the national model.
pub(super) fn paths(platform: Option<Platform>) -> Paths {
    let model =
        Paths { offices: &["/amministrazione/uffici", "/uffici"], hours: &[], news: &["/novita", "/notizie"], maps: &["/sitemap.xml"] };
    match platform {
        Some(Platform::Municipium) => Paths {
            offices: &["/it/organizational_units", "/it/menu/amministrazione"],
            hours: &[],
            news: &["/it/news"],
            maps: &["/it/sitemap", "/sitemap.xml"],
        },
        Some(Platform::Hgate) => Paths { offices: &["/amministrazione/uffici", "/amministrazione/uffici/"], ..model },
        Some(Platform::WordPress) => Paths {
            offices: &["/amministrazione/unita_organizzativa/", "/amministrazione/uffici/"],
            hours: &[],
            news: &["/novita/", "/notizie/", "/feed/"],
            maps: &["/wp-sitemap.xml", "/sitemap.xml"],
        },
        Some(Platform::ComWeb) => Paths {
            offices: &["/it-it/amministrazione/uffici"],
            hours: &["/it-it/amministrazione/uffici/orari", "/amministrazione/uffici/orari"],
            news: &["/it-it/novita", "/it-it/feed-rss"],
            maps: &["/sitemap.xml"],
        },
        Some(Platform::OpenCity) => Paths {
            offices: &["/Amministrazione/Uffici"],
            hours: &[],
            news: &["/Novita"],
            maps: &["/content/view/sitemap/2", "/sitemap.xml"],
        },
        Some(Platform::Plone) => Paths {
            offices: &["/amministrazione/uffici"],
            hours: &[],
            news: &["/novita/notizie", "/novita", "/novita/notizie/rss.xml"],
            maps: &["/sitemap.xml.gz", "/sitemap.xml"],
        },
        Some(Platform::PeopleWeb) => Paths { news: &["/novita", "/ita/rss.aspx"], maps: &["/Mappasito", "/sitemap.xml"], ..model },
        Some(Platform::Drupal) | None => model,
    }
}
