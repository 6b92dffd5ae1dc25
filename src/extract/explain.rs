//! What the rules saw: each unit of a document with the phrases read in it, for people who ask why a fact was read, or was not.
//!
//! In: a document. Out: lines of text, in reading order. It reads as `read` does, and decides nothing.

use std::fmt::Write;

use super::scan::{Mark, scan};
use super::{Context, published, segment};
use crate::document::{Document, Region};
use crate::lexicon::Lexicon;

/// A document's units, and below each the phrases with the family that read them.
pub fn explain(document: &Document, lexicon: &Lexicon, context: &Context) -> Vec<String> {
    let segments = segment::segments(document, lexicon);
    let dating = published::date(document, &segments, lexicon, context);
    let mut anchor = dating.anchor;
    let mut lines = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let place = if segment.region == Region::Main { String::new() } else { format!(" {:?}", segment.region) };
        let above = segment.headings.last().map(|heading| format!(" under {heading}")).unwrap_or_default();
        lines.push(format!(
            "{index:>4} {:?}{place}{above} · block {} in {} · {}",
            segment.role,
            segment.block,
            segment.container,
            segment.text.replace('\n', " ")
        ));
        for placed in scan(segment, &mut anchor, dating.published, lexicon) {
            if placed.mark == Mark::Comma {
                continue;
            }
            let mut line = String::new();
            let _ = write!(line, "     {:<40} {}", format!("“{}”", segment.words(placed.start..placed.end)), name(&placed.mark));
            lines.push(line);
        }
    }
    lines
}

/// The family of a phrase, and what it means.
fn name(mark: &Mark) -> String {
    match mark {
        Mark::Offices(mention) => {
            let offices: Vec<&str> = mention.offices.iter().map(|named| named.office.0.as_str()).collect();
            format!("offices: {}", offices.join(", "))
        }
        Mark::Span(span, weak) => format!("times: {span}{}", if *weak { " (needs days)" } else { "" }),
        Mark::Channel(channel) => format!("channels: {channel}"),
        Mark::Site(site) => format!("sites: {site}"),
        Mark::Address(address) => format!("addresses: {address}"),
        Mark::Cue(cue) => format!("cues: {cue:?}"),
        Mark::When(when) => format!("dates: {when:?}"),
        Mark::Days(days) => format!("weekdays: {days:?}"),
        other => format!("{other:?}"),
    }
}
