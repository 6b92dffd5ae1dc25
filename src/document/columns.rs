//! Lines whose pieces stand in columns → tables. The pieces come from plain text (places are characters) or from a PDF (points).

use std::ops::Range;

use super::{Cell, Table};

/// Columns of one table; more are no table that a reader would follow.
const MAX_COLUMNS: usize = 40;
/// Lines that one table may have.
const MAX_LINES: usize = 300;

/// Text without a wide gap inside, and where it stands across the line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) text: String,
    pub(super) bold: bool,
}

/// One line of pieces, left to right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Place down the page, in the unit of `size`.
    pub(super) y: f64,
    /// Height of the letters.
    pub(super) size: f64,
    pub(super) pieces: Vec<Piece>,
}

impl Line {
    /// The whole line with its gaps folded.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&piece.text);
        }
        text
    }

    pub(super) fn bold(&self) -> bool {
        !self.pieces.is_empty() && self.pieces.iter().all(|piece| piece.bold)
    }
}

/// A table that was found.
pub(super) struct Found {
    pub(super) table: Table,
    /// Lines that it takes.
    pub(super) taken: usize,
    /// Whether no line has two pieces in one column.
    pub(super) clean: bool,
}

/// The table that begins at the first of `lines`; `rules` are places of lines drawn across the page.
pub(super) fn table(lines: &[Line], rules: &[f64]) -> Option<Found> {
    let first = lines.first().filter(|line| line.pieces.len() >= 2)?;
    let mut spans: Vec<Range<f64>> = first.pieces.iter().map(|piece| piece.from..piece.to).collect();
    let mut taken = 1;
    let mut many = 1;
    let mut last_many = 1;
    while let Some(line) = lines.get(taken).filter(|_| taken < MAX_LINES) {
        let above = lines.get(taken - 1).map_or(line.y, |line| line.y);
        if line.y - above > 3.2 * line.size.max(first.size) {
            break;
        }
        let merged = merge(&spans, line);
        if line.pieces.len() >= 2 {
            if merged.len() < 2 || merged.len() > MAX_COLUMNS {
                break;
            }
            many += 1;
            last_many = taken + 1;
        } else if merged.len() < spans.len() {
            break;
        }
        spans = merged;
        taken += 1;
    }
    // What follows the last full line belongs to it only if it goes on in a later column, or a rule closes it off below.
    let closed =
        |index: usize| lines.get(index).is_some_and(|line| rules.iter().any(|rule| *rule > line.y && *rule < line.y + 1.5 * line.size));
    let in_first = |line: &Line| line.pieces.first().is_some_and(|piece| spans.first().is_some_and(|span| overlap(span, piece)));
    while taken > last_many {
        let wraps = lines.get(taken - 1).is_some_and(|line| !in_first(line)) || closed(taken - 1);
        if wraps {
            break;
        }
        taken -= 1;
    }
    let run = lines.get(..taken)?;
    let table = fill(run, &spans, rules)?;
    let digits = |cell: &Cell| cell.text.bytes().any(|byte| byte.is_ascii_digit());
    let enough = table.rows.len() >= 2 && (table.rows.len() > 2 || table.rows.iter().flatten().any(digits));
    let column = |piece: &Piece| spans.iter().position(|span| overlap(span, piece));
    let clean = run.iter().all(|line| line.pieces.windows(2).all(|pair| pair.first().map(column) != pair.last().map(column)));
    (many >= 2 && enough && !is_prose(&table)).then_some(Found { table, taken, clean })
}

