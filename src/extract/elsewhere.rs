//! Matters that are not the office's: a sentence that names no office and has a subject of its own, furniture at the foot of a page, words of doubt and of the past.
//!
//! In: a clause. Out: whether (or how much of) it speaks of the office at hand.

use super::clause::Clause;
use super::press;
use super::scan::{Mark, Placed};
use super::segment::Segment;
use crate::lexicon::{Cue, Lexicon};
use crate::text::{Token, TokenKind};

/// The part of a clause that stands beside words of doubt, of the past, or of an event that follows a statement. An insertion between commas
/// ("l'ufficio, finora aperto dalle 8 alle 13, passa a …") takes only itself away; other doubt takes all that follows it.
pub fn before_doubt(segment: &Segment, clause: &Clause) -> Clause {
    let mut kept = clause.clone();
    let stated = kept
        .marks
        .iter()
        .find(|m| matches!(m.mark, Mark::Span(..) | Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote)))
        .map(|m| m.end);
    for thing in clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Thing)) {
        let range = about_thing(segment, clause, thing);
        kept.marks.retain(|m| !range.contains(&m.start) || matches!(m.mark, Mark::Offices(_) | Mark::Cue(Cue::Thing | Cue::Past)));
    }
    // "venerdì 8 settembre (festa patronale); martedì 31 ottobre": the name of a day
    let names_day = |m: &Placed| {
        let feast = segment.tokens.get(m.start).is_some_and(|t| t.is("festa"));
        feast && clause.marks.iter().any(|d| matches!(d.mark, Mark::When(_)) && d.end <= m.start && m.start - d.end <= 2)
    };
    let event = kept
        .marks
        .iter()
        .find(|m| m.mark == Mark::Cue(Cue::Event) && !names_day(m) && stated.is_some_and(|s| s <= m.start))
        .map(|m| m.start);
    // "chi vuole un colloquio telefoni prima": whoever comes
    let booked = clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Appointment));
    // "per chi vuole informazioni c'è il telefono, …"
    let reached = clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)))
        && !clause.marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Open | Cue::Closed | Cue::Reduced)));
    let whoever = |m: &Placed| {
        m.start > 0
            && ((booked || reached) && segment.tokens[m.start - 1].is_any(&["chi", "chiunque", "se"])
                // "ci vorrà del tempo": what it takes, not what somebody wants
                || segment.tokens[m.start - 1].is("ci"))
            && segment.tokens[m.start].text.starts_with("v")
    };
    // "la carta si chiede di persona all'ufficio": how a thing is asked for, and no wish
    let in_person =
        |m: &Placed| m.end > 0 && segment.tokens[m.end - 1].is("di") && segment.tokens.get(m.end).is_some_and(|t| t.is("persona"));
    // "da allora si entrerà …": from the day that was said
    let since_then = |m: &Placed| segment.tokens[m.start].is("allora") && m.start > 0 && segment.tokens[m.start - 1].is("da");
    let doubtful = |m: &&Placed| match m.mark {
        Mark::Cue(Cue::Hypothesis) => !whoever(m) && !in_person(m),
        Mark::Cue(Cue::Past) => !is_earlier_word(segment, m) && !since_then(m),
        _ => false,
    };
    let doubts: Vec<Placed> = kept.marks.iter().filter(doubtful).cloned().collect();
    for doubt in &doubts {
        if !kept.marks.contains(doubt) {
            continue; // inside an insertion that is gone already
        }
        // "le aperture del sabato, dalle 9 alle 13, hanno raccolto …": the verb of the sentence tells of the past
        // "l'unica chiusura si è avuta lo scorso marzo": likewise
        let happened = segment.tokens.get(doubt.start).is_some_and(|t| t.is("si")) && doubt.end - doubt.start == 3;
        if doubt.mark == Mark::Cue(Cue::Past) && (happened || segment.tokens.get(doubt.start).is_some_and(|t| t.is_any(&["ha", "hanno"]))) {
            kept.marks.retain(|m| matches!(m.mark, Mark::Offices(_)));
            break;
        }
        // "… a quanti avevano fissato un incontro: lo sportello aprirà sabato 9": what comes is told behind the colon
        let told = (doubt.end..clause.end).find(|i| segment.tokens[*i].is(":")).filter(|colon| {
            let behind = segment.tokens.get(colon + 1..clause.end).unwrap_or_default();
            // "«…» era un refuso: si accede liberamente"
            let error = segment.folded.has_any(&["refuso", "errore", "svista"]);
            error
                || behind.iter().any(|t| {
                    t.text.len() >= 4
                        && (t.text.ends_with("ra") || t.text.ends_with("ranno"))
                        && !t.is_any(&["ora", "ancora", "sopra", "finora", "allora"])
                })
        });
        if let Some(colon) = told.filter(|_| doubt.mark == Mark::Cue(Cue::Past)) {
            kept.marks.retain(|m| m.start < doubt.start || m.start > colon || matches!(m.mark, Mark::Offices(_)));
            continue;
        }
        // "scendeva il giovedì, dalle 14 in poi, e riceveva in ambulatorio": what was done takes its whole statement along
        let imperfect =
            segment.tokens.get(doubt.start).is_some_and(|t| ["eva", "evano", "iva", "ivano"].iter().any(|end| t.text.ends_with(end)));
        if imperfect && doubt.mark == Mark::Cue(Cue::Past) {
            let from = clause.marks.iter().rev().find(|m| m.mark == Mark::Break && m.end <= doubt.start).map_or(clause.start, |m| m.end);
            let ends = |m: &&Placed| m.mark == Mark::Break && m.start >= doubt.end;
            let to = clause.marks.iter().find(ends).map_or(clause.end, |m| m.start);
            kept.marks.retain(|m| m.start < from || m.start >= to || matches!(m.mark, Mark::Offices(_)));
            continue;
        }
        // "i giorni saranno quelli che avevamo anticipato: …", "come avevamo scritto: …": behind the colon it holds
        let relative = segment.tokens[doubt.start.saturating_sub(2)..doubt.start].iter().any(|t| t.is_any(&["che", "come"]));
        let colon = (doubt.end..(doubt.end + 4).min(clause.end)).find(|i| segment.tokens[*i].is(":"));
        if let Some(colon) = colon.filter(|_| relative && doubt.mark == Mark::Cue(Cue::Past)) {
            kept.marks.retain(|m| m.start < doubt.start || m.start > colon || matches!(m.mark, Mark::Offices(_)));
            continue;
        }
        // "quando l'ufficio chiuse per l'alluvione, nel 2011": a year, and no other date
        let year = segment.tokens.get(doubt.end - 1).is_some_and(|t| t.kind == TokenKind::Number && t.text.len() == 4);
        if year
            && doubt.mark == Mark::Cue(Cue::Past)
            && !kept.marks.iter().any(|m| matches!(m.mark, Mark::When(_) | Mark::Days(_) | Mark::Channel(_)))
        {
            kept.marks.retain(|m| matches!(m.mark, Mark::Offices(_)));
            break;
        }
        // "qualora sia indispensabile, si può chiamare il 338 …": whatever the case, the number is theirs
        let case = segment.tokens.get(doubt.start).is_some_and(|t| t.is_any(&["qualora", "nel", "eventualmente"]));
        if case && kept.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)) && m.start > doubt.start) {
            kept.marks.retain(|m| m.end <= doubt.start || matches!(m.mark, Mark::Offices(_) | Mark::Channel(_) | Mark::Cue(Cue::Phone)));
            continue;
        }
        match insertion(segment, clause, doubt) {
            Some(inside) => kept.marks.retain(|m| !inside.contains(&m.start) || matches!(m.mark, Mark::Offices(_))),
            None => {
                kept.marks.retain(|m| m.end <= doubt.start || matches!(m.mark, Mark::Offices(_)));
                // "Bilancio positivo per i sabati mattina: lo stato civile era stato aperto …": days alone are no statement
                let bare = |m: &Placed| {
                    matches!(
                        m.mark,
                        Mark::Offices(_) | Mark::Days(_) | Mark::Part(_) | Mark::Comma | Mark::Cue(Cue::Past | Cue::Hypothesis)
                    )
                };
                if doubt.mark == Mark::Cue(Cue::Past) && kept.marks.iter().all(bare) {
                    kept.marks.retain(|m| matches!(m.mark, Mark::Offices(_)));
                }
                break;
            }
        }
    }
    if let Some(event) = event {
        kept.marks.retain(|m| m.start < event || matches!(m.mark, Mark::Offices(_)));
    }
    kept
}

