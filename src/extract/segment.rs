//! Segments: a document cut into the units that are read one by one: headings, sentences, list items, lines, rows of tables.
//!
//! In: blocks. Out: segments with their text, tokens and context. Rows of tables become lines of their own words: "Tributi: lunedì 9-12; Telefono 0583 …".

use super::footnotes::Footnotes;
use super::labels::Labels;
use crate::document::{Block, BlockKind, Document, Link, Region};
use crate::lexicon::Lexicon;
use crate::text::{Folded, Token, TokenKind, tokens};

/// What a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A heading, or a line that serves as one.
    Heading,
    /// A list item or a definition.
    Item,
    /// A row of a table, put in words.
    Row,
    /// A line of a block with several.
    Line,
    /// A sentence of a paragraph.
    Sentence,
}

/// Words of the document that became part of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words, as they stand in the document.
    pub words: String,
    /// Where they stand in the segment's text, with what introduces them.
    pub range: std::ops::Range<usize>,
}

/// One unit.
#[derive(Debug, Clone)]
pub struct Segment {
    /// What it is.
    pub role: Role,
    /// The block it comes from.
    pub block: usize,
    /// Its words.
    pub text: String,
    /// The words folded.
    pub folded: Folded,
    /// The folded words cut.
    pub tokens: Vec<Token>,
    /// Links, ranges in `text`.
    pub links: Vec<Link>,
    /// Indices of segments that are the headings above it, outermost first.
    pub headings: Vec<usize>,
    /// Where on the page.
    pub region: Region,
    /// Whether it is the first of its block.
    pub opens_block: bool,
    /// What to show as evidence, where the words were put together here.
    pub pieces: Vec<Piece>,
    /// The language, where it is not Italian.
    pub foreign: bool,
    /// Whether a quotation that began before goes on at its start.
    pub quoted: bool,
    /// The innermost element around it.
    pub container: usize,
    /// Words of the row that should say hours and cannot be read; they are not among its words.
    pub unread: Vec<String>,
}

impl Segment {
    fn new(role: Role, block: usize, text: String) -> Self {
        let folded = Folded::new(&text);
        let mut tokens = tokens(&folded.text);
        for token in &mut tokens {
            let range = folded.original(token.range.clone());
            token.upper = text.get(range).is_some_and(|word| word.starts_with(char::is_uppercase));
        }
        Self {
            role,
            block,
            text,
            folded,
            tokens,
            links: Vec::new(),
            headings: Vec::new(),
            region: Region::Main,
            opens_block: true,
            pieces: Vec::new(),
            foreign: false,
            quoted: false,
            container: 0,
            unread: Vec::new(),
        }
    }

    /// Whether the original of a token begins with a capital.
    pub fn is_capital(&self, token: usize) -> bool {
        let Some(token) = self.tokens.get(token) else { return false };
        let range = self.folded.original(token.range.clone());
        self.text.get(range).is_some_and(|word| word.starts_with(char::is_uppercase))
    }

    /// The original words of a run of tokens.
    pub fn words(&self, range: std::ops::Range<usize>) -> &str {
        let (Some(first), Some(last)) = (self.tokens.get(range.start), range.end.checked_sub(1).and_then(|i| self.tokens.get(i))) else {
            return "";
        };
        self.text.get(self.folded.original(first.range.start..last.range.end)).unwrap_or_default()
    }

    /// Whether it belongs to the page's frame and cannot hold what is looked for there: how to reach the body, and who signs.
    pub fn is_bare_frame(&self) -> bool {
        let text = &self.folded.text;
        let signs = || text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@') || text.contains("consorzio");
        match self.region {
            Region::Navigation | Region::Banner => true,
            Region::Footer => !signs(),
            Region::Main | Region::Aside => false,
        }
    }

