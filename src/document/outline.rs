//! A page as a crawler sees it: where it leads, and what it says about its own address. One parse, like reading it.

use std::collections::HashMap;

use url::Url;

use super::{BlockKind, Document, Input, Link, Region, charset, flow, html, parse};

/// Links of one page that are kept.
pub const MAX_LINKS: usize = 10_000;

/// Where a page leads.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    /// The page's title, as in `Document::title`.
    pub title: Option<String>,
    /// The address that relative links start from: `<base>`, else the page's own.
    pub base: Option<Url>,
    /// `<link rel=canonical>`.
    pub canonical: Option<Url>,
    /// `<meta http-equiv=refresh>` to another address: seconds to wait, and where to.
    pub refresh: Option<(u32, Url)>,
    /// `<link rel=alternate>` to feeds.
    pub feeds: Vec<FeedLink>,
    /// `<meta name=generator>`.
    pub generator: Option<String>,
    /// `<meta name=robots>` in lower case ("noindex, nofollow").
    pub robots: Option<String>,
    /// Links that a reader sees, in reading order; web addresses only.
    pub links: Vec<PageLink>,
    /// Bytes of visible text outside furniture: next to nothing means that scripts make the page.
    pub main_text: usize,
}

/// A feed that a page announces.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedLink {
    /// Its address.
    pub url: Url,
    /// Its title, if the page gives one.
    pub title: Option<String>,
}

/// A link of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageLink {
    /// Where it leads, without fragment.
    pub url: Url,
    /// Its text.
    pub text: String,
    /// The part of the page it stands in.
    pub region: Region,
    /// The `data-element` of the national model ("news", "management"), if it has one.
    pub element: Option<String>,
}

/// Reads a page for crawling. `select` restricts the links, not what the head says.
pub fn outline(input: &Input) -> Outline {
    let decoded = charset::decode(input.bytes, input.content_type);
    let parsed = parse::parse(&decoded.text);
    let base = html::base_of(&parsed.html, input.url);
    let document = html::document(&parsed.html, base.as_ref(), input.select);
    let mut outline = Outline { title: document.title.clone(), ..Outline::default() };
    let mut elements = HashMap::new();
    let resolve = |href: &str| match &base {
        Some(base) => base.join(href.trim()).ok(),
        None => Url::parse(href.trim()).ok(),
    };
    for element in parsed.html.tree.values().filter_map(|node| node.as_element()) {
        match element.name() {
            "a" => {
                if let (Some(mark), Some(url)) = (element.attr("data-element"), element.attr("href").and_then(resolve)) {
                    elements.entry(without_fragment(url)).or_insert_with(|| mark.to_owned());
                }
            }
            "link" => {
                let (Some(rel), Some(url)) = (element.attr("rel"), element.attr("href").and_then(resolve)) else { continue };
                let is = |word: &str| rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(word));
                let kind = element.attr("type").unwrap_or_default().to_ascii_lowercase();
                if is("canonical") && outline.canonical.is_none() {
                    outline.canonical = Some(url);
                } else if is("alternate") && ["rss", "atom", "feed+json"].iter().any(|k| kind.contains(k)) {
                    let title = element.attr("title").map(flow::fold).filter(|t| !t.is_empty());
                    outline.feeds.push(FeedLink { url, title });
                }
            }
            "meta" => {
                let content = element.attr("content").unwrap_or_default();
                let name = element.attr("name").unwrap_or_default();
                if name.eq_ignore_ascii_case("generator") {
                    outline.generator = Some(flow::fold(content)).filter(|g| !g.is_empty());
                } else if name.eq_ignore_ascii_case("robots") {
                    outline.robots = Some(content.to_ascii_lowercase());
                } else if element.attr("http-equiv").is_some_and(|e| e.eq_ignore_ascii_case("refresh")) && outline.refresh.is_none() {
                    outline.refresh = refresh(content).and_then(|(wait, href)| Some((wait, resolve(href)?)));
                }
            }
            _ => {}
        }
    }
    outline.links = links(&document, &elements, base.as_ref());
    outline.main_text = document.blocks.iter().filter(|block| block.region == Region::Main).map(size).sum();
    outline.base = base;
    outline
}

