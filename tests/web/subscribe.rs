//! Subscribing, confirming, changing, leaving, returning, being forgotten: as a browser and a mail program do it, without cookies or scripts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use sportello::alert::tokens::Secret;
use sportello::alert::{Letterhead, Mail, Templates, render};
use sportello::config::settings::Web;
use sportello::domain::{Aspect, Body, BodyId, BodyKind, DeliveryId, Frequency, Language, Verdict};
use sportello::round::Clock;
use sportello::store::{self, Catalogue, Store, SubscriberState};

use crate::server::{Got, Server, runtime};

const PUBLIC: &str = "https://sportello.example.org";

fn now() -> Timestamp {
    "2026-03-05T10:00:00Z".parse().unwrap()
}

struct Town {
    store: Arc<dyn Store>,
    server: Server,
}

impl Town {
    fn new() -> Self {
        let store = store::in_memory().unwrap();
        let body = |id: &str, name: &str, province: &str| Body {
            id: BodyId(id.into()),
            name: name.into(),
            kind: BodyKind::Comune,
            province: Some(province.into()),
            istat: None,
            ipa: None,
        };
        let bodies = vec![
            body("comune-altolago", "Comune di Altolago", "LU"),
            body("comune-castro-bg", "Comune di Castro", "BG"),
            body("comune-castro-le", "Comune di Castro", "LE"),
        ];
        store.sync(&Catalogue { bodies, sources: Vec::new() }, now()).unwrap();
        Self { server: at(&store, now()), store }
    }

    /// Sends a form, or anything else, from a network address.
    fn post(&self, path: &str, kind: &str, body: &str, from: &str) -> Got {
        post(&self.server, path, kind, body, from)
    }

    fn form(&self, path: &str, body: &str) -> Got {
        self.post(path, "application/x-www-form-urlencoded", body, "192.0.2.7")
    }

    /// The mails that wait, written and counted as sent.
    fn mails(&self) -> Vec<Mail> {
        let letterhead = Letterhead {
            from: "Sportello <avvisi@sportello.example>".parse().unwrap(),
            public_url: Some(PUBLIC.parse().unwrap()),
            bounces: None,
            secret: Secret(self.store.secret().unwrap()),
        };
        let templates = Templates::new([]).unwrap();
        let taken = self.store.take_due(now(), 1000).unwrap();
        let verdicts: Vec<(DeliveryId, Verdict)> = taken.iter().map(|delivery| (delivery.id, Verdict::Sent("250".into()))).collect();
        self.store.settle(&verdicts, now()).unwrap();
        taken.iter().map(|delivery| render(delivery, &letterhead, &templates, now()).unwrap()).collect()
    }

    fn state(&self, email: &str) -> Option<SubscriberState> {
        self.store.subscriber_by_email(email).unwrap().map(|record| record.state)
    }

    /// Somebody who has subscribed and confirmed; with the path of their own page.
    fn subscribed(&self, email: &str) -> String {
        assert_eq!(
            self.form("/iscriviti", &format!("email={email}&ente=comune-altolago&aspetto=hours&frequenza=daily&ora=07")).status,
            200
        );
        let link = link(&self.mails()[0].text, "/conferma/");
        let page = self.form(&link, "");
        assert_eq!(page.status, 200);
        path(page.text(), "/iscrizione/")
    }
}

/// A site over a store at an instant, behind a proxy that says who asks.
fn at(store: &Arc<dyn Store>, now: Timestamp) -> Server {
    let settings =
        Web { language: Language::It, public_url: PUBLIC.into(), trusted_proxies: vec!["127.0.0.1".parse().unwrap()], ..Web::default() };
    Server::with(store.clone(), Clock::Fixed(now), settings)
}

fn post(server: &Server, path: &str, kind: &str, body: &str, from: &str) -> Got {
    runtime().block_on(async {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let request = client.post(format!("http://{}{path}", server.address)).header("content-type", kind).header("x-forwarded-for", from);
        let answer = request.body(body.to_string()).send().await.unwrap();
        Got { status: answer.status().as_u16(), headers: answer.headers().clone(), bytes: answer.bytes().await.unwrap().to_vec() }
    })
}

/// The path of the first link to a part of our site, in a mail.
fn link(text: &str, part: &str) -> String {
    path(text, part)
}

fn path(text: &str, part: &str) -> String {
    let from = text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
    text[from..].chars().take_while(|c| c.is_ascii_alphanumeric() || "/-_".contains(*c)).collect()
}

