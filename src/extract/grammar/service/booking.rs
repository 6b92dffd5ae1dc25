//! By booking only: the visit has to be booked.

use super::sentence::{Hit, Sentence};
use crate::lexicon::{Cue, ServiceWord as Word};

pub(super) fn read(sentence: &mut Sentence) {
    for accord in sentence.all(Word::Accord) {
        // "su richiesta della società"
        let of =
            sentence.tokens.get(accord.end).is_some_and(|t| t.is_any(&["di", "del", "della", "dello", "dell'", "dei", "degli", "delle"]));
        // "Avvocatura - app. - tel. …": the short word alone, set off by signs; a program for telephones is none
        let sign =
            |at: Option<usize>| at.and_then(|at| sentence.tokens.get(at)).is_some_and(|t| t.is_any(&["-", ",", ";", ":", "(", ")", "|"]));
        let set_off = sign(accord.start.checked_sub(1)) && (accord.end >= sentence.tokens.len() || sign(Some(accord.end)));
        let short = matches!(sentence.text(accord.start), "app" | "appunt");
        // "si consiglia di telefonare prima"
        let advised = (accord.start.saturating_sub(3)..accord.start).any(|i| {
            ["consigli", "preferib", "gradit", "opportun", "possibil", "utile"].iter().any(|stem| sentence.text(i).starts_with(stem))
        });
        if !of && (!short || set_off) && !advised && !is_for_some(sentence, accord.start) {
            sentence.say(Cue::Appointment, accord);
        }
    }
    for free in sentence.all(Word::Free) {
        let text = sentence.text(free.start).to_string();
        // "si entra liberamente", "l'ingresso sarà libero"
        let enters = free.len() > 1 || sentence.back(free.start, &[Word::Serve], 2).is_some();
        let seats = (free.end..free.end + 6).any(|i| ["posti", "esaurimento", "gratuito"].contains(&sentence.text(i)));
        if enters && text != "libera" && !seats {
            sentence.say(Cue::WalkIn, free);
        }
    }
    for at in 0..sentence.tokens.len() {
        if is_free_access(sentence, at) {
            sentence.say(Cue::WalkIn, at..at + 1);
        }
    }
    for book in sentence.all(Word::Book) {
        let hit = Hit { word: Word::Book, start: book.start, end: book.end, verb: false };
        if is_of_a_thing(sentence, &hit)
            || is_booked_thing(sentence, &hit)
            || is_optional(sentence, &hit)
            || is_for_some(sentence, hit.start)
        {
            continue;
        }
        if let Some(range) = required(sentence, &hit) {
            sentence.say(Cue::Appointment, range);
        }
    }
}

/// The words that make booking a rule, with the word itself.
fn required(sentence: &Sentence, book: &Hit) -> Option<std::ops::Range<usize>> {
    let text = sentence.text(book.start);
    let noun = text.starts_with("appunt") || text == "appto" || text.starts_with("prenotazion");
    // "su appuntamento", "previa regolare prenotazione"
    if noun
        && text != "prenotazioni"
        && let Some(how) = sentence.back(book.start, &[Word::How], 4)
    {
        // "gli utenti con appuntamento saranno ricontattati": some of those who come, and no rule for them
        let phrase = sentence.phrase(book.start);
        let those = sentence.text(how.start) == "con"
            && how.start.checked_sub(1).is_some_and(|i| sentence.has(i, Word::Who).is_some() || sentence.has(i, Word::Public).is_some())
            && ![Word::Only, Word::Serve, Word::Up, Word::Serving].iter().any(|word| sentence.any(phrase.start..how.start, *word));
        if those {
            return None;
        }
        return Some(sentence.back(how.start, &[Word::Only], 0).map_or(how.start, |only| only.start)..book.end);
    }
    if let Some(how) = sentence.back(book.start, &[Word::How], 1).filter(|how| sentence.text(how.start) == "dopo") {
        return Some(how.start..book.end);
    }
    if let Some(only) = sentence.back(book.start, &[Word::Only], 5) {
        return Some(only.start..book.end);
    }
    // "è obbligatoria la prenotazione", "deve prima prendere appuntamento"
    let before = sentence.phrase(book.start).start.max(book.start.saturating_sub(9))..book.start;
    let need = before.rev().find_map(|i| sentence.has(i, Word::Need).map(|end| (i, end)));
    if let Some((start, end)) = need {
        let reached = sentence.walk(end, &[Word::Book], &[Word::Via, Word::Public], 8).is_some_and(|hit| hit.start == book.start);
        let taken =
            (end..book.start).any(|i| ["prend", "chied", "richied", "fissa", "ave"].iter().any(|verb| sentence.text(i).starts_with(verb)));
        if reached || taken {
            return Some(start..book.end);
        }
    }
    // "prenotazione obbligatoria", "l'appuntamento è necessario", "gli incontri vanno prenotati"
    if noun && let Some(need) = sentence.path(book.end, &[Word::Need], 3).filter(|hit| is_firm(sentence.text(hit.start))) {
        return Some(book.start..need.end);
    }
    // "chi ha prenotato", "gli utenti muniti di prenotazione"
    let phrase = sentence.phrase(book.start);
    let who = (phrase.start.max(book.start.saturating_sub(6))..book.start).rev().find(|i| sentence.has(*i, Word::Who).is_some());
    if let Some(who) = who
        && sentence.walk(who + 1, &[Word::Book], &[Word::Need, Word::Who], 6).is_some()
        && ([Word::Only, Word::Serve, Word::Up].iter().any(|word| sentence.any(phrase.start..who, *word))
            // "l'accesso è consentito a chi si sia prenotato"
            || (phrase.start..who).any(|i| sentence.text(i).starts_with("access")))
    {
        return Some(sentence.back(who, &[Word::Only], 1).map_or(who, |only| only.start)..book.end);
    }
    if text.starts_with("prenotars") || text.starts_with("prenotand") {
        return Some(book.start..book.end);
    }
    commanded(sentence, book)
}

