//! What versions cost, how fast any of them opens, and whether time stays flat as the store grows.
//!
//!     cargo bench --bench store -- [--small] [--only versions|queries] [--versions-of N] [--documents N] [--folder DIR]
//!
//! The stores whose queries are compared hold 1,000 and 80,000 documents and 12.5 changes for each. They are filled through the same calls
//! as by visits, in memory (2 GB of it), which takes minutes: with `--folder` they are made once, kept there with the settings and sources
//! that belong to them, and found again, also by `benches/kept.py`, which runs the program on them.
//!
//! Prints one line a figure, with the goal where there is one.

mod filled;
mod made;
mod queries;
mod versions;

use std::path::PathBuf;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let is_small = arguments.iter().any(|a| a == "--small" || a == "--test");
    let text = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)
    };
    let number = |name: &str| text(name)?.parse::<usize>().ok();
    let only = text("--only").map(String::as_str);
    let n_versioned = number("--versions-of").unwrap_or(if is_small { 20 } else { 1_000 });
    let n_documents = number("--documents").unwrap_or(if is_small { 2_000 } else { 80_000 });
    let temporary = tempfile::tempdir().expect("a folder for the databases");
    let folder = text("--folder").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    if only != Some("queries") {
        versions::versions(temporary.path(), n_versioned, 30);
    }
    if only != Some("versions") {
        queries::compare(&filled::store(&folder, 1_000), &filled::store(&folder, n_documents));
    }
}

/// A generator of its own, so that every run is the same.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}
