//! Process logs: what did all of them say?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Every line that some children wrote, to either stream. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn hear(&self, line: &str) {
        self.lines().push(line.to_owned());
    }

    /// The lines so far; nobody is heard while somebody reads.
    pub fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
