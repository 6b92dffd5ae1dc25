//! Plain text → blocks: paragraphs at blank lines, items at bullets, titles alone in capitals, columns as tables.

use super::columns::{self, Line, Piece, is_day};
use super::flow::fold;
use super::walk::MAX_BLOCKS;
use super::{Block, BlockKind, Container, Document, Region, charset};

/// A title longer than this is a sentence.
const MAX_TITLE: usize = 110;

/// Reads plain text.
pub(super) fn read(bytes: &[u8], content_type: Option<&str>) -> Document {
    let decoded = charset::decode(bytes, content_type);
    let mut builder = Builder {
        document: Document { containers: vec![Container { parent: None, tag: "body", mark: None }], ..Document::default() },
        looks: 1_000_000,
        ..Builder::default()
    };
    if decoded.damaged {
        builder.document.warnings.push("some characters cannot be read in the encoding of the text".to_owned());
    }
    builder.lines(&decoded.text);
    let mut document = builder.document;
    if document.blocks.len() >= MAX_BLOCKS {
        document.warnings.push(format!("cut after {MAX_BLOCKS} blocks"));
    }
    document.title = title(&document);
    document
}

/// The blocks of a text that stands inside a page.
pub(super) fn typed(words: &str) -> Vec<(BlockKind, String)> {
    let mut builder = Builder { looks: 100_000, ..Builder::default() };
    builder.lines(words);
    builder.document.blocks.into_iter().map(|block| (block.kind, block.text)).collect()
}

/// The first block, if it is short enough to be a title and something follows it.
fn title(document: &Document) -> Option<String> {
    let first = document.blocks.first()?;
    let line = first.text.lines().next()?;
    (document.blocks.len() > 1 && line.len() <= 2 * MAX_TITLE).then(|| line.to_owned())
}

#[derive(Default)]
struct Builder {
    document: Document,
    paragraph: String,
    /// Whether the paragraph is an item of a list, and how far its text is indented.
    item: Option<usize>,
    heading: Option<usize>,
    loud: bool,
    /// How many more lines may be looked at for columns.
    looks: usize,
}

impl Builder {
    /// Takes all lines of a text.
    fn lines(&mut self, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        // A text that is all capitals has no titles to tell from them.
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let capitals = text.chars().filter(|c| c.is_uppercase()).count();
        self.loud = capitals * 2 > letters;
        let mut at = 0;
        while at < lines.len() {
            at += self.take(lines.get(at..).unwrap_or_default()).max(1);
        }
        self.flush(BlockKind::Paragraph);
    }

    /// Takes what begins at the first line; returns how many lines that was.
    fn take(&mut self, lines: &[&str]) -> usize {
        let Some(raw) = lines.first() else { return 0 };
        let line = fold(raw);
        if line.is_empty() {
            self.flush(BlockKind::Paragraph);
            return 1;
        }
        if let Some((table, taken)) = table(lines, &mut self.looks) {
            self.flush(BlockKind::Paragraph);
            self.block(BlockKind::Table(table), String::new());
            return taken;
        }
        let indent = raw.len() - raw.trim_start().len();
        if let Some(rest) = bullet(&line) {
            self.flush(BlockKind::Paragraph);
            self.item = Some(indent);
            self.paragraph.push_str(rest);
            return 1;
        }
        let next = lines.get(1).map(|line| line.trim()).unwrap_or_default();
        let underlined = next.len() >= 3 && next.chars().all(|c| matches!(c, '-' | '=' | '_' | '~' | '*'));
        if self.paragraph.is_empty() && (underlined && line.len() <= MAX_TITLE || !self.loud && is_title(&line) && !is_title(&fold(next))) {
            self.paragraph.push_str(&line);
            self.flush(BlockKind::Heading(2));
            return 1 + usize::from(underlined);
        }
        if line.chars().all(|c| matches!(c, '-' | '=' | '_' | '~' | '*' | '.')) {
            self.flush(BlockKind::Paragraph);
            return 1;
        }
        if self.item.is_some_and(|at| indent <= at && !wraps(&self.paragraph, &line)) {
            self.flush(BlockKind::Paragraph);
        }
        if self.paragraph.is_empty() {
            self.paragraph.push_str(&line);
        } else {
            self.paragraph.push(if wraps(&self.paragraph, &line) { ' ' } else { '\n' });
            self.paragraph.push_str(&line);
        }
        1
    }

