//! The outbox: deliveries, written with the changes they tell of, and their fate.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Result;
use crate::domain::{ChangeId, Delivery, DeliveryId, Language, PlannedDelivery, Subscriber, SubscriberId, Verdict};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Waits for its time.
    Queued,
    /// Is being handed over; after a crash: in doubt.
    Sending,
    /// Was accepted by the server.
    Sent,
    /// Was refused for good.
    Refused,
    /// The subscriber was suspended before it went out.
    Suspended,
}

impl DeliveryState {
    /// The lower-case word kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Suspended => "suspended",
        }
    }
}

/// A delivery and its fate, for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// Row id.
    pub id: DeliveryId,
    /// To whom.
    pub to: Subscriber,
    /// About what, in the words of [`crate::domain::About`].
    pub about: String,
    /// The changes it tells of, in order of id.
    pub changes: Vec<ChangeId>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// Not before.
    pub due_at: Timestamp,
    /// When it was settled for good.
    pub settled_at: Option<Timestamp>,
    /// What the server said last.
    pub answer: Option<String>,
}

/// How many deliveries stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryCounts {
    /// Waiting.
    pub queued: u64,
    /// In the mailer's hands.
    pub sending: u64,
    /// Done.
    pub sent: u64,
    /// Refused for good.
    pub refused: u64,
    /// Dropped with their subscriber's suspension.
    pub suspended: u64,
}

/// The outbox.
pub trait Outbox {
    /// Writes deliveries outside a visit: confirmations, tests, alerts of changes that are stored. `changes` are what the deliveries'
    /// indices count. Returns the ids of those written or added to; service mail that was written before is not repeated.
    fn enqueue(&self, deliveries: &[PlannedDelivery], changes: &[ChangeId], now: Timestamp) -> Result<Vec<DeliveryId>>;
    /// Writes a mail to the operator, in one transaction with the note that it was told, when sources have been failing without a break
    /// since `failing_since` or longer, or read well again after the operator was told that they fail, or when most of a body's facts went at
    /// once ([`Findings::redesign`](super::Findings::redesign)). `None`: there is nothing to tell.
    /// An address that is not known yet is added, without subscriptions.
    fn tell_trouble(&self, to: &str, language: Language, failing_since: Timestamp, now: Timestamp) -> Result<Option<DeliveryId>>;
    /// Takes mails that may be tried now and marks each as being handed over, in one transaction: first news, the longest waiting first,
    /// then a few of the confirmations and tests, so that no flood of those delays news. What is marked is not taken again until it is
    /// settled, or queued again by [`Outbox::requeue_in_doubt`].
    fn take_due(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>>;
    /// The same for calls of webhooks.
    fn take_hooks_due(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>>;
    /// Writes down how attempts ended, in one transaction.
    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], now: Timestamp) -> Result<()>;
    /// Puts deliveries that a dead mailer left in doubt back into the queue (those taken before `before`). They go out again under the
    /// same `Message-ID`. Returns how many.
    fn requeue_in_doubt(&self, before: Timestamp) -> Result<u64>;
    /// When the next queued mail falls due.
    fn next_delivery_due(&self) -> Result<Option<Timestamp>>;
    /// When the next queued call of a webhook falls due.
    fn next_hook_due(&self) -> Result<Option<Timestamp>>;
    /// One delivery.
    fn delivery(&self, delivery: DeliveryId) -> Result<Option<DeliveryRecord>>;
    /// Deliveries in a state, the newest first, from before the given one.
    fn deliveries(&self, state: DeliveryState, before: Option<DeliveryId>, limit: u32) -> Result<Vec<DeliveryRecord>>;
    /// Deliveries of one subscriber, the newest first.
    fn deliveries_to(&self, subscriber: SubscriberId, limit: u32) -> Result<Vec<DeliveryRecord>>;
    /// Puts refused deliveries back into the queue. Returns how many were refused.
    fn retry(&self, deliveries: &[DeliveryId], now: Timestamp) -> Result<u64>;
    /// How many deliveries wait: cheap, however many were ever sent.
    fn n_queued(&self) -> Result<u64>;
    /// How many deliveries stand where.
    fn delivery_counts(&self) -> Result<DeliveryCounts>;
}
