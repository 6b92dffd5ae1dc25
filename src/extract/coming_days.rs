//! Days of the week that are days of the calendar: "venerdì 3 …; quel venerdì", "oggi e domani 9-18, domenica 7-23", "lunedì e martedì della settimana prossima", "giovedì gli
//! uffici resteranno chiusi".
//!
//! In: segments with their phrases, and the day on which the text speaks. Out: the phrases, such weekdays replaced by dates.

use jiff::ToSpan;
use jiff::civil::Date;

use super::grammar::dates::{When, weekday_of};
use super::grammar::weekdays::Days;
use super::scan::{Mark, Placed};
use super::segment::{Role, Segment};
use crate::domain::{DateRange, Day, DaySelector};
use crate::lexicon::Cue;
use crate::text::{Token, TokenKind};

/// Verbs of what is told for one day to come.
const WILL_BE: [&str; 10] =
    ["sara", "saranno", "restera", "resteranno", "rimarra", "rimarranno", "chiudera", "chiuderanno", "osservera", "osserveranno"];

/// Replaces them.
pub(super) fn resolve(segments: &[Segment], scans: &mut [Vec<Placed>], published: Option<Date>) {
    of_dates_named(segments, scans);
    behind_dates(segments, scans);
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        that_day(segment, marks);
    }
    of_day_told(segments, scans);
    let Some(published) = published else { return };
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        of_a_week(segment, marks, published);
        next_one(segment, marks, published);
    }
}

/// "Lunedì 14 agosto gli uffici resteranno chiusi. … Il Protocollo, lunedì, aprirà dalle 9 alle 11": a weekday without an article, of what will be, is the day told
/// a few sentences before.
fn of_day_told(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const REACH: usize = 4;
    let mut told: Option<(usize, Date)> = None;
    for (i, (segment, marks)) in segments.iter().zip(scans.iter_mut()).enumerate() {
        if segment.role != Role::Sentence || marks.is_empty() {
            continue;
        }
        let dated = marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_) | When::Range(_) | When::From(_) | When::Until(_))));
        let timed = marks.iter().any(|m| matches!(m.mark, Mark::Span(..)));
        let day = told.filter(|(at, _)| i - at <= REACH && !dated && timed).map(|(_, day)| day);
        let will =
            |t: &Token| t.text.len() >= 5 && !t.upper && (t.text.ends_with("ranno") || t.text.ends_with("ira") || t.text.ends_with("era"));
        if let Some(day) = day.filter(|_| segment.tokens.iter().any(will) || segment.tokens.iter().any(|t| t.is_any(&["sara", "saranno"])))
        {
            for mark in marks.iter_mut() {
                let Mark::Days(Days::These { days, every: false }) = &mark.mark else { continue };
                let before = mark.start.checked_sub(1).and_then(|i| segment.tokens.get(i));
                let bare = before.is_none_or(|t| t.kind != TokenKind::Word || t.is_any(&["che", "e", "ma"]));
                let same = matches!(days.as_slice(), [only] if only.nth.is_empty() && only.day == weekday_of(day));
                if bare && same && mark.end == mark.start + 1 {
                    mark.mark = Mark::When(When::Days(vec![day]));
                }
            }
        }
        for mark in marks.iter() {
            match &mark.mark {
                Mark::When(When::Days(days)) => told = if let [day] = days.as_slice() { Some((i, *day)) } else { None },
                Mark::When(When::Range(_)) => told = None,
                _ => {}
            }
        }
    }
}

/// "Martedì 4 marzo c'è la sfilata: quel giorno gli uffici aprono solo al mattino": the one day that the sentence has named.
fn that_day(segment: &Segment, marks: &mut [Placed]) {
    let mut named: Option<Date> = None;
    for mark in marks.iter_mut() {
        match &mark.mark {
            Mark::When(When::Days(days)) => named = if let [day] = days.as_slice() { Some(*day) } else { None },
            Mark::When(When::Same) => {
                let words = &segment.tokens[mark.start..mark.end];
                let that = words.first().is_some_and(|t| t.is_any(&["quel", "quella"]))
                    && words.last().is_some_and(|t| t.is_any(&["giorno", "giornata", "data"]));
                if let Some(day) = named.filter(|_| that) {
                    mark.mark = Mark::When(When::Days(vec![day]));
                }
            }
            Mark::When(_) => named = None,
            _ => {}
        }
    }
}

