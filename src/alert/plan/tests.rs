use super::*;
use crate::domain::{Aspect, BodyId, BodyKind, Cause, ChangeId, Filter, OfficeId, OfficeKey, Rule, Status};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn body(id: &str, province: &str) -> Body {
    Body { id: BodyId(id.into()), name: id.into(), kind: BodyKind::Comune, province: Some(province.into()), istat: None, ipa: None }
}

fn bodies() -> Vec<Body> {
    vec![body("altolago", "LU"), body("bassolago", "PO")]
}

fn change(id: i64, body: &str, office: &str, evidence: &str) -> Change {
    Change {
        id: Some(ChangeId(id)),
        detected_at: at("2026-03-05T10:00:00Z"),
        body: BodyId(body.into()),
        key: OfficeKey { office: OfficeId(office.into()), site: None, other: None },
        name: office.into(),
        except: Vec::new(),
        further: Vec::new(),
        hours: None,
        aspect: Aspect::Status,
        before: None,
        after: Some(Value::Status(Status::Appointment)),
        effective_from: None,
        effective_until: None,
        causes: vec![Cause { url: "https://www.example.it/".into(), snapshot: 1, evidence: vec![evidence.into()] }],
        rule: Rule::Revised,
    }
}

fn wants(subscriber: i64, frequency: Frequency, filter: Filter) -> Subscription {
    Subscription { id: subscriber, subscriber: SubscriberId(subscriber), filter, frequency, reminders: false }
}

/// "1 alert altolago 2026-03-05T10:00:00Z [0]", one a line.
fn planned(changes: &[Change], subscriptions: &[Subscription]) -> Vec<String> {
    let planned = plan(changes, subscriptions, &bodies(), at("2026-03-05T10:00:00Z"), SignedDuration::ZERO);
    planned.iter().map(|p| format!("{} {} {} {:?}", p.subscriber.0, p.about, p.due_at, p.changes)).collect()
}

#[test]
fn one_address_gets_a_change_once_however_many_subscriptions_it_has() {
    let everything = wants(1, Frequency::AtOnce, Filter::default());
    let one_body = wants(1, Frequency::Daily(8), Filter { bodies: vec![BodyId("altolago".into())], ..Filter::default() });
    let weekly = wants(1, Frequency::Weekly(8), Filter::default());
    let changes = [change(1, "altolago", "anagrafe", "Riceve su appuntamento.")];
    assert_eq!(planned(&changes, &[one_body.clone(), weekly.clone(), everything]), ["1 alert altolago 2026-03-05T10:00:00Z [0]"]);
    assert_eq!(planned(&changes, &[weekly, one_body]), ["1 digest 2026-03-06 08 2026-03-06T07:00:00Z [0]"]);
}

#[test]
fn changes_of_one_body_share_a_mail_and_those_of_two_bodies_do_not() {
    let changes = [change(1, "altolago", "anagrafe", ""), change(2, "bassolago", "anagrafe", ""), change(3, "altolago", "tributi", "")];
    let everything = wants(1, Frequency::AtOnce, Filter::default());
    assert_eq!(
        planned(&changes, &[everything]),
        ["1 alert altolago 2026-03-05T10:00:00Z [0, 2]", "1 alert bassolago 2026-03-05T10:00:00Z [1]"]
    );
    let daily = wants(1, Frequency::Daily(8), Filter::default());
    assert_eq!(planned(&changes, &[daily]), ["1 digest 2026-03-06 08 2026-03-06T07:00:00Z [0, 1, 2]"]);
}

#[test]
fn all_sides_of_a_filter_must_match() {
    let changes = [change(1, "altolago", "anagrafe", "L'ufficio è chiuso per sciopero nazionale.")];
    let matches = |filter: Filter| !planned(&changes, &[wants(1, Frequency::AtOnce, filter)]).is_empty();
    let with = |words: &[&str]| Filter { words: words.iter().map(ToString::to_string).collect(), ..Filter::default() };
    assert!(matches(Filter { provinces: vec!["lu".into()], ..Filter::default() }));
    assert!(!matches(Filter { provinces: vec!["PO".into()], ..Filter::default() }));
    let region = |id: &str| Filter { regions: vec![id.into()], ..Filter::default() };
    assert!(matches(region("toscana")) && !matches(region("umbria")) && !matches(region("nowhere")));
    assert!(matches(Filter { provinces: vec!["LU".into()], ..region("umbria") }), "a region or a province is enough");
    assert!(matches(Filter { offices: vec![OfficeId("anagrafe".into()), OfficeId("urp".into())], ..Filter::default() }));
    assert!(!matches(Filter { offices: vec![OfficeId("urp".into())], ..Filter::default() }));
    assert!(!matches(Filter { aspects: vec![Aspect::Hours], ..Filter::default() }));
    assert!(!matches(Filter { provinces: vec!["LU".into()], aspects: vec![Aspect::Hours], ..Filter::default() }));
    assert!(matches(with(&["SCIOPERO"])));
    assert!(matches(with(&["ferie", "e' chiuso"])));
    assert!(!matches(with(&["scioper"])));
    assert!(!matches(with(&[" "])));
}

