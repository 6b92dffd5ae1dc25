//! A change as one sentence, and as a subject.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::dates::{period, range, short_range};
use super::gist::gist;
use super::week::{hours, span};
use super::{and, channels, clean, dates, names as list_of_names, of_body, office_and_site, pick, short_body};
use crate::domain::{Aspect, Body, Change, DateRange, Language, Opening, Status, Value, day_of};
use crate::lexicon::Lexicon;

/// "Anagrafe di Altopascio: da lunedì 9 marzo riceve solo su appuntamento; prima: lun–ven 8:30–12:30". `office` is the name to show.
pub fn sentence(language: Language, change: &Change, body: &Body, office: &str) -> String {
    let all = change.key.office.is_all();
    let who = match (language, all) {
        (Language::It, true) => format!("Tutti gli uffici {}{}", of_body(body), save(language, change)),
        (Language::En, true) => format!("{}, all offices{}", short_body(body), save(language, change)),
        (Language::It, false) => match &change.key.site {
            Some(site) => format!("{} {} ({})", spoken(office, change), of_body(body), clean(site, 80)),
            None => format!("{} {}", spoken(office, change), of_body(body)),
        },
        (Language::En, false) => format!("{}, {}", short_body(body), office_and_site(office, &change.key)),
    };
    format!("{who}: {}", news(language, change, all))
}

/// Matters that are no offices by themselves: "Ambiente di Gromola" is not who speaks, "Ufficio Ambiente di Gromola" is.
const MATTERS: [&str; 13] = [
    "ambiente",
    "cultura",
    "patrimonio",
    "personale",
    "protocollo",
    "ragioneria",
    "sport-turismo",
    "statistica",
    "trasporti",
    "tributi",
    "urbanistica",
    "viabilita",
    "legale",
];

/// The office as one speaks of it in a sentence.
fn spoken(office: &str, change: &Change) -> String {
    let name = clean(office, 80);
    let is_matter = MATTERS.contains(&change.key.office.0.as_str()) && !name.to_lowercase().starts_with("uffici");
    if is_matter { format!("Ufficio {name}") } else { name }
}

/// "Altopascio · Anagrafe: solo su appuntamento dal 9 marzo".
pub fn headline(language: Language, change: &Change, body: &Body, office: &str) -> String {
    let who = if change.key.office.is_all() {
        format!("{}{}", pick(language, "tutti gli uffici", "all offices"), save(language, change))
    } else {
        office_and_site(office, &change.key)
    };
    format!("{} · {who}: {}", short_body(body), gist(language, change))
}

/// The offices that a rule about all leaves out: ", tranne Anagrafe e URP"; nothing when there are none.
fn save(language: Language, change: &Change) -> String {
    if change.except.is_empty() {
        return String::new();
    }
    let lexicon = Lexicon::builtin();
    let names: Vec<String> = change.except.iter().map(|office| clean(lexicon.office_name(office, language), 80)).collect();
    format!("{} {}", pick(language, ", tranne", ", except"), list_of_names(language, &names))
}

/// "aperto al pubblico", "solo su appuntamento".
pub fn status(language: Language, status: Status) -> &'static str {
    let (it, en) = match status {
        Status::Open => ("ricevimento senza appuntamento", "open without booking"),
        Status::Reduced => ("servizio ridotto", "reduced service"),
        Status::Appointment => ("solo su appuntamento", "by appointment only"),
        Status::Remote => ("solo a distanza", "by phone, mail or online only"),
        Status::Closed => ("chiuso al pubblico", "closed to the public"),
    };
    pick(language, it, en)
}

pub(super) fn year(change: &Change) -> i16 {
    day_of(change.detected_at).year()
}

/// All but who: period, what holds, what held.
fn news(language: Language, change: &Change, all: bool) -> String {
    let when = period(language, change.effective_from, change.effective_until, year(change));
    let mut text = match change.aspect {
        Aspect::Hours => hours_news(language, change, when, all),
        Aspect::Status => status_news(language, change, when, all),
        Aspect::Channels => placed(language, when, &channels_news(language, change, all)),
        Aspect::Address => address_news(language, change, when),
        Aspect::Closures => return closures_news(language, change),
        Aspect::Openings => return openings_news(language, change),
    };
    for fact in &change.further {
        let when = period(language, fact.from, fact.until, year(change)).map(|when| format!(" {when}")).unwrap_or_default();
        text += &format!("; {}{when}: {}", pick(language, "poi", "then"), short_value(language, &fact.value));
    }
    text
}

