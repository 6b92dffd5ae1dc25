//! Less than usual: shorter hours, no afternoons, only what is urgent.

use super::sentence::{Hit, Sentence};
use crate::lexicon::{Cue, ServiceWord as Word};

pub(super) fn read(sentence: &mut Sentence) {
    for idiom in sentence.all(Word::Reduced) {
        // "per il ripristino di servizi essenziali, come la viabilità": what the office is for, not how it serves
        let of = idiom.start.checked_sub(1).is_some_and(|i| matches!(sentence.text(i), "di" | "dei"));
        // "al fine di garantire i servizi essenziali, ecco come contattare …": an aim
        let aim = (idiom.start.saturating_sub(5)..idiom.start).any(|i| sentence.text(i) == "fine" && sentence.text(i + 1) == "di");
        // "saranno garantiti i servizi minimi: …" without "solo": what goes on anyway
        let from = sentence.phrase(idiom.start).start;
        let assured = (from..idiom.start).any(|i| ["garantit", "assicurat"].iter().any(|stem| sentence.text(i).starts_with(stem)));
        let named = sentence.text(idiom.start).starts_with("serviz");
        let unlimited = !sentence.any(0..idiom.start, Word::Only);
        if named && (of || aim) && unlimited || named && assured && !sentence.any(from..idiom.start, Word::Only) {
            continue;
        }
        sentence.say(Cue::Reduced, idiom);
    }
    for shrink in sentence.all(Word::Shrink) {
        if let Some(object) = shrunk(sentence, shrink.start, shrink.end)
            // "con le giornate che si accorciano": the autumn
            && !(sentence.text(shrink.start).starts_with("accorci") && sentence.text(object.start).starts_with("giornat"))
            && !is_of_employees(sentence, shrink.start.min(object.start))
            && !is_doubted(sentence, shrink.start, shrink.end)
        {
            sentence.say(Cue::Reduced, shrink.start.min(object.start)..shrink.end.max(object.end));
        }
    }
    for lose in sentence.all(Word::Lose) {
        let lost = sentence
            .path(lose.end, &[Word::Afternoon, Word::Morning, Word::Span], 4)
            .filter(|hit| !["serviz", "turn"].iter().any(|stem| sentence.text(hit.start).starts_with(stem)));
        let day = (lose.end..lose.end + 2).find(|i| sentence.timed(*i));
        if let Some(end) = lost.map(|hit| hit.end).or(day.map(|i| i + 1)) {
            sentence.say(Cue::Reduced, lose.start..end);
        }
    }
    afternoons(sentence);
    limits(sentence);
}

/// What is shortened, before or behind the word that says so.
fn shrunk(sentence: &Sentence, start: usize, end: usize) -> Option<Hit> {
    let own = |hit: &Hit| hit.word != Word::Serving || sentence.is_ours(hit);
    let wanted = [Word::Span, Word::Serving];
    sentence
        .back(start, &wanted, 8)
        .or_else(|| sentence.path(end, &wanted, 6))
        .or_else(|| {
            // "orario di apertura ridotto", "l'orario dello sportello verrà dimezzato": the noun stands further off
            let phrase = sentence.phrase(start);
            let be = sentence.back(start, &[Word::Be], 2);
            let from = be.map_or(start, |be| be.start);
            sentence.first(phrase.start.max(from.saturating_sub(8))..from, &[Word::Span]).filter(|_| be.is_some())
        })
        .filter(own)
}

/// "contratto a orario ridotto"
fn is_of_employees(sentence: &Sentence, start: usize) -> bool {
    (start.saturating_sub(4)..start)
        .any(|i| ["contratt", "assun", "assum", "lavoro", "part", "tempo"].iter().any(|stem| sentence.text(i).starts_with(stem)))
}

/// "la riduzione dell'orario è allo studio": a noun that doubt follows.
fn is_doubted(sentence: &Sentence, start: usize, end: usize) -> bool {
    let noun = sentence.text(start).starts_with("riduzion") || sentence.text(start).starts_with("tagli");
    noun && sentence.doubted(end..sentence.phrase(start).end)
}

