//! Which headings govern a block: a heading holds until one of its level follows, or until the box it stands in ends.

/// A heading in force.
struct Held {
    block: usize,
    level: u8,
    /// Index of the open element whose end may end it.
    owner: usize,
    /// Whether anything stood under it yet.
    used: bool,
}

/// The headings in force on the way through a page.
#[derive(Default)]
pub(super) struct Headings {
    held: Vec<Held>,
    /// Headings below this index cannot be ended from inside the current part of the page.
    floor: usize,
    /// Headings below this index are not shown inside it either.
    hidden: usize,
}

/// What `leave_part` needs to undo `enter_part`.
#[derive(Clone, Copy)]
pub(super) struct Part {
    floor: usize,
    hidden: usize,
    length: usize,
}

/// How the end of an element treats the headings inside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// A box of its own (article, card, item): its headings end with it.
    Always,
    /// A box if something stood under the heading, else a wrapper of the heading alone.
    IfUsed,
    /// A mere wrapper, unless it is one of several alike.
    IfRepeated,
}

impl Headings {
    /// Enters a part of the page with headings of its own; `shown` says whether those above it still govern.
    pub(super) fn enter_part(&mut self, shown: bool) -> Part {
        let part = Part { floor: self.floor, hidden: self.hidden, length: self.held.len() };
        self.floor = self.held.len();
        if !shown {
            self.hidden = self.held.len();
        }
        part
    }

    pub(super) fn leave_part(&mut self, part: Part) {
        self.held.truncate(part.length);
        self.floor = part.floor;
        self.hidden = part.hidden;
    }

    /// The level for a title without one of its own.
    pub(super) fn next_level(&self) -> u8 {
        self.shown().last().map_or(2, |held| (held.level + 1).min(6))
    }

    fn shown(&self) -> &[Held] {
        self.held.get(self.hidden..).unwrap_or_default()
    }

    /// The path to a block that stands here.
    pub(super) fn path(&mut self) -> Vec<usize> {
        for held in &mut self.held {
            held.used = true;
        }
        self.shown().iter().map(|held| held.block).collect()
    }

    /// The path to a heading of `level`, which takes its place at once; `block` is the index it will have.
    pub(super) fn push(&mut self, level: u8, block: usize, owner: usize) -> Vec<usize> {
        while self.held.len() > self.floor && self.held.last().is_some_and(|held| held.level >= level) {
            self.held.pop();
        }
        let path = self.shown().iter().filter(|held| held.level < level).map(|held| held.block).collect();
        for held in &mut self.held {
            held.used = true;
        }
        self.held.push(Held { block, level, owner, used: false });
        path
    }

    /// The open element with index `frame` ends. Returns the outermost level among its headings, for `IfRepeated`.
    pub(super) fn leave(&mut self, frame: usize, parent: usize, ends: Ends, before: u8) -> u8 {
        let mut outermost = 0;
        let mut keep = self.held.len();
        for (index, held) in self.held.iter_mut().enumerate().skip(self.floor) {
            if held.owner < frame {
                continue;
            }
            if outermost == 0 {
                outermost = held.level;
            }
            let over = match ends {
                Ends::Always => true,
                Ends::IfUsed => held.used,
                Ends::IfRepeated => held.used && held.level > 1 && before == held.level,
            };
            if over {
                keep = index;
                break;
            }
            held.owner = parent;
        }
        self.held.truncate(keep);
        outermost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_of_the_same_level_ends_the_one_before() {
        let mut headings = Headings::default();
        headings.push(2, 0, 0);
        assert_eq!(headings.push(3, 1, 0), [0]);
        assert_eq!(headings.path(), [0, 1]);
        assert!(headings.push(2, 3, 0).is_empty());
        assert_eq!(headings.path(), [3]);
    }

    #[test]
    fn a_wrapper_of_the_heading_alone_does_not_end_it() {
        let mut headings = Headings::default();
        headings.push(2, 0, 4);
        headings.leave(4, 3, Ends::IfUsed, 0);
        assert_eq!(headings.path(), [0]);
        headings.leave(3, 2, Ends::IfUsed, 0);
        assert!(headings.path().is_empty());
    }

    #[test]
    fn boxes_alike_each_keep_their_heading() {
        let mut headings = Headings::default();
        headings.push(2, 0, 1);
        headings.push(3, 1, 3);
        headings.path();
        let before = headings.leave(3, 2, Ends::IfRepeated, 0);
        headings.push(3, 3, 3);
        headings.path();
        headings.leave(3, 2, Ends::IfRepeated, before);
        assert_eq!(headings.path(), [0], "what follows the boxes stands under the heading above them");
    }

    #[test]
    fn a_part_of_the_page_ends_no_heading_outside() {
        let mut headings = Headings::default();
        headings.push(1, 0, 0);
        headings.push(2, 1, 0);
        let part = headings.enter_part(true);
        headings.push(2, 2, 5);
        assert_eq!(headings.path(), [0, 1, 2]);
        headings.leave_part(part);
        assert_eq!(headings.path(), [0, 1]);
        let part = headings.enter_part(false);
        assert!(headings.path().is_empty());
        headings.leave_part(part);
        assert_eq!(headings.path(), [0, 1]);
    }
}
