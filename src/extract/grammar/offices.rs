//! Offices: "l'ufficio anagrafe e stato civile", "Settore Tributi", "gli sportelli di anagrafe, tributi e URP", "Ufficio Tutela Animali",
//!
//! In: tokens of a segment and an index. Out: which offices are named together, as written, and the index behind them, or `None`.

mod no_office;
mod parts;

use std::ops::Range;

use self::no_office::is_no_office;
use self::parts::{narrow, narrowed_behind, part_of};
use crate::domain::OfficeId;
use crate::lexicon::Lexicon;
use crate::text::{Token, TokenKind};

/// One office inside a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Which.
    pub office: OfficeId,
    /// The tokens of its name.
    pub tokens: Range<usize>,
}

/// Offices named together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The offices, in order, each once.
    pub offices: Vec<Named>,
    /// Whether the words alone make it an office, or a head stands before them.
    pub sure: bool,
    /// The index behind the mention.
    pub next: usize,
}

/// What surrounds a mention.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// A heading, a table cell, a term: its words are a label.
    pub label: bool,
    /// A list item or a line of its own: what opens it may be no more than a common word ("vigile lun 11-12").
    pub line: bool,
    /// The index of the segment's first word.
    pub first: usize,
}

pub(super) fn capital(tokens: &[Token], i: usize, original: &dyn Fn(usize) -> bool) -> bool {
    tokens.get(i).is_some_and(|t| t.kind == TokenKind::Word) && original(i)
}

/// Offices at `i`. `is_capital` tells whether the token's original begins with a capital letter.
pub fn mention(tokens: &[Token], i: usize, place: Place, is_capital: &dyn Fn(usize) -> bool, lexicon: &Lexicon) -> Option<Mention> {
    if is_no_office(tokens, i, is_capital) {
        return None;
    }
    let mut offices: Vec<Named> = Vec::new();
    let mut sure = false;
    let mut at = i;
    let mut head = None;
    match lexicon.office_at(tokens, i) {
        Some(found) => {
            let office = found.office?;
            if office.is_all() && tokens[i].is("municipio") {
                if super::sites::is_numbered_house(tokens, i, lexicon) {
                    return None;
                }
                // the building stands for its offices only as a subject: "il municipio resta chiuso"
                // "Martedì 4 febbraio: municipio chiuso"
                let stated = i > 0
                    && tokens[i - 1].is_any(&[":", "-"])
                    && tokens.get(i + 1).is_some_and(|t| ["chius", "apert"].iter().any(|stem| t.text.starts_with(stem)));
                // "presso il municipio, piazza Garibaldi 1"
                let at_it = i >= 2 && tokens[i - 2].is_any(&["presso", "c"]);
                let subject = i == place.first || tokens[i - 1].is_any(&["il", "intero"]) && !at_it || stated;
                if !subject || place.label {
                    return None;
                }
            }
            if tokens[i].is("sue") && !tokens[i].upper {
                return None; // "le sue stanze", not the desk for building
            }
            if office.is_all() && !found.sure {
                return None; // a building, until it is the subject of a sentence
            }
            if !found.sure && !weak_ok(tokens, i, found.next, place, is_capital, lexicon) {
                return head_mention(tokens, i, is_capital, lexicon);
            }
            sure |= found.sure;
            // the longer of "servizi sociali" and "servizi" + names wins
            offices.push(Named { office, tokens: i..found.next });
            at = found.next;
        }
        None => {
            let found = head_mention(tokens, i, is_capital, lexicon)?;
            // "Sportello Donna - Pari opportunità": the name that everybody knows stands second
            if place.label
                && found.offices.iter().all(|o| o.office.is_other())
                && tokens.get(found.next).is_some_and(|t| t.is("-"))
                && let Some(known) = lexicon.office_at(tokens, found.next + 1).filter(|known| known.sure && known.next >= tokens.len())
                && let Some(office) = known.office.filter(|office| !office.is_all())
            {
                return Some(Mention { offices: vec![Named { office, tokens: i..known.next }], sure: true, next: known.next });
            }
            at = at.max(found.next);
            head = Some(());
            sure = true;
            offices.extend(found.offices);
        }
    }
    // "Area tecnica (Viabilità, Lavori pubblici, Concessioni)": the bracket says whom
    if tokens.get(i).is_some_and(|t| t.is_any(&["area", "settore", "ripartizione"])) && tokens.get(at).is_some_and(|t| t.is("(")) {
        let mut inside = Vec::new();
        if let Some(name) = lexicon.office_at(tokens, at + 1)
            && let Some(office) = name.office
        {
            inside.push(Named { office, tokens: at + 1..name.next });
            let next = continue_list(tokens, name.next, &mut inside, Place { label: true, ..Place::default() }, true, is_capital, lexicon);
            if inside.len() >= 2 {
                return Some(Mention { offices: inside, sure: true, next });
            }
        }
    }
    let plural_head = head.is_some() || tokens.get(i).is_some_and(|t| t.is_any(&["uffici", "servizi", "settori", "sportelli"]));
    // a common word that was good enough for the first name makes a list with the next: "Viabilità e Trasporti: …"
    let labelled = !sure && (i == place.first || tokens[i - 1].is_any(&[",", ";", ":"]));
    // "tutti gli uffici, Polizia locale esclusa": whoever follows all of them is no further member
    let all_until = offices.iter().any(|o| o.office.is_all()).then_some(at);
    at = continue_list(tokens, at, &mut offices, place, plural_head || sure || labelled, is_capital, lexicon);
    if let Some(end) = all_until
        && tokens.get(at).is_some_and(|t| ["esclus", "eccettuat"].iter().any(|w| t.text.starts_with(w)))
    {
        offices.truncate(1);
        return Some(Mention { offices, sure, next: end });
    }
    narrow(tokens, place.label, &mut offices);
    at = narrowed_behind(tokens, at, place.label, &mut offices, lexicon);
    at = part_of(tokens, at, &mut offices, lexicon);
    Some(Mention { offices, sure, next: at })
}

