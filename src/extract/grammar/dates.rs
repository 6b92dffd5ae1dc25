//! Dates and validity: "lunedì 9 marzo", "24 e 31 dicembre", "dal 9 al 20 agosto", "a partire da domani", "fino al 3 aprile", "nei mesi di luglio e agosto",
//! "Natale", "venerdì 15 c.m.".
//!
//! In: tokens, an index and the document's anchor (its own date, or what stands for it). Out: days, and the index behind them, or `None`.
//! A date without a year is the one that lies nearest to the anchor; a weekday beside it decides between years.

mod beside;
mod list;
mod months;
mod resolve;
mod written;

pub use self::resolve::weekday_of;
pub use self::written::full_date;

use jiff::ToSpan;
use jiff::civil::Date;

use self::beside::{behind_gloss, days_range, is_quantity, is_unit};
use self::list::day_list;
use self::months::{end_of_month_or_year, end_of_named_month, month_season, months, months_phrase, short_months};
use self::resolve::{date, nearest_weekday_day, nearest_year, resolve, resolve_end};
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
        // "da giovedì 8 gennaio e per l'intero mese"
        return Some(match (&from, whole_month(tokens, next)) {
            (When::From(day), Some(end)) => (When::Range(DateRange::new(*day, day.last_of_month())?), end),
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

/// "dal 9 al 20 agosto", "da lunedì 4 ottobre fino al 31 marzo", "a decorrere dal 1° giugno", "tra il 5 e il 9 gennaio", "con decorrenza 24 maggio".
fn from_to(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let between = matches!(word(i), "tra" | "fra");
    let start = match word(i) {
        "dal" | "dall'" | "dall" | "dalla" | "dallo" | "da" | "dai" => i + 1,
        "decorrenza" => i + 1,
        "con"
            if matches!(word(i + 1), "il" | "l'")
                && (word(i + 2) == "primo" || tokens.get(i + 2).is_some_and(|t| t.kind == TokenKind::Number)) =>
        {
            i + 2
        }
        "tra" | "fra" => i + 1,
        "de" if word(i + 1) == "il" => i + 2,
        _ => return None,
    };
    let mut at = start;
    // "dallo stesso lunedì 20"
    if matches!(word(at), "stesso" | "medesimo") && weekday_and_day(tokens, at + 1, lexicon) {
        at += 1;
    }
    // "dalla medesima data del 3 marzo"
    if matches!(word(at), "stessa" | "medesima" | "stesso" | "medesimo")
        && matches!(word(at + 1), "data" | "giorno")
        && word(at + 2) == "del"
    {
        at += 3;
    }
    while matches!(
        word(at),
        "il" | "lo"
            | "la"
            | "l'"
            | "le"
            | "giorno"
            | "giorni"
            | "prossimo"
            | "prossima"
            | "mese"
            | "di"
            | "data"
            | "dal"
            | "dalla"
            | "e"
            | "della"
            | "mattina"
            | "mattinata"
            | "giornata"
    ) {
        at += 1;
    }
    // "dal lunedì al venerdì" speaks of weeks; "da lunedì" and "dal prossimo lunedì" of the next one
    let next_one = (start..at).any(|j| word(j).starts_with("prossim"));
    let ask = if (word(i) == "da" || next_one) && !days_range(tokens, at, lexicon) { Ask::Weekday } else { Ask::Number };
    let (first, next) = match written_day(tokens, at, anchor, lexicon, ask) {
        Some(found) => found,
        // "dal primo al 31 dicembre"
        None if word(at) == "primo" && matches!(word(at + 1), "al" | "e" | "fino" | "sino") => {
            (Written { day: Some(1), ..Written::default() }, at + 1)
        }
        None => {
            if let Some(season) = month_season(tokens, at, anchor, lexicon) {
                return Some(season);
            }
            // "da giugno a settembre"
            let (from, next) = months(tokens, at, anchor, lexicon)?;
            let to = skip_small_to(tokens, next);
            if let Some((to, next)) = to.and_then(|to| months(tokens, to, anchor, lexicon)) {
                let last = if to.last() < from.first() { to.last().checked_add(1.year()).ok()? } else { to.last() };
                return Some((When::Range(DateRange::new(from.first(), last)?), next));
            }
            return (!between).then_some((When::From(from.first()), next));
        }
    };
    let joins = if between { word(next) == "e" } else { true };
    if joins
        && !(between && first.fixed.is_some())
        && let Some(to) = skip_small_to(tokens, behind_gloss(tokens, next)).or_else(|| between.then_some(next + 1))
        && let Some((last, after)) =
            written_day(tokens, to, anchor, lexicon, Ask::Weekday).or_else(|| end_of_named_month(tokens, to, lexicon))
        && let Some(found) = if every_year(tokens, after) { season_of(first, last) } else { range_of(first, last, anchor) }
    {
        return Some((found, skip_inclusive(tokens, after)));
    }
    // "dal 12 al 17": of this month or the next
    if (word(i).starts_with("dal") || first.weekday.is_some())
        && !is_quantity(tokens, i)
        && let Some(to) = skip_small_to(tokens, next)
        && let Some((last, after)) = written_day(tokens, to, anchor, lexicon, Ask::Number)
        && let (Some(from), Some(until)) = (first.day, last.day)
        && first.month.is_none()
        && last.month.is_none()
        && from < until
        && !is_unit(tokens, after)
    {
        // "chiusi dall'11 al 22 agosto; l'Avvocatura si ferma dal 18 al 22": of the month that was named, where it is to come
        let named = anchor.last.filter(|day| anchor.day.is_some_and(|today| *day > today));
        // "valido fino a sabato 1° settembre … e cioè da lunedì 6 a sabato 18": of a month in which the eighteenth is a Saturday
        let falls = |end: &Date| last.weekday.is_none_or(|weekday| weekday_of(*end) == weekday);
        let end = named
            .and_then(|day| date(day.year(), day.month(), until))
            .filter(falls)
            .map_or_else(|| nearest_weekday_day(&last, anchor), Some)?;
        let range = DateRange::new(date(end.year(), end.month(), from)?, end)?;
        return Some((When::Range(range), skip_inclusive(tokens, after)));
    }
    if between {
        return None; // "fra Natale e l'Epifania" without an end that was read
    }
    // "chiusa fino a domenica 14 giugno. Dal 15 riapre": the day behind the one named last
    let tomorrow = anchor.last.and_then(|day| day.tomorrow().ok());
    if let Some(day) = tomorrow.filter(|day| !first.complete() && first.day == Some(day.day()) && first.month.is_none())
        && word(i).starts_with("dal")
        && !is_quantity(tokens, i)
        && !is_unit(tokens, next)
    {
        return Some((When::From(day), next));
    }
    // "fino al 13 ottobre. Dal 14, di nuovo aperta": the month is the one named last
    if !first.complete() && first.weekday.is_none() && word(i).starts_with("dal") && matches!(word(next), "," | ":" | "in") {
        let (day, month, from) = (first.day?, anchor.month?, anchor.day?);
        let year = nearest_year(&Anchor { day: Some(from), ..*anchor }, month, day, None)?;
        return Some((When::From(date(year, month, day)?), next));
    }
    if !first.complete() {
        // "da lunedì 16": the day of the week tells the month
        let day = first.weekday.and(first.day).and_then(|_| nearest_weekday_day(&first, anchor))?;
        return Some((When::From(day), skip_inclusive(tokens, next)));
    }
    Some((When::From(resolve(first, anchor)?), skip_inclusive(tokens, next)))
}

/// "lunedì 20": a day of the week with its number.
fn weekday_and_day(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    let number = |t: &Token| t.kind == TokenKind::Number && t.text.len() <= 2;
    super::weekdays::weekday(tokens, i, lexicon).is_some_and(|(_, next)| tokens.get(next).is_some_and(number))
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

/// "1/4-30/9", "1/10 - 31/3": days and months in figures, joined by a dash.
fn numeric_range(tokens: &[Token], i: usize, anchor: &Anchor) -> Option<(When, usize)> {
    let number = |j: usize| tokens.get(j).and_then(|t| t.number());
    let sign = |j: usize, text: &str| tokens.get(j).is_some_and(|t| t.is(text));
    let day = |j: usize| {
        let (day, month) = (i8::try_from(number(j)?).ok()?, i8::try_from(number(j + 2)?).ok()?);
        let written = Written { day: Some(day), month: Some(month), ..Written::default() };
        (sign(j + 1, "/") && (1..=31).contains(&day) && (1..=12).contains(&month)).then_some(written)
    };
    let (first, last) = (day(i)?, day(i + 4)?);
    let ends = sign(i + 3, "-") && !sign(i + 7, "/") && !(i > 0 && sign(i - 1, "/"));
    let times = first.day == last.month || first.month == last.month && first.day >= last.day;
    if !ends || times {
        return None; // "8/12 - 14/18" is said of hours
    }
    Some((range_of(first, last, anchor)?, i + 7))
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

/// "e per l'intero mese", "e per tutto il mese": the index behind it.
fn whole_month(tokens: &[Token], i: usize) -> Option<usize> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let at = i + usize::from(word(i) == "," || word(i) == "e");
    let at = at + usize::from(at > i && word(i) == "," && word(at) == "e");
    match (word(at), word(at + 1), word(at + 2), word(at + 3)) {
        ("per", "l'", "intero", "mese") | ("per", "tutto", "il", "mese") | ("fino", "a", "fine", "mese") => Some(at + 4),
        _ => None,
    }
}

/// "dal 1° ottobre al 31 marzo di ogni anno": a season, whatever the date of the page.
fn every_year(tokens: &[Token], i: usize) -> bool {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    matches!((word(i), word(i + 1), word(i + 2)), ("di" | "d'", "ogni" | "ciascun", "anno"))
}

fn season_of(first: Written, last: Written) -> Option<When> {
    let md = |w: Written| Some((u8::try_from(w.month?).ok()?, u8::try_from(w.day?).ok()?));
    Some(When::Season(Season { from: md(first)?, to: md(last)? }))
}

/// Where the second end of a range starts: behind "al", "fino al", "e fino al", ", fino al", "a", "e il" (between).
fn skip_small_to(tokens: &[Token], i: usize) -> Option<usize> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let mut at = i;
    if word(at) == "," {
        at += 1;
    }
    if word(at) == "e" {
        at += 1;
    }
    // "da giovedì 24 ottobre, il martedì …": a bare article ends a range only behind "e"
    let bare = matches!(word(at), "il" | "l'");
    let joined = at > i && word(at - 1) == "e";
    if bare && !joined || !matches!(word(at), "al" | "all'" | "all" | "alla" | "a" | "ad" | "-" | "fino" | "sino" | "il" | "l'") {
        return None;
    }
    while matches!(
        word(at),
        "fino"
            | "sino"
            | "al"
            | "all'"
            | "alla"
            | "a"
            | "ad"
            | "-"
            | "il"
            | "lo"
            | "l'"
            | "tutto"
            | "giorno"
            | "prossimo"
            | "e"
            | "all"
            | "mese"
            | "di"
    ) {
        at += 1;
    }
    Some(at)
}

fn range_of(first: Written, last: Written, anchor: &Anchor) -> Option<When> {
    let mut first = first;
    if first.month.is_none() && first.fixed.is_none() {
        // "dal 12 al 17 c.m."
        first.month = last.month.or(last.fixed.map(|d| d.month()));
        // "da giovedì 29 a domenica 1 giugno": the month before
        let end_day = last.day.or(last.fixed.map(|d| d.day()));
        if first.day > end_day && first.weekday.is_some() {
            first.month = first.month.map(|month| if month == 1 { 12 } else { month - 1 });
        }
    }
    let mut last = last;
    if last.month.is_none() && last.fixed.is_none() && first.month.is_some() && last.day > first.day {
        // "da lunedì 5 settembre e sino al 30 del mese"
        last.month = first.month;
    }
    if !first.complete() || !last.complete() {
        return None;
    }
    // a year at the end governs the start; "dal 29 dicembre al 5 gennaio 2025" starts the year before
    let end = resolve(last, anchor);
    if first.fixed.is_none() && first.year.is_none() {
        if let Some(end) = end.filter(|_| last.year.is_some() || last.fixed.is_some()) {
            let start = date(end.year(), first.month?, first.day?)?;
            let start = if start > end { date(end.year() - 1, first.month?, first.day?)? } else { start };
            return Some(When::Range(DateRange::new(start, end)?));
        }
        if let Some(start) = resolve(first, anchor) {
            let (month, day) = last.fixed.map(|d| (d.month(), d.day())).or(last.month.zip(last.day))?;
            let end = date(start.year(), month, day)?;
            let end = if end < start { date(start.year() + 1, month, day)? } else { end };
            // "fino al 31 marzo" of a range that started: stay near the anchor
            if let Some(anchor_day) = anchor.day
                && end < anchor_day
                && (anchor_day - end).get_days() > 60
            {
                let (start, end) = (start.checked_add(1.year()).ok()?, end.checked_add(1.year()).ok()?);
                return Some(When::Range(DateRange::new(start, end)?));
            }
            return Some(When::Range(DateRange::new(start, end)?));
        }
        let md = |w: Written| Some((u8::try_from(w.month?).ok()?, u8::try_from(w.day?).ok()?));
        return Some(When::Season(Season { from: md(first)?, to: md(last)? }));
    }
    let start = resolve(first, anchor)?;
    let end = match end {
        Some(end) if last.year.is_some() || last.fixed.is_some() => end,
        _ => {
            let end = date(start.year(), last.month?, last.day?)?;
            if end < start { date(start.year() + 1, last.month?, last.day?)? } else { end }
        }
    };
    Some(When::Range(DateRange::new(start, end)?))
}
