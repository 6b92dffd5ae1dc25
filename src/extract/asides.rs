//! What a sentence tells by the way: the hours of a thing in brackets, what is usual where it tells what is not, a label in front of a statement, a summary that
//! tells only roughly when.
//!
//! In: a segment and its phrases. Out: the phrases without those.

use std::ops::Range;

use super::scan::{Mark, Placed};
use super::segment::Segment;
use crate::lexicon::{Cue, Lexicon};
use crate::text::Token;

/// Words of a line that sums up a text.
const LONGEST_SUMMARY: usize = 24;

/// Takes out what is told by the way.
pub fn drop_asides(segment: &Segment, marks: &mut Vec<Placed>, lexicon: &Lexicon) {
    drop_hours_of_things(segment, marks);
    drop_hours_of_alerts(segment, marks);
    drop_what_is_usual(segment, marks);
    drop_label(segment, marks);
    drop_closing_told_before(segment, marks);
    drop_days_of_waste(segment, marks);
    drop_rough_months(segment, marks, lexicon);
    drop_objects(segment, marks);
}

fn starts(token: &Token, stems: &[&str]) -> bool {
    stems.iter().any(|stem| token.text.starts_with(stem))
}

/// "permessi per la zona a traffico limitato (attiva tutti i giorni dalle 20 alle 6)": a bracket about the thing in front of it, and not about the office.
fn drop_hours_of_things(segment: &Segment, marks: &mut Vec<Placed>) {
    const STATES: [&str; 10] = ["attiv", "vigent", "vigore", "valid", "apert", "chius", "consentit", "vietat", "operativ", "funzionant"];
    const THINGS: [&str; 12] =
        ["traffico", "ztl", "pedonal", "parchegg", "sosta", "mercat", "giardin", "parco", "mensa", "scuolabus", "fontan", "varc"];
    let tokens = &segment.tokens;
    for open in (0..tokens.len()).filter(|i| tokens[*i].is("(")) {
        let state = tokens.get(open + 1..open + 3).unwrap_or_default();
        let told = state.first().is_some_and(|t| starts(t, &STATES) || t.is("in") && state.get(1).is_some_and(|t| starts(t, &STATES)));
        let stands = |m: &&Placed| m.end <= open && matches!(m.mark, Mark::Offices(_) | Mark::Site(_) | Mark::Comma | Mark::Break);
        let from = marks.iter().filter(stands).map(|m| m.end).max().unwrap_or(0);
        if told && tokens.get(from..open).unwrap_or_default().iter().any(|t| starts(t, &THINGS)) {
            let close = (open..tokens.len()).find(|i| tokens[*i].is(")")).unwrap_or(tokens.len());
            drop_statements(marks, open..close);
        }
    }
}

/// "vista l'allerta arancione dalle 6 alle 15 di martedì, il Sindaco ha disposto …": the hours of an alert, up to the next sign.
fn drop_hours_of_alerts(segment: &Segment, marks: &mut Vec<Placed>) {
    let tokens = &segment.tokens;
    let ends = |i: &usize| tokens[*i].is_any(&[",", ";", ":"]) || tokens[*i].is(".") && tokens.get(i + 1).is_none_or(|next| next.spaced);
    for alert in (0..tokens.len()).filter(|i| tokens[*i].is_any(&["allerta", "preallerta", "allarme"])) {
        let end = (alert..tokens.len()).find(ends).unwrap_or(tokens.len());
        let named = |m: &&Placed| {
            m.start > alert && matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. } | Mark::Cue(Cue::Closed | Cue::Open))
        };
        let end = marks.iter().find(named).map_or(end, |m| m.start.min(end));
        marks.retain(|m| !((alert..end).contains(&m.start) && matches!(m.mark, Mark::Span(..))));
    }
}

/// "sabato 24 resteranno chiusi gli sportelli che di norma ricevono anche il sabato": how it is otherwise, beside the day on which it is not.
fn drop_what_is_usual(segment: &Segment, marks: &mut Vec<Placed>) {
    let tokens = &segment.tokens;
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    let usual = |i: &usize| match word(*i) {
        "di" => matches!(word(i + 1), "norma" | "solito" | "regola" | "consueto"),
        "in" => word(i + 1) == "genere",
        word => matches!(word, "solitamente" | "normalmente" | "abitualmente" | "usualmente" | "ordinariamente"),
    };
    let Some(usual) = (1..tokens.len()).find(usual) else { return };
    // it opens an insertion, or a relative clause
    let opens = |i: usize| matches!(word(i), "," | "(" | "che" | "dove");
    let Some(from) = (usual.saturating_sub(3)..usual).rev().find(|i| opens(*i)) else { return };
    let ends = |i: &usize| matches!(word(*i), "," | ";" | ")" | ":") || word(*i) == "." && tokens.get(i + 1).is_none_or(|next| next.spaced);
    let to = (usual..tokens.len()).find(ends).unwrap_or(tokens.len());
    let told = |m: &Placed| !(from..to).contains(&m.start);
    let dated = marks.iter().any(|m| told(m) && matches!(m.mark, Mark::When(_)));
    let changed = marks.iter().any(|m| told(m) && matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Reduced | Cue::Open) | Mark::Span(..)));
    // "di norma aperta nei giorni feriali dalle 8 alle 12": the whole of its hours
    let hours = marks.iter().any(|m| !told(m) && matches!(m.mark, Mark::Span(..)));
    if dated && changed && !hours {
        drop_statements(marks, from..to);
    }
}

