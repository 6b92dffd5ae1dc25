//! `sportello sources status --hosts`: how the hosts fare, gathered from their sources.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;
use url::Url;

use super::status::local;
use crate::config::format_size;
use crate::store::Source;

/// The sources of one host.
type Hosts<'s> = BTreeMap<String, Vec<&'s Source>>;

/// Shows each host once, by name.
pub(super) fn show(out: &mut impl Write, sources: &[&Source], json: bool) -> std::io::Result<()> {
    let mut hosts: Hosts<'_> = BTreeMap::new();
    for source in sources {
        let host = Url::parse(&source.source.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        hosts.entry(host).or_default().push(source);
    }
    let width = hosts.keys().map(|host| host.chars().count()).max().unwrap_or_default();
    for (host, sources) in &hosts {
        if json {
            writeln!(out, "{}", record(host, sources))?;
        } else {
            line(out, host, sources, width)?;
        }
    }
    Ok(())
}

/// The failing source that has failed the longest: it tells what is wrong with its host.
fn worst<'s>(sources: &[&'s Source]) -> Option<&'s Source> {
    let failing = sources.iter().filter(|source| source.health.streak > 0);
    failing.min_by_key(|source| source.health.failing_since).copied()
}

fn unchanged_share(sources: &[&Source]) -> Option<f64> {
    let (n_fetches, n_unchanged) =
        sources.iter().fold((0, 0), |(all, same), source| (all + source.health.n_fetches, same + source.health.n_unchanged));
    (n_fetches > 0).then(|| n_unchanged as f64 / n_fetches as f64)
}

fn record(host: &str, sources: &[&Source]) -> serde_json::Value {
    let worst = worst(sources).map(|source| &source.health);
    json!({
        "host": host,
        "sources": sources.len(),
        "failing": sources.iter().filter(|source| source.health.streak > 0).count(),
        "last_good": sources.iter().filter_map(|source| source.health.last_good).max(),
        "last_failed": sources.iter().filter_map(|source| source.health.last_failed).max(),
        "error": worst.and_then(|health| health.last_error.clone()),
        "streak": worst.map_or(0, |health| health.streak),
        "failing_since": worst.and_then(|health| health.failing_since),
        "next_try": sources.iter().filter_map(|source| source.next_due).min(),
        "fetches": sources.iter().map(|source| source.health.n_fetches).sum::<u64>(),
        "unchanged_share": unchanged_share(sources),
        "bytes": sources.iter().map(|source| source.health.bytes).sum::<u64>(),
    })
}

fn line(out: &mut impl Write, host: &str, sources: &[&Source], width: usize) -> std::io::Result<()> {
    let n_failing = sources.iter().filter(|source| source.health.streak > 0).count();
    let last_good = sources.iter().filter_map(|source| source.health.last_good).max();
    let style = match (n_failing, last_good) {
        (0, None) => anstyle::Style::new().dimmed(),
        (0, Some(_)) => anstyle::AnsiColor::Green.on_default(),
        _ => anstyle::AnsiColor::Red.on_default().bold(),
    };
    let state = match (n_failing, last_good) {
        (0, None) => "new",
        (0, Some(_)) => "ok",
        _ => "failing",
    };
    let good = last_good.map_or_else(|| "never read".to_owned(), |at| format!("read {}", local(at)));
    let next = sources.iter().filter_map(|source| source.next_due).min().map(|at| format!(", next {}", local(at))).unwrap_or_default();
    let share = unchanged_share(sources).map(|share| format!(", {:.0} % not modified", share * 100.0)).unwrap_or_default();
    let bytes = format_size(sources.iter().map(|source| source.health.bytes).sum());
    let n_sources = sources.len();
    writeln!(out, "{style}{state:<7}{style:#}  {host:<width$}  {good}{next}  ({n_failing} of {n_sources} failing{share}, {bytes} bytes)")?;
    if let Some((source, error)) = worst(sources).and_then(|source| Some((source, source.health.last_error.as_ref()?))) {
        writeln!(out, "         {}: {error}", source.source.id)?;
    }
    Ok(())
}