#[test]
fn a_reader_subscribes_by_form_and_nothing_counts_before_the_button_is_pressed() {
    let town = Town::new();
    let form = town.server.get("/iscriviti?ente=comune-altolago&ufficio=anagrafe&aspetto=hours&provincia=LU&parola=carta");
    assert_eq!(form.status, 200);
    for part in [
        "value=\"Comune di Altolago\"",
        "value=\"anagrafe\" checked",
        "value=\"hours\" checked",
        "value=\"LU\" selected",
        "value=\"carta\"",
    ] {
        assert!(form.text().contains(part), "{part}: {}", form.text());
    }
    assert!(!form.headers.contains_key("set-cookie") && !form.text().contains("<script"));

    // the name that the form shows is understood when it comes back
    let answer = town.form("/iscriviti", "email=ada%40example.org&ente=Comune+di+Altolago&aspetto=hours&ufficio=anagrafe&parola=carta%2C+citt%C3%A0&frequenza=weekly&ora=18&promemoria=1&lingua=en");
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    assert!(answer.text().contains("Guarda nella tua posta"), "{}", answer.text());
    let mails = town.mails();
    assert_eq!((mails.len(), mails[0].to.as_str(), mails[0].language), (1, "ada@example.org", Language::En));
    let link = link(&mails[0].text, "/conferma/");
    assert!(mails[0].html.replace("&#x2f;", "/").contains(&link));

    for _ in 0..3 {
        let page = town.server.get(&link);
        assert_eq!(page.status, 200);
        assert!(page.text().contains("a…@example.org") && page.text().contains("«carta», «città»"), "{}", page.text());
        assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Pending), "a scanner that follows links consents to nothing");
    }
    let done = town.post(&link, "application/x-www-form-urlencoded", "", "198.51.100.9");
    assert!(done.text().contains("Iscrizione confermata"));
    let ada = town.store.subscriber_by_email("ada@example.org").unwrap().unwrap();
    assert_eq!((ada.state, ada.subscriber.language, ada.subscriptions.len()), (SubscriberState::Confirmed, Language::En, 1));
    let wish = &ada.subscriptions[0];
    assert_eq!((wish.frequency, wish.reminders, wish.filter.aspects.as_slice()), (Frequency::Weekly(18), true, &[Aspect::Hours][..]));
    assert_eq!((wish.filter.bodies[0].0.as_str(), wish.filter.words.len()), ("comune-altolago", 2));
    let consent = &town.store.consents(ada.subscriber.id).unwrap()[0];
    assert_eq!((consent.asked_from.as_deref(), consent.given_from.as_deref()), (Some("192.0.2.7"), Some("198.51.100.9")));
    // once more is no harm, and no news
    assert_eq!(town.form(&link, "").status, 200);
    assert_eq!(town.store.consents(ada.subscriber.id).unwrap().len(), 1);
    assert_eq!(town.server.get(&link).status, 410, "the link has been used");
}

#[test]
fn a_confirmation_is_void_after_two_days() {
    let town = Town::new();
    town.form("/iscriviti", "email=ada%40example.org");
    let link = link(&town.mails()[0].text, "/conferma/");
    let late = at(&town.store, now() + SignedDuration::from_hours(48));
    let post = post(&late, &link, "application/x-www-form-urlencoded", "", "192.0.2.7");
    assert_eq!((late.get(&link).status, post.status), (410, 410));
    assert!(post.text().contains("48 ore"));
    assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Pending));
    let in_time = at(&town.store, now() + SignedDuration::from_hours(47));
    assert_eq!(in_time.get(&link).status, 200);
}

#[test]
fn what_makes_no_sense_is_said_and_nothing_is_written() {
    let town = Town::new();
    for (body, says) in [
        ("email=ada", "non è un indirizzo"),
        ("email=ada%40example.org%0D%0ABcc%3A+eva%40example.org", "non è un indirizzo"),
        ("email=ada%40example.org&ente=Atlantide", "non è tra quelli seguiti"),
        ("email=ada%40example.org&aspetto=colore", "questo aspetto non c’è"),
        ("email=ada%40example.org&frequenza=hourly", "questa frequenza non c’è"),
        ("email=ada%40example.org&frequenza=daily&ora=99", "questa frequenza non c’è"),
        ("email=ada%40example.org&ente=Castro", "scegli quale"),
        ("", "non è un indirizzo"),
    ] {
        let answer = town.form("/iscriviti", body);
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.text().contains(says), "{body}: {}", answer.text());
    }
    let castro = town.form("/iscriviti", "email=ada%40example.org&ente=Castro");
    assert!(castro.text().contains("value=\"comune-castro-le\"") && castro.text().contains("Comune di Castro (BG)"));
    let harm = town.form("/en/iscriviti", "email=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&parola=%3Cb%3E");
    assert!(!harm.text().contains("<script") && !harm.text().contains("<b>") && harm.text().contains("&lt;script&gt;"));
    assert_eq!(town.form("/iscriviti", &format!("email={}", "a".repeat(100_000))).status, 413);
    assert!(town.mails().is_empty() && town.store.subscribers(None, 10).unwrap().is_empty());
}

