//! A week's hours in words: "lun, mer, ven 8:30–12:30; mar e gio anche 15:00–17:30".

use std::collections::BTreeSet;

use super::dates::month;
use super::{and, clean, pick};
use crate::domain::{Access, Clock, Day, DaySelector, Language, OfficeHours, Season, Slot, Span, Week};

/// Hours of every access: those at the counter first, the others with how they are to be used.
pub fn hours(language: Language, hours: &[OfficeHours]) -> String {
    let entry = |entry: &OfficeHours| {
        let week = week(language, &entry.week);
        match entry.access {
            Access::WalkIn => week,
            Access::Appointment => format!("{} {week}", pick(language, "su appuntamento", "by appointment")),
            Access::Phone => format!("{} {week}", pick(language, "al telefono", "by phone")),
            Access::Video => format!("{} {week}", pick(language, "in videochiamata", "by video call")),
        }
    };
    match hours {
        [only] => entry(only),
        several => several.iter().map(entry).collect::<Vec<_>>().join("; "),
    }
}

/// Hours as `opening_hours` text. One way of access alone is written plainly; further ones follow as rules that add, with the access as
/// their comment: `Mo-Fr 08:30-12:30, Tu 15:00-17:00 "phone"`.
pub fn opening_hours(hours: &[OfficeHours]) -> String {
    let mut text = String::new();
    for entry in hours.iter().filter(|entry| !entry.week.is_empty()) {
        if text.is_empty() {
            text = entry.week.to_string();
            continue;
        }
        for rule in entry.week.entries().iter().flat_map(|week| week.to_string().split("; ").map(str::to_string).collect::<Vec<_>>()) {
            let access = entry.access.as_str();
            // "Mo \"mattina\"" has a comment already
            text += &match rule.strip_suffix('"') {
                Some(commented) => format!(", {commented}, {access}\""),
                None => format!(", {rule} \"{access}\""),
            };
        }
    }
    text
}

/// One week. Days with equal hours go together; a day with more than the most common hours says what it has besides.
pub fn week(language: Language, week: &Week) -> String {
    let mut seasons: Vec<(Option<Season>, Vec<Group>)> = Vec::new();
    for ((season, day), slots) in week.days() {
        match seasons.last_mut().filter(|(last, _)| last == season) {
            Some((_, groups)) => match groups.iter_mut().find(|(_, other)| *other == slots) {
                Some((days, _)) => days.push(day),
                None => groups.push((vec![day], slots)),
            },
            None => seasons.push((*season, vec![(vec![day], slots)])),
        }
    }
    let part = |(season, groups): (Option<Season>, Vec<Group>)| match season {
        None => days_in_words(language, None, groups),
        Some(season) => format!("{} {}", season_in_words(language, season), days_in_words(language, Some(season), groups)),
    };
    let mut parts = seasons.into_iter().map(part);
    let mut words = parts.next().unwrap_or_default();
    for part in parts {
        words.push_str("; ");
        words.push_str(&part);
    }
    words
}

/// Days with equal slots.
type Group<'a> = (Vec<&'a DaySelector>, &'a BTreeSet<Slot>);

/// Sundays and holidays.
fn is_of_rest(day: Day) -> bool {
    matches!(day, Day::Su | Day::Ph)
}

fn days_in_words(language: Language, season: Option<Season>, mut groups: Vec<Group>) -> String {
    let in_words = |days: &[&DaySelector], slots: &BTreeSet<Slot>| {
        let mut words = list_of_days(language, days);
        words.push(' ');
        words.push_str(&slots_in_words(language, slots.iter()));
        words
    };
    if let [(days, slots)] = groups.as_slice() {
        return in_words(days, slots);
    }
    // days that are shut are what one expects where others are open; of Sundays and holidays one says it all the same
    let shut = |(days, slots): &Group| {
        slots.iter().all(|slot| *slot == Slot::Off)
            && days.iter().all(|day| day.nth.is_empty())
            && !days.iter().all(|day| is_of_rest(day.day))
    };
    if season.is_none() && groups.iter().any(|(_, slots)| slots.iter().any(|slot| *slot != Slot::Off)) {
        groups.retain(|group| !shut(group));
    }
    // the hours that most days have, and that the fuller days hold too; the earlier at a tie
    let nothing = BTreeSet::new();
    let common = groups.iter().rev().max_by_key(|(days, _)| days.len()).map_or(&nothing, |(_, slots)| *slots);
    // "lun 9–12; gio anche 15–17" would be read as a Thursday without its morning: where few days have the common hours alone, and where
    // one fuller day stands among them, all that have them are named
    let fuller = |slots: &BTreeSet<Slot>| common.is_subset(slots) && slots != common;
    let n_alone = groups.iter().find(|(_, slots)| *slots == common).map_or(0, |(days, _)| days.len());
    let n_fuller: usize = groups.iter().filter(|(_, slots)| fuller(slots)).map(|(days, _)| days.len()).sum();
    if !common.is_empty() && n_fuller > 0 && (n_alone < 3 || n_fuller == 1) {
        let mut all: Vec<&DaySelector> =
            groups.iter().filter(|(_, slots)| common.is_subset(slots)).flat_map(|(days, _)| days).copied().collect();
        all.sort();
        if let Some((days, _)) = groups.iter_mut().find(|(_, slots)| *slots == common) {
            *days = all;
        }
    }
    let part = |(days, slots): &Group| {
        if slots.len() > common.len() && common.is_subset(slots) && !common.is_empty() {
            let more = slots_in_words(language, slots.difference(common));
            format!("{} {} {more}", list_of_days(language, days), pick(language, "anche", "also"))
        } else {
            in_words(days, slots)
        }
    };
    groups.sort_by_key(|(_, slots)| (slots.contains(&Slot::Off), *slots != common));
    groups.iter().map(part).collect::<Vec<_>>().join("; ")
}

