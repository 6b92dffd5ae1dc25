//! Subscribers as comma-separated values: in and out.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use jiff::Timestamp;

use super::super::{Outcome, talk};
use super::{address, code, each, know_bodies, said};
use crate::alert::{self, Written};
use crate::config::Settings;
use crate::domain::{BodyId, Language};
use crate::store::{Enrolled, Enrolment, How, Store};

/// The columns of an export. The first ten are those that an import reads.
#[rustfmt::skip]
const COLUMNS: [&str; 16] = [
    "email", "language", "frequency", "reminders", "regions", "provinces", "bodies", "offices", "aspects", "words",
    "state", "reason", "created_at", "confirmed_at", "consent", "consent_from",
];
const READ: usize = 10;

/// Reads a file and adds all that stands in it, or, where a line has an error, nothing.
pub fn import(store: &dyn Store, file: &Path, settings: &Settings) -> anyhow::Result<Outcome> {
    let name = file.display();
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.with_context(|| format!("cannot read {name}"))?;
    know_bodies(store, settings, true)?;
    let bodies: BTreeSet<BodyId> = store.bodies()?.into_iter().map(|body| body.id).collect();
    let (enrolments, problems) = rows(&text, &name.to_string(), &bodies, settings)?;
    if !problems.is_empty() {
        bail!("{}\nnothing was taken from {name}", problems.join("\n"));
    }
    let mut counts = [0_usize; 4];
    for page in enrolments.chunks(500) {
        for enrolled in store.enrol(page, How::Import, false, Timestamp::now())? {
            counts[enrolled as usize] += 1;
        }
    }
    let n = |enrolled: Enrolled| counts[enrolled as usize];
    talk::say(format_args!(
        "{} added, {} known, {} stopped and left so, {} passed over since their owners wanted to be forgotten",
        n(Enrolled::Added),
        n(Enrolled::Known),
        n(Enrolled::Stopped),
        n(Enrolled::Forgotten)
    ));
    Ok(Outcome::Done)
}

/// What the lines say, and all that is wrong with them.
fn rows(text: &str, file: &str, bodies: &BTreeSet<BodyId>, settings: &Settings) -> anyhow::Result<(Vec<Enrolment>, Vec<String>)> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().with_context(|| format!("cannot read {file}"))?.clone();
    let column = |name: &str| header.iter().position(|known| known.eq_ignore_ascii_case(name));
    if column("email").is_none() {
        bail!("{file}: there is no column \"email\" · the first line names the columns");
    }
    let mut problems: Vec<String> = header
        .iter()
        .filter(|name| !COLUMNS.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|name| format!("{file}:1: there is no column {name:?} · the columns are {}", COLUMNS[..READ].join(", ")))
        .collect();
    let mut enrolments = Vec::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                problems.push(format!("{file}: {error}"));
                continue;
            }
        };
        let line = row.position().map_or(0, csv::Position::line);
        let field = |name: &str| column(name).and_then(|at| row.get(at)).unwrap_or_default();
        let list = |name: &str| field(name).split(';').map(str::to_string).collect::<Vec<_>>();
        let mut wrong = |what: String| problems.push(format!("{file}:{line}: {what}"));
        let email = match address(field("email"), settings) {
            Ok(email) => email,
            Err(error) => {
                wrong(format!("{error:#}"));
                continue;
            }
        };
        let language = match field("language") {
            "" | "it" => Language::It,
            "en" => Language::En,
            other => {
                wrong(format!("there is no language {other:?} · it or en"));
                continue;
            }
        };
        let reminders = match field("reminders") {
            "" | "no" | "false" | "0" => false,
            "yes" | "true" | "1" => true,
            other => {
                wrong(format!("reminders are yes or no, not {other:?}"));
                continue;
            }
        };
        let written = Written {
            regions: list("regions"),
            provinces: list("provinces"),
            bodies: list("bodies"),
            offices: list("offices"),
            aspects: list("aspects"),
            words: list("words"),
            frequency: field("frequency").into(),
            reminders,
        };
        match alert::wish(&written, &|body| bodies.contains(body)) {
            Ok(wish) => enrolments.push(Enrolment { email, language, wish }),
            Err(slips) => wrong(said(&slips)),
        }
    }
    Ok((enrolments, problems))
}

/// Writes all subscriptions, one a line; a subscriber without any has a line of its own.
pub fn export(store: &dyn Store) -> anyhow::Result<Outcome> {
    let out = std::io::stdout().lock();
    let mut csv = csv::Writer::from_writer(std::io::BufWriter::new(out));
    csv.write_record(COLUMNS)?;
    each(store, |record| {
        let consents = store.consents(record.subscriber.id)?;
        let wishes: Vec<Option<&crate::domain::Subscription>> =
            if record.subscriptions.is_empty() { vec![None] } else { record.subscriptions.iter().map(Some).collect() };
        for wish in wishes {
            let filter = wish.map(|wish| wish.filter.clone()).unwrap_or_default();
            let consent = consents.iter().rev().find(|consent| consent.wish.filter == filter);
            let ids = |values: Vec<String>| values.join(";");
            csv.write_record([
                record.subscriber.email.clone(),
                code(record.subscriber.language).into(),
                wish.map(|wish| wish.frequency.to_string()).unwrap_or_default(),
                wish.map_or("", |wish| if wish.reminders { "yes" } else { "no" }).into(),
                ids(filter.regions),
                ids(filter.provinces),
                ids(filter.bodies.iter().map(ToString::to_string).collect()),
                ids(filter.offices.iter().map(ToString::to_string).collect()),
                ids(filter.aspects.iter().map(ToString::to_string).collect()),
                ids(filter.words),
                record.state.as_str().into(),
                record.reason.clone().unwrap_or_default(),
                record.created_at.to_string(),
                record.confirmed_at.map(|at| at.to_string()).unwrap_or_default(),
                consent.map(|consent| format!("{} {}", how(consent.how), consent.given_at)).unwrap_or_default(),
                consent.and_then(|consent| consent.given_from.clone()).unwrap_or_default(),
            ])?;
        }
        Ok(())
    })?;
    csv.flush()?;
    std::io::stdout().flush()?;
    Ok(Outcome::Done)
}

fn how(how: How) -> &'static str {
    match how {
        How::Page => "page",
        How::Api => "api",
        How::Operator => "operator",
        How::Import => "import",
    }
}
