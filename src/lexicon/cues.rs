//! Cues: runs of words that tell how an office serves the public. Each kind is one automaton over the words of a sentence.

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
        for (cue, forms) in kinds {
            let mut longest_first = forms;
            longest_first.sort_by_key(|form| std::cmp::Reverse(form.len()));
            let body: Vec<String> = longest_first.iter().map(|form| pattern(form)).collect();
            let regex = Regex::new(&format!("(?:^| )(?:{})(?: |$)", body.join("|")))
                .map_err(|error| wrong("cues.toml", format!("{cue:?}: {error}")))?;
            cues.kinds.push((cue, regex));
        }
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
        let mut joined = String::with_capacity(tokens.len() * 7);
        let mut starts = Vec::with_capacity(tokens.len());
        let mut places = Vec::with_capacity(tokens.len());
        for (place, token) in tokens.iter().enumerate() {
            if self.filler.contains(&token.text) {
                continue;
            }
            if !joined.is_empty() {
                joined.push(' ');
            }
            starts.push(joined.len());
            places.push(place);
            joined.push_str(&token.text);
        }
        let mut hits = Vec::new();
        for (cue, regex) in &self.kinds {
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
}

fn among(forms: &[String], word: &str) -> bool {
    forms.iter().any(|form| form.strip_suffix('*').map_or(form == word, |stem| word.starts_with(stem)))
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
