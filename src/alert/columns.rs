//! The comparison for a terminal: two columns under their titles, or one under the other where an address is too long for a column.

use crate::domain::Language;
use crate::wording;

use super::marked::{Pieces, text};
use super::rows::Row;
use super::words;

const WIDTH: usize = 72;

/// Rows as lines, `»` before each that changed.
pub(super) fn columns(rows: &[Row], language: Language) -> String {
    let titles = (words::in_language(language, "PRIMA", "BEFORE"), words::in_language(language, "ORA", "NOW"));
    let label_width = rows.iter().map(|row| width(&row.label)).max().unwrap_or(0);
    let label_room = if label_width > 0 { label_width + 2 } else { 0 };
    let rest = WIDTH.saturating_sub(2 + label_room + 2);
    let longest = |side: fn(&Row) -> &Pieces| rows.iter().map(|row| width(&shown(side(row), language))).max().unwrap_or(0);
    // each gets what it needs where the other leaves room, else half
    let room = (rest / 2).max(rest.saturating_sub(longest(|row| &row.after)));
    let column = longest(|row| &row.before).max(width(titles.0)).min(room).max(8);
    let other = rest.saturating_sub(column).max(8);
    let too_long = |pieces: &Pieces, room: usize| shown(pieces, language).split(' ').any(|word| width(word) > room);
    if rows.iter().any(|row| too_long(&row.before, column) || too_long(&row.after, other)) {
        return stacked(rows, language);
    }
    let mut lines = vec![format!("  {:label_room$}{:column$}  {}", "", titles.0, titles.1)];
    for row in rows {
        lines.extend(row.heading.as_ref().map(|heading| format!("  {heading}:")));
        let (left, right) = (wrap(&shown(&row.before, language), column), wrap(&shown(&row.after, language), other));
        for i in 0..left.len().max(right.len()) {
            let mark = if row.changed && i == 0 { "»" } else { " " };
            let label = if i == 0 { row.label.as_str() } else { "" };
            let side = |lines: &[String]| lines.get(i).cloned().unwrap_or_default();
            lines.push(format!("{mark} {label:label_room$}{:column$}  {}", side(&left), side(&right)).trim_end().to_string());
        }
    }
    lines.join("\n")
}

/// One under the other; what did not change stands once.
fn stacked(rows: &[Row], language: Language) -> String {
    let titles = (words::in_language(language, "prima:", "before:"), words::in_language(language, "ora:", "now:"));
    let room = width(titles.0).max(width(titles.1));
    let mut lines = Vec::new();
    for row in rows {
        lines.extend(row.heading.as_ref().map(|heading| format!("  {heading}:")));
        if row.changed {
            lines.extend(Some(&row.label).filter(|label| !label.is_empty()).map(|label| format!("  {label}")));
            lines.push(format!("»   {:room$} {}", titles.0, shown(&row.before, language)));
            lines.push(format!("»   {:room$} {}", titles.1, shown(&row.after, language)));
        } else {
            let label = if row.label.is_empty() { String::new() } else { format!("{}: ", row.label) };
            lines.push(format!("  {label}{}", shown(&row.after, language)));
        }
    }
    lines.join("\n")
}

fn shown(pieces: &Pieces, language: Language) -> String {
    match text(pieces) {
        nothing if nothing.is_empty() => words::in_language(language, "non indicato", "not stated").to_string(),
        text => wording::and(language, &text.split('\n').map(ToString::to_string).collect::<Vec<_>>()),
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Lines of at most `width` characters, broken at spaces; a longer word, an address say, stays whole.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let full = lines.last().is_some_and(|line| !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
