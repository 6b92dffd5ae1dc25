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

/// For so long after a change a source is looked at twice as often …
const LIVELY: SignedDuration = SignedDuration::from_hours(24);
/// … and half as often once nothing changed for so long …
const QUIET: SignedDuration = SignedDuration::from_hours(14 * 24);
/// … and a quarter as often once nothing changed for so long.
const STILL: SignedDuration = SignedDuration::from_hours(60 * 24);
/// Adapting makes no wait shorter than this nor longer than that, unless the file asks for it.
const SHORTEST: Duration = Duration::from_secs(10 * 60);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// A page whose sitemap says that it did not change is looked at all the same after so long, since sitemaps err.
pub const DESPITE_THE_MAP: Duration = Duration::from_secs(24 * 3600);
/// An old article whose words hold without an end is looked at once a week, for a year.
const OPEN_ENDED: (Duration, SignedDuration) = (Duration::from_secs(7 * 24 * 3600), SignedDuration::from_hours(365 * 24));

/// When a source is due again after a good visit. Intervals are spread by up to a twentieth, each source by its own share, so that
/// sources which start together do not stay together.
pub fn next_due(source: &Source, now: Timestamp) -> Timestamp {
    match &source.cadence {
        Cadence::Every(every) => after(now, spread(source, *every)),
        Cadence::At(schedule) => schedule.next(now).unwrap_or(Timestamp::MAX),
    }
}

/// The same by how lively the source is: `last_change` is when something last changed in it, `None` before anything did. A cron line is
/// taken at its word.
pub fn adapted(source: &Source, last_change: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let (Cadence::Every(every), Some(last_change)) = (&source.cadence, last_change) else { return next_due(source, now) };
    let every = *every;
    let wait = match now.duration_since(last_change) {
        quiet if quiet < LIVELY => (every / 2).max(SHORTEST.min(every)),
        quiet if quiet < QUIET => every,
        quiet if quiet < STILL => (every * 2).min(LONGEST.max(every)),
        _ => (every * 4).min(LONGEST.max(every)),
    };
    after(now, spread(source, wait))
}

fn spread(source: &Source, wait: Duration) -> Duration {
    wait.saturating_sub(wait.mul_f64(0.05 * share(&source.id.0)))
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

/// When to try a document again that could not be had: the longer since it last could (or since it was found), the later, so that each
/// wait is about twice the last. What will not pass by itself (robots.txt closes it) waits a day at least; a host's own wish counts.
pub fn next_attempt(since: Timestamp, may_pass: bool, wish: Option<Duration>, now: Timestamp) -> Timestamp {
    let age = Duration::try_from(now.duration_since(since)).unwrap_or_default();
    let least = if may_pass { 2 * FIRST_RETRY } else { Duration::from_secs(24 * 3600) };
    after(now, age.clamp(least, Duration::from_secs(7 * 24 * 3600)).max(wish.unwrap_or_default()))
}

/// How long the words of an article hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Holds {
    /// No longer, or it says nothing.
    #[default]
    Not,
    /// Until a day that is still to come.
    Until,
    /// Until further notice.
    Openly,
}

/// When to look at an article again, which was first seen at `first_seen` and whose words hold like that; `None`: no more.
pub fn next_visit(source: &Source, first_seen: Timestamp, holds: Holds, now: Timestamp) -> Option<Timestamp> {
    let age = now.duration_since(first_seen);
    let daily = || next_due(source, now).max(after(now, Duration::from_secs(24 * 3600)));
    match holds {
        _ if age < FRESH => Some(next_due(source, now)),
        _ if age < STALE => Some(daily()),
        Holds::Until => Some(daily()),
        Holds::Openly if age < OPEN_ENDED.1 => Some(next_due(source, now).max(after(now, OPEN_ENDED.0))),
        Holds::Openly | Holds::Not => None,
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

    fn source(cadence: &str) -> Source {
        let text = format!(
            "[[body]]\nid = \"a\"\nname = \"A\"\nkind = \"comune\"\n[[body.source]]\nurl = \"https://a.example/novita\"\nkind = \"news\"\n{cadence}\n"
        );
        crate::config::sources::parse(&text, "sources.toml").unwrap().bodies[0].sources[0].clone()
    }

    #[test]
    fn lively_sources_are_looked_at_more_often_and_quiet_ones_less_within_bounds() {
        let t = |hours: i64| Timestamp::from_second(3600 * hours).unwrap();
        let wait = |cadence: &str, quiet_hours: Option<i64>| {
            let source = source(cadence);
            let now = t(10_000);
            let at = adapted(&source, quiet_hours.map(|hours| t(10_000 - hours)), now);
            let minutes = at.duration_since(now).as_secs_f64() / 60.0;
            // less the spread, which is the source's own
            (minutes / (1.0 - 0.05 * share(&source.id.0))).round() as i64
        };
        for (cadence, quiet, minutes) in [
            ("every = \"1h\"", None, 60),
            ("every = \"1h\"", Some(1), 30),
            ("every = \"1h\"", Some(48), 60),
            ("every = \"1h\"", Some(24 * 20), 120),
            ("every = \"1h\"", Some(24 * 100), 240),
            ("every = \"12h\"", Some(24 * 100), 24 * 60),
            ("every = \"7d\"", Some(24 * 100), 7 * 24 * 60),
            ("every = \"12m\"", Some(1), 10),
            ("every = \"2m\"", Some(1), 2),
        ] {
            assert_eq!(wait(cadence, quiet), minutes, "{cadence} {quiet:?}");
        }
        let cron = source("schedule = \"0 0 8 * * *\"");
        assert_eq!(adapted(&cron, Some(t(0)), t(10_000)), next_due(&cron, t(10_000)), "a cron line is taken at its word");
    }

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
        let source = source("every = \"1h\"");
        let t = |hours: i64| Timestamp::from_second(3600 * hours).unwrap();
        let wait = |hours, holds| next_visit(&source, t(0), holds, t(hours)).map(|at| at.duration_since(t(hours)).as_hours());
        assert_eq!(wait(1, Holds::Not), Some(0), "a fresh article as often as its list, less the spread");
        assert_eq!(wait(24 * 10, Holds::Not), Some(24));
        assert_eq!(wait(24 * 46, Holds::Not), None);
        assert_eq!(wait(24 * 46, Holds::Until), Some(24), "in force: an edit still matters");
        assert_eq!(wait(24 * 46, Holds::Openly), Some(24 * 7));
        assert_eq!(wait(24 * 400, Holds::Openly), None);
    }
}
