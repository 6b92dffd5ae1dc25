//! Days and events that are only mentioned: of acts and holidays, of the document itself, of the past, as the reason of a closing.
//!
//! In: a segment and its phrases. Out: the phrases without them, or marked as past.

use jiff::civil::Date;

use super::{Mark, Placed};
use crate::extract::grammar::dates::When;
use crate::extract::segment::Segment;
use crate::lexicon::Cue;
use crate::text::{Token, TokenKind};

/// "Il personale è convocato dalle 8 alle 11: gli sportelli apriranno alle 11.15": hours of a meeting, in front of those of the office.
pub(super) fn drop_hours_of_meetings(segment: &Segment, marks: &mut Vec<Placed>) {
    const MEETS: [&str; 5] = ["assemblea", "riunion", "convocat", "riunit", "impegnat"];
    let Some(last) = marks.iter().rev().find(|m| matches!(m.mark, Mark::Span(..))).map(|m| m.start) else { return };
    let meets = |m: &Placed| {
        let before = segment.tokens.get(m.start.saturating_sub(5)..m.start).unwrap_or_default();
        let from = before.iter().rposition(|t| t.is_any(&[";", ":", ".", ","])).map_or(0, |i| i + 1);
        before[from..].iter().any(|t| MEETS.iter().any(|stem| t.text.starts_with(stem)))
    };
    marks.retain(|m| !(matches!(m.mark, Mark::Span(..)) && m.start < last && meets(m)));
}

/// "ELEZIONI EUROPEE 8-9 GIUGNO 2024", "referendum dell'8 e 9 giugno": the days of a vote, on which nothing is said of an office.
pub(super) fn drop_days_of_polls(segment: &Segment, marks: &mut Vec<Placed>) {
    const REACH: usize = 5;
    const POLLS: [&str; 5] = ["elezion", "referendum", "consultazion", "ballottagg", "votazion"];
    let of_poll = |m: &Placed| {
        let before = &segment.tokens[m.start.saturating_sub(REACH)..m.start];
        let from = before.iter().rposition(|t| t.is_any(&[",", ";", ".", ":"])).map_or(0, |i| i + 1);
        before[from..].iter().any(|t| POLLS.iter().any(|stem| t.text.starts_with(stem)))
    };
    marks.retain(|m| !(matches!(m.mark, Mark::When(When::Days(_) | When::Range(_))) && of_poll(m)));
}

/// "Festività: lo Sportello resterà chiuso dal 23 dicembre …", "Chiusura uffici nelle festività": the occasion, and no days of the week.
pub(super) fn drop_feasts(segment: &Segment, marks: &mut Vec<Placed>) {
    let is = |i: usize, text: &str| segment.tokens.get(i).is_some_and(|t| t.is(text));
    let dated = marks.iter().any(|m| matches!(m.mark, Mark::When(_)));
    let timed = marks.iter().any(|m| matches!(m.mark, Mark::Span(..)));
    marks.retain(|m| {
        let feasts = matches!(m.mark, Mark::Days(_)) && is(m.start, "festivita");
        let named = dated && is(m.end, ":") || !timed && m.end == m.start + 1;
        !(feasts && named)
    });
}

/// "il giorno precedente, giovedì 14", "Nelle aule, ridipinte la scorsa settimana, i tre uffici riceveranno …": a day before another, and what is told aside of
/// what will be.
pub(super) fn drop_what_is_no_past(segment: &Segment, marks: &mut Vec<Placed>) {
    const WILL: [&str; 8] = ["ricevera", "saranno", "resteranno", "aprira", "apriranno", "osservera", "funzionera", "riapri"];
    const REACH: usize = 14;
    let n = segment.tokens.len();
    let word = |i: usize| segment.tokens.get(i).map_or("", |t| t.text.as_str());
    let will = |i: usize| WILL.iter().any(|stem| word(i).starts_with(stem));
    let comma = |from: usize| (from..n).take_while(|i| !matches!(word(*i), "." | ";" | ":")).find(|i| word(*i) == ",");
    let first_comma = (0..n).find(|i| word(*i) == ",");
    marks.retain(|m| {
        if m.mark != Mark::Cue(Cue::Past) {
            return true;
        }
        let day_before = word(m.start).starts_with("precedent")
            && m.start > 0
            && matches!(word(m.start - 1), "giorno" | "giornata" | "pomeriggio" | "mattina" | "sera");
        let set_off = first_comma.is_some_and(|first| first < m.start);
        let aside = set_off && comma(m.end).is_some_and(|at| (at..n).take(REACH).any(will));
        !(day_before || aside)
    });
}

