//! When a map by host is looked through for entries that need not be remembered.

use std::collections::HashMap;

/// Looks through a map at so many entries, and again when they have doubled since: a round over eight thousand hosts asks all of them within a
/// moment, and to look for idle ones before each request would cost more than the requests.
#[derive(Debug)]
pub(super) struct Sweep {
    first: usize,
    next: usize,
}

impl Sweep {
    /// The first time at so many entries.
    pub(super) fn at(n: usize) -> Self {
        Sweep { first: n, next: n }
    }

    /// Forgets what `keep` refuses, where it is time.
    pub(super) fn over<V>(&mut self, map: &mut HashMap<String, V>, mut keep: impl FnMut(&V) -> bool) {
        if map.len() >= self.next {
            map.retain(|_, entry| keep(entry));
            self.next = self.first.max(2 * map.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_must_stay_are_not_looked_at_again_and_again() {
        let (mut map, mut sweep, mut n_looks) = (HashMap::new(), Sweep::at(100), 0);
        for n in 0..10_000 {
            sweep.over(&mut map, |_| {
                n_looks += 1;
                true
            });
            map.insert(n.to_string(), n);
        }
        assert_eq!(map.len(), 10_000);
        assert!(n_looks < 20_000, "{n_looks}");
        for n in 0..10_000 {
            sweep.over(&mut map, |_| false);
            map.insert(format!("other {n}"), n);
        }
        assert!(map.len() <= 100, "{}", map.len());
    }
}
