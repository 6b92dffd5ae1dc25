//! What a crawler needs of a page's markup: links with where they stand and the date beside them, feeds, the next page. One parse.

use std::collections::HashMap;

use ego_tree::{NodeId, NodeRef};
use jiff::civil::Date;
use scraper::{ElementRef, Html, Node, Selector};
use url::Url;

use super::Response;
use crate::document;

/// Ancestors looked at for each link: pages nest less deep, and a hostile one must not cost more.
const HEIGHT: usize = 48;
/// Links read of one page.
const MAX_LINKS: usize = 5000;
/// Longest text of a link or a card that is kept, in characters.
const MAX_TEXT: usize = 400;

/// Where on the page a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Main,
    Navigation,
    Aside,
    Footer,
}

/// One link.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    pub url: Url,
    pub text: String,
    pub place: Place,
    /// The national model's mark, on the link or near above it.
    pub element: Option<String>,
    pub rel: String,
    pub mime: String,
    /// Tags and classes above it: links of one list share it.
    pub shape: String,
    /// The card, row or item that holds it.
    pub card: usize,
    /// A date in the card.
    pub date: Option<Date>,
    pub pager: bool,
    /// Stands in a heading, so its text is a title.
    pub heading: bool,
    node: NodeId,
}

/// A page as a crawler sees it.
pub(super) struct Markup {
    html: Html,
    pub base: Url,
    pub title: String,
    pub heading: String,
    pub anchors: Vec<Anchor>,
    /// `<link rel=alternate>` of feed types, in order.
    pub feeds: Vec<(Url, String)>,
    /// `<link rel=next>`.
    pub next: Option<Url>,
    pub canonical: Option<Url>,
}

impl Markup {
    pub(super) fn of(response: &Response) -> Markup {
        Self::read(&response.body, response.content_type(), &response.url)
    }

    pub(super) fn read(body: &[u8], content_type: Option<&str>, url: &Url) -> Markup {
        let html = document::tree(body, content_type);
        let first = |css: &str| Selector::parse(css).ok().and_then(|css| html.select(&css).next());
        let base =
            first("base[href]").and_then(|e| e.attr("href")).and_then(|href| url.join(href.trim()).ok()).unwrap_or_else(|| url.clone());
        let title = first("title").map(text_of).unwrap_or_default();
        let heading = first("main h1, #main h1, h1").map(text_of).unwrap_or_default();
        let mut markup = Markup { base, title, heading, anchors: Vec::new(), feeds: Vec::new(), next: None, canonical: None, html };
        markup.head_links();
        markup.read_anchors();
        markup
    }

    /// The links that a CSS selector names: the elements themselves, or the links inside them.
    pub(super) fn selected(&self, css: &str) -> Vec<&Anchor> {
        let Ok(selector) = Selector::parse(css) else { return Vec::new() };
        let chosen: std::collections::HashSet<NodeId> = self.html.select(&selector).map(|element| element.id()).collect();
        let within = |anchor: &&Anchor| {
            let Some(node) = self.html.tree.get(anchor.node) else { return false };
            chosen.contains(&anchor.node) || node.ancestors().take(HEIGHT).any(|above| chosen.contains(&above.id()))
        };
        self.anchors.iter().filter(within).collect()
    }

    fn head_links(&mut self) {
        let Ok(selector) = Selector::parse("link[href][rel]") else { return };
        let (mut feeds, mut next, mut canonical) = (Vec::new(), None, None);
        for element in self.html.select(&selector).take(MAX_LINKS) {
            let rel = element.attr("rel").unwrap_or_default().to_ascii_lowercase();
            let Some(url) = element.attr("href").and_then(|href| self.base.join(href.trim()).ok()) else { continue };
            let mime = element.attr("type").unwrap_or_default().to_ascii_lowercase();
            let is = |word: &str| rel.split_ascii_whitespace().any(|rel| rel == word);
            if is("alternate") && ["rss+xml", "atom+xml", "feed+json"].iter().any(|feed| mime.contains(feed)) {
                feeds.push((url, element.attr("title").unwrap_or_default().trim().to_owned()));
            } else if is("next") {
                next.get_or_insert(url);
            } else if is("canonical") {
                canonical.get_or_insert(url);
            }
        }
        (self.feeds, self.next, self.canonical) = (feeds, next, canonical);
    }

