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
        assert!(only_off(&hours("Th off")));
        assert!(!only_off(&base));
    }
}
