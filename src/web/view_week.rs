//! A week of an office, day by day, as a picture and in words; and whether it is open at an instant. Pure.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Timestamp, ToSpan};

use super::view;
use crate::domain::{Access, Aspect, DaySelector, Language, OfficeHours, Season, Slot, Span, State, Status, Value, rome};
use crate::resolve;
use crate::wording::{self, pick};

/// Pixels for an hour, and the picture's measures.
const HOUR: u16 = 26;
const LEFT: u16 = 44;
const TOP: u16 = 26;
const COLUMN: u16 = 84;

/// The week that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WeekView {
    /// "Settimana dal 2 all'8 marzo"
    pub title: String,
    pub days: Vec<DayView>,
    /// Hours with a line: label and height.
    pub lines: Vec<(String, u16)>,
    pub width: u16,
    pub height: u16,
    /// Ways of access in the picture, for its legend: class and words.
    pub legend: Vec<(&'static str, String)>,
    /// Whether there is anything to draw.
    pub drawn: bool,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DayView {
    /// "lun 2"
    pub short: String,
    /// "lunedì 2 marzo"
    pub long: String,
    pub date: String,
    pub today: bool,
    /// "8:30–12:30, al telefono 15:00–17:00", "chiuso", "non indicato".
    pub text: String,
    /// Whether something else than the weekly hours holds.
    pub exceptional: bool,
    pub shut: bool,
    pub x: u16,
    pub middle: u16,
    pub blocks: Vec<Block>,
}

/// A stretch in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub class: &'static str,
    pub y: u16,
    pub height: u16,
    pub label: String,
}

/// What holds on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OnDay {
    pub slots: Vec<(Access, Slot)>,
    /// The weekly hours do not count: a closure, an exceptional opening, a closed counter, a holiday.
    pub why: Option<Why>,
    /// Whether any weekly hours are known at all.
    pub known: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Closure,
    Opening,
    Holiday,
    ClosedCounter,
    Remote,
}

/// What is known to hold on a day.
pub(super) fn on_day(state: &State, day: Date) -> OnDay {
    let value = |aspect| resolve::holding(state, aspect, day).map(|fact| &fact.value);
    let mut slots: Vec<(Access, Slot)> = Vec::new();
    let mut known = false;
    let openings = resolve::openings_on(state, day);
    if !openings.is_empty() {
        let slots = openings.into_iter().map(|span| (Access::WalkIn, Slot::Times(span))).collect();
        return OnDay { slots, why: Some(Why::Opening), known: true };
    }
    if resolve::is_closed_on(state, day) {
        return OnDay { slots, why: Some(Why::Closure), known: true };
    }
    if let Some(Value::Hours(hours)) = value(Aspect::Hours) {
        known = !hours.is_empty();
        slots = hours_on(hours, day);
    }
    match value(Aspect::Status) {
        Some(Value::Status(Status::Closed)) => return OnDay { slots: Vec::new(), why: Some(Why::ClosedCounter), known: true },
        Some(Value::Status(Status::Remote)) => {
            slots.retain(|(access, _)| matches!(access, Access::Phone | Access::Video));
            return OnDay { slots, why: Some(Why::Remote), known: true };
        }
        _ => {}
    }
    if !slots.is_empty() && is_public_holiday(day) {
        return OnDay { slots: Vec::new(), why: Some(Why::Holiday), known: true };
    }
    OnDay { slots, why: None, known }
}

/// The slots of a day. Hours of a season go before those of the whole year while it lasts; a certain Saturday of the month before each.
fn hours_on(hours: &[OfficeHours], day: Date) -> Vec<(Access, Slot)> {
    let mut found = Vec::new();
    for entry in hours {
        let seasonal = entry.week.iter().any(|(season, ..)| season.is_some_and(|season| in_season(season, day)));
        let mut of_day: Vec<(bool, Slot)> = entry
            .week
            .iter()
            .filter(|(season, selector, _)| {
                season.map_or(!seasonal, |season| in_season(season, day))
                    && selector.day.as_str() == day_code(day)
                    && falls_on(selector, day)
            })
            .map(|(_, selector, slot)| (!selector.nth.is_empty(), slot.clone()))
            .collect();
        if of_day.iter().any(|(nth, _)| *nth) {
            of_day.retain(|(nth, _)| *nth);
        }
        found.extend(of_day.into_iter().map(|(_, slot)| (entry.access, slot)));
    }
    found.sort_by_key(|(access, slot)| (*access, starts(slot)));
    found
}

