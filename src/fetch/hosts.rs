//! Manners towards hosts: how many requests at once, how far apart, when to stay away.
//!
//! `Ledger` is the pure core: hosts, instants and outcomes go in, "go", "not before" or "leave it alone" comes out.
//! `Hosts` is its shell: it makes callers wait for their turn. Memory stays bounded: hosts that are idle and well are forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::sweep::Sweep;
use super::{FetchError, Limits};

/// Longest time that a host is left alone, whatever it asks for.
const MAX_REST: Duration = Duration::from_secs(3600);
/// Longest gap between two requests to a host that answers with faults.
const MAX_GAP: Duration = Duration::from_secs(60);
/// How long the head of an answer holds back the next request to the same host.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// A rest not longer than this is waited for; a longer one is an error, since the daemon comes again.
const SHORT_REST: Duration = Duration::from_secs(3);
/// Hosts remembered before the idle ones are forgotten.
const MANY_HOSTS: usize = 4096;

/// The wait before attempt `failures + 1`: `base` doubled per failure up to `max`, less up to a quarter by `jitter` (0 to 1),
/// so that what failed together does not come back together.
pub fn backoff(base: Duration, max: Duration, failures: u32, jitter: f64) -> Duration {
    let doubled = base.saturating_mul(1u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX)).min(max);
    doubled.mul_f64(1.0 - 0.25 * jitter.clamp(0.0, 1.0))
}

/// How a request to a host ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It answered, whatever it said.
    Answered,
    /// It answered with a fault of its own (5xx) or asks us to slow down, perhaps with a time to stay away.
    Strained(Option<Duration>, String),
    /// No usable answer came.
    Dead(String),
    /// We gave up for reasons of our own.
    Dropped,
}

/// What a host that somebody wants to ask says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Turn {
    Go,
    /// Ask again at that instant, or when a request to the host ended.
    NotBefore(Instant),
    /// Leave it alone until then, because of that.
    Resting(Instant, String),
}

#[derive(Debug, Default)]
struct Entry {
    in_flight: u32,
    /// Started, and the head of the answer has not come.
    awaited: u32,
    last_start: Option<Instant>,
    last_head: Option<Instant>,
    crawl_delay: Duration,
    /// Faults in a row: the gap grows.
    strain: u32,
    /// Failures in a row: the host rests.
    dead: u32,
    rests_until: Option<(Instant, String)>,
}

/// The pure core.
#[derive(Debug)]
pub(super) struct Ledger {
    delay: Duration,
    max_crawl_delay: Duration,
    rest_after: u32,
    rest: Duration,
    rng: StdRng,
    hosts: HashMap<String, Entry>,
    sweep: Sweep,
}

impl Ledger {
    pub(super) fn new(limits: &Limits) -> Self {
        Ledger {
            delay: limits.delay,
            max_crawl_delay: limits.max_crawl_delay,
            rest_after: limits.rest_after,
            rest: limits.rest,
            rng: StdRng::seed_from_u64(limits.seed),
            hosts: HashMap::new(),
            sweep: Sweep::at(MANY_HOSTS),
        }
    }

    /// Asks for a turn; `Go` counts as started. `with_page`: a part of a page that is under way, which need not keep the gap.
    pub(super) fn start(&mut self, host: &str, now: Instant, with_page: bool) -> Turn {
        let gap = if with_page { Duration::ZERO } else { self.gap(host) };
        self.forget_idle(now);
        let entry = self.hosts.entry(host.to_owned()).or_default();
        if let Some((until, why)) = &entry.rests_until {
            if *until > now {
                return Turn::Resting(*until, why.clone());
            }
            // Half open: one request tries whether the host is back, the others wait for its fate.
            if entry.dead > 0 && entry.in_flight > 0 {
                return Turn::NotBefore(now + HEAD_PATIENCE);
            }
        }
        if let Some(earliest) = entry.earliest(gap)
            && earliest > now
        {
            return Turn::NotBefore(earliest);
        }
        entry.in_flight += 1;
        entry.awaited += 1;
        entry.last_start = Some(now);
        Turn::Go
    }

