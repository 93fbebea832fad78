//! `loadtest compare`: how do the two servers compare, and what is left to read afterwards?

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;
use report::recording::{Ending, Event, Mode, Writer};
use tokio::sync::watch;

use crate::cli::Compare;
use crate::commands::output;
use crate::commands::report_command::render;
use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::Needs;
use crate::fleet::cores::Cores;
use crate::fleet::{Fleet, Settings, contract};
use crate::interrupt;
use crate::plan::{Plan, start_takes};
use crate::progress::Progress;
use crate::recorder::Recorder;
use crate::run_metadata;

/// Measures, writes the report, and says where it is.
///
/// # Errors
/// A sentence; what was measured until then is kept and reported.
pub async fn compare(asked: Compare, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let (plan, text) = Plan::find(&asked.plan, &asked.overrides)?;
    let needs = plan.needs();
    let seed = asked.seed.unwrap_or_else(|| u64::from(fastrand::u32(..)));
    let settings = settings(&asked, &needs)?;
    let header = run_metadata::of(&asked, &needs, text, seed, &settings.cores)?;
    let file = folder(&asked)?.join("recording.jsonl");
    let recording = File::create(&file).and_then(|file| Writer::new(file, &header));
    let recording = recording.with_context(|| format!("cannot write {}", file.display()))?;
    let mut recorder = Recorder { recording, progress: Progress::new(needs.takes), broken: Vec::new() };
    recorder.say(format!("seed {seed}, writing {}", file.display()));

    let outcome = measure((&plan, &needs), &settings, seed, stop, &mut recorder).await;
    let Recorder { recording, progress, broken } = recorder;
    drop(progress);
    let ending = if outcome.is_ok() { Ending::Complete } else { Ending::Interrupted };
    recording.finish(Timestamp::now(), ending)?.sync_all()?;
    render(&file, file.parent(), &asked.numbers.wanted())?;
    match (outcome, broken.as_slice()) {
        (Ok(()), []) => Ok(()),
        (Ok(()), [first, ..]) => bail!("{} times a server did other work than it promises: {first}", broken.len()),
        (Err(Halt::Interrupted), _) => bail!("interrupted: the report holds what was measured until then"),
        (Err(Halt::Failed(error)), _) => Err(error),
    }
}

fn settings(asked: &Compare, needs: &Needs) -> anyhow::Result<Settings> {
    Ok(Settings {
        servers: asked.servers.clone(),
        demo_visitors: contract::visitors(needs.visitors),
        cores: Cores::divide().context("cannot tell which cores there are")?,
        ..Settings::default()
    })
}

/// Starts what is measured, checks it, measures it. When this returns, all of it is gone.
async fn measure(
    (plan, needs): (&Plan, &Needs),
    settings: &Settings,
    seed: u64,
    stop: watch::Receiver<bool>,
    recorder: &mut Recorder,
) -> Result<(), Halt> {
    let fleets = interrupt::unless(&stop, ready(&needs.fleets, settings, recorder)).await;
    let fleets = fleets.ok_or(Halt::Interrupted)??;
    let mut failed = Ok(());
    for (&experiment, section) in &plan.sections {
        let stop = stop.clone();
        let mut bench = Bench { experiment, fleets: &fleets, settings, seed, stop, recorder: &mut *recorder };
        match section.run(&mut bench).await {
            Ok(()) => {}
            Err(Halt::Interrupted) => return Err(Halt::Interrupted),
            // The others may still be carried out, and what was seen of this one is kept.
            Err(Halt::Failed(error)) => {
                bench.skipped(format!("It was given up: {error:#}."))?;
                failed = failed.and(Err(Halt::Failed(error)));
            }
        }
    }
    failed
}

/// All fleets, each held against its contract; and the bare handler where it was built.
async fn ready(needed: &[(Mode, u32)], settings: &Settings, recorder: &mut Recorder) -> anyhow::Result<Vec<Fleet>> {
    let mut fleets = Vec::new();
    for &(mode, replicas) in needed {
        if mode == Mode::Bare {
            match Fleet::start(mode, settings).await {
                Ok(fleet) => fleets.push(fleet),
                Err(why) => recorder.skipped(None, format!("The bare handler was not measured: {why:#}."))?,
            }
            recorder.spent(start_takes(mode, replicas));
            continue;
        }
        recorder.say(format!("starting and checking the fleet: {}", mode.label()));
        let fleet = Fleet::start(mode, &Settings { replicas, ..settings.clone() }).await?;
        recorder.record(&Event::Fleet(fleet.described().await?))?;
        let checked = contract::held_against(&fleet).await?;
        recorder.record(&Event::Contract(checked.clone()))?;
        if let Some(first) = checked.failures.first() {
            bail!("{} breaks its contract and is not measured: {first}", mode.label());
        }
        fleets.push(fleet);
        recorder.spent(start_takes(mode, replicas));
    }
    Ok(fleets)
}

fn folder(asked: &Compare) -> anyhow::Result<PathBuf> {
    let now = Timestamp::now().strftime("%Y-%m-%d-%H%M%SZ").to_string();
    let folder = asked.out.clone().unwrap_or_else(|| Path::new("reports").join(now));
    output::make(&folder)?;
    Ok(folder)
}
