//! Tree of elements → blocks in reading order, in one pass without recursion.
//!
//! Only what a reader sees becomes text. Every block knows its part of the page, its container and the headings above it.

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;
use url::Url;

use super::counters;
use super::element::{self, Marks, Sort};
use super::flow::{Flow, Gathered};
use super::headings::{Ends, Headings, Part};
use super::table::{self, Grid};
use super::{Block, BlockKind, Container, Document, Region};

mod typed;

/// Blocks of a document; a page of 10 MiB of dense text has some ten thousand.
pub const MAX_BLOCKS: usize = 200_000;
/// A heading longer than this is a paragraph that somebody made big.
const MAX_HEADING: usize = 300;

/// Nodes that are looked at to tell what an element holds.
const MAX_LOOK: usize = 2_000;

/// An element that is open on the way through the tree.
struct Open<'a> {
    sort: Sort,
    tag: &'static str,
    /// Its container, once a block needed one.
    container: Option<usize>,
    region: Region,
    /// Lists around it.
    depth: u8,
    /// Whether it stands inside `<main>` or an `<article>`.
    matter: bool,
    lang: Option<&'a str>,
    /// For an item or definition: whether its first text is still to come.
    first: bool,
    mark: Option<&'a str>,
    ends: Ends,
    part: Option<Part>,
    /// Level of the outermost heading inside the child that ended last.
    child_level: u8,
}

