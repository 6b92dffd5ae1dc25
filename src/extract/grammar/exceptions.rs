//! What is taken out of a rule: "ad eccezione di", "tranne", "fanno eccezione", "la chiusura non riguarda", "sabato escluso".
//!
//! In: tokens and an index. Out: the way of taking out and the index behind its words, or `None`. What is taken out (days, offices) is for others to read.

use crate::lexicon::Lexicon;
use crate::text::Token;

/// A way of taking something out of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exception {
    /// Words that take out what follows: "tranne il sabato", "salvo la biblioteca".
    Following,
    /// A predicate: whatever the sentence names is taken out: "fanno eccezione …", "la chiusura non riguarda …", "… restano esclusi".
    Sentence,
    /// A word behind what it takes out: "sabato escluso", "Polizia locale esclusa".
    Preceding,
}

/// Stems of "left out", as participles: "esclusa", "esentati", "eccettuato".
const LEFT_OUT: [&str; 6] = ["esclus", "esentat", "esonerat", "eccettuat", "esent", "estrane"];

/// Stems of words for what reaches somebody: "la chiusura non riguarda …", "alla chiusura non aderisce …", "non si applica a …".
const REACHES: [&str; 14] = [
    "riguard", "interess", "tocc", "coinvolg", "comprend", "includ", "applic", "estend", "aderi", "rientr", "partecip", "colpi", "investe",
    "valg",
];

/// Stems of the participles of the same: "non sono compresi", "non è interessata dalla chiusura".
const REACHED: [&str; 7] = ["compres", "inclus", "interessat", "coinvolt", "toccat", "ricompres", "soggett"];

/// Words for the rule itself: only what is said of it takes offices out.
const RULE: [&str; 14] = [
    "chiusur",
    "regol",
    "provvediment",
    "misur",
    "disposizion",
    "sospension",
    "riduzion",
    "orari",
    "ordinanz",
    "variazion",
    "novita",
    "sciopero",
    "limitazion",
    "obblig",
];

const COPULA: [&str; 24] = [
    "e",
    "sono",
    "resta",
    "restano",
    "restera",
    "resteranno",
    "restino",
    "rimane",
    "rimangono",
    "rimarra",
    "rimarranno",
    "sia",
    "siano",
    "sara",
    "saranno",
    "viene",
    "vengono",
    "verra",
    "verranno",
    "va",
    "vanno",
    "risulta",
    "risultano",
    "essendo",
];

const ADVERBS: [&str; 14] = [
    "pero",
    "invece",
    "tuttavia",
    "comunque",
    "inoltre",
    "altresi",
    "quindi",
    "pertanto",
    "infatti",
    "ovviamente",
    "soltanto",
    "solo",
    "anche",
    "naturalmente",
];

/// The exception that opens at `at`.
pub fn exception(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<(Exception, usize)> {
    if let Some(next) = following(tokens, at, lexicon) {
        return Some((Exception::Following, next));
    }
    if let Some(next) = predicate(tokens, at) {
        return Some((Exception::Sentence, next));
    }
    participle(tokens, at, lexicon)
}

fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |t| t.text.as_str())
}

fn starts(word: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| word.starts_with(stem))
}

/// Whether an office is named at `at`, or behind an article and "i servizi di", "la sola".
fn office_soon(tokens: &[Token], at: usize, lexicon: &Lexicon) -> bool {
    let mut i = at;
    while i < at + 4 && starts_small(word(tokens, i)) {
        i += 1;
    }
    lexicon.office_at(tokens, i).is_some_and(|name| name.office.is_some_and(|office| !office.is_all()))
        || lexicon.head_at(tokens, i).is_some()
}

/// Articles, prepositions and "solo", which stand between an exception's words and what it takes out.
fn starts_small(word: &str) -> bool {
    matches!(
        word,
        "il" | "lo"
            | "la"
            | "l'"
            | "i"
            | "gli"
            | "le"
            | "di"
            | "del"
            | "dello"
            | "della"
            | "dell'"
            | "dei"
            | "degli"
            | "delle"
            | "per"
            | "al"
            | "alla"
            | "all'"
            | "allo"
            | "ai"
            | "agli"
            | "alle"
            | "da"
            | "dal"
            | "dalla"
            | "dall'"
            | "dallo"
            | "dai"
            | "sola"
            | "solo"
            | "soli"
            | "sole"
            | "quello"
            | "quella"
            | "quelli"
            | "quelle"
            | "che"
            | ":"
    )
}

