//! The hours of a clause, and how they are to be used.

use super::dates::begins;
use super::flags::{at_an_hour, is_appointment, is_of_other_days, is_shut_but, opens_by_appointment};
use super::{Around, Clause};
use crate::domain::{Access, ChannelKind, Clock, Span};
use crate::extract::grammar::dates::When;
use crate::extract::grammar::exceptions::Exception;
use crate::extract::grammar::weekdays::Days;
use crate::extract::grammar::weeks::{self, Piece};
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

pub(super) struct HoursReading {
    pub(super) read: weeks::Read,
    /// For each piece the tokens it came from.
    pub(super) places: Vec<(usize, usize)>,
}

/// The pieces of a clause that speak of hours, read together.
pub(super) fn read_hours(segment: &Segment, clause: &Clause, around: &Around) -> HoursReading {
    let mut pieces = Vec::new();
    let mut places = Vec::new();
    let mut push = |piece: Piece, m: &Placed| {
        pieces.push(piece);
        places.push((m.start, m.end));
    };
    let named_days = clause.marks.iter().any(|m| matches!(m.mark, Mark::Days(_) | Mark::When(When::Days(_))));
    if !named_days
        && let Some(hanging) = around.hanging
        && let Some(first) = clause.marks.iter().find(|m| match m.mark {
            Mark::Span(..) => true,
            // "martedì: dal 7 gennaio al 29 marzo: 14-17; dal 31 marzo al 25 ottobre: chiuso"
            Mark::Cue(Cue::Closed) => segment.role == Role::Row,
            _ => false,
        })
    {
        push(
            Piece::Days(Days::These { days: hanging.to_vec(), every: false }),
            &Placed { mark: Mark::Comma, start: first.start, end: first.start },
        );
    }
    let shut_but = is_shut_but(segment, clause);
    let fallen = fallen_afternoons(segment, clause);
    let falls = |m: &Placed| fallen.as_ref().is_some_and(|fallen| fallen.named.contains(&m.start));
    for (i, m) in clause.marks.iter().enumerate() {
        match &m.mark {
            // "chiuso, tranne il martedì dalle 10 alle 11": the hours behind the exception are what is left
            Mark::Exception(_) | Mark::Cue(Cue::Closed) if shut_but => {}
            Mark::Days(_) | Mark::Part(_) | Mark::Span(..) if falls(m) => {}
            Mark::Days(days) => push(Piece::Days(days.clone()), m),
            Mark::Span(span, weak) => {
                let part = clause.marks[..i].iter().rev().find(|n| !matches!(n.mark, Mark::Comma)).map(|n| &n.mark);
                let afternoon = matches!(part, Some(Mark::Part("pomeriggio")));
                push(Piece::Span(if afternoon { past_noon(*span) } else { *span }, *weak), m)
            }
            Mark::Part(part) => push(Piece::Part(part), m),
            // "riaprirà lunedì 25 con l'orario estivo (9-13, dal lunedì al venerdì)": the day from which the week holds
            Mark::When(When::Days(days)) if days.len() == 1 && begins(segment, clause, m) && week_behind(&clause.marks[i + 1..]) => {}
            Mark::When(When::Days(days)) => push(Piece::Dates(days.clone()), m),
            Mark::When(When::Same) if !around.last_dates.is_empty() && !super::dates::is_of_period(segment, m) => {
                push(Piece::Dates(around.last_dates.to_vec()), m)
            }
            Mark::When(When::Season(season)) => push(Piece::Season(*season), m),
            // "in deroga, il Comando: martedì 9-12" takes out offices, not days
            Mark::Exception(Exception::Following | Exception::Sentence)
                if clause.marks[i + 1..]
                    .iter()
                    .find(|n| !matches!(n.mark, Mark::Comma | Mark::When(_) | Mark::Cue(_)))
                    .is_some_and(|n| matches!(n.mark, Mark::Offices(_))) => {}
            Mark::Exception(Exception::Following | Exception::Sentence) => push(Piece::Without, m),
            Mark::Exception(Exception::Preceding) => push(Piece::WithoutBefore, m),
            Mark::Cue(Cue::Closed) if at_an_hour(segment, m) => {}
            // "i rientri del martedì e del giovedì sono sospesi": what falls away is told, and no days that are shut
            Mark::Cue(Cue::Closed) if fallen.as_ref().is_some_and(|fallen| fallen.is_said_by(m)) => {}
            Mark::Cue(Cue::Closed) => push(Piece::Shut, m),
            Mark::Cue(Cue::Open) => push(Piece::Open, m),
            Mark::Continuous => push(Piece::Instead, m),
            Mark::Break => push(Piece::Break, m),
            // "si apre anche il sabato: merc. 15/17 e sab. 10/12": days that only announce others
            Mark::Comma
                if i > 0
                    && segment.tokens.get(m.start).is_some_and(|t| t.is(":"))
                    && matches!(clause.marks[i - 1].mark, Mark::Days(_))
                    && clause.marks.get(i + 1).is_some_and(|n| matches!(n.mark, Mark::Days(_)) && n.start - m.end <= 3) =>
            {
                push(Piece::Break, m)
            }
            Mark::Comma if i > 0 => push(Piece::Comma, m),
            _ => {}
        }
    }
    HoursReading { read: weeks::read(&pieces, around.last_days), places }
}

