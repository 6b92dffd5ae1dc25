//! The last look at what was put together: empty drafts fall away, parts of one notice meet.

use std::collections::BTreeMap;

use super::branches;
use super::draft::{Draft, Flags, Period};
use crate::domain::{Access, Evidence, Notice, OfficeId, Slot};
use crate::text::Folded;

/// The notices of the drafts.
pub fn notices(mut drafts: Vec<Draft>) -> Vec<Notice> {
    drop_what_is_told_in_full(&mut drafts);
    // channels and addresses without a period belong to the same office's notice, whatever its period
    let (contacts, mut kept): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(only_contacts);
    let mut alone: Vec<Draft> = Vec::new();
    for draft in contacts {
        if let Some(there) = kept.iter_mut().chain(&mut alone).find(|d| d.subject.same(&draft.subject)) {
            absorb(there, draft);
        } else {
            alone.push(draft);
        }
    }
    kept.append(&mut alone);
    kept.iter_mut().for_each(days_say_when);
    share_among_sites(&mut kept);
    join_titles(&mut kept);
    join_leads(&mut kept);
    share_status_among_sites(&mut kept);
    // a place that was named, no more
    kept.retain(|draft| has_content(draft) && !(only_contacts(draft) && draft.channels.is_empty() && !draft.moves));
    let mut notices: Vec<Notice> = kept.into_iter().map(Draft::finish).collect();
    notices.iter_mut().for_each(only_days_have_no_period);
    settle_exceptions(&mut notices);
    notices
}

/// "Il giovedì fino a sera", "chiuso per un giorno" in a lead: parts of days and counts of days, where the text below tells the hours and the days.
fn drop_what_is_told_in_full(drafts: &mut [Draft]) {
    const COUNTS: [&str; 6] =
        ["per un giorno", "per due giorni", "per tre giorni", "per qualche giorno", "per una settimana", "per due settimane"];
    let parts = |d: &Draft| !d.weeks.is_empty() && d.weeks.values().all(|w| w.iter().all(|(.., slot)| matches!(slot, Slot::Part(_))));
    let spans = |d: &Draft| d.weeks.values().any(|w| w.iter().any(|(.., slot)| matches!(slot, Slot::Times(_))));
    let counted = |d: &Draft| {
        let text = |e: &Evidence| crate::text::fold(&e.sentence);
        d.flags.closed
            && d.period.is_open()
            && d.closures.is_empty()
            && d.evidence.iter().any(|e| COUNTS.iter().any(|w| text(e).contains(w)))
    };
    for at in 0..drafts.len() {
        let others = |told: &dyn Fn(&Draft) -> bool| {
            drafts.iter().enumerate().any(|(i, d)| i != at && d.subject.same(&drafts[at].subject) && told(d))
        };
        let (in_parts, in_number) = (parts(&drafts[at]) && others(&spans), counted(&drafts[at]) && others(&|d| !d.closures.is_empty()));
        if in_parts && !drafts[at].flags.beyond_open() {
            drafts[at].weeks.clear();
            drafts[at].flags.open = false;
        }
        if in_number {
            drafts[at].flags.closed = false;
        }
    }
}

/// Whether a draft holds nothing but ways to reach the office, for no period.
fn only_contacts(draft: &Draft) -> bool {
    draft.weeks.is_empty()
        && draft.closures.is_empty()
        && draft.openings.is_empty()
        && !draft.flags.any()
        && draft.except.is_empty()
        && draft.period.is_open()
}

/// "Chiusure nel mese di giugno" above the days themselves: the title sums them up, and states neither a period nor that all of it is shut.
fn days_say_when(draft: &mut Draft) {
    // "Tributi - chiusura per assemblea" above "giovedì 14 sarà aperto dalle 11.30 alle 13": the text tells how much of the day it is
    if draft.flags.closed && draft.period.is_open() && draft.closures.is_empty() && draft.weeks.is_empty() && !draft.openings.is_empty() {
        draft.flags.closed = false;
    }
    let (Some(from), Some(until)) = (draft.period.from, draft.period.until) else { return };
    let whole_months = is_of_months(draft.period);
    let only_days = draft.weeks.is_empty() && draft.channels.is_empty() && draft.address.is_none();
    let mut days =
        draft.closures.iter().flat_map(|range| [range.first(), range.last()]).chain(draft.openings.iter().map(|o| o.date)).peekable();
    if whole_months && only_days && days.peek().is_some() && days.all(|day| from <= day && day <= until) {
        draft.period = Period::default();
        draft.flags.closed &= draft.closures.is_empty();
    }
}

