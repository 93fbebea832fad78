//! Readiness: should traffic still come here?

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by whoever hears the signal and whoever answers the balancer's question.
#[derive(Debug, Clone, Default)]
pub struct Health {
    shutting_down: Arc<AtomicBool>,
}

impl Health {
    /// From now on `/health/ready` says no, so that balancers send their traffic elsewhere before we stop accepting.
    pub fn begin_shutdown(&self) {
        self.shutting_down.store(true, Ordering::Relaxed);
    }

    pub fn is_shutting_down(&self) -> bool {
        self.shutting_down.load(Ordering::Relaxed)
    }
}