    fn read_anchors(&mut self) {
        let mut cards: HashMap<NodeId, Option<Date>> = HashMap::new();
        let mut numbers: HashMap<NodeId, usize> = HashMap::new();
        let mut anchors = Vec::new();
        for node in self.html.tree.root().descendants() {
            let Some(element) = ElementRef::wrap(node) else { continue };
            if !matches!(element.value().name(), "a" | "area") {
                continue;
            }
            let Some(href) = element.attr("href").map(str::trim).filter(|href| !href.is_empty() && !href.starts_with('#')) else {
                continue;
            };
            let Ok(url) = self.base.join(href) else { continue };
            if !matches!(url.scheme(), "http" | "https") {
                continue;
            }
            let above = Above::of(node);
            let date = *cards.entry(above.card).or_insert_with(|| {
                let card = self.html.tree.get(above.card).and_then(ElementRef::wrap);
                card.and_then(|card| date_of_card(card))
            });
            let count = numbers.len();
            let card = *numbers.entry(above.card).or_insert(count);
            let mut text = text_of(element);
            if text.is_empty() {
                let image = element.descendent_elements().find_map(|inner| inner.attr("alt"));
                text = fold(element.attr("title").or(element.attr("aria-label")).or(image).unwrap_or_default());
            }
            anchors.push(Anchor {
                url,
                text,
                place: above.place,
                element: element.attr("data-element").map(str::to_owned).or(above.element),
                rel: element.attr("rel").unwrap_or_default().to_ascii_lowercase(),
                mime: element.attr("type").unwrap_or_default().to_ascii_lowercase(),
                shape: above.shape,
                card,
                date,
                pager: above.pager,
                heading: above.heading || element.descendent_elements().any(|inner| is_heading(inner.value().name())),
                node: node.id(),
            });
            if anchors.len() >= MAX_LINKS {
                break;
            }
        }
        self.anchors = anchors;
    }
}

/// What stands above a link.
struct Above {
    place: Place,
    element: Option<String>,
    shape: String,
    card: NodeId,
    pager: bool,
    heading: bool,
}

impl Above {
    fn of(node: NodeRef<'_, Node>) -> Above {
        let parent = node.parent().map_or(node.id(), |parent| parent.id());
        let mut above = Above { place: Place::Main, element: None, shape: String::new(), card: parent, pager: false, heading: false };
        let (mut card, mut placed, mut in_main) = (None, None, false);
        for (height, ancestor) in node.ancestors().take(HEIGHT).enumerate() {
            let Some(element) = ancestor.value().as_element() else { continue };
            let (tag, role) = (element.name(), element.attr("role").unwrap_or_default());
            let class = element.attr("class").unwrap_or_default().to_ascii_lowercase();
            let id = element.attr("id").unwrap_or_default().to_ascii_lowercase();
            let says = |words: &[&str]| words.iter().any(|word| class.contains(word) || id.contains(word));
            if height < 4 {
                above.shape.push('>');
                above.shape.push_str(tag);
                let mut classes: Vec<&str> = class.split_ascii_whitespace().filter(|c| !c.chars().any(|c| c.is_ascii_digit())).collect();
                classes.sort_unstable();
                for class in classes.into_iter().take(3) {
                    above.shape.push('.');
                    above.shape.push_str(class);
                }
            }
            if height < 3 && above.element.is_none() {
                above.element = element.attr("data-element").map(str::to_owned);
            }
            above.heading |= is_heading(tag) && height < 3;
            above.pager |= says(&["pagination", "pager", "page-numbers", "paginazione", "wp-pagenavi"]);
            if card.is_none() && height < 8 && is_card(tag, &class) {
                card = Some(ancestor.id());
            }
            in_main |= tag == "main" || role == "main" || tag == "article" && !says(&["related", "correlat"]);
            if placed.is_none() {
                placed = match (tag, role) {
                    ("nav", _) | (_, "navigation") => Some(Place::Navigation),
                    ("header", _) if !in_main => Some(Place::Navigation),
                    (_, "banner") => Some(Place::Navigation),
                    ("footer", _) | (_, "contentinfo") if !in_main => Some(Place::Footer),
                    ("aside", _) | (_, "complementary" | "dialog") => Some(Place::Aside),
                    ("body" | "html" | "main", _) => None,
                    _ if says(&["breadcrumb", "navbar", "main-menu", "mainmenu", "menu-principale"]) => Some(Place::Navigation),
                    _ if says(&["cookie", "related", "correlat", "potrebbe"]) => Some(Place::Aside),
                    _ => None,
                };
            }
        }
        above.card = card.unwrap_or(parent);
        above.place = placed.unwrap_or(Place::Main);
        above
    }
}

