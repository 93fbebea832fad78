//! How is `lose-redis` told?

use crate::analyse::lose_redis::LoseRedis;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &LoseRedis) -> Section {
    Section {
        about: Experiment::LoseRedis,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
