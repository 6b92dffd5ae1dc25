//! The HTTP client: one page with its redirects, each hop checked (address, site, robots.txt, manners) before anything is sent.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::header::{self, HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use url::Url;

use super::address::refused_literal;
use super::browser::{self, Browser};
use super::hosts::{Hosts, Outcome, Place, Ticket};
use super::replay::Archive;
use super::robots::{Cache, Policy};
use super::scope::host_key;
use super::transport::{Clients, build_client};
use super::verdict::judge_error;
use super::{FetchError, Limits, Render, Reply, Request, Response, Scope, Unchanged, Validators};
use crate::document::{self, Input};

/// RFC 9309 §2.3.1.2: at least five redirects.
const ROBOTS_REDIRECTS: usize = 5;
/// Longest time that a host may ask us to stay away at once: it may mean what it says, or have been set up wrongly.
const LONGEST_WISH: Duration = Duration::from_secs(24 * 3600);
/// Read at most this much of an error page: enough to tell what it is.
const ERROR_PAGE_BYTES: u64 = 128 << 10;
/// A server's word on the length of its answer is believed up to here, and room made at once.
const MAX_RESERVED: u64 = 1 << 20;

/// Brings pages, politely. Cheap to clone; all clones share manners and caches.
#[derive(Debug, Clone)]
pub struct Fetcher {
    inner: Origin,
}

/// Where answers come from.
#[derive(Debug, Clone)]
enum Origin {
    Network(Arc<Inner>),
    Archive(Arc<Archive>),
}

#[derive(Debug)]
pub(super) struct Inner {
    pub limits: Limits,
    browser: Browser,
    clients: Clients,
    has_roots: bool,
    insecure: OnceLock<Clients>,
    hosts: Hosts,
    robots: Cache,
}

/// One answer, of whatever status.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// One request of the client.
pub(super) struct Ask<'a> {
    pub url: &'a Url,
    pub conditions: HeaderMap,
    pub insecure_tls: bool,
    pub size: Size,
    /// What earlier hops took of the time allowed.
    pub spent: Duration,
    /// A part of a page that a browser is building: it need not keep the gap between two pages.
    pub with_page: bool,
}

/// How much of a body is wanted, in bytes after decompression.
#[derive(Clone, Copy)]
pub(super) enum Size {
    /// All of it; more than this is an error.
    Whole(u64),
    /// The beginning.
    First(u64),
}

impl Fetcher {
    /// A fetcher that asks the network within `limits`. Fails with `Setup` if the client cannot be made.
    pub fn new(limits: Limits) -> Result<Self, FetchError> {
        // The process may already have a provider; that one serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (client, has_roots) = build_client(&limits, false)?;
        let clients = Clients::new(client, false);
        let (hosts, robots) = (Hosts::new(&limits), Cache::default());
        let browser = Browser::new(&limits);
        Ok(Fetcher {
            inner: Origin::Network(Arc::new(Inner { browser, limits, clients, has_roots, insecure: OnceLock::new(), hosts, robots })),
        })
    }

    /// A fetcher that reads an archive instead of the network: a folder of saved pages (`HOST/PATH`, with `NAME.headers` beside a
    /// file where status or headers matter) or of WARC files, or one WARC file. Nothing later than `at` is seen.
    pub fn replay(archive: &std::path::Path, at: Option<jiff::Timestamp>) -> Result<Self, FetchError> {
        Ok(Fetcher { inner: Origin::Archive(Arc::new(Archive::open(archive, at)?)) })
    }

    /// How many hosts it is worth being busy with at once: see [`Limits::hosts_at_once`].
    pub fn hosts_at_once(&self) -> usize {
        match &self.inner {
            Origin::Network(inner) => inner.limits.hosts_at_once(),
            Origin::Archive(_) => Limits::default().hosts_at_once(),
        }
    }

    /// Brings one page. `Unchanged` when the server says so or sends the same bytes as at the last visit.
    pub async fn get(&self, request: &Request) -> Result<Reply, FetchError> {
        let (reply, _place) = self.take(request).await?;
        Ok(reply)
    }

    /// Brings one page as [`Fetcher::get`] does, with the place that it was asked from: kept until the page is dealt with, no more pages come
    /// than can be. Ask for no other page while keeping it.
    pub async fn take(&self, request: &Request) -> Result<(Reply, Place), FetchError> {
        match (&self.inner, request.render) {
            (Origin::Archive(archive), _) => Ok((archive.get(request)?, Place::default())),
            (Origin::Network(inner), Render::Http) => inner.follow(request).await,
            (Origin::Network(inner), Render::Browser) => Ok((browser::render(inner, &inner.browser, request).await?, Place::default())),
        }
    }
}

