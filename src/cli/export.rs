//! `sportello export`: everything there is, for other programs: the snapshots as WARC, the offices as open data, the changes as a table.

use std::io::Write;

use super::args::{ExportArgs, Global};
use super::{Outcome, setup, talk};
use crate::evidence;
use crate::record;
use crate::store::{ChangeFilter, SnapshotId, Store, StoreError};

/// How many rows are read from the store at once.
const PAGE: u32 = 200;

/// Writes the export to standard output.
pub fn run(args: &ExportArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let store = setup::store_to_read(&loaded.settings)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let outcome = if args.warc {
        warc(&*store, args, &mut out)?
    } else if args.csv {
        csv(&*store, args, &mut out)?
    } else {
        json(&*store, args, &mut out)?
    };
    out.flush()?;
    Ok(outcome)
}

/// Every snapshot first seen since then. Bytes that retention gave up are named and left out.
fn warc(store: &dyn Store, args: &ExportArgs, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    let mut after: Option<SnapshotId> = None;
    let mut is_first = true;
    loop {
        let snapshots = store.snapshots_since(args.since, after, PAGE)?;
        let Some(last) = snapshots.last() else { return Ok(outcome) };
        after = Some(last.id);
        for snapshot in &snapshots {
            if std::mem::take(&mut is_first) {
                evidence::write_info(out, snapshot.first_seen)?;
            }
            match store.bytes(snapshot.id) {
                Ok(bytes) => evidence::write_snapshot(out, snapshot, &bytes)?,
                Err(error @ StoreError::Thinned { .. }) => {
                    talk::say(format_args!("{error}"));
                    outcome = Outcome::Partly;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Every office as known now, one a line; with `--since` those whose state is known since then.
fn json(store: &dyn Store, args: &ExportArgs, out: &mut impl Write) -> anyhow::Result<Outcome> {
    for body in store.bodies()? {
        for version in store.states(&body.id, None)? {
            if args.since.is_none_or(|since| version.known_from >= since) {
                serde_json::to_writer(&mut *out, &evidence::office(&body, &version))?;
                writeln!(out)?;
            }
        }
    }
    Ok(Outcome::Done)
}

/// Every change, the newest first.
fn csv(store: &dyn Store, args: &ExportArgs, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(record::CSV_HEADER)?;
    let filter = ChangeFilter { since: args.since, ..ChangeFilter::default() };
    let mut from = None;
    loop {
        let page = store.changes(&filter, from, PAGE)?;
        for change in &page.changes {
            csv.write_record(record::csv_row(change))?;
        }
        from = page.next;
        if from.is_none() {
            csv.flush()?;
            return Ok(Outcome::Done);
        }
    }
}
