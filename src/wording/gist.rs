//! A change in the few words of a subject.

use jiff::civil::Date;

use super::dates::{short_from, short_range, short_until};
use super::sentence::{closures, lies_beside, of_short, status, year};
use super::week::hours;
use super::{clean, pick};
use crate::domain::{Aspect, Change, DateRange, Language, Value};

/// What a subject says after the office: "solo su appuntamento dal 9 marzo".
pub fn gist(language: Language, change: &Change) -> String {
    let year = year(change);
    let when = |from: Option<Date>, until: Option<Date>| match (from, until) {
        (Some(from), Some(until)) => {
            // "Mon–Fri 8:30–12:30, 26 to 30 March"
            let comma = if language == Language::En && from != until { "," } else { "" };
            DateRange::new(from, until).map(|days| format!("{comma} {}", short_range(language, days, year))).unwrap_or_default()
        }
        (Some(from), None) => format!(" {}", short_from(language, from, year)),
        (None, Some(until)) => format!(" {}", short_until(language, until, year)),
        (None, None) => String::new(),
    };
    let when = when(change.effective_from, change.effective_until);
    let text = |it: &str, en: &str| format!("{}{when}", pick(language, it, en));
    match (&change.after, change.aspect) {
        (None, Aspect::Hours) => text("orario non più indicato", "hours no longer stated"),
        (None, Aspect::Status) => text("modalità di accesso non più indicate", "access no longer stated"),
        (None, Aspect::Channels) => text("recapiti non più indicati", "contacts no longer stated"),
        (None, Aspect::Address) => text("indirizzo non più indicato", "address no longer stated"),
        (None, Aspect::Closures) => called_off(language, change, year),
        (None, Aspect::Openings) => text("apertura straordinaria annullata", "exceptional opening called off"),
        (Some(Value::Hours(entries)), _) => {
            let words = hours(language, entries);
            match (words.chars().count() <= 40, change.effective_until.is_some()) {
                (true, _) => format!("{words}{when}"),
                (false, true) => text("orario temporaneo", "temporary hours"),
                (false, false) => text("nuovo orario", "new hours"),
            }
        }
        (Some(Value::Status(new)), _) => format!("{}{when}", status(language, *new)),
        (Some(Value::Channels(_)), _) => text("recapiti cambiati", "contacts changed"),
        (Some(Value::Address(address)), _) => {
            let address = clean(address, 60);
            match (language, when.trim()) {
                (Language::It, "") => format!("nuova sede in {address}"),
                (Language::It, when) => format!("{when} in {address}"),
                (Language::En, "") => format!("now at {address}"),
                (Language::En, when) => format!("{} at {address}", when.trim_start_matches(", ")),
            }
        }
        (Some(Value::Closures(_)), _) => match closures(change).0.as_slice() {
            [] => called_off(language, change, year),
            [only] if lies_beside(&[*only], change) => {
                format!("{} {}", pick(language, "chiusura anche", "also closed"), short_range(language, *only, year))
            }
            [only] => format!("{} {}", pick(language, "chiusura", "closed"), short_range(language, *only, year)),
            [first, .., last] => {
                let n_days = DateRange::new(first.first(), last.last()).map(|days| short_range(language, days, year)).unwrap_or_default();
                format!("{} {n_days}", pick(language, "più giorni di chiusura", "several days closed,"))
            }
        },
        (Some(Value::Openings(_)), _) => text("apertura straordinaria", "exceptional opening"),
    }
}

/// "annullata la chiusura del 24 marzo".
fn called_off(language: Language, change: &Change, year: i16) -> String {
    match closures(change).1.as_slice() {
        [only] => match language {
            Language::It => format!("annullata la chiusura {}", of_short(language, *only, year)),
            Language::En => format!("closure of {} called off", of_short(language, *only, year)),
        },
        [] | [_, ..] => pick(language, "chiusure annullate", "closures called off").into(),
    }
}
