//! The walk through `sources.toml`: bodies, their sources, their offices' names.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use scraper::{Selector, error::SelectorErrorKind};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Cadence, Follow, Render, Schedule, Source, Sources, Tls, WatchedBody, keys};
use crate::config::{
    Problem,
    places::PROVINCES,
    reader::{At, Reader, Section},
    suggest::did_you_mean,
    units::Complaint,
    words::{lower_first, percent_decoded, slugify},
};
use crate::domain::{Body, BodyId, BodyKind, OfficeId, SourceId, SourceKind};

const KINDS: &[(&str, BodyKind)] = &[
    ("comune", BodyKind::Comune),
    ("provincia", BodyKind::Provincia),
    ("citta-metropolitana", BodyKind::CittaMetropolitana),
    ("unione", BodyKind::Unione),
    ("regione", BodyKind::Regione),
    ("altro", BodyKind::Altro),
];

const SOURCE_KINDS: &[(&str, SourceKind)] =
    &[("page", SourceKind::Page), ("news", SourceKind::News), ("sitemap", SourceKind::Sitemap), ("site", SourceKind::Site)];

const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// What stood where before: to name the first place of a duplicate.
#[derive(Default)]
struct Seen {
    bodies: HashMap<String, usize>,
    urls: HashMap<String, usize>,
}

/// A file is read in parts of about so many bytes: a tree of all of it would take fifty times its size.
const PART: usize = 64 << 10;

pub(super) fn sources(text: &str, file: &str) -> Result<Sources, Vec<Problem>> {
    match in_parts(text, file) {
        Some(sources) => Ok(sources),
        None => whole(text, file),
    }
}

/// Reads a good file body by body. `None` where there is anything to complain of, or where parts might not mean what the whole does: a list of
/// bodies in one line, or `[[body]]` inside a text of several lines, which is then left open at the part's end.
pub(super) fn in_parts(text: &str, file: &str) -> Option<Sources> {
    let mut bodies = Vec::new();
    let mut seen = Seen::default();
    let (mut rest, mut n_lines, mut is_head) = (text, 0, true);
    while !rest.is_empty() {
        // what stands before the first body is a part of its own
        let from = if is_head { 0 } else { rest.floor_char_boundary(PART) };
        let end = rest.get(from..)?.find("\n[[body]]").map_or(rest.len(), |found| from + found + 1);
        let (part, behind) = rest.split_at(end);
        let mut reader = Reader::part(part, file, n_lines);
        let mut is_plain = true;
        reader.document(|reader, root| {
            is_plain = !(is_head && root.contains("body") && !part.starts_with("[[body]]"));
            bodies_of(reader, root, &mut seen, &mut bodies);
        });
        if !is_plain || !reader.is_content() {
            return None;
        }
        n_lines += reader.n_line_ends();
        (rest, is_head) = (behind, false);
    }
    Some(Sources { bodies })
}

pub(super) fn whole(text: &str, file: &str) -> Result<Sources, Vec<Problem>> {
    let mut reader = Reader::new(text, file);
    let mut bodies = Vec::new();
    reader.document(|reader, root| bodies_of(reader, root, &mut Seen::default(), &mut bodies));
    let problems = reader.into_problems();
    if problems.is_empty() { Ok(Sources { bodies }) } else { Err(problems) }
}

fn bodies_of(reader: &mut Reader<'_>, root: &Section<'_>, seen: &mut Seen, bodies: &mut Vec<WatchedBody>) {
    let elsewhere = [("source", "[[body.source]]"), ("offices", "[body.offices]")];
    reader.unknown_keys(root, &["body"], &elsewhere);
    for section in reader.sections(root, "body", "body") {
        bodies.extend(body(reader, &section, seen));
    }
}

fn required(reader: &mut Reader<'_>, section: &Section<'_>, keys: &'static [keys::Key]) {
    for key in keys {
        if let Some(example) = key.required {
            reader.missing(section, key.name, example);
        }
    }
}

