//! News told in a few words beside what a page is about: boxes of headlines ("In primo piano"), the last lines of an article that lead to others, entries of
//! a dated list, each with a matter of its own.
//!
//! In: segments with their phrases. Out: whether one is such a headline, or begins such an entry.

use jiff::civil::Date;

use super::Assembler;
use crate::document::Region;
use crate::extract::press;
use crate::extract::scan::{Mark, Placed, entry_day, is_dated_entry};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Lexicon;

/// Blocks behind the day of an entry that may be its title and its text.
const ENTRY_BLOCKS: usize = 2;
/// Words of a headline.
const LONGEST_HEADLINE: usize = 16;
/// Words of a sentence that make a page a page, and no list.
const LONG_SENTENCE: usize = 12;
/// Headlines below one line that leads to them, at most.
const LINES: usize = 12;

impl Assembler<'_> {
    /// Whether a segment is a headline of other news: "Uffici chiusi il 14 agosto" in a box beside the register of associations.
    pub(super) fn is_teaser(&self, index: usize, marks: &[Placed]) -> bool {
        let segment = &self.segments[index];
        let below = |s: &&Segment| s.block == segment.block;
        // "Ti potrebbero interessare anche:" and headlines, one a line
        if segment.role == Role::Line && self.segments[..index].iter().rev().take_while(below).take(LINES).any(press::leads_to_others) {
            return true;
        }
        // "11/12 Tributi: nuovo numero 0972 830115": an entry of the box, whatever it holds
        let entry = is_dated_entry(segment, self.lexicon) && !segment.text.trim_end().ends_with('.');
        if segment.role != Role::Item || !is_headline(segment, marks) && !entry {
            return false;
        }
        self.is_in_news_box(segment, marks) || !self.is_front_page && self.ends_article(index)
    }

    /// Below a heading such as "Avvisi" or "In primo piano", on a page with a matter of its own that these words are not about.
    fn is_in_news_box(&self, segment: &Segment, marks: &[Placed]) -> bool {
        let Some(&above) = segment.headings.last() else { return false };
        let heading = &self.segments[above];
        if !self.lexicon.labels().is_news(&heading.folded.text) {
            return false;
        }
        let named = self.subjects_of(segment, marks);
        if !self.page_topic.is_empty() {
            return named.iter().any(|s| !self.page_topic.iter().any(|p| p.office == s.office));
        }
        // below the banner, a page that tells at length of one matter is no home page; a home page's own lists are its matter
        let own = |h: &usize| {
            let labels = self.lexicon.labels();
            self.segments
                .get(*h)
                .is_some_and(|h| !labels.is_front(&h.folded.text) && !labels.is_news(&h.folded.text) && h.tokens.len() >= 2)
        };
        let long = |s: &&Segment| s.region == Region::Main && (s.role == Role::Row || s.tokens.len() >= LONG_SENTENCE);
        let matter =
            self.segments[..above].iter().filter(long).filter(|s| !self.is_front_page || s.headings.last().is_some_and(own)).count();
        // the box may stand in a column before the title of the page
        let titled = |s: &&Segment| {
            let title = s.headings.first().filter(|h| **h > above && s.headings.len() == 1);
            title.is_some_and(|h| own(h) && self.segments[*h].headings.is_empty() && self.segments[*h].region == Region::Main)
        };
        let behind = || self.segments[above..].iter().filter(long).filter(titled).count();
        matter >= if self.is_front_page { 2 } else { 1 } || !self.is_front_page && behind() >= 2
    }

    /// The last lines of a newspaper's article, where no words lead to them: ways to other articles.
    fn ends_article(&self, index: usize) -> bool {
        let last = self.segments[index..=self.main_end.max(index)].iter().all(|s| s.role == Role::Item || s.region != Region::Main);
        let before = self.segments[..index].iter().rfind(|s| s.role != Role::Item);
        // the foot of the page is read last: it answers for few lines, and is long
        let printed = || self.segments.iter().any(|s| s.region == Region::Footer && press::is_publisher(&s.folded));
        last && before.is_some_and(|s| s.role == Role::Sentence && !s.announces()) && printed()
    }

    /// Whether a segment begins an entry of a list whose entries begin with their dates: what was spoken of before is another matter.
    pub(super) fn opens_entry(&self, index: usize) -> bool {
        let dated = |s: &Segment| s.role != Role::Sentence && is_dated_entry(s, self.lexicon);
        let near = |i: usize| self.segments.get(i).is_some_and(|s| s.region == Region::Main && dated(s));
        near(index) && (near(index + 1) || index > 0 && near(index - 1))
    }

    /// Whether a line that opens with a day stands below another that named an office of its own: "martedì 6 ore 18, museo civico: …", "sabato 10 dalle 21, parco: …".
    pub(super) fn leaves_entry(&mut self, index: usize, marks: &[Placed]) -> bool {
        let segment = &self.segments[index];
        let first = crate::extract::segment::first_word(&segment.tokens);
        let day = |m: &Placed| matches!(&m.mark, Mark::When(crate::extract::grammar::dates::When::Days(_))) && m.start <= first;
        if !matches!(segment.role, Role::Line | Role::Item) || !marks.first().is_some_and(day) {
            return false;
        }
        let named = marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)));
        // items of a list are blocks of their own, and a day above its entry may be another
        let near = |block: usize| block == segment.block || segment.role == Role::Item && segment.block <= block + 2;
        let left = self.entry_block.is_some_and(near) && !named;
        self.entry_block = if named { Some(segment.block) } else { self.entry_block };
        left
    }
}

/// For each segment the day on which the entry was written that it stands in, on a page that lists dated entries.
pub(super) fn entry_days(segments: &[Segment], lexicon: &Lexicon) -> Vec<Option<Date>> {
    let heads: Vec<Option<Date>> =
        segments.iter().map(|s| entry_day(s, lexicon).filter(|_| s.region == Region::Main && s.role != Role::Row)).collect();
    let listed = heads.iter().flatten().count() >= 2;
    let mut above: Option<(usize, Date)> = None;
    let day_of = |(segment, head): (&Segment, &Option<Date>)| {
        above = head.map(|day| (segment.block, day)).or(above.filter(|(block, _)| segment.block <= block + ENTRY_BLOCKS));
        above.map(|(_, day)| day).filter(|_| listed)
    };
    segments.iter().zip(&heads).map(day_of).collect()
}

/// A few words without hours, contacts or an end: "Biblioteca chiusa il 3 marzo".
fn is_headline(segment: &Segment, marks: &[Placed]) -> bool {
    segment.tokens.len() <= LONGEST_HEADLINE
        && !segment.text.trim_end().ends_with('.')
        && !marks.iter().any(|m| matches!(m.mark, Mark::Channel(_) | Mark::Span(..) | Mark::Address(_)))
}