/// "chiuso al pomeriggio", "sospesi i rientri", "chiusura pomeridiana": the afternoons fall away. A named day in between is a rule of the week.
fn afternoons(sentence: &mut Sentence) {
    for class in [Word::Shut, Word::Shuts, Word::Shutting] {
        for shut in sentence.all(class) {
            let timed = |from: usize, to: usize| (from..to).any(|i| sentence.timed(i) && sentence.has(i, Word::Afternoon).is_none());
            // "chiuso il pomeriggio del mercoledì": of a day, which is named behind it
            let of_day = |hit: &Hit| matches!(sentence.text(hit.end), "del" | "di" | "della" | "dei") && sentence.is_weekday(hit.end + 1);
            let behind =
                sentence.walk(shut.end, &[Word::Afternoon], &[Word::Serving], 4).filter(|hit| !timed(shut.end, hit.start) && !of_day(hit));
            let before = sentence.back(shut.start, &[Word::Afternoon], 5).filter(|hit| !timed(hit.start.saturating_sub(1), shut.start));
            let hours = |hit: &Hit| {
                (hit.end..hit.end + 2).any(|i| sentence.timed(i) && sentence.text(i) != "dal" && sentence.has(i, Word::Afternoon).is_none())
            };
            match (behind, before) {
                // "sospenderà l'apertura pomeridiana del mercoledì" takes it away; "chiude il pomeriggio del mercoledì" is a rule of the week
                (Some(hit), _)
                    if !(sentence.doubted(shut.start..hit.end)
                        || class == Word::Shuts && hours(&hit) && !takes_away(sentence.text(shut.start))) =>
                {
                    sentence.say(Cue::Reduced, shut.start..hit.end)
                }
                (None, Some(hit)) => sentence.say(Cue::Reduced, hit.start..shut.end),
                _ => {}
            }
        }
    }
}

fn takes_away(verb: &str) -> bool {
    ["sospend", "sopprim", "annull", "elimin"].iter().any(|stem| verb.starts_with(stem))
}

/// "solo al mattino", "soltanto le urgenze", "il solo servizio di prestito".
fn limits(sentence: &mut Sentence) {
    for only in sentence.all(Word::Only) {
        // "solo al mattino", not "soltanto la mattina stessa"
        let part = sentence.walk(only.end, &[Word::Morning], &[Word::Span], 4);
        let named = |part: &Hit| {
            (only.end..part.start).any(|i| sentence.timed(i))
                || ["stess", "successiv", "dopo", "del", "seguent"].iter().any(|w| sentence.text(part.end).starts_with(w))
        };
        // "il sabato solo di mattina, 8.30-13": a detail of the week
        let of_a_day = only.start.checked_sub(1).is_some_and(|i| sentence.is_weekday(i));
        if let Some(part) = part.filter(|part| !named(part) && !of_a_day) {
            sentence.say(Cue::Reduced, only.start..part.end);
            continue;
        }
        let phrase = sentence.phrase(only.start);
        // "il servizio di reperibilità per le sole denunce di morte è garantito": a service of its own beside the closing
        if (phrase.start..only.start).any(|i| sentence.text(i).starts_with("reperibil")) {
            continue;
        }
        let serves = [Word::Serve, Word::Up, Word::Serving, Word::Light].iter().any(|word| {
            sentence
                .first(phrase.start..only.start, &[*word])
                .is_some_and(|hit| *word != Word::Light || sentence.has(hit.start, Word::Small).is_none())
        });
        if !serves {
            continue;
        }
        if let Some(urgent) =
            sentence.walk(only.end, &[Word::Urgent], &[Word::Serving], 5).filter(|urgent| !sentence.any(only.end..urgent.start, Word::Book))
        {
            sentence.say(Cue::Reduced, only.start..urgent.end);
        }
    }
}
