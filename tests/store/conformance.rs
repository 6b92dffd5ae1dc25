//! What every store must do, whatever keeps its rows. Another implementation adds a maker to `stores` and must pass all of it.

use std::sync::Arc;

use sportello::domain::*;
use sportello::resolve::Redesign;
use sportello::store::*;

use crate::support::*;

/// Every implementation there is, each new and empty, with what must outlive it.
pub fn stores() -> Vec<(Arc<dyn Store>, Option<tempfile::TempDir>)> {
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
        assert_eq!(store.said(known.documents[0].id).unwrap().unwrap().reading.notices, [notice("anagrafe", "Mo-Fr 09:00-13:00")]);
        assert_eq!((known.documents[0].snapshot, known.documents[0].rules_version), (second.documents[0].snapshot.unwrap(), 1));
        assert_eq!(store.verify(true).unwrap(), []);
    }
}

pub fn source_id(name: &str) -> SourceId {
    watched(name, SourceKind::Page).id
}

#[test]
fn the_catalogue_is_taken_over_and_history_stays() {
    for (store, _folder) in stores() {
        let synced = store.sync(&catalogue(), t(0)).unwrap();
        assert_eq!(synced.added, [source_id("uffici"), source_id("novita")]);
        assert_eq!(store.sync(&catalogue(), t(1)).unwrap(), Synced::default());
        store.set_next_due(&source_id("uffici"), t(60)).unwrap();
        store.set_next_due(&source_id("novita"), t(60)).unwrap();

        let mut next = catalogue();
        next.sources[0].settings = serde_json::json!({ "every": "2h" });
        next.sources.pop();
        let synced = store.sync(&next, t(2)).unwrap();
        assert_eq!((synced.changed, synced.retired), (vec![source_id("uffici")], vec![source_id("novita")]));
        assert_eq!(store.source(&source_id("uffici")).unwrap().unwrap().next_due, Some(t(60)), "the schedule stays");
        let retired = store.source(&source_id("novita")).unwrap().unwrap();
        assert_eq!((retired.retired_at, retired.next_due), (Some(t(2)), None));

        next.sources[0].url = "https://altolago.example/altri-uffici".into();
        store.sync(&next, t(3)).unwrap();
        assert_eq!(store.source(&source_id("uffici")).unwrap().unwrap().next_due, Some(t(3)), "another address is due at once");
        assert_eq!(store.sync(&catalogue(), t(4)).unwrap().added, [source_id("novita")], "back after being retired");
        assert_eq!(store.sync(&Catalogue::default(), t(5)).unwrap().retired.len(), 2);
        assert_eq!((store.bodies().unwrap(), store.body(&town().id).unwrap()), (vec![], Some(town())));
        assert_eq!(store.next_due().unwrap(), None);
    }
}

#[test]
fn due_sources_come_the_longest_waiting_first() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        store.set_next_due(&source_id("uffici"), t(20)).unwrap();
        store.set_next_due(&source_id("novita"), t(10)).unwrap();
        let due = |now, limit| -> Vec<SourceId> { store.due_sources(now, limit).unwrap().into_iter().map(|s| s.source.id).collect() };
        assert_eq!(due(t(9), 10), []);
        assert_eq!(due(t(20), 10), [source_id("novita"), source_id("uffici")]);
        assert_eq!(due(t(20), 1), [source_id("novita")]);
        assert_eq!(store.next_due().unwrap(), Some(t(10)));
    }
}

#[test]
fn a_visit_that_begins_is_not_begun_again_at_once_even_if_it_never_ends() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        for id in ["uffici", "novita"] {
            store.set_next_due(&source_id(id), t(10)).unwrap();
        }
        let article = Found { url: "https://altolago.example/novita/a".into(), kind: DocumentKind::News, next_visit: Some(t(10)) };
        store.discover(&source_id("novita"), &[article], t(10)).unwrap();
        store.begin_visits(&[source_id("novita")], t(10), t(600)).unwrap();
        let due = |now| -> Vec<SourceId> { store.due_sources(now, 9).unwrap().into_iter().map(|s| s.source.id).collect() };
        assert_eq!((due(t(599)), store.due_documents(t(599), 9).unwrap()), (vec![source_id("uffici")], vec![]));
        assert_eq!((due(t(600)).len(), store.due_documents(t(600), 9).unwrap().len()), (2, 1));
    }
}

