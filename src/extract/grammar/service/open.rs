//! Open, again or as usual.

use super::sentence::{Hit, Sentence};
use crate::lexicon::{Cue, ServiceWord as Word};

const SERVICE: [Word; 3] = [Word::Serve, Word::Up, Word::Serving];

pub(super) fn read(sentence: &mut Sentence) {
    for again in sentence.all(Word::Again) {
        let thing = sentence.is_of_a_thing(&again)
            || sentence.text(again.start).starts_with("riapr") && sentence.object(again.end).is_some_and(|noun| !sentence.is_house(noun));
        sentence.say(if thing { Cue::Thing } else { Cue::Open }, again);
    }
    for resume in sentence.all(Word::Resume) {
        // "per il ripristino di servizi essenziali": what is mended, no counter
        // "Fino al ripristino i cittadini possono telefonare": when what holds ends
        let ends = resume.start >= 2 && matches!(sentence.text(resume.start - 2), "fino" | "sino" | "attesa");
        if sentence.text(resume.start) == "ripristino" && (ends || matches!(sentence.text(resume.end), "di" | "dei")) {
            continue;
        }
        let behind = sentence.path(resume.end, &[Word::Serve, Word::Up, Word::Serving, Word::Usual, Word::Free, Word::Public], 5);
        let before = sentence
            .back(resume.start, &SERVICE, 4)
            .filter(|_| matches!(sentence.text(resume.start), "di" | "nuovamente") || sentence.text(resume.start).starts_with("ripr"));
        if let Some(hit) = behind.or(before).filter(|hit| sentence.is_ours(hit)) {
            sentence.say(Cue::Open, resume.start.min(hit.start)..resume.end.max(hit.end));
        }
    }
    for usual in sentence.all(Word::Usual) {
        let wanted = [Word::Serve, Word::Up, Word::Serving, Word::Span];
        let hit = sentence.path(usual.end, &wanted, 2).or_else(|| sentence.back(usual.start, &wanted, 3));
        if let Some(hit) = hit.filter(|hit| is_served(sentence, hit)) {
            sentence.say(Cue::Open, usual.start.min(hit.start)..usual.end.max(hit.end));
        }
    }
    for up in sentence.all(Word::Up) {
        // "impianti sportivi all'aperto"
        if up.start > 0 && sentence.text(up.start - 1) == "all'" {
            continue;
        }
        let state = sentence.back(up.start, &[Word::Be], 4).is_some();
        let public = sentence.text(up.end) == "al" && sentence.text(up.end + 1) == "pubblico";
        // "il protocollo e l'URP, entrambi attivi con personale in sede"
        let each = up.start.checked_sub(1).is_some_and(|i| matches!(sentence.text(i), "entrambi" | "entrambe" | "ambedue"));
        // "restano a disposizione del proprietario": what was found, kept for somebody
        let kept = sentence.text(up.start) == "a"
            && ["di", "del", "della", "dell'", "dei", "degli", "delle"].contains(&sentence.text(up.end))
            && sentence.has(up.end + 1, Word::Public).is_none();
        if kept || !state && !public && !each || names_a_line(sentence, up.end) {
            continue;
        }
        let cue = if sentence.is_of_a_thing(&up) { Cue::Thing } else { Cue::Open };
        sentence.say(cue, up);
    }
    for serve in sentence.all(Word::Serve) {
        // "continua a ricevere", "riceve il pubblico"
        let goes_on = sentence
            .back(serve.start, &[Word::Light], 2)
            .is_some_and(|hit| ["continu", "prosegu"].iter().any(|stem| sentence.text(hit.start).starts_with(stem)));
        let receives = ["ricev", "accogl"].iter().any(|stem| sentence.text(serve.start).starts_with(stem))
            && sentence.path(serve.end, &[Word::Public], 1).is_some();
        if goes_on || receives {
            sentence.say(Cue::Open, serve);
        }
    }
}

fn is_served(sentence: &Sentence, hit: &Hit) -> bool {
    match hit.word {
        Word::Span => sentence.text(hit.start).starts_with("orari"),
        Word::Up => !sentence.is_of_a_thing(&(hit.start..hit.end)),
        _ => sentence.is_ours(hit),
    }
}

/// "è attivo il numero": a line, no counter.
fn names_a_line(sentence: &Sentence, end: usize) -> bool {
    const LINES: [&str; 8] = ["numer", "line", "casell", "indirizz", "centralin", "recapit", "cellular", "telefon"];
    (end..end + 3).any(|i| LINES.iter().any(|stem| sentence.text(i).starts_with(stem)))
}
