//! Clauses: a segment's phrases divided among the offices that it names, and what each part states.
//!
//! In: a segment and its phrases. Out: per clause the facts, still without an owner where none is named.

use jiff::civil::Date;

use super::draft::{Facts, Flags, Period};
use super::grammar::dates::When;
use super::grammar::weekdays::Days;
use super::grammar::weeks::{self, Piece};
use super::scan::{Mark, Placed, linked};
use super::segment::{Role, Segment};
use crate::domain::{Access, Channel, ChannelKind, DateRange, DaySelector, OfficeId, Opening};
use crate::lexicon::{Cue, Lexicon};

/// A part of a segment that speaks of one group of offices.
#[derive(Debug, Clone, Default)]
pub struct Clause {
    /// Its phrases.
    pub marks: Vec<Placed>,
    /// Its tokens.
    pub start: usize,
    /// Index behind its last token.
    pub end: usize,
    /// Starts of office phrases that are no subjects ("l'assessore al personale").
    pub ignored: Vec<usize>,
    /// Days that found no times.
    pub bare_days: Vec<DaySelector>,
    /// Offices behind "tranne".
    pub except: Vec<OfficeId>,
}

/// What stood before the clause.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The period named last.
    pub last_when: Option<Period>,
    /// The dates named last.
    pub last_dates: &'a [Date],
    /// The days named last.
    pub last_days: &'a [DaySelector],
    /// Days of the line above that had no times.
    pub hanging: Option<&'a [DaySelector]>,
    /// The single days that the heading above names.
    pub heading_dates: &'a [Date],
}

/// Divides a segment among the offices that it names.
pub fn split(segment: &Segment, marks: &[Placed]) -> Vec<Clause> {
    let ignored = ignored(segment, marks);
    let excepted = exceptions(marks, &ignored);
    let subject_at: Vec<usize> = marks
        .iter()
        .enumerate()
        .filter(|(_, m)| match &m.mark {
            Mark::Offices(_) => !ignored.contains(&m.start),
            Mark::AllOthers => true,
            Mark::TheOffices { .. } => true,
            Mark::WholeBody => marks.iter().any(|c| c.start >= m.end && matches!(c.mark, Mark::Channel(_))) || segment.announces(),
            Mark::Site(_) | Mark::Nth(_) | Mark::Latter => true,
            _ => false,
        })
        .map(|(i, _)| i)
        .collect();
    // a branch beside its office is one subject with it
    let mut starts: Vec<usize> = Vec::new();
    for (n, &i) in subject_at.iter().enumerate() {
        let together = n > 0 && {
            let before = subject_at[n - 1];
            let site_pair = matches!(marks[i].mark, Mark::Site(_)) != matches!(marks[before].mark, Mark::Site(_));
            site_pair
                && marks[i].start.saturating_sub(marks[before].end) <= 4
                && !marks[before + 1..i].iter().any(|m| matches!(m.mark, Mark::Break | Mark::Span(..) | Mark::Days(_)))
        };
        if !together {
            starts.push(i);
        }
    }
    let mut cuts: Vec<usize> = vec![0];
    cuts.extend(period_cuts(marks));
    let behind = named_behind_their_channels(segment, marks, &starts);
    for (n, &i) in starts.iter().enumerate() {
        if let Some(channel) = behind.iter().find(|(start, _)| *start == i).map(|(_, channel)| *channel) {
            cuts.push(channel);
            continue;
        }
        if n == 0 {
            continue;
        }
        let cut = if excepted.contains(&i) { exception_starts(marks, i) } else { cut_before(segment, marks, starts[n - 1], i) };
        cuts.push(cut);
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut clauses = Vec::new();
    for (n, &start) in cuts.iter().enumerate() {
        let end = cuts.get(n + 1).copied().unwrap_or(segment.tokens.len());
        let mut clause = Clause { start, end, ignored: ignored.clone(), ..Clause::default() };
        for (i, mark) in marks.iter().enumerate() {
            if mark.start < start || mark.start >= end {
                continue;
            }
            if let (true, Mark::Offices(mention)) = (excepted.contains(&i), &mark.mark) {
                clause.except.extend(mention.offices.iter().map(|o| o.office.clone()));
            }
            clause.marks.push(mark.clone());
        }
        clauses.push(clause);
    }
    clauses
}

/// "366 221 0945 il personale, 366 221 0946 la ragioneria": each office stands behind its channel. The subjects with the tokens at which their channels begin.
fn named_behind_their_channels(segment: &Segment, marks: &[Placed], starts: &[usize]) -> Vec<(usize, usize)> {
    let channel_before = |i: usize| -> Option<usize> {
        let mut channel: Option<&Placed> = None;
        for m in marks[..i].iter().rev() {
            match &m.mark {
                Mark::Channel(_) => channel = Some(m),
                Mark::Comma if channel.is_none() => {}
                _ => break,
            }
        }
        let channel = channel?;
        let last = marks[..i].iter().rev().find(|m| matches!(m.mark, Mark::Channel(_)))?;
        let between = segment.tokens.get(last.end..marks[i].start)?;
        let close = between.len() <= 3 && !between.iter().any(|t| t.is_any(&[";", ".", ":", "-"]) || t.newline || t.is_any(&["e", "ed"]));
        close.then_some(channel.start)
    };
    let found: Vec<(usize, usize)> = starts.iter().filter_map(|i| channel_before(*i).map(|channel| (*i, channel))).collect();
    let Some((last, _)) = found.last() else { return Vec::new() };
    let channel_behind = marks[*last + 1..].iter().any(|m| matches!(m.mark, Mark::Channel(_)));
    if found.len() >= 2 && !channel_behind { found } else { Vec::new() }
}

/// "fino al 31 maggio solo per telefono; dal 1° giugno su appuntamento": each period has its own statement.
fn period_cuts(marks: &[Placed]) -> Vec<usize> {
    let states = |m: &Placed| matches!(&m.mark, Mark::When(when) if period_of(when).is_some());
    marks
        .iter()
        .enumerate()
        .filter(|(i, m)| m.mark == Mark::Break && marks[..*i].iter().any(states) && marks[i + 1..].iter().any(states))
        .map(|(_, m)| m.end)
        .collect()
}

/// The single days that a sentence names.
pub fn single_days(marks: &[Placed]) -> Vec<Date> {
    marks.iter().filter_map(|m| if let Mark::When(When::Days(days)) = &m.mark { Some(days.clone()) } else { None }).flatten().collect()
}

/// Where the words about the next office begin: at the separator that stands closest before it.
fn cut_before(segment: &Segment, marks: &[Placed], before: usize, next: usize) -> usize {
    let (from, to) = (marks[before].end, marks[next].start);
    let mut cut = to;
    for at in (from..to).rev() {
        let token = &segment.tokens[at];
        let separates = token.is_any(&[",", ";", ".", ":", "(", ")", "mentre", "ma", "invece", "-"])
            || token.newline
            || token.is_any(&["e", "ed"]) && !inside(marks, at);
        if separates && !inside(marks, at) {
            cut = at + 1;
            // "e dello", "e per il": the words between the sign and the office are its own, unless they hold a date or a cue of the office before
            break;
        }
    }
    cut
}

/// Where an exception begins: at "ne è escluso", which stands before its office, else at the office.
fn exception_starts(marks: &[Placed], office: usize) -> usize {
    let mut start = marks[office].start;
    for m in marks[..office].iter().rev() {
        match &m.mark {
            Mark::Comma | Mark::Cue(_) => {}
            Mark::Excepted => start = m.start,
            _ => break,
        }
    }
    start
}

fn inside(marks: &[Placed], at: usize) -> bool {
    marks.iter().any(|m| !matches!(m.mark, Mark::Comma | Mark::Break) && m.start <= at && at < m.end)
}

/// Office phrases that are no subjects: "l'assessore al personale", "gli agenti della Polizia locale", "da prenotare presso l'anagrafe", "come l'ufficio tecnico".
fn ignored(segment: &Segment, marks: &[Placed]) -> Vec<usize> {
    let mut out = Vec::new();
    // "i dipendenti della polizia municipale, della Protezione civile e dell'anagrafe": the list goes on
    let mut political_until: Option<usize> = None;
    for mark in marks {
        let Mark::Offices(_) = &mark.mark else { continue };
        // "il bar del museo", "la libreria della biblioteca"
        let of_stranger = marks.iter().any(|m| {
            m.mark == Mark::Cue(Cue::Stranger)
                && m.end <= mark.start
                && mark.start - m.end == 1
                && segment.tokens[m.end].is_any(&["del", "della", "dell'", "dei"])
        });
        let direct = of_stranger
            || marks.iter().any(|m| {
                m.mark == Mark::Cue(Cue::Political)
                    && m.end <= mark.start
                    && mark.start - m.end <= 3
                    && !segment.tokens[m.end..mark.start].iter().any(|t| t.is_any(&[",", ":", ";", "."]))
            });
        let listed = political_until.is_some_and(|until| {
            !marks.iter().any(|m| {
                m.start >= until
                    && m.end <= mark.start
                    && matches!(
                        m.mark,
                        Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Phone)
                            | Mark::Span(..)
                            | Mark::Channel(_)
                            | Mark::Break
                    )
            }) && mark.start - until <= 12
        });
        if direct || listed {
            political_until = Some(mark.end);
        }
        if direct || listed || is_direction(segment, marks, mark) || reference(segment, marks, mark) || is_place(segment, marks, mark) {
            out.push(mark.start);
        }
    }
    out
}