#[test]
fn failures_turn_the_health_and_nothing_else() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        visit(&*store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]);
        let known = store.known(&town().id, t(0)).unwrap();
        let failure = |at| Failure { source: source_id("uffici"), at, words: "il server risponde 503".into(), next_try: at };
        store.record_failure(&failure(t(1))).unwrap();
        let health = store.record_failure(&failure(t(5))).unwrap();
        assert_eq!((health.streak, health.failing_since, health.told_at), (2, Some(t(1)), None));
        assert_eq!(store.known(&town().id, t(0)).unwrap(), known);
        let read = SourceVisit {
            source: source_id("uffici"),
            at: t(9),
            next_due: t(69),
            n_fetches: 4,
            n_unchanged: 3,
            bytes: 1000,
            validators: Some(Validators { etag: Some("\"x\"".into()), last_modified: None, body_sha: Some(sha256(b"x")) }),
        };
        store.record_source(&read).unwrap();
        let source = store.source(&source_id("uffici")).unwrap().unwrap();
        assert_eq!((source.health.streak, source.health.last_error, source.health.told_at), (0, None, None));
        assert_eq!((source.health.last_failed, source.next_due, source.validators), (Some(t(5)), Some(t(69)), read.validators.unwrap()));
        assert_eq!(source.health.n_fetches, 4);
        store.record_failure(&Failure { source: source_id("novita"), ..failure(t(11)) }).unwrap();
        assert_eq!(store.fetches().unwrap(), Fetches { n_failing: 1, n_fetches: 4, n_unchanged: 3, bytes: 1000 });
        let nobody = Failure { source: SourceId("x/y".into()), ..failure(t(1)) };
        assert!(matches!(store.record_failure(&nobody), Err(StoreError::Unknown { .. })));
    }
}

#[test]
fn documents_are_found_once_and_fall_due() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let found =
            |n: i64| Found { url: format!("https://altolago.example/novita/{n}"), kind: DocumentKind::News, next_visit: Some(t(n)) };
        let new = store.discover(&source_id("novita"), &[found(1), found(2), found(1)], t(0)).unwrap();
        assert_eq!(new.len(), 2);
        assert_eq!(store.discover(&source_id("novita"), &[found(2), found(3)], t(5)).unwrap().len(), 1);
        assert_eq!(store.documents(&source_id("novita")).unwrap().len(), 3);
        let due: Vec<String> = store.due_documents(t(2), 10).unwrap().into_iter().map(|document| document.url).collect();
        assert_eq!(due, [found(1).url, found(2).url]);
        store.set_next_visit(new[0], None).unwrap();
        assert_eq!(store.due_documents(t(2), 10).unwrap().len(), 1);
        store.sync(&Catalogue { sources: vec![], ..catalogue() }, t(6)).unwrap();
        assert_eq!(store.due_documents(t(9), 10).unwrap(), [], "those of a retired source are left alone");
    }
}

#[test]
fn what_a_retired_source_said_no_longer_counts() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        visit(&*store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]);
        assert_eq!(store.known(&town().id, t(0)).unwrap().documents.len(), 1);
        store.sync(&Catalogue { sources: vec![], ..catalogue() }, t(1)).unwrap();
        let known = store.known(&town().id, t(0)).unwrap();
        assert_eq!((known.documents.len(), known.states.len()), (0, 1));
    }
}

#[test]
fn a_document_that_is_gone_is_counted_and_may_come_back() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let url = "https://altolago.example/uffici";
        let first = visit(&*store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]).documents[0];
        let gone = |at| {
            let document = DocumentVisit {
                source: source_id("uffici"),
                url: url.into(),
                kind: DocumentKind::Page,
                next_visit: Some(at),
                seen: Seen::Gone,
                memory: None,
            };
            store.record(&Visit { body: town().id, at, documents: vec![document], findings: None }).unwrap()
        };
        gone(t(1));
        assert_eq!(gone(t(2)).documents[0].snapshot, first.snapshot);
        let known = store.document_by_id(first.document).unwrap().unwrap();
        assert_eq!((known.gone_since, known.n_gone, known.last_seen), (Some(t(1)), 2, Some(t(0))));
        store
            .record_unchanged(&[Unchanged { document: first.document, at: t(3), next_visit: None, validators: None, matter_sha: None }])
            .unwrap();
        let known = store.document_by_id(first.document).unwrap().unwrap();
        assert_eq!((known.gone_since, known.n_gone, known.last_seen), (None, 0, Some(t(3))));
    }
}

