//! Branches that running prose names: "al Comando di Villa", "questa delegazione", "il Museo civico e la Pinacoteca".

use crate::document::Region;
use crate::extract::grammar::sites::name_end;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;
use crate::text::fold;

/// As many as a body may have; a page with more of them is none of its offices.
const MOST: usize = 64;
/// How many sentences back a branch may stand that "questa delegazione" points to.
const BACK: usize = 3;

pub(super) fn speaks(segment: &Segment) -> bool {
    segment.region == Region::Main && segment.role == Role::Sentence
}

/// "di Poggio Alto" behind a word: where the name of the place ends.
pub(super) fn name_of_place(segment: &Segment, at: usize) -> Option<usize> {
    let of = segment.tokens.get(at).is_some_and(|t| t.is_any(&["di", "d'"]));
    (of && segment.is_capital(at + 1)).then(|| name_end(&segment.tokens, at + 1, &|j| segment.is_capital(j)))
}

/// "Il Comando di Villa" beside "il distaccamento di Ponte": the post of the police that is called by its place as the others are.
pub(super) fn headquarters_by_place(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const POSTS: [&str; 4] = ["distaccamento", "presidio", "sede", "delegazione"];
    let post = |m: &Placed| matches!(&m.mark, Mark::Site(name) if POSTS.iter().any(|word| fold(name).starts_with(word)));
    if !segments.iter().zip(scans.iter()).any(|(s, marks)| s.region == Region::Main && marks.iter().any(post)) {
        return;
    }
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.region == Region::Main) {
        let command = |m: &Placed| {
            let one =
                matches!(&m.mark, Mark::Offices(mention) if mention.offices.len() == 1 && mention.offices[0].office.0 == "polizia-locale");
            (one && m.end == m.start + 1 && segment.tokens[m.start].is("comando")).then_some((m.start, m.end))
        };
        let found: Vec<(usize, usize, usize)> = marks
            .iter()
            .filter_map(command)
            .filter_map(|(start, end)| Some((start, end, name_of_place(segment, end)?)))
            .take(MOST)
            .collect();
        for (start, end, to) in found {
            put(marks, Mark::Site(segment.words(start..to).to_string()), end, to);
        }
    }
}

/// "Lo sportello anagrafe di questa delegazione sarà aperto …": the branch of that kind that the sentences before named last.
pub(super) fn pointed_at(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const THIS: [&str; 8] = ["questa", "questo", "tale", "stessa", "stesso", "suddetta", "suddetto", "medesima"];
    const KINDS: [&str; 9] =
        ["delegazione", "sede", "succursale", "sezione", "circoscrizione", "presidio", "distaccamento", "polo", "municipio"];
    for i in 1..segments.len() {
        let segment = &segments[i];
        if !speaks(segment) || scans[i].iter().any(|m| matches!(m.mark, Mark::Site(_))) {
            continue;
        }
        let kind = (1..segment.tokens.len()).find(|at| {
            segment.tokens[*at - 1].is_any(&THIS)
                && KINDS.contains(&segment.tokens[*at].text.as_str())
                && !segment.is_capital(at + 1)
                && segment.tokens.get(at + 1).is_none_or(|t| !t.is_any(&["di", "del", "della", "dell'"]))
        });
        let Some(at) = kind else { continue };
        let of_kind = |m: &&Placed| matches!(&m.mark, Mark::Site(name) if fold(name).starts_with(segment.tokens[at].text.as_str()));
        let last = (i.saturating_sub(BACK)..i).rev().find_map(|j| scans[j].iter().rev().find(of_kind).map(|m| m.mark.clone()));
        if let Some(mark) = last {
            put(&mut scans[i], mark, at, at + 1);
        }
    }
}

/// "Museo civico" and "Pinacoteca comunale", each with days and hours of its own: a town's museums, told apart by their names.
pub(super) fn museums(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let named = |segment: &Segment, m: &Placed| -> Option<String> {
        let one = matches!(&m.mark, Mark::Offices(mention) if mention.offices.len() == 1 && mention.offices[0].office.0 == "museo");
        let name = segment.words(m.start..m.end);
        (one && m.end - m.start >= 2 && !name.contains(',')).then(|| name.to_string())
    };
    let tells = |m: &Placed| matches!(m.mark, Mark::Span(..) | Mark::Cue(Cue::Closed));
    let mut names: Vec<String> = Vec::new();
    let main = segments.iter().zip(scans.iter()).filter(|(s, _)| s.region == Region::Main && s.role != Role::Heading);
    for (segment, marks) in main {
        if marks.iter().any(|m| matches!(m.mark, Mark::Site(_))) {
            return; // told apart in another way
        }
        for (i, mark) in marks.iter().enumerate() {
            let Some(name) = named(segment, mark) else { continue };
            let own = marks[i + 1..].iter().take_while(|m| !matches!(m.mark, Mark::Offices(_)));
            if own.into_iter().any(tells) && !names.contains(&fold(&name)) && names.len() < MOST {
                names.push(fold(&name));
            }
        }
    }
    if names.len() < 2 {
        return;
    }
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.region == Region::Main) {
        let mut at = 0;
        while let Some(mark) = marks.get_mut(at) {
            if let Some(name) = named(segment, mark).filter(|name| names.contains(&fold(name))) {
                // the last word of the name stands for the branch, as a place would
                let end = mark.end;
                mark.end -= 1;
                marks.insert(at + 1, Placed { mark: Mark::Site(name), start: end - 1, end });
                at += 1;
            }
            at += 1;
        }
    }
}

/// "Per tutti gli sportelli l'appuntamento si fissa al numero …" below "Sportelli dei servizi sociali": those of the office that the title names.
pub(super) fn desks_of_title(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    // a longer title is none
    const TITLE: usize = 40;
    for i in 0..segments.len() {
        let segment = &segments[i];
        let Some(title) = segment.headings.last().filter(|_| speaks(segment)).copied() else { continue };
        let desks = segments.get(title).is_some_and(|s| s.tokens.iter().take(TITLE).any(|t| t.is_any(&["sportelli", "sedi", "punti"])));
        let one = scans.get(title).is_some_and(|marks| {
            let mut offices =
                marks.iter().take(TITLE).filter_map(|m| if let Mark::Offices(mention) = &m.mark { Some(mention) } else { None });
            offices.next().is_some_and(|mention| mention.offices.len() == 1 && !mention.offices[0].office.is_all())
                && offices.next().is_none()
        });
        if !desks || !one {
            continue;
        }
        for mark in &mut scans[i] {
            let all = matches!(&mark.mark, Mark::Offices(mention) if mention.offices.iter().all(|o| o.office.is_all()));
            if all && segment.tokens[mark.start..mark.end].iter().any(|t| t.is_any(&["sportelli", "sedi", "punti"])) {
                mark.mark = Mark::TheOffices { back: true };
            }
        }
    }
}

/// Marks a branch in place of what its words said before.
pub(super) fn put(marks: &mut Vec<Placed>, mark: Mark, start: usize, end: usize) {
    marks.retain(|m| m.end <= start || m.start >= end);
    let at = marks.partition_point(|m| m.start < start);
    marks.insert(at, Placed { mark, start, end });
}
