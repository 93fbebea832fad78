//! How is `kill-one` told?

use crate::analyse::kill_one::KillOne;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &KillOne) -> Section {
    Section {
        about: Experiment::KillOne,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
