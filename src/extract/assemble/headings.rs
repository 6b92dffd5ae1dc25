//! What headings say of all that stands below them: whose matter it is, where, when.
//!
//! In: facts, noted as the headings are read. Out: for a segment, what the innermost heading above it says, if any does.

use jiff::civil::Date;

use crate::domain::Season;
use crate::extract::draft::{Flags, Period, Subject};
use crate::extract::segment::Segment;

/// One kind of fact, by the heading that says it.
#[derive(Debug)]
pub(super) struct Above<T> {
    /// Index of the heading's segment; in the order of the page.
    said: Vec<(usize, T)>,
}

impl<T> Default for Above<T> {
    fn default() -> Self {
        Self { said: Vec::new() }
    }
}

impl<T> Above<T> {
    /// Notes what a heading says; headings come in the order of the page.
    pub(super) fn note(&mut self, heading: usize, fact: T) {
        self.said.push((heading, fact));
    }

    /// What this one heading says.
    pub(super) fn of(&self, heading: usize) -> Option<&T> {
        let at = self.said.binary_search_by_key(&heading, |(index, _)| *index).ok()?;
        self.said.get(at).map(|(_, fact)| fact)
    }

    /// What the innermost heading of a path (outermost first) says.
    pub(super) fn innermost(&self, path: &[usize]) -> Option<&T> {
        path.iter().rev().find_map(|heading| self.of(*heading))
    }
}

/// What a heading announces that is no office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    /// Something that takes place.
    Event,
    /// A list of what takes place, each entry with its day and place.
    Programme,
    /// A call for tenders, a post to be filled: the offices in it are what is bought or staffed.
    Call,
}

/// All that headings said so far.
#[derive(Debug, Default)]
pub(super) struct Headings {
    /// Offices. None at all where a heading speaks of somebody else, or of an event.
    pub(super) topics: Above<Vec<Subject>>,
    /// Headings of somebody else's matter, or of a programme of events: "Farmacia di turno", "Eventi in biblioteca".
    pub(super) strangers: Above<()>,
    /// Branches.
    pub(super) sites: Above<String>,
    /// Parts of the year.
    pub(super) seasons: Above<Season>,
    /// Addresses: "Sportelli di via Roma 60".
    pub(super) addresses: Above<String>,
    /// Periods.
    pub(super) periods: Above<Period>,
    /// How all are served: "Si accede soltanto su appuntamento" above a list of offices.
    pub(super) flags: Above<Flags>,
    /// Single days.
    pub(super) days: Above<Vec<Date>>,
    /// Whether the heading announces an event, or a call for tenders or for staff.
    pub(super) events: Above<Announced>,
}

/// Whether a heading only says what is told below it, of whomever the text speaks: "Dove e quando", "Orari di apertura", "Come si accede".
pub(super) fn is_field(heading: &Segment) -> bool {
    const WORDS: [&str; 46] = [
        "dove",
        "quando",
        "come",
        "orari",
        "orario",
        "sede",
        "sedi",
        "contatti",
        "recapiti",
        "accesso",
        "accedere",
        "accede",
        "apertura",
        "aperture",
        "giorni",
        "ore",
        "prenotare",
        "prenotazioni",
        "prenota",
        "indirizzi",
        "indirizzo",
        "telefono",
        "arrivare",
        "trovarci",
        "raggiungerci",
        "pubblico",
        "modalita",
        "ricevimento",
        "si",
        "ci",
        "e",
        "gli",
        "i",
        "le",
        "il",
        "la",
        "l'",
        "di",
        "del",
        "della",
        "per",
        "al",
        "a",
        "con",
        "nuovi",
        "nuova",
    ];
    let words = || heading.tokens.iter().filter(|t| t.kind == crate::text::TokenKind::Word);
    words().count() > 0 && words().all(|t| WORDS.contains(&t.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::Above;

    #[test]
    fn the_innermost_heading_that_says_something_decides() {
        let mut above = Above::default();
        above.note(2, "outer");
        above.note(5, "inner");
        assert_eq!(above.innermost(&[2, 5, 7]), Some(&"inner"));
        assert_eq!(above.innermost(&[2, 7]), Some(&"outer"));
        assert_eq!(above.innermost(&[7]), None);
        assert_eq!((above.of(5), above.of(6)), (Some(&"inner"), None));
    }
}
