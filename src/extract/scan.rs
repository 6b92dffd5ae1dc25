//! A segment scanned: every phrase that a rule family reads, with its place, in the order of the text.

use super::grammar::dates::{Anchor, When};
use super::grammar::exceptions::{self, Exception};
use super::grammar::offices::{Mention, Place};
use super::grammar::weekdays::Days;
use super::grammar::{addresses, channels, dates, offices, service, times, weekdays};
use super::segment::{Role, Segment, first_word};
use crate::domain::{Channel, ChannelKind, Span};
use crate::lexicon::{Cue, Lexicon, Run};
use crate::text::TokenKind;

/// A phrase that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// Offices named together.
    Offices(Mention),
    /// "gli uffici", "gli stessi uffici": whom the words before speak of, or all.
    TheOffices {
        /// "i tre uffici", "gli stessi uffici": those named before.
        back: bool,
    },
    /// "tutti gli altri", "gli altri uffici".
    AllOthers,
    /// A branch, verbatim.
    Site(String),
    /// Days of the week.
    Days(Days),
    /// A span; weak ones need days.
    Span(Span, bool),
    /// A part of the day.
    Part(&'static str),
    /// Dates or a period.
    When(When),
    /// A channel.
    Channel(Channel),
    /// Street and number, verbatim.
    Address(String),
    /// "ad eccezione di", "fanno eccezione", "sabato escluso".
    Exception(Exception),
    /// "orario continuato".
    Continuous,
    /// "stesso orario", "nei medesimi orari".
    SameHours,
    /// "stesso numero", "medesimo recapito".
    SameNumber,
    /// "dell'ente", "del Comune": the body as a whole.
    WholeBody,
    /// "nel resto dell'anno", "negli altri mesi": the part of the year that the seasons named leave over.
    RestOfYear,
    /// "il primo", "la seconda", "i terzi": one of the offices enumerated before, counted from nought.
    Nth(usize),
    /// "quest'ultimo": the office named last.
    Latter,
    /// ",", "(", ")"…
    Comma,
    /// ";" or a dash between statements.
    Break,
    /// A cue.
    Cue(Cue),
}

/// A phrase with the tokens it covers.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// What.
    pub mark: Mark,
    /// Index of its first token.
    pub start: usize,
    /// Index behind its last.
    pub end: usize,
}

/// Scans a segment.
pub fn scan(segment: &Segment, anchor: &mut Anchor, published: Option<jiff::civil::Date>, lexicon: &Lexicon) -> Vec<Placed> {
    let tokens = &segment.tokens;
    let found = channels::find(&segment.folded);
    let urls = channels::urls(&segment.folded.text);
    let label = matches!(segment.role, Role::Heading);
    let row = segment.role == Role::Row;
    let first = first_word(tokens);
    let line = matches!(segment.role, Role::Item | Role::Line);
    let place = Place { label: label || row, line, first };
    let is_capital = |i: usize| segment.is_capital(i);
    let mut marks: Vec<Placed> = Vec::new();
    // "13/06/2023 - Ufficio tecnico chiuso": the date of an entry is when it speaks, not what it says
    let (mut at, anchor) = match entry_date(segment, first, lexicon) {
        Some((Some(day), next)) => (next, &mut Anchor { day: Some(day), ..*anchor }),
        Some((None, next)) => (next, anchor),
        None => (0, anchor),
    };
    while at < tokens.len() {
        let token = &tokens[at];
        if let Some(url) = urls.iter().find(|u| u.contains(&token.range.start)) {
            let end = end_of(segment, at, url.end);
            at = end;
            continue;
        }
        if let Some(channel) = found.iter().find(|f| f.range.contains(&token.range.start)) {
            let end = end_of(segment, at, channel.range.end);
            for same in found.iter().filter(|f| f.range == channel.range && !is_of_the_press(&f.channel)) {
                marks.push(Placed { mark: Mark::Channel(same.channel.clone()), start: at, end });
            }
            at = end;
            continue;
        }
        if let Some((name, end)) = app(segment, at) {
            marks.push(Placed { mark: Mark::Channel(Channel { kind: ChannelKind::App, value: Some(name) }), start: at, end });
            at = end;
            continue;
        }
        let (mark, end) = match one(segment, at, anchor, place, &is_capital, lexicon) {
            Some(found) => found,
            None => {
                at += 1;
                continue;
            }
        };
        let named_last = match &mark {
            Mark::When(When::Days(days)) => days.last().copied(),
            Mark::When(When::Range(range)) => Some(range.last()),
            Mark::When(When::Until(day) | When::From(day)) => Some(*day),
            _ => None,
        };
        anchor.month = named_last.map(|day| day.month()).or(anchor.month);
        marks.push(Placed { mark, start: at, end });
        at = end.max(at + 1);
    }
    drop_acts(segment, &mut marks);
    drop_dateline(&mut marks, published);
    let cues = lexicon.cues().find(tokens);
    marks.extend(
        service_cues(segment, &marks, &cues, lexicon)
            .into_iter()
            .chain(cues)
            .filter(|run| !inside_name(&marks, run.start, run.end) && !inside_span(&marks, run.start, run.end))
            .map(|run| Placed { mark: Mark::Cue(run.kind), start: run.start, end: run.end })
            .collect::<Vec<_>>(),
    );
    past_years(segment, published, &mut marks);
    drop_reasons(segment, &mut marks);
    marks.sort_by_key(|m| (m.start, m.end));
    drop_quoted(segment, &mut marks);
    super::denied::drop_denied(segment, &mut marks);
    let cancelled: Vec<(usize, usize)> = marks.iter().filter(|m| m.mark == Mark::Cue(Cue::NotClosed)).map(|m| (m.start, m.end)).collect();
    marks.retain(|m| {
        !(matches!(m.mark, Mark::Cue(Cue::Closed | Cue::NotClosed))
            && cancelled.iter().any(|(start, end)| *start <= m.start && m.end <= *end))
    });
    marks
}

