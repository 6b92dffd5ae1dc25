//! Documents that are read apart: a PDF is a program of its own, so it is read in a process of its own, under limits of the system.
//!
//! The process is this program once more, with a hidden command; bytes go in, a document as JSON comes out. One that needs too much
//! memory or time, or breaks, is a document that cannot be read, and nothing else.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::document::{self, Document, Input};

/// The hidden command that [`serve`] stands behind.
pub const COMMAND: &str = "read-pdf";
/// Address space of the other process, in bytes.
const MEMORY: u64 = 1 << 30;
/// Processor time of the other process, in seconds.
const CPU_SECONDS: u64 = 20;
/// Time by the clock, a busy machine included.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of JSON that are taken from it.
const MOST: u64 = 64 << 20;

/// Reads a document of any kind, as `document::read` does; a PDF apart. Blocks.
pub fn read_document(input: &Input) -> Document {
    if !document::is_pdf(input.bytes) {
        return document::read(input);
    }
    let unread = |why: &str| Document { warnings: vec![format!("the PDF cannot be read: {why}")], ..Document::default() };
    let child = Command::new(program()).arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    match child {
        Ok(child) => exchange(child, input.bytes).unwrap_or_else(unread),
        Err(error) => unread(&format!("no process for it: {error}")),
    }
}

/// This program, also when its file was replaced since it was started.
fn program() -> std::path::PathBuf {
    let running = std::path::Path::new("/proc/self/exe");
    if running.exists() { running.into() } else { std::env::current_exe().unwrap_or_else(|_| "sportello".into()) }
}

fn exchange(mut child: Child, bytes: &[u8]) -> Result<Document, &'static str> {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else { return Err("no way to speak with its process") };
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut json = Vec::new();
        let read = stdout.take(MOST).read_to_end(&mut json);
        // nobody listens any more after the time is up
        let _ = tell.send(read.map(|_| json));
    });
    // one that ended early took what it needed: its answer tells
    let _ = stdin.write_all(bytes);
    drop(stdin);
    let answer = told.recv_timeout(PATIENCE);
    // a process that has answered ends by itself; one that has not is ended
    if answer.is_err() {
        let _ = child.kill();
    }
    let _ = child.wait();
    match answer {
        Ok(Ok(json)) => serde_json::from_slice(&json).map_err(|_| "its process was ended by the limits on memory and time, or broke"),
        Ok(Err(_)) => Err("its process broke off"),
        Err(_) => Err("its process took too long"),
    }
}

/// The other side: reads a PDF from standard input, under limits, and writes the document to standard output.
///
/// # Errors
/// When the limits cannot be set, or nobody reads the answer.
pub fn serve() -> std::io::Result<()> {
    setrlimit(Resource::As, Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) })?;
    setrlimit(Resource::Cpu, Rlimit { current: Some(CPU_SECONDS), maximum: Some(CPU_SECONDS) })?;
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    let document = document::read(&Input { bytes: &bytes, content_type: Some("application/pdf"), ..Input::default() });
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &document)?;
    out.flush()
}
