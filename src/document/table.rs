//! Tables: told from layout, then laid out as a grid in which every span is resolved.

use ego_tree::NodeRef;
use scraper::Node;

use super::flow::Gathered;
use super::{Cell, Table};

/// Cells of all tables of a document, repeated ones included.
pub const MAX_CELLS: usize = 100_000;
/// Columns of one table.
const MAX_COLUMNS: usize = 1_000;
/// Bytes of text that repeated cells of one table may copy.
const MAX_COPIED: usize = 1 << 20;
/// A cell with more text than this holds a page, not a value.
const LONG_CELL: usize = 700;
/// … and so does one with this much, if empty lines part it.
const PARTED_CELL: usize = 200;

/// Whether a `<table>` only arranges the page: it holds another table, has one row or one column, or holds whole texts.
pub(super) fn is_layout(table: NodeRef<'_, Node>) -> bool {
    let (mut rows, mut columns, mut headers, mut structure) = (0usize, 0usize, 0usize, 0usize);
    let mut in_row = 0usize;
    let (mut cell, mut whole_text) = (CellLook::default(), false);
    // a menu in one cell, and the page in another
    let (mut menu, mut page) = (false, false);
    for node in table.descendants().skip(1) {
        match node.value() {
            Node::Element(element) => match element.name() {
                "table" => return true,
                "tr" => {
                    rows += 1;
                    in_row = 0;
                }
                "td" | "th" => {
                    in_row += 1;
                    columns = columns.max(in_row);
                    headers += usize::from(element.name() == "th");
                    whole_text |= cell.is_text();
                    (menu, page) = (menu || cell.is_menu(), page || cell.paragraphs >= 3);
                    cell = CellLook::default();
                }
                "br" | "hr" => cell.end_line(),
                "p" | "ul" | "ol" | "dl" | "center" => cell.paragraphs += 1,
                "a" => cell.links += 1,
                "h1" | "h2" | "h3" | "form" | "nav" | "main" | "article" | "section" => structure += 1,
                _ => {}
            },
            Node::Text(text) if !text.trim().is_empty() => cell.text(text.trim(), is_bold(node)),
            _ => {}
        }
    }
    whole_text |= cell.is_text() || (menu || cell.is_menu()) && (page || cell.paragraphs >= 3);
    let role = table.value().as_element().and_then(|e| e.attr("role")).unwrap_or_default();
    if role == "presentation" || role == "none" || columns < 2 {
        return true;
    }
    headers == 0 && (rows < 2 || structure > 0 || whole_text)
}

/// Whether a text is set in bold.
fn is_bold(text: NodeRef<'_, Node>) -> bool {
    // "<b><font><u>Anagrafe": a few elements around the words, and never the whole page
    const NEAR: usize = 4;
    text.ancestors()
        .take(NEAR)
        .map_while(|node| node.value().as_element().map(|element| element.name()))
        .take_while(|name| !matches!(*name, "td" | "th" | "p" | "div"))
        .any(|name| matches!(name, "b" | "strong"))
}

/// What is seen of a cell while the table is looked through: how long its text is, and how it is parted by lines left empty.
#[derive(Default)]
struct CellLook {
    length: usize,
    /// Parts with an empty line between them.
    parts: usize,
    /// Those of them that open with a line in bold and go on below it: "<b>TRIBUTI</b><br>lun 9-12<br><br>".
    titled: usize,
    /// Lines that ended since the last words.
    breaks: usize,
    /// The first line of the part is a title so far.
    title: bool,
    paragraphs: usize,
    links: usize,
}

impl CellLook {
    fn text(&mut self, text: &str, bold: bool) {
        self.length += text.len();
        let opens_part = self.parts == 0 || self.breaks >= 2;
        if opens_part {
            self.parts += 1;
            // "<b>Orario:</b>" labels what stands in the cell
            self.title = bold && !text.ends_with(':');
        } else if self.title {
            self.titled += usize::from(self.breaks == 1);
            self.title = self.breaks == 0 && bold;
        }
        self.breaks = 0;
    }

    fn end_line(&mut self) {
        self.breaks += 1;
    }

    /// Whether the cell holds links and no more.
    fn is_menu(&self) -> bool {
        self.links >= 4 && self.paragraphs == 0
    }

