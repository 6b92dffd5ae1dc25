//! What Italians write, as tables: offices, weekdays, months, holidays, numbers and cues, from `lexicon/*.toml`.
//!
//! In: the TOML files, compiled in. Out: look-ups over folded words. Built once; volunteers extend the files without touching Rust.

mod cues;
mod labels;
mod runs;
mod service;
mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

pub use cues::Cue;
pub use labels::Labels;
pub use runs::Run;
pub use service::{Service, Word as ServiceWord};

use crate::domain::{Day, Language, OfficeId};
use crate::text::Token;
use table::Table;

/// A file of the lexicon is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("lexicon/{file}: {message}")]
pub struct LexiconError {
    /// Which file.
    pub file: &'static str,
    /// What is wrong, with the line where the parser names one.
    pub message: String,
}

/// The tables.
#[derive(Debug, Default)]
pub struct Lexicon {
    weekdays: Table<Day>,
    months: Table<i8>,
    cardinals: Table<i64>,
    ordinals: Table<i8>,
    /// By the first word, as those below.
    holidays: Table<Vec<(Vec<String>, HolidayRule)>>,
    offices: Vec<OfficeEntry>,
    /// The words of a name, which office, how sure.
    names: Table<Vec<Name>>,
    heads: Table<Vec<Vec<String>>>,
    cues: cues::Cues,
    service: Service,
    labels: Labels,
}

#[derive(Debug, Clone)]
struct Name {
    words: Vec<String>,
    means: Means,
    sure: bool,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
enum Means {
    /// The office at this place of the list.
    Office(usize),
    /// An office that has no id of its own.
    Other,
    /// A phrase that looks like an office and is none.
    Nothing,
}

/// How a name was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeName {
    /// Which office; `None` for a phrase that only looks like one ("anagrafe canina").
    pub office: Option<OfficeId>,
    /// Whether the words are enough on their own.
    pub sure: bool,
    /// The index behind the name.
    pub next: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeEntry {
    id: String,
    it: String,
    en: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
    #[serde(default)]
    ignore: Vec<String>,
}

/// When a named holiday falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayRule {
    /// The same month and day each year.
    Fixed(i8, i8),
    /// So many days after Easter Sunday.
    Easter(i64),
}

impl HolidayRule {
    /// The day in a year; `None` only for years that the calendar does not hold.
    pub fn date(&self, year: i16) -> Option<Date> {
        match self {
            Self::Fixed(month, day) => Date::new(year, *month, *day).ok(),
            Self::Easter(offset) => easter(year)?.checked_add(offset.days()).ok(),
        }
    }
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature 13, 1876).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, month as i8, day as i8).ok()
}

