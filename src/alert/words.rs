//! The words of a mail that depend on facts: headlines, labels, days. Sentences as a person would write them, Italian and English.

use jiff::civil::Date;

use crate::domain::{Access, Aspect, Change, Channel, ChannelKind, DateRange, Day, DaySelector, Language, Season, Slot, Status, Value};

use super::clean::clip;
use super::rows::hours_line;

/// Picks the text of a language.
pub(super) fn in_language<'a>(language: Language, it: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::It => it,
        Language::En => en,
    }
}

const MONTHS_IT: [&str; 12] =
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];
const MONTHS_EN: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

fn month(language: Language, month: i8) -> &'static str {
    let names = match language {
        Language::It => MONTHS_IT,
        Language::En => MONTHS_EN,
    };
    usize::try_from(month - 1).ok().and_then(|i| names.get(i).copied()).unwrap_or_default()
}

/// "9 marzo 2026", "9 March 2026"; in Italian the first of a month is "1º".
pub(super) fn date(language: Language, day: Date) -> String {
    format!("{} {} {}", day_number(language, day), month(language, day.month()), day.year())
}

/// "9 marzo" without its year.
pub(super) fn day_and_month(language: Language, day: Date) -> String {
    format!("{} {}", day_number(language, day), month(language, day.month()))
}

fn day_number(language: Language, day: Date) -> String {
    if language == Language::It && day.day() == 1 { "1º".into() } else { day.day().to_string() }
}

/// "24 dicembre 2026", "dal 24 al 31 dicembre 2026".
pub(super) fn range(language: Language, range: DateRange) -> String {
    let (first, last) = (range.first(), range.last());
    if first == last {
        return date(language, first);
    }
    let first_text = if (first.year(), first.month()) == (last.year(), last.month()) {
        day_number(language, first)
    } else if first.year() == last.year() {
        day_and_month(language, first)
    } else {
        date(language, first)
    };
    match language {
        Language::It => format!("{} {}", joined(&elided("dal", first), &first_text), joined(&elided("al", last), &date(language, last))),
        Language::En => format!("{first_text} to {}", date(language, last)),
    }
}

/// "dall'8 marzo", "dal 9 marzo": Italian elides before the vowels of otto and undici.
pub(super) fn elided(article: &str, day: Date) -> String {
    if matches!(day.day(), 8 | 11) { format!("{article}l'") } else { article.to_string() }
}

/// "dal 9 marzo", "from 9 March".
pub(super) fn from_day(language: Language, day: Date) -> String {
    match language {
        Language::It => joined(&elided("dal", day), &day_and_month(language, day)),
        Language::En => format!("from {}", day_and_month(language, day)),
    }
}

/// "il 24 dicembre 2026", "l'8 dicembre 2026", "on 24 December 2026".
pub(super) fn on_day(language: Language, day: Date) -> String {
    match language {
        Language::It if matches!(day.day(), 8 | 11) => format!("l'{}", date(language, day)),
        Language::It => format!("il {}", date(language, day)),
        Language::En => format!("on {}", date(language, day)),
    }
}

fn joined(article: &str, rest: &str) -> String {
    if article.ends_with('\'') { format!("{article}{rest}") } else { format!("{article} {rest}") }
}

/// From when and until when a change holds, if that is stated: "Dal 9 marzo al 3 aprile 2020".
pub(super) fn validity(language: Language, from: Option<Date>, until: Option<Date>) -> Option<String> {
    Some(match (language, from, until) {
        (_, None, None) => return None,
        (Language::It, Some(from), None) => format!("In vigore {}", joined(&elided("dal", from), &date(language, from))),
        (Language::It, None, Some(until)) => format!("In vigore fino {}", joined(&elided("al", until), &date(language, until))),
        (Language::It, Some(from), Some(until)) => {
            let (from, until) = (joined(&elided("dal", from), &date(language, from)), joined(&elided("al", until), &date(language, until)));
            format!("In vigore {from} {until}")
        }
        (Language::En, Some(from), None) => format!("In force from {}", date(language, from)),
        (Language::En, None, Some(until)) => format!("In force until {}", date(language, until)),
        (Language::En, Some(from), Some(until)) => format!("In force from {} to {}", date(language, from), date(language, until)),
    })
}

