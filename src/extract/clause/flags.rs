//! Words of service as flags: "senza appuntamento" cancels "appuntamento", "chiude alle 11" is no closing.

use super::Clause;
use crate::domain::Access;
use crate::extract::draft::{Facts, Flags};
use crate::extract::grammar::dates::When;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::Segment;
use crate::lexicon::Cue;

impl Flags {
    /// "soltanto il lunedì": days limited by "only" make the service a reduced one where the words announce a change.
    pub(super) fn reduced_by_only_days(&self, facts: &Facts, segment: &Segment, clause: &Clause) -> bool {
        if self.appointment || self.remote || facts.hours.is_empty() || !facts.hours.iter().any(|(a, _)| *a == Access::WalkIn) {
            return false;
        }
        // "da luglio a settembre il solo mercoledì": of a part of each year
        if clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Season(_)))) {
            return false;
        }
        // "Delegazione di Pian del Voglio: servizi anagrafici solo venerdì 8-13": a line of a list, which announces nothing
        const VERBS: [&str; 12] =
            ["ricev", "apr", "apert", "osserv", "sar", "rest", "riman", "limit", "orari", "garant", "accogl", "funzion"];
        let told = segment.tokens[clause.start..clause.end.min(segment.tokens.len())]
            .iter()
            .any(|t| VERBS.iter().any(|stem| t.text.starts_with(stem)));
        if !told && facts.period.is_none() && !clause.marks.iter().any(|m| matches!(m.mark, Mark::When(_))) {
            return false;
        }
        // "… e, il solo martedì, anche il pomeriggio"
        let more = |m: &Placed| facts.also && m.start > 0 && segment.tokens[m.start - 1].is_any(&["il", "nel"]);
        // "limitatamente al martedì, anche dalle 15" says for which day something more holds
        let limits_to_some = |m: &Placed| {
            facts.also && m.end == m.start + 1 && clause.marks.iter().any(|d| matches!(d.mark, Mark::Days(_)) && d.end <= m.start)
        };
        // "esclusivamente nelle giornate di martedì e giovedì"
        const LEADS: [&str; 16] = [
            "ai", "alle", "alla", "agli", "sole", "soli", "nelle", "nei", "nella", "nel", "giornate", "giorni", "giornata", "di", "il",
            "al",
        ];
        let near = |from: usize, to: usize| {
            to - from <= 2 || to - from <= 4 && segment.tokens[from..to].iter().all(|t| LEADS.contains(&t.text.as_str()))
        };
        // "Il mercoledì apre solo nel pomeriggio, dalle …", behind what was said of other days: a detail of the week as well
        let first = crate::extract::segment::first_word(&segment.tokens);
        let day_opens =
            clause.start <= first && clause.marks.first().is_some_and(|m| matches!(m.mark, Mark::Days(_)) && m.start <= first + 1);
        let part_of_day = |i: usize| day_opens && clause.marks.get(i + 1).is_some_and(|n| matches!(n.mark, Mark::Part(_)));
        clause.marks.iter().enumerate().any(|(i, m)| {
            m.mark == Mark::Cue(Cue::Only)
                && !limits_to_some(m)
                && !more(m)
                && !part_of_day(i)
                // "l'orario è questo, e soltanto questo: …"
                && !segment.tokens.get(m.end).is_some_and(|t| t.is_any(&["questo", "questi", "quello", "quelli"]))
                // "lunedì 9-12 e martedì, soltanto nel pomeriggio": a detail of the week, no limit of it
                && !clause.marks[..i].iter().any(|b| matches!(b.mark, Mark::Span(..)))
                && clause.marks[i + 1..]
                    .iter()
                    .find(|n| !matches!(n.mark, Mark::Comma | Mark::Cue(_)))
                    .is_some_and(|n| matches!(n.mark, Mark::Days(_) | Mark::Part(_) | Mark::Span(..)) && near(m.end, n.start))
        })
    }
}

