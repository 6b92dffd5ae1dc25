//! Giving facts to whom they belong: frames that a line lends to the list below it, exceptions to a rule about all, defaults, and the period that governs.

use super::same::{chunks_of, only_explains, several_branches};
use super::{Assembler, Frame};
use crate::domain::{Doubt, Evidence};
use crate::extract::draft::{Facts, Flags, Period, Subject};
use crate::extract::segment::{Role, Segment};

/// So many items of a list may follow the line that tells what holds for each of them.
const LONGEST_LIST: usize = 20;

impl Assembler<'_> {
    /// Gives the facts to whom they belong.
    pub(super) fn place(
        &mut self,
        index: usize,
        subjects: Vec<Subject>,
        explicit: bool,
        mut facts: Facts,
        evidence: Vec<Evidence>,
        n: usize,
    ) {
        let segment = &self.segments[index];
        let announces =
            segment.announces() || self.heads_table(index, &subjects, explicit, &facts) || self.heads_list(index, explicit, &facts);
        let listed = matches!(segment.role, Role::Item | Role::Row | Role::Line) || segment.block == self.frame.block + 1;
        let part = subjects.iter().all(|s| self.enumerated.iter().any(|e| e.same(s)));
        if explicit && subjects.len() >= 2 && !part && !subjects.iter().any(|s| s.office.is_all()) {
            self.enumerated.clone_from(&subjects);
        }
        if explicit && !facts.flags.any() && facts.closures.is_empty() && facts.openings.is_empty() {
            // "Si accede soltanto su appuntamento" as the title of a list of offices
            let told =
                segment.headings.last().and_then(|h| self.headings.flags.of(*h)).filter(|_| !subjects.iter().any(|s| s.office.is_all()));
            facts.flags = told.copied().unwrap_or_default();
            if facts.flags.closed || facts.flags.open {
                // "Chiusi per l'intera giornata" above the list, in a document about one day
                facts.period = facts.period.or(self.only_day.map(|(_, day)| Period { from: Some(day), until: Some(day) }));
            }
        }
        if self.announcing {
            self.inline = Some(facts);
            return;
        }
        match self.inline.clone().filter(|_| explicit) {
            Some(lent) if !facts.beyond_channels() => facts = merge(lent, facts),
            // "gli uffici che stanno in via Po 12, e cioè il SUAP e la Casa, saranno aperti": where they are, said before who they are
            Some(lent) => facts.address = facts.address.take().or(lent.address),
            None => {}
        }
        if explicit && self.lists_tasks(segment, &facts) {
            return;
        }
        if self.open_group(index, &facts) {
            return;
        }
        if explicit && n == 0 {
            self.lend_of_group(index, &mut facts);
        }
        let item = segment.role == crate::extract::segment::Role::Item;
        let reach = if item { LONGEST_LIST } else { 1 };
        if explicit && self.default_each.is_some_and(|block| (block..=block + reach).contains(&segment.block)) {
            self.each.extend(subjects.iter().map(|s| s.office.clone()));
        }
        if explicit {
            self.topic_block = Some(segment.block);
            // a branch of the office, or another name for it, does not end its period
            // … and neither does a word about one of several ("per i soli Trasporti")
            let narrowed = self.spoke_in == Some(segment.block)
                && subjects.len() < self.topic.len()
                && subjects.iter().all(|s| self.topic.iter().any(|t| t.same(s)));
            if !same_offices(&self.topic, &subjects) && !narrowed {
                self.topic_period = self.period_of_office(&subjects);
            }
            self.spoke_in = Some(segment.block);
            self.topic.clone_from(&subjects);
            let line = segment.role == Role::Line && facts.any() && self.opens_with_office(index);
            if (matches!(segment.role, Role::Row | Role::Item) || line)
                && let Some(first) = subjects.first()
            {
                self.list.push(first.office.clone());
            }
        }
        // "1. … ad eccezione di:", its list, "2. la chiusura della Biblioteca": another point
        if self.frame.excepting
            && opens_with_number(segment)
            && self.segments[..index].iter().rev().take(LONGEST_LIST).any(|s| s.block == self.frame.block && opens_with_number(s))
        {
            self.frame.active = false;
        }
        if self.frame.excepting && listed && self.frame.active && explicit && n == 0 {
            facts.except = subjects.iter().map(|s| s.office.clone()).collect();
            // "In deroga, per il medesimo periodo:"
            facts.period = facts.period.or(self.frame.facts.period);
            if facts.flags.any() && facts.period.is_none() && facts.hours.is_empty() && facts.openings.is_empty() && facts.loose.is_empty()
            {
                facts.period = self.days_of_all();
            }
        }
        if explicit && n == 0 {
            self.spare_counted(segment, &subjects, &mut facts);
        }
        if !explicit && self.frame.active && listed && self.frame.facts.flags.closed && !facts.any() {
            // "chiusi nei seguenti giorni:" above a list of days
            super::periods::shut_on_its_days(&mut facts);
        }
        if explicit && self.lists_closings(index) {
            super::periods::shut_on_its_days(&mut facts);
        }
        if explicit && !self.frame.excepting && self.spares(segment) && !subjects.iter().any(|s| s.office.is_all()) {
            facts.except = subjects.iter().map(|s| s.office.clone()).collect();
        }
        facts.excepting |= announces && self.spares(segment);
        if explicit && facts.except.is_empty() && subjects.iter().all(|s| s.office.is_all()) {
            facts.except = self.of_point(index);
        }
        let alone = segment.tokens.iter().any(|t| t.is_any(&["solo", "soltanto", "solamente", "unicamente", "sola", "sole", "soli"]));
        if explicit
            && alone
            && facts.flags.open
            && facts.period.is_none()
            && facts.hours.is_empty()
            && facts.openings.is_empty()
            && facts.loose.is_empty()
        {
            self.open_alone(&subjects, &mut facts);
        } else if explicit && alone && facts.except.is_empty() && !facts.openings.is_empty() && self.is_day_of_all(&facts) {
            // "porte chiuse in municipio. Soltanto lo stato civile lavorerà, dalle 8.30 alle 11"
            facts.except = subjects.iter().filter(|s| !s.office.is_all()).map(|s| s.office.clone()).collect();
        }
        let lends = self.frame.active && self.frame.lends && listed && explicit && n == 0;
        let mut whom = if explicit { subjects } else { self.topic.clone() };
        // "DELEGAZIONE OVEST, via Tolmino 15" above its own hours, in a list of the delegations
        let near =
            |block: usize| block == segment.block || block > self.frame.block && block + 1 == segment.block && segment.role == Role::Row;
        let own_branch = !self.topic.is_empty()
            && self.topic_block.is_some_and(near)
            && self.topic.iter().all(|s| s.site.is_some() && self.frame.subjects.iter().any(|f| f.office == s.office && f.site.is_none()));
        if !explicit && self.frame.active && listed && !self.frame.subjects.is_empty() && !own_branch {
            whom.clone_from(&self.frame.subjects);
        }
        if lends {
            let frame = self.frame.facts.clone();
            // "Resteranno chiusi:" above "l'anagrafe martedì 14 maggio", "i tributi dal 6 al 10"
            if !(frame.flags.closed && super::periods::shut_on_its_days(&mut facts)) {
                facts = merge(frame, facts);
            }
        }
        if explicit && facts.flags.walk_in && !whom.iter().any(|s| s.office.is_all()) {
            // "non occorre prenotare per l'URP": an exception to a rule about all
            let ruled = self.drafts.iter().any(|d| d.subject.office.is_all() && d.flags.appointment);
            if ruled {
                facts.except = whom.iter().map(|s| s.office.clone()).collect();
            }
        }
        let season = self.headings.seasons.innermost(&segment.headings).copied();
        let all_year = || segment.folded.has_any(&["tutto l'anno", "tutto l' anno", "ogni stagione", "ogni periodo", "sempre chius"]);
        let hanging = self.hanging_season.filter(|h| h.alone || h.block == segment.block).map(|h| h.season);
        let season = season.or(hanging).filter(|_| !all_year());
        for (_, chunk) in &mut facts.hours {
            // "festivi chiuso" below the seasons holds in all of them
            // … and so does "chiuso la domenica e nei festivi", apart from their lists
            let apart = chunk.days.len() > 1 && chunk.days.iter().any(|d| d.day == crate::domain::Day::Ph);
            let feasts = chunk.slots == [crate::domain::Slot::Off] && (apart || chunk.days.iter().all(|d| d.day == crate::domain::Day::Ph));
            chunk.season = chunk.season.or(season.filter(|_| !feasts));
        }
        if !whom.is_empty() && whom.iter().all(|s| s.office.0 == "centralino") {
            // a switchboard has no counter: its hours are those of the line
            facts.flags.open &= facts.hours.is_empty();
            facts.hours.iter_mut().for_each(|(access, _)| *access = crate::domain::Access::Phone);
        }
        self.note_branch_rule(segment, &whom, &mut facts);
        self.note_defaults(segment, &whom, &mut facts);
        self.leave_out(&mut facts, &whom, announces);
        self.lend_days(segment, &mut facts, explicit);
        if explicit
            && !facts.flags.any()
            && facts.hours.is_empty()
            && self.is_told_alike(segment)
            && let Some(last) = self.drafts.iter().rev().find(|d| !whom.iter().any(|s| s.same(&d.subject)))
        {
            // "Stessa organizzazione anche per l'ufficio ambiente": as the office before
            (facts.flags, facts.period) = (last.flags, facts.period.or(Some(last.period).filter(|p| !p.is_open())));
        }
        self.add_to_former_hours(segment, &whom, &mut facts);
        if facts.same_hours && self.repeat_own_hours(&whom, &mut facts) {
            facts.same_hours = false;
        }
        self.fill_references(segment, &whom, explicit, &mut facts);
        if announces && self.announces_days(segment, &whom, &mut facts) {
            return;
        }
        if announces && self.sites && !explicit && facts.period.is_some() && !facts.any() && names_branches(segment) {
            // "Le altre due sedi, da lunedì 13 giugno a sabato 10 settembre, si organizzeranno così:"
            self.document_period = self.document_period.or(facts.period);
            self.topic_period = None;
            return;
        }
        // "da aprile si cambia", and below it "valgono dal 1° aprile al 31 ottobre:"
        // … or "fino al 3 maggio" in the title, and "dal 15 aprile al 3 maggio" in the text
        let completes = |known: Period, told: Period| {
            known.until.is_none() && told.from == known.from && told.until.is_some()
                || known.from.is_none() && told.until == known.until && told.from.is_some()
        };
        // … but not "la biblioteca adotta fino al 14 settembre l'orario che segue:", of one office among others
        let of_one =
            explicit && self.names.several && matches!(whom.as_slice(), [one] if !one.office.is_all()) && self.page_topic.is_empty();
        // "il ricevimento presso l'Area tecnica è regolato come segue": of all offices in it
        let of_one = of_one && !whom.iter().any(|s| crate::text::fold(&s.name).starts_with("area "));
        if announces
            && let Some(told) = facts.period
            && !facts.any()
            && !of_one
            && self.document_period.is_none_or(|known| completes(known, told))
        {
            // "Dal 16 gennaio gli sportelli saranno organizzati come segue."
            self.document_period = facts.period;
        }
        if explicit && self.points_to_table(segment, &whom, &facts) {
            self.document_period = self.document_period.or(facts.period);
            return;
        }
        let books = announces && self.announces_booking(segment);
        if explicit && self.books_in_a_row(segment, &whom, &facts) {
            // "Per fissare l'appuntamento si chiama lo … per l'anagrafe, lo … per la casa": likewise
            facts.flags.appointment = true;
            let all = self.drafts.iter().rev().find(|d| d.subject.office.is_all() && d.flags.appointment);
            facts.period = facts.period.or(all.map(|d| d.period).filter(|p| !p.is_open()));
        }
        if books {
            // "I numeri per fissare l'appuntamento sono questi:": each office of the list receives by appointment, as was said of all
            facts.flags.appointment = true;
            let all = self.drafts.iter().rev().find(|d| d.subject.office.is_all() && d.flags.appointment);
            facts.period = facts.period.or(all.map(|d| d.period));
        }
        if announces {
            let generic = books || whom.is_empty() || whom.iter().all(|s| s.office.is_all()) || !explicit && self.next_names_offices(index);
            let lends = facts.beyond_channels() && (generic || !explicit) && !facts.excepting;
            if self.others
                && generic
                && let Some(all) = self.drafts.iter().rev().find(|d| d.subject.office.is_all())
            {
                // what was said of all the others holds for each office of the list
                facts.flags = facts.flags.or(all.flags);
                facts.period = facts.period.or(Some(all.period));
                if facts.hours.is_empty() {
                    facts.hours = chunks_of(all);
                }
            }
            // "SUAP e anagrafe riceveranno solo su appuntamento:" above their own lines
            let own_list = whom.len() >= 2 && facts.beyond_channels() && self.lists_own(index, &whom);
            let lends = lends || self.others && generic || own_list;
            if self.document_period.is_none() && facts.period.is_none() && generic && !facts.excepting {
                self.document_period = self.topic_period.or(self.lead_period);
            }
            self.frame = Frame {
                facts: Facts { channels: Vec::new(), except: Vec::new(), ..facts.clone() },
                subjects: if generic && (!explicit || self.next_names_offices(index)) { Vec::new() } else { whom.clone() },
                block: segment.block,
                // "le comunicazioni all'Ente vanno inviate a:" above the address alone
                active: lends || !generic || facts.excepting || explicit && !whom.is_empty() && !self.next_names_offices(index),
                lends,
                excepting: facts.excepting,
            };
            if generic && !facts.excepting && self.next_names_offices(index) {
                if let Some(period) = facts.period {
                    self.document_period = Some(period);
                }
                if !whom.is_empty() && !facts.except.is_empty() {
                    facts = Facts { except: facts.except, ..Facts::default() };
                } else {
                    return;
                }
            }
        }
        if whom.is_empty() {
            // nobody in particular: a period for the whole document
            let entry = segment.role == Role::Item && !announces;
            if let Some(period) = facts.period
                && self.document_period.is_none()
                && !facts.single_day
                && !self.stranger
                && !entry
            {
                self.document_period = Some(period);
            }
            self.govern(segment, &[], &facts);
            return;
        }
        if !explicit && !facts.any() {
            if let Some(period) = facts.period {
                if self.is_of_whole_page(segment) && !facts.single_day && super::periods::governs(segment) {
                    self.govern(segment, &[], &facts);
                    self.document_period =
                        facts.period.filter(|p| self.document_period.is_none_or(|known| completes(known, *p))).or(self.document_period);
                    self.period_block = Some(segment.block);
                    return;
                }
                self.topic_period = Some(period);
                if self.sites && super::periods::governs(segment) {
                    // "La novità prende avvio mercoledì 15": of the office, whichever of its branches is spoken of below
                    self.period_of_all_branches = Some((whom.iter().map(|s| s.office.clone()).collect(), period));
                }
                self.govern(segment, &whom, &facts);
            }
            return;
        }
        if self.only_ends_closing(segment, &whom, &facts) {
            return;
        }
        if !facts.any() && (facts.period.is_none() || whom.iter().all(|s| s.site.is_some())) {
            // "dal 4 ottobre il Corpo avrà una sede principale e due presìdi": when all that follows holds
            let period = facts.period.filter(|_| !facts.single_day);
            self.document_period =
                period.filter(|p| self.document_period.is_none_or(|known| completes(known, *p))).or(self.document_period);
            return;
        }
        let all = whom.iter().all(|s| s.office.is_all());
        let moves = segment.folded.has_any(&["si spost", "sostitui", "per la sola giornata", "solo per la giornata"]);
        if !facts.channels.is_empty() && !facts.beyond_channels() && facts.period.is_some_and(|p| p.from == p.until) && !moves {
            facts.period = None; // "chi aveva un appuntamento quel giorno chiami …": no number is for a day
        }
        if facts.period.is_some_and(|p| p.from == p.until && facts.openings.iter().all(|o| Some(o.date) == p.from))
            && !facts.openings.is_empty()
        {
            facts.period = None; // hours of a single day say themselves when
        }
        self.close_period(&whom, &mut facts);
        if facts.period.is_none() && !facts.unchanged {
            facts.period = self.after_closing(&whom, &facts);
        }
        let period = match facts.period {
            Some(period) => {
                // "Fino al 31 maggio …", below the day from which the whole plan holds
                let plan =
                    self.document_period.filter(|p| p.until.is_none() && !facts.unchanged && facts.flags.remote).and_then(|p| p.from);
                let from = period.from.or(plan.filter(|from| period.until.is_some_and(|until| *from <= until)));
                let period = Period { from, ..period };
                self.topic_period = Some(period);
                if let [Subject { office, site: None, .. }] = whom.as_slice()
                    && facts.closures.is_empty()
                    && !facts.single_day
                {
                    self.office_period = Some((office.clone(), period));
                }
                // "N.B. Nel mese di agosto tutti gli uffici osservano un orario ridotto", below the table of the usual hours: of that month, and no more
                let beside_usual = || self.drafts.iter().any(|d| !d.weeks.is_empty() && d.period.is_open() && !d.subject.office.is_all());
                // "Orario ridotto in agosto", as the title of one section of several: its period is its own
                let of_section = segment.headings.len() >= 2
                    && segment.headings.last().is_some_and(|h| self.headings.periods.of(*h).is_some())
                    && self.drafts.iter().any(|d| d.subject.office.is_all() && d.period.is_open() && !d.weeks.is_empty());
                if all && self.document_period.is_none() && !facts.single_day && !self.is_numbered(index) && !beside_usual() && !of_section
                {
                    self.document_period = Some(period);
                }
                period
            }
            None if facts.unchanged => Period::default(),
            // a way to reach an office holds whatever period the text is about, unless a sentence says otherwise
            None if !facts.channels.is_empty()
                && !facts.beyond_channels()
                && (self.stands_apart(segment, &whom) || several_branches(&whom)) =>
            {
                Period::default()
            }
            None if n > 0 && !explicit && segment.role == Role::Row && !facts.channels.is_empty() && !facts.beyond_channels() => {
                Period::default()
            }
            // "Per chiarimenti l'ufficio risponde allo … dal lunedì al venerdì": whom to ask about what changes, and no change
            None if only_explains(segment, &facts) => Period::default(),
            None => self
                .topic_period
                .or(self
                    .office_period
                    .as_ref()
                    .filter(|(office, _)| whom.iter().all(|s| s.site.is_some() && s.office == *office))
                    .map(|(_, p)| *p))
                .or(self.headings.periods.innermost(&segment.headings).copied())
                .or(self.whole_document())
                .unwrap_or_default(),
        };
        let day = Some(period).filter(|p| p.from == p.until).and_then(|p| p.from);
        let shut = Flags { closed: true, ..Flags::default() };
        let alone = facts.hours.is_empty() && facts.openings.is_empty() && facts.closures.is_empty();
        let period = match day.filter(|_| facts.flags == shut && alone) {
            // "oggi chiusi per l'intera giornata": a closing that its day tells
            Some(day) => {
                facts.closures = vec![crate::domain::DateRange::day(day)];
                facts.flags = Flags::default();
                Period::default()
            }
            None => period,
        };
        if let [closed] = facts.closures.as_slice()
            && segment.role == Role::Sentence
        {
            self.last_closing = (closed.first() == closed.last()).then_some((segment.block, closed.first()));
        }
        let each = whom.len() >= 2 && facts.channels.len() == whom.len() && segment.folded.has("rispettivamente");
        let channels = facts.channels.clone();
        for (n, subject) in whom.into_iter().enumerate() {
            if let Some(own) = channels.get(n).filter(|_| each) {
                // "rispettivamente agli interni … e …": to each its own
                facts.channels = vec![own.clone()];
            }
            let facts = if facts.any() { facts.clone() } else { Facts { period: facts.period, ..Facts::default() } };
            self.draft(subject, period).add(&facts, &evidence);
        }
    }

    /// An office some of whose hours could not be read has said none: no notice with a hole.
    pub(super) fn settle_doubts(&mut self) -> Vec<Doubt> {
        let mut doubts: Vec<Doubt> = Vec::new();
        for (subject, words) in std::mem::take(&mut self.doubts) {
            for draft in self.drafts.iter_mut().filter(|d| d.subject.same(&subject)) {
                draft.weeks.clear();
            }
            let doubt = Doubt { office: Some(subject.office), words, family: "times".to_string() };
            if !doubts.contains(&doubt) {
                doubts.push(doubt);
            }
        }
        doubts
    }
}

