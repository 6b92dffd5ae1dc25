//! Dates of a clause: closings, a period, or the single day of a status.

use jiff::civil::Date;

use super::hours::HoursReading;
use super::periods::{add_period, period_of};
use super::{Around, Clause};
use crate::domain::{DateRange, Opening};
use crate::extract::draft::{Facts, Period};
use crate::extract::grammar::dates::When;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

/// Dates that stand alone become closures, a period, or a single day of a status.
pub(super) fn dates_and_periods(segment: &Segment, clause: &Clause, around: &Around, reading: &HoursReading, facts: &mut Facts) {
    let closed_at: Vec<&Placed> = clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Closed)).collect();
    // "venderà medicine dalle 9 alle 13 e poi abbasserà la saracinesca": shut when its hours are over
    let afterwards = |m: &&Placed| {
        let before = &segment.tokens[m.start.saturating_sub(4).max(clause.start)..m.start];
        let hours = clause.marks.iter().any(|s| matches!(s.mark, Mark::Span(..)) && s.end <= m.start);
        before.iter().any(|t| t.is_any(&["poi", "quindi", "dopodiche"])) && hours
    };
    if closed_at.iter().all(afterwards) {
        facts.flags.closed = false;
    }
    let weekly_off = reading.read.chunks.iter().any(|c| c.slots == [crate::domain::Slot::Off]);
    // "chiuso al pubblico ma contattabile" is a way of serving, for its period
    let shuts = facts.flags.closed && !facts.flags.remote;
    const SUSPENDED: [&str; 3] = ["sospes", "sospension", "interrott"];
    const SERVICE: [&str; 6] = ["attivit", "serviz", "ricevim", "apertur", "sportell", "access"];
    let suspended = closed_at.iter().any(|m| {
        let begins = |stem: &str| segment.tokens[m.start].text.starts_with(stem);
        // "sospende le attività", and not "sospende prestiti e consultazioni", which a closing does as well
        let service = || segment.tokens[m.end..].iter().take(3).any(|t| SERVICE.iter().any(|stem| t.text.starts_with(stem)));
        SUSPENDED.iter().any(|stem| begins(stem)) || begins("sospend") && service()
    });
    // a day of the week that is shut in one column of a table of periods: "lunedì: dal 7 gennaio al 29 marzo: chiuso"
    // … "orario dal 1° luglio al 31 agosto: lun-ven 8-14, chiusa dall'11 al 16 agosto"
    let timed = |m: &Placed| clause.marks.iter().any(|o| o.start > m.end && matches!(o.mark, Mark::Span(..)));
    let column_off =
        |m: &Placed| segment.role == Role::Row && segment.tokens.get(m.end).is_some_and(|t| t.is(":")) && (weekly_off || timed(m));
    // "dal 10 giugno al 14 settembre si entra dalle 16.30 alle 20.30; il lunedì resta chiusa": the one word of closing is of the day of the week
    let of_weekday = |range: &Placed| {
        let distance = |m: &Placed, to: &Placed| if m.end <= to.start { to.start - m.end } else { m.start.saturating_sub(to.end) };
        let [shut] = closed_at.as_slice() else { return false };
        let day = clause.marks.iter().filter(|m| matches!(m.mark, Mark::Days(_))).map(|m| distance(m, shut)).min();
        weekly_off && day.is_some_and(|day| day < distance(range, shut))
    };
    let mut period = Period::default();
    let mut closures: Vec<DateRange> = Vec::new();
    for m in &clause.marks {
        let Mark::When(when) = &m.mark else { continue };
        match when {
            When::Range(range) if shuts && !suspended && !column_off(m) && !of_weekday(m) && !opens_nearer(segment, clause, m) => {
                closures.push(*range)
            }
            When::Same if shuts && clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_) | When::Range(_)))) => {}
            // "il servizio è sospeso per l'intero bimestre": whatever days were told in between
            When::Same if shuts && names_months(segment, m) && around.last_period.is_some() => {
                period = around.last_period.unwrap_or_default();
            }
            When::Same if shuts => match around.last_dates {
                [] => {
                    if let Some(last) = around.last_when {
                        period = last;
                    }
                }
                dates => closures.extend(dates.iter().map(|d| DateRange::day(*d))),
            },
            // "che in queste settimane non ha mai smesso, continua a rispondere"
            When::Same
                if facts.unchanged
                    && segment.tokens[m.start.saturating_sub(2)..m.start].iter().any(|t| t.is("che"))
                    && !segment.tokens[m.end..].iter().take(3).any(|t| t.text.ends_with("ranno")) => {}
            // "nei giorni anzidetti l'ufficio sarà aperto dalle 9 alle 11": openings, no period
            When::Same if around.last_dates.iter().any(|d| reading.read.openings.iter().any(|(o, _)| o == d)) => {}
            // "in quelle mattine non servirà prenotarsi": how those days go, and no period of the office
            When::Same if !around.last_dates.is_empty() && facts.flags.walk_in && facts.hours.is_empty() => facts.flags.walk_in = false,
            // "chi in tali giornate avesse bisogno di un certificato può chiamare …": a number, whatever the day
            When::Same if !around.last_dates.is_empty() && !clause.marks.iter().any(|o| states(&o.mark)) => {}
            // "in quei tre giorni si può chiamare lo …", behind a closing: likewise
            When::Same if only_reached(clause) && around.last_when.is_some() && around.last_when != around.last_period => {}
            // "da lunedì 27 a giovedì 30 si apre soltanto di mattina: in quei giorni non si faranno i rientri": the sentence has named them
            When::Same if period.from.is_some() && period.until.is_some() => {}
            When::Same => {
                let of_period = is_of_period(segment, m);
                if let Some(last) = around.last_period.filter(|_| of_period).or(around.last_when) {
                    // "Lo stesso giorno riparte l'Informagiovani": from that day on
                    let starts = last.from == last.until && begins(segment, clause, m);
                    period = if starts { Period { from: last.from, until: None } } else { last };
                }
            }
            // "il primo giorno sarà martedì 13, e da allora …"
            When::FromSame if day_before(clause, m).is_some() => period.from = day_before(clause, m),
            When::FromSame => {
                // "dallo stesso giorno", behind a closing of two days: the day from which something else holds
                let here = clause.marks.iter().find_map(|o| match &o.mark {
                    Mark::When(When::From(day)) if o.start < m.start => Some(*day),
                    _ => None,
                });
                let day = here.or(match around.last_dates {
                    [_, _, ..] => around.last_period.and_then(|p| p.from),
                    dates => dates.first().copied(),
                });
                period.from = day.or(around.last_dates.first().copied()).or(around.last_when.and_then(|p| p.from)).or(period.from);
                // "con la medesima decorrenza, e per lo stesso periodo"
                let whole = clause.marks.iter().any(|o| matches!(&o.mark, Mark::When(When::Same)));
                period.until = around.last_when.filter(|_| whole).and_then(|p| p.until);
            }
            When::Days(days)
                if days.len() == 1
                    && !facts.flags.closed
                    && !reading.read.openings.iter().any(|(day, _)| days.contains(day))
                    && (begins(segment, clause, m) || opens_and_lasts(segment, clause, m)) =>
            {
                period.from = days.first().copied()
            }
            // "resteranno chiusi venerdì 2; riapriranno mercoledì 7": the end of the closing is no other matter
            When::Days(_) if shuts && says_reopening(segment, clause, m) => {}
            When::Days(days) => {
                // "da lunedì 3 febbraio …: nessuno oggi se la sente"
                let today = segment.tokens.get(m.start).is_some_and(|t| t.is_any(&["oggi", "domani"])) && m.end == m.start + 1;
                // "al termine del vertice di oggi la sindaca dispone che domani …"
                let other = |o: &Placed| o.start > m.end && matches!(&o.mark, Mark::When(When::Days(_)));
                if today && clause.marks.iter().any(|o| other(o) || matches!(&o.mark, Mark::When(w) if period_of(w).is_some())) {
                    continue;
                }
                let given_hours = days.iter().any(|d| reading.read.openings.iter().any(|(o, _)| o == d));
                if given_hours {
                    continue;
                }
                let half = shuts && (is_half_day(segment, m) || shuts_for_half(segment, &closed_at));
                facts.flags.reduced |= half;
                // "nel pomeriggio di martedì 23 gli uffici restano chiusi": shut for that half, and no more
                facts.flags.closed &= !(half && closed_at.len() == 1);
                if shuts && !half && !opens_nearer(segment, clause, m) {
                    closures.extend(days.iter().map(|d| DateRange::day(*d)));
                } else if (facts.flags.any() || moves_for_a_day(segment, clause))
                    && facts.hours.is_empty()
                    && let (Some(first), Some(last)) = (days.iter().min(), days.iter().max())
                {
                    let words = &segment.tokens[clause.start..clause.end.min(segment.tokens.len())];
                    // "oggi pomeriggio gli uffici non riaprono"
                    let starts = !words.windows(2).any(|pair| pair[0].is("non") && pair[1].text.starts_with("riapr"))
                        && words.iter().any(|t| ["riapr", "ripart", "torner", "riprend", "inizi"].iter().any(|w| t.text.starts_with(w)));
                    (period.from, period.until) = (Some(*first), (!starts || first != last).then_some(*last));
                }
            }
            // "A marzo si volta pagina: da lunedì 3 …": in which month the day lies
            When::Months(month)
                if clause
                    .marks
                    .iter()
                    .any(|o| matches!(&o.mark, Mark::When(When::From(day)) if o.start > m.end && lies_in(*day, month))) => {}
            // "per gli avvisi partiti a dicembre l'ufficio risponde allo …"
            When::Months(_) if only_reached(clause) => {}
            // "le scadenze dei prestiti slittano a settembre": of a term, behind the days of the closing
            When::Months(_) if !closures.is_empty() && is_put_off(segment, m) => {}
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
            let told = facts.flags.open || facts.flags.reduced;
            if told && facts.openings.is_empty() && !facts.flags.appointment && !facts.flags.remote {
                let (first, last) = (around.heading_dates.iter().min(), around.heading_dates.iter().max());
                (period.from, period.until) = (first.copied(), last.copied());
            }
        }
    }
    // "chiude definitivamente venerdì 29": from that day on
    let for_good =
        segment.tokens.get(clause.start..clause.end.min(segment.tokens.len())).unwrap_or_default().iter().any(|t| t.is("definitivamente"));
    if let [day] = closures.as_slice()
        && for_good
        && day.first() == day.last()
    {
        period.from = Some(day.first());
        closures.clear();
    }
    if shuts && tells_of_old_place(segment, clause) {
        facts.flags.closed = false;
        return;
    }
    // "Non apre neppure la biblioteca, che recupera il pomeriggio mercoledì 12": on the days of the closing told before
    let neither =
        || segment.tokens[clause.start..clause.end.min(segment.tokens.len())].iter().any(|t| t.is_any(&["neppure", "nemmeno", "neanche"]));
    if shuts && closures.is_empty() && period.is_open() && !weekly_off && !around.last_dates.is_empty() && neither() {
        closures.extend(around.last_dates.iter().map(|d| DateRange::day(*d)));
    }
    if !closures.is_empty() || weekly_off {
        // the closing is told by its days; it is no status
        facts.flags.closed = false;
    }
    facts.closures = closures;
    call_off(segment, clause, facts, &mut period);
    // "lunedì 14 novembre il Servizio prende possesso del secondo piano di largo Mamiani 2": a move goes on
    let moves = clause.marks.iter().any(|m| matches!(m.mark, Mark::Address(_)));
    let alone: Vec<Date> = crate::extract::clause::single_days(&clause.marks);
    if moves
        && alone.len() == 1
        && period.is_open()
        && facts.closures.is_empty()
        && facts.openings.is_empty()
        && facts.hours.is_empty()
        && !facts.flags.any()
    {
        period.from = alone.first().copied();
    }
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

