//! The way out of the outbox: what the store holds is written and handed over as the settings say.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::step;
use crate::alert::tokens::Secret;
use crate::alert::{Letterhead, Mailbox, ParseMailboxError, Proofs};
use crate::config::Settings;
use crate::config::settings::{self, Transport};
use crate::domain::{About, BodyId, Delivery, DeliveryId, Language, State, Verdict};
use crate::fetch::{self, FetchError};
use crate::mail::{self, Desk, Dkim, DkimError, Files, FilesError, Hooks, Quoted, Sending, Smtp, SmtpError, TemplatesError};
use crate::resolve;
use crate::store::{Erased, Store, StoreError};
use crate::tasks;

/// A source that has been failing for so long is told to the operator.
const TOLD_AFTER: SignedDuration = SignedDuration::from_hours(3 * 24);

/// No mail can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The sender in the settings is no address.
    #[error("[mail] from: {0}")]
    Sender(#[from] ParseMailboxError),
    /// The operator in the settings is no address.
    #[error("[mail] operator: {0}")]
    Operator(#[source] ParseMailboxError),
    /// The folder for mails cannot be used.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The server cannot be used as it is named.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] TemplatesError),
    /// The key that signs mails cannot be used.
    #[error(transparent)]
    Dkim(#[from] DkimError),
    /// Mails are to be signed, and there is no key.
    #[error("[mail] dkim_selector is set, but there is no key · name its file in dkim_key_file")]
    NoDkimKey,
    /// Webhooks cannot be called.
    #[error(transparent)]
    Hooks(#[from] FetchError),
    /// The store cannot say what is to be sent.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sends what is due, by the way that the settings name.
pub struct Mailer {
    outbox: Arc<Outbox>,
    hook_outbox: Arc<HookOutbox>,
    desk: Arc<Desk>,
    way: Way,
    operator: Option<(Mailbox, Language)>,
    hooks: Arc<Hooks>,
    stop: Arc<AtomicBool>,
}

enum Way {
    Files(Arc<Files>),
    Smtp(Arc<Smtp>),
}

impl Mailer {
    /// A mailer over a store; connects to nothing yet. `credentials` is the folder that systemd gives a service.
    pub fn new(settings: &Settings, store: Arc<dyn Store>, credentials: Option<&Path>) -> Result<Self, MailerError> {
        let mail = &settings.mail;
        let way = match mail.transport {
            Transport::Files => Way::Files(Arc::new(Files::open(&mail.directory)?)),
            Transport::Smtp => Way::Smtp(Arc::new(Smtp::new(&mail.smtp, mail.password_file.as_deref(), credentials)?)),
        };
        let from: Mailbox = mail.from.parse()?;
        let public_url = settings.web.listen.as_ref().and_then(|_| Url::parse(&settings.web.public_url).ok());
        let operator: Option<Mailbox> = mail.operator.as_ref().map(|to| to.parse()).transpose().map_err(MailerError::Operator)?;
        let operator = operator.map(|to| (to, settings.web.language));
        let bounces = mail.bounces.as_ref().map(|bounces| bounces.parse()).transpose()?;
        let dkim = dkim(mail, &from, credentials)?.map(Arc::new);
        let letterhead = Letterhead { from, public_url, bounces, secret: Secret(store.secret()?) };
        let templates = mail::templates(mail.templates.as_deref())?;
        let desk = Desk { letterhead, templates, proofs: Proofs::default(), quoted: Quoted::default(), dkim, per_minute: mail.per_minute };
        let hooks = Arc::new(hooks(settings.crawl.allow_private)?);
        let (outbox, hook_outbox) = (Arc::new(Outbox { store: store.clone() }), Arc::new(HookOutbox { store }));
        Ok(Self { outbox, hook_outbox, desk: Arc::new(desk), way, operator, hooks, stop: Arc::default() })
    }

    /// Sends all that is due; returns when nothing due is left, the way out is in trouble, or `stop` was called.
    ///
    /// # Errors
    /// Those of the store. A verdict that could not be written leaves its delivery in doubt, to go again under the same `Message-ID`.
    pub async fn send_due(&self, now: Timestamp) -> Result<Sending, StoreError> {
        match &self.way {
            Way::Files(files) => mail::send_due(&self.outbox, files, &self.desk, now, &self.stop).await,
            Way::Smtp(smtp) => mail::send_due(&self.outbox, smtp, &self.desk, now, &self.stop).await,
        }
    }

    /// Writes a mail to the operator, where the settings name one, about sources that have been failing for three days and those that are
    /// back; it goes out with what is due.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tell_trouble(&self, now: Timestamp) -> Result<(), StoreError> {
        let Some((operator, language)) = self.operator.clone() else { return Ok(()) };
        let Ok(failing_since) = now.checked_sub(TOLD_AFTER) else { return Ok(()) };
        let outbox = self.outbox.clone();
        let told = tokio::task::spawn_blocking(move || outbox.store.tell_trouble(&operator.address, language, failing_since, now));
        tasks::outcome(told).await.map(drop)
    }

    /// Calls all webhooks that are due, as [`Mailer::send_due`] sends mails. Apart from them, so that a dead program delays no mail.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn call_due(&self, now: Timestamp) -> Result<Sending, StoreError> {
        mail::send_due(&self.hook_outbox, &self.hooks, &self.desk, now, &self.stop).await
    }

    /// Lets the mails in hand go out and no further ones.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// What signs the mails, where the settings want it.
fn dkim(mail: &settings::Mail, from: &Mailbox, credentials: Option<&Path>) -> Result<Option<Dkim>, MailerError> {
    let Some(selector) = &mail.dkim_selector else { return Ok(None) };
    let domain = mail.dkim_domain.as_deref().unwrap_or_else(|| from.address.rsplit_once('@').map_or("", |(_, domain)| domain));
    let credential = || credentials.map(|folder| folder.join("dkim-key")).filter(|path| path.exists());
    let key = mail.dkim_key_file.clone().or_else(credential).ok_or(MailerError::NoDkimKey)?;
    Ok(Some(Dkim::load(selector, domain, &key)?))
}

/// Who stopped all mails may take that back for so long; then the address is erased.
const KEPT_AFTER_LEAVING: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Erases what is to be kept no longer: requests whose link is void, addresses that never consented, those of people who left.
///
/// # Errors
/// Those of the store.
pub fn erase(store: &dyn Store, now: Timestamp) -> Result<Erased, StoreError> {
    store.erase_expired(now.checked_sub(KEPT_AFTER_LEAVING).unwrap_or(now), now)
}

/// A webhook gets so long to answer.
const HOOK_PATIENCE: Duration = Duration::from_secs(10);

/// What calls webhooks, at public addresses alone unless the settings allow others.
pub fn hooks(allow_private: bool) -> Result<Hooks, FetchError> {
    let client = fetch::caller(allow_private, HOOK_PATIENCE)?;
    Ok(Hooks::new(client, move |url| fetch::refused_literal(url, allow_private).is_some()))
}

/// The store as the mailer sees it.
struct Outbox {
    store: Arc<dyn Store>,
}

impl Outbox {
    /// A reminder without what was put right or called off since it was planned; `None`, and settled, where nothing is left of it.
    fn still_true(&self, mut delivery: Delivery, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
        let About::Reminder(evening) = delivery.about else { return Ok(Some(delivery)) };
        let mut states: BTreeMap<BodyId, Vec<State>> = BTreeMap::new();
        for body in &delivery.bodies {
            let known = self.store.states(&body.id, None)?;
            states.insert(body.id.clone(), known.into_iter().map(|version| version.state).collect());
        }
        delivery.changes.retain(|change| {
            let known = states.get(&change.body).map(Vec::as_slice).unwrap_or_default();
            resolve::turns_after(known, &change.key, change.aspect, evening)
        });
        if delivery.changes.is_empty() {
            let why = "not sent: what it was to remind of was put right or called off".to_string();
            self.store.settle(&[(delivery.id, Verdict::Refused(why))], now)?;
            return Ok(None);
        }
        Ok(Some(delivery))
    }
}

impl mail::Outbox for Outbox {
    type Error = StoreError;

    fn take_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let taken = self.store.take_due(now, u32::try_from(limit).unwrap_or(u32::MAX));
        step("mails taken from the outbox");
        taken?.into_iter().filter_map(|delivery| self.still_true(delivery, now).transpose()).collect()
    }

    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], now: Timestamp) -> Result<(), StoreError> {
        step("mails handed over");
        let settled = self.store.settle(verdicts, now);
        step("mails settled");
        settled
    }
}

/// The store as the caller of webhooks sees it.
struct HookOutbox {
    store: Arc<dyn Store>,
}

impl mail::Outbox for HookOutbox {
    type Error = StoreError;

    fn take_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        self.store.take_hooks_due(now, u32::try_from(limit).unwrap_or(u32::MAX))
    }

    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], now: Timestamp) -> Result<(), StoreError> {
        self.store.settle(verdicts, now)
    }
}
