//! How the public is served, in words: a small grammar of predicates over the classes of `lexicon/service.toml`.
//!
//! In: the tokens of a sentence, with what other families have read. Out: cues (closed, open, by appointment, remote, reduced, denied), each with its place. A rule
//! takes the words that it has used, so that "non è necessario prenotare" is never read again as "prenotare". Never decides to whom a cue belongs.

mod booking;
mod denial;
mod less;
mod open;
mod remote;
mod sentence;
mod shut;

use std::ops::Range;

use self::sentence::Sentence;
use crate::lexicon::{Cue, Lexicon, Run};
use crate::text::Token;

/// What stands in a sentence beside words of service.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// Offices, branches and addresses: the words inside them say nothing.
    pub names: &'a [Range<usize>],
    /// Days, hours, dates and parts of the day.
    pub times: &'a [Range<usize>],
    /// Where words of doubt or denial begin.
    pub doubts: &'a [usize],
}

/// Every cue of service in a sentence, in the order of the text.
pub fn read(tokens: &[Token], beside: Beside, lexicon: &Lexicon) -> Vec<Run<Cue>> {
    let words = lexicon.service().find(tokens);
    if words.is_empty() {
        return Vec::new(); // most lines of a page
    }
    let mut sentence = Sentence::new(tokens, &words, beside, lexicon);
    denial::read(&mut sentence);
    less::read(&mut sentence);
    shut::read(&mut sentence);
    booking::read(&mut sentence);
    remote::read(&mut sentence);
    open::read(&mut sentence);
    sentence.into_cues()
}
