//! How pages are written: what is put into a template is text and nothing else.
//!
//! The templates are compiled in (`askama`): one set for both languages. Short words stand in them side by side,
//! `{{ frame.t("Ente", "Body") }}`, so that neither language can be forgotten when a page changes and the structure exists once; long prose
//! has a file per language (`it/web/`, `en/web/`). Everything that is put in is escaped here, and characters that show nothing and turn the
//! reading direction never get through, whatever the view did.

use std::fmt::{Result, Write};

use askama::filters::Escaper;

use crate::alert::is_invisible;

/// The escaper of all templates of the site, named in `askama.toml`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shown;

impl Escaper for Shown {
    /// Writes what may stand as it is in one piece, the rest escaped or not at all.
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> Result {
        let (mut from, mut at) = (0, 0);
        // most text is plain: a table finds what is not
        while let Some(n) = text.as_bytes().get(at..).and_then(|rest| rest.iter().position(|byte| !PLAIN[usize::from(*byte)])) {
            at += n;
            let (instead, n_bytes) = match text.as_bytes().get(at) {
                Some(b'&') => ("&amp;", 1),
                Some(b'<') => ("&lt;", 1),
                Some(b'>') => ("&gt;", 1),
                Some(b'"') => ("&quot;", 1),
                Some(b'\'') => ("&#39;", 1),
                _ => match text.get(at..).and_then(|rest| rest.chars().next()) {
                    Some(c) if hides(c) => ("", c.len_utf8()),
                    Some(c) => {
                        at += c.len_utf8();
                        continue;
                    }
                    None => break,
                },
            };
            if from < at {
                out.write_str(text.get(from..at).unwrap_or_default())?;
            }
            out.write_str(instead)?;
            at += n_bytes;
            from = at;
        }
        out.write_str(text.get(from..).unwrap_or_default())
    }
}

/// Bytes of characters that stand as they are: most of ASCII, and the letters from À to ÿ, which begin with 0xc3. Bytes that go on with a
/// character are only reached behind one of those.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
        byte += 1;
    }
    plain[0xc3] = true;
    let mut byte = 0x80;
    while byte <= 0xbf {
        plain[byte] = true;
        byte += 1;
    }
    plain[b'\n' as usize] = true;
    plain[b'\t' as usize] = true;
    plain
};

/// Controls but the line's end and the tabulator, and what shows nothing.
fn hides(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use askama::Template;

    #[derive(Template)]
    #[template(source = "<p title=\"{{ a }}\">{{ a }}</p>", ext = "html")]
    struct Paragraph<'a> {
        a: &'a str,
    }

    #[test]
    fn what_is_put_in_is_text_and_reads_in_one_direction() {
        let page = Paragraph { a: "\"><script>alert(1)</script>\u{202e}gnp.exe\u{0}\u{200b} & 'città'" }.render().unwrap();
        let shown = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;gnp.exe &amp; &#39;città&#39;";
        assert_eq!(page, format!("<p title=\"{shown}\">{shown}</p>"));
    }
}
