//! A thousand sources on twenty hosts: what the servers' own logs say of our manners.

use std::time::{Duration, Instant};

use sportello::fetch::{Fetcher, Limits, Request};

use crate::server::{Act, Seen, Server};
use crate::{fetcher, get, limits};

const HOSTS: u8 = 20;
const SOURCES: usize = 1000;

async fn towns(act: impl Fn(Vec<u8>) -> Act + Copy + Send + Sync + 'static) -> Vec<Server> {
    let mut towns = Vec::new();
    for n in 1..=HOSTS {
        let body = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<h1>Uffici</h1>";
        towns.push(Server::start(&format!("127.0.0.{n}"), move |_| act(body.to_vec())).await);
    }
    towns
}

async fn visit_all(fetcher: &Fetcher, towns: &[Server]) {
    let mut visits = tokio::task::JoinSet::new();
    for n in 0..SOURCES {
        let (fetcher, url) = (fetcher.clone(), towns[n % towns.len()].url(&format!("/{n}")));
        visits.spawn(async move { get(&fetcher, &url).await.map(|response| response.status) });
    }
    while let Some(status) = visits.join_next().await {
        assert_eq!(status.expect("no panic").expect("a page"), 200);
    }
}

/// The most requests that overlapped, by the server's log.
fn at_once(log: &[Seen]) -> usize {
    let open_at = |at: Instant| log.iter().filter(|seen| seen.from <= at && seen.to.is_none_or(|to| to > at)).count();
    log.iter().map(|seen| open_at(seen.from)).max().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn never_closer_than_the_delay_and_never_more_at_once_than_allowed() {
    let delay = Duration::from_millis(20);
    // at once, and slower than the delay, so that requests to one host overlap
    for act in [Act::Send as fn(Vec<u8>) -> Act, |bytes| Act::After(Duration::from_millis(50), bytes)] {
        let towns = towns(act).await;
        let fetcher = fetcher(Limits { delay, per_host: 2, concurrency: 32, ..limits() });
        visit_all(&fetcher, &towns).await;
        let mut total = 0;
        for town in &towns {
            let log = town.seen();
            total += log.len();
            for pair in log.windows(2) {
                let gap = pair[1].from - pair[0].from;
                assert!(gap >= delay, "{}: {gap:?}", town.address);
            }
            assert!(at_once(&log) <= 2);
        }
        assert_eq!(total, SOURCES);
    }
}

/// Every host answers only when as many requests are open as it may get at once: done in time, all of them were.
#[tokio::test(flavor = "multi_thread")]
async fn full_speed_where_the_delay_is_zero() {
    let towns = towns(|bytes| Act::Together(2, SOURCES / usize::from(HOSTS), bytes)).await;
    let fetcher = fetcher(Limits { per_host: 2, concurrency: 2 * usize::from(HOSTS), ..limits() });
    let start = Instant::now();
    visit_all(&fetcher, &towns).await;
    eprintln!("{SOURCES} pages in {:?}", start.elapsed());
    let mut together = 0;
    for town in &towns {
        let log = town.seen();
        assert_eq!(log.len(), SOURCES / usize::from(HOSTS));
        assert!(at_once(&log) <= 2);
        together += usize::from(at_once(&log) == 2);
    }
    assert_eq!(together, towns.len(), "each host had its two at once");
}

/// Pages come no faster than they are dealt with: two that are kept in hand leave no place for a third.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_hand_keeps_its_place() {
    let towns = towns(Act::Send).await;
    let fetcher = fetcher(Limits { concurrency: 2, ..limits() });
    let take = |n: usize| {
        let (fetcher, request) = (fetcher.clone(), Request::new(towns[n].url("/uffici").parse().expect("an address")));
        async move { fetcher.take(&request).await.expect("a page") }
    };
    let (first, second) = (take(0).await, take(1).await);
    let third = tokio::spawn(take(2));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let given_back = Instant::now();
    drop(first);
    let third = third.await.expect("no panic");
    assert!(towns[2].seen().iter().all(|seen| seen.from >= given_back), "asked when a place was free again");
    // what is got without its place leaves it at once
    drop((second, third));
    for town in towns.iter().take(4) {
        get(&fetcher, &town.url("/orari")).await.expect("a page");
    }
}
