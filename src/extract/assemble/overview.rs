//! What only the whole document tells: whether it is a list of news, which seasons make up a year, which lines name one unit with its parts.

use std::collections::BTreeSet;

use crate::document::{Document, Region};
use crate::extract::grammar::dates::weekday_of;
use crate::extract::grammar::weekdays::Days;
use crate::extract::scan::{Mark, Placed, scan};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::{Cue, Lexicon};

/// "Servizio coordinamento politiche al cittadino. Pari opportunità, Rete scolastica, statistica": a unit with its parts, no enumeration of offices.
pub(super) fn bundles(segments: &[Segment], scans: &[Vec<Placed>]) -> BTreeSet<usize> {
    let unit = |s: &Segment| ["servizio", "settore", "area ", "direzione"].iter().any(|w| s.folded.text.starts_with(w));
    let label =
        |marks: &[Placed]| !marks.iter().any(|m| matches!(m.mark, Mark::Channel(_) | Mark::Span(..) | Mark::Days(_) | Mark::When(_)));
    (1..segments.len())
        .filter(|&i| {
            let groups: usize = scans[i].iter().map(|m| if let Mark::Offices(mention) = &m.mark { mention.offices.len() } else { 0 }).sum();
            unit(&segments[i - 1]) && label(&scans[i - 1]) && label(&scans[i]) && groups >= 2 && segments[i].block == segments[i - 1].block
        })
        .collect()
}

/// A home page: its first heading or its title names the body, or there is none above the first news.
pub(super) fn is_front_page(document: &Document, segments: &[Segment], lexicon: &Lexicon) -> bool {
    let labels = lexicon.labels();
    let first = segments.iter().find(|s| s.role == Role::Heading && s.region == Region::Main);
    let lists = first.is_some_and(|s| labels.is_front(&s.folded.text) && s.tokens.len() <= 8);
    let title = crate::text::fold(document.title.as_deref().unwrap_or_default());
    let bare = title.trim_start_matches("home page").trim_start_matches("home").trim_start_matches([' ', '-', '|', ':']);
    let home = bare.len() < title.len() && labels.is_body(bare);
    if home {
        return true;
    }
    let names_body = labels.is_body(&title) && !title.contains([':', '|']) && title.split_whitespace().count() <= 6;
    let own_heading = first.is_some_and(|s| s.folded.text.trim() == title.trim());
    // "Raccolta differenziata: il calendario - Comune di …": the page is called by a title of its own below the banner
    let own = |s: &Segment| {
        let text = s.folded.text.trim();
        let titles = s.role == Role::Heading && s.region == Region::Main && s.tokens.len() >= 3;
        titles && !labels.is_front(text) && !labels.is_news(text) && title.trim_start().starts_with(text)
    };
    lists && !segments.iter().any(own) || names_body && !own_heading && !title.contains(" - ")
}

/// Whether the frame of the page gives the body's contacts at its foot.
pub(super) fn has_footer(segments: &[Segment], scans: &[Vec<Placed>]) -> bool {
    let contact = |m: &Placed| matches!(m.mark, Mark::Channel(_) | Mark::Address(_));
    segments.iter().zip(scans).any(|(segment, marks)| segment.region == Region::Footer && marks.iter().any(contact))
}

/// Whether the first lines announce a competition, a sitting of the council, a call for bids: what such a page says of hours and days is about that.
pub(super) fn is_about_proceedings(segments: &[Segment]) -> bool {
    const OPENS: [&str; 21] = [
        "convocazione della",
        "convocazione di",
        "convocazione in",
        "avviso di convocazione",
        "avviso di seduta",
        "avviso di selezione",
        "avviso pubblico di selezione",
        "selezione pubblica",
        "concorso pubblico",
        "bando di concorso",
        "bando di gara",
        "avviso di mobilita",
        "convocazione del consiglio",
        "convocazione consiglio",
        "convocazione della giunta",
        "ordine del giorno",
        "avviso di asta",
        "asta pubblica",
        "avviso d'asta",
        "manifestazione di interesse",
        "avviso di gara",
    ];
    let lead = segments.iter().filter(|s| s.region == Region::Main && !s.tokens.is_empty()).take(5);
    // a line further down is an entry of a list
    let opens = |(n, s): &(usize, &Segment)| matches!(s.role, Role::Heading | Role::Sentence) || s.role == Role::Line && *n == 0;
    lead.enumerate().filter(opens).any(|(_, s)| {
        let text =
            s.folded.text.trim_start_matches(|c: char| !c.is_alphabetic()).trim_start_matches("oggetto").trim_start_matches([':', ' ']);
        OPENS.iter().any(|w| text.starts_with(w))
    })
}

