//! How is `stolen-credential` told?

use crate::analyse::stolen_credential::StolenCredential;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &StolenCredential) -> Section {
    Section {
        about: Experiment::StolenCredential,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