/// Cues of a clause as flags. "senza appuntamento" cancels "appuntamento"; "chiuso" beside a weekday is a rule of the week, not a status.
pub(super) fn flags(segment: &Segment, clause: &Clause) -> Flags {
    let mut flags = Flags::default();
    let hit = |cue: Cue| clause.marks.iter().filter(move |m| m.mark == Mark::Cue(cue));
    let covered = |m: &Placed, by: Cue| hit(by).any(|w| w.start <= m.start && m.end <= w.end);
    flags.walk_in = hit(Cue::WalkIn).next().is_some();
    // "non garantirà l'apertura allo sportello e rimarrà chiuso": shut altogether
    let shut_behind = |m: &Placed| {
        let denied = segment.tokens.get(m.start).is_some_and(|t| t.is("non"));
        denied && hit(Cue::Closed).any(|c| c.start >= m.end && c.start - m.end <= 4)
    };
    flags.remote = hit(Cue::Remote).any(|m| !shut_behind(m));
    flags.video = hit(Cue::Video).next().is_some();
    flags.reduced = hit(Cue::Reduced).next().is_some();
    // "è attivo il numero": a line, no counter
    flags.open = hit(Cue::Open).any(|m| {
        !segment.tokens.get(m.end..(m.end + 3).min(segment.tokens.len())).unwrap_or_default().iter().any(|t| {
            ["numer", "line", "casell", "indirizz", "centralin", "recapit", "utenz", "cellular", "telefon"]
                .iter()
                .any(|stem| t.text.starts_with(stem))
                || t.is_any(&["pec", "mail", "email"])
        })
    });
    let other_days = |m: &Placed| is_of_other_days(segment, clause, m);
    flags.appointment = hit(Cue::Appointment).any(|m| !covered(m, Cue::WalkIn) && is_appointment(segment, m) && !other_days(m));
    let at_an_hour = |m: &Placed| at_an_hour(segment, m);
    // "mercoledì 12 non potranno accogliere nessuno al mattino: solo dalle 15.30 alle 17.30": shut for a part of a day
    let dated = clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_) | When::Same)));
    let half_day = |m: &Placed| {
        let part = clause.marks.iter().any(|p| matches!(p.mark, Mark::Part(_)) && p.start >= m.end && p.start - m.end <= 2);
        part && dated && !clause.marks.iter().any(|d| matches!(d.mark, Mark::Days(_)))
    };
    let open_still = clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..)));
    // "il vecchio 0371 4470100 non sarà più attivo": the number goes, not the office
    let of_channel =
        |m: &Placed| clause.marks.iter().any(|c| matches!(c.mark, Mark::Channel(_)) && c.end <= m.start && m.start - c.end <= 2);
    let shut = |m: &Placed| !(covered(m, Cue::Reduced) || at_an_hour(m) || of_channel(m) || is_of_line(segment, clause, m));
    let fallen = super::hours::fallen_afternoons(segment, clause);
    let afternoons = |m: &Placed| fallen.as_ref().is_some_and(|fallen| fallen.is_said_by(m));
    flags.reduced |= fallen.is_some();
    flags.closed = hit(Cue::Closed).any(|m| shut(m) && !afternoons(m) && !(half_day(m) && open_still));
    // "La chiusura si aggiunge alla festività di giovedì", "La chiusura è dovuta a lavori": of the closing that was told, and no other
    const WHY: [&str; 7] = [
        "la chiusura si aggiunge",
        "la chiusura rientra",
        "la chiusura e dovuta",
        "la chiusura e motivata",
        "la chiusura si rende",
        "la chiusura si e resa",
        "la chiusura e legata",
    ];
    let explains = WHY.iter().any(|w| segment.folded.text.trim_start().starts_with(w));
    flags.closed &= !explains || clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)));
    // "lo sportello non sarà presidiato se non il martedì, dalle 10 alle 11", "chiuso, tranne il giovedì 9-12": open at those hours, and no more
    if flags.closed && is_shut_but(segment, clause) {
        (flags.closed, flags.reduced) = (false, true);
    }
    // "il sabato chiude alle 13" tells when a usual day ends; on a date it is less than usual
    let weekly = clause.marks.iter().any(|m| matches!(m.mark, Mark::Days(_)));
    flags.reduced |= !weekly && hit(Cue::Closed).any(at_an_hour);
    flags.closed &= !reopens(segment, clause);
    if flags.closed && is_shut_in_afternoons(clause) {
        (flags.closed, flags.reduced) = (false, true);
    }
    if ends_at_an_hour(segment, clause) {
        (flags.closed, flags.open, flags.reduced) = (false, false, true);
    }
    // "non è aperto al pubblico", "non riceve il pubblico": for good, where neither a day nor a reason is told
    let reason = segment.tokens.iter().any(|t| {
        [
            "causa",
            "lavori",
            "motiv",
            "sciopero",
            "assemblea",
            "ferie",
            "oggi",
            "domani",
            "momentane",
            "temporane",
            "fino",
            "finche",
            "attesa",
        ]
        .iter()
        .any(|w| t.text.starts_with(w))
    });
    flags.no_counter = flags.closed
        && !reason
        && !clause.marks.iter().any(|m| matches!(m.mark, Mark::When(_) | Mark::Days(_)))
        && hit(Cue::Closed).all(|m| {
            let words = segment.tokens.get(m.start..(m.end + 3).min(segment.tokens.len())).unwrap_or_default();
            words.first().is_some_and(|t| t.is("non")) && words.iter().any(|t| t.text.starts_with("pubblic") || t.text.starts_with("ricev"))
        });
    // "chiuso al pubblico ma sempre contattabile": no counter, but reached
    let has = |words: &[&str]| words.iter().any(|w| segment.folded.has(w));
    let still = ["ma ", "pero ", "tuttavia", "comunque", "anche se"];
    let reached = [
        "contattabil",
        "contattare",
        "raggiungibil",
        "reperibil",
        "funzionare regolarmente",
        "via mail",
        "via pec",
        "per telefono",
        "telefonicamente",
        "online",
        "on line",
    ];
    flags.remote |= flags.closed && segment.folded.has("al pubblico") && has(&still) && has(&reached);
    flags.remote |= flags.closed && is_reached_instead(segment, clause);
    let answers =
        ["rispondono al telefono", "risponde al telefono", "rispondono per telefono", "si risponde al telefono", "risponde per telefono"];
    flags.remote |= flags.closed && segment.folded.has("riceve") && answers.iter().any(|w| segment.folded.has(w));
    // "il ricevimento è sospeso: resta garantito il servizio telefonico"
    let assured = ["garantit", "assicurat", "resta attiv", "rimane attiv"];
    let by_phone = ["servizio telefonico", "per telefono", "telefonicamente", "per via telefonica", "contatto telefonico"];
    flags.remote |=
        flags.closed && (segment.folded.has("ricevimento") || segment.folded.has("al pubblico")) && has(&assured) && has(&by_phone);
    // "le copie degli atti si ritirano esclusivamente previo appuntamento": one of several things that one comes for
    let for_a_thing = |m: &Placed| {
        let before = segment.tokens.get(clause.start..m.start).unwrap_or_default();
        let fetched = before.windows(2).any(|pair| {
            pair[0].is("si")
                && ["ritir", "rilasc", "consegn", "effettu", "celebr", "present", "rinnov"].iter().any(|w| pair[1].text.starts_with(w))
        });
        fetched && !clause.marks.iter().any(|s| matches!(s.mark, Mark::Span(..) | Mark::Days(_)))
    };
    flags.strict = flags.appointment
        && hit(Cue::Appointment).any(|m| !for_a_thing(m))
        && hit(Cue::Appointment).any(|m| {
            let words = &segment.folded.text[segment.tokens[m.start].range.start..segment.tokens[m.end - 1].range.end];
            let only = hit(Cue::Only).any(|o| o.end <= m.start + 1 && m.start <= o.end + 4);
            only || words.contains("obblig")
                || words.contains("solo")
                || words.contains("soltanto")
                || is_rule_of_its_own(segment, clause, m)
        });
    if flags.walk_in && !hit(Cue::Appointment).any(|m| !covered(m, Cue::WalkIn) && is_strict(segment, m)) {
        flags.appointment = false;
    }
    flags
}

