//! The file: opening, refusing, upgrading, locking, backing up, restoring.

use std::fs;
use std::path::Path;

use sportello::domain::*;
use sportello::store::*;

use crate::support::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn filled(path: &Path) -> std::sync::Arc<dyn Store> {
    let store = with_town(open(path).unwrap());
    let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
    visit(&*store, "anagrafe 8-12", "Mo-Fr 08:00-12:00", t(1), &[ada]);
    visit(&*store, "anagrafe nuovo 9-13", "Mo-Fr 09:00-13:00", t(61), &[ada]);
    store
}

#[test]
fn opening_twice_keeps_what_is_there() {
    let folder = folder();
    let path = folder.path().join("sportello.db");
    let secret = filled(&path).secret().unwrap();
    let again = open(&path).unwrap();
    assert_eq!(again.secret().unwrap(), secret);
    assert_eq!(again.changes(&ChangeFilter::default(), None, 10).unwrap().changes.len(), 1);
    assert_eq!(open_read_only(&path).unwrap().sizes().unwrap().changes, 1);
}

#[test]
fn a_store_opened_for_reading_writes_nothing() {
    let folder = folder();
    let path = folder.path().join("sportello.db");
    drop(filled(&path));
    let store = open_read_only(&path).unwrap();
    let refused = store.add_subscriber("bob@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap_err();
    assert!(matches!(refused, StoreError::Unwritable { .. }), "{refused}");
}

#[test]
fn files_that_are_not_ours_are_refused_in_words() {
    let folder = folder();
    let missing = folder.path().join("none.db");
    assert!(matches!(open_read_only(&missing), Err(StoreError::Missing { .. })));
    let text = folder.path().join("text.db");
    fs::write(&text, "not a database, but long enough to look at".repeat(50)).unwrap();
    assert!(matches!(open(&text), Err(StoreError::Foreign { .. })), "{:?}", open(&text));
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE mine (id INTEGER)").unwrap();
    assert!(matches!(open(&other), Err(StoreError::Foreign { .. })));
    assert!(matches!(open(&folder.path().join("no/such/folder.db")), Err(StoreError::Unwritable { .. })));
    let newer = folder.path().join("newer.db");
    drop(open(&newer).unwrap());
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let refused = open(&newer).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 999, .. }), "{refused}");
    assert!(refused.to_string().contains("newer sportello"), "{refused}");
}

#[test]
fn a_damaged_file_is_named() {
    let folder = folder();
    let path = folder.path().join("sportello.db");
    drop(filled(&path));
    let mut bytes = fs::read(&path).unwrap();
    let n_bytes = bytes.len();
    bytes[4096..n_bytes].fill(0x55);
    fs::write(&path, bytes).unwrap();
    let refused = open(&path).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused:?}");
}

#[test]
fn a_second_daemon_is_refused() {
    let folder = folder();
    let path = folder.path().join("sportello.db");
    let (one, other) = (open(&path).unwrap(), open(&path).unwrap());
    let lock = one.lock_run().unwrap();
    let refused = other.lock_run().unwrap_err();
    assert!(matches!(refused, StoreError::AlreadyRunning { .. }), "{refused}");
    drop(lock);
    other.lock_run().unwrap();
}

#[test]
fn a_backup_is_a_whole_store_in_one_file() {
    let folder = folder();
    let (path, copy) = (folder.path().join("sportello.db"), folder.path().join("copy.db"));
    let store = filled(&path);
    store.backup(&copy).unwrap();
    assert!(matches!(store.backup(&copy), Err(StoreError::Exists { .. })));
    let names: Vec<String> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.starts_with("copy.db") && name != "copy.db"), "{names:?}");

    let restored = folder.path().join("restored.db");
    restore(&copy, &restored, false).unwrap();
    assert!(matches!(restore(&copy, &restored, false), Err(StoreError::Exists { .. })));
    let restored = open(&restored).unwrap();
    assert_eq!(restored.verify(true).unwrap(), []);
    assert_eq!(restored.known(&town().id, t(0)).unwrap(), store.known(&town().id, t(0)).unwrap());
    assert_eq!(restored.secret().unwrap(), store.secret().unwrap());
}

