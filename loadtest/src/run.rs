//! How does one server, of whatever kind, do under load?

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use http::Uri;
use serde::Serialize;
use shared::api::credential::LogIn;
use shared::api::meta::CredentialKind;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::cli::{Brings, Rates, Run};
use crate::figures::Figures;
use crate::load::generator::{Generator, Habits, Login, Population};
use crate::load::lane::Phase;
use crate::load::pace::{Arrivals, Step, Think};
use crate::load::people::Who;
use crate::load::promise::Lookups;
use crate::load::scenario::Scenario;
use crate::versus;

/// When nobody says how many. An open loop begins with as many windows, and opens more when answers take longer.
const USERS: u32 = 16;

fn users(asked: &Run) -> u32 {
    asked.users.unwrap_or(USERS)
}

/// # Errors
/// Nobody listens, nobody can log in, or the figures cannot be written.
pub async fn run(asked: Run, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    check(&asked)?;
    let file = asked.json.as_deref().filter(|file| *file != "-").map(create).transpose()?;
    if !asked.against.is_empty() {
        return tell(&versus::versus(&asked, stop).await?, &asked, file);
    }
    let generator = generator(&asked, &asked.urls, &stop).await?;
    let phase = phase(&asked, &asked.urls, stop)?;
    warm_up(&generator, &phase, asked.warmup).await?;
    tell(&Figures::of(&generator.drive(&phase).await?, &phase.arrivals), &asked, file)
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
        Some(mut file) => writeln!(file, "{text}"),
        None => writeln!(io::stdout(), "{text}"),
    }
    .context("cannot write the figures")
}

pub fn phase(asked: &Run, urls: &[Uri], stop: watch::Receiver<bool>) -> anyhow::Result<Phase> {
    let (arrivals, duration) = schedule(asked);
    let path = asked.path.clone().or(urls[0].path_and_query().cloned()).context("a URL has a path")?;
    Ok(Phase { arrivals, duration, scenario: asked.journey.map_or(Scenario::Get(path), Scenario::Journey), stop })
}

/// Load that nobody measures.
pub async fn warm_up(generator: &Generator, phase: &Phase, duration: Duration) -> anyhow::Result<()> {
    if !duration.is_zero() {
        generator.drive(&Phase { duration, ..phase.clone() }).await?;
    }
    Ok(())
}

/// Who decides when, and for how long.
fn schedule(asked: &Run) -> (Arrivals, Duration) {
    let Run { spacing, think, duration, .. } = asked;
    match &asked.rate {
        None => {
            let think = Think { mean: *think, spacing: *spacing };
            (Arrivals::Closed { users: users(asked), think }, *duration)
        }
        Some(Rates::Steady(per_second)) => {
            let steps = vec![Step { per_second: *per_second, lasts: *duration }];
            (Arrivals::Open { steps, spacing: *spacing }, *duration)
        }
        Some(Rates::Steps(steps)) => {
            let arrivals = Arrivals::Open { steps: steps.clone(), spacing: *spacing };
            (arrivals, steps.iter().map(|step| step.lasts).sum())
        }
    }
}

/// Before anything is measured, so that no figure is lost for want of a folder.
fn create(file: &str) -> anyhow::Result<File> {
    File::create(file).with_context(|| format!("cannot write {file}"))
}

/// Visitors of these replicas, logged in if they shall be.
pub async fn generator(asked: &Run, urls: &[Uri], stop: &watch::Receiver<bool>) -> anyhow::Result<Generator> {
    let mut interrupted = stop.clone();
    tokio::select! {
        biased;
        _ = interrupted.wait_for(|stopped| *stopped) => bail!("interrupted before the first request"),
        generator = async { Ok(Generator::start(population(asked, urls).await?).await?) } => generator,
    }
}

async fn population(asked: &Run, urls: &[Uri]) -> anyhow::Result<Population> {
    let mut replicas = Vec::new();
    for url in urls {
        replicas.push(listening(url).await?);
    }
    let who = match asked.login.clone() {
        None => Who::Each,
        Some((username, password)) => Who::Everybody(LogIn { username, password }),
    };
    let kind = match asked.credential {
        Brings::None => None,
        Brings::Bearer => Some(CredentialKind::Bearer),
        Brings::Cookie => Some(CredentialKind::Cookie),
    };
    let login = kind.map(|kind| Login { who, kind, lookups: Lookups::usual(kind) });
    Ok(Population {
        replicas,
        balance: asked.balance,
        visitors: asked.visitors.unwrap_or(users(asked)),
        login,
        deadline: asked.deadline,
        cores: Vec::new(),
        seed: asked.seed,
        habits: Habits {
            zipf: asked.zipf,
            bunch: asked.bunch,
            fresh_connections: asked.new_connections,
            most_windows: asked.connections,
        },
    })
}

/// # Errors
/// Nobody listens there.
async fn listening(url: &Uri) -> anyhow::Result<SocketAddr> {
    let (host, port) = (url.host().unwrap_or_default(), url.port_u16().unwrap_or(80));
    let mut found = tokio::net::lookup_host((host, port)).await.with_context(|| format!("{host} has no address"))?;
    let address = found.next().with_context(|| format!("{host} has no address"))?;
    match TcpStream::connect(address).await {
        Ok(_) => Ok(address),
        Err(error) => {
            bail!("nobody listens on {address} ({error}): start a server first, for instance with `loadtest up`")
        }
    }
}