/// Dates of acts and of holidays that are only mentioned: "decreto del 12 maggio", "festività di giovedì 2", "in scadenza il 30".
pub(super) fn drop_acts(segment: &Segment, marks: &mut Vec<Placed>) {
    let several = marks.iter().filter(|m| matches!(m.mark, Mark::When(When::Days(_) | When::Range(_)))).count() >= 2;
    marks.retain(|m| {
        let Mark::When(when) = &m.mark else { return true };
        // "ingresso gratuito fino a fine anno"
        let free = |t: &Token| ["gratuit", "scontat", "ridotto a"].iter().any(|w| t.text.starts_with(w));
        if matches!(when, When::Until(_)) && segment.tokens[m.start.saturating_sub(2)..m.start].iter().any(free) {
            return false;
        }
        // "pubblicato dal 24/10 all'8/11", "in affissione fino al 3 maggio": how long an act hangs there
        let hangs = |t: &Token| ["pubblicat", "pubblicazion", "affiss", "affig"].iter().any(|w| t.text.starts_with(w));
        if matches!(when, When::Range(_) | When::From(_) | When::Until(_))
            && segment.tokens[m.start.saturating_sub(2)..m.start].iter().any(hangs)
        {
            return false;
        }
        // "annunciata a gennaio e rinviata due volte": when it was spoken of
        let spoken_of = |t: &Token| {
            ["annunciat", "previst", "decis", "approvat", "presentat", "bandit", "promess"].iter().any(|w| t.text.starts_with(w))
        };
        if matches!(when, When::Months(_)) && segment.tokens[m.start.saturating_sub(1)..m.start].iter().any(spoken_of) {
            return false;
        }
        if !matches!(when, When::Days(_)) {
            return true;
        }
        // "decreto del Sindaco n. 9 del 25 maggio" goes further back than "ordinanza con cui dispone per domani"
        let reach = if m.start.checked_sub(1).is_some_and(|i| segment.tokens[i].is_any(&["del", "dell'"])) { 9 } else { 6 };
        let before = &segment.tokens[m.start.saturating_sub(reach)..m.start];
        // "ordinanza n. 138 del 15": the point of an abbreviation ends nothing; "la Giunta ha stabilito che venerdì 2": what it decided is another matter
        let abbreviated = |i: usize| i > 0 && before[i].is(".") && before[i - 1].is_any(&["n", "nr", "prot", "num", "reg"]);
        let ends = |i: &usize| before[*i].is_any(&[".", ";", ",", ":", "che"]) && !abbreviated(*i);
        let stop = (0..before.len()).rev().find(ends).map_or(0, |i| i + 1);
        // "per il ponte della Festa del lavoro", "in occasione del Natale … il 24 dicembre": a holiday as the reason, where the day itself is said
        let occasion = before[stop..].iter().any(|t| t.is_any(&["ponte", "occasione", "ricorrenza", "vista"]));
        if occasion && several {
            return false;
        }
        // "quest'anno il 2 giugno cade di venerdì"
        let falls = m.end + usize::from(segment.tokens.get(m.end).is_some_and(|t| t.is("che")));
        if segment.tokens.get(falls).is_some_and(|t| t.is_any(&["cade", "cadra", "cadono", "cadranno", "ricorre", "coincide"])) {
            return false;
        }
        // "Immacolata con ponte: lunedì 7 dicembre gli uffici saranno chiusi"
        let bridge = segment.tokens.get(m.end..m.end + 2).unwrap_or_default();
        if several && bridge.first().is_some_and(|t| t.is("con")) && bridge.last().is_some_and(|t| t.is("ponte")) {
            return false;
        }
        // "l'orario già annunciato per il 2 maggio entrerà in vigore il 3 giugno"
        let planned =
            before.iter().rev().take(4).any(|t| ["annunciat", "previst", "fissat", "programmat"].iter().any(|w| t.text.starts_with(w)));
        let moved = segment.folded.has_any(&["rinviat", "slitta", "differit", "posticipat", "entrera in vigore"]);
        if planned && moved && several {
            return false;
        }
        // "il precedente avviso del 27 settembre"
        let of = before.last().is_some_and(|t| t.is_any(&["del", "dell'", "di"]));
        let notice = before.len() >= 2
            && ["avvis", "comunica", "nota", "volantin", "informativ", "notizi", "lettera"]
                .iter()
                .any(|w| before[before.len() - 2].text.starts_with(w));
        if of && notice {
            return false;
        }
        let put_off = segment.folded.has("chiusura");
        // "festività di giovedì 2", not "per le festività l'ufficio sarà chiuso giovedì 2"
        let beside = |t: &Token| before.iter().rev().take(3).any(|near| near.range == t.range);
        // "in occasione della scadenza IMU lunedì 16 l'ufficio sarà aperto": the day of the opening, too
        let apart = before[stop..].iter().rposition(|t| t.text.starts_with("scadenz") || t.text.starts_with("seduta"));
        if apart.is_some_and(|i| before[stop + i + 1..].iter().any(|t| t.kind == TokenKind::Word && !joins(t))) {
            return true;
        }
        let at_hand = before.windows(2).any(|pair| pair[0].is("a") && pair[1].is("disposizione"));
        !before[stop..].iter().any(|t| {
            if at_hand && t.is("disposizione") {
                return false; // "sarà a disposizione venerdì 7 giugno"
            }
            if put_off && t.text.starts_with("rinviat") || t.text.starts_with("festivita") && !beside(t) {
                return false;
            }
            [
                "decreto",
                "delibera",
                "deliberazione",
                "determina",
                "ordinanza",
                "disposizione",
                "legge",
                "festivita",
                "scade",
                "scadenza",
                "scadono",
                "prorogat",
                "circolare",
                "dpcm",
                "approvat",
                "firmat",
                "rinviat",
                "seduta",
                "giunta",
                "verbale",
            ]
            .iter()
            .any(|w| t.text.starts_with(w))
        })
    });
}

