//! `sportello run`: the service.

use anyhow::Context;

use super::args::Global;
use super::{Outcome, setup};
use crate::daemon::Service;

/// Runs until told to stop.
pub fn run(global: &Global) -> anyhow::Result<Outcome> {
    let loaded = setup::settings(global)?;
    let sources = setup::sources(&loaded.settings)?;
    let store = setup::store(&loaded.settings)?;
    setup::say_defaults(&loaded);
    let global = global.clone();
    let load = move || {
        let settings = setup::settings(&global)?.settings;
        let sources = setup::sources(&settings)?;
        Ok((settings, sources))
    };
    let service = Service { settings: loaded.settings, sources, store, credentials: setup::credentials(), load: Box::new(load) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(service.run())?;
    // a visit that was cut off may still block a thread: it is not waited for
    runtime.shutdown_background();
    Ok(Outcome::Done)
}
