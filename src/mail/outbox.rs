//! The outbox: what is due is taken from the store, handed over, and its fate written down.
//!
//! A delivery is marked before it is handed over and again when its fate is known; no transaction is open in between. What a crash leaves
//! marked is in doubt and goes again under the same `Message-ID`. Verdicts are written as they come, many in one commit when they come fast.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, mpsc};

use crate::alert::{Letterhead, Proofs, RenderError, Templates};
use crate::domain::{Delivery, DeliveryId, Verdict};
use crate::tasks;

use super::{ComposeError, Dkim, Quoted, Sealed, compose};

/// What sending asks of a store. Calls may block; they are made where blocking is allowed.
pub trait Outbox: Send + Sync + 'static {
    /// What may go wrong in the store.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Takes up to `limit` deliveries that may be tried at `now`, the longest waiting first, and marks each as being handed over, all in
    /// one transaction that is durable when this returns. A marked delivery is not taken again until it is settled.
    fn take_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, Self::Error>;

    /// Writes verdicts down, all in one transaction that is durable when this returns, and takes the marks away.
    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], now: Timestamp) -> Result<(), Self::Error>;
}

/// What a way out says to a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Accepted, in its words.
    Accepted(String),
    /// This mail not now: a 4xx for its recipient, a connection that broke while it was handed over.
    NotNow(String),
    /// This mail never: a 5xx for its recipient or its content.
    Never(String),
    /// No mail at all for now: no connection, no encryption, wrong password, a full disk. Says nothing about this mail.
    Trouble(String),
}

/// A way out for deliveries.
pub trait Transport: Send + Sync + 'static {
    /// What it carries.
    type Letter: Send + Sync;

    /// How many may be handed over at a time.
    fn connections(&self) -> usize;

    /// Writes what a delivery is to say.
    fn write(&self, delivery: &Delivery, desk: &Desk, now: Timestamp) -> Result<Self::Letter, WriteError>;

    /// Hands one over and returns its answer, within bounds of time of its own.
    fn hand_over(&self, letter: &Self::Letter) -> impl Future<Output = Answer> + Send;
}

/// A delivery could not be put into words.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// By a template: to be mended by the operator, not to be held against the subscriber.
    #[error(transparent)]
    Template(#[from] RenderError),
    /// By an address that is none.
    #[error(transparent)]
    Address(#[from] ComposeError),
    /// By something else that no other try will change.
    #[error("{0}")]
    Never(String),
}

/// Writes a mail.
pub(super) fn seal(delivery: &Delivery, desk: &Desk, now: Timestamp) -> Result<Sealed, WriteError> {
    let mail = desk.proofs.render(delivery, &desk.letterhead, &desk.templates, now)?;
    Ok(compose(&mail, &desk.quoted, desk.dkim.as_deref())?)
}

/// What mails are written with, and how fast.
#[derive(Debug)]
pub struct Desk {
    /// What all mails share.
    pub letterhead: Letterhead,
    /// The templates.
    pub templates: Templates,
    /// What was written with them last.
    pub proofs: Proofs,
    /// How their texts were encoded.
    pub quoted: Quoted,
    /// The key that mails are signed with, if there is one.
    pub dkim: Option<Arc<Dkim>>,
    /// At most so many mails a minute; 0: no limit.
    pub per_minute: u32,
}

/// What became of the mails of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sending {
    /// Accepted.
    pub sent: usize,
    /// To be tried again.
    pub later: usize,
    /// Refused for good.
    pub refused: usize,
    /// Why sending was broken off, if it was; the rest stays in the outbox.
    pub trouble: Option<String>,
}

/// How long a delivery is tried before it is given up.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);
/// So many deliveries are in memory at a time.
const BATCH: usize = 200;
/// A verdict waits so long for others, to share their commit: each forces the disk. It is also what a crash may leave in doubt.
const GATHER: Duration = Duration::from_millis(10);

