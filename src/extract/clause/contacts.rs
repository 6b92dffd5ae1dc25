//! Channels and the address of a clause; those that are given up stay out.

use super::Clause;
use crate::domain::{Channel, ChannelKind};
use crate::extract::draft::Facts;
use crate::extract::scan::{Mark, Placed, linked};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

pub(super) fn channels(segment: &Segment, clause: &Clause, facts: &mut Facts) {
    let whole = clause.start == 0 && clause.end >= segment.tokens.len();
    for m in &clause.marks {
        if let Mark::Channel(channel) = &m.mark
            && !facts.channels.contains(channel)
            && !given_up(segment, clause, m)
        {
            facts.channels.push(channel.clone());
        }
    }
    for (channel, token) in linked(segment, &clause.marks) {
        if (whole || token >= clause.start && token < clause.end) && !facts.channels.contains(&channel) {
            facts.channels.push(channel);
        }
    }
    // "su WhatsApp e Skype": announced without an address
    let words = segment.tokens.get(clause.start..clause.end).unwrap_or_default();
    for (word, kind) in [("whatsapp", ChannelKind::Whatsapp), ("skype", ChannelKind::Skype)] {
        let at = words.iter().position(|t| t.is(word));
        let announced = at.is_some_and(|i| {
            i > 0
                && words[i - 1].is_any(&[
                    "su",
                    "via",
                    "tramite",
                    "piattaforme",
                    "con",
                    "e",
                    "anche",
                    "piattaforma",
                    "di",
                    "attraverso",
                    "utilizza",
                ])
        });
        if announced && !facts.channels.iter().any(|c| c.kind == kind) && !segment.folded.has("condivid") && !segment.folded.has("facebook")
        {
            facts.channels.push(Channel { kind, value: None });
        }
    }
}

