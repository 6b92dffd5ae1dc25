//! `sportello doctor`, `reextract`, `backup` and `restore` as an operator meets them.

use rusqlite::Connection;

use crate::line::{table, watched_table};
use crate::place::Place;

fn findings(place: &Place, args: &[&str], code: i32) -> Vec<(String, String, String)> {
    let ended = place.run(&[&["doctor", "--json"], args].concat());
    assert_eq!(ended.code, Some(code), "{}{}", ended.out, ended.err);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
    ended.json().iter().map(|finding| (text(&finding["level"]), text(&finding["says"]), text(&finding["advice"]))).collect()
}

#[test]
fn the_doctor_finds_a_healthy_place_well_and_seals_its_chains() {
    let place = watched_table();
    std::process::Command::new("chmod").arg("600").arg(place.path("sportello.db")).status().unwrap();
    let found = findings(&place, &[], 0);
    assert!(found.iter().all(|(level, ..)| level == "ok"), "{found:?}");
    let seal = |place: &Place| findings(place, &["--verify"], 0).pop().unwrap().1;
    let first = seal(&place);
    assert!(first.starts_with("1 snapshots in 1 chains agree"), "{first}");
    assert_eq!(seal(&place), first);
    place.page("/uffici", &table(&[("Tributi", "lunedì 9.30-12.00")]));
    place.run(&["check", "--all"]).done();
    assert_ne!(seal(&place), first);
    let plain = place.run(&["doctor", "--verify"]).done();
    assert!(plain.out.lines().all(|line| line.starts_with("ok ")), "{}", plain.out);
}

#[test]
fn the_doctor_names_what_was_altered_and_what_to_do() {
    let place = watched_table();
    place.page("/uffici", &table(&[("Tributi", "lunedì 9.30-12.00")]));
    place.run(&["check", "--all"]).done();
    let conn = Connection::open(place.path("sportello.db")).unwrap();
    conn.execute_batch("UPDATE snapshot SET first_seen = '2020-01-01T00:00:00.000Z' WHERE id = 1").unwrap();
    conn.execute_batch("UPDATE content SET packed = zeroblob(100) WHERE id = 2").unwrap();
    conn.execute_batch("UPDATE snapshot SET headers = 'no JSON' WHERE id = 2").unwrap();
    drop(conn);
    assert!(findings(&place, &[], 0).iter().all(|(level, ..)| level != "error"), "a glance does not walk the chains");
    let found = findings(&place, &["--verify"], 1);
    let errors: Vec<&str> = found.iter().filter(|(level, ..)| level == "error").map(|(_, says, _)| says.as_str()).collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors[0].starts_with("snapshot 1 of comune-prova/") && errors[0].ends_with("its record was altered"), "{errors:?}");
    assert!(errors[1].contains("its record cannot be read"), "{errors:?}");
    assert!(errors[2].starts_with("the bytes of snapshot 2"), "{errors:?}");
    assert!(found.iter().all(|(level, _, advice)| level != "error" || !advice.is_empty()), "{found:?}");
}

#[test]
fn the_doctor_has_advice_where_nothing_works() {
    let place = Place::new();
    let found = findings(&place, &["--verify"], 0);
    assert!(found.iter().any(|(level, says, _)| level == "warning" && says.contains("sportello.db")), "no database yet: {found:?}");
    place.write("sportello.toml", "[stor]\npath = 3\n");
    let found = findings(&place, &[], 1);
    assert!(found[0].0 == "error" && found[0].1.contains("sportello.toml:1"), "{found:?}");
    place.settings("");
    place.write("sportello.db", &"this is no database at all, but long enough to be looked at".repeat(40));
    let found = findings(&place, &["--verify"], 1);
    assert!(found.iter().any(|(level, says, _)| level == "error" && says.contains("sportello.db")), "{found:?}");
}

