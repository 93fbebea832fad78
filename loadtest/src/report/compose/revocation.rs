//! How is `revocation` told?

use crate::analyse::revocation::Revocation;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &Revocation) -> Section {
    Section {
        about: Experiment::Revocation,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
