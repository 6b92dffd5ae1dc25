//! Answers that all readers of an address see alike, kept for a moment: no longer than what they were made from stays the same, and within
//! bounds whatever is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::response::Response;

use super::answer::{Answer, Failure};
use super::{Reader, Site};
use crate::domain::{BodyId, ChangeId, Language};
use crate::store::ChangeFilter;

/// An answer is made anew after this time at the latest: names and the health of sources are told so late.
const KEPT: Duration = Duration::from_secs(10);
/// So much is kept in all.
const MOST_BYTES: usize = 32 << 20;
/// What an answer takes beside its bytes, by and large.
const EACH: usize = 500;

/// What an answer was made from: while this is the same, so is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// The newest change of all.
    Changes(Option<ChangeId>),
    /// What is known of a body, and the minute, since pages say who is open now.
    Body { revision: Option<u64>, minute: i64 },
}

/// Language and address.
type Key = (Language, String);

#[derive(Debug)]
struct Kept {
    at: Instant,
    basis: Basis,
    answer: Answer,
}

/// The answers that are kept. The young ones become the old ones when they fill their half, and what was old till then goes.
#[derive(Debug, Default)]
pub(super) struct KeptAnswers(Mutex<Halves>);

#[derive(Debug, Default)]
struct Halves {
    young: HashMap<Key, Kept>,
    old: HashMap<Key, Kept>,
    n_bytes_young: usize,
}

impl KeptAnswers {
    fn get(&self, key: &Key, basis: Basis) -> Option<Answer> {
        let halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = halves.young.get(key).or_else(|| halves.old.get(key))?;
        (kept.basis == basis && kept.at.elapsed() < KEPT).then(|| kept.answer.clone())
    }

    fn put(&self, key: Key, basis: Basis, answer: Answer) {
        let n_bytes = answer.body.len() + key.1.len() + EACH;
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if halves.n_bytes_young + n_bytes > MOST_BYTES / 2 {
            halves.old = std::mem::take(&mut halves.young);
            halves.n_bytes_young = 0;
        }
        if n_bytes <= MOST_BYTES / 2 {
            let before = halves.young.insert(key.clone(), Kept { at: Instant::now(), basis, answer });
            halves.n_bytes_young += n_bytes;
            halves.n_bytes_young -= before.map_or(0, |before| before.answer.body.len() + key.1.len() + EACH);
        }
    }
}

impl Site {
    /// An answer that is the same for all readers of this address and language: one made a moment ago from the same basis, else a new one.
    /// The basis is read first, so that what comes in meanwhile is in the answer or makes the next one.
    pub(super) fn kept(&self, reader: &Reader, basis: Basis, make: impl FnOnce() -> Result<Answer, Failure>) -> Result<Answer, Failure> {
        let key = (reader.language, format!("{}{}?{}", reader.prefix, reader.path, reader.query.as_deref().unwrap_or_default()));
        if let Some(answer) = self.answers.get(&key, basis) {
            return Ok(answer);
        }
        let answer = make()?.tagged();
        self.answers.put(key, basis, answer.clone());
        Ok(answer)
    }

    /// The response to a reader of a list that is made from changes of everywhere.
    pub(super) async fn listed(
        self: &Arc<Self>,
        reader: Reader,
        make: impl FnOnce(&Self, &Reader) -> Result<Answer, Failure> + Send + 'static,
    ) -> Result<Response, Failure> {
        self.work(move |site| Ok(site.kept(&reader, site.basis_of_all()?, || make(site, &reader))?.to(&reader.headers))).await
    }

    /// What is made from changes of everywhere.
    pub(super) fn basis_of_all(&self) -> Result<Basis, Failure> {
        let newest = self.store.changes(&ChangeFilter::default(), None, 1)?;
        Ok(Basis::Changes(newest.changes.first().and_then(|change| change.id)))
    }

    /// What is made from what is known of a body.
    pub(super) fn basis_of(&self, body: &BodyId) -> Result<Basis, Failure> {
        Ok(Basis::Body { revision: self.store.revision(body)?, minute: self.clock.now().as_second().div_euclid(60) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize) -> Key {
        (Language::It, format!("/{n}"))
    }

    #[test]
    fn an_answer_is_kept_while_its_basis_is_the_same() {
        let answers = KeptAnswers::default();
        let (then, now) = (Basis::Body { revision: Some(1), minute: 7 }, Basis::Body { revision: Some(1), minute: 8 });
        answers.put(key(1), then, Answer::new("text/plain", "a"));
        assert!(answers.get(&key(1), then).is_some());
        assert!(answers.get(&key(1), now).is_none() && answers.get(&key(2), then).is_none());
        answers.put(key(1), now, Answer::new("text/plain", "b"));
        assert!(answers.get(&key(1), then).is_none());
        assert_eq!(answers.get(&key(1), now).unwrap().body, "b");
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_latest_stays() {
        let answers = KeptAnswers::default();
        let basis = Basis::Changes(None);
        let page = "x".repeat(100_000);
        for n in 0..2_000 {
            answers.put(key(n), basis, Answer::new("text/plain", page.clone()));
            answers.put(key(n), basis, Answer::new("text/plain", page.clone()));
        }
        let halves = answers.0.lock().unwrap();
        let n_bytes: usize = halves.young.values().chain(halves.old.values()).map(|kept| kept.answer.body.len()).sum();
        assert!(n_bytes <= MOST_BYTES && n_bytes > MOST_BYTES / 3, "{n_bytes}");
        assert!(halves.young.contains_key(&key(1_999)));
        let counted: usize = halves.young.iter().map(|(key, kept)| kept.answer.body.len() + key.1.len() + EACH).sum();
        assert_eq!(halves.n_bytes_young, counted);
        drop(halves);
        answers.put(key(0), basis, Answer::new("text/plain", "x".repeat(MOST_BYTES)));
        assert!(answers.get(&key(0), basis).is_none(), "larger than all there is room for");
    }
}
