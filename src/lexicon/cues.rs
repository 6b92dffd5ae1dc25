//! Cues: runs of words that tell how an office serves the public. Each kind is one automaton over the words of a sentence.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;
use serde::Deserialize;

use super::{LexiconError, read, wrong};
use crate::text::Token;

/// What a cue says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cue {
    /// Not served.
    Closed,
    /// Served at the counter.
    Open,
    /// By booking.
    Appointment,
    /// No booking needed.
    WalkIn,
    /// No counter.
    Remote,
    /// Less than usual.
    Reduced,
    /// Limits what follows.
    Only,
    /// A denial.
    Denied,
    /// A proposal.
    Hypothesis,
    /// The past.
    Past,
    /// Hours of a telephone.
    Phone,
    /// Hours on video.
    Video,
    /// The office's place.
    Moved,
    /// An office that is only named.
    Political,
    /// An event, works, an award.
    Event,
    /// Somebody who is no office of the body.
    Stranger,
    /// Looks like a closure and is none.
    NotClosed,
}

/// A cue found, with the tokens it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CueHit {
    /// Which.
    pub cue: Cue,
    /// The index of its first token.
    pub start: usize,
    /// The index behind its last.
    pub end: usize,
}

/// The automata.
#[derive(Debug, Default)]
pub struct Cues {
    kinds: Vec<(Cue, Regex)>,
    /// How the forms of all kinds begin, and of which kind each is: most sentences hold no cue, and few more than one kind.
    beginnings: Option<AhoCorasick>,
    kind_of: Vec<usize>,
    /// Words of the trade: whole, or stems that end in "*".
    trade: Vec<String>,
    /// Nouns that stand for the office or a part of it, in the same form.
    house: Vec<String>,
    /// Adverbs that may stand inside a cue.
    filler: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueFile {
    closed: Vec<String>,
    open: Vec<String>,
    appointment: Vec<String>,
    walk_in: Vec<String>,
    remote: Vec<String>,
    reduced: Vec<String>,
    only: Vec<String>,
    denied: Vec<String>,
    hypothesis: Vec<String>,
    past: Vec<String>,
    phone_access: Vec<String>,
    video_access: Vec<String>,
    moved: Vec<String>,
    political: Vec<String>,
    event: Vec<String>,
    stranger: Vec<String>,
    not_closed: Vec<String>,
    trade: Vec<String>,
    house: Vec<String>,
    filler: Vec<String>,
}

impl Cues {
    pub(super) fn parse(text: &str) -> Result<Self, LexiconError> {
        let file: CueFile = read("cues.toml", text)?;
        let kinds = [
            (Cue::Closed, file.closed),
            (Cue::Open, file.open),
            (Cue::Appointment, file.appointment),
            (Cue::WalkIn, file.walk_in),
            (Cue::Remote, file.remote),
            (Cue::Reduced, file.reduced),
            (Cue::Only, file.only),
            (Cue::Denied, file.denied),
            (Cue::Hypothesis, file.hypothesis),
            (Cue::Past, file.past),
            (Cue::Phone, file.phone_access),
            (Cue::Video, file.video_access),
            (Cue::Moved, file.moved),
            (Cue::Political, file.political),
            (Cue::Event, file.event),
            (Cue::Stranger, file.stranger),
            (Cue::NotClosed, file.not_closed),
        ];
        let mut cues = Cues { trade: file.trade, house: file.house, filler: file.filler, ..Cues::default() };
        let mut beginnings = Vec::new();
        for (nth, (cue, forms)) in kinds.into_iter().enumerate() {
            beginnings.extend(forms.iter().flat_map(|form| beginnings_of(form)));
            cues.kind_of.resize(beginnings.len(), nth);
            let mut longest_first = forms;
            longest_first.sort_by_key(|form| std::cmp::Reverse(form.len()));
            let body: Vec<String> = longest_first.iter().map(|form| pattern(form)).collect();
            let regex = Regex::new(&format!("(?:^| )(?:{})(?: |$)", body.join("|")))
                .map_err(|error| wrong("cues.toml", format!("{cue:?}: {error}")))?;
            cues.kinds.push((cue, regex));
        }
        cues.beginnings = Some(
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::DFA))
                .build(&beginnings)
                .map_err(|error| wrong("cues.toml", error.to_string()))?,
        );
        Ok(cues)
    }

    /// Whether a word belongs to the trade of offices.
    pub fn is_trade(&self, word: &str) -> bool {
        among(&self.trade, word)
    }

    /// Whether a noun can stand for the office, or for a part of it: "le sale", "il front office", "i locali".
    pub fn is_house(&self, word: &str) -> bool {
        self.is_trade(word) || among(&self.house, word)
    }

    /// Every cue in a run of tokens, by kind and place.
    pub fn find(&self, tokens: &[Token]) -> Vec<CueHit> {
        let mut joined = String::with_capacity(tokens.len() * 7 + 1);
        joined.push(' ');
        let mut starts = Vec::with_capacity(tokens.len());
        let mut places = Vec::with_capacity(tokens.len());
        for (place, token) in tokens.iter().enumerate() {
            if self.filler.contains(&token.text) {
                continue;
            }
            if !starts.is_empty() {
                joined.push(' ');
            }
            starts.push(joined.len());
            places.push(place);
            joined.push_str(&token.text);
        }
        let mut hits = Vec::new();
        let may_be = self.may_be(&joined);
        for (nth, (cue, regex)) in self.kinds.iter().enumerate() {
            if may_be & 1 << nth == 0 {
                continue;
            }
            let mut from = 0;
            while let Some(found) = regex.find_at(&joined, from) {
                let text = found.as_str();
                let first = found.start() + usize::from(text.starts_with(' '));
                let last = found.end() - usize::from(text.ends_with(' '));
                let start = places.get(starts.partition_point(|s| *s < first)).copied().unwrap_or(tokens.len());
                let end = starts.partition_point(|s| *s < last).checked_sub(1).and_then(|n| places.get(n)).map_or(start, |n| n + 1);
                hits.push(CueHit { cue: *cue, start, end });
                // the closing blank may open the next one
                from = if last > from { last } else { from + 1 };
                if from >= joined.len() {
                    break;
                }
            }
        }
        hits.sort_by_key(|hit| (hit.start, hit.end));
        hits
    }

    /// The kinds of which a form begins somewhere in the words, as bits.
    fn may_be(&self, joined: &str) -> u32 {
        let Some(beginnings) = &self.beginnings else { return u32::MAX };
        let kind = |found: aho_corasick::Match| self.kind_of.get(found.pattern().as_usize()).map_or(u32::MAX, |nth| 1 << nth);
        beginnings.find_overlapping_iter(joined).map(kind).fold(0, |all, kind| all | kind)
    }
}

