//! Stores of a size, made once.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::SignedDuration;
use sportello::config::sources;
use sportello::domain::{Change, SourceId};
use sportello::round::catalogue;
use sportello::store::*;

use crate::made::*;

/// Changes of a body.
const CHANGES: usize = 125;
/// Visits in which they were found, so that those of one body lie as far apart in the store as they do in life.
const VISITS: usize = 5;

/// A store and how large it is.
pub struct Filled {
    pub store: Arc<dyn Store>,
    pub n_bodies: usize,
    /// Of some of the bodies.
    pub documents: Vec<Vec<DocumentId>>,
    pub n_changes: usize,
}

/// The store with so many documents: the one that is kept in the folder, or a new one.
pub fn store(folder: &Path, n_documents: usize) -> Filled {
    let place = folder.join(n_documents.to_string());
    let n_bodies = n_documents / EACH;
    if !place.join("sportello.db").exists() {
        // under another name until it is complete
        let unfinished = folder.join(format!("{n_documents}.unfinished"));
        let _ = std::fs::remove_dir_all(&unfinished);
        std::fs::create_dir_all(&unfinished).expect("a folder");
        fill(&unfinished, n_bodies);
        std::fs::rename(&unfinished, &place).expect("the finished store");
    }
    let store = open(&place.join("sportello.db")).expect("a store");
    let sizes = store.sizes().expect("sizes");
    println!("{} documents, {} changes, {} MB in {}", sizes.documents, sizes.changes, sizes.bytes >> 20, place.display());
    assert_eq!(sizes.changes as usize, n_bodies * CHANGES, "{} was filled by another version of this program", place.display());
    let source = |n: usize| SourceId(format!("comune-{n:05}/uffici"));
    let documents = (0..n_bodies).step_by(n_bodies.div_ceil(1000)).map(|n| store.documents(&source(n)).expect("documents"));
    let documents = documents.map(|documents| documents.iter().map(|document| document.id).collect()).collect();
    Filled { documents, store, n_bodies, n_changes: n_bodies * CHANGES }
}

fn fill(place: &Path, n_bodies: usize) {
    let started = Instant::now();
    let sources = sources_toml(n_bodies);
    std::fs::write(place.join("sources.toml"), &sources).expect("a file");
    let settings = "[crawl]\nallow_private = true\ndelay = \"0s\"\nper_host = 32\n[web]\nlisten = \"127.0.0.1:8090\"\n";
    std::fs::write(place.join("sportello.toml"), settings).expect("a file");
    let store = in_memory().expect("a store"); // one page is not written hundreds of times
    let watched = sources::parse(&sources, "sources.toml").expect("sources");
    store.sync(&catalogue(&watched), minutes(0)).expect("bodies");
    for visit in 0..VISITS {
        for n_body in 0..n_bodies {
            store.record(&nth_visit(n_body, visit)).expect("a visit");
        }
    }
    for n in (0..n_bodies).step_by(2) {
        let at = minutes(CHANGES * 20_000);
        let failure = Failure { source: SourceId(format!("comune-{n:05}/uffici")), at, words: "503".into(), next_try: at };
        store.record_failure(&failure).expect("a failure");
    }
    store.tidy(minutes(25 * 20_000)).expect("a tidy store"); // as every night; the days of the first visit are still to come
    store.backup(&place.join("sportello.db")).expect("a copy");
    println!("filled with {} documents in {:.0?}", n_bodies * EACH, started.elapsed());
}

/// The first visit finds all pages, later ones another first page.
fn nth_visit(n_body: usize, visit: usize) -> Visit {
    let changes: Vec<Change> = (0..CHANGES).filter(|n| n * VISITS / CHANGES == visit).map(|n| change(n_body, n)).collect();
    let at = changes.iter().map(|change| change.detected_at).max().unwrap_or_default() + SignedDuration::from_mins(1);
    let n_documents = if visit == 0 { EACH } else { 1 };
    let documents = (0..n_documents).map(|n| seen(n_body, n, format!("<p>ente {n_body} documento {n} visita {visit}</p>"), at));
    let findings = Findings {
        why: Why::Visit,
        revision: visit as u64,
        states: states(n_body),
        held: vec![],
        changes,
        corroborated: vec![],
        deliveries: vec![],
        redesign: None,
    };
    Visit { body: body(n_body).id, at, documents: documents.collect(), findings: Some(findings) }
}
