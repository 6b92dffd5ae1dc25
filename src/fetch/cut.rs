//! Pages that broke off on the way: HTML that stops in the middle.

use super::verdict::has;

/// Whether HTML stops in the middle: neither `</body>` nor `</html>`, though they were opened, and in the midst of something.
pub(super) fn is_cut(lower: &str) -> bool {
    if !lacks_end(lower) {
        return false;
    }
    let in_tag = lower.rfind('<') > lower.rfind('>');
    let n_opened = |tag: &str| lower.match_indices(&format!("<{tag}")).filter(|(at, open)| ends_name(lower, at + open.len())).count();
    let n_closed = |tag: &str| lower.matches(&format!("</{tag}")).count();
    let open = |tag: &str| n_opened(tag) > n_closed(tag);
    // what may be left open counts only where the page closes it elsewhere
    let left_open = |tag: &str| n_closed(tag) > 0 && open(tag);
    let after_the_last_tag = lower.rsplit('>').next().is_some_and(|text| !text.trim().is_empty());
    in_tag
        || ["script", "main", "article", "table", "section"].into_iter().any(open)
        || ["p", "td", "li", "tr", "dd", "h2", "h3"].into_iter().any(left_open)
        || after_the_last_tag && ["p", "div", "a", "li", "td"].into_iter().any(|tag| n_closed(tag) > 0)
        || ["div", "ul"].into_iter().all(open)
}

/// Whether HTML that opened its body or itself closes neither.
fn lacks_end(lower: &str) -> bool {
    (has(lower, "<body") || has(lower, "<html")) && !has(lower, "</body") && !has(lower, "</html")
}

/// Whether the name of a tag ends here: `<p>`, `<p class=…>`, not `<pre>`.
fn ends_name(lower: &str, at: usize) -> bool {
    lower.as_bytes().get(at).is_none_or(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace())
}

/// Whether a page stops where its earlier version went on: it has lost its end, and its last words stood in the midst of the other.
pub fn stops_short(now: &[u8], before: &[u8]) -> bool {
    const TAIL: usize = 24;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase();
    let now = text(now);
    if !lacks_end(&now) {
        return false;
    }
    let before = text(before);
    let end = now.trim_end();
    let tail = end.get(end.floor_char_boundary(end.len().saturating_sub(TAIL))..).unwrap_or_default();
    let goes_on = |rest: &str| rest.split('<').skip(1).any(|piece| piece.split_once('>').is_some_and(|(_, text)| !text.trim().is_empty()));
    !lacks_end(&before) && before.rfind(tail).and_then(|at| before.get(at + tail.len()..)).is_some_and(goes_on)
}
