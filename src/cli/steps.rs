//! Only in debug builds: stops the process at a given step of its work, so that a test can kill it there.
//!
//! Steps are the events of target `sportello::step`: before and after everything that leaves a trace in the store or at a mail server.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Stops at the `n`th step, counted from 1: says so on standard error and waits to be killed.
pub struct PauseAt {
    n: u64,
    seen: AtomicU64,
}

impl PauseAt {
    /// `0`: never.
    pub fn new(n: u64) -> Self {
        Self { n, seen: AtomicU64::new(0) }
    }
}

impl<S: Subscriber> Layer<S> for PauseAt {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sportello::step" && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.n {
            let _ = writeln!(std::io::stderr(), "paused at step {}", self.n);
            loop {
                std::thread::park();
            }
        }
    }
}
