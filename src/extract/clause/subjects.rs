//! Which offices of a segment are subjects, which are only named, and which a rule about all leaves out.

use crate::extract::grammar::weekdays::Days;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

/// "366 221 0945 il personale, 366 221 0946 la ragioneria": each office stands behind its channel. The subjects with the tokens at which their channels begin.
pub(super) fn named_behind_their_channels(segment: &Segment, marks: &[Placed], starts: &[usize]) -> Vec<(usize, usize)> {
    let channel_before = |i: usize| -> Option<usize> {
        let mut channel: Option<&Placed> = None;
        for m in marks[..i].iter().rev() {
            match &m.mark {
                Mark::Channel(_) => channel = Some(m),
                Mark::Comma if channel.is_none() => {}
                _ => break,
            }
        }
        let channel = channel?;
        let last = marks[..i].iter().rev().find(|m| matches!(m.mark, Mark::Channel(_)))?;
        let between = segment.tokens.get(last.end..marks[i].start)?;
        let close = between.len() <= 3 && !between.iter().any(|t| t.is_any(&[";", ".", ":", "-"]) || t.newline || t.is_any(&["e", "ed"]));
        close.then_some(channel.start)
    };
    let found: Vec<(usize, usize)> = starts.iter().filter_map(|i| channel_before(*i).map(|channel| (*i, channel))).collect();
    let Some((last, _)) = found.last() else { return Vec::new() };
    let channel_behind = marks[*last + 1..].iter().any(|m| matches!(m.mark, Mark::Channel(_)));
    if found.len() >= 2 && !channel_behind { found } else { Vec::new() }
}

/// Office phrases that are no subjects: "l'assessore al personale", "gli agenti della Polizia locale", "da prenotare presso l'anagrafe", "come l'ufficio tecnico".
pub(super) fn ignored(segment: &Segment, marks: &[Placed]) -> Vec<usize> {
    let mut out = Vec::new();
    // "i dipendenti della polizia municipale, della Protezione civile e dell'anagrafe": the list goes on
    let mut political_until: Option<usize> = None;
    for mark in marks {
        let Mark::Offices(_) = &mark.mark else { continue };
        // "alla sua segreteria": the secretary of the one who is spoken of
        let of_someone = mark.start > 0 && segment.tokens[mark.start - 1].is_any(&["sua", "propria", "relativa"]);
        if of_someone && segment.words(mark.start..mark.end).to_lowercase().starts_with("segreteria") {
            out.push(mark.start);
            continue;
        }
        // "Sportello di Mezzana (biblioteca): ultimo lunedì del mese": in which house a branch is
        let in_brackets = mark.start > 0
            && segment.tokens[mark.start - 1].is("(")
            && segment.tokens.get(mark.end).is_some_and(|t| t.is(")"))
            && !segment.tokens[mark.start].upper;
        if in_brackets && marks.iter().any(|m| matches!(m.mark, Mark::Site(_)) && m.end < mark.start) {
            out.push(mark.start);
            continue;
        }
        // "un'associazione e non un ufficio del Comune": what somebody is not
        let denied = segment.tokens.get(mark.start.saturating_sub(2)..mark.start).unwrap_or_default();
        if let [not, article] = denied
            && not.is("non")
            && article.is_any(&["un", "uno", "una", "un'"])
        {
            out.push(mark.start);
            continue;
        }
        // "il bar del museo", "la libreria della biblioteca"
        let of_stranger = marks.iter().any(|m| {
            m.mark == Mark::Cue(Cue::Stranger)
                && m.end <= mark.start
                && mark.start - m.end == 1
                && segment.tokens[m.end].is_any(&["del", "della", "dell'", "dei"])
        });
        // "il Comandante della Polizia municipale riceve il primo lunedì": his counter is the office's
        let prize = segment.tokens.get(mark.end + 1).is_some_and(|t| t.is_any(&["la", "un", "una", "un'"]));
        let staff = marks.iter().any(|m| {
            const WORK: [&str; 6] = ["accogl", "ricev", "sede", "rispond", "trasfer", "present"];
            let token = segment.tokens.get(m.start).map_or("", |t| t.text.as_str());
            let works = segment.tokens.get(mark.end..(mark.end + 6).min(segment.tokens.len())).unwrap_or_default();
            m.mark == Mark::Cue(Cue::Political)
                && m.end <= mark.start
                && mark.start - m.end <= 2
                && ["agenti", "impiegat", "dipendent", "funzionar"].iter().any(|w| token.starts_with(w))
                && works.iter().any(|t| WORK.iter().any(|w| t.text.starts_with(w)))
        });
        // "la dott.ssa Neri, responsabile dei servizi finanziari, riceverà ogni martedì"
        let verb_at = mark.end + usize::from(segment.tokens.get(mark.end).is_some_and(|t| t.is(",")));
        let receives =
            staff || !prize && segment.tokens.get(verb_at).is_some_and(|t| t.text.starts_with("ricev") || t.text.starts_with("incontra"));
        let direct = of_stranger
            || !receives
                && marks.iter().any(|m| {
                    m.mark == Mark::Cue(Cue::Political)
                        && m.end <= mark.start
                        && mark.start - m.end <= 3
                        && !segment.tokens[m.end..mark.start].iter().any(|t| t.is_any(&[",", ":", ";", "."]))
                });
        let listed = political_until.is_some_and(|until| {
            !marks.iter().any(|m| {
                m.start >= until
                    && m.end <= mark.start
                    && matches!(
                        m.mark,
                        Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Phone)
                            | Mark::Span(..)
                            | Mark::Channel(_)
                            | Mark::Break
                    )
            }) && mark.start - until <= 12
                // "Il Responsabile del Settore Finanziario avvisa che l'Ufficio Tributi …": of whom he tells
                && !segment.tokens[until..mark.start].iter().any(|t| t.is("che"))
        });
        if direct || listed {
            political_until = Some(mark.end);
        }
        if speaks_of_others(segment, marks, mark)
            || direct
            || listed
            || is_direction(segment, marks, mark)
            || reference(segment, marks, mark)
            || is_place(segment, marks, mark)
            || is_house_of(segment, mark)
            || is_maker(segment, mark)
            || is_matter(segment, mark)
            || is_author(segment, mark)
        {
            out.push(mark.start);
        }
    }
    out
}

