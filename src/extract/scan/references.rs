//! Words that stand for offices without naming them: "gli uffici", "gli stessi uffici", "il primo", "quest'ultimo", "l'ente".
//!
//! In: tokens and an index. Out: whom the words stand for and the index behind them, or `None`. Who they are, the whole document tells.

use super::Mark;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// "gli uffici", "i tre uffici", "gli stessi uffici", "tutti gli altri", "gli altri uffici", "dell'ente".
pub(super) fn back_reference(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<(Mark, usize)> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let qualified = |j: usize| {
        // "gli uffici anagrafe e tributi", "gli uffici comunali" are named by another family
        lexicon.office_at(tokens, j).is_some()
            || matches!(
                word(j),
                "comunali"
                    | "provinciali"
                    | "di"
                    | "del"
                    | "della"
                    | "dell'"
                    | "dei"
                    | "municipali"
                    | "demografici"
                    | "tecnici"
                    | "anagrafe"
                    | "tributi"
                    | "postali"
                    | "pubblici"
                    | "amministrativi"
                    | "scolastici"
                    | "anagrafici"
                    | "finanziari"
                    | "sociali"
                    | "regionali"
                    | "giudiziari"
                    | "cimiteriali"
            )
    };
    if let Some(found) = ordinal(tokens, at) {
        return Some(found);
    }
    // "gli sportelli polifunzionali": an office by its name
    let article = matches!(word(at), "gli" | "i" | "degli" | "agli");
    let named = |name: &crate::lexicon::OfficeName| name.sure && name.office.as_ref().is_some_and(|office| !office.is_all());
    if article && lexicon.office_at(tokens, at + 1).is_some_and(|name| named(&name) && name.next > at + 2) {
        return None;
    }
    match (word(at), word(at + 1), word(at + 2)) {
        ("comune" | "provincia" | "unione", "di" | "dei", _) if at > 0 && body_serves(tokens, at) => {
            Some((Mark::TheOffices { back: false }, at + 1))
        }
        ("tutto", "chiuso" | "fermo" | "aperto", _) => Some((Mark::TheOffices { back: false }, at + 1)),
        ("quest'" | "questi" | "queste", "ultimo" | "ultima" | "ultimi" | "ultime", _) => Some((Mark::Latter, at + 2)),
        ("tutti" | "tutte", "gli" | "le", "altri" | "altre") => {
            let next = if matches!(word(at + 3), "uffici" | "servizi" | "sportelli" | "settori" | "casi") { at + 4 } else { at + 3 };
            let foreign = ["giorni", "casi", "negozi", "esercizi", "comuni", "enti", "locali", "bar", "servizi pubblici", "partecipanti"];
            (!foreign.contains(&word(at + 3))).then_some((Mark::AllOthers, next))
        }
        ("gli" | "i", "altri" | "restanti" | "rimanenti", "uffici" | "servizi" | "sportelli" | "settori") => {
            Some((Mark::AllOthers, at + 3))
        }
        ("altri" | "restanti" | "rimanenti", "uffici" | "servizi" | "sportelli", _) => Some((Mark::AllOthers, at + 2)),
        ("gli" | "i" | "degli", "stessi" | "suddetti" | "predetti" | "medesimi", "uffici" | "servizi" | "sportelli") => {
            Some((Mark::TheOffices { back: true }, at + 3))
        }
        (
            "i" | "dei" | "gli" | "le",
            "due" | "tre" | "quattro" | "cinque" | "sei",
            "uffici" | "servizi" | "sportelli" | "sedi" | "sezioni",
        ) => Some((Mark::TheOffices { back: true }, at + 3)),
        ("due" | "tre" | "quattro", "uffici" | "sportelli" | "servizi", _) => Some((Mark::TheOffices { back: true }, at + 2)),
        // "in tutte e tre le giornate" counts days
        ("tutti" | "tutte", "e", "due" | "tre" | "quattro" | "cinque")
            if !matches!(word(at + 4), "giornate" | "giorni" | "date" | "mesi" | "settimane") =>
        {
            let noun = matches!(word(at + 3), "gli" | "le" | "i")
                && matches!(
                    word(at + 4),
                    "uffici" | "sedi" | "sportelli" | "servizi" | "farmacie" | "biblioteche" | "delegazioni" | "punti"
                );
            Some((Mark::TheOffices { back: true }, if noun { at + 5 } else { at + 3 }))
        }
        ("nessuno" | "nessuna" | "ciascuno" | "ciascuna", "dei" | "delle", "due" | "tre" | "quattro")
            if !matches!(word(at + 3), "giornate" | "date" | "giorni" | "mesi") =>
        {
            Some((Mark::TheOffices { back: true }, at + 3))
        }
        // "l'uno e l'altro ufficio", from its second half
        ("l'", "altro" | "altra", _) if at >= 3 && word(at - 1) == "e" && matches!(word(at - 2), "uno" | "una") => Some((
            Mark::TheOffices { back: true },
            if matches!(word(at + 2), "ufficio" | "sportello" | "servizio") { at + 3 } else { at + 2 },
        )),
        // "porte chiuse in municipio", "serrande abbassate in Comune"
        ("in", "municipio" | "comune" | "provincia", _)
            if at > 0 && tokens[at - 1].is_any(&["chiuse", "chiusi", "chiuso", "abbassate", "sbarrate"]) && !qualified(at + 2) =>
        {
            Some((Mark::TheOffices { back: false }, at + 2))
        }
        // "nessun ufficio comunale sarà aperto"
        ("nessun", "ufficio", "comunale" | "provinciale" | "municipale") => Some((Mark::TheOffices { back: false }, at + 3)),
        // "la chiusura del Comune", "il palazzo municipale è chiuso": the house stands for its offices
        ("del" | "della", "comune" | "municipio" | "provincia", _) if told_of_house(tokens, at, at + 2) => {
            Some((Mark::TheOffices { back: false }, at + 2))
        }
        ("palazzo" | "sede" | "casa" | "residenza", "municipale" | "comunale" | "provinciale", _) if told_of_house(tokens, at, at + 2) => {
            Some((Mark::TheOffices { back: false }, at + 2))
        }
        ("nessuno", "degli", "uffici") if !qualified(at + 3) => Some((Mark::TheOffices { back: false }, at + 3)),
        // "per parlare con qualunque ufficio"
        ("qualunque" | "qualsiasi", "ufficio", _) if !qualified(at + 2) => Some((Mark::TheOffices { back: false }, at + 2)),
        ("i" | "le", "primi" | "prime", "due" | "tre") => Some((Mark::TheOffices { back: true }, at + 3)),
        ("entrambi" | "ambedue", "gli" | "i", "uffici" | "servizi" | "sportelli") => Some((Mark::TheOffices { back: true }, at + 3)),
        ("entrambi" | "entrambe" | "ambedue", next, _) if next != "le" && next != "i" => Some((Mark::TheOffices { back: true }, at + 1)),
        // "gli uffici di cui all'articolo 1"
        ("gli", "uffici" | "servizi", "di") if word(at + 3) == "cui" => Some((Mark::TheOffices { back: false }, at + 2)),
        ("gli", "uffici" | "sportelli", _) if !qualified(at + 2) => Some((Mark::TheOffices { back: false }, at + 2)),
        ("le" | "delle", "strutture" | "sedi", _) => Some((Mark::TheOffices { back: false }, at + 2)),
        ("degli", "uffici" | "sportelli", _) if of_all(tokens, at) && !qualified(at + 2) => {
            Some((Mark::TheOffices { back: false }, at + 2))
        }
        ("uffici", next, _) if !next.is_empty() && (at == 0 || of_all(tokens, at)) && !qualified(at + 1) => {
            Some((Mark::TheOffices { back: false }, at + 1))
        }
        ("del" | "della" | "dell'" | "al" | "alla" | "all'", "comune" | "provincia" | "unione" | "comunita" | "amministrazione", _)
            if of_mailbox(tokens, at) =>
        {
            Some((Mark::WholeBody, at + 2))
        }
        ("dell'" | "all'" | "l'", "ente", _) => Some((Mark::WholeBody, at + 2)),
        ("dell'" | "all'", "amministrazione", "comunale" | "provinciale") => Some((Mark::WholeBody, at + 3)),
        ("istituzionale" | "istituzionali", ..) => Some((Mark::WholeBody, at + 1)),
        (
            "dirette" | "diretta" | "diretti" | "inviata" | "inviate" | "inviati" | "indirizzata" | "indirizzate" | "indirizzati"
            | "destinata" | "destinate" | "destinati",
            "al" | "alla" | "all'",
            "comune" | "provincia" | "unione",
        ) => Some((Mark::WholeBody, at + 3)),
        ("del" | "al", "comune", "e" | ":" | ",") => Some((Mark::WholeBody, at + 2)),
        ("del" | "della" | "dell'", "comune" | "provincia" | "unione", _) if labels_contact(tokens, at) => Some((Mark::WholeBody, at + 2)),
        // "gli atti si possono trasmettere al Comune via PEC, a …"
        ("al" | "alla", "comune" | "provincia", "via" | "tramite" | "mediante" | "a") if (at + 3..at + 6).any(|j| word(j) == "pec") => {
            Some((Mark::WholeBody, at + 2))
        }
        ("al", "comune", "si") if word(at + 3).starts_with("scriv") => Some((Mark::WholeBody, at + 2)),
        // "per ogni altra comunicazione al Comune scrivete a info@…"
        ("al", "comune", next) if next.starts_with("scriv") && tokens[..at].iter().any(|t| t.text.starts_with("comunicazion")) => {
            Some((Mark::WholeBody, at + 2))
        }
        // "il Comune ha una nuova casella di posta certificata"
        ("il", "comune", "ha" | "avra" | "adotta" | "attiva" | "cambia") => Some((Mark::WholeBody, at + 2)),
        _ => None,
    }
}