/// "negli altri giorni solo per appuntamento": the days named before are free.
pub(super) fn is_of_other_days(segment: &Segment, clause: &Clause, booking: &Placed) -> bool {
    let before = &segment.tokens[booking.start.saturating_sub(7).max(clause.start)..booking.start];
    let others = before.windows(2).any(|pair| pair[0].is_any(&["altri", "restanti", "rimanenti"]) && pair[1].is_any(&["giorni", "orari"]));
    // "fuori da detti orari solo su appuntamento", "al di fuori di questo orario"
    let outside =
        before.iter().position(|t| t.is("fuori")).is_some_and(|at| before[at..].iter().any(|t| t.is_any(&["orari", "orario", "giorni"])));
    let others = others || outside;
    // behind a single date, the other days are all days: "sabato 14 si apre a tutti; negli altri giorni solo su appuntamento"
    let resumes = before.iter().any(|t| ["continu", "torn", "riprend", "rest"].iter().any(|w| t.text.starts_with(w)));
    others && !resumes
}

/// "Il vecchio numero della Polizia locale non sarà più attivo", "il telefono della biblioteca non funziona": a line is shut, not the office.
fn is_of_line(segment: &Segment, clause: &Clause, shut: &Placed) -> bool {
    const LINES: [&str; 12] =
        ["numer", "telefon", "linea", "linee", "casell", "centralin", "fax", "recapit", "pec", "mail", "utenza", "chiamat"];
    const BEFORE: [&str; 5] = ["vecchi", "nuov", "precedent", "attual", "solit"];
    let words = segment.tokens.get(clause.start..shut.start).unwrap_or_default();
    let from = words.iter().rposition(|t| t.is_any(&[",", ";", ":", "."])).map_or(0, |i| i + 1);
    let starts = |t: &crate::text::Token, stems: &[&str]| stems.iter().any(|stem| t.text.starts_with(stem));
    let small = |t: &&crate::text::Token| t.text.len() <= 3 && !t.is_any(&["fax", "pec"]) || starts(t, &BEFORE);
    let line = |noun: &crate::text::Token| starts(noun, &LINES) && !noun.text.ends_with("mente");
    let last =
        words[from..].iter().rposition(|t| t.is_any(&["il", "lo", "la", "l'", "i", "gli", "le"])).and_then(|i| words.get(from + i + 1));
    words[from..].iter().find(|t| !small(t)).is_some_and(line) || last.is_some_and(line)
}

