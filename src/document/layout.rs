//! Lines with their places on pages → blocks, for documents that know no structure but where things stand.

use super::columns::{Found, Line, append, table};
use super::pdf::Page;
use super::text::bullet;
use super::{Block, BlockKind, Container, Document, Region};

/// A heading longer than this is a paragraph in bold.
const MAX_HEADING: usize = 200;

/// Builds a document from pages.
pub(super) fn document(pages: &[Page]) -> Document {
    let mut builder = Builder::new(body_size(pages));
    for page in pages {
        builder.page(page);
    }
    let mut document = builder.document;
    document.title =
        document.blocks.iter().find(|block| matches!(block.kind, BlockKind::Heading(_))).map(|block| block.text.replace('\n', " "));
    document
}

/// The size of most of the text.
fn body_size(pages: &[Page]) -> f64 {
    let mut sizes: Vec<(f64, usize)> =
        pages.iter().flat_map(|page| &page.lines).map(|line| (line.size, line.pieces.iter().map(|p| p.text.len()).sum())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, length)| length).sum::<usize>() / 2;
    let mut seen = 0;
    for (size, length) in sizes {
        seen += length;
        if seen >= half {
            return size;
        }
    }
    10.0
}

struct Builder {
    document: Document,
    body: f64,
    headings: Vec<(u8, usize)>,
    /// The paragraph being gathered: its text, its last line's height, its size and weight.
    text: String,
    last: Option<(f64, f64, bool)>,
    item: bool,
}

impl Builder {
    fn new(body: f64) -> Self {
        let document = Document { containers: vec![Container { parent: None, tag: "body", mark: None }], ..Document::default() };
        Self { document, body, headings: Vec::new(), text: String::new(), last: None, item: false }
    }

    fn page(&mut self, page: &Page) {
        let leading = leading(&page.lines);
        let right = page.lines.iter().flat_map(|line| line.pieces.last()).map(|piece| piece.to).fold(0.0, f64::max);
        let left = page.lines.iter().flat_map(|line| line.pieces.first()).map(|piece| piece.from).fold(f64::MAX, f64::min);
        let mut at = 0;
        let mut full = false;
        while let Some(line) = page.lines.get(at) {
            if let Some(Found { table, taken, .. }) = table(page.lines.get(at..).unwrap_or_default(), &page.rules) {
                self.flush();
                self.block(BlockKind::Table(table), String::new());
                at += taken.max(1);
                continue;
            }
            let (bold, text) = (line.bold(), line.text());
            let apart = self.last.is_none_or(|(y, size, was_bold)| {
                let gap = line.y - y;
                gap > 1.25 * leading.max(line.size) || gap < 0.0 || (line.size - size).abs() > 0.1 * size || bold != was_bold && !full
            });
            if let Some(rest) = bullet(&text) {
                self.flush();
                self.item = true;
                self.text.push_str(rest);
            } else if apart {
                self.flush();
                self.text.push_str(&text);
            } else if full {
                join(&mut self.text, &text);
            } else {
                append(&mut self.text, &text);
            }
            // A line that fills its width goes on in the next.
            full =
                line.pieces.last().is_some_and(|piece| piece.to > left + 0.86 * (right - left) && piece.from < left + 0.3 * (right - left))
                    && line.pieces.len() == 1;
            self.last = Some((line.y, line.size, bold));
            at += 1;
        }
        self.flush();
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let item = std::mem::take(&mut self.item);
        let Some((_, size, bold)) = self.last.take() else { return };
        if text.is_empty() {
            return;
        }
        let level = match size / self.body {
            ratio if ratio >= 1.45 => 1,
            ratio if ratio >= 1.12 => 2,
            _ if bold => 3,
            _ => 0,
        };
        if item {
            self.block(BlockKind::Item(1), text);
        } else if level > 0 && text.len() <= MAX_HEADING && !text.ends_with(['.', ';', ',']) {
            self.block(BlockKind::Heading(level), text);
        } else {
            self.block(BlockKind::Paragraph, text);
        }
    }

    fn block(&mut self, kind: BlockKind, text: String) {
        let index = self.document.blocks.len();
        if let BlockKind::Heading(level) = kind {
            while self.headings.last().is_some_and(|(held, _)| *held >= level) {
                self.headings.pop();
            }
        }
        let headings = self.headings.iter().map(|(_, block)| *block).collect();
        if let BlockKind::Heading(level) = kind {
            self.headings.push((level, index));
        }
        self.document.blocks.push(Block {
            kind,
            text,
            links: Vec::new(),
            strong: Vec::new(),
            region: Region::Main,
            container: 0,
            headings,
            lang: None,
        });
    }
}

/// The usual distance between lines.
fn leading(lines: &[Line]) -> f64 {
    let mut gaps: Vec<f64> = lines.windows(2).filter_map(|pair| Some(pair.last()?.y - pair.first()?.y)).filter(|gap| *gap > 1.0).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 4).copied().unwrap_or(12.0)
}

/// Joins lines of one sentence; a word parted at the line's end becomes whole.
fn join(text: &mut String, next: &str) {
    let parted = text.ends_with('-') && text.trim_end_matches('-').ends_with(char::is_alphabetic) && next.starts_with(char::is_lowercase);
    if parted {
        text.pop();
    } else {
        text.push(' ');
    }
    text.push_str(next);
}
