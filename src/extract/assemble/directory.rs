//! Directories: lists whose entries each open with a name. An entry of somebody who is no office ("Scuola materna Arcobaleno: 0721 …", "Assessore Luca Moro:
//! sabato 9-11") says nothing of the office in the entry before it.
//!
//! In: segments with their phrases. Out: the entries of strangers.

use std::collections::BTreeSet;

use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment, first_word};
use crate::lexicon::{Cue, Lexicon};
use crate::text::TokenKind;

/// Words of a name.
const LONGEST_NAME: usize = 8;

/// The entries of lists of offices that speak of somebody else.
pub(super) fn strangers(segments: &[Segment], scans: &[Vec<Placed>], parents: &[Option<usize>], lexicon: &Lexicon) -> BTreeSet<usize> {
    // entries that stand together: of one list, one table, one block of lines
    let key = |s: &Segment| {
        let scope = if s.role == Role::Item { parents.get(s.container).copied().flatten().unwrap_or(s.container) } else { s.block };
        (s.role, scope)
    };
    let is_entry = |i: &usize| matches!(segments[*i].role, Role::Item | Role::Row | Role::Line);
    let mut found = BTreeSet::new();
    let mut from = 0;
    while from < segments.len() {
        let together = (from..segments.len()).take_while(|i| *i == from || key(&segments[*i]) == key(&segments[from])).count();
        let entries = (from..from + together).filter(is_entry);
        let directory = entries.clone().filter(|i| opens_with_office(&segments[*i], &scans[*i])).count() >= 2;
        found.extend(entries.filter(|i| {
            is_politician(&segments[*i])
                || directory && !opens_with_office(&segments[*i], &scans[*i]) && names_other(&segments[*i], &scans[*i], lexicon)
        }));
        from += together.max(1);
    }
    found
}

fn opens_with_office(segment: &Segment, marks: &[Placed]) -> bool {
    let first = first_word(&segment.tokens);
    marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)) && m.start <= first + 1)
}

/// "Assessore ai lavori pubblici Luca Moro: sabato 9-11": receives as a politician, whatever the name of the office in it.
fn is_politician(segment: &Segment) -> bool {
    let title = segment.tokens.get(first_word(&segment.tokens));
    segment.role != Role::Heading
        && title.is_some_and(|t| t.upper && ["assessor", "vicesindac", "consiglier"].iter().any(|w| t.text.starts_with(w)))
}

/// Whether an entry opens with a name of its own: words that are no field, no day, and none of an office's trade, then a sign.
fn names_other(segment: &Segment, marks: &[Placed], lexicon: &Lexicon) -> bool {
    let tokens = &segment.tokens;
    let first = first_word(tokens);
    // "E-mail: …": a dash inside a word parts nothing
    let inside = |i: usize| tokens[i].is("-") && !tokens[i].spaced && tokens.get(i + 1).is_some_and(|t| !t.spaced);
    let sign = (first..tokens.len()).find(|i| tokens[*i].is_any(&[":", "-", "|", "("]) && !inside(*i));
    // "CARABINIERI 0431 82 11 12": the number follows the name at once
    let number = marks.iter().find(|m| matches!(m.mark, Mark::Channel(_)) && m.start > first).map(|m| m.start);
    let Some(sign) = sign.into_iter().chain(number).min() else { return false };
    let Some(name) = tokens.get(first..sign).filter(|name| (1..=LONGEST_NAME).contains(&name.len())) else { return false };
    let words = crate::text::fold(segment.words(first..sign));
    let said = marks
        .iter()
        .filter(|m| m.start < sign)
        .any(|m| !matches!(m.mark, Mark::Comma | Mark::Cue(Cue::Stranger | Cue::Event | Cue::Political)));
    // "Vigilanza: Ufficio: Polizia locale": the area, then the office
    let office_behind =
        marks.iter().any(|m| matches!(&m.mark, Mark::Offices(mention) if mention.sure) && m.start > sign && m.start <= sign + 3);
    name[0].upper
        && !office_behind
        && !said
        && name.iter().all(|t| t.kind != TokenKind::Number && !lexicon.cues().is_house(&t.text))
        && !lexicon.labels().opens_field(&words)
        && marks.iter().any(|m| m.start >= sign && matches!(m.mark, Mark::Channel(_) | Mark::Span(..) | Mark::Address(_) | Mark::Days(_)))
}
