use super::*;

fn ledger(delay_ms: u64) -> (Ledger, Instant) {
    let limits = Limits { delay: Duration::from_millis(delay_ms), ..Limits::default() };
    (Ledger::new(&limits), Instant::now())
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[test]
fn the_gap_is_counted_from_when_the_request_surely_arrived() {
    let (mut ledger, t) = ledger(100);
    assert_eq!(ledger.start("a", t, false), Turn::Go);
    assert!(matches!(ledger.start("a", t + ms(500), false), Turn::NotBefore(_)), "its head has not come");
    ledger.head("a", t + ms(600));
    assert_eq!(ledger.start("a", t + ms(650), false), Turn::NotBefore(t + ms(700)));
    assert_eq!(ledger.start("b", t + ms(650), false), Turn::Go, "another host is another matter");
    assert_eq!(ledger.start("a", t + ms(700), false), Turn::Go);
}

#[test]
fn a_server_that_thinks_for_long_does_not_block_for_ever() {
    let (mut ledger, t) = ledger(100);
    ledger.start("a", t, false);
    assert_eq!(ledger.start("a", t + HEAD_PATIENCE, false), Turn::Go);
}

#[test]
fn no_delay_means_full_speed() {
    let (mut ledger, t) = ledger(0);
    for _ in 0..100 {
        assert_eq!(ledger.start("a", t, false), Turn::Go);
    }
}

#[test]
fn a_dead_host_rests_longer_each_time_and_one_request_tries_again() {
    let (mut ledger, mut t) = ledger(0);
    for _ in 0..3 {
        assert_eq!(ledger.start("a", t, false), Turn::Go);
        ledger.finish("a", t, false, Outcome::Dead("refused".into()));
    }
    let Turn::Resting(first, why) = ledger.start("a", t, false) else { panic!("the circuit should be open") };
    assert_eq!(why, "refused");
    assert!(first - t >= Duration::from_secs(22) && first - t <= Duration::from_secs(30));
    t = first;
    assert_eq!(ledger.start("a", t, false), Turn::Go, "half open");
    assert!(matches!(ledger.start("a", t, false), Turn::NotBefore(_)), "only one tries");
    ledger.finish("a", t, false, Outcome::Dead("refused".into()));
    let Turn::Resting(second, _) = ledger.start("a", t, false) else { panic!("open again") };
    assert!(second - t >= Duration::from_secs(45), "twice as long, less jitter: {:?}", second - t);
    t = second;
    assert_eq!(ledger.start("a", t, false), Turn::Go);
    ledger.finish("a", t, false, Outcome::Answered);
    assert_eq!(ledger.start("a", t, false), Turn::Go);
    assert_eq!(ledger.start("a", t, false), Turn::Go);
}

#[test]
fn retry_after_is_obeyed_up_to_an_hour() {
    let (mut ledger, t) = ledger(0);
    ledger.start("a", t, false);
    ledger.finish("a", t, true, Outcome::Strained(Some(Duration::from_secs(90)), "429".into()));
    assert_eq!(ledger.start("a", t + ms(1), false), Turn::Resting(t + Duration::from_secs(90), "429".into()));
    assert_eq!(ledger.start("a", t + Duration::from_secs(90), false), Turn::Go);
    ledger.finish("a", t, true, Outcome::Strained(Some(Duration::from_secs(1 << 40)), "429".into()));
    assert_eq!(ledger.start("a", t, false), Turn::Resting(t + MAX_REST, "429".into()));
}

#[test]
fn faults_widen_the_gap_and_an_answer_closes_it() {
    let (mut ledger, t) = ledger(1000);
    ledger.start("a", t, false);
    ledger.finish("a", t, false, Outcome::Strained(None, "500".into()));
    let Turn::NotBefore(at) = ledger.start("a", t, false) else { panic!("it should wait") };
    assert!(at - t >= ms(1500) && at - t <= ms(2000), "{:?}", at - t);
    let t = at + ms(1000);
    assert_eq!(ledger.start("a", t, false), Turn::Go);
    ledger.finish("a", t, false, Outcome::Answered);
    assert_eq!(ledger.start("a", t, false), Turn::NotBefore(t + ms(1000)));
}

#[test]
fn parts_of_a_page_need_not_keep_the_gap_but_the_next_page_does() {
    let (mut ledger, t) = ledger(1000);
    ledger.start("a", t, false);
    ledger.head("a", t);
    assert_eq!(ledger.start("a", t + ms(10), true), Turn::Go);
    ledger.head("a", t + ms(20));
    assert_eq!(ledger.start("a", t + ms(500), false), Turn::NotBefore(t + ms(1020)));
}

#[test]
fn crawl_delay_has_a_bound() {
    let (mut ledger, t) = ledger(10);
    ledger.crawl_delay("a", Duration::from_secs(1_000_000));
    ledger.start("a", t, false);
    ledger.head("a", t);
    assert_eq!(ledger.start("a", t, false), Turn::NotBefore(t + Duration::from_secs(30)));
}

#[test]
fn idle_hosts_are_forgotten() {
    let (mut ledger, t) = ledger(10);
    for n in 0..MANY_HOSTS {
        let host = n.to_string();
        ledger.start(&host, t, false);
        ledger.finish(&host, t, false, Outcome::Answered);
    }
    ledger.start("one more", t + Duration::from_secs(60), false);
    assert_eq!(ledger.hosts.len(), 1);
}

#[test]
fn backoff_doubles_and_never_overflows() {
    let s = Duration::from_secs;
    assert_eq!(backoff(s(1), s(60), 1, 0.0), s(1));
    assert_eq!(backoff(s(1), s(60), 4, 0.0), s(8));
    assert_eq!(backoff(s(1), s(60), u32::MAX, 0.0), s(60));
    assert_eq!(backoff(s(8), s(60), 1, 1.0), s(6));
}
