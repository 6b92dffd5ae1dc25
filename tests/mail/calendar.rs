//! The calendar file of a mail, read by an independent parser.

use std::process::Command;

use sportello::domain::{Language, Value};

use crate::samples::{alert, change, changes, delivery, mail};
use crate::sink::python;

/// Prints each event as a line of JSON, and fails on anything that the parser finds wrong.
const READ: &str = r#"
import icalendar, json, sys
with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
assert not calendar.errors, calendar.errors
for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    print(json.dumps({name: str(getattr(event.get(name), "dt", event.get(name)))
                      for name in ("UID", "SUMMARY", "DTSTART", "DTEND", "DESCRIPTION", "URL")}, ensure_ascii=False))
"#;

fn events(file: &str) -> Option<Vec<serde_json::Value>> {
    let python = python()?;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chiusure.ics");
    std::fs::write(&path, file).unwrap();
    let output = Command::new(python).args(["-c", READ]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn closures_and_openings_can_be_taken_over_into_a_calendar() {
    let file = mail(&delivery(1, alert(), Language::It, changes())).calendar.unwrap();
    assert!(file.lines().all(|line| line.len() <= 75) && !file.replace("\r\n", "").contains(['\r', '\n']));
    let Some(events) = events(&file) else { return };
    let told: Vec<String> = events.iter().map(|e| format!("{} {} {}", e["DTSTART"], e["DTEND"], e["SUMMARY"])).collect();
    assert_eq!(
        told,
        [
            r#""2026-12-24" "2027-01-01" "Altolago · Biblioteca: chiuso""#,
            r#""2026-03-14 08:00:00+00:00" "2026-03-14 11:00:00+00:00" "Altolago · Anagrafe: apertura straordinaria""#,
        ]
    );
    let again = mail(&delivery(2, alert(), Language::It, changes())).calendar.unwrap();
    assert_eq!(again, file, "the same closure has the same UID in every mail");
    assert_eq!(mail(&delivery(3, alert(), Language::It, changes().drain(..1).collect())).calendar, None);
}

#[test]
fn what_a_page_says_cannot_add_to_the_calendar() {
    let nasty = "chiuso;\\, \"così\"\r\nEND:VEVENT\r\nBEGIN:VALARM\nACTION:AUDIO ".repeat(40);
    let mut shut = change(1, "altro", &nasty, None, Some(Value::Closures(vec!["2026-12-24".parse().unwrap()])));
    shut.causes[0].evidence = vec![nasty.clone()];
    shut.causes[0].url = format!("https://www.example.org/\r\nATTACH:{nasty}");
    let file = mail(&delivery(1, alert(), Language::It, vec![shut])).calendar.unwrap();
    assert!(!file.contains("\nBEGIN:VALARM") && !file.contains("\nATTACH") && file.matches("\nEND:VEVENT").count() == 1, "{file}");
    let Some(events) = events(&file) else { return };
    assert_eq!(events.len(), 1);
}