/// "il 10 novembre, che è lunedì": the weekday says which day the date is, and no rule of the week.
pub(super) fn drop_named_weekdays(segment: &Segment, marks: &mut Vec<Placed>) {
    let dates: Vec<(usize, Date)> = marks
        .iter()
        .filter_map(|m| if let Mark::When(When::Days(days)) = &m.mark { days.last().map(|day| (m.end, *day)) } else { None })
        .collect();
    marks.retain(|m| {
        let Mark::Days(crate::extract::grammar::weekdays::Days::These { days, .. }) = &m.mark else { return true };
        let [only] = days.as_slice() else { return true };
        let says_which = |(end, date): &(usize, Date)| {
            let between = segment.tokens.get(*end..m.start).unwrap_or_default();
            crate::extract::grammar::dates::weekday_of(*date) == only.day
                && between.iter().any(|t| t.is("che"))
                && between.len() <= 5
                && between.iter().all(|t| t.is_any(&[",", "che", "e", "cade", "di", "un", "quest'", "anno", "sara"]))
        };
        !dates.iter().any(says_which)
    });
}

/// "Libero Consorzio Comunale di Enna": a province of Sicily, and no stranger.
pub(super) fn know_provinces(segment: &Segment, marks: &mut Vec<Placed>) {
    let province = |at: usize| segment.tokens[at].is("consorzio") && at > 0 && segment.tokens[at - 1].is("libero");
    marks.retain(|m| !(m.mark == Mark::Cue(Cue::Stranger) && province(m.start)));
}

