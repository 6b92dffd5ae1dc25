//! The operator's file is taken over: what is new is watched, what is gone no longer counts, and nobody is told of either.

use std::collections::BTreeSet;

use super::{Round, catalogue};
use crate::domain::BodyId;
use crate::store::{StoreError, Synced};

impl Round {
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