/// "Servizi minimi: lo stato civile riceve dalle 8.30 alle 10.30": a label, and behind it the statement.
fn drop_label(segment: &Segment, marks: &mut Vec<Placed>) {
    const LONGEST: usize = 5;
    let Some(colon) = segment.tokens.iter().position(|t| t.is(":")).filter(|at| *at <= LONGEST) else { return };
    let label = |m: &Placed| m.end <= colon;
    let alone = marks.iter().filter(|m| label(m)).all(|m| m.mark == Mark::Cue(Cue::Reduced));
    let named = marks.iter().any(|m| !label(m) && matches!(m.mark, Mark::Offices(_)));
    if alone && named && marks.iter().any(|m| matches!(m.mark, Mark::Span(..))) {
        marks.retain(|m| !label(m));
    }
}

/// "Carta: mercoledì dalle 6 alle 9" on the page of the office for the environment: when what is put out, and no hours.
fn drop_days_of_waste(segment: &Segment, marks: &mut Vec<Placed>) {
    const WASTE: [&str; 10] =
        ["carta", "cartone", "plastica", "vetro", "lattine", "secco", "indifferenziato", "organico", "umido", "multimateriale"];
    let label = segment.tokens.first().is_some_and(|t| t.is_any(&WASTE)) && segment.tokens.get(1).is_some_and(|t| t.is(":"));
    if label {
        drop_statements(marks, 0..segment.tokens.len());
    }
}

/// "La chiusura consentirà un risparmio di energia": of the closing that was told before, and of nobody else.
fn drop_closing_told_before(segment: &Segment, marks: &mut Vec<Placed>) {
    const TELLS: [&str; 9] = ["consent", "permett", "comport", "serv", "dovut", "motivat", "rend", "deriv", "garant"];
    let tokens = &segment.tokens;
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    let opens = matches!(word(0), "la" | "lo" | "tale" | "questa") && matches!(word(1), "chiusura" | "sospensione" | "stop");
    let tells = (2..4).any(|i| tokens.get(i).is_some_and(|t| starts(t, &TELLS)));
    let own =
        |m: &Placed| matches!(m.mark, Mark::When(_) | Mark::Days(_) | Mark::Offices(_) | Mark::TheOffices { .. } | Mark::Exception(_));
    if opens && tells && !marks.iter().any(own) {
        marks.retain(|m| m.mark != Mark::Cue(Cue::Closed));
    }
}

/// "Pomeriggi sospesi da luglio a inizio settembre" above the text that names the days: when it is, told no more than roughly.
fn drop_rough_months(segment: &Segment, marks: &mut Vec<Placed>, lexicon: &Lexicon) {
    let rough = segment.tokens.windows(2).any(|pair| pair[0].is_any(&["inizio", "meta"]) && lexicon.month(&pair[1].text).is_some());
    let months = |m: &Placed| segment.tokens[m.start..m.end].iter().all(|t| t.number().is_none());
    let dates = || marks.iter().filter(|m| matches!(m.mark, Mark::When(_)));
    if rough && segment.tokens.len() <= LONGEST_SUMMARY && dates().all(months) {
        marks.retain(|m| !matches!(m.mark, Mark::When(_) | Mark::Cue(Cue::Closed | Cue::Reduced)));
    }
}

/// "gli uffici dell'elenco terranno chiusi gli sportelli": what those who are named keep shut is theirs, and nobody else.
fn drop_objects(segment: &Segment, marks: &mut Vec<Placed>) {
    let Some(first) = marks.iter().find(|m| matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. })).map(|m| m.start) else { return };
    let object = |m: &Placed| {
        let [verb, state] = segment.tokens.get(m.start.saturating_sub(2)..m.start).unwrap_or_default() else { return false };
        starts(verb, &["tien", "teng", "tener", "terra", "tenut"]) && starts(state, &["chius", "apert", "sbarrat"])
    };
    marks.retain(|m| m.start == first || !matches!(m.mark, Mark::TheOffices { .. }) || !object(m));
}

/// Takes times, dates and words of service out of a range.
fn drop_statements(marks: &mut Vec<Placed>, range: Range<usize>) {
    let states = |mark: &Mark| {
        let cue = matches!(mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Reduced | Cue::Appointment | Cue::WalkIn | Cue::Remote));
        cue || matches!(mark, Mark::Span(..) | Mark::Days(_) | Mark::Part(_) | Mark::When(_))
    };
    marks.retain(|m| !(range.contains(&m.start) && states(&m.mark)));
}
