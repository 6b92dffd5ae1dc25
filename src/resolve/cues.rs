//! Words by which a document says that it corrects or replaces what was said before.

use super::names::fold_name;
use crate::domain::Notice;

/// "Si precisa che la chiusura è il 23 e non il 24": what an earlier article said of it no longer counts.
const CORRECTIONS: [&str; 12] = [
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

/// Whether the title or the sentences behind a notice say that it corrects an earlier one.
pub(super) fn corrects(title: Option<&str>, notice: &Notice) -> bool {
    holds_any(title, &CORRECTIONS) || notice.evidence.iter().any(|evidence| holds_any(Some(&evidence.sentence), &CORRECTIONS))
}

/// Whether they say that a channel takes the place of another.
pub(super) fn replaces_channels(title: Option<&str>, notice: &Notice) -> bool {
    holds_any(title, &REPLACEMENTS) || notice.evidence.iter().any(|evidence| holds_any(Some(&evidence.sentence), &REPLACEMENTS))
}

fn holds_any(text: Option<&str>, cues: &[&str]) -> bool {
    text.is_some_and(|text| {
        let folded = fold_name(text);
        cues.iter().any(|cue| folded.contains(&fold_name(cue)))
    })
}