/// "Il Sindaco ha disposto che gli uffici …", "L'Ufficio personale informa che la biblioteca …": who tells it, where others are told of.
fn speaks_of_others(segment: &Segment, marks: &[Placed], mark: &Placed) -> bool {
    const TELLS: [&str; 17] = [
        "firmat", "comunic", "inform", "avvis", "avvert", "rende", "rendono", "dispone", "dispost", "ordin", "decis", "stabil", "annunc",
        "precis", "ricord", "segnal", "fa",
    ];
    let behind = segment.tokens.get(mark.end..(mark.end + 4).min(segment.tokens.len())).unwrap_or_default();
    let tells = behind.iter().position(|t| TELLS.iter().any(|w| if *w == "fa" { t.is("fa") } else { t.text.starts_with(w) }));
    let auxiliary = |t: &crate::text::Token| {
        t.is_any(&["ha", "hanno", "si", "vi", "ci", "con", "noto", "pertanto", "quindi", "percio", "infatti", "gia"])
    };
    if !tells.is_some_and(|at| behind[..at].iter().all(auxiliary)) {
        return false;
    }
    // "il Sindaco ha disposto la chiusura delle scuole": whoever is told of, it is not he
    const ORDERS: [&str; 6] = ["dispone", "dispost", "ordin", "decis", "stabil", "firmat"];
    let orders = tells.is_some_and(|at| ORDERS.iter().any(|stem| behind[at].text.starts_with(stem)));
    let himself = matches!(&mark.mark, Mark::Offices(mention) if mention.offices.iter().all(|o| o.office.0 == "sindaco"));
    let tells_at = tells.map_or(0, |at| mark.end + at);
    // "le modalità che il Presidente comunicherà ai consiglieri": what he does is no service
    let speaks = himself && segment.tokens.get(tells_at).is_some_and(|t| t.text.starts_with("comunic"));
    // "Il Servizio Viabilità rende noto che … vigerà il senso unico": of a road
    let road = marks.iter().any(|m| m.start > mark.end && m.mark == Mark::Cue(Cue::Event))
        && segment.folded.has_any(&["senso unico", "transito", "circolazione", "la strada", "carreggiata"]);
    if orders && himself || speaks || road {
        return true;
    }
    // "il Sindaco ha disposto, per mercoledì 25, la chiusura di:" above the list
    let list = segment.announces() && marks.iter().any(|m| m.start > mark.end && m.mark == Mark::Cue(Cue::Closed));
    list || marks.iter().any(|m| m.start > mark.end && matches!(m.mark, Mark::Offices(_)))
}