/// "ufficio", "gli sportelli di", "servizio" and the names that follow.
fn head_mention(tokens: &[Token], i: usize, is_capital: &dyn Fn(usize) -> bool, lexicon: &Lexicon) -> Option<Mention> {
    let behind = lexicon.head_at(tokens, i)?;
    // "codice univoco ufficio: UFK7Q2"
    if i > 0 && tokens[i - 1].is_any(&["univoco", "codice"]) {
        return None;
    }
    let mut at = behind;
    while tokens.get(at).is_some_and(|t| {
        t.is_any(&[
            "comunale",
            "comunali",
            "unico",
            "associato",
            "provinciale",
            "di",
            "del",
            "della",
            "dell'",
            "dei",
            "degli",
            "delle",
            "per",
            "la",
            "le",
            "il",
            "i",
            "l'",
            "\"",
            ":",
            "all'",
            "alla",
            "ai",
        ])
    }) && at < behind + 4
    {
        at += 1;
    }
    if let Some(found) = lexicon.office_at(tokens, at) {
        let office = found.office?;
        if office.is_all() {
            return None;
        }
        let mut offices = vec![Named { office, tokens: i..found.next }];
        let next = continue_list(tokens, found.next, &mut offices, Place::default(), true, is_capital, lexicon);
        return Some(Mention { offices, sure: true, next });
    }
    // an office that the lexicon does not know: a head in the singular and a name in capitals
    let singular = tokens.get(i).is_some_and(|t| t.is_any(&["ufficio", "sportello"]));
    if !singular || at > behind + 2 {
        return None;
    }
    let mut end = at;
    while end < at + 7 {
        if end > at && goes_on_behind_name(tokens, end) {
            break;
        }
        if capital(tokens, end, is_capital) && !tokens.get(end).is_some_and(|t| t.newline && end > at) {
            end += 1;
            continue;
        }
        let small = tokens.get(end).is_some_and(|t| {
            t.is_any(&[
                "di", "del", "della", "dell'", "dei", "degli", "delle", "e", "ed", "per", "l'", "la", "alle", "agli", "ai", "alla", "d'",
                "allo",
            ])
        });
        if small && end > at && capital(tokens, end + 1, is_capital) {
            end += 2;
            continue;
        }
        break;
    }
    // "sportello di Acque Spa": a company's
    const COMPANIES: [&str; 10] = ["spa", "srl", "caf", "acli", "inps", "inail", "poste", "enel", "banca", "cooperativa"];
    if end == at
        || tokens[at..end].iter().any(|t| COMPANIES.contains(&t.text.as_str()))
        || tokens.get(at).is_some_and(|t| {
            lexicon.weekday(&t.text).is_some()
                || t.is_any(&["via", "piazza", "orario", "aperto", "chiuso", "postale", "tel", "telefono", "comunale", "email", "pec"])
                // "CONTATTARE L'UFFICIO AL N. …": in capitals all words look like names
                || t.is_any(&["al", "allo", "ai", "agli", "alle", "in", "e", "o", "sara", "sono", "resta", "restera", "nei", "nel", "n", "non", "rimane", "rimarra", "ricevera", "riceve", "chiude", "chiudera"])
        })
    {
        return None;
    }
    Some(Mention { offices: vec![Named { office: OfficeId::other(), tokens: i..end }], sure: true, next: end })
}

