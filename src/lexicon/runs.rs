//! Runs of words, by kind: each kind is one automaton over the words of a sentence.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
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
    /// How the forms of all kinds begin, and of which kind each is: most sentences hold no run, and few more than one kind.
    beginnings: Option<AhoCorasick>,
    kind_of: Vec<usize>,
}

impl<K> Default for Runs<K> {
    fn default() -> Self {
        Self { kinds: Vec::new(), beginnings: None, kind_of: Vec::new() }
    }
}

impl<K: Copy + std::fmt::Debug> Runs<K> {
    /// The automata of a file's lists.
    pub(super) fn new(file: &'static str, lists: Vec<(K, Vec<String>)>) -> Result<Self, LexiconError> {
        let mut kinds = Vec::with_capacity(lists.len());
        let (mut beginnings, mut kind_of) = (Vec::new(), Vec::new());
        for (nth, (kind, mut longest_first)) in lists.into_iter().enumerate() {
            beginnings.extend(longest_first.iter().flat_map(|form| beginnings_of(form)));
            kind_of.resize(beginnings.len(), nth);
            longest_first.sort_by_key(|form| std::cmp::Reverse(form.len()));
            let body: Vec<String> = longest_first.iter().map(|form| pattern(form)).collect();
            let regex =
                Regex::new(&format!("(?:^| )(?:{})(?: |$)", body.join("|"))).map_err(|error| wrong(file, format!("{kind:?}: {error}")))?;
            kinds.push((kind, regex));
        }
        // one bit for each kind
        let beginnings = (kinds.len() <= 64)
            .then(|| AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&beginnings))
            .transpose()
            .map_err(|error| wrong(file, error.to_string()))?;
        Ok(Self { kinds, beginnings, kind_of })
    }

    /// Every run of the tokens, by place; tokens that are to be skipped may stand inside a run.
    pub fn find(&self, tokens: &[Token], skip: impl Fn(&Token) -> bool) -> Vec<Run<K>> {
        let mut joined = String::with_capacity(tokens.len() * 7 + 1);
        joined.push(' ');
        let mut starts = Vec::with_capacity(tokens.len());
        let mut places = Vec::with_capacity(tokens.len());
        for (place, token) in tokens.iter().enumerate().filter(|(_, token)| !skip(token)) {
            if !starts.is_empty() {
                joined.push(' ');
            }
            starts.push(joined.len());
            places.push(place);
            joined.push_str(&token.text);
        }
        let mut found = Vec::new();
        let may_be = self.may_be(&joined);
        for (nth, (kind, regex)) in self.kinds.iter().enumerate() {
            if may_be & (1 << nth) == 0 {
                continue;
            }
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

    /// The kinds of which a form begins somewhere in the words, as bits.
    fn may_be(&self, joined: &str) -> u64 {
        let Some(beginnings) = &self.beginnings else { return u64::MAX };
        let kind = |found: aho_corasick::Match| self.kind_of.get(found.pattern().as_usize()).map_or(u64::MAX, |nth| 1 << nth);
        beginnings.find_overlapping_iter(joined).map(kind).fold(0, |all, kind| all | kind)
    }

    /// The same, with every kind looked for in every sentence.
    #[cfg(test)]
    pub(super) fn unhurried(&self) -> Self {
        Self { kinds: self.kinds.clone(), ..Self::default() }
    }
}

/// Words of which every match of a form holds one: those it begins with, the blank before them included, or what follows letters left open.
fn beginnings_of(form: &str) -> Vec<String> {
    let behind = form.trim_start_matches("[a-z]").trim_start_matches('*');
    if behind.len() < form.len() {
        return if behind.starts_with("[a-z]") { beginnings_of(behind) } else { openings(behind) };
    }
    openings(form).into_iter().map(|opening| format!(" {opening}")).collect()
}

/// The plain letters that a form begins with; of each alternative where it begins with several.
fn openings(form: &str) -> Vec<String> {
    const SPECIAL: [char; 11] = ['*', '#', '-', '(', ')', '[', '?', '+', '\\', '{', '|'];
    let plain = form.find(SPECIAL).unwrap_or(form.len());
    let (opening, rest) = form.split_at(plain);
    if !opening.is_empty() || !rest.starts_with('(') {
        let sure = if rest.starts_with('?') { opening.len().saturating_sub(1) } else { opening.len() };
        return vec![opening.get(..sure).unwrap_or_default().to_owned()];
    }
    let mut depth = 0;
    let mut cuts = vec![0];
    let mut end = rest.len();
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 1 => cuts.push(at),
            _ => {}
        }
        if depth == 0 {
            end = at;
            break;
        }
    }
    cuts.push(end);
    let alternatives = cuts.windows(2).filter_map(|cut| rest.get(cut.first()? + 1..*cut.last()?));
    let mut all: Vec<String> = alternatives.flat_map(openings).collect();
    let behind = rest.get(end + 1..).unwrap_or_default();
    if let Some(behind) = behind.strip_prefix(['?', '*']) {
        all.extend(openings(behind));
    }
    all
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_begins_with() {
        let of = |form| beginnings_of(form).join("|");
        assert_eq!(of("chius(o|a|i|e)"), " chius");
        assert_eq!(of("(su|per (la )?|l') appuntament*"), " su| per | l'");
        assert_eq!(of("(lo )?sportello non esiste piu"), " lo | sportello non esiste piu");
        assert_eq!(of("*rebbe"), "rebbe");
        assert_eq!(of("*(arono|irono)"), "arono|irono");
        assert_eq!(of("ad? oggi"), " a");
    }
}
