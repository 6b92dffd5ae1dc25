//! A second look at the phrases, in the light of the sentences around them: weekdays that stand for a date named before, statements that the next
//! sentence calls an error, words for the press.
//!
//! In: segments with their phrases. Out: the phrases, some of them replaced or dropped.

use jiff::civil::Date;

use super::coming_days;
use super::corrections::{calls_it_wrong, drop_what_is_set_right, takes_back};
use super::grammar::dates::When;
use super::grammar::weekdays::Days;
use super::press;
use super::scan::{Mark, Placed};
use super::segment::{Role, Segment};
use crate::document::Region;
use crate::domain::{ChannelKind, Season};
use crate::lexicon::Cue;
use crate::text::TokenKind;

/// Looks again.
pub fn revise(segments: &[Segment], scans: &mut [Vec<Placed>], published: Option<Date>) {
    let mut motion = None;
    for (i, segment) in segments.iter().enumerate() {
        if is_motion(segment) {
            motion = Some(segment.block);
        }
        let same_block = |next: &&Segment| next.block == segment.block;
        let withdrawn = segments.get(i + 1).filter(same_block).is_some_and(calls_it_wrong)
            || segments[i + 1..].iter().take_while(same_block).take(3).any(calls_it_a_wish);
        if withdrawn
            || is_trail(segment)
            || takes_back(segment)
            || press::is_addressed(segment)
            || is_premise(segment)
            || motion == Some(segment.block)
        {
            scans[i].clear();
        }
    }
    if let Some(lines) = press::sign_off(segments, scans) {
        scans[lines].iter_mut().for_each(Vec::clear);
    }
    parents(segments, scans);
    archive_by_its_short_name(segments, scans);
    faxes_in_columns(segments, scans);
    coming_days::resolve(segments, scans, published);
    shut_and_reached(segments, scans);
    numbers_of_messages(segments, scans);
    same_days_as_dates(segments, scans);
    every_year(segments, scans);
    ticket_desks(segments, scans);
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        ordinals_behind(segment, marks);
        drop_glosses(segment, marks);
        months_beside_a_week(segment, marks);
        drop_preamble(segment, marks);
        drop_what_is_set_right(segment, marks);
        drop_hour_of_act(segment, marks);
    }
}

/// "Home >> Struttura >> Settore I - Affari generali": where in the site the page lies.
fn is_trail(segment: &Segment) -> bool {
    let text = segment.folded.text.trim_start();
    let opens = ["home", "sei in", "ti trovi in", "tu sei qui"].iter().any(|w| text.starts_with(w));
    opens && [">", "»", "›", "→", "/"].iter().any(|sign| text.matches(sign).count() >= 2)
}

/// "Area: Servizi alla persona", "Settore di appartenenza: Ragioneria" below the title of an office: to whom it belongs, and of whom nothing is said.
fn parents(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const PARENTS: [&str; 6] = ["area", "settore", "struttura", "dipartimento", "direzione", "ripartizione"];
    // "Struttura organizzativa di appartenenza"
    const LABEL: usize = 5;
    let office = |m: &Placed| matches!(m.mark, Mark::Offices(_));
    let mut fields: Vec<(usize, usize)> = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        let label = segment.tokens.iter().take(LABEL + 1).position(|t| t.is(":"));
        let opens = segment.tokens.first().is_some_and(|t| PARENTS.contains(&t.text.as_str()));
        let alone = scans[i].iter().any(office) && scans[i].iter().all(|m| office(m) || matches!(m.mark, Mark::Comma | Mark::Break));
        let field = matches!(segment.role, Role::Item | Role::Row | Role::Line) && opens && label.is_some() && alone;
        let title = segment.headings.last().filter(|h| scans[**h].iter().any(office));
        fields.extend(title.filter(|_| field).map(|title| (*title, i)));
    }
    // several below one title are a list of them
    for pair in fields.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, field)] = pair {
            scans[*field].clear();
        }
    }
}

