//! Which links of a page lead to offices, hours and news, and why. Pure.

use url::Url;

use super::markup::{Anchor, Place};

/// What a link may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Goal {
    /// The list of news.
    News,
    /// A list of some of the news: "Avvisi".
    NewsCategory,
    /// A page with the hours of several offices.
    Hours,
    /// A list of offices.
    OfficeList,
    /// The page of one office.
    Office,
    /// A section that leads to offices: "Amministrazione".
    Section,
    /// A map of the site.
    Map,
}

/// A link worth following.
#[derive(Debug, Clone)]
pub(super) struct Lead {
    pub url: Url,
    pub goal: Goal,
    pub title: String,
    pub why: String,
    /// The higher the sooner.
    pub score: u8,
}

/// Segments of a path under which sites keep their offices.
const OFFICE_FOLDERS: &[&str] = &[
    "uffici",
    "ufficio",
    "uffici-comunali",
    "unita_organizzativa",
    "unita-organizzativa",
    "unita_organizzative",
    "unita-organizzative",
    "organizational_unit",
    "organizational_units",
    "organizational-unit",
    "gli-uffici",
    "elenco-uffici",
];

/// Words by which the name of an office begins.
const OFFICE_WORDS: &[&str] = &[
    "ufficio ",
    "uffici ",
    "sportello ",
    "anagrafe",
    "servizi demografici",
    "stato civile",
    "polizia locale",
    "polizia municipale",
    "comando polizia",
    "protocollo",
    "tributi",
    "ragioneria",
    "urp",
    "relazioni con il pubblico",
    "biblioteca",
    "servizi sociali",
    "servizio ",
    "suap",
    "sue ",
    "segreteria",
];

/// What a link leads to, if it is worth following.
pub(super) fn lead(anchor: &Anchor) -> Option<Lead> {
    let text = anchor.text.to_lowercase();
    let text = text.trim();
    let make = |goal, score, why: String| Some(Lead { url: anchor.url.clone(), goal, title: anchor.text.clone(), why, score });
    if let Some(element) = anchor.element.as_deref() {
        match element {
            "news" => return make(Goal::News, 95, "menu entry marked data-element=\"news\"".to_owned()),
            "management" => return make(Goal::Section, 60, "menu entry marked data-element=\"management\"".to_owned()),
            "management-category-link" if is_office_list(text) => {
                return make(Goal::OfficeList, 90, format!("category \"{}\" of the administration", anchor.text));
            }
            "organizationalunit" | "organizationalunit-title" => {
                return make(Goal::Office, 70, "marked data-element=\"organizationalunit\"".to_owned());
            }
            _ => {}
        }
    }
    let says = |words: &str| format!("{words} \"{}\"", anchor.text);
    if is_hours(text) {
        return make(Goal::Hours, 92, says("link text"));
    }
    if is_office_list(text) {
        return make(Goal::OfficeList, 85, says("link text"));
    }
    if is_news(text) {
        let score = if anchor.place == Place::Navigation { 80 } else { 65 };
        return make(Goal::News, score, says("link text"));
    }
    if matches!(
        text,
        "amministrazione"
            | "il comune"
            | "comune"
            | "l'amministrazione"
            | "organizzazione"
            | "struttura organizzativa"
            | "aree amministrative"
            | "ente"
    ) {
        return make(Goal::Section, 50, says("link text"));
    }
    if matches!(
        text,
        "entra" | "entra nel sito" | "vai al sito" | "accedi al sito" | "italiano" | "versione italiana" | "home page" | "homepage"
    ) {
        return make(Goal::Section, 30, says("a door:"));
    }
    if matches!(text, "mappa del sito" | "mappa sito" | "sitemap" | "mappa") {
        return make(Goal::Map, 20, says("link text"));
    }
    if in_office_folder(&anchor.url) {
        return make(Goal::Office, 70, format!("address under a folder of offices, {}", says("text")));
    }
    (anchor.place == Place::Main && begins_like_office(text)).then(|| make(Goal::Office, 40, says("link text")))?
}

fn is_hours(text: &str) -> bool {
    let about_buses = ["autobus", "scuolabus", "trasport", "messe", "lezion", "cimiter", "negozi", "farmac", "ztl"]
        .iter()
        .any(|word| text.contains(word));
    let hours = text.starts_with("orari")
        || text.contains(" orari")
        || text.contains("apertura al pubblico")
        || text.contains("ricevimento del pubblico");
    hours && !about_buses && text.chars().count() <= 60
}

fn is_office_list(text: &str) -> bool {
    let text = text
        .trim_start_matches("gli ")
        .trim_start_matches("elenco ")
        .trim_start_matches("tutti gli ")
        .trim_start_matches("vai a ")
        .trim_start_matches("degli ");
    matches!(
        text,
        "uffici"
            | "uffici comunali"
            | "uffici e servizi"
            | "aree e uffici"
            | "uffici e recapiti"
            | "uffici e contatti"
            | "unità organizzative"
            | "uffici dell'ente"
            | "settori e uffici"
            | "uffici provinciali"
            | "strutture amministrative"
    )
}