#[test]
fn what_a_page_was_read_from_is_known_until_it_says_something_else() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let first = visit(&*store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]).documents[0];
        let matter = || store.document_by_id(first.document).unwrap().unwrap().matter_sha;
        let note = |matter_sha, minute| {
            let row = Unchanged { document: first.document, at: t(minute), next_visit: None, validators: None, matter_sha };
            store.record_visits(&[row], &[]).unwrap();
        };
        assert_eq!(matter(), None);
        note(Some(sha256(b"matter")), 1);
        note(None, 2);
        assert_eq!(matter(), Some(sha256(b"matter")), "a page that did not come leaves it");
        visit(&*store, "anagrafe", "Mo-Fr 09:00-12:00", t(3), &[]);
        assert_eq!(matter(), None, "the matter of before says what no longer holds");
        let record = |seen, at| {
            let document = DocumentVisit {
                source: source_id("uffici"),
                url: "https://altolago.example/uffici".into(),
                kind: DocumentKind::Page,
                next_visit: None,
                seen,
                memory: None,
            };
            store.record(&Visit { body: town().id, at, documents: vec![document], findings: None }).unwrap();
        };
        let known = Received { matter_sha: Some(sha256(b"new matter")), ..received("anagrafe 10-12") };
        record(Seen::Fresh { received: known, reading: Reading::default(), rules_version: 1 }, t(3));
        assert_eq!(matter(), Some(sha256(b"new matter")), "what a new version was read from is known at once");
        note(Some(sha256(b"other matter")), 4);
        record(Seen::Reread { reading: Reading::default(), rules_version: 99 }, t(5));
        assert_eq!(matter(), None, "new rules may read it otherwise");
    }
}

fn findings(revision: u64) -> Findings {
    Findings {
        why: Why::Visit,
        revision,
        states: vec![],
        held: vec![],
        changes: vec![],
        corroborated: vec![],
        deliveries: vec![],
        redesign: None,
    }
}

fn settled(store: &dyn Store, at: jiff::Timestamp, findings: Findings) -> Result<Recorded> {
    store.record(&Visit { body: town().id, at, documents: vec![], findings: Some(findings) })
}

#[test]
fn facts_that_moved_are_not_overwritten() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let known = store.known(&town().id, t(0)).unwrap();
        visit(&*store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]);
        let refused = settled(&*store, t(1), findings(known.revision)).unwrap_err();
        assert!(matches!(refused, StoreError::Moved { .. }) && refused.is_transient(), "{refused}");
        assert_eq!(store.known(&town().id, t(0)).unwrap().states.len(), 1);
    }
}

#[test]
fn a_refused_visit_leaves_nothing() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        visit(&*store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]);
        let before = (store.known(&town().id, t(0)).unwrap(), store.sizes().unwrap().snapshots);
        let broken = Findings {
            // a change that does not exist cannot be confirmed: the last step of the transaction fails
            corroborated: vec![Corroboration { change: ChangeId(99), cause: Cause { url: "x".into(), snapshot: 1, evidence: vec![] } }],
            changes: vec![change("anagrafe", "Mo 08:00-09:00", "Mo 09:00-10:00", "x", t(1))],
            ..findings(before.0.revision)
        };
        assert!(matches!(settled(&*store, t(1), broken), Err(StoreError::Unknown { .. })));
        assert_eq!((store.known(&town().id, t(0)).unwrap(), store.sizes().unwrap().snapshots), before);
    }
}

#[test]
fn states_have_versions_and_are_known_as_of_an_instant() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        visit(&*store, "anagrafe uno", "Mo-Fr 08:00-12:00", t(0), &[]);
        visit(&*store, "anagrafe due, altre parole", "Mo-Fr 08:00-12:00", t(10), &[]);
        let changed = visit(&*store, "anagrafe tre", "Mo-Fr 09:00-13:00", t(20), &[]);
        let office = OfficeId("anagrafe".into());
        let history = store.history(&town().id, &office).unwrap();
        assert_eq!(history.len(), 2, "other words for the same facts are no version");
        assert_eq!((history[0].known_from, history[0].known_until, &history[0].changes), (t(20), None, &changed.changes));
        assert_eq!((history[1].known_from, history[1].known_until, history[1].why), (t(0), Some(t(20)), Why::Baseline));
        let at = |at| store.states(&town().id, Some(at)).unwrap().into_iter().map(|version| version.id).collect::<Vec<_>>();
        assert_eq!(at(t(-1)), Vec::<i64>::new());
        assert_eq!((at(t(0)), at(t(19)), at(t(20))), (vec![history[1].id], vec![history[1].id], vec![history[0].id]));
        assert_eq!(store.states(&town().id, None).unwrap()[0].id, history[0].id);

        let revision = store.known(&town().id, t(0)).unwrap().revision;
        settled(&*store, t(30), findings(revision)).unwrap();
        assert_eq!(store.states(&town().id, None).unwrap(), [], "an office that is missing has its version closed");
        assert_eq!(store.history(&town().id, &office).unwrap()[0].known_until, Some(t(30)));
    }
}

