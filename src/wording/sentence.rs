//! A change as one sentence, and as a subject.

use jiff::civil::Date;

use super::dates::{period, range, short_from, short_range, short_until};
use super::week::{hours, span_in_words};
use super::{and, channels, clean, dates, of_body, office_and_site, pick, short_body};
use crate::domain::{Aspect, Body, Change, DateRange, Language, Opening, Status, Value, day_of};
use crate::lexicon::Lexicon;

/// "Anagrafe di Altopascio: da lunedì 9 marzo riceve solo su appuntamento; prima: lun–ven 8:30–12:30". `office` is the name to show.
pub fn sentence(language: Language, change: &Change, body: &Body, office: &str) -> String {
    let all = change.key.office.is_all();
    let who = match (language, all) {
        (Language::It, true) => format!("Tutti gli uffici {}{}", of_body(body), save(language, change)),
        (Language::En, true) => format!("{}, all offices{}", short_body(body), save(language, change)),
        (Language::It, false) => match &change.key.site {
            Some(site) => format!("{} {} ({})", clean(office, 80), of_body(body), clean(site, 80)),
            None => format!("{} {}", clean(office, 80), of_body(body)),
        },
        (Language::En, false) => format!("{}, {}", short_body(body), office_and_site(office, &change.key)),
    };
    format!("{who}: {}", news(language, change, all))
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
    format!("{} {}", pick(language, ", tranne", ", except"), and(language, &names))
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

fn year(change: &Change) -> i16 {
    day_of(change.detected_at).year()
}

/// All but who: period, what holds, what held.
fn news(language: Language, change: &Change, all: bool) -> String {
    let when = period(language, change.effective_from, change.effective_until, year(change));
    let what = match change.aspect {
        Aspect::Hours => hours_news(language, change),
        Aspect::Status => status_news(language, change, all),
        Aspect::Channels => channels_news(language, change),
        Aspect::Address => address_news(language, change),
        Aspect::Closures => {
            return days_news(language, change, closures(change), ("chiusura", "closed"), ("annullata la chiusura", "closure called off"));
        }
        Aspect::Openings => return openings_news(language, change),
    };
    let mut text = match when {
        Some(when) => format!("{when} {what}"),
        None => what,
    };
    for fact in &change.further {
        let when = period(language, fact.from, fact.until, year(change)).unwrap_or_else(|| pick(language, "poi", "then").into());
        text += &format!("; {when}: {}", short_value(language, &fact.value));
    }
    text
}

fn before(language: Language, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("; {}: {text}", pick(language, "prima", "before")) }
}

fn hours_news(language: Language, change: &Change) -> String {
    let old = change.before.as_ref().map(|value| short_value(language, value)).unwrap_or_default();
    match (&change.after, old.is_empty()) {
        (None, _) => format!("{} {old}", pick(language, "l'orario non è più indicato; era:", "the hours are no longer stated; they were:")),
        (Some(after), true) => format!("{} {}", pick(language, "orario:", "hours:"), short_value(language, after)),
        (Some(after), false) => {
            format!("{} {}{}", pick(language, "nuovo orario:", "new hours:"), short_value(language, after), before(language, &old))
        }
    }
}

