//! `/healthz`: the process answers and can read its database. `/readyz`: its loops turn as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::State;
use axum::http::StatusCode;

use crate::store::Store;

/// What the service knows of its own state.
pub struct Vitals {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Sources being read at the moment.
    pub n_under_way: Arc<AtomicUsize>,
    /// The name of a loop that has been silent for too long, if any.
    pub stuck: Box<dyn Fn() -> Option<&'static str> + Send + Sync>,
    /// Addresses asked since the start.
    pub n_asked: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl Vitals {
    pub(super) fn n_under_way(&self) -> usize {
        self.n_under_way.load(Ordering::Relaxed)
    }
}

pub(super) async fn healthz(State(vitals): State<Arc<Vitals>>) -> (StatusCode, String) {
    let store = vitals.store.clone();
    match tokio::task::spawn_blocking(move || store.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok\n".into()),
        Ok(Err(error)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
        Err(defect) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{defect}\n")),
    }
}

pub(super) async fn readyz(State(vitals): State<Arc<Vitals>>) -> (StatusCode, String) {
    match (vitals.stuck)() {
        Some(stuck) => (StatusCode::SERVICE_UNAVAILABLE, format!("the {stuck} is stuck\n")),
        None => healthz(State(vitals)).await,
    }
}
