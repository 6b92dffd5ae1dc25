//! What the README and the documentation show is what the program takes.

use std::path::Path;

use clap::Parser;
use sportello::cli::args::Cli;

use crate::place::Place;

const PAGES: [(&str, &str); 2] = [("README.md", include_str!("../../README.md")), ("README.it.md", include_str!("../../README.it.md"))];

/// Pages with commands for whoever runs it.
const MANUALS: [(&str, &str); 2] = [
    ("docs/OPERATIONS.md", include_str!("../../docs/OPERATIONS.md")),
    ("docs/OPERATIONS.it.md", include_str!("../../docs/OPERATIONS.it.md")),
];

/// The blocks of a page with this mark: "sh", "toml".
fn blocks<'p>(page: &'p str, mark: &str) -> Vec<&'p str> {
    let opening = format!("```{mark}\n");
    page.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn every_command_is_one_that_the_program_knows() {
    let mut n_commands = 0;
    for (name, page) in PAGES.into_iter().chain(MANUALS) {
        let lines = blocks(page, "sh").into_iter().flat_map(str::lines);
        let lines = lines.map(|line| line.strip_prefix("runuser -u sportello -- ").unwrap_or(line));
        for line in lines.filter(|line| line.starts_with("sportello ")) {
            let command = line.split(" #").next().unwrap().replace("INDIRIZZO", "https://www.comune.altolago.example/novita");
            if let Err(error) = Cli::try_parse_from(command.split_whitespace()) {
                panic!("{name}: {command}: {error}");
            }
            n_commands += 1;
        }
    }
    assert!(n_commands > 40, "only {n_commands} commands were found");
}

#[test]
fn every_example_of_sources_is_a_good_file() {
    for (name, page) in PAGES {
        let examples = blocks(page, "toml");
        assert!(!examples.is_empty(), "{name} has no example");
        for example in examples {
            let place = Place::new();
            place.write("sources.toml", example);
            place.run(&["sources", "lint"]).done();
        }
    }
}

#[test]
fn files_that_are_named_are_there() {
    for (name, page) in PAGES.into_iter().chain(MANUALS) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(Path::new(name).parent().unwrap());
        for link in page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).filter(|link| !link.starts_with("http")) {
            let path = link.split('#').next().unwrap();
            assert!(folder.join(path).exists(), "{name} names {path}, which is not there");
        }
    }
}
