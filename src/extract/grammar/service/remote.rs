//! No counter: reached by telephone, mail, video or on the web only.

use super::sentence::{Hit, Sentence};
use crate::lexicon::{Cue, ServiceWord as Word};

pub(super) fn read(sentence: &mut Sentence) {
    for distance in sentence.all(Word::Distance) {
        if !is_also(sentence, distance.start) && !is_of_meetings(sentence, distance.end) && !is_of_staff(sentence, distance.start) {
            sentence.say(Cue::Remote, distance);
        }
    }
    for only in sentence.all(Word::Only) {
        let behind = sentence.walk(only.end, &[Word::Means], &[Word::Via, Word::How], 5);
        let Some(means) = behind.or_else(|| sentence.back(only.start, &[Word::Means], 1)) else { continue };
        if !is_of_booking(sentence, only.start.min(means.start), means.end) && !is_of_a_thing(sentence, only.start) {
            sentence.say(Cue::Remote, only.start.min(means.start)..means.end.max(only.end));
        }
    }
    for means in sentence.all(Word::Means) {
        let hit = Hit { word: Word::Means, start: means.start, end: means.end, verb: false };
        if is_served_so(sentence, &hit) {
            sentence.say(Cue::Remote, means);
        }
    }
    instead(sentence);
}

/// "anche da remoto", "o in videochiamata"
fn is_also(sentence: &Sentence, start: usize) -> bool {
    (start.saturating_sub(3)..start).any(|i| matches!(sentence.text(i), "anche" | "o" | "oppure" | "od" | "sia" | "altresi"))
}

/// "rendere possibili da remoto le sedute": what takes place so is no reception.
fn is_of_meetings(sentence: &Sentence, end: usize) -> bool {
    const MEETINGS: [&str; 9] = ["riunion", "sedut", "lezion", "consigl", "commission", "conferenz", "didattic", "assemble", "corsi"];
    (end..end + 3).take_while(|i| !sentence.stops(*i)).any(|i| MEETINGS.iter().any(|stem| sentence.text(i).starts_with(stem)))
}

/// "Per il personale che non rientra nei turni è attivato il lavoro agile": how some of the staff work, where no office is said to.
fn is_of_staff(sentence: &Sentence, start: usize) -> bool {
    let before = sentence.tokens.get(..start).unwrap_or_default();
    let staff = before
        .windows(2)
        .any(|pair| pair[0].is_any(&["il", "del", "al", "gli", "i", "dei"]) && pair[1].is_any(&["personale", "lavoratori", "addetti"]));
    let some = before.iter().any(|t| ["restant", "rimanent", "parte", "rientra"].iter().any(|stem| t.text.starts_with(stem)));
    // "Regolamento del lavoro agile": a paper about it
    let paper = matches!(before, [.., paper, of] if of.is_any(&["del", "di", "sul", "per", "dello"])
        && ["regolament", "disciplin", "accord", "pian", "contratt", "organizzazion"].iter().any(|stem| paper.text.starts_with(stem)));
    paper || staff && some && !(0..start).any(|i| sentence.named(i))
}

/// "si prenota esclusivamente online", "appuntamenti solo per telefono": how to book, not how one is served.
fn is_of_booking(sentence: &Sentence, start: usize, end: usize) -> bool {
    let phrase = sentence.phrase(start);
    sentence.any(phrase.start.max(start.saturating_sub(8))..end, Word::Book) || sentence.said(Cue::Appointment, phrase.start..end)
}

/// "le domande si presentano solo online"
fn is_of_a_thing(sentence: &Sentence, only: usize) -> bool {
    let phrase = sentence.phrase(only);
    // "La presentazione delle pratiche, per legge, avviene soltanto per via telematica"
    const HANDED: [&str; 4] = ["presentazion", "trasmission", "invio", "inoltro"];
    let opening = sentence.tokens.get(..only.min(3)).unwrap_or_default();
    if opening.iter().any(|t| HANDED.iter().any(|stem| t.text.starts_with(stem))) && !(0..only).any(|i| sentence.named(i)) {
        return true;
    }
    let thing = sentence.first(phrase.start..only, &[Word::Thing]);
    const REACHED: [&str; 8] = ["rispond", "contatt", "raggiung", "rivolg", "assist", "ricev", "lavor", "sportell"];
    let office = (phrase.start..only).any(|i| REACHED.iter().any(|stem| sentence.text(i).starts_with(stem)));
    thing.is_some() && !office
}

