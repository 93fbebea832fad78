//! `loadtest diff`: what changed between two recordings, and did anything get worse?

use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use report::diff::{Diff, Named, diff as compare, page};

use crate::cli;
use crate::commands::changes;
use crate::commands::recording_file::{name, read};

/// Shows what changed. The exit code is 1 when something got worse, or when B has nothing left to tell it by.
///
/// # Errors
/// One of them is no recording, or they have nothing in common.
pub fn diff(asked: &cli::Diff) -> anyhow::Result<ExitCode> {
    let diff = between(&asked.a, &asked.b, asked.threshold)?;
    changes::show(&page::compare(&diff), &asked.told, "diff", asked.all)?;
    Ok(if diff.passes() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// # Errors
/// As above.
pub fn between(a: &Path, b: &Path, threshold: f64) -> anyhow::Result<Diff> {
    let (recorded_a, recorded_b) = (read(a)?, read(b)?);
    let (a, b) = (name(a), name(b));
    let (before, after) = (Named { name: &a, recording: &recorded_a }, Named { name: &b, recording: &recorded_b });
    compare(before, after, threshold).ok_or_else(|| {
        anyhow!(
            "{a} and {b} have no figure in common that can be trusted: compare runs of the same plan, and look at the \
             report of each for samples that do not count"
        )
    })
}
