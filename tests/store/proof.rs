//! Snapshots as proof: what is kept, how versions cost, what verification finds.

use sportello::domain::*;
use sportello::store::*;

use crate::support::*;

fn page(n: u32) -> String {
    let offices: String = (0..200).map(|i| format!("<tr><td>Ufficio {i}</td><td>dalle 8.{:02} alle 12.30</td></tr>\n", i % 60)).collect();
    format!(
        "<html><h1>Uffici</h1><table>{offices}</table><p>edizione {}</p></html>",
        "abcdefghijklmnopqrstuvwxyz".chars().nth(n as usize % 26).unwrap()
    )
}

fn text_of_one(store: &dyn Store, text: &str, at: i64) -> RecordedDocument {
    visit(store, text, "Mo-Fr 08:00-12:00", t(at), &[]).documents[0]
}

#[test]
fn every_version_opens_to_its_own_bytes() {
    let store = with_town(in_memory().unwrap());
    let recorded: Vec<(SnapshotId, String)> =
        (0..26).map(|n| (text_of_one(&*store, &page(n), n.into()).snapshot.unwrap(), page(n))).collect();
    for (snapshot, text) in &recorded {
        assert_eq!(store.bytes(*snapshot).unwrap(), text.as_bytes());
    }
    let document = store.document(&watched("uffici", SourceKind::Page).id, "https://altolago.example/uffici").unwrap().unwrap();
    let listed: Vec<SnapshotId> = store.snapshots(document.id).unwrap().into_iter().map(|snapshot| snapshot.id).collect();
    assert_eq!(listed, recorded.iter().rev().map(|(id, _)| *id).collect::<Vec<_>>());
    assert_eq!(store.verify(true).unwrap(), []);
}

#[test]
fn bytes_that_change_under_equal_text_are_one_version_and_a_count() {
    let store = with_town(in_memory().unwrap());
    let first = text_of_one(&*store, "anagrafe, token 1", 1);
    let second = text_of_one(&*store, "anagrafe, token 2", 2);
    assert_eq!((second.snapshot, second.is_new), (first.snapshot, false));
    let snapshot = store.snapshot(first.snapshot.unwrap()).unwrap().unwrap();
    assert_eq!((snapshot.n_seen, snapshot.first_seen, snapshot.last_seen), (2, t(1), t(2)));
    assert_eq!(store.bytes(snapshot.id).unwrap(), b"anagrafe, token 1");
    let validators = store.document_by_id(first.document).unwrap().unwrap().validators;
    assert_eq!(validators.body_sha, Some(sha256(b"anagrafe, token 2")));
}

#[test]
fn bytes_that_say_something_else_are_kept_even_under_equal_text() {
    let store = with_town(in_memory().unwrap());
    let first = visit(&*store, "anagrafe, codice 1", "Mo-Fr 08:00-12:00", t(1), &[]).documents[0];
    let second = visit(&*store, "anagrafe, codice 2", "Mo-Fr 09:00-12:00", t(2), &[]).documents[0];
    assert!(second.is_new && second.snapshot != first.snapshot);
    assert_eq!(store.bytes(second.snapshot.unwrap()).unwrap(), b"anagrafe, codice 2");
}

