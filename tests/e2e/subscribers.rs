//! The operator's commands about subscribers: lists in and out, mails that come back, test messages, webhooks.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use jiff::Timestamp;
use sportello::alert::tokens::hook_signature;

use crate::line::{table, watched_table};
use crate::place::{Ended, Place};
use crate::sink::{Options, Sink};

fn with_input(place: &Place, args: &[&str], input: &[u8]) -> Ended {
    let mut child = place.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn a_list_goes_in_and_comes_out_the_same() {
    let place = Place::new();
    place.sources(&[("/uffici", "kind = \"page\"")]);
    place.write(
        "people.csv",
        "email,frequency,language,regions,provinces,bodies,offices,aspects,words,reminders\n\
         ada@example.org,at-once,it,,LU;PI,,anagrafe;tributi,hours,,yes\n\
         Ada@example.org,weekly-18,it,toscana,,,,,\"carta d'identità\",no\n\
         bob@example.org,,en,,,comune-prova,,,,\n",
    );
    let imported = place.run(&["subscribers", "import", "people.csv"]).done();
    assert!(imported.err.contains("2 added, 1 known, 0 stopped"), "{}", imported.err);
    let exported = place.run(&["subscribers", "export"]).done().out;
    let lines: Vec<&str> = exported.lines().collect();
    assert_eq!(lines.len(), 4, "{exported}");
    assert!(lines[1].starts_with("ada@example.org,it,at-once,yes,,LU;PI,,anagrafe;tributi,hours,,confirmed,,"), "{}", lines[1]);
    assert!(lines[2].starts_with("ada@example.org,it,weekly-18,no,toscana,,,,,carta d'identità,confirmed,,"), "{}", lines[2]);
    assert!(lines[3].starts_with("bob@example.org,en,at-once,no,,,comune-prova,,,,confirmed,,") && lines[3].contains(",import 20"));
    let again = with_input(&place, &["subscribers", "import", "-"], exported.as_bytes()).done();
    assert!(again.err.contains("0 added, 3 known"), "{}", again.err);
    assert_eq!(place.run(&["subscribers", "export"]).done().out, exported, "twice is once");

    place.run(&["subscribers", "remove", "bob@example.org", "--forget"]).done();
    let passed = place.run(&["subscribers", "import", "people.csv"]).done();
    assert!(passed.err.contains("1 passed over"), "{}", passed.err);
    place.run(&["subscribers", "add", "bob@example.org", "--all"]).failed(2, &["wanted to be forgotten"]);
    assert!(!place.run(&["subscribers", "list"]).done().out.contains("bob"));
}

#[test]
fn a_list_with_errors_is_refused_whole_and_every_error_is_named() {
    let place = Place::new();
    place.sources(&[("/uffici", "kind = \"page\"")]);
    place.write(
        "people.csv",
        "email,frequency,bodies,colour\nada@example.org,hourly,,\nnobody,,,\nbob@example.org,,comune-altrove,\neva@example.org,,,\n",
    );
    let refused = place.run(&["subscribers", "import", "people.csv"]);
    let words =
        ["people.csv:1: there is no column \"colour\"", "people.csv:2:", "hourly", "people.csv:3:", "people.csv:4:", "nothing was taken"];
    refused.failed(2, &words);
    assert_eq!(place.run(&["subscribers", "list"]).done().out, "");
    for (args, words) in [
        (["add", "ada@example.org", "--province", "ZZ"], "no such province"),
        (["add", "ada@example.org", "--region", "padania"], "no such region"),
        (["add", "ada@localhost", "--region", "toscana"], "no mail address"),
        (["add", "ada@example.org", "--frequency", "hourly"], "how often"),
    ] {
        place.run(&[&["subscribers"], &args[..]].concat()).failed(2, &[words]);
    }
}

/// A report as a mail server sends it to the return path of a mail.
fn bounce(to: &str, date: &str, status: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nDate: {date}\r\nTo: {to}\r\nFrom: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n\
         Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} no such user\r\n\
         \r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

#[test]
fn mails_that_come_back_on_three_days_stop_an_address() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let place = watched_table();
    place.settings(&format!(
        "[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{}\"\nbounces = \"rimbalzi@sportello.example\"\n",
        sink.port
    ));
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    place.run(&["check", "--all"]).done();
    let kept = sink.mails();
    let return_path = kept[0].envelope["from"].as_str().unwrap().to_string();
    assert!(return_path.starts_with("rimbalzi+") && return_path.ends_with("@sportello.example"), "{return_path}");
    let days_ago = |n: i64| {
        let at = Timestamp::now() - jiff::SignedDuration::from_hours(24 * n);
        jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_string(&at).unwrap()
    };
    let state = || place.run(&["subscribers", "list", "--json"]).done().json()[0].clone();
    for (day, status) in [(3, "5.1.1"), (3, "5.1.1"), (2, "4.2.2"), (2, "5.1.1")] {
        with_input(&place, &["bounces"], &bounce(&return_path, &days_ago(day), status)).done();
        assert_eq!(state()["state"], "confirmed");
    }
    assert_eq!(state()["n_bounces"], 2);
    assert!(place.run(&["subscribers", "list", "--bouncing"]).done().out.contains("came back on 2 days"));
    // nobody can make one up, and a holiday notice is none
    with_input(&place, &["bounces"], &bounce("rimbalzi+1-00000000@sportello.example", &days_ago(0), "5.1.1")).done();
    with_input(&place, &["bounces"], b"To: x@example.org\r\nAuto-Submitted: auto-replied\r\nSubject: Ferie\r\n\r\nTorno lunedi.\r\n")
        .done();
    assert_eq!(state()["n_bounces"], 2);
    // the third day comes by a Maildir
    let maildir = place.path("Maildir");
    std::fs::create_dir_all(maildir.join("new")).unwrap();
    std::fs::write(maildir.join("new/1"), bounce(&return_path, &days_ago(0), "5.1.1")).unwrap();
    std::fs::write(maildir.join("new/2"), "Subject: nothing\r\n\r\nx\r\n").unwrap();
    let read = place.run(&["bounces", "--maildir", "Maildir"]).done();
    assert!(read.err.contains("2 messages read, 1 of them meant something"), "{}", read.err);
    assert_eq!(std::fs::read_dir(maildir.join("new")).unwrap().count(), 0);
    assert_eq!(state()["state"], "suspended");
    assert!(place.run(&["subscribers", "list", "--suspended"]).done().out.contains("mails came back on 3 days: 5.1.1"));

    let failed = place.run(&["deliveries", "--failed"]).done().out;
    assert!(failed.contains("refused  ada@example.org  alert comune-prova  1 change") && failed.contains("came back: "), "{failed}");
    let retried = place.run(&["deliveries", "--failed", "--retry"]).done();
    assert!(retried.err.contains("0 queued again; 1 belong to addresses that are stopped"), "{}", retried.err);
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.30")]));
    place.run(&["check", "--all"]).done();
    assert_eq!(sink.mails().len(), 1, "who is stopped gets nothing");

    // the operator knows better: the wishes of before count again
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    assert_eq!((state()["state"].clone(), state()["subscriptions"].as_array().unwrap().len()), ("confirmed".into(), 1));
    let retried = place.run(&["deliveries", "--failed", "--retry"]).done();
    assert!(retried.err.contains("1 queued again"), "{}", retried.err);
    place.run(&["check"]).done();
    assert_eq!(sink.mails().len(), 2);
}