/// Italian begins with the day, English ends with it.
fn placed(language: Language, when: Option<String>, what: &str) -> String {
    match (when, language) {
        (None, _) => what.to_string(),
        (Some(when), Language::It) => format!("{when} {what}"),
        (Some(when), Language::En) => format!("{what} {when}"),
    }
}

/// What held: "; prima: …", in a sentence of its own where the new value has parts of its own.
fn before(language: Language, new: &str, old: &str) -> String {
    let parts = new.contains("; ") || old.contains("; ");
    match (old.is_empty(), parts) {
        (true, _) => String::new(),
        (false, false) => format!("; {}: {old}", pick(language, "prima", "before")),
        (false, true) => format!(". {}: {old}", pick(language, "Prima", "Before")),
    }
}

fn hours_news(language: Language, change: &Change, when: Option<String>, all: bool) -> String {
    let old = change.before.as_ref().map(|value| short_value(language, value)).unwrap_or_default();
    let passing = change.effective_until.is_some();
    let Some(after) = &change.after else {
        let what = pick(language, "l'orario non è più indicato; era:", "the hours are no longer stated; they were:");
        return match (when, language) {
            (Some(when), Language::It) => format!("{when} {what} {old}"),
            (Some(when), Language::En) => format!("{when} {what} {old}"),
            (None, _) => format!("{what} {old}"),
        };
    };
    let new = short_value(language, after);
    let name = match (passing, old.is_empty(), all) {
        (true, _, _) => pick(language, "orario temporaneo", "temporary hours"),
        (false, false, _) => pick(language, "nuovo orario", "new hours"),
        (false, true, false) => pick(language, "ora indica l'orario", "now states its hours"),
        (false, true, true) => pick(language, "ora indicano l'orario", "now state their hours"),
    };
    // "fino a domenica 26 luglio" ends what began before: it stands behind the hours
    if change.effective_from.is_none() && passing {
        return format!("{name}: {new}, {}{}", when.unwrap_or_default(), before(language, &new, &old));
    }
    format!("{}: {new}{}", placed(language, when, name), before(language, &new, &old))
}

fn status_news(language: Language, change: &Change, when: Option<String>, all: bool) -> String {
    let old = match &change.before {
        Some(Value::Status(old)) => Some(*old),
        Some(Value::Hours(_) | Value::Channels(_) | Value::Address(_) | Value::Closures(_) | Value::Openings(_)) | None => None,
    };
    let Some(Value::Status(new)) = &change.after else {
        let was = old.map(|old| status(language, old)).unwrap_or_default();
        let when = when.map(|when| format!("{when} ")).unwrap_or_default();
        return format!(
            "{when}{} {was}",
            pick(language, "le modalità di accesso non sono più indicate; erano:", "how to be served is no longer stated; it was:")
        );
    };
    let (one, many, en) = match (new, old) {
        (Status::Open, Some(Status::Closed | Status::Remote)) => {
            ("torna a ricevere il pubblico", "tornano a ricevere il pubblico", "open to the public again")
        }
        (Status::Open, Some(Status::Appointment)) => {
            ("riceve senza appuntamento", "ricevono senza appuntamento", "no booking needed any more")
        }
        (Status::Open, Some(Status::Reduced)) => ("torna al servizio normale", "tornano al servizio normale", "full service again"),
        (Status::Open, Some(Status::Open) | None) => ("riceve il pubblico", "ricevono il pubblico", "open to the public"),
        (Status::Reduced, _) => ("servizio ridotto", "servizio ridotto", "reduced service"),
        (Status::Appointment, _) => ("riceve solo su appuntamento", "ricevono solo su appuntamento", "by appointment only"),
        (Status::Remote, _) => (
            "risponde solo a distanza (telefono, mail, online)",
            "rispondono solo a distanza (telefono, mail, online)",
            "by phone, mail or online only",
        ),
        (Status::Closed, _) => ("non riceve il pubblico", "non ricevono il pubblico", "closed to the public"),
    };
    let it = if all { many } else { one };
    // what one used to do is best said by the hours
    let was = match (&change.hours, old) {
        (Some(Value::Hours(entries)), Some(Status::Open | Status::Reduced)) => hours(language, entries),
        (_, Some(old)) => status(language, old).to_string(),
        (_, None) => String::new(),
    };
    let new = placed(language, when, pick(language, it, en));
    format!("{new}{}", before(language, &new, &was))
}

