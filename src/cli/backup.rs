//! `sportello backup` and `sportello restore`.

use super::args::{BackupArgs, Global, RestoreArgs};
use super::{Outcome, setup, talk};
use crate::store;

/// Copies the database into a new file while others use it.
pub fn backup(args: &BackupArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    setup::store_to_read(&loaded.settings)?.backup(&args.file)?;
    talk::say(format_args!("copied {} to {}", loaded.settings.store.path.display(), args.file.display()));
    Ok(Outcome::Done)
}

/// Verifies a backup and puts it in the place of the database.
pub fn restore(args: &RestoreArgs, global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let path = &loaded.settings.store.path;
    store::restore(&args.file, path, args.force)?;
    talk::say(format_args!("restored {} from {}", path.display(), args.file.display()));
    Ok(Outcome::Done)
}
