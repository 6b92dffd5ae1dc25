//! An invented town and its changes.

use std::sync::Arc;

use jiff::Timestamp;
use sportello::alert::tokens::Secret;
use sportello::alert::{Letterhead, Mail, Templates, render};
use sportello::domain::*;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn letterhead() -> Letterhead {
    Letterhead {
        from: "Sportello <avvisi@sportello.example>".parse().unwrap(),
        public_url: Some("https://sportello.example/".parse().unwrap()),
        bounces: Some("rimbalzi@sportello.example".parse().unwrap()),
        secret: Secret([7; 32]),
    }
}

pub fn altolago() -> Body {
    Body {
        id: BodyId("comune-altolago".into()),
        name: "Comune di Altolago".into(),
        kind: BodyKind::Comune,
        province: Some("LU".into()),
        istat: None,
        ipa: None,
    }
}

pub fn key(office: &str) -> OfficeKey {
    OfficeKey { office: OfficeId(office.into()), site: None, other: None }
}

pub fn hours(text: &str) -> Value {
    Value::Hours(vec![OfficeHours { week: text.parse().unwrap(), access: Access::WalkIn }])
}

pub fn change(id: i64, office: &str, name: &str, before: Option<Value>, after: Option<Value>) -> Change {
    let aspect = match after.as_ref().or(before.as_ref()).unwrap() {
        Value::Hours(_) => Aspect::Hours,
        Value::Status(_) => Aspect::Status,
        Value::Channels(_) => Aspect::Channels,
        Value::Address(_) => Aspect::Address,
        Value::Closures(_) => Aspect::Closures,
        Value::Openings(_) => Aspect::Openings,
    };
    Change {
        id: Some(ChangeId(id)),
        detected_at: at("2026-03-05T10:00:00Z"),
        body: BodyId("comune-altolago".into()),
        key: key(office),
        name: name.into(),
        except: Vec::new(),
        further: Vec::new(),
        hours: None,
        aspect,
        before,
        after,
        effective_from: None,
        effective_until: None,
        causes: vec![Cause {
            url: "https://www.comune.altolago.example/novita/uffici".into(),
            snapshot: 17,
            evidence: vec!["Da lunedì 9 marzo l’ufficio riceve soltanto le persone che hanno preso appuntamento.".into()],
        }],
        rule: Rule::Revised,
    }
}

/// One change of each aspect, as a town might make them.
pub fn changes() -> Vec<Change> {
    let channels = |list: &[(ChannelKind, &str)]| {
        Value::Channels(list.iter().map(|(kind, value)| Channel { kind: *kind, value: Some(value.to_string()) }).collect())
    };
    let closures = |list: &[&str]| Value::Closures(list.iter().map(|range| range.parse().unwrap()).collect());
    let mut status = change(1, "anagrafe", "Ufficio Anagrafe", Some(Value::Status(Status::Open)), Some(Value::Status(Status::Appointment)));
    status.effective_from = Some("2026-03-09".parse().unwrap());
    status.effective_until = Some("2026-04-03".parse().unwrap());
    status.hours = Some(hours("Mo-Fr 08:30-12:30; Tu 15:00-17:00"));
    let mut week = change(
        2,
        "tributi",
        "Ufficio Tributi",
        Some(hours("Mo-Fr 08:30-12:30; Sa[1,3] 09:00-11:30")),
        Some(hours("Mo,We,Fr 08:30-12:30; Tu,Th 08:30-12:30,15:00-17:30; Sa off")),
    );
    week.causes[0].evidence =
        vec!["Il martedì e il giovedì gli sportelli sono aperti anche dalle 15 alle 17.30; il sabato è chiuso.".into()];
    week.further = vec![Fact {
        value: hours("Mo-Fr 08:00-13:00"),
        from: Some("2026-07-01".parse().unwrap()),
        until: Some("2026-08-31".parse().unwrap()),
        causes: Vec::new(),
        except: Vec::new(),
        general: false,
        resumes: false,
        aged: false,
    }];
    let mut phone = change(
        3,
        "protocollo",
        "Protocollo",
        Some(channels(&[(ChannelKind::Phone, "+390583216305"), (ChannelKind::Email, "protocollo@comune.altolago.example")])),
        Some(channels(&[(ChannelKind::Phone, "+390583216310"), (ChannelKind::Email, "protocollo@comune.altolago.example")])),
    );
    phone.causes[0].evidence = vec!["Il nuovo numero dell’ufficio è 0583 216310.".into()];
    let address = change(
        4,
        "urp",
        "URP",
        Some(Value::Address("Piazza Vittorio Emanuele, 24".into())),
        Some(Value::Address("Piazza Garibaldi, 24".into())),
    );
    let shut = change(
        5,
        "biblioteca",
        "Biblioteca comunale",
        Some(closures(&["2026-04-25"])),
        Some(closures(&["2026-04-25", "2026-12-24/2026-12-31"])),
    );
    let opening = |date: &str, span: &str| Opening { date: date.parse().unwrap(), span: span.parse().unwrap() };
    let open = change(6, "anagrafe", "Ufficio Anagrafe", None, Some(Value::Openings([opening("2026-03-14", "09:00-12:00")].into())));
    let gone = change(7, "sport", "Ufficio Sport", Some(hours("Mo-Fr 09:00-13:00")), None);
    vec![status, week, phone, address, shut, open, gone]
}

