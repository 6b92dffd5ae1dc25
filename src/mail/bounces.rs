//! Mails that come back: delivery status notifications (RFC 3464), complaints (ARF, RFC 5965) and unsubscribing by mail.
//!
//! In: a message as a mail server hands it over. Out: what it means for whom, or nothing. Only a sender that cannot be forged counts: the
//! return path of a delivery (VERP) or a signed token. Holiday notices and the like mean nothing. Never answers anything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use mail_parser::{Message, MessageParser, MimeHeaders};

use crate::alert::tokens::{Purpose, Secret, bounced, verify};
use crate::domain::{DeliveryId, SubscriberId, day_of};

/// What a message that came back means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// A delivery did not arrive.
    Bounce {
        /// Which.
        delivery: DeliveryId,
        /// Whether the address itself is at fault, for good: no such user, no such host.
        hard: bool,
        /// The status code of RFC 3463 and the server's words.
        reason: String,
    },
    /// The recipient called it unwanted.
    Complaint(DeliveryId),
    /// A subscriber leaves by mail.
    Unsubscribe(SubscriberId),
}

/// Hard bounces on so many different days stop an address …
const HARD_BOUNCES: usize = 3;
/// … if they lie no further apart than this.
const WITHIN_DAYS: i32 = 90;

/// Whether an address should be stopped, from the days on which mail to it bounced hard.
pub fn should_stop(hard_bounces: &[Date], today: Date) -> bool {
    let since = today.checked_sub(WITHIN_DAYS.days()).unwrap_or(Date::MIN);
    let days: BTreeSet<&Date> = hard_bounces.iter().filter(|day| **day >= since).collect();
    days.len() >= HARD_BOUNCES
}

/// Reads a message that arrived for the bounce address. `None` when it means nothing to us.
pub fn read(message: &[u8], secret: &Secret, now: Timestamp) -> Option<Report> {
    let message = MessageParser::default().parse(message)?;
    let Some(kind) = message.content_type() else {
        return unsubscribe(&message, secret, now).map(Report::Unsubscribe);
    };
    let report = kind.attribute("report-type").unwrap_or_default().to_ascii_lowercase();
    let is_report = kind.ctype().eq_ignore_ascii_case("multipart") && kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case("report"));
    match (is_report, report.as_str()) {
        (true, "delivery-status") => bounce(&message, secret),
        (true, "feedback-report") => {
            let fields = part(&message, "message/feedback-report")?;
            let abuse = ["abuse", "fraud", "virus", "other"].contains(&field(&fields, "Feedback-Type")?.to_ascii_lowercase().as_str());
            let from = field(&fields, "Original-Mail-From").into_iter().chain(recipients(&message));
            abuse.then(|| find(from, secret).or_else(|| returned(&message, secret))).flatten().map(Report::Complaint)
        }
        _ => unsubscribe(&message, secret, now).map(Report::Unsubscribe),
    }
}

/// The day on which a message was sent, by its own `Date`; today where that is missing, later than now or more than a month ago.
pub fn day_sent(message: &[u8], now: Timestamp) -> Date {
    let today = day_of(now);
    let sent = MessageParser::default().parse_headers(message).and_then(|message| message.date().map(|date| date.to_timestamp()));
    let day = sent.and_then(|seconds| Timestamp::from_second(seconds).ok()).map_or(today, day_of);
    let earliest = today.checked_sub(30.days()).unwrap_or(today);
    if (earliest..=today).contains(&day) { day } else { today }
}

fn bounce(message: &Message<'_>, secret: &Secret) -> Option<Report> {
    let delivery = find(recipients(message).into_iter(), secret).or_else(|| returned(message, secret))?;
    let fields = part(message, "message/delivery-status").or_else(|| part(message, "message/global-delivery-status"))?;
    if !field(&fields, "Action")?.eq_ignore_ascii_case("failed") {
        return None; // delayed, relayed, delivered: the server goes on trying, or has done
    }
    let status = field(&fields, "Status").unwrap_or_default();
    let words = field(&fields, "Diagnostic-Code").unwrap_or_default();
    Some(Report::Bounce { delivery, hard: is_hard(&status), reason: crate::alert::clean(&format!("{status} {words}")) })
}

/// A permanent failure (5.x.x) that lies in the address. A full mailbox (5.2.2) may be emptied, a policy (5.7.x) changed.
fn is_hard(status: &str) -> bool {
    let status = status.split_whitespace().next().unwrap_or_default();
    status.starts_with("5.") && !status.starts_with("5.7.") && status != "5.2.2"
}

