//! A Python of the tests' own below `target/`, with readers of feeds, calendars and schemas that are not ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The interpreter, made once. `None`, said loudly, where there is no Python or no way to install.
pub fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON
        .get_or_init(|| {
            let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/web-tests-venv");
            let python = venv.join("bin/python");
            let works = || {
                let check = Command::new(&python).args(["-c", "import feedparser, icalendar, jsonschema"]).stderr(Stdio::null()).status();
                check.is_ok_and(|status| status.success())
            };
            if works() {
                return Some(python);
            }
            let run =
                |program: &Path, arguments: &[&str]| Command::new(program).args(arguments).status().is_ok_and(|status| status.success());
            let made = run(Path::new("python3"), &["-m", "venv", &venv.to_string_lossy()])
                && run(
                    &python,
                    &[
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--disable-pip-version-check",
                        "feedparser",
                        "icalendar",
                        "jsonschema",
                        "rfc3339-validator",
                    ],
                )
                && works();
            if !made {
                eprintln!(
                    "SKIPPED: independent readers of feeds and calendars need python3 with venv and pip (apt-get install python3-venv)"
                );
            }
            made.then_some(python)
        })
        .as_deref()
}
