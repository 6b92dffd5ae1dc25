//! `/metrics` in Prometheus's text format, for this machine only: a proxy that passes requests on makes them strangers.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::{Peer, Vitals};
use crate::store::StoreError;

const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn metrics(State(vitals): State<Arc<Vitals>>, ConnectInfo(peer): ConnectInfo<Peer>, headers: HeaderMap) -> Response {
    let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|name| headers.contains_key(*name));
    let is_local = match peer {
        Peer::Ip(address) => address.is_loopback(),
        Peer::Unix => true,
    };
    if !is_local || passed_on {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::task::spawn_blocking(move || figures(&vitals, Timestamp::now())).await {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, FORMAT)], text).into_response(),
        Ok(Err(error)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
        Err(defect) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{defect}\n")).into_response(),
    }
}

/// All figures, as text.
fn figures(vitals: &Vitals, now: Timestamp) -> Result<String, StoreError> {
    let sizes = vitals.store.sizes()?;
    let deliveries = vitals.store.delivery_counts()?;
    let fetches = vitals.store.fetches()?;
    let overdue = vitals.store.next_due()?.map_or(0, |at| now.duration_since(at).as_secs().max(0)).unsigned_abs();
    let late = [vitals.store.next_delivery_due()?, vitals.store.next_hook_due()?].into_iter().flatten().min();
    let late = late.map_or(0, |at| now.duration_since(at).as_secs().max(0)).unsigned_abs();

    let mut page = Page(String::new());
    page.family("build_info", "gauge", "The version of the program.");
    page.sample("build_info", concat!("{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1);
    page.one("bodies", "gauge", "Bodies watched.", sizes.bodies);
    page.one("sources", "gauge", "Sources watched.", sizes.sources);
    page.one("sources_failing", "gauge", "Sources whose last visit failed.", fetches.n_failing);
    page.one("sources_reading", "gauge", "Sources being read now.", vitals.n_under_way() as u64);
    page.one("source_overdue_seconds", "gauge", "How long the source that has waited longest has been due.", overdue);
    page.one("documents", "gauge", "Documents known.", sizes.documents);
    page.one("snapshots", "gauge", "Versions of documents kept.", sizes.snapshots);
    page.one("subscribers", "gauge", "Confirmed subscribers.", sizes.subscribers);
    page.one("database_bytes", "gauge", "Size of the database file.", sizes.bytes);
    page.one("requests_total", "counter", "Addresses asked since the start, whatever they answered.", (vitals.n_asked)());
    page.one("fetches_total", "counter", "Answers received from the sources watched now.", fetches.n_fetches);
    page.one("fetches_unchanged_total", "counter", "Answers among them that brought nothing new.", fetches.n_unchanged);
    page.one("fetched_bytes_total", "counter", "Bytes received from the sources watched now.", fetches.bytes);
    page.one("changes_total", "counter", "Changes told.", sizes.changes);
    page.family("deliveries", "gauge", "Mails by where they stand.");
    for (state, count) in [
        ("queued", deliveries.queued),
        ("sending", deliveries.sending),
        ("sent", deliveries.sent),
        ("refused", deliveries.refused),
        ("suspended", deliveries.suspended),
    ] {
        page.sample("deliveries", &format!("{{state=\"{state}\"}}"), count);
    }
    page.one("delivery_overdue_seconds", "gauge", "How long the mail or call that has waited longest has been due.", late);
    process(&mut page);
    Ok(page.0)
}

/// The process itself, under the names that all programs use; on a system without `/proc` there is nothing to tell.
fn process(page: &mut Page) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<u64>().ok());
    if let Some(kib) = resident {
        page.bare("process_resident_memory_bytes", "Resident memory size in bytes.", kib * 1024);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        page.bare("process_open_fds", "Number of open file descriptors.", open.count() as u64);
    }
}

/// Text in the exposition format.
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.0, "# HELP sportello_{name} {help}\n# TYPE sportello_{name} {kind}\n");
    }

    fn sample(&mut self, name: &str, labels: &str, value: u64) {
        let _ = writeln!(self.0, "sportello_{name}{labels} {value}");
    }

    /// A gauge that is not of this program alone.
    fn bare(&mut self, name: &str, help: &str, value: u64) {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.family(name, kind, help);
        self.sample(name, "", value);
    }
}
