//! The network, politely: an address goes in, bytes or a clear reason why not come out.
//!
//! `Fetcher` asks (client, hosts, robots, address, scope), `verdict` tells whether what came is the page, `discover` and `site` find
//! further addresses in it. Knows no Italian beyond the few words that tell a page from a substitute, and no office.

mod address;
mod browser;
mod canonical;
mod cdp;
mod challenge;
mod client;
mod cut;
mod discover;
mod error;
mod hosts;
mod leads;
mod listing;
mod markup;
mod phrases;
mod platform;
mod replay;
mod robots;
mod scope;
mod site;
mod sitemap;
mod sweep;
mod transport;
pub mod verdict;
mod warc;

use std::time::Duration;

pub use address::refused_literal;
pub use canonical::canonical;
pub use cdp::find_program;
pub use client::Fetcher;
pub use cut::stops_short;
pub use discover::{Found, ListReply};
pub use error::{FetchError, TlsProblem};
pub use hosts::{Place, backoff};
pub use listing::{Article, Follow, ListKind, Listing, attachments, declared_canonical, listing};
pub use platform::Platform;
pub use scope::{Scope, site_of};
pub use site::{Find, Role, Survey};
pub use transport::caller;
use url::Url;
pub use verdict::{Verdict, judge};

/// The bounds within which the crawler works: `[crawl]` in the settings, and a few that need no setting.
#[derive(Debug, Clone)]
pub struct Limits {
    /// An address (web or mail) where the crawler's operator can be reached; goes into the User-Agent.
    pub contact: Option<String>,
    /// Requests at once, to all hosts together.
    pub concurrency: usize,
    /// Requests at once to one host.
    pub per_host: usize,
    /// Least time between two requests to one host.
    pub delay: Duration,
    /// Longest time for one document, all redirects included, waiting for its turn not.
    pub timeout: Duration,
    /// Longest silence while connecting or in the middle of an answer.
    pub idle: Duration,
    /// Longest body, after decompression, in bytes.
    pub max_bytes: u64,
    /// How many redirects are followed.
    pub max_redirects: usize,
    /// Whether robots.txt is asked for and obeyed.
    pub respect_robots: bool,
    /// Longest Crawl-delay that is obeyed; a longer one counts as this.
    pub max_crawl_delay: Duration,
    /// Whether loopback and private addresses may be asked.
    pub allow_private: bool,
    /// After how many failures in a row (no connection, no answer) a host is left alone for a while; 0: never.
    pub rest_after: u32,
    /// How long a dead host is left alone at first; doubles at each further failure, up to an hour.
    pub rest: Duration,
    /// Further root certificates, PEM, beside those of the system.
    pub extra_roots: Vec<Vec<u8>>,
    /// The browser's program; `None`: `chromium` from the path.
    pub browser: Option<std::path::PathBuf>,
    /// Pages rendered at once.
    pub tabs: usize,
    /// Seed of the jitter: random in the daemon, fixed in tests.
    pub seed: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            contact: None,
            concurrency: 32,
            per_host: 2,
            delay: Duration::from_secs(1),
            timeout: Duration::from_secs(30),
            idle: Duration::from_secs(15),
            max_bytes: 10 << 20,
            max_redirects: 8,
            respect_robots: true,
            max_crawl_delay: Duration::from_secs(30),
            allow_private: false,
            rest_after: 3,
            rest: Duration::from_secs(30),
            extra_roots: Vec::new(),
            browser: None,
            tabs: 2,
            seed: 0,
        }
    }
}

/// What an answer takes, more or less.
const ANSWER: Duration = Duration::from_millis(150);
/// More hosts at once than this would only cost memory.
const MOST_HOSTS: usize = 256;

impl Limits {
    /// How many hosts it is worth being busy with at once, so that all requests allowed at once are under way: twice as many, and where hosts
    /// want a pause between two pages, as many more as wait in theirs.
    pub fn hosts_at_once(&self) -> usize {
        let pauses = usize::try_from(self.delay.as_millis() / ANSWER.as_millis()).unwrap_or(usize::MAX);
        let busy = self.concurrency.max(1).saturating_mul(2);
        let waiting = self.concurrency.saturating_mul(pauses);
        busy.saturating_add(waiting).min(MOST_HOSTS.max(busy))
    }
}