fn size(block: &super::Block) -> usize {
    match &block.kind {
        BlockKind::Table(table) => table.rows.iter().flatten().map(|cell| cell.text.len()).sum(),
        _ => block.text.len(),
    }
}

/// "5; url=/home", with or without quotes.
fn refresh(content: &str) -> Option<(u32, &str)> {
    let (wait, rest) = content.split_once([';', ','])?;
    let rest = rest.trim();
    let url = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => rest.get(3..)?.trim_start().strip_prefix('=')?.trim(),
        _ => rest,
    };
    let url = url.trim_matches(['"', '\'']);
    let seconds = wait.trim().split('.').next().and_then(|s| s.parse().ok()).unwrap_or(0);
    (!url.is_empty()).then_some((seconds, url))
}

fn links(document: &Document, elements: &HashMap<Url, String>, base: Option<&Url>) -> Vec<PageLink> {
    let mut found: Vec<PageLink> = Vec::new();
    let mut add = |text: &str, link: &Link, region: Region| {
        let parsed = match base {
            Some(base) => base.join(&link.href),
            None => Url::parse(&link.href),
        };
        let Ok(url) = parsed else { return };
        if !matches!(url.scheme(), "http" | "https") || found.len() >= MAX_LINKS {
            return;
        }
        let url = without_fragment(url);
        let text = text.get(link.range.clone()).unwrap_or_default().replace('\n', " ");
        match found.last_mut() {
            // A card that is one link gives a piece for each of its blocks.
            Some(last) if last.url == url && last.region == region => {
                last.text.push(' ');
                last.text.push_str(&text);
            }
            _ => {
                let element = elements.get(&url).cloned();
                found.push(PageLink { url, text, region, element });
            }
        }
    };
    for block in &document.blocks {
        for link in &block.links {
            add(&block.text, link, block.region);
        }
        if let BlockKind::Table(table) = &block.kind {
            for cell in table.rows.iter().flatten().filter(|cell| cell.spans_from.is_none()) {
                for link in &cell.links {
                    add(&cell.text, link, block.region);
                }
            }
        }
    }
    found
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_where_it_leads() {
        let url = Url::parse("https://comune.example/uffici/").unwrap();
        let page = r#"<head><link rel="canonical" href="/uffici"><link rel=alternate type="application/rss+xml" title="Novità" href="/feed">
            <meta name=generator content="Portale 3"></head><nav><a href="/novita" data-element="news">Novità</a></nav>
            <main><p>Vai a <a href="anagrafe#orari">Anagrafe</a> <a href="mailto:a@b.it">scrivi</a></main>"#;
        let outline = outline(&Input { bytes: page.as_bytes(), url: Some(&url), ..Input::default() });
        assert_eq!(outline.canonical.unwrap().path(), "/uffici");
        assert_eq!(outline.feeds[0].url.path(), "/feed");
        assert_eq!(outline.generator.as_deref(), Some("Portale 3"));
        let links: Vec<_> = outline.links.iter().map(|l| (l.url.as_str(), l.text.as_str(), l.region, l.element.as_deref())).collect();
        assert_eq!(
            links,
            [
                ("https://comune.example/novita", "Novità", Region::Navigation, Some("news")),
                ("https://comune.example/uffici/anagrafe", "Anagrafe", Region::Main, None)
            ]
        );
        assert!(outline.main_text > 5);
    }

    #[test]
    fn a_home_page_that_only_sends_on() {
        let url = Url::parse("http://comune.example/").unwrap();
        for content in ["0;url=/it/home", "0; URL='/it/home'", "0, /it/home"] {
            let page = format!("<meta http-equiv=Refresh content=\"{content}\">");
            let outline = outline(&Input { bytes: page.as_bytes(), url: Some(&url), ..Input::default() });
            assert_eq!(outline.refresh.map(|(wait, url)| (wait, url.path().to_owned())), Some((0, "/it/home".to_owned())), "{content}");
        }
    }
}
