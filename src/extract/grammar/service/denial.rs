//! Negation: what is not done, not needed, not shut.

use super::booking::is_firm;
use super::sentence::{Hit, Sentence};
use crate::lexicon::{Cue, ServiceWord as Word};

pub(super) fn read(sentence: &mut Sentence) {
    for not in sentence.all(Word::Not) {
        if sentence.has(not.end, Word::Only).is_none() {
            negation(sentence, not.start, not.end);
        }
    }
    for without in sentence.all(Word::Without) {
        privation(sentence, without.start, without.end);
    }
    for lapse in sentence.all(Word::Lapse) {
        let Some(hit) = sentence.walk(lapse.end, &[Word::Book, Word::Serving], &[Word::Need], 5) else { continue };
        if hit.word == Word::Book {
            // "cade l'obbligo di prenotazione"
            sentence.say(Cue::WalkIn, lapse.start..hit.end);
        } else if sentence.text(lapse.end - 1) == "meno" && sentence.is_ours(&hit) {
            sentence.say(Cue::Closed, lapse.start..hit.end);
        }
    }
}

/// "(non) potrà essere ammesso", "(non) sarà servito": the verb of letting somebody in, within a few words.
fn let_in(sentence: &Sentence, from: usize) -> Option<usize> {
    const STEMS: [&str; 8] = ["ammess", "ricevut", "accolt", "servit", "accettat", "entrar", "acceder", "acced"];
    (from..from + 5).take_while(|i| !sentence.stops(*i)).find(|i| STEMS.iter().any(|stem| sentence.text(*i).starts_with(stem)))
}