/// What is said of a thing that is no office, as far as another sentence or another state: "il seggio … sarà aperto domenica dalle 7 alle 23".
fn about_thing(segment: &Segment, clause: &Clause, thing: &Placed) -> std::ops::Range<usize> {
    let stops = |i: &usize| {
        let token = &segment.tokens[*i];
        token.is_any(&[";", ":", "(", ")", "ma", "mentre"]) || token.is(".") && segment.tokens.get(i + 1).is_none_or(|next| next.spaced)
    };
    let start = (clause.start..thing.start).rev().find(|i| stops(i) || segment.tokens[*i].is(",")).map_or(clause.start, |i| i + 1);
    let named = |m: &&Placed| m.start >= thing.end && matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. } | Mark::AllOthers);
    let state = |m: &&Placed| {
        let cue = matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::WalkIn | Cue::Remote | Cue::Reduced));
        m.start >= thing.end && cue
    };
    let mut end = (thing.end..clause.end).find(stops).unwrap_or(clause.end);
    if let Some(state) = clause.marks.iter().find(state) {
        // "cessata l'emergenza, dal 1° aprile non sarà più necessario prenotare": another statement, from the comma on
        end = (thing.end..state.start).find(|i| segment.tokens[*i].is(",")).unwrap_or(state.start).min(end);
    }
    start..clause.marks.iter().find(named).map_or(end, |m| m.start.min(end))
}

