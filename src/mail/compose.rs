//! A mail as bytes on the wire: MIME parts, encoded headers, the envelope.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::{AddressError, Envelope};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Attachment, Body, Mailbox, Message, MultiPart, SinglePart};

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
        .from(Mailbox::new(Some(mail.from.name.clone()).filter(|name| !name.is_empty()), from))
        .to(Mailbox::new(None, to.clone()))
        .message_id(Some(format!("<{}>", mail.message_id)))
        .subject(&mail.subject);
    for (name, value) in &mail.headers {
        if let Ok(name) = HeaderName::new_from_ascii((*name).to_string()) {
            builder = builder.raw_header(header(name, value));
        }
    }
    let boundary = |part: &str| format!("=_{part}_{}", mail.message_id.replace(['@', '.'], "_"));
    let alternative = MultiPart::alternative()
        .boundary(boundary("alt"))
        .singlepart(text_part(ContentType::TEXT_PLAIN, quoted.encode(&mail.text)))
        .singlepart(text_part(ContentType::TEXT_HTML, quoted.encode(&mail.html)));
    let parts = match (&mail.calendar, ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH")) {
        (Some(calendar), Ok(kind)) => {
            let file = Attachment::new("chiusure.ics".into()).body(calendar.clone().into_bytes(), kind);
            MultiPart::mixed().boundary(boundary("mix")).multipart(alternative).singlepart(file)
        }
        _ => alternative,
    };
    // its Content-Type moves up among the headers of the mail, where a signature can cover it
    if let Some(kind) = parts.headers().get::<ContentType>() {
        builder = builder.header(MIME_VERSION_1_0).header(kind);
    }
    let formatted = parts.formatted();
    let at = formatted.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
    let body = formatted.get(at..).unwrap_or_default().to_vec();
    let mut message = builder.body(Body::dangerous_pre_encoded(body, ContentTransferEncoding::SevenBit))?;
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

/// Quoted-printable throughout: lines stay short, and no relay needs to recode what DKIM has signed. Encoded already, since `lettre` would
/// first weigh which encoding suits, letter by letter.
fn text_part(kind: ContentType, encoded: String) -> SinglePart {
    SinglePart::builder().header(kind).body(Body::dangerous_pre_encoded(encoded.into_bytes(), ContentTransferEncoding::QuotedPrintable))
}

/// A header with its value. Values of ours are ASCII with spaces between things that must not be broken; the encoder folds at those.
fn header(name: HeaderName, value: &str) -> HeaderValue {
    // no line break can come from our own code, and none gets past this one
    HeaderValue::new(name, value.replace(['\r', '\n'], " "))
}
