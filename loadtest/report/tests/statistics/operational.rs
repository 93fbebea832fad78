//! Operational laws, tested: what do they allow, and whom do they account for?

use std::time::Duration;

use report::evidence::component::Component;
use report::evidence::operational::*;

fn demand(component: Component, seconds: f64, limit: f64) -> Demand {
    Demand { component, seconds, limit }
}

#[track_caller]
fn check(demands: &[Demand], users: u32, think_time: u64, throughput: f64, by: Option<Component>) {
    let bound = bound(demands, users, Duration::from_secs(think_time)).unwrap();
    assert!((bound.throughput / throughput - 1.0).abs() < 1e-9 && bound.by == by, "{bound:?}");
}

/// Jain, *The Art of Computer Systems Performance Analysis*, 1991, example 33.7: a job demands 5 s of a processor, 4 s
/// and 3 s of two disks, and its user thinks for 18 s. From six users on somebody has to queue.
#[test]
fn the_asymptotic_bounds_of_a_textbook() {
    use Component::{Database, Redis, Replicas};
    let system = [demand(Replicas, 5.0, 1.0), demand(Redis, 4.0, 1.0), demand(Database, 3.0, 1.0)];
    check(&system, 1, 18, 1.0 / 30.0, None);
    check(&system, 5, 18, 5.0 / 30.0, None);
    check(&system, 7, 18, 0.2, Some(Replicas));
    check(&system, 2, 0, 2.0 / 12.0, None);
}

#[test]
fn whoever_may_use_least_for_what_it_is_asked_is_the_bottleneck() {
    let of = |replicas: f64| [demand(Component::Replicas, 30e-6, 0.1 * replicas), demand(Component::Redis, 6e-6, 0.1)];
    check(&of(4.0), 1000, 0, 0.4 / 30e-6, Some(Component::Replicas));
    check(&of(6.0), 1000, 0, 0.1 / 6e-6, Some(Component::Redis));
}

#[test]
fn without_a_demand_there_is_no_bound() {
    assert_eq!(bound(&[], 8, Duration::ZERO), None);
}
