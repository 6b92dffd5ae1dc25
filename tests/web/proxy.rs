//! Behind a web server: the example of docs/PROXY.md with a real nginx, the Unix socket, and the end of a service.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use sportello::config::settings::{Listen, Web};
use sportello::round::Clock;
use sportello::web::{Site, listen, serve};
use tokio::sync::watch;

use crate::server::runtime;
use crate::town::{PLAIN, now, town};

struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The `location` blocks of the document's first nginx example, with another socket.
fn example(socket: &str) -> String {
    let text = include_str!("../../docs/PROXY.md");
    let block = text.split("```nginx").nth(1).unwrap().split("```").next().unwrap();
    let locations = &block[block.find("    location / {").unwrap()..block.rfind('}').unwrap()];
    assert!(locations.contains("unix:/run/sportello/web.sock"));
    locations.replace("/run/sportello/web.sock", socket)
}

async fn get(port: u16, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.get(format!("http://127.0.0.1:{port}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[test]
fn the_example_for_nginx_serves_the_site_and_says_who_asks() {
    let Some(program) = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists()) else {
        eprintln!("SKIPPED: nginx is not installed (apt-get install nginx-light)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display().to_string();
    let socket = format!("{at}/web.sock");
    let (stop, stopped) = watch::channel(false);
    runtime().block_on(async {
        let listeners = listen(&Listen::Unix(socket.clone().into())).await.unwrap();
        let settings = Web { listen: None, public_url: "https://sportello.example.org".into(), ..Web::default() };
        let site = Arc::new(Site::new(town(&PLAIN), settings, Clock::Fixed(now())));
        let served = tokio::spawn(serve(listeners, site, None, stopped));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log;\nevents {{}}\nhttp {{\n access_log off; client_body_temp_path {at}/b; \
             proxy_temp_path {at}/p; fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n server {{ listen 127.0.0.1:{port};\n{} }}\n}}\n",
            example(&socket)
        );
        std::fs::write(folder.path().join("nginx.conf"), config).unwrap();
        let arguments = ["-c", &format!("{at}/nginx.conf"), "-p", &at, "-e", &format!("{at}/error.log")];
        let mut nginx = Nginx(Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(nginx.0.try_wait().unwrap().is_none(), "{}", std::fs::read_to_string(format!("{at}/error.log")).unwrap_or_default());
            tokio::task::yield_now().await;
        }
        let page = get(port, "/it/enti/comune-altolago", &[]).await;
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("https://sportello.example.org/enti/comune-altolago"));
        assert_eq!(get(port, "/metrics", &[]).await.status(), 404);
        // nginx adds this machine's address behind what the reader wrote: the reader cannot choose whose allowance is counted
        let left = async |forged: &str| {
            let got = get(port, "/api/v1/bodies", &[("x-forwarded-for", forged)]).await;
            got.headers().get("ratelimit").unwrap().to_str().unwrap().split(";r=").nth(1).unwrap().split(';').next().unwrap().parse::<u32>().unwrap()
        };
        let (first, second) = (left("198.51.100.1").await, left("198.51.100.2").await);
        assert!(first < 300 && second <= first, "{first} {second}");
        drop(nginx);
        stop.send_replace(true);
        served.await.unwrap();
    });
}

#[test]
fn a_socket_that_a_killed_service_left_is_taken_over_and_one_in_use_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.sock");
    runtime().block_on(async {
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let first = listen(&Listen::Unix(path.clone())).await.unwrap();
        let refused = listen(&Listen::Unix(path.clone())).await.unwrap_err().to_string();
        assert!(refused.contains("cannot listen on unix:") && refused.contains("web.sock"), "{refused}");
        drop(first);
        std::fs::write(folder.path().join("file"), "kept").unwrap();
        assert!(listen(&Listen::Unix(folder.path().join("file"))).await.is_err());
        assert_eq!(std::fs::read_to_string(folder.path().join("file")).unwrap(), "kept");
    });
}
