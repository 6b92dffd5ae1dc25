//! Lines for `sources.toml` from a table of bodies: each body whose site is known is watched from its home page.
//!
//! ```text
//! cargo run --example sources_from_csv -- bodies.csv sources.toml >> sources.toml
//! ```
//!
//! The table has a header line and, among others, the columns kind, name, province, istat, ipa, host and `host_status`. Bodies that the
//! file has already (the IPA code decides, without regard to case) are left out, so the command can be run again.

use std::collections::BTreeSet;
use std::process::ExitCode;

use sportello::config::{slugify, sources};

/// Sites of provinces, which lists of municipalities lack. By convention: none of them has been opened.
const PROVINCES: [(&str, &str); 10] = [
    ("045", "www.provincia.ms.it"),
    ("046", "www.provincia.lucca.it"),
    ("047", "www.provincia.pistoia.it"),
    ("048", "www.cittametropolitana.fi.it"),
    ("049", "www.provincia.livorno.it"),
    ("050", "www.provincia.pisa.it"),
    ("051", "www.provincia.arezzo.it"),
    ("052", "www.provincia.siena.it"),
    ("053", "www.provincia.grosseto.it"),
    ("100", "www.provincia.prato.it"),
];

/// The names of the provinces, for headings.
const NAMES: [(&str, &str); 10] = [
    ("AR", "Arezzo"),
    ("FI", "Firenze"),
    ("GR", "Grosseto"),
    ("LI", "Livorno"),
    ("LU", "Lucca"),
    ("MS", "Massa-Carrara"),
    ("PI", "Pisa"),
    ("PO", "Prato"),
    ("PT", "Pistoia"),
    ("SI", "Siena"),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [table, file] = &arguments[..] else {
        eprintln!("usage: sources_from_csv BODIES.csv SOURCES.toml");
        return ExitCode::from(2);
    };
    match lines(table, file) {
        Ok(lines) => {
            print!("{lines}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("sources_from_csv: {error}");
            ExitCode::FAILURE
        }
    }
}

fn lines(table: &str, file: &str) -> Result<String, String> {
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"));
    let (table, known) = (read(table)?, read(file)?);
    let known = sources::parse(&known, file).map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let known: BTreeSet<String> = known.bodies.iter().filter_map(|body| Some(body.body.ipa.as_ref()?.to_lowercase())).collect();

    let mut rows = table.lines().map(fields);
    let header = rows.next().ok_or("the table is empty")?;
    let column = |name: &str| header.iter().position(|column| column == name).ok_or(format!("the table has no column {name}"));
    let (kind, name, province, istat) = (column("kind")?, column("name")?, column("province")?, column("istat")?);
    let (ipa, host, status) = (column("ipa")?, column("host")?, column("host_status")?);

    let mut rows: Vec<Vec<String>> = rows.filter(|row| row.len() == header.len() && !known.contains(&row[ipa].to_lowercase())).collect();
    let rank = |row: &Vec<String>| (row[province].clone(), row[kind] == "municipality", row[name].clone());
    rows.sort_by_key(rank);

    let mut text = String::new();
    let mut heading = String::new();
    for row in &rows {
        if row[province] != heading {
            heading.clone_from(&row[province]);
            let province = NAMES.iter().find(|(code, _)| *code == heading).map_or("", |(_, name)| name);
            let title = format!("# ── {province} ({heading}) ");
            text.push_str(&format!("\n{title}{}\n", "─".repeat(132_usize.saturating_sub(title.chars().count()))));
        }
        let name = row[name].replace("Citta' Metropolitana", "Città Metropolitana");
        let kind = match row[kind].as_str() {
            "municipality" => "comune",
            "metropolitan_city" => "citta-metropolitana",
            _ => "provincia",
        };
        let (host, note) = match (row[host].as_str(), row[status].starts_with("confirmed")) {
            ("", _) => (guessed_host(&name, &row[istat], &row[province]), " # not verified"),
            (host, true) => (host.to_owned(), ""),
            (host, false) => (host.to_owned(), " # the lists differ"),
        };
        let id = slugify(&name.replacen(" di ", " ", 1));
        text.push_str(&format!(
            "\n[[body]]\nid = \"{id}\"\nname = {name:?}\nkind = \"{kind}\"\nprovince = \"{}\"\nistat = \"{}\"\nipa = \"{}\"\n\
             source = [{{ url = \"https://{host}/\", kind = \"site\" }}]{note}\n",
            row[province], row[istat], row[ipa]
        ));
    }
    Ok(text)
}

/// The site by the convention for its kind.
fn guessed_host(name: &str, istat: &str, province: &str) -> String {
    let known = PROVINCES.iter().find(|(code, _)| *code == istat);
    known.map_or_else(
        || format!("www.comune.{}.{}.it", slugify(&name.replacen("Comune di ", "", 1)).replace('-', ""), province.to_lowercase()),
        |(_, host)| (*host).to_owned(),
    )
}

/// The fields of one line of a table, RFC 4180; no field runs over its line.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => {
                if let Some(field) = fields.last_mut() {
                    field.push(other);
                }
            }
        }
    }
    fields
}
