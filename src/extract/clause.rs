//! Clauses: a segment's phrases divided among the offices that it names, and what each part states.
//!
//! In: a segment and its phrases. Out: per clause the facts, still without an owner where none is named.

mod contacts;
mod dates;
mod exceptions;
mod flags;
mod hours;
mod periods;
mod subjects;

use jiff::civil::Date;

use self::contacts::{address, channels};
use self::dates::dates_and_periods;
use self::flags::flags;
pub use self::flags::opens_by_appointment;
use self::hours::{access, read_hours};
use self::periods::period_cuts;
pub use self::periods::{names_lines, period_of, season, sentence_period, single_days, whole_period};
pub use self::subjects::reference;
use self::subjects::{ignored, named_behind_their_channels};

use super::draft::{Facts, Period};
use super::grammar::dates::When;
use super::grammar::exceptions::Exception;
use super::grammar::weekdays::Days;
use super::scan::{Mark, Placed};
use super::segment::{Role, Segment};
use crate::domain::{DaySelector, OfficeId, Opening};
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
    /// Offices behind "tranne".
    pub except: Vec<OfficeId>,
}

/// What stood before the clause.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The period named last.
    pub last_when: Option<Period>,
    /// The last period named that was no single day.
    pub last_period: Option<Period>,
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
    if let Some((inside, offices)) = exceptions::inside(segment, marks, &ignored) {
        let rest: Vec<Placed> = marks.iter().filter(|m| !inside.contains(&m.start)).cloned().collect();
        let mut clauses = split(segment, &rest);
        exceptions::give(&mut clauses, offices);
        return clauses;
    }
    let excepted = exceptions::excepted(segment, marks, &ignored);
    let entry = segment.role != Role::Sentence
        && marks
            .first()
            .is_some_and(|m| matches!(&m.mark, Mark::Offices(o) if m.start <= 1 && !o.offices.iter().any(|o| o.office.is_all())));
    let subject_at: Vec<usize> = marks
        .iter()
        .enumerate()
        .filter(|(_, m)| match &m.mark {
            Mark::Offices(_) => !ignored.contains(&m.start),
            Mark::AllOthers => true,
            Mark::TheOffices { .. } => true,
            // "Ufficio legale: … gli avvocati dell'ente rispondono a …": the entry is an office's
            Mark::WholeBody if entry => false,
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
            // "nella Sede di Campo, in via Zorutti 18, le assistenti sociali ricevono": where it is, and how it is called, part nobody
            let aside = |m: &&Placed| matches!(m.mark, Mark::Address(_) | Mark::Channel(_) | Mark::When(_));
            let told_aside: usize = marks[before + 1..i].iter().filter(aside).map(|m| m.end - m.start).sum();
            let between = &segment.tokens[marks[before].end.min(marks[i].start)..marks[i].start];
            let where_it_is = between.iter().any(|t| t.is_any(&["dove", "ove"])) && matches!(marks[before].mark, Mark::Site(_));
            let near = between.len().saturating_sub(told_aside) <= 4 || where_it_is;
            // "per la sede di via Verdi non cambia nulla: i servizi sociali vi ricevono …"
            // "Nella sede centrale non cambia nulla: l'anagrafe resta aperta …"
            let leads = subject_at.len() == 2
                && segment.role == Role::Sentence
                && matches!(marks[before].mark, Mark::Site(_))
                && segment
                    .tokens
                    .get(marks[before].start.wrapping_sub(1))
                    .is_some_and(|t| t.is_any(&["nella", "alla", "nel", "al", "presso", "la"]))
                // "In questi due mesi nella Delegazione di Ronco …": words of time in front do not count
                && marks[before].start.saturating_sub(
                    marks[..before].iter().filter(|m| matches!(m.mark, Mark::When(_))).map(|m| m.end - m.start).sum::<usize>(),
                ) <= 4;
            let only = leads || subject_at.len() == 2 && segment.tokens[marks[before].end..].iter().any(|t| t.is_any(&["vi", "ivi"]));
            // "il SUAP riceve il lunedì 9-12 nella sede di Ronco; il giovedì 14-17 nella sede di Colle": a list of places, each behind its hours
            let tells = |m: &Placed| matches!(m.mark, Mark::Span(..) | Mark::Days(_));
            let lists = matches!(marks[i].mark, Mark::Site(_))
                && n == 1
                && marks[before + 1..i].iter().any(tells)
                && !marks[before + 1..i].iter().any(|m| m.mark == Mark::Break)
                && marks[i + 1..].iter().find(|m| m.mark == Mark::Break || tells(m)).is_some_and(|m| m.mark == Mark::Break)
                && marks[i + 1..].iter().any(|m| matches!(m.mark, Mark::Site(_)));
            let silent = !marks[before + 1..i].iter().any(|m| m.mark == Mark::Break || tells(m));
            site_pair && (lists || (near || only) && silent)
        };
        let together = together || n > 0 && exceptions::enumerated_with_all(segment, &marks[subject_at[n - 1]], &marks[i]);
        if !together {
            starts.push(i);
        }
    }
    let mut cuts: Vec<usize> = vec![0];
    cuts.extend(period_cuts(segment, marks));
    let behind = named_behind_their_channels(segment, marks, &starts);
    for (n, &i) in starts.iter().enumerate() {
        if let Some(channel) = behind.iter().find(|(start, _)| *start == i).map(|(_, channel)| *channel) {
            cuts.push(channel);
            continue;
        }
        if n == 0 && !excepted.contains(&i) {
            continue;
        }
        let cut = if excepted.contains(&i) { exceptions::start(marks, i) } else { cut_before(segment, marks, starts[n - 1], i) };
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

/// "L'anagrafe resterà chiusa martedì 14, i tributi giovedì 16": the word of closing is said once.
/// "Si dispone la chiusura, per il 30 ottobre, del cimitero, del centro di raccolta e della biblioteca": so is its day.
pub fn carry_closing(segment: &Segment, clauses: &mut [Clause]) {
    const OF: [&str; 8] = ["del", "dello", "della", "dell'", "dei", "degli", "delle", "di"];
    let is_of = |c: &Clause| segment.tokens.get(c.start).is_some_and(|t| t.is_any(&OF));
    let noun = |c: &Clause| {
        let of_rule =
            |m: &&Placed| segment.tokens.get(m.start).is_some_and(|t| t.text.starts_with("chiusur") || t.text.starts_with("sospension"));
        c.marks.iter().filter(of_rule).any(|m| m.mark == Mark::Cue(Cue::Closed))
    };
    let dated = |c: &Clause| c.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_) | When::Range(_))));
    let shuts = |c: &Clause| {
        let cue = |m: &Placed| matches!(m.mark, Mark::Cue(Cue::Closed));
        c.marks.iter().any(cue) && !c.marks.iter().any(|m| matches!(m.mark, Mark::Exception(_)))
    };
    for n in 1..clauses.len() {
        let named = clauses[n].except.is_empty()
            && clauses[n]
                .marks
                .iter()
                .any(|m| matches!(m.mark, Mark::Site(_)) || matches!(m.mark, Mark::Offices(_)) && !clauses[n].ignored.contains(&m.start));
        let silent = !clauses[n].marks.iter().any(|m| exceptions::serves(&m.mark) || matches!(m.mark, Mark::Cue(_) | Mark::Exception(_)));
        if named && silent && dated(&clauses[n]) && dated(&clauses[n - 1]) && shuts(&clauses[n - 1]) {
            let at = clauses[n].start;
            clauses[n].marks.insert(0, Placed { mark: Mark::Cue(Cue::Closed), start: at, end: at });
        } else if named && silent && !dated(&clauses[n]) && is_of(&clauses[n]) && dated(&clauses[n - 1]) && noun(&clauses[n - 1]) {
            let at = clauses[n].start;
            let carried = |m: &Placed| matches!(m.mark, Mark::When(_)) || m.mark == Mark::Cue(Cue::Closed);
            let said: Vec<Placed> = clauses[n - 1].marks.iter().filter(|m| carried(m)).cloned().collect();
            clauses[n].marks.splice(0..0, said.into_iter().map(|m| Placed { start: at, end: at, ..m }));
        }
    }
}

