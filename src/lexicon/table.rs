//! A table by words that tells most words which it does not hold by their first letters: nearly every word of a page is asked for in each.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

/// What stands under words.
#[derive(Debug)]
pub(super) struct Table<V> {
    under: FxHashMap<String, V>,
    /// One bit for each way in which a word of the table begins.
    openings: Vec<u64>,
}

impl<V> Table<V> {
    /// What stands under a word.
    pub fn get(&self, word: &str) -> Option<&V> {
        let (place, bit) = opening(word);
        (self.openings.get(place)? & bit != 0).then(|| self.under.get(word)).flatten()
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { under: FxHashMap::default(), openings: Vec::new() }
    }
}

impl<V> From<HashMap<String, V>> for Table<V> {
    fn from(under: HashMap<String, V>) -> Self {
        let mut openings = vec![0; 512];
        for word in under.keys() {
            let (place, bit) = opening(word);
            if let Some(bits) = openings.get_mut(place) {
                *bits |= bit;
            }
        }
        Self { under: under.into_iter().collect(), openings }
    }
}

/// The place and bit of a word's first three letters.
fn opening(word: &str) -> (usize, u64) {
    let letter = |at: usize| word.as_bytes().get(at).map_or(0, |byte| usize::from(byte & 31));
    let place = letter(0) << 10 | letter(1) << 5 | letter(2);
    (place >> 6, 1 << (place & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_holds_its_words_and_no_others() {
        let table = Table::from(HashMap::from([("lunedi".to_owned(), 1), ("i".to_owned(), 2), ("".to_owned(), 3), ("là".to_owned(), 4)]));
        for (word, found) in [("lunedi", Some(1)), ("lun", None), ("i", Some(2)), ("il", None), ("", Some(3)), ("là", Some(4)), ("l", None)]
        {
            assert_eq!(table.get(word).copied(), found, "{word}");
        }
        assert_eq!(Table::<i8>::default().get("lunedi"), None);
    }
}
