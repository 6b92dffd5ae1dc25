//! `sportello sources status`: how the sources fare, from the database.

use std::io::Write;

use jiff::Timestamp;
use serde_json::json;

use super::{StatusArgs, hosts};
use crate::cli::args::Global;
use crate::cli::{Outcome, ask, setup};
use crate::config::format_size;
use crate::config::sources::source_kind;
use crate::domain::rome;
use crate::store::Source;

/// Shows each source with its health.
pub(super) fn run(args: &StatusArgs, global: &Global) -> anyhow::Result<Outcome> {
    let settings = setup::settings(global)?.settings;
    let store = setup::store_to_read(&settings)?;
    let sources = match &args.body {
        Some(id) => store.sources_of(&ask::body(&*store, id)?)?,
        None => store.sources()?,
    };
    let shown = |source: &&Source| source.retired_at.is_none() && (!args.failing || source.health.streak > 0);
    let sources: Vec<&Source> = sources.iter().filter(shown).collect();
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(std::io::stdout().lock()));
    if args.hosts {
        hosts::show(&mut out, &sources, args.json)?;
        out.flush()?;
        return Ok(Outcome::Done);
    }
    let width = sources.iter().map(|source| source.source.id.0.chars().count()).max().unwrap_or_default();
    for source in sources {
        if args.json {
            writeln!(out, "{}", record(source))?;
        } else {
            show(&mut out, source, width)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn state(source: &Source) -> &'static str {
    match (source.health.streak, source.health.last_good) {
        (0, None) => "new",
        (0, Some(_)) => "ok",
        (_, _) => "failing",
    }
}

fn record(source: &Source) -> serde_json::Value {
    let health = &source.health;
    json!({
        "id": source.source.id,
        "body": source.source.body,
        "kind": source_kind(source.source.kind),
        "url": source.source.url,
        "state": state(source),
        "last_good": health.last_good,
        "last_failed": health.last_failed,
        "error": health.last_error,
        "streak": health.streak,
        "failing_since": health.failing_since,
        "next_try": source.next_due,
        "fetches": health.n_fetches,
        "unchanged_share": health.unchanged_share(),
        "bytes": health.bytes,
    })
}

fn show(out: &mut impl Write, source: &Source, width: usize) -> std::io::Result<()> {
    let health = &source.health;
    let style = match state(source) {
        "failing" => anstyle::AnsiColor::Red.on_default().bold(),
        "ok" => anstyle::AnsiColor::Green.on_default(),
        _ => anstyle::Style::new().dimmed(),
    };
    let share = health.unchanged_share().map(|share| format!(", {:.0} % not modified", share * 100.0)).unwrap_or_default();
    let good = health.last_good.map_or_else(|| "never read".to_owned(), |at| format!("read {}", local(at)));
    let next = source.next_due.map(|at| format!(", next {}", local(at))).unwrap_or_default();
    let amount = format!("{} fetches{share}, {} bytes", health.n_fetches, format_size(health.bytes));
    writeln!(out, "{style}{:<7}{style:#}  {:<width$}  {good}{next}  ({amount})", state(source), source.source.id.0)?;
    if let (true, Some(error)) = (health.streak > 0, &health.last_error) {
        let since = health.failing_since.map(|at| format!(" since {}", local(at))).unwrap_or_default();
        let times = if health.streak == 1 { "once".to_owned() } else { format!("{} times", health.streak) };
        writeln!(out, "         {times}{since}: {error}")?;
    }
    Ok(())
}

pub(super) fn local(at: Timestamp) -> String {
    rome().to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}
