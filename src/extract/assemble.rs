//! Putting together: which office, which facts, which period.
//!
//! In: segments with their phrases. Out: notices. A subject carries over sentences and list items until another takes over; a line that announces a list lends
//! its facts to each item; a period stated for the whole document reaches every notice that it governs.

use super::Context;
use super::branches;
use super::clause::{self, Clause};
use super::draft::{Draft, Facts, Period, Subject};
use super::elsewhere;
use super::published::Dating;
use super::scan::{Mark, Placed, scan};
use super::segment::{Role, Segment};
use crate::document::{Document, Region};
use crate::domain::{DaySelector, Evidence, OfficeId, Reading};
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
    heading_topics: Vec<(usize, Vec<Subject>)>,
    page_topic: Vec<Subject>,
    document_period: Option<Period>,
    frame: Frame,
    last_when: Option<Period>,
    last_dates: Vec<jiff::civil::Date>,
    last_days: Vec<DaySelector>,
    /// Single days named in this sentence.
    sentence_dates: Vec<jiff::civil::Date>,
    /// Segments that name one unit with many parts: only the first office counts.
    bundles: Vec<usize>,
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
    /// Single days that headings state.
    dated_headings: Vec<(usize, Vec<jiff::civil::Date>)>,
    /// The single days of the heading above.
    heading_dates: Vec<jiff::civil::Date>,
    /// The offices enumerated last, for "il primo … il secondo".
    enumerated: Vec<Subject>,
    /// What the words before a colon lend to the offices listed behind it: "…lavorano da remoto: il personale, la ragioneria".
    inline: Option<Facts>,
    /// The clause at hand only announces the list behind a colon.
    announcing: bool,
    /// Parts of the year that headings state.
    heading_seasons: Vec<(usize, crate::domain::Season)>,
    /// Periods that headings state.
    heading_periods: Vec<(usize, Period)>,
    /// The offices that each segment names, with the tokens at which their names begin.
    names: Vec<(usize, usize, OfficeId)>,
    /// Headings that announce events.
    event_headings: Vec<usize>,
    /// Branches that headings name.
    heading_sites: Vec<(usize, String)>,
    /// The period of the heading above.
    heading_period: Option<Period>,
    /// The branch of the heading above.
    heading_site: Option<String>,
    /// "tutti gli altri …": a list that follows inherits what was said of all.
    others: bool,
    /// The segments that only say when the document was published.
    date_lines: Vec<usize>,
    /// Days of a line that had no times: "Lunedì" above "9.00-12.00".
    hanging_days: Option<(usize, Vec<DaySelector>)>,
    stranger: bool,
    /// The topic that a sentence about somebody else interrupted, with its block.
    interrupted: Option<(usize, Vec<Subject>)>,
    sites: bool,
    /// A page that lists news instead of being one.
    is_front_page: bool,
    /// The block whose first line says that one comes by appointment only: so do its further lines.
    by_appointment: Option<usize>,
    /// The segment at hand.
    at: usize,
}

/// Reads the segments.
pub fn assemble(document: &Document, segments: &[Segment], dating: &Dating, lexicon: &Lexicon, context: &Context) -> Reading {
    let mut anchor = dating.anchor;
    let mut scans: Vec<Vec<Placed>> = segments.iter().map(|s| scan(s, &mut anchor, dating.published, lexicon)).collect();
    branches::mark(segments, &mut scans);
    seasons(segments, &mut scans, lexicon);
    let mut assembler = Assembler {
        segments,
        lexicon,
        drafts: Vec::new(),
        topic: Vec::new(),
        topic_block: None,
        topic_period: None,
        lead_period: None,
        heading_topics: Vec::new(),
        page_topic: Vec::new(),
        document_period: None,
        frame: Frame::default(),
        last_when: None,
        last_dates: Vec::new(),
        last_days: Vec::new(),
        sentence_dates: Vec::new(),
        date_lines: dating.lines.clone(),
        bundles: Vec::new(),
        parents: document.containers.iter().map(|c| c.parent).collect(),
        container_topics: Vec::new(),
        default_flags: None,
        default_address: None,
        default_hours: Vec::new(),
        dated_headings: Vec::new(),
        heading_dates: Vec::new(),
        enumerated: Vec::new(),
        inline: None,
        announcing: false,
        heading_seasons: Vec::new(),
        heading_periods: Vec::new(),
        names: scans
            .iter()
            .enumerate()
            .flat_map(|(i, marks)| {
                marks.iter().filter_map(move |m| if let Mark::Offices(mention) = &m.mark { Some((i, mention)) } else { None })
            })
            .flat_map(|(i, mention)| mention.offices.iter().map(move |o| (i, o.tokens.start, o.office.clone())))
            .collect(),
        event_headings: Vec::new(),
        heading_sites: Vec::new(),
        heading_period: None,
        heading_site: None,
        others: false,
        hanging_days: None,
        stranger: false,
        interrupted: None,
        is_front_page: is_front_page(segments),
        by_appointment: None,
        at: 0,
        sites: branches::distinct(&scans) >= 2,
    };
    assembler.bundles = bundles(segments, &scans);
    assembler.container_topics = assembler.topics_of_containers(document, &scans);
    assembler.page_topic = assembler.title_topic(document, &scans, context);
    for (index, marks) in scans.iter().enumerate() {
        assembler.segment(index, marks);
    }
    for draft in &mut assembler.drafts {
        if draft.subject.office.is_all() {
            continue;
        }
        if draft.address.is_none() && draft.subject.site.is_none() {
            draft.address.clone_from(&assembler.default_address);
        }
        let own = !draft.weeks.is_empty() || draft.flags.appointment || draft.flags.remote || draft.flags.closed;
        if !own || draft.also {
            for (access, chunk) in &assembler.default_hours {
                super::grammar::weeks::lay(draft.weeks.entry(*access).or_default(), chunk);
            }
        }
        if let Some((flags, _)) = assembler.default_flags
            && !draft.flags.any()
        {
            draft.flags = draft.flags.or(flags);
        }
    }
    let notices = super::finish::notices(assembler.drafts);
    Reading { published: None, notices, doubts: Vec::new() }
}

