//! The store is put in order every night and verified every week; a machine that sleeps at night catches up.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::store::{Job, JobDone, KeepSnapshots, Store, StoreError};

/// The hour (UTC) in which upkeep is done: late at night in Italy, in winter and in summer.
const NIGHT: i8 = 2;

/// Does what upkeep is due, one piece after the other. Its outcome is logged and noted in the store.
pub async fn put_in_order(store: Arc<dyn Store>, keep: KeepSnapshots) {
    match tokio::task::spawn_blocking(move || work(&*store, keep, Timestamp::now())).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!("{error}"),
        Err(defect) => tracing::error!("{defect}"),
    }
}

fn work(store: &dyn Store, keep: KeepSnapshots, now: Timestamp) -> Result<(), StoreError> {
    if is_due(Job::Tidy, store.last_done(Job::Tidy)?.at, now) {
        let n_thinned = store.thin(keep)?;
        store.tidy(now)?;
        let said = match n_thinned {
            0 => "the database was put in order".to_string(),
            n => format!("the database was put in order; {n} old copies gave up their bytes, as [store] keep_snapshots wants"),
        };
        tracing::info!(n_thinned, "{said}");
        store.note_done(Job::Tidy, &JobDone { at: now, said })?;
    }
    if is_due(Job::Verify, store.last_done(Job::Verify)?.at, now) {
        let damages = store.verify(true)?;
        for damage in &damages {
            tracing::error!("{damage} · `sportello doctor --verify` tells what to do");
        }
        let said = match damages.len() {
            0 => "the file, every chain of snapshots and every byte agree".to_string(),
            n => format!("{n} things are broken"),
        };
        tracing::info!(n_damages = damages.len(), "the database was verified: {said}");
        store.note_done(Job::Verify, &JobDone { at: now, said })?;
    }
    Ok(())
}

/// By night when the time has come; at any hour when a night or two were missed.
fn is_due(job: Job, last: Timestamp, now: Timestamp) -> bool {
    let (every, at_last) = match job {
        Job::Tidy => (SignedDuration::from_hours(20), SignedDuration::from_hours(48)),
        Job::Verify => (SignedDuration::from_hours(7 * 24 - 4), SignedDuration::from_hours(9 * 24)),
    };
    let since = now.duration_since(last);
    let is_night = TimeZone::UTC.to_datetime(now).hour() == NIGHT;
    since >= at_last || (is_night && since >= every)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::in_memory;

    fn due(job: Job, last: &str, now: &str) -> bool {
        is_due(job, last.parse().unwrap(), now.parse().unwrap())
    }

    #[test]
    fn upkeep_is_for_the_night_and_caught_up_by_day() {
        assert!(due(Job::Tidy, "2026-03-01T02:40:00Z", "2026-03-02T02:40:00Z"));
        assert!(!due(Job::Tidy, "2026-03-02T02:40:00Z", "2026-03-02T02:41:00Z"));
        assert!(!due(Job::Tidy, "2026-03-01T02:40:00Z", "2026-03-02T14:40:00Z"), "the night to come will do");
        assert!(due(Job::Tidy, "2026-03-01T02:40:00Z", "2026-03-03T14:40:00Z"), "a machine that is off at night");
        assert!(due(Job::Verify, "2026-03-01T02:40:00Z", "2026-03-08T02:40:00Z"));
        assert!(!due(Job::Verify, "2026-03-01T02:40:00Z", "2026-03-07T02:40:00Z"));
        assert!(!due(Job::Verify, "2026-03-01T02:40:00Z", "2026-03-08T14:40:00Z"));
        assert!(due(Job::Verify, "2026-03-01T02:40:00Z", "2026-03-10T14:40:00Z"));
    }

    #[test]
    fn what_was_done_is_noted() {
        let store = in_memory().unwrap();
        let made = store.last_done(Job::Tidy).unwrap();
        assert_eq!(made.said, "");
        work(&*store, KeepSnapshots::All, made.at).unwrap();
        assert_eq!(store.last_done(Job::Tidy).unwrap(), made, "a new store needs no upkeep");
        let later = made.at + SignedDuration::from_hours(24 * 20);
        work(&*store, KeepSnapshots::Newest(1), later).unwrap();
        for (job, words) in [(Job::Tidy, "put in order"), (Job::Verify, "agree")] {
            let done = store.last_done(job).unwrap();
            assert!(done.at == later && done.said.contains(words), "{done:?}");
        }
    }
}
