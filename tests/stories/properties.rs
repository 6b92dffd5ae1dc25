//! What holds of any town, whatever its pages say and in whatever order they are read.

use jiff::civil::Date;
use proptest::prelude::*;
use sportello::diff::{Known, Moment, compare};
use sportello::domain::{BodyId, Change, DocumentKind, Reading, Value, day_of};
use sportello::resolve::{Facet, Said, Settings, Sight, fold};

use crate::script::{Event, Scene, Story, stories};
use crate::town::{CONFIRM_AFTER, Town};

const HOURS: [&str; 4] = ["Mo-Fr 08:30-12:30", "Mo,We 09:00-13:00", "Tu,Th 15:00-17:30", "Mo-Fr 09:00-12:00 by phone"];
const STATUS: [&str; 4] = ["open", "appointment", "remote", "closed"];
const WHO: [&str; 4] = ["anagrafe", "tributi", "urp", "tutti"];
const PERIOD: [&str; 5] = ["", " · from d6", " · until d9", " · from d4 · until d12", " · from d11"];
const ITEMS: [&str; 5] =
    ["", " · phone:+390584111111", " · phone:+390584222222 · pec:a@pec.it", " · closed d8", " · closed d8/d10 · closed d15"];

fn notice() -> impl Strategy<Value = String> {
    (0..WHO.len(), 0..HOURS.len(), 0..STATUS.len(), 0..PERIOD.len(), 0..ITEMS.len()).prop_map(|(who, hours, status, period, items)| {
        format!("{}: {} · {}{}{}", WHO[who], HOURS[hours], STATUS[status], PERIOD[period], ITEMS[items])
    })
}

/// Some days of some documents: which, when in hours after the one before, and what it says.
fn days() -> impl Strategy<Value = Vec<(usize, u32, Vec<String>)>> {
    prop::collection::vec((0..5_usize, 0..30_u32, prop::collection::vec(notice(), 0..4)), 1..12)
}

fn story(days: &[(usize, u32, Vec<String>)]) -> Story {
    let names = ["page uffici", "page anagrafe", "news avviso", "news chiusura", "news rettifica"];
    let (mut text, mut hour) = (String::from("story any\n"), 8);
    let mut seen = std::collections::BTreeSet::new();
    for (document, later, notices) in days {
        hour += later;
        let first = if seen.insert(document) && *document < 2 { "first " } else { "" };
        text += &format!("d{} {:02}:00 {first}{}\n", 1 + hour / 24, hour % 24, names[*document]);
        for notice in notices {
            text += &format!("    {notice}\n");
        }
    }
    stories(&text, "any").remove(0)
}

/// What would be told of the documents as they are, some hours after a visit.
fn told_later(town: &Town, scene: &Scene, n_hours: i64) -> Vec<Change> {
    let body = BodyId("comune-altolago".into());
    let now = scene.at + jiff::SignedDuration::from_hours(n_hours);
    let moment = Moment { body: &body, now, url: "elsewhere", sight: Sight::News, confirm_after: CONFIRM_AFTER };
    let known = Known { states: &town.states, held: &town.held, recent: &town.changes };
    let mut changes = compare(&known, &town.folded(day_of(now)), &moment).changes;
    changes.retain(|change| !outlasts(town, change, day_of(now)));
    changes
}