/// "lun–ven", "mar e gio", "lun, mer, ven", "primo e terzo sab".
fn list_of_days(language: Language, days: &[&DaySelector]) -> String {
    let plain: Vec<Day> = days.iter().filter(|day| day.nth.is_empty()).map(|day| day.day).collect();
    let mut words: Vec<String> = Vec::new();
    let mut run: Vec<Day> = Vec::new();
    for day in plain.iter().copied().map(Some).chain([None]) {
        let goes_on = day.is_some_and(|day| day != Day::Ph && run.last().is_some_and(|last| *last as usize + 1 == day as usize));
        if !goes_on {
            match run.as_slice() {
                [first, _, .., last] => words.push(format!("{}–{}", day_name(language, *first), day_name(language, *last))),
                few => words.extend(few.iter().map(|day| day_name(language, *day).to_string())),
            }
            run.clear();
        }
        run.extend(day);
    }
    words.extend(days.iter().filter(|day| !day.nth.is_empty()).map(|day| nth_day(language, day)));
    // "lun, mer–sab", for "lun e mer–sab" takes a second look
    let ranges = words.iter().any(|word| word.contains('–'));
    if words.len() == 2 && !ranges { and(language, &words) } else { words.join(", ") }
}

fn day_name(language: Language, day: Day) -> &'static str {
    let (it, en) = match day {
        Day::Mo => ("lun", "Mon"),
        Day::Tu => ("mar", "Tue"),
        Day::We => ("mer", "Wed"),
        Day::Th => ("gio", "Thu"),
        Day::Fr => ("ven", "Fri"),
        Day::Sa => ("sab", "Sat"),
        Day::Su => ("dom", "Sun"),
        Day::Ph => ("festivi", "holidays"),
    };
    pick(language, it, en)
}

fn nth_day(language: Language, day: &DaySelector) -> String {
    let ordinal = |n: &i8| {
        let (it, en) = match n {
            1 => ("primo", "first"),
            2 => ("secondo", "second"),
            3 => ("terzo", "third"),
            4 => ("quarto", "fourth"),
            5 => ("quinto", "fifth"),
            _ => ("ultimo", "last"),
        };
        pick(language, it, en).to_string()
    };
    format!("{} {}", and(language, &day.nth.iter().map(ordinal).collect::<Vec<_>>()), day_name(language, day.day))
}

fn slots_in_words<'a>(language: Language, mut slots: impl Iterator<Item = &'a Slot>) -> String {
    let Some(first) = slots.next() else { return String::new() };
    let mut words = vec![slot_in_words(language, first)];
    words.extend(slots.map(|slot| slot_in_words(language, slot)));
    and(language, &words)
}

fn slot_in_words(language: Language, slot: &Slot) -> String {
    match slot {
        Slot::Off => pick(language, "chiuso", "closed").into(),
        Slot::Part(part) => match (language, part.as_str()) {
            (Language::En, "mattina") => "morning".into(),
            (Language::En, "pomeriggio") => "afternoon".into(),
            _ => clean(part, 40),
        },
        Slot::Times(times) => span(language, *times),
    }
}

/// "8:30–12:30", "dalle 9:00".
pub fn span(language: Language, span: Span) -> String {
    let mut words = String::with_capacity(16);
    if span.to().is_none() {
        words.push_str(pick(language, "dalle ", "from "));
    }
    push_clock(&mut words, span.from());
    if let Some(to) = span.to() {
        words.push('–');
        push_clock(&mut words, to);
    }
    words
}

/// "8:30", digit by digit: pages have dozens of them.
fn push_clock(words: &mut String, clock: Clock) {
    let (hour, minute) = clock.hour_minute();
    let digit = |n: u16| char::from_digit(u32::from(n % 10), 10).unwrap_or('0');
    if hour >= 10 {
        words.push(digit(hour / 10));
    }
    words.extend([digit(hour), ':', digit(minute / 10), digit(minute)]);
}

