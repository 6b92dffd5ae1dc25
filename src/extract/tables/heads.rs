//! Where the parts of a table begin, and how many rows at the top of one are headers.

use super::cells::{CellFacts, is_blank};
use crate::document::{Cell, Table};
use crate::lexicon::Lexicon;
use crate::text::{fold, tokens};

/// A table cut at the rows that are one cell from side to side: each such cell with the rows below it.
pub(super) fn parts(table: &Table) -> Vec<(Option<&Cell>, &[Vec<Cell>])> {
    let n_columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let title = |row: &'_ Vec<Cell>| {
        let one = row.len() == n_columns && row.iter().skip(1).all(|cell| cell.spans_from.is_some() && cell.text == row[0].text);
        n_columns > 1 && (one || row.len() == 1) && row.first().is_some_and(|cell| cell.spans_from.is_none() && !is_blank(&cell.text))
    };
    let mut parts = Vec::new();
    let (mut from, mut above) = (0, None);
    for (r, row) in table.rows.iter().enumerate() {
        if title(row) {
            if above.is_some() || r > from {
                parts.push((above, &table.rows[from..r]));
            }
            (above, from) = (row.first(), r + 1);
        }
    }
    parts.push((above, &table.rows[from..]));
    parts
}

/// Whether one row above the first title from side to side heads all parts: "Ufficio | Telefono | Fax" above "AREA TECNICA".
pub(super) fn heads_all(rows: &[Vec<Cell>], below: &[(Option<&Cell>, &[Vec<Cell>])], lexicon: &Lexicon) -> bool {
    let ([_], Some((_, below))) = (rows, below.iter().find(|(_, rows)| !rows.is_empty())) else { return false };
    let together = Table { caption: None, rows: rows.iter().chain(*below).cloned().collect() };
    header_rows(&together, &CellFacts::of_table(&together, lexicon), lexicon) == 1
}

/// How many rows at the top are headers: marked so, or days, parts of the day and labels without any times.
pub(super) fn header_rows(table: &Table, facts: &[Vec<CellFacts>], lexicon: &Lexicon) -> usize {
    // "lun. CHIUSO" above "mart. 7,30/12,30": the first of several days down the side
    let is_day = |row: &[CellFacts]| row.first().is_some_and(|f| f.days && !f.times);
    if facts.iter().filter(|row| is_day(row)).count() >= 3
        && facts.first().is_some_and(|row| is_day(row))
        && table.rows[0].get(1).is_some_and(|cell| fold(cell.text.trim()).starts_with("chius"))
    {
        return 0;
    }
    let marked = table.rows.iter().take_while(|row| row.len() > 1 && row.iter().all(|c| c.header || c.text.trim().is_empty())).count();
    if marked > 0 {
        return marked.min(table.rows.len().saturating_sub(1));
    }
    let Some(first) = table.rows.first().filter(|_| table.rows.len() > 1) else { return 0 };
    let label = |cell: &Cell| lexicon.labels().opens_field(&fold(&cell.text));
    let days = facts[0].iter().filter(|f| f.days && !f.times).count();
    let labels = first.iter().filter(|c| label(c)).count();
    let any_times = facts[0].iter().any(|f| f.times);
    if parts_of_year_across(table, facts, lexicon) {
        return 1;
    }
    // an empty corner, offices across, days down the side
    let offices = first.len() >= 3
        && facts[0].iter().skip(1).all(|f| f.office && !f.days)
        && !facts[0][0].office
        && facts[1..].iter().filter(|row| row.first().is_some_and(|f| f.days)).count() >= 2;
    usize::from(
        !any_times
            && first.len() > 1
            && (offices
                || days >= 2
                || labels >= 2
                || labels >= 1 && days >= 1
                || labels >= 1 && first.iter().all(|c| label(c) || c.text.trim().is_empty())),
    )
}

/// Whether headers are parts of the year, none of them of one year alone.
pub(super) fn are_seasons(headers: &[String], lexicon: &Lexicon) -> bool {
    let dated = |header: &String| tokens(&fold(header)).iter().any(|t| t.text.len() == 4 && t.number().is_some());
    headers.len() >= 2 && headers.iter().all(|header| names_part_of_year(header, lexicon) && !dated(header))
}

pub(super) fn names_part_of_year(text: &str, lexicon: &Lexicon) -> bool {
    const SEASONS: [&str; 4] = ["invern", "estat", "estiv", "autunn"];
    let names = |text: &str| text.len() >= 3 && lexicon.month(text).is_some() || SEASONS.iter().any(|stem| text.starts_with(stem));
    tokens(&fold(text)).iter().any(|t| names(&t.text))
}

/// Whether a header is a post called by its place: "Centro di Borgo", "Sede di Ronco".
pub(super) fn is_post(header: &str) -> bool {
    const POSTS: [&str; 9] = ["centro", "punto", "sede", "sportello", "presidio", "delegazione", "impianto", "isola", "polo"];
    let mut words = header.split_whitespace();
    let head = words.next().is_some_and(|word| POSTS.contains(&fold(word).as_str()));
    head && words.next().is_some_and(|word| fold(word) == "di") && words.next().is_some_and(|word| word.starts_with(char::is_uppercase))
}

/// "1 nov. – 28 feb." beside "1 mar. – 31 ott.", "Orario invernale" beside "Orario estivo": each column below holds the hours of its part of the year.
fn parts_of_year_across(table: &Table, facts: &[Vec<CellFacts>], lexicon: &Lexicon) -> bool {
    let part_of_year = |cell: &Cell| names_part_of_year(&cell.text, lexicon);
    let (Some(first), Some(heads)) = (table.rows.first(), facts.first()) else { return false };
    let across = first.len() >= 3 && first.iter().zip(heads).skip(1).all(|(cell, f)| part_of_year(cell) && !f.office);
    let below = table.rows.iter().zip(facts).skip(1);
    // the corner is empty or names what stands below it
    let corner = heads.first().is_some_and(|f| !f.times);
    // "mar" below is a day
    let month =
        |cell: &Cell| tokens(&fold(&cell.text)).iter().any(|t| lexicon.month(&t.text).is_some() && lexicon.weekday(&t.text).is_none());
    let repeats = below.clone().filter(|(row, _)| row.iter().skip(1).any(month)).count();
    let told = below.filter(|(_, row)| row.first().is_some_and(|f| f.days) || row.iter().skip(1).any(|f| f.days || f.times)).count();
    across && corner && told >= 1 && repeats == 0
}

/// "I e III del mese, 9-12" below "Sabato": the day stands in the header, which of them in the cell.
pub(super) fn nth_of_header(header: &str, words: &str, lexicon: &Lexicon) -> Option<String> {
    lexicon.weekday(&fold(header.trim()))?;
    let at = fold(words).find("del mese").filter(|at| words.is_char_boundary(*at))?;
    let (which, rest) = words.split_at(at);
    let ordinals = tokens(&fold(which));
    let only = !ordinals.is_empty() && ordinals.iter().all(|t| lexicon.ordinal(&t.text).is_some() || t.is_any(&["e", ",", "il", "ed"]));
    only.then(|| format!("{which}{header} {rest}"))
}
