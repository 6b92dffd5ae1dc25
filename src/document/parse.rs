//! Text → tree of elements, with bounds: no page, however built, makes the parser work more than in proportion to its size.
//!
//! html5ever follows the standard faithfully, and the standard has corners whose cost grows with the square of the input:
//! a stack of open elements that is searched at every tag, attributes that are compared with all before them, formatting elements
//! that are built again in every paragraph. Each has a bound here; what lies beyond keeps its text and loses its tags.

use std::cell::{Cell, RefCell};

use html5ever::LocalName;
use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, EndTag, Tag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use rustc_hash::FxHashSet;
use scraper::{Html, HtmlTreeSink};

use super::trim;

/// Elements nested deeper than this lose their tags, as in browsers.
pub(super) const MAX_DEPTH: usize = 512;
/// Nodes of the tree; a page of 10 MiB has some hundred thousand. What follows is cut, with a warning.
pub(super) const MAX_NODES: usize = 1_000_000;
/// Formatting elements (`<b>`, `<font>`) open at once.
const MAX_FORMATTING: usize = 128;
/// Different names of tags and attributes; names are kept in a table that slows down as it grows.
const MAX_NAMES: usize = 4_000;
/// A tag or comment longer than this keeps only what closes it.
const MAX_TOKEN: usize = 4096;
/// How much text the tokenizer gets at a time.
const PORTION: usize = 4096;

/// A parsed page, and whether it was cut at a bound.
pub(super) struct Parsed {
    pub(super) html: Html,
    pub(super) cut: bool,
}

/// Parses a page. Scripting counts as off, so that `<noscript>` has children.
pub(super) fn parse(text: &str) -> Parsed {
    let sink = HtmlTreeSink::new(Html::new_document());
    let builder = TreeBuilder::new(sink, TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() });
    let tokenizer = Tokenizer::new(Guard::new(builder), Default::default());
    let queue = BufferQueue::default();
    let mut silent = 0;
    for mut rest in trim::spoken(text) {
        while !rest.is_empty() && !tokenizer.sink.full.get() {
            let mut end = rest.floor_char_boundary(PORTION.min(rest.len()));
            // A token that goes on and on: a huge attribute value, or a tag made of attributes. Its content says nothing to a reader,
            // so only what can end it goes on: quotes, dashes, and the first ">" (which, inside quotes, does not end it).
            if silent >= MAX_TOKEN {
                end = rest.get(..end).and_then(|portion| portion.find('>')).map_or(end, |at| at + 1);
                let thin: String = rest.get(..end).unwrap_or_default().chars().filter(|c| matches!(c, '"' | '\'' | '>' | '-')).collect();
                queue.push_back(StrTendril::from(thin));
            } else {
                queue.push_back(StrTendril::from(rest.get(..end).unwrap_or_default()));
            }
            let fed = end;
            rest = rest.get(end..).unwrap_or_default();
            tokenizer.sink.spoke.set(false);
            while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
            silent = if tokenizer.sink.spoke.get() { 0 } else { silent + fed };
        }
    }
    tokenizer.end();
    let cut = tokenizer.sink.full.get();
    Parsed { html: tokenizer.sink.builder.sink.finish(), cut }
}

/// Stands between tokenizer and tree builder and keeps back what would cost too much.
struct Guard<S: TreeSink> {
    builder: TreeBuilder<S::Handle, S>,
    /// Elements open, never fewer than there are since the last count in the tree.
    open: Cell<usize>,
    formatting: Cell<usize>,
    /// Second and later `<html>` and `<body>` tags: their attributes are merged at a cost.
    bodies: Cell<usize>,
    /// Names of start tags kept back, so that their end tags are kept back too.
    dropped: RefCell<Vec<LocalName>>,
    /// Names seen so far; when there are too many, tags and attributes with further names are left out.
    names: RefCell<FxHashSet<LocalName>>,
    full: Cell<bool>,
    spoke: Cell<bool>,
}

impl Guard<HtmlTreeSink> {
    fn new(builder: TreeBuilder<<HtmlTreeSink as TreeSink>::Handle, HtmlTreeSink>) -> Self {
        Self {
            builder,
            open: Cell::new(0),
            formatting: Cell::new(0),
            bodies: Cell::new(0),
            dropped: RefCell::default(),
            names: RefCell::default(),
            full: Cell::new(false),
            spoke: Cell::new(false),
        }
    }

    /// Depth of the newest node, which is at least as deep as where the next one goes.
    fn depth(&self) -> usize {
        let html = self.builder.sink.0.borrow();
        html.tree.nodes().next_back().map_or(0, |node| node.ancestors().take(MAX_DEPTH + 1).count())
    }

    fn knows(&self, name: &LocalName) -> bool {
        let mut names = self.names.borrow_mut();
        names.contains(name) || names.len() < MAX_NAMES && names.insert(name.clone())
    }

