//! A notice while it is being put together: facts of one office (and branch) for one period, and the cues that decide its status in the end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::domain::{Access, Channel, DateRange, Evidence, Notice, OfficeHours, OfficeId, Opening, Stated, Status, Week};

/// Whom a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Which office.
    pub office: OfficeId,
    /// As written.
    pub name: String,
    /// The branch.
    pub site: Option<String>,
}

impl Subject {
    /// Whether both are the same counter.
    pub fn same(&self, other: &Subject) -> bool {
        self.office == other.office
            && self.site.as_deref().map(crate::text::fold) == other.site.as_deref().map(crate::text::fold)
            && (!self.office.is_other() || crate::text::fold(&self.name) == crate::text::fold(&other.name))
    }
}

/// From when until when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Option<Date>,
    /// Last day, included.
    pub until: Option<Date>,
}

impl Period {
    /// Whether nothing is said.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.until.is_none()
    }
}

/// What cues said about a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// Not served.
    pub closed: bool,
    /// Served at the counter, said so.
    pub open: bool,
    /// By booking only.
    pub appointment: bool,
    /// No booking needed.
    pub walk_in: bool,
    /// No counter.
    pub remote: bool,
    /// Less than usual.
    pub reduced: bool,
    /// By booking and in no other way: "solo su appuntamento".
    pub strict: bool,
    /// In a video call.
    pub video: bool,
    /// Not served because nobody ever is, as against a closing: "non è aperto al pubblico".
    pub no_counter: bool,
}

impl Flags {
    /// Whether a word of service was said that an event does not share: "ingresso libero" is no status of the hall it takes place in.
    pub fn beyond_walk_in(self) -> bool {
        Flags { walk_in: false, ..self }.any()
    }

    /// Whether a word of service was said other than that one is open.
    pub fn beyond_open(self) -> bool {
        Flags { open: false, ..self }.any()
    }

    /// Both together.
    pub fn or(self, other: Flags) -> Flags {
        Flags {
            closed: self.closed || other.closed,
            open: self.open || other.open,
            appointment: self.appointment || other.appointment,
            walk_in: self.walk_in || other.walk_in,
            remote: self.remote || other.remote,
            reduced: self.reduced || other.reduced,
            strict: self.strict || other.strict,
            video: self.video || other.video,
            no_counter: self.no_counter || other.no_counter,
        }
    }

    /// Whether any cue was there.
    pub fn any(self) -> bool {
        self != Flags::default()
    }
}

/// Facts found in one clause.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Status cues.
    pub flags: Flags,
    /// Weekly hours by access.
    pub hours: Vec<(Access, super::grammar::weeks::Chunk)>,
    /// Whole days shut.
    pub closures: Vec<DateRange>,
    /// Exceptional hours.
    pub openings: Vec<Opening>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Street and number.
    pub address: Option<String>,
    /// The address is told as such ("si è trasferito in", "ha sede in"), not only named.
    pub moves: bool,
    /// Offices taken out.
    pub except: Vec<OfficeId>,
    /// Own period.
    pub period: Option<Period>,
    /// Spans that found no days.
    pub loose: Vec<crate::domain::Span>,
    /// Days that found no times.
    pub bare_days: Vec<crate::domain::DaySelector>,
    /// A part of the year that found no hours of its own.
    pub season: Option<crate::domain::Season>,
    /// The period was told by single days ("venerdì 3 e sabato 4").
    pub single_day: bool,
    /// "come l'anagrafe": the office to compare with.
    pub reference: Option<OfficeId>,
    /// "allo stesso numero".
    pub same_number: bool,
    /// Dates that found no hours: what a line above says of its list holds on them.
    pub bare_dates: Vec<Date>,
    /// "restano esclusi:": the offices listed below are left out of a rule about all.
    pub excepting: bool,
    /// Days taken out of hours that are told by reference: "come sopra, tranne il venerdì".
    pub without_days: Vec<crate::domain::DaySelector>,
    /// "riceve altresì il giovedì": adds to what holds anyway.
    pub also: bool,
    /// "stessi giorni e orari": the hours of the office before.
    pub same_hours: bool,
    /// "con le stesse ore del lunedì": the day of its own week that is meant.
    pub like_day: Option<crate::domain::DaySelector>,
    /// "continua a", "resta invariato": no period of the document governs it.
    pub unchanged: bool,
}

impl Facts {
    /// Whether it states anything.
    pub fn any(&self) -> bool {
        self.flags.any()
            || !self.hours.is_empty()
            || !self.closures.is_empty()
            || !self.openings.is_empty()
            || !self.channels.is_empty()
            || self.address.is_some()
            || !self.except.is_empty()
            || self.same_hours
            || self.same_number
    }

