//! How is `cost` told?

use crate::analyse::cost::Cost;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &Cost) -> Section {
    Section {
        about: Experiment::Cost,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
