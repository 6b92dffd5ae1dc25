//! One source: a page is one document, a list leads to many.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use url::Url;

use super::document::{Outcome, Target};
use super::due::Due;
use super::site::leads_on;
use super::{Round, catalogue, pace};
use crate::config::sources::{Follow, Source};
use crate::domain::{Change, DocumentKind, SourceId, SourceKind};
use crate::fetch::{self, FetchError, ListReply, Verdict};
use crate::resolve::Sight;
use crate::store::{self, DocumentId, Failure, Found, SourceVisit, StoreError, Unchanged, Validators};

/// How many pages of a list are asked: the first, and a few that it continues on.
const LIST_PAGES: usize = 3;

/// What became of the visit to a source and its documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Visited {
    /// Which.
    pub source: SourceId,
    /// Requests that were answered with a page, or with word that it is unchanged.
    pub n_fetches: u32,
    /// How many of them found nothing new.
    pub n_unchanged: u32,
    /// Bytes received.
    pub bytes: u64,
    /// What could not be read, and why; empty when all went well.
    pub failures: Vec<String>,
    /// The changes found, with their ids.
    pub changes: Vec<Change>,
}

/// Why a source could not be read.
pub(super) enum Trouble {
    Fetch(FetchError),
    Page(Verdict),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fetch(error) => write!(f, "{error}"),
            Self::Page(verdict) => write!(f, "{verdict}"),
        }
    }
}

/// What is gathered while a source is visited.
pub(super) struct Tally {
    pub visited: Visited,
    unchanged: Vec<Unchanged>,
    validators: Option<Validators>,
}

impl Round {
    /// Visits a source that is due, and its documents; notes how it went.
    pub(super) async fn visit_source(&self, due: &Due) -> Result<Visited, StoreError> {
        let source = Arc::new(due.source.clone());
        let visited =
            Visited { source: source.id.clone(), n_fetches: 0, n_unchanged: 0, bytes: 0, failures: Vec::new(), changes: Vec::new() };
        let mut tally = Tally { visited, unchanged: Vec::new(), validators: None };
        let trouble = match source.kind {
            SourceKind::Page => self.visit_page(&source, &mut tally).await?,
            SourceKind::News | SourceKind::Sitemap | SourceKind::Site => self.visit_list(&source, due, &mut tally).await?,
        };
        match trouble {
            Some(trouble) => self.note_trouble(&source, due, trouble, &mut tally).await?,
            None => self.note_visit(&source, due, &mut tally).await?,
        }
        Ok(tally.visited)
    }

    async fn visit_page(&self, source: &Arc<Source>, tally: &mut Tally) -> Result<Option<Trouble>, StoreError> {
        let (id, address) = (source.id.clone(), source.url.to_string());
        let known = self.on_store(move |store| store.document(&id, &address)).await?;
        let target = Target {
            url: source.url.clone(),
            kind: DocumentKind::Page,
            known,
            first_sight: Sight::Baseline,
            is_source: true,
            next_visit: None,
        };
        let outcome = self.visit(source, &target).await?;
        Ok(tally.add(outcome))
    }

    async fn visit_list(&self, source: &Arc<Source>, due: &Due, tally: &mut Tally) -> Result<Option<Trouble>, StoreError> {
        let trouble = match source.kind {
            SourceKind::Site => self.look_at_site(source, due, tally).await?,
            SourceKind::News | SourceKind::Sitemap | SourceKind::Page if due.itself => self.look_at_list(source, due, tally).await?,
            SourceKind::News | SourceKind::Sitemap | SourceKind::Page => None,
        };
        if trouble.is_some() {
            return Ok(trouble);
        }
        let mut visited = BTreeSet::new();
        // a second time for what the first brought to light: the PDFs that articles link
        for _ in 0..2 {
            let now = self.clock.now();
            let mut documents = self.documents_to_visit(source, due, now).await?;
            documents.retain(|document| visited.insert(document.document.id));
            self.visit_documents(source, documents, now, tally).await?;
        }
        Ok(None)
    }

