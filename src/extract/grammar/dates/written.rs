//! One day as it is written: "lunedì 9 marzo", "25/03/2022", "il 15 c.m.", "domani", "Pasquetta".

use jiff::ToSpan;
use jiff::civil::Date;

use super::Anchor;
use super::months::end_of_named_month;
use super::resolve::{date, nearest_year, next_weekday, resolve, weekday_of};
use crate::domain::Day;
use crate::extract::grammar::weekdays;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// A day as written, before years are settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) weekday: Option<Day>,
    pub(super) day: Option<i8>,
    pub(super) month: Option<i8>,
    pub(super) year: Option<i16>,
    /// Already resolved: "domani", "Pasquetta 2024".
    pub(super) fixed: Option<Date>,
}

impl Written {
    pub(super) fn complete(&self) -> bool {
        self.fixed.is_some() || self.day.is_some() && self.month.is_some()
    }
}

/// How little is enough for a day: a month beside the number; a bare number (in lists); even a bare weekday (in ranges).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Month,
    Number,
    Weekday,
}

/// Words, beside those for weekdays and holidays, with which a day begins.
fn opens_day(word: &str) -> bool {
    matches!(
        word,
        "odierna"
            | "odierno"
            | "prossimo"
            | "prossima"
            | "oggi"
            | "domani"
            | "dopodomani"
            | "stamattina"
            | "stamani"
            | "stamane"
            | "giorno"
            | "giorni"
            | "vigilia"
            | "ultimo"
            | "l'"
            | "primo"
            | "secondo"
            | "terzo"
            | "quarto"
    )
}

