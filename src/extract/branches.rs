//! Branches that are told apart by what stands behind the office's name: "Ufficio Viabilità Pianura", "Biblioteca Centrale", "Biblioteca di Borgo Molino".
//!
//! In: segments with their phrases. Out: the phrases, with a branch marked behind each such name where the document holds at least two of them.

use super::grammar::offices::name_end;
use super::scan::{Mark, Placed};
use super::segment::{Role, Segment};
use crate::domain::OfficeId;

/// Offices of which a body may have several, each called by its place.
const IN_SEVERAL_PLACES: [&str; 5] = ["biblioteca", "centro-raccolta", "cimiteri", "farmacia", "museo"];

/// Marks branches.
pub fn mark(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    headquarters(segments, scans);
    zones(segments, scans);
    named_by_place(segments, scans);
    rows_by_place(segments, scans);
}

/// "Comando" as a label beside "Distaccamento di …": the other branch.
fn headquarters(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let beside = scans.iter().flatten().any(|m| {
        matches!(&m.mark, Mark::Site(name) if {
            let name = crate::text::fold(name);
            ["distaccamento", "presidio", "delegazione"].iter().any(|w| name.starts_with(w))
        })
    });
    if !beside {
        return;
    }
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        if segment.folded.text.trim() == "comando" && segment.tokens.len() == 1 {
            *marks = vec![Placed { mark: Mark::Site(segment.words(0..1).to_string()), start: 0, end: 1 }];
        }
    }
}

/// How many branches a document tells apart.
pub fn distinct(scans: &[Vec<Placed>]) -> usize {
    let mut sites: Vec<String> = Vec::new();
    for mark in scans.iter().flatten() {
        if let Mark::Site(name) = &mark.mark {
            let folded = crate::text::fold(name);
            if !sites.contains(&folded) {
                sites.push(folded);
            }
        }
    }
    sites.len()
}

/// Whether running text names a branch that is one by its very word: "nella Delegazione di Pianelle", told apart from the office at the town hall.
pub fn is_apart(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    let apart = |name: &str| ["delegazione", "succursale", "distaccamento"].iter().any(|w| crate::text::fold(name).starts_with(w));
    let told = |segment: &Segment, mark: &Placed| {
        segment.role == Role::Sentence
            && mark.start > 0
            && segment.tokens[mark.start - 1].is_any(&["la", "della", "nella", "alla", "il", "del", "nel", "al", "presso"])
    };
    segments.iter().zip(scans).any(|(s, marks)| marks.iter().any(|m| matches!(&m.mark, Mark::Site(name) if apart(name)) && told(s, m)))
}

/// "Biblioteca Centrale", "Biblioteca di Borgo Molino": two places of one office make two branches, called by the whole name.
fn named_by_place(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let mut found: Vec<(usize, usize, usize, String)> = Vec::new();
    for (i, (segment, marks)) in segments.iter().zip(scans.iter()).enumerate() {
        for mark in marks {
            let Mark::Offices(mention) = &mark.mark else { continue };
            let [named] = mention.offices.as_slice() else { continue };
            // "Anagrafe di Levante" as the label of a row, "Biblioteca di Borgo Molino" anywhere
            let label = matches!(segment.role, Role::Row | Role::Heading | Role::Item | Role::Line) && mark.start <= 1;
            let several = IN_SEVERAL_PLACES.contains(&named.office.0.as_str()) || label;
            if !several || named.office.is_all() || named.tokens.end != mark.end {
                continue;
            }
            if let Some(end) = place_behind(segment, mark.end).filter(|end| !marks.iter().any(|m| m.start >= mark.end && m.start < *end)) {
                found.push((i, mark.end, end, segment.words(mark.start..end).to_string()));
            }
        }
    }
    let mut names: Vec<String> = found.iter().map(|(.., name)| crate::text::fold(name)).collect();
    names.sort();
    names.dedup();
    if names.is_empty() || names.len() + distinct(scans) < 2 {
        return;
    }
    for (i, start, end, name) in found {
        let at = scans[i].iter().position(|m| m.start >= start).unwrap_or(scans[i].len());
        scans[i].insert(at, Placed { mark: Mark::Site(name), start, end });
    }
}

/// The index behind "Centrale" or "di Borgo Molino" at `at`.
fn place_behind(segment: &Segment, at: usize) -> Option<usize> {
    let token = segment.tokens.get(at)?;
    if token.is_any(&["centrale", "principale", "urbano", "maggiore", "nuovo", "vecchio", "monumentale"]) {
        return Some(at + 1);
    }
    if !token.is_any(&["di", "d'"]) || !segment.is_capital(at + 1) || segment.tokens.get(at + 1).is_some_and(|t| t.newline) {
        return None;
    }
    Some(name_end(&segment.tokens, at + 1, &|i| segment.is_capital(i)))
}

