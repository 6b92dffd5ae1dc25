//! A document: bytes (HTML, PDF, feed entry, text) turned into visible blocks with their structure. Knows no offices.

mod charset;
mod columns;
mod counters;
mod dates;
mod element;
pub mod feed;
mod flow;
mod furniture;
mod headings;
mod headlines;
mod html;
mod layout;
pub mod outline;
mod parse;
pub mod pdf;
mod table;
mod text;
mod trim;
mod walk;

pub use outline::{Outline, outline};
pub use pdf::is_pdf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

/// What there is to read, and what is known about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The bytes as received.
    pub bytes: &'a [u8],
    /// The value of the `Content-Type` header; without it the bytes tell what they are.
    pub content_type: Option<&'a str>,
    /// The address, for relative links.
    pub url: Option<&'a Url>,
    /// CSS: read only what this selects. If it selects nothing, the whole page is read, with a warning.
    pub select: Option<&'a str>,
}

/// Bytes of a page or text that are read; the rest is cut, with a warning. A PDF is not cut (`pdf::MAX_BYTES`).
pub const MAX_BYTES: usize = 32 << 20;

/// Reads a document of any kind. Never fails: what cannot be read is missing, and `Document::warnings` says so.
///
/// Bounds for any input: at most 1,000,000 elements nested 512 deep (`parse`), 200,000 blocks and 100,000 table cells (`walk`, `table`),
/// time in proportion to the bytes, and some 400 MiB of memory at worst.
pub fn read(input: &Input) -> Document {
    let bytes = input.bytes.get(..MAX_BYTES).unwrap_or(input.bytes);
    let mut document = match kind(input) {
        Kind::Html => html::read(bytes, input.content_type, input.url, input.select),
        Kind::Pdf => return pdf::read(input.bytes),
        Kind::Text => text::read(bytes, input.content_type),
    };
    if bytes.len() < input.bytes.len() {
        document.warnings.push(format!("cut after {} MiB", MAX_BYTES >> 20));
    }
    document
}

/// The elements of a page, parsed within the same bounds as `read`: for what looks at markup rather than at text.
pub fn tree(bytes: &[u8], content_type: Option<&str>) -> scraper::Html {
    parse::parse(&charset::decode(bytes, content_type).text).html
}

enum Kind {
    Html,
    Pdf,
    Text,
}

/// What the bytes are: told by themselves first, by the header where they are silent.
fn kind(input: &Input) -> Kind {
    if pdf::is_pdf(input.bytes) {
        return Kind::Pdf;
    }
    let head = input.bytes.get(..1024).unwrap_or(input.bytes);
    let tagged = head.windows(2).any(|pair| matches!(pair, [b'<', b'!' | b'/' | b'a'..=b'z' | b'A'..=b'Z']));
    let stated = input.content_type.unwrap_or_default();
    if stated.starts_with("text/plain") || !tagged && !stated.contains("html") { Kind::Text } else { Kind::Html }
}

/// A readable document: what a person would see, in reading order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The page's title: the first `<h1>` of the main region, else `<title>`, else nothing.
    pub title: Option<String>,
    /// The document's own date from markup (JSON-LD `datePublished`, `<meta>`, `<time>`), never from running text.
    pub published: Option<Date>,
    /// Everything visible, in reading order, furniture included and marked as such.
    pub blocks: Vec<Block>,
    /// The tree of elements that hold blocks; a block names its innermost one. Index 0 is the whole document.
    pub containers: Vec<Container>,
    /// What could not be read as a whole: cut at a limit, broken encoding.
    pub warnings: Vec<String>,
    /// JSON-LD scripts as written, for readers of structured data.
    pub structured: Vec<String>,
}

/// The name of an element, in lower case.
pub type Tag = &'static str;

/// An element that holds blocks: an article, a card, a list item, an accordion's panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// The container around this one; `None` only for the document itself.
    pub parent: Option<usize>,
    /// Its tag in lower case: `article`, `section`, `div`, `li`, `td`, …
    #[serde(deserialize_with = "tag")]
    pub tag: Tag,
    /// What the markup calls it: its `data-element` ("service-status") or `itemprop` ("telephone").
    pub mark: Option<String>,
}

/// One visible block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The text; white space folded, `\n` where the page breaks a line (`<br>`, a line of plain text). Empty for tables.
    pub text: String,
    /// Links inside the text.
    pub links: Vec<Link>,
    /// Byte ranges of `text` that are set in bold.
    pub strong: Vec<std::ops::Range<usize>>,
    /// Which part of the page it stands in.
    pub region: Region,
    /// Index into `Document::containers`.
    pub container: usize,
    /// Indices of the headings above it, outermost first (`<h1>` … `<h6>`, `<summary>`, `<caption>`, `<legend>`, accordion buttons).
    pub headings: Vec<usize>,
    /// The language of the block where the page states one other than Italian ("de", "en").
    pub lang: Option<String>,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BlockKind {
    /// A heading with its level, 1 to 6.
    Heading(u8),
    /// A paragraph, or any text that stands alone.
    Paragraph,
    /// A list item, with the depth of its list (1 outermost).
    Item(u8),
    /// A term of a definition list; the definitions follow.
    Term,
    /// A definition, with the index of its term's block.
    Definition(Option<usize>),
    /// A table.
    Table(Table),
}

/// A link inside a block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Where its text stands in the block's text (bytes).
    pub range: std::ops::Range<usize>,
    /// The target: absolute where the document's address is known; `mailto:`, `tel:` as written.
    pub href: String,
}

