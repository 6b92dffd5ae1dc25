//! The command line as types: what can be asked of the program, and the words of its `--help`.

mod subscribers;

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand};
use jiff::{Timestamp, civil};
use url::Url;

use crate::domain::{Aspect, Language};

pub use subscribers::{SubscribeArgs, SubscribersCommand};

/// Watches the pages of Italian public offices and mails people when an office changes how it can be reached.
#[derive(Debug, Parser)]
#[command(name = "sportello", version, propagate_version = true, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Data goes to standard output, talk to standard error.
Exit status: 0 all done · 1 finished, but some sources or mails failed (named on standard error) · 2 bad usage or configuration, nothing done.

Start with `sportello demo`: a small town on this machine, a change, an alert, in a minute, without network.";

const RUN_HELP: &str = "\
Signals: SIGTERM and SIGINT finish the pages and mails in hand and end; SIGHUP reads settings and sources again, and keeps what was in
force where a file has errors. Under systemd it says when it is ready, what it is doing, and feeds the watchdog.
Health: /healthz, /readyz and, for this machine alone, /metrics at the address of [web] listen.";

const CHECK_HELP: &str = "\
Examples:
  sportello check                              what is due
  sportello check --all --body comune-prato    all pages of one body, due or not
  sportello check --no-send                    the mails stay in the outbox until the next check

The first look at a source is its baseline: nothing is told. Beside a running service a check only looks; the service sends the mails.";

const EXTRACT_HELP: &str = "\
Examples:
  sportello extract page.html notice.pdf
  sportello extract --json *.html              one record a line
  curl -s https://… | sportello extract --url https://… -";

const CHANGES_HELP: &str = "\
Examples:
  sportello changes --since 2026-03-01 --office anagrafe
  sportello changes --explain 42               the sentence, the copies of the page, the reason why it was told
  sportello changes --csv > changes.csv";

const DOCTOR_HELP: &str = "\
Looks at settings, sources, database, rights and secrets, disk, clock, browser, name service, mail server and public site. No mail is sent:
the mail server is connected to, encrypted with, logged in at, and asked whether it takes mails from our address.
Exit status: 0 all well, or nothing worse than warnings · 1 something is wrong, and what to do about it was said.

With --verify, each snapshot's bytes are held against their SHA-256, and each source's chain of snapshots is walked: what was altered, put
in or taken out since is named. The seal that it ends with covers all chains; noted elsewhere, it also shows a database that was made anew.";

const SEND_TEST_HELP: &str = "\
The message takes the way of all mails, through the outbox. Beside a running service the service sends it.
Exit status: 0 accepted · 1 refused or not sent yet.";

const DELIVERIES_HELP: &str = "\
Examples:
  sportello deliveries --failed            refused by the server, or came back
  sportello deliveries --failed --retry    and try them again
  sportello deliveries --to ada@example.org";

const BOUNCES_HELP: &str = "\
Without --maildir one message is read from standard input, as Postfix's pipe hands it over (master.cf):
  sportello-bounces unix - n n - - pipe flags=q user=sportello argv=/usr/bin/sportello bounces