/// "LO SPORTELLO LINGUISTICO È APERTO IL VENERDÌ": in capitals all words look like a name, which ends where a verb or a time follows.
fn goes_on_behind_name(tokens: &[Token], i: usize) -> bool {
    const SERVES: [&str; 8] = ["ricev", "apr", "rest", "riman", "rimar", "osserv", "chiud", "funzion"];
    const STATES: [&str; 5] = ["apert", "chius", "attiv", "operativ", "sospes"];
    let starts = |j: usize, stems: &[&str]| tokens.get(j).is_some_and(|t| stems.iter().any(|stem| t.text.starts_with(stem)));
    let verb = starts(i, &SERVES) || tokens.get(i).is_some_and(|t| t.is_any(&["e", "sara", "sono"])) && starts(i + 1, &STATES);
    verb || tokens.get(i).is_some_and(|t| t.is_any(&["il", "dal", "dalle", "tel", "orario", "non"])) || starts(i, &["apert", "chius"])
}

/// Whether common words stand where only an office would be named so.
/// "tranne viabilità", "ad eccezione dei tributi", "solo la viabilità fa eccezione": what is taken out of a rule about offices is an office.
fn is_excepted(tokens: &[Token], i: usize, next: usize) -> bool {
    const REACH: usize = 3;
    const OUT: [&str; 12] = [
        "tranne",
        "salvo",
        "eccetto",
        "fuorche",
        "eccezione",
        "eccettuato",
        "eccettuata",
        "eccettuati",
        "escluso",
        "esclusa",
        "esclusi",
        "escluse",
    ];
    let small = |t: &Token| t.text.len() <= 5 && t.kind == TokenKind::Word && !OUT.contains(&t.text.as_str());
    let before = tokens.get(i.saturating_sub(REACH)..i).unwrap_or_default();
    let led = before.iter().rev().find(|t| !small(t)).is_some_and(|t| OUT.contains(&t.text.as_str()));
    let behind = tokens.get(next).is_some_and(|t| t.is_any(&["fa", "fanno"])) && tokens.get(next + 1).is_some_and(|t| t.is("eccezione"));
    led || behind
}

