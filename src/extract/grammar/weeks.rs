//! Weeks: days, spans, parts of the day and exclusions of one clause put together: "dal lunedì al venerdì 9-12, il martedì anche 15-17", "9-12 dal lunedì al
//! venerdì", "tutte le mattine, escluso il sabato", "martedì: chiuso", "negli altri giorni 17-18.30".
//!
//! In: the pieces of a clause in order. Out: which days have which spans, and the spans that found no days.

mod around;
mod lay;
mod shut_parts;

pub use self::lay::{lay, within};

use self::around::{
    days_before_break, excluded_behind, part_of_exception, says_more, seasons_come_behind, shut_beside, spans_come, sunday_taken_out,
};
use jiff::civil::Date;

use super::weekdays::Days;
use crate::domain::{Day, DaySelector, Season, Slot, Span};

/// A piece of a clause that speaks of hours.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Days of the week.
    Days(Days),
    /// Dates: what follows is for these days alone.
    Dates(Vec<Date>),
    /// A span; weak ones need days or dates.
    Span(Span, bool),
    /// A part of the day.
    Part(&'static str),
    /// "escluso", "tranne": takes the days behind it away, or those before it ("sabato escluso").
    Without,
    /// "sabato escluso": takes the days before it away.
    WithoutBefore,
    /// "chiuso".
    Shut,
    /// "aperto", "riceve".
    Open,
    /// "orario continuato", "solo": what follows replaces what stood.
    Instead,
    /// A season in front of what follows.
    Season(Season),
    /// A comma or another light break.
    Comma,
    /// A semicolon, a line: a new statement.
    Break,
}

/// Hours of some days, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// Which days.
    pub days: Vec<DaySelector>,
    /// What holds on them.
    pub slots: Vec<Slot>,
    /// In which part of the year.
    pub season: Option<Season>,
    /// Whether it replaces what stood for these days.
    pub instead: bool,
    /// Index of the first piece that made it.
    pub start: usize,
    /// Index behind the last.
    pub end: usize,
}

/// What a clause says about hours.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Read {
    /// Weekly hours.
    pub chunks: Vec<Chunk>,
    /// Exceptional hours.
    pub openings: Vec<(Date, Span)>,
    /// Dates that got no spans.
    pub bare_dates: Vec<Date>,
    /// Days that got neither spans nor a part ("il martedì e il giovedì").
    pub bare_days: Vec<DaySelector>,
    /// Days taken out where nothing stood to take them from.
    pub taken_out: Vec<DaySelector>,
    /// Spans that found no days.
    pub loose: Vec<Span>,
    /// A part of the day that found no days.
    pub loose_part: Option<&'static str>,
}

#[derive(Default)]
struct Reader {
    read: Read,
    days: Option<Vec<DaySelector>>,
    every: bool,
    dates: Option<Vec<Date>>,
    /// The days that stand were "gli altri giorni".
    rest: bool,
    spans: Vec<Span>,
    parts: Vec<&'static str>,
    pending: Vec<Span>,
    pending_part: Option<&'static str>,
    pending_shut: bool,
    /// Days come behind their spans in this clause.
    postfix: bool,
    season: Option<Season>,
    /// The days that stood before the seasons of the statement: "tutti i giorni, d'inverno 8-17, d'estate 7-19".
    shared: Option<Vec<DaySelector>>,
    /// Spans of seasons whose days come behind all of them: "d'inverno 8-17, d'estate 7-19, tutti i giorni".
    waiting: Vec<(Option<Season>, Vec<Span>)>,
    /// Chunks from here on belong to a season that comes behind them: "8-17 d'inverno e 7-19 d'estate".
    unseasoned: usize,
    instead: bool,
    start: usize,
    /// Days named so far, for "negli altri giorni".
    named: Vec<DaySelector>,
    /// Days named last, for "negli stessi giorni".
    last: Vec<DaySelector>,
    /// Whether a part of the week was taken out by name: "domenica esclusa".
    sunday_out: bool,
}

