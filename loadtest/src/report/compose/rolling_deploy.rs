//! How is `rolling-deploy` told?

use crate::analyse::rolling_deploy::RollingDeploy;
use crate::recording::Experiment;
use crate::report::article::Section;

pub(super) fn section(_found: &RollingDeploy) -> Section {
    Section {
        about: Experiment::RollingDeploy,
        figures: Vec::new(),
        notes: Vec::new(),
        measured: Vec::new(),
        not_shown: Vec::new(),
    }
}
