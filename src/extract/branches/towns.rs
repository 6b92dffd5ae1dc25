//! Town halls of a union of municipalities, in which one of its offices receives by turns.

use std::collections::BTreeSet;

use super::posts::speaks_of_one;
use super::prose::{name_of_place, put, speaks};
use crate::document::Region;
use crate::extract::grammar::sites::name_end;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment, first_word};
use crate::text::fold;

/// As many as a union may have.
const MOST: usize = 64;

/// Whether a document speaks of municipalities together, and of one office of theirs.
fn is_of_a_union(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    const UNIONS: [&str; 4] = ["unione", "associat", "convenzione", "comunita montana"];
    speaks_of_one(segments, scans) && segments.iter().any(|s| s.folded.has_any(&UNIONS))
}

/// "Municipio di Casale: lunedì 9-12", "Municipio di Rocca: giovedì 9-12": where one office of a union receives, town by town.
pub(super) fn labelled(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    if !is_of_a_union(segments, scans) {
        return;
    }
    let town = |i: usize| -> Option<(usize, usize, bool)> {
        let segment = &segments[i];
        let first = first_word(&segment.tokens);
        let seat = segment.tokens.get(first).is_some_and(|t| t.is_any(&["municipio", "comune", "palazzo"]));
        let of = segment.tokens.get(first + 1).is_some_and(|t| t.is_any(&["di", "d'", "del"])) && segment.is_capital(first + 2);
        let end = name_end(&segment.tokens, first + 2, &|j| segment.is_capital(j));
        let heading = segment.role == Role::Heading && end >= segment.tokens.len() && !segment.headings.is_empty();
        let sign = segment.tokens.get(end).is_some_and(|t| t.is_any(&[":", "-", ",", "("]));
        let told = scans[i].iter().any(|m| m.start >= end && matches!(m.mark, Mark::Days(_) | Mark::Span(..)));
        let entry = sign && matches!(segment.role, Role::Line | Role::Item | Role::Row);
        (segment.region == Region::Main && seat && of && (heading || entry)).then_some((first, end, heading || told))
    };
    // "Municipio di Rocca: via Po 2", "Municipio di Rocca: giovedì 9-12": entries of one term, of which one tells when
    let entries: Vec<(usize, usize, usize, bool)> =
        (0..segments.len()).filter_map(|i| town(i).map(|(from, end, told)| (i, from, end, told))).collect();
    let name_of = |(i, from, end, _): &(usize, usize, usize, bool)| fold(segments[*i].words(*from..*end));
    let told: BTreeSet<String> = entries.iter().filter(|entry| entry.3).map(name_of).collect();
    let found: Vec<(usize, usize, usize)> =
        entries.iter().filter(|entry| told.contains(&name_of(entry))).map(|(i, from, end, _)| (*i, *from, *end)).collect();
    let mut names: Vec<String> = found.iter().map(|(i, from, end)| fold(segments[*i].words(*from..*end))).collect();
    names.sort();
    names.dedup();
    if names.len() < 2 {
        return;
    }
    for (i, from, end) in found {
        let name = segments[i].words(from..end).to_string();
        scans[i].retain(|m| m.start >= end || matches!(m.mark, Mark::Cue(_)));
        scans[i].insert(0, Placed { mark: Mark::Site(name), start: from, end });
    }
}

/// "Il SUAP riceve il martedì dalle 9 alle 13 nel municipio di Poggio; il mercoledì nel municipio di Rocca": where the one office that a union's article is
/// about receives, town by town.
pub(super) fn in_prose(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    if !is_of_a_union(segments, scans) {
        return;
    }
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for (i, segment) in segments.iter().enumerate().filter(|(_, s)| speaks(s)) {
        for at in 1..segment.tokens.len() {
            let inside = segment.tokens[at].is("municipio") && segment.tokens[at - 1].is_any(&["nel", "al", "del", "il", "dal", "presso"]);
            if let Some(end) = name_of_place(segment, at + 1).filter(|_| inside) {
                if found.len() >= 4 * MOST {
                    return; // a register of a country's town halls
                }
                found.push((i, at, end));
            }
        }
    }
    let mut names: Vec<String> = found.iter().map(|(i, from, end)| fold(segments[*i].words(*from..*end))).collect();
    names.sort();
    names.dedup();
    let told = found.iter().any(|(i, ..)| scans[*i].iter().any(|m| matches!(m.mark, Mark::Span(..))));
    if names.len() < 2 || names.len() > MOST || !told {
        return;
    }
    for (i, from, end) in found {
        put(&mut scans[i], Mark::Site(segments[i].words(from..end).to_string()), from, end);
    }
}
