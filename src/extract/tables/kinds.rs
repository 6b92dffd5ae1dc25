//! Tables that are no list of offices: calendars, boards of acts, clubs and shops, news that a table only arranges.
//!
//! In: a table. Out: whether it is one of them, and the lines that it holds instead of rows.

use super::cells::{CellFacts, one_line};
use crate::document::{Cell, Table};
use crate::extract::grammar::dates;
use crate::extract::segment::{Piece, Role, Segment, synthetic};
use crate::lexicon::Lexicon;
use crate::text::{fold, tokens};

/// A month of days in columns of weekdays, with what happens on them: no office's week.
pub(super) fn is_calendar(table: &Table, lexicon: &Lexicon) -> bool {
    let n_days = |row: &Vec<Cell>| row.iter().filter(|cell| lexicon.weekday(&fold(cell.text.trim())).is_some()).count();
    let Some(head) = table.rows.iter().position(|row| n_days(row) >= 5) else { return false };
    let cells: Vec<&str> =
        table.rows.iter().skip(head + 1).flatten().map(|cell| cell.text.trim()).filter(|text| !text.is_empty()).collect();
    let numbered = cells.iter().filter(|text| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let day = text.get(..digits).and_then(|d| d.parse::<u8>().ok()).is_some_and(|d| (1..=31).contains(&d));
        day && text.get(digits..).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    });
    let n_numbered = numbered.count();
    n_numbered >= 7 && n_numbered * 10 >= cells.len() * 7
}

/// A board of acts ("Oggetto", "Pubblicato dal", "al"): each says what its subject line says, where that speaks of an office, and nothing more.
pub(super) fn register(table: &Table, block: usize, lexicon: &Lexicon) -> Option<Vec<Segment>> {
    let head: Vec<String> = table.rows.first()?.iter().map(|cell| fold(cell.text.trim())).collect();
    let about =
        head.iter().position(|text| ["oggetto", "titolo", "avviso", "notizia", "comunicato"].iter().any(|w| text.starts_with(w)))?;
    let acts = ["pubblica", "tipo", "atto", "registro", "numero", "scadenza", "n.", "periodo", "data"];
    if !head.iter().enumerate().any(|(c, text)| c != about && acts.iter().any(|word| text.starts_with(word))) {
        return None;
    }
    let speaks = |cell: &&Cell| CellFacts::of(cell, lexicon).office || fold(&cell.text).contains("uffici");
    let rows = table.rows.iter().skip(1).filter_map(|row| row.get(about)).filter(speaks);
    Some(
        rows.map(|cell| {
            let text = one_line(&cell.text);
            let pieces = vec![Piece { words: cell.text.trim().to_string(), range: 0..text.len() }];
            let mut segment = synthetic(block, text, pieces, Vec::new());
            segment.role = Role::Sentence;
            segment
        })
        .collect(),
    )
}

/// A list of clubs, shops, doctors or schools ("Associazione", "Presidente", "Sede e orari"): whatever offices its cells seem to name are theirs.
pub(super) fn is_of_strangers(table: &Table) -> bool {
    const OTHERS: [&str; 27] = [
        "associazion",
        "societa sportiv",
        "gruppo",
        "circolo",
        "farmaci",
        "medic",
        "pediatr",
        "ambulator",
        "esercizi",
        "negozi",
        "scuol",
        "pless",
        "parrocchi",
        "chies",
        "ditta",
        "ditte",
        "impres",
        "squadr",
        "evento",
        "spettacol",
        "film",
        "corso",
        "patronat",
        "struttura ricettiva",
        "albergo",
        "gestore",
        "concessionari",
    ];
    let Some(head) = table.rows.first().and_then(|row| row.first()).filter(|_| table.rows.len() > 1) else { return false };
    let text = fold(head.text.trim());
    let comunal = table.rows.iter().skip(1).filter_map(|row| row.first()).any(|cell| fold(&cell.text).contains("comunal"));
    !comunal && text.split_whitespace().count() <= 3 && OTHERS.iter().any(|word| text.starts_with(word))
}

/// A list of news that a table only arranges: a cell whose lines begin with dates. Each line is one entry.
pub(super) fn dated_list(table: &Table, block: usize, lexicon: &Lexicon) -> Option<Vec<Segment>> {
    let dated = |line: &&str| {
        let tokens = tokens(&fold(line));
        dates::full_date(&tokens, 0, lexicon).is_some_and(|(_, end)| tokens.get(end).is_some_and(|t| t.is_any(&["-", ":", "|"])))
    };
    let cells = || table.rows.iter().flatten().filter(|cell| cell.spans_from.is_none());
    let list = cells().find(|cell| cell.text.split('\n').map(str::trim).filter(dated).count() >= 2)?;
    let entry = |line: &str| {
        let mut segment = synthetic(block, line.to_string(), vec![Piece { words: line.to_string(), range: 0..line.len() }], Vec::new());
        segment.role = Role::Line;
        segment
    };
    let mut entries: Vec<Segment> = list.text.split('\n').map(str::trim).filter(|line| !line.is_empty()).map(entry).collect();
    entries.iter_mut().skip(1).for_each(|segment| segment.opens_block = false);
    Some(entries)
}
