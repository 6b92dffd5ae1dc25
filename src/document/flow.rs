//! Running text as it is gathered from a page: white space folded, invisible characters dropped, links and bold as ranges.

use std::ops::Range;

use super::Link;

/// Bytes of a usual block.
const USUAL: usize = 56;

/// Text in the making. One flow becomes one block or one cell of a table.
#[derive(Default)]
pub(super) struct Flow {
    pub(super) text: String,
    pub(super) links: Vec<Link>,
    pub(super) strong: Vec<Range<usize>>,
    /// White space seen since the last character: written only if another follows.
    gap: Gap,
    link_from: Option<(usize, String)>,
    strong_from: Option<usize>,
    strong_depth: u32,
    raised_from: Option<usize>,
    /// Whether it stands close behind a figure.
    raised_hour: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    /// A space if a letter or figure follows.
    Apart,
    Space,
    Line,
}

/// What a flow has gathered.
pub(super) struct Gathered {
    pub(super) text: String,
    pub(super) links: Vec<Link>,
    pub(super) strong: Vec<Range<usize>>,
}

impl Flow {
    /// Adds text of the page.
    pub(super) fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let (mut from, mut at) = (0, 0);
        while let Some(&byte) = bytes.get(at) {
            if byte > b' ' && byte < 0x7F {
                at += 1;
                continue;
            }
            let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            let length = character.len_utf8();
            let sort = sort(character);
            if sort == Sort::Plain {
                at += length;
                continue;
            }
            self.plain(text.get(from..at).unwrap_or_default());
            if sort == Sort::Space {
                self.gap = self.gap.max(Gap::Space);
            }
            at += length;
            from = at;
        }
        self.plain(text.get(from..).unwrap_or_default());
    }

    fn plain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.gap == Gap::Apart {
            // the first letter of a word set in another face ("<b>U</b>fficio") stays with it
            let alone = self.text.chars().rev().take_while(|c| c.is_alphabetic()).count() == 1;
            self.gap = if text.starts_with(char::is_alphanumeric) && !alone { Gap::Space } else { Gap::None };
        }
        self.close_gap();
        if self.text.capacity() == 0 {
            self.text.reserve(text.len().max(USUAL)); // most texts come in pieces
        }
        self.text.push_str(text);
    }

    fn close_gap(&mut self) {
        if !self.text.is_empty() {
            match self.gap {
                Gap::None | Gap::Apart => {}
                Gap::Space => self.text.push(' '),
                Gap::Line => self.text.push('\n'),
            }
        }
        if self.gap != Gap::None {
            // A link or bold run that began before the gap begins after it.
            let at = self.text.len();
            if let Some((from, _)) = &mut self.link_from
                && *from + 1 == at
            {
                *from = at;
            }
            if let Some(from) = &mut self.strong_from
                && *from + 1 == at
            {
                *from = at;
            }
        }
        self.gap = Gap::None;
    }

    /// A space that the page does not write but shows, such as between two inline boxes.
    pub(super) fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// One box of words ends and another begins with nothing between them: the next letter begins a word.
    pub(super) fn apart(&mut self) {
        if self.gap == Gap::None && self.text.ends_with(char::is_alphabetic) {
            self.gap = Gap::Apart;
        }
    }

    /// The page breaks the line here.
    pub(super) fn line(&mut self) {
        self.gap = Gap::Line;
    }

    pub(super) fn open_link(&mut self, href: String) {
        self.close_link();
        // Two links side by side are two words, however the page sets them apart.
        if self.gap == Gap::None && self.links.last().is_some_and(|last| last.range.end == self.text.len() && !last.range.is_empty()) {
            self.gap = Gap::Space;
        }
        self.link_from = Some((self.text.len(), href));
    }

    pub(super) fn close_link(&mut self) {
        if let Some((from, href)) = self.link_from.take() {
            self.links.push(Link { range: from.min(self.text.len())..self.text.len(), href });
        }
    }

    pub(super) fn open_strong(&mut self) {
        self.strong_depth += 1;
        if self.strong_depth == 1 {
            self.strong_from = Some(self.text.len());
        }
    }

    pub(super) fn close_strong(&mut self) {
        self.strong_depth = self.strong_depth.saturating_sub(1);
        if self.strong_depth == 0 {
            self.end_strong();
        }
    }

    fn end_strong(&mut self) {
        if let Some(from) = self.strong_from.take() {
            let to = self.text.len();
            match self.strong.last_mut() {
                // "<b>8.30</b> <b>12.30</b>" is one run
                Some(last) if from <= last.end + 1 && to > last.end => last.end = to,
                _ if from < to => self.strong.push(from..to),
                _ => {}
            }
        }
    }

    /// `<sup>` begins: "8<sup>30</sup>" is half past eight, "Ragioneria <sup>1</sup>" has a note.
    pub(super) fn open_raised(&mut self) {
        self.raised_from = Some(self.text.len());
        self.raised_hour = self.gap == Gap::None && self.text.ends_with(|c: char| c.is_ascii_digit());
    }

    /// `</sup>`: two digits below 60 after an hour get the point that the raised writing stands for; a figure behind a word, or at the start, is the sign of a note.
    pub(super) fn close_raised(&mut self) {
        let Some(at) = self.raised_from.take() else { return };
        if !self.raised_hour {
            return self.raise_sign(at);
        }
        let minutes = self.text.get(at..).unwrap_or_default();
        let before = self.text.get(..at).unwrap_or_default();
        let digits = before.bytes().rev().take(3).take_while(u8::is_ascii_digit).count();
        let hour: u32 = before.get(at - digits..).and_then(|d| d.parse().ok()).unwrap_or(99);
        let is_minutes = minutes.len() == 2 && minutes.bytes().all(|b| b.is_ascii_digit()) && minutes < "60";
        if is_minutes && digits <= 2 && hour <= 24 {
            self.text.insert(at, '.');
            for range in self.strong.iter_mut().chain(self.links.iter_mut().map(|link| &mut link.range)) {
                range.start += usize::from(range.start >= at);
                range.end += usize::from(range.end > at);
            }
        }
    }

    /// "Ragioneria 1" → "Ragioneria ¹": a sign for a note, and no part of the name.
    fn raise_sign(&mut self, from: usize) {
        const RAISED: [&str; 10] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
        let written = self.text.get(from..).unwrap_or_default();
        let at = from + written.len() - written.trim_start().len();
        let [figure @ b'1'..=b'9'] = written.trim().as_bytes() else { return };
        let unit = self.text.get(..at).unwrap_or_default().rsplit(|c: char| !c.is_alphabetic()).next();
        // "m²", "km²", where no space stands between
        if unit.is_some_and(|unit| matches!(unit, "m" | "mq" | "km" | "cm" | "co" | "CO")) {
            return;
        }
        let raised = RAISED.get(usize::from(figure - b'0')).copied().unwrap_or_default();
        self.text.replace_range(at..at + 1, raised);
        let more = raised.len() - 1;
        for range in self.strong.iter_mut().chain(self.links.iter_mut().map(|link| &mut link.range)) {
            range.start += if range.start > at { more } else { 0 };
            range.end += if range.end > at { more } else { 0 };
        }
    }

    /// Takes what has been gathered; a link or bold run that is still open goes on in the next flow.
    pub(super) fn take(&mut self) -> Gathered {
        let open_link = self.link_from.as_ref().map(|(_, href)| href.clone());
        self.close_link();
        self.end_strong();
        let mut gathered = Gathered {
            text: std::mem::take(&mut self.text),
            links: std::mem::take(&mut self.links),
            strong: std::mem::take(&mut self.strong),
        };
        // An address behind an icon has no text but is a value; other links without text say nothing.
        gathered.links.retain(|link| !link.range.is_empty() || ["mailto:", "tel:"].iter().any(|scheme| link.href.starts_with(scheme)));
        self.gap = Gap::None;
        self.raised_from = None;
        self.link_from = open_link.map(|href| (0, href));
        self.strong_from = (self.strong_depth > 0).then_some(0);
        gathered
    }

    /// Forgets open links and bold runs.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[derive(PartialEq, Eq)]
