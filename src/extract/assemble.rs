//! Putting together: which office, which facts, which period.
//!
//! In: segments with their phrases. Out: notices. A subject carries over sentences and list items until another takes over; a line that announces a list lends
//! its facts to each item; a period stated for the whole document reaches every notice that it governs.

mod again;
mod announcing;
mod beside;
mod defaults;
mod directory;
mod exceptions;
mod groups;
mod headings;
mod letters;
mod names;
mod overview;
mod owner;
mod periods;
mod place;
mod same;
mod statement;
mod teasers;
mod topics;
mod whom;

use std::collections::BTreeSet;

use self::headings::Headings;
use self::names::Names;
use self::overview::{bundles, dashes, is_event_page, is_front_page, seasons};
use super::Context;
use super::branches;
use super::clause;
use super::draft::{Draft, Facts, Period, Subject};
use super::elsewhere;
use super::events;
use super::grammar::dates::Anchor;
use super::press;
use super::published::Dating;
use super::scan::{Mark, Placed, scan};
use super::segment::{Role, Segment};
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
    /// The block of lines that open with a day, once one of them has named an office of its own.
    entry_block: Option<usize>,
    /// The block in which offices were named last.
    spoke_in: Option<usize>,
    /// A period told of offices as a whole, in a document that tells their branches apart.
    period_of_all_branches: Option<(Vec<OfficeId>, Period)>,
    /// The block that named the topic.
    topic_block: Option<usize>,
    /// The period last stated for the topic.
    topic_period: Option<Period>,
    /// The period last stated for an office as a whole, which holds for each of its branches that says none.
    office_period: Option<(OfficeId, Period)>,
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
    /// The single day of the closing that was told last, with its block.
    last_closing: Option<(usize, jiff::civil::Date)>,
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
    /// "le assistenti sociali delle tre zone ricevono su appuntamento": how the branches of an office receive.
    branch_rule: Option<(OfficeId, super::draft::Flags)>,
    /// The hours told with it.
    default_weeks: std::collections::BTreeMap<crate::domain::Access, crate::domain::Week>,
    /// "gli uffici riceveranno su appuntamento, ognuno ai propri numeri": each office whose number follows does so, for that period.
    default_each: Option<usize>,
    /// The offices of that list.
    each: Vec<OfficeId>,
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
    /// "Dalla chiusura sono esclusi tre servizi.": the block, and how many offices it goes on to name that a rule about all leaves out.
    spared: Option<(usize, usize)>,
    /// The block in which proposals are enumerated: "le ipotesi sono tre. La prima …".
    proposals: Option<usize>,
    /// The topic that a sentence about somebody else interrupted, with its block.
    interrupted: Option<(usize, Vec<Subject>)>,
    /// A block that speaks of somebody else, below a heading that names an office.
    stranger_block: Option<usize>,
    /// A block that opens with the name of a firm: what it says further is the firm's.
    firm_block: Option<usize>,
    /// A block that gives the body's own contacts at the foot of the page.
    furniture_block: Option<usize>,
    /// The body's own contacts stand in a frame of their own: the last lines of the matter are matter.
    has_footer: bool,
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
    /// For each segment the day of the entry that it stands in, on a page that lists dated entries.
    entry_days: Vec<Option<jiff::civil::Date>>,
    /// The block whose first line says that one comes by appointment only: so do its further lines.
    by_appointment: Option<usize>,
    /// Offices whose title says that one comes by appointment.
    booked_by_title: Vec<OfficeId>,
    /// Segments beside the matter that speak of the page's own office.
    own_boxes: BTreeSet<usize>,
    /// Entries of lists of offices that speak of somebody else.
    strangers: BTreeSet<usize>,
    /// The days that the announcement of a list names, with its block: what an entry says without a date is said of them.
    list_dates: Option<(usize, Vec<jiff::civil::Date>)>,
    /// The segment that tells once the hours of all days of the list below it, with these.
    list_spans: Option<(usize, Vec<crate::domain::Span>)>,
    /// Segments in boxes that call for attention.
    alerts: BTreeSet<usize>,
    /// Who writes, where it is a letter of the mayor.
    writer: Option<Subject>,
    /// The area whose offices are being listed.
    group: Option<groups::Group>,
    /// The segment at hand.
    at: usize,
}