/// "da lunedì a mercoledì della settimana prossima", "giovedì e venerdì di questa settimana".
fn of_a_week(segment: &Segment, marks: &mut [Placed], published: Date) {
    for mark in marks.iter_mut() {
        let Mark::Days(Days::These { days, every: false }) = &mark.mark else { continue };
        let Some((weeks, end)) = week_named(&segment.tokens, mark.end) else { continue };
        let monday = published.checked_sub(i32::from(published.weekday().to_monday_zero_offset()).days());
        let Ok(monday) = monday.and_then(|day| day.checked_add((7 * weeks).days())) else { continue };
        let dates: Option<Vec<Date>> = days.iter().map(|day| date_in_week(monday, day)).collect();
        let Some(dates) = dates.filter(|dates| !dates.is_empty()) else { continue };
        let range = segment.tokens[mark.start..mark.end].iter().any(|t| t.is_any(&["a", "al", "fino"]));
        let when = match DateRange::new(dates[0], dates[dates.len() - 1]).filter(|_| range && dates.len() > 1) {
            Some(range) => When::Range(range),
            None => When::Days(dates),
        };
        *mark = Placed { mark: Mark::When(when), start: mark.start, end };
    }
}

/// How many weeks from now, and the index behind the words: "della prossima settimana" is 1, "di questa settimana" is 0.
fn week_named(tokens: &[Token], at: usize) -> Option<(i32, usize)> {
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    match (word(at), word(at + 1), word(at + 2)) {
        ("della", "prossima", "settimana") | ("della", "settimana", "prossima" | "entrante") => Some((1, at + 3)),
        ("di" | "della", "questa" | "corrente", "settimana") => Some((0, at + 3)),
        _ => None,
    }
}

fn date_in_week(monday: Date, day: &DaySelector) -> Option<Date> {
    const WEEK: i32 = 7;
    let plain = day.nth.is_empty() && day.day != Day::Ph;
    (0..WEEK).filter(|_| plain).filter_map(|n| monday.checked_add(n.days()).ok()).find(|date| weekday_of(*date) == day.day)
}

/// "Giovedì, festa di San Giovanni, gli uffici sono chiusi", "lunedì l'anagrafe resterà chiusa", "lo sciopero di venerdì": a single weekday without an article, of which
/// something is told that comes once.
fn next_one(segment: &Segment, marks: &mut [Placed], published: Date) {
    const WEEK: i32 = 7;
    const ONCE: [&str; 8] = ["sciopero", "scioperi", "assemblea", "festa", "patrono", "ponte", "prossimo", "lutto"];
    let several = marks.iter().filter(|m| matches!(m.mark, Mark::Days(_) | Mark::When(_))).count() != 1;
    let timed = marks.iter().any(|m| matches!(m.mark, Mark::Span(..)));
    let Some(mark) = marks.iter().position(|m| matches!(m.mark, Mark::Days(_))).filter(|_| !several && segment.role == Role::Sentence)
    else {
        return;
    };
    let Mark::Days(Days::These { days, every: false }) = &marks[mark].mark else { return };
    let [only] = days.as_slice() else { return };
    let (start, end) = (marks[mark].start, marks[mark].end);
    let before = |n: usize| start.checked_sub(n).and_then(|i| segment.tokens.get(i));
    let of_what = before(1).is_some_and(|t| t.is("di")) && (2..=3).any(|n| before(n).is_some_and(|t| ONCE.contains(&t.text.as_str())));
    let bare =
        end == start + 1 && !before(1).is_some_and(|t| t.kind == TokenKind::Word && !t.is_any(&["che", "ma", "e", "dunque", "quindi"]));
    let will_be = segment.tokens.iter().any(|t| WILL_BE.contains(&t.text.as_str()) || t.is("non") && bare);
    let shut = marks.iter().any(|m| m.mark == Mark::Cue(Cue::Closed));
    let apposed =
        segment.tokens.get(end).is_some_and(|t| t.is(",")) && segment.tokens.get(end + 1).is_some_and(|t| ONCE.contains(&t.text.as_str()));
    if !(of_what || bare && shut && !timed && (will_be || apposed)) || !only.nth.is_empty() {
        return;
    }
    let next = (1..WEEK).filter_map(|n| published.checked_add(n.days()).ok()).find(|date| weekday_of(*date) == only.day);
    if let Some(date) = next {
        marks[mark].mark = Mark::When(When::Days(vec![date]));
    }
}

