//! Reads TOML key by key and collects every problem on the way, each at its place.
//!
//! A value that is wrong is reported and read as absent, so that one run shows all there is to mend.

use std::ops::RangeInclusive;

use toml::de::{DeTable, DeValue};

use super::{
    Problem,
    suggest::did_you_mean,
    text::Text,
    units::{self, Complaint},
};

/// At most so many syntax errors are reported: beyond that the file is of another kind.
const SYNTAX_ERRORS: usize = 20;

/// A value and the byte offset where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) place: usize,
}

/// A table with the keys that it may hold.
pub(super) struct Section<'d> {
    table: &'d DeTable<'d>,
    /// Where its header stands.
    pub(super) place: usize,
}

impl<'d> Section<'d> {
    fn new(table: &'d DeTable<'d>, place: usize) -> Self {
        Self { table, place }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'d DeValue<'d>> {
        self.table.get(key).map(|value| value.get_ref())
    }

    /// The text of a key; `None` also when it is no text.
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.get(key).and_then(DeValue::as_str)
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The place of a key's name; of the header when the key is absent.
    pub(super) fn key_place(&self, key: &str) -> usize {
        self.table.get_key_value(key).map_or(self.place, |(key, _)| key.span().start)
    }

    /// The keys in the order of the file.
    pub(super) fn keys(&self) -> Vec<&'d str> {
        self.keys_beside(&[])
    }

    /// Those that are none of the known ones, in the order of the file.
    fn keys_beside(&self, known: &[&str]) -> Vec<&'d str> {
        let mut keys: Vec<&str> = self.table.keys().map(|key| key.get_ref().as_ref()).filter(|key| !known.contains(key)).collect();
        keys.sort_by_key(|key| self.key_place(key));
        keys
    }

    /// The place of a key's value.
    pub(super) fn value_place(&self, key: &str) -> usize {
        self.table.get(key).map_or_else(|| self.key_place(key), |value| value.span().start)
    }

    /// A key's value as it is written.
    fn written<'t>(&self, key: &str, text: &Text<'t>) -> &'t str {
        self.table.get(key).and_then(|value| text.as_str().get(value.span())).unwrap_or_default()
    }
}

