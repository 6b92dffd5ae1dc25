//! Tables put in words: one line per office (or per day), so that one set of rules reads rows and sentences alike.
//!
//! In: a table as a grid, and the notes at its foot. Out: segments: "Tributi: lunedì 9-12; martedì 15-17; Telefono 0583 123". Which side holds the
//! offices and which the days is told from the cells themselves. A cell that should hold hours and cannot be read is left out and told (`unread`).

mod cells;
mod heads;
mod kinds;
mod weekdays;

use self::cells::{CellFacts, in_italian, is_blank, is_garbled, one_line, weekdays_in};
use self::heads::{header_rows, heads_all, nth_of_header, parts};
use self::kinds::{dated_list, is_calendar, is_of_strangers, register};
use super::footnotes::Footnotes;
use super::grammar::{self, times};
use super::segment::{Piece, Role, Segment, synthetic};
use crate::document::{Cell, Link, Table};
use crate::lexicon::Lexicon;
use crate::text::{TokenKind, fold, tokens};

/// Letters of a row that is a title; a longer one is a text.
const LONGEST_TITLE: usize = 100;

/// The lines of a table. A row that is one cell from side to side is a heading for those below it; `headings` of a line count from the first line here.
pub fn rows(table: &Table, block: usize, footnotes: &Footnotes, lexicon: &Lexicon) -> Vec<Segment> {
    if table.rows.iter().all(Vec::is_empty) || is_calendar(table, lexicon) {
        return Vec::new();
    }
    if is_of_strangers(table) {
        return Vec::new();
    }
    if let Some(acts) = register(table, block, lexicon) {
        return acts;
    }
    if let Some(entries) = dated_list(table, block, lexicon) {
        return entries;
    }
    let written_out = weekdays::spelled_out(table, lexicon);
    let table = written_out.as_ref().unwrap_or(table);
    let mut out = Vec::new();
    let mut header: Vec<Vec<Cell>> = Vec::new();
    let mut heading = None;
    let parts = parts(table);
    for (n, (title, rows)) in parts.iter().enumerate() {
        if title.is_none() && heads_all(rows, &parts[n + 1..], lexicon) {
            header = rows.to_vec();
            continue;
        }
        if let Some(cell) = title {
            let text = one_line(&cell.text);
            let pieces = vec![Piece { words: cell.text.trim().to_string(), range: 0..text.len() }];
            let mut segment =
                synthetic(block, text, pieces, cell.links.iter().map(|l| Link { range: 0..0, href: l.href.clone() }).collect());
            // "Gruppi e scuole: museo@…" from side to side is a statement, not a title
            let reaches = segment.text.contains('@') || segment.text.bytes().filter(u8::is_ascii_digit).count() >= 8;
            let is_title = segment.text.len() <= LONGEST_TITLE && !segment.text.ends_with('.') && !reaches;
            segment.role = if is_title { Role::Heading } else { Role::Sentence };
            if is_title {
                heading = Some(out.len());
            } else {
                // "tel. 0583 …" from side to side, below the hours of "Ufficio Tributi"
                segment.headings.extend(heading);
            }
            out.push(segment);
        }
        let mut part = Table { caption: None, rows: header.iter().chain(*rows).cloned().collect() };
        let mut n_header = header.len();
        // a part with a header of its own does without the one above
        let own = Table { caption: None, rows: rows.to_vec() };
        let n_own = header_rows(&own, &CellFacts::of_table(&own, lexicon), lexicon);
        if n_own > 0 {
            (part, n_header) = (own, n_own);
            header = part.rows[..n_own].to_vec();
        }
        let Some(n_columns) = part.rows.iter().map(Vec::len).max() else { continue };
        let grid = Grid { table: &part, facts: CellFacts::of_table(&part, lexicon), n_header, n_columns, footnotes, lexicon };
        let lines = if grid.has_offices_across() {
            grid.columns_as_lines(block)
        } else {
            (n_header..part.rows.len()).filter_map(|r| grid.row_as_line(r, block)).collect()
        };
        let from = out.len();
        out.extend(lines);
        out.extend(grid.notes_on_offices(block));
        for line in &mut out[from..] {
            line.headings.extend(heading);
        }
    }
    out
}

/// A table with what was found out about it.
struct Grid<'a> {
    table: &'a Table,
    facts: Vec<Vec<CellFacts>>,
    n_header: usize,
    n_columns: usize,
    footnotes: &'a Footnotes,
    lexicon: &'a Lexicon,
}

