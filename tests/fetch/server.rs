//! A server that does exactly what a test wants, byte by byte, and keeps a log.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the server does with a request.
pub enum Act {
    /// Sends these bytes; keeps the connection if they are a whole answer with a length, as `Connection: keep-alive` says.
    Send(Vec<u8>),
    /// Sends these bytes and closes.
    SendAndClose(Vec<u8>),
    /// Sends the first bytes, then the second over and over, with a pause between.
    Repeat(Vec<u8>, Vec<u8>, Duration),
    /// Waits, then sends these bytes.
    After(Duration, Vec<u8>),
    /// Sends these bytes once so many requests are open at this server, or so many have come in all (or nothing moves for long).
    Together(usize, usize, Vec<u8>),
    /// Says nothing more.
    Hang,
}

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub head: String,
    pub from: Instant,
    /// When the answer had been sent.
    pub to: Option<Instant>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()))
    }
}

pub struct Server {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Handler = dyn Fn(&Seen) -> Act + Send + Sync;

impl Server {
    /// Listens on a free port of `ip` and answers with what `handler` says.
    pub async fn start(ip: &str, handler: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind((ip, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let log: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let handler: Arc<Handler> = Arc::new(handler);
        let kept = Arc::clone(&log);
        let task = tokio::spawn(async move {
            // Connections live in the set, so that they end with the server.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&handler), Arc::clone(&kept)));
                while connections.try_join_next().is_some() {}
            }
        });
        Server { address, log, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.log.lock().expect("the log").clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }
}

pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, handler: Arc<Handler>, log: Arc<Mutex<Vec<Seen>>>) {
    while let Some(head) = read_head(&mut stream).await {
        let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let seen = Seen { path, head, from: Instant::now(), to: None };
        let number = {
            let mut log = log.lock().expect("the log");
            log.push(seen.clone());
            log.len() - 1
        };
        let (bytes, goes_on) = match handler(&seen) {
            Act::Send(bytes) => (bytes, true),
            Act::SendAndClose(bytes) => (bytes, false),
            Act::After(pause, bytes) => {
                tokio::time::sleep(pause).await;
                (bytes, true)
            }
            Act::Together(n_open, n_all, bytes) => {
                let enough = || {
                    let log = log.lock().expect("the log");
                    log.len() >= n_all || log.iter().filter(|seen| seen.to.is_none()).count() >= n_open
                };
                let deadline = Instant::now() + Duration::from_secs(20);
                while !enough() && Instant::now() < deadline {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                (bytes, true)
            }
            Act::Hang => std::future::pending().await,
            Act::Repeat(first, again, pause) => {
                let mut bytes = first;
                while stream.write_all(&bytes).await.is_ok() && stream.flush().await.is_ok() {
                    bytes.clone_from(&again);
                    tokio::time::sleep(pause).await;
                }
                return;
            }
        };
        // Logged before the last byte leaves: who reads the log after the answer finds it there.
        log.lock().expect("the log")[number].to = Some(Instant::now());
        if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() || !goes_on {
            let _ = stream.shutdown().await;
            return;
        }
    }
}

async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).await.ok()? == 0 || head.len() > 65_536 {
            return None;
        }
        head.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// A whole answer.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Act {
    let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Act::Send(bytes)
}

/// A page.
pub fn page(body: &str) -> Act {
    answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body.as_bytes())
}
