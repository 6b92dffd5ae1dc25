//! Shut, suspended, barred: of the office, and not of a street, a call for bids or a licence.

use super::sentence::{Hit, Sentence};
use crate::lexicon::{Cue, ServiceWord as Word};

pub(super) fn read(sentence: &mut Sentence) {
    for shut in sentence.all(Word::Shut) {
        let earlier = |stem: &str| (0..shut.start).any(|i| sentence.text(i).starts_with(stem));
        // "i locali in cui lavora … sono inagibili"; "il venerdì pomeriggio … è soppresso"
        let house = sentence.text(shut.start).starts_with("ina") && earlier("local")
            || sentence.text(shut.start).starts_with("soppress")
                && !sentence.phrase(shut.start).any(|i| sentence.named(i) || sentence.has(i, Word::Serving).is_some());
        // "la festa terrà chiusi tutti gli uffici": what is kept shut stands behind
        let kept = sentence.back(shut.start, &[Word::Light], 1).is_some_and(|verb| {
            ["tien", "terr", "tener", "trov"].iter().any(|stem| sentence.text(verb.start).starts_with(stem))
                && (shut.end..shut.end + 5).take_while(|i| !sentence.stops(*i)).any(|i| sentence.named(i))
        });
        // "un terzo del personale in ferie"
        let staff = sentence.text(shut.start) == "in"
            && (shut.start.saturating_sub(3)..shut.start)
                .any(|i| ["personale", "dipendent", "impiegat", "collegh", "addett"].iter().any(|stem| sentence.text(i).starts_with(stem)));
        // "Orario ridotto per ferie": why it is shorter
        // … "per ferie terrà aperto a orario ridotto"
        // … "per ferie, dal 1° al 31 agosto, si riceve il solo giovedì": the reason, in front of what is told
        const TELLS: [&str; 10] = ["ridott", "riduzion", "limitat", "ricev", "apert", "apre", "aprir", "chius", "chiud", "sospes"];
        let mut part = (shut.end..sentence.tokens.len()).take_while(|i| !matches!(sentence.text(*i), ";" | "." | "!"));
        let reason = sentence.text(shut.start) == "per" && part.any(|i| TELLS.iter().any(|stem| sentence.text(i).starts_with(stem)));
        let around = sentence.phrase(shut.start);
        let shorter = sentence.text(shut.start) == "per"
            && (0..sentence.tokens.len()).any(|i| ["ridott", "riduzion", "limitat"].iter().any(|stem| sentence.text(i).starts_with(stem)));
        // "l'ingresso di piazza Mazzini è inagibile: si entra da via Po": a door
        let door = (around.start..shut.start).any(|i| {
            matches!(sentence.text(i), "ingresso" | "accesso" | "entrata" | "portone")
                && matches!(sentence.text(i + 1), "di" | "da" | "principale" | "laterale" | "pedonale" | "carrabile")
                && !matches!(sentence.text(i + 2), "pubblico" | "persone")
        });
        if staff || shorter || reason {
            continue;
        }
        if door {
            sentence.say(Cue::Thing, shut);
            continue;
        }
        // "La S.P. 11, chiusa in agosto per una frana": a road
        let road = (shut.start.saturating_sub(7)..shut.start).any(|i| {
            sentence.text(i) == "s"
                && sentence.text(i + 1) == "."
                && matches!(sentence.text(i + 2), "p" | "s")
                && sentence.text(i + 3) == "."
        });
        if road {
            sentence.say(Cue::Thing, shut);
            continue;
        }
        // "fino a cessate esigenze", "a emergenza cessata", "cessato allarme": what ends is the need
        const NEEDS: [&str; 6] = ["esigenz", "emergenz", "allarm", "allert", "necessit", "pericol"];
        let beside = [shut.start.wrapping_sub(1), shut.end];
        let need = sentence.text(shut.start).starts_with("cessat")
            && beside.iter().any(|i| NEEDS.iter().any(|stem| sentence.text(*i).starts_with(stem)));
        if need {
            continue;
        }
        if kept || is_said_before(sentence, &shut) {
            say(sentence, shut.start, shut.end);
        } else if is_to_traffic(sentence, shut.end) || is_active(sentence, shut.start, shut.end) || sentence.is_of_a_thing(&shut) {
            sentence.say(Cue::Thing, shut);
        } else if !house {
            say(sentence, shut.start, shut.end);
        }
    }
    for shuts in sentence.all(Word::Shuts) {
        // "dopo quasi due anni di serranda abbassata": how long it was
        let for_years = shuts.start >= 2
            && sentence.text(shuts.start - 1) == "di"
            && ["anni", "mesi", "settimane"].contains(&sentence.text(shuts.start - 2));
        if for_years {
            continue;
        }
        // "dalle 9 alle 18 senza alcuna pausa": open all the while
        if sentence.text(shuts.start) == "pausa"
            && (shuts.start.saturating_sub(2)..shuts.start).any(|i| sentence.has(i, Word::Without).is_some())
        {
            continue;
        }
        let jumps = sentence.text(shuts.start).starts_with("salta") || sentence.text(shuts.start).starts_with("salte");
        if jumps
            && sentence
                .path(shuts.end, &[Word::Serving], 3)
                .or_else(|| sentence.back(shuts.start, &[Word::Serving], 3))
                .is_none_or(|hit| !sentence.is_ours(&hit))
            && sentence.path(shuts.end, &[Word::Span], 1).is_none()
        {
            continue;
        }
        let foreign =
            sentence.object(shuts.end).is_some_and(|noun| !sentence.is_house(noun) && sentence.has(noun, Word::Serving).is_none());
        // "due giorni di saracinesca abbassata": the shutter is the office's
        let shutter = ["serrand", "saracinesc"].iter().any(|stem| sentence.text(shuts.start).starts_with(stem));
        if foreign || is_to_traffic(sentence, shuts.end) || !shutter && sentence.is_of_a_thing(&shuts) {
            sentence.say(Cue::Thing, shuts);
        } else {
            say(sentence, shuts.start, shuts.end);
        }
    }
    for noun in sentence.all(Word::Shutting) {
        if !is_of_something_else(sentence, noun.start, noun.end)
            && !is_denied_for_now(sentence, noun.start)
            && !sentence.doubted(noun.end..sentence.phrase(noun.start).end)
        {
            say(sentence, noun.start, noun.end);
        }
    }
    for barred in sentence.all(Word::Barred) {
        let phrase = sentence.phrase(barred.start);
        let access = |hit: &Hit| sentence.is_ours(hit) && sentence.text(hit.start) != "servizio";
        let behind = sentence.path(barred.end, &[Word::Serving, Word::Public], 4).filter(|hit| hit.word == Word::Public || access(hit));
        let before = sentence.first(phrase.start..barred.start, &[Word::Serving]).filter(access);
        // "è vietato l'ingresso dei veicoli"
        let of_traffic = behind.is_some_and(|hit| is_to_traffic(sentence, hit.end));
        if behind.or(before).is_some() && !of_traffic && !is_to_traffic(sentence, barred.end) && !sentence.is_of_a_thing(&barred) {
            sentence.say(Cue::Closed, barred);
        }
    }
}

