//! `sportello reextract`: reads the last copies of all documents again, and shows what would be read differently.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, bail};
use jiff::SignedDuration;
use serde_json::json;

use super::args::{Global, ReextractArgs};
use super::{Outcome, ask, setup, talk};
use crate::domain::{BodyId, Notice, Value};
use crate::fetch::Fetcher;
use crate::record;
use crate::round::{Clock, Reextracted, Round, limits};

/// Reads again, shows what differs, and unless it is a dry run takes it for the baseline.
pub fn run(args: &ReextractArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let sources = Arc::new(setup::sources(&loaded.settings)?);
    let body = args.body.clone().map(BodyId);
    if let Some(body) = &body
        && !sources.bodies.iter().any(|watched| watched.body.id == *body)
    {
        let known = sources.bodies.iter().map(|watched| watched.body.id.0.as_str());
        bail!("there is no body {:?} in the sources{}", body.0, ask::suggestion(&body.0, known));
    }
    let store = if args.dry_run { setup::store_to_read(&loaded.settings)? } else { setup::store(&loaded.settings)? };
    let fetcher = Fetcher::new(limits(&loaded.settings.crawl))?;
    let confirm_after = SignedDuration::try_from(loaded.settings.crawl.confirm_after)?;
    let round = Round::new(store, fetcher, sources, Clock::Wall, confirm_after)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let (mut n_read, mut n_differ, mut n_gone) = (0_u64, 0_u64, 0_u64);
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(std::io::stdout().lock()));
    let mut printed = Ok(());
    runtime.block_on(round.reextract(body.as_ref(), !args.dry_run, &mut |reextracted| match &reextracted.after {
        Some(after) => {
            n_read += 1;
            let difference = Difference::between(&reextracted.before, after);
            if !difference.is_empty() {
                n_differ += 1;
                if printed.is_ok() {
                    printed = show(&mut out, reextracted, &difference, args.json);
                }
            }
        }
        None => n_gone += 1,
    }))?;
    printed?;
    out.flush()?;
    if !global.quiet {
        let gone = if n_gone > 0 { format!(", {n_gone} without their bytes") } else { String::new() };
        let taken = if args.dry_run { "; nothing was changed" } else { "; what is read now is the baseline, and nobody is told" };
        talk::say(format_args!("{n_read} documents read again, {n_differ} differ{gone}{taken}"));
    }
    Ok(Outcome::Done)
}

/// What two readings of one copy do not have in common, one line a fact.
struct Difference {
    removed: Vec<String>,
    added: Vec<String>,
}

impl Difference {
    fn between(before: &[Notice], after: &[Notice]) -> Self {
        let (before, after) = (lines(before), lines(after));
        Self { removed: before.difference(&after).cloned().collect(), added: after.difference(&before).cloned().collect() }
    }

    fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }
}

/// `anagrafe hours Mo-Fr 08:30-12:30`
fn lines(notices: &[Notice]) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for notice in notices {
        let site = notice.site.as_ref().map(|site| format!(" ({site})")).unwrap_or_default();
        let other = if notice.office.is_other() { format!(" {:?}", notice.name) } else { String::new() };
        let except = notice.except.iter().map(|office| format!(" except {office}")).collect::<String>();
        let period = match (notice.valid_from, notice.valid_until) {
            (None, None) => String::new(),
            (Some(from), None) => format!("  from {from}"),
            (None, Some(until)) => format!("  until {until}"),
            (Some(from), Some(until)) => format!("  from {from} until {until}"),
        };
        let values = values(notice);
        for value in &values {
            let text = record::value_text(Some(value));
            lines.insert(format!("{}{other}{site}{except} {} {text}{period}", notice.office, value.aspect()));
        }
        if values.is_empty() && !notice.is_empty() {
            lines.insert(format!("{}{other}{site}{except}{period}", notice.office));
        }
    }
    lines
}

fn values(notice: &Notice) -> Vec<Value> {
    let all = [
        Some(Value::Hours(notice.hours.clone())),
        notice.status.map(Value::Status),
        Some(Value::Channels(notice.channels.iter().cloned().collect())),
        notice.address.clone().map(Value::Address),
        Some(Value::Closures(notice.closures.clone())),
        Some(Value::Openings(notice.openings.iter().cloned().collect())),
    ];
    all.into_iter().flatten().filter(|value| !value.is_empty()).collect()
}

fn show(out: &mut impl Write, of: &Reextracted, difference: &Difference, json: bool) -> std::io::Result<()> {
    let Difference { removed, added } = difference;
    if json {
        return writeln!(
            out,
            "{}",
            json!({ "source": of.source, "url": of.url, "snapshot": of.snapshot, "removed": removed, "added": added })
        );
    }
    let (bold, red, green) = (anstyle::Style::new().bold(), anstyle::AnsiColor::Red.on_default(), anstyle::AnsiColor::Green.on_default());
    writeln!(out, "{bold}{}{bold:#}  {}", of.source, of.url)?;
    removed.iter().try_for_each(|line| writeln!(out, "  {red}- {line}{red:#}"))?;
    added.iter().try_for_each(|line| writeln!(out, "  {green}+ {line}{green:#}"))
}
