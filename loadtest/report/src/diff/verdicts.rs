//! Verdicts of two recordings: do they mark the textbook alike?

use serde::Serialize;

use crate::evidence::claims::Ruling;
use crate::evidence::verdict::Verdict;
use crate::experiments::sizing::findings::Wanted;
use crate::findings::findings;
use crate::recording::{Experiment, Recording};

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
    let [of_a, of_b] = [a, b].map(marks);
    let both = of_a.into_iter().zip(of_b);
    both.filter_map(|((says, a), (_, b))| {
        let experiment = a.or(b)?.0;
        Some(Marked { experiment, says, a: a.map(|(_, verdict)| verdict), b: b.map(|(_, verdict)| verdict) })
    })
    .collect()
}

fn marks(recording: &Recording) -> Vec<(&'static str, Option<(Experiment, Verdict)>)> {
    let rows = findings(recording, &Wanted::default()).claims.into_iter().flat_map(|row| row.claims);
    rows.map(|claim| match claim.ruling {
        Ruling::Decided(decision) => (claim.says, Some((decision.experiment, decision.verdict))),
        Ruling::NotMeasured { .. } => (claim.says, None),
    })
    .collect()
}
