//! `sportello subscribers`: who gets mail, and of what. Who is added here counts as confirmed: the operator answers for their consent.

mod table;

use std::io::Write;

use anyhow::{Context, bail};
use jiff::Timestamp;
use url::Url;

use super::args::{Global, SubscribeArgs, SubscribersCommand};
use super::{Outcome, ask, setup, talk};
use crate::alert::tokens::{Secret, hook_key};
use crate::alert::{self, Written};
use crate::config::Settings;
use crate::domain::{BodyId, Language, NewSubscription, Subscription, Way};
use crate::round;
use crate::store::{Enrolled, Enrolment, How, Store, SubscriberRecord, SubscriberState};
use crate::wording;

/// How many subscribers are read from the store at once.
const PAGE: u32 = 500;

/// Does what the command says.
pub fn run(command: &SubscribersCommand, global: &Global) -> anyhow::Result<Outcome> {
    let settings = setup::settings(global)?.settings;
    let store = || setup::store(&settings);
    match command {
        SubscribersCommand::Add(args) => add(&*store()?, args, &settings),
        SubscribersCommand::List { json, suspended, bouncing } => list(&*setup::store_to_read(&settings)?, *json, *suspended, *bouncing),
        SubscribersCommand::Remove { email, forget } => remove(&*store()?, email, *forget),
        SubscribersCommand::Import { file } => table::import(&*store()?, file, &settings),
        SubscribersCommand::Export => table::export(&*setup::store_to_read(&settings)?),
    }
}

fn add(store: &dyn Store, args: &SubscribeArgs, settings: &Settings) -> anyhow::Result<Outcome> {
    let email = address(&args.address, settings)?;
    let offices = args.office.iter().map(|id| ask::office(id)).collect::<anyhow::Result<Vec<_>>>()?;
    know_bodies(store, settings, !args.body.is_empty())?;
    let bodies = args.body.iter().map(|id| ask::body(store, id)).collect::<anyhow::Result<Vec<_>>>()?;
    let written = Written {
        regions: args.region.clone(),
        provinces: args.province.clone(),
        bodies: bodies.iter().map(ToString::to_string).collect(),
        offices: offices.iter().map(ToString::to_string).collect(),
        aspects: args.aspect.iter().map(ToString::to_string).collect(),
        words: args.word.clone(),
        frequency: args.frequency.to_string(),
        reminders: args.reminders,
    };
    let wish = alert::wish(&written, &|body| bodies.contains(body)).map_err(|slips| anyhow::anyhow!(said(&slips)))?;
    let enrolment = Enrolment { email: email.clone(), language: args.language, wish };
    let enrolled = store.enrol(std::slice::from_ref(&enrolment), How::Operator, true, Timestamp::now())?;
    if enrolled.contains(&Enrolled::Forgotten) {
        bail!("the owner of {email} wanted to be forgotten · only they can bring it back, by subscribing on the site");
    }
    let wanted = wanted(store, &enrolment.wish)?;
    match Way::of(&email) {
        Way::Mail => talk::say(format_args!("{email} gets mail about {wanted}")),
        Way::Webhook => {
            talk::say(format_args!("{email} is called about {wanted}; the key that its calls are signed with goes to standard output"));
            let found = store.subscriber_by_email(&email)?.context("the subscriber has just been added")?;
            writeln!(std::io::stdout(), "{}", hook_key(&Secret(store.secret()?), found.subscriber.id))?;
        }
    }
    Ok(Outcome::Done)
}

/// A mail address, or the URL of a program that may be called.
fn address(text: &str, settings: &Settings) -> anyhow::Result<String> {
    match Way::of(text) {
        Way::Mail => alert::address(text).with_context(|| format!("{text:?} is no mail address · write it like ada@example.org")),
        Way::Webhook => {
            let url = Url::parse(text.trim()).with_context(|| format!("{text:?} is no web address"))?;
            if !round::hooks(settings.crawl.allow_private)?.takes(&url) {
                bail!("{text} may not be called: it is a private address, or holds a password · [crawl] allow_private permits the former");
            }
            Ok(url.to_string())
        }
    }
}

/// Before the first round the store knows no bodies: then the file does.
fn know_bodies(store: &dyn Store, settings: &Settings, are_named: bool) -> anyhow::Result<()> {
    if are_named && store.bodies()?.is_empty() {
        store.sync(&round::catalogue(&setup::sources(settings)?), Timestamp::now())?;
    }
    Ok(())
}

/// All that is wrong with a wish, on one line.
fn said(slips: &[alert::Slip]) -> String {
    slips.iter().map(|slip| slip.say(Language::En)).collect::<Vec<_>>().join("; ")
}

fn wanted(store: &dyn Store, wish: &NewSubscription) -> anyhow::Result<String> {
    let mut names = std::collections::BTreeMap::new();
    for body in &wish.filter.bodies {
        names.insert(body.clone(), store.body(body)?.map_or_else(|| body.0.clone(), |found| found.name));
    }
    Ok(wording::wish(Language::En, &wish.filter, &|id| names.get(id).cloned().unwrap_or_else(|| id.0.clone())))
}

fn remove(store: &dyn Store, email: &str, forget: bool) -> anyhow::Result<Outcome> {
    let Some(record) = store.subscriber_by_email(email)? else {
        bail!("there is no subscriber {email:?} · `sportello subscribers list` shows who there is")
    };
    if forget {
        store.forget(record.subscriber.id, Timestamp::now())?;
        talk::say(format_args!("{email} is gone, with all that was kept about them; no import brings it back"));
    } else {
        store.remove_subscriber(record.subscriber.id)?;
        talk::say(format_args!("{email} is gone, with all that was kept about them"));
    }
    Ok(Outcome::Done)
}

/// All subscribers, page by page.
fn each(store: &dyn Store, mut tell: impl FnMut(&SubscriberRecord) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = store.subscribers(after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.subscriber.id);
        page.iter().try_for_each(&mut tell)?;
    }
}

fn list(store: &dyn Store, json: bool, suspended: bool, bouncing: bool) -> anyhow::Result<Outcome> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    each(store, |record| {
        let is_meant = (!suspended || record.state == SubscriberState::Suspended) && (!bouncing || record.n_bounces > 0);
        if !is_meant {
            return Ok(());
        }
        if json {
            serde_json::to_writer(&mut out, record)?;
            return Ok(writeln!(out)?);
        }
        Ok(show(&mut out, record)?)
    })?;
    out.flush()?;
    Ok(Outcome::Done)
}

fn show(out: &mut impl Write, record: &SubscriberRecord) -> std::io::Result<()> {
    let mut state = match (record.state, &record.reason) {
        (SubscriberState::Suspended, Some(reason)) => format!("suspended: {reason}"),
        (state, _) => state.as_str().to_string(),
    };
    if record.n_bounces > 0 {
        state.push_str(&format!("; came back on {} {}", record.n_bounces, if record.n_bounces == 1 { "day" } else { "days" }));
    }
    writeln!(out, "{}  {}  {state}", record.subscriber.email, code(record.subscriber.language))?;
    record.subscriptions.iter().try_for_each(|subscription| writeln!(out, "    {}", wish(subscription)))
}

fn code(language: Language) -> &'static str {
    match language {
        Language::It => "it",
        Language::En => "en",
    }
}

fn wish(subscription: &Subscription) -> String {
    let often = wording::frequency(Language::En, subscription.frequency);
    let reminders = if subscription.reminders { ", with reminders" } else { "" };
    format!("{}, {often}{reminders}", wording::wish(Language::En, &subscription.filter, &|id: &BodyId| id.0.clone()))
}
