//! `sportello check`: one round of what is due, its changes on standard output, its mails sent.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};

use super::args::{CheckArgs, Global};
use super::{Outcome, ask, changes, setup, talk};
use crate::config::{Settings, Sources};
use crate::domain::{BodyId, Held, Language, rome};
use crate::fetch::Fetcher;
use crate::mail::Sending;
use crate::round::{Clock, Event, Mailer, Round, Selection, Summary, limits};
use crate::store::{Store, StoreError};
use crate::{record, tasks, wording};

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
    let how = How { clock: Clock::from(args.now), send: !args.no_send, archive: args.from.as_deref() };
    let mut show = Show::new(global.quiet);
    let checked =
        runtime.block_on(check(&loaded.settings, sources.clone(), store.clone(), &selection, &how, &mut |event| show.tell(event)))?;
    show.end()?;
    if global.verbose > 0 {
        say_held(&*store, &sources, &selection, how.clock.now())?;
    }
    report(&checked, store.n_queued()?, global.quiet);
    Ok(if checked.is_clean() { Outcome::Done } else { Outcome::Partly })
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

/// What a check came to.
pub struct Checked {
    /// What the round found.
    pub summary: Summary,
    /// What became of the mails; `None` when none were to be sent.
    pub sending: Option<Sending>,
    /// Whether a service runs on the same database, and will send them.
    pub beside: bool,
}

impl Checked {
    /// Whether nothing failed.
    fn is_clean(&self) -> bool {
        let sent = |sending: &Sending| sending.trouble.is_none() && sending.refused + sending.later == 0;
        self.summary.failures.is_empty() && self.sending.as_ref().is_none_or(sent)
    }
}

/// How a check is made.
pub struct How<'a> {
    /// The present.
    pub clock: Clock,
    /// Whether mails go out.
    pub send: bool,
    /// What is read in place of the network.
    pub archive: Option<&'a Path>,
}

/// One round over a store: what is due is visited, `found` hears of changes as they come, the mails go out.
pub async fn check(
    settings: &Settings,
    sources: Arc<Sources>,
    store: Arc<dyn Store>,
    selection: &Selection,
    how: &How<'_>,
    tell: &mut (dyn FnMut(&Event) + Send),
) -> anyhow::Result<Checked> {
    // who holds the lock sends; beside a running service only the looking is ours
    let lock = match store.lock_run() {
        Ok(lock) => Some(lock),
        Err(StoreError::AlreadyRunning { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let clock = how.clock;
    let fetcher = match how.archive {
        Some(archive) => Fetcher::replay(archive, Some(clock.now()))?,
        None => Fetcher::new(limits(&settings.crawl))?,
    };
    let confirm_after = SignedDuration::try_from(settings.crawl.confirm_after)?;
    let mut round = Round::new(store.clone(), fetcher, sources, clock, confirm_after)?;
    round.adaptive = settings.crawl.adaptive;
    let round = Arc::new(round);
    round.take_over().await?;
    round.reread().await?;
    let summary = round.run(selection, tell).await?;
    let mut sending = None;
    if how.send && lock.is_some() {
        // what a run that broke off had in hand goes again, under the same Message-ID
        store.requeue_in_doubt(Timestamp::MAX)?;
        crate::round::erase(&*store, clock.now())?;
        let mailer = Mailer::new(settings, store, setup::credentials().as_deref())?;
        mailer.tell_trouble(clock.now()).await?;
        let send = move || async move { tokio::join!(mailer.send_due(clock.now()), mailer.call_due(clock.now())) };
        let (mails, calls) = tasks::on_own_thread("mails", send)?.await;
        sending = Some(mails?);
        calls?;
    }
    Ok(Checked { summary, sending, beside: lock.is_none() })
}

/// Shows how far the round is on a terminal, and prints the changes as they come.
struct Show {
    bar: ProgressBar,
    printed: std::io::Result<()>,
}

impl Show {
    fn new(quiet: bool) -> Self {
        let bar = if quiet || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { ProgressBar::no_length() };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} sources  {msg}") {
            bar.set_style(style);
        }
        Self { bar, printed: Ok(()) }
    }

    fn tell(&mut self, event: &Event) {
        match event {
            Event::Planned(n_sources) => self.bar.set_length(*n_sources as u64),
            Event::Visited(visited) => {
                self.bar.set_message(visited.source.to_string());
                self.bar.inc(1);
                if !visited.changes.is_empty() && self.printed.is_ok() {
                    self.printed = self.bar.suspend(|| print(&visited.changes));
                }
            }
        }
    }

    /// Nobody reading the changes any more is no fault.
    fn end(self) -> std::io::Result<()> {
        self.bar.finish_and_clear();
        self.printed.or_else(|error| if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
    }
}

fn print(found: &[crate::domain::Change]) -> std::io::Result<()> {
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    found.iter().try_for_each(|change| changes::show(&mut out, change))?;
    out.flush()
}

/// Says which differences wait, and why: one line each.
fn say_held(store: &dyn Store, sources: &Sources, selection: &Selection, now: Timestamp) -> anyhow::Result<()> {
    let wanted = |body: &BodyId| selection.body.as_ref().is_none_or(|only| only == body);
    for body in sources.bodies.iter().map(|watched| &watched.body.id).filter(|body| wanted(body)) {
        let known = match store.known(body, now) {
            Ok(known) => known,
            Err(StoreError::Unknown { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        for held in &known.held {
            talk::say(format_args!("held back: {body} {}", held_in_words(held)));
        }
    }
    Ok(())
}

/// "anagrafe channels phone:+390587123450 → – (since 2026-03-20 09:00, 1 fetch): no longer stated: …".
fn held_in_words(held: &Held) -> String {
    let since = rome().to_datetime(held.since).strftime("%Y-%m-%d %H:%M");
    let fetches = if held.fetches == 1 { "1 fetch".to_string() } else { format!("{} fetches", held.fetches) };
    let (before, after) = (record::value_text(held.before.as_ref()), record::value_text(held.after.as_ref()));
    let why = wording::held(Language::En, held.reason);
    format!("{} {} {before} → {after} (since {since}, {fetches}, {}): {why}", held.key.office, held.aspect.as_str(), held.url)
}

/// Names what failed, and sums up.
fn report(checked: &Checked, waiting: u64, quiet: bool) {
    let Checked { summary, sending, beside } = checked;
    for (source, why) in &summary.failures {
        talk::warn(format_args!("{source}: {why}"));
    }
    if let Some(trouble) = sending.as_ref().and_then(|sending| sending.trouble.as_ref()) {
        talk::warn(format_args!("mails: {trouble}; they stay in the outbox and go out with the next check"));
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
    let note = if *beside { " (the sportello that runs on this database sends the mails)" } else { "" };
    talk::say(format_args!("{}{note}", parts.join(", ")));
}
