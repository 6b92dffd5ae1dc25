//! The JSON Schema of `sources.toml`, made from the same table of keys that the reader goes by.

use serde_json::{Map, Value, json};

use super::keys::{self, Key, Shape};
use crate::config::places::PROVINCES;

/// The JSON Schema (draft 2020-12 kept to what draft 7 knows too, which editors' TOML plug-ins read) of `sources.toml`.
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "sources.toml",
        "description": "Gli enti seguiti e i loro indirizzi. · The bodies that are watched, and their addresses.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "body": {
                "description": "Un ente. · A body.",
                "type": "array",
                "items": table(keys::BODY),
            },
        },
    })
}

fn table(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required.is_some()).map(|key| key.name).collect();
    let mut table = json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties });
    if keys.iter().any(|key| key.name == "every") {
        table["not"] = json!({ "required": ["every", "schedule"] });
    }
    table
}

fn property(key: &Key) -> Value {
    let texts = || json!({ "type": ["string", "array"], "minLength": 1, "items": { "type": "string", "minLength": 1 } });
    let mut property = match key.shape {
        Shape::Text => json!({ "type": "string", "minLength": 1 }),
        Shape::Pattern(pattern) => json!({ "type": "string", "pattern": pattern }),
        Shape::Words(words) => json!({ "type": "string", "enum": words }),
        Shape::Count(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Texts => texts(),
        Shape::Office => json!({ "type": "string", "enum": keys::offices() }),
        Shape::Province => json!({ "type": "string", "enum": PROVINCES }),
        Shape::Sources => json!({ "type": "array", "items": table(keys::SOURCE) }),
        Shape::Offices => {
            let names: Map<String, Value> = keys::offices().into_iter().map(|office| (office.to_owned(), texts())).collect();
            json!({ "type": "object", "additionalProperties": false, "properties": names })
        }
    };
    property["description"] = format!("{} · {}", key.it, key.en).into();
    if let Some(example) = key.required {
        property["examples"] = json!([example.trim_matches('"')]);
    }
    property
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To renew the file after a change of keys: `UPDATE_SCHEMA=1 cargo test --lib config::sources::schema`.
    #[test]
    fn the_committed_schema_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/sources.schema.json");
        let generated = format!("{:#}\n", schema());
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path, &generated).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), generated, "renew it: UPDATE_SCHEMA=1 cargo test --lib config::sources::schema");
    }
}