/// "non apre se non il martedì dalle 10 alle 11": a closing, and behind a word of exception the hours that remain.
pub(super) fn is_shut_but(segment: &Segment, clause: &Clause) -> bool {
    let Some(shut) = clause.marks.iter().find(|m| m.mark == Mark::Cue(Cue::Closed)) else { return false };
    let word = |i: usize| segment.tokens.get(i).map_or("", |t| t.text.as_str());
    let but = (shut.end..clause.end.min(segment.tokens.len()))
        .take_while(|i| !matches!(word(*i), ";"))
        .find(|i| word(*i) == "se" && word(i + 1) == "non" || matches!(word(*i), "fuorche" | "eccetto" | "tranne" | "salvo" | "eccezione"));
    let Some(but) = but else { return false };
    let behind = |wanted: fn(&Mark) -> bool| clause.marks.iter().any(|m| m.start > but && m.start - but <= 10 && wanted(&m.mark));
    behind(|m| matches!(m, Mark::Days(_)))
        && behind(|m| matches!(m, Mark::Span(..) | Mark::Part(_)))
        && !behind(|m| matches!(m, Mark::Offices(_)))
}

/// "chiude alle 11": shut for a part of the day.
pub(super) fn at_an_hour(segment: &Segment, closed: &Placed) -> bool {
    let word = |i: usize| segment.tokens.get(i);
    // "chiuderà anticipatamente alle ore 11"
    let between = |t: &crate::text::Token| t.is_any(&["anticipatamente", "in", "anticipo", "al", "pubblico", "prima"]);
    let at = (closed.end..closed.end + 4).find(|i| !word(*i).is_some_and(between)).unwrap_or(closed.end);
    word(at).is_some_and(|t| t.is_any(&["alle", "all'"]))
        && word(at + 1).is_some_and(|t| t.kind == crate::text::TokenKind::Number || t.is_any(&["ore", "mezzogiorno"]))
}

