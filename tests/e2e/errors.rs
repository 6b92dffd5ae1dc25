//! Errors that a user can make: one clear line with a way out, the right exit code, never a panic.

use crate::place::Place;

#[test]
fn a_settings_file_that_is_not_there() {
    Place::new().run(&["check", "--config", "nowhere.toml"]).failed(2, &["nowhere.toml"]);
}

#[test]
fn settings_that_are_no_toml() {
    let place = Place::new();
    place.write("sportello.toml", "[crawl\n");
    place.run(&["check"]).failed(2, &["sportello.toml:1:"]);
}

#[test]
fn an_unknown_key_in_the_settings() {
    let place = Place::new();
    place.settings("[mail]\ntransprot = \"files\"\n");
    place.run(&["check"]).failed(2, &["sportello.toml:", "transprot", "transport"]);
}

#[test]
fn sources_that_are_not_there() {
    Place::new().run(&["check"]).failed(2, &["sources.toml"]);
}

#[test]
fn all_problems_of_the_sources_at_once() {
    let place = Place::new();
    place
        .write("sources.toml", "[[body]]\nid = \"a\"\nname = \"A\"\nkind = \"comune\"\n[[body.source]]\nurl = \"htp:/x\"\nevry = \"1h\"\n");
    let check = place.run(&["check"]).failed(2, &["sources.toml:6:", "sources.toml:7:", "evry", "every"]);
    assert!(check.out.is_empty());
}

#[test]
fn a_host_that_cannot_be_reached() {
    let place = Place::new();
    // a port that was free a moment ago and has no listener
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    place.write("sources.toml", &format!("[[body]]\nid = \"a\"\nname = \"A\"\nkind = \"comune\"\n[[body.source]]\nurl = \"http://127.0.0.1:{port}/uffici\"\nkind = \"page\"\n"));
    place.run(&["check"]).failed(1, &["a/", "127.0.0.1"]);
}

#[test]
fn a_database_that_cannot_be_written() {
    let place = Place::new();
    place.sources(&[("/uffici", "kind = \"page\"")]);
    place.settings("[store]\npath = \"no/such/folder/sportello.db\"\n");
    place.run(&["check"]).failed(2, &["no/such/folder/sportello.db"]);
}

#[test]
fn a_database_that_is_something_else() {
    let place = Place::new();
    place.sources(&[("/uffici", "kind = \"page\"")]);
    place.write("sportello.db", &"this is no database\n".repeat(100));
    place.run(&["check"]).failed(2, &["sportello.db"]);
}

#[test]
fn a_port_that_is_taken() {
    let place = Place::new();
    place.sources(&[("/uffici", "kind = \"page\"")]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    place.settings(&format!("[web]\nlisten = \"{address}\"\n"));
    place.run(&["run"]).failed(2, &[&address, "[web] listen"]);
}

#[test]
fn a_command_that_does_not_exist() {
    Place::new().run(&["chekc"]).failed(2, &["chekc", "check"]);
}

#[test]
fn a_file_to_extract_that_is_not_there() {
    Place::new().run(&["extract", "nowhere.html"]).failed(2, &["nowhere.html"]);
}

#[test]
fn an_unknown_body_or_office_is_said_to_be_unknown() {
    let place = crate::line::watched_table();
    place.run(&["check", "--body", "comune-prvoa"]).failed(2, &["comune-prvoa", "comune-prova"]);
    place.run(&["history", "comune-prova", "anagraffe"]).failed(2, &["anagraffe", "anagrafe"]);
    place.run(&["subscribers", "add", "x@example.org", "--office", "anagraffe"]).failed(2, &["anagraffe", "anagrafe"]);
    place.run(&["subscribers", "add", "not an address", "--all"]).failed(2, &["not an address"]);
    place.run(&["subscribers", "remove", "nobody@example.org"]).failed(2, &["nobody@example.org"]);
}

#[test]
fn nobody_reading_is_no_error() {
    let place = crate::line::watched_table();
    let mut child = place.start(&["offices", "--json"]);
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
}
