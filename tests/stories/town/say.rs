//! Changes and values as the stories write them.

use sportello::domain::{Access, Change, DateRange, OfficeHours, OfficeKey, Value};

use crate::script::show;

pub fn key(key: &OfficeKey) -> String {
    match (&key.site, &key.other) {
        (Some(site), _) => format!("{}@{site}", key.office),
        (None, Some(other)) => format!("{} \"{other}\"", key.office),
        (None, None) => key.office.to_string(),
    }
}

pub fn value(value: Option<&Value>) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        None => "-".into(),
        Some(Value::Hours(hours)) => hours.iter().map(entry).collect::<Vec<_>>().join(" + "),
        Some(Value::Status(status)) => status.as_str().into(),
        Some(Value::Channels(channels)) => list(channels.iter().map(ToString::to_string).collect()),
        Some(Value::Address(address)) => address.clone(),
        Some(Value::Closures(ranges)) => list(ranges.iter().map(|range| days(*range)).collect()),
        Some(Value::Openings(openings)) => {
            list(openings.iter().map(|opening| format!("{} {}", show(opening.date), opening.span)).collect())
        }
    }
}

fn entry(hours: &OfficeHours) -> String {
    match hours.access {
        Access::WalkIn => hours.week.to_string(),
        Access::Appointment => format!("{} by appointment", hours.week),
        Access::Phone => format!("{} by phone", hours.week),
        Access::Video => format!("{} by video", hours.week),
    }
}

fn days(range: DateRange) -> String {
    if range.first() == range.last() { show(range.first()) } else { format!("{}/{}", show(range.first()), show(range.last())) }
}

pub fn change(change: &Change) -> String {
    let mut text = format!("{} {}: {} → {}", key(&change.key), change.aspect, value(change.before.as_ref()), value(change.after.as_ref()));
    text += &period(change.effective_from, change.effective_until);
    for fact in &change.further {
        text += &format!(" also {}{}", value(Some(&fact.value)), period(fact.from, fact.until));
    }
    format!("{text} ({})", change.rule)
}

fn period(from: Option<jiff::civil::Date>, until: Option<jiff::civil::Date>) -> String {
    let mut text = String::new();
    if let Some(from) = from {
        text += &format!(" from {}", show(from));
    }
    if let Some(until) = until {
        text += &format!(" until {}", show(until));
    }
    text
}