fn negation(sentence: &mut Sentence, start: usize, end: usize) {
    // "chi si presenta senza appuntamento non potrà essere ammesso" is said by what he lacks
    let lacks = sentence
        .first(start.saturating_sub(5)..start, &[Word::Without])
        .is_some_and(|without| sentence.walk(without.end, &[Word::Book], &[Word::Need], 3).is_some_and(|book| book.end <= start));
    if lacks && let_in(sentence, end).is_some() {
        return;
    }
    // "chi non può recarsi di persona può delegare un familiare": who cannot come, not where nobody is received
    let cannot = start > 0 && sentence.text(start - 1) == "chi" && matches!(sentence.text(end), "puo" | "potesse" | "riesce" | "potra");
    if cannot {
        return;
    }
    const CHANGE: [Word; 4] = [Word::Shut, Word::Shuts, Word::Shutting, Word::Shrink];
    const SERVICE: [Word; 6] = [Word::Afternoon, Word::Serve, Word::Up, Word::Serving, Word::Again, Word::Accord];
    // "non si va più senza prenotare", "nessuno entra senza appuntamento"
    if let Some(book) = unless_booked(sentence, end) {
        return sentence.say(Cue::Appointment, start..book.end);
    }
    let wanted: Vec<Word> = [Word::Book, Word::Need].iter().chain(&CHANGE).chain(&SERVICE).copied().collect();
    // "niente più accesso libero"
    if let Some(free) = sentence
        .walk(end, &[Word::Free], &[Word::Need], 3)
        .filter(|free| sentence.text(free.start).ends_with("o") || free.end > free.start + 1)
    {
        // "nessun accesso diretto all'ufficio senza appuntamento": said twice
        let without = sentence.first(free.end..sentence.phrase(free.start).end, &[Word::Without]);
        let booked = without.and_then(|without| sentence.walk(without.end, &[Word::Book], &[Word::How, Word::Need], 3));
        return sentence.say(Cue::Appointment, start..booked.map_or(free.end, |book| book.end));
    }
    let quantifier = sentence.text(start) != "non";
    // "nessuno ha mai pensato di chiudere", "non è in programma alcuna chiusura"
    let thought = sentence.walk(end, &CHANGE, &[Word::Mind, Word::Done], 8);
    // "nessuna sala chiude": whatever the noun
    let none_shuts = |i: usize| sentence.has(i, Word::Shuts).or_else(|| sentence.has(i, Word::Shut));
    if sentence.text(start).starts_with("nessun")
        && let Some(shut) = (end..end + 5).take_while(|i| !sentence.stops(*i) && sentence.text(*i) != "che").find_map(none_shuts)
    {
        return sentence.say(Cue::Denied, start..shut);
    }
    // "niente Informagiovani dal 10 al 14"
    if sentence.text(start) == "niente" && sentence.named(end) {
        return sentence.say(Cue::Closed, start..end);
    }
    // "nessuno dei due uffici riceverà il pubblico"
    // … "nessun ufficio comunale effettuerà servizio"
    let none_of = || {
        let public = ["comunal", "municipal", "provincial", "pubblic"].iter().any(|stem| sentence.text(end + 1).starts_with(stem));
        let from = if public && sentence.has(end, Word::Place).is_some() { end + 2 } else { end };
        sentence.walk(from, &SERVICE, &[Word::Place], 5).filter(|_| sentence.text(start).starts_with("nessun"))
    };
    let Some(hit) = sentence.path(end, &wanted, 7).or(thought).or_else(none_of) else {
        subject_before(sentence, start, end);
        return;
    };
    if hit.start.checked_sub(1).is_some_and(|i| matches!(sentence.text(i), "c'")) && sentence.text(hit.start).starts_with("entra") {
        return; // "gli uffici, che con lo sciopero non c'entrano"
    }
    // "se il libro non è stato prenotato da altri", "non è prenotato": a thing that somebody may have booked
    let booked = ["prenotato", "prenotata", "prenotati", "prenotate"].contains(&sentence.text(hit.start));
    let by_others =
        ["da", "dagli", "dai"].contains(&sentence.text(hit.end)) || (end..hit.start).any(|i| sentence.text(i).starts_with("stat"));
    match hit.word {
        Word::Book if booked && by_others => {}
        Word::Book => match turned_away(sentence, start, hit.end) {
            Some(end) => sentence.say(Cue::Appointment, start..end),
            None => sentence.say(Cue::WalkIn, start..hit.end),
        },
        Word::Need => {
            // "non è più necessario prenotare"; "la prenotazione non è obbligatoria"
            if let Some(book) = sentence.path(hit.end, &[Word::Book], 5) {
                sentence.say(Cue::WalkIn, start..book.end);
            } else if let Some(book) = earlier(sentence, start, &[Word::Book]).filter(|_| is_firm(sentence.text(hit.start))) {
                sentence.say(Cue::WalkIn, book.start..hit.end);
            }
        }
        Word::Afternoon if hit.verb || quantifier => sentence.say(Cue::Reduced, start..hit.end),
        word if CHANGE.contains(&word) => sentence.say(Cue::Denied, start..hit.end),
        word if SERVICE.contains(&word) && word != Word::Afternoon && sentence.is_ours(&hit) => not_served(sentence, start, &hit),
        _ => {}
    }
}

/// The booking without which a denied thing is not done: "(non) si va più senza prenotare".
fn unless_booked(sentence: &Sentence, from: usize) -> Option<Hit> {
    const REACH: usize = 8;
    let comes = |i: usize| ["va", "viene", "entra", "accede", "passa", "venite", "presentatevi", "presentarsi"].contains(&sentence.text(i));
    let end = (from..from + REACH).find(|i| sentence.stops(*i)).unwrap_or(from + REACH);
    // "i cittadini non professionisti possono presentarsi senza appuntamento": the word denies another
    if sentence.has(from, Word::Public).is_some() {
        return None;
    }
    let without = sentence.first(from..end, &[Word::Without])?;
    let booked = sentence.walk(without.end, &[Word::Book], &[Word::How, Word::Need], 3)?;
    (from..without.start).any(comes).then_some(booked)
}

/// "chi non ha l'appuntamento non viene ricevuto": who has not booked is not served.
fn turned_away(sentence: &Sentence, start: usize, end: usize) -> Option<usize> {
    let who = (start.saturating_sub(3)..start).any(|i| sentence.has(i, Word::Who).is_some());
    let not = (end..end + 4).find(|i| sentence.text(*i) == "non").filter(|_| who)?;
    sentence.path(not + 1, &[Word::Serve, Word::Up, Word::Serving], 4).map(|serve| serve.end)
}

