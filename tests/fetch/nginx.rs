//! nginx as Debian ships it: conditional requests, compression, HTTP/2. Skips, and says so, where it is not installed.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use sportello::fetch::{Fetcher, Limits, Reply, Request, Unchanged};
use url::Url;

use crate::{fetcher, limits, tls};

struct Nginx {
    child: Child,
    folder: tempfile::TempDir,
    plain: u16,
    secure: u16,
    root: Vec<u8>,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts nginx in the foreground, one process, everything in a temporary folder. `None`, loudly, where it is missing.
async fn nginx() -> Option<Nginx> {
    let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists());
    let Some(program) = program else {
        eprintln!("SKIPPED: nginx is not installed (apt-get install nginx-light)");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display().to_string();
    let authority = tls::authority();
    let (certificate, key) = tls::certificate(&authority, "localhost", 2090);
    std::fs::create_dir(folder.path().join("www")).unwrap();
    let page = format!("<html><body><h1>Uffici</h1>{}</body></html>", "<p>Anagrafe: dal lunedì al venerdì 9-12</p>".repeat(200));
    std::fs::write(folder.path().join("www/uffici.html"), page).unwrap();
    std::fs::write(folder.path().join("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
    // Between asking for a free port and nginx taking it another program may: then a second pair is tried.
    for _ in 0..5 {
        let (plain, secure) = (free_port(), free_port());
        let config = format!(
            "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log;\nevents {{}}\nhttp {{\n log_format f '$status $server_protocol $request_uri $body_bytes_sent';\n\
             access_log {at}/access.log f; client_body_temp_path {at}/b; proxy_temp_path {at}/p; fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n\
             types {{ text/html html; }} gzip on; gzip_min_length 100;\n\
             server {{ listen 127.0.0.1:{plain}; root {at}/www; location /moved {{ return 301 https://localhost:{secure}/uffici.html; }} }}\n\
             server {{ listen 127.0.0.1:{secure} ssl http2; ssl_certificate {at}/cert.pem; ssl_certificate_key {at}/key.pem; root {at}/www; }}\n}}\n"
        );
        std::fs::write(folder.path().join("nginx.conf"), config).unwrap();
        let mut child = Command::new(program)
            .args(["-c", &format!("{at}/nginx.conf"), "-p", &at, "-e", &format!("{at}/error.log")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while child.try_wait().unwrap().is_none() {
            if tokio::net::TcpStream::connect(("127.0.0.1", secure)).await.is_ok()
                && tokio::net::TcpStream::connect(("127.0.0.1", plain)).await.is_ok()
            {
                return Some(Nginx { child, folder, plain, secure, root: authority.pem().into_bytes() });
            }
            tokio::task::yield_now().await;
        }
    }
    panic!("nginx does not start: {}", std::fs::read_to_string(format!("{at}/error.log")).unwrap_or_default());
}

impl Nginx {
    fn fetcher(&self) -> Fetcher {
        fetcher(Limits { extra_roots: vec![self.root.clone()], ..limits() })
    }

    fn request(&self, path: &str) -> Request {
        Request::new(Url::parse(&format!("http://localhost:{}{path}", self.plain)).unwrap())
    }

    /// The first `lines` lines of the log: nginx writes each after its answer has left.
    async fn log(&self, lines: usize) -> String {
        loop {
            let log = std::fs::read_to_string(self.folder.path().join("access.log")).unwrap();
            if log.lines().count() >= lines {
                return log;
            }
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn an_unchanged_page_costs_a_304_and_a_changed_one_its_bytes() {
    let Some(nginx) = nginx().await else { return };
    let (fetcher, request) = (nginx.fetcher(), nginx.request("/uffici.html"));
    let Reply::Fresh(first) = fetcher.get(&request).await.unwrap() else { panic!("nothing was known") };
    assert!(first.header("etag").unwrap().starts_with("W/"), "compressed on the fly, so the tag is weak");
    assert!(first.body.starts_with(b"<html><body><h1>Uffici") && first.body.len() > 8000, "decompressed");

    let known = request.clone().known(first.validators());
    let Reply::Unchanged(Unchanged { not_modified: true, validators, bytes: 0, .. }) = fetcher.get(&known).await.unwrap() else {
        panic!("nginx should say 304 to its own validators: {}", nginx.log(2).await);
    };
    assert_eq!(validators.last_modified, first.validators().last_modified);

    // A date of our own beside the right ETag: default nginx compares dates exactly and sends everything again.
    let mut ours = first.validators();
    ours.last_modified = Some("Mon, 01 Jan 2040 00:00:00 GMT".into());
    let again = fetcher.get(&request.clone().known(ours)).await.unwrap();
    assert!(matches!(again, Reply::Unchanged(Unchanged { not_modified: false, .. })), "told by the hash alone");

    std::fs::write(nginx.folder.path().join("www/uffici.html"), "<html><body>Nuovi orari</body></html>").unwrap();
    let Reply::Fresh(second) = fetcher.get(&request.known(validators)).await.unwrap() else { panic!("the page changed") };
    assert_eq!(second.body, b"<html><body>Nuovi orari</body></html>");
    let statuses: Vec<String> = nginx.log(4).await.lines().map(|line| line[..3].to_owned()).collect();
    assert_eq!(statuses, ["200", "304", "200", "200"]);
}

#[tokio::test]
async fn http_2_over_tls_after_a_redirect() {
    let Some(nginx) = nginx().await else { return };
    let Reply::Fresh(response) = nginx.fetcher().get(&nginx.request("/moved")).await.unwrap() else { panic!() };
    assert_eq!(response.url.as_str(), format!("https://localhost:{}/uffici.html", nginx.secure));
    assert_eq!(response.redirects.len(), 1);
    let log = nginx.log(2).await;
    assert!(log.contains("200 HTTP/2.0 /uffici.html"), "{log}");
}
