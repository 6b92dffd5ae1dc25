//! What most commands need first: the settings, the sources, the store. Anything wrong with them ends the command before it did anything.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::args::Global;
use super::talk;
use crate::config::settings::{self, Settings};
use crate::config::sources::{self, Sources};
use crate::config::{self, Problem};
use crate::store::{self, Store};

/// All that is wrong with a file that a person wrote: one line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<Problem>);

/// The settings, and the file they came from; `None`: there is none, the defaults hold.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The file.
    pub file: Option<PathBuf>,
}

/// Reads the settings from where the option, the environment or custom put them.
pub fn settings(global: &Global) -> anyhow::Result<Loaded> {
    for candidate in settings::candidates(global.config.as_deref(), std::env::var_os("SPORTELLO_CONFIG")) {
        let file = &candidate.path;
        if !candidate.named && !file.exists() {
            continue;
        }
        let text = read(file).with_context(|| format!("cannot read the settings {}", file.display()))?;
        let settings = settings::parse(&text, &file.display().to_string()).map_err(Problems)?;
        return Ok(Loaded { settings, file: Some(candidate.path) });
    }
    Ok(Loaded { settings: Settings::default(), file: None })
}

/// Reads the file that lists what is watched.
pub fn sources(settings: &Settings) -> anyhow::Result<Sources> {
    let file = &settings.sources.file;
    let text = read(file).with_context(|| {
        format!(
            "cannot read the sources {} · `sportello sources add` starts one; [sources] file in the settings names another",
            file.display()
        )
    })?;
    Ok(sources::parse(&text, &file.display().to_string()).map_err(Problems)?)
}

/// Opens the store, making or upgrading it where needed.
pub fn store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    Ok(store::open(&settings.store.path)?)
}

/// Opens the store for reading.
pub fn store_to_read(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    Ok(store::open_read_only(&settings.store.path)?)
}

/// The folder with the secrets that systemd gives a service (`LoadCredential=`).
pub fn credentials() -> Option<PathBuf> {
    std::env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Tells who runs the program without settings what it goes by.
pub fn say_defaults(loaded: &Loaded) {
    if loaded.file.is_none() {
        let settings = &loaded.settings;
        talk::say(format_args!(
            "no settings file: sources from {}, database {}, mails as files into {}/",
            settings.sources.file.display(),
            settings.store.path.display(),
            settings.mail.directory.display()
        ));
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file)?;
    let text = config::utf8(&bytes, &file.display().to_string()).map_err(|problem| Problems(vec![problem]))?;
    Ok(text.to_owned())
}
