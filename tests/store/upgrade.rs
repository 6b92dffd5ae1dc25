//! Upgrades: a database of an older schema, with data in it, becomes what a new one with the same data would be.

use std::path::Path;

use jiff::civil::date;
use sportello::store::sqlite::migrate::MIGRATIONS;
use sportello::store::*;

use crate::browse::{country, record_exceptions, settle};
use crate::support::*;
use crate::totals::totals;

/// All that describes the tables.
fn schema(path: &Path) -> Vec<(String, Option<String>)> {
    let conn = rusqlite::Connection::open(path).unwrap();
    let mut statement = conn.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(|row| row.unwrap()).collect()
}

/// What the second schema adds, as people see it: days, and what words find.
fn found(store: &dyn Store) -> Vec<String> {
    let mut found = Vec::new();
    for day in (1..7).map(|day| date(2026, 3, day)).chain([date(2026, 12, 24), date(2027, 4, 5), date(2027, 4, 6)]) {
        for exception in store.exceptions_on(day, &Place::Anywhere, None, 100).unwrap().exceptions {
            found.push(format!("{day} {} {:?} {:?}", exception.body.id, exception.version.state.key, exception.aspects));
        }
    }
    for words in ["comune", "citta", "lago", "re", "lu", "c_9", "orso", "altol"] {
        found.extend(store.search_bodies(words, 100).unwrap().iter().map(|body| format!("{words}: {}", body.id)));
    }
    for words in ["tributi", "anagrafe altolago", "urp", "tutti", "edi"] {
        found.extend(store.search_offices(words, 100).unwrap().iter().map(|hit| format!("{words}: {} {:?}", hit.body.id, hit.key)));
    }
    for words in ["martedi", "riceve", "demografici", "sportello inventario"] {
        found.extend(store.search_changes(words, None, 100).unwrap().changes.iter().map(|change| format!("{words}: {:?}", change.id)));
    }
    found
}

fn fill(store: &dyn Store) {
    store.sync(&country(), t(0)).unwrap();
    record_exceptions(store);
    settle(store, "comune-re", vec![], &["riceve il martedì", "chiuso per inventario: sportello 2"], 2);
}

/// A file as a program of that time left it.
fn frozen(path: &Path, n_migrations: usize, rows: &str) {
    let conn = rusqlite::Connection::open(path).unwrap();
    MIGRATIONS[..n_migrations].iter().for_each(|migration| conn.execute_batch(migration).unwrap());
    conn.execute_batch(rows).unwrap();
    conn.pragma_update(None, "application_id", 0x5350_4F52).unwrap();
    conn.pragma_update(None, "user_version", n_migrations as i64).unwrap();
}

#[test]
fn a_database_of_each_older_schema_becomes_what_a_new_one_is() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.db");
    let store = open(&new).unwrap();
    fill(&*store);
    let expected = found(&*store);
    assert!(expected.len() > 30, "{expected:#?}");
    let frozen_rows = [(1, include_str!("frozen/schema-1.sql"))];
    for (n, rows) in frozen_rows {
        let path = folder.path().join(format!("schema-{n}.db"));
        frozen(&path, n, rows);
        assert!(matches!(open_read_only(&path), Err(StoreError::Older { found, .. }) if found as usize == n));
        let copy = folder.path().join(format!("copy-{n}.db"));
        std::fs::copy(&path, &copy).unwrap();
        let upgraded = open(&path).unwrap();
        assert_eq!(found(&*upgraded), expected, "schema {n}");
        assert_eq!(upgraded.verify(true).unwrap(), []);
        for body in country().bodies {
            assert_eq!(upgraded.known(&body.id, t(0)).unwrap(), store.known(&body.id, t(0)).unwrap());
        }
        // and it goes on: what was upgraded is written to as any other
        settle(&*upgraded, "comune-re", vec![], &["aperto il sabato"], 3);
        assert_eq!(upgraded.search_changes("sabato", None, 9).unwrap().changes.len(), 1);
        drop(upgraded);
        assert_eq!(schema(&path), schema(&new));
        assert_eq!(totals(&path)[..2], totals(&new)[..2]);
        // a backup of that time is restored, and one that was altered is not
        restore(&copy, &path, true).unwrap();
        assert_eq!(found(&*open(&path).unwrap()), expected);
        rusqlite::Connection::open(&copy).unwrap().execute_batch("UPDATE state SET body = 'nobody' WHERE id = 1").unwrap_err();
        let conn = rusqlite::Connection::open(&copy).unwrap();
        conn.execute_batch("PRAGMA foreign_keys = OFF; UPDATE state SET body = 'nobody' WHERE id = 1").unwrap();
        drop(conn);
        assert!(matches!(restore(&copy, &path, true), Err(StoreError::Unsound { .. })));
    }
}

/// Writes the rows of a database of the present schema into the file that `SPORTELLO_FREEZE` names. A release freezes its schema with it.
#[test]
fn freeze() {
    let Some(to) = std::env::var_os("SPORTELLO_FREEZE") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sportello.db");
    fill(&*open(&path).unwrap());
    let dump = "import sqlite3, sys
lines = sqlite3.connect(sys.argv[1]).iterdump()
rows = [line for line in lines if line.startswith('INSERT INTO') and 'sqlite_master' not in line or 'sqlite_sequence' in line]
rows = [line.replace('INSERT INTO', 'INSERT OR REPLACE INTO', 1) for line in rows]
print('-- The rows of a database of an older schema, as the program of that time left them. Never edited.', 'BEGIN;', *rows, 'COMMIT;', sep='\\n')";
    let dumped = std::process::Command::new("python3").args(["-c", dump]).arg(&path).output().unwrap();
    assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
    std::fs::write(to, dumped.stdout).unwrap();
}
