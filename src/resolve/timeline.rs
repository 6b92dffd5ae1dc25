//! What holds when: days painted over by statements, the later over the earlier.

use jiff::civil::Date;

/// A value for each day, from the beginning of time until further notice. `None`: nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Timeline<T> {
    /// Where a value begins (`None`: the beginning of time) and the value; sorted, the first one begins at `None`.
    steps: Vec<(Option<Date>, Option<T>)>,
}

/// A stretch of days with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch<T> {
    /// First day; `None`: the beginning of time.
    pub from: Option<Date>,
    /// Last day, included; `None`: until further notice.
    pub until: Option<Date>,
    /// What holds.
    pub value: T,
}

/// The next day; `None` at the end of the calendar.
pub(super) fn next(day: Date) -> Option<Date> {
    day.tomorrow().ok()
}

impl<T: Clone + PartialEq> Timeline<T> {
    /// Nothing is known on any day.
    pub fn new() -> Self {
        Self { steps: vec![(None, None)] }
    }

    /// Lets a value hold from a day (`None`: since ever) until a day, included (`None`: until further notice), whatever held there.
    pub fn paint(&mut self, from: Option<Date>, until: Option<Date>, value: Option<T>) {
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            return;
        }
        let after = until.and_then(next).map(|day| (day, self.on(day).cloned()));
        self.steps.retain(|(start, _)| match (*start, after.as_ref()) {
            (start, Some((after, _))) if start > Some(*after) => true,
            (start, _) => start < from,
        });
        self.steps.push((from, value));
        self.steps.extend(after.map(|(day, value)| (Some(day), value)));
        self.steps.sort_by_key(|(start, _)| *start);
        self.steps.dedup_by(|later, earlier| later.1 == earlier.1);
    }

    /// What holds on a day.
    pub fn on(&self, day: Date) -> Option<&T> {
        let step = self.steps.iter().rev().find(|(start, _)| start.is_none_or(|start| start <= day));
        step.and_then(|(_, value)| value.as_ref())
    }

    /// Days on which another value begins.
    pub fn starts(&self) -> impl Iterator<Item = (Date, Option<&T>)> {
        self.steps.iter().filter_map(|(start, value)| Some(((*start)?, value.as_ref())))
    }

    /// The stretches on which something is known.
    pub fn stretches(&self) -> Vec<Stretch<T>> {
        let ends = self.steps.iter().skip(1).map(|(start, _)| start.and_then(|day| day.yesterday().ok())).chain([None]);
        let stretch = |((from, value), until): (&(Option<Date>, Option<T>), Option<Date>)| {
            value.clone().map(|value| Stretch { from: *from, until, value })
        };
        self.steps.iter().zip(ends).filter_map(stretch).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn text(timeline: &Timeline<char>) -> String {
        let day = |day: Option<Date>| day.map_or("…".into(), |day| day.day().to_string());
        let parts: Vec<String> = timeline.stretches().iter().map(|s| format!("{}:{}-{}", s.value, day(s.from), day(s.until))).collect();
        parts.join(" ")
    }

    #[test]
    fn a_dated_value_lies_over_the_base_which_holds_again_after_it() {
        let mut timeline = Timeline::new();
        timeline.paint(None, None, Some('a'));
        timeline.paint(Some(date(2026, 3, 5)), Some(date(2026, 3, 9)), Some('b'));
        assert_eq!(text(&timeline), "a:…-4 b:5-9 a:10-…");
        timeline.paint(Some(date(2026, 3, 7)), None, Some('c'));
        assert_eq!(text(&timeline), "a:…-4 b:5-6 c:7-…");
        timeline.paint(None, Some(date(2026, 3, 5)), None);
        assert_eq!(text(&timeline), "b:6-6 c:7-…");
        assert_eq!(timeline.on(date(2026, 3, 1)), None);
        assert_eq!(timeline.on(date(2026, 3, 6)), Some(&'b'));
    }

    #[test]
    fn each_day_has_what_was_painted_last() {
        let day = |i: i8, step: i16, days: i16| (i16::from(i) * step % days) as i8;
        let span = |i: i8| (date(2026, 3, 1 + day(i, 3, 11)), date(2026, 3, 4 + day(i, 7, 20)));
        let mut timeline = Timeline::new();
        let mut days: [Option<i8>; 32] = [None; 32];
        for i in 0..18 {
            let (from, until) = span(i);
            let value = (i % 5 != 0).then_some(i);
            timeline.paint(Some(from), Some(until), value);
            for day in 1..32 {
                if from.day() <= day && day <= until.day() {
                    days[day as usize] = value;
                }
            }
            for day in 1..32 {
                assert_eq!(timeline.on(date(2026, 3, day)).copied(), days[day as usize], "step {i}, day {day}");
            }
        }
    }
}