/// "nel 2015", "nel novembre del 2020": years before the document's own are told of the past.
fn past_years(segment: &Segment, published: Option<jiff::civil::Date>, marks: &mut Vec<Placed>) {
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

/// What the words of a segment say of service.
fn service_cues(segment: &Segment, marks: &[Placed], cues: &[Run<Cue>], lexicon: &Lexicon) -> Vec<Run<Cue>> {
    let ranges = |wanted: fn(&Mark) -> bool| -> Vec<std::ops::Range<usize>> {
        // "nessuno dei due riceverà" stands for offices and denies at once
        let denies = |m: &&Placed| segment.tokens.get(m.start).is_some_and(|t| t.text.starts_with("nessun"));
        marks.iter().filter(|m| wanted(&m.mark) && !denies(m)).map(|m| m.start..m.end).collect()
    };
    let names =
        ranges(|mark| matches!(mark, Mark::Offices(_) | Mark::Site(_) | Mark::Address(_) | Mark::TheOffices { .. } | Mark::AllOthers));
    let times = ranges(|mark| matches!(mark, Mark::Days(_) | Mark::Span(..) | Mark::Part(_) | Mark::When(_)));
    let doubts: Vec<usize> = cues.iter().filter(|run| matches!(run.kind, Cue::Hypothesis | Cue::Denied)).map(|run| run.start).collect();
    service::read(&segment.tokens, service::Beside { names: &names, times: &times, doubts: &doubts }, lexicon)
}

/// Whether a text leaves a quotation open, given whether one was open before.
pub fn leaves_quote_open(text: &str, open: bool) -> bool {
    text.chars().fold(open, |open, c| match c {
        '«' | '“' => true,
        '»' | '”' => false,
        '"' => !open,
        _ => open,
    })
}

/// What somebody says in quotation marks is an opinion, not a statement of the office. Names in quotation marks are short.
fn drop_quoted(segment: &Segment, marks: &mut Vec<Placed>) {
    let mut quoted: Vec<std::ops::Range<usize>> = Vec::new();
    let mut open: Option<usize> = segment.quoted.then_some(0);
    for (i, token) in segment.tokens.iter().enumerate() {
        if token.is("\"") {
            match open.take() {
                // "L'opposizione: «Riaprite l'anagrafe il sabato»" is speech, however short
                Some(start) if i - start > 8 || start > 0 && segment.tokens[start - 1].is(":") || start == 0 && segment.quoted => {
                    quoted.push(start..i)
                }
                Some(_) => {}
                None => open = Some(i),
            }
        }
    }
    if let Some(start) = open.filter(|start| segment.tokens.len() - start > 8 || segment.quoted && *start == 0) {
        quoted.push(start..segment.tokens.len());
    }
    marks.retain(|m| !quoted.iter().any(|q| q.contains(&m.start)));
}

/// "ricorrendo la festa del Patrono", "per il mercato", "finita la festa": an event as the reason of a closing, or as its end, is not the matter.
fn drop_reasons(segment: &Segment, marks: &mut Vec<Placed>) {
    const REASONS: [&str; 19] = [
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
    ];
    let states = marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Reduced)) || matches!(m.mark, Mark::Span(..)));
    if !states {
        return;
    }
    marks.retain(|m| {
        if m.mark != Mark::Cue(Cue::Event) {
            return true;
        }
        let before = &segment.tokens[m.start.saturating_sub(5)..m.start];
        let stop = before.iter().rposition(|t| t.is_any(&[".", ";", ","])).map_or(0, |i| i + 1);
        !before[stop..].iter().any(|t| t.is_any(&REASONS))
    });
}