/// "lunedì 9-12: prendere appuntamento", "lunedì 9-12 (da prenotare)": an infinitive behind a sign, as one writes it on a door.
fn commanded(sentence: &Sentence, book: &Hit) -> Option<std::ops::Range<usize>> {
    let behind_sign = |i: usize| i > 0 && sentence.stops(i - 1) && sentence.text(i - 1) != "\"";
    let from = sentence.phrase(book.start).start;
    let taken = ["prendere", "chiedere", "richiedere", "fissare", "concordare", "accordarsi"].contains(&sentence.text(from));
    let to_be = sentence.text(from) == "da" && from + 1 == book.start;
    (behind_sign(from) && (taken || to_be) && book.start <= from + 4).then_some(from..book.end)
}

/// "obbligatorio", "richiesto": nothing but a requirement.
pub(super) fn is_firm(need: &str) -> bool {
    ["obblig", "necess", "richiest", "indispens", "occorr", "serve"].iter().any(|stem| need.starts_with(stem))
}

/// "prenotazione del libro", "prenotare la sala": a thing, no visit.
fn is_of_a_thing(sentence: &Sentence, book: &Hit) -> bool {
    let of = sentence
        .tokens
        .get(book.end)
        .is_some_and(|t| t.is_any(&["di", "del", "della", "dello", "dell'", "dei", "degli", "delle", "il", "la", "i", "le", "un", "una"]));
    of && sentence.has(book.end + 1, Word::Thing).is_some() && !["visita", "visite"].contains(&sentence.text(book.end + 1))
}

/// "chi arriva con un furgone è pregato di telefonare prima", "i gruppi devono prenotare": asked of some visitors, and no rule for all.
fn is_for_some(sentence: &Sentence, at: usize) -> bool {
    const SOME: [&str; 11] =
        ["gruppi", "scolaresche", "comitive", "classi", "ditte", "furgone", "furgoni", "camion", "autocarri", "rimorchio", "carichi"];
    const COMES: [&str; 4] = ["arriva", "viene", "conferisce", "porta"];
    let phrase = sentence.phrase(at);
    (phrase.start..at).any(|i| {
        SOME.contains(&sentence.text(i))
            || sentence.text(i) == "chi" && COMES.contains(&sentence.text(i + 1)) && sentence.text(i + 2) == "con"
    })
}

/// "il conferimento di inerti va prenotato", "il ritiro degli ingombranti deve essere prenotato": a thing that is booked, and no visit.
fn is_booked_thing(sentence: &Sentence, book: &Hit) -> bool {
    const THINGS: [&str; 12] = [
        "conferiment",
        "ritir",
        "consegn",
        "ingombrant",
        "inert",
        "sopralluog",
        "noleggi",
        "uso",
        "utilizz",
        "libro",
        "volume",
        "prestito",
    ];
    let participle = ["prenotat", "concordat", "fissat"].iter().any(|stem| sentence.text(book.start).starts_with(stem));
    let phrase = sentence.phrase(book.start);
    participle && (phrase.start..(phrase.start + 3).min(book.start)).any(|i| THINGS.iter().any(|stem| sentence.text(i).starts_with(stem)))
}

/// "è possibile prenotare", "preferibilmente su appuntamento"; but not "la consultazione è possibile solo su prenotazione"
fn is_optional(sentence: &Sentence, book: &Hit) -> bool {
    let phrase = sentence.phrase(book.start);
    let before = phrase.start.max(book.start.saturating_sub(5))..book.start;
    before.into_iter().any(|i| {
        let text = sentence.text(i);
        ["preferibil", "possibil", "facoltat", "consigli", "gradit", "eventual"].iter().any(|stem| text.starts_with(stem))
            || matches!(text, "puo" | "possono" | "potete" | "puoi")
    }) && !sentence.any(phrase.start.max(book.start.saturating_sub(3))..book.start, Word::Only)
}

/// "l'accesso agli uffici sarà di nuovo libero": the access is what is free.
fn is_free_access(sentence: &Sentence, at: usize) -> bool {
    if !matches!(sentence.text(at), "libero" | "liberi") || sentence.said(Cue::WalkIn, at..at + 1) {
        return false;
    }
    let phrase = sentence.phrase(at);
    let access = (phrase.start..at).find(|i| ["access", "ingress"].iter().any(|stem| sentence.text(*i).starts_with(stem)));
    access.is_some_and(|access| {
        let between = access + 1..at;
        sentence.any(between.clone(), Word::Be) && !sentence.any(between, Word::Not)
    })
}
