//! What a sentence names only to deny it: "il 23 e non il 24", "dalle 9 anziché dalle 8", "ponte dell'Immacolata".
//!
//! In: a segment and its phrases. Out: the phrases without those that the sentence sets aside.

use super::scan::{Mark, Placed};
use super::segment::Segment;
use crate::domain::Day;
use crate::lexicon::Cue;
use crate::text::Token;

/// Words of a line that stands above a text and sums it up.
const LONGEST_TITLE: usize = 24;

/// How many words may stand between "e non" and what it denies.
const REACH: usize = 4;

/// How many words may stand between "consultare" and the hours that are to be looked up.
const LOOKED_UP_REACH: usize = 6;

/// "Gli orari in cui gli uffici sono aperti al pubblico", "gli orari di ricevimento saranno pubblicati qui", "di seguito gli orari di ricevimento": what a
/// sentence promises, and does not tell.
fn drop_promise(segment: &Segment, marks: &mut Vec<Placed>) {
    const TIMES: [&str; 5] = ["orari", "orario", "giorni", "giornate", "modalita"];
    let word = |i: usize| segment.tokens.get(i).map_or("", |t| t.text.as_str());
    // "da lunedì 17 lo sportello riceverà secondo un nuovo calendario": from when, and not yet which
    let plan = |i: usize| word(i) == "secondo" && matches!(word(i + 1), "un" | "il") && (2..4).any(|n| word(i + n) == "calendario");
    let timed = |m: &Placed| matches!(m.mark, Mark::Days(_) | Mark::Span(..));
    if !marks.iter().any(timed) && (0..segment.tokens.len()).any(plan) {
        marks.retain(|m| m.mark != Mark::Cue(Cue::Open));
    }
    let tells = |m: &Placed| matches!(m.mark, Mark::Days(_) | Mark::Span(..) | Mark::When(_) | Mark::Channel(_) | Mark::Address(_));
    if marks.iter().any(tells) {
        return;
    }
    let relative = |i: usize| TIMES.contains(&word(i)) && word(i + 1) == "in" && word(i + 2) == "cui";
    let put_off = |i: usize| {
        TIMES[..2].contains(&word(i))
            && (i + 1..i + 8).any(|j| {
                matches!(word(j), "sara" | "saranno" | "verra" | "verranno")
                    && ["pubblicat", "comunicat", "resi", "reso", "indicat"].iter().any(|stem| word(j + 1).starts_with(stem))
            })
    };
    // "in questa sezione si possono consultare giorni e orari di ricevimento dei singoli uffici"
    const LOOKED_UP: [&str; 6] = ["consult", "visualizz", "reperi", "conoscer", "verificar", "trovar"];
    let looked_up = |i: usize| {
        let before = segment.tokens.get(i.saturating_sub(LOOKED_UP_REACH)..i).unwrap_or_default();
        TIMES.contains(&word(i)) && before.iter().any(|t| LOOKED_UP.iter().any(|stem| t.text.starts_with(stem)))
    };
    let first = super::segment::first_word(&segment.tokens);
    let shown = matches!(
        (word(first), word(first + 1), word(first + 2)),
        ("di", "seguito", _) | ("ecco" | "sotto" | "qui", _, _) | ("in" | "a", "questa" | "seguire", _) | ("nella", "tabella", _)
    ) && (first + 1..first + 8).any(|i| TIMES[..2].contains(&word(i)));
    if shown || (0..segment.tokens.len()).any(|i| relative(i) || put_off(i) || looked_up(i)) {
        marks.retain(|m| !matches!(m.mark, Mark::Cue(Cue::Open | Cue::Closed)));
    }
}

/// "Per il trasloco tre giorni di chiusura", "cinque giorni di stop": how many, where another line tells which.
fn drop_counted_days(segment: &Segment, marks: &mut Vec<Placed>) {
    let dated = marks.iter().any(|m| matches!(m.mark, Mark::When(_) | Mark::Days(_)));
    let counted = segment.folded.has_any(&["giorni di chiusura", "giorni di stop", "giornate di chiusura"]);
    if counted && !dated && segment.tokens.len() <= LONGEST_TITLE {
        marks.retain(|m| m.mark != Mark::Cue(Cue::Closed));
    }
}

