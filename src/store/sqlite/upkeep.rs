//! Upkeep: verification, backup, retention, re-reading, the daemon's lock.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, named_params};

use super::columns::count;
use super::snapshots::{Link, snapshot_from_row};
use super::{Place, Sqlite, content, documents, fault::Fault, lock, retention, snapshots, statements};
use crate::domain::SourceId;
use crate::store::{
    Damage, DocumentId, KeepSnapshots, Outdated, Result, RunLock, Sha256, Sizes, Snapshot, SnapshotId, StoreError, Upkeep, sha256,
};

type Done<T> = std::result::Result<T, Fault>;

statements! {
    CHAIN_ENDS = "SELECT id, chain FROM source ORDER BY id";
    CHAIN_OF = "
        SELECT s.id, s.document, s.source, d.url, s.first_seen, s.last_seen, s.n_seen, s.status, coalesce(s.final_url, d.url) AS final_url, s.headers, c.sha, c.length,
               s.text_sha, s.chain, s.previous
          FROM snapshot s JOIN document d ON d.id = s.document JOIN content c ON c.id = s.content
         WHERE s.source = :source
         ORDER BY s.id";
    /* verification opens everything that there is */
    ALL_CONTENT = "SELECT c.id, c.packed IS NOT NULL, (SELECT id FROM snapshot WHERE content = c.id LIMIT 1) FROM content c ORDER BY c.id";
    OUTDATED = "
        SELECT id FROM document
         WHERE rules_version < :rules_version AND snapshot > :after
         ORDER BY snapshot
         LIMIT :limit";
    READ_AGAIN = "UPDATE document SET rules_version = 0 WHERE source = :source AND rules_version IS NOT NULL";
    N_BODIES = "SELECT count(*) FROM body WHERE retired_at IS NULL";
    N_SOURCES = "SELECT count(*) FROM source WHERE retired_at IS NULL";
    N_DOCUMENTS = "SELECT count(*) FROM document";
    N_SNAPSHOTS = "SELECT count(*) FROM snapshot";
    N_CHANGES = "SELECT count(*) FROM change";
    N_SUBSCRIBERS = "SELECT count(*) FROM subscriber WHERE state = 'confirmed'";
    PING = "SELECT created_at FROM store WHERE id = 1";
    SECRET = "SELECT secret FROM store WHERE id = 1";
}

impl Upkeep for Sqlite {
    fn lock_run(&self) -> Result<RunLock> {
        if self.place == Place::Memory {
            return Ok(RunLock { _file: None });
        }
        lock_file(&self.path)
    }

    fn verify(&self, bytes: bool) -> Result<Vec<Damage>> {
        self.read("verify the database", |conn| verify(conn, bytes))
    }

    fn backup(&self, to: &Path) -> Result<()> {
        if to.exists() {
            return Err(StoreError::Exists { path: to.into() });
        }
        let part = with_suffix(to, ".part");
        let copied = self.read("copy the database", |conn| copy(conn, &part, to));
        if copied.is_err() {
            let _ = std::fs::remove_file(&part); // what is half-written is of no use; the copy's own error is what matters
        }
        copied
    }

    fn thin(&self, keep: KeepSnapshots) -> Result<u64> {
        let KeepSnapshots::Newest(n_kept) = keep else { return Ok(0) };
        let (mut n_thinned, mut after) = (0, 0);
        loop {
            // some at a time, so that a round in between waits for one of these transactions at most
            let thinned = self.write("give up old bytes", |tx| retention::thin_some(tx, n_kept.max(1), after))?;
            let Some(last) = thinned.last() else { return Ok(n_thinned) };
            n_thinned += thinned.len() as u64;
            after = *last;
        }
    }

    fn tidy(&self) -> Result<()> {
        let conn = lock(&self.writer);
        let run = || -> Done<()> {
            conn.execute_batch("PRAGMA incremental_vacuum; PRAGMA optimize;")?;
            Ok(())
        };
        run().map_err(|fault| fault.at(&self.path, "tidy up"))
    }

    fn outdated(&self, rules_version: u32, after: Option<SnapshotId>, limit: u32) -> Result<Vec<Outdated>> {
        self.read("list what older rules read", |conn| {
            let args = named_params! { ":rules_version": rules_version, ":after": after.map_or(0, |after| after.0), ":limit": limit };
            let ids: Vec<i64> = conn.prepare_cached(OUTDATED)?.query_map(args, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let mut outdated = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(document) = documents::by_id(conn, DocumentId(id))?
                    && let Some(snapshot) = document.snapshot
                    && let Some(snapshot) = snapshots::one(conn, snapshot)?
                {
                    outdated.push(Outdated { document, snapshot });
                }
            }
            Ok(outdated)
        })
    }

    fn read_again(&self, source: &SourceId) -> Result<()> {
        self.write("mark documents to be read again", |tx| {
            tx.prepare_cached(READ_AGAIN)?.execute(named_params! { ":source": source.0 })?;
            Ok(())
        })
    }