/// "È disposta l'attivazione del Centro operativo comunale dalle ore 18 di oggi": manned from that day on, and nobody's opening hours.
pub(super) fn activates(segment: &Segment, clause: &Clause, facts: &mut Facts) {
    let tokens = segment.tokens.get(clause.start..clause.end.min(segment.tokens.len())).unwrap_or_default();
    let activated = tokens.iter().any(|t| ["attiv", "apert", "istitu", "insedi", "convoc"].iter().any(|stem| t.text.starts_with(stem)));
    let centre = clause.marks.iter().any(|m| {
        let name = segment.tokens.get(m.start).map_or("", |t| t.text.as_str());
        matches!(m.mark, Mark::Offices(_))
            && matches!(name, "centro" | "coc" | "c")
            && matches!(&m.mark, Mark::Offices(mention) if mention.offices.iter().all(|o| o.office.0 == "protezione-civile"))
    });
    let from = clause.marks.iter().find_map(|m| match &m.mark {
        Mark::When(When::Days(days)) if days.len() == 1 => days.first().copied(),
        Mark::When(When::From(day)) => Some(*day),
        _ => None,
    });
    let ends = |m: &Placed| matches!(&m.mark, Mark::Span(span, _) if span.to().is_some());
    let Some(from) = from.filter(|_| activated && centre && !facts.flags.closed && !clause.marks.iter().any(ends)) else { return };
    facts.openings.clear();
    facts.loose.clear();
    facts.flags.open = true;
    facts.period = Some(Period { from: Some(from), until: None });
}

