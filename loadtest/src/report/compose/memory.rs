//! How is `memory` told?

use crate::analyse::memory::Memory;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &Memory) -> Section {
    Section {
        about: Experiment::Memory,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
