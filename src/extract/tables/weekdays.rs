//! Columns and rows headed by days in one or two letters: "LU MA ME GI VE SA", "L M M G V S". What such letters mean, only their row tells.

use crate::document::{Cell, Table};
use crate::domain::Day;
use crate::lexicon::Lexicon;
use crate::text::fold;

/// So many days make a week of working days, in a row or down a column.
const FEWEST: usize = 5;

/// The week in order, by its initials and in words.
const WEEK: [(char, Day, &str); 7] = [
    ('l', Day::Mo, "lunedì"),
    ('m', Day::Tu, "martedì"),
    ('m', Day::We, "mercoledì"),
    ('g', Day::Th, "giovedì"),
    ('v', Day::Fr, "venerdì"),
    ('s', Day::Sa, "sabato"),
    ('d', Day::Su, "domenica"),
];

/// The table with such days written out; `None` where it has none.
pub(super) fn spelled_out(table: &Table, lexicon: &Lexicon) -> Option<Table> {
    let mut days: Vec<(usize, usize, &'static str)> = Vec::new();
    for (r, row) in table.rows.iter().enumerate() {
        let cells: Vec<&Cell> = row.iter().collect();
        days.extend(week_in(&cells, lexicon).into_iter().map(|(c, name)| (r, c, name)));
    }
    let first: Vec<&Cell> = table.rows.iter().filter_map(|row| row.first()).collect();
    if first.len() == table.rows.len() {
        days.extend(week_in(&first, lexicon).into_iter().map(|(r, name)| (r, 0, name)));
    }
    if days.is_empty() {
        return None;
    }
    let mut table = table.clone();
    for (r, c, name) in days {
        if let Some(cell) = table.rows.get_mut(r).and_then(|row| row.get_mut(c)) {
            cell.text = name.to_string();
        }
    }
    Some(table)
}

/// Where the days of a week stand in a line of cells that holds, beside them, at most the title of its corner.
fn week_in(cells: &[&Cell], lexicon: &Lexicon) -> Vec<(usize, &'static str)> {
    let written = |cell: &Cell| fold(&cell.text).trim().trim_end_matches('.').to_string();
    let texts: Vec<(usize, String)> =
        cells.iter().enumerate().map(|(at, cell)| (at, written(cell))).filter(|(_, text)| !text.is_empty()).collect();
    let from = texts.iter().position(|(_, text)| text.len() <= 2).unwrap_or(texts.len());
    let short = &texts[from..];
    if from > 1 || short.len() < FEWEST || short.len() > WEEK.len() || short.iter().any(|(_, text)| text.len() > 2) {
        return Vec::new();
    }
    let two = |text: &str| lexicon.weekday(text).filter(|_| text.len() == 2);
    let by_letters = short.iter().all(|(_, text)| two(text).is_some());
    let by_place = short.iter().zip(WEEK).all(|((_, text), (initial, ..))| text.len() == 1 && text.starts_with(initial));
    let name = |(n, (at, text)): (usize, &(usize, String))| {
        let day = two(text);
        let found = if by_place { WEEK.get(n) } else { WEEK.iter().find(|(_, known, _)| Some(*known) == day) };
        found.map(|(.., name)| (*at, *name))
    };
    if by_letters || by_place { short.iter().enumerate().filter_map(name).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let cell = |text: &&str| Cell { text: (*text).to_string(), ..Cell::default() };
        Table { caption: None, rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect() }
    }

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        table.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect()
    }

    #[test]
    fn days_in_two_letters_or_one_are_written_out() {
        let lexicon = Lexicon::builtin();
        let two = spelled_out(&table(&[&["", "LU", "MA", "ME", "GI", "VE"], &["Anagrafe", "9-12", "", "", "", ""]]), lexicon).unwrap();
        assert_eq!(texts(&two)[0], ["", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì"]);
        let one = spelled_out(&table(&[&["Ufficio", "L", "M", "M", "G", "V", "S"]]), lexicon).unwrap();
        assert_eq!(texts(&one)[0], ["Ufficio", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"]);
        let down = spelled_out(&table(&[&["", "ore"], &["lu", "9"], &["ma", "9"], &["me", "9"], &["gi", "9"], &["ve", "9"]]), lexicon);
        assert_eq!(down.unwrap().rows[3][0].text, "mercoledì");
    }

    #[test]
    fn letters_that_are_no_week_stay() {
        let lexicon = Lexicon::builtin();
        for row in
            [&["S", "M", "L", "X", "Y"][..], &["lu", "ma", "me"], &["a", "b", "lu", "ma", "me", "gi", "ve"], &["L", "M", "G", "V", "S"]]
        {
            assert!(spelled_out(&table(&[row]), lexicon).is_none(), "{row:?}");
        }
    }
}
