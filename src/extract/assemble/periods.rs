//! Which period governs what: said once and closed later, for points of a list, for hours told behind a closing, for what stands above.

use jiff::civil::Date;

use super::Assembler;
use crate::domain::{DateRange, DaySelector};
use crate::extract::clause::Clause;
use crate::extract::draft::{Draft, Facts, Flags, Period, Subject};
use crate::extract::grammar::dates::{When, weekday_of};
use crate::extract::grammar::weekdays::Days;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

impl Assembler<'_> {
    /// Whether a segment is one of several numbered points, each with a matter of its own: "1. RISCALDAMENTO. …", "2. INFORMAGIOVANI. …".
    pub(super) fn is_numbered(&self, index: usize) -> bool {
        if self.segments[index].role == Role::Item {
            return true;
        }
        let number = |s: &Segment| {
            let sign = s.tokens.get(1).is_some_and(|t| t.is_any(&[".", ")", "°"]));
            s.tokens.first().filter(|t| sign && t.text.len() <= 2).and_then(|t| t.number())
        };
        let from = self.segments[..=index].iter().rposition(|s| s.opens_block || number(s).is_some()).unwrap_or(index);
        number(&self.segments[from]).is_some_and(|n| {
            self.segments.iter().enumerate().any(|(i, s)| i != from && number(s).is_some_and(|m| m == n + 1 || m + 1 == n))
        })
    }

    /// "Gli orari si riducono dal 17 giugno. Fino al 7 settembre si apre dalle 9 alle 13": the second sentence says the hours and the end of the same period.
    pub(super) fn close_period(&mut self, whom: &[Subject], facts: &mut Facts) {
        let Some(until) = facts.period.filter(|p| p.from.is_none()).and_then(|p| p.until) else { return };
        let [subject] = whom else { return };
        let Some(draft) = self.drafts.last_mut().filter(|d| d.subject.same(subject) && d.period.until.is_none()) else { return };
        let Some(from) = draft.period.from.filter(|from| *from <= until) else { return };
        if draft.weeks.is_empty() != facts.hours.is_empty() {
            draft.period.until = Some(until);
            facts.period = Some(Period { from: Some(from), until: Some(until) });
        }
    }

    /// "… aprirà lunedì 14. Fino a sabato 12 resta chiusa. I giorni saranno …": hours told behind a closing are those of the opening.
    pub(super) fn after_closing(&self, whom: &[Subject], facts: &Facts) -> Option<Period> {
        let [subject] = whom else { return None };
        let own = || self.drafts.iter().filter(|d| d.subject.same(subject));
        let shut = own().find(|d| d.flags.closed && d.weeks.is_empty() && Some(d.period) == self.topic_period)?;
        let until = shut.period.until.filter(|_| !facts.hours.is_empty() && !facts.flags.closed)?;
        own().map(|d| d.period).find(|p| p.from.is_some_and(|from| from > until))
    }

    /// The period that was told of an office before its branches were taken one by one.
    pub(super) fn period_of_office(&self, whom: &[Subject]) -> Option<Period> {
        let (offices, period) = self.period_of_all_branches.as_ref()?;
        let branch = |s: &Subject| s.site.is_some() && offices.contains(&s.office);
        (!whom.is_empty() && whom.iter().all(branch)).then_some(*period)
    }

    /// Whether a sentence names an office of which nothing else is said for a period.
    pub(super) fn stands_apart(&self, segment: &Segment, whom: &[Subject]) -> bool {
        let changes = segment.folded.has_any(&["nuov", "cambi", "sostitu", "attiv"]);
        let governed = self.drafts.iter().any(|d| !d.period.is_open() && whom.iter().any(|s| s.same(&d.subject)));
        segment.role == Role::Sentence && !governed && !changes && !whom.iter().any(|s| s.office.is_all())
    }

    /// "Tributi: dal 5 al 9 agosto" below "Chiusure estive degli uffici": an entry of a list of closings, which its title calls so.
    pub(super) fn lists_closings(&self, index: usize) -> bool {
        const LONGEST_TITLE: usize = 10;
        let Some(segment) = self.segments.get(index).filter(|s| matches!(s.role, Role::Item | Role::Line | Role::Row)) else {
            return false;
        };
        let title = segment.headings.last().copied().or((index > 0).then_some(0));
        let Some((title, marks)) = title.and_then(|at| self.segments.get(at).zip(self.scans.get(at))) else { return false };
        title.tokens.len() <= LONGEST_TITLE
            && title.tokens.iter().any(|t| t.is_any(&["chiusura", "chiusure"]))
            && marks.iter().any(|m| m.mark == Mark::Cue(Cue::Closed))
            && !marks.iter().any(|m| matches!(m.mark, Mark::When(_) | Mark::Days(_)))
    }

    /// From the first to the last day on which all offices are shut.
    pub(super) fn days_of_all(&self) -> Option<Period> {
        let all = self.drafts.iter().rev().find(|d| d.subject.office.is_all() && !d.closures.is_empty())?;
        let (first, last) = (all.closures.iter().map(|r| r.first()).min(), all.closures.iter().map(|r| r.last()).max());
        Some(Period { from: first, until: last })
    }

    /// "In vigore dal 1° ottobre" below a table, "Il nuovo orario decorre dal 13 maggio": the period of what stands above, of those it is about or of all.
    pub(super) fn govern(&mut self, segment: &Segment, whom: &[Subject], facts: &Facts) {
        let Some(period) = facts.period.filter(|_| governs(segment) && !facts.single_day && !facts.any()) else { return };
        let concerns = |d: &Draft| whom.is_empty() || whom.iter().any(|s| s.same(&d.subject));
        let said = self.document_period;
        let only = self.drafts.len() == 1;
        for draft in self.drafts.iter_mut().filter(|d| (!d.weeks.is_empty() || d.flags.any() || d.moves) && concerns(d)) {
            if draft.period.is_open() {
                draft.period = period;
            } else if period.from.is_none() && draft.period.until.is_none() && (only || said == Some(draft.period)) {
                // "Esso resta in vigore fino al 14 giugno", behind the day from which all holds
                draft.period.until = period.until;
            }
        }
    }

    /// Behind a box that calls for attention and says itself what holds for its period ("ORARIO ESTIVO. Dal 1° luglio al 31 agosto si apre solo di mattina"):
    /// the rest of the page tells what is usual.
    pub(super) fn leave_alert(&mut self, index: usize) {
        let left = index > 0 && self.alerts.contains(&(index - 1)) && !self.alerts.contains(&index);
        // "UFFICIO TECNICO: dal 10 al 21 febbraio solo su appuntamento": of one office, and of no other one
        let Some(period) = self.document_period.or(self.topic_period).filter(|_| left) else { return };
        let told = |d: &Draft| d.period == period && d.flags.beyond_open();
        if self.drafts.iter().any(told) {
            (self.document_period, self.topic_period, self.lead_period, self.office_period) = (None, None, None, None);
        }
    }

    /// "Domani il protocollo sarà aperto dalle 8.30 alle 11, mentre i messi resteranno chiusi": the days that open the sentence are those of all that it tells.
    pub(super) fn shut_on_days_of_sentence(&self, segment: &Segment, clause: &Clause, n: usize, facts: &mut Facts) {
        let days = &self.sentence_dates;
        let first = segment.tokens.get(..clause.start).unwrap_or_default();
        // what comes behind a full stop of the mind is another matter
        let apart = first.iter().any(|t| t.is_any(&[";", "."]));
        let own = clause.marks.iter().any(|m| matches!(m.mark, Mark::When(_) | Mark::Days(_)));
        let alone =
            facts.flags.closed && !facts.flags.remote && facts.closures.is_empty() && facts.period.is_none() && facts.hours.is_empty();
        if n > 0 && !days.is_empty() && !apart && !own && alone && segment.role != Role::Row {
            facts.closures = days.iter().map(|day| DateRange::day(*day)).collect();
            facts.flags.closed = false;
        }
    }

    /// Remembers the days named last. Of a list of days, one in each entry, they are all: "nelle suddette giornate".
    pub(super) fn note_dates(&mut self, days: &[Date]) {
        if !self.goes_on_with_days() {
            self.last_dates.clear();
        }
        self.last_dates.extend(days);
    }

    /// Whether the entry at hand names days and nothing else, as the one before it does.
    fn goes_on_with_days(&self) -> bool {
        let only_days = |at: usize| {
            let entry = self.segments.get(at).is_some_and(|s| matches!(s.role, Role::Item | Role::Line));
            let marks = self.scans.get(at).map_or(&[][..], |marks| marks);
            entry && !marks.is_empty() && marks.iter().all(|m| matches!(m.mark, Mark::When(When::Days(_)) | Mark::Comma | Mark::Break))
        };
        only_days(self.at) && self.at.checked_sub(1).is_some_and(only_days)
    }

    /// "tranne lo stato civile, aperto dalle 9 alle 11": spans without days are for the dates that the sentence, or the closure of all, names.
    pub(super) fn lend_days(&self, segment: &Segment, facts: &mut Facts, explicit: bool) {
        if facts.loose.is_empty() || !facts.hours.is_empty() || !facts.openings.is_empty() || !explicit {
            return;
        }
        let mut dates = self.sentence_dates.clone();
        if dates.is_empty()
            && let Some(all) = self.drafts.iter().rev().find(|d| d.subject.office.is_all() && !d.closures.is_empty())
        {
            dates = all.closures.iter().filter(|r| r.first() == r.last()).map(|r| r.first()).collect();
        }
        // "L'8 marzo saranno chiusi URP e biblioteca. L'anagrafe aprirà dalle 8.30 alle 10.30": on the day that the sentence before tells of
        if dates.is_empty() && segment.role == Role::Sentence {
            dates.extend(self.last_closing.filter(|(block, _)| segment.block <= block + 1).map(|(_, day)| day));
        }
        for span in std::mem::take(&mut facts.loose) {
            facts.openings.extend(dates.iter().map(|date| crate::domain::Opening { date: *date, span }));
        }
    }
}

