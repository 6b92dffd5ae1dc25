//! The articles that a list names: a feed, an HTML list or a sitemap goes in, addresses with titles and dates come out. Pure.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use super::canonical::canonical;
use super::markup::{Anchor, Markup, Place};
use super::{Response, Scope, sitemap};
use crate::domain::day_of;

/// Articles taken from one list page or feed.
const MAX_ARTICLES: usize = 500;

/// An article that a list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its canonical address.
    pub url: Url,
    /// Its title, as the list gives it.
    pub title: Option<String>,
    /// The date that stands beside it.
    pub published: Option<Date>,
    /// When it was last changed, as the list says (`updated`, `lastmod`): an article whose instant is known need not be asked again.
    pub updated: Option<Timestamp>,
}

/// What kind of list it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A page with links.
    Html,
    /// A sitemap, or an index of sitemaps.
    Sitemap,
}

/// Which links of a page are articles, where the source says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follow {
    /// Those whose path (or whole address) begins so.
    Prefix(String),
    /// Those that a CSS selector names, or that stand in what it names.
    Css(String),
}

impl Follow {
    /// Reads `follow = "…"`: what begins with `/` or `http` is a prefix, the rest CSS.
    pub fn parse(text: &str) -> Follow {
        let text = text.trim();
        if text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://") {
            Follow::Prefix(text.to_owned())
        } else {
            Follow::Css(text.to_owned())
        }
    }
}

/// What one list page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What kind of list it is.
    pub kind: ListKind,
    /// What the list calls itself.
    pub title: Option<String>,
    /// Its articles, in the list's order, each once.
    pub articles: Vec<Article>,
    /// The page that continues it.
    pub next: Option<Url>,
    /// Feeds that the page announces.
    pub feeds: Vec<Url>,
    /// Further sitemaps, of an index.
    pub maps: Vec<Url>,
    /// How the articles were told from other links, in words for `sources try`.
    pub why: String,
}

/// Reads a list page. `scope` bounds the links. Never fails: a page without articles gives an empty list.
pub fn listing(response: &Response, follow: Option<&Follow>, scope: &Scope) -> Listing {
    let mut listing = if let Some(feed) = feed(response) {
        feed
    } else if let Some(map) = sitemap::read(&response.body) {
        from_map(map)
    } else {
        html(&Markup::of(response), &response.url, follow, scope)
    };
    let mut seen = HashSet::new();
    let list = canonical(&response.url);
    listing.articles.retain(|article| scope.holds(&article.url) && article.url != list && seen.insert(article.url.clone()));
    if let Some(Follow::Prefix(prefix)) = follow {
        listing.articles.retain(|article| has_prefix(&article.url, prefix));
    }
    listing.articles.truncate(MAX_ARTICLES);
    listing
}

fn feed(response: &Response) -> Option<Listing> {
    let start = response.body.iter().position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf))?;
    let head = response.body.get(start..(start + 4096).min(response.body.len()))?;
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let looks = ["<rss", "<feed", "<rdf:rdf"].iter().any(|tag| head.contains(tag))
        && !head.starts_with("<!doctype html")
        && !head.starts_with("<html");
    let json = head.starts_with('{') && head.contains("jsonfeed.org/version");
    if !looks && !json {
        return None;
    }
    let parser = feed_rs::parser::Builder::new().base_uri(Some(response.url.as_str())).sanitize_content(false).build();
    let feed = parser.parse(response.body.as_slice()).ok()?;
    let articles = feed.entries.iter().filter_map(|entry| {
        let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate")).or(entry.links.first())?;
        let stamp = |at: Option<i64>| at.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let published = stamp(entry.published.or(entry.updated).map(|at| at.timestamp()));
        Some(Article {
            url: canonical(&response.url.join(link.href.trim()).ok()?),
            title: entry.title.as_ref().map(|title| title.content.trim().to_owned()).filter(|title| !title.is_empty()),
            published: published.map(day_of),
            updated: stamp(entry.updated.map(|at| at.timestamp())),
        })
    });
    let articles: Vec<Article> = articles.collect();
    let why = format!("{} entries of the feed", articles.len());
    let title = feed.title.map(|title| title.content.trim().to_owned()).filter(|title| !title.is_empty());
    Some(Listing { kind: ListKind::Feed, title, articles, next: None, feeds: Vec::new(), maps: Vec::new(), why })
}

