//! Every kind of mail, in both languages, against the list of what a mail must be; read by an independent parser.

use std::collections::BTreeSet;

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use scraper::{Html, Selector};
use sportello::alert::Mail;
use sportello::domain::{About, Delivery, Language, Value};
use sportello::mail::{Quoted, Sealed, compose};

use crate::samples::{alert, all_kinds, change, changes, delivery, hours, letterhead, mail, mail_under};

fn written(delivery: &Delivery) -> (Mail, Sealed) {
    let mail = mail(delivery);
    let sealed = compose(&mail, &Quoted::default(), None).unwrap();
    (mail, sealed)
}

fn check(delivery: &Delivery, mail: &Mail, sealed: &Sealed) {
    let what = format!("{:?} {}", mail.language, delivery.about);
    let parsed = MessageParser::default().parse(&sealed.bytes).unwrap_or_else(|| panic!("{what}: cannot be parsed"));
    headers(delivery, mail, &parsed, &what);
    lines(&sealed.bytes, &what);
    let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    let html = parsed.body_html(0).unwrap();
    assert!(matches!(&parsed.part(parsed.text_body[0]).unwrap().body, PartType::Text(_)), "{what}: a text part");
    assert_eq!(text.trim_end(), mail.text.trim_end(), "{what}");
    assert_eq!(html.replace("\r\n", "\n").trim_end(), mail.html.trim_end(), "{what}");
    assert!(html.len() < 100_000, "{what}: Gmail cuts at 102 kB");
    harmless(&html, &what);
    same_facts(&text, &html, &what);
    let calendar = parsed.attachment(0).map(|part| (part.attachment_name(), part.content_type().unwrap().c_type.as_ref()));
    assert_eq!(calendar, mail.calendar.as_ref().map(|_| (Some("chiusure.ics"), "text")), "{what}");
    assert_eq!(compose(mail, &Quoted::default(), None).unwrap().bytes, sealed.bytes, "{what}: the same mail is the same bytes");
}

