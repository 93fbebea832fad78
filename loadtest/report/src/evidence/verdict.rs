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

#[cfg(test)]
mod tests {
    use super::*;

    const BAND: Option<Band> = Some(Band { factor: 1.05, blocks: 5 });

    #[track_caller]
    fn check(low: f64, high: f64, band: Option<Band>, expected: Comparison) {
        let ratio = Estimate { value: (low + high) / 2.0, interval: Some(Interval { low, high }), blocks: 5 };
        assert_eq!(compare(&ratio, band), expected);
    }

    #[test]
    fn an_effect_inside_the_noise_has_no_winner() {
        check(0.96, 1.04, BAND, Comparison::Same);
        check(0.97, 0.99, BAND, Comparison::Same); // Away from 1, yet a server differs that much from itself.
        check(0.92, 1.08, BAND, Comparison::Same);
    }

    #[test]
    fn an_effect_beyond_the_noise_has_one() {
        check(0.80, 0.95, BAND, Comparison::Lower);
        check(1.06, 1.20, BAND, Comparison::Higher);
    }

    #[test]
    fn an_effect_that_reaches_into_the_noise_is_unclear() {
        check(0.80, 0.96, BAND, Comparison::Unclear);
        check(0.80, 1.20, BAND, Comparison::Unclear); // As good as no difference, and as good as a large one.
    }

    #[test]
    fn nothing_is_decided_without_blocks_or_without_noise() {
        check(0.1, 0.2, None, Comparison::Unknown);
        let single = Estimate { value: 0.1, interval: None, blocks: 1 };
        assert_eq!(compare(&single, BAND), Comparison::Unknown);
    }

    #[test]
    fn workloads_that_disagree_make_it_depend() {
        use Comparison::*;
        let cases: &[(&[Comparison], Verdict)] = &[
            (&[Lower, Lower], Verdict::Supported),
            (&[Lower, Unclear], Verdict::Inconclusive),
            (&[Lower, Unknown], Verdict::Inconclusive),
            (&[Lower, Same, Unclear], Verdict::Depends),
            (&[Higher, Unclear], Verdict::Inconclusive),
            (&[Lower, Same], Verdict::Depends),
            (&[Lower, Higher], Verdict::Depends),
            (&[Higher, Same], Verdict::Refuted),
            (&[Same, Same], Verdict::Inconclusive),
            (&[Unclear], Verdict::Inconclusive),
            (&[], Verdict::Inconclusive),
        ];
        for (answers, expected) in cases {
            assert_eq!(lower_everywhere(answers), *expected, "{answers:?}");
        }
    }

    #[test]
    fn scaling_is_judged_by_the_end_of_the_interval_that_speaks_against_it() {
        let share = |low, high| Estimate { value: low, interval: Some(Interval { low, high }), blocks: 5 };
        assert_eq!(scales(&share(0.80, 0.95)), Verdict::Supported);
        assert_eq!(scales(&share(0.79, 0.95)), Verdict::Inconclusive);
        assert_eq!(scales(&share(0.50, 0.59)), Verdict::Refuted);
        assert_eq!(scales(&share(0.50, 0.60)), Verdict::Inconclusive);
    }

    #[test]
    fn a_component_limits_when_it_is_busy_and_else_it_depends_on_the_size_of_the_fleet() {
        assert_eq!(limits(0.90), Verdict::Supported);
        assert_eq!(limits(0.89), Verdict::Inconclusive);
        assert_eq!(limits(0.70), Verdict::Inconclusive);
        assert_eq!(limits(0.69), Verdict::Depends);
    }
}
