//! A mail as bytes on the wire: MIME parts, encoded headers, the envelope.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::{AddressError, Envelope};
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Body, Mailbox, Message};

use crate::alert::{Mail, ascii_domain};
use crate::domain::DeliveryId;

use super::{Dkim, Quoted};

/// A mail ready to be handed over.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The delivery that it is.
    pub delivery: DeliveryId,
    /// The sender of the envelope, where bounces go.
    pub return_path: Address,
    /// The recipient of the envelope; its domain is in ASCII.
    pub to: Address,
    /// The whole message, lines ended by CRLF. ASCII, unless the recipient's address itself is not (SMTPUTF8, RFC 6531).
    pub bytes: Vec<u8>,
}

/// A mail could not be put into bytes: an address in it is none.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// An address, whose it is and what is wrong.
    #[error("the address of the {0} is not valid: {1}")]
    Address(&'static str, #[source] AddressError),
    /// The message could not be put together.
    #[error("cannot put the message together: {0}")]
    Message(#[from] lettre::error::Error),
}

/// Puts a mail into bytes. The same mail gives the same bytes: even the boundaries between its parts are made from the delivery's id.
/// A signature carries the time it was made at.
pub fn compose(mail: &Mail, quoted: &Quoted, dkim: Option<&Dkim>) -> Result<Sealed, ComposeError> {
    let from = address(&mail.from.address).map_err(|error| ComposeError::Address("sender", error))?;
    let to = address(&mail.to).map_err(|error| ComposeError::Address("recipient", error))?;
    let return_path = address(&mail.return_path).map_err(|error| ComposeError::Address("return path", error))?;
    let since_epoch = Duration::from_secs(u64::try_from(mail.date.as_second()).unwrap_or(0));
    let mut builder = Message::builder()
        .envelope(Envelope::new(Some(return_path.clone()), vec![to.clone()])?)
        .date(SystemTime::UNIX_EPOCH + since_epoch)
        // before From: Postfix asks its rewriting service for each address, and remembers the last, which was the recipient's
        .to(Mailbox::new(None, to.clone()))
        .from(Mailbox::new(Some(mail.from.name.clone()).filter(|name| !name.is_empty()), from))
        .message_id(Some(format!("<{}>", mail.message_id)))
        .subject(&mail.subject);
    for (name, value) in &mail.headers {
        if let Ok(name) = HeaderName::new_from_ascii((*name).to_string()) {
            builder = builder.raw_header(header(name, value));
        }
    }
    let boundary = |part: &str| format!("=_{part}_{}", mail.message_id.replace(['@', '.'], "_"));
    let parts = [("text/plain", &mail.text), ("text/html", &mail.html)].map(|(kind, text)| text_part(kind, quoted, text));
    let mut whole = multipart("alternative", &boundary("alt"), &parts);
    if let Some(calendar) = &mail.calendar {
        whole = multipart("mixed", &boundary("mix"), &[whole, calendar_part(quoted, calendar)]);
    }
    // its kind stands among the headers of the mail, where a signature can cover it
    builder = builder.header(MIME_VERSION_1_0).raw_header(header(HeaderName::new_from_ascii_str("Content-Type"), &whole.kind));
    let mut message = builder.body(Body::dangerous_pre_encoded(whole.content.into_bytes(), ContentTransferEncoding::SevenBit))?;
    if let Some(dkim) = dkim {
        dkim.sign(&mut message);
    }
    Ok(Sealed { delivery: mail.delivery, return_path, to, bytes: message.formatted() })
}

/// An address with its domain in ASCII, so that only a local part beyond ASCII needs SMTPUTF8.
fn address(text: &str) -> Result<Address, AddressError> {
    let (user, domain) = text.rsplit_once('@').ok_or(AddressError::MissingParts)?;
    Address::new(user, ascii_domain(domain))
}

/// A part of a mail, in ASCII with lines ended by CRLF.
struct Part {
    /// Its Content-Type.
    kind: String,
    /// Its other headers, each line ended.
    headers: &'static str,
    content: String,
}

/// Parts in one (RFC 2046 §5.1). Written out here, since a mail goes to thousands and `lettre` copies each part three times.
fn multipart(kind: &str, boundary: &str, parts: &[Part]) -> Part {
    let size: usize = parts.iter().map(|part| part.content.len() + 2 * boundary.len() + 200).sum();
    let mut content = String::with_capacity(size);
    for Part { kind, headers, content: inner } in parts {
        for piece in ["--", boundary, "\r\nContent-Type: ", kind, "\r\n", headers, "\r\n", inner, "\r\n"] {
            content.push_str(piece);
        }
    }
    for piece in ["--", boundary, "--\r\n"] {
        content.push_str(piece);
    }
    Part { kind: format!("multipart/{kind}; boundary=\"{boundary}\""), headers: "", content }
}

/// Quoted-printable throughout: lines stay short, and no relay needs to recode what DKIM has signed.
fn text_part(kind: &str, quoted: &Quoted, text: &str) -> Part {
    let headers = "Content-Transfer-Encoding: quoted-printable\r\n";
    Part { kind: format!("{kind}; charset=utf-8"), headers, content: quoted.encode(text) }
}

/// Closures as a file that calendars open.
fn calendar_part(quoted: &Quoted, calendar: &str) -> Part {
    let headers = "Content-Disposition: attachment; filename=\"chiusure.ics\"\r\nContent-Transfer-Encoding: quoted-printable\r\n";
    Part { headers, ..text_part("text/calendar; method=PUBLISH", quoted, calendar) }
}

/// A header with its value. Values of ours are ASCII with spaces between things that must not be broken; the encoder folds at those.
fn header(name: HeaderName, value: &str) -> HeaderValue {
    // no line break can come from our own code, and none gets past this one
    HeaderValue::new(name, value.replace(['\r', '\n'], " "))
}