/// "a rettifica del precedente avviso": an earlier word, not an earlier time.
fn is_earlier_word(segment: &Segment, mark: &Placed) -> bool {
    let around = segment.tokens.get(mark.start.saturating_sub(4)..(mark.end + 3).min(segment.tokens.len())).unwrap_or_default();
    segment.tokens.get(mark.start).is_some_and(|t| t.text.starts_with("precedent"))
        && around.iter().any(|t| ["avvis", "comunica", "rettific", "notizi", "pubblica", "news"].iter().any(|w| t.text.starts_with(w)))
}

/// The tokens between the commas or brackets around a word of doubt, where a statement goes on behind them.
fn insertion(segment: &Segment, clause: &Clause, doubt: &Placed) -> Option<std::ops::Range<usize>> {
    let sign = |i: usize, signs: &[&str]| segment.tokens.get(i).is_some_and(|t| t.is_any(signs));
    let open = (clause.start..doubt.start).rev().find(|i| sign(*i, &[",", "(", ".", ";", ":"]))?;
    // the word of doubt opens the insertion: "…, finora aperto …,", "…, che era chiuso …,"
    // "…, l'ultimo che vi era rimasto, …"
    let relative = segment.tokens[open..doubt.start].iter().any(|t| t.is_any(&["che", "dove", "cui"]));
    if !sign(open, &[",", "("]) || doubt.start - open > if relative { 7 } else { 3 } {
        return None;
    }
    let close = (doubt.end..clause.end).find(|i| sign(*i, &[",", ")", ";", ":"]) && !between_figures(segment, *i))?;
    let goes_on = clause.marks.iter().any(|m| {
        let matter = match m.mark {
            Mark::Span(..) | Mark::Days(_) | Mark::When(_) | Mark::Channel(_) => true,
            Mark::Cue(cue) => matches!(cue, Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced),
            _ => false,
        };
        m.start > close && matter
    });
    (sign(close, &[",", ")"]) && goes_on && close - open <= 25).then_some(open..close)
}

fn between_figures(segment: &Segment, i: usize) -> bool {
    i > 0
        && segment.tokens[i - 1].kind == TokenKind::Number
        && segment.tokens.get(i + 1).is_some_and(|t| t.kind == TokenKind::Number && !t.spaced)
}