fn headers(delivery: &Delivery, mail: &Mail, parsed: &Message<'_>, what: &str) {
    let one = |name: &str| {
        let found: Vec<&HeaderValue<'_>> =
            parsed.headers().iter().filter(|h| h.name().eq_ignore_ascii_case(name)).map(|h| &h.value).collect();
        assert_eq!(found.len(), 1, "{what}: {name}");
        let raw = parsed.header_raw(name).unwrap();
        raw.replace("\r\n", "").trim().to_string()
    };
    let id = one("Message-ID");
    assert!(id.starts_with('<') && id.ends_with("@sportello.example>"), "{what}: {id}");
    assert_eq!(parsed.subject(), Some(mail.subject.as_str()), "{what}");
    assert_eq!(one("From"), "Sportello <avvisi@sportello.example>");
    assert_eq!(one("To"), "ada@example.org");
    assert_eq!(one("Date"), "Thu, 05 Mar 2026 10:00:05 +0000");
    assert_eq!(one("MIME-Version"), "1.0");
    assert_eq!(one("Auto-Submitted"), "auto-generated");
    assert_eq!(one("Feedback-ID").split(':').count(), 4);
    one("Content-Language");
    let known = [
        "Date",
        "From",
        "To",
        "Message-ID",
        "Subject",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "Content-Language",
        "Feedback-ID",
        "In-Reply-To",
        "References",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "MIME-Version",
        "Content-Transfer-Encoding",
        "Content-Type",
    ];
    for header in parsed.headers() {
        assert!(known.iter().any(|name| name.eq_ignore_ascii_case(header.name())), "{what}: {} is no header of ours", header.name());
    }
    if matches!(delivery.about, About::Confirmation(_) | About::Trouble(_)) {
        assert!(parsed.header_raw("List-Unsubscribe").is_none(), "{what}: nothing to leave yet");
        return;
    }
    assert_eq!(one("List-Id"), "Sportello <avvisi.sportello.example>");
    assert_eq!(one("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let ways = one("List-Unsubscribe");
    let ways: Vec<&str> = ways.split(", ").collect();
    assert!(ways[0].starts_with("<https://sportello.example/disiscrizione/") && ways[0].ends_with('>'), "{what}: {ways:?}");
    assert!(ways[1].starts_with("<mailto:rimbalzi@sportello.example?subject=unsubscribe%20") && ways[1].ends_with('>'), "{what}: {ways:?}");
}

fn lines(bytes: &[u8], what: &str) {
    assert!(bytes.is_ascii(), "{what}");
    let text = std::str::from_utf8(bytes).unwrap();
    let without_crlf = text.replace("\r\n", "");
    assert!(!without_crlf.contains(['\r', '\n', '\0']), "{what}: only CRLF ends lines");
    let longest = text.split("\r\n").map(str::len).max().unwrap();
    assert!(longest <= 998, "{what}: a line of {longest} characters");
}

/// Nothing that loads, runs, tracks or misleads.
fn harmless(html: &str, what: &str) {
    let page = Html::parse_document(html);
    for element in page.root_element().descendent_elements() {
        let name = element.value().name();
        assert!(
            [
                "html",
                "head",
                "meta",
                "title",
                "style",
                "body",
                "div",
                "table",
                "thead",
                "tbody",
                "tr",
                "td",
                "th",
                "p",
                "h1",
                "h2",
                "a",
                "b",
                "br",
                "ul",
                "li",
                "span",
                "blockquote"
            ]
            .contains(&name),
            "{what}: <{name}>"
        );
        for (attribute, value) in element.value().attrs() {
            let plain = [
                "href",
                "style",
                "class",
                "lang",
                "xmlns",
                "charset",
                "name",
                "content",
                "role",
                "width",
                "cellpadding",
                "cellspacing",
                "border",
                "align",
                "scope",
                "colspan",
            ];
            assert!(plain.contains(&attribute), "{what}: <{name} {attribute}>");
            assert!(!value.contains("url("), "{what}: {value}");
            if attribute == "href" {
                assert!(["https://", "http://", "mailto:"].iter().any(|start| value.starts_with(start)), "{what}: {value}");
            }
        }
    }
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    assert!(!html.contains(hidden), "{what}: hidden characters");
    assert!(!html.contains("@import") && !html.contains("<!--"), "{what}");
}

/// Both parts state the same: the same links, the same numbers, and each word of the one in the other.
fn same_facts(text: &str, html: &str, what: &str) {
    let page = Html::parse_document(html);
    let links: BTreeSet<String> =
        page.select(&Selector::parse("a[href]").unwrap()).map(|a| a.value().attr("href").unwrap().to_string()).collect();
    let in_text: BTreeSet<String> = text
        .split_whitespace()
        .filter(|word| word.starts_with("https://") || word.starts_with("mailto:"))
        .map(ToString::to_string)
        .collect();
    let ours = |links: &BTreeSet<String>| -> BTreeSet<String> {
        links.iter().filter(|url| url.matches('/').count() != 4 || !url.contains("/enti/")).cloned().collect() // the body's own page: HTML only
    };
    assert_eq!(ours(&links), ours(&in_text), "{what}: links");
    let visible: String = page.select(&Selector::parse("table table").unwrap()).next().unwrap().text().collect::<Vec<_>>().join(" ");
    let words = |text: &str| -> BTreeSet<String> {
        let without_links =
            text.split_whitespace().filter(|word| !word.contains("://") && !word.contains("www.") && !word.starts_with("mailto:"));
        let text: String = without_links.collect::<Vec<_>>().join(" ").replace('’', "'").to_lowercase();
        text.split(|c: char| !c.is_alphanumeric() && !matches!(c, ':' | '@' | '\''))
            .map(|word| word.trim_matches(':'))
            .filter(|word| word.chars().any(char::is_numeric) || word.contains('@'))
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(words(&visible), words(text), "{what}: numbers and addresses");
}

#[test]
fn every_mail_passes_the_list() {
    for language in [Language::It, Language::En] {
        for delivery in all_kinds(language) {
            let (mail, sealed) = written(&delivery);
            if let Ok(folder) = std::env::var("SPORTELLO_SAMPLES") {
                let name = format!("{folder}/{:?}-{:02}-{}", language, delivery.id.0, delivery.about.kind());
                std::fs::write(format!("{name}.html"), &mail.html).unwrap();
                std::fs::write(format!("{name}.txt"), format!("{}\n\n{}", mail.subject, mail.text)).unwrap();
                std::fs::write(format!("{name}.eml"), &sealed.bytes).unwrap();
            }
            check(&delivery, &mail, &sealed);
        }
    }
}

#[test]
fn a_page_that_means_harm_is_shown_as_text() {
    let nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\r\nBcc: eva@example.org\r\n\r\n\u{202e}gnp.exe\u{200b} {{ 7*7 }} {% raw %} =?utf-8?q?x?= -- ";
    let long = "parola ".repeat(20_000);
    let unbroken = "x".repeat(50_000);
    for text in [nasty, &long, &unbroken] {
        let mut hostile = change(1, "altro", text, Some(Value::Address(text.into())), Some(Value::Address(format!("{text} 1"))));
        hostile.key.site = Some(text.into());
        hostile.causes[0].evidence = vec![text.into(), text.into()];
        hostile.causes[0].url = format!("javascript:alert('{text}')");
        let mut linked = change(2, "urp", "URP", None, Some(hours("Mo \"mattina\"")));
        linked.causes[0].url = format!("https://www.comune.altolago.example/{}\"><script>x</script>", text.replace(['\r', '\n'], ""));
        for about in [alert(), About::Digest { day: "2026-03-06".parse().unwrap(), hour: 8 }] {
            let delivery = delivery(1, about, Language::It, vec![hostile.clone(), linked.clone()]);
            let (mail, sealed) = written(&delivery);
            let parsed = MessageParser::default().parse(&sealed.bytes).unwrap();
            headers(&delivery, &mail, &parsed, "hostile");
            lines(&sealed.bytes, "hostile");
            harmless(&mail.html, "hostile");
            assert!(mail.subject.chars().count() <= 150 && mail.html.len() < 60_000);
            assert!(!mail.text.contains(['\u{202e}', '\u{200b}', '\r']));
            assert!(!mail.text.contains("49") && !mail.html.contains("49"), "a page's braces are no template");
            assert!(!mail.html.contains("javascript:alert(&#x27;<"));
        }
    }
}

#[test]
fn a_flood_of_changes_stays_a_mail() {
    let many = (1..=600).map(|id| {
        let mut one =
            change(id, "altro", &format!("Ufficio Numero {id}"), Some(hours("Mo-Fr 08:30-12:30")), Some(hours("Mo-Sa 09:00-13:00")));
        one.key.other = Some(id.to_string());
        one
    });
    let digest = delivery(1, About::Digest { day: "2026-03-06".parse().unwrap(), hour: 8 }, Language::It, many.collect());
    let (mail, sealed) = written(&digest);
    check(&digest, &mail, &sealed);
    assert_eq!(mail.subject, "Riepilogo del 6 marzo: Altolago · 600 variazioni: Ufficio Numero 1, Ufficio Numero 10 e altri 598 uffici");
    assert!(mail.text.contains("E altre 432"), "the rest is counted");
}

#[test]
fn later_changes_of_an_office_continue_the_conversation() {
    let thread =
        |delivery: &Delivery| mail(delivery).headers.iter().find(|(name, _)| *name == "References").map(|(_, value)| value.clone());
    let mut all = changes();
    let anagrafe = delivery(1, alert(), Language::It, vec![all[0].clone()]);
    let again = delivery(2, alert(), Language::En, vec![all[5].clone(), all[0].clone()]);
    let tributi = delivery(3, alert(), Language::It, vec![all.remove(1)]);
    assert!(thread(&anagrafe).is_some());
    assert_eq!(thread(&anagrafe), thread(&again));
    assert_ne!(thread(&anagrafe), thread(&tributi));
    assert_eq!(thread(&delivery(4, alert(), Language::It, changes())), None);
}

#[test]
fn without_a_site_a_mail_has_no_links_to_it_and_can_still_be_stopped() {
    let mut bare = letterhead();
    bare.public_url = None;
    bare.bounces = None;
    let mail = mail_under(&delivery(1, alert(), Language::It, changes()), &bare);
    assert!(!mail.html.contains("sportello.example/") && !mail.text.contains("sportello.example/"));
    assert_eq!(mail.return_path, "avvisi@sportello.example");
    let of = |name: &str| mail.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    assert!(of("List-Unsubscribe").unwrap().starts_with("<mailto:avvisi@sportello.example?subject=unsubscribe%20"));
    assert_eq!(of("List-Unsubscribe-Post"), None);
    assert!(mail.text.contains("mailto:avvisi@sportello.example"));
}

#[test]
fn the_subject_says_it_all() {
    let subject = |language, about, changes| mail(&delivery(1, about, language, changes)).subject;
    let digest = About::Digest { day: "2026-03-06".parse().unwrap(), hour: 8 };
    let told: Vec<String> = changes().into_iter().map(|change| subject(Language::It, alert(), vec![change])).collect();
    insta::assert_debug_snapshot!("subjects_it", told);
    let told: Vec<String> = changes().into_iter().map(|change| subject(Language::En, alert(), vec![change])).collect();
    insta::assert_debug_snapshot!("subjects_en", told);
    insta::assert_debug_snapshot!(
        "subjects_many",
        [
            subject(Language::It, alert(), changes()),
            subject(Language::En, digest, changes()),
            subject(Language::It, About::Reminder("2026-03-08".parse().unwrap()), changes().drain(..1).collect()),
        ]
    );
}

#[test]
fn the_text_part_reads_well_in_a_terminal() {
    insta::assert_snapshot!("alert_it", mail(&delivery(20, alert(), Language::It, changes())).text);
    let digest = About::Digest { day: "2026-03-06".parse().unwrap(), hour: 8 };
    insta::assert_snapshot!("digest_en", mail(&delivery(21, digest, Language::En, changes())).text);
}