/// "non riceve", with what qualifies it: "… senza appuntamento", "… allo sportello", "… di pomeriggio".
fn not_served(sentence: &mut Sentence, start: usize, hit: &Hit) {
    // "per le operazioni di chiusura l'ufficio non riceverà": why, and nothing that is denied
    let reason = |noun: &Hit| {
        (noun.start.saturating_sub(5)..noun.start)
            .any(|i| matches!(sentence.text(i), "per" | "causa" | "motivo" | "seguito" | "operazioni"))
    };
    if earlier(sentence, start, &[Word::Shutting]).is_some_and(|noun| noun.start + 12 > start && !reason(&noun)) {
        return sentence.say(Cue::Denied, start..hit.end);
    }
    let phrase = sentence.phrase(start);
    // "non sarà accessibile che di mattina", "non si riceve che su appuntamento"
    let only = hit.end..(hit.end + 2);
    if let Some(that) = only.clone().find(|i| sentence.text(*i) == "che") {
        let booked = sentence.walk(that + 1, &[Word::Book], &[Word::How], 2);
        let limited = (that + 1..that + 3)
            .any(|i| sentence.timed(i) || matches!(sentence.text(i), "il" | "nelle" | "nei" | "nella" | "nel" | "di" | "per"));
        match booked {
            Some(book) => return sentence.say(Cue::Appointment, start..book.end),
            None if limited => return sentence.say(Cue::Reduced, start..that + 1),
            None => {}
        }
    }
    let behind = hit.end..(hit.end + 8).min(sentence.tokens.len());
    let mut condition = None;
    for i in behind {
        let except =
            sentence.has(i, Word::Without).or_else(|| (sentence.text(i) == "se" && sentence.text(i + 1) == "non").then_some(i + 2));
        if let Some(book) = except.and_then(|from| sentence.walk(from, &[Word::Book], &[Word::How, Word::Need], 3)) {
            condition = Some(book);
            break;
        }
        if sentence.stops(i) && sentence.text(i) != "," {
            break;
        }
    }
    if let Some(book) = condition {
        return sentence.say(Cue::Appointment, start..book.end);
    }
    // "senza prenotazione non si entra"
    if let Some(without) = sentence.first(phrase.start..start, &[Word::Without])
        && sentence.path(without.end, &[Word::Book], 3).is_some()
    {
        return sentence.say(Cue::Appointment, without.start..hit.end);
    }
    // "l'appuntamento senza il quale l'ufficio non vi riceverà più"
    let without = sentence.first(phrase.start..start, &[Word::Without]);
    if let Some(without) = without.filter(|w| matches!(sentence.text(w.end + 1), "quale" | "cui") || sentence.text(w.end) == "cui")
        && let Some(book) = sentence.back(without.start, &[Word::Book], 2)
    {
        return sentence.say(Cue::Appointment, book.start..hit.end);
    }
    // "oggi pomeriggio gli uffici non riaprono": shut for a part of a day
    let today = (phrase.start..start).find(|i| {
        sentence.has(*i, Word::Afternoon).is_some()
            && i.checked_sub(1).is_some_and(|b| matches!(sentence.text(b), "oggi" | "domani" | "questo" | "stesso"))
    });
    if today.is_some() {
        return sentence.say(Cue::Reduced, start..hit.end);
    }
    let afternoon = sentence.path(hit.end, &[Word::Afternoon], 2).filter(|part| !(hit.end..part.start).any(|i| sentence.timed(i)));
    if let Some(part) = afternoon {
        return sentence.say(Cue::Reduced, start..part.end);
    }
    // "non ha sportello libero: si viene ricevuti solo dopo aver fissato …"
    if matches!(sentence.text(hit.end), "libero" | "diretto" | "liberi") {
        return;
    }
    let desk = sentence.text(hit.start).starts_with("sportell") && sentence.text(start) != "niente";
    let counter = sentence.walk(hit.end, &[Word::Counter], &[Word::Public, Word::Serving], 4).map(|c| c.end).or_else(|| {
        // "allo sportello non si riceve più"; "lo sportello" as a subject is served or not
        (phrase.start..start).any(|i| sentence.has(i, Word::Counter).is_some_and(|end| end > i + 1)).then_some(hit.end)
    });
    match counter {
        Some(end) => sentence.say(Cue::Remote, start..end.max(hit.end)),
        None if desk => sentence.say(Cue::Remote, start..hit.end),
        None => sentence.say(Cue::Closed, start..hit.end),
    }
}

