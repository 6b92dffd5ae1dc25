//! Runs of words, by kind: one automaton over the words of a sentence finds the forms of all kinds at once.
//!
//! Nearly all forms are words, stems, or a few of them in a row once their alternatives are written out; those the automaton finds. What
//! is left ("abbass* la serranda") it only suspects, by its beginning; then the kind's regular expression decides.

mod forms;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

use self::forms::{beginnings_of, pattern, spellings};
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

/// The automaton, and what its patterns stand for.
#[derive(Debug)]
pub struct Runs<K> {
    kinds: Vec<Kind<K>>,
    automaton: Option<AhoCorasick>,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone)]
struct Kind<K> {
    name: K,
    /// All its forms; `None` where the automaton knows them all.
    regex: Option<Regex>,
}

/// What a pattern of the automaton stands for.
#[derive(Debug, Clone, Copy)]
struct Pattern {
    /// Which of the kinds.
    kind: usize,
    means: Means,
}

#[derive(Debug, Clone, Copy)]
enum Means {
    /// A form, written out. Of those that begin at one place the first in rank is taken.
    Form { rank: usize, is_stem: bool },
    /// Perhaps a form: the regular expression knows.
    Beginning,
}

/// A form that stands in the words, the blanks around it included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    kind: usize,
    start: usize,
    rank: usize,
    end: usize,
}

impl<K> Default for Runs<K> {
    fn default() -> Self {
        Self { kinds: Vec::new(), automaton: None, patterns: Vec::new() }
    }
}

impl<K: Copy + std::fmt::Debug + PartialEq> Runs<K> {
    /// The automaton of a file's lists.
    pub(super) fn new(file: &'static str, lists: Vec<(K, Vec<String>)>) -> Result<Self, LexiconError> {
        let mut runs = Self::default();
        let mut texts: Vec<String> = Vec::new();
        for (nth, (name, mut longest_first)) in lists.into_iter().enumerate() {
            longest_first.sort_by_key(|form| std::cmp::Reverse(form.len()));
            let mut is_whole = true;
            for form in &longest_first {
                let Some(all) = spellings(form) else {
                    is_whole = false;
                    let beginnings = beginnings_of(form);
                    runs.patterns.extend(beginnings.iter().map(|_| Pattern { kind: nth, means: Means::Beginning }));
                    texts.extend(beginnings);
                    continue;
                };
                for spelling in all {
                    let stem = spelling.strip_suffix('*');
                    let means = Means::Form { rank: texts.len(), is_stem: stem.is_some() };
                    texts.push(stem.map_or_else(|| format!(" {spelling} "), |stem| format!(" {stem}")));
                    runs.patterns.push(Pattern { kind: nth, means });
                }
            }
            // a regular expression knows all forms of its kind, since a longer one is taken before a shorter
            let regex =
                (!is_whole).then(|| regex(&longest_first)).transpose().map_err(|error| wrong(file, format!("{name:?}: {error}")))?;
            runs.kinds.push(Kind { name, regex });
        }
        // with a table of all transitions it would be no faster, since that fits into no cache, and 8 MiB larger
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(&texts);
        runs.automaton = Some(automaton.map_err(|error| wrong(file, error.to_string()))?);
        Ok(runs)
    }

    /// Every run of the tokens, by place; tokens that are to be skipped may stand inside a run.
    pub fn find(&self, tokens: &[Token], skip: impl Fn(&Token) -> bool) -> Vec<Run<K>> {
        self.find_if(tokens, skip, |_| true)
    }

