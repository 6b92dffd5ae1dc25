//! Weekdays: "lun-ven", "dal lunedì al venerdì", "lunedì, mercoledì e venerdì", "tutti i giorni feriali", "il primo e il terzo sabato del mese",
//! "negli altri giorni", "gli stessi giorni"; parts of the day: "mattina", "pomeriggio".
//!
//! In: tokens and an index. Out: which days, and the index behind them, or `None`. Dates ("lunedì 9 marzo") are another family's work and come first.

use crate::domain::{Day, DaySelector};
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// Days as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Days {
    /// These days. `every` is true for "tutti i giorni", "giorni feriali", which a closer range overrides.
    These {
        /// The days.
        days: Vec<DaySelector>,
        /// Whether they were named only as "all days".
        every: bool,
    },
    /// "negli altri giorni": the working days not named so far.
    Others,
    /// "gli stessi giorni": the days of the office named before.
    Same,
}

/// One weekday word at `i`; swallows the dot of an abbreviation.
pub fn weekday(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Day, usize)> {
    let token = tokens.get(i).filter(|t| t.kind == TokenKind::Word)?;
    let day = lexicon.weekday(&token.text)?;
    let short = token.text.len() <= 5;
    if token.text.len() == 2 && !short_form(tokens, i, lexicon) {
        return None;
    }
    let dot = short && tokens.get(i + 1).is_some_and(|t| t.is(".") && !t.spaced);
    Some((day, if dot { i + 2 } else { i + 1 }))
}

/// Two letters are a day only in company: "lu-ve", "ma/gio", "lu ma me gi ve"; "gi." and "ve." also with their dot, which "ma." and "me." do not earn.
fn short_form(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    let form = |j: Option<usize>| {
        j.and_then(|j| tokens.get(j)).is_some_and(|t| t.kind == TokenKind::Word && t.text.len() <= 5 && lexicon.weekday(&t.text).is_some())
    };
    let sign = |j: Option<usize>, signs: &[&str]| j.and_then(|j| tokens.get(j)).is_some_and(|t| t.is_any(signs));
    let word = !tokens[i].is_any(&["lu", "gi", "ve"]);
    if !word && sign(Some(i + 1), &["."]) {
        return true;
    }
    let dot = usize::from(sign(Some(i + 1), &["."]));
    let dot_before = |j: Option<usize>| if sign(j, &["."]) { j.and_then(|j| j.checked_sub(1)) } else { j };
    if sign(Some(i + 1 + dot), &["-", "/"]) && form(Some(i + 2 + dot))
        || sign(i.checked_sub(1), &["-", "/"]) && form(dot_before(i.checked_sub(2)))
    {
        return true;
    }
    // a run of at least three, with commas or nothing between
    let step_back = |j: usize| dot_before(j.checked_sub(1).and_then(|p| if sign(Some(p), &[","]) { p.checked_sub(1) } else { Some(p) }));
    let step_on = |j: usize| {
        let mut next = j + 1;
        for mark in [".", ","] {
            next += usize::from(sign(Some(next), &[mark]));
        }
        next
    };
    let mut first = i;
    while let Some(before) = step_back(first).filter(|b| i - b <= 21 && form(Some(*b))) {
        first = before;
    }
    let mut run = 1;
    let mut at = first;
    while run < 3 && form(Some(step_on(at))) {
        at = step_on(at);
        run += 1;
    }
    run >= 3
}

fn article(token: &Token) -> bool {
    token.is_any(&[
        "il", "lo", "la", "i", "gli", "le", "l'", "al", "alla", "di", "del", "della", "dei", "nel", "nella", "nei", "giorni", "giorno",
        "ogni",
    ])
}

fn skip_articles(tokens: &[Token], mut i: usize) -> usize {
    while tokens.get(i).is_some_and(article) {
        i += 1;
    }
    i
}

/// Days at `i`, as many as belong together.
pub fn days(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Days, usize)> {
    let found = generic(tokens, i).or_else(|| german(tokens, i)).or_else(|| named(tokens, i, lexicon));
    // "tutti i giorni da lunedì a sabato": which ones, told at once
    if let Some((Days::These { every: true, .. }, next)) = &found {
        let from = next + usize::from(tokens.get(*next).is_some_and(|t| t.is(",")));
        let range = tokens.get(from).is_some_and(|t| t.is_any(&["da", "dal"]));
        if let Some((Days::These { days, every: false }, end)) = named(tokens, from, lexicon).filter(|_| range) {
            return Some((Days::These { days, every: false }, end));
        }
    }
    found
}