/// "L'Archivio è chiuso in agosto" below "Archivio storico comunale": no other archive than that of the title.
fn archive_by_its_short_name(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let named = |marks: &[Placed], id: &str| {
        marks.iter().any(|m| matches!(&m.mark, Mark::Offices(mention) if mention.offices.iter().any(|o| o.office.0 == id)))
    };
    let title = segments.iter().position(|s| s.region == Region::Main && s.role == Role::Heading);
    let Some(title) = title.filter(|at| named(&scans[*at], "archivio-storico") && !named(&scans[*at], "protocollo")) else { return };
    let historical = scans[title].iter().find_map(|m| match &m.mark {
        Mark::Offices(mention) => mention.offices.iter().find(|o| o.office.0 == "archivio-storico").map(|o| o.office.clone()),
        _ => None,
    });
    let Some(historical) = historical else { return };
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        for mark in marks.iter_mut().filter(|m| m.end == m.start + 1 && segment.tokens[m.start].is("archivio")) {
            if let Mark::Offices(mention) = &mut mark.mark {
                mention.offices.iter_mut().for_each(|o| o.office = historical.clone());
            }
        }
    }
}

/// "Biglietteria del museo: tel. …", "Biglietteria 0163 …" and "Le scolaresche si prenotano …" below "Museo civico": the desk at the museum's door.
fn ticket_desks(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const AT_THE_DOOR: [&str; 4] = ["bigliett", "scolaresc", "gruppi", "visite"];
    let museum = |marks: &[Placed]| {
        marks.iter().any(|m| matches!(&m.mark, Mark::Offices(mention) if mention.offices.iter().any(|o| o.office.0 == "museo")))
    };
    for (i, segment) in segments.iter().enumerate() {
        let below = segment.headings.last().is_some_and(|h| museum(&scans[*h]));
        let reached = scans[i].iter().any(|m| matches!(m.mark, Mark::Channel(_)));
        if !reached || !(below || museum(&scans[i])) {
            continue;
        }
        let at_the_door = |m: &Placed| AT_THE_DOOR.iter().any(|stem| segment.tokens[m.start].text.starts_with(stem));
        scans[i].retain(|m| !(matches!(m.mark, Mark::Cue(Cue::Event | Cue::Stranger)) && at_the_door(m)));
    }
}

/// "ha firmato nel primo pomeriggio un'ordinanza": the part of the day in which an act was signed.
fn drop_hour_of_act(segment: &Segment, marks: &mut Vec<Placed>) {
    const DONE: [&str; 6] = ["firmat", "emess", "emanat", "adottat", "annunciat", "comunicat"];
    marks.retain(|m| {
        let before = segment.tokens.get(m.start.saturating_sub(4)..m.start).unwrap_or_default();
        !(matches!(m.mark, Mark::Part(_)) && before.iter().any(|t| DONE.iter().any(|stem| t.text.starts_with(stem))))
    });
}

/// "Quaranta centimetri di neve, spazzaneve al lavoro dalle quattro: il sindaco dispone la chiusura …": what only leads up to the matter says nothing of it.
fn drop_preamble(segment: &Segment, marks: &mut Vec<Placed>) {
    let Some(colon) = segment.tokens.iter().position(|t| t.is(":")).filter(|_| segment.role == Role::Sentence) else { return };
    let (led, matter): (Vec<&Placed>, Vec<&Placed>) = marks.iter().partition(|m| m.start < colon);
    let dated = matter.iter().any(|m| matches!(m.mark, Mark::When(_)));
    let idle = |m: &Placed| match m.mark {
        Mark::Cue(Cue::Event | Cue::Stranger) | Mark::Span(..) | Mark::Part(_) => true,
        // "Festa patronale, lunedì 13: uffici chiusi" has its day in front
        Mark::When(_) => dated,
        _ => false,
    };
    let told = matter.iter().any(|m| matches!(m.mark, Mark::Offices(_))) && matter.iter().any(|m| m.mark == Mark::Cue(Cue::Closed));
    if told && led.iter().all(|m| idle(m)) && led.iter().any(|m| m.mark == Mark::Cue(Cue::Event)) {
        marks.retain(|m| m.start > colon);
    }
}

/// "dal martedì al sabato 15-19 e, nei mesi di luglio e agosto, 17-21": months without a year beside the usual week come back every year.
fn months_beside_a_week(segment: &Segment, marks: &mut [Placed]) {
    if segment.role != Role::Sentence {
        return;
    }
    let Some(at) = marks.iter().position(|m| matches!(m.mark, Mark::When(When::Months(_)))) else { return };
    let Mark::When(When::Months(range)) = &marks[at].mark else { return };
    let dated = segment.tokens[marks[at].start..marks[at].end].iter().any(|t| t.kind == TokenKind::Number);
    let span = |m: &Placed| matches!(m.mark, Mark::Span(..));
    let week = marks[..at].iter().any(|m| matches!(m.mark, Mark::Days(_))) && marks[..at].iter().any(span) && marks[at..].iter().any(span);
    let others = marks.iter().enumerate().any(|(i, m)| i != at && matches!(&m.mark, Mark::When(w) if !matches!(w, When::Same)));
    if !dated && week && !others {
        let day = |date: Date| (date.month() as u8, date.day() as u8);
        marks[at].mark = Mark::When(When::Season(Season { from: day(range.first()), to: day(range.last()) }));
    }
}

