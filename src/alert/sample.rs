//! A made-up delivery of every kind, to try templates with.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    About, Aspect, Body, BodyId, BodyKind, Cause, Change, ChangeId, Delivery, DeliveryId, FailingSource, Language, OfficeId, OfficeKey,
    RecoveredSource, RedesignedBody, Rule, SourceId, Status, Subscriber, SubscriberId, TroubleReport, Value,
};

use super::mail::{Letterhead, Mailbox};
use super::render::RenderError;
use super::templates::Templates;
use super::tokens::Secret;

impl Templates {
    /// Fills every template with a sample and returns the first error.
    pub fn check(&self) -> Result<(), RenderError> {
        let name = || Mailbox { name: "Sportello".into(), address: "avvisi@example.org".into() };
        let mut letterhead =
            Letterhead { from: name(), public_url: "https://example.org/".parse().ok(), bounces: None, secret: Secret([0; 32]) };
        for _ in 0..2 {
            for language in [Language::It, Language::En] {
                for about in abouts() {
                    super::render(&sample(about, language), &letterhead, self, Timestamp::UNIX_EPOCH)?;
                }
            }
            letterhead.public_url = None; // and once more for an installation without a site
        }
        Ok(())
    }
}

fn abouts() -> [About; 7] {
    let day = jiff::civil::date(2026, 3, 8);
    [
        About::Alert(BodyId("comune-altolago".into())),
        About::Digest { day, hour: 8 },
        About::Reminder(day),
        About::Reminder(jiff::civil::date(2026, 4, 3)),
        About::Confirmation(1),
        About::Test(1),
        About::Trouble(1),
    ]
}

fn trouble() -> TroubleReport {
    let (source, url) = (SourceId("comune-altolago/uffici".into()), "https://www.example.org/uffici".to_owned());
    let failing =
        FailingSource { source: source.clone(), url: url.clone(), since: Timestamp::UNIX_EPOCH, tries: 9, words: "it answered 503".into() };
    let redesigned = RedesignedBody {
        body: BodyId("comune-altolago".into()),
        name: "Comune di Altolago".into(),
        since: Timestamp::UNIX_EPOCH,
        n_lost: 18,
        n_known: 20,
    };
    TroubleReport {
        failing: vec![failing],
        back: vec![RecoveredSource { source, url, read_at: Timestamp::UNIX_EPOCH }],
        redesigned: vec![redesigned],
    }
}

/// Two changes: one with all that a change may have, one with as little as it may.
fn sample(about: About, language: Language) -> Delivery {
    let body = BodyId("comune-altolago".into());
    let cause =
        Cause { url: "https://www.example.org/avviso".into(), snapshot: 1, evidence: vec!["Si riceve solo su appuntamento.".into()] };
    let full = Change {
        id: Some(ChangeId(1)),
        detected_at: Timestamp::UNIX_EPOCH,
        body: body.clone(),
        key: OfficeKey { office: OfficeId("anagrafe".into()), site: None, other: None },
        name: "Anagrafe".into(),
        except: Vec::new(),
        aspect: Aspect::Status,
        before: Some(Value::Status(Status::Open)),
        after: Some(Value::Status(Status::Appointment)),
        effective_from: Some(jiff::civil::date(2026, 3, 9)),
        effective_until: Some(jiff::civil::date(2026, 4, 3)),
        further: Vec::new(),
        hours: None,
        causes: vec![cause],
        rule: Rule::Revised,
    };
    let bare = Change {
        id: None,
        key: OfficeKey { office: OfficeId("urp".into()), site: None, other: None },
        after: None,
        effective_from: None,
        effective_until: None,
        causes: Vec::new(),
        ..full.clone()
    };
    let altolago =
        Body { id: body, name: "Comune di Altolago".into(), kind: BodyKind::Comune, province: Some("LU".into()), istat: None, ipa: None };
    Delivery {
        id: DeliveryId(1),
        about,
        to: Subscriber { id: SubscriberId(1), email: "ada@example.org".into(), language },
        changes: vec![Arc::new(full), Arc::new(bare)],
        bodies: vec![Arc::new(altolago)],
        trouble: Some(Arc::new(trouble())),
        due_at: Timestamp::UNIX_EPOCH,
        attempts: 0,
    }
}
