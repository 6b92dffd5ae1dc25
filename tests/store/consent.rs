//! Subscribing without an operator: asking, consenting, leaving, being forgotten, mails that come back.

use jiff::SignedDuration;
use sportello::domain::{About, Filter, Frequency, Language, NewSubscription, PlannedDelivery, Verdict};
use sportello::store::{Ask, AskLimits, Asked, DeliveryState, Enrolled, Enrolment, Granted, How, Store, SubscriberState};

use crate::conformance::{many, stores};
use crate::support::{t, town, with_town};

const LIMITS: AskLimits = AskLimits { per_address: 2, per_network: 3, in_all: 4 };

fn wish(frequency: Frequency) -> NewSubscription {
    NewSubscription { filter: Filter { bodies: vec![town().id], ..Filter::default() }, frequency, reminders: false }
}

fn asked_by(email: &str, network: &str) -> Ask {
    Ask {
        email: email.into(),
        language: Language::En,
        wish: wish(Frequency::AtOnce),
        how: How::Page,
        from: Some("192.0.2.7".into()),
        network: Some(network.into()),
    }
}

/// The number of the request that a confirmation mail is about.
fn request_of(store: &dyn Store, asked: Asked) -> i64 {
    let Asked::Written(delivery) = asked else { panic!("{asked:?}") };
    match store.delivery(delivery).unwrap().unwrap().about.parse().unwrap() {
        About::Confirmation(request) => request,
        about => panic!("{about}"),
    }
}

#[test]
fn consent_counts_once_and_within_its_time() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let asked = store.ask(&asked_by("ada@example.org", "n"), &LIMITS, t(100), t(0)).unwrap();
        let request = request_of(&*store, asked);
        let ada = store.subscriber_by_email("ADA@example.org").unwrap().unwrap();
        assert_eq!((ada.state, ada.subscriptions.len()), (SubscriberState::Pending, 0), "nothing counts before consent");
        let id = ada.subscriber.id;
        assert_eq!(store.request(id, request, t(99)).unwrap().unwrap().wish, wish(Frequency::AtOnce));
        assert!(store.request(id, request, t(100)).unwrap().is_none());
        assert_eq!(store.grant(id, request, None, t(100)).unwrap(), Granted::Void, "too late");
        assert_eq!(store.grant(id, request + 1, None, t(1)).unwrap(), Granted::Void, "another's request");
        assert_eq!(store.grant(id, request, Some("198.51.100.9"), t(5)).unwrap(), Granted::Now);
        assert_eq!(store.grant(id, request, Some("203.0.113.1"), t(6)).unwrap(), Granted::Before);
        let ada = store.subscriber(id).unwrap().unwrap();
        assert_eq!((ada.state, ada.confirmed_at, ada.subscriptions.len()), (SubscriberState::Confirmed, Some(t(5)), 1));
        let consents = store.consents(id).unwrap();
        assert_eq!(consents.len(), 1);
        assert_eq!((consents[0].asked_at, consents[0].asked_from.as_deref()), (t(0), Some("192.0.2.7")));
        assert_eq!((consents[0].given_at, consents[0].given_from.as_deref()), (t(5), Some("198.51.100.9")));
    }
}

#[test]
fn who_never_consents_is_erased_and_who_did_stays() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ada = request_of(&*store, store.ask(&asked_by("ada@example.org", "n"), &LIMITS, t(100), t(0)).unwrap());
        let asked = store.ask(&asked_by("bob@example.org", "n"), &LIMITS, t(100), t(0)).unwrap();
        let Asked::Written(mail) = asked else { panic!() };
        let sent: Vec<_> = store.take_due(t(0), 10).unwrap().iter().map(|taken| (taken.id, Verdict::Sent("250".into()))).collect();
        store.settle(&sent, t(0)).unwrap();
        let id = |email: &str| store.subscriber_by_email(email).unwrap().map(|record| record.subscriber.id);
        store.grant(id("ada@example.org").unwrap(), ada, None, t(1)).unwrap();
        // a known one asks for more and lets it be
        store.ask(&asked_by("ada@example.org", "m"), &LIMITS, t(100), t(2)).unwrap();
        assert_eq!(store.erase_expired(t(0), t(99)).unwrap().unconfirmed, 0);
        let erased = store.erase_expired(t(0), t(100)).unwrap();
        assert_eq!((erased.requests, erased.unconfirmed, erased.left), (2, 1, 0));
        assert_eq!(id("bob@example.org"), None);
        assert!(store.delivery(mail).unwrap().is_none(), "its mail went with it");
        assert!(id("ada@example.org").is_some());
        assert_eq!(store.take_due(t(101), 10).unwrap(), [], "a void link is not sent any more");
    }
}