/// The body's own contacts at the foot, the newspaper's, the press office's.
pub fn is_furniture(segment: &Segment, marks: &[Placed], near_end: bool, lexicon: &Lexicon) -> bool {
    let text = segment.folded.text.as_str();
    let contacts = marks.iter().filter(|m| matches!(m.mark, Mark::Channel(_) | Mark::Address(_))).count();
    if press::is_advertisement(text) || press::closes_article(&segment.folded) && (near_end || contacts == 0 || press::leads_on(text)) {
        return true;
    }
    if segment.folded.has("c.f.") && contacts >= 1
        || segment.folded.has("p. iva")
        || segment.folded.has("p.iva")
        || segment.folded.has("partita iva")
        || contacts >= 1 && tells_tax_number(segment)
    {
        return true;
    }
    // "Sede dell'Unione: via …" at the foot names the body as well as "Unione dei Comuni …" does
    const SEATS: [&str; 6] = ["sede dell'unione", "sede del comune", "sede dell'ente", "sede della provincia", "sede legale", "municipio"];
    let seat = near_end && contacts >= 2 && SEATS.iter().any(|seat| text.trim_start().starts_with(seat));
    let body_line = seat || lexicon.labels().is_body(text.trim_start());
    let own = marks.iter().any(|m| match &m.mark {
        Mark::Offices(mention) => !mention.offices.iter().all(|o| {
            let of_body = o.office.is_all() || o.office.0 == "centralino";
            of_body || near_end && body_line && ["urp", "protocollo", "comunicazione"].contains(&o.office.0.as_str())
        }),
        Mark::Days(_) | Mark::Span(..) | Mark::Site(_) => true,
        _ => false,
    });
    // "38060 Castelnuovo (TN)": a postal address
    let postal = segment.tokens.iter().any(|t| t.kind == crate::text::TokenKind::Number && t.text.len() == 5)
        || segment.text.contains(" (")
            && segment.tokens.windows(3).any(|t| t[0].is("(") && t[1].text.len() == 2 && t[1].upper && t[2].is(")"));
    let address = marks.iter().any(|m| matches!(m.mark, Mark::Address(_)));
    !own && (body_line && (contacts >= 2 || contacts >= 1 && near_end)
        || near_end && postal && (address && contacts >= 2 || contacts >= 1 && names_street(segment)))
}

/// "Codice fiscale 00123450123": the number itself; "indicando il codice fiscale" is what somebody else has to give.
fn tells_tax_number(segment: &Segment) -> bool {
    let named = segment.tokens.windows(2).position(|pair| pair[0].is("codice") && pair[1].is("fiscale"));
    let number = |t: &Token| t.kind == TokenKind::Number && t.text.len() >= 8;
    named.is_some_and(|at| segment.tokens.iter().skip(at + 2).take(8).any(number))
}

/// "Strada provinciale delle Rocchette – 58043": opens with a street, numbered or not.
fn names_street(segment: &Segment) -> bool {
    let first = super::segment::first_word(&segment.tokens);
    segment.tokens.get(first).is_some_and(|t| t.is_any(&["via", "viale", "piazza", "strada", "corso", "largo", "localita", "piazzale"]))
}

/// Whether a mark only tells what stands beside an office: "sopra la palestra", "nell'ex banca", "via Roma 4, presso l'ambulatorio".
pub fn is_beside(segment: &Segment, clause: &Clause, mark: &Placed) -> bool {
    const BESIDE: [&str; 17] = [
        "passi",
        "vecchio",
        "vecchia",
        "sopra",
        "sotto",
        "accanto",
        "vicino",
        "fronte",
        "davanti",
        "dietro",
        "fianco",
        "ex",
        "lato",
        "angolo",
        "adiacente",
        "pressi",
        "oltre",
    ];
    let before = &segment.tokens[mark.start.saturating_sub(3)..mark.start];
    let behind_address = clause.marks.iter().any(|m| matches!(m.mark, Mark::Address(_)) && m.end <= mark.start && mark.start - m.end <= 4);
    // "Galleria Speri 8, primo piano (l'ascensore è quello delle Poste)"
    let addressed = clause.marks.iter().any(|m| matches!(m.mark, Mark::Address(_)) && m.end <= mark.start);
    let bracketed = addressed
        && (clause.start..mark.start).rev().find(|i| segment.tokens[*i].is_any(&["(", ")"])).is_some_and(|i| segment.tokens[i].is("("));
    bracketed || before.iter().any(|t| BESIDE.contains(&t.text.as_str()) || behind_address && t.is("presso"))
}