fn from_map(map: sitemap::Sitemap) -> Listing {
    let why = format!("{} addresses of the sitemap, {} further sitemaps", map.pages.len(), map.maps.len());
    let articles =
        map.pages.into_iter().map(|page| Article { url: canonical(&page.url), title: None, published: None, updated: page.lastmod });
    let articles = articles.collect();
    Listing { kind: ListKind::Sitemap, title: None, articles, next: None, feeds: Vec::new(), maps: map.maps, why }
}

/// What a link says when it does not say where it leads.
const EMPTY_WORDS: &[&str] = &[
    "leggi",
    "leggi di più",
    "leggi di piu",
    "leggi tutto",
    "continua",
    "continua a leggere",
    "vai alla pagina",
    "scopri",
    "scopri di più",
    "dettagli",
    "vedi",
    "approfondisci",
    "read more",
    "apri",
    "tutte le notizie",
    "vedi tutti",
    "vedi tutte",
    "tutti gli avvisi",
    "mostra tutto",
    "vai",
    "dettaglio",
    "vai al dettaglio",
    "maggiori informazioni",
    "»",
    "›",
    "...",
];

/// Categories of news in the national model and what sites make of them: lists themselves, no articles.
const CATEGORIES: &[&str] = &[
    "notizie",
    "notizia",
    "comunicati",
    "comunicato",
    "comunicati stampa",
    "comunicato stampa",
    "avvisi",
    "avviso",
    "novità",
    "news",
    "eventi",
    "evento",
    "archivio",
    "rss",
    "home",
];

fn html(markup: &Markup, list: &Url, follow: Option<&Follow>, scope: &Scope) -> Listing {
    let (chosen, why) = match follow {
        Some(Follow::Prefix(prefix)) => (by_prefix(markup, prefix), format!("links that begin with {prefix}")),
        Some(Follow::Css(css)) => (markup.selected(css), format!("links in {css}")),
        None => by_structure(markup, list, scope),
    };
    let feeds = markup.feeds.iter().map(|(url, _)| url.clone()).collect();
    let title = [&markup.heading, &markup.title].into_iter().find(|title| !title.is_empty()).cloned();
    Listing { kind: ListKind::Html, title, articles: articles(&chosen), next: next_page(markup, list), feeds, maps: Vec::new(), why }
}

fn has_prefix(url: &Url, prefix: &str) -> bool {
    if prefix.starts_with('/') {
        url.path().starts_with(prefix) || url[url::Position::BeforePath..].starts_with(prefix)
    } else {
        url.as_str().starts_with(prefix)
    }
}

fn by_prefix<'m>(markup: &'m Markup, prefix: &str) -> Vec<&'m Anchor> {
    let chosen = markup.anchors.iter().filter(|anchor| has_prefix(&anchor.url, prefix) && !anchor.pager && !is_category(anchor));
    let exact = |anchor: &&Anchor| !prefix.ends_with('/') || anchor.url.path().trim_end_matches('/') != prefix.trim_end_matches('/');
    chosen.filter(exact).collect()
}

