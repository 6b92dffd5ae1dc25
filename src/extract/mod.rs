//! Extraction: a document turned into notices. Pure: the same document gives the same reading, always.
//!
//! In: a document's blocks. Out: per office the facts stated, their period, and the sentences they were read from. No network, no clock, no database.

mod asides;
mod assemble;
mod branches;
mod clause;
mod coming_days;
mod corrections;
mod denied;
mod draft;
mod elsewhere;
mod events;
mod evidence;
mod explain;
mod extensions;
mod finish;
mod footnotes;
pub mod grammar;
mod labels;
mod press;
mod published;
mod revise;
mod scan;
mod segment;
mod strangers;
mod tables;

pub use explain::explain;
use jiff::civil::Date;

use crate::document::Document;
use crate::domain::{OfficeId, Reading};
use crate::lexicon::Lexicon;

/// The version of the rules; rises when they read differently, so that stored snapshots are read again.
pub const RULES_VERSION: u32 = 12;

/// What is known about a document from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Its date, where the document itself states none.
    pub published: Option<Date>,
    /// The office that the page speaks of, as `sources.toml` says.
    pub office: Option<OfficeId>,
    /// Its address.
    pub url: Option<String>,
}

/// Reads a document.
pub fn read(document: &Document, lexicon: &Lexicon, context: &Context) -> Reading {
    let segments = segment::segments(document, lexicon);
    let dating = published::date(document, &segments, lexicon, context);
    let mut reading = assemble::assemble(document, &segments, &dating, lexicon, context);
    reading.published = dating.published;
    reading
}
