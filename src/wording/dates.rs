//! Days and periods in words.

use jiff::civil::{Date, Weekday};

use super::pick;
use crate::domain::{DateRange, Language};

const MONTHS_IT: [&str; 12] =
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];
const MONTHS_EN: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The name of a month, 1 to 12.
pub(super) fn month(language: Language, month: u8) -> &'static str {
    let names = match language {
        Language::It => MONTHS_IT,
        Language::En => MONTHS_EN,
    };
    usize::from(month).checked_sub(1).and_then(|i| names.get(i).copied()).unwrap_or_default()
}

fn weekday(language: Language, day: Date) -> &'static str {
    let (it, en) = match day.weekday() {
        Weekday::Monday => ("lunedì", "Monday"),
        Weekday::Tuesday => ("martedì", "Tuesday"),
        Weekday::Wednesday => ("mercoledì", "Wednesday"),
        Weekday::Thursday => ("giovedì", "Thursday"),
        Weekday::Friday => ("venerdì", "Friday"),
        Weekday::Saturday => ("sabato", "Saturday"),
        Weekday::Sunday => ("domenica", "Sunday"),
    };
    pick(language, it, en)
}

/// "9 marzo", "1º aprile"; with its year when it is not `year`.
pub fn day(language: Language, day: Date, year: i16) -> String {
    let number = if language == Language::It && day.day() == 1 { "1º".to_string() } else { day.day().to_string() };
    let name = month(language, day.month().unsigned_abs());
    if day.year() == year { format!("{number} {name}") } else { format!("{number} {name} {}", day.year()) }
}

/// "lunedì 9 marzo".
pub fn long_day(language: Language, date: Date, year: i16) -> String {
    format!("{} {}", weekday(language, date), day(language, date, year))
}

/// "da lunedì 9 marzo", "da lunedì 9 marzo a venerdì 3 aprile", "fino a venerdì 3 aprile", "lunedì 9 marzo"; `None` when nothing is stated.
pub fn period(language: Language, from: Option<Date>, until: Option<Date>, year: i16) -> Option<String> {
    let long = |date| long_day(language, date, year);
    let text = match (from, until, language) {
        (None, None, _) => return None,
        (Some(from), Some(until), Language::It) if from == until => long(from),
        (Some(from), Some(until), Language::En) if from == until => format!("on {}", long(from)),
        (Some(from), Some(until), _) => match DateRange::new(from, until) {
            Some(days) => range(language, days, year),
            None => return None,
        },
        (Some(from), None, Language::It) => format!("da {}", long(from)),
        (Some(from), None, Language::En) => format!("from {}", long(from)),
        (None, Some(until), Language::It) => format!("fino a {}", long(until)),
        (None, Some(until), Language::En) => format!("until {}", long(until)),
    };
    Some(text)
}

/// "dal 9 marzo", "dall'8 marzo", "from 9 March": for a subject.
pub(super) fn short_from(language: Language, from: Date, year: i16) -> String {
    let day = day(language, from, year);
    match language {
        Language::It if matches!(from.day(), 8 | 11) => format!("dall'{day}"),
        Language::It => format!("dal {day}"),
        Language::En => format!("from {day}"),
    }
}

/// "fino al 3 aprile", "fino all'8 aprile", "until 3 April".
pub(super) fn short_until(language: Language, until: Date, year: i16) -> String {
    let day = day(language, until, year);
    match language {
        Language::It if matches!(until.day(), 8 | 11) => format!("fino all'{day}"),
        Language::It => format!("fino al {day}"),
        Language::En => format!("until {day}"),
    }
}

/// "giovedì 24 dicembre", "da giovedì 24 a giovedì 31 dicembre".
pub(super) fn range(language: Language, range: DateRange, year: i16) -> String {
    let (first, last) = (range.first(), range.last());
    if first == last {
        return long_day(language, first, year);
    }
    let same_month = (first.year(), first.month()) == (last.year(), last.month());
    let number = if language == Language::It && first.day() == 1 { "1º".to_string() } else { first.day().to_string() };
    let start = if same_month { format!("{} {number}", weekday(language, first)) } else { long_day(language, first, year) };
    let end = long_day(language, last, year);
    match language {
        Language::It => format!("da {start} a {end}"),
        Language::En => format!("from {start} to {end}"),
    }
}

/// "il 24 dicembre", "l'8 dicembre", "dal 24 al 31 dicembre": for a subject.
pub(crate) fn short_range(language: Language, range: DateRange, year: i16) -> String {
    let (first, last) = (range.first(), range.last());
    if first == last {
        let day = day(language, first, year);
        return match language {
            Language::It if matches!(first.day(), 8 | 11) => format!("l'{day}"),
            Language::It => format!("il {day}"),
            Language::En => format!("on {day}"),
        };
    }
    let end = day(language, last, year);
    let same_month = (first.year(), first.month()) == (last.year(), last.month());
    match language {
        Language::It => {
            let start = if same_month {
                day(language, first, year).split(' ').next().unwrap_or_default().to_string()
            } else {
                day(language, first, year)
            };
            let elided =
                |article: &str, date: Date| if matches!(date.day(), 8 | 11) { format!("{article}l'") } else { format!("{article} ") };
            format!("{}{start} {}{end}", elided("dal", first), elided("al", last))
        }
        Language::En => {
            let start = if same_month { first.day().to_string() } else { day(language, first, year) };
            format!("{start} to {end}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_read_as_one_says_them() {
        let (march, april) = (date(2026, 3, 9), date(2026, 4, 3));
        for (language, from, until, text) in [
            (Language::It, Some(march), None, "da lunedì 9 marzo"),
            (Language::It, Some(march), Some(april), "da lunedì 9 marzo a venerdì 3 aprile"),
            (Language::It, Some(march), Some(date(2026, 3, 13)), "da lunedì 9 a venerdì 13 marzo"),
            (Language::En, Some(march), Some(date(2026, 3, 13)), "from Monday 9 to Friday 13 March"),
            (Language::It, None, Some(april), "fino a venerdì 3 aprile"),
            (Language::It, Some(date(2027, 1, 1)), None, "da venerdì 1º gennaio 2027"),
            (Language::En, Some(march), Some(march), "on Monday 9 March"),
            (Language::En, None, Some(april), "until Friday 3 April"),
        ] {
            assert_eq!(period(language, from, until, 2026).as_deref(), Some(text));
        }
        assert_eq!(period(Language::It, None, None, 2026), None);
    }

    #[test]
    fn articles_are_elided_before_otto_and_undici() {
        assert_eq!(short_from(Language::It, date(2026, 12, 8), 2026), "dall'8 dicembre");
        assert_eq!(short_until(Language::It, date(2026, 12, 11), 2026), "fino all'11 dicembre");
        let christmas = DateRange::new(date(2026, 12, 24), date(2026, 12, 31)).unwrap();
        assert_eq!(short_range(Language::It, christmas, 2026), "dal 24 al 31 dicembre");
        assert_eq!(range(Language::It, christmas, 2026), "da giovedì 24 a giovedì 31 dicembre");
        assert_eq!(short_range(Language::It, DateRange::day(date(2026, 12, 8)), 2026), "l'8 dicembre");
        assert_eq!(short_range(Language::En, christmas, 2026), "24 to 31 December");
    }
}