fn weak_ok(tokens: &[Token], i: usize, next: usize, place: Place, is_capital: &dyn Fn(usize) -> bool, lexicon: &Lexicon) -> bool {
    let opens = i == place.first;
    // "il Sindaco riceve", "la segreteria resta chiusa": a verb of service makes a subject
    let receives = |at: usize| {
        const RECEIVES: [&str; 7] = ["riceve", "ricevono", "ricevera", "riceveranno", "risponde", "incontra", "incontrera"];
        let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
        let goes_on =
            matches!(word(at), "continua" | "continuera") && word(at + 1) == "a" && matches!(word(at + 2), "ricevere" | "incontrare");
        goes_on || RECEIVES.contains(&word(at))
    };
    // "Il sindaco, come ha sempre fatto, riceve il sabato"
    const INSERTION: usize = 9;
    let close = (next + 2..next + INSERTION).find(|at| tokens.get(*at).is_some_and(|t| t.is(",")));
    let inserted = tokens.get(next).is_some_and(|t| t.is(",")) && tokens[i].is("sindaco") && close.is_some_and(|at| receives(at + 1));
    let serves = receives(next)
        || inserted
        || tokens.get(next).is_some_and(|t| {
            t.is("da") && tokens.get(next + 1).is_some_and(|n| n.is_any(&["udienza", "ascolto"]))
                || t.is("e")
                    && tokens.get(next + 1).is_some_and(|n| n.text.starts_with("contattabil") || n.text.starts_with("raggiungibil"))
        });
    // "Il protocollo non chiude, ma …", "i messi sono aperti": nothing else is called so and opens
    const DESKS: [&str; 5] = ["protocollo", "ragioneria", "messi", "segreteria", "centralino"];
    let desk = DESKS.iter().any(|w| tokens[i].is(w))
        && tokens.get(next..(next + 4).min(tokens.len())).unwrap_or_default().iter().any(|t| {
            ["apert", "apre", "apri", "apron", "chius", "chiud", "riapr", "osserv", "ricev"].iter().any(|w| t.text.starts_with(w))
                && !t.is("aprile")
        })
        && i > 0
        && tokens[i - 1].is_any(&["il", "la", "i", "lo"]);
    if desk {
        return true;
    }
    // "il personale risponde soltanto per posta elettronica": those who work in the office at hand
    let staff = tokens[i].is("personale") && !is_capital(i);
    if serves && !staff && (opens || i > 0 && tokens[i - 1].is_any(&["il", "la", "lo", "l'"])) {
        return true;
    }
    let before = |back: usize| i.checked_sub(back).and_then(|j| tokens.get(j));
    // "il ricevimento del Sindaco", "l'orario della segreteria"
    let of_service = before(1).is_some_and(|t| t.is_any(&["del", "della", "dell'", "dei"]))
        && before(2).is_some_and(|t| {
            let of_office = [
                "ricevimento",
                "udienza",
                "udienze",
                "orario",
                "orari",
                "sportello",
                "apertura",
                "casella",
                "reperibilita",
                "certificata",
                "numero",
                "telefono",
                "pec",
                "mail",
                "indirizzo",
            ];
            of_office.contains(&t.text.as_str())
        });
    // "Fanno eccezione: Polizia provinciale (lunedì 9-11) e Trasporti (martedì 9-12)"
    let joined = before(1).is_some_and(|t| t.is_any(&["e", "ed", ","])) && before(2).is_some_and(|t| t.is(")"));
    if joined && tokens.get(next).is_some_and(|t| t.is("(")) && is_capital(i) {
        return true;
    }
    // "E il sindaco?"
    let asked = tokens.get(next).is_some_and(|t| t.is("?")) && i <= 3 && next + 1 >= tokens.len();
    // "…: sono il personale (…), la ragioneria (…)"
    let opens_list = before(1).is_some_and(|t| t.is_any(&["il", "la", "lo", "l'", "i", "gli", "le"]))
        && (before(2).is_some_and(|t| t.is(":")) || before(2).is_some_and(|t| t.is("sono")) && before(3).is_some_and(|t| t.is(":")))
        && tokens.get(next).is_some_and(|t| {
            // "l'assistenza è data": folded, the verb looks like "e"
            t.is_any(&["(", ","])
                || t.is("e") && tokens.get(next + 1).is_some_and(|n| n.is_any(&["il", "lo", "la", "l'", "i", "gli", "le"]))
        });
    // "366 221 0945 il personale, 366 221 0946 la ragioneria"
    let behind_number = before(1).is_some_and(|t| t.is_any(&["il", "la", "lo", "l'", "i", "gli", "le"]))
        && before(2).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() >= 2)
        && before(3).is_some_and(|t| t.kind == TokenKind::Number)
        && tokens.get(next).is_none_or(|t| t.is_any(&[",", ".", ";"]));
    // "anagrafe 0525 448801, scuola e sport 0525 448815": one of a list of names with their numbers
    let mut end = next;
    if tokens.get(end).is_some_and(|t| t.is_any(&["e", "ed"]))
        && let Some(name) = lexicon.office_at(tokens, end + 1)
    {
        end = name.next;
    }
    let numbered = tokens.get(end).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() >= 3 && t.text.starts_with(['0', '3', '8']));
    if numbered
        && before(1).is_some_and(|t| t.is_any(&[",", ";", ":", "-"]))
        && !before(2).is_some_and(|t| t.kind == TokenKind::Word && t.is("via"))
    {
        return true;
    }
    // "allo 0364 771340 per la Viabilità": a common noun with a capital, inside a sentence, is a name
    let alone = before(1).is_some_and(|t| t.is_any(&["soli", "sole", "sola", "solo"]));
    let at_start = i == place.first + 1 && tokens.get(next).is_some_and(|t| !t.upper && t.kind == TokenKind::Word);
    let article = before(if alone { 2 } else { 1 }).is_some_and(|t| {
        (!t.upper || at_start) && t.is_any(&["il", "lo", "la", "l'", "i", "gli", "le", "al", "allo", "alla", "all'", "ai", "agli", "alle"])
    });
    let of_others = before(2)
        .is_some_and(|t| ["deleg", "assess", "consiglier", "ministr", "fest", "premi", "diritt"].iter().any(|w| t.text.starts_with(w)));
    let tax = tokens.get(i).is_some_and(|t| t.is_any(&["tari", "imu", "tasi", "tares", "cosap", "irpef"]));
    let named = article && !tax && !of_others && is_capital(i) && !tokens.get(next).is_some_and(|t| t.upper) && !place.label;
    if named || of_service || asked || opens_list || behind_number || is_excepted(tokens, i, next) {
        return true;
    }
    let closes = tokens.get(next).is_none_or(|t| {
        t.newline || t.is_any(&[":", "-", "(", "*", "|", "zona"]) || t.is(".") && tokens.get(next + 1).is_none_or(|n| n.spaced || n.is("."))
    });
    if place.label {
        // a label that is hardly more than the name: "Tributi", "Area personale e concorsi", "Il Sindaco e la sua segreteria"
        let opens = opens || i == place.first + 1 && tokens[i - 1].is_any(&["il", "lo", "la", "l'", "i", "gli", "le"]);
        let staffed = tokens.get(next).is_some_and(|t| t.is("e")) && tokens.get(next + 2).is_some_and(|t| t.is_any(&["sua", "suo"]));
        // "Scuola e sport: lunedì 9-12"
        let paired = tokens.get(next).is_some_and(|t| t.is_any(&["e", "ed", "-", "/"]))
            && lexicon
                .office_at(tokens, next + 1)
                .is_some_and(|name| name.office.is_some() && tokens.get(name.next).is_none_or(|t| t.is_any(&[":", "-", "(", "|"])));
        // "Viabilità, via Carlo Felice 3: …": two lines of one cell
        let addressed = tokens.get(next).is_some_and(|t| t.is(",")) && super::addresses::address(tokens, next + 1).is_some();
        return opens && (staffed || closes || paired || addressed || tokens.len() <= next + 3);
    }
    let mail = tokens
        .get(next..)
        .unwrap_or_default()
        .iter()
        .take(8)
        .take_while(|t| !t.spaced || t.range.start == tokens[next].range.start)
        .any(|t| t.is("@"));
    let listed = mail || tokens.get(next).is_some_and(|t| t.is_any(&[",", "e", "ed", "/"]) || t.kind == TokenKind::Number);
    if opens && (is_capital(i) || place.line) && states_hours(tokens, next, lexicon) {
        return true;
    }
    if opens && (place.line || place.label) && tokens[i].is("sindaco") && behind_person(tokens, next, is_capital) {
        return true;
    }
    opens && (closes || listed && is_capital(i)) && is_capital(i)
}