#[test]
fn a_complaint_stops_at_once_and_a_message_unsubscribes() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let place = watched_table();
    place.run(&["subscribers", "add", "bob@example.org", "--all"]).done();
    place.settings(&format!(
        "[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{}\"\nbounces = \"rimbalzi@sportello.example\"\n",
        sink.port
    ));
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    place.run(&["check", "--all"]).done();
    for kept in sink.mails() {
        let return_path = kept.envelope["from"].as_str().unwrap();
        let message = if kept.envelope["to"][0] == "ada@example.org" {
            format!(
                "To: fbl@sportello.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
                 --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nOriginal-Mail-From: <{return_path}>\r\n\r\n--b--\r\n"
            )
        } else {
            let mail = String::from_utf8(kept.bytes).unwrap().replace("\r\n ", " ");
            let subject =
                mail.split("?subject=").nth(1).unwrap().split('>').next().unwrap().replace("%20", " ").replace([' ', '\r', '\n'], " ");
            format!("From: bob@example.org\r\nTo: rimbalzi@sportello.example\r\nSubject: {}\r\n\r\n\r\n", subject.trim())
        };
        with_input(&place, &["bounces"], message.as_bytes()).done();
    }
    let listed = place.run(&["subscribers", "list", "--suspended"]).done().out;
    assert!(listed.contains("ada@example.org  it  suspended: complaint"), "{listed}");
    assert!(listed.contains("bob@example.org  it  suspended: left"), "{listed}");
}

