//! Changes × subscriptions → planned deliveries (`plan`); a delivery → its mail (`render`).
//!
//! Both are pure: no clock, no socket, no store. What comes from pages passes through `clean` before it reaches a template or a header.

mod calendar;
mod clean;
mod columns;
mod headers;
mod mail;
mod marked;
mod plan;
mod proofs;
mod render;
mod rows;
mod sample;
mod story;
mod templates;
pub mod tokens;
mod trouble;
mod wish;
mod words;

pub use clean::{clean, is_invisible};
pub use marked::{Piece, Pieces};
pub use rows::{Row, rows};
pub use words::aspect as aspect_name;

/// Pieces of iCalendar (RFC 5545) that mails and the site share.
pub mod ics {
    pub use super::calendar::{escaped, instants, line, utc};
}
pub(crate) use mail::ascii_domain;
pub use mail::{Letterhead, Mail, Mailbox, ParseMailboxError};
pub use plan::plan;
pub use proofs::Proofs;
pub use render::{CONFIRM_WITHIN, RenderError, render};
pub use templates::Templates;
pub use wish::{Slip, Written, address, wish};
