//! An office as JSON: how it can be reached on a day, and the versions of what was known of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value as Json;

use super::value;
use crate::domain::{Aspect, BodyId, ChangeId, Fact, OfficeId};
use crate::resolve::OfficeAt;
use crate::store::{StateVersion, Why};

/// How an office can be reached on a day.
#[derive(Debug, Serialize)]
pub struct OfficeRecord<'a> {
    body: &'a BodyId,
    office: &'a OfficeId,
    site: Option<&'a str>,
    name: &'a str,
    facts: BTreeMap<Aspect, FactRecord<'a>>,
}

/// One version of what was known of an office.
#[derive(Debug, Serialize)]
pub struct VersionRecord<'a> {
    body: &'a BodyId,
    office: &'a OfficeId,
    site: Option<&'a str>,
    name: &'a str,
    known_from: Timestamp,
    known_until: Option<Timestamp>,
    why: Why,
    changes: &'a [ChangeId],
    facts: BTreeMap<Aspect, Vec<FactRecord<'a>>>,
}

/// What holds, for how long, and where it is written.
#[derive(Debug, Serialize)]
struct FactRecord<'a> {
    value: Json,
    from: Option<Date>,
    until: Option<Date>,
    url: Option<&'a str>,
    snapshot: Option<i64>,
    evidence: &'a [String],
}

impl<'a> OfficeRecord<'a> {
    /// The public form of an office of a body.
    pub fn new(body: &'a BodyId, office: &'a OfficeAt) -> Self {
        let facts = office.facts.iter().map(|(aspect, fact)| (*aspect, FactRecord::new(fact))).collect();
        Self { body, office: &office.key.office, site: office.key.site.as_deref(), name: &office.name, facts }
    }
}

impl<'a> VersionRecord<'a> {
    /// The public form of a version.
    pub fn new(version: &'a StateVersion) -> Self {
        let state = &version.state;
        Self {
            body: &version.body,
            office: &state.key.office,
            site: state.key.site.as_deref(),
            name: &state.name,
            known_from: version.known_from,
            known_until: version.known_until,
            why: version.why,
            changes: &version.changes,
            facts: state.facts.iter().map(|(aspect, facts)| (*aspect, facts.iter().map(FactRecord::new).collect())).collect(),
        }
    }
}

impl<'a> FactRecord<'a> {
    fn new(fact: &'a Fact) -> Self {
        let cause = fact.causes.first();
        Self {
            value: value(&fact.value),
            from: fact.from,
            until: fact.until,
            url: cause.map(|cause| cause.url.as_str()),
            snapshot: cause.map(|cause| cause.snapshot),
            evidence: cause.map(|cause| cause.evidence.as_slice()).unwrap_or_default(),
        }
    }
}
