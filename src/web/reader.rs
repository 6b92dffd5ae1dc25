//! Who asks: the reader's language, and the network address that limits count by.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::Site;
use super::listen::Peer;
use crate::config::settings::Network;
use crate::domain::Language;

/// A reader of pages. `/it/…` and `/en/…` fix the language; without them the browser's wish decides, else the settings.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language to write in.
    pub language: Language,
    /// `""`, `"/it"` or `"/en"`: what links inside the site begin with, so that a language once chosen stays.
    pub prefix: &'static str,
    /// The path without the prefix.
    pub path: String,
    /// What follows the question mark.
    pub query: Option<String>,
    /// The request's headers.
    pub headers: HeaderMap,
}

impl Reader {
    /// Reads a request's address and headers.
    pub fn of(uri: &axum::http::Uri, headers: &HeaderMap, otherwise: Language) -> Self {
        let path = uri.path();
        let fixed = [("/it", Language::It), ("/en", Language::En)].into_iter().find_map(|(prefix, language)| {
            let rest = path.strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((prefix, language, rest))
        });
        let query = uri.query().map(str::to_string);
        let headers = headers.clone();
        match fixed {
            Some((prefix, language, rest)) => {
                let path = if rest.is_empty() { "/" } else { rest };
                Self { language, prefix, path: path.into(), query, headers }
            }
            None => {
                let wish = headers.get(header::ACCEPT_LANGUAGE).and_then(|wish| wish.to_str().ok()).unwrap_or_default();
                Self { language: wished(wish).unwrap_or(otherwise), prefix: "", path: path.into(), query, headers }
            }
        }
    }

    /// The same page in a language.
    pub fn in_language(&self, language: Language) -> String {
        let prefix = match language {
            Language::It => "/it",
            Language::En => "/en",
        };
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{prefix}{}{query}", self.path)
    }
}

impl FromRequestParts<Arc<Site>> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        Ok(Self::of(uri, &parts.headers, site.settings.language))
    }
}

/// The language that `Accept-Language` (RFC 9110 §12.5.4) wants most among ours.
fn wished(wish: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for part in wish.split(',') {
        let mut pieces = part.split(';');
        let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        let language = match tag.split('-').next() {
            Some("it") => Language::It,
            Some("en") => Language::En,
            _ => continue,
        };
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// The address that a request comes from: the connection's, or where that is a trusted proxy's, the last one in `X-Forwarded-For` that is
/// not. `None` for a program on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub Option<IpAddr>);

impl Client {
    /// Judges a connection and its headers.
    pub fn of(peer: Peer, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut known = match peer {
            Peer::Ip(address) if !is_trusted(address) => return Self(Some(address)),
            Peer::Ip(address) => Some(address),
            Peer::Unix => None,
        };
        let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
        for entry in lines.iter().flat_map(|line| line.split(',')).rev() {
            // what is no address was written by a stranger, and so was all before it
            let Some(address) = address_of(entry.trim()) else { break };
            known = Some(address);
            if !is_trusted(address) {
                break;
            }
        }
        Self(known)
    }

    /// What limits count by: the address, for IPv6 the network of 64 bits that one household has.
    pub fn network(self) -> Option<IpAddr> {
        self.0.map(|address| match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & (u128::MAX << 64)).into()),
        })
    }
}

/// "203.0.113.7", "203.0.113.7:4711", "[2001:db8::1]:4711".
fn address_of(text: &str) -> Option<IpAddr> {
    let address = text.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address.or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

impl FromRequestParts<Arc<Site>> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().map_or(Peer::Unix, |peer| peer.0);
        Ok(Self::of(peer, &parts.headers, &site.settings.trusted_proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_prefix_decides_then_the_browser_then_the_settings() {
        for (uri, wish, language, path) in [
            ("/", "", Language::It, "/"),
            ("/enti/x", "en-GB,en;q=0.9,it;q=0.1", Language::En, "/enti/x"),
            ("/it", "en", Language::It, "/"),
            ("/en/enti/x?a=b", "it", Language::En, "/enti/x"),
            ("/english", "de,fr;q=0.5", Language::It, "/english"),
            ("/", "it;q=0, en;q=0.3", Language::En, "/"),
            ("/", ";;;,q=,\u{7f}", Language::It, "/"),
        ] {
            let reader = Reader::of(&uri.parse().unwrap(), &headers(&[("accept-language", wish.trim_matches('\u{7f}'))]), Language::It);
            assert_eq!((reader.language, reader.path.as_str()), (language, path), "{uri} {wish}");
        }
        let reader = Reader::of(&"/en/enti/x?a=b".parse().unwrap(), &headers(&[]), Language::It);
        assert_eq!(reader.in_language(Language::It), "/it/enti/x?a=b");
    }

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        let trusted: Vec<Network> = ["127.0.0.1", "10.0.0.0/8"].map(|network| network.parse().unwrap()).to_vec();
        let client = |peer: &str, forwarded: &[&str]| {
            let peer = peer.parse().map_or(Peer::Unix, Peer::Ip);
            let pairs: Vec<_> = forwarded.iter().map(|line| ("x-forwarded-for", *line)).collect();
            Client::of(peer, &headers(&pairs), &trusted).0.map(|address| address.to_string())
        };
        let some = |text: &str| Some(text.to_string());
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), some("203.0.113.9"), "a stranger's word");
        assert_eq!(client("127.0.0.1", &["198.51.100.1"]), some("198.51.100.1"));
        assert_eq!(client("127.0.0.1", &["192.0.2.66, 198.51.100.1"]), some("198.51.100.1"), "what the stranger put in front");
        assert_eq!(client("127.0.0.1", &["198.51.100.1", "10.1.2.3"]), some("198.51.100.1"), "two proxies");
        assert_eq!(client("127.0.0.1", &["198.51.100.1, nonsense"]), some("127.0.0.1"));
        assert_eq!(client("127.0.0.1", &["[2001:db8::7]:443"]), some("2001:db8::7"));
        assert_eq!(client("127.0.0.1", &[]), some("127.0.0.1"));
        assert_eq!(client("unix", &[]), None);
        assert_eq!(client("unix", &["198.51.100.1"]), some("198.51.100.1"));
    }

    #[test]
    fn a_household_counts_once() {
        let network = |text: &str| Client(Some(text.parse().unwrap())).network().unwrap().to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("198.51.100.1"), "198.51.100.1");
    }
}