#[test]
fn backups_made_while_others_write_are_sound() {
    let folder = folder();
    let path = folder.path().join("sportello.db");
    let store = filled(&path);
    let other = open(&path).unwrap(); // as another process would
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..40 {
                let hours = ["Mo-Fr 08:00-12:00", "Mo-Fr 09:00-13:00"][n % 2];
                visit(&*other, &format!("anagrafe {hours} {}", "parola ".repeat(n)), hours, t(100 + 60 * n as i64), &[]);
            }
            done.store(true, std::sync::atomic::Ordering::Release);
        });
        let mut n_copies = 0;
        while !done.load(std::sync::atomic::Ordering::Acquire) || n_copies == 0 {
            let copy = folder.path().join(format!("copy-{n_copies}.db"));
            store.backup(&copy).unwrap();
            restore(&copy, &folder.path().join("restored.db"), true).unwrap(); // verifies it
            n_copies += 1;
        }
    });
    assert_eq!(open(&folder.path().join("restored.db")).unwrap().verify(true).unwrap(), []);
}

#[test]
fn a_database_and_its_copies_are_not_for_everybody() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let (path, copy, restored) = (folder.path().join("sportello.db"), folder.path().join("copy.db"), folder.path().join("restored.db"));
    let store = filled(&path);
    store.backup(&copy).unwrap();
    restore(&copy, &restored, false).unwrap();
    for path in [&path, &folder.path().join("sportello.db-wal"), &copy, &restored] {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o007, 0, "{} has mode {mode:o}", path.display());
    }
}

#[test]
fn a_restored_store_gives_out_no_id_twice() {
    let folder = folder();
    let (path, copy) = (folder.path().join("sportello.db"), folder.path().join("copy.db"));
    let store = filled(&path);
    store.take_due(t(100), 10).unwrap();
    store.backup(&copy).unwrap();
    let ada = store.subscriber_by_email("ada@example.org").unwrap().unwrap().subscriber.id;
    let later = visit(&*store, "anagrafe ancora 10-14", "Mo-Fr 10:00-14:00", t(121), &[ada]);
    drop(store);
    restore(&copy, &path, true).unwrap();
    let store = open(&path).unwrap();
    assert_eq!(store.changes(&ChangeFilter::default(), None, 10).unwrap().changes.len(), 1);
    let other = visit(&*store, "anagrafe altro 11-14", "Mo-Fr 11:00-14:00", t(181), &[ada]);
    assert!(other.changes[0] > later.changes[0] && other.documents[0].snapshot > later.documents[0].snapshot);
    assert!(other.deliveries[0] > later.deliveries[0]);
    assert_eq!(store.verify(true).unwrap(), []);
}

#[test]
fn restore_refuses_a_backup_that_was_altered() {
    let folder = folder();
    let (path, copy) = (folder.path().join("sportello.db"), folder.path().join("copy.db"));
    filled(&path).backup(&copy).unwrap();
    rusqlite::Connection::open(&copy).unwrap().execute("UPDATE snapshot SET status = 404 WHERE id = 1", []).unwrap();
    let to = folder.path().join("restored.db");
    let refused = restore(&copy, &to, false).unwrap_err();
    assert!(matches!(refused, StoreError::Unsound { .. }), "{refused}");
    assert!(!to.exists());
}

#[test]
fn restore_waits_for_nobody_who_uses_the_database() {
    let folder = folder();
    let (path, copy) = (folder.path().join("sportello.db"), folder.path().join("copy.db"));
    let store = filled(&path);
    store.backup(&copy).unwrap();
    let lock = store.lock_run().unwrap();
    assert!(matches!(restore(&copy, &path, true), Err(StoreError::AlreadyRunning { .. })));
    drop(lock);
}

#[test]
fn programs_that_open_a_new_file_at_once_agree() {
    // many times: one in some hundreds meets the instant in which another makes the file
    for _ in 0..20 {
        let folder = folder();
        let path = folder.path().join("sportello.db");
        let secrets: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let opened: Vec<_> = (0..6).map(|_| scope.spawn(|| open(&path).unwrap().secret().unwrap())).collect();
            opened.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(secrets.windows(2).all(|pair| pair[0] == pair[1]));
    }
}

#[test]
fn an_upgrade_that_is_cut_short_goes_on_at_the_next_opening() {
    // one transaction per migration: the number and the tables are never apart
    let folder = folder();
    let path = folder.path().join("sportello.db");
    fs::write(&path, []).unwrap(); // killed after the file was made and before anything was in it
    assert_eq!(open(&path).unwrap().verify(true).unwrap(), []);
}
