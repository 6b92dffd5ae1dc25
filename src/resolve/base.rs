//! Hours, status and address: what has one value at a time. Statements are painted onto the days, the later over the earlier.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::beside::{beside, without_part};
use super::fold::Source;
use super::lists::add_cause;
use super::same::same_said;
use super::statement::{Facet, Said, Statement};
use super::timeline::{Timeline, next};
use crate::domain::{Aspect, Cause, Fact, OfficeHours, OfficeId, Status, Value, day_of};

/// An article without an end that began this long before an office page was first read is taken to be known to that page.
const STALE_DAYS: i64 = 30;
/// A page that showed dated hours as its own, and still shows them this long after their end, means them.
const ECHO_DAYS: i64 = 14;
/// The same for a status: there are but five, and a page soon says one of them for reasons of its own. So many days ahead of what was
/// announced, and so many behind it, a page may show it.
const STATUS_ECHO_DAYS: i64 = 3;

/// The facts of hours, status and address, from what is said of the office itself and of all offices.
pub(super) fn levels(own: &[Source<'_>], general: &[Source<'_>], today: Date) -> BTreeMap<Aspect, Vec<Fact>> {
    let painted: Vec<(Facet, Painted<'_>)> = Facet::LEVELS.into_iter().map(|facet| (facet, paint(facet, own, general, today))).collect();
    let mut facts = BTreeMap::new();
    for aspect in [Aspect::Hours, Aspect::Status, Aspect::Address] {
        let facets: Vec<&Painted<'_>> = painted.iter().filter(|(facet, _)| facet.aspect() == aspect).map(|(_, painted)| painted).collect();
        facts.insert(aspect, gather(&facets));
    }
    facts
}

/// Indices into the layers: the one that shows, last, and beneath it what it is added to.
type Stack = Vec<usize>;

/// One facet's statements, and on which days which of them shows.
struct Painted<'a> {
    layers: Vec<Layer<'a>>,
    days: Timeline<Stack>,
}

impl<'a> Painted<'a> {
    /// What the layer that shows on a day is added to.
    fn beneath(&self, day: Date) -> impl Iterator<Item = &Layer<'a>> {
        let stack = self.days.on(day).map(Vec::as_slice).unwrap_or_default();
        let (_, beneath) = stack.split_last().unwrap_or((&0, &[]));
        beneath.iter().filter_map(|index| self.layers.get(*index))
    }

    /// The hours of a day, those of an article that says "anche" beside the ones that held.
    fn hours_on(&self, day: Date) -> Vec<OfficeHours> {
        let stack = self.days.on(day).map(Vec::as_slice).unwrap_or_default();
        let said = stack.iter().filter_map(|index| {
            let statement = self.layers.get(*index)?.source.statement;
            match &statement.said {
                Said::Hours(hours) => Some((hours, statement.part.as_deref())),
                Said::Status(_) | Said::Address(_) | Said::Channel(_) | Said::Closure(_) | Said::Opening(_) => None,
            }
        });
        said.fold(Vec::new(), |held, (more, part)| match (held.is_empty(), part) {
            (true, None) => more.clone(),
            (true, Some(_)) => held,
            (false, None) => beside(&held, more),
            (false, Some(part)) => without_part(&held, more, part),
        })
    }
}

/// A statement as it is painted.
#[derive(Debug, Clone, Copy)]
struct Layer<'a> {
    source: Source<'a>,
    general: bool,
    from: Option<Date>,
    until: Option<Date>,
    role: Role,
}

/// What a layer is to its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// What it says.
    Said,
    /// What the page showed before it showed what was announced.
    Before,
    /// What the page goes on showing long after the period for which it was announced.
    Outlasting,
}

impl Layer<'_> {
    fn is_over(&self) -> bool {
        self.until.is_some()
    }

    /// An office page's undated matter: what is, rather than what is announced.
    fn is_standing(&self) -> bool {
        self.source.is_page() && (self.from.is_none() || self.role == Role::Outlasting) && self.until.is_none()
    }

    /// Among statements without an end: pages as first read lie lowest, and what pages say of all offices in general below what they
    /// say of one. The rest lies over them in the order in which it was said.
    fn rank(&self) -> (u8, Date, jiff::Timestamp, bool, std::cmp::Reverse<usize>, Option<Date>, &str) {
        let statement = self.source.statement;
        let url = self.source.document.url.as_str();
        let vague = self.general && self.source.is_page() && (statement.first_sight || statement.facet != Facet::Status);
        let layer = match (self.source.is_page(), vague, statement.first_sight) {
            (true, true, _) => 0,
            (true, false, true) => 1,
            (true, false, false) | (false, _, _) => 2,
        };
        let few = std::cmp::Reverse(self.source.n_offices);
        match layer {
            1 => (layer, Date::MIN, jiff::Timestamp::MIN, !self.general, few, statement.from, url),
            _ => (layer, statement.asserted, statement.since, !self.general, few, statement.from, url),
        }
    }
}

