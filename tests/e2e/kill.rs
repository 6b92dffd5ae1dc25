//! SIGKILL between any two steps: run again, each change is there once and each mail went out once.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use crate::line::{table, watched_table};
use crate::place::{Mail, Place};
use crate::sink::{Options, Sink};

const CHANGED: (&str, &str) = ("Tributi", "lunedì e mercoledì 9.30-12.00");

/// Starts a check that stops at step `n`, kills it there, and says whether it got there; if not, it ended by itself.
fn killed_at(place: &Place, n: u32) -> bool {
    let mut child =
        place.command(&["check", "--all", "--pause-at", &n.to_string()]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let paused = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok).any(|line| line.starts_with("paused at step"));
    child.kill().unwrap(); // SIGKILL
    let status = child.wait().unwrap();
    assert!(paused || status.success(), "neither killed nor well");
    paused
}

/// The files of a database that nobody uses.
fn copy_database(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let (from, to) = (from.with_extension(format!("db{suffix}")), to.with_extension(format!("db{suffix}")));
        let _ = std::fs::remove_file(&to);
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        }
    }
    let _ = std::fs::remove_file(to.with_extension("db-shm"));
}

#[test]
fn a_check_killed_at_any_step_loses_no_change_and_sends_no_mail_twice() {
    let place = watched_table();
    place.page("/uffici", &table(&[CHANGED]));
    let (database, baseline) = (place.path("sportello.db"), place.path("baseline.db"));
    copy_database(&database, &baseline);
    let mut n = 1;
    loop {
        copy_database(&baseline, &database);
        let _ = std::fs::remove_dir_all(place.path("outbox"));
        let paused = killed_at(&place, n);
        place.run(&["check", "--all"]).done();
        let changes = place.run(&["changes", "--json"]).done().json();
        assert_eq!(changes.len(), 1, "killed at step {n}: {changes:?}");
        assert_eq!(place.mails().len(), 1, "killed at step {n}");
        if !paused {
            break;
        }
        n += 1;
    }
    assert!(n > 12, "only {n} steps were seen");
}

#[test]
fn a_first_look_killed_at_any_step_stays_silent() {
    let place = Place::new();
    place.sources(&[("/uffici", "kind = \"page\"")]);
    let mut n = 1;
    loop {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(place.path(&format!("sportello.db{suffix}")));
        }
        place.page("/uffici", &table(&[]));
        place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
        let paused = killed_at(&place, n);
        let again = place.run(&["check", "--all"]).done();
        assert_eq!(again.out, "", "killed at step {n}");
        assert!(place.mails().is_empty(), "killed at step {n}");
        assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 12, "killed at step {n}");
        if !paused {
            break;
        }
        n += 3; // neighbours differ little here, and a first look is slow
    }
}

#[test]
fn a_mail_in_doubt_goes_again_under_the_same_message_id() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let place = watched_table();
    place.settings(&format!("[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{}\"\n", sink.port));
    place.page("/uffici", &table(&[CHANGED]));
    let (database, baseline) = (place.path("sportello.db"), place.path("baseline.db"));
    copy_database(&database, &baseline);
    let mut n_twice = 0;
    let mut n = 1;
    loop {
        copy_database(&baseline, &database);
        let before = sink.mails().len();
        let paused = killed_at(&place, n);
        place.run(&["check", "--all"]).done();
        let mails: Vec<Mail> = sink.mails()[before..].iter().map(|kept| Mail::parse(&kept.bytes)).collect();
        assert!(!mails.is_empty(), "killed at step {n}: no mail");
        assert!(mails.iter().all(|mail| mail.id == mails[0].id), "killed at step {n}: {mails:?}");
        n_twice += usize::from(mails.len() > 1);
        if !paused {
            assert_eq!(mails.len(), 1);
            break;
        }
        n += 1;
    }
    // only what the server had taken and the store had not noted yet may come twice: one step of all
    assert_eq!(n_twice, 1);
}
