//! Areas with their offices: "Area amministrativa: si riceve il lunedì, 9-12" as an entry of a list, and the offices of the area as entries below it. What is
//! said of the area is said of each of its offices.

use super::Assembler;
use crate::extract::draft::Facts;
use crate::extract::segment::{Role, first_word};

/// An area, and what is said of it.
#[derive(Debug)]
pub(super) struct Group {
    /// Index of the segment that names it.
    pub(super) head: usize,
    /// The element that holds it and its offices.
    container: usize,
    /// What it lends.
    facts: Facts,
}

impl Assembler<'_> {
    /// Takes what an entry says of an area whose offices follow inside it. Whether it was such an entry.
    pub(super) fn open_group(&mut self, index: usize, facts: &Facts) -> bool {
        const AREAS: [&str; 5] = ["area", "settore", "ripartizione", "dipartimento", "direzione"];
        let segment = &self.segments[index];
        let named = segment.tokens.get(first_word(&segment.tokens)).is_some_and(|t| AREAS.contains(&t.text.as_str()));
        let next = self.segments.get(index + 1).filter(|next| next.role == Role::Item);
        let holds = next.is_some_and(|next| next.container != segment.container && self.is_inside(next.container, segment.container));
        if segment.role != Role::Item || !named || !holds {
            return false;
        }
        let container = segment.container;
        let group = match self.group.take().filter(|group| group.head == index) {
            Some(mut group) => {
                group.facts.flags = group.facts.flags.or(facts.flags);
                group.facts.hours.extend(facts.hours.iter().cloned());
                group.facts.channels.extend(facts.channels.iter().cloned());
                group.facts.address = group.facts.address.or(facts.address.clone());
                group.facts.period = group.facts.period.or(facts.period);
                group
            }
            None => Group { head: index, container, facts: facts.clone() },
        };
        self.group = Some(group);
        self.topic.clear();
        true
    }

    /// Adds what is said of the area to what an office in it says of itself.
    pub(super) fn lend_of_group(&self, index: usize, facts: &mut Facts) {
        let inside = |group: &&Group| self.is_inside(self.segments[index].container, group.container);
        let Some(group) = self.group.as_ref().filter(inside) else { return };
        let lent = &group.facts;
        if !facts.flags.any() && (facts.hours.is_empty() || facts.also) {
            facts.flags = lent.flags;
        }
        if facts.hours.is_empty() || facts.also {
            let own = std::mem::take(&mut facts.hours);
            facts.hours = lent.hours.iter().cloned().chain(own).collect();
        }
        for channel in &lent.channels {
            if !facts.channels.contains(channel) {
                facts.channels.push(channel.clone());
            }
        }
        facts.address = facts.address.take().or(lent.address.clone());
        facts.period = facts.period.or(lent.period);
    }

    fn is_inside(&self, container: usize, outer: usize) -> bool {
        let mut at = Some(container);
        while let Some(here) = at {
            if here == outer {
                return true;
            }
            at = self.parents.get(here).copied().flatten();
        }
        false
    }
}