impl Inner {
    async fn follow(&self, request: &Request) -> Result<(Reply, Place), FetchError> {
        let mut url = request.url.clone();
        url.set_fragment(None);
        let mut redirects: Vec<Url> = Vec::new();
        let mut spent = Duration::ZERO;
        loop {
            self.check(&url)?;
            if let Some(from) = redirects.last()
                && !request.scope.holds(&url)
            {
                return Err(FetchError::LeftSite { from: from.to_string(), to: url.to_string() });
            }
            self.ask_robots(&url, request.insecure_tls).await?;
            let conditions = conditions(request, &url, redirects.is_empty());
            let conditional = !conditions.is_empty();
            let size = Size::Whole(self.limits.max_bytes);
            let ask = Ask { url: &url, conditions, insecure_tls: request.insecure_tls, size, spent, with_page: false };
            let (answer, took, place) = self.ask(ask).await?;
            spent += took;
            match answer.status {
                301 | 302 | 303 | 307 | 308 => {
                    let next = self.target(&url, &answer)?;
                    redirects.push(url);
                    if redirects.len() > self.limits.max_redirects || redirects.contains(&next) {
                        let host = request.url.host_str().unwrap_or_default().to_owned();
                        return Err(FetchError::Redirects { host, hops: redirects.len() });
                    }
                    url = next;
                }
                304 if conditional => {
                    let validators = renewed(&request.validators, &url, &answer.headers);
                    let unchanged = Unchanged { not_modified: true, validators, bytes: 0, elapsed: spent };
                    return Ok((Reply::Unchanged(unchanged), place));
                }
                200..=299 => match refresh(&url, &answer) {
                    Some(next) if next != url && !redirects.contains(&next) && redirects.len() < self.limits.max_redirects => {
                        redirects.push(std::mem::replace(&mut url, next));
                    }
                    _ => return Ok((reply(request, url, redirects, answer, spent), place)),
                },
                status => {
                    let host = url.host_str().unwrap_or_default().to_owned();
                    let verdict = judge_error(status, &plain_headers(&answer.headers), &answer.body);
                    return Err(FetchError::Status { host, status, verdict, retry_after: retry_after(&answer.headers) });
                }
            }
        }
    }

