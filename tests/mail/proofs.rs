//! Mails made from those written before are, letter for letter, what they would be if each were written on its own.

use std::sync::Arc;

use sportello::alert::{Mail, Proofs, Templates, render};
use sportello::domain::{Cause, Delivery, DeliveryId, Language, SubscriberId};

use crate::samples::{all_kinds, at, letterhead};

const NOW: &str = "2026-03-05T10:00:05Z";

/// The same delivery to somebody else.
fn to_another(delivery: &Delivery, n: i64) -> Delivery {
    let mut other = delivery.clone();
    other.id = DeliveryId(1000 + n);
    other.to.id = SubscriberId(500 + n);
    other.to.email = format!("reader{n}@example.org");
    other
}

fn both_ways(proofs: &Proofs, templates: &Templates, delivery: &Delivery) -> (Mail, Mail) {
    let letterhead = letterhead();
    let alone = render(delivery, &letterhead, templates, at(NOW)).unwrap();
    (proofs.render(delivery, &letterhead, templates, at(NOW)).unwrap(), alone)
}

#[test]
fn every_kind_of_mail_is_what_it_would_be_alone() {
    let (proofs, templates) = (Proofs::default(), Templates::new([]).unwrap());
    for round in 0..4 {
        for language in [Language::It, Language::En] {
            for (n, delivery) in all_kinds(language).iter().enumerate() {
                for reader in 0..5 {
                    let delivery = to_another(delivery, round * 100 + reader * 10 + n as i64);
                    let (kept, alone) = both_ways(&proofs, &templates, &delivery);
                    assert_eq!(kept, alone);
                }
            }
        }
    }
}

#[test]
fn no_template_can_give_one_reader_the_link_of_another() {
    let shouting = "{% extends \"mail.html\" %}{% block content %}{{ links.manage | upper }}{{ links.unsubscribe[:30] }}{% endblock %}";
    let (proofs, templates) = (Proofs::default(), Templates::new([("it/changes.html".into(), shouting.into())]).unwrap());
    let delivery = &all_kinds(Language::It)[0];
    for reader in 0..6 {
        // each comes twice, so that a reader is compared with herself too
        for _ in 0..2 {
            let (kept, alone) = both_ways(&proofs, &templates, &to_another(delivery, reader));
            assert_eq!(kept.html, alone.html);
        }
    }
}

#[test]
fn a_change_that_a_second_source_confirms_is_told_with_it() {
    let (proofs, templates) = (Proofs::default(), Templates::new([]).unwrap());
    let mut delivery = all_kinds(Language::It)[0].clone();
    for reader in 0..3 {
        both_ways(&proofs, &templates, &to_another(&delivery, reader));
    }
    let mut change = (*delivery.changes[0]).clone();
    change
        .causes
        .push(Cause { url: "https://www.comune.altolago.example/conferma".into(), snapshot: 9, evidence: vec!["È così.".into()] });
    delivery.changes[0] = Arc::new(change);
    for reader in 3..6 {
        let (kept, alone) = both_ways(&proofs, &templates, &to_another(&delivery, reader));
        assert_eq!(kept, alone);
        assert!(kept.text.contains("/conferma"), "{}", kept.text);
    }
}
