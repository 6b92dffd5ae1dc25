//! Mails out: a mail becomes bytes (`compose`, its texts by `quoted`), waits in the outbox, and is handed over to a folder (`Files`)
//! or a server (`Smtp`). Beside it the other way out: a webhook is called (`Hooks`). `bounces` reads what comes back.
//!
//! Knows no office and no subscription; what a mail says is `alert`'s matter, where deliveries are kept the store's.

pub mod bounces;
mod compose;
mod dkim;
mod files;
mod outbox;
mod quoted;
mod smtp;
mod templates;
mod webhook;

pub use compose::{ComposeError, Sealed, compose};
pub use dkim::{Dkim, DkimError};
pub use files::{Files, FilesError};
pub use outbox::{Answer, Desk, Outbox, Sending, Transport, WriteError, retry_at, send_due};
pub use quoted::Quoted;
pub use smtp::{Hitch, Limits, Smtp, SmtpError, Welcome};
pub use templates::{TemplatesError, templates};
pub use webhook::{Call, Hooks};
