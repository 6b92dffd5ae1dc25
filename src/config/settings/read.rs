//! The walk through `sportello.toml`, section by section.

use std::time::Duration;

use email_address::{EmailAddress, Options};
use url::Url;

use super::{Crawl, Listen, Mail, Settings, SourcesFile, Store, Transport, Web, smtp, web};
use crate::config::{
    Problem,
    reader::{Reader, Section},
    units::Complaint,
};
use crate::domain::Language;

/// The sections and their keys.
pub(super) const SECTIONS: &[(&str, &[&str])] = &[
    ("store", &["path", "keep_snapshots"]),
    ("sources", &["file"]),
    (
        "crawl",
        &[
            "contact",
            "concurrency",
            "per_host",
            "delay",
            "timeout",
            "max_bytes",
            "respect_robots",
            "allow_private",
            "confirm_after",
            "adaptive",
            "browser",
        ],
    ),
    (
        "mail",
        &[
            "transport",
            "directory",
            "smtp",
            "password_file",
            "from",
            "per_minute",
            "operator",
            "bounces",
            "templates",
            "dkim_selector",
            "dkim_domain",
            "dkim_key_file",
        ],
    ),
    ("web", &["listen", "public_url", "language", "trusted_proxies"]),
];

const DAY: Duration = Duration::from_secs(86_400);

pub(super) fn settings(text: &str, file: &str) -> Result<Settings, Vec<Problem>> {
    let mut reader = Reader::new(text, file);
    let mut settings = Settings::default();
    reader.document(|reader, root| {
        let names: Vec<&'static str> = SECTIONS.iter().map(|(name, _)| *name).collect();
        let homes: Vec<(String, String)> = homes("");
        reader.unknown_keys(root, &names, &borrowed(&homes));
        for (name, keys) in SECTIONS {
            let Some(section) = reader.section(root, name, name) else { continue };
            let homes = self::homes(name);
            reader.unknown_keys(&section, keys, &borrowed(&homes));
            match *name {
                "store" => store(reader, &section, &mut settings.store),
                "sources" => sources(reader, &section, &mut settings.sources),
                "crawl" => crawl(reader, &section, &mut settings.crawl),
                "mail" => mail(reader, &section, &mut settings.mail),
                _ => web(reader, &section, &mut settings.web),
            }
        }
    });
    let problems = reader.into_problems();
    if problems.is_empty() { Ok(settings) } else { Err(problems) }
}

/// The keys of the other sections, and where they belong.
fn homes(here: &str) -> Vec<(String, String)> {
    let others = SECTIONS.iter().filter(|(name, _)| *name != here);
    others.flat_map(|(name, keys)| keys.iter().map(move |key| ((*key).to_owned(), format!("[{name}]")))).collect()
}

fn borrowed(homes: &[(String, String)]) -> Vec<(&str, &str)> {
    homes.iter().map(|(key, home)| (key.as_str(), home.as_str())).collect()
}

/// Puts a value in its place when there is one.
fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn store(reader: &mut Reader<'_>, section: &Section<'_>, store: &mut Store) {
    set(&mut store.path, reader.text(section, "path").map(|found| found.value.into()));
    if section.text("keep_snapshots") == Some("all") {
        store.keep_snapshots = None;
    } else if let Some(count) = reader.count(section, "keep_snapshots", 1..=1_000_000) {
        store.keep_snapshots = Some(count.value);
    }
}

fn sources(reader: &mut Reader<'_>, section: &Section<'_>, sources: &mut SourcesFile) {
    set(&mut sources.file, reader.text(section, "file").map(|found| found.value.into()));
}

fn crawl(reader: &mut Reader<'_>, section: &Section<'_>, crawl: &mut Crawl) {
    if section.text("contact") != Some("") {
        set(&mut crawl.contact, reader.parsed(section, "contact", contact).map(|found| Some(found.value)));
    }
    let mut count = |key: &str, most: u32, field: &mut usize| {
        set(field, reader.count(section, key, 1..=most).and_then(|found| usize::try_from(found.value).ok()));
    };
    count("concurrency", 1_000, &mut crawl.concurrency);
    count("per_host", 100, &mut crawl.per_host);
    set(&mut crawl.delay, reader.duration(section, "delay", Duration::ZERO..=DAY).map(|found| found.value));
    let timeout = Duration::from_millis(100)..=Duration::from_secs(3600);
    set(&mut crawl.timeout, reader.duration(section, "timeout", timeout).map(|found| found.value));
    set(&mut crawl.max_bytes, reader.size(section, "max_bytes").map(|found| found.value));
    set(&mut crawl.respect_robots, reader.boolean(section, "respect_robots"));
    set(&mut crawl.allow_private, reader.boolean(section, "allow_private"));
    set(&mut crawl.confirm_after, reader.duration(section, "confirm_after", Duration::ZERO..=DAY * 60).map(|found| found.value));
    set(&mut crawl.adaptive, reader.boolean(section, "adaptive"));
    set(&mut crawl.browser, reader.text(section, "browser").map(|found| found.value.into()));
}