/// Whether a clause that names no office is about something else: many words of its own and none of the trade of offices, or a subject of its own.
pub fn is_elsewhere(segment: &Segment, clause: &Clause, lexicon: &Lexicon) -> bool {
    // "il comando si trova in viale dell'Industria": a place and the word that gives it to somebody
    let placed = clause.marks.iter().find(|m| matches!(m.mark, Mark::Address(_)));
    if placed.is_some_and(|a| clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Moved) && m.end <= a.start + 1)) {
        return false;
    }
    if placed.is_some_and(|a| is_address_line(segment, a)) {
        return false;
    }
    if has_subject_of_its_own(segment, clause, lexicon) {
        return true;
    }
    let tokens = segment.tokens.get(clause.start..clause.end).unwrap_or_default();
    // "È necessario essersi accordati prima": words of booking are the office's
    if clause.marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Appointment | Cue::WalkIn)) && m.end - m.start >= 2) {
        return false;
    }
    let covered =
        |i: usize| clause.marks.iter().any(|m| !matches!(m.mark, Mark::Comma | Mark::Break | Mark::Cue(_)) && m.start <= i && i < m.end);
    let own = tokens
        .iter()
        .enumerate()
        .filter(|(i, t)| t.kind == TokenKind::Word && t.text.len() > 3 && !covered(clause.start + i))
        .map(|(_, t)| t);
    let mut n_words = 0;
    for token in own {
        if lexicon.cues().is_trade(&token.text) {
            return false;
        }
        n_words += 1;
    }
    n_words >= 4
}

/// "Palazzo municipale – p.zza IV Novembre, 1 – piano terra – 55030 Prova (LU)": a line that is nothing but a place.
pub fn is_address_line(segment: &Segment, address: &Placed) -> bool {
    const PLACE: [&str; 47] = [
        "municipale",
        "comunale",
        "uffici",
        "ufficio",
        "ascensore",
        "con",
        "entrata",
        "piano",
        "terra",
        "rialzato",
        "primo",
        "secondo",
        "terzo",
        "quarto",
        "scala",
        "ingresso",
        "stanza",
        "interno",
        "cortile",
        "sede",
        "palazzo",
        "palazzina",
        "edificio",
        "ex",
        "presso",
        "angolo",
        "lato",
        "di",
        "del",
        "della",
        "dell'",
        "dei",
        "delle",
        "al",
        "in",
        "nel",
        "e",
        "il",
        "la",
        "l'",
        "d'",
        "o",
        "cap",
        "fraz",
        "loc",
        "siamo",
        "dove",
    ];
    // "Via della Rocca 5, accanto alla scuola media": what stands beside it may be anything
    const NEAR: [&str; 8] = ["accanto", "vicino", "fronte", "pressi", "dietro", "sopra", "sotto", "davanti"];
    let near = (address.end..segment.tokens.len()).find(|i| segment.tokens[*i].is_any(&NEAR)).unwrap_or(segment.tokens.len());
    segment.tokens.len() <= 30
        && segment.tokens.iter().enumerate().all(|(i, t)| {
            let inside = address.start <= i && i < address.end || i >= near;
            inside || t.kind != TokenKind::Word || t.upper || t.text.len() == 1 || PLACE.contains(&t.text.as_str())
        })
}

/// "Chiusi parimenti il parco e i sentieri", "Il mercato del sabato è sospeso": a thing that is no office is open or shut.
pub fn has_subject_of_its_own(segment: &Segment, clause: &Clause, lexicon: &Lexicon) -> bool {
    let state = |m: &&Placed| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Reduced));
    let Some(cue) = clause.marks.iter().find(state) else { return clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Thing)) };
    let tokens = &segment.tokens;
    // "il trasloco costerà due giorni di saracinesca abbassata": the shutter is the office's, whatever the reason
    if tokens.get(cue.start).is_some_and(|t| ["serrand", "saracinesc"].iter().any(|w| t.text.starts_with(w))) {
        return false;
    }
    let names_thing = |at: usize| -> bool {
        let Some(noun) = behind_article(tokens, at) else { return false };
        let covered = clause.marks.iter().any(|m| !matches!(m.mark, Mark::Cue(_) | Mark::Comma) && m.start <= noun && noun < m.end);
        let Some(token) = tokens.get(noun).filter(|t| t.kind == TokenKind::Word) else { return false };
        !covered && token.text.len() > 2 && !lexicon.cues().is_house(&token.text) && lexicon.month(&token.text).is_none()
    };
    let first = super::segment::first_word(tokens).max(clause.start);
    let opens = cue.start <= first + 1 && clause.start <= first + 1;
    if opens {
        // "chiusi fino a nuovo avviso gli impianti"
        const UNTIL: [&str; 16] = [
            "fino",
            "a",
            "nuovo",
            "nuova",
            "nuove",
            "avviso",
            "ordine",
            "comunicazione",
            "comunicazioni",
            "disposizione",
            "disposizioni",
            "data",
            "da",
            "destinarsi",
            "pure",
            "anche",
        ];
        let between = |i: &usize| tokens.get(*i).is_some_and(|t| t.is_any(&UNTIL));
        let behind = (cue.end..cue.end + 8).find(|i| !between(i)).unwrap_or(cue.end);
        let at = (behind..behind + 2).find(|i| tokens.get(*i).is_some_and(is_article)).unwrap_or(behind);
        return names_thing(at);
    }
    let before = tokens.get(first..cue.start).unwrap_or_default();
    before.len() <= 9 && !before.iter().any(|t| t.is_any(&[",", ":", ";", "("])) && names_thing(first)
}