with, in main.cf: recipient_delimiter = +, and in a transport map: rimbalzi@example.org sportello-bounces:
Hard bounces on three different days within 90 stop an address, a complaint at once. Automatic answers mean nothing.
Exit status: 0 read, also if it means nothing to us · 75 (EX_TEMPFAIL) the database cannot be written now: hand it over again.";

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The settings file [default: $SPORTELLO_CONFIG, ./sportello.toml, /etc/sportello/sportello.toml, else built-in defaults]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Say more; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Only in debug builds, for tests: stop at this step of the work and wait to be killed
    #[cfg(debug_assertions)]
    #[arg(long, global = true, hide = true, default_value_t = 0)]
    pub pause_at: u64,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service: watch the sources on schedule and send the mails, until told to stop
    #[command(after_help = RUN_HELP)]
    Run(RunArgs),
    /// Look once at every source that is due, print the changes, send the mails
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// Show what would be read from a file or page
    #[command(after_help = EXTRACT_HELP)]
    Extract(ExtractArgs),
    /// List the changes seen so far, or explain one
    #[command(after_help = CHANGES_HELP)]
    Changes(ChangesArgs),
    /// List the offices and how they can be reached now
    Offices(OfficesArgs),
    /// Show how one office could be reached in the course of time
    History(HistoryArgs),
    /// Write the package that proves one change: both versions as received, headers, digests, WARC, and a page that compares them
    Evidence(EvidenceArgs),
    /// Write everything for other programs: offices as open data, snapshots as WARC, or changes as a table
    Export(ExportArgs),
    /// Read the last copies of all documents again, and show what would be read differently
    Reextract(ReextractArgs),
    /// Look at what the program stands on, and say what to do about what is not well
    #[command(after_help = DOCTOR_HELP)]
    Doctor(DoctorArgs),
    /// Copy the database into a file while it is in use
    Backup(BackupArgs),
    /// Put a backup in the place of the database, after verifying it
    Restore(RestoreArgs),
    /// Check, list, try and add sources; show how they fare
    Sources {
        /// What to do with them.
        #[command(subcommand)]
        command: super::sources::SourcesCommand,
    },
    /// Add, list or remove the people who get mail and the programs that are called; read and write lists of them
    Subscribers {
        /// What to do with them.
        #[command(subcommand)]
        command: SubscribersCommand,
    },
    /// Send a test message, and tell what the server said
    #[command(after_help = SEND_TEST_HELP)]
    SendTest(SendTestArgs),
    /// Show the newest mails and calls and what became of them; queue those again that failed
    #[command(after_help = DELIVERIES_HELP)]
    Deliveries(DeliveriesArgs),
    /// Read mails that came back, complaints, and messages that unsubscribe
    #[command(after_help = BOUNCES_HELP)]
    Bounces(BouncesArgs),
    /// See a small invented town change its opening hours, and the mails that follow; needs no network and no settings
    Demo(DemoArgs),
    /// Read a PDF from standard input, under limits, for another process of this program
    #[command(hide = true)]
    ReadPdf,
    /// Print the completions for a shell
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write all pages into a folder
    Man(ManArgs),
}

/// `sportello man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write every page into this folder instead
    #[arg(long, value_name = "FOLDER")]
    pub directory: Option<PathBuf>,
}

/// `sportello run`
#[derive(Debug, Args)]
pub struct RunArgs {}

/// `sportello check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Only the sources of this body
    #[arg(long, value_name = "ID")]
    pub body: Option<String>,
    /// Only this source
    #[arg(long, value_name = "URL")]
    pub source: Option<Url>,
    /// Every source, due or not
    #[arg(long)]
    pub all: bool,
    /// Leave the mails in the outbox
    #[arg(long)]
    pub no_send: bool,
    /// Take this instant for the present (RFC 3339), for replays
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub now: Option<Timestamp>,
    /// Read saved pages in place of the network: a folder (HOST/PATH), a WARC file, or a folder of those; what is later than --now is not seen
    #[arg(long, value_name = "FOLDER|WARC")]
    pub from: Option<PathBuf>,
}

/// `sportello extract`
#[derive(Debug, Args)]
pub struct ExtractArgs {
    /// Files, addresses, or `-` for standard input
    #[arg(required = true, value_name = "FILE|URL|-")]
    pub inputs: Vec<String>,
    /// One record a line, as JSON
    #[arg(long)]
    pub json: bool,
    /// The address that the document came from; relative links and the kind of page are judged by it
    #[arg(long, value_name = "URL")]
    pub url: Option<Url>,
    /// The day the document was published, if it does not say so itself
    #[arg(long, value_name = "DATE")]
    pub published: Option<civil::Date>,
    /// Take this instant for the present (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub now: Option<Timestamp>,
}

/// `sportello changes`
#[derive(Debug, Args)]
pub struct ChangesArgs {
    /// One change a line, as JSON
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Comma-separated, with a header line
    #[arg(long)]
    pub csv: bool,
    /// Only changes seen at or after this instant or day
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub since: Option<Timestamp>,
    /// Only this body
    #[arg(long, value_name = "ID")]
    pub body: Option<String>,
    /// Only this office
    #[arg(long, value_name = "ID")]
    pub office: Option<String>,
    /// Tell why one change was seen, and why it went out
    #[arg(long, value_name = "CHANGE", conflicts_with_all = ["csv", "since", "body", "office"])]
    pub explain: Option<i64>,
}

/// `sportello offices`
#[derive(Debug, Args)]
pub struct OfficesArgs {
    /// One office a line, as JSON
    #[arg(long)]
    pub json: bool,
    /// Only this body
    #[arg(long, value_name = "ID")]
    pub body: Option<String>,
    /// What holds at this instant or day, instead of now
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<Timestamp>,
}

/// `sportello history`
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The body, as in `sources.toml`
    pub body: String,
    /// The office: an id such as `anagrafe`
    pub office: String,
    /// One version a line, as JSON
    #[arg(long)]
    pub json: bool,
}