fn is_card(tag: &str, class: &str) -> bool {
    const WORDS: &[&str] = &["card", "item", "row-", "teaser", "post", "entry", "media", "news", "notizi", "avvis", "box", "col-"];
    matches!(tag, "li" | "article" | "tr" | "dd" | "dt")
        || (matches!(tag, "div" | "section") && WORDS.iter().any(|word| class.contains(word)))
}

fn is_heading(tag: &str) -> bool {
    matches!(tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// The date that a card shows: `<time datetime>`, else the first date in its words. A card with a dozen links is none.
fn date_of_card(card: ElementRef<'_>) -> Option<Date> {
    let mut links = 0;
    let mut stated = None;
    for inner in card.descendent_elements() {
        match inner.value().name() {
            "a" => links += 1,
            "time" if stated.is_none() => stated = inner.attr("datetime").and_then(find_date),
            _ => {}
        }
        if links > 12 {
            return None;
        }
    }
    stated.or_else(|| find_date(&text_of(card)))
}

/// The text of an element, white space folded, cut at a length no title has.
pub(super) fn text_of(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    for node in element.descendants() {
        let Some(piece) = node.value().as_text() else { continue };
        if node.parent().and_then(|p| p.value().as_element()).is_some_and(|p| matches!(p.name(), "script" | "style" | "svg")) {
            continue;
        }
        text.push_str(piece);
        text.push(' ');
        if text.len() > MAX_TEXT * 8 {
            break;
        }
    }
    fold(&text)
}

fn fold(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(MAX_TEXT).collect()
}

const MONTHS: &[&str] = &["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"];

/// The first date in a text: `2023-02-28`, `28/02/2023`, `28-02-2023`, `28 febbraio 2023`, `28 FEB 2023`.
pub(super) fn find_date(text: &str) -> Option<Date> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(3).find_map(|three| match three {
        [a, b, c] => {
            if a.len() == 4 && a.starts_with(['1', '2']) {
                return date(a, b, c.get(..2).unwrap_or(c));
            }
            date(c.get(..4).filter(|_| c.len() >= 4)?, b, a.trim_end_matches(['º', '°']))
        }
        _ => None,
    })
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = year.parse().ok().filter(|year| (1990..2100).contains(year))?;
    let month: i8 = match month.parse::<i8>() {
        Ok(number) => number,
        Err(_) => {
            let start = month.get(..3)?.to_ascii_lowercase();
            i8::try_from(MONTHS.iter().position(|name| *name == start)? + 1).ok()?
        }
    };
    Date::new(year, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_on_cards() {
        let d = |text| find_date(text).map(|d| d.to_string());
        assert_eq!(d("Avviso del 31 gennaio 2023, ore 9"), Some("2023-01-31".into()));
        assert_eq!(d("28 FEB 2023"), Some("2023-02-28".into()));
        assert_eq!(d("Pubblicato: 05-11-2025"), Some("2025-11-05".into()));
        assert_eq!(d("10/06/2019, 16:00"), Some("2019-06-10".into()));
        assert_eq!(d("2024-12-24T10:00:00+01:00"), Some("2024-12-24".into()));
        assert_eq!(d("delibera 12 del 2020"), None);
        assert_eq!(d("dalle 9 alle 12"), None);
        assert_eq!(d("31 febbraio 2023"), None);
    }

    #[test]
    fn places_and_cards() {
        let url = Url::parse("https://h.it/novita").unwrap();
        let page = r#"<nav><a href="/uffici" data-element="management">Amministrazione</a></nav>
            <main><ul><li class="card"><h3><a href="a">Titolo</a></h3><time datetime="2024-01-02">ieri</time></li></ul>
            <nav class="pagination"><a href="?page=2" rel="next">Successiva</a></nav></main><footer><a href="/note">Note</a></footer>"#;
        let markup = Markup::read(page.as_bytes(), None, &url);
        let places: Vec<(Place, bool)> = markup.anchors.iter().map(|a| (a.place, a.pager)).collect();
        assert_eq!(places, [(Place::Navigation, false), (Place::Main, false), (Place::Navigation, true), (Place::Footer, false)]);
        assert_eq!(markup.anchors[0].element.as_deref(), Some("management"));
        assert_eq!(markup.anchors[1].date.map(|d| d.to_string()), Some("2024-01-02".into()));
        assert!(markup.anchors[1].heading);
        assert_eq!(markup.selected("li.card")[0].text, "Titolo");
    }
}