/// "chiusura della casa comunale", "il palazzo municipale resterà chiuso", "la sede municipale è interdetta al pubblico": a house of which closing is said.
fn told_of_house(tokens: &[Token], at: usize, end: usize) -> bool {
    const STATES: [&str; 5] = ["chius", "interdett", "inaccessibil", "apert", "inagibil"];
    const VERBS: [&str; 10] = ["e", "sara", "resta", "restera", "rimane", "rimarra", "sia", "viene", "verra", "risulta"];
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    let before = |back: usize| at.checked_sub(back).map_or("", word);
    let of = matches!(word(at), "del" | "della");
    let shutting = |word: &str| ["chiusur", "apertur"].iter().any(|stem| word.starts_with(stem));
    let closing = if of { shutting(before(1)) } else { matches!(before(1), "della" | "del") && shutting(before(2)) };
    let small = |i: &usize| matches!(word(*i), "non" | "pertanto" | "quindi" | "eccezionalmente" | "straordinariamente");
    let verb = (end..end + 2).find(|i| !small(i)).filter(|i| VERBS.contains(&word(*i)));
    let stated = verb.is_some_and(|verb| (verb + 1..verb + 3).any(|i| STATES.iter().any(|stem| word(i).starts_with(stem))));
    closing || !of && matches!(before(1), "il" | "la") && !matches!(before(2), "presso" | "in") && stated
}

