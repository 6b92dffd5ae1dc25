//! Signed links: what a subscriber may do, proven by the link itself. Pure; the secret is the store's and comes as an argument.
//!
//! A token says who, what for and until when, and carries an HMAC-SHA256 over it (RFC 2104), so that nobody can make one up and one made
//! for a purpose serves no other. That a confirmation counts once is the store's matter: it confirms a request only while it waits.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::domain::{DeliveryId, SubscriberId};

/// A secret of this database, 32 random bytes made once and kept in the store. Does not show itself in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub [u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Confirm a new subscription.
    Confirm,
    /// See and change one's subscriptions, leave, be forgotten.
    Manage,
    /// Leave with one click (RFC 8058).
    Unsubscribe,
}

impl Purpose {
    fn byte(self) -> u8 {
        match self {
            Self::Confirm => b'c',
            Self::Manage => b'm',
            Self::Unsubscribe => b'u',
        }
    }
}

const MAC_BYTES: usize = 16; // half of SHA-256's output, which RFC 2104 §5 allows

/// A token for a subscriber. `request` tells one request of the same subscriber from the next: a later one makes the earlier void when
/// the store counts up. `until`: the instant from which it is void; `None` for links that must work for good, as unsubscribing must.
pub fn sign(secret: &Secret, purpose: Purpose, subscriber: SubscriberId, request: i64, until: Option<Timestamp>) -> String {
    let mut bytes = Vec::with_capacity(41);
    bytes.push(purpose.byte());
    bytes.extend(subscriber.0.to_be_bytes());
    bytes.extend(request.to_be_bytes());
    bytes.extend(until.map_or(0, Timestamp::as_second).to_be_bytes());
    let mac = mac(secret, b"link", &bytes);
    bytes.extend(mac.get(..MAC_BYTES).unwrap_or_default());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whom a token speaks for, and which request; `None` when it is no token of this database, was made for another purpose or is void by now.
pub fn verify(secret: &Secret, purpose: Purpose, token: &str, now: Timestamp) -> Option<(SubscriberId, i64)> {
    let bytes = URL_SAFE_NO_PAD.decode(token.get(..64).unwrap_or(token)).ok()?;
    let (said, shown) = bytes.split_at_checked(25)?;
    if shown.len() != MAC_BYTES {
        return None;
    }
    keyed(secret, b"link", said).verify_truncated_left(shown).ok()?;
    let (kind, rest) = said.split_first()?;
    let number = |at: usize| rest.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map(i64::from_be_bytes);
    let until = number(16)?;
    let holds = *kind == purpose.byte() && (until == 0 || now.as_second() < until);
    if holds { Some((SubscriberId(number(0)?), number(8)?)) } else { None }
}

/// The return path of one delivery (VERP): `bounce+42-3f9a6c21@example.org`, so that a bounce names its delivery and nobody can invent one.
/// `base` is the address that collects bounces; without an `@` in it, it is returned as it is.
pub fn return_path(secret: &Secret, base: &str, delivery: DeliveryId) -> String {
    match base.rsplit_once('@') {
        Some((user, domain)) => format!("{user}+{delivery}-{}@{domain}", bounce_mark(secret, delivery)),
        None => base.to_string(),
    }
}

/// The delivery that a bounce to this address speaks of, if the address is one of ours.
pub fn bounced(secret: &Secret, address: &str) -> Option<DeliveryId> {
    let (user, _) = address.rsplit_once('@')?;
    let (_, mark) = user.rsplit_once('+')?;
    let (id, shown) = mark.split_once('-')?;
    let delivery = DeliveryId(id.parse().ok()?);
    // a guess at 32 bits by mail is slow; what it would buy is one address stopped
    (bounce_mark(secret, delivery) == shown.to_ascii_lowercase()).then_some(delivery)
}

/// What a mark is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Remembers that an address is not to be remembered.
    Forgotten,
    /// Counts how often something is asked for.
    Asked,
}

/// A keyed hash (HMAC-SHA256) that stands for a text where the text itself is not to be kept: without this database's secret, nobody can
/// even try addresses out against it.
pub fn mark(secret: &Secret, what: Mark, text: &str) -> [u8; 32] {
    let domain: &[u8] = match what {
        Mark::Forgotten => b"forgotten",
        Mark::Asked => b"asked",
    };
    keyed(secret, domain, text.as_bytes()).finalize().into_bytes().into()
}

