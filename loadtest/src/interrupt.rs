//! Interrupt: who is told that somebody pressed Ctrl-C?

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Turns true on Ctrl-C, SIGTERM and SIGHUP. Everything that waits, waits for this as well, and then cleans up behind
/// itself.
pub fn signals() -> anyhow::Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let (mut signals, stop) = (signal(kind)?, stop.clone());
        tokio::spawn(async move {
            signals.recv().await;
            stop.send_replace(true);
        });
    }
    Ok(stopped)
}

/// Does something that takes its time. None: it was dropped, as somebody pressed Ctrl-C meanwhile.
pub async fn unless<T>(stop: &watch::Receiver<bool>, work: impl Future<Output = T>) -> Option<T> {
    let mut stop = stop.clone();
    tokio::select! {
        biased;
        _ = stop.wait_for(|stopped| *stopped) => None,
        done = work => Some(done),
    }
}