/// "Nello stesso edificio della biblioteca, viale Varallo 21": in whose house another is.
fn is_house_of(segment: &Segment, mark: &Placed) -> bool {
    let before = &segment.tokens[mark.start.saturating_sub(5)..mark.start];
    let of = before.last().is_some_and(|t| t.is_any(&["del", "della", "dell'", "dello"]));
    let house = |t: &crate::text::Token| t.is_any(&["edificio", "stabile", "palazzo", "immobile", "complesso", "cortile", "piano"]);
    let same = before.iter().any(|t| t.is_any(&["stesso", "medesimo"])) && before.iter().any(house);
    // "Stesso indirizzo e stesso telefono della biblioteca"
    const WAYS: [&str; 9] = ["indirizzo", "telefono", "numero", "recapito", "recapiti", "sede", "contatti", "mail", "pec"];
    let alike = before.windows(2).any(|pair| {
        pair[0].is_any(&["stesso", "stessa", "stessi", "medesimo", "medesima", "medesimi"]) && WAYS.contains(&pair[1].text.as_str())
    });
    // "Palazzina uffici tecnici, via Po 3": the name of the house
    if before.last().is_some_and(|t| t.is_any(&["palazzina", "palazzo", "edificio", "stabile"])) {
        return true;
    }
    // "i locali già sede dell'Ufficio Anagrafe", "per conto degli uffici comunali"
    let was = before.windows(2).any(|pair| pair[0].is_any(&["gia", "ex", "vecchia", "precedente"]) && pair[1].is("sede"));
    let for_them = before.windows(2).any(|pair| pair[0].is("per") && pair[1].is("conto"));
    of && (same || alike || was) || for_them
}

/// "un'associazione per la tutela dei beni culturali", "la valorizzazione del turismo": the matter, and no office for it.
fn is_matter(segment: &Segment, mark: &Placed) -> bool {
    const MATTERS: [&str; 6] = ["tutela", "valorizzazione", "salvaguardia", "promozione", "difesa", "protezione"];
    let before = &segment.tokens[mark.start.saturating_sub(2)..mark.start];
    matches!(before, [matter, of] if MATTERS.contains(&matter.text.as_str()) && of.is_any(&["del", "della", "dell'", "dei", "delle", "degli"]))
}

/// "una mostra curata dall'ufficio cultura": whose work something is.
fn is_maker(segment: &Segment, mark: &Placed) -> bool {
    const MADE: [&str; 18] = [
        "curat",
        "organizzat",
        "promoss",
        "allestit",
        "realizzat",
        "propost",
        "ideat",
        "coordinat",
        "seguit",
        "gestit",
        "bandit",
        "predispost",
        "finanziat",
        "indett",
        "approvat",
        "emess",
        "rilasciat",
        "redatt",
    ];
    // "con la collaborazione dell'ufficio cultura", "d'intesa con l'URP": who lends a hand
    const HELP: [&str; 9] =
        ["collaborazion", "patrocini", "contribut", "sostegn", "support", "cura", "regia", "coordinament", "supervision"];
    let before = &segment.tokens[mark.start.saturating_sub(3)..mark.start];
    let of = before.last().is_some_and(|t| t.is_any(&["dell'", "della", "del", "dello", "degli", "dei", "l'", "la", "il", "lo"]));
    let noun = before.iter().rev().skip(1).find(|t| !t.is("con"));
    let helps = of && noun.is_some_and(|t| HELP.iter().any(|stem| t.text.starts_with(stem)) || t.is("intesa"));
    if helps && segment.role == Role::Sentence {
        return true;
    }
    let by = before.last().is_some_and(|t| t.is_any(&["dall'", "dalla", "dal", "dallo", "dai", "dagli", "dalle", "da"]));
    by && before.iter().any(|t| MADE.iter().any(|stem| t.text.starts_with(stem)))
}

/// "Con decreto del Sindaco è stato approvato l'orario estivo": whose act it is.
fn is_author(segment: &Segment, mark: &Placed) -> bool {
    const ACTS: [&str; 8] = ["decret", "ordinanz", "determin", "disposizion", "provvediment", "deliber", "decision", "atto"];
    let mayor = matches!(&mark.mark, Mark::Offices(mention) if mention.offices.iter().all(|o| o.office.0 == "sindaco"));
    let before = &segment.tokens[mark.start.saturating_sub(2)..mark.start];
    let [act, of] = before else { return false };
    mayor && of.is_any(&["del", "della"]) && ACTS.iter().any(|stem| act.text.starts_with(stem))
}

