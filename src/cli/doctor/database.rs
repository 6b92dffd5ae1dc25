//! Is the database there, sound, private, and kept in order? With `--verify`: does everything in it agree with its hashes?

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Patient};
use crate::cli::talk;
use crate::domain::rome;
use crate::round::RULES_VERSION;
use crate::store::{self, Damage, Job, Store, StoreError};

const CHECK: &str = "database";
const PROOF: &str = "proof";

/// A service puts the database in order every night and verifies it every week; a little later something keeps it from that.
const TIDY_WITHIN: SignedDuration = SignedDuration::from_hours(3 * 24);
const VERIFY_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What can be seen at once, however large the database is.
pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let path = patient.settings().store.path;
    let store = match store::open_read_only(&path) {
        Ok(store) => store,
        Err(error @ (StoreError::Missing { .. } | StoreError::Older { .. })) => {
            let error = error.to_string();
            let (says, advice) = error.split_once(" · ").unwrap_or((&error, "start `sportello check` or `sportello run` once"));
            return vec![Finding::warning(CHECK, says, advice)];
        }
        Err(error) => return vec![Finding::failed(CHECK, &error.into())],
    };
    let mut findings = vec![Finding::ok(CHECK, format!("opened {}", path.display()))];
    findings.extend(privacy(&path));
    findings.extend(leftovers(&path));
    findings.extend(or_failed(outdated(&*store)));
    findings.extend(or_failed(upkeep(&*store, Timestamp::now())));
    findings
}

fn or_failed(findings: Result<Vec<Finding>, StoreError>) -> Vec<Finding> {
    findings.unwrap_or_else(|error| vec![Finding::failed(CHECK, &error.into())])
}

/// Addresses of subscribers stand in the file: nobody else on the machine needs to read it.
fn privacy(path: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    let open = mode & 0o007 != 0;
    open.then(|| {
        let says = format!(
            "{} can be read by everybody on this machine (mode {:03o}); it holds addresses of people",
            path.display(),
            mode & 0o777
        );
        Finding::warning(CHECK, says, format!("chmod o= {}*", path.display()))
    })
}

/// Copies that were cut short.
fn leftovers(path: &Path) -> Option<Finding> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    part.exists().then(|| {
        let says = format!("{} is left of a restore that was cut short", part.display());
        Finding::warning(CHECK, says, "restore again, or remove it")
    })
}

fn outdated(store: &dyn Store) -> Result<Vec<Finding>, StoreError> {
    let is_outdated = !store.outdated(RULES_VERSION, None, 1)?.is_empty();
    Ok(is_outdated.then(|| {
        let advice = "the service reads them again after its start, and so does the next `sportello check`; `sportello reextract --dry-run` shows what will differ";
        Finding::warning(CHECK, "some pages were last read by the rules of an older version", advice)
    }).into_iter().collect())
}

fn upkeep(store: &dyn Store, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for (job, within, verb) in [(Job::Tidy, TIDY_WITHIN, "put in order"), (Job::Verify, VERIFY_WITHIN, "verified")] {
        let last = store.last_done(job)?;
        let on = rome().to_datetime(last.at).strftime("%Y-%m-%d %H:%M");
        if now.duration_since(last.at) > within {
            let when = if last.said.is_empty() { "never".to_string() } else { format!("not since {on}") };
            let advice = match job {
                Job::Tidy => "a running service does this at night: see whether it runs, and what it logs at 40 minutes past the hour",
                Job::Verify => "a running service does this every week; `sportello doctor --verify` does it now",
            };
            findings.push(Finding::warning(CHECK, format!("{verb}: {when}"), advice));
        } else if !last.said.is_empty() {
            let finding = Finding::ok(CHECK, format!("{verb} on {on}: {}", last.said));
            // what the last verification found stays wrong until somebody does something about it
            findings.push(if job == Job::Verify && last.said.contains("broken") {
                Finding::error(CHECK, finding.says, "sportello doctor --verify")
            } else {
                finding
            });
        }
    }
    Ok(findings)
}

/// Walks everything; only when asked to.
pub(super) fn verify(patient: &Patient<'_>) -> Vec<Finding> {
    if !patient.args.verify {
        return Vec::new();
    }
    let path = patient.settings().store.path;
    let verified = || -> Result<Vec<Finding>, StoreError> {
        let store = store::open_read_only(&path)?;
        if !patient.args.json {
            talk::say(format_args!("verifying {}; this reads all of it", path.display()));
        }
        let damages = store.verify(true)?;
        if !damages.is_empty() {
            return Ok(damages.iter().map(|damage| Finding::error(PROOF, damage.to_string(), what_to_do(damage))).collect());
        }
        let seal = store.seal()?;
        let says = format!(
            "{} snapshots in {} chains agree with their hashes; note the seal elsewhere to know them again: {}",
            seal.n_snapshots, seal.n_chains, seal.sha
        );
        Ok(vec![Finding::ok(PROOF, says)])
    };
    match verified() {
        Ok(findings) => findings,
        // said already by the check that opens it
        Err(StoreError::Missing { .. } | StoreError::Older { .. }) => Vec::new(),
        Err(error) => vec![Finding::failed(PROOF, &error.into())],
    }
}

fn what_to_do(damage: &Damage) -> &'static str {
    if damage.what == "the database file" {
        "the disk or a copy made while it was in use may be to blame: keep the file, and restore the last good backup with `sportello restore FILE --force`"
    } else {
        "it no longer proves anything: compare with a backup (`sportello doctor --verify` on it tells whether it is sound), and ask who could write to the file"
    }
}
