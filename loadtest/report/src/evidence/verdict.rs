//! Verdict: is a claim supported or refuted?

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::evidence::interval::{Estimate, Interval};
use crate::evidence::noise::Band;
use crate::evidence::thresholds::{HAS_ROOM, SATURATED, SCALES, SCALES_NOT};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Supported,
    Refuted,
    /// It holds for one way of using the server and not for another, or from another size on.
    Depends,
    /// Measured, and not decided by it.
    Inconclusive,
}

/// What an interval and the noise say together about the ratio of A to B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Comparison {
    /// A is lower than B, and more so than noise explains.
    Lower,
    /// A is higher.
    Higher,
    /// The ratio lies within the A/A band, and its interval reaches no further than twice as far: no winner.
    Same,
    /// The interval touches the band and reaches far out of it: more blocks may tell.
    Unclear,
    /// Too few blocks for an interval, or no A/A blocks for a band.
    Unknown,
}

pub fn compare(ratio: &Estimate, band: Option<Band>) -> Comparison {
    let (Some(Interval { low, high }), Some(band)) = (ratio.interval, band) else { return Comparison::Unknown };
    if high < band.low() {
        Comparison::Lower
    } else if low > band.high() {
        Comparison::Higher
    } else if inside(ratio.value, band.factor) && inside(low, band.factor.powi(2)) && inside(high, band.factor.powi(2))
    {
        Comparison::Same
    } else {
        Comparison::Unclear
    }
}

fn inside(ratio: f64, factor: f64) -> bool {
    (1.0 / factor..=factor).contains(&ratio)
}

/// "A is lower than B", asked once for each workload: one that goes the other way, or shows no difference, makes it
/// depend; one that could not be told leaves it open.
pub fn lower_everywhere(answers: &[Comparison]) -> Verdict {
    let any = |wanted: Comparison| answers.contains(&wanted);
    let open = any(Comparison::Unclear) || any(Comparison::Unknown);
    match (any(Comparison::Lower), any(Comparison::Higher), any(Comparison::Same)) {
        (true, true, _) | (true, _, true) => Verdict::Depends,
        (true, false, false) if !open => Verdict::Supported,
        (false, true, _) if !open => Verdict::Refuted,
        _ => Verdict::Inconclusive,
    }
}

/// Throughput as a share of the ideal, 1 being each replica as good as the first.
pub fn scales(share: &Estimate) -> Verdict {
    match share.interval {
        Some(Interval { low, .. }) if low >= SCALES => Verdict::Supported,
        Some(Interval { high, .. }) if high < SCALES_NOT => Verdict::Refuted,
        _ => Verdict::Inconclusive,
    }
}

/// Whether a component is what holds the fleet back, by its measured utilisation. One that has room now would still be
/// the limit of a larger fleet, so that is no refutation.
pub fn limits(utilisation: f64) -> Verdict {
    match utilisation {
        busy if busy >= SATURATED => Verdict::Supported,
        idle if idle < HAS_ROOM => Verdict::Depends,
        _ => Verdict::Inconclusive,
    }
}

impl Display for Verdict {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        self.serialize(to) // One word, the same for people and programs.
    }
}