fn mail(reader: &mut Reader<'_>, section: &Section<'_>, mail: &mut Mail) {
    let transports = &[("files", Transport::Files), ("smtp", Transport::Smtp)];
    set(&mut mail.transport, reader.word(section, "transport", transports).map(|found| found.value));
    set(&mut mail.directory, reader.text(section, "directory").map(|found| found.value.into()));
    set(&mut mail.smtp, reader.parsed(section, "smtp", smtp::server).map(|found| found.value));
    mail.password_file = optional(reader, section, "password_file").map(Into::into);
    set(&mut mail.from, reader.parsed(section, "from", mailbox).map(|found| found.value));
    set(&mut mail.per_minute, reader.count(section, "per_minute", 0..=1_000_000).map(|found| found.value));
    for (key, field) in [("operator", &mut mail.operator), ("bounces", &mut mail.bounces)] {
        if section.text(key) != Some("") {
            *field = reader.parsed(section, key, mailbox).map(|found| found.value);
        }
    }
    mail.templates = optional(reader, section, "templates").map(Into::into);
    mail.dkim_selector = optional(reader, section, "dkim_selector");
    mail.dkim_domain = optional(reader, section, "dkim_domain");
    mail.dkim_key_file = optional(reader, section, "dkim_key_file").map(Into::into);
    for (key, is_set) in [("dkim_domain", mail.dkim_domain.is_some()), ("dkim_key_file", mail.dkim_key_file.is_some())] {
        if is_set && mail.dkim_selector.is_none() {
            let message = format!("{key:?} signs nothing without \"dkim_selector\"");
            reader.report(
                section.key_place(key),
                message,
                Some("add dkim_selector = \"…\", the name under ._domainkey. in the DNS".to_owned()),
            );
        }
    }
}

/// A text where an empty one means none.
fn optional(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> Option<String> {
    reader.any_text(section, key).map(|found| found.value.trim().to_owned()).filter(|text| !text.is_empty())
}

fn web(reader: &mut Reader<'_>, section: &Section<'_>, web: &mut Web) {
    if section.text("listen") == Some("") {
        web.listen = None;
    } else if let Some(listen) = reader.parsed(section, "listen", web::listen) {
        if let Listen::Tcp(address) = &listen.value
            && !address.ip().is_unspecified()
        {
            web.public_url = format!("http://{address}"); // until public_url says otherwise
        }
        web.listen = Some(listen.value);
    }
    set(&mut web.public_url, reader.parsed(section, "public_url", public_url).map(|found| found.value));
    set(&mut web.language, reader.word(section, "language", &[("it", Language::It), ("en", Language::En)]).map(|found| found.value));
    for text in reader.texts(section, "trusted_proxies").unwrap_or_default() {
        match text.value.parse() {
            Ok(network) => web.trusted_proxies.push(network),
            Err(_) if text.value.trim().is_empty() => {} // said already
            Err(complaint) => reader.complain(text.place, web::no_network(text.value, &complaint)),
        }
    }
}

fn contact(text: &str) -> Result<String, Complaint> {
    // it becomes part of a header line
    if text.chars().any(char::is_control) || !text.is_ascii() {
        return Err(Complaint::new(format!("{text:?} cannot stand in a header"), "write a web or mail address in plain letters"));
    }
    if text.contains('@') || Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto")) {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(format!("{text:?} is no way to reach you"), "write a web address (\"https://…\") or a mail address"))
}

/// A mailbox of RFC 5322: an address, alone or in angle brackets after a name.
fn mailbox(text: &str) -> Result<String, Complaint> {
    let address = match text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((_, address)) => address,
        None => text.trim(),
    };
    let options = Options::default().without_display_text();
    if EmailAddress::parse_with_options(address, options).is_ok() && !text.chars().any(char::is_control) {
        return Ok(text.trim().to_owned());
    }
    let example = "write it like \"avvisi@example.org\" or \"Sportello <avvisi@example.org>\"";
    Err(Complaint::new(format!("{text:?} is no mail address"), example))
}

fn public_url(text: &str) -> Result<String, Complaint> {
    let wrong = |detail: &str, way: String| Complaint::new(format!("bad public_url {text:?}: {detail}"), way);
    let example = || "write it like \"https://sportello.example.org\"".to_owned();
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string(), example()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong("it must begin with https:// or http://", example()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("? and # mean nothing here", "take them out".to_owned()));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