/// "Servizio coordinamento politiche al cittadino. Pari opportunità, Rete scolastica, statistica": a unit with its parts, no enumeration of offices.
fn bundles(segments: &[Segment], scans: &[Vec<Placed>]) -> Vec<usize> {
    let unit = |s: &Segment| ["servizio", "settore", "area ", "direzione"].iter().any(|w| s.folded.text.starts_with(w));
    let label =
        |marks: &[Placed]| !marks.iter().any(|m| matches!(m.mark, Mark::Channel(_) | Mark::Span(..) | Mark::Days(_) | Mark::When(_)));
    (1..segments.len())
        .filter(|&i| {
            let groups: usize = scans[i].iter().map(|m| if let Mark::Offices(mention) = &m.mark { mention.offices.len() } else { 0 }).sum();
            unit(&segments[i - 1]) && label(&scans[i - 1]) && label(&scans[i]) && groups >= 2 && segments[i].block == segments[i - 1].block
        })
        .collect()
}

/// A home page: its first heading names the body, or there is none above the first news.
fn is_front_page(segments: &[Segment]) -> bool {
    let first = segments.iter().find(|s| s.role == Role::Heading && s.region == Region::Main);
    first.is_some_and(|s| {
        [
            "comune di",
            "citta di",
            "provincia di",
            "unione",
            "ultimi avvisi",
            "ultime notizie",
            "benvenut",
            "home",
            "notizie",
            "avvisi",
            "in evidenza",
            "novita",
        ]
        .iter()
        .any(|w| s.folded.text.trim().starts_with(w))
            && s.tokens.len() <= 8
    })
}

/// Parts of the year that are stated without a year and together make a whole one are seasons that recur, whatever the date of the page.
fn seasons(segments: &[Segment], scans: &mut [Vec<Placed>], lexicon: &Lexicon) {
    use super::grammar::dates::{Anchor, When};
    let mut found: Vec<(usize, Placed, i32)> = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        if !scans[i].iter().any(|m| matches!(m.mark, Mark::When(When::Range(_) | When::Months(_) | When::Season(_)))) {
            continue;
        }
        for mark in scan(segment, &mut Anchor::default(), None, lexicon) {
            if let Mark::When(When::Season(season)) = &mark.mark {
                let day = |(month, day): (u8, u8)| i32::from(month) * 30 + i32::from(day);
                let days = (day(season.to) - day(season.from)).rem_euclid(360) + 1;
                found.push((i, mark, days));
            }
        }
    }
    let mut different: Vec<&Mark> = Vec::new();
    let mut total = 0;
    for (_, mark, days) in &found {
        if !different.contains(&&mark.mark) {
            different.push(&mark.mark);
            total += days;
        }
    }
    let dated = scans.iter().enumerate().any(|(i, marks)| {
        marks.iter().any(|m| {
            matches!(&m.mark, Mark::When(When::Range(_))) && !found.iter().any(|(at, season, _)| *at == i && season.start == m.start)
        })
    });
    let rest = rest_of_year(&found, dated);
    let asked = scans.iter().flatten().any(|m| m.mark == Mark::RestOfYear);
    for marks in scans.iter_mut() {
        for mark in marks.iter_mut().filter(|m| m.mark == Mark::RestOfYear) {
            mark.mark = rest.map_or(Mark::Comma, |season| Mark::When(When::Season(season)));
        }
    }
    if !(asked && rest.is_some()) && (different.len() < 2 || !(330..=375).contains(&total)) {
        return;
    }
    for (i, mark, _) in found {
        if let Some(there) =
            scans[i].iter_mut().find(|m| m.start == mark.start && matches!(m.mark, Mark::When(When::Range(_) | When::Months(_))))
        {
            *there = mark;
        }
    }
}

