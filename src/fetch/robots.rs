//! robots.txt (RFC 9309): which paths a host opens to us, and how slowly it wants to be asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use robotxt::Robots;
use tokio::sync::Mutex as AsyncMutex;

use super::sweep::Sweep;

/// The name under which rules for us stand in a robots.txt.
pub(super) const AGENT: &str = "sportello";
/// RFC 9309 §2.4: no longer than a day.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long an unreachable robots.txt keeps us out before it is tried again.
const KEPT_UNREACHABLE: Duration = Duration::from_secs(600);
/// Hosts remembered before the outdated ones are forgotten.
const MANY_HOSTS: usize = 16_384;

/// What a host's robots.txt says.
#[derive(Debug, Clone)]
pub(super) enum Policy {
    /// Its rules.
    Rules(Arc<Robots>),
    /// It could not be read, for that reason: nothing is allowed (§2.3.1.4).
    Unreachable(String),
}

impl Policy {
    /// Reads an answer: 2xx its rules, 4xx all allowed (§2.3.1.3) but for 429, which is a plea to go away.
    pub(super) fn from_answer(status: u16, body: &[u8]) -> Policy {
        match status {
            200..=299 => Policy::Rules(Arc::new(Robots::parse(body, AGENT))),
            429 => Policy::Unreachable("it answers 429: we ask too often".to_owned()),
            400..=499 => Policy::open(),
            _ => Policy::Unreachable(format!("it answers {status}")),
        }
    }

    /// Everything allowed.
    pub(super) fn open() -> Policy {
        Policy::Rules(Arc::new(Robots::allow_all()))
    }

    fn kept(&self) -> Duration {
        match self {
            Policy::Rules(_) => KEPT,
            Policy::Unreachable(_) => KEPT_UNREACHABLE,
        }
    }
}

type Place = Arc<AsyncMutex<Option<(Instant, Policy)>>>;

/// The robots.txt of all hosts asked lately. Those who want the same one wait for one request.
#[derive(Debug)]
pub(super) struct Cache {
    hosts: Mutex<(HashMap<String, Place>, Sweep)>,
}

impl Default for Cache {
    fn default() -> Self {
        Cache { hosts: Mutex::new((HashMap::new(), Sweep::at(MANY_HOSTS))) }
    }
}

impl Cache {
    /// The policy of `authority` (scheme, host, port), kept or brought by `fetch`.
    pub(super) async fn policy<F>(&self, authority: &str, now: Instant, fetch: F) -> Policy
    where
        F: AsyncFnOnce() -> Policy,
    {
        let place = self.place(authority, now);
        let mut place = place.lock().await;
        if let Some((until, policy)) = place.as_ref()
            && *until > now
        {
            return policy.clone();
        }
        let policy = fetch().await;
        *place = Some((now + policy.kept(), policy.clone()));
        policy
    }

    fn place(&self, authority: &str, now: Instant) -> Place {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let (hosts, sweep) = &mut *hosts;
        sweep.over(hosts, |place| place.try_lock().map_or(true, |place| place.as_ref().is_some_and(|(until, _)| *until > now)));
        Arc::clone(hosts.entry(authority.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str, path: &str) -> bool {
        match Policy::from_answer(200, text.as_bytes()) {
            Policy::Rules(rules) => rules.is_allowed(path),
            Policy::Unreachable(why) => panic!("{why}"),
        }
    }

    #[test]
    fn the_longest_match_wins_and_allow_wins_a_tie() {
        let text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nDisallow: /t\nAllow: /t\n";
        assert!(!allowed(text, "/a/x"));
        assert!(allowed(text, "/a/b/x"));
        assert!(!allowed(text, "/a/b/c/x"));
        assert!(allowed(text, "/t"));
        assert!(allowed(text, "/robots.txt"));
    }

    #[test]
    fn our_own_group_hides_the_one_for_all() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: Sportello\nDisallow: /privato\n";
        assert!(allowed(text, "/uffici"));
        assert!(!allowed(text, "/privato/x"));
    }

    #[test]
    fn wildcards_ends_and_escapes() {
        let text = "User-agent: *\nDisallow: /*.pdf$\nDisallow: /caff%C3%A8\nDisallow: /*?sid=\n";
        assert!(!allowed(text, "/doc/orari.pdf"));
        assert!(allowed(text, "/doc/orari.pdf?v=2"));
        assert!(!allowed(text, "/caffè"));
        assert!(!allowed(text, "/x?sid=1"));
    }

    #[test]
    fn odd_files_do_no_harm() {
        assert!(allowed("", "/"));
        assert!(allowed("\u{feff}User-agent: *\r\nDisallow:\r\n", "/"));
        assert!(!allowed("\u{feff}user-AGENT :*\rdisallow: / # all\r", "/x"));
        assert!(allowed("<html><body>Pagina non trovata</body></html>", "/x"));
        let long = format!("User-agent: *\n{}Disallow: /x\n", "# filler line\n".repeat(20_000));
        assert!(long.len() < 500 * 1024 && !allowed(&long, "/x"), "at least 500 KiB are read");
        let mut bytes = Vec::new();
        (0..=255u8).cycle().take(100_000).for_each(|byte| bytes.push(byte));
        Policy::from_answer(200, &bytes);
    }

    #[test]
    fn a_crawl_delay_is_read() {
        let Policy::Rules(rules) = Policy::from_answer(200, b"User-agent: *\nCrawl-delay: 2.5\nDisallow: /x\n") else { panic!() };
        assert_eq!(rules.crawl_delay(), Some(Duration::from_millis(2500)));
    }

    #[test]
    fn statuses_mean_what_the_rfc_says() {
        assert!(matches!(Policy::from_answer(404, b""), Policy::Rules(rules) if rules.is_allowed("/x")));
        assert!(matches!(Policy::from_answer(403, b""), Policy::Rules(_)));
        assert!(matches!(Policy::from_answer(503, b""), Policy::Unreachable(_)));
        assert!(matches!(Policy::from_answer(429, b""), Policy::Unreachable(_)));
    }
}
