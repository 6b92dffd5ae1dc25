//! When two values mean the same, whatever their format, order or spelling.

use std::collections::{BTreeMap, BTreeSet};

use super::names::fold_address;
use super::statement::Said;
use crate::domain::{Access, Channel, ChannelKind, DaySelector, OfficeHours, Season, Slot, Span, Value};

/// Whether two values mean the same.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Hours(a), Value::Hours(b)) => same_hours(a, b),
        (Value::Status(a), Value::Status(b)) => a == b,
        (Value::Channels(a), Value::Channels(b)) => meant_channels(a) == meant_channels(b),
        (Value::Address(a), Value::Address(b)) => fold_address(a) == fold_address(b),
        (Value::Closures(a), Value::Closures(b)) => a == b,
        (Value::Openings(a), Value::Openings(b)) => a == b,
        (Value::Hours(_) | Value::Status(_) | Value::Channels(_) | Value::Address(_) | Value::Closures(_) | Value::Openings(_), _) => false,
    }
}

/// As [`same`], for two statements.
pub(crate) fn same_said(one: &Said, other: &Said) -> bool {
    match (one, other) {
        (Said::Hours(a), Said::Hours(b)) => same_hours(a, b),
        (Said::Status(a), Said::Status(b)) => a == b,
        (Said::Address(a), Said::Address(b)) => fold_address(a) == fold_address(b),
        (Said::Channel(a), Said::Channel(b)) => meant_channel(a) == meant_channel(b),
        (Said::Closure(a), Said::Closure(b)) => a == b,
        (Said::Opening(a), Said::Opening(b)) => a == b,
        (Said::Hours(_) | Said::Status(_) | Said::Address(_) | Said::Channel(_) | Said::Closure(_) | Said::Opening(_), _) => false,
    }
}

/// Whether all that `part` states stands in `whole` too: what a page shows when one of its rows could not be read.
pub(crate) fn within(part: &Said, whole: &Said) -> bool {
    let (Said::Hours(part), Said::Hours(whole)) = (part, whole) else { return false };
    let (part, whole) = (slots(part), slots(whole));
    part.is_subset(&whole) && part != whole
}

fn same_hours(one: &[OfficeHours], other: &[OfficeHours]) -> bool {
    slots(one) == slots(other)
}

/// Whether the spans are equal and only the ways of access differ.
pub fn differ_in_access_alone(one: &[OfficeHours], other: &[OfficeHours]) -> bool {
    let spans =
        |hours: &[OfficeHours]| -> BTreeSet<_> { slots(hours).into_iter().map(|(_, season, day, slot)| (season, day, slot)).collect() };
    !same_hours(one, other) && spans(one) == spans(other)
}

type Placed = (Access, Option<Season>, DaySelector, Slot);

/// The week as a set of intervals. A day said to be shut is a day of which nothing is said, save inside a season or for certain
/// weeks of the month, where "off" takes something away; spans that touch are one.
fn slots(hours: &[OfficeHours]) -> BTreeSet<Placed> {
    let mut spans: BTreeMap<(Access, Option<Season>, DaySelector), Vec<Span>> = BTreeMap::new();
    let mut placed = BTreeSet::new();
    for entry in hours {
        for (season, day, slot) in entry.week.iter() {
            match slot {
                Slot::Off if season.is_none() && day.nth.is_empty() => {}
                Slot::Times(span) => spans.entry((entry.access, season, day.clone())).or_default().push(*span),
                Slot::Off | Slot::Part(_) => {
                    placed.insert((entry.access, season, day.clone(), slot.clone()));
                }
            }
        }
    }
    for ((access, season, day), spans) in spans {
        placed.extend(joined(spans).into_iter().map(|span| (access, season, day.clone(), Slot::Times(span))));
    }
    placed
}

/// Spans that overlap or touch become one.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        let merged = joined.last().and_then(|last| match (last.to(), span.to()) {
            (Some(to), Some(end)) if span.from() <= to => Span::new(last.from(), to.max(end)),
            (None, _) if span.from() >= last.from() => Some(*last),
            (Some(_) | None, _) => None,
        });
        match (merged, joined.last_mut()) {
            (Some(merged), Some(last)) => *last = merged,
            (Some(_) | None, _) => joined.push(span),
        }
    }
    joined
}

