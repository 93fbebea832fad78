//! Forecast of throughput: how well would we have known it beforehand?
//!
//! A law that fits what it has seen proves little. So each number of replicas is left out once and told by the law from
//! the others, and told by the operational laws from what was counted with fewer; both are held against what was
//! measured.

use serde::Serialize;

use crate::evidence::component::Component;
use crate::evidence::operational::{self, Bound, Demand, THINK_TIME};
use crate::experiments::scale_out::step::Step;
use crate::experiments::scale_out::usl::Law;
use crate::recording::Load;

/// What the law says of a number of replicas that it was not shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    pub replicas: u32,
    /// Good answers a second.
    pub throughput: f64,
    /// Over what was measured, less 1: 0.03 is 3 % too many.
    pub error: f64,
}

/// None of them with fewer than four numbers of replicas.
pub fn left_out(points: &[(u32, f64)]) -> Vec<LeftOut> {
    let without = |&(left_out, seen): &(u32, f64)| {
        let others = points.iter().filter(|(replicas, _)| *replicas != left_out);
        let others: Vec<_> = others.map(|&(replicas, seen)| (f64::from(replicas), seen)).collect();
        let throughput = Law::through(&others)?.at(f64::from(left_out));
        Some(LeftOut { replicas: left_out, throughput, error: throughput / seen - 1.0 })
    };
    points.iter().filter_map(without).collect()
}

/// What follows from the demands with fewer replicas, each of which does as much as before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    pub replicas: u32,
    /// With how many the demands were counted.
    pub from: u32,
    /// Good answers a second.
    pub throughput: f64,
    /// Whose limit it is. None: too few visitors.
    pub by: Option<Component>,
    /// Over what was measured, less 1.
    pub error: f64,
}

/// Of each step but the first, from the one before.
pub fn from_demands(steps: &[Step]) -> Vec<Forecast> {
    let next = |pair: &[Step]| {
        let [known, next] = pair else { return None };
        let Load::Closed { users } = next.load else { return None };
        let demands: Vec<Demand> = known.demands.iter().map(|demand| grown(*demand, known, next)).collect();
        let Bound { throughput, by } = operational::bound(&demands, users, THINK_TIME)?;
        let error = throughput / next.throughput.value - 1.0;
        Some(Forecast { replicas: next.replicas, from: known.replicas, throughput, by, error })
    };
    steps.windows(2).filter_map(next).collect()
}

/// More replicas may use more, and nobody else may.
fn grown(demand: Demand, known: &Step, next: &Step) -> Demand {
    let more = f64::from(next.replicas) / f64::from(known.replicas);
    let limit = if demand.component == Component::Replicas { demand.limit * more } else { demand.limit };
    Demand { limit, ..demand }
}

/// How far off on average, whichever way. None without any.
pub fn typical(errors: impl Iterator<Item = f64>) -> Option<f64> {
    let errors: Vec<f64> = errors.map(f64::abs).collect();
    (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_law_is_told_without_having_been_seen() {
        let law = Law { lambda: 6700.0, sigma: 0.05, kappa: 0.01 };
        let points: Vec<_> = [1, 2, 3, 4, 6, 8].map(|size| (size, law.at(f64::from(size)))).to_vec();
        let told = left_out(&points);
        assert_eq!(told.len(), 6);
        assert!(told.iter().all(|one| one.error.abs() < 1e-6), "{told:?}");
    }

    #[test]
    fn a_wall_behind_the_last_number_seen_is_an_error() {
        let told = left_out(&[(1, 100.0), (2, 200.0), (4, 400.0), (8, 410.0)]);
        assert!(told[3].error > 0.5, "{told:?}");
    }

    #[test]
    fn three_numbers_of_replicas_leave_none_to_be_left_out() {
        assert_eq!(left_out(&[(1, 100.0), (2, 190.0), (4, 350.0)]), []);
    }
}
