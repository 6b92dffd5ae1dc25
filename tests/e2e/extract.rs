//! What would be read from files, as records and as a list.

use std::io::Write;
use std::process::Stdio;

use crate::line::table;
use crate::place::Place;

#[test]
fn records_come_one_a_line_in_the_order_of_the_files() {
    let place = Place::new();
    let names: Vec<String> = (0..20).map(|n| format!("{n:02}.html")).collect();
    for name in &names {
        place.write(name, &format!("<html lang=it><main>{}</main></html>", table(&[])));
    }
    let mut args = vec!["extract", "--json"];
    args.extend(names.iter().map(String::as_str));
    let records = place.run(&args).done().json();
    let files: Vec<&str> = records.iter().map(|record| record["file"].as_str().unwrap()).collect();
    assert_eq!(files, names);
    let tributi = records[0]["notices"].as_array().unwrap().iter().find(|notice| notice["office"] == "tributi").unwrap();
    assert_eq!(tributi["hours"], serde_json::json!([{"oh": "Mo,We 09:00-12:00", "access": "walk_in"}]));
}

#[test]
fn a_file_that_is_missing_is_named_and_the_others_are_read() {
    let place = Place::new();
    place.write("a.txt", "L'ufficio anagrafe è aperto al pubblico il lunedì dalle 9 alle 12.\n");
    let ended = place.run(&["extract", "nowhere.html", "a.txt"]).failed(1, &["nowhere.html"]);
    assert!(ended.out.contains("anagrafe") && ended.out.contains("Mo 09:00-12:00"), "{}", ended.out);
}

#[test]
fn standard_input_is_a_document_too() {
    let place = Place::new();
    let mut child = place.command(&["extract", "--json", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(table(&[]).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((record["file"].as_str(), record["notices"].as_array().map(Vec::len)), (Some("-"), Some(12)));
}

#[test]
fn bytes_of_any_kind_say_nothing_and_break_nothing() {
    let place = Place::new();
    let inputs: [(&str, Vec<u8>); 5] = [
        ("empty.html", vec![]),
        ("zeros.html", vec![0; 100_000]),
        ("broken.pdf", b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\ntrailer << /Root 1 0 R >>".to_vec()),
        ("deep.html", b"<div>".repeat(200_000)),
        ("latin.txt", b"luned\xec \xff\xfe\x00".to_vec()),
    ];
    for (name, bytes) in &inputs {
        std::fs::write(place.path(name), bytes).unwrap();
    }
    let args: Vec<&str> = ["extract", "--json"].into_iter().chain(inputs.iter().map(|(name, _)| *name)).collect();
    let records = place.run(&args).done().json();
    assert_eq!(records.len(), inputs.len());
    assert!(records.iter().all(|record| record["notices"] == serde_json::json!([])), "{records:?}");
}
