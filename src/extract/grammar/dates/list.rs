//! Days in a row: "24 e 31 dicembre", "venerdì 2 e lunedì 5 gennaio", "24-27-31 dicembre".

use super::ranges::from_to;
use super::resolve::{nearest_weekday_day, resolve, weekday_of};
use super::written::{Ask, Written, numeric, slashed, written_day};
use super::{Anchor, When, skip_small};
use crate::extract::grammar::weekdays;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// A list of days: "24 e 31 dicembre", "venerdì 2 e lunedì 5 gennaio", "25 e 26 dicembre, il 1° e il 6 gennaio". Months and years flow backwards.
pub(super) fn day_list(tokens: &[Token], i: usize, anchor: &Anchor, lexicon: &Lexicon) -> Option<(Vec<Written>, usize)> {
    let (first, mut next) = written_day(tokens, i, anchor, lexicon, Ask::Number)?;
    let mut list = vec![first];
    let slashes = numeric(tokens, i).is_some_and(|(w, end)| w.year.is_none() && end == next)
        || slashed(tokens, i).is_some_and(|(_, end)| end == next);
    let mut dashes = false;
    while let Some(token) = tokens.get(next) {
        // "il 2 maggio, sabato,", "il 24 dicembre (martedì)": which day of the week it is
        if let Some(behind) = list.last().and_then(|day| behind_weekday_of(tokens, next, day, anchor, lexicon)) {
            next = behind;
            continue;
        }
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
        // … "del ponte del 1° maggio, venerdì 2 maggio": so is the day of the feast
        let weekday = tokens.get(next + 1).is_some_and(|t| lexicon.weekday(&t.text).is_some());
        if token.is(",") && reason && list.len() == 1 && (list[0].fixed.is_some() || weekday && list[0].complete()) {
            break;
        }
        // "Ferragosto, da lunedì 11 a sabato 16": a range of its own
        if token.is(",") && tokens.get(next + 1).is_some_and(|t| t.is_any(&["da", "dal"])) {
            break;
        }
        // "lunedì 23 dicembre e da venerdì 27 a martedì 31 dicembre": likewise
        let two_ends = || matches!(from_to(tokens, next + 1, anchor, lexicon), Some((When::Range(_), _)));
        if token.is_any(&["e", "ed"]) && list.last().is_some_and(Written::complete) && two_ends() {
            break;
        }
        let mut at = next + 1;
        // "sia il 17, sia il 20", "il 24, poi il 31"
        if tokens.get(at).is_some_and(|t| t.is_any(&["e", "ed", "sia", "poi", "infine", "nonche"])) {
            at += 1;
        }
        let at = skip_small(tokens, at);
        // "24/12, 31/12 e 02/01": what the first says the others mean as well
        let Some((more, after)) =
            (if slashes { slashed(tokens, at) } else { None }).or_else(|| written_day(tokens, at, anchor, lexicon, Ask::Number))
        else {
            break;
        };
        // "2 giugno 2025, festa della Repubblica": the same day by its name
        if let (Some(feast), Some(last)) = (more.fixed, list.last())
            && last.fixed.is_none()
            && last.day == Some(feast.day())
            && last.month == Some(feast.month())
        {
            next = after;
            continue;
        }
        // "il 24 dicembre, 9-12": a bare number behind a complete date is no further day unless a month follows it or a weekday stands before it
        if more.day.is_some()
            && more.month.is_none()
            && more.weekday.is_none()
            && !list.last().is_some_and(|d| d.month.is_none() && d.fixed.is_none())
        {
            break;
        }
        next = after;
        // "lunedì 2 giugno 2025, festa della Repubblica": the same day by its name, whatever year is nearest
        let again = |day: &Written| more.fixed.is_some_and(|d| day.month == Some(d.month()) && day.day == Some(d.day()));
        if list.last().is_some_and(again) {
            continue;
        }
        list.push(more);
    }
    let (mut month, mut year) = (None, None);
    let mut behind: Option<(i8, i8)> = None;
    for day in list.iter_mut().rev() {
        if day.fixed.is_some() {
            // "nei giorni 12 e 13 c.m.": of the same month
            (month, year) = if day.day.is_some() { (day.month, day.year) } else { (month, year) };
            continue;
        }
        if day.month.is_none() {
            day.month = month;
            day.year = day.year.or(year);
        } else if day.year.is_none() {
            // "15 agosto e 25 dicembre 2024" are of one year, "27 dicembre e 3 gennaio 2025" of two
            let ahead = day.month.zip(day.day).zip(behind).is_some_and(|(own, behind)| own > behind);
            day.year = year.map(|year: i16| year - i16::from(ahead));
        }
        behind = day.month.zip(day.day).or(behind);
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

/// Behind ", sabato" or "(sabato)" where it is the weekday of the day in front and nothing is told of it.
fn behind_weekday_of(tokens: &[Token], i: usize, day: &Written, anchor: &Anchor, lexicon: &Lexicon) -> Option<usize> {
    let bracket = tokens.get(i)?.is("(");
    if !bracket && !tokens.get(i)?.is(",") || day.weekday.is_some() || !day.complete() {
        return None;
    }
    let (weekday, end) = weekdays::weekday(tokens, i + 1, lexicon)?;
    let closes = if bracket { tokens.get(end)?.is(")") } else { tokens.get(end).is_none_or(|t| t.is_any(&[",", ".", ":"])) };
    let fits = resolve(*day, anchor).is_some_and(|date| weekday_of(date) == weekday);
    (closes && fits).then_some(end + usize::from(bracket))
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