/// The way through one page.
pub(super) struct Walk<'a> {
    base: Option<&'a Url>,
    noscript: bool,
    document: Document,
    open: Vec<Open<'a>>,
    flow: Flow,
    headings: Headings,
    /// The heading being gathered: its level, and its index in `open`.
    heading: Option<(u8, usize)>,
    /// The table being gathered.
    grid: Option<Grid>,
    term: Option<usize>,
    cells_left: usize,
    /// How many more elements may be looked into before they are read.
    looks: usize,
    cut: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(base: Option<&'a Url>, noscript: bool) -> Self {
        Self {
            base,
            noscript,
            document: Document { containers: vec![Container { parent: None, tag: "html", mark: None }], ..Document::default() },
            open: Vec::new(),
            flow: Flow::default(),
            headings: Headings::default(),
            heading: None,
            grid: None,
            term: None,
            cells_left: table::MAX_CELLS,
            looks: 200,
            cut: false,
        }
    }

    pub(super) fn run(mut self, roots: &[NodeRef<'a, Node>]) -> Document {
        for root in roots {
            self.tree(*root);
            self.flush();
        }
        if self.cut || self.cells_left == 0 {
            self.document.warnings.push(format!("cut after {MAX_BLOCKS} blocks or {} table cells", table::MAX_CELLS));
        }
        self.document
    }

    /// Visits a subtree: down to the first child, else on to the next sibling of the nearest element that has one.
    fn tree(&mut self, root: NodeRef<'a, Node>) {
        let mut node = root;
        loop {
            if self.enter(node) {
                if let Some(child) = node.first_child() {
                    node = child;
                    continue;
                }
                self.leave(node);
            }
            while node.next_sibling().is_none() || node.id() == root.id() {
                if node.id() == root.id() {
                    return;
                }
                let Some(parent) = node.parent() else { return };
                node = parent;
                self.leave(node);
            }
            let Some(sibling) = node.next_sibling() else { return };
            node = sibling;
        }
    }

    /// Enters a node; false if nothing inside it is to be seen.
    fn enter(&mut self, node: NodeRef<'a, Node>) -> bool {
        match node.value() {
            Node::Text(text) => {
                self.flow.push(text);
                false
            }
            Node::Element(element) => self.enter_element(node, element),
            Node::Document | Node::Fragment => true,
            _ => false,
        }
    }

    fn enter_element(&mut self, node: NodeRef<'a, Node>, element: &'a Element) -> bool {
        let (mut sort, mut tag) = element::sort(element.name());
        match sort {
            Sort::Nothing | Sort::Script | Sort::Meta => return false,
            Sort::Noscript if !self.noscript => return false,
            Sort::Break => {
                self.flow.line();
                return false;
            }
            Sort::Rule => {
                self.boundary();
                return false;
            }
            Sort::Picture => {
                self.flow.space();
                return false;
            }
            _ => {}
        }
        let marks = if element.attrs.is_empty() { Marks::default() } else { Marks::of(element) };
        if element.name() == "joomla-hidden-mail" {
            // a script shows what the attributes hold; where they hold nothing, the words inside are the address
            if let Some(address) = element::joomla_address(element) {
                self.flow.push(&address);
                return false;
            }
        } else if marks.hidden {
            return false;
        }
        if let Some(code) = marks.email {
            self.protected_address(code, sort == Sort::Link);
            return false;
        }
        if marks.role == "main" {
            (sort, tag) = (Sort::Block, "main");
        } else if marks.role == "heading" {
            sort = Sort::Heading(marks.aria_level.and_then(|l| l.trim().parse().ok()).filter(|l| (1..=6).contains(l)).unwrap_or(2));
        } else if marks.toggles && self.heading.is_none() && (sort == Sort::Button || marks.href.is_some_and(|href| href.starts_with('#')))
        {
            sort = Sort::Title;
        }
        if sort == Sort::Table && (self.grid.is_some() || table::is_layout(node)) {
            sort = Sort::Block;
        }
        if is_inline(sort) && node.prev_sibling().is_some_and(|before| before.value().as_element().is_some_and(is_run)) {
            // "<span>Fax</span><span>0438 …</span>": style sheets set such boxes apart
            self.flow.apart();
        }
        if sort == Sort::Preformatted && self.grid.is_none() && self.heading.is_none() && self.typed(node) {
            return false;
        }
        let region = self.region(node, sort, tag, &marks);
        let sort = self.begin(sort, tag, &marks);
        self.push(sort, tag, &marks, region);
        true
    }

    /// What the start of an element does to the text; returns its sort in this place.
    fn begin(&mut self, sort: Sort, tag: &str, marks: &Marks<'a>) -> Sort {
        match sort {
            Sort::Inline | Sort::Time | Sort::Noscript => Sort::Inline,
            Sort::Strong => {
                self.flow.open_strong();
                sort
            }
            Sort::Raised => {
                self.flow.open_raised();
                sort
            }
            Sort::Link => {
                if let Some(href) = marks.href.and_then(|href| self.target(href)) {
                    self.flow.open_link(href);
                }
                sort
            }
            Sort::Button if self.heading.is_some() => Sort::Inline,
            Sort::Heading(_) | Sort::Title if self.heading.is_some() => {
                self.flow.space();
                Sort::Inline
            }
            Sort::Heading(_) if self.grid.is_some() => {
                self.flow.line();
                Sort::Block
            }
            Sort::Heading(level) => {
                self.flush();
                self.heading = Some((level, self.open.len()));
                sort
            }
            Sort::Title if self.grid.is_some() && self.in_cell() => {
                self.flow.line();
                Sort::Block
            }
            Sort::Title => {
                self.flush();
                self.heading = Some((self.headings.next_level(), self.open.len()));
                sort
            }
            Sort::Table => {
                self.end_heading();
                self.flush();
                self.grid = Some(Grid::default());
                sort
            }
            Sort::Row if self.grid.is_some() => {
                if let Some(grid) = &mut self.grid {
                    grid.open_row();
                }
                sort
            }
            Sort::Cell if self.grid.is_some() => {
                let header = tag == "th" || self.open.iter().rev().take(4).any(|open| open.tag == "thead");
                self.flow.reset();
                if let Some(grid) = &mut self.grid {
                    grid.open_cell(marks.rowspan, marks.colspan, header);
                }
                sort
            }
            Sort::List | Sort::Item if self.heading.is_some() => {
                self.end_heading();
                sort
            }
            _ => {
                self.boundary();
                sort
            }
        }
    }

    /// The part of the page that an element is in.
    fn region(&mut self, node: NodeRef<'a, Node>, sort: Sort, tag: &str, marks: &Marks<'a>) -> Region {
        let above = self.open.last();
        let outer = above.map_or(Region::Main, |open| open.region);
        if is_inline(sort) {
            return outer;
        }
        let matter = above.is_some_and(|open| open.matter);
        match element::landmark(tag, marks, matter) {
            Some(Some(Region::Main)) => return Region::Main,
            // The outermost part decides: a list of links in the footer is footer.
            _ if outer != Region::Main => return outer,
            Some(own) => return own.unwrap_or(outer),
            None => {}
        }
        match element::named(marks, matter) {
            // A name alone must not make away with the matter.
            Some(own) if !self.holds_matter(node, own) => own,
            _ => outer,
        }
    }

    /// Whether an element whose name means furniture holds the page's title, or texts rather than links.
    fn holds_matter(&mut self, node: NodeRef<'a, Node>, region: Region) -> bool {
        if self.looks == 0 {
            return true;
        }
        self.looks -= 1;
        let (mut linked, mut plain) = (0, 0);
        for inner in node.descendants().take(MAX_LOOK) {
            match inner.value() {
                Node::Element(element) if matches!(element.name(), "h1" | "main") => return true,
                Node::Text(text) => {
                    let length = text.trim().len();
                    let parent = inner.parent().and_then(|parent| parent.value().as_element()).map_or("", |element| element.name());
                    match parent {
                        "script" | "style" => {}
                        "a" | "button" | "li" => linked += length,
                        _ => plain += length,
                    }
                }
                _ => {}
            }
        }
        region == Region::Navigation && plain > 400 && plain > 2 * linked
    }

    fn push(&mut self, sort: Sort, tag: &'static str, marks: &Marks<'a>, region: Region) {
        let above = self.open.last();
        let outer = above.map_or(Region::Main, |open| open.region);
        let matter = above.is_some_and(|open| open.matter);
        let block = !is_inline(sort);
        let part = (region != outer && block).then(|| self.headings.enter_part(region == Region::Aside || region == Region::Main));
        let lang = marks.lang.filter(|_| !matches!(tag, "html" | "body"));
        let is_list = sort == Sort::List;
        let open = Open {
            sort,
            tag,
            container: None,
            region,
            depth: above.map_or(0, |open| open.depth).saturating_add(u8::from(is_list)),
            matter: matter || region == Region::Main && matches!(tag, "main" | "article") || marks.role == "main",
            lang: lang.or(above.and_then(|open| open.lang)),
            first: matches!(sort, Sort::Item | Sort::Definition),
            mark: marks.element.or(marks.property).or((marks.role == "alert").then_some("alert")),
            ends: ends(tag, marks),
            part,
            child_level: 0,
        };
        self.open.push(open);
    }

    /// Leaves a node whose children have all been visited.
    fn leave(&mut self, node: NodeRef<'a, Node>) {
        if !node.value().is_element() {
            return;
        }
        let Some(sort) = self.open.last().map(|open| open.sort) else { return };
        let index = self.open.len() - 1;
        match sort {
            Sort::Inline => {}
            Sort::Strong => self.flow.close_strong(),
            Sort::Raised => self.flow.close_raised(),
            Sort::Link => self.flow.close_link(),
            Sort::Cell if self.grid.is_some() => {
                let gathered = self.flow.take();
                if let Some(grid) = &mut self.grid {
                    grid.close_cell(gathered, &mut self.cells_left);
                }
            }
            Sort::Row if self.grid.is_some() => {}
            Sort::Table => self.end_table(),
            Sort::Heading(_) | Sort::Title if self.heading.is_some_and(|(_, at)| at == index) => self.end_heading(),
            _ => self.boundary(),
        }
        let Some(open) = self.open.pop() else { return };
        if is_inline(sort) {
            return;
        }
        let before = self.open.last().map_or(0, |above| above.child_level);
        let level = self.headings.leave(index, index.saturating_sub(1), open.ends, before);
        if let Some(above) = self.open.last_mut()
            && level > 0
        {
            above.child_level = level;
        }
        if let Some(part) = open.part {
            self.headings.leave_part(part);
        }
    }

    fn in_cell(&self) -> bool {
        self.open.iter().rev().take_while(|open| open.sort != Sort::Table).any(|open| open.sort == Sort::Cell)
    }

    /// The page begins something new: a block ends, or a line of a cell, or nothing but a gap in a heading.
    fn boundary(&mut self) {
        if self.heading.is_some() {
            self.flow.space();
        } else if self.grid.is_some() {
            self.flow.line();
        } else {
            self.flush();
        }
    }

    /// Makes a block of what has been gathered.
    fn flush(&mut self) {
        let gathered = self.flow.take();
        // a line that counts readers is another at each load, and says nothing: the page is what it was
        if gathered.text.is_empty() || counters::counts(&gathered.text) {
            return;
        }
        let holder = self
            .open
            .iter_mut()
            .rev()
            .find(|open| matches!(open.sort, Sort::Item | Sort::Term | Sort::Definition | Sort::Cell | Sort::Table));
        let kind = match holder {
            Some(open) if open.sort == Sort::Item && open.first => {
                open.first = false;
                BlockKind::Item(open.depth.max(1))
            }
            Some(open) if open.sort == Sort::Term => {
                self.term = Some(self.document.blocks.len());
                BlockKind::Term
            }
            Some(open) if open.sort == Sort::Definition => BlockKind::Definition(self.term),
            _ => BlockKind::Paragraph,
        };
        let headings = self.headings.path();
        self.block(kind, gathered, headings);
    }

    fn end_heading(&mut self) {
        let Some((level, at)) = self.heading.take() else { return };
        let mut gathered = self.flow.take();
        if gathered.text.is_empty() {
            return;
        }
        let caption = self.open.get(at).is_some_and(|open| open.tag == "caption");
        if let Some(grid) = &mut self.grid
            && caption
        {
            grid.caption(&gathered.text);
        }
        if gathered.text.len() > MAX_HEADING {
            gathered.strong.clear();
            gathered.strong.push(0..gathered.text.len());
            let headings = self.headings.path();
            self.block(BlockKind::Paragraph, gathered, headings);
            return;
        }
        let headings = self.headings.push(level, self.document.blocks.len(), at.saturating_sub(1));
        self.block(BlockKind::Heading(level), gathered, headings);
    }

    fn end_table(&mut self) {
        self.end_heading();
        let Some(grid) = self.grid.take() else { return };
        self.flow.reset();
        if let Some(table) = grid.finish() {
            let headings = self.headings.path();
            self.block(BlockKind::Table(table), Gathered { text: String::new(), links: Vec::new(), strong: Vec::new() }, headings);
        }
    }

    fn block(&mut self, kind: BlockKind, gathered: Gathered, headings: Vec<usize>) {
        if self.document.blocks.len() >= MAX_BLOCKS {
            self.cut = true;
            return;
        }
        let container = self.container();
        let (region, lang) = self.open.last().map_or((Region::Main, None), |open| (open.region, open.lang));
        let lang = lang
            .map(|lang| lang.split('-').next().unwrap_or_default().to_ascii_lowercase())
            .filter(|lang| !lang.is_empty() && lang != "it");
        let Gathered { text, links, strong } = gathered;
        self.document.blocks.push(Block { kind, text, links, strong, region, container, headings, lang });
    }

    /// The innermost container, made on first need together with those around it.
    fn container(&mut self) -> usize {
        let known = self.open.iter().rposition(|open| open.container.is_some());
        let mut parent = known.and_then(|at| self.open.get(at)).and_then(|open| open.container).unwrap_or(0);
        for open in self.open.iter_mut().skip(known.map_or(0, |at| at + 1)) {
            if matches!(open.sort, Sort::Inline | Sort::Strong | Sort::Link | Sort::Raised | Sort::Heading(_)) || open.tag == "html" {
                continue;
            }
            self.document.containers.push(Container { parent: Some(parent), tag: open.tag, mark: open.mark.map(str::to_owned) });
            parent = self.document.containers.len() - 1;
            open.container = Some(parent);
        }
        parent
    }

    /// Where a link leads: absolute if the page's address is known.
    fn target(&self, href: &str) -> Option<String> {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') || href.get(..11).is_some_and(|s| s.eq_ignore_ascii_case("javascript:")) {
            return None;
        }
        if let Some((_, code)) = href.split_once("/cdn-cgi/l/email-protection#") {
            return decode_address(code).map(|address| format!("mailto:{address}"));
        }
        let scheme = href.split_once(':').map(|(scheme, _)| scheme);
        if let Some(scheme) = scheme.filter(|s| s.eq_ignore_ascii_case("mailto") || s.eq_ignore_ascii_case("tel")) {
            return Some(format!("{}{}", scheme.to_ascii_lowercase(), href.get(scheme.len()..).unwrap_or_default()));
        }
        match self.base {
            Some(base) => Some(base.join(href).map_or_else(|_| href.to_owned(), String::from)),
            None => Some(href.to_owned()),
        }
    }

    /// An address that Cloudflare hides from robots; a browser's script shows it to readers.
    fn protected_address(&mut self, code: &str, link: bool) {
        let Some(address) = decode_address(code) else { return };
        if link {
            self.flow.open_link(format!("mailto:{address}"));
        }
        self.flow.push(&address);
        if link {
            self.flow.close_link();
        }
    }
}

