//! Times of day and spans: "8,30", "ore 9/12", "h 9÷12", "dalle 8 alle 13", "dalle nove a mezzogiorno e mezzo", "dalle 9" (an open end).
//!
//! In: tokens and an index. Out: the value and the index behind it, or `None`. Days are another family's work.

use crate::domain::{Clock, Span};
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// A span as read, with how sure its form alone makes us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadSpan {
    /// The span.
    pub span: Span,
    /// Whether the form could as well be something else ("9/12", "9-12"): such a span counts only beside days.
    pub weak: bool,
    /// The index behind it.
    pub next: usize,
}

/// A time of day at `i`: digits with or without minutes, or words. `bare`: whether it was an hour in digits without minutes.
fn clock(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Clock, usize, bool)> {
    let token = tokens.get(i)?;
    match token.kind {
        TokenKind::Number => digits(tokens, i),
        TokenKind::Word => words(tokens, i, lexicon).map(|(clock, next)| (clock, next, false)),
        TokenKind::Sign => None,
    }
}

/// "8", "8.30", "8,30", "8:30", "8 e 30", "830" is not read.
fn digits(tokens: &[Token], i: usize) -> Option<(Clock, usize, bool)> {
    let hour = tokens[i].number().filter(|h| *h <= 24 && tokens[i].text.len() <= 2)?;
    let two_digits = |j: usize| tokens.get(j).filter(|t| t.text.len() == 2 && t.kind == TokenKind::Number).and_then(Token::number);
    let glued_sign = tokens.get(i + 1).is_some_and(|t| t.is_any(&[".", ",", ":", "'", "h"]) && !t.spaced);
    if glued_sign
        && tokens.get(i + 2).is_some_and(|t| !t.spaced)
        && let Some(minute) = two_digits(i + 2)
        && let Some(clock) = Clock::new(hour as u16, minute as u16)
    {
        return Some((clock, i + 3, false));
    }
    if tokens.get(i + 1).is_some_and(|t| t.is("e")) {
        // "dalle 15 e 30": minutes that an hour could not be; "9-12 e 15-17" goes on with the next span
        if let Some(minute) = two_digits(i + 2).filter(|m| [15, 30, 45].contains(m))
            && !is_glued_on(tokens, i + 3)
            && !(minute == 15 && starts_span(tokens, i + 3))
        {
            return Some((Clock::new(hour as u16, minute as u16)?, i + 3, false));
        }
        // "8 e mezza", "12 e un quarto"
        if let Some((minute, length)) = fraction(tokens, i + 2) {
            return Some((Clock::new(hour as u16, minute)?, i + 2 + length, false));
        }
    }
    // "8, 30" and "8 .30" are slips of the pen that keep their meaning only inside a span; a plain hour otherwise
    let next = if glued_sign && tokens[i + 1].is("h") { i + 2 } else { i + 1 };
    Some((Clock::new(hour as u16, 0)?, next, true))
}

/// Whether a sign at `i` ties two numbers together: "30.15", not "30, sabato".
fn is_glued_on(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| t.is_any(&[".", ",", ":"]) && !t.spaced)
        && tokens.get(i + 1).is_some_and(|t| t.kind == TokenKind::Number && !t.spaced)
}

/// Whether a sign that joins two times stands at `i`.
fn starts_span(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| t.is_any(&["-", "/", "alle", "all'"]))
        && tokens.get(i + 1).is_some_and(|t| t.kind == TokenKind::Number || t.is("ore"))
}

/// "mezza", "un quarto", "tre quarti": minutes, and how many tokens say them.
fn fraction(tokens: &[Token], i: usize) -> Option<(u16, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    match (word(i), word(i + 1)) {
        ("mezza" | "mezzo", _) => Some((30, 1)),
        ("un", "quarto") => Some((15, 2)),
        ("tre", "quarti") => Some((45, 2)),
        _ => None,
    }
}