#[test]
fn what_is_said_of_all_offices_reaches_those_who_watch_one() {
    let mut all = change(1, "altolago", "tutti", "");
    all.except = vec![OfficeId("anagrafe".into())];
    let of = |office: &str| wants(1, Frequency::AtOnce, Filter { offices: vec![OfficeId(office.into())], ..Filter::default() });
    assert_eq!(planned(&[all.clone()], &[of("urp")]).len(), 1);
    assert_eq!(planned(&[all.clone()], &[of("anagrafe")]).len(), 0);
    assert_eq!(planned(&[all], &[wants(1, Frequency::AtOnce, Filter::default())]).len(), 1);
}

#[test]
fn digests_go_out_at_their_hour_in_rome_in_winter_and_in_summer() {
    let changes = [change(1, "altolago", "anagrafe", "")];
    let due = |now: &str, frequency| {
        let planned = plan(&changes, &[wants(1, frequency, Filter::default())], &bodies(), at(now), SignedDuration::ZERO);
        planned[0].due_at.to_string()
    };
    assert_eq!(due("2026-03-05T06:59:59Z", Frequency::Daily(8)), "2026-03-05T07:00:00Z");
    assert_eq!(due("2026-03-05T07:00:00Z", Frequency::Daily(8)), "2026-03-06T07:00:00Z");
    assert_eq!(due("2026-07-05T07:00:00Z", Frequency::Daily(8)), "2026-07-06T06:00:00Z");
    assert_eq!(due("2026-03-05T07:00:00Z", Frequency::Weekly(7)), "2026-03-09T06:00:00Z"); // a Monday
    assert_eq!(due("2026-03-28T12:00:00Z", Frequency::Daily(2)), "2026-03-29T01:00:00Z"); // 2:00 does not exist that night
    assert_eq!(due("2026-03-05T07:00:00Z", Frequency::Daily(99)), "2026-03-05T22:00:00Z");
}

#[test]
fn who_asked_is_reminded_the_evening_before_and_when_it_ends() {
    let mut closed = change(1, "altolago", "anagrafe", "");
    closed.effective_from = Some("2026-03-09".parse().unwrap());
    closed.effective_until = Some("2026-03-13".parse().unwrap());
    let asked = Subscription { reminders: true, ..wants(1, Frequency::AtOnce, Filter::default()) };
    let did_not_ask = wants(2, Frequency::AtOnce, Filter::default());
    assert_eq!(
        planned(&[closed.clone()], &[asked.clone(), did_not_ask]),
        [
            "1 alert altolago 2026-03-05T10:00:00Z [0]",
            "1 reminder 2026-03-08 2026-03-08T17:00:00Z [0]",
            "1 reminder 2026-03-13 2026-03-13T17:00:00Z [0]",
            "2 alert altolago 2026-03-05T10:00:00Z [0]",
        ]
    );
    // it begins tomorrow: the alert of today is reminder enough
    closed.effective_from = Some("2026-03-06".parse().unwrap());
    closed.effective_until = None;
    assert_eq!(planned(&[closed], &[asked]).len(), 1);
}

#[test]
fn only_closures_that_are_new_are_reminded_of() {
    let ranges = |days: &[&str]| Some(Value::Closures(days.iter().map(|day| day.parse().unwrap()).collect()));
    let mut closures = change(1, "altolago", "anagrafe", "");
    closures.aspect = Aspect::Closures;
    closures.before = ranges(&["2026-03-20"]);
    closures.after = ranges(&["2026-03-20", "2026-04-02/2026-04-07"]);
    let asked = Subscription { reminders: true, ..wants(1, Frequency::Daily(8), Filter::default()) };
    assert_eq!(
        planned(&[closures], &[asked]),
        ["1 digest 2026-03-06 08 2026-03-06T07:00:00Z [0]", "1 reminder 2026-04-01 2026-04-01T16:00:00Z [0]"]
    );
}
