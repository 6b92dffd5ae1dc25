//! Can this machine find the watched sites by their names?

use std::collections::BTreeSet;
use std::time::Duration;

use url::Host;

use super::{Finding, Patient};

const CHECK: &str = "dns";

/// So many names are looked up, spread over the file.
const TRIED: usize = 5;
/// A resolver that works answers sooner, even when it has to ask around.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let Ok(sources) = &patient.sources else { return Vec::new() };
    let names: BTreeSet<&str> = sources
        .bodies
        .iter()
        .flat_map(|body| &body.sources)
        .filter_map(|source| match source.url.host() {
            Some(Host::Domain(name)) => Some(name),
            _ => None,
        })
        .collect();
    let sample: Vec<String> = names.iter().step_by(names.len().div_ceil(TRIED).max(1)).map(ToString::to_string).collect();
    if sample.is_empty() {
        return Vec::new();
    }
    let unknown = patient.runtime.block_on(unknown(&sample));
    let (n_tried, n_unknown, list) = (sample.len(), unknown.len(), unknown.join(", "));
    vec![if n_unknown == n_tried {
        Finding::error(
            CHECK,
            (format!("non si trova nessuno dei nomi provati: {list}"), format!("none of the names tried can be found: {list}")),
            (
                "controllare la rete e i server DNS di questa macchina (/etc/resolv.conf, resolvectl status)",
                "see to this machine's network and name servers (/etc/resolv.conf, resolvectl status)",
            ),
        )
    } else if n_unknown > 0 {
        Finding::warning(
            CHECK,
            (
                format!("nomi che non si trovano: {list} ({n_unknown} su {n_tried} provati)"),
                format!("names that cannot be found: {list} ({n_unknown} of {n_tried} tried)"),
            ),
            (
                "se vale solo per questi, è il loro dominio ad avere un problema, o l'indirizzo in sources.toml",
                "if it is these alone, the trouble is with their domain, or with the address in sources.toml",
            ),
        )
    } else {
        Finding::ok(
            CHECK,
            (
                format!("trovati i nomi di {n_tried} siti su {n_tried} provati"),
                format!("the names of {n_tried} sites of {n_tried} tried were found"),
            ),
        )
    }]
}

/// Those of the names that have no address.
async fn unknown(names: &[String]) -> Vec<String> {
    let mut lookups = tokio::task::JoinSet::new();
    for name in names {
        let name = name.clone();
        lookups.spawn(async move {
            let lookup = tokio::net::lookup_host((name.as_str(), 443));
            // an answer without any address is an error to the resolver already
            let is_known = tokio::time::timeout(PATIENCE, lookup).await.is_ok_and(|found| found.is_ok());
            (!is_known).then_some(name)
        });
    }
    let mut unknown: Vec<String> = lookups.join_all().await.into_iter().flatten().collect();
    unknown.sort();
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_without_an_address_is_named() {
        // both are decided without asking anybody: the one by the hosts file, the other because it cannot be a name
        let names = ["localhost".to_owned(), "nessun..nome".to_owned()];
        assert_eq!(unknown(&names).await, ["nessun..nome"]);
    }
}
