//! `sportello.toml`: how the program runs here. Every key is optional; without the file the defaults hold.

mod find;
mod read;
mod smtp;
mod web;

use std::path::PathBuf;
use std::time::Duration;

pub use find::{Candidate, candidates};
pub use smtp::{SmtpServer, SmtpTls};
pub use web::{Listen, Network};

use super::Problem;
use crate::domain::Language;

/// What `sportello.toml` says. Relative paths are relative to the folder in which the program was started.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// `[store]`
    pub store: Store,
    /// `[sources]`
    pub sources: SourcesFile,
    /// `[crawl]`
    pub crawl: Crawl,
    /// `[mail]`
    pub mail: Mail,
    /// `[web]`
    pub web: Web,
}

/// `[store]`: the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The SQLite file.
    pub path: PathBuf,
    /// How many versions of a document are kept; `None`: all. Versions behind a change are always kept.
    pub keep_snapshots: Option<u32>,
}

/// `[sources]`: what is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcesFile {
    /// The file that lists bodies and sources.
    pub file: PathBuf,
}

/// `[crawl]`: how sites are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crawl {
    /// An address (web page or `mailto:`) for the User-Agent, where a site's owner finds who asks.
    pub contact: Option<String>,
    /// Requests at once, in all.
    pub concurrency: usize,
    /// Requests at once to one host.
    pub per_host: usize,
    /// Least time between the beginnings of two requests to one host.
    pub delay: Duration,
    /// Longest time that one request may take.
    pub timeout: Duration,
    /// Largest body, in bytes, after decompression too.
    pub max_bytes: u64,
    /// Whether robots.txt (RFC 9309) is obeyed.
    pub respect_robots: bool,
    /// Whether loopback and private addresses may be asked.
    pub allow_private: bool,
    /// How long something must stay away before it counts as gone.
    pub confirm_after: Duration,
    /// Whether sources that never change are looked at less often, and those that just did more often.
    pub adaptive: bool,
    /// The headless browser for sources with `render = "browser"`: a command or a path.
    pub browser: PathBuf,
}

/// `[mail]`: how mails leave.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// Into files or to a server.
    pub transport: Transport,
    /// The folder for files.
    pub directory: PathBuf,
    /// The server.
    pub smtp: SmtpServer,
    /// The file that holds the password of the user that `smtp` names.
    pub password_file: Option<PathBuf>,
    /// The sender, a mailbox as in RFC 5322: `Sportello <avvisi@example.org>`.
    pub from: String,
    /// Mails a minute at most; 0: no limit.
    pub per_minute: u32,
    /// Who is told when a source fails for days: a mailbox.
    pub operator: Option<String>,
    /// The mailbox where bounces come back, each under a name of its own (`bounce+…@`); `None`: to the sender.
    pub bounces: Option<String>,
    /// A folder with templates that replace those compiled in.
    pub templates: Option<PathBuf>,
    /// The DKIM selector (RFC 6376 §3.1); `None`: mails are not signed.
    pub dkim_selector: Option<String>,
    /// The domain that signs; `None`: the sender's.
    pub dkim_domain: Option<String>,
    /// The file with the signing key, PEM; `None`: the credential `dkim-key` that systemd hands over.
    pub dkim_key_file: Option<PathBuf>,
}

/// Where mails go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transport {
    /// `.eml` files in a folder.
    #[default]
    Files,
    /// An SMTP server.
    Smtp,
}

/// `[web]`: the public site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Web {
    /// Where it listens; `None`: nowhere.
    pub listen: Option<Listen>,
    /// How it is reached from outside; links in mails begin so. Without a slash at the end.
    pub public_url: String,
    /// The language of pages when the reader's browser asks for none that we have.
    pub language: Language,
    /// The proxies whose `X-Forwarded-For` is believed; a Unix socket's other end always is.
    pub trusted_proxies: Vec<Network>,
}

/// Reads `sportello.toml`. `file` is the name that problems bear.
///
/// # Errors
/// All problems of the file, in its order; never an empty list.
pub fn parse(text: &str, file: &str) -> Result<Settings, Vec<Problem>> {
    read::settings(text, file)
}

impl Default for Store {
    fn default() -> Self {
        Self { path: "sportello.db".into(), keep_snapshots: None }
    }
}

impl Default for SourcesFile {
    fn default() -> Self {
        Self { file: "sources.toml".into() }
    }
}

impl Default for Crawl {
    fn default() -> Self {
        Self {
            contact: None,
            concurrency: 32,
            per_host: 2,
            delay: Duration::from_secs(1),
            timeout: Duration::from_secs(30),
            max_bytes: 10 << 20,
            respect_robots: true,
            allow_private: false,
            confirm_after: Duration::from_secs(6 * 3600),
            adaptive: true,
            browser: "chromium".into(),
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            transport: Transport::Files,
            directory: "outbox".into(),
            smtp: SmtpServer::default(),
            password_file: None,
            from: "Sportello <avvisi@example.org>".to_owned(),
            per_minute: 0,
            operator: None,
            bounces: None,
            templates: None,
            dkim_selector: None,
            dkim_domain: None,
            dkim_key_file: None,
        }
    }
}

impl Default for Web {
    fn default() -> Self {
        let listen = Listen::Tcp(([127, 0, 0, 1], 8080).into());
        Self { public_url: format!("http://{listen}"), listen: Some(listen), language: Language::It, trusted_proxies: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