#[test]
fn confirmations_are_few_for_an_address_a_network_and_in_all() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ask = |email: &str, network: &str, at| store.ask(&asked_by(email, network), &LIMITS, t(9000), t(at)).unwrap();
        assert!(matches!(ask("ada@example.org", "a", 0), Asked::Written(_)));
        assert!(matches!(ask("Ada@Example.org", "b", 0), Asked::Written(_)));
        assert_eq!(ask("ada@example.org", "c", 0), Asked::EnoughForAddress);
        assert!(matches!(ask("bob@example.org", "a", 0), Asked::Written(_)));
        assert_eq!(ask("eva@example.org", "d", 0), Asked::EnoughInAll);
        // an hour later
        for name in ["x", "y", "z"] {
            assert!(matches!(ask(&format!("{name}@example.org"), "a", 61), Asked::Written(_)));
        }
        assert_eq!(ask("w@example.org", "a", 61), Asked::EnoughFromNetwork);
        assert_eq!(ask("ada@example.org", "b", 61), Asked::EnoughForAddress, "a day for an address");
        assert!(matches!(ask("ada@example.org", "b", 24 * 60 + 1), Asked::Written(_)));
    }
}

#[test]
fn a_flood_of_confirmations_delays_no_alert() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 1);
        let flood = AskLimits { per_address: 1, per_network: 10_000, in_all: 10_000 };
        for n in 0..300 {
            store.ask(&asked_by(&format!("a{n}@example.org"), "n"), &flood, t(9000), t(0)).unwrap();
        }
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        assert_eq!(store.take_due(t(1), 100).unwrap().len(), 10, "a tenth of what is taken at once");
        let alert = PlannedDelivery { subscriber: ada, about: About::Alert(town().id), due_at: t(2), changes: vec![0] };
        store.enqueue(&[alert], &ids, t(2)).unwrap();
        let taken = store.take_due(t(2), 100).unwrap();
        assert_eq!((taken.len(), taken[0].to.email.as_str()), (11, "ada@example.org"), "the alert comes first");
        assert_eq!(store.next_delivery_due().unwrap(), Some(t(0)));
    }
}

#[test]
fn who_left_may_return_for_a_while_and_is_then_erased() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 1);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        store.subscribe(ada, &wish(Frequency::AtOnce), t(0)).unwrap();
        let alert = || [PlannedDelivery { subscriber: ada, about: About::Alert(town().id), due_at: t(0), changes: vec![0] }];
        let mail = store.enqueue(&alert(), &ids, t(0)).unwrap()[0];
        assert!(store.leave(ada, t(1)).unwrap() && !store.leave(ada, t(2)).unwrap());
        assert_eq!(store.delivery(mail).unwrap().unwrap().state, DeliveryState::Suspended);
        assert!(store.subscriptions_for(&town()).unwrap().is_empty());
        assert_eq!(store.enqueue(&alert(), &ids, t(2)).unwrap(), [], "a plan made before is not carried out");
        assert!(store.come_back(ada, t(3)).unwrap() && !store.come_back(ada, t(3)).unwrap());
        assert_eq!(store.subscriptions_for(&town()).unwrap().len(), 1);
        store.leave(ada, t(4)).unwrap();
        assert_eq!(store.erase_expired(t(4) - SignedDuration::from_secs(1), t(5)).unwrap().left, 0);
        assert_eq!(store.erase_expired(t(4), t(5)).unwrap().left, 1);
        assert!(store.subscriber(ada).unwrap().is_none());
        assert!(!store.is_forgotten("ada@example.org").unwrap(), "she left, she did not ask to be forgotten");
    }
}

#[test]
fn who_is_forgotten_leaves_a_mark_that_only_her_own_consent_lifts() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ada = store.add_subscriber("Ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let enrolment = Enrolment { email: "ada@example.org".into(), language: Language::It, wish: wish(Frequency::AtOnce) };
        let enrol = || store.enrol(std::slice::from_ref(&enrolment), How::Operator, false, t(0)).unwrap()[0];
        assert_eq!((enrol(), enrol(), store.consents(ada).unwrap().len()), (Enrolled::Known, Enrolled::Known, 1));
        assert!(store.forget(ada, t(1)).unwrap() && !store.forget(ada, t(1)).unwrap());
        assert_eq!((store.subscriber(ada).unwrap(), store.consents(ada).unwrap().len()), (None, 0));
        assert!(store.is_forgotten("ada@EXAMPLE.org").unwrap() && !store.is_forgotten("bob@example.org").unwrap());
        assert_eq!(enrol(), Enrolled::Forgotten);
        let request = request_of(&*store, store.ask(&asked_by("ada@example.org", "n"), &LIMITS, t(100), t(2)).unwrap());
        assert!(store.is_forgotten("ada@example.org").unwrap(), "anybody may ask");
        let id = store.subscriber_by_email("ada@example.org").unwrap().unwrap().subscriber.id;
        store.grant(id, request, None, t(3)).unwrap();
        assert!(!store.is_forgotten("ada@example.org").unwrap());
    }
}

