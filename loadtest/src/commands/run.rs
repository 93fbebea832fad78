//! How does one server, of whatever kind, do under load?

pub mod against;
pub mod figures;
pub mod load_options;

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};

use anyhow::{Context, bail};
use serde::Serialize;
use tokio::sync::watch;

use crate::cli::Run;
use crate::commands::run::figures::Figures;
use crate::commands::run::load_options::{generator, phase, users, warm_up};

/// # Errors
/// Nobody listens, nobody can log in, or the figures cannot be written.
pub async fn run(asked: Run, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    check(&asked)?;
    let file = asked.json.as_deref().filter(|file| *file != "-").map(create).transpose()?;
    if !asked.against.is_empty() {
        return tell(&against::versus(&asked, stop).await?, &asked, file);
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
        return tell(&figures, &asked, file);
    }
    let sentence = format!("interrupted after {:.1?} of {:.1?}", measured.elapsed, phase.duration);
    tell(&figures.void(sentence.clone()), &asked, file)?;
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

fn tell(figures: &(impl Serialize + Display), asked: &Run, file: Option<File>) -> anyhow::Result<()> {
    let text = if asked.json.is_some() { serde_json::to_string_pretty(&figures)? } else { figures.to_string() };
    match file {
        Some(mut file) => file.set_len(0).and_then(|()| writeln!(file, "{text}")),
        None => writeln!(io::stdout(), "{text}"),
    }
    .context("cannot write the figures")
}

/// Before anything is measured, so that no figure is lost for want of a folder. What the file holds is lost only when
/// there is something to put in its place.
pub fn create(file: &str) -> anyhow::Result<File> {
    let opened = File::options().write(true).create(true).truncate(false).open(file);
    opened.with_context(|| format!("cannot write {file}: is there such a folder?"))
}