    fn sizes(&self) -> Result<Sizes> {
        self.read("measure the database", |conn| {
            let n = |statement: &str| -> Done<u64> { Ok(count(conn.prepare_cached(statement)?.query_row([], |row| row.get(0))?)) };
            Ok(Sizes {
                bodies: n(N_BODIES)?,
                sources: n(N_SOURCES)?,
                documents: n(N_DOCUMENTS)?,
                snapshots: n(N_SNAPSHOTS)?,
                changes: n(N_CHANGES)?,
                subscribers: n(N_SUBSCRIBERS)?,
                bytes: n("PRAGMA page_count")?.saturating_mul(n("PRAGMA page_size")?),
            })
        })
    }

    fn secret(&self) -> Result<[u8; 32]> {
        self.read("read the secret", |conn| Ok(conn.prepare_cached(SECRET)?.query_row([], |row| row.get::<_, Sha256>(0))?.0))
    }

    fn ping(&self) -> Result<()> {
        self.read("read one row", |conn| Ok(conn.prepare_cached(PING)?.query_row([], |_| Ok(()))?))
    }
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Locks the file beside the database. The file stays: removing it would let two daemons lock two files of the same name.
pub(super) fn lock_file(database: &Path) -> Result<RunLock> {
    let unwritable = |error: std::io::Error| StoreError::Unwritable { path: database.into(), why: error.to_string() };
    let path = with_suffix(database, ".lock");
    let file = File::options().create(true).append(true).open(path).map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(RunLock { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyRunning { path: database.into() }),
        Err(TryLockError::Error(error)) => Err(unwritable(error)),
    }
}

pub(super) fn verify(conn: &Connection, bytes: bool) -> Done<Vec<Damage>> {
    let mut damages = Vec::new();
    let file = |why: String| Damage { what: "the database file".into(), why };
    let mut check = conn.prepare("PRAGMA integrity_check(20)")?;
    for line in check.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            damages.push(file(line));
        }
    }
    let n_orphans = conn.prepare("PRAGMA foreign_key_check")?.query_map([], |_| Ok(()))?.count();
    if n_orphans > 0 {
        damages.push(file(format!("{n_orphans} rows refer to others that are missing")));
    }
    let ends: Vec<(String, Option<Sha256>)> =
        conn.prepare_cached(CHAIN_ENDS)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    for (source, end) in ends {
        walk_chain(conn, &SourceId(source), end, &mut damages)?;
    }
    if bytes {
        verify_bytes(conn, &mut damages)?;
    }
    Ok(damages)
}

fn walk_chain(conn: &Connection, source: &SourceId, end: Option<Sha256>, damages: &mut Vec<Damage>) -> Done<()> {
    let mut statement = conn.prepare_cached(CHAIN_OF)?;
    let rows = statement.query_map(named_params! { ":source": source.0 }, snapshot_from_row)?;
    let mut before: Option<Sha256> = None;
    for row in rows {
        let snapshot: Snapshot = row?;
        let mut broken = |why: &str| damages.push(Damage { what: format!("snapshot {} of {source}", snapshot.id.0), why: why.into() });
        if snapshot.previous != before {
            broken("a snapshot before it is missing, or was put in");
        }
        if Link::of(&snapshot).hash() != snapshot.chain {
            broken("its record was altered");
        }
        before = Some(snapshot.chain);
    }
    if before != end {
        damages.push(Damage { what: format!("the chain of {source}"), why: "its last snapshots are missing".into() });
    }
    Ok(())
}

fn verify_bytes(conn: &Connection, damages: &mut Vec<Damage>) -> Done<()> {
    let mut statement = conn.prepare_cached(ALL_CONTENT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, has_bytes, snapshot): (i64, bool, Option<i64>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if !has_bytes {
            continue; // given up by retention
        }
        let what = || match snapshot {
            Some(snapshot) => format!("the bytes of snapshot {snapshot}"),
            None => format!("content {id}"),
        };
        match content::open(conn, id) {
            Ok((bytes, sha)) if sha256(&bytes) == sha => {}
            Ok(_) => damages.push(Damage { what: what(), why: "they do not have the recorded SHA-256".into() }),
            Err(Fault::Pack(error)) => damages.push(Damage { what: what(), why: error.to_string() }),
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// Copies a database in one step (the reader's lock holds no writer up in WAL mode), as a single file without a log beside it.
pub(super) fn copy(conn: &Connection, part: &Path, to: &Path) -> Done<()> {
    let unwritable = |error: std::io::Error| Fault::Said(StoreError::Unwritable { path: to.into(), why: error.to_string() });
    let at_target = |error: rusqlite::Error| Fault::Said(Fault::Sql(error).at(to, "write the copy"));
    let _ = std::fs::remove_file(part); // of a copy that was killed
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | super::COMMON;
    let mut target = Connection::open_with_flags(part, flags).map_err(at_target)?;
    {
        let backup = rusqlite::backup::Backup::new(conn, &mut target).map_err(at_target)?;
        backup.run_to_completion(i32::MAX, std::time::Duration::ZERO, None).map_err(at_target)?;
    }
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).map_err(at_target)?;
    target.close().map_err(|(_, error)| at_target(error))?;
    File::open(part).and_then(|file| file.sync_all()).map_err(unwritable)?;
    std::fs::rename(part, to).map_err(unwritable)
}