/// Unsubscribing by mail: the subject that the `mailto:` of `List-Unsubscribe` fills in. An automatic answer that quotes it does not count.
fn unsubscribe(message: &Message<'_>, secret: &Secret, now: Timestamp) -> Option<SubscriberId> {
    let automatic = message.header_raw("Auto-Submitted").is_some_and(|value| !value.trim().eq_ignore_ascii_case("no"));
    let token = message.subject()?.trim().strip_prefix("unsubscribe ")?;
    if automatic { None } else { verify(secret, Purpose::Unsubscribe, token.trim(), now).map(|(subscriber, _)| subscriber) }
}

/// The addresses that the message was sent to, as far as its headers tell.
fn recipients(message: &Message<'_>) -> Vec<String> {
    let headers = ["Delivered-To", "X-Original-To", "Envelope-To", "To"];
    let values = headers.iter().flat_map(|name| message.headers().iter().filter(|header| header.name().eq_ignore_ascii_case(name)));
    let raw = values.filter_map(|header| message.raw_message().get(header.offset_start() as usize..header.offset_end() as usize));
    raw.flat_map(|raw| addresses(&String::from_utf8_lossy(raw))).collect()
}

fn addresses(text: &str) -> Vec<String> {
    let apart = text.split(|c: char| c.is_whitespace() || "<>,;\"".contains(c));
    apart.filter(|word| word.contains('@')).map(ToString::to_string).collect()
}

fn find(addresses: impl Iterator<Item = String>, secret: &Secret) -> Option<DeliveryId> {
    addresses.flat_map(|text| self::addresses(&text)).find_map(|address| bounced(secret, &address))
}

/// The delivery by the return path of the mail that the report brings back.
fn returned(message: &Message<'_>, secret: &Secret) -> Option<DeliveryId> {
    let original = part(message, "message/rfc822").or_else(|| part(message, "text/rfc822-headers"))?;
    find(field(&original, "Return-Path").into_iter(), secret)
}

/// The text of the first part of a kind.
fn part(message: &Message<'_>, kind: &str) -> Option<String> {
    let found = message.parts.iter().find(|part| {
        let of_part = part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
        of_part.is_some_and(|of_part| of_part.eq_ignore_ascii_case(kind))
    })?;
    let body = found.raw_body_offset() as usize..found.raw_end_offset() as usize;
    message.raw_message().get(body).map(|raw| String::from_utf8_lossy(raw).into_owned())
}

/// The value of a field, its continuation lines joined, without the type in front ("rfc822;", "smtp;").
fn field(fields: &str, name: &str) -> Option<String> {
    let mut value: Option<String> = None;
    for line in fields.lines() {
        match (&mut value, line.starts_with([' ', '\t'])) {
            (Some(value), true) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (Some(_), false) => break,
            (None, true) => {}
            (None, false) => {
                let found = line.split_once(':').filter(|(known, _)| known.trim().eq_ignore_ascii_case(name));
                value = found.map(|(_, value)| value.trim().to_string());
            }
        }
    }
    value.map(|value| match value.split_once(';') {
        Some(("rfc822" | "smtp" | "dns" | "utf-8", rest)) => rest.trim().to_string(),
        _ => value,
    })
}

