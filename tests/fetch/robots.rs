//! robots.txt, asked from a real server: once a host, honoured, and its absence told from its failure.

use std::time::{Duration, Instant};

use sportello::fetch::{FetchError, Limits};

use crate::server::{Act, Server, answer, page};
use crate::{fetcher, get, limits};

fn honest() -> Limits {
    Limits { respect_robots: true, timeout: Duration::from_secs(5), ..limits() }
}

async fn site(robots: impl Fn() -> Act + Send + Sync + 'static) -> Server {
    Server::start("127.0.0.1", move |seen| match seen.path.as_str() {
        "/robots.txt" => robots(),
        "/r5" => answer("302 Found", "Location: /rules\r\n", b""),
        "/rules" => answer("200 OK", "", b"User-agent: *\nDisallow: /chiuso\n"),
        "/to-closed" => answer("302 Found", "Location: /chiuso/x\r\n", b""),
        path if path.starts_with("/hop") => {
            let n: u32 = path[4..].parse().unwrap_or(0);
            answer("301 Moved", &if n < 4 { format!("Location: /hop{}\r\n", n + 1) } else { "Location: /rules\r\n".to_owned() }, b"")
        }
        _ => page("<p>pagina</p>"),
    })
    .await
}

#[tokio::test]
async fn rules_are_asked_once_and_honoured_at_every_hop() {
    let server =
        site(|| answer("200 OK", "", b"User-agent: *\nDisallow: /\n\nUser-agent: Sportello\nDisallow: /chiuso\nAllow: /chiuso/orari\n"))
            .await;
    let fetcher = fetcher(honest());
    let (a, b, orari) = (server.url("/a"), server.url("/b"), server.url("/chiuso/orari"));
    let (one, two, three) = tokio::join!(get(&fetcher, &a), get(&fetcher, &b), get(&fetcher, &orari));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    for path in ["/chiuso", "/to-closed"] {
        let error = get(&fetcher, &server.url(path)).await.unwrap_err();
        assert!(matches!(&error, FetchError::Disallowed { path, .. } if path.starts_with("/chiuso")), "{error:?}");
    }
    let paths = server.paths();
    assert_eq!(paths.iter().filter(|path| *path == "/robots.txt").count(), 1);
    assert!(!paths.iter().any(|path| path == "/chiuso" || path == "/chiuso/x"), "{paths:?}");
}

#[tokio::test]
async fn no_rules_open_everything_and_broken_ones_nothing() {
    let fetcher = fetcher(honest());
    let missing = site(|| answer("404 Not Found", "", b"<h1>404</h1>")).await;
    assert!(get(&fetcher, &missing.url("/chiuso")).await.is_ok());
    let broken = site(|| answer("500 Oops", "", b"")).await;
    let error = get(&fetcher, &broken.url("/a")).await.unwrap_err();
    assert!(matches!(error, FetchError::RobotsUnreachable { .. }) && error.is_transient(), "{error:?}");
    assert_eq!(broken.paths(), ["/robots.txt"]);
    let mute = site(|| Act::SendAndClose(Vec::new())).await;
    assert!(matches!(get(&fetcher, &mute.url("/a")).await, Err(FetchError::RobotsUnreachable { .. })));
}

#[tokio::test]
async fn five_redirects_are_followed_to_the_rules() {
    let server = site(|| answer("302 Found", "Location: /hop1\r\n", b"")).await;
    let fetcher = fetcher(honest());
    assert!(matches!(get(&fetcher, &server.url("/chiuso/x")).await, Err(FetchError::Disallowed { .. })), "{:?}", server.paths());
    assert!(get(&fetcher, &server.url("/a")).await.is_ok());
}

#[tokio::test]
async fn half_a_mebibyte_of_rules_is_read_and_no_more() {
    let mut text = "User-agent: *\n".to_owned();
    while text.len() < 480 << 10 {
        text.push_str("# one of many lines that say nothing at all\n");
    }
    text.push_str("Disallow: /chiuso\n");
    text.push_str(&"# more\n".repeat(300_000));
    let server = site(move || answer("200 OK", "", text.as_bytes())).await;
    let fetcher = fetcher(Limits { max_bytes: 1000, ..honest() });
    assert!(matches!(get(&fetcher, &server.url("/chiuso")).await, Err(FetchError::Disallowed { .. })));
    assert!(get(&fetcher, &server.url("/a")).await.is_ok());
}

#[tokio::test]
async fn a_crawl_delay_is_kept_up_to_its_bound() {
    let server = site(|| answer("200 OK", "", b"User-agent: *\nCrawl-delay: 100000\n")).await;
    let bound = Duration::from_millis(120);
    let fetcher = fetcher(Limits { max_crawl_delay: bound, ..honest() });
    let start = Instant::now();
    for path in ["/a", "/b"] {
        get(&fetcher, &server.url(path)).await.unwrap();
    }
    let seen = server.seen();
    for pair in seen.windows(2) {
        assert!(pair[1].from - pair[0].from >= bound, "{:?}", pair[1].from - pair[0].from);
    }
    assert!(start.elapsed() < Duration::from_secs(60), "the delay asked for is longer than a day");
}
