//! Mail through a real server process, read back by an independent parser.

use crate::line::{table, watched_table};
use crate::place::Mail;
use crate::sink::{Options, Sink};

#[test]
fn an_alert_goes_through_a_real_server_and_reads_as_written() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let place = watched_table();
    place.settings(&format!(
        "[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{}\"\nfrom = \"Sportello <avvisi@sportello.example>\"\n",
        sink.port
    ));
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    place.run(&["check", "--all"]).done();
    let kept = sink.mails();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].envelope["to"], serde_json::json!(["ada@example.org"]));
    let mail = Mail::parse(&kept[0].bytes);
    assert_eq!(mail.to, "ada@example.org");
    assert!(mail.subject.contains("Tributi"), "{}", mail.subject);
    for part in [&mail.text, &mail.html] {
        assert!(part.contains("9:00") && part.contains("9:30"), "{part}");
    }
    place.run(&["check", "--all"]).done();
    assert_eq!(sink.mails().len(), 1, "a second check sends nothing");
}

#[test]
fn a_server_that_is_away_keeps_the_mail_in_the_outbox_and_is_named() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let place = watched_table();
    // a port that was free a moment ago and has no listener
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = |port: u16| place.settings(&format!("[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{port}\"\n"));
    settings(free);
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    place.run(&["check", "--all", "--now", "2026-03-03T08:00:00Z"]).failed(1, &["127.0.0.1", "outbox"]);
    settings(sink.port);
    place.run(&["check", "--now", "2026-03-03T12:00:00Z"]).done();
    assert_eq!(sink.mails().len(), 1);
}