/// Afternoons that a clause takes away.
pub(super) struct Fallen {
    /// The tokens that name them, with their days.
    named: std::ops::Range<usize>,
    /// The token that takes them away.
    verb: usize,
}

impl Fallen {
    /// Whether a word of closing is the one that takes them away.
    pub(super) fn is_said_by(&self, shut: &Placed) -> bool {
        (shut.start..shut.end).contains(&self.verb)
    }
}

/// The afternoons, of whichever days, that a clause takes away: "i rientri pomeridiani del martedì sono sospesi", "sono soppresse le aperture
/// pomeridiane del lunedì", "non effettuerà l'apertura pomeridiana del giovedì".
pub(super) fn fallen_afternoons(segment: &Segment, clause: &Clause) -> Option<Fallen> {
    const TURNS: [&str; 8] = ["apertur", "riceviment", "turn", "orari", "sportell", "accesso", "fasci", "rientr"];
    const FALL: [&str; 9] = ["sospes", "sospend", "sospensi", "soppress", "annullat", "abolit", "eliminat", "cancellat", "saltan"];
    const SERVE: [&str; 10] = ["effettu", "osserv", "svolg", "terr", "sara", "saran", "avra", "previst", "garantit", "assicurat"];
    // between a verb and what it takes away: "sono sospese, fino a settembre, le …" is another matter
    const REACH: usize = 8;
    let end = clause.end.min(segment.tokens.len());
    let starts = |i: usize, stems: &[&str]| stems.iter().any(|stem| segment.tokens[i].text.starts_with(stem));
    // "di sospendere, dal 27 al 30 dicembre, i rientri", "sono sospesi, per tutti gli uffici, i rientri": what is set between commas ends nothing
    let aside = |m: &&Placed| matches!(m.mark, Mark::When(_) | Mark::Offices(_) | Mark::TheOffices { .. });
    let set_off = |i: usize| clause.marks.iter().filter(aside).any(|m| (i + 1..i + 4).contains(&m.start) || m.end == i);
    let within = |i: usize| clause.marks.iter().filter(aside).any(|m| m.start <= i && i < m.end);
    let ends = |i: usize| segment.tokens[i].is_any(&[",", ";", ".", ":"]) && !set_off(i);
    // "il rientro", "le aperture del pomeriggio", "l'orario pomeridiano"
    let afternoon = |i: usize| (i + 1..(i + 3).min(end)).any(|j| starts(j, &["pomerid", "pomerigg"]));
    // "fino al rientro del personale" is another matter
    let of_day = |i: usize| (i + 1..(i + 4).min(end)).any(|j| clause.marks.iter().any(|m| m.start == j && matches!(m.mark, Mark::Days(_))));
    let is_turn = |i: usize| starts(i, &["rientri"]) || starts(i, &["rientro"]) && of_day(i) || starts(i, &TURNS) && afternoon(i);
    let takes = |i: usize| {
        let denied = (i.saturating_sub(2).max(clause.start)..i).any(|j| segment.tokens[j].is("non"));
        starts(i, &FALL) || denied && starts(i, &SERVE)
    };
    let noun = (clause.start..end).find(|i| is_turn(*i))?;
    let verb_before = (clause.start..noun).rev().filter(|i| !within(*i)).take(REACH).take_while(|i| !ends(*i)).find(|i| takes(*i));
    if let Some(verb) = verb_before {
        // up to what is told of other days
        let resumes = |i: &usize| {
            let mark = clause.marks.iter().find(|m| m.start == *i).map(|m| &m.mark);
            let more_days = || clause.marks.iter().any(|m| m.start == i + 1 && matches!(m.mark, Mark::Days(_)));
            matches!(mark, Some(Mark::Break | Mark::Exception(_) | Mark::Offices(_) | Mark::TheOffices { .. } | Mark::AllOthers))
                || ends(*i) && !more_days()
                || segment.tokens[*i].is_any(&["mentre", "ma", "resta", "restano", "rimane", "rimangono", "tranne", "salvo"])
        };
        let behind = (noun + 1..end).find(resumes).unwrap_or(end);
        return Some(Fallen { named: noun..behind, verb });
    }
    let verb = (noun + 1..end).take_while(|i| !segment.tokens[*i].is_any(&[";", ":", "."])).find(|i| takes(*i))?;
    let subject = clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)) && (noun..verb).contains(&m.start));
    // "… dalle 9.00 alle 12.00; i rientri pomeridiani sono sospesi": what was told before stands
    let told = |m: &&Placed| m.end <= noun && matches!(m.mark, Mark::Span(..) | Mark::Break);
    let from = clause.marks.iter().filter(told).map(|m| m.end).max().unwrap_or(clause.start);
    (!subject).then_some(Fallen { named: from..verb, verb })
}