    /// What can be told from the address alone.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(FetchError::Address(url.to_string()));
        }
        match refused_literal(url, self.limits.allow_private) {
            Some(address) => {
                let host = url.host_str().unwrap_or_default().to_owned();
                Err(FetchError::Private { host, address: address.to_string() })
            }
            None => Ok(()),
        }
    }

    pub(super) async fn ask_robots(&self, url: &Url, insecure_tls: bool) -> Result<(), FetchError> {
        if !self.limits.respect_robots {
            return Ok(());
        }
        let authority = url[..url::Position::BeforePath].to_owned();
        let policy = self
            .robots
            .policy(&authority, Instant::now(), async || {
                let policy = self.fetch_robots(url, insecure_tls).await;
                if let Policy::Rules(rules) = &policy {
                    self.hosts.crawl_delay(&host_key(url), rules.crawl_delay().unwrap_or_default());
                }
                policy
            })
            .await;
        let host = url.host_str().unwrap_or_default().to_owned();
        match policy {
            Policy::Unreachable(why) => Err(FetchError::RobotsUnreachable { host, why }),
            Policy::Rules(rules) if rules.is_url_allowed(url) => Ok(()),
            Policy::Rules(_) => Err(FetchError::Disallowed { host, path: url.path().to_owned() }),
        }
    }

    async fn fetch_robots(&self, url: &Url, insecure_tls: bool) -> Policy {
        let Ok(mut url) = url.join("/robots.txt") else { return Policy::open() };
        // RFC 9309 §2.3.1.2: redirects are followed even to other hosts; the rules then hold for the first one.
        let scope = Scope::anywhere();
        let mut spent = Duration::ZERO;
        for _ in 0..=ROBOTS_REDIRECTS {
            if self.check(&url).is_err() || !scope.holds(&url) {
                return Policy::open();
            }
            // One byte more than the limit tells the parser that the last line is cut.
            let size = Size::First(robotxt::BYTE_LIMIT as u64 + 1);
            let ask = Ask { url: &url, conditions: HeaderMap::new(), insecure_tls, size, spent, with_page: false };
            match self.ask(ask).await {
                Ok((answer, took, _place)) => {
                    spent += took;
                    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                        return Policy::from_answer(answer.status, &answer.body);
                    }
                    match self.target(&url, &answer) {
                        Ok(next) => url = next,
                        Err(_) => return Policy::open(),
                    }
                }
                Err(error) => return Policy::Unreachable(error.to_string()),
            }
        }
        Policy::open()
    }

    fn target(&self, url: &Url, answer: &Answer) -> Result<Url, FetchError> {
        let location = answer.headers.get(header::LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let location = location.unwrap_or_default();
        match url.join(&location) {
            Ok(mut next) if !location.is_empty() => {
                next.set_fragment(None);
                Ok(next)
            }
            _ => {
                let host = url.host_str().unwrap_or_default().to_owned();
                Err(FetchError::BadRedirect { host, status: answer.status, location })
            }
        }
    }

    /// One request, when its turn has come: the answer, how long it took, and the place that it was asked from.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<(Answer, Duration, Place), FetchError> {
        let mut ticket = self.hosts.turn(&host_key(ask.url), ask.with_page).await?;
        let started = Instant::now();
        match self.exchange(ask, &mut ticket).await {
            Ok(answer) => {
                let place = ticket.finish(outcome(&answer));
                Ok((answer, started.elapsed(), place))
            }
            Err(error) => {
                // A page too long says nothing about the host; everything else that ends here does.
                let outcome = match &error {
                    FetchError::TooLong { .. } => Outcome::Answered,
                    FetchError::Private { .. } | FetchError::Setup(_) => Outcome::Dropped,
                    other => Outcome::Dead(other.to_string()),
                };
                ticket.finish(outcome);
                Err(error)
            }
        }
    }

    async fn exchange(&self, ask: Ask<'_>, ticket: &mut Ticket<'_>) -> Result<Answer, FetchError> {
        let Ask { url, conditions, insecure_tls, size, spent, .. } = ask;
        let host = url.host_str().unwrap_or_default();
        let deadline = tokio::time::Instant::now() + self.limits.timeout.saturating_sub(spent);
        if url.scheme() == "https" && !insecure_tls && !self.has_roots {
            let why =
                "no root certificates on this machine, so that no https site can be checked (on Debian: apt-get install ca-certificates)";
            return Err(FetchError::Setup(why.to_owned()));
        }
        let client = self.client(host, insecure_tls)?;
        let timed_out = |stage, limit| FetchError::TimedOut { host: host.to_owned(), stage, limit };
        let sent = tokio::time::timeout_at(deadline, client.get(url.clone()).headers(conditions).send()).await;
        let mut response = sent
            .map_err(|_| timed_out("answer", self.limits.timeout))?
            .map_err(|error| FetchError::from_client(host, "answer", self.limits.idle.min(self.limits.timeout), &error))?;
        ticket.head();

        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let good = (200..300).contains(&status);
        let size = if good { size } else { Size::First(ERROR_PAGE_BYTES) };
        let too_long = |limit| FetchError::TooLong { host: host.to_owned(), limit };
        let limit = match size {
            Size::Whole(limit) if response.content_length().is_some_and(|length| length > limit) => return Err(too_long(limit)),
            Size::Whole(limit) | Size::First(limit) => limit,
        };
        let announced = response.content_length().unwrap_or(0).min(limit).min(MAX_RESERVED);
        let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
        loop {
            let chunk = tokio::time::timeout_at(deadline, response.chunk()).await;
            let chunk = chunk.map_err(|_| timed_out("finish its answer", self.limits.timeout))?;
            match chunk {
                Ok(Some(chunk)) => {
                    let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(body.len());
                    body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    match size {
                        Size::Whole(_) if chunk.len() > room => return Err(too_long(limit)),
                        Size::First(_) if chunk.len() >= room => break,
                        _ => {}
                    }
                }
                Ok(None) => break,
                // Of an error page or a redirect the beginning is enough.
                Err(_) if !good => break,
                Err(error) => {
                    return Err(FetchError::from_client(host, "finish its answer", self.limits.idle.min(self.limits.timeout), &error));
                }
            }
        }
        Ok(Answer { status, headers, body })
    }

    fn client(&self, host: &str, insecure_tls: bool) -> Result<reqwest::Client, FetchError> {
        if !insecure_tls {
            return Ok(self.clients.of(host, &self.limits));
        }
        if let Some(clients) = self.insecure.get() {
            return Ok(clients.of(host, &self.limits));
        }
        let (client, _) = build_client(&self.limits, true)?;
        Ok(self.insecure.get_or_init(|| Clients::new(client, true)).of(host, &self.limits))
    }
}