/// "da prendere all'anagrafe", "prenotando presso l'URP": where one turns to, not who is spoken of; unless its contacts follow.
fn is_direction(segment: &Segment, marks: &[Placed], mark: &Placed) -> bool {
    let before = &segment.tokens[mark.start.saturating_sub(4)..mark.start];
    let to = before.iter().rev().take(2).any(|t| t.is_any(&["al", "all'", "alla", "allo", "presso", "agli", "ai", "alle"]));
    let verb = before.iter().any(|t| {
        ["prend", "prenot", "fissar", "consegn", "ritir", "esibir", "presentat", "depositat", "spazi", "accanto"]
            .iter()
            .any(|w| t.text.starts_with(w))
    });
    let contacts = marks
        .iter()
        .any(|m| matches!(m.mark, Mark::Channel(_) | Mark::Days(_) | Mark::Span(..)) && m.start >= mark.end && m.start - mark.end <= 4);
    let beside = before.last().is_some_and(|t| t.is_any(&["presso", "accanto"]))
        || before.len() > 1 && before[before.len() - 2].is_any(&["presso", "accanto"]);
    let entry = before.iter().any(|t| t.text.starts_with("acced") || t.text.starts_with("access"));
    to && !entry && (verb || beside && segment.role == Role::Sentence) && !contacts && mark.start > 3
}

