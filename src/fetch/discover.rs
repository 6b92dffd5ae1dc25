//! A list with all that belongs to it: its further pages, the feed it announces, the sitemaps it names. The asking side of `listing`.

use std::collections::HashSet;

use url::Url;

use super::listing::{Article, Follow, ListKind, Listing, listing};
use super::verdict::{Verdict, judge};
use super::{FetchError, Fetcher, Reply, Request, Response, Unchanged, Validators};
use crate::document::{self, Input};

/// What a visit to a list brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListReply {
    /// The list's first page is as it was: no new article.
    Unchanged(Unchanged),
    /// The list.
    Fresh(Box<Found>),
}

/// A list and its articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The first page, as received.
    pub first: Response,
    /// The articles of all pages together.
    pub listing: Listing,
    /// How many pages, feeds and sitemaps were asked.
    pub asked: usize,
    /// Why this is no list, if it is none: a substitute for the page, or a list that names nothing. Never a mass removal.
    pub verdict: Option<Verdict>,
    /// What went wrong on further pages; their articles are missing.
    pub problems: Vec<String>,
}

impl Fetcher {
    /// Brings a list: at most `max_pages` pages (feeds, sitemaps) of it. Fails only if the first page does.
    pub async fn list(&self, request: &Request, follow: Option<&Follow>, max_pages: usize) -> Result<ListReply, FetchError> {
        let first = match self.get(request).await? {
            Reply::Unchanged(unchanged) => return Ok(ListReply::Unchanged(unchanged)),
            Reply::Fresh(response) => response,
        };
        let mut whole = listing(&first, follow, &request.scope);
        let mut verdict = match whole.kind {
            ListKind::Html => judge(&first, &read(&first)),
            ListKind::Feed | ListKind::Sitemap => None,
        };
        let mut found = Further { asked: 1, seen: HashSet::from([first.url.clone(), first.requested.clone()]), problems: Vec::new() };
        if verdict.is_none() {
            self.further(request, follow, max_pages, &mut whole, &mut found).await;
            if whole.articles.is_empty() {
                verdict = Some(Verdict::EmptyList);
            }
        }
        Ok(ListReply::Fresh(Box::new(Found { first, listing: whole, asked: found.asked, verdict, problems: found.problems })))
    }

    async fn further(&self, request: &Request, follow: Option<&Follow>, max_pages: usize, whole: &mut Listing, found: &mut Further) {
        let mut next: Vec<Url> = whole.next.iter().chain(&whole.maps).cloned().collect();
        if whole.articles.is_empty() && next.is_empty() {
            // A list that only its scripts fill often has a feed.
            next.extend(whole.feeds.first().cloned());
        }
        next.reverse();
        let mut known: HashSet<Url> = whole.articles.iter().map(|article| article.url.clone()).collect();
        while let Some(url) = next.pop() {
            if found.asked >= max_pages || !request.scope.holds(&url) || !found.seen.insert(url.clone()) {
                continue;
            }
            found.asked += 1;
            let ask = Request { url: url.clone(), validators: Validators::default(), ..request.clone() };
            match self.get(&ask).await {
                Ok(Reply::Fresh(response)) => {
                    let page = listing(&response, follow, &request.scope);
                    let fresh: Vec<Article> = page.articles.into_iter().filter(|article| known.insert(article.url.clone())).collect();
                    // A pager that goes on for ever shows what was seen already.
                    if !fresh.is_empty() {
                        next.extend(page.next);
                    }
                    next.extend(page.maps.into_iter().rev());
                    whole.articles.extend(fresh);
                }
                Ok(Reply::Unchanged(_)) => {}
                Err(error) => found.problems.push(error.to_string()),
            }
        }
    }
}

struct Further {
    asked: usize,
    seen: HashSet<Url>,
    problems: Vec<String>,
}

pub(super) fn read(response: &Response) -> document::Document {
    document::read(&Input { bytes: &response.body, content_type: response.content_type(), url: Some(&response.url), select: None })
}
