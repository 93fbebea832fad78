//! Verdicts of two recordings: do they mark the textbook alike?

use serde::Serialize;

use crate::evidence::claims::Claim;
use crate::evidence::verdict::Verdict;
use crate::findings::findings;
use crate::recording::{Experiment, Recording};
use crate::wanted::Wanted;

/// One claim, and what became of it in each.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Marked {
    pub experiment: Experiment,
    pub says: &'static str,
    /// None: not measured in this recording.
    pub a: Option<Verdict>,
    pub b: Option<Verdict>,
}

impl Marked {
    /// Whether both decided it, and alike or not.
    pub fn agrees(&self) -> Option<bool> {
        Some(self.a? == self.b?)
    }
}

/// Each claim that one of them decided, in the order of the table.
pub(crate) fn side_by_side(a: &Recording, b: &Recording) -> Vec<Marked> {
    let [a, b] = [a, b].map(|recording| findings(recording, &Wanted::default()));
    let both = a.claims().zip(b.claims());
    let marked =
        |(a, b): (&Claim, &Claim)| Marked { experiment: a.experiment, says: a.says, a: a.verdict(), b: b.verdict() };
    both.map(marked).filter(|marked| marked.a.or(marked.b).is_some()).collect()
}
