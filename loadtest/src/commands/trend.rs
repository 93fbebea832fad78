//! `loadtest trend`: how did it go, over two recordings or more?

use std::path::PathBuf;

use anyhow::ensure;
use report::diff::page::Told;
use report::diff::trend::trend as follow;
use report::diff::{Named, page};
use report::recording::Recording;

use crate::cli;
use crate::commands::changes;
use crate::commands::recording_file::{name, read};

/// # Errors
/// One of them is no recording, or they have nothing in common.
pub fn trend(asked: &cli::Trend) -> anyhow::Result<()> {
    changes::show(&followed(&asked.recordings)?, &asked.told, "trend", false)
}

/// # Errors
/// As above.
pub fn followed(recordings: &[PathBuf]) -> anyhow::Result<Told> {
    let recorded = recordings.iter().map(|given| Ok((name(given), read(given)?)));
    let recorded = recorded.collect::<anyhow::Result<Vec<(String, Recording)>>>()?;
    let named: Vec<Named> = recorded.iter().map(|(name, recording)| Named { name, recording }).collect();
    let trend = follow(&named);
    ensure!(
        !trend.lines.is_empty(),
        "these recordings have no main figure in common: they take auth-cost or scale-out, in two of them at least"
    );
    Ok(page::follow(&trend))
}
