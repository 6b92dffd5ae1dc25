//! What every store must do, whatever keeps its rows. Another implementation adds a maker to `stores` and must pass all of it.

use std::sync::Arc;

use sportello::domain::*;
use sportello::store::*;

use crate::support::*;

/// Every implementation there is, each new and empty, with what must outlive it.
fn stores() -> Vec<(Arc<dyn Store>, Option<tempfile::TempDir>)> {
    let folder = tempfile::tempdir().unwrap();
    let file = open(&folder.path().join("sportello.db")).unwrap();
    vec![(in_memory().unwrap(), None), (file, Some(folder))]
}

#[test]
fn a_visit_is_recorded_whole() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let first = visit(&*store, "anagrafe 8-12", "Mo-Fr 08:00-12:00", t(1), &[ada]);
        assert!(first.changes.is_empty() && first.deliveries.is_empty());
        let second = visit(&*store, "anagrafe nuovo 9-13", "Mo-Fr 09:00-13:00", t(61), &[ada]);
        let [change] = second.changes[..] else { panic!("{second:?}") };

        let stored = store.change(change).unwrap().unwrap();
        assert_eq!(stored.causes[0].snapshot, second.documents[0].snapshot.unwrap().0);
        assert_eq!(store.bytes(SnapshotId(stored.causes[0].snapshot)).unwrap(), b"anagrafe nuovo 9-13");
        let due = store.take_due(t(61), 10).unwrap();
        assert_eq!(due.len(), 1);
        assert_eq!((&due[0].about, *due[0].changes[0] == stored, due[0].bodies[0].id.clone()), (&About::Alert(town().id), true, town().id));

        let known = store.known(&town().id, t(0)).unwrap();
        assert_eq!(known.recent, [stored]);
        assert_eq!(known.states.len(), 1);
        assert_eq!(known.documents[0].notices, [notice("anagrafe", "Mo-Fr 09:00-13:00")]);
        assert_eq!(known.documents[0].first_read, t(1));
        assert_eq!(store.verify(true).unwrap(), []);
    }
}