    /// The head of an answer came: from here the gap to the next request is counted, since now it is sure that this one arrived.
    pub(super) fn head(&mut self, host: &str, now: Instant) {
        if let Some(entry) = self.hosts.get_mut(host) {
            entry.awaited = entry.awaited.saturating_sub(1);
            entry.last_head = Some(now);
        }
    }

    /// A request ended; `head_came` says whether `head` was called for it.
    pub(super) fn finish(&mut self, host: &str, now: Instant, head_came: bool, outcome: Outcome) {
        if !head_came {
            self.head(host, now);
        }
        let jitter: f64 = self.rng.random();
        let (rest_after, rest) = (self.rest_after, self.rest);
        let Some(entry) = self.hosts.get_mut(host) else { return };
        entry.in_flight = entry.in_flight.saturating_sub(1);
        match outcome {
            Outcome::Answered => {
                entry.strain = 0;
                entry.dead = 0;
                entry.rests_until = None;
            }
            Outcome::Strained(stay_away, why) => {
                entry.strain = entry.strain.saturating_add(1);
                entry.dead = 0;
                entry.rests_until = stay_away.map(|stay| (now + stay.min(MAX_REST), why));
            }
            Outcome::Dead(why) => {
                entry.strain = entry.strain.saturating_add(1);
                entry.dead = entry.dead.saturating_add(1);
                if rest_after > 0 && entry.dead >= rest_after {
                    let pause = backoff(rest, MAX_REST, entry.dead - rest_after + 1, jitter);
                    entry.rests_until = Some((now + pause, why));
                }
            }
            Outcome::Dropped => {}
        }
    }

    /// robots.txt asks for that many seconds between requests; obeyed up to the bound.
    pub(super) fn crawl_delay(&mut self, host: &str, delay: Duration) {
        self.hosts.entry(host.to_owned()).or_default().crawl_delay = delay.min(self.max_crawl_delay);
    }

    fn gap(&mut self, host: &str) -> Duration {
        let Some(entry) = self.hosts.get(host) else { return self.delay };
        let base = self.delay.max(entry.crawl_delay);
        if entry.strain == 0 {
            return base;
        }
        let jitter: f64 = self.rng.random();
        backoff(base, MAX_GAP.max(base), entry.strain + 1, jitter).max(base)
    }

    fn forget_idle(&mut self, now: Instant) {
        let longest = self.delay.max(self.max_crawl_delay);
        self.sweep.over(&mut self.hosts, |entry| {
            let recent = entry.last_start.is_some_and(|start| start + longest > now);
            entry.in_flight > 0 || recent || entry.rests_until.as_ref().is_some_and(|(until, _)| *until > now)
        });
    }
}

impl Entry {
    /// When the next request may start; `None`: at once.
    fn earliest(&self, gap: Duration) -> Option<Instant> {
        if gap.is_zero() {
            return None;
        }
        let start = self.last_start?;
        if self.awaited > 0 {
            // Counted from its start a request that was long under way could arrive together with the next one.
            return Some(start + (gap * 2).max(HEAD_PATIENCE));
        }
        Some(self.last_head.map_or(start, |head| head.max(start)) + gap)
    }
}

/// The waiting room of one host.
#[derive(Debug)]
struct Gate {
    places: Arc<Semaphore>,
    moved: Notify,
}

/// The shell: makes callers wait for their turn.
#[derive(Debug)]
pub(super) struct Hosts {
    ledger: Mutex<Ledger>,
    gates: Mutex<(HashMap<String, Arc<Gate>>, Sweep)>,
    everywhere: Arc<Semaphore>,
    per_host: usize,
}