/// Whether hours and the days of the week they are for come behind, the days last: "9-13, dal lunedì al venerdì".
fn week_behind(marks: &[Placed]) -> bool {
    let mut told = marks.iter().filter(|m| matches!(m.mark, Mark::Span(..) | Mark::Days(_)));
    let first_span = told.next().is_some_and(|m| matches!(m.mark, Mark::Span(..)));
    let several = |m: &Placed| matches!(&m.mark, Mark::Days(Days::These { days, .. }) if days.len() >= 2);
    first_span && told.next_back().is_some_and(several) && marks.iter().filter(|m| matches!(m.mark, Mark::Days(_))).count() == 1
}

/// "Pomeriggio, dalle quattro alle sei": hours of a clock with twelve.
fn past_noon(span: Span) -> Span {
    let later = |time: Clock| Clock::new(time.hour_minute().0 + 12, time.hour_minute().1);
    let (from, to) = (span.from(), span.to());
    if !(1..8).contains(&from.hour_minute().0) || to.is_some_and(|to| to.hour_minute().0 >= 12) {
        return span;
    }
    let moved = match to {
        Some(to) => later(from).zip(later(to)).and_then(|(from, to)| Span::new(from, to)),
        None => later(from).map(Span::open_ended),
    };
    moved.unwrap_or(span)
}

/// How hours are to be used: told by the words before them, or by those behind where nothing else follows.
pub(super) fn access(segment: &Segment, clause: &Clause, places: &[(usize, usize)], start: usize, end: usize) -> Access {
    let token = |piece: usize| places.get(piece).map_or(clause.start, |p| p.0);
    // "chiuso al pubblico e contattabile per telefono, dalle 10 alle 12": the closing stands before the words that say how
    let tells = |mark: &Mark| matches!(mark, Mark::Days(_) | Mark::Span(..) | Mark::Part(_) | Mark::When(_));
    let told = |piece: &usize| clause.marks.iter().any(|m| m.start == token(*piece) && tells(&m.mark));
    let start = (start..end).find(told).unwrap_or(start);
    let (from, to) = (token(start), end.checked_sub(1).and_then(|e| places.get(e)).map_or(clause.end, |p| p.1));
    // the sub-clause: between semicolons
    let mut left = clause.start;
    let mut right = clause.end;
    for m in &clause.marks {
        if m.mark == Mark::Break {
            if m.end <= from {
                left = m.end;
            } else if m.start >= to {
                right = right.min(m.start);
            }
        }
    }
    let cues = |cue: Cue| clause.marks.iter().filter(move |m| m.mark == Mark::Cue(cue) && m.start >= left && m.end <= right);
    let walk_in = cues(Cue::WalkIn).next().is_some();
    let own = |m: &Placed| in_brackets(segment, m).is_none_or(|open| open >= from && !places.iter().any(|p| p.0 >= to && p.1 <= open));
    let appointment = cues(Cue::Appointment).any(|m| {
        is_appointment(segment, m)
            && !is_of_other_days(segment, clause, m)
            && own(m)
            && !cues(Cue::WalkIn).any(|w| w.start <= m.start && m.end <= w.end)
    });
    let appointment = appointment && !is_of_last_hours(segment, clause, places, to);
    let video = cues(Cue::Video).next().is_some();
    let phone_before = cues(Cue::Phone).any(|m| m.end <= from) || phone_right_before(clause, from, left);
    // "non riceve allo sportello: risponde al telefono": a counter that is denied is none
    let denied =
        |i: usize| clause.marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Remote | Cue::Closed)) && m.start <= i && i < m.end);
    let counter_before = (left..from.max(left))
        .filter(|i| !denied(*i))
        // "ricevimento telefonico", "sportello telefonico": no counter
        .filter(|i| !segment.tokens.get(i + 1).is_some_and(|t| t.text.starts_with("telefonic")))
        .filter_map(|i| segment.tokens.get(i))
        .any(|t| ["ricev", "apert", "apre", "aprir", "sportello", "accogl", "accesso"].iter().any(|w| t.text.starts_with(w)));
    if video {
        return Access::Video;
    }
    // "riceve ogni giovedì per telefono: a partire dalle 9"
    let at_a_distance = cues(Cue::Remote).any(|m| m.end <= from);
    let phone_before = phone_before && !label_with_number(segment, clause, from);
    if phone_before && (!counter_before || at_a_distance) {
        return Access::Phone;
    }
    if !walk_in && (appointment || left > clause.start && opens_by_appointment(segment, clause) && cues(Cue::Open).next().is_none()) {
        return Access::Appointment;
    }
    Access::WalkIn
}