/// Where the words about the next office begin: at the separator that stands closest before it.
fn cut_before(segment: &Segment, marks: &[Placed], before: usize, next: usize) -> usize {
    let (from, to) = (marks[before].end, marks[next].start);
    // "…; nella stessa fascia, ma al piano di sopra, lo stato civile …": what refers back opens the statement of the next
    let part = (from..to).rev().find(|at| segment.tokens[*at].is(";"));
    let refers = |m: &Placed| matches!(m.mark, Mark::SameHours | Mark::When(When::Same | When::FromSame));
    if let Some(part) = part {
        let mut between = marks[before + 1..next].iter().filter(|m| m.start > part && !matches!(m.mark, Mark::Comma)).peekable();
        if between.peek().is_some() && between.all(refers) {
            return part + 1;
        }
    }
    // "…; il primo sabato del mese, dalle 9.30 alle 12, nella sede di Ronco; …": each part ends with whose hours it gives
    let tells = |m: &Placed| matches!(m.mark, Mark::Span(..) | Mark::Days(_));
    const LONGEST_PART: usize = 64;
    let last_of_part = !marks[next + 1..].iter().take(LONGEST_PART).take_while(|m| m.mark != Mark::Break).any(tells);
    if let Some(part) = part
        && last_of_part
        && marks[before + 1..next].iter().any(|m| m.start > part && matches!(m.mark, Mark::Span(..)))
    {
        return part + 1;
    }
    let mut cut = to;
    for at in (from..to).rev() {
        let token = &segment.tokens[at];
        let separates = token.is_any(&[",", ";", ".", ":", "(", ")", "|", "mentre", "ma", "invece", "-"])
            || token.newline
            || token.is_any(&["e", "ed"]) && !inside(marks, at)
            // "l'ufficio tributi informa che venerdì 10 giugno gli sportelli resteranno chiusi"
            || token.is("che") && marks[before + 1..next].iter().any(|m| matches!(m.mark, Mark::When(_)) && m.start > at && m.end + 2 >= to);
        if separates && !inside(marks, at) {
            cut = at + 1;
            // "e dello", "e per il": the words between the sign and the office are its own, unless they hold a date or a cue of the office before
            break;
        }
    }
    cut
}