#[test]
fn one_sees_and_changes_ones_own_and_nobody_elses() {
    let town = Town::new();
    let own = town.subscribed("ada@example.org");
    let other = town.subscribed("bob@example.org");
    let page = town.server.get(&own);
    for part in ["ada@example.org", "Comune di Altolago", "ogni giorno alle 7", "192.0.2.7", "noindex"] {
        assert!(page.text().contains(part), "{part}");
    }
    assert_eq!((page.status, page.header("cache-control"), page.header("referrer-policy")), (200, "no-store", "no-referrer"));
    let ada = || town.store.subscriber_by_email("ada@example.org").unwrap().unwrap();
    let wish = ada().subscriptions[0].id;
    let changed = town.form(&own, &format!("iscrizione={wish}&azione=cambia&frequenza=at-once&ora=07&promemoria=1"));
    assert_eq!((changed.status, changed.header("location")), (303, format!("{own}?fatto").as_str()));
    assert!(town.server.get(&format!("{own}?fatto")).text().contains("Fatto."));
    assert_eq!((ada().subscriptions[0].frequency, ada().subscriptions[0].reminders), (Frequency::AtOnce, true));
    town.form(&other, &format!("iscrizione={wish}&azione=togli"));
    town.form(&other, &format!("iscrizione={wish}&azione=cambia&frequenza=weekly&ora=08"));
    assert_eq!(ada().subscriptions[0].frequency, Frequency::AtOnce, "another's link does not reach it");
    town.form(&own, "azione=lingua&lingua=en");
    assert_eq!(ada().subscriber.language, Language::En);
    assert_eq!(town.form(&own, "azione=altro").status, 400);
    assert_eq!(town.form(&own, &format!("iscrizione={wish}&azione=cambia&frequenza=sometimes")).status, 400);
    town.form(&own, &format!("iscrizione={wish}&azione=togli"));
    assert!(ada().subscriptions.is_empty());
    assert!(town.server.get(&own).text().contains("Nessuna iscrizione"));

    town.form(&own, "azione=annulla");
    assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Suspended));
    town.form(&own, "azione=torna");
    assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Confirmed));
    let gone = town.form(&own, "azione=dimentica");
    assert!(gone.text().contains("Di te non conserviamo nulla"));
    assert_eq!(town.state("ada@example.org"), None);
    assert!(town.store.is_forgotten("ada@example.org").unwrap());
    assert!(town.server.get(&own).text().contains("Di te non conserviamo nulla"), "her link says so from now on");
    // she may come back by herself
    town.subscribed("ada@example.org");
    assert!(!town.store.is_forgotten("ada@example.org").unwrap());
}

#[test]
fn one_click_from_a_mail_program_unsubscribes_and_a_look_does_not() {
    let town = Town::new();
    town.subscribed("ada@example.org");
    let secret = Secret(town.store.secret().unwrap());
    let id = town.store.subscriber_by_email("ada@example.org").unwrap().unwrap().subscriber.id;
    let token = |purpose| sportello::alert::tokens::sign(&secret, purpose, id, 0, None);
    let leave = format!("/disiscrizione/{}", token(sportello::alert::tokens::Purpose::Unsubscribe));
    let page = town.server.get(&leave);
    assert!(page.status == 200 && page.text().contains("<button type=\"submit\">Annulla l’iscrizione</button>"), "{}", page.text());
    assert_eq!(town.server.request(reqwest::Method::HEAD, &leave, &[]).status, 200);
    assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Confirmed), "looking changes nothing");
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    for (kind, body) in
        [("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"), ("multipart/form-data; boundary=b", multipart), ("", "")]
    {
        let done = town.post(&leave, kind, body, "203.0.113.5");
        assert_eq!(done.status, 200, "no redirect, no cookie, no second click");
        assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Suspended));
        assert!(done.text().contains("Iscrizione annullata") && done.text().contains("sette giorni"));
        assert!(town.form(&leave, "azione=torna").text().contains("Annulla l’iscrizione"));
        assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Confirmed), "it was a mistake");
    }
    // a link serves its purpose and no other
    let wrong = format!("/disiscrizione/{}", token(sportello::alert::tokens::Purpose::Manage));
    assert_eq!((town.server.get(&wrong).status, town.form(&wrong, "").status), (404, 404));
    let wrong = format!("/iscrizione/{}", token(sportello::alert::tokens::Purpose::Unsubscribe));
    assert_eq!((town.server.get(&wrong).status, town.form(&wrong, "azione=dimentica").status), (404, 404));
    for made_up in ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00", "%F0%9F%98%80"] {
        assert_eq!(town.form(&format!("/disiscrizione/{made_up}"), "").status, 404, "{made_up}");
    }
    assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Confirmed));
}