/// Without a hint: the links under the list's own path; else the largest group of alike links with dates beside them.
fn by_structure<'m>(markup: &'m Markup, list: &Url, scope: &Scope) -> (Vec<&'m Anchor>, String) {
    let folder = folder(list);
    let here = canonical(list);
    let candidates: Vec<&Anchor> = markup
        .anchors
        .iter()
        .filter(|anchor| anchor.place == Place::Main && !anchor.pager && !is_category(anchor) && scope.holds(&anchor.url))
        .filter(|anchor| is_readable(&anchor.url) && canonical(&anchor.url) != here && anchor.url.path() != "/")
        .collect();

    let under: Vec<&Anchor> =
        candidates.iter().copied().filter(|anchor| anchor.url.path().starts_with(&folder) && !is_page_of(&anchor.url, list)).collect();
    let dated = under.iter().any(|anchor| anchor.date.is_some());
    // A chip that names the category stands in many cards; where cards have dates, an undated link is a menu.
    let mut cards: HashMap<String, HashSet<usize>> = HashMap::new();
    for anchor in &under {
        cards.entry(canonical(&anchor.url).to_string()).or_default().insert(anchor.card);
    }
    let single = |anchor: &&Anchor| cards.get(canonical(&anchor.url).as_str()).is_none_or(|cards| cards.len() < 3);
    let under: Vec<&Anchor> = under.into_iter().filter(single).filter(|anchor| !dated || anchor.date.is_some() || anchor.heading).collect();
    if folder != "/" && !under.is_empty() {
        let why = format!("links under {folder}{}", if dated { ", with dates" } else { "" });
        return (under, why);
    }

    let mut groups: HashMap<&str, Vec<&Anchor>> = HashMap::new();
    for anchor in &candidates {
        groups.entry(anchor.shape.as_str()).or_default().push(anchor);
    }
    let weight = |group: &Vec<&Anchor>| {
        let distinct: HashSet<&str> = group.iter().map(|anchor| anchor.url.as_str()).collect();
        let dates = group.iter().filter(|anchor| anchor.date.is_some()).count();
        let titles = group.iter().filter(|anchor| anchor.text.chars().count() >= 15).count();
        if distinct.len() < 2 || dates * 2 < group.len() || titles * 2 < group.len() { 0 } else { distinct.len() * 2 + dates + titles }
    };
    let best = groups.into_values().map(|group| (weight(&group), group)).filter(|(weight, _)| *weight > 0);
    match best.max_by_key(|(weight, group)| (*weight, std::cmp::Reverse(group.first().map_or(0, |anchor| anchor.card)))) {
        Some((_, group)) => {
            let why = format!("{} alike links with dates beside them", group.len());
            (group, why)
        }
        None => (Vec::new(), "no links that look like articles".to_owned()),
    }
}

fn is_category(anchor: &Anchor) -> bool {
    anchor.element.as_deref().is_some_and(|element| element.ends_with("-category-link") || element == "pager-link")
        || names_category(anchor)
        || anchor.rel.split_ascii_whitespace().any(|rel| matches!(rel, "tag" | "category" | "next" | "prev"))
}

/// "Avvisi" that leads to `/novita/avvisi`. An article may be called "Avviso" too: it has an address of its own (`/novita/avviso-del-3-marzo`).
fn names_category(anchor: &Anchor) -> bool {
    let text = anchor.text.to_lowercase();
    let last = anchor.url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_lowercase();
    let name = last.rsplit_once('.').map_or(last.as_str(), |(name, _)| name);
    let own = name.chars().any(|c| c.is_ascii_digit()) || name.split(['-', '_']).count() > 2;
    CATEGORIES.contains(&text.as_str()) && (anchor.url.query().is_some() || !own)
}

/// The folder whose links are the list's: `/novita` and `/novita/` and `/novita/index.php` give `/novita/`.
fn folder(list: &Url) -> String {
    let path = list.path().trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((above, last)) if last.contains('.') => format!("{above}/"),
        _ => format!("{path}/"),
    }
}

/// `/novita/page/2/` and `/novita?page=2` are the list itself.
fn is_page_of(url: &Url, list: &Url) -> bool {
    let rest = url.path().strip_prefix(list.path().trim_end_matches('/')).unwrap_or_default();
    let mut parts = rest.split('/').filter(|part| !part.is_empty());
    matches!((parts.next(), parts.next(), parts.next()), (Some("page" | "pagina" | "p"), Some(number), None) if number.parse::<u32>().is_ok())
}

/// An address whose name tells that it is no page (a picture, an archive).
fn is_readable(url: &Url) -> bool {
    const NOT: &[&str] = &[
        "jpg", "jpeg", "png", "gif", "svg", "webp", "zip", "doc", "docx", "xls", "xlsx", "odt", "ods", "p7m", "mp3", "mp4", "ics", "css",
        "js", "xml", "rss",
    ];
    let name = url.path().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    name.rsplit_once('.').is_none_or(|(_, extension)| !NOT.contains(&extension))
}

