//! Upkeep: backup, retention, tidying, re-reading, the daemon's lock. Verification stands in [`super::verify`].

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, named_params};

use super::columns::{At, count};
use super::{Place, Sqlite, days, documents, fault::Fault, lock, retention, snapshots, statements, words};
use crate::alert::tokens::Secret;
use crate::domain::{SourceId, day_of};
use crate::store::{
    Damage, DocumentId, Job, JobDone, KeepSnapshots, Outdated, Result, RunLock, Seal, Sha256, Sizes, SnapshotId, StoreError, Upkeep, sha256,
};

type Done<T> = std::result::Result<T, Fault>;

statements! {
    CHAIN_ENDS = "SELECT id, chain FROM source WHERE chain IS NOT NULL ORDER BY id";
    LAST_DONE = "SELECT done_at, said FROM upkeep WHERE job = :job";
    NOTE_DONE = "
        INSERT INTO upkeep (job, done_at, said) VALUES (:job, :at, :said)
            ON CONFLICT (job) DO UPDATE SET done_at = excluded.done_at, said = excluded.said";
    OUTDATED = "
        SELECT id FROM document
         WHERE rules_version < :rules_version AND snapshot > :after
         ORDER BY snapshot
         LIMIT :limit";
    READ_AGAIN = "UPDATE document SET rules_version = 0 WHERE source = :source AND rules_version IS NOT NULL";
    WATCHED = "SELECT bodies, sources, subscribers FROM total WHERE id = 1";
    /* rows of these three are numbered without a gap and never deleted: their last number is how many there are */
    N_DOCUMENTS = "SELECT coalesce(max(id), 0) FROM document";
    N_SNAPSHOTS = "SELECT coalesce(max(id), 0) FROM snapshot";
    N_CHANGES = "SELECT coalesce(max(id), 0) FROM change";
    PING = "SELECT created_at FROM store WHERE id = 1";
    SECRET = "SELECT secret FROM store WHERE id = 1";
}

/// The secret of this database.
pub(super) fn secret(conn: &Connection) -> Done<Secret> {
    Ok(Secret(conn.prepare_cached(SECRET)?.query_row([], |row| row.get::<_, Sha256>(0))?.0))
}

impl Upkeep for Sqlite {
    fn lock_run(&self) -> Result<RunLock> {
        if self.place == Place::Memory {
            return Ok(RunLock { _file: None });
        }
        lock_file(&self.path)
    }

    fn verify(&self, bytes: bool) -> Result<Vec<Damage>> {
        self.verify_in_portions(bytes)
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

    fn tidy(&self, now: Timestamp) -> Result<()> {
        while self.write("forget days that are over", |tx| days::forget_some(tx, day_of(now)))? {}
        for index in words::INDEXES {
            let merge = |begins| self.write("merge the words", |tx| words::merge_some(tx, index, begins));
            let mut is_more = merge(true)?;
            while is_more {
                is_more = merge(false)?;
            }
        }
        let free_some = |conn: &Connection| -> Done<bool> {
            conn.execute_batch(FREE_SOME)?;
            let n_free: i64 = conn.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
            Ok(n_free > 0 && conn.query_row("PRAGMA auto_vacuum", [], |row| row.get::<_, i64>(0))? == INCREMENTAL)
        };
        while free_some(&lock(&self.writer)).map_err(|fault| fault.at(&self.path, "give space back"))? {}
        let conn = lock(&self.writer);
        conn.execute_batch("PRAGMA optimize;").map_err(|error| Fault::from(error).at(&self.path, "tidy up"))
    }

    fn last_done(&self, job: Job) -> Result<JobDone> {
        self.read("look up when the database was put in order", |conn| {
            let done = |row: &rusqlite::Row<'_>| Ok(JobDone { at: row.get::<_, At>(0)?.0, said: row.get(1)? });
            let found = conn.prepare_cached(LAST_DONE)?.query_row(named_params! { ":job": job.as_str() }, done).optional()?;
            let made = || conn.prepare_cached(PING)?.query_row([], |row| Ok(JobDone { at: row.get::<_, At>(0)?.0, said: String::new() }));
            Ok(found.map_or_else(made, Ok)?)
        })
    }

    fn note_done(&self, job: Job, done: &JobDone) -> Result<()> {
        self.write("note that the database was put in order", |tx| {
            let args = named_params! { ":job": job.as_str(), ":at": At(done.at), ":said": done.said };
            tx.prepare_cached(NOTE_DONE)?.execute(args)?;
            Ok(())
        })
    }

    fn seal(&self) -> Result<Seal> {
        self.read("seal the chains", |conn| {
            let mut lines = String::new();
            let mut n_chains = 0;
            let mut statement = conn.prepare_cached(CHAIN_ENDS)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (source, chain): (String, Sha256) = (row.get(0)?, row.get(1)?);
                lines.push_str(&format!("{source} {chain}\n"));
                n_chains += 1;
            }
            let n_snapshots = count(conn.prepare_cached(N_SNAPSHOTS)?.query_row([], |row| row.get(0))?);
            Ok(Seal { n_chains, n_snapshots, sha: sha256(lines.as_bytes()) })
        })
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
            let watched = |row: &rusqlite::Row<'_>| Ok((count(row.get(0)?), count(row.get(1)?), count(row.get(2)?)));
            let (bodies, sources, subscribers) = conn.prepare_cached(WATCHED)?.query_row([], watched)?;
            Ok(Sizes {
                bodies,
                sources,
                documents: n(N_DOCUMENTS)?,
                snapshots: n(N_SNAPSHOTS)?,
                changes: n(N_CHANGES)?,
                subscribers,
                bytes: n("PRAGMA page_count")?.saturating_mul(n("PRAGMA page_size")?),
            })
        })
    }

    fn secret(&self) -> Result<[u8; 32]> {
        self.read("read the secret", |conn| Ok(secret(conn)?.0))
    }

    fn ping(&self) -> Result<()> {
        self.read("read one row", |conn| Ok(conn.prepare_cached(PING)?.query_row([], |_| Ok(()))?))
    }
}

/// Gives some pages back to the file system. A pragma has no plan: it stands in no list of statements.
const FREE_SOME: &str = "PRAGMA incremental_vacuum(1000)";

/// `PRAGMA auto_vacuum` of a file whose pages can be given back.
const INCREMENTAL: i64 = 2;

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

/// Copies a database in one step (the reader's lock holds no writer up in WAL mode), as a single file without a log beside it.
pub(super) fn copy(conn: &Connection, part: &Path, to: &Path) -> Done<()> {
    let unwritable = |error: std::io::Error| Fault::Said(StoreError::Unwritable { path: to.into(), why: error.to_string() });
    let at_target = |error: rusqlite::Error| Fault::Said(Fault::Sql(error).at(to, "write the copy"));
    let _ = std::fs::remove_file(part); // of a copy that was killed
    super::make_private(part);
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
