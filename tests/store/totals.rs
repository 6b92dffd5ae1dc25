//! The totals that monitoring asks for are what counting gives, however the rows moved.

use std::path::Path;

use jiff::civil::date;
use sportello::domain::*;
use sportello::store::*;

use crate::conformance::{many, source_id};
use crate::support::*;

/// What counting gives.
const COUNTED: &str = "
    SELECT (SELECT count(*) FROM body WHERE retired_at IS NULL), s.*, (SELECT count(*) FROM subscriber WHERE state = 'confirmed'),
           (SELECT count(*) FROM delivery)
      FROM (SELECT count(*), total(streak > 0), total(n_fetches), total(n_unchanged), total(bytes) FROM source WHERE retired_at IS NULL) s";

/// The totals of a file, which must be what counting gives.
pub fn totals(path: &Path) -> Vec<i64> {
    let conn = rusqlite::Connection::open(path).unwrap();
    let row = |sql: &str| -> Vec<i64> {
        conn.query_row(sql, [], |row| (0..8).map(|n| row.get::<_, f64>(n).map(|n| n as i64)).collect()).unwrap()
    };
    let kept = row("SELECT bodies, sources, failing, fetches, unchanged, bytes, subscribers, deliveries FROM total");
    assert_eq!(kept, row(COUNTED));
    kept
}

/// Deliveries that are queued, being sent, sent, refused, suspended.
fn deliveries(store: &dyn Store) -> [u64; 5] {
    let counts = store.delivery_counts().unwrap();
    [counts.queued, counts.sending, counts.sent, counts.refused, counts.suspended]
}

fn read_well(store: &dyn Store, source: &str, at: i64) {
    let visit = SourceVisit {
        source: source_id(source),
        at: t(at),
        next_due: t(at + 60),
        n_fetches: 7,
        n_unchanged: 5,
        bytes: 1000,
        validators: None,
    };
    store.record_source(&visit).unwrap();
}

#[test]
fn totals_move_with_what_they_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sportello.db");
    let store = with_town(open(&path).unwrap());
    assert_eq!(totals(&path), [1, 2, 0, 0, 0, 0, 0, 0]);
    read_well(&*store, "uffici", 1);
    let failure = Failure { source: source_id("novita"), at: t(2), words: "503".into(), next_try: t(3) };
    store.record_failure(&failure).unwrap();
    assert_eq!(totals(&path)[..6], [1, 2, 1, 7, 5, 1000]);
    store.record_failure(&failure).unwrap();
    read_well(&*store, "novita", 4);
    assert_eq!(totals(&path)[..6], [1, 2, 0, 14, 10, 2000], "well again");

    let ids = many(&*store, 3);
    let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Pending, t(0)).unwrap();
    let bob = store.add_subscriber("bob@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
    store.confirm(ada, t(1)).unwrap();
    let planned: Vec<_> = [(ada, 1), (ada, 2), (bob, 1), (bob, 2), (bob, 3)]
        .map(|(subscriber, day)| PlannedDelivery { subscriber, about: About::Reminder(date(2026, 4, day)), due_at: t(5), changes: vec![0] })
        .into();
    let written = store.enqueue(&planned, &ids, t(0)).unwrap();
    assert_eq!((&totals(&path)[6..], deliveries(&*store)), (&[2, 5][..], [5, 0, 0, 0, 0]));
    store.take_due(t(5), 4).unwrap();
    assert_eq!((&totals(&path)[6..], deliveries(&*store)), (&[2, 5][..], [1, 4, 0, 0, 0]));
    let verdicts = [
        (written[0], Verdict::Sent("250".into())),
        (written[1], Verdict::Later(t(20), "451".into())),
        (written[2], Verdict::Refused("550".into())),
    ];
    store.settle(&verdicts, t(6)).unwrap();
    assert_eq!((&totals(&path)[6..], deliveries(&*store)), (&[2, 5][..], [2, 1, 1, 1, 0]));
    store.suspend(bob, "bounces", t(7)).unwrap();
    assert_eq!(totals(&path)[6], 1);
    assert!(store.remove_subscriber(bob).unwrap());
    assert_eq!((&totals(&path)[6..], deliveries(&*store)), (&[1, 2][..], [1, 0, 1, 0, 0]), "with the subscriber its deliveries go");

    store.sync(&Catalogue { sources: vec![watched("uffici", SourceKind::Page)], ..catalogue() }, t(9)).unwrap();
    assert_eq!(totals(&path)[..6], [1, 1, 0, 7, 5, 1000]);
    store.sync(&Catalogue { bodies: vec![], sources: vec![] }, t(10)).unwrap();
    assert_eq!(totals(&path)[..6], [0; 6]);
    store.sync(&catalogue(), t(11)).unwrap();
    assert_eq!(totals(&path)[..6], [1, 2, 0, 14, 10, 2000], "what comes back brings what it had");
}
