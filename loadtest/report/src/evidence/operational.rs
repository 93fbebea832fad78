//! Operational laws: what follows from counting alone?
//!
//! Operational laws (Denning and Buzen, *The Operational Analysis of Queueing Network Models*, Computing Surveys 10(3),
//! 1978) need no model of a queue: they relate what was counted in the same time, and hold whatever the distributions
//! are.

use std::time::Duration;

use serde::Serialize;

use crate::evidence::component::Component;
use crate::recording::{Header, Load, Sample};

/// Z, the mean time for which a user does nothing between an answer and the next request: all of ours ask again at once.
pub const THINK_TIME: Duration = Duration::ZERO;

/// What one good answer costs a component: busy time over answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Demand {
    pub component: Component,
    pub seconds: f64,
    /// Cores that it may use.
    pub limit: f64,
}

/// Of every component that did something.
pub fn demands(sample: &Sample, header: &Header) -> Vec<Demand> {
    let rate = sample.outcomes.ok as f64 / sample.duration.as_secs_f64();
    let of = |component: Component| {
        let (busy, limit) = (component.busy(sample, header)?, component.limit(sample, header));
        (busy > 0.0 && rate > 0.0).then(|| Demand { component, seconds: busy / rate, limit })
    };
    Component::ALL.into_iter().filter_map(of).collect()
}

/// The most that a closed system can answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bound {
    /// Good answers a second.
    pub throughput: f64,
    /// Whose limit it is. None: there are too few users.
    pub by: Option<Component>,
}

/// X ≤ min(N / (D + Z), limit of each component over its demand), where D is what all of the fleet does for one answer:
/// it takes no less, even when nobody queues. Whoever is asked for the largest part of what it may use is the bottleneck.
///
/// None without a demand.
pub fn bound(demands: &[Demand], users: u32, think_time: Duration) -> Option<Bound> {
    let of_fleet = demands.iter().filter(|demand| !demand.component.is_outside());
    let alone = think_time.as_secs_f64() + of_fleet.map(|demand| demand.seconds).sum::<f64>();
    let too_few = (f64::from(users) / alone, None);
    let bounds = demands.iter().map(|demand| (demand.limit / demand.seconds, Some(demand.component)));
    let (throughput, by) = bounds.chain([too_few]).min_by(|(a, _), (b, _)| a.total_cmp(b))?;
    throughput.is_finite().then_some(Bound { throughput, by })
}

/// Little's law, N = X(R + Z): the users whom rate and response time account for, over those that there were. 1 is what
/// it must be: less, and somebody waited where nobody looked; more, and something was counted twice.
///
/// None for an open loop, which has no number of users.
pub fn users_accounted_for(sample: &Sample) -> Option<f64> {
    let Load::Closed { users } = sample.load else { return None };
    let ended = sample.outcomes.sent.saturating_sub(sample.outcomes.in_flight);
    let rate = ended as f64 / sample.duration.as_secs_f64();
    let response = sample.latency.mean() + THINK_TIME;
    Some(rate * response.as_secs_f64() / f64::from(users))
}