/// A page that has the fields of an event: when it begins and ends, who holds it.
pub(super) fn is_event_page(segments: &[Segment], lexicon: &Lexicon) -> bool {
    let field = |s: &Segment| {
        let text = s.folded.text.trim();
        let label = text.split_once(':').map_or(text, |(label, _)| label);
        (s.region == Region::Main && lexicon.labels().is_event(label)).then(|| label.to_string())
    };
    let mut fields: Vec<String> = segments.iter().filter_map(field).collect();
    fields.sort();
    fields.dedup();
    let has = |names: &[&str]| fields.iter().any(|f| names.iter().any(|name| f.starts_with(name)));
    // a notice has a date as well; what one pays, or who holds it, only an event has
    fields.len() >= 2 && (has(&["inizio", "data inizio", "fine"]) || has(&["data"]) && has(&["cost", "bigliett", "organizza", "ingresso"]))
}

/// "Anagrafe, si entra di nuovo senza prenotare" below "La Gazzetta del Colle" and its day: the title of an article in plain text.
pub(super) fn is_headline_below_masthead(segments: &[Segment], index: usize) -> bool {
    const MASTHEAD: usize = 3;
    let Some(segment) = segments.get(index).filter(|s| (1..=MASTHEAD).contains(&index) && s.role == Role::Sentence && s.opens_block) else {
        return false;
    };
    let alone = segments.get(index + 1).is_some_and(|next| next.block > segment.block);
    let open = !segment.text.trim_end().ends_with(['.', ':', ';']);
    alone && open && segments[..index].iter().any(|s| crate::extract::press::is_publisher(&s.folded))
}

/// "Oggetto: Ordinanza n. 14 …; Dal: 03/05/2024; Al: 18/05/2024": a row of the board on which acts hang.
pub(super) fn is_of_register(segment: &Segment) -> bool {
    let has = |words: &[&str]| words.iter().any(|w| segment.folded.has(w));
    segment.role == Role::Row
        && has(&["oggetto:"])
        && (has(&[" dal:", "dal:"]) && has(&[" al:"]) || has(&["reg.", "ufficio proponente:", "tipo:", "scadenza:"]))
}

