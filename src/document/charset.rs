//! Bytes → text: byte order mark, then what the bytes themselves prove, then what headers and markup claim, then a guess.
//!
//! A claim of UTF-8 or Latin-1 is often wrong in either direction, so valid multi-byte UTF-8 wins over any single-byte claim.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far into the bytes a `<meta charset>` is looked for: browsers stop at 1024, old generators put comments before it.
const META_WINDOW: usize = 4096;
/// How many bytes a guess is made from.
const SAMPLE: usize = 256 << 10;

/// The text of a document, and whether some bytes could not be read and stand as U+FFFD.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) damaged: bool,
}

/// Decodes `bytes`; `content_type` is the value of the HTTP header, if there was one.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return run(encoding, bytes.get(length..).unwrap_or_default());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Some(text) = read_once_more(text) {
            return Decoded { text: Cow::Owned(text), damaged: false };
        }
        // Pure ASCII is the same in every encoding that pages claim, but for UTF-16, which pages cannot claim without a mark.
        return Decoded { text: Cow::Borrowed(text), damaged: false };
    }
    let claimed = content_type.and_then(from_header).or_else(|| from_meta(bytes.get(..META_WINDOW).unwrap_or(bytes)));
    match claimed {
        // Claims UTF-8 but is not: one broken byte in a long page must not turn all its accents into noise.
        Some(encoding) if encoding == UTF_8 => {
            let read = run(UTF_8, bytes);
            let broken = read.text.matches('\u{FFFD}').count();
            let accents = read.text.chars().filter(|c| !c.is_ascii() && *c != '\u{FFFD}').count();
            if broken > accents { run(guess(bytes), bytes) } else { read }
        }
        Some(encoding) => {
            let utf8 = mostly_utf8(bytes);
            run(if utf8 { UTF_8 } else { encoding }, bytes)
        }
        None => run(if mostly_utf8(bytes) { UTF_8 } else { guess(bytes) }, bytes),
    }
}

/// Text that was encoded twice ("lunedÃ¬"), read once more; `None` where nothing was.
fn read_once_more(text: &str) -> Option<String> {
    // "Ã", "Â", "â": what the first bytes of accents, of quotes and of dashes look like when they are taken for letters
    let is_odd = |at: usize| matches!(text.as_bytes().get(at + 1), Some(0x82 | 0x83 | 0xA2));
    if !memchr::memchr_iter(0xC3, text.as_bytes()).any(is_odd) {
        return None;
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_other = false;
    while let Some(start) = rest.find(|c: char| !c.is_ascii()) {
        let (plain, from) = rest.split_at(start);
        let (odd, after) = from.split_at(from.find(|c: char| c.is_ascii()).unwrap_or(from.len()));
        read.push_str(plain);
        match bytes_of(odd).and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(meant) => {
                read.push_str(&meant);
                is_other = true;
            }
            None => read.push_str(odd),
        }
        rest = after;
    }
    read.push_str(rest);
    is_other.then_some(read)
}

/// Letters as the bytes that a reader of Latin-1 or Windows-1252 took them from.
fn bytes_of(letters: &str) -> Option<Vec<u8>> {
    let byte = |c: char| match u8::try_from(u32::from(c)) {
        Ok(byte) => Some(byte),
        Err(_) => {
            let mut utf8 = [0; 4];
            let (bytes, _, unmappable) = WINDOWS_1252.encode(c.encode_utf8(&mut utf8));
            match bytes.as_ref() {
                [byte] if !unmappable => Some(*byte),
                _ => None,
            }
        }
    };
    letters.chars().map(byte).collect()
}

fn run<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, damaged }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..SAMPLE).unwrap_or(bytes), true);
    let guessed = detector.guess(Some(b"it"), Utf8Detection::Allow);
    // An Italian office writes in no other alphabet: a guess outside the Latin ones comes from too few accents.
    if guessed.name().starts_with("windows-125") || guessed.name().starts_with("ISO-8859-") || guessed == UTF_8 {
        guessed
    } else {
        WINDOWS_1252
    }
}

/// Whether the bytes hold many well-formed multi-byte sequences and hardly a stray byte.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut stray) = (0usize, 0usize);
    for chunk in bytes.get(..SAMPLE).unwrap_or(bytes).utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        stray += usize::from(!chunk.invalid().is_empty());
    }
    whole > 4 * stray
}

