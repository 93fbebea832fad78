//! Is `kill-one` decided as its thresholds say?

use loadtest::recording::Experiment;

use crate::told;

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::KillOne, Vec::new()), "");
}
