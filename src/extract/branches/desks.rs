//! Branches that are told by what stands beside them: "Sportello di Ronco" beside "Sede centrale", "Palazzo civico" beside "Delegazione di Ronco".

use crate::extract::grammar::sites::name_end;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment, first_word};
use crate::text::{TokenKind, fold};

/// A desk called by a place is a branch where another branch is told beside it, or two such desks are.
pub(super) fn of_places(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let loud = are_called_in_capitals(segments, scans);
    let desk = |segment: &Segment, mark: &Placed| -> Option<(usize, usize)> {
        let Mark::Offices(mention) = &mark.mark else { return None };
        let [named] = mention.offices.as_slice() else { return None };
        let at = named.tokens.start;
        let is_desk = named.office.is_other() && segment.tokens.get(at).is_some_and(|t| t.is("sportello"));
        let place = segment.tokens.get(at + 1).is_some_and(|t| t.is_any(&["di", "a", "d'"])) && segment.is_capital(at + 2);
        // "SPORTELLO DI ASCOLTO": in capitals no word is a place
        let shouts = segment.words(at..at + 1).chars().all(char::is_uppercase);
        let purpose = segment.tokens.get(at + 2).is_some_and(super::posts::is_purpose);
        (is_desk && place && !purpose && (loud || !shouts)).then(|| (at, name_end(&segment.tokens, at + 2, &|i| segment.is_capital(i))))
    };
    let mut names: Vec<String> = Vec::new();
    let mut others = false;
    for (segment, marks) in segments.iter().zip(scans.iter()) {
        let first = first_word(&segment.tokens);
        // "Anagrafe - sede di via dei Falegnami" in a row beside "Anagrafe - sportello di Colle Tasso"; "Presso la sede municipale riceve …"
        let at_place = segment.tokens.get(first).is_some_and(|t| t.is_any(&["presso", "anche"]));
        let reach = match segment.role {
            Role::Row => 4,
            _ if at_place => 2,
            _ => 1,
        };
        for mark in marks {
            others |= matches!(&mark.mark, Mark::Site(_)) && mark.start <= first + reach;
            if let Some((start, end)) = desk(segment, mark) {
                let name = fold(segment.words(start..end));
                if names.len() < 2 && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    let of_offices: Vec<String> = segments.iter().zip(scans.iter()).filter_map(|(segment, marks)| desk_of_office(segment, marks)).collect();
    names.extend(of_offices.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
    if names.is_empty() || names.len() < 2 && !others {
        return;
    }
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        for mark in marks.iter_mut() {
            if let Some((start, end)) = desk(segment, mark) {
                *mark = Placed { mark: Mark::Site(segment.words(start..end).to_string()), start, end };
            } else if named_desk(segment, mark).is_some_and(|name| of_offices.contains(&name)) {
                mark.mark = Mark::Site(segment.words(mark.start..mark.end).to_string());
            }
        }
    }
}

/// "SPORTELLO DI RONCO", "SPORTELLO DI COLLE", each alone on its line above the street where it stands: in capitals, and places all the same.
fn are_called_in_capitals(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    let called = |i: usize| -> bool {
        let tokens = &segments[i].tokens;
        let desk = tokens.first().is_some_and(|t| t.is("sportello")) && tokens.get(1).is_some_and(|t| t.is_any(&["di", "d'"]));
        let alone = matches!(segments[i].role, Role::Heading | Role::Line) && tokens.len() <= 7;
        let street =
            scans.get(i + 1).is_some_and(|marks| marks.first().is_some_and(|m| matches!(m.mark, Mark::Address(_)) && m.start <= 2));
        desk && alone && street && !tokens.get(2).is_some_and(super::posts::is_purpose)
    };
    (0..segments.len()).filter(|i| called(*i)).take(2).count() >= 2
}

/// "i Servizi sociali ricevono anche presso lo Sportello Borgonuovo, in via Po 3": a desk in which an office receives, with the street where it stands.
fn desk_of_office(segment: &Segment, marks: &[Placed]) -> Option<String> {
    let is_office = |m: &&Placed| matches!(&m.mark, Mark::Offices(mention) if mention.offices.iter().all(|o| !o.office.is_all() && !o.office.is_other()));
    let office = marks.iter().find(is_office)?;
    let (desk, name) = marks.iter().find_map(|m| named_desk(segment, m).map(|name| (m, name)))?;
    let before = segment.tokens.get(desk.start.checked_sub(2)?..desk.start)?;
    let at_it = before.first()?.is("presso") || before.last()?.is("nello");
    let street = marks.iter().any(|m| matches!(m.mark, Mark::Address(_)) && m.start >= desk.end);
    (office.end <= desk.start && at_it && street).then_some(name)
}

/// A desk with a name of its own, folded: "Sportello Borgonuovo".
fn named_desk(segment: &Segment, mark: &Placed) -> Option<String> {
    let Mark::Offices(mention) = &mark.mark else { return None };
    let [named] = mention.offices.as_slice() else { return None };
    let desk = segment.tokens.get(mark.start).is_some_and(|t| t.is("sportello")) && segment.is_capital(mark.start + 1);
    (named.office.is_other() && desk).then(|| fold(segment.words(mark.start..mark.end)))
}

/// "Palazzo civico, piazza Cavour 1: …" in a list of which two other entries open with a branch: the one at the town hall.
pub(super) fn beside_branches(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const LONGEST_NAME: usize = 6;
    // how far apart the entries of one list may stand, in segments
    const REACH: usize = 24;
    let opens = |i: usize| i == 0 || segments[i].block != segments[i - 1].block || segments[i].role == Role::Line;
    let branch = |i: usize| scans[i].first().is_some_and(|m| matches!(m.mark, Mark::Site(_)) && m.start <= 1);
    let name = |i: usize| -> Option<usize> {
        let segment = &segments[i];
        let end = segment.tokens.iter().position(|t| t.is_any(&[",", ":", "("])).filter(|end| (1..=LONGEST_NAME).contains(end))?;
        let bare = !scans[i].iter().any(|m| m.start < end);
        let words = &segment.tokens[..end];
        let called = words[0].upper && words.iter().all(|t| t.kind == TokenKind::Word);
        let house = words[0].is_any(&["palazzo", "municipio", "sede", "villa", "centro", "capoluogo"]);
        let told = scans[i].iter().any(|m| matches!(m.mark, Mark::Days(_) | Mark::Span(..)));
        (bare && called && house && told).then_some(end)
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    for i in (0..segments.len()).filter(|i| segments[*i].role != Role::Heading && opens(*i)) {
        let Some(end) = name(i) else { continue };
        let near = |j: &usize| segments[*j].headings == segments[i].headings && segments[*j].block.abs_diff(segments[i].block) <= 3;
        let around = i.saturating_sub(REACH)..(i + REACH).min(segments.len());
        // "Sede comunale, via Veneto 3: lun. 9-13" right above "Centro civico di Piano: mer. 9-11"
        let told = |j: &usize| scans[*j].iter().any(|m| matches!(m.mark, Mark::Span(..)));
        let beside = [i.checked_sub(1), Some(i + 1)].into_iter().flatten().filter(|j| *j < segments.len() && told(j) && told(&i));
        let next_to_one = beside.filter(near).any(|j| segments[j].block == segments[i].block && branch(j));
        if next_to_one || around.filter(near).filter(|j| opens(*j) && branch(*j)).count() >= 2 {
            found.push((i, end));
        }
    }
    for (i, end) in found {
        scans[i].insert(0, Placed { mark: Mark::Site(segments[i].words(0..end).to_string()), start: 0, end });
    }
}