/// Links to one address become one article, with the best of their texts for a title.
fn articles(anchors: &[&Anchor]) -> Vec<Article> {
    let mut at: HashMap<Url, usize> = HashMap::new();
    let mut articles: Vec<Article> = Vec::new();
    for anchor in anchors {
        let url = canonical(&anchor.url);
        let lower = anchor.text.to_lowercase();
        let says = !anchor.text.is_empty() && !EMPTY_WORDS.iter().any(|word| lower == *word || lower.starts_with("leggi di più"));
        let title = says.then(|| anchor.text.clone());
        match at.get(&url).and_then(|index| articles.get_mut(*index)) {
            Some(article) => {
                let longer = |a: &Option<String>| a.as_ref().map_or(0, String::len);
                if anchor.heading && title.is_some()
                    || longer(&article.title) < longer(&title) && !anchor.heading && article.title.is_none()
                {
                    article.title = title;
                }
                article.published = article.published.or(anchor.date);
            }
            None => {
                at.insert(url.clone(), articles.len());
                articles.push(Article { url, title, published: anchor.date, updated: None });
            }
        }
    }
    articles
}

/// The page that continues a list: what says so, else the number after ours in its pager.
pub(super) fn next_page(markup: &Markup, list: &Url) -> Option<Url> {
    if let Some(next) = &markup.next {
        return Some(next.clone());
    }
    let says_next = |anchor: &&Anchor| {
        let text = anchor.text.to_lowercase();
        anchor.rel.split_ascii_whitespace().any(|rel| rel == "next")
            || (anchor.pager || anchor.element.as_deref() == Some("pager-link"))
                && ["successiv", "avanti", "next", "»", "›", "seguent"].iter().any(|word| text.contains(word))
    };
    let differs = |anchor: &&Anchor| anchor.url != *list && anchor.url.host_str() == list.host_str();
    if let Some(anchor) = markup.anchors.iter().filter(says_next).find(differs) {
        return Some(anchor.url.clone());
    }
    let ours = page_number(list).unwrap_or(1);
    let pager = |anchor: &&Anchor| anchor.pager || anchor.element.as_deref() == Some("pager-link");
    let next = markup.anchors.iter().filter(pager).filter(differs).find(|anchor| anchor.text.trim().parse() == Ok(ours + 1));
    next.map(|anchor| anchor.url.clone())
}

fn page_number(url: &Url) -> Option<u32> {
    let named = url.query_pairs().find(|(name, _)| matches!(name.as_ref(), "page" | "pag" | "pagina" | "p" | "paged"));
    if let Some((_, value)) = named {
        return value.parse().ok();
    }
    let mut parts = url.path().trim_end_matches('/').rsplit('/');
    let (last, before) = (parts.next()?, parts.next()?);
    matches!(before, "page" | "pagina").then(|| last.parse().ok()).flatten()
}

/// The PDF files that an article links in its own matter: documents of that article.
pub fn attachments(response: &Response, scope: &Scope) -> Vec<Article> {
    // most articles have none, and need no second look at their elements
    if !response.body.windows(3).any(|three| three.eq_ignore_ascii_case(b"pdf")) {
        return Vec::new();
    }
    let markup = Markup::of(response);
    let is_pdf = |anchor: &&Anchor| {
        let name = anchor.url.path().to_ascii_lowercase();
        let text = anchor.text.to_lowercase();
        anchor.place == Place::Main
            && scope.holds(&anchor.url)
            && (name.ends_with(".pdf")
                || anchor.mime == "application/pdf"
                || anchor.url.query().is_some_and(|query| query.to_ascii_lowercase().contains(".pdf"))
                || text.ends_with(".pdf")
                || text.contains("(pdf")
                || text.ends_with(" pdf"))
    };
    let chosen: Vec<&Anchor> = markup.anchors.iter().filter(is_pdf).collect();
    articles(&chosen)
}

/// The address that a page declares as its own (`rel=canonical`), where that can be believed: same site, and not the home page for all.
pub fn declared_canonical(response: &Response, scope: &Scope) -> Option<Url> {
    let declared = canonical(&Markup::of(response).canonical?);
    let home = declared.path() == "/" && response.url.path() != "/" && declared.query().is_none();
    (scope.holds(&declared) && !home).then_some(declared)
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
