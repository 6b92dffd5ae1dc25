//! A mail server at its worst and a program that is killed again and again: every mail is accepted, and one that is accepted twice says so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::line::{table, watched_table};
use crate::place::{Mail, Place};
use crate::sink::{Options, Sink};

const KILLS: u32 = 12;

/// Starts a check at an instant and kills it after a while, unless it has ended before.
fn killed_check(place: &Place, now: Timestamp, after: Duration) {
    let mut child = place.start(&["check", "--now", &now.to_string()]);
    let until = std::time::Instant::now() + after;
    while std::time::Instant::now() < until {
        if child.try_wait().unwrap().is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn each_mail_is_accepted_once_or_again_under_its_own_id() {
    let Some(mut sink) = Sink::start(&Options::default()) else { return };
    let place = watched_table();
    let faults = ["fine", "once-temp", "once-bye", "once-datatemp", "once-drop", "once-hang", "once-dropafter", "perm", "dataperm"];
    let mut readers = String::from("email\n");
    for fault in faults {
        for n in 0..6 {
            // "perm" and "dataperm" are what the server goes by; the domain tells the readers apart
            let address = if fault.starts_with("once-") { format!("{fault}-{n}@example.org") } else { format!("{fault}@n{n}.example.org") };
            readers.push_str(&format!("{address}\n"));
        }
    }
    place.write("readers.csv", &readers);
    place.run(&["subscribers", "import", "readers.csv"]).done();
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    let mut now: Timestamp = "2026-03-03T08:00:00Z".parse().unwrap();
    place.run(&["check", "--all", "--no-send", "--now", &now.to_string()]).done();

    let settings = |sink: &Sink| {
        place.settings(&format!(
            "[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{}\"\nbounces = \"r@sportello.example\"\n",
            sink.port
        ));
    };
    settings(&sink);
    let mut accepted: Vec<(String, String)> = Vec::new();
    let collect = |sink: &Sink, accepted: &mut Vec<(String, String)>| {
        for kept in sink.mails() {
            accepted.push((kept.envelope["to"][0].as_str().unwrap().to_string(), Mail::parse(&kept.bytes).id));
        }
    };
    // lengths of life that differ without being left to chance
    for n in 0..KILLS {
        killed_check(&place, now, Duration::from_millis(u64::from(100 + n * 173 % 1100)));
        now += SignedDuration::from_hours(1);
        if n % 4 == 3 {
            collect(&sink, &mut accepted);
            sink = Sink::start(&Options::default()).unwrap(); // the server restarts, and has forgotten whom it had turned away
            settings(&sink);
        }
    }
    // at last it is let live; a server that hangs is cut off by killing once more
    for n in 0..12 {
        killed_check(&place, now, Duration::from_secs(if n < 3 { 5 } else { 40 }));
        now += SignedDuration::from_hours(3);
    }
    collect(&sink, &mut accepted);

    let mut by_reader: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (to, id) in &accepted {
        by_reader.entry(to).or_default().push(id);
    }
    let mut n_twice = 0;
    for line in readers.lines().skip(1).filter(|line| !line.starts_with("perm@") && !line.starts_with("dataperm@")) {
        let ids = by_reader.get(line).unwrap_or_else(|| panic!("{line} got nothing"));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1, "{line}: one delivery, one Message-ID");
        n_twice += ids.len() - 1;
    }
    assert!(by_reader.contains_key("ada@example.org"));
    assert!(by_reader.keys().all(|reader| !reader.starts_with("perm@") && !reader.starts_with("dataperm@")));
    let failed = place.run(&["deliveries", "--failed", "--json"]).done().json();
    assert_eq!(failed.len(), 12, "those whom the server refuses for good, with its reason");
    assert!(failed.iter().all(|delivery| delivery["answer"].as_str().unwrap().starts_with("55")), "{failed:?}");
    let rest: Vec<_> = place.run(&["deliveries", "--json"]).done().json();
    assert!(rest.iter().all(|delivery| matches!(delivery["state"].as_str(), Some("sent" | "refused"))), "nothing waits: {rest:?}");
    // the server itself broke off after accepting for six of them, anew at each of its lives
    println!("{} mails accepted for {} readers, {n_twice} of them again under the same Message-ID", accepted.len(), by_reader.len());
}