/// Reads the segments.
pub fn assemble(document: &Document, segments: &[Segment], dating: &Dating, lexicon: &Lexicon, context: &Context) -> Reading {
    let mut anchor = dating.anchor;
    let entry_days = teasers::entry_days(segments, lexicon);
    let read = |(segment, day): (&Segment, &Option<jiff::civil::Date>)| match day {
        // menus, banners and the links of a footer say nothing, and are most of a page
        _ if segment.is_bare_frame() => Vec::new(),
        // what an entry of a list says speaks from the day of the entry
        Some(day) => scan(segment, &mut Anchor { day: Some(*day), ..anchor }, dating.published, lexicon),
        None => scan(segment, &mut anchor, dating.published, lexicon),
    };
    let mut scans: Vec<Vec<Placed>> = segments.iter().zip(&entry_days).map(read).collect();
    super::revise::revise(segments, &mut scans, dating.published.or(context.published));
    super::extensions::complete(segments, &mut scans);
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
        office_period: None,
        lead_period: None,
        page_topic: Vec::new(),
        document_period: None,
        period_block: None,
        frame: Frame::default(),
        last_when: None,
        last_period: None,
        only_day: overview::only_day(segments, &scans, 0..segments.len()),
        strange_page: owner::opened_by_stranger(segments, &scans) || owner::called_private(segments),
        last_dates: Vec::new(),
        last_closing: None,
        last_days: Vec::new(),
        sentence_dates: Vec::new(),
        date_lines: &dating.lines,
        bundles: BTreeSet::new(),
        scans: &scans,
        parents: document.containers.iter().map(|c| c.parent).collect(),
        container_topics: Vec::new(),
        default_flags: None,
        branch_rule: None,
        default_weeks: std::collections::BTreeMap::new(),
        default_each: None,
        each: Vec::new(),
        entry_block: None,
        spoke_in: None,
        period_of_all_branches: None,
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
        spared: None,
        proposals: None,
        interrupted: None,
        stranger_block: None,
        furniture_block: None,
        firm_block: None,
        has_footer: overview::has_footer(segments, &scans),
        list: Vec::new(),
        default_channels: Vec::new(),
        is_event_page: is_event_page(segments, lexicon) || overview::is_about_proceedings(segments),
        doubts: Vec::new(),
        is_front_page: is_front_page(document, segments, lexicon),
        entry_days,
        by_appointment: None,
        booked_by_title: Vec::new(),
        own_boxes: BTreeSet::new(),
        strangers: BTreeSet::new(),
        group: None,
        list_dates: None,
        list_spans: None,
        alerts: (0..segments.len()).filter(|i| topics::is_in_alert(document, &segments[*i])).collect(),
        writer: owner::writer(segments).or_else(|| owner::office_that_writes(segments, &scans)),
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
    if assembler.page_topic.is_empty() {
        assembler.page_topic = assembler.signing_office();
    }
    if assembler.page_topic.is_empty() {
        assembler.page_topic = assembler.opening_office();
    }
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
        self.leave_alert(index);
        if self.under_related(segment) {
            return;
        }
        let eventful = segment.headings.last().is_some_and(|h| self.headings.events.of(*h).is_some());
        if eventful && segment.role == Role::Row {
            return;
        }
        if segment.role == Role::Heading {
            // below "Estate 2025", which told the hours of its period: what the next title heads is usual again
            let told = |period: Period| self.drafts.iter().any(|d| d.period == period && !d.weeks.is_empty());
            if self.topic_period.is_some_and(|period| !period.is_open() && told(period)) {
                self.topic_period = None;
            }
            if self.is_front_page && self.entry_days[index].is_some() {
                // each entry of a list of news has a matter of its own
                (self.document_period, self.topic_period, self.lead_period, self.office_period) = (None, None, None, None);
            }
            self.heading(index, marks);
            return;
        }
        if overview::is_of_register(segment) {
            return;
        }
        if self.is_letterhead(index, marks) || self.is_teaser(index, marks) || press::is_of_mailing_list(segment) || press::is_form(segment)
        {
            return;
        }
        if press::is_mail_head(segment, index)
            && self
                .segments
                .get(index + 1)
                .is_some_and(|next| press::is_mail_head(next, index + 1) || next.folded.text.starts_with("oggetto"))
        {
            return;
        }
        if press::is_legend(segment) || press::is_bare_subject(segment, marks) {
            return;
        }
        if self.firm_block == Some(segment.block) {
            return;
        }
        if segment.opens_block && super::strangers::is_name_of_firm(segment, marks) {
            (self.firm_block, self.stranger) = (Some(segment.block), true);
            self.topic.clear();
            return;
        }
        if self.strangers.contains(&index) {
            self.topic.clear();
            self.stranger_block = Some(segment.block).filter(|_| segment.role != Role::Line);
            return;
        }
        let near_end = index + 4 >= self.main_end && !self.has_footer;
        let names = marks.iter().any(|m| matches!(&m.mark, Mark::Offices(o) if !o.offices.iter().all(|o| o.office.is_all())));
        if elsewhere::is_furniture(segment, marks, near_end, self.lexicon)
            || near_end && self.closes_page(index, marks)
            || self.furniture_block.is_some_and(|block| block == segment.block || near_end && block + 2 >= segment.block) && !names
        {
            self.furniture_block = Some(segment.block);
            self.topic.clear();
            return;
        }
        if segment.opens_block {
            self.open_block(index);
        }
        if events::is_appointed_place(segment, marks, self.lexicon) {
            self.topic.clear();
            self.stranger = true;
            return;
        }
        if self.leaves_entry(index, marks) || self.opens_entry(index) {
            self.topic = self.heading_topic(segment).unwrap_or_else(|| self.page_topic.clone());
            (self.topic_period, self.stranger) = (None, false);
        }
        if self.is_proposal(segment, marks) {
            return;
        }
        self.count_spared(index, marks);
        let speaks = |writer: &Subject| {
            let mayor = writer.office.0 == "sindaco";
            if mayor { owner::speaks_of_himself(segment) } else { owner::speaks_of_us(segment) }
        };
        if let Some(writer) = self.writer.clone().filter(speaks) {
            (self.topic, self.stranger, self.topic_period) = (vec![writer], false, None);
        }
        let alone = self.open_in_spite(marks);
        let marks = alone.as_deref().unwrap_or(marks);
        let its_own = self.named_by_its_kind(segment, marks);
        let marks = its_own.as_deref().unwrap_or(marks);
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
        clause::carry_closing(segment, &mut clauses);
        let sentence_period = clause::sentence_period(segment, marks, &clauses);
        let announces_at = self.inline_list(segment, &clauses);
        self.inline = None;
        for (n, clause) in clauses.iter().enumerate() {
            self.announcing = announces_at == Some(n);
            self.clause(index, clause, sentence_period, n);
        }
        // "Tributi a distanza, anagrafe su appuntamento": a title of several matters leaves none of them at hand
        let offices = |c: &clause::Clause| c.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_)));
        if index == 0 && segment.role == Role::Sentence && clauses.iter().filter(|c| offices(c)).count() >= 2 && self.segments.len() > 4 {
            self.topic.clear();
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
            dated.iter().any(|w| text.starts_with(w)) || press::is_colophon(&s.folded)
        };
        let from = index.saturating_sub(3);
        // "Aggiornata al 3 maggio" below the title, and the matter of the page between it and the number: the office's own
        let told = |s: &Segment| s.role == Role::Sentence && s.tokens.len() > 12;
        let line = self.segments[from..index].iter().rposition(updated);
        channels && plain && line.is_some_and(|at| !self.segments[from + at + 1..index].iter().any(told))
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
