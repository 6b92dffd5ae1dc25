//! Does this machine's clock tell the time? Due times, digests and the days of closures hang on it.
//!
//! Nobody is asked over the network: the sites that were visited have said what time it was with them (the header `Date`, RFC 9110
//! §6.6.1), and systemd knows whether the clock is kept right.

use std::process::{Command, Stdio};

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use super::{Finding, Patient};
use crate::store::{Snapshot, Store, StoreError};

const CHECK: &str = "clock";

/// Answers take some seconds, and clocks of sites are not exact.
const TOLERATED: SignedDuration = SignedDuration::from_mins(5);
/// Answers older than this say nothing of the clock today.
const FRESH: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many answers are looked at.
const LOOKED_AT: u32 = 200;

const SET_IT: (&str, &str) = (
    "regolare l'orologio: timedatectl set-ntp true (pacchetto systemd-timesyncd o chrony)",
    "set it: timedatectl set-ntp true (package systemd-timesyncd or chrony)",
);

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let now = Timestamp::now();
    let mut findings = Vec::new();
    if let Ok(store) = &patient.store {
        match against(&**store, now) {
            Ok(found) => findings.extend(found),
            Err(error) => findings.push(Finding::failed(CHECK, &error.into())),
        }
    }
    findings.push(match is_kept_right() {
        Some(true) => Finding::ok(CHECK, ("tenuto esatto attraverso la rete", "kept right over the network")),
        Some(false) => {
            Finding::warning(CHECK, ("nessuno lo tiene esatto attraverso la rete", "nothing keeps it right over the network"), SET_IT)
        }
        None => Finding::ok(
            CHECK,
            (
                format!("segna {now:.0} (UTC); su questa macchina systemd non dice se è tenuto esatto"),
                format!("says {now:.0}; systemd does not tell here whether it is kept right"),
            ),
        ),
    });
    findings
}

/// What the database and the sites' answers in it say of the clock.
fn against(store: &dyn Store, now: Timestamp) -> Result<Option<Finding>, StoreError> {
    let newest = store.sources()?.iter().flat_map(|source| [source.health.last_good, source.health.last_failed]).flatten().max();
    if let Some(newest) = newest.filter(|newest| newest.duration_since(now) > TOLERATED) {
        let says = (
            format!("segna {now:.0}, ma l'ultima visita è annotata alle {newest:.0}: è andato indietro"),
            format!("says {now:.0}, but the last visit was noted at {newest:.0}: it has gone back"),
        );
        return Ok(Some(Finding::error(CHECK, says, SET_IT)));
    }
    // records that cannot be read are the verification's matter
    let fresh = now.checked_sub(FRESH).ok().and_then(|since| store.snapshots_since(Some(since), None, LOOKED_AT).ok());
    let snapshots = fresh.unwrap_or_default();
    Ok(difference(&snapshots).filter(|difference| difference.abs() > TOLERATED).map(|difference| {
        let minutes = difference.abs().as_mins();
        let says = if difference.is_positive() {
            (
                format!("è indietro di {minutes} minuti rispetto ai siti visitati"),
                format!("is {minutes} minutes behind the sites that were visited"),
            )
        } else {
            (
                format!("è avanti di {minutes} minuti rispetto ai siti visitati"),
                format!("is {minutes} minutes ahead of the sites that were visited"),
            )
        };
        Finding::error(CHECK, says, SET_IT)
    }))
}

/// How far the sites' clocks were ahead of ours when they answered: of all answers the one that agrees best, since caches hand out old
/// dates and some sites' clocks are wrong.
fn difference(snapshots: &[Snapshot]) -> Option<SignedDuration> {
    let date = |snapshot: &Snapshot| {
        let (_, value) = snapshot.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date"))?;
        Some(rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?.duration_since(snapshot.first_seen))
    };
    snapshots.iter().filter_map(date).min_by_key(|difference| difference.abs())
}

/// What systemd says; `None` where it is not there to ask.
fn is_kept_right() -> Option<bool> {
    let asked = Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).stdin(Stdio::null()).output().ok()?;
    match String::from_utf8_lossy(&asked.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SourceId;
    use crate::store::{DocumentId, SnapshotId, sha256};

    fn snapshot(first_seen: &str, date: Option<&str>) -> Snapshot {
        let (first_seen, sha): (Timestamp, _) = (first_seen.parse().unwrap(), sha256(b""));
        Snapshot {
            id: SnapshotId(1),
            document: DocumentId(1),
            source: SourceId("comune-prova/uffici".into()),
            url: String::new(),
            first_seen,
            last_seen: first_seen,
            n_seen: 1,
            status: 200,
            final_url: String::new(),
            headers: date.map(|date| ("Date".to_owned(), date.to_owned())).into_iter().collect(),
            body_sha: sha,
            length: 0,
            text_sha: sha,
            chain: sha,
            previous: None,
        }
    }

    #[test]
    fn of_all_sites_the_one_that_agrees_best_is_believed() {
        let at = "2026-03-10T12:00:00Z";
        let cached = snapshot(at, Some("Tue, 10 Mar 2026 03:00:00 GMT"));
        let right = snapshot(at, Some("Tue, 10 Mar 2026 12:00:02 GMT"));
        let (none, nonsense) = (snapshot(at, None), snapshot(at, Some("ieri")));
        assert_eq!(difference(&[cached.clone(), right, none.clone()]), Some(SignedDuration::from_secs(2)));
        assert_eq!(difference(&[cached]), Some(SignedDuration::from_hours(-9)));
        assert_eq!(difference(&[none, nonsense]), None);
    }
}