fn starts(slot: &Slot) -> u16 {
    match slot {
        Slot::Times(span) => span.from().minutes(),
        Slot::Off | Slot::Part(_) => 0,
    }
}

fn day_code(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "Mo",
        Weekday::Tuesday => "Tu",
        Weekday::Wednesday => "We",
        Weekday::Thursday => "Th",
        Weekday::Friday => "Fr",
        Weekday::Saturday => "Sa",
        Weekday::Sunday => "Su",
    }
}

fn falls_on(selector: &DaySelector, day: Date) -> bool {
    let nth = (day.day() - 1) / 7 + 1;
    let is_last = day.day() + 7 > day.days_in_month();
    selector.nth.is_empty() || selector.nth.iter().any(|n| *n == nth || (*n == -1 && is_last))
}

fn in_season(season: Season, day: Date) -> bool {
    let at = (day.month().unsigned_abs(), day.day().unsigned_abs());
    if season.from <= season.to { season.from <= at && at <= season.to } else { at >= season.from || at <= season.to }
}

/// The national holidays of Italy; a town's patron saint is not among them.
fn is_public_holiday(day: Date) -> bool {
    let fixed = matches!((day.month(), day.day()), (1, 1 | 6) | (4, 25) | (5, 1) | (6, 2) | (8, 15) | (11, 1) | (12, 8 | 25 | 26));
    let francis = day.year() >= 2026 && (day.month(), day.day()) == (10, 4); // law 151 of 2025
    let monday = crate::lexicon::HolidayRule::Easter(1).date(day.year());
    fixed || francis || monday == Some(day)
}

/// The week of a day, from Monday.
pub(super) fn week(state: &State, today: Date, language: Language) -> WeekView {
    let monday = monday(today);
    let dates: Vec<Date> = (0..7).filter_map(|n| monday.checked_add(n.days()).ok()).collect();
    let held: Vec<OnDay> = dates.iter().map(|day| on_day(state, *day)).collect();
    let spans: Vec<Span> = held.iter().flat_map(|day| day.slots.iter().filter_map(|(_, slot)| times(slot))).collect();
    let first = spans.iter().map(|span| span.from().minutes() / 60).min().unwrap_or(8).min(8);
    let last = spans.iter().map(|span| ends(span).div_ceil(60)).max().unwrap_or(18).max(18);
    let y = |minutes: u16| TOP + (minutes.saturating_sub(first * 60)) * HOUR / 60;
    let lines =
        (first..=last).filter(|hour| hour % 2 == 0 || *hour == first || *hour == last).map(|hour| (format!("{hour}"), y(hour * 60)));
    let mut legend: Vec<(&'static str, String)> = Vec::new();
    let mut days = Vec::new();
    for ((n, day), on_day) in (0..).zip(&dates).zip(&held) {
        let x = LEFT + n * COLUMN;
        let mut blocks = Vec::new();
        for (access, slot) in &on_day.slots {
            let Some(span) = times(slot) else { continue };
            let class = class(*access, on_day.why);
            let words = if on_day.why == Some(Why::Opening) {
                pick(language, "apertura straordinaria", "exceptional opening").to_string()
            } else {
                access_words(*access, language).to_string()
            };
            if !legend.iter().any(|(known, _)| *known == class) {
                legend.push((class, words));
            }
            let top = y(span.from().minutes());
            blocks.push(Block { class, y: top, height: y(ends(&span)).saturating_sub(top).max(4), label: wording::span(language, span) });
        }
        let long = wording::long_day(language, *day, day.year());
        let short: String = long.chars().take(3).collect();
        days.push(DayView {
            short: format!("{short} {}", day.day()),
            long,
            date: day.to_string(),
            today: *day == today,
            text: day_words(on_day, language),
            exceptional: on_day.why.is_some(),
            shut: on_day.known && blocks.is_empty() && on_day.slots.iter().all(|(_, slot)| matches!(slot, Slot::Off)),
            x,
            middle: x + COLUMN / 2,
            blocks,
        });
    }
    let range = crate::domain::DateRange::new(monday, dates.last().copied().unwrap_or(monday));
    let title = range.map(|range| wording::short_range(language, range, today.year())).unwrap_or_default();
    WeekView {
        title: format!("{} {title}", pick(language, "Settimana", "Week")),
        drawn: held.iter().any(|day| !day.slots.is_empty() || day.why.is_some()),
        days,
        lines: lines.collect(),
        width: LEFT + 7 * COLUMN + 2,
        height: y(last * 60) + 8,
        legend,
    }
}

fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(back.days()).unwrap_or(day)
}