    /// Whether it announces what follows: "… come segue:".
    pub fn announces(&self) -> bool {
        const ANNOUNCES: [&str; 10] = [
            "come segue",
            "quanto segue",
            "di seguito",
            "nel seguente modo",
            "il seguente orario",
            "i seguenti orari",
            "i seguenti giorni",
            "qui sotto",
            "sotto indicati",
            "questo orario",
        ];
        // "la PEC della Provincia diviene", with the address on the next line
        const BECOMES: [&str; 8] = ["diviene", "diventa", "divengono", "diventano", "diventera", "diverra", "sara", "saranno"];
        let text = self.folded.text.trim_end();
        let becomes = self.tokens.last().is_some_and(|t| t.is_any(&BECOMES));
        becomes || self.text.trim_end().ends_with(':') || ANNOUNCES.iter().any(|w| text.trim_end_matches('.').ends_with(w))
    }
}

/// All segments of a document, in reading order.
pub fn segments(document: &Document, lexicon: &Lexicon) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    let mut heading_of: Vec<Option<usize>> = vec![None; document.blocks.len()];
    let labels = Labels::find(document, lexicon);
    let mut notes: Vec<usize> = Vec::new();
    for (index, block) in document.blocks.iter().enumerate() {
        let start = out.len();
        if labels.is_label(index) || notes.contains(&index) {
            continue;
        }
        match &block.kind {
            BlockKind::Table(table) => {
                let footnotes = Footnotes::of(&document.blocks, index);
                out.extend(super::tables::rows(table, index, &footnotes, lexicon));
                notes = footnotes.blocks;
            }
            BlockKind::Heading(_) => {
                heading_of[index] = Some(out.len());
                out.push(whole(Role::Heading, index, block));
            }
            BlockKind::Term => {
                // a term goes with its definitions
                let next = document.blocks[index + 1..].iter().find(|b| !matches!(b.kind, BlockKind::Term));
                if !next.is_some_and(|b| matches!(b.kind, BlockKind::Definition(_))) {
                    out.push(whole(Role::Heading, index, block));
                }
            }
            BlockKind::Definition(term) => {
                let mut segment =
                    Segment::new(Role::Item, index, format!("{}: {}", terms(document, *term), block.text.replace('\n', ", ")));
                segment.pieces = vec![Piece { words: block.text.clone(), range: 0..segment.text.len() }];
                segment.links = block.links.iter().map(|l| Link { range: 0..0, href: l.href.clone() }).collect();
                out.push(segment);
            }
            BlockKind::Paragraph | BlockKind::Item(_) if labels.of(document, index).is_some() => {
                split(block, index, lexicon, &mut out);
                let label = labels.of(document, index).unwrap_or_default();
                if let Some(first) = out.get_mut(start) {
                    *first = labelled(label, first);
                }
            }
            BlockKind::Paragraph | BlockKind::Item(_) => split(block, index, lexicon, &mut out),
        }
        for segment in &mut out[start..] {
            segment.region = block.region;
            segment.container = block.container;
            segment.foreign = block
                .lang
                .as_deref()
                .is_some_and(|lang| lang.starts_with("de") || lang.starts_with("en") || lang.starts_with("fr") || lang.starts_with("sl"));
            let above = block.headings.iter().filter_map(|h| heading_of.get(*h).copied().flatten());
            // headings inside a table count from its first line
            segment.headings = above.chain(segment.headings.iter().map(|h| start + h)).collect();
        }
    }
    out
}

/// The terms that a definition explains: "Ambiente", "Patrimonio" above the hours of both.
fn terms(document: &Document, last: Option<usize>) -> String {
    let Some(last) = last else { return String::new() };
    let is_term = |at: &usize| document.blocks.get(*at).is_some_and(|b| matches!(b.kind, BlockKind::Term));
    let mut names: Vec<&str> =
        (0..=last).rev().take_while(is_term).map(|at| document.blocks[at].text.trim_end_matches(':').trim()).collect();
    names.reverse();
    names.join(", ")
}

/// A value with its label in front, as one line.
fn labelled(label: &str, value: &Segment) -> Segment {
    let front = label.len() + 2;
    let mut segment =
        Segment::new(if value.role == Role::Sentence { Role::Item } else { value.role }, value.block, format!("{label}: {}", value.text));
    segment.links =
        value.links.iter().map(|link| Link { range: link.range.start + front..link.range.end + front, href: link.href.clone() }).collect();
    (segment.opens_block, segment.quoted) = (value.opens_block, value.quoted);
    segment.pieces = vec![Piece { words: value.text.clone(), range: 0..segment.text.len() }];
    segment
}

