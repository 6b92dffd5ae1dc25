//! Words of service, by class, from `lexicon/service.toml`; the rules of `extract::grammar::service` put them together.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::runs::{Run, Runs};
use super::{LexiconError, read};
use crate::text::Token;

/// What a word can be in a statement of service; the lists tell more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// "non", "nessun".
    Not,
    /// "senza".
    Without,
    /// "viene meno", "cade".
    Lapse,
    /// Articles, prepositions, adverbs.
    Small,
    /// Verbs that say nothing on their own.
    Light,
    /// "è", "resta", "sarà".
    Be,
    /// "effettuato", "possibile": what a denied action is not.
    Done,
    /// "pensato", "intende".
    Mind,
    /// "riceve", "apre".
    Serve,
    /// "ricevimento", "apertura".
    Serving,
    /// "aperto", "operativo".
    Up,
    /// "pubblico", "utenti".
    Public,
    /// "uffici", "sede": what one gets into.
    Place,
    /// "chiuso", "sospeso".
    Shut,
    /// "interdetto", "vietato".
    Barred,
    /// "chiude", "sospende".
    Shuts,
    /// "chiusura".
    Shutting,
    /// "pomeriggio", "rientro".
    Afternoon,
    /// "mattino".
    Morning,
    /// "ridotto", "dimezzare".
    Shrink,
    /// "perde", "rinuncia".
    Lose,
    /// "orario", "ore": what is shortened.
    Span,
    /// "a mezzo servizio".
    Reduced,
    /// "urgenze".
    Urgent,
    /// "appuntamento", "prenotare".
    Book,
    /// "su", "previo".
    How,
    /// "obbligatorio", "occorre".
    Need,
    /// "chi", "utenti": who comes.
    Who,
    /// "previo accordo", "su richiesta".
    Accord,
    /// "da remoto".
    Distance,
    /// "telefono", "mail".
    Means,
    /// "via", "tramite": between "only" and the means.
    Via,
    /// "allo sportello", "di persona".
    Counter,
    /// "risponde", "contattabile".
    Answer,
    /// "domande", "iscrizioni": sent online though the office is open.
    Thing,
    /// "solo".
    Only,
    /// "riapre".
    Again,
    /// "torna", "riprende".
    Resume,
    /// "regolarmente", "consueto".
    Usual,
    /// "accesso libero".
    Free,
}

impl Word {
    /// Whether a rule begins with such a word; the others only stand in what it opens.
    pub(super) fn opens_a_statement(self) -> bool {
        use Word::*;
        match self {
            Not | Without | Lapse | Serve | Up | Shut | Barred | Shuts | Shutting | Shrink | Lose | Reduced | Book | Accord | Distance
            | Means | Only | Again | Resume | Usual | Free => true,
            Small | Light | Be | Done | Mind | Serving | Public | Place | Afternoon | Morning | Span | Urgent | How | Need | Who | Via
            | Counter | Answer | Thing => false,
        }
    }
}

/// The forms of each class.
pub(super) fn lists(text: &str) -> Result<Vec<(Word, Vec<String>)>, LexiconError> {
    let lists: BTreeMap<Word, Vec<String>> = read("service.toml", text)?;
    Ok(lists.into_iter().collect())
}

/// The automaton of the classes.
#[derive(Debug, Default)]
pub struct Service {
    runs: Runs<Word>,
}

impl Service {
    pub(super) fn parse(text: &str) -> Result<Self, LexiconError> {
        Ok(Self { runs: Runs::new("service.toml", lists(text)?)? })
    }

    /// Every word of service among the tokens, by place; none where no word opens a statement.
    pub fn find(&self, tokens: &[Token]) -> Vec<Run<Word>> {
        self.runs.find_if(tokens, |_| false, Word::opens_a_statement)
    }
}