fn is_news(text: &str) -> bool {
    let text = text
        .trim_start_matches("tutte le ")
        .trim_start_matches("vedi tutte le ")
        .trim_start_matches("ultime ")
        .trim_start_matches("vai alle ")
        .trim_start_matches("vai a ")
        .trim_start_matches("archivio ");
    matches!(
        text,
        "novità"
            | "novita"
            | "novita'"
            | "notizie"
            | "news"
            | "avvisi"
            | "comunicati"
            | "comunicati stampa"
            | "avvisi e notizie"
            | "notizie e avvisi"
            | "in primo piano"
            | "notizie dal comune"
            | "tutte le novità"
    )
}

fn begins_like_office(text: &str) -> bool {
    text.chars().count() <= 80 && OFFICE_WORDS.iter().any(|word| text.starts_with(word))
}

/// Whether an address lies under a folder of offices: `/amministrazione/uffici/anagrafe`, but not that folder itself.
pub(super) fn in_office_folder(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let Some(at) = parts.iter().rposition(|part| OFFICE_FOLDERS.contains(part)) else { return false };
    let below = parts.get(at + 1..).unwrap_or_default();
    // The hours page and the pages of a list lie there too; a file of the office does not.
    below.len() == 1 && !matches!(below, ["orari" | "page" | "feed" | "rss" | "rss.xml"])
}

/// The lists into which the page of all news divides them.
pub(super) fn categories_of_news(anchors: &[Anchor]) -> Vec<Lead> {
    let is_category = |anchor: &&Anchor| {
        let text = anchor.text.to_lowercase();
        let marked = anchor.element.as_deref() == Some("news-category-link");
        let events = ["event", "appuntament", "calendario", "galler"].iter().any(|word| text.contains(word));
        anchor.place == Place::Main && !anchor.pager && (marked && !events || is_news(text.trim()))
    };
    let category = |anchor: &Anchor| Lead {
        url: anchor.url.clone(),
        goal: Goal::NewsCategory,
        title: anchor.text.clone(),
        why: format!("category \"{}\" of the news", anchor.text),
        score: 62,
    };
    let mut leads: Vec<Lead> = Vec::new();
    for anchor in anchors.iter().filter(is_category) {
        if leads.iter().all(|lead| lead.url != anchor.url) {
            leads.push(category(anchor));
        }
    }
    leads
}

/// The offices that a list of offices names: what is marked or lies as offices do, and what stands in the same cards.
pub(super) fn offices_of_list(anchors: &[Anchor], list: &Url) -> Vec<Lead> {
    let folder = format!("{}/", list.path().trim_end_matches('/').trim_end_matches("/index.html"));
    let main = |anchor: &&Anchor| anchor.place == Place::Main && !anchor.pager && !anchor.text.is_empty();
    let sure = |anchor: &Anchor| -> Option<&'static str> {
        let below = anchor
            .url
            .path()
            .strip_prefix(folder.as_str())
            .is_some_and(|rest| !rest.trim_matches('/').is_empty() && !rest.trim_matches('/').contains('/'));
        let marked = anchor.element.as_deref().is_some_and(|element| element.starts_with("organizationalunit"));
        let lower = anchor.text.to_lowercase();
        if marked {
            Some("marked data-element=\"organizationalunit\"")
        } else if is_hours(&lower) {
            None
        } else if in_office_folder(&anchor.url) || below && folder.len() > 1 {
            Some("under the list's address")
        } else if begins_like_office(&lower) {
            Some("named like an office")
        } else {
            None
        }
    };
    let shapes: Vec<&str> =
        anchors.iter().filter(main).filter(|anchor| sure(anchor).is_some()).map(|anchor| anchor.shape.as_str()).collect();
    let common = |anchor: &Anchor| shapes.iter().filter(|shape| **shape == anchor.shape).count() >= 2;
    let mut leads = Vec::new();
    for anchor in anchors.iter().filter(main) {
        let why = match sure(anchor) {
            Some(why) => why,
            None if common(anchor) && !is_hours(&anchor.text.to_lowercase()) => "in the same list as offices",
            None => continue,
        };
        leads.push(Lead { url: anchor.url.clone(), goal: Goal::Office, title: anchor.text.clone(), why: why.to_owned(), score: 70 });
    }
    leads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_offices() {
        let in_folder = |path: &str| in_office_folder(&Url::parse(&format!("https://h.it{path}")).unwrap());
        assert!(in_folder("/amministrazione/uffici/ufficio_12.html"));
        assert!(in_folder("/Amministrazione/Uffici/Anagrafe"));
        assert!(in_folder("/it/organizational_unit/tributi"));
        assert!(!in_folder("/amministrazione/uffici"));
        assert!(!in_folder("/amministrazione/uffici/orari"));
        assert!(!in_folder("/amministrazione/uffici/anagrafe/modulo.pdf"));
        assert!(!in_folder("/novita/uffici-chiusi"));
    }

    #[test]
    fn words_of_menus() {
        assert!(is_hours("orari degli uffici") && is_hours("uffici e orari") && !is_hours("orari scuolabus"));
        assert!(is_office_list("uffici") && is_office_list("elenco uffici") && !is_office_list("uffici giudiziari"));
        assert!(is_news("tutte le notizie") && is_news("novità") && !is_news("avvisi di gara scaduti"));
    }
}
