//! Process logs: what did all of them say?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two looks at whether something was said.
const LOOK: Duration = Duration::from_millis(5);

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

    /// Waits until some line holds these words: what a child writes arrives a moment later.
    pub async fn says(&self, words: &str, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        let mut read = 0;
        loop {
            let heard = self.lines().len();
            if self.lines()[read..heard].iter().any(|line| line.contains(words)) {
                return true;
            }
            read = heard;
            if Instant::now() > deadline {
                return false;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_said_later_is_waited_for() {
        let log = Log::default();
        log.hear("first");
        let (told, ()) = tokio::join!(log.says("second", Duration::from_secs(5)), async { log.hear("and second") });
        assert!(told);
        assert!(!log.says("third", Duration::ZERO).await);
    }
}
