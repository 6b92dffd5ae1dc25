//! A full disk: a clean error, nothing half-written, and it goes on once there is room.

use std::path::Path;
use std::process::Command;

use sportello::domain::*;
use sportello::store::*;

use crate::support::*;

/// A file system of a few megabytes, unmounted when dropped.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// Text that does not compress.
fn noise(seed: u64, n_bytes: usize) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'!' + (state % 90) as u8)
    };
    (0..n_bytes).map(|_| letter()).collect()
}

fn try_visit(store: &dyn Store, n: u64) -> Result<Recorded> {
    let known = store.known(&town().id, t(0))?;
    store.record(&Visit {
        body: town().id,
        at: t(n as i64),
        documents: vec![DocumentVisit {
            source: watched("novita", SourceKind::News).id,
            url: format!("https://altolago.example/novita/{n}"),
            kind: DocumentKind::News,
            next_visit: None,
            seen: Seen::Fresh {
                received: Received { text_sha: sha256(&n.to_le_bytes()), ..received(&noise(n, 60_000)) },
                reading: Reading { published: None, notices: vec![notice("anagrafe", "Mo 08:00-12:00")], doubts: vec![] },
                rules_version: 1,
            },
            memory: None,
        }],
        findings: Some(Findings {
            why: Why::Visit,
            revision: known.revision,
            states: vec![],
            held: vec![],
            changes: vec![],
            corroborated: vec![],
            deliveries: vec![],
            redesign: None,
        }),
    })
}

#[test]
fn a_full_disk_stops_cleanly_and_resumes() {
    let Some(small) = Small::mount() else {
        eprintln!("SKIPPED: mounting a small tmpfs needs root; the behaviour on a full disk is not tested here");
        return;
    };
    let ballast = small.path().join("ballast");
    std::fs::write(&ballast, vec![1; 2 << 20]).unwrap();
    let path = small.path().join("sportello.db");
    let store = with_town(open(&path).unwrap());
    let mut n_stored = 0;
    let error = loop {
        match try_visit(&*store, n_stored) {
            Ok(_) => n_stored += 1,
            Err(error) => break error,
        }
        assert!(n_stored < 200, "the disk never filled");
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(error.is_transient() && error.to_string().contains("no space left"), "{error}");
    assert!(n_stored > 3, "{n_stored}");
    // it stays readable while full, and nothing of the failed visit is there
    assert_eq!(store.sizes().unwrap().snapshots, n_stored);
    assert_eq!(store.known(&town().id, t(0)).unwrap().documents.len() as u64, n_stored);
    assert!(try_visit(&*store, n_stored).is_err());
    assert_eq!(store.verify(true).unwrap(), []);

    std::fs::remove_file(&ballast).unwrap();
    // the kernel counts freed pages per processor and may need a moment to notice
    let mut n_tries = 0;
    while let Err(error) = try_visit(&*store, n_stored) {
        n_tries += 1;
        assert!(matches!(error, StoreError::Full { .. }) && n_tries < 1000, "{error:?}");
        std::thread::yield_now();
    }
    assert_eq!(store.sizes().unwrap().snapshots, n_stored + 1);
    drop(store);
    assert_eq!(open(&path).unwrap().verify(true).unwrap(), []);
}

#[test]
fn a_backup_onto_a_full_disk_leaves_nothing_behind() {
    let Some(small) = Small::mount() else {
        eprintln!("SKIPPED: mounting a small tmpfs needs root; a backup onto a full disk is not tested here");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let store = with_town(open(&folder.path().join("sportello.db")).unwrap());
    for n in 0..120 {
        try_visit(&*store, n).unwrap();
    }
    let copy = small.path().join("copy.db");
    let error = store.backup(&copy).unwrap_err();
    assert!(matches!(&error, StoreError::Full { path } if *path == copy), "{error:?}");
    assert_eq!(std::fs::read_dir(small.path()).unwrap().count(), 0);
}
