//! The command line: one file per command. Data goes to standard output, talk to standard error; errors become one line and an exit code here.

pub mod args;
mod ask;
mod backup;
mod bounces;
mod changes;
mod check;
mod deliveries;
pub mod demo;
mod doctor;
mod evidence;
mod export;
mod extract;
mod manual;
mod offices;
mod reextract;
mod run;
mod send_test;
mod setup;
mod sources;
#[cfg(debug_assertions)]
mod steps;
mod subscribers;
mod talk;

use std::process::ExitCode;

use clap::Parser;

use crate::store::StoreError;
use args::{Cli, Command};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All done: exit code 0.
    Done,
    /// Finished, but something failed that was named on standard error: exit code 1.
    Partly,
    /// Nothing done; the same may work in a while: exit code 75, which mail servers understand (`EX_TEMPFAIL`).
    TryAgain,
}

/// The whole program: reads the arguments of the process, does what they ask, says what went wrong.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    talk::set_up(&cli.global, matches!(cli.command, Command::Run(_)));
    match obey(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Partly) => ExitCode::from(1),
        Ok(Outcome::TryAgain) => ExitCode::from(75),
        Err(error) if talk::reader_has_gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            talk::error(&error);
            // the store broke off what had begun: something was done, and the next run does the rest
            let broke_off = error.downcast_ref::<StoreError>().is_some_and(StoreError::is_transient);
            ExitCode::from(if broke_off { 1 } else { 2 })
        }
    }
}

fn obey(cli: Cli) -> anyhow::Result<Outcome> {
    match cli.command {
        Command::Run(_) => run::run(&cli.global),
        Command::Check(args) => check::run(&args, &cli.global),
        Command::Extract(args) => extract::run(&args, &cli.global),
        Command::Changes(args) => changes::run(&args, &cli.global),
        Command::Offices(args) => offices::offices(&args, &cli.global),
        Command::History(args) => offices::history(&args, &cli.global),
        Command::Evidence(args) => evidence::run(&args, &cli.global),
        Command::Export(args) => export::run(&args, &cli.global),
        Command::Reextract(args) => reextract::run(&args, &cli.global),
        Command::Doctor(args) => doctor::run(&args, &cli.global),
        Command::Backup(args) => backup::backup(&args, &cli.global),
        Command::Restore(args) => backup::restore(&args, &cli.global),
        Command::Sources { command } => sources::run(&command, &cli.global),
        Command::Subscribers { command } => subscribers::run(&command, &cli.global),
        Command::SendTest(args) => send_test::run(&args, &cli.global),
        Command::Deliveries(args) => deliveries::run(&args, &cli.global),
        Command::Bounces(args) => bounces::run(&args, &cli.global),
        Command::Demo(args) => demo::run(&args),
        Command::ReadPdf => Ok(crate::round::serve().map(|()| Outcome::Done)?),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man(args) => manual::man(&args),
    }
}
