//! Offices that a rule about all leaves out, in whatever sentence they are named.

use super::Assembler;
use crate::domain::OfficeId;
use crate::extract::draft::{Facts, Subject};
use crate::extract::grammar::exceptions::Exception;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;
use crate::text::Token;

impl Assembler<'_> {
    /// "Resterà aperta soltanto la Polizia locale", behind the closing of all: an exception, on the days of the closing.
    pub(super) fn open_alone(&self, subjects: &[Subject], facts: &mut Facts) {
        let follows = self.drafts.last().is_some_and(|d| d.subject.office.is_all());
        let Some(days) = self.days_of_all().filter(|_| follows && !subjects.iter().any(|s| s.office.is_all())) else { return };
        facts.except = subjects.iter().map(|s| s.office.clone()).collect();
        facts.period = Some(days);
    }

    /// Whether openings are on days on which all offices, as was just said, are shut.
    pub(super) fn is_day_of_all(&self, facts: &Facts) -> bool {
        let Some(all) = self.drafts.last().filter(|d| d.subject.office.is_all()) else { return false };
        facts.openings.iter().all(|o| all.closures.iter().any(|range| range.first() <= o.date && o.date <= range.last()))
    }

    /// "Saranno aperti soltanto l'anagrafe, dalle 9 alle 11, e la Polizia locale", behind the closing of all: whoever is named is an exception to it.
    pub(super) fn open_in_spite(&self, marks: &[Placed]) -> Option<Vec<Placed>> {
        let all_shut = self.drafts.last().is_some_and(|d| d.subject.office.is_all() && !d.closures.is_empty());
        let first = marks.iter().find(|m| !matches!(m.mark, Mark::Comma))?;
        let named = marks.iter().position(|m| matches!(m.mark, Mark::Offices(_)));
        let before = &marks[..named.unwrap_or(marks.len())];
        let alone = named.is_none() || before.iter().any(|m| m.mark == Mark::Cue(Cue::Only));
        if !all_shut
            || first.mark != Mark::Cue(Cue::Open)
            || !alone
            || marks.iter().any(|m| matches!(m.mark, Mark::Exception(_) | Mark::When(_)))
        {
            return None;
        }
        let mut with = vec![Placed { mark: Mark::Exception(Exception::Sentence), start: first.start, end: first.start }];
        with.extend(marks.iter().cloned());
        Some(with)
    }

    /// "Saranno comunque garantiti i seguenti servizi:", right behind the closing of all: what goes on in spite of it.
    pub(super) fn spares(&self, segment: &Segment) -> bool {
        const GOES_ON: [&str; 6] = ["garantit", "assicurat", "restano attiv", "resteranno attiv", "rimangono attiv", "rimarranno attiv"];
        let shut = self.drafts.last().is_some_and(|d| d.subject.office.is_all() && !d.closures.is_empty());
        let text = segment.folded.text.as_str();
        shut && text.chars().count() < 200 && segment.folded.has_any(&GOES_ON) && !segment.folded.has(" non ")
    }

    /// "fatta eccezione per quelli indicati al punto 2": the offices that another entry of the same list names.
    pub(super) fn of_point(&self, index: usize) -> Vec<OfficeId> {
        const LONGEST_LIST: usize = 40;
        let segment = &self.segments[index];
        let Some(exception) = self.scans[index].iter().find(|m| m.mark == Mark::Exception(Exception::Following)) else { return Vec::new() };
        let behind = segment.tokens.get(exception.end..).unwrap_or_default();
        let points = |pair: &[Token]| pair[0].is_any(&["punto", "numero"]).then(|| pair[1].number()).flatten();
        let Some(point) = behind.windows(2).take(8).find_map(points).and_then(|n| usize::try_from(n).ok()) else { return Vec::new() };
        let entry = |i: &usize| self.segments.get(*i).is_some_and(|s| s.role == Role::Item && s.headings == segment.headings);
        let Some(first) = (0..=index).rev().take(LONGEST_LIST).take_while(entry).last() else { return Vec::new() };
        let mut entries = (first..first + LONGEST_LIST).take_while(entry).filter(|i| self.segments[*i].opens_block);
        let Some(at) = point.checked_sub(1).and_then(|n| entries.nth(n)).filter(|at| *at != index) else { return Vec::new() };
        let end = (at + 1..self.segments.len()).find(|i| self.segments[*i].block != self.segments[at].block).unwrap_or(self.segments.len());
        self.names.within(at..end).iter().filter(|named| !named.office.is_all()).map(|named| named.office.clone()).collect()
    }

    /// Offices that a rule about all leaves out go to the notice about all, wherever it was made.
    pub(super) fn leave_out(&mut self, facts: &mut Facts, whom: &[Subject], announces: bool) {
        if facts.except.is_empty() || whom.iter().any(|s| s.office.is_all()) && !announces {
            return;
        }
        if announces && !self.drafts.iter().any(|d| d.subject.office.is_all()) && !whom.is_empty() {
            return; // "tutti gli uffici, tranne la Polizia locale, sono chiusi:": the notice about all is only being made
        }
        let except = std::mem::take(&mut facts.except);
        if let Some(all) = self.drafts.iter_mut().rev().find(|d| d.subject.office.is_all()) {
            for office in except {
                if !all.except.contains(&office) {
                    all.except.push(office);
                }
            }
        }
    }
}
