//! A segment scanned: every phrase that a rule family reads, with its place, in the order of the text.

mod links;
mod mentioned;
mod quotes;
mod references;

pub use self::links::linked;
pub use self::quotes::leaves_quote_open;
pub(super) use self::references::labels_contact;

use super::grammar::dates::{Anchor, When};
use super::grammar::exceptions::{self, Exception};
use super::grammar::offices::{Mention, Place};
use super::grammar::weekdays::Days;
use super::grammar::{addresses, channels, dates, offices, service, sites, times, weekdays};
use super::press;
use super::segment::{Role, Segment, first_word};
use crate::domain::{Channel, ChannelKind, Span};
use crate::lexicon::{Cue, Lexicon, Run};
use crate::text::{Token, TokenKind};

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
    let mut urls = channels::urls(&segment.folded.text);
    // "anagrafe-at-comune.x.it": a disguised mail, and no host
    urls.retain(|url| !found.iter().any(|f| matches!(f.channel.kind, ChannelKind::Email | ChannelKind::Pec) && f.range == *url));
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
    (anchor.here, anchor.told) = (None, None);
    let danger = || segment.folded.has_any(&["pericol", "emergenz", "in caso di", "soccors"]);
    while at < tokens.len() {
        let token = &tokens[at];
        if let Some(url) = urls.iter().find(|u| u.contains(&token.range.start)) {
            let end = end_of(segment, at, url.end);
            at = end;
            continue;
        }
        if let Some(channel) = found.iter().find(|f| f.range.contains(&token.range.start)) {
            let end = end_of(segment, at, channel.range.end);
            let is_office = |f: &&channels::Found| !(press::is_mailbox(&f.channel) || is_emergency_number(&f.channel) && danger());
            for same in found.iter().filter(|f| f.range == channel.range).filter(is_office) {
                let mut channel = same.channel.clone();
                // a mobile telephone in the column of the faxes is none
                if channel.kind == ChannelKind::Fax && channel.value.as_deref().is_some_and(|number| number.starts_with("+393")) {
                    channel.kind = ChannelKind::Phone;
                } else if channel.kind == ChannelKind::Phone && is_called_fax(segment, end) {
                    channel.kind = ChannelKind::Fax;
                }
                marks.push(Placed { mark: Mark::Channel(channel), start: at, end });
            }
            at = end;
            continue;
        }
        if let Some((name, end)) = app(segment, at) {
            marks.push(Placed { mark: Mark::Channel(Channel { kind: ChannelKind::App, value: Some(name) }), start: at, end });
            at = end;
            continue;
        }
        anchor.told = year_told(tokens, at, anchor).or(anchor.told);
        // "PEC dell'ufficio: tributi@pec…": the words of an address are no part of a name
        let runs_into =
            |end: usize| (at + 1..end.min(tokens.len())).find(|i| found.iter().any(|f| f.range.contains(&tokens[*i].range.start)));
        let read = one(segment, at, anchor, place, &is_capital, lexicon);
        let cut = read.as_ref().filter(|(mark, _)| matches!(mark, Mark::Offices(_))).and_then(|(_, end)| runs_into(*end));
        let read = match cut {
            Some(cut) => offices::mention(&tokens[..cut], at, place, &is_capital, lexicon).map(|mention| {
                let end = mention.next;
                (Mark::Offices(mention), end)
            }),
            None => read,
        };
        let (mark, end) = match read {
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
            Mark::When(When::Months(range)) if range.first().month() == range.last().month() => Some(range.first()),
            _ => None,
        };
        anchor.month = named_last.map(|day| day.month()).or(anchor.month);
        anchor.last = named_last.or(anchor.last);
        if let Mark::When(When::Months(range)) = &mark {
            anchor.here = Some(range.first().month()).filter(|month| *month == range.last().month());
        }
        marks.push(Placed { mark, start: at, end });
        at = end.max(at + 1);
    }
    // "pomeriggio: dalle 4 alle 6" is said on a clock of twelve
    if !marks.iter().any(|m| m.mark == Mark::Part("pomeriggio")) {
        marks.retain(|m| !matches!(&m.mark, Mark::Span(span, _) if is_of_night(span)));
    }
    mentioned::drop_named_weekdays(segment, &mut marks);
    mentioned::drop_feasts(segment, &mut marks);
    mentioned::drop_days_of_polls(segment, &mut marks);
    mentioned::drop_acts(segment, &mut marks);
    mentioned::drop_days_of_acts(segment, &mut marks);
    mentioned::drop_left_places(segment, &mut marks);
    mentioned::drop_apposed(segment, &mut marks);
    mentioned::drop_named_again(segment, &mut marks);
    mentioned::drop_dateline(segment, &mut marks, published);
    mentioned::drop_given_up_days(segment, &mut marks);
    mentioned::drop_hours_of_meetings(segment, &mut marks);
    mentioned::drop_bounds(segment, &mut marks);
    mentioned::drop_day_of_entry(segment, published, &mut marks);
    mentioned::drop_since(segment, published.or(anchor.day), &mut marks);
    // "https://appalti.comune…", "consigliera@comune…": the words of an address say nothing
    let in_address = |at: usize| {
        let mail = |f: &channels::Found| matches!(f.channel.kind, ChannelKind::Email | ChannelKind::Pec) && f.range.contains(&at);
        urls.iter().any(|u| u.contains(&at)) || found.iter().any(mail)
    };
    let cues = lexicon.cues().find(tokens);
    marks.extend(
        service_cues(segment, &marks, &cues, lexicon)
            .into_iter()
            .chain(cues)
            .filter(|run| !inside_name(&marks, run.start, run.end) && !inside_span(&marks, run.start, run.end))
            // "(lavori pubblici ed edilizia privata)": the last word of a name, and the bracket behind it
            .filter(|run| run.kind != Cue::Stranger || !inside_name(&marks, run.start, run.start + 1))
            .filter(|run| !tokens.get(run.start).is_some_and(|token| in_address(token.range.start)))
            .map(|run| Placed { mark: Mark::Cue(run.kind), start: run.start, end: run.end })
            .collect::<Vec<_>>(),
    );
    mentioned::know_provinces(segment, &mut marks);
    mentioned::drop_what_is_no_past(segment, &mut marks);
    mentioned::drop_cues_of_towns(segment, &mut marks);
    mentioned::name_private_pharmacies(segment, &mut marks);
    mentioned::past_years(segment, published, &mut marks);
    mentioned::told_in_past(segment, &mut marks);
    mentioned::drop_reasons(segment, &mut marks);
    mentioned::drop_requests(segment, &mut marks);
    marks.sort_by_key(|m| (m.start, m.end));
    quotes::drop_quoted(segment, &mut marks);
    super::asides::drop_asides(segment, &mut marks, lexicon);
    super::denied::drop_denied(segment, &mut marks);
    super::denied::drop_conditions(segment, &mut marks);
    super::denied::drop_replaced(segment, &mut marks);
    if let Some(noun) = super::denied::proposal(segment)
        && !marks.iter().any(|m| m.mark == Mark::Cue(Cue::Hypothesis) && m.start <= noun)
    {
        let at = marks.partition_point(|m| m.start < noun);
        marks.insert(at, Placed { mark: Mark::Cue(Cue::Hypothesis), start: noun, end: noun + 1 });
    }
    // "nessun ufficio sarà accessibile": what is denied is the opening
    let shut: Vec<(usize, usize)> = marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Closed)).map(|m| (m.start, m.end)).collect();
    let no_office = |m: &Placed| {
        let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
        word(m.start).starts_with("nessun") && ["uffici", "sportell", "serviz"].iter().any(|stem| word(m.start + 1).starts_with(stem))
    };
    let within_shut = |m: &Placed| shut.iter().any(|(start, end)| *start <= m.start && m.end < *end);
    marks.retain(|m| m.mark != Mark::Cue(Cue::Denied) || !(no_office(m) && within_shut(m)));
    let cancelled: Vec<(usize, usize)> = marks.iter().filter(|m| m.mark == Mark::Cue(Cue::NotClosed)).map(|m| (m.start, m.end)).collect();
    marks.retain(|m| {
        !(matches!(m.mark, Mark::Cue(Cue::Closed | Cue::NotClosed))
            && cancelled.iter().any(|(start, end)| *start <= m.start && m.end <= *end))
    });
    marks
}

