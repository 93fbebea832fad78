//! `loadtest run`: how does one server, of whatever kind, do under load?

pub mod against;
pub mod figures;
pub mod load_options;

use anyhow::bail;
use tokio::sync::watch;

use crate::cli::Run;
use crate::commands::output::Output;
use crate::commands::run::figures::Figures;
use crate::commands::run::load_options::{generator, phase, users, warm_up};

/// # Errors
/// Nobody listens, nobody can log in, or the figures cannot be written.
pub async fn run(asked: Run, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    check(&asked)?;
    let output = Output::open(asked.json.as_deref())?;
    if !asked.against.is_empty() {
        return output.figures(&against::versus(&asked, stop).await?);
    }
    let generator = generator(&asked, &asked.urls, &stop).await?;
    let phase = phase(&asked, &asked.urls, stop)?;
    warm_up(&generator, &phase, asked.warmup).await?;
    let stopped = || *phase.stop.borrow();
    if stopped() {
        bail!("interrupted before anything was measured");
    }
    let measured = generator.drive(&phase).await?;
    let figures = Figures::of(&measured, &phase.arrivals);
    if !stopped() {
        return output.figures(&figures);
    }
    let sentence = format!("interrupted after {:.1?} of {:.1?}", measured.elapsed, phase.duration);
    output.figures(&figures.void(sentence.clone()))?;
    bail!("{sentence}: the figures are of what was measured until then")
}

/// # Errors
/// Some of the visitors would never come.
fn check(asked: &Run) -> anyhow::Result<()> {
    let windows = asked.rate.as_ref().map_or(users(asked), |_| asked.connections);
    match asked.visitors {
        Some(visitors) if visitors > windows && asked.zipf.is_none() => bail!(
            "of {visitors} visitors only {windows} would come: raise --users or --connections, or draw them with --zipf"
        ),
        _ => Ok(()),
    }
}
