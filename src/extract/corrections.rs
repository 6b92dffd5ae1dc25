//! What a text sets right: "Avevamo scritto che …: non è così", "Contrariamente a quanto comunicato la settimana scorsa, …", "L'indicazione è errata".
//!
//! In: segments with their phrases. Out: whether a sentence takes itself or the one before it back; phrases without those of the words that only say what is set right.

use super::grammar::dates::When;
use super::scan::{Mark, Placed};
use super::segment::Segment;
use crate::lexicon::Cue;

/// "Avevamo scritto che si riceve il martedì: non è così."
pub(super) fn takes_back(segment: &Segment) -> bool {
    let told = segment.folded.has_any(&[
        "avevamo scritto",
        "avevamo indicato",
        "avevamo annunciato",
        "era scritto che",
        "si leggeva che",
        "avevamo comunicato",
    ]);
    told && segment.folded.has_any(&["non e cosi", "sbagliat", "errat", "un errore", "una svista", "non e vero"])
}

/// "Si tratta di un errore: …", "L'indicazione è errata": about the sentence before.
pub(super) fn calls_it_wrong(segment: &Segment) -> bool {
    let text = segment.folded.text.trim_start();
    let opens = [
        "si tratta di un errore",
        "si trattava di un errore",
        "si tratta di un refuso",
        "si e trattato di un errore",
        "si tratta di una notizia falsa",
    ];
    // "Lo 0783 449102 è di una famiglia. Il numero giusto è …"
    let puts_right = || {
        ["numero", "orario", "indirizzo", "giorno"]
            .iter()
            .any(|what| ["giusto", "corretto", "esatto"].iter().any(|how| text.contains(&format!("{what} {how}"))))
    };
    let number_right = text.len() < 90 && text.starts_with("il numero") && puts_right();
    let says = ["l'indicazione", "l'informazione", "il dato", "la notizia", "quanto sopra", "quell'orario", "l'orario indicato"];
    let is_said = says.iter().any(|s| text.starts_with(s));
    number_right
        || opens.iter().any(|w| text.starts_with(w))
        || is_said
            && ["errat", "sbagliat", "inesatt", "frutto di un errore", "non corrispond"].iter().any(|w| {
                let at = text.find(w).unwrap_or(usize::MAX);
                at < 60 && !text[..at].contains(" non ")
            })
}

/// "Contrariamente a quanto comunicato la settimana scorsa, …", "Avevamo sbagliato data, e ce ne scusiamo: …": what stands in front of the matter tells what was said
/// before, and nothing of what holds.
pub(super) fn drop_what_is_set_right(segment: &Segment, marks: &mut Vec<Placed>) {
    const UP_TO_COMMA: [&str; 8] = [
        "contrariamente a quanto",
        "diversamente da quanto",
        "a differenza di quanto",
        "a rettifica de",
        "a rettifica di",
        "a parziale rettifica d",
        "in rettifica d",
        "a correzione d",
    ];
    const UP_TO_COLON: [&str; 7] =
        ["avevamo sbagliato", "abbiamo sbagliato", "ci siamo sbagliati", "errata corrige", "per un errore", "per errore", "rettifica"];
    so_far(segment, marks);
    let text = segment.folded.text.trim_start_matches(|c: char| !c.is_alphabetic());
    let opens = |words: &[&str]| words.iter().any(|w| text.starts_with(w));
    let sign = match (opens(&UP_TO_COMMA), opens(&UP_TO_COLON)) {
        (true, _) => ",",
        (_, true) => ":",
        _ => return,
    };
    // "A rettifica dell'avviso affisso lunedì, viziato da un errore, si comunica che …"
    let told = segment
        .tokens
        .windows(2)
        .position(|t| t[0].is("si") && ["comunic", "inform", "precis", "rende", "avvis"].iter().any(|w| t[1].text.starts_with(w)));
    let Some(end) = told.or_else(|| segment.tokens.iter().position(|t| t.is(sign))) else { return };
    let matter = marks.iter().any(|m| m.start > end && !matches!(m.mark, Mark::Comma | Mark::Break));
    if matter {
        marks.retain(|m| m.start >= end || matches!(m.mark, Mark::Offices(_)));
    }
}

/// "Finora lo sportello riceveva tutte le mattine; da lunedì 13 gennaio sarà invece aperto …": what was, in front of the day from which something else holds.
fn so_far(segment: &Segment, marks: &mut Vec<Placed>) {
    let past = marks.iter().position(|m| m.mark == Mark::Cue(Cue::Past));
    let Some(from) = marks.iter().find(|m| matches!(m.mark, Mark::When(When::From(_)))).map(|m| m.start) else { return };
    let Some(past) = past.map(|i| marks[i].start).filter(|past| *past < from) else { return };
    let sign = |i: &usize| {
        segment.tokens[*i].is_any(&[";", ":"])
            || segment.tokens[*i].is(",") && segment.tokens[*i + 1..from].iter().any(|t| t.is_any(&["ma", "mentre", "ora", "adesso"]))
    };
    let Some(end) = (past..from).rev().find(sign).filter(|end| from - end <= 4) else { return };
    let told = marks.iter().any(|m| {
        m.start > from
            && matches!(
                m.mark,
                Mark::Span(..) | Mark::Address(_) | Mark::Channel(_) | Mark::Cue(Cue::Open | Cue::Appointment | Cue::Remote | Cue::Closed)
            )
    });
    let later = marks.iter().any(|m| m.start > from && m.mark == Mark::Cue(Cue::Past));
    if told && !later {
        marks.retain(|m| m.start >= end || matches!(m.mark, Mark::Offices(_)));
    }
}