#[test]
fn a_page_that_returns_to_what_it_was_costs_no_bytes() {
    let store = with_town(in_memory().unwrap());
    let versions: Vec<SnapshotId> = [0, 1, 0, 1, 0].iter().map(|n| text_of_one(&*store, &page(*n), 1).snapshot.unwrap()).collect();
    assert_eq!(versions.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
    assert_eq!(store.bytes(versions[4]).unwrap(), page(0).as_bytes());
}

#[test]
fn unchanged_visits_count_for_the_present_version() {
    let store = with_town(in_memory().unwrap());
    let first = text_of_one(&*store, &page(0), 1);
    for at in 2..5 {
        let seen = Unchanged { document: first.document, at: t(at), next_visit: Some(t(at + 60)), validators: None, matter_sha: None };
        store.record_unchanged(&[seen]).unwrap();
    }
    text_of_one(&*store, &page(1), 10);
    let versions = store.snapshots(first.document).unwrap();
    let seen: Vec<_> = versions.iter().map(|version| (version.n_seen, version.first_seen, version.last_seen)).collect();
    assert_eq!(seen, [(1, t(10), t(10)), (4, t(1), t(4))]);
}

/// A file with a few versions, opened by hand for mischief.
fn tampered(sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sportello.db");
    let store = with_town(open(&path).unwrap());
    for n in 0..5 {
        text_of_one(&*store, &page(n), n.into());
    }
    drop(store);
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    conn.execute_batch(sql).unwrap();
    drop(conn);
    open(&path).unwrap().verify(true).unwrap().iter().map(Damage::to_string).collect()
}

#[test]
fn verification_names_what_was_altered() {
    assert_eq!(tampered(""), [""; 0]);
    let altered = tampered("UPDATE snapshot SET first_seen = '2020-01-01T00:00:00.000Z' WHERE id = 2");
    assert_eq!(altered, ["snapshot 2 of comune-altolago/uffici: its record was altered"]);
    let cut = tampered("DELETE FROM snapshot WHERE id = 3");
    assert!(cut.contains(&"snapshot 4 of comune-altolago/uffici: a snapshot before it is missing, or was put in".to_string()), "{cut:?}");
    let last = tampered("UPDATE document SET snapshot = 4; DELETE FROM snapshot WHERE id = 5");
    assert!(last.contains(&"the chain of comune-altolago/uffici: its last snapshots are missing".to_string()), "{last:?}");
    let bytes = tampered("UPDATE content SET packed = (SELECT packed FROM content WHERE id = 1) WHERE id = 5");
    assert!(bytes.iter().any(|damage| damage.starts_with("the bytes of snapshot 5")), "{bytes:?}");
    let other = tampered("UPDATE content SET sha = x'00000000000000000000000000000000000000000000000000000000000000ff' WHERE id = 5");
    assert!(other.contains(&"snapshot 5 of comune-altolago/uffici: its record was altered".to_string()), "{other:?}");
}

#[test]
fn thinning_keeps_the_present_and_the_proof_of_changes() {
    let store = with_town(in_memory().unwrap());
    text_of_one(&*store, &page(0), 0);
    let middle: Vec<SnapshotId> = (1..20).map(|n| text_of_one(&*store, &page(n), n.into()).snapshot.unwrap()).collect();
    let changed = visit(&*store, &page(20), "Mo-Fr 09:00-13:00", t(20), &[]);
    let after: Vec<SnapshotId> =
        (21..26).map(|n| visit(&*store, &page(n), "Mo-Fr 09:00-13:00", t(n.into()), &[]).documents[0].snapshot.unwrap()).collect();

    assert_eq!(store.thin(KeepSnapshots::All).unwrap(), 0);
    let n_thinned = store.thin(KeepSnapshots::Newest(1)).unwrap();
    // kept: the new value's version, the one before it that stated the old value, the present one
    assert_eq!(n_thinned, 26 - 3);
    let proof = [changed.documents[0].snapshot.unwrap(), middle[18], *after.last().unwrap()];
    for (snapshot, n) in proof.iter().zip([20, 19, 25]) {
        assert_eq!(store.bytes(*snapshot).unwrap(), page(n).as_bytes());
    }
    assert!(matches!(store.bytes(middle[3]), Err(StoreError::Thinned { .. })));
    assert_eq!(store.verify(true).unwrap(), [], "records stay, so the chain holds");
    assert_eq!(store.thin(KeepSnapshots::Newest(1)).unwrap(), 0);
    // and what was given up is kept again when it comes back
    assert_eq!(
        store.bytes(visit(&*store, &page(3), "Mo-Fr 09:00-13:00", t(50), &[]).documents[0].snapshot.unwrap()).unwrap(),
        page(3).as_bytes()
    );
    assert_eq!(store.verify(true).unwrap(), []);
}

#[test]
fn documents_that_older_rules_read_are_listed_with_their_bytes() {
    let store = with_town(in_memory().unwrap());
    text_of_one(&*store, &page(0), 0);
    let last = text_of_one(&*store, &page(1), 1).snapshot.unwrap();
    assert!(store.outdated(1, None, 10).unwrap().is_empty());
    let outdated = store.outdated(2, None, 10).unwrap();
    assert_eq!(outdated.iter().map(|o| o.snapshot.id).collect::<Vec<_>>(), [last]);
    let reading = Reading { published: None, notices: vec![notice("anagrafe", "Mo-Fr 08:00-13:00")], doubts: vec![] };
    let documents = vec![DocumentVisit {
        source: outdated[0].document.source.clone(),
        url: outdated[0].document.url.clone(),
        kind: outdated[0].document.kind,
        next_visit: None,
        seen: Seen::Reread { reading: reading.clone(), rules_version: 2 },
        memory: None,
    }];
    store.record(&Visit { body: town().id, at: t(2), documents, findings: None }).unwrap();
    assert!(store.outdated(2, None, 10).unwrap().is_empty());
    let known = store.known(&town().id, t(0)).unwrap();
    let said = store.said(known.documents[0].id).unwrap().unwrap();
    assert_eq!((known.documents[0].rules_version, said.rules_version, said.reading), (2, 2, reading));
    assert_eq!(store.sizes().unwrap().snapshots, 2);
}