/// "Ufficio Viabilità Pianura", "Ufficio Viabilità Montagna": zones of one office, told by what follows its name in several lines.
fn zones(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let mut found: Vec<(usize, OfficeId, usize, usize)> = Vec::new();
    for (i, (segment, marks)) in segments.iter().zip(scans.iter()).enumerate() {
        let Some(first) = marks.first() else { continue };
        let Mark::Offices(mention) = &first.mark else { continue };
        let [named] = mention.offices.as_slice() else { continue };
        let mut end = first.end;
        while end < first.end + 3 && segment.tokens.get(end).is_some_and(|t| t.upper && t.kind == crate::text::TokenKind::Word) {
            end += 1;
        }
        let closes = segment.tokens.get(end).is_none_or(|t| t.is_any(&[":", "-", "("]) || t.kind == crate::text::TokenKind::Number);
        let inside = marks.iter().any(|m| m.start < end && m.start >= first.end && !matches!(m.mark, Mark::Comma));
        if end > first.end && closes && !inside && first.start <= 2 && segment.text.chars().any(char::is_lowercase) {
            found.push((i, named.office.clone(), first.end, end));
        }
    }
    for (i, office, start, end) in &found {
        let words = |i: usize, start: usize, end: usize| crate::text::fold(segments[i].words(start..end));
        let others = found.iter().filter(|(j, o, s, e)| o == office && words(*j, *s, *e) != words(*i, *start, *end)).count();
        if others >= 1 {
            // "Biblioteca Fornaci" is called by the whole name, "Ufficio Viabilità Pianura" by its zone
            let whole = IN_SEVERAL_PLACES.contains(&office.0.as_str());
            let from = scans[*i].iter().find(|m| m.end == *start).filter(|_| whole).map_or(*start, |m| m.start);
            let name = segments[*i].words(from..*end).to_string();
            let at = scans[*i].iter().position(|m| m.start >= *start).unwrap_or(scans[*i].len());
            scans[*i].insert(at, Placed { mark: Mark::Site(name), start: *start, end: *end });
        }
    }
}

/// "FARA martedì 9-12 via Frentana 2", "TUFILLO giovedì …": lines that begin with a place and say hours or an address, in a document about one office.
fn rows_by_place(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const NO_BRANCH: [&str; 14] = [
        "sala",
        "chiostro",
        "villa",
        "farmacia",
        "parco",
        "campo",
        "palestra",
        "associazione",
        "gruppo",
        "via",
        "piazza",
        "orario",
        "lunedi",
        "parrocchia",
    ];
    let mut offices: Vec<&OfficeId> = Vec::new();
    for mark in scans.iter().flatten() {
        if let Mark::Offices(mention) = &mark.mark {
            offices.extend(mention.offices.iter().map(|o| &o.office));
        }
    }
    if offices.is_empty() || offices.iter().any(|o| *o != offices[0]) || offices[0].is_all() || distinct(scans) > 0 {
        return;
    }
    let place = |i: usize| -> Option<usize> {
        let (segment, marks) = (&segments[i], &scans[i]);
        let first = marks.iter().find(|m| !matches!(m.mark, Mark::Comma))?;
        let lines = matches!(segment.role, Role::Row | Role::Line | Role::Item);
        let end = first.start - usize::from(first.start > 0 && segment.tokens[first.start - 1].is_any(&[":", "-", ","]));
        let words = segment.tokens.get(..end)?;
        let named = (1..=4).contains(&words.len())
            && words.iter().all(|t| t.upper && t.kind == crate::text::TokenKind::Word || t.is_any(&["di", "del", "della", "dei"]));
        let told = matches!(first.mark, Mark::Days(_) | Mark::Address(_)) && marks.iter().any(|m| matches!(m.mark, Mark::Span(..)));
        let other = words.first().is_none_or(|t| NO_BRANCH.contains(&t.text.as_str()) || t.text.len() < 3);
        (lines && named && told && !other).then_some(end)
    };
    let found: Vec<(usize, usize)> = (0..segments.len()).filter_map(|i| place(i).map(|end| (i, end))).collect();
    let blocks = |(i, _): &(usize, usize)| segments[*i].block;
    let same = found.windows(2).all(|w| blocks(&w[0]) == blocks(&w[1]) && w[1].0 == w[0].0 + 1);
    if found.len() < 2 || !same {
        return;
    }
    for (i, end) in found {
        let name = segments[i].words(0..end).to_string();
        scans[i].insert(0, Placed { mark: Mark::Site(name), start: 0, end });
    }
}