/// "Nessun cambiamento: l'ufficio elettorale continua a ricevere solo su appuntamento": the lead denies a change, and no word of what follows.
fn drop_lead(segment: &Segment, marks: &mut Vec<Placed>) {
    const LEAD: usize = 6;
    let Some(colon) = segment.tokens.iter().position(|t| t.is(":")).filter(|at| *at <= LEAD) else { return };
    let told = marks.iter().any(|m| m.start > colon && matches!(m.mark, Mark::Offices(_)));
    let named = marks.iter().any(|m| m.end <= colon && matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. }));
    if told && !named {
        marks.retain(|m| !(m.end <= colon && m.mark == Mark::Cue(Cue::Denied)));
    }
}

/// "Molti chiedono se il 31 il Comune farà ponte: gli uffici saranno aperti": the question stands in front, and behind the colon what is.
fn drop_question(segment: &Segment, marks: &mut Vec<Placed>) {
    const ASKS: [&str; 2] = ["chied", "domand"];
    let Some(colon) = segment.tokens.iter().position(|t| t.is(":")) else { return };
    let answers = |wanted: fn(&Mark) -> bool| marks.iter().any(|m| m.start > colon && wanted(&m.mark));
    let whom = answers(|mark| matches!(mark, Mark::Offices(_) | Mark::TheOffices { .. }));
    let what = answers(|mark| matches!(mark, Mark::Cue(Cue::Open | Cue::Closed)));
    let doubted = answers(|mark| matches!(mark, Mark::Cue(Cue::Hypothesis | Cue::Past | Cue::Denied)));
    let asks = |m: &Placed| {
        let words = segment.tokens.get(m.start..m.end).unwrap_or_default();
        words.iter().any(|t| ASKS.iter().any(|stem| t.text.starts_with(stem))) && words.last().is_some_and(|t| t.is("se"))
    };
    if whom && what && !doubted {
        marks.retain(|m| !(m.mark == Mark::Cue(Cue::Hypothesis) && m.end <= colon && asks(m)));
    }
}