/// "Sindaco Carlo Binda: …": who holds the office stands between its name and what is said of it.
fn behind_person(tokens: &[Token], next: usize, is_capital: &dyn Fn(usize) -> bool) -> bool {
    let n = (next..next + 4).take_while(|i| capital(tokens, *i, is_capital)).count();
    (1..=3).contains(&n) && tokens.get(next + n).is_none_or(|t| t.is_any(&[":", "-", ",", "("]))
}

/// "SINDACO giov. dalle 17", "vigile lun h. 11/12", "BIBLIO. merc. 15-17": what follows an office that was named by a common word.
fn states_hours(tokens: &[Token], next: usize, lexicon: &Lexicon) -> bool {
    let mut at = next;
    while tokens.get(at).is_some_and(|t| t.is_any(&[".", "solo", "soltanto", ":", "-", ","])) {
        at += 1;
    }
    tokens.get(at).is_some_and(|t| lexicon.weekday(&t.text).is_some())
        || super::weekdays::days(tokens, at, lexicon).is_some()
        || super::times::span(tokens, at, lexicon).is_some()
}

/// "…, tributi e URP": further names of the same list.
fn continue_list(
    tokens: &[Token],
    from: usize,
    offices: &mut Vec<Named>,
    place: Place,
    strong: bool,
    is_capital: &dyn Fn(usize) -> bool,
    lexicon: &Lexicon,
) -> usize {
    let mut at = from;
    loop {
        let Some(token) = tokens.get(at) else { return at };
        let comma = token.is_any(&[",", "/", "-", "+", "&"]);
        let and = token.is_any(&["e", "ed", "o", "nonche"]);
        if !and && (!comma || token.newline) {
            return at;
        }
        let mut start = at + 1;
        if comma && tokens.get(start).is_some_and(|t| t.is_any(&["e", "ed", "nonche", "anche"])) {
            start += 1;
        }
        while tokens.get(start).is_some_and(|t| {
            t.is_any(&[
                "il", "lo", "la", "l'", "i", "gli", "le", "di", "del", "dello", "della", "dell'", "dei", "degli", "delle", "per", "al",
                "allo", "alla", "all'", "ai", "agli", "alle", "anche", "con", "nel", "nella", "\"", "lo", "quelli", "quello",
            ])
        }) {
            start += 1;
        }
        // "Lavori pubblici - strade, scuole": what it does, not whom it stands beside
        if token.is("-") && token.spaced && is_capital(offices.first().map_or(0, |o| o.tokens.start)) && !is_capital(start) {
            return at;
        }
        // "Segretariato sociale - Sportello di Ronco": where it is, and no further office
        let desk = token.is("-") && tokens.get(start).is_some_and(|t| t.is("sportello"));
        if desk && tokens.get(start + 1).is_some_and(|t| t.is_any(&["di", "a", "d'"])) && is_capital(start + 2) {
            return at;
        }
        let mut found = None;
        if let Some(name) = lexicon.office_at(tokens, start) {
            // a common word is the next of the list when it is written like the others, or closes it
            let weak_fits = strong && (is_capital(start) || closes_list(tokens, name.next)) || place.label;
            if (name.sure || weak_fits) && name.office.as_ref().is_some_and(|o| !o.is_all()) {
                found = name.office.map(|office| vec![Named { office, tokens: start..name.next }]);
                if let Some(found) = &found {
                    let next = found[0].tokens.end;
                    push_all(offices, found.clone());
                    at = next;
                    continue;
                }
            }
        }
        if found.is_none()
            && let Some(more) = head_mention(tokens, start, is_capital, lexicon)
        {
            push_all(offices, more.offices);
            at = more.next;
            continue;
        }
        return at;
    }
}

fn closes_list(tokens: &[Token], next: usize) -> bool {
    tokens.get(next).is_none_or(|t| {
        t.is_any(&[",", ".", ";", ":", ")", "(", "e", "ed"])
            || t.kind == TokenKind::Number && t.text.len() >= 3 && t.text.starts_with('0')
            || t.text.starts_with("restera")
            || t.text.starts_with("sara")
            || t.text.starts_with("chiu")
            || t.text.starts_with("apert")
            || ["ricev", "sospend", "osserv", "riman", "rimarr", "resta", "apr", "si"]
                .iter()
                .any(|w| if *w == "si" { t.is("si") } else { t.text.starts_with(w) })
            || t.newline
    })
}

fn push_all(offices: &mut Vec<Named>, more: Vec<Named>) {
    for named in more {
        if !offices.iter().any(|o| o.office == named.office && !named.office.is_other()) {
            offices.push(named);
        }
    }
}