#[test]
fn a_database_that_cannot_be_opened_asks_the_mail_server_to_come_again() {
    let place = Place::new();
    std::fs::create_dir(place.path("sportello.db")).unwrap();
    let ended = with_input(&place, &["bounces"], b"Subject: x\r\n\r\ny\r\n");
    assert_eq!(ended.code, Some(75), "{}", ended.err);
}

#[test]
fn a_test_message_says_what_the_server_said() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let place = Place::new();
    place.settings(&format!("[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{}\"\n", sink.port));
    let sent = place.run(&["send-test", "ada@example.org"]).done();
    assert!(sent.err.contains("accepted for ada@example.org: 250 2.0.0 kept as 0001"), "{}", sent.err);
    let refused = place.run(&["send-test", "perm@example.org", "--language", "en"]).failed(1, &["550 5.1.1 no such user"]);
    assert_eq!(refused.out, "");
    place.run(&["send-test", "temp@example.org"]).failed(1, &["not sent", "451 4.3.0 try again later"]);
    assert_eq!(sink.mails().len(), 1);
    assert_eq!(place.run(&["subscribers", "list"]).done().out, "", "who was written to for a test is not kept");
    place.run(&["send-test", "ada"]).failed(2, &["no mail address"]);
}

/// What a listener was sent: its headers, the first line among them, and its body.
type Heard = (Vec<String>, Vec<u8>);

/// A program that listens: answers each call as told, and passes on what it was sent, headers first.
fn listener(answers: Vec<&'static str>) -> (String, mpsc::Receiver<Heard>) {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", socket.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = socket.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut headers = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                headers.push(line.trim().to_string());
            }
            let length = headers.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap();
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            let _ = tell.send((headers, body));
        }
    });
    (url, told)
}

#[test]
fn a_program_is_told_of_changes_signed_and_until_it_has_understood() {
    let place = watched_table();
    let (url, told) = listener(vec!["503 Service Unavailable", "204 No Content"]);
    let key = place.run(&["subscribers", "add", &url, "--all"]).done().out.trim().to_string();
    assert_eq!(key.len(), 64);
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    place.run(&["check", "--all", "--now", "2026-03-03T08:00:00Z"]).done();
    place.run(&["check", "--now", "2026-03-03T08:01:00Z"]).done();
    place.run(&["check", "--now", "2026-03-03T12:00:00Z"]).done();
    place.run(&["check", "--now", "2026-03-04T12:00:00Z"]).done();
    let calls: Vec<_> = [told.recv_timeout(Duration::from_secs(20)).unwrap(), told.recv_timeout(Duration::from_secs(20)).unwrap()].into();
    assert!(told.try_recv().is_err(), "once it has understood, no more");
    let changes = place.run(&["changes", "--json"]).done().json();
    for (headers, body) in &calls {
        assert_eq!(headers[0], "POST /hook HTTP/1.1");
        let header = |name: &str| {
            headers.iter().find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name))).unwrap().1
        };
        let said: serde_json::Value = serde_json::from_slice(body).unwrap();
        assert_eq!(said["changes"], serde_json::json!(changes), "as `changes --json` shows them");
        assert_eq!(header("Sportello-Delivery"), said["delivery"].to_string());
        let (at, signature) = header("Sportello-Signature").split_once(",v1=").unwrap();
        let at = Timestamp::from_second(at.strip_prefix("t=").unwrap().parse().unwrap()).unwrap();
        assert_eq!(hook_signature(&key, at, body), signature);
    }
    assert_eq!(calls[0].1, calls[1].1, "the same words at every attempt");
    assert_eq!(place.mails().len(), 1, "and ada has her mail");
    let shown = place.run(&["deliveries", "--to", &url]).done().out;
    assert!(shown.contains("sent") && shown.contains("tried 2 times") && shown.contains("204 No Content"), "{shown}");
}

#[test]
fn no_program_is_called_at_a_private_address() {
    let place = watched_table();
    let (url, told) = listener(vec!["204 No Content"]);
    place.run(&["subscribers", "add", &url, "--all"]).done();
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    place.run(&["check", "--all", "--no-send"]).done();
    place.write("sportello.toml", "[crawl]\ndelay = \"0s\"\n");
    place.run(&["check"]); // the site itself is private too: only the call matters here
    assert!(told.try_recv().is_err());
    let shown = place.run(&["deliveries", "--failed"]).done().out;
    assert!(shown.contains("may not be called"), "{shown}");
    for private in [url.as_str(), "http://169.254.169.254/latest", "http://2130706433/", "https://user:secret@example.org/"] {
        place.run(&["subscribers", "add", private, "--all"]).failed(2, &["may not be called"]);
    }
}
