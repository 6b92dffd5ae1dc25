//! Signs of life of the loops that matter, and what systemd hears of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sd_notify::NotifyState;

/// A loop's signs of life.
#[derive(Debug)]
pub struct Pulse {
    name: &'static str,
    /// The loop is stuck when it was silent for longer.
    patience: Duration,
    start: Instant,
    last: AtomicU64, // milliseconds after `start`
}

impl Pulse {
    /// A loop that gives a sign at least this often while it is well.
    pub fn new(name: &'static str, patience: Duration) -> Arc<Self> {
        Arc::new(Self { name, patience, start: Instant::now(), last: AtomicU64::new(0) })
    }

    /// A sign of life.
    pub fn beat(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// The loop's name, if it has been silent for too long.
    pub fn stuck(&self) -> Option<&'static str> {
        (self.silence() > self.patience).then_some(self.name)
    }

    fn silence(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

/// Feeds systemd's watchdog as long as every loop is well. A loop that is stuck starves it, and systemd replaces the process.
pub async fn watchdog(pulses: Vec<Arc<Pulse>>) {
    let Some(limit) = sd_notify::watchdog_enabled() else { return std::future::pending().await };
    let mut ticks = tokio::time::interval(limit / 3);
    loop {
        ticks.tick().await;
        match pulses.iter().find(|pulse| pulse.stuck().is_some()) {
            None => tell(&[NotifyState::Watchdog]),
            Some(stuck) => {
                let silent_s = stuck.silence().as_secs();
                tracing::error!(silent_s, "the {} has been silent for {silent_s} s: the watchdog is not fed any more", stuck.name);
            }
        }
    }
}

/// Tells systemd; without systemd nobody listens, and that is no fault.
pub fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!("systemd does not listen: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_silent_since_its_last_sign() {
        let pulse = Pulse::new("test", Duration::ZERO);
        pulse.beat();
        assert!(pulse.silence() <= pulse.start.elapsed());
    }
}
