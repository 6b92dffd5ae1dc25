//! When to look again: at a source, at an article, after a failure.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::config::sources::{Cadence, Source};
use crate::fetch::{FetchError, backoff};

/// The shortest wait after a failure.
const FIRST_RETRY: Duration = Duration::from_secs(5 * 60);
/// The longest wait after failures, unless the source is looked at more rarely anyway.
const LAST_RETRY: Duration = Duration::from_secs(12 * 3600);
/// An article is looked at as often as its list while it is younger than this …
const FRESH: SignedDuration = SignedDuration::from_hours(3 * 24);
/// … once a day until it is older than this, and then no more.
const STALE: SignedDuration = SignedDuration::from_hours(45 * 24);

/// When a source is due again after a good visit. Intervals are spread by up to a twentieth, each source by its own share, so that
/// sources which start together do not stay together.
pub fn next_due(source: &Source, now: Timestamp) -> Timestamp {
    match &source.cadence {
        Cadence::Every(every) => after(now, every.saturating_sub(every.mul_f64(0.05 * share(&source.id.0)))),
        Cadence::At(schedule) => schedule.next(now).unwrap_or(Timestamp::MAX),
    }
}

/// When to try again after so many failures in a row, this one included; a host's own wish comes first.
pub fn next_try(source: &Source, error: Option<&FetchError>, streak: u32, now: Timestamp) -> Timestamp {
    let wait = backoff(FIRST_RETRY, LAST_RETRY, streak.max(1), share(&source.id.0));
    let wait = error.and_then(FetchError::retry_after).map_or(wait, |wish| wish.max(wait));
    match &source.cadence {
        Cadence::Every(every) => {
            after(now, wait.min((*every).max(FIRST_RETRY)).max(error.and_then(FetchError::retry_after).unwrap_or_default()))
        }
        Cadence::At(_) => after(now, wait),
    }
}

/// When to try a document again that could not be had: the longer it has been known, the later, so that each wait is about twice the last.
/// What will not pass by itself (robots.txt closes it) waits a day at least; a host's own wish counts.
pub fn next_attempt(first_seen: Timestamp, may_pass: bool, wish: Option<Duration>, now: Timestamp) -> Timestamp {
    let age = Duration::try_from(now.duration_since(first_seen)).unwrap_or_default();
    let least = if may_pass { 2 * FIRST_RETRY } else { Duration::from_secs(24 * 3600) };
    after(now, age.clamp(least, Duration::from_secs(7 * 24 * 3600)).max(wish.unwrap_or_default()))
}

/// When to look at an article again, which was first seen at `first_seen`; `None`: no more.
pub fn next_visit(source: &Source, first_seen: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let age = now.duration_since(first_seen);
    if age < FRESH {
        Some(next_due(source, now))
    } else if age < STALE {
        Some(next_due(source, now).max(after(now, Duration::from_secs(24 * 3600))))
    } else {
        None
    }
}

/// A number from 0 to 1 that stays the same for the same name.
fn share(name: &str) -> f64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    (hasher.finish() % 1000) as f64 / 1000.0
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_cannot_be_had_is_tried_ever_more_rarely() {
        let t = |minutes: i64| Timestamp::from_second(60 * minutes).unwrap();
        let wait = |age: i64, may_pass, wish| {
            let at = next_attempt(t(0), may_pass, wish, t(age));
            at.duration_since(t(age)).as_mins()
        };
        assert_eq!(wait(0, true, None), 10);
        assert_eq!(wait(60, true, None), 60);
        assert_eq!(wait(60 * 24 * 100, true, None), 60 * 24 * 7);
        assert_eq!(wait(60, false, None), 60 * 24);
        assert_eq!(wait(0, true, Some(Duration::from_secs(3600))), 60);
    }

    #[test]
    fn old_articles_are_left_alone() {
        let source = crate::config::sources::parse(
            "[[body]]\nid = \"a\"\nname = \"A\"\nkind = \"comune\"\n[[body.source]]\nurl = \"https://a.example/novita\"\nkind = \"news\"\nevery = \"1h\"\n",
            "sources.toml",
        )
        .unwrap()
        .bodies[0]
            .sources[0]
            .clone();
        let t = |hours: i64| Timestamp::from_second(3600 * hours).unwrap();
        let wait = |hours| next_visit(&source, t(0), t(hours)).map(|at| at.duration_since(t(hours)).as_hours());
        assert_eq!(wait(1), Some(0), "a fresh article as often as its list, less the spread");
        assert_eq!(wait(24 * 10), Some(24));
        assert_eq!(wait(24 * 46), None);
    }
}