/// The messages that wait in a Maildir (`new/`), oldest name first.
pub fn waiting(maildir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(maildir.join("new"))? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Moves a message that was read to `cur/`, marked as seen.
pub fn done(maildir: &Path, message: &Path) -> std::io::Result<()> {
    let name = message.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    std::fs::create_dir_all(maildir.join("cur"))?;
    std::fs::rename(message, maildir.join("cur").join(format!("{name}:2,S")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::tokens::{return_path, sign};

    const SECRET: Secret = Secret([7; 32]);

    fn at() -> Timestamp {
        "2026-03-05T10:00:00Z".parse().unwrap()
    }

    fn dsn(to: &str, action: &str, status: &str) -> Vec<u8> {
        format!(
            "Return-Path: <>\r\nTo: {to}\r\nFrom: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail\r\nAuto-Submitted: auto-replied\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\nArrival-Date: Thu, 5 Mar 2026 10:00:00 +0000\r\n\r\n\
             Final-Recipient: rfc822; ada@example.org\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status}\r\n    no such user\r\n\
             \r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Altolago\r\n\r\n--b--\r\n"
        )
        .into_bytes()
    }

    fn verp() -> String {
        return_path(&SECRET, "rimbalzi@sportello.example", DeliveryId(42))
    }

    #[test]
    fn a_bounce_is_hard_when_the_address_is_at_fault_for_good() {
        for (action, status, expected) in [
            ("failed", "5.1.1", Some(true)),
            ("Failed", "5.4.4", Some(true)),
            ("failed", "5.2.2", Some(false)),
            ("failed", "5.7.1", Some(false)),
            ("failed", "4.4.1", Some(false)),
            ("delayed", "4.4.1", None),
            ("delivered", "2.0.0", None),
        ] {
            let read = read(&dsn(&verp(), action, status), &SECRET, at());
            let reason = format!("{status} 550 {status} no such user");
            assert_eq!(read, expected.map(|hard| Report::Bounce { delivery: DeliveryId(42), hard, reason }), "{action} {status}");
        }
    }

    #[test]
    fn a_bounce_that_names_no_delivery_of_ours_means_nothing() {
        for to in ["rimbalzi@sportello.example", "rimbalzi+42-00000000@sportello.example", ""] {
            assert_eq!(read(&dsn(to, "failed", "5.1.1"), &SECRET, at()), None);
        }
        for text in ["", "x", "Subject: Ferie\r\nAuto-Submitted: auto-replied\r\n\r\nTorno lunedì.\r\n", "\r\n\r\n"] {
            assert_eq!(read(text.as_bytes(), &SECRET, at()), None);
        }
    }

    #[test]
    fn a_complaint_is_told_apart_from_praise() {
        let arf = |kind: &str| {
            format!(
                "To: fbl@sportello.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
                 --b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n\
                 Feedback-Type: {kind}\r\nVersion: 1\r\nOriginal-Mail-From: <{}>\r\n\r\n\
                 --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n--b--\r\n",
                verp()
            )
        };
        assert_eq!(read(arf("abuse").as_bytes(), &SECRET, at()), Some(Report::Complaint(DeliveryId(42))));
        assert_eq!(read(arf("not-spam").as_bytes(), &SECRET, at()), None);
    }

    #[test]
    fn a_subscriber_may_leave_by_mail_and_nobody_else_for_her() {
        let token = sign(&SECRET, Purpose::Unsubscribe, SubscriberId(7), 0, None);
        let mail = |subject: &str, more: &str| {
            format!(
                "To: rimbalzi@sportello.example\r\nSubject: {subject}\r\n{more}MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n\r\n"
            )
        };
        let left = |text: String| read(text.as_bytes(), &SECRET, at());
        assert_eq!(left(mail(&format!("unsubscribe {token}"), "")), Some(Report::Unsubscribe(SubscriberId(7))));
        assert_eq!(left(mail(&format!("unsubscribe {token}"), "Auto-Submitted: auto-replied\r\n")), None);
        assert_eq!(left(mail("unsubscribe 7", "")), None);
        let manage = sign(&SECRET, Purpose::Manage, SubscriberId(7), 0, None);
        assert_eq!(left(mail(&format!("unsubscribe {manage}"), "")), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end_in_a_report_or_in_nothing(cut in 0..2000_usize, at_byte in 0..2000_usize, byte: u8) {
            let mut message = dsn(&verp(), "failed", "5.1.1");
            message.truncate(cut);
            if let Some(changed) = message.get_mut(at_byte) {
                *changed = byte;
            }
            let _ = read(&message, &SECRET, at());
        }
    }

    #[test]
    fn a_bounce_counts_for_the_day_it_was_sent_on() {
        for (date, expected) in [
            ("Date: Tue, 3 Mar 2026 23:30:00 +0100\r\n", "2026-03-03"),
            ("Date: Tue, 3 Mar 2026 23:30:00 +0000\r\n", "2026-03-04"),
            ("Date: Fri, 6 Mar 2026 10:00:00 +0000\r\n", "2026-03-05"),
            ("Date: Tue, 3 Jun 2025 10:00:00 +0000\r\n", "2026-03-05"),
            ("Date: ieri\r\n", "2026-03-05"),
            ("", "2026-03-05"),
        ] {
            let message = format!("{date}Subject: x\r\n\r\ny\r\n");
            assert_eq!(day_sent(message.as_bytes(), at()).to_string(), expected, "{date}");
        }
    }

    #[test]
    fn three_days_of_hard_bounces_stop_an_address() {
        let days = |list: &[&str]| list.iter().map(|day| day.parse().unwrap()).collect::<Vec<Date>>();
        let today = "2026-03-05".parse().unwrap();
        assert!(!should_stop(&days(&["2026-03-05", "2026-03-05", "2026-03-05", "2026-03-04"]), today));
        assert!(should_stop(&days(&["2026-03-01", "2026-03-03", "2026-03-05"]), today));
        assert!(!should_stop(&days(&["2025-03-01", "2026-03-03", "2026-03-05"]), today));
    }

    #[test]
    fn a_maildir_is_emptied_message_by_message() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("new")).unwrap();
        std::fs::write(folder.path().join("new/2"), "b").unwrap();
        std::fs::write(folder.path().join("new/1"), "a").unwrap();
        let paths = waiting(folder.path()).unwrap();
        assert_eq!(paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect::<String>(), "ab");
        done(folder.path(), &paths[0]).unwrap();
        assert_eq!(waiting(folder.path()).unwrap().len(), 1);
        assert!(folder.path().join("cur/1:2,S").exists());
    }
}
