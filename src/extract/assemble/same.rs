//! What is said by reference: "stessi orari", "idem", "allo stesso numero", "nella stessa fascia".

use super::Assembler;
use crate::domain::{Access, ChannelKind, DaySelector, OfficeId, Slot};
use crate::extract::draft::{Draft, Facts, Subject};
use crate::extract::grammar::weeks::Chunk;
use crate::extract::segment::{Role, Segment};

impl Assembler<'_> {
    /// Puts what the words refer to in their place.
    pub(super) fn fill_references(&self, segment: &Segment, whom: &[Subject], explicit: bool, facts: &mut Facts) {
        if facts.same_hours && self.says_the_same(segment) {
            // "Museo civico: idem." below an office that is shut: what was said of it
            if let Some(last) = self.drafts.iter().rev().find(|d| !whom.iter().any(|s| s.same(&d.subject))).filter(|d| d.weeks.is_empty()) {
                (facts.flags, facts.period, facts.same_hours) = (last.flags, Some(last.period).filter(|p| !p.is_open()), false);
                facts.closures.clone_from(&last.closures);
            }
        }
        if facts.same_hours {
            let mut before = self.hours_before(whom, facts.reference.as_ref());
            let moved = segment.folded.has_any(&["rinviat", "spostat", "posticip", "anticipat", "differit"]);
            if facts.reference.is_none() && moved && !self.sentence_dates.is_empty() {
                before.clear(); // "il ricevimento di mercoledì 8 è rinviato a giovedì 9, stesso orario": its own
            }
            for (_, chunk) in &mut before {
                chunk.days.retain(|d| !facts.without_days.contains(d)); // "come sopra, tranne il venerdì"
            }
            before.retain(|(_, chunk)| !chunk.days.is_empty());
            let others = !facts.bare_days.is_empty() && !before.iter().any(|(_, c)| c.days.iter().any(|d| facts.bare_days.contains(d)));
            if others && facts.hours.is_empty() {
                // "il mercoledì, nella stessa fascia": those times on days of its own
                before.truncate(1);
                before.iter_mut().for_each(|(_, chunk)| chunk.days.clone_from(&facts.bare_days));
            }
            before.retain(|(_, chunk)| facts.bare_days.is_empty() || chunk.days.iter().all(|d| facts.bare_days.contains(d)));
            for (_, chunk) in &mut before {
                chunk.season = facts.season.or(chunk.season);
            }
            if facts.flags.remote && !facts.flags.video {
                // "solo telefonicamente, negli stessi orari"
                before.iter_mut().for_each(|(access, _)| *access = Access::Phone);
            }
            if before.is_empty()
                && facts.openings.is_empty()
                && explicit
                && let Some(last) = self.drafts.iter().rev().find(|d| !d.openings.is_empty() && !whom.iter().any(|s| s.same(&d.subject)))
            {
                // "nella stessa fascia" as an office that opens on a single day; "venerdì 7 e sabato 8, negli stessi orari dell'ufficio elettorale"
                let mut days = self.sentence_dates.clone();
                if let Some(n) = last_of_days(segment) {
                    days = last.openings.iter().map(|o| o.date).collect();
                    days.dedup();
                    days.drain(..days.len().saturating_sub(n));
                }
                facts.openings.extend(last.openings.iter().filter(|o| days.is_empty() || days.contains(&o.date)).cloned());
                facts.period = facts.period.filter(|_| !facts.single_day);
            }
            before.append(&mut facts.hours);
            facts.hours = before;
        }
        // "nella stessa sede", "stesso indirizzo", "nello stesso palazzo"
        const PLACES: [&str; 8] = ["sede", "indirizzo", "palazzo", "edificio", "stabile", "palazzina", "immobile", "complesso"];
        let same = |pair: &[crate::text::Token]| {
            pair[0].is_any(&["stessa", "stesso", "medesima", "medesimo"]) && PLACES.contains(&pair[1].text.as_str())
        };
        if facts.address.is_none() && explicit && segment.tokens.windows(2).any(same) {
            let told = self.drafts.iter().rev().find(|d| d.address.is_some() && !whom.iter().any(|s| s.same(&d.subject)));
            facts.address = told.and_then(|d| d.address.clone());
        }
        let has_phone = |d: &Draft| d.channels.iter().any(|c| c.kind == ChannelKind::Phone);
        let own = self.drafts.iter().any(|d| whom.iter().any(|s| s.same(&d.subject)) && has_phone(d));
        if facts.same_number && !own {
            let other = self.drafts.iter().rev().find(|d| {
                d.channels.iter().any(|c| c.kind == ChannelKind::Phone)
                    && facts.reference.as_ref().is_none_or(|r| *r == d.subject.office)
                    && !whom.iter().any(|s| s.same(&d.subject))
            });
            if let Some(other) = other {
                facts.channels.extend(other.channels.iter().filter(|c| c.kind == ChannelKind::Phone).cloned());
            }
        }
    }

    /// "Museo civico: idem": a line that says nothing but that the same holds.
    pub(super) fn says_the_same(&self, segment: &Segment) -> bool {
        let ditto = segment.tokens.iter().any(|t| t.is("idem")) || segment.folded.has("c.s.");
        ditto && segment.tokens.len() <= 10 && segment.role != Role::Heading
    }

    /// The hours of the office that spoke before, for "stessi giorni e orari".
    pub(super) fn hours_before(&self, whom: &[Subject], reference: Option<&OfficeId>) -> Vec<(Access, Chunk)> {
        if reference.is_none() && !self.default_hours.is_empty() {
            return self.default_hours.clone();
        }
        let before =
            self.drafts.iter().rev().find(|d| {
                !d.weeks.is_empty() && reference.is_none_or(|r| *r == d.subject.office) && !whom.iter().any(|s| s.same(&d.subject))
            });
        before.map(chunks_of).unwrap_or_default()
    }
}