/// Takes the denied phrases out.
pub fn drop_denied(segment: &Segment, marks: &mut Vec<Placed>) {
    let tokens = &segment.tokens;
    drop_lead(segment, marks);
    drop_question(segment, marks);
    drop_promise(segment, marks);
    drop_counted_days(segment, marks);
    let mut denied: Vec<std::ops::Range<usize>> = Vec::new();
    for at in 0..tokens.len() {
        let Some(behind) = denial(tokens, at) else { continue };
        let Some(first) = marks.iter().find(|m| m.start >= behind && is_matter(&m.mark)).map(|m| m.start) else { continue };
        // "e non apre sabato 5": the verb tells, and what it tells counts
        let told = marks.iter().any(|m| matches!(m.mark, Mark::Cue(_)) && m.start < behind && at + 1 < m.end);
        // "e non più il lunedì"; of a number that is no more, other words tell
        let a_time = marks.iter().any(|m| m.start == first && matches!(m.mark, Mark::When(_) | Mark::Days(_) | Mark::Span(..)));
        let small = |t: &Token| is_small(t) || a_time && t.is("piu");
        if told || first - behind > REACH || !tokens[behind..first].iter().all(small) {
            continue;
        }
        // "e non il 24 e il 25": up to the next sign
        let end = (first..tokens.len()).find(|i| ends(tokens, *i) && !marks.iter().any(|m| m.start < *i && *i < m.end));
        denied.push(at..end.unwrap_or(tokens.len()));
    }
    // "non riceveranno più nel pomeriggio del martedì bensì in quello del giovedì": what was, up to the word that tells what will be
    if let Some(rather) = tokens.iter().position(|t| t.is_any(&["bensi", "ma"])) {
        let from = tokens[..rather]
            .iter()
            .rposition(|t| t.is("non") || ends(std::slice::from_ref(t), 0) && !t.is(","))
            .filter(|at| tokens[*at].is("non"));
        let no_more = from.filter(|from| tokens[*from..rather].iter().any(|t| t.is("piu")));
        let told = marks.iter().any(|m| m.start > rather && is_matter(&m.mark));
        // "la chiusura non sarà giovedì 11 ma venerdì 12": one day for another
        let days = |range: std::ops::Range<usize>| marks.iter().any(|m| matches!(m.mark, Mark::When(_)) && range.contains(&m.start));
        let instead = from.filter(|from| days(*from..rather) && days(rather..rather + 3) && rather - from <= 8);
        if let Some(from) = no_more.filter(|_| told).or(instead) {
            denied.push(from..rather);
            marks.retain(|m| !(matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Reduced)) && m.start >= from && m.start < rather));
        }
    }
    // a holiday that only says why: "lunedì 7, ponte dell'Immacolata", "in occasione delle festività natalizie"
    let aside = |m: &Placed| {
        let before = &tokens[m.start.saturating_sub(3)..m.start];
        let before = &before[before.iter().rposition(|t| t.is_any(&[":", ";", "."])).map_or(0, |i| i + 1)..];
        let names = |words: &[&str]| before.iter().any(|t| words.contains(&t.text.as_str()));
        match &m.mark {
            Mark::When(super::grammar::dates::When::Days(_)) => names(&["ponte"]),
            Mark::Days(super::grammar::weekdays::Days::These { days, .. }) => {
                days.iter().all(|d| d.day == Day::Ph) && names(&["occasione", "durante", "periodo", "vista", "tra", "fra"])
            }
            _ => false,
        }
    };
    // "slitta al 3 aprile l'aggiornamento, previsto in un primo momento per l'11 marzo": the day that was to be
    let at_first = |m: &Placed| {
        let before = &tokens[m.start.saturating_sub(9)..m.start];
        let stop = before.iter().rposition(|t| t.is_any(&[",", ";", "."])).map_or(0, |i| i + 1);
        let was_to_be = before[stop..]
            .iter()
            .any(|t| ["previst", "fissat", "programmat", "annunciat", "convocat"].iter().any(|w| t.text.starts_with(w)));
        // "una settimana dopo quanto annunciato in agosto"
        let announced = before[stop..].iter().rposition(|t| t.is_any(&["quanto", "come"])).is_some_and(|i| {
            before[stop + i + 1..].first().is_some_and(|t| {
                ["annunciat", "previst", "comunicat", "detto", "scritto", "stabilit"].iter().any(|w| t.text.starts_with(w))
            })
        });
        if matches!(m.mark, Mark::When(_)) && announced {
            return true;
        }
        let then = before[stop..].windows(3).any(|t| t[0].is("un") && t[1].is("primo") && t[2].is_any(&["momento", "tempo"]))
            || before[stop..].iter().any(|t| ["inizialment", "originariament", "dapprima"].iter().any(|w| t.text.starts_with(w)));
        matches!(m.mark, Mark::When(_)) && was_to_be && then
    };
    marks.retain(|m| !at_first(m));
    let denies = |m: &Placed| is_matter(&m.mark) && denied.iter().any(|range| range.contains(&m.start));
    marks.retain(|m| !(aside(m) || denies(m)));
}

/// "la proposta, avanzata da due consiglieri, di chiudere …": a noun of thinking, and the infinitive that tells what was thought of. The token of the noun.
pub fn proposal(segment: &Segment) -> Option<usize> {
    const THOUGHTS: [&str; 8] = ["proposta", "idea", "all'idea", "richiesta", "ipotesi", "intenzione", "progetto", "suggerimento"];
    const DEEDS: [&str; 12] =
        ["chiud", "apr", "tener", "ten", "ridur", "sposta", "trasfer", "prolung", "estend", "antici", "posticip", "unific"];
    const REACH: usize = 14;
    let tokens = &segment.tokens;
    let noun = tokens.iter().position(|t| THOUGHTS.contains(&t.text.as_str()))?;
    let infinitive = |t: &Token| ["are", "ere", "ire", "rre"].iter().any(|end| t.text.ends_with(end));
    let deed = |i: usize| DEEDS.iter().any(|w| tokens[i].text.starts_with(w)) && infinitive(&tokens[i]);
    let reach = (noun + 1..tokens.len().min(noun + REACH)).take_while(|i| !tokens[*i].is_any(&[";", ":", "."]));
    reach.clone().any(|i| tokens[i].is("di") && i + 1 < tokens.len() && deed(i + 1)).then_some(noun)
}

