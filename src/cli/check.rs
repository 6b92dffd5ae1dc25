//! `sportello check`: one round of what is due, its changes on standard output, its mails sent.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;

use super::args::{CheckArgs, Global};
use super::{Outcome, ask, changes, setup, talk};
use crate::config::{Settings, Sources};
use crate::fetch::Fetcher;
use crate::round::{Clock, Event, Mailer, Round, Selection, Summary, catalogue, limits};
use crate::store::{Store, StoreError};

/// Looks once at what is due.
pub fn run(args: &CheckArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let sources = Arc::new(setup::sources(&loaded.settings)?);
    let selection = selection(args, &sources)?;
    let store = setup::store(&loaded.settings)?;
    if !global.quiet {
        setup::say_defaults(&loaded);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let clock = Clock::from(args.now);
    runtime.block_on(check(&loaded.settings, sources, store, clock, &selection, !args.no_send, global.quiet))
}

fn selection(args: &CheckArgs, sources: &Sources) -> anyhow::Result<Selection> {
    if let Some(id) = &args.body
        && !sources.bodies.iter().any(|watched| watched.body.id.0 == *id)
    {
        bail!(
            "there is no body {id:?} in the sources{}",
            ask::suggestion(id, sources.bodies.iter().map(|watched| watched.body.id.0.as_str()))
        );
    }
    if let Some(url) = &args.source
        && !sources.iter().any(|(_, source)| source.url == *url)
    {
        bail!("there is no source {url} · `sportello sources lint` shows the file");
    }
    let body = args.body.clone().map(crate::domain::BodyId);
    Ok(Selection { body, source: args.source.clone(), all: args.all })
}

/// One round over a store: what is due is visited, changes are printed as they come, the mails go out.
pub async fn check(
    settings: &Settings,
    sources: Arc<Sources>,
    store: Arc<dyn Store>,
    clock: Clock,
    selection: &Selection,
    send: bool,
    quiet: bool,
) -> anyhow::Result<Outcome> {
    // who holds the lock sends; beside a running service only the looking is ours
    let lock = match store.lock_run() {
        Ok(lock) => Some(lock),
        Err(StoreError::AlreadyRunning { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    store.sync(&catalogue(&sources), clock.now())?;
    let fetcher = Fetcher::new(limits(&settings.crawl))?;
    let confirm_after = SignedDuration::try_from(settings.crawl.confirm_after)?;
    let round = Arc::new(Round::new(store.clone(), fetcher, sources, clock, confirm_after));
    round.reread().await?;
    let summary = look(&round, selection, quiet).await?;
    let mut sending = None;
    if send && lock.is_some() {
        let mailer = Mailer::new(settings, store.clone(), setup::credentials().as_deref())?;
        sending = Some(mailer.send_due(clock.now()).await?);
    }
    let waiting = store.delivery_counts()?.queued;
    report(&summary, sending.as_ref(), waiting, lock.is_none(), quiet);
    let trouble =
        !summary.failures.is_empty() || sending.is_some_and(|sending| sending.trouble.is_some() || sending.refused + sending.later > 0);
    Ok(if trouble { Outcome::Partly } else { Outcome::Done })
}

/// Runs the round with a progress bar on a terminal, and prints the changes.
async fn look(round: &Arc<Round>, selection: &Selection, quiet: bool) -> anyhow::Result<Summary> {
    let bar = if quiet || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { ProgressBar::no_length() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} sources  {msg}") {
        bar.set_style(style);
    }
    let mut printed: std::io::Result<()> = Ok(());
    let summary = round
        .run(selection, &mut |event| match event {
            Event::Planned(n_sources) => bar.set_length(*n_sources as u64),
            Event::Visited(visited) => {
                bar.set_message(visited.source.to_string());
                bar.inc(1);
                if !visited.changes.is_empty() && printed.is_ok() {
                    printed = bar.suspend(|| print(&visited.changes));
                }
            }
        })
        .await?;
    bar.finish_and_clear();
    // nobody reading the changes is no reason to leave the mails unsent
    match printed {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(summary),
    }
}

fn print(found: &[crate::domain::Change]) -> std::io::Result<()> {
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    found.iter().try_for_each(|change| changes::show(&mut out, change))?;
    out.flush()
}

fn report(summary: &Summary, sending: Option<&crate::mail::Sending>, waiting: u64, busy: bool, quiet: bool) {
    for (source, why) in &summary.failures {
        talk::warn(format_args!("{source}: {why}"));
    }
    if let Some(trouble) = sending.and_then(|sending| sending.trouble.as_ref()) {
        talk::warn(format_args!("the mails: {trouble}; they stay in the outbox and go out with the next check"));
    }
    if quiet {
        return;
    }
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let mut parts = vec![count(summary.n_sources, "source", "sources"), count(summary.changes.len(), "change", "changes")];
    if let Some(sending) = sending {
        parts.push(format!("{} sent", count(sending.sent, "mail", "mails")));
        if sending.refused > 0 {
            parts.push(format!("{} refused", sending.refused));
        }
    }
    if waiting > 0 {
        parts.push(format!("{waiting} waiting"));
    }
    if !summary.failures.is_empty() {
        parts.push(format!("{} failed", summary.failures.len()));
    }
    let note = if busy { " (another sportello runs on this database and sends the mails)" } else { "" };
    talk::say(format_args!("{}{note}", parts.join(", ")));
}