/// The document's own date, written out: "MONTEVERRO, 14 maggio 2020 – …".
fn drop_dateline(marks: &mut Vec<Placed>, published: Option<jiff::civil::Date>) {
    marks.retain(|m| !matches!(&m.mark, Mark::When(When::Days(days)) if m.end - m.start >= 3 && days.len() == 1 && days.first().copied() == published));
}

/// Words between an act and its date: "scadenza del 16", "seduta fissata per il 9".
fn joins(token: &crate::text::Token) -> bool {
    token.is_any(&["del", "di", "il", "al", "dell'", "della", "dal", "per", "fissata", "prevista", "e", "il", "giorno"])
}

/// Dates of acts and of holidays that are only mentioned: "decreto del 12 maggio", "festività di giovedì 2", "in scadenza il 30".
fn drop_acts(segment: &Segment, marks: &mut Vec<Placed>) {
    let several = marks.iter().filter(|m| matches!(m.mark, Mark::When(When::Days(_) | When::Range(_)))).count() >= 2;
    marks.retain(|m| {
        let Mark::When(when) = &m.mark else { return true };
        if !matches!(when, When::Days(_)) {
            return true;
        }
        let before = &segment.tokens[m.start.saturating_sub(6)..m.start];
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
        if segment.tokens.get(m.end).is_some_and(|t| t.is_any(&["cade", "cadra", "cadono", "cadranno", "ricorre", "coincide"])) {
            return false;
        }
        // "l'orario già annunciato per il 2 maggio entrerà in vigore il 3 giugno"
        let planned =
            before.iter().rev().take(4).any(|t| ["annunciat", "previst", "fissat", "programmat"].iter().any(|w| t.text.starts_with(w)));
        let moved = ["rinviat", "slitta", "differit", "posticipat", "entrera in vigore"].iter().any(|w| segment.folded.text.contains(w));
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
        let put_off = segment.folded.text.contains("chiusura");
        // "festività di giovedì 2", not "per le festività l'ufficio sarà chiuso giovedì 2"
        let beside = |t: &crate::text::Token| before.iter().rev().take(3).any(|near| near.range == t.range);
        // "in occasione della scadenza IMU lunedì 16 l'ufficio sarà aperto": the day of the opening, too
        let apart = before[stop..].iter().rposition(|t| t.text.starts_with("scadenz") || t.text.starts_with("seduta"));
        if apart.is_some_and(|i| before[stop + i + 1..].iter().any(|t| t.kind == TokenKind::Word && !joins(t))) {
            return true;
        }
        !before[stop..].iter().any(|t| {
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

/// A full date that opens a line and is set off from what follows.
fn entry_date(segment: &Segment, first: usize, lexicon: &Lexicon) -> Option<(Option<jiff::civil::Date>, usize)> {
    // "03/06 Anagrafe chiusa sabato 15": day and month of an entry
    let slash = |i: usize| segment.tokens.get(i).filter(|t| t.kind == TokenKind::Number && t.text.len() == 2).and_then(|t| t.number());
    if matches!(segment.role, Role::Item | Role::Line | Role::Row)
        && slash(0).is_some_and(|d| (1..=31).contains(&d))
        && segment.tokens.get(1).is_some_and(|t| t.is("/") && !t.spaced)
        && slash(2).is_some_and(|m| (1..=12).contains(&m))
        && segment.tokens.get(3).is_some_and(|t| t.kind == TokenKind::Word && t.upper && lexicon.weekday(&t.text).is_none())
    {
        return Some((None, 3));
    }
    // "10.12.2021" begins like the number of a list
    let first = if first > 0 && dates::full_date(&segment.tokens, 0, lexicon).is_some() { 0 } else { first };
    let (day, next) = dates::full_date(&segment.tokens, first, lexicon)?;
    let sign = segment.tokens.get(next)?;
    let weekday = first > 0 || lexicon.weekday(&segment.tokens.get(first)?.text).is_some();
    let set_off = sign.is_any(&["-", "|", ":", "*"]);
    // "16/06/2025 Ufficio Scuola: chiuso venerdì 20 giugno": an entry of a list, in figures, with matter of its own behind it
    let figures =
        segment.tokens[first].kind == TokenKind::Number && segment.tokens.get(next - 1).is_some_and(|t| t.kind == TokenKind::Number);
    let entry = matches!(segment.role, Role::Item | Role::Row | Role::Line)
        && figures
        && next - first >= 5
        && sign.upper
        && sign.kind == TokenKind::Word;
    if weekday || segment.tokens.len() <= next + 2 {
        return None;
    }
    (set_off || entry).then_some((Some(day), if set_off { next + 1 } else { next }))
}

/// "si apre alle 7.30 e si chiude alle 18.30": the words are part of the hours.
fn inside_span(marks: &[Placed], start: usize, end: usize) -> bool {
    marks.iter().any(|m| matches!(m.mark, Mark::Span(..)) && m.start < start && end <= m.end)
}

/// "con l'app Decoro Facile", "l'applicazione «ComuneVicino»": its name.
fn app(segment: &Segment, at: usize) -> Option<(String, usize)> {
    let token = segment.tokens.get(at)?;
    if !token.is_any(&["app", "applicazione"]) {
        return None;
    }
    let quoted = segment.tokens.get(at + 1).is_some_and(|t| t.is("\""));
    let start = if quoted { at + 2 } else { at + 1 };
    let mut end = start;
    while end < start + 4 && segment.is_capital(end) && segment.tokens.get(end).is_some_and(|t| t.kind == TokenKind::Word) {
        end += 1;
    }
    let name = segment.words(start..end).to_string();
    // the State's own app is no office's
    (end > start && name != "IO").then(|| (name, if quoted { end + 1 } else { end }))
}

/// "stampa@comune…", "redazione@…": nobody's counter.
fn is_of_the_press(channel: &Channel) -> bool {
    let local = channel.value.as_deref().and_then(|v| v.split_once('@')).map_or("", |(local, _)| local);
    ["stampa", "ufficiostampa", "ufficio.stampa", "redazione", "press", "webmaster", "newsletter"].contains(&local)
}

fn inside_name(marks: &[Placed], start: usize, end: usize) -> bool {
    marks.iter().any(|m| matches!(m.mark, Mark::Offices(_) | Mark::Site(_) | Mark::Address(_)) && m.start <= start && end <= m.end)
}

fn end_of(segment: &Segment, at: usize, end: usize) -> usize {
    let mut next = at + 1;
    while segment.tokens.get(next).is_some_and(|t| t.range.start < end) {
        next += 1;
    }
    next
}

fn one(
    segment: &Segment,
    at: usize,
    anchor: &Anchor,
    place: Place,
    is_capital: &dyn Fn(usize) -> bool,
    lexicon: &Lexicon,
) -> Option<(Mark, usize)> {
    let tokens = &segment.tokens;
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    if let Some(end) = addresses::address(tokens, at) {
        return Some((Mark::Address(segment.words(at..end).to_string()), end));
    }
    if let Some((exception, end)) = exceptions::exception(tokens, at, lexicon) {
        return Some((Mark::Exception(exception), end));
    }
    if let Some((mark, end)) = back_reference(tokens, at, lexicon) {
        return Some((mark, end));
    }
    if let Some((when, end)) = dates::when(tokens, at, anchor, lexicon) {
        return Some((Mark::When(when), end));
    }
    if matches!(word(at), "stessi" | "medesimi")
        && word(at + 1) == "giorni"
        && word(at + 2) == "e"
        && matches!(word(at + 3), "ore" | "orari" | "orario")
    {
        return Some((Mark::SameHours, at + 4));
    }
    if let Some((days, end)) = weekdays::days(tokens, at, lexicon) {
        return Some((Mark::Days(days), end));
    }
    if let Some(span) = times::span(tokens, at, lexicon) {
        return Some((Mark::Span(span.span, span.weak), span.next));
    }
    if let Some((part, end)) = weekdays::part(tokens, at) {
        return Some((Mark::Part(part), end));
    }
    if let Some(mention) = offices::mention(tokens, at, place, is_capital, lexicon) {
        let end = mention.next;
        return Some((Mark::Offices(mention), end));
    }
    if let Some(found) = lexicon.office_at(tokens, at)
        && found.office.is_none()
    {
        return Some((Mark::Comma, found.next)); // looks like an office and is none
    }
    // "nella nuova sede di viale Europa 22": where somebody moves, no branch
    let moves = word(at) == "sede"
        && tokens[at.saturating_sub(3)..at].iter().any(|t| t.text.starts_with("nuov") || t.is_any(&["dalla", "sposta", "trasferita"]))
        && (1..=2).any(|n| addresses::address(tokens, at + n).is_some());
    if !moves && let Some(end) = offices::site(tokens, at, is_capital, lexicon) {
        return Some((Mark::Site(segment.words(at..end).to_string()), end));
    }
    match word(at) {
        ";" => Some((Mark::Break, at + 1)),
        "," | "(" | ")" | ":" => Some((Mark::Comma, at + 1)),
        "." if tokens.get(at + 1).is_some_and(|t| t.spaced) => Some((Mark::Comma, at + 1)),
        "|" => Some((Mark::Break, at + 1)),
        "*" if at > 2 && at + 1 < tokens.len() && tokens[at].spaced && lexicon.weekday(word(at - 1)).is_none() => {
            Some((Mark::Break, at + 1))
        }
        "idem" => Some((Mark::SameHours, at + 1)),
        "c" if word(at + 1) == "." && word(at + 2) == "s" => Some((Mark::SameHours, at + 3)),
        "stessi" | "medesimi" | "stesse"
            if matches!(word(at + 1), "giorni") && matches!(word(at + 2), "e") && matches!(word(at + 3), "ore" | "orari" | "orario") =>
        {
            Some((Mark::SameHours, at + 4))
        }
        "resto" | "rimanente" if matches!(word(at + 1), "dell'" | "del") && matches!(word(at + 2), "anno") => {
            Some((Mark::RestOfYear, at + 3))
        }
        "altri" | "restanti" | "rimanenti" if word(at + 1) == "mesi" => {
            Some((Mark::RestOfYear, if word(at + 2) == "dell'" { at + 4 } else { at + 2 }))
        }
        // "non più il lunedì ma il giovedì"
        "ma" | "bensi" if (at + 1..at + 3).any(|j| lexicon.weekday(word(j)).is_some()) => Some((Mark::Continuous, at + 1)),
        "orario" | "orari" if word(at + 1) == "continuato" => Some((Mark::Continuous, at + 2)),
        "senza" if word(at + 1) == "interruzione" || word(at + 1) == "interruzioni" => Some((Mark::Continuous, at + 2)),
        "stesso" | "medesimo" | "stessi" | "medesimi" | "stesse" | "medesime" if matches!(word(at + 1), "orario" | "orari" | "ore") => {
            Some((Mark::SameHours, at + 2))
        }
        "come" if matches!(word(at + 1), "sopra") => Some((Mark::SameHours, at + 2)),
        "stesso" | "medesimo" if matches!(word(at + 1), "numero" | "recapito" | "telefono" | "centralino") => {
            Some((Mark::SameNumber, at + 2))
        }
        _ => None,
    }
}

/// "gli uffici", "i tre uffici", "gli stessi uffici", "tutti gli altri", "gli altri uffici", "dell'ente".
fn back_reference(tokens: &[crate::text::Token], at: usize, lexicon: &Lexicon) -> Option<(Mark, usize)> {
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
        ("tutti" | "tutte", "e", "due" | "tre" | "quattro" | "cinque") => {
            let noun = matches!(word(at + 3), "gli" | "le" | "i")
                && matches!(
                    word(at + 4),
                    "uffici" | "sedi" | "sportelli" | "servizi" | "farmacie" | "biblioteche" | "delegazioni" | "punti"
                );
            Some((Mark::TheOffices { back: true }, if noun { at + 5 } else { at + 3 }))
        }
        ("nessuno" | "nessuna" | "ciascuno" | "ciascuna", "dei" | "delle", "due" | "tre" | "quattro") => {
            Some((Mark::TheOffices { back: true }, at + 3))
        }
        // "l'uno e l'altro ufficio", from its second half
        ("l'", "altro" | "altra", _) if at >= 3 && word(at - 1) == "e" && matches!(word(at - 2), "uno" | "una") => Some((
            Mark::TheOffices { back: true },
            if matches!(word(at + 2), "ufficio" | "sportello" | "servizio") { at + 3 } else { at + 2 },
        )),
        ("i" | "le", "primi" | "prime", "due" | "tre") => Some((Mark::TheOffices { back: true }, at + 3)),
        ("entrambi" | "entrambe" | "ambedue", next, _) if next != "le" && next != "i" => Some((Mark::TheOffices { back: true }, at + 1)),
        ("entrambi" | "ambedue", "gli" | "i", "uffici" | "servizi" | "sportelli") => Some((Mark::TheOffices { back: true }, at + 3)),
        ("gli", "uffici" | "sportelli", _) if !qualified(at + 2) => Some((Mark::TheOffices { back: false }, at + 2)),
        ("le" | "delle", "strutture" | "sedi", _) => Some((Mark::TheOffices { back: false }, at + 2)),
        ("degli", "uffici" | "sportelli", _) if of_all(tokens, at) && !qualified(at + 2) => {
            Some((Mark::TheOffices { back: false }, at + 2))
        }
        ("uffici", next, _) if !next.is_empty() && (at == 0 || of_all(tokens, at)) && !qualified(at + 1) => {
            Some((Mark::TheOffices { back: false }, at + 1))
        }
        ("dell'" | "all'" | "l'", "ente", _) => Some((Mark::WholeBody, at + 2)),
        ("dell'" | "all'", "amministrazione", "comunale" | "provinciale") => Some((Mark::WholeBody, at + 3)),
        ("istituzionale" | "istituzionali", ..) => Some((Mark::WholeBody, at + 1)),
        ("dirette" | "diretta" | "inviata" | "inviate", "al" | "alla", "comune" | "provincia") => Some((Mark::WholeBody, at + 3)),
        ("indirizzata" | "indirizzate", "al" | "alla", "comune" | "provincia") => Some((Mark::WholeBody, at + 3)),
        ("del" | "al", "comune", "e" | ":" | ",") => Some((Mark::WholeBody, at + 2)),
        ("al", "comune", "si") if word(at + 3).starts_with("scriv") => Some((Mark::WholeBody, at + 2)),
        // "il Comune ha una nuova casella di posta certificata"
        ("il", "comune", "ha" | "avra" | "adotta" | "attiva" | "cambia") => Some((Mark::WholeBody, at + 2)),
        _ => None,
    }
}

/// "Il Comune di Rovezzo resterà chiuso": the body stands for its offices.
fn body_serves(tokens: &[crate::text::Token], at: usize) -> bool {
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
fn of_all(tokens: &[crate::text::Token], at: usize) -> bool {
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
fn ordinal(tokens: &[crate::text::Token], at: usize) -> Option<(Mark, usize)> {
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
    const COUNTED: [&str; 46] = [
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
        "del",
    ];
    let word = next.kind == TokenKind::Word && next.text.len() > 1 && !next.is("ed") && !COUNTED.iter().any(|w| next.text.starts_with(w));
    let goes_on = next.is_any(&[",", ":", "(", "e", "a", "-"]) || word;
    let counted = first.is("per") || next.is("e") && tokens.get(at + 3).is_some_and(|t| t.is_any(&["il", "la", "i", "le"]));
    (goes_on && !counted).then_some((Mark::Nth(n), at + 2))
}

/// Channels that stand in links: `mailto:`, `tel:`, `wa.me`, booking pages. The visible text wins where both give one.
pub fn linked(segment: &Segment, marks: &[Placed]) -> Vec<(Channel, usize)> {
    let mut out = Vec::new();
    for link in &segment.links {
        let token = segment.tokens.iter().position(|t| segment.folded.original(t.range.clone()).start >= link.range.start).unwrap_or(0);
        let visible = segment.text.get(link.range.clone()).unwrap_or_default();
        let has = |kinds: &[ChannelKind]| {
            let inside = |p: &&Placed| {
                let start = segment.tokens.get(p.start).map_or(0, |t| segment.folded.original(t.range.clone()).start);
                link.range.is_empty() || link.range.contains(&start)
            };
            marks.iter().filter(inside).any(|p| matches!(&p.mark, Mark::Channel(c) if kinds.contains(&c.kind)))
        };
        let href = link.href.trim();
        let lower = href.to_lowercase();
        if let Some(mail) = lower.strip_prefix("mailto:") {
            let mail = mail.split('?').next().unwrap_or_default().trim().replace("%20", "");
            if !has(&[ChannelKind::Email, ChannelKind::Pec])
                && let Some(mail) = channels::clean_mail(&mail)
            {
                let labelled = crate::text::fold(visible).contains("pec");
                let kind = if channels::is_pec(&mail) || labelled { ChannelKind::Pec } else { ChannelKind::Email };
                out.push((Channel { kind, value: Some(mail) }, token));
            }
        } else if let Some(number) = lower.strip_prefix("tel:") {
            if !has(&[ChannelKind::Phone, ChannelKind::Whatsapp, ChannelKind::Fax])
                && let Some(number) = channels::number_of_link(number)
            {
                out.push((Channel { kind: ChannelKind::Phone, value: Some(number) }, token));
            }
        } else if lower.contains("wa.me/") || lower.contains("api.whatsapp.com") {
            let digits = lower.split("phone=").nth(1).or_else(|| lower.split("wa.me/").nth(1)).unwrap_or_default();
            let digits = digits.split(['&', '?', '/']).next().unwrap_or_default();
            if !has(&[ChannelKind::Whatsapp])
                && let Some(number) = channels::number_of_link(digits)
            {
                out.push((Channel { kind: ChannelKind::Whatsapp, value: Some(number) }, token));
            }
        } else if (lower.starts_with("http://") || lower.starts_with("https://")) && is_service(segment, visible, &lower) {
            out.push((Channel { kind: ChannelKind::Web, value: Some(href.trim_end_matches('/').to_string()) }, token));
        }
    }
    out.extend(written_urls(segment));
    let mut seen = Vec::new();
    out.retain(|(channel, _)| {
        let new = !seen.contains(channel);
        seen.push(channel.clone());
        new
    });
    out
}

/// Addresses of services that are written out: "si prenota su https://prenota.comune.x.it".
fn written_urls(segment: &Segment) -> Vec<(Channel, usize)> {
    let mut out = Vec::new();
    for range in channels::urls(&segment.folded.text) {
        let original = segment.folded.original(range.clone());
        let Some(url) = segment.text.get(original.clone()) else { continue };
        let url = url.trim_end_matches(['.', ',', ';', ':', ')', '/', '»', '"']);
        let linked = segment.links.iter().any(|l| {
            l.range.start <= original.start && original.end <= l.range.end && !l.range.is_empty() || l.href.trim_end_matches('/') == url
        });
        if linked || !is_service(segment, url, &url.to_lowercase()) {
            continue;
        }
        let url = if url.starts_with("http") { url.to_string() } else { format!("https://{url}") };
        let token = segment.tokens.iter().position(|t| t.range.start >= range.start).unwrap_or(0);
        out.push((Channel { kind: ChannelKind::Web, value: Some(url) }, token));
    }
    out
}

/// Whether a web address is a service (booking, portal, form), by its own words or by those around it.
fn is_service(segment: &Segment, visible: &str, url: &str) -> bool {
    let own = [
        "prenot",
        "agenda",
        "appuntament",
        "booking",
        "istanze",
        "sportellotelematico",
        "impresainungiorno",
        "sportelloonline",
        "servizionline",
        "portale",
        "online",
        "telematic",
        "calendar",
        "eliminacode",
    ];
    let visible = crate::text::fold(visible);
    let around = segment.folded.text.as_str();
    let document = url.ends_with(".pdf") || url.ends_with(".doc") || url.ends_with(".docx") || url.ends_with(".odt");
    if document
        || url.contains("facebook.")
        || url.contains("instagram.")
        || url.contains("twitter.")
        || url.contains("youtube.")
        || url.contains("maps.")
        || url.contains("google.")
    {
        return false;
    }
    let host = url.split("//").nth(1).unwrap_or(url);
    let bare = host.starts_with("www.") && !host.trim_end_matches('/').contains('/');
    own.iter().any(|w| url.contains(w) || visible.contains(w))
        || !bare
            && [
                "prenot",
                "appuntament",
                "agenda",
                "istanze",
                "portale",
                "modulo on",
                "il modulo",
                "videochiamat",
                "sportello telematico",
                "sportello on",
                "servizi on",
            ]
            .iter()
            .any(|w| around.contains(w))
}
