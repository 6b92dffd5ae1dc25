//! Periods with one end or two: "dal 9 al 20 agosto", "da lunedì 4 ottobre fino al 31 marzo", "1/4-30/9", "dal 1° ottobre al 31 marzo di ogni anno".

use jiff::ToSpan;
use jiff::civil::Date;

use super::beside::{behind_gloss, days_range, is_quantity, is_unit};
use super::months::{end_of_month_or_year, end_of_named_month, month_season, months};
use super::resolve::{date, nearest_weekday_day, nearest_year, resolve, weekday_of};
use super::written::{Ask, Written, written_day};
use super::{Anchor, When, skip_inclusive};
use crate::domain::{DateRange, Season};
use crate::extract::grammar::weekdays;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// "dal 9 al 20 agosto", "da lunedì 4 ottobre fino al 31 marzo", "a decorrere dal 1° giugno", "tra il 5 e il 9 gennaio", "con decorrenza 24 maggio".
pub(super) fn from_to(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
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
            written_day(tokens, to, anchor, lexicon, Ask::Weekday).or_else(|| end_of_named_month(tokens, to, lexicon)).or_else(|| {
                let (day, next) = end_of_month_or_year(tokens, to, anchor)?;
                Some((Written { fixed: Some(day), ..Written::default() }, next))
            })
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
        // "dal 5 al 9 e dal 12 al 16 agosto": of the month that the next range names
        if let Some(end) = end_before_next_range(tokens, after, until, anchor, lexicon) {
            return Some((When::Range(DateRange::new(date(end.year(), end.month(), from)?, end)?), after));
        }
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

/// The last day of a range without a month, where another range follows that names one and comes later in it.
fn end_before_next_range(tokens: &[Token], i: usize, until: i8, anchor: &Anchor, lexicon: &Lexicon) -> Option<Date> {
    let joins = |j: usize| tokens.get(j).is_some_and(|t| t.is_any(&[",", "e", "ed", "poi", "nonche"]));
    let next = (i..i + 3).find(|j| !joins(*j)).filter(|next| *next > i)?;
    tokens.get(next).filter(|t| t.is_any(&["dal", "dall'", "da"]))?;
    let (When::Range(range), _) = from_to(tokens, next, anchor, lexicon)? else { return None };
    let first = range.first();
    if until < first.day() { date(first.year(), first.month(), until) } else { None }
}

/// "lunedì 20": a day of the week with its number.
fn weekday_and_day(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    let number = |t: &Token| t.kind == TokenKind::Number && t.text.len() <= 2;
    weekdays::weekday(tokens, i, lexicon).is_some_and(|(_, next)| tokens.get(next).is_some_and(number))
}

/// "1/4-30/9", "1/10 - 31/3": days and months in figures, joined by a dash.
pub(super) fn numeric_range(tokens: &[Token], i: usize, anchor: &Anchor) -> Option<(When, usize)> {
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
pub(super) fn skip_small_to(tokens: &[Token], i: usize) -> Option<usize> {
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

pub(super) fn range_of(first: Written, last: Written, anchor: &Anchor) -> Option<When> {
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