/// "nella sala della biblioteca", "vicino all'URP", "in museo alle 21": the place of something else. With a word of service it is the office after all.
fn is_place(segment: &Segment, marks: &[Placed], mark: &Placed) -> bool {
    if segment.role != Role::Sentence || mark.start == 0 {
        return false;
    }
    let before = &segment.tokens[mark.start.saturating_sub(4)..mark.start];
    let beside = before.iter().any(|t| ["vicino", "davanti", "pressi", "fronte", "fianco", "dietro", "sotto"].contains(&t.text.as_str()))
        && before.last().is_some_and(|t| t.is_any(&["al", "all'", "alla", "allo", "del", "della", "dell'", "il", "la"]));
    let inside = before.len() > 1
        && before.last().is_some_and(|t| t.is_any(&["del", "della", "dell'"]))
        && before[..before.len() - 1].iter().rev().take(2).any(|t| {
            [
                "sala",
                "giardino",
                "cortile",
                "atrio",
                "locali",
                "auditorium",
                "salone",
                "scalinata",
                "parcheggio",
                "piazzale",
                "portico",
                "chiostro",
            ]
            .contains(&t.text.as_str())
        });
    let serves = marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced)));
    beside || inside && !serves
}

/// "negli stessi orari dell'anagrafe", "come l'ufficio tecnico", "il medesimo numero di Gare e contratti": an office to compare with.
pub fn reference(segment: &Segment, marks: &[Placed], mark: &Placed) -> bool {
    let before = &segment.tokens[mark.start.saturating_sub(3)..mark.start];
    let article = |t: &crate::text::Token| {
        t.is_any(&[
            "il", "lo", "la", "l'", "i", "gli", "le", "di", "del", "dello", "della", "dell'", "dei", "degli", "delle", "per", "a",
            "quelli", "quello", "e", "ore", "orari", "orario",
        ])
    };
    let direct = |n: usize| before.len() >= n && before[before.len() - n + 1..].iter().all(article);
    let compared = (1..=3).any(|n| direct(n) && before.len() >= n && before[before.len() - n].is("come"));
    let same = marks.iter().any(|m| {
        matches!(m.mark, Mark::SameHours | Mark::SameNumber | Mark::Days(Days::Same))
            && m.end <= mark.start
            && segment.tokens[m.end..mark.start].iter().all(article)
    });
    let such_as = before.iter().any(|t| t.is("come"))
        && marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Appointment | Cue::Open | Cue::Remote)) && m.end <= mark.start);
    same || compared && !such_as && !before.iter().any(|t| t.is(","))
}

/// Marks of offices that a rule about all leaves out: behind "tranne", "ad eccezione di"; all of the sentence with "fanno eccezione", "sono esclusi".
fn exceptions(marks: &[Placed], ignored: &[usize]) -> Vec<usize> {
    let mut out = Vec::new();
    for (i, mark) in marks.iter().enumerate() {
        let before = i.checked_sub(1).map(|at| (at, &marks[at]));
        if let (Mark::ExceptBefore, Some((at, Placed { mark: Mark::Offices(mention), end, .. }))) = (&mark.mark, before)
            && *end == mark.start
            && !mention.offices.iter().any(|o| o.office.is_all())
        {
            out.push(at);
        }
        let whole_sentence = mark.mark == Mark::Excepted;
        if !whole_sentence && mark.mark != Mark::Except {
            continue;
        }
        let mut behind = mark.end;
        for (at, next) in marks.iter().enumerate().skip(i + 1) {
            match &next.mark {
                Mark::Offices(mention) if !ignored.contains(&next.start) => {
                    if !whole_sentence && next.start.saturating_sub(behind) > 6 || mention.offices.iter().all(|o| o.office.is_all()) {
                        break;
                    }
                    out.push(at);
                    behind = next.end;
                }
                Mark::Comma | Mark::Cue(_) => {}
                _ if whole_sentence => {}
                _ => break,
            }
        }
        // "…, Polizia locale esclusa": takes out the office right before it
        // "biblioteca e pinacoteca sono escluse": the offices stand before
        if whole_sentence && out.is_empty() {
            out.extend(
                marks[..i]
                    .iter()
                    .enumerate()
                    .filter(|(_, m)| matches!(&m.mark, Mark::Offices(o) if !o.offices.iter().all(|o| o.office.is_all())))
                    .map(|(at, _)| at),
            );
        }
    }
    out
}