/// "nelle ultime due giornate": how many.
fn last_of_days(segment: &Segment) -> Option<usize> {
    let text = segment.folded.text.as_str();
    let n = ["due", "tre", "quattro"].iter().position(|n| {
        ["ultime", "ultimi"]
            .iter()
            .any(|last| ["giornate", "giorni", "date"].iter().any(|days| text.contains(&format!("{last} {n} {days}"))))
    })?;
    Some(n + 2)
}

/// The hours of a draft, day by day.
pub(super) fn chunks_of(draft: &Draft) -> Vec<(Access, Chunk)> {
    let chunk = |season, day: &DaySelector, slot: &Slot| Chunk {
        days: vec![day.clone()],
        slots: vec![slot.clone()],
        season,
        instead: false,
        start: 0,
        end: 0,
    };
    draft.weeks.iter().flat_map(|(access, week)| week.iter().map(move |(season, day, slot)| (*access, chunk(season, day, slot)))).collect()
}

/// "Per chiarimenti risponde …": a number, and at most the hours at which it answers.
pub(super) fn only_explains(segment: &Segment, facts: &Facts) -> bool {
    const ABOUT: [&str; 4] = ["per chiariment", "per delucidazion", "per eventuali chiariment", "per ulteriori chiariment"];
    let phone = facts.hours.iter().all(|(access, _)| *access == crate::domain::Access::Phone);
    let bare = !facts.flags.any() && facts.openings.is_empty() && facts.closures.is_empty() && facts.address.is_none();
    phone && bare && !facts.channels.is_empty() && ABOUT.iter().any(|w| segment.folded.text.trim_start().starts_with(w))
}

/// Whether something is said of several branches at once, whatever period was told of the last of them.
pub(super) fn several_branches(whom: &[Subject]) -> bool {
    whom.len() >= 2 && whom.iter().all(|s| s.site.is_some())
}
