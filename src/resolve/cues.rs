//! Words by which a document says that it corrects or replaces what was said before.

use jiff::civil::Date;

use super::names::fold_name;
use crate::domain::{Evidence, Notice, Slot, Stated};

/// "Si precisa che la chiusura è il 23 e non il 24": what an earlier article said of it no longer counts.
const CORRECTIONS: [&str; 18] = [
    "precisa che",
    "precisiamo che",
    "rettifica",
    "errata corrige",
    "a correzione",
    "a parziale modifica",
    "contrariamente a quanto",
    "diversamente da quanto",
    "per mero errore",
    "erroneamente",
    "annulla e sostituisce",
    "anziche",
    "chiusura rinviata",
    "rinviata",
    "posticipata",
    "anticipata al",
    "spostata al",
    "errore",
];

/// "Riceve anche il giovedì pomeriggio": beside the hours that hold, not in their place.
const ADDITIONS: [&str; 14] = [
    "riceve anche",
    "ricevera anche",
    "ricevono anche",
    "apre anche",
    "aprira anche",
    "aperto anche",
    "aperta anche",
    "aperti anche",
    "aperte anche",
    "apertura anche",
    "accessibile anche",
    "ulteriore apertura",
    "apertura aggiuntiva",
    "in aggiunta",
];

/// "Nuovo numero di telefono": the number of before is gone.
const REPLACEMENTS: [&str; 16] = [
    "nuovo numero",
    "nuovi numeri",
    "nuovo recapito",
    "nuovi recapiti",
    "nuova casella",
    "nuovo indirizzo",
    "nuova pec",
    "nuova mail",
    "nuova email",
    "nuova e mail",
    "cambia numero",
    "cambia il numero",
    "numero cambia",
    "sostituisce",
    "non e piu attivo",
    "cambiano i numeri",
];

/// "Riceve senza appuntamento", "sarà regolarmente aperto": said of how one is received, not only by hours.
const OPENINGS: [&str; 12] = [
    "regolarmente apert",
    "regolarmente al pubblico",
    "senza appuntamento",
    "senza prenotazione",
    "senza bisogno di",
    "accesso libero",
    "libero accesso",
    "liberamente",
    "annullat",
    "riapre",
    "riapert",
    "torna a ricevere",
];

/// Whether a sentence that states a notice's status says "open" in words of its own.
pub(super) fn opens(notice: &Notice) -> bool {
    let states_it = |evidence: &&Evidence| evidence.states.contains(&Stated::Status);
    notice.evidence.iter().filter(states_it).any(|evidence| holds_any(Some(&evidence.sentence), &OPENINGS))
}

/// Whether the title or the sentences behind a notice say that it corrects an earlier one.
pub(super) fn corrects(title: Option<&str>, notice: &Notice) -> bool {
    holds_any(title, &CORRECTIONS) || notice.evidence.iter().any(|evidence| holds_any(Some(&evidence.sentence), &CORRECTIONS))
}

/// "Non riceve più", "sospende l'apertura": what follows is taken away.
const DENIALS: [&str; 12] = [
    "non riceve",
    "non ricevera",
    "non ricevono",
    "non sara apert",
    "non saranno apert",
    "non e apert",
    "non apre",
    "chius",
    "sospes",
    "sospende",
    "soppress",
    "senza apertura",
];

/// The part of the day that a notice takes away on its days, where it takes none of them whole: all sentences on hours name that part
/// and nothing but a denial.
pub(super) fn part_taken_away(notice: &Notice) -> Option<String> {
    let slots = || notice.hours.iter().flat_map(|entry| entry.week.iter()).map(|(_, _, slot)| slot);
    if notice.hours.is_empty() || !slots().all(|slot| matches!(slot, Slot::Off | Slot::Part(_))) {
        return None;
    }
    let on_hours: Vec<&Evidence> = notice.evidence.iter().filter(|evidence| evidence.states.contains(&Stated::Hours)).collect();
    let part_of = |evidence: &&Evidence| {
        let folded = fold_name(&evidence.sentence);
        let (morning, afternoon) = (folded.contains("mattin"), folded.contains("pomerig") || folded.contains("pomerid"));
        match (holds_any(Some(&evidence.sentence), &DENIALS), morning, afternoon) {
            (true, true, false) => Some("mattina"),
            (true, false, true) => Some("pomeriggio"),
            _ => None,
        }
    };
    let first = on_hours.first().and_then(part_of)?;
    on_hours.iter().all(|evidence| part_of(evidence) == Some(first)).then(|| first.to_string())
}

/// Whether they say that a channel takes the place of another.
pub(super) fn replaces_channels(title: Option<&str>, notice: &Notice) -> bool {
    holds_any(title, &REPLACEMENTS) || notice.evidence.iter().any(|evidence| holds_any(Some(&evidence.sentence), &REPLACEMENTS))
}

/// Whether they say that hours come beside those that hold: each sentence that gives a time does, before its first time.
pub(super) fn adds_hours(notice: &Notice) -> bool {
    let timed = || notice.evidence.iter().map(|evidence| evidence.sentence.as_str()).filter(|sentence| gives_a_time(sentence));
    let adds = |sentence: &str| {
        let folded = fold_name(sentence);
        let cue = ADDITIONS.iter().filter_map(|cue| folded.find(&fold_name(cue))).min();
        cue.is_some_and(|at| folded.get(..at).is_some_and(|before| !gives_a_time(before)))
    };
    // a headline may give no time: "aperto anche il giovedì pomeriggio"
    let mut untimed = notice.evidence.iter().map(|evidence| evidence.sentence.as_str());
    if timed().next().is_some() { timed().all(adds) } else { untimed.any(adds) }
}

/// Whether a sentence names a day: "24 ottobre", "24/10", "dal 24 al 26 ottobre".
pub(super) fn names_day(sentence: &str, day: Date) -> bool {
    const MONTHS: [&str; 12] =
        ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| word.trim_end_matches('º').trim_end_matches('°').parse::<i8>().ok();
    let month = |word: &str| MONTHS.iter().position(|month| *month == word).and_then(|i| i8::try_from(i + 1).ok());
    let numeric = words.windows(2).any(|pair| matches!(pair, [d, m] if number(d) == Some(day.day()) && number(m) == Some(day.month())));
    let is_ours = |(i, word): (usize, &&str)| {
        // the month may stand behind a further day: "24, 25 e 26 ottobre"
        let behind =
            words.iter().skip(i + 1).take_while(|word| number(word).is_some() || word.chars().count() <= 3 || month(word).is_some());
        number(word) == Some(day.day()) && behind.filter_map(|word| month(word)).next() == Some(day.month())
    };
    numeric || words.iter().enumerate().any(is_ours)
}

/// "dalle 9", "ore 15", "8.30": a number that is an hour.
fn gives_a_time(text: &str) -> bool {
    let words: Vec<String> = text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_string).collect();
    let number = |word: &String| word.len() <= 2 && word.parse::<u8>().is_ok_and(|n| n < 60);
    words.windows(2).any(|pair| match pair {
        [cue, value] if number(value) => matches!(cue.as_str(), "dalle" | "alle" | "ore") || (number(cue) && value.len() == 2),
        _ => false,
    })
}

fn holds_any(text: Option<&str>, cues: &[&str]) -> bool {
    text.is_some_and(|text| {
        let folded = fold_name(text);
        cues.iter().any(|cue| folded.contains(&fold_name(cue)))
    })
}