#[test]
fn the_doctor_says_when_the_file_is_open_to_all_and_when_upkeep_is_missed() {
    let place = watched_table();
    std::process::Command::new("chmod").arg("644").arg(place.path("sportello.db")).status().unwrap();
    let conn = Connection::open(place.path("sportello.db")).unwrap();
    conn.execute_batch("UPDATE store SET created_at = '2026-01-01T00:00:00.000Z'").unwrap();
    conn.execute_batch("UPDATE document SET rules_version = 1").unwrap();
    let warnings: Vec<String> =
        findings(&place, &[], 0).into_iter().filter(|(level, ..)| level == "warning").map(|(_, says, _)| says).collect();
    assert_eq!(warnings.len(), 4, "{warnings:?}");
    for (warning, words) in warnings.iter().zip(["read by everybody", "older version", "put in order: never", "verified: never"]) {
        assert!(warning.contains(words), "{warning}");
    }
    conn.execute_batch("INSERT INTO upkeep VALUES ('verify', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), '2 things are broken')").unwrap();
    assert!(findings(&place, &[], 1).iter().any(|(level, says, _)| level == "error" && says.contains("2 things are broken")));
}

#[test]
fn reextract_shows_what_would_differ_and_then_takes_it_silently() {
    let place = watched_table();
    let conn = Connection::open(place.path("sportello.db")).unwrap();
    // as if older rules had read an hour wrongly
    conn.execute_batch("UPDATE reading SET notices = replace(notices, 'Mo,We 09:00-12:00', 'Mo 09:00-12:00')").unwrap();
    drop(conn);
    let shown = place.run(&["reextract", "--dry-run"]).done();
    assert!(
        shown.out.contains("- tributi hours Mo 09:00-12:00") && shown.out.contains("+ tributi hours Mo,We 09:00-12:00"),
        "{}",
        shown.out
    );
    assert!(shown.err.contains("1 differ"), "{}", shown.err);
    assert_eq!(place.run(&["reextract", "--dry-run"]).done().out, shown.out, "nothing was changed");
    let json = place.run(&["reextract", "--dry-run", "--json", "--body", "comune-prova"]).done().json();
    assert_eq!((json.len(), &json[0]["added"][0]), (1, &"tributi hours Mo,We 09:00-12:00".into()));
    place.run(&["reextract", "--body", "comune-prove"]).failed(2, &["did you mean \"comune-prova\"?"]);

    assert_eq!(place.run(&["reextract"]).done().out, shown.out);
    assert_eq!(place.run(&["reextract"]).done().out, "", "it is the baseline now");
    place.run(&["check", "--all"]).done();
    assert!(place.run(&["changes", "--json"]).done().json().is_empty() && place.mails().is_empty(), "and nobody was told");
}

#[test]
fn a_backup_is_restored_only_when_sound_and_over_nothing_unless_forced() {
    let place = watched_table();
    place.run(&["backup", "copy.db"]).done();
    place.page("/uffici", &table(&[("Tributi", "lunedì 9.30-12.00")]));
    place.run(&["check", "--all"]).done();
    place.run(&["restore", "copy.db"]).failed(2, &["sportello.db", "exists already", "--force"]);
    std::fs::copy(place.path("copy.db"), place.path("bad.db")).unwrap();
    Connection::open(place.path("bad.db")).unwrap().execute_batch("UPDATE snapshot SET status = 404").unwrap();
    place.run(&["restore", "bad.db", "--force"]).failed(2, &["bad.db", "does not pass verification", "nothing was restored"]);
    assert_eq!(place.run(&["changes", "--json"]).done().json().len(), 1, "what was there is there");
    place.run(&["restore", "copy.db", "--force"]).done();
    assert!(place.run(&["changes", "--json"]).done().json().is_empty());
    place.run(&["doctor", "--verify"]).done();
    let again = place.run(&["check", "--all"]).done();
    assert!(again.out.contains("tributi"), "the change is seen again: {}", again.out);
}
