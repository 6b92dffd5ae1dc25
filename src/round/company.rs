//! Whether further pages of a body are under way: a mail waits for company only where there may be some.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::BodyId;

/// How many visits of each body are under way or about to begin.
#[derive(Debug, Default)]
pub(super) struct Company {
    of: Mutex<BTreeMap<BodyId, usize>>,
}

/// Visits that count until this is dropped.
pub(super) struct Visits<'a> {
    company: &'a Company,
    body: BodyId,
    n: usize,
}

impl Company {
    /// So many visits of a body begin, or are about to.
    pub fn begin(&self, body: &BodyId, n: usize) -> Visits<'_> {
        *self.lock().entry(body.clone()).or_default() += n;
        Visits { company: self, body: body.clone(), n }
    }

    /// Whether there are visits beside the one that asks.
    pub fn is_expected(&self, body: &BodyId) -> bool {
        self.lock().get(body).is_some_and(|n| *n > 1)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<BodyId, usize>> {
        // a panic elsewhere cannot leave the map in pieces
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visits<'_> {
    /// One of them is over, or goes on under another count.
    pub fn end_one(&mut self) {
        let n = self.n.min(1);
        self.end(n);
    }

    fn end(&mut self, n: usize) {
        self.n -= n;
        let mut of = self.company.lock();
        if let Some(left) = of.get_mut(&self.body) {
            *left = left.saturating_sub(n);
            if *left == 0 {
                of.remove(&self.body);
            }
        }
    }
}

impl Drop for Visits<'_> {
    fn drop(&mut self) {
        self.end(self.n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn company_is_expected_while_others_are_under_way() {
        let company = Company::default();
        let (prato, lucca) = (BodyId("prato".into()), BodyId("lucca".into()));
        let list = company.begin(&prato, 1);
        assert!(!company.is_expected(&prato), "it is alone");
        let mut documents = company.begin(&prato, 2);
        documents.end_one();
        assert!(company.is_expected(&prato), "one more document comes");
        assert!(!company.is_expected(&lucca));
        documents.end_one();
        documents.end_one();
        assert!(!company.is_expected(&prato), "it is the last one");
        let page = company.begin(&prato, 1);
        assert!(company.is_expected(&prato), "another source is looked at");
        drop((list, documents, page));
        assert!(company.lock().is_empty());
    }
}
