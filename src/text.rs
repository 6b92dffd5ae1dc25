//! Text made comparable: folded to plain lower-case ASCII, character by character, and cut into tokens.
//!
//! In: a block's text. Out: tokens that know where they stand in it. Never loses the way back: every token has its place in the original.

use std::ops::Range;

use smol_str::SmolStr;

/// A text beside its folded form. One character of the original is one byte of the folded text, so that indices agree.
#[derive(Debug, Clone)]
pub struct Folded {
    /// Lower-case ASCII: accents stripped, all dashes `-`, all apostrophes `'`, `°` and `º` as `^`, unknown characters as `~`.
    pub text: String,
    /// The byte of the original at which each character begins; one more entry for the end.
    offsets: Vec<u32>,
    pairs: Pairs,
}

impl Folded {
    /// Folds a text.
    pub fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut offsets = Vec::with_capacity(original.len() + 1);
        for (at, c) in original.char_indices() {
            offsets.push(at as u32);
            text.push(fold_char(c));
        }
        offsets.push(original.len() as u32);
        let pairs = Pairs::of(&text);
        Self { text, offsets, pairs }
    }

    /// Whether the folded text holds these words, which are folded themselves. Of the hundreds that a sentence is asked for it holds hardly
    /// any: most are refused by their letters alone.
    pub fn has(&self, words: &str) -> bool {
        self.pairs.hold(words) && self.text.contains(words)
    }

    /// Whether it holds any of these.
    pub fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|words| self.has(words))
    }

    /// The byte range of the original for a range of folded characters.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let at = |i: usize| self.offsets.get(i).or(self.offsets.last()).map_or(0, |o| *o as usize);
        at(range.start)..at(range.end)
    }

    /// The folded index of a byte of the original.
    pub fn index_of(&self, byte: usize) -> usize {
        self.offsets.partition_point(|o| (*o as usize) < byte)
    }
}

/// Which pairs of neighbouring letters a text has, each as one of 256 bits that it shares with others: a text without a pair of some words
/// does not hold the words (B. H. Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970).
#[derive(Debug, Clone, Copy, Default)]
struct Pairs([u64; 4]);

impl Pairs {
    fn of(text: &str) -> Self {
        let mut bits = [0; 4];
        for pair in text.as_bytes().windows(2) {
            let (word, bit) = Self::place(pair);
            bits[word] |= bit;
        }
        Self(bits)
    }

    fn hold(&self, words: &str) -> bool {
        words.as_bytes().windows(2).all(|pair| {
            let (word, bit) = Self::place(pair);
            self.0[word] & bit != 0
        })
    }

    fn place(pair: &[u8]) -> (usize, u64) {
        let mixed = pair[0].wrapping_mul(37) ^ pair[1];
        (usize::from(mixed >> 6), 1 << (mixed & 63))
    }
}

/// Whether a text is one line of words with single spaces between them, in which all beyond ASCII is a visible character, as far as
/// `is_visible` knows: most texts are, and need no cleaning.
pub fn is_one_line(text: &str, is_visible: impl Fn(char) -> bool) -> bool {
    let mut after_space = true;
    for c in text.chars() {
        match c {
            ' ' if after_space => return false,
            ' ' => after_space = true,
            '!'..='~' => after_space = false,
            // letters with accents, Latin and no other
            '\u{c0}'..='\u{24f}' => after_space = false,
            c if c.is_ascii() || c.is_whitespace() || c.is_control() || !is_visible(c) => return false,
            _ => after_space = false,
        }
    }
    !after_space || text.is_empty()
}

/// Folds a text where the way back is not needed.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    folded.extend(text.chars().map(fold_char));
    folded
}

/// The end of a folded text, so many characters long.
pub fn tail(folded: &str, n_characters: usize) -> &str {
    folded.get(folded.len().saturating_sub(n_characters)..).unwrap_or(folded)
}

