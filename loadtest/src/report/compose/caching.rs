//! How is `caching` told?

use crate::analyse::caching::Caching;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &Caching) -> Section {
    Section {
        about: Experiment::Caching,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
