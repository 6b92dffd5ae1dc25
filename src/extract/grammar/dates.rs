//! Dates and validity: "lunedì 9 marzo", "24 e 31 dicembre", "dal 9 al 20 agosto", "a partire da domani", "fino al 3 aprile", "nei mesi di luglio e agosto",
//! "Natale", "venerdì 15 c.m.".
//!
//! In: tokens, an index and the document's anchor (its own date, or what stands for it). Out: days, and the index behind them, or `None`.
//! A date without a year is the one that lies nearest to the anchor; a weekday beside it decides between years.

use jiff::ToSpan;
use jiff::civil::Date;

use super::weekdays;
use crate::domain::{DateRange, Day, Season};
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

/// A day as written, before years are settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Written {
    weekday: Option<Day>,
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    /// Already resolved: "domani", "Pasquetta 2024".
    fixed: Option<Date>,
}

impl Written {
    fn complete(&self) -> bool {
        self.fixed.is_some() || self.day.is_some() && self.month.is_some()
    }
}

/// Days or a period at `i`.
pub fn when(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    if let Some(found) = same(tokens, i) {
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
        if let Some((written, next)) = written_day(tokens, at, anchor, lexicon, Ask::Weekday) {
            let day = if written.complete() { resolve_end(written, anchor) } else { nearest_weekday_day(&written, anchor) };
            return Some((When::Until(day?), skip_inclusive(tokens, next)));
        }
        if let Some((months, next)) = months(tokens, at, anchor, lexicon) {
            return Some((When::Until(months.last()), next));
        }
        return None;
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
    if let Some(found) = from_to(tokens, i, anchor, lexicon) {
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
        && let Some((last, after)) = written_day(tokens, next + 1, anchor, lexicon, Ask::Weekday)
        && let Some(found) = range_of(*first, last, anchor)
    {
        return Some((found, after));
    }
    if list.iter().any(|d| !d.complete()) {
        return None;
    }
    let days: Vec<Date> = list.drain(..).filter_map(|d| resolve(d, anchor)).collect();
    (!days.is_empty()).then_some((When::Days(days), next))
}

/// "nello stesso periodo", "in entrambe le date", "nella giornata indicata", "negli stessi giorni di chiusura" is not ours.
fn same(tokens: &[Token], i: usize) -> Option<(When, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    // "dallo stesso lunedì", "da quel giorno", "a partire dalla stessa data", "con la medesima decorrenza"
    let from = match (word(i), word(i + 1)) {
        ("dallo" | "dal" | "dalla" | "da", "stesso" | "medesimo" | "stessa" | "medesima" | "quel" | "quella" | "tale") => Some(i + 2),
        ("stessa" | "medesima", "decorrenza") => return Some((When::FromSame, i + 2)),
        _ => None,
    };
    if let Some(noun) = from.filter(|noun| {
        matches!(
            word(*noun),
            "giorno" | "data" | "giornata" | "momento" | "lunedi" | "martedi" | "mercoledi" | "giovedi" | "venerdi" | "sabato" | "domenica"
        )
    }) {
        return Some((When::FromSame, noun + 1));
    }
    let next = match (word(i), word(i + 1), word(i + 2)) {
        ("stesso" | "medesimo", "periodo" | "giorno", _) => i + 2,
        ("stesse" | "medesime", "date" | "giornate", _) => i + 2,
        ("questo" | "tale" | "predetto" | "suddetto", "periodo" | "giorno", _) => i + 2,
        ("questi" | "tali" | "quei", "giorni", _) => i + 2,
        ("quel", "giorno", _) | ("quella", "giornata" | "data", _) | ("quelle", "giornate" | "date", _) => i + 2,
        ("giorni" | "giornate" | "date", "anzidetti" | "anzidette" | "suddetti" | "predetti" | "predette" | "indicati", _) => i + 2,
        ("intero" | "intera", "periodo" | "giornata", _) if !matches!(word(i + 2), "di" | "del") => i + 2,
        ("entrambe" | "entrambi" | "ambedue", "le" | "i", "date" | "giornate" | "giorni") => i + 3,
        ("entrambi" | "ambedue", "i", "mesi") | ("nello" | "dello", "stesso", "bimestre") => i + 3,
        ("detto" | "stesso", "bimestre", _) => i + 2,
        ("giornata" | "date" | "giornate", "indicata" | "indicate" | "suddetta" | "suddette" | "predetta", _) => i + 2,
        ("suddetta" | "predetta" | "stessa" | "medesima" | "tale", "giornata" | "data", _) => i + 2,
        ("durata", "del", "provvedimento") => i + 3,
        ("queste", "tre" | "due" | "quattro", "settimane") => i + 3,
        ("questi", "tre" | "due" | "quattro", "giorni") => i + 3,
        ("queste", "settimane", _) => i + 2,
        _ => return None,
    };
    Some((When::Same, next))
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
        && let Some(to) = skip_small_to(tokens, behind_bracket(tokens, next))
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
        let end = nearest_weekday_day(&last, anchor)?;
        let range = DateRange::new(date(end.year(), end.month(), from)?, end)?;
        return Some((When::Range(range), skip_inclusive(tokens, after)));
    }
    if between {
        return None; // "fra Natale e l'Epifania" without an end that was read
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

/// "dal 1° ottobre al 31 marzo di ogni anno": a season, whatever the date of the page.
fn every_year(tokens: &[Token], i: usize) -> bool {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    matches!((word(i), word(i + 1), word(i + 2)), ("di" | "d'", "ogni" | "ciascun", "anno"))
}

fn season_of(first: Written, last: Written) -> Option<When> {
    let md = |w: Written| Some((u8::try_from(w.month?).ok()?, u8::try_from(w.day?).ok()?));
    Some(When::Season(Season { from: md(first)?, to: md(last)? }))
}

/// Behind "(vigilia di Natale)", where a bracket of a few words stands at `i`; else `i`.
fn behind_bracket(tokens: &[Token], i: usize) -> usize {
    if !tokens.get(i).is_some_and(|t| t.is("(")) {
        return i;
    }
    (i + 1..i + 8).find(|j| tokens.get(*j).is_some_and(|t| t.is(")"))).map_or(i, |close| close + 1)
}

/// "articoli dal 12 al 17", "numeri civici dal 3 al 9": things are counted, not days.
fn is_quantity(tokens: &[Token], i: usize) -> bool {
    let counted = ["articol", "art", "numer", "civic", "pagin", "comm", "ann", "euro", "valor", "punt", "lotto", "lotti", "grad"];
    tokens[i.saturating_sub(2)..i].iter().any(|t| counted.iter().any(|w| t.text.starts_with(w)))
}

/// "al 17%", "al 17 per cento", "a 99 anni".
fn is_unit(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| {
        t.is_any(&["%", "per", "anni", "euro", "e", "mesi", "gradi", "km", "metri"])
            && (!t.is("per") || tokens.get(i + 1).is_some_and(|n| n.is("cento")))
            && !t.is("e")
    })
}

/// "a fine mese", "alla fine del mese", "al termine dell'anno": the last day of the anchor's.
fn end_of_month_or_year(tokens: &[Token], i: usize, anchor: &Anchor) -> Option<(Date, usize)> {
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
fn end_of_named_month(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Written, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let at = if matches!(word(i), "fine" | "termine") { i + 1 } else { i };
    let at = if matches!(word(at), "di" | "del") { at + 1 } else { at };
    let at = if (word(at), word(at + 1)) == ("mese", "di") { at + 2 } else { at };
    let month = lexicon.month(word(at)).filter(|_| word(at).len() > 3)?;
    let year = tokens.get(at + 1).and_then(year);
    let written = Written { day: Some(month_length(month)), month: Some(month), year, ..Written::default() };
    Some((written, if year.is_some() { at + 2 } else { at + 1 }))
}

/// Days of a month outside leap years.
fn month_length(month: i8) -> i8 {
    match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// "da lunedì a venerdì": two bare weekdays make a week, no period.
fn days_range(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    let Some((_, next)) = weekdays::weekday(tokens, i, lexicon) else { return false };
    let joins = tokens.get(next).is_some_and(|t| t.is_any(&["a", "al", "-", "fino", "sino", "ad"]));
    let at = if tokens.get(next).is_some_and(|t| t.is_any(&["fino", "sino"])) { next + 2 } else { next + 1 };
    joins
        && weekdays::weekday(tokens, at, lexicon).is_some_and(|(_, end)| {
            !tokens.get(end).is_some_and(|t| {
                t.kind == TokenKind::Number && t.text.len() <= 2 && tokens.get(end + 1).is_some_and(|n| lexicon.month(&n.text).is_some())
            })
        })
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

/// A list of days: "24 e 31 dicembre", "venerdì 2 e lunedì 5 gennaio", "25 e 26 dicembre, il 1° e il 6 gennaio". Months and years flow backwards.
fn day_list(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(Vec<Written>, usize)> {
    let (first, mut next) = written_day(tokens, i, anchor, lexicon, Ask::Number)?;
    let mut list = vec![first];
    let slashes = numeric(tokens, i).is_some_and(|(w, end)| w.year.is_none() && end == next);
    let mut dashes = false;
    while let Some(token) = tokens.get(next) {
        let chained = token.is("-") && (dashes || dash_chain(tokens, next, lexicon)) && list.last().is_some_and(|d| d.month.is_none());
        // "tanto il 26 quanto il 29 aprile", "sia il 17 che il 20"
        let before = |word: &str| tokens[i.saturating_sub(2)..i].iter().any(|t| t.is(word));
        let paired = token.is("quanto") && before("tanto") || token.is("che") && before("sia");
        let joined = token.is_any(&[",", "e", "ed", "+", "&", "nonche", "sia"])
            || paired
            || token.is("/") && list.last().is_some_and(|d| d.month.is_none())
            || chained;
        if !joined {
            break;
        }
        dashes |= chained;
        // "per il ponte dell'Epifania, venerdì 3 gennaio": the feast is the reason, the day behind the comma the matter
        let reason = tokens[i.saturating_sub(4)..i].iter().any(|t| t.is_any(&["ponte", "occasione", "ricorrenza", "vista"]));
        if token.is(",") && reason && list.len() == 1 && list[0].fixed.is_some() {
            break;
        }
        let mut at = next + 1;
        if tokens.get(at).is_some_and(|t| t.is("e")) {
            at += 1;
        }
        let at = skip_small(tokens, at);
        // "24/12, 31/12 e 02/01": what the first says the others mean as well
        let Some((more, after)) =
            (if slashes { slashed(tokens, at) } else { None }).or_else(|| written_day(tokens, at, anchor, lexicon, Ask::Number))
        else {
            break;
        };
        // "il 24 dicembre, 9-12": a bare number behind a complete date is no further day unless a month follows it or a weekday stands before it
        if more.day.is_some()
            && more.month.is_none()
            && more.weekday.is_none()
            && !list.last().is_some_and(|d| d.month.is_none() && d.fixed.is_none())
        {
            break;
        }
        list.push(more);
        next = after;
    }
    let (mut month, mut year) = (None, None);
    for day in list.iter_mut().rev() {
        if day.fixed.is_some() {
            continue;
        }
        if day.month.is_none() {
            day.month = month;
            day.year = day.year.or(year);
        } else if day.year.is_none() {
            day.year = year.filter(|_| month == day.month);
        }
        (month, year) = (day.month.or(month), day.year.or(year));
    }
    // trailing members without a month take the one before them: "giovedì 2, venerdì 3"
    let mut before = None;
    for day in &mut list {
        if day.month.is_none() && day.fixed.is_none() && day.weekday.is_some() {
            day.month = before;
        }
        before = day.month.or(before);
    }
    for day in &mut list {
        if day.fixed.is_none() && day.month.is_none() && day.weekday.is_some() && day.day.is_some() {
            day.fixed = nearest_weekday_day(day, anchor);
        }
    }
    Some((list, next))
}

/// "24-27-31 dicembre": three days joined by dashes are a list, two a range.
fn dash_chain(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    let day = |j: usize| {
        tokens.get(j).filter(|t| t.kind == TokenKind::Number && t.text.len() <= 2).and_then(Token::number).filter(|d| (1..=31).contains(d))
    };
    let dash = |j: usize| tokens.get(j).is_some_and(|t| t.is("-"));
    match (day(i + 1), day(i + 3)) {
        (Some(a), Some(b)) if dash(i + 2) && a < b => {
            let mut end = i + 4;
            while dash(end) && day(end + 1).is_some() {
                end += 2;
            }
            tokens.get(end).is_some_and(|t| lexicon.month(&t.text).is_some())
        }
        _ => false,
    }
}

/// "02/01" where a date is expected.
fn slashed(tokens: &[Token], i: usize) -> Option<(Written, usize)> {
    let number = |j: usize, top: u32| {
        let token = tokens.get(j).filter(|t| t.kind == TokenKind::Number && t.text.len() <= 2)?;
        token.number().filter(|v| (1..=top).contains(v)).map(|v| v as i8)
    };
    let glued = |j: usize| tokens.get(j).is_some_and(|t| !t.spaced);
    let slash = tokens.get(i + 1)?.is("/") && glued(i + 1) && glued(i + 2);
    // "al 31/12/2026" has its year, and another reader
    let more = tokens.get(i + 3).is_some_and(|t| t.is_any(&["/", "-", ":", "."]) && !t.spaced)
        && glued(i + 4)
        && tokens.get(i + 4).is_some_and(|t| t.kind == TokenKind::Number);
    let written = Written { day: Some(number(i, 31)?), month: Some(number(i + 2, 12)?), ..Written::default() };
    (slash && !more).then_some((written, i + 3))
}

/// "venerdì 20" without a month: the nearest such day, on or after the anchor first.
fn nearest_weekday_day(written: &Written, anchor: &Anchor) -> Option<Date> {
    let from = anchor.day?;
    let day = written.day?;
    let candidates = (-2..=6).filter_map(|months: i32| {
        let base = from.first_of_month().checked_add(months.months()).ok()?;
        date(base.year(), base.month(), day)
    });
    let fits = |d: &Date| written.weekday.is_none_or(|w| weekday_of(*d) == w);
    candidates.filter(fits).min_by_key(|d| {
        let distance = (*d - from).get_days();
        if distance >= -3 { distance } else { 1000 - distance }
    })
}

/// How little is enough for a day: a month beside the number; a bare number (in lists); even a bare weekday (in ranges).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Month,
    Number,
    Weekday,
}

/// One day as written at `i`.
fn written_day(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon, ask: Ask) -> Option<(Written, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let fixed = |date: Option<Date>, next| date.map(|d| (Written { fixed: Some(d), ..Written::default() }, next));
    let shifted = |days: i64| anchor.day.and_then(|d| d.checked_add(days.days()).ok());
    match word(i) {
        "odierna" | "odierno" => return fixed(anchor.day, i + 1),
        "prossimo" | "prossima" => {
            // "il prossimo lunedì"
            let (day, next) = weekdays::weekday(tokens, i + 1, lexicon)?;
            if tokens.get(next).is_some_and(|t| t.kind == TokenKind::Number) {
                return written_day(tokens, i + 1, anchor, lexicon, ask);
            }
            return fixed(next_weekday(anchor, day), next);
        }
        "oggi" | "domani" => {
            // "domani (19 marzo)", "domani, mercoledì 8 novembre": the date beside it says it better
            let at = if matches!(word(i + 1), "(" | ",") { i + 2 } else { i + 1 };
            if tokens.get(at).is_some_and(|t| !matches!(word(at), "oggi" | "domani") && t.kind != TokenKind::Sign)
                && let Some((written, next)) = written_day(tokens, at, anchor, lexicon, Ask::Month).filter(|(w, _)| w.complete())
            {
                let close = at == i + 2 && matches!(word(next), ")");
                return Some((written, if close { next + 1 } else { next }));
            }
            return fixed(shifted(if word(i) == "oggi" { 0 } else { 1 }), behind_weekday(tokens, i + 1, lexicon));
        }
        "dopodomani" => return fixed(shifted(2), behind_weekday(tokens, i + 1, lexicon)),
        _ => {}
    }
    let named = if word(i) == "giorno" && matches!(word(i + 1), "di" | "dell'" | "della") { i + 2 } else { i };
    if let Some((date, next)) = holiday(tokens, named, anchor, lexicon) {
        return fixed(Some(date), next);
    }
    let mut at = i;
    let mut written = Written::default();
    if let Some((day, next)) = weekdays::weekday(tokens, at, lexicon) {
        written.weekday = Some(day);
        at = next;
        if word(at) == "," {
            at += 1;
        }
        if matches!(word(at), "prossimo" | "prossima") {
            at += 1;
            let comma = usize::from(word(at) == ",");
            if tokens.get(at + comma).is_some_and(|t| t.kind == TokenKind::Number) {
                at += comma;
            } else {
                return fixed(next_weekday(anchor, day), at);
            }
        }
    }
    if matches!(word(at), "giorno" | "giorni" | "il" | "l'" | "lo") && (written.weekday.is_some() || word(at).starts_with("giorn")) {
        at += 1;
    }
    let token = tokens.get(at);
    if let Some(token) = token.filter(|t| t.kind == TokenKind::Number) {
        if let Some((full, next)) = numeric(tokens, at) {
            return Some((Written { weekday: written.weekday, ..full }, next));
        }
        // "dal 1/7 al 31/8": behind these words no hour stands
        let dated_weekday = written.weekday.is_some() && i > 0 && tokens[i - 1].is_any(&["da", "dal", "al"]);
        let introduced =
            dated_weekday || at > 0 && tokens[at - 1].is_any(&["dal", "dall'", "dall", "al", "all'", "all", "il", "l'", "giorno"]);
        if introduced && let Some((full, next)) = slashed(tokens, at) {
            return Some((Written { weekday: written.weekday, ..full }, next));
        }
        // "giov 3/10": no office opens at three, and the third of October is a Thursday
        if let Some(weekday) = written.weekday
            && let Some((full, next)) = slashed(tokens, at)
            && (full.day < Some(7) || full.day >= full.month)
            && resolve(full, anchor).is_some_and(|day| weekday_of(day) == weekday)
        {
            return Some((Written { weekday: written.weekday, ..full }, next));
        }
        let day = i8::try_from(token.number()?).ok().filter(|d| (1..=31).contains(d) && token.text.len() <= 2)?;
        let mut next = at + 1;
        if tokens.get(next).is_some_and(|t| t.is_any(&["^", "o"]) && !t.spaced) {
            next += 1;
        }
        written.day = Some(day);
        let month_at = if matches!(word(next), "di" | "del") { next + 1 } else { next };
        let month_at = if word(month_at) == "mese" && word(month_at + 1) == "di" { month_at + 2 } else { month_at };
        if let Some(month) = lexicon.month(word(month_at)).filter(|_| !is_tuesday(tokens, at, month_at, lexicon)) {
            written.month = Some(month);
            next = month_at + 1;
            if word(next) == "."
                && word(month_at).len() <= 4
                && tokens.get(next).is_some_and(|t| !t.spaced)
                && tokens.get(next + 1).is_some()
            {
                next += 1;
            }
            let year_at = match word(next) {
                "," | "del" | "dell'" | "-" => next + 1,
                _ => next,
            };
            if let Some(year) = tokens.get(year_at).and_then(year) {
                written.year = Some(year);
                next = year_at + 1;
            }
            next = skip_pv(tokens, next);
            return Some((written, next));
        }
        // "15 c.m.", "15 corrente mese", "del corrente mese", "venerdì 15 p.v."
        let current = matches!(
            (word(next), word(next + 1), word(next + 2)),
            ("c", ".", "m") | ("del", "corrente", "mese") | ("del", "mese", "corrente")
        ) || matches!((word(next), word(next + 1)), ("corrente", "mese") | ("corr", "."));
        if current {
            let anchor_day = anchor.day?;
            let length = if word(next) == "c" {
                if word(next + 3) == "." { 4 } else { 3 }
            } else if word(next) == "del" {
                3
            } else {
                2
            };
            return fixed(date(anchor_day.year(), anchor_day.month(), day), next + length);
        }
        let ends_there = !tokens.get(next).is_some_and(|t| {
            (t.is_any(&[".", ":", "'", ","]) && !t.spaced && tokens.get(next + 1).is_some_and(|n| n.kind == TokenKind::Number && !n.spaced))
                || t.is_any(&["-", "/"]) && tokens.get(next + 1).is_some_and(|n| n.kind == TokenKind::Number) && written.weekday.is_some()
        });
        let asked = ask != Ask::Month || written.weekday.is_some() || at > i && word(at - 1).starts_with("giorn");
        if !ends_there || !asked {
            return None;
        }
        if written.weekday.is_none() && at > i && word(at - 1).starts_with("giorn") && ask == Ask::Month {
            written.month = anchor.month;
        }
        return Some((written, skip_pv(tokens, next)));
    }
    // "il primo marzo", "primo gennaio", "trentuno" is too rare
    if word(at) == "primo"
        && let Some(month) = lexicon.month(word(at + 1)).or_else(|| lexicon.month(word(at + 2)).filter(|_| word(at + 1) == "di"))
    {
        let next = if word(at + 1) == "di" { at + 3 } else { at + 2 };
        (written.day, written.month) = (Some(1), Some(month));
        let mut next = next;
        if let Some(year) = tokens.get(next).and_then(year) {
            written.year = Some(year);
            next += 1;
        }
        return Some((written, next));
    }
    // "da lunedì", "fino a venerdì": the next such day; only where a date is expected
    if ask == Ask::Weekday
        && let Some(day) = written.weekday
    {
        return fixed(next_weekday(anchor, day), at);
    }
    None
}

/// "dopodomani, mercoledì, …": the weekday only repeats the day.
fn behind_weekday(tokens: &[Token], i: usize, lexicon: &Lexicon) -> usize {
    let comma = |j: usize| tokens.get(j).is_some_and(|t| t.is(","));
    let repeats = comma(i) && tokens.get(i + 1).is_some_and(|t| lexicon.weekday(&t.text).is_some()) && comma(i + 2);
    if repeats { i + 2 } else { i }
}

/// The next such day after the anchor.
fn next_weekday(anchor: &Anchor, day: Day) -> Option<Date> {
    let from = anchor.day?;
    (1..=7).filter_map(|n: i64| from.checked_add(n.days()).ok()).find(|d| weekday_of(*d) == day)
}

/// "lun 9-12 mar 9-12": whether the "mar" behind a number is a Tuesday.
fn is_tuesday(tokens: &[Token], number: usize, month: usize, lexicon: &Lexicon) -> bool {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    if word(month) != "mar" {
        return false;
    }
    let next = if word(month + 1) == "." { month + 2 } else { month + 1 };
    let span = tokens.get(next).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() <= 2);
    let behind_span = number > 0 && tokens[number - 1].is_any(&["-", "/", "alle", "ore", ".", ":", ","]);
    let list = matches!(word(next), "," | ":" | "/")
        || matches!(word(next), "-" | "e" | "ed") && tokens.get(next + 1).is_some_and(|t| lexicon.weekday(&t.text).is_some())
        || lexicon.weekday(word(next)).is_some();
    span || list || behind_span && matches!(word(next), "ore" | "dalle" | "h" | "chiuso" | "(")
}

fn skip_pv(tokens: &[Token], i: usize) -> usize {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    match (word(i), word(i + 1), word(i + 2), word(i + 3)) {
        ("p", ".", "v", ".") | ("u", ".", "s", ".") => i + 4,
        ("p", ".", "v", _) => i + 3,
        ("pv", ".", ..) => i + 2,
        ("prossimo" | "prossimi" | "venturo" | "scorso" | "prossime", ..) => i + 1,
        _ => i,
    }
}

fn year(token: &Token) -> Option<i16> {
    let value = token.number()?;
    match token.text.len() {
        4 if (1990..=2100).contains(&value) => Some(value as i16),
        _ => None,
    }
}

/// "25/03/2022", "15.12.2025", "03-06-2024", "2024-06-18", "1.10.2025", "12/06".
fn numeric(tokens: &[Token], i: usize) -> Option<(Written, usize)> {
    let number = |j: usize| tokens.get(j).filter(|t| t.kind == TokenKind::Number);
    let sign = tokens.get(i + 1).filter(|t| t.is_any(&["/", ".", "-"]) && !t.spaced)?;
    let (a, b) = (number(i)?, number(i + 2).filter(|t| !t.spaced)?);
    // "0583.12.10.00" is a telephone
    let glued = |j: usize| tokens.get(j).is_some_and(|t| !t.spaced);
    if i >= 2 && glued(i) && glued(i - 1) && tokens[i - 1].is(&sign.text) && number(i - 2).is_some() {
        return None;
    }
    let third = tokens.get(i + 3).filter(|t| t.is(&sign.text) && !t.spaced).and_then(|_| number(i + 4)).filter(|t| !t.spaced);
    let part = |t: &Token, top: u32| t.number().filter(|v| (1..=top).contains(v) && t.text.len() <= 2).map(|v| v as i8);
    if let Some(c) = third {
        // "06.12.34.56.78" is a telephone
        if tokens.get(i + 5).is_some_and(|t| t.is(&sign.text) && !t.spaced) && number(i + 6).is_some_and(|t| !t.spaced) {
            return None;
        }
        if a.text.len() == 4 {
            let written = Written { day: Some(part(c, 31)?), month: Some(part(b, 12)?), year: year(a), ..Written::default() };
            return Some((written, i + 5));
        }
        let year = year(c).or_else(|| c.number().filter(|_| c.text.len() == 2).map(|y| 2000 + y as i16))?;
        let written = Written { day: Some(part(a, 31)?), month: Some(part(b, 12)?), year: Some(year), ..Written::default() };
        return Some((written, i + 5));
    }
    // "24/12" without a year: never where it could be hours
    if sign.is("/") && a.text.len() == 2 && b.text.len() == 2 && a.number()? > 12 {
        return Some((Written { day: Some(part(a, 31)?), month: Some(part(b, 12)?), ..Written::default() }, i + 3));
    }
    None
}

fn holiday(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(Date, usize)> {
    let (rule, mut next) = lexicon.holiday(tokens, i)?;
    let year = match tokens.get(next).and_then(year) {
        Some(year) => {
            next += 1;
            year
        }
        None => {
            let from = anchor.day?;
            let at = |year: i16| rule.date(year);
            let nearest =
                [from.year() - 1, from.year(), from.year() + 1].into_iter().filter_map(at).min_by_key(|d| (*d - from).get_days().abs())?;
            return Some((nearest, next));
        }
    };
    Some((rule.date(year)?, next))
}

/// Month names in a row, written out: the first, the last, and the index behind them.
fn month_names(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(i8, i8, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let long = |j: usize| lexicon.month(word(j)).filter(|_| word(j).len() > 3);
    let first = long(i)?;
    let (mut last, mut next) = (first, i + 1);
    while matches!(word(next), "e" | "," | "-" | "/" | "ed") && long(next + 1).is_some() {
        last = long(next + 1)?;
        next += 2;
    }
    Some((first, last, next))
}

/// Months without a year in a document without a date: a season of each year. "luglio e agosto", "luglio ad agosto".
fn month_season(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
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

/// Month names as a range: "luglio e agosto", "agosto 2024".
fn months(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(DateRange, usize)> {
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

/// "nei mesi di luglio e agosto", "in agosto", "per tutto il mese di agosto", "durante il mese di", "luglio-agosto".
fn months_phrase(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(When, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let start = match (word(i), word(i + 1)) {
        ("mesi" | "mese", "di") => i + 2,
        ("bimestre" | "trimestre" | "quadrimestre", _) if lexicon.month(word(i + 1)).is_some() => i + 1,
        ("mesi", "estivi" | "invernali" | "autunnali" | "primaverili") if word(i + 2) == "di" => i + 3,
        ("in" | "ad" | "a" | "per" | "durante", _) if lexicon.month(word(i + 1)).is_some() => i + 1,
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

/// The month so many months behind the anchor's.
fn month_from(anchor: &Anchor, months: i32) -> Option<DateRange> {
    let first = anchor.day?.first_of_month().checked_add(months.months()).ok()?;
    DateRange::new(first, first.last_of_month())
}

fn nearest_year(anchor: &Anchor, month: i8, day: i8, weekday: Option<Day>) -> Option<i16> {
    let Some(from) = anchor.day else { return anchor.year };
    [from.year() - 1, from.year(), from.year() + 1]
        .into_iter()
        .filter_map(|year| date(year, month, day.clamp(1, 28)).map(|_| year))
        .min_by_key(|year| {
            let candidate = date(*year, month, day).or_else(|| date(*year, month, 28));
            let distance = candidate.map_or(10_000, |d| (d - from).get_days().abs());
            let wrong_day = weekday.is_some_and(|w| candidate.is_none_or(|d| weekday_of(d) != w));
            distance + if wrong_day { 250 } else { 0 }
        })
}

fn resolve(written: Written, anchor: &Anchor) -> Option<Date> {
    if written.fixed.is_some() {
        return written.fixed;
    }
    let (day, month) = (written.day?, written.month?);
    let year = written.year.or_else(|| nearest_year(anchor, month, day, written.weekday))?;
    date(year, month, day)
}

/// The end of something that lasts: "fino al 31 dicembre", said in May, looks ahead.
fn resolve_end(written: Written, anchor: &Anchor) -> Option<Date> {
    const LONG_GONE: i32 = 3;
    let day = resolve(written, anchor)?;
    let gone = anchor.day.is_some_and(|from| (from - day).get_days() > LONG_GONE);
    if gone && written.year.is_none() && written.fixed.is_none() { day.checked_add(1.year()).ok() } else { Some(day) }
}

fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

/// The weekday of a date, in our own words.
pub fn weekday_of(date: Date) -> Day {
    Day::WEEK[date.weekday().to_monday_zero_offset() as usize]
}

/// A full date at `i`, with its year written: for publication lines.
pub fn full_date(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Date, usize)> {
    let (written, next) = written_day(tokens, i, &Anchor::default(), lexicon, Ask::Month)?;
    written.year?;
    Some((resolve(written, &Anchor::default())?, next))
}