/// A page that goes on showing what another document announced for a period, days after its end, means it: that is news without
/// another reading.
fn outlasts(town: &Town, change: &Change, today: Date) -> bool {
    let long_over = |until: Date, n_days: i64| until.checked_add(jiff::Span::new().days(n_days)).unwrap() < today;
    let is_told = |shown: &Said| match (shown, &change.after) {
        (Said::Status(shown), Some(Value::Status(told))) => shown == told,
        (Said::Hours(shown), Some(Value::Hours(told))) => shown.iter().all(|entry| told.contains(entry)),
        _ => false,
    };
    let statements = || town.documents.values().flat_map(|document| document.statements.iter().map(move |said| (document, said)));
    statements().any(|(page, shown)| {
        let n_days = if shown.facet == Facet::Status { 3 } else { 14 };
        page.kind == DocumentKind::Page
            && change.causes.iter().any(|cause| cause.url == page.url)
            && is_told(&shown.said)
            && shown.from.is_none()
            && shown.until.is_none()
            && statements().any(|(other, announced)| {
                other.url != page.url && announced.said == shown.said && announced.until.is_some_and(|until| long_over(until, n_days))
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Once told, nothing more comes of the same documents: not at once, and not while days pass.
    #[test]
    fn what_was_told_is_not_told_again(days in days()) {
        let mut town = Town::default();
        for scene in &story(&days).scenes {
            town.visit(scene);
            for n_hours in [0, 5, 24, 24 * 3, 24 * 8, 24 * 20] {
                let told = told_later(&town, scene, n_hours);
                prop_assert!(told.is_empty(), "{} hours after {}: {:?}", n_hours, scene.line, told);
            }
        }
    }

    /// The states do not depend on the order in which a store returns the documents.
    #[test]
    fn the_order_of_documents_does_not_matter(days in days(), turn in 0..5_usize) {
        let mut town = Town::default();
        for scene in &story(&days).scenes {
            town.visit(scene);
        }
        let mut documents: Vec<_> = town.documents.values().cloned().collect();
        let today = crate::script::day("d5");
        let one = fold(&documents, today, &Settings::default());
        let n_documents = documents.len();
        documents.rotate_left(turn % n_documents.max(1));
        prop_assert_eq!(&one, &fold(&documents, today, &Settings::default()));
        documents.reverse();
        prop_assert_eq!(&one, &fold(&documents, today, &Settings::default()));
    }

    /// The same reading again, at any time, is no news.
    #[test]
    fn a_page_that_stays_as_it_is_is_no_news(days in days(), later in 1..200_i64) {
        let mut town = Town::default();
        let scenes = story(&days).scenes;
        for scene in &scenes {
            town.visit(scene);
        }
        let last = scenes.last().unwrap();
        if let Event::Read { name, kind, .. } = &last.event {
            let again = Scene {
                line: "again".into(),
                at: last.at + jiff::SignedDuration::from_hours(later),
                event: Event::Read { name: name.clone(), kind: *kind, first: false, reread: false, title: None },
                reading: last.reading.clone(),
                expected: Vec::new(),
            };
            let waits = town.documents[name].waits() || !town.held.is_empty();
            let (comparison, _) = town.visit(&again);
            let told = comparison.changes.iter().filter(|change| !outlasts(&town, change, day_of(again.at))).count();
            prop_assert!(waits || told == 0, "{:?}", comparison.changes);
        }
    }

    /// A page that is emptied for one fetch and comes back tells nothing.
    #[test]
    fn a_page_that_is_empty_once_tells_nothing(notices in prop::collection::vec(notice(), 1..6)) {
        let mut town = Town::default();
        let mut text = String::from("story any\nfirst page uffici\n");
        for notice in &notices {
            text += &format!("    {notice}\n");
        }
        let mut scenes = stories(&text, "any").remove(0).scenes;
        let first = scenes.remove(0);
        town.visit(&first);
        let event = || Event::Read { name: "uffici".into(), kind: DocumentKind::Page, first: false, reread: false, title: None };
        let at = |n_hours| first.at + jiff::SignedDuration::from_hours(n_hours);
        let empty = Scene { line: "empty".into(), at: at(24), event: event(), reading: Reading::default(), expected: Vec::new() };
        let back = Scene { line: "back".into(), at: at(48), event: event(), reading: first.reading.clone(), expected: Vec::new() };
        for scene in [&empty, &back] {
            let (comparison, _) = town.visit(scene);
            prop_assert!(comparison.changes.is_empty(), "{}: {:?}", scene.line, comparison.changes);
        }
        prop_assert!(town.held.is_empty());
    }
}
