//! What stands around or ahead of a piece of a week.

use super::Piece;
use crate::domain::Day;
use crate::extract::grammar::weekdays::Days;

/// Whether the seasons of the statement at `i` stand behind their hours: "dalle 8 alle 17 d'inverno e dalle 7 alle 19 d'estate".
pub(super) fn seasons_come_behind(pieces: &[Piece], i: usize) -> bool {
    let from = pieces[..i].iter().rposition(|p| matches!(p, Piece::Break)).map_or(0, |at| at + 1);
    let to = pieces[i..].iter().position(|p| matches!(p, Piece::Break)).map_or(pieces.len(), |at| i + at);
    let mut told = pieces[from..to].iter().filter(|p| matches!(p, Piece::Span(..) | Piece::Season(_)));
    let first_span = matches!(told.next(), Some(Piece::Span(..)));
    first_span && matches!(told.next_back(), Some(Piece::Season(_)))
}

/// "lunedì: chiuso", "chiuso il lunedì", "domenica e festivi chiuso".
pub(super) fn shut_beside(pieces: &[Piece], i: usize) -> bool {
    let behind = pieces[i + 1..].iter().find(|p| !matches!(p, Piece::Comma | Piece::Part(_)));
    // "lunedì: chiuso; 14-17" in the columns of a table: shut in the morning alone
    let column = matches!(pieces.get(i + 1..i + 4), Some([Piece::Shut, Piece::Break, Piece::Span(..)]));
    if column {
        return false;
    }
    if matches!(behind, Some(Piece::Shut)) {
        // "lunedì chiuso martedì 9-12": the word belongs to the days before it; "martedì 9-12, chiuso sabato" is the other way round
        let comma_between = matches!(pieces.get(i + 1), Some(Piece::Comma));
        let days_after = pieces[i + 2..].iter().find(|p| !matches!(p, Piece::Comma | Piece::Shut));
        // "lunedì chiuso 15.00-18.30": the morning is shut, in a table of mornings and afternoons
        let at = pieces[i + 1..].iter().position(|p| matches!(p, Piece::Shut)).map_or(i + 1, |n| i + 1 + n);
        if matches!(pieces.get(i + 1), Some(Piece::Shut)) && matches!(pieces.get(at + 1), Some(Piece::Span(..))) {
            return false;
        }
        return !(comma_between && matches!(days_after, Some(Piece::Days(_))));
    }
    let before = pieces[..i].iter().rev().find(|p| !matches!(p, Piece::Comma));
    let spans_follow = matches!(pieces[i + 1..].iter().find(|p| !matches!(p, Piece::Comma)), Some(Piece::Span(..)));
    matches!(before, Some(Piece::Shut)) && !spans_follow
}

pub(super) fn excluded_behind(pieces: &[Piece], i: usize) -> bool {
    matches!(pieces[i + 1..].iter().find(|p| !matches!(p, Piece::Comma | Piece::Part(_))), Some(Piece::WithoutBefore))
}

/// The part of the day that an exception names beside its days.
pub(super) fn part_of_exception(pieces: &[Piece], i: usize) -> Option<&'static str> {
    match (&pieces[..i], &pieces[i + 1..]) {
        ([.., Piece::Without, Piece::Part(part)], _) | (_, [Piece::Part(part), ..]) => Some(part),
        _ => None,
    }
}

pub(super) fn sunday_taken_out(pieces: &[Piece]) -> bool {
    pieces.iter().enumerate().any(|(i, p)| match p {
        Piece::Days(Days::These { days, .. }) => {
            days.len() == 1 && days[0].day == Day::Su && (excluded_behind(pieces, i) || i > 0 && matches!(pieces[i - 1], Piece::Without))
        }
        _ => false,
    })
}

/// Whether a span comes before other days do.
pub(super) fn spans_come(pieces: &[Piece]) -> bool {
    pieces.iter().find(|p| !matches!(p, Piece::Comma | Piece::Instead | Piece::Open)).is_some_and(|p| matches!(p, Piece::Span(..)))
}

/// Whether anything is said of the days that stand before these pieces.
pub(super) fn says_more(pieces: &[Piece]) -> bool {
    pieces
        .iter()
        .take_while(|p| !matches!(p, Piece::Break | Piece::Days(_) | Piece::Dates(_) | Piece::Season(_)))
        .any(|p| matches!(p, Piece::Span(..) | Piece::Part(_) | Piece::Shut))
}

pub(super) fn days_before_break(pieces: &[Piece]) -> bool {
    for piece in pieces {
        match piece {
            Piece::Days(_) | Piece::Dates(_) => return true,
            Piece::Break => return false,
            _ => {}
        }
    }
    false
}
