//! Checks what a person named on the command line against what is known, with a suggestion where it is nearly right.

use anyhow::bail;

use crate::domain::{BodyId, OfficeId};
use crate::lexicon::Lexicon;
use crate::store::Store;

/// A body that the store knows.
pub fn body(store: &dyn Store, id: &str) -> anyhow::Result<BodyId> {
    let body = BodyId(id.into());
    if store.body(&body)?.is_some() {
        return Ok(body);
    }
    let known: Vec<String> = store.bodies()?.into_iter().map(|body| body.id.0).collect();
    bail!("there is no body {id:?} in the database{}", suggestion(id, known.iter().map(String::as_str)))
}

/// An office that the lexicon lists.
pub fn office(id: &str) -> anyhow::Result<OfficeId> {
    let known: Vec<&str> = Lexicon::builtin().office_ids().collect();
    if known.contains(&id) {
        return Ok(OfficeId(id.into()));
    }
    bail!("there is no office {id:?}{}", suggestion(id, known.into_iter()))
}

/// ` · did you mean "tributi"?`, or all that there is where it is little.
pub fn suggestion<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let nearest = known.iter().map(|candidate| (distance(written, candidate), *candidate)).min();
    match nearest {
        Some((distance, candidate)) if distance * 3 <= written.chars().count().max(3) => format!(" · did you mean {candidate:?}?"),
        _ if !known.is_empty() && known.len() <= 12 => format!(" · there is {}", known.join(", ")),
        _ => String::new(),
    }
}

/// How many letters must be put in, left out, replaced, or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let replaced = row[j] + usize::from(from != to);
            let mut best = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && from == &b[j - 1] && a[i - 1] == *to {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_right_is_suggested() {
        let known = || ["anagrafe", "tributi", "urp"].into_iter();
        assert_eq!(suggestion("anagraffe", known()), " · did you mean \"anagrafe\"?");
        assert_eq!(suggestion("tribtui", known()), " · did you mean \"tributi\"?");
        assert_eq!(suggestion("urpp", known()), " · did you mean \"urp\"?");
        assert_eq!(suggestion("zoo", known()), " · there is anagrafe, tributi, urp");
    }

    #[test]
    fn letters_apart_are_counted() {
        for (a, b, n) in [("", "", 0), ("a", "", 1), ("abc", "abd", 1), ("abcd", "acbd", 1), ("città", "citta", 1)] {
            assert_eq!(distance(a, b), n, "{a} {b}");
        }
    }
}