#[test]
fn what_is_held_is_replaced_as_a_whole() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let held = |office: &str, fetches| Held {
            key: key(office),
            name: office.into(),
            aspect: Aspect::Hours,
            reason: HeldReason::Vanished,
            url: "https://altolago.example/uffici".into(),
            before: Some(Value::Hours(hours_of("Mo 08:00-12:00"))),
            after: None,
            since: t(0),
            fetches,
        };
        settled(&*store, t(0), Findings { held: vec![held("anagrafe", 1), held("tributi", 1)], ..findings(0) }).unwrap();
        settled(&*store, t(1), Findings { held: vec![held("anagrafe", 2)], ..findings(1) }).unwrap();
        assert_eq!(store.known(&town().id, t(0)).unwrap().held, [held("anagrafe", 2)]);
    }
}

#[test]
fn memories_come_back_with_the_real_snapshot() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let url = "https://altolago.example/uffici";
        let memory = |snapshot| sportello::resolve::DocumentNotices {
            url: url.into(),
            source: source_id("uffici"),
            kind: DocumentKind::Page,
            published: None,
            first_read: t(0),
            read_at: t(0),
            snapshot,
            statements: vec![],
            doubts: vec![],
        };
        let document = DocumentVisit {
            source: source_id("uffici"),
            url: url.into(),
            kind: DocumentKind::Page,
            next_visit: None,
            seen: Seen::Fresh { received: received("x"), reading: Reading::default(), rules_version: 1 },
            memory: Some(memory(snapshot_of_nth(0))),
        };
        let recorded = store.record(&Visit { body: town().id, at: t(0), documents: vec![document], findings: None }).unwrap();
        let known = store.known(&town().id, t(0)).unwrap();
        assert_eq!(known.documents[0].memory, Some(memory(recorded.documents[0].snapshot.unwrap().0)));
    }
}

/// Changes of two offices, one an hour, newest last.
pub fn many(store: &dyn Store, n: i64) -> Vec<ChangeId> {
    visit(store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]);
    let mut ids = Vec::new();
    for i in 1..=n {
        let known = store.known(&town().id, t(0)).unwrap();
        let office = if i % 2 == 0 { "anagrafe" } else { "tributi" };
        let mut change = change(office, "Mo 08:00-12:00", "Mo 09:00-12:00", "https://altolago.example/uffici", t(60 * i));
        change.causes[0].snapshot = 1;
        if i % 3 == 0 {
            change.aspect = Aspect::Status;
        }
        let found = Findings { states: known.states, changes: vec![change], ..findings(known.revision) };
        ids.extend(settled(store, t(60 * i), found).unwrap().changes);
    }
    ids
}

#[test]
fn changes_are_listed_newest_first_page_by_page() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 10);
        let newest_first: Vec<ChangeId> = ids.iter().rev().copied().collect();
        let mut listed = Vec::new();
        let mut from = None;
        loop {
            let page = store.changes(&ChangeFilter::default(), from, 3).unwrap();
            listed.extend(page.changes.iter().filter_map(|change| change.id));
            let Some(next) = page.next else { break };
            from = Some(next.to_string().parse().unwrap()); // as it travels in an address
        }
        assert_eq!(listed, newest_first);

        let n_of = |filter: ChangeFilter| store.changes(&filter, None, 100).unwrap().changes.len();
        let all = ChangeFilter::default;
        assert_eq!(n_of(ChangeFilter { since: Some(t(60 * 8)), ..all() }), 3);
        assert_eq!(n_of(ChangeFilter { until: Some(t(60 * 8)), ..all() }), 7);
        assert_eq!(n_of(ChangeFilter { body: Some(town().id), ..all() }), 10);
        assert_eq!(n_of(ChangeFilter { body: Some(BodyId("altrove".into())), ..all() }), 0);
        assert_eq!(n_of(ChangeFilter { province: Some("LU".into()), ..all() }), 10);
        assert_eq!(n_of(ChangeFilter { province: Some("LU".into()), office: Some(OfficeId("tributi".into())), ..all() }), 5);
        assert_eq!(n_of(ChangeFilter { province: Some("FI".into()), ..all() }), 0);
        assert_eq!(n_of(ChangeFilter { office: Some(OfficeId("tributi".into())), ..all() }), 5);
        assert_eq!(n_of(ChangeFilter { body: Some(town().id), office: Some(OfficeId("tributi".into())), ..all() }), 5);
        assert_eq!(n_of(ChangeFilter { aspect: Some(Aspect::Status), ..all() }), 3);
    }
}

