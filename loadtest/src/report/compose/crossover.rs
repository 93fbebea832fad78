//! How is `crossover` told?

use crate::analyse::crossover::Crossover;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &Crossover) -> Section {
    Section {
        about: Experiment::Crossover,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
