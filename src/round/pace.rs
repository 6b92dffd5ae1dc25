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
