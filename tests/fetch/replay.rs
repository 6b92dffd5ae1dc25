//! Archives instead of the network: folders and WARC files answer as the sites did.

use std::io::Write;
use std::path::Path;

use sportello::fetch::{FetchError, Fetcher, ListReply, Reply, Request};
use url::Url;

use crate::get;

fn write(root: &Path, name: &str, content: &[u8]) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

#[tokio::test]
async fn a_folder_of_saved_pages() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "www.h.it/index.html", b"<h1>Comune</h1>");
    write(root, "www.h.it/uffici/anagrafe.html", b"<h1>Anagrafe</h1>");
    write(root, "www.h.it/novita", b"<main><a href='/novita/uno'>Primo avviso</a><a href='/novita/due'>Secondo avviso</a></main>");
    write(root, "www.h.it/vecchia.headers", b"HTTP/1.1 301 Moved\r\nLocation: /uffici/anagrafe.html\r\n\r\n");
    write(root, "www.h.it/fuori.headers", b"HTTP/1.1 302 Found\nLocation: https://altro.it/\n");
    write(root, "www.h.it/rotta.headers", b"HTTP/1.1 503 Service Unavailable\n");
    let fetcher = Fetcher::replay(root, None).unwrap();
    assert_eq!(get(&fetcher, "https://www.h.it/").await.unwrap().body, b"<h1>Comune</h1>");
    let moved = get(&fetcher, "https://www.h.it/vecchia").await.unwrap();
    assert_eq!((moved.url.path(), moved.content_type()), ("/uffici/anagrafe.html", Some("text/html")));
    assert!(matches!(get(&fetcher, "https://www.h.it/fuori").await, Err(FetchError::LeftSite { .. })));
    assert!(matches!(get(&fetcher, "https://www.h.it/rotta").await, Err(FetchError::Status { status: 503, .. })));
    assert!(matches!(get(&fetcher, "https://www.h.it/manca").await, Err(FetchError::NotInArchive { .. })));
    assert!(matches!(get(&fetcher, "https://www.h.it/%2e%2e/%2e%2e/etc/passwd").await, Err(FetchError::NotInArchive { .. })));

    let known = Request::new(moved.url.clone()).known(moved.validators());
    assert!(matches!(fetcher.get(&known).await.unwrap(), Reply::Unchanged(_)));
    let list = Request::new(Url::parse("https://www.h.it/novita").unwrap());
    let ListReply::Fresh(found) = fetcher.list(&list, None, 3).await.unwrap() else { panic!() };
    assert_eq!(found.listing.articles.len(), 2);
}

fn record(kind: &str, url: &str, date: &str, block: &[u8]) -> Vec<u8> {
    let mut record = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Type: application/http; msgtype={kind}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    )
    .into_bytes();
    record.extend_from_slice(block);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

fn records() -> Vec<Vec<u8>> {
    let url = "https://www.h.it/uffici";
    vec![
        record("warcinfo", "", "2020-01-01T00:00:00Z", b"software: nobody\r\n"),
        record("request", url, "2020-03-01T00:00:00Z", b"GET /uffici HTTP/1.1\r\n\r\n"),
        record(
            "response",
            url,
            "2020-03-01T00:00:00Z",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nprima\r\n0\r\n\r\n",
        ),
        record("response", url, "2020-04-01T00:00:00Z", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\ndopo"),
        record("response", "https://www.h.it/", "2020-04-01T00:00:00Z", b"HTTP/1.1 302 Found\r\nLocation: /uffici\r\n\r\n"),
    ]
}

#[tokio::test]
async fn warc_files_plain_and_compressed_at_an_instant() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("a.warc");
    std::fs::write(&plain, records().concat()).unwrap();
    let packed = folder.path().join("b.warc.gz");
    let members: Vec<Vec<u8>> = records()
        .into_iter()
        .map(|record| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(&record).unwrap();
            gzip.finish().unwrap()
        })
        .collect();
    std::fs::write(&packed, members.concat()).unwrap();
    for archive in [plain.as_path(), packed.as_path(), folder.path()] {
        let body = async |at: Option<&str>| {
            let fetcher = Fetcher::replay(archive, at.map(|at| at.parse().unwrap())).unwrap();
            get(&fetcher, "https://www.h.it/uffici").await.map(|response| String::from_utf8(response.body).unwrap())
        };
        assert_eq!(body(None).await.unwrap(), "dopo", "{}", archive.display());
        assert_eq!(body(Some("2020-03-15T00:00:00Z")).await.unwrap(), "prima");
        assert!(matches!(body(Some("2019-01-01T00:00:00Z")).await, Err(FetchError::NotInArchive { .. })));
        let fetcher = Fetcher::replay(archive, None).unwrap();
        assert_eq!(get(&fetcher, "https://www.h.it/").await.unwrap().url.path(), "/uffici");
    }
}

#[test]
fn what_is_no_archive_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.warc");
    std::fs::write(&file, b"\x00\x01 something else\n").unwrap();
    assert!(matches!(Fetcher::replay(&file, None), Err(FetchError::Archive { .. })));
    assert!(matches!(Fetcher::replay(&folder.path().join("missing"), None), Err(FetchError::Archive { .. })));
}
