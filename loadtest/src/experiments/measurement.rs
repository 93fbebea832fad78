//! Measurement: how is one arm measured?

use std::time::Duration;

use http::uri::PathAndQuery;
use report::evidence::validity::broken_promises;
use report::recording::{
    Aim, Event, Experiment, Facts, Grounds, Limit, Load, Process, Purpose, Role, Sample, Tally, Workload,
};
use report::words;
use shared::api::paths;

use crate::experiments::bench::{Bench, Crowd, Halt};
use crate::experiments::section::Stretches;
use crate::fleet::meters::{Meters, Used};
use crate::fleet::proxy::Proxy;
use crate::interleaved::{Interleaved, Turn};
use crate::proc;
use load::measured::Measured;
use load::pace::Arrivals;
use load::scenario::{Mix, Scenario};
use load::worker::Phase;

/// One kind of load.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub load: Load,
    pub aim: Aim,
    pub warm_up: Duration,
    pub measured: Duration,
}

/// Somebody to be compared with somebody else.
pub struct Arm<'a> {
    pub experiment: Experiment,
    pub workload: Workload,
    pub purpose: Purpose,
    /// How far away Redis is, where a proxy stands before it.
    pub round_trip: Option<Duration>,
    /// Measured one after the other in each block.
    pub stretches: Vec<Stretch>,
    pub crowd: &'a Crowd<'a>,
    pub meters: Meters<'a>,
}

/// As what somebody is measured who is measured twice more: how far it lies from itself is noise.
pub const TWICE_MORE: [Purpose; 3] = [Purpose::Comparison, Purpose::AgainstItself, Purpose::AgainstItself];

/// Measures every arm once a block, in an order drawn from the seed.
///
/// # Errors
/// Somebody pressed Ctrl-C, or a process of a fleet is gone.
pub async fn interleave(arms: &mut [Arm<'_>], blocks: u32, bench: &mut Bench<'_>) -> Result<(), Halt> {
    let mut interleaved = Interleaved::new(arms.len(), bench.seed);
    for block in 0..blocks {
        if let Some(Arm { experiment, .. }) = arms.first() {
            bench.recorder.say(format!("{}: block {} of {blocks}", experiment.name(), block + 1));
        }
        for (turn, arm) in interleaved.block(block) {
            arms[arm].measure(bench, turn).await?;
        }
    }
    Ok(())
}

impl<'a> Arm<'a> {
    /// These visitors, who do this.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn of(
        experiment: Experiment,
        crowd: &'a Crowd<'a>,
        (workload, purpose): (Workload, Purpose),
        stretches: &[Stretch],
    ) -> anyhow::Result<Arm<'a>> {
        let meters = Meters::on(crowd.fleet, crowd.replicas).await?;
        Ok(Arm { experiment, workload, purpose, round_trip: None, stretches: stretches.to_vec(), crowd, meters })
    }

    /// Measures each stretch, and records the samples.
    async fn measure(&mut self, bench: &mut Bench<'_>, turn: Turn) -> Result<(), Halt> {
        if let (Some(proxy), Some(round_trip)) = (&self.crowd.fleet.proxy, self.round_trip) {
            Proxy::set_round_trip(proxy, round_trip);
        }
        for stretch in self.stretches.clone() {
            self.measure_one(bench, stretch, turn).await?;
            bench.recorder.spent(stretch.takes());
        }
        Ok(())
    }

    /// Warms up, then measures. A sample that was cut short is not kept.
    async fn measure_one(&mut self, bench: &mut Bench<'_>, stretch: Stretch, turn: Turn) -> Result<(), Halt> {
        let mut phase = Phase {
            arrivals: arrivals(stretch.load),
            duration: stretch.warm_up,
            scenario: scenario(self.workload),
            stop: bench.stop.clone(),
        };
        self.crowd.generator.drive(&phase).await?;
        phase.duration = stretch.measured;
        let before = self.meters.start().await?;
        let measured = self.crowd.generator.drive(&phase).await?;
        let used = self.meters.stop(&before).await?;
        bench.interrupted()?;

        let sample = self.sample(measured, used, stretch, turn);
        let (arm, block) = (words::arm(self.crowd.fleet.mode, self.workload), turn.block);
        let broken = broken_promises(&sample).into_iter().map(|sentence| format!("{arm}, block {block}: {sentence}"));
        bench.recorder.broken.extend(broken);
        bench.recorder.record(&Event::Sample(Box::new(sample)))?;
        Ok(())
    }

    fn sample(&self, measured: Measured, used: Used, stretch: Stretch, turn: Turn) -> Sample {
        let promised = measured.stats.promised;
        let generator = own(measured.cpu);
        let facts = Facts {
            generator: measured.conduct(stretch.aim),
            visitors: self.crowd.visitors,
            store_writes: Tally { promised: promised.store_writes, seen: used.work.store_writes },
        };
        Sample {
            experiment: self.experiment,
            mode: self.crowd.fleet.mode,
            workload: self.workload,
            purpose: self.purpose,
            block: turn.block,
            order: turn.order,
            replicas: self.crowd.replicas,
            redis_round_trip: self.round_trip,
            load: stretch.load,
            duration: measured.elapsed,
            latency: measured.stats.ended(),
            send_lag: measured.stats.send_lag(),
            bytes_sent: measured.bytes_sent,
            bytes_received: measured.bytes_received,
            processes: used.processes.into_iter().chain([generator]).collect(),
            store_calls: Tally { promised: promised.store_calls, seen: used.work.store_calls },
            sql_statements: Tally { promised: promised.sql_statements, seen: used.work.sql_statements },
            outcomes: measured.stats.outcomes,
            grounds: Grounds::Facts(facts),
        }
    }
}

impl Stretch {
    pub fn of(load: Load, aim: Aim, stretches: &Stretches) -> Stretch {
        Stretch { load, aim, warm_up: stretches.warm_up, measured: stretches.measured }
    }

    pub fn takes(self) -> Duration {
        const METERS: Duration = Duration::from_millis(10);
        self.warm_up + self.measured + METERS
    }
}

/// What its visitors want.
fn scenario(workload: Workload) -> Scenario {
    let get = |path| Scenario::Get(PathAndQuery::from_static(path));
    match workload {
        Workload::Anonymous => get(paths::ANONYMOUS),
        Workload::Whoami => get(paths::WHOAMI),
        Workload::Profile => get(paths::PROFILE),
        Workload::Journey => Scenario::Journey(Mix::default()),
    }
}

fn arrivals(load: Load) -> Arrivals {
    match load {
        Load::Open { per_second } => Arrivals::constant(per_second),
        Load::Closed { users } => Arrivals::closed(users),
    }
}

/// What this program itself used.
fn own(cpu: Duration) -> Process {
    let rss_bytes = proc::resident_bytes(std::process::id()).unwrap_or(0);
    Process { role: Role::Generator, cpu, rss_bytes, throttled: Duration::ZERO, limit: Some(Limit::Nothing) }
}