pub fn delivery(id: i64, about: About, language: Language, changes: Vec<Change>) -> Delivery {
    Delivery {
        id: DeliveryId(id),
        about,
        to: Subscriber { id: SubscriberId(42), email: "ada@example.org".into(), language },
        changes: changes.into_iter().map(Arc::new).collect(),
        bodies: vec![Arc::new(altolago())],
        trouble: None,
        due_at: at("2026-03-05T10:00:00Z"),
        attempts: 0,
    }
}

pub fn alert() -> About {
    About::Alert(BodyId("comune-altolago".into()))
}

/// Two sources that fail and one that is back, with words that a page could have brought.
pub fn trouble() -> TroubleReport {
    let failing = |name: &str, words: &str| FailingSource {
        source: SourceId(format!("comune-altolago/{name}")),
        url: format!("https://www.comune.altolago.example/{name}"),
        since: at("2026-03-01T07:12:00Z"),
        tries: 41,
        words: words.into(),
    };
    let back = RecoveredSource {
        source: SourceId("comune-altolago/novita".into()),
        url: "https://www.comune.altolago.example/novita".into(),
        read_at: at("2026-03-05T09:00:00Z"),
    };
    TroubleReport {
        failing: vec![failing("uffici", "www.comune.altolago.example: its certificate has expired"), failing("urp", "<b>503</b> & more")],
        back: vec![back],
        redesigned: vec![RedesignedBody {
            body: BodyId("comune-altolago".into()),
            name: "Comune di Altolago".into(),
            since: at("2026-03-04T06:30:00Z"),
            n_lost: 17,
            n_known: 20,
        }],
    }
}

/// A delivery of every kind, in a language.
pub fn all_kinds(language: Language) -> Vec<Delivery> {
    let mut mails: Vec<Delivery> =
        changes().into_iter().enumerate().map(|(i, change)| delivery(i as i64 + 1, alert(), language, vec![change])).collect();
    mails.push(delivery(20, alert(), language, changes()));
    mails.push(delivery(21, About::Digest { day: "2026-03-06".parse().unwrap(), hour: 8 }, language, changes()));
    mails.push(delivery(22, About::Reminder("2026-03-08".parse().unwrap()), language, changes().drain(..1).collect()));
    mails.push(delivery(23, About::Reminder("2026-04-03".parse().unwrap()), language, changes().drain(..1).collect()));
    mails.push(delivery(24, About::Confirmation(3), language, Vec::new()));
    mails.push(delivery(25, About::Test(1), language, Vec::new()));
    mails.push(Delivery { trouble: Some(Arc::new(trouble())), ..delivery(26, About::Trouble(4), language, Vec::new()) });
    mails
}

pub fn mail(delivery: &Delivery) -> Mail {
    mail_under(delivery, &letterhead())
}

pub fn mail_under(delivery: &Delivery, letterhead: &Letterhead) -> Mail {
    let templates = Templates::new([]).unwrap();
    render(delivery, letterhead, &templates, at("2026-03-05T10:00:05Z")).unwrap()
}