pub(super) fn aspect(language: Language, aspect: Aspect) -> &'static str {
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

pub(super) fn status(language: Language, status: Status) -> &'static str {
    let (it, en) = match status {
        Status::Open => ("aperto al pubblico", "open to the public"),
        Status::Reduced => ("servizio ridotto", "reduced service"),
        Status::Appointment => ("solo su appuntamento", "by appointment only"),
        Status::Remote => ("solo a distanza", "by phone, mail or online only"),
        Status::Closed => ("chiuso", "closed"),
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

pub(super) fn channel_kind(language: Language, kind: ChannelKind) -> &'static str {
    let (it, en) = match kind {
        ChannelKind::Phone => ("Telefono", "Phone"),
        ChannelKind::Fax => ("Fax", "Fax"),
        ChannelKind::Email => ("E-mail", "E-mail"),
        ChannelKind::Pec => ("PEC", "PEC (certified mail)"),
        ChannelKind::Whatsapp => ("WhatsApp", "WhatsApp"),
        ChannelKind::Skype => ("Skype", "Skype"),
        ChannelKind::Web => ("Online", "Online"),
        ChannelKind::App => ("App", "App"),
    };
    in_language(language, it, en)
}

/// An Italian number as people write it: "0583 216305", "349 123 4567", "800 123456"; others as they are.
pub(super) fn phone(number: &str) -> String {
    let Some(national) = number.strip_prefix("+39") else { return number.to_string() };
    let cut = |at: usize| national.split_at_checked(at).map(|(head, tail)| format!("{head} {tail}"));
    let split = match national {
        _ if !national.bytes().all(|b| b.is_ascii_digit()) => None,
        _ if national.starts_with("06") || national.starts_with("02") => cut(2),
        _ if national.starts_with("01") && national.as_bytes().get(2).is_some_and(|b| matches!(b, b'0' | b'1' | b'5')) => cut(3),
        _ if national.starts_with("0") && national.as_bytes().get(2).is_some_and(|b| matches!(b, b'0' | b'1' | b'5' | b'9')) => cut(3),
        _ if national.starts_with('0') => cut(4),
        _ => cut(3),
    };
    split.unwrap_or_else(|| national.to_string())
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
    in_language(language, it, en)
}

/// "lun", "1º e 3º sab".
pub(super) fn day(language: Language, selector: &DaySelector) -> String {
    let name = day_name(language, selector.day);
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
    format!("{} {name}", and(language, &ordinals))
}

/// "1º luglio – 31 agosto".
pub(super) fn season(language: Language, season: Season) -> String {
    let end = |(m, d): (u8, u8)| {
        let day = if language == Language::It && d == 1 { "1º".to_string() } else { d.to_string() };
        format!("{day} {}", month(language, i8::try_from(m).unwrap_or(1)))
    };
    format!("{} – {}", end(season.from), end(season.to))
}

/// "8:30–12:30", "dalle 9:00", "mattina", "chiuso".
pub(super) fn slot(language: Language, slot: &Slot) -> String {
    match slot {
        Slot::Off => in_language(language, "chiuso", "closed").into(),
        Slot::Part(part) => clip(part, 80),
        Slot::Times(span) => {
            let clock = |clock: crate::domain::Clock| {
                let (hour, minute) = clock.hour_minute();
                format!("{hour}:{minute:02}")
            };
            match span.to() {
                Some(to) => format!("{}–{}", clock(span.from()), clock(to)),
                None => format!("{} {}", in_language(language, "dalle", "from"), clock(span.from())),
            }
        }
    }
}

/// "a", "a e b", "a, b e c".
pub(super) fn and(language: Language, words: &[String]) -> String {
    let and = in_language(language, " e ", " and ");
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{}{and}{last}", rest.join(", ")),
    }
}

