//! Which of the two servers scales better, and how do we know?

// In a program there is nobody outside: `pub` means for the neighbouring modules, and `pub(crate)` would say no more.
#![allow(unreachable_pub)]

mod cli;
mod compare;
mod experiments;
mod figures;
mod fleet;
mod header;
mod load;
mod notebook;
mod plan;
mod progress;
mod run;
mod up;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use clap::error::ErrorKind;
use loadtest::recording::Recording;
use loadtest::report::render;
use loadtest::words;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use cli::{Cli, Command};

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
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => sentence(&error),
    }
}

async fn perform(command: Command) -> anyhow::Result<()> {
    let stop = interrupted()?;
    match command {
        Command::Compare(asked) => compare::compare(asked, stop).await,
        Command::Run(asked) => run::run(asked, stop).await,
        Command::Up(asked) => up::up(asked, stop).await,
        Command::Report(asked) => report(&asked),
        Command::List => list(),
    }
}

/// Turns true on Ctrl-C, SIGTERM and SIGHUP. Everything that waits, waits for this as well, and then cleans up behind
/// itself.
fn interrupted() -> anyhow::Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let (mut signals, stop) = (signal(kind)?, stop.clone());
        tokio::spawn(async move {
            signals.recv().await;
            stop.send_replace(true);
        });
    }
    Ok(stopped)
}

fn report(asked: &cli::Report) -> anyhow::Result<()> {
    let [recording] = asked.recordings.as_slice() else {
        anyhow::bail!("one recording makes a report: to hold several against each other is not possible yet");
    };
    let report = render(&Recording::read(recording).map_err(|why| anyhow::anyhow!("{}: {why}", recording.display()))?);
    let folder = asked.out.as_deref().or(recording.parent()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    compare::write(&report, folder)?;
    println!("{}\n{}", compare::verdicts(&report), folder.join("report.html").display());
    Ok(())
}

fn list() -> anyhow::Result<()> {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table.set_header(["experiment", "question", "what people usually predict", "smoke", "workshop", "full"]);
    for about in &experiments::ALL {
        let mut row =
            vec![words::experiment(about.experiment).to_owned(), about.question.into(), about.prediction.into()];
        for plan in ["smoke", "workshop", "full"] {
            row.push(format!("{:.0} s", (about.takes)(&plan::Plan::find(plan)?.0).as_secs_f64()));
        }
        table.add_row(row);
    }
    println!("{table}");
    Ok(())
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
