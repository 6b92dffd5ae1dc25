//! What a text sets right: "Avevamo scritto che …: non è così", "Contrariamente a quanto comunicato la settimana scorsa, …", "L'indicazione è errata".
//!
//! In: segments with their phrases. Out: whether a sentence takes itself or the one before it back; phrases without those of the words that only say what is set right.

use super::scan::{Mark, Placed};
use super::segment::Segment;

/// "Avevamo scritto che si riceve il martedì: non è così."
pub(super) fn takes_back(segment: &Segment) -> bool {
    let text = segment.folded.text.as_str();
    let told = ["avevamo scritto", "avevamo indicato", "avevamo annunciato", "era scritto che", "si leggeva che", "avevamo comunicato"]
        .iter()
        .any(|w| text.contains(w));
    told && ["non e cosi", "sbagliat", "errat", "un errore", "una svista", "non e vero"].iter().any(|w| text.contains(w))
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
    const UP_TO_COMMA: [&str; 7] = [
        "contrariamente a quanto",
        "diversamente da quanto",
        "a differenza di quanto",
        "a rettifica di",
        "a parziale rettifica di",
        "in rettifica di",
        "a correzione di",
    ];
    const UP_TO_COLON: [&str; 7] =
        ["avevamo sbagliato", "abbiamo sbagliato", "ci siamo sbagliati", "errata corrige", "per un errore", "per errore", "rettifica"];
    let text = segment.folded.text.trim_start_matches(|c: char| !c.is_alphabetic());
    let opens = |words: &[&str]| words.iter().any(|w| text.starts_with(w));
    let sign = match (opens(&UP_TO_COMMA), opens(&UP_TO_COLON)) {
        (true, _) => ",",
        (_, true) => ":",
        _ => return,
    };
    let Some(end) = segment.tokens.iter().position(|t| t.is(sign)) else { return };
    let matter = marks.iter().any(|m| m.start > end && !matches!(m.mark, Mark::Comma | Mark::Break));
    if matter {
        marks.retain(|m| m.start >= end || matches!(m.mark, Mark::Offices(_)));
    }
}
