//! Offices as open data: schema.org in JSON-LD, with OpenStreetMap's `opening_hours` beside it.
//!
//! schema.org says plain weekly hours, closed days and single days; what it cannot say ("il primo sabato", seasons without a year, parts
//! of the day without hours) stands in the OpenStreetMap text alone, which is complete. The format is described in `docs/OPEN-DATA.md`.

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::domain::{Access, Aspect, Body, Channel, ChannelKind, Day, Fact, OfficeHours, Slot, Value};
use crate::store::StateVersion;

/// The JSON-LD context of every record.
pub const CONTEXT: &str = "https://schema.org";

/// One office as known at some moment, as a JSON-LD object of type `GovernmentOffice`.
pub fn office(body: &Body, version: &StateVersion) -> Json {
    let state = &version.state;
    let mut specifications = Vec::new();
    let mut osm = Vec::new();
    let mut contacts = Vec::new();
    let mut address = Vec::new();
    let mut status = Vec::new();
    for (aspect, facts) in &state.facts {
        for fact in facts {
            match (&fact.value, aspect) {
                (Value::Hours(hours), _) => {
                    specifications.extend(hours.iter().flat_map(|hours| weekly(hours, fact)));
                    osm.extend(hours.iter().map(|hours| dated(fact, json!({ "opening_hours": hours.week, "access": hours.access }))));
                }
                (Value::Closures(ranges), _) => specifications.extend(ranges.iter().map(|range| closed(range.first(), range.last()))),
                (Value::Openings(openings), _) => specifications.extend(openings.iter().map(|opening| {
                    let mut day = Map::new();
                    day.insert("@type".into(), json!("OpeningHoursSpecification"));
                    day.insert("opens".into(), json!(opening.span.from().to_string()));
                    day.extend(opening.span.to().map(|to| ("closes".to_string(), json!(to.to_string()))));
                    day.insert("validFrom".into(), json!(opening.date));
                    day.insert("validThrough".into(), json!(opening.date));
                    Json::Object(day)
                })),
                (Value::Channels(channels), _) => contacts.extend(channels.iter().map(contact)),
                (Value::Address(text), _) => address.push(json!({ "@type": "PostalAddress", "streetAddress": text })),
                (Value::Status(value), _) => status.push(dated(fact, json!({ "status": value }))),
            }
        }
    }
    let id = [Some(body.id.0.as_str()), Some(state.key.office.0.as_str()), state.key.site.as_deref(), state.key.other.as_deref()];
    let sources = |aspect: &Aspect| -> Vec<&str> {
        let facts = state.facts.get(aspect).into_iter().flatten();
        facts.flat_map(|fact| &fact.causes).map(|cause| cause.url.as_str()).collect()
    };
    let mut based_on: Vec<&str> = Aspect::ALL.iter().flat_map(sources).collect();
    based_on.sort_unstable();
    based_on.dedup();
    json!({
        "@context": CONTEXT,
        "@type": "GovernmentOffice",
        "identifier": id.into_iter().flatten().collect::<Vec<_>>().join("/"),
        "name": state.name,
        "parentOrganization": organization(body),
        "openingHoursSpecification": specifications,
        "contactPoint": contacts,
        "address": address,
        "isBasedOn": based_on,
        "osm": osm,
        "status": status,
        "knownFrom": version.known_from,
        "knownUntil": version.known_until,
    })
}

fn organization(body: &Body) -> Json {
    let code = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| json!({ "@type": "PropertyValue", "propertyID": name, "value": value }))
    };
    let codes: Vec<Json> = [code("IPA", &body.ipa), code("ISTAT", &body.istat)].into_iter().flatten().collect();
    json!({ "@type": "GovernmentOrganization", "name": body.name, "identifier": codes, "areaServed": body.province })
}

/// A value with the period in which it holds.
fn dated(fact: &Fact, mut value: Json) -> Json {
    if let Some(fields) = value.as_object_mut() {
        fields.extend(fact.from.map(|day| ("validFrom".to_string(), json!(day))));
        fields.extend(fact.until.map(|day| ("validThrough".to_string(), json!(day))));
    }
    value
}

/// One entry per span, the days that share it together.
fn weekly(hours: &OfficeHours, fact: &Fact) -> Vec<Json> {
    let mut spans: Vec<(String, Option<String>, Vec<&'static str>)> = Vec::new();
    for (season, day, slot) in hours.week.iter() {
        let (None, true, Slot::Times(span), Some(name)) = (season, day.nth.is_empty(), slot, day_name(day.day)) else { continue };
        let (opens, closes) = (span.from().to_string(), span.to().map(|to| to.to_string()));
        match spans.iter_mut().find(|(o, c, _)| *o == opens && *c == closes) {
            Some((_, _, days)) => days.push(name),
            None => spans.push((opens, closes, vec![name])),
        }
    }
    let entry = |(opens, closes, days): (String, Option<String>, Vec<&str>)| {
        let mut entry = json!({ "@type": "OpeningHoursSpecification", "dayOfWeek": days, "opens": opens });
        if let Some(fields) = entry.as_object_mut() {
            fields.extend(closes.map(|closes| ("closes".to_string(), json!(closes))));
            if hours.access != Access::WalkIn {
                fields.insert("description".into(), json!(hours.access));
            }
        }
        dated(fact, entry)
    };
    spans.into_iter().map(entry).collect()
}

/// schema.org writes a closed day as one that opens and closes at midnight.
fn closed(first: Date, last: Date) -> Json {
    json!({ "@type": "OpeningHoursSpecification", "opens": "00:00", "closes": "00:00", "validFrom": first, "validThrough": last })
}

fn day_name(day: Day) -> Option<&'static str> {
    Some(match day {
        Day::Mo => "Monday",
        Day::Tu => "Tuesday",
        Day::We => "Wednesday",
        Day::Th => "Thursday",
        Day::Fr => "Friday",
        Day::Sa => "Saturday",
        Day::Su => "Sunday",
        Day::Ph => "PublicHolidays",
    })
}

fn contact(channel: &Channel) -> Json {
    let mut point = json!({ "@type": "ContactPoint", "contactType": channel.kind.as_str() });
    let name = match channel.kind {
        ChannelKind::Phone | ChannelKind::Whatsapp => "telephone",
        ChannelKind::Fax => "faxNumber",
        ChannelKind::Email | ChannelKind::Pec => "email",
        ChannelKind::Web => "url",
        ChannelKind::Skype | ChannelKind::App => "identifier",
    };
    if let (Some(fields), Some(value)) = (point.as_object_mut(), &channel.value) {
        fields.insert(name.into(), json!(value));
    }
    point
}
