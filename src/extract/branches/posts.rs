//! Posts that a document about one office calls by their places: "Centro di Borgo", "Punto di Ronco", and words that only send people to a branch.

use super::prose::put;
use crate::document::Region;
use crate::extract::grammar::sites::name_end;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment, first_word};
use crate::lexicon::Cue;
use crate::text::{Token, fold};

/// Words that open the name of a post, where a place follows.
const POSTS: [&str; 9] = ["centro", "punto", "impianto", "isola", "recapito", "postazione", "antenna", "crm", "ccr"];

/// Those that nothing but a collection centre is called.
const CENTRES: [&str; 2] = ["crm", "ccr"];

/// As many as a body may have; a page with more of them is none of its offices.
const MOST: usize = 64;

/// What a post serves for, and no place: "Sportello di Ascolto", "CENTRO DI AGGREGAZIONE".
const PURPOSES: [&str; 23] = [
    "ascolto",
    "accoglienza",
    "aggregazione",
    "aiuto",
    "animazione",
    "assistenza",
    "cittadinanza",
    "conciliazione",
    "consulenza",
    "cottura",
    "documentazione",
    "facilitazione",
    "formazione",
    "incontro",
    "informazione",
    "lavoro",
    "mediazione",
    "orientamento",
    "prossimita",
    "raccolta",
    "ricerca",
    "segretariato",
    "supporto",
];

/// Whether a word behind "sportello di" or "centro di" tells what it serves for.
pub(super) fn is_purpose(token: &Token) -> bool {
    PURPOSES.contains(&token.text.as_str())
}

/// "Centro di Borgo" and "Centro di Ronco" as labels of rows, lines or parts of a page, each with its hours or its street: branches of the office that the
/// document speaks of.
pub(super) fn of_places(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let of_one = speaks_of_one(segments, scans);
    let centre = |segment: &Segment, from: usize| segment.tokens.get(from).is_some_and(|t| CENTRES.contains(&t.text.as_str()));
    let mut labels: Vec<(usize, usize, usize)> =
        (0..segments.len()).filter_map(|i| label(&segments[i], &scans[i]).map(|(from, end)| (i, from, end))).collect();
    // "Lunedì Centro di Borgo: 9-12; Centro di Ronco: chiuso": the heads of columns
    for (i, segment) in segments.iter().enumerate().filter(|(_, s)| s.role == Role::Row && s.region == Region::Main) {
        let heads = |from: usize| post(segment, from).filter(|end| segment.tokens.get(*end).is_some_and(|t| t.is(":")));
        labels.extend((1..segment.tokens.len()).filter_map(|from| heads(from).map(|end| (i, from, end))));
    }
    labels.retain(|(i, from, _)| of_one || centre(&segments[*i], *from));
    let told = |i: usize| {
        let near = |j: &usize| segments[*j].headings.last() == Some(&i) || segments[*j].block == segments[i].block;
        let tells = |m: &Placed| matches!(m.mark, Mark::Span(..) | Mark::Address(_) | Mark::Days(_));
        // a label and the three lines below it
        (i..(i + 4).min(segments.len())).filter(|j| *j == i || near(j)).any(|j| scans[j].iter().any(tells))
    };
    let mut names: Vec<(String, String)> = Vec::new();
    for (i, from, end) in labels.iter().filter(|(i, ..)| told(*i)) {
        if names.len() > MOST {
            return;
        }
        let name = segments[*i].words(*from..*end).to_string();
        if !names.iter().any(|(known, _)| *known == fold(&name)) {
            names.push((fold(&name), name));
        }
    }
    if names.len() < 2 {
        return;
    }
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.region == Region::Main) {
        let named = |from: usize| -> Option<Placed> {
            let end = post(segment, from)?;
            let folded = fold(segment.words(from..end));
            let (_, name) = names.iter().find(|(known, _)| *known == folded)?;
            Some(Placed { mark: Mark::Site(name.clone()), start: from, end })
        };
        for site in (0..segment.tokens.len()).filter_map(named) {
            put(marks, site.mark, site.start, site.end);
        }
    }
}

/// Whether the matter of a document names one office and no other.
pub(super) fn speaks_of_one(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    let main = segments.iter().zip(scans).filter(|(s, _)| s.region == Region::Main).flat_map(|(_, marks)| marks);
    let mut offices = main
        .filter_map(|m| if let Mark::Offices(mention) = &m.mark { Some(&mention.offices) } else { None })
        .flatten()
        .map(|o| &o.office)
        .filter(|o| !o.is_all() && !o.is_other());
    let first = offices.next();
    first.is_some() && offices.all(|office| Some(office) == first)
}

/// The index behind a post called by a place, "Centro di Borgo", that begins at `from`.
fn post(segment: &Segment, from: usize) -> Option<usize> {
    let head = segment.tokens.get(from).is_some_and(|t| POSTS.contains(&t.text.as_str()));
    let of = segment.tokens.get(from + 1).is_some_and(|t| t.is_any(&["di", "d'"]));
    let place = segment.is_capital(from + 2) && !segment.tokens.get(from + 2).is_some_and(is_purpose);
    (head && of && place).then(|| name_end(&segment.tokens, from + 2, &|i| segment.is_capital(i)))
}

/// Where the name of a post stands that a segment opens with, as the label of what follows.
fn label(segment: &Segment, marks: &[Placed]) -> Option<(usize, usize)> {
    let from = first_word(&segment.tokens);
    let lines = matches!(segment.role, Role::Row | Role::Heading | Role::Item | Role::Line);
    let end = post(segment, from).filter(|_| lines && segment.region == Region::Main)?;
    let closes = segment.tokens.get(end).is_none_or(|t| t.newline || t.is_any(&[":", ",", "-", "(", ";"]));
    let free = marks.iter().filter(|m| m.start < end).all(|m| match &m.mark {
        Mark::Offices(mention) => mention.offices.iter().all(|o| o.office.is_other()),
        Mark::Cue(cue) => !matches!(cue, Cue::Event),
        Mark::Site(_) | Mark::Comma => true,
        _ => false,
    });
    (closes && free).then_some((from, end))
}

/// "sospeso fino a maggio; ci si rivolge allo sportello di Ronco": where people are sent, behind what is said of another branch.
pub(super) fn directions(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const SENT: [&str; 9] = ["rivolg", "recar", "recan", "servir", "servon", "appoggi", "utilizz", "fare", "indirizzat"];
    // "possono rivolgersi anche alla vicina sede di Ronco"
    const REACH: usize = 5;
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        let shut = marks.iter().find(|m| m.mark == Mark::Cue(Cue::Closed)).map(|m| m.end);
        let last = marks.iter().rposition(|m| matches!(m.mark, Mark::Site(_)));
        let (Some(shut), Some(last)) = (shut, last) else { continue };
        let site = &marks[last];
        let before = segment.tokens.get(site.start.saturating_sub(REACH)..site.start).unwrap_or_default();
        let sent = before.iter().any(|t| SENT.iter().any(|stem| t.text.starts_with(stem)));
        let tells = |m: &Placed| {
            matches!(m.mark, Mark::Span(..) | Mark::Days(_) | Mark::Channel(_) | Mark::When(_) | Mark::Address(_) | Mark::Cue(Cue::Open))
        };
        if site.start > shut && sent && !marks[last..].iter().any(tells) {
            marks.remove(last);
        }
    }
}
