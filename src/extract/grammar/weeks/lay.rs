//! Weeks put together: chunk over chunk, the closer rule over the wider one.

use super::Chunk;
use crate::domain::{Slot, Span, Week};

/// Lays a chunk over a week. A day that is named again adds its spans; where they overlap what a wider rule said, the closer rule replaces it.
pub fn lay(week: &mut Week, chunk: &Chunk) {
    for day in &chunk.days {
        let overlaps = week.day(chunk.season, day.clone()).is_some_and(|slots| {
            slots.iter().any(|there| {
                chunk.slots.iter().any(|new| match (there, new) {
                    (Slot::Times(a), Slot::Times(b)) => a != b && overlap(a, b),
                    (Slot::Part(_), Slot::Times(_)) => true,
                    _ => false,
                })
            })
        });
        let stands_shut = chunk.slots == [Slot::Off];
        if overlaps
            || chunk.instead && !stands_shut
            || stands_shut && chunk.days.len() <= 2 && week.day(chunk.season, day.clone()).is_some()
        {
            week.remove(chunk.season, day.clone());
        }
        for slot in &chunk.slots {
            // "giovedì 15.30-17.30", and later "il giovedì pomeriggio": the times say it better
            if let Slot::Part(part) = slot
                && week.day(chunk.season, day.clone()).is_some_and(|slots| slots.iter().any(|there| within(there, part)))
            {
                continue;
            }
            week.add(chunk.season, day.clone(), slot.clone());
        }
    }
}

/// Whether a span lies in a part of the day.
pub fn within(slot: &Slot, part: &str) -> bool {
    let Slot::Times(span) = slot else { return false };
    let noon = 12 * 60;
    match part {
        "mattina" => span.from().minutes() < noon,
        "pomeriggio" => span.from().minutes() >= noon,
        _ => false,
    }
}

fn overlap(a: &Span, b: &Span) -> bool {
    let end = |s: &Span| s.to().map_or(1440, |t| t.minutes());
    a.from().minutes() < end(b) && b.from().minutes() < end(a)
}
