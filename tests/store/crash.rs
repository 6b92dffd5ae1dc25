//! Killed between any two steps, or refused by the disk at any of them: the store opens, is sound, and ends where an undisturbed run ends.
//!
//! A step is a system call that touches the disk. The test binary runs itself under `strace`, which kills it (or fails the call) at the
//! n-th call of a kind, for n over all calls of an undisturbed run (every third of them unless `SPORTELLO_THOROUGH` is set).

use std::path::Path;
use std::process::Command;

use sportello::domain::*;
use sportello::store::*;

use crate::support::*;

const DATABASE: &str = "SPORTELLO_TEST_DATABASE";

/// What the child does: idempotent, as the program is: each step looks at what is there.
fn work(path: &Path) -> Result<()> {
    let store = open(path)?;
    store.sync(&catalogue(), t(0))?;
    let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0))?;
    store.requeue_in_doubt(t(10_000))?;
    for (n, hours) in ["Mo-Fr 08:00-12:00", "Mo-Fr 09:00-13:00", "Mo-Fr 08:00-12:00", "Mo-Fr 10:00-12:00"].iter().enumerate() {
        let at = t(60 * n as i64);
        let last = store.sources()?.into_iter().find_map(|source| source.health.last_good);
        if last.is_some_and(|last| last >= at) {
            continue; // this round was done before
        }
        let text = format!("anagrafe {} {}", ["uno", "due", "tre", "quattro"][n], "x".repeat(20_000));
        try_visit(&*store, &text, hours, at, &[ada])?;
        for delivery in store.take_due(at, 10)? {
            store.settle(&[(delivery.id, Verdict::Sent("250 ok".into()))], at)?;
        }
        store.record_source(&SourceVisit {
            source: watched("uffici", SourceKind::Page).id,
            at,
            next_due: t(60 * n as i64 + 60),
            n_fetches: 1,
            n_unchanged: 0,
            bytes: 1,
            validators: None,
        })?;
    }
    Ok(())
}

/// Not a test of its own: what the other tests run under `strace`.
#[test]
fn child() {
    let Some(path) = std::env::var_os(DATABASE) else { return };
    if let Err(error) = work(Path::new(&path)) {
        println!("said: {error}");
        std::process::exit(3);
    }
}

fn command(injection: Option<&str>, path: &Path) -> Command {
    let exe = std::env::current_exe().unwrap();
    let mut command = match injection {
        Some(injection) => {
            let mut strace = Command::new("strace");
            strace.args(["-f", "-qq", "-o", "/dev/null", "-e", injection]).arg(exe);
            strace
        }
        None => Command::new(exe),
    };
    command.args(["--exact", "crash::child", "--test-threads=1", "--nocapture"]).env(DATABASE, path);
    command
}

/// Everything that counts, without what differs from run to run.
#[derive(Debug, PartialEq)]
struct Outcome {
    changes: Vec<[Option<Value>; 2]>,
    deliveries: Vec<(DeliveryState, Vec<ChangeId>)>,
    states: Vec<State>,
    n_snapshots: u64,
}

fn outcome(path: &Path) -> Outcome {
    let store = open(path).unwrap();
    assert_eq!(store.verify(true).unwrap(), []);
    let changes = store.changes(&ChangeFilter::default(), None, 100).unwrap().changes;
    let known = store.known(&town().id, t(0)).unwrap();
    let ada = store.subscriber_by_email("ada@example.org").unwrap().unwrap();
    let deliveries = store.deliveries_to(ada.subscriber.id, 100).unwrap();
    Outcome {
        changes: changes.into_iter().map(|change| [change.before, change.after]).collect(),
        deliveries: deliveries.into_iter().map(|delivery| (delivery.state, delivery.changes)).collect(),
        states: known.states,
        n_snapshots: store.sizes().unwrap().snapshots,
    }
}

fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-qq", "-o", "/dev/null", "-e", "inject=close:error=EIO:when=9999", "true"]).output();
    let works = traced.is_ok_and(|output| output.status.success());
    if !works {
        eprintln!("SKIPPED: no working `strace` (apt-get install strace): kills and disk errors between steps are not tested here");
    }
    works
}

/// How often an undisturbed run makes a call.
fn n_calls(call: &str, path: &Path) -> usize {
    let log = path.with_extension("log");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", &format!("trace={call}"), "-o"]).arg(&log).arg(std::env::current_exe().unwrap());
    strace.args(["--exact", "crash::child", "--test-threads=1", "--nocapture"]).env(DATABASE, path);
    assert!(strace.output().unwrap().status.success());
    std::fs::read_to_string(log).unwrap().lines().filter(|line| line.contains(&format!("{call}("))).count()
}

/// Every step takes minutes; every third is enough for each day.
fn stride() -> usize {
    if std::env::var_os("SPORTELLO_THOROUGH").is_some() { 1 } else { 3 }
}

/// One run for every `stride`th time that the work makes a call, with a mishap at that call; after each, the work is done again
/// undisturbed. Returns how many runs there were.
fn torture(call: &str, mishap: &str, stride: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let calm = folder.path().join("calm.db");
    let n_calls = n_calls(call, &calm);
    let expected = outcome(&calm);
    assert_eq!((expected.changes.len(), expected.deliveries.len(), expected.n_snapshots), (3, 3, 4));
    let mut n_runs = 0;
    for n in (1..=n_calls).step_by(stride) {
        n_runs += 1;
        let path = folder.path().join(format!("{call}-{n}.db"));
        let output = command(Some(&format!("inject={call}:{mishap}:when={n}")), &path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        if mishap.starts_with("error") && !output.status.success() {
            assert!(said.contains("said: ") && !said.contains("panicked"), "{call} {n}: {said}");
        }
        if path.exists() {
            assert_eq!(open(&path).unwrap().verify(true).unwrap(), [], "{call} {n}");
        }
        let again = command(None, &path).output().unwrap();
        assert!(again.status.success(), "{call} {n}: {}", String::from_utf8_lossy(&again.stdout));
        assert_eq!(outcome(&path), expected, "{call} {n}");
    }
    n_runs
}

#[test]
fn a_kill_at_any_write_loses_and_doubles_nothing() {
    if can_trace() {
        let n_kills = torture("pwrite64", "signal=SIGKILL", stride());
        eprintln!("killed at {n_kills} writes");
        assert!(n_kills > 20, "{n_kills}");
    }
}

#[test]
fn a_kill_at_any_sync_loses_and_doubles_nothing() {
    if can_trace() {
        let n_kills = ["fsync", "unlink", "ftruncate"].map(|call| torture(call, "signal=SIGKILL", stride()));
        eprintln!("killed at {n_kills:?} syncs, removals and cuts");
        assert!(n_kills[0] > 3, "{n_kills:?}");
    }
}

#[test]
fn a_disk_that_fails_at_any_write_is_named_and_loses_nothing() {
    if can_trace() {
        let n_errors = [torture("pwrite64", "error=EIO", 2 * stride()), torture("fsync", "error=EIO", stride())];
        eprintln!("failed at {n_errors:?} writes and syncs");
        assert!(n_errors[0] > 10 && n_errors[1] > 3, "{n_errors:?}");
    }
}
