//! Dates and validity: "lunedì 9 marzo", "24 e 31 dicembre", "dal 9 al 20 agosto", "a partire da domani", "fino al 3 aprile", "nei mesi di luglio e agosto",
//! "Natale", "venerdì 15 c.m.".
//!
//! In: tokens, an index and the document's anchor (its own date, or what stands for it). Out: days, and the index behind them, or `None`.
//! A date without a year is the one that lies nearest to the anchor; a weekday beside it decides between years.

mod beside;
mod list;
mod months;
mod ranges;
mod resolve;
mod written;

pub use self::resolve::weekday_of;
pub use self::written::full_date;

use jiff::ToSpan;
use jiff::civil::Date;

use self::list::day_list;
use self::months::{end_of_month_or_year, end_of_named_month, months, months_phrase, short_months};
use self::ranges::{from_to, numeric_range, range_of};
use self::resolve::{nearest_weekday_day, resolve, resolve_end};
use self::written::{Ask, Written, written_day};
use super::pointed;
use crate::domain::{DateRange, Season};
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// What dates are resolved against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Anchor {
    /// The day the document speaks from: "domani" counts from here.
    pub day: Option<Date>,
    /// The year to take when nothing else tells; from any full date in the document.
    pub year: Option<i16>,
    /// The month to take for a bare day ("il 25"): the one named last.
    pub month: Option<i8>,
    /// The month that the same sentence named before: "a marzo si cambia: da lunedì 3 …".
    pub here: Option<i8>,
    /// The day named last: "chiusa fino al 14; dal giorno successivo …".
    pub last: Option<Date>,
    /// The year that the same sentence named before: "nel 2026 si resta chiusi il 1° gennaio".
    pub told: Option<i16>,
}

/// Days or a period, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Single days.
    Days(Vec<Date>),
    /// From the first day through the last.
    Range(DateRange),
    /// From a day on.
    From(Date),
    /// Until a day, included.
    Until(Date),
    /// A part of each year: both ends without a year, and no anchor to give one.
    Season(Season),
    /// A month or season named as a time ("in agosto"), as a range.
    Months(DateRange),
    /// "nello stesso periodo", "negli stessi giorni": the period or days named before.
    Same,
    /// "dallo stesso giorno", "con la medesima decorrenza": from the day named before.
    FromSame,
    /// "entro il 5": a deadline, no period.
    Deadline,
}