/// What one season named in a document leaves over of the year.
fn rest_of_year(found: &[(usize, Placed, i32)], dated: bool) -> Option<crate::domain::Season> {
    use super::grammar::dates::When;
    let (_, first, _) = found.first()?;
    if found.iter().any(|(_, other, _)| other.mark != first.mark) {
        return None;
    }
    let Mark::When(When::Season(season)) = &first.mark else { return None };
    if dated {
        return None; // beside a dated period, the rest of the year is what is usual
    }
    let day = |(month, day): (u8, u8)| jiff::civil::Date::new(2025, month as i8, (day as i8).min(if month == 2 { 28 } else { 31 })).ok();
    let written = |date: jiff::civil::Date| (date.month() as u8, date.day() as u8);
    Some(crate::domain::Season { from: written(day(season.to)?.tomorrow().ok()?), to: written(day(season.from)?.yesterday().ok()?) })
}

impl Assembler<'_> {
    /// Which containers (cards, list items, cells) name one group of offices and no other.
    fn topics_of_containers(&self, document: &Document, scans: &[Vec<Placed>]) -> Vec<Option<Vec<Subject>>> {
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
            let label = segment.tokens.len() <= 9;
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
    fn container_topic(&self, segment: &Segment) -> Option<Vec<Subject>> {
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
    fn title_topic(&self, document: &Document, scans: &[Vec<Placed>], context: &Context) -> Vec<Subject> {
        if let Some(office) = &context.office {
            return vec![Subject {
                office: office.clone(),
                name: self.lexicon.office_name(office, crate::domain::Language::It).to_string(),
                site: None,
            }];
        }
        let title = document.title.as_deref().unwrap_or_default();
        for (segment, marks) in self.segments.iter().zip(scans) {
            if segment.role == Role::Heading && segment.region == Region::Main {
                let subjects = self.subjects_of(segment, marks);
                let cued = marks.iter().any(|m| matches!(m.mark, Mark::Cue(Cue::Event | Cue::Political)));
                if segment.text.trim() == title.trim() || !subjects.is_empty() {
                    return if cued { Vec::new() } else { subjects };
                }
            }
        }
        Vec::new()
    }

    fn subjects_of(&self, segment: &Segment, marks: &[Placed]) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for mark in marks {
            if let Mark::Offices(mention) = &mark.mark {
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
    fn heading_topic(&self, segment: &Segment) -> Option<Vec<Subject>> {
        segment.headings.iter().rev().find_map(|h| self.heading_topics.iter().find(|(i, _)| i == h).map(|(_, s)| s.clone()))
    }

    fn segment(&mut self, index: usize, marks: &[Placed]) {
        let segment = &self.segments[index];
        let boxed = segment.region == Region::Aside && segment.headings.is_empty() && clause::is_announcement(segment, marks);
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
        let eventful = segment.headings.last().is_some_and(|h| self.event_headings.contains(h));
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
        self.heading_period =
            segment.headings.iter().rev().find_map(|h| self.heading_periods.iter().find(|(i, _)| i == h).map(|(_, p)| *p));
        self.heading_dates = segment
            .headings
            .iter()
            .rev()
            .find_map(|h| self.dated_headings.iter().find(|(i, _)| i == h).map(|(_, d)| d.clone()))
            .unwrap_or_default();
        self.heading_site =
            segment.headings.iter().rev().find_map(|h| self.heading_sites.iter().find(|(i, _)| i == h).map(|(_, s)| s.clone()));
        if elsewhere::is_furniture(segment, marks, index, self.segments.len()) {
            self.topic.clear();
            return;
        }
        if segment.opens_block {
            self.open_block(index);
        }
        let clauses = clause::split(segment, marks);
        let sentence_period = clause::sentence_period(segment, marks, &clauses);
        let announces_at = self.inline_list(segment, &clauses);
        self.inline = None;
        for (n, clause) in clauses.iter().enumerate() {
            self.announcing = announces_at == Some(n);
            self.clause(index, clause, sentence_period, n);
        }
        (self.inline, self.announcing) = (None, false);
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
        let excepts = |c: &Clause| c.marks.iter().any(|m| matches!(m.mark, Mark::Except | Mark::Excepted));
        let at = clauses.iter().position(|c| generic(c) && !named(c) && !excepts(c))?;
        let next = clauses.get(at + 1).filter(|next| named(next))?;
        let first = next.marks.iter().find(|m| matches!(m.mark, Mark::Offices(_)))?.start;
        let before = segment.tokens.get(first.saturating_sub(4)..first)?;
        let colon = before.iter().rposition(|t| t.is(":"))?;
        let small = before[colon + 1..]
            .iter()
            .all(|t| t.is_any(&["sono", "il", "la", "lo", "l'", "i", "gli", "le", "cioe", "ovvero", "si", "tratta", "di"]));
        let alone = clauses[at + 1..].iter().all(|c| !c.marks.iter().any(|m| matches!(m.mark, Mark::Span(..) | Mark::Days(_))));
        (small && alone).then_some(at)
    }

    /// Whether a heading above says that this is other news: "Ultime notizie", "Leggi anche". On a page that is a list, that is its matter.
    fn under_related(&self, segment: &Segment) -> bool {
        let related = |text: &str| {
            let text = crate::text::fold(text);
            [
                "ultime notizie",
                "altre notizie",
                "notizie correlate",
                "leggi anche",
                "vedi anche",
                "potrebbe interessar",
                "potrebbero interessar",
                "contenuti correlati",
                "avvisi recenti",
                "articoli correlati",
                "le altre notizie",
                "argomenti correlati",
                "ultimi avvisi",
                "ultime news",
                "correlati",
                "dalla stessa sezione",
                "piu letti",
                "piu lette",
            ]
            .iter()
            .any(|w| text.trim().starts_with(w))
        };
        let own = segment.role == Role::Heading && related(&segment.text);
        let above = segment.headings.iter().any(|h| self.segments.get(*h).is_some_and(|s| related(&s.text)));
        (own || above) && !self.is_front_page
    }

    /// A new block: the heading above it decides the topic; a list keeps the frame that announced it.
    fn open_block(&mut self, index: usize) {
        let segment = &self.segments[index];
        let listed = matches!(segment.role, Role::Item | Role::Row | Role::Line);
        if self.frame.active && !listed && segment.block > self.frame.block + 1 {
            self.frame.active = false;
        }
        let before = index.checked_sub(1).and_then(|i| self.segments.get(i));
        let same_heading = before.is_some_and(|b| b.headings == segment.headings && b.role != Role::Heading);
        if !same_heading {
            self.stranger = false;
            match self.heading_topic(segment) {
                Some(topic) => {
                    if topic != self.topic {
                        self.topic_period = None;
                    }
                    self.topic = topic;
                }
                None if !segment.headings.is_empty() => {
                    let page = self.page_topic.clone();
                    if !page.is_empty() {
                        self.topic = page;
                    }
                }
                None => {}
            }
        }
        // a stranger in one paragraph of running text does not take the next one
        if let Some((block, topic)) = self.interrupted.take() {
            if self.stranger && self.topic.is_empty() && segment.role == Role::Sentence && segment.block > block {
                (self.topic, self.stranger) = (topic, false);
            }
        }
        if let Some(topic) = self.container_topic(segment) {
            if topic != self.topic {
                self.topic_period = None;
            }
            self.stranger = false;
            self.topic = topic;
        }
        if self.topic.is_empty() && !self.stranger {
            self.topic = self.page_topic.clone();
        }
    }

    fn heading(&mut self, index: usize, marks: &[Placed]) {
        let segment = &self.segments[index];
        self.frame.active = false;
        self.hanging_days = None;
        let cued = |cue: Cue| marks.iter().any(|m| m.mark == Mark::Cue(cue));
        let denied = cued(Cue::Denied) || cued(Cue::Hypothesis) || cued(Cue::Past);
        let subjects = self.subjects_of(segment, marks);
        if let Some(Mark::Site(name)) = marks.iter().map(|m| &m.mark).find(|m| matches!(m, Mark::Site(_))) {
            self.heading_sites.push((index, name.clone()));
        }
        if cued(Cue::Stranger) && subjects.is_empty() {
            self.heading_topics.push((index, Vec::new()));
            self.topic.clear();
            self.stranger = true;
            return;
        }
        if cued(Cue::Event) {
            self.event_headings.push(index);
        }
        if !subjects.is_empty() && !cued(Cue::Event) {
            self.heading_topics.push((index, subjects.clone()));
            self.topic.clone_from(&subjects);
            self.topic_period = None;
            self.stranger = false;
        }
        if denied || cued(Cue::Event) {
            return;
        }
        let days = clause::single_days(marks);
        if !days.is_empty() && segment.tokens.len() <= 12 && !segment.headings.is_empty() {
            self.dated_headings.push((index, days));
        }
        if subjects.is_empty() {
            // a heading without an office governs what stands under it
            if let Some(season) = clause::season(marks) {
                self.heading_seasons.push((index, season));
            }
            if let Some(period) = clause::whole_period(marks) {
                self.heading_periods.push((index, period));
            }
            let topical = segment.headings.is_empty() || self.heading_topic(segment).is_none();
            if topical && self.page_topic.is_empty() {
                self.topic.clear();
            }
            return;
        }
        let clauses = clause::split(segment, marks);
        let period = clause::sentence_period(segment, marks, &clauses);
        for (n, clause) in clauses.iter().enumerate() {
            self.clause(index, clause, period, n);
        }
    }

    /// "Servizio Affari generali" under "COMUNE DI …": who writes, where the text then speaks of others.
    fn is_letterhead(&self, index: usize, marks: &[Placed]) -> bool {
        let segment = &self.segments[index];
        let short = index <= 4 && segment.tokens.len() <= 9 && segment.role != Role::Heading;
        let body = |s: &Segment| {
            ["comune di", "provincia di", "citta di", "unione", "citta metropolitana"].iter().any(|w| s.folded.text.starts_with(w))
        };
        let under = self.segments[..index].iter().any(body) || body(segment);
        if !short
            || !under
            || !marks.iter().all(|m| matches!(m.mark, Mark::Offices(_) | Mark::Comma | Mark::Break | Mark::Cue(_) | Mark::WholeBody))
        {
            return false;
        }
        let own = self.subjects_of(segment, marks);
        !own.is_empty() && self.names.iter().any(|(i, _, office)| *i != index && !own.iter().any(|s| s.office == *office))
    }

    fn whom(&mut self, clause: &Clause, segment: &Segment) -> (Vec<Subject>, bool) {
        let mut subjects: Vec<Subject> = Vec::new();
        let mut explicit = false;
        for placed in &clause.marks {
            match &placed.mark {
                Mark::Offices(_) if !subjects.is_empty() && self.bundles.contains(&self.at) => {}
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
                Mark::TheOffices { back } if subjects.is_empty() => {
                    let plural = self.topic.len() > 1;
                    let specific = !self.topic.is_empty() && !self.topic.iter().any(|s| s.office.is_all());
                    let desks = segment.tokens.get(placed.end - 1).is_some_and(|t| t.is("sportelli"));
                    let count = segment.tokens[placed.start..placed.end]
                        .iter()
                        .find_map(|t| self.lexicon.cardinal(&t.text))
                        .and_then(|n| usize::try_from(n).ok());
                    if let Some(count) = count.filter(|_| *back) {
                        // "i tre uffici" counts them; "i primi due" are the first of those just named
                        let primi = segment.tokens[placed.start..placed.end].iter().any(|t| t.text.starts_with("prim"));
                        let listed = self.enumerated.len() == count || primi && self.enumerated.len() >= count;
                        subjects = if listed {
                            self.enumerated[..count].to_vec()
                        } else if self.topic.len() >= count {
                            self.topic[..count].to_vec()
                        } else {
                            self.recent(count)
                        };
                        if subjects.len() < count {
                            subjects.clear();
                        }
                    } else if *back && plural || !*back && specific && (desks || !segment.opens_block && plural) {
                        subjects = self.topic.clone();
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
                Mark::WholeBody if subjects.is_empty() => {
                    let reached = clause.marks.iter().any(|m| matches!(m.mark, Mark::Channel(_))) || segment.announces();
                    if reached
                        && segment.folded.text.contains("pec") | segment.folded.text.contains("post") | segment.folded.text.contains("mail")
                    {
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
        // a branch narrows the office that it belongs to
        let mut named: Vec<String> =
            clause.marks.iter().filter_map(|m| if let Mark::Site(name) = &m.mark { Some(name.clone()) } else { None }).collect();
        if named.is_empty()
            && let Some(site) = &self.heading_site
        {
            named.push(site.clone());
        }
        named.dedup();
        if self.sites && !named.is_empty() {
            if subjects.is_empty() {
                subjects = self.topic.iter().map(|s| Subject { site: None, ..s.clone() }).fold(Vec::new(), |mut all, s| {
                    if !all.contains(&s) {
                        all.push(s);
                    }
                    all
                });
            }
            subjects = named.iter().flat_map(|site| subjects.iter().map(|s| Subject { site: Some(site.clone()), ..s.clone() })).collect();
            explicit |= !subjects.is_empty();
        }
        (subjects, explicit)
    }

    /// The office that was named last before a token of the segment at hand, in whatever part of a sentence.
    fn latter(&self, before: usize) -> Option<Subject> {
        let here = self.segments.get(self.at)?;
        let earlier = self.names.iter().filter(|(i, start, _)| *i < self.at && self.at - i <= 2 || *i == self.at && *start < before);
        let (_, _, office) = earlier.last()?;
        let name = here.words(before..before + 2).to_string();
        Some(Subject { office: office.clone(), name, site: None })
    }

    /// The period of the document: where one sentence says from when and another until when, both.
    fn whole_document(&self) -> Option<Period> {
        let period = self.document_period?;
        match self.lead_period {
            Some(Period { from: Some(from), until: None }) if period.from.is_none() && period.until.is_some_and(|until| from <= until) => {
                Some(Period { from: Some(from), ..period })
            }
            _ => Some(period),
        }
    }

    /// The offices that spoke last, for "i tre uffici".
    fn recent(&self, n: usize) -> Vec<Subject> {
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

    fn clause(&mut self, index: usize, clause: &Clause, sentence_period: Option<Period>, n: usize) {
        let segment = &self.segments[index];
        let cued = |cue: Cue| clause.marks.iter().any(|m| m.mark == Mark::Cue(cue));
        let (subjects, explicit) = self.whom(clause, segment);
        if cued(Cue::Stranger) && !explicit {
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
        let event = cued(Cue::Event);
        let named_at = clause.marks.iter().find(|m| matches!(m.mark, Mark::Offices(_))).map(|m| m.start);
        let event_at = clause.marks.iter().find(|m| m.mark == Mark::Cue(Cue::Event)).map(|m| m.start);
        let named_first = named_at.is_some() && named_at < event_at;
        let clause = &elsewhere::before_doubt(segment, clause);
        let hanging = self.hanging(segment);
        let env = clause::Around {
            last_when: self.last_when,
            last_dates: &self.last_dates,
            last_days: &self.last_days,
            hanging: hanging.as_deref(),
            heading_dates: &self.heading_dates,
        };
        let mut facts = clause::facts(segment, clause, &env, self.lexicon);
        if silent {
            facts = Facts { channels: Vec::new(), ..Facts::default() };
        }
        self.lend_appointment(segment, clause, explicit, &mut facts);
        let opens = segment.tokens.iter().any(|t| {
            ["apr", "apert", "orari", "riceve", "access", "visitabil"].iter().any(|w| t.text.starts_with(w) && !t.text.starts_with("april"))
        });
        // an event that is named behind the statement is another matter: "… domenica 10-13 (biglietteria: tel. …)"
        let event = event && (!(explicit && named_first) || clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Event)));
        if event && !(explicit && (facts.flags.beyond_walk_in() || !facts.closures.is_empty() || opens && !facts.openings.is_empty())) {
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
        let at_hand = self.topic_block == Some(segment.block) && !facts.hours.is_empty();
        let elsewhere = match segment.role {
            Role::Sentence => elsewhere::is_elsewhere(segment, clause, self.lexicon),
            Role::Item | Role::Line => elsewhere::has_subject_of_its_own(segment, clause, self.lexicon),
            Role::Heading | Role::Row => false,
        };
        if !explicit && !at_hand && elsewhere {
            facts.hours.clear();
            facts.openings.clear();
            facts.closures.clear();
            facts.address = None;
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
        if explicit
            && !clause.except.is_empty()
            && facts.period.is_none()
            && facts.flags.any()
            && facts.openings.is_empty()
            && facts.loose.is_empty()
        {
            // "venerdì 24 gli uffici non apriranno, eccettuata la biblioteca, regolarmente aperta": open on that day
            let days = &self.sentence_dates;
            facts.period = days.iter().min().zip(days.iter().max()).map(|(a, b)| Period { from: Some(*a), until: Some(*b) });
        }
        if facts.period.is_none() && sentence_period.is_some() && !silent {
            facts.period = sentence_period.filter(|_| !facts.unchanged);
        }
        let evidence = super::evidence::of(segment, &clause.marks);
        self.place(index, subjects, explicit, facts, evidence, n);
    }

    /// "Solo su appuntamento: lunedì 9-12" above "martedì 15-17".
    fn lend_appointment(&mut self, segment: &Segment, clause: &Clause, explicit: bool, facts: &mut Facts) {
        if facts.flags.appointment && clause::opens_by_appointment(segment, clause) {
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
                use super::grammar::dates::When;
                match when {
                    When::Days(days) => {
                        self.last_dates.clone_from(days);
                        self.last_when = days.first().zip(days.last()).map(|(a, b)| Period { from: Some(*a), until: Some(*b) });
                    }
                    When::Range(range) | When::Months(range) => {
                        self.last_dates.clear();
                        self.last_when = Some(Period { from: Some(range.first()), until: Some(range.last()) });
                    }
                    When::From(day) => self.last_when = Some(Period { from: Some(*day), until: None }),
                    When::Until(day) => {
                        self.last_when = Some(Period { from: self.last_when.and_then(|p| p.from).filter(|f| f <= day), until: Some(*day) })
                    }
                    _ => {}
                }
            }
        }
        let days: Vec<DaySelector> = facts.hours.iter().flat_map(|(_, c)| c.days.clone()).collect();
        if !days.is_empty() {
            self.last_days = days;
            self.hanging_days = None;
        } else if !clause.bare_days.is_empty() {
            self.hanging_days = Some((segment.block, clause.bare_days.clone()));
        }
    }

    /// Gives the facts to whom they belong.
    fn place(&mut self, index: usize, subjects: Vec<Subject>, explicit: bool, mut facts: Facts, evidence: Vec<Evidence>, n: usize) {
        let segment = &self.segments[index];
        let announces = segment.announces();
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
        if explicit {
            self.topic_block = Some(segment.block);
            // a branch of the office, or another name for it, does not end its period
            if !same_offices(&self.topic, &subjects) {
                self.topic_period = None;
            }
            self.topic.clone_from(&subjects);
        }
        if self.frame.excepting && listed && self.frame.active && explicit && n == 0 {
            facts.except = subjects.iter().map(|s| s.office.clone()).collect();
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
            facts = merge(frame, facts);
        }
        if explicit && facts.flags.walk_in && !whom.iter().any(|s| s.office.is_all()) && facts.hours.is_empty() {
            // "non occorre prenotare per l'URP": an exception to a rule about all
            let ruled = self.drafts.iter().any(|d| d.subject.office.is_all() && d.flags.appointment);
            if ruled {
                facts.except = whom.iter().map(|s| s.office.clone()).collect();
            }
        }
        let season = segment.headings.iter().rev().find_map(|h| self.heading_seasons.iter().find(|(i, _)| i == h).map(|(_, s)| *s));
        for (_, chunk) in &mut facts.hours {
            chunk.season = chunk.season.or(season);
        }
        self.note_defaults(segment, &whom, &mut facts);
        self.leave_out(&mut facts, &whom, announces);
        self.lend_days(&mut facts, explicit);
        if facts.same_hours {
            let mut before = self.hours_before(&whom, facts.reference.as_ref());
            for (_, chunk) in &mut before {
                chunk.days.retain(|d| !facts.without_days.contains(d)); // "come sopra, tranne il venerdì"
            }
            before.retain(|(_, chunk)| !chunk.days.is_empty());
            before.retain(|(_, chunk)| facts.bare_days.is_empty() || chunk.days.iter().all(|d| facts.bare_days.contains(d)));
            for (_, chunk) in &mut before {
                chunk.season = facts.season.or(chunk.season);
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
        if announces {
            let generic = whom.is_empty() || whom.iter().all(|s| s.office.is_all()) || !explicit && self.next_names_offices(index);
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
            let lends = lends || self.others && generic;
            if self.document_period.is_none() && facts.period.is_none() && generic {
                self.document_period = self.topic_period.or(self.lead_period);
            }
            self.frame = Frame {
                facts: Facts { channels: Vec::new(), except: Vec::new(), ..facts.clone() },
                subjects: if generic && (!explicit || self.next_names_offices(index)) { Vec::new() } else { whom.clone() },
                block: segment.block,
                active: lends || !generic || facts.excepting,
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
            if let Some(period) = facts.period
                && self.document_period.is_none()
                && !facts.single_day
                && !self.stranger
            {
                self.document_period = Some(period);
            }
            return;
        }
        if !explicit && !facts.any() {
            if let Some(period) = facts.period {
                self.topic_period = Some(period);
            }
            return;
        }
        if !facts.any() && facts.period.is_none() {
            return;
        }
        let all = whom.iter().all(|s| s.office.is_all());
        let period = match facts.period {
            Some(period) => {
                self.topic_period = Some(period);
                if all && self.document_period.is_none() && !facts.single_day {
                    self.document_period = Some(period);
                }
                period
            }
            None if facts.unchanged => Period::default(),
            None => self.topic_period.or(self.heading_period).or(self.whole_document()).unwrap_or_default(),
        };
        for subject in whom {
            let facts = if facts.any() { facts.clone() } else { Facts { period: facts.period, ..Facts::default() } };
            self.draft(subject, period).add(&facts, &evidence);
        }
    }

    /// "Resterà aperta soltanto la Polizia locale", behind the closing of all: an exception, on the days of the closing.
    fn open_alone(&self, subjects: &[Subject], facts: &mut Facts) {
        let all = self.drafts.last().filter(|d| d.subject.office.is_all() && !d.closures.is_empty());
        let Some(all) = all.filter(|_| !subjects.iter().any(|s| s.office.is_all())) else { return };
        facts.except = subjects.iter().map(|s| s.office.clone()).collect();
        let (first, last) = (all.closures.iter().map(|r| r.first()).min(), all.closures.iter().map(|r| r.last()).max());
        facts.period = Some(Period { from: first, until: last });
    }

    /// Rules that a list says once above its offices.
    fn note_defaults(&mut self, segment: &Segment, whom: &[Subject], facts: &mut Facts) {
        let text = segment.folded.text.as_str();
        let generic = whom.is_empty() || whom.iter().all(|s| s.office.is_all());
        let listed = ["sotto elencat", "sottoelencat", "di seguito", "seguenti", "elencati", "sotto indicat", "sottoindicat"]
            .iter()
            .any(|w| text.contains(w));
        let unless = [
            "salvo divers",
            "salvo dove",
            "salvo che",
            "se non divers",
            "ove non divers",
            "dove non divers",
            "salvo altra",
            "salvo indicazion",
            "salvo quanto divers",
            "se non altrimenti",
            "ove non altrimenti",
            "salvo ove",
        ]
        .iter()
        .any(|w| text.contains(w));
        if !generic || !(listed || unless) || segment.announces() && !unless {
            return;
        }
        if !facts.hours.is_empty() && !segment.announces() {
            self.default_hours = std::mem::take(&mut facts.hours);
            facts.flags.open = false;
        }
        if facts.flags.appointment || facts.flags.remote {
            self.default_flags = Some((facts.flags, facts.period));
            if self.document_period.is_none() {
                self.document_period = facts.period;
            }
            *facts = Facts::default();
        } else if let Some(address) = facts.address.take() {
            self.default_address = Some(address);
        }
    }

    /// Offices that a rule about all leaves out go to the notice about all, wherever it was made.
    fn leave_out(&mut self, facts: &mut Facts, whom: &[Subject], announces: bool) {
        if facts.except.is_empty() || whom.iter().any(|s| s.office.is_all()) && !announces {
            return;
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

    /// "tranne lo stato civile, aperto dalle 9 alle 11": spans without days are for the dates that the sentence, or the closure of all, names.
    fn lend_days(&self, facts: &mut Facts, explicit: bool) {
        if facts.loose.is_empty() || !facts.hours.is_empty() || !facts.openings.is_empty() || !explicit {
            return;
        }
        let mut dates = self.sentence_dates.clone();
        if dates.is_empty()
            && let Some(all) = self.drafts.iter().rev().find(|d| d.subject.office.is_all() && !d.closures.is_empty())
        {
            dates = all.closures.iter().filter(|r| r.first() == r.last()).map(|r| r.first()).collect();
        }
        for span in std::mem::take(&mut facts.loose) {
            facts.openings.extend(dates.iter().map(|date| crate::domain::Opening { date: *date, span }));
        }
    }

    /// The hours of the office that spoke before, for "stessi giorni e orari".
    fn hours_before(&self, whom: &[Subject], reference: Option<&OfficeId>) -> Vec<(crate::domain::Access, super::grammar::weeks::Chunk)> {
        let before =
            self.drafts.iter().rev().find(|d| {
                !d.weeks.is_empty() && reference.is_none_or(|r| *r == d.subject.office) && !whom.iter().any(|s| s.same(&d.subject))
            });
        before.map(chunks_of).unwrap_or_default()
    }

    fn next_names_offices(&self, index: usize) -> bool {
        self.segments.get(index + 1).is_some_and(|next| {
            let is_capital = |i: usize| next.is_capital(i);
            let place = super::grammar::offices::Place {
                label: next.role != Role::Sentence,
                line: false,
                first: super::segment::first_word(&next.tokens),
            };
            (0..next.tokens.len().min(8))
                .any(|i| super::grammar::offices::mention(&next.tokens, i, place, &is_capital, self.lexicon).is_some())
        })
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

fn same_offices(one: &[Subject], other: &[Subject]) -> bool {
    let among = |s: &Subject, others: &[Subject]| others.iter().any(|o| o.office == s.office && !o.office.is_other());
    // what one branch does holds for that branch
    let sites = one.iter().all(|s| s.site.is_none()) || one.iter().all(|s| other.iter().any(|o| o.site == s.site));
    !one.is_empty() && sites && one.iter().all(|s| among(s, other)) && other.iter().all(|s| among(s, one))
}

/// The hours of a draft, day by day.
fn chunks_of(draft: &Draft) -> Vec<(crate::domain::Access, super::grammar::weeks::Chunk)> {
    let chunk = |season, day: &DaySelector, slot: &crate::domain::Slot| super::grammar::weeks::Chunk {
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
