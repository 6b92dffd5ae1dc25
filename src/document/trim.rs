//! Skips what no reader sees before the page is parsed: scripts, styles, drawings, comments, and values as long as a page.
//!
//! Most bytes of a page are of that kind (`__VIEWSTATE` alone has 60 kB), and the parser would take each of them apart. Where the text
//! is not as simple as it seems (something is never closed), the rest is left as it is: then the parser decides, only slower.

use memchr::{memchr, memchr3, memmem};

/// Values of attributes longer than this are skipped.
const LONG_VALUE: usize = 1024;

/// The pieces of a page that matter, in order.
pub(super) struct Spoken<'a> {
    text: &'a str,
    at: usize,
    /// The next piece begins inside a tag.
    in_tag: bool,
}

/// The pieces of `text` without what nobody sees.
pub(super) fn spoken(text: &str) -> Spoken<'_> {
    Spoken { text, at: 0, in_tag: false }
}

/// Where a tag ends, or a value in it that is too long.
enum Tag {
    Ends(usize),
    Long { from: usize, to: usize },
}

impl<'a> Iterator for Spoken<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return None;
        }
        let from = self.at;
        let mut at = from;
        if std::mem::take(&mut self.in_tag) {
            match tag(bytes, at + 1) {
                Some(Tag::Ends(end)) => at = end,
                Some(Tag::Long { from: value, to }) => return self.long(from, value, to),
                None => return self.rest(from),
            }
        }
        loop {
            let Some(open) = memchr(b'<', bytes.get(at..)?).map(|offset| at + offset) else { return self.rest(from) };
            let after = bytes.get(open + 1..).unwrap_or_default();
            if after.starts_with(b"!--") {
                // "<!-->" is a whole comment
                let Some(end) = memmem::find(bytes.get(open + 2..)?, b"-->").map(|offset| open + 2 + offset + 3) else {
                    return self.rest(from);
                };
                if open > from {
                    self.at = end;
                    return self.text.get(from..open);
                }
                return self.skip_to(end);
            }
            if !after.first().is_some_and(u8::is_ascii_alphabetic) {
                at = open + 1;
                continue;
            }
            let length = after.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(after.len());
            let name = after.get(..length).unwrap_or_default();
            let end = match tag(bytes, open + 1 + length) {
                Some(Tag::Ends(end)) => end,
                Some(Tag::Long { from: value, to }) if !is_raw(name) => return self.long(from, value, to),
                _ => return self.rest(from),
            };
            let inside = bytes.get(open..end).unwrap_or_default();
            let unseen = name.eq_ignore_ascii_case(b"script") && memmem::find(inside, b"ld+json").is_none()
                || name.eq_ignore_ascii_case(b"style")
                || name.eq_ignore_ascii_case(b"svg") && !inside.ends_with(b"/>");
            if unseen || is_raw(name) {
                let Some((close, closed)) = closing(bytes, end, name) else { return self.rest(from) };
                if unseen {
                    if open > from {
                        self.at = closed;
                        return self.text.get(from..open);
                    }
                    return self.skip_to(closed);
                }
                at = close;
                continue;
            }
            at = end;
        }
    }
}

impl<'a> Spoken<'a> {
    fn rest(&mut self, from: usize) -> Option<&'a str> {
        self.at = self.text.len();
        self.text.get(from..)
    }

    fn long(&mut self, from: usize, value: usize, to: usize) -> Option<&'a str> {
        self.at = to;
        self.in_tag = true;
        self.text.get(from..value)
    }

    /// Nothing stands before what is skipped: an empty piece keeps the order simple.
    fn skip_to(&mut self, at: usize) -> Option<&'a str> {
        self.at = at;
        Some("")
    }
}

/// Elements whose content is text whatever it looks like.
fn is_raw(name: &[u8]) -> bool {
    [&b"script"[..], b"style", b"textarea", b"title", b"iframe", b"noembed", b"noframes", b"xmp"]
        .iter()
        .any(|raw| name.eq_ignore_ascii_case(raw))
}

/// Walks from inside a tag to its end; quotes count only where a value begins.
fn tag(bytes: &[u8], mut at: usize) -> Option<Tag> {
    loop {
        let found = at + memchr3(b'"', b'\'', b'>', bytes.get(at..)?)?;
        let byte = *bytes.get(found)?;
        if byte == b'>' {
            return Some(Tag::Ends(found + 1));
        }
        let before = bytes.get(at..found)?.iter().rev().find(|byte| !byte.is_ascii_whitespace());
        if before != Some(&b'=') {
            at = found + 1;
            continue;
        }
        let close = found + 1 + memchr(byte, bytes.get(found + 1..)?)?;
        if close - found > LONG_VALUE {
            return Some(Tag::Long { from: found + 1, to: close });
        }
        at = close + 1;
    }
}

/// Where the end tag of `name` begins and ends.
fn closing(bytes: &[u8], from: usize, name: &[u8]) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        let open = at + memmem::find(bytes.get(at..)?, b"</")?;
        let after = bytes.get(open + 2..)?;
        let whole = after.get(name.len()).is_some_and(|byte| !byte.is_ascii_alphanumeric());
        if whole && after.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name)) {
            let end = open + 2 + memchr(b'>', after)? + 1;
            return Some((open, end));
        }
        at = open + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        spoken(text).collect()
    }

    #[test]
    fn scripts_styles_drawings_and_comments_go() {
        assert_eq!(kept("a<script>if (a<b) '<p>'</SCRIPT >b<style>p{}</style>c<!-- <p> -->d<svg a='>'><path/></svg>e<!-->f"), "abcdef");
        assert_eq!(
            kept("<script type='application/ld+json'>{\"a\":\"<!--\"}</script>x"),
            "<script type='application/ld+json'>{\"a\":\"<!--\"}</script>x"
        );
    }

    #[test]
    fn long_values_go_and_their_tags_stay() {
        let page = format!("<input value=\"{}\" id='x > y'><p title=\"{}\">t", "A<b>".repeat(2_000), "B".repeat(2_000));
        assert_eq!(kept(&page), "<input value=\"\" id='x > y'><p title=\"\">t");
    }

    #[test]
    fn what_is_never_closed_stays() {
        for page in ["a<script>b", "a<!-- b", "a<p title=\"b", "a<svg><g>", "<", "<a", "a<"] {
            assert_eq!(kept(page), page);
        }
    }

    #[test]
    fn names_and_quotes_are_taken_at_their_word() {
        for page in ["<svga>x</svga>", "<p class=a\">x<i b='\"'>", "<textarea><!-- </textarea>y<svg/>z", "1 < 2 <> <3"] {
            assert_eq!(kept(page), page);
        }
    }
}
