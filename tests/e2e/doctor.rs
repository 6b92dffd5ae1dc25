//! `sportello doctor`, `reextract`, `backup` and `restore` as an operator meets them.

use rusqlite::Connection;

use std::os::unix::fs::PermissionsExt;

use crate::line::{table, watched_table};
use crate::place::Place;
use crate::service::Running;
use crate::sink::{Options, Sink};
use sportello::config::settings::SmtpTls;

/// Where no service runs nobody can answer.
const WITHOUT_SITE: &str = "[web]\nlisten = \"\"\n";

fn findings(place: &Place, args: &[&str], code: i32) -> Vec<(String, String, String)> {
    let ended = place.run(&[&["doctor", "--json"], args].concat());
    assert_eq!(ended.code, Some(code), "{}{}", ended.out, ended.err);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
    ended.json().iter().map(|finding| (text(&finding["level"]), text(&finding["says"]), text(&finding["advice"]))).collect()
}

#[test]
fn the_doctor_finds_a_healthy_place_well_and_seals_its_chains() {
    let place = watched_table();
    place.settings(WITHOUT_SITE);
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
    let found = findings(&place, &["--verify"], 1);
    assert!(found.iter().any(|(level, says, _)| level == "warning" && says.contains("sportello.db")), "no database yet: {found:?}");
    assert!(found.iter().any(|(level, says, _)| level == "error" && says.contains("sources.toml")), "no sources either: {found:?}");
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
    place.settings(WITHOUT_SITE);
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

/// What the doctor says of the mail server: level, words, advice.
fn of_mail(place: &Place, server: &str, code: i32) -> (String, String, String) {
    place.settings(&format!(
        "{WITHOUT_SITE}[mail]\ntransport = \"smtp\"\nsmtp = \"{server}\"\nfrom = \"avvisi@sportello.example\"\npassword_file = \"password\"\n"
    ));
    findings(place, &[], code).into_iter().find(|(_, says, _)| says.starts_with("smtp")).unwrap()
}

/// A file that its owner alone can read.
fn secret(place: &Place, text: &str) {
    place.write("password", text);
    std::fs::set_permissions(place.path("password"), std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn the_doctor_tries_the_mail_server_step_by_step_and_sends_nothing() {
    let Some(sink) = Sink::start(&Options { auth: Some(("ada", "giusta")), ..Options::default() }) else { return };
    let place = watched_table();
    let server = format!("smtp://ada@127.0.0.1:{}", sink.port);
    secret(&place, "giusta\n");
    let (level, says, _) = of_mail(&place, &server, 0);
    assert!(level == "ok" && says.contains("takes mails from avvisi@sportello.example (in the clear, logged in)"), "{says}");
    secret(&place, "sbagliata\n");
    let (level, says, advice) = of_mail(&place, &server, 1);
    assert!(level == "error" && says.contains("login: 535") && advice.contains("password"), "{says} → {advice}");
    assert!(!says.contains("sbagliata"), "{says}");
    let (_, says, advice) = of_mail(&place, &format!("smtp://ada@127.0.0.1:{}?tls=required", sink.port), 1);
    assert!(says.contains("STARTTLS") && advice.contains("certificate"), "{says} → {advice}");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (_, says, advice) = of_mail(&place, &format!("smtp://127.0.0.1:{free}"), 1);
    assert!(says.contains("cannot connect") && advice.contains("port"), "{says} → {advice}");
    assert!(sink.mails().is_empty() && place.mails().is_empty());
}

#[test]
fn the_doctor_does_not_take_a_certificate_that_nobody_vouches_for() {
    let Some(sink) = Sink::start(&Options { tls: SmtpTls::Required, ..Options::default() }) else { return };
    let place = watched_table();
    let (level, says, advice) = of_mail(&place, &format!("smtp://localhost:{}?tls=required", sink.port), 1);
    assert!(level == "error" && says.contains("STARTTLS: ") && advice.contains("authority"), "{says} → {advice}");
    let (level, says, _) = of_mail(&place, &format!("smtp://localhost:{}?tls=opportunistic", sink.port), 0);
    assert!(level == "ok" && says.contains("(encrypted)"), "{says}");
}

#[test]
fn a_secret_that_others_can_read_and_a_sender_that_is_an_example_are_errors() {
    let place = watched_table();
    place.write("password", "x");
    std::fs::set_permissions(place.path("password"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    place.settings(&format!("[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{free}\"\npassword_file = \"password\"\n"));
    let found = findings(&place, &[], 1);
    for words in ["the secret in password", "but an example", "for this machine alone"] {
        assert!(
            found.iter().any(|(level, says, advice)| level == "error" && says.contains(words) && !advice.is_empty()),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn the_doctor_looks_for_the_browser_where_a_source_needs_one() {
    let place = watched_table();
    place.sources(&[("/uffici", "kind = \"page\"\nrender = \"browser\"")]);
    let of_browser = |program: &str, code: i32| {
        place.write("sportello.toml", &format!("[crawl]\nallow_private = true\nbrowser = \"{program}\"\n{WITHOUT_SITE}"));
        findings(&place, &[], code).into_iter().find(|(_, says, _)| says.contains(program)).unwrap()
    };
    let (level, _, advice) = of_browser("/nowhere/chromium", 1);
    assert!(level == "error" && advice.contains("apt-get install chromium"), "{advice}");
    let program = place.path("chromium");
    std::fs::write(&program, "#!/bin/sh\necho Chromium 140.0\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (level, says, _) = of_browser(program.to_str().unwrap(), 0);
    assert!(level == "ok" && says.contains("Chromium 140.0, for 1 sources"), "{says}");
}

#[test]
fn the_doctor_finds_the_service_that_runs_and_speaks_the_language_of_the_terminal() {
    let place = watched_table();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    place.settings(&format!("[web]\nlisten = \"{address}\"\n"));
    let service = Running::start(&place);
    service.says("READY=1");
    let found = findings(&place, &[], 0);
    assert!(found.contains(&("ok".into(), format!("the service answers at {address}"), String::new())), "{found:?}");
    let in_italian = |args: &[&str]| {
        let output = place.command(&[&["doctor"], args].concat()).env("LANG", "it_IT.UTF-8").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(in_italian(&[]).contains(&format!("il servizio risponde a {address}")), "{}", in_italian(&[]));
    assert!(in_italian(&["--language", "en"]).contains("the service answers"));
    service.signal("TERM");
    assert!(service.end().0.success());
    let found = findings(&place, &[], 0);
    assert!(found.iter().any(|(level, says, _)| level == "warning" && says.contains("nobody answers")), "{found:?}");
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