pub(super) fn is_article(token: &Token) -> bool {
    token.is_any(&["il", "lo", "la", "l'", "i", "gli", "le"])
}

fn behind_article(tokens: &[Token], at: usize) -> Option<usize> {
    tokens.get(at).filter(|t| is_article(t)).map(|_| at + 1)
}

/// Whether the word of service belongs to something nearer than the office that the clause names: "l'ufficio scuola comunica che le iscrizioni sono aperte",
/// "chiuso il ponte, lo rende noto l'ufficio viabilità", "il seggio allestito in biblioteca sarà aperto".
pub fn has_nearer_subject(segment: &Segment, clause: &Clause, lexicon: &Lexicon) -> bool {
    let state = |m: &&Placed| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Reduced));
    let tokens = &segment.tokens;
    let office = |m: &&Placed| matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. } | Mark::Site(_));
    let Some(named) = clause.marks.iter().find(office) else { return false };
    let Some(cue) = clause.marks.iter().find(state) else { return false };
    let thing = |at: usize| {
        behind_article(tokens, at).is_some_and(|noun| {
            let covered = clause.marks.iter().any(|m| !matches!(m.mark, Mark::Cue(_) | Mark::Comma) && m.start <= noun && noun < m.end);
            tokens.get(noun).is_some_and(|t| {
                t.kind == TokenKind::Word && t.text.len() > 2 && !lexicon.cues().is_house(&t.text) && lexicon.month(&t.text).is_none()
            }) && !covered
        })
    };
    let first = super::segment::first_word(tokens).max(clause.start);
    // "Sospesa l'erogazione dell'acqua …: lo comunica l'ufficio tecnico"
    if cue.start <= first + 1 && named.start > cue.end + 2 {
        return thing(cue.end);
    }
    let nearest = clause.marks.iter().rev().find(|m| {
        m.end <= cue.start && (office(m) || matches!(m.mark, Mark::Cue(Cue::Event | Cue::Stranger)) && !within_office(clause, m))
    });
    let stopped = |from: usize| tokens.get(from..cue.start).unwrap_or_default().iter().any(|t| t.is_any(&[".", ";"]));
    // "la polizia locale, che avrà da sbrigare il traffico, sarà in servizio"
    // "per i lettori della biblioteca, affidata a una cooperativa: venerdì 7 sarà aperta"
    let inserted = nearest.is_some_and(|n| {
        let comma = |from: usize, to: usize| tokens.get(from..to).unwrap_or_default().iter().any(|t| t.is(","));
        let colon = tokens.get(n.end).is_some_and(|t| t.is(":"));
        n.start > named.end && comma(named.end, n.start) && (colon || comma(n.end, cue.start))
    });
    if let Some(nearest) = nearest.filter(|_| !inserted)
        && matches!(nearest.mark, Mark::Cue(_))
        && named.end <= nearest.start
        && cue.start - nearest.end <= 8
        && !stopped(nearest.end)
    {
        return true;
    }
    // "Il seggio elettorale allestito in biblioteca sarà aperto": the office is only the place
    let place = tokens.get(named.start.saturating_sub(2)..named.start).unwrap_or_default();
    let inside = place.iter().any(|t| t.is_any(&["in", "nella", "nel", "nei", "nelle", "presso", "davanti", "locali"]));
    inside && named.end <= cue.start && named.start > first + 2 && thing(first)
}

fn within_office(clause: &Clause, cue: &Placed) -> bool {
    clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)) && m.start <= cue.start && cue.end <= m.end)
}
