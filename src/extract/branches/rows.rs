//! Branches that the rows of a table or a list tell apart, each by its place.

use super::distinct;
use crate::domain::OfficeId;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

/// "FARA martedì 9-12 via Frentana 2", "TUFILLO giovedì …": lines that begin with a place and say hours or an address, in a document about one office.
pub(super) fn by_place(segments: &[Segment], scans: &mut [Vec<Placed>]) {
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
    let place = |i: usize| -> Option<usize> {
        let (segment, marks) = (&segments[i], &scans[i]);
        // "Ronco: Indirizzo: via Po 4; …": the head of a column
        let first = marks.iter().find(|m| !matches!(m.mark, Mark::Comma | Mark::Cue(Cue::Moved)))?;
        let lines = matches!(segment.role, Role::Row | Role::Line | Role::Item);
        let end = first.start - usize::from(first.start > 0 && segment.tokens[first.start - 1].is_any(&[":", "-", ","]));
        // "Centro di Vidracco, reg. Isole 4: lun 14-17"
        let end = segment.tokens.get(..end)?.iter().position(|t| t.is_any(&[",", "(", ":", "-"])).unwrap_or(end);
        let words = segment.tokens.get(..end)?;
        let named = (1..=5).contains(&words.len())
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
    let mut offices: Vec<&OfficeId> = Vec::new();
    // "La segreteria dell'Unione" as the last line signs, and is not spoken of
    let signs = |i: usize| i + 2 >= segments.len() && segments[i].role == Role::Line && segments[i].tokens.len() <= 6;
    // what comes behind the list is another matter
    let last = found.last().map_or(0, |(i, _)| *i);
    let matter = |i: usize| i <= last || segments[i].block == segments[last].block || segments[i].headings == segments[last].headings;
    for mark in scans.iter().enumerate().filter(|(i, _)| !signs(*i) && matter(*i)).flat_map(|(_, marks)| marks) {
        if let Mark::Offices(mention) = &mark.mark {
            offices.extend(mention.offices.iter().map(|o| &o.office));
        }
    }
    if offices.is_empty() || offices.iter().any(|o| *o != offices[0]) || offices[0].is_all() || distinct(scans) > 0 {
        return;
    }
    let mut names: Vec<(String, String)> = Vec::new();
    for (i, end) in found {
        let name = segments[i].words(0..end).to_string();
        names.push((crate::text::fold(&name), name.clone()));
        scans[i].insert(0, Placed { mark: Mark::Site(name), start: 0, end });
    }
    // "lo sportello di Tufillo" in a sentence is the branch of that line
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.role == Role::Sentence) {
        let Some(at) = marks.iter().position(|m| matches!(m.mark, Mark::Offices(_))) else { continue };
        let end = marks[at].end;
        let of = segment.tokens.get(end).is_some_and(|t| t.is_any(&["di", "a", "d'"]));
        let place = names.iter().find(|(folded, _)| {
            let n_words = folded.split_whitespace().count();
            of && crate::text::fold(segment.words(end + 1..end + 1 + n_words)) == *folded
        });
        if let Some((folded, name)) = place {
            let to = end + 1 + folded.split_whitespace().count();
            marks.insert(at + 1, Placed { mark: Mark::Site(name.clone()), start: end, end: to });
        }
    }
}

/// "Centro: Indirizzo: piazza Libertà 3 …" in a table whose other rows are branches by their very word ("Quartiere Stazione"): a branch like them.
pub(super) fn among_branches(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const LONGEST_NAME: usize = 4;
    let opens_with_branch = |marks: &[Placed]| marks.first().is_some_and(|m| matches!(m.mark, Mark::Site(_)) && m.start == 0);
    let mut from = 0;
    while from < segments.len() {
        let block = segments[from].block;
        let rows = segments[from..].iter().take_while(|s| s.block == block && s.role == Role::Row).count();
        let table = from..from + rows;
        from += rows.max(1);
        let n_branches = table.clone().filter(|i| opens_with_branch(&scans[*i])).count();
        for i in table.clone().filter(|_| n_branches >= 1) {
            // "Municipio, via Roma 4: …" beside "Frazione Ronchi, via Po 2: …": the office at the town hall
            let tokens = &segments[i].tokens;
            let seat = tokens.first().is_some_and(|t| t.is("municipio")) && tokens.get(1).is_some_and(|t| t.is_any(&[":", ",", "-", "("]));
            if seat {
                scans[i].retain(|m| m.start > 0);
                scans[i].insert(0, Placed { mark: Mark::Site(segments[i].words(0..1).to_string()), start: 0, end: 1 });
            }
        }
        if n_branches < 2 {
            continue;
        }
        for i in table {
            let tokens = &segments[i].tokens;
            let Some(end) = tokens.iter().position(|t| t.is(":")).filter(|end| (1..=LONGEST_NAME).contains(end)) else { continue };
            let bare = !scans[i].iter().any(|m| m.start < end);
            if bare && tokens[..end].iter().all(|t| t.kind == crate::text::TokenKind::Word) && tokens[0].upper {
                let name = segments[i].words(0..end).to_string();
                scans[i].insert(0, Placed { mark: Mark::Site(name), start: 0, end });
            }
        }
    }
}

