//! PDF → blocks: glyphs with their places become pieces, pieces lines, lines paragraphs, headings and tables.
//!
//! A PDF is a program, and its streams are compressed without limit. What can be bounded here is: bytes, pages, glyphs; a panic of the
//! reader below is caught. Time and memory cannot be bounded from inside, so whoever reads a PDF from the network calls `document::read`
//! in a process of its own under limits of the system, and takes its end for "cannot be read".

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings, SoftMask,
    TransformExt, interpret_page,
};

use super::columns::{Line, Piece};
use super::{Document, layout};

/// Bytes of a PDF; larger ones are scans or brochures.
pub const MAX_BYTES: usize = 32 << 20;
/// Pages that are read.
pub const MAX_PAGES: usize = 100;
/// Glyphs that are read, on all pages.
pub const MAX_GLYPHS: usize = 400_000;
/// Rules of one page that are kept.
const MAX_RULES: usize = 5_000;

/// Whether the bytes are a PDF; some servers put a few bytes before the mark.
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.get(..1024).unwrap_or(bytes).windows(5).any(|window| window == b"%PDF-")
}

/// Reads a PDF.
pub(super) fn read(bytes: &[u8]) -> Document {
    let mut document = Document::default();
    if bytes.len() > MAX_BYTES {
        document.warnings.push(format!("the PDF has more than {} MiB and is not read", MAX_BYTES >> 20));
        return document;
    }
    match catch_unwind(AssertUnwindSafe(|| pages(bytes))) {
        Ok(Some((pages, cut))) => {
            document = layout::document(&pages);
            if cut {
                document.warnings.push(format!("cut after {MAX_PAGES} pages or {MAX_GLYPHS} characters"));
            }
            if document.blocks.is_empty() {
                document.warnings.push("the PDF holds no text: a scan, or empty".to_owned());
            }
        }
        Ok(None) => document.warnings.push("the PDF cannot be opened: damaged, or protected by a password".to_owned()),
        Err(_) => document.warnings.push("the PDF is damaged in a way that its reader does not survive".to_owned()),
    }
    document
}

/// One page: its lines from top to bottom, and the places of rules drawn across it.
pub(super) struct Page {
    pub(super) lines: Vec<Line>,
    pub(super) rules: Vec<f64>,
}

fn pages(bytes: &[u8]) -> Option<(Vec<Page>, bool)> {
    let pdf = Pdf::new(bytes.to_vec()).ok()?;
    let cache = InterpreterCache::new();
    let mut read = Vec::new();
    let mut left = MAX_GLYPHS;
    for page in pdf.pages().iter().take(MAX_PAGES) {
        let (width, height) = page.render_dimensions();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(page.initial_transform(true).to_kurbo(), bounds, &cache, pdf.xref(), InterpreterSettings::default());
        let mut collector = Collector { bounds, left, ..Collector::default() };
        interpret_page(page, &mut context, &mut collector);
        left = collector.left;
        read.push(collector.page());
        if left == 0 {
            break;
        }
    }
    let cut = left == 0 || pdf.pages().len() > MAX_PAGES;
    Some((read, cut))
}

/// A character on the page; y grows downwards.
struct Mark {
    from: f64,
    to: f64,
    y: f64,
    size: f64,
    bold: bool,
    /// White space stood before it.
    spaced: bool,
    text: String,
}

/// Takes what is drawn.
#[derive(Default)]
struct Collector {
    bounds: Rect,
    shown: Vec<Mark>,
    /// Text drawn invisibly: what recognition found in a scan.
    hidden: Vec<Mark>,
    across: Vec<f64>,
    down: Vec<(f64, f64, f64)>,
    left: usize,
}

