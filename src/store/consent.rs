//! Subscribing without an operator: what was asked and waits for consent, consent and its proof, leaving, being forgotten.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Result;
use crate::domain::{DeliveryId, Frequency, Language, NewSubscription, SubscriberId};

/// The reason of those who stopped their mails themselves.
pub const LEFT: &str = "left";

/// By which road consent came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// The form on the site.
    Page,
    /// The JSON interface.
    Api,
    /// The operator's command, who answers for it.
    Operator,
    /// A file that the operator read in.
    Import,
}

/// Somebody asks that an address be told of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The address.
    pub email: String,
    /// The language of its mails.
    pub language: Language,
    /// What is wanted.
    pub wish: NewSubscription,
    /// By which road.
    pub how: How,
    /// The network address that asked: kept as proof of consent if consent follows.
    pub from: Option<String>,
    /// What limits count by: that address, or the network around it.
    pub network: Option<String>,
}

/// How many confirmation mails may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskLimits {
    /// For one address in a day.
    pub per_address: u32,
    /// From one network in an hour.
    pub per_network: u32,
    /// In all in an hour.
    pub in_all: u32,
}

impl Default for AskLimits {
    fn default() -> Self {
        Self { per_address: 4, per_network: 20, in_all: 600 }
    }
}

/// What became of asking. Only the operator may learn the difference between the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A confirmation mail was written.
    Written(DeliveryId),
    /// This address has had enough of them for today: nothing was written.
    EnoughForAddress,
    /// This network asked too often within the hour.
    EnoughFromNetwork,
    /// Too many were asked for in all within the hour.
    EnoughInAll,
}

/// What waits for consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is wanted.
    pub wish: NewSubscription,
    /// The address.
    pub email: String,
    /// The language of its mails.
    pub language: Language,
}

/// What a confirmation link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// Consent is given, now.
    Now,
    /// It was given before by the same link; nothing changed.
    Before,
    /// Nothing waits under this link any more.
    Void,
}

/// Proof of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// To what.
    pub wish: NewSubscription,
    /// By which road.
    pub how: How,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// From which network address.
    pub asked_from: Option<String>,
    /// When it was given.
    pub given_at: Timestamp,
    /// From which network address.
    pub given_from: Option<String>,
}

/// An address that the operator answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The address.
    pub email: String,
    /// The language of its mails, where it is new.
    pub language: Language,
    /// What it wants.
    pub wish: NewSubscription,
}

/// What became of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolled {
    /// The address is new.
    Added,
    /// It was there; it has the wish now, if it had not before.
    Known,
    /// It is stopped and stays so.
    Stopped,
    /// Its owner wanted to be forgotten: only their own consent brings it back.
    Forgotten,
}

/// How many things were erased because their time was over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Requests whose link became void.
    pub requests: u64,
    /// Addresses that never consented.
    pub unconfirmed: u64,
    /// Addresses of those who left.
    pub left: u64,
}

/// Self-service.
pub trait Consents {
    /// Writes down what is asked, and the confirmation mail for it, unless a limit is reached. `until` is when its link becomes void.
    fn ask(&self, ask: &Ask, limits: &AskLimits, until: Timestamp, now: Timestamp) -> Result<Asked>;
    /// What waits for consent under a number.
    fn request(&self, subscriber: SubscriberId, request: i64, now: Timestamp) -> Result<Option<Request>>;
    /// Consent: the wish counts from now, the address is a confirmed one, and what was kept against re-import is lifted.
    fn grant(&self, subscriber: SubscriberId, request: i64, from: Option<&str>, now: Timestamp) -> Result<Granted>;
    /// Adds addresses as confirmed ones, on the operator's word, all in one transaction. `revive`: stopped ones count again.
    fn enrol(&self, enrolments: &[Enrolment], how: How, revive: bool, now: Timestamp) -> Result<Vec<Enrolled>>;
    /// The consents of a subscriber, the oldest first.
    fn consents(&self, subscriber: SubscriberId) -> Result<Vec<Consent>>;
    /// Changes how often one of a subscriber's wishes speaks, and whether it reminds; says whether it was there.
    fn change_wish(&self, subscriber: SubscriberId, subscription: i64, frequency: Frequency, reminders: bool) -> Result<bool>;
    /// Takes one of a subscriber's wishes away, with the digests that waited for it alone; says whether it was there.
    fn drop_wish(&self, subscriber: SubscriberId, subscription: i64, now: Timestamp) -> Result<bool>;
    /// The language of a subscriber's mails from now on.
    fn set_language(&self, subscriber: SubscriberId, language: Language) -> Result<()>;
    /// Stops all mails of a confirmed subscriber, whose wishes are kept for a while; says whether there was anything to stop.
    fn leave(&self, subscriber: SubscriberId, now: Timestamp) -> Result<bool>;
    /// Takes leaving back; says whether the subscriber had left.
    fn come_back(&self, subscriber: SubscriberId, now: Timestamp) -> Result<bool>;
    /// Erases all that is kept about a subscriber; what stays is a keyed hash of the address against re-import.
    fn forget(&self, subscriber: SubscriberId, now: Timestamp) -> Result<bool>;
    /// Whether the owner of an address wanted to be forgotten.
    fn is_forgotten(&self, email: &str) -> Result<bool>;
    /// Erases void requests, addresses that never consented, and those who left before `left_before`.
    fn erase_expired(&self, left_before: Timestamp, now: Timestamp) -> Result<Erased>;
    /// Writes down that a delivery came back: it counts as refused, and where `hard`, the day is kept. Returns the subscriber and the days
    /// on which mail to it came back hard, unless the delivery is gone.
    fn bounced(
        &self,
        delivery: DeliveryId,
        hard: bool,
        reason: &str,
        day: Date,
        now: Timestamp,
    ) -> Result<Option<(SubscriberId, Vec<Date>)>>;
}
