//! What the stores are filled with. Bodies and their documents are those of the site in `examples/town.rs`, so that the program can be run
//! on a filled store and finds every page as the store knows it.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use jiff::{SignedDuration, Timestamp};
use sportello::domain::*;
use sportello::round::RULES_VERSION;
use sportello::store::*;

/// Documents of a body.
pub const EACH: usize = 10;
/// The town's port.
pub const PORT: u16 = 8089;
pub const OFFICES: [&str; 10] =
    ["anagrafe", "tributi", "urp", "protocollo", "edilizia", "biblioteca", "suap", "ambiente", "servizi-sociali", "personale"];

/// Codes of provinces; each has 75 bodies, however many there are.
const PROVINCES: &str = "AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN FC FE FG FI FM FR \
    GE GO GR IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA PC PD PE PG PI PN PO PR PT PU PV PZ RA RC RE RG RI RM RN RO \
    SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV UD VA VB VC VE VI VR VT VV";

pub fn minutes(n: usize) -> Timestamp {
    let start: Timestamp = "2026-03-01T08:00:00Z".parse().expect("an instant");
    start + SignedDuration::from_mins(n as i64)
}

/// A name for the `n`th body; some begin alike, as they do in Italy.
pub fn name(n: usize) -> String {
    let first = ["monte", "castel", "villa", "san", "borgo", "rocca", "ponte", "torre", "campo", "val"][n % 10];
    let last = ["lago", "fiume", "alto", "piano", "verde", "antico", "sereno", "chiaro", "largo", "fosco", "lungo"][n / 10 % 11];
    format!("{first}{last}{}", ["", " di sopra", " di sotto", " marittimo", " terme"][n / 110 % 5])
}

fn province(n: usize) -> &'static str {
    let codes: Vec<&str> = PROVINCES.split_whitespace().collect();
    codes[n / 75 % codes.len()]
}

pub fn body(n: usize) -> Body {
    Body {
        id: BodyId(format!("comune-{n:05}")),
        name: format!("Comune di {} c{n}", name(n)),
        kind: BodyKind::Comune,
        province: Some(province(n).into()),
        istat: None,
        ipa: None,
    }
}

fn origin(n_body: usize) -> String {
    let n = n_body + 1;
    format!("http://{}:{PORT}", Ipv4Addr::new(127, 1 + (n >> 16) as u8, (n >> 8) as u8, n as u8))
}

fn address(n_body: usize, n_document: usize) -> String {
    format!("{}/uffici/{n_document}", origin(n_body))
}

/// A `sources.toml`: one sitemap a body.
pub fn sources_toml(n_bodies: usize) -> String {
    let mut out = String::new();
    for n in 0..n_bodies {
        let Body { id, name, province, .. } = body(n);
        let province = province.unwrap_or_default();
        let _ = write!(
            out,
            "[[body]]\nid = \"{id}\"\nname = \"{name}\"\nkind = \"comune\"\nprovince = \"{province}\"\n\
             [[body.source]]\nid = \"uffici\"\nurl = \"{}/sitemap.xml\"\nkind = \"sitemap\"\n\n",
            origin(n)
        );
    }
    out
}

/// A visit's answer: these bytes of the `n_document`th page of a body, as the town serves them while it has validators.
pub fn seen(n_body: usize, n_document: usize, html: String, at: Timestamp) -> DocumentVisit {
    let received = Received {
        status: 200,
        final_url: address(n_body, n_document),
        headers: vec![
            ("Date".into(), at.to_string()),
            ("Server".into(), "nginx".into()),
            ("Content-Type".into(), "text/html; charset=utf-8".into()),
            ("ETag".into(), format!("\"{}-0\"", n_body * EACH + n_document)),
        ],
        text_sha: sha256(html.as_bytes()),
        matter_sha: None,
        body: html.into_bytes(),
    };
    let mut notice = Notice::about(OfficeId("anagrafe".into()), "Anagrafe");
    notice.evidence =
        vec![Evidence {
            sentence: "Anagrafe: dal lunedì al venerdì dalle 8.30 alle 12.30".into(), block: 0, states: vec![Stated::Hours]
        }];
    let reading = Reading { published: None, notices: vec![notice], doubts: vec![] };
    DocumentVisit {
        source: SourceId(format!("comune-{n_body:05}/uffici")),
        url: received.final_url.clone(),
        kind: DocumentKind::Page,
        next_visit: Some(at + SignedDuration::from_hours(1)),
        seen: Seen::Fresh { received, reading, rules_version: RULES_VERSION },
        memory: None,
    }
}

/// What subscribers know of a body's offices; each fifth has days out of the ordinary.
pub fn states(n_body: usize) -> Vec<State> {
    let url = address(n_body, 0);
    OFFICES.iter().enumerate().map(|(n, office)| state(office, &url, (n_body + n).is_multiple_of(5))).collect()
}

fn key(office: &str) -> OfficeKey {
    OfficeKey { office: OfficeId(office.into()), site: None, other: None }
}

fn cause(url: &str) -> Cause {
    Cause { url: url.into(), snapshot: snapshot_of_nth(0), evidence: vec!["dal lunedì al venerdì dalle 8.30 alle 12.30".into()] }
}

/// Each fortieth sentence has a rare word.
fn sentence(n_body: usize, n: usize) -> String {
    let rare = if (n + n_body).is_multiple_of(40) { " su prenotazione obbligatoria" } else { "" };
    format!("l'ufficio riceve dal lunedì al venerdì dalle 9 alle 13{rare}, avviso {}", n * 7 + n_body)
}

fn hours(text: &str) -> Value {
    Value::Hours(vec![OfficeHours { week: text.parse().expect("hours"), access: Access::WalkIn }])
}

fn state(office: &str, url: &str, closes: bool) -> State {
    let days: Vec<DateRange> =
        ["2027-03-02/2027-03-03", "2027-08-10/2027-08-21", "2027-12-24"].iter().map(|d| d.parse().expect("days")).collect();
    let facts = [(Aspect::Hours, vec![fact(hours("Mo-Fr 08:30-12:30"), url)]), (Aspect::Closures, vec![fact(Value::Closures(days), url)])];
    let n_facts = if closes { 2 } else { 1 };
    State { key: key(office), name: format!("Ufficio {office}"), facts: facts.into_iter().take(n_facts).collect() }
}

fn fact(value: Value, url: &str) -> Fact {
    Fact { value, from: None, until: None, resumes: false, aged: false, general: false, except: vec![], causes: vec![cause(url)] }
}

/// When the `n`th change of a body was found: they follow each other through five years.
pub fn change_at(n_body: usize, n: usize) -> Timestamp {
    minutes(n * 20_000 + n_body)
}

/// One change in a hundred is of a rare aspect.
pub fn change(n_body: usize, n: usize) -> Change {
    let url = address(n_body, 0);
    Change {
        id: None,
        detected_at: change_at(n_body, n),
        body: body(n_body).id,
        key: key(OFFICES[n % OFFICES.len()]),
        name: OFFICES[n % OFFICES.len()].into(),
        except: vec![],
        aspect: if (n + n_body).is_multiple_of(100) { Aspect::Status } else { Aspect::Hours },
        before: Some(hours("Mo-Fr 08:30-12:30")),
        after: Some(hours("Mo-Fr 09:00-13:00")),
        effective_from: None,
        effective_until: None,
        further: vec![],
        hours: None,
        causes: vec![Cause { evidence: vec![sentence(n_body, n)], ..cause(&url) }],
        rule: Rule::Revised,
    }
}