enum Sort {
    Plain,
    Space,
    Invisible,
}

/// What a character is to a reader.
fn sort(character: char) -> Sort {
    match character {
        ' ' | '\t' | '\n' | '\r' | '\x0C' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' => Sort::Space,
        '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Sort::Space,
        '\0'..='\x1F' | '\x7F'..='\u{9F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => Sort::Invisible,
        '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}' => Sort::Invisible,
        // Icon fonts draw their pictures in the private use area.
        '\u{E000}'..='\u{F8FF}' => Sort::Space,
        _ => Sort::Plain,
    }
}

/// Text folded as in a flow, in one go.
pub(super) fn fold(text: &str) -> String {
    let mut flow = Flow::default();
    flow.push(text);
    flow.text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_folds_and_invisible_characters_go() {
        assert_eq!(fold("  tel.\u{A0}\n\t0583\u{200B}21\u{AD}6 "), "tel. 0583216");
    }

    #[test]
    fn raised_minutes_get_their_point() {
        let read = |before: &str, raised: &str| {
            let mut flow = Flow::default();
            flow.push(before);
            flow.open_raised();
            flow.push(raised);
            flow.close_raised();
            flow.text
        };
        assert_eq!(read("dalle 8", "30"), "dalle 8.30");
        assert_eq!(read("il 1", "o"), "il 1o");
        assert_eq!(read("100 m", "2"), "100 m2");
        assert_eq!(read("nel 2024", "15"), "nel 202415");
        assert_eq!(read("Ragioneria ", "1"), "Ragioneria ¹");
        assert_eq!(read("", "2"), "²");
        assert_eq!(read("V", "a"), "Va");
    }

    #[test]
    fn ranges_do_not_hold_the_gap_before_them() {
        let mut flow = Flow::default();
        flow.push("scrivi a ");
        flow.open_link("mailto:a@b.it".into());
        flow.push(" a@b.it");
        flow.close_link();
        let gathered = flow.take();
        assert_eq!(&gathered.text[gathered.links[0].range.clone()], "a@b.it");
    }

    #[test]
    fn a_link_goes_on_in_the_next_block() {
        let mut flow = Flow::default();
        flow.open_link("/x".into());
        flow.push("uno");
        assert_eq!(flow.take().links.len(), 1);
        flow.push("due");
        assert_eq!(flow.take().links[0].range, 0..3);
    }
}