/// What a page is brought with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Render {
    /// The bytes as the server sends them.
    #[default]
    Http,
    /// The document as a headless browser has it after its scripts ran.
    Browser,
}

/// What the last visit left, so that an unchanged page costs little more than its request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// The address that the validators belong to, after redirects; `None`: the address requested.
    pub url: Option<Url>,
    /// `ETag`, exactly as the server sent it.
    pub etag: Option<String>,
    /// `Last-Modified`, exactly as the server sent it (a date of our own makes servers ignore a matching ETag).
    pub last_modified: Option<String>,
    /// SHA-256 of the body, for servers that answer 200 with the same bytes.
    pub sha256: Option<[u8; 32]>,
}

/// How often in a row a server may answer 304 before it is asked without conditions, in case it lies.
const TRUSTED_304: u32 = 24;

impl Validators {
    /// The validators to send after `streak` answers of 304 in a row: now and then only the hash, so that a server that says
    /// "not modified" whatever happens is found out.
    pub fn after_streak(mut self, streak: u32) -> Self {
        if streak > 0 && streak.is_multiple_of(TRUSTED_304) {
            self.etag = None;
            self.last_modified = None;
        }
        self
    }
}

/// One page to bring.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address. A fragment is not sent.
    pub url: Url,
    /// What is known from the last visit.
    pub validators: Validators,
    /// Where redirects may lead.
    pub scope: Scope,
    /// How to bring it.
    pub render: Render,
    /// Accept any certificate: only where the source says so.
    pub insecure_tls: bool,
    /// Ask without conditions and take whatever comes as fresh, even the same bytes.
    pub force: bool,
}

impl Request {
    /// A plain request for `url` that stays within its site.
    pub fn new(url: Url) -> Self {
        let scope = Scope::of(&url);
        Request { url, validators: Validators::default(), scope, render: Render::Http, insecure_tls: false, force: false }
    }

    /// With what the last visit left.
    pub fn known(mut self, validators: Validators) -> Self {
        self.validators = validators;
        self
    }
}

/// What a visit brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The page is as it was at the last visit.
    Unchanged(Unchanged),
    /// The page, with its bytes.
    Fresh(Response),
}

/// How it was told that a page is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchanged {
    /// `true`: the server said so (304). `false`: it sent the same bytes again.
    pub not_modified: bool,
    /// What to send the next time.
    pub validators: Validators,
    /// Bytes of body that came.
    pub bytes: u64,
    /// From the request to the last byte.
    pub elapsed: Duration,
}

/// An answer with status 2xx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The address asked.
    pub requested: Url,
    /// The address that answered, after redirects.
    pub url: Url,
    /// The addresses that redirected, in order.
    pub redirects: Vec<Url>,
    /// The HTTP status.
    pub status: u16,
    /// The headers in the server's order, names in lower case; bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// SHA-256 of the body.
    pub sha256: [u8; 32],
    /// From the request to the last byte.
    pub elapsed: Duration,
    /// Whether the body is a browser's document rather than what the server sent.
    pub rendered: bool,
}

impl Response {
    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `Content-Type` as sent.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// What to send at the next visit.
    pub fn validators(&self) -> Validators {
        Validators {
            url: Some(self.url.clone()),
            etag: self.header("etag").map(str::to_owned),
            last_modified: self.header("last-modified").map(str::to_owned),
            sha256: Some(self.sha256),
        }
    }

    /// An answer as a server would give it, for tests of what reads answers.
    #[cfg(test)]
    pub(crate) fn for_test(url: Url, content_type: &str, body: &[u8]) -> Response {
        use sha2::Digest;
        Response {
            requested: url.clone(),
            url,
            redirects: Vec::new(),
            status: 200,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.to_vec(),
            sha256: sha2::Sha256::digest(body).into(),
            elapsed: Duration::ZERO,
            rendered: false,
        }
    }
}