/// Parts of the year that are stated without a year and together make a whole one are seasons that recur, whatever the date of the page.
pub(super) fn seasons(segments: &[Segment], scans: &mut [Vec<Placed>], lexicon: &Lexicon) {
    use crate::extract::grammar::dates::{Anchor, When};
    let mut found: Vec<(usize, Placed, i32)> = Vec::new();
    if let Some(year) = titled_year(segments) {
        date_seasons(year, segments, scans, lexicon);
        return;
    }
    for (i, segment) in segments.iter().enumerate() {
        if !scans[i].iter().any(|m| matches!(m.mark, Mark::When(When::Range(_) | When::Months(_) | When::Season(_)))) {
            continue;
        }
        // "Stagione estiva 2022: 1° giugno - 30 settembre, …": of that year
        if segment.tokens.iter().any(|t| t.text.len() == 4 && t.number().is_some_and(|year| (2000..=2100).contains(&year))) {
            continue;
        }
        for mark in scan(segment, &mut Anchor::default(), None, lexicon) {
            if let Mark::When(When::Season(season)) = &mark.mark {
                let day = |(month, day): (u8, u8)| i32::from(month) * 30 + i32::from(day);
                let days = (day(season.to) - day(season.from)).rem_euclid(360) + 1;
                found.push((i, mark, days));
            }
        }
    }
    // two that complete each other are the seasons, whatever else the page says of the year
    let complete = |one: &Placed, other: &Placed| match (&one.mark, &other.mark) {
        (Mark::When(When::Season(a)), Mark::When(When::Season(b))) => follows(a.to, b.from) && follows(b.to, a.from),
        _ => false,
    };
    let paired: Vec<(usize, Placed, i32)> =
        found.iter().filter(|(_, one, _)| found.iter().any(|(_, other, _)| complete(one, other))).cloned().collect();
    let completed = !paired.is_empty();
    if completed {
        found = paired;
    }
    let mut different: Vec<&Mark> = Vec::new();
    let mut total = 0;
    for (_, mark, days) in &found {
        if !different.contains(&&mark.mark) {
            different.push(&mark.mark);
            total += days;
        }
    }
    let dated = scans.iter().enumerate().any(|(i, marks)| {
        marks.iter().any(|m| {
            matches!(&m.mark, Mark::When(When::Range(_))) && !found.iter().any(|(at, season, _)| *at == i && season.start == m.start)
        })
    });
    // "Orario dal 1° giugno al 30 settembre: tutti i giorni 9-13", of one office in a list of many: a season; an announcement tells it of all, or of the page
    let alone = |mark: &Placed| found.iter().filter(|(_, other, _)| other.mark == mark.mark).count() == 1;
    let entry = |segment: &Segment| {
        let title = segment.headings.last().copied();
        title.is_some_and(|h| scans[h].iter().any(|m| matches!(m.mark, Mark::Offices(_))) && !segments[h].headings.is_empty())
    };
    let listed: BTreeSet<usize> = found.iter().filter(|(i, mark, _)| alone(mark) && entry(&segments[*i])).map(|(i, _, _)| *i).collect();
    for (i, mark, _) in &found {
        let segment = &segments[*i];
        let line = segment.role != Role::Heading && segment.opens_block && listed.contains(i);
        // "Da aprile a ottobre, sabato e domenica, 10-18"
        let first = mark.start <= 1;
        let opens = first || ["orari", "apert"].iter().any(|w| segment.folded.text.trim_start().starts_with(w));
        let sign: &[&str] = if first { &[":", ","] } else { &[":"] };
        let label = segment.tokens.get(mark.end).is_some_and(|t| t.is_any(sign)) && mark.start <= 4;
        if line
            && opens
            && label
            && let Some(there) = scans[*i].iter_mut().find(|m| m.start == mark.start && matches!(m.mark, Mark::When(When::Range(_))))
        {
            *there = mark.clone();
        }
    }
    let rest = rest_of_year(&found, dated);
    let asked = scans.iter().flatten().any(|m| m.mark == Mark::RestOfYear);
    for marks in scans.iter_mut() {
        for mark in marks.iter_mut().filter(|m| m.mark == Mark::RestOfYear) {
            mark.mark = rest.map_or(Mark::Comma, |season| Mark::When(When::Season(season)));
        }
    }
    let told = completed || asked && rest.is_some();
    let parts_a_year = different.len() >= 2 && (330..=375).contains(&total);
    if !told && !parts_a_year {
        return;
    }
    for (i, mark, _) in found {
        if let Some(there) =
            scans[i].iter_mut().find(|m| m.start == mark.start && matches!(m.mark, Mark::When(When::Range(_) | When::Months(_))))
        {
            *there = mark;
        }
    }
}

