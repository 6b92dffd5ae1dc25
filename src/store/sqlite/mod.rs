//! The SQLite store: all the SQL of the program.
//!
//! # Locking
//! One connection writes, behind a mutex; its transactions begin as writers at once, so that two processes wait for each other instead of
//! failing half-way. Reading connections come from a pool and see the last committed state; in WAL mode they never wait. A store in
//! memory has a single connection for both.
//!
//! # Compatibility
//! See [`migrate`]. The statements of each file stand in its `statements!` list; a test asks SQLite for the plan of every one of them.

mod bodies;
mod browse;
mod changes;
mod columns;
mod consent;
mod content;
mod days;
mod documents;
mod fault;
mod known;
pub mod migrate;
mod outbox;
mod record;
pub(super) mod restore;
mod retention;
mod snapshots;
mod states;
mod subscribers;
mod trouble;
mod upkeep;
mod verify;
mod words;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use self::fault::Fault;
use super::{Result, StoreError};

/// Declares the statements of a file as constants and lists them for the test of query plans.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: &str = $sql;)*
        pub(super) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $sql)),*];
    };
}
use statements;

/// How many idle reading connections are kept.
const IDLE_READERS: usize = 8;

/// A store in one SQLite file.
pub struct Sqlite {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>, // before the writer: the last connection to close folds the log into the file, and must be able to
    writer: Mutex<Connection>,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    File,
    FileReadOnly,
    Memory,
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).field("place", &self.place).finish_non_exhaustive()
    }
}

impl Sqlite {
    /// Opens the file, making or upgrading it where needed.
    pub fn open(path: &Path) -> Result<Self> {
        let doing = "open";
        make_private(path);
        let open = || -> std::result::Result<Connection, Fault> {
            let mut conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | COMMON)?;
            found_or_foreign(&conn, path)?;
            set_writer_pragmas(&conn)?;
            migrate::migrate(&mut conn, path)?;
            Ok(conn)
        };
        // while another program makes the same new file, the change to WAL is refused at once, whatever the time-out
        let deadline = Instant::now() + BUSY;
        let writer = loop {
            match open().map_err(|fault| fault.at(path, doing)) {
                Err(StoreError::Busy { .. }) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(10)),
                opened => break opened?,
            }
        };
        Ok(Self { path: path.into(), writer: Mutex::new(writer), readers: Mutex::default(), place: Place::File })
    }

    /// Opens an existing file of the present schema for reading.
    pub fn open_read_only(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.into() });
        }
        let open = || -> std::result::Result<Connection, Fault> {
            let conn = open_reader(path)?;
            let found = migrate::found_schema(&conn, path)?;
            if found < migrate::known_schema() {
                return Err(StoreError::Older { path: path.into(), found, known: migrate::known_schema() }.into());
            }
            Ok(conn)
        };
        let conn = open().map_err(|fault| fault.at(path, "open"))?;
        Ok(Self { path: path.into(), writer: Mutex::new(conn), readers: Mutex::default(), place: Place::FileReadOnly })
    }

    /// A store that lives as long as the value.
    pub fn in_memory() -> Result<Self> {
        let path = Path::new(":memory:");
        let open = || -> std::result::Result<Connection, Fault> {
            let mut conn = Connection::open_in_memory()?;
            set_common_pragmas(&conn)?;
            migrate::migrate(&mut conn, path)?;
            Ok(conn)
        };
        let writer = open().map_err(|fault| fault.at(path, "open"))?;
        Ok(Self { path: path.into(), writer: Mutex::new(writer), readers: Mutex::default(), place: Place::Memory })
    }

    /// Runs one transaction that writes. `doing` completes the sentence "cannot … in the database".
    fn write<T>(&self, doing: &str, work: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, Fault>) -> Result<T> {
        transact(&mut lock(&self.writer), work).map_err(|fault| fault.at(&self.path, doing))
    }

    /// As [`Sqlite::write`], but the commit does not wait for the disk: a power cut may take it back, a kill does not.
    /// For what the next visit repairs by itself.
    fn write_lightly<T>(&self, doing: &str, work: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, Fault>) -> Result<T> {
        // one hold from the first to the last: what others write waits for the disk
        let mut conn = lock(&self.writer);
        let run = || {
            conn.pragma_update(None, "synchronous", "NORMAL")?;
            let done = transact(&mut conn, work);
            conn.pragma_update(None, "synchronous", "FULL")?;
            done
        };
        run().map_err(|fault| fault.at(&self.path, doing))
    }

    /// Runs one transaction that reads: all its statements see the same state.
    fn read<T>(&self, doing: &str, work: impl FnOnce(&Connection) -> std::result::Result<T, Fault>) -> Result<T> {
        if self.place == Place::Memory {
            return work(&lock(&self.writer)).map_err(|fault| fault.at(&self.path, doing));
        }
        let idle = lock(&self.readers).pop();
        let run = || -> std::result::Result<(T, Connection), Fault> {
            let conn = match idle {
                Some(conn) => conn,
                None => open_reader(&self.path)?,
            };
            conn.prepare_cached("BEGIN DEFERRED")?.execute([])?; // kept as all statements are: to read them anew costs more than a row
            let done = work(&conn)?; // where this fails the connection is dropped, and its transaction with it
            conn.prepare_cached("COMMIT")?.execute([])?;
            Ok((done, conn))
        };
        let (done, conn) = run().map_err(|fault| fault.at(&self.path, doing))?;
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(conn);
        }
        Ok(done)
    }
}

