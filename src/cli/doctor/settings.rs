//! Are the settings read, and from where? Is somebody named whom the owners of sites can turn to?

use url::Host;

use super::{Finding, Patient};

const CHECK: &str = "settings";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = match &patient.loaded {
        Ok(loaded) => vec![Finding::ok(
            CHECK,
            match &loaded.file {
                Some(file) => (format!("lette da {}", file.display()), format!("read from {}", file.display())),
                None => ("nessun file: valgono i valori predefiniti".to_owned(), "no file; built-in defaults".to_owned()),
            },
        )],
        // one line for each problem of the file
        Err(error) => format!("{error:#}").lines().map(|line| Finding::failed(CHECK, &anyhow::anyhow!("{line}"))).collect(),
    };
    if patient.settings.crawl.contact.is_none() && asks_others(patient) {
        findings.push(Finding::warning(
            CHECK,
            ("i siti visitati non sanno a chi rivolgersi", "the sites that are visited are not told whom they can turn to"),
            (
                "scrivere un indirizzo web o di posta in [crawl] contact: chi gestisce un sito scrive prima di bloccare",
                "set [crawl] contact to a web or mail address: who runs a site then writes before blocking",
            ),
        ));
    }
    findings
}

/// Whether sites beyond this machine are visited.
fn asks_others(patient: &Patient<'_>) -> bool {
    let Ok(sources) = &patient.sources else { return false };
    sources.bodies.iter().flat_map(|body| &body.sources).any(|source| match source.url.host() {
        Some(Host::Ipv4(address)) => !address.is_loopback(),
        Some(Host::Ipv6(address)) => !address.is_loopback(),
        Some(Host::Domain(name)) => name != "localhost",
        None => false,
    })
}
