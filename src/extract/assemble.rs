//! Putting together: which office, which facts, which period.
//!
//! In: segments with their phrases. Out: notices. A subject carries over sentences and list items until another takes over; a line that announces a list lends
//! its facts to each item; a period stated for the whole document reaches every notice that it governs.

mod beside;
mod defaults;
mod directory;
mod headings;
mod names;
mod overview;
mod owner;
mod periods;
mod place;
mod topics;
mod whom;

use std::collections::BTreeSet;

use self::headings::{Announced, Headings};
use self::names::Names;
use self::overview::{bundles, dashes, is_event_page, is_front_page, seasons};
use super::Context;
use super::branches;
use super::clause::{self, Clause};
use super::draft::{Draft, Facts, Period, Subject};
use super::elsewhere;
use super::grammar::dates::When;
use super::grammar::exceptions::Exception;
use super::press;
use super::published::Dating;
use super::scan::{Mark, Placed, scan};
use super::segment::{Role, Segment};
use super::strangers;
use crate::document::{Document, Region};
use crate::domain::{DaySelector, OfficeId, Reading};
use crate::lexicon::{Cue, Lexicon};

/// Facts that an announcing line lends to what follows.
#[derive(Debug, Clone, Default)]
struct Frame {
    facts: Facts,
    subjects: Vec<Subject>,
    /// Segments of these blocks and later ones, while they are items.
    block: usize,
    active: bool,
    /// "saranno chiusi:" followed by offices: the facts are theirs.
    lends: bool,
    /// "restano esclusi:" followed by offices: they are left out.
    excepting: bool,
}

/// A part of the year said above hours.
#[derive(Debug, Clone, Copy)]
struct HangingSeason {
    season: crate::domain::Season,
    /// The block that said it.
    block: usize,
    /// It stood alone, and governs the blocks below; else only the lines of its own.
    alone: bool,
}

