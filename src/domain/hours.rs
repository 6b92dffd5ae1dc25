//! Weekly hours: a set of intervals per day, with OpenStreetMap's `opening_hours` syntax as their text.
//!
//! The part of the syntax that offices need: days with ranges and lists, `Sa[1]`, spans, `09:00+`, `off`, a part of the day as a comment
//! (`Mo-Fr "mattina"`), a season in front. As in OpenStreetMap, `;` starts a rule that replaces and `,` before a day one that adds
//! (<https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification>).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A time of day, in minutes after midnight, up to and including 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock(u16); // at most 1440

impl Clock {
    /// `None` beyond 24:00 or with 60 minutes and more.
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        let minutes = hour.checked_mul(60)?.checked_add(minute)?;
        (minute < 60 && minutes <= 1440).then_some(Self(minutes))
    }

    /// Minutes after midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// Hour and minute.
    pub fn hour_minute(self) -> (u16, u16) {
        (self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for Clock {
    type Err = ParseWeekError;

    fn from_str(text: &str) -> Result<Self, ParseWeekError> {
        let wrong = || ParseWeekError(text.into());
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let number = |part: &str| if part.len() <= 2 { part.parse::<u16>().ok() } else { None };
        Self::new(number(hour).ok_or_else(wrong)?, number(minute).ok_or_else(wrong)?).ok_or_else(wrong)
    }
}

/// A stretch of one day: `08:30-12:30`, or `09:00+` when the end is not stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Span {
    from: Clock,
    to: Option<Clock>, // always later than `from`; past midnight means two spans
}

impl Span {
    /// `None` when the span would not end after it starts.
    pub fn new(from: Clock, to: Clock) -> Option<Self> {
        (from < to).then_some(Self { from, to: Some(to) })
    }

    /// From an hour on, without a stated end.
    pub fn open_ended(from: Clock) -> Self {
        Self { from, to: None }
    }

    /// When it starts.
    pub fn from(&self) -> Clock {
        self.from
    }

    /// When it ends, if that is stated.
    pub fn to(&self) -> Option<Clock> {
        self.to
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Some(to) => write!(f, "{}-{to}", self.from),
            None => write!(f, "{}+", self.from),
        }
    }
}

impl FromStr for Span {
    type Err = ParseWeekError;

    fn from_str(text: &str) -> Result<Self, ParseWeekError> {
        let text = text.trim();
        if let Some(from) = text.strip_suffix('+') {
            return Ok(Self::open_ended(from.parse()?));
        }
        let (from, to) = text.split_once('-').ok_or_else(|| ParseWeekError(text.into()))?;
        Self::new(from.trim().parse()?, to.trim().parse()?).ok_or_else(|| ParseWeekError(text.into()))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl TryFrom<String> for Span {
    type Error = ParseWeekError;

    fn try_from(text: String) -> Result<Self, ParseWeekError> {
        text.parse()
    }
}

/// A day of the week, or public holidays as a day of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Day {
    Mo,
    Tu,
    We,
    Th,
    Fr,
    Sa,
    Su,
    /// Public holidays.
    Ph,
}

impl Day {
    /// Monday to Sunday.
    pub const WEEK: [Day; 7] = [Self::Mo, Self::Tu, Self::We, Self::Th, Self::Fr, Self::Sa, Self::Su];

    /// Two letters.
    pub fn as_str(self) -> &'static str {
        ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"][self as usize]
    }

    /// The days from this one through `last`, wrapping around the week. A range with public holidays is the two of them.
    pub fn through(self, last: Day) -> Vec<Day> {
        if self == Self::Ph || last == Self::Ph {
            return vec![self, last];
        }
        let (first, last) = (self as usize, last as usize);
        let n_days = (last + 7 - first) % 7 + 1;
        (0..n_days).map(|i| Self::WEEK[(first + i) % 7]).collect()
    }
}

impl FromStr for Day {
    type Err = ParseWeekError;

    fn from_str(text: &str) -> Result<Self, ParseWeekError> {
        Ok(match text {
            "Mo" => Self::Mo,
            "Tu" => Self::Tu,
            "We" => Self::We,
            "Th" => Self::Th,
            "Fr" => Self::Fr,
            "Sa" => Self::Sa,
            "Su" => Self::Su,
            "PH" => Self::Ph,
            _ => return Err(ParseWeekError(text.into())),
        })
    }
}