/// "lunedì 15 gli uffici termineranno alle 11.30 il ricevimento", "il ricevimento cesserà alle ore 12", "martedì 16 l'ufficio è aperto fino alle 11": a day
/// that ends before its time.
fn ends_at_an_hour(segment: &Segment, clause: &Clause) -> bool {
    const ENDS: [&str; 5] = ["termin", "cess", "finir", "conclud", "interromp"];
    const SERVING: [&str; 9] = ["riceviment", "apertur", "sportell", "servizi", "attivita", "accesso", "apert", "ricever", "riceve"];
    let tokens = segment.tokens.get(clause.start..clause.end.min(segment.tokens.len())).unwrap_or_default();
    let dated = clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_))));
    let served = tokens.iter().any(|t| SERVING.iter().any(|stem| t.text.starts_with(stem)));
    let hour = |t: &crate::text::Token| t.kind == crate::text::TokenKind::Number || t.is("ore");
    let at = |from: usize| tokens[from..].windows(2).take(6).any(|w| w[0].is_any(&["alle", "all'"]) && hour(&w[1]));
    // "è aperto fino alle 11", "riceverà solo fino alle ore 12"
    let opens = |i: usize| tokens[i.saturating_sub(8)..i].iter().any(|t| t.text.starts_with("apert") || t.text.starts_with("ricev"));
    let till = tokens
        .windows(3)
        .enumerate()
        .any(|(i, w)| w[0].is_any(&["fino", "sino"]) && w[1].is_any(&["alle", "all'"]) && hour(&w[2]) && opens(i));
    let ends = till || (0..tokens.len()).any(|i| ENDS.iter().any(|stem| tokens[i].text.starts_with(stem)) && at(i + 1));
    dated && served && ends && !clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..) | Mark::Days(_)))
}

/// "Gli uffici restano chiusi il venerdì pomeriggio": less than usual, where no hours are told from which the afternoon could be taken.
fn is_shut_in_afternoons(clause: &Clause) -> bool {
    let days = |m: &Placed| matches!(&m.mark, Mark::Days(days) if *days != crate::extract::grammar::weekdays::Days::Same);
    let afternoon = |m: &Placed| m.mark == Mark::Part("pomeriggio");
    let beside = |pair: &[Placed]| match pair {
        [one, other] => (days(one) && afternoon(other) || afternoon(one) && days(other)) && other.start.saturating_sub(one.end) <= 2,
        _ => false,
    };
    let timed = |m: &Placed| matches!(m.mark, Mark::Span(..) | Mark::When(When::Days(_)));
    let n_days = clause.marks.iter().filter(|m| days(m)).count();
    n_days == 1 && clause.marks.windows(2).any(beside) && !clause.marks.iter().any(timed)
}

/// "L'anagrafe, chiusa per lavori, riaprirà il 3 giugno": the closing is over, and has no days of its own.
fn reopens(segment: &Segment, clause: &Clause) -> bool {
    let word = |m: &Placed| segment.tokens.get(m.start).map_or("", |t| t.text.as_str());
    // … "chiuso dal maltempo, ha riaperto"
    let again = |m: &Placed| segment.tokens.get(m.start..m.end).unwrap_or_default().iter().any(|t| t.text.starts_with("riap"));
    let mut closed = clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Closed)).peekable();
    let Some(first) = closed.peek().map(|m| m.start) else { return false };
    let Some(open) = clause.marks.iter().find(|m| m.mark == Mark::Cue(Cue::Open) && again(m) && m.start > first) else {
        return false;
    };
    let between = |m: &Placed| matches!(m.mark, Mark::When(_) | Mark::Days(_)) && m.end <= open.start;
    closed.all(|m| m.start < open.start && word(m).starts_with("chius")) && !clause.marks.iter().any(between)
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
    // "chiuso al pubblico; per ogni richiesta" above the address
    let dangling = segment.role == crate::extract::segment::Role::Line
        && matches!(behind, [.., per, each, what] if per.is("per") && each.is_any(&["ogni", "qualsiasi", "qualunque", "le", "eventuali"])
            && reach.iter().any(|w| what.text.starts_with(w)));
    !dated && counter && told && (channel || dangling)
}