/// "Venerdì 3 e sabato 4 maggio", "Ecco i prossimi sabati: 10 e 24 maggio": days alone, for the hours that the next line tells.
pub(super) fn names_only_days(segment: &Segment, marks: &[Placed], dates: &[Date]) -> bool {
    let longest = if dates.len() >= 2 { 16 } else { 8 };
    // the weekday that all of them are
    let of_all = |s: &DaySelector| dates.iter().all(|day| weekday_of(*day) == s.day);
    let only = |m: &Placed| match &m.mark {
        Mark::When(When::Days(_)) | Mark::Comma => true,
        Mark::Days(Days::These { days, .. }) => dates.len() >= 2 && days.iter().all(of_all),
        _ => false,
    };
    !dates.is_empty() && segment.tokens.len() <= longest && segment.role != Role::Heading && marks.iter().all(only)
}

/// The days that an entry of a list of closings names, as those on which its office is shut; whether it names such and tells nothing else.
pub(super) fn shut_on_its_days(facts: &mut Facts) -> bool {
    let told = Flags { closed: false, ..facts.flags }.any() || !facts.hours.is_empty() || !facts.openings.is_empty();
    if told || !facts.closures.is_empty() {
        return false;
    }
    let range = facts.period.and_then(|p| DateRange::new(p.from?, p.until?));
    let mut days: Vec<DateRange> = facts.bare_dates.iter().map(|day| DateRange::day(*day)).collect();
    days.extend(range.filter(|_| facts.bare_dates.is_empty()));
    if days.is_empty() {
        return false;
    }
    facts.period = facts.period.filter(|_| range.is_none());
    (facts.closures, facts.flags.closed) = (days, false);
    true
}

/// Whether a sentence tells from when or until when something holds.
pub(super) fn governs(segment: &Segment) -> bool {
    const GOVERNS: [&str; 25] = [
        "varra ",
        "varranno ",
        "vale ",
        "valgono ",
        "in vigore",
        "valid",
        "decorr",
        "scatt",
        "novita",
        "nuovo orario",
        "nuovi orari",
        "si applic",
        "cambiament",
        "operativ",
        "si comincia",
        "si parte",
        "tutto part",
        "il via ",
        "prende avvio",
        "prendono avvio",
        "il tutto ",
        "tutto cio ",
        "questo fino ",
        "prosegu",
        "cosi fino ",
    ];
    segment.folded.has_any(&GOVERNS)
}