fn inside(marks: &[Placed], at: usize) -> bool {
    marks.iter().any(|m| !matches!(m.mark, Mark::Comma | Mark::Break) && m.start <= at && at < m.end)
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

/// Whether a clause has a word of opening, shutting or receiving.
fn opens_counter(segment: &Segment, clause: &Clause) -> bool {
    const OPENS: [&str; 20] = [
        "apert",
        "apre",
        "apri",
        "apertur",
        "ricev",
        "chius",
        "chiud",
        "orari",
        "access",
        "sportell",
        "accogl",
        "operativ",
        "attiv",
        "funzion",
        "riapr",
        "rientr",
        "pubblic",
        "entra",
        "prenot",
        "appuntament",
    ];
    segment
        .tokens
        .get(clause.start..clause.end)
        .unwrap_or_default()
        .iter()
        .any(|t| OPENS.iter().any(|w| t.text.starts_with(w)) && !t.text.starts_with("aprile"))
        || clause.marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Reduced | Cue::Remote)))
}

/// "La mensa scolastica è attiva dal lunedì al venerdì dalle 12.30 alle 14": when a service runs, and no hours of a counter.
fn runs_for_pupils(segment: &Segment, clause: &Clause) -> bool {
    const SERVICES: [&str; 7] = ["mensa", "mense", "refezion", "scuolabus", "trasport", "pre", "doposcuola"];
    const COUNTER: [&str; 9] = ["ricev", "sportell", "uffic", "telefon", "rispond", "prenot", "appuntament", "pubblic", "segret"];
    let starts = |at: usize, stems: &[&str]| segment.tokens.get(at).is_some_and(|t| stems.iter().any(|stem| t.text.starts_with(stem)));
    let mut named = clause.marks.iter().filter(|m| matches!(m.mark, Mark::Offices(_))).peekable();
    let pupils =
        |m: &Placed| matches!(&m.mark, Mark::Offices(mention) if mention.offices.iter().all(|o| o.office.0 == "servizi-educativi"));
    named.peek().is_some()
        && named.all(|m| pupils(m) && starts(m.start, &SERVICES))
        && !(clause.start..clause.end).any(|i| starts(i, &COUNTER))
}