/// "La sede di piazza Libertà chiuderà …": the place that the office leaves, and not the office.
pub(super) fn tells_of_old_place(segment: &Segment, clause: &Clause) -> bool {
    let first = crate::extract::segment::first_word(&segment.tokens);
    let word = |n: usize| segment.tokens.get(first + n).map_or("", |t| t.text.as_str());
    let at = usize::from(matches!(word(0), "la" | "i" | "le" | "gli"));
    clause.start <= first
        && matches!(word(at), "sede" | "locali" | "stanze" | "uffici")
        && matches!(word(at + 1), "di" | "in")
        && matches!(word(at + 2), "via" | "piazza" | "viale" | "corso" | "largo")
        && clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Closed))
        && !clause.marks.iter().any(|m| matches!(m.mark, Mark::Site(_)))
}

/// "nello stesso bimestre", "in entrambi i mesi": the period that was told, and none of its days.
pub(super) fn is_of_period(segment: &Segment, same: &Placed) -> bool {
    let words = segment.tokens.get(same.start..same.end).unwrap_or_default();
    words
        .iter()
        .any(|t| ["periodo", "orario", "mese", "mesi", "bimestre", "trimestre", "quadrimestre", "stagione"].contains(&t.text.as_str()))
}

fn names_months(segment: &Segment, same: &Placed) -> bool {
    let words = segment.tokens.get(same.start..same.end).unwrap_or_default();
    words.iter().any(|t| t.is_any(&["bimestre", "trimestre", "quadrimestre"]))
}

