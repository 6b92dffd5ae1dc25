//! `sportello offices` and `sportello history`: how offices can be reached, on a day and through time.

use std::io::Write;

use anyhow::bail;
use jiff::Timestamp;

use super::args::{Global, HistoryArgs, OfficesArgs};
use super::{Outcome, ask, setup};
use crate::domain::{Body, Fact, day_of, rome};
use crate::record::{self, OfficeRecord, VersionRecord};
use crate::resolve::{self, OfficeAt};
use crate::store::StateVersion;

/// Lists the offices with what holds.
pub fn offices(args: &OfficesArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let store = setup::store_to_read(&loaded.settings)?;
    let wanted = args.body.as_deref().map(|id| ask::body(&*store, id)).transpose()?;
    let day = day_of(args.at.unwrap_or_else(Timestamp::now));
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(std::io::stdout().lock()));
    for body in store.bodies()?.into_iter().filter(|body| wanted.as_ref().is_none_or(|wanted| *wanted == body.id)) {
        let states: Vec<_> = store.states(&body.id, args.at)?.into_iter().map(|version| version.state).collect();
        let offices = resolve::at(&states, day);
        if args.json {
            for office in &offices {
                serde_json::to_writer(&mut out, &OfficeRecord::new(&body.id, office))?;
                writeln!(out)?;
            }
        } else {
            show(&mut out, &body, &offices)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn show(out: &mut impl Write, body: &Body, offices: &[OfficeAt]) -> std::io::Result<()> {
    let bold = anstyle::Style::new().bold();
    writeln!(out, "{bold}{}{bold:#}  {}", body.name, body.id)?;
    for office in offices {
        let site = office.key.site.as_ref().map(|site| format!(" ({site})")).unwrap_or_default();
        writeln!(out, "  {bold}{}{site}{bold:#}  {}", office.key.office, office.name)?;
        for (aspect, fact) in &office.facts {
            writeln!(out, "    {:<9} {}", aspect.as_str(), fact_text(fact))?;
        }
    }
    Ok(())
}

fn fact_text(fact: &Fact) -> String {
    let period = match (fact.from, fact.until) {
        (None, None) => String::new(),
        (Some(from), None) => format!("  from {from}"),
        (None, Some(until)) => format!("  until {until}"),
        (Some(from), Some(until)) => format!("  from {from} until {until}"),
    };
    format!("{}{period}", record::value_text(Some(&fact.value)))
}

/// Shows the versions of one office, the newest first.
pub fn history(args: &HistoryArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let store = setup::store_to_read(&loaded.settings)?;
    let (body, office) = (ask::body(&*store, &args.body)?, ask::office(&args.office)?);
    let versions = store.history(&body, &office)?;
    if versions.is_empty() {
        bail!("nothing is known of {office} of {body} · `sportello offices --body {body}` lists what is");
    }
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(std::io::stdout().lock()));
    for version in &versions {
        if args.json {
            serde_json::to_writer(&mut out, &VersionRecord::new(version))?;
            writeln!(out)?;
        } else {
            show_version(&mut out, version)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn show_version(out: &mut impl Write, version: &StateVersion) -> std::io::Result<()> {
    let (bold, faint) = (anstyle::Style::new().bold(), anstyle::Style::new().dimmed());
    let at = |instant: Timestamp| rome().to_datetime(instant).strftime("%Y-%m-%d %H:%M").to_string();
    let until = version.known_until.map_or("now".into(), at);
    let site = version.state.key.site.as_ref().map(|site| format!(" ({site})")).unwrap_or_default();
    let changes: Vec<String> = version.changes.iter().map(|id| id.0.to_string()).collect();
    let why = if changes.is_empty() { version.why.as_str().to_string() } else { format!("change {}", changes.join(", ")) };
    writeln!(out, "{bold}{} – {until}{bold:#}  {}{site}  ({why})", at(version.known_from), version.state.name)?;
    for (aspect, facts) in &version.state.facts {
        for fact in facts {
            writeln!(out, "    {:<9} {}", aspect.as_str(), fact_text(fact))?;
            for cause in &fact.causes {
                for sentence in &cause.evidence {
                    writeln!(out, "              “{}”", sentence.split_whitespace().collect::<Vec<_>>().join(" "))?;
                }
                writeln!(out, "              {faint}{}{faint:#}", cause.url)?;
            }
        }
    }
    Ok(())
}
