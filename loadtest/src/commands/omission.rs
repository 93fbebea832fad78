//! `loadtest omission`: what does a load test not see, if it waits politely?
//!
//! A server that answers in a millisecond freezes once, and is asked by two generators at the same time: one whose users
//! wait for their answer before they ask again, and one that keeps a schedule over a few connections. What the second
//! saw is counted twice, from when each request left and from when it was due. The three disagree about the same stall:
//! Gil Tene calls that coordinated omission (*How NOT to Measure Latency*, 2013).

use std::fs;
use std::time::Duration;

use anyhow::Context;
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use load::reference_server::{Act, Server};
use report::omission::{Count, picture};
use tokio::sync::watch;

use crate::cli::Omission;
use crate::commands::output;
use load::generator::{Generator, GeneratorConfig};
use load::measured::Measured;
use load::pace::{Arrivals, ThinkTime};
use load::scenario::Scenario;
use load::worker::Phase;

const CONNECTIONS: u32 = 4;
const PER_SECOND: f64 = 500.0;
const DELAY: Duration = Duration::from_millis(1);
/// Of the whole, the stall is the middle part of so many.
const PARTS: u32 = 5;

/// # Errors
/// The picture cannot be written, or somebody pressed Ctrl-C.
pub async fn omission(asked: Omission, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let folder = asked.out.unwrap_or_else(|| ".".into());
    output::make(&folder)?;
    let (begins, ends) = (asked.stall * (PARTS / 2), asked.stall * (PARTS / 2 + 1));
    let stalls = move |_, since| Act::Late(if (begins..ends).contains(&since) { ends - since } else { DELAY });
    let server = Server::start(stalls).context("cannot start a server to be asked")?;
    // Without the stall, both send as much: so long is the pause of each user.
    let mean = Duration::from_secs_f64(f64::from(CONNECTIONS) / PER_SECOND) - DELAY;
    let think = ThinkTime { mean, ..ThinkTime::default() };
    let duration = asked.stall * PARTS;
    let (polite, scheduled) = tokio::try_join!(
        drive(&server, Arrivals::Closed { users: CONNECTIONS, think }, duration, stop.clone()),
        drive(&server, Arrivals::constant(PER_SECOND), duration, stop.clone()),
    )?;
    anyhow::ensure!(!*stop.borrow(), "interrupted: half a stall shows nothing");
    let since_sent = scheduled.stats.since_sent.as_ref().context("an open loop counts from both")?;
    let counts = [
        Count { name: "closed: users who wait", latency: &polite.stats.ok },
        Count { name: "from when it left", latency: since_sent },
        Count { name: "from when it was due", latency: &scheduled.stats.ok },
    ];
    let file = folder.join("coordinated-omission.svg");
    fs::write(&file, picture(&counts)).with_context(|| format!("cannot write {}", file.display()))?;
    output::show(format_args!("{}\n{}", table(&counts), file.display()));
    Ok(())
}

async fn drive(
    server: &Server,
    arrivals: Arrivals,
    duration: Duration,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Measured> {
    let config = GeneratorConfig {
        timeout: 2 * duration,
        connections: CONNECTIONS,
        ..GeneratorConfig::anonymous(vec![server.address], CONNECTIONS)
    };
    let phase = Phase { arrivals, duration, scenario: Scenario::Get("/".parse()?), stop };
    Ok(Generator::start(config).await?.drive(&phase).await?)
}

/// In milliseconds.
fn table(counts: &[Count; 3]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["latency in ms, counted", "requests", "mean", "p50", "p90", "p99", "p99.9", "longest"]);
    let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    for Count { name, latency } in counts {
        let begins = [(*name).to_owned(), latency.count().to_string(), ms(latency.mean())];
        let quantiles = [0.5, 0.9, 0.99, 0.999].map(|share| ms(latency.quantile(share)));
        table.add_row(begins.into_iter().chain(quantiles).chain([ms(latency.max())]));
    }
    table
}
