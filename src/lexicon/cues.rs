//! Cues: runs of words that tell how an office serves the public. Each kind is one automaton over the words of a sentence.

use serde::Deserialize;

use super::runs::{Run, Runs};
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
    filler: Vec<String>,
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

impl Cues {
    pub(super) fn parse(text: &str) -> Result<Self, LexiconError> {
        let file: CueFile = read("cues.toml", text)?;
        let kinds = [
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
        let runs = Runs::new("cues.toml", kinds.into())?;
        Ok(Cues { runs, trade: file.trade, house: file.house, filler: file.filler })
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
        self.runs.find(tokens, |token| self.filler.contains(&token.text))
    }
}

fn among(forms: &[String], word: &str) -> bool {
    forms.iter().any(|form| form.strip_suffix('*').map_or(form == word, |stem| word.starts_with(stem)))
}

#[cfg(test)]
mod tests {
    use crate::lexicon::Lexicon;
    use crate::text::{fold, tokens};

    /// Every line of the tests of phrases holds the same cues whether or not kinds are left out beforehand.
    #[test]
    fn no_cue_is_left_out_beforehand() {
        let cues = Lexicon::builtin().cues();
        let all = super::Cues { runs: cues.runs.unhurried(), filler: cues.filler.clone(), ..super::Cues::default() };
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
        assert!(n_found > 300, "{n_found}");
    }
}