/// "riceve per telefono", "i colloqui si terranno su Skype", "incontra i tecnici in videoconferenza"
fn is_served_so(sentence: &Sentence, means: &Hit) -> bool {
    let text = sentence.text(means.start);
    let call =
        ["telefon", "video", "skype", "zoom", "teams", "meet", "collegamento", "telematic"].iter().any(|stem| text.starts_with(stem));
    let by = text.ends_with("mente")
        || means.start.checked_sub(1).is_some_and(|i| {
            matches!(
                sentence.text(i),
                "per"
                    | "via"
                    | "al"
                    | "in"
                    | "su"
                    | "tramite"
                    | "con"
                    | "mezzo"
                    | "forma"
                    | "modalita"
                    | "colloqui"
                    | "consulenza"
                    | "collegamento"
            )
        });
    if !call || !by || is_also(sentence, means.start) {
        return false;
    }
    let phrase = sentence.phrase(means.start);
    let from = phrase.start.max(means.start.saturating_sub(7));
    let meets = (from..means.start).rev().find(|i| {
        let word = sentence.text(*i);
        ["ricev", "colloqui", "incontr", "ricevimento", "consulenz"].iter().any(|stem| word.starts_with(stem))
            || sentence.text(*i) == "si" && ["svolg", "terra", "tengono"].iter().any(|stem| sentence.text(*i + 1).starts_with(stem))
    });
    meets.is_some_and(|meets| {
        let between = meets + 1..means.start;
        !sentence.any(between.clone(), Word::Book)
            && between.clone().all(|i| {
                // "riceve ogni giovedì per telefono"
                sentence.timed(i)
                    || sentence.text(i) == "ogni"
                    || sentence.has(i, Word::Small).is_some()
                    || sentence.has(i, Word::Light).is_some()
                    || sentence.has(i, Word::Via).is_some()
                    || sentence.has(i, Word::How).is_some()
                    || sentence.has(i, Word::Public).is_some()
                    || sentence.has(i, Word::Only).is_some()
                    || sentence.text(i).ends_with("mente")
            })
    })
}

/// "chiuso al pubblico, ma risponde al telefono": no counter, and the way that takes its place.
fn instead(sentence: &mut Sentence) {
    let n = sentence.tokens.len();
    // "non riceverà il pubblico e potrà essere contattato solamente:" above the list of ways
    let closes = (0..n).rev().find(|i| sentence.text(*i) != ":").filter(|last| *last + 1 < n);
    if let Some(only) = closes.filter(|last| sentence.has(*last, Word::Only).is_some()) {
        let reached =
            (only.saturating_sub(3)..only).any(|i| ["contattat", "raggiung"].iter().any(|stem| sentence.text(i).starts_with(stem)));
        if reached {
            return sentence.say(Cue::Remote, only..only + 1);
        }
    }
    let shut = (0..n).find(|i| sentence.said(Cue::Closed, *i..*i + 1));
    let Some(shut) = shut else { return };
    let phrase = sentence.phrase(shut);
    let counter = (phrase.start..phrase.end).any(|i| {
        matches!(
            sentence.text(i),
            "pubblico" | "utenza" | "utenti" | "sportello" | "sportelli" | "ricevimento" | "front" | "porte" | "porta"
        )
    });
    // "il reparto non riceve e risponde al 334 …": to receive is what a counter does
    let receives = ["ricev", "accogl"].iter().any(|stem| (shut..shut + 4).any(|i| sentence.text(i).starts_with(stem)))
        && (shut..shut + 2).any(|i| sentence.has(i, Word::Not).is_some());
    if !counter && !receives {
        return;
    }
    let number = |end: usize| {
        let small = |i: &usize| matches!(sentence.text(*i), "al" | "allo" | "solo" | "soltanto" | "numero" | "ai" | "il" | "lo" | "a");
        let at = (end..end + 4).find(|i| !small(i)).unwrap_or(end);
        at > end && sentence.tokens.get(at).is_some_and(|t| t.kind == crate::text::TokenKind::Number && t.text.len() >= 3)
    };
    let answered = (shut..n).find(|i| {
        // "non sarà ricevuto giovedì 14; per le emergenze risponde …": days on which nobody comes, and another matter
        let at_once = |i: usize| {
            !(shut..i).any(|j| {
                sentence.timed(j)
                    || sentence.text(j) == ";"
                    || sentence.text(j) == "." && sentence.tokens.get(j + 1).is_some_and(|t| t.spaced)
            })
        };
        sentence.has(*i, Word::Answer).is_some_and(|end| {
            number(end) && at_once(*i)
                || sentence.walk(end, &[Word::Means], &[Word::Via, Word::How, Word::Answer, Word::Usual], 7).is_some()
        })
    });
    // "si accettano le istanze solo via PEC: lo sportello è soppresso"
    let only = (0..n).find(|i| {
        let end = sentence.has(*i, Word::Only).filter(|end| sentence.walk(*end, &[Word::Means], &[Word::Via, Word::How], 5).is_some());
        end.is_some() && !is_of_booking(sentence, *i, *i + 1)
    });
    if let Some(at) = only {
        return sentence.say(Cue::Remote, at..at + 1);
    }
    let information =
        answered.is_some_and(|i| sentence.text(i).starts_with("informazion") && !(i..n).any(|j| sentence.has(j, Word::Only).is_some()));
    if let Some(at) = answered.filter(|_| !information) {
        sentence.say(Cue::Remote, at..at + 1);
    }
}
