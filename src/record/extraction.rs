//! The record of extraction, one document a line: the public form of a reading, for scores and for other programs.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::{Access, Channel, DateRange, Notice, OfficeId, Opening, Reading, Status, Week};

/// What was read from one document.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    /// The file's name, or the address.
    pub file: &'a str,
    /// The document's own date.
    pub published: Option<Date>,
    /// Office by office.
    pub notices: Vec<NoticeRecord<'a>>,
}

/// One notice, in the order of keys that the format has.
#[derive(Debug, Serialize)]
pub struct NoticeRecord<'a> {
    office: &'a OfficeId,
    name: &'a str,
    site: Option<&'a str>,
    status: Option<Status>,
    hours: Vec<HoursRecord>,
    closures: &'a [DateRange],
    openings: Vec<OpeningRecord>,
    channels: &'a [Channel],
    address: Option<&'a str>,
    valid_from: Option<Date>,
    valid_until: Option<Date>,
    except: &'a [OfficeId],
    evidence: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct HoursRecord {
    oh: Week,
    access: Access,
}

#[derive(Debug, Serialize)]
struct OpeningRecord {
    date: Date,
    oh: String,
}

impl<'a> Record<'a> {
    /// The record of a reading of the document called `file`.
    pub fn new(file: &'a str, reading: &'a Reading) -> Self {
        Self { file, published: reading.published, notices: reading.notices.iter().map(NoticeRecord::new).collect() }
    }
}

impl<'a> NoticeRecord<'a> {
    fn new(notice: &'a Notice) -> Self {
        // spans and parts of the day cannot stand in one rule of the syntax, so that one week may need several entries
        let hours = notice.hours.iter().flat_map(|hours| {
            let access = hours.access;
            hours.week.entries().into_iter().map(move |oh| HoursRecord { oh, access })
        });
        Self {
            office: &notice.office,
            name: &notice.name,
            site: notice.site.as_deref(),
            status: notice.status,
            hours: hours.collect(),
            closures: &notice.closures,
            openings: by_date(&notice.openings),
            channels: &notice.channels,
            address: notice.address.as_deref(),
            valid_from: notice.valid_from,
            valid_until: notice.valid_until,
            except: &notice.except,
            evidence: notice.evidence.iter().map(|evidence| evidence.sentence.as_str()).collect(),
        }
    }
}

/// One entry a day, its spans in order.
fn by_date(openings: &[Opening]) -> Vec<OpeningRecord> {
    let mut days: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    let mut sorted: Vec<&Opening> = openings.iter().collect();
    sorted.sort();
    sorted.dedup();
    for opening in sorted {
        days.entry(opening.date).or_default().push(opening.span.to_string());
    }
    days.into_iter().map(|(date, spans)| OpeningRecord { date, oh: spans.join(",") }).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::{ChannelKind, OfficeHours};

    #[test]
    fn a_record_has_the_shape_of_the_format() {
        let mut notice = Notice::about(OfficeId("anagrafe".into()), "Ufficio anagrafe");
        let week: Week = "Mo 08:30-12:30, Mo \"pomeriggio\"".parse().unwrap();
        notice.hours.push(OfficeHours { week, access: Access::WalkIn });
        for span in ["15:00-17:00", "08:30-12:30"] {
            notice.openings.push(Opening { date: date(2026, 12, 24), span: span.parse().unwrap() });
        }
        notice.closures.push("2026-12-26/2026-12-31".parse().unwrap());
        notice.channels.push(Channel { kind: ChannelKind::Whatsapp, value: None });
        notice.status = Some(Status::Appointment);
        let reading = Reading { published: Some(date(2026, 12, 1)), notices: vec![notice], doubts: vec![] };
        let json = serde_json::to_value(Record::new("a.html", &reading)).unwrap();
        let expected = serde_json::json!({
            "file": "a.html", "published": "2026-12-01",
            "notices": [{
                "office": "anagrafe", "name": "Ufficio anagrafe", "site": null, "status": "appointment",
                "hours": [{"oh": "Mo 08:30-12:30", "access": "walk_in"}, {"oh": "Mo \"pomeriggio\"", "access": "walk_in"}],
                "closures": ["2026-12-26/2026-12-31"], "openings": [{"date": "2026-12-24", "oh": "08:30-12:30,15:00-17:00"}],
                "channels": [{"kind": "whatsapp", "value": null}], "address": null,
                "valid_from": null, "valid_until": null, "except": [], "evidence": []
            }]
        });
        assert_eq!(json, expected);
    }
}