    fn flush(&mut self, kind: BlockKind) {
        let item = self.item.take().is_some();
        let text = std::mem::take(&mut self.paragraph);
        if !text.is_empty() {
            self.block(if item { BlockKind::Item(1) } else { kind }, text);
        }
    }

    fn block(&mut self, kind: BlockKind, text: String) {
        if self.document.blocks.len() >= MAX_BLOCKS {
            return;
        }
        let heading = matches!(kind, BlockKind::Heading(_));
        let headings = if heading { Vec::new() } else { self.heading.into_iter().collect() };
        if heading {
            self.heading = Some(self.document.blocks.len());
        }
        self.document.blocks.push(Block {
            kind,
            text,
            links: Vec::new(),
            strong: Vec::new(),
            region: Region::Main,
            container: 0,
            headings,
            lang: None,
        });
    }
}

/// Whether a sentence broken at the width of the page goes on: the line before is long and open, this one begins small.
fn wraps(before: &str, line: &str) -> bool {
    let last = before.lines().next_back().unwrap_or_default();
    // a line that closes with a number or a mail address is an entry of its own
    let entry = last.ends_with(|c: char| c.is_ascii_digit()) || last.rsplit(' ').next().is_some_and(|word| word.contains('@'));
    last.chars().count() >= 62 && !entry && !last.ends_with(['.', ';', ':', '!', '?']) && line.starts_with(|c: char| c.is_lowercase())
}

/// A short line in capitals without times or numbers of telephones.
fn is_title(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 3
        && line.len() <= MAX_TITLE
        && !line.chars().any(char::is_lowercase)
        && !line.ends_with(['.', ';', ','])
        && line.bytes().filter(u8::is_ascii_digit).count() <= 4
        && !line.contains('@')
}

/// The text of an item, if the line starts like one: a bullet, "a)", "1)", "1.".
pub(super) fn bullet(line: &str) -> Option<&str> {
    for mark in ["- ", "• ", "* ", "· ", "– ", "— ", "▪ ", "◦ ", "● ", "■ ", "➢ ", "→ ", "» ", "•", "▪", "●"] {
        if let Some(rest) = line.strip_prefix(mark) {
            return Some(rest.trim_start()).filter(|rest| !rest.is_empty());
        }
    }
    let (mark, rest) = line.split_once(' ')?;
    let number = mark.strip_suffix(')').or_else(|| mark.strip_suffix('.'))?;
    let digits = !number.is_empty() && number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit());
    let letter = mark.ends_with(')') && number.len() == 1 && number.bytes().all(|b| b.is_ascii_lowercase());
    ((digits || letter) && !rest.is_empty()).then_some(rest)
}

/// The table that begins at the first line, if several lines stand in columns and one of them speaks of days or heads the rest.
fn table(lines: &[&str], looks: &mut usize) -> Option<(super::Table, usize)> {
    if *looks == 0 || pieces(lines.first()?).len() < 2 || !lines.iter().skip(1).take(2).any(|line| pieces(line).len() >= 2) {
        return None;
    }
    let run: Vec<Line> = lines
        .iter()
        .take(300.min(*looks))
        .take_while(|line| !line.trim().is_empty())
        .map(|line| pieces(line))
        .filter(|pieces| !pieces.iter().all(|piece| piece.text.chars().all(|c| matches!(c, '-' | '=' | '+' | ':'))))
        // a line of dashes leaves no gap: below one the rows are no less rows than above
        .enumerate()
        .map(|(index, pieces)| Line { y: index as f64, size: 1.0, pieces })
        .collect();
    *looks = looks.saturating_sub(run.len());
    let many = run.iter().take_while(|line| line.pieces.len() >= 2).count();
    if many < 2 {
        return None;
    }
    let dropped = |taken: usize| {
        // Lines of dashes under a header were left out of the run but are part of the table.
        lines
            .iter()
            .take_while(|line| !line.trim().is_empty())
            .scan(0, |kept, line| {
                let ruler = pieces(line).iter().all(|piece| piece.text.chars().all(|c| matches!(c, '-' | '=' | '+' | ':')));
                *kept += usize::from(!ruler);
                (*kept <= taken).then_some(())
            })
            .count()
    };
    let placed = columns::table(&run, &[]).filter(|found| found.clean).map(|found| (found.table, found.taken));
    let (table, taken) = placed.or_else(|| by_order(run.get(..many)?))?;
    let day = |row: &Vec<super::Cell>| row.first().is_some_and(|cell| is_day(&cell.text));
    let headed = table.rows.first().is_some_and(|row| row.iter().any(|cell| cell.header));
    let days = table.rows.iter().filter(|row| day(row)).count();
    let short = table.rows.iter().filter_map(|row| row.first()).all(|cell| cell.text.len() <= 45);
    (short && (headed || days * 2 >= table.rows.len() || table.rows.len() >= 4)).then(|| (table, dropped(taken)))
}

