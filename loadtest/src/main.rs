//! The load test: which of the two servers scales better, and how do we know?

// In a program there is nobody outside: `pub` means for the neighbouring modules, and `pub(crate)` would say no more.
#![allow(unreachable_pub)]

mod cli;
mod commands;
mod durations;
mod experiments;
mod fault;
mod fleet;
mod interleaved;
mod interrupt;
mod plan;
mod probe;
mod proc;
mod progress;
mod recorder;
mod run_metadata;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use cli::{Cli, Command};
use commands::{calibrate, compare, diff, list, omission, report_command, run, trend, up};
use load::connection;

fn main() -> ExitCode {
    let Cli { command } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refused) => return misunderstood(&refused),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return sentence(&error.into()),
    };
    match runtime.block_on(perform(command)) {
        Ok(code) => code,
        Err(error) => sentence(&error),
    }
}

async fn perform(command: Command) -> anyhow::Result<ExitCode> {
    let stop = interrupt::signals()?;
    connection::allow_as_many_as_possible()?;
    match command {
        Command::Compare(asked) => compare::compare(asked, stop).await?,
        Command::Run(asked) => run::run(*asked, stop).await?,
        Command::Up(asked) => up::up(asked, stop).await?,
        Command::Calibrate(asked) => calibrate::calibrate(asked, stop).await?,
        Command::Omission(asked) => omission::omission(asked, stop).await?,
        Command::Report(asked) => report_command::report(&asked)?,
        Command::Diff(asked) => return diff::diff(&asked),
        Command::Trend(asked) => trend::trend(&asked)?,
        Command::List => list::list()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The first paragraph of what clap says, as one line; help and version as they are.
fn misunderstood(refused: &clap::Error) -> ExitCode {
    if !refused.use_stderr() || refused.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        refused.exit();
    }
    let said = refused.to_string();
    let paragraph = said.split("\n\n").next().unwrap_or(&said).trim_start_matches("error: ");
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    sentence(&anyhow::anyhow!("{line}; `loadtest help` tells what can be asked"))
}

/// One sentence for the person at the terminal.
fn sentence(error: &anyhow::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{error:#}"); // The terminal may be gone.
    ExitCode::from(2)
}
