//! Tables put in words: one line per office (or per day), so that one set of rules reads rows and sentences alike.
//!
//! In: a table as a grid. Out: segments: "Tributi: lunedì 9-12; martedì 15-17; Telefono 0583 123". Which side holds the offices and which the days is told from
//! the cells themselves.

use super::grammar::{offices, weekdays};
use super::segment::{Piece, Segment, synthetic};
use crate::document::{Cell, Link, Table};
use crate::lexicon::Lexicon;
use crate::text::{Token, fold, tokens};

/// The lines of a table.
pub fn rows(table: &Table, block: usize, lexicon: &Lexicon) -> Vec<Segment> {
    let n_columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    if n_columns == 0 {
        return Vec::new();
    }
    let facts: Vec<Vec<CellFacts>> = table.rows.iter().map(|row| row.iter().map(|cell| CellFacts::of(cell, lexicon)).collect()).collect();
    let n_header = header_rows(table, &facts);
    let mut out = Vec::new();
    if let Some(caption) = table.caption.as_ref().filter(|c| !c.trim().is_empty()) {
        let mut segment = synthetic(block, caption.clone(), Vec::new(), Vec::new());
        segment.role = super::segment::Role::Heading;
        out.push(segment);
    }
    // offices across the top, days down the side
    let header_offices = (1..n_columns).filter(|c| n_header > 0 && facts[n_header - 1].get(*c).is_some_and(|f| f.office)).count();
    let day_rows = facts.iter().skip(n_header).filter(|row| row.first().is_some_and(|f| f.days)).count();
    if header_offices >= 2 && day_rows >= 1 {
        out.extend(columns_as_lines(table, block, n_header, n_columns));
        return out;
    }
    for (r, row) in table.rows.iter().enumerate() {
        if r < n_header {
            continue;
        }
        out.extend(row_as_line(table, row, &facts[r], block, n_header, n_columns));
    }
    out
}

/// What a cell holds.
#[derive(Debug, Clone, Default)]
struct CellFacts {
    office: bool,
    days: bool,
    times: bool,
    empty: bool,
}

impl CellFacts {
    fn of(cell: &Cell, lexicon: &Lexicon) -> Self {
        let tokens = tokens(&fold(&cell.text));
        let original: Vec<bool> = capitals(&cell.text, &tokens);
        let is_capital = |i: usize| original.get(i).copied().unwrap_or(false);
        let place = offices::Place { label: true, line: false, first: super::segment::first_word(&tokens) };
        Self {
            office: (0..tokens.len().min(6)).any(|i| offices::mention(&tokens, i, place, &is_capital, lexicon).is_some()),
            days: (0..tokens.len()).any(|i| weekdays::days(&tokens, i, lexicon).is_some()),
            times: cell.text.contains(|c: char| c.is_ascii_digit()),
            empty: is_blank(&cell.text),
        }
    }
}

fn capitals(text: &str, tokens: &[Token]) -> Vec<bool> {
    let chars: Vec<char> = text.chars().collect();
    tokens.iter().map(|t| chars.get(t.range.start).is_some_and(|c| c.is_uppercase())).collect()
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '/' | '.' | '*' | '='))
}

/// How many rows at the top are headers: marked so, or days, parts of the day and labels without any times.
fn header_rows(table: &Table, facts: &[Vec<CellFacts>]) -> usize {
    let marked = table.rows.iter().take_while(|row| row.len() > 1 && row.iter().all(|c| c.header || c.text.trim().is_empty())).count();
    if marked > 0 {
        return marked.min(table.rows.len().saturating_sub(1));
    }
    let Some(first) = table.rows.first().filter(|_| table.rows.len() > 1) else { return 0 };
    let label = |cell: &Cell| {
        let word = fold(cell.text.trim());
        [
            "ufficio",
            "uffici",
            "servizio",
            "giorno",
            "giorni",
            "orario",
            "orari",
            "mattina",
            "mattino",
            "pomeriggio",
            "telefono",
            "tel",
            "tel.",
            "email",
            "e-mail",
            "mail",
            "pec",
            "sede",
            "indirizzo",
            "recapiti",
            "contatti",
            "note",
            "settore",
            "sportello",
            "referente",
            "responsabile",
            "fax",
            "sportelli",
            "dove",
            "quando",
            "modalita",
            "luogo",
            "posta elettronica",
            "antimeridiano",
            "pomeridiano",
            "recapito",
            "struttura",
            "servizi",
            "apertura al pubblico",
        ]
        .iter()
        .any(|l| word == *l || word.starts_with(l) && word.len() <= l.len() + 22 && !word.contains(char::is_numeric))
    };
    let days = facts[0].iter().filter(|f| f.days && !f.times).count();
    let labels = first.iter().filter(|c| label(c)).count();
    let any_times = facts[0].iter().any(|f| f.times);
    usize::from(
        !any_times
            && first.len() > 1
            && (days >= 2
                || labels >= 2
                || labels >= 1 && days >= 1
                || labels >= 1 && first.iter().all(|c| label(c) || c.text.trim().is_empty())),
    )
}

