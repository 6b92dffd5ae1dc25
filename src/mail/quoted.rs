//! Texts in quoted-printable (RFC 2045 §6.7). Mails that go to thousands differ in a line or two, the links that are each reader's own, and
//! each line is encoded by itself: what a text shares with one before it, at its beginning and at its end, is taken over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// So many texts are kept: plain, HTML and calendar, in two languages.
const MAX_KEPT: usize = 6;
/// A text is put together from a kept one where they share half of it; else it is kept in its turn.
const SHARED_PART: usize = 2;

/// Encodes texts, and remembers the last.
#[derive(Debug, Default)]
pub struct Quoted {
    kept: Mutex<VecDeque<Arc<Encoded>>>,
}

/// A text and what became of it.
#[derive(Debug)]
struct Encoded {
    text: String,
    quoted: String,
    /// Where each line begins in both, and their ends.
    starts: Vec<(usize, usize)>,
}

impl Quoted {
    /// The text with its lines ended by CRLF, none longer than 76 characters. The same for the same text, whatever went before.
    pub fn encode(&self, text: &str) -> String {
        let kept: Vec<Arc<Encoded>> = self.kept.lock().map(|kept| kept.iter().cloned().collect()).unwrap_or_default();
        if let Some(quoted) = kept.iter().find_map(|known| known.adapted_to(text)) {
            return quoted;
        }
        let encoded = Encoded::of(text);
        let quoted = encoded.quoted.clone();
        if let Ok(mut kept) = self.kept.lock() {
            kept.truncate(MAX_KEPT - 1);
            kept.push_front(Arc::new(encoded));
        }
        quoted
    }
}

impl Encoded {
    fn of(text: &str) -> Self {
        let (mut quoted, mut starts, mut place) = (String::with_capacity(text.len() * 5 / 4), Vec::new(), 0);
        for line in text.split_inclusive('\n') {
            starts.push((place, quoted.len()));
            place += line.len();
            encode_line(line, &mut quoted);
        }
        starts.push((place, quoted.len()));
        Self { text: text.into(), quoted, starts }
    }

    /// What another text becomes, if it shares enough whole lines with this one.
    fn adapted_to(&self, text: &str) -> Option<String> {
        let (known, new) = (self.text.as_bytes(), text.as_bytes());
        let n_before = n_shared_before(known, new);
        // the end begins no line: the other text may go on there
        let (_, lines) = self.starts.split_last()?;
        let (head, quoted_head) = *lines.get(lines.partition_point(|(place, _)| *place <= n_before).checked_sub(1)?)?;
        let n_after = n_shared_after(known.get(head..)?, new.get(head..)?);
        // a line of which the end before is shared too begins in both
        let after = self.starts.partition_point(|(place, _)| *place <= known.len() - n_after);
        let (tail, quoted_tail) = *self.starts.get(after).or(self.starts.last())?;
        let n_tail = known.len() - tail;
        if (head + n_tail) * SHARED_PART < new.len() {
            return None;
        }
        let mut quoted = String::with_capacity(self.quoted.len() + 64);
        quoted.push_str(self.quoted.get(..quoted_head)?);
        for line in text.get(head..new.len() - n_tail)?.split_inclusive('\n') {
            encode_line(line, &mut quoted);
        }
        quoted.push_str(self.quoted.get(quoted_tail..)?);
        Some(quoted)
    }
}

/// So many bytes are compared at once.
const CHUNK: usize = 64;

/// How many bytes two texts share at their beginning.
fn n_shared_before(one: &[u8], other: &[u8]) -> usize {
    let n_chunks = one.chunks_exact(CHUNK).zip(other.chunks_exact(CHUNK)).take_while(|(one, other)| one == other).count();
    let rest = one.iter().zip(other).skip(n_chunks * CHUNK);
    n_chunks * CHUNK + rest.take_while(|(one, other)| one == other).count()
}

/// How many bytes two texts share at their end.
fn n_shared_after(one: &[u8], other: &[u8]) -> usize {
    let n_chunks = one.rchunks_exact(CHUNK).zip(other.rchunks_exact(CHUNK)).take_while(|(one, other)| one == other).count();
    let rest = one.iter().rev().zip(other.iter().rev()).skip(n_chunks * CHUNK);
    n_chunks * CHUNK + rest.take_while(|(one, other)| one == other).count()
}

fn encode_line(line: &str, quoted: &mut String) {
    let (content, ended) = match line.strip_suffix('\n') {
        Some(content) => (content.trim_end_matches('\r'), true),
        None => (line.trim_end_matches('\r'), false),
    };
    quoted.push_str(&quoted_printable::encode_to_str(content));
    if ended {
        quoted.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        text.split('\n').map(|line| line.trim_end_matches('\r')).collect::<Vec<_>>().join("\r\n")
    }

    #[test]
    fn a_line_of_another_reader_is_encoded_and_the_rest_taken_over() {
        let letter = |link: &str| format!("Perché\nl'ufficio è chiuso.\n{}\nLasciare l'elenco: {link}\nFine \n", "x=".repeat(60));
        let quoted = Quoted::default();
        for link in ["https://a.test/d/AAAA", "https://a.test/d/BBBBBB", "", "https://a.test/d/AAAA"] {
            assert_eq!(quoted.encode(&letter(link)), Quoted::default().encode(&letter(link)), "{link}");
        }
        assert_eq!(quoted.kept.lock().unwrap().len(), 1, "one text was kept for all");
    }

    #[test]
    fn a_line_that_goes_on_is_folded_anew() {
        let quoted = Quoted::default();
        for text in ["a".repeat(70), "a".repeat(100), "a".repeat(70) + " ", "a".repeat(70)] {
            assert_eq!(quoted.encode(&text), Quoted::default().encode(&text));
        }
    }

    #[test]
    fn a_line_that_ends_like_another_is_not_taken_for_it() {
        let quoted = Quoted::default();
        for text in ["Uffici\n\n\n\n \n", "Uffici\n\n\n\n\t \n"] {
            assert_eq!(quoted.encode(text), Quoted::default().encode(text));
        }
    }

    proptest! {
        #[test]
        fn whatever_went_before_a_text_is_encoded_the_same_and_reads_the_same(
            texts in prop::collection::vec("[ab=è .\t\r\n]{0,60}", 1..6), long in "[a-z =]{0,200}",
        ) {
            let quoted = Quoted::default();
            for text in texts.iter().map(|text| format!("{long}\n{text}\n{long}\n")).chain(texts.iter().cloned()) {
                let encoded = quoted.encode(&text);
                prop_assert_eq!(&encoded, &Quoted::default().encode(&text));
                prop_assert!(encoded.split("\r\n").all(|line| line.len() <= 76 && !line.ends_with([' ', '\t'])));
                let decoded = quoted_printable::decode(&encoded, quoted_printable::ParseMode::Strict).unwrap();
                prop_assert_eq!(String::from_utf8(decoded).unwrap(), plain(&text));
            }
        }
    }
}