fn fold_char(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        ' '..='~' | '\n' => c,
        '\t' | '\r' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => ' ',
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' | '€' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => 'u',
        'ç' | 'Ç' => 'c',
        'ñ' | 'Ñ' => 'n',
        '’' | '‘' | '´' | 'ʼ' | '′' => '\'',
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '–' | '—' | '‒' | '―' | '−' | '÷' | '‐' | '‑' | '→' | '➔' => '-',
        '°' | 'º' | 'ª' | '˚' => '^',
        '•' | '·' | '▪' | '●' | '◦' | '‣' | '■' | '►' => '*',
        '…' => '.',
        '½' => '~',
        _ => '~',
    }
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with a closing apostrophe where it is an elision ("l'") or stands for an accent ("lunedi'", dropped from the text).
    Word,
    /// Digits only.
    Number,
    /// One sign.
    Sign,
}

/// One token of a folded text.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its place in the folded text.
    pub range: Range<usize>,
    /// Its folded text; an elided word keeps its apostrophe. Nearly every word is short enough to need no memory of its own.
    pub text: SmolStr,
    /// Whether white space stands before it.
    pub spaced: bool,
    /// Whether a line break stands before it.
    pub newline: bool,
    /// Whether the original begins with a capital; unknown (false) until a segment says so.
    pub upper: bool,
}

impl Token {
    /// Whether it is this word or sign.
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// Whether it is one of these.
    pub fn is_any(&self, texts: &[&str]) -> bool {
        texts.contains(&self.text.as_str())
    }

    /// Its value, if a number of up to nine digits.
    pub fn number(&self) -> Option<u32> {
        (self.kind == TokenKind::Number && self.text.len() <= 9).then(|| self.text.parse().ok()).flatten()
    }
}

/// Cuts a folded text into tokens.
pub fn tokens(folded: &str) -> Vec<Token> {
    let bytes = folded.as_bytes();
    let mut tokens = Vec::with_capacity(bytes.len() / 5 + 1);
    let (mut at, mut spaced, mut newline) = (0, true, true);
    while at < bytes.len() {
        let start = at;
        let c = bytes[at];
        if c == b' ' || c == b'\n' {
            spaced = true;
            newline |= c == b'\n';
            at += 1;
            continue;
        }
        let mut text_end = None;
        let kind = if c.is_ascii_alphabetic() {
            while at < bytes.len() && bytes[at].is_ascii_alphabetic() {
                at += 1;
            }
            if bytes.get(at) == Some(&b'\'') {
                let elides = bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
                // "lunedi'" closes a word, "l'ufficio" elides it, "'anagrafe'" is a quotation: dropped in either of the closed cases
                if !elides {
                    text_end = Some(at);
                }
                at += 1;
            }
            TokenKind::Word
        } else if c.is_ascii_digit() {
            while at < bytes.len() && bytes[at].is_ascii_digit() {
                at += 1;
            }
            TokenKind::Number
        } else {
            at += 1;
            TokenKind::Sign
        };
        let text = folded.get(start..text_end.unwrap_or(at)).unwrap_or_default().into();
        tokens.push(Token { kind, range: start..at, text, spaced, newline, upper: false });
        (spaced, newline) = (false, false);
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_their_typewriter_forms_agree() {
        let words = |text: &str| tokens(&fold(text)).into_iter().map(|t| t.text).collect::<Vec<_>>();
        assert_eq!(words("LUNEDI' e lunedì"), ["lunedi", "e", "lunedi"]);
        assert_eq!(words("dell’ufficio 1° piano"), ["dell'", "ufficio", "1", "^", "piano"]);
        assert_eq!(words("8÷12"), ["8", "-", "12"]);
    }

    #[test]
    fn words_are_held_that_the_text_contains_and_no_others() {
        let folded = Folded::new("L'Ufficio è chiuso: scrivere a urp@prova.example (o §)");
        let text = folded.text.clone();
        for from in 0..text.len() {
            for to in from..=text.len() {
                assert!(folded.has(&text[from..to]), "{}", &text[from..to]);
            }
        }
        for words in ["aperto", "chiusura", "uso:c", "@@", "z", "§", &"a".repeat(300)] {
            assert_eq!(folded.has(words), text.contains(words), "{words}");
        }
        assert!(!Folded::new("").has("a") && Folded::new("").has(""));
    }

    #[test]
    fn indices_lead_back_to_the_original() {
        let original = "È già lunedì";
        let folded = Folded::new(original);
        let token = &tokens(&folded.text)[2];
        assert_eq!(&original[folded.original(token.range.clone())], "lunedì");
    }
}