/// "La Polizia locale lascia via Principe Amedeo 22": where the office was.
pub(super) fn drop_left_places(segment: &Segment, marks: &mut Vec<Placed>) {
    const LEAVES: [&str; 6] = ["lascia", "lascera", "lasciano", "lasceranno", "abbandona", "abbandonano"];
    marks.retain(|m| {
        let left = m.start.checked_sub(1).is_some_and(|i| LEAVES.contains(&segment.tokens[i].text.as_str()));
        !(matches!(m.mark, Mark::Address(_)) && left)
    });
}

/// "con atto di venerdì", "nella seduta di lunedì": the day of an act, and none of the week.
pub(super) fn drop_days_of_acts(segment: &Segment, marks: &mut Vec<Placed>) {
    const ACTS: [&str; 8] = ["atto", "decreto", "ordinanza", "seduta", "consiglio", "giunta", "riunione", "delibera"];
    marks.retain(|m| {
        let before = |n: usize| m.start.checked_sub(n).and_then(|i| segment.tokens.get(i));
        let of = before(1).is_some_and(|t| t.is("di")) && before(2).is_some_and(|t| ACTS.contains(&t.text.as_str()));
        !(of && matches!(m.mark, Mark::Days(_)))
    });
}

/// Words between an act and its date: "scadenza del 16", "seduta fissata per il 9".
fn joins(token: &Token) -> bool {
    token.is_any(&["del", "di", "il", "al", "dell'", "della", "dal", "per", "fissata", "prevista", "e", "il", "giorno"])
}

/// "Lunedì 2 giugno 2025, festa della Repubblica": the name of a holiday behind its date says that day once more.
pub(super) fn drop_apposed(segment: &Segment, marks: &mut Vec<Placed>) {
    let is_days = |m: &Placed| matches!(m.mark, Mark::When(When::Days(_)));
    let by_name = |m: &Placed| segment.tokens[m.start..m.end].iter().all(|t| t.kind != TokenKind::Number);
    let dated: Vec<usize> = marks.iter().filter(|m| is_days(m) && !by_name(m)).map(|m| m.end).collect();
    let sign = |i: usize| segment.tokens.get(i).is_some_and(|t| t.is_any(&[",", "(", "-"]));
    marks.retain(|m| !(is_days(m) && by_name(m) && dated.iter().any(|end| end + 1 == m.start && sign(*end))));
}

/// "entrambi gli sportelli, Protocollo e Tributi, saranno chiusi": the names say once more whom the words in front of them stand for.
pub(super) fn drop_named_again(segment: &Segment, marks: &mut Vec<Placed>) {
    let named: Vec<usize> = marks.iter().filter(|m| matches!(m.mark, Mark::Offices(_))).map(|m| m.start).collect();
    let sign = |i: usize| segment.tokens.get(i).is_some_and(|t| t.is_any(&[",", "("]));
    marks.retain(|m| m.mark != Mark::TheOffices { back: true } || !(sign(m.end) && named.contains(&(m.end + 1))));
}

/// "l'anagrafe chiede di prenotarsi allo …": what an office asks of those who come is no plan.
pub(super) fn drop_requests(segment: &Segment, marks: &mut Vec<Placed>) {
    let named: Vec<usize> = marks.iter().filter(|m| matches!(m.mark, Mark::Offices(_))).map(|m| m.end).collect();
    let asks = |m: &Placed| segment.tokens.get(m.start).is_some_and(|t| t.is_any(&["chiede", "chiedono"]));
    // "chi vuole può venire senza telefonare": who comes, and no plan
    let comes = |m: &Placed| {
        let before = m.start.checked_sub(1).and_then(|i| segment.tokens.get(i));
        let goes_on = segment.tokens.get(m.start + 1).is_some_and(|t| t.is_any(&["puo", "possono", ",", "entra", "viene"]));
        before.is_some_and(|t| t.is_any(&["chi", "quanti"])) && segment.tokens[m.start].is_any(&["vuole", "vogliono"]) && goes_on
    };
    marks.retain(|m| m.mark != Mark::Cue(Cue::Hypothesis) || !(asks(m) && named.contains(&m.start) || comes(m)));
}