/// "Il centralino, per la sola giornata di domani, si sposta sul 347 …": a number for that day.
fn moves_for_a_day(segment: &Segment, clause: &Clause) -> bool {
    let number = clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)));
    number && segment.folded.has_any(&["per la sola giornata", "solo per la giornata", "si sposta su", "si spostera su"])
}

/// "slittano a settembre", "prorogati in ottobre".
fn is_put_off(segment: &Segment, month: &Placed) -> bool {
    let before = &segment.tokens[month.start.saturating_sub(3)..month.start];
    before.iter().any(|t| ["slitt", "rinvi", "prorog", "spostat", "allungat"].iter().any(|w| t.text.starts_with(w)))
}

/// The one day that a clause names before a mark.
fn day_before(clause: &Clause, mark: &Placed) -> Option<Date> {
    let named = clause.marks.iter().rev().filter(|m| m.end <= mark.start);
    let mut days = named.filter_map(|m| if let Mark::When(When::Days(days)) = &m.mark { Some(days) } else { None });
    days.next().filter(|days| days.len() == 1).and_then(|days| days.first().copied())
}

/// Whether a day lies in a period of one month.
fn lies_in(day: Date, month: &DateRange) -> bool {
    let (first, last) = (month.first(), month.last());
    first.month() == last.month() && first.year() == last.year() && first <= day && day <= last
}