/// The key under which the calls of a webhook are signed; its owner gets it once. Hexadecimal, 64 digits.
pub fn hook_key(secret: &Secret, subscriber: SubscriberId) -> String {
    hex(&mac(secret, b"webhook", &subscriber.0.to_be_bytes()))
}

/// The signature of a call: HMAC-SHA256 under the key's text over the second of sending, a full stop and the body. Hexadecimal.
pub fn hook_signature(key: &str, at: Timestamp, body: &[u8]) -> String {
    // a text of 64 digits is as long as a block of SHA-256
    let mut block = [0; 64];
    block.iter_mut().zip(key.bytes()).for_each(|(byte, of_key)| *byte = of_key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(at.as_second().to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name for something in headers that cannot be reversed or guessed: eight hexadecimal digits.
pub(crate) fn keyed_hash(secret: &Secret, domain: &[u8], text: &[u8]) -> String {
    mac(secret, domain, text).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn bounce_mark(secret: &Secret, delivery: DeliveryId) -> String {
    keyed_hash(secret, b"bounce", &delivery.0.to_be_bytes())
}

fn mac(secret: &Secret, domain: &[u8], bytes: &[u8]) -> Vec<u8> {
    keyed(secret, domain, bytes).finalize().into_bytes().to_vec()
}

/// The domain keeps a mark made for one use from serving in another.
fn keyed(secret: &Secret, domain: &[u8], bytes: &[u8]) -> Hmac<Sha256> {
    let mut key = [0; 64]; // HMAC fills a short key up with zeros to the size of a block (RFC 2104 §2)
    key.iter_mut().zip(secret.0).for_each(|(byte, secret)| *byte = secret);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&key.into());
    mac.update(domain);
    mac.update(&[0]);
    mac.update(bytes);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Secret = Secret([7; 32]);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_link_serves_its_purpose_until_its_time_and_no_other() {
        let ada = SubscriberId(42);
        let token = sign(&SECRET, Purpose::Confirm, ada, 3, Some(at("2026-03-03T08:00:00Z")));
        let read = |purpose, now| verify(&SECRET, purpose, &token, at(now));
        assert_eq!(read(Purpose::Confirm, "2026-03-03T07:59:59Z"), Some((ada, 3)));
        assert_eq!(read(Purpose::Confirm, "2026-03-03T08:00:00Z"), None);
        assert_eq!(read(Purpose::Manage, "2026-03-01T08:00:00Z"), None);
        assert_eq!(verify(&Secret([8; 32]), Purpose::Confirm, &token, at("2026-03-01T08:00:00Z")), None);
        let forever = sign(&SECRET, Purpose::Unsubscribe, ada, 0, None);
        assert_eq!(verify(&SECRET, Purpose::Unsubscribe, &forever, at("2099-01-01T00:00:00Z")), Some((ada, 0)));
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{token}");
    }

    #[test]
    fn a_link_changed_anywhere_is_no_link() {
        let token = sign(&SECRET, Purpose::Manage, SubscriberId(1), 0, None);
        for i in 0..token.len() {
            let mut letters = token.clone().into_bytes();
            letters[i] = if letters[i] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(letters).unwrap();
            if changed != token {
                assert_eq!(verify(&SECRET, Purpose::Manage, &changed, Timestamp::UNIX_EPOCH), None, "{i}");
            }
        }
        for wrong in ["", "A", &token[1..], &format!("{token}A"), &token.repeat(9), "è", "💡💡"] {
            assert_eq!(verify(&SECRET, Purpose::Manage, wrong, Timestamp::UNIX_EPOCH), None, "{wrong}");
        }
    }

    #[test]
    fn a_bounce_names_its_delivery() {
        let path = return_path(&SECRET, "bounce@example.org", DeliveryId(42));
        assert!(path.starts_with("bounce+42-") && path.ends_with("@example.org"), "{path}");
        assert_eq!(bounced(&SECRET, &path), Some(DeliveryId(42)));
        assert_eq!(bounced(&SECRET, &path.to_uppercase()), Some(DeliveryId(42)));
        assert_eq!(bounced(&SECRET, &path.replace("42", "43")), None);
        assert_eq!(bounced(&SECRET, "bounce@example.org"), None);
    }
}
