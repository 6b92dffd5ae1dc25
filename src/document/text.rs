//! Plain text → blocks: paragraphs at blank lines, list items at bullets, titles alone on their line.

use super::flow::fold;
use super::{Block, BlockKind, Container, Document, Region, charset};

/// Reads plain text.
pub(super) fn read(bytes: &[u8], content_type: Option<&str>) -> Document {
    let decoded = charset::decode(bytes, content_type);
    let mut document = Document { containers: vec![Container { parent: None, tag: "body", mark: None }], ..Document::default() };
    if decoded.damaged {
        document.warnings.push("some characters cannot be read in the encoding of the text".to_owned());
    }
    let mut paragraph = String::new();
    for line in decoded.text.lines() {
        let line = fold(line);
        if line.is_empty() {
            push(&mut document, &mut paragraph, BlockKind::Paragraph);
        } else if let Some(rest) = bullet(&line) {
            push(&mut document, &mut paragraph, BlockKind::Paragraph);
            let mut item = rest.to_owned();
            push(&mut document, &mut item, BlockKind::Item(1));
        } else {
            if !paragraph.is_empty() {
                paragraph.push('\n');
            }
            paragraph.push_str(&line);
        }
    }
    push(&mut document, &mut paragraph, BlockKind::Paragraph);
    document
}

fn push(document: &mut Document, text: &mut String, kind: BlockKind) {
    if text.is_empty() {
        return;
    }
    document.blocks.push(Block {
        kind,
        text: std::mem::take(text),
        links: Vec::new(),
        strong: Vec::new(),
        region: Region::Main,
        container: 0,
        headings: Vec::new(),
        lang: None,
    });
}

/// The text of an item, if the line starts like one.
fn bullet(line: &str) -> Option<&str> {
    ["- ", "• ", "* ", "· ", "– ", "▪ ", "o "].iter().find_map(|mark| line.strip_prefix(mark))
}
