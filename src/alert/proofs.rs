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
    written: Written,
    tokens: [String; 2],
    verdict: Verdict,
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
            written: written.clone(),
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
        let exchange = |text: &str| text.replace(&self.tokens[0], &links.tokens[0]).replace(&self.tokens[1], &links.tokens[1]);
        Written { text: exchange(&self.written.text), html: exchange(&self.written.html), ..self.written.clone() }
    }
}
