//! The office that stands above a segment: the page's own, the heading's, the card's; and which segments are about others altogether.

use super::Assembler;
use super::headings::{Announced, is_field};
use super::place::same_counters;
use crate::document::{Document, Region};
use crate::extract::Context;
use crate::extract::branches;
use crate::extract::clause;
use crate::extract::draft::{Flags, Subject};
use crate::extract::grammar::dates::Anchor;
use crate::extract::grammar::offices::Mention;
use crate::extract::press;
use crate::extract::scan::{Mark, Placed, scan};
use crate::extract::segment::{Role, Segment};
use crate::lexicon::Cue;

impl Assembler<'_> {
    /// Which containers (cards, list items, cells) name one group of offices and no other.
    pub(super) fn topics_of_containers(&self, document: &Document, scans: &[Vec<Placed>]) -> Vec<Option<Vec<Subject>>> {
        const MOST_SEGMENTS: usize = 6;
        let n = document.containers.len();
        let mut named: Vec<Vec<Vec<Subject>>> = vec![Vec::new(); n];
        let mut held = vec![0usize; n];
        for (segment, marks) in self.segments.iter().zip(scans) {
            if segment.region != Region::Main {
                continue;
            }
            let subjects = self.subjects_of(segment, marks);
            // only a segment that is hardly more than the name gives its name to the card
            // … and no enumeration of what the office of the title does
            let list = segment.role == Role::Sentence && segment.text.trim_end().ends_with('.') && segment.tokens.iter().any(|t| t.is(","));
            let label = segment.tokens.len() <= 9 && !list;
            let mut at = Some(segment.container);
            for _ in 0..6 {
                let Some(container) = at.filter(|c| *c > 0 && *c < n) else { break };
                held[container] += 1;
                if !subjects.is_empty() && (label || named[container].is_empty()) {
                    named[container].push(if label { subjects.clone() } else { Vec::new() });
                }
                at = document.containers.get(container).and_then(|c| c.parent);
            }
        }
        named
            .into_iter()
            .zip(held)
            .map(|(named, held)| match named.as_slice() {
                [only] if (2..=MOST_SEGMENTS).contains(&held) && !only.is_empty() => Some(only.clone()),
                _ => None,
            })
            .collect()
    }

    /// The office of the smallest card around a segment that names just one.
    pub(super) fn container_topic(&self, segment: &Segment) -> Option<Vec<Subject>> {
        let mut at = Some(segment.container);
        for _ in 0..5 {
            let container = at.filter(|c| *c > 0)?;
            if let Some(topic) = self.container_topics.get(container)? {
                return Some(topic.clone());
            }
            at = self.parents.get(container).copied().flatten();
        }
        None
    }

    /// The office that the page as a whole speaks of: the one that `sources.toml` or the title names.
    pub(super) fn title_topic(&self, document: &Document, scans: &[Vec<Placed>], context: &Context) -> Vec<Subject> {
        if let Some(office) = &context.office {
            return vec![Subject {
                office: office.clone(),
                name: self.lexicon.office_name(office, crate::domain::Language::It).to_string(),
                site: None,
            }];
        }
        let title = document.title.as_deref().unwrap_or_default();
        // a box that calls for attention stands above the title and is about the page
        let boxed = |segment: &Segment| is_in_alert(document, segment);
        let is_title = |s: &Segment| s.region == Region::Main && s.role == Role::Heading && s.text.trim() == title.trim();
        let titled = self.segments.iter().position(is_title);
        let main = |(_, (s, _)): &(usize, (&Segment, &Vec<Placed>))| s.region == Region::Main && !boxed(s);
        for (at, (segment, marks)) in self.segments.iter().zip(scans).enumerate().filter(main) {
            if segment.role == Role::Heading {
                let mut subjects = self.subjects_of(segment, marks);
                // "Servizi sociali, apre uno sportello alla Marina"
                if subjects.iter().any(|s| !s.office.is_other()) {
                    subjects.retain(|s| !s.office.is_other());
                }
                let cued = marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Event | Cue::Political)));
                if !subjects.is_empty() || cued {
                    return if cued { Vec::new() } else { subjects };
                }
                if segment.text.trim() == title.trim() {
                    break;
                }
            } else if segment.tokens.len() > 8 && titled.is_none_or(|titled| at > titled) {
                break; // what stands under the first text is a part of the page
            }
        }
        self.service_topic(scans)
    }

    /// "Vi aspettiamo il lunedì … / L'Ufficio cultura", "Il vostro ufficio anagrafe.": the one office of a text, where it signs it.
    pub(super) fn signing_office(&self) -> Vec<Subject> {
        const SHORT: usize = 7;
        let Some(at) = self.segments.iter().rposition(|s| s.region == Region::Main && !s.tokens.is_empty()) else { return Vec::new() };
        let last = &self.segments[at];
        let alone = last.tokens.len() <= SHORT && at > 0 && matches!(last.role, Role::Sentence | Role::Line);
        let bare = self.scans[at].iter().all(|m| matches!(m.mark, Mark::Offices(_) | Mark::Comma));
        let elsewhere =
            self.scans[..at].iter().flatten().any(|m| matches!(m.mark, Mark::Offices(_) | Mark::TheOffices { .. } | Mark::WholeBody));
        if !alone || !bare || elsewhere {
            return Vec::new();
        }
        let subjects = self.subjects_of(last, &self.scans[at]);
        if subjects.len() == 1 { subjects } else { Vec::new() }
    }

    /// "Comune di Pietra - Ufficio anagrafe" above a text that names no other, the site of a library above "Orari e contatti": whose text it is.
    pub(super) fn opening_office(&self) -> Vec<Subject> {
        const SHORT: usize = 16;
        // who writes for the whole body
        const WRITERS: [&str; 5] = ["comunicazione", "segreteria", "centralino", "personale", "protocollo"];
        let Some(at) = self.segments.iter().position(|s| !s.tokens.is_empty()) else { return Vec::new() };
        let first = &self.segments[at];
        // what frames a page was not scanned with it
        let framed = (first.region != Region::Main).then(|| scan(first, &mut Anchor::default(), None, self.lexicon));
        let marks = framed.as_ref().unwrap_or(&self.scans[at]);
        let line = first.tokens.len() <= SHORT && matches!(first.role, Role::Sentence | Role::Line);
        let bare =
            marks.iter().all(|m| matches!(m.mark, Mark::Offices(_) | Mark::Comma | Mark::Break | Mark::Address(_) | Mark::WholeBody));
        // a menu names offices too: the name of the site stands over a page that says no more than "Orari e contatti"
        let of_site = || self.segments.iter().find(|s| s.region == Region::Main && s.role == Role::Heading).is_some_and(is_field);
        let is_other = |(s, marks): (&Segment, &Vec<Placed>)| {
            let plural = s.folded.has_any(&["gli uffici", "gli sportelli", "agli uffici", "degli uffici"]);
            s.region == Region::Main && (plural || marks.iter().any(|m| matches!(m.mark, Mark::Offices(_))))
        };
        let elsewhere = self.segments.iter().zip(self.scans).skip(at + 1).any(is_other);
        if !line || !bare || elsewhere || first.region != Region::Main && !of_site() {
            return Vec::new();
        }
        let mut subjects = self.subjects_of(first, marks);
        subjects.retain(|s| !s.office.is_all() && !s.office.is_other() && !WRITERS.contains(&s.office.0.as_str()));
        if subjects.len() == 1 { subjects } else { Vec::new() }
    }

    /// The one office that the page of a service names: its fields ("Quando", "Contatti") speak of that office.
    pub(super) fn service_topic(&self, scans: &[Vec<Placed>]) -> Vec<Subject> {
        let main = |s: &&Segment| s.region == Region::Main;
        let headings =
            self.segments.iter().filter(main).filter(|s| s.role == Role::Heading && self.lexicon.labels().is_service(&s.folded.text));
        if headings.count() < 3 {
            return Vec::new();
        }
        let mut found: Vec<Subject> = Vec::new();
        for (segment, marks) in self.segments.iter().zip(scans).filter(|(s, _)| s.region == Region::Main) {
            for subject in self.subjects_of(segment, marks) {
                if !found.iter().any(|s| s.office == subject.office) {
                    found.push(subject);
                }
            }
        }
        found.retain(|s| !s.office.is_all());
        if found.len() == 1 { found } else { Vec::new() }
    }

    pub(super) fn subjects_of(&self, segment: &Segment, marks: &[Placed]) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for mark in marks {
            // "Il Sindaco e la sua segreteria": the secretary of the one who is named
            let of_someone = mark.start > 0
                && segment.tokens[mark.start - 1].is_any(&["sua", "propria", "loro"])
                && segment.tokens.get(mark.start).is_some_and(|t| t.is("segreteria"));
            let strangers =
                |m: &Mention| self.strange_page && m.offices.iter().all(|o| crate::extract::strangers::may_be_anybodys(&o.office));
            if let Mark::Offices(mention) = &mark.mark
                && !of_someone
                && !strangers(mention)
                && !self.is_part_of_page(mention, segment)
            {
                for named in &mention.offices {
                    subjects.push(Subject {
                        office: named.office.clone(),
                        name: segment.words(named.tokens.clone()).to_string(),
                        site: None,
                    });
                }
            }
        }
        subjects
    }

    /// What a heading path says about whom: the innermost heading that names offices.
    pub(super) fn heading_topic(&self, segment: &Segment) -> Option<Vec<Subject>> {
        self.headings.topics.innermost(&segment.headings).cloned()
    }

    /// Whether a heading above says that this is other news: "Ultime notizie", "Leggi anche". On a page that is a list, that is its matter.
    pub(super) fn under_related(&self, segment: &Segment) -> bool {
        let related = |text: &str| self.lexicon.labels().is_related(&crate::text::fold(text));
        let own = segment.role == Role::Heading && related(&segment.text);
        let above = segment.headings.iter().any(|h| self.segments.get(*h).is_some_and(|s| related(&s.text)));
        (own || above) && !self.is_front_page
    }

    /// A new block: the heading above it decides the topic; a list keeps the frame that announced it.
    pub(super) fn open_block(&mut self, index: usize) {
        let segment = &self.segments[index];
        let listed = matches!(segment.role, Role::Item | Role::Row | Role::Line);
        if self.frame.active && !listed && segment.block > self.frame.block + 1 {
            self.frame.active = false;
        }
        let before = index.checked_sub(1).and_then(|i| self.segments.get(i));
        let same_heading = before.is_some_and(|b| b.headings == segment.headings && b.role != Role::Heading);
        if !matches!(segment.role, Role::Row | Role::Item) {
            let several = self.list.iter().any(|office| Some(office) != self.list.first());
            if std::mem::take(&mut self.list).len() >= 2 && several {
                // each entry spoke of its own office; what follows the list speaks of none of them
                self.topic = self.heading_topic(segment).unwrap_or_else(|| self.page_topic.clone());
                self.topic_period = None;
            }
        }
        // "Recapiti: …" below a list each of whose lines was a branch: of none of them alone
        if self.sites && same_heading && branches::is_bare_contact(&segment.text) && before.is_some_and(|b| self.lists_branches(b.block)) {
            self.topic.iter_mut().for_each(|s| s.site = None);
        }
        if segment.headings.last().is_some_and(|h| self.headings.strangers.of(*h).is_some()) {
            self.topic.clear();
            self.stranger = true;
            return;
        }
        if !same_heading {
            self.stranger = false;
            match self.heading_topic(segment) {
                Some(topic) => {
                    if !same_counters(&topic, &self.topic) {
                        self.topic_period = None;
                    }
                    self.topic = topic;
                }
                None if !segment.headings.is_empty() => self.leave_heading(before),
                None => {}
            }
        }
        // a stranger in one paragraph of running text does not take the next one
        if let Some((block, topic)) = self.interrupted.take()
            && self.stranger
            && self.topic.is_empty()
            && segment.role == Role::Sentence
            && segment.block > block
        {
            (self.topic, self.stranger) = (topic, false);
        }
        if let Some(topic) = self.container_topic(segment) {
            if !same_counters(&topic, &self.topic) {
                self.topic_period = None;
            }
            self.stranger = false;
            self.topic = topic;
        }
        // a heading that speaks of an event, or of somebody else, leaves no topic at all
        let others = self.heading_topic(segment).is_some_and(|topic| topic.is_empty());
        if self.topic.is_empty() && !self.stranger && !others {
            self.topic = self.page_topic.clone();
        }
    }

    /// Whether several lines of a block open with a branch, each its own.
    fn lists_branches(&self, block: usize) -> bool {
        const LONGEST_LIST: usize = 64;
        let last = self.at.min(self.segments.len());
        let lines = (0..last).rev().skip_while(|i| self.segments[*i].block > block).take_while(|i| self.segments[*i].block == block);
        let opens = |i: &usize| self.scans[*i].first().is_some_and(|m| matches!(m.mark, Mark::Site(_)) && m.start <= 2);
        let told = |i: &usize| self.scans[*i].iter().any(|m| matches!(m.mark, Mark::Span(..)));
        lines.take(LONGEST_LIST).filter(|i| opens(i) && told(i)).take(2).count() == 2
    }

    /// The heading that gave the topic has ended with its box: the page's own topic holds again.
    pub(super) fn leave_heading(&mut self, before: Option<&Segment>) {
        let page = self.page_topic.clone();
        let left = before.is_some_and(|b| b.role != Role::Heading && self.heading_topic(b).is_some_and(|t| !t.is_empty()));
        if !page.is_empty() || left {
            self.topic = page;
        }
    }

    /// "L'anagrafe apre anche il sabato. Chiude la delegazione di Ronco" as the title of a text that goes on to speak of other branches, too.
    fn tells_of_one_branch_among_others(&self, index: usize, marks: &[Placed], name: &str) -> bool {
        let tells = |m: &Placed| {
            matches!(m.mark, Mark::When(_) | Mark::Cue(Cue::Closed | Cue::Open | Cue::Moved | Cue::Reduced | Cue::Appointment | Cue::Event))
        };
        let is_other = |m: &Placed| matches!(&m.mark, Mark::Site(other) if crate::text::fold(other) != crate::text::fold(name));
        // a title answers for the text below it, and no text is longer
        const LONGEST: usize = 400;
        let below = || self.segments.iter().zip(self.scans).skip(index + 1).take(LONGEST).filter(|(s, _)| s.region == Region::Main);
        self.segments[index].headings.is_empty()
            && marks.iter().any(tells)
            && below().any(|(s, marks)| s.role == Role::Sentence && marks.iter().any(is_other))
    }

    pub(super) fn heading(&mut self, index: usize, marks: &[Placed]) {
        let segment = &self.segments[index];
        // "riceveranno solo su appuntamento:" reaches over "Giorni di ricevimento" to the table below
        let caption = marks.is_empty() && segment.tokens.len() <= 5 && segment.block <= self.frame.block + 1;
        if caption {
            self.frame.block = segment.block;
        } else {
            self.frame.active = false;
        }
        self.hanging_days = None;
        self.hanging_season = None;
        let programme = ["eventi", "appuntamenti in", "iniziative", "calendario eventi", "prossimi eventi"]
            .iter()
            .any(|w| segment.folded.text.trim_start().starts_with(w));
        let programme = programme || crate::extract::events::is_appointed_place(segment, marks, self.lexicon);
        let cued = |cue: Cue| marks.iter().any(|m| m.mark == Mark::Cue(cue)) || cue == Cue::Event && programme;
        let denied = cued(Cue::Denied) || cued(Cue::Hypothesis) || cued(Cue::Past);
        // "Personale" on the page of another office heads the list of its people
        let people = segment.folded.text.trim() == "personale" && !self.page_topic.is_empty();
        let mut subjects = if people { Vec::new() } else { self.subjects_of(segment, marks) };
        // "Contatti per entrambe le sedi"
        let both = marks.iter().any(|m| matches!(m.mark, Mark::TheOffices { back: true }));
        if both && subjects.is_empty() && self.sites {
            subjects = self.recent(2);
        }
        // "Contatti (per entrambe le sedi)", "Recapiti di tutte le delegazioni"
        let each = branches::says_each(&segment.folded);
        if each && subjects.is_empty() && self.sites && super::place::names_branches(segment) && !programme {
            subjects = self.branches_told().unwrap_or_default();
        }
        // "In corsivo le fasce su prenotazione" above a table
        if subjects.is_empty() && !denied && !press::is_legend(segment) && !segment.headings.is_empty() {
            let booked = cued(Cue::Appointment) && cued(Cue::Only);
            let flags = Flags { appointment: booked, strict: booked, remote: cued(Cue::Remote) && !booked, ..Flags::default() };
            if flags.any() {
                self.headings.flags.note(index, flags);
            }
        }
        // "Chiusi per l'intera giornata", "Aperti" above a list of offices
        let open = cued(Cue::Open) || segment.tokens.first().is_some_and(|t| t.is_any(&["aperti", "aperte"]));
        let heads = self.only_day.is_some() && segment.tokens.len() <= 7 && subjects.is_empty() && !denied;
        let listed = self.segments.get(index + 1).is_some_and(|next| next.role == Role::Item) && self.opens_with_office(index + 1);
        if heads && listed && (cued(Cue::Closed) || open) {
            let closed = cued(Cue::Closed);
            self.headings.flags.note(index, Flags { closed, open: !closed, ..Flags::default() });
        }
        if let Some(Mark::Site(name)) = marks.iter().map(|m| &m.mark).find(|m| matches!(m, Mark::Site(_)))
            && !self.tells_of_one_branch_among_others(index, marks, name)
        {
            self.headings.sites.note(index, name.clone());
        }
        if programme || cued(Cue::Stranger) && subjects.is_empty() || self.names_somebody_else(index, marks) {
            self.headings.strangers.note(index, ());
        }
        if cued(Cue::Stranger) && subjects.is_empty() {
            self.headings.topics.note(index, Vec::new());
            self.topic.clear();
            self.stranger = true;
            return;
        }
        // "Concorso per un istruttore da assegnare ai Servizi demografici": the office is where a post is free
        let named = marks.iter().find(|m| matches!(m.mark, Mark::Offices(_))).map(|m| m.start);
        // "Bandi di gara": the word alone, where no office is named
        let called = segment.tokens.first().is_some_and(|t| t.is_any(&["bandi", "bando", "concorsi", "concorso"]));
        // what a council is to debate is no notice yet
        let agenda = segment.tokens.len() <= 8 && segment.folded.has("ordine del giorno");
        let first_named = named.unwrap_or(if called { segment.tokens.len() } else { 0 });
        let recruits = segment.tokens[..first_named.min(segment.tokens.len())]
            .iter()
            .any(|t| ["concors", "selezion", "mobilita", "bando", "bandi", "affidament", "appalt"].iter().any(|w| t.text.starts_with(w)))
            || agenda;
        if cued(Cue::Event) || recruits {
            let announced = if recruits {
                Announced::Call
            } else if programme {
                Announced::Programme
            } else {
                Announced::Event
            };
            self.headings.events.note(index, announced);
        }
        if !subjects.is_empty() && !cued(Cue::Event) && !recruits {
            self.headings.topics.note(index, subjects.clone());
            self.topic.clone_from(&subjects);
            self.topic_period = None;
            self.stranger = false;
        }
        if cued(Cue::Event) || recruits {
            // what stands under it is about the event
            self.headings.topics.note(index, Vec::new());
            self.topic.clear();
            return;
        }
        if denied {
            return;
        }
        let days = clause::single_days(marks);
        if !days.is_empty() && segment.tokens.len() <= 12 && !segment.headings.is_empty() {
            self.headings.days.note(index, days);
        }
        if subjects.is_empty() {
            if let Some(Mark::Address(address)) = marks.iter().map(|m| &m.mark).find(|m| matches!(m, Mark::Address(_))) {
                self.headings.addresses.note(index, address.clone());
            }
            // a heading without an office governs what stands under it
            if let Some(season) = clause::season(marks) {
                self.headings.seasons.note(index, season);
            }
            if let Some(period) = clause::whole_period(marks) {
                self.headings.periods.note(index, period);
            }
            let topical = segment.headings.is_empty() || self.heading_topic(segment).is_none();
            // "Dove e quando" below a text about one office: its own fields
            // "Devo prendere appuntamento?": questions about the office that the answers speak of
            let of_one = self.topic.len() == 1 && !self.topic.iter().any(|s| s.office.is_all());
            let goes_on = of_one && (is_field(segment) || segment.text.trim_end().ends_with('?'));
            if topical && self.page_topic.is_empty() && !goes_on {
                self.topic.clear();
            }
            return;
        }
        if both {
            return;
        }
        let clauses = clause::split(segment, marks);
        let period = clause::sentence_period(segment, marks, &clauses);
        for (n, clause) in clauses.iter().enumerate() {
            self.clause(index, clause, period, n);
        }
    }

    /// "Museo diocesano", "Trenino turistico" between "Museo civico" and "Ufficio IAT": on a page that takes several offices one by one, a title that names none
    /// of them and no field is about somebody else.
    fn names_somebody_else(&self, index: usize, marks: &[Placed]) -> bool {
        let heading = &self.segments[index];
        let labels = self.lexicon.labels();
        let text = heading.folded.text.trim();
        let plain = marks.iter().all(|m| matches!(m.mark, Mark::Comma | Mark::Cue(Cue::Stranger | Cue::Event)));
        let name = heading.tokens.len() <= 4
            && heading.tokens.first().is_some_and(|t| t.upper)
            && !labels.opens_field(text)
            && !labels.is_service(text);
        if self.page_topic.len() < 2 || !plain || !name || heading.headings.is_empty() {
            return false;
        }
        // its sisters name the offices of the page, each its own
        let sisters = self.segments.iter().enumerate().filter(|(_, s)| s.role == Role::Heading && s.headings == heading.headings);
        let named = sisters.filter(|(i, s)| self.scans.get(*i).is_some_and(|marks| !self.subjects_of(s, marks).is_empty())).count();
        let speaks = |s: &Segment, marks: &[Placed]| {
            s.headings.last() == Some(&index) && marks.iter().any(|m| matches!(m.mark, Mark::Channel(_) | Mark::Span(..)))
        };
        named >= 2 && self.segments.iter().zip(self.scans).any(|(s, marks)| speaks(s, marks))
    }
}

/// Whether a segment stands in a box that calls for attention.
pub(super) fn is_in_alert(document: &Document, segment: &Segment) -> bool {
    let mut at = Some(segment.container);
    std::iter::from_fn(|| {
        let container = document.containers.get(at?)?;
        at = container.parent;
        Some(container)
    })
    .any(|container| container.mark.as_deref() == Some("alert"))
}
