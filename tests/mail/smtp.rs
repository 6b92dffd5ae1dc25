//! Mails through a real SMTP server, and what becomes of them when it says no.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lettre::transport::smtp::client::Certificate;
use mail_parser::MessageParser;
use sportello::alert::{Proofs, Templates};
use sportello::config::settings::SmtpTls;
use sportello::domain::{Delivery, Language, Verdict};
use sportello::mail::{Answer, Desk, Limits, Quoted, Sending, Smtp, Transport, compose, send_due};

use crate::book::Book;
use crate::samples::{alert, at, changes, delivery, letterhead, mail};
use crate::sink::{Options, Sink};

const NOW: &str = "2026-03-05T10:00:00Z";

fn desk() -> Arc<Desk> {
    Arc::new(Desk {
        letterhead: letterhead(),
        templates: Templates::new([]).unwrap(),
        proofs: Proofs::default(),
        quoted: Quoted::default(),
        dkim: None,
        per_minute: 0,
    })
}

/// An alert to somebody.
fn to(id: i64, address: &str) -> Delivery {
    let mut delivery = delivery(id, alert(), Language::It, changes().drain(..1).collect());
    delivery.to.email = address.into();
    delivery
}

async fn send(book: &Arc<Book>, smtp: &Arc<Smtp>, now: Timestamp) -> Sending {
    send_due(book, smtp, &desk(), now, &Arc::new(AtomicBool::new(false))).await.unwrap()
}

/// The server plainly spoken to, over one connection so that the order is known.
fn plain(sink: &Sink) -> Arc<Smtp> {
    let limits = Limits { connect: Duration::from_secs(20), command: Duration::from_secs(20), data: Duration::from_secs(2) };
    Arc::new(Smtp::new(&sink.server(SmtpTls::None, None), None, None).unwrap().with_limits(limits).with_connections(1))
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let ada = to(1, "ada@example.org");
    let sending = send(&Arc::new(Book::with([ada.clone()])), &plain(&sink), at(NOW)).await;
    assert_eq!(sending, Sending { sent: 1, ..Sending::default() });
    let [kept] = sink.mails().try_into().ok().unwrap();
    let parsed = MessageParser::default().parse(&kept.bytes).unwrap();
    let written = mail(&ada);
    assert_eq!(parsed.subject(), Some("Altolago · Anagrafe: solo su appuntamento dal 9 marzo al 3 aprile"));
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), written.text.trim_end());
    assert_eq!(parsed.body_html(0).unwrap().replace("\r\n", "\n").trim_end(), written.html.trim_end());
    assert_eq!(kept.envelope["to"][0], "ada@example.org");
    assert!(kept.envelope["from"].as_str().unwrap().starts_with("rimbalzi+1-"), "{}", kept.envelope);
    assert_eq!(kept.envelope["options"], serde_json::json!([]));
}

#[tokio::test]
async fn each_recipient_gets_a_verdict_of_its_own() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let names = ["ada", "temp", "perm", "grey", "datatemp", "dataperm", "drop", "bye", "zoe"];
    let deliveries = names.iter().zip(1..).map(|(name, id)| to(id, &format!("{name}@example.org")));
    let book = Arc::new(Book::with(deliveries));
    let smtp = plain(&sink);
    let sending = send(&book, &smtp, at(NOW)).await;
    assert_eq!(sending, Sending { sent: 2, later: 5, refused: 2, trouble: None });
    let said = |id: i64| match book.fate(id).last().unwrap() {
        Verdict::Sent(words) => format!("sent: {words}"),
        Verdict::Later(_, reason) => format!("later: {reason}"),
        Verdict::Refused(reason) => format!("refused: {reason}"),
    };
    assert_eq!(said(1), "sent: 250 2.0.0 kept as 0001");
    assert_eq!(said(2), "later: 451 4.3.0 try again later");
    assert_eq!(said(3), "refused: 550 5.1.1 no such user");
    assert_eq!(said(4), "later: 450 4.2.0 greylisted");
    assert_eq!(said(5), "later: 452 4.3.1 no space left");
    assert_eq!(said(6), "refused: 554 5.6.0 we do not like it");
    assert!(said(7).starts_with("later: ") && said(7).ends_with("it may have been accepted"), "{}", said(7));
    assert_eq!(said(8), "later: 421 4.3.2 shutting down");
    assert!(said(9).starts_with("sent: "), "{}", said(9));

    // five minutes later: the greylist lets it through, what was sent and refused is not tried again
    let sending = send(&book, &smtp, at(NOW) + SignedDuration::from_mins(5)).await;
    assert_eq!((sending.sent, sending.later, sending.refused), (1, 4, 0));
    // three days later: given up, with the last reason
    let sending = send(&book, &smtp, at(NOW) + SignedDuration::from_hours(73)).await;
    assert_eq!((sending.sent, sending.later, sending.refused), (0, 0, 4));
    assert_eq!(said(2), "refused: given up after three days: 451 4.3.0 try again later");
    assert_eq!(sink.mails().len(), 3);
}

