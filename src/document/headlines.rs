//! Boxes of headlines beside an article: links to other news, each with the day on which it was written. On a page that tells a matter of its own they are a
//! menu; on a home page, and on a page that lists news, they are what the page tells.
//!
//! In: blocks with their regions. Out: the boxes marked as navigation. One pass over the blocks.

use std::ops::Range;

use super::{Block, BlockKind, Document, Region};

/// Bytes of a headline: more than the entries of most menus, less than a text.
const HEADLINE: Range<usize> = 12..160;
/// Bytes of the longest day: "mercoledì 23 settembre 2026, 10:30".
const LONGEST_DAY: usize = 36;
/// Bytes of a text that tells something.
const LONG: usize = 70;
/// Bytes of the line that sums up a piece of news.
const LONGEST_SUMMARY: usize = 240;
/// Bytes of the title of a box.
const LONGEST_TITLE: usize = 40;

/// What a block can be in such a box.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// "Uffici chiusi il 14 agosto (02/08/2024)", all but the day a link.
    Dated,
    /// A headline that is a link.
    Headline,
    /// "02/08/2024"
    Day,
    /// A few words without a link.
    Plain,
}

/// Marks the boxes, if the page is no home page (`home`) and has matter of its own.
pub(super) fn mark(document: &mut Document, home: bool) {
    if home {
        return;
    }
    let boxes = boxes(&document.blocks);
    if boxes.is_empty() || !has_matter(&document.blocks, &boxes) {
        return;
    }
    for range in boxes {
        for block in document.blocks.get_mut(range).unwrap_or_default() {
            block.region = Region::Navigation;
        }
    }
}

/// Runs of headlines and days, two of each at least, with the title above them.
fn boxes(blocks: &[Block]) -> Vec<Range<usize>> {
    let parts: Vec<Option<Part>> = blocks.iter().map(part).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let (mut end, mut dated, mut headlines, mut days, mut summed_up) = (at, 0, 0, 0, false);
        for i in at..parts.len() {
            match parts.get(i).copied().flatten() {
                Some(Part::Dated) => dated += 1,
                Some(Part::Headline) => headlines += 1,
                Some(Part::Day) => days += 1,
                // a line that sums up the news stands between two
                Some(Part::Plain) if i > at && parts.get(i - 1).copied().flatten() != Some(Part::Plain) => continue,
                _ => break,
            }
            summed_up |= i > end;
            end = i + 1;
        }
        if dated + headlines.min(days) >= 2 {
            let last = summed_up && parts.get(end).copied().flatten() == Some(Part::Plain);
            let titled = at.checked_sub(1).filter(|above| blocks.get(*above).is_some_and(is_title));
            found.push(titled.unwrap_or(at)..end + usize::from(last));
        }
        at = end.max(at + 1);
    }
    found
}

fn part(block: &Block) -> Option<Part> {
    if block.region != Region::Main || matches!(block.kind, BlockKind::Table(_)) {
        return None;
    }
    let Some(first) = block.links.first() else {
        let plain = !matches!(block.kind, BlockKind::Heading(_)) && block.text.len() <= LONGEST_SUMMARY;
        return if is_day(&block.text) { Some(Part::Day) } else { plain.then_some(Part::Plain) };
    };
    let elsewhere = |href: &str| !["mailto:", "tel:", "https://wa.me"].iter().any(|scheme| href.starts_with(scheme));
    let last = block.links.last().unwrap_or(first);
    let inside = first.range.start..last.range.end;
    if !HEADLINE.contains(&inside.len()) || !block.links.iter().all(|link| elsewhere(&link.href)) {
        return None;
    }
    let (before, behind) = (block.text.get(..inside.start)?, block.text.get(inside.end..)?);
    match (bare(before), bare(behind)) {
        ("", "") => Some(Part::Headline),
        (day, "") | ("", day) if is_day(day) => Some(Part::Dated),
        _ => None,
    }
}

fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