fn status_news(language: Language, change: &Change, all: bool) -> String {
    let old = match &change.before {
        Some(Value::Status(old)) => Some(*old),
        Some(Value::Hours(_) | Value::Channels(_) | Value::Address(_) | Value::Closures(_) | Value::Openings(_)) | None => None,
    };
    let Some(Value::Status(new)) = &change.after else {
        let was = old.map(|old| status(language, old)).unwrap_or_default();
        return format!(
            "{} {was}",
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
    format!("{}{}", pick(language, it, en), before(language, &was))
}

fn channels_news(language: Language, change: &Change) -> String {
    let set = |value: &Option<Value>| match value {
        Some(Value::Channels(channels)) => channels.clone(),
        Some(Value::Hours(_) | Value::Status(_) | Value::Address(_) | Value::Closures(_) | Value::Openings(_)) | None => Default::default(),
    };
    channels::difference(language, &set(&change.before), &set(&change.after))
}

fn address_news(language: Language, change: &Change) -> String {
    let old = change.before.as_ref().map(|value| short_value(language, value)).unwrap_or_default();
    match &change.after {
        None => format!("{} {old}", pick(language, "l'indirizzo non è più indicato; era:", "the address is no longer stated; it was:")),
        Some(new) => format!("{} {}{}", pick(language, "nuova sede:", "new address:"), short_value(language, new), before(language, &old)),
    }
}

/// Days that came, days that went.
fn closures(change: &Change) -> (Vec<DateRange>, Vec<DateRange>) {
    let days = |value: &Option<Value>| match value {
        Some(Value::Closures(ranges)) => ranges.clone(),
        Some(Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) | Value::Openings(_)) | None => Vec::new(),
    };
    let (old, new) = (days(&change.before), days(&change.after));
    let only = |these: &[DateRange], those: &[DateRange]| these.iter().filter(|range| !those.contains(range)).copied().collect();
    (only(&new, &old), only(&old, &new))
}

fn days_news(
    language: Language,
    change: &Change,
    (came, went): (Vec<DateRange>, Vec<DateRange>),
    verb: (&str, &str),
    undone: (&str, &str),
) -> String {
    let list = |ranges: &[DateRange]| and(language, &ranges.iter().map(|days| range(language, *days, year(change))).collect::<Vec<_>>());
    let mut parts = Vec::new();
    if !came.is_empty() {
        parts.push(format!("{} {}", pick(language, verb.0, verb.1), list(&came)));
    }
    if !went.is_empty() && came.is_empty() {
        parts.push(format!("{} {}", pick(language, undone.0, undone.1), list(&went)));
    } else if !went.is_empty() {
        parts.push(format!("{}: {}", pick(language, "prima", "before"), list(&went)));
    }
    parts.join("; ")
}

fn openings_news(language: Language, change: &Change) -> String {
    let days = |value: &Option<Value>| match value {
        Some(Value::Openings(openings)) => openings.clone(),
        Some(Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) | Value::Closures(_)) | None => Default::default(),
    };
    let (old, new) = (days(&change.before), days(&change.after));
    let list = |openings: Vec<&Opening>| {
        let words = openings
            .iter()
            .map(|opening| format!("{} {}", dates::long_day(language, opening.date, year(change)), span_in_words(language, opening.span)));
        and(language, &words.collect::<Vec<_>>())
    };
    let (came, went): (Vec<&Opening>, Vec<&Opening>) = (new.difference(&old).collect(), old.difference(&new).collect());
    let mut parts = Vec::new();
    if !came.is_empty() {
        parts.push(format!("{} {}", pick(language, "apertura straordinaria", "exceptionally open"), list(came.clone())));
    }
    if !went.is_empty() && came.is_empty() {
        parts.push(format!("{} {}", pick(language, "annullata l'apertura straordinaria", "exceptional opening called off:"), list(went)));
    } else if !went.is_empty() {
        parts.push(format!("{}: {}", pick(language, "prima", "before"), list(went)));
    }
    parts.join("; ")
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

/// What a subject says after the office: "solo su appuntamento dal 9 marzo".
pub fn gist(language: Language, change: &Change) -> String {
    let year = year(change);
    let when = |from: Option<Date>, until: Option<Date>| match (from, until) {
        (Some(from), Some(until)) => {
            DateRange::new(from, until).map(|days| format!(" {}", short_range(language, days, year))).unwrap_or_default()
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
        (None, Aspect::Closures) => text("chiusura annullata", "closure called off"),
        (None, Aspect::Openings) => text("apertura straordinaria annullata", "exceptional opening called off"),
        (Some(Value::Hours(entries)), _) => {
            let words = hours(language, entries);
            if words.chars().count() <= 40 { format!("{words}{when}") } else { text("nuovo orario", "new hours") }
        }
        (Some(Value::Status(new)), _) => format!("{}{when}", status(language, *new)),
        (Some(Value::Channels(_)), _) => text("recapiti cambiati", "contacts changed"),
        (Some(Value::Address(address)), _) => format!("{} {}{when}", pick(language, "nuova sede,", "new address,"), clean(address, 60)),
        (Some(Value::Closures(_)), _) => match closures(change).0.as_slice() {
            [] => pick(language, "chiusura annullata", "closure called off").into(),
            [only] => format!("{} {}", pick(language, "chiusura", "closed"), short_range(language, *only, year)),
            [_, ..] => text("giorni di chiusura", "days closed"),
        },
        (Some(Value::Openings(_)), _) => text("apertura straordinaria", "exceptional opening"),
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
                "Altopascio, Anagrafe: from Monday 9 March by appointment only; before: Mon–Fri 8:30–12:30",
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
                "Tributi di Altopascio: nuovo orario: lun–ven 9:00–12:30; prima: lun–ven 8:30–12:30",
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
        assert!(en.starts_with("Altopascio, all offices, except Civil status and "), "{en}");
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
        assert_eq!(both(&gone, "URP")[0], "URP di Altopascio: non è più indicato: telefono 0583 111111");
    }
}