/// Channels as they are meant; a channel announced without an address yields to one of its kind that has one.
pub fn meant_channels(channels: &BTreeSet<Channel>) -> BTreeSet<Channel> {
    let mut meant: BTreeSet<Channel> = channels.iter().map(meant_channel).collect();
    let valued: BTreeSet<ChannelKind> = meant.iter().filter(|channel| channel.value.is_some()).map(|channel| channel.kind).collect();
    meant.retain(|channel| channel.value.is_some() || !valued.contains(&channel.kind));
    meant
}

/// One channel as it is meant: mail without case, an address on the web without scheme, session and tracking.
pub(crate) fn meant_channel(channel: &Channel) -> Channel {
    let value = channel.value.as_deref().map(|value| match channel.kind {
        ChannelKind::Email | ChannelKind::Pec | ChannelKind::Skype | ChannelKind::App => value.trim().to_lowercase(),
        ChannelKind::Web => meant_url(value),
        ChannelKind::Phone | ChannelKind::Fax | ChannelKind::Whatsapp => value.chars().filter(|c| !c.is_whitespace()).collect(),
    });
    Channel { kind: channel.kind, value }
}

/// Parameters that differ from load to load, or from link to link, and name no other page.
fn is_noise(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    const NOISE: [&str; 17] = [
        "phpsessid",
        "jsessionid",
        "aspsessionid",
        "sessionid",
        "session",
        "sid",
        "cfid",
        "cftoken",
        "token",
        "csrf",
        "nonce",
        "_",
        "ts",
        "fbclid",
        "gclid",
        "ref",
        "cachebuster",
    ];
    name.starts_with("utm_") || NOISE.contains(&name.as_str())
}

fn meant_url(url: &str) -> String {
    let url = url.trim();
    let without_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let without_fragment = without_scheme.split('#').next().unwrap_or_default();
    let (path, query) = without_fragment.split_once('?').unwrap_or((without_fragment, ""));
    let path = path.split(';').next().unwrap_or_default(); // ";jsessionid=…"
    let (host, path) = path.split_once('/').unwrap_or((path, ""));
    let mut kept: Vec<&str> = query.split('&').filter(|parameter| !parameter.is_empty() && !is_noise(parameter)).collect();
    kept.sort_unstable();
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    format!("{host}/{}{query}", path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> Value {
        Value::Hours(vec![OfficeHours { week: text.parse().unwrap(), access: Access::WalkIn }])
    }

    #[test]
    fn hours_are_compared_as_sets_of_intervals() {
        for (one, other) in [
            ("Mo-Fr 08:30-12:30", "Mo-Fr 08:30-12:30; Sa off"),
            ("Mo 08:00-10:00,10:00-12:00", "Mo 08:00-12:00"),
            ("Mo 08:00-11:00,10:00-12:00", "Mo 08:00-12:00"),
            ("Tu,Th 15:00-17:30; Mo-Fr 08:30-12:30", "Mo-Fr 08:30-12:30; PH off"),
        ] {
            assert!(same(&hours(one), &hours(other)), "{one} · {other}");
        }
        for (one, other) in [
            ("Mo-Fr 08:30-12:30", "Mo-Th 08:30-12:30"),
            ("Mo 09:00+", "Mo 09:00-12:00"),
            ("Sa[1] 09:00-12:00", "Sa 09:00-12:00"),
            ("Mo \"mattina\"", "Mo \"pomeriggio\""),
            ("Mo-Sa 09:00-12:00", "Mo-Sa 09:00-12:00; Jul 01-Aug 31 Sa off"),
        ] {
            assert!(!same(&hours(one), &hours(other)), "{one} · {other}");
        }
    }

    #[test]
    fn a_token_in_a_booking_link_is_no_other_link() {
        let web = |url: &str| Value::Channels([Channel { kind: ChannelKind::Web, value: Some(url.into()) }].into());
        assert!(same(&web("http://www.x.it/prenota/?sid=91&servizio=2"), &web("https://x.it/prenota?servizio=2#top")));
        assert!(same(&web("https://x.it/prenota;jsessionid=AB12"), &web("https://x.it/prenota")));
        assert!(!same(&web("https://x.it/prenota?servizio=2"), &web("https://x.it/prenota?servizio=3")));
    }

    #[test]
    fn a_channel_without_address_yields_to_one_that_has_it() {
        let whatsapp = |value: Option<&str>| Channel { kind: ChannelKind::Whatsapp, value: value.map(str::to_string) };
        let one = Value::Channels([whatsapp(None), whatsapp(Some("+393331112223"))].into());
        assert!(same(&one, &Value::Channels([whatsapp(Some("+393331112223"))].into())));
    }
}