/// A day, or certain occurrences of it in a month: `Sa[1,3]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DaySelector {
    /// The day.
    pub day: Day,
    /// Which of the month, 1 to 5, or -1 for the last; empty for each.
    pub nth: Vec<i8>,
}

impl From<Day> for DaySelector {
    fn from(day: Day) -> Self {
        Self { day, nth: Vec::new() }
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A part of each year, first and last day included; may pass the turn of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Season {
    /// Month (1–12) and day of the month.
    pub from: (u8, u8),
    /// Month (1–12) and day of the month.
    pub to: (u8, u8),
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |month: u8| MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or("Jan");
        write!(f, "{} {:02}-{} {:02}", name(self.from.0), self.from.1, name(self.to.0), self.to.1)
    }
}

/// What holds in a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Said to be shut.
    Off,
    /// Served in this span.
    Times(Span),
    /// Served in a part of the day without times: "mattina", "pomeriggio".
    Part(String),
}

/// The hours of a week, normalised: equal weeks are equal values, however they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Week {
    slots: BTreeMap<(Option<Season>, DaySelector), BTreeSet<Slot>>, // no empty sets
}

/// The text is not in the part of the `opening_hours` syntax that offices need.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not in the opening_hours syntax: {0:?}")]
pub struct ParseWeekError(pub String);

impl Week {
    /// Adds a slot to a day. `off` yields to any other slot of the same day.
    pub fn add(&mut self, season: Option<Season>, day: impl Into<DaySelector>, slot: Slot) {
        let slots = self.slots.entry((season, day.into())).or_default();
        match slot {
            Slot::Off if !slots.is_empty() => {}
            Slot::Off => {
                slots.insert(Slot::Off);
            }
            other => {
                slots.remove(&Slot::Off);
                slots.insert(other);
            }
        }
    }

    /// Replaces whatever stood for a day.
    pub fn set(&mut self, season: Option<Season>, day: impl Into<DaySelector>, slots: impl IntoIterator<Item = Slot>) {
        let key = (season, day.into());
        let slots: BTreeSet<Slot> = slots.into_iter().collect();
        if slots.is_empty() {
            self.slots.remove(&key);
        } else {
            self.slots.insert(key, slots);
        }
    }

    /// Takes a day out.
    pub fn remove(&mut self, season: Option<Season>, day: impl Into<DaySelector>) {
        self.slots.remove(&(season, day.into()));
    }

    /// Adds all that another week says.
    pub fn extend(&mut self, other: &Week) {
        for (season, day, slot) in other.iter() {
            self.add(season, day.clone(), slot.clone());
        }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Every slot with its season and day, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Option<Season>, &DaySelector, &Slot)> {
        self.slots.iter().flat_map(|((season, day), slots)| slots.iter().map(move |slot| (*season, day, slot)))
    }

    /// The slots of one day, in order; `None` when nothing is said of it.
    pub fn day(&self, season: Option<Season>, day: impl Into<DaySelector>) -> Option<&BTreeSet<Slot>> {
        self.slots.get(&(season, day.into()))
    }

    /// The same hours as weeks that each say one kind of thing a day, since one rule of the syntax holds spans or a comment, not both.
    pub fn entries(&self) -> Vec<Week> {
        let mut entries = vec![Week::default()];
        for (season, day, slot) in self.iter() {
            let fits = |week: &Week| match week.day(season, day.clone()) {
                None => true,
                Some(slots) => matches!(slot, Slot::Times(_)) && slots.iter().all(|s| matches!(s, Slot::Times(_))),
            };
            let index = entries.iter().position(fits).unwrap_or_else(|| {
                entries.push(Week::default());
                entries.len() - 1
            });
            entries[index].add(season, day.clone(), slot.clone());
        }
        entries.retain(|week| !week.is_empty());
        entries
    }
}

/// Days as the syntax writes them: `Mo-Fr`, `Tu,Th`, `Sa[1,3]`. A run of three or more becomes a range.
fn write_days(days: &[&DaySelector]) -> String {
    let plain: Vec<Day> = days.iter().filter(|d| d.nth.is_empty()).map(|d| d.day).collect();
    let mut parts = Vec::new();
    let mut i = 0;
    while i < plain.len() {
        let mut j = i;
        while j + 1 < plain.len() && plain[j + 1] != Day::Ph && plain[j + 1] as usize == plain[j] as usize + 1 {
            j += 1;
        }
        if j - i >= 2 {
            parts.push(format!("{}-{}", plain[i].as_str(), plain[j].as_str()));
        } else {
            parts.extend(plain[i..=j].iter().map(|d| d.as_str().to_string()));
        }
        i = j + 1;
    }
    for selector in days.iter().filter(|d| !d.nth.is_empty()) {
        let nth: Vec<String> = selector.nth.iter().map(i8::to_string).collect();
        parts.push(format!("{}[{}]", selector.day.as_str(), nth.join(",")));
    }
    parts.join(",")
}