/// "Le altre due sedi", "le delegazioni": a line about several branches, none of them by name.
pub(super) fn names_branches(segment: &Segment) -> bool {
    segment.tokens.iter().any(|t| t.is_any(&["sedi", "delegazioni", "succursali", "sportelli", "biblioteche", "presidi"]))
}

/// "2. la chiusura della Biblioteca", "2) …".
fn opens_with_number(segment: &Segment) -> bool {
    let number = segment.tokens.first().is_some_and(|t| t.kind == crate::text::TokenKind::Number && t.text.len() <= 2);
    number && segment.tokens.get(1).is_some_and(|t| t.is_any(&[".", ")"]))
}

fn same_offices(one: &[Subject], other: &[Subject]) -> bool {
    // the gates of the cemetery are not the office that keeps its books
    let gates = |s: &Subject| ["cimiter", "camposant"].iter().any(|w| crate::text::fold(&s.name).starts_with(w));
    if one.iter().chain(other).all(|s| s.office.0 == "cimiteri") && one.iter().any(gates) != other.iter().any(gates) {
        return false;
    }
    let among = |s: &Subject, others: &[Subject]| others.iter().any(|o| o.office == s.office && !o.office.is_other());
    // what one branch does holds for that branch
    let sites = one.iter().all(|s| s.site.is_none()) || one.iter().all(|s| other.iter().any(|o| o.site == s.site));
    !one.is_empty() && sites && one.iter().all(|s| among(s, other)) && other.iter().all(|s| among(s, one))
}