/// A file being read, with the problems found so far.
pub(super) struct Reader<'t> {
    text: Text<'t>,
    problems: Vec<Problem>,
    broken: bool, // the syntax was wrong somewhere: what is missing may have stood there
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, file: &'t str) -> Self {
        Self::part(text, file, 0)
    }

    /// Reads a part of a file, behind so many of its lines.
    pub(super) fn part(text: &'t str, file: &'t str, n_lines_before: usize) -> Self {
        Self { text: Text::part(text, file, n_lines_before), problems: Vec::new(), broken: false }
    }

    /// How many lines end in the text.
    pub(super) fn n_line_ends(&self) -> usize {
        self.text.n_line_ends()
    }

    /// Whether nothing was reported so far.
    pub(super) fn is_content(&self) -> bool {
        self.problems.is_empty()
    }

    /// Hands the document to `read`, as far as its syntax holds. Lines that are no TOML are reported and passed over.
    pub(super) fn document(&mut self, read: impl FnOnce(&mut Self, &Section<'_>)) {
        let mut mended: Option<String> = None;
        for _ in 0..SYNTAX_ERRORS {
            let source = mended.as_deref().unwrap_or(self.text.as_str());
            let error = match DeTable::parse(source) {
                Ok(root) => return read(self, &Section::new(root.get_ref(), 0)),
                Err(error) => error,
            };
            self.broken = true;
            let place = error.span().map_or(source.len(), |span| span.start);
            let range = self.text.line_range(self.text.line_of(place));
            let line = source.get(range.clone()).unwrap_or_default();
            let (message, suggestion) = syntax_complaint(error.message(), line);
            let passable = !line.trim().is_empty() && !line.trim_start().starts_with('[');
            let mut without = source.to_owned();
            self.report(place, message, Some(suggestion));
            if !passable {
                return; // without its header a section's keys would be taken for another's
            }
            without.replace_range(range.clone(), &" ".repeat(range.len()));
            mended = Some(without);
        }
    }

    pub(super) fn line_of(&self, place: usize) -> usize {
        self.text.line_of(place)
    }

    pub(super) fn report(&mut self, place: usize, message: impl Into<String>, suggestion: Option<String>) {
        self.problems.push(self.text.problem(place, message.into(), suggestion));
    }

    pub(super) fn complain(&mut self, place: usize, complaint: Complaint) {
        self.report(place, complaint.message, complaint.suggestion);
        if complaint.secret {
            self.hide_line();
        }
    }

    /// Keeps the value of the line that was reported last out of messages and logs.
    fn hide_line(&mut self) {
        if let Some(problem) = self.problems.last_mut()
            && let Some((key, _)) = problem.line_text.split_once('=')
        {
            problem.line_text = format!("{key}= …");
        }
    }

    /// All problems in the order of the file; empty when it is good.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems;
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems
    }

    /// Reports each key that the section does not know. `elsewhere` names keys of other sections and where they belong.
    pub(super) fn unknown_keys(&mut self, section: &Section<'_>, known: &[&'static str], elsewhere: &[(&str, &str)]) {
        for key in section.keys_beside(known) {
            let home = elsewhere.iter().find(|(name, _)| *name == key);
            let suggestion = match home {
                Some((_, home)) => Some(format!("{key:?} belongs in {home}")),
                None => did_you_mean(key, known.iter().copied()),
            };
            self.report(section.key_place(key), format!("unknown key {key:?}"), suggestion);
            if ["password", "secret", "token"].iter().any(|word| key.contains(word)) {
                self.hide_line();
            }
        }
    }

    /// Reports a key that must be there and is not.
    pub(super) fn missing(&mut self, section: &Section<'_>, key: &str, example: &str) {
        if !self.broken && !section.contains(key) {
            self.report(section.place, format!("{key:?} is missing"), Some(format!("add a line like {key} = {example}")));
        }
    }

    fn value<'d, T>(
        &mut self,
        section: &Section<'d>,
        key: &str,
        wanted: &str,
        read: impl Fn(&'d DeValue<'d>) -> Option<T>,
    ) -> Option<At<T>> {
        let item = section.get(key)?;
        let place = section.value_place(key);
        let Some(value) = read(item) else {
            let suggestion = match item {
                DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) if wanted.starts_with("a text") => {
                    format!("put it in quotes: {key} = \"{}\"", section.written(key, &self.text))
                }
                DeValue::String(text) if wanted.starts_with("a whole number") || wanted == "true or false" => {
                    format!("write it without quotes: {key} = {text}")
                }
                _ => format!("write {wanted} after {key} ="),
            };
            self.report(place, format!("{key:?} must be {wanted}, not {}", type_name(item)), Some(suggestion));
            return None;
        };
        Some(At { value, place })
    }

    /// A text; empty ones are reported.
    pub(super) fn text<'d>(&mut self, section: &Section<'d>, key: &str) -> Option<At<&'d str>> {
        let found = self.any_text(section, key)?;
        if found.value.trim().is_empty() {
            self.report(found.place, format!("{key:?} is empty"), Some("fill it in, or take the line out".to_owned()));
            return None;
        }
        Some(found)
    }

    /// A text, also an empty one.
    pub(super) fn any_text<'d>(&mut self, section: &Section<'d>, key: &str) -> Option<At<&'d str>> {
        self.value(section, key, "a text in quotes", DeValue::as_str)
    }

    /// A text that `parse` turns into a value or finds fault with.
    pub(super) fn parsed<T>(&mut self, section: &Section<'_>, key: &str, parse: impl Fn(&str) -> Result<T, Complaint>) -> Option<At<T>> {
        let found = self.text(section, key)?;
        match parse(found.value) {
            Ok(value) => Some(At { value, place: found.place }),
            Err(complaint) => {
                self.complain(found.place, complaint);
                None
            }
        }
    }

    /// One of several words.
    pub(super) fn word<T: Copy>(&mut self, section: &Section<'_>, key: &str, words: &[(&'static str, T)]) -> Option<At<T>> {
        let found = self.text(section, key)?;
        match words.iter().find(|(word, _)| *word == found.value) {
            Some((_, value)) => Some(At { value: *value, place: found.place }),
            None => {
                let suggestion = did_you_mean(found.value, words.iter().map(|(word, _)| *word));
                self.report(found.place, format!("unknown {key} {:?}", found.value), suggestion);
                None
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, section: &Section<'_>, key: &str) -> Option<bool> {
        self.value(section, key, "true or false", DeValue::as_bool).map(|found| found.value)
    }

    /// A whole number within bounds.
    pub(super) fn count(&mut self, section: &Section<'_>, key: &str, bounds: RangeInclusive<u32>) -> Option<At<u32>> {
        let found = self.value(section, key, "a whole number", integer)?;
        match u32::try_from(found.value).ok().filter(|count| bounds.contains(count)) {
            Some(value) => Some(At { value, place: found.place }),
            None => {
                let suggestion = format!("write a number from {} to {}", bounds.start(), bounds.end());
                self.report(found.place, format!("{key:?} is out of bounds: {}", found.value), Some(suggestion));
                None
            }
        }
    }

    /// A length of time within bounds; the number 0 needs no unit.
    pub(super) fn duration(
        &mut self,
        section: &Section<'_>,
        key: &str,
        bounds: RangeInclusive<std::time::Duration>,
    ) -> Option<At<std::time::Duration>> {
        if section.get(key).and_then(integer) == Some(0) && bounds.start().is_zero() {
            return Some(At { value: std::time::Duration::ZERO, place: section.value_place(key) });
        }
        let found = self.parsed(section, key, units::duration)?;
        if !bounds.contains(&found.value) {
            let (least, most) = (units::format_duration(*bounds.start()), units::format_duration(*bounds.end()));
            self.report(
                found.place,
                format!("{key:?} is out of bounds: {}", units::format_duration(found.value)),
                Some(format!("write a length of time from {least} to {most}")),
            );
            return None;
        }
        Some(found)
    }

    /// A number of bytes: `"10 MiB"`, or a plain number.
    pub(super) fn size(&mut self, section: &Section<'_>, key: &str) -> Option<At<u64>> {
        match section.get(key).and_then(integer) {
            Some(bytes) if bytes >= 0 => Some(At { value: bytes.unsigned_abs(), place: section.value_place(key) }),
            _ => self.parsed(section, key, units::size),
        }
    }

    /// A list of texts; a single text stands for a list of one.
    pub(super) fn texts<'d>(&mut self, section: &Section<'d>, key: &str) -> Option<Vec<At<&'d str>>> {
        let found = self.value(section, key, "a list of texts", |item| match item {
            DeValue::String(text) => Some(vec![At { value: text.as_ref(), place: section.value_place(key) }]),
            DeValue::Array(array) => {
                array.iter().map(|value| Some(At { value: value.get_ref().as_str()?, place: value.span().start })).collect()
            }
            _ => None,
        })?;
        for text in found.value.iter().filter(|text| text.value.trim().is_empty()) {
            self.report(text.place, format!("{key:?} holds an empty text"), Some("fill it in, or take it out".to_owned()));
        }
        Some(found.value)
    }

    /// The tables of a list, written `[[title]]`.
    pub(super) fn sections<'d>(&mut self, section: &Section<'d>, key: &str, title: &str) -> Vec<Section<'d>> {
        let place = section.value_place(key);
        match section.get(key) {
            None => Vec::new(),
            Some(DeValue::Array(array)) if array.iter().all(|value| value.get_ref().is_table()) => {
                let tables = array.iter().filter_map(|value| Some((value.get_ref().as_table()?, value.span().start)));
                tables.map(|(table, place)| Section::new(table, place)).collect()
            }
            Some(DeValue::Table(table)) => {
                self.report(place, format!("[{title}] is a list"), Some(format!("write it with two brackets: [[{title}]]")));
                vec![Section::new(table, place)]
            }
            Some(other) => {
                let message = format!("{key:?} must be a list of tables, not {}", type_name(other));
                self.report(section.key_place(key), message, Some(format!("write [[{title}]] on a line of its own, its keys below")));
                Vec::new()
            }
        }
    }

    /// A table, written `[title]`.
    pub(super) fn section<'d>(&mut self, section: &Section<'d>, key: &str, title: &str) -> Option<Section<'d>> {
        match section.get(key)? {
            DeValue::Table(table) => Some(Section::new(table, section.value_place(key))),
            other => {
                let suggestion = format!("write [{title}] with one bracket on a line of its own, its keys below");
                self.report(section.key_place(key), format!("{key:?} must be a table, not {}", type_name(other)), Some(suggestion));
                None
            }
        }
    }
}