#[test]
fn a_change_is_explained_and_gains_sources() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        visit(&*store, "anagrafe uno", "Mo-Fr 08:00-12:00", t(0), &[]);
        let first = store.revision(&town().id).unwrap();
        let recorded = visit(&*store, "anagrafe due", "Mo-Fr 09:00-13:00", t(60), &[]);
        assert!(first.is_some() && store.revision(&town().id).unwrap() > first);
        assert_eq!(store.revision(&BodyId("altrove".into())).unwrap(), None);
        let id = recorded.changes[0];
        let further = Cause { url: "https://altolago.example/novita/1".into(), snapshot: 1, evidence: vec!["anche qui".into()] };
        let revision = store.revision(&town().id).unwrap();
        store.corroborate(id, &further).unwrap();
        assert!(store.revision(&town().id).unwrap() > revision, "what is made of the changes must be made anew");
        store.corroborate(id, &further).unwrap();
        let explained = store.explain(id).unwrap().unwrap();
        assert_eq!(explained.change.causes.len(), 2);
        assert_eq!(explained.before.unwrap().known_until, Some(t(60)));
        assert_eq!(explained.after.unwrap().changes, [id]);
        assert_eq!(explained.sources[0].snapshot.id, recorded.documents[0].snapshot.unwrap());
        assert_eq!(explained.sources[0].snapshot_before.as_ref().unwrap().id, SnapshotId(1));
        assert_eq!(explained.sources[0].notices, [notice("anagrafe", "Mo-Fr 09:00-13:00")]);
        assert!(store.explain(ChangeId(99)).unwrap().is_none());
    }
}

#[test]
fn a_change_reaches_an_address_once() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 2);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let planned = |about, changes| PlannedDelivery { subscriber: ada, about, due_at: t(0), changes };
        let digest = About::Digest { day: jiff::civil::date(2026, 3, 2), hour: 8 };
        let first = store.enqueue(&[planned(About::Alert(town().id), vec![0])], &ids, t(0)).unwrap();
        assert_eq!(store.enqueue(&[planned(digest.clone(), vec![0])], &ids, t(0)).unwrap(), [], "told already");
        assert_eq!(store.enqueue(&[planned(About::Alert(town().id), vec![0, 1])], &ids, t(0)).unwrap(), first, "joins what waits");
        assert_eq!(store.delivery(first[0]).unwrap().unwrap().changes, ids);
        let reminder = About::Reminder(jiff::civil::date(2026, 3, 8));
        assert_eq!(store.enqueue(&[planned(reminder, vec![0])], &ids, t(0)).unwrap().len(), 1, "a reminder is another occasion");
        assert_eq!(store.enqueue(&[planned(About::Confirmation(1), vec![])], &[], t(0)).unwrap().len(), 1);
        assert_eq!(store.enqueue(&[planned(About::Confirmation(1), vec![])], &[], t(0)).unwrap(), [], "service mail is not repeated");
        let nobody = PlannedDelivery { subscriber: SubscriberId(99), ..planned(digest, vec![1]) };
        assert_eq!(store.enqueue(&[nobody], &ids, t(0)).unwrap(), []);
    }
}

#[test]
fn a_delivery_that_was_tried_takes_no_more_changes() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 2);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let alert = |n| [PlannedDelivery { subscriber: ada, about: About::Alert(town().id), due_at: t(0), changes: vec![n] }];
        let first = store.enqueue(&alert(0), &ids, t(0)).unwrap();
        store.take_due(t(1), 10).unwrap();
        store.settle(&[(first[0], Verdict::Later(t(9), "421 più tardi".into()))], t(1)).unwrap();
        let second = store.enqueue(&alert(1), &ids, t(2)).unwrap();
        assert_ne!(first, second, "its mail may have been accepted all the same");
        assert_eq!(store.take_due(t(9), 10).unwrap().len(), 2);
    }
}

