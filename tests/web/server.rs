//! A site on a loopback port, and a client that reads it as a browser would.

use std::sync::{Arc, OnceLock};

use sportello::config::settings::{Listen, Web};
use sportello::domain::Language;
use sportello::round::Clock;
use sportello::store::Store;
use sportello::web::{Site, listen, serve};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// One runtime for all tests.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let _ = rustls_provider();
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    })
}

/// The client never speaks TLS here, but wants to know how it would.
fn rustls_provider() -> Result<(), Arc<rustls::crypto::CryptoProvider>> {
    rustls::crypto::ring::default_provider().install_default()
}

/// One client for all tests.
fn client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap())
}

/// A site that answers. Ends with the value.
pub struct Server {
    pub address: String,
    stop: watch::Sender<bool>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Got {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Server {
    /// A site over a store, with the settings that tests need.
    pub fn over(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self::with(store, clock, Web { language: Language::It, public_url: "https://sportello.example.org".into(), ..Web::default() })
    }

    pub fn with(store: Arc<dyn Store>, clock: Clock, settings: Web) -> Self {
        Self::of(Site::new(store, Web { listen: None, ..settings }, clock))
    }

    pub fn of(site: Site) -> Self {
        let (stop, stopped) = watch::channel(false);
        let address = runtime().block_on(async {
            let sockets = listen(&Listen::Tcp(([127, 0, 0, 1], 0).into())).await.unwrap();
            let address = match &sockets[0] {
                sportello::web::Listener::Tcp(socket) => socket.local_addr().unwrap().to_string(),
                sportello::web::Listener::Unix(_) => unreachable!(),
            };
            tokio::spawn(serve(sockets, Arc::new(site), None, stopped));
            address
        });
        Self { address, stop }
    }

    pub fn get(&self, path: &str) -> Got {
        self.ask(path, &[])
    }

    pub fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Got {
        self.request(reqwest::Method::GET, path, headers)
    }

    pub fn request(&self, method: reqwest::Method, path: &str, headers: &[(&str, &str)]) -> Got {
        runtime().block_on(async {
            let mut request = client().request(method, format!("http://{}{path}", self.address));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = request.send().await.unwrap();
            Got { status: answer.status().as_u16(), headers: answer.headers().clone(), bytes: answer.bytes().await.unwrap().to_vec() }
        })
    }
}