impl Lexicon {
    /// The lexicon that is compiled in.
    pub fn builtin() -> &'static Lexicon {
        static BUILTIN: LazyLock<Lexicon> = LazyLock::new(|| {
            Lexicon::parse(&Files::builtin()).unwrap_or_else(|error| {
                debug_assert!(false, "the compiled-in lexicon is checked by a test: {error}");
                Lexicon::default()
            })
        });
        &BUILTIN
    }

    /// Reads the files; an error names the file and the line.
    pub fn parse(files: &Files<'_>) -> Result<Lexicon, LexiconError> {
        let mut lexicon = Lexicon {
            cues: cues::Cues::parse(files.cues)?,
            service: Service::parse(files.service)?,
            labels: Labels::parse(files.labels)?,
            ..Lexicon::default()
        };
        let mut weekdays = HashMap::new();
        for word in read::<Words<String>>("weekdays.toml", files.weekdays)?.word {
            let day = word.means.parse().map_err(|_| wrong("weekdays.toml", format!("{:?} is no weekday (Mo … Su)", word.means)))?;
            weekdays.extend(word.forms.into_iter().map(|form| (form, day)));
        }
        let mut months = HashMap::new();
        for word in read::<Words<i8>>("months.toml", files.months)?.word {
            months.extend(word.forms.into_iter().map(|form| (form, word.means)));
        }
        let numbers: Numbers = read("numbers.toml", files.numbers)?;
        (lexicon.weekdays, lexicon.months) = (weekdays.into(), months.into());
        (lexicon.cardinals, lexicon.ordinals) = (numbers.cardinals.into(), numbers.ordinals.into());
        let mut holidays: HashMap<String, Vec<(Vec<String>, HolidayRule)>> = HashMap::new();
        for holiday in read::<Holidays>("holidays.toml", files.holidays)?.holiday {
            let rule = match (&holiday.day, holiday.easter) {
                (Some(day), None) => {
                    let parts = day.split_once('-').and_then(|(m, d)| Some((m.parse().ok()?, d.parse().ok()?)));
                    let (month, day) = parts.ok_or_else(|| wrong("holidays.toml", format!("{day:?} is no month and day (MM-DD)")))?;
                    HolidayRule::Fixed(month, day)
                }
                (None, Some(offset)) => HolidayRule::Easter(offset),
                _ => return Err(wrong("holidays.toml", format!("{:?} needs either `day` or `easter`", holiday.names))),
            };
            for name in &holiday.names {
                let words = words(name);
                holidays.entry(words.first().cloned().unwrap_or_default()).or_default().push((words, rule));
            }
        }
        for holidays in holidays.values_mut() {
            holidays.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        let mut names_by: HashMap<String, Vec<Name>> = HashMap::new();
        let mut heads: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        let offices: Offices = read("offices.toml", files.offices)?;
        for head in &offices.heads {
            let head = words(head);
            heads.entry(head[0].clone()).or_default().push(head);
        }
        for (index, office) in offices.office.into_iter().enumerate() {
            let own = Means::Office(index);
            for (names, means, sure) in [(&office.names, own, true), (&office.weak, own, false), (&office.ignore, Means::Nothing, true)] {
                for name in names {
                    let words = words(name);
                    let first = words.first().cloned().ok_or_else(|| wrong("offices.toml", format!("an empty name in {}", office.id)))?;
                    for words in shortened(&words).into_iter().chain(dotted(&words)) {
                        names_by.entry(words[0].clone()).or_default().push(Name { words, means, sure });
                    }
                    names_by.entry(first).or_default().push(Name { words, means, sure });
                }
            }
            lexicon.offices.push(office);
        }
        for (names, sure) in [(&offices.others, true), (&offices.weak_others, false)] {
            for name in names {
                let words = words(name);
                names_by.entry(words.first().cloned().unwrap_or_default()).or_default().push(Name { words, means: Means::Other, sure });
            }
        }
        for names in names_by.values_mut() {
            names.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
        }
        for heads in heads.values_mut() {
            heads.sort_by_key(|words| std::cmp::Reverse(words.len()));
        }
        (lexicon.holidays, lexicon.names, lexicon.heads) = (holidays.into(), names_by.into(), heads.into());
        Ok(lexicon)
    }

    /// A weekday word.
    pub fn weekday(&self, word: &str) -> Option<Day> {
        self.weekdays.get(word).copied()
    }

    /// A month word, 1 to 12.
    pub fn month(&self, word: &str) -> Option<i8> {
        self.months.get(word).copied()
    }

    /// A number in words.
    pub fn cardinal(&self, word: &str) -> Option<i64> {
        self.cardinals.get(word).copied()
    }

    /// An ordinal in words or Roman figures; -1 for "ultimo".
    pub fn ordinal(&self, word: &str) -> Option<i8> {
        self.ordinals.get(word).copied()
    }

    /// Whether the name of a holiday begins with this word.
    pub fn may_open_holiday(&self, word: &str) -> bool {
        self.holidays.get(word).is_some()
    }

    /// A holiday called by name at `i`.
    pub fn holiday(&self, tokens: &[Token], i: usize) -> Option<(HolidayRule, usize)> {
        let first = tokens.get(i)?;
        self.holidays.get(&first.text)?.iter().find(|(words, _)| matches(tokens, i, words)).map(|(words, rule)| (*rule, i + words.len()))
    }

    /// The longest name of an office at `i`.
    pub fn office_at(&self, tokens: &[Token], i: usize) -> Option<OfficeName> {
        let names = self.names.get(&tokens.get(i)?.text)?;
        let name = names.iter().find(|name| matches(tokens, i, &name.words))?;
        let office = match name.means {
            Means::Office(index) => self.offices.get(index).map(|o| OfficeId(o.id.clone())),
            Means::Other => Some(OfficeId::other()),
            Means::Nothing => None,
        };
        Some(OfficeName { office, sure: name.sure, next: i + name.words.len() })
    }

    /// A word that stands in front of offices at `i` ("ufficio", "settore"): the index behind it.
    pub fn head_at(&self, tokens: &[Token], i: usize) -> Option<usize> {
        let heads = self.heads.get(&tokens.get(i)?.text)?;
        heads.iter().find(|words| matches(tokens, i, words)).map(|words| i + words.len())
    }

    /// The name to show for an office; the id itself where the lexicon does not know it.
    pub fn office_name<'a>(&'a self, office: &'a OfficeId, language: Language) -> &'a str {
        self.offices.iter().find(|o| o.id == office.0).map_or(office.0.as_str(), |o| match language {
            Language::It => &o.it,
            Language::En => &o.en,
        })
    }

    /// Every office id, in the order of the file.
    pub fn office_ids(&self) -> impl Iterator<Item = &str> {
        self.offices.iter().map(|o| o.id.as_str())
    }

    /// The words of service.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// The cues.
    pub fn cues(&self) -> &cues::Cues {
        &self.cues
    }

    /// The labels.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }
}

