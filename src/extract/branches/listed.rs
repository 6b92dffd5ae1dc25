//! Branches that a list tells apart, each entry by the name that opens it: "Sede centrale, via Po 3: lunedì 9-12" above "Sportello di Ronco, …", "Farmacia comunale n. 1 - …"
//! above "Farmacia comunale n. 2 - …", "Municipio di Colle: Anagrafe, …" above "Municipio di Ronco: Tributi, …".

use std::ops::Range;

use super::cards::POSTS;
use super::prose::put;
use crate::document::Region;
use crate::domain::OfficeId;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::text::{Token, TokenKind, fold};

/// Words of the longest name.
const LONGEST: usize = 9;
/// As many as a body may have; a longer list is none of branches.
const MOST: usize = 64;
/// How far above a list its office may be named, in segments.
const ABOVE: usize = 4;

/// Words, beside those of cards, that open the name of a branch which says no office: "Zona costiera", "Quartiere Stazione".
const PLACES: [&str; 10] =
    ["quartiere", "circoscrizione", "distretto", "zona", "frazione", "villa", "distaccamento", "stazione", "porta", "capoluogo"];

/// "Sede centrale", "Centro civico di Ronco": whether a name that begins so may be a branch's without saying an office.
fn is_post(word: &str) -> bool {
    POSTS.contains(&word) || PLACES.contains(&word)
}

/// An entry of a list: its segment, and the tokens of the name that opens it.
struct Entry {
    at: usize,
    name: Range<usize>,
    /// The office that the name says, if any.
    office: Option<OfficeId>,
}

/// Marks the names of entries as branches, list by list.
pub(super) fn by_name(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let mut from = 0;
    while from < segments.len() {
        let Some(first) = entry(segments, scans, from) else {
            from += 1;
            continue;
        };
        let mut entries = vec![first];
        let mut next = from + 1;
        // what goes on about an entry stands below it: "tel. 0583 …", "lunedì 9-12"
        while let Some(segment) = segments.get(next).filter(|s| s.role != Role::Heading && s.region == Region::Main) {
            match entry(segments, scans, next) {
                Some(more) if entries.len() < MOST => entries.push(more),
                None if segment.block == segments[next - 1].block && !segment.announces() => {}
                _ => break,
            }
            next += 1;
        }
        mark(segments, scans, &entries);
        from = next.max(from + 1);
    }
}

fn mark(segments: &[Segment], scans: &mut [Vec<Placed>], entries: &[Entry]) {
    let names: Vec<String> = entries.iter().map(|e| fold(segments[e.at].words(e.name.clone()))).collect();
    let distinct = names.iter().enumerate().all(|(i, name)| !names[..i].contains(name));
    let site = |e: &Entry| {
        scans[e.at].iter().find_map(|m| if let Mark::Site(name) = &m.mark { (m.start < e.name.end).then_some(name) } else { None })
    };
    // "Cimitero del capoluogo" beside "Cimitero di Villanova", which is known for a branch by its name
    let so_called = entries.iter().zip(&names).all(|(e, name)| site(e).is_none_or(|site| fold(site) == *name));
    if entries.len() < 2 || !distinct || !so_called || entries.iter().all(|e| site(e).is_some()) {
        return;
    }
    let known: Vec<bool> = entries.iter().map(|e| site(e).is_some()).collect();
    let head = |e: &Entry| segments[e.at].tokens[e.name.start].text.clone();
    let office = entries[0].office.clone();
    let alike = entries.iter().all(|e| e.office == office);
    let opened = entries.iter().all(|e| head(e) == head(&entries[0]));
    let post = |e: &Entry| is_post(&head(e));
    let branches = match &office {
        // "Biblioteca Arcella", "Biblioteca Forcellini": each says the office, and where
        Some(office) if alike && !office.is_all() && !office.is_other() => opened,
        _ => {
            let all_posts = entries.iter().all(|e| post(e) && e.office.as_ref().is_none_or(|o| o.is_other() || o.is_all()));
            all_posts && (opened && says_offices(scans, entries) || speaks_of_one(segments, scans, entries[0].at))
        }
    };
    if !branches {
        return;
    }
    for e in entries.iter().zip(known).filter(|(_, known)| !known).map(|(e, _)| e) {
        let name = segments[e.at].words(e.name.clone()).to_string();
        let marks = &mut scans[e.at];
        if office.as_ref().is_some_and(|office| !office.is_all() && !office.is_other()) {
            // the office stays where it is, and its branch stands behind it
            let Some(mention) = marks.iter().find(|m| matches!(m.mark, Mark::Offices(_)) && m.start < e.name.end).cloned() else {
                continue;
            };
            let start = mention.end.min(e.name.end);
            marks.retain(|m| m.start < start || m.start >= e.name.end || matches!(m.mark, Mark::Address(_)));
            let at = marks.partition_point(|m| m.start < start);
            marks.insert(at, Placed { mark: Mark::Site(name), start, end: e.name.end });
        } else {
            put(marks, Mark::Site(name), e.name.start, e.name.end);
        }
    }
}

