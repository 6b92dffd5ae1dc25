//! Evidence: the words of a document that a fact was read from.

use serde::{Deserialize, Serialize};

/// What a notice can state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stated {
    /// How the public is served.
    Status,
    /// Weekly hours.
    Hours,
    /// Days shut.
    Closures,
    /// Exceptional hours of single days.
    Openings,
    /// Ways to reach the office.
    Channels,
    /// Street and number.
    Address,
    /// From when, until when.
    Period,
    /// Offices left out.
    Exceptions,
}

impl Stated {
    /// All of them, in the order of records.
    pub const ALL: [Stated; 8] =
        [Self::Status, Self::Hours, Self::Closures, Self::Openings, Self::Channels, Self::Address, Self::Period, Self::Exceptions];
}

/// A sentence, cell or line, verbatim, and what it states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The words, as they stand in the document.
    pub sentence: String,
    /// Their place: the number of the document's block, from 0.
    pub block: usize,
    /// What was read from them; empty for words that only name the office.
    pub states: Vec<Stated>,
}

impl Evidence {
    /// Takes evidence over, each sentence once.
    pub fn add(known: &mut Vec<Evidence>, more: Evidence) {
        match known.iter_mut().find(|evidence| evidence.sentence == more.sentence) {
            Some(evidence) => {
                evidence.states.extend(more.states);
                evidence.states.sort_unstable();
                evidence.states.dedup();
            }
            None => known.push(more),
        }
    }
}

/// The sentences behind one fact: those that state it, with the words beside them that name the office; all, where none is known to.
pub fn behind(evidence: &[Evidence], fact: Stated) -> Vec<String> {
    let stated: Vec<&Evidence> = evidence.iter().filter(|evidence| evidence.states.contains(&fact)).collect();
    let fallback = if fact == Stated::Status && stated.is_empty() { Some(Stated::Hours) } else { None }; // open, since hours are stated
    let chosen: Vec<&Evidence> = evidence
        .iter()
        .filter(|candidate| {
            candidate.states.contains(&fact)
                || fallback.is_some_and(|other| candidate.states.contains(&other))
                || candidate.states.is_empty() && stated.iter().any(|near| near.block == candidate.block)
        })
        .collect();
    let chosen = if chosen.is_empty() { evidence.iter().collect() } else { chosen };
    chosen.into_iter().map(|evidence| evidence.sentence.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(sentence: &str, block: usize, states: &[Stated]) -> Evidence {
        Evidence { sentence: sentence.into(), block, states: states.to_vec() }
    }

    #[test]
    fn each_fact_has_its_own_words_and_the_name_beside_them() {
        let row = [cell("Tributi", 3, &[]), cell("lun 9-12", 3, &[Stated::Hours]), cell("0583 1", 3, &[Stated::Channels])];
        assert_eq!(behind(&row, Stated::Hours), ["Tributi", "lun 9-12"]);
        assert_eq!(behind(&row, Stated::Channels), ["Tributi", "0583 1"]);
        assert_eq!(behind(&row, Stated::Status), ["lun 9-12"], "open, since hours are stated");
        assert_eq!(behind(&row, Stated::Address).len(), 3, "all, where none is known to");
    }

    #[test]
    fn a_sentence_stands_once_with_all_that_it_states() {
        let mut known = vec![cell("chiuso il 3", 0, &[Stated::Period])];
        Evidence::add(&mut known, cell("chiuso il 3", 0, &[Stated::Closures]));
        assert_eq!(known, [cell("chiuso il 3", 0, &[Stated::Closures, Stated::Period])]);
    }
}
