//! What takes place somewhere: meetings, courses and feasts, for which an office is a hall.
//!
//! In: a segment or a clause with its phrases. Out: whether they speak of such a thing, and not of how an office can be reached.

use super::clause::Clause;
use super::draft::Facts;
use super::elsewhere::is_beside;
use super::scan::{Mark, Placed};
use super::segment::{Segment, first_word};
use crate::lexicon::{Cue, Lexicon};

/// Whether a clause speaks of something that takes place, and not only of what stands beside an office, of a feast that a date falls on
/// ("lunedì 2 giugno, festa della Repubblica, l'ufficio è chiuso"), or of those who come ("Gruppi e scuole: museo@…", "Prenotazione tamponi: 0584 …").
pub fn is_event(segment: &Segment, clause: &Clause) -> bool {
    const COMERS: [&str; 9] = ["scuol", "scolaresc", "visit", "tampon", "vaccin", "prelievi", "laborator", "gruppi", "didattic"];
    let reached = clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)));
    let timed = clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..) | Mark::When(_) | Mark::Days(_)));
    clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Event)).any(|m| {
        let token = segment.tokens.get(m.start).map_or("", |t| t.text.as_str());
        // a holiday that has a name is part of the date
        let dates = |d: &Placed| d.start <= m.start && m.start <= d.end + 2;
        let of_date = token == "festa" && clause.marks.iter().any(|d| matches!(d.mark, Mark::When(_)) && dates(d));
        // "il lunedì è chiuso perché i geometri sono nei cantieri", "i cancelli saranno aperti dalle 7 alle 18; messa alle 10": the reason, or another matter
        let before = segment.tokens.get(clause.start..m.start).unwrap_or_default();
        let said = |end: usize| {
            let state = |s: &Placed| {
                matches!(s.mark, Mark::Span(..) | Mark::Cue(Cue::Closed | Cue::Open | Cue::Reduced | Cue::Appointment | Cue::Remote))
            };
            clause.marks.iter().any(|s| state(s) && s.end <= clause.start + end)
        };
        let apart = before.iter().rposition(|t| t.is_any(&["perche", "poiche", "siccome", ";"])).is_some_and(said);
        // "Con ordinanza n. 61 il Sindaco ha disposto la chiusura di:": an act that shuts what its list names
        let act = segment.announces()
            && ["ordinanz", "decret", "provvediment", "deliber", "determin"].iter().any(|stem| token.starts_with(stem))
            && clause.marks.iter().any(|s| s.mark == Mark::Cue(Cue::Closed));
        if apart || act {
            return false;
        }
        let comers = reached && !timed && COMERS.iter().any(|stem| token.starts_with(stem));
        // "Le domande di iscrizione alla mensa si presentano sul portale …": what an office takes in
        let filed = before.iter().rev().take(3).any(|t| ["domand", "istanz", "modul"].iter().any(|stem| t.text.starts_with(stem)));
        let applied = token.starts_with("iscrizion") && filed && !timed;
        !of_date && !comers && !applied && !is_beside(segment, clause, m)
    })
}

/// "il corso si terrà in biblioteca il martedì dalle 17 alle 19": an office that is where something takes place, in words that say nothing of serving.
pub fn is_only_a_place(segment: &Segment, clause: &Clause) -> bool {
    const IN: [&str; 12] = ["in", "nella", "nel", "nell'", "presso", "al", "alla", "all'", "dalla", "della", "dell'", "del"];
    const SERVES: [&str; 32] = [
        "apr",
        "apert",
        "ricev",
        "orari",
        "sportell",
        "access",
        "acced",
        "chius",
        "chiud",
        "accogl",
        "rispond",
        "telefon",
        "chiam",
        "contatt",
        "rivolg",
        "appuntament",
        "prenot",
        "consegn",
        "ritir",
        "present",
        "pubblic",
        "servizi",
        "entr",
        "deposit",
        "funzion",
        "operativ",
        "attiv",
        "cittadin",
        "utent",
        "scriv",
        "rilasci",
        "informazion",
    ];
    let mut offices = clause.marks.iter().filter(|m| matches!(m.mark, Mark::Offices(_))).peekable();
    let tokens = segment.tokens.get(clause.start..clause.end).unwrap_or_default();
    let timed = clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..)));
    let inside = |m: &Placed| m.start.checked_sub(1).and_then(|i| segment.tokens.get(i)).is_some_and(|t| t.is_any(&IN));
    timed && offices.peek().is_some() && offices.all(inside) && !tokens.iter().any(|t| SERVES.iter().any(|stem| t.text.starts_with(stem)))
}

