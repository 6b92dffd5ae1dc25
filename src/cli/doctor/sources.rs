//! Is `sources.toml` as it should be, and do the sources read well?

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Patient};
use crate::domain::rome;
use crate::store::{Source, StoreError};

const CHECK: &str = "sources";

/// As long as this a failing source is its host's matter; later somebody should look (and the operator gets a mail).
const FAILING_FOR: SignedDuration = SignedDuration::from_hours(3 * 24);
/// A service looks at every source that is due within minutes.
const LATE: SignedDuration = SignedDuration::from_hours(1);
/// So many failing sources are named.
const NAMED: usize = 3;

/// The file.
pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let file = patient.settings.sources.file.display();
    match &patient.sources {
        Ok(sources) if sources.is_empty() => vec![Finding::warning(
            CHECK,
            (format!("{file} non nomina nessuna fonte"), format!("{file} names no source")),
            ("`sportello sources add INDIRIZZO` ne aggiunge una", "`sportello sources add URL` adds one"),
        )],
        Ok(sources) => {
            let (n_bodies, n_sources) = (sources.bodies.len(), sources.len());
            vec![Finding::ok(
                CHECK,
                (
                    format!("{file}: enti: {n_bodies}, fonti: {n_sources}, nessun errore"),
                    format!("{file}: bodies: {n_bodies}, sources: {n_sources}, no error"),
                ),
            )]
        }
        // one line for each problem of the file
        Err(error) => format!("{error:#}").lines().map(|line| Finding::failed(CHECK, &anyhow::anyhow!("{line}"))).collect(),
    }
}

/// How the sources fared, as the database tells.
pub(super) fn health(patient: &Patient<'_>) -> Vec<Finding> {
    // that it cannot be opened was said by the check of the database
    let Ok(store) = &patient.store else { return Vec::new() };
    let looked = || -> Result<Vec<Finding>, StoreError> {
        let mut sources = store.sources()?;
        sources.retain(|source| source.retired_at.is_none());
        Ok(judge(&sources, store.next_due()?, Timestamp::now()))
    };
    looked().unwrap_or_else(|error| vec![Finding::failed(CHECK, &error.into())])
}

fn judge(sources: &[Source], next_due: Option<Timestamp>, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tried: Vec<&Source> =
        sources.iter().filter(|source| source.health.last_good.is_some() || source.health.last_failed.is_some()).collect();
    let mut failing: Vec<&Source> = tried.iter().copied().filter(|source| source.health.streak > 0).collect();
    failing.sort_by_key(|source| source.health.failing_since);
    let long = failing.iter().filter(|source| source.health.failing_since.is_some_and(|since| now.duration_since(since) > FAILING_FOR));
    let (n_tried, n_failing, n_long) = (tried.len(), failing.len(), long.count());
    let see = "`sportello sources status --failing`";
    if n_tried > 1 && n_failing == n_tried {
        findings.push(Finding::error(
            CHECK,
            (format!("nessuna delle {n_tried} fonti si legge"), format!("none of the {n_tried} sources can be read")),
            (
                format!("di solito è la rete di questa macchina, o un firewall verso l'esterno; {see} dice che cosa è successo"),
                format!("mostly this machine's network, or a firewall on the way out; {see} tells what happened"),
            ),
        ));
    } else if n_long > 0 {
        let names: Vec<String> = failing.iter().take(NAMED.min(n_long)).map(|source| source.source.id.0.clone()).collect();
        let names = names.join(", ");
        findings.push(Finding::warning(
            CHECK,
            (
                format!("non si leggono da più di tre giorni: {n_long} fonti su {n_tried}, da più tempo {names}"),
                format!("unreadable for more than three days: {n_long} of {n_tried} sources, longest {names}"),
            ),
            (format!("{see} dice perché; forse l'indirizzo è cambiato"), format!("{see} tells why; perhaps the address has changed")),
        ));
    } else if n_tried > 0 {
        findings.push(Finding::ok(
            CHECK,
            (format!("provate {n_tried}, in errore ora {n_failing}"), format!("tried {n_tried}, failing now {n_failing}")),
        ));
    }
    if let Some(due) = next_due.filter(|due| now.duration_since(*due) > LATE) {
        let due = rome().to_datetime(due).strftime("%Y-%m-%d %H:%M");
        findings.push(Finding::warning(
            CHECK,
            (
                format!("da leggere dal {due}, e nessuno lo fa: pare che il servizio non sia in funzione"),
                format!("due since {due}, and nobody looks: the service does not seem to run"),
            ),
            "systemctl status sportello",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Level;
    use crate::domain::{BodyId, SourceId, SourceKind};
    use crate::store::{Health, Validators, WatchedSource};

    const NOW: &str = "2026-03-10T12:00:00Z";

    /// A source that has been failing since then, or reads well.
    fn source(id: &str, failing_since: Option<&str>) -> Source {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let health = Health {
            last_good: Some(at("2026-03-01T00:00:00Z")),
            streak: u32::from(failing_since.is_some()),
            failing_since: failing_since.map(at),
            ..Health::default()
        };
        let source = WatchedSource {
            id: SourceId(id.into()),
            body: BodyId("comune-prova".into()),
            url: format!("https://www.example.org/{id}"),
            kind: SourceKind::Page,
            office: None,
            settings: serde_json::Value::Null,
        };
        Source { source, added_at: at("2026-01-01T00:00:00Z"), retired_at: None, next_due: None, health, validators: Validators::default() }
    }

    fn judged(sources: &[Source], next_due: &str) -> Vec<(Level, String)> {
        let findings = judge(sources, Some(next_due.parse().unwrap()), NOW.parse().unwrap());
        findings.iter().map(|finding| (finding.level, finding.says.in_language(crate::domain::Language::En).to_owned())).collect()
    }

    #[test]
    fn a_source_that_has_just_failed_is_no_matter_and_one_that_fails_for_days_is_named() {
        let (well, new, old) =
            (source("bene", None), source("ora", Some("2026-03-10T08:00:00Z")), source("vecchia", Some("2026-03-02T08:00:00Z")));
        let soon = "2026-03-10T12:05:00Z";
        assert_eq!(judged(&[well.clone(), new.clone()], soon), [(Level::Ok, "tried 2, failing now 1".to_owned())]);
        let [(level, says)] = judged(&[new.clone(), old.clone(), well], soon).try_into().unwrap();
        assert_eq!(level, Level::Warning);
        assert!(says.contains("1 of 3 sources") && says.ends_with("longest vecchia"), "{says}");
        assert_eq!(judged(&[new, old], soon)[0], (Level::Error, "none of the 2 sources can be read".to_owned()));
        assert_eq!(judged(&[], soon), []);
    }

    #[test]
    fn sources_that_wait_for_hours_tell_of_a_service_that_does_not_run() {
        let found = judged(&[source("bene", None)], "2026-03-10T10:00:00Z");
        assert!(found[1].0 == Level::Warning && found[1].1.starts_with("due since 2026-03-10 11:00"), "{found:?}");
    }
}
