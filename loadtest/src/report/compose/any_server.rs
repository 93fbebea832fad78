//! How is `any-server` told?

use crate::analyse::any_server::AnyServer;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &AnyServer) -> Section {
    Section {
        about: Experiment::AnyServer,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