/// "nove", "nove e mezza", "mezzogiorno e mezzo", "quindici e trenta", "una e un quarto", "tre del pomeriggio".
fn words(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Clock, usize)> {
    let word = |j: usize| tokens.get(j).map(|t| t.text.as_str());
    let (hour, mut next) = match word(i)? {
        "mezzogiorno" => (12, i + 1),
        "mezzodi" => (12, i + 1),
        "mezzanotte" => (24, i + 1),
        other => (lexicon.cardinal(other).filter(|n| *n <= 24)? as u16, i + 1),
    };
    let mut minute = 0;
    if word(next) == Some("e") {
        let (read, length) = match (fraction(tokens, next + 1), word(next + 1)) {
            (Some((minute, length)), _) => (minute, length + 1),
            (None, Some(other)) => (lexicon.cardinal(other).filter(|n| [15, 30, 45, 20, 40, 50, 10].contains(n)).unwrap_or(0) as u16, 2),
            _ => (0, 0),
        };
        if read > 0 {
            (minute, next) = (read, next + length);
        }
    } else if word(next) == Some("meno") && word(next + 1) == Some("un") && word(next + 2) == Some("quarto") {
        return Some((Clock::new(hour.checked_sub(1)?, 45)?, next + 3));
    }
    let afternoon = matches!((word(next), word(next + 1)), (Some("del"), Some("pomeriggio")) | (Some("di"), Some("pomeriggio" | "sera")));
    let morning = matches!((word(next), word(next + 1)), (Some("del" | "di" | "della"), Some("mattino" | "mattina")));
    let hour = if afternoon && hour < 12 { hour + 12 } else { hour };
    Some((Clock::new(hour, minute)?, if afternoon || morning { next + 2 } else { next }))
}

/// Skips "ore", "h", "h.", "le", "le ore" in front of a time.
fn skip_ore(tokens: &[Token], mut i: usize) -> usize {
    while let Some(token) = tokens.get(i) {
        let dot = tokens.get(i + 1).is_some_and(|t| t.is("."));
        if token.is_any(&["ore", "ora", "hh", "orario"]) || token.is("h") {
            i += if dot { 2 } else { 1 };
            if tokens.get(i).is_some_and(|t| t.is(":")) {
                i += 1;
            }
        } else if token.is_any(&["le", "l'"]) {
            i += 1;
        } else {
            break;
        }
    }
    i
}

/// Whether the words at `i` say "until": "alle", "all'", "a", "fino alle", "sino alle", "-", "/".
fn upto(tokens: &[Token], i: usize) -> Option<usize> {
    let mut at = i;
    // "dalle ore 9.00, alle ore 12.00", "dalle 8 e fino alle 13"
    if tokens.get(at)?.is("e") && tokens.get(at + 1).is_some_and(|t| t.is_any(&["fino", "sino"])) {
        at += 1;
    }
    if tokens.get(at)?.is(",") && tokens.get(at + 1).is_some_and(|t| t.is_any(&["alle", "all'", "fino"])) {
        at += 1;
    }
    let token = tokens.get(at)?;
    if token.is_any(&["fino", "sino"]) {
        let next = tokens.get(at + 1)?;
        return next.is_any(&["alle", "all'", "a", "alla"]).then_some(at + 2);
    }
    token.is_any(&["alle", "all'", "a", "alla", "-", "/", "ale"]).then_some(at + 1)
}

