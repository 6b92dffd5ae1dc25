//! The last look at what was put together: empty drafts fall away, parts of one notice meet.

use super::draft::Draft;
use crate::domain::{Evidence, Notice, OfficeId};

/// The notices of the drafts.
pub fn notices(drafts: Vec<Draft>) -> Vec<Notice> {
    let mut kept: Vec<Draft> = Vec::new();
    for draft in drafts {
        // channels and addresses without a period belong to the same office's notice, whatever its period
        let only_contacts = draft.weeks.is_empty()
            && draft.closures.is_empty()
            && draft.openings.is_empty()
            && !draft.flags.any()
            && draft.except.is_empty();
        if only_contacts
            && draft.period.is_open()
            && let Some(there) = kept.iter_mut().rev().find(|d| d.subject.same(&draft.subject))
        {
            absorb(there, draft);
            continue;
        }
        let only_address = only_contacts && draft.channels.is_empty() && draft.period.is_open() && !draft.moves;
        if only_address {
            continue; // a place that was named, no more
        }
        kept.push(draft);
    }
    let mut notices: Vec<Notice> = kept.into_iter().filter(has_content).map(Draft::finish).collect();
    settle_exceptions(&mut notices);
    notices
}

fn has_content(draft: &Draft) -> bool {
    draft.flags.any()
        || !draft.weeks.is_empty()
        || !draft.closures.is_empty()
        || !draft.openings.is_empty()
        || !draft.channels.is_empty()
        || draft.address.is_some()
        || !draft.except.is_empty()
}

fn absorb(there: &mut Draft, more: Draft) {
    for channel in more.channels {
        if !there.channels.contains(&channel) {
            there.channels.push(channel);
        }
    }
    if there.address.is_none() {
        there.address = more.address;
    }
    for evidence in more.evidence {
        Evidence::add(&mut there.evidence, evidence);
    }
}

/// Exceptions belong to a notice about all; without one they are nobody's.
fn settle_exceptions(notices: &mut Vec<Notice>) {
    for notice in notices.iter_mut() {
        if !notice.office.is_all() {
            notice.except.clear();
        }
        let all = OfficeId::all();
        notice.except.retain(|office| *office != all);
    }
    notices.retain(|n| !n.is_empty() || n.valid_from.is_some() || n.valid_until.is_some());
}