/// Reads the pieces of one clause. `same`: the days of the office before, for "gli stessi giorni".
pub fn read(pieces: &[Piece], same: &[DaySelector]) -> Read {
    let pieces = &shut_parts::set_aside(pieces);
    let mut reader = Reader { sunday_out: sunday_taken_out(pieces), ..Reader::default() };
    let (mut without, mut part_heard) = (false, false);
    for (i, piece) in pieces.iter().enumerate() {
        // "nei restanti giorni da lunedì a sabato": which they are is told behind, and was read with them
        if i > 0 && matches!(piece, Piece::Days(Days::These { .. })) && matches!(pieces[i - 1], Piece::Days(Days::Others)) {
            continue;
        }
        match piece {
            Piece::Days(days) => {
                let rest = matches!(days, Days::Others);
                let told = match pieces.get(i + 1) {
                    Some(Piece::Days(Days::These { days, .. })) => Some(days),
                    _ => None,
                };
                let (days, every) = match days {
                    Days::These { days, every } => (days.clone(), *every),
                    Days::Same if reader.last.is_empty() => (same.to_vec(), false),
                    Days::Same => (reader.last.clone(), false),
                    Days::Others => match told {
                        Some(all) => (all.iter().filter(|day| !reader.named.contains(day)).cloned().collect(), false),
                        None => (reader.others(), false),
                    },
                };
                let excluded_behind = excluded_behind(pieces, i);
                // "escluso il mercoledì pomeriggio", "tranne il pomeriggio del mercoledì"
                if let Some(part) = part_of_exception(pieces, i).filter(|_| without || excluded_behind) {
                    reader.flush(i);
                    if shut_parts::take_away(&mut reader.read, &days, part) {
                        (reader.pending_part, part_heard) = (None, matches!(pieces.get(i + 1), Some(Piece::Part(_))));
                        without = false;
                        continue;
                    }
                }
                if without || excluded_behind {
                    reader.take_out(&days);
                    // "dal lunedì al venerdì 9-12, tranne il mercoledì 9-18": the exception has hours of its own
                    let own_hours = !excluded_behind && reader.has_hours() && spans_come(&pieces[i + 1..]);
                    if !own_hours {
                        continue;
                    }
                }
                if let Some(part) = shut_parts::alone(pieces, i) {
                    reader.flush(i);
                    if shut_parts::take_away(&mut reader.read, &days, part) {
                        (reader.pending_part, part_heard) = (None, true);
                        continue;
                    }
                    // "chiusi il venerdì pomeriggio", and no hours of which it would be a part
                    if part == "pomeriggio" && !pieces.iter().any(|piece| matches!(piece, Piece::Span(..))) {
                        (reader.pending_part, part_heard) = (None, true);
                        continue;
                    }
                }
                part_heard = false;
                let shut = shut_beside(pieces, i);
                let alone = !says_more(&pieces[i + 1..]);
                reader.days(days, every, i, shut, alone);
                reader.rest = rest;
            }
            Piece::Dates(dates) => {
                if !without {
                    reader.dates(dates.clone(), i);
                }
            }
            Piece::Span(span, weak) => {
                let later_days = days_before_break(&pieces[i + 1..]);
                reader.span(*span, *weak, later_days);
            }
            Piece::Part(_) if std::mem::take(&mut part_heard) => {}
            // said of the days behind it
            Piece::Part(_) if without && matches!(pieces.get(i + 1), Some(Piece::Days(_))) => continue,
            Piece::Part(part) => reader.part(part, pieces.get(i + 1)),
            Piece::Without => without = true,
            Piece::WithoutBefore | Piece::Shut | Piece::Open | Piece::Comma => {}
            Piece::Instead => reader.instead = true,
            // "luglio e agosto, giorni: lun-sab; luglio e agosto, ore: 9-12": said twice, meant once
            Piece::Season(season) if reader.season == Some(*season) && reader.days.is_some() && reader.spans.is_empty() => {}
            Piece::Season(season) => {
                reader.season(*season, i, seasons_come_behind(pieces, i));
                reader.same_days_in_season(i, spans_come(&pieces[i + 1..]));
            }
            Piece::Break
                if reader.days.is_some()
                    && reader.spans.is_empty()
                    && i > 0
                    && matches!(pieces[i - 1], Piece::Shut)
                    && matches!(pieces.get(i + 1), Some(Piece::Span(..))) => {}
            // "venerdì 6 giugno | ore 9-18": a date and its hours, each in a cell of its own
            Piece::Break
                if reader.dates.is_some()
                    && reader.spans.is_empty()
                    && i > 0
                    && matches!(pieces[i - 1], Piece::Dates(_))
                    && matches!(pieces.get(i + 1), Some(Piece::Span(..))) => {}
            // "lunedì 8.30-12.30; 15-17", "mattino: 8-12; pomeriggio: 15-17": still the same days
            Piece::Break if reader.goes_on(&pieces[i + 1..]) => {}
            // "martedì: d'inverno 14-17; d'estate 8-12": the days stand for each season
            Piece::Break
                if reader.shared.is_some()
                    && matches!(pieces[i + 1..].iter().find(|p| !matches!(p, Piece::Comma)), Some(Piece::Season(_))) =>
            {
                reader.flush(i)
            }
            Piece::Break => {
                reader.flush(i);
                reader.end_statement();
            }
        }
        if !matches!(piece, Piece::Without | Piece::Comma) || matches!(piece, Piece::Comma) && !without {
            without = matches!(piece, Piece::Without);
        }
    }
    reader.flush(pieces.len());
    reader.end_statement();
    reader.read
}

