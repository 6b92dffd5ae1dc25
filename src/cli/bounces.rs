//! `sportello bounces`: mails that came back, complaints and messages that unsubscribe, from standard input or a Maildir.

use std::io::Read;
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;

use super::args::{BouncesArgs, Global};
use super::{Outcome, setup, talk};
use crate::alert::tokens::Secret;
use crate::domain::day_of;
use crate::mail::bounces::{self, Report};
use crate::store::{Store, StoreError};

/// What is longer is no report; a mail server cuts what it returns well before this.
const LONGEST: u64 = 4 << 20;

/// Reads one message, or all that wait.
pub fn run(args: &BouncesArgs, global: &Global) -> anyhow::Result<Outcome> {
    let settings = setup::settings(global)?.settings;
    let read = || -> anyhow::Result<Outcome> {
        let store = setup::store(&settings)?;
        let secret = Secret(store.secret()?);
        match &args.maildir {
            Some(maildir) => read_all(&*store, &secret, maildir),
            None => {
                let mut message = Vec::new();
                std::io::stdin().lock().take(LONGEST).read_to_end(&mut message).context("cannot read standard input")?;
                take(&*store, &secret, &message)?;
                Ok(Outcome::Done)
            }
        }
    };
    read().or_else(|error| {
        // the mail server keeps the message and hands it over again
        let passing = error.downcast_ref::<StoreError>().is_some();
        if passing {
            talk::error(&error);
        }
        if passing { Ok(Outcome::TryAgain) } else { Err(error) }
    })
}

fn read_all(store: &dyn Store, secret: &Secret, maildir: &Path) -> anyhow::Result<Outcome> {
    let waiting = bounces::waiting(maildir).with_context(|| format!("cannot read the Maildir {}", maildir.display()))?;
    let mut n_meant = 0;
    for path in &waiting {
        let mut message = Vec::new();
        let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        file.take(LONGEST).read_to_end(&mut message).with_context(|| format!("cannot read {}", path.display()))?;
        n_meant += usize::from(take(store, secret, &message)?);
        // only now: what is cut off here is read once more, which changes nothing
        bounces::done(maildir, path).with_context(|| format!("cannot move {}", path.display()))?;
    }
    talk::say(format_args!("{} messages read, {n_meant} of them meant something", waiting.len()));
    Ok(Outcome::Done)
}

/// Does what a message asks for; says whether it meant anything.
fn take(store: &dyn Store, secret: &Secret, message: &[u8]) -> Result<bool, StoreError> {
    let now = Timestamp::now();
    let Some(report) = bounces::read(message, secret, now) else { return Ok(false) };
    let (day, today) = (bounces::day_sent(message, now), day_of(now));
    match report {
        Report::Bounce { delivery, hard, reason } => {
            if let Some((subscriber, days)) = store.bounced(delivery, hard, &reason, day, now)?
                && hard
                && bounces::should_stop(&days, today)
            {
                store.suspend(subscriber, &format!("mails came back on {} days: {reason}", days.len()), now)?;
            }
        }
        Report::Complaint(delivery) => {
            if let Some((subscriber, _)) = store.bounced(delivery, false, "complaint", day, now)? {
                store.suspend(subscriber, "complaint", now)?;
            }
        }
        Report::Unsubscribe(subscriber) => {
            store.leave(subscriber, now)?;
        }
    }
    Ok(true)
}
