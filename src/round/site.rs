//! A source of kind `site`: only the home page is named; office pages and news are found from it.
//!
//! A survey finds them, once in a while, since it asks many addresses. What it found is kept as documents: the home page, whose next visit
//! is the next survey; office pages; and lists of news, which are never visited on their own and lead to articles.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::due::Due;
use super::tally::{Tally, Trouble, is_of_documents};
use super::{Round, catalogue};
use crate::config::sources::Source;
use crate::domain::DocumentKind;
use crate::fetch::{ListReply, Role};
use crate::store::{Document, Found, StoreError, Unchanged};

/// The time between two surveys of a site.
const SURVEY_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// After a survey that found nothing, so long until the next.
const SURVEY_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// After one whose home page could not be read, so long at most.
const SURVEY_AFTER_FAILURE: SignedDuration = SignedDuration::from_hours(1);
/// How many pages of a list are asked.
const LIST_PAGES: usize = 2;
/// A list that could not be read for so long is not asked any more, unless there is no other.
const STALE_LIST: SignedDuration = SignedDuration::from_hours(14 * 24);

const LEADS_NOWHERE: &str = "neither office pages nor news were found from the home page: name them in sources.toml";

/// Whether a document of a site is a list that leads to articles, or the home page: neither is read for what it says.
pub(super) fn leads_on(source: &Source, document: &Document) -> bool {
    is_home(source, document) || is_list(document)
}

fn is_home(source: &Source, document: &Document) -> bool {
    document.url == source.url.as_str()
}

/// Articles always have a time for their first visit; lists never have one, and are never received as documents.
fn is_list(document: &Document) -> bool {
    document.kind == DocumentKind::News && document.next_visit.is_none() && document.snapshot.is_none()
}

impl Round {
    /// Surveys the site where that is due, and looks at its lists for new articles.
    pub(super) async fn look_at_site(&self, source: &Arc<Source>, due: &Due, tally: &mut Tally) -> Result<Option<Trouble>, StoreError> {
        let now = self.clock.now();
        let id = source.id.clone();
        let documents = self.on_store(move |store| store.documents(&id)).await?;
        let home = documents.iter().find(|document| is_home(source, document));
        // when its health has just turned a site may have been rebuilt: it is surveyed before its time, once; and where it was the home
        // page that failed, at every try, since nothing else tells whether it is back
        let words = due.known.health.last_error.as_deref().unwrap_or_default();
        let of_list = words.starts_with("http") && !words.starts_with(&format!("{}: ", source.url));
        let of_home = !is_of_documents(words) && !of_list && words != LEADS_NOWHERE;
        let streak = due.known.health.streak;
        let before_time = due.itself && (streak == 1 || streak > 1 && of_home);
        let surveyed = !before_time && home.is_some_and(|home| home.next_visit.is_some_and(|at| at > now));
        if !surveyed && let Some(trouble) = self.survey(source, now, tally).await? {
            if let Some(home) = home.map(|home| home.id) {
                let again = now.checked_add(SURVEY_AFTER_FAILURE).unwrap_or(now);
                self.on_store(move |store| store.set_next_visit(home, Some(again))).await?;
            }
            // where the home page alone is no longer what it was, what it led to before is watched on
            if !trouble.leaves_documents() || documents.iter().all(|document| is_home(source, document)) {
                return Ok(Some(trouble));
            }
            tally.add_list_trouble(format!("{}: {trouble}", source.url));
        }
        if !due.itself && surveyed {
            return Ok(None);
        }
        let id = source.id.clone();
        let documents = self.on_store(move |store| store.documents(&id)).await?;
        let first_listing = documents.iter().map(|document| document.first_seen).min().unwrap_or(now);
        let lists: Vec<&Document> = documents.iter().filter(|document| is_list(document) && !is_home(source, document)).collect();
        let is_stale = |list: &Document| now.duration_since(list.last_seen.unwrap_or(list.first_seen)) > STALE_LIST;
        let all_stale = lists.iter().all(|list| is_stale(list));
        // a list that a rebuilt site left behind is given up once another has taken its place
        for list in lists.into_iter().filter(|list| all_stale || !is_stale(list)) {
            if self.is_stopping() {
                break;
            }
            self.look_at_site_list(source, list, first_listing, tally).await?;
        }
        // a home page that leads nowhere is watched in vain, and somebody has to know
        let leads_nowhere = documents.iter().all(|document| is_home(source, document));
        Ok(leads_nowhere.then(|| Trouble::List(LEADS_NOWHERE.to_owned())))
    }