#[test]
fn known_and_unknown_addresses_get_the_same_answer_in_the_same_time() {
    let town = Town::new();
    town.subscribed("known@example.org");
    let stopped = town.store.add_subscriber("stopped@example.org", Language::It, SubscriberState::Confirmed, now()).unwrap();
    town.store.suspend(stopped, "complaint", now()).unwrap();
    let mut answers = Vec::new();
    for (n, email) in ["known", "unknown", "stopped"].iter().enumerate() {
        for round in 0..6 {
            let started = Instant::now();
            let answer = town.post(
                "/iscriviti",
                "application/x-www-form-urlencoded",
                &format!("email={email}%40example.org"),
                &format!("192.0.2.{}", n * 10 + round),
            );
            // however quick the store was, and also when the address has had enough mails for the day
            assert!(started.elapsed() >= Duration::from_millis(400));
            let headers: Vec<String> =
                answer.headers.iter().filter(|(name, _)| *name != "date").map(|(name, value)| format!("{name}: {value:?}")).collect();
            answers.push((answer.status, answer.text().to_string(), headers));
        }
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]));
    let mails = town.mails();
    let n_to = |email: &str| mails.iter().filter(|mail| mail.to == format!("{email}@example.org")).count();
    assert_eq!((n_to("known"), n_to("unknown"), n_to("stopped")), (3, 4, 4), "four a day for an address");
}

#[test]
fn a_network_that_asks_too_often_is_told_to_wait() {
    let town = Town::new();
    let ask =
        |n: usize, from: &str| town.post("/iscriviti", "application/x-www-form-urlencoded", &format!("email=a{n}%40example.org"), from);
    // addresses of one household count together
    for n in 0..20 {
        assert_eq!(ask(n, &format!("2001:db8:1:2::{n}")).status, 200, "{n}");
    }
    let refused = ask(21, "2001:db8:1:2::99");
    assert_eq!((refused.status, refused.header("retry-after")), (429, "3600"));
    assert_eq!(ask(22, "2001:db8:1:3::1").status, 200);
    assert_eq!(town.mails().len(), 21);
}

#[test]
fn a_program_asks_with_json_and_hears_what_is_wrong_field_by_field() {
    let town = Town::new();
    let ask = |kind: &str, body: &str| town.post("/api/v1/subscriptions", kind, body, "192.0.2.7");
    let asked = ask(
        "application/json; charset=utf-8",
        r#"{"email":"ada@example.org","language":"en","bodies":["comune-altolago"],"aspects":["closures"],"frequency":"daily-08","reminders":true}"#,
    );
    assert_eq!((asked.status, asked.header("content-type")), (202, "application/json"), "{}", asked.text());
    assert_eq!(town.mails()[0].to, "ada@example.org");
    assert_eq!(town.state("ada@example.org"), Some(SubscriberState::Pending));
    let wrong = ask("application/json", r#"{"email":"ada","provinces":["ZZ"],"bodies":["comune-altrove"]}"#);
    assert_eq!((wrong.status, wrong.header("content-type")), (422, "application/problem+json"));
    let said: serde_json::Value = serde_json::from_slice(&wrong.bytes).unwrap();
    let fields: Vec<&str> = said["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["email", "province", "body"]);
    for (kind, body, status) in [
        ("application/json", "{", 400),
        ("application/json", r#"{"email":"ada@example.org","colour":"red"}"#, 400),
        ("application/json", "{}", 400),
        ("text/plain", r#"{"email":"ada@example.org"}"#, 415),
        ("application/x-www-form-urlencoded", "email=ada%40example.org", 415),
    ] {
        assert_eq!(ask(kind, body).status, status, "{kind} {body}");
    }
    assert_eq!(town.server.get("/api/v1/subscriptions").status, 405);
    assert!(town.mails().is_empty());
}