/// The canonical text: days with equal slots grouped, each day whole in one rule, in the order of the week.
impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (entry, week) in self.entries().into_iter().enumerate() {
            let mut groups: Vec<(Option<Season>, &BTreeSet<Slot>, Vec<&DaySelector>)> = Vec::new();
            for ((season, day), slots) in &week.slots {
                match groups.iter_mut().find(|(s, sl, _)| s == season && *sl == slots) {
                    Some((_, _, days)) => days.push(day),
                    None => groups.push((*season, slots, vec![day])),
                }
            }
            for (season, slots, days) in &groups {
                if !first {
                    // what a second entry says adds to the first, it does not replace it
                    f.write_str(if entry > 0 { ", " } else { "; " })?;
                }
                first = false;
                if let Some(season) = season {
                    write!(f, "{season} ")?;
                }
                write!(f, "{} ", write_days(days))?;
                let texts: Vec<String> = slots
                    .iter()
                    .map(|slot| match slot {
                        Slot::Off => "off".to_string(),
                        Slot::Times(span) => span.to_string(),
                        Slot::Part(part) => format!("\"{part}\""),
                    })
                    .collect();
                f.write_str(&texts.join(","))?;
            }
        }
        Ok(())
    }
}

impl FromStr for Week {
    type Err = ParseWeekError;

    fn from_str(text: &str) -> Result<Self, ParseWeekError> {
        let mut week = Week::default();
        for (adds, rule) in split_rules(text) {
            let (season, days, slots) = parse_rule(rule)?;
            for day in days {
                if !adds {
                    week.remove(season, day.clone());
                }
                for slot in &slots {
                    week.add(season, day.clone(), slot.clone());
                }
            }
        }
        Ok(week)
    }
}

impl From<Week> for String {
    fn from(week: Week) -> Self {
        week.to_string()
    }
}

impl TryFrom<String> for Week {
    type Error = ParseWeekError;

    fn try_from(text: String) -> Result<Self, ParseWeekError> {
        text.parse()
    }
}

/// Rules with whether each adds (after a comma) or replaces (after a semicolon).
fn split_rules(text: &str) -> Vec<(bool, &str)> {
    let mut rules = Vec::new();
    for part in text.split(';') {
        let mut start = 0;
        let mut adds = false;
        let mut said = false; // a comma adds a rule only once the rule before it has said its times
        for (at, c) in part.char_indices() {
            said |= c == ':' || c == '"' || part[at..].starts_with(" off");
            let rest = &part[at + c.len_utf8()..];
            if c == ',' && said && rest.trim_start().starts_with(|c: char| c.is_ascii_uppercase()) {
                rules.push((adds, part[start..at].trim()));
                (start, adds, said) = (at + 1, true, false);
            }
        }
        rules.push((adds, part[start..].trim()));
    }
    rules.retain(|(_, rule)| !rule.is_empty());
    rules
}

type Rule = (Option<Season>, Vec<DaySelector>, Vec<Slot>);

fn parse_rule(rule: &str) -> Result<Rule, ParseWeekError> {
    let wrong = || ParseWeekError(rule.into());
    let (season, rest) = parse_season(rule);
    let (days, rest) = match rest.split_once(' ') {
        Some((days, rest)) if days.starts_with(|c: char| c.is_ascii_uppercase()) => (parse_days(days)?, rest.trim()),
        _ if rest.starts_with(|c: char| c.is_ascii_uppercase()) => return Err(wrong()),
        _ => (Day::WEEK.iter().map(|d| DaySelector::from(*d)).collect(), rest),
    };
    let slots = if rest == "off" {
        vec![Slot::Off]
    } else if rest.starts_with('"') {
        let part = |p: &str| p.trim().strip_prefix('"').and_then(|p| p.strip_suffix('"')).map(|p| Slot::Part(p.to_lowercase()));
        rest.split(',').map(part).collect::<Option<_>>().ok_or_else(wrong)?
    } else {
        rest.split(',').map(|span| span.parse().map(Slot::Times)).collect::<Result<_, _>>()?
    };
    Ok((season, days, slots))
}