/// The period that a sentence states in front of its first office, which governs all of them.
pub fn sentence_period(segment: &Segment, marks: &[Placed], clauses: &[Clause]) -> Option<Period> {
    if clauses.len() < 2 {
        return None;
    }
    let first_subject = marks.iter().position(|m| matches!(m.mark, Mark::Offices(_) | Mark::AllOthers | Mark::TheOffices { .. }))?;
    let _ = segment;
    let mut period = Period::default();
    for mark in &marks[..first_subject] {
        if let Mark::When(when) = &mark.mark {
            add_period(&mut period, when);
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
pub fn season(marks: &[Placed]) -> Option<crate::domain::Season> {
    marks.iter().find_map(|m| if let Mark::When(When::Season(season)) = &m.mark { Some(*season) } else { None })
}

/// Whether a box beside the matter announces something: an office, a word of service, a date, and not as a link to elsewhere.
pub fn is_announcement(segment: &Segment, marks: &[Placed]) -> bool {
    let has = |wanted: &dyn Fn(&Mark) -> bool| marks.iter().any(|m| wanted(&m.mark));
    let linked = segment.links.iter().any(|l| l.range.len() * 2 > segment.text.len());
    !linked
        && has(&|m| matches!(m, Mark::Offices(_) | Mark::TheOffices { .. }))
        && has(&|m| matches!(m, Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced) | Mark::Span(..)))
        && (has(&|m| matches!(m, Mark::When(_))) || segment.headings.is_empty() && segment.quoted)
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

fn add_period(period: &mut Period, when: &When) {
    match when {
        When::Range(range) | When::Months(range) => (period.from, period.until) = (Some(range.first()), Some(range.last())),
        When::From(day) => period.from = Some(*day),
        When::Until(day) => period.until = Some(*day),
        _ => {}
    }
}

/// What a clause states.
pub fn facts(segment: &Segment, clause: &Clause, around: &Around, lexicon: &Lexicon) -> Facts {
    let mut facts = Facts { except: clause.except.clone(), ..Facts::default() };
    let _ = lexicon;
    facts.flags = flags(segment, clause);
    facts.unchanged = segment.tokens.get(clause.start..clause.end).unwrap_or_default().iter().any(|t| {
        [
            "continua",
            "continuera",
            "continuano",
            "continueranno",
            "restano",
            "resta",
            "rimane",
            "rimangono",
            "invariat",
            "conserva",
            "proseguono",
            "prosegue",
            "confermat",
        ]
        .iter()
        .any(|w| t.text.starts_with(w))
    }) && !facts.flags.closed;

    let reading = read_hours(segment, clause, around);
    let access = |start: usize, end: usize| access(segment, clause, &reading.places, start, end);
    for chunk in &reading.read.chunks {
        facts.hours.push((access(chunk.start, chunk.end), chunk.clone()));
    }
    if clause.marks.iter().any(|m| m.mark == Mark::Excepted) && facts.hours.is_empty() {
        // "dalla chiusura sono esclusi": the word tells of the rule, not of those it leaves out
        facts.flags.closed = false;
        facts.flags.reduced = false;
    }
    if facts.flags.reduced_by_only_days(&facts, clause) {
        facts.flags.reduced = true;
    }
    facts.loose.clone_from(&reading.read.loose);
    facts.bare_dates.clone_from(&reading.read.bare_dates);
    facts.excepting = segment.announces()
        && clause.except.is_empty()
        && clause
            .marks
            .iter()
            .rev()
            .find(|m| !matches!(m.mark, Mark::Comma | Mark::Cue(_)))
            .is_some_and(|m| matches!(m.mark, Mark::Except | Mark::Excepted));
    facts.without_days.clone_from(&reading.read.taken_out);
    facts.also = !facts.hours.is_empty()
        && segment.tokens.get(clause.start..clause.end).unwrap_or_default().iter().any(|t| t.is_any(&["altresi", "anche", "inoltre"]));
    facts.season = clause.marks.iter().find_map(|m| if let Mark::When(When::Season(season)) = &m.mark { Some(*season) } else { None });
    facts.bare_days.clone_from(&reading.read.bare_days);
    facts.single_day = clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_))))
        && clause.marks.iter().all(|m| !matches!(&m.mark, Mark::When(w) if period_of(w).is_some()));
    let referred = clause
        .marks
        .iter()
        .find(|m| matches!(m.mark, Mark::Offices(_)) && clause.ignored.contains(&m.start) && reference(segment, &clause.marks, m));
    facts.reference =
        referred.and_then(|m| if let Mark::Offices(mention) = &m.mark { mention.offices.first().map(|o| o.office.clone()) } else { None });
    facts.same_number = clause.marks.iter().any(|m| m.mark == Mark::SameNumber);
    facts.same_hours = facts.reference.is_some() && !facts.same_number
        || clause.marks.iter().any(|m| m.mark == Mark::SameHours || matches!(m.mark, Mark::Days(Days::Same)));
    facts.openings = reading.read.openings.iter().map(|(date, span)| Opening { date: *date, span: *span }).collect();
    dates_and_periods(segment, clause, around, &reading, &mut facts);
    channels(segment, clause, &mut facts);
    address(segment, clause, &mut facts);
    facts
}

impl Flags {
    /// "soltanto il lunedì": days limited by "only" make the service a reduced one where the words announce a change.
    fn reduced_by_only_days(&self, facts: &Facts, clause: &Clause) -> bool {
        if self.appointment || self.remote || facts.hours.is_empty() || !facts.hours.iter().any(|(a, _)| *a == Access::WalkIn) {
            return false;
        }
        // "limitatamente al martedì, anche dalle 15" says for which day something more holds
        let limits_to_some = |m: &Placed| {
            facts.also && m.end == m.start + 1 && clause.marks.iter().any(|d| matches!(d.mark, Mark::Days(_)) && d.end <= m.start)
        };
        clause.marks.iter().enumerate().any(|(i, m)| {
            m.mark == Mark::Cue(Cue::Only)
                && !limits_to_some(m)
                && clause.marks[i + 1..]
                    .iter()
                    .find(|n| !matches!(n.mark, Mark::Comma | Mark::Cue(_)))
                    .is_some_and(|n| matches!(n.mark, Mark::Days(_) | Mark::Part(_) | Mark::Span(..)) && n.start - m.end <= 2)
        })
    }
}

