//! Parts of the day that are shut beside hours: "lunedì mattina chiuso, pomeriggio 15-17" says no more of Monday than "lunedì 15-17".

use super::{Chunk, Piece, Read};
use crate::domain::{DaySelector, Slot};

/// Minutes after midnight from which hours are of the afternoon.
const AFTERNOON: u16 = 13 * 60;

/// The pieces with light breaks in place of the parts that are shut, wherever the same days have hours beside them. As many as before, so
/// that their indices stay true.
pub(super) fn set_aside(pieces: &[Piece]) -> Vec<Piece> {
    let mut kept = pieces.to_vec();
    let is_heading = |piece: &Piece| matches!(piece, Piece::Days(_) | Piece::Dates(_) | Piece::Season(_));
    let mut from = 0;
    while let Some(heading) = pieces[from..].iter().position(is_heading) {
        let first = from + heading + 1;
        from = pieces[first..].iter().position(is_heading).map_or(pieces.len(), |next| first + next);
        let of_days = &mut kept[first..from];
        if of_days.iter().any(|piece| matches!(piece, Piece::Span(..))) {
            hush(of_days, from < pieces.len());
        }
    }
    kept
}

/// "mattina chiuso;", "mattina: chiuso", "chiuso la mattina,".
fn hush(of_days: &mut [Piece], days_follow: bool) {
    let mut at = 0;
    while at < of_days.len() {
        let n = match of_days[at..] {
            // "chiuso il pomeriggio del venerdì": of the days behind
            [Piece::Shut, Piece::Part(_)] if days_follow => 0,
            [Piece::Part(_), Piece::Shut, ..] | [Piece::Shut, Piece::Part(_), ..] => 2,
            // not the last words: "lunedì pomeriggio, chiuso martedì"
            [Piece::Part(_), Piece::Comma, Piece::Shut, _, ..] => 3,
            _ => 0,
        };
        of_days[at..at + n].fill(Piece::Comma);
        at += n.max(1);
        // "Mattina: chiuso; Pomeriggio: 15-17": the hours behind are of the same days
        if n > 0 && matches!(of_days.get(at), Some(Piece::Break)) && of_days[at..].iter().any(|piece| matches!(piece, Piece::Span(..))) {
            of_days[at] = Piece::Comma;
        }
    }
}

/// The part of the day that is shut on the days at `i`, where nothing else is said of them: "mercoledì pomeriggio chiuso", "chiuso il mercoledì
/// pomeriggio", "chiuso il pomeriggio del mercoledì".
pub(super) fn alone(pieces: &[Piece], i: usize) -> Option<&'static str> {
    match (&pieces[..i], &pieces[i + 1..]) {
        (_, [Piece::Part(part), Piece::Shut, ..]) => Some(part),
        (_, [Piece::Part(_), Piece::Span(..), ..]) => None,
        ([.., Piece::Shut], [Piece::Part(part), ..]) | ([.., Piece::Shut, Piece::Part(part)], _) => Some(part),
        _ => None,
    }
}

/// Takes a part of the day away from days that have other hours too; whether there were such.
pub(super) fn take_away(read: &mut Read, days: &[DaySelector], part: &str) -> bool {
    let is_of_part = |slot: &Slot| match (slot, part) {
        (Slot::Times(span), "mattina") => span.from().minutes() < AFTERNOON,
        (Slot::Times(span), "pomeriggio") => span.from().minutes() >= AFTERNOON,
        (Slot::Times(_) | Slot::Off, _) => false,
        (Slot::Part(named), part) => named == part,
    };
    let mut left = Vec::new();
    for chunk in &mut read.chunks {
        let (goes, stays): (Vec<Slot>, Vec<Slot>) = chunk.slots.iter().cloned().partition(is_of_part);
        let of_chunk: Vec<DaySelector> = chunk.days.iter().filter(|day| days.contains(day)).cloned().collect();
        if goes.is_empty() || stays.is_empty() || of_chunk.is_empty() {
            continue;
        }
        chunk.days.retain(|day| !of_chunk.contains(day));
        left.push(Chunk { days: of_chunk, slots: stays, ..chunk.clone() });
    }
    read.chunks.retain(|chunk| !chunk.days.is_empty());
    let taken = !left.is_empty();
    read.chunks.extend(left);
    taken
}