/// Conditions of the request, for the address that they belong to.
fn conditions(request: &Request, url: &Url, first: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let ours = request.validators.url.as_ref().map_or(first, |of| of == url);
    if request.force || !ours {
        return headers;
    }
    let value = |text: &Option<String>| text.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
    if let Some(etag) = value(&request.validators.etag) {
        headers.insert(header::IF_NONE_MATCH, etag);
    }
    if let Some(date) = value(&request.validators.last_modified) {
        headers.insert(header::IF_MODIFIED_SINCE, date);
    }
    headers
}

/// The validators after a 304, which may bring new ones (RFC 9110 §15.4.5).
fn renewed(known: &Validators, url: &Url, headers: &HeaderMap) -> Validators {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    Validators {
        url: Some(url.clone()),
        etag: text(header::ETAG).or_else(|| known.etag.clone()),
        last_modified: text(header::LAST_MODIFIED).or_else(|| known.last_modified.clone()),
        sha256: known.sha256,
    }
}

fn reply(request: &Request, url: Url, redirects: Vec<Url>, answer: Answer, elapsed: Duration) -> Reply {
    let sha256: [u8; 32] = Sha256::digest(&answer.body).into();
    let headers = plain_headers(&answer.headers);
    let bytes = answer.body.len() as u64;
    let requested = request.url.clone();
    let response =
        Response { requested, url, redirects, status: answer.status, headers, body: answer.body, sha256, elapsed, rendered: false };
    if !request.force && request.validators.sha256 == Some(sha256) {
        return Reply::Unchanged(Unchanged { not_modified: false, validators: response.validators(), bytes, elapsed });
    }
    Reply::Fresh(response)
}

/// Some home pages are nothing but `<meta http-equiv=refresh>`: a redirect in the page's clothes.
fn refresh(url: &Url, answer: &Answer) -> Option<Url> {
    const SMALL: usize = 8 << 10;
    const AT_ONCE: u32 = 5;
    if answer.body.len() > SMALL || !answer.body.windows(7).any(|seven| seven.eq_ignore_ascii_case(b"refresh")) {
        return None;
    }
    let content_type = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let outline = document::outline(&Input { bytes: &answer.body, content_type, url: Some(url), select: None });
    let (seconds, mut next) = outline.refresh?;
    next.set_fragment(None);
    (seconds <= AT_ONCE && outline.main_text < 200).then_some(next)
}

pub(super) fn plain_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}

fn outcome(answer: &Answer) -> Outcome {
    let why = || format!("it answered {}", answer.status);
    match answer.status {
        429 | 503 => Outcome::Strained(retry_after(&answer.headers), why()),
        500..=599 => Outcome::Strained(None, why()),
        _ => Outcome::Answered,
    }
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds or a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    parse_retry_after(value, jiff::Timestamp::now())
}

fn parse_retry_after(value: &str, now: jiff::Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // more digits than a number holds are a long time too
        return Some(value.parse().map_or(LONGEST_WISH, Duration::from_secs).min(LONGEST_WISH));
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LONGEST_WISH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_comes_as_seconds_or_as_a_date() {
        let now: jiff::Timestamp = "2015-10-21T07:27:00Z".parse().unwrap();
        assert_eq!(parse_retry_after(" 120 ", now), Some(Duration::from_secs(120)));
        assert_eq!(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(parse_retry_after("Wed, 21 Oct 2015 07:20:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon", now), None);
        for never in ["4000000000", "99999999999999999999999", "Wed, 21 Oct 2099 07:28:00 GMT"] {
            assert_eq!(parse_retry_after(never, now), Some(LONGEST_WISH), "{never}: nobody is left alone for ever");
        }
    }

    #[test]
    fn conditions_go_to_the_address_they_belong_to() {
        let url = Url::parse("https://h.it/a").unwrap();
        let known = Validators { url: None, etag: Some("W/\"x\"".into()), last_modified: Some("yesterday-ish".into()), sha256: None };
        let request = Request::new(url.clone()).known(known.clone());
        let sent = conditions(&request, &url, true);
        assert_eq!(sent.get("if-none-match").unwrap(), "W/\"x\"");
        assert_eq!(sent.get("if-modified-since").unwrap(), "yesterday-ish", "the server's own words, whatever they are");
        assert!(conditions(&request, &url, false).is_empty(), "another hop");
        let moved = Url::parse("https://h.it/b").unwrap();
        let request = Request::new(url.clone()).known(Validators { url: Some(moved.clone()), ..known });
        assert!(conditions(&request, &url, true).is_empty());
        assert!(!conditions(&request, &moved, false).is_empty());
    }
}
