//! Synthetic fleets: what would fleets of every size and kind look like?

use std::time::Duration;

use fastrand::Rng;
use report::experiments::scale_out::usl::Law;
use report::recording::*;

use super::{Run, blank, grounds, processes, shared_out, weighed, wobble};

/// (mode, the law it follows, µs of CPU in Redis)
const SCALED: [(Mode, Law, f64); 6] = [
    (Mode::Jwt, Law { lambda: 8_200.0, sigma: 0.012, kappa: 0.0 }, 0.0),
    (Mode::SessionRedis, Law { lambda: 3_300.0, sigma: 0.025, kappa: 0.002 }, 5.2),
    (Mode::JwtEs256, Law { lambda: 1_500.0, sigma: 0.004, kappa: 0.0 }, 0.0),
    (Mode::JwtDenylist, Law { lambda: 3_900.0, sigma: 0.02, kappa: 0.002 }, 5.1),
    (Mode::SessionNearCache, Law { lambda: 8_000.0, sigma: 0.014, kappa: 0.001 }, 0.02),
    (Mode::SessionMemory, Law { lambda: 8_300.0, sigma: 0.012, kappa: 0.0 }, 0.0),
];
const REPLICAS: [u32; 6] = [1, 2, 3, 4, 6, 8];
/// Of one core, for each replica and for Redis.
pub(super) const SHARE: f64 = 0.1;

pub(super) fn scale_out(run: &Run, block: u32, rng: &mut Rng) -> Vec<Event> {
    let arms = SCALED.into_iter().flat_map(|fleet| REPLICAS.map(|replicas| (fleet, replicas)));
    arms.enumerate().map(|(order, (fleet, replicas))| step(run, block, order as u32, fleet, replicas, rng)).collect()
}

/// Who has a Redis behind it gets no more than what Redis' share allows.
fn step(
    run: &Run,
    block: u32,
    order: u32,
    (mode, law, redis): (Mode, Law, f64),
    replicas: u32,
    rng: &mut Rng,
) -> Event {
    let slower = (run.machine)(block) * run.heavier;
    let full = if redis > 0.0 { 0.99 * SHARE * 1e6 / redis } else { f64::INFINITY };
    let per_second = wobble(law.at(replicas.into()).min(full), 0.02 * run.restless, rng) / slower;
    let ok = (per_second * 1.5) as u64;
    let busy = (per_second * slower / law.at(replicas.into())).min(1.0);
    let mut sample = blank(mode, Workload::Whoami, Purpose::Comparison, block, order);
    sample.experiment = Experiment::ScaleOut;
    sample.replicas = replicas;
    sample.load = Load::Closed { users: 16 * replicas };
    sample.duration = Duration::from_millis(1500);
    sample.outcomes = Outcomes { sent: ok, ok, ..Outcomes::default() };
    sample.latency = shared_out(&sample, rng);
    let cores = f64::from(replicas) * SHARE * 0.98 * busy;
    sample.processes = processes(replicas, cores * 1.5e6, redis * ok as f64, 0.05 * f64::from(replicas));
    sample.processes.iter_mut().for_each(held);
    let calls = if redis > 0.0 { ok } else { 0 };
    sample.store_calls = Tally { promised: calls, seen: calls };
    sample.grounds = grounds(&run.why_invalid);
    Event::Sample(Box::new(weighed(sample)))
}

fn held(process: &mut Process) {
    let period = Duration::from_millis(10);
    let periods = 150;
    let throttled_periods = (process.cpu.as_secs_f64() / (1.5 * SHARE) * 140.0) as u64;
    let quota = Quota { quota: period.mul_f64(SHARE), period, periods, throttled_periods };
    let capped = process.role != Role::Generator;
    process.limit = Some(if capped { Limit::CgroupV1(quota) } else { Limit::Nothing });
}
