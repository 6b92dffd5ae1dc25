//! What the doctor says, in both languages.

use crate::domain::Language;

/// Words in Italian and in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    it: String,
    en: String,
}

impl Words {
    /// The words in one language.
    pub(super) fn in_language(&self, language: Language) -> &str {
        match language {
            Language::It => &self.it,
            Language::En => &self.en,
        }
    }
}

/// First Italian, then English.
impl<It: Into<String>, En: Into<String>> From<(It, En)> for Words {
    fn from((it, en): (It, En)) -> Self {
        Self { it: it.into(), en: en.into() }
    }
}

/// Words of errors, which exist in English alone.
impl From<String> for Words {
    fn from(words: String) -> Self {
        Self { it: words.clone(), en: words }
    }
}

/// Words that are the same in both: a command, a file's name.
impl From<&str> for Words {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

/// The language of whoever sits at the terminal, from the values of `$LC_ALL`, `$LC_MESSAGES` and `$LANG` in this order: the first that
/// says something counts (POSIX.1-2017, 8.2).
pub(super) fn of_locale(values: impl IntoIterator<Item = String>) -> Language {
    match values.into_iter().find(|value| !value.is_empty()) {
        Some(locale) if locale.split(['_', '.', '@']).next() == Some("it") => Language::It,
        _ => Language::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_says_something_chooses_the_language() {
        for (values, language) in [
            (["", "", "it_IT.UTF-8"], Language::It),
            (["", "it_CH", "en_GB.UTF-8"], Language::It),
            (["C", "it_IT", "it_IT"], Language::En),
            (["it", "", ""], Language::It),
            (["", "", "iteration"], Language::En),
            (["", "", ""], Language::En),
        ] {
            assert_eq!(of_locale(values.map(String::from)), language, "{values:?}");
        }
    }
}