fn channels_news(language: Language, change: &Change, all: bool) -> String {
    let set = |value: &Option<Value>| match value {
        Some(Value::Channels(channels)) => channels.clone(),
        Some(Value::Hours(_) | Value::Status(_) | Value::Address(_) | Value::Closures(_) | Value::Openings(_)) | None => Default::default(),
    };
    channels::difference(language, &set(&change.before), &set(&change.after), all)
}

fn address_news(language: Language, change: &Change, when: Option<String>) -> String {
    let old = change.before.as_ref().map(|value| short_value(language, value)).unwrap_or_default();
    let what = match &change.after {
        None => format!("{} {old}", pick(language, "l'indirizzo non è più indicato; era:", "the address is no longer stated; it was:")),
        Some(new) => {
            let new = short_value(language, new);
            let was = before(language, &new, &old);
            return match language {
                Language::It => format!("{}nuova sede in {new}{was}", when.map(|when| format!("{when} ")).unwrap_or_default()),
                Language::En => format!("{}: {new}{was}", placed(language, when, "new address")),
            };
        }
    };
    match when {
        Some(when) => format!("{when} {what}"),
        None => what,
    }
}

/// Closed days that came and closed days that went, as ranges of days.
pub(super) fn closures(change: &Change) -> (Vec<DateRange>, Vec<DateRange>) {
    let days = |value: &Option<Value>| match value {
        Some(Value::Closures(ranges)) => days_of(ranges),
        Some(Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) | Value::Openings(_)) | None => BTreeSet::new(),
    };
    let (old, new) = (days(&change.before), days(&change.after));
    let only = |these: &BTreeSet<Date>, those: &BTreeSet<Date>| DateRange::merged(these.difference(those).copied().map(DateRange::day));
    (only(&new, &old), only(&old, &new))
}

/// No list of closures is told further than this many days.
const MOST_DAYS: usize = 3 * 366;

fn days_of(ranges: &[DateRange]) -> BTreeSet<Date> {
    let days = |range: &DateRange| {
        let last = range.last();
        std::iter::successors(Some(range.first()), |day| day.tomorrow().ok()).take_while(move |day| *day <= last).take(MOST_DAYS)
    };
    ranges.iter().flat_map(days).collect()
}

/// Whether days lie beside others that were closed already: "anche lunedì 23".
pub(super) fn lies_beside(came: &[DateRange], change: &Change) -> bool {
    let Some(Value::Closures(old)) = &change.before else { return false };
    let touches = |one: &DateRange, other: &DateRange| {
        one.last().tomorrow().is_ok_and(|day| day == other.first()) || other.last().tomorrow().is_ok_and(|day| day == one.first())
    };
    came.iter().all(|came| old.iter().any(|old| touches(came, old)))
}

fn closures_news(language: Language, change: &Change) -> String {
    let (came, went) = closures(change);
    let list = |ranges: &[DateRange]| and(language, &ranges.iter().map(|days| range(language, *days, year(change))).collect::<Vec<_>>());
    match (came.as_slice(), went.as_slice()) {
        ([], went) => match language {
            Language::It => format!(
                "annullata la chiusura {}",
                and(language, &went.iter().map(|days| of_days(*days, year(change))).collect::<Vec<_>>())
            ),
            Language::En => {
                let days = |days: &DateRange| {
                    let words = range(language, *days, year(change));
                    if days.first() == days.last() { format!("of {words}") } else { words }
                };
                format!("closure {} called off", and(language, &went.iter().map(days).collect::<Vec<_>>()))
            }
        },
        (came, []) if lies_beside(came, change) => format!("{} {}", pick(language, "chiusura anche", "also closed"), list(came)),
        (came, []) => format!("{} {}", pick(language, "chiusura", "closed"), list(came)),
        (came, went) => {
            format!("{} {} {} {}", pick(language, "chiusura", "closed"), list(came), pick(language, "anziché", "instead of"), list(went))
        }
    }
}

