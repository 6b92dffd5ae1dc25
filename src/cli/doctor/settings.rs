//! Are the settings read, and from where?

use super::{Finding, Patient};

const CHECK: &str = "settings";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    match &patient.loaded {
        Ok(loaded) => match &loaded.file {
            Some(file) => vec![Finding::ok(CHECK, format!("read from {}", file.display()))],
            None => vec![Finding::ok(CHECK, "no file; built-in defaults")],
        },
        // one line for each problem of the file
        Err(error) => format!("{error:#}").lines().map(|line| Finding::failed(CHECK, &anyhow::anyhow!("{line}"))).collect(),
    }
}
