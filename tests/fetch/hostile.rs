//! Servers that are slow, endless, lying or malicious: each gives the right kind of error, in bounded time and memory.

use std::io::Write;
use std::time::Duration;

use sportello::fetch::{FetchError, Limits, Reply, Request, Validators, Verdict, judge};
use url::Url;

use crate::server::{Act, Server, answer, page};
use crate::{fetcher, get, limits};

fn hasty() -> Limits {
    Limits { timeout: Duration::from_millis(900), idle: Duration::from_millis(300), max_bytes: 1 << 20, ..limits() }
}

/// 8 MiB of nothing in a few kilobytes.
fn gzip_bomb() -> Vec<u8> {
    static BOMB: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&vec![0; 8 << 20]).unwrap();
        gzip.finish().unwrap()
    });
    BOMB.clone()
}

/// The same in the other codings that we say we take.
fn brotli_bomb() -> Vec<u8> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, 1, 20);
    writer.write_all(&vec![0; 8 << 20]).unwrap();
    drop(writer);
    packed
}

fn zstd_bomb() -> Vec<u8> {
    zstd::encode_all(&vec![0; 8 << 20][..], 1).unwrap()
}

async fn hostile() -> Server {
    let bomb = gzip_bomb();
    let (brotli_bomb, zstd_bomb) = (brotli_bomb(), zstd_bomb());
    assert!(bomb.len().max(brotli_bomb.len()).max(zstd_bomb.len()) < 256 << 10, "a bomb is small");
    Server::start("127.0.0.1", move |seen| match seen.path.as_str() {
        "/hang" => Act::Hang,
        "/slow-head" => Act::Repeat(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-Drop: a\r\n".to_vec(), Duration::from_millis(40)),
        "/slow-body" => {
            Act::Repeat(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec(), b"a".to_vec(), Duration::from_millis(40))
        }
        "/stalls" => Act::Repeat(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc".to_vec(), b"d".to_vec(), Duration::from_secs(600)),
        "/endless" => Act::Repeat(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'a'; 65_536], Duration::ZERO),
        "/endless-head" => {
            Act::Repeat(b"HTTP/1.1 200 OK\r\n".to_vec(), format!("X: {}\r\n", "a".repeat(8000)).into_bytes(), Duration::ZERO)
        }
        "/bomb" => answer("200 OK", "Content-Encoding: gzip\r\n", &bomb),
        "/brotli-bomb" => answer("200 OK", "Content-Encoding: br\r\n", &brotli_bomb),
        "/zstd-bomb" => answer("200 OK", "Content-Encoding: zstd\r\n", &zstd_bomb),
        "/unasked-coding" => answer("200 OK", "Content-Type: text/html\r\nContent-Encoding: compress\r\n", b"\x1f\x9d\x90<\0\0"),
        "/broken-gzip" => answer("200 OK", "Content-Encoding: gzip\r\n", b"this is no gzip"),
        "/too-long" => Act::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nabc".to_vec()),
        "/short" => Act::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html><body>only the beginn".to_vec()),
        "/two-lengths" => Act::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde".to_vec()),
        "/no-http" => Act::SendAndClose(b"220 mail.example ESMTP\r\n".to_vec()),
        "/nothing" => Act::SendAndClose(Vec::new()),
        "/circle-a" => answer("302 Found", "Location: /circle-b\r\n", b""),
        "/circle-b" => answer("302 Found", "Location: /circle-a\r\n", b""),
        "/metadata" => answer("302 Found", "Location: http://169.254.169.254/latest/meta-data/\r\n", b""),
        "/elsewhere" => answer("301 Moved", "Location: http://127.0.0.9/\r\n", b""),
        "/file" => answer("302 Found", "Location: file:///etc/passwd\r\n", b""),
        "/nowhere" => answer("302 Found", "", b""),
        "/old" => Act::SendAndClose(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>from the last century</p>".to_vec()),
        "/latin1" => answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", b"<p>Luned\xec e marted\xec</p>"),
        "/busy" => answer("503 Service Unavailable", "Retry-After: 120\r\n", b"<h1>Sito in manutenzione</h1>"),
        "/guarded" => answer("403 Forbidden", "cf-mitigated: challenge\r\n", b"<title>Just a moment...</title>"),
        "/gone" => answer("410 Gone", "", b""),
        path if path.starts_with("/step/") => {
            let n: u32 = path.trim_start_matches("/step/").parse().unwrap_or_default();
            answer("302 Found", &format!("Location: /step/{}\r\n", n + 1), b"")
        }
        "/moved" => answer("301 Moved Permanently", "Location: /new#part\r\n", b"moved"),
        "/new" => page("<h1>Ufficio anagrafe</h1><p>Lunedì 9-12</p>"),
        "/liar" => answer("304 Not Modified", "", b""),
        _ => answer("404 Not Found", "", b"no"),
    })
    .await
}

#[tokio::test]
async fn slow_servers_run_into_their_time_limits() {
    let (server, fetcher) = (hostile().await, fetcher(hasty()));
    for path in ["/hang", "/slow-head", "/slow-body", "/stalls"] {
        let error = get(&fetcher, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::TimedOut { .. }), "{path}: {error:?}");
        assert!(error.is_transient() && error.to_string().starts_with("127.0.0.1 did not "), "{path}: {error}");
    }
}

#[tokio::test]
async fn endless_and_exploding_bodies_are_cut_at_the_limit() {
    let (server, fetcher) = (hostile().await, fetcher(Limits { max_bytes: 1 << 20, ..limits() }));
    for path in ["/endless", "/bomb", "/brotli-bomb", "/zstd-bomb", "/too-long"] {
        let error = get(&fetcher, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLong { limit: 1_048_576, .. }), "{path}: {error:?}");
    }
    let error = get(&fetcher, &server.url("/endless-head")).await.unwrap_err();
    assert!(matches!(error, FetchError::Protocol { .. }), "{error:?}");
}

