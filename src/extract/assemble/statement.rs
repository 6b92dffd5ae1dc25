//! One statement: a clause, with whom it is about, what it states, and what of that is not the office's: an event, somebody else, a doubt.

use super::headings::Announced;
use super::{Assembler, HangingSeason};
use crate::domain::DaySelector;
use crate::extract::clause::{self, Clause};
use crate::extract::draft::{Facts, Period, Subject};
use crate::extract::elsewhere;
use crate::extract::events;
use crate::extract::grammar::dates::When;
use crate::extract::scan::{Mark, Placed};
use crate::extract::segment::{Role, Segment};
use crate::extract::strangers;
use crate::lexicon::Cue;

impl Assembler<'_> {
    pub(super) fn clause(&mut self, index: usize, clause: &Clause, sentence_period: Option<Period>, n: usize) {
        let segment = &self.segments[index];
        let cued = |cue: Cue| clause.marks.iter().any(|m| m.mark == Mark::Cue(cue));
        self.resume_topic(segment);
        let (subjects, explicit) = self.whom(clause, segment);
        if ["gli altri ", "tutti gli altri ", "per il resto", "per tutto il resto", "negli altri casi"]
            .iter()
            .any(|w| segment.folded.text.starts_with(w))
        {
            // "Chi ha un cantiere si rivolge al direttore dei lavori. Gli altri scrivono a …": the office again
            self.stranger_block = None;
        }
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
        let conditional =
            |m: &Placed| segment.tokens[m.start..m.end].iter().any(|t| t.text.ends_with("rebbe") || t.text.ends_with("rebbero"));
        let doubtful = clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Hypothesis) && conditional(m));
        // "ore 18-20, museo civico: laboratorio di ceramica": what takes place there
        let takes_place = events::takes_place(segment, clause);
        if takes_place {
            // a calendar goes on with another place
            self.topic.clear();
        }
        let above = self.headings.events.innermost(&segment.headings).copied();
        let called = above == Some(Announced::Call);
        let billed = called || above == Some(Announced::Programme);
        let event = events::is_event(segment, clause) || takes_place || billed || above.is_some() && cued(Cue::Event);
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
        // "dalle 10 alle 12 dello stesso giorno": the day that was told, and no days of the week
        let same = segment.role == Role::Sentence && clause.marks.iter().any(|m| m.mark == Mark::When(When::Same));
        let hanging = self.hanging(segment).filter(|_| !same).or(again);
        let hanging_dates = self.hanging_dates.take().filter(|(block, _)| segment.block <= block + 1).map(|(_, dates)| dates);
        let heading_dates = self.headings.days.innermost(&segment.headings).map(Vec::as_slice).unwrap_or_default();
        // what is told without a date, behind the one day that the document is about, is told of that day
        let only_day = self.only_day_around(index).filter(|(at, _)| *at < index && heading_dates.is_empty()).map(|(_, day)| vec![day]);
        let listed = matches!(segment.role, Role::Item | Role::Line | Role::Row);
        if !listed && self.list_dates.as_ref().is_some_and(|(block, _)| segment.block > *block) {
            self.list_dates = None;
        }
        let list_dates = self.list_dates.as_ref().filter(|_| listed).map(|(_, dates)| dates.clone());
        let env = clause::Around {
            last_when: self.last_when,
            last_period: self.last_period,
            last_dates: &self.last_dates,
            last_days: &self.last_days,
            hanging: hanging.as_deref(),
            heading_dates: hanging_dates.as_deref().or(list_dates.as_deref()).or(only_day.as_deref()).unwrap_or(heading_dates),
        };
        let mut facts = clause::facts(segment, clause, &env, self.lexicon);
        if facts.address.is_none() && self.under_place(segment) {
            facts.address =
                clause.marks.iter().find_map(|m| if let Mark::Address(address) = &m.mark { Some(address.clone()) } else { None });
        }
        self.note_place_of_table(index, explicit, &mut facts);
        if facts.address.is_none() && explicit && matches!(segment.role, Role::Row | Role::Item | Role::Line) {
            facts.address = self.headings.addresses.innermost(&segment.headings).cloned();
        }
        if silent {
            // "il numero non cambia", "il servizio non subirà interruzioni": what is denied is no change, and a number said beside it still holds
            let goes_on = clause.marks.iter().any(|m| {
                let verb = segment.tokens.get(m.start + 1).map_or("", |t| t.text.as_str());
                m.mark == Mark::Cue(Cue::Denied) && ["cambi", "mut", "subi"].iter().any(|stem| verb.starts_with(stem))
            });
            // "Per la sede di via Nazionale non cambia nulla: vi si riceve il lunedì …": what goes on is told behind the colon
            let denied = clause.marks.iter().find(|m| m.mark == Mark::Cue(Cue::Denied)).map_or(0, |m| m.end);
            // … "Nulla cambia per il Catasto, che sta in via Po: continua a ricevere il lunedì …"
            let goes_on_behind = |i: usize| {
                let verb = segment.tokens.get(i + 1).map_or("", |t| t.text.as_str());
                i < denied + 3 || ["continu", "rest", "riman", "prosegu"].iter().any(|stem| verb.starts_with(stem))
            };
            let colon = (denied..segment.tokens.len()).any(|i| segment.tokens[i].is(":") && goes_on_behind(i));
            let told = goes_on && colon && !facts.hours.is_empty();
            facts = if told {
                Facts { period: None, unchanged: true, ..facts }
            } else {
                Facts { channels: if goes_on { facts.channels } else { Vec::new() }, ..Facts::default() }
            };
        }
        self.shut_on_days_of_sentence(segment, clause, n, &mut facts);
        self.lend_appointment(segment, clause, explicit, &mut facts);
        self.lend_span(clause, &mut facts);
        let opens = segment.tokens.iter().any(|t| {
            ["apr", "apert", "orari", "riceve", "access", "visitabil"].iter().any(|w| t.text.starts_with(w) && !t.text.starts_with("april"))
        });
        // an event that is named behind the statement is another matter: "… domenica 10-13 (biglietteria: tel. …)"
        // "Tabella in vigore, vista la delibera …, dal 9 gennaio"
        let event = event && !(segment.folded.has_any(&["in vigore", "valid", "decorr"]) && !explicit && facts.hours.is_empty());
        // "Visite guidate al museo, su prenotazione": what takes place there opens the sentence
        let hosted = billed || events::opens_with_event(segment, &original) || events::hosts(segment, &original);
        let event = self.is_event_page
            || hosted
            || event
                && !events::is_told_before_event(segment, &original)
                && (takes_place || !(explicit && named_first) || clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Event)));
        let event = event
            && !(explicit && !hosted && (named_first && events::keeps_counter(segment, clause) || events::moves_there(segment, &facts)));
        if event
            && !(explicit && !hosted && (facts.flags.beyond_walk_in() || !facts.closures.is_empty() || opens && !facts.openings.is_empty()))
        {
            facts.hours.clear();
            facts.openings.clear();
            facts.closures.clear();
            facts.flags = Default::default();
            facts.address = None;
            facts.period = None;
            // "Laboratorio in biblioteca, prenotazioni a …": the mailbox is that of what takes place
            if !explicit || hosted && !called {
                facts.channels.clear();
            }
            // "Laboratorio in biblioteca …, prenotazione a laboratori@associazione.example": of those who hold it
            let of_body = |c: &crate::domain::Channel| {
                let host = c.value.as_deref().and_then(|v| v.split_once('@')).map(|(_, host)| host);
                host.is_none_or(|host| {
                    ["comune", "provincia", "unione", "citta", "bibliotec", "muse", "pec"].iter().any(|w| host.contains(w))
                })
            };
            facts.channels.retain(|c| !hosted || of_body(c));
        }
        if events::opens_with_event(segment, &original) && explicit && !facts.any() && segment.role == Role::Sentence {
            // "Centri estivi: iscrizioni all'Ufficio scuola. Il centro è aperto …": what follows goes on about what takes place
            self.topic.clear();
            return;
        }
        let at_hand = (self.topic_block == Some(segment.block) || self.right_under_office(segment)) && !facts.hours.is_empty();
        let nearer = explicit
            && (elsewhere::has_nearer_subject(segment, &original, self.lexicon)
                || !facts.flags.any() && segment.role == Role::Sentence && events::is_only_a_place(segment, &original));
        let elsewhere = match segment.role {
            Role::Sentence => elsewhere::is_elsewhere(segment, clause, self.lexicon),
            Role::Item | Role::Line => elsewhere::has_subject_of_its_own(segment, clause, self.lexicon),
            Role::Heading | Role::Row => false,
        };
        // "Tabella in vigore, vista la delibera …, dal 9 gennaio": of the hours above, in the words of an act
        let of_table = !facts.any()
            && facts.period.is_some()
            && super::periods::governs(segment)
            && segment.folded.has_any(&["tabella", "prospetto", "orari", "quadro"]);
        // "da lunedì 3 aprile e fino al 30 giugno due uffici del municipio stringono la cinghia", in front of what each of them does
        let counted = clause.marks.iter().any(|m| m.mark == Mark::TheOffices { back: true });
        let ahead = counted && self.drafts.is_empty() && facts.period.is_some() && !facts.any();
        let elsewhere = elsewhere && !of_table && !ahead && !self.names_topic(segment);
        if nearer || !explicit && !at_hand && elsewhere {
            facts.hours.clear();
            facts.openings.clear();
            facts.closures.clear();
            // "Villa Greppi, via Resegone 4 (secondo cancello)" below "Sede"
            facts.address = facts.address.filter(|_| !nearer && self.under_place(segment));
            facts.period = None;
            facts.flags = Default::default();
        }
        if cued(Cue::Political) && !explicit && self.document_period.is_none() && segment.folded.has("in vigore") {
            self.document_period = facts.period.filter(|_| !facts.single_day);
        }
        // "risponde soltanto per telefono, alla pattuglia": who is named last does nothing
        let first_of = |wanted: &dyn Fn(Cue) -> bool| {
            clause.marks.iter().find(|m| matches!(m.mark, Mark::Cue(cue) if wanted(cue))).map_or(usize::MAX, |m| m.start)
        };
        let served = first_of(&|cue| matches!(cue, Cue::Closed | Cue::Open | Cue::Appointment | Cue::Remote | Cue::Reduced | Cue::WalkIn));
        let near = self.topic_block.is_some_and(|block| block == segment.block || block + 1 == segment.block) && self.topic.len() == 1;
        let told_before = served < first_of(&|cue| cue == Cue::Political) && (self.has_owner(segment) || near);
        // "nello stesso bimestre gli impiegati riceveranno il lunedì …": what they do is the office's work
        let receive = (!facts.hours.is_empty() || !facts.openings.is_empty())
            && clause.marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Political)).all(|m| {
                let behind = segment.tokens.get(m.end..(m.end + 7).min(segment.tokens.len())).unwrap_or_default();
                behind.iter().any(|t| ["ricev", "accogl", "presente"].iter().any(|stem| t.text.starts_with(stem)))
            });
        // "dipendenti e candidati possono contattarlo solo via mail": those who come, and how
        let reach = cued(Cue::Remote)
            && self.has_owner(segment)
            && segment.tokens.iter().any(|t| ["contattarl", "scrivergl", "raggiungerl"].iter().any(|stem| t.text.starts_with(stem)));
        // "Due impiegati in pensione: così da lunedì 3 aprile due uffici …": the offices are spoken of as well
        let offices = clause.marks.iter().any(|m| matches!(m.mark, Mark::TheOffices { .. }));
        if cued(Cue::Political) && !explicit && !told_before && !receive && !reach && !offices {
            // what employees do is not how an office is reached
            facts.flags = Default::default();
            facts.period = None;
        }
        let title = index == 0
            || super::overview::is_headline_below_masthead(self.segments, index)
            || segment.role == Role::Heading && segment.headings.is_empty()
            || self.segments.len() > index + 1 && index <= 8 && segment.folded.text.starts_with("oggetto:");
        if title && facts.flags.appointment && explicit && facts.hours.is_empty() && facts.period.is_none() {
            self.booked_by_title.extend(subjects.iter().map(|s| s.office.clone()));
        }
        // "Gli uffici restano chiusi nei seguenti giorni:" is no title of its list
        let heads_days = facts.flags.closed && segment.announces() && explicit;
        let summed_up = self.segments.len() > 3 || self.lists_closings(index + 1);
        if title && !heads_days && summed_up && facts.period.is_none() && facts.hours.is_empty() {
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
            && facts.closures.is_empty()
            && facts.openings.is_empty()
            && facts.loose.is_empty()
        {
            // "venerdì 24 gli uffici non apriranno, eccettuata la biblioteca, regolarmente aperta": open on that day
            let days = &self.sentence_dates;
            let stated = days.iter().min().zip(days.iter().max()).map(|(a, b)| Period { from: Some(*a), until: Some(*b) });
            facts.period = stated.or_else(|| self.days_of_all());
        }
        // "da lunedì 14 a venerdì 18 gli uffici resteranno chiusi, ad eccezione del protocollo": the days of the closing are no period of anything else
        let excepts = || self.scans[index].iter().any(|m| matches!(m.mark, Mark::Exception(_)));
        let shut_then = |p: &Period| excepts() && facts.closures.iter().any(|r| (Some(r.first()), Some(r.last())) == (p.from, p.until));
        let left_out = !clause.except.is_empty() && facts.loose.is_empty() && !Facts { except: Vec::new(), ..facts.clone() }.any();
        if facts.period.is_none() && sentence_period.is_some_and(|p| !shut_then(&p)) && !silent && !left_out {
            facts.period = sentence_period.filter(|_| !facts.unchanged);
        }
        // "Giovedì 19 si ricomincia, con un orario che i due uffici osserveranno fino al 31 dicembre": begun in front, ended with the offices
        if let (Some(Period { from: None, until: Some(until) }), Some(Period { from: Some(from), until: None })) =
            (facts.period, sentence_period)
            && from <= until
            && !facts.unchanged
            && !silent
        {
            facts.period = Some(Period { from: Some(from), until: Some(until) });
        }
        if explicit && doubtful && segment.role == Role::Sentence && !facts.any() && facts.period.is_none() {
            // "il progetto riunirebbe anagrafe e tributi": named in a plan, and not spoken of
            // "la sala dell'archivio avrebbe dovuto aprire questa settimana": spoken of, though it did not
            let due = segment.tokens.iter().any(|t| t.text.starts_with("dovut"));
            self.topic = if due { subjects } else { Vec::new() };
            return;
        }
        let evidence = crate::extract::evidence::of(segment, &clause.marks);
        self.place(index, subjects, explicit, facts, evidence, n);
    }

    /// The one day that the document is about; on a page that lists news, each block is a document of its own.
    fn only_day_around(&self, index: usize) -> Option<(usize, jiff::civil::Date)> {
        if !self.is_front_page {
            return self.only_day;
        }
        let block = self.segments[index].block;
        let from = self.segments[..index].iter().rposition(|s| s.block != block).map_or(0, |i| i + 1);
        super::overview::only_day(self.segments, self.scans, from..index + 1)
    }

    /// "La farmacia resterà chiusa …" on the page of "Farmacia comunale": its subject is a word of the name at hand.
    fn names_topic(&self, segment: &Segment) -> bool {
        let first = crate::extract::segment::first_word(&segment.tokens);
        let words = segment.tokens.get(first..(first + 3).min(segment.tokens.len())).unwrap_or_default();
        let article = words.first().is_some_and(elsewhere::is_article);
        article && self.names_branch_at_hand(segment, first + 1)
            || words.iter().any(|t| {
                t.text.len() >= 5
                    && self.topic.iter().any(|s| crate::text::fold(&s.name).split(|c: char| !c.is_alphanumeric()).any(|w| w == t.text))
            })
    }

    /// "Il punto è chiuso …" below "Punto di Ronco": the bare word for the branch, and no "punto ristoro".
    fn names_branch_at_hand(&self, segment: &Segment, noun: usize) -> bool {
        const VERBS: [&str; 7] = ["rest", "riman", "rimar", "sar", "ricev", "chiud", "riapr"];
        let Some(word) = segment.tokens.get(noun) else { return false };
        let bare = segment.tokens.get(noun + 1).is_some_and(|t| {
            VERBS.iter().any(|stem| t.text.starts_with(stem)) || t.is_any(&["e", "non", "verra", "apre", "aprira", ",", "(", "va", "viene"])
        });
        let above = self.headings.sites.innermost(&segment.headings);
        let mut sites = above.into_iter().chain(self.topic.iter().filter_map(|s| s.site.as_ref()));
        bare && sites.any(|site| crate::text::fold(site).split_whitespace().next() == Some(word.text.as_str()))
    }

    /// "La farmacia resterà chiusa" on the page of "Farmacia comunale": what would be a thing elsewhere is the office itself, and what is said of it its status.
    pub(super) fn named_by_its_kind(&self, segment: &Segment, marks: &[Placed]) -> Option<Vec<Placed>> {
        let first = crate::extract::segment::first_word(&segment.tokens);
        let article = segment.tokens.get(first).is_some_and(elsewhere::is_article);
        // "Mercoledì 15 la farmacia resterà chiusa": the noun in front of the word of state
        let state = marks.iter().find(|m| m.mark == Mark::Cue(Cue::Thing)).map_or(0, |m| m.start);
        let subject = (state.saturating_sub(5)..state).rev().find(|i| *i > 0 && elsewhere::is_article(&segment.tokens[*i - 1]));
        let noun_at = subject.unwrap_or(first + usize::from(article));
        let noun = segment.tokens.get(noun_at)?;
        let [office] = self.topic.as_slice() else { return None };
        // other words for the same house
        let others: &[&str] = match office.office.0.as_str() {
            "centro-raccolta" => &["impianto", "piattaforma", "isola", "ecocentro", "centro", "riciclo"],
            "museo" | "archivio-storico" | "biblioteca" => &["struttura", "sede"],
            "cimiteri" => &["cimitero", "camposanto"],
            "farmacia" => &["farmacia"],
            _ => &[],
        };
        let kind = self.names_branch_at_hand(segment, noun_at)
            || others.contains(&noun.text.as_str())
            || crate::text::fold(&office.name).split(|c: char| !c.is_alphanumeric()).next() == Some(noun.text.as_str());
        let things = || marks.iter().filter(|m| m.mark == Mark::Cue(Cue::Thing));
        if !kind || noun.text.len() < 5 || things().next().is_none() || marks.iter().any(|m| matches!(m.mark, Mark::Offices(_))) {
            return None;
        }
        let cue = |m: &Placed| {
            let word = segment.tokens.get(m.start).map_or("", |t| t.text.as_str());
            if ["apert", "riapr", "riapert", "attiv", "operativ"].iter().any(|stem| word.starts_with(stem)) {
                Cue::Open
            } else {
                Cue::Closed
            }
        };
        let said = |m: &Placed| if m.mark == Mark::Cue(Cue::Thing) { Placed { mark: Mark::Cue(cue(m)), ..m.clone() } } else { m.clone() };
        Some(marks.iter().map(said).collect())
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
    pub(super) fn under_place(&self, segment: &Segment) -> bool {
        let heading = segment.headings.last().and_then(|h| self.segments.get(*h)).map_or("", |h| h.folded.text.trim());
        ["dove", "sede", "indirizzo", "ubicazione", "come raggiunger", "come arrivare"].iter().any(|w| heading.starts_with(w))
            && heading.len() <= 30
    }

    /// "Solo su appuntamento: lunedì 9-12" above "martedì 15-17".
    fn lend_appointment(&mut self, segment: &Segment, clause: &Clause, explicit: bool, facts: &mut Facts) {
        // "Previo appuntamento, da concordare. Di norma il martedì, 9.30-12.30."
        let first = crate::extract::segment::first_word(&segment.tokens);
        // "Si accede previo appuntamento, al massimo in quattro:" above the days
        let reach = if segment.announces() { 4 } else { 1 };
        let opens =
            facts.hours.is_empty() && clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Appointment) && m.start <= first + reach);
        if facts.flags.appointment && (opens || clause::opens_by_appointment(segment, clause)) {
            self.by_appointment = Some(segment.block);
            return;
        }
        let own = explicit || facts.flags.any() || segment.opens_block || self.by_appointment != Some(segment.block);
        // "SINDACO / riceve per appuntamento / BIBLIOTECA / sabato 16-19": another office speaks from there on
        if own && (explicit || !facts.hours.is_empty()) {
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
    pub(super) fn has_owner(&self, segment: &Segment) -> bool {
        let named = |topic: Option<Vec<Subject>>| topic.is_some_and(|t| !t.is_empty());
        named(self.heading_topic(segment)) || named(self.container_topic(segment)) || !self.page_topic.is_empty()
    }

    pub(super) fn hanging(&self, segment: &Segment) -> Option<Vec<DaySelector>> {
        self.hanging_days.as_ref().filter(|(block, _)| segment.block <= block + 1).map(|(_, days)| days.clone())
    }

    pub(super) fn remember(&mut self, segment: &Segment, clause: &Clause, facts: &Facts) {
        for placed in &clause.marks {
            if let Mark::When(when) = &placed.mark {
                let lead = clause::period_of(when).filter(|_| facts.closures.is_empty());
                if !clause.marks.iter().any(|m| m.mark == Mark::Cue(Cue::Political)) {
                    self.lead_period = self.lead_period.or(lead);
                }
                match when {
                    When::Days(days) => {
                        self.note_dates(days);
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
        if let Some(period) = facts.period.filter(|p| p.from.is_some() && p.until.is_none() && facts.closures.is_empty()) {
            self.last_period = Some(period);
        }
        let dates = clause::single_days(&clause.marks);
        if super::periods::names_only_days(segment, &clause.marks, &dates) {
            self.hanging_dates = Some((segment.block, dates));
        }
        // each day once: what is lent to the next row, and comes back from each of its hours, would double with every row
        let mut days: Vec<DaySelector> = Vec::new();
        for day in facts.hours.iter().flat_map(|(_, chunk)| &chunk.days) {
            if !days.contains(day) {
                days.push(day.clone());
            }
        }
        let seasonal = clause.marks.iter().any(|m| matches!(m.mark, Mark::When(When::Season(_))));
        let lines = matches!(segment.role, Role::Row | Role::Line | Role::Item);
        let opens = clause.marks.first().is_some_and(|m| matches!(m.mark, Mark::When(When::Season(_))));
        if let Some(season) = clause::season(&clause.marks).filter(|_| !facts.any() && facts.bare_days.is_empty() || lines && opens) {
            self.hanging_season = Some(HangingSeason { season, block: segment.block, alone: !facts.any() });
        } else if clause.marks.iter().any(|m| matches!(m.mark, Mark::Offices(_))) {
            self.hanging_season = None;
        }
        if !days.is_empty() {
            // "martedì: / dalle 9 alle 12 / dalle 15 alle 17": the line goes on with the same day
            let lent = segment.role == Role::Line
                && !clause.marks.iter().any(|m| matches!(m.mark, Mark::Days(_)))
                && self.hanging_days.as_ref().is_some_and(|(block, hung)| *block == segment.block && *hung == days);
            self.last_days = days;
            if !seasonal && !lent {
                self.hanging_days = None;
            }
        } else if !facts.bare_days.is_empty() && segment.tokens.len() <= if segment.announces() { 24 } else { 12 } && facts.loose.is_empty()
        {
            self.hanging_days = Some((segment.block, facts.bare_days.clone()));
        }
    }
}