    /// Whether the cell holds a page, or several entries of one.
    fn is_text(&self) -> bool {
        self.length > LONG_CELL || self.length > PARTED_CELL && self.parts >= 3 || self.titled >= 2
    }
}

/// A grid in the making, filled cell by cell in the page's order.
#[derive(Default)]
pub(super) struct Grid {
    table: Table,
    row: usize,
    column: usize,
    started: bool,
    /// For each column: rows still to fill from above, and the cell they repeat.
    hanging: Vec<(usize, usize, usize)>,
    open: Option<Opened>,
    copied: usize,
}

struct Opened {
    rowspan: usize,
    colspan: usize,
    header: bool,
}

impl Grid {
    pub(super) fn caption(&mut self, text: &str) {
        if self.table.caption.is_none() {
            self.table.caption = Some(text.to_owned());
        }
    }

    pub(super) fn open_row(&mut self) {
        if self.started {
            self.end_row();
            self.row += 1;
        }
        self.started = true;
        self.column = 0;
        self.table.rows.push(Vec::new());
    }

    pub(super) fn open_cell(&mut self, rowspan: Option<&str>, colspan: Option<&str>, header: bool) {
        if !self.started {
            self.open_row();
        }
        let number = |text: Option<&str>| text.and_then(|t| t.trim().parse::<usize>().ok()).unwrap_or(1);
        // rowspan=0 reaches to the end of the table
        let rowspan = match number(rowspan) {
            0 => usize::MAX,
            n => n,
        };
        self.open = Some(Opened { rowspan, colspan: number(colspan).clamp(1, MAX_COLUMNS), header });
    }

    /// The cell's text is known; `left` counts the cells that the document may still have.
    pub(super) fn close_cell(&mut self, gathered: Gathered, left: &mut usize) {
        let Some(opened) = self.open.take() else { return };
        self.fill_hanging(left);
        let origin = (self.row, self.column);
        let cell = Cell { text: gathered.text, links: gathered.links, header: opened.header, spans_from: None };
        for offset in 0..opened.colspan {
            if self.column >= MAX_COLUMNS || *left == 0 {
                return;
            }
            // A cell that would overlap one hanging from above: the older one wins its place.
            if offset > 0 && self.hanging.get(self.column).is_some_and(|(rows, _, _)| *rows > 0) {
                break;
            }
            let placed = if offset == 0 { cell.clone() } else { self.copy(&cell, origin) };
            self.place(placed, left);
            let at = self.column - 1;
            if opened.rowspan > 1 {
                if self.hanging.len() <= at {
                    self.hanging.resize(at + 1, (0, 0, 0));
                }
                if let Some(slot) = self.hanging.get_mut(at) {
                    *slot = (opened.rowspan - 1, origin.0, origin.1);
                }
            }
        }
    }

    fn copy(&mut self, cell: &Cell, origin: (usize, usize)) -> Cell {
        self.copied += cell.text.len();
        let whole = self.copied <= MAX_COPIED;
        Cell {
            text: if whole { cell.text.clone() } else { String::new() },
            links: if whole { cell.links.clone() } else { Vec::new() },
            header: cell.header,
            spans_from: Some(origin),
        }
    }

