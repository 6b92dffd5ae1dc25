//! Extensions of one number: "interni 412 e 415 dello 0571 660…", "0571 660… (interni 412 e 415)". Each is a number of its own.
//!
//! In: folded text. Out: the numbers with the places of their last figures, and the place of what they have in common.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::phones::number_of_link;
use crate::domain::{Channel, ChannelKind};

/// How many figures a whole number has.
const FEWEST: usize = 8;
const MOST: usize = 11;

/// The numbers, and what of the text they used up.
pub(super) fn extensions(text: &str) -> (Vec<Found>, Vec<Range<usize>>) {
    const LIST: &str = r"(\d{1,4}(?:\s*(?:,|e|ed|o|-|/)\s*\d{1,4})*)";
    // "…" is one point when folded
    const STEM: &str = r"(0\d{1,3}[\s/.\-]?\d{2,4})\s*(?:\.+|x{2,}|\*{2,}|_{2,})";
    static ENDS_FIRST: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!(r"intern[oi]:?\s+{LIST}\s+(?:dello|del|allo|al|di)\s+{STEM}")).ok());
    static STEM_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(&format!(r"{STEM}\s*,?\s*\(?\s*(?:seguito d\w+'?\s*)?(?:con\s+)?(?:intern[oi]|int\.):?\s+{LIST}")).ok()
    });
    let (mut found, mut taken) = (Vec::new(), Vec::new());
    rooted(text, &mut found, &mut taken);
    if !text.contains("int") {
        return (found, taken);
    }
    for (regex, list, stem) in [(&ENDS_FIRST, 1, 2), (&STEM_FIRST, 2, 1)] {
        for hit in regex.iter().flat_map(|regex| regex.captures_iter(text)) {
            let (Some(list), Some(stem)) = (hit.get(list), hit.get(stem)) else { continue };
            let head: String = stem.as_str().chars().filter(char::is_ascii_digit).collect();
            let whole = |digits: &&str| !digits.is_empty() && (FEWEST..=MOST).contains(&(head.len() + digits.len()));
            taken.push(stem.range());
            taken.push(list.range());
            let mut at = list.start();
            for piece in list.as_str().split_inclusive(|c: char| !c.is_ascii_digit()) {
                let digits = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
                if let Some(number) = Some(digits).filter(whole).and_then(|d| number_of_link(&format!("{head}{d}"))) {
                    found.push(Found { channel: Channel { kind: ChannelKind::Phone, value: Some(number) }, range: at..at + digits.len() });
                }
                at += piece.len();
            }
        }
    }
    (found, taken)
}

/// "la radice 0122 640 seguita da tre cifre: 701 per l'anagrafe, 702 per i tributi": the sentence tells the ends one by one.
fn rooted(text: &str, found: &mut Vec<Found>, taken: &mut Vec<Range<usize>>) {
    static ROOT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:radice|numero base|parte comune|parte fissa|cifre comuni|stesse cifre iniziali)[\s:,(]+(?:e'? )?(?:lo |il )?(0\d{1,3}[\s/.\-]?\d{2,4})\b").ok()
    });
    static END: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b\d{2,4}\b").ok());
    let Some(root) = ROOT.as_ref().and_then(|root| root.captures(text)).and_then(|hit| hit.get(1)) else { return };
    let behind = text.get(root.end()..).unwrap_or_default();
    let sentence = behind.find(". ").and_then(|stop| behind.get(..stop)).unwrap_or(behind);
    let head: String = root.as_str().chars().filter(char::is_ascii_digit).collect();
    let mut length = None;
    for end in END.iter().flat_map(|end| end.find_iter(sentence)) {
        let before = sentence.get(..end.start()).and_then(|t| t.chars().next_back());
        let glued = sentence.get(end.end()..).is_some_and(|t| t.starts_with(['/', '-', ':', '%']) || t.starts_with('.') && t.len() > 1);
        if !before.is_none_or(|c| c.is_whitespace() || c == '(') || glued {
            continue;
        }
        // all ends are of one length
        if *length.get_or_insert(end.len()) != end.len() || !(FEWEST..=MOST).contains(&(head.len() + end.len())) {
            continue;
        }
        if let Some(number) = number_of_link(&format!("{head}{}", end.as_str())) {
            let range = root.end() + end.start()..root.end() + end.end();
            taken.push(range.clone());
            found.push(Found { channel: Channel { kind: ChannelKind::Phone, value: Some(number) }, range });
        }
    }
    if length.is_some() {
        taken.push(root.range());
    }
}