#[test]
fn a_wish_that_goes_takes_the_digest_along_that_waited_for_it_alone() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 1);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let bob = store.add_subscriber("bob@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let daily = store.subscribe(ada, &wish(Frequency::Daily(8)), t(0)).unwrap();
        let weekly = store.subscribe(ada, &wish(Frequency::Weekly(9)), t(0)).unwrap();
        let at = |hour| About::Digest { day: jiff::civil::date(2026, 3, 2), hour };
        let digest = |about| PlannedDelivery { subscriber: ada, about, due_at: t(50), changes: vec![0] };
        let eight = store.enqueue(&[digest(at(8))], &ids, t(0)).unwrap()[0];
        let state = |id| store.delivery(id).unwrap().unwrap().state;
        assert!(!store.drop_wish(bob, daily, t(1)).unwrap(), "not his");
        assert!(!store.change_wish(bob, daily, Frequency::AtOnce, true).unwrap(), "not his");
        assert!(store.drop_wish(ada, weekly, t(1)).unwrap());
        assert_eq!(state(eight), DeliveryState::Queued);
        assert!(store.drop_wish(ada, daily, t(1)).unwrap() && !store.drop_wish(ada, daily, t(1)).unwrap());
        assert_eq!(state(eight), DeliveryState::Suspended);
    }
}

#[test]
fn two_wishes_that_become_the_same_are_one() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let first = store.subscribe(ada, &wish(Frequency::Daily(8)), t(0)).unwrap();
        store.subscribe(ada, &wish(Frequency::AtOnce), t(0)).unwrap();
        assert!(store.change_wish(ada, first, Frequency::AtOnce, false).unwrap());
        let found = store.subscriptions_for(&town()).unwrap();
        assert_eq!(found.iter().map(|(_, wish)| (wish.id, wish.frequency)).collect::<Vec<_>>(), [(first, Frequency::AtOnce)]);
    }
}

#[test]
fn a_region_stands_in_the_index_as_its_provinces() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let region =
            |id: &str| NewSubscription { filter: Filter { regions: vec![id.into()], ..Filter::default() }, ..NewSubscription::default() };
        let tuscany = store.subscribe(ada, &region("toscana"), t(0)).unwrap();
        store.subscribe(ada, &region("umbria"), t(0)).unwrap();
        store.subscribe(ada, &region("nowhere"), t(0)).unwrap();
        let found: Vec<i64> = store.subscriptions_for(&town()).unwrap().into_iter().map(|(_, wish)| wish.id).collect();
        assert_eq!(found, [tuscany]);
    }
}

#[test]
fn a_mail_that_comes_back_counts_as_refused_and_its_day_is_kept() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 1);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let alert = [PlannedDelivery { subscriber: ada, about: About::Alert(town().id), due_at: t(0), changes: vec![0] }];
        let mail = store.enqueue(&alert, &ids, t(0)).unwrap()[0];
        store.take_due(t(0), 10).unwrap();
        store.settle(&[(mail, Verdict::Sent("250 ok".into()))], t(0)).unwrap();
        let day = |n| jiff::civil::date(2026, 3, n);
        for n in [1, 1, 2] {
            store.bounced(mail, true, "5.1.1 no such user", day(n), t(1)).unwrap();
        }
        let (id, days) = store.bounced(mail, false, "4.2.2 full", day(3), t(1)).unwrap().unwrap();
        assert_eq!((id, days), (ada, vec![day(1), day(2)]));
        let record = store.delivery(mail).unwrap().unwrap();
        assert_eq!(record.state, DeliveryState::Refused);
        assert!(record.answer.unwrap().starts_with("came back: "));
        assert_eq!(store.subscriber(ada).unwrap().unwrap().n_bounces, 2);
        store.suspend(ada, "bounces", t(2)).unwrap();
        store.confirm(ada, t(3)).unwrap();
        assert_eq!(store.subscriber(ada).unwrap().unwrap().n_bounces, 0, "a clean slate");
    }
}

#[test]
fn the_three_days_of_a_mail_begin_when_it_was_first_due() {
    for (store, _folder) in stores() {
        let store = with_town(store);
        let ids = many(&*store, 1);
        let ada = store.add_subscriber("ada@example.org", Language::It, SubscriberState::Confirmed, t(0)).unwrap();
        let alert = [PlannedDelivery { subscriber: ada, about: About::Alert(town().id), due_at: t(5), changes: vec![0] }];
        let mail = store.enqueue(&alert, &ids, t(0)).unwrap()[0];
        for (at, next) in [(5, 20), (20, 50)] {
            assert_eq!(store.take_due(t(at), 10).unwrap()[0].due_at, t(5));
            store.settle(&[(mail, Verdict::Later(t(next), "451".into()))], t(at)).unwrap();
        }
        store.take_due(t(50), 10).unwrap();
        store.leave(ada, t(51)).unwrap();
        store.settle(&[(mail, Verdict::Later(t(60), "451".into()))], t(52)).unwrap();
        assert_eq!(store.delivery(mail).unwrap().unwrap().state, DeliveryState::Suspended, "who left is not tried again");
    }
}
