//! Which of the two servers scales better, and how do we know?

// In a program there is nobody outside: `pub` means for the neighbouring modules, and `pub(crate)` would say no more.
#![allow(unreachable_pub)]

mod cli;
mod experiments;
mod figures;
mod load;
mod run;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return sentence(error.into()),
    };
    match runtime.block_on(perform(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => sentence(error),
    }
}

async fn perform(command: Command) -> anyhow::Result<()> {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    match command {
        Command::Run(asked) => run::run(asked, stopped).await,
        _ => anyhow::bail!("not yet"),
    }
}

/// One sentence for the person at the terminal.
fn sentence(error: anyhow::Error) -> ExitCode {
    eprintln!("{error:#}");
    ExitCode::from(2)
}
