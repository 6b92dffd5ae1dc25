//! Giving facts to whom they belong: frames that a line lends to the list below it, exceptions to a rule about all, defaults, and the period that governs.

use super::{Assembler, Frame};
use crate::domain::{DaySelector, Doubt, Evidence, OfficeId};
use crate::extract::draft::{Draft, Facts, Period, Subject};
use crate::extract::grammar::exceptions::Exception;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

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
        let announces = segment.announces() || self.heads_table(index, &subjects, explicit, &facts);
        let listed = matches!(segment.role, Role::Item | Role::Row | Role::Line) || segment.block == self.frame.block + 1;
        let part = subjects.iter().all(|s| self.enumerated.iter().any(|e| e.same(s)));
        if explicit && subjects.len() >= 2 && !part && !subjects.iter().any(|s| s.office.is_all()) {
            self.enumerated.clone_from(&subjects);
        }
        if self.announcing {
            self.inline = Some(facts);
            return;
        }
        if let Some(lent) = self.inline.clone().filter(|_| explicit && !facts.beyond_channels()) {
            facts = merge(lent, facts);
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
        if explicit {
            self.topic_block = Some(segment.block);
            // a branch of the office, or another name for it, does not end its period
            if !same_offices(&self.topic, &subjects) {
                self.topic_period = None;
            }
            self.topic.clone_from(&subjects);
            let line = segment.role == Role::Line && facts.any() && self.opens_with_office(index);
            if (matches!(segment.role, Role::Row | Role::Item) || line)
                && let Some(first) = subjects.first()
            {
                self.list.push(first.office.clone());
            }
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
        if !explicit && self.frame.active && listed && self.frame.facts.flags.closed && !facts.any() {
            // "chiusi nei seguenti giorni:" above a list of days
            facts.closures = facts.bare_dates.iter().map(|d| crate::domain::DateRange::day(*d)).collect();
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
        }
        let lends = self.frame.active && self.frame.lends && listed && explicit && n == 0;
        let mut whom = if explicit { subjects } else { self.topic.clone() };
        if !explicit && self.frame.active && listed && !self.frame.subjects.is_empty() {
            whom.clone_from(&self.frame.subjects);
        }
        if lends {
            let frame = self.frame.facts.clone();
            let days_alone = !facts.flags.any() && facts.closures.is_empty() && facts.hours.is_empty() && !facts.bare_dates.is_empty();
            if frame.flags.closed && days_alone {
                // "Resteranno chiusi:" above "l'anagrafe martedì 14 maggio"
                facts.closures = facts.bare_dates.iter().map(|d| crate::domain::DateRange::day(*d)).collect();
            } else {
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
        let all_year =
            || ["tutto l'anno", "tutto l' anno", "ogni stagione", "ogni periodo"].iter().any(|w| segment.folded.text.contains(w));
        let hanging = self.hanging_season.filter(|h| h.alone || h.block == segment.block).map(|h| h.season);
        let season = season.or(hanging).filter(|_| !all_year());
        for (_, chunk) in &mut facts.hours {
            // "festivi chiuso" below the seasons holds in all of them
            let feasts = chunk.slots == [crate::domain::Slot::Off] && chunk.days.iter().all(|d| d.day == crate::domain::Day::Ph);
            chunk.season = chunk.season.or(season.filter(|_| !feasts));
        }
        self.note_defaults(segment, &whom, &mut facts);
        self.leave_out(&mut facts, &whom, announces);
        self.lend_days(segment, &mut facts, explicit);
        if facts.same_hours && self.says_the_same(segment) {
            // "Museo civico: idem." below an office that is shut: what was said of it
            if let Some(last) = self.drafts.iter().rev().find(|d| !whom.iter().any(|s| s.same(&d.subject))).filter(|d| d.weeks.is_empty()) {
                (facts.flags, facts.period, facts.same_hours) = (last.flags, Some(last.period).filter(|p| !p.is_open()), false);
                facts.closures.clone_from(&last.closures);
            }
        }
        if facts.same_hours {
            let mut before = self.hours_before(&whom, facts.reference.as_ref());
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
                before.iter_mut().for_each(|(access, _)| *access = crate::domain::Access::Phone);
            }
            if before.is_empty()
                && facts.openings.is_empty()
                && explicit
                && let Some(last) = self.drafts.iter().rev().find(|d| !d.openings.is_empty() && !whom.iter().any(|s| s.same(&d.subject)))
            {
                // "nella stessa fascia" as an office that opens on a single day; "venerdì 7 e sabato 8, negli stessi orari dell'ufficio elettorale"
                let days = &self.sentence_dates;
                facts.openings.extend(last.openings.iter().filter(|o| days.is_empty() || days.contains(&o.date)).cloned());
                facts.openings.retain(|_| last_of_days(segment).is_none());
                if let Some(n) = last_of_days(segment) {
                    let mut dates: Vec<_> = last.openings.iter().map(|o| o.date).collect();
                    dates.dedup();
                    let from = dates.len().saturating_sub(n);
                    facts.openings.extend(last.openings.iter().filter(|o| dates[from..].contains(&o.date)).cloned());
                }
                facts.period = facts.period.filter(|_| !facts.single_day);
            }
            before.append(&mut facts.hours);
            facts.hours = before;
        }
        let has_phone = |d: &Draft| d.channels.iter().any(|c| c.kind == crate::domain::ChannelKind::Phone);
        let own = self.drafts.iter().any(|d| whom.iter().any(|s| s.same(&d.subject)) && has_phone(d));
        if facts.same_number && !own {
            let other = self.drafts.iter().rev().find(|d| {
                d.channels.iter().any(|c| c.kind == crate::domain::ChannelKind::Phone)
                    && facts.reference.as_ref().is_none_or(|r| *r == d.subject.office)
                    && !whom.iter().any(|s| s.same(&d.subject))
            });
            if let Some(other) = other {
                facts.channels.extend(other.channels.iter().filter(|c| c.kind == crate::domain::ChannelKind::Phone).cloned());
            }
        }
        if announces && facts.period.is_some() && !facts.any() && self.document_period.is_none() {
            // "Dal 16 gennaio gli sportelli saranno organizzati come segue."
            self.document_period = facts.period;
        }
        if explicit && self.points_to_table(segment, &whom, &facts) {
            self.document_period = self.document_period.or(facts.period);
            return;
        }
        let books = announces && self.announces_booking(segment);
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
                    self.document_period = self.document_period.or(facts.period);
                    self.period_block = Some(segment.block);
                    return;
                }
                self.topic_period = Some(period);
                self.govern(segment, &whom, &facts);
            }
            return;
        }
        if !facts.any() && (facts.period.is_none() || whom.iter().all(|s| s.site.is_some())) {
            // "dal 4 ottobre il Corpo avrà una sede principale e due presìdi": when all that follows holds
            let period = facts.period.filter(|_| !facts.single_day);
            self.document_period = self.document_period.or(period);
            return;
        }
        let all = whom.iter().all(|s| s.office.is_all());
        if !facts.channels.is_empty() && !facts.beyond_channels() && facts.period.is_some_and(|p| p.from == p.until) {
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
                self.topic_period = Some(period);
                if let [Subject { office, site: None, .. }] = whom.as_slice()
                    && facts.closures.is_empty()
                    && !facts.single_day
                {
                    self.office_period = Some((office.clone(), period));
                }
                if all && self.document_period.is_none() && !facts.single_day && !self.is_numbered(index) {
                    self.document_period = Some(period);
                }
                period
            }
            None if facts.unchanged => Period::default(),
            // a way to reach an office holds whatever period the text is about, unless a sentence says otherwise
            None if !facts.channels.is_empty() && !facts.beyond_channels() && self.stands_apart(segment, &whom) => Period::default(),
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
        if let [closed] = facts.closures.as_slice()
            && segment.role == Role::Sentence
        {
            self.last_closing = (closed.first() == closed.last()).then_some((segment.block, closed.first()));
        }
        let each = whom.len() >= 2 && facts.channels.len() == whom.len() && segment.folded.text.contains("rispettivamente");
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

    /// "Concessioni, estumulazioni, luci votive." right below "Polizia mortuaria": what the office of the title does, in the names of others.
    fn lists_tasks(&self, segment: &Segment, facts: &Facts) -> bool {
        let said =
            facts.any() || facts.period.is_some() || !facts.loose.is_empty() || !facts.bare_days.is_empty() || !facts.bare_dates.is_empty();
        let titled = segment.headings.last().and_then(|h| self.headings.topics.of(*h)).is_some_and(|topic| !topic.is_empty());
        let list = segment.tokens.iter().any(|t| t.is_any(&[","]));
        !said
            && titled
            && list
            && segment.tokens.len() <= 16
            && segment.role == Role::Sentence
            && !segment.announces()
            && !self.frame.active
    }

    /// "Museo civico: idem": a line that says nothing but that the same holds.
    fn says_the_same(&self, segment: &Segment) -> bool {
        let ditto = segment.tokens.iter().any(|t| t.is("idem")) || segment.folded.text.contains("c.s.");
        ditto && segment.tokens.len() <= 10 && segment.role != Role::Heading
    }

    /// "Ai fini della prenotazione si indicano i recapiti che seguono:": booking, and ways to reach somebody.
    fn announces_booking(&self, segment: &Segment) -> bool {
        let has = |stems: &[&str]| segment.tokens.iter().any(|t| stems.iter().any(|w| t.text.starts_with(w)));
        let books =
            has(&["prenot"]) || has(&["fiss", "chied", "prend", "concord", "richied"]) && has(&["appuntament", "incontr", "colloqui"]);
        books && has(&["numer", "recapit", "contatt", "telefon", "indirizz", "cas"]) && self.drafts.iter().any(|d| d.flags.appointment)
    }

    /// Whether the lines below a list's announcement name the offices that it announced.
    fn lists_own(&self, index: usize, whom: &[Subject]) -> bool {
        let next = (index + 1..self.segments.len()).find(|i| self.segments[*i].role != Role::Heading);
        let Some(next) = next.filter(|next| self.segments[*next].role != Role::Sentence) else { return false };
        let named = self.names.within(next..next + 1);
        !named.is_empty() && named.iter().all(|named| whom.iter().any(|s| s.office == named.office))
    }

    /// Whether the first words of a segment name an office.
    fn opens_with_office(&self, index: usize) -> bool {
        let first = crate::extract::segment::first_word(&self.segments[index].tokens);
        self.names.within(index..index + 1).iter().any(|named| named.token <= first + 1)
    }

    /// "Resterà aperta soltanto la Polizia locale", behind the closing of all: an exception, on the days of the closing.
    pub(super) fn open_alone(&self, subjects: &[Subject], facts: &mut Facts) {
        let follows = self.drafts.last().is_some_and(|d| d.subject.office.is_all());
        let Some(days) = self.days_of_all().filter(|_| follows && !subjects.iter().any(|s| s.office.is_all())) else { return };
        facts.except = subjects.iter().map(|s| s.office.clone()).collect();
        facts.period = Some(days);
    }

    /// "Saranno aperti soltanto l'anagrafe, dalle 9 alle 11, e la Polizia locale", behind the closing of all: whoever is named is an exception to it.
    pub(super) fn open_in_spite(&self, marks: &[Placed]) -> Option<Vec<Placed>> {
        let all_shut = self.drafts.last().is_some_and(|d| d.subject.office.is_all() && !d.closures.is_empty());
        let first = marks.iter().find(|m| !matches!(m.mark, Mark::Comma))?;
        let named = marks.iter().position(|m| matches!(m.mark, Mark::Offices(_)));
        let before = &marks[..named.unwrap_or(marks.len())];
        let alone = named.is_none() || before.iter().any(|m| m.mark == Mark::Cue(Cue::Only));
        if !all_shut
            || first.mark != Mark::Cue(Cue::Open)
            || !alone
            || marks.iter().any(|m| matches!(m.mark, Mark::Exception(_) | Mark::When(_)))
        {
            return None;
        }
        let mut with = vec![Placed { mark: Mark::Exception(Exception::Sentence), start: first.start, end: first.start }];
        with.extend(marks.iter().cloned());
        Some(with)
    }

    /// Whether a line that states no more than a period speaks of the page as a whole: of "gli orari", "il prospetto", or in a block of its own under no
    /// office's title.
    fn is_of_whole_page(&self, segment: &Segment) -> bool {
        const WHOLE: [&str; 8] =
            ["prospetto", "tabella", "gli orari", "orari riportati", "presente orario", "presenti orari", "calendario", "quadro"];
        let whole = || WHOLE.iter().any(|w| segment.folded.text.contains(w)) || self.period_block == Some(segment.block);
        let titled = |topic: Option<Vec<Subject>>| topic.is_some_and(|t| !t.is_empty());
        let local = || {
            self.topic_block == Some(segment.block)
                || titled(self.heading_topic(segment)) && self.names.several
                || titled(self.container_topic(segment))
        };
        (self.names.several || self.sites) && (whole() || !local())
    }

    /// "Si comunicano i giorni e le ore in cui gli uffici sono aperti al pubblico" above a table of offices: it announces, whatever its last sign.
    pub(super) fn heads_table(&self, index: usize, subjects: &[Subject], explicit: bool, facts: &Facts) -> bool {
        let generic = explicit && subjects.iter().all(|s| s.office.is_all()) || !explicit && self.topic.is_empty();
        let stated = Facts { flags: Default::default(), ..facts.clone() }.any();
        let only_open = facts.flags == crate::extract::draft::Flags { open: facts.flags.open, ..Default::default() };
        let table = self.segments.get(index + 1).is_some_and(|next| next.role == Role::Row && next.block != self.segments[index].block);
        generic && !stated && only_open && facts.any() && table && self.next_names_offices(index)
    }

    /// "Gli uffici sotto indicati ricevono secondo quanto risulta dalla tabella in calce": what the table says, office by office.
    fn points_to_table(&self, segment: &Segment, whom: &[Subject], facts: &Facts) -> bool {
        const POINTS: [&str; 10] = [
            "sotto indicat",
            "sottoindicat",
            "sotto elencat",
            "sottoelencat",
            "tabella",
            "prospetto",
            "in calce",
            "quadro che segue",
            "elenco che segue",
            "come appresso",
        ];
        let stated = Facts { flags: Default::default(), ..facts.clone() }.any();
        let only_open = facts.flags == crate::extract::draft::Flags { open: facts.flags.open, ..Default::default() };
        let generic = !whom.is_empty() && whom.iter().all(|s| s.office.is_all());
        generic && !stated && only_open && self.names.several && POINTS.iter().any(|w| segment.folded.text.contains(w))
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

    /// Offices that a rule about all leaves out go to the notice about all, wherever it was made.
    pub(super) fn leave_out(&mut self, facts: &mut Facts, whom: &[Subject], announces: bool) {
        if facts.except.is_empty() || whom.iter().any(|s| s.office.is_all()) && !announces {
            return;
        }
        if announces && !self.drafts.iter().any(|d| d.subject.office.is_all()) && !whom.is_empty() {
            return; // "tutti gli uffici, tranne la Polizia locale, sono chiusi:": the notice about all is only being made
        }
        let except = std::mem::take(&mut facts.except);
        if let Some(all) = self.drafts.iter_mut().rev().find(|d| d.subject.office.is_all()) {
            for office in except {
                if !all.except.contains(&office) {
                    all.except.push(office);
                }
            }
        }
    }

    /// The hours of the office that spoke before, for "stessi giorni e orari".
    pub(super) fn hours_before(
        &self,
        whom: &[Subject],
        reference: Option<&OfficeId>,
    ) -> Vec<(crate::domain::Access, crate::extract::grammar::weeks::Chunk)> {
        if reference.is_none() && !self.default_hours.is_empty() {
            return self.default_hours.clone();
        }
        let before =
            self.drafts.iter().rev().find(|d| {
                !d.weeks.is_empty() && reference.is_none_or(|r| *r == d.subject.office) && !whom.iter().any(|s| s.same(&d.subject))
            });
        before.map(chunks_of).unwrap_or_default()
    }

    pub(super) fn next_names_offices(&self, index: usize) -> bool {
        self.segments.get(index + 1).is_some_and(|next| {
            let is_capital = |i: usize| next.is_capital(i);
            let place = crate::extract::grammar::offices::Place {
                label: next.role != Role::Sentence,
                line: false,
                first: crate::extract::segment::first_word(&next.tokens),
            };
            (0..next.tokens.len().min(8))
                .any(|i| crate::extract::grammar::offices::mention(&next.tokens, i, place, &is_capital, self.lexicon).is_some())
        })
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

fn same_offices(one: &[Subject], other: &[Subject]) -> bool {
    let among = |s: &Subject, others: &[Subject]| others.iter().any(|o| o.office == s.office && !o.office.is_other());
    // what one branch does holds for that branch
    let sites = one.iter().all(|s| s.site.is_none()) || one.iter().all(|s| other.iter().any(|o| o.site == s.site));
    !one.is_empty() && sites && one.iter().all(|s| among(s, other)) && other.iter().all(|s| among(s, one))
}

/// Whether both name the same counters, in whatever words.
pub(super) fn same_counters(a: &[Subject], b: &[Subject]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
}

/// The hours of a draft, day by day.
pub(super) fn chunks_of(draft: &Draft) -> Vec<(crate::domain::Access, crate::extract::grammar::weeks::Chunk)> {
    let chunk = |season, day: &DaySelector, slot: &crate::domain::Slot| crate::extract::grammar::weeks::Chunk {
        days: vec![day.clone()],
        slots: vec![slot.clone()],
        season,
        instead: false,
        start: 0,
        end: 0,
    };
    draft.weeks.iter().flat_map(|(access, week)| week.iter().map(move |(season, day, slot)| (*access, chunk(season, day, slot)))).collect()
}

/// What the announcing line lends, with the item's own facts over it.
fn merge(frame: Facts, own: Facts) -> Facts {
    let own_days = !own.closures.is_empty() || !own.openings.is_empty();
    let speaks = own_days || own.flags.any();
    Facts {
        flags: if own.flags.any() { own.flags } else { frame.flags },
        hours: if own.hours.is_empty() { frame.hours } else { own.hours },
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
        reference: own.reference,
        same_number: own.same_number,
        bare_dates: own.bare_dates,
        excepting: own.excepting,
        without_days: own.without_days,
        also: own.also,
    }
}
