//! A mail that goes to thousands is written once: the same changes in the same language read the same, but for the links that are each
//! reader's own.
//!
//! A page with another reader's link in it would let one unsubscribe the other, and templates may be an operator's own. So the first two
//! mails are written in full, and only where the second is the first with the links exchanged, letter for letter, are those that follow
//! made that way.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::domain::{About, Body, Change, Delivery, Language};

use super::mail::{Letterhead, Mail};
use super::render::{Links, RenderError, Written, address, links, write};
use super::templates::Templates;

/// So many mails are kept: two languages, and digests beside alerts.
const MAX_KEPT: usize = 4;

/// The mails written last. For one letterhead and one set of templates.
#[derive(Debug, Default)]
pub struct Proofs {
    kept: Mutex<VecDeque<Arc<Proof>>>,
}

#[derive(Debug)]
struct Proof {
    about: About,
    language: Language,
    changes: Vec<Arc<Change>>,
    bodies: Vec<Arc<Body>>,
    subject: String,
    text: Vec<Piece>,
    html: Vec<Piece>,
    calendar: Option<String>,
    tokens: [String; 2],
    verdict: Verdict,
}

/// What stands in all mails, and which of a reader's tokens follows it, if one does.
#[derive(Debug)]
struct Piece {
    common: String,
    token: Option<usize>,
}

/// Whether the tokens may be exchanged.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Verdict {
    /// Nothing was compared with it yet.
    Unread,
    /// A second mail was it with its tokens exchanged.
    Good,
    /// A second mail read otherwise.
    Bad,
}

impl Proofs {
    /// Writes the mail of a delivery, as [`render`](super::render()) does.
    ///
    /// # Errors
    /// A template that cannot be filled.
    pub fn render(&self, delivery: &Delivery, letterhead: &Letterhead, templates: &Templates, now: Timestamp) -> Result<Mail, RenderError> {
        let links = links(delivery, letterhead);
        let proof = self.of(delivery);
        if let Some(proof) = proof.as_ref().filter(|proof| proof.verdict == Verdict::Good) {
            return Ok(address(delivery, letterhead, now, &links, proof.exchanged(&links)));
        }
        let written = write(delivery, letterhead, templates, &links)?;
        if matches!(delivery.about, About::Alert(_) | About::Digest { .. } | About::Reminder(_)) {
            self.learn(delivery, proof.as_deref(), &written, &links);
        }
        Ok(address(delivery, letterhead, now, &links, written))
    }

    fn of(&self, delivery: &Delivery) -> Option<Arc<Proof>> {
        let kept = self.kept.lock().ok()?;
        kept.iter().find(|proof| proof.is_of(delivery)).cloned()
    }

    /// Keeps the first mail of its kind, and judges it by the second.
    fn learn(&self, delivery: &Delivery, proof: Option<&Proof>, written: &Written, links: &Links) {
        let verdict = match proof {
            None => Verdict::Unread,
            Some(proof) if proof.verdict == Verdict::Bad || proof.tokens.iter().zip(&links.tokens).any(|(one, other)| one == other) => {
                return;
            }
            Some(proof) if proof.exchanged(links) == *written => Verdict::Good,
            Some(_) => Verdict::Bad,
        };
        let proof = Proof {
            about: delivery.about.clone(),
            language: delivery.to.language,
            changes: delivery.changes.clone(),
            bodies: delivery.bodies.clone(),
            subject: written.subject.clone(),
            text: pieces(&written.text, &links.tokens),
            html: pieces(&written.html, &links.tokens),
            calendar: written.calendar.clone(),
            tokens: links.tokens.clone(),
            verdict,
        };
        if let Ok(mut kept) = self.kept.lock() {
            kept.retain(|kept| !kept.is_of(delivery));
            kept.truncate(MAX_KEPT - 1);
            kept.push_front(Arc::new(proof));
        }
    }
}

impl Proof {
    fn is_of(&self, delivery: &Delivery) -> bool {
        self.language == delivery.to.language
            && self.about == delivery.about
            && self.changes == delivery.changes
            && self.bodies == delivery.bodies
    }

    /// The mail with another reader's links.
    fn exchanged(&self, links: &Links) -> Written {
        Written {
            subject: self.subject.clone(),
            text: joined(&self.text, links),
            html: joined(&self.html, links),
            calendar: self.calendar.clone(),
        }
    }
}

/// A text cut at the tokens in it.
fn pieces(text: &str, tokens: &[String; 2]) -> Vec<Piece> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    let first = |rest: &str| {
        let found = tokens.iter().enumerate().filter_map(|(n, token)| Some((rest.find(token.as_str())?, n)));
        found.min()
    };
    while let Some((at, token)) = first(rest) {
        let (common, after) = rest.split_at(at);
        pieces.push(Piece { common: common.into(), token: Some(token) });
        rest = after.get(tokens[token].len()..).unwrap_or_default();
    }
    pieces.push(Piece { common: rest.into(), token: None });
    pieces
}

fn joined(pieces: &[Piece], links: &Links) -> String {
    let parts = pieces.iter().flat_map(|piece| [piece.common.as_str(), piece.token.map_or("", |token| &links.tokens[token])]);
    parts.collect()
}