fn among(forms: &[String], word: &str) -> bool {
    forms.iter().any(|form| form.strip_suffix('*').map_or(form == word, |stem| word.starts_with(stem)))
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

/// The small language of the file as a regular expression.
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
    use crate::lexicon::Lexicon;
    use crate::text::{fold, tokens};

    #[test]
    fn what_a_form_begins_with() {
        let of = |form| beginnings_of(form).join("|");
        assert_eq!(of("chius(o|a|i|e)"), " chius");
        assert_eq!(of("(su|per (la )?|l') appuntament*"), " su| per | l'");
        assert_eq!(of("(lo )?sportello non esiste piu"), " lo | sportello non esiste piu");
        assert_eq!(of("[a-z]*[a-z]rebbe"), "rebbe");
        assert_eq!(of("[a-z][a-z][a-z]*(arono|irono)"), "arono|irono");
        assert_eq!(of("ad? oggi"), " a");
    }

    /// Every line of the tests of phrases holds the same cues whether or not kinds are left out beforehand.
    #[test]
    fn no_cue_is_left_out_beforehand() {
        let cues = Lexicon::builtin().cues();
        let all = Cues { beginnings: None, kinds: cues.kinds.clone(), filler: cues.filler.clone(), ..Cues::default() };
        let mut n_found = 0;
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                for line in std::fs::read_to_string(&path).unwrap_or_default().lines() {
                    let tokens = tokens(&fold(line));
                    let found = cues.find(&tokens);
                    assert_eq!(found, all.find(&tokens), "{line}");
                    n_found += found.len();
                }
            }
        }
        assert!(n_found > 500, "{n_found}");
    }
}
