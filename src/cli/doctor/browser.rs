//! Is the browser there, where a source needs one?

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Finding, Patient};
use crate::config::sources::Render;
use crate::fetch;

const CHECK: &str = "browser";

/// A browser says its version at once; on a slow machine that reads it from the disk first, it takes some seconds.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let Ok(sources) = &patient.sources else { return Vec::new() };
    let n_needing = sources.bodies.iter().flat_map(|body| &body.sources).filter(|source| source.render == Render::Browser).count();
    if n_needing == 0 {
        return Vec::new();
    }
    let name = &patient.settings.crawl.browser;
    let install = (
        "apt-get install chromium, o scrivere un altro in [crawl] browser; il servizio ha bisogno anche di systemd/browser.conf",
        "apt-get install chromium, or name another in [crawl] browser; the service needs systemd/browser.conf as well",
    );
    let Some(program) = fetch::find_program(name) else {
        let shown = name.display();
        let says = (
            format!("fonti con render = \"browser\": {n_needing}, ma {shown} non c'è"),
            format!("sources with render = \"browser\": {n_needing}, but there is no {shown}"),
        );
        return vec![Finding::error(CHECK, says, install)];
    };
    let shown = program.display().to_string();
    vec![match version(Command::new(&program)) {
        Some(version) => Finding::ok(
            CHECK,
            (format!("{shown}: {version}, per {n_needing} fonti"), format!("{shown}: {version}, for {n_needing} sources")),
        ),
        None => Finding::error(CHECK, (format!("{shown} non si avvia"), format!("{shown} does not start")), install),
    }]
}

/// What the program says when it is asked for its version.
fn version(mut program: Command) -> Option<String> {
    let mut child = program.arg("--version").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(None) if started.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(20)),
            Ok(Some(status)) if status.success() => break,
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
    let said = child.wait_with_output().ok()?.stdout;
    let line = String::from_utf8_lossy(&said).lines().next().unwrap_or_default().trim().to_owned();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_runs_says_its_version_and_one_that_fails_does_not() {
        assert!(version(Command::new("cat")).is_some_and(|version| version.contains("cat")));
        assert_eq!(version(Command::new("false")), None);
        assert_eq!(version(Command::new("/nowhere/at/all")), None);
    }
}
