//! Words that point back to a day or a period told before: "nello stesso periodo", "in tale data", "da allora".
//!
//! In: tokens and an index. Out: that they point back, as a period or as its beginning, and the index behind the words. Which day is meant, the text before tells.

use super::dates::When;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// "nello stesso periodo", "in entrambe le date", "nella giornata indicata", "negli stessi giorni di chiusura" is not ours.
pub(super) fn same(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(When, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    // "dallo stesso lunedì", "da quel giorno", "a partire dalla stessa data", "con la medesima decorrenza"
    let from = match (word(i), word(i + 1)) {
        ("dallo" | "dal" | "dalla" | "da", "stesso" | "medesimo" | "stessa" | "medesima" | "quel" | "quella" | "tale") => Some(i + 2),
        ("da", "allora") => return Some((When::FromSame, i + 2)),
        ("stessa" | "medesima", "decorrenza") => return Some((When::FromSame, i + 2)),
        _ => None,
    };
    if let Some(noun) = from.filter(|noun| {
        matches!(
            word(*noun),
            "giorno" | "data" | "giornata" | "momento" | "lunedi" | "martedi" | "mercoledi" | "giovedi" | "venerdi" | "sabato" | "domenica"
        )
    }) {
        // "dallo stesso lunedì 20" says which
        let numbered = tokens.get(noun + 1).is_some_and(|t| t.kind == TokenKind::Number && lexicon.weekday(word(noun)).is_some());
        // "dalla medesima data del 3 marzo"
        let dated = word(noun + 1) == "del" && tokens.get(noun + 2).is_some_and(|t| t.kind == TokenKind::Number);
        return (!numbered && !dated).then_some((When::FromSame, noun + 1));
    }
    if let Some(next) = pointed(tokens, i) {
        return Some((When::Same, next));
    }
    let next = match (word(i), word(i + 1), word(i + 2)) {
        ("intero" | "intera", "periodo" | "giornata", _) if !matches!(word(i + 2), "di" | "del") => i + 2,
        ("entrambe" | "entrambi", "le" | "i", _) if pointed(tokens, i + 2).is_some() => {
            return pointed(tokens, i + 2).map(|next| (When::Same, next));
        }
        ("entrambe" | "entrambi" | "ambedue", "le" | "i", "date" | "giornate" | "giorni" | "mesi") => i + 3,
        ("due" | "tre", "date" | "giornate", next)
            if i > 0
                && tokens[i - 1].is_any(&["le", "nelle"])
                && !matches!(next, "di" | "del")
                && lexicon.month(next).is_none()
                && lexicon.weekday(next).is_none() =>
        {
            i + 2
        }
        ("tutti" | "tutte", "e", "due" | "tre" | "quattro") if matches!(word(i + 4), "giornate" | "giorni" | "date") => i + 5,
        ("ciascuna" | "ognuna", "delle", "due" | "tre") if matches!(word(i + 3), "giornate" | "date") => i + 4,
        ("ciascuno" | "ognuno", "dei", "due" | "tre" | "giorni") => i + if word(i + 2) == "giorni" { 3 } else { 4 },
        (
            "durata",
            "del" | "dei" | "della" | "delle" | "dell'",
            "provvedimento" | "lavori" | "chiusura" | "opere" | "intervento" | "cantiere" | "sospensione",
        ) => i + 3,
        // "per tutta la durata dell'orario estivo", "nel periodo estivo": the one that was told before
        ("durata", "dell'", "orario") | ("durante", "l'", "orario") if is_named_period(word(i + 3)) => i + 4,
        ("nel", "periodo", "estivo" | "invernale" | "natalizio" | "pasquale") => i + 3,
        ("tutta", "la", "giornata") if !matches!(word(i + 3), "di" | "del" | "dei") => i + 3,
        ("tutto", "il", "periodo") if !is_named_period(word(i + 3)) => i + 3,
        ("nel" | "intero", "bimestre" | "trimestre" | "quadrimestre", next) if lexicon.month(next).is_none() => i + 2,
        // "per tutto il bimestre"
        ("tutto", "il", "bimestre" | "trimestre" | "quadrimestre") if lexicon.month(word(i + 3)).is_none() => i + 3,
        _ => return None,
    };
    Some((When::Same, next))
}

/// "tutto il periodo estivo", "tutto il periodo delle feste": a period of its own name.
fn is_named_period(next: &str) -> bool {
    matches!(next, "di" | "del" | "dei" | "della" | "delle" | "dell'" | "che" | "scolastico")
        || ["estiv", "invernal", "natalizi", "pasqual", "elettoral", "emergenzial"].iter().any(|stem| next.starts_with(stem))
}

/// "stesso periodo", "quelle due giornate", "tali date", "giorni anzidetti": a word that points back and a word of time, one in front of the other.
fn pointed(tokens: &[Token], i: usize) -> Option<usize> {
    const TIMES: [&str; 16] = [
        "giorno",
        "giorni",
        "giornata",
        "giornate",
        "data",
        "date",
        "periodo",
        "settimana",
        "settimane",
        "mesi",
        "bimestre",
        "trimestre",
        "arco",
        "mattine",
        "mattinate",
        "pomeriggi",
    ];
    const BACK: [&str; 8] = ["predett", "suddett", "anzidett", "sopraddett", "sopracitat", "succitat", "summenzionat", "indicat"];
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let back = |j: usize| BACK.iter().any(|stem| word(j).starts_with(stem));
    if TIMES.contains(&word(i)) {
        let at = i + 1 + usize::from(matches!(word(i + 1), "sopra" | "di"));
        return back(at).then_some(at + 1);
    }
    let same = matches!(word(i), "stesso" | "stessa" | "stessi" | "stesse" | "medesimo" | "medesima" | "medesimi" | "medesime");
    let that = matches!(word(i), "quel" | "quella" | "quei" | "quelle" | "tale" | "tali") || back(i);
    let this = matches!(word(i), "questo" | "questa" | "questi" | "queste") || matches!(word(i), "detto" | "detta" | "dette" | "detti");
    if !(same || that || this) {
        return None;
    }
    let counted = matches!(word(i + 1), "due" | "tre" | "quattro" | "cinque");
    let noun = i + 1 + usize::from(counted);
    let vague = match word(noun) {
        // "negli stessi giorni 15-17": days of the week; "la chiusura, negli stessi giorni, della biblioteca": dates
        "giorni" => same && !counted && !tokens.iter().any(|t| t.text.starts_with("chiusur") || t.text.starts_with("chius")),
        "mesi" => this && !counted,
        _ => false,
    };
    (TIMES.contains(&word(noun)) && !vague).then_some(noun + 1)
}