/// "aperti dal lunedì al venerdì 9-12.30, e il martedì 15-17 su appuntamento": booking is said of the hours that it follows, and not of those that end at `to`.
fn is_of_last_hours(segment: &Segment, clause: &Clause, places: &[(usize, usize)], to: usize) -> bool {
    let Some(next) = places.iter().find(|p| p.0 >= to) else { return false };
    let Some(last) = places.last() else { return false };
    let between = segment.tokens.get(to..next.0).unwrap_or_default();
    let apart = between.first().is_some_and(|t| t.is(",")) && between.iter().any(|t| t.is_any(&["e", "ed", "mentre", "invece"]));
    let open = clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Open) && m.end <= to);
    let booked: Vec<&Placed> = clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Appointment)).collect();
    apart && open && matches!(booked.as_slice(), [cue] if cue.start >= last.1 && cue.start - last.1 <= 1)
}

/// Where the bracket opens that holds a cue behind other hours: "martedì 9-12 (libero), giovedì 14-17 (con appuntamento)".
fn in_brackets(segment: &Segment, cue: &Placed) -> Option<usize> {
    let open = (0..cue.start).rev().take(4).find(|i| segment.tokens[*i].is("("))?;
    let close = (cue.end..segment.tokens.len()).take(4).find(|i| segment.tokens[*i].is(")"))?;
    let figures = |i: usize| segment.tokens[i].kind == crate::text::TokenKind::Number;
    (!(open..close).any(figures) && open > 0 && (0..open).any(figures)).then_some(open)
}

/// A number right before the hours makes them the line's: "0587 721231 (dalle 9 alle 12 di lunedì)".
fn phone_right_before(clause: &Clause, from: usize, left: usize) -> bool {
    clause.marks.iter().any(|m| {
        matches!(&m.mark, Mark::Channel(c) if matches!(c.kind, ChannelKind::Phone | ChannelKind::Whatsapp))
            && m.start >= left
            && m.end <= from
            && from - m.end <= 3
    })
}

/// "Anagrafe (0585 640211): dal lunedì al venerdì 9-12": the number stands in the label, and the hours are the office's.
fn label_with_number(segment: &Segment, clause: &Clause, hours: usize) -> bool {
    let word = |i: usize| segment.tokens.get(i).map_or("", |t| t.text.as_str());
    clause.marks.iter().any(|m| {
        let bracket = word(m.end) == ")" && word(m.end + 1) == ":" && m.end < hours;
        let open = (clause.start..m.start).rev().take(4).any(|i| word(i) == "(");
        // "Presidio di Ronco, piazza Roma 3, tel. 059 789901: martedì 10-12": so it does behind the street
        let street = clause.marks.iter().any(|a| matches!(a.mark, Mark::Address(_)) && a.end <= m.start && m.start - a.end <= 4);
        matches!(m.mark, Mark::Channel(_)) && (bracket && open || street && word(m.end) == ":" && m.end < hours)
    }) && clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_) | Mark::Site(_)))
}