/// The body, or `None` when it is so incomplete that there is none; its problems are then reported.
fn body(reader: &mut Reader<'_>, section: &Section<'_>, seen: &mut Seen) -> Option<WatchedBody> {
    let elsewhere: Vec<(&str, &str)> =
        keys::SOURCE.iter().filter(|key| key.name != "office").map(|key| (key.name, "[[body.source]]")).collect();
    reader.unknown_keys(section, &keys::names(keys::BODY), &elsewhere);
    required(reader, section, keys::BODY);

    let id = reader.parsed(section, "id", |text| slug(text, "id"));
    if let Some(id) = &id {
        let line = reader.line_of(id.place);
        if let Some(first) = seen.bodies.insert(id.value.clone(), line) {
            seen.bodies.insert(id.value.clone(), first);
            let message = format!("duplicate body id {:?}, first on line {first}", id.value);
            reader.report(id.place, message, Some("give this body another id, or put its sources under the first".to_owned()));
        }
    }
    let name = reader.text(section, "name");
    let kind = reader.word(section, "kind", KINDS);
    let province = reader.parsed(section, "province", province);
    let istat = reader.parsed(section, "istat", istat);
    let ipa = reader.parsed(section, "ipa", ipa);
    let offices = reader.section(section, "offices", "body.offices").map(|names| office_names(reader, &names)).unwrap_or_default();

    let body_id = BodyId(id.as_ref().map(|id| id.value.clone()).unwrap_or_default());
    let mut sources: Vec<Source> = Vec::new();
    for section in reader.sections(section, "source", "body.source") {
        if let Some(source) = source(reader, &section, &body_id, seen, &sources) {
            sources.push(source);
        }
    }
    let body = Body {
        id: BodyId(id?.value),
        name: name?.value.trim().to_owned(),
        kind: kind?.value,
        province: province.map(|found| found.value),
        istat: istat.map(|found| found.value),
        ipa: ipa.map(|found| found.value),
    };
    // most bodies have one source, and a vector that grows makes room for four
    sources.shrink_to_fit();
    Some(WatchedBody { body, sources, offices })
}

fn source(reader: &mut Reader<'_>, section: &Section<'_>, body: &BodyId, seen: &mut Seen, others: &[Source]) -> Option<Source> {
    let elsewhere: Vec<(&str, &str)> = keys::BODY.iter().map(|key| (key.name, "[[body]]")).collect();
    reader.unknown_keys(section, &keys::names(keys::SOURCE), &elsewhere);
    required(reader, section, keys::SOURCE);

    let url = reader.parsed(section, "url", address);
    if let Some(url) = &url {
        let line = reader.line_of(url.place);
        if let Some(first) = seen.urls.get(url.value.as_str()) {
            let message = format!("duplicate url {}, first on line {first}", url.value);
            reader.report(url.place, message, Some("take one of the two out".to_owned()));
        } else {
            seen.urls.insert(url.value.to_string(), line);
        }
    }
    let kind = reader.word(section, "kind", SOURCE_KINDS).map(|found| found.value);
    let select = reader.parsed(section, "select", selector).map(|found| found.value);
    let follow = reader.parsed(section, "follow", follow).map(|found| found.value);
    let office = reader.parsed(section, "office", office).map(|found| found.value);
    let render = reader.word(section, "render", &[("http", Render::Http), ("browser", Render::Browser)]);
    let tls = reader.word(section, "tls", &[("verify", Tls::Verify), ("ignore", Tls::Ignore)]);
    let max_pages = reader.count(section, "max_pages", 1..=10_000).map(|found| found.value);
    let hosts = hosts(reader, section);
    let cadence = cadence(reader, section);
    if let Some(kind) = kind {
        needless(reader, section, kind);
    }
    let short = reader.parsed(section, "id", |text| slug(text, "id"));

    let (url, kind) = (url?.value, kind?);
    let short = short_name(reader, short, &url, body, others);
    Some(Source {
        id: SourceId(format!("{body}/{short}")),
        body: body.clone(),
        kind,
        cadence: cadence.unwrap_or(Cadence::Every(default_interval(kind))),
        select,
        follow,
        office,
        render: render.map(|found| found.value).unwrap_or_default(),
        max_pages: max_pages.unwrap_or(default_max_pages(kind)),
        hosts,
        tls: tls.map(|found| found.value).unwrap_or_default(),
        line: reader.line_of(section.place),
        url,
    })
}

/// How often a source of a kind is looked at when the file does not say.
fn default_interval(kind: SourceKind) -> Duration {
    Duration::from_secs(match kind {
        SourceKind::News | SourceKind::Site => 3600,
        SourceKind::Page => 3 * 3600,
        SourceKind::Sitemap => 6 * 3600,
    })
}