/// "restano chiusi le scuole, il cimitero e tutti gli uffici comunali": the verb comes first, and an office is among those of which it tells.
fn is_said_before(sentence: &Sentence, shut: &std::ops::Range<usize>) -> bool {
    const LONGEST_LIST: usize = 30;
    let article = |i: usize| matches!(sentence.text(i), "il" | "lo" | "la" | "l'" | "i" | "gli" | "le" | "tutti" | "tutte");
    let also = usize::from(matches!(sentence.text(shut.end), "anche" | "pure"));
    let is_verb = |i: usize| {
        // folded, "è" and "e" are the same
        sentence.text(i) != "e" && sentence.has(i, Word::Be).is_some()
            || ["resta", "restera", "riman", "rimar"].iter().any(|stem| sentence.text(i).starts_with(stem))
    };
    let verb = shut.start.checked_sub(1).is_some_and(is_verb);
    let goes_on = |i: &usize| !matches!(sentence.text(*i), "" | "." | ";" | ":" | "!" | "?") && !is_verb(*i);
    verb && article(shut.end + also) && (shut.end..shut.end + LONGEST_LIST).take_while(goes_on).any(|i| sentence.named(i))
}

/// Closed, or only the counter: "chiuso lo sportello fisico", "sospeso il ricevimento in presenza".
fn say(sentence: &mut Sentence, start: usize, end: usize) {
    let counter = sentence
        .walk(end, &[Word::Counter], &[Word::Serving, Word::Public], 4)
        .filter(|hit| ["fisic", "presenza", "persona", "frontal"].iter().any(|word| sentence.text(hit.end - 1).starts_with(word)));
    match counter {
        Some(counter) => sentence.say(Cue::Remote, start..counter.end),
        None => sentence.say(Cue::Closed, start..end),
    }
}

/// "chiuso al traffico"
fn is_to_traffic(sentence: &Sentence, end: usize) -> bool {
    const TRAFFIC: [&str; 15] = [
        "traffico",
        "transito",
        "circolazione",
        "veicoli",
        "sosta",
        "pedoni",
        "viabilita",
        "camion",
        "ciclisti",
        "cani",
        "animali",
        "biciclette",
        "automezzi",
        "auto",
        "mezzi",
    ];
    (end..end + 3).any(|i| TRAFFIC.contains(&sentence.text(i)))
}