    fn admits(&self, tag: &mut Tag) -> bool {
        if !self.knows(&tag.name) {
            return false;
        }
        tag.attrs.retain(|attribute| self.knows(&attribute.name.local));
        let name: &str = &tag.name;
        if tag.kind == EndTag {
            let mut dropped = self.dropped.borrow_mut();
            if !dropped.is_empty() {
                if let Some(back) = dropped.iter().rev().take(16).position(|n| *n == tag.name) {
                    let keep = dropped.len() - back - 1;
                    dropped.truncate(keep);
                }
                return false;
            }
            self.open.set(self.open.get().saturating_sub(1));
            if is_formatting(name) {
                self.formatting.set(self.formatting.get().saturating_sub(1));
            }
            return true;
        }
        if is_void(name) {
            return true;
        }
        if matches!(name, "html" | "body") {
            self.bodies.set(self.bodies.get() + 1);
            return self.bodies.get() <= 8;
        }
        if is_formatting(name) {
            if self.formatting.get() >= MAX_FORMATTING {
                return false;
            }
            self.formatting.set(self.formatting.get() + 1);
        }
        if !self.dropped.borrow().is_empty() || self.too_deep() {
            self.dropped.borrow_mut().push(tag.name.clone());
            return false;
        }
        self.open.set(self.open.get() + 1);
        true
    }

    fn too_deep(&self) -> bool {
        if self.open.get() >= MAX_DEPTH {
            // Many tags close others silently (`<p>`, `<li>`, `<td>`), so the count is only a reason to look.
            self.open.set(self.depth());
        }
        self.open.get() >= MAX_DEPTH
    }
}

impl TokenSink for Guard<HtmlTreeSink> {
    type Handle = <HtmlTreeSink as TreeSink>::Handle;

    fn process_token(&self, mut token: Token, line: u64) -> TokenSinkResult<Self::Handle> {
        self.spoke.set(true);
        if self.full.get() && !matches!(token, Token::EOFToken) {
            return TokenSinkResult::Continue;
        }
        if let TagToken(tag) = &mut token {
            // End tags make elements too: "</p>" and "</br>" alone are paragraphs and breaks.
            if self.builder.sink.0.borrow().tree.nodes().len() > MAX_NODES {
                self.full.set(true);
                return TokenSinkResult::Continue;
            }
            if !self.admits(tag) {
                return TokenSinkResult::Continue;
            }
        }
        match self.builder.process_token(token, line) {
            // Nobody runs scripts here, and the encoding is settled before.
            TokenSinkResult::Script(_) | TokenSinkResult::EncodingIndicator(_) => TokenSinkResult::Continue,
            other => other,
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "source" | "track" | "wbr" | "param"
    )
}

fn is_formatting(name: &str) -> bool {
    matches!(name, "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth_of(parsed: &Parsed) -> usize {
        parsed.html.tree.nodes().map(|n| n.ancestors().count()).max().unwrap_or(0)
    }

    #[test]
    fn depth_is_bounded_and_text_survives() {
        let page = format!("{}testo{}", "<div>".repeat(3_000), "</div>".repeat(3_000));
        let parsed = parse(&page);
        assert!(depth_of(&parsed) <= MAX_DEPTH + 4, "{}", depth_of(&parsed));
        assert!(parsed.html.root_element().text().any(|t| t == "testo"));
    }

    #[test]
    fn paragraphs_that_are_never_closed_are_not_depth() {
        let page = "<p>a".repeat(5_000);
        let parsed = parse(&page);
        let count = parsed.html.tree.values().filter(|v| v.as_element().is_some_and(|e| e.name() == "p")).count();
        assert_eq!(count, 5_000);
    }

    #[test]
    fn formatting_that_is_never_closed_does_not_multiply() {
        let mut page = String::new();
        for n in 0..2_000 {
            page.push_str(&format!("<font color={n}>"));
        }
        page.push_str(&"<p>x".repeat(2_000));
        let parsed = parse(&page);
        assert!(parsed.html.tree.nodes().len() < 600_000);
    }

    #[test]
    fn a_huge_value_keeps_what_follows() {
        let page = format!("<p>prima<input value=\"{}\"><p>dopo", "Ab/+1 ".repeat(50_000));
        let parsed = parse(&page);
        assert!(parsed.html.root_element().text().any(|t| t == "dopo"));
    }

    #[test]
    fn a_tag_of_many_attributes_ends() {
        let mut page = String::from("<div ");
        for n in 0..200_000 {
            page.push_str(&format!("a{n} "));
        }
        page.push_str(">dopo</div>");
        assert!(parse(&page).html.root_element().text().any(|t| t == "dopo"));
    }

    #[test]
    fn names_without_end_do_not_slow_the_parser() {
        let mut page = String::from("<p>");
        for n in 0..100_000 {
            page.push_str(&format!("<x{n} y{n}=1>z"));
        }
        page.push_str("<p>dopo");
        assert!(parse(&page).html.root_element().text().any(|t| t.ends_with("dopo")));
    }

    #[test]
    fn nodes_are_bounded() {
        // An end tag without its start is an element too.
        let parsed = parse(&format!("<body>{}", "</p>".repeat(MAX_NODES + 10_000)));
        assert!(parsed.cut);
        assert!(parsed.html.tree.nodes().len() <= MAX_NODES + 1_000);
    }
}
