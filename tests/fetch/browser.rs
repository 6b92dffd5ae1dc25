//! Pages that their scripts make, in a real Chromium. Skips, and says so, where it is not installed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use sportello::fetch::{FetchError, Fetcher, Limits, Render, Reply, Request, Response};
use url::Url;

use crate::server::{Act, Server, answer, page};
use crate::{fetcher, limits};

fn chromium() -> Option<&'static Path> {
    let found = ["/usr/bin/chromium", "/usr/local/bin/chromium"].into_iter().map(Path::new).find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: chromium is not installed (apt-get install chromium)");
    }
    found
}

fn has_chromium() -> bool {
    chromium().is_some()
}

async fn render(fetcher: &Fetcher, url: &str) -> Result<Response, FetchError> {
    let mut request = Request::new(Url::parse(url).unwrap());
    request.render = Render::Browser;
    match fetcher.get(&request).await? {
        Reply::Fresh(response) => Ok(response),
        Reply::Unchanged(_) => panic!("nothing was known"),
    }
}

async fn town() -> Server {
    Server::start("127.0.0.1", |seen| -> Act {
        match seen.path.as_str() {
            "/robots.txt" => answer("200 OK", "", b"User-agent: *\nDisallow: /chiuso\n"),
            "/uffici" => page("<!doctype html><html><head><title>Uffici</title><link rel=stylesheet href=/stile.css><script src=/app.js defer></script></head><body><div id=root></div><img src=/foto.jpg></body></html>"),
            "/app.js" => answer("200 OK", "Content-Type: text/javascript\r\n", b"fetch('/api/orari.json').then(r => r.json()).then(o => { document.getElementById('root').innerHTML = '<h1>' + o.ufficio + '</h1><p>' + o.orario + '</p>'; });"),
            "/api/orari.json" => answer("200 OK", "Content-Type: application/json\r\n", "{\"ufficio\": \"Ufficio Anagrafe\", \"orario\": \"Lunedì 9-12\"}".as_bytes()),
            "/sposta" => answer("302 Found", "Location: /uffici\r\n", b""),
            "/altrove" => answer("302 Found", "Location: http://127.0.0.9/\r\n", b""),
            "/fuga" => page("<script>location.href = 'http://127.0.0.9/rubato'</script>"),
            "/curioso" => page("<h1>Curioso</h1><script>fetch('http://169.254.169.254/latest/meta-data/').catch(e => document.body.append('rifiutato'))</script>"),
            "/eterno" => page("<h1>Eterno</h1><script>while (true) {}</script>"),
            "/irrequieto" => page("<h1>Irrequieto</h1><script>setInterval(() => fetch('/api/orari.json'), 100)</script>"),
            _ => answer("404 Not Found", "", b"no"),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_read_as_its_scripts_make_it() {
    if !has_chromium() {
        return;
    }
    let (town, fetcher) = (town().await, fetcher(Limits { respect_robots: true, ..limits() }));
    let response = render(&fetcher, &town.url("/uffici")).await.unwrap();
    let html = String::from_utf8(response.body.clone()).unwrap();
    assert!(html.contains("<h1>Ufficio Anagrafe</h1><p>Lunedì 9-12</p>"), "{html}");
    assert!(response.rendered && response.validators().etag.is_none());
    let asked = town.seen();
    assert!(asked.iter().all(|seen| seen.header("user-agent").unwrap().starts_with("Sportello/")));
    assert!(!town.paths().iter().any(|path| path == "/foto.jpg" || path == "/stile.css" || path == "/favicon.ico"), "{:?}", town.paths());

    let moved = render(&fetcher, &town.url("/sposta")).await.unwrap();
    assert_eq!((moved.url.path(), moved.redirects.len()), ("/uffici", 1));
    assert_eq!(town.paths().iter().filter(|path| *path == "/app.js").count(), 1, "scripts are kept from page to page");
    assert!(matches!(render(&fetcher, &town.url("/chiuso")).await, Err(FetchError::Disallowed { .. })));
    assert!(matches!(render(&fetcher, &town.url("/manca")).await, Err(FetchError::Status { status: 404, .. })));

    let known = Request { render: Render::Browser, ..Request::new(response.url.clone()).known(response.validators()) };
    assert!(matches!(fetcher.get(&known).await.unwrap(), Reply::Unchanged(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_redirects_nor_scripts_lead_out() {
    if !has_chromium() {
        return;
    }
    let (town, fetcher) = (town().await, fetcher(limits()));
    for path in ["/altrove", "/fuga"] {
        let error = render(&fetcher, &town.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::LeftSite { .. }), "{path}: {error:?}");
    }
    let curious = render(&fetcher, &town.url("/curioso")).await.unwrap();
    assert!(String::from_utf8_lossy(&curious.body).contains("rifiutato</body>"), "{}", String::from_utf8_lossy(&curious.body));
    let closed = self::fetcher(Limits { allow_private: false, ..limits() });
    assert!(matches!(render(&closed, &town.url("/uffici")).await, Err(FetchError::Private { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_never_ends_is_given_up_and_the_next_one_works() {
    if !has_chromium() {
        return;
    }
    let (town, fetcher) = (town().await, fetcher(Limits { timeout: Duration::from_secs(12), tabs: 1, ..limits() }));
    let error = render(&fetcher, &town.url("/eterno")).await.unwrap_err();
    assert!(matches!(error, FetchError::TimedOut { .. }), "{error:?}");
    let restless = render(&fetcher, &town.url("/irrequieto")).await.unwrap();
    assert!(String::from_utf8_lossy(&restless.body).contains("<h1>Irrequieto</h1>"));
}

#[tokio::test]
async fn a_missing_browser_and_a_hanging_one_are_told_apart() {
    let missing = fetcher(Limits { browser: Some("/nowhere/chromium".into()), ..limits() });
    let error = render(&missing, "http://127.0.0.1:1/").await.unwrap_err();
    assert!(
        matches!(&error, FetchError::Browser { missing: true, .. }) && error.to_string().contains("apt-get install chromium"),
        "{error}"
    );
    assert!(!error.is_transient());

    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("browser");
    std::fs::write(&program, "#!/bin/sh\nexec sleep 60\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let hanging = fetcher(Limits { browser: Some(program), idle: Duration::from_millis(300), ..limits() });
    let error = render(&hanging, "http://127.0.0.1:1/").await.unwrap_err();
    assert!(matches!(&error, FetchError::Browser { missing: false, why, .. } if why.contains("hangs")), "{error}");
    assert!(error.is_transient());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_hung_is_killed_and_the_next_page_gets_a_new_one() {
    let Some(chromium) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (program, pid) = (folder.path().join("browser"), folder.path().join("pid"));
    // hangs when it is started for the first time, and is a browser from then on
    let script = format!("#!/bin/sh\n[ -e {0} ] && exec {1} \"$@\"\necho $$ > {0}\nexec sleep 600\n", pid.display(), chromium.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let town = town().await;
    let fetcher = fetcher(Limits { browser: Some(program), idle: Duration::from_secs(12), ..limits() });
    let error = render(&fetcher, &town.url("/uffici")).await.unwrap_err();
    assert!(matches!(&error, FetchError::Browser { missing: false, .. }), "{error}");
    let response = render(&fetcher, &town.url("/uffici")).await.unwrap();
    assert!(String::from_utf8_lossy(&response.body).contains("Ufficio Anagrafe"));
    let pid = std::fs::read_to_string(pid).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(" Z "), "the one that hung still runs: {state}");
}
