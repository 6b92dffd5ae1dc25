//! Times of what the program and its site ask.

use std::time::{Duration, Instant};

use sportello::domain::*;
use sportello::store::*;

use crate::Dice;
use crate::filled::Filled;
use crate::made::*;

/// Each query is asked so often of each store, in turns: what else the machine does falls on both.
const TIMES: usize = 300;
const GOAL: f64 = 1.5;
/// A minute after all that is in the stores.
const LATER: usize = 3_000_000;

/// Asks both stores the same and prints how their times compare.
pub fn compare(small: &Filled, large: &Filled) {
    println!("\n{:<52} {:>10} {:>10} {:>7}", format!("median of {TIMES}, by random bodies"), "small", "large", "ratio");
    let mut n_above = 0;
    for (mut small, mut large) in queries(small).into_iter().zip(queries(large)) {
        let (mut here, mut there) = (Vec::with_capacity(TIMES), Vec::with_capacity(TIMES));
        for _ in 0..TIMES {
            here.push(small.time());
            there.push(large.time());
        }
        here.sort();
        there.sort();
        let (here, there) = (here[TIMES / 2], there[TIMES / 2]);
        let ratio = there.as_secs_f64() / here.as_secs_f64();
        let note = if ratio > GOAL { "  above the goal of 1.5" } else { "" };
        n_above += usize::from(ratio > GOAL);
        println!("{:<52} {here:>10.1?} {there:>10.1?} {ratio:>7.2}{note}", small.name);
    }
    println!("{n_above} above the goal");
}

/// A query of one store.
struct Query<'a> {
    name: &'static str,
    dice: Dice,
    ask: Box<dyn FnMut(&mut Dice) + 'a>,
}

impl Query<'_> {
    fn time(&mut self) -> Duration {
        let started = Instant::now();
        (self.ask)(&mut self.dice);
        started.elapsed()
    }
}

fn query<'a>(name: &'static str, ask: impl FnMut(&mut Dice) + 'a) -> Query<'a> {
    Query { name, dice: Dice(7), ask: Box::new(ask) }
}