/// Sends all that is due from `now` on while it lasts, and returns when nothing due is left, `stop` is set, or the way out is in trouble.
///
/// Only one process may send from a store at a time. Errors are the store's own; a verdict that could not be written leaves its delivery
/// in doubt, to go again.
pub async fn send_due<O: Outbox, T: Transport>(
    outbox: &Arc<O>,
    transport: &Arc<T>,
    desk: &Arc<Desk>,
    now: Timestamp,
    stop: &Arc<AtomicBool>,
) -> Result<Sending, O::Error> {
    let started = Instant::now();
    let clock = move || now.checked_add(started.elapsed()).unwrap_or(now);
    let workers = transport.connections().max(1);
    let (work, queue) = mpsc::channel::<Delivery>(workers);
    let queue = Arc::new(Mutex::new(queue));
    let (tell, mut told) = mpsc::channel::<(DeliveryId, Verdict)>(BATCH);
    let halted = Arc::new(Halt { stop: stop.clone(), trouble: std::sync::Mutex::new(None), troubled: AtomicBool::new(false) });
    let pace = Arc::new(Pace::new(desk.per_minute));
    let in_hand = Arc::new(AtomicUsize::new(0));

    let mut hands = tokio::task::JoinSet::new();
    for _ in 0..workers {
        let (queue, tell, transport, desk, halted, pace) =
            (queue.clone(), tell.clone(), transport.clone(), desk.clone(), halted.clone(), pace.clone());
        hands.spawn(async move {
            loop {
                let next = queue.lock().await.recv().await;
                let Some(delivery) = next else { return };
                let verdict = attempt(&delivery, transport.as_ref(), &desk, &halted, &pace, &clock).await;
                if tell.send((delivery.id, verdict)).await.is_err() {
                    return;
                }
            }
        });
    }
    drop(tell);

    let settler = {
        let (outbox, in_hand) = (outbox.clone(), in_hand.clone());
        tokio::spawn(async move {
            let mut sending = Sending::default();
            let mut verdicts = Vec::with_capacity(BATCH);
            while told.recv_many(&mut verdicts, BATCH).await > 0 {
                tokio::time::sleep(GATHER).await;
                while verdicts.len() < BATCH
                    && let Ok(verdict) = told.try_recv()
                {
                    verdicts.push(verdict);
                }
                for (_, verdict) in &verdicts {
                    match verdict {
                        Verdict::Sent(_) => sending.sent += 1,
                        Verdict::Later(..) => sending.later += 1,
                        Verdict::Refused(_) => sending.refused += 1,
                    }
                }
                let (outbox, written) = (outbox.clone(), std::mem::take(&mut verdicts));
                let n_written = written.len();
                let settled = tasks::outcome(tokio::task::spawn_blocking(move || outbox.settle(&written, clock()))).await;
                in_hand.fetch_sub(n_written, Ordering::AcqRel);
                settled?;
            }
            Ok(sending)
        })
    };

    let taken = async {
        while !halted.is_set() && !settler.is_finished() {
            let outbox = outbox.clone();
            let batch = tasks::outcome(tokio::task::spawn_blocking(move || outbox.take_due(clock(), BATCH))).await?;
            if batch.is_empty() {
                break;
            }
            for delivery in batch {
                if work.send(delivery).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
    .await;
    drop(work);
    while hands.join_next().await.is_some() {}
    let settled = tasks::outcome(settler).await;
    taken?;
    let mut sending = settled?;
    sending.trouble = halted.trouble.lock().ok().and_then(|mut trouble| trouble.take());
    Ok(sending)
}

/// Whether to go on.
struct Halt {
    stop: Arc<AtomicBool>,
    troubled: AtomicBool,
    trouble: std::sync::Mutex<Option<String>>,
}

impl Halt {
    fn is_set(&self) -> bool {
        self.stop.load(Ordering::Acquire) || self.troubled.load(Ordering::Acquire)
    }

    fn set(&self, reason: &str) {
        self.troubled.store(true, Ordering::Release);
        if let Ok(mut trouble) = self.trouble.lock() {
            trouble.get_or_insert_with(|| reason.to_string());
        }
    }
}

/// Writes one mail and hands it over.
async fn attempt<T: Transport>(
    delivery: &Delivery,
    transport: &T,
    desk: &Desk,
    halted: &Halt,
    pace: &Pace,
    clock: &impl Fn() -> Timestamp,
) -> Verdict {
    if !halted.is_set() {
        pace.wait().await;
    }
    if halted.is_set() {
        return Verdict::Later(clock(), "sending was broken off before this one".into());
    }
    let letter = match transport.write(delivery, desk, clock()) {
        Ok(letter) => letter,
        Err(error @ WriteError::Template(_)) => {
            halted.set(&error.to_string());
            return later(delivery, clock(), error.to_string());
        }
        Err(error) => return Verdict::Refused(error.to_string()),
    };
    match transport.hand_over(&letter).await {
        Answer::Accepted(words) => Verdict::Sent(words),
        Answer::NotNow(reason) => later(delivery, clock(), reason),
        Answer::Never(reason) => Verdict::Refused(reason),
        Answer::Trouble(reason) => {
            halted.set(&reason);
            later(delivery, clock(), reason)
        }
    }
}

/// Again later, or given up when it has waited for three days.
fn later(delivery: &Delivery, now: Timestamp, reason: String) -> Verdict {
    if now.duration_since(delivery.due_at) >= GIVE_UP_AFTER {
        return Verdict::Refused(format!("given up after three days: {reason}"));
    }
    Verdict::Later(retry_at(delivery.id, delivery.attempts, now), reason)
}

/// When to try again after so many failed attempts: after one minute, then twice as long each time, at most four hours; spread by up to a
/// quarter, the same for the same delivery, so that those which failed together do not return together.
pub fn retry_at(delivery: DeliveryId, attempts: u32, now: Timestamp) -> Timestamp {
    let seconds = 60_i64.saturating_mul(1 << attempts.min(8)).min(4 * 3600);
    let spread = delivery.0.wrapping_mul(0x9E37_79B9).rem_euclid(1000) * seconds / 4000;
    now.checked_add(SignedDuration::from_secs(seconds + spread)).unwrap_or(now)
}

/// Keeps mails apart so that no more than so many go out a minute.
struct Pace {
    gap: Duration,
    next: Mutex<tokio::time::Instant>,
}

impl Pace {
    fn new(per_minute: u32) -> Self {
        let gap = Duration::from_secs(60).checked_div(per_minute).unwrap_or_default();
        Self { gap, next: Mutex::new(tokio::time::Instant::now()) }
    }

    async fn wait(&self) {
        if self.gap.is_zero() {
            return;
        }
        let turn = {
            let mut next = self.next.lock().await;
            let turn = (*next).max(tokio::time::Instant::now());
            *next = turn + self.gap;
            turn
        };
        tokio::time::sleep_until(turn).await;
    }
}