/// "di martedì 24 marzo", "da lunedì 23 a mercoledì 25 marzo".
fn of_days(days: DateRange, year: i16) -> String {
    let words = range(Language::It, days, year);
    if days.first() == days.last() { format!("di {words}") } else { words }
}

/// "del 24 marzo", "dell'8 marzo", "dal 24 al 31 marzo": for a subject.
pub(super) fn of_short(language: Language, days: DateRange, year: i16) -> String {
    let words = short_range(language, days, year);
    match language {
        Language::It => match words.strip_prefix("il ") {
            Some(day) => format!("del {day}"),
            None => words.strip_prefix("l'").map_or_else(|| words.clone(), |day| format!("dell'{day}")),
        },
        Language::En => words.strip_prefix("on ").unwrap_or(&words).to_string(),
    }
}

fn openings_news(language: Language, change: &Change) -> String {
    let days = |value: &Option<Value>| match value {
        Some(Value::Openings(openings)) => openings.clone(),
        Some(Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) | Value::Closures(_)) | None => Default::default(),
    };
    let (old, new) = (days(&change.before), days(&change.after));
    let day = |opening: &Opening| dates::long_day(language, opening.date, year(change));
    let list = |openings: &[&Opening]| {
        let words = openings.iter().map(|opening| format!("{} {}", day(opening), span(language, opening.span)));
        and(language, &words.collect::<Vec<_>>())
    };
    let (came, went): (Vec<&Opening>, Vec<&Opening>) = (new.difference(&old).collect(), old.difference(&new).collect());
    match (came.as_slice(), went.as_slice()) {
        ([], went) => {
            let words = went.iter().map(|opening| format!("{} ({})", day(opening), span(language, opening.span))).collect::<Vec<_>>();
            match language {
                Language::It => format!("annullata l'apertura straordinaria di {}", and(language, &words)),
                Language::En => format!("exceptional opening of {} called off", and(language, &words)),
            }
        }
        (came, []) => format!("{} {}", pick(language, "apertura straordinaria", "exceptionally open"), list(came)),
        (came, went) => format!(
            "{} {} {} {}",
            pick(language, "apertura straordinaria", "exceptionally open"),
            list(came),
            pick(language, "anziché", "instead of"),
            list(went)
        ),
    }
}

