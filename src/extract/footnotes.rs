//! Notes at the foot of a table: "(*) solo su appuntamento" speaks of the cells and offices that carry its sign.
//!
//! In: the blocks that follow a table. Out: the notes with their signs, and which blocks they take up.

use crate::document::{Block, BlockKind};

/// How many blocks below a table its notes may stand.
const REACH: usize = 6;

/// The notes of one table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Footnotes {
    notes: Vec<(String, String)>,
    /// The blocks that hold them.
    pub blocks: Vec<usize>,
}

impl Footnotes {
    /// The notes of the table that is block `table`: lines below it that begin with a sign that it holds.
    pub fn of(blocks: &[Block], table: usize) -> Self {
        let mut found = Self::default();
        let Some(BlockKind::Table(grid)) = blocks.get(table).map(|block| &block.kind) else { return found };
        for (index, block) in blocks.iter().enumerate().skip(table + 1).take(REACH) {
            if matches!(block.kind, BlockKind::Heading(_) | BlockKind::Table(_)) {
                break;
            }
            let lines: Vec<(&str, &str)> = block.text.lines().filter_map(sign).collect();
            let own = |sign: &str| grid.rows.iter().flatten().any(|cell| carries(&cell.text, sign));
            if lines.len() == block.text.lines().count() && !lines.is_empty() && lines.iter().all(|(sign, _)| own(sign)) {
                found.notes.extend(lines.iter().map(|(sign, note)| (bare(sign).to_string(), (*note).to_string())));
                found.blocks.push(index);
            }
        }
        found
    }

    /// A cell's words with what its sign stands for beside them.
    pub fn beside(&self, text: &str) -> String {
        match self.notes.iter().find(|(sign, _)| carries(text, sign)) {
            Some((sign, note)) if is_detail(note) && text.contains(|c: char| c.is_ascii_digit() && !sign.contains(c)) => {
                format!("{} ({})", without(text, sign), note.trim_end_matches('.'))
            }
            Some((sign, _)) => without(text, sign),
            None => text.to_string(),
        }
    }

    /// The notes that say more than a cell can hold, with the first words of the rows that carry their signs.
    pub fn on_rows(&self, rows: &[(String, String)]) -> Vec<(String, &str)> {
        let long = self.notes.iter().filter(|(_, note)| !is_detail(note));
        long.flat_map(|(sign, note)| {
            let marked = rows.iter().filter(|(name, rest)| !carries(name, sign) && carries(rest, sign));
            marked.map(|(name, _)| (name.replace('\n', " "), note.as_str()))
        })
        .collect()
    }

    /// The notes whose signs stand beside names rather than figures, with those names.
    pub fn on_names<'a>(&'a self, names: &[&str]) -> Vec<(Vec<String>, &'a str)> {
        self.notes
            .iter()
            .filter_map(|(sign, note)| {
                let plain = |name: &&&str| carries(name, sign) && !without(name, sign).contains(|c: char| c.is_ascii_digit());
                let whom: Vec<String> = names.iter().filter(plain).map(|name| without(name, sign).replace('\n', " ")).collect();
                (!whom.is_empty()).then_some((whom, note.as_str()))
            })
            .collect()
    }
}

/// A note that qualifies hours without dates of its own: "solo su appuntamento".
fn is_detail(note: &str) -> bool {
    !note.contains(|c: char| c.is_ascii_digit())
}

/// The sign that opens a line, and the note: "(*) solo …", "** chiuso …", "(1) …", "¹ …".
fn sign(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let end = if line.starts_with(['(', '[']) {
        line.find([')', ']']).filter(|end| *end <= 4)? + 1
    } else {
        line.char_indices().find(|(_, c)| !is_sign(*c)).map(|(at, _)| at)?
    };
    let (sign, note) = line.split_at_checked(end)?;
    let inner = bare(sign);
    let lettered = inner.len() == 1 && inner.chars().all(|c| c.is_ascii_alphanumeric());
    let signs = !inner.is_empty() && (inner.chars().all(is_sign) || sign.len() > inner.len() && lettered);
    let note = note.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '='));
    (signs && !note.is_empty()).then_some((sign, note))
}

fn is_sign(c: char) -> bool {
    matches!(c, '*' | '†' | '‡' | '§' | '¹' | '²' | '³' | '⁴'..='⁹' | '°')
}

fn bare(sign: &str) -> &str {
    sign.trim_matches(['(', ')', '[', ']'])
}

/// Whether a text ends with a sign, or has it before a line's end.
fn carries(text: &str, sign: &str) -> bool {
    let sign = bare(sign);
    text.lines().any(|line| {
        let line = line.trim_end();
        let figures = sign.chars().all(|c| c.is_ascii_alphanumeric());
        let bracketed = [format!("({sign})"), format!("[{sign}]")].iter().any(|form| line.contains(form.as_str()));
        let longer = || line.strip_suffix(sign).is_some_and(|rest| !rest.ends_with(is_sign));
        bracketed || !figures && longer()
    })
}

/// A text without its sign.
fn without(text: &str, sign: &str) -> String {
    let mut out = text.to_string();
    for form in [format!("({sign})"), format!("[{sign}]"), sign.to_string()] {
        let figures = form.chars().all(|c| c.is_ascii_alphanumeric());
        if !figures {
            out = out.replace(&form, "");
        }
    }
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_opens_with_a_sign_is_a_note() {
        assert_eq!(sign("(*) solo su appuntamento"), Some(("(*)", "solo su appuntamento")));
        assert_eq!(sign("** chiuso ad agosto"), Some(("**", "chiuso ad agosto")));
        assert_eq!(sign("(1): su prenotazione"), Some(("(1)", "su prenotazione")));
        assert_eq!(sign("(A) su prenotazione"), Some(("(A)", "su prenotazione")));
        assert_eq!(sign("⁴ su prenotazione"), Some(("⁴", "su prenotazione")));
        assert_eq!(sign("(provincia di Prova)"), None);
        assert_eq!(sign("1 piano"), None);
    }

    #[test]
    fn a_cell_says_what_its_sign_stands_for() {
        let notes = Footnotes { notes: vec![("*".into(), "solo su appuntamento.".into())], blocks: vec![1] };
        assert_eq!(notes.beside("9.30 – 12.00 *"), "9.30 – 12.00 (solo su appuntamento)");
        assert_eq!(notes.beside("9.30 – 12.00"), "9.30 – 12.00");
        assert_eq!(notes.on_names(&["Ragioneria (*)", "Tributi"]), [(vec!["Ragioneria".to_string()], "solo su appuntamento.")]);
    }
}
