//! Hours, status, channels, address: one value a day. Two timelines are laid beside each other, from today on.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::tell::{How, Told};
use crate::domain::{Aspect, Fact, Value};
use crate::resolve::{meant_channels, same};

/// Two timelines of one aspect of one office.
pub(super) struct Level<'a> {
    pub aspect: Aspect,
    pub known: &'a [Fact],
    pub now: &'a [Fact],
    /// The same for all offices of the body, known and now.
    pub all: (&'a [Fact], &'a [Fact]),
    /// Whether nothing at all was known of the office.
    pub is_new: bool,
    pub today: Date,
}

/// Days on which neither timeline changes.
struct Piece<'a> {
    first: Date,
    last: Option<Date>,
    known: Option<&'a Fact>,
    now: Option<&'a Fact>,
    told: bool,
}

fn on(facts: &[Fact], day: Date) -> Option<&Fact> {
    let fact = facts.iter().find(|fact| fact.from.is_none_or(|from| from <= day) && fact.until.is_none_or(|until| day <= until));
    fact.filter(|fact| !fact.value.is_empty())
}

fn alike(one: Option<&Fact>, other: Option<&Fact>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => same(&one.value, &other.value),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether nothing is new: the fact is gone, or some of its channels are.
fn is_loss(known: Option<&Fact>, now: Option<&Fact>) -> bool {
    match (known.map(|fact| &fact.value), now.map(|fact| &fact.value)) {
        (_, None) => true,
        (Some(Value::Channels(known)), Some(Value::Channels(now))) => meant_channels(now).is_subset(&meant_channels(known)),
        (_, Some(_)) => false,
    }
}

impl<'a> Level<'a> {
    /// What is to be told, if anything.
    pub fn difference(&self) -> Option<Told> {
        let pieces = self.pieces();
        let first = pieces.iter().position(|piece| piece.told)?;
        let piece = pieces.get(first)?;
        let (start, end) = run(&pieces, first);
        let before_it = first.checked_sub(1).and_then(|i| pieces.get(i));
        let stays = before_it.is_some_and(|before| alike(before.now, piece.now));

        // H2 was to begin on the tenth, and begins on the twelfth
        let next = pieces.get(end + 1);
        let begins_later = next.and_then(|next| next.now).is_some_and(|fact| !fact.resumes);
        if stays
            && begins_later
            && piece.now.is_some()
            && next.is_some_and(|next| alike(next.now, piece.known) && alike(next.known, piece.known))
        {
            let (start, end) = run(&pieces, end + 1);
            let put_off = pieces.get(start)?;
            return Some(Told {
                aspect: self.aspect,
                before: piece.now.map(|fact| fact.value.clone()),
                after: put_off.now.map(|fact| fact.value.clone()),
                from: Some(put_off.first),
                until: pieces.get(end)?.last,
                further: Vec::new(),
                fact: put_off.now.cloned(),
                was: piece.known.cloned(),
                how: How::Corrected,
            });
        }

        let run_first = pieces.get(start)?;
        let from = match piece.now {
            None => (piece.first > self.today).then_some(piece.first),
            Some(_) if stays => Some(piece.first),
            Some(_) if run_first.first > self.today => Some(run_first.first),
            Some(fact) if fact.resumes => None,
            Some(fact) => fact.from,
        };
        let until = pieces.get(end)?.last.filter(|_| piece.now.is_some());
        Some(Told {
            aspect: self.aspect,
            before: piece.known.map(|fact| fact.value.clone()),
            after: piece.now.map(|fact| fact.value.clone()),
            from,
            until,
            further: further(&pieces, end, piece.now),
            fact: piece.now.cloned(),
            was: piece.known.cloned(),
            how: if is_loss(piece.known, piece.now) { How::Vanished } else { How::Stated },
        })
    }

    fn pieces(&self) -> Vec<Piece<'a>> {
        let mut starts: BTreeSet<Date> = [self.today].into();
        for fact in self.known.iter().chain(self.now).chain(self.all.0).chain(self.all.1) {
            starts.extend(fact.from.filter(|from| *from > self.today));
            starts.extend(fact.until.and_then(|until| until.tomorrow().ok()).filter(|day| *day > self.today));
        }
        let starts: Vec<Date> = starts.into_iter().collect();
        let piece = |(i, first): (usize, &Date)| {
            let (known, now) = (on(self.known, *first), on(self.now, *first));
            let last = starts.get(i + 1).and_then(|next| next.yesterday().ok());
            Piece { first: *first, last, known, now, told: !alike(known, now) && !self.is_explained(known, now, *first) }
        };
        starts.iter().enumerate().map(piece).collect()
    }

    /// Whether the difference came with a change for all offices, which is told once, for all; or reached an office that is new.
    fn is_explained(&self, known: Option<&Fact>, now: Option<&Fact>, day: Date) -> bool {
        let general = |fact: Option<&Fact>| fact.is_some_and(|fact| fact.general);
        let all_differ = !alike(on(self.all.0, day), on(self.all.1, day));
        (all_differ && (general(known) || general(now))) || (self.is_new && general(now))
    }
}

/// The first and the last piece of the stretch with one new value around a piece.
fn run(pieces: &[Piece<'_>], at: usize) -> (usize, usize) {
    let like = |i: usize| pieces.get(i).zip(pieces.get(at)).is_some_and(|(one, other)| alike(one.now, other.now));
    let mut start = at;
    while start.checked_sub(1).is_some_and(like) {
        start -= 1;
    }
    let mut end = at;
    while like(end + 1) {
        end += 1;
    }
    (start, end)
}

/// Other values that the new timeline holds for later days.
fn further(pieces: &[Piece<'_>], end: usize, first: Option<&Fact>) -> Vec<Fact> {
    let mut found: Vec<Fact> = Vec::new();
    for piece in pieces.iter().skip(end + 1).filter(|piece| piece.told) {
        let Some(fact) = piece.now.filter(|_| !alike(piece.now, first)) else { continue };
        match found.last_mut().filter(|last| same(&last.value, &fact.value)) {
            Some(last) => last.until = piece.last,
            None => found.push(Fact { from: Some(piece.first), until: piece.last, ..fact.clone() }),
        }
    }
    found
}
