//! What is said again, or on top of what was said: the times of the same office on further days, the former hours with some more, the way of the office before,
//! the end of a closing.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Assembler;
use super::same::chunks_of;
use crate::domain::{Access, DaySelector, Slot};
use crate::extract::draft::{Facts, Flags, Period, Subject};
use crate::extract::grammar::weeks::Chunk;
use crate::extract::segment::Segment;

impl Assembler<'_> {
    /// "Il martedì, alle stesse ore, entrano i soli prenotati", behind the hours of the same office: the times last told, on further days.
    pub(super) fn repeat_own_hours(&self, whom: &[Subject], facts: &mut Facts) -> bool {
        let parts_alone = facts.hours.iter().all(|(_, c)| c.slots.iter().all(|slot| matches!(slot, Slot::Part(_))));
        if facts.reference.is_some() || !parts_alone || facts.bare_days.is_empty() && facts.hours.is_empty() {
            return false;
        }
        let own = self.drafts.iter().rev().find(|d| whom.iter().any(|s| s.same(&d.subject)) && !d.weeks.is_empty());
        let Some(own) = own else { return false };
        // where its days have different times, "the same" leaves open which
        let is_meant = |day: &DaySelector| facts.like_day.as_ref().is_none_or(|like| like == day);
        let slots: BTreeSet<Vec<Slot>> = own
            .weeks
            .values()
            .flat_map(|week| week.iter().map(move |(season, day, _)| (week, season, day)))
            .filter(|(_, _, day)| is_meant(day))
            .map(|(week, season, day)| week.day(season, day.clone()).into_iter().flatten().cloned().collect())
            .filter(|slots: &Vec<Slot>| slots != &[Slot::Off])
            .collect();
        let [slots] = slots.into_iter().collect::<Vec<_>>().try_into().unwrap_or_else(|_| [Vec::new()]);
        if slots.is_empty() {
            return false;
        }
        let access = if facts.flags.appointment { Access::Appointment } else { Access::WalkIn };
        // "una mattina, il mercoledì, nella stessa fascia": the part of the day says no more than the times
        let mut days: Vec<DaySelector> =
            std::mem::take(&mut facts.bare_days).into_iter().chain(facts.hours.drain(..).flat_map(|(_, c)| c.days)).collect();
        days.retain(|day| facts.like_day.as_ref() != Some(day));
        let chunk = Chunk { days, slots, season: facts.season, instead: false, start: 0, end: 0 };
        facts.hours.push((access, chunk));
        facts.flags.strict = false;
        true
    }

    /// "Dal 16 settembre si aggiungono i due pomeriggi, ferme restando le mattine": on top of the hours that held until then.
    pub(super) fn add_to_former_hours(&self, segment: &Segment, whom: &[Subject], facts: &mut Facts) {
        let adds = segment.folded.has_any(&["si aggiung", "si sommano", "oltre alle mattine", "oltre al mattino"]);
        let keeps =
            segment.folded.has_any(&["ferme restando", "fermo restando", "restando invariat", "oltre all", "di nuovo", "come prima"]);
        let Some(from) = facts.period.and_then(|p| p.from).filter(|_| adds && keeps && !facts.hours.is_empty()) else { return };
        let former = self.drafts.iter().rev().find(|d| {
            whom.iter().any(|s| s.same(&d.subject))
                && !d.weeks.is_empty()
                && d.period.until.is_some_and(|until| until.tomorrow().is_ok_and(|next| next == from))
        });
        if let Some(former) = former {
            let mut hours = chunks_of(former);
            hours.append(&mut facts.hours);
            facts.hours = hours;
        }
    }

    /// "Da giovedì 20 si riprende con l'orario consueto", behind the day on which the office is shut: the end of the closing, and nothing new.
    pub(super) fn only_ends_closing(&self, segment: &Segment, whom: &[Subject], facts: &Facts) -> bool {
        const AGAIN: [&str; 10] =
            ["consuet", "abitual", "solit", "normal", "regolar", "di sempre", "riapr", "riprend", "ripart", "ricominc"];
        let again = segment.folded.has_any(&AGAIN);
        // "Si riapre lunedì 15 con l'orario nuovo:" above it
        let new_hours =
            segment.tokens.iter().any(|t| t.text.starts_with("orari")) && segment.tokens.iter().any(|t| t.text.starts_with("nuov"));
        // "Riapriranno lunedì 22 in via Stelvio 20": in another place
        let bare = facts.address.is_none()
            && !new_hours
            && facts.hours.is_empty()
            && facts.openings.is_empty()
            && facts.channels.is_empty()
            && facts.closures.is_empty();
        let open = facts.flags == Flags { open: true, ..Flags::default() };
        let Some(Period { from: Some(from), until }) = facts.period.filter(|_| again && bare && open) else { return false };
        // "Riaprirà il 3", where only the day of the closing was read as one
        let near = |last: Date| match until {
            None => last < from && (from - last).get_days() <= 4,
            Some(until) => from == until && from == last,
        };
        self.drafts.iter().any(|d| whom.iter().any(|s| s.same(&d.subject)) && d.closures.iter().any(|range| near(range.last())))
    }

    /// "Stessa organizzazione per …", "Lo stesso vale per …": how the office before serves.
    pub(super) fn is_told_alike(&self, segment: &Segment) -> bool {
        const ALIKE: [&str; 9] = [
            "stessa organizzazione",
            "stesse modalita",
            "medesime modalita",
            "stesso discorso",
            "stessa sorte",
            "stessa situazione",
            "lo stesso vale per",
            "vale lo stesso per",
            "analoga situazione",
        ];
        ALIKE.iter().any(|w| segment.folded.text.trim_start().starts_with(w))
    }
}
