//! One source: a page is one document, a list leads to many.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;
use url::Url;

use super::document::Target;
use super::due::Due;
use super::pace::Holds;
use super::site::leads_on;
use super::tally::{Health, Tally, Trouble};
use super::{Round, catalogue, pace};
use crate::config::sources::{Follow, Source};
use crate::domain::{Change, DocumentKind, SourceId, SourceKind, day_of};
use crate::fetch::{self, Article, FetchError, ListReply, Verdict};
use crate::resolve::{DocumentNotices, Said, Sight};
use crate::store::{self, DocumentId, Failure, Found, SourceVisit, StoreError};

/// How many pages of a list are asked: the first, and a few that it continues on.
const LIST_PAGES: usize = 3;
/// A document that has been gone for longer is asked for ever more rarely.
const GONE: SignedDuration = SignedDuration::from_hours(24);
/// What a document shows within this time of being found was there before.
const AT_FIRST: SignedDuration = SignedDuration::from_hours(1);

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

impl Round {
    /// Visits a source that is due, and its documents; notes how it went.
    pub(super) async fn visit_source(&self, due: &Due) -> Result<Visited, StoreError> {
        let source = Arc::new(due.source.clone());
        let _visit = self.company.begin(&source.body, 1);
        let mut tally = Tally::new(source.id.clone());
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
            news_since: None,
            must_be_there: true,
            next_visit: None,
            source_is_there: Arc::default(),
        };
        tally.last_change = target.known.as_ref().and_then(last_change);
        let outcome = self.visit(source, &target).await?;
        Ok(tally.add(outcome))
    }

    async fn visit_list(&self, source: &Arc<Source>, due: &Due, tally: &mut Tally) -> Result<Option<Trouble>, StoreError> {
        let trouble = match source.kind {
            SourceKind::Site => self.look_at_site(source, due, tally).await?,
            SourceKind::News | SourceKind::Sitemap | SourceKind::Page if due.itself => self.look_at_list(source, due, tally).await?,
            SourceKind::News | SourceKind::Sitemap | SourceKind::Page => None,
        };
        if trouble.as_ref().is_some_and(|trouble| !trouble.leaves_documents()) {
            return Ok(trouble);
        }
        let mut visited = BTreeSet::new();
        // a second time for what the first brought to light: the PDFs that articles link
        for _ in 0..2 {
            let now = self.clock.now();
            let mut documents = self.documents_to_visit(source, due, now, tally).await?;
            documents.retain(|document| visited.insert(document.document.id));
            self.visit_documents(source, due, documents, now, tally).await?;
        }
        Ok(trouble.or_else(|| tally.trouble(source.kind)))
    }

    async fn visit_documents(
        &self,
        source: &Arc<Source>,
        due: &Due,
        documents: Vec<Sighted>,
        now: Timestamp,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        let holds = self.holding(source, &documents, now).await?;
        let source_is_there: Arc<OnceCell<bool>> = Arc::default();
        let health = &due.known.health;
        let was_empty = health.last_error.as_deref() == Some(Verdict::EmptyList.to_string().as_str());
        let was_empty_since = health.failing_since.filter(|_| was_empty && health.last_good.is_none());
        let mut to_come = self.company.begin(&source.body, documents.len());
        for document in documents {
            to_come.end_one();
            if self.is_stopping() {
                break;
            }
            let Ok(url) = Url::parse(&document.document.url) else { continue };
            let holds = holds.get(&document.document.id).copied().unwrap_or_default();
            let next_visit = self.next_visit(source, &document.document, holds, tally, now);
            let news_since = was_empty_since.filter(|_| document.document.kind == DocumentKind::News).map(day_of);
            let target = Target {
                url,
                kind: document.document.kind,
                first_sight: document.first_sight,
                known: Some(document.document),
                news_since,
                must_be_there: !due.itself,
                next_visit,
                source_is_there: source_is_there.clone(),
            };
            let outcome = self.visit(source, &target).await?;
            if let Some(trouble) = tally.add_document(&target, source.kind, outcome) {
                self.postpone(&target, &trouble).await?;
            }
        }
        Ok(())
    }

    /// When to visit a document next, if this time it is there.
    fn next_visit(&self, source: &Source, document: &store::Document, holds: Holds, tally: &Tally, now: Timestamp) -> Option<Timestamp> {
        if let Some(gone_since) = document.gone_since.filter(|since| now.duration_since(*since) > GONE) {
            return Some(pace::next_attempt(gone_since, true, None, now));
        }
        match document.kind {
            DocumentKind::News => pace::next_visit(source, document.first_seen, holds, now),
            DocumentKind::Page if tally.dated.contains(&document.url) => {
                let despite = now.checked_add(pace::DESPITE_THE_MAP).unwrap_or(now);
                Some(pace::next_due(source, now).max(despite))
            }
            DocumentKind::Page => Some(self.next_look(source, last_change(document), now)),
        }
    }

    /// When to look again at what last changed then.
    fn next_look(&self, source: &Source, last_change: Option<Timestamp>, now: Timestamp) -> Timestamp {
        if self.adaptive { pace::adapted(source, last_change, now) } else { pace::next_due(source, now) }
    }

    /// How long the words of old articles hold; young ones are looked at in any case.
    async fn holding(&self, source: &Source, documents: &[Sighted], now: Timestamp) -> Result<BTreeMap<DocumentId, Holds>, StoreError> {
        let is_old = |document: &store::Document| {
            document.kind == DocumentKind::News && pace::next_visit(source, document.first_seen, Holds::Not, now).is_none()
        };
        if !documents.iter().any(|sighted| is_old(&sighted.document)) {
            return Ok(BTreeMap::new());
        }
        let body = source.body.clone();
        let known = self.on_store(move |store| store.known(&body, now)).await?;
        let today = day_of(now);
        let holds = |memory: &DocumentNotices| {
            let in_force: Vec<_> = memory.statements.iter().filter(|statement| !statement.is_past(today)).collect();
            let ends = |said: &Said, until: bool| until || matches!(said, Said::Closure(_) | Said::Opening(_));
            match in_force.iter().any(|statement| ends(&statement.said, statement.until.is_some())) {
                _ if in_force.is_empty() => Holds::Not,
                true => Holds::Until,
                false => Holds::Openly,
            }
        };
        Ok(known.documents.iter().filter_map(|document| Some((document.id, holds(document.memory.as_ref()?)))).collect())
    }

    /// Reads the list itself and notes the addresses that are new in it.
    async fn look_at_list(&self, source: &Arc<Source>, due: &Due, tally: &mut Tally) -> Result<Option<Trouble>, StoreError> {
        let request = catalogue::request(source, source.url.clone(), Some((&due.known.validators, due.known.health.n_fetches)));
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
        let articles: Vec<Article> = found.listing.articles.into_iter().take(max).collect();
        let found: Vec<Found> =
            articles.iter().map(|article| Found { url: article.url.to_string(), kind, next_visit: Some(now) }).collect();
        let id = source.id.clone();
        self.on_store(move |store| store.discover(&id, &found, now)).await?;
        if source.kind == SourceKind::Sitemap {
            tally.dated = articles.iter().filter(|article| article.updated.is_some()).map(|article| article.url.to_string()).collect();
        }
        self.take_dates(source, articles, now).await?;
        tally.validators = Some(validators);
        Ok(None)
    }

    /// Where a list says when its documents were changed: what was changed since we saw it is visited now, however old; a page of a
    /// sitemap that was not need not be asked yet.
    async fn take_dates(&self, source: &Arc<Source>, articles: Vec<Article>, now: Timestamp) -> Result<(), StoreError> {
        let updated: BTreeMap<String, Timestamp> =
            articles.into_iter().filter_map(|article| Some((article.url.to_string(), article.updated?))).collect();
        if updated.is_empty() {
            return Ok(());
        }
        let (id, is_map) = (source.id.clone(), source.kind == SourceKind::Sitemap);
        self.on_store(move |store| {
            for document in store.documents(&id)? {
                let (Some(updated), Some(seen)) = (updated.get(&document.url), document.last_seen) else { continue };
                let visit = if *updated > seen && *updated <= now {
                    Some(now)
                } else if is_map && document.snapshot.is_some() && document.gone_since.is_none() {
                    seen.checked_add(pace::DESPITE_THE_MAP).ok()
                } else {
                    None
                };
                match (visit, document.next_visit) {
                    (Some(visit), planned) if *updated > seen && planned.is_none_or(|planned| planned > visit) => {
                        store.set_next_visit(document.id, Some(visit))?;
                    }
                    (Some(visit), Some(planned)) if *updated <= seen && planned < visit => {
                        store.set_next_visit(document.id, Some(visit))?
                    }
                    _ => {}
                }
            }
            Ok(())
        })
        .await
    }

    /// The documents of a list whose time has come, the new ones included.
    async fn documents_to_visit(
        &self,
        source: &Arc<Source>,
        due: &Due,
        now: Timestamp,
        tally: &mut Tally,
    ) -> Result<Vec<Sighted>, StoreError> {
        let (id, all) = (source.id.clone(), due.all);
        let site = (source.kind == SourceKind::Site).then(|| source.clone());
        let due_ids: BTreeSet<DocumentId> = due.documents.iter().map(|document| document.id).collect();
        let (documents, n_pages, newest) = self
            .on_store(move |store| {
                let documents = store.documents(&id)?;
                let is_page = |document: &&store::Document| {
                    let leads = site.as_ref().is_some_and(|source| leads_on(source, document));
                    document.kind == DocumentKind::Page
                        && !leads
                        && document.gone_since.is_none_or(|since| now.duration_since(since) < GONE)
                };
                let n_pages = documents.iter().filter(is_page).count();
                let first_listing = documents.iter().map(|document| document.first_seen).min();
                let is_due = |document: &store::Document| {
                    if site.as_ref().is_some_and(|source| leads_on(source, document)) {
                        return false;
                    }
                    due_ids.contains(&document.id)
                        || document.next_visit.is_some_and(|at| at <= now)
                        || (all && document.next_visit.is_some())
                };
                let sighted = |document: store::Document| {
                    // what the first listing named was there before we came; so was an office page that we only find now
                    let was_there = Some(document.first_seen) == first_listing || document.kind == DocumentKind::Page;
                    Sighted { first_sight: if was_there { Sight::Baseline } else { Sight::News }, document }
                };
                // a list is as lively as its newest article
                let newest = documents.iter().map(|document| document.first_seen).max().filter(|newest| {
                    first_listing.is_some_and(|first| newest.duration_since(first) > AT_FIRST || now.duration_since(first) > AT_FIRST * 24)
                });
                Ok((documents.into_iter().filter(is_due).map(sighted).collect(), n_pages, newest))
            })
            .await?;
        tally.n_pages = n_pages;
        tally.last_change = tally.last_change.max(newest);
        Ok(documents)
    }

    /// A document that could not be had is tried again later.
    async fn postpone(&self, target: &Target, trouble: &Trouble) -> Result<(), StoreError> {
        let Some((document, since)) = target.known.as_ref().map(|known| (known.id, known.last_seen.unwrap_or(known.first_seen))) else {
            return Ok(());
        };
        let (may_pass, wish) = match trouble {
            // a document is not there, but neither is its source: the site is in trouble, and that passes
            Trouble::Fetch(FetchError::Status { status: 404 | 410, .. }) => (true, None),
            Trouble::Fetch(error) => (error.is_transient(), error.retry_after()),
            Trouble::Page(_) | Trouble::List(_) | Trouble::Documents { .. } => (true, None),
        };
        let at = pace::next_attempt(since, may_pass, wish, self.clock.now());
        self.on_store(move |store| store.set_next_visit(document, Some(at))).await
    }

    async fn note_trouble(&self, source: &Arc<Source>, due: &Due, trouble: Trouble, tally: &mut Tally) -> Result<(), StoreError> {
        let now = self.clock.now();
        let error = match &trouble {
            Trouble::Fetch(error) => Some(error),
            Trouble::Page(_) | Trouble::List(_) | Trouble::Documents { .. } => None,
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
        let changed = if tally.visited.changes.is_empty() { tally.last_change } else { Some(now) };
        let next_due = match (due.itself, due.known.next_due) {
            (false, Some(next_due)) => next_due,
            _ => self.next_look(source, changed, now),
        };
        let last_error = due.known.health.last_error.as_deref().unwrap_or_default();
        if due.known.health.streak > 0 && tally.health(due.itself, last_error) == Health::Unknown {
            // the list is there, but none of the documents that failed was asked again: nothing is known of their health
            let (id, unchanged) = (source.id.clone(), std::mem::take(&mut tally.unchanged));
            return self
                .on_store(move |store| {
                    store.record_unchanged(&unchanged)?;
                    store.set_next_due(&id, next_due)
                })
                .await;
        }
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
        let (n_fetches, n_changes) = (tally.visited.n_fetches, tally.visited.changes.len());
        tracing::debug!(source = %source.id, n_fetches, n_changes, "{}: {n_fetches} fetches, {n_changes} changes", source.id);
        self.note(std::mem::take(&mut tally.unchanged), visit).await
    }
}

/// A document to visit, with what a first reading of it would be.
struct Sighted {
    document: store::Document,
    first_sight: Sight,
}

/// When a document last changed after it was first read; `None` for one that never did.
fn last_change(document: &store::Document) -> Option<Timestamp> {
    let since = document.version_since?;
    // the version that was there at first sight is no change; it tells how long all has been quiet once that is long
    let is_first = since.duration_since(document.first_seen) < AT_FIRST;
    let quiet = document.last_seen.is_some_and(|seen| seen.duration_since(since) > AT_FIRST * 24);
    (!is_first || quiet).then_some(since)
}

/// Which links are articles, in the crawler's words.
pub(super) fn follow(follow: &Follow) -> fetch::Follow {
    match follow {
        Follow::Prefix(prefix) => fetch::Follow::Prefix(prefix.clone()),
        Follow::Selector(selector) => fetch::Follow::Css(selector.clone()),
    }
}