/// The document's own date, written out: "MONTEVERRO, 14 maggio 2020 – …"; not "dalle 18 di oggi, 14 maggio 2020".
pub(super) fn drop_dateline(segment: &Segment, marks: &mut Vec<Placed>, published: Option<Date>) {
    let today = |m: &Placed| segment.tokens[m.start..m.end].iter().any(|t| t.is_any(&["oggi", "odierna", "odierno"]));
    marks.retain(|m| {
        let Mark::When(When::Days(days)) = &m.mark else { return true };
        !(m.end - m.start >= 3 && days.len() == 1 && days.first().copied() == published) || today(m)
    });
}

/// "ricorrendo la festa del Patrono", "per il mercato", "finita la festa": an event as the reason of a closing, or as its end, is not the matter.
pub(super) fn drop_reasons(segment: &Segment, marks: &mut Vec<Placed>) {
    const REASONS: [&str; 28] = [
        "fine",
        "periodo",
        "durante",
        "ricorrendo",
        "ricorrenza",
        "occasione",
        "concomitanza",
        "causa",
        "motivo",
        "finita",
        "finito",
        "terminata",
        "conclusione",
        "termine",
        "terminato",
        "conclusa",
        "dopo",
        "per",
        "ragione",
        "commemorazione",
        // "in esecuzione della deliberazione n. 71", "ai sensi dell'ordinanza"
        "esecuzione",
        "attuazione",
        "ottemperanza",
        "sensi",
        "forza",
        "giusta",
        "base",
        "seguito",
    ];
    // "Cantiere finito, chiavi consegnate: …": it is over; "niente catene"; "numero neve: 0861 …"
    marks.retain(|m| {
        let over = |t: &Token| ["finit", "conclus", "terminat"].iter().any(|w| t.text.starts_with(w));
        let ended = segment.tokens.get(m.end).is_some_and(over) && segment.tokens.get(m.end + 1).is_some_and(|t| t.is_any(&[",", ":"]));
        let denied = m.start > 0 && segment.tokens[m.start - 1].is_any(&["niente", "numero"]);
        // "Commemorazione dei defunti: orari del cimitero": the second of November
        let feast = segment.tokens[m.start].is("commemorazione") && segment.tokens.get(m.end + 1).is_some_and(|t| t.is("defunti"));
        // "il museo inaugura il nuovo orario": how it serves
        let inaugurates = segment.tokens[m.start].text.starts_with("inaugur")
            && segment.tokens.get(m.end..m.end + 5).unwrap_or_default().iter().any(|t| t.is_any(&["calendario", "orario", "orari"]));
        m.mark != Mark::Cue(Cue::Event) || !(ended || denied || feast || inaugurates)
    });
    // "Dal 1° ottobre, per decisione del gestore: …": whose idea it was
    marks.retain(|m| {
        let before = &segment.tokens[m.start.saturating_sub(3)..m.start];
        let idea = before
            .windows(2)
            .any(|pair| pair[0].is_any(&["per", "su"]) && pair[1].is_any(&["decisione", "scelta", "richiesta", "volonta", "disposizione"]));
        m.mark != Mark::Cue(Cue::Stranger) || !idea
    });
    let states = marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Reduced)) || matches!(m.mark, Mark::Span(..)));
    // "… adotta dal 10 giugno l'orario che segue:"
    let states = states || segment.announces() && segment.folded.has("orari");
    // "A causa del cantiere l'ufficio si trasferisce in piazza Po 4"
    let moves = |m: &Placed| {
        let verb = segment
            .tokens
            .get(m.start..m.end)
            .unwrap_or_default()
            .iter()
            .any(|t| ["trasferi", "spost", "trasloc"].iter().any(|stem| t.text.starts_with(stem)));
        m.mark == Mark::Cue(Cue::Moved) && verb
    };
    let states = states || marks.iter().any(moves) && marks.iter().any(|m| matches!(m.mark, Mark::Address(_)));
    if !states {
        return;
    }
    // "a seguito del pensionamento di due dipendenti l'apertura è ridotta": why, and not what they do
    const STAFF: [&str; 9] =
        ["collocamento", "pensionamento", "pensionamenti", "assenza", "assenze", "mancanza", "carenza", "malattia", "formazione"];
    marks.retain(|m| {
        let before = &segment.tokens[m.start.saturating_sub(5)..m.start];
        let stop = before.iter().rposition(|t| t.is_any(&[".", ";", ","])).map_or(0, |i| i + 1);
        match m.mark {
            Mark::Cue(Cue::Event) => !(before[stop..].iter().any(|t| t.is_any(&REASONS)) || is_means(segment, m)),
            Mark::Cue(Cue::Political) => !before[stop..].iter().any(|t| t.is_any(&STAFF)),
            _ => true,
        }
    });
}

