//! Shared state of a probe run: what do all its clients have in common?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::probe::Renewal;
use crate::probe::log::Attempt;
use crate::probe::route::Route;

/// What all clients share.
#[derive(Debug, Clone)]
pub struct Common {
    pub route: Arc<Mutex<Route>>,
    pub log: Arc<Mutex<Vec<Attempt>>>,
    pub started: Instant,
    /// After which a client gives up.
    pub deadline: Duration,
    /// Of one: how many requests open a connection of their own.
    pub on_new_connections: f64,
    pub renewal: Renewal,
}

/// Nobody who holds one of these locks can panic, and if so, what it guards is still whole.
pub fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
