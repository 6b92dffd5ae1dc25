//! One Chromium process, spoken to over its debugging pipe (Chrome DevTools Protocol): JSON messages that end in a zero byte.
//!
//! No port is opened, so nobody else can steer the browser, and the browser ends by itself when the pipe closes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};

/// Longest message accepted.
const MAX_MESSAGE: usize = 64 << 20;

/// Why the browser does not work.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum CdpError {
    #[error("chromium is not installed (on Debian: apt-get install chromium; or name its program in the settings)")]
    Missing,
    #[error("chromium does not start ({0})")]
    Start(String),
    #[error("chromium broke down")]
    Gone,
    #[error("chromium hangs and has been stopped")]
    Hangs,
    #[error("chromium refuses {0}: {1}")]
    Refused(&'static str, String),
}

/// A running browser.
#[derive(Debug)]
pub(super) struct Process {
    child: Mutex<Child>,
    stdin: tokio::sync::Mutex<ChildStdin>,
    shared: Arc<Shared>,
    next: AtomicU64,
    /// A command that has no answer within this time means that the browser hangs.
    patience: Duration,
    profile: PathBuf,
}

/// What the reading task and the callers share.
#[derive(Debug, Default)]
struct Shared {
    gone: AtomicBool,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    sessions: Mutex<HashMap<String, mpsc::UnboundedSender<Value>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Process {
    /// Starts the browser; with its sandbox where the system allows one, else without.
    pub(super) async fn start(program: &Path, agent: &str, patience: Duration) -> Result<Process, CdpError> {
        match Self::start_with(program, agent, patience, &[]).await {
            // As root, or where user namespaces are forbidden, Chromium refuses to start with its own sandbox.
            Err(CdpError::Gone | CdpError::Start(_)) => Self::start_with(program, agent, patience, &["--no-sandbox"]).await,
            other => other,
        }
    }

    async fn start_with(program: &Path, agent: &str, patience: Duration, more: &[&str]) -> Result<Process, CdpError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let profile = std::env::temp_dir().join(format!("sportello-chromium-{}-{number}", std::process::id()));
        let mut command = Command::new("/bin/sh");
        // The debugging pipe is file descriptors 3 and 4 of the browser; a shell moves ours there.
        command.args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#]).arg(program).args([
            "--headless=new",
            "--remote-debugging-pipe",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-sync",
            "--no-first-run",
            "--no-default-browser-check",
            "--mute-audio",
            "--blink-settings=imagesEnabled=false",
            // The browser itself reaches nothing: no name resolves, and the only proxy is dead. What it asks for, we bring.
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--proxy-server=127.0.0.1:1",
            "--proxy-bypass-list=<-loopback>",
            "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        ]);
        command.arg(format!("--user-data-dir={}", profile.display())).arg(format!("--user-agent={agent}")).args(more).arg("about:blank");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| CdpError::Start(error.to_string()))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(CdpError::Start("no pipe".to_owned()));
        };
        let shared = Arc::new(Shared::default());
        tokio::spawn(read(stdout, Arc::clone(&shared)));
        let process =
            Process { child: Mutex::new(child), stdin: tokio::sync::Mutex::new(stdin), shared, next: AtomicU64::new(1), patience, profile };
        process.call(None, "Browser.getVersion", json!({})).await?;
        Ok(process)
    }

    /// Whether it has ended.
    pub(super) fn is_gone(&self) -> bool {
        self.shared.gone.load(Ordering::Relaxed)
    }

    /// Ends it at once.
    pub(super) fn kill(&self) {
        self.shared.gone.store(true, Ordering::Relaxed);
        let _ = lock(&self.child).start_kill();
    }

    /// Sends a command and waits for its result. A browser that does not answer is killed.
    pub(super) async fn call(&self, session: Option<&str>, method: &'static str, params: Value) -> Result<Value, CdpError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        lock(&self.shared.waiting).insert(id, sender);
        let mut message = json!({"id": id, "method": method, "params": params});
        if let (Some(session), Some(object)) = (session, message.as_object_mut()) {
            object.insert("sessionId".to_owned(), json!(session));
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let exchange = async {
            self.stdin.lock().await.write_all(&bytes).await.map_err(|_| CdpError::Gone)?;
            if self.is_gone() {
                return Err(CdpError::Gone);
            }
            receiver.await.map_err(|_| CdpError::Gone)
        };
        let answer = tokio::time::timeout(self.patience, exchange).await;
        lock(&self.shared.waiting).remove(&id);
        let mut answer = match answer {
            Ok(answer) => answer?,
            Err(_) => {
                self.kill();
                return Err(CdpError::Hangs);
            }
        };
        match answer.get("error") {
            Some(error) => Err(CdpError::Refused(method, error.get("message").and_then(Value::as_str).unwrap_or_default().to_owned())),
            None => Ok(answer.get_mut("result").map(Value::take).unwrap_or_default()),
        }
    }

    /// The events of a session, from now on.
    pub(super) fn listen(&self, session: &str) -> mpsc::UnboundedReceiver<Value> {
        let (sender, receiver) = mpsc::unbounded_channel();
        lock(&self.shared.sessions).insert(session.to_owned(), sender);
        receiver
    }

    /// No more events of a session.
    pub(super) fn unlisten(&self, session: &str) {
        lock(&self.shared.sessions).remove(session);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        // Its files are its own; a child that is still writing may leave some, which the system's cleaning of /tmp takes.
        for _ in 0..20 {
            if lock(&self.child).try_wait().is_ok_and(|status| status.is_some()) {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

async fn read(mut stdout: ChildStdout, shared: Arc<Shared>) {
    let mut buffer = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    while let Ok(length) = stdout.read(&mut chunk).await {
        if length == 0 || buffer.len() > MAX_MESSAGE {
            break;
        }
        buffer.extend_from_slice(chunk.get(..length).unwrap_or_default());
        while let Some(end) = memchr::memchr(0, &buffer) {
            if let Some(message) = buffer.get(..end).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok()) {
                deliver(&shared, message);
            }
            buffer.drain(..=end);
        }
    }
    shared.gone.store(true, Ordering::Relaxed);
    lock(&shared.waiting).clear();
    lock(&shared.sessions).clear();
}

fn deliver(shared: &Shared, message: Value) {
    if let Some(id) = message.get("id").and_then(Value::as_u64) {
        if let Some(waiting) = lock(&shared.waiting).remove(&id) {
            let _ = waiting.send(message);
        }
    } else if let Some(session) = message.get("sessionId").and_then(Value::as_str) {
        let sender = lock(&shared.sessions).get(session).cloned();
        if let Some(sender) = sender {
            let _ = sender.send(message);
        }
    }
}

/// Finds a program: as it stands if it has a slash, else along the path.
pub fn find_program(name: &Path) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return name.is_file().then(|| name.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}
