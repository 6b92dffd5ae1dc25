//! `sportello extract`: what would be read from a file or page, as records for programs or as a list for persons.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use anyhow::Context as _;
use url::Url;

use super::args::{ExtractArgs, Global};
use super::{Outcome, setup, talk};
use crate::document::Input;
use crate::domain::evidence::behind;
use crate::domain::{Notice, Reading, Stated, day_of};
use crate::extract::{self, Context};
use crate::fetch::{Fetcher, Reply, Request};
use crate::lexicon::Lexicon;
use crate::record::{self, Record};
use crate::round::{limits, read_document};

/// One thing to read, with what is known about it.
struct Material {
    name: String,
    bytes: Vec<u8>,
    content_type: Option<String>,
    url: Option<Url>,
}

/// Reads every input; what cannot be had is named, and the rest is read all the same.
pub fn run(args: &ExtractArgs, global: &Global) -> anyhow::Result<Outcome> {
    let mut out = std::io::BufWriter::new(anstream::AutoStream::auto(std::io::stdout().lock()));
    let mut outcome = Outcome::Done;
    in_order(
        &args.inputs,
        |input| bring(input, args, global).map(|material| (read(&material, args, global.verbose > 0), material.name)),
        |input, read| {
            match read {
                Ok(((reading, _), name)) if args.json => {
                    serde_json::to_writer(&mut out, &Record::new(&name, &reading))?;
                    writeln!(out)?;
                }
                Ok(((reading, seen), name)) => {
                    show(&mut out, &name, &reading)?;
                    seen.iter().try_for_each(|line| writeln!(out, "{line}"))?;
                }
                // alone, an input that cannot be had means that nothing was done
                Err(error) if args.inputs.len() == 1 && !is_address(input) => return Err(error),
                Err(error) => {
                    out.flush()?;
                    talk::error(&error);
                    outcome = Outcome::Partly;
                }
            }
            Ok(())
        },
    )?;
    out.flush()?;
    Ok(outcome)
}

/// Works on all items, as many at a time as there are processors, and hands the results over in the order of the items.
fn in_order<I: Sync, R: Send>(
    items: &[I],
    work: impl Fn(&I) -> R + Sync,
    mut take: impl FnMut(&I, R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let n_workers = std::thread::available_parallelism().map_or(1, |n| n.get()).min(items.len());
    let next = AtomicUsize::new(0);
    let (tell, told) = mpsc::sync_channel(2 * n_workers);
    std::thread::scope(|scope| {
        for _ in 0..n_workers {
            let (tell, next, work) = (tell.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((index, item)) = next_of(items, next) {
                    if tell.send((index, work(item))).is_err() {
                        return; // nobody takes results any more
                    }
                }
            });
        }
        drop(tell);
        let mut early = BTreeMap::new();
        let mut awaited = items.iter().enumerate();
        let mut wanted = awaited.next();
        for (index, result) in told {
            early.insert(index, result);
            while let Some((index, item)) = wanted
                && let Some(result) = early.remove(&index)
            {
                take(item, result)?;
                wanted = awaited.next();
            }
        }
        Ok(())
    })
}

fn next_of<'i, I>(items: &'i [I], next: &AtomicUsize) -> Option<(usize, &'i I)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, items.get(index)?))
}

fn is_address(input: &str) -> bool {
    input.starts_with("http://") || input.starts_with("https://")
}

fn bring(input: &str, args: &ExtractArgs, global: &Global) -> anyhow::Result<Material> {
    if is_address(input) {
        return fetch(input, global);
    }
    let mut bytes = Vec::new();
    if input == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        return Ok(Material { name: "-".into(), bytes, content_type: None, url: args.url.clone() });
    }
    let path = std::path::Path::new(input);
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {input}"))?;
    let name = path.file_name().map_or(input.into(), |name| name.to_string_lossy().into_owned());
    Ok(Material { name, bytes, content_type: content_type_of(path), url: args.url.clone() })
}

/// What the name of a file says about its content, where it says anything.
fn content_type_of(path: &std::path::Path) -> Option<String> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let media = match extension.as_str() {
        "html" | "htm" | "xhtml" => "text/html",
        "txt" => "text/plain",
        "pdf" => "application/pdf",
        _ => return None,
    };
    Some(media.into())
}

