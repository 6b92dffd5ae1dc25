//! The outbox: deliveries, written with the changes they tell of, and their fate.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Result;
use crate::domain::{ChangeId, Subscriber, SubscriberId};

/// The id of a delivery in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub i64);

/// What kind of mail a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryKind {
    /// Changes, as soon as they are known.
    Alert,
    /// Changes of a day or a week.
    Digest,
    /// The evening before something begins.
    Reminder,
    /// To a new subscriber, or about the subscription itself.
    Service,
}

impl DeliveryKind {
    /// The lower-case word kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Digest => "digest",
            Self::Reminder => "reminder",
            Self::Service => "service",
        }
    }
}

/// What a delivery is about; unique per subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The changes it carries: "change 42", "changes 42-44".
    ItsChanges,
    /// Something with a name of its own: "digest 2026-03-01", "confirmation 7". Changes are added to a queued delivery of that name.
    Named(String),
}

/// A change that a new delivery tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeRef {
    /// The `n`th change of the findings being recorded.
    Nth(usize),
    /// A change that is in the store.
    Stored(ChangeId),
}

/// A delivery to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDelivery {
    /// To whom.
    pub subscriber: SubscriberId,
    /// What kind.
    pub kind: DeliveryKind,
    /// About what.
    pub about: About,
    /// The changes it tells of. Those that the subscriber has been told already by an alert or digest are left out;
    /// a delivery of which nothing remains is not written. Empty for service mail.
    pub changes: Vec<ChangeRef>,
    /// Not before.
    pub due_at: Timestamp,
    /// What the mail needs beside its changes; erased once it is sent.
    pub payload: Option<serde_json::Value>,
}

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

/// A delivery and its fate.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Row id.
    pub id: DeliveryId,
    /// The left part of its `Message-ID`: the same for every attempt, different for every delivery of every database.
    pub message_key: String,
    /// To whom.
    pub to: Subscriber,
    /// What kind.
    pub kind: DeliveryKind,
    /// "change 42", "digest 2026-03-01", "confirmation 7".
    pub about: String,
    /// The changes it tells of, in order of id.
    pub changes: Vec<ChangeId>,
    /// What the mail needs beside them.
    pub payload: Option<serde_json::Value>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// Not before.
    pub due_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The server took it.
    Sent,
    /// Not now: try again at `at`.
    Later {
        /// When.
        at: Timestamp,
        /// Why not now.
        reason: String,
    },
    /// Never.
    Refused {
        /// Why.
        reason: String,
    },
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
    /// Writes deliveries outside a visit: confirmations, digests, reminders. Returns the ids of those written or added to.
    fn enqueue(&self, deliveries: &[NewDelivery], now: Timestamp) -> Result<Vec<DeliveryId>>;
    /// Deliveries that may be tried now, the longest waiting first.
    fn due_deliveries(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>>;
    /// When the next queued delivery falls due.
    fn next_delivery_due(&self) -> Result<Option<Timestamp>>;
    /// Marks queued deliveries as being handed over and counts the attempt. Returns those that this call took:
    /// another mailer may have been faster with the rest.
    fn mark_sending(&self, deliveries: &[DeliveryId], now: Timestamp) -> Result<Vec<DeliveryId>>;
    /// Writes down how attempts ended.
    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], now: Timestamp) -> Result<()>;
    /// Puts deliveries that a dead mailer left in doubt back into the queue (those marked before `before`). They go out again under the
    /// same `Message-ID`. Returns how many.
    fn requeue_in_doubt(&self, before: Timestamp) -> Result<u64>;
    /// One delivery.
    fn delivery(&self, delivery: DeliveryId) -> Result<Option<Delivery>>;
    /// Deliveries in a state, the newest first, from before the given one.
    fn deliveries(&self, state: DeliveryState, before: Option<DeliveryId>, limit: u32) -> Result<Vec<Delivery>>;
    /// Deliveries of one subscriber, the newest first.
    fn deliveries_to(&self, subscriber: SubscriberId, limit: u32) -> Result<Vec<Delivery>>;
    /// Puts refused deliveries back into the queue. Returns how many were refused.
    fn retry(&self, deliveries: &[DeliveryId], now: Timestamp) -> Result<u64>;
    /// How many deliveries stand where.
    fn delivery_counts(&self) -> Result<DeliveryCounts>;
}