/// "lunedì, martedì … venerdì: sportello sospeso": shut on every day is shut.
fn shut_all_week(facts: &mut Facts) {
    let off = |chunk: &super::grammar::weeks::Chunk| chunk.slots == [crate::domain::Slot::Off];
    let n_days: usize = facts.hours.iter().filter(|(_, c)| off(c)).map(|(_, c)| c.days.len()).sum();
    if n_days >= 5 && facts.hours.iter().all(|(_, c)| off(c)) {
        facts.hours.clear();
        facts.flags.closed = true;
    }
}

/// "riceve altresì il giovedì", "oltre alla mattina, il martedì 15-17", "il lunedì è chiuso; per il resto vale l'orario generale": beside what holds anyway.
fn comes_on_top(segment: &Segment, clause: &Clause) -> bool {
    const MORE: [&str; 16] = [
        "altresi",
        " anche ",
        "inoltre",
        "oltre al",
        "oltre che",
        "oltre all",
        "in aggiunta",
        "in piu",
        "orario generale",
        "orari generali",
        "orario comune",
        "orario di tutti",
        "orario degli altri",
        "come gli altri uffici",
        "orario valido per tutti",
        "orario detto sopra",
    ];
    let words = segment.tokens.get(clause.start..clause.end.min(segment.tokens.len())).unwrap_or_default();
    let Some(text) = words.first().zip(words.last()).and_then(|(a, b)| segment.folded.text.get(a.range.start..b.range.end)) else {
        return false;
    };
    let padded = format!(" {text} ");
    MORE.iter().any(|w| padded.contains(w))
}