/// A span of the day at `i`, in any of the ways people write it.
pub fn span(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<ReadSpan> {
    let token = tokens.get(i)?;
    // "non prima delle 10 e non oltre le 12"
    if token.is("non") && tokens.get(i + 1)?.is("prima") && tokens.get(i + 2)?.is_any(&["delle", "dell'"]) {
        let (from, next, _) = clock(tokens, skip_ore(tokens, i + 3), lexicon)?;
        let e = tokens.get(next)?.is("e") && tokens.get(next + 1)?.is("non") && tokens.get(next + 2)?.is("oltre");
        let (to, next, _) = e.then(|| clock(tokens, skip_ore(tokens, next + 3), lexicon)).flatten()?;
        return Some(ReadSpan { span: Span::new(from, to)?, weak: false, next });
    }
    if let Some(found) = opens_and_closes(tokens, i, lexicon) {
        return Some(found);
    }
    if let Some(found) = closes_and_opens(tokens, i, lexicon) {
        return Some(found);
    }
    if let Some(found) = opens_at(tokens, i, lexicon) {
        return Some(found);
    }
    // "fra le 9 e le 12"
    if token.is_any(&["fra", "tra"]) && tokens.get(i + 1)?.is_any(&["le", "l'", "ore"]) {
        let (from, next, _) = clock(tokens, skip_ore(tokens, i + 1), lexicon)?;
        let next = tokens.get(next)?.is("e").then_some(next + 1)?;
        let (to, next, _) = clock(tokens, skip_ore(tokens, next), lexicon)?;
        return Some(ReadSpan { span: Span::new(from, to)?, weak: false, next });
    }
    let introduced = token.is_any(&["dalle", "dall'", "dalla"])
        || token.is("da") && tokens.get(i + 1).is_some_and(|t| t.is_any(&["ore", "mezzogiorno"]) || t.kind == TokenKind::Number);
    let with_ore = skip_ore(tokens, i) > i && !token.is_any(&["le", "l'"]);
    if introduced || with_ore {
        let start = skip_ore(tokens, if introduced { i + 1 } else { i });
        let start = if !introduced && tokens.get(start).is_some_and(|t| t.is_any(&["dalle", "dall'"])) { start + 1 } else { start };
        let (from, next, bare) = clock(tokens, start, lexicon)?;
        // "dalla 14 alla 16" is not said of dates; "dal 14 al 16" never comes here
        if let Some(at) = upto(tokens, next).or_else(|| pair_without_sign(tokens, next))
            && let Some((to, next, bare_to)) = clock(tokens, skip_ore(tokens, at), lexicon)
            && let (from, to, next) = afternoon(tokens, from, to, next)
            && let spoken = [bare, bare_to, tokens[next - 1].kind == TokenKind::Word].contains(&true)
            && let Some(span) = ends(from, to, spoken)
            && !is_date_tail(tokens, next)
        {
            return Some(ReadSpan { span, weak: token.is("da"), next });
        }
        if introduced && !token.is("da") && !is_count(tokens, next) && from.minutes() < 1440 {
            // "dalle 9" says when it starts; the end is not stated
            let next = if tokens.get(next).is_some_and(|t| t.is_any(&["in"]))
                && tokens.get(next + 1).is_some_and(|t| t.is_any(&["poi", "avanti"]))
            {
                next + 2
            } else {
                next
            };
            return Some(ReadSpan { span: Span::open_ended(from), weak: false, next });
        }
        return None;
    }
    bare_span(tokens, i, lexicon)
}

/// "si aprono alle 7.30 e si chiudono alle 17", "alle 8.30 e le chiude alle 12", "con inizio alle 9 e termine alle 12", "si entra alle 9 e si esce alle 18",
/// "si entra alle 9 e si può restare fino alle 19".
fn opens_and_closes(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<ReadSpan> {
    const ENDS: [&str; 7] = ["chiu", "termin", "fin", "esc", "usci", "conclu", "cess"];
    if !tokens.get(i)?.is_any(&["alle", "all'"]) {
        return None;
    }
    let (from, next, _) = clock(tokens, skip_ore(tokens, i + 1), lexicon)?;
    let noon = |j: usize| tokens.get(j).is_some_and(|t| t.is("a")) && tokens.get(j + 1).is_some_and(|t| t.is("mezzogiorno"));
    let to_at = (next..next + 6).find(|j| tokens.get(*j).is_some_and(|t| t.is_any(&["alle", "all'"])) || noon(*j))?;
    let between = tokens.get(next..to_at)?;
    let stays = between.last().is_some_and(|t| t.is_any(&["fino", "sino"]))
        && between.iter().any(|t| ["rest", "rima", "prosegu", "contin"].iter().any(|stem| t.text.starts_with(stem)));
    let closes = stays || between.iter().any(|t| ENDS.iter().any(|w| t.text.starts_with(w)) && !t.is("fino"));
    if !closes || between.iter().any(|t| t.kind == TokenKind::Number || t.is_any(&[".", ";"])) {
        return None;
    }
    let (to, next, _) = clock(tokens, skip_ore(tokens, to_at + 1), lexicon)?;
    Some(ReadSpan { span: Span::new(from, to)?, weak: false, next })
}

/// "si chiude alle 13.30 (apertura sempre alle 8.30)", "chiuderanno alle 12, con apertura alle 8.30": the end first, and the beginning behind it.
fn closes_and_opens(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<ReadSpan> {
    const SMALL: [&str; 18] = [
        "sempre",
        "regolarmente",
        "alle",
        "dalle",
        "come",
        "di",
        "consueto",
        ":",
        "regolare",
        "consueta",
        "ore",
        "fissata",
        "prevista",
        "invariata",
        "anticipata",
        "posticipata",
        "al",
        "pubblico",
    ];
    let shuts = |t: &Token| t.text.starts_with("chiu");
    if !tokens.get(i)?.is_any(&["alle", "all'"]) || !tokens.get(i.saturating_sub(3)..i)?.iter().any(shuts) {
        return None;
    }
    let (to, next, _) = clock(tokens, skip_ore(tokens, i + 1), lexicon)?;
    let joins = |t: &Token| t.is_any(&["(", ",", "-", "con", "e", "ed", "l'", "ma", "si"]);
    let opens_at = (next..next + 4).find(|at| tokens.get(*at).is_none_or(|t| !joins(t))).filter(|at| *at > next)?;
    if !tokens.get(opens_at)?.is_any(&["apertura", "apre", "aprono", "aprira", "apriranno"]) {
        return None;
    }
    let from_at = (opens_at + 1..opens_at + 6).find(|at| tokens.get(*at).is_none_or(|t| !t.is_any(&SMALL)))?;
    let (from, next, _) = clock(tokens, skip_ore(tokens, from_at), lexicon)?;
    let next = next + usize::from(tokens.get(next).is_some_and(|t| t.is(")")));
    Some(ReadSpan { span: Span::new(from, to)?, weak: false, next })
}

/// "lunedì 10 la biblioteca aprirà solo alle 15.30": when it opens; the end is not stated.
fn opens_at(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<ReadSpan> {
    const BETWEEN: [&str; 8] = ["solo", "soltanto", "solamente", "al", "pubblico", "in", "ritardo", "eccezionalmente"];
    if !tokens.get(i)?.is_any(&["alle", "all'"]) {
        return None;
    }
    // "apertura posticipata dell'anagrafe alle ore 10.30"
    let late = |w: &[Token]| w[0].is("apertura") && ["posticip", "ritard", "differ"].iter().any(|stem| w[1].text.starts_with(stem));
    if tokens.get(i.saturating_sub(7)..i)?.windows(2).any(late) {
        let (from, next, _) = clock(tokens, skip_ore(tokens, i + 1), lexicon)?;
        return Some(ReadSpan { span: Span::open_ended(from), weak: true, next });
    }
    let verb = (i.saturating_sub(4)..i).rev().find(|j| !tokens[*j].is_any(&BETWEEN))?;
    let till = verb > 0 && tokens[verb - 1].is_any(&["cassa", "biglietteria", "botteghino", "bar", "porte", "cancelli"]);
    if till || !tokens[verb].is_any(&["apre", "aprono", "aprira", "apriranno"]) || i > verb + 4 {
        return None;
    }
    let (from, next, _) = clock(tokens, skip_ore(tokens, i + 1), lexicon)?;
    Some(ReadSpan { span: Span::open_ended(from), weak: true, next })
}

/// "dalle tre alle cinque del pomeriggio": both are hours of the afternoon.
fn afternoon(tokens: &[Token], from: Clock, to: Clock, next: usize) -> (Clock, Clock, usize) {
    let evening = |i: usize| tokens.get(i).is_some_and(|t| t.is_any(&["pomeriggio", "sera"]));
    let said_behind = tokens.get(next).is_some_and(|t| t.is_any(&["del", "di", "della"])) && evening(next + 1);
    // "dalle due e mezza alle sette": nobody is received before dawn
    let before_dawn = from.minutes() > 0 && from.minutes() < 6 * 60 && to.minutes() <= 8 * 60;
    let spoken = tokens.get(next.saturating_sub(1)).is_some_and(|t| t.kind == TokenKind::Word);
    if !(said_behind || evening(next.saturating_sub(1)) || before_dawn && spoken) {
        return (from, to, next);
    }
    let later = |clock: Clock| {
        let (hour, minute) = clock.hour_minute();
        if hour < 8 { Clock::new(hour + 12, minute).unwrap_or(clock) } else { clock }
    };
    (later(from), later(to), if said_behind { next + 2 } else { next })
}

/// "8-13/14-17": whether four hours in a row stand at `i`.
fn four_hours(tokens: &[Token], i: usize) -> bool {
    let hour =
        |j: usize| tokens.get(j).filter(|t| t.kind == TokenKind::Number && t.text.len() <= 2).and_then(Token::number).filter(|h| *h <= 24);
    let sign = |j: usize, text: &str| tokens.get(j).is_some_and(|t| t.is(text));
    let signs = sign(i + 1, "-") && sign(i + 3, "/") && sign(i + 5, "-") || sign(i + 1, "/") && sign(i + 3, "-") && sign(i + 5, "/");
    let ends_there = !tokens.get(i + 7).is_some_and(|t| t.is_any(&["-", "/", ".", ":"]) && !t.spaced);
    signs
        && ends_there
        && matches!((hour(i), hour(i + 2), hour(i + 4), hour(i + 6)), (Some(a), Some(b), Some(c), Some(d)) if a < b && b <= c && c < d)
}

/// Whether a number glued behind a sign still starts a span: "8.30-12.30/15.00-17.00", "8-13/14-17".
fn second_of_two(tokens: &[Token], i: usize) -> bool {
    let minutes_before = i >= 4
        && tokens[i - 1].is_any(&["-", "/"])
        && tokens[i - 2].kind == TokenKind::Number
        && tokens[i - 2].text.len() == 2
        && tokens[i - 3].is_any(&[".", ":", ","])
        && !tokens[i - 3].spaced
        // "8.30-12.30" itself, seen from its end, is no second span
        && i >= 6
        && (4..=6).any(|back| tokens.get(i.wrapping_sub(back)).is_some_and(|t| t.is_any(&["-", "/"])));
    minutes_before || i >= 4 && four_hours(tokens, i - 4)
}

/// "9-12", "9.00/12.30", "8 – 13", "8:30 - 12:30".
fn bare_span(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<ReadSpan> {
    if tokens[i].kind != TokenKind::Number
        || i > 0 && tokens[i - 1].is_any(&["-", "/", ".", ","]) && !tokens[i].spaced && !tokens[i - 1].spaced && !second_of_two(tokens, i)
    {
        return None;
    }
    let (from, next, bare) = clock(tokens, i, lexicon)?;
    // three cells of a row: "14.30", "-", "18.30"
    let cell = |n: usize, word: &str| tokens.get(next + n).is_some_and(|t| t.is(word));
    let cells = cell(0, ",") && cell(1, "-") && cell(2, ",") && !bare;
    let next = next + usize::from(cells);
    let sign = tokens.get(next)?;
    let alle = sign.is_any(&["alle", "all'"]);
    if !alle && !sign.is_any(&["-", "/"]) {
        return None;
    }
    let to_at = skip_ore(tokens, next + 1 + usize::from(cells));
    if tokens.get(to_at)?.kind != TokenKind::Number && !tokens[to_at].is_any(&["mezzogiorno", "mezzanotte"]) {
        return None;
    }
    let (to, next, bare_to) = clock(tokens, to_at, lexicon)?;
    // "9-12-2024", "3/4/5" and "10-12%" are something else
    let date_goes_on = |t: &Token| t.is_any(&["/", "-"]) && !t.spaced && bare_to && !four_hours(tokens, i);
    if tokens.get(next).is_some_and(|t| t.is_any(&["%", "^"]) || date_goes_on(t)) || is_date_tail(tokens, next) {
        return None;
    }
    // "8.30 12.30 - 15.00 17.00": the signs between the hours are lost, and what is left joins the wrong ones
    let clock_right_before =
        i >= 3 && tokens[i].spaced && tokens[i - 1].kind == TokenKind::Number && tokens[i - 2].is_any(&[".", ":"]) && !tokens[i - 1].spaced;
    if clock_right_before
        && !bare
        && !bare_to
        && tokens.get(next).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() <= 2)
        && !(i >= 4 && starts_span(tokens, i - 4))
    {
        return None;
    }
    Some(ReadSpan { span: ends(from, to, bare)?, weak: bare && bare_to && !alle, next })
}

/// "dalle ore 9,00 ore 12,00": the sign was forgotten.
fn pair_without_sign(tokens: &[Token], i: usize) -> Option<usize> {
    (tokens.get(i)?.is("ore") && tokens.get(i + 1)?.kind == TokenKind::Number).then_some(i)
}

/// A span that ends after it starts; "dalle 8 alle 1" or "dalle 9 alle 5" in twelve-hour speech ends in the afternoon.
fn ends(from: Clock, to: Clock, bare: bool) -> Option<Span> {
    Span::new(from, to).or_else(|| {
        let (hour, minute) = to.hour_minute();
        if hour == 0 && minute == 0 {
            return Span::new(from, Clock::new(24, 0)?);
        }
        (bare && hour < 8 && hour + 12 > from.hour_minute().0).then(|| Span::new(from, Clock::new(hour + 12, minute)?)).flatten()
    })
}

/// Whether a date or a count goes on at `i`: "9/12/2024", "dalle 9 alle 12 persone".
fn is_date_tail(tokens: &[Token], i: usize) -> bool {
    let slash = tokens.get(i).is_some_and(|t| t.is_any(&["/", "."]) && !t.spaced);
    slash && tokens.get(i + 1).is_some_and(|t| !t.spaced && t.kind == TokenKind::Number && t.text.len() == 4)
}

/// "dalle 3 alle 5 persone", "dalle 12 firme": a number of things.
fn is_count(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| t.is_any(&["firme", "persone", "unita", "euro", "attuali", "precedenti", "prime", "ultime"]))
}
