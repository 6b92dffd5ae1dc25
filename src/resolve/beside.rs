//! "Riceve anche il giovedì dalle 15 alle 17", "non riceve più il sabato": hours that are added to those that hold, or taken out of them.

use crate::domain::{OfficeHours, Slot};

/// The hours that hold, with those that an article adds and without the days that it takes away.
pub(super) fn beside(held: &[OfficeHours], more: &[OfficeHours]) -> Vec<OfficeHours> {
    let mut hours = held.to_vec();
    for entry in more {
        for (season, day, slot) in entry.week.iter() {
            if *slot == Slot::Off {
                hours.iter_mut().for_each(|held| held.week.remove(season, day.clone()));
                continue;
            }
            match hours.iter_mut().find(|held| held.access == entry.access) {
                Some(held) => held.week.add(season, day.clone(), slot.clone()),
                None => {
                    let mut added = OfficeHours { access: entry.access, week: Default::default() };
                    added.week.add(season, day.clone(), slot.clone());
                    hours.push(added);
                }
            }
        }
    }
    hours.retain(|held| !held.week.is_empty());
    hours
}

/// The hours that hold, without a part of the days that an article names.
pub(super) fn without_part(held: &[OfficeHours], days: &[OfficeHours], part: &str) -> Vec<OfficeHours> {
    const NOON: u16 = 13 * 60;
    let lies_in = |slot: &Slot| match slot {
        Slot::Off => false,
        Slot::Part(own) => own == part,
        Slot::Times(span) => (span.from().minutes() >= NOON) == (part == "pomeriggio"),
    };
    let mut hours = held.to_vec();
    for (season, day, _) in days.iter().flat_map(|entry| entry.week.iter()) {
        for held in &mut hours {
            let left: Vec<Slot> = held.week.day(season, day.clone()).into_iter().flatten().filter(|slot| !lies_in(slot)).cloned().collect();
            held.week.set(season, day.clone(), left);
        }
    }
    hours.retain(|held| !held.week.is_empty());
    hours
}

/// The days of some hours, as days that are shut.
pub(super) fn shut(hours: &[OfficeHours]) -> Vec<OfficeHours> {
    let mut shut = hours.to_vec();
    for entry in &mut shut {
        let days: Vec<_> = entry.week.iter().map(|(season, day, _)| (season, day.clone())).collect();
        for (season, day) in days {
            entry.week.set(season, day, [Slot::Off]);
        }
    }
    shut
}

/// Whether hours only say on which days there are none.
pub(super) fn only_off(hours: &[OfficeHours]) -> bool {
    hours.iter().all(|entry| entry.week.iter().all(|(season, _, slot)| season.is_none() && *slot == Slot::Off))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Access;

    fn hours(text: &str) -> Vec<OfficeHours> {
        vec![OfficeHours { week: text.parse().unwrap(), access: Access::WalkIn }]
    }

    #[test]
    fn an_afternoon_is_added_and_a_day_is_taken_out() {
        let base = hours("Mo-Fr 08:30-12:30");
        assert_eq!(beside(&base, &hours("Th 15:00-17:00")), hours("Mo-We,Fr 08:30-12:30; Th 08:30-12:30,15:00-17:00"));
        assert_eq!(beside(&base, &hours("Th off")), hours("Mo-We,Fr 08:30-12:30"));
        let whole = hours("Mo,We,Fr 08:30-12:30; Tu,Th 08:30-12:30,15:00-17:30");
        assert_eq!(without_part(&whole, &hours("Th off"), "pomeriggio"), hours("Mo,We-Fr 08:30-12:30; Tu 08:30-12:30,15:00-17:30"));
        assert_eq!(
            without_part(&whole, &hours("Th off"), "mattina"),
            hours("Mo,We,Fr 08:30-12:30; Tu 08:30-12:30,15:00-17:30; Th 15:00-17:30")
        );
        assert!(only_off(&hours("Th off")));
        assert!(!only_off(&base));
    }
}