/// "il vecchio 0371 4470100 non sarà più attivo", "il fax … è dismesso": a channel that goes.
fn given_up(segment: &Segment, clause: &Clause, mark: &Placed) -> bool {
    // "Sede di Torre Vecchia: 0586 …": the words of a name say nothing of the number
    let name = clause.marks.iter().rev().find(|m| matches!(m.mark, Mark::Site(_) | Mark::Address(_)) && m.end <= mark.start);
    let from = mark.start.saturating_sub(5).max(clause.start).max(name.map_or(0, |m| m.end));
    let before = &segment.tokens[from..mark.start];
    let stop = before.iter().rposition(|t| t.is_any(&[".", ";"])).map_or(0, |i| i + 1);
    let before = &before[stop..];
    // "il vecchio …", "al posto dello …", "prende il posto di …", "in sostituzione del …", "cancella lo … dalla rubrica"
    let old = before.iter().enumerate().any(|(i, t)| {
        ["vecchi", "precedent", "attual", "sostituzione", "luogo", "anziche", "invece", "cancell", "dimentic"]
            .iter()
            .any(|w| t.text.starts_with(w))
            && (!t.is_any(&["invece", "luogo"]) || before.get(i + 1).is_some_and(|n| n.text.starts_with("d")))
            || t.is("ex") && i + 3 >= before.len()
            || t.is("posto") && i > 0 && before[i - 1].is_any(&["al", "il"])
            || t.is("non") && before.get(i + 1).is_some_and(|n| n.is("piu"))
            || t.text.starts_with("sostitu") && !t.text.starts_with("sostituit") && !t.text.starts_with("sostituzion")
    });
    // "il vecchio numero della Polizia locale, 0171 …, è disattivato": an office stands between
    let owner = |m: &&Placed| matches!(m.mark, Mark::Offices(_) | Mark::Site(_));
    let named = clause.marks.iter().rev().find(|m| owner(m) && m.end <= mark.start && mark.start - m.end <= 2);
    let old = old
        || named.is_some_and(|office| {
            const NUMBERS: [&str; 7] = ["numero", "telefono", "recapito", "indirizzo", "fax", "casella", "pec"];
            let before = &segment.tokens[office.start.saturating_sub(4)..office.start];
            let gone = |t: &crate::text::Token| ["vecchi", "precedent"].iter().any(|w| t.text.starts_with(w));
            before.windows(2).any(|pair| gone(&pair[0]) && NUMBERS.contains(&pair[1].text.as_str()))
        });
    // "conserva il vecchio recapito", "resta valido il vecchio numero"
    let kept = segment.tokens[mark.start.saturating_sub(9).max(clause.start)..mark.start]
        .iter()
        .any(|t| ["conserv", "manten", "mantien", "rest", "riman", "tiene"].iter().any(|w| t.text.starts_with(w)));
    let old = old && !kept;
    // "va in pensione la casella …"
    let old = old || before.windows(2).any(|pair| pair[0].is("in") && pair[1].is("pensione"));
    let after = segment.tokens.get(mark.end..(mark.end + 6).min(segment.tokens.len())).unwrap_or_default();
    // "(la casella attuale sarà disattivata)": the bracket speaks of the one before
    let bracket = after.iter().take(6).position(|t| t.is("(")).filter(|open| {
        after
            .get(open + 1..open + 5)
            .unwrap_or_default()
            .iter()
            .any(|t| ["attual", "precedent", "vecchi", "fax", "cellular"].iter().any(|w| t.text.starts_with(w)))
    });
    let after = &after[..bracket.unwrap_or(after.len())];
    let stop = after.iter().position(|t| t.is_any(&[",", ";", "."])).unwrap_or(after.len());
    // "…, destinata a spegnersi", "verrà staccato", "non risponde più"
    let doomed = after.iter().take_while(|t| !t.is_any(&[";", "."])).enumerate().any(|(i, t)| {
        ["staccat", "dismess", "disattivat", "spegner", "spent", "soppress", "abbandonat"].iter().any(|w| t.text.starts_with(w))
            && !after[..i].iter().any(|t| t.is_any(&["che", "e"]) || t.kind == crate::text::TokenKind::Number)
            || t.is("non")
                && after.get(i + 1).is_some_and(|n| n.text.starts_with("rispond") || n.is("esiste"))
                && after.get(i + 2).is_some_and(|n| n.is("piu"))
    });
    // "il fax … è stato soppresso"
    let ended = after[..stop].windows(3).any(|w| {
        w[0].is_any(&["e", "sono"])
            && w[1].text.starts_with("stat")
            && ["dismess", "disattivat", "cessat", "soppress", "eliminat", "staccat", "spent", "chius"]
                .iter()
                .any(|g| w[2].text.starts_with(g))
    });
    // "lo 030 3755241, indicato per sbaglio, appartiene a un privato"
    let mistaken = after.windows(2).any(|w| w[0].is("per") && w[1].is_any(&["sbaglio", "errore"]))
        || after.iter().any(|t| t.text.starts_with("erroneament"));
    let gone = doomed
        || mistaken
        || ended
        || after[..stop].windows(2).enumerate().any(|(i, w)| {
            // "risponde allo 0171 … e non più allo 0172 …": the other one goes
            let of_another = after.get(i + 2).is_some_and(|t| t.is_any(&["al", "allo", "lo", "il", "a"]));
            w[0].is("non") && !of_another && (w[1].text.starts_with("sara") || w[1].is("e") || w[1].is("piu"))
                || w[0].is_any(&["e", "sara", "viene"])
                    && ["dismess", "disattivat", "cessat", "soppress", "eliminat"].iter().any(|g| w[1].text.starts_with(g))
        });
    old || gone
}

