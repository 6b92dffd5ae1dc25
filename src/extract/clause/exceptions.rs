//! Which offices a sentence takes out of a rule about all, and where in it.

use std::ops::Range;

use super::Clause;
use crate::domain::OfficeId;
use crate::extract::grammar::exceptions::Exception;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::Segment;
use crate::lexicon::Cue;

/// Whether a mark says how somebody is served.
pub(super) fn serves(mark: &Mark) -> bool {
    matches!(
        mark,
        Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced | Cue::WalkIn)
            | Mark::Span(..)
            | Mark::Channel(_)
    )
}

/// Whether a mark speaks of all offices.
fn of_all(mark: &Mark) -> bool {
    match mark {
        Mark::TheOffices { .. } | Mark::AllOthers => true,
        Mark::Offices(mention) => mention.offices.iter().all(|o| o.office.is_all()),
        _ => false,
    }
}

fn of_some(mark: &Mark) -> bool {
    matches!(mark, Mark::Offices(mention) if !mention.offices.iter().any(|o| o.office.is_all()))
}

/// "tutti gli uffici del municipio e la biblioteca": one group, of which the same is said.
pub(super) fn enumerated_with_all(segment: &Segment, all: &Placed, some: &Placed) -> bool {
    let between = segment.tokens.get(all.end..some.start).unwrap_or_default();
    let joined = between.iter().filter(|t| t.is_any(&["e", "ed", "nonche"])).count() == 1
        && between.iter().all(|t| {
            t.is_any(&[
                "e",
                "ed",
                "nonche",
                "anche",
                ",",
                "il",
                "lo",
                "la",
                "l'",
                "i",
                "gli",
                "le",
                "del",
                "della",
                "dell'",
                "comune",
                "municipio",
                "provincia",
                "ente",
            ])
        });
    let every =
        segment.tokens.get(all.start.saturating_sub(2)..all.end).unwrap_or_default().iter().any(|t| t.is_any(&["tutti", "gli", "tutte"]));
    // "restano chiusi il cimitero, la biblioteca e tutti gli uffici comunali"
    let last = of_some(&all.mark) && of_all(&some.mark) && !matches!(some.mark, Mark::AllOthers) && {
        let words = segment.tokens.get(all.end..some.end).unwrap_or_default();
        words.first().is_some_and(|t| t.is_any(&["e", "ed", "nonche"]))
            && words.iter().take(4).any(|t| t.is_any(&["tutti", "tutte"]))
            && words.len() <= 6
    };
    last || joined && every && of_all(&all.mark) && !matches!(all.mark, Mark::AllOthers) && of_some(&some.mark)
}

/// An exception that stands inside the statement about the others: "tutti gli uffici, salvo la biblioteca, resteranno chiusi", "ad eccezione dell'URP, gli uffici
/// chiudono". The tokens it takes, and its offices.
pub(super) fn inside(segment: &Segment, marks: &[Placed], ignored: &[usize]) -> Option<(Range<usize>, Vec<OfficeId>)> {
    let at = marks.iter().position(|m| m.mark == Mark::Exception(Exception::Following))?;
    let from = marks[..at].iter().rposition(|m| m.mark == Mark::Break).map_or(0, |i| i + 1);
    let to = marks[at..].iter().position(|m| m.mark == Mark::Break).map_or(marks.len(), |i| at + i);
    let mut offices = Vec::new();
    let mut end = None;
    for mark in &marks[at + 1..to] {
        match &mark.mark {
            Mark::Offices(mention) if of_some(&mark.mark) && !ignored.contains(&mark.start) => {
                offices.extend(mention.offices.iter().map(|o| o.office.clone()));
                end = Some(mark.end);
            }
            Mark::Comma => {}
            _ => break,
        }
    }
    let mut end = end?;
    // "…, esclusa la Polizia locale che resta in servizio, …"
    if segment.tokens.get(end).is_some_and(|t| t.is_any(&["che", "("])) {
        end = (end..segment.tokens.len()).find(|i| segment.tokens[*i].is_any(&[",", ")"]))?;
    }
    // "il sindaco accorcia le giornate: gli uffici, ad eccezione della biblioteca, saranno aperti …"
    let colon = segment.tokens[..marks[at].start].iter().rposition(|t| t.is(":"));
    let from = colon.and_then(|colon| marks[..at].iter().position(|m| m.start > colon)).map_or(from, |i| i.max(from));
    // "… , ad eccezione della Polizia locale, che sarà in servizio;": what is said of it, and of nobody else
    let relative = segment.tokens.get(end).is_some_and(|t| t.is(","))
        && segment.tokens.get(end + 1).is_some_and(|t| t.is_any(&["che", "la", "il", "le"]));
    let relative =
        relative && segment.tokens.get(end + 1..end + 3).unwrap_or_default().iter().any(|t| t.is_any(&["che", "quale", "quali"]));
    if relative {
        end = (end + 2..segment.tokens.len()).find(|i| segment.tokens[*i].is_any(&[",", ")"]))?;
    }
    let before = &marks[from..at];
    let behind = marks[at..to].iter().filter(|m| m.start >= end);
    let told_before = before.iter().any(|m| serves(&m.mark));
    let told_behind = behind.clone().any(|m| serves(&m.mark));
    let dated = |m: &Placed| matches!(m.mark, Mark::When(_) | Mark::Days(_));
    let all_behind = behind.clone().any(|m| of_all(&m.mark));
    let goes_on = if told_before {
        // "chiusura degli uffici, esclusa la Polizia locale, nella giornata di martedì 24"
        !told_behind && !before.iter().any(dated) && behind.clone().any(dated) && !behind.clone().any(|m| of_some(&m.mark))
    } else {
        told_behind && (all_behind || before.iter().any(|m| of_all(&m.mark)))
    };
    // the office's own statement follows it at once: "tranne l'anagrafe (9-12)"
    let own = segment.tokens.get(end).is_some_and(|t| t.is("("));
    (goes_on && !own).then_some((marks[at].start..end, offices))
}

