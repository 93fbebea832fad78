//! `loadtest up`: what is there to explore by hand?

use tokio::sync::watch;

use crate::cli::Up;
use crate::commands::output;
use crate::fleet::{Fleet, Settings};
use crate::interrupt;

/// Starts the fleets and waits for Ctrl-C; then all of it is gone.
///
/// # Errors
/// Something is not there, or does not start.
pub async fn up(asked: Up, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let Some(fleets) = interrupt::unless(&stop, start(&asked)).await.transpose()? else { return Ok(()) };
    output::show(introduction(&fleets, asked.demo_visitors));
    let _ = stop.wait_for(|stopped| *stopped).await; // If nobody can press Ctrl-C any more, it is over as well.
    Ok(())
}

async fn start(asked: &Up) -> anyhow::Result<Vec<Fleet>> {
    let settings = Settings {
        servers: asked.servers.clone(),
        replicas: asked.replicas,
        demo_visitors: asked.demo_visitors,
        workers: None,
        ..Settings::default()
    };
    let mut fleets = Vec::new();
    for mode in &asked.mode.0 {
        fleets.push(Fleet::start(*mode, &settings).await?);
    }
    Ok(fleets)
}

fn introduction(fleets: &[Fleet], visitors: u32) -> String {
    let mut text = String::new();
    for fleet in fleets {
        text += &format!("{}\n", fleet.mode.label());
        text.extend(fleet.urls().map(|url| format!("  {url}/docs\n")));
        text.extend(fleet.redis.iter().map(|redis| format!("  its Redis: redis-cli -u {}\n", redis.url())));
    }
    text += "\njohn / secret is an admin, jane / secret is not, ";
    text += &format!("visitor-1 … visitor-{visitors} / visitor are many.\nCtrl-C ends all of it.");
    text
}
