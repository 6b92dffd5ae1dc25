//! Months as periods: "nei mesi di luglio e agosto", "in agosto", "a fine mese".

use jiff::ToSpan;
use jiff::civil::Date;

use super::ranges::skip_small_to;
use super::resolve::{date, nearest_year};
use super::written::{Written, year};
use super::{Anchor, When};
use crate::domain::{DateRange, Season};
use crate::lexicon::Lexicon;
use crate::text::Token;

/// "nei mesi di luglio e agosto", "in agosto", "per tutto il mese di agosto", "durante il mese di", "luglio-agosto".
pub(super) fn months_phrase(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    // "per l'intero anno 2025", "per tutto il 2025"
    let of_year = match (word(i), word(i + 1), word(i + 2)) {
        ("intero", "anno", _) | ("tutto", "il", _) => tokens.get(i + 2).and_then(year).map(|year| (year, i + 3)),
        ("tutto", "l'", "anno") => tokens.get(i + 3).and_then(year).map(|year| (year, i + 4)),
        _ => None,
    };
    if let Some((year, next)) = of_year {
        return Some((When::Range(DateRange::new(date(year, 1, 1)?, date(year, 12, 31)?)?), next));
    }
    let start = match (word(i), word(i + 1)) {
        ("mesi" | "mese", "di") => i + 2,
        ("bimestre" | "trimestre" | "quadrimestre", _) if lexicon.month(word(i + 1)).is_some() => i + 1,
        ("mesi", "estivi" | "invernali" | "autunnali" | "primaverili") if word(i + 2) == "di" => i + 3,
        ("in" | "ad" | "a" | "per" | "durante", _) if lexicon.month(word(i + 1)).is_some() => i + 1,
        // "ogni venerdì di ottobre"
        ("di", _) if i > 0 && lexicon.month(word(i + 1)).is_some() && lexicon.weekday(word(i - 1)).is_some() => i + 1,
        ("tutto", _) if lexicon.month(word(i + 1)).is_some() => i + 1,
        ("mese", "prossimo" | "venturo") | ("prossimo", "mese") => return month_from(anchor, 1).map(|range| (When::Months(range), i + 2)),
        ("mese", "corrente") | ("corrente", "mese") => return month_from(anchor, 0).map(|range| (When::Months(range), i + 2)),
        ("mese", "in") if word(i + 2) == "corso" => return month_from(anchor, 0).map(|range| (When::Months(range), i + 3)),
        // two months side by side are a time by themselves; one alone is too often a title
        _ if month_names(tokens, i, lexicon).is_some_and(|(_, _, next)| next > i + 1) && tokens[i + 1].is_any(&["-", "/", "e", "ed"]) => i,
        _ => return None,
    };
    if let Some(season) = month_season(tokens, start, anchor, lexicon) {
        return Some(season);
    }
    months(tokens, start, anchor, lexicon).map(|(range, next)| (When::Months(range), next))
}

