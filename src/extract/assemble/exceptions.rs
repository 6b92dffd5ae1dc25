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
    /// "Dalla chiusura sono esclusi tre servizi.", "Le eccezioni sono due.": how many a rule about all leaves out, where the sentences behind say which.
    pub(super) fn count_spared(&mut self, index: usize, marks: &[Placed]) {
        const MOST: i64 = 6;
        let segment = &self.segments[index];
        let excepts = marks.iter().any(|m| m.mark == Mark::Exception(Exception::Sentence));
        let named = marks.iter().any(|m| matches!(&m.mark, Mark::Offices(o) if !o.offices.iter().all(|o| o.office.is_all())));
        const WHAT: [&str; 9] = ["eccezioni", "deroghe", "servizi", "uffici", "sportelli", "strutture", "settori", "casi", "esclusi"];
        let of_offices = segment.tokens.iter().any(|t| WHAT.contains(&t.text.as_str()));
        if !excepts || named || !of_offices || segment.role != Role::Sentence || segment.announces() {
            return;
        }
        let count = segment.tokens.iter().find_map(|t| self.lexicon.cardinal(&t.text)).filter(|n| (2..=MOST).contains(n));
        self.spared = count.and_then(|n| usize::try_from(n).ok()).map(|n| (segment.block, n)).or(self.spared);
    }

    /// Each office that such a sentence goes on to name, one a sentence: left out of the rule.
    pub(super) fn spare_counted(&mut self, segment: &Segment, subjects: &[Subject], facts: &mut Facts) {
        let Some((block, left)) = self.spared.filter(|(block, left)| *block == segment.block && *left > 0) else { return };
        if segment.role != Role::Sentence || subjects.is_empty() || subjects.iter().any(|s| s.office.is_all()) {
            return;
        }
        let known = |s: &Subject| self.drafts.iter().any(|d| d.subject.office.is_all() && d.except.contains(&s.office));
        let new = subjects.iter().filter(|s| !known(s)).count();
        for subject in subjects.iter().filter(|s| !facts.except.contains(&s.office)).collect::<Vec<_>>() {
            facts.except.push(subject.office.clone());
        }
        self.spared = Some((block, left.saturating_sub(new)));
        // "fino al 3 dicembre solo via mail", as an exception to what begins on the 9th of November and ends on that day
        let all = self.drafts.iter().rev().find(|d| d.subject.office.is_all()).map(|d| d.period);
        facts.period = facts.period.map(|own| all.filter(|all| own.from.is_none() && own.until == all.until).unwrap_or(own));
    }

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
        shut && text.chars().count() < 200 && segment.folded.has_any(&GOES_ON) && !segment.folded.has_any(&[" non ", "reperibil"])
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
