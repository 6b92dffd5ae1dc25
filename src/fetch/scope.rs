//! Which hosts belong to a source's site, so that redirects and links stay within it.

use url::{Host, Url};

/// The hosts a request may end at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    home: String,
    also: Vec<String>,
    anywhere: bool,
}

impl Scope {
    /// The site of `url`: its host and all hosts under the same registrable domain (public suffix list: `comune.prato.it` is one).
    pub fn of(url: &Url) -> Self {
        Scope { home: site_of(url), also: Vec::new(), anywhere: false }
    }

    /// No bound: for what a person types on the command line.
    pub fn anywhere() -> Self {
        Scope { home: String::new(), also: Vec::new(), anywhere: true }
    }

    /// Adds hosts that the source declares as its own.
    pub fn and(mut self, hosts: impl IntoIterator<Item = String>) -> Self {
        self.also.extend(hosts.into_iter().map(|host| host.to_ascii_lowercase()));
        self
    }

    /// Whether `url` lies within.
    pub fn holds(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        self.anywhere || site_of(url) == self.home || self.also.iter().any(|also| also == host)
    }
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
    fn addresses_are_their_own_site() {
        let scope = Scope::of(&url("http://127.0.0.1:8080/"));
        assert!(scope.holds(&url("http://127.0.0.1:9090/")));
        assert!(!scope.holds(&url("http://127.0.0.2:8080/")));
        assert!(!scope.holds(&url("http://169.254.169.254/latest/meta-data")));
    }
}