/// Month names as a range: "luglio e agosto", "agosto 2024".
pub(super) fn months(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(DateRange, usize)> {
    let (first, last, mut next) = month_names(tokens, i, lexicon)?;
    let written_year = tokens.get(next).and_then(year);
    if written_year.is_some() {
        next += 1;
    }
    let start_year = match written_year {
        Some(year) => {
            if last < first {
                year - 1
            } else {
                year
            }
        }
        None => nearest_year(anchor, first, 15, None)?,
    };
    let start = date(start_year, first, 1)?;
    let end_month = date(if last < first { start_year + 1 } else { start_year }, last, 1)?;
    Some((DateRange::new(start, end_month.last_of_month())?, next))
}

/// Month names in a row, written out: the first, the last, and the index behind them.
fn month_names(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(i8, i8, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let long = |j: usize| lexicon.month(word(j)).filter(|_| word(j).len() > 3);
    let first = long(i)?;
    let (mut last, mut next) = (first, i + 1);
    while matches!(word(next), "e" | "," | "-" | "/" | "ed") {
        // "a luglio e ad agosto"
        let at = next + 1 + usize::from(matches!(word(next + 1), "a" | "ad" | "in"));
        let Some(month) = long(at) else { break };
        (last, next) = (month, at + 1);
    }
    Some((first, last, next))
}

/// Months without a year in a document without a date: a season of each year. "luglio e agosto", "luglio ad agosto".
pub(super) fn month_season(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
    if anchor.day.is_some() || anchor.year.is_some() {
        return None;
    }
    let (first, mut last, mut next) = month_names(tokens, i, lexicon)?;
    if let Some(to) = skip_small_to(tokens, next).filter(|_| !tokens[next].is("e"))
        && let Some((_, end, after)) = month_names(tokens, to, lexicon)
    {
        (last, next) = (end, after);
    }
    if tokens.get(next).and_then(year).is_some() {
        return None;
    }
    let month = |month: i8| u8::try_from(month).ok();
    Some((When::Season(Season { from: (month(first)?, 1), to: (month(last)?, month(month_length(last))?) }), next))
}

/// "apr-ott", "nov.-mar.": months in short with a dash, as headers of columns and legends have them; of each year. Two short words that are both days of the week
/// ("mar-gio") are days.
pub(super) fn short_months(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(When, usize)> {
    let short = |at: usize| -> Option<(i8, bool, usize)> {
        let token = tokens.get(at).filter(|t| (3..=5).contains(&t.text.len()))?;
        let month = lexicon.month(&token.text)?;
        let dot = usize::from(tokens.get(at + 1).is_some_and(|t| t.is(".") && !t.spaced));
        Some((month, lexicon.weekday(&token.text).is_some(), at + 1 + dot))
    };
    let (first, may_be_day, next) = short(i)?;
    let dash = tokens.get(next).is_some_and(|t| t.is_any(&["-", "/"]));
    let (last, too, end) = short(next + 1).filter(|_| dash)?;
    // "1 apr-ott": the dash belongs to a day
    let dated = i > 0 && tokens[i - 1].kind == crate::text::TokenKind::Number;
    if may_be_day && too || dated || tokens.get(end).and_then(year).is_some() {
        return None;
    }
    let month = |month: i8| u8::try_from(month).ok();
    Some((When::Season(Season { from: (month(first)?, 1), to: (month(last)?, month(month_length(last))?) }), end))
}

/// The month so many months behind the anchor's.
fn month_from(anchor: &Anchor, months: i32) -> Option<DateRange> {
    let first = anchor.day?.first_of_month().checked_add(months.months()).ok()?;
    DateRange::new(first, first.last_of_month())
}

/// Days of a month outside leap years.
fn month_length(month: i8) -> i8 {
    match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// "a fine mese", "alla fine del mese", "al termine dell'anno": the last day of the anchor's.
pub(super) fn end_of_month_or_year(tokens: &[Token], i: usize, anchor: &Anchor) -> Option<(Date, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let at = if matches!(word(i), "a" | "al" | "alla") { i + 1 } else { i };
    let at = if matches!(word(at), "fine" | "termine") { at + 1 } else { return None };
    let at = if matches!(word(at), "del" | "di" | "dell'") { at + 1 } else { at };
    let at = if matches!(word(at), "corrente") { at + 1 } else { at };
    let day = anchor.day?;
    match word(at) {
        "mese" if !matches!(word(at + 1), "di" | "d'") => {
            let next = match (word(at + 1), word(at + 2)) {
                ("in", "corso") => at + 3,
                ("corrente", _) => at + 2,
                _ => at + 1,
            };
            Some((day.last_of_month(), next))
        }
        "anno" => match tokens.get(at + 1).and_then(year) {
            Some(year) => Some((date(year, 12, 31)?, at + 2)),
            None => Some((date(day.year(), 12, 31)?, at + 1)),
        },
        _ => None,
    }
}

/// "a fine agosto", "alla fine di agosto" as the end of a range.
pub(super) fn end_of_named_month(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Written, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let at = if matches!(word(i), "fine" | "termine") { i + 1 } else { i };
    let at = if matches!(word(at), "di" | "del") { at + 1 } else { at };
    let at = if (word(at), word(at + 1)) == ("mese", "di") { at + 2 } else { at };
    let month = lexicon.month(word(at)).filter(|_| word(at).len() > 3)?;
    let year = tokens.get(at + 1).and_then(year);
    let written = Written { day: Some(month_length(month)), month: Some(month), year, ..Written::default() };
    Some((written, if year.is_some() { at + 2 } else { at + 1 }))
}