impl Reader {
    fn others(&self) -> Vec<DaySelector> {
        let week: &[Day] = if self.sunday_out { &Day::WEEK[..6] } else { &Day::WEEK[..5] };
        week.iter().map(|d| DaySelector::from(*d)).filter(|d| !self.named.contains(d)).collect()
    }

    /// Whether hours have been given to some days already.
    fn has_hours(&self) -> bool {
        !self.spans.is_empty() || self.days.is_none() && !self.read.chunks.is_empty()
    }

    /// Whether the statement behind a break names no days of its own and only goes on with later hours.
    fn goes_on(&self, behind: &[Piece]) -> bool {
        let Some(last) = self.spans.last().and_then(Span::to) else { return false };
        let statement: Vec<&Piece> = behind.iter().take_while(|p| !matches!(p, Piece::Break)).collect();
        let names_days = statement.iter().any(|p| !matches!(p, Piece::Span(..) | Piece::Part(_) | Piece::Comma));
        let later = statement.iter().all(|p| if let Piece::Span(span, _) = p { span.from() >= last } else { true });
        self.days.is_some() && !names_days && later && statement.iter().any(|p| matches!(p, Piece::Span(..)))
    }

    fn days(&mut self, days: Vec<DaySelector>, every: bool, at: usize, shut: bool, alone: bool) {
        self.named.extend(days.iter().filter(|_| !every).cloned());
        // "tutti i giorni dalle 8 alle 18 (dal lunedì al venerdì)": the closer word wins here too
        if self.every && !every && alone && !shut && !self.spans.is_empty() && self.days.is_some() {
            (self.last, self.every) = (days.clone(), false);
            self.days = Some(days);
            return;
        }
        // "sabato 9-12 (… il primo e il terzo sabato del mese)": which of them
        if let Some(before) = &mut self.days
            && alone
            && !shut
            && !self.spans.is_empty()
            && before.iter().all(|d| d.nth.is_empty())
            && days.iter().all(|d| !d.nth.is_empty())
            && before.len() == days.len()
            && before.iter().zip(&days).all(|(a, b)| a.day == b.day)
        {
            self.last.clone_from(&days);
            *before = days;
            return;
        }
        self.last.clone_from(&days);
        if self.shared.take().is_some() && self.spans.is_empty() {
            self.days = None; // days of a season's own
        }
        for (season, spans) in std::mem::take(&mut self.waiting) {
            let slots = spans.into_iter().map(Slot::Times).collect();
            self.read.chunks.push(Chunk { days: days.clone(), slots, season, instead: false, start: at, end: at + 1 });
        }
        if shut {
            self.flush(at);
            self.read.chunks.push(Chunk { days, slots: vec![Slot::Off], season: self.season, instead: false, start: at, end: at + 1 });
            return;
        }
        if !self.pending.is_empty() && self.days.is_none() {
            // "9-12 dal lunedì al venerdì"
            let slots = std::mem::take(&mut self.pending).into_iter().map(Slot::Times).collect();
            self.postfix = true;
            let instead = std::mem::take(&mut self.instead);
            self.read.chunks.push(Chunk { days, slots, season: self.season, instead, start: self.start, end: at + 1 });
            return;
        }
        if self.spans.is_empty()
            && (self.parts.is_empty() || self.every)
            && let Some(before) = &mut self.days
        {
            match (self.every, every) {
                // "gli altri giorni feriali dal lunedì al venerdì": within these
                _ if self.rest => before.retain(|d| days.contains(d)),
                // "tutti i giorni, dal lunedì al venerdì": the closer word wins
                (true, false) => *before = days,
                (false, true) => {}
                // "tutti i pomeriggi feriali": the same days, said in two words
                (true, true) if !self.parts.is_empty() => before.retain(|d| days.contains(d)),
                _ => before.extend(days),
            }
            self.every &= every;
            return;
        }
        self.flush(at);
        self.parts.extend(self.pending_part.take());
        (self.days, self.every, self.start) = (Some(days), every, at);
    }