fn paint<'a>(facet: Facet, own: &[Source<'a>], general: &[Source<'a>], today: Date) -> Painted<'a> {
    let of_facet = |source: &&Source<'a>| source.statement.facet == facet;
    let mut sources: Vec<(Source<'a>, bool)> = own.iter().filter(of_facet).map(|source| (*source, false)).collect();
    if facet != Facet::Address {
        sources.extend(general.iter().filter(of_facet).map(|source| (*source, true)));
    }
    let all = sources.clone();
    sources.retain(|(source, _)| !is_stale(source, &all) && !is_postponed(source, &all));
    let mut layers: Vec<Layer<'a>> = sources
        .iter()
        .flat_map(|(source, general)| {
            let speaks_from = speaks_from(source, &all);
            let layers = unechoed(*source, *general, &all, today).into_iter();
            layers.filter_map(move |layer| Some(Layer { from: layer.from.max(speaks_from?), ..layer }))
        })
        .collect();
    layers.sort_by(|a, b| (a.rank(), a.from, a.until).cmp(&(b.rank(), b.from, b.until)));

    let mut base: Timeline<Stack> = Timeline::new();
    let mut over: Timeline<Option<usize>> = Timeline::new();
    for (index, layer) in layers.iter().enumerate() {
        if layer.is_over() {
            continue;
        }
        let announced = |(start, shown): (Date, Option<&Stack>)| {
            let shown = shown.and_then(|shown| layers.get(*shown.last()?));
            let ahead = shown.is_some_and(|shown| shown.from == Some(start) && shown.role != Role::Before);
            (ahead && start > layer.source.statement.asserted).then_some(start)
        };
        // what a page says undated holds now; what was announced for a later day still comes
        let ahead = if layer.is_standing() { base.starts().filter_map(announced).min() } else { None };
        let until = [ahead, given_up_on(layer, &sources, &all)].into_iter().flatten().min().and_then(|day| day.yesterday().ok());
        lay(&mut base, layer, index, (layer.from, until));
    }
    let mut dated: Vec<(usize, &Layer<'a>)> =
        layers.iter().enumerate().filter(|(_, layer)| layer.is_over() || !layer.source.is_page()).collect();
    dated.sort_by_key(|(_, layer)| (layer.source.statement.asserted, layer.source.statement.since, !layer.general));
    for (index, layer) in dated {
        // an article without an end lets the base show through from its first day on
        let shown = if layer.is_over() { Some(Some(index)) } else { None };
        let from = if layer.is_over() { layer.from } else { layer.from.or(Some(layer.source.statement.asserted)) };
        over.paint(from, layer.until, shown);
    }
    for stretch in over.stretches() {
        if let Some(index) = stretch.value
            && let Some(layer) = layers.get(index)
        {
            lay(&mut base, layer, index, (stretch.from, stretch.until));
        }
    }
    Painted { layers, days: base }
}

/// Paints a layer on its days: in place of what showed there, or beside it.
fn lay(days: &mut Timeline<Stack>, layer: &Layer<'_>, index: usize, (from, until): (Option<Date>, Option<Date>)) {
    let beneath = if layer.source.statement.beside { days.stretches() } else { Vec::new() };
    days.paint(from, until, Some(vec![index]));
    for stretch in beneath {
        let first = stretch.from.max(from);
        let last = match (stretch.until, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        if first.zip(last).is_none_or(|(first, last)| first <= last) {
            let stack: Stack = stretch.value.into_iter().chain([index]).collect();
            days.paint(first, last, Some(stack));
        }
    }
}

fn days_later(day: Date, n_days: i64) -> Date {
    day.saturating_add(jiff::Span::new().days(n_days))
}

/// An old article without an end, beside an office page that was first read long after: the page knows better.
fn is_stale(source: &Source<'_>, all: &[(Source<'_>, bool)]) -> bool {
    let statement = source.statement;
    if source.is_page() || statement.until.is_some() {
        return false;
    }
    let start = statement.from.map_or(statement.asserted, |from| from.max(statement.asserted));
    all.iter().any(|(page, general)| {
        page.is_page() && !general && page.statement.first_sight && days_later(start, STALE_DAYS) < day_of(page.document.first_read)
    })
}

/// New hours of an office that is open by appointment say nothing of appointments: from which day a statement says something, where it has
/// a say at all (`Some(None)`: from its own first day).
fn speaks_from(source: &Source<'_>, all: &[(Source<'_>, bool)]) -> Option<Option<Date>> {
    if source.is_page() || !source.statement.implied {
        return Some(None);
    }
    let restricts = |other: &Source<'_>| {
        let said = &other.statement.said;
        other.document.url != source.document.url && matches!(said, Said::Status(Status::Appointment | Status::Reduced))
    };
    let last = all.iter().filter(|(other, _)| restricts(other)).map(|(other, _)| other.statement.until.unwrap_or(Date::MAX)).max();
    last.map_or(Some(None), |last| Some(Some(next(last)?)))
}

