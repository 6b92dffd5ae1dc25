//! The headers of a mail beyond From, To, Date and Subject. Values hold no page text, only ids and addresses of ours.

use std::collections::BTreeSet;

use crate::domain::{About, Delivery, OfficeKey};

use super::mail::Letterhead;
use super::tokens::keyed_hash;

/// The `Message-ID` without brackets: the same for each attempt of a delivery, another in each database.
pub(super) fn message_id(delivery: &Delivery, letterhead: &Letterhead) -> String {
    let mark = keyed_hash(&letterhead.secret, b"message", &delivery.id.0.to_be_bytes());
    format!("{}.{}.{mark}@{}", delivery.about.kind(), delivery.id, domain(letterhead))
}

/// All further headers.
pub(super) fn all(
    delivery: &Delivery,
    letterhead: &Letterhead,
    language: &str,
    unsubscribe: Option<&str>,
    unsubscribe_mail: &str,
) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_string()), // RFC 3834: nobody's holiday notice should answer
        ("X-Auto-Response-Suppress", "All".to_string()),  // the same for Exchange
        ("Content-Language", language.to_string()),
        ("Feedback-ID", format!("{}:{language}:mail:sportello", delivery.about.kind())),
    ];
    if let Some(thread) = thread(delivery, letterhead) {
        headers.push(("In-Reply-To", thread.clone()));
        headers.push(("References", thread));
    }
    if matches!(delivery.about, About::Confirmation(_) | About::Trouble(_)) {
        return headers; // not on the list yet, or named in the settings: there is nothing to leave
    }
    headers.push(("List-Id", format!("Sportello <{}.{}>", label(letterhead.from.user()), domain(letterhead)))); // RFC 2919
    match unsubscribe {
        Some(url) => {
            headers.push(("List-Unsubscribe", format!("<{url}>, <{unsubscribe_mail}>"))); // RFC 2369
            headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_string())); // RFC 8058
        }
        None => headers.push(("List-Unsubscribe", format!("<{unsubscribe_mail}>"))),
    }
    headers
}

/// The id, never sent itself, that all mails about one office refer to, so that mail programs show them as one conversation.
/// A mail about several offices stands alone.
fn thread(delivery: &Delivery, letterhead: &Letterhead) -> Option<String> {
    if !matches!(delivery.about, About::Alert(_) | About::Reminder(_)) {
        return None;
    }
    let offices: BTreeSet<(&str, &OfficeKey)> = delivery.changes.iter().map(|change| (change.body.0.as_str(), &change.key)).collect();
    let (body, key) = offices.first().filter(|_| offices.len() == 1)?;
    let name = [body, key.office.0.as_str(), key.site.as_deref().unwrap_or(""), key.other.as_deref().unwrap_or("")].join("\n");
    Some(format!("<office.{}@{}>", keyed_hash(&letterhead.secret, b"thread", name.as_bytes()), domain(letterhead)))
}

/// The sender's domain in ASCII (IDNA), as ids want it.
fn domain(letterhead: &Letterhead) -> String {
    super::mail::ascii_domain(letterhead.from.domain())
}

/// Letters, digits and hyphens of a name.
fn label(name: &str) -> String {
    let label: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let label = label.trim_matches('-');
    if label.is_empty() { "avvisi".into() } else { label.into() }
}