/// Whether the words are about the visit ("su appuntamento", "si riceve previo accordo"), not about a place to write to.
pub(super) fn is_appointment(segment: &Segment, mark: &Placed) -> bool {
    let words = &segment.folded.text[segment.tokens[mark.start].range.start..segment.tokens[mark.end - 1].range.end];
    // a bare stem counts only with a word that makes it a rule
    let bare = words.starts_with("prenot")
        || words.starts_with("appuntament")
        || words.starts_with("concord")
        || words.starts_with("un appuntament")
        || words.starts_with("l'appuntament")
        || words.starts_with("gli appuntament");
    // "prenotazione obbligatoria", "appuntamento necessario"
    let firm = ["obblig", "necess", "indispens"].iter().any(|stem| words.contains(stem));
    if !bare || firm {
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

/// "Senza appuntamento non si passa.", "È necessario accordarsi prima.": a statement of its own, with no hours beside it and for no single purpose.
fn is_rule_of_its_own(segment: &Segment, clause: &Clause, booking: &Placed) -> bool {
    const REQUIRES: [&str; 17] = [
        "prend",
        "chied",
        "richied",
        "occorr",
        "necess",
        "bisogn",
        "indispens",
        "serve",
        "va",
        "vanno",
        "dev",
        "dovr",
        "senza",
        "non",
        "accord",
        "fissa",
        "concord",
    ];
    let from = clause.marks.iter().rev().find(|m| m.mark == Mark::Break && m.end <= booking.start).map_or(clause.start, |m| m.end);
    let hours = clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..) | Mark::Days(_) | Mark::Part(_)) && m.start >= from);
    let words = segment.tokens.get(booking.start..booking.end).unwrap_or_default();
    let requires = words.first().is_some_and(|t| REQUIRES.iter().any(|w| t.text.starts_with(w)))
        || words.iter().any(|t| t.is("prima")) && words.len() <= 3
        || words.first().is_some_and(|t| t.text == "si" || t.text.starts_with("telefon") || t.text.starts_with("chiam"));
    // "per la carta d'identità occorre prenotare": for one thing
    let around = segment.tokens.get(from..clause.end.min(segment.tokens.len())).unwrap_or_default();
    let purpose = around.windows(2).any(|pair| {
        pair[0].is("per")
            && !pair[1].is_any(&["essere", "accedere", "entrare", "venire", "telefono", "tempo", "parlare", "evitare", "l'", "non"])
    });
    // "Si riceve previo appuntamento, da chiedere per telefono": how one is received, with hours told elsewhere
    let receives = segment
        .tokens
        .get(booking.start.saturating_sub(3)..booking.start)
        .unwrap_or_default()
        .iter()
        .any(|t| ["ricev", "acced", "ricevim"].iter().any(|stem| t.text.starts_with(stem)) || t.is("accesso"));
    (requires || receives && from <= booking.start) && !hours && !purpose
}

fn is_strict(segment: &Segment, mark: &Placed) -> bool {
    let words = &segment.folded.text[segment.tokens[mark.start].range.start..segment.tokens[mark.end - 1].range.end];
    ["su ", "previ", "per ", "con "].iter().any(|w| words.starts_with(w))
}

/// "Solo su appuntamento: lunedì 9-12; martedì 15-17": said before all hours, it holds for all of them.
pub fn opens_by_appointment(segment: &Segment, clause: &Clause) -> bool {
    let hours = |m: &&Placed| matches!(m.mark, Mark::Span(..) | Mark::Days(_) | Mark::Part(_));
    let Some(first) = clause.marks.iter().find(hours).map(|m| m.start) else { return false };
    let only = |m: &Placed| {
        clause.marks.iter().any(|o| o.mark == Mark::Cue(Cue::Only) && o.end <= m.start + 1 && m.start <= o.end + 4)
            || ["solo", "soltanto", "esclusivamente", "unicamente"].iter().any(|w| segment.tokens.get(m.start).is_some_and(|t| t.is(w)))
            // "Servizi sociali (su appuntamento): lunedì 9-12; …"
            || segment.tokens.get(m.end..m.end + 2).is_some_and(|next| next[0].is(":") || next[0].is(")") && next[1].is(":"))
    };
    clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Appointment) && m.end <= first && is_appointment(segment, m) && only(m))
}
