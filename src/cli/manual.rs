//! `sportello man` and `sportello completions`: made from the command line's own definition, so that they cannot lag behind it.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::Outcome;
use super::args::{Cli, ManArgs};

/// Prints the completions for a shell.
pub fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "sportello", &mut text);
    std::io::stdout().write_all(&text)?;
    Ok(Outcome::Done)
}

/// Prints one man page, or writes all of them into a folder.
pub fn man(args: &ManArgs) -> anyhow::Result<Outcome> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    match &args.directory {
        None => std::io::stdout().write_all(&page(&command)?)?,
        Some(directory) => write_all(&command, directory)?,
    }
    Ok(Outcome::Done)
}

fn page(command: &Command) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).manual("Sportello").render(&mut text)?;
    Ok(text)
}

/// `sportello.1`, `sportello-check.1`, `sportello-subscribers-add.1`, …
fn write_all(command: &Command, directory: &Path) -> anyhow::Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name()).replace(' ', "-");
    let file = directory.join(format!("{name}.1"));
    std::fs::write(&file, page(command)?).with_context(|| format!("cannot write {}", file.display()))?;
    command.get_subcommands().filter(|sub| !sub.is_hide_set()).try_for_each(|sub| write_all(sub, directory))
}
