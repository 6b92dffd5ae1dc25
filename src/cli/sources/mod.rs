//! `sportello sources …`: what volunteers do with `sources.toml`: check it, list it, try a page, add one, see how the pages fare.

mod add;
mod hosts;
mod lint;
mod look;
mod status;
mod trial;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use url::Url;

use super::args::Global;
use super::{Outcome, setup};
use crate::config::format_duration;
use crate::config::sources::{Cadence, source_kind};
use crate::domain::SourceKind;

/// `sportello sources …`
#[derive(Debug, Subcommand)]
pub enum SourcesCommand {
    /// Check sources.toml: every problem with its line and a way out
    Lint(LintArgs),
    /// List the sources
    List {
        /// One source a line, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch a source now and show what would be read; nothing is stored
    Try(TryArgs),
    /// Look at an address, propose an entry and append it to sources.toml
    Add(AddArgs),
    /// Show how the sources fare: last good, failures, next try
    Status(StatusArgs),
}

/// `sportello sources lint`
#[derive(Debug, Args)]
pub struct LintArgs {
    /// The file [default: what `[sources] file` names in the settings, else sources.toml]
    pub file: Option<PathBuf>,
    /// Ask every source once, too
    #[arg(long)]
    pub online: bool,
    /// One problem a line, as JSON on standard output
    #[arg(long)]
    pub json: bool,
}

/// `sportello sources try`
#[derive(Debug, Args)]
pub struct TryArgs {
    /// The id of a source (`comune-prato/novita`), or any address
    #[arg(value_name = "ID|URL")]
    pub source: String,
    /// Take the address for this kind of source instead of guessing
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// Read only this part of each document (CSS)
    #[arg(long, value_name = "CSS")]
    pub select: Option<String>,
    /// Which links are articles: beginning of the path, or CSS
    #[arg(long, value_name = "PREFIX|CSS")]
    pub follow: Option<String>,
    /// How many of a list's articles to read
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub articles: usize,
}

/// `sportello sources add`
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The address of a page, a list, a feed or a site
    pub url: Url,
    /// The body's id, in place of the one that the site suggests
    #[arg(long, value_name = "ID")]
    pub body: Option<String>,
    /// The body's name ("Comune di Altopascio"), in place of the one that the site suggests
    #[arg(long)]
    pub name: Option<String>,
    /// The source's short name; otherwise it follows from the address
    #[arg(long, value_name = "NAME")]
    pub id: Option<String>,
    /// Take the address for this kind of source instead of guessing
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// Show the entry, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `sportello sources status`
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// One source a line, as JSON
    #[arg(long)]
    pub json: bool,
    /// Only the sources of this body
    #[arg(long, value_name = "ID")]
    pub body: Option<String>,
    /// Only the sources that fail
    #[arg(long)]
    pub failing: bool,
    /// One line a host in place of one a source
    #[arg(long)]
    pub hosts: bool,
}

/// The kinds of sources, as words of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// One document
    Page,
    /// A list or feed of articles
    News,
    /// A sitemap
    Sitemap,
    /// A home page, from which the rest is found
    Site,
}

impl From<Kind> for SourceKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Page => Self::Page,
            Kind::News => Self::News,
            Kind::Sitemap => Self::Sitemap,
            Kind::Site => Self::Site,
        }
    }
}

/// Does what is asked of the sources.
pub(super) fn run(command: &SourcesCommand, global: &Global) -> anyhow::Result<Outcome> {
    match command {
        SourcesCommand::Lint(args) => lint::run(args, global),
        SourcesCommand::List { json } => list(*json, global),
        SourcesCommand::Try(args) => trial::run(args, global),
        SourcesCommand::Add(args) => add::run(args, global),
        SourcesCommand::Status(args) => status::run(args, global),
    }
}

fn list(json: bool, global: &Global) -> anyhow::Result<Outcome> {
    let sources = setup::sources(&setup::settings(global)?.settings)?;
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(std::io::stdout().lock()));
    let width = sources.iter().map(|(_, source)| source.id.0.chars().count()).max().unwrap_or_default();
    for (body, source) in sources.iter() {
        let cadence = match &source.cadence {
            Cadence::Every(interval) => format_duration(*interval),
            Cadence::At(schedule) => schedule.to_string(),
        };
        let kind = source_kind(source.kind);
        if json {
            let line = serde_json::json!({
                "id": source.id, "body": body.body.id, "name": body.body.name, "kind": kind, "url": source.url, "cadence": cadence,
            });
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{:<width$}  {kind:<7}  {cadence:<6}  {}", source.id.0, source.url)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}