#[tokio::test]
async fn what_is_in_doubt_goes_again_under_the_same_message_id() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let book = Arc::new(Book::with([to(1, "dropafter@example.org"), to(2, "ada@example.org")]));
    let smtp = plain(&sink);
    assert_eq!(send(&book, &smtp, at(NOW)).await.sent, 1);
    assert_eq!(send(&book, &smtp, at(NOW) + SignedDuration::from_mins(5)).await.later, 1);
    // and a crash between the server's answer and our own commit
    let lost = Arc::new(Book::with([to(3, "eva@example.org")]));
    lost.loses_verdicts.store(true, Ordering::SeqCst);
    assert!(send_due(&lost, &smtp, &desk(), at(NOW), &Arc::new(AtomicBool::new(false))).await.is_err());
    lost.loses_verdicts.store(false, Ordering::SeqCst);
    assert_eq!(send(&lost, &smtp, at(NOW)).await, Sending::default(), "a marked delivery is not taken twice");
    lost.restart();
    assert_eq!(send(&lost, &smtp, at(NOW)).await.sent, 1);
    let mut ids: Vec<(String, String)> = Vec::new();
    for kept in sink.mails() {
        let parsed = MessageParser::default().parse(&kept.bytes).unwrap();
        ids.push((kept.envelope["to"][0].as_str().unwrap().into(), parsed.message_id().unwrap().into()));
    }
    let of = |name: &str| ids.iter().filter(|(to, _)| to.starts_with(name)).map(|(_, id)| id.clone()).collect::<Vec<_>>();
    for (name, copies) in [("dropafter", 2), ("ada", 1), ("eva", 2)] {
        let ids = of(name);
        assert_eq!(ids.len(), copies, "{name}");
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    assert_ne!(of("ada"), of("eva")[..1]);
}

#[tokio::test]
async fn a_server_that_hangs_is_left_after_its_time() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let book = Arc::new(Book::with([to(1, "hang@example.org"), to(2, "ada@example.org")]));
    let sending = send(&book, &plain(&sink), at(NOW)).await;
    assert_eq!((sending.sent, sending.later), (1, 1));
}

#[tokio::test]
async fn no_server_is_no_fault_of_the_mails() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port(); // closed again at once
    let server = sportello::config::settings::SmtpServer { host: "127.0.0.1".into(), port, tls: SmtpTls::None, user: None };
    let smtp = Arc::new(Smtp::new(&server, None, None).unwrap());
    let book = Arc::new(Book::with((1..=1000).map(|id| to(id, "ada@example.org"))));
    let sending = send(&book, &smtp, at(NOW)).await;
    assert_eq!((sending.sent, sending.refused), (0, 0));
    assert!(sending.later < 300, "a few are tried, the rest stays where it is: {sending:?}");
    assert!(sending.trouble.unwrap().contains("cannot connect"));
}

