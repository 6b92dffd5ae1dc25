//! One look at a source, without a store: what came, what it is, which articles it names, what it says.

use url::Url;

use crate::config::sources::{Follow, Source};
use crate::document::{self, Document, Input};
use crate::domain::{Reading, SourceKind};
use crate::extract::{self, Context};
use crate::fetch::{self, Fetcher, ListReply, Listing, Reply, Request, Response, Role, Survey, Verdict, judge};
use crate::lexicon::Lexicon;
use crate::round::request;

/// How many pages of a list are asked.
const LIST_PAGES: usize = 3;

/// What a look at a source showed.
pub(super) struct Look {
    /// The answer; the survey of a site has many.
    pub(super) response: Option<Response>,
    /// Why this is not the page, if it is not.
    pub(super) verdict: Option<Verdict>,
    /// What is there.
    pub(super) what: What,
}

/// What is at an address.
pub(super) enum What {
    /// One page.
    Page(Box<Page>),
    /// A list, and what went wrong on its further pages.
    List(Listing, Vec<String>),
    /// A site, surveyed from its home page.
    Site(Survey),
}

/// One document and what it says.
pub(super) struct Page {
    /// The document.
    pub(super) document: Document,
    /// What it says.
    pub(super) reading: Reading,
}

impl Look {
    /// In a few words: what is there.
    pub(super) fn in_short(&self) -> String {
        match &self.what {
            What::Page(page) => count(page.reading.notices.len(), "office read", "offices read"),
            What::List(listing, _) => count(listing.articles.len(), "article", "articles"),
            What::Site(survey) => {
                let n = |role| survey.finds.iter().filter(|find| find.role == role).count();
                let (news, hours, offices) = (n(Role::News), n(Role::Hours), n(Role::Office));
                format!(
                    "{}, {}, {}",
                    count(news, "list of news", "lists of news"),
                    count(hours, "page of hours", "pages of hours"),
                    count(offices, "office page", "office pages")
                )
            }
        }
    }
}

/// `1 article`, `3 articles`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// How thoroughly a site is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Its home page alone.
    Home,
    /// As far as the source allows.
    Survey,
}

/// Fetches the source and reads it, without a thought to what was there before.
pub(super) async fn at(fetcher: &Fetcher, source: &Source, depth: Depth) -> anyhow::Result<Look> {
    let ask = Request { force: true, ..request(source, source.url.clone(), None) };
    match (source.kind, depth) {
        (SourceKind::Page, _) | (SourceKind::Site, Depth::Home) => {
            let response = fresh(fetcher, &ask).await?;
            let verdict = judge(&response, &read(&response, None));
            let page = page(source, &response);
            Ok(Look { response: Some(response), verdict, what: What::Page(Box::new(page)) })
        }
        (SourceKind::Site, Depth::Survey) => {
            let max_pages = usize::try_from(source.max_pages).unwrap_or(usize::MAX);
            let mut survey = fetcher.survey(&ask, max_pages).await?;
            Ok(Look { response: None, verdict: survey.verdict.take(), what: What::Site(survey) })
        }
        (SourceKind::News | SourceKind::Sitemap, _) => {
            let follow = source.follow.as_ref().map(|follow| match follow {
                Follow::Prefix(prefix) => fetch::Follow::Prefix(prefix.clone()),
                Follow::Selector(selector) => fetch::Follow::Css(selector.clone()),
            });
            match fetcher.list(&ask, follow.as_ref(), LIST_PAGES).await? {
                ListReply::Fresh(found) => {
                    Ok(Look { response: Some(found.first), verdict: found.verdict, what: What::List(found.listing, found.problems) })
                }
                ListReply::Unchanged(_) => Err(unasked(&source.url)),
            }
        }
    }
}

fn unasked(url: &Url) -> anyhow::Error {
    anyhow::anyhow!("{url} answered \"not modified\" to a request without conditions")
}

/// One article of a source.
pub(super) async fn article(fetcher: &Fetcher, source: &Source, url: &Url) -> anyhow::Result<(Response, Page)> {
    let ask = Request { force: true, ..request(source, url.clone(), None) };
    let response = fresh(fetcher, &ask).await?;
    let page = page(source, &response);
    Ok((response, page))
}

async fn fresh(fetcher: &Fetcher, ask: &Request) -> anyhow::Result<Response> {
    match fetcher.get(ask).await? {
        Reply::Fresh(response) => Ok(response),
        Reply::Unchanged(_) => Err(unasked(&ask.url)),
    }
}

fn page(source: &Source, response: &Response) -> Page {
    let document = read(response, source.select.as_deref());
    let context = Context { published: None, office: source.office.clone(), url: Some(response.url.to_string()) };
    let reading = extract::read(&document, Lexicon::builtin(), &context);
    Page { document, reading }
}

fn read(response: &Response, select: Option<&str>) -> Document {
    document::read(&Input { bytes: &response.body, content_type: response.content_type(), url: Some(&response.url), select })
}