    /// What is stated here.
    pub fn stated(&self) -> Vec<Stated> {
        let holds = |fact: &Stated| match fact {
            Stated::Status => self.flags.any(),
            Stated::Hours => !self.hours.is_empty() || self.same_hours,
            Stated::Closures => !self.closures.is_empty(),
            Stated::Openings => !self.openings.is_empty(),
            Stated::Channels => !self.channels.is_empty() || self.same_number,
            Stated::Address => self.address.is_some(),
            Stated::Period => self.period.is_some(),
            Stated::Exceptions => !self.except.is_empty(),
        };
        Stated::ALL.into_iter().filter(holds).collect()
    }

    /// Whether it states anything beyond channels.
    pub fn beyond_channels(&self) -> bool {
        Facts { channels: Vec::new(), ..self.clone() }.any()
    }

    /// Whether it states more than how one is served.
    pub fn beyond_flags(&self) -> bool {
        Facts { flags: Flags::default(), ..self.clone() }.any()
    }
}

/// A notice in the making.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Whom it is about.
    pub subject: Subject,
    /// For which period.
    pub period: Period,
    /// Cues.
    pub flags: Flags,
    /// Hours by access.
    pub weeks: BTreeMap<Access, Week>,
    /// Whole days shut.
    pub closures: Vec<DateRange>,
    /// Exceptional hours.
    pub openings: BTreeSet<Opening>,
    /// Channels, in order.
    pub channels: Vec<Channel>,
    /// Street and number.
    pub address: Option<String>,
    /// The address is told as such.
    pub moves: bool,
    /// Offices taken out.
    pub except: Vec<OfficeId>,
    /// It is said that all stays as it is.
    pub unchanged: bool,
    /// What it states comes on top of what holds for all in its list.
    pub also: bool,
    /// Sentences.
    pub evidence: Vec<Evidence>,
}

impl Draft {
    /// An empty one.
    pub fn new(subject: Subject, period: Period) -> Self {
        Self {
            subject,
            period,
            flags: Flags::default(),
            weeks: BTreeMap::new(),
            closures: Vec::new(),
            openings: BTreeSet::new(),
            channels: Vec::new(),
            address: None,
            moves: false,
            except: Vec::new(),
            unchanged: false,
            also: false,
            evidence: Vec::new(),
        }
    }

    /// Adds facts with their evidence, which states no more than the facts do.
    pub fn add(&mut self, facts: &Facts, evidence: &[Evidence]) {
        self.flags = self.flags.or(facts.flags);
        self.also |= facts.also;
        self.unchanged |= facts.unchanged;
        for (access, chunk) in &facts.hours {
            if !self.settle_part(*access, chunk) {
                super::grammar::weeks::lay(self.weeks.entry(*access).or_default(), chunk);
            }
        }
        self.closures.extend(facts.closures.iter().copied());
        self.openings.extend(facts.openings.iter().cloned());
        for channel in &facts.channels {
            if !self.channels.contains(channel) {
                self.channels.push(channel.clone());
            }
        }
        if self.address.is_none() {
            self.address.clone_from(&facts.address);
        }
        self.moves |= facts.moves;
        for office in &facts.except {
            if !self.except.contains(office) {
                self.except.push(office.clone());
            }
        }
        let stated = facts.stated();
        for piece in evidence {
            let mut piece = piece.clone();
            piece.states.retain(|fact| stated.contains(fact));
            Evidence::add(&mut self.evidence, piece);
        }
    }

    /// "il giovedì pomeriggio solo su appuntamento" where the afternoon's times are known: those times are used so. Whether the chunk said no more.
    fn settle_part(&mut self, access: Access, chunk: &super::grammar::weeks::Chunk) -> bool {
        let [crate::domain::Slot::Part(part)] = chunk.slots.as_slice() else { return false };
        let mut moved = Vec::new();
        if access == Access::Phone {
            return false;
        }
        for (other, week) in self.weeks.iter().filter(|(other, _)| **other != access && **other != Access::Phone) {
            let known = week.iter().filter(|(season, day, slot)| {
                *season == chunk.season && chunk.days.contains(day) && super::grammar::weeks::within(slot, part)
            });
            moved.extend(known.map(|(season, day, slot)| (*other, season, day.clone(), slot.clone())));
        }
        if moved.is_empty() {
            return false;
        }
        for (other, season, day, slot) in moved.into_iter().filter(|_| access == Access::Appointment) {
            if let Some(week) = self.weeks.get_mut(&other) {
                let rest: Vec<_> = week.day(season, day.clone()).into_iter().flatten().filter(|s| **s != slot).cloned().collect();
                week.set(season, day.clone(), rest);
            }
            self.weeks.entry(access).or_default().add(season, day, slot);
        }
        self.weeks.retain(|_, week| !week.is_empty());
        true
    }