/// Cues of a clause as flags. "senza appuntamento" cancels "appuntamento"; "chiuso" beside a weekday is a rule of the week, not a status.
fn flags(segment: &Segment, clause: &Clause) -> Flags {
    let mut flags = Flags::default();
    let hit = |cue: Cue| clause.marks.iter().filter(move |m| m.mark == Mark::Cue(cue));
    let covered = |m: &Placed, by: Cue| hit(by).any(|w| w.start <= m.start && m.end <= w.end);
    flags.walk_in = hit(Cue::WalkIn).next().is_some();
    flags.remote = hit(Cue::Remote).next().is_some();
    flags.video = hit(Cue::Video).next().is_some();
    flags.reduced = hit(Cue::Reduced).next().is_some();
    // "è attivo il numero": a line, no counter
    flags.open = hit(Cue::Open).any(|m| {
        !segment
            .tokens
            .get(m.end..(m.end + 3).min(segment.tokens.len()))
            .unwrap_or_default()
            .iter()
            .any(|t| ["numero", "linea", "casella", "indirizzo", "centralino"].contains(&t.text.as_str()))
    });
    flags.appointment = hit(Cue::Appointment).any(|m| !covered(m, Cue::WalkIn) && is_appointment(segment, m));
    // "chiude alle 11": shut for a part of the day
    let at_an_hour = |m: &Placed| {
        let word = |i: usize| segment.tokens.get(i);
        // "chiuderà anticipatamente alle ore 11"
        let between = |t: &crate::text::Token| t.is_any(&["anticipatamente", "in", "anticipo", "al", "pubblico", "prima"]);
        let at = (m.end..m.end + 4).find(|i| !word(*i).is_some_and(between)).unwrap_or(m.end);
        word(at).is_some_and(|t| t.is_any(&["alle", "all'"]))
            && word(at + 1).is_some_and(|t| t.kind == crate::text::TokenKind::Number || t.is_any(&["ore", "mezzogiorno"]))
    };
    flags.closed = hit(Cue::Closed).any(|m| !covered(m, Cue::Reduced) && !at_an_hour(m));
    flags.reduced |= hit(Cue::Closed).any(at_an_hour);
    // "chiuso al pubblico ma sempre contattabile": no counter, but reached
    let text = segment.folded.text.as_str();
    let still = ["ma ", "pero ", "tuttavia", "comunque", "anche se"].iter().any(|w| text.contains(w));
    let reached = [
        "contattabil",
        "raggiungibil",
        "reperibil",
        "funzionare regolarmente",
        "via mail",
        "via pec",
        "per telefono",
        "telefonicamente",
        "online",
        "on line",
    ]
    .iter()
    .any(|w| text.contains(w));
    flags.remote |= flags.closed && text.contains("al pubblico") && still && reached;
    flags.remote |= flags.closed && is_reached_instead(segment, clause);
    // "il ricevimento è sospeso: resta garantito il servizio telefonico"
    let assured = ["garantit", "assicurat", "resta attiv", "rimane attiv"].iter().any(|w| text.contains(w));
    let by_phone = ["servizio telefonico", "per telefono", "telefonicamente", "per via telefonica", "contatto telefonico"];
    flags.remote |= flags.closed
        && (text.contains("ricevimento") || text.contains("al pubblico"))
        && assured
        && by_phone.iter().any(|w| text.contains(w));
    flags.strict = flags.appointment
        && hit(Cue::Appointment).any(|m| {
            let words = &segment.folded.text[segment.tokens[m.start].range.start..segment.tokens[m.end - 1].range.end];
            let only = hit(Cue::Only).any(|o| o.end <= m.start + 1 && m.start <= o.end + 4);
            only || words.contains("obblig") || words.contains("solo") || words.contains("soltanto")
        });
    if flags.walk_in && !hit(Cue::Appointment).any(|m| !covered(m, Cue::WalkIn) && is_strict(segment, m)) {
        flags.appointment = false;
    }
    flags
}

/// "non riceve il pubblico: ogni segnalazione passa per l'app", "chiusa al pubblico, scrivere a …": no counter, and the way that takes its place.
fn is_reached_instead(segment: &Segment, clause: &Clause) -> bool {
    let Some(shut) = clause.marks.iter().find(|m| m.mark == Mark::Cue(Cue::Closed)) else { return false };
    let dated = clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_))));
    let counter = segment.tokens[shut.start..].iter().take(9).any(|t| t.is_any(&["pubblico", "utenza", "sportello", "utenti"]))
        || segment.tokens[clause.start..shut.start].iter().any(|t| t.is_any(&["front", "sportello"]));
    let behind = segment.tokens.get(shut.end..clause.end).unwrap_or_default();
    let reach = ["scriv", "telefon", "rispond", "segnalazion", "passa", "contatt", "inviare", "richiest", "informazion", "mail"];
    let told = behind.iter().any(|t| reach.iter().any(|w| t.text.starts_with(w)));
    let channel = clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)) && m.start >= shut.end);
    !dated && counter && told && channel
}

/// Whether the words are about the visit ("su appuntamento", "si riceve previo accordo"), not about a place to write to.
fn is_appointment(segment: &Segment, mark: &Placed) -> bool {
    let words = &segment.folded.text[segment.tokens[mark.start].range.start..segment.tokens[mark.end - 1].range.end];
    // a bare stem counts only with a word that makes it a rule
    let bare = words.starts_with("prenot")
        || words.starts_with("appuntament")
        || words.starts_with("concord")
        || words.starts_with("un appuntament")
        || words.starts_with("l'appuntament")
        || words.starts_with("gli appuntament");
    if !bare {
        return true;
    }
    segment.tokens[..mark.start]
        .iter()
        .rev()
        .take(6)
        .any(|t| t.is_any(&["solo", "soltanto", "esclusivamente", "obbligo", "necessario", "occorre", "bisogna", "obbligatoria"]))
        || words.starts_with("prenotars")
        || words.starts_with("prenotand")
}

fn is_strict(segment: &Segment, mark: &Placed) -> bool {
    let words = &segment.folded.text[segment.tokens[mark.start].range.start..segment.tokens[mark.end - 1].range.end];
    ["su ", "previ", "per ", "con "].iter().any(|w| words.starts_with(w))
}

struct HoursReading {
    read: weeks::Read,
    /// For each piece the tokens it came from.
    places: Vec<(usize, usize)>,
}

