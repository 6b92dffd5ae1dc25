//! Branches that the name of their office tells apart, with what stands behind it: "Biblioteca Centrale", "Biblioteca di Borgo Molino", "Biblioteca Palazzo Ferri",
//! "Ufficio Viabilità Pianura".

use super::{IN_SEVERAL_PLACES, distinct};
use crate::document::Region;
use crate::domain::OfficeId;
use crate::extract::grammar::sites::name_end;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;
use crate::text::{Token, TokenKind};

/// So many branches that words point to are looked for; a page with more of them is no page of branches.
const MOST: usize = 64;

/// "Biblioteca Centrale", "Biblioteca di Borgo Molino": two places of one office make two branches, called by the whole name.
pub(super) fn named_by_place(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let mut found: Vec<(usize, usize, usize, String)> = Vec::new();
    let mut offices: Vec<OfficeId> = Vec::new();
    for (i, (segment, marks)) in segments.iter().zip(scans.iter()).enumerate() {
        for mark in marks {
            let Mark::Offices(mention) = &mark.mark else { continue };
            let [named] = mention.offices.as_slice() else { continue };
            if !offices.contains(&named.office) {
                offices.push(named.office.clone());
            }
            // "Anagrafe di Levante" as the label of a row, "Biblioteca di Borgo Molino" anywhere
            let label = matches!(segment.role, Role::Row | Role::Heading | Role::Item | Role::Line) && mark.start <= 1;
            let several = IN_SEVERAL_PLACES.contains(&named.office.0.as_str()) || label;
            // "Biblioteche di quartiere": all of them
            let plural = segment.tokens[mark.start].is_any(&["biblioteche", "farmacie", "cimiteri", "musei", "centri", "ecocentri"]);
            if !several || plural || named.office.is_all() || named.tokens.end != mark.end {
                continue;
            }
            // "Cimitero urbano": the place stands in the name itself; "custode del cimitero urbano": the one who keeps it
            let noun = (mark.start..mark.end)
                .find(|i| mark.start + 2 <= *i && segment.tokens[*i - 1].is_any(&["del", "della", "dell'"]))
                .unwrap_or(mark.start);
            if mark.end > noun + 1 && place_behind(segment, mark.end - 1) == Some(mark.end) {
                found.push((i, mark.end - 1, mark.end, segment.words(noun..mark.end).to_string()));
                continue;
            }
            if let Some(end) = place_behind(segment, mark.end)
                .filter(|end| !marks.iter().any(|m| m.mark != Mark::Comma && m.start >= mark.end && m.start < *end))
            {
                found.push((i, mark.end, end, segment.words(noun..end).to_string()));
            }
        }
    }
    found.extend(called_in_labels(segments, scans, &found));
    let others = by_pronoun(segments, scans, &found);
    found.extend(others);
    let quoted = named_in_speech(segments, scans, &found);
    for (i, mark, ..) in &quoted {
        let at = scans[*i].partition_point(|m| m.start < mark.start);
        scans[*i].insert(at, mark.clone());
    }
    found.extend(quoted.into_iter().map(|(i, mark, end, name)| (i, mark.end, end, name)));
    found.sort_by_key(|(i, start, ..)| (*i, *start));
    let mut names: Vec<String> = found.iter().map(|(.., name)| crate::text::fold(name)).collect();
    names.sort();
    names.dedup();
    // "Museo civico di Palazzo Cravosio" beside the branches of the registry: one of one, and a name; where only one office is spoken of, they are its own
    let alone = names.len() == 1 && offices.len() > 1 && distinct(scans) > 0 && !beside_its_branches(&found, segments, scans);
    // "Punto prestito di Roncaglia" beside "Biblioteca comunale": a branch by its very word
    let apart = usize::from(names.iter().any(|name| super::is_lending_point(name)) && called_otherwise(segments, scans));
    if names.is_empty() || names.len() + distinct(scans) + apart < 2 || alone {
        return;
    }
    let called: Vec<String> = found.iter().map(|(.., name)| name.clone()).collect();
    for (i, start, end, name) in found {
        // "Biblioteca Quartiere Nord": the quarter is a part of the name
        scans[i].retain(|m| !(matches!(m.mark, Mark::Site(_) | Mark::Cue(_)) && start <= m.start && m.end <= end));
        let at = scans[i].iter().position(|m| m.start >= start).unwrap_or(scans[i].len());
        scans[i].insert(at, Placed { mark: Mark::Site(name), start, end });
    }
    // "Chiusure estive: Biblioteca Palazzo Ferri da lunedì 10 …": by the same names in running text
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.region == Region::Main) {
        let sited =
            |marks: &[Placed], at: usize| marks.iter().any(|m| matches!(m.mark, Mark::Site(_)) && m.start >= at && m.start <= at + 2);
        let mentions: Vec<(usize, usize)> = marks.iter().filter(|m| matches!(m.mark, Mark::Offices(_))).map(|m| (m.start, m.end)).collect();
        let bare: Vec<(usize, usize)> = mentions.into_iter().rev().filter(|(_, to)| !sited(marks, *to)).collect();
        for (from, to) in bare {
            // "al punto prestito si può scrivere": the one that there is
            let word = crate::text::fold(segment.words(from..to));
            let mut points = called.iter().filter(|name| crate::text::fold(name).starts_with(&word));
            if let (true, Some(name), None) = (super::is_lending_point(&word), points.next(), points.next()) {
                let at = marks.partition_point(|m| m.start < to);
                marks.insert(at, Placed { mark: Mark::Site(name.clone()), start: to, end: to });
                continue;
            }
            let named = called.iter().find_map(|name| {
                let n_tokens = crate::text::tokens(&crate::text::fold(name)).len();
                let end = from + n_tokens;
                (end > to && end <= segment.tokens.len() && crate::text::fold(segment.words(from..end)) == crate::text::fold(name))
                    .then_some((end, name.clone()))
            });
            if let Some((end, name)) = named {
                marks.retain(|m| !(matches!(m.mark, Mark::Cue(_)) && to <= m.start && m.end <= end));
                let at = marks.partition_point(|m| m.start < to);
                marks.insert(at, Placed { mark: Mark::Site(name), start: to, end });
            }
        }
    }
    // "per quello di Pietole si chiama …": the other one
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.role == Role::Sentence) {
        for i in 0..segment.tokens.len() {
            let pronoun = segment.tokens[i].is_any(&["quello", "quella"]);
            if !pronoun
                || !segment.tokens.get(i + 1).is_some_and(|t| t.is_any(&["di", "del", "della", "dell'"]))
                || !segment.is_capital(i + 2)
            {
                continue;
            }
            let end = name_end(&segment.tokens, i + 2, &|j| segment.is_capital(j));
            let place = crate::text::fold(segment.words(i + 1..end));
            if let Some(name) = called.iter().find(|name| crate::text::fold(name).ends_with(&format!(" {place}"))) {
                let at = marks.partition_point(|m| m.start < i);
                marks.insert(at, Placed { mark: Mark::Site(name.clone()), start: i, end });
            }
        }
    }
}