/// "…, riapriranno con il consueto orario mercoledì 7", in a sentence that told the days of the closing.
fn says_reopening(segment: &Segment, clause: &Clause, date: &Placed) -> bool {
    let dated = |m: &Placed| matches!(m.mark, Mark::When(When::Days(_) | When::Range(_) | When::Until(_))) && m.start < date.start;
    let before = &segment.tokens[date.start.saturating_sub(8).max(clause.start)..date.start];
    clause.marks.iter().any(dated)
        && before.iter().any(|t| ["riapr", "riapert", "riprend", "ricominc"].iter().any(|w| t.text.starts_with(w)))
}

/// "Apriamo il 30 marzo e vi aspettiamo fino al 3 novembre", "apre il 1° giugno, fino al 15 settembre": the first day, and behind it the last.
fn opens_and_lasts(segment: &Segment, clause: &Clause, date: &Placed) -> bool {
    let Mark::When(When::Days(days)) = &date.mark else { return false };
    let before = segment.tokens.get(date.start.saturating_sub(4).max(clause.start)..date.start).unwrap_or_default();
    let opens = before.iter().any(|t| ["apr", "riapr", "apert"].iter().any(|stem| t.text.starts_with(stem)) && !t.is("aprile"));
    let ends = |m: &Placed| matches!(&m.mark, Mark::When(When::Until(last)) if m.start > date.end && days.iter().all(|day| day < last));
    opens && clause.marks.iter().any(ends)
}

