//! Putting a backup in the place of a database.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, named_params};

use super::fault::Fault;
use super::upkeep::{copy, lock_file, with_suffix};
use super::verify::verify;
use super::{COMMON, migrate, open_reader, statements};
use crate::store::{Result, StoreError};

type Done<T> = std::result::Result<T, Fault>;

/// Ids given out after the backup was made are in mails and links already: the restored database goes on beyond them.
const SKIPPED: &[(&str, i64)] =
    &[("change", 1_000), ("snapshot", 100_000), ("delivery", 1_000_000), ("subscriber", 100_000), ("request", 100_000)];

statements! {
    SKIP_IDS = "UPDATE sqlite_sequence SET seq = seq + :n WHERE name = :name";
    START_IDS = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :n)";
}

/// Verifies a backup and puts it in the place of a database. Refuses to overwrite without `force`, and while a daemon runs on it.
pub(in crate::store) fn restore(backup: &Path, to: &Path, force: bool) -> Result<()> {
    if !backup.exists() {
        return Err(StoreError::Missing { path: backup.into() });
    }
    if to.exists() && !force {
        return Err(StoreError::Exists { path: to.into() });
    }
    let source = sound(backup)?;
    let _lock = lock_file(to)?;
    let part = with_suffix(to, ".part");
    let work = || -> Done<()> {
        copy(&source, &part, &part)?;
        let copied = Connection::open_with_flags(&part, OpenFlags::SQLITE_OPEN_READ_WRITE | COMMON)?;
        skip_ids(&copied)?;
        copied.close().map_err(|(_, error)| error)?;
        if to.exists() {
            clear(to)?;
        }
        std::fs::rename(&part, to).map_err(|e| Fault::Said(StoreError::Unwritable { path: to.into(), why: e.to_string() }))
    };
    let restored = work().map_err(|fault| fault.at(to, "restore"));
    if restored.is_err() {
        let _ = std::fs::remove_file(&part); // half-written; the error that matters is the one returned
    }
    restored
}

/// Opens a backup after checking every chain and every byte in it.
fn sound(backup: &Path) -> Result<Connection> {
    let work = || -> Done<Connection> {
        let conn = open_reader(backup)?;
        let found = migrate::found_schema(&conn, backup)?;
        if found == 0 {
            return Err(StoreError::Foreign { path: backup.into() }.into());
        }
        // what verification reads is in every schema there ever was; an older one is upgraded when it is next opened
        match verify(&conn, true)?.first() {
            Some(damage) => Err(StoreError::Unsound { path: backup.into(), why: damage.to_string() }.into()),
            None => Ok(conn),
        }
    };
    work().map_err(|fault| match fault.at(backup, "verify the backup") {
        StoreError::Corrupt { path, why } => StoreError::Unsound { path, why },
        other => other,
    })
}

fn skip_ids(conn: &Connection) -> Done<()> {
    for (name, n) in SKIPPED {
        let args = named_params! { ":name": name, ":n": n };
        if conn.execute(SKIP_IDS, args)? == 0 {
            conn.execute(START_IDS, args)?;
        }
    }
    Ok(())
}

/// Makes sure that nobody has the old database open, and removes its log: it would be taken for the new one's.
fn clear(old: &Path) -> Done<()> {
    let alone = || -> rusqlite::Result<()> {
        let conn = Connection::open_with_flags(old, OpenFlags::SQLITE_OPEN_READ_WRITE | COMMON)?;
        conn.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
        conn.execute_batch("BEGIN EXCLUSIVE; COMMIT;")
    };
    if let Err(error) = alone()
        && let busy @ StoreError::Busy { .. } = Fault::from(error).at(old, "restore")
    {
        return Err(busy.into()); // any other trouble with the old file is why it is being replaced
    }
    for suffix in ["-wal", "-shm"] {
        match std::fs::remove_file(with_suffix(old, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::Unwritable { path: old.into(), why: error.to_string() }.into());
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