#[tokio::test]
async fn encrypted_and_logged_in_or_not_at_all() {
    let options = Options { tls: SmtpTls::Required, auth: Some(("sportello", "segreto più lungo")), ..Options::default() };
    let Some(sink) = Sink::start(&options) else { return };
    let password = sink.folder.path().join("password");
    std::fs::write(&password, "segreto più lungo\n").unwrap();
    let root = Certificate::from_pem(sink.authority.as_ref().unwrap().as_bytes()).unwrap();
    let sealed = compose(&mail(&to(1, "ada@example.org")), &Quoted::default(), None).unwrap();

    let server = sink.server(SmtpTls::Required, Some("sportello"));
    let good = Smtp::with_roots(&server, Some(&password), None, std::slice::from_ref(&root)).unwrap();
    for _ in 0..3 {
        assert!(matches!(good.hand_over(&sealed).await, Answer::Accepted(_)));
    }
    let mails = sink.mails();
    assert!(mails.iter().all(|kept| kept.envelope["tls"] == true && kept.envelope["user"] == "sportello"));
    assert!(mails.iter().all(|kept| kept.envelope["peer"] == mails[0].envelope["peer"]), "one connection for all");

    let wrong = sink.folder.path().join("wrong");
    std::fs::write(&wrong, "sbagliato").unwrap();
    let refused = |answer: Answer, words: &str| {
        let Answer::Trouble(reason) = answer else { panic!("{answer:?}") };
        assert!(reason.contains(words), "{reason}");
    };
    let login = Smtp::with_roots(&server, Some(&wrong), None, std::slice::from_ref(&root)).unwrap();
    refused(login.hand_over(&sealed).await, "login: 535");
    let stranger = Smtp::new(&server, Some(&password), None).unwrap();
    refused(stranger.hand_over(&sealed).await, "STARTTLS");
    assert_eq!(sink.mails().len(), 3, "nothing went out in the clear");

    let Some(plain) = Sink::start(&Options::default()) else { return };
    let required = Smtp::new(&plain.server(SmtpTls::Required, None), None, None).unwrap();
    refused(required.hand_over(&sealed).await, "no STARTTLS");
    let opportunistic = Smtp::new(&plain.server(SmtpTls::Opportunistic, None), None, None).unwrap();
    assert!(matches!(opportunistic.hand_over(&sealed).await, Answer::Accepted(_)));
}

#[tokio::test]
async fn encrypted_from_the_first_byte() {
    let Some(sink) = Sink::start(&Options { tls: SmtpTls::Wrapper, ..Options::default() }) else { return };
    let root = Certificate::from_pem(sink.authority.as_ref().unwrap().as_bytes()).unwrap();
    let smtp = Smtp::with_roots(&sink.server(SmtpTls::Wrapper, None), None, None, &[root]).unwrap();
    let sealed = compose(&mail(&to(1, "ada@example.org")), &Quoted::default(), None).unwrap();
    assert!(matches!(smtp.hand_over(&sealed).await, Answer::Accepted(_)));
    assert_eq!(sink.mails()[0].envelope["tls"], true);
}

#[tokio::test]
async fn addresses_beyond_ascii_are_said_only_where_they_must_be() {
    let Some(sink) = Sink::start(&Options::default()) else { return };
    let Some(old) = Sink::start(&Options { utf8: false, ..Options::default() }) else { return };
    let (domain, local) = (to(1, "ada@città.example"), to(2, "nicolò@città.example"));
    for (sink, sent) in [(&sink, 2), (&old, 1)] {
        let book = Arc::new(Book::with([domain.clone(), local.clone()]));
        assert_eq!(send(&book, &plain(sink), at(NOW)).await.sent, sent);
        assert_eq!(sink.mails()[0].envelope["to"][0], "ada@xn--citt-3na.example");
        assert_eq!(sink.mails()[0].envelope["options"], serde_json::json!([]));
        assert!(sink.mails()[0].bytes.is_ascii());
        if sent == 1 {
            assert!(matches!(&book.fate(2)[0], Verdict::Refused(reason) if reason.contains("SMTPUTF8")));
        } else {
            assert_eq!(sink.mails()[1].envelope["to"][0], "nicolò@xn--citt-3na.example");
            assert_eq!(sink.mails()[1].envelope["options"], serde_json::json!(["SMTPUTF8"]));
        }
    }
}