fn short_value(language: Language, value: &Value) -> String {
    match value {
        Value::Hours(entries) => hours(language, entries),
        Value::Status(value) => status(language, *value).into(),
        Value::Channels(channels) => {
            and(language, &channels.iter().map(|channel| channels::channel(language, channel)).collect::<Vec<_>>())
        }
        Value::Address(address) => clean(address, 120),
        Value::Closures(ranges) => ranges.iter().map(DateRange::to_string).collect::<Vec<_>>().join(", "),
        Value::Openings(openings) => openings.iter().map(Opening::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Access, BodyId, BodyKind, Channel, ChannelKind, OfficeHours, OfficeId, OfficeKey, Rule};
    use jiff::civil::date;

    fn altopascio() -> Body {
        Body { id: BodyId("x".into()), name: "Comune di Altopascio".into(), kind: BodyKind::Comune, province: None, istat: None, ipa: None }
    }

    fn change(office: &str, before: Option<Value>, after: Option<Value>) -> Change {
        let aspect = after.as_ref().or(before.as_ref()).unwrap().aspect();
        Change {
            id: None,
            detected_at: "2026-03-01T08:00:00Z".parse().unwrap(),
            body: BodyId("x".into()),
            key: OfficeKey { office: OfficeId(office.into()), site: None, other: None },
            name: String::new(),
            except: Vec::new(),
            aspect,
            before,
            after,
            effective_from: None,
            effective_until: None,
            further: Vec::new(),
            hours: None,
            causes: Vec::new(),
            rule: Rule::Revised,
        }
    }

    fn week(oh: &str) -> Value {
        Value::Hours(vec![OfficeHours { week: oh.parse().unwrap(), access: Access::WalkIn }])
    }

    fn both(change: &Change, office: &str) -> [String; 2] {
        [sentence(Language::It, change, &altopascio(), office), sentence(Language::En, change, &altopascio(), office)]
    }

    #[test]
    fn a_status_says_what_one_used_to_do_by_its_hours() {
        let mut change = change("anagrafe", Some(Value::Status(Status::Open)), Some(Value::Status(Status::Appointment)));
        change.effective_from = Some(date(2026, 3, 9));
        change.hours = Some(week("Mo-Fr 08:30-12:30"));
        assert_eq!(
            both(&change, "Anagrafe"),
            [
                "Anagrafe di Altopascio: da lunedì 9 marzo riceve solo su appuntamento; prima: lun–ven 8:30–12:30",
                "Altopascio, Anagrafe: by appointment only from Monday 9 March; before: Mon–Fri 8:30–12:30",
            ]
        );
        assert_eq!(headline(Language::It, &change, &altopascio(), "Anagrafe"), "Altopascio · Anagrafe: solo su appuntamento dal 9 marzo");
        assert_eq!(headline(Language::En, &change, &altopascio(), "Registry"), "Altopascio · Registry: by appointment only from 9 March");
    }

    #[test]
    fn hours_stand_beside_those_of_before() {
        let change = change("tributi", Some(week("Mo-Fr 08:30-12:30")), Some(week("Mo-Fr 09:00-12:30")));
        assert_eq!(
            both(&change, "Tributi"),
            [
                "Ufficio Tributi di Altopascio: nuovo orario: lun–ven 9:00–12:30; prima: lun–ven 8:30–12:30",
                "Altopascio, Tributi: new hours: Mon–Fri 9:00–12:30; before: Mon–Fri 8:30–12:30",
            ]
        );
        assert_eq!(headline(Language::It, &change, &altopascio(), "Tributi"), "Altopascio · Tributi: lun–ven 9:00–12:30");
    }

    #[test]
    fn closures_tell_what_is_new() {
        let days = |days: &[&str]| Value::Closures(days.iter().map(|day| day.parse().unwrap()).collect());
        let change = change("tutti", Some(days(&["2026-12-07"])), Some(days(&["2026-12-07", "2026-12-24/2026-12-31"])));
        assert_eq!(
            both(&change, "tutti"),
            [
                "Tutti gli uffici di Altopascio: chiusura da giovedì 24 a giovedì 31 dicembre",
                "Altopascio, all offices: closed from Thursday 24 to Thursday 31 December",
            ]
        );
        assert_eq!(headline(Language::It, &change, &altopascio(), ""), "Altopascio · tutti gli uffici: chiusura dal 24 al 31 dicembre");
    }

    #[test]
    fn who_is_left_out_of_a_rule_about_all_is_named() {
        let mut change = change("tutti", None, Some(Value::Closures(vec!["2026-12-24".parse().unwrap()])));
        change.except = vec![OfficeId("stato-civile".into()), OfficeId("urp".into())];
        let [it, en] = both(&change, "tutti");
        assert_eq!(it, "Tutti gli uffici di Altopascio, tranne Stato civile e URP: chiusura giovedì 24 dicembre");
        assert!(en.starts_with("Altopascio, all offices, except Civil registry and "), "{en}");
        assert_eq!(
            headline(Language::It, &change, &altopascio(), ""),
            "Altopascio · tutti gli uffici, tranne Stato civile e URP: chiusura il 24 dicembre"
        );
    }

    #[test]
    fn channels_tell_what_came_and_what_went() {
        let set = |numbers: &[&str]| {
            Value::Channels(numbers.iter().map(|n| Channel { kind: ChannelKind::Phone, value: Some((*n).into()) }).collect())
        };
        let swapped = change("urp", Some(set(&["+390583111111"])), Some(set(&["+390583222222"])));
        assert_eq!(both(&swapped, "URP")[0], "URP di Altopascio: nuovo telefono 0583 222222 (prima 0583 111111)");
        let gone = change("urp", Some(set(&["+390583111111", "+390583222222"])), Some(set(&["+390583222222"])));
        assert_eq!(both(&gone, "URP")[0], "URP di Altopascio: non è più indicato il telefono 0583 111111");
    }
}