/// "il Sindaco ha disposto con propria determina la chiusura degli uffici": the act by which something is ordered.
fn is_means(segment: &Segment, mark: &Placed) -> bool {
    const ACTS: [&str; 5] = ["determin", "deliber", "ordinanz", "decret", "provvediment"];
    let before = &segment.tokens[mark.start.saturating_sub(2)..mark.start];
    let by = before.last().is_some_and(|t| t.is("con"))
        || before.first().is_some_and(|t| t.is("con")) && before[1..].iter().all(|t| t.text.starts_with("propri"));
    by && segment.tokens.get(mark.start).is_some_and(|t| ACTS.iter().any(|stem| t.text.starts_with(stem)))
}

/// "lo stato civile lavorò per un mese in una saletta", "riaprì in autunno": verbs of the past by their accent. What ends like "riceverò" or "verrò" may be the
/// first person's future, and what begins with a capital may be a town ("Forlì").
pub(super) fn told_in_past(segment: &Segment, marks: &mut Vec<Placed>) {
    const FUTURE: [&str; 7] = ["ero", "iro", "aro", "rro", "dro", "pro", "vro"];
    const OTHERS: [&str; 16] = [
        "cosi",
        "bensi",
        "altresi",
        "lunedi",
        "martedi",
        "mercoledi",
        "giovedi",
        "venerdi",
        "mezzodi",
        "pero",
        "percio",
        "potro",
        "falo",
        "metro",
        "casino",
        "rondo",
    ];
    if !segment.text.contains(['ò', 'ì']) {
        return;
    }
    for (i, token) in segment.tokens.iter().enumerate() {
        let name = token.upper && !token.is_any(&["apri", "riapri"]);
        let future = FUTURE.iter().any(|end| token.text.ends_with(end));
        let verb = token.kind == TokenKind::Word && token.text.len() > 3 && !future && !name && !OTHERS.contains(&token.text.as_str());
        if verb && segment.words(i..i + 1).ends_with(['ò', 'ì']) {
            marks.push(Placed { mark: Mark::Cue(Cue::Past), start: i, end: i + 1 });
        }
    }
}

/// "nel 2015", "nel novembre del 2020": years before the document's own are told of the past.
pub(super) fn past_years(segment: &Segment, published: Option<Date>, marks: &mut Vec<Placed>) {
    let Some(published) = published else { return };
    for (i, token) in segment.tokens.iter().enumerate() {
        let year =
            token.number().filter(|n| token.text.len() == 4 && (1000..u32::try_from(published.year()).unwrap_or_default()).contains(n));
        let told =
            i > 0 && (segment.tokens[i - 1].is_any(&["nel", "del"]) && segment.tokens[..i].iter().rev().take(4).any(|t| t.is("nel")));
        let inside = marks.iter().any(|m| m.start <= i && i < m.end);
        if year.is_some() && told && !inside {
            marks.push(Placed { mark: Mark::Cue(Cue::Past), start: i - 1, end: i + 1 });
        }
    }
}

