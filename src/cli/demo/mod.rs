//! `sportello demo`: an invented town on a loopback port that changes its opening hours, and the mails that follow.

pub mod site;
pub mod town;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use mail_parser::MessageParser;

use super::args::DemoArgs;
use super::{Outcome, changes, check};
use crate::config::settings::Settings;
use crate::config::sources;
use crate::domain::{Change, Filter, Frequency, Language};
use crate::round::{Clock, Selection};
use crate::store::{self, NewSubscription, Store, SubscriberState};
use site::Site;
use town::Day;

/// The newspaper that hears of everything, and a citizen who reads English and watches one office.
const NEWSPAPER: &str = "redazione@gazzetta.example";
const CITIZEN: &str = "ada@posta.example";

/// Plays two mornings of the town and shows what its readers get.
pub fn run(args: &DemoArgs) -> anyhow::Result<Outcome> {
    let temporary = tempfile::Builder::new().prefix("sportello-demo-").tempdir().context("cannot make a temporary folder")?;
    let folder = match &args.keep {
        Some(folder) => folder.as_path(),
        None => temporary.path(),
    };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(play(folder, args.keep.is_some()))?;
    Ok(Outcome::Done)
}

async fn play(folder: &Path, keeps: bool) -> anyhow::Result<()> {
    let (bold, faint) = (anstyle::Style::new().bold(), anstyle::Style::new().dimmed());
    let mut out = anstream::stdout();
    let site = Site::start().await.context("cannot open a port on this machine")?;
    let settings = settings(folder);
    let sources = town::sources(&site);
    std::fs::write(folder.join("sources.toml"), &sources).with_context(|| format!("cannot write into {}", folder.display()))?;
    let sources = Arc::new(sources::parse(&sources, "sources.toml").map_err(super::setup::Problems)?);
    anyhow::ensure!(!settings.store.path.exists(), "{} exists already · give --keep another folder", settings.store.path.display());
    let store = store::open(&settings.store.path)?;

    writeln!(out, "Altolago is a town that does not exist. Its site runs at {} while this lasts.\n", site.url("/"))?;
    town::set(&site, Day::Before);
    let morning = async |day: Day| {
        let clock = Clock::Fixed(day.instant());
        check::check(&settings, sources.clone(), store.clone(), &EVERYTHING, &check::How { clock, send: true, archive: None }, &mut |_| ())
            .await
            .map(|checked| checked.summary)
    };
    writeln!(out, "{bold}Monday 2 March 2026, 8:00{bold:#}: the first look")?;
    let first = morning(Day::Before).await?;
    subscribe(&*store)?;
    let n_offices = store.states(&crate::domain::BodyId("comune-altolago".into()), None)?.len();
    writeln!(out, "  {} sources read, {n_offices} offices known. A first look is no news: nobody gets mail.", first.n_sources)?;
    writeln!(out, "  {faint}two people subscribe: {NEWSPAPER} to everything, {CITIZEN} to the registry office, in English{faint:#}\n")?;

    town::set(&site, Day::After);
    writeln!(out, "{bold}Overnight{bold:#} the town edits its site")?;
    writeln!(out, "{}", town::OVERNIGHT)?;

    writeln!(out, "{bold}Tuesday 3 March 2026, 8:00{bold:#}: the second look")?;
    let second = morning(Day::After).await?;
    for (source, why) in &second.failures {
        writeln!(out, "  {faint}{source}: {why}; no news about the office, and tried again later{faint:#}")?;
    }
    show_changes(&mut out, &second.changes)?;
    show_mails(&mut out, &settings.mail.directory)?;
    let web = format!("{}/enti/comune-altolago", settings.web.public_url);
    writeln!(out, "The page of the town would be at {web} ([web] in sportello.toml).")?;
    if keeps {
        writeln!(out, "Kept in {}: sources.toml, sportello.db and the mails in outbox/.", folder.display())?;
    } else {
        writeln!(out, "Nothing of this remains; `sportello demo --keep FOLDER` keeps the mails and the database.")?;
    }
    Ok(())
}

const EVERYTHING: Selection = Selection { body: None, source: None, all: true };

/// The town's machine is this one, and it minds no haste.
fn settings(folder: &Path) -> Settings {
    let mut settings = Settings::default();
    settings.store.path = folder.join("sportello.db");
    settings.mail.directory = folder.join("outbox");
    settings.crawl.allow_private = true;
    settings.crawl.delay = Duration::ZERO;
    settings
}

fn subscribe(store: &dyn Store) -> anyhow::Result<()> {
    let now = Day::Before.instant();
    let everything = Filter::default();
    let registry = Filter { offices: vec![crate::domain::OfficeId("anagrafe".into())], ..Filter::default() };
    for (email, language, filter) in [(NEWSPAPER, Language::It, everything), (CITIZEN, Language::En, registry)] {
        let subscriber = store.add_subscriber(email, language, SubscriberState::Confirmed, now)?;
        store.subscribe(subscriber, &NewSubscription { filter, frequency: Frequency::AtOnce, reminders: false }, now)?;
    }
    Ok(())
}

fn show_changes(out: &mut impl Write, found: &[Change]) -> std::io::Result<()> {
    writeln!(out, "  {} changes:", found.len())?;
    found.iter().try_for_each(|change| changes::show(out, change))?;
    writeln!(out)
}

/// The mails as a mail program would list them, with their plain parts.
fn show_mails(out: &mut impl Write, outbox: &Path) -> anyhow::Result<()> {
    let bold = anstyle::Style::new().bold();
    let mut files: Vec<PathBuf> = std::fs::read_dir(outbox)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "eml"));
    files.sort();
    writeln!(out, "{bold}{} mails went out{bold:#}\n", files.len())?;
    for file in files {
        let bytes = std::fs::read(&file)?;
        let Some(mail) = MessageParser::default().parse(&bytes) else { continue };
        let to = mail.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
        writeln!(out, "To: {to}\nSubject: {bold}{}{bold:#}\n", mail.subject().unwrap_or_default())?;
        for line in mail.body_text(0).unwrap_or_default().lines() {
            writeln!(out, "  {}", line.trim_end())?;
        }
        writeln!(out, "\n{}\n", "─".repeat(72))?;
    }
    Ok(())
}
