//! The connection layer: who we say we are, what we accept, whom we trust.

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
            .pool_idle_timeout(Duration::from_secs(20))
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