/// "Orari 2025", "Apertura nel 2025": the year of which a title says that all below it holds.
fn titled_year(segments: &[Segment]) -> Option<i16> {
    let title = |s: &&Segment| s.region == Region::Main && s.role == Role::Heading && s.tokens.len() <= 8;
    segments.iter().filter(title).find_map(|s| {
        let timetable = ["orar", "apertur", "calendari"].iter().any(|stem| s.tokens.iter().any(|t| t.text.starts_with(stem)));
        let year = s.tokens.iter().filter(|t| t.text.len() == 4).find_map(|t| t.number()).filter(|year| (2000..=2100).contains(year))?;
        let dated = s.tokens.iter().any(|t| t.is_any(&["/", "dal", "al", "del"]));
        (timetable && !dated).then(|| i16::try_from(year).ok())?
    })
}

/// Parts of a year that is said above them are dates of that year.
fn date_seasons(year: i16, segments: &[Segment], scans: &mut [Vec<Placed>], lexicon: &Lexicon) {
    use crate::domain::DateRange;
    use crate::extract::grammar::dates::{Anchor, When};
    let day = |year: i16, (month, day): (u8, u8)| jiff::civil::Date::new(year, month as i8, day as i8).ok();
    for (segment, marks) in segments.iter().zip(scans.iter_mut()) {
        for found in scan(segment, &mut Anchor::default(), None, lexicon) {
            let Mark::When(When::Season(season)) = &found.mark else { continue };
            let first = day(year, season.from);
            let last = day(year + i16::from(season.to < season.from), season.to);
            let range = first.zip(last).and_then(|(first, last)| DateRange::new(first, last));
            let there = marks.iter_mut().find(|m| m.start == found.start && matches!(m.mark, Mark::When(When::Range(_) | When::Months(_))));
            if let (Some(range), Some(there)) = (range, there) {
                there.mark = Mark::When(When::Range(range));
            }
        }
    }
}

/// Whether a day of the year is the one behind another.
fn follows(day: (u8, u8), next: (u8, u8)) -> bool {
    let date = |(month, day): (u8, u8)| jiff::civil::Date::new(2025, month as i8, (day as i8).min(if month == 2 { 28 } else { 31 })).ok();
    date(day).and_then(|d| d.tomorrow().ok()).zip(date(next)).is_some_and(|(a, b)| (a.month(), a.day()) == (b.month(), b.day()))
}

/// "LUN - MER - VEN" in one line makes "MAR - GIO" in the next a list of two days, not a stretch of three.
pub(super) fn dashes(segments: &[Segment], scans: &mut [Vec<Placed>], lexicon: &Lexicon) {
    use crate::domain::{Day, DaySelector};
    use crate::extract::grammar::weekdays::Days;
    // the days that stand between dashes and nothing else
    let dashed = |segment: &Segment, mark: &Placed| -> Option<Vec<Day>> {
        let tokens = segment.tokens.get(mark.start..mark.end)?;
        let plain = tokens.iter().all(|t| t.is_any(&["-", "."]) || lexicon.weekday(&t.text).is_some());
        let days: Vec<Day> = tokens.iter().filter_map(|t| lexicon.weekday(&t.text)).collect();
        (plain && tokens.iter().filter(|t| t.is("-")).count() + 1 == days.len()).then_some(days)
    };
    for i in 0..segments.len() {
        let longest =
            scans[i].iter().filter(|m| matches!(m.mark, Mark::Days(_))).filter_map(|m| dashed(&segments[i], m)).map(|d| d.len()).max();
        if longest.is_none_or(|n| n < 3) {
            continue;
        }
        for j in i.saturating_sub(3)..(i + 4).min(segments.len()) {
            for mark in scans[j].iter_mut().filter(|m| matches!(m.mark, Mark::Days(_))) {
                if let Some(days) =
                    dashed(&segments[j], mark).filter(|days| segments[j].headings == segments[i].headings && days.len() == 2)
                {
                    mark.mark = Mark::Days(Days::These { days: days.into_iter().map(DaySelector::from).collect(), every: false });
                }
            }
        }
    }
}