    /// The same, if a run of a kind that is wanted is among them; else none at all.
    pub fn find_if(&self, tokens: &[Token], skip: impl Fn(&Token) -> bool, wanted: impl Fn(K) -> bool) -> Vec<Run<K>> {
        let words = Words::of(tokens, skip);
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut suspects: Vec<usize> = Vec::new();
        for found in self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(&words.joined)) {
            let Some(pattern) = self.patterns.get(found.pattern().as_usize()) else { continue };
            match pattern.means {
                Means::Beginning if !suspects.contains(&pattern.kind) => suspects.push(pattern.kind),
                Means::Beginning => {}
                Means::Form { rank, is_stem } => {
                    let end = if is_stem { words.end_of_letters(found.end()) } else { Some(found.end()) };
                    candidates.extend(end.map(|end| Candidate { kind: pattern.kind, start: found.start(), rank, end }));
                }
            }
        }
        candidates.retain(|candidate| !suspects.contains(&candidate.kind));
        for kind in suspects {
            candidates.extend(self.by_regex(kind, &words.joined));
        }
        if !candidates.iter().any(|candidate| self.kinds.get(candidate.kind).is_some_and(|kind| wanted(kind.name))) {
            return Vec::new();
        }
        candidates.sort_unstable();
        let mut found: Vec<Run<K>> = Vec::with_capacity(candidates.len());
        // where the run before of the same kind ended; the blank behind it may open the next one
        let mut before = (usize::MAX, 0);
        for Candidate { kind, start, end, .. } in candidates {
            if before.0 == kind && start < before.1 {
                continue;
            }
            before = (kind, end.saturating_sub(1));
            let Some(name) = self.kinds.get(kind).map(|kind| kind.name) else { continue };
            let tokens = words.tokens(start + 1, end.saturating_sub(1));
            found.push(Run { kind: name, start: tokens.start, end: tokens.end });
        }
        found.sort_by_key(|run| (run.start, run.end));
        found
    }

    /// What a kind's regular expression finds.
    fn by_regex(&self, kind: usize, joined: &str) -> Vec<Candidate> {
        let Some(regex) = self.kinds.get(kind).and_then(|kind| kind.regex.as_ref()) else { return Vec::new() };
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(hit) = regex.find_at(joined, from) {
            found.push(Candidate { kind, start: hit.start(), rank: 0, end: hit.end() });
            from = hit.end().saturating_sub(1).max(from + 1);
        }
        found
    }

    /// The same lists, with a regular expression for each kind that is asked in every sentence.
    #[cfg(test)]
    pub(super) fn unhurried(lists: Vec<(K, Vec<String>)>) -> Self {
        let mut runs = Self::default();
        for (nth, (name, mut longest_first)) in lists.into_iter().enumerate() {
            longest_first.sort_by_key(|form| std::cmp::Reverse(form.len()));
            runs.kinds.push(Kind { name, regex: Some(regex(&longest_first).unwrap()) });
            runs.patterns.push(Pattern { kind: nth, means: Means::Beginning });
        }
        runs.automaton = AhoCorasick::new(vec![" "; runs.kinds.len()]).ok();
        runs
    }
}

/// The words of a sentence in one text, each between blanks.
struct Words {
    joined: String,
    /// Where each begins, and which token it is.
    starts: Vec<(usize, usize)>,
}

impl Words {
    fn of(tokens: &[Token], skip: impl Fn(&Token) -> bool) -> Self {
        let mut joined = String::with_capacity(tokens.len() * 7 + 1);
        let mut starts = Vec::with_capacity(tokens.len());
        joined.push(' ');
        for (place, token) in tokens.iter().enumerate().filter(|(_, token)| !skip(token)) {
            starts.push((joined.len(), place));
            joined.push_str(&token.text);
            joined.push(' ');
        }
        Self { joined, starts }
    }

    /// Behind the blank that follows the letters at a place, if nothing else follows them.
    fn end_of_letters(&self, from: usize) -> Option<usize> {
        let rest = self.joined.as_bytes().get(from..)?;
        let n = rest.iter().position(|byte| !byte.is_ascii_lowercase())?;
        (rest.get(n) == Some(&b' ')).then_some(from + n + 1)
    }

    /// The tokens between two places.
    fn tokens(&self, first: usize, last: usize) -> std::ops::Range<usize> {
        let token = |nth: usize| self.starts.get(nth).map(|(_, place)| *place);
        let start = self.starts.partition_point(|(at, _)| *at < first);
        let end = self.starts.partition_point(|(at, _)| *at < last);
        let start = token(start).unwrap_or_default();
        start..end.checked_sub(1).and_then(token).map_or(start, |place| place + 1)
    }
}

/// All forms of a kind, the first of them first.
fn regex(forms: &[String]) -> Result<Regex, regex::Error> {
    let body: Vec<String> = forms.iter().map(|form| pattern(form)).collect();
    Regex::new(&format!(" (?:{}) ", body.join("|")))
}
