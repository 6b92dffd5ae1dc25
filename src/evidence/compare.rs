//! What people see of two versions, side by side, with the words that differ marked.

use serde::Serialize;
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff};

use crate::document::{self, BlockKind, Document, Region};
use crate::store::Snapshot;

/// How many unchanged lines stand around a difference.
const CONTEXT: usize = 2;

/// A piece of a line, marked where the other side differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether the other side lacks them.
    pub marked: bool,
}

/// One row of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Both sides; a side that has nothing here is empty.
    Lines(Vec<Piece>, Vec<Piece>),
    /// So many equal lines left out.
    Gap(usize),
}

/// The visible lines of a version, furniture left out.
pub fn lines(snapshot: &Snapshot, bytes: &[u8]) -> Vec<String> {
    let content_type = snapshot.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.as_str());
    let url = snapshot.final_url.parse().ok();
    lines_of(&document::read(&document::Input { bytes, content_type, url: url.as_ref(), select: None }))
}

/// The visible lines of a document that was read, furniture left out.
pub fn lines_of(document: &Document) -> Vec<String> {
    let main = visible(document, |region| region == Region::Main);
    if main.is_empty() { visible(document, |_| true) } else { main }
}

fn visible(document: &Document, wanted: impl Fn(Region) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    for block in document.blocks.iter().filter(|block| wanted(block.region)) {
        match &block.kind {
            BlockKind::Table(table) => {
                lines.extend(table.caption.clone());
                for row in &table.rows {
                    let cells: Vec<&str> = row.iter().filter(|cell| cell.spans_from.is_none()).map(|cell| cell.text.trim()).collect();
                    lines.push(cells.join(" · "));
                }
            }
            _ => lines.extend(block.text.lines().map(|line| line.trim().to_string())),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// Both versions, line by line; where lines differ, word by word.
pub fn compare(before: &[String], after: &[String]) -> Vec<Row> {
    let diff = similar::capture_diff_slices(Algorithm::Patience, before, after);
    let mut rows = Vec::new();
    let last = diff.len().saturating_sub(1);
    for (n, op) in diff.iter().enumerate() {
        match *op {
            DiffOp::Equal { old_index, len, .. } => {
                let head = if n == 0 { 0 } else { CONTEXT };
                let tail = if n == last { 0 } else { CONTEXT };
                let equal = before.get(old_index..old_index + len).unwrap_or_default();
                if len <= head + tail + 1 {
                    rows.extend(equal.iter().map(|line| same(line)));
                } else {
                    rows.extend(equal.iter().take(head).map(|line| same(line)));
                    rows.push(Row::Gap(len - head - tail));
                    rows.extend(equal.iter().skip(len - tail).map(|line| same(line)));
                }
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                rows.extend(before.iter().skip(old_index).take(old_len).map(|line| Row::Lines(marked(line), Vec::new())));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                rows.extend(after.iter().skip(new_index).take(new_len).map(|line| Row::Lines(Vec::new(), marked(line))));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let old: Vec<&String> = before.iter().skip(old_index).take(old_len).collect();
                let new: Vec<&String> = after.iter().skip(new_index).take(new_len).collect();
                for i in 0..old.len().max(new.len()) {
                    rows.push(match (old.get(i), new.get(i)) {
                        (Some(old), Some(new)) => words(old, new),
                        (Some(old), None) => Row::Lines(marked(old), Vec::new()),
                        (None, Some(new)) => Row::Lines(Vec::new(), marked(new)),
                        (None, None) => continue,
                    });
                }
            }
        }
    }
    rows
}

fn same(line: &str) -> Row {
    let piece = vec![Piece { text: line.into(), marked: false }];
    Row::Lines(piece.clone(), piece)
}

fn marked(line: &str) -> Vec<Piece> {
    vec![Piece { text: line.into(), marked: true }]
}

fn words(before: &str, after: &str) -> Row {
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_words(before, after);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut left, text, false);
                push(&mut right, text, false);
            }
            ChangeTag::Delete => push(&mut left, text, true),
            ChangeTag::Insert => push(&mut right, text, true),
        }
    }
    Row::Lines(left, right)
}

fn push(pieces: &mut Vec<Piece>, text: &str, marked: bool) {
    match pieces.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(text),
        _ => pieces.push(Piece { text: text.into(), marked }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &str) -> Vec<String> {
        text.lines().map(Into::into).collect()
    }

    #[test]
    fn the_word_that_changed_is_marked_and_the_rest_left_out() {
        let before: Vec<String> = (0..20).map(|n| format!("Ufficio {n} 8.30-12.30")).collect();
        let mut after = before.clone();
        after[10] = "Ufficio 10 9.00-12.30".into();
        let rows = compare(&before, &after);
        assert_eq!((rows.first(), rows.last()), (Some(&Row::Gap(8)), Some(&Row::Gap(7))));
        let changed = rows.iter().find_map(|row| match row {
            Row::Lines(left, right) if left != right => Some((left, right)),
            _ => None,
        });
        let marked = |pieces: &[Piece]| pieces.iter().filter(|p| p.marked).map(|p| p.text.clone()).collect::<Vec<_>>();
        let (left, right) = changed.unwrap();
        assert_eq!((marked(left), marked(right)), (vec!["8.30-12.30".to_string()], vec!["9.00-12.30".to_string()]));
    }

    #[test]
    fn lines_that_come_and_go_stand_alone() {
        let rows = compare(&lines_of("a\nb\nc"), &lines_of("a\nc\nd"));
        let sides: Vec<(usize, usize)> = rows
            .iter()
            .map(|row| match row {
                Row::Lines(left, right) => (left.len(), right.len()),
                Row::Gap(_) => (9, 9),
            })
            .collect();
        assert_eq!(sides, [(1, 1), (1, 0), (1, 1), (0, 1)]);
        assert_eq!(compare(&[], &[]), []);
    }
}