struct Assembler<'a> {
    segments: &'a [Segment],
    lexicon: &'a Lexicon,
    drafts: Vec<Draft>,
    topic: Vec<Subject>,
    /// The block that named the topic.
    topic_block: Option<usize>,
    /// The period last stated for the topic.
    topic_period: Option<Period>,
    /// The first period of the text that is no single day.
    lead_period: Option<Period>,
    page_topic: Vec<Subject>,
    document_period: Option<Period>,
    /// The block that states the period of the whole page: its further sentences go on with it.
    period_block: Option<usize>,
    frame: Frame,
    last_when: Option<Period>,
    /// The last period that was no single day, for "nello stesso periodo".
    last_period: Option<Period>,
    /// The one day that the document is about, once it has been named: "la mappa di venerdì 13 dicembre".
    only_day: Option<(usize, jiff::civil::Date)>,
    /// The page is somebody else's: a swimming pool, a foundation.
    strange_page: bool,
    last_dates: Vec<jiff::civil::Date>,
    last_days: Vec<DaySelector>,
    /// Single days named in this sentence.
    sentence_dates: Vec<jiff::civil::Date>,
    /// Segments that name one unit with many parts: only the first office counts.
    bundles: BTreeSet<usize>,
    /// The phrases of all segments.
    scans: &'a [Vec<Placed>],
    /// The container around each container.
    parents: Vec<Option<usize>>,
    /// For each container the one group of offices that it names, if it names just one.
    container_topics: Vec<Option<Vec<Subject>>>,
    /// "le strutture sotto elencate ricevono solo su appuntamento": holds for offices that say nothing else.
    default_flags: Option<(super::draft::Flags, Option<Period>)>,
    /// "gli uffici sotto elencati ricevono il martedì, salvo quanto diversamente indicato".
    default_hours: Vec<(crate::domain::Access, super::grammar::weeks::Chunk)>,
    /// "tutti gli sportelli si trovano in via …, salvo diversa indicazione".
    default_address: Option<String>,
    /// The offices enumerated last, for "il primo … il secondo".
    enumerated: Vec<Subject>,
    /// What the words before a colon lend to the offices listed behind it: "…lavorano da remoto: il personale, la ragioneria".
    inline: Option<Facts>,
    /// The clause at hand only announces the list behind a colon.
    announcing: bool,
    /// What the headings read so far say of what stands below them.
    headings: Headings,
    /// The offices that the document names.
    names: Names,
    /// "tutti gli altri …": a list that follows inherits what was said of all.
    others: bool,
    /// The segments that only say when the document was published.
    date_lines: &'a [usize],
    /// Days of a line that had no times: "Lunedì" above "9.00-12.00".
    hanging_days: Option<(usize, Vec<DaySelector>)>,
    /// A part of the year that stands on a line of its own, above its hours.
    hanging_season: Option<HangingSeason>,
    /// Dates of a line that had no times: "sabato 14 dicembre" above "9.00-12.00".
    hanging_dates: Option<(usize, Vec<jiff::civil::Date>)>,
    stranger: bool,
    /// The block in which proposals are enumerated: "le ipotesi sono tre. La prima …".
    proposals: Option<usize>,
    /// The topic that a sentence about somebody else interrupted, with its block.
    interrupted: Option<(usize, Vec<Subject>)>,
    /// A block that speaks of somebody else, below a heading that names an office.
    stranger_block: Option<usize>,
    /// A block that gives the body's own contacts at the foot of the page.
    furniture_block: Option<usize>,
    /// The offices that the entries of the list or table at hand name, each its own.
    list: Vec<OfficeId>,
    /// "per tutti gli uffici di questa pagina": a contact of each.
    default_channels: Vec<crate::domain::Channel>,
    /// A page about an event: its hours are those of the event.
    is_event_page: bool,
    /// What could not be read, and of whom.
    doubts: Vec<(Subject, String)>,
    sites: bool,
    /// Index of the last segment of the page's matter.
    main_end: usize,
    /// A page that lists news instead of being one.
    is_front_page: bool,
    /// The block whose first line says that one comes by appointment only: so do its further lines.
    by_appointment: Option<usize>,
    /// Segments beside the matter that speak of the page's own office.
    own_boxes: BTreeSet<usize>,
    /// Entries of lists of offices that speak of somebody else.
    strangers: BTreeSet<usize>,
    /// The segment at hand.
    at: usize,
}

/// Reads the segments.
pub fn assemble(document: &Document, segments: &[Segment], dating: &Dating, lexicon: &Lexicon, context: &Context) -> Reading {
    let mut anchor = dating.anchor;
    let mut scans: Vec<Vec<Placed>> = segments.iter().map(|s| scan(s, &mut anchor, dating.published, lexicon)).collect();
    super::revise::revise(segments, &mut scans);
    branches::mark(document, segments, &mut scans, lexicon);
    seasons(segments, &mut scans, lexicon);
    dashes(segments, &mut scans, lexicon);
    let sites =
        branches::distinct(&scans) >= 2 || branches::is_apart(segments, &scans) || branches::is_page_of_one(document, segments, &scans);
    if !sites {
        branches::settle_addresses(segments, &mut scans);
    }
    let mut assembler = Assembler {
        segments,
        lexicon,
        drafts: Vec::new(),
        topic: Vec::new(),
        topic_block: None,
        topic_period: None,
        lead_period: None,
        page_topic: Vec::new(),
        document_period: None,
        period_block: None,
        frame: Frame::default(),
        last_when: None,
        last_period: None,
        only_day: overview::only_day(segments, &scans),
        strange_page: owner::opened_by_stranger(segments, &scans) || owner::called_private(segments),
        last_dates: Vec::new(),
        last_days: Vec::new(),
        sentence_dates: Vec::new(),
        date_lines: &dating.lines,
        bundles: BTreeSet::new(),
        scans: &scans,
        parents: document.containers.iter().map(|c| c.parent).collect(),
        container_topics: Vec::new(),
        default_flags: None,
        default_address: None,
        default_hours: Vec::new(),
        enumerated: Vec::new(),
        inline: None,
        announcing: false,
        headings: Headings::default(),
        names: Names::of(&scans),
        others: false,
        hanging_days: None,
        hanging_dates: None,
        hanging_season: None,
        stranger: false,
        proposals: None,
        interrupted: None,
        stranger_block: None,
        furniture_block: None,
        list: Vec::new(),
        default_channels: Vec::new(),
        is_event_page: is_event_page(segments, lexicon) || overview::is_about_proceedings(segments),
        doubts: Vec::new(),
        is_front_page: is_front_page(document, segments, lexicon),
        by_appointment: None,
        own_boxes: BTreeSet::new(),
        strangers: BTreeSet::new(),
        at: 0,
        main_end: segments.iter().rposition(|s| s.region == Region::Main).unwrap_or(0),
        sites,
    };
    if context.office.is_none() && owner::signed_by_stranger(segments, &scans) {
        return Reading::default();
    }
    assembler.strangers = directory::strangers(segments, &scans, &assembler.parents, lexicon);
    assembler.bundles = bundles(segments, &scans);
    assembler.page_topic = assembler.title_topic(document, &scans, context);
    assembler.container_topics = assembler.topics_of_containers(document, &scans);
    assembler.own_boxes = assembler.own_boxes(&scans);
    for (index, marks) in scans.iter().enumerate() {
        assembler.segment(index, marks);
    }
    assembler.apply_defaults();
    let doubts = assembler.settle_doubts();
    let notices = super::finish::notices(assembler.drafts);
    Reading { published: None, notices, doubts }
}

