//! Cards of branches in plain lines: a name, and below it where the branch is and when it is open, one card beside another, behind a sentence that tells whose
//! branches they are.

use super::prose::put;
use crate::document::Region;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;
use crate::text::{TokenKind, fold};

/// Words that open the name of a branch.
pub(super) const POSTS: [&str; 14] = [
    "sede",
    "ufficio",
    "sportello",
    "punto",
    "centro",
    "delegazione",
    "presidio",
    "comando",
    "sezione",
    "polo",
    "municipio",
    "palazzo",
    "recapito",
    "succursale",
];
/// Words of the longest name.
const LONGEST: usize = 8;
/// How far above the first card its office may be named.
const ABOVE: usize = 3;
/// As many as a body may have; a page with more of them is none of its offices.
const MOST: usize = 64;

/// "Sede di via Po / via Po 9 / lunedì 9-12" and "Punto digitale di Ronco / mercoledì 14-17" behind "I servizi demografici ricevono in due punti della città".
pub(super) fn of_one_office(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let starts: Vec<usize> = (0..segments.len()).filter(|i| is_card(segments, scans, *i)).take(MOST).collect();
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return };
    let together = starts.windows(2).all(|pair| segments[pair[1]].block <= segments[pair[0]].block + 2);
    let named: Vec<usize> = starts.iter().filter(|i| is_other(&scans[**i])).copied().collect();
    // where each is known for a branch already, nothing is missing
    if starts.len() < 2
        || !together
        || named.is_empty() && starts.iter().all(|i| is_site(&scans[*i]))
        || !announced(segments, scans, *first)
    {
        return;
    }
    let names: Vec<String> = starts.iter().map(|i| segments[*i].text.trim().trim_end_matches(':').to_string()).collect();
    for (i, name) in starts.iter().zip(&names) {
        let end = segments[*i].tokens.len();
        put(&mut scans[*i], Mark::Site(name.clone()), 0, end);
    }
    // "l'ufficio di Ronco è chiuso": by the same name further down
    let last_block = segments[*last].block;
    for i in (first + 1..segments.len()).take_while(|i| segments[*i].block <= last_block + 2).filter(|i| !starts.contains(i)) {
        let segment = &segments[i];
        for name in &names {
            let folded = fold(name);
            let n_tokens = crate::text::tokens(&folded).len();
            if n_tokens == 0 || !segment.folded.has(&folded) {
                continue;
            }
            let mut places = 0..(segment.tokens.len() + 1).saturating_sub(n_tokens);
            if let Some(at) = places.find(|at| fold(segment.words(*at..at + n_tokens)) == folded) {
                put(&mut scans[i], Mark::Site(name.clone()), at, at + n_tokens);
            }
        }
    }
}

/// A name alone on the first line of a block, with hours or a street on the next.
fn is_card(segments: &[Segment], scans: &[Vec<Placed>], i: usize) -> bool {
    let segment = &segments[i];
    let lines = segment.region == Region::Main && segment.role == Role::Line && segment.opens_block;
    let opens = segment.tokens.first().is_some_and(|t| POSTS.contains(&t.text.as_str()) && t.upper);
    let place = (2..segment.tokens.len()).any(|at| segment.is_capital(at));
    let words = segment.tokens.iter().all(|t| t.kind == TokenKind::Word || t.is(":")) && segment.tokens.len() <= LONGEST;
    if !(lines && opens && place && words && (is_other(&scans[i]) || is_site(&scans[i]) || scans[i].is_empty())) {
        return false;
    }
    let tells = |m: &Placed| matches!(m.mark, Mark::Span(..) | Mark::Address(_) | Mark::Days(_));
    (i + 1..segments.len()).take(3).take_while(|j| segments[*j].block == segment.block).any(|j| scans[j].iter().any(tells))
}

/// Nothing but an office that the list lacks: "Ufficio di Ronco".
fn is_other(marks: &[Placed]) -> bool {
    let other = |m: &Placed| match &m.mark {
        Mark::Offices(mention) => mention.offices.iter().all(|o| o.office.is_other()),
        Mark::Comma => true,
        Mark::Cue(cue) => !matches!(cue, Cue::Stranger | Cue::Event),
        _ => false,
    };
    !marks.is_empty() && marks.iter().all(other)
}

fn is_site(marks: &[Placed]) -> bool {
    let site = |m: &Placed| matches!(m.mark, Mark::Site(_) | Mark::Comma | Mark::Cue(Cue::Moved));
    marks.iter().any(|m| matches!(m.mark, Mark::Site(_))) && marks.iter().all(site)
}

/// Whether the words right above name one office, and no more, as one that has several places.
fn announced(segments: &[Segment], scans: &[Vec<Placed>], first: usize) -> bool {
    const PLACES: [&str; 7] = ["punti", "sedi", "sportelli", "uffici", "delegazioni", "luoghi", "postazioni"];
    let above = (first.saturating_sub(ABOVE)..first).rev().find(|i| scans[*i].iter().any(|m| matches!(m.mark, Mark::Offices(_))));
    above.is_some_and(|i| {
        let mut offices =
            scans[i].iter().filter_map(|m| if let Mark::Offices(mention) = &m.mark { Some(&mention.offices) } else { None }).flatten();
        let Some(office) = offices.next().map(|o| &o.office) else { return false };
        let one = offices.all(|o| o.office == *office) && !office.is_all() && !office.is_other();
        one && segments[i].tokens.iter().any(|t| PLACES.contains(&t.text.as_str()))
    })
}