/// "da prendere all'anagrafe", "prenotando presso l'URP": where one turns to, not who is spoken of; unless its contacts follow.
fn is_direction(segment: &Segment, marks: &[Placed], mark: &Placed) -> bool {
    let before = &segment.tokens[mark.start.saturating_sub(4)..mark.start];
    let to = before.iter().rev().take(2).any(|t| t.is_any(&["al", "all'", "alla", "allo", "presso", "agli", "ai", "alle", "in"]));
    // "il duplicato si ritira all'Ufficio elettorale, in via Po 3, che è aperto …": what speaks of it stands behind where it is
    let address = marks.iter().find(|m| matches!(m.mark, Mark::Address(_)) && m.start >= mark.end && m.start - mark.end <= 2);
    let bracket = |i: &usize| segment.tokens.get(*i).is_some_and(|t| t.is(")"));
    let end = address.map_or(mark.end, |address| (address.end..).take_while(bracket).last().map_or(address.end, |bracket| bracket + 1));
    let behind = |i: usize| segment.tokens.get(end + i);
    let spoken_of = behind(0).is_some_and(|t| t.is(",")) && behind(1).is_some_and(|t| t.is_any(&["che", "dove", "aperto", "aperta"]))
        || before.iter().any(|t| t.text.starts_with("aspett"));
    if spoken_of {
        return false;
    }
    let verb = before.iter().any(|t| {
        [
            "finir",
            "dirott",
            "smist",
            "rimand",
            "prend",
            "prenot",
            "fissar",
            "consegn",
            "ritir",
            "esibir",
            "presentat",
            "depositat",
            "spazi",
            "accanto",
            "davanti",
            "fronte",
            "ritrov",
        ]
        .iter()
        .any(|w| t.text.starts_with(w))
    });
    let name = segment.tokens.get(mark.end.saturating_sub(1)).map_or("", |t| t.text.as_str());
    let contacts = marks.iter().any(|m| match &m.mark {
        Mark::Channel(_) | Mark::Days(_) | Mark::Span(..) if m.start >= mark.end && m.start - mark.end <= 4 => true,
        // "all'ufficio protocollo oppure a protocollo@pec…": the address bears its name
        Mark::Channel(channel) => {
            let local = channel.value.as_deref().and_then(|v| v.split_once('@')).map_or("", |(local, _)| local);
            name.len() >= 5 && m.start >= mark.end && local.contains(name)
        }
        _ => false,
    });
    // "previo appuntamento in segreteria"
    let booked = before.last().is_some_and(|t| t.is("in"))
        && before.iter().any(|t| t.text.starts_with("appuntament") || t.text.starts_with("prenot"));
    if booked {
        return true;
    }
    // "previo accordo con l'assistente sociale": with whom the visit is fixed
    let agreed = marks.iter().any(|m| {
        let between = segment.tokens.get(m.end..mark.start).unwrap_or_default();
        m.mark == Mark::Cue(Cue::Appointment) && m.end < mark.start && between.len() <= 2 && between[0].is_any(&["con", "col"])
    });
    // "Il Sindaco riceve previo appuntamento da concordare con la segreteria (0975 …)": the number serves him who was named first
    let named_before = || marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)) && m.end <= mark.start);
    if agreed && (!contacts || named_before()) {
        return true;
    }
    // "ritira il duplicato all'ufficio elettorale, che oltre ai giorni consueti apre: …": what follows speaks of it
    let word = |i: usize| segment.tokens.get(mark.end + i);
    let relative = word(0).is_some_and(|t| t.is(","))
        && (word(1).is_some_and(|t| t.is_any(&["che", "dove"])) || word(2).is_some_and(|t| t.is("quale")))
        && segment.tokens[mark.end..]
            .iter()
            .any(|t| ["apre", "aprir", "apert", "ricev", "chiud", "chius"].iter().any(|stem| t.text.starts_with(stem)));
    if relative {
        return false;
    }
    let beside = before.last().is_some_and(|t| t.is_any(&["presso", "accanto"]))
        || before.len() > 1 && before[before.len() - 2].is_any(&["presso", "accanto"]);
    // "l'accesso all'anagrafe", "il ricevimento del pubblico presso l'ufficio tributi": the service is the office's own
    const SERVICE: [&str; 7] = ["acced", "access", "ricevim", "ricevon", "pubblico", "apertur", "sportell"];
    let entry = before.iter().any(|t| SERVICE.iter().any(|w| t.text.starts_with(w)));
    to && !entry && (verb || beside && segment.role == Role::Sentence) && !contacts && mark.start > 3
}