/// "Orario estivo (ogni anno, dal 1° aprile al 30 settembre)", "tutti i giorni, ogni anno:" above such lines: parts of the year that come back.
fn every_year(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    // lines below "ogni anno:" to which it may reach
    const REACH: usize = 8;
    let says = |segment: &Segment| segment.folded.has_any(&["ogni anno", "tutti gli anni"]);
    let day = |date: Date| (date.month() as u8, date.day() as u8);
    for i in 0..segments.len() {
        let here = &segments[i];
        let above = || {
            segments[..i]
                .iter()
                .rev()
                .take(REACH)
                .take_while(|s| s.block == here.block)
                .any(|s| says(s) && s.text.trim_end().ends_with(':'))
        };
        if !says(here) && !above() {
            continue;
        }
        for mark in &mut scans[i] {
            let Mark::When(When::Range(range) | When::Months(range)) = &mark.mark else { continue };
            let year = here.tokens[mark.start..mark.end].iter().any(|t| t.kind == TokenKind::Number && t.text.len() == 4);
            if !year {
                mark.mark = Mark::When(When::Season(Season { from: day(range.first()), to: day(range.last()) }));
            }
        }
    }
}

/// "Istruzione (edifici delle scuole superiori)", "Anagrafe (iscrizioni, cambi di casa)": a bracket behind the office of a title tells what it does.
fn drop_glosses(segment: &Segment, marks: &mut Vec<Placed>) {
    if segment.role != Role::Heading {
        return;
    }
    let Some(office) = marks.iter().find(|m| matches!(m.mark, Mark::Offices(_))).map(|m| m.end) else { return };
    let Some(open) = (office..segment.tokens.len()).find(|i| segment.tokens[*i].is("(")) else { return };
    let close = (open..segment.tokens.len()).find(|i| segment.tokens[*i].is(")")).unwrap_or(segment.tokens.len());
    marks.retain(|m| !(matches!(m.mark, Mark::Cue(Cue::Event | Cue::Political)) && open < m.start && m.start < close));
}

/// "telefono fax" above lines with two numbers each: the second is a fax.
fn faxes_in_columns(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let heads = |s: &Segment| {
        let words: Vec<&str> = s.tokens.iter().filter(|t| t.kind == TokenKind::Word).map(|t| t.text.as_str()).collect();
        matches!(words.as_slice(), ["telefono" | "tel", "fax"] | ["ufficio" | "servizio", "telefono" | "tel", "fax"])
    };
    let Some(head) = segments.iter().position(heads) else { return };
    for (segment, marks) in segments.iter().zip(scans.iter_mut()).skip(head + 1).filter(|(s, _)| s.block == segments[head].block) {
        let is_number = |m: &Placed| matches!(&m.mark, Mark::Channel(c) if matches!(c.kind, ChannelKind::Phone | ChannelKind::Fax));
        let numbers: Vec<usize> = (0..marks.len()).filter(|i| is_number(&marks[*i])).collect();
        let words = segment.tokens.iter().any(|t| t.is_any(&["fax", "tel", "telefono", "cell", "notte", "urgenze"]));
        let [first, second] = numbers.as_slice() else { continue };
        for (at, kind) in [(*first, ChannelKind::Phone), (*second, ChannelKind::Fax)] {
            if let (Mark::Channel(channel), false) = (&mut marks[at].mark, words) {
                channel.kind = kind;
            }
        }
    }
}

