//! Prints one record a line for each file: what extraction reads.

use sportello::document::{Input, read};
use sportello::extract::{Context, read as extract};
use sportello::lexicon::Lexicon;

fn main() {
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let document = read(&Input { bytes: &bytes, ..Input::default() });
        let reading = extract(&document, Lexicon::builtin(), &Context::default());
        let notices: Vec<serde_json::Value> = reading
            .notices
            .iter()
            .map(|n| {
                let mut v = serde_json::to_value(n).unwrap_or_default();
                let hours: Vec<serde_json::Value> = n
                    .hours
                    .iter()
                    .flat_map(|h| {
                        h.week.entries().into_iter().map(|w| serde_json::json!({"oh": w.to_string(), "access": h.access.as_str()}))
                    })
                    .collect();
                v["hours"] = hours.into();
                v
            })
            .collect();
        println!("{}", serde_json::json!({"file": file, "published": reading.published.map(|d| d.to_string()), "notices": notices}));
    }
}