/// "Comune di Fiera Alta", "COMUNE DI PRÀ DEL VENTO": a town may bear the name of what would be a fair, a storm or a bank elsewhere.
pub(super) fn drop_cues_of_towns(segment: &Segment, marks: &mut Vec<Placed>) {
    const LONGEST: usize = 5;
    const SMALL: [&str; 12] = ["di", "del", "della", "dei", "delle", "dell'", "d'", "in", "sul", "al", "a", "sulla"];
    let tokens = &segment.tokens;
    let body = |i: usize| {
        let of = tokens.get(i + 1).is_some_and(|t| t.is_any(&["di", "del", "d'", "della"]));
        of && tokens[i].is_any(&["comune", "provincia", "citta"])
    };
    for at in (0..tokens.len()).filter(|i| body(*i)) {
        let named = |i: &usize| tokens[*i].kind == TokenKind::Word && (tokens[*i].upper || SMALL.contains(&tokens[*i].text.as_str()));
        let office = marks.iter().filter(|m| m.start > at + 1 && matches!(m.mark, Mark::Offices(_))).map(|m| m.start).min();
        let end = (at + 2..tokens.len().min(at + 2 + LONGEST)).take_while(named).last().map_or(at + 2, |i| i + 1);
        let name = at + 2..office.map_or(end, |office| office.min(end));
        marks.retain(|m| !(matches!(m.mark, Mark::Cue(Cue::Event | Cue::Stranger)) && name.contains(&m.start)));
    }
}

/// "la farmacia Locatelli": a pharmacy with the name of its owner is nobody's office.
pub(super) fn name_private_pharmacies(segment: &Segment, marks: &mut Vec<Placed>) {
    for at in 0..segment.tokens.len() {
        let named = segment.tokens[at].is("farmacia")
            && segment.is_capital(at + 1)
            && segment.tokens.get(at + 1).is_some_and(|t| t.kind == TokenKind::Word && !t.text.starts_with("comunal"));
        // a line all in capitals ("FARMACIA VIA ROMA") names by its letters nobody
        let shouted = segment.words(at..at + 2).chars().all(|c| !c.is_lowercase());
        let taken = marks.iter().any(|m| m.start <= at + 1 && at < m.end && !matches!(m.mark, Mark::Cue(_)));
        if named && !shouted && !taken {
            marks.push(Placed { mark: Mark::Cue(Cue::Stranger), start: at, end: at + 2 });
        }
    }
}

/// "la sostituzione, attesa da febbraio", "chiusa da mesi, da gennaio": since a month that is over when the text is written.
pub(super) fn drop_since(segment: &Segment, published: Option<Date>, marks: &mut Vec<Placed>) {
    const WAITING: [&str; 10] = ["attes", "aspettat", "rinviat", "ferm", "rott", "guast", "promess", "annunciat", "cominciat", "iniziat"];
    let Some(published) = published else { return };
    marks.retain(|m| {
        let Mark::When(When::From(day)) = &m.mark else { return true };
        let waiting = m.start > 0 && WAITING.iter().any(|w| segment.tokens[m.start - 1].text.starts_with(w));
        let month = segment.tokens[m.start..m.end].iter().all(|t| t.kind == TokenKind::Word);
        !(month && (waiting && *day < published || is_since_then(segment, m)))
    });
}