/// How many documents of a source are followed when the file does not say.
fn default_max_pages(kind: SourceKind) -> u32 {
    match kind {
        SourceKind::Page => 1,
        SourceKind::News | SourceKind::Site => 60,
        SourceKind::Sitemap => 200,
    }
}

fn cadence(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Cadence> {
    let every = reader.duration(section, "every", SHORTEST..=LONGEST);
    let schedule = reader.parsed(section, "schedule", Schedule::parse);
    if section.contains("every") && section.contains("schedule") {
        let place = section.key_place("schedule");
        reader.report(place, "\"every\" and \"schedule\" exclude each other", Some("take one of the two out".to_owned()));
    }
    match (every, schedule) {
        (_, Some(schedule)) => Some(Cadence::At(schedule.value)),
        (Some(every), None) => Some(Cadence::Every(every.value)),
        (None, None) => None,
    }
}

/// Keys that mean nothing for a kind of source.
fn needless(reader: &mut Reader<'_>, section: &Section<'_>, kind: SourceKind) {
    let rules: &[(&str, &[SourceKind], &str)] = &[
        ("office", &[SourceKind::Page], "page"),
        ("follow", &[SourceKind::News, SourceKind::Sitemap, SourceKind::Site], "news, sitemap and site"),
        ("max_pages", &[SourceKind::News, SourceKind::Sitemap, SourceKind::Site], "news, sitemap and site"),
    ];
    for (key, kinds, words) in rules {
        if section.contains(key) && !kinds.contains(&kind) {
            let message = format!("{key:?} has a meaning only for sources of kind {words}");
            reader.report(section.key_place(key), message, Some("take the line out, or change the kind".to_owned()));
        }
    }
}

/// The name of a source within its body: as given, else from the address.
fn short_name(reader: &mut Reader<'_>, given: Option<At<String>>, url: &Url, body: &BodyId, others: &[Source]) -> String {
    let taken = |short: &str| others.iter().find(|other| other.id.0 == format!("{body}/{short}"));
    if let Some(given) = given {
        if let Some(other) = taken(&given.value) {
            let message = format!("duplicate source id {:?}, first in the source on line {}", given.value, other.line);
            reader.report(given.place, message, Some("give this source another id".to_owned()));
        }
        return given.value;
    }
    let name = name_of(url);
    if taken(&name).is_none() {
        return name;
    }
    // two hosts with the same path: the later one in the file gets a mark of its address
    let mark: String = Sha256::digest(url.as_str()).iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    format!("{name}-{mark}")
}

/// `/it/novita?tipo=avvisi` → `it-novita-tipo-avvisi`; the home page → `home`.
fn name_of(url: &Url) -> String {
    let path = url.path();
    let written = match url.query() {
        Some(query) => format!("{path}-{query}"),
        None => path.to_owned(),
    };
    let name = slugify(&percent_decoded(&written));
    if name.is_empty() { "home".to_owned() } else { name }
}

fn slug(text: &str, key: &str) -> Result<String, Complaint> {
    let slug = slugify(text);
    if slug == text {
        return Ok(slug);
    }
    let suggestion = if slug.is_empty() { "write it like \"comune-altopascio\"".to_owned() } else { format!("write {slug:?}") };
    Err(Complaint::new(format!("{key:?} takes small letters, digits and single hyphens only: {text:?}"), suggestion))
}

fn province(text: &str) -> Result<String, Complaint> {
    if PROVINCES.contains(&text) {
        return Ok(text.to_owned());
    }
    let capitals = text.trim().to_uppercase();
    let suggestion = if PROVINCES.contains(&capitals.as_str()) {
        format!("write {capitals:?}")
    } else {
        "write the two letters of its number plates: \"LU\"".to_owned()
    };
    Err(Complaint::new(format!("unknown province {text:?}"), suggestion))
}

fn istat(text: &str) -> Result<String, Complaint> {
    if (2..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        format!("{text:?} is no ISTAT code"),
        "six digits for a municipality (\"046001\"), three for a province, two for a region",
    ))
}

fn ipa(text: &str) -> Result<String, Complaint> {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(format!("{text:?} is no IPA code"), "letters, digits, _ and -: \"c_a241\""))
}