/// Gives an exception to the clause about all.
pub(super) fn give(clauses: &mut [Clause], offices: Vec<OfficeId>) {
    let all = clauses.iter().position(|c| c.marks.iter().any(|m| of_all(&m.mark))).unwrap_or(0);
    if let Some(clause) = clauses.get_mut(all) {
        clause.except.extend(offices);
    }
}

/// Marks of offices that a rule about all leaves out: behind "tranne", "ad eccezione di"; all of the sentence with "fanno eccezione", "sono esclusi".
pub(super) fn excepted(segment: &Segment, marks: &[Placed], ignored: &[usize]) -> Vec<usize> {
    let mut out = Vec::new();
    for (i, mark) in marks.iter().enumerate() {
        let Mark::Exception(exception) = mark.mark else { continue };
        match exception {
            Exception::Preceding => {
                let before = i.checked_sub(1).filter(|at| marks[*at].end == mark.start && of_some(&marks[*at].mark));
                out.extend(before);
            }
            Exception::Following => out.extend(behind(segment, marks, ignored, i)),
            Exception::Sentence => {
                let named = |at: &usize| of_some(&marks[*at].mark) && !ignored.contains(&marks[*at].start);
                let ends = (i..marks.len()).find(|at| of_all(&marks[*at].mark)).unwrap_or(marks.len());
                let after: Vec<usize> = (i + 1..ends).filter(named).collect();
                // "biblioteca e pinacoteca sono escluse": the offices stand before
                if after.is_empty() && out.is_empty() {
                    let from = marks[..i].iter().rposition(|m| m.mark == Mark::Break).map_or(0, |at| at + 1);
                    out.extend((from..i).filter(named));
                } else {
                    out.extend(after);
                }
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The offices behind "tranne", with what is said of each in between: "tranne l'anagrafe, aperta dalle 9 alle 11, e i tributi, che rispondono al telefono".
fn behind(segment: &Segment, marks: &[Placed], ignored: &[usize], exception: usize) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    let mut end = marks[exception].end;
    let mut own = false;
    for (at, next) in marks.iter().enumerate().skip(exception + 1) {
        match &next.mark {
            Mark::Offices(_) if ignored.contains(&next.start) => {}
            Mark::Offices(_) if of_some(&next.mark) => {
                let between = segment.tokens.get(end..next.start).unwrap_or_default();
                let turns = between.iter().any(|t| t.is_any(&["mentre", "invece", "ma", "bensi"]));
                let small = |t: &&crate::text::Token| {
                    t.text.len() <= 5 && t.kind == crate::text::TokenKind::Word && !t.is_any(&["e", "ed", "mentre"]) || t.is("'")
                };
                let joined = between.iter().rev().find(|t| !small(t)).is_none_or(|t| t.is_any(&["e", "ed", ",", "nonche", ":"]));
                if turns || own && !joined || !own && out.is_empty() && between.len() > 6 {
                    break;
                }
                out.push(at);
                end = next.end;
            }
            Mark::Offices(_) | Mark::TheOffices { .. } | Mark::AllOthers | Mark::Break => break,
            Mark::Comma | Mark::Site(_) => {}
            // "fatti salvi i servizi essenziali di Polizia locale": the cue stands before whom it leaves out
            Mark::Cue(_) => own |= serves(&next.mark) && !out.is_empty(),
            // days are taken out, not offices: "tranne il sabato"
            _ if out.is_empty() => break,
            _ => own = true,
        }
    }
    out
}

/// Where an exception begins: at "ne è escluso", which stands before its office, or with the words before it that name nobody else; else at the office.
pub(super) fn start(marks: &[Placed], office: usize) -> usize {
    let Some(predicate) = marks[..office]
        .iter()
        .rposition(|m| m.mark == Mark::Exception(Exception::Sentence))
        .filter(|p| !marks[*p..office].iter().any(|m| matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. } | Mark::AllOthers)))
    else {
        return marks[office].start;
    };
    let from = marks[..predicate].iter().rposition(|m| m.mark == Mark::Break).map_or(0, |i| i + 1);
    let others = marks[from..predicate].iter().any(|m| of_all(&m.mark) || of_some(&m.mark));
    if others { marks[predicate].start } else { marks.get(from).map_or(0, |m| m.start.min(marks[predicate].start)) }
}