/// "Entra in vigore lunedì 13 maggio", "le novità scattano il 3 giugno": a day on which something begins and goes on.
pub(super) fn begins(segment: &Segment, clause: &Clause, date: &Placed) -> bool {
    const BEGINS: [&str; 18] = [
        "rived", "torn", "ripart", "vigore", "scatt", "part", "iniz", "cominc", "ricominc", "decorr", "avvi", "debutt", "effetto",
        "riprend", "riapr", "riapert", "aspett", "attend",
    ];
    const STARTS: [&str; 12] = [
        "riparte",
        "ripartono",
        "ripartira",
        "ripartiranno",
        "scatta",
        "scattano",
        "scattera",
        "debutta",
        "parte",
        "partira",
        "partono",
        "partiranno",
    ];
    let before = &segment.tokens[date.start.saturating_sub(7).max(clause.start)..date.start];
    let here = before.iter().rposition(|t| t.is_any(&[",", ";", "."])).map_or(0, |i| i + 1);
    // "giovedì 24 ottobre tornano nella loro sede"
    let at = date.end + usize::from(segment.tokens.get(date.end).is_some_and(|t| t.is_any(&["si", ",", ":"])));
    let at_once =
        segment.tokens.get(at).is_some_and(|t| ["torn", "riapr", "riprend", "ricominc", "tocch"].iter().any(|w| t.text.starts_with(w)));
    let behind = |i: usize| segment.tokens.get(date.end + i).map_or("", |t| t.text.as_str());
    // "martedì 18 marzo entra in vigore …", "il 3 giugno prende il via …"
    let at_once = at_once
        || behind(0).starts_with("entr") && matches!(behind(1), "in") && matches!(behind(2), "vigore" | "funzione")
        || behind(0).starts_with("prend") && matches!(behind(1), "il" | "avvio" | "posto" | "servizio")
        // "lunedì 3 novembre l'URP comincia a ricevere in via …"
        || (date.end..(date.end + 12).min(clause.end)).take_while(|i| !segment.tokens[*i].is_any(&[",", ";", ":"])).any(|i| {
            let verb = segment.tokens[i].text.as_str();
            ["comincia", "cominciano", "comincera", "cominceranno", "inizia", "iniziano", "iniziera", "inizieranno"].contains(&verb)
                && segment.tokens.get(i + 1).is_some_and(|t| t.is_any(&["a", "ad"]))
        })
        || STARTS.contains(&behind(0));
    // "lunedì 10 luglio l'ufficio tributi si trasferisce in piazza Mercato 6"
    let today = segment.tokens.get(date.start).is_some_and(|t| t.is("oggi"));
    let moves = !today
        && clause.marks.iter().any(|m| matches!(m.mark, Mark::Address(_)) && m.start > date.end)
        && segment.tokens.get(date.end..clause.end.min(segment.tokens.len())).unwrap_or_default().windows(2).any(|pair| {
            ["si", "e", "verra", "sara"].contains(&pair[0].text.as_str())
                && ["trasferisc", "trasferir", "trasferit", "sposta", "insedi"].iter().any(|w| pair[1].text.starts_with(w))
        });
    // "la riorganizzazione prende il via martedì 7 gennaio"
    let off = before[here..].windows(2).any(|pair| pair[0].is("il") && pair[1].is("via"));
    at_once
        || moves
        || off
        || before[here..].iter().any(|t| {
            BEGINS.iter().any(|w| t.text.starts_with(w)) && !["partecip", "avvis", "ripartizion"].iter().any(|w| t.text.starts_with(w))
        })
}

/// "chiusi nei pomeriggi del 24 e del 31 dicembre": shut for a part of the day.
fn is_half_day(segment: &Segment, date: &Placed) -> bool {
    let before = &segment.tokens[date.start.saturating_sub(3)..date.start];
    let behind = segment.tokens.get(date.end..(date.end + 1).min(segment.tokens.len())).unwrap_or_default();
    let half = |t: &crate::text::Token| ["pomerigg", "mattin"].iter().any(|w| t.text.starts_with(w));
    before.iter().any(half) || behind.iter().any(half)
}

/// "chiuderanno nelle ore pomeridiane", "resteranno chiusi nel pomeriggio": the half stands behind the word of closing.
fn shuts_for_half(segment: &Segment, closed_at: &[&Placed]) -> bool {
    let [shut] = closed_at else { return false };
    let behind = segment.tokens.get(shut.end..(shut.end + 4).min(segment.tokens.len())).unwrap_or_default();
    let lead = |t: &crate::text::Token| {
        t.is_any(&["nel", "nelle", "nella", "di", "al", "ore", "il", "per", "pubblico", "solo", "soltanto", "durante", "tutto"])
    };
    let at = behind.iter().position(|t| !lead(t));
    at.is_some_and(|at| ["pomerigg", "pomerid", "antimerid", "mattin"].iter().any(|stem| behind[at].text.starts_with(stem)))
}