fn fetch(address: &str, global: &Global) -> anyhow::Result<Material> {
    let url = Url::parse(address).with_context(|| format!("{address} is no address"))?;
    let settings = setup::settings(global)?.settings;
    let fetcher = Fetcher::new(limits(&settings.crawl))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(fetcher.get(&Request::new(url)))? {
        Reply::Fresh(response) => {
            let content_type = response.content_type().map(str::to_owned);
            Ok(Material { name: address.into(), content_type, url: Some(response.url), bytes: response.body })
        }
        Reply::Unchanged(_) => anyhow::bail!("{address} answered \"not modified\" to a request without conditions"),
    }
}

/// What a document says; with `explained`, also what the rules saw in it, line by line.
fn read(material: &Material, args: &ExtractArgs, explained: bool) -> (Reading, Vec<String>) {
    let input = Input { bytes: &material.bytes, content_type: material.content_type.as_deref(), url: material.url.as_ref(), select: None };
    let document = read_document(&input);
    // a document that says nothing of its day is read as of the given present, if one was given
    let published = args.published.or_else(|| args.now.map(day_of));
    let context = Context { published, office: None, url: material.url.as_ref().map(Url::to_string) };
    let seen = if explained { extract::explain(&document, Lexicon::builtin(), &context) } else { Vec::new() };
    (extract::read(&document, Lexicon::builtin(), &context), seen)
}

/// A reading for a person: office by office, fact by fact, with the sentences.
pub(super) fn show(out: &mut impl Write, name: &str, reading: &Reading) -> std::io::Result<()> {
    let bold = anstyle::Style::new().bold();
    let date = reading.published.map(|day| format!("  of {day}")).unwrap_or_default();
    writeln!(out, "{bold}{name}{bold:#}{date}")?;
    if reading.notices.is_empty() {
        writeln!(out, "  says nothing about how an office can be reached")?;
    }
    for notice in &reading.notices {
        show_notice(out, notice)?;
    }
    for doubt in &reading.doubts {
        let office = doubt.office.as_ref().map(|office| format!(" of {office}")).unwrap_or_default();
        writeln!(out, "  could not make out the {}{office}: “{}”", doubt.family, doubt.words)?;
    }
    writeln!(out)
}

fn show_notice(out: &mut impl Write, notice: &Notice) -> std::io::Result<()> {
    let (bold, faint) = (anstyle::Style::new().bold(), anstyle::Style::new().dimmed());
    let site = notice.site.as_ref().map(|site| format!(" ({site})")).unwrap_or_default();
    writeln!(out, "  {bold}{}{site}{bold:#}  {}", notice.office, notice.name)?;
    let list = |items: Vec<String>| items.join(", ");
    let facts = [
        (Stated::Status, "status", notice.status.map(|status| status.as_str().to_string()).unwrap_or_default()),
        (Stated::Hours, "hours", record::value_text(Some(&crate::domain::Value::Hours(notice.hours.clone())))),
        (Stated::Closures, "closures", list(notice.closures.iter().map(ToString::to_string).collect())),
        (Stated::Openings, "openings", list(notice.openings.iter().map(ToString::to_string).collect())),
        (Stated::Channels, "channels", list(notice.channels.iter().map(ToString::to_string).collect())),
        (Stated::Address, "address", notice.address.clone().unwrap_or_default()),
        (Stated::Period, "from", notice.valid_from.map(|day| day.to_string()).unwrap_or_default()),
        (Stated::Period, "until", notice.valid_until.map(|day| day.to_string()).unwrap_or_default()),
        (Stated::Exceptions, "except", list(notice.except.iter().map(ToString::to_string).collect())),
    ];
    let mut shown: Vec<String> = Vec::new(); // a sentence that states several facts stands once, below the first of them
    for (fact, label, value) in facts.iter().filter(|(_, _, value)| !value.is_empty()) {
        writeln!(out, "    {label:<9} {value}")?;
        for sentence in behind(&notice.evidence, *fact) {
            if !shown.contains(&sentence) {
                writeln!(out, "              {faint}“{}”{faint:#}", sentence.split_whitespace().collect::<Vec<_>>().join(" "))?;
                shown.push(sentence);
            }
        }
    }
    Ok(())
}
