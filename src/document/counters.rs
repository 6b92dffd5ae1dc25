//! Lines in which a page counts its readers, or the time that it took: they move at every load and tell nothing.

/// Words of which such lines consist, beside their figures, in lower case. None of them can stand in what an office says of itself
/// without another word beside it that is not here.
const WORDS: &[&str] = &[
    // what is counted
    "accessi",
    "click",
    "clic",
    "condivisioni",
    "consultazioni",
    "contatore",
    "counter",
    "download",
    "hit",
    "hits",
    "letture",
    "like",
    "scaricamenti",
    "ospiti",
    "utenti",
    "utente",
    "views",
    "visualizzazioni",
    "visite",
    "visita",
    "visitatori",
    "visitatore",
    "visits",
    // what was done with what
    "aperta",
    "aperto",
    "consultata",
    "consultato",
    "letta",
    "letto",
    "scaricato",
    "vista",
    "visto",
    "viste",
    "visitata",
    "visitato",
    "visualizzata",
    "visualizzato",
    "generata",
    "caricata",
    "collegati",
    "connessi",
    "registrati",
    "iscritti",
    "articolo",
    "notizia",
    "pagina",
    "pagine",
    "sito",
    "sei",
    "siete",
    "volta",
    "volte",
    "mi",
    "piace",
    "online",
    "on",
    "line",
    "linea",
    // how many, since when
    "complessive",
    "complessivi",
    "corso",
    "giornaliere",
    "momento",
    "numero",
    "n",
    "nr",
    "oggi",
    "ieri",
    "mese",
    "mensili",
    "settimana",
    "totale",
    "totali",
    "tot",
    "anno",
    "secondi",
    "secondo",
    "millisecondi",
    "ms",
    "sec",
    "s",
    "tempo",
    "esecuzione",
    "caricamento",
    // between them
    "a",
    "alla",
    "che",
    "ci",
    "da",
    "dal",
    "dalla",
    "del",
    "della",
    "di",
    "e",
    "ed",
    "è",
    "ha",
    "hanno",
    "il",
    "in",
    "la",
    "le",
    "l",
    "nel",
    "nella",
    "per",
    "questa",
    "questo",
    "stata",
    "stato",
    "state",
    "sono",
    "su",
    "un",
    "una",
];

/// Of these words at least one must be there: without them a line counts something else.
const COUNTED: &[&str] = &[
    "accessi",
    "click",
    "clic",
    "condivisioni",
    "consultazioni",
    "consultata",
    "consultato",
    "contatore",
    "counter",
    "download",
    "generata",
    "hit",
    "hits",
    "letta",
    "letto",
    "letture",
    "like",
    "piace",
    "scaricamenti",
    "scaricato",
    "utenti",
    "views",
    "visite",
    "visits",
    "visitatori",
    "visitatore",
    "visualizzazioni",
    "visualizzata",
    "visualizzato",
    "vista",
    "visto",
    "viste",
    "visitata",
    "visitato",
    "collegati",
    "connessi",
    "esecuzione",
    "caricamento",
];

/// The longest line that is looked at, in bytes.
const LONGEST: usize = 120;

/// Words that make a figure with two decimals a duration and no time of day.
const SECONDS: &[&str] = &["secondi", "secondo", "millisecondi", "ms", "sec", "s"];

/// Whether a line only counts: "Pagina letta 1.203 volte", "Visitatori oggi: 12, totale: 40.311". A time of day, a range, a number that may be a
/// telephone's, or any word that is not a counter's own makes it something else.
pub(super) fn counts(line: &str) -> bool {
    if line.len() > LONGEST || !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let is_end = |letter: char| !letter.is_alphanumeric();
    let words = || line.split(|letter: char| letter.is_whitespace() || matches!(letter, '\'' | '’' | ':' | '/' | '|'));
    let times = words().any(|word| SECONDS.contains(&word.trim_matches(is_end).to_lowercase().as_str()));
    let mut counted = false;
    for word in words().map(|word| word.trim_matches(is_end)).filter(|word| !word.is_empty()) {
        if word.starts_with(|first: char| first.is_ascii_digit()) {
            if !(is_count(word) || times && is_decimal(word)) {
                return false;
            }
            continue;
        }
        let word = word.to_lowercase();
        if !WORDS.contains(&word.as_str()) {
            return false;
        }
        counted |= COUNTED.contains(&word.as_str());
    }
    // "visite 9:30" and "visite 9/12" fell apart above
    let close = line.as_bytes().windows(3).any(|three| matches!(three, [b'0'..=b'9', b':' | b'/' | b'\'', b'0'..=b'9']));
    counted && !close
}

/// "12", "40311", "40.311", "1,203,442": no leading zero, as telephone numbers have it, and thousands whole.
fn is_count(word: &str) -> bool {
    let mut groups = word.split(['.', ',']);
    let first = groups.next().unwrap_or_default();
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let mut rest = groups.peekable();
    let grouped = rest.peek().is_some();
    is_number(first)
        && (1..=if grouped { 3 } else { 8 }).contains(&first.len())
        && (first.len() == 1 || !first.starts_with('0'))
        && rest.all(|group| group.len() == 3 && is_number(group))
}

/// "0,023", "1.25".
fn is_decimal(word: &str) -> bool {
    word.split_once(['.', ','])
        .is_some_and(|(whole, part)| [whole, part].iter().all(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_counts() {
        for line in [
            "Pagina letta 3 volte",
            "Visite: 12.345",
            "Questo articolo è stato letto 1203 volte",
            "Sei il visitatore n. 40.311",
            "Visitatori oggi: 12 - totale: 40.311",
            "Utenti online: 5",
            "Pagina generata in 0,023 secondi",
            "Mi piace (12)",
            "L'articolo è stato visualizzato 7 volte",
            "Hits: 1,203,442",
            "5 visualizzazioni",
        ] {
            assert!(counts(line), "{line}");
        }
    }

    #[test]
    fn what_may_say_something() {
        for line in [
            "Visite: 9.30-12.30",
            "Visite 9:30",
            "Visite: 9/12",
            "Accessi al lunedì 9 - 12",
            "Visite dalle 9 alle 12",
            "Accessi: 0583 216305",
            "Numero visite 0583216305",
            "Visitatori: 3346821035",
            "Visite il 3 marzo",
            "Visite guidate 12",
            "Pagina aggiornata il 12",
            "Totale 40.311",
            "Pagina 2",
            "Visite",
            "12",
            "",
        ] {
            assert!(!counts(line), "{line}");
        }
    }
}