/// What one season named in a document leaves over of the year.
fn rest_of_year(found: &[(usize, Placed, i32)], dated: bool) -> Option<crate::domain::Season> {
    use crate::extract::grammar::dates::When;
    let (_, first, _) = found.first()?;
    if found.iter().any(|(_, other, _)| other.mark != first.mark) {
        return None;
    }
    let Mark::When(When::Season(season)) = &first.mark else { return None };
    if dated {
        return None; // beside a dated period, the rest of the year is what is usual
    }
    let day = |(month, day): (u8, u8)| jiff::civil::Date::new(2025, month as i8, (day as i8).min(if month == 2 { 28 } else { 31 })).ok();
    let written = |date: jiff::civil::Date| (date.month() as u8, date.day() as u8);
    Some(crate::domain::Season { from: written(day(season.to)?.tomorrow().ok()?), to: written(day(season.from)?.yesterday().ok()?) })
}

/// The one day that a document is about, where it names no other day, no period and no week: a strike, a patron's feast. With the segment that names it.
pub(super) fn only_day(segments: &[Segment], scans: &[Vec<Placed>], within: std::ops::Range<usize>) -> Option<(usize, jiff::civil::Date)> {
    use crate::extract::grammar::dates::When;
    const LEAD: usize = 8;
    // what makes a day one on which offices do otherwise
    const OCCASIONS: [&str; 17] = [
        "corrente",
        "riapr",
        "guasto",
        "sciopero",
        "chius",
        "chiud",
        "apert",
        "festa",
        "patron",
        "ponte",
        "vigilia",
        "allerta",
        "neve",
        "elezion",
        "funzion",
        "aprir",
        "assemblea",
    ];
    let segments: Vec<(usize, &Segment)> = segments.iter().enumerate().take(within.end).skip(within.start).collect();
    let mut lead = segments.iter().map(|(_, s)| s).filter(|s| s.region == Region::Main).take(4);
    if !lead.any(|s| s.folded.has_any(&OCCASIONS)) {
        return None;
    }
    let mut found: Option<(usize, jiff::civil::Date)> = None;
    let main = segments.iter().filter(|(_, s)| s.region == Region::Main && s.role != Role::Row);
    // "si chiede di lasciare esposti i bidoni fino a sabato": days of another matter
    let tells = |marks: &[Placed]| {
        let state = |m: &Placed| {
            matches!(m.mark, Mark::Cue(Cue::Closed | Cue::Open | Cue::Reduced | Cue::Appointment | Cue::Remote) | Mark::Span(..))
        };
        marks.iter().any(|m| matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. } | Mark::Site(_)) || state(m))
    };
    for (n, (i, segment)) in main.map(|(i, s)| (*i, *s)).enumerate() {
        // "L'anno passato la chiusura era caduta di venerdì, il 12": told of the past
        let past = scans[i].iter().any(|m| m.mark == Mark::Cue(Cue::Past));
        if found.is_some() && (past || !tells(&scans[i])) {
            continue;
        }
        for mark in &scans[i] {
            match &mark.mark {
                Mark::When(When::Days(days)) => match (days.as_slice(), found) {
                    ([day], None) if n <= LEAD => found = Some((i, *day)),
                    ([day], Some((_, only))) if *day == only => {}
                    _ => return None,
                },
                Mark::When(When::Same | When::Deadline | When::Months(_)) => {}
                Mark::When(_) => return None,
                Mark::Days(days) if found.is_some_and(|(_, only)| !is_weekday_of(only, segment, mark, days)) => return None,
                _ => {}
            }
        }
    }
    found
}

/// "si consiglia di verificare lunedì mattina", where the document is about a Monday: the day itself, by its name; not "il lunedì", which is each of them.
fn is_weekday_of(only: jiff::civil::Date, segment: &Segment, mark: &Placed, days: &Days) -> bool {
    let Days::These { days, every: false } = days else { return false };
    let each = mark.start.checked_sub(1).and_then(|i| segment.tokens.get(i));
    let each = each.is_some_and(|t| t.is_any(&["il", "la", "l'", "del", "della", "al", "nel", "ogni", "i", "dei", "tutti"]));
    matches!(days.as_slice(), [day] if day.nth.is_empty() && day.day == weekday_of(only)) && !each
}