pub(super) fn address(segment: &Segment, clause: &Clause, facts: &mut Facts) {
    // "si sposta da via Roma 10 a piazza Mazzini 4": where to, not where from
    let from = |m: &Placed| {
        let words = &segment.tokens[m.start.saturating_sub(4)..m.start];
        words.iter().rev().take_while(|t| !t.is_any(&["a", "in", "alla", "nella", ","])).any(|t| {
            t.is_any(&["da", "dalla", "dai", "dal", "dall'", "ex"]) || ["lasci", "abbandon", "libera"].iter().any(|w| t.text.starts_with(w))
        })
    };
    let addresses = || clause.marks.iter().filter(|m| matches!(m.mark, Mark::Address(_)));
    let Some(placed) = addresses().find(|m| !from(m)).or_else(|| addresses().next()) else { return };
    let Mark::Address(address) = &placed.mark else { return };
    let first = crate::extract::segment::first_word(&segment.tokens);
    let opens = placed.start <= first + 1
        || segment.tokens[..placed.start].iter().all(|t| !t.is_any(&["."]))
            && matches!(segment.role, Role::Line | Role::Item | Role::Row)
            && placed.start <= 6
        || crate::extract::elsewhere::is_address_line(segment, placed);
    let seat = segment.tokens[placed.start.saturating_sub(2)..placed.start].first().is_some_and(|t| t.is("sede"));
    // "l'ex lavatoio di via delle Acque 27 è la nuova casa dei Servizi sociali"
    let becomes = clause.marks.iter().any(|m| {
        let between = segment.tokens.get(placed.end..m.start).unwrap_or_default();
        m.mark == Mark::Cue(Cue::Moved)
            && m.start >= placed.end
            && between.len() <= 3
            && between.iter().any(|t| t.is_any(&["e", "sara", "diventa", "ospita"]))
    });
    let moved = seat || becomes || clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Moved) && m.start <= placed.end);
    let beside = clause
        .marks
        .iter()
        .any(|m| matches!(m.mark, Mark::Offices(_) | Mark::Site(_)) && m.end <= placed.start && placed.start - m.end <= 2);
    // "accanto alla stazione" behind the address, "nella palestra di via Rosselli 4": where it is, not whose it is
    let elsewhere = clause.marks.iter().any(|m| {
        // "si sistema alla palestra Mazzini, in via Ferrari 20"
        let words = segment.tokens.get(m.end..placed.start).unwrap_or_default();
        let joins = |t: &crate::text::Token| t.upper || t.is_any(&[",", "di", "in", "del", "della", "dei", "delle", "("]);
        let moves = clause.marks.iter().any(|c| c.mark == Mark::Cue(Cue::Moved) && c.start < m.start);
        let of_place = words.len() == 1 && words[0].is_any(&["di", "in"]) || moves && words.iter().all(joins);
        let beside = crate::extract::elsewhere::is_beside(segment, clause, m);
        matches!(m.mark, Mark::Cue(Cue::Event | Cue::Stranger)) && m.start < placed.start && !of_place && !beside
    });
    // "Dal martedì al venerdì 9-19, via Cavour 40, tel. 0744 …": one of several particulars set off by commas
    let sign = |i: usize| segment.tokens.get(i).is_some_and(|t| t.is_any(&[",", ";", "-", "*", "|"]));
    let told = |m: &Placed| matches!(m.mark, Mark::Span(..) | Mark::Channel(_));
    let listed = placed.start > 0
        && sign(placed.start - 1)
        && (placed.end >= clause.end || sign(placed.end) || segment.tokens[placed.end].is("."))
        && clause.marks.iter().any(told);
    let named = listed || clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_) | Mark::Site(_)) && m.start < placed.start);
    // "a Palazzo Denti, via Garibaldi 77": the building and its address
    let building = segment.tokens[placed.start.saturating_sub(6)..placed.start].iter().rposition(|t| {
        t.is_any(&[
            "palazzo",
            "palazzina",
            "villa",
            "castello",
            "municipio",
            "casa",
            "ex",
            "edificio",
            "complesso",
            "scuole",
            "liceo",
            "a",
            "ad",
        ])
    });
    let in_building = building.is_some_and(|at| {
        let from = placed.start.saturating_sub(6) + at + 1;
        segment.tokens[from..placed.start]
            .iter()
            .all(|t| t.upper || t.is_any(&[",", "di", "in", "del", "della", "(", "comunale", "liceo", "scuola"]))
    });
    let together = segment.folded.has_any(&["tutti in ", "tutti nel", "tutti al ", "tutti presso", "tutte in ", "tutte nel"]);
    if !elsewhere && (in_building || opens || moved || beside || named || together || segment.role == Role::Row) {
        facts.address = Some(address.clone());
        facts.moves = segment.tokens[clause.start..clause.end.min(segment.tokens.len())].iter().any(|t| {
            ["trasferi", "trasloc", "spost", "ubicat", "situat"].iter().any(|w| t.text.starts_with(w))
                || t.is_any(&["sede", "indirizzo", "trova", "trovano"])
        });
    }
}
