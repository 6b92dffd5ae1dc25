//! A change as JSON and as a row of CSV.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value as Json;

use super::{value, value_text};
use crate::domain::{Aspect, BodyId, Change, ChangeId, OfficeId};

/// A change, in the order of keys that the format has.
#[derive(Debug, Serialize)]
pub struct ChangeRecord<'a> {
    id: Option<ChangeId>,
    detected_at: Timestamp,
    body: &'a BodyId,
    office: &'a OfficeId,
    site: Option<&'a str>,
    aspect: Aspect,
    before: Option<Json>,
    after: Option<Json>,
    effective_from: Option<Date>,
    effective_until: Option<Date>,
    url: Option<&'a str>,
    snapshot: Option<i64>,
    evidence: &'a [String],
}

impl<'a> ChangeRecord<'a> {
    /// The public form of a change. `url`, `snapshot` and `evidence` are those of its first cause.
    pub fn new(change: &'a Change) -> Self {
        let cause = change.causes.first();
        Self {
            id: change.id,
            detected_at: change.detected_at,
            body: &change.body,
            office: &change.key.office,
            site: change.key.site.as_deref(),
            aspect: change.aspect,
            before: change.before.as_ref().map(value),
            after: change.after.as_ref().map(value),
            effective_from: change.effective_from,
            effective_until: change.effective_until,
            url: cause.map(|cause| cause.url.as_str()),
            snapshot: cause.map(|cause| cause.snapshot),
            evidence: cause.map(|cause| cause.evidence.as_slice()).unwrap_or_default(),
        }
    }
}

/// The header of the CSV form.
#[rustfmt::skip]
pub const CSV_HEADER: [&str; 13] = [
    "id", "detected_at", "body", "office", "site", "aspect", "before", "after", "effective_from", "effective_until", "url", "snapshot", "evidence",
];

/// The row of a change, in the order of [`CSV_HEADER`]; lists are joined with commas, sentences with spaces.
pub fn csv_row(change: &Change) -> [String; 13] {
    let cause = change.causes.first();
    let text = |value: Option<String>| value.unwrap_or_default();
    let value = |value: &Option<crate::domain::Value>| value.as_ref().map(|value| value_text(Some(value)));
    [
        text(change.id.map(|id| id.0.to_string())),
        change.detected_at.to_string(),
        change.body.to_string(),
        change.key.office.to_string(),
        text(change.key.site.clone()),
        change.aspect.as_str().into(),
        text(value(&change.before)),
        text(value(&change.after)),
        text(change.effective_from.map(|day| day.to_string())),
        text(change.effective_until.map(|day| day.to_string())),
        text(cause.map(|cause| cause.url.clone())),
        text(cause.map(|cause| cause.snapshot.to_string())),
        text(cause.map(|cause| cause.evidence.join(" "))),
    ]
}
