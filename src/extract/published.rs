//! The document's own date: from markup, else from the lines that dates stand on ("Pubblicato il …", "Roma, lì 25/03/2022", "lunedì 16 marzo 2020 - 11:42").
//!
//! In: segments. Out: the date, and the anchor for dates without a year.

use jiff::civil::Date;

use super::Context;
use super::grammar::dates::{Anchor, full_date};
use super::segment::{Role, Segment};
use crate::document::{Document, Region};
use crate::lexicon::Lexicon;
use crate::text::TokenKind;

/// When a document speaks.
#[derive(Debug, Clone, Default)]
pub struct Dating {
    /// The date it states for itself.
    pub published: Option<Date>,
    /// What dates without a year are resolved against.
    pub anchor: Anchor,
    /// The segments that say little more than this date.
    pub lines: Vec<usize>,
}

/// Stems of what an office does on a day: "Lunedì 2 giugno 2025 il museo apre …".
const MATTER: [&str; 9] = ["uffic", "chius", "apert", "sportell", "ricev", "apre", "aprira", "chiud", "riapr"];

/// Finds the date.
pub fn date(document: &Document, segments: &[Segment], lexicon: &Lexicon, context: &Context) -> Dating {
    let main: Vec<&Segment> =
        segments.iter().filter(|s| !matches!(s.region, Region::Navigation | Region::Aside | Region::Banner)).collect();
    let mut best: Option<(u8, usize, Date)> = None;
    let n = main.len();
    for (i, segment) in main.iter().enumerate() {
        if !segment.tokens.iter().any(|t| t.kind == TokenKind::Number) {
            continue; // most lines
        }
        let near_end = i + 6 >= n;
        if main.get(i + 1).is_some_and(|next| opens_with_hours(next, lexicon)) && segment.tokens.len() <= 6 {
            continue; // "sabato 14 dicembre 2024" above "ore 9-12"
        }
        if is_listed(main[..i].iter().copied()) || segment.folded.text.trim_start().starts_with("oggetto:") {
            continue;
        }
        for at in 0..segment.tokens.len().min(60) {
            let Some((day, end)) = full_date(&segment.tokens, at, lexicon) else { continue };
            // "Venerdì 3 gennaio 2025 gli uffici rimarranno chiusi" says when something holds
            let matter = segment.tokens.get(end).is_some_and(|t| t.kind == TokenKind::Word || t.is(","))
                && segment.tokens[end..].iter().any(|t| MATTER.iter().any(|w| t.text.starts_with(w)));
            if matter && at <= 2 {
                break;
            }
            // "venerdì 6 giugno 2025, ore 9-18": a day and from when until when
            let until = |i| super::grammar::times::span(&segment.tokens, i, lexicon).is_some_and(|found| found.span.to().is_some());
            if (end..segment.tokens.len().min(end + 6)).any(until) {
                break;
            }
            // right above or below the title of the page, however much stands before it
            let title = |n: Option<usize>| {
                let beside = n.and_then(|n| main.get(n)).filter(|s| s.role == Role::Heading);
                beside.is_some_and(|s| document.title.as_deref().is_some_and(|title| s.text.trim() == title.trim()))
            };
            let near_title = title(i.checked_sub(1)) || title(Some(i + 1));
            let rank = rank(segment, at, end, if near_title { 1 } else { i }, near_end, lexicon);
            if let Some(rank) = rank
                && best.is_none_or(|(r, _, _)| rank < r)
            {
                best = Some((rank, i, day));
            }
            break;
        }
    }
    let stated = best.filter(|(rank, ..)| *rank <= 3).map(|b| b.2);
    // a publication line outranks markup only where there is none
    let published = document.published.or(stated).or_else(|| best.map(|b| b.2));
    let anchor_day = published.or(context.published).or_else(|| month_line(&main));
    let year = segments
        .iter()
        .flat_map(|s| s.tokens.iter())
        .filter(|t| t.kind == TokenKind::Number && t.text.len() == 4)
        .filter_map(|t| t.number())
        .find(|y| (2000..=2100).contains(y));
    let anchor = Anchor { day: anchor_day, year: year.map(|y| y as i16), month: anchor_day.map(|d| d.month()), ..Anchor::default() };
    let timed = |i: usize| segments.get(i + 1).is_some_and(|next| opens_with_hours(next, lexicon));
    let alone = |i: usize, s: &Segment| is_date_line(s, lexicon) && !(timed(i) && s.tokens.len() <= 6) && !is_listed(segments[..i].iter());
    let lines = segments.iter().enumerate().filter(|(i, s)| alone(*i, s)).map(|(i, _)| i).collect();
    Dating { published, anchor, lines }
}