/// The pieces of a clause that speak of hours, read together.
fn read_hours(segment: &Segment, clause: &Clause, around: &Around) -> HoursReading {
    let mut pieces = Vec::new();
    let mut places = Vec::new();
    let mut push = |piece: Piece, m: &Placed| {
        pieces.push(piece);
        places.push((m.start, m.end));
    };
    let named_days = clause.marks.iter().any(|m| matches!(m.mark, Mark::Days(_) | Mark::When(When::Days(_))));
    if !named_days
        && let Some(hanging) = around.hanging
        && let Some(first) = clause.marks.iter().find(|m| matches!(m.mark, Mark::Span(..)))
    {
        push(
            Piece::Days(Days::These { days: hanging.to_vec(), every: false }),
            &Placed { mark: Mark::Comma, start: first.start, end: first.start },
        );
    }
    for (i, m) in clause.marks.iter().enumerate() {
        match &m.mark {
            Mark::Days(days) => push(Piece::Days(days.clone()), m),
            Mark::Span(span, weak) => push(Piece::Span(*span, *weak), m),
            Mark::Part(part) => push(Piece::Part(part), m),
            Mark::When(When::Days(days)) => push(Piece::Dates(days.clone()), m),
            Mark::When(When::Same) if !around.last_dates.is_empty() => push(Piece::Dates(around.last_dates.to_vec()), m),
            Mark::When(When::Season(season)) => push(Piece::Season(*season), m),
            // "in deroga, il Comando: martedì 9-12" takes out offices, not days
            Mark::Except | Mark::Excepted
                if clause.marks[i + 1..]
                    .iter()
                    .find(|n| !matches!(n.mark, Mark::Comma))
                    .is_some_and(|n| matches!(n.mark, Mark::Offices(_))) => {}
            Mark::Except | Mark::Excepted => push(Piece::Without, m),
            Mark::ExceptBefore => push(Piece::WithoutBefore, m),
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

/// How hours are to be used: told by the words before them, or by those behind where nothing else follows.
fn access(segment: &Segment, clause: &Clause, places: &[(usize, usize)], start: usize, end: usize) -> Access {
    let token = |piece: usize| places.get(piece).map_or(clause.start, |p| p.0);
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
    let appointment =
        cues(Cue::Appointment).any(|m| is_appointment(segment, m) && !cues(Cue::WalkIn).any(|w| w.start <= m.start && m.end <= w.end));
    let video = cues(Cue::Video).next().is_some();
    let phone_before = cues(Cue::Phone).any(|m| m.end <= from) || phone_right_before(clause, from, left);
    let counter_before = segment.tokens[left..from.max(left)]
        .iter()
        .any(|t| ["ricev", "apert", "apre", "aprir", "sportello", "accogl", "accesso"].iter().any(|w| t.text.starts_with(w)));
    if video {
        return Access::Video;
    }
    if phone_before && !counter_before {
        return Access::Phone;
    }
    if !walk_in && (appointment || left > clause.start && opens_by_appointment(segment, clause) && cues(Cue::Open).next().is_none()) {
        return Access::Appointment;
    }
    Access::WalkIn
}

/// "Solo su appuntamento: lunedì 9-12; martedì 15-17": said before all hours, it holds for all of them.
pub fn opens_by_appointment(segment: &Segment, clause: &Clause) -> bool {
    let hours = |m: &&Placed| matches!(m.mark, Mark::Span(..) | Mark::Days(_) | Mark::Part(_));
    let Some(first) = clause.marks.iter().find(hours).map(|m| m.start) else { return false };
    let only = |m: &Placed| {
        clause.marks.iter().any(|o| o.mark == Mark::Cue(Cue::Only) && o.end <= m.start + 1 && m.start <= o.end + 4)
            || ["solo", "soltanto", "esclusivamente", "unicamente"].iter().any(|w| segment.tokens.get(m.start).is_some_and(|t| t.is(w)))
    };
    clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Appointment) && m.end <= first && is_appointment(segment, m) && only(m))
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

/// Dates that stand alone become closures, a period, or a single day of a status.
fn dates_and_periods(segment: &Segment, clause: &Clause, around: &Around, reading: &HoursReading, facts: &mut Facts) {
    let closed_at: Vec<&Placed> = clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Closed)).collect();
    let weekly_off = reading.read.chunks.iter().any(|c| c.slots == [crate::domain::Slot::Off]);
    let shuts = facts.flags.closed;
    let suspended = closed_at
        .iter()
        .any(|m| segment.tokens[m.start].text.starts_with("sospes") || segment.tokens[m.start].text.starts_with("interrott"));
    let mut period = Period::default();
    let mut closures: Vec<DateRange> = Vec::new();
    for m in &clause.marks {
        let Mark::When(when) = &m.mark else { continue };
        match when {
            When::Range(range) if shuts && !suspended && !opens_nearer(segment, clause, m) => closures.push(*range),
            When::Same if shuts && clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_) | When::Range(_)))) => {}
            When::Same if shuts => match around.last_dates {
                [] => {
                    if let Some(last) = around.last_when {
                        period = last;
                    }
                }
                dates => closures.extend(dates.iter().map(|d| DateRange::day(*d))),
            },
            // "nei giorni anzidetti l'ufficio sarà aperto dalle 9 alle 11": openings, no period
            When::Same if around.last_dates.iter().any(|d| reading.read.openings.iter().any(|(o, _)| o == d)) => {}
            When::Same => {
                if let Some(last) = around.last_when {
                    period = last;
                }
            }
            When::Days(days) => {
                // "da lunedì 3 febbraio …: nessuno oggi se la sente"
                let today = segment.tokens.get(m.start).is_some_and(|t| t.is_any(&["oggi", "domani"])) && m.end == m.start + 1;
                if today && clause.marks.iter().any(|o| matches!(&o.mark, Mark::When(w) if period_of(w).is_some())) {
                    continue;
                }
                let given_hours = days.iter().any(|d| reading.read.openings.iter().any(|(o, _)| o == d));
                if given_hours {
                    continue;
                }
                let half = shuts && is_half_day(segment, m);
                facts.flags.reduced |= half;
                if shuts && !half && !opens_nearer(segment, clause, m) {
                    closures.extend(days.iter().map(|d| DateRange::day(*d)));
                } else if facts.flags.any()
                    && facts.hours.is_empty()
                    && let (Some(first), Some(last)) = (days.iter().min(), days.iter().max())
                {
                    let starts = segment.tokens[clause.start..clause.end.min(segment.tokens.len())]
                        .iter()
                        .any(|t| ["riapr", "ripart", "torner", "riprend", "inizi"].iter().any(|w| t.text.starts_with(w)));
                    (period.from, period.until) = (Some(*first), (!starts || first != last).then_some(*last));
                }
            }
            other => add_period(&mut period, other),
        }
    }
    let says_when = clause.marks.iter().any(|m| matches!(m.mark, Mark::When(_) | Mark::Days(_)));
    if !says_when && !around.heading_dates.is_empty() {
        // "VENERDÌ 2 GENNAIO" above "chiusi tutti gli uffici", "aperto dalle 9 alle 11"
        if shuts {
            closures.extend(around.heading_dates.iter().map(|d| DateRange::day(*d)));
        } else if facts.hours.is_empty() {
            for span in std::mem::take(&mut facts.loose) {
                facts.openings.extend(around.heading_dates.iter().map(|date| Opening { date: *date, span }));
            }
        }
    }
    if !closures.is_empty() || weekly_off {
        // the closing is told by its days; it is no status
        facts.flags.closed = false;
    }
    facts.closures = closures;
    call_off(segment, clause, facts, &mut period);
    // "chiuso dalle 11 di venerdì 27", "chiuderà alle 12 il 24": hours that are taken away
    let opens = segment.tokens[clause.start..clause.end.min(segment.tokens.len())]
        .iter()
        .any(|t| ["apert", "apre", "aprir", "riapr", "ricev", "orario", "dispon"].iter().any(|w| t.text.starts_with(w)));
    // the word of closing stands at the hours, not at some other part of the sentence
    let hours_shut =
        clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..)) && closed_at.iter().any(|c| c.end <= m.start && m.start - c.end <= 4));
    if shuts && !opens && hours_shut && !facts.openings.is_empty() {
        let days: Vec<Date> = facts.openings.iter().map(|opening| opening.date).collect();
        if let (true, Some(first), Some(last)) = (period.is_open(), days.iter().min(), days.iter().max()) {
            (period.from, period.until) = (Some(*first), Some(*last));
        }
        facts.openings.clear();
        facts.flags.reduced = true;
        facts.flags.closed = false;
    }
    // "chiuse alle 12 il 24 dicembre"
    if facts.flags.closed && !facts.openings.is_empty() {
        facts.flags.closed = false;
    }
    if !period.is_open() {
        facts.period = Some(period);
    }
}

