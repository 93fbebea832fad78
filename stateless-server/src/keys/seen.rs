//! Verify cache: which signatures need not be computed again?
//!
//! Those of tokens that came before, byte for byte. A signature that was good stays good as long as its key is believed;
//! everything else about a token can change, and is asked every time.

use std::sync::Arc;

use quick_cache::sync::Cache;

/// Tokens whose signature was good, in the memory of this process: `--verify-cache` of them at most. Clones share it.
#[derive(Clone)]
pub(crate) struct Seen(Option<Arc<Cache<Box<str>, ()>>>);

impl Seen {
    /// Zero remembers nothing.
    pub(crate) fn at_most(tokens: usize) -> Seen {
        Seen((tokens > 0).then(|| Arc::new(Cache::new(tokens))))
    }

    /// The whole token is compared, not a hash of it: no other token can take its place.
    pub(crate) fn knows(&self, token: &str) -> bool {
        self.0.as_ref().is_some_and(|seen| seen.get(token).is_some())
    }

    /// Only for a token whose signature was good: else a flood of bad ones would wash out the others.
    pub(crate) fn remember(&self, token: &str) {
        if let Some(seen) = &self.0 {
            seen.insert(token.into(), ());
        }
    }
}
