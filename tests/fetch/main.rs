//! The fetcher against real servers on loopback: a hostile one of our own, nginx where it is installed, and twenty busy hosts.

mod adverse;
mod browser;
mod hostile;
mod lists;
mod manners;
mod nginx;
mod replay;
mod robots;
mod server;
mod tls;
mod towns;

use std::time::Duration;

use sportello::fetch::{FetchError, Fetcher, Limits, Reply, Request, Response};
use url::Url;

/// Limits for loopback: no delay, private addresses allowed, robots.txt not asked unless the test is about it.
pub fn limits() -> Limits {
    Limits { allow_private: true, delay: Duration::ZERO, respect_robots: false, rest_after: 0, ..Limits::default() }
}

/// A fetcher with these limits.
pub fn fetcher(limits: Limits) -> Fetcher {
    Fetcher::new(limits).expect("a fetcher")
}

/// The page at that address, of which nothing is known yet.
pub async fn get(fetcher: &Fetcher, url: &str) -> Result<Response, FetchError> {
    match fetcher.get(&Request::new(Url::parse(url).expect("an address"))).await? {
        Reply::Fresh(response) => Ok(response),
        Reply::Unchanged(unchanged) => panic!("nothing was known, yet {unchanged:?}"),
    }
}
