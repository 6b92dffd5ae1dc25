//! The labels of a comparison: aspects, accesses, days, spans. Sentences and subjects are `wording`'s.

use jiff::civil::Date;

use crate::domain::{Access, Aspect, DateRange, Day, DaySelector, Language, Season, Slot};
use crate::wording;

use super::clean::clip;

/// Picks the text of a language.
pub(super) fn in_language<'a>(language: Language, it: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::It => it,
        Language::En => en,
    }
}

/// The name of an aspect, for headings.
pub fn aspect(language: Language, aspect: Aspect) -> &'static str {
    let (it, en) = match aspect {
        Aspect::Hours => ("Orario per il pubblico", "Opening hours"),
        Aspect::Status => ("Modalità di accesso", "How the public is served"),
        Aspect::Channels => ("Recapiti", "Contacts"),
        Aspect::Address => ("Indirizzo", "Address"),
        Aspect::Closures => ("Chiusure", "Closures"),
        Aspect::Openings => ("Aperture straordinarie", "Exceptional openings"),
    };
    in_language(language, it, en)
}

pub(super) fn access(language: Language, access: Access) -> &'static str {
    let (it, en) = match access {
        Access::WalkIn => ("Allo sportello", "At the counter"),
        Access::Appointment => ("Su appuntamento", "By appointment"),
        Access::Phone => ("Al telefono", "By phone"),
        Access::Video => ("In videochiamata", "By video call"),
    };
    in_language(language, it, en)
}

/// "giovedì 24 dicembre 2026", "da giovedì 24 dicembre 2026 a giovedì 31 dicembre 2026"; without the year where it is `year`.
pub(super) fn range(language: Language, range: DateRange, year: i16) -> String {
    wording::period(language, Some(range.first()), Some(range.last()), year).unwrap_or_default()
}

/// "lun", "1º e 3º sab".
pub(super) fn day(language: Language, selector: &DaySelector) -> String {
    let (it, en) = match selector.day {
        Day::Mo => ("lun", "Mon"),
        Day::Tu => ("mar", "Tue"),
        Day::We => ("mer", "Wed"),
        Day::Th => ("gio", "Thu"),
        Day::Fr => ("ven", "Fri"),
        Day::Sa => ("sab", "Sat"),
        Day::Su => ("dom", "Sun"),
        Day::Ph => ("festivi", "holidays"),
    };
    let name = in_language(language, it, en);
    if selector.nth.is_empty() {
        return name.to_string();
    }
    let ordinal = |n: &i8| match (language, n) {
        (Language::It, -1) => "ultimo".to_string(),
        (Language::It, n) => format!("{n}º"),
        (Language::En, -1) => "last".to_string(),
        (Language::En, 1) => "1st".to_string(),
        (Language::En, 2) => "2nd".to_string(),
        (Language::En, 3) => "3rd".to_string(),
        (Language::En, n) => format!("{n}th"),
    };
    let ordinals: Vec<String> = selector.nth.iter().map(ordinal).collect();
    format!("{} {name}", wording::and(language, &ordinals))
}

/// "1º luglio – 31 agosto".
pub(super) fn season(language: Language, season: Season) -> String {
    const LEAP: i16 = 2000; // any year that has a 29 February
    let end = |(month, day): (u8, u8)| {
        let date = Date::new(LEAP, i8::try_from(month).unwrap_or(1), i8::try_from(day).unwrap_or(1));
        date.map(|date| wording::day(language, date, LEAP)).unwrap_or_default()
    };
    format!("{} – {}", end(season.from), end(season.to))
}

/// "8:30–12:30", "dalle 9:00", "mattina", "chiuso".
pub(super) fn slot(language: Language, slot: &Slot) -> String {
    match slot {
        Slot::Off => in_language(language, "chiuso", "closed").into(),
        Slot::Part(part) => clip(part, 80),
        Slot::Times(span) => wording::span(language, *span),
    }
}
