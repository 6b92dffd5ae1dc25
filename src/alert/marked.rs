//! Two texts side by side with the words that differ marked.

use serde::Serialize;
use similar::{Algorithm, ChangeTag, TextDiff};

/// A piece of a text, marked where it differs from the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether the other side lacks them.
    pub marked: bool,
}

/// One side of a row: pieces in order. Empty: nothing stated.
pub type Pieces = Vec<Piece>;

/// A text that is not compared.
pub(super) fn plain(text: &str) -> Pieces {
    if text.is_empty() { Vec::new() } else { vec![Piece { text: text.into(), marked: false }] }
}

/// The text of the pieces.
pub(super) fn text(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// A text that is all new, or all gone.
pub(super) fn marked(text: &str) -> Pieces {
    if text.is_empty() { Vec::new() } else { vec![Piece { text: text.into(), marked: true }] }
}

/// Both sides with what is only in one of them marked.
pub(super) fn compare(before: &str, after: &str) -> (Pieces, Pieces) {
    if before == after {
        return (plain(before), plain(after));
    }
    if before.is_empty() || after.is_empty() {
        return (marked(before), marked(after));
    }
    let (old, new) = (words(before), words(after));
    let (left, right) = compare_few(&old, &new).unwrap_or_else(|| compare_many(&old, &new));
    (without_gaps(left), without_gaps(right))
}

/// As many words, by and large, as the hours of a day have.
const FEW: usize = 16;

/// The comparison where it is plain: no word stands twice on a side, and those that both have come in the same order, so that there is no
/// other longest sequence of common words.
fn compare_few(old: &[&str], new: &[&str]) -> Option<(Pieces, Pieces)> {
    let repeats = |words: &[&str]| words.iter().enumerate().any(|(n, word)| words.iter().take(n).any(|earlier| earlier == word));
    if old.len() > FEW || new.len() > FEW || repeats(old) || repeats(new) {
        return None;
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let mut reached: Option<usize> = None;
    for word in old {
        let place = new.iter().position(|other| other == word);
        if place.is_some() && place < reached {
            return None;
        }
        reached = place.or(reached);
        push(&mut left, word, place.is_none());
    }
    new.iter().for_each(|word| push(&mut right, word, !old.contains(word)));
    Some((left, right))
}

fn compare_many(old: &[&str], new: &[&str]) -> (Pieces, Pieces) {
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_slices(old, new);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut left, change.value(), false);
                push(&mut right, change.value(), false);
            }
            ChangeTag::Delete => push(&mut left, change.value(), true),
            ChangeTag::Insert => push(&mut right, change.value(), true),
        }
    }
    (left, right)
}

/// A space between two marked words is marked with them: two words that changed read as one change.
fn without_gaps(pieces: Pieces) -> Pieces {
    let is_gap = |i: usize| {
        let marked = |i: Option<usize>| i.and_then(|i| pieces.get(i)).is_some_and(|piece| piece.marked);
        marked(i.checked_sub(1)) && marked(i.checked_add(1)) && pieces.get(i).is_some_and(|piece| piece.text.trim().is_empty())
    };
    if !(0..pieces.len()).any(is_gap) {
        return pieces;
    }
    let mut joined = Pieces::new();
    for (i, piece) in pieces.iter().enumerate() {
        push(&mut joined, &piece.text, piece.marked || is_gap(i));
    }
    joined
}

fn push(pieces: &mut Pieces, word: &str, marked: bool) {
    match pieces.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(word),
        _ => pieces.push(Piece { text: word.into(), marked }),
    }
}

/// Words, clock times and the marks between them, each on its own: "8:30–12:30" is three.
fn words(text: &str) -> Vec<&str> {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, ':' | '.' | '@' | '+' | '/' | '_' | '\'');
    let mut words = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let same = before.is_some_and(|before| in_word(before) && in_word(c));
        if at > start && !same {
            words.extend(text.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    words.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    #[test]
    fn only_what_differs_is_marked() {
        for (before, after, left, right) in [
            ("8:30–12:30", "9:00–12:30", "[8:30]–12:30", "[9:00]–12:30"),
            ("8:30–12:30", "8:30–12:30 e 15:00–17:30", "8:30–12:30", "8:30–12:30[ e 15:00–17:30]"),
            ("Via Roma, 1", "Piazza Umberto, 1", "[Via Roma], 1", "[Piazza Umberto], 1"),
            ("", "nuovo", "", "[nuovo]"),
            ("uguale", "uguale", "uguale", "uguale"),
        ] {
            let (l, r) = compare(before, after);
            assert_eq!((shown(&l).as_str(), shown(&r).as_str()), (left, right));
            assert_eq!((text(&l).as_str(), text(&r).as_str()), (before, after));
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_says_what_the_long_one_says(
            old in proptest::collection::vec("[a-h]", 0..9), new in proptest::collection::vec("[a-h]", 0..9),
        ) {
            let (old, new): (Vec<&str>, Vec<&str>) = (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
            if let Some(few) = compare_few(&old, &new) {
                proptest::prop_assert_eq!(few, compare_many(&old, &new));
            }
        }
    }
}