    async fn survey(&self, source: &Arc<Source>, now: Timestamp, tally: &mut Tally) -> Result<Option<Trouble>, StoreError> {
        let request = catalogue::request(source, source.url.clone(), None);
        let max = usize::try_from(source.max_pages).unwrap_or(usize::MAX);
        let survey = match self.fetcher.survey(&request, max).await {
            Ok(survey) => survey,
            Err(error) => return Ok(Some(Trouble::Fetch(error))),
        };
        tally.visited.n_fetches += u32::try_from(survey.asked.len()).unwrap_or(u32::MAX);
        if let Some(verdict) = survey.verdict {
            return Ok(Some(Trouble::Page(verdict)));
        }
        let mut found: Vec<Found> = Vec::with_capacity(survey.finds.len() + 1);
        for find in survey.finds.iter().take(max) {
            let url = find.url.to_string();
            found.push(match find.role {
                Role::News => Found { url, kind: DocumentKind::News, next_visit: None },
                Role::Hours | Role::Office => Found { url, kind: DocumentKind::Page, next_visit: Some(now) },
            });
        }
        let n_found = found.len();
        tracing::info!(source = %source.id, n_found, "{}: surveyed, {n_found} pages and lists found", source.id);
        let wait = if found.is_empty() { SURVEY_AGAIN } else { SURVEY_EVERY };
        let next = now.checked_add(wait).unwrap_or(now);
        found.retain(|find| find.url != source.url.as_str());
        found.push(Found { url: source.url.to_string(), kind: DocumentKind::Page, next_visit: Some(next) });
        let (id, home) = (source.id.clone(), source.url.to_string());
        self.on_store(move |store| {
            store.discover(&id, &found, now)?;
            match store.document(&id, &home)? {
                Some(home) => store.set_next_visit(home.id, Some(next)),
                None => Ok(()),
            }
        })
        .await?;
        Ok(None)
    }

    /// Notes the articles that one list of a site names. A list that cannot be read is named, and the others go on.
    async fn look_at_site_list(
        &self,
        source: &Arc<Source>,
        list: &Document,
        first_listing: Timestamp,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        let Ok(url) = Url::parse(&list.url) else { return Ok(()) };
        let request = catalogue::request(source, url, Some((&list.validators, list.n_visits)));
        let follow = source.follow.as_ref().map(super::source::follow);
        let now = self.clock.now();
        let (found, validators) = match self.fetcher.list(&request, follow.as_ref(), LIST_PAGES).await {
            Ok(ListReply::Unchanged(unchanged)) => {
                tally.visited.n_fetches += 1;
                tally.visited.n_unchanged += 1;
                (Vec::new(), unchanged.validators)
            }
            Ok(ListReply::Fresh(found)) => {
                tally.visited.n_fetches += u32::try_from(found.asked).unwrap_or(u32::MAX);
                tally.visited.bytes += found.first.body.len() as u64;
                if let Some(verdict) = found.verdict {
                    tally.add_list_trouble(format!("{}: {verdict}", list.url));
                    return Ok(());
                }
                let validators = found.first.validators();
                let max = usize::try_from(source.max_pages).unwrap_or(usize::MAX);
                let articles = found.listing.articles.into_iter().take(max);
                let found = articles.map(|article| Found { url: article.url.to_string(), kind: DocumentKind::News, next_visit: Some(now) });
                (found.collect(), validators)
            }
            Err(error) => {
                tally.add_list_trouble(format!("{}: {error}", list.url));
                return Ok(());
            }
        };
        // what a list names when it is read for the first time was there before
        let seen_at = if list.last_seen.is_none() { first_listing } else { now };
        let validators = Some(catalogue::to_store(&validators));
        let row = Unchanged { document: list.id, at: now, next_visit: None, validators, matter_sha: None };
        let id = source.id.clone();
        self.on_store(move |store| {
            store.discover(&id, &found, seen_at)?;
            store.record_unchanged(&[row])
        })
        .await
    }
}
