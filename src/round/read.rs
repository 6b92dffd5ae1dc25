//! Bytes become a reading: the document, whether it is the page at all, and what it says.

use url::Url;

use super::apart::read_document;
use crate::config::sources::Source;
use crate::document::{self, Block, BlockKind, Document, Input, Region};
use crate::domain::Reading;
use crate::extract::{self, Context};
use crate::lexicon::Lexicon;
use crate::store::{Sha256, sha256};

/// What was made of a page.
#[derive(Debug)]
pub struct Read {
    /// Its title.
    pub title: Option<String>,
    /// What it says.
    pub reading: Reading,
    /// SHA-256 of all that the reading was made from.
    pub matter_sha: Option<Sha256>,
    /// SHA-256 of its visible text.
    pub text_sha: Sha256,
    /// Documents that it links in its own matter.
    pub attachments: Vec<Url>,
}

/// The document of a source's bytes. Takes as long as the page is: call it where blocking is allowed.
pub fn material(source: &Source, url: &Url, content_type: Option<&str>, bytes: &[u8]) -> Document {
    let document = read_document(&Input { bytes, content_type, url: Some(url), select: source.select.as_deref() });
    for warning in &document.warnings {
        tracing::debug!(source = %source.id, %url, "{url}: {warning}");
    }
    document
}

/// What a document of a source says. As long as the page is, too.
pub fn read(source: &Source, url: &Url, document: &Document) -> Read {
    let context = Context { published: None, office: source.office.clone(), url: Some(url.to_string()) };
    let reading = extract::read(document, Lexicon::builtin(), &context);
    let text_sha = sha256(visible_text(document).as_bytes());
    Read { title: document.title.clone(), reading, matter_sha: None, text_sha, attachments: Vec::new() }
}

/// The hash of all that a reading is made from: with equal matter a page says the same, whatever else its bytes hold.
pub fn matter_sha(source: &Source, url: &Url, document: &Document) -> Option<Sha256> {
    serde_json::to_vec(&(document, &source.office, url.as_str())).ok().map(|matter| sha256(&matter))
}

/// What a reader sees of the page's own matter, with the addresses behind its mail and phone links; menus, banners and footers left out,
/// since they differ from one hour to the next.
fn visible_text(document: &Document) -> String {
    let mut text = String::new();
    for block in document.blocks.iter().filter(|block| matches!(block.region, Region::Main | Region::Aside)) {
        add_block(&mut text, block);
    }
    text
}

fn add_block(text: &mut String, block: &Block) {
    let mut add = |words: &str, links: &[document::Link]| {
        text.push_str(words);
        text.push('\n');
        for link in links.iter().filter(|link| link.href.starts_with("mailto:") || link.href.starts_with("tel:")) {
            text.push_str(&link.href);
            text.push('\n');
        }
    };
    match &block.kind {
        BlockKind::Table(table) => {
            for cell in table.rows.iter().flatten().filter(|cell| cell.spans_from.is_none()) {
                add(&cell.text, &cell.links);
            }
        }
        BlockKind::Heading(_) | BlockKind::Paragraph | BlockKind::Item(_) | BlockKind::Term | BlockKind::Definition(_) => {
            add(&block.text, &block.links);
        }
    }
}
