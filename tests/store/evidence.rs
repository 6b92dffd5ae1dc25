//! The package behind a change, and the WARC that an independent reader must accept.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use sportello::domain::*;
use sportello::evidence;
use sportello::store::*;

use crate::support::*;

const BEFORE: &str = "<html><main><h1>Uffici</h1><p>Anagrafe: dal lunedì al venerdì 8.00-12.00</p><p>Altro &amp; resto</p></main></html>";
const AFTER: &str =
    "<html><main><h1>Uffici</h1><p>Anagrafe: dal lunedì al venerdì 9.00-13.00 <b>nuovo</b></p><p>Altro &amp; resto</p></main></html>";

fn changed() -> (std::sync::Arc<dyn Store>, ChangeId) {
    let store = with_town(in_memory().unwrap());
    visit(&*store, BEFORE, "Mo-Fr 08:00-12:00", t(1), &[]);
    let change = visit(&*store, AFTER, "Mo-Fr 09:00-13:00", t(61), &[]).changes[0];
    (store, change)
}

fn record(change: &Change) -> serde_json::Value {
    serde_json::json!({ "id": change.id, "before": "Mo-Fr 08:00-12:00", "after": "Mo-Fr 09:00-13:00" })
}

fn unzipped(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().to_string(), bytes);
    }
    files
}

#[test]
fn a_package_proves_a_change_by_itself() {
    let (store, change) = changed();
    let bytes = evidence::package(&*store, change, &record, Language::It).unwrap();
    assert_eq!(bytes, evidence::package(&*store, change, &record, Language::It).unwrap(), "the same whenever it is asked for");
    let files = unzipped(&bytes);
    assert_eq!((files["snapshots/1.html"].as_slice(), files["snapshots/2.html"].as_slice()), (BEFORE.as_bytes(), AFTER.as_bytes()));
    let manifest = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "SHA256SUMS") {
        assert!(manifest.contains(&format!("{}  {name}\n", sha256(bytes))), "{name}");
    }
    let page = String::from_utf8(files["index.html"].clone()).unwrap();
    assert!(page.contains("<del>8.00-12.00</del>") && page.contains("<ins>9.00-13.00 nuovo</ins>"), "{page}");
    assert!(!page.contains("<b>nuovo") && page.contains("Altro &amp; resto"));
    let kept: Snapshot = serde_json::from_slice(&files["snapshots/2.json"]).unwrap();
    assert_eq!(kept, store.snapshot(SnapshotId(2)).unwrap().unwrap());
}

#[test]
fn a_page_cannot_smuggle_markup_into_the_package() {
    let store = with_town(in_memory().unwrap());
    visit(&*store, "<p>&lt;script&gt;alert(1)&lt;/script&gt; uno</p>", "Mo-Fr 08:00-12:00", t(1), &[]);
    let change = visit(&*store, "<p>&lt;script&gt;alert(1)&lt;/script&gt; due</p>", "Mo-Fr 09:00-13:00", t(61), &[]).changes[0];
    let files = unzipped(&evidence::package(&*store, change, &record, Language::En).unwrap());
    assert!(!String::from_utf8(files["index.html"].clone()).unwrap().contains("<script"));
}

#[test]
fn there_is_no_package_for_no_change() {
    let (store, _) = changed();
    let error = evidence::package(&*store, ChangeId(999), &record, Language::It).unwrap_err();
    assert!(error.to_string().contains("no change 999"), "{error}");
}

/// `warcio` in a virtual environment of its own, made once.
fn warcio(folder: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("SPORTELLO_TEST_WARCIO").map(PathBuf::from);
    if named.is_some() {
        return named;
    }
    let venv = folder.join("venv");
    let made = Command::new("python3").args(["-m", "venv"]).arg(&venv).output().is_ok_and(|output| output.status.success())
        && Command::new(venv.join("bin/pip")).args(["-q", "install", "warcio"]).output().is_ok_and(|output| output.status.success());
    if !made {
        eprintln!(
            "SKIPPED: no `warcio` (python3 -m venv, pip install warcio, or SPORTELLO_TEST_WARCIO=PATH): no independent reader of WARC"
        );
    }
    made.then(|| venv.join("bin/warcio"))
}

#[test]
fn an_independent_reader_accepts_the_warc() {
    let folder = tempfile::tempdir().unwrap();
    let Some(warcio) = warcio(folder.path()) else { return };
    let (store, change) = changed();
    let files = unzipped(&evidence::package(&*store, change, &record, Language::It).unwrap());
    let path = folder.path().join("responses.warc");
    std::fs::write(&path, &files["responses.warc"]).unwrap();
    let check = Command::new(&warcio).args(["check", "-v"]).arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success(), "{said}{}", String::from_utf8_lossy(&check.stderr));
    assert_eq!(said.matches("digest pass").count(), 2, "{said}");
    let index = Command::new(&warcio).args(["index", "-f", "warc-type,warc-target-uri,http:status,offset"]).arg(&path).output().unwrap();
    let lines: Vec<serde_json::Value> =
        String::from_utf8(index.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line["warc-type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["warcinfo", "response", "metadata", "response", "metadata"]);
    assert_eq!(lines[1]["http:status"], "200");
    let payload =
        Command::new(&warcio).args(["extract", "--payload"]).arg(&path).arg(lines[3]["offset"].as_str().unwrap()).output().unwrap();
    assert_eq!(payload.stdout, AFTER.as_bytes());
}

#[test]
fn open_data_says_hours_twice() {
    let (store, _) = changed();
    let body = town();
    let version = &store.states(&body.id, None).unwrap()[0];
    let json = evidence::office(&body, version);
    assert_eq!(json["identifier"], "comune-altolago/anagrafe");
    assert_eq!(json["osm"][0]["opening_hours"], "Mo-Fr 09:00-13:00");
    let specification = &json["openingHoursSpecification"][0];
    assert_eq!((&specification["opens"], &specification["closes"]), (&"09:00".into(), &"13:00".into()));
    assert_eq!(specification["dayOfWeek"].as_array().unwrap().len(), 5);
}
