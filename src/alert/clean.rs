//! Text from pages, made harmless for mail: one line, nothing invisible, nothing that turns the reading direction.

use std::fmt::Write;

use crate::text::is_one_line;

/// One line of visible text: control characters, bidirectional controls and invisible marks are gone, white space is folded.
///
/// What remains can stand in a header or a template; it must still be escaped for HTML.
pub fn clean(text: &str) -> String {
    if is_one_line(text, |c| !is_invisible(c)) {
        return text.to_string();
    }
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') || c.is_control() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !is_invisible(c) {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// The text cleaned and, where longer than `limit` characters, cut at a word with an ellipsis.
pub(super) fn clip(text: &str, limit: usize) -> String {
    let line = clean(text);
    if line.len() <= limit {
        return line;
    }
    let Some((end, _)) = line.char_indices().nth(limit) else { return line };
    let head = line.get(..end).unwrap_or_default();
    let end = head.rfind(' ').filter(|space| *space > end / 2).unwrap_or(end);
    format!("{} […]", head.get(..end).unwrap_or_default().trim_end_matches([' ', ',', ';', ':']))
}

/// Characters that show nothing and mislead: bidirectional controls (Unicode UAX 9), zero-width marks, tags, private use.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Lower case without accents, words separated by single spaces: for comparing what people type with what pages say.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            c if c.is_alphanumeric() => c,
            '\u{300}'..='\u{36f}' => continue, // an accent of its own
            _ => ' ',
        };
        if c != ' ' || !folded.ends_with(' ') {
            let _ = folded.write_char(c);
        }
    }
    folded.trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_gone_and_what_is_seen_stays() {
        assert_eq!(clean("  Ufficio\r\nBcc: x@y.it\u{0}\u{202e}etirgarta\u{200b} – è «qui» "), "Ufficio Bcc: x@y.it etirgarta – è «qui»");
        assert_eq!(clean("a\u{2028}b\u{85}c"), "a b c");
        assert_eq!(clean("\u{feff}\u{2066}\u{2069}"), "");
    }

    #[test]
    fn long_text_is_cut_at_a_word() {
        assert_eq!(clip("uno due tre quattro", 12), "uno due tre […]");
        assert_eq!(clip("ùùùùùùùùùù", 4), "ùùùù […]");
        assert_eq!(clip("uno due", 12), "uno due");
    }

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(fold("L'Ufficio è CHIUSO lunedì; perche\u{301}?"), "l ufficio e chiuso lunedi perche");
    }
}
