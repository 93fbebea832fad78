//! How is `rotate-key` told?

use crate::analyse::rotate_key::RotateKey;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &RotateKey) -> Section {
    Section {
        about: Experiment::RotateKey,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
