//! The outbox between store and mail: what is due is taken from the one, written and handed over by the other.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use url::Url;

use crate::alert::{Letterhead, Mailbox, ParseMailboxError, RenderError, Templates};
use crate::config::Settings;
use crate::config::settings::Transport;
use crate::domain::{About, Body, BodyId, Change, ChangeId, Delivery, DeliveryId, PlannedDelivery, Verdict, rome};
use crate::mail::{self, Desk, Files, FilesError, Sending};
use crate::store::{self, ChangeRef, DeliveryKind, NewDelivery, Store, StoreError};

/// A planned delivery in the words of the store.
pub(super) fn new_delivery(planned: PlannedDelivery) -> NewDelivery {
    NewDelivery {
        subscriber: planned.subscriber,
        kind: match planned.about {
            About::Alert(_) => DeliveryKind::Alert,
            About::Digest { .. } => DeliveryKind::Digest,
            About::Reminder(_) => DeliveryKind::Reminder,
            About::Confirmation(_) | About::Test(_) => DeliveryKind::Service,
        },
        about: store::About::Named(planned.about.to_string()),
        changes: planned.changes.into_iter().map(ChangeRef::Nth).collect(),
        due_at: planned.due_at,
        payload: None,
    }
}

/// The mails cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The sender in the settings is no address.
    #[error("[mail] from: {0}")]
    Sender(#[from] ParseMailboxError),
    /// The folder for mails cannot be used.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] RenderError),
    /// The store cannot say or note what is to be sent.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sends what is due, by the way that the settings name.
#[derive(Debug)]
pub struct Mailer {
    outbox: Arc<Outbox>,
    desk: Arc<Desk>,
    way: Way,
    stop: Arc<AtomicBool>,
}

/// The way out.
#[derive(Debug)]
enum Way {
    Files(Arc<Files>),
}

impl Mailer {
    /// A mailer over a store. Deliveries that a dead mailer left in doubt go again: only who holds the store's lock may make one.
    pub fn new(settings: &Settings, store: Arc<dyn Store>) -> Result<Self, MailerError> {
        let way = match settings.mail.transport {
            Transport::Files | Transport::Smtp => Way::Files(Arc::new(Files::open(&settings.mail.directory)?)),
        };
        let from: Mailbox = settings.mail.from.parse()?;
        let public_url = settings.web.listen.and_then(|_| Url::parse(&settings.web.public_url).ok());
        let letterhead = Letterhead { from, public_url, bounces: None, secret: store.secret()? };
        let desk = Desk { letterhead, templates: Templates::new([])?, per_minute: settings.mail.per_minute };
        store.requeue_in_doubt(Timestamp::MAX)?;
        Ok(Self { outbox: Arc::new(Outbox { store }), desk: Arc::new(desk), way, stop: Arc::default() })
    }

    /// Sends all that is due; returns when nothing due is left, the way out is in trouble, or `stop` was called.
    pub async fn send_due(&self, now: Timestamp) -> Result<Sending, StoreError> {
        match &self.way {
            Way::Files(files) => mail::send_due(&self.outbox, files, &self.desk, now, &self.stop).await,
        }
    }

    /// Lets the mails in hand go out and no further ones.
    pub fn stop(&self) {
        self.stop.store(true, std::sync::atomic::Ordering::Release);
    }
}

/// The store as the mailer sees it.
#[derive(Debug)]
struct Outbox {
    store: Arc<dyn Store>,
}

impl mail::Outbox for Outbox {
    type Error = StoreError;

    fn take_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let due = self.store.due_deliveries(now, u32::try_from(limit).unwrap_or(u32::MAX))?;
        let ids: Vec<store::DeliveryId> = due.iter().map(|delivery| delivery.id).collect();
        let taken = self.store.mark_sending(&ids, now)?;
        let mut shelf = Shelf { store: &*self.store, changes: HashMap::new(), bodies: HashMap::new() };
        due.into_iter().filter(|delivery| taken.contains(&delivery.id)).map(|delivery| shelf.complete(delivery)).collect()
    }

    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], now: Timestamp) -> Result<(), StoreError> {
        let stored = |(id, verdict): &(DeliveryId, Verdict)| {
            let verdict = match verdict {
                Verdict::Sent(_) => store::Verdict::Sent,
                Verdict::Later(at, reason) => store::Verdict::Later { at: *at, reason: reason.clone() },
                Verdict::Refused(reason) => store::Verdict::Refused { reason: reason.clone() },
            };
            (store::DeliveryId(id.0), verdict)
        };
        self.store.settle(&verdicts.iter().map(stored).collect::<Vec<_>>(), now)
    }
}

/// Changes and bodies that the deliveries at hand share.
struct Shelf<'s> {
    store: &'s dyn Store,
    changes: HashMap<ChangeId, Arc<Change>>,
    bodies: HashMap<BodyId, Arc<Body>>,
}

impl Shelf<'_> {
    /// A delivery with all that its mail is written from.
    fn complete(&mut self, delivery: store::Delivery) -> Result<Delivery, StoreError> {
        let mut changes = Vec::with_capacity(delivery.changes.len());
        let mut bodies: Vec<Arc<Body>> = Vec::new();
        for id in &delivery.changes {
            let Some(change) = self.change(*id)? else { continue };
            if !bodies.iter().any(|body| body.id == change.body) {
                bodies.extend(self.body(&change.body)?);
            }
            changes.push(change);
        }
        let about = about(&delivery, &bodies);
        let due_at = if delivery.attempts == 0 { delivery.due_at } else { first_due(&about, &delivery) };
        Ok(Delivery { id: DeliveryId(delivery.id.0), about, to: delivery.to, changes, bodies, due_at, attempts: delivery.attempts })
    }

    fn change(&mut self, id: ChangeId) -> Result<Option<Arc<Change>>, StoreError> {
        if let Some(change) = self.changes.get(&id) {
            return Ok(Some(change.clone()));
        }
        let change = self.store.change(id)?.map(Arc::new);
        self.changes.extend(change.clone().map(|change| (id, change)));
        Ok(change)
    }

    fn body(&mut self, id: &BodyId) -> Result<Option<Arc<Body>>, StoreError> {
        if let Some(body) = self.bodies.get(id) {
            return Ok(Some(body.clone()));
        }
        let body = self.store.body(id)?.map(Arc::new);
        self.bodies.extend(body.clone().map(|body| (id.clone(), body)));
        Ok(body)
    }
}

/// When a delivery that was tried before was due at first. A digest may be written days before its hour.
fn first_due(about: &About, delivery: &store::Delivery) -> Timestamp {
    let evening = match about {
        About::Digest { day, .. } | About::Reminder(day) => rome().to_timestamp(day.at(0, 0, 0, 0)).ok(),
        About::Alert(_) | About::Confirmation(_) | About::Test(_) => None,
    };
    evening.map_or(delivery.created_at, |evening| evening.max(delivery.created_at))
}

/// What a delivery is about. The store numbers those that share a name: "alert comune-prato (2)".
fn about(delivery: &store::Delivery, bodies: &[Arc<Body>]) -> About {
    let name = match delivery.about.rsplit_once(" (") {
        Some((name, number)) if number.trim_end_matches(')').parse::<u32>().is_ok() => name,
        _ => &delivery.about,
    };
    let body = || About::Alert(bodies.first().map_or_else(|| BodyId(String::new()), |body| body.id.clone()));
    name.parse().unwrap_or_else(|_| body())
}