/// "uff. tecnico", "serv. sociali", "sett. tecnico": the ways in which the head of a name is cut short.
fn shortened(words: &[String]) -> Vec<Vec<String>> {
    let Some((first, rest)) = words.split_first() else { return Vec::new() };
    let short = match first.as_str() {
        "ufficio" | "uffici" => "uff",
        "servizio" | "servizi" => "serv",
        "settore" => "sett",
        _ => return Vec::new(),
    };
    if rest.is_empty() {
        return Vec::new();
    }
    let with = |head: &[&str]| head.iter().map(|word| (*word).to_string()).chain(rest.iter().cloned()).collect();
    vec![with(&[short, "."]), with(&[short])]
}

/// "U.R.P.", "U.R.P": initials, which the files write as letters set apart ("u r p"), with their dots.
fn dotted(words: &[String]) -> Vec<Vec<String>> {
    if words.len() < 2 || words.iter().any(|word| word.len() != 1) {
        return Vec::new();
    }
    let all: Vec<String> = words.iter().flat_map(|word| [word.clone(), ".".to_string()]).collect();
    let open = all[..all.len() - 1].to_vec();
    vec![all, open]
}

fn matches(tokens: &[Token], i: usize, words: &[String]) -> bool {
    words.iter().enumerate().all(|(n, word)| tokens.get(i + n).is_some_and(|t| t.is(word)))
}

fn words(name: &str) -> Vec<String> {
    // the files set an elided word apart ("uffici dell' ente"); pages do not
    crate::text::tokens(&crate::text::fold(&name.replace("' ", "'"))).into_iter().map(|t| t.text.into()).collect()
}

fn wrong(file: &'static str, message: String) -> LexiconError {
    LexiconError { file, message }
}

fn read<T: serde::de::DeserializeOwned>(file: &'static str, text: &str) -> Result<T, LexiconError> {
    toml::from_str(text).map_err(|error| wrong(file, error.to_string()))
}

/// The texts of the files.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Files<'a> {
    pub weekdays: &'a str,
    pub months: &'a str,
    pub numbers: &'a str,
    pub holidays: &'a str,
    pub offices: &'a str,
    pub cues: &'a str,
    pub service: &'a str,
    pub labels: &'a str,
}

impl Files<'static> {
    /// The files that are compiled in.
    pub fn builtin() -> Self {
        Self {
            weekdays: include_str!("../lexicon/weekdays.toml"),
            months: include_str!("../lexicon/months.toml"),
            numbers: include_str!("../lexicon/numbers.toml"),
            holidays: include_str!("../lexicon/holidays.toml"),
            offices: include_str!("../lexicon/offices.toml"),
            cues: include_str!("../lexicon/cues.toml"),
            service: include_str!("../lexicon/service.toml"),
            labels: include_str!("../lexicon/labels.toml"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words<T> {
    word: Vec<Word<T>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word<T> {
    means: T,
    forms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    cardinals: HashMap<String, i64>,
    ordinals: HashMap<String, i8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holidays {
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    names: Vec<String>,
    day: Option<String>,
    easter: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offices {
    heads: Vec<String>,
    others: Vec<String>,
    weak_others: Vec<String>,
    office: Vec<OfficeEntry>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_files_are_sound() {
        Lexicon::parse(&Files::builtin()).unwrap();
    }

    #[test]
    fn an_error_names_the_file_and_the_line() {
        let error = Lexicon::parse(&Files { months: "[[word]]\nmeans = 1\nform = [\"gennaio\"]\n", ..Files::builtin() }).unwrap_err();
        assert!(error.to_string().starts_with("lexicon/months.toml: TOML parse error at line 3"), "{error}");
    }

    #[test]
    fn easter_falls_where_it_falls() {
        for (year, month, day) in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2030, 4, 21)] {
            assert_eq!(easter(year), Date::new(year, month, day).ok());
        }
    }
}
