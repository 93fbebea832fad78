//! How is `simplicity` told?

use crate::analyse::simplicity::Simplicity;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &Simplicity) -> Section {
    Section {
        about: Experiment::Simplicity,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