/// "gli uffici, oggi in via Cairoli 18, riceveranno in viale Europa 101", "le cinque mattine attuali (9-13) divengono …": what is so far, where the sentence
/// tells what will be instead.
pub fn drop_replaced(segment: &Segment, marks: &mut Vec<Placed>) {
    const SO_FAR: [&str; 9] = ["oggi", "attualmente", "finora", "sinora", "adesso", "prima", "precedentemente", "ora", "ieri"];
    let tokens = &segment.tokens;
    let two = marks.iter().filter(|m| matches!(m.mark, Mark::Address(_))).count() >= 2;
    let here = |m: &Placed| {
        let before = &tokens[m.start.saturating_sub(4)..m.start];
        matches!(m.mark, Mark::Address(_)) && two && before.iter().any(|t| SO_FAR.contains(&t.text.as_str()))
    };
    let attribute =
        |t: &Token| ["attual", "vecchi", "precedent", "odiern"].iter().any(|w| t.text.starts_with(w)) && !t.text.ends_with("mente");
    let bracket = (1..tokens.len()).find(|i| tokens[*i].is("(") && tokens[i.saturating_sub(3)..*i].iter().any(attribute));
    let bracket = bracket.and_then(|open| (open..tokens.len()).find(|i| tokens[*i].is(")")).map(|close| open..close));
    let more = |close: usize| marks.iter().any(|m| m.start > close && is_matter(&m.mark));
    let bracket = bracket.filter(|range| more(range.end));
    let replaced = |m: &Placed| here(m) || is_matter(&m.mark) && bracket.as_ref().is_some_and(|range| range.contains(&m.start));
    let keep: Vec<bool> = marks.iter().map(|m| !replaced(m)).collect();
    let mut keep = keep.into_iter();
    marks.retain(|_| keep.next().unwrap_or(true));
}

/// "Quando l'ufficio è chiuso si lascia un messaggio", "se chiuso, suonare": a case that is thought of, and no closing. A day named beside it makes it one.
pub fn drop_conditions(segment: &Segment, marks: &mut Vec<Placed>) {
    const REACH: usize = 6;
    let tokens = &segment.tokens;
    let dated = marks.iter().any(|m| matches!(m.mark, Mark::When(_) | Mark::Days(_)));
    let conditional = |m: &Placed| {
        (m.start.saturating_sub(REACH)..m.start)
            .rev()
            .take_while(|i| !ends(tokens, *i) && !tokens[*i].is_any(&[":", "("]))
            .any(|i| tokens[i].is_any(&["quando", "se", "qualora", "finche", "ove", "laddove"]))
    };
    marks.retain(|m| m.mark != Mark::Cue(Cue::Closed) || dated || !conditional(m));
}

/// What can be denied so: days, times, numbers, places, ways of access.
fn is_matter(mark: &Mark) -> bool {
    matches!(
        mark,
        Mark::When(_)
            | Mark::Days(_)
            | Mark::Span(..)
            | Mark::Part(_)
            | Mark::Channel(_)
            | Mark::Address(_)
            | Mark::Cue(Cue::Appointment | Cue::WalkIn)
    )
}

/// Articles and prepositions.
fn is_small(token: &Token) -> bool {
    const SMALL: [&str; 34] = [
        "il", "lo", "la", "l'", "i", "gli", "le", "di", "del", "dell'", "della", "dei", "delle", "a", "al", "all'", "allo", "alla", "alle",
        "da", "dal", "dall'", "dalla", "dalle", "in", "nel", "nei", "nella", "per", "giorno", "giorni", "ore", "su", "fino",
    ];
    SMALL.contains(&token.text.as_str())
}

fn ends(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    token.is_any(&[",", ";", ")", "ma", "bensi"]) || token.is(".") && tokens.get(at + 1).is_none_or(|next| next.spaced)
}

/// "e non", ", non", "anziché", "invece di", "invece che", "al posto di": the index behind it.
fn denial(tokens: &[Token], at: usize) -> Option<usize> {
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    match (word(at), word(at + 1), word(at + 2)) {
        ("e" | "," | "(", "non", "gia") => Some(at + 3),
        ("e" | "," | "(", "non", _) => Some(at + 2),
        ("anziche", ..) => Some(at + 1),
        ("invece", "di" | "che" | "del" | "dell'" | "della" | "dello" | "dei" | "delle", _) => Some(at + 2),
        ("al", "posto", "di" | "del" | "dell'" | "della" | "dello" | "dei" | "delle") => Some(at + 3),
        _ => None,
    }
}
