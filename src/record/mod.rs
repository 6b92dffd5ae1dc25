//! The public forms of what the program knows: readings, changes and offices as other programs read them.

mod change;
mod extraction;
mod office;

pub use change::{CSV_HEADER, ChangeRecord, csv_row};
pub use extraction::Record;
pub use office::{OfficeRecord, VersionRecord};

use serde_json::{Value as Json, json};

use crate::domain::Value;
use crate::wording;

/// The public form of a value: a string, or for channels, closures and openings a sorted list of strings.
pub fn value(value: &Value) -> Json {
    match value {
        Value::Hours(hours) => json!(wording::opening_hours(hours)),
        Value::Status(status) => json!(status.as_str()),
        Value::Channels(channels) => json!(channels.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Value::Address(address) => json!(address),
        Value::Closures(ranges) => json!(ranges.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Value::Openings(openings) => json!(openings.iter().map(ToString::to_string).collect::<Vec<_>>()),
    }
}

/// The same on one line, for tables: `–` for nothing.
pub fn value_text(of: Option<&Value>) -> String {
    match of.map(value) {
        None => "–".into(),
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", "),
        Some(Json::String(text)) => text,
        Some(other) => other.to_string(),
    }
}
