//! Which hosts belong to a source's site, so that redirects and links stay within it.

use url::{Host, Url};

/// The hosts a request may end at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    home: Home,
    also: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Home {
    /// All hosts under a registrable domain.
    Site(String),
    /// One host and port, with or without `www.`.
    Host(String, Option<u16>),
    Anywhere,
}

impl Scope {
    /// The site of `url`: its host and all hosts under the same registrable domain (public suffix list: `comune.prato.it` is one).
    pub fn of(url: &Url) -> Self {
        Scope { home: Home::Site(site_of(url)), also: Vec::new() }
    }

    /// The host of `url` alone; `www.` before it is no other host, nor is https another than http.
    pub fn host(url: &Url) -> Self {
        Scope { home: Home::Host(bare_host(url).to_owned(), url.port()), also: Vec::new() }
    }

    /// No bound: for what a person types on the command line.
    pub fn anywhere() -> Self {
        Scope { home: Home::Anywhere, also: Vec::new() }
    }

    /// Adds hosts that the source declares as its own.
    pub fn and(mut self, hosts: impl IntoIterator<Item = String>) -> Self {
        self.also.extend(hosts.into_iter().map(|host| host.to_ascii_lowercase()));
        self
    }

    /// Whether `url` lies within.
    pub fn holds(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let at_home = match &self.home {
            Home::Site(site) => site_of(url) == *site,
            Home::Host(home, port) => bare_host(url) == home && url.port() == *port,
            Home::Anywhere => true,
        };
        at_home || self.also.iter().any(|also| also == host)
    }
}

fn bare_host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// The registrable domain of a host, or the host itself where it has none (an address, `localhost`).
pub fn site_of(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            psl::domain_str(&name).map_or_else(|| name.clone(), str::to_owned)
        }
        Some(host) => host.to_string(),
        None => String::new(),
    }
}

/// The key under which a host's manners are kept: the host, with its port where that is not the usual one.
pub fn host_key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_town_is_its_registrable_domain() {
        let scope = Scope::of(&url("https://www.comune.prato.it/novita"));
        assert!(scope.holds(&url("https://comune.prato.it/")));
        assert!(scope.holds(&url("http://servizi.comune.prato.it/x")));
        assert!(!scope.holds(&url("https://www.provincia.prato.it/")), "prato.it is a public suffix");
        assert!(!scope.holds(&url("https://www.halleyweb.com/")));
        assert!(scope.and(["www.halleyweb.com".to_owned()]).holds(&url("https://www.halleyweb.com/c0")));
    }

    #[test]
    fn one_host_is_less_than_its_site() {
        let scope = Scope::host(&url("https://www.comune.prato.it/"));
        assert!(scope.holds(&url("http://comune.prato.it/novita")));
        assert!(!scope.holds(&url("https://servizi.comune.prato.it/")));
        assert!(!scope.holds(&url("https://www.comune.prato.it:8443/")));
    }

    #[test]
    fn addresses_are_their_own_site() {
        let scope = Scope::of(&url("http://127.0.0.1:8080/"));
        assert!(scope.holds(&url("http://127.0.0.1:9090/")));
        assert!(!scope.holds(&url("http://127.0.0.2:8080/")));
        assert!(!scope.holds(&url("http://169.254.169.254/latest/meta-data")));
    }
}