/// "Municipio di Colle: Anagrafe, 9-12": each entry tells behind its name which offices are there.
fn says_offices(scans: &[Vec<Placed>], entries: &[Entry]) -> bool {
    entries.iter().all(|e| scans[e.at].iter().any(|m| matches!(&m.mark, Mark::Offices(mention) if m.start >= e.name.end && mention.sure)))
}

/// Whether the words right above name one office.
fn speaks_of_one(segments: &[Segment], scans: &[Vec<Placed>], first: usize) -> bool {
    let near = (first.saturating_sub(ABOVE)..first).filter(|i| segments[*i].region == Region::Main);
    let above = near.chain(segments[first].headings.iter().copied());
    let mut offices: Vec<&OfficeId> = Vec::new();
    for i in above {
        for mark in &scans[i] {
            if let Mark::Offices(mention) = &mark.mark {
                offices.extend(mention.offices.iter().map(|o| &o.office));
            }
        }
    }
    offices.first().is_some_and(|office| !office.is_all() && !office.is_other() && offices.iter().all(|other| other == office))
}

/// A line, an item or a row that opens with a name, and tells hours or a street behind it.
fn entry(segments: &[Segment], scans: &[Vec<Placed>], at: usize) -> Option<Entry> {
    let segment = segments.get(at).filter(|s| s.region == Region::Main && s.role != Role::Heading)?;
    let marks = &scans[at];
    let end = name_end(&segment.tokens)?;
    let name = &segment.tokens[..end];
    // a paragraph is an entry where a label opens it: "Zona costiera: via Marina 102. Aperto il lunedì …"
    let labelled = || segment.opens_block && end <= 4 && segment.tokens[end].is(":") && is_post(&name[0].text);
    if segment.role == Role::Sentence && !labelled() {
        return None;
    }
    let titled = |t: &Token| t.is_any(&["dott", "dr", "ing", "arch", "geom", "sig", "assessore", "assessora", "avv", "rag", "prof"]);
    let label = |t: &Token| {
        t.is_any(&["orario", "orari", "telefono", "tel", "email", "mail", "pec", "indirizzo", "responsabile", "referente", "info"])
    };
    let first = name.first()?;
    if !first.upper || first.kind != TokenKind::Word || titled(first) || label(first) {
        return None;
    }
    let told = |m: &Placed| {
        matches!(m.mark, Mark::Span(..) | Mark::Days(_) | Mark::When(_) | Mark::Channel(_) | Mark::Part(_) | Mark::Exception(_))
    };
    if marks.iter().any(|m| m.start < end && told(m)) {
        return None;
    }
    let tells = marks.iter().any(|m| m.start >= end && matches!(m.mark, Mark::Span(..) | Mark::Address(_)));
    // "Zona costiera: capo cantoniere 335 …"
    let tells = tells || is_post(&first.text) && marks.iter().any(|m| m.start >= end && matches!(m.mark, Mark::Channel(_)));
    // "… chiusa dal 12 al 17 agosto"
    let shut = marks.iter().any(|m| m.start >= end && matches!(m.mark, Mark::Cue(crate::lexicon::Cue::Closed)));
    if !tells && !shut {
        return None;
    }
    let mut offices = Vec::new();
    for m in marks.iter().filter(|m| m.start < end) {
        match &m.mark {
            Mark::Offices(mention) => offices.extend(mention.offices.iter().map(|o| o.office.clone())),
            Mark::TheOffices { .. } => offices.push(OfficeId::all()),
            _ => {}
        }
    }
    // "Anagrafe e stato civile: 9-12": two offices, and no place
    if offices.len() > 1 {
        return None;
    }
    let office = offices.pop();
    // the bare name of an office tells no branch, and "Sportello:" labels a field
    (end >= 2).then_some(Entry { at, name: 0..end, office })
}

/// Where the name ends that opens a line: at a sign that sets it off from what is told of it.
fn name_end(tokens: &[Token]) -> Option<usize> {
    let sets_off = |i: usize| {
        let token = &tokens[i];
        token.is_any(&[",", ":", "(", "|"]) || token.is("-") && token.spaced && tokens.get(i + 1).is_some_and(|t| t.spaced)
    };
    let end = (0..tokens.len().min(LONGEST + 1)).find(|i| sets_off(*i))?;
    let word = |t: &Token| t.kind != TokenKind::Sign || t.is_any(&[".", "'", "\""]);
    ((1..=LONGEST).contains(&end) && tokens[..end].iter().all(word)).then_some(end)
}