/// "02/08/2024", "venerdì 2 agosto 2024", "Pubblicato il 2.8.2024": a day with its year, and hardly a word.
fn is_day(text: &str) -> bool {
    const MOST_WORDS: usize = 4;
    if text.len() > LONGEST_DAY || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).count();
    let year = numbers.iter().position(|n| n.len() == 4 && (n.starts_with("19") || n.starts_with("20")));
    let of_month = |n: &&&str| n.parse::<u8>().is_ok_and(|n| (1..=31).contains(&n));
    // "2024-08-02" and "02/08/2024" have two numbers beside the year, "2 agosto 2024" one and the month's name
    words <= MOST_WORDS && year.is_some() && numbers.iter().filter(of_month).count() >= if words == 0 { 2 } else { 1 }
}

/// A few words alone above a list.
fn is_title(block: &Block) -> bool {
    let short = block.text.len() <= LONGEST_TITLE && !block.text.bytes().any(|byte| byte.is_ascii_digit());
    short && block.region == Region::Main && !matches!(block.kind, BlockKind::Table(_))
}

/// Whether the page tells something at length, apart from its lists of headlines.
fn has_matter(blocks: &[Block], boxes: &[Range<usize>]) -> bool {
    let told = |(index, block): (usize, &Block)| {
        let matter = match &block.kind {
            BlockKind::Table(table) => table.rows.len() >= 2,
            BlockKind::Heading(_) => false,
            _ => block.links.is_empty() && block.text.len() >= LONG,
        };
        // boxes follow each other
        let in_box = || boxes.get(boxes.partition_point(|range| range.end <= index)).is_some_and(|range| range.contains(&index));
        matter && block.region == Region::Main && !in_box()
    };
    blocks.iter().enumerate().filter(|(index, block)| told((*index, block))).take(2).count() == 2
}

#[cfg(test)]
mod tests {
    use super::super::{Input, Region, read};
    use super::*;

    const TOLD: &str = "<h2>Il nuovo parco giochi</h2><p>Sono cominciati nel quartiere di San Rocco i lavori per il nuovo parco giochi, atteso da anni.</p>\
                        <p>Altalene e scivoli saranno montati dagli operai della ditta incaricata entro la fine della primavera.</p>";

    fn region_of(page: &str, text: &str) -> Region {
        let document = read(&Input { bytes: page.as_bytes(), ..Input::default() });
        document.blocks.iter().find(|block| block.text.contains(text)).map(|block| block.region).unwrap()
    }

    #[test]
    fn dated_links_beside_an_article_are_a_menu() {
        let items = "<b>Novità</b><ul><li><a href=n1>Biblioteca chiusa venerdì 3</a> <i>(01/03/2023)</i></li><li><a href=n2>Corso di potatura</a> (20/02/2023)</li></ul>";
        let cards = "<h2>Dal Comune</h2><div><p>01/03/2023</p><h3><a href=n1>Biblioteca chiusa venerdì 3</a></h3></div>\
                     <div><p>20 febbraio 2023</p><h3><a href=n2>Corso di potatura</a></h3><p>Sei lezioni.</p></div>";
        for list in [items, cards] {
            let page =
                format!("<title>Comune di Prova - Il nuovo parco giochi</title><table><tr><td>{TOLD}</td><td>{list}</td></tr></table>");
            assert_eq!(region_of(&page, "Biblioteca"), Region::Navigation);
            assert_eq!(region_of(&page, "scivoli"), Region::Main);
            let home = format!("<title>Comune di Prova - Home</title>{TOLD}{list}");
            assert_eq!(region_of(&home, "Biblioteca"), Region::Main);
            assert_eq!(region_of(&format!("<title>Avvisi - Comune di Prova</title>{list}"), "Biblioteca"), Region::Main);
        }
    }

    #[test]
    fn days_and_links_of_the_matter_stay() {
        let list = "<ul><li><a href=n1>Regolamento dei tributi</a>, approvato dal Consiglio</li><li><a href='mailto:a@b.it'>scrivi alla segreteria</a> 02/03/2023</li></ul>";
        assert_eq!(region_of(&format!("{TOLD}{list}"), "Regolamento"), Region::Main);
        assert!(is_day("venerdì 2 agosto 2024") && is_day("02/08/2024") && !is_day("ore 9-12") && !is_day("anno 2024"));
    }
}
