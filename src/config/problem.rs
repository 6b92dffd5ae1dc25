//! A problem in a file that a person wrote: where, what, and the way out.

use serde::Serialize;

/// The longest piece of a line that a message repeats, in characters.
const LINE_SHOWN: usize = 100;

/// One problem in a file that a person wrote.
///
/// Shows as `sources.toml:14:1: unknown key "evry" · evry = "1h" · did you mean "every"?`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
pub struct Problem {
    /// The file as the person named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line itself, without its line end.
    pub line_text: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The way out, when one is known.
    pub suggestion: Option<String>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        let shown = excerpt(&self.line_text, self.column);
        if !shown.is_empty() {
            write!(f, " · {shown}")?;
        }
        match &self.suggestion {
            Some(suggestion) => write!(f, " · {suggestion}"),
            None => Ok(()),
        }
    }
}

/// The line without the spaces around it; of a very long line the part around the column.
fn excerpt(line: &str, column: usize) -> String {
    let trimmed = line.trim();
    if trimmed.chars().count() <= LINE_SHOWN {
        return trimmed.to_owned();
    }
    let start = column.saturating_sub(1 + LINE_SHOWN / 3);
    let middle: String = line.chars().skip(start).take(LINE_SHOWN).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if line.chars().count() > start + LINE_SHOWN { "…" } else { "" };
    format!("{before}{}{after}", middle.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line_text: &str, column: usize) -> Problem {
        Problem {
            file: "sources.toml".into(),
            line: 14,
            column,
            line_text: line_text.into(),
            message: "unknown key \"evry\"".into(),
            suggestion: Some("did you mean \"every\"?".into()),
        }
    }

    #[test]
    fn a_problem_is_one_line_with_place_line_and_way_out() {
        assert_eq!(
            problem("  evry = \"1h\"", 3).to_string(),
            "sources.toml:14:3: unknown key \"evry\" · evry = \"1h\" · did you mean \"every\"?"
        );
    }

    #[test]
    fn of_a_very_long_line_only_the_part_around_the_column_is_shown() {
        let line = format!("{}città{}", "è".repeat(400), "à".repeat(400));
        let shown = excerpt(&line, 401);
        assert!(shown.starts_with('…') && shown.ends_with('…') && shown.contains("città"), "{shown}");
        assert_eq!(shown.chars().count(), LINE_SHOWN + 2);
    }
}