/// Days or a period at `i`.
pub fn when(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    if let Some(found) = pointed::same(tokens, i, lexicon) {
        return Some(found);
    }
    // "fino al 3 aprile", "sino a tutto il 30 giugno", "fino a venerdì"
    if matches!(word(i), "fino" | "sino") {
        if let Some((day, next)) = end_of_month_or_year(tokens, i + 1, anchor) {
            return Some((When::Until(day), next));
        }
        let mut at = i + 1;
        while matches!(
            word(at),
            "a" | "al" | "all'" | "alla" | "tutto" | "il" | "lo" | "giorno" | "fine" | "del" | "mese" | "di" | "prossimo" | "ad"
        ) {
            at += 1;
        }
        let at = behind_hour(tokens, at);
        if let Some((written, next)) = written_day(tokens, at, anchor, lexicon, Ask::Weekday) {
            let day = if written.complete() { resolve_end(written, anchor) } else { nearest_weekday_day(&written, anchor) };
            return Some((When::Until(day?), skip_inclusive(tokens, next)));
        }
        if let Some((months, next)) = months(tokens, at, anchor, lexicon) {
            return Some((When::Until(months.last()), next));
        }
        return fixed_end(tokens, at, anchor, lexicon);
    }
    // "la chiusura, prorogata al 15 maggio"
    if ["prorogat", "prolungat"].iter().any(|stem| word(i).starts_with(stem)) && matches!(word(i + 1), "al" | "all'") {
        let (written, next) = written_day(tokens, skip_small(tokens, i + 2), anchor, lexicon, Ask::Number)?;
        return Some((When::Until(resolve_end(written, anchor)?), skip_inclusive(tokens, next)));
    }
    // "per tutto il periodo che si conclude il 9 settembre"
    if word(i) == "si" && i > 0 && tokens[i - 1].is("che") && ["conclu", "chiud", "termin"].iter().any(|w| word(i + 1).starts_with(w)) {
        let at = skip_small(tokens, i + 2);
        let (written, next) = written_day(tokens, at, anchor, lexicon, Ask::Weekday)?;
        return Some((When::Until(resolve_end(written, anchor)?), skip_inclusive(tokens, next)));
    }
    if matches!(word(i), "entro" | "oltre") {
        // "oltre al martedì e giovedì" adds days, it sets no deadline
        let ask = if word(i) == "oltre" { Ask::Number } else { Ask::Weekday };
        let at = skip_small(tokens, i + 1);
        let (_, next) = written_day(tokens, at, anchor, lexicon, ask)?;
        return Some((When::Deadline, next));
    }
    if word(i) == "non" && word(i + 1) == "oltre" {
        let at = skip_small(tokens, i + 2);
        let (_, next) = written_day(tokens, at, anchor, lexicon, Ask::Weekday)?;
        return Some((When::Deadline, next));
    }
    if let Some(found) = from_next_day(tokens, i, anchor) {
        return Some(found);
    }
    if let Some(found) = from_today(tokens, i, anchor) {
        return Some(found);
    }
    if let Some(found) = short_months(tokens, i, lexicon) {
        return Some(found);
    }
    if let Some((from, next)) = from_to(tokens, i, anchor, lexicon) {
        if let When::From(day) = from
            && let Some((last, end)) = rest_of_month(tokens, next, day, lexicon)
        {
            return Some((When::Range(DateRange::new(day, last)?), end));
        }
        // "da giovedì 8 gennaio e per l'intero mese"
        return Some(match (&from, rest_of(tokens, next)) {
            (When::From(day), Some((Rest::Month, end))) => (When::Range(DateRange::new(*day, day.last_of_month())?), end),
            (When::From(day), Some((Rest::Year, end))) => (When::Range(DateRange::new(*day, day.last_of_year())?), end),
            _ => (from, next),
        });
    }
    if let Some(found) = numeric_range(tokens, i, anchor) {
        return Some(found);
    }
    if let Some(found) = months_phrase(tokens, i, anchor, lexicon) {
        return Some(found);
    }
    let (mut list, next) = day_list(tokens, i, anchor, lexicon)?;
    // "9-20 agosto", "1 ottobre - 31 marzo"
    if let [.., first] = list.as_slice()
        && tokens.get(next).is_some_and(|t| t.is_any(&["-", "/"]))
        && list.len() == 1
        && !numbers_a_point(first, tokens, next)
        && let Some((last, after)) = written_day(tokens, next + 1, anchor, lexicon, Ask::Weekday)
        && let Some(found) = range_of(*first, last, anchor)
    {
        return Some((found, after));
    }
    if list.iter().any(|d| !d.complete()) {
        return None;
    }
    let mut days: Vec<Date> = Vec::new();
    for written in list.drain(..) {
        let Some(day) = resolve(written, anchor) else { continue };
        // "il 1° gennaio, il 15 agosto e il 25 dicembre": the days of a list go forward
        let back = written.year.is_none() && days.last().is_some_and(|before| day < *before) && anchor.day.is_none_or(|from| day < from);
        days.push(if back { day.checked_add(1.year()).unwrap_or(day) } else { day });
    }
    (!days.is_empty()).then_some((When::Days(days), next))
}

/// "ART. 2 - Lunedì 6 maggio": the number of a point, and the day of which it speaks.
fn numbers_a_point(first: &Written, tokens: &[Token], dash: usize) -> bool {
    let bare = first.weekday.is_none() && first.month.is_none() && first.fixed.is_none();
    bare && tokens[dash].spaced && tokens.get(dash + 1).is_some_and(|t| t.spaced && t.kind == TokenKind::Word)
}

fn skip_small(tokens: &[Token], mut i: usize) -> usize {
    while tokens.get(i).is_some_and(|t| {
        t.is_any(&[
            "il", "lo", "la", "l'", "le", "i", "gli", "e", "al", "dal", "giorno", "giorni", "di", "del", "da", "prossimo", "prossima",
            "scorso", "data", "nel",
        ])
    }) {
        i += 1;
    }
    i
}

fn skip_inclusive(tokens: &[Token], i: usize) -> usize {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    match (word(i), word(i + 1)) {
        ("compreso" | "incluso" | "compresi" | "inclusi" | "prossimo" | "prossimi", _) => i + 1,
        ("p", ".") => i + 2,
        ("del" | "dello", "mese" | "stesso" | "medesimo") => i + if word(i + 2) == "mese" { 3 } else { 2 },
        _ => i,
    }
}

/// "dal giorno successivo", "dall'indomani", "a partire dal giorno dopo": from the day behind the one named last.
fn from_next_day(tokens: &[Token], i: usize, anchor: &Anchor) -> Option<(When, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let next = match (word(i), word(i + 1), word(i + 2)) {
        ("dal", "giorno", "successivo" | "seguente" | "dopo") => i + 3,
        ("dall'", "indomani", _) => i + 2,
        _ => return None,
    };
    Some((When::From(anchor.last?.tomorrow().ok()?), next))
}

