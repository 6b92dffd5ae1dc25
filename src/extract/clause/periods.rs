//! Periods of a clause and of a whole sentence, and where one period's statement ends and the next begins.

use jiff::civil::Date;

use super::{Clause, dates};
use crate::domain::Season;
use crate::extract::draft::Period;
use crate::extract::grammar::dates::When;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

/// "fino al 31 maggio solo per telefono; dal 1° giugno su appuntamento": each period has its own statement.
pub(super) fn period_cuts(segment: &Segment, marks: &[Placed]) -> Vec<usize> {
    // "Tributi: Orario ordinario: …; Orario dal 1° luglio al 31 agosto: …": the column whose head tells its period
    let heads_column = |m: &Placed| {
        segment.role == Role::Row
            && matches!(&m.mark, Mark::When(When::Range(_) | When::Months(_) | When::From(_) | When::Until(_)))
            && segment.tokens.get(m.end).is_some_and(|t| t.is(":"))
    };
    let states = |m: &Placed| matches!(&m.mark, Mark::When(when) if period_of(when).is_some());
    // "chiusa fino al 14 giugno, la biblioteca dal giorno successivo sarà aperta ogni martedì": the day behind the end begins the other statement
    const WEEKEND: i32 = 4;
    let ended = |i: usize, day: Date| {
        let before = || marks[..i].iter();
        before().any(|m| match &m.mark {
            // … or the first working day behind it: "fino a venerdì 17, poi, da lunedì 20, …"
            Mark::When(When::Until(end)) => *end < day && (day - *end).get_days() <= WEEKEND,
            Mark::When(When::Days(days)) => days.last().is_some_and(|end| end.tomorrow().is_ok_and(|next| next == day)),
            _ => false,
        }) && before().any(|m| m.mark == Mark::Cue(Cue::Closed))
            && marks[i + 1..].iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Open) | Mark::Span(..)))
    };
    // "da lunedì 26 a venerdì 30 risponde solo via mail, mentre dal 3 ottobre lo sportello aprirà il mercoledì": each period with what is said of it
    let serves = |m: &Placed| {
        matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced | Cue::WalkIn) | Mark::Span(..))
    };
    let reaches = |behind: &[Placed]| {
        let mut cell = behind.iter().take_while(|m| m.mark != Mark::Break).peekable();
        cell.peek().is_some() && cell.all(|m| matches!(m.mark, Mark::Channel(_) | Mark::Comma | Mark::Cue(Cue::Phone)))
    };
    // hours of two columns
    let cells = |before: &[Placed]| {
        before.iter().position(heads_column).is_some_and(|at| before[..at].iter().any(serves) && before[at..].iter().any(serves))
    };
    let follows = |i: usize, day: Date| {
        let past = |m: &Placed| match &m.mark {
            Mark::When(When::Range(range)) => range.last() < day,
            Mark::When(When::Until(end)) => *end < day,
            _ => false,
        };
        let told = marks[..i].iter().rposition(past).is_some_and(|at| marks[at + 1..i].iter().any(serves));
        told && marks[i + 1..].iter().any(serves)
    };
    let cut = |(i, m): (usize, &Placed)| match &m.mark {
        Mark::Break if marks.get(i + 1).is_some_and(heads_column) && marks[..i].iter().any(serves) => Some(m.end),
        // "per la sede di Colle lo …, per quella di Ronco lo …; entrambe le linee sono attive …": of both
        Mark::Break if names_lines(segment, m.end) => Some(m.end),
        // "…; Telefono: 0583 …": a column of its own, whatever the period of the one before
        Mark::Break if reaches(&marks[i + 1..]) && marks[..i].iter().any(heads_column) && cells(&marks[..i]) => Some(m.end),
        Mark::Break => (marks[..i].iter().any(states) && marks[i + 1..].iter().any(states)).then_some(m.end),
        Mark::When(When::From(day)) => (ended(i, *day) || follows(i, *day)).then_some(m.start),
        _ => None,
    };
    marks.iter().enumerate().filter_map(cut).collect()
}

/// "entrambe le linee", "tutti i numeri": whether such words stand at a token.
pub fn names_lines(segment: &Segment, at: usize) -> bool {
    matches!(segment.tokens.get(at..at + 3), Some([all, the, lines])
        if all.is_any(&["entrambe", "entrambi", "ambedue", "tutte", "tutti"]) && the.is_any(&["le", "i"]) && lines.is_any(&["linee", "numeri", "telefoni"]))
}

/// The single days that a sentence names.
pub fn single_days(marks: &[Placed]) -> Vec<Date> {
    marks.iter().filter_map(|m| if let Mark::When(When::Days(days)) = &m.mark { Some(days.clone()) } else { None }).flatten().collect()
}

/// The period that a sentence states in front of its first office, which governs all of them.
pub fn sentence_period(segment: &Segment, marks: &[Placed], clauses: &[Clause]) -> Option<Period> {
    if clauses.len() < 2 {
        return None;
    }
    let first_subject = marks.iter().position(|m| matches!(m.mark, Mark::Offices(_) | Mark::AllOthers | Mark::TheOffices { .. }))?;
    let mut period = Period::default();
    for mark in &marks[..first_subject] {
        match &mark.mark {
            // "Giovedì 19 si ricomincia, con un orario che i due uffici osserveranno …"
            Mark::When(When::Days(days)) if days.len() == 1 && dates::begins(segment, &clauses[0], mark) => {
                period.from = days.first().copied()
            }
            Mark::When(when) => add_period(&mut period, when),
            _ => {}
        }
    }
    (!period.is_open()).then_some(period)
}

/// The period that a phrase states, if it states one.
pub fn period_of(when: &When) -> Option<Period> {
    let mut period = Period::default();
    add_period(&mut period, when);
    (!period.is_open()).then_some(period)
}

/// A part of the year that a line states.
pub fn season(marks: &[Placed]) -> Option<Season> {
    marks.iter().find_map(|m| if let Mark::When(When::Season(season)) = &m.mark { Some(*season) } else { None })
}

/// The period that a line states as a whole.
pub fn whole_period(marks: &[Placed]) -> Option<Period> {
    let mut period = Period::default();
    for mark in marks {
        if let Mark::When(when) = &mark.mark {
            add_period(&mut period, when);
        }
    }
    (!period.is_open()).then_some(period)
}

pub(super) fn add_period(period: &mut Period, when: &When) {
    match when {
        When::Range(range) | When::Months(range) => (period.from, period.until) = (Some(range.first()), Some(range.last())),
        When::From(day) => period.from = Some(*day),
        When::Until(day) => period.until = Some(*day),
        _ => {}
    }
}
