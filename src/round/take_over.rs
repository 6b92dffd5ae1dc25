//! The operator's file is taken over: what is new is watched, what is gone no longer counts, and nobody is told of either.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Round, catalogue};
use crate::domain::{BodyId, SourceId};
use crate::store::{StoreError, Synced};

/// So many new sources are begun at once; towns share servers under many names, so the others follow one by one.
const AT_ONCE: usize = 32;
/// The time between two of those that follow.
const APART: SignedDuration = SignedDuration::from_secs(2);

impl Round {
    /// Spreads the first visits of many new sources: for a service, which has time.
    pub async fn spread(&self, added: &[SourceId]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let later: Vec<SourceId> = added.iter().skip(AT_ONCE).cloned().collect();
        if later.is_empty() {
            return Ok(());
        }
        self.on_store(move |store| {
            let mut due = now;
            for source in &later {
                due = due.checked_add(APART).unwrap_or(due);
                store.set_next_due(source, due)?;
            }
            Ok(())
        })
        .await
    }

    /// Makes the store watch what the file names. Documents of sources that are now read in another way are to be read again ([`Round::reread`]);
    /// bodies that lost a source are folded anew.
    pub async fn take_over(&self) -> Result<Synced, StoreError> {
        let (catalogue, now) = (catalogue(&self.sources), self.clock.now());
        let (synced, bodies) = self
            .on_store(move |store| {
                let synced = store.sync(&catalogue, now)?;
                let mut bodies: BTreeSet<BodyId> = BTreeSet::new();
                for source in synced.changed.iter().chain(&synced.retired) {
                    bodies.extend(store.source(source)?.map(|known| known.source.body));
                }
                for source in &synced.changed {
                    store.read_again(source)?;
                }
                Ok((synced, bodies))
            })
            .await?;
        for body in bodies.iter().filter(|body| self.sources.body(body).is_some()) {
            self.refold(body).await?;
        }
        Ok(synced)
    }
}