#[test]
fn every_attempt_ends_in_a_verdict() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 3);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let days = [1, 2, 3].map(|day| About::Reminder(jiff::civil::date(2026, 4, day)));
        let planned: Vec<_> =
            days.into_iter().map(|about| PlannedDelivery { subscriber: ada, about, due_at: t(5), changes: vec![0] }).collect();
        let [sent, later, refused] = store.enqueue(&planned, &ids, t(0)).unwrap()[..] else { panic!() };
        assert_eq!((store.take_due(t(4), 10).unwrap().len(), store.next_delivery_due().unwrap()), (0, Some(t(5))));
        assert_eq!(store.take_due(t(5), 2).unwrap().len(), 2);
        assert_eq!(store.take_due(t(5), 10).unwrap().len(), 1, "what is taken is not taken twice");
        let verdicts = [
            (sent, Verdict::Sent("250 ok".into())),
            (later, Verdict::Later(t(20), "451 riprova".into())),
            (refused, Verdict::Refused("550 sconosciuto".into())),
        ];
        store.settle(&verdicts, t(6)).unwrap();
        let counts = store.delivery_counts().unwrap();
        assert_eq!((counts.queued, counts.sending, counts.sent, counts.refused), (1, 0, 1, 1));
        let record = store.delivery(later).unwrap().unwrap();
        assert_eq!((record.attempts, record.due_at, record.answer.as_deref()), (1, t(20), Some("451 riprova")));
        store.settle(&[(sent, Verdict::Refused("late".into()))], t(7)).unwrap();
        assert_eq!(store.delivery(sent).unwrap().unwrap().state, DeliveryState::Sent, "what is settled stays so");
        assert_eq!(store.retry(&[refused, sent], t(8)).unwrap(), 1);
        assert_eq!(store.take_due(t(8), 10).unwrap()[0].id, refused);
        assert_eq!(store.requeue_in_doubt(t(8)).unwrap(), 0, "not those that were just taken");
        assert_eq!(store.requeue_in_doubt(t(9)).unwrap(), 1);
        assert_eq!(store.deliveries(DeliveryState::Queued, None, 10).unwrap().len(), 2);
        assert_eq!(store.deliveries_to(ada, 1).unwrap().len(), 1);
    }
}

#[test]
fn subscribers_are_one_address_with_several_wishes() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ada = store.add_subscriber(" Ada@Example.org", Language::En, SubscriberState::Pending, t(0)).unwrap();
        assert_eq!(store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(1)).unwrap(), ada);
        let wish = |filter| NewSubscription { filter, frequency: Frequency::Daily(8), reminders: true };
        let here = wish(Filter { bodies: vec![town().id], ..Filter::default() });
        let first = store.subscribe(ada, &here, t(1)).unwrap();
        assert_eq!(store.subscribe(ada, &here, t(2)).unwrap(), first);
        assert_eq!(store.subscriptions_for(&town()).unwrap(), [], "not confirmed yet");
        store.confirm(ada, t(3)).unwrap();
        let elsewhere = wish(Filter { provinces: vec!["FI".into()], ..Filter::default() });
        let province = wish(Filter { provinces: vec!["LU".into(), "PI".into()], ..Filter::default() });
        let all = wish(Filter::default());
        let ids: Vec<i64> = [&elsewhere, &province, &all].into_iter().map(|wish| store.subscribe(ada, wish, t(4)).unwrap()).collect();
        let found: Vec<i64> = store.subscriptions_for(&town()).unwrap().into_iter().map(|(_, subscription)| subscription.id).collect();
        assert_eq!(found, [first, ids[1], ids[2]]);

        let record = store.subscriber_by_email("ADA@example.org").unwrap().unwrap();
        assert_eq!(
            (record.subscriber.email.as_str(), record.subscriber.language, record.state),
            ("Ada@Example.org", Language::En, SubscriberState::Confirmed)
        );
        assert_eq!((record.confirmed_at, record.subscriptions.len()), (Some(t(3)), 4));
        assert!(store.unsubscribe(first).unwrap() && !store.unsubscribe(first).unwrap());
        assert_eq!(store.subscribers(None, 10).unwrap().len(), 1);
        assert!(store.subscribers(Some(ada), 10).unwrap().is_empty());
        assert!(matches!(store.subscribe(SubscriberId(99), &here, t(5)), Err(StoreError::Unknown { .. })));
    }
}