/// The column spans with those of one more line: touching spans become one.
fn merge(spans: &[Range<f64>], line: &Line) -> Vec<Range<f64>> {
    let mut all: Vec<Range<f64>> = spans.iter().cloned().chain(line.pieces.iter().map(|piece| piece.from..piece.to)).collect();
    all.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut merged: Vec<Range<f64>> = Vec::new();
    for span in all {
        match merged.last_mut() {
            Some(last) if span.start < last.end + 0.3 * line.size => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

fn overlap(span: &Range<f64>, piece: &Piece) -> bool {
    piece.from < span.end && piece.to > span.start
}

/// Text in two or three columns, as newsletters print it, is no table.
fn is_prose(table: &Table) -> bool {
    let filled: Vec<&Cell> = table.rows.iter().flatten().filter(|cell| !cell.text.is_empty()).collect();
    let length: usize = filled.iter().map(|cell| cell.text.len()).sum();
    let wide = table.rows.first().map_or(0, Vec::len);
    wide <= 3 && table.rows.len() >= 6 && length > 45 * filled.len()
}

/// Puts the pieces of each line into its row's cells.
fn fill(run: &[Line], spans: &[Range<f64>], rules: &[f64]) -> Option<Table> {
    let starts = row_starts(run, spans, rules);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut bold: Vec<bool> = Vec::new();
    for (line, starts_row) in run.iter().zip(starts) {
        if starts_row || rows.is_empty() {
            rows.push(vec![Cell::default(); spans.len()]);
            bold.push(true);
        } else if says_another_day(line, spans)
            && let Some(name) = rows.last().and_then(|row| row.first()).cloned()
        {
            rows.push(vec![Cell::default(); spans.len()]);
            bold.push(true);
            if let Some(first) = rows.last_mut().and_then(|row| row.first_mut()) {
                *first = name;
            }
        }
        for piece in &line.pieces {
            let at = spans.iter().position(|span| overlap(span, piece)).unwrap_or(0);
            let cell = rows.last_mut()?.get_mut(at)?;
            append(&mut cell.text, &piece.text);
            if let Some(all) = bold.last_mut() {
                *all &= piece.bold;
            }
        }
    }
    let bold_first = bold.first().copied().unwrap_or(false) && !bold.iter().skip(1).all(|b| *b);
    mark_header(&mut rows, bold_first);
    Some(Table { caption: None, rows })
}

/// "            mercoledì      15.00 - 17.30" below "Anagrafe    lun - ven    8.30 - 12.30": more of the same office, on a day of its own.
fn says_another_day(line: &Line, spans: &[Range<f64>]) -> bool {
    let silent = line.pieces.first().is_some_and(|piece| spans.first().is_some_and(|span| !overlap(span, piece)));
    let hours = |piece: &Piece| piece.text.starts_with(|c: char| c.is_ascii_digit()) || is_day(&piece.text) || piece.text.contains("chius");
    silent
        && line.pieces.len() >= 2
        && line.pieces.first().is_some_and(|piece| is_day(&piece.text))
        && line.pieces.iter().skip(1).all(hours)
}

/// Whether words open with a day of the week.
pub(super) fn is_day(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["lun", "mar", "mer", "gio", "ven", "sab", "dom", "dal lun", "tutti i giorni", "festiv", "prefestiv", "feriali"]
        .iter()
        .any(|day| lower.starts_with(day))
}

/// Marks the first row as header if it is set apart, or if it alone has no figures.
pub(super) fn mark_header(rows: &mut [Vec<Cell>], set_apart: bool) {
    let has_digit = |row: &Vec<Cell>| row.iter().any(|cell| cell.text.bytes().any(|byte| byte.is_ascii_digit()));
    let silent = rows.first().is_some_and(|row| !has_digit(row) && row.iter().filter(|cell| !cell.text.is_empty()).count() >= 2);
    if set_apart || silent && rows.iter().skip(1).any(has_digit) {
        for cell in rows.first_mut().into_iter().flatten() {
            cell.header = true;
        }
    }
}

/// For each line whether it begins a row: below a drawn rule, else after a wider gap, else where the first column speaks.
fn row_starts(run: &[Line], spans: &[Range<f64>], rules: &[f64]) -> Vec<bool> {
    let band = |line: &Line| rules.iter().filter(|rule| **rule < line.y).count();
    let mut bands: Vec<usize> = run.iter().map(band).collect();
    let each = bands.clone();
    bands.dedup();
    if bands.len() >= 2 && bands.len() * 4 >= run.len() {
        return std::iter::once(true).chain(each.windows(2).map(|pair| pair.first() != pair.last())).collect();
    }
    let gaps: Vec<f64> = run.windows(2).map(|pair| pair.last().map_or(0.0, |b| b.y) - pair.first().map_or(0.0, |a| a.y)).collect();
    let least = gaps.iter().copied().fold(f64::MAX, f64::min);
    let most = gaps.iter().copied().fold(0.0, f64::max);
    let first = |line: &Line| line.pieces.first().is_some_and(|piece| spans.first().is_some_and(|span| overlap(span, piece)));
    if most > 1.2 * least {
        return std::iter::once(true).chain(gaps.iter().map(|gap| *gap > 1.1 * least)).collect();
    }
    run.iter().map(first).collect()
}

/// Joins a wrapped line to a cell or paragraph: with a space where the sentence goes on, else as a line of its own.
pub(super) fn append(text: &mut String, next: &str) {
    if text.is_empty() {
        text.push_str(next);
        return;
    }
    let goes_on = next.starts_with(|c: char| c.is_lowercase())
        && !text.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ':' | ';' | '.'))
        || text.ends_with([',', '(', '–', '/']);
    text.push(if goes_on { ' ' } else { '\n' });
    text.push_str(next);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(y: f64, pieces: &[(f64, &str)]) -> Line {
        let pieces = pieces
            .iter()
            .map(|(from, text)| Piece { from: *from, to: from + 5.0 * text.chars().count() as f64, text: (*text).to_owned(), bold: false })
            .collect();
        Line { y, size: 10.0, pieces }
    }

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        table.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect()
    }

    #[test]
    fn rows_are_told_by_their_gaps() {
        let lines = [
            line(0.0, &[(0.0, "Ufficio"), (100.0, "Mattino"), (250.0, "Telefono")]),
            line(20.0, &[(0.0, "Anagrafe,"), (100.0, "lunedì e martedì"), (250.0, "0583 1")]),
            line(32.0, &[(0.0, "Elettorale"), (100.0, "9.00-12.00")]),
            line(52.0, &[(0.0, "Tributi"), (100.0, "venerdì"), (250.0, "0583 2")]),
            line(100.0, &[(0.0, "Un capoverso che segue, largo quanto la pagina e più, senza colonne.")]),
        ];
        let Found { table, taken, clean } = table(&lines, &[]).unwrap();
        assert!(taken == 4 && clean);
        assert_eq!(
            texts(&table),
            [
                ["Ufficio", "Mattino", "Telefono"],
                ["Anagrafe, Elettorale", "lunedì e martedì\n9.00-12.00", "0583 1"],
                ["Tributi", "venerdì", "0583 2"]
            ]
        );
        assert!(table.rows[0][0].header && !table.rows[1][0].header);
    }

    #[test]
    fn rows_are_told_by_drawn_rules() {
        let lines = [
            line(0.0, &[(0.0, "lunedì"), (100.0, "9-12")]),
            line(12.0, &[(100.0, "15-17")]),
            line(24.0, &[(0.0, "martedì"), (100.0, "9-12")]),
            line(36.0, &[(0.0, "mercoledì"), (100.0, "chiuso")]),
        ];
        let table = table(&lines, &[14.0, 26.0]).unwrap().table;
        assert_eq!(texts(&table), [["lunedì", "9-12\n15-17"], ["martedì", "9-12"], ["mercoledì", "chiuso"]]);
    }

    #[test]
    fn two_signatures_side_by_side_are_no_table() {
        let lines = [line(0.0, &[(0.0, "Il Segretario"), (200.0, "Il Sindaco")]), line(12.0, &[(0.0, "A. Bianchi"), (200.0, "B. Verdi")])];
        assert!(table(&lines, &[]).is_none());
    }
}