/// `sportello evidence`
#[derive(Debug, Args)]
pub struct EvidenceArgs {
    /// The number of the change, as `sportello changes` shows it
    pub change: i64,
    /// The file to write
    #[arg(short, long, value_name = "FILE.zip")]
    pub output: PathBuf,
    /// The language of the page: it or en
    #[arg(long, value_name = "LANGUAGE", default_value = "it", value_parser = page_language)]
    pub language: Language,
    /// Overwrite the file
    #[arg(long)]
    pub force: bool,
}

fn page_language(text: &str) -> Result<Language, String> {
    match text {
        "it" => Ok(Language::It),
        "en" => Ok(Language::En),
        _ => Err("there is it and en".into()),
    }
}

/// `sportello export`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("format").required(true))]
pub struct ExportArgs {
    /// Every snapshot as received, as WARC 1.1
    #[arg(long, group = "format")]
    pub warc: bool,
    /// Every office as known now, as open data: one JSON-LD object a line
    #[arg(long, group = "format")]
    pub json: bool,
    /// Every change, comma-separated, with a header line
    #[arg(long, group = "format")]
    pub csv: bool,
    /// Only what is known since this instant or day
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub since: Option<Timestamp>,
}

/// `sportello reextract`
#[derive(Debug, Args)]
pub struct ReextractArgs {
    /// Only show what would differ
    #[arg(long)]
    pub dry_run: bool,
    /// Only the documents of this body
    #[arg(long, value_name = "ID")]
    pub body: Option<String>,
    /// One document a line, as JSON
    #[arg(long)]
    pub json: bool,
}

/// `sportello doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Walk every chain of snapshots and hold every byte against its hash
    #[arg(long)]
    pub verify: bool,
    /// The language: it, en [default: that of the terminal]
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    pub language: Option<Language>,
    /// One finding a line, as JSON
    #[arg(long)]
    pub json: bool,
}

/// `sportello backup`
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; must not exist
    pub file: PathBuf,
}

/// `sportello restore`
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup
    pub file: PathBuf,
    /// Overwrite the database
    #[arg(long)]
    pub force: bool,
}

/// `sportello send-test`
#[derive(Debug, Args)]
pub struct SendTestArgs {
    /// To whom
    #[arg(value_name = "ADDRESS")]
    pub address: String,
    /// The language: it, en
    #[arg(long, value_name = "LANGUAGE", default_value = "it", value_parser = language)]
    pub language: Language,
}

/// `sportello deliveries`
#[derive(Debug, Args)]
pub struct DeliveriesArgs {
    /// Only those that were refused or came back
    #[arg(long)]
    pub failed: bool,
    /// Queue the failed ones again
    #[arg(long, requires = "failed")]
    pub retry: bool,
    /// Only those to this address
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
    /// One delivery a line, as JSON
    #[arg(long)]
    pub json: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u32,
}

/// `sportello bounces`
#[derive(Debug, Args)]
pub struct BouncesArgs {
    /// Read all new messages of this Maildir instead, and move them to cur/
    #[arg(long, value_name = "FOLDER")]
    pub maildir: Option<PathBuf>,
}

/// `sportello demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep the mails and the database in this folder
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
}

/// An instant in RFC 3339, or a day (its first instant at the offices).
fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    text.parse::<civil::Date>()
        .ok()
        .and_then(|day| crate::domain::rome().to_timestamp(day.at(0, 0, 0, 0)).ok())
        .ok_or_else(|| "write an instant such as 2026-03-01T08:00:00Z, or a day such as 2026-03-01".into())
}

fn aspect(text: &str) -> Result<Aspect, String> {
    Aspect::ALL.into_iter().find(|aspect| aspect.as_str() == text).ok_or_else(|| {
        let known: Vec<&str> = Aspect::ALL.iter().map(|aspect| aspect.as_str()).collect();
        format!("the aspects are {}", known.join(", "))
    })
}

fn language(text: &str) -> Result<Language, String> {
    match text {
        "it" => Ok(Language::It),
        "en" => Ok(Language::En),
        _ => Err("the languages are it and en".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_day_is_its_first_instant_at_the_offices() {
        assert_eq!(instant("2026-07-01").unwrap().to_string(), "2026-06-30T22:00:00Z");
        assert_eq!(instant("2026-07-01T08:00:00Z").unwrap().to_string(), "2026-07-01T08:00:00Z");
        assert!(instant("tomorrow").is_err());
    }
}
