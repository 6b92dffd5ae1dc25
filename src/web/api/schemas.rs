//! The shapes of answers. Tests hold each answer of a real site against them.

use serde_json::{Value as Json, json};

use crate::domain::Aspect;

/// All shapes, by name.
pub(super) fn all() -> Json {
    let text = json!({ "type": "string" });
    let maybe_text = json!({ "type": ["string", "null"] });
    let instant = json!({ "type": "string", "format": "date-time" });
    let maybe_instant = json!({ "type": ["string", "null"], "format": "date-time" });
    let maybe_day = json!({ "type": ["string", "null"], "format": "date" });
    let id = json!({ "type": "integer", "format": "int64" });
    let maybe_id = json!({ "type": ["integer", "null"], "format": "int64" });
    let texts = json!({ "type": "array", "items": text });
    let value = json!({ "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
        "description": "Hours: opening_hours. Status: open, reduced, appointment, remote, closed. Channels, closures, openings: a sorted list." });
    let maybe_value = json!({ "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }, { "type": "null" }] });
    let aspect = json!({ "type": "string", "enum": Aspect::ALL.map(Aspect::as_str) });
    let fact = json!({ "$ref": "#/components/schemas/Fact" });
    let of = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let change = [
        ("id", id.clone()),
        ("detected_at", instant.clone()),
        ("body", text.clone()),
        ("office", text.clone()),
        ("site", maybe_text.clone()),
        ("aspect", aspect),
        ("before", maybe_value.clone()),
        ("after", maybe_value),
        ("effective_from", maybe_day.clone()),
        ("effective_until", maybe_day.clone()),
        ("url", maybe_text.clone()),
        ("snapshot", maybe_id.clone()),
        ("evidence", texts.clone()),
    ];
    let explained_source =
        object(&[("url", text.clone()), ("snapshot", id.clone()), ("snapshot_before", maybe_id.clone()), ("evidence", texts.clone())]);
    let mut explained = change.to_vec();
    explained.extend([
        ("rule", text.clone()),
        ("sources", json!({ "type": "array", "items": explained_source })),
        ("page", text.clone()),
        ("proof", text.clone()),
    ]);
    let office = [("body", text.clone()), ("office", text.clone()), ("site", maybe_text.clone()), ("name", text.clone())];
    let mut now = office.to_vec();
    now.push(("facts", json!({ "type": "object", "additionalProperties": fact })));
    let mut version = office.to_vec();
    version.extend([
        ("known_from", instant.clone()),
        ("known_until", maybe_instant.clone()),
        ("why", text.clone()),
        ("changes", json!({ "type": "array", "items": id })),
        ("facts", json!({ "type": "object", "additionalProperties": { "type": "array", "items": fact } })),
    ]);
    json!({
        "Body": object(&[
            ("id", text.clone()), ("name", text.clone()),
            ("kind", json!({ "type": "string", "enum": ["comune", "provincia", "citta-metropolitana", "unione", "regione", "altro"] })),
            ("province", maybe_text.clone()), ("istat", maybe_text.clone()), ("ipa", maybe_text.clone()),
        ]),
        "Fact": object(&[
            ("value", value), ("from", maybe_day.clone()), ("until", maybe_day), ("url", maybe_text.clone()), ("snapshot", maybe_id),
            ("evidence", texts),
        ]),
        "Office": object(&now),
        "Version": object(&version),
        "Change": object(&change),
        "ExplainedChange": object(&explained),
        "Snapshot": object(&[
            ("id", id.clone()), ("document", id.clone()), ("source", text.clone()), ("url", text.clone()), ("first_seen", instant.clone()),
            ("last_seen", instant.clone()), ("n_seen", id.clone()), ("status", id.clone()), ("final_url", text.clone()),
            ("headers", json!({ "type": "array", "items": { "type": "array", "items": { "type": "string" } } })),
            ("body_sha", text.clone()), ("length", id.clone()), ("text_sha", text.clone()), ("chain", text.clone()),
            ("previous", maybe_text.clone()), ("text", text.clone()), ("raw", text.clone()),
        ]),
        "Source": object(&[
            ("id", text.clone()), ("body", text.clone()), ("url", text.clone()), ("kind", text.clone()), ("office", maybe_text.clone()),
            ("added_at", instant), ("next_due", maybe_instant.clone()),
            ("health", object(&[
                ("last_good", maybe_instant.clone()), ("last_failed", maybe_instant.clone()), ("last_error", maybe_text.clone()),
                ("failures", id.clone()), ("failing_since", maybe_instant), ("fetches", id.clone()), ("unchanged", id.clone()), ("bytes", id.clone()),
            ])),
        ]),
        "LinkedData": json!({ "type": "array", "items": { "type": "object", "required": ["@context", "@type", "identifier"] } }),
        "Problem": object(&[("type", text.clone()), ("title", text), ("status", id), ("detail", maybe_text)]),
        "Bodies": list(of("Body")), "Offices": list(of("Office")), "Versions": list(of("Version")), "Changes": list(of("Change")),
        "Sources": list(of("Source")), "OneBody": one(of("Body")), "OneChange": one(of("ExplainedChange")), "OneSnapshot": one(of("Snapshot")),
    })
}

/// An object that has all of these and nothing else.
fn object(fields: &[(&str, Json)]) -> Json {
    let properties: serde_json::Map<String, Json> = fields.iter().map(|(name, schema)| ((*name).to_string(), schema.clone())).collect();
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn licence() -> (&'static str, Json) {
    ("license", json!({ "type": "string", "const": super::LICENSE }))
}

fn list(of: Json) -> Json {
    object(&[licence(), ("data", json!({ "type": "array", "items": of })), ("next", json!({ "type": ["string", "null"] }))])
}

fn one(of: Json) -> Json {
    object(&[licence(), ("data", of)])
}
