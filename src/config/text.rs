//! Text with its lines: byte offsets to line, column and the line's own text.

use std::ops::Range;

use super::Problem;

/// A text file under its name, with an index of its lines.
pub(super) struct Text<'t> {
    file: &'t str,
    text: &'t str,
    starts: Vec<usize>,    // byte offset of each line; never empty
    n_lines_before: usize, // of the file, where the text is a part of it
}

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t str, file: &'t str) -> Self {
        Self::part(text, file, 0)
    }

    /// A part of a file, behind so many of its lines.
    pub(super) fn part(text: &'t str, file: &'t str, n_lines_before: usize) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, starts, n_lines_before }
    }

    pub(super) fn as_str(&self) -> &'t str {
        self.text
    }

    /// The line (from 1) that a byte offset falls in.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.n_lines_before + self.starts.partition_point(|start| *start <= offset).max(1)
    }

    /// How many lines end in it.
    pub(super) fn n_line_ends(&self) -> usize {
        self.starts.len() - 1
    }

    /// The bytes of a line (from 1), without its line end.
    pub(super) fn line_range(&self, line: usize) -> Range<usize> {
        let line = line.saturating_sub(self.n_lines_before);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line).map_or(self.text.len(), |next| next.saturating_sub(1));
        let line_text = self.text.get(start..end).unwrap_or_default();
        start..start + line_text.trim_end_matches('\r').len()
    }

    /// A problem at a byte offset.
    pub(super) fn problem(&self, offset: usize, message: String, suggestion: Option<String>) -> Problem {
        let line = self.line_of(offset);
        let range = self.line_range(line);
        let line_text = self.text.get(range.clone()).unwrap_or_default();
        let column = 1 + line_text.char_indices().take_while(|(at, _)| range.start + at < offset).count();
        Problem { file: self.file.to_owned(), line, column, line_text: line_text.to_owned(), message, suggestion }
    }
}

/// The bytes of a settings or sources file as text, without a byte order mark; else the place of the first byte that is no UTF-8.
pub fn utf8<'b>(bytes: &'b [u8], file: &str) -> Result<&'b str, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or_default();
        let message = "this file is not UTF-8 from here on".to_owned();
        Text::new(good, file).problem(good.len(), message, Some("save it as UTF-8 (in the editor: encoding, or \"save as\")".to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_may_end_in_crlf() {
        let text = Text::new("a = 1\r\nè = \"città\" # x\r\n", "f");
        let at = text.as_str().find('#').unwrap();
        let problem = text.problem(at, "m".into(), None);
        assert_eq!((problem.line, problem.column, problem.line_text.as_str()), (2, 13, "è = \"città\" # x"));
        let end = text.problem(text.as_str().len(), "m".into(), None);
        assert_eq!((end.line, end.column, end.line_text.as_str()), (3, 1, ""));
        let beyond = text.problem(10_000, "m".into(), None);
        assert_eq!((beyond.line, beyond.column), (3, 1));
    }

    #[test]
    fn latin_1_is_named_with_its_place() {
        let problem = utf8(b"a = 1\nname = \"Cant\xf9\"\n", "sources.toml").unwrap_err();
        assert_eq!(
            problem.to_string(),
            "sources.toml:2:13: this file is not UTF-8 from here on · name = \"Cant · save it as UTF-8 (in the editor: encoding, or \"save as\")"
        );
        assert_eq!(utf8(b"\xef\xbb\xbfa = 1", "f").unwrap(), "a = 1");
    }
}