/// The right to one request; ends with `finish`, or as dropped.
#[derive(Debug)]
pub(super) struct Ticket<'h> {
    hosts: &'h Hosts,
    host: String,
    gate: Arc<Gate>,
    head_came: bool,
    ended: bool,
    _place: OwnedSemaphorePermit,
    everywhere: Option<OwnedSemaphorePermit>,
}

/// One of the places among all requests at once ([`Limits::concurrency`]). Whoever keeps it while working on the page that came keeps another
/// page from coming meanwhile.
#[derive(Debug, Default)]
pub struct Place {
    _everywhere: Option<OwnedSemaphorePermit>,
}

impl Hosts {
    pub(super) fn new(limits: &Limits) -> Self {
        Hosts {
            ledger: Mutex::new(Ledger::new(limits)),
            gates: Mutex::new((HashMap::new(), Sweep::at(MANY_HOSTS))),
            everywhere: Arc::new(Semaphore::new(limits.concurrency.max(1))),
            per_host: limits.per_host.max(1),
        }
    }

    /// Waits for a turn at `host`. Errors only with `Resting`.
    pub(super) async fn turn(&self, host: &str, with_page: bool) -> Result<Ticket<'_>, FetchError> {
        let gate = self.gate(host);
        let closed = |_| FetchError::Setup("the crawler is shutting down".to_owned());
        let place = Arc::clone(&gate.places).acquire_owned().await.map_err(closed)?;
        loop {
            // The place among all is taken last and given back while waiting, so that a slow host keeps no other from working.
            let moved = gate.moved.notified();
            let everywhere = Arc::clone(&self.everywhere).acquire_owned().await.map_err(closed)?;
            let now = Instant::now();
            let until = match self.ledger().start(host, now, with_page) {
                Turn::Go => {
                    let host = host.to_owned();
                    drop(moved);
                    return Ok(Ticket {
                        hosts: self,
                        host,
                        gate,
                        head_came: false,
                        ended: false,
                        _place: place,
                        everywhere: Some(everywhere),
                    });
                }
                Turn::NotBefore(until) => until,
                Turn::Resting(until, why) => {
                    let retry_in = until.saturating_duration_since(now);
                    if retry_in > SHORT_REST {
                        return Err(FetchError::Resting { host: host.to_owned(), retry_in, why });
                    }
                    until
                }
            };
            drop(everywhere);
            tokio::select! {
                () = tokio::time::sleep_until(until.into()) => {}
                () = moved => {}
            }
        }
    }

    /// Passes on what robots.txt asks for.
    pub(super) fn crawl_delay(&self, host: &str, delay: Duration) {
        self.ledger().crawl_delay(host, delay);
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A panic elsewhere cannot leave the ledger half written: each method ends what it begins.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gate(&self, host: &str) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let (gates, sweep) = &mut *gates;
        sweep.over(gates, |gate| Arc::strong_count(gate) > 1);
        let places = self.per_host;
        let gate = gates
            .entry(host.to_owned())
            .or_insert_with(|| Arc::new(Gate { places: Arc::new(Semaphore::new(places)), moved: Notify::new() }));
        Arc::clone(gate)
    }
}

impl Ticket<'_> {
    /// The head of the answer came.
    pub(super) fn head(&mut self) {
        self.hosts.ledger().head(&self.host, Instant::now());
        self.head_came = true;
        self.gate.moved.notify_waiters();
    }

    /// The request ended like that. Returns its place among all.
    pub(super) fn finish(mut self, outcome: Outcome) -> Place {
        self.end(outcome);
        Place { _everywhere: self.everywhere.take() }
    }

    fn end(&mut self, outcome: Outcome) {
        if !std::mem::replace(&mut self.ended, true) {
            self.hosts.ledger().finish(&self.host, Instant::now(), self.head_came, outcome);
            self.gate.moved.notify_waiters();
        }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.end(Outcome::Dropped);
    }
}

#[cfg(test)]
#[path = "hosts_tests.rs"]
mod tests;
