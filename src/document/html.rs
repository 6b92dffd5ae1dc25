//! A page, from bytes to a document: decode, parse, walk, then what the head says and what only the whole can show.

use ego_tree::NodeRef;
use scraper::{Html, Node, Selector};
use url::Url;

use super::walk::Walk;
use super::{Block, BlockKind, Document, Region, charset, dates, flow, furniture, parse};

/// Reads a page.
pub(super) fn read(bytes: &[u8], content_type: Option<&str>, url: Option<&Url>, select: Option<&str>) -> Document {
    let mut decoded = charset::decode(bytes, content_type);
    if decoded.text.contains('\0') {
        decoded.text = decoded.text.replace('\0', "").into();
    }
    let parsed = parse::parse(&decoded.text);
    let mut warnings = Vec::new();
    if decoded.damaged {
        warnings.push("some characters cannot be read in the encoding of the page".to_owned());
    }
    if parsed.cut {
        warnings.push(format!("cut after {} elements", parse::MAX_NODES));
    }
    let base = base_of(&parsed.html, url);
    let mut document = document(&parsed.html, base.as_ref(), select);
    document.warnings.splice(0..0, warnings);
    document
}

/// Reads a parsed page.
pub(super) fn document(html: &Html, base: Option<&Url>, select: Option<&str>) -> Document {
    let mut warnings = Vec::new();
    let roots = roots(html, select, &mut warnings);
    let mut document = Walk::new(base, false).run(&roots);
    if !document.blocks.iter().any(|block| block.region == Region::Main) {
        // Nothing else speaks: the page is made by scripts, and what it says without them is all there is.
        let with_noscript = Walk::new(base, true).run(&roots);
        if with_noscript.blocks.len() > document.blocks.len() {
            document = with_noscript;
        }
    }
    let head = Head::of(html);
    document.title = head.title;
    furniture::mark(&mut document);
    document.title = title(&document).or(document.title);
    document.published = head.published.earliest_stated();
    document.structured = head.structured;
    document.warnings.splice(0..0, warnings);
    document
}

/// The address that relative links start from.
pub(super) fn base_of(html: &Html, url: Option<&Url>) -> Option<Url> {
    let stated = html.tree.values().filter_map(Node::as_element).find(|e| e.name() == "base").and_then(|e| e.attr("href"));
    match (stated, url) {
        (Some(base), Some(url)) => url.join(base.trim()).ok().or_else(|| Some(url.clone())),
        (Some(base), None) => Url::parse(base.trim()).ok(),
        (None, url) => url.cloned(),
    }
}

/// The nodes to read: the whole page, or what `select` finds.
fn roots<'a>(html: &'a Html, select: Option<&str>, warnings: &mut Vec<String>) -> Vec<NodeRef<'a, Node>> {
    if let Some(css) = select {
        match Selector::parse(css) {
            Ok(selector) => {
                let mut found: Vec<NodeRef<'a, Node>> = Vec::new();
                for element in html.select(&selector) {
                    let nested = element.ancestors().any(|above| found.last().is_some_and(|last| last.id() == above.id()));
                    if !nested {
                        found.push(*element);
                    }
                }
                if !found.is_empty() {
                    return found;
                }
                warnings.push(format!("nothing matches select = \"{css}\"; the whole page was read"));
            }
            Err(_) => warnings.push(format!("select = \"{css}\" is no CSS selector; the whole page was read")),
        }
    }
    vec![html.tree.root()]
}

/// The first `<h1>` of the matter, else of the page.
fn title(document: &Document) -> Option<String> {
    let top = |block: &&Block| block.kind == BlockKind::Heading(1);
    let main = document.blocks.iter().filter(top).find(|block| block.region == Region::Main);
    main.or_else(|| document.blocks.iter().find(top)).map(|block| block.text.replace('\n', " "))
}

/// What the page says about itself outside its text.
struct Head {
    title: Option<String>,
    published: dates::Published,
    structured: Vec<String>,
}

impl Head {
    fn of(html: &Html) -> Self {
        let mut head = Self { title: None, published: dates::Published::default(), structured: Vec::new() };
        for node in html.tree.nodes() {
            let Some(element) = node.value().as_element() else { continue };
            match element.name() {
                "title" if head.title.is_none() => {
                    let text: String = node.children().filter_map(|c| c.value().as_text().map(|t| &**t)).collect();
                    head.title = Some(flow::fold(&text)).filter(|t| !t.is_empty());
                }
                "meta" => head.published.meta(element),
                "time" => head.published.time(element),
                "script" if element.attr("type").is_some_and(|t| t.trim().eq_ignore_ascii_case("application/ld+json")) => {
                    let text: String = node.children().filter_map(|c| c.value().as_text().map(|t| &**t)).collect();
                    head.published.json_ld(&text);
                    head.structured.push(text);
                }
                _ => {}
            }
        }
        head
    }
}