#[tokio::test]
async fn broken_answers_are_no_pages() {
    let (server, fetcher) = (hostile().await, fetcher(hasty()));
    for path in ["/short", "/broken-gzip"] {
        let error = get(&fetcher, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::Truncated { .. }), "{path}: {error:?}");
    }
    for path in ["/no-http", "/nothing", "/two-lengths"] {
        let error = get(&fetcher, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::Protocol { .. }), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn redirects_stay_in_bounds_and_on_the_site() {
    let (server, fetcher) = (hostile().await, fetcher(hasty()));
    for path in ["/circle-a", "/step/1"] {
        let error = get(&fetcher, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::Redirects { .. }), "{path}: {error:?}");
    }
    assert!(matches!(get(&fetcher, &server.url("/elsewhere")).await, Err(FetchError::LeftSite { .. })));
    assert!(matches!(get(&fetcher, &server.url("/nowhere")).await, Err(FetchError::BadRedirect { status: 302, .. })));
    assert!(matches!(get(&fetcher, &server.url("/file")).await, Err(FetchError::Address(_))));
    let moved = get(&fetcher, &server.url("/moved")).await.unwrap();
    assert_eq!((moved.url.path(), moved.url.fragment(), moved.redirects.len()), ("/new", None, 1));
}

#[tokio::test]
async fn metadata_and_private_addresses_are_refused_at_every_hop() {
    let server = hostile().await;
    // Even with private addresses allowed and the site left free, no office lives at a link-local address.
    let fetcher_here = fetcher(hasty());
    let mut request = Request::new(Url::parse(&server.url("/metadata")).unwrap());
    request.scope = sportello::fetch::Scope::anywhere();
    let error = fetcher_here.get(&request).await.unwrap_err();
    assert!(matches!(error, FetchError::Private { .. }), "{error:?}");

    let public_only = fetcher(Limits { allow_private: false, ..hasty() });
    for url in [
        server.url("/new"),
        format!("http://localhost:{}/new", server.address.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", server.address.port()),
    ] {
        let error = get(&public_only, &url).await.unwrap_err();
        assert!(matches!(error, FetchError::Private { .. }), "{url}: {error:?}");
    }
    assert_eq!(server.paths(), ["/metadata"], "nothing else was sent");
}

#[tokio::test]
async fn the_dead_are_told_from_the_unknown() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let fetcher = fetcher(hasty());
    assert!(matches!(get(&fetcher, &format!("http://127.0.0.1:{port}/")).await, Err(FetchError::Refused { .. })));
    let error = get(&fetcher, "http://questo-nome-non-esiste.invalid/").await.unwrap_err();
    assert!(matches!(error, FetchError::Dns { .. }), "{error:?}");
    assert!(matches!(get(&fetcher, "ftp://h.it/").await, Err(FetchError::Address(_))));
}

