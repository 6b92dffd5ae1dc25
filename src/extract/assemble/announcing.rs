//! Lines that announce others: lists and tables of offices, ways to book, what holds for the whole page.

use super::Assembler;
use crate::domain::{Opening, Span};
use crate::extract::clause::{self, Clause};
use crate::extract::draft::{Facts, Subject};
use crate::extract::grammar::dates::When;
use crate::extract::grammar::exceptions::Exception;
use crate::extract::grammar::offices;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment, first_word};

impl Assembler<'_> {
    /// "Per fissare l'appuntamento si chiama lo … per l'anagrafe, lo … per la casa", behind the rule that all receive by appointment.
    pub(super) fn books_in_a_row(&self, segment: &Segment, whom: &[Subject], facts: &Facts) -> bool {
        const FIXES: [&str; 7] = ["fissar", "prender", "chieder", "prenotar", "concordar", "ottener", "richieder"];
        let opens = segment.tokens.first().is_some_and(|t| t.is("per"))
            && segment.tokens.get(1).is_some_and(|t| FIXES.iter().any(|stem| t.text.starts_with(stem)))
            && segment.tokens.iter().take(5).any(|t| t.text.starts_with("appuntament") || t.text.starts_with("prenotar"));
        let told = self.drafts.iter().any(|d| d.subject.office.is_all() && d.flags.appointment);
        opens && told && !facts.flags.any() && !facts.channels.is_empty() && !whom.iter().any(|s| s.office.is_all())
    }

    /// Which clause speaks of the offices that follow a colon in the same sentence: "gli uffici che vi avevano sede lavoreranno da remoto: sono il personale (…),
    /// la ragioneria (…) e il legale".
    pub(super) fn inline_list(&self, segment: &Segment, clauses: &[Clause]) -> Option<usize> {
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

    /// "Concessioni, estumulazioni, luci votive." right below "Polizia mortuaria": what the office of the title does, in the names of others.
    pub(super) fn lists_tasks(&self, segment: &Segment, facts: &Facts) -> bool {
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

    /// "Ai fini della prenotazione si indicano i recapiti che seguono:": booking, and ways to reach somebody.
    pub(super) fn announces_booking(&self, segment: &Segment) -> bool {
        let has = |stems: &[&str]| segment.tokens.iter().any(|t| stems.iter().any(|w| t.text.starts_with(w)));
        let books =
            has(&["prenot"]) || has(&["fiss", "chied", "prend", "concord", "richied"]) && has(&["appuntament", "incontr", "colloqui"]);
        books && has(&["numer", "recapit", "contatt", "telefon", "indirizz", "cas"]) && self.drafts.iter().any(|d| d.flags.appointment)
    }

    /// Whether the lines below a list's announcement name the offices that it announced.
    pub(super) fn lists_own(&self, index: usize, whom: &[Subject]) -> bool {
        let next = (index + 1..self.segments.len()).find(|i| self.segments[*i].role != Role::Heading);
        let Some(next) = next.filter(|next| self.segments[*next].role != Role::Sentence) else { return false };
        let named = self.names.within(next..next + 1);
        !named.is_empty() && named.iter().all(|named| whom.iter().any(|s| s.office == named.office))
    }

    /// Whether the first words of a segment name an office.
    pub(super) fn opens_with_office(&self, index: usize) -> bool {
        let first = first_word(&self.segments[index].tokens);
        self.names.within(index..index + 1).iter().any(|named| named.token <= first + 1)
    }

    /// Whether a line that states no more than a period speaks of the page as a whole: of "gli orari", "il prospetto", or in a block of its own under no
    /// office's title.
    pub(super) fn is_of_whole_page(&self, segment: &Segment) -> bool {
        const WHOLE: [&str; 8] =
            ["prospetto", "tabella", "gli orari", "orari riportati", "presente orario", "presenti orari", "calendario", "quadro"];
        let whole = || segment.folded.has_any(&WHOLE) || self.period_block == Some(segment.block);
        // "Uffici comunali, gli orari dell'estate" above the list of the offices is about them all
        let titled = |topic: Option<Vec<Subject>>| topic.is_some_and(|t| t.iter().any(|s| !s.office.is_all()));
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
        let table = self.segments.get(index + 1).is_some_and(|next| next.role == Role::Row && next.block != self.segments[index].block);
        generic && !facts.beyond_flags() && !facts.flags.beyond_open() && facts.any() && table && self.next_names_offices(index)
    }

    /// "Chiusi per l'intera giornata", "Regolarmente aperti" as a line of its own above a list of offices: it announces, without a colon.
    pub(super) fn heads_list(&self, index: usize, explicit: bool, facts: &Facts) -> bool {
        const SHORT: usize = 7;
        let segment = &self.segments[index];
        let listed = self.segments.get(index + 1).is_some_and(|next| next.role == Role::Item && next.headings == segment.headings);
        let states = facts.flags.any() || !facts.closures.is_empty();
        let bare = facts.hours.is_empty() && facts.openings.is_empty() && facts.channels.is_empty() && facts.address.is_none();
        !explicit
            && segment.opens_block
            && matches!(segment.role, Role::Sentence | Role::Line)
            && segment.tokens.len() <= SHORT
            && !segment.text.trim_end().ends_with('.')
            && states
            && bare
            && listed
            && self.opens_with_office(index + 1)
    }

    /// "Gli uffici sotto indicati ricevono secondo quanto risulta dalla tabella in calce": what the table says, office by office.
    pub(super) fn points_to_table(&self, segment: &Segment, whom: &[Subject], facts: &Facts) -> bool {
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
        let generic = !whom.is_empty() && whom.iter().all(|s| s.office.is_all());
        generic && !facts.beyond_flags() && !facts.flags.beyond_open() && self.names.several && segment.folded.has_any(&POINTS)
    }

    pub(super) fn next_names_offices(&self, index: usize) -> bool {
        self.segments.get(index + 1).is_some_and(|next| {
            let is_capital = |i: usize| next.is_capital(i);
            let place = offices::Place { label: next.role != Role::Sentence, line: false, first: first_word(&next.tokens) };
            (0..next.tokens.len().min(8)).any(|i| offices::mention(&next.tokens, i, place, &is_capital, self.lexicon).is_some())
        })
    }

    /// Whether the line behind an announcement names an office, or one of the next items of the list that it opens.
    fn list_names_offices(&self, index: usize) -> bool {
        const REACH: usize = 6;
        let listed = |i: &usize| self.segments.get(*i).is_some_and(|s| s.role == Role::Item);
        self.next_names_offices(index) || (index + 1..index + REACH).take_while(listed).any(|i| self.next_names_offices(i))
    }

    /// "In quella data gli uffici lavoreranno così:": the days of the list below, which says of each office what it does on them.
    pub(super) fn announces_days(&mut self, segment: &Segment, whom: &[Subject], facts: &mut Facts) -> bool {
        // "il Sindaco dispone, per l'intera giornata di domani:" tells of those in the list, and not of who decides
        let rules = |s: &Subject| ["sindaco", "protezione-civile"].contains(&s.office.0.as_str());
        let decides = segment.folded.has_any(&["dispone", "ordina", "ordinanza", "stabilisce"]);
        let generic = whom.iter().all(|s| s.office.is_all() || decides && rules(s));
        let stated = Facts { except: Vec::new(), ..facts.clone() }.beyond_flags();
        let back = self.scans[self.at].iter().any(|m| m.mark == Mark::When(When::Same));
        let dates = if back { self.last_dates.clone() } else { self.sentence_dates.clone() };
        if !generic || stated || facts.flags.beyond_open() || dates.is_empty() || !self.list_names_offices(self.at) {
            return false;
        }
        self.list_dates = Some((segment.block, dates));
        true
    }

    /// "Si apre anche di sabato, dalle 9 alle 12:" above "5 e 19 ottobre": the hours are said once, and are those of each day of the list.
    pub(super) fn lend_span(&mut self, clause: &Clause, facts: &mut Facts) {
        let spans = |marks: &[Placed]| -> Vec<Span> {
            marks.iter().filter_map(|m| if let Mark::Span(span, _) = &m.mark { Some(*span) } else { None }).collect()
        };
        let dated = |marks: &[Placed]| marks.iter().any(|m| matches!(m.mark, Mark::When(When::Days(_))));
        let listed = |i: usize| self.segments.get(i).is_some_and(|s| matches!(s.role, Role::Item | Role::Line | Role::Row));
        let marks = &self.scans[self.at];
        let days_alone = |marks: &[Placed]| dated(marks) && spans(marks).is_empty();
        let told = spans(marks);
        if !dated(marks) && !told.is_empty() && listed(self.at + 1) && self.scans.get(self.at + 1).is_some_and(|next| days_alone(next)) {
            self.list_spans = Some((self.at, told)).filter(|_| self.segments[self.at].announces());
        }
        let Some((from, told)) = &self.list_spans else { return };
        if *from == self.at {
            (facts.flags.open, facts.flags.reduced) = (false, false);
            (facts.hours, facts.loose) = (Vec::new(), Vec::new());
        } else if (*from + 1..=self.at).all(listed) && days_alone(&clause.marks) && !facts.flags.beyond_open() {
            facts.flags.open = false;
            let days = clause::single_days(&clause.marks);
            facts.openings = days.iter().flat_map(|date| told.iter().map(|span| Opening { date: *date, span: *span })).collect();
        } else if !listed(self.at) {
            self.list_spans = None;
        }
    }
}