fn whole(role: Role, index: usize, block: &Block) -> Segment {
    let mut segment = Segment::new(role, index, block.text.replace('\n', " "));
    segment.links.clone_from(&block.links);
    segment
}

/// The longest row of a table that is read, in bytes.
const LONGEST_ROW: usize = 4 * LONGEST_SENTENCE;

/// Builds a segment for words that stand nowhere as such (a row of a table).
pub fn synthetic(block: usize, text: String, pieces: Vec<Piece>, links: Vec<Link>) -> Segment {
    let end = text.floor_char_boundary(LONGEST_ROW.min(text.len()));
    let mut segment = Segment::new(Role::Row, block, text[..end].to_string());
    (segment.pieces, segment.links) = (pieces, links);
    segment
}

/// Cuts a paragraph into lines and the lines into sentences.
fn split(block: &Block, index: usize, lexicon: &Lexicon, out: &mut Vec<Segment>) {
    let lines = lines(&block.text, lexicon);
    let several = lines.len() > 1;
    let item = matches!(block.kind, BlockKind::Item(_));
    let mut quoted = false;
    for (n, line) in lines.iter().enumerate() {
        let text = &block.text[line.clone()];
        let sentences: Vec<_> = sentences(text, lexicon).into_iter().flat_map(|sentence| bounded(text, sentence)).collect();
        let single = sentences.len() == 1;
        for (m, sentence) in sentences.iter().enumerate() {
            let range = line.start + sentence.start..line.start + sentence.end;
            let text = block.text[range.clone()].trim().to_string();
            if text.is_empty() {
                continue;
            }
            let shift = range.start + (block.text[range.clone()].len() - block.text[range.clone()].trim_start().len());
            let role = match (item, several && single) {
                (true, _) => Role::Item,
                (false, true) => Role::Line,
                (false, false) => Role::Sentence,
            };
            let mut segment = Segment::new(role, index, text);
            let length = segment.text.len();
            segment.opens_block = n == 0 && m == 0;
            segment.quoted = quoted;
            quoted = super::scan::leaves_quote_open(&segment.text, quoted);
            segment.links = block
                .links
                .iter()
                .filter(|l| l.range.start >= range.start && l.range.end <= range.end.max(shift + length))
                .map(|l| Link { range: l.range.start.saturating_sub(shift)..l.range.end.saturating_sub(shift), href: l.href.clone() })
                .collect();
            out.push(segment);
        }
    }
}

/// The longest sentence that is read as one, in bytes. What is longer was not written by a person, and the work on a sentence grows faster than its length.
const LONGEST_SENTENCE: usize = 4096;

/// A sentence, or pieces of it cut at white space where it is longer than any.
fn bounded(text: &str, sentence: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = sentence.start;
    while sentence.end - start > LONGEST_SENTENCE {
        let most = (start + 1..=start + LONGEST_SENTENCE).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(sentence.end);
        let cut = text[start..most].rfind(char::is_whitespace).filter(|at| *at > 0).map_or(most, |at| start + at);
        pieces.push(start..cut);
        start = cut;
    }
    pieces.push(start..sentence.end);
    pieces
}

/// "gruppi: museo@…": a word or two, a colon, and what they label.
fn opens_with_label(words: &str) -> bool {
    words.split_once(':').is_some_and(|(label, value)| {
        label.split_whitespace().count() <= 2
            && label.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\''))
            && value.starts_with(' ')
    })
}

