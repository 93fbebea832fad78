//! Pace, tested: is each request due when the rate says?
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use load::pace::*;

const ALONE: Share = Share { index: 0, of: 1 };

fn dues(steps: &[(f64, u64)], process: ArrivalProcess, share: Share, count: usize) -> Vec<Duration> {
    let step = |&(per_second, seconds)| RateStep { per_second, lasts: Duration::from_secs(seconds) };
    let steps: Vec<_> = steps.iter().map(step).collect();
    let mut pace = Pace::new((&steps, process), share, Duration::ZERO, Duration::MAX, 7);
    (0..count).map_while(|_| pace.next_due()).collect()
}

#[test]
fn a_constant_rate_does_not_drift_in_a_million_requests() {
    let last = dues(&[(3.0, 0)], ArrivalProcess::Constant, ALONE, 1_000_001)[1_000_000];
    assert!((last.as_secs_f64() - 1_000_000.0 / 3.0).abs() < 1e-3, "{last:?}");
}

#[test]
fn threads_interleave_into_the_schedule_of_one() {
    let part = |index| dues(&[(1000.0, 0)], ArrivalProcess::Constant, Share { index, of: 3 }, 10);
    let mut shared: Vec<_> = (0..3).flat_map(part).collect();
    shared.sort();
    assert_eq!(shared, dues(&[(1000.0, 0)], ArrivalProcess::Constant, ALONE, 30));
}

#[test]
fn each_step_lets_its_rate_pass_and_the_last_goes_on() {
    let times = dues(&[(10.0, 1), (100.0, 2), (1.0, 1)], ArrivalProcess::Constant, ALONE, 215);
    let within = |from: f64, to: f64| times.iter().filter(|at| (from..to).contains(&at.as_secs_f64())).count();
    assert_eq!((within(0.0, 1.0), within(1.0, 3.0), within(3.0, 8.0)), (10, 200, 5));
}

#[test]
fn poisson_arrivals_keep_the_mean_and_spread_as_far_as_it() {
    let times = dues(&[(100.0, 0)], ArrivalProcess::Poisson, ALONE, 100_000);
    let gaps: Vec<f64> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    assert!((mean - 0.01).abs() < 0.0002, "mean gap {mean} s");
    assert!((variance.sqrt() / mean - 1.0).abs() < 0.03, "an exponential spreads as far as its mean");
}

#[test]
fn poisson_arrivals_follow_the_steps_as_well() {
    let times = dues(&[(1000.0, 5), (100.0, 5)], ArrivalProcess::Poisson, ALONE, 10_000);
    let within = |from: f64, to: f64| times.iter().filter(|at| (from..to).contains(&at.as_secs_f64())).count();
    assert!((4_700..5_300).contains(&within(0.0, 5.0)), "{}", within(0.0, 5.0));
    assert!((400..600).contains(&within(5.0, 10.0)), "{}", within(5.0, 10.0));
}

#[test]
fn what_is_due_within_a_batch_leaves_at_its_beginning_and_single_requests_at_their_own_time() {
    let batch_window = Duration::from_millis(1);
    let times = |per_second| {
        let steps = [RateStep { per_second, lasts: Duration::ZERO }];
        let mut pace =
            Pace::new((&steps, ArrivalProcess::Constant), ALONE, batch_window, Duration::from_micros(5500), 7);
        std::iter::from_fn(|| pace.next_due().map(|due| due.as_micros())).collect::<Vec<_>>()
    };
    assert_eq!(times(2_500.0), [0, 0, 0, 1000, 1000, 2000, 2000, 2000, 3000, 3000, 4000, 4000, 4000, 5000]);
    assert_eq!(times(800.0), [0, 1250, 2500, 3750, 5000]);
}

#[test]
fn the_same_seed_gives_the_same_arrivals() {
    let poisson = || dues(&[(10.0, 0)], ArrivalProcess::Poisson, ALONE, 100);
    assert_eq!(poisson(), poisson());
}

#[test]
fn pauses_have_the_mean_that_was_asked_for() {
    let think = ThinkTime { mean: Duration::from_millis(200), process: ArrivalProcess::Poisson };
    let mut random = fastrand::Rng::with_seed(7);
    let mean = (0..10_000).map(|_| think.pause(&mut random)).sum::<Duration>() / 10_000;
    assert!((195..205).contains(&mean.as_millis()), "{mean:?}");
}

#[test]
fn threads_share_visitors_without_losing_one() {
    let parts: Vec<_> = (0..3).map(|index| Share { index, of: 3 }.part(32)).collect();
    assert_eq!(parts, [11, 11, 10]);
}