/// "sabato 9-11.30, ma soltanto il secondo e il quarto del mese": ordinals behind the day that they count.
fn ordinals_behind(segment: &Segment, marks: &mut [Placed]) {
    const REACH: usize = 14;
    let Some(month) =
        segment.tokens.windows(2).position(|t| t[0].is_any(&["del", "di", "d'"]) && t[1].is("mese") || t[0].is("ogni") && t[1].is("mese"))
    else {
        return;
    };
    let mut nth: Vec<i8> = Vec::new();
    let mut at = month;
    while let Some(token) = at.checked_sub(1).and_then(|i| segment.tokens.get(i)) {
        match nth_of(&token.text) {
            Some(n) => nth.insert(0, n),
            None if token.is_any(&["e", "ed", "il", "la", ",", "(", "di"]) => {}
            None => break,
        }
        at -= 1;
    }
    if nth.is_empty() {
        return;
    }
    let day = marks.iter_mut().rev().find(|m| m.end <= at + 1 && at - m.end.min(at) <= REACH && matches!(m.mark, Mark::Days(_)));
    if let Some(Placed { mark: Mark::Days(Days::These { days, .. }), .. }) = day
        && let [only] = days.as_mut_slice()
        && only.nth.is_empty()
    {
        only.nth = nth;
    }
}

/// "primo" is the first, "ultimo" the last.
fn nth_of(word: &str) -> Option<i8> {
    let counted = ["prim", "second", "terz", "quart"].iter().position(|stem| word.starts_with(stem) && word.len() == stem.len() + 1);
    counted.and_then(|n| i8::try_from(n).ok()).map(|n| n + 1).or_else(|| (word.starts_with("ultim") && word.len() == 6).then_some(-1))
}

/// "Sono alcune delle richieste contenute nella mozione …", "È quanto chiede il gruppo …": the sentences before told what somebody wants.
fn calls_it_a_wish(segment: &Segment) -> bool {
    const OPENS: [&str; 14] =
        ["sono ", "e ", "ecco ", "queste ", "questa ", "questo ", "lo ", "la ", "tutto ", "cosi ", "solo ", "quest", "tra ", "fra "];
    const WISHES: [&str; 10] = [
        "richiest",
        "propost",
        "mozion",
        "interrogazion",
        "petizion",
        "ipotesi",
        "emendament",
        "programma elettoral",
        "promess",
        "interpellanz",
    ];
    const SAYS: [&str; 8] = [
        "quanto chied",
        "quanto propon",
        "lo chied",
        "lo propon",
        "quello che chied",
        "quanto auspica",
        "quanto promett",
        "quanto si legge nella mozion",
    ];
    let text = segment.folded.text.trim_start();
    if !OPENS.iter().any(|w| text.starts_with(w)) {
        return false;
    }
    let lead: String = text.chars().take(70).collect();
    let to_be = ["sono ", "e ", "ecco ", "queste ", "questa "].iter().any(|w| lead.starts_with(w));
    let lists =
        ["delle ", "le ", "la ", "i punti", "una ", "uno "].iter().any(|w| lead.contains(w)) && WISHES.iter().any(|w| lead.contains(w));
    let granted = lead.contains("accolt") || lead.contains("approvat");
    let said = SAYS.iter().any(|w| lead.starts_with(w) || lead.strip_prefix("e ").is_some_and(|rest| rest.starts_with(w)));
    to_be && lists && !granted || said
}

/// "Non è aperto al pubblico. Contatti: …": a counter that is shut for good, and the ways that take its place.
fn shut_and_reached(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const STANDING: [&str; 8] = [
        "non e aperto al pubblico",
        "non e aperta al pubblico",
        "non riceve il pubblico",
        "non riceve pubblico",
        "non ha sportello",
        "non effettua ricevimento",
        "non prevede ricevimento",
        "non e previsto il ricevimento",
    ];
    for i in 0..segments.len() {
        let text = &segments[i].folded;
        if !text.has("non ") || !text.has_any(&STANDING) || scans[i].iter().any(|m| matches!(m.mark, Mark::When(_) | Mark::Days(_))) {
            continue;
        }
        let reached = |at: usize| {
            let names = scans[at].iter().any(|m| matches!(m.mark, Mark::Offices(_)));
            scans[at].iter().any(|m| matches!(m.mark, Mark::Channel(_))) && (at == i || !names)
        };
        let next = segments.get(i + 1).is_some_and(|next| next.headings == segments[i].headings) && reached(i + 1);
        if next || reached(i) || text.has("si contatta") || text.has("contattabil") {
            for mark in scans[i].iter_mut().filter(|m| m.mark == Mark::Cue(Cue::Closed)) {
                mark.mark = Mark::Cue(Cue::Remote);
            }
            let not = segments[i].tokens.iter().position(|t| t.is("non"));
            if let Some(not) = not.filter(|_| !scans[i].iter().any(|m| m.mark == Mark::Cue(Cue::Remote))) {
                let at = scans[i].partition_point(|m| m.start <= not);
                scans[i].insert(at, Placed { mark: Mark::Cue(Cue::Remote), start: not, end: not + 2 });
            }
        }
    }
}