/// "Mo-Fr", "Mo, Di, Do": days in German, as offices of South Tyrol write them in two letters; at least two, with capitals, and one that is no Italian word for
/// a day.
fn german(tokens: &[Token], i: usize) -> Option<(Days, usize)> {
    let day = |at: usize| -> Option<usize> {
        let token = tokens.get(at).filter(|t| t.upper && t.text.len() == 2)?;
        ["mo", "di", "mi", "do", "fr", "sa", "so"].iter().position(|name| token.is(name))
    };
    let sign = |at: usize, signs: &[&str]| tokens.get(at).is_some_and(|t| t.is_any(signs));
    let first = day(i)?;
    let mut found = vec![first];
    let mut at = i + 1;
    while let Some(next) = day(at + 1) {
        if sign(at, &["-"]) && found.last().is_some_and(|last| *last < next) {
            let from = found.last().copied().unwrap_or(next);
            found.extend(from + 1..=next);
        } else if sign(at, &[",", "/", "+", "und", "e"]) {
            found.push(next);
        } else {
            break;
        }
        at += 2;
    }
    let plain = (i..at).any(|j| tokens[j].is_any(&["mo", "mi", "fr", "so"]) && day(j).is_some());
    let days = found.iter().filter_map(|n| Day::WEEK.get(*n)).map(|day| DaySelector::from(*day)).collect();
    (found.len() >= 2 && plain).then_some((Days::These { days, every: false }, at))
}

/// "tutti i giorni feriali", "ogni giorno", "giorni festivi", "negli altri giorni", "gli stessi giorni".
fn generic(tokens: &[Token], i: usize) -> Option<(Days, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let these = |days: &[Day], every| Days::These { days: days.iter().map(|d| DaySelector::from(*d)).collect(), every };
    use Day::*;
    let working = |next: usize| -> Option<(Days, usize)> {
        Some(match word(next) {
            "feriali" | "feriale" => (these(&[Mo, Tu, We, Th, Fr, Sa], true), next + 1),
            "lavorativi" | "lavorativo" => (these(&[Mo, Tu, We, Th, Fr], true), next + 1),
            "festivi" | "festivo" => {
                // "festivi compresi" adds to "tutti i giorni" and does not take its place
                let adds = |j: usize| ["compres", "inclus"].iter().any(|w| word(j).starts_with(w));
                let included = adds(next + 1) || (1..=2).any(|back| next.checked_sub(back).is_some_and(adds));
                (these(&[Ph], included), next + 1)
            }
            _ => return None,
        })
    };
    let not = i > 0 && tokens[i - 1].is("non");
    match word(i) {
        // "martedì e giovedì (non festivi)"
        "festivi" | "festivo" if not => None,
        "7" if (word(i + 1), word(i + 2), word(i + 3)) == ("giorni", "su", "7") => Some((these(&Day::WEEK, true), i + 4)),
        "sette" if (word(i + 1), word(i + 2), word(i + 3)) == ("giorni", "su", "sette") => Some((these(&Day::WEEK, true), i + 4)),
        "tutti" | "tutte" => match (word(i + 1), word(i + 2)) {
            ("i", "giorni") => working(i + 3).or(Some((these(&Day::WEEK, true), i + 3))),
            ("i", "feriali" | "festivi") => working(i + 2),
            // "tutte le sere dalle 18 alle 22"
            ("le", "sere") => Some((these(&Day::WEEK, true), i + 3)),
            ("i", "pomeriggi") if word(i + 3).starts_with("ferial") => Some((these(&[Mo, Tu, We, Th, Fr, Sa], true), i + 2)),
            ("le", "mattine") if word(i + 3).starts_with("ferial") => Some((these(&[Mo, Tu, We, Th, Fr, Sa], true), i + 2)),
            ("le", "mattine") if (word(i + 3), word(i + 4), word(i + 5)) == ("dei", "giorni", "feriali") => {
                Some((these(&[Mo, Tu, We, Th, Fr, Sa], true), i + 6))
            }
            _ => None,
        },
        "ogni" => match word(i + 1) {
            "giorno" => working(i + 2).or(Some((these(&Day::WEEK, true), i + 2))),
            // the part of the day is read on its own, behind it
            "pomeriggio" | "mattina" | "mattino" if word(i + 2).starts_with("ferial") => {
                Some((these(&[Mo, Tu, We, Th, Fr, Sa], true), i + 1))
            }
            _ => None,
        },
        "quotidianamente" | "giornalmente" => Some((these(&Day::WEEK, true), i + 1)),
        "giorni" | "giornate" => working(i + 1),
        "feriali" if i > 0 && tokens[i - 1].is_any(&["pomeriggi", "mattine"]) && i > 1 && tokens[i - 2].is("i") => None,
        "feriali" => Some((these(&[Mo, Tu, We, Th, Fr, Sa], true), i + 1)),
        // "ogni pomeriggio feriale"
        "feriale" if i > 0 && tokens[i - 1].is_any(&["pomeriggio", "mattina", "mattino"]) => working(i),
        "festivi" => working(i),
        // "Festività natalizie: giorni di chiusura": a season of the year, and no day of the week
        "festivita" if ["natal", "pasqual", "patronal"].iter().any(|w| word(i + 1).starts_with(w)) => None,
        "festivita" => Some((these(&[Ph], false), i + 1)),
        "weekend" => Some((these(&[Sa, Su], false), i + 1)),
        "fine" if word(i + 1) == "settimana" => Some((these(&[Sa, Su], false), i + 2)),
        "altri" | "restanti" | "rimanenti" if word(i + 1) == "giorni" || word(i + 1) == "giorno" => {
            let next = if matches!(word(i + 2), "feriali" | "lavorativi") { i + 3 } else { i + 2 };
            Some((Days::Others, if (word(next), word(next + 1), word(next + 2)) == ("della", "settimana", "") { next + 2 } else { next }))
        }
        "stessi" | "medesimi" if word(i + 1) == "giorni" => Some((Days::Same, i + 2)),
        _ => None,
    }
}

