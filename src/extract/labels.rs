//! Labels and values in boxes of their own: "Fax" in one, "0438 991046" in the next. Read as one line they say what they say on the page.
//!
//! In: a document. Out: for each block the label that stands before it, and which blocks are nothing but labels.

use crate::document::{BlockKind, Document};
use crate::lexicon::Lexicon;
use crate::text::{fold, tokens};

/// Letters of a label.
const LONGEST: usize = 45;
/// Words of a label.
const MOST_WORDS: usize = 6;

/// What the labels of a document say.
#[derive(Debug, Default)]
pub struct Labels {
    /// For each block the label before it.
    of: Vec<Option<usize>>,
    /// Whether a block is a label of another.
    is: Vec<bool>,
}

impl Labels {
    /// Finds the labels.
    pub fn find(document: &Document, lexicon: &Lexicon) -> Self {
        let n = document.blocks.len();
        let mut found = Self { of: vec![None; n], is: vec![false; n] };
        let extents = extents(document);
        for label in 0..n.saturating_sub(1) {
            let (block, value) = (&document.blocks[label], &document.blocks[label + 1]);
            let plain = |kind: &BlockKind| matches!(kind, BlockKind::Paragraph | BlockKind::Item(_));
            // "Lunedì" as a title above nothing but its hours
            let day = matches!(block.kind, BlockKind::Heading(_)) && is_day(&block.text, lexicon) && tells_hours(&value.text);
            let may = (plain(&block.kind) || day) && plain(&value.kind) && block.region == value.region && block.links.is_empty();
            if !may || found.of[label].is_some() || !could_be(&block.text) {
                continue;
            }
            let folded = fold(&block.text);
            let named = lexicon.labels().is_field(&folded) && !lexicon.labels().is_field(&fold(&value.text));
            // "Ufficio anagrafe" and "Sportello unico" as the two entries of a list
            let offices = || names_office(&block.text, lexicon) && names_office(&value.text, lexicon);
            if named || day || is_pair(document, &extents, label) && !offices() {
                found.of[label + 1] = Some(label);
                found.is[label] = true;
            }
        }
        found
    }

    /// The label before a block.
    pub fn of<'a>(&self, document: &'a Document, block: usize) -> Option<&'a str> {
        let label = self.of.get(block).copied().flatten()?;
        document.blocks.get(label).map(|block| block.text.trim().trim_end_matches(':').trim_end())
    }

    /// Whether a block is read with the next one.
    pub fn is_label(&self, block: usize) -> bool {
        self.is.get(block).copied().unwrap_or(false)
    }
}

/// Whether words open with the name of an office, behind an article at most.
fn names_office(text: &str, lexicon: &Lexicon) -> bool {
    let words = tokens(&fold(text));
    (0..2).any(|at| lexicon.office_at(&words, at).is_some_and(|name| name.office.is_some()))
}

/// Whether a title is days of the week and nothing else: "Lunedì", "Martedì e giovedì".
fn is_day(text: &str, lexicon: &Lexicon) -> bool {
    let folded = fold(text);
    let words = || folded.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty());
    words().count() > 0 && words().all(|w| lexicon.weekday(w).is_some() || w == "e")
}

/// Whether words hold hours and hardly anything else, or say that it is shut: "9:00 - 12:00", "Chiuso".
fn tells_hours(text: &str) -> bool {
    const SAID: [&str; 9] = ["dalle", "alle", "ore", "mattina", "mattino", "pomeriggio", "su", "previo", "appuntamento"];
    let folded = fold(text);
    let mut words = folded.split(|c: char| !c.is_alphabetic()).filter(|w| w.len() > 1);
    text.len() <= LONGEST
        && words.all(|w| SAID.contains(&w) || w.starts_with("chius"))
        && (text.contains(|c: char| c.is_ascii_digit()) || folded.contains("chius"))
}

fn could_be(text: &str) -> bool {
    text.len() <= LONGEST
        && text.split_whitespace().count() <= MOST_WORDS
        && !text.contains(|c: char| c.is_ascii_digit() || matches!(c, '\n' | '@' | '?' | '!' | ';'))
        && !text.ends_with(['.', ','])
        && text.contains(char::is_alphabetic)
}

/// The first and last block of each container.
fn extents(document: &Document) -> Vec<(usize, usize)> {
    let mut extents = vec![(usize::MAX, 0); document.containers.len()];
    for (index, block) in document.blocks.iter().enumerate() {
        if let Some(extent) = extents.get_mut(block.container) {
            *extent = (extent.0.min(index), extent.1.max(index));
        }
    }
    // a container comes after the one around it
    for index in (0..extents.len()).rev() {
        let own = extents[index];
        if let Some(parent) = document.containers[index].parent
            && let Some(extent) = extents.get_mut(parent)
        {
            *extent = (extent.0.min(own.0), extent.1.max(own.1));
        }
    }
    extents
}

/// Whether a block and the next one are all that a box holds, each in a box of its own.
fn is_pair(document: &Document, extents: &[(usize, usize)], label: usize) -> bool {
    let holder = |block: usize| document.blocks.get(block).map(|block| block.container);
    let parent = |container: usize| document.containers.get(container).and_then(|c| c.parent);
    let (Some(own), Some(other)) = (holder(label), holder(label + 1)) else { return false };
    let Some(around) = parent(own).filter(|_| extents.get(own) == Some(&(label, label))) else { return false };
    let inside = own != other && extents.get(around) == Some(&(label, label + 1));
    inside && !matches!(document.containers[around].tag, "main" | "body" | "html" | "article" | "section")
}