/// "nel 2026", "per l'anno 2026": the year of the days that the sentence goes on to name, the present one or the next.
fn year_told(tokens: &[Token], at: usize, anchor: &Anchor) -> Option<i16> {
    let word = |j: usize| tokens.get(j).map_or("", |t| t.text.as_str());
    let introduced = at == 1 && word(0) == "nel"
        || at > 1 && matches!((word(at - 2), word(at - 1)), ("per", "il") | ("l'", "anno") | ("dell'", "anno") | ("corso", "del"));
    let year = tokens.get(at).filter(|t| introduced && t.text.len() == 4).and_then(|t| t.number())?;
    let year = i16::try_from(year).ok()?;
    anchor.day.is_some_and(|day| (day.year()..=day.year() + 1).contains(&year)).then_some(year)
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

/// Whether a line begins with the date on which it was written: "21.5.2012 - Saggio degli allievi".
pub fn is_dated_entry(segment: &Segment, lexicon: &Lexicon) -> bool {
    entry_date(segment, first_word(&segment.tokens), lexicon).is_some()
}

/// The day on which an entry of a list was written: in front of it, or alone on a line above it.
pub fn entry_day(segment: &Segment, lexicon: &Lexicon) -> Option<jiff::civil::Date> {
    let set_off = |end: usize| segment.tokens.get(end).is_none_or(|t| t.is_any(&["-", "|", ":"]));
    let own_line = || dates::full_date(&segment.tokens, 0, lexicon).filter(|(_, end)| set_off(*end)).map(|(day, _)| day);
    entry_date(segment, first_word(&segment.tokens), lexicon).and_then(|(day, _)| day).or_else(own_line)
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
    // "2 novembre 2023: 7-18": the hours of that day
    let hours = super::grammar::times::span(&segment.tokens, next + 1, lexicon).is_some_and(|span| span.next >= segment.tokens.len());
    if weekday || segment.tokens.len() <= next + 2 || sign.is(":") && hours {
        return None;
    }
    (set_off || entry).then_some((Some(day), if set_off { next + 1 } else { next }))
}

/// "tra le 2 e le 5 della notte", "spazio 0-6", "vento forte dalle ore 3 alle ore 20": hours at which no counter ever opened.
fn is_of_night(span: &Span) -> bool {
    let minutes = |clock: crate::domain::Clock| clock.hour_minute();
    let all_day = minutes(span.from()) == (0, 0) && span.to().is_none_or(|to| minutes(to) > (6, 0));
    minutes(span.from()) < (5, 0) && !all_day
}

/// "In caso di pericolo chiamare il 115 o il 112": numbers of the State, and of no office of the body.
fn is_emergency_number(channel: &Channel) -> bool {
    channel.kind == ChannelKind::Phone && matches!(channel.value.as_deref(), Some("112" | "113" | "115" | "117" | "118" | "1515" | "1530"))
}

/// "si apre alle 7.30 e si chiude alle 18.30": the words are part of the hours.
fn inside_span(marks: &[Placed], start: usize, end: usize) -> bool {
    marks.iter().any(|m| matches!(m.mark, Mark::Span(..)) && m.start < start && end <= m.end)
}

/// "0823 650198 è il fax del protocollo", "… è il numero di fax dell'ufficio".
fn is_called_fax(segment: &Segment, end: usize) -> bool {
    let verb = segment.tokens.get(end).is_some_and(|t| t.is("e")) && matches!(segment.words(end..end + 1), "è" | "È");
    let words = segment.tokens.get(end + 1..(end + 5).min(segment.tokens.len())).unwrap_or_default();
    let small = |t: &&Token| t.is_any(&["il", "un", "numero", "di", "del", "nuovo"]);
    verb && words.iter().find(|t| !small(t)).is_some_and(|t| t.is("fax"))
}

/// "con l'app Decoro Facile", "l'applicazione «ComuneVicino»": its name.
fn app(segment: &Segment, at: usize) -> Option<(String, usize)> {
    let token = segment.tokens.get(at)?;
    if !token.is_any(&["app", "applicazione"]) {
        return None;
    }
    // "App: AllertaNord", a field of its own
    let field = at == first_word(&segment.tokens) && segment.tokens.get(at + 1).is_some_and(|t| t.is_any(&[":", "|"]));
    let start = at + 1 + usize::from(field);
    let quoted = segment.tokens.get(start).is_some_and(|t| t.is("\""));
    let start = start + usize::from(quoted);
    let mut end = start;
    while end < start + 4 && segment.is_capital(end) && segment.tokens.get(end).is_some_and(|t| t.kind == TokenKind::Word) {
        end += 1;
    }
    let name = segment.words(start..end).to_string();
    // the State's own app is no office's
    (end > start && name != "IO").then(|| (name, if quoted { end + 1 } else { end }))
}

fn inside_name(marks: &[Placed], start: usize, end: usize) -> bool {
    let name = |m: &Placed| match &m.mark {
        Mark::Offices(_) | Mark::Site(_) | Mark::Address(_) => true,
        // "appalti@pec.comune.x.it"
        Mark::Channel(channel) => matches!(channel.kind, ChannelKind::Email | ChannelKind::Pec),
        _ => false,
    };
    marks.iter().any(|m| name(m) && m.start <= start && end <= m.end)
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
    if let Some((mark, end)) = references::back_reference(tokens, at, lexicon) {
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
    // "al termine del vertice di oggi pomeriggio": a part of one day, and none of the week's
    let of_today = at > 0 && tokens[at - 1].is_any(&["oggi", "ieri"]);
    if let Some((part, end)) = weekdays::part(tokens, at).filter(|_| !of_today) {
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
    if !moves && let Some(end) = sites::site(tokens, at, is_capital, lexicon) {
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
        "stesso" | "medesimo" | "stessi" | "medesimi" | "stesse" | "medesime" | "stessa" | "medesima" | "identico" | "identica"
            if matches!(word(at + 1), "orario" | "orari" | "ore" | "fascia" | "fasce") && word(at + 2) != "di" =>
        {
            Some((Mark::SameHours, at + 2))
        }
        "stessa" | "medesima" if word(at + 1) == "fascia" => {
            Some((Mark::SameHours, if matches!(word(at + 2), "oraria") { at + 3 } else { at + 2 }))
        }
        // "il protocollo segue l'orario dell'URP", "… seguirà gli orari dello Sportello"
        "orario" | "orari"
            if at > 1
                && tokens[at - 2].text.starts_with("segu")
                && tokens[at - 1].is_any(&["l'", "gli", "lo"])
                && matches!(word(at + 1), "di" | "del" | "dell'" | "dello" | "della" | "dei" | "degli")
                && (lexicon.office_at(tokens, at + 2).is_some_and(|found| found.office.is_some())
                    || matches!(word(at + 2), "sportello" | "ufficio" | "urp")) =>
        {
            Some((Mark::SameHours, at + 1))
        }
        // "l'apertura degli sportelli come sopra indicata": what was said, and no hours again
        "come"
            if word(at + 1) == "sopra" && ["indicata", "indicato", "riportat", "descritt"].iter().any(|w| word(at + 2).starts_with(w)) =>
        {
            None
        }
        "come" if matches!(word(at + 1), "sopra") => Some((Mark::SameHours, at + 2)),
        "stesso" | "medesimo" if matches!(word(at + 1), "numero" | "recapito" | "telefono" | "centralino") => {
            Some((Mark::SameNumber, at + 2))
        }
        _ => None,
    }
}
