//! Shared state of a probe run: what do all its clients have in common?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::probe::log::Attempt;
use crate::probe::route::Route;
use crate::probe::runs::FaultRuns;

/// A client does not wait for longer. The servers give up on their stores sooner.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// What all clients share.
#[derive(Debug, Clone)]
pub struct Common {
    pub runs: FaultRuns,
    pub seed: u64,
    pub route: Arc<Mutex<Route>>,
    pub log: Arc<Mutex<Vec<Attempt>>>,
    pub started: Instant,
}

/// Nobody who holds one of these locks can panic, and if so, what it guards is still whole.
pub fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
