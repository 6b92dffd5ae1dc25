//! What is known of a body, with one document's memory renewed: folded, compared, and what follows from it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Round;
use crate::alert;
use crate::diff::{self, CORROBORATION_DAYS, Moment};
use crate::domain::{BodyId, Change, HeldReason, OfficeId, PlannedDelivery, SourceId, SourceKind, day_of};
use crate::resolve::{self, DocumentNotices, Sight};
use crate::store::{Findings, Known, KnownDocument, Store, StoreError, Visit, Why};

/// How often a comparison is made anew when the body's facts move under it.
pub(super) const ATTEMPTS: usize = 8;

/// What one body is folded with.
pub(super) struct Fold {
    body: BodyId,
    /// The present instant.
    pub now: Timestamp,
    confirm_after: SignedDuration,
    gather: SignedDuration,
    /// Names that `sources.toml` settles, folded.
    names: BTreeMap<String, OfficeId>,
    /// Sources that are one page: an address they had before says nothing any more.
    pages: BTreeMap<SourceId, String>,
}

impl Round {
    /// What a body is folded with, now.
    pub(super) fn folding(&self, body: &BodyId) -> Fold {
        let watched = self.sources.body(body);
        let offices = watched.map(|watched| watched.offices.clone()).unwrap_or_default();
        let names =
            offices.into_iter().flat_map(|(office, names)| names.into_iter().map(move |name| (resolve::fold_name(&name), office.clone())));
        let sources = watched.map(|watched| watched.sources.as_slice()).unwrap_or_default();
        let pages = sources.iter().filter(|source| source.kind == SourceKind::Page);
        Fold {
            body: body.clone(),
            now: self.clock.now(),
            confirm_after: self.confirm_after,
            gather: if self.company.is_expected(body) { self.gather } else { SignedDuration::ZERO },
            names: names.collect(),
            pages: pages.map(|source| (source.id.clone(), source.url.to_string())).collect(),
        }
    }

    /// Folds what is left of a body after the operator's file changed. What went with it is not told.
    pub(super) async fn refold(&self, body: &BodyId) -> Result<(), StoreError> {
        let _turn = self.turns.take(body).await;
        let fold = self.folding(body);
        self.on_store(move |store| {
            let attempt = || {
                let known = store.known(&fold.body, fold.recent_since())?;
                let findings = Findings { why: Why::Sources, ..fold.compare(store, &known, None, Sight::Reread)? };
                store.record(&Visit { body: fold.body.clone(), at: fold.now, documents: Vec::new(), findings: Some(findings) })
            };
            for _ in 1..ATTEMPTS {
                match attempt() {
                    Err(StoreError::Moved { .. }) => {} // another process was faster: compare with what it left
                    done => return done.map(drop),
                }
            }
            attempt().map(drop)
        })
        .await
    }
}

impl Fold {
    /// Changes since then are asked of the store: they may be seen again in a further document.
    pub fn recent_since(&self) -> Timestamp {
        self.now.checked_sub(SignedDuration::from_hours(24 * i64::from(CORROBORATION_DAYS))).unwrap_or(Timestamp::MIN)
    }

    /// A document's renewed memory, with what became of what it no longer says.
    pub fn weigh(&self, known: &Known, renewed: &DocumentNotices) -> DocumentNotices {
        let others: Vec<&DocumentNotices> = self.memories(known).collect();
        resolve::weigh(renewed, &others, &self.settings())
    }

    fn memories<'k>(&self, known: &'k Known) -> impl Iterator<Item = &'k DocumentNotices> {
        known.documents.iter().filter(|document| self.counts(document)).filter_map(|document| document.memory.as_ref())
    }

    fn settings(&self) -> resolve::Settings {
        resolve::Settings { confirm_after: self.confirm_after, names: self.names.clone() }
    }

    /// What follows for the body from a document's renewed memory, or from the known ones alone.
    pub fn compare(
        &self,
        store: &dyn Store,
        known: &Known,
        renewed: Option<&DocumentNotices>,
        sight: Sight,
    ) -> Result<Findings, StoreError> {
        let is_renewed =
            |other: &DocumentNotices| renewed.is_some_and(|renewed| other.source == renewed.source && other.url == renewed.url);
        let documents: Vec<&DocumentNotices> = self.memories(known).filter(|other| !is_renewed(other)).chain(renewed).collect();
        let folded = resolve::fold(&documents, day_of(self.now), &self.settings());
        let is_known = known.held.iter().any(|held| held.reason == HeldReason::Redesign);
        if let Some(redesign) = folded.redesign.filter(|_| !is_known) {
            let (n_lost, n_known) = (redesign.n_lost, redesign.n_known);
            tracing::warn!(body = %self.body, n_lost, n_known, "{}: {n_lost} of {n_known} facts went at once, a redesign most likely", self.body);
        }
        let url = renewed.map(|renewed| renewed.url.as_str()).unwrap_or_default();
        let moment = Moment { body: &self.body, now: self.now, url, sight, confirm_after: self.confirm_after };
        let before = diff::Known { states: &known.states, held: &known.held, recent: &known.recent };
        let found = diff::compare(&before, &folded, &moment);
        let deliveries = self.deliveries(store, &found.changes)?;
        Ok(Findings {
            why: match sight {
                Sight::Baseline => Why::Baseline,
                Sight::News => Why::Visit,
                Sight::Reread => Why::Reread,
            },
            revision: known.revision,
            states: found.states,
            held: found.held,
            changes: found.changes,
            corroborated: found.corroborated,
            deliveries,
            redesign: folded.redesign,
        })
    }

    /// Whether a document still belongs to what is watched.
    fn counts(&self, document: &KnownDocument) -> bool {
        self.pages.get(&document.source).is_none_or(|url| *url == document.url)
    }

    /// What subscribers are to get.
    fn deliveries(&self, store: &dyn Store, changes: &[Change]) -> Result<Vec<PlannedDelivery>, StoreError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let Some(body) = store.body(&self.body)? else { return Ok(Vec::new()) };
        let subscriptions: Vec<_> = store.subscriptions_for(&body)?.into_iter().map(|(_, subscription)| subscription).collect();
        Ok(alert::plan(changes, &subscriptions, &[body], self.now, self.gather))
    }
}