/// "lo sportello chiude, per dare ai traslocatori il tempo di lavorare tra una festa e l'altra": the desk and its state stand before what happens elsewhere.
pub fn is_told_before_event(segment: &Segment, clause: &Clause) -> bool {
    let state = |m: &&Placed| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced));
    let Some(state) = clause.marks.iter().find(state) else { return false };
    let desk = segment
        .tokens
        .get(clause.start..state.start)
        .unwrap_or_default()
        .iter()
        .any(|t| t.is_any(&["sportello", "sportelli", "ufficio", "uffici", "comando"]));
    let comma = segment.tokens.get(state.end..clause.end).unwrap_or_default().iter().position(|t| t.is_any(&[",", ":"]));
    desk && comma.is_some_and(|at| !clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Event) && m.start < state.end + at))
}

/// "Sabato 30, dalle 16, la biblioteca ospita la presentazione di …": an office that gives room to what takes place.
pub fn hosts(segment: &Segment, clause: &Clause) -> bool {
    let office = |at: usize| clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)) && m.end <= at && at - m.end <= 3);
    // "L'Ufficio Cultura ha curato la mostra, visitabile domenica dalle 10 alle 20": whose work it is
    const MAKES: [&str; 6] = ["curat", "allest", "organizzat", "promoss", "propost", "realizzat"];
    let event_behind = |at: usize| clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Event) && m.start > at && m.start - at <= 4);
    let makes = |i: usize| MAKES.iter().any(|stem| segment.tokens[i].text.starts_with(stem)) && office(i) && event_behind(i);
    if (clause.start..clause.end.min(segment.tokens.len())).any(makes) {
        return true;
    }
    // "Organizzazione: Consorzio Fiere, tel. …, segreteria aperta dalle 15 alle 18": somebody else's feast
    let organiser = segment.tokens.get(clause.start.max(first_word(&segment.tokens))).is_some_and(|t| t.text.starts_with("organizzazion"));
    if organiser && clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Stranger)) {
        return true;
    }
    // "Sabato 8, dalle 18, la biblioteca partecipa alla Notte dei lettori con un programma per tutti"
    const TAKES_PART: [&str; 5] = ["partecip", "aderi", "festegg", "celebr", "propon"];
    let state = |m: &Placed| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Reduced | Cue::Appointment | Cue::Remote));
    let takes_part = |i: usize| TAKES_PART.iter().any(|stem| segment.tokens[i].text.starts_with(stem)) && office(i);
    if !clause.marks.iter().any(state) && (clause.start..clause.end.min(segment.tokens.len())).any(takes_part) {
        return true;
    }
    clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Event)).any(|m| {
        let verb = segment.tokens.get(m.start).map_or("", |t| t.text.as_str());
        ["ospit", "organizz"].iter().any(|stem| verb.starts_with(stem)) && office(m.start)
    })
}

