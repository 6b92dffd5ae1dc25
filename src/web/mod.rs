//! What the service shows over HTTP: its health and its figures.

mod health;
mod metrics;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use health::Vitals;

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address}: {source} · stop what listens there, or set [web] listen to another address (\"\" switches the site off)"
)]
pub struct ListenError {
    address: SocketAddr,
    source: std::io::Error,
}

/// Takes the address, so that a port that is taken is known before anything else begins.
///
/// # Errors
/// When the address is taken or is not of this machine.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| ListenError { address, source })
}

/// Answers until `stop` turns true; answers under way are finished.
pub async fn serve(listener: TcpListener, vitals: Arc<Vitals>, mut stop: watch::Receiver<bool>) {
    let app = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        .with_state(vitals)
        .into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        let _ = stop.wait_for(|stopped| *stopped).await;
    };
    if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stopped).await {
        tracing::error!("the web site ended: {error}");
    }
}