#[test]
fn who_is_suspended_gets_nothing_and_who_is_erased_leaves_nothing() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 1);
        let add = |email: &str| store.add_subscriber(email, Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let (ada, bob) = (add("ada@example.org"), add("bob@example.org"));
        for subscriber in [ada, bob] {
            store.subscribe(subscriber, &NewSubscription::default(), t(0)).unwrap();
            let alert = PlannedDelivery { subscriber, about: About::Alert(town().id), due_at: t(0), changes: vec![0] };
            store.enqueue(&[alert], &ids, t(0)).unwrap();
        }
        store.suspend(ada, "disiscritta", t(1)).unwrap();
        assert!(store.remove_subscriber(bob).unwrap() && !store.remove_subscriber(bob).unwrap());
        assert_eq!(store.take_due(t(2), 10).unwrap(), []);
        assert_eq!(store.subscriptions_for(&town()).unwrap(), []);
        let record = store.subscriber(ada).unwrap().unwrap();
        assert_eq!(
            (record.state, record.reason.as_deref(), record.subscriptions.len()),
            (SubscriberState::Suspended, Some("disiscritta"), 1)
        );
        assert_eq!(store.deliveries_to(ada, 10).unwrap()[0].state, DeliveryState::Suspended);
        assert_eq!((store.subscriber(bob).unwrap(), store.deliveries_to(bob, 10).unwrap()), (None, vec![]));
    }
}

#[test]
fn what_a_document_says_is_known_with_its_text() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let id = visit(&*store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]).documents[0].document;
        let said = store.said(id).unwrap().unwrap();
        assert_eq!((said.text_sha, said.rules_version), (received("anagrafe").text_sha, 1));
        assert_eq!(said.reading.notices, [notice("anagrafe", "Mo-Fr 08:00-12:00")]);
        let found = Found { url: "https://altolago.example/novita/a".into(), kind: DocumentKind::News, next_visit: None };
        let new = store.discover(&source_id("novita"), &[found], t(1)).unwrap()[0];
        assert_eq!(store.said(new).unwrap(), None);
    }
}

#[test]
fn upkeep_is_remembered_and_changes_no_fact() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        visit(&*store, "anagrafe uno", "Mo-Fr 08:00-12:00", t(0), &[]);
        visit(&*store, "anagrafe due", "Mo-Fr 09:00-13:00", t(60), &[]);
        let made = store.last_done(Job::Tidy).unwrap();
        assert_eq!((made.said.as_str(), store.last_done(Job::Verify).unwrap()), ("", made.clone()));
        let known = store.known(&town().id, t(0)).unwrap();
        store.tidy(t(0) + jiff::SignedDuration::from_hours(24 * 365)).unwrap();
        assert_eq!(store.known(&town().id, t(0)).unwrap(), known);
        let done = JobDone { at: t(100), said: "fatto".into() };
        store.note_done(Job::Tidy, &done).unwrap();
        store.note_done(Job::Tidy, &done).unwrap();
        assert_eq!((store.last_done(Job::Tidy).unwrap(), store.last_done(Job::Verify).unwrap()), (done, made));
    }
}

#[test]
fn the_seal_covers_every_snapshot() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let mut seals = vec![store.seal().unwrap()];
        for (n, text) in ["uno", "due", "tre"].iter().enumerate() {
            visit(&*store, text, "Mo-Fr 08:00-12:00", t(n as i64), &[]);
            seals.push(store.seal().unwrap());
        }
        visit(&*store, "tre", "Mo-Fr 08:00-12:00", t(9), &[]);
        assert_eq!(store.seal().unwrap(), seals[3], "nothing new, same seal");
        let hashes: std::collections::BTreeSet<Sha256> = seals.iter().map(|seal| seal.sha).collect();
        assert_eq!((hashes.len(), seals[3].n_chains, seals[3].n_snapshots), (4, 1, 3));
    }
}

