//! Who gets mail, and of what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Result;
use crate::domain::{Body, Language, NewSubscription, Subscriber, SubscriberId, Subscription, Way};

/// Whether an address gets mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriberState {
    /// Not confirmed yet: gets the confirmation mail and nothing else.
    Pending,
    /// Gets what its subscriptions ask for.
    Confirmed,
    /// Stopped: by its owner, the operator, bounces or a complaint.
    Suspended,
}

impl SubscriberState {
    /// The lower-case word kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Suspended => "suspended",
        }
    }
}

/// A subscriber with what the operator may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriberRecord {
    /// Id, address, language.
    #[serde(flatten)]
    pub subscriber: Subscriber,
    /// By mail or by calling a program.
    pub way: Way,
    /// Whether it is told.
    pub state: SubscriberState,
    /// Why it does not, where it is suspended.
    pub reason: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When it was suspended.
    pub stopped_at: Option<Timestamp>,
    /// Days on which mail to it came back for good.
    pub n_bounces: u32,
    /// What it wants.
    pub subscriptions: Vec<Subscription>,
}

/// Subscribers and subscriptions.
pub trait Subscribers {
    /// Adds an address, or finds it (case does not count); one that is there keeps its state and language. What begins with `http` and is
    /// no mail address is the URL of a webhook.
    fn add_subscriber(&self, email: &str, language: Language, state: SubscriberState, now: Timestamp) -> Result<SubscriberId>;
    /// Adds a wish; one equal to a wish that the subscriber has is not added twice.
    fn subscribe(&self, subscriber: SubscriberId, wish: &NewSubscription, now: Timestamp) -> Result<i64>;
    /// Takes one wish away; says whether it was there.
    fn unsubscribe(&self, subscription: i64) -> Result<bool>;
    /// Suspends a subscriber, with the reason; its queued deliveries are dropped, its wishes kept for the day it is confirmed again.
    fn suspend(&self, subscriber: SubscriberId, reason: &str, now: Timestamp) -> Result<()>;
    /// Makes a pending or suspended subscriber a confirmed one; its bounces are forgotten.
    fn confirm(&self, subscriber: SubscriberId, now: Timestamp) -> Result<()>;
    /// Erases a subscriber with its wishes and deliveries; says whether it was there.
    fn remove_subscriber(&self, subscriber: SubscriberId) -> Result<bool>;
    /// The subscriber with an address (case does not count).
    fn subscriber_by_email(&self, email: &str) -> Result<Option<SubscriberRecord>>;
    /// One subscriber.
    fn subscriber(&self, subscriber: SubscriberId) -> Result<Option<SubscriberRecord>>;
    /// Subscribers in order of id, from after the given one.
    fn subscribers(&self, after: Option<SubscriberId>, limit: u32) -> Result<Vec<SubscriberRecord>>;
    /// The wishes of confirmed subscribers that may concern a body: those that name it, its province, or no place at all.
    fn subscriptions_for(&self, body: &Body) -> Result<Vec<(Subscriber, Subscription)>>;
}
