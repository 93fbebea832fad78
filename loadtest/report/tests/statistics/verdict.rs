//! Comparisons, tested: from where on is a difference one?

use report::evidence::interval::{Estimate, Interval};
use report::evidence::noise::Band;
use report::evidence::verdict::*;

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
