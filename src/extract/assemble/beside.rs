//! Boxes beside the matter that belong to the page's own office: "Contatti" or "Orari" in the side column of "Comando di Polizia locale".
//!
//! In: segments with their phrases. Out: the segments of such boxes, which are then read like the matter. A box of the body ("Comune di …"), of another office,
//! of news or of links stays furniture; so does a nameless one where the matter gives contacts itself.

use std::collections::BTreeSet;

use super::{Assembler, elsewhere};
use crate::document::Region;
use crate::domain::ChannelKind;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

/// Segments of a contact box at most.
const LONGEST_BOX: usize = 16;

impl Assembler<'_> {
    /// The segments beside the matter that speak of the page's office.
    pub(super) fn own_boxes(&self, scans: &[Vec<Placed>]) -> BTreeSet<usize> {
        if self.page_topic.is_empty() || self.page_topic.len() > 2 || self.page_topic.iter().any(|s| s.office.is_all()) {
            return BTreeSet::new();
        }
        let reached = self.segments.iter().zip(scans).any(|(s, marks)| s.region == Region::Main && gives_contacts(marks));
        let mut own = BTreeSet::new();
        let mut from = 0;
        while from < self.segments.len() {
            let end = self.box_end(from);
            if self.segments[from].region == Region::Aside && self.is_own_box(from..end, scans, reached) {
                own.extend(from..end);
            }
            from = end;
        }
        own
    }

    /// Where the box that begins here ends: at the next heading or part of the page.
    fn box_end(&self, from: usize) -> usize {
        let region = self.segments[from].region;
        let goes_on = |s: &&Segment| s.region == region && s.role != Role::Heading;
        from + 1 + self.segments[from + 1..].iter().take_while(goes_on).count()
    }

    fn is_own_box(&self, range: std::ops::Range<usize>, scans: &[Vec<Placed>], reached: bool) -> bool {
        let segments = &self.segments[range.clone()];
        let marks = &scans[range];
        let (Some(first), Some(first_marks)) = (segments.first(), marks.first()) else { return false };
        let named = self.subjects_of(first, first_marks);
        let is_page = |s: &super::Subject| self.page_topic.iter().any(|p| p.office == s.office);
        let by_name = !named.is_empty() && named.iter().all(is_page);
        let labels = self.lexicon.labels();
        let field = first.role == Role::Heading && labels.opens_field(&first.folded.text);
        if segments.len() > LONGEST_BOX
            || first.foreign
            || !by_name && (!field || reached)
            || segments.iter().any(|s| self.under_related(s))
        {
            return false;
        }
        let of_body = |s: &Segment| {
            let text = s.folded.text.as_str();
            labels.is_body(text.trim_start())
                || ["comune di ", "centralino", "p.iva", "p. iva", "codice fiscale"].iter().any(|w| text.contains(w))
        };
        let strange = |m: &Placed| match &m.mark {
            Mark::Offices(mention) => !mention.offices.iter().all(|o| self.page_topic.iter().any(|p| p.office == o.office)),
            Mark::Cue(cue) => matches!(cue, Cue::Stranger | Cue::Event),
            _ => false,
        };
        let speaks = |m: &Placed| matches!(m.mark, Mark::Channel(_) | Mark::Address(_) | Mark::Span(..));
        let linked = segments.iter().zip(marks).any(|(s, marks)| !crate::extract::scan::linked(s, marks).is_empty());
        let near_end = false;
        let furniture = segments.iter().zip(marks).any(|(s, marks)| elsewhere::is_furniture(s, marks, near_end, self.lexicon));
        !furniture
            && !segments.iter().any(of_body)
            && !marks.iter().flatten().any(strange)
            && (linked || marks.iter().flatten().any(speaks))
    }
}

fn gives_contacts(marks: &[Placed]) -> bool {
    marks
        .iter()
        .any(|m| matches!(&m.mark, Mark::Channel(c) if matches!(c.kind, ChannelKind::Phone | ChannelKind::Email | ChannelKind::Pec)))
}