fn from_header(value: &str) -> Option<&'static Encoding> {
    let lower = value.to_ascii_lowercase();
    let (_, label) = lower.split_once("charset=")?;
    label_of(label)
}

/// The encoding that a `<meta charset>` or `<meta http-equiv=content-type>` or an XML declaration names.
fn from_meta(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let text = String::from_utf8_lossy(&lower);
    for key in ["charset=", "charset =", "encoding="] {
        for (at, _) in text.match_indices(key) {
            let before = text.get(..at).unwrap_or_default();
            let tag = before.rfind('<').map(|start| before.get(start..).unwrap_or_default()).unwrap_or_default();
            if !(tag.starts_with("<meta") || tag.starts_with("<?xml")) {
                continue;
            }
            if let Some(found) = label_of(text.get(at + key.len()..).unwrap_or_default()) {
                // A page whose ASCII declaration can be read is not in UTF-16, whatever it says.
                return Some(if found.name().starts_with("UTF-16") { UTF_8 } else { found });
            }
        }
    }
    None
}

fn label_of(text: &str) -> Option<&'static Encoding> {
    let label = text.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))).unwrap_or(label.len());
    Encoding::for_label(label.get(..end)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], content_type: Option<&str>) -> String {
        decode(bytes, content_type).text.into_owned()
    }

    #[test]
    fn a_byte_order_mark_decides() {
        assert_eq!(read(b"\xEF\xBB\xBFmarted\xC3\xAC", Some("text/html; charset=iso-8859-1")), "martedì");
        assert_eq!(read(b"\xFF\xFEl\x00\xEC\x00", None), "lì");
    }

    #[test]
    fn valid_utf8_wins_over_a_claim_of_latin_1() {
        assert_eq!(
            read("<meta charset=iso-8859-1>giovedì".as_bytes(), Some("text/html; charset=ISO-8859-1")),
            "<meta charset=iso-8859-1>giovedì"
        );
    }

    #[test]
    fn what_was_encoded_twice_is_read_once_more_and_nothing_else_is() {
        let twice = |text: &str| text.chars().map(|c| c.to_string().bytes().map(char::from).collect::<String>()).collect::<String>();
        for text in ["dal lunedì al sabato, perché così è più facile", "8:30–12:30 “città”", "È già l’ora"] {
            assert_eq!(read(twice(text).as_bytes(), Some("text/html; charset=utf-8")), text);
        }
        assert_eq!(
            read("lunedÃ¬ 8.30 â€“ 12.30, martedì".as_bytes(), None),
            "lunedì 8.30 – 12.30, martedì",
            "a page in part encoded twice"
        );
        for text in ["Châtel-Argent è a São Paulo", "NÃO", "lunedì «ore 9»", "±5 °C"] {
            assert_eq!(read(text.as_bytes(), None), text);
        }
    }

    #[test]
    fn latin_1_is_windows_1252() {
        assert_eq!(read(b"gioved\xEC \x93sera\x94 \x80 5", Some("text/html; charset=iso-8859-1")), "giovedì “sera” € 5");
        assert_eq!(
            read(b"<META CONTENT='text/html; charset=windows-1252'>luned\xEC", None),
            "<META CONTENT='text/html; charset=windows-1252'>lunedì"
        );
    }

    #[test]
    fn nothing_is_claimed_so_it_is_guessed() {
        assert_eq!(
            read(b"dal luned\xEC al gioved\xEC l'ufficio \xE8 chiuso, perch\xE9 s\xEC", None),
            "dal lunedì al giovedì l'ufficio è chiuso, perché sì"
        );
    }

    #[test]
    fn one_broken_byte_does_not_spoil_a_page_in_utf8() {
        let mut bytes = "lunedì, martedì, mercoledì, giovedì, venerdì ".as_bytes().to_vec();
        bytes.push(0xEC);
        assert!(read(&bytes, None).starts_with("lunedì, martedì"));
        assert!(decode(&bytes, None).damaged);
    }

    #[test]
    fn a_page_that_claims_utf8_and_is_not() {
        assert_eq!(read(b"<meta charset=utf-8>luned\xEC e gioved\xEC", None), "<meta charset=utf-8>lunedì e giovedì");
    }
}