/// Prepositions: "ad eccezione di", "tranne", "salvo la biblioteca", "ma non l'anagrafe".
fn following(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<usize> {
    let word = |j: usize| word(tokens, j);
    let end = match (word(at), word(at + 1)) {
        ("ad" | "con" | "a" | "in", "eccezione" | "esclusione") => at + 2,
        ("con", "la" | "l'" | "le") if matches!(word(at + 2), "sola" | "unica" | "eccezione" | "esclusione" | "uniche" | "sole") => {
            (at + 2..at + 5).find(|j| matches!(word(*j), "eccezione" | "eccezioni" | "esclusione")).map(|j| j + 1)?
        }
        ("fatta" | "fatte" | "eccezion", "eccezione" | "fatta" | "salva" | "salve" | "salvo") | ("fatto" | "fatti", "salvo" | "salvi") => {
            at + 2
        }
        ("in", "deroga") => at + 2,
        // "garantendo in ogni caso le attività dell'ufficio elettorale"
        ("garantendo" | "assicurando" | "garantiti" | "assicurati", _) => {
            let noun = (at + 1..at + 7).find(|j| starts(word(*j), &["attivit", "serviz", "apertur", "funzion"]))?;
            let noun = (noun..noun + 2)
                .take_while(|j| starts(word(*j), &["attivit", "serviz", "apertur", "funzion", "essenzial", "indispensabil"]))
                .last()?;
            office_soon(tokens, noun + 1, lexicon).then_some(noun + 1)?
        }
        ("a", "parte") if office_soon(tokens, at + 2, lexicon) => at + 2,
        ("all'", "infuori") => at + 2,
        ("al", "di") if word(at + 2) == "fuori" => at + 3,
        // "non più il lunedì ma il giovedì": the first day is of the past
        ("non", "piu")
            if tokens.get(at + 2..at + 8).is_some_and(|behind| behind.iter().any(|t| t.is_any(&["ma", "bensi"])))
                && (at + 2..at + 4).any(|j| lexicon.weekday(word(j)).is_some()) =>
        {
            at + 2
        }
        // "Non la Polizia locale", "ma non l'anagrafe", "non però la biblioteca"
        ("non", _) => {
            let apart = at == 0 || tokens[at - 1].is_any(&[",", ".", ";", ":", "ma", "(", "pero"]);
            let next = if matches!(word(at + 1), "pero" | "invece" | "gia") { at + 2 } else { at + 1 };
            let article = matches!(word(next), "il" | "lo" | "la" | "l'" | "i" | "gli" | "le" | "per" | "pero");
            let next = if word(at + 1) == "cosi" { at + 2 } else { next };
            let article = article || word(at + 1) == "cosi";
            (apart && article && office_soon(tokens, next, lexicon)).then_some(next)?
        }
        ("eccetto" | "tranne" | "fuorche" | "eccettuato" | "eccettuata" | "eccettuati" | "eccettuate", _) => at + 1,
        ("esclusivamente", "per") => return None,
        ("meno", "il" | "la" | "l'" | "lo" | "i" | "le" | "gli" | "che") => at + 1,
        ("salvo" | "salvi" | "salva" | "salve", "il" | "la" | "lo" | "i" | "gli" | "le" | "l'" | "per" | "sabato") => at + 1,
        ("salvo" | "salvi" | "salva" | "salve", _) if office_soon(tokens, at + 1, lexicon) => at + 1,
        _ => return None,
    };
    // "con esclusione dei rientri" is told by another family
    Some(if matches!(word(end), "per" | "di" | "del" | "della" | "dello" | "dell'" | "dei" | "degli" | "delle") { end + 1 } else { end })
}

/// Predicates: "fanno eccezione", "le eccezioni", "non riguarda", "non sono compresi", "restano esclusi", "alla chiusura non aderisce".
fn predicate(tokens: &[Token], at: usize) -> Option<usize> {
    let word = |j: usize| word(tokens, j);
    let first = word(at);
    // "fa (però) eccezione", "costituisce eccezione"
    if starts(first, &["fa", "fanno", "fara", "faranno", "costituis", "rappresent"]) && first.len() <= 14 {
        let next = (at + 1..at + 4).find(|j| matches!(word(*j), "eccezione" | "eccezioni"));
        if let Some(next) =
            next.filter(|next| (at + 1..*next).all(|j| starts_small(word(j)) || ADVERBS.contains(&word(j)) || word(j) == "l'"))
        {
            return Some(next + 1);
        }
    }
    // "di escludere dalla chiusura la Polizia locale"
    let excludes = starts(first, &["esclud", "esonera", "esenta"]) && matches!(word(at + 1), "dal" | "dalla" | "dall'" | "dallo" | "dai");
    if excludes && starts(word(at + 2), &RULE) {
        return Some(at + 3);
    }
    if matches!(first, "unica" | "sola") && word(at + 1) == "deroga" {
        return Some(at + 2);
    }
    if matches!(first, "eccezione" | "eccezioni") {
        return Some(at + 1);
    }
    // "si salvano l'anagrafe e …", "ne è immune la biblioteca"
    if first == "si" && matches!(word(at + 1), "salva" | "salvano" | "salvera" | "salveranno" | "sottrae" | "sottraggono") {
        return Some(at + 2);
    }
    if first == "non" {
        let mut j = at + 1;
        while matches!(word(j), "si" | "ne" | "vi" | "ci") || ADVERBS.contains(&word(j)) {
            j += 1;
        }
        if starts(word(j), &REACHES) {
            let past = word(j).ends_with("ato") || word(j).ends_with("ati");
            return (!past).then_some(j + 1);
        }
        // "non seguono l'orario estivo:", "non osserverà questo orario": who has hours of its own
        if starts(word(j), &["segu", "osserv"]) && starts(word(j + 2), &["orari", "calendari"]) {
            const SPECIAL: [&str; 10] =
                ["estiv", "invernal", "ridott", "special", "natalizi", "unic", "sopra", "suddett", "predett", "indicat"];
            let of_rule = starts(word(j + 3), &SPECIAL) || starts(word(j + 1), &["quest", "tal"]);
            return of_rule.then_some(j + 4 - usize::from(starts(word(j + 1), &["quest", "tal"])));
        }
        // "non vale per", "non varrà per"
        if matches!(word(j), "vale" | "varra" | "valgono" | "varranno") && matches!(word(j + 1), "per") {
            return Some(j + 2);
        }
        if COPULA.contains(&word(j)) || word(j).starts_with("rientr") {
            let next = j + 1 + usize::from(ADVERBS.contains(&word(j + 1)));
            let subject = starts(word(next), &["soggett"]) && !(next..next + 4).any(|k| starts(word(k), &RULE));
            return (starts(word(next), &REACHED) && !subject).then_some(next + 1);
        }
        return None;
    }
    if COPULA.contains(&first) {
        let mut j = at + 1;
        while ADVERBS.contains(&word(j)) {
            j += 1;
        }
        if starts(word(j), &LEFT_OUT) && !word(j).starts_with("esclusiv") {
            return Some(j + 1);
        }
        // "sono tenuti fuori", "è lasciata fuori"
        if starts(word(j), &["tenut", "lasciat"]) && word(j + 1) == "fuori" {
            return Some(j + 2);
        }
        if starts(word(j), &["fatt"]) && starts(word(j + 1), &["salv"]) {
            return Some(j + 2);
        }
        // "restano fuori dalla chiusura"
        let from = matches!(word(j + 1), "da" | "dal" | "dalla" | "dall'" | "dallo" | "dai");
        // "dalla serrata è fuori la Polizia locale"
        let from_before = (at.saturating_sub(4)..at).any(|k| {
            matches!(word(k), "dal" | "dalla" | "dall'" | "dallo")
                && (starts(word(k + 1), &RULE) || starts(word(k + 1), &["serrat", "stop", "blocc"]))
        });
        let from = from || from_before;
        let outside = word(j) == "fuori" && (from || first.starts_with("rest") || first.starts_with("riman"));
        return outside.then_some(j + 1);
    }
    // "seguono un orario diverso:", "hanno orari propri:" — only where a list or the offices follow
    if starts(first, &["segu", "osserv", "hanno", "ha", "avra", "manten", "conserv"]) {
        let noun = (at + 1..at + 4).find(|j| starts(word(*j), &["orari", "calendari"]));
        let other = |j: usize| starts(word(j), &["divers", "propri", "different", "particolar", "a"]) && !word(j).starts_with("ap");
        if let Some(noun) = noun {
            let beside = (at + 1..noun).chain(noun + 1..noun + 2).any(|j| starts(word(j), &["divers", "propri", "different"]) && other(j));
            if beside && (noun..noun + 4).any(|j| word(j) == ":") {
                return Some(noun + 1);
            }
        }
    }
    None
}

/// "esclusa la biblioteca" looks ahead, "biblioteca esclusa" back.
fn participle(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<(Exception, usize)> {
    let word = |j: usize| word(tokens, j);
    if !starts(word(at), &["esclus", "esentat", "esonerat"]) || word(at).starts_with("esclusiv") || word(at).starts_with("esclusion") {
        return None;
    }
    // "ha escluso che …": somebody denies
    if at > 0 && matches!(word(at - 1), "ha" | "hanno" | "aveva" | "abbia") {
        return None;
    }
    let day = |j: usize| lexicon.weekday(word(j)).is_some() || matches!(word(j), "festivi" | "festivita" | "prefestivi");
    // "l'unico servizio escluso dalla chiusura è …", "esclusi dal provvedimento:"
    if matches!(word(at + 1), "da" | "dal" | "dalla" | "dall'" | "dallo" | "dai") {
        return Some((Exception::Sentence, at + 1));
    }
    let article = matches!(word(at + 1), "il" | "la" | "lo" | "i" | "gli" | "le" | "l'" | "per" | ":");
    let ahead = article || day(at + 1) || office_soon(tokens, at + 1, lexicon);
    Some((if ahead { Exception::Following } else { Exception::Preceding }, at + 1))
}