/// Columns that do not stand below each other but are the same in number.
fn by_order(run: &[Line]) -> Option<(super::Table, usize)> {
    let width = run.first()?.pieces.len();
    let same = run.iter().take_while(|line| line.pieces.len() == width).count();
    if same < 2 {
        return None;
    }
    let cell = |piece: &Piece| super::Cell { text: piece.text.clone(), ..super::Cell::default() };
    let mut rows: Vec<Vec<super::Cell>> = run.iter().take(same).map(|line| line.pieces.iter().map(cell).collect()).collect();
    columns::mark_header(&mut rows, false);
    Some((super::Table { caption: None, rows }, same))
}

/// The pieces of a line: parted by tabs, bars, rows of dots, or runs of blanks.
fn pieces(line: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut current = String::new();
    let (mut from, mut column, mut blanks, mut dots) = (0usize, 0usize, 0usize, 0usize);
    for character in line.chars() {
        let blank = matches!(character, ' ' | '\u{A0}' | '\t');
        let bar = matches!(character, '|' | '¦');
        dots = if character == '.' || character == '…' { dots + 1 } else { 0 };
        if dots == 4 {
            let kept = current.trim_end_matches('.').len();
            current.truncate(kept);
        }
        blanks = if blank { blanks + if character == '\t' { 2 } else { 1 } } else { 0 };
        let parts = bar || dots >= 4 || blanks >= 2;
        if parts {
            close(&mut found, &mut current, from);
        }
        if !(parts || blank && current.is_empty()) {
            if current.is_empty() {
                from = column;
            }
            current.push(character);
        }
        column = if character == '\t' { column / 8 * 8 + 8 } else { column + 1 };
    }
    close(&mut found, &mut current, from);
    joined(found)
}

/// "ORE   9 - 18", "8-12  e  14-17": a small word between gaps joins what it joins in the sentence, and is no column. A dash far from
/// everything is a cell that says nothing.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let leads = |piece: &Piece| matches!(piece.text.to_lowercase().as_str(), "ore" | "h" | "h." | "dalle" | "dalle ore" | "orario");
    let joins = |piece: &Piece| matches!(piece.text.to_lowercase().as_str(), "e" | "-" | "–" | "e dalle" | "anche");
    let hours = |piece: &Piece| piece.text.starts_with(|c: char| c.is_ascii_digit());
    let dash = |piece: &Piece| matches!(piece.text.as_str(), "-" | "–");
    let near = |last: &Piece, piece: &Piece| {
        piece.from - last.to <= if dash(piece) || last.text.ends_with(" -") || last.text.ends_with(" –") { 2.0 } else { 4.0 }
    };
    let mut found: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let open = |last: &Piece| {
            let word = last.text.rsplit(' ').next().unwrap_or_default().to_lowercase();
            matches!(word.as_str(), "ore" | "h" | "h." | "dalle" | "e" | "-" | "–") && last.text.len() > word.len() || leads(last)
        };
        match found.last_mut() {
            Some(last) if near(last, &piece) && (hours(&piece) && open(last) || joins(&piece) && hours(last)) => {
                last.text.push(' ');
                last.text.push_str(&piece.text);
                last.to = piece.to;
            }
            _ => found.push(piece),
        }
    }
    found
}