/// "Per tutte le sedi il numero è uno", "le biblioteche sono chiuse nei festivi": contacts and days off of an office that speaks through its branches go to each
/// of them.
fn share_among_sites(drafts: &mut Vec<Draft>) {
    let mut shared: Vec<Draft> = Vec::new();
    let mut at = 0;
    while at < drafts.len() {
        let office = drafts[at].subject.office.clone();
        let n_sites = drafts.iter().filter(|d| d.subject.office == office && d.subject.site.is_some()).take(2).count();
        if drafts[at].subject.site.is_some() || n_sites < 2 {
            at += 1;
            continue;
        }
        let days_off = drafts[at].weeks.values().all(|week| week.iter().all(|(_, _, slot)| *slot == Slot::Off));
        // "Da settembre a dicembre" in the title holds for the contacts as for all
        let dated = drafts.iter().filter(|d| d.subject.office == office && d.subject.site.is_some()).all(|d| !d.period.is_open());
        let period = if dated && drafts[at].weeks.is_empty() { Period::default() } else { drafts[at].period };
        let bare = only_contacts(&Draft { weeks: BTreeMap::new(), period, ..drafts[at].clone() }) && days_off;
        // "Tel. …" below a list of branches, in a text that tells of nobody else
        let of_branches = |(i, d): (usize, &Draft)| i == at || d.subject.site.is_some() && d.subject.office == office;
        let nameless = drafts.iter().enumerate().all(of_branches)
            && drafts[at].evidence.iter().all(|evidence| branches::is_bare_contact(&evidence.sentence));
        // "Entrambe le sedi resteranno chiuse il 15 agosto"
        let shut = !drafts[at].closures.is_empty()
            && only_contacts(&Draft { closures: Vec::new(), period: Period::default(), ..drafts[at].clone() });
        if bare && (nameless || says_shared(&drafts[at])) || shut && drafts[at].evidence.iter().all(is_of_branches) {
            shared.push(drafts.remove(at));
        } else {
            at += 1;
        }
    }
    for draft in shared {
        for there in drafts.iter_mut().filter(|d| d.subject.office == draft.subject.office && d.subject.site.is_some()) {
            // days off are told of hours
            let timed = !there.weeks.is_empty();
            for (access, week) in draft.weeks.iter().filter(|_| timed) {
                there.weeks.entry(*access).or_default().extend(week);
            }
            // … and so are single days shut, within the period that they fall in
            let falls = |day| there.period.from.is_none_or(|from| from <= day) && there.period.until.is_none_or(|until| day <= until);
            let shut: Vec<_> = draft.closures.iter().filter(|range| falls(range.first())).copied().collect();
            there.closures.extend(shut);
            absorb(there, Draft { address: None, ..draft.clone() });
        }
    }
}

/// Whether its sentences say that contacts are those of each branch: "per tutte le sedi", "valida per entrambe", "hanno in comune", or speak of the branches in the
/// plural: "numero verde degli ecocentri". A number of the whole office, for urgent calls or its letters, is none.
fn says_shared(draft: &Draft) -> bool {
    let each = |evidence: &Evidence| branches::says_each(&Folded::new(&evidence.sentence));
    draft.evidence.iter().any(each) || !draft.evidence.is_empty() && draft.evidence.iter().all(is_of_branches)
}

/// Whether a sentence speaks of the branches in the plural.
fn is_of_branches(evidence: &Evidence) -> bool {
    branches::names_them(&Folded::new(&evidence.sentence))
}