/// "L'ecocentro di Colle è aperto il lunedì, quello di Ronco il sabato": the other of the kind, in the same sentence.
fn by_pronoun(segments: &[Segment], scans: &[Vec<Placed>], known: &[(usize, usize, usize, String)]) -> Vec<(usize, usize, usize, String)> {
    // how far the other may stand behind, in words
    const REACH: usize = 60;
    let mut found: Vec<(usize, usize, usize, String)> = Vec::new();
    for (i, start, end, name) in known.iter().filter(|(i, ..)| segments[*i].role == Role::Sentence).take(MOST) {
        let segment = &segments[*i];
        let place = segment.words(*start..*end);
        let Some(kind) = name.strip_suffix(place).filter(|_| segment.tokens[*start].is("di")) else { continue };
        // "chiusa per la festa, quella di San Martino": no other of the kind
        let festive = scans[*i].iter().any(|m| m.mark == Mark::Cue(Cue::Event));
        let told = |m: &Placed| matches!(m.mark, Mark::Span(..) | Mark::Channel(_) | Mark::Cue(Cue::Open | Cue::Closed | Cue::Appointment));
        for at in *end..segment.tokens.len().min(end + REACH) {
            let pronoun = segment.tokens[at].is_any(&["quello", "quella"]) && segment.tokens.get(at + 1).is_some_and(|t| t.is("di"));
            let taken = || known.iter().chain(&found).any(|(j, from, ..)| j == i && *from == at);
            if let Some(to) = place_behind(segment, at + 1).filter(|_| pronoun && !festive && !taken())
                && scans[*i].iter().any(|m| m.start >= to && told(m))
            {
                found.push((*i, at, to, format!("{kind}{}", segment.words(at + 1..to))));
            }
        }
    }
    found
}

