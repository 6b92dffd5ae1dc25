//! A week as text: the part of OpenStreetMap's `opening_hours` syntax that offices need, read and written
//! (<https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification>).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::hours::{Day, DaySelector, MONTHS, ParseWeekError, Season, Slot, Week};

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
            for ((season, day), slots) in week.days() {
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
            said |= c == ':' || c == '"' || (c == ' ' && part[at..].starts_with(" off"));
            if c == ',' && said && part[at + 1..].trim_start().starts_with(|c: char| c.is_ascii_uppercase()) {
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