fn times(slot: &Slot) -> Option<Span> {
    match slot {
        Slot::Times(span) => Some(*span),
        Slot::Off | Slot::Part(_) => None,
    }
}

/// A span without a stated end is drawn as two hours.
fn ends(span: &Span) -> u16 {
    span.to().map_or_else(|| (span.from().minutes() + 120).min(1440), |to| to.minutes())
}

fn class(access: Access, why: Option<Why>) -> &'static str {
    match (why, access) {
        (Some(Why::Opening), _) => "extra",
        (_, Access::WalkIn) => "walk",
        (_, Access::Appointment) => "booked",
        (_, Access::Phone) => "phone",
        (_, Access::Video) => "video",
    }
}

fn access_words(access: Access, language: Language) -> &'static str {
    match access {
        Access::WalkIn => pick(language, "allo sportello", "at the counter"),
        Access::Appointment => pick(language, "su appuntamento", "by appointment"),
        Access::Phone => pick(language, "al telefono", "by phone"),
        Access::Video => pick(language, "in videochiamata", "by video call"),
    }
}

/// "8:30–12:30 e 15:00–17:30; al telefono 9:00–11:00".
fn day_words(day: &OnDay, language: Language) -> String {
    let why = match day.why {
        Some(Why::Closure) => pick(language, "chiuso (chiusura annunciata)", "closed (as announced)"),
        Some(Why::Holiday) => pick(language, "giorno festivo", "public holiday"),
        Some(Why::ClosedCounter) => pick(language, "chiuso al pubblico", "closed to the public"),
        Some(Why::Opening) => pick(language, "apertura straordinaria", "exceptionally open"),
        Some(Why::Remote) => pick(language, "solo a distanza", "by phone, mail or online only"),
        None => "",
    };
    let mut groups: Vec<(Access, Vec<String>)> = Vec::new();
    for (access, slot) in &day.slots {
        let words = match slot {
            Slot::Times(span) => wording::span(language, *span),
            Slot::Part(part) => view::clip(part, 40),
            Slot::Off => pick(language, "chiuso", "closed").into(),
        };
        match groups.iter_mut().find(|(known, _)| known == access) {
            Some((_, list)) => list.push(words),
            None => groups.push((*access, vec![words])),
        }
    }
    let group = |(access, words): &(Access, Vec<String>)| {
        let spans = wording::and(language, words);
        if *access == Access::WalkIn { spans } else { format!("{} {spans}", access_words(*access, language)) }
    };
    let hours = groups.iter().map(group).collect::<Vec<_>>().join("; ");
    match (why.is_empty(), hours.is_empty(), day.known) {
        (true, true, true) => pick(language, "chiuso", "closed").into(),
        (true, true, false) => pick(language, "orario non indicato", "hours not stated").into(),
        (true, false, _) => hours,
        (false, true, _) => why.into(),
        (false, false, _) => format!("{why}: {hours}"),
    }
}