fn address(text: &str) -> Result<Url, Complaint> {
    let wrong = |detail: &str, suggestion: String| Err(Complaint::new(format!("bad url {text:?}: {detail}"), suggestion));
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let without: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        return wrong("it holds a space", format!("write {without:?}"));
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            let guess = text.trim_start_matches('/');
            return wrong("it does not say how to get there", format!("write \"https://{guess}\""));
        }
        Err(error) => return wrong(&error.to_string(), "write it as the browser's address bar shows it".to_owned()),
    };
    if !matches!(url.scheme(), "http" | "https") {
        let detail = format!("{} is not fetched", url.scheme());
        let near = did_you_mean(url.scheme(), ["https", "http"]);
        return wrong(&detail, near.unwrap_or_else(|| "write an address that begins with https:// or http://".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("it holds a user name or password", "only public pages are watched: take them out".to_owned());
    }
    if let Some(fragment) = url.fragment() {
        let detail = format!("#{fragment} is never sent to the site");
        let mut without = url.clone();
        without.set_fragment(None);
        return wrong(&detail, format!("write \"{without}\""));
    }
    Ok(url)
}

fn selector(text: &str) -> Result<String, Complaint> {
    match Selector::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(Complaint::new(
            format!("bad CSS selector {text:?}: {}", selector_fault(&error)),
            "write it like \"main\", \"#content\", \".news-list a\" or \"[data-element=news-category-link]\"",
        )),
    }
}

/// The parser speaks of lines and tokens; who writes a selector thinks of its end and its signs.
fn selector_fault(error: &SelectorErrorKind) -> String {
    match error {
        SelectorErrorKind::EndOfLine => "it ends too early".to_owned(),
        SelectorErrorKind::UnexpectedToken => "a sign is in the wrong place".to_owned(),
        other => lower_first(other.to_string().trim_end_matches('.')),
    }
}

fn follow(text: &str) -> Result<Follow, Complaint> {
    let text = text.trim();
    if text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://") {
        return Ok(Follow::Prefix(text.to_owned()));
    }
    selector(text).map(Follow::Selector).map_err(|complaint| Complaint {
        suggestion: Some("write the beginning of the path (\"/novita/\") or a CSS selector (\".news-list a\")".to_owned()),
        ..complaint
    })
}

fn office(text: &str) -> Result<OfficeId, Complaint> {
    let offices = keys::offices();
    if offices.contains(&text) {
        return Ok(OfficeId(text.to_owned()));
    }
    let slug = slugify(text);
    let suggestion = match offices.iter().find(|id| **id == slug) {
        Some(id) => format!("write {id:?}"),
        None => did_you_mean(&slug, offices.iter().copied())
            .unwrap_or_else(|| "the ids are those of lexicon/offices.toml; \"altro\" for any other".to_owned()),
    };
    Err(Complaint::new(format!("unknown office {text:?}"), suggestion))
}

fn office_names(reader: &mut Reader<'_>, section: &Section<'_>) -> BTreeMap<OfficeId, Vec<String>> {
    let mut named: BTreeMap<OfficeId, Vec<String>> = BTreeMap::new();
    let mut owners: HashMap<String, &str> = HashMap::new();
    for key in section.keys() {
        let id = office(key).map_err(|complaint| reader.complain(section.key_place(key), complaint)).ok();
        let Some(names) = reader.texts(section, key) else { continue };
        for name in &names {
            if let Some(owner) = owners.insert(name.value.trim().to_lowercase(), key) {
                let message = format!("{:?} is named twice, first for {owner:?}", name.value);
                reader.report(name.place, message, Some("a name leads to one office: take one of the two out".to_owned()));
            }
        }
        if let Some(id) = id {
            named.insert(id, names.iter().map(|name| name.value.trim().to_owned()).collect());
        }
    }
    named
}

fn hosts(reader: &mut Reader<'_>, section: &Section<'_>) -> Vec<String> {
    let mut hosts = Vec::new();
    for found in reader.texts(section, "hosts").unwrap_or_default() {
        let written = found.value.trim();
        match Url::parse(&format!("https://{written}/")) {
            Ok(url) if url.path() == "/" && url.username().is_empty() && url.host_str().is_some() && !written.contains(['/', '?', '#']) => {
                hosts.extend(url.host_str().map(str::to_owned));
            }
            _ => {
                let guess = Url::parse(written).ok().and_then(|url| url.host_str().map(str::to_owned));
                let suggestion =
                    guess.map_or_else(|| "write it like \"www.comune.example.it\"".to_owned(), |host| format!("write {host:?}"));
                reader.report(found.place, format!("{written:?} is no host name"), Some(suggestion));
            }
        }
    }
    hosts
}