    /// How the public is served, from all that was said.
    pub fn status(&self) -> Option<Status> {
        let says = |access: Access| self.weeks.get(&access).is_some_and(|w| w.iter().any(|(_, _, slot)| *slot != crate::domain::Slot::Off));
        let walk_in = says(Access::WalkIn);
        let flags = self.flags;
        // a closing that its days tell is no status beside them
        let told_by_days = !self.closures.is_empty() && self.period.is_open();
        // "l'ufficio non è aperto al pubblico", and a number below: reached so, and never otherwise
        let reached = |c: &Channel| {
            matches!(c.kind, crate::domain::ChannelKind::Phone | crate::domain::ChannelKind::Email | crate::domain::ChannelKind::Pec)
        };
        if flags.closed
            && flags.no_counter
            && !walk_in
            && !flags.appointment
            && self.period.is_open()
            && self.closures.is_empty()
            && self.channels.iter().any(reached)
        {
            return Some(Status::Remote);
        }
        if flags.closed && !told_by_days && !walk_in && !flags.appointment && !flags.remote {
            return Some(Status::Closed);
        }
        // "i tecnici ricevono solo su appuntamento …; per quesiti brevi c'è la consulenza telefonica": a counter, and a line beside it
        let line_beside = flags.strict && says(Access::Appointment) && says(Access::Phone);
        if flags.remote && !walk_in && !line_beside {
            return Some(Status::Remote);
        }
        if flags.appointment && !flags.walk_in && !walk_in {
            return Some(Status::Appointment);
        }
        if says(Access::Appointment) && !walk_in && !flags.walk_in {
            return Some(Status::Appointment);
        }
        // exceptional hours of single days alone are no status of the office
        let day = self.period.from.filter(|from| self.period.until.is_none_or(|until| until == *from));
        let of_the_day = day.is_some_and(|day| !self.openings.is_empty() && self.openings.iter().all(|o| o.date == day));
        // "il comando, che quel giorno sarà aperto dalle 8 alle 14": whatever period stood before
        let only_openings = self.weeks.is_empty() && self.closures.is_empty() && !self.openings.is_empty() && !flags.beyond_open();
        let only_days = only_openings
            || self.weeks.is_empty() && (!self.openings.is_empty() || !self.closures.is_empty()) && (self.period.is_open() || of_the_day);
        if only_days {
            return None;
        }
        if flags.reduced {
            return Some(Status::Reduced);
        }
        if flags.open || flags.walk_in || walk_in {
            return Some(Status::Open);
        }
        if flags.remote || says(Access::Video) {
            return Some(Status::Remote);
        }
        None
    }

    /// Hours stated apart from the way they are used: all of them are by appointment, or on video, where the office is reached in no other way.
    fn settle_access(&mut self) {
        let to = match self.flags {
            Flags { remote: true, video: true, .. } => Access::Video,
            Flags { strict: true, walk_in: false, .. } => Access::Appointment,
            _ => return,
        };
        if self.weeks.contains_key(&to) {
            return;
        }
        if let Some(week) = self.weeks.remove(&Access::WalkIn) {
            self.weeks.entry(to).or_default().extend(&week);
        }
    }

    /// A timetable whose lines are all of shut days, from Monday to Friday at least: shut.
    fn shut_all_week(&mut self) {
        let slots = || self.weeks.values().flat_map(|week| week.iter());
        let shut: BTreeSet<_> = slots().map(|(_, day, _)| day.day).collect();
        if shut.len() >= 5 && slots().all(|(_, _, slot)| *slot == crate::domain::Slot::Off) {
            self.weeks.clear();
            self.flags.closed = true;
        }
    }

    /// The finished notice.
    pub fn finish(mut self) -> Notice {
        self.settle_access();
        self.shut_all_week();
        let status = self.status();
        let mut notice = Notice::about(self.subject.office, self.subject.name);
        notice.site = self.subject.site;
        notice.status = status;
        notice.hours =
            self.weeks.into_iter().filter(|(_, week)| !week.is_empty()).map(|(access, week)| OfficeHours { week, access }).collect();
        notice.closures = DateRange::merged(self.closures);
        notice.openings = self.openings.into_iter().collect();
        // "siamo su WhatsApp", and the number in the next sentence: one channel
        let named: Vec<_> = self.channels.iter().filter(|c| c.value.is_some()).map(|c| c.kind).collect();
        self.channels.retain(|c| c.value.is_some() || !named.contains(&c.kind));
        notice.channels = self.channels;
        notice.address = self.address;
        notice.valid_from = self.period.from;
        notice.valid_until = self.period.until;
        notice.except = self.except;
        notice.evidence = self.evidence;
        notice
    }
}