    async fn visit_documents(
        &self,
        source: &Arc<Source>,
        documents: Vec<Sighted>,
        now: Timestamp,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        for document in documents {
            if self.is_stopping() {
                break;
            }
            let Ok(url) = Url::parse(&document.document.url) else { continue };
            let next_visit = match document.document.kind {
                DocumentKind::News => pace::next_visit(source, document.document.first_seen, now),
                DocumentKind::Page => Some(pace::next_due(source, now)),
            };
            let target = Target {
                url,
                kind: document.document.kind,
                first_sight: document.first_sight,
                known: Some(document.document),
                is_source: false,
                next_visit,
            };
            let outcome = self.visit(source, &target).await?;
            if let Some(trouble) = tally.add(outcome) {
                tally.visited.failures.push(format!("{}: {trouble}", target.url));
                self.postpone(&target, &trouble).await?;
            }
        }
        Ok(())
    }

    /// Reads the list itself and notes the addresses that are new in it.
    async fn look_at_list(&self, source: &Arc<Source>, due: &Due, tally: &mut Tally) -> Result<Option<Trouble>, StoreError> {
        let request = catalogue::request(source, source.url.clone(), Some(&due.known.validators));
        let follow = source.follow.as_ref().map(follow);
        let reply = self.fetcher.list(&request, follow.as_ref(), LIST_PAGES).await;
        self.n_asked.fetch_add(1, Ordering::Relaxed);
        let found = match reply {
            Err(error) => return Ok(Some(Trouble::Fetch(error))),
            Ok(ListReply::Unchanged(unchanged)) => {
                tally.visited.n_fetches += 1;
                tally.visited.n_unchanged += 1;
                tally.visited.bytes += unchanged.bytes;
                tally.validators = Some(catalogue::to_store(&unchanged.validators));
                return Ok(None);
            }
            Ok(ListReply::Fresh(found)) => found,
        };
        tally.visited.n_fetches += u32::try_from(found.asked).unwrap_or(u32::MAX);
        tally.visited.bytes += found.first.body.len() as u64;
        for problem in &found.problems {
            tracing::debug!(source = %source.id, "{}: a further page of the list: {problem}", source.id);
        }
        if let Some(verdict) = found.verdict {
            return Ok(Some(Trouble::Page(verdict)));
        }
        let validators = catalogue::to_store(&found.first.validators());
        let now = self.clock.now();
        let kind = if source.kind == SourceKind::News { DocumentKind::News } else { DocumentKind::Page };
        let max = usize::try_from(source.max_pages).unwrap_or(usize::MAX);
        let addresses = found.listing.articles.iter().take(max);
        let found: Vec<Found> = addresses.map(|article| Found { url: article.url.to_string(), kind, next_visit: Some(now) }).collect();
        let id = source.id.clone();
        self.on_store(move |store| store.discover(&id, &found, now)).await?;
        tally.validators = Some(validators);
        Ok(None)
    }

    /// The documents of a list whose time has come, the new ones included.
    async fn documents_to_visit(&self, source: &Arc<Source>, due: &Due, now: Timestamp) -> Result<Vec<Sighted>, StoreError> {
        let (id, all) = (source.id.clone(), due.all);
        let site = (source.kind == SourceKind::Site).then(|| source.clone());
        let due_ids: BTreeSet<DocumentId> = due.documents.iter().map(|document| document.id).collect();
        self.on_store(move |store| {
            let documents = store.documents(&id)?;
            let first_listing = documents.iter().map(|document| document.first_seen).min();
            let is_due = |document: &store::Document| {
                if site.as_ref().is_some_and(|source| leads_on(source, document)) {
                    return false;
                }
                due_ids.contains(&document.id) || document.next_visit.is_some_and(|at| at <= now) || (all && document.next_visit.is_some())
            };
            let sighted = |document: store::Document| {
                // what the first listing named was there before we came; so was an office page that we only find now
                let was_there = Some(document.first_seen) == first_listing || document.kind == DocumentKind::Page;
                Sighted { first_sight: if was_there { Sight::Baseline } else { Sight::News }, document }
            };
            Ok(documents.into_iter().filter(is_due).map(sighted).collect())
        })
        .await
    }