/// Named days: single, lists, ranges, occurrences in the month.
fn named(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Days, usize)> {
    let mut days: Vec<DaySelector> = Vec::new();
    let mut at = i;
    loop {
        let (mut more, next) = group(tokens, at, lexicon)?;
        days.append(&mut more);
        at = next;
        match list_continues(tokens, at, lexicon) {
            Some(next) if stops_before(tokens, i, at, next, days.len(), lexicon) => break,
            Some(next) => at = next,
            None => break,
        }
    }
    let mut seen = Vec::new();
    for day in days {
        if !seen.contains(&day) {
            seen.push(day);
        }
    }
    // "tutti i giorni, domenica compresa": adds to the days that stand
    let included = seen.len() == 1 && tokens.get(at).is_some_and(|t| ["compres", "inclus"].iter().any(|w| t.text.starts_with(w)));
    Some((Days::These { days: seen, every: included }, at))
}

/// Whether the days behind a comma are another statement: "dal lunedì al venerdì, mercoledì escluso", "chiuso il lunedì, dal martedì al venerdì 9-12".
fn stops_before(tokens: &[Token], first: usize, comma: usize, next: usize, n_days: usize, lexicon: &Lexicon) -> bool {
    if !tokens[comma].is(",") {
        return false;
    }
    let shut = tokens[first.saturating_sub(3)..first].iter().any(|t| t.text.starts_with("chius"));
    if shut && tokens[next].is_any(&["dal", "da"]) {
        return true;
    }
    let mut at = next;
    while n_days >= 3 && at < next + 12 {
        let Some((_, after)) = group(tokens, at, lexicon) else { return false };
        let Some(token) = tokens.get(after) else { return false };
        if ["esclus", "eccettuat"].iter().any(|w| token.text.starts_with(w)) {
            return true;
        }
        match list_continues(tokens, after, lexicon) {
            Some(more) => at = more,
            None => return false,
        }
    }
    false
}