/// Runs one transaction that writes.
fn transact<T>(
    conn: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, Fault>,
) -> std::result::Result<T, Fault> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

/// A panic elsewhere leaves the connection usable: its transaction was rolled back when it was dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const COMMON: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX.union(OpenFlags::SQLITE_OPEN_EXRESCODE);

fn open_reader(path: &Path) -> std::result::Result<Connection, Fault> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | COMMON)?;
    set_common_pragmas(&conn)?;
    conn.pragma_update(None, "cache_size", -2_048)?; // there are several of them, and the system's cache stands behind each
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// Makes an empty file that only its owner and group may read, where there is none: it will hold addresses of people. SQLite gives the
/// files beside it the same mode. What keeps it from being made, SQLite says better.
pub(super) fn make_private(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt;
    let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o640).open(path);
}

/// Refuses a file of another program before a pragma touches it.
fn found_or_foreign(conn: &Connection, path: &Path) -> std::result::Result<(), Fault> {
    conn.busy_timeout(BUSY)?;
    migrate::found_schema(conn, path).map(drop)
}

/// How long a writer waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);

/// All pragmas of connections that write to a file, with their reasons.
fn set_writer_pragmas(conn: &Connection) -> std::result::Result<(), Fault> {
    set_common_pragmas(conn)?;
    // freed pages can be given back without rewriting the file; counts only before the first table is made
    conn.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    // readers never wait for the writer, nor the writer for them
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // a committed mail, change or state survives a power cut: the commit waits for the disk
    conn.pragma_update(None, "synchronous", "FULL")?;
    // the log shrinks again after a long reader (a backup) made it grow
    conn.pragma_update_and_check(None, "journal_size_limit", 64 * 1024 * 1024, |_| Ok(()))?;
    Ok(())
}

/// All pragmas of every connection, with their reasons.
fn set_common_pragmas(conn: &Connection) -> std::result::Result<(), Fault> {
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(224); // more than there are statements
    // a statement is planned once, not again for each value of its LIMIT, which costs more than many of them; and as the test has it
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?; // no files in places a hardened service may not write to
    conn.pragma_update(None, "cache_size", -8_192)?; // 8 MiB
    conn.pragma_update(None, "trusted_schema", false)?; // a file from elsewhere runs no code of its own
    conn.pragma_update(None, "cell_size_check", true)?; // damage is found where it is, not later
    Ok(())
}

/// All statements of the store, as file, name and text: for the test of query plans.
pub fn all_statements() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    [
        ("bodies", bodies::STATEMENTS),
        ("browse", browse::STATEMENTS),
        ("changes", changes::STATEMENTS),
        ("consent", consent::STATEMENTS),
        ("content", content::STATEMENTS),
        ("days", days::STATEMENTS),
        ("documents", documents::STATEMENTS),
        ("known", known::STATEMENTS),
        ("outbox", outbox::STATEMENTS),
        ("record", record::STATEMENTS),
        ("restore", restore::STATEMENTS),
        ("retention", retention::STATEMENTS),
        ("snapshots", snapshots::STATEMENTS),
        ("states", states::STATEMENTS),
        ("subscribers", subscribers::STATEMENTS),
        ("trouble", trouble::STATEMENTS),
        ("upkeep", upkeep::STATEMENTS),
        ("verify", verify::STATEMENTS),
        ("words", words::STATEMENTS),
    ]
    .into_iter()
    .flat_map(|(file, statements)| statements.iter().map(move |(name, sql)| (file, *name, *sql)))
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_is_planned_once_whatever_is_bound() {
        let store = Sqlite::in_memory().unwrap();
        let conn = lock(&store.writer);
        let mut n_statements = 0;
        for (file, name, sql) in all_statements().filter(|(_, _, sql)| sql.trim_start().starts_with("SELECT")) {
            let mut statement = conn.prepare(sql).unwrap();
            for value in [1, 2] {
                (1..=statement.parameter_count()).for_each(|n| statement.raw_bind_parameter(n, value).unwrap());
                let _ = statement.raw_query().next(); // a number where words are sought is an error of the query, not of its plan
            }
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{file} {name}");
            n_statements += 1;
        }
        assert!(n_statements > 50, "{n_statements}");
    }
}
