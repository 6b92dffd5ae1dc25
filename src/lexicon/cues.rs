//! Cues: runs of words that tell how an office serves the public. Each kind is one automaton over the words of a sentence.

use std::collections::HashMap;

use serde::Deserialize;

use super::runs::{Run, Runs};
use super::table::Table;
use super::{LexiconError, read};
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
    /// Something that is no office is open or shut.
    Thing,
}

/// The automata.
#[derive(Debug, Default)]
pub struct Cues {
    runs: Runs<Cue>,
    /// Words of the trade: whole, or stems that end in "*".
    trade: Vec<String>,
    /// Nouns that stand for the office or a part of it, in the same form.
    house: Vec<String>,
    /// Adverbs that may stand inside a cue.
    filler: Table<()>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueFile {
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

impl CueFile {
    /// The forms of each kind.
    fn lists(&self) -> Vec<(Cue, Vec<String>)> {
        let lists = [
            (Cue::Only, &self.only),
            (Cue::Denied, &self.denied),
            (Cue::Hypothesis, &self.hypothesis),
            (Cue::Past, &self.past),
            (Cue::Phone, &self.phone_access),
            (Cue::Video, &self.video_access),
            (Cue::Moved, &self.moved),
            (Cue::Political, &self.political),
            (Cue::Event, &self.event),
            (Cue::Stranger, &self.stranger),
            (Cue::NotClosed, &self.not_closed),
        ];
        lists.into_iter().map(|(kind, forms)| (kind, forms.clone())).collect()
    }
}

impl Cues {
    pub(super) fn parse(text: &str) -> Result<Self, LexiconError> {
        let file: CueFile = read("cues.toml", text)?;
        let runs = Runs::new("cues.toml", file.lists())?;
        let filler: HashMap<String, ()> = file.filler.into_iter().map(|word| (word, ())).collect();
        Ok(Cues { runs, trade: file.trade, house: file.house, filler: filler.into() })
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
    pub fn find(&self, tokens: &[Token]) -> Vec<Run<Cue>> {
        self.runs.find(tokens, |token| self.filler.get(&token.text).is_some())
    }
}

fn among(forms: &[String], word: &str) -> bool {
    forms.iter().any(|form| form.strip_suffix('*').map_or(form == word, |stem| word.starts_with(stem)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{Files, Lexicon};
    use crate::text::{fold, tokens};

    /// Every line of the tests of phrases holds the same runs whether the automaton finds them or a regular expression for each kind.
    #[test]
    fn the_automaton_finds_what_regular_expressions_find() {
        let (cues, service) = (Lexicon::builtin().cues(), Lexicon::builtin().service());
        let file: CueFile = read("cues.toml", Files::builtin().cues).unwrap();
        let all_cues = Runs::unhurried(file.lists());
        let all_service = Runs::unhurried(crate::lexicon::service::lists(Files::builtin().service).unwrap());
        let (mut n_found, mut n_service) = (0, 0);
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
                    assert_eq!(found, all_cues.find(&tokens, |token| cues.filler.get(&token.text).is_some()), "{line}");
                    n_found += found.len();
                    let found = service.find(&tokens);
                    let all = all_service.find(&tokens, |_| false);
                    // where nothing opens a statement, the words that only stand in one are not told
                    let opens = all.iter().any(|run| run.kind.opens_a_statement());
                    assert_eq!(found, if opens { all } else { Vec::new() }, "{line}");
                    n_service += found.len();
                }
            }
        }
        assert!(n_found > 300 && n_service > 3_000, "{n_found}, {n_service}");
    }
}