/// "Uffici chiusi venerdì 2 e sabato 3 (31/05/2023)": in brackets at the end of a headline, the day on which it was written.
pub(super) fn drop_day_of_entry(segment: &Segment, published: Option<Date>, marks: &mut Vec<Placed>) {
    let n = segment.tokens.len();
    let is = |i: usize, sign: &str| segment.tokens.get(i).is_some_and(|t| t.is(sign));
    let Some(at) = marks.iter().rposition(|m| !matches!(m.mark, Mark::Comma)) else { return };
    let Some(last) = marks.get(at).filter(|m| n > 3 && m.end + 1 == n && is(m.end, ")") && m.start > 1 && is(m.start - 1, "(")) else {
        return;
    };
    let Mark::When(When::Days(days)) = &last.mark else { return };
    let figures = segment.tokens[last.start..last.end].iter().all(|t| t.kind != TokenKind::Word);
    let linked = segment.links.iter().map(|link| link.range.len()).sum::<usize>() * 2 > segment.text.len();
    let other = marks[..at].iter().any(|m| matches!(m.mark, Mark::When(_)));
    let before = published.is_none_or(|published| days.iter().all(|day| *day <= published));
    if figures && days.len() == 1 && before && (linked || other) {
        marks.remove(at);
    }
}

/// "le cui squadre sono al lavoro da domenica": in a relative clause of the present, since the day that is past.
fn is_since_then(segment: &Segment, mark: &Placed) -> bool {
    const REACH: usize = 8;
    let before = &segment.tokens[mark.start.saturating_sub(REACH)..mark.start];
    let from = before.iter().rposition(|t| t.kind == TokenKind::Sign).map_or(0, |i| i + 1);
    let clause = &before[from..];
    let relative = clause.iter().take(3).position(|t| t.is_any(&["che", "cui", "quale", "quali"]));
    let is = relative
        .and_then(|at| clause[at..].iter().position(|t| t.is_any(&["e", "sono", "sta", "stanno", "lavora", "lavorano"])).map(|i| at + i));
    let state = |t: &Token| ["chius", "apert", "sospes", "attiv", "operativ"].iter().any(|w| t.text.starts_with(w));
    is.is_some_and(|is| clause.len() - is <= 5) && !clause.iter().any(state)
}

/// "tra la fine dell'anno e l'Epifania": the end of a stretch of time whose beginning is told in words, and no day by itself.
pub(super) fn drop_bounds(segment: &Segment, marks: &mut Vec<Placed>) {
    const REACH: usize = 8;
    let last_of = |m: &Placed| -> bool {
        let before = &segment.tokens[m.start.saturating_sub(REACH)..m.start];
        let article = before.last().is_some_and(|t| t.is_any(&["l'", "il", "la"]));
        let and = before.len().checked_sub(1 + usize::from(article)).filter(|i| before[*i].is_any(&["e", "ed"]));
        and.is_some_and(|and| {
            let between = before[..and].iter().rposition(|t| t.is_any(&["tra", "fra"]));
            between.is_some_and(|from| before[from..and].iter().all(|t| t.kind == TokenKind::Word))
        })
    };
    marks.retain(|m| !(matches!(&m.mark, Mark::When(When::Days(days)) if days.len() == 1) && last_of(m)));
}

/// "via lo sportello del martedì, rimane il solo venerdì": a day that is given up.
pub(super) fn drop_given_up_days(segment: &Segment, marks: &mut Vec<Placed>) {
    const GIVES_UP: [&str; 9] = ["via", "addio", "stop", "sparisce", "spariscono", "cade", "scompare", "eliminato", "abolito"];
    const DESKS: [&str; 8] = ["sportello", "apertura", "ricevimento", "rientro", "turno", "mattina", "pomeriggio", "giornata"];
    marks.retain(|m| {
        let before = &segment.tokens[m.start.saturating_sub(5)..m.start];
        let of = before.last().is_some_and(|t| t.is_any(&["del", "di", "della"]));
        let desk = before.iter().position(|t| DESKS.contains(&t.text.as_str()));
        let gone = desk.is_some_and(|at| before[..at].iter().any(|t| GIVES_UP.contains(&t.text.as_str())));
        !(matches!(m.mark, Mark::Days(_)) && of && gone)
    });
}