/// `Jul 01-Aug 31 ` in front of a rule, or nothing.
fn parse_season(rule: &str) -> (Option<Season>, &str) {
    let parse = || {
        let month_day = |text: &str| {
            let (month, day) = text.split_once(' ')?;
            let month = MONTHS.iter().position(|m| *m == month)? as u8 + 1;
            Some((month, day.parse::<u8>().ok().filter(|d| (1..=31).contains(d))?))
        };
        let (from, rest) = rule.split_once('-')?;
        let at = rest.match_indices(' ').nth(1)?.0;
        Some((Season { from: month_day(from)?, to: month_day(&rest[..at])? }, rest[at..].trim_start()))
    };
    match parse() {
        Some((season, rest)) => (Some(season), rest),
        None => (None, rule),
    }
}

fn parse_days(text: &str) -> Result<Vec<DaySelector>, ParseWeekError> {
    let mut days = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let wrong = || ParseWeekError(text.into());
        let end = match (rest.find('['), rest.find(',')) {
            (Some(open), comma) if comma.is_none_or(|comma| open < comma) => rest.find(']').ok_or_else(wrong)? + 1,
            (_, Some(comma)) => comma,
            (_, None) => rest.len(),
        };
        let (part, tail) = rest.split_at(end);
        rest = tail.trim_start_matches(',');
        if let Some((day, nth)) = part.strip_suffix(']').and_then(|p| p.split_once('[')) {
            let nth = nth.split(',').map(|n| n.parse::<i8>().map_err(|_| wrong())).collect::<Result<_, _>>()?;
            days.push(DaySelector { day: day.parse()?, nth });
        } else if let Some((first, last)) = part.split_once('-') {
            days.extend(first.parse::<Day>()?.through(last.parse()?).into_iter().map(DaySelector::from));
        } else {
            days.push(part.parse::<Day>()?.into());
        }
    }
    Ok(days)
}

/// How hours are to be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// One comes to the counter.
    #[default]
    WalkIn,
    /// One comes by appointment.
    Appointment,
    /// One telephones.
    Phone,
    /// One meets on video.
    Video,
}

impl Access {
    /// The lower-case word used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WalkIn => "walk_in",
            Self::Appointment => "appointment",
            Self::Phone => "phone",
            Self::Video => "video",
        }
    }
}

/// Weekly hours and how they are to be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OfficeHours {
    /// The hours.
    #[serde(rename = "oh")]
    pub week: Week,
    /// How they are to be used.
    pub access: Access,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        text.parse::<Week>().unwrap().to_string()
    }

    #[test]
    fn days_are_grouped_and_each_stands_whole_in_one_rule() {
        for (written, canon) in [
            ("Mo-Fr 08:30-12:30", "Mo-Fr 08:30-12:30"),
            ("Mo,Tu,We,Th,Fr 8:30-12:30", "Mo-Fr 08:30-12:30"),
            ("Tu,Th 08:30-12:30,15:00-17:30; Mo,We,Fr 08:30-12:30", "Mo,We,Fr 08:30-12:30; Tu,Th 08:30-12:30,15:00-17:30"),
            ("Mo-Fr 08:30-12:30; Tu 15:00-17:00", "Mo,We-Fr 08:30-12:30; Tu 15:00-17:00"),
            ("Mo-Fr 08:30-12:30, Tu 15:00-17:00", "Mo,We-Fr 08:30-12:30; Tu 08:30-12:30,15:00-17:00"),
            ("Sa[1,3] 09:00-11:30; Mo 09:00+", "Mo 09:00+; Sa[1,3] 09:00-11:30"),
            ("Jul 01-Aug 31 Mo-Fr 08:00-13:00; Su,PH off", "Su,PH off; Jul 01-Aug 31 Mo-Fr 08:00-13:00"),
            ("Mo-Fr \"mattina\", We \"pomeriggio\"", "Mo-Fr \"mattina\", We \"pomeriggio\""),
            ("Fr-Mo 09:00-12:00", "Mo,Fr-Su 09:00-12:00"),
        ] {
            assert_eq!(canonical(written), canon, "{written}");
            assert_eq!(canonical(canon), canon, "twice: {written}");
        }
    }

    #[test]
    fn what_is_no_week_is_refused() {
        for text in ["lunedì 9-12", "Mo 12:00-09:00", "Mo", "Mo 25:00-26:00", "Xx 09:00-10:00", "Mo[ 09:00-10:00", "é", "Mo é"] {
            assert!(text.parse::<Week>().is_err(), "{text}");
        }
    }
}