/// Whether a line begins with hours: "ore 9.00-12.30", "dalle 9 alle 12".
fn opens_with_hours(segment: &Segment, lexicon: &Lexicon) -> bool {
    (0..2).any(|i| super::grammar::times::span(&segment.tokens, i, lexicon).is_some())
}

/// Whether a line stands in a list of days that the lines before it announce: "chiusi nelle giornate di:", "- sabato 3 giugno 2023", "- martedì 13 giugno 2023".
fn is_listed<'a>(before: impl DoubleEndedIterator<Item = &'a Segment>) -> bool {
    const OF_DAYS: [&str; 6] = ["giorn", "date", "chius", "apert", "ricev", "sospes"];
    let dated = |s: &&Segment| s.tokens.len() <= 20 && s.tokens.iter().any(|t| t.kind == TokenKind::Number) && !s.announces();
    let above = before.rev().take(12).find(|s| !dated(s));
    above.is_some_and(|s| s.announces() && s.folded.has_any(&OF_DAYS))
}

/// A line that holds a full date and hardly anything else: "Pubblicato il 3 marzo 2022", "data: 02/01/2025", "17/02/2025".
fn is_date_line(segment: &Segment, lexicon: &Lexicon) -> bool {
    let found = (0..segment.tokens.len().min(12)).find_map(|i| full_date(&segment.tokens, i, lexicon).map(|(_, end)| (i, end)));
    let Some((start, end)) = found else { return false };
    let rest = segment.tokens[..start].iter().chain(segment.tokens.get(end..).unwrap_or_default());
    let words =
        rest.filter(|t| t.kind == TokenKind::Word && !t.is_any(&["alle", "ore", "h"]) && lexicon.weekday(&t.text).is_none()).count();
    let starts = [
        "pubblicat",
        "data",
        "inserit",
        "news",
        "avviso del",
        "aggiornat",
        "ultimo",
        "ultima",
        "notizia",
        "pubblicazione",
        "comunicato",
        "albo avvisi",
        "pagina aggiornata",
    ]
    .iter()
    .any(|w| segment.folded.text.trim_start().starts_with(w));
    let spans = (0..segment.tokens.len()).any(|i| i >= end && super::grammar::times::span(&segment.tokens, i, lexicon).is_some());
    let labelled = segment.role == Role::Item && segment.tokens[..start].iter().any(|t| t.is(":"));
    if (spans || labelled) && !starts {
        return false; // "sab 13/05/2023 09:00-18:00" states hours
    }
    words <= 1 || starts && words <= 6 && !segment.folded.has("chius") && !segment.folded.has("dal ")
}

