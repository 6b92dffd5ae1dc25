//! `sportello doctor`: looks at what the program stands on, and says what to do about what is not well.
//!
//! A check is a function in [`CHECKS`]: it looks at one thing and adds what it found, each with a way out where something is wrong.
//! Nothing is changed by looking.

mod database;
mod settings;

use std::io::Write;

use serde::Serialize;

use super::args::{DoctorArgs, Global};
use super::{Outcome, setup};
use crate::config::Settings;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// As it should be.
    Ok,
    /// It works, but somebody should look at it.
    Warning,
    /// It does not work, or not as promised.
    Error,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// What was looked at: "database".
    check: &'static str,
    /// How serious it is.
    level: Level,
    /// What was found.
    says: String,
    /// What to do about it.
    advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, says: says.into(), advice: None }
    }

    fn warning(check: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, level: Level::Warning, says: says.into(), advice: Some(advice.into()) }
    }

    fn error(check: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, level: Level::Error, says: says.into(), advice: Some(advice.into()) }
    }

    /// An error whose message says already what to do: `what · way out`.
    fn failed(check: &'static str, error: &anyhow::Error) -> Self {
        let text = format!("{error:#}");
        match text.rsplit_once(" · ") {
            Some((says, advice)) => Self::error(check, says, advice),
            None => Self { check, level: Level::Error, says: text, advice: None },
        }
    }
}

/// What checks look at.
struct Patient<'a> {
    args: &'a DoctorArgs,
    /// The settings with the file they came from, or why they cannot be read.
    loaded: Result<setup::Loaded, anyhow::Error>,
}

impl Patient<'_> {
    /// The settings; the built-in ones where the file cannot be read, so that the other checks look at something.
    fn settings(&self) -> Settings {
        self.loaded.as_ref().map(|loaded| loaded.settings.clone()).unwrap_or_default()
    }
}

/// All checks, in the order in which they are made.
const CHECKS: &[fn(&Patient<'_>) -> Vec<Finding>] = &[settings::look, database::look, database::verify];

/// Makes all checks and shows what they found.
pub fn run(args: &DoctorArgs, global: &Global) -> anyhow::Result<Outcome> {
    let patient = Patient { args, loaded: setup::settings(global) };
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let mut worst = Level::Ok;
    for check in CHECKS {
        // shown as they come: some checks take their time
        for finding in check(&patient) {
            worst = worst.max(finding.level);
            show(&mut out, &finding, args.json)?;
        }
        out.flush()?;
    }
    Ok(if worst == Level::Error { Outcome::Partly } else { Outcome::Done })
}

fn show(out: &mut impl Write, finding: &Finding, json: bool) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer(&mut *out, finding)?;
        writeln!(out)?;
        return Ok(());
    }
    let style = finding.level.style();
    writeln!(out, "{style}{:<8}{style:#} {:<9} {}", finding.level.as_str(), finding.check, finding.says)?;
    if let Some(advice) = &finding.advice {
        writeln!(out, "{:18} → {advice}", "")?;
    }
    Ok(())
}
