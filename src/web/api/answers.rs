//! How answers of the API are written: JSON in an envelope, CSV, and the link to the next page.

use axum::http::header;
use serde_json::{Value as Json, json};

use super::{Ask, LICENSE};
use crate::web::answer::{A_MINUTE, Answer};
use crate::web::page::plain_json;
use crate::web::{Failure, Site};

/// One thing.
pub(super) fn one(data: Json) -> Answer {
    Answer::new("application/json", plain_json(&json!({ "license": LICENSE, "data": data })))
}

/// A list with the address of its next page, where there is one. `next`: the parameter that leads there and its value.
pub(super) fn list(site: &Site, ask: &Ask, items: Vec<Json>, next: Option<(&str, String)>) -> Answer {
    let next = next.map(|(name, value)| next_address(site, ask, name, &value));
    let body = json!({ "license": LICENSE, "data": items, "next": next });
    linked(Answer::new("application/json", plain_json(&body)), next).cached(A_MINUTE)
}

/// The same as a table. What a spreadsheet would take for a formula is taken for text.
pub(super) fn table(
    site: &Site,
    ask: &Ask,
    header: &[&str],
    rows: Vec<Vec<String>>,
    next: Option<(&str, String)>,
) -> Result<Answer, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(Failure::defect)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell))).map_err(Failure::defect)?;
    }
    let bytes = writer.into_inner().map_err(Failure::defect)?;
    let next = next.map(|(name, value)| next_address(site, ask, name, &value));
    Ok(linked(Answer::new("text/csv; charset=utf-8; header=present", bytes), next).cached(A_MINUTE))
}

/// A cell without what hides, and with an apostrophe in front of what a spreadsheet would compute.
fn harmless(cell: &str) -> String {
    let plain: String = cell.chars().filter(|c| !crate::alert::is_invisible(*c) && (!c.is_control() || *c == '\n')).collect();
    if plain.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{plain}") } else { plain }
}

fn linked(answer: Answer, next: Option<String>) -> Answer {
    match next {
        Some(next) => answer.with(header::LINK, &format!("<{next}>; rel=\"next\"")),
        None => answer,
    }
}

/// This address with one parameter replaced.
fn next_address(site: &Site, ask: &Ask, name: &str, value: &str) -> String {
    let (path, query) = ask.here.split_once('?').unwrap_or((&ask.here, ""));
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(url::form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known != name));
    pairs.append_pair(name, value);
    site.absolute(&format!("{path}?{}", pairs.finish()))
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_cell_is_no_formula() {
        for (cell, written) in [
            ("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")"),
            ("+390583", "'+390583"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\u{202e}=1+1", "'=1+1"),
            ("Mo-Fr 08:30-12:30", "Mo-Fr 08:30-12:30"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }
}