/// "ha sospeso la licenza", "ha chiuso l'anno": somebody shuts something that is no office.
fn is_active(sentence: &Sentence, start: usize, end: usize) -> bool {
    let has = sentence
        .back(start, &[Word::Light], 1)
        .is_some_and(|hit| sentence.text(hit.start).starts_with("ha") || sentence.text(hit.start).starts_with("av"));
    has && sentence.object(end).is_some_and(|noun| !sentence.is_house(noun) && sentence.has(noun, Word::Serving).is_none())
}

/// "non è prevista, al momento, la chiusura degli uffici": denied in front of an insertion that only says for how long.
fn is_denied_for_now(sentence: &Sentence, noun: usize) -> bool {
    const FOR_NOW: [&str; 17] = [
        "al",
        "momento",
        "per",
        "ora",
        "adesso",
        "il",
        "allo",
        "stato",
        "ad",
        "oggi",
        "attualmente",
        "almeno",
        "quindi",
        "pertanto",
        "comunque",
        "dunque",
        "finora",
    ];
    const REACH: usize = 4;
    let article =
        (noun.saturating_sub(2)..noun).rev().take_while(|i| matches!(sentence.text(*i), "la" | "le" | "alcuna" | "nessuna")).count();
    let Some(close) = (noun - article).checked_sub(1).filter(|i| sentence.text(*i) == ",") else { return false };
    let Some(open) = (0..close).rev().find(|i| !FOR_NOW.contains(&sentence.text(*i))).filter(|i| sentence.text(*i) == ",") else {
        return false;
    };
    open + 1 < close && (open.saturating_sub(REACH)..open).any(|i| sentence.text(i) == "non")
}

/// "orario di chiusura", "prima della chiusura", "chiusura del bando", "interruzione della corrente".
fn is_of_something_else(sentence: &Sentence, start: usize, end: usize) -> bool {
    let before: Vec<&str> = (start.saturating_sub(2)..start).map(|i| sentence.text(i)).collect();
    let point = ["prima", "dopo", "fino", "orario", "ore", "ora", "senza", "orari"];
    if before.iter().any(|word| point.contains(word)) {
        return true;
    }
    // "dopo un anno di chiusura": how long it was
    const SPANS: [&str; 8] = ["anno", "anni", "mese", "mesi", "settimana", "settimane", "giorni", "decennio"];
    if before.last() == Some(&"di")
        && before.first().is_some_and(|word| SPANS.contains(word))
        && (start.saturating_sub(6)..start).any(|i| sentence.text(i) == "dopo")
    {
        return true;
    }
    // "pausa pranzo", "una pausa di mezz'ora": within a day
    if sentence.text(start) == "pausa"
        && (["pranzo", "caffe", "pomeridiana", "meridiana", "di", "del", "tra", "fra"].contains(&sentence.text(end))
            || !(end..sentence.tokens.len().min(end + 6)).any(|i| sentence.timed(i)))
    {
        return true;
    }
    // "La chiusura, venerdì 30, sarà affidata alla banda": the last evening of a festival
    let entrusted =
        (end..sentence.tokens.len().min(end + 10)).take_while(|i| !sentence.named(*i)).any(|i| sentence.text(i).starts_with("affidat"));
    if entrusted {
        return true;
    }
    // "le chiusure straordinarie vengono comunicate con cinque giorni di preavviso": how they are told, not when they are
    const TOLD: [&str; 6] = ["comunicat", "annunciat", "segnalat", "pubblicat", "affiss", "rese"];
    let told = (end..sentence.phrase(start).end).any(|i| {
        TOLD.iter().any(|stem| sentence.text(i).starts_with(stem))
            && i > end
            && matches!(sentence.text(i - 1), "sono" | "vengono" | "saranno" | "verranno")
    });
    if told && sentence.text(start).ends_with('e') {
        return true;
    }
    let mut i = end;
    while sentence.tokens.get(i).is_some_and(|t| {
        t.is_any(&["straordinaria", "temporanea", "totale", "definitiva", "completa", "estiva", "al", "pubblico", "anche"])
    }) {
        i += 1;
    }
    let of = sentence.tokens.get(i).is_some_and(|t| t.is_any(&["di", "d'", "del", "della", "dello", "dell'", "dei", "degli", "delle"]));
    let noun = i + 1;
    // "la chiusura di:" above a list of what is shut
    if sentence.text(noun) == ":" {
        return false;
    }
    let all = sentence
        .tokens
        .get(noun)
        .is_some_and(|t| t.is_any(&["tutti", "tutte", "tutto", "alcuni", "alcune", "questo", "questa", "due", "tre", "un", "una"]));
    // "chiusura delle scuole e degli uffici comunali"
    let office = (noun..sentence.phrase(start).end).any(|i| sentence.named(i) && (noun..i).any(|j| matches!(sentence.text(j), "e" | "ed")));
    of && !all
        && !office
        && !sentence.is_house(noun)
        && sentence.has(noun, Word::Serving).is_none()
        && sentence.has(noun, Word::Place).is_none()
        && sentence.tokens.get(noun).is_some_and(|t| t.number().is_none())
}