/// Whether an element is a run of words in a line that may be a box of its own.
fn is_run(element: &Element) -> bool {
    matches!(element.name(), "span" | "label" | "strong" | "b" | "em")
}

fn is_inline(sort: Sort) -> bool {
    matches!(sort, Sort::Inline | Sort::Strong | Sort::Link | Sort::Raised)
}

/// How the end of an element treats the headings inside it.
fn ends(tag: &str, marks: &Marks) -> Ends {
    match tag {
        "li" | "td" | "th" | "tr" | "dd" | "details" | "fieldset" | "table" | "dialog" | "main" => Ends::Always,
        "article" | "section" | "aside" | "nav" | "footer" | "form" | "blockquote" => Ends::IfUsed,
        _ if marks.class.split_ascii_whitespace().any(is_box) => Ends::IfUsed,
        _ => Ends::IfRepeated,
    }
}

/// Class names of boxes that repeat: "card", "accordion-item", "box-ufficio", but not of their parts, such as "card-body".
fn is_box(word: &str) -> bool {
    const NAMES: &[&str] =
        &["card", "accordion-item", "accordion__item", "panel", "box", "tile", "scheda", "callout", "widget", "tab-pane"];
    NAMES.iter().any(|name| {
        let Some((head, rest)) = word.split_at_checked(name.len()) else { return false };
        let whole = rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let kind = || {
            rest.starts_with('-') && !["header", "body", "title", "heading", "footer", "text", "img"].iter().any(|part| rest.contains(part))
        };
        head.eq_ignore_ascii_case(name) && (whole || kind())
    })
}

/// Cloudflare's code: the first byte is the key, the others are combined with it by exclusive or.
fn decode_address(code: &str) -> Option<String> {
    let bytes: Vec<u8> = (0..code.len()).step_by(2).map_while(|at| u8::from_str_radix(code.get(at..at + 2)?, 16).ok()).collect();
    let (key, rest) = bytes.split_first()?;
    let address = String::from_utf8(rest.iter().map(|byte| byte ^ key).collect()).ok()?;
    address.contains('@').then_some(address)
}