/// "chiusi nei pomeriggi del 24 e del 31 dicembre": shut for a part of the day.
fn is_half_day(segment: &Segment, date: &Placed) -> bool {
    let before = &segment.tokens[date.start.saturating_sub(3)..date.start];
    let behind = segment.tokens.get(date.end..(date.end + 1).min(segment.tokens.len())).unwrap_or_default();
    let half = |t: &crate::text::Token| ["pomerigg", "mattin"].iter().any(|w| t.text.starts_with(w));
    before.iter().any(half) || behind.iter().any(half)
}

/// "La chiusura del 26 è rinviata al 30", "… è annullata": the day that was announced first is no closure.
fn call_off(segment: &Segment, clause: &Clause, facts: &mut Facts, period: &mut Period) {
    let tokens = segment.tokens.get(clause.start..clause.end.min(segment.tokens.len())).unwrap_or_default();
    let at = |stems: &[&str]| tokens.iter().position(|t| stems.iter().any(|w| t.text.starts_with(w))).map(|i| clause.start + i);
    if !segment.folded.text.contains("chiusura") || facts.closures.is_empty() {
        return;
    }
    let dates_of = |m: &Placed| match &m.mark {
        Mark::When(When::Days(days)) => days.iter().map(|d| DateRange::day(*d)).collect(),
        Mark::When(When::Range(range)) => vec![*range],
        _ => Vec::new(),
    };
    if let Some(moved) = at(&["rinviat", "posticipat", "differit", "spostat", "anticipat"]) {
        let later: Vec<DateRange> = clause.marks.iter().filter(|m| m.start > moved).flat_map(dates_of).collect();
        if !later.is_empty() {
            facts.closures.retain(|range| later.contains(range));
        }
    } else if at(&["annullat", "revocat"]).is_some() {
        let (first, last) = (facts.closures.iter().map(DateRange::first).min(), facts.closures.iter().map(DateRange::last).max());
        facts.closures.clear();
        facts.flags.closed = false;
        facts.flags.open = true;
        (period.from, period.until) = (first, last);
    }
}

/// Whether a word of opening stands nearer to a date than the word of closing.
fn opens_nearer(segment: &Segment, clause: &Clause, date: &Placed) -> bool {
    let distance = |start: usize, end: usize| if end <= date.start { date.start - end } else { start.saturating_sub(date.end) };
    let nearest = |closed: bool| -> Option<usize> {
        (clause.start..clause.end)
            .filter(|i| {
                let Some(token) = segment.tokens.get(*i) else { return false };
                if closed {
                    ["chius", "chiud", "sospe", "serrat"].iter().any(|w| token.text.starts_with(w))
                } else {
                    ["apert", "aprir", "riapr", "riceve", "apre"].iter().any(|w| token.text.starts_with(w))
                }
            })
            .map(|i| distance(i, i + 1))
            .min()
    };
    match (nearest(false), nearest(true)) {
        (Some(open), Some(closed)) => open < closed,
        _ => false,
    }
}