/// Lines of a text; a line that was only wrapped joins the one before.
fn lines(text: &str, lexicon: &Lexicon) -> Vec<std::ops::Range<usize>> {
    let mut lines: Vec<std::ops::Range<usize>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let words = line.trim();
        let wrapped = lines.last().is_some_and(|before: &std::ops::Range<usize>| {
            let before = text[before.clone()].trim_end();
            // "…, ad eccezione dei" above "Servizi demografici": a line that ends with a small word goes on
            let open = before.rsplit(' ').next().is_some_and(|word| OPEN_ENDS.contains(&word)) && before.chars().count() >= 20;
            let goes_on = ["del ", "della ", "dello ", "dei ", "delle ", "degli ", "dell'", "che ", "nonché ", "ed "]
                .iter()
                .any(|w| words.starts_with(w))
                && !before.ends_with(['.', ':', ';', '!', '?', ','])
                && before.chars().count() >= 30;
            if open || goes_on || closes_on_date(before, words, lexicon) {
                return true;
            }
            // hard-wrapped prose: a long line without an end, and a small letter at the start of the next
            before.chars().count() >= 55
                && !opens_with_label(words)
                && !opens_with_day(before, words, lexicon)
                && !before.ends_with(['.', ':', ';', '!', '?'])
                && words.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() && before.ends_with(','))
                && !words.starts_with(['-', '*'])
                && !before.ends_with(|c: char| c.is_ascii_digit())
                && !before.rsplit(' ').next().is_some_and(|word| word.contains('@'))
                && !opens_with_office(words, lexicon)
        });
        if !words.is_empty() {
            match lines.last_mut() {
                Some(before) if wrapped => before.end = end,
                _ => lines.push(start..end),
            }
        }
        start = end;
    }
    lines
}

/// "da lunedì a venerdì, ore 8.30-12.15" above "martedì, ore 14.30-16.30": each line has its day and its hours.
fn opens_with_day(before: &str, words: &str, lexicon: &Lexicon) -> bool {
    let timed = |line: &str| line.bytes().any(|byte| byte.is_ascii_digit());
    let day = |line: &str| {
        let folded = crate::text::fold(line);
        let mut words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        let led = matches!(first, "da" | "dal" | "il" | "dalla");
        lexicon.weekday(if led { words.next().unwrap_or_default() } else { first }).is_some()
    };
    timed(before) && timed(words) && day(before) && day(words) && !before.ends_with(',')
}

/// "… GLI UFFICI COMUNALI SARANNO CHIUSI" above "VENERDI' 16 AGOSTO 2024": a notice whose day stands on a line of its own.
fn closes_on_date(before: &str, next: &str, lexicon: &Lexicon) -> bool {
    const SHORTEST: usize = 25;
    let folded = crate::text::fold(before);
    let mut last = folded.split_whitespace().rev();
    let shut = last.next().is_some_and(|word| ["chius", "apert", "sospes"].iter().any(|stem| word.starts_with(stem)));
    let of_day = last.next().is_some_and(|word| lexicon.weekday(word.trim_end_matches(['\'', ':'])).is_some());
    let day: Vec<String> = crate::text::fold(next).split_whitespace().take(6).map(str::to_string).collect();
    let dated = day.iter().any(|word| word.len() > 3 && lexicon.month(word).is_some());
    let opens = day.first().is_some_and(|word| {
        let word = word.trim_end_matches('\'');
        lexicon.weekday(word).is_some() || matches!(word, "il" | "dal" | "dall" | "da" | "nei" | "nelle" | "nel" | "nella")
    });
    shut && !of_day && opens && dated && before.chars().count() >= SHORTEST
}

/// Words after which nobody ends a line of a list.
const OPEN_ENDS: [&str; 30] = [
    "di", "del", "della", "dello", "dei", "delle", "degli", "al", "alla", "allo", "ai", "alle", "agli", "il", "lo", "la", "i", "gli", "le",
    "e", "ed", "con", "per", "che", "nel", "nella", "dal", "dalla", "ad", "presso",
];

fn opens_with_office(words: &str, lexicon: &Lexicon) -> bool {
    let start: String = words.chars().take(40).collect();
    let tokens = tokens(&crate::text::fold(&start));
    (0..tokens.len().min(2)).any(|i| lexicon.office_at(&tokens, i).is_some() || lexicon.head_at(&tokens, i).is_some())
}

