//! The service: starts, watches, reloads, refuses a second one, stops.

use std::io::Read;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::line::table;
use crate::place::Place;

/// How long a test waits for what must come; reached only when it does not.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service under test, with systemd's end of the notify socket. Ends with the value.
pub struct Running {
    child: Child,
    socket: UnixDatagram,
}

impl Running {
    pub fn start(place: &Place) -> Self {
        let path = place.path("notify");
        let _ = std::fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let child = place.command(&["run"]).env("NOTIFY_SOCKET", &path).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        Self { child, socket }
    }

    /// Waits until systemd hears this.
    #[track_caller]
    pub fn says(&self, words: &str) -> String {
        let started = Instant::now();
        let mut heard = String::new();
        while started.elapsed() < PATIENCE {
            let mut buffer = [0; 4096];
            let n = self.socket.recv(&mut buffer).unwrap_or_else(|error| panic!("{words:?} was not said ({error}), but:\n{heard}"));
            let text = String::from_utf8_lossy(&buffer[..n]).into_owned();
            if text.contains(words) {
                return text;
            }
            heard.push_str(&text);
        }
        panic!("{words:?} was not said, but:\n{heard}");
    }

    pub fn signal(&self, name: &str) {
        let status = std::process::Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the end; returns how it ended and the log.
    pub fn end(mut self) -> (ExitStatus, String) {
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the condition holds.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "{what} did not come true");
        std::thread::sleep(Duration::from_millis(20));
    }
}

const EVERY_SECOND: &str = "kind = \"page\"\nschedule = \"* * * * * *\"";

#[test]
fn the_service_watches_on_schedule_and_mails_what_changes() {
    let place = Place::new();
    place.settings("[web]\nlisten = \"\"\n");
    place.sources(&[("/uffici", EVERY_SECOND)]);
    place.page("/uffici", &table(&[]));
    place.run(&["subscribers", "add", "ada@example.org", "--all"]).done();
    let service = Running::start(&place);
    service.says("READY=1");
    until("a second look", || place.site.hits("/uffici") >= 2);
    assert!(place.mails().is_empty());
    place.page("/uffici", &table(&[("Tributi", "lunedì e mercoledì 9.30-12.00")]));
    until("a mail", || place.mails().len() == 1);
    let hits = place.site.hits("/uffici");
    until("another look", || place.site.hits("/uffici") >= hits + 2);
    assert_eq!(place.mails().len(), 1);
    assert!(service.says("STATUS=").contains("1 sources"));
    service.signal("TERM");
    service.says("STOPPING=1");
    let (status, log) = service.end();
    assert!(status.success(), "{log}");
    assert!(!log.contains("ada@example.org"), "no address in the log:\n{log}");
}

#[test]
fn a_second_service_on_the_same_database_is_refused() {
    let place = Place::new();
    place.settings("[web]\nlisten = \"\"\n");
    place.sources(&[("/uffici", EVERY_SECOND)]);
    place.page("/uffici", &table(&[]));
    let service = Running::start(&place);
    service.says("READY=1");
    place.run(&["run"]).failed(2, &["another sportello", "sportello.db"]);
    // a check beside it looks, and leaves the mails to the service
    place.run(&["check", "--all"]).done();
    service.signal("TERM");
    assert!(service.end().0.success());
}