    fn place(&mut self, cell: Cell, left: &mut usize) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        if let Some(row) = self.table.rows.get_mut(self.row) {
            row.push(cell);
        }
        self.column += 1;
    }

    /// Fills the places that cells above reach down into, up to the next free one.
    fn fill_hanging(&mut self, left: &mut usize) {
        while let Some(slot) = self.hanging.get_mut(self.column)
            && slot.0 > 0
            && *left > 0
        {
            slot.0 -= 1;
            let origin = (slot.1, slot.2);
            let source = self.table.rows.get(origin.0).and_then(|row| row.get(origin.1)).cloned().unwrap_or_default();
            let copy = self.copy(&source, origin);
            self.place(copy, left);
        }
    }

    fn end_row(&mut self) {
        let mut unlimited = MAX_COLUMNS;
        while self.column < self.hanging.len() && unlimited > 0 {
            let before = self.column;
            self.fill_hanging(&mut unlimited);
            if self.column == before {
                if self.hanging.get(self.column..).unwrap_or_default().iter().all(|slot| slot.0 == 0) {
                    break;
                }
                self.place(Cell::default(), &mut unlimited);
            }
        }
    }

    /// The table, if it has any text.
    pub(super) fn finish(mut self) -> Option<Table> {
        self.end_row();
        self.table.rows.retain(|row| !row.is_empty());
        let any = self.table.rows.iter().flatten().any(|cell| !cell.text.is_empty() || !cell.links.is_empty());
        any.then_some(self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(grid: &mut Grid, text: &str, rowspan: &str, colspan: &str, left: &mut usize) {
        grid.open_cell(Some(rowspan), Some(colspan), false);
        grid.close_cell(Gathered { text: text.into(), links: vec![], strong: vec![] }, left);
    }

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        table.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect()
    }

    #[test]
    fn spans_are_resolved_in_both_directions() {
        let mut left = MAX_CELLS;
        let mut grid = Grid::default();
        grid.open_row();
        cell(&mut grid, "Ufficio", "2", "1", &mut left);
        cell(&mut grid, "Orario", "1", "2", &mut left);
        grid.open_row();
        cell(&mut grid, "mattina", "1", "1", &mut left);
        cell(&mut grid, "pomeriggio", "1", "1", &mut left);
        let table = grid.finish().unwrap();
        assert_eq!(texts(&table), [["Ufficio", "Orario", "Orario"], ["Ufficio", "mattina", "pomeriggio"]]);
        assert_eq!(table.rows[1][0].spans_from, Some((0, 0)));
        assert_eq!(table.rows[0][2].spans_from, Some((0, 1)));
    }

    #[test]
    fn the_last_column_may_hang_from_above() {
        let mut left = MAX_CELLS;
        let mut grid = Grid::default();
        grid.open_row();
        cell(&mut grid, "lun", "1", "1", &mut left);
        cell(&mut grid, "9-12", "0", "1", &mut left);
        grid.open_row();
        cell(&mut grid, "mar", "1", "1", &mut left);
        assert_eq!(texts(&grid.finish().unwrap()), [["lun", "9-12"], ["mar", "9-12"]]);
    }

    fn layout(page: &str) -> bool {
        let page = scraper::Html::parse_document(page);
        let table = page.root_element().descendants().find(|n| n.value().as_element().is_some_and(|e| e.name() == "table")).unwrap();
        is_layout(table)
    }

    #[test]
    fn cells_with_several_entries_arrange_the_page() {
        let cell = "<B>SEGRETERIA</B><BR>luned&igrave; 9-12<BR><BR><FONT><B>ECONOMATO</B></FONT><BR>marted&igrave; 9-12";
        assert!(layout(&format!("<TABLE><TR><TD COLSPAN=2>Comune</TD></TR><TR><TD>Home<BR>Albo</TD><TD>{cell}</TD></TR></TABLE>")));
        let text = "Gli uffici osservano il nuovo orario, che vale per tutto l'anno. ".repeat(2);
        let menu = "<a>Uffici</a><br><a>Servizi</a><br><a>Albo</a><br><a>Biblioteca</a>";
        assert!(layout(&format!("<table><tr><td>{menu}<td><center>Tributi</center><p>Tel. 0585 1<p>luned&igrave; 9-12</table>")));
        assert!(layout(&format!("<table><tr><td>Comune<td>Avvisi<tr><td>Home<td>{text}<br><br>{text}<br>&nbsp;<br>{text}</table>")));
    }

    #[test]
    fn cells_with_lines_and_labels_are_values() {
        let labelled = "<b>Orario:</b><br>luned&igrave; 9-12<br><br><b>Telefono:</b><br>0321 555120";
        assert!(!layout(&format!("<table><tr><td>Segreteria<td>{labelled}<tr><td>Economato<td>{labelled}</table>")));
        let names = "<b>Segreteria</b><br><br><b>Economato</b>";
        assert!(!layout(&format!("<table><tr><td>{names}<td>9-12<br><br>10-12<br><br>11-13<tr><td>Tributi<td>9-12</table>")));
    }

    #[test]
    fn absurd_spans_stay_within_bounds() {
        let mut left = 5_000;
        let mut grid = Grid::default();
        for _ in 0..200 {
            grid.open_row();
            for _ in 0..20 {
                cell(&mut grid, "x", "65535", "65535", &mut left);
            }
        }
        let table = grid.finish().unwrap();
        assert!(table.rows.iter().map(Vec::len).sum::<usize>() <= 210_000);
    }
}
