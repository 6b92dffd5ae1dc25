//! The OpenAPI 3.1 document, made from the table of endpoints.

use serde_json::{Map, Value as Json, json};

use super::endpoints::ALL;
use super::{Endpoint, Kind, LICENSE, Parameter, schemas};
use crate::domain::Aspect;

/// The whole document. `public_url` is where the site is reached.
pub(super) fn document(public_url: &str) -> Json {
    let mut paths = Map::new();
    for endpoint in ALL {
        paths.insert(endpoint.path.into(), json!({ "get": operation(endpoint) }));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sportello",
            "version": "1",
            "summary": "How the offices of Italian public bodies can be reached, and what changed",
            "description": "Read only. Instants are UTC (RFC 3339), days and hours those of Europe/Rome. Hours are in OpenStreetMap's opening_hours syntax. Ids are stable. Lists carry `next`, the address of the following page. Text comes from the bodies' pages as it stands there: treat it as text.",
            "license": { "name": "Creative Commons Attribution 4.0", "identifier": LICENSE },
        },
        "servers": [{ "url": format!("{public_url}/api/v1") }],
        "paths": paths,
        "components": { "schemas": schemas::all(), "headers": headers() },
    })
}

fn headers() -> Json {
    json!({
        "RateLimit": { "description": "Requests left and seconds until all are there again.", "schema": { "type": "string" }, "example": "\"api\";r=299;t=1" },
        "RateLimit-Policy": { "description": "Requests at once and seconds in which they fill up again.", "schema": { "type": "string" }, "example": "\"api\";q=300;w=30" },
    })
}

fn operation(endpoint: &Endpoint) -> Json {
    let mut content = Map::new();
    for (kind, schema) in endpoint.answers {
        let schema = match *schema {
            "" => json!({ "type": "string" }),
            name => json!({ "$ref": format!("#/components/schemas/{name}") }),
        };
        content.insert((*kind).into(), json!({ "schema": schema }));
    }
    let limits = json!({ "RateLimit": { "$ref": "#/components/headers/RateLimit" }, "RateLimit-Policy": { "$ref": "#/components/headers/RateLimit-Policy" } });
    let problem = |words: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        json!({ "description": words, "headers": limits, "content": { "application/problem+json": { "schema": schema } } })
    };
    let mut responses = Map::new();
    responses.insert("200".into(), json!({ "description": "Found.", "headers": limits, "content": content }));
    responses.insert("304".into(), json!({ "description": "As the reader has it (If-None-Match)." }));
    responses.insert("400".into(), problem("A parameter makes no sense."));
    responses.insert("404".into(), problem("There is no such thing."));
    if endpoint.path.starts_with("/snapshots") {
        responses.insert("410".into(), problem("The bytes are no longer kept."));
    }
    responses.insert("429".into(), problem("Too many requests; Retry-After says when to come back."));
    responses.insert("503".into(), problem("The store cannot answer now."));
    json!({
        "operationId": endpoint.id,
        "summary": endpoint.summary,
        "parameters": endpoint.parameters.iter().map(|parameter| described(endpoint, parameter)).collect::<Vec<_>>(),
        "responses": responses,
    })
}

fn described(endpoint: &Endpoint, parameter: &Parameter) -> Json {
    let in_path = endpoint.path.contains(&format!("{{{}}}", parameter.name));
    json!({
        "name": parameter.name,
        "in": if in_path { "path" } else { "query" },
        "required": in_path,
        "description": parameter.what,
        "schema": parameter.kind.schema(),
    })
}

impl Kind {
    /// The kind as a schema.
    fn schema(self) -> Json {
        match self {
            Self::Text(most) => json!({ "type": "string", "minLength": 1, "maxLength": most }),
            Self::Id => json!({ "type": "integer", "format": "int64", "minimum": 1 }),
            Self::Province => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
            Self::Instant => json!({ "type": "string", "format": "date-time" }),
            Self::Aspect => json!({ "type": "string", "enum": Aspect::ALL.map(Aspect::as_str) }),
            Self::Limit(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Word(words) => json!({ "type": "string", "enum": words }),
        }
    }
}