/// A whole number that fits into 64 bits.
fn integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(array) if !array.is_empty() && array.iter().all(|value| value.get_ref().is_table()) => "a list of tables",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The parser's words, shortened, and the way out that the line itself suggests.
fn syntax_complaint(message: &str, line: &str) -> (String, String) {
    let message = message.lines().next().unwrap_or("this is no TOML").trim();
    let code = line.trim();
    let value = code.split_once('=').map(|(_, value)| value.trim());
    let suggestion = if message.contains("duplicate key") {
        "take one of the two out"
    } else if code.contains(['“', '”', '„', '«', '»', '‘', '’']) {
        "use straight quotes: \""
    } else if value.is_none() && code.contains(':') && !code.starts_with(['"', '\'', '[']) {
        "write = in place of the colon: key = \"value\""
    } else if value.is_none() && !code.starts_with('[') {
        "a line is written key = \"value\"; a comment begins with #"
    } else if code.starts_with('[') {
        "a section is written [section] or [[section]], alone on its line"
    } else if value.is_some_and(|value| value.starts_with('0') && value.bytes().all(|byte| byte.is_ascii_digit())) {
        "put a number that begins with 0 in quotes"
    } else if value.is_some_and(|value| value.is_empty()) {
        "write a value after the ="
    } else if code.matches('"').count() % 2 == 1 {
        "a quote is missing: key = \"value\""
    } else if value.is_some_and(|value| !value.starts_with(['"', '\'', '[', '{'])) {
        "put the value in quotes: key = \"value\""
    } else {
        "a line is written key = \"value\"; lists [\"a\", \"b\"]; \\ is written \\\\"
    };
    (format!("this is no TOML: {message}"), suggestion.to_owned())
}