/// "La chiusura del 26 è rinviata al 30", "… è annullata": the day that was announced first is no closure.
fn call_off(segment: &Segment, clause: &Clause, facts: &mut Facts, period: &mut Period) {
    let tokens = segment.tokens.get(clause.start..clause.end.min(segment.tokens.len())).unwrap_or_default();
    let Some(noun) = tokens.iter().position(|t| t.text.starts_with("chiusur")).filter(|_| !facts.closures.is_empty()) else { return };
    // the verb that stands nearest to the closing: "il corso è rinviato: la chiusura è annullata"
    let nearest = |stems: &[&str]| {
        let found = tokens.iter().enumerate().filter(|(_, t)| stems.iter().any(|w| t.text.starts_with(w))).map(|(i, _)| i);
        let apart = |i: &usize| tokens[noun.min(*i)..noun.max(*i)].iter().any(|t| t.is_any(&[":", ";"]));
        found.filter(|i| !apart(i)).min_by_key(|i| i.abs_diff(noun))
    };
    let off = nearest(&["annullat", "revocat"]);
    let at =
        |stems: &[&str]| nearest(stems).filter(|i| off.is_none_or(|off| off.abs_diff(noun) >= i.abs_diff(noun))).map(|i| clause.start + i);
    let dates_of = |m: &Placed| match &m.mark {
        Mark::When(When::Days(days)) => days.iter().map(|d| DateRange::day(*d)).collect(),
        Mark::When(When::Range(range)) => vec![*range],
        _ => Vec::new(),
    };
    if let Some(moved) = at(&["rinviat", "posticipat", "differit", "spostat", "anticipat"]) {
        let later: Vec<DateRange> = clause.marks.iter().filter(|m| m.start > moved).flat_map(dates_of).collect();
        let planned =
            tokens.iter().any(|t| ["fissat", "previst", "programmat", "annunciat", "inizial"].iter().any(|w| t.text.starts_with(w)));
        if !later.is_empty() {
            facts.closures.retain(|range| later.contains(range));
        } else if planned {
            // "la chiusura fissata per il 12 è stata differita": the new day is told elsewhere
            facts.closures.clear();
            facts.flags.closed = false;
        }
    } else if off.is_some() {
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
    // "aperto dal 20 dicembre al 6 gennaio; chiuso il 25": another part of the sentence is further away than any word of its own
    let apart = |i: usize| {
        let (from, to) = if i < date.start { (i, date.start) } else { (date.end, i) };
        if segment.tokens.get(from..to).unwrap_or_default().iter().any(|t| t.is(";")) { segment.tokens.len() } else { 0 }
    };
    // "non riceverà utenza", "non garantirà l'apertura"
    let denied = |i: usize| segment.tokens.get(i.saturating_sub(3)..i).unwrap_or_default().iter().any(|t| t.is("non"));
    // "chiuso per ferie dal 15 al 19 e riaprirà lunedì 22": the other day's word
    const OWN: usize = 5;
    let of_next = |i: usize| {
        let next = |m: &Placed| matches!(m.mark, Mark::When(_)) && m.start > i && m.start - i <= OWN;
        i >= date.end && segment.tokens.get(i).is_some_and(|t| t.text.starts_with("riapr")) && clause.marks.iter().any(next)
    };
    let nearest = |closed: bool| -> Option<usize> {
        (clause.start..clause.end)
            .filter(|i| {
                let Some(token) = segment.tokens.get(*i) else { return false };
                let opens = ["apert", "aprir", "riapr", "riceve", "apre"].iter().any(|w| token.text.starts_with(w));
                if closed {
                    ["chius", "chiud", "sospe", "serrat"].iter().any(|w| token.text.starts_with(w)) || opens && denied(*i)
                } else {
                    opens && !denied(*i) && !of_next(*i)
                }
            })
            .map(|i| distance(i, i + 1) + apart(i))
            .min()
    };
    match (nearest(false), nearest(true)) {
        (Some(open), Some(closed)) => open < closed,
        _ => false,
    }
}

/// Whether a mark says how an office serves, more than a number does.
fn states(mark: &Mark) -> bool {
    matches!(mark, Mark::Cue(cue) if !matches!(cue, Cue::Phone | Cue::Event | Cue::Past | Cue::Moved | Cue::Only))
        || matches!(mark, Mark::Span(..) | Mark::Days(_) | Mark::Part(_))
}

/// Whether a clause gives a way to reach an office and says nothing of how it serves.
fn only_reached(clause: &Clause) -> bool {
    clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_))) && !clause.marks.iter().any(|m| states(&m.mark))
}
