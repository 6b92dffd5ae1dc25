//! What the program says to the person at the terminal, beside the data: messages, errors, logs, colours. All of it on standard error.

use std::io::{ErrorKind, IsTerminal, Write};

use anstream::ColorChoice;
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::args::Global;
use super::setup::Problems;

/// Colours, logs and the last words of a panic, as the global options want them.
///
/// A service tells what an operator needs to know without being asked; a command tells only what went wrong.
pub fn set_up(global: &Global, is_service: bool) {
    match global.color {
        clap::ColorChoice::Auto => {}
        clap::ColorChoice::Always => ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => ColorChoice::Never.write_global(),
    }
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "sportello: this is a defect of the program, at {place}: please report it with the input that caused it"
        );
    }));
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (false, 0) if !is_service => "warn",
        (false, 0 | 1) => "sportello=info,warn",
        (false, 2) => "sportello=debug,info",
        (false, _) => "trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let colours = global.color != clap::ColorChoice::Never && std::io::stderr().is_terminal();
    // the journal keeps priorities and fields; a terminal or a file gets lines
    let journal = if is_service && stderr_is_the_journal() { journal() } else { None };
    let (journal_filter, line_filter) = if journal.is_some() { (filter, EnvFilter::new("off")) } else { (EnvFilter::new("off"), filter) };
    let journal = journal.map(|journal| journal.with_filter(journal_filter));
    let logs =
        tracing_subscriber::fmt::layer().with_writer(StdErr).with_ansi(colours).with_target(false).compact().with_filter(line_filter);
    let registry = tracing_subscriber::registry().with(logs).with(journal);
    #[cfg(debug_assertions)]
    let registry = registry.with(super::steps::PauseAt::new(global.pause_at));
    // a second call, as tests may make, keeps the first
    let _ = registry.try_init();
}

/// The journal's own protocol, with the priorities that operators filter by: `journalctl -u sportello -p warning`.
fn journal() -> Option<tracing_journald::Layer> {
    let priorities = PriorityMappings {
        error: Priority::Error,
        warn: Priority::Warning,
        info: Priority::Informational,
        debug: Priority::Debug,
        trace: Priority::Debug,
    };
    let layer = tracing_journald::layer().ok()?;
    Some(layer.with_field_prefix(Some("SPORTELLO".into())).with_priority_mappings(priorities).with_syslog_identifier("sportello".into()))
}

/// Whether systemd connected standard error to the journal (`$JOURNAL_STREAM` names its device and inode, systemd.exec(5)).
fn stderr_is_the_journal() -> bool {
    use std::os::unix::fs::MetadataExt;
    let named = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    let stderr = std::fs::metadata("/proc/self/fd/2");
    stderr.is_ok_and(|stderr| named == format!("{}:{}", stderr.dev(), stderr.ino()))
}

/// Standard error for the logs.
struct StdErr;

impl<'a> MakeWriter<'a> for StdErr {
    type Writer = std::io::Stderr;

    fn make_writer(&'a self) -> Self::Writer {
        std::io::stderr()
    }
}

/// One line on standard error: "sportello: " and the causes, outermost first.
pub fn error(error: &anyhow::Error) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let mut err = anstream::stderr();
    match error.downcast_ref::<Problems>() {
        // files that people write give all their problems at once
        Some(Problems(problems)) => problems.iter().for_each(|problem| drop(writeln!(err, "{problem}"))),
        None => drop(writeln!(err, "{style}sportello:{style:#} {}", one_line(error))),
    }
}

/// Something that went wrong without ending the command, on standard error.
pub fn warn(words: impl std::fmt::Display) {
    let style = anstyle::AnsiColor::Yellow.on_default().bold();
    let _ = writeln!(anstream::stderr(), "{style}sportello:{style:#} {words}");
}

/// A remark on standard error.
pub fn say(words: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{words}");
}

/// The causes of an error on one line, outermost first; a cause that its parent already quotes is left out.
pub fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let words = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        if line.ends_with(&words) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&words);
    }
    line
}

/// Whether the error is that nobody reads our output any more (`sportello changes | head`): no fault.
pub fn reader_has_gone(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe))
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn an_error_is_one_line_outermost_first() {
        let error = anyhow!("permission\n denied").context("cannot open a.db").context("store a.db");
        assert_eq!(one_line(&error), "store a.db: cannot open a.db: permission denied");
    }

    #[test]
    fn a_cause_is_not_said_twice() {
        let error = anyhow!("no such file").context("cannot read x: no such file");
        assert_eq!(one_line(&error), "cannot read x: no such file");
    }
}