/// Where the next days of a list start, if the list goes on at `i`.
fn list_continues(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<usize> {
    let token = tokens.get(i)?;
    let start = if token.is(",") || token.is("/") || token.is("-") || token.is("+") || token.is("&") {
        let after = i + 1;
        if tokens.get(after).is_some_and(|t| t.is("e")) { after + 1 } else { after }
    } else if token.is_any(&["e", "ed", "o", "ovvero", "oppure", "sia", "ne"]) {
        i + 1
    } else if token.newline || !token.spaced {
        return None;
    } else {
        i // "lunedi mercoledi venerdi"
    };
    let after_articles = skip_articles(tokens, start);
    // "e il mercoledì anche", "lunedì e dal mercoledì al venerdì"
    let at = if tokens.get(start).is_some_and(|t| t.is_any(&["dal", "da", "dalla"])) { start } else { after_articles };
    let (_, next) = group(tokens, at, lexicon)?;
    let _ = next;
    Some(at)
}

/// One member of a list: "dal lunedì al venerdì", "lun-ven", "il primo sabato del mese", "mercoledì".
fn group(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Vec<DaySelector>, usize)> {
    if let Some(found) = occurrences(tokens, i, lexicon) {
        return Some(found);
    }
    if let Some((Days::These { days, every: false }, next)) = generic(tokens, i) {
        return Some((days, next));
    }
    let from = tokens.get(i)?;
    // "L-V" on a door
    if from.is("l") && from.upper && tokens.get(i + 1)?.is("-") && tokens.get(i + 2).is_some_and(|t| t.is("v") && t.upper) {
        return Some((range(Day::Mo, Day::Fr), i + 3));
    }
    let introduced = from.is_any(&["dal", "da", "dalla"]);
    let start = if introduced { skip_articles(tokens, i + 1) } else { i };
    let (first, next) = weekday(tokens, start, lexicon)?;
    // a number right behind makes it a date: "lunedì 9", unless it starts a time "lunedì 9-12", "lunedì 9.00"
    if is_date_number(tokens, next) {
        return None;
    }
    if tokens.get(next).is_some_and(|t| t.is("al")) && tokens.get(next + 1).is_some_and(|t| t.is("mese")) {
        return which_of_month(tokens, next + 2, first, lexicon);
    }
    if introduced {
        let to = tokens.get(next)?;
        let to_at = if to.is_any(&["fino", "sino"]) { next + 2 } else { next + 1 };
        let joins = to.is_any(&["al", "a", "alla", "-", "fino", "sino", "ad"]);
        return match joins.then(|| weekday(tokens, skip_articles(tokens, to_at), lexicon)).flatten() {
            Some((last, next)) if !is_date_number(tokens, next) => Some((range(first, last), next)),
            _ => None, // "da lunedì" is a date
        };
    }
    // "lunedì al venerdì" with the "dal" forgotten
    if tokens.get(next).is_some_and(|t| t.is_any(&["al", "alla"]))
        && let Some((last, next)) = weekday(tokens, next + 1, lexicon)
    {
        return Some((range(first, last), next));
    }
    if let Some(sign) = tokens.get(next).filter(|t| t.is_any(&["-", "/"]))
        && let Some((last, after)) = weekday(tokens, next + 1, lexicon)
        && !is_date_number(tokens, after)
    {
        let chain = tokens.get(after).is_some_and(|t| t.is(&sign.text)) && weekday(tokens, after + 1, lexicon).is_some()
            || i > 0 && tokens[i - 1].is(&sign.text) && i > 1 && weekday_ends_at(tokens, i - 1, lexicon);
        let reads_as_range = if sign.is("/") { first == Day::Mo && matches!(last, Day::Fr | Day::Sa) } else { true };
        if !chain && reads_as_range {
            return Some((range(first, last), after));
        }
    }
    Some((vec![first.into()], next))
}

fn weekday_ends_at(tokens: &[Token], end: usize, lexicon: &Lexicon) -> bool {
    end > 0
        && (weekday(tokens, end - 1, lexicon).is_some()
            || end > 1 && tokens[end - 1].is(".") && weekday(tokens, end - 2, lexicon).is_some())
}

fn range(first: Day, last: Day) -> Vec<DaySelector> {
    first.through(last).into_iter().map(DaySelector::from).collect()
}

/// Whether the number at `i` makes the weekday before it a date: "lunedì 9 marzo", "venerdì 20", but not "lunedì 9-12", "lunedì 9.30", "lun 9/12".
fn is_date_number(tokens: &[Token], i: usize) -> bool {
    let Some(number) = tokens.get(i).filter(|t| t.kind == TokenKind::Number) else { return false };
    let Some(day) = number.number() else { return false };
    if day == 0 || day > 31 || number.text.len() > 2 {
        return false;
    }
    match tokens.get(i + 1) {
        None => true,
        Some(t) if t.is_any(&[".", ":"]) && !t.spaced => {
            // "9.30" is a time, "9." ends the sentence
            !tokens.get(i + 2).is_some_and(|t| !t.spaced && t.kind == TokenKind::Number)
        }
        Some(t) if t.is_any(&["h", "'"]) && !t.spaced => false,
        Some(t) if t.is(",") && !t.spaced => !tokens.get(i + 2).is_some_and(|t| !t.spaced && t.kind == TokenKind::Number),
        Some(t) if t.is_any(&["-", "/", "alle"]) => !tokens.get(i + 2).is_some_and(|t| t.kind == TokenKind::Number || t.is("mezzogiorno")),
        Some(_) => true,
    }
}

/// "un sabato al mese, il secondo", "due sabati al mese (il primo e il terzo)": which of them stands behind; where nothing does, it is not known.
fn which_of_month(tokens: &[Token], i: usize, day: Day, lexicon: &Lexicon) -> Option<(Vec<DaySelector>, usize)> {
    let opens = tokens.get(i).is_some_and(|t| t.is_any(&[",", "(", ":"]));
    let (mut nth, mut at) = (Vec::new(), i + 1);
    while let Some(token) = tokens.get(at).filter(|_| opens) {
        match lexicon.ordinal(&token.text) {
            Some(n) => nth.push(n),
            None if token.is_any(&["il", "l'", "e", "ed"]) => {}
            None => break,
        }
        at += 1;
    }
    at += usize::from(tokens.get(at).is_some_and(|t| t.is_any(&[",", ")"])));
    (!nth.is_empty()).then(|| (vec![DaySelector { day, nth }], at))
}

/// "il primo e il terzo sabato del mese", "il 1° sabato", "I e III sabato", "ultimo venerdì di ogni mese", "2° e 4° venerdì".
fn occurrences(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(Vec<DaySelector>, usize)> {
    let mut nth: Vec<i8> = Vec::new();
    let mut at = i;
    loop {
        // "I e III sabato": a Roman one looks like an article, "i martedì" is one
        let roman = |j: usize| {
            tokens.get(j).is_some_and(|t| t.is("i") && t.upper)
                && tokens.get(j + 1).is_some_and(|t| t.is_any(&["e", "ed", ",", "-"]) || lexicon.weekday(&t.text).is_some())
        };
        while tokens.get(at).is_some_and(article) && !roman(at) {
            at += 1;
        }
        let token = tokens.get(at)?;
        if token.is("i") && !roman(at) {
            return None;
        }
        let value = if let Some(value) = token.number() {
            let value = i8::try_from(value).ok().filter(|v| (1..=5).contains(v))?;
            let mark = tokens.get(at + 1)?;
            if !mark.is_any(&["^", "o", "a"]) || mark.spaced {
                return None;
            }
            at += 2;
            value
        } else {
            // "i" is an article and a Roman one: an ordinal only when a list of ordinals or a weekday follows, which the loop requires
            let value = lexicon.ordinal(&token.text)?;
            at += 1;
            value
        };
        nth.push(value);
        let token = tokens.get(at)?;
        if token.is_any(&["e", "ed", ",", "-", "/"]) {
            at += 1;
            continue;
        }
        let (day, next) = weekday(tokens, at, lexicon)?;
        let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
        let next = match (word(next), word(next + 1), word(next + 2)) {
            ("del", "mese", _) => next + 2,
            ("di", "ogni", "mese") => next + 3,
            ("di", "ciascun", "mese") => next + 3,
            ("d'", "ogni", "mese") => next + 3,
            _ => next,
        };
        // "primo lunedì di marzo" is a date
        if is_date_number(tokens, next) || (word(next) == "di" && lexicon.month(word(next + 1)).is_some()) {
            return None;
        }
        return Some((vec![DaySelector { day, nth }], next));
    }
}

/// The part of the day at `i`: "mattina", "di pomeriggio", "antimeridiano".
pub fn part(tokens: &[Token], i: usize) -> Option<(&'static str, usize)> {
    let token = tokens.get(i)?;
    match token.text.as_str() {
        "mattina" | "mattino" | "mattine" | "antimeridiano" | "antimeridiana" | "antimeridiane" | "mattinata" | "mattutino" | "matt"
        | "antim" | "mattinate" => Some(("mattina", i + 1)),
        "pomeriggio" | "pomeriggi" | "pomeridiano" | "pomeridiana" | "pomeridiane" | "pomeridiani" | "pom" | "pomer" | "pomerig" => {
            Some(("pomeriggio", i + 1))
        }
        "sera" | "serale" => Some(("sera", i + 1)),
        _ => None,
    }
}