fn close(found: &mut Vec<Piece>, current: &mut String, from: usize) {
    let text = fold(current);
    current.clear();
    if !text.is_empty() {
        let to = from + text.chars().count();
        found.push(Piece { from: from as f64, to: to as f64, text, bold: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(String, String)> {
        read(text.as_bytes(), None)
            .blocks
            .into_iter()
            .map(|block| match block.kind {
                BlockKind::Table(table) => {
                    let rows: Vec<String> =
                        table.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("|")).collect();
                    ("Table".to_owned(), rows.join("/"))
                }
                kind => (format!("{kind:?}"), block.text),
            })
            .collect()
    }

    #[test]
    fn paragraphs_items_and_titles() {
        let text = "UFFICIO TRIBUTI\nRiceve il martedì.\nTel. 0583 1\n\nPortare:\n- un documento\n- la bolletta\n  più recente\n1) la delega\n\nSaluti";
        let expected = [
            ("Heading(2)", "UFFICIO TRIBUTI"),
            ("Paragraph", "Riceve il martedì.\nTel. 0583 1"),
            ("Paragraph", "Portare:"),
            ("Item(1)", "un documento"),
            ("Item(1)", "la bolletta\npiù recente"),
            ("Item(1)", "la delega"),
            ("Paragraph", "Saluti"),
        ];
        assert_eq!(kinds(text), expected.map(|(kind, text)| (kind.to_owned(), text.to_owned())));
    }

    #[test]
    fn days_in_columns_are_a_table() {
        let text = "Orario:\nlunedi mercoledi      8.30 - 12.30\nmartedi               8.30 - 12.30   15.00 - 17.30\nsabato                chiuso\n";
        assert_eq!(kinds(text)[1].1, "lunedi mercoledi|8.30 - 12.30|/martedi|8.30 - 12.30|15.00 - 17.30/sabato|chiuso|");
    }

    #[test]
    fn ragged_columns_are_taken_in_order() {
        let text = "lunedi   8.30 - 12.30   15.00 - 17.30\nmercoledi delle ceneri   8.30 - 12.30   15.00 - 16.30\n";
        assert_eq!(kinds(text)[0].1, "lunedi|8.30 - 12.30|15.00 - 17.30/mercoledi delle ceneri|8.30 - 12.30|15.00 - 16.30");
    }

    #[test]
    fn rows_below_a_line_of_dashes_stay_apart_and_a_dash_is_a_cell() {
        let text = "UFFICIO   LUNEDI       MARTEDI\n------------------------------\nUrp       9.00-12.00   -\nSuap      -            9.00-11.00\nIci       9.00-10.00   9.00-11.00\n";
        assert_eq!(kinds(text)[0].1, "UFFICIO|LUNEDI|MARTEDI/Urp|9.00-12.00|-/Suap|-|9.00-11.00/Ici|9.00-10.00|9.00-11.00");
    }

    #[test]
    fn bars_and_dots_part_columns_too() {
        assert_eq!(kinds("| Ufficio | Telefono |\n|---|---|\n| Urp | 0583 1 |\n")[0].1, "Ufficio|Telefono/Urp|0583 1");
        assert_eq!(kinds("lunedì ........ 9-12\nmartedì ....... 15-17\n")[0].1, "lunedì|9-12/martedì|15-17");
    }

    #[test]
    fn a_bar_in_one_line_is_no_table() {
        assert_eq!(kinds("Cronaca | lunedì 9 ottobre\n\nTesto.")[0].0, "Paragraph");
    }

    #[test]
    fn a_text_all_in_capitals_has_no_titles() {
        assert_eq!(kinds("UFFICIO TRIBUTI\n\nSI RICEVE IL LUNEDI")[0].0, "Paragraph");
    }

    #[test]
    fn sentences_broken_at_the_width_of_the_page_are_whole() {
        let text = "Si avvisa la cittadinanza che da lunedì 3 maggio l'ufficio anagrafe\nsarà aperto anche il pomeriggio.";
        assert_eq!(
            kinds(text)[0].1,
            "Si avvisa la cittadinanza che da lunedì 3 maggio l'ufficio anagrafe sarà aperto anche il pomeriggio."
        );
    }
}
