//! An outbox in memory, which counts what is asked of it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::Timestamp;
use sportello::domain::{Delivery, DeliveryId, Verdict};
use sportello::mail::Outbox;

#[derive(Debug, thiserror::Error)]
#[error("the book is shut")]
pub struct Shut;

struct Entry {
    delivery: Delivery,
    due_at: Timestamp,
    marked: bool,
    fate: Vec<Verdict>,
}

/// Deliveries and their fates.
#[derive(Default)]
pub struct Book {
    entries: Mutex<BTreeMap<DeliveryId, Entry>>,
    /// Whether verdicts are lost from now on, as in a crash.
    pub loses_verdicts: std::sync::atomic::AtomicBool,
}

impl Book {
    pub fn with(deliveries: impl IntoIterator<Item = Delivery>) -> Self {
        let entry = |delivery: Delivery| (delivery.id, Entry { due_at: delivery.due_at, delivery, marked: false, fate: Vec::new() });
        Self { entries: Mutex::new(deliveries.into_iter().map(entry).collect()), ..Self::default() }
    }

    /// The verdicts on a delivery, in order.
    pub fn fate(&self, id: i64) -> Vec<Verdict> {
        self.entries.lock().unwrap()[&DeliveryId(id)].fate.clone()
    }

    /// What a program that starts again finds: nothing is in anybody's hands.
    pub fn restart(&self) {
        self.entries.lock().unwrap().values_mut().for_each(|entry| entry.marked = false);
    }
}

impl Outbox for Book {
    type Error = Shut;

    fn take_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, Shut> {
        let mut entries = self.entries.lock().unwrap();
        let settled = |entry: &Entry| matches!(entry.fate.last(), Some(Verdict::Sent(_) | Verdict::Refused(_)));
        let mut due: Vec<&mut Entry> =
            entries.values_mut().filter(|entry| entry.due_at <= now && !entry.marked && !settled(entry)).collect();
        due.sort_by_key(|entry| (entry.due_at, entry.delivery.id));
        due.truncate(limit);
        let take = |entry: &mut Entry| {
            entry.marked = true;
            entry.delivery.clone()
        };
        Ok(due.into_iter().map(take).collect())
    }

    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], _now: Timestamp) -> Result<(), Shut> {
        if self.loses_verdicts.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(Shut);
        }
        let mut entries = self.entries.lock().unwrap();
        for (id, verdict) in verdicts {
            let entry = entries.get_mut(id).unwrap();
            assert!(entry.marked, "a verdict on a delivery that nobody took");
            entry.marked = false;
            if let Verdict::Later(at, _) = verdict {
                entry.due_at = *at;
                entry.delivery.attempts += 1;
            }
            entry.fate.push(verdict.clone());
        }
        Ok(())
    }
}