impl Assembler<'_> {
    fn segment(&mut self, index: usize, marks: &[Placed]) {
        let segment = &self.segments[index];
        let boxed = self.own_boxes.contains(&index)
            || segment.region == Region::Aside && segment.headings.is_empty() && clause::is_announcement(segment, marks);
        if !matches!(segment.region, Region::Main) && !boxed || segment.foreign {
            return;
        }
        self.at = index;
        if self.date_lines.contains(&index) {
            return;
        }
        self.sentence_dates = clause::single_days(marks);
        if self.under_related(segment) {
            return;
        }
        let eventful = segment.headings.last().is_some_and(|h| self.headings.events.of(*h).is_some());
        if eventful && segment.role == Role::Row {
            return;
        }
        if segment.role == Role::Heading {
            self.heading(index, marks);
            return;
        }
        if self.is_letterhead(index, marks) {
            return;
        }
        if self.strangers.contains(&index) {
            self.topic.clear();
            self.stranger_block = Some(segment.block).filter(|_| segment.role != Role::Line);
            return;
        }
        let near_end = index + 4 >= self.main_end;
        let names = marks.iter().any(|m| matches!(&m.mark, Mark::Offices(o) if !o.offices.iter().all(|o| o.office.is_all())));
        if elsewhere::is_furniture(segment, marks, near_end, self.lexicon)
            || near_end && self.closes_page(index, marks)
            || self.furniture_block == Some(segment.block) && !names
        {
            self.furniture_block = Some(segment.block);
            self.topic.clear();
            return;
        }
        if segment.opens_block {
            self.open_block(index);
        }
        if self.is_proposal(segment, marks) {
            return;
        }
        let alone = self.open_in_spite(marks);
        let marks = alone.as_deref().unwrap_or(marks);
        // "con la prima sospende le lezioni; con la seconda …": ordinals that count no offices
        let named_before = |m: &Placed| {
            marks
                .iter()
                .filter(|o| o.end <= m.start)
                .map(|o| if let Mark::Offices(mention) = &o.mark { mention.offices.len() } else { 0 })
                .sum::<usize>()
        };
        let counted = |m: &Placed| match m.mark {
            Mark::Nth(n) => self.enumerated.len().max(named_before(m)) > n.max(1),
            _ => true,
        };
        let counting: Option<Vec<Placed>> = (!marks.iter().all(counted)).then(|| marks.iter().filter(|m| counted(m)).cloned().collect());
        let marks = counting.as_deref().unwrap_or(marks);
        let mut clauses = clause::split(segment, marks);
        clause::carry_closing(&mut clauses);
        let sentence_period = clause::sentence_period(segment, marks, &clauses);
        let announces_at = self.inline_list(segment, &clauses);
        self.inline = None;
        for (n, clause) in clauses.iter().enumerate() {
            self.announcing = announces_at == Some(n);
            self.clause(index, clause, sentence_period, n);
        }
        for words in &segment.unread {
            self.doubts.extend(self.topic.iter().map(|subject| (subject.clone(), words.clone())));
        }
        (self.inline, self.announcing) = (None, false);
    }

    /// "Le ipotesi sono tre. La prima prevede che …": what is enumerated is not decided.
    fn is_proposal(&mut self, segment: &Segment, marks: &[Placed]) -> bool {
        const SEVERAL: [&str; 7] = ["ipotesi", "proposte", "opzioni", "soluzioni", "alternative", "scenari", "idee"];
        const PARTS: [&str; 7] = ["la", "il", "una", "un'", "un", "l'", "nella"];
        let first = super::segment::first_word(&segment.tokens);
        let word = |i: usize| segment.tokens.get(first + i).map_or("", |t| t.text.as_str());
        let ordinal = ["prim", "second", "terz", "quart", "quint", "ultim", "altr"].iter().any(|stem| word(1).starts_with(stem));
        if self.proposals == Some(segment.block) && PARTS.contains(&word(0)) && ordinal {
            return true;
        }
        let doubtful = marks.iter().any(|m| m.mark == Mark::Cue(Cue::Hypothesis)) || segment.text.contains('?');
        let several = segment.tokens.iter().any(|t| SEVERAL.contains(&t.text.as_str()));
        if several && (doubtful || segment.announces()) {
            self.proposals = Some(segment.block);
        }
        false
    }

    /// Which clause speaks of the offices that follow a colon in the same sentence: "gli uffici che vi avevano sede lavoreranno da remoto: sono il personale (…),
    /// la ragioneria (…) e il legale".
    fn inline_list(&self, segment: &Segment, clauses: &[Clause]) -> Option<usize> {
        let named = |clause: &Clause| {
            clause.marks.iter().any(|m| {
                matches!(&m.mark, Mark::Offices(o) if !clause.ignored.contains(&m.start) && !o.offices.iter().any(|o| o.office.is_all()))
            })
        };
        let generic = |clause: &Clause| {
            clause.marks.iter().any(|m| match &m.mark {
                Mark::Offices(o) => o.offices.iter().all(|o| o.office.is_all()),
                Mark::TheOffices { .. } => true,
                _ => false,
            })
        };
        let excepts = |c: &Clause| c.marks.iter().any(|m| matches!(m.mark, Mark::Exception(Exception::Following | Exception::Sentence)));
        let at = clauses.iter().position(|c| generic(c) && !named(c) && !excepts(c))?;
        let next = clauses.get(at + 1).filter(|next| named(next))?;
        let first = next.marks.iter().find(|m| matches!(m.mark, Mark::Offices(_)))?.start;
        let before = segment.tokens.get(first.saturating_sub(4)..first)?;
        let colon = before.iter().rposition(|t| t.is_any(&[":", "cioe", "ossia"]))?;
        let small = before[colon + 1..]
            .iter()
            .all(|t| t.is_any(&["sono", "il", "la", "lo", "l'", "i", "gli", "le", "cioe", "ovvero", "si", "tratta", "di"]));
        let alone = clauses[at + 1..].iter().all(|c| !c.marks.iter().any(|m| matches!(m.mark, Mark::Span(..) | Mark::Days(_))));
        (small && alone).then_some(at)
    }

    /// Contacts alone, below the line that tells when the page was brought up to date: the body's own.
    fn closes_page(&self, index: usize, marks: &[Placed]) -> bool {
        let channels = marks.iter().any(|m| matches!(m.mark, Mark::Channel(_)));
        let plain = marks.iter().all(|m| match &m.mark {
            Mark::Offices(mention) => mention.offices.iter().all(|o| o.office.is_all() || o.office.0 == "centralino"),
            Mark::Channel(_) | Mark::Address(_) | Mark::Comma | Mark::Break | Mark::WholeBody | Mark::Cue(Cue::Phone | Cue::Moved) => true,
            _ => false,
        });
        let updated = |s: &Segment| {
            let text = s.folded.text.trim_start();
            let dated = ["agg.", "aggiornat", "pagina aggiornat", "ultimo aggiornamento", "ultima modifica", "pubblicat"];
            dated.iter().any(|w| text.starts_with(w)) || press::is_colophon(text)
        };
        let from = index.saturating_sub(3);
        channels && plain && self.segments[from..index].iter().any(updated)
    }

    fn clause(&mut self, index: usize, clause: &Clause, sentence_period: Option<Period>, n: usize) {
        let segment = &self.segments[index];
        let cued = |cue: Cue| clause.marks.iter().any(|m| m.mark == Mark::Cue(cue));
        self.resume_topic(segment);
        let (subjects, explicit) = self.whom(clause, segment);
        if self.stranger_block == Some(segment.block) && !explicit && segment.role != Role::Row {
            return;
        }
        let stranger = strangers::is_stranger(segment, clause);
        if stranger && !explicit && self.has_owner(segment) {
            // somebody else is spoken of in passing; the office above is still the page's or the card's own
            self.stranger_block = Some(segment.block);
            return;
        }
        if stranger && !explicit {
            self.remember(segment, clause, &Facts::default());
            if segment.role == Role::Sentence && !self.topic.is_empty() {
                self.interrupted = Some((segment.block, std::mem::take(&mut self.topic)));
            }
            self.stranger = true;
            self.topic.clear();
            return;
        }
        if explicit {
            self.stranger = false;
        }
        let silent = cued(Cue::Denied);
        // "ore 18-20, museo civico: laboratorio di ceramica": what takes place there
        let takes_place = elsewhere::takes_place(segment, clause);
        if takes_place {
            // a calendar goes on with another place
            self.topic.clear();
        }
        let above = self.headings.events.innermost(&segment.headings).copied();
        let called = above == Some(Announced::Call);
        let event = elsewhere::is_event(segment, clause) || takes_place || called || above.is_some() && cued(Cue::Event);
        let named_at = clause.marks.iter().find(|m| matches!(m.mark, Mark::Offices(_))).map(|m| m.start);
        let event_at = clause.marks.iter().find(|m| m.mark == Mark::Cue(Cue::Event)).map(|m| m.start);
        let named_first = named_at.is_some() && named_at < event_at;
        let original = clause.clone();
        let clause = &elsewhere::before_doubt(segment, clause);
        let seasonal = |m: &Placed| match m.mark {
            Mark::When(When::Season(_)) => true,
            // the columns of a table, each headed by its period
            Mark::When(When::Range(_) | When::Months(_) | When::From(_) | When::Until(_)) => segment.role == Role::Row && n > 0,
            _ => false,
        };
        // "aperto tutti i giorni, dal 1° ottobre al 31 marzo 8-17" above "dal 1° aprile al 30 settembre 7-19"
        let again = Some(self.last_days.clone()).filter(|days| !explicit && !days.is_empty() && clause.marks.iter().any(seasonal));
        let hanging = self.hanging(segment).or(again);
        let hanging_dates = self.hanging_dates.take().filter(|(block, _)| segment.block <= block + 1).map(|(_, dates)| dates);
        let heading_dates = self.headings.days.innermost(&segment.headings).map(Vec::as_slice).unwrap_or_default();
        // what is told without a date, behind the one day that the document is about, is told of that day
        let only_day = self.only_day.filter(|(at, _)| *at < index && heading_dates.is_empty()).map(|(_, day)| vec![day]);
        let env = clause::Around {
            last_when: self.last_when,
            last_period: self.last_period,
            last_dates: &self.last_dates,
            last_days: &self.last_days,
            hanging: hanging.as_deref(),
            heading_dates: hanging_dates.as_deref().or(only_day.as_deref()).unwrap_or(heading_dates),
        };
        let mut facts = clause::facts(segment, clause, &env, self.lexicon);
        if facts.address.is_none() && self.under_place(segment) {
            facts.address =
                clause.marks.iter().find_map(|m| if let Mark::Address(address) = &m.mark { Some(address.clone()) } else { None });
        }
        if facts.address.is_none() && explicit && matches!(segment.role, Role::Row | Role::Item | Role::Line) {
            facts.address = self.headings.addresses.innermost(&segment.headings).cloned();
        }
        if silent {
            // "il numero non cambia", "il servizio non subirà interruzioni": what is denied is no change, and a number said beside it still holds
            let goes_on = clause.marks.iter().any(|m| {
                let verb = segment.tokens.get(m.start + 1).map_or("", |t| t.text.as_str());
                m.mark == Mark::Cue(Cue::Denied) && ["cambi", "mut", "subi"].iter().any(|stem| verb.starts_with(stem))
            });
            facts = Facts { channels: if goes_on { facts.channels } else { Vec::new() }, ..Facts::default() };
        }
        self.lend_appointment(segment, clause, explicit, &mut facts);
        let opens = segment.tokens.iter().any(|t| {
            ["apr", "apert", "orari", "riceve", "access", "visitabil"].iter().any(|w| t.text.starts_with(w) && !t.text.starts_with("april"))
        });
        // an event that is named behind the statement is another matter: "… domenica 10-13 (biglietteria: tel. …)"
        // "Tabella in vigore, vista la delibera …, dal 9 gennaio"
        let event = event
            && !(["in vigore", "valid", "decorr"].iter().any(|w| segment.folded.text.contains(w)) && !explicit && facts.hours.is_empty());
        // "Visite guidate al museo, su prenotazione": what takes place there opens the sentence
        let hosted = called || elsewhere::opens_with_event(segment, &original);
        let event = self.is_event_page
            || hosted
            || event
                && !elsewhere::is_told_before_event(segment, &original)
                && (takes_place || !(explicit && named_first) || clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Event)));
        if event
            && !(explicit && !hosted && (facts.flags.beyond_walk_in() || !facts.closures.is_empty() || opens && !facts.openings.is_empty()))
        {
            facts.hours.clear();
            facts.openings.clear();
            facts.closures.clear();
            facts.flags = Default::default();
            facts.address = None;
            facts.period = None;
            if !explicit {
                facts.channels.clear();
            }
        }
        let at_hand = (self.topic_block == Some(segment.block) || self.right_under_office(segment)) && !facts.hours.is_empty();
        let nearer = explicit
            && (elsewhere::has_nearer_subject(segment, &original, self.lexicon)
                || !facts.flags.any() && segment.role == Role::Sentence && elsewhere::is_only_a_place(segment, &original));
        let elsewhere = match segment.role {
            Role::Sentence => elsewhere::is_elsewhere(segment, clause, self.lexicon),
            Role::Item | Role::Line => elsewhere::has_subject_of_its_own(segment, clause, self.lexicon),
            Role::Heading | Role::Row => false,
        };
        let elsewhere = elsewhere && !self.names_topic(segment);
        if nearer || !explicit && !at_hand && elsewhere {
            facts.hours.clear();
            facts.openings.clear();
            facts.closures.clear();
            // "Villa Greppi, via Resegone 4 (secondo cancello)" below "Sede"
            facts.address = facts.address.filter(|_| !nearer && self.under_place(segment));
            facts.period = None;
            facts.flags = Default::default();
        }
        if cued(Cue::Political) && !explicit && self.document_period.is_none() && segment.folded.text.contains("in vigore") {
            self.document_period = facts.period.filter(|_| !facts.single_day);
        }
        if cued(Cue::Political) && !explicit {
            // what employees do is not how an office is reached
            facts.flags = Default::default();
            facts.period = None;
        }
        let title = index == 0 || segment.role == Role::Heading && segment.headings.is_empty();
        if title && self.segments.len() > 3 && facts.period.is_none() && facts.hours.is_empty() {
            // a title sums up what the text says better
            facts.flags = Default::default();
            facts.channels.retain(|c| c.value.is_some());
        }
        self.remember(segment, clause, &facts);
        // "venerdì 2 tutti gli uffici resteranno chiusi; sarà operativa la Polizia locale"
        let beside_closing =
            n > 0 && facts.flags.open && self.drafts.last().is_some_and(|d| d.subject.office.is_all() && !d.closures.is_empty());
        if explicit
            && (!clause.except.is_empty() || beside_closing)
            && facts.period.is_none()
            && facts.flags.any()
            && facts.openings.is_empty()
            && facts.loose.is_empty()
        {
            // "venerdì 24 gli uffici non apriranno, eccettuata la biblioteca, regolarmente aperta": open on that day
            let days = &self.sentence_dates;
            let stated = days.iter().min().zip(days.iter().max()).map(|(a, b)| Period { from: Some(*a), until: Some(*b) });
            facts.period = stated.or_else(|| self.days_of_all());
        }
        if facts.period.is_none() && sentence_period.is_some() && !silent {
            facts.period = sentence_period.filter(|_| !facts.unchanged);
        }
        let evidence = super::evidence::of(segment, &clause.marks);
        self.place(index, subjects, explicit, facts, evidence, n);
    }

    /// "La farmacia resterà chiusa …" on the page of "Farmacia comunale": its subject is a word of the name at hand.
    fn names_topic(&self, segment: &Segment) -> bool {
        let first = super::segment::first_word(&segment.tokens);
        let words = segment.tokens.get(first..(first + 3).min(segment.tokens.len())).unwrap_or_default();
        words.iter().any(|t| {
            t.text.len() >= 5
                && self.topic.iter().any(|s| crate::text::fold(&s.name).split(|c: char| !c.is_alphanumeric()).any(|w| w == t.text))
        })
    }

    /// "Il nuovo ufficio riceverà …", behind a sentence about somebody else: the office that was spoken of.
    fn resume_topic(&mut self, segment: &Segment) {
        const ITS: [&str; 8] = [
            "l'ufficio",
            "il nuovo ufficio",
            "lo sportello",
            "il nuovo sportello",
            "il comando",
            "il servizio",
            "gli sportelli",
            "il pubblico",
        ];
        let opens = ITS.iter().any(|w| segment.folded.text.trim_start().starts_with(w));
        if !self.topic.is_empty() || !opens || segment.role != Role::Sentence {
            return;
        }
        if let Some((block, topic)) = self.interrupted.take_if(|(block, _)| *block == segment.block) {
            (self.topic, self.stranger, self.topic_block) = (topic, false, Some(block));
            self.stranger_block = None;
        }
    }

    /// Whether the heading above says that what follows is a place: "Dove siamo", "Sede".
    fn under_place(&self, segment: &Segment) -> bool {
        let heading = segment.headings.last().and_then(|h| self.segments.get(*h)).map_or("", |h| h.folded.text.trim());
        ["dove", "sede", "indirizzo", "ubicazione", "come raggiunger", "come arrivare"].iter().any(|w| heading.starts_with(w))
            && heading.len() <= 30
    }

    /// "Solo su appuntamento: lunedì 9-12" above "martedì 15-17".
    fn lend_appointment(&mut self, segment: &Segment, clause: &Clause, explicit: bool, facts: &mut Facts) {
        // "Previo appuntamento, da concordare. Di norma il martedì, 9.30-12.30."
        let first = super::segment::first_word(&segment.tokens);
        let opens = facts.hours.is_empty() && clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Appointment) && m.start <= first + 1);
        if facts.flags.appointment && (opens || clause::opens_by_appointment(segment, clause)) {
            self.by_appointment = Some(segment.block);
            return;
        }
        let own = explicit || facts.flags.any() || segment.opens_block || self.by_appointment != Some(segment.block);
        if own && !facts.hours.is_empty() {
            self.by_appointment = None;
        }
        if !own {
            for (access, _) in facts.hours.iter_mut().filter(|(access, _)| *access == crate::domain::Access::WalkIn) {
                *access = crate::domain::Access::Appointment;
            }
        }
    }

    /// Whether the nearest heading names an office, or the page is an office's and the heading one of its fields.
    fn right_under_office(&self, segment: &Segment) -> bool {
        match segment.headings.last().and_then(|h| self.headings.topics.of(*h)) {
            Some(topic) => !topic.is_empty(),
            None => segment.headings.last().and_then(|h| self.segments.get(*h)).is_some_and(|h| {
                let text = h.folded.text.trim();
                ["quando", "orari", "apertura", "ricevimento"].iter().any(|w| text.starts_with(w)) && self.has_owner(segment)
            }),
        }
    }

    /// Whether a heading, a card or the page as a whole says whose matter this is.
    fn has_owner(&self, segment: &Segment) -> bool {
        let named = |topic: Option<Vec<Subject>>| topic.is_some_and(|t| !t.is_empty());
        named(self.heading_topic(segment)) || named(self.container_topic(segment)) || !self.page_topic.is_empty()
    }

    fn hanging(&self, segment: &Segment) -> Option<Vec<DaySelector>> {
        self.hanging_days.as_ref().filter(|(block, _)| segment.block <= block + 1).map(|(_, days)| days.clone())
    }

    fn remember(&mut self, segment: &Segment, clause: &Clause, facts: &Facts) {
        for placed in &clause.marks {
            if let Mark::When(when) = &placed.mark {
                let lead = clause::period_of(when);
                if !clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Political)) {
                    self.lead_period = self.lead_period.or(lead);
                }
                match when {
                    When::Days(days) => {
                        self.last_dates.clone_from(days);
                        self.last_when = days.first().zip(days.last()).map(|(a, b)| Period { from: Some(*a), until: Some(*b) });
                    }
                    When::Range(range) | When::Months(range) => {
                        self.last_dates.clear();
                        self.last_when = Some(Period { from: Some(range.first()), until: Some(range.last()) });
                        if facts.closures.is_empty() {
                            self.last_period = self.last_when;
                        }
                    }
                    When::From(day) => {
                        self.last_when = Some(Period { from: Some(*day), until: None });
                        self.last_period = self.last_when;
                    }
                    When::Until(day) => {
                        self.last_period =
                            Some(Period { from: self.last_when.and_then(|p| p.from).filter(|f| f <= day), until: Some(*day) });
                        self.last_when = Some(Period { from: self.last_when.and_then(|p| p.from).filter(|f| f <= day), until: Some(*day) })
                    }
                    _ => {}
                }
            }
        }
        let only_dates = |m: &Placed| matches!(m.mark, Mark::When(When::Days(_)) | Mark::Comma);
        let dates = clause::single_days(&clause.marks);
        if !dates.is_empty() && segment.tokens.len() <= 8 && segment.role != Role::Heading && clause.marks.iter().all(only_dates) {
            self.hanging_dates = Some((segment.block, dates));
        }
        let days: Vec<DaySelector> = facts.hours.iter().flat_map(|(_, c)| c.days.clone()).collect();
        let seasonal = clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Season(_))));
        let lines = matches!(segment.role, Role::Row | Role::Line | Role::Item);
        let opens = clause.marks.first().is_some_and(|m| matches!(m.mark, Mark::When(When::Season(_))));
        if let Some(season) = clause::season(&clause.marks).filter(|_| !facts.any() && facts.bare_days.is_empty() || lines && opens) {
            self.hanging_season = Some(HangingSeason { season, block: segment.block, alone: !facts.any() });
        } else if clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_))) {
            self.hanging_season = None;
        }
        if !days.is_empty() {
            self.last_days = days;
            if !seasonal {
                self.hanging_days = None;
            }
        } else if !facts.bare_days.is_empty() && segment.tokens.len() <= 12 && facts.loose.is_empty() {
            self.hanging_days = Some((segment.block, facts.bare_days.clone()));
        }
    }

    fn draft(&mut self, subject: Subject, period: Period) -> &mut Draft {
        let found = self.drafts.iter().position(|d| d.subject.same(&subject) && d.period == period);
        let at = found.unwrap_or_else(|| {
            self.drafts.push(Draft::new(subject, period));
            self.drafts.len() - 1
        });
        &mut self.drafts[at]
    }
}
