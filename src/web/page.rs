//! What every page has around its own content: language, links, breadcrumb, addresses in other languages.

use std::sync::LazyLock;

use askama::Template;
use serde_json::Value as Json;

use super::answer::{Answer, Failure};
use super::{Reader, Site};
use crate::domain::Language;
use crate::wording::pick;

/// A step of the breadcrumb: label, and where it leads inside the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// The words.
    pub label: String,
    /// The path, without the language's prefix.
    pub path: String,
}

impl Crumb {
    /// A step that leads somewhere.
    pub fn to(label: impl Into<String>, path: impl Into<String>) -> Self {
        Self { label: label.into(), path: path.into() }
    }
}

/// A feed that a page offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// Content type.
    pub kind: &'static str,
    /// Words.
    pub title: String,
    /// Where, without the language's prefix.
    pub path: String,
}

/// A page about to be written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The title, without the site's name.
    pub title: String,
    /// One sentence for search engines.
    pub description: String,
    /// The steps above this page, the home page left out.
    pub crumbs: Vec<Crumb>,
    /// Feeds of this page's matter.
    pub feeds: Vec<FeedLink>,
    /// The filter with which the link "subscribe" begins: `ente=comune-prato&ufficio=anagrafe`.
    pub subscribe: String,
    /// Whether search engines are asked to stay away.
    pub hidden: bool,
    /// An object of schema.org about the page's matter.
    pub linked_data: Option<Json>,
}

/// What the layout shows around a page. Each page's template has one, and its words by [`Frame::t`].
pub(super) struct Frame {
    pub page: Page,
    /// "it", "en".
    pub language: &'static str,
    pub italian: bool,
    /// In front of every link inside the site.
    pub base: String,
    /// In front of files and of what has no language.
    pub root: String,
    pub linked_data: Option<String>,
    pub here_it: String,
    pub here_en: String,
    pub canonical: String,
    pub canonical_it: String,
    pub canonical_en: String,
    pub style: &'static str,
    pub version: &'static str,
}

impl Frame {
    /// Words in the page's language.
    pub fn t<'a>(&self, it: &'a str, en: &'a str) -> &'a str {
        if self.italian { it } else { en }
    }
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "web/message.html")]
struct Message<'a> {
    frame: Frame,
    paragraphs: &'a [&'a str],
}

/// The style sheet, and the address that changes with it.
pub(super) const STYLE: &str = include_str!("../../templates/web/style.css");
/// The icon.
pub(super) const ICON: &str = include_str!("../../templates/web/icon.svg");

/// The first part of the style sheet's hash: its address changes with it, so that it can be kept for ever.
pub(super) static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| crate::store::sha256(STYLE.as_bytes()).to_string().chars().take(12).collect());

impl Site {
    /// Where the site's paths begin: the path of `web.public_url`, without a slash at its end.
    pub fn root(&self) -> &str {
        let without_scheme = self.settings.public_url.split_once("://").map_or("", |(_, rest)| rest);
        without_scheme.find('/').and_then(|at| without_scheme.get(at..)).unwrap_or_default()
    }

    /// What is around a page for a reader.
    pub(super) fn frame(&self, reader: &Reader, page: Page) -> Frame {
        let root = self.root().to_string();
        let (in_italian, in_english) = (reader.in_language(Language::It), reader.in_language(Language::En));
        Frame {
            language: code(reader.language),
            italian: reader.language == Language::It,
            base: format!("{root}{}", reader.prefix),
            linked_data: page.linked_data.as_ref().map(script_json),
            here_it: format!("{root}{in_italian}"),
            here_en: format!("{root}{in_english}"),
            canonical: self.absolute(&reader.path),
            canonical_it: self.absolute(&in_italian),
            canonical_en: self.absolute(&in_english),
            style: &STYLE_HASH,
            version: env!("CARGO_PKG_VERSION"),
            root,
            page,
        }
    }

    /// Writes a page.
    pub(super) fn page(&self, reader: &Reader, page: &impl Template) -> Result<Answer, Failure> {
        let answer = Answer::html(page.render().map_err(Failure::defect)?);
        // without a prefix the page follows the browser's wish
        Ok(if reader.prefix.is_empty() { answer.with(axum::http::header::VARY, "Accept-Language") } else { answer })
    }

    /// A page that says one thing: a heading and paragraphs.
    pub fn message(&self, reader: &Reader, title: &str, paragraphs: &[&str]) -> Result<Answer, Failure> {
        let page = Page { title: title.into(), hidden: true, ..Page::default() };
        self.page(reader, &Message { frame: self.frame(reader, page), paragraphs })
    }
}

/// "it", "en".
pub(super) fn code(language: Language) -> &'static str {
    pick(language, "it", "en")
}

/// JSON that can stand inside `<script>`: nothing in it closes the element or opens a comment, and nothing in it hides.
pub(super) fn script_json(data: &Json) -> String {
    escaped_json(data, |c| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') || crate::alert::is_invisible(c))
}

/// JSON in which nothing hides: characters that show nothing or turn the reading direction are escaped, and so is `<`, for whoever takes it
/// for a page. No value changes by that.
pub(super) fn plain_json(data: &Json) -> String {
    let mut out = escaped_json(data, |c| c == '<' || crate::alert::is_invisible(c));
    out.push('\n');
    out
}

/// What needs no escape is taken over in one piece.
fn escaped_json(data: &Json, is_escaped: impl Fn(char) -> bool) -> String {
    let text = data.to_string();
    let mut out = String::with_capacity(text.len() + 1);
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| is_escaped(*c)) {
        out.push_str(text.get(from..at).unwrap_or_default());
        escape_unit(&mut out, c);
        from = at + c.len_utf8();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// A character as JSON escapes it, in two halves beyond the first plane.
pub(super) fn escape_unit(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.push_str(&format!("\\u{unit:04x}"));
    }
}
