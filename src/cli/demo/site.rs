//! A web site on this machine alone: pages that can be changed, taken away, or made to fail while it runs.
//!
//! The demo's town lives on it, and so do the end-to-end tests. It binds to a loopback port of the kernel's choice and ends with its value.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use url::Url;

/// What the site answers at one path.
#[derive(Debug, Clone)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Headers beside the length and the `ETag`.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Vec<u8>,
    /// Whether the answer waits until `Site::release`.
    pub held: bool,
}

impl Page {
    /// An HTML page.
    pub fn html(body: impl Into<String>) -> Self {
        Self::typed("text/html; charset=utf-8", body.into())
    }

    /// Bytes of a content type.
    pub fn typed(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: vec![("content-type".into(), content_type.into())], body: body.into(), held: false }
    }

    /// A status without a page.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), held: false }
    }

    /// The same page with another status.
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The same page with one more header.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same page, which answers only after `Site::release`.
    pub fn held(self) -> Self {
        Self { held: true, ..self }
    }
}

#[derive(Default)]
struct Inner {
    pages: Mutex<BTreeMap<String, Page>>,
    hits: Mutex<Vec<String>>,
    arrived: Notify,
    released: Notify,
}

/// A site that runs. It stops when it is dropped.
pub struct Site {
    base: Url,
    inner: Arc<Inner>,
    _stop: watch::Sender<()>,
}

impl Site {
    /// Starts an empty site on a free loopback port.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = Url::parse(&format!("http://{}/", listener.local_addr()?)).map_err(std::io::Error::other)?;
        let inner = Arc::new(Inner::default());
        let (stop, mut stopped) = watch::channel(());
        let app = Router::new().fallback(answer).with_state(inner.clone());
        tokio::spawn(async move {
            // ends as soon as the site is dropped, in the middle of an answer if need be
            tokio::select! {
                _ = axum::serve(listener, app) => {}
                _ = stopped.changed() => {}
            }
        });
        Ok(Self { base, inner, _stop: stop })
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }

    /// Puts a page at a path, in place of whatever stood there.
    pub fn set(&self, path: &str, page: Page) {
        lock(&self.inner.pages).insert(path.into(), page);
    }

    /// Takes a page away: 404 from now on.
    pub fn remove(&self, path: &str) {
        lock(&self.inner.pages).remove(path);
    }

    /// How often a path was asked for.
    pub fn hits(&self, path: &str) -> usize {
        lock(&self.inner.hits).iter().filter(|hit| *hit == path).count()
    }

    /// How many pages were asked for in all.
    pub fn n_hits(&self) -> usize {
        lock(&self.inner.hits).len()
    }

    /// All paths asked for, in order.
    pub fn all_hits(&self) -> Vec<String> {
        lock(&self.inner.hits).clone()
    }

    /// Waits until the site has been asked for at least `n` pages in all.
    pub async fn wait_for_hits(&self, n: usize) {
        loop {
            let arrived = self.inner.arrived.notified();
            if lock(&self.inner.hits).len() >= n {
                return;
            }
            arrived.await;
        }
    }

    /// Lets all held answers go that wait now.
    pub fn release(&self) {
        self.inner.released.notify_waiters();
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let path = request.uri().path().to_string();
    let page = lock(&inner.pages).get(&path).cloned();
    let released = inner.released.notified();
    lock(&inner.hits).push(path);
    inner.arrived.notify_waiters();
    let Some(page) = page else { return StatusCode::NOT_FOUND.into_response() };
    if page.held {
        released.await;
    }
    let tag = format!("\"{}\"", hex(&Sha256::digest(&page.body)[..8]));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if page.status == 200 && known == Some(&tag) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, page.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in page.headers.into_iter().chain([("etag".to_string(), tag)]) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A panic elsewhere leaves the maps whole: every change to them is a single call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