/// What a change says in a few words, after its office: "solo su appuntamento dal 9 marzo", "nuovo orario per il pubblico".
pub(super) fn gist(language: Language, change: &Change) -> String {
    let l = |it: &'static str, en: &'static str| in_language(language, it, en).to_string();
    let Some(after) = &change.after else {
        return match change.aspect {
            Aspect::Hours => l("orario non più indicato", "hours no longer stated"),
            Aspect::Status => l("modalità di accesso non più indicata", "access no longer stated"),
            Aspect::Channels => l("recapiti non più indicati", "contacts no longer stated"),
            Aspect::Address => l("indirizzo non più indicato", "address no longer stated"),
            Aspect::Closures => l("chiusura annullata", "closure called off"),
            Aspect::Openings => l("apertura straordinaria annullata", "exceptional opening called off"),
        };
    };
    let since = change.effective_from.map(|day| format!(" {}", from_day(language, day))).unwrap_or_default();
    let new_days = new_ranges(after, change.before.as_ref());
    match after {
        Value::Hours(hours) => {
            let line = hours_line(hours, language);
            if line.chars().count() <= 60 { line + &since } else { l("nuovo orario", "new hours") + &since }
        }
        Value::Status(value) => status(language, *value).to_string() + &since,
        Value::Channels(channels) => {
            let known = |channel| matches!(&change.before, Some(Value::Channels(known)) if known.contains(channel));
            let mut new = channels.iter().filter(|channel| !known(channel));
            match (new.next(), new.next()) {
                (Some(only), None) => new_channel(language, only) + &since,
                (None, _) => l("un recapito in meno", "one contact fewer") + &since,
                _ => l("nuovi recapiti", "new contacts") + &since,
            }
        }
        Value::Address(address) => l("nuovo indirizzo, ", "new address, ") + &clip(address, 60) + &since,
        Value::Closures(_) => match new_days.as_slice() {
            [] => l("chiusura annullata", "closure called off"),
            [only] if only.first() == only.last() => l("chiuso ", "closed ") + &on_day(language, only.first()),
            [only] => l("chiuso ", "closed ") + &range(language, *only),
            many => l("chiuso ", "closed ") + &first_and_rest(language, many),
        },
        Value::Openings(_) => match new_days.as_slice() {
            [] => l("apertura straordinaria annullata", "exceptional opening called off"),
            [only] => l("apertura straordinaria ", "exceptional opening ") + &on_day(language, only.first()),
            many => l("aperture straordinarie ", "exceptional openings ") + &first_and_rest(language, many),
        },
    }
}

/// The days of closures or openings that are new.
fn new_ranges(after: &Value, before: Option<&Value>) -> Vec<DateRange> {
    match (after, before) {
        (Value::Closures(after), Some(Value::Closures(before))) => after.iter().filter(|range| !before.contains(range)).copied().collect(),
        (Value::Closures(after), _) => after.clone(),
        (Value::Openings(after), before) => {
            let known = |opening| matches!(before, Some(Value::Openings(known)) if known.contains(opening));
            let mut days: Vec<DateRange> =
                after.iter().filter(|opening| !known(opening)).map(|opening| DateRange::day(opening.date)).collect();
            days.dedup();
            days
        }
        _ => Vec::new(),
    }
}

/// "il 24 dicembre 2026 e altri 2 giorni".
fn first_and_rest(language: Language, ranges: &[DateRange]) -> String {
    let Some((first, rest)) = ranges.split_first() else { return String::new() };
    let first = if first.first() == first.last() { on_day(language, first.first()) } else { range(language, *first) };
    match (language, rest.len()) {
        (Language::It, 1) => format!("{first} e un’altra volta"),
        (Language::It, n) => format!("{first} e altre {n} volte"),
        (Language::En, 1) => format!("{first} and once more"),
        (Language::En, n) => format!("{first} and {n} times more"),
    }
}

fn new_channel(language: Language, channel: &Channel) -> String {
    let l = |it: &'static str, en: &'static str| in_language(language, it, en).to_string();
    let value = channel.value.as_deref().map(|value| clip(&phone(value), 60)).unwrap_or_default();
    let what = match channel.kind {
        ChannelKind::Phone => l("nuovo telefono", "new phone number"),
        ChannelKind::Fax => l("nuovo fax", "new fax number"),
        ChannelKind::Email => l("nuova e-mail", "new e-mail"),
        ChannelKind::Pec => l("nuova PEC", "new PEC"),
        ChannelKind::Whatsapp => l("nuovo WhatsApp", "new WhatsApp number"),
        ChannelKind::Skype => l("nuovo contatto Skype", "new Skype contact"),
        ChannelKind::Web => l("nuovo servizio online", "new online service"),
        ChannelKind::App => l("nuova app", "new app"),
    };
    format!("{what} {value}").trim_end().to_string()
}