/// Behind "alle ore 24 di", where an hour in front of its day stands at `i`; else `i`.
fn behind_hour(tokens: &[Token], i: usize) -> usize {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    if word(i) != "alle" {
        return i;
    }
    let hour = |j: &usize| tokens.get(*j).is_some_and(|t| t.kind == TokenKind::Number || t.is_any(&[".", ":", "ore", "h"]));
    let end = (i + 1..i + 6).take_while(hour).last().map_or(i + 1, |last| last + 1);
    if matches!(word(end), "di" | "del" | "dell'") && end > i + 1 { skip_small(tokens, end + 1) } else { i }
}

/// "fino al termine dello stato di emergenza, fissato al 31 marzo", "sino alla fine dei lavori, prevista per il 4 maggio": an end whose day comes behind it.
fn fixed_end(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
    const FIXED: [&str; 5] = ["fissat", "previst", "stabilit", "programmat", "attes"];
    let ends = |t: &Token| t.is_any(&[".", ";", ":"]) || t.newline;
    let clause = tokens.get(i..(i + 12).min(tokens.len()))?.iter().take_while(|t| !ends(t)).count();
    let at = (i..i + clause).find(|j| FIXED.iter().any(|stem| tokens[*j].text.starts_with(stem)))?;
    let mut day = at + 1;
    while tokens.get(day).is_some_and(|t| t.is_any(&["al", "per", "il", "l'", "a", "all'", "nel", "giorno"])) {
        day += 1;
    }
    let (written, next) = written_day(tokens, day, anchor, lexicon, Ask::Weekday)?;
    Some((When::Until(resolve_end(written, anchor)?), skip_inclusive(tokens, next)))
}

/// "dalle 20 di stasera", "da stamattina": from the day of the document on.
fn from_today(tokens: &[Token], i: usize, anchor: &Anchor) -> Option<(When, usize)> {
    const TODAY: [&str; 7] = ["stasera", "stamattina", "stamani", "stamane", "stanotte", "oggi", "odierno"];
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let at = match word(i) {
        // "è chiusa da ieri"
        "da" if word(i + 1) == "ieri" => return Some((When::From(anchor.day?.yesterday().ok()?), i + 2)),
        "da" if TODAY[..5].contains(&word(i + 1)) || word(i + 1) == "questa" => i + 1,
        "dalle" | "dall'" => {
            let hour =
                (i + 1..i + 5).take_while(|j| tokens.get(*j).is_some_and(|t| t.kind == TokenKind::Number || t.is_any(&[".", ":", "ore"])));
            let end = hour.last()? + 1;
            (word(end) == "di").then_some(end + 1)?
        }
        _ => return None,
    };
    let this = word(at) == "questa" && matches!(word(at + 1), "sera" | "mattina" | "notte");
    (TODAY.contains(&word(at)) || this).then_some((When::From(anchor.day?), at + 1 + usize::from(this)))
}

/// "dal 15 luglio e per tutto il mese di agosto", "dal 3 giugno e per tutto settembre": the last day of the month that is named, and the index behind it.
fn rest_of_month(tokens: &[Token], i: usize, day: Date, lexicon: &Lexicon) -> Option<(Date, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let at = (i..i + 3).find(|j| !matches!(word(*j), "," | "e"))?;
    let at = match (word(at), word(at + 1), word(at + 2), word(at + 3)) {
        ("per", "tutto", "il", "mese") | ("per", "l'", "intero", "mese") => at + 3,
        ("per", "tutto", ..) => at + 2,
        _ => return None,
    };
    let (named, next) = end_of_named_month(tokens, at, lexicon)?;
    let month = named.month?;
    let year = named.year.unwrap_or(day.year() + i16::from(month < day.month()));
    let last = Date::new(year, month, 1).ok()?.last_of_month();
    (day <= last).then_some((last, next))
}

/// What a period that has begun is the rest of.
enum Rest {
    Month,
    Year,
}

/// "e per l'intero mese", "e per tutto il mese", "e per tutto l'anno in corso": how far it goes, and the index behind it.
fn rest_of(tokens: &[Token], i: usize) -> Option<(Rest, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let at = i + usize::from(word(i) == "," || word(i) == "e");
    let at = at + usize::from(at > i && word(i) == "," && word(at) == "e");
    match (word(at), word(at + 1), word(at + 2), word(at + 3)) {
        ("per", "l'", "intero", "mese") | ("per", "tutto", "il", "mese") | ("fino", "a", "fine", "mese") => Some((Rest::Month, at + 4)),
        ("per", "l'", "intero", "anno") | ("per", "tutto", "l'", "anno") => {
            Some((Rest::Year, if (word(at + 4), word(at + 5)) == ("in", "corso") { at + 6 } else { at + 4 }))
        }
        _ => None,
    }
}
