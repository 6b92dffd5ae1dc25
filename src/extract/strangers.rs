//! Somebody else: banks, clubs, swimming pools and parishes that a sentence speaks of, and offices that are theirs or only named beside them.
//!
//! In: a segment or a clause with its phrases. Out: whether they speak of somebody who is no office of the body.

use super::clause::Clause;
use super::elsewhere::is_beside;
use super::scan::{Mark, Placed};
use super::segment::{Role, Segment, first_word};
use crate::lexicon::Cue;
use crate::text::TokenKind;

/// Offices that anybody may have: a secretary, a switchboard, "the offices".
pub fn may_be_anybodys(office: &crate::domain::OfficeId) -> bool {
    office.is_all()
        || office.is_other()
        || ["segreteria", "centralino", "museo", "biblioteca", "personale", "sport-turismo"].contains(&office.0.as_str())
}

/// Whether an office phrase stands right behind somebody who is no office of the body.
pub fn follows_stranger(clause: &Clause, office: &Placed) -> bool {
    clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Stranger) && m.end <= office.start && office.start - m.end <= 2)
}

/// "La piscina riapre …, segreteria 0432 …", "L'associazione Auser cerca volontari per accompagnare gli anziani agli sportelli comunali": the sentence is
/// somebody else's, and an office that anybody may have is his, or only named.
pub fn opens_with_stranger(segment: &Segment, marks: &[Placed]) -> bool {
    let first = first_word(&segment.tokens);
    let article = segment.tokens.get(first).is_some_and(super::elsewhere::is_article);
    marks.iter().any(|m| m.mark == Mark::Cue(Cue::Stranger) && m.start <= first + usize::from(article))
}

/// "Laguna Pulita srl." alone, in front of sentences about its desks: a sentence that is nothing but the name of a firm.
pub fn is_name_of_firm(segment: &Segment, marks: &[Placed]) -> bool {
    const FORMS: [&str; 6] = ["srl", "spa", "snc", "sas", "srls", "scarl"];
    let words: Vec<&str> = segment.tokens.iter().filter(|t| t.kind == TokenKind::Word).map(|t| t.text.as_str()).collect();
    let spelled = words.iter().rev().take_while(|w| w.len() == 1).count();
    let form = words.last().is_some_and(|w| FORMS.contains(w)) || spelled == 3 && words[words.len() - 3] == "s";
    let name = segment.tokens.first().is_some_and(|t| t.upper) && segment.tokens.len() <= 10;
    // "Associazione Terra in piazza" above its numbers
    let club = segment.role == Role::Line && words.first().is_some_and(|w| ["associazione", "associazioni", "circolo"].contains(w));
    if club && name && !marks.iter().any(|m| matches!(m.mark, Mark::Channel(_) | Mark::Span(..) | Mark::Offices(_))) {
        return true;
    }
    name && form && segment.text.trim_end().ends_with('.') && !marks.iter().any(|m| matches!(m.mark, Mark::Channel(_) | Mark::Span(..)))
}

/// Words of a name between its first one and what is said of it in brackets.
const LONGEST_NAME: usize = 7;

/// Whether an office phrase names a part of somebody else: "la segreteria dell'associazione", "Poste Italiane: lo sportello di Pontelungo".
pub fn is_of_stranger(segment: &Segment, marks: &[Placed], office: &Placed) -> bool {
    const OF: [&str; 6] = ["di", "del", "della", "dello", "dell'", "dei"];
    let first = first_word(&segment.tokens);
    marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Stranger)).any(|m| {
        let behind = m.start == office.end + 1 && segment.tokens.get(office.end).is_some_and(|t| t.is_any(&OF))
            || is_under_the_state(segment, office, m)
            || is_collection(office) && belongs_to(segment, office.end, m.start);
        // "Museo dell'orologio (collezione privata)": what it is, in brackets behind the name
        let is_apart = |t: &crate::text::Token| t.is_any(&["(", ",", "-"]);
        let private = segment.tokens.get(m.start..m.end).unwrap_or_default().iter().any(|t| t.text.starts_with("privat"));
        let between = segment.tokens.get(office.end..m.start).unwrap_or_default();
        let called = private && between.len() <= LONGEST_NAME && between.last().is_some_and(is_apart);
        let label =
            m.start == first && segment.tokens.get(m.end..m.end + 3).unwrap_or_default().iter().any(|t| t.is(":")) && office.start > m.end;
        behind || label || called
    })
}

/// "la Motorizzazione, che dipende dal ministero": an office of the State.
fn is_under_the_state(segment: &Segment, office: &Placed, stranger: &Placed) -> bool {
    let depends = segment.tokens.get(stranger.start).is_some_and(|t| t.text.starts_with("dipend") || t.is("fa"));
    let between = segment.tokens.get(office.end..stranger.start).unwrap_or_default();
    depends && between.len() == 2 && between[0].is(",") && between[1].is("che")
}

/// A museum, a library or an archive, which private people have as well.
fn is_collection(office: &Placed) -> bool {
    let one = |id: &str| ["museo", "biblioteca", "archivio-storico"].contains(&id);
    matches!(&office.mark, Mark::Offices(mention) if mention.offices.iter().all(|o| one(&o.office.0)))
}

/// "Museo delle carrozze della famiglia Orlandi": from the name on, a chain of "di …" leads to the owner. "Museo civico …" is the town's, whoever gave what it shows.
fn belongs_to(segment: &Segment, from: usize, owner: usize) -> bool {
    const OF: [&str; 9] = ["di", "del", "della", "dello", "dell'", "dei", "degli", "delle", "d'"];
    const LINKS: usize = 3;
    let of = |i: usize| segment.tokens.get(i).is_some_and(|t| t.is_any(&OF));
    let word = |i: usize| segment.tokens.get(i).is_some_and(|t| t.kind == TokenKind::Word);
    let mut at = from;
    for _ in 0..LINKS {
        // the words of the owner may begin with "della" themselves
        if !of(at) || at == owner || at + 1 == owner {
            break;
        }
        let Some(next) = (at + 2..at + 4).find(|i| of(*i)).filter(|next| (at + 1..*next).all(word)) else { return false };
        at = next;
    }
    of(at) && (at == owner || at + 1 == owner)
}

/// Whether a clause speaks of somebody who is no office, and not only of what stands beside an office.
pub fn is_stranger(segment: &Segment, clause: &Clause) -> bool {
    clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Stranger)).any(|m| {
        // "banca dati": no bank
        let data = segment.tokens.get(m.end).is_some_and(|t| t.is("dati"));
        !data && !is_beside(segment, clause, m)
    })
}