/// Whether an office is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NowView {
    /// `open`, `soon` (later today), `closed`, `unknown`.
    pub class: &'static str,
    pub text: String,
}

/// What one should know who would set out now.
pub(super) fn now(state: &State, at: Timestamp, language: Language) -> NowView {
    let civil: DateTime = rome().to_datetime(at);
    let today = on_day(state, civil.date());
    let minute = u16::try_from(i32::from(civil.hour()) * 60 + i32::from(civil.minute())).unwrap_or(0);
    let counter = |day: &OnDay| -> Vec<(Access, Span)> {
        let spans = day.slots.iter().filter_map(|(access, slot)| Some((*access, times(slot)?)));
        spans.filter(|(access, _)| matches!(access, Access::WalkIn | Access::Appointment)).collect()
    };
    let status = resolve::holding(state, Aspect::Status, civil.date()).map(|fact| &fact.value);
    let by_booking = matches!(status, Some(Value::Status(Status::Appointment)));
    let booked = |access: Access| {
        if by_booking || access == Access::Appointment { pick(language, ", su appuntamento", ", by appointment") } else { "" }
    };
    let clock = |minutes: u16| format!("{}:{:02}", minutes / 60, minutes % 60);
    let spans = counter(&today);
    if let Some((access, span)) = spans.iter().find(|(_, span)| span.from().minutes() <= minute && minute < ends(span)) {
        let until = span.to().map(|to| format!(" {} {}", pick(language, "fino alle", "until"), clock(to.minutes()))).unwrap_or_default();
        return NowView { class: "open", text: format!("{}{until}{}", pick(language, "Aperto ora", "Open now"), booked(*access)) };
    }
    if let Some((access, span)) = spans.iter().find(|(_, span)| span.from().minutes() > minute) {
        let words = pick(language, "Chiuso ora, apre oggi alle", "Closed now, opens today at");
        return NowView { class: "soon", text: format!("{words} {}{}", clock(span.from().minutes()), booked(*access)) };
    }
    let reason = match today.why {
        Some(Why::ClosedCounter) => Some(pick(language, "Chiuso al pubblico", "Closed to the public")),
        Some(Why::Remote) => Some(pick(language, "Risponde solo a distanza", "By phone, mail or online only")),
        Some(Why::Closure) => Some(pick(language, "Oggi chiuso", "Closed today")),
        Some(Why::Holiday) => Some(pick(language, "Oggi è festivo", "Public holiday today")),
        Some(Why::Opening) | None => None,
    };
    let next = (1..=30).find_map(|n| {
        let day = civil.date().checked_add(i64::from(n).days()).ok()?;
        let on_day = on_day(state, day);
        counter(&on_day).into_iter().next().map(|(access, span)| (n, day, access, span))
    });
    let head = reason.unwrap_or(pick(language, "Chiuso ora", "Closed now"));
    match next {
        Some((n, day, access, span)) => {
            let when =
                if n == 1 { pick(language, "domani", "tomorrow").to_string() } else { wording::long_day(language, day, civil.year()) };
            let words = match language {
                Language::It => format!("{head}, apre {when} alle {}", clock(span.from().minutes())),
                Language::En => format!("{head}, opens {when} at {}", clock(span.from().minutes())),
            };
            NowView { class: "closed", text: format!("{words}{}", booked(access)) }
        }
        None if reason.is_some() => NowView { class: "closed", text: head.to_string() },
        None => {
            NowView { class: "unknown", text: pick(language, "Orario dello sportello non indicato", "Counter hours not stated").into() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DateRange, Fact, OfficeId, OfficeKey, Opening};

    fn fact(value: Value) -> Fact {
        Fact { value, from: None, until: None, resumes: false, aged: false, general: false, except: Vec::new(), causes: Vec::new() }
    }

    fn state(hours: &str, more: Vec<Value>) -> State {
        let hours = vec![OfficeHours { week: hours.parse().unwrap(), access: Access::WalkIn }];
        let mut facts = std::collections::BTreeMap::from([(Aspect::Hours, vec![fact(Value::Hours(hours))])]);
        for value in more {
            facts.insert(value.aspect(), vec![fact(value)]);
        }
        State { key: OfficeKey { office: OfficeId("anagrafe".into()), site: None, other: None }, name: "Anagrafe".into(), facts }
    }

    fn says(state: &State, at: &str) -> String {
        let at = rome().to_ambiguous_timestamp(at.parse().unwrap()).compatible().unwrap();
        now(state, at, Language::It).text
    }

    #[test]
    fn whoever_would_set_out_now_is_told_the_truth() {
        let office = state("Mo-Fr 08:30-12:30; Tu 08:30-12:30,15:00-17:30; Sa[1] 09:00-12:00", Vec::new());
        assert_eq!(says(&office, "2026-03-02T09:00"), "Aperto ora fino alle 12:30");
        assert_eq!(says(&office, "2026-03-02T12:30"), "Chiuso ora, apre domani alle 8:30");
        assert_eq!(says(&office, "2026-03-03T13:00"), "Chiuso ora, apre oggi alle 15:00");
        assert_eq!(says(&office, "2026-03-06T18:00"), "Chiuso ora, apre domani alle 9:00", "the first Saturday");
        assert_eq!(says(&office, "2026-03-13T18:00"), "Chiuso ora, apre lunedì 16 marzo alle 8:30", "the second Saturday");
        assert_eq!(says(&office, "2026-04-06T09:00"), "Oggi è festivo, apre domani alle 8:30", "Easter Monday");
        let shut = state("Mo-Fr 08:30-12:30", vec![Value::Closures(vec!["2026-03-02/2026-03-04".parse::<DateRange>().unwrap()])]);
        assert_eq!(says(&shut, "2026-03-02T09:00"), "Oggi chiuso, apre giovedì 5 marzo alle 8:30");
        let extra = Opening { date: "2026-03-07".parse().unwrap(), span: "09:00-11:00".parse().unwrap() };
        let open = state("Mo-Fr 08:30-12:30", vec![Value::Openings([extra].into())]);
        assert_eq!(says(&open, "2026-03-07T10:00"), "Aperto ora fino alle 11:00");
        let gone = state("Mo-Fr 08:30-12:30", vec![Value::Status(Status::Closed)]);
        assert_eq!(says(&gone, "2026-03-02T09:00"), "Chiuso al pubblico");
        let booked = state("Mo-Fr 08:30-12:30", vec![Value::Status(Status::Appointment)]);
        assert_eq!(says(&booked, "2026-03-02T09:00"), "Aperto ora fino alle 12:30, su appuntamento");
    }

    #[test]
    fn a_season_goes_before_the_year_while_it_lasts() {
        let office = state("Mo-Fr 08:30-12:30; Jul 01-Aug 31 Mo-Fr 08:00-11:00", Vec::new());
        let text = |day: &str| day_words(&on_day(&office, day.parse().unwrap()), Language::It);
        assert_eq!(text("2026-06-30"), "8:30–12:30");
        assert_eq!(text("2026-07-01"), "8:00–11:00");
        assert_eq!(text("2026-03-01"), "chiuso", "a Sunday");
    }

    #[test]
    fn the_picture_shows_the_days_of_the_week_and_what_is_exceptional() {
        let office = state("Mo-Fr 08:30-12:30", vec![Value::Closures(vec!["2026-03-04".parse::<DateRange>().unwrap()])]);
        let week = week(&office, "2026-03-05".parse().unwrap(), Language::It);
        assert_eq!(week.title, "Settimana dal 2 all'8 marzo");
        assert_eq!(week.days.len(), 7);
        assert!(week.days[3].today && week.days[2].shut && week.days[2].exceptional && week.days[2].blocks.is_empty());
        assert_eq!(week.days[0].blocks[0].label, "8:30–12:30");
        assert_eq!(week.days[6].text, "chiuso");
    }
}