/// Whether both name the same counters, in whatever words.
pub(super) fn same_counters(a: &[Subject], b: &[Subject]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
}

/// What the announcing line lends, with the item's own facts over it.
fn merge(frame: Facts, own: Facts) -> Facts {
    let own_days = !own.closures.is_empty() || !own.openings.is_empty();
    let speaks = own_days || own.flags.any();
    // "al telefono risponde il martedì, 11-13": when the telephone answers stands beside the hours of the counter
    let is_phone = |hours: &[(crate::domain::Access, crate::extract::grammar::weeks::Chunk)]| {
        hours.iter().all(|(access, _)| *access == crate::domain::Access::Phone)
    };
    let beside = !own.hours.is_empty() && is_phone(&own.hours) && !is_phone(&frame.hours);
    let only_reduced = Flags { reduced: true, ..Flags::default() };
    Facts {
        flags: match own.flags.any() {
            // "solo su appuntamento", and in its row "solo martedì e giovedì": on fewer days, and by appointment
            true if own.flags == only_reduced && frame.flags.strict => own.flags.or(frame.flags),
            true => own.flags,
            false => frame.flags,
        },
        hours: match (own.hours.is_empty(), beside) {
            (true, _) => frame.hours,
            (_, true) => frame.hours.into_iter().chain(own.hours).collect(),
            _ => own.hours,
        },
        closures: if speaks { own.closures } else { frame.closures },
        openings: if own_days { own.openings } else { frame.openings },
        channels: own.channels,
        moves: own.moves || frame.moves,
        address: own.address.or(frame.address),
        except: own.except,
        period: own.period.or(frame.period),
        unchanged: own.unchanged,
        loose: own.loose,
        bare_days: own.bare_days,
        season: own.season,
        single_day: own.single_day,
        same_hours: own.same_hours,
        like_day: own.like_day,
        reference: own.reference,
        same_number: own.same_number,
        bare_dates: own.bare_dates,
        excepting: own.excepting,
        without_days: own.without_days,
        also: own.also,
    }
}