/// "Oggi e domani 9-18, domenica 7-23 e lunedì 7-15": weekdays that go on behind dates with hours are the next such days.
fn behind_dates(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).filter(|(s, _)| s.role != Role::Row) {
        // the date named last, once hours have been told of it
        let (mut last, mut timed): (Option<Date>, bool) = (None, false);
        for at in 0..marks.len() {
            match &marks[at].mark {
                Mark::When(When::Days(days)) => (last, timed) = (days.last().copied(), false),
                Mark::When(_) => last = None,
                Mark::Span(..) => timed = last.is_some(),
                Mark::Days(Days::These { days, every: false })
                    if timed && goes_on(segment, &marks[at..])
                        || last.is_some() && days.len() == 1 && joins_tomorrow(segment, marks, at) =>
                {
                    let named = days.iter().map_while(|day| {
                        last = last.filter(|_| day.nth.is_empty()).and_then(|from| next_such_day(from, day.day));
                        last
                    });
                    let dates: Vec<Date> = named.collect();
                    if last.is_some() {
                        (marks[at].mark, timed) = (Mark::When(When::Days(dates)), false);
                    }
                }
                Mark::Days(_) => last = None,
                _ => {}
            }
        }
    }
}

/// "domani e martedì", "oggi e sabato": a weekday that "e" joins to a day told from today.
fn joins_tomorrow(segment: &Segment, marks: &[Placed], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|i| &marks[i]) else { return false };
    let told = segment.tokens[before.start..before.end].iter().any(|t| t.is_any(&["oggi", "domani", "dopodomani"]));
    let between = &segment.tokens[before.end..marks[at].start];
    told && matches!(before.mark, Mark::When(When::Days(_))) && matches!(between, [and] if and.is_any(&["e", "ed"]))
}

/// Whether the weekdays at the head of the marks follow a sign or "e" without an article, and have hours of their own.
fn goes_on(segment: &Segment, marks: &[Placed]) -> bool {
    let Some(days) = marks.first() else { return false };
    let set_off = days.start.checked_sub(1).and_then(|i| segment.tokens.get(i)).is_some_and(|t| t.is_any(&[",", "e", "ed", ";"]));
    let plain = segment.tokens[days.start..days.end]
        .iter()
        .all(|t| t.kind == TokenKind::Word && !t.is_any(&["il", "la", "al", "dal", "da", "ogni"]));
    let next = marks[1..].iter().find(|m| matches!(m.mark, Mark::Span(..) | Mark::Days(_) | Mark::When(_) | Mark::Offices(_)));
    set_off && plain && next.is_some_and(|m| matches!(m.mark, Mark::Span(..)))
}

/// The first such day behind another, within a week.
fn next_such_day(from: Date, day: Day) -> Option<Date> {
    (1..7).filter_map(|n: i32| from.checked_add(n.days()).ok()).find(|date| weekday_of(*date) == day)
}

