//! The offices that a document names, in the order of the text.
//!
//! In: the phrases of all segments. Out: who is named in a part of the document, without going through all of it.

use std::ops::Range;

use crate::domain::OfficeId;
use crate::extract::scan::{Mark, Placed};

/// An office where it is named.
#[derive(Debug)]
pub(super) struct Named {
    /// Index of the segment.
    pub(super) segment: usize,
    /// Index of the token at which the name begins.
    pub(super) token: usize,
    /// Which office.
    pub(super) office: OfficeId,
}

/// All names of a document.
#[derive(Debug)]
pub(super) struct Names {
    all: Vec<Named>,
    /// Whether they are of several offices.
    pub(super) several: bool,
}

impl Names {
    /// Collects the names of all segments.
    pub(super) fn of(scans: &[Vec<Placed>]) -> Self {
        let mut all = Vec::new();
        for (segment, marks) in scans.iter().enumerate() {
            for mark in marks {
                if let Mark::Offices(mention) = &mark.mark {
                    all.extend(mention.offices.iter().map(|o| Named { segment, token: o.tokens.start, office: o.office.clone() }));
                }
            }
        }
        let mut offices = all.iter().map(|named| &named.office).filter(|office| !office.is_all());
        let first = offices.next();
        let several = offices.any(|office| Some(office) != first);
        Self { all, several }
    }

    /// The one office that the document names, if it names just one.
    pub(super) fn sole(&self) -> Option<&Named> {
        self.all.iter().find(|named| !named.office.is_all()).filter(|named| !self.several && !named.office.is_other())
    }

    /// The first segment that names an office.
    pub(super) fn first_of(&self, office: &OfficeId) -> usize {
        self.all.iter().find(|named| named.office == *office).map_or(0, |named| named.segment)
    }

    /// Those in a range of segments.
    pub(super) fn within(&self, segments: Range<usize>) -> &[Named] {
        let from = self.all.partition_point(|named| named.segment < segments.start);
        let until = self.all.partition_point(|named| named.segment < segments.end);
        self.all.get(from..until).unwrap_or_default()
    }

    /// Whether a segment other than this one names an office other than these.
    pub(super) fn others(&self, segment: usize, than: impl Fn(&OfficeId) -> bool) -> bool {
        self.all.iter().any(|named| named.segment != segment && !than(&named.office))
    }
}
