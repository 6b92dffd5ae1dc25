//! Days in a town, told as text: what its pages say, and what is to be told of it. The stories stand in `*.txt` beside this file,
//! `README.md` says how they are written. Here they run through the pure middle of the program: remember, fold, compare.

mod properties;
mod script;
mod town;

use std::path::Path;

/// Every story, and every line in it that expects something, with all that went wrong at once.
#[test]
fn the_stories_come_true() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    assert!(!files.is_empty());
    let only = std::env::var("STORY").ok();
    let (mut problems, mut n_stories) = (Vec::new(), 0);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for story in script::stories(&text, &name) {
            if only.as_ref().is_none_or(|only| story.title.contains(only)) {
                n_stories += 1;
                problems.extend(town::play(&story));
            }
        }
    }
    assert!(problems.is_empty(), "{} of {n_stories} stories' lines did not come true:\n{}", problems.len(), problems.join("\n"));
    assert!(only.is_some() || n_stories >= 40, "only {n_stories} stories");
}
