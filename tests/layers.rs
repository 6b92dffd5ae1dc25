//! Who may use whom: the table of the crate's layers, held against every `crate::…` path in the sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Module and rank. A module uses modules of lower ranks, and itself.
const RANKS: [(&str, u8); 21] = [
    ("domain", 0),
    ("text", 0),
    ("document", 1),
    ("lexicon", 1),
    ("extract", 2),
    ("resolve", 2),
    ("diff", 2),
    ("alert", 3),
    ("wording", 3),
    ("config", 3),
    ("fetch", 4),
    ("store", 4),
    ("record", 4),
    ("tasks", 4),
    ("mail", 4),
    ("evidence", 5),
    ("round", 5),
    ("cli", 6),
    ("daemon", 6),
    ("web", 6),
    ("main", 6),
];

/// Inside a rank, these alone.
const BESIDE: [(&str, &str); 8] = [
    ("diff", "resolve"),
    ("alert", "wording"),
    ("record", "store"),
    ("mail", "record"),
    ("mail", "tasks"),
    ("cli", "daemon"),
    ("cli", "web"),
    ("daemon", "web"),
];

/// What ranks 0 to 3 never touch: sockets, files, clocks, randomness, SQL, `async`.
const IMPURE: [&str; 16] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "::now()",
    "async fn",
    "tokio::",
    "reqwest::",
    "rusqlite::",
    "lettre::",
    "rand::",
    "axum::",
];

fn rank(module: &str) -> Option<u8> {
    RANKS.iter().find(|(name, _)| *name == module).map(|(_, rank)| *rank)
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

/// The module that a file belongs to: the first part of its path under `src`.
fn module_of(file: &Path, src: &Path) -> String {
    let first = file.strip_prefix(src).unwrap().components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_string()
}

/// The code without comment lines and without the unit tests at its end.
fn code_of(text: &str) -> String {
    let code: Vec<&str> =
        text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).filter(|line| !line.trim_start().starts_with("//")).collect();
    code.join("\n")
}

/// The modules named after `crate::` in paths and in `use` trees.
fn modules_used(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue; // `some_crate::`
        }
        let rest = &code[at + "crate::".len()..];
        let Some(tree) = rest.strip_prefix('{') else {
            used.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut at_start = true;
        for (i, c) in tree.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => at_start = true,
                c if at_start && (c.is_alphanumeric() || c == '_') => {
                    used.insert(word(&tree[i..]));
                    at_start = false;
                }
                _ => {}
            }
        }
    }
    used
}

fn each_source(mut judge: impl FnMut(&str, &Path, &str)) {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 10, "the sources are not where this test looks for them");
    for file in files {
        let module = module_of(&file, &src);
        let code = code_of(&std::fs::read_to_string(&file).unwrap());
        judge(&module, &file, &code);
    }
}

#[test]
fn a_module_uses_lower_ranks_only() {
    let mut wrong = Vec::new();
    each_source(|module, file, code| {
        if module == "lib" {
            return;
        }
        let Some(own) = rank(module) else {
            wrong
                .push(format!("{}: the module {module} has no rank; give it one in this test and in docs/ARCHITECTURE.md", file.display()));
            return;
        };
        for used in modules_used(code) {
            let beside = BESIDE.contains(&(module, used.as_str()));
            match rank(&used) {
                Some(theirs) if used != module && theirs >= own && !beside => {
                    wrong.push(format!("{}: {module} (rank {own}) uses {used} (rank {theirs})", file.display()));
                }
                _ => {}
            }
        }
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_middle_of_the_line_is_pure() {
    let mut wrong = Vec::new();
    each_source(|module, file, code| {
        if rank(module).is_some_and(|rank| rank <= 3) {
            for word in IMPURE.iter().filter(|word| code.contains(**word)) {
                wrong.push(format!("{}: {module} is pure, and says {word}", file.display()));
            }
        }
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn paths_and_trees_of_use_are_seen() {
    let code = "use crate::{domain::{Body, Office}, store::Store,\n    fetch};\nlet x = crate::mail::send(); other_crate::web::x();";
    let used: Vec<String> = modules_used(code).into_iter().collect();
    assert_eq!(used, ["domain", "fetch", "mail", "store"]);
}