    /// A part of the year opens, or closes what stands before it.
    fn season(&mut self, season: Season, at: usize, behind: bool) {
        if behind {
            let days = self.days.clone().or(self.shared.take());
            if self.days.is_none() && !self.pending.is_empty() {
                self.days.clone_from(&days);
                self.spans = std::mem::take(&mut self.pending);
            }
            self.flush(at);
            for chunk in &mut self.read.chunks[self.unseasoned..] {
                chunk.season = Some(season);
            }
            self.unseasoned = self.read.chunks.len();
            self.shared = days;
            return;
        }
        let stand_bare = self.days.is_some() && self.spans.is_empty() && self.parts.is_empty() && self.season.is_none();
        if stand_bare {
            self.shared.clone_from(&self.days);
        } else if self.days.is_none() && !self.pending.is_empty() {
            self.waiting.push((self.season, std::mem::take(&mut self.pending)));
        } else {
            self.flush(at);
            if let Some(shared) = self.shared.clone() {
                (self.days, self.start) = (Some(shared), at);
            }
        }
        self.season = Some(season);
    }

    /// "dal martedì al sabato 15-19 e, in luglio e agosto, 17-21": other hours in a part of the year, on the days that were said.
    fn same_days_in_season(&mut self, at: usize, spans_come: bool) {
        let told = self.read.chunks.last().is_some_and(|chunk| chunk.days == self.last && !matches!(chunk.slots.as_slice(), [Slot::Off]));
        if spans_come && told && self.days.is_none() && self.waiting.is_empty() && self.unseasoned < self.read.chunks.len() {
            (self.days, self.start) = (Some(self.last.clone()), at);
        }
    }

    fn dates(&mut self, dates: Vec<Date>, at: usize) {
        self.flush(at);
        if !self.pending.is_empty() {
            // "dalle 9 alle 12 del 24 dicembre"
            for span in std::mem::take(&mut self.pending) {
                self.read.openings.extend(dates.iter().map(|d| (*d, span)));
            }
            self.postfix = true;
            return;
        }
        (self.dates, self.start) = (Some(dates), at);
    }

    fn span(&mut self, span: Span, weak: bool, days_follow: bool) {
        if self.days.is_some() || self.dates.is_some() {
            self.spans.push(span);
        } else if self.postfix && !days_follow && !self.read.chunks.is_empty() {
            // "dalle 9 alle 12 dal lunedì al venerdì e dalle 15 alle 17": still the same days
            if let Some(last) = self.read.chunks.last_mut() {
                last.slots.push(Slot::Times(span));
            }
        } else if !weak || days_follow {
            self.pending.push(span);
        } else {
            self.read.loose.push(span);
        }
    }

    fn part(&mut self, part: &'static str, next: Option<&Piece>) {
        let of_next_days = !self.parts.is_empty() && matches!(next, Some(Piece::Days(_)));
        if self.days.is_some() && self.spans.is_empty() && !of_next_days {
            if !self.parts.contains(&part) {
                self.parts.push(part);
            }
        } else if matches!(next, Some(Piece::Days(_))) || self.days.is_none() {
            // "la mattina, dal lunedì al venerdì"
            self.pending_part = Some(part);
        }
    }

    /// "escluso il sabato": out of the days that stand, or out of the last chunk.
    fn take_out(&mut self, out: &[DaySelector]) {
        if let Some(days) = &mut self.days {
            days.retain(|d| !out.contains(d));
        } else if let Some(last) = self.read.chunks.last_mut() {
            last.days.retain(|d| !out.contains(d));
        } else {
            self.read.taken_out.extend(out.iter().cloned());
        }
    }

    fn flush(&mut self, at: usize) {
        let spans = std::mem::take(&mut self.spans);
        let parts = std::mem::take(&mut self.parts);
        if let Some(days) = self.days.take() {
            let slots: Vec<Slot> = if !spans.is_empty() {
                spans.into_iter().map(Slot::Times).collect()
            } else if !parts.is_empty() {
                parts.into_iter().map(|part| Slot::Part(part.into())).collect()
            } else if let Some(part) = self.pending_part.take() {
                vec![Slot::Part(part.into())]
            } else {
                self.read.bare_days.extend(days);
                return;
            };
            let instead = std::mem::take(&mut self.instead);
            self.read.chunks.push(Chunk { days, slots, season: self.season, instead, start: self.start, end: at });
        } else if let Some(dates) = self.dates.take() {
            if spans.is_empty() {
                self.read.bare_dates.extend(dates);
            } else {
                for span in spans {
                    self.read.openings.extend(dates.iter().map(|d| (*d, span)));
                }
            }
        }
    }

    fn end_statement(&mut self) {
        self.read.loose.extend(std::mem::take(&mut self.waiting).into_iter().flat_map(|(_, spans)| spans));
        self.read.loose.append(&mut self.pending);
        (self.shared, self.unseasoned) = (None, self.read.chunks.len());
        if let Some(part) = self.pending_part.take() {
            self.read.loose_part = Some(part);
        }
        (self.postfix, self.pending_shut, self.instead) = (false, false, false);
    }
}
