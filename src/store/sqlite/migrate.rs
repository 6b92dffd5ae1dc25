//! Migrations: numbered, forward only, compiled in, applied when the database is opened for writing.
//!
//! `PRAGMA user_version` says how many are applied. Each runs in a transaction of its own together with the new number, so that a kill in
//! between leaves the one or the other. A migration is never edited once released; a value kept as JSON may gain fields only with a default.
//! `tests/store/upgrade.rs` brings the frozen rows of older schemas to the present one; a release freezes its own there.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, named_params};

use super::fault::Fault;
use crate::store::StoreError;

/// The migrations, first to last; the number of one is its place, from 1.
pub const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_first.sql"),
    include_str!("../../../migrations/0002_browse.sql"),
    include_str!("../../../migrations/0003_upkeep.sql"),
    include_str!("../../../migrations/0004_trouble.sql"),
    include_str!("../../../migrations/0005_self_service.sql"),
    include_str!("../../../migrations/0006_matter.sql"),
    include_str!("../../../migrations/0007_redesign.sql"),
    include_str!("../../../migrations/0008_totals.sql"),
    include_str!("../../../migrations/0009_words.sql"),
];

const HAS_SECRET: &str = "SELECT EXISTS (SELECT 1 FROM store WHERE id = 1)";

/// Two processes may open a new file at once; the first one's secret stays.
const PUT_SECRET: &str = "
    INSERT INTO store (id, secret, created_at) VALUES (1, :secret, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) ON CONFLICT (id) DO NOTHING";

/// In one statement: between two of them another process may make the tables of a new file.
const MARKS: &str = "
    SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), count(*) FROM sqlite_schema";

/// Tells our files from other programs' (`PRAGMA application_id`): "SPOR".
const APPLICATION_ID: i32 = 0x5350_4F52;

/// The schema that this program needs.
pub fn known_schema() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// The schema of a database; zero for an empty one. Refuses files of other programs and of newer versions of this one.
pub(super) fn found_schema(conn: &Connection, path: &Path) -> Result<u32, Fault> {
    found_among(conn, path, MIGRATIONS)
}

/// The same for a program that has these migrations.
fn found_among(conn: &Connection, path: &Path, migrations: &[&str]) -> Result<u32, Fault> {
    let (found, application, n_tables): (i64, i32, i64) = conn.query_row(MARKS, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if application != APPLICATION_ID && (n_tables > 0 || found != 0) {
        return Err(StoreError::Foreign { path: path.into() }.into());
    }
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::Newer { path: path.into(), found, known }.into());
    }
    Ok(found)
}

/// Brings a database to the present schema.
pub(super) fn migrate(conn: &mut Connection, path: &Path) -> Result<(), Fault> {
    migrate_with(conn, path, MIGRATIONS)?;
    let has_secret: bool = conn.query_row(HAS_SECRET, [], |row| row.get(0))?;
    if has_secret {
        return Ok(());
    }
    conn.execute(PUT_SECRET, named_params! { ":secret": rand::random::<[u8; 32]>() })?;
    Ok(())
}

fn migrate_with(conn: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), Fault> {
    if found_among(conn, path, migrations)? as usize >= migrations.len() {
        return Ok(());
    }
    loop {
        // the number is read again under the write lock: another process may be upgrading the same file
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = found_among(&tx, path, migrations)?;
        let Some(migration) = migrations.get(found as usize) else { return Ok(()) };
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", found + 1)?;
        tx.commit()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &str = "ALTER TABLE body ADD COLUMN website TEXT; UPDATE body SET website = 'https://' || id || '.example'";

    fn with_data() -> Connection {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, Path::new("a.db")).unwrap();
        conn.execute("INSERT INTO body (id, name, kind) VALUES ('comune-altolago', 'Altolago', 'comune')", []).unwrap();
        conn
    }

    #[test]
    fn a_further_migration_keeps_the_data() {
        let mut conn = with_data();
        let migrations: Vec<&str> = MIGRATIONS.iter().copied().chain([NEXT]).collect();
        migrate_with(&mut conn, Path::new("a.db"), &migrations).unwrap();
        migrate_with(&mut conn, Path::new("a.db"), &migrations).unwrap();
        let website: String = conn.query_row("SELECT website FROM body", [], |row| row.get(0)).unwrap();
        assert_eq!(website, "https://comune-altolago.example");
        assert!(matches!(migrate(&mut conn, Path::new("a.db")), Err(Fault::Said(StoreError::Newer { .. }))), "a newer file is refused");
    }

    #[test]
    fn a_migration_that_fails_leaves_the_schema_of_before() {
        let mut conn = with_data();
        let broken = [MIGRATIONS, &["CREATE TABLE half (id INTEGER); SELECT no_such_function()"]].concat();
        assert!(migrate_with(&mut conn, Path::new("a.db"), &broken).is_err());
        assert_eq!(found_schema(&conn, Path::new("a.db")).unwrap(), known_schema());
        assert!(conn.query_row("SELECT count(*) FROM half", [], |_| Ok(())).is_err());
    }
}
