//! The connection layer: who we say we are, what we accept, whom we trust.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};

use super::address::Guard;
use super::{FetchError, Limits};

/// Who we say we are.
pub(super) fn user_agent(limits: &Limits) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match &limits.contact {
        Some(contact) => format!("Sportello/{version} (+{contact})"),
        None => format!("Sportello/{version}"),
    }
}

/// A connection that waits longer is closed: common servers do so themselves (Apache after five seconds), and each holds as much memory as the
/// largest page that came over it.
const KEEP_IDLE: Duration = Duration::from_secs(5);

/// The client, and whether there are root certificates to check servers by.
pub(super) fn build_client(limits: &Limits, insecure_tls: bool) -> Result<(reqwest::Client, bool), FetchError> {
    let setup = |error: &dyn std::fmt::Display| FetchError::Setup(error.to_string());
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
    headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("it,en;q=0.3"));
    let agent = HeaderValue::from_str(&user_agent(limits)).map_err(|_| setup(&"the contact has characters that no header may hold"))?;
    let mut roots = Vec::new();
    for pem in &limits.extra_roots {
        roots.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(|error| setup(&error))?);
    }
    let builder = || {
        reqwest::Client::builder()
            .user_agent(agent.clone())
            .default_headers(headers.clone())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(Guard { allow_private: limits.allow_private })
            .connect_timeout(limits.idle.min(limits.timeout))
            .read_timeout(limits.idle.min(limits.timeout))
            .pool_idle_timeout(KEEP_IDLE)
            .pool_max_idle_per_host(limits.per_host.max(1))
            .tls_danger_accept_invalid_certs(insecure_tls)
    };
    match builder().tls_certs_merge(roots).build() {
        Ok(client) => Ok((client, true)),
        // A machine without root certificates can still ask plain HTTP; what needs them is told so when it is asked.
        Err(error) => match builder().tls_certs_only([]).build() {
            Ok(client) => Ok((client, false)),
            Err(_) => Err(setup(&super::error::innermost(&error))),
        },
    }
}

/// The client at present. A connection to each host asked stays open for a while and holds 25 to 65 kB, which adds up when a whole country is
/// asked in seconds: after many hosts a new client takes the place, and the idle connections end with the old one.
#[derive(Debug)]
pub(super) struct Clients {
    insecure_tls: bool,
    present: Mutex<(reqwest::Client, HashSet<String>)>,
}

impl Clients {
    pub(super) fn new(first: reqwest::Client, insecure_tls: bool) -> Self {
        Self { insecure_tls, present: Mutex::new((first, HashSet::new())) }
    }

    /// The client to ask a host with, for one exchange.
    pub(super) fn of(&self, host: &str, limits: &Limits) -> reqwest::Client {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        let (client, hosts) = &mut *present;
        if !hosts.contains(host) {
            // what could be built at the start can be built again; if not, the old one still serves
            if hosts.len() >= hosts_of_a_client(limits)
                && let Ok((next, _)) = build_client(limits, self.insecure_tls)
            {
                *client = next;
                hosts.clear();
            }
            hosts.insert(host.to_owned());
        }
        client.clone()
    }
}

/// So many hosts share a client: those that are busy at once, and half as many that were.
fn hosts_of_a_client(limits: &Limits) -> usize {
    limits.hosts_at_once().saturating_mul(3) / 2
}

/// A client for calls that are no visits of a page: it reaches public addresses alone unless `allow_private`, follows no redirects, and
/// gives up after `patience`.
pub fn caller(allow_private: bool, patience: Duration) -> Result<reqwest::Client, FetchError> {
    // one may be installed already, which is just as well
    let _ = rustls::crypto::ring::default_provider().install_default();
    let limits = Limits { allow_private, ..Limits::default() };
    let setup = |error: &dyn std::fmt::Display| FetchError::Setup(error.to_string());
    let builder = || {
        reqwest::Client::builder()
            .user_agent(user_agent(&limits))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(Guard { allow_private })
            .timeout(patience)
    };
    // as above: a machine without root certificates can still call plain HTTP
    builder().build().or_else(|_| builder().tls_certs_only([]).build()).map_err(|error| setup(&super::error::innermost(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_hosts_at_once_where_they_want_pauses() {
        let at_once = |concurrency, delay| Limits { concurrency, delay: Duration::from_millis(delay), ..Limits::default() }.hosts_at_once();
        assert_eq!((at_once(32, 0), at_once(32, 300), at_once(32, 1000)), (64, 128, 256));
        assert_eq!((at_once(1, 1000), at_once(1000, 0), at_once(usize::MAX, 1000)), (8, 2000, usize::MAX));
    }

    #[test]
    fn a_client_serves_many_hosts_and_not_all() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let limits = Limits::default();
        let clients = Clients::new(build_client(&limits, false).unwrap().0, false);
        let n_hosts = || clients.present.lock().unwrap().1.len();
        let most = hosts_of_a_client(&limits);
        for n in 0..most {
            clients.of(&format!("www.comune-{n}.example"), &limits);
        }
        clients.of("www.comune-0.example", &limits);
        assert_eq!(n_hosts(), most, "a host that was asked is asked over its connection");
        clients.of("www.un-altro.example", &limits);
        assert_eq!(n_hosts(), 1);
    }
}
