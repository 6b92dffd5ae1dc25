//! RSS, Atom and JSON feeds → their entries. What an entry holds is a document of its own, read like any other.

use feed_rs::model;
use jiff::Timestamp;
use url::Url;

use super::{charset, flow};

/// Entries of one feed that are looked at; the rest are older news.
pub const MAX_ENTRIES: usize = 2_000;

/// One entry of a feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The page it announces, absolute where that can be told.
    pub url: Option<Url>,
    /// What the feed calls it (`guid`, `id`), else its address or title: equal for the same entry in every fetch.
    pub id: String,
    /// Its title as plain text.
    pub title: Option<String>,
    /// When it was published, else last updated.
    pub published: Option<Timestamp>,
    /// Its text as HTML: the content where the feed has it, else the summary.
    pub html: Option<String>,
}

/// The entries of a feed in its order; `None` if the bytes are no feed.
pub fn entries(bytes: &[u8], base: Option<&Url>) -> Option<Vec<Entry>> {
    if !is_feed(bytes) {
        return None;
    }
    let decoded = charset::decode(bytes, None);
    let text = without_declaration(decoded.text.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r', '\t']));
    let parser = feed_rs::parser::Builder::new()
        .base_uri(base.map(Url::as_str))
        // The same entry must get the same id in every fetch, so nothing random.
        .id_generator(|links, title, _| {
            links.first().map(|link| link.href.clone()).or_else(|| title.as_ref().map(|t| t.content.clone())).unwrap_or_default()
        })
        .build();
    let feed = parser.parse(text.as_bytes()).ok()?;
    Some(feed.entries.into_iter().take(MAX_ENTRIES).map(|entry| convert(entry, base)).collect())
}

/// Whether the bytes begin like a feed.
pub fn is_feed(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..2048).unwrap_or(bytes)).to_ascii_lowercase();
    let start = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if start.starts_with('{') {
        return head.contains("jsonfeed.org/version");
    }
    if !start.starts_with('<') || start.starts_with("<!doctype html") || start.starts_with("<html") {
        return false;
    }
    ["<rss", "<feed", "<rdf:rdf"].iter().any(|mark| head.contains(mark))
}

/// The text is decoded already, so the encoding that the declaration names no longer holds.
fn without_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest,
        None => text,
    }
}

fn convert(entry: model::Entry, base: Option<&Url>) -> Entry {
    let href = entry
        .links
        .iter()
        .find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"))
        .or_else(|| entry.links.first())
        .map(|link| link.href.trim().to_owned());
    let url = href.as_deref().and_then(|href| match base {
        Some(base) => base.join(href).ok(),
        None => Url::parse(href).ok(),
    });
    let published = entry.published.or(entry.updated).and_then(|time| Timestamp::from_second(time.timestamp()).ok());
    let content = entry.content.and_then(|content| content.body).filter(|body| !body.trim().is_empty());
    let html = content.or_else(|| entry.summary.map(|summary| summary.content)).filter(|html| !html.trim().is_empty());
    let title = entry.title.map(|title| plain(&title.content)).filter(|title| !title.is_empty());
    Entry { url, id: entry.id, title, published, html }
}

/// Titles often hold entities, and sometimes tags.
fn plain(title: &str) -> String {
    if !title.contains(['<', '&']) {
        return flow::fold(title);
    }
    let html = scraper::Html::parse_fragment(title);
    let text: String = html.tree.values().filter_map(|node| node.as_text().map(|text| &**text)).collect();
    flow::fold(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rss_feed_in_latin_1() {
        let mut feed = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<rss version=\"2.0\"><channel><title>x</title><item><title>Chiuso gioved\xEC &amp;amp; venerd\xEC</title>".to_vec();
        feed.extend_from_slice(
            b"<link>/novita/12</link><pubDate>Mon, 09 Mar 2020 10:00:00 +0100</pubDate><description>&lt;p&gt;Testo&lt;/p&gt;</description></item></channel></rss>",
        );
        let base = Url::parse("https://comune.example/feed").unwrap();
        let entries = entries(&feed, Some(&base)).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].title.as_deref(), Some("Chiuso giovedì & venerdì"));
        assert_eq!(entries[0].url.as_ref().unwrap().as_str(), "https://comune.example/novita/12");
        assert_eq!(entries[0].published, Some("2020-03-09T09:00:00Z".parse().unwrap()));
        assert_eq!(entries[0].html.as_deref(), Some("<p>Testo</p>"));
    }

    #[test]
    fn an_atom_feed_keeps_its_content() {
        let feed = "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><id>f</id><updated>2024-01-02T03:04:05Z</updated>\
                    <entry><id>e1</id><title>Uno</title><link href='https://a.example/1'/><updated>2024-01-02T03:04:05Z</updated>\
                    <summary>breve</summary><content type='html'>&lt;b&gt;lungo&lt;/b&gt;</content></entry></feed>";
        let entries = entries(feed.as_bytes(), None).unwrap();
        assert_eq!((entries[0].id.as_str(), entries[0].html.as_deref()), ("e1", Some("<b>lungo</b>")));
    }

    #[test]
    fn a_json_feed_is_a_feed_too() {
        let feed = r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","url":"https://a.example/1","title":"Uno","content_html":"<p>x</p>"}]}"#;
        assert_eq!(entries(feed.as_bytes(), None).unwrap()[0].html.as_deref(), Some("<p>x</p>"));
    }

    #[test]
    fn a_page_is_no_feed_and_a_broken_feed_gives_nothing() {
        assert_eq!(entries(b"<!DOCTYPE html><p>scarica il feed: &lt;rss", None), None);
        assert_eq!(entries(b"<rss><channel><item>", None).map(|e| e.len()).unwrap_or(0), 0);
        assert_eq!(entries(b"", None), None);
    }

    #[test]
    fn ids_are_the_same_in_every_reading() {
        let feed = b"<rss version='2.0'><channel><title>x</title><item><title>Avviso</title></item></channel></rss>";
        assert_eq!(entries(feed, None), entries(feed, None));
    }
}