/// The day from which an article says something else that has no say here: what it said before ends there all the same.
fn given_up_on(layer: &Layer<'_>, sources: &[(Source<'_>, bool)], all: &[(Source<'_>, bool)]) -> Option<Date> {
    let own = layer.source;
    let later = sources.iter().map(|(other, _)| other).filter(|other| {
        other.document.url == own.document.url && other.statement.key == own.statement.key && other.statement.until.is_none()
    });
    later
        .filter(|other| speaks_from(other, all).is_none())
        .filter_map(|other| other.statement.from)
        .filter(|day| Some(*day) > layer.from)
        .min()
}

/// What was announced for a day, and then for a later day in the same words of meaning: only the later day counts. So does a period
/// that a correction shortens.
fn is_postponed(source: &Source<'_>, all: &[(Source<'_>, bool)]) -> bool {
    let early = source.statement;
    all.iter().any(|(other, _)| {
        let late = other.statement;
        let later = (late.asserted, late.since) > (early.asserted, early.since) && late.key == early.key;
        let put_off = late.until == early.until
            && early.from.is_some_and(|from| from > late.asserted)
            && late.from.is_some_and(|from| early.from.is_some_and(|early| from > early));
        let shortened = late.replaces && early.until.is_some() && late.until.is_some();
        later && other.document.url != source.document.url && same_said(&late.said, &early.said) && (put_off || shortened)
    })
}

