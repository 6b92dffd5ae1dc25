//! Branches: "Delegazione di Ponte Sasso", "Sezione ragazzi", "Municipalità 1 Centro Antico".
//!
//! In: tokens of a segment and an index. Out: the index behind the branch's own noun phrase, or `None`.

use super::offices::capital;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// Words that open the name of a branch.
const SITES: [&str; 18] = [
    "comando",
    "frazione",
    "piattaforma",
    "reparto",
    "delegazione",
    "delegazioni",
    "sede",
    "succursale",
    "sezione",
    "circoscrizione",
    "quartiere",
    "presidio",
    "zona",
    "distaccamento",
    "polo",
    "plesso",
    "municipalita",
    "filiale",
];

/// "la sede di San Lorenzo dell'Ufficio anagrafe": where the name of a place ends, and that of whom it belongs to begins.
const OFFICES: [&str; 10] =
    ["ufficio", "uffici", "servizio", "servizi", "settore", "sportello", "anagrafe", "biblioteca", "polizia", "comune"];

/// What the sections of a site are called.
const PAGES: [&str; 14] = [
    "document",
    "modulistic",
    "amministrazion",
    "trasparen",
    "avvis",
    "band",
    "notizi",
    "novita",
    "serviz",
    "download",
    "contatt",
    "pagament",
    "news",
    "faq",
];

/// "Municipio 3", "Municipio XI": a part of a large city; but not "Municipio 24 dicembre: chiuso".
pub(super) fn is_numbered_house(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    const MOST: u32 = 20;
    let number = |t: &Token| t.kind == TokenKind::Number && t.number().is_some_and(|n| (1..=MOST).contains(&n));
    let roman = |t: &Token| t.upper && t.text.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    let ends = !tokens.get(i + 2).is_some_and(|t| {
        lexicon.month(&t.text).is_some()
            || !t.spaced && t.is_any(&[".", ":", "/", "-"]) && tokens.get(i + 3).is_some_and(|n| n.kind == TokenKind::Number)
    });
    tokens.get(i).is_some_and(|t| t.is("municipio")) && tokens.get(i + 1).is_some_and(|t| number(t) || roman(t)) && ends
}

/// A branch at `i`, as the document's own noun phrase: "Delegazione di Sant'Ilario", "Sede centrale", "Quartiere 1". The index behind it.
pub fn site(tokens: &[Token], i: usize, is_capital: &dyn Fn(usize) -> bool, lexicon: &Lexicon) -> Option<usize> {
    let token = tokens.get(i)?;
    // parts of a library with doors of their own
    if token.is_any(&["emeroteca", "mediateca", "ludoteca", "fonoteca"]) && token.upper {
        return Some(i + 1);
    }
    let room = token.is("sala")
        && token.upper
        && tokens.get(i + 1).is_some_and(|t| t.is_any(&["prestito", "lettura", "studio", "periodici", "ragazzi", "consultazione"]));
    if room {
        return Some(i + 2);
    }
    if is_numbered_house(tokens, i, lexicon) {
        return Some(i + 2);
    }
    if !SITES.contains(&token.text.as_str()) {
        return None;
    }
    let mut at = i + 1;
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    if matches!(
        word(at),
        "centrale"
            | "distaccata"
            | "principale"
            | "staccata"
            | "adulti"
            | "ragazzi"
            | "nord"
            | "sud"
            | "est"
            | "ovest"
            | "centro"
            | "decentrata"
            | "storica"
            | "municipale"
            | "comunale"
    ) {
        at += 1;
        // "Sede centrale di via Po 3": its name, and where it is
        if matches!(word(at), "di" | "in") && super::addresses::address(tokens, at + 1).is_some() {
            return Some(at);
        }
        if matches!(word(at), "di" | "del" | "della" | "dell'") && capital(tokens, at + 1, is_capital) {
            return Some(name_end(tokens, at + 1, is_capital));
        }
        return Some(at);
    }
    if tokens.get(at).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() <= 2) {
        // "Quartiere 1", "Municipalità 1 Centro Antico"
        let named = capital(tokens, at + 1, is_capital) && !tokens.get(at + 1).is_some_and(|t| t.newline);
        return Some(if named { name_end(tokens, at + 1, is_capital) } else { at + 1 });
    }
    if word(at) == "n" && tokens.get(at + 2).is_some_and(|t| t.kind == TokenKind::Number) {
        return Some(at + 3);
    }
    if matches!(word(at), "di" | "del" | "della" | "dell'" | "dei" | "delle" | "d'") {
        at += 1;
        // "presso la sede dell'Unione": the body's own house, and no branch
        if matches!(word(at), "unione" | "ente" | "amministrazione" | "istituzione") && !capital(tokens, at + 1, is_capital) {
            return None;
        }
        if matches!(word(at), "via" | "piazza" | "viale" | "corso" | "palazzo" | "villa" | "borgo" | "largo") {
            return Some(name_end(tokens, at + 1, is_capital));
        }
    }
    // "nella sezione Documenti": of the site
    if word(i) == "sezione" && PAGES.iter().any(|stem| word(at).starts_with(stem)) {
        return None;
    }
    if word(i) == "zona" && at > i + 1 {
        return None;
    }
    if lexicon.office_at(tokens, at).is_some() || lexicon.head_at(tokens, at).is_some() {
        return None;
    }
    if capital(tokens, at, is_capital) && !tokens.get(at).is_some_and(|t| t.newline) {
        return Some(name_end(tokens, at, is_capital));
    }
    None
}

/// The index behind a name in capitals that begins at `start`: "Borgo Molino", "San Rocco in Colle".
pub fn name_end(tokens: &[Token], start: usize, is_capital: &dyn Fn(usize) -> bool) -> usize {
    let mut at = start;
    // "IL COMANDO CONTINUA A RICEVERE IL MARTEDÌ": in capitals all words look like names; what an article opens is none
    let goes_on = |at: usize| tokens.get(at).is_some_and(|t| !t.newline && !t.is_any(&["il", "lo", "gli"]));
    while at < start + 6 && (at == start || goes_on(at)) {
        // "Cimitero di S. Rocco"
        let saint = tokens.get(at).is_some_and(|t| matches!(t.text.as_str(), "s" | "ss" | "sta") && t.upper)
            && tokens.get(at + 1).is_some_and(|t| t.is(".") && !t.spaced)
            && capital(tokens, at + 2, is_capital);
        if saint {
            at += 3;
        } else if capital(tokens, at, is_capital)
            || at > start && tokens.get(at).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() <= 3)
        {
            at += 1;
        } else if tokens.get(at).is_some_and(|t| t.is_any(&["di", "del", "della", "dell'", "dei", "al", "a", "in", "sul", "d'"]))
            && capital(tokens, at + 1, is_capital)
            && !tokens.get(at + 1).is_some_and(|t| OFFICES.contains(&t.text.as_str()))
        {
            at += 2;
        } else {
            break;
        }
    }
    at.max(start)
}