/// «I residenti potranno servirsi dell'ecocentro di Ronco», beside "l'ecocentro di Colle": another of the kind, whoever names it. The mark of the office with
/// the index behind the branch and its name.
fn named_in_speech(
    segments: &[Segment],
    scans: &[Vec<Placed>],
    known: &[(usize, usize, usize, String)],
) -> Vec<(usize, Placed, usize, String)> {
    let mut found = Vec::new();
    // the words of the kind, with the mark that they bear elsewhere
    let kind = known.iter().find_map(|(i, start, ..)| {
        let mark = scans[*i].iter().find(|m| m.end == *start && matches!(m.mark, Mark::Offices(_)))?;
        (mark.end == mark.start + 1).then(|| (segments[*i].tokens[mark.start].text.as_str(), mark))
    });
    let Some((word, bearer)) = kind else { return found };
    let speaks = |s: &&Segment| s.quoted || s.text.contains(['«', '“', '"']);
    for (i, segment) in segments.iter().enumerate().filter(|(_, s)| s.region == Region::Main && s.role == Role::Sentence && speaks(s)) {
        for at in (0..segment.tokens.len()).filter(|at| segment.tokens[*at].is(word)) {
            let Some(end) = place_behind(segment, at + 1) else { continue };
            if found.len() >= MOST {
                return found;
            }
            let free = !scans[i].iter().any(|m| m.start < end && m.end > at);
            if let (true, Mark::Offices(mention)) = (free, &bearer.mark) {
                let mut mention = mention.clone();
                mention.offices.iter_mut().for_each(|o| o.tokens = at..at + 1);
                mention.next = at + 1;
                let mark = Placed { mark: Mark::Offices(mention), start: at, end: at + 1 };
                found.push((i, mark, end, segment.words(at..end).to_string()));
            }
        }
    }
    found
}

/// Whether the page's matter names the library by another word than that of its lending points.
fn called_otherwise(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    let main = segments.iter().zip(scans).filter(|(s, _)| s.region == Region::Main);
    main.flat_map(|(s, marks)| marks.iter().map(move |m| (s, m))).any(|(segment, mark)| {
        let library = matches!(&mark.mark, Mark::Offices(mention) if mention.offices.iter().any(|o| o.office.0 == "biblioteca"));
        library && !super::is_lending_point(&crate::text::fold(segment.words(mark.start..mark.end)))
    })
}

/// "Biblioteca Palazzo Ferri", "Biblioteca ragazzi La Chiocciola", "Punto prestito Ospedale" as titles or heads of columns: where two or more labels call the office by
/// names of their own, each is a branch.
fn called_in_labels(
    segments: &[Segment],
    scans: &[Vec<Placed>],
    known: &[(usize, usize, usize, String)],
) -> Vec<(usize, usize, usize, String)> {
    const LONGEST_NAME: usize = 4;
    let mut found: Vec<(usize, usize, usize, String)> = Vec::new();
    for (i, (segment, marks)) in segments.iter().zip(scans.iter()).enumerate() {
        if segment.region != Region::Main || !matches!(segment.role, Role::Heading | Role::Row) {
            continue;
        }
        for mark in marks {
            let Mark::Offices(mention) = &mark.mark else { continue };
            let [named] = mention.offices.as_slice() else { continue };
            if !IN_SEVERAL_PLACES.contains(&named.office.0.as_str()) || named.tokens.end != mark.end {
                continue;
            }
            let closes = |j: usize| segment.tokens.get(j).is_none_or(|t| t.is_any(&[":", "("]));
            let Some(end) = (mark.end..=mark.end + LONGEST_NAME).find(|j| closes(*j)).filter(|end| *end > mark.end) else { continue };
            let words = &segment.tokens[mark.end..end];
            let called = segment.is_capital(mark.end) && words.iter().all(|t| t.kind == TokenKind::Word);
            let plain = marks.iter().all(|m| !(mark.end..end).contains(&m.start) || matches!(m.mark, Mark::Site(_) | Mark::Cue(_)));
            let new = !known.iter().any(|(at, start, ..)| *at == i && *start >= mark.start && *start < end);
            if called && plain && new {
                found.push((i, mark.end, end, segment.words(mark.start..end).to_string()));
            }
        }
    }
    let mut names: Vec<String> = found.iter().map(|(.., name)| crate::text::fold(name)).collect();
    names.sort();
    names.dedup();
    if names.len() >= 2 { found } else { Vec::new() }
}

