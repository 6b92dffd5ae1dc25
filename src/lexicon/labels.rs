//! Labels: the words that tell, on a page, what follows. Compared with folded text.

use serde::Deserialize;

use super::{LexiconError, read};

/// The lists of `lexicon/labels.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    field: Vec<String>,
    related: Vec<String>,
    news: Vec<String>,
    front: Vec<String>,
    body: Vec<String>,
    gone: Vec<String>,
    event: Vec<String>,
    service: Vec<String>,
    foreign_day: Vec<String>,
}

/// Letters that may follow a label in its box: "telefono ufficio", "orario di ricevimento".
const MORE: usize = 22;

impl Labels {
    pub(super) fn parse(text: &str) -> Result<Self, LexiconError> {
        read("labels.toml", text)
    }

    /// A name of a field, alone: "Telefono", "Orario al pubblico:".
    pub fn is_field(&self, folded: &str) -> bool {
        let words = trimmed(folded);
        self.field.iter().any(|label| words == label)
    }

    /// A name of a field with a few words more, none of them a figure: "Telefono ufficio".
    pub fn opens_field(&self, folded: &str) -> bool {
        let words = trimmed(folded);
        !words.contains(char::is_numeric)
            && self.field.iter().any(|label| words == label || words.starts_with(label.as_str()) && words.len() <= label.len() + MORE)
    }

    /// A title above other matter.
    pub fn is_related(&self, folded: &str) -> bool {
        starts(&self.related, folded)
    }

    /// The title of a box of headlines, alone.
    pub fn is_news(&self, folded: &str) -> bool {
        let words = trimmed(folded);
        self.news.iter().any(|label| words == label)
    }

    /// The opening of a page that lists news.
    pub fn is_front(&self, folded: &str) -> bool {
        starts(&self.front, folded)
    }

    /// The name of a body.
    pub fn is_body(&self, folded: &str) -> bool {
        starts(&self.body, folded)
    }

    /// The header of a column of what no longer holds.
    pub fn is_gone(&self, folded: &str) -> bool {
        // "Pratovecchio" is a place
        let mut words = folded.split(|c: char| !c.is_alphanumeric());
        words.any(|word| self.gone.iter().any(|stem| word.starts_with(stem.as_str())))
    }

    /// A field that pages of events have.
    pub fn is_event(&self, folded: &str) -> bool {
        let words = trimmed(folded);
        self.event.iter().any(|label| words == label)
    }

    /// A day of the week in another language of the country, or a word with which its stretches of days begin.
    pub fn is_foreign_day(&self, word: &str) -> bool {
        self.foreign_day.iter().any(|day| word == day)
    }

    /// A heading that pages of services have.
    pub fn is_service(&self, folded: &str) -> bool {
        starts(&self.service, folded)
    }
}

fn trimmed(folded: &str) -> &str {
    folded.trim().trim_end_matches(':').trim_end()
}

fn starts(list: &[String], folded: &str) -> bool {
    let words = folded.trim_start();
    list.iter().any(|label| words.starts_with(label.as_str()))
}
