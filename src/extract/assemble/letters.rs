//! The head of a letter: who writes, and to whom.

use super::Assembler;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

impl Assembler<'_> {
    /// "Ai responsabili di settore", "e, per conoscenza, alla portineria": to whom a letter is written.
    fn is_addressee(&self, index: usize, marks: &[Placed]) -> bool {
        const TO: [&str; 12] = ["ai", "agli", "alle", "alla", "al", "all'", "allo", "spett", "spettabile", "egregio", "e", "ep"];
        let segment = &self.segments[index];
        let names = |m: &Placed| {
            matches!(
                m.mark,
                Mark::Offices(_) | Mark::Comma | Mark::WholeBody | Mark::Cue(Cue::Political | Cue::Event | Cue::Moved | Cue::Stranger)
            )
        };
        let short = index <= 12 && segment.tokens.len() <= 10 && segment.role == Role::Line && !segment.announces();
        let opens = |s: &Segment| s.tokens.first().is_some_and(|t| TO.contains(&t.text.as_str()));
        // alone, such a line may be the beginning of a sentence
        let listed = |i: usize| self.segments.get(i).is_some_and(|s| s.block == segment.block && s.role == Role::Line && opens(s));
        short && opens(segment) && marks.iter().all(names) && (listed(index + 1) || index > 0 && listed(index - 1))
    }

    /// "Servizio Affari generali" under "COMUNE DI …": who writes, where the text then speaks of others.
    pub(super) fn is_letterhead(&self, index: usize, marks: &[Placed]) -> bool {
        let segment = &self.segments[index];
        let short = index <= 4 && segment.tokens.len() <= 9 && segment.role != Role::Heading;
        let body = |s: &Segment| {
            ["comune di", "provincia di", "citta di", "unione", "citta metropolitana"].iter().any(|w| s.folded.text.starts_with(w))
        };
        if self.is_addressee(index, marks) {
            return true;
        }
        // below "Uffici e recapiti" the page has begun
        let titled = segment.headings.last().and_then(|h| self.segments.get(*h)).is_some_and(|title| !body(title));
        if !short || titled {
            return false;
        }
        let under = self.segments[..index].iter().any(body) || body(segment);
        if !under || !marks.iter().all(|m| matches!(m.mark, Mark::Offices(_) | Mark::Comma | Mark::Break | Mark::Cue(_) | Mark::WholeBody))
        {
            return false;
        }
        // "UFFICIO ANAGRAFE" above its own hours or numbers is a heading
        let speaks = |m: &Placed| matches!(m.mark, Mark::Channel(_) | Mark::Span(..) | Mark::Days(_));
        let heads = self
            .scans
            .get(index + 1)
            .is_some_and(|next| next.iter().any(speaks) && !next.iter().any(|m| matches!(m.mark, Mark::Offices(_))));
        if heads {
            return false;
        }
        let own = self.subjects_of(segment, marks);
        !own.is_empty() && self.names.others(index, |office| own.iter().any(|s| s.office == *office))
    }
}
