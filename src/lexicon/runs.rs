//! Runs of words, by kind: each kind is one automaton over the words of a sentence.

use regex::Regex;

use super::{LexiconError, wrong};
use crate::text::Token;

/// A run found, with the tokens it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<K> {
    /// Which kind.
    pub kind: K,
    /// The index of its first token.
    pub start: usize,
    /// The index behind its last.
    pub end: usize,
}

/// The automata.
#[derive(Debug)]
pub struct Runs<K> {
    kinds: Vec<(K, Regex)>,
}

impl<K> Default for Runs<K> {
    fn default() -> Self {
        Self { kinds: Vec::new() }
    }
}

impl<K: Copy + std::fmt::Debug> Runs<K> {
    /// The automata of a file's lists.
    pub(super) fn new(file: &'static str, lists: Vec<(K, Vec<String>)>) -> Result<Self, LexiconError> {
        let mut kinds = Vec::with_capacity(lists.len());
        for (kind, mut longest_first) in lists {
            longest_first.sort_by_key(|form| std::cmp::Reverse(form.len()));
            let body: Vec<String> = longest_first.iter().map(|form| pattern(form)).collect();
            let regex =
                Regex::new(&format!("(?:^| )(?:{})(?: |$)", body.join("|"))).map_err(|error| wrong(file, format!("{kind:?}: {error}")))?;
            kinds.push((kind, regex));
        }
        Ok(Self { kinds })
    }

    /// Every run of the tokens, by place; tokens that are to be skipped may stand inside a run.
    pub fn find(&self, tokens: &[Token], skip: impl Fn(&Token) -> bool) -> Vec<Run<K>> {
        let mut joined = String::with_capacity(tokens.len() * 7);
        let mut starts = Vec::with_capacity(tokens.len());
        let mut places = Vec::with_capacity(tokens.len());
        for (place, token) in tokens.iter().enumerate().filter(|(_, token)| !skip(token)) {
            if !joined.is_empty() {
                joined.push(' ');
            }
            starts.push(joined.len());
            places.push(place);
            joined.push_str(&token.text);
        }
        let mut found = Vec::new();
        for (kind, regex) in &self.kinds {
            let mut from = 0;
            while let Some(hit) = regex.find_at(&joined, from) {
                let text = hit.as_str();
                let first = hit.start() + usize::from(text.starts_with(' '));
                let last = hit.end() - usize::from(text.ends_with(' '));
                let start = places.get(starts.partition_point(|s| *s < first)).copied().unwrap_or(tokens.len());
                let end = starts.partition_point(|s| *s < last).checked_sub(1).and_then(|n| places.get(n)).map_or(start, |n| n + 1);
                found.push(Run { kind: *kind, start, end });
                // the closing blank may open the next one
                from = if last > from { last } else { from + 1 };
                if from >= joined.len() {
                    break;
                }
            }
        }
        found.sort_by_key(|run| (run.start, run.end));
        found
    }
}

/// The small language of the files as a regular expression.
fn pattern(form: &str) -> String {
    let mut out = String::new();
    for c in form.chars() {
        match c {
            '*' => out.push_str("[a-z]*"),
            '#' => out.push_str("[0-9]"),
            '.' => out.push_str(r"\."),
            '-' => out.push_str(" - "),
            c => out.push(c),
        }
    }
    out
}