/// "Sabato 3 giugno gli uffici saranno chiusi. La Polizia locale sabato sarà in servizio": in running text a bare weekday is the date that was named.
fn of_dates_named(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const REACH: usize = 6;
    let mut named: Vec<(usize, Date)> = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        let single = scans[i].iter().filter(|m| matches!(m.mark, Mark::Days(_))).count() == 1;
        for mark in &mut scans[i] {
            match &mark.mark {
                Mark::When(When::Days(days)) => named.extend(days.iter().map(|day| (i, *day))),
                Mark::Days(Days::These { days, every: false }) => {
                    let named = |day: &DaySelector| {
                        let near = |(at, date): &&(usize, Date)| i - at <= REACH && day.nth.is_empty() && weekday_of(*date) == day.day;
                        named.iter().rev().find(near).map(|(_, date)| *date)
                    };
                    let bare = single
                        && stands_bare(segment, mark.start, mark.end)
                        && (segment.role == Role::Sentence || segment.role == Role::Item && tells_what_will_be(segment, mark.end));
                    let told = days.len() == 1
                        && (bare || points_back(segment, mark.start) || single && stands_for(segment, mark.start, mark.end))
                        || stands_each(segment, mark);
                    let dates: Option<Vec<Date>> = days.iter().map(named).collect();
                    if let Some(dates) = dates.filter(|_| told) {
                        mark.mark = Mark::When(When::Days(dates));
                    }
                }
                _ => {}
            }
        }
    }
}

/// "quel venerdì", "la stessa domenica": the weekday of a date that was named.
fn points_back(segment: &Segment, start: usize) -> bool {
    let before = start.checked_sub(1).and_then(|i| segment.tokens.get(i));
    before.is_some_and(|t| t.is_any(&["quel", "quella", "stesso", "stessa", "medesimo", "medesima"]))
}

/// "la domenica del voto", "Sabato, solo per le carte scadute, apre …": a weekday that stands for the date of which the text speaks.
fn stands_for(segment: &Segment, start: usize, end: usize) -> bool {
    const POLLS: [&str; 6] = ["voto", "votazion", "elezion", "referendum", "ballottaggio", "consultazion"];
    let word = |i: usize| segment.tokens.get(i);
    let of_polls = word(end).is_some_and(|t| t.is_any(&["del", "delle", "della", "di"]))
        && word(end + 1).is_some_and(|t| POLLS.iter().any(|stem| t.text.starts_with(stem)));
    let opens = segment.role == Role::Sentence
        && start == super::segment::first_word(&segment.tokens)
        && end == start + 1
        && word(end).is_some_and(|t| t.is(","));
    of_polls && !matches!(segment.role, Role::Row | Role::Heading) || opens
}

/// "sia giovedì sia venerdì dalle 8 alle 14": days that were named, one by one.
fn stands_each(segment: &Segment, mark: &Placed) -> bool {
    let both = segment.tokens[mark.start.saturating_sub(1)..mark.end].iter().filter(|t| t.is("sia")).count();
    segment.role == Role::Sentence && both >= 2
}

/// "…, che lunedì sarà visitabile dalle 10 alle 18": a verb of what comes once, right behind the day.
fn tells_what_will_be(segment: &Segment, end: usize) -> bool {
    segment.tokens.get(end).is_some_and(|t| WILL_BE.contains(&t.text.as_str()))
}

/// Whether a weekday stands without article or preposition, and a verb follows, no hour: "sabato sarà", not "il sabato", "lunedì 9-12".
fn stands_bare(segment: &Segment, start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|i| segment.tokens.get(i));
    let article = before.is_some_and(|t| {
        t.is_any(&[
            "il", "la", "di", "del", "della", "ogni", "al", "dal", "da", "e", "-", "/", "tutti", "nei", "nel", "primo", "secondo", "terzo",
            "quarto", "ultimo",
        ])
    });
    let verb = segment.tokens.get(end).is_some_and(|t| {
        t.kind == TokenKind::Word
            && t.text.len() > 1
            && !t.is_any(&[
                "dalle",
                "dalla",
                "ore",
                "ed",
                "mattina",
                "mattino",
                "pomeriggio",
                "sera",
                "escluso",
                "chiuso",
                "chiusi",
                "a",
                "al",
                "o",
                "h",
                "anche",
            ])
    });
    !article && verb && end == start + 1
}