/// How surely a date is the document's own; smaller is surer. `None`: a date of something else.
fn rank(segment: &Segment, at: usize, end: usize, index: usize, near_end: bool, lexicon: &Lexicon) -> Option<u8> {
    let text = &segment.folded.text;
    let before = segment.tokens.get(at).and_then(|t| text.get(..t.range.start)).unwrap_or_default();
    let tail = crate::text::tail(before, 44);
    let act = [
        "determina",
        "delibera",
        "decreto",
        "ordinanza",
        "d.p.c.m",
        "dpcm",
        "legge",
        "entro",
        "scade",
        "fino al",
        "dal ",
        "decorrenza",
        "valid",
        "vigore",
        "approvat",
        "elezion",
        "al giorno",
    ];
    let words_after = segment.tokens.len().saturating_sub(end);
    let says = |words: &[&str]| words.iter().any(|w| tail.contains(w));
    if says(&[
        "pubblicat",
        "pubblicazione",
        "data di pubbl",
        "inserit",
        "scritto da",
        "scritto il",
        "comunicazione n",
        "postato",
        "news del",
        "avviso del",
        "notizia del",
        "data notizia",
        "comunicato del",
        "data:",
        "data avviso",
        "comunicato stampa del",
        "inviat",
        "diffus",
        "affiss",
        "emess",
    ]) && !says(&["approvat", "decreto", "delibera"])
    {
        return Some(1);
    }
    let word_before = |n: usize| at.checked_sub(n).and_then(|i| segment.tokens.get(i)).map_or("", |t| t.text.as_str());
    // "da lunedì 3 a venerdì 13 giugno 2025": the end of a period
    if matches!(word_before(1), "a" | "al" | "all'" | "fino" | "sino")
        && segment.tokens[..at].iter().any(|t| t.is_any(&["da", "dal", "dall'", "fino"]))
    {
        return None;
    }
    // "nel giorno 24 dicembre", "nella giornata del 3 gennaio": a day of which something is told
    if (1..=3).any(|n| word_before(n).starts_with("giorn")) {
        return None;
    }
    let here = (1..=3).any(|n| matches!(word_before(n), "li" | "li'" | "addi"));
    if (here || says(&["residenza municipale", "residenza comunale", "casa comunale", "sede municipale"])) && words_after <= 6 {
        return Some(2);
    }
    if says(&["comunicato", "avviso", "nota stampa", "newsletter", "notiziario", "bollettino", "foglio informativo", "circolare"])
        && says(&[" del ", "n. ", "nr"])
        && index < 8
    {
        return Some(2);
    }
    if says(&[
        "aggiornat",
        "ultimo aggiornamento",
        "ultima modifica",
        "ultima revisione",
        "aggiornamento",
        "modificat",
        "revisione",
        "stand /",
    ]) {
        return Some(4);
    }
    // "Anagrafe: 14 e 28 giugno 2025", "Anagrafe: 21 giugno 2025" in a list: days of which the label tells
    // … "10 maggio, 24 maggio, 14 giugno 2025"
    let several = matches!(word_before(1), "e" | "ed") && at.checked_sub(2).is_some_and(|i| segment.tokens[i].kind == TokenKind::Number)
        || matches!(word_before(1), "," | "e" | "ed") && lexicon.month(word_before(2)).is_some();
    if several || segment.role == Role::Item && before.trim_end().ends_with(':') {
        return None;
    }
    // a line that is little more than a date, near the top or the end
    // "Chiuso venerdì 2 gennaio 2026" says what happens on that day
    let dateline = before.trim_end().ends_with(',') && at <= 4 && segment.tokens.get(end).is_some_and(|t| t.is("-"));
    let in_front = if dateline { before } else { text };
    if ["chius", "apert", "riapr", "sospes", "sciopero", "ricev"].iter().any(|w| in_front.contains(w))
        && letters(before) > 0
        && letters(before) <= 24
    {
        return None;
    }
    let own_line =
        matches!(segment.role, Role::Line | Role::Sentence | Role::Item | Role::Heading) && segment.tokens.len() <= end - at + 14;
    let letters_before = letters(before);
    if act.iter().any(|w| tail.contains(w)) {
        return None;
    }
    let place_before = before.trim_end().ends_with([',', '-', '|', '*', '~', ')', '/']) || letters_before == 0;
    let after_ok = segment.tokens.get(end).is_none_or(|t| !t.is_any(&["al", "e", "alle", "dalle", "fino"]) || t.is("alle"));
    if index < 9 && own_line && (letters_before <= 12 || place_before) && after_ok {
        // "martedì 12 giugno 2023, ore 18.40" at the top
        let with_text = words_after > 14;
        // "INTERRUZIONE DELL'ACQUA - MERCOLEDI' 12 MARZO 2025": rather the day that the title is about
        let titled = letters_before > 12 && !is_place(before) && segment.tokens.get(at).is_some_and(|t| lexicon.weekday(&t.text).is_some());
        return (!with_text).then_some(if segment.role == Role::Heading && letters_before > 0 || titled { 5 } else { 2 });
    }
    if near_end && own_line && (letters_before <= 40 && place_before) && words_after <= 6 {
        return Some(3);
    }
    // "CORTEMAGGIA – 2 febbraio 2023" or "MONTEVERRO, 14 maggio 2020 – Riapriamo": the dateline of a newspaper
    if index < 6
        && letters_before <= 40
        && place_before
        && segment.tokens.get(end).is_some_and(|t| t.is_any(&["-", ".", "*", "|", ","]))
        && at <= 8
        && before.chars().filter(|c| c.is_ascii_digit()).count() == 0
    {
        return Some(3);
    }
    // "13/06/2023 - Ufficio tecnico chiuso" dates an entry of a list, not the document
    None
}

/// "Dalla residenza municipale, ", "Casa comunale, ": where a date line was written.
fn is_place(before: &str) -> bool {
    ["residenza", "casa ", "municip", "sede", "comune di", "palazz"].iter().any(|w| before.contains(w))
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// "date 2020-03": a month is enough to tell the year.
fn month_line(segments: &[&Segment]) -> Option<Date> {
    let first = segments.first()?;
    let numbers: Vec<(u32, usize)> = first.tokens.iter().take(8).filter_map(|t| t.number().map(|n| (n, t.text.len()))).collect();
    match numbers.as_slice() {
        [(year, 4), (month, 2), ..] if (2000..=2100).contains(year) && (1..=12).contains(month) => {
            Date::new(*year as i16, *month as i8, 15).ok()
        }
        _ => None,
    }
}
