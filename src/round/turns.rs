//! Turns: visits of one body fold one after another, visits of different bodies beside each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::domain::BodyId;

/// Who is on. Holds no more entries than bodies at work, give or take those that just left.
#[derive(Debug, Default)]
pub struct Turns {
    of: Mutex<HashMap<BodyId, Weak<AsyncMutex<()>>>>,
}

/// Held while a visit folds; the next one of the same body goes on when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _guard: OwnedMutexGuard<()>,
}

impl Turns {
    /// Waits until no other visit of the body folds.
    pub async fn take(&self, body: &BodyId) -> Turn {
        let turn = {
            // a panic elsewhere cannot leave the map in pieces: every change to it is a single call
            let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
            match of.get(body).and_then(Weak::upgrade) {
                Some(turn) => turn,
                None => {
                    of.retain(|_, turn| turn.strong_count() > 0);
                    let turn = Arc::new(AsyncMutex::new(()));
                    of.insert(body.clone(), Arc::downgrade(&turn));
                    turn
                }
            }
        };
        Turn { _guard: turn.lock_owned().await }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn visits_of_one_body_wait_for_each_other_and_those_of_two_do_not() {
        let turns = Arc::new(Turns::default());
        let (prato, lucca) = (BodyId("prato".into()), BodyId("lucca".into()));
        let first = turns.take(&prato).await;
        let _other = turns.take(&lucca).await;
        let second = tokio::spawn({
            let (turns, prato) = (turns.clone(), prato.clone());
            async move { turns.take(&prato).await }
        });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap();
    }

    #[tokio::test]
    async fn bodies_that_left_are_forgotten() {
        let turns = Turns::default();
        for n in 0..100 {
            turns.take(&BodyId(n.to_string())).await;
        }
        assert!(turns.of.lock().unwrap().len() <= 2);
    }
}