#[test]
fn a_reload_takes_good_files_and_refuses_bad_ones_with_their_reasons() {
    let place = Place::new();
    place.settings("[web]\nlisten = \"\"\n");
    let hourly = ("/raro", "kind = \"page\"\nevery = \"1h\"");
    place.sources(&[("/uffici", EVERY_SECOND), hourly]);
    place.page("/uffici", &table(&[]));
    place.page("/altro", &table(&[]));
    place.page("/raro", "<h1>Ufficio anagrafe</h1><p>Lunedì 9-12</p>");
    let service = Running::start(&place);
    service.says("READY=1");
    let due = || {
        let status = place.run(&["sources", "status", "--json"]).done().json();
        status
            .iter()
            .find(|source| source["id"] == "comune-prova/raro")
            .map(|source| (source["last_good"].clone(), source["next_try"].clone()))
    };
    until("the hourly page is read", || due().is_some_and(|(last_good, _)| !last_good.is_null()));
    let schedule = due();
    place.sources(&[("/uffici", EVERY_SECOND), hourly, ("/altro", "kind = \"page\"\nevry = \"1h\"")]);
    service.signal("HUP");
    service.says("RELOADING=1");
    service.says("READY=1");
    let hits = place.site.hits("/uffici");
    until("what was in force goes on", || place.site.hits("/uffici") > hits);
    assert_eq!(place.site.hits("/altro"), 0);
    place.sources(&[("/uffici", EVERY_SECOND), hourly, ("/altro", EVERY_SECOND)]);
    service.signal("HUP");
    until("the new source is read", || place.site.hits("/altro") >= 1);
    assert_eq!((due(), place.site.hits("/raro")), (schedule, 1), "what did not change keeps its schedule");
    service.signal("TERM");
    let (status, log) = service.end();
    assert!(status.success(), "{log}");
    assert!(log.contains("not reloaded") && log.contains("evry") && log.contains("sources.toml:"), "{log}");
}

#[test]
fn a_page_in_hand_is_finished_before_the_service_stops() {
    let place = Place::new();
    place.settings("[web]\nlisten = \"\"\n");
    place.sources(&[("/uffici", "kind = \"page\"")]);
    let held = sportello::cli::demo::site::Page::html(format!("<main>{}</main>", table(&[]))).held();
    place.site.set("/uffici", held);
    let service = Running::start(&place);
    service.says("READY=1");
    until("the page is asked for", || place.site.hits("/uffici") == 1);
    service.signal("TERM");
    service.says("STOPPING=1");
    place.site.release();
    let (status, log) = service.end();
    assert!(status.success(), "{log}");
    assert_eq!(place.run(&["offices", "--json"]).done().json().len(), 12, "{log}");
}

/// One request over HTTP, as plain as it gets.
fn ask(address: &str, path: &str, header: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{header}\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn health_and_figures_are_told_to_this_machine() {
    let place = Place::new();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    place.settings(&format!("[web]\nlisten = \"{address}\"\n"));
    place.sources(&[("/uffici", EVERY_SECOND)]);
    place.page("/uffici", &table(&[]));
    let service = Running::start(&place);
    service.says("READY=1");
    until("the page is read", || place.site.hits("/uffici") >= 2);
    for path in ["/healthz", "/readyz"] {
        assert!(ask(&address, path, "").starts_with("HTTP/1.1 200"), "{path}");
    }
    let figures = ask(&address, "/metrics", "");
    for line in [
        "# TYPE sportello_sources gauge",
        "sportello_sources 1",
        "sportello_documents 1",
        "sportello_deliveries{state=\"queued\"} 0",
        "sportello_delivery_overdue_seconds 0",
        "# TYPE process_resident_memory_bytes gauge",
    ] {
        assert!(figures.contains(line), "{line}:\n{figures}");
    }
    assert!(ask(&address, "/metrics", "X-Forwarded-For: 203.0.113.7\r\n").starts_with("HTTP/1.1 404"), "not to strangers behind a proxy");
    service.signal("TERM");
    assert!(service.end().0.success());
}

#[test]
fn a_service_that_is_killed_in_the_middle_does_not_ask_again_at_once() {
    let place = Place::new();
    place.settings("[web]\nlisten = \"\"\n");
    place.sources(&[("/uffici", "kind = \"page\"\nevery = \"1h\"")]);
    place.site.set("/uffici", sportello::cli::demo::site::Page::html("").held());
    let mut service = Running::start(&place);
    service.says("READY=1");
    until("the page is asked for", || place.site.hits("/uffici") == 1);
    service.child.kill().unwrap();
    drop(service);
    let service = Running::start(&place);
    service.says("READY=1");
    assert!(service.says("STATUS=").contains("next in"), "it waits");
    assert_eq!(place.site.hits("/uffici"), 1);
    service.signal("TERM");
    assert!(service.end().0.success());
}