/// "nella sala della biblioteca", "vicino all'URP", "in museo alle 21": the place of something else. With a word of service it is the office after all.
fn is_place(segment: &Segment, marks: &[Placed], mark: &Placed) -> bool {
    if mark.start == 0 {
        return false;
    }
    let before = &segment.tokens[mark.start.saturating_sub(4)..mark.start];
    // "Ora: 10-13; Cosa: laboratori; Dove: museo del bosco": the place of what a programme lists
    let label = |names: &[&str], tokens: &[crate::text::Token]| tokens.windows(2).any(|pair| pair[0].is_any(names) && pair[1].is(":"));
    if segment.role == Role::Row
        && label(&["cosa", "evento", "iniziativa", "attivita", "appuntamento", "spettacolo", "incontro"], &segment.tokens)
        && label(&["dove", "luogo", "sede", "location"], before)
    {
        return true;
    }
    // "Via Pascoli 8, sopra la biblioteca"
    let addressed = marks.iter().any(|m| matches!(m.mark, Mark::Address(_)) && m.end <= mark.start && mark.start - m.end <= 5);
    if segment.role != Role::Sentence && !addressed {
        return false;
    }
    const BESIDE: [&str; 12] =
        ["vicino", "davanti", "pressi", "fronte", "fianco", "dietro", "sotto", "sopra", "accanto", "adiacente", "attiguo", "attigua"];
    let beside = before.iter().any(|t| BESIDE.contains(&t.text.as_str()))
        && before.last().is_some_and(|t| t.is_any(&["al", "all'", "alla", "allo", "del", "della", "dell'", "il", "la"]));
    let inside = before.len() > 1
        && before.last().is_some_and(|t| t.is_any(&["del", "della", "dell'"]))
        && before[..before.len() - 1].iter().rev().take(2).any(|t| {
            [
                "sala",
                "giardino",
                "giardini",
                "parco",
                "piazzali",
                "cortile",
                "atrio",
                "locali",
                "auditorium",
                "salone",
                "scalinata",
                "parcheggio",
                "piazzale",
                "portico",
                "chiostro",
            ]
            .contains(&t.text.as_str())
        });
    // "lo sportello dell'associazione, il martedì 15-17, nella sede della biblioteca": in whose house a stranger receives
    let guest = marks.iter().any(|m| m.mark == Mark::Cue(Cue::Stranger) && m.end <= mark.start);
    let house = before.len() > 1
        && before.last().is_some_and(|t| t.is_any(&["del", "della", "dell'"]))
        && before[before.len() - 2].is_any(&["sede", "spazi", "locali", "stanze"]);
    if guest && house {
        return true;
    }
    let serves = marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced)));
    // "Sala di consultazione dell'Archivio storico: aperta il martedì 9-13": a label, and its hours
    let label = segment.tokens.get(mark.end..(mark.end + 2).min(segment.tokens.len())).unwrap_or_default().iter().any(|t| t.is(":"))
        && marks.iter().any(|m| matches!(m.mark, Mark::Span(..)) && m.start > mark.end);
    beside || inside && !serves && !label
}

/// "negli stessi orari dell'anagrafe", "come l'ufficio tecnico", "il medesimo numero di Gare e contratti": an office to compare with.
pub fn reference(segment: &Segment, marks: &[Placed], mark: &Placed) -> bool {
    let before = &segment.tokens[mark.start.saturating_sub(3)..mark.start];
    let article = |t: &crate::text::Token| {
        t.is_any(&[
            "il", "lo", "la", "l'", "i", "gli", "le", "di", "del", "dello", "della", "dell'", "dei", "degli", "delle", "per", "a",
            "quelli", "quello", "e", "ore", "orari", "orario",
        ])
    };
    let direct = |n: usize| before.len() >= n && before[before.len() - n + 1..].iter().all(article);
    let compared = (1..=3).any(|n| direct(n) && before.len() >= n && before[before.len() - n].is("come"));
    let same = marks.iter().any(|m| {
        matches!(m.mark, Mark::SameHours | Mark::SameNumber | Mark::Days(Days::Same))
            && m.end <= mark.start
            && segment.tokens[m.end..mark.start].iter().all(article)
    });
    let such_as = before.iter().any(|t| t.is("come"))
        && marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Appointment | Cue::Open | Cue::Remote)) && m.end <= mark.start);
    same || compared && !such_as && !before.iter().any(|t| t.is(","))
}
