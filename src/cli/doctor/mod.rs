//! `sportello doctor`: looks at what the program stands on, and says what to do about what is not well.
//!
//! A check is a function in [`CHECKS`]: it looks at one thing and adds what it found, each with a way out where something is wrong.
//! Nothing is changed by looking, and no mail is sent.

mod browser;
mod clock;
mod database;
mod disk;
mod mail;
mod names;
mod rights;
mod settings;
mod site;
mod sources;
mod words;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use tokio::runtime::Runtime;

use super::args::{DoctorArgs, Global};
use super::{Outcome, setup};
use crate::config::{Settings, Sources};
use crate::domain::Language;
use crate::store::{self, Store, StoreError};
use words::Words;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// As it should be.
    Ok,
    /// It works, but somebody should look at it.
    Warning,
    /// It does not work, or not as promised.
    Error,
}

impl Level {
    /// The same in every language: for programs.
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn in_language(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Warning, Language::It) => "attenzione",
            (Self::Error, Language::It) => "errore",
            (level, _) => level.as_str(),
        }
    }

    fn style(self) -> anstyle::Style {
        let colour = match self {
            Self::Ok => anstyle::AnsiColor::Green,
            Self::Warning => anstyle::AnsiColor::Yellow,
            Self::Error => anstyle::AnsiColor::Red,
        };
        colour.on_default()
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    /// What was looked at: "database".
    check: &'static str,
    /// How serious it is.
    level: Level,
    /// What was found.
    says: Words,
    /// What to do about it.
    advice: Option<Words>,
}

impl Finding {
    fn ok(check: &'static str, says: impl Into<Words>) -> Self {
        Self { check, level: Level::Ok, says: says.into(), advice: None }
    }

    fn warning(check: &'static str, says: impl Into<Words>, advice: impl Into<Words>) -> Self {
        Self { check, level: Level::Warning, says: says.into(), advice: Some(advice.into()) }
    }

    fn error(check: &'static str, says: impl Into<Words>, advice: impl Into<Words>) -> Self {
        Self { check, level: Level::Error, says: says.into(), advice: Some(advice.into()) }
    }

    /// An error whose message says already what to do: `what · way out`.
    fn failed(check: &'static str, error: &anyhow::Error) -> Self {
        let text = format!("{error:#}");
        match text.rsplit_once(" · ") {
            Some((says, advice)) => Self::error(check, says, advice),
            None => Self { check, level: Level::Error, says: text.into(), advice: None },
        }
    }
}

/// What checks look at.
struct Patient<'a> {
    args: &'a DoctorArgs,
    /// The settings with the file they came from, or why they cannot be read.
    loaded: Result<setup::Loaded, anyhow::Error>,
    /// What they say; the built-in ones where the file cannot be read, so that the other checks look at something.
    settings: Settings,
    /// What is watched, or why it cannot be read.
    sources: Result<Sources, anyhow::Error>,
    /// The database, or why it cannot be opened.
    store: Result<Arc<dyn Store>, StoreError>,
    /// For checks that wait for the network.
    runtime: Runtime,
}

impl<'a> Patient<'a> {
    fn new(args: &'a DoctorArgs, global: &Global) -> anyhow::Result<Self> {
        let loaded = setup::settings(global);
        let settings = loaded.as_ref().map(|loaded| loaded.settings.clone()).unwrap_or_default();
        let sources = setup::sources(&settings);
        let store = store::open_read_only(&settings.store.path);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
        Ok(Self { args, loaded, settings, sources, store, runtime })
    }

    /// A secret that systemd hands to the service: from the folder of credentials or, where a person at a terminal asks, from the place
    /// that the service has it from.
    fn credential(&self, name: &str) -> Option<PathBuf> {
        let handed = setup::credentials().map(|folder| folder.join(name));
        handed.into_iter().chain([PathBuf::from(format!("/etc/credstore/sportello.{name}"))]).find(|path| path.exists())
    }
}

/// All checks, in the order in which they are made: what is on this machine first, then what waits for others, then what reads everything.
const CHECKS: &[fn(&Patient<'_>) -> Vec<Finding>] = &[
    settings::look,
    sources::look,
    database::look,
    sources::health,
    rights::look,
    disk::look,
    clock::look,
    browser::look,
    names::look,
    mail::look,
    site::look,
    database::verify,
];

/// Makes all checks and shows what they found.
pub fn run(args: &DoctorArgs, global: &Global) -> anyhow::Result<Outcome> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).unwrap_or_default());
    let language = args.language.unwrap_or_else(|| words::of_locale(locale));
    let patient = Patient::new(args, global)?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let mut worst = Level::Ok;
    for check in CHECKS {
        // shown as they come: some checks take their time
        for finding in check(&patient) {
            worst = worst.max(finding.level);
            show(&mut out, &finding, language, args.json)?;
        }
        out.flush()?;
    }
    // a name that is still being looked up is not waited for
    patient.runtime.shutdown_background();
    Ok(if worst == Level::Error { Outcome::Partly } else { Outcome::Done })
}

fn show(out: &mut impl Write, finding: &Finding, language: Language, json: bool) -> anyhow::Result<()> {
    let says = finding.says.in_language(language);
    let advice = finding.advice.as_ref().map(|advice| advice.in_language(language));
    if json {
        let record = serde_json::json!({ "check": finding.check, "level": finding.level.as_str(), "says": says, "advice": advice });
        writeln!(out, "{record}")?;
        return Ok(());
    }
    let style = finding.level.style();
    let width = Level::Warning.in_language(language).len() + 1;
    writeln!(out, "{style}{:<width$}{style:#} {:<9} {says}", finding.level.in_language(language), finding.check)?;
    if let Some(advice) = advice {
        writeln!(out, "{:indent$} → {advice}", "", indent = width + 10)?;
    }
    Ok(())
}