/// "Lunedì Quartiere Darsena: 8-13; Quartiere Fornace: 9-12; Lido Adriano: 10-12": a column of its own name beside columns of branches.
pub(super) fn columns_among_branches(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const LONGEST_NAME: usize = 5;
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.role == Role::Row) {
        let heads = |m: &Placed| matches!(m.mark, Mark::Site(_)) && segment.tokens.get(m.end).is_some_and(|t| t.is(":"));
        if marks.iter().filter(|m| heads(m)).count() < 2 {
            continue;
        }
        let name = |at: usize| -> Option<Placed> {
            let end = (at..at + LONGEST_NAME + 1).find(|i| segment.tokens.get(*i).is_some_and(|t| t.is(":")))?;
            let bare = end > at && !marks.iter().any(|m| (at..end).contains(&m.start));
            let words = segment.tokens.get(at..end)?;
            let called = words.first()?.upper && words.iter().all(|t| t.kind == crate::text::TokenKind::Word);
            (bare && called).then(|| Placed { mark: Mark::Site(segment.words(at..end).to_string()), start: at, end })
        };
        let found: Vec<Placed> = marks.iter().filter(|m| m.mark == Mark::Break).filter_map(|m| name(m.end)).collect();
        marks.extend(found);
        marks.sort_by_key(|m| (m.start, m.end));
    }
}

/// "Servizi sociali: Dove: Borgo, via Roma 4; lun. 9-12" above "Servizi sociali: Dove: Ronco, piazza Duca 2; gio. 9-12": an office over rows, each with a
/// place of its own, has a branch in each place.
pub(super) fn of_one_office(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let named = |i: usize| -> Option<OfficeId> {
        let row = segments.get(i).filter(|s| s.role == Role::Row)?;
        let mut mentions = scans[i].iter().filter_map(|m| if let Mark::Offices(mention) = &m.mark { Some((m, mention)) } else { None });
        let (mark, mention) = mentions.next()?;
        let opens = mark.start == 0 && row.tokens.get(mark.end).is_some_and(|t| t.is(":")) && mentions.next().is_none();
        let sites = scans[i].iter().any(|m| matches!(m.mark, Mark::Site(_)));
        mention.offices.first().filter(|_| opens && !sites && mention.offices.len() == 1).map(|o| o.office.clone())
    };
    let place = |i: usize| -> Option<(std::ops::Range<usize>, String)> {
        let segment = &segments[i];
        let mut addresses = scans[i].iter().filter(|m| matches!(m.mark, Mark::Address(_)));
        let address = addresses.next().filter(|a| a.start > 1 && segment.tokens[a.start - 1].is(","))?;
        let end = address.start - 1;
        let from = (0..end).rev().find(|j| segment.tokens[*j].is_any(&[":", ";"]))? + 1;
        let capital = (from..end).all(|j| segment.is_capital(j) || segment.tokens[j].is_any(&["di", "del", "della", "d'", "dell'"]));
        (addresses.next().is_none() && (1..=4).contains(&(end - from)) && capital)
            .then(|| (from..end, segment.words(from..end).to_string()))
    };
    let mut found: Vec<(usize, std::ops::Range<usize>, String)> = Vec::new();
    let mut from = 0;
    while from < segments.len() {
        let office = named(from);
        let alike = |i: &usize| segments[*i].block == segments[from].block && named(*i) == office;
        let rows: Vec<usize> = (from..segments.len()).take_while(alike).collect();
        let places: Vec<_> = rows.iter().filter_map(|i| place(*i).map(|(range, name)| (*i, range, name))).collect();
        let distinct = places.iter().all(|(i, _, name)| !places.iter().any(|(j, _, other)| i != j && name == other));
        if office.is_some() && rows.len() >= 2 && places.len() == rows.len() && distinct {
            found.extend(places);
        }
        from += rows.len().max(1);
    }
    for (i, range, name) in found {
        let at = scans[i].iter().position(|m| m.start >= range.start).unwrap_or(scans[i].len());
        scans[i].insert(at, Placed { mark: Mark::Site(name), start: range.start, end: range.end });
    }
}
