//! Visits that found all as it was, noted together: what ends within a moment goes into one transaction.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Round, step};
use crate::store::{SourceVisit, Store, StoreError, Unchanged};

/// How long a note waits for company.
const MOMENT: Duration = Duration::from_millis(20);

/// The notes that wait.
#[derive(Debug, Default)]
pub(super) struct Notes {
    waiting: Mutex<Vec<Note>>,
}

#[derive(Debug)]
struct Note {
    unchanged: Vec<Unchanged>,
    source: SourceVisit,
    done: oneshot::Sender<Result<(), StoreError>>,
}

impl Round {
    /// Notes that a source was read well, and which of its documents were as before. Returns when that is committed.
    pub(super) async fn note(&self, unchanged: Vec<Unchanged>, source: SourceVisit) -> Result<(), StoreError> {
        let (done, noted) = oneshot::channel();
        let is_first = self.notes.add(Note { unchanged, source, done });
        if is_first {
            // a task of its own: whoever began it may be given up while others wait
            let (notes, store) = (self.notes.clone(), self.store.clone());
            tokio::spawn(async move {
                tokio::time::sleep(MOMENT).await;
                let _ = tokio::task::spawn_blocking(move || notes.write(&*store)).await;
            });
        }
        // the sender is lost only when the runtime ends, and then nobody waits here either
        noted.await.unwrap_or(Ok(()))
    }
}

impl Notes {
    /// Adds a note; says whether it is the first that waits.
    fn add(&self, note: Note) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(note);
        waiting.len() == 1
    }

    fn write(&self, store: &dyn Store) {
        let notes = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        step("before the store");
        let unchanged: Vec<Unchanged> = notes.iter().flat_map(|note| note.unchanged.iter().cloned()).collect();
        let sources: Vec<SourceVisit> = notes.iter().map(|note| note.source.clone()).collect();
        let together = store.record_visits(&unchanged, &sources);
        let is_well = together.is_ok();
        let mut together = Some(together);
        for note in notes {
            // one that cannot be noted, because its source has just left the file, does not take the others with it
            let alone = || store.record_visits(&note.unchanged, std::slice::from_ref(&note.source));
            let result = if is_well || sources.len() == 1 { together.take().unwrap_or(Ok(())) } else { alone() };
            let _ = note.done.send(result);
        }
        step("after the store");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Body, BodyId, BodyKind, SourceId, SourceKind};
    use crate::store::{Catalogue, WatchedSource, in_memory};

    #[test]
    fn a_source_that_has_left_the_file_keeps_no_other_from_being_noted() {
        let store = in_memory().unwrap();
        let id = BodyId("a".into());
        let body = Body { id: id.clone(), name: "A".into(), kind: BodyKind::Comune, province: None, istat: None, ipa: None };
        let here = WatchedSource {
            id: SourceId("a/uffici".into()),
            body: id,
            url: "https://a.example/uffici".into(),
            kind: SourceKind::Page,
            office: None,
            settings: serde_json::Value::Null,
        };
        let now: jiff::Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
        store.sync(&Catalogue { bodies: vec![body], sources: vec![here] }, now).unwrap();
        let notes = Notes::default();
        let ends = ["a/uffici", "a/gone", "a/uffici"].map(|source| {
            let (done, end) = oneshot::channel();
            let source = SourceVisit {
                source: SourceId(source.into()),
                at: now,
                next_due: now,
                n_fetches: 2,
                n_unchanged: 1,
                bytes: 10,
                validators: None,
            };
            notes.add(Note { unchanged: Vec::new(), source, done });
            end
        });
        notes.write(&*store);
        let [first, second, third] = ends.map(|mut end| end.try_recv().unwrap());
        assert!(first.is_ok() && third.is_ok() && matches!(second, Err(StoreError::Unknown { .. })), "{second:?}");
        assert_eq!(store.source(&SourceId("a/uffici".into())).unwrap().unwrap().health.n_fetches, 4);
        assert!(notes.add(Note { unchanged: Vec::new(), source: visit_of(now), done: oneshot::channel().0 }), "none waits any more");
    }

    fn visit_of(now: jiff::Timestamp) -> SourceVisit {
        let source = SourceId("a/uffici".into());
        SourceVisit { source, at: now, next_due: now, n_fetches: 0, n_unchanged: 0, bytes: 0, validators: None }
    }
}
