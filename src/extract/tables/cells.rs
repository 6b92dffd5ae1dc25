//! What the cells of a table hold, each looked at by itself.

use crate::document::{Cell, Table};
use crate::extract::grammar::{offices, weekdays};
use crate::extract::segment::first_word;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind, fold, tokens};

/// What a cell holds.
#[derive(Debug, Clone, Default)]
pub(super) struct CellFacts {
    pub(super) office: bool,
    pub(super) days: bool,
    pub(super) times: bool,
    pub(super) empty: bool,
}

impl CellFacts {
    /// What each cell of a table holds.
    pub(super) fn of_table(table: &Table, lexicon: &Lexicon) -> Vec<Vec<Self>> {
        table.rows.iter().map(|row| row.iter().map(|cell| Self::of(cell, lexicon)).collect()).collect()
    }

    pub(super) fn of(cell: &Cell, lexicon: &Lexicon) -> Self {
        let tokens = tokens(&fold(&cell.text));
        let original: Vec<bool> = capitals(&cell.text, &tokens);
        let is_capital = |i: usize| original.get(i).copied().unwrap_or(false);
        let place = offices::Place { label: true, line: false, first: first_word(&tokens) };
        Self {
            office: (0..tokens.len().min(6)).any(|i| offices::mention(&tokens, i, place, &is_capital, lexicon).is_some()),
            days: (0..tokens.len()).any(|i| weekdays::days(&tokens, i, lexicon).is_some()),
            times: cell.text.contains(|c: char| c.is_ascii_digit()),
            empty: is_blank(&cell.text),
        }
    }
}

fn capitals(text: &str, tokens: &[Token]) -> Vec<bool> {
    let chars: Vec<char> = text.chars().collect();
    tokens.iter().map(|t| chars.get(t.range.start).is_some_and(|c| c.is_uppercase())).collect()
}

pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '/' | '.' | '*' | '='))
}

pub(super) fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A cell that says its days twice, in Italian and below in the other language of the place: the Italian lines.
pub(super) fn in_italian(text: String, lexicon: &Lexicon) -> String {
    let foreign = |line: &&str| fold(line).split(|c: char| !c.is_ascii_alphanumeric()).any(|word| lexicon.labels().is_foreign_day(word));
    if !text.contains('\n') || !text.lines().any(|line| foreign(&line)) {
        return text;
    }
    let kept: Vec<&str> = text.lines().filter(|line| !foreign(line)).collect();
    if kept.iter().any(|line| weekdays_in(line, lexicon)) { kept.join("\n") } else { text }
}

pub(super) fn weekdays_in(words: &str, lexicon: &Lexicon) -> bool {
    let tokens = tokens(&fold(words));
    (0..tokens.len()).any(|i| weekdays::days(&tokens, i, lexicon).is_some())
}

/// Hours with a letter for a figure ("12,3O", "l5.00") or a time that no clock shows: something is written that cannot be read.
pub(super) fn is_garbled(text: &str) -> bool {
    let tokens = tokens(&fold(text));
    let like = |t: &Token| t.kind == TokenKind::Word && matches!(t.text.as_str(), "o" | "l" | "oo" | "i");
    let letters = tokens.windows(2).any(|pair| {
        let glued = !pair[1].spaced;
        glued && (pair[0].kind == TokenKind::Number && like(&pair[1]) || like(&pair[0]) && pair[1].kind == TokenKind::Number)
    });
    // "0331 54.09.60" is a number, not an hour
    let grouped = |at: usize| {
        let sign = |i: Option<usize>| i.and_then(|i| tokens.get(i)).is_some_and(|t| t.is_any(&[".", "/"]) && !t.spaced);
        sign(at.checked_sub(1)) || sign(Some(at + 3)) && tokens.get(at + 4).is_some_and(|t| t.kind == TokenKind::Number && !t.spaced)
    };
    let impossible = tokens.windows(3).enumerate().any(|(at, t)| {
        if grouped(at) {
            return false;
        }
        let value = |t: &Token| t.text.parse::<u32>().ok().filter(|_| t.kind == TokenKind::Number);
        let glued = !t[1].spaced && !t[2].spaced && t[1].is_any(&[".", ":", ","]);
        glued && value(&t[0]).is_some_and(|h| h <= 24) && t[2].text.len() == 2 && value(&t[2]).is_some_and(|m| m >= 60)
    });
    letters || impossible
}
