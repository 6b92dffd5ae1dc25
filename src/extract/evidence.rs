//! Which words of a segment state what.

use super::grammar::exceptions::Exception;
use super::scan::{Mark, Placed};
use super::segment::Segment;
use crate::domain::{Evidence, Stated};
use crate::lexicon::Cue;

/// The sentence of a clause, or, where a segment was put together from cells, each cell with what its own words can state.
pub fn of(segment: &Segment, marks: &[Placed]) -> Vec<Evidence> {
    if segment.pieces.is_empty() {
        return vec![Evidence { sentence: segment.text.clone(), block: segment.block, states: Stated::ALL.to_vec() }];
    }
    let pieces = segment.pieces.iter().map(|piece| {
        let inside = |mark: &&Placed| {
            segment.tokens.get(mark.start).is_some_and(|token| piece.range.contains(&segment.folded.original(token.range.clone()).start))
        };
        let mut states: Vec<Stated> = marks.iter().filter(inside).flat_map(|mark| can_state(&mark.mark)).copied().collect();
        states.sort_unstable();
        states.dedup();
        Evidence { sentence: piece.words.clone(), block: segment.block, states }
    });
    pieces.collect()
}

/// What a phrase can be part of.
fn can_state(mark: &Mark) -> &'static [Stated] {
    match mark {
        Mark::Offices(_) | Mark::TheOffices { .. } | Mark::AllOthers | Mark::Site(_) | Mark::WholeBody | Mark::Comma | Mark::Break => &[],
        Mark::Nth(_) | Mark::Latter => &[],
        Mark::Days(_)
        | Mark::Span(..)
        | Mark::Part(_)
        | Mark::Continuous
        | Mark::SameHours
        | Mark::Exception(Exception::Preceding)
        | Mark::RestOfYear => &[Stated::Hours, Stated::Openings],
        Mark::When(_) => &[Stated::Period, Stated::Closures, Stated::Openings, Stated::Hours],
        Mark::Channel(_) | Mark::SameNumber => &[Stated::Channels],
        Mark::Address(_) => &[Stated::Address],
        Mark::Exception(Exception::Following | Exception::Sentence) => &[Stated::Exceptions],
        Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::WalkIn | Cue::Remote | Cue::Reduced | Cue::Video) => {
            &[Stated::Status, Stated::Closures]
        }
        Mark::Cue(Cue::Moved) => &[Stated::Address],
        Mark::Cue(_) => &[], // "Telefono:" names a column, and limits or denies what others state
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{self, Input};
    use crate::domain::Stated;
    use crate::domain::evidence::behind;
    use crate::extract::{Context, read};
    use crate::lexicon::Lexicon;

    #[test]
    fn each_cell_of_a_row_stands_for_what_it_says() {
        let page = "<main><h1>Uffici</h1><table><tr><th>Ufficio</th><th>Orario</th><th>Telefono</th></tr>
            <tr><td>Tributi</td><td>dal lunedì al venerdì 9.00-12.30</td><td>0583 555015</td></tr>
            <tr><td>Anagrafe</td><td>martedì 9.00-12.30</td><td>0583 555016</td></tr></table></main>";
        let document = document::read(&Input { bytes: page.as_bytes(), content_type: Some("text/html"), url: None, select: None });
        let reading = read(&document, Lexicon::builtin(), &Context::default());
        let evidence = &reading.notices[0].evidence;
        assert_eq!(behind(evidence, Stated::Hours), ["Tributi", "dal lunedì al venerdì 9.00-12.30"]);
        assert_eq!(behind(evidence, Stated::Channels), ["Tributi", "0583 555015"]);
    }
}