const ABBREVIATIONS: [&str; 51] = [
    "tel", "n", "nr", "art", "artt", "sig", "sigg", "dott", "dr", "prof", "ing", "arch", "avv", "geom", "rag", "ord", "sind", "prot",
    "ore", "h", "cell", "fax", "pag", "ecc", "es", "int", "uff", "loc", "fraz", "p", "c", "s", "ss", "v", "via", "co", "on", "egr",
    "spett", "cod", "cap", "del", "lett", "co", "rif", "tf", "agg", "app", "appunt", "pren", "prev",
];

/// Sentences of a line.
fn sentences(text: &str, lexicon: &Lexicon) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if !matches!(c, '.' | '!' | '?' | '…') {
            continue;
        }
        let after = at + c.len_utf8();
        let rest = &text[after..];
        let closing = rest.chars().next().filter(|c| matches!(c, '"' | '»' | '”' | '\'' | ')' | '’'));
        let rest_after = &rest[closing.map_or(0, char::len_utf8)..];
        let Some(next) = rest_after.trim_start().chars().next() else { continue };
        // "0571 660… (interni 412 e 415)": a number that goes on
        if c == '…' && text[..at].ends_with(|before: char| before.is_ascii_digit()) {
            continue;
        }
        let spaced = rest_after.starts_with(char::is_whitespace);
        let opens = next.is_uppercase() || matches!(next, '"' | '«' | '“' | '–' | '-' | '•' | '*' | '(' | '>') || next.is_ascii_digit();
        if !spaced || !opens || text[..at].ends_with('.') {
            continue;
        }
        if c == '.' && closing.is_none() {
            let word: String =
                text[start..at].chars().rev().take_while(|c| c.is_alphanumeric()).collect::<Vec<_>>().into_iter().rev().collect();
            let folded = crate::text::fold(&word);
            let short = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
            let number_behind = next.is_ascii_digit();
            let weekday = lexicon.weekday(&folded).is_some() && folded.len() <= 5;
            // "pom. 14/16", "febb. 9-12": a short word with a dot before a figure is cut off, not ended
            let cut_word = number_behind && word.chars().count() <= 5 && word.chars().all(char::is_alphabetic) && !is_time_word(&folded);
            if short
                || cut_word
                || ABBREVIATIONS.contains(&folded.as_str())
                || weekday
                    && (number_behind
                        || matches!(next, '-' | '–' | '÷')
                        || rest_after.trim_start().to_uppercase().starts_with("CHIUS")
                        || opens_with_weekday(rest_after, lexicon)
                        || next.is_uppercase() && text.chars().filter(|c| c.is_lowercase()).count() < 3)
            {
                continue;
            }
        }
        let end = after + closing.map_or(0, char::len_utf8);
        out.push(start..end);
        start = end;
    }
    if !text[start..].trim().is_empty() {
        out.push(start..text.len());
    }
    out
}

/// "Lun. Merc. Ven. 9-12": a day cut short, and another behind it.
fn opens_with_weekday(rest: &str, lexicon: &Lexicon) -> bool {
    let word: String = rest.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    lexicon.weekday(&crate::text::fold(&word)).is_some()
}

/// Short words that end sentences often: "… dalle 9 alle 12 e oltre. 24 dicembre chiuso".
fn is_time_word(word: &str) -> bool {
    ["ore", "mese", "anno", "mesi", "via", "sede", "noi", "voi", "qui", "poi", "si", "no", "posta", "mail", "tutti", "chiuso", "oggi"]
        .contains(&word)
}

/// Index of the first word of a segment, behind numbering and bullets: "1) ", "- ", "a) ", "> ".
pub fn first_word(tokens: &[Token]) -> usize {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.kind {
            TokenKind::Sign if !token.is("(") => at += 1,
            TokenKind::Number if tokens.get(at + 1).is_some_and(|t| t.is_any(&[")", "."])) => at += 2,
            // "2.3 Servizi educativi"
            TokenKind::Number if at >= 2 && tokens[at - 1].is(".") && tokens.get(at + 1).is_some_and(|t| t.kind == TokenKind::Word) => {
                at += 1
            }
            TokenKind::Word if token.text.len() == 1 && tokens.get(at + 1).is_some_and(|t| t.is(")")) => at += 2,
            _ => break,
        }
    }
    at
}
