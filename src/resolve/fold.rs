//! Statements in force become states.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::Date;

use super::base::levels;
use super::lists::{channels, days, undone};
use super::missing::{counts, held, redesign};
use super::names::folded_key;
use super::statement::{Facet, Statement};
use super::{DocumentNotices, Folded, Settings, Undone};
use crate::domain::{Aspect, Cause, DocumentKind, OfficeId, OfficeKey, State, day_of};

/// What an article said so long before it was first read is no news.
const AGED_DAYS: i64 = 30;

/// A statement in force, with the document it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    /// What is said.
    pub statement: &'a Statement,
    /// Where.
    pub document: &'a DocumentNotices,
    /// Of how many offices the document speaks: the fewer, the more it knows of each.
    pub n_offices: usize,
}

impl Source<'_> {
    /// The evidence, as a change shows it.
    pub fn cause(&self) -> Cause {
        Cause { url: self.document.url.clone(), snapshot: self.statement.snapshot, evidence: self.statement.evidence.clone() }
    }

    /// Whether an article said it long before it was first read, and says no day for it that is still to come.
    pub fn is_aged(&self) -> bool {
        let statement = self.statement;
        let read_on = day_of(self.document.first_read);
        let said = statement.from.map_or(statement.asserted, |from| from.max(statement.asserted));
        let old = said.checked_add(Span::new().days(AGED_DAYS)).is_ok_and(|day| day < read_on);
        !self.is_page() && statement.first_sight && statement.until.is_none() && old
    }

    /// Whether it stands on an office page.
    pub fn is_page(&self) -> bool {
        self.document.kind == DocumentKind::Page
    }
}

/// One state per counter from all that a body's documents say, and what waits.
///
/// `today` settles only what has ended; the same documents give the same states for the days to come, whatever the order.
pub fn fold<D: Borrow<DocumentNotices>>(documents: &[D], today: Date, settings: &Settings) -> Folded {
    let documents: Vec<&DocumentNotices> = documents.iter().map(Borrow::borrow).collect();
    let mut by_key: BTreeMap<OfficeKey, Vec<Source<'_>>> = BTreeMap::new();
    for document in &documents {
        let offices: BTreeSet<OfficeKey> = document.statements.iter().map(|statement| folded_key(&statement.key)).collect();
        for statement in document.statements.iter().filter(|statement| counts(statement, settings)) {
            let source = Source { statement, document, n_offices: offices.len() };
            by_key.entry(settled_key(&statement.key, &statement.name, settings)).or_default().push(source);
        }
    }
    for sources in by_key.values_mut() {
        sources.sort_by(|a, b| order(a).cmp(&order(b)));
    }
    let states = by_key.iter().filter_map(|(key, own)| state(key, own, &by_key, today));
    let undone =
        by_key.iter().flat_map(|(key, own)| undone(own).into_iter().map(|(value, cause)| Undone { key: key.clone(), value, cause }));
    Folded {
        states: states.collect(),
        undone: undone.collect(),
        held: held(&documents, today, settings),
        redesign: redesign(&documents, settings),
    }
}

/// An order that depends on the statements alone.
fn order<'a>(source: &Source<'a>) -> (jiff::Timestamp, &'a str, Facet, Option<Date>, Option<Date>) {
    let statement = source.statement;
    (statement.since, source.document.url.as_str(), statement.facet, statement.from, statement.until)
}

/// The folded key, with the names that `sources.toml` settles.
fn settled_key(key: &OfficeKey, name: &str, settings: &Settings) -> OfficeKey {
    let mut folded = folded_key(key);
    if !settings.names.is_empty()
        && let Some(office) = settings.names.get(&super::fold_name(name))
    {
        folded.office = office.clone();
        folded.other = None;
    }
    folded
}

/// What reaches an office from the notices about all offices of the body.
fn general<'a>(key: &OfficeKey, by_key: &BTreeMap<OfficeKey, Vec<Source<'a>>>) -> Vec<Source<'a>> {
    if key.office.is_all() {
        return Vec::new();
    }
    let all = |site: Option<String>| OfficeKey { office: OfficeId::all(), site, other: None };
    let sites = [None, key.site.clone()];
    let n_sites = if key.site.is_some() { 2 } else { 1 };
    let reaching = sites.into_iter().take(n_sites).filter_map(|site| by_key.get(&all(site))).flatten();
    reaching.filter(|source| !source.statement.except.contains(&key.office)).copied().collect()
}

fn state(key: &OfficeKey, own: &[Source<'_>], by_key: &BTreeMap<OfficeKey, Vec<Source<'_>>>, today: Date) -> Option<State> {
    let general = general(key, by_key);
    let mut facts = BTreeMap::new();
    facts.insert(Aspect::Channels, channels(own));
    facts.insert(Aspect::Closures, days(Facet::Closures, own, &general));
    facts.insert(Aspect::Openings, days(Facet::Openings, own, &general));
    facts.extend(levels(own, &general, today));
    facts.retain(|_, facts| !facts.is_empty());
    let first = own.iter().min_by_key(|source| (!source.is_page(), source.statement.since, source.document.url.as_str()))?;
    let key = OfficeKey { site: first.statement.key.site.clone(), ..key.clone() };
    (!facts.is_empty()).then(|| State { key, name: first.statement.name.clone(), facts })
}