/// The part of the page that a block stands in, told by landmarks and structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Region {
    /// The page's own matter.
    Main,
    /// Header, menus, breadcrumb, index of the page, pager.
    Navigation,
    /// Beside the matter: related news, "potrebbe interessarti", share buttons.
    Aside,
    /// Cookie banner, dialog, feedback form.
    Banner,
    /// Footer of the page.
    Footer,
}

/// A table as a grid: spans resolved, so that each row has a cell for each column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The caption, if any.
    pub caption: Option<String>,
    /// Rows of cells; rows may differ in length only where the page's do.
    pub rows: Vec<Vec<Cell>>,
}

/// One place of a table's grid.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The text, as in `Block::text`.
    pub text: String,
    /// Links inside the text.
    pub links: Vec<Link>,
    /// Whether it is a header (`<th>`, or inside `<thead>`).
    pub header: bool,
    /// For a cell repeated by rowspan or colspan: row and column of the original.
    pub spans_from: Option<(usize, usize)>,
}

/// A container's tag in its only copy.
fn tag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Tag, D::Error> {
    let name = String::deserialize(deserializer)?;
    Ok(element::sort(&name).1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What must hold of any document whatever it was read from.
    fn check(document: &Document) {
        for (index, block) in document.blocks.iter().enumerate() {
            assert!(document.containers.get(block.container).is_some());
            assert!(
                block.headings.iter().all(|heading| *heading < index && matches!(document.blocks[*heading].kind, BlockKind::Heading(_)))
            );
            assert!(block.links.iter().all(|link| block.text.get(link.range.clone()).is_some()), "{block:?}");
            assert!(block.strong.iter().all(|range| block.text.get(range.clone()).is_some()), "{block:?}");
            match &block.kind {
                BlockKind::Table(table) => {
                    for cell in table.rows.iter().flatten() {
                        assert!(cell.links.iter().all(|link| cell.text.get(link.range.clone()).is_some()));
                    }
                }
                BlockKind::Definition(Some(term)) => assert_eq!(document.blocks[*term].kind, BlockKind::Term),
                _ => assert!(!block.text.is_empty()),
            }
            assert_eq!(block.text.trim(), block.text);
        }
        for (index, container) in document.containers.iter().enumerate() {
            assert!(container.parent.is_none_or(|parent| parent < index));
        }
    }

    fn html(page: &str) -> Document {
        read(&Input { bytes: page.as_bytes(), content_type: Some("text/html; charset=utf-8"), ..Input::default() })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_bytes_give_a_document(bytes in proptest::collection::vec(any::<u8>(), 0..2000), html in any::<bool>()) {
            let content_type = Some(if html { "text/html" } else { "text/plain" });
            check(&read(&Input { bytes: &bytes, content_type, ..Input::default() }));
        }

        #[test]
        fn any_tags_give_a_document(tags in proptest::collection::vec(
            prop_oneof![
                Just("<div>"), Just("</div>"), Just("<p>"), Just("<b>"), Just("</b>"), Just("<h2>"), Just("</h2>"), Just("<ul>"), Just("</ul>"),
                Just("<li>"), Just("<table>"), Just("</table>"), Just("<tr>"), Just("<td rowspan=3 colspan=2>"), Just("<th>"), Just("<caption>"),
                Just("<dl>"), Just("<dt>"), Just("<dd>"), Just("</dl>"), Just("<a href='tel:1'>"), Just("</a>"), Just("<sup>"), Just("</sup>"),
                Just("<br>"), Just("<nav>"), Just("</nav>"), Just("<main>"), Just("</main>"), Just("<section class=card>"), Just("</section>"),
                Just("<details><summary>"), Just("</summary>"), Just("<template>"), Just("<svg>"), Just("</svg>"), Just("<script>"),
                Just("</script>"), Just("<!--"), Just("-->"), Just("<button aria-expanded=true>"), Just("</button>"), Just("<pre>"), Just("<select>"),
                Just("martedì 8"), Just("30"), Just(" "), Just("&nbsp;"), Just("\u{200B}"), Just("\n"), Just("\""), Just("vedi anche"), Just("<a b='"),
            ],
            0..120,
        )) {
            check(&html(&tags.concat()));
        }

        #[test]
        fn any_lines_give_a_document(lines in proptest::collection::vec("[ a-zA-Z0-9|.\t-]{0,30}", 0..40)) {
            check(&read(&Input { bytes: lines.join("\n").as_bytes(), content_type: Some("text/plain"), ..Input::default() }));
        }
    }

    #[test]
    fn reading_is_repeatable() {
        let page = "<h1>Uffici</h1><table><tr><th>Ufficio<th>Orario<tr><td>Urp<td>9-12</table>";
        assert_eq!(html(page), html(page));
    }

    #[test]
    fn a_document_travels_as_json() {
        let document = html("<main><section data-element=contacts><h2>Contatti</h2><p>Tel. <a href='tel:1'>1</a></section></main>");
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document);
    }

    #[test]
    fn a_selector_restricts_and_says_when_it_finds_nothing() {
        let page = b"<div id=a><p>uno</p></div><div id=b><p>due</p></div>";
        let select = |css| read(&Input { bytes: page, select: Some(css), ..Input::default() });
        assert_eq!(select("#b").blocks.len(), 1);
        assert!(select("#b").warnings.is_empty());
        assert_eq!(select("#c").blocks.len(), 2);
        assert_eq!(select("#c").warnings.len(), 1);
        assert_eq!(select("##").warnings.len(), 1);
    }
}