impl Grid<'_> {
    /// Offices across the top, days down the side.
    fn has_offices_across(&self) -> bool {
        let header = self.n_header.checked_sub(1).and_then(|row| self.facts.get(row));
        let n_offices = (1..self.n_columns).filter(|c| header.and_then(|row| row.get(*c)).is_some_and(|f| f.office)).count();
        let labels = || self.table.rows[self.n_header..].iter().filter_map(|row| row.first()).map(|cell| fold(&cell.text));
        let n_days = self.facts.iter().skip(self.n_header).filter(|row| row.first().is_some_and(|f| f.days)).count();
        // "Centro di Borgo | Centro di Ronco" across, the parts of the year down the side: a line for each of the branches
        let posts = self.n_columns >= 3 && (1..self.n_columns).all(|c| self.headers(c).last().is_some_and(|h| heads::is_post(h)));
        let seasons = || labels().count() >= 2 && labels().all(|label| heads::names_part_of_year(&label, self.lexicon));
        posts && seasons()
            || n_offices >= 2 && (n_days >= 1 || labels().filter(|label| self.lexicon.labels().opens_field(label)).count() >= 2)
    }

    /// The name of the office above a column: the innermost header that names one.
    fn office_above(&self, column: usize) -> String {
        let named = (0..self.n_header).rev().find(|r| self.facts[*r].get(column).is_some_and(|f| f.office));
        let Some(office) = named.map(|r| self.table.rows[r][column].text.trim()) else { return self.headers(column).join(" ") };
        // "Anagrafe" above "Stato civile" in one cell: both
        let lines: Vec<&str> = office.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let names = |line: &&str| self.lexicon.office_at(&tokens(&fold(line)), 0).is_some_and(|name| name.office.is_some());
        if lines.len() >= 2 && lines.iter().all(names) {
            return lines.join(" e ");
        }
        // "Uffici al primo piano" groups; "dal 1° luglio" says something
        let says = |header: &&str| *header == office || header.contains(|c: char| c.is_ascii_digit());
        self.headers(column).into_iter().filter(says).collect::<Vec<_>>().join(" ")
    }

    /// A cell across several offices: "tutti gli uffici: 8.30 - 12.30" says its hours of each.
    fn shared(&self, row: usize, column: usize, words: String) -> String {
        let cells = &self.table.rows[row];
        let spans = cells[column].spans_from.is_some_and(|(_, from)| from < column)
            || cells.get(column + 1).is_some_and(|next| next.spans_from.is_some_and(|(r, from)| r == row && from == column));
        match words.split_once(": ") {
            Some((label, rest)) if spans && !label.contains(|c: char| c.is_ascii_digit()) => rest.to_string(),
            _ => words,
        }
    }

    /// The headers above a cell, outermost first, each once.
    fn headers(&self, column: usize) -> Vec<&str> {
        let mut words: Vec<&str> = Vec::new();
        for row in &self.table.rows[..self.n_header] {
            if let Some(text) = row.get(column).map(|cell| cell.text.trim()).filter(|text| !text.is_empty())
                && !words.contains(&text)
            {
                words.push(text);
            }
        }
        words
    }

    /// Whether a column holds hours: its header names days, a part of the day or opening hours.
    fn holds_hours(&self, row: usize, column: usize) -> bool {
        let header = fold(&self.headers(column).join(" "));
        let tokens = tokens(&header);
        let by_header = (0..tokens.len())
            .any(|i| grammar::weekdays::days(&tokens, i, self.lexicon).is_some() || grammar::weekdays::part(&tokens, i).is_some())
            || ["orari", "apertura", "ricevimento"].iter().any(|word| header.contains(word));
        let by_row = self.facts[row].first().is_some_and(|f| f.days && !f.times) && !header.contains("tel");
        by_header || by_row
    }

    /// A cell in words, with its footnote beside it; `None` if it should hold hours and cannot be read.
    fn words(&self, row: usize, column: usize) -> Option<String> {
        let text = &self.table.rows[row][column].text;
        if is_garbled(text) && self.holds_hours(row, column) {
            let tokens = tokens(&fold(text));
            let spans = (0..tokens.len()).any(|i| times::span(&tokens, i, self.lexicon).is_some());
            if spans || tokens.iter().filter(|t| t.kind == TokenKind::Number).count() >= 2 {
                return None;
            }
        }
        let words = in_italian(self.footnotes.beside(text), self.lexicon);
        // lines that each tell days and hours are statements of their own: "mar. 8.30-10", below it "gio. 15-18 per appuntamento"
        let tells = |line: &&str| weekdays_in(line, self.lexicon) && line.contains(|c: char| c.is_ascii_digit());
        let several = column == 0 || words.lines().filter(tells).count() >= 2;
        let by_booking = fold(&words).contains("app");
        if several && by_booking && words.lines().filter(tells).count() >= 2 {
            return Some(words.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; "));
        }
        Some(one_line(&words))
    }

    fn row_as_line(&self, r: usize, block: usize) -> Option<Segment> {
        let row = &self.table.rows[r];
        let mut line = Line::default();
        let mut before: Vec<&str> = Vec::new();
        let mut paired = None;
        for (c, cell) in row.iter().enumerate().take(self.n_columns) {
            let fact = self.facts[r].get(c).cloned().unwrap_or_default();
            // a cell that spans columns is said once, under all of its headers
            let repeated = cell.spans_from.is_some_and(|(_, from)| from < c)
                && row.get(c.wrapping_sub(1)).is_some_and(|before| before.text == cell.text);
            if repeated || fact.empty && cell.links.is_empty() {
                continue;
            }
            if c > 0 && self.tells_tasks(c) {
                continue;
            }
            if let Some(pairs) = self.lines_side_by_side(row, c) {
                let from = line.text.len();
                line.text.push_str(&pairs);
                line.add(cell, from);
                line.add(&row[c + 1], from);
                paired = Some(c + 1);
                continue;
            }
            if paired == Some(c) {
                continue;
            }
            let Some(words) = self.words(r, c) else {
                line.unread.push(cell.text.trim().to_string());
                continue;
            };
            let headers = self.headers(c);
            let from = line.text.len();
            // "chiuso" below "lunedì": the first column is a day like the others
            let is_day = line.text.is_empty() && !fact.office && !fact.days && self.is_day(&headers);
            if line.text.is_empty() && !is_day {
                let unknown = !fact.office && !fact.days && !fact.times && self.is_office_column(&headers, c);
                if unknown && self.is_name(&words) {
                    line.text.push_str("Ufficio ");
                }
                line.text.push_str(&words);
                if self.n_columns > 1 {
                    // "Martedì" beside "1° ottobre – 31 marzo" is no date
                    let dated = (1..self.n_columns).any(|c| self.headers(c).iter().any(|h| h.contains(|c: char| c.is_ascii_digit())));
                    line.text.push_str(match (fact.days && !fact.office, dated) {
                        (true, true) => ": ",
                        (true, false) => " ",
                        (false, _) => ": ",
                    });
                }
            } else {
                let spanned: Vec<usize> =
                    (c..row.len()).take_while(|n| *n == c || row[*n].spans_from.is_some_and(|(_, from)| from == c)).collect();
                let mut header = if spanned.len() > 1 {
                    // words alone under the days of the week are said of all of them
                    let each = spanned.iter().map(|n| self.headers(*n).join(" ")).filter(|h| !h.is_empty());
                    // "chiuso" across two days is said of these two; across seasons, of each
                    let shut =
                        fold(&words).trim_start().starts_with("chius") && self.headers(c).last().is_some_and(|h| !fold(h).is_empty());
                    let each: Vec<String> = each.collect();
                    let seasons = spanned.len() == self.n_columns - c && heads::are_seasons(&each, self.lexicon);
                    let of_day = self.facts[r].first().is_some_and(|f| f.days && !f.office);
                    if shut && each.iter().any(|header| header.contains(|c: char| c.is_ascii_digit())) || seasons && of_day {
                        // said of each period on its own
                        each[..each.len() - 1].iter().for_each(|header| line.text.push_str(&format!("{header}: {words}; ")));
                        each[each.len() - 1].clone()
                    } else if shut && fact.times && !each.iter().any(|h| weekdays_in(h, self.lexicon)) {
                        // "chiusa fino al 31 maggio" across "Accesso libero" and "Con appuntamento": of neither
                        String::new()
                    } else if seasons {
                        // "in ogni stagione: lun-ven 10/12" across all parts of the year
                        String::new()
                    } else if fact.times || shut {
                        each.join(", ")
                    } else {
                        String::new()
                    }
                } else {
                    self.header_now(&headers, &before)
                };
                if self.lexicon.labels().is_gone(&fold(&header)) {
                    continue;
                }
                if let Some(word) = self.half_of_span(c, &headers).filter(|_| fact.times) {
                    // "dalle" and "alle" in columns of their own: one span
                    line.text.push_str(&format!("{word} {words}{}", if word == "dalle" { " " } else { "; " }));
                    before = headers;
                    line.add(cell, from);
                    continue;
                }
                let answer = fold(&words);
                if ["no", "non previsto", "non prevista"].contains(&answer.trim()) && !header.is_empty() {
                    continue;
                }
                let yes = ["si", "x", "✓", "✔", "●"].contains(&answer.trim());
                if let Some(joined) = nth_of_header(&header, &words, self.lexicon) {
                    line.text.push_str(&joined);
                } else {
                    if fold(&header) == answer {
                        header.clear();
                    }
                    line.text.push_str(&header);
                    if !yes {
                        line.text.push_str(if header.is_empty() { "" } else { ": " });
                        line.text.push_str(&words);
                    }
                }
                // a cell of days and the cell of their hours are one statement
                line.text.push_str(if fact.days && !fact.times { " " } else { "; " });
            }
            before = headers;
            line.add(cell, from);
        }
        line.segment(block)
    }

    /// "Lun-Ven", "Sab" line by line in one cell, "8,30-12,30", "8,30-11,30" in the next: each line of days with the hours beside it.
    fn lines_side_by_side(&self, row: &[Cell], column: usize) -> Option<String> {
        let lines = |cell: &Cell| -> Vec<String> { cell.text.lines().map(|l| l.trim().to_string()).filter(|l| !l.is_empty()).collect() };
        let (days, hours) = (lines(row.get(column)?), lines(row.get(column + 1)?));
        let names_days = |line: &String| {
            let tokens = tokens(&fold(line));
            grammar::weekdays::days(&tokens, 0, self.lexicon).is_some() && !line.contains(|c: char| c.is_ascii_digit())
        };
        let told = |line: &String| line.contains(|c: char| c.is_ascii_digit());
        let fits = days.len() >= 2 && days.len() == hours.len() && days.iter().all(names_days) && hours.iter().all(told);
        fits.then(|| days.iter().zip(&hours).map(|(days, hours)| format!("{days} {hours}; ")).collect())
    }

    /// "Dalle" or "alle", where a column holds the one half of the hours and the column beside it the other.
    fn half_of_span(&self, column: usize, headers: &[&str]) -> Option<&'static str> {
        let says = |headers: &[&str], words: &[&str]| {
            headers
                .last()
                .map(|h| fold(h.trim()))
                .is_some_and(|h| words.iter().any(|w| h == *w || h.strip_suffix(" ore").is_some_and(|h| h == *w)))
        };
        const FROM: [&str; 6] = ["dalle", "dalle ore", "ore dalle", "inizio", "apre", "apertura"];
        const TO: [&str; 6] = ["alle", "alle ore", "ore alle", "fine", "chiude", "chiusura"];
        let pair = |from: usize, to: usize| {
            let (from, to) = (self.headers(from), self.headers(to));
            (0..FROM.len()).any(|i| says(&from, &FROM[i..=i]) && says(&to, &TO[i..=i]))
        };
        if says(headers, &FROM) && column + 1 < self.n_columns && pair(column, column + 1) {
            Some("dalle")
        } else if says(headers, &TO) && column > 0 && pair(column - 1, column) {
            Some("alle")
        } else {
            None
        }
    }

    /// A column of what the offices do ("Che cosa fa", "Competenze"): it names streets, feasts and licences, and says nothing of hours.
    fn tells_tasks(&self, column: usize) -> bool {
        const TASKS: [&str; 20] = [
            "competenz",
            "che cosa fa",
            "cosa fa",
            "di cosa si occup",
            "si occupa",
            "attivita",
            "funzioni",
            "mansioni",
            "compiti",
            "materie",
            "descrizione",
            "procediment",
            "per che cosa",
            "per cosa",
            // who works there, and how long
            "dotazion",
            "organico",
            "addetti",
            "dipendenti",
            "personale assegnato",
            "profilo",
        ];
        let header = self.headers(column).last().map(|text| fold(text)).unwrap_or_default();
        TASKS.iter().any(|task| header.trim_start().starts_with(task)) && !header.contains("orari")
    }

    /// A column headed "Ufficio" most of whose cells name one: the others do so too.
    fn is_office_column(&self, headers: &[&str], column: usize) -> bool {
        let rows = &self.facts[self.n_header..];
        let known = rows.iter().filter(|row| row.get(column).is_some_and(|f| f.office)).count();
        headers.last().is_some_and(|h| ["ufficio", "uffici"].contains(&fold(h).trim())) && known * 2 > rows.len()
    }

    /// Whether a cell is the bare name of something that the lexicon does not know at all: "Agricoltura".
    fn is_name(&self, words: &str) -> bool {
        let tokens = tokens(&fold(words));
        let known = |i: usize| {
            let token = &tokens[i];
            self.lexicon.office_at(&tokens, i).is_some()
                || self.lexicon.head_at(&tokens, i).is_some()
                || token.is_any(&["tutti", "tutte", "altri", "altre", "restanti", "rimanenti", "area", "dott", "sig"])
        };
        words.starts_with(char::is_uppercase)
            && tokens.len() <= 4
            && tokens.iter().all(|t| t.kind == TokenKind::Word)
            && !(0..tokens.len()).any(known)
    }

    fn is_day(&self, headers: &[&str]) -> bool {
        headers.last().is_some_and(|text| {
            let tokens = tokens(&fold(text.trim()));
            grammar::weekdays::days(&tokens, 0, self.lexicon).is_some_and(|(_, next)| next >= tokens.len())
        })
    }

    /// What the headers above a cell say beyond those above the cell before it; plain names of columns below a header of their own say nothing.
    fn header_now(&self, headers: &[&str], before: &[&str]) -> String {
        if headers == before {
            return String::new();
        }
        let shared = if headers.len() > 1 { headers.iter().zip(before).take_while(|(a, b)| a == b).count() } else { 0 };
        let nested = headers.len() > 1;
        let said: Vec<&str> = headers[shared..]
            .iter()
            .enumerate()
            .filter(|(n, header)| {
                let inner = nested && shared + n > 0;
                !inner || !["giorni", "giorno", "ore", "orario", "orari", "dalle alle"].contains(&fold(header).as_str())
            })
            .map(|(_, header)| *header)
            .collect();
        said.join(" ")
    }

    fn columns_as_lines(&self, block: usize) -> Vec<Segment> {
        let mut out = Vec::new();
        for c in 1..self.n_columns {
            let office = self.office_above(c);
            let text = format!("{office}: ");
            let mut line = Line { pieces: vec![Piece { words: office, range: 0..text.len() }], text, ..Line::default() };
            for r in self.n_header..self.table.rows.len() {
                let (Some(day), Some(cell)) = (self.table.rows[r].first(), self.table.rows[r].get(c)) else { continue };
                if is_blank(&cell.text) && cell.links.is_empty() {
                    continue;
                }
                match self.words(r, c) {
                    Some(words) => {
                        let from = line.text.len();
                        let words = self.shared(r, c, words);
                        line.text.push_str(&format!("{} {words}; ", one_line(&day.text)));
                        line.add(cell, from);
                    }
                    None => line.unread.push(cell.text.trim().to_string()),
                }
            }
            out.extend(line.segment(block));
        }
        out
    }

    /// A note on offices as a whole ("Ragioneria (*)", below: "(*) dal 1° luglio senza pomeriggio") is a statement of its own about them.
    fn notes_on_offices(&self, block: usize) -> Vec<Segment> {
        let names: Vec<&str> = self
            .table
            .rows
            .iter()
            .zip(&self.facts)
            .flat_map(|(row, facts)| row.iter().zip(facts))
            .filter(|(cell, facts)| facts.office && cell.spans_from.is_none())
            .map(|(cell, _)| cell.text.as_str())
            .collect();
        let rows: Vec<(String, String)> = self.table.rows[self.n_header..]
            .iter()
            .filter_map(|row| {
                let name = row.first()?.text.clone();
                let rest: Vec<&str> = row.iter().skip(1).map(|cell| cell.text.as_str()).collect();
                Some((name, rest.join("\n")))
            })
            .collect();
        let on_rows = self.footnotes.on_rows(&rows).into_iter().map(|(name, note)| (vec![name], note));
        self.footnotes
            .on_names(&names)
            .into_iter()
            .chain(on_rows)
            .map(|(whom, note)| {
                let text = format!("{}: {note}", whom.join(", "));
                let pieces = vec![Piece { words: note.to_string(), range: 0..text.len() }];
                synthetic(block, text, pieces, Vec::new())
            })
            .collect()
    }
}

/// A line in the making.
#[derive(Default)]
struct Line {
    text: String,
    pieces: Vec<Piece>,
    links: Vec<Link>,
    unread: Vec<String>,
}

impl Line {
    /// Notes a cell, whose words were written from `from` on, as evidence. Links inside words that were joined keep no place; they are looked up by
    /// their text.
    fn add(&mut self, cell: &Cell, from: usize) {
        self.links.extend(cell.links.iter().map(|link| Link { range: 0..0, href: link.href.clone() }));
        if !cell.text.trim().is_empty() {
            self.pieces.push(Piece { words: cell.text.trim().to_string(), range: from..self.text.len() });
        }
    }

    fn segment(self, block: usize) -> Option<Segment> {
        if self.text.trim().is_empty() {
            return None;
        }
        let mut segment = synthetic(block, self.text, self.pieces, self.links);
        segment.unread = self.unread;
        Some(segment)
    }
}
