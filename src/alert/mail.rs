//! A mail as a value, before it is put into bytes; and what all mails of an installation share.

use jiff::Timestamp;
use url::Url;

use crate::domain::{DeliveryId, Language};

use super::clean;
use super::tokens::Secret;

/// A name and an address: `Sportello <avvisi@example.org>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name to show; may be empty.
    pub name: String,
    /// The address, without brackets.
    pub address: String,
}

/// The text is no mailbox.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address: {0:?} · write it as avvisi@example.org or \"Sportello <avvisi@example.org>\"")]
pub struct ParseMailboxError(pub String);

impl std::str::FromStr for Mailbox {
    type Err = ParseMailboxError;

    fn from_str(text: &str) -> Result<Self, ParseMailboxError> {
        let wrong = || ParseMailboxError(text.into());
        let (name, address) = match text.trim().strip_suffix('>').map(|start| start.rsplit_once('<')) {
            Some(Some((name, address))) => (name.trim().trim_matches('"'), address),
            Some(None) => return Err(wrong()),
            None => ("", text.trim()),
        };
        let (user, domain) = address.rsplit_once('@').ok_or_else(wrong)?;
        let plain =
            |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "<>(),;:\"@[]\\".contains(c));
        if !plain(user) || !plain(domain) || name.contains(['<', '>']) || name != clean(name) {
            return Err(wrong());
        }
        Ok(Self { name: name.into(), address: address.into() })
    }
}

impl Mailbox {
    /// The part before the `@`.
    pub fn user(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(user, _)| user)
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// A domain in ASCII (IDNA, RFC 5891): `xn--citt-3na.it` for `città.it`. What is no domain stays as it is.
pub(crate) fn ascii_domain(domain: &str) -> String {
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(ascii)) => ascii,
        _ => domain.to_string(),
    }
}

/// What all mails of an installation share.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// Who writes.
    pub from: Mailbox,
    /// Where the site is reached from outside; `None` when there is none, and mails then carry no links to it.
    pub public_url: Option<Url>,
    /// The address that collects bounces and unsubscribing by mail, with `+` as its delimiter; `None`: the sender's own address, unchanged.
    pub bounces: Option<Mailbox>,
    /// The secret of this database, for signed links.
    pub secret: Secret,
}

/// A mail, complete but for its encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The delivery that it is.
    pub delivery: DeliveryId,
    /// Where bounces go.
    pub return_path: String,
    /// Who writes.
    pub from: Mailbox,
    /// To whom.
    pub to: String,
    /// When it was written.
    pub date: Timestamp,
    /// Without brackets; the same for each attempt of a delivery.
    pub message_id: String,
    /// One line.
    pub subject: String,
    /// Further headers: name and value, one line each.
    pub headers: Vec<(&'static str, String)>,
    /// The language of its text.
    pub language: Language,
    /// The plain part.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// Closures as iCalendar (RFC 5545), if the mail tells of any.
    pub calendar: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_read_with_and_without_a_name() {
        let read = |text: &str| text.parse::<Mailbox>();
        assert_eq!(
            read("Sportello <avvisi@example.org>").unwrap(),
            Mailbox { name: "Sportello".into(), address: "avvisi@example.org".into() }
        );
        assert_eq!(read("\"Lo Sportello\" <a@b.it>").unwrap().name, "Lo Sportello");
        assert_eq!(read("a+b@città.it").unwrap().domain(), "città.it");
        for wrong in ["", "a", "@b.it", "a@", "a b@c.it", "a@b.it>", "X <a@b.it", "X\r\nBcc: y@z.it <a@b.it>", "a@b@c.it", "a,b@c.it"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