/// "Telefono del Comune: 0583 …", "Fax della Provincia 0583 …", from "del": a label of the body's own line.
pub(in crate::extract) fn labels_contact(tokens: &[Token], at: usize) -> bool {
    const LABELS: [&str; 8] = ["telefono", "telefoni", "tel", "fax", "numero", "pec", "mail", "email"];
    let before = |back: usize| at.checked_sub(back).and_then(|i| tokens.get(i));
    let label = before(1).filter(|t| !t.is(".")).or(before(2)).is_some_and(|t| t.is_any(&LABELS));
    label && tokens.get(at + 2).is_some_and(|t| t.is(":") || t.number().is_some())
}

/// "la PEC della Provincia è …", "la casella di posta certificata del Comune cambia nome": the body's mailbox, told in a sentence.
fn of_mailbox(tokens: &[Token], at: usize) -> bool {
    const VERBS: [&str; 5] = ["e", "va", "vanno", "sono", "usare"];
    const STEMS: [&str; 12] =
        ["cambi", "divent", "divien", "diveng", "diverr", "sara", "utilizza", "risult", "passa", "modific", "attiv", "sostitui"];
    let before = &tokens[at.saturating_sub(4)..at];
    let mailbox = before.iter().any(|t| t.is_any(&["pec", "certificata"]))
        || before.windows(2).any(|pair| pair[0].is_any(&["numero", "centralino", "recapito"]) && pair[1].is("unico"));
    let office = before.iter().any(|t| t.is_any(&["ufficio", "dell'ufficio", "servizio"]));
    mailbox && !office && tokens.iter().skip(at + 2).take(9).any(|t| t.is_any(&VERBS) || STEMS.iter().any(|stem| t.text.starts_with(stem)))
}