fn channels(segment: &Segment, clause: &Clause, facts: &mut Facts) {
    let whole = clause.start == 0 && clause.end >= segment.tokens.len();
    for m in &clause.marks {
        if let Mark::Channel(channel) = &m.mark
            && !facts.channels.contains(channel)
            && !given_up(segment, clause, m)
        {
            facts.channels.push(channel.clone());
        }
    }
    for (channel, token) in linked(segment, &clause.marks) {
        if (whole || token >= clause.start && token < clause.end) && !facts.channels.contains(&channel) {
            facts.channels.push(channel);
        }
    }
    // "su WhatsApp e Skype": announced without an address
    let words = segment.tokens.get(clause.start..clause.end).unwrap_or_default();
    for (word, kind) in [("whatsapp", ChannelKind::Whatsapp), ("skype", ChannelKind::Skype)] {
        let at = words.iter().position(|t| t.is(word));
        let announced = at.is_some_and(|i| {
            i > 0
                && words[i - 1].is_any(&[
                    "su",
                    "via",
                    "tramite",
                    "piattaforme",
                    "con",
                    "e",
                    "anche",
                    "piattaforma",
                    "di",
                    "attraverso",
                    "utilizza",
                ])
        });
        if announced
            && !facts.channels.iter().any(|c| c.kind == kind)
            && !segment.folded.text.contains("condivid")
            && !segment.folded.text.contains("facebook")
        {
            facts.channels.push(Channel { kind, value: None });
        }
    }
}

/// "il vecchio 0371 4470100 non sarà più attivo", "il fax … è dismesso": a channel that goes.
fn given_up(segment: &Segment, clause: &Clause, mark: &Placed) -> bool {
    let from = mark.start.saturating_sub(5).max(clause.start);
    let before = &segment.tokens[from..mark.start];
    let stop = before.iter().rposition(|t| t.is_any(&[".", ";"])).map_or(0, |i| i + 1);
    let before = &before[stop..];
    // "il vecchio …", "al posto dello …", "prende il posto di …", "in sostituzione del …", "cancella lo … dalla rubrica"
    let old = before.iter().enumerate().any(|(i, t)| {
        ["vecchi", "precedent", "attual", "sostituzione", "luogo", "anziche", "invece", "cancell", "dimentic"]
            .iter()
            .any(|w| t.text.starts_with(w))
            && (!t.is_any(&["invece", "luogo"]) || before.get(i + 1).is_some_and(|n| n.text.starts_with("d")))
            || t.is("posto") && i > 0 && before[i - 1].is_any(&["al", "il"])
            || t.is("non") && before.get(i + 1).is_some_and(|n| n.is("piu"))
            || t.text.starts_with("sostitu") && !t.text.starts_with("sostituit") && !t.text.starts_with("sostituzion")
    });
    let after = segment.tokens.get(mark.end..(mark.end + 6).min(segment.tokens.len())).unwrap_or_default();
    let stop = after.iter().position(|t| t.is_any(&[",", ";", "."])).unwrap_or(after.len());
    // "…, destinata a spegnersi", "verrà staccato", "non risponde più"
    let doomed = after.iter().take_while(|t| !t.is_any(&[";", "."])).enumerate().any(|(i, t)| {
        ["staccat", "dismess", "disattivat", "spegner", "spent", "soppress", "abbandonat"].iter().any(|w| t.text.starts_with(w))
            && !after[..i].iter().any(|t| t.is_any(&["che", "e"]) || t.kind == crate::text::TokenKind::Number)
            || t.is("non")
                && after.get(i + 1).is_some_and(|n| n.text.starts_with("rispond") || n.is("esiste"))
                && after.get(i + 2).is_some_and(|n| n.is("piu"))
    });
    let gone = doomed
        || after[..stop].windows(2).any(|w| {
            w[0].is("non") && (w[1].text.starts_with("sara") || w[1].is("e") || w[1].is("piu"))
                || w[0].is_any(&["e", "sara", "viene"])
                    && ["dismess", "disattivat", "cessat", "soppress", "eliminat"].iter().any(|g| w[1].text.starts_with(g))
        });
    old || gone
}

fn address(segment: &Segment, clause: &Clause, facts: &mut Facts) {
    // "si sposta da via Roma 10 a piazza Mazzini 4": where to, not where from
    let from = |m: &Placed| {
        let words = &segment.tokens[m.start.saturating_sub(4)..m.start];
        words.iter().rev().take_while(|t| !t.is_any(&["a", "in", "alla", "nella", ","])).any(|t| t.is_any(&["da", "dalla", "dai", "dal"]))
    };
    let addresses = || clause.marks.iter().filter(|m| matches!(m.mark, Mark::Address(_)));
    let Some(placed) = addresses().find(|m| !from(m)).or_else(|| addresses().next()) else { return };
    let Mark::Address(address) = &placed.mark else { return };
    let first = super::segment::first_word(&segment.tokens);
    let opens = placed.start <= first + 1
        || segment.tokens[..placed.start].iter().all(|t| !t.is_any(&["."]))
            && matches!(segment.role, Role::Line | Role::Item | Role::Row)
            && placed.start <= 6;
    let moved = clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Moved) && m.start <= placed.end);
    let beside = clause
        .marks
        .iter()
        .any(|m| matches!(m.mark, Mark::Offices(_) | Mark::Site(_)) && m.end <= placed.start && placed.start - m.end <= 2);
    let elsewhere = clause.marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Event | Cue::Stranger)));
    let named = clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_) | Mark::Site(_)) && m.start < placed.start);
    if !elsewhere && (opens || moved || beside || named || segment.role == Role::Row) {
        facts.address = Some(address.clone());
        facts.moves = segment.tokens[clause.start..clause.end.min(segment.tokens.len())]
            .iter()
            .any(|t| ["trasferi", "trasloc", "spost", "ubicat"].iter().any(|w| t.text.starts_with(w)) || t.is_any(&["sede", "indirizzo"]));
    }
}