impl Device<'_> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        let mut bold = None;
        let mut spaced = false;
        for glyph in run.glyphs() {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            let text = match glyph.as_unicode() {
                Some(BfString::Char(character)) => character.to_string(),
                Some(BfString::String(text)) => text,
                None => continue,
            };
            if text.chars().all(char::is_whitespace) {
                spaced = true;
                continue;
            }
            let transform: Affine = props.transform * glyph.transform();
            let origin = transform * Point::ZERO;
            let (advance, bold_here) = match &**glyph {
                Glyph::Outline(outline) => {
                    let bold_here = *bold.get_or_insert_with(|| outline.font_data().is_some_and(|data| is_bold(&data)));
                    (outline.advance_width().unwrap_or(500.0), bold_here)
                }
                Glyph::Type3(drawn) => (drawn.advance_width().unwrap_or(500.0), false),
            };
            let end = transform * Point::new(f64::from(advance), 0.0);
            let top = transform * Point::new(0.0, 1000.0);
            let size = (top - origin).hypot();
            // Text set upright or upside down is a stamp or a margin note.
            let level = (end.y - origin.y).abs() < 0.3 * (end.x - origin.x).abs() && end.x > origin.x;
            if !level || !self.bounds.inflate(2.0, 2.0).contains(origin) || !size.is_finite() || size < 1.0 {
                continue;
            }
            let mark = Mark { from: origin.x, to: end.x, y: origin.y, size, bold: bold_here, spaced, text };
            spaced = false;
            if matches!(mode, DrawMode::Invisible) { self.hidden.push(mark) } else { self.shown.push(mark) }
        }
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'_>, _: &DrawMode) {
        self.rule(props.transform.transform_rect_bbox(path.bounding_box()));
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'_>, _: &DrawMode) {
        self.rule(props.transform.transform_rect_bbox(*rect));
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

impl Collector {
    /// Thin shapes are rules; the edges of a box are rules too.
    fn rule(&mut self, shape: Rect) {
        if self.across.len() + self.down.len() >= MAX_RULES || !shape.is_finite() {
            return;
        }
        let (wide, high) = (shape.width() > 12.0, shape.height() > 6.0);
        if wide && shape.height() < self.bounds.height() * 0.9 {
            self.across.extend([shape.y0, shape.y1]);
        }
        if high && shape.width() < self.bounds.width() * 0.9 {
            self.down.extend([(shape.x0, shape.y0, shape.y1), (shape.x1, shape.y0, shape.y1)]);
        }
    }

    fn page(mut self) -> Page {
        let marks = if self.shown.is_empty() { std::mem::take(&mut self.hidden) } else { std::mem::take(&mut self.shown) };
        let lines = lines(marks, &self.down);
        self.across.sort_by(f64::total_cmp);
        self.across.dedup_by(|a, b| (*a - *b).abs() < 2.0);
        Page { lines, rules: self.across }
    }
}

fn is_bold(font: &hayro_interpret::font::OutlineFontData) -> bool {
    let named =
        font.postscript_name.as_deref().is_some_and(|name| ["Bold", "Black", "Heavy", "Semibold"].iter().any(|word| name.contains(word)));
    named || font.weight.is_some_and(|weight| weight >= 600)
}

/// Characters → lines: those on one height, from left to right, in pieces where a gap or a drawn rule parts them.
fn lines(mut marks: Vec<Mark>, down: &[(f64, f64, f64)]) -> Vec<Line> {
    marks.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut groups: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        match groups.last_mut() {
            // A raised figure stands higher by a third of the letters around it.
            Some(group) if group.last().is_some_and(|last| mark.y - last.y < 0.36 * last.size.min(mark.size).max(0.6 * last.size)) => {
                group.push(mark)
            }
            _ => groups.push(vec![mark]),
        }
    }
    groups.into_iter().filter_map(|group| line(group, down)).collect()
}

