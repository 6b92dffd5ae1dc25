//! `sportello subscribers`: who gets mail, and of what. Who is added here counts as confirmed: the operator answers for their consent.

use std::io::Write;

use anyhow::bail;
use jiff::Timestamp;

use super::args::{Global, SubscribeArgs, SubscribersCommand};
use super::{Outcome, ask, setup, talk};
use crate::alert::Mailbox;
use crate::domain::{Filter, Frequency, Language, Subscription};
use crate::store::{NewSubscription, Store, SubscriberRecord, SubscriberState};

/// How many subscribers are read from the store at once.
const PAGE: u32 = 500;

/// Does what the command says.
pub fn run(command: &SubscribersCommand, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    match command {
        SubscribersCommand::Add(args) => add(&*setup::store(&loaded.settings)?, args, &loaded.settings),
        SubscribersCommand::List { json } => list(&*setup::store_to_read(&loaded.settings)?, *json),
        SubscribersCommand::Remove { email } => remove(&*setup::store(&loaded.settings)?, email),
    }
}

fn add(store: &dyn Store, args: &SubscribeArgs, settings: &crate::config::Settings) -> anyhow::Result<Outcome> {
    let mailbox: Mailbox = args.email.parse()?;
    let offices = args.office.iter().map(|id| ask::office(id)).collect::<anyhow::Result<Vec<_>>>()?;
    // before the first round the store knows no bodies: then the file does
    if !args.body.is_empty() && store.bodies()?.is_empty() {
        store.sync(&crate::round::catalogue(&setup::sources(settings)?), Timestamp::now())?;
    }
    let bodies = args.body.iter().map(|id| ask::body(store, id)).collect::<anyhow::Result<Vec<_>>>()?;
    let filter = Filter { bodies, offices, aspects: args.aspect.clone(), ..Filter::default() };
    let wish = NewSubscription { filter, frequency: Frequency::AtOnce, reminders: args.reminders };
    let now = Timestamp::now();
    let subscriber = store.add_subscriber(&mailbox.address, args.language, SubscriberState::Confirmed, now)?;
    store.confirm(subscriber, now)?;
    store.subscribe(subscriber, &wish, now)?;
    talk::say(format_args!("{} gets mail about {}", mailbox.address, wanted(&wish.filter)));
    Ok(Outcome::Done)
}

fn remove(store: &dyn Store, email: &str) -> anyhow::Result<Outcome> {
    let Some(record) = store.subscriber_by_email(email)? else {
        bail!("there is no subscriber {email:?} · `sportello subscribers list` shows who there is")
    };
    store.remove_subscriber(record.subscriber.id)?;
    talk::say(format_args!("{email} is gone, with all that was kept about them"));
    Ok(Outcome::Done)
}

fn list(store: &dyn Store, json: bool) -> anyhow::Result<Outcome> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut after = None;
    loop {
        let page = store.subscribers(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.subscriber.id);
        for record in &page {
            if json {
                serde_json::to_writer(&mut out, record)?;
                writeln!(out)?;
            } else {
                show(&mut out, record)?;
            }
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn show(out: &mut impl Write, record: &SubscriberRecord) -> std::io::Result<()> {
    let language = match record.subscriber.language {
        Language::It => "it",
        Language::En => "en",
    };
    let state = match (record.state, &record.reason) {
        (SubscriberState::Suspended, Some(reason)) => format!("suspended: {reason}"),
        (state, _) => state.as_str().to_string(),
    };
    writeln!(out, "{}  {language}  {state}", record.subscriber.email)?;
    record.subscriptions.iter().try_for_each(|subscription| writeln!(out, "    {}", wish(subscription)))
}

fn wish(subscription: &Subscription) -> String {
    let often = match subscription.frequency {
        Frequency::AtOnce => "at once".to_string(),
        Frequency::Daily(hour) => format!("daily at {hour}:00"),
        Frequency::Weekly(hour) => format!("on Mondays at {hour}:00"),
    };
    let reminders = if subscription.reminders { ", with reminders" } else { "" };
    format!("{}, {often}{reminders}", wanted(&subscription.filter))
}

/// A filter in words.
fn wanted(filter: &Filter) -> String {
    let mut parts = Vec::new();
    let mut part = |name: &str, values: Vec<String>| {
        if !values.is_empty() {
            parts.push(format!("{name} {}", values.join(", ")));
        }
    };
    part("province", filter.provinces.clone());
    part("body", filter.bodies.iter().map(ToString::to_string).collect());
    part("office", filter.offices.iter().map(ToString::to_string).collect());
    part("aspect", filter.aspects.iter().map(|aspect| aspect.as_str().to_string()).collect());
    part("words", filter.words.clone());
    if parts.is_empty() { "everything that is watched".into() } else { parts.join("; ") }
}
