//! `sportello evidence`: the package that proves one change.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};

use super::args::{EvidenceArgs, Global};
use super::{Outcome, setup, talk};
use crate::domain::{Change, ChangeId};
use crate::evidence;
use crate::record::ChangeRecord;

/// Writes the package into the file that `-o` names.
pub fn run(args: &EvidenceArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let store = setup::store_to_read(&loaded.settings)?;
    let record = |change: &Change| serde_json::to_value(ChangeRecord::new(change)).unwrap_or_default();
    let package = evidence::package(&*store, ChangeId(args.change), &record, args.language)?;
    write_new(&args.output, &package, args.force)?;
    talk::say(format_args!("wrote {}", args.output.display()));
    Ok(Outcome::Done)
}

/// Writes a file beside its place and moves it there, so that nobody meets half of it.
fn write_new(path: &Path, bytes: &[u8], force: bool) -> anyhow::Result<()> {
    if path.exists() && !force {
        bail!("{} exists already · give another name, or --force", path.display());
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    };
    let written = write();
    if written.is_err() {
        let _ = std::fs::remove_file(&part); // half-written; the error that matters is the one returned
    }
    written.with_context(|| format!("cannot write {}", path.display()))
}
