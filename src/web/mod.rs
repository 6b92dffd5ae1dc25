//! What the service shows over HTTP: the public site, its feeds and its data, and to this machine its health and its figures.
//!
//! In go requests; out come pages, feeds and JSON made from what the store knows. Nothing here is fetched, nobody is let in, and all that
//! comes from a page is text. A request is one piece of work: questions to the store, a *view* (plain values, `view_*.rs`), which its template, compiled in, writes.

mod answer;
mod api;
mod body;
mod change;
mod feeds;
mod health;
mod kept;
mod lately;
mod limits;
mod listen;
mod lists;
mod metrics;
mod page;
mod problem;
mod prose;
mod provinces;
mod query;
mod reader;
mod routes;
mod shown;
mod site;
mod subscribe;
mod view;
mod view_week;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::sync::watch;

pub use answer::{Answer, Failure};
pub use health::Vitals;
pub use limits::{Allowance, Limits};
pub use listen::{ListenError, Listener, Peer, listen};
pub use page::{Crumb, FeedLink, Page};
pub use query::{Filter, Query};
pub use reader::{Client, Reader};
pub use routes::router;
pub use site::Site;

/// Answers on all sockets until `stop` turns true; answers under way are finished. `vitals` are what health and figures are told from.
pub async fn serve(listeners: Vec<Listener>, site: Arc<Site>, vitals: Option<Arc<Vitals>>, stop: watch::Receiver<bool>) {
    let mut app = router(site);
    if let Some(vitals) = vitals {
        let health = Router::new()
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .route("/metrics", get(metrics::metrics))
            .with_state(vitals);
        app = health.merge(app);
    }
    let mut servers = tokio::task::JoinSet::new();
    for listener in listeners {
        let (app, mut stop) = (app.clone().into_make_service_with_connect_info::<Peer>(), stop.clone());
        let stopped = async move {
            let _ = stop.wait_for(|stopped| *stopped).await;
        };
        servers.spawn(async move {
            match listener {
                Listener::Tcp(socket) => axum::serve(socket, app).with_graceful_shutdown(stopped).await,
                Listener::Unix(socket) => axum::serve(socket, app).with_graceful_shutdown(stopped).await,
            }
        });
    }
    while let Some(ended) = servers.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!("the web site ended: {error}"),
            Err(defect) => tracing::error!("the web site ended: {defect}"),
        }
    }
}