/// One day as written at `i`.
pub(super) fn written_day(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon, ask: Ask) -> Option<(Written, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let fixed = |date: Option<Date>, next| date.map(|d| (Written { fixed: Some(d), ..Written::default() }, next));
    let shifted = |days: i64| anchor.day.and_then(|d| d.checked_add(days.days()).ok());
    let opens = match tokens.get(i)?.kind {
        TokenKind::Number => true,
        TokenKind::Word => opens_day(word(i)) || lexicon.weekday(word(i)).is_some() || lexicon.may_open_holiday(word(i)),
        TokenKind::Sign => false,
    };
    if !opens {
        return None;
    }
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
        "stamattina" | "stamani" | "stamane" => return fixed(anchor.day, i + 1),
        "oggi" | "domani" => {
            // "domani (19 marzo)", "domani, mercoledì 8 novembre": the date beside it says it better
            let at = if matches!(word(i + 1), "(" | ",") { i + 2 } else { i + 1 };
            if tokens.get(at).is_some_and(|t| !matches!(word(at), "oggi" | "domani") && t.kind != TokenKind::Sign)
                && let Some((written, next)) = written_day(tokens, at, anchor, lexicon, Ask::Month).filter(|(w, _)| w.complete())
            {
                let close = at == i + 2 && matches!(word(next), ")");
                return Some((written, if close { next + 1 } else { next }));
            }
            let day = shifted(if word(i) == "oggi" { 0 } else { 1 });
            return fixed(day, behind_same_day(tokens, at, day, lexicon).unwrap_or(behind_weekday(tokens, i + 1, lexicon)));
        }
        "dopodomani" => return fixed(shifted(2), behind_weekday(tokens, i + 1, lexicon)),
        _ => {}
    }
    let named = if word(i) == "giorno" && matches!(word(i + 1), "di" | "dell'" | "della") { i + 2 } else { i };
    if let Some((date, next)) = holiday(tokens, named, anchor, lexicon) {
        return fixed(Some(date), behind_own_date(tokens, next, date, anchor, lexicon));
    }
    // "giovedì 5 gennaio, vigilia dell'Epifania": the day before, where the eve has no name of its own
    if word(i) == "vigilia"
        && matches!(word(i + 1), "di" | "d'" | "del" | "dell'" | "della")
        && let Some((date, next)) = holiday(tokens, i + 2, anchor, lexicon)
    {
        return fixed(date.yesterday().ok(), next);
    }
    if let Some(found) = last_of_month(tokens, i, lexicon) {
        return Some(found);
    }
    if let Some(found) = told_by_date(tokens, i, anchor, lexicon).or_else(|| nth_of_month(tokens, i, anchor, lexicon)) {
        return Some(found);
    }
    // "dal primo del mese prossimo"
    if word(i) == "primo"
        && matches!(
            (word(i + 1), word(i + 2), word(i + 3)),
            ("del", "mese", "prossimo" | "venturo" | "entrante") | ("del", "prossimo", "mese")
        )
    {
        let first = anchor.day.and_then(|day| day.first_of_month().checked_add(1.month()).ok());
        return fixed(first, i + 4);
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
        let introduced = dated_weekday
            || written.weekday.is_none() && is_slash_chain(tokens, at)
            || at > 0 && tokens[at - 1].is_any(&["dal", "dall'", "dall", "al", "all'", "all", "il", "l'", "giorno"]);
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
            let day_meant = date(anchor_day.year(), anchor_day.month(), day)?;
            return Some((told_in_figures(day_meant), next + length));
        }
        // "il giorno 5 p.v.": the next such day
        let comes = !tokens.get(next).is_some_and(|t| t.is("scorso")) && skip_pv(tokens, next) > next + 1;
        if comes
            && written.weekday.is_none()
            && let Some(from) = anchor.day
        {
            return next_such_day(from, day).map(|meant| (told_in_figures(meant), skip_pv(tokens, next)));
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

/// "25/03/2022", "15.12.2025", "03-06-2024", "2024-06-18", "1.10.2025", "12/06".
pub(super) fn numeric(tokens: &[Token], i: usize) -> Option<(Written, usize)> {
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

/// "02/01" where a date is expected.
pub(super) fn slashed(tokens: &[Token], i: usize) -> Option<(Written, usize)> {
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

/// "17/4, 24/4 e 2/5": two days or more in a row, one of them too late in its month to be an hour.
fn is_slash_chain(tokens: &[Token], i: usize) -> bool {
    const LATEST_HOUR: i8 = 12;
    let joins = |j: usize| tokens.get(j).is_some_and(|t| t.is_any(&[",", "e", "ed", "il", "l'"]));
    let (mut at, mut n, mut late) = (i, 0, false);
    while let Some((day, next)) = slashed(tokens, at) {
        (n, late) = (n + 1, late || day.day > Some(LATEST_HOUR));
        at = (next..next + 3).find(|j| !joins(*j)).unwrap_or(next);
        if at == next {
            break;
        }
    }
    n >= 2 && late
}

/// A day whose month and year the words around it give: "13 c.m." makes "nei giorni 12 e 13 c.m." two days of one month.
fn told_in_figures(day: Date) -> Written {
    Written { day: Some(day.day()), month: Some(day.month()), year: Some(day.year()), fixed: Some(day), ..Written::default() }
}

/// Behind "(9 aprile)" where a feast has its own date beside it: "fino a Pasqua (9 aprile)".
fn behind_own_date(tokens: &[Token], i: usize, day: Date, anchor: &Anchor, lexicon: &Lexicon) -> usize {
    let open = tokens.get(i).is_some_and(|t| t.is("("));
    let told = open.then(|| written_day(tokens, i + 1, anchor, lexicon, Ask::Month)).flatten();
    match told {
        Some((written, next)) if resolve(written, anchor) == Some(day) => next + usize::from(tokens.get(next).is_some_and(|t| t.is(")"))),
        _ => i,
    }
}

fn holiday(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(Date, usize)> {
    let (rule, mut next) = lexicon.holiday(tokens, i)?;
    let year = match tokens.get(next).and_then(year) {
        Some(year) => {
            next += 1;
            year
        }
        None if anchor.told.is_some() => anchor.told?,
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

/// "l'ultimo di agosto", "l'ultimo giorno del mese di agosto 2025".
fn last_of_month(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Written, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let at = i + usize::from(word(i) == "l'");
    if word(at) != "ultimo" {
        return None;
    }
    let at = at + 1 + usize::from(word(at + 1) == "giorno");
    let of = matches!(word(at), "di" | "d'" | "del");
    end_of_named_month(tokens, at, lexicon).filter(|_| of)
}

/// "il lunedì seguente, 5 giugno", "il martedì dopo Pasqua (2 aprile)": a weekday told by another day, with its date behind it, which says it better.
fn told_by_date(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(Written, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let (day, next) = weekdays::weekday(tokens, i, lexicon)?;
    let (feast, next) = match word(next) {
        "seguente" | "successivo" | "successiva" => (None, next + 1),
        "dopo" => holiday(tokens, next + 1, anchor, lexicon).map(|(date, end)| (Some(date), end))?,
        _ => return None,
    };
    let sign = matches!(word(next), "," | "(");
    let at = (next + 1..next + 4).find(|j| !matches!(word(*j), "cioe" | "ossia" | "ovvero" | "il" | "l'" | "al" | "all'" | ","))?;
    if let Some((written, end)) = written_day(tokens, at, anchor, lexicon, Ask::Month).filter(|(w, _)| sign && w.complete()) {
        return Some((Written { weekday: written.weekday.or(Some(day)), ..written }, end + usize::from(word(end) == ")")));
    }
    let date = (1..=7).filter_map(|n: i64| feast?.checked_add(n.days()).ok()).find(|date| weekday_of(*date) == day)?;
    Some((Written { fixed: Some(date), ..Written::default() }, next))
}

/// The day of the month that comes next, on or behind `from`.
fn next_such_day(from: Date, day: i8) -> Option<Date> {
    let later = |months: i32| {
        let month = from.first_of_month().checked_add(months.months()).ok()?;
        date(month.year(), month.month(), day)
    };
    (0..=2).filter_map(later).find(|date| *date >= from)
}

/// "dal secondo lunedì di settembre", "dal secondo lunedì di settembre (11/09/2023)": one day of a month by its weekday. The date beside it says it better.
fn nth_of_month(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(Written, usize)> {
    const NTH: [&str; 5] = ["primo", "secondo", "terzo", "quarto", "ultimo"];
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let nth = NTH.iter().position(|nth| word(i) == *nth)?;
    let (day, next) = weekdays::weekday(tokens, i + 1, lexicon)?;
    let month = lexicon.month(word(next + 1)).filter(|_| matches!(word(next), "di" | "d'") && word(next + 1).len() > 3)?;
    let mut next = next + 2;
    let written_year = tokens.get(next).and_then(year);
    next += usize::from(written_year.is_some());
    if matches!(word(next), "(" | ",")
        && let Some((written, end)) = written_day(tokens, next + 1, anchor, lexicon, Ask::Month).filter(|(w, _)| w.complete())
        && written.month == Some(month)
    {
        return Some((Written { weekday: Some(day), ..written }, end + usize::from(word(end) == ")")));
    }
    let first = date(written_year.map_or_else(|| nearest_year(anchor, month, 15, None), Some)?, month, 1)?;
    let mut days = (0..31).filter_map(|n: i64| first.checked_add(n.days()).ok()).filter(|d| d.month() == month && weekday_of(*d) == day);
    let found = if nth == 4 { days.next_back() } else { days.nth(nth) };
    Some((Written { fixed: Some(found?), ..Written::default() }, next))
}

/// "dopodomani, mercoledì, …": the weekday only repeats the day.
fn behind_weekday(tokens: &[Token], i: usize, lexicon: &Lexicon) -> usize {
    let comma = |j: usize| tokens.get(j).is_some_and(|t| t.is(","));
    let repeats = comma(i) && tokens.get(i + 1).is_some_and(|t| lexicon.weekday(&t.text).is_some()) && comma(i + 2);
    if repeats { i + 2 } else { i }
}

/// "domani martedì 9", "oggi, lunedì 8": the same day by its weekday and its number, without a month.
fn behind_same_day(tokens: &[Token], i: usize, day: Option<Date>, lexicon: &Lexicon) -> Option<usize> {
    let (weekday, next) = weekdays::weekday(tokens, i, lexicon)?;
    let number = tokens.get(next).filter(|t| t.kind == TokenKind::Number && t.text.len() <= 2)?.number()?;
    day.filter(|day| weekday_of(*day) == weekday && i64::from(day.day()) == i64::from(number)).map(|_| next + 1)
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

pub(super) fn year(token: &Token) -> Option<i16> {
    let value = token.number()?;
    match token.text.len() {
        4 if (1990..=2100).contains(&value) => Some(value as i16),
        _ => None,
    }
}

/// As many words has "il martedì successivo, e cioè all'ultimo giorno del mese di agosto 2025".
const LONGEST_DATE: usize = 20;

/// A full date at `i`, with its year written: for publication lines.
pub fn full_date(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Date, usize)> {
    // most lines hold no figure at all
    if !tokens.iter().skip(i).take(LONGEST_DATE).any(|t| t.kind == TokenKind::Number) {
        return None;
    }
    // "0774 30.08.12": the groups of a telephone number
    let prefix = i
        .checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_some_and(|t| t.kind == TokenKind::Number && t.text.starts_with('0') && t.text.len() >= 3);
    if prefix {
        return None;
    }
    let (written, next) = written_day(tokens, i, &Anchor::default(), lexicon, Ask::Month)?;
    written.year?;
    Some((resolve(written, &Anchor::default())?, next))
}