/// A page edited to show what was announced for a period shows it for that period: beneath it stays what the page showed before. Where it
/// goes on showing it long after, it means it from then on.
fn unechoed<'a>(source: Source<'a>, general: bool, all: &[(Source<'a>, bool)], today: Date) -> Vec<Layer<'a>> {
    let statement = source.statement;
    let plain = Layer { source, general, from: statement.from, until: statement.until, role: Role::Said };
    if !source.is_page() || statement.first_sight || statement.from.is_some() || statement.until.is_some() {
        return vec![plain];
    }
    let (ahead_days, after_days) = match (statement.facet, statement.implied) {
        (Facet::Status, true) => (0, STATUS_ECHO_DAYS),
        (Facet::Status, false) => (STATUS_ECHO_DAYS, STATUS_ECHO_DAYS),
        _ => (i64::MAX, ECHO_DAYS),
    };
    let shown_on = day_of(statement.since);
    // the last day on which it is taken for what was announced; beyond the calendar where that has no end
    let taken_until = |notice: &Statement| match notice.until {
        Some(until) => {
            let in_time = notice.from.is_none_or(|from| ahead_days == i64::MAX || from <= days_later(shown_on, ahead_days));
            (in_time && until >= statement.asserted).then(|| days_later(until, after_days))
        }
        None => notice.from.is_some_and(|from| from > statement.asserted).then_some(Date::MAX),
    };
    let echoed = all.iter().filter(|(other, _)| {
        let notice = other.statement;
        other.document.url != source.document.url && same_said(&notice.said, &statement.said) && notice.since <= statement.since
    });
    let echoed: Vec<(Date, &Statement)> = echoed.filter_map(|(other, _)| Some((taken_until(other.statement)?, other.statement))).collect();
    let is_gone = statement.missing.is_some(); // what it no longer shows it cannot mean
    let shown = match echoed.iter().find(|(taken_until, _)| is_gone || today <= *taken_until) {
        Some((_, notice)) => Layer { from: notice.from, until: notice.until, ..plain },
        None => match echoed.iter().map(|(taken_until, _)| *taken_until).max() {
            Some(taken_until) => Layer { from: next(taken_until), role: Role::Outlasting, ..plain },
            None => return vec![plain],
        },
    };
    let beneath = statement.before.iter().map(|before| Layer {
        source: Source { statement: before, ..source },
        general,
        from: before.from,
        until: before.until,
        role: Role::Before,
    });
    beneath.chain([shown]).collect()
}

/// What shows of one aspect, stretch by stretch: hours at the counter, by telephone and by video go together.
fn gather(facets: &[&Painted<'_>]) -> Vec<Fact> {
    let mut bounds: std::collections::BTreeSet<Option<Date>> = std::collections::BTreeSet::new();
    for painted in facets {
        for stretch in painted.days.stretches() {
            bounds.insert(stretch.from);
            bounds.extend(stretch.until.and_then(next).map(Some));
        }
    }
    let bounds: Vec<Option<Date>> = bounds.into_iter().collect();
    let mut facts: Vec<Fact> = Vec::new();
    for (i, start) in bounds.iter().enumerate() {
        let end = bounds.get(i + 1).copied().flatten();
        let until = end.and_then(|end| end.yesterday().ok());
        let Some(day) = start.or(until).or(Some(Date::MIN)) else { continue };
        let shown: Vec<(&Painted<'_>, &Layer<'_>)> = facets
            .iter()
            .filter_map(|painted| Some((*painted, painted.days.on(day).and_then(|stack| painted.layers.get(*stack.last()?))?)))
            .collect();
        let shown: Vec<&(&Painted<'_>, &Layer<'_>)> =
            shown.iter().filter(|(_, layer)| !shown.iter().any(|(_, other)| shuts(other, layer))).collect();
        if shown.is_empty() {
            continue;
        }
        let fact = fact(&shown, day, *start, until);
        facts.push(fact);
    }
    facts
}

/// "Solo per telefono, dalle 9 alle 12": no hours that held before hold beside these.
fn shuts(alone: &Layer<'_>, other: &Layer<'_>) -> bool {
    let (one, two) = (alone.source.statement, other.source.statement);
    let not_later = (two.asserted, two.since) <= (one.asserted, one.since);
    one.alone && !two.alone && one.facet != two.facet && (not_later || (alone.is_over() && other.is_standing()))
}

fn fact(shown: &[&(&Painted<'_>, &Layer<'_>)], day: Date, from: Option<Date>, until: Option<Date>) -> Fact {
    let mut hours: Vec<OfficeHours> = Vec::new();
    let mut value = None;
    let mut causes: Vec<Cause> = Vec::new();
    let mut except: Vec<OfficeId> = Vec::new();
    for (painted, layer) in shown {
        match &layer.source.statement.said {
            Said::Hours(_) => hours.extend(painted.hours_on(day)),
            Said::Status(status) => value = Some(Value::Status(*status)),
            Said::Address(address) => value = Some(Value::Address(address.clone())),
            Said::Channel(_) | Said::Closure(_) | Said::Opening(_) => {}
        }
        except.extend(layer.source.statement.except.iter().filter(|office| !except.contains(office)).cloned().collect::<Vec<_>>());
        add_cause(&mut causes, layer.source.cause());
        for beneath in painted.beneath(day) {
            add_cause(&mut causes, beneath.source.cause());
        }
        let agreeing = painted.layers.iter().filter(|other| agrees(other, layer));
        for other in agreeing {
            add_cause(&mut causes, other.source.cause());
        }
    }
    hours.sort_by_key(|entry| entry.access);
    let value = value.unwrap_or(Value::Hours(hours));
    let general = shown.iter().all(|(_, layer)| layer.general);
    let resumes = from.is_some() && shown.iter().all(|(_, layer)| layer.from != from || layer.role == Role::Outlasting);
    let aged = shown.iter().all(|(_, layer)| layer.until.is_none() && layer.source.is_aged());
    Fact { value, from, until, resumes, aged, general, except, causes }
}

/// Whether another document says the same for overlapping days.
fn agrees(other: &Layer<'_>, shown: &Layer<'_>) -> bool {
    let ends_before = |one: &Layer<'_>, two: &Layer<'_>| one.until.is_some_and(|until| two.from.is_some_and(|from| until < from));
    other.source.document.url != shown.source.document.url
        && same_said(&other.source.statement.said, &shown.source.statement.said)
        && !ends_before(other, shown)
        && !ends_before(shown, other)
}