/// "dal 1º luglio al 31 agosto:".
fn season_in_words(language: Language, season: Season) -> String {
    let number = |day: u8| if language == Language::It && day == 1 { "1º".to_string() } else { day.to_string() };
    let end = |(m, d): (u8, u8)| format!("{} {}", number(d), month(language, m));
    let elided = |article: &str, day: u8| if matches!(day, 8 | 11) { format!("{article}l'") } else { format!("{article} ") };
    match language {
        Language::It => {
            format!("{}{} {}{}:", elided("dal", season.from.1), end(season.from), elided("al", season.to.1), end(season.to))
        }
        Language::En => format!("from {} to {}:", end(season.from), end(season.to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_read_as_one_says_them() {
        for (oh, it, en) in [
            ("Mo-Fr 08:30-12:30", "lun–ven 8:30–12:30", "Mon–Fri 8:30–12:30"),
            (
                "Mo,We,Fr 08:30-12:30; Tu,Th 08:30-12:30,15:00-17:30",
                "lun, mer, ven 8:30–12:30; mar e gio anche 15:00–17:30",
                "Mon, Wed, Fri 8:30–12:30; Tue and Thu also 15:00–17:30",
            ),
            (
                "Mo 09:00-12:00; Th 09:00-12:00,15:00-17:30",
                "lun e gio 9:00–12:00; gio anche 15:00–17:30",
                "Mon and Thu 9:00–12:00; Thu also 15:00–17:30",
            ),
            (
                "Mo,Tu,Th,Fr 09:00-13:00; We 09:00-13:00,15:30-18:00",
                "lun–ven 9:00–13:00; mer anche 15:30–18:00",
                "Mon–Fri 9:00–13:00; Wed also 15:30–18:00",
            ),
            ("Mo,Tu,Th-Sa off; We 09:00-13:00", "mer 9:00–13:00", "Wed 9:00–13:00"),
            ("Mo,We-Sa 09:00-13:00", "lun, mer–sab 9:00–13:00", "Mon, Wed–Sat 9:00–13:00"),
            ("Mo-Fr off", "lun–ven chiuso", "Mon–Fri closed"),
            ("Mo 09:00-12:00; Tu 15:00-17:00", "lun 9:00–12:00; mar 15:00–17:00", "Mon 9:00–12:00; Tue 15:00–17:00"),
            ("Mo,Tu 09:00-12:00,15:00-17:00", "lun e mar 9:00–12:00 e 15:00–17:00", "Mon and Tue 9:00–12:00 and 15:00–17:00"),
            ("Sa[1,3] 09:00-11:30", "primo e terzo sab 9:00–11:30", "first and third Sat 9:00–11:30"),
            ("Mo-Fr \"mattina\"", "lun–ven mattina", "Mon–Fri morning"),
            ("Th 09:00+", "gio dalle 9:00", "Thu from 9:00"),
            (
                "Mo-Fr 08:30-12:30; Jul 01-Aug 31 Mo-Fr 08:00-13:00",
                "lun–ven 8:30–12:30; dal 1º luglio al 31 agosto: lun–ven 8:00–13:00",
                "Mon–Fri 8:30–12:30; from 1 July to 31 August: Mon–Fri 8:00–13:00",
            ),
            ("Mo-Sa 08:00-13:00; Su,PH off", "lun–sab 8:00–13:00; dom e festivi chiuso", "Mon–Sat 8:00–13:00; Sun and holidays closed"),
        ] {
            let parsed: Week = oh.parse().unwrap();
            assert_eq!(week(Language::It, &parsed), it);
            assert_eq!(week(Language::En, &parsed), en);
        }
    }

    #[test]
    fn hours_of_several_ways_of_access_are_one_text_that_adds() {
        let entry = |access, oh: &str| OfficeHours { week: oh.parse().unwrap(), access };
        assert_eq!(opening_hours(&[entry(Access::Phone, "Tu 15:00-17:00")]), "Tu 15:00-17:00");
        let all = [
            entry(Access::WalkIn, "Mo-Fr 08:30-12:30"),
            entry(Access::Phone, "Tu 15:00-17:00; Th 15:00-18:00"),
            entry(Access::Video, "We \"mattina\""),
        ];
        let text = opening_hours(&all);
        assert_eq!(text, "Mo-Fr 08:30-12:30, Tu 15:00-17:00 \"phone\", Th 15:00-18:00 \"phone\", We \"mattina, video\"");
        assert!(text.parse::<opening_hours::OpeningHours>().is_ok(), "an outside reader understands it");
    }

    #[test]
    fn each_access_is_named_but_the_counter() {
        let entry = |access, oh: &str| OfficeHours { week: oh.parse().unwrap(), access };
        let both = [entry(Access::WalkIn, "Mo 09:00-12:00"), entry(Access::Phone, "Tu 15:00-17:00")];
        assert_eq!(hours(Language::It, &both), "lun 9:00–12:00; al telefono mar 15:00–17:00");
    }
}