/// "I tre poli sociali ricevono solo a distanza", "su prenotazione, in entrambe le sedi": how an office is served that speaks through its branches holds in
/// each of them that says nothing else; hours alone say nothing else.
fn share_status_among_sites(drafts: &mut Vec<Draft>) {
    let alone = |d: &Draft| {
        d.subject.site.is_none()
            && d.flags.any()
            && d.weeks.keys().all(|access| *access == Access::Phone)
            && !has_content(&Draft { flags: Flags::default(), channels: Vec::new(), weeks: BTreeMap::new(), ..d.clone() })
            && !d.subject.office.is_all()
            && !d.subject.office.is_other()
    };
    let mut at = 0;
    while at < drafts.len() {
        if !alone(&drafts[at]) {
            at += 1;
            continue;
        }
        let whole = drafts[at].clone();
        let is_branch = |d: &Draft| d.subject.office == whole.subject.office && d.subject.site.is_some();
        let is_whole = |d: &Draft| d.subject.office == whole.subject.office && d.subject.site.is_none();
        let told_otherwise = drafts.iter().enumerate().any(|(i, d)| i != at && is_whole(d) && has_content(d));
        if told_otherwise || drafts.iter().filter(|d| is_branch(d)).count() < 2 {
            at += 1;
            continue;
        }
        for branch in drafts.iter_mut().filter(|d| is_branch(d)) {
            let silent = !branch.flags.beyond_open() && !branch.unchanged;
            if silent && (branch.closures.is_empty() || !branch.weeks.is_empty()) {
                branch.flags = branch.flags.or(whole.flags);
                branch.period = if branch.period.is_open() { whole.period } else { branch.period };
                for (access, week) in &whole.weeks {
                    branch.weeks.entry(*access).or_default().extend(week);
                }
                absorb(branch, whole.clone());
            } else {
                absorb(branch, Draft { evidence: Vec::new(), ..whole.clone() });
            }
        }
        drafts.remove(at);
    }
}

/// "Orario ridotto" in a title, and the hours and their period below: one statement.
fn join_titles(drafts: &mut Vec<Draft>) {
    let bare = |d: &Draft| {
        d.flags == Flags { reduced: true, open: d.flags.open, ..Flags::default() }
            && d.period.is_open()
            && d.weeks.is_empty()
            && d.closures.is_empty()
            && d.openings.is_empty()
            && d.except.is_empty()
    };
    let mut at = 0;
    while at < drafts.len() {
        let here = &drafts[at];
        let mut others = (0..drafts.len()).filter(|i| *i != at && drafts[*i].subject.same(&here.subject));
        let only = others.next().filter(|_| others.next().is_none());
        let joins = only.filter(|i| {
            let flags = drafts[*i].flags;
            let shut = flags.closed && drafts[*i].closures.is_empty();
            bare(here) && !drafts[*i].weeks.is_empty() && !(flags.appointment || flags.remote || shut)
        });
        let Some(there) = joins else {
            at += 1;
            continue;
        };
        let title = drafts[at].clone();
        drafts[there].flags.reduced = true;
        absorb(&mut drafts[there], title);
        drafts.remove(at);
    }
}

/// "Al SUAP non si va più senza prenotare. Da lunedì 1 dicembre l'ufficio riceve solo su appuntamento": what a lead says without a day, the text says with it.
fn join_leads(drafts: &mut Vec<Draft>) {
    let bare = |d: &Draft| {
        d.flags.beyond_open()
            && (d.period.is_open() || is_of_months(d.period))
            && !has_content(&Draft { flags: Flags::default(), ..d.clone() })
    };
    // "in agosto solo su appuntamento" above "dal 4 al 22 agosto …"
    let within = |d: Period, lead: Period| {
        lead.from.is_none_or(|from| d.from.is_some_and(|own| own >= from))
            && lead.until.is_none_or(|until| d.until.is_some_and(|own| own <= until))
    };
    let said = |d: &Draft, lead: &Draft| {
        let same = d.subject.same(&lead.subject) && d.status() == lead.status();
        same && !d.period.is_open() && d.period != lead.period && within(d.period, lead.period)
    };
    let repeated = |i: &usize| bare(&drafts[*i]) && drafts.iter().filter(|d| said(d, &drafts[*i])).count() == 1;
    let leads: Vec<usize> = (0..drafts.len()).filter(repeated).collect();
    for at in leads.into_iter().rev() {
        drafts.remove(at);
    }
}

/// Whether a period is of whole months.
fn is_of_months(period: Period) -> bool {
    let (Some(from), Some(until)) = (period.from, period.until) else { return false };
    from.day() == 1 && until.day() == until.days_in_month()
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

/// Days that are shut or have hours of their own say themselves when: beside nothing else a period says nothing.
fn only_days_have_no_period(notice: &mut Notice) {
    let days = !notice.closures.is_empty() || !notice.openings.is_empty();
    // a move begins on a day of its own
    if days && notice.status.is_none() && notice.hours.is_empty() && notice.address.is_none() {
        (notice.valid_from, notice.valid_until) = (None, None);
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