#[test]
fn many_read_while_one_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sportello.db");
    let store = with_town(open(&path).unwrap());
    visit(&*store, "anagrafe", "Mo-Fr 08:00-12:00", t(0), &[]);
    let other = open(&path).unwrap(); // as another process would
    std::thread::scope(|scope| {
        for n in 0..4 {
            let store = if n % 2 == 0 { &store } else { &other };
            scope.spawn(move || (0..50).for_each(|_| assert_eq!(store.known(&town().id, t(0)).unwrap().documents.len(), 1)));
        }
        for (store, name) in [(&store, "ada"), (&other, "bob")] {
            scope.spawn(move || {
                for n in 0..20 {
                    store.add_subscriber(&format!("{name}{n}@example.org"), Language::It, SubscriberState::Confirmed, t(0)).unwrap();
                }
            });
        }
    });
    assert_eq!(store.sizes().unwrap().subscribers, 40);
}

#[test]
fn the_operator_is_told_of_a_redesign_once_a_week_and_not_of_one_that_is_over() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let note = |at, redesign| {
            let revision = store.known(&town().id, t(0)).unwrap().revision;
            settled(&*store, t(at), Findings { redesign, ..findings(revision) }).unwrap();
        };
        let tell = |now: i64| store.tell_trouble("ops@example.org", Language::It, t(-100), t(now)).unwrap().is_some();
        let redesign = |since| Some(Redesign { n_lost: 9, n_known: 10, since: t(since) });
        const WEEK: i64 = 7 * 24 * 60;

        note(1, redesign(1));
        note(2, None);
        assert!(!tell(3), "it was over before it was told");
        note(4, redesign(4));
        assert!(tell(5));
        let mails = store.take_due(t(5), 9).unwrap();
        let report = mails[0].trouble.as_deref().unwrap();
        assert_eq!((report.failing.len(), report.back.len()), (0, 0));
        let [told] = &report.redesigned[..] else { panic!("{report:?}") };
        assert_eq!((&told.body, told.n_lost, told.n_known, told.since), (&town().id, 9, 10, t(4)));
        note(6, redesign(4));
        note(7, None);
        note(8, redesign(8));
        assert!(!tell(9), "once a week");
        note(WEEK + 9, redesign(8));
        assert!(!tell(WEEK + 10), "the same one once");
        note(WEEK + 11, redesign(WEEK + 11));
        assert!(tell(WEEK + 12) && !tell(WEEK + 13), "another one again");
    }
}

#[test]
fn the_operator_is_told_once_that_a_source_fails_and_once_that_it_is_back() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let fail = |at| {
            let failure = Failure { source: source_id("uffici"), at, words: "it answered 503".into(), next_try: at };
            store.record_failure(&failure).unwrap();
        };
        let read = |at| {
            let visit =
                SourceVisit { source: source_id("uffici"), at, next_due: at, n_fetches: 1, n_unchanged: 0, bytes: 1, validators: None };
            store.record_source(&visit).unwrap();
        };
        // what failed since the first minute is told from the hundredth on
        let tell = |now: i64| store.tell_trouble("ops@example.org", Language::En, t(now - 100), t(now)).unwrap();
        let taken = |now| {
            let due = store.take_due(t(now), 9).unwrap();
            let trouble = due.iter().map(|mail| (mail.to.email.clone(), mail.trouble.as_deref().cloned().expect("a report")));
            trouble.collect::<Vec<_>>()
        };
        fail(t(1));
        fail(t(2));
        assert_eq!(tell(150), None, "two tries are too few, however long ago");
        fail(t(3));
        assert_eq!(tell(100), None, "too early");
        assert!(tell(101).is_some());
        assert_eq!((tell(102), tell(999)), (None, None), "once");
        let [(to, report)] = &taken(101)[..] else { panic!("one mail") };
        let [failing] = &report.failing[..] else { panic!("{report:?}") };
        assert_eq!(to, "ops@example.org");
        assert_eq!((failing.since, failing.tries, failing.words.as_str()), (t(1), 3, "it answered 503"));
        assert!(report.back.is_empty());

        read(t(200));
        assert!(tell(201).is_some());
        assert_eq!(tell(202), None, "once");
        let [(_, report)] = &taken(201)[..] else { panic!("one mail") };
        assert_eq!((report.failing.len(), report.back[0].read_at), (0, t(200)));

        for at in 300..304 {
            fail(t(at));
        }
        assert!(tell(500).is_some(), "another run is told again");
        read(t(501));
        fail(t(502));
        assert_eq!(tell(503), None, "it believes that the source fails, and so it does");
        let ops = store.subscriber_by_email("ops@example.org").unwrap().unwrap();
        assert!(ops.subscriptions.is_empty());
    }
}
