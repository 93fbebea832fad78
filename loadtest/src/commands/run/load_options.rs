//! Load options: what load do the flags of `run` ask for?

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use http::Uri;
use report::evidence::sides::{STATEFUL, STATELESS};
use shared::api::credential::LogIn;
use shared::api::meta::CredentialKind;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::cli::{Brings, Rates, Run};
use crate::interrupt;
use load::expected_work::Lookups;
use load::generator::{Generator, GeneratorConfig, Login};
use load::pace::{Arrivals, ThinkTime};
use load::scenario::Scenario;
use load::users::Accounts;
use load::worker::Phase;

pub fn phase(asked: &Run, urls: &[Uri], stop: watch::Receiver<bool>) -> anyhow::Result<Phase> {
    let (arrivals, duration) = schedule(asked);
    let of_url = || match urls[0].query() {
        Some(query) => format!("{}?{query}", urls[0].path()).parse(),
        None => urls[0].path().parse(),
    };
    let path = asked.path.clone().map_or_else(of_url, Ok).context("a URL has a path")?;
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
    let Run { arrivals: process, think, duration, .. } = asked;
    match &asked.rate {
        None => {
            let think = ThinkTime { mean: *think, process: *process };
            (Arrivals::Closed { users: users(asked), think }, *duration)
        }
        Some(Rates(steps)) => {
            let lasts = Some(steps.iter().map(|step| step.lasts).sum()).filter(|lasts: &Duration| !lasts.is_zero());
            (Arrivals::Open { steps: steps.clone(), process: *process }, lasts.unwrap_or(*duration))
        }
    }
}

/// Visitors of these replicas, logged in if they shall be.
pub async fn generator(asked: &Run, urls: &[Uri], stop: &watch::Receiver<bool>) -> anyhow::Result<Generator> {
    let start = async { anyhow::Ok(Generator::start(config(asked, urls).await?).await?) };
    interrupt::unless(stop, start).await.context("interrupted before the first request")?
}

async fn config(asked: &Run, urls: &[Uri]) -> anyhow::Result<GeneratorConfig> {
    let mut replicas = Vec::new();
    for url in urls {
        replicas.push(listening(url).await?);
    }
    let accounts = match asked.login.clone() {
        None => Accounts::PerVisitor,
        Some((username, password)) => Accounts::One(LogIn { username, password }),
    };
    let kind = match asked.credential {
        Brings::None => None,
        Brings::Bearer => Some((CredentialKind::Bearer, STATELESS)),
        Brings::Cookie => Some((CredentialKind::Cookie, STATEFUL)),
    };
    // Of the server that hands out such a credential when it is started without further ado.
    let login = kind.map(|(kind, mode)| Login { accounts, kind, lookups: Lookups::of(mode) });
    Ok(GeneratorConfig {
        balance: asked.balance,
        login,
        timeout: asked.timeout,
        seed: asked.seed,
        zipf: asked.zipf,
        batch_window: asked.batch_window,
        new_connections: asked.new_connections,
        connections: asked.connections,
        ..GeneratorConfig::anonymous(replicas, asked.visitors.unwrap_or(users(asked)))
    })
}

/// # Errors
/// Nobody listens there.
async fn listening(url: &Uri) -> anyhow::Result<SocketAddr> {
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_u16().unwrap_or(80);
    let mut found = tokio::net::lookup_host((host, port)).await.with_context(|| format!("{host} has no address"))?;
    let address = found.next().with_context(|| format!("{host} has no address"))?;
    match TcpStream::connect(address).await {
        Ok(_) => Ok(address),
        Err(error) => {
            bail!("nobody listens on {address} ({error}): start a server first, for instance with `loadtest up`")
        }
    }
}

/// When nobody says how many. An open loop begins with as many windows, and opens more when answers take longer.
const USERS: u32 = 16;

pub fn users(asked: &Run) -> u32 {
    asked.users.unwrap_or(USERS)
}
