//! `sportello changes`: what was seen to change, the newest first; and why one change was seen.

use std::io::Write;

use anyhow::bail;

use super::args::{ChangesArgs, Global};
use super::{Outcome, ask, setup};
use crate::domain::{Change, ChangeId, Rule, rome};
use crate::record::{self, ChangeRecord};
use crate::store::{ChangeFilter, Explanation, Store};

/// How many changes are read from the store at once.
const PAGE: u32 = 500;

/// Lists changes, or explains one.
pub fn run(args: &ChangesArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let store = setup::store_to_read(&loaded.settings)?;
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(std::io::stdout().lock()));
    match args.explain {
        Some(id) => explain(&*store, ChangeId(id), args.json, &mut out)?,
        None => list(&*store, args, &mut out)?,
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn list(store: &dyn Store, args: &ChangesArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let filter = ChangeFilter {
        since: args.since,
        body: args.body.as_deref().map(|id| ask::body(store, id)).transpose()?,
        office: args.office.as_deref().map(ask::office).transpose()?,
        ..ChangeFilter::default()
    };
    if args.csv {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(record::CSV_HEADER)?;
        return each(store, &filter, |change| Ok(csv.write_record(record::csv_row(change))?));
    }
    each(store, &filter, |change| {
        if args.json {
            serde_json::to_writer(&mut *out, &ChangeRecord::new(change))?;
            return Ok(writeln!(out)?);
        }
        Ok(show(out, change)?)
    })
}

/// All changes that the filter lets through, page by page.
fn each(store: &dyn Store, filter: &ChangeFilter, mut tell: impl FnMut(&Change) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut from = None;
    loop {
        let page = store.changes(filter, from, PAGE)?;
        page.changes.iter().try_for_each(&mut tell)?;
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

/// A change for a person: one line of facts, then the sentences and where they stand.
pub fn show(out: &mut impl Write, change: &Change) -> std::io::Result<()> {
    let (bold, faint) = (anstyle::Style::new().bold(), anstyle::Style::new().dimmed());
    let id = change.id.map(|id| format!("{} ", id.0)).unwrap_or_default();
    let at = rome().to_datetime(change.detected_at).strftime("%Y-%m-%d %H:%M");
    let site = change.key.site.as_ref().map(|site| format!(" ({site})")).unwrap_or_default();
    let period = match (change.effective_from, change.effective_until) {
        (None, None) => String::new(),
        (Some(from), None) => format!("  from {from}"),
        (None, Some(until)) => format!("  until {until}"),
        (Some(from), Some(until)) => format!("  from {from} until {until}"),
    };
    let (before, after) = (record::value_text(change.before.as_ref()), record::value_text(change.after.as_ref()));
    let (body, office, aspect) = (&change.body, &change.key.office, change.aspect.as_str());
    writeln!(out, "{faint}{id}{at}{faint:#}  {body} {bold}{office}{site} {aspect}{bold:#}  {before} → {bold}{after}{bold:#}{period}")?;
    for cause in &change.causes {
        for sentence in &cause.evidence {
            writeln!(out, "    “{}”", sentence.split_whitespace().collect::<Vec<_>>().join(" "))?;
        }
        writeln!(out, "    {faint}{}{faint:#}", cause.url)?;
    }
    Ok(())
}

fn explain(store: &dyn Store, id: ChangeId, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(explanation) = store.explain(id)? else { bail!("there is no change {} · `sportello changes` lists them", id.0) };
    if json {
        serde_json::to_writer(&mut *out, &explanation_record(&explanation))?;
        return Ok(writeln!(out)?);
    }
    show(out, &explanation.change)?;
    writeln!(out, "\nwhy it was told: {} ({})", reason(explanation.change.rule), explanation.change.rule)?;
    for source in &explanation.sources {
        let (document, snapshot) = (&source.document, &source.snapshot);
        writeln!(out, "\n{}", document.url)?;
        writeln!(out, "    read from snapshot {} of {}, first seen {}", snapshot.id.0, document.source, snapshot.first_seen)?;
        match &source.snapshot_before {
            Some(before) => writeln!(out, "    the version before it is snapshot {}, last seen {}", before.id.0, before.last_seen)?,
            None => writeln!(out, "    it is the first version of this document")?,
        }
        let office = &explanation.change.key.office;
        for notice in source.notices.iter().filter(|notice| notice.office == *office || notice.office.is_all()) {
            writeln!(out, "    it says of {}, {}:", notice.office, notice.name)?;
            for evidence in &notice.evidence {
                writeln!(out, "        “{}”", evidence.sentence.split_whitespace().collect::<Vec<_>>().join(" "))?;
            }
        }
    }
    Ok(())
}

/// The row of the table of alerts, in words.
fn reason(rule: Rule) -> &'static str {
    match rule {
        Rule::Revised => "a fact that was known has another value now",
        Rule::Appeared => "a fact is stated where nothing was known",
        Rule::Announced => "a notice states something for a period, and what held before stays beneath it",
        Rule::Corrected => "what was announced before is put right",
        Rule::Vanished => "a fact is gone and has stayed away for confirm_after and two fetches at least",
        Rule::Returned => "it went back and forth within a day, and has stayed since",
    }
}

fn explanation_record(explanation: &Explanation) -> serde_json::Value {
    let sources = explanation.sources.iter().map(|source| {
        serde_json::json!({
            "url": source.document.url,
            "source": source.document.source,
            "snapshot": source.snapshot,
            "snapshot_before": source.snapshot_before,
            "notices": source.notices,
        })
    });
    serde_json::json!({
        "change": ChangeRecord::new(&explanation.change),
        "rule": explanation.change.rule,
        "sources": sources.collect::<Vec<_>>(),
    })
}