/// What a clause states.
pub fn facts(segment: &Segment, clause: &Clause, around: &Around, lexicon: &Lexicon) -> Facts {
    let mut facts = Facts { except: clause.except.clone(), ..Facts::default() };
    let _ = lexicon;
    facts.flags = flags(segment, clause);
    // "Conservano la propria casella il SUAP (…) e la Polizia locale (…)": the verb in front governs the whole list
    let bare = |m: &Placed| matches!(m.mark, Mark::Offices(_) | Mark::Channel(_) | Mark::Comma);
    let listed = clause.start > 0 && clause.marks.iter().all(bare);
    let verb = segment.tokens.iter().take(if listed { 3 } else { 0 });
    // "Restano esclusi il protocollo e l'URP, che …": the verb takes them out, and keeps nothing
    let excepts = |i: usize| clause.marks.iter().any(|m| matches!(m.mark, Mark::Exception(_)) && m.start <= i && i < m.end);
    let own = (clause.start..clause.end.min(segment.tokens.len())).filter(|i| !excepts(*i)).map(|i| &segment.tokens[i]);
    facts.unchanged = own.chain(verb).any(|t| {
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
            "mantien",
            "manterr",
            "proseguono",
            "prosegue",
            "confermat",
            "tuttora",
        ]
        .iter()
        .any(|w| t.text.starts_with(w) && !t.text.starts_with("continuat"))
    }) && !facts.flags.closed
        // "Per la biblioteca nulla cambia: resta chiusa"
        || segment.folded.has_any(&["nulla cambia", "niente cambia", "non cambia nulla", "non cambia niente"]);

    let reading = read_hours(segment, clause, around);
    let access = |start: usize, end: usize| access(segment, clause, &reading.places, start, end);
    for chunk in &reading.read.chunks {
        facts.hours.push((access(chunk.start, chunk.end), chunk.clone()));
    }
    let told_by_rule = |m: &Placed| {
        let rule = ["chiusur", "sospension", "riduzion", "serrat", "soppression", "stop"]
            .iter()
            .any(|w| segment.tokens[m.start].text.starts_with(w));
        rule || !matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Reduced))
    };
    if clause.marks.iter().any(|m| m.mark == Mark::Exception(Exception::Sentence))
        && facts.hours.is_empty()
        && clause.marks.iter().all(told_by_rule)
    {
        // "dalla chiusura sono esclusi": the word tells of the rule, not of those it leaves out
        facts.flags.closed = false;
        facts.flags.reduced = false;
    }
    let on_call = clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)))
        && segment
            .tokens
            .get(clause.start..clause.end.min(segment.tokens.len()))
            .unwrap_or_default()
            .iter()
            .any(|t| t.text.starts_with("reperibil"));
    if on_call && !clause.marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Appointment | Cue::Remote))) {
        // "per le denunce di morte, reperibilità nei festivi: 335 … (8-12)": when somebody can be called, no hours
        facts.hours.clear();
    }
    if segment.role == Role::Sentence && runs_for_pupils(segment, clause) {
        facts.hours.clear();
        facts.flags.open = false;
    }
    if segment.role == Role::Sentence && !opens_counter(segment, clause) {
        // "gli incontri del sabato mattina": parts of a day make hours only beside a word of opening
        facts.hours.retain(|(_, chunk)| !chunk.slots.iter().all(|slot| matches!(slot, crate::domain::Slot::Part(_))));
    }
    if segment.role == Role::Sentence && !reading.read.openings.is_empty() {
        // "il lunedì è giorno di rientro, e il pomeriggio perduto torna martedì 11, dalle 15.30 alle 17.30": only the day with its hours is told
        facts.hours.retain(|(_, chunk)| !chunk.slots.iter().all(|slot| matches!(slot, crate::domain::Slot::Part(_))));
    }
    if segment.role == Role::Sentence {
        shut_all_week(&mut facts);
    }
    if facts.flags.reduced_by_only_days(&facts, segment, clause) {
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
            .find(|m| !matches!(m.mark, Mark::Comma | Mark::Cue(_) | Mark::When(_)))
            .is_some_and(|m| matches!(m.mark, Mark::Exception(Exception::Following | Exception::Sentence)));
    facts.without_days.clone_from(&reading.read.taken_out);
    facts.also = !facts.hours.is_empty() && comes_on_top(segment, clause);
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
        || clause.marks.iter().enumerate().any(|(i, m)| match &m.mark {
            Mark::SameHours => true,
            // "dal martedì al sabato 15-19 e, in estate, 17-21, sempre negli stessi giorni": those of the sentence itself
            Mark::Days(Days::Same) => !clause.marks[..i].iter().any(|d| matches!(d.mark, Mark::Days(Days::These { .. }))),
            _ => false,
        });
    facts.like_day = day_compared_with(segment, clause);
    facts.openings = reading.read.openings.iter().map(|(date, span)| Opening { date: *date, span: *span }).collect();
    dates_and_periods(segment, clause, around, &reading, &mut facts);
    dates::activates(segment, clause, &mut facts);
    // what begins on a day goes on
    facts.single_day &= facts.period.is_none_or(|p| p.until.is_some());
    channels(segment, clause, &mut facts);
    if !dates::tells_of_old_place(segment, clause) {
        address(segment, clause, &mut facts);
    }
    if !facts.channels.is_empty() && !facts.beyond_channels() && is_told_of_channel(segment, clause) {
        facts.period = None;
    }
    facts
}

/// "con le stesse ore del lunedì": the day of the week whose hours are meant.
fn day_compared_with(segment: &Segment, clause: &Clause) -> Option<crate::domain::DaySelector> {
    let pair = clause.marks.windows(2).find(|pair| pair[0].mark == Mark::SameHours)?;
    let between = segment.tokens.get(pair[0].end..pair[1].start)?;
    let of = between.len() == 1 && between[0].is_any(&["del", "della", "di", "dei"]);
    match &pair[1].mark {
        Mark::Days(Days::These { days, .. }) if of && days.len() == 1 => days.first().cloned(),
        _ => None,
    }
}

/// "numero neve (da novembre a marzo): 0861 …", "in quei giorni e poi sempre si può telefonare allo …": when a number answers, and no period of the office.
fn is_told_of_channel(segment: &Segment, clause: &Clause) -> bool {
    let word = |i: usize| segment.tokens.get(i).map_or("", |t| t.text.as_str());
    let mut periods = clause.marks.iter().filter(|m| matches!(m.mark, Mark::When(_))).peekable();
    let always = segment.folded.has_any(&["e poi sempre", "e anche dopo", "e anche in seguito", "come sempre"]);
    periods.peek().is_some() && (always || periods.all(|m| m.start > 0 && word(m.start - 1) == "(" && word(m.end) == ")"))
}
