//! How is `two-tabs` told?

use crate::analyse::two_tabs::TwoTabs;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &TwoTabs) -> Section {
    Section {
        about: Experiment::TwoTabs,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