/// Whether a branch that is told by its word ("sede centrale", "sezione ragazzi") stands in the block or below the title of the one that was found.
fn beside_its_branches(found: &[(usize, usize, usize, String)], segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    found.iter().any(|(i, ..)| {
        let near =
            |s: &Segment| s.block == segments[*i].block || s.headings.last() == segments[*i].headings.last() && !s.headings.is_empty();
        segments.iter().zip(scans).any(|(s, marks)| near(s) && marks.iter().any(|m| matches!(m.mark, Mark::Site(_))))
    })
}

fn is_place_word(token: &Token) -> bool {
    token.is_any(&["centrale", "principale", "urbano", "maggiore", "nuovo", "vecchio", "monumentale"])
}

/// The index behind "Centrale" or "di Borgo Molino" at `at`.
fn place_behind(segment: &Segment, at: usize) -> Option<usize> {
    let token = segment.tokens.get(at)?;
    if is_place_word(token) {
        return Some(at + 1);
    }
    // "Farmacia comunale 1"
    let closes = segment.tokens.get(at + 1).is_none_or(|t| t.is_any(&[":", ",", "-", "("]) || t.newline);
    if closes && !token.newline && (token.kind == TokenKind::Number && token.text.len() == 1 || token.is_any(&["i", "ii", "iii"])) {
        return Some(at + 1);
    }
    // "Isola ecologica di contrada Molini", "Cimitero di via Orti e Giardini"
    const STREETS: [&str; 14] = [
        "via", "viale", "piazza", "piazzale", "corso", "largo", "vicolo", "strada", "contrada", "localita", "frazione", "borgata", "rione",
        "borgo",
    ];
    let street = segment.tokens.get(at + 1).is_some_and(|t| STREETS.contains(&t.text.as_str()) && !t.upper && !t.newline);
    if token.is("di") && street && segment.is_capital(at + 2) {
        let is_capital = |i: usize| segment.is_capital(i);
        let mut end = name_end(&segment.tokens, at + 2, &is_capital);
        if segment.tokens.get(end).is_some_and(|t| t.is_any(&["e", "ed"])) && segment.is_capital(end + 1) && segment.role == Role::Heading {
            end = name_end(&segment.tokens, end + 1, &is_capital);
        }
        return Some(end);
    }
    if !token.is_any(&["di", "d'", "del", "della", "dell'", "dei", "delle"])
        || !segment.is_capital(at + 1)
        || segment.tokens.get(at + 1).is_some_and(|t| t.newline)
    {
        return None;
    }
    // "Biblioteca dell'Unione" is the body's, not a place's
    if segment.tokens[at + 1].is_any(&["unione", "comune", "provincia", "citta", "ente", "regione", "stato", "universita"]) {
        return None;
    }
    Some(name_end(&segment.tokens, at + 1, &|i| segment.is_capital(i)))
}

/// "Ufficio Viabilità Pianura", "Ufficio Viabilità Montagna": zones of one office, told by what follows its name in several lines.
pub(super) fn zones(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let mut found: Vec<(usize, OfficeId, usize, usize)> = Vec::new();
    for (i, (segment, marks)) in segments.iter().zip(scans.iter()).enumerate() {
        let Some(first) = marks.first() else { continue };
        let Mark::Offices(mention) = &first.mark else { continue };
        let [named] = mention.offices.as_slice() else { continue };
        // "Viabilità zona tirrenica", "Viabilità - Zona tirrenica"
        let zone = |at: usize| segment.tokens.get(at).is_some_and(|t| t.is("zona"));
        let dash = segment.tokens.get(first.end).is_some_and(|t| t.is_any(&["-", ",", "("])) && zone(first.end + 1);
        let from = first.end + usize::from(dash);
        let mut end = from;
        if zone(end) {
            end += 2;
        }
        while end < from + 3 && segment.tokens.get(end).is_some_and(|t| t.upper && t.kind == TokenKind::Word) {
            end += 1;
        }
        let closes = segment.tokens.get(end).is_none_or(|t| t.is_any(&[":", "-", "(", ")"]) || t.kind == TokenKind::Number);
        let inside = marks.iter().any(|m| m.start < end && m.start >= first.end && !matches!(m.mark, Mark::Comma));
        if end > from && closes && !inside && first.start <= 2 && segment.text.chars().any(char::is_lowercase) {
            found.push((i, named.office.clone(), from, end));
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
