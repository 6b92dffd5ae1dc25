//! Is the database there, sound, private, and kept in order? With `--verify`: does everything in it agree with its hashes?

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Patient};
use crate::cli::talk;
use crate::domain::rome;
use crate::round::RULES_VERSION;
use crate::store::{Damage, Job, Store, StoreError};

const CHECK: &str = "database";
const PROOF: &str = "proof";

/// A service puts the database in order every night and verifies it every week; a little later something keeps it from that.
const TIDY_WITHIN: SignedDuration = SignedDuration::from_hours(3 * 24);
const VERIFY_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What can be seen at once, however large the database is.
pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let path = &patient.settings.store.path;
    let store = match &patient.store {
        Ok(store) => store,
        Err(StoreError::Missing { path }) => {
            let says = (format!("il database {} non c'è ancora", path.display()), format!("there is no database {} yet", path.display()));
            let advice = (
                "lo crea il servizio, o `sportello check`; se c'è altrove, scriverlo in [store] path",
                "the service makes it, or `sportello check`; if it is elsewhere, set [store] path",
            );
            return vec![Finding::warning(CHECK, says, advice)];
        }
        Err(error @ StoreError::Older { .. }) => {
            let error = error.to_string();
            let (says, advice) = error.split_once(" · ").unwrap_or((&error, "start `sportello check` or `sportello run` once"));
            return vec![Finding::warning(CHECK, says, advice)];
        }
        Err(error) => return vec![Finding::failed(CHECK, &anyhow::anyhow!("{error}"))],
    };
    let mut findings = vec![Finding::ok(CHECK, (format!("{} si apre", path.display()), format!("opened {}", path.display())))];
    findings.extend(privacy(path));
    findings.extend(leftovers(path));
    findings.extend(or_failed(outdated(&**store)));
    findings.extend(or_failed(upkeep(&**store, Timestamp::now())));
    findings
}

fn or_failed(findings: Result<Vec<Finding>, StoreError>) -> Vec<Finding> {
    findings.unwrap_or_else(|error| vec![Finding::failed(CHECK, &error.into())])
}

/// Addresses of subscribers stand in the file: nobody else on the machine needs to read it.
fn privacy(path: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let (open, path) = (mode & 0o007 != 0, path.display());
    open.then(|| {
        let says = (
            format!("{path} può essere letto da chiunque su questa macchina (modo {mode:03o}); contiene indirizzi di persone"),
            format!("{path} can be read by everybody on this machine (mode {mode:03o}); it holds addresses of people"),
        );
        Finding::warning(CHECK, says, format!("chmod o= {path}*"))
    })
}

/// Copies that were cut short.
fn leftovers(path: &Path) -> Option<Finding> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    part.exists().then(|| {
        let says = (
            format!("{} è quel che resta di un ripristino interrotto", part.display()),
            format!("{} is left of a restore that was cut short", part.display()),
        );
        Finding::warning(CHECK, says, ("ripetere il ripristino, o cancellare il file", "restore again, or remove it"))
    })
}

fn outdated(store: &dyn Store) -> Result<Vec<Finding>, StoreError> {
    let is_outdated = !store.outdated(RULES_VERSION, None, 1)?.is_empty();
    let says = (
        "alcune pagine sono state lette l'ultima volta con le regole di una versione precedente",
        "some pages were last read by the rules of an older version",
    );
    let advice = (
        "il servizio le rilegge dopo l'avvio, e così il prossimo `sportello check`; `sportello reextract --dry-run` mostra che cosa cambierà",
        "the service reads them again after its start, and so does the next `sportello check`; `sportello reextract --dry-run` shows what will differ",
    );
    Ok(is_outdated.then(|| Finding::warning(CHECK, says, advice)).into_iter().collect())
}

fn upkeep(store: &dyn Store, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let jobs = [(Job::Tidy, TIDY_WITHIN, ("riordinato", "put in order")), (Job::Verify, VERIFY_WITHIN, ("verificato", "verified"))];
    for (job, within, (it, en)) in jobs {
        let last = store.last_done(job)?;
        let on = rome().to_datetime(last.at).strftime("%Y-%m-%d %H:%M");
        if now.duration_since(last.at) > within {
            let says = if last.said.is_empty() {
                (format!("{it}: mai"), format!("{en}: never"))
            } else {
                (format!("{it}: non più dal {on}"), format!("{en}: not since {on}"))
            };
            let advice = match job {
                Job::Tidy => (
                    "lo fa il servizio di notte: vedere se è in funzione, e che cosa scrive nel registro a 40 minuti di ogni ora",
                    "a running service does this at night: see whether it runs, and what it logs at 40 minutes past the hour",
                ),
                Job::Verify => (
                    "lo fa il servizio ogni settimana; `sportello doctor --verify` lo fa subito",
                    "a running service does this every week; `sportello doctor --verify` does it now",
                ),
            };
            findings.push(Finding::warning(CHECK, says, advice));
        } else if !last.said.is_empty() {
            let says = (format!("{it} il {on}: {}", last.said), format!("{en} on {on}: {}", last.said));
            // what the last verification found stays wrong until somebody does something about it
            findings.push(if job == Job::Verify && last.said.contains("broken") {
                Finding::error(CHECK, says, "sportello doctor --verify")
            } else {
                Finding::ok(CHECK, says)
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
    // that it cannot be opened was said already
    let Ok(store) = &patient.store else { return Vec::new() };
    let path = &patient.settings.store.path;
    let verified = || -> Result<Vec<Finding>, StoreError> {
        if !patient.args.json {
            talk::say(format_args!("verifying {}; this reads all of it", path.display()));
        }
        let damages = store.verify(true)?;
        if !damages.is_empty() {
            return Ok(damages.iter().map(|damage| Finding::error(PROOF, damage.to_string(), what_to_do(damage))).collect());
        }
        let seal = store.seal()?;
        let (n_snapshots, n_chains, sha) = (seal.n_snapshots, seal.n_chains, seal.sha);
        let says = (
            format!(
                "{n_snapshots} copie in {n_chains} catene corrispondono alle loro impronte; annotare altrove il sigillo per riconoscerle: {sha}"
            ),
            format!(
                "{n_snapshots} snapshots in {n_chains} chains agree with their hashes; note the seal elsewhere to know them again: {sha}"
            ),
        );
        Ok(vec![Finding::ok(PROOF, says)])
    };
    verified().unwrap_or_else(|error| vec![Finding::failed(PROOF, &error.into())])
}

fn what_to_do(damage: &Damage) -> (&'static str, &'static str) {
    if damage.what == "the database file" {
        (
            "la causa può essere il disco, o una copia fatta mentre era in uso: conservare il file, e ripristinare l'ultima buona copia con `sportello restore FILE --force`",
            "the disk or a copy made while it was in use may be to blame: keep the file, and restore the last good backup with `sportello restore FILE --force`",
        )
    } else {
        (
            "non prova più nulla: confrontare con una copia di sicurezza (`sportello doctor --verify` dice se è integra), e chiedersi chi poteva scrivere nel file",
            "it no longer proves anything: compare with a backup (`sportello doctor --verify` on it tells whether it is sound), and ask who could write to the file",
        )
    }
}
