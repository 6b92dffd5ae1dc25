//! Whom a clause is about: offices that it names, "gli uffici", "i primi due", "quest'ultimo", with the branch that narrows them.

use super::Assembler;
use crate::domain::{Channel, ChannelKind, OfficeId};
use crate::extract::branches;
use crate::extract::clause::Clause;
use crate::extract::draft::{Period, Subject};
use crate::extract::grammar::offices::{Mention, Named};
use crate::extract::scan::{Mark, Placed, labels_contact};
use crate::extract::segment::{Role, Segment};
use crate::extract::strangers;
use crate::lexicon::Cue;

impl Assembler<'_> {
    pub(super) fn whom(&mut self, clause: &Clause, segment: &Segment) -> (Vec<Subject>, bool) {
        let mut subjects: Vec<Subject> = Vec::new();
        let mut explicit = false;
        for placed in &clause.marks {
            match &placed.mark {
                Mark::Offices(_) if self.bundles.contains(&self.at) && !self.opens_bundle(placed) => {}
                // the office of a swimming pool is its own
                Mark::Offices(mention) if self.strange_page && mention.offices.iter().all(|o| strangers::may_be_anybodys(&o.office)) => {}
                // "Centralino: 0522 …" among the rows of an office: its telephone
                Mark::Offices(mention)
                    if matches!(mention.offices.as_slice(), [one] if one.office.0 == "centralino")
                        && matches!(segment.role, Role::Row | Role::Item | Role::Line)
                        && self.is_own_switchboard(segment, placed) => {}
                // "Segreteria e verbali: 0522 …" on the page of the Polizia locale: a part of it
                Mark::Offices(mention) if self.is_part_of_page(mention, segment) => {}
                // "Istituto comprensivo, segreteria: …": a part of somebody else
                Mark::Offices(mention) if !mention.sure && strangers::follows_stranger(clause, placed) => {}
                Mark::Offices(mention)
                    if segment.role == Role::Sentence
                        && mention.offices.iter().all(|o| strangers::may_be_anybodys(&o.office))
                        && strangers::opens_with_stranger(segment, &self.scans[self.at]) => {}
                // "La segreteria dell'istituto comprensivo": somebody else's
                Mark::Offices(_) if strangers::is_of_stranger(segment, &self.scans[self.at], placed) => {}
                // "Le tre biblioteche saranno chiuse", where each has been spoken of by its place
                Mark::Offices(mention)
                    if !clause.ignored.contains(&placed.start)
                        && let Some(all) = self.all_branches(mention, segment, placed) =>
                {
                    subjects.extend(all);
                    explicit = true;
                }
                Mark::Offices(mention) if !clause.ignored.contains(&placed.start) => {
                    let n_offices = if self.bundles.contains(&self.at) { 1 } else { mention.offices.len() };
                    for named in mention.offices.iter().take(n_offices) {
                        subjects.push(Subject {
                            office: named.office.clone(),
                            name: segment.words(named.tokens.clone()).to_string(),
                            site: None,
                        });
                    }
                    explicit = true;
                }
                Mark::TheOffices { .. } if self.strange_page => {}
                Mark::TheOffices { back } if subjects.is_empty() => {
                    let plural = self.topic.len() > 1;
                    let specific = !self.topic.is_empty() && !self.topic.iter().any(|s| s.office.is_all());
                    let whole = segment.tokens.get(placed.start).is_some_and(|t| t.is("tutto"));
                    let desks = segment.tokens.get(placed.end - 1).is_some_and(|t| t.is_any(&["sportelli", "sedi", "strutture"]));
                    let count = segment.tokens[placed.start..placed.end]
                        .iter()
                        .find_map(|t| self.lexicon.cardinal(&t.text))
                        .and_then(|n| usize::try_from(n).ok())
                        .or_else(|| segment.tokens[placed.start..placed.end].iter().any(|t| t.is_any(&["altro", "altra"])).then_some(2));
                    if let Some(count) = count.filter(|_| *back) {
                        // "i tre uffici" counts them; "i primi due" are the first of those just named
                        let primi = segment.tokens[placed.start..placed.end].iter().any(|t| t.text.starts_with("prim"));
                        let listed = self.enumerated.len() == count || primi && self.enumerated.len() >= count;
                        subjects = if listed {
                            self.enumerated[..count].to_vec()
                        } else if primi && self.topic.len() < count {
                            self.earliest(count)
                        } else if self.topic.len() >= count {
                            self.topic[..count].to_vec()
                        } else {
                            self.recent(count)
                        };
                        if subjects.len() < count {
                            subjects.clear();
                        }
                    } else if let Some(sole) = self.sole_office().filter(|_| !*back) {
                        subjects = vec![sole];
                    } else if *back && plural || !*back && specific && (desks || whole || !segment.opens_block && plural) {
                        // "Gli sportelli sono chiusi dal 4 al 15 agosto", below the last of them
                        let of_branch = desks && self.sites && self.topic.iter().all(|s| s.site.is_some());
                        subjects = self.branches_told().filter(|_| of_branch).unwrap_or_else(|| self.topic.clone());
                    } else if *back && !self.enumerated.is_empty() {
                        subjects = self.enumerated.clone();
                    } else if *back {
                        subjects = self.recent(3);
                    } else {
                        subjects = vec![Subject {
                            office: OfficeId::all(),
                            name: segment.words(placed.start..placed.end).to_string(),
                            site: None,
                        }];
                    }
                    explicit = !subjects.is_empty();
                }
                Mark::Nth(n) if subjects.is_empty() => {
                    if let Some(subject) = self.enumerated.get(*n).filter(|_| self.enumerated.len() >= 2) {
                        (subjects, explicit) = (vec![subject.clone()], true);
                    }
                }
                Mark::Latter if subjects.is_empty() => {
                    if let Some(subject) = self.latter(placed.start) {
                        (subjects, explicit) = (vec![subject], true);
                    }
                }
                // "gli avvocati dell'ente rispondono a …": people of the office at hand
                Mark::WholeBody if placed.start > 0 && is_staff(&segment.tokens[placed.start - 1]) => {}
                Mark::WholeBody if subjects.is_empty() => {
                    let reached = clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_))) || segment.announces();
                    let mailbox = segment.folded.has_any(&["pec", "post", "mail", "scriv", "numero unico", "centralino unico"]);
                    if reached && (mailbox || labels_contact(&segment.tokens, placed.start)) {
                        subjects = vec![Subject {
                            office: OfficeId::all(),
                            name: segment.words(placed.start..placed.end).to_string(),
                            site: None,
                        }];
                        explicit = true;
                    }
                }
                Mark::AllOthers if subjects.is_empty() => {
                    self.others = true;
                    subjects =
                        vec![Subject { office: OfficeId::all(), name: segment.words(placed.start..placed.end).to_string(), site: None }];
                    explicit = true;
                }
                _ => {}
            }
        }
        if subjects.is_empty()
            && let Some(subject) = self.command(clause, segment)
        {
            (subjects, explicit) = (vec![subject], true);
        }
        if subjects.is_empty()
            && let Some(subject) = self.bearer_of_mailbox(clause, segment)
        {
            (subjects, explicit) = (vec![subject], true);
        }
        // a branch narrows the office that it belongs to
        let mut named: Vec<String> =
            clause.marks.iter().filter_map(|m| if let Mark::Site(name) = &m.mark { Some(name.clone()) } else { None }).collect();
        // the branch that a heading names is one of the heading's office
        let stranger = explicit
            && self
                .heading_topic(segment)
                .is_some_and(|t| !t.is_empty() && !subjects.iter().any(|s| t.iter().any(|h| h.office == s.office)));
        if !stranger && let Some(site) = self.headings.sites.innermost(&segment.headings) {
            // "la sede di Cassano è inagibile" below "Reparto Sud": where that branch sits
            named.retain(|name| {
                let name = crate::text::fold(name);
                let headquarters =
                    ["sede centrale", "sede principale", "sede municipale", "sede comunale"].iter().any(|w| name.starts_with(w));
                !name.starts_with("sede ") || headquarters || segment.role == Role::Row || crate::text::fold(site).starts_with("sede")
            });
        }
        // "Numero verde degli ecocentri: …", below the title of the last of them
        let of_all = self.sites && branches::names_them(&segment.folded);
        if named.is_empty()
            && !stranger
            && !of_all
            && let Some(site) = self.headings.sites.innermost(&segment.headings)
        {
            named.push(site.clone());
        }
        if named.is_empty()
            && !stranger
            && let Some(site) = self.pointed_at(segment, &subjects)
        {
            named.push(site);
        }
        named.dedup();
        // "il numero è unico per tutte le sedi": of the office, wherever it is
        const EVERYWHERE: [&str; 13] = [
            "unico per la ",
            "unico per lo ",
            "per tutte e tre",
            "per tutte e due",
            "unico per le ",
            "unica per le ",
            "unico per tutte",
            "unico per tutti",
            "per tutte le sedi",
            "per tutti gli sportelli",
            "per entrambe le sedi",
            "uguale per tutte",
            "stesso per tutte",
        ];
        let everywhere = segment.folded.has_any(&EVERYWHERE) && !clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..)));
        if everywhere && self.sites && !named.is_empty() && subjects.is_empty() {
            named.clear();
            let office = self.topic.first().map(|s| s.office.clone());
            for draft in self.drafts.iter().filter(|d| d.subject.site.is_some() && Some(&d.subject.office) == office.as_ref()) {
                if !subjects.iter().any(|s: &Subject| s.same(&draft.subject)) {
                    subjects.push(draft.subject.clone());
                }
            }
            explicit = !subjects.is_empty();
        }
        if let Some(all) = self.shared_by_branches(clause, segment) {
            return (all, true);
        }
        if self.sites && !named.is_empty() {
            if subjects.is_empty() {
                // a row that opens with a branch is one of the page's own office, whatever house was named above the table
                let opens =
                    segment.role != Role::Heading && clause.marks.first().is_some_and(|m| matches!(m.mark, Mark::Site(_)) && m.start <= 1);
                let house = (segment.role == Role::Row || opens) && self.topic.iter().all(|s| s.office.is_all());
                let of_page = house && matches!(self.page_topic.as_slice(), [page] if !page.office.is_all());
                let topic = if of_page { &self.page_topic } else { &self.topic };
                subjects = topic.iter().map(|s| Subject { site: None, ..s.clone() }).fold(Vec::new(), |mut all, s| {
                    if !all.contains(&s) {
                        all.push(s);
                    }
                    all
                });
                if subjects.is_empty() && !self.names.several && self.heading_topic(segment).is_none() {
                    subjects = self.sole_named().into_iter().collect();
                }
            }
            // "Comando di Borgo", "Presidio di San Giusto" on a page of the police and of civil protection
            let of_police =
                named.iter().all(|site| ["comando", "presidio", "distaccamento"].iter().any(|w| crate::text::fold(site).starts_with(w)));
            if of_police && subjects.len() > 1 && subjects.iter().any(|s| s.office.0 == "polizia-locale") {
                subjects.retain(|s| s.office.0 == "polizia-locale");
            }
            subjects = named.iter().flat_map(|site| subjects.iter().map(|s| Subject { site: Some(site.clone()), ..s.clone() })).collect();
            explicit |= !subjects.is_empty();
        }
        (subjects, explicit)
    }

    /// "Diverso il caso della sede di Ronco. Lì lo sportello riaprirà il 3 marzo": the branch that the words before ended with.
    fn pointed_at(&self, segment: &Segment, subjects: &[Subject]) -> Option<String> {
        const THERE: [&str; 6] = ["lì", "qui", "là", "in questa sede", "in quella sede", "in quest'ultima"];
        let [Subject { office, site: Some(site), .. }] = self.topic.as_slice() else { return None };
        let text = segment.text.trim_start().to_lowercase();
        let opens = |word: &str| text.strip_prefix(word).is_some_and(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()));
        let near = self.topic_block == Some(segment.block);
        (near && THERE.iter().any(|word| opens(word)) && subjects.iter().all(|s| s.office == *office)).then(|| site.clone())
    }

    /// "I tre sportelli hanno in comune il numero verde …", "per ciascuno dei tre presìdi: …@pec…": a way to reach the branches that were told last, of whichever it
    /// is said.
    fn shared_by_branches(&self, clause: &Clause, segment: &Segment) -> Option<Vec<Subject>> {
        const BRANCHES: [&str; 11] =
            ["sportelli", "sedi", "presidi", "delegazioni", "biblioteche", "poli", "succursali", "musei", "cimiteri", "farmacie", "centri"];
        // "Per entrambe le sedi:" above the list
        let reached = segment.announces() || clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)));
        let timed = clause.marks.iter().any(|m| matches!(m.mark, Mark::Span(..) | Mark::Days(_) | Mark::When(_)));
        let of_another =
            clause.marks.iter().any(|m| matches!(&m.mark, Mark::Offices(mention) if !mention.offices.iter().all(|o| o.office.is_all())));
        // "entrambe le linee sono attive dal lunedì al giovedì"
        let lines = crate::extract::clause::names_lines(segment, clause.start);
        if self.sites && lines && !of_another {
            return self.branches_told();
        }
        if !self.sites
            || !reached
            || timed
            || of_another
            || !(branches::says_wherever(&segment.folded)
                || segment.tokens.iter().any(|t| BRANCHES.contains(&t.text.as_str())) && branches::says_each(&segment.folded))
        {
            return None;
        }
        self.branches_told()
    }

    /// The branches of the office of which a branch was told last, where there are several that can be reached.
    pub(super) fn branches_told(&self) -> Option<Vec<Subject>> {
        let office = &self.drafts.iter().rev().find(|d| d.subject.site.is_some())?.subject.office;
        let mut branches: Vec<Subject> = Vec::new();
        for draft in self.drafts.iter().filter(|d| d.subject.office == *office && d.subject.site.is_some()) {
            // a branch that is shut has no way to be reached
            let shut = draft.flags.closed && draft.weeks.is_empty() && draft.channels.is_empty();
            if !shut && !branches.iter().any(|s| s.same(&draft.subject)) {
                branches.push(draft.subject.clone());
            }
        }
        (branches.len() >= 2).then_some(branches)
    }

    /// The one office that the document names, as it is first called.
    fn sole_named(&self) -> Option<Subject> {
        let named = self.names.sole()?;
        let mention = self
            .scans
            .get(named.segment)?
            .iter()
            .find(|m| matches!(m.mark, Mark::Offices(_)) && m.start <= named.token && named.token < m.end)?;
        let name = self.segments.get(named.segment)?.words(mention.start..mention.end).to_string();
        Some(Subject { office: named.office.clone(), name, site: None })
    }

    /// Whether "Centralino" is the label of a telephone of the office at hand: below its title, or "Centralino del Comando".
    fn is_own_switchboard(&self, segment: &Segment, placed: &Placed) -> bool {
        let specific = |topic: &[Subject]| !topic.is_empty() && topic.iter().all(|s| !s.office.is_all() && s.office.0 != "centralino");
        let of = segment.tokens.get(placed.end).is_some_and(|t| t.is_any(&["del", "della", "dell'"]))
            && segment.tokens.get(placed.end + 1).is_some_and(|t| t.is_any(&["comando", "corpo", "ufficio", "servizio", "settore"]));
        self.heading_topic(segment).is_some_and(|topic| specific(&topic)) || of && specific(&self.topic)
    }

    /// The branches of an office that were spoken of, where it is named with as many as they are, or with all of them.
    fn all_branches(&self, mention: &Mention, segment: &Segment, placed: &Placed) -> Option<Vec<Subject>> {
        let [named] = mention.offices.as_slice() else { return None };
        let before = placed.start.checked_sub(1).and_then(|i| segment.tokens.get(i))?;
        let count = self.lexicon.cardinal(&before.text).and_then(|n| usize::try_from(n).ok()).filter(|n| *n >= 2);
        let whole = before.is("le") || before.is("i") || before.is("gli");
        let all = whole
            && placed
                .start
                .checked_sub(2)
                .and_then(|i| segment.tokens.get(i))
                .is_some_and(|t| t.is_any(&["tutte", "tutti", "entrambe", "entrambi"]));
        if count.is_none() && !all {
            return None;
        }
        let mut branches: Vec<Subject> = Vec::new();
        for draft in self.drafts.iter().filter(|d| d.subject.office == named.office && d.subject.site.is_some()) {
            if !branches.iter().any(|s| s.same(&draft.subject)) {
                branches.push(draft.subject.clone());
            }
        }
        (branches.len() >= 2 && count.is_none_or(|n| n == branches.len())).then_some(branches)
    }

    /// "Informazioni: elettorale@…", below the office that spoke last and behind another whose name the mailbox bears: that other one's.
    fn bearer_of_mailbox(&self, clause: &Clause, segment: &Segment) -> Option<Subject> {
        let bare = |m: &Placed| matches!(m.mark, Mark::Channel(_) | Mark::Comma | Mark::Cue(Cue::Phone | Cue::Event));
        if segment.role != Role::Sentence || !clause.marks.iter().all(bare) {
            return None;
        }
        let [topic @ Subject { site: None, .. }] = self.topic.as_slice() else { return None };
        let bears = |s: &Subject, local: &str| crate::text::fold(&s.name).split_whitespace().any(|word| word == local);
        let local = clause.marks.iter().find_map(|m| match &m.mark {
            Mark::Channel(Channel { kind: ChannelKind::Email | ChannelKind::Pec, value: Some(value) }) => {
                value.split_once('@').map(|(local, _)| local)
            }
            _ => None,
        })?;
        let other = self.drafts.iter().rev().map(|d| &d.subject).find(|s| s.site.is_none() && bears(s, local))?;
        (other.office != topic.office && !bears(topic, local)).then(|| other.clone())
    }

    /// "Il comando aprirà dalle 8 alle 20", in a text that has named the Polizia locale.
    fn command(&self, clause: &Clause, segment: &Segment) -> Option<Subject> {
        let words = segment.tokens.get(clause.start..clause.end.min(segment.tokens.len()))?;
        let at = words.windows(2).position(|t| t[0].is("il") && t[1].is("comando")).filter(|at| *at <= 3)?;
        let before = self.names.within(0..self.at);
        let office = before.iter().rev().map(|named| &named.office).find(|office| office.0 == "polizia-locale")?;
        let name = segment.words(clause.start + at + 1..clause.start + at + 2).to_string();
        Some(Subject { office: office.clone(), name, site: None })
    }

    /// The one office that the title of a text names, where the text names no other and nothing of the body as a whole: "gli uffici" are its rooms and desks.
    fn sole_office(&self) -> Option<Subject> {
        let [title @ Subject { site: None, .. }] = self.page_topic.as_slice() else { return None };
        // entries of a menu stand above the title
        let title_at = self.names.first_of(&title.office);
        let named = || {
            self.scans[title_at.min(self.at)..]
                .iter()
                .flatten()
                .filter_map(|m| if let Mark::Offices(mention) = &m.mark { Some(mention) } else { None })
        };
        let alone = named().all(|mention| mention.offices.iter().all(|o| o.office == title.office));
        (alone && !title.office.is_all() && !title.office.is_other()).then(|| title.clone())
    }

    /// Whether an office is the first of a unit that is told with its parts.
    fn opens_bundle(&self, office: &crate::extract::scan::Placed) -> bool {
        let first = self.scans[self.at].iter().find(|m| matches!(m.mark, Mark::Offices(_)));
        first.is_some_and(|first| first.start == office.start)
    }

    /// Whether a common word names the secretariat of the page's own office.
    pub(super) fn is_part_of_page(&self, mention: &Mention, segment: &Segment) -> bool {
        // "segreteria comunale" and "affari generali" are offices wherever they are named
        let bare = |o: &Named| crate::text::fold(segment.words(o.tokens.clone())) == "segreteria";
        let [page] = self.page_topic.as_slice() else { return false };
        let is_secretariat = |o: &Named| o.office.0 == "segreteria" && (!mention.sure || bare(o));
        // "Segreteria e verbali": with another part of the same office
        let secretariat = mention.offices.first().is_some_and(is_secretariat)
            && mention.offices.iter().all(|o| is_secretariat(o) || o.office == page.office);
        secretariat && !matches!(segment.role, Role::Heading | Role::Row) && !page.office.is_all() && page.office.0 != "segreteria"
    }

    /// The office that was named last before a token of the segment at hand, in whatever part of a sentence.
    pub(super) fn latter(&self, before: usize) -> Option<Subject> {
        let here = self.segments.get(self.at)?;
        let near = self.names.within(self.at.saturating_sub(2)..self.at + 1);
        let last = near.iter().rev().find(|named| named.segment < self.at || named.token < before)?;
        let name = here.words(before..before + 2).to_string();
        Some(Subject { office: last.office.clone(), name, site: None })
    }

    /// The period of the document: where one sentence says from when and another until when, both.
    pub(super) fn whole_document(&self) -> Option<Period> {
        let period = self.document_period?;
        match self.lead_period {
            Some(Period { from: Some(from), until: None }) if period.from.is_none() && period.until.is_some_and(|until| from <= until) => {
                Some(Period { from: Some(from), ..period })
            }
            _ => Some(period),
        }
    }

    /// The counters that spoke first, for "le prime tre sedi".
    fn earliest(&self, n: usize) -> Vec<Subject> {
        let mut subjects: Vec<Subject> = Vec::new();
        for draft in self.drafts.iter().filter(|d| !d.subject.office.is_all()) {
            if subjects.len() < n && !subjects.iter().any(|s| s.same(&draft.subject)) {
                subjects.push(draft.subject.clone());
            }
        }
        subjects
    }

    /// The offices that spoke last, for "i tre uffici".
    pub(super) fn recent(&self, n: usize) -> Vec<Subject> {
        let mut subjects: Vec<Subject> = Vec::new();
        for draft in self.drafts.iter().rev() {
            if !subjects.iter().any(|s| s.same(&draft.subject)) && !draft.subject.office.is_all() {
                subjects.push(draft.subject.clone());
            }
            if subjects.len() == n {
                break;
            }
        }
        if subjects.is_empty() { self.topic.clone() } else { subjects }
    }
}

fn is_staff(token: &crate::text::Token) -> bool {
    ["avvocat", "dipendent", "personale", "tecnic", "legali", "operator", "addett", "funzionari", "messi", "agenti"]
        .iter()
        .any(|w| token.text.starts_with(w))
}