/// The words of the headers above a cell.
fn header_of(table: &Table, n_header: usize, column: usize) -> String {
    let mut words: Vec<&str> = Vec::new();
    for row in &table.rows[..n_header] {
        if let Some(cell) = row.get(column) {
            let text = cell.text.trim();
            if !text.is_empty() && !words.contains(&text) {
                words.push(text);
            }
        }
    }
    words.join(" ")
}

fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ")
}

fn row_as_line(table: &Table, row: &[Cell], facts: &[CellFacts], block: usize, n_header: usize, n_columns: usize) -> Option<Segment> {
    let mut text = String::new();
    let mut pieces = Vec::new();
    let mut links: Vec<Link> = Vec::new();
    let mut last_header = String::new();
    for (c, cell) in row.iter().enumerate().take(n_columns) {
        let fact = facts.get(c).cloned().unwrap_or_default();
        // a cell that spans columns is said once, under all of its headers
        let repeated =
            cell.spans_from.is_some_and(|(_, from)| from < c) && row.get(c.wrapping_sub(1)).is_some_and(|before| before.text == cell.text);
        let header = header_of(table, n_header, c);
        if repeated {
            continue;
        }
        if fact.empty {
            continue;
        }
        let words = one_line(&cell.text);
        let from = text.len();
        if text.is_empty() {
            text.push_str(&words);
            if n_columns > 1 {
                text.push_str(if fact.days && !fact.office { " " } else { ": " });
            }
        } else {
            let spanned: Vec<String> = (c..row.len())
                .take_while(|n| *n == c || row[*n].spans_from.is_some_and(|(_, from)| from == c))
                .map(|n| header_of(table, n_header, n))
                .filter(|h| !h.is_empty())
                .collect();
            let header = if spanned.len() > 1 { spanned.join(", ") } else { header };
            let gone = ["cessat", "vecchi", "precedent", "dismess"].iter().any(|w| fold(&header).contains(w));
            if gone {
                continue;
            }
            let useful = !header.is_empty() && header != last_header && fold(&header) != fold(&words);
            if useful {
                text.push_str(&format!("{header}: "));
            }
            text.push_str(&words);
            // a cell of days and the cell of their hours are one statement
            text.push_str(if fact.days && !fact.times { " " } else { "; " });
            last_header = header;
        }
        for link in &cell.links {
            // links inside words that were joined keep no place; they are looked up by their text
            links.push(Link { range: 0..0, href: link.href.clone() });
        }
        pieces.push(Piece { words: cell.text.trim().to_string(), range: from..text.len() });
    }
    (!text.trim().is_empty()).then(|| synthetic(block, text, pieces, links))
}

fn columns_as_lines(table: &Table, block: usize, n_header: usize, n_columns: usize) -> Vec<Segment> {
    let mut out = Vec::new();
    for c in 1..n_columns {
        let office = header_of(table, n_header, c);
        let mut text = format!("{office}: ");
        let mut pieces = vec![Piece { words: office, range: 0..text.len() }];
        for row in &table.rows[n_header..] {
            let (Some(day), Some(cell)) = (row.first(), row.get(c)) else { continue };
            if is_blank(&cell.text) {
                continue;
            }
            let from = text.len();
            text.push_str(&format!("{} {}; ", one_line(&day.text), one_line(&cell.text)));
            pieces.push(Piece { words: cell.text.trim().to_string(), range: from..text.len() });
        }
        out.push(synthetic(block, text, pieces, Vec::new()));
    }
    out
}