#[tokio::test]
async fn statuses_carry_what_the_error_page_is() {
    let (server, fetcher) = (hostile().await, fetcher(hasty()));
    let status = async |path: &str| match get(&fetcher, &server.url(path)).await {
        Err(FetchError::Status { status, verdict, retry_after, .. }) => (status, verdict, retry_after),
        other => panic!("{path}: {other:?}"),
    };
    assert_eq!(status("/guarded").await, (403, Some(Verdict::BotChallenge("Cloudflare")), None));
    assert_eq!(status("/gone").await, (410, None, None));
    assert_eq!(status("/liar").await, (304, None, None), "nothing was asked conditionally");
    assert_eq!(status("/busy").await, (503, Some(Verdict::Maintenance), Some(Duration::from_secs(120))));
    // Retry-After holds for the host: nothing is sent until then.
    let before = server.seen().len();
    let error = get(&fetcher, &server.url("/new")).await.unwrap_err();
    assert!(matches!(&error, FetchError::Resting { .. }), "{error:?}");
    assert!(error.retry_after().unwrap() > Duration::from_secs(100));
    assert_eq!(server.seen().len(), before);
}

#[tokio::test]
async fn old_protocols_and_mixed_charsets_are_read() {
    let (server, fetcher) = (hostile().await, fetcher(hasty()));
    assert_eq!(get(&fetcher, &server.url("/old")).await.unwrap().body, b"<p>from the last century</p>");
    let latin = get(&fetcher, &server.url("/latin1")).await.unwrap();
    assert_eq!(latin.body, b"<p>Luned\xec e marted\xec</p>", "bytes as received");
    let document = sportello::document::read(&sportello::document::Input {
        bytes: &latin.body,
        content_type: latin.content_type(),
        ..Default::default()
    });
    assert_eq!(document.blocks[0].text, "Lunedì e martedì");
    assert_eq!(judge(&latin, &document), None);
}

#[tokio::test]
async fn same_bytes_are_unchanged_whatever_the_server_says() {
    let server = Server::start("127.0.0.1", |seen| {
        let etag = format!("ETag: \"{}\"\r\n", seen.from.elapsed().as_nanos());
        answer("200 OK", &etag, b"<p>always the same</p>")
    })
    .await;
    let fetcher = fetcher(hasty());
    let url = Url::parse(&server.url("/")).unwrap();
    let first = get(&fetcher, url.as_str()).await.unwrap();
    let request = Request::new(url).known(first.validators());
    let Reply::Unchanged(unchanged) = fetcher.get(&request).await.unwrap() else { panic!("the bytes are the same") };
    assert!(!unchanged.not_modified);
    assert_ne!(unchanged.validators.etag, first.validators().etag, "the newest validators are kept");
    assert!(matches!(fetcher.get(&Request { force: true, ..request }).await, Ok(Reply::Fresh(_))));
}

#[tokio::test]
async fn a_server_that_says_304_for_ever_is_asked_without_conditions_now_and_then() {
    let server = Server::start("127.0.0.1", |seen| match seen.header("if-none-match") {
        Some(_) => answer("304 Not Modified", "", b""),
        None => answer("200 OK", "ETag: \"never-changes\"\r\n", seen.path.as_bytes()),
    })
    .await;
    let fetcher = fetcher(hasty());
    let known = Validators { etag: Some("\"never-changes\"".into()), sha256: Some([7; 32]), ..Validators::default() };
    let request = Request::new(Url::parse(&server.url("/now")).unwrap());
    let ask = |streak| request.clone().known(known.clone().after_streak(streak));
    assert!(matches!(fetcher.get(&ask(3)).await.unwrap(), Reply::Unchanged(u) if u.not_modified));
    assert!(matches!(fetcher.get(&ask(24)).await.unwrap(), Reply::Fresh(response) if response.body == b"/now"), "the lie is found out");
}

#[tokio::test]
async fn the_program_says_who_it_is() {
    let server = hostile().await;
    let fetcher_named = fetcher(Limits { contact: Some("https://sportello.example.org".into()), ..hasty() });
    get(&fetcher_named, &server.url("/new")).await.unwrap();
    let seen = &server.seen()[0];
    let expected = format!("Sportello/{} (+https://sportello.example.org)", env!("CARGO_PKG_VERSION"));
    assert_eq!(seen.header("user-agent"), Some(expected.as_str()));
    let accepted = seen.header("accept-encoding").unwrap();
    assert!(["gzip", "br", "zstd"].iter().all(|coding| accepted.contains(coding)), "{accepted}");
    let bad = sportello::fetch::Fetcher::new(Limits { contact: Some("a\r\nb".into()), ..hasty() });
    assert!(matches!(bad, Err(FetchError::Setup(_))));
}
