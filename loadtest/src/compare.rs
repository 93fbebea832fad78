//! How do the two servers compare, and what is left to read afterwards?

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;
use loadtest::recording::{Ending, Event, Mode, Writer};
use loadtest::words;
use tokio::sync::watch;

use crate::cli::Compare;
use crate::experiments::bench::{Bench, Halt};
use crate::experiments::{self, takes};
use crate::fleet::cores::Cores;
use crate::fleet::{Fleet, Settings, Workers, contract};
use crate::header;
use crate::notebook::Notebook;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::tell::tell;

/// Measures, writes the report, and says where it is.
///
/// # Errors
/// A sentence; what was measured until then is kept and reported.
pub async fn compare(asked: Compare, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let (plan, text) = Plan::find(&asked.plan)?;
    let only: Vec<_> = asked.only.iter().map(|name| (*name).into()).collect();
    let plan = plan.narrowed(&only, asked.duration_scale)?;
    let seed = asked.seed.unwrap_or_else(|| u64::from(fastrand::u32(..)));
    let settings = settings(&asked, &plan)?;
    let header = header::of(&asked, &plan, text, seed, &settings.cores)?;
    let file = folder(&asked)?.join("recording.jsonl");
    let recording = Writer::create(&file, &header).with_context(|| format!("cannot write {}", file.display()))?;
    let mut notebook = Notebook { recording, progress: Progress::new(takes(&plan)), broken: Vec::new() };
    notebook.say(format!("seed {seed}, writing {}", file.display()));

    let outcome = measure(&plan, &settings, seed, stop, &mut notebook).await;
    let Notebook { recording, progress, broken } = notebook;
    drop(progress);
    recording.finish(Timestamp::now(), if outcome.is_ok() { Ending::Complete } else { Ending::Interrupted })?;
    tell(&file, file.parent())?;
    match (outcome, broken.as_slice()) {
        (Ok(()), []) => Ok(()),
        (Ok(()), [first, ..]) => bail!("{} times a server did other work than it promises: {first}", broken.len()),
        (Err(Halt::Interrupted), _) => bail!("interrupted: the report holds what was measured until then"),
        (Err(Halt::Failed(error)), _) => Err(error),
    }
}

fn settings(asked: &Compare, plan: &Plan) -> anyhow::Result<Settings> {
    Ok(Settings {
        servers: asked.servers.clone(),
        replicas: 1,
        demo_visitors: contract::visitors(plan.visitors()),
        workers: Workers::One,
        cores: Cores::divide().context("cannot tell which cores there are")?,
    })
}

/// Starts what is measured, checks it, measures it. When this returns, all of it is gone.
async fn measure(
    plan: &Plan,
    settings: &Settings,
    seed: u64,
    mut stop: watch::Receiver<bool>,
    notebook: &mut Notebook,
) -> Result<(), Halt> {
    let stopped = stop.clone();
    let needed = experiments::fleets(plan);
    let fleets = tokio::select! {
        biased;
        _ = stop.wait_for(|stopped| *stopped) => return Err(Halt::Interrupted),
        fleets = ready(&needed, settings, notebook) => fleets?,
    };
    let mut bench = Bench { fleets: &fleets, cores: settings.cores.clone(), seed, stop: stopped, notebook };
    for experiment in plan.experiments() {
        experiments::run(experiment, plan, &mut bench).await?;
    }
    Ok(())
}

/// All fleets, each held against its contract; and the bare handler where it was built.
async fn ready(needed: &[(Mode, u32)], settings: &Settings, notebook: &mut Notebook) -> anyhow::Result<Vec<Fleet>> {
    let mut fleets = Vec::new();
    for &(mode, replicas) in needed {
        notebook.say(format!("starting and checking the fleet: {}", words::mode(mode)));
        let fleet = Fleet::start(mode, &Settings { replicas, ..settings.clone() }).await?;
        notebook.record(&Event::Fleet(fleet.described().await?))?;
        let checked = contract::held_against(&fleet).await?;
        notebook.record(&Event::Contract(checked.clone()))?;
        if let Some(first) = checked.failures.first() {
            bail!("{} breaks its contract and is not measured: {first}", words::mode(mode));
        }
        fleets.push(fleet);
    }
    match Fleet::start(Mode::Bare, settings).await {
        Ok(fleet) => fleets.push(fleet),
        Err(why) => notebook.skipped(None, format!("The bare handler was not measured: {why:#}."))?,
    }
    Ok(fleets)
}

fn folder(asked: &Compare) -> anyhow::Result<PathBuf> {
    let now = Timestamp::now().strftime("%Y-%m-%d-%H%M%SZ").to_string();
    let folder = asked.out.clone().unwrap_or_else(|| Path::new("reports").join(now));
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(folder)
}