/// "Il Comune di Rovezzo resterà chiuso": the body stands for its offices.
fn body_serves(tokens: &[Token], at: usize) -> bool {
    let article = at > 0 && tokens[at - 1].is_any(&["il", "la", "l'"]);
    let Some(verb) =
        (at + 2..at + 7).find(|i| tokens.get(*i).is_some_and(|t| ["rest", "rimar", "riman", "sara"].iter().any(|w| t.text.starts_with(w))))
    else {
        return false;
    };
    article
        && tokens.get(at + 2).is_some_and(|t| t.upper)
        && tokens.get(verb + 1).is_some_and(|t| t.is_any(&["chiuso", "chiusa", "aperto", "aperta"]))
}

/// Whether the word before makes plain "uffici" all of them: "chiusura uffici", "orario degli uffici", "24 dicembre: uffici chiusi".
fn of_all(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|i| tokens.get(i)) else { return false };
    let words = [
        "chiusur",
        "chius",
        "apertur",
        "orari",
        "sospension",
        "tutti",
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
        "straordinari",
        "estiv",
        "invernal",
    ];
    before.is_any(&[":", ",", "-", "."])
        || words.iter().any(|w| before.text.starts_with(w))
        || before.text.len() == 4 && before.number().is_some()
}

/// "il primo", "la seconda", "quanto al terzo" as a pronoun: no noun behind it, no ordinal of a date, a floor or a weekday.
fn ordinal(tokens: &[Token], at: usize) -> Option<(Mark, usize)> {
    let first = tokens.get(at)?;
    if !first.is_any(&["il", "la", "i", "le", "al", "alla", "ai", "alle", "per", "del", "della"]) {
        return None;
    }
    let at = if first.is("per") { at + 1 } else { at };
    let n = ["prim", "second", "terz", "quart"]
        .iter()
        .position(|stem| tokens.get(at + 1).is_some_and(|t| t.text.len() == stem.len() + 1 && t.text.starts_with(stem)))?;
    let next = tokens.get(at + 2)?;
    // a noun behind it, and it counts that noun: "il primo piano", "la seconda domenica"
    const COUNTED: [&str; 54] = [
        "genn",
        "febb",
        "marz",
        "apri",
        "magg",
        "giug",
        "lugl",
        "agos",
        "sett",
        "otto",
        "nove",
        "dice",
        "due",
        "tre",
        "quattro",
        "cinque",
        "piano",
        "lune",
        "mart",
        "merc",
        "giov",
        "vene",
        "saba",
        "dome",
        "giorn",
        "settiman",
        "mese",
        "trimestr",
        "semestr",
        "turn",
        "volta",
        "part",
        "quindicin",
        "anno",
        "grado",
        "ciclo",
        "class",
        "rata",
        "acconto",
        "figli",
        "caso",
        "tempo",
        "lotto",
        "punto",
        "appuntament",
        "porta",
        "stanza",
        "rampa",
        "scala",
        "sala",
        "via",
        "strada",
        "traversa",
        "del",
    ];
    let word = next.kind == TokenKind::Word && next.text.len() > 1 && !next.is("ed") && !COUNTED.iter().any(|w| next.text.starts_with(w));
    // "suap@… per il primo, edilizia@… per la seconda."
    let given = at > 0 && tokens[at - 1].is("per") || first.is_any(&["al", "alla"]);
    let goes_on = next.is_any(&[",", ":", "(", "e", "a", "-"]) || given && next.is_any(&[")", ".", ";"]) || word;
    let counted = first.is("per") || next.is("e") && tokens.get(at + 3).is_some_and(|t| t.is_any(&["il", "la", "i", "le"]));
    (goes_on && !counted).then_some((Mark::Nth(n), at + 2))
}