/// "il ricevimento non sarà garantito", "la chiusura non è in programma", "l'appuntamento non serve".
fn subject_before(sentence: &mut Sentence, start: usize, end: usize) {
    let subject = earlier(sentence, start, &[Word::Shutting, Word::Book, Word::Serving, Word::Afternoon]);
    let Some(subject) = subject else { return };
    let done = sentence.path(end, &[Word::Done], 4);
    match (subject.word, done) {
        (Word::Shutting, _) if sentence.has(end, Word::Light).is_some() || sentence.has(end, Word::Small).is_some() => {
            sentence.say(Cue::Denied, subject.start..end)
        }
        (Word::Book, Some(done)) => sentence.say(Cue::WalkIn, subject.start..done.end),
        (Word::Serving, Some(done)) if sentence.is_ours(&subject) => {
            let between = subject.end..start;
            if sentence.any(between.clone(), Word::Afternoon) {
                sentence.say(Cue::Reduced, start..done.end);
            } else if sentence.any(between, Word::Counter) || sentence.path(done.end, &[Word::Counter], 3).is_some() {
                sentence.say(Cue::Remote, start..done.end);
            } else {
                sentence.say(Cue::Closed, start..done.end);
            }
        }
        (Word::Afternoon, Some(done)) => sentence.say(Cue::Reduced, start..done.end),
        _ => {}
    }
}

fn earlier(sentence: &Sentence, before: usize, wanted: &[Word]) -> Option<Hit> {
    let phrase = sentence.phrase(before);
    sentence.first(phrase.start.max(before.saturating_sub(14))..before, wanted)
}

/// "senza prenotazione", "senza rientro pomeridiano", "senza accesso agli sportelli".
fn privation(sentence: &mut Sentence, start: usize, end: usize) {
    let Some(hit) = sentence.walk(end, &[Word::Book, Word::Afternoon, Word::Serving, Word::Shutting], &[Word::Need], 5) else { return };
    match hit.word {
        Word::Book => {
            // "chi arriva senza prenotazione verrà rimandato indietro"
            const TURNED: [&str; 5] = ["rimandat", "respint", "invitat", "allontanat", "attender"];
            let who = (start.saturating_sub(4)..start).any(|i| sentence.has(i, Word::Who).is_some());
            let sent_back = (hit.end..hit.end + 5)
                .take_while(|i| !sentence.stops(*i))
                .find(|i| TURNED.iter().any(|stem| sentence.text(*i).starts_with(stem)));
            if let Some(verb) = sent_back.filter(|_| who) {
                return sentence.say(Cue::Appointment, start..verb + 1);
            }
            let not = (hit.end..hit.end + 4).take_while(|i| !sentence.stops(*i)).find(|i| sentence.has(*i, Word::Not).is_some());
            if not.and_then(|not| let_in(sentence, not + 1)).is_some() {
                return sentence.say(Cue::Appointment, start..hit.end);
            }
            match sentence.path(hit.end, &[Word::Not], 1).and_then(|not| sentence.path(not.end, &[Word::Serve, Word::Up, Word::Serving], 4))
            {
                Some(serve) => sentence.say(Cue::Appointment, start..serve.end),
                None => sentence.say(Cue::WalkIn, start..hit.end),
            }
        }
        Word::Afternoon => sentence.say(Cue::Reduced, start..hit.end),
        Word::Serving if sentence.text(hit.start).starts_with("sportell") => sentence.say(Cue::Remote, start..hit.end),
        Word::Serving if sentence.path(hit.end, &[Word::Counter], 1).is_some() => sentence.say(Cue::Remote, start..hit.end),
        _ => {}
    }
}