    /// A document that could not be had is tried again later.
    async fn postpone(&self, target: &Target, trouble: &Trouble) -> Result<(), StoreError> {
        let Some((document, first_seen)) = target.known.as_ref().map(|known| (known.id, known.first_seen)) else { return Ok(()) };
        let (may_pass, wish) = match trouble {
            Trouble::Fetch(error) => (error.is_transient(), error.retry_after()),
            Trouble::Page(_) => (true, None),
        };
        let at = pace::next_attempt(first_seen, may_pass, wish, self.clock.now());
        self.on_store(move |store| store.set_next_visit(document, Some(at))).await
    }

    async fn note_trouble(&self, source: &Arc<Source>, due: &Due, trouble: Trouble, tally: &mut Tally) -> Result<(), StoreError> {
        let now = self.clock.now();
        let error = match &trouble {
            Trouble::Fetch(error) => Some(error),
            Trouble::Page(_) => None,
        };
        let next_try = pace::next_try(source, error, due.known.health.streak + 1, now);
        let words = trouble.to_string();
        // an operator needs to know that it began, not of every try
        if due.known.health.streak == 0 {
            tracing::info!(source = %source.id, "{}: {words}; next try at {next_try}", source.id);
        } else {
            tracing::debug!(source = %source.id, "{}: still {words}; next try at {next_try}", source.id);
        }
        tally.visited.failures.push(words.clone());
        let failure = Failure { source: source.id.clone(), at: now, words, next_try };
        let unchanged = std::mem::take(&mut tally.unchanged);
        self.on_store(move |store| {
            store.record_unchanged(&unchanged)?;
            store.record_failure(&failure).map(|_| ())
        })
        .await
    }

    async fn note_visit(&self, source: &Arc<Source>, due: &Due, tally: &mut Tally) -> Result<(), StoreError> {
        let now = self.clock.now();
        let next_due = match (due.itself, due.known.next_due) {
            (false, Some(next_due)) => next_due,
            _ => pace::next_due(source, now),
        };
        let visit = SourceVisit {
            source: source.id.clone(),
            at: now,
            next_due,
            n_fetches: tally.visited.n_fetches,
            n_unchanged: tally.visited.n_unchanged,
            bytes: tally.visited.bytes,
            validators: tally.validators.take(),
        };
        if let Some(since) = due.known.health.failing_since {
            tracing::info!(source = %source.id, "{}: reads well again, after failing since {since}", source.id);
        }
        let unchanged = std::mem::take(&mut tally.unchanged);
        let (n_fetches, n_changes) = (tally.visited.n_fetches, tally.visited.changes.len());
        tracing::debug!(source = %source.id, n_fetches, n_changes, "{}: {n_fetches} fetches, {n_changes} changes", source.id);
        self.on_store(move |store| {
            store.record_unchanged(&unchanged)?;
            store.record_source(&visit)
        })
        .await
    }
}

/// A document to visit, with what a first reading of it would be.
struct Sighted {
    document: store::Document,
    first_sight: Sight,
}

/// Which links are articles, in the crawler's words.
pub(super) fn follow(follow: &Follow) -> fetch::Follow {
    match follow {
        Follow::Prefix(prefix) => fetch::Follow::Prefix(prefix.clone()),
        Follow::Selector(selector) => fetch::Follow::Css(selector.clone()),
    }
}

impl Tally {
    /// Counts an outcome; gives back what went wrong.
    fn add(&mut self, outcome: Outcome) -> Option<Trouble> {
        let visited = &mut self.visited;
        match outcome {
            Outcome::Unchanged(row, bytes) => {
                visited.n_fetches += 1;
                visited.n_unchanged += 1;
                visited.bytes += bytes;
                self.unchanged.push(row);
            }
            Outcome::Read(changes, bytes) => {
                visited.n_fetches += 1;
                visited.bytes += bytes;
                visited.changes.extend(changes);
            }
            Outcome::Gone(changes) => {
                visited.n_fetches += 1;
                visited.changes.extend(changes);
            }
            Outcome::Failed(error) => return Some(Trouble::Fetch(error)),
            Outcome::NotThePage(verdict) => return Some(Trouble::Page(verdict)),
        }
        None
    }
}