fn line(mut marks: Vec<Mark>, down: &[(f64, f64, f64)]) -> Option<Line> {
    marks.sort_by(|a, b| a.from.total_cmp(&b.from));
    let size = marks.iter().map(|mark| mark.size).fold(0.0, f64::max);
    let y = marks.iter().filter(|mark| mark.size > 0.9 * size).map(|mark| mark.y).fold(f64::MIN, f64::max);
    let mut pieces: Vec<Piece> = Vec::new();
    for mark in marks {
        if let Some(last) = pieces.last_mut() {
            let gap = mark.from - last.to;
            // Bold made by printing twice.
            if gap < -0.5 * (mark.to - mark.from) && last.text.ends_with(&mark.text) {
                continue;
            }
            let ruled =
                down.iter().any(|(x, top, bottom)| *x > last.to - 1.0 && *x < mark.from + 1.0 && *top < y && *bottom > y - size * 0.5);
            if gap < 1.3 * size && !(ruled && gap > 0.1 * size) {
                if mark.spaced && gap > 0.05 * size || gap > 0.18 * size {
                    last.text.push(' ');
                }
                last.text.push_str(&mark.text);
                last.to = last.to.max(mark.to);
                last.bold &= mark.bold;
                continue;
            }
        }
        pieces.push(Piece { from: mark.from, to: mark.to, text: mark.text, bold: mark.bold });
    }
    for piece in &mut pieces {
        piece.text = super::flow::fold(&piece.text);
    }
    pieces.retain(|piece| !piece.text.is_empty());
    (!pieces.is_empty()).then_some(Line { y, size, pieces })
}

#[cfg(test)]
mod tests {
    use super::super::{BlockKind, Input, read};

    /// A page whose texts stand at the given places, in 10 point Helvetica.
    fn pdf(texts: &[(f64, f64, &str)]) -> Vec<u8> {
        let mut content = String::from("BT /F 10 Tf\n");
        for (x, y, text) in texts {
            content.push_str(&format!("1 0 0 1 {x} {y} Tm ({text}) Tj\n"));
        }
        content.push_str("ET");
        format!(
            "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n\
             3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj\n\
             4 0 obj <</Length {}>> stream\n{content}\nendstream endobj\n\
             5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\ntrailer <</Root 1 0 R/Size 6>>\n%%EOF",
            content.len()
        )
        .into_bytes()
    }

    #[test]
    fn lines_become_paragraphs_and_columns_a_table() {
        let bytes = pdf(&[
            (50.0, 700.0, "Si avvisa che gli uffici osservano il seguente orario fino al termine dei lavori nella"),
            (50.0, 688.0, "sede municipale."),
            (50.0, 650.0, "Ufficio"),
            (250.0, 650.0, "Orario"),
            (50.0, 630.0, "Anagrafe"),
            (250.0, 630.0, "9.00-12.30"),
            (50.0, 610.0, "Tributi"),
            (250.0, 610.0, "10.00-12.00"),
        ]);
        let document = read(&Input { bytes: &bytes, ..Input::default() });
        assert_eq!(document.warnings, Vec::<String>::new());
        assert_eq!(
            document.blocks[0].text,
            "Si avvisa che gli uffici osservano il seguente orario fino al termine dei lavori nella sede municipale."
        );
        let BlockKind::Table(table) = &document.blocks[1].kind else { panic!("{:?}", document.blocks) };
        let rows: Vec<Vec<&str>> = table.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect();
        assert_eq!(rows, [["Ufficio", "Orario"], ["Anagrafe", "9.00-12.30"], ["Tributi", "10.00-12.00"]]);
        assert!(table.rows[0][0].header);
    }

    #[test]
    fn a_damaged_file_is_a_warning() {
        for bytes in [&b"%PDF-1.7"[..], b"%PDF-1.4\n1 0 obj <</Type/Catalog", b"%PDF-\xFF\xFF\xFF"] {
            let document = read(&Input { bytes, ..Input::default() });
            assert!(document.blocks.is_empty());
            assert_eq!(document.warnings.len(), 1);
        }
    }
}
