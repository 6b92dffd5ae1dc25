//! A long run over many sources with faults: does memory stay flat, do descriptors stay few, is no change lost?
//!
//!     cargo build --release && cargo run --release --example soak -- target/release/sportello 2000 120
//!
//! Arguments: the program, how many sources, how many minutes. A loopback site serves the sources; pages change, hosts stumble in every way.
//! Prints a line a minute, then a verdict: memory of the last quarter at most 105 % of the second quarter's, no source that waits in vain.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rand::RngExt;
use sportello::cli::demo::site::{Page, Site};

const OFFICES: [&str; 6] = ["Anagrafe", "Tributi", "Protocollo", "URP", "Ragioneria", "SUAP"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let program = args.next().unwrap_or_else(|| "target/release/sportello".into());
    let n_sources: usize = args.next().map_or(Ok(2000), |n| n.parse())?;
    let minutes: u64 = args.next().map_or(Ok(120), |n| n.parse())?;
    let program = std::fs::canonicalize(program)?;
    let folder = tempfile::tempdir()?;
    let site = Site::start().await?;
    write_files(folder.path(), &site, n_sources)?;
    let mut openings = vec![8; n_sources];
    for (n, hour) in openings.iter().enumerate() {
        site.set(&path(n), page(n, *hour));
    }
    let added = Command::new(&program).args(["subscribers", "add", "soak@example.org", "--all"]).current_dir(folder.path()).status()?;
    assert!(added.success());
    // a service spreads the first look at its sources over an hour; what is to be seen here comes after
    let baseline = Command::new(&program).args(["check", "--all", "--no-send", "--quiet"]).current_dir(folder.path()).status()?;
    assert!(baseline.success());
    let log = std::fs::File::create(folder.path().join("log"))?;
    let mut child = Command::new(&program).arg("run").current_dir(folder.path()).stderr(log).stdout(Stdio::null()).spawn()?;

    let mut samples: Vec<Sample> = Vec::new();
    let mut n_changed = 0;
    let started = Instant::now();
    println!("minute  rss MiB  descriptors  threads  requests  changes made");
    for minute in 1..=minutes {
        while started.elapsed() < Duration::from_secs(60 * minute) {
            n_changed += stir(&site, &mut openings);
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let sample = sample(&child)?;
        println!(
            "{minute:6}  {:7.1}  {:11}  {:7}  {:8}  {n_changed:12}",
            sample.rss_kib as f64 / 1024.0,
            sample.n_descriptors,
            sample.n_threads,
            site.n_hits()
        );
        samples.push(sample);
    }
    let n_late = late(&folder.path().join("sportello.db"))?;
    println!("{n_late} of {n_sources} sources are two minutes late: {}", if n_late == 0 { "none is lost" } else { "LOST" });
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
    let status = child.wait()?;
    verdict(&samples);
    println!("ended with {status}; the log's last lines:");
    let log = std::fs::read_to_string(folder.path().join("log"))?;
    log.lines().rev().take(3).for_each(|line| println!("  {line}"));
    let broken: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).collect();
    println!("{} errors in the log{}", broken.len(), broken.first().map(|line| format!(", the first: {line}")).unwrap_or_default());
    Ok(())
}

fn path(n: usize) -> String {
    format!("/ente-{n}/uffici")
}

fn page(n: usize, hour: u32) -> Page {
    let rows: String = OFFICES
        .iter()
        .map(|office| format!("<tr><td>Ufficio {office}</td><td>dal lunedì al venerdì {hour}.30-12.30</td><td>0583 55{n:04}</td></tr>"))
        .collect();
    Page::html(format!("<!doctype html><html lang=it><title>Ente {n}</title><main><h1>Orari</h1><table>{rows}</table></main></html>"))
}

fn write_files(folder: &Path, site: &Site, n_sources: usize) -> std::io::Result<()> {
    let mut sources = String::new();
    for n in 0..n_sources {
        let url = site.url(&path(n));
        let _ = write!(
            sources,
            "[[body]]\nid = \"ente-{n}\"\nname = \"Comune di Ente {n}\"\nkind = \"comune\"\n[[body.source]]\nurl = \"{url}\"\nkind = \"page\"\nevery = \"1m\"\n\n"
        );
    }
    std::fs::write(folder.join("sources.toml"), sources)?;
    let settings = "[crawl]\nallow_private = true\ndelay = \"0s\"\nper_host = 32\ntimeout = \"5s\"\n[web]\nlisten = \"\"\n";
    std::fs::write(folder.join("sportello.toml"), settings)
}

/// A few sources change, a few stumble, a few recover. Returns how many facts changed.
fn stir(site: &Site, openings: &mut [u32]) -> usize {
    let mut rng = rand::rng();
    let mut n_changed = 0;
    for _ in 0..(openings.len() / 400).max(1) {
        let n = rng.random_range(0..openings.len());
        let fault = rng.random_range(0..10);
        let Some(hour) = openings.get_mut(n) else { continue };
        match fault {
            0 => site.set(&path(n), Page::status(503)),
            1 => site.set(&path(n), Page::status(404)),
            2 => site.set(&path(n), Page::html("")),
            3 => site.set(&path(n), Page::html("<title>Sito in manutenzione</title><h1>Sito in manutenzione</h1>")),
            4 => site.set(&path(n), page(n, *hour).held()),
            5 => site.set(&path(n), Page::typed("application/pdf", *b"%PDF-1.7 broken")),
            6 => site.release(),
            _ => {
                *hour = if *hour == 8 { 9 } else { 8 };
                n_changed += 1;
                site.set(&path(n), page(n, *hour));
            }
        }
    }
    n_changed
}

/// Sources that should have been visited two minutes ago, by the program's own book: a task that was lost leaves its source there for ever.
fn late(database: &Path) -> Result<usize, Box<dyn std::error::Error>> {
    let book = rusqlite::Connection::open_with_flags(database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let due = jiff::Timestamp::now().checked_sub(jiff::SignedDuration::from_mins(2))?;
    let late = "SELECT count(*) FROM source WHERE retired_at IS NULL AND (next_due IS NULL OR next_due < ?1)";
    Ok(book.query_row(late, [due.to_string()], |row| row.get::<_, i64>(0))?.try_into()?)
}

struct Sample {
    rss_kib: u64,
    n_descriptors: usize,
    n_threads: u64,
}

fn sample(child: &Child) -> std::io::Result<Sample> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
    };
    let n_descriptors = std::fs::read_dir(format!("/proc/{}/fd", child.id()))?.count();
    Ok(Sample { rss_kib: field("VmRSS:"), n_descriptors, n_threads: field("Threads:") })
}

fn verdict(samples: &[Sample]) {
    let quarter = samples.len() / 4;
    if quarter == 0 {
        return println!("too short for a verdict");
    }
    let mean = |samples: &[Sample], of: fn(&Sample) -> u64| samples.iter().map(of).sum::<u64>() / samples.len().max(1) as u64;
    let (second, last) = (&samples[quarter..2 * quarter], &samples[samples.len() - quarter..]);
    let memory = 100.0 * mean(last, |s| s.rss_kib) as f64 / mean(second, |s| s.rss_kib).max(1) as f64;
    let descriptors = |samples: &[Sample]| mean(samples, |s| s.n_descriptors as u64);
    println!("memory: the last quarter has {memory:.1} % of the second's: {}", if memory <= 105.0 { "flat" } else { "GROWS" });
    println!("descriptors: {} in the second quarter, {} in the last", descriptors(second), descriptors(last));
}