/// "Siamo anche su WhatsApp!" above "mandate le foto al 366 …: solo messaggi": the number is that of the messages.
fn numbers_of_messages(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    const SENDS: [&str; 7] = ["mandate", "mandaci", "inviate", "inviaci", "scrivete", "scrivici", "messagg"];
    for i in 0..segments.len() {
        let before = i.checked_sub(1).filter(|b| segments[*b].block == segments[i].block);
        let announced = before
            .is_some_and(|b| segments[b].folded.has("whatsapp") && !scans[b].iter().any(|m| matches!(m.mark, Mark::Channel(_))))
            || opens_with_app(&segments[i], &scans[i]);
        if !announced || !segments[i].tokens.iter().any(|t| SENDS.iter().any(|w| t.text.starts_with(w))) {
            continue;
        }
        let mobile = |value: &Option<String>| value.as_deref().is_some_and(|v| v.starts_with("+393"));
        for mark in &mut scans[i] {
            match &mut mark.mark {
                Mark::Channel(channel) if channel.kind == ChannelKind::Phone && mobile(&channel.value) => {
                    channel.kind = ChannelKind::Whatsapp
                }
                // "solo messaggi": how to use the number
                Mark::Cue(Cue::Remote) => mark.mark = Mark::Comma,
                _ => {}
            }
        }
    }
}

/// "è anche su WhatsApp: si può mandare un messaggio al 351 …": the application is named, and its one number follows.
fn opens_with_app(segment: &Segment, marks: &[Placed]) -> bool {
    let Some(app) = segment.tokens.iter().position(|t| t.is("whatsapp")) else { return false };
    let mut numbers = marks.iter().filter(|m| matches!(m.mark, Mark::Channel(_)));
    let Some(number) = numbers.next().filter(|m| m.start > app && numbers.next().is_none()) else { return false };
    !segment.tokens[app..number.start].iter().any(|t| ["telefon", "chiam", "cell"].iter().any(|w| t.text.starts_with(w)))
}

/// "CONSIDERATO che …;", "VISTO l'art. 50 …": why an act is made, not what it orders.
fn is_premise(segment: &Segment) -> bool {
    const PREMISES: [&str; 12] = [
        "premess",
        "considerat",
        "vist",
        "richiamat",
        "rilevat",
        "ritenut",
        "sentit",
        "attes",
        "accertat",
        "constatat",
        "ravvisat",
        "dato",
    ];
    let first = super::segment::first_word(&segment.tokens);
    let Some(word) = segment.tokens.get(first) else { return false };
    let ends_open = segment.text.trim_end().ends_with([';', ',']);
    ends_open && word.upper && PREMISES.iter().any(|w| word.text.starts_with(w)) && (word.text != "dato" || segment.folded.has("dato atto"))
}

/// The minutes of a council: what stands behind "Mozione per …", "Interrogazione sugli orari …" in its paragraph was said, not decided.
fn is_motion(segment: &Segment) -> bool {
    let text = segment.folded.text.trim_start_matches(|c: char| !c.is_alphabetic());
    ["interrogazion", "mozion", "interpellanz", "proposta di "].iter().any(|w| text.starts_with(w))
}

/// "Chiusi dall'11 al 16 agosto. Negli stessi giorni …": the days said last were dates, none of the week.
fn same_days_as_dates(segments: &[Segment], scans: &mut [Vec<Placed>]) {
    let mut last_were_dates: Option<usize> = None;
    for (i, segment) in segments.iter().enumerate() {
        let hours = scans[i].iter().any(|m| m.mark == Mark::SameHours);
        let during = |m: &Placed| m.start > 0 && segment.tokens[m.start - 1].is_any(&["negli", "nei", "in"]) && !hours;
        for mark in &mut scans[i] {
            match &mark.mark {
                Mark::When(When::Days(_) | When::Range(_)) => last_were_dates = Some(i),
                Mark::Days(Days::Same)
                    if segment.role == Role::Sentence && during(mark) && last_were_dates.is_some_and(|at| i - at <= 2) =>
                {
                    mark.mark = Mark::When(When::Same);
                }
                Mark::Days(_) => last_were_dates = None,
                _ => {}
            }
        }
    }
}