fn queries(filled: &Filled) -> Vec<Query<'_>> {
    let Filled { store, n_bodies, documents: ids, n_changes } = filled;
    let (n_bodies, n_changes) = (*n_bodies, *n_changes);
    let list = move |filter: &ChangeFilter| std::hint::black_box(store.changes(filter, None, 50).expect("changes"));
    let some = move |dice: &mut Dice| body(dice.below(n_bodies));
    // the number in a body's name, as long as any: no other name begins with it, so that one is found among however many
    let one = move |dice: &mut Dice| n_bodies / 8 + dice.below(n_bodies - n_bodies / 8);
    let office = || Some(OfficeId("anagrafe".into()));
    let mut round = 0;
    vec![
        query("a check's note of ten sources without news", move |dice| {
            round += 1;
            let at = minutes(LATER + round);
            let unchanged: Vec<Unchanged> = (0..10)
                .flat_map(|_| &ids[dice.below(ids.len())])
                .map(|document| Unchanged {
                    document: *document,
                    at,
                    next_visit: Some(minutes(LATER + round + 60)),
                    validators: None,
                    matter_sha: None,
                })
                .collect();
            store.record_visits(&unchanged, &[]).expect("unchanged");
        }),
        query("what is known of a body", move |dice| {
            std::hint::black_box(store.known(&some(dice).id, minutes(LATER)).expect("known"));
        }),
        query("documents that are due (50)", move |_| {
            std::hint::black_box(store.due_documents(minutes(2 * LATER), 50).expect("due"));
        }),
        query("sources that are due (50)", move |_| {
            std::hint::black_box(store.due_sources(minutes(2 * LATER), 50).expect("due"));
        }),
        query("newest changes", move |_| drop(list(&ChangeFilter::default()))),
        query("newest changes in a rare aspect", move |_| {
            drop(list(&ChangeFilter { aspect: Some(Aspect::Status), ..ChangeFilter::default() }));
        }),
        query("newest changes of a body", move |dice| {
            drop(list(&ChangeFilter { body: Some(some(dice).id), ..ChangeFilter::default() }));
        }),
        query("newest changes of an office", move |_| drop(list(&ChangeFilter { office: office(), ..ChangeFilter::default() }))),
        query("newest changes of an office of a body", move |dice| {
            drop(list(&ChangeFilter { body: Some(some(dice).id), office: office(), ..ChangeFilter::default() }));
        }),
        query("newest changes of a province", move |dice| {
            drop(list(&ChangeFilter { province: some(dice).province, ..ChangeFilter::default() }));
        }),
        query("newest changes of a province in a rare aspect", move |dice| {
            drop(list(&ChangeFilter { province: some(dice).province, aspect: Some(Aspect::Status), ..ChangeFilter::default() }));
        }),
        query("a later page of all changes", move |dice| {
            let filter = ChangeFilter { until: Some(minutes(100_000 + dice.below(2_000_000))), ..ChangeFilter::default() };
            std::hint::black_box(store.changes(&filter, None, 50).expect("changes"));
        }),
        query("changes by a frequent word", move |_| {
            std::hint::black_box(store.search_changes("lunedì", None, 50).expect("changes"));
        }),
        query("changes by a rare word and an office", move |_| {
            std::hint::black_box(store.search_changes("obbligatoria anagrafe", None, 50).expect("changes"));
        }),
        query("changes by a frequent word and a body's name", move |dice| {
            let words = format!("lunedì c{}", one(dice));
            std::hint::black_box(store.search_changes(&words, None, 50).expect("changes"));
        }),
        query("a later page of changes by words", move |dice| {
            let from = Cursor { at: minutes(0), id: ChangeId(i64::try_from(100 + dice.below(n_changes - 100)).unwrap_or_default()) };
            std::hint::black_box(store.search_changes("ufficio tributi", Some(from), 50).expect("changes"));
        }),
        query("changes by words that never meet", move |dice| {
            let words = format!("c{} c{}", dice.below(n_bodies / 2), n_bodies - 1 - dice.below(n_bodies / 2));
            std::hint::black_box(store.search_changes(&words, None, 50).expect("changes"));
        }),
        query("bodies by the beginning of a word", move |dice| {
            let words = format!("comune c{}", one(dice) / 10);
            std::hint::black_box(store.search_bodies(&words, 20).expect("bodies"));
        }),
        query("bodies by a word", move |dice| {
            std::hint::black_box(store.search_bodies(&format!("comune c{}", one(dice)), 20).expect("bodies"));
        }),
        query("bodies by a frequent word", move |_| {
            std::hint::black_box(store.search_bodies("comune", 20).expect("bodies"));
        }),
        query("offices by words", move |dice| {
            let words = format!("anagrafe c{}", one(dice));
            std::hint::black_box(store.search_offices(&words, 20).expect("offices"));
        }),
        query("offices by a frequent word", move |_| {
            std::hint::black_box(store.search_offices("tributi", 20).expect("offices"));
        }),
        query("the provinces", move |_| drop(std::hint::black_box(store.provinces().expect("provinces")))),
        query("the bodies of a province", move |dice| {
            std::hint::black_box(store.bodies_page(some(dice).province.as_deref(), None, 100).expect("bodies"));
        }),
        query("closures of a day in a province", move |dice| {
            let place = Place::Province(some(dice).province.unwrap_or_default());
            std::hint::black_box(store.exceptions_on(jiff::civil::date(2027, 3, 2), &place, None, 50).expect("closures"));
        }),
        query("closures of a day anywhere", move |_| {
            std::hint::black_box(store.exceptions_on(jiff::civil::date(2027, 8, 11), &Place::Anywhere, None, 50).expect("closures"));
        }),
        query("closures of a day in a body", move |dice| {
            let place = Place::Body(some(dice).id);
            std::hint::black_box(store.exceptions_on(jiff::civil::date(2027, 12, 24), &place, None, 50).expect("closures"));
        }),
        query("health of the sources of a province", move |dice| {
            let place = Place::Province(some(dice).province.unwrap_or_default());
            std::hint::black_box(store.source_page(&place, false, None, 50).expect("sources"));
        }),
        query("sources that fail", move |_| {
            std::hint::black_box(store.source_page(&Place::Anywhere, true, None, 50).expect("sources"));
        }),
        query("an office of a body", move |dice| {
            std::hint::black_box(store.office(&some(dice).id, &OfficeId("anagrafe".into()), None).expect("state"));
        }),
        query("an office of a body at an instant", move |dice| {
            std::hint::black_box(store.office(&some(dice).id, &OfficeId("anagrafe".into()), Some(minutes(600_000))).expect("state"));
        }),
        query("sources of a body", move |dice| {
            std::hint::black_box(store.source_page(&Place::Body(some(dice).id), false, None, 50).expect("sources"));
        }),
        query("one change", move |dice| {
            std::hint::black_box(store.change(some_change(dice, n_changes)).expect("change"));
        }),
        query("bytes of a version", move |dice| {
            let snapshot = SnapshotId(i64::try_from(1 + dice.below(n_bodies * EACH)).unwrap_or_default());
            std::hint::black_box(store.bytes(snapshot).expect("bytes"));
        }),
        query("one change, explained", move |dice| {
            std::hint::black_box(store.explain(some_change(dice, n_changes)).expect("explained"));
        }),
        query("the offices of a body", move |dice| {
            std::hint::black_box(store.states(&some(dice).id, None).expect("states"));
        }),
        query("the history of an office", move |dice| {
            std::hint::black_box(store.history(&some(dice).id, &OfficeId("anagrafe".into())).expect("history"));
        }),
    ]
}

fn some_change(dice: &mut Dice, n_changes: usize) -> ChangeId {
    ChangeId(i64::try_from(1 + dice.below(n_changes)).unwrap_or_default())
}
