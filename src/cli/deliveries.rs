//! `sportello deliveries`: the newest mails and calls, and what became of them.

use std::io::Write;

use anyhow::bail;
use jiff::Timestamp;

use super::args::{DeliveriesArgs, Global};
use super::{Outcome, setup, talk};
use crate::domain::DeliveryId;
use crate::store::{DeliveryRecord, DeliveryState, Store};

/// Lists them, and queues the failed ones again where asked.
pub fn run(args: &DeliveriesArgs, global: &Global) -> anyhow::Result<Outcome> {
    let settings = setup::settings(global)?.settings;
    let store = if args.retry { setup::store(&settings)? } else { setup::store_to_read(&settings)? };
    let found = find(&*store, args)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for record in &found {
        if args.json {
            serde_json::to_writer(&mut out, record)?;
            writeln!(out)?;
        } else {
            show(&mut out, record)?;
        }
    }
    out.flush()?;
    if args.retry {
        let failed: Vec<DeliveryId> = found.iter().map(|record| record.id).collect();
        let n_queued = store.retry(&failed, Timestamp::now())?;
        let n_left = failed.len() as u64 - n_queued.min(failed.len() as u64);
        let left = if n_left > 0 { format!("; {n_left} belong to addresses that are stopped") } else { String::new() };
        talk::say(format_args!("{n_queued} queued again{left}"));
    }
    Ok(Outcome::Done)
}

fn find(store: &dyn Store, args: &DeliveriesArgs) -> anyhow::Result<Vec<DeliveryRecord>> {
    if let Some(email) = &args.to {
        let Some(subscriber) = store.subscriber_by_email(email)? else {
            bail!("there is no subscriber {email:?} · `sportello subscribers list` shows who there is")
        };
        let mut found = store.deliveries_to(subscriber.subscriber.id, args.limit)?;
        found.retain(|record| !args.failed || record.state == DeliveryState::Refused);
        return Ok(found);
    }
    if args.failed {
        return Ok(store.deliveries(DeliveryState::Refused, None, args.limit)?);
    }
    let states = [DeliveryState::Queued, DeliveryState::Sending, DeliveryState::Sent, DeliveryState::Refused, DeliveryState::Suspended];
    let mut found = Vec::new();
    for state in states {
        found.extend(store.deliveries(state, None, args.limit)?);
    }
    found.sort_by_key(|record| std::cmp::Reverse(record.id));
    found.truncate(args.limit as usize);
    Ok(found)
}

/// `42  sent  ada@example.org  alert comune-prato  2 changes  2026-03-01T08:00:14Z  250 2.0.0 Ok`
fn show(out: &mut impl Write, record: &DeliveryRecord) -> std::io::Result<()> {
    let DeliveryRecord { id, to, about, changes, state, attempts, due_at, settled_at, answer, .. } = record;
    let at = settled_at.unwrap_or(*due_at);
    let told = match changes.len() {
        0 => String::new(),
        1 => "  1 change".into(),
        n => format!("  {n} changes"),
    };
    let tries = if *attempts > 1 { format!("  tried {attempts} times") } else { String::new() };
    let answer = answer.as_deref().unwrap_or_default();
    writeln!(out, "{id}  {}  {}  {about}{told}  {at}{tries}  {answer}", state.as_str(), to.email)
}