/// "Visite guidate al museo sabato 15, su prenotazione": an event opens the sentence, and the office is only where it takes place.
pub fn opens_with_event(segment: &Segment, clause: &Clause) -> bool {
    const IN: [&str; 11] = ["in", "nella", "nel", "nell'", "presso", "al", "alla", "all'", "del", "della", "dell'"];
    // "Sabato 12: il museo chiude. Visita guidata alla torre": of its own sentence
    let first = first_word(&segment.tokens);
    let opens_sentence = |m: &Placed| m.start <= first || m.start >= clause.start && segment.tokens[m.start - 1].is(".");
    let opens = clause.marks.iter().find(|m| m.mark == Mark::Cue(Cue::Event) && opens_sentence(m));
    let Some(event) = opens else { return false };
    let mut offices = clause.marks.iter().filter(|m| matches!(m.mark, Mark::Offices(_)));
    let inside =
        |m: &Placed| m.start.checked_sub(1).and_then(|i| segment.tokens.get(i)).is_some_and(|t| t.is_any(&IN)) && m.start <= event.end + 4;
    let shut = clause.marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Reduced)));
    !shut && offices.next().is_some_and(inside)
}

/// "ore 18-20, museo civico: laboratorio di ceramica": an hour, the place, and behind a colon what takes place there.
pub fn takes_place(segment: &Segment, clause: &Clause) -> bool {
    let timed = |m: &&Placed| matches!(m.mark, Mark::Span(..));
    let Some(office) = clause.marks.iter().find(|m| matches!(m.mark, Mark::Offices(_))) else { return false };
    let before = clause.marks.iter().find(timed).is_some_and(|time| time.end <= office.start);
    let colon = segment.tokens.get(office.end).is_some_and(|t| t.is(":"));
    before && colon && clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Event) && m.start > office.end && m.start - office.end <= 4)
}

/// "VENERDÌ 6 DICEMBRE, ORE 21, BIBLIOTECA COMUNALE": a day, an hour and a place, where something takes place of which the next lines tell.
pub fn is_appointed_place(segment: &Segment, marks: &[Placed], lexicon: &Lexicon) -> bool {
    let served = |m: &Placed| {
        matches!(m.mark, Mark::Span(..) | Mark::Channel(_) | Mark::Exception(_))
            || matches!(
                m.mark,
                Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced | Cue::WalkIn | Cue::Thing)
            )
    };
    let tokens = &segment.tokens;
    let hour = tokens.windows(2).any(|t| t[0].is_any(&["ore", "h"]) && t[1].number().is_some_and(|n| n <= 23));
    let day = tokens.windows(2).any(|t| {
        t[0].number().is_some_and(|n| n <= 31) && lexicon.month(&t[1].text).is_some()
            || lexicon.weekday(&t[0].text).is_some() && t[1].number().is_some()
    });
    let verb = tokens.iter().any(|t| {
        ["apr", "ricev", "chiud", "riapr", "entro", "fino", "dalle", "scad"].iter().any(|w| t.text.starts_with(w) && t.text != "aprile")
    });
    let place = marks.iter().any(|m| matches!(&m.mark, Mark::Offices(mention) if !mention.offices.iter().any(|o| o.office.is_all())));
    tokens.len() <= 16 && hour && day && place && !verb && !marks.iter().any(served)
}

/// "Ufficio Casa, bando alloggi: lo sportello accoglie le domande il lunedì 14.30-17.30": what the counter is open for, and its hours.
pub fn keeps_counter(segment: &Segment, clause: &Clause) -> bool {
    const SERVES: [&str; 10] = ["funzion", "accogl", "ricev", "apre", "apri", "resta", "rimane", "aperto", "sara", "osserv"];
    let hours = clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..)));
    hours
        && segment.tokens.windows(3).any(|words| {
            words[0].is_any(&["lo", "l'", "gli"])
                && words[1].is_any(&["sportello", "ufficio", "sportelli", "uffici"])
                && (SERVES.iter().any(|stem| words[2].text.starts_with(stem)) || words[2].is("e"))
        })
}

/// "A causa del cantiere l'ufficio si sposta in piazza Po 4": the works are why it moves.
pub fn moves_there(segment: &Segment, facts: &Facts) -> bool {
    facts.address.is_some() && segment.folded.has_any(&["si spost", "si trasferi", "trasloca", "e trasferit", "e spostat"])
}
