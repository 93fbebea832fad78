//! Measurement: how is one arm measured?

use std::time::Duration;

use http::uri::PathAndQuery;
use report::evidence::validity::broken_promises;
use report::labels;
use report::recording::{Event, Experiment, Facts, Grounds, Limit, Load, Process, Role, Sample, Tally, Workload};
use shared::api::paths;

use crate::experiments::arm::{Arm, ArmPlan, Stretch};
use crate::experiments::bench::{Bench, Halt};
use crate::fleet::meters::Used;
use crate::interleaved::Interleaved;
use crate::proc;
use load::measured::Measured;
use load::pace::Arrivals;
use load::scenario::{Mix, Scenario};
use load::worker::Phase;

/// A place in the interleaving, both counted from 0.
#[derive(Clone, Copy)]
struct Turn {
    block: u32,
    order: u32,
}

/// Measures every arm once a block, in an order drawn from the seed.
///
/// # Errors
/// Somebody pressed Ctrl-C, or a process of a fleet is gone.
pub async fn interleave(arms: &[Arm<'_>], blocks: u32, bench: &mut Bench<'_>) -> Result<(), Halt> {
    let mut interleaved = Interleaved::new(arms.len(), bench.seed);
    for block in 0..blocks {
        bench.recorder.say(format!("{}: block {} of {blocks}", bench.experiment.name(), block + 1));
        for (order, arm) in (0..).zip(interleaved.block(block)) {
            arms[arm].measure(bench, Turn { block, order }).await?;
        }
    }
    Ok(())
}

impl Arm<'_> {
    /// Measures each stretch, and records the samples.
    async fn measure(&self, bench: &mut Bench<'_>, turn: Turn) -> Result<(), Halt> {
        if let (Some(proxy), Some(round_trip)) = (&self.fleet.proxy, self.plan.round_trip) {
            proxy.set_round_trip(round_trip);
        }
        for &stretch in &self.plan.stretches {
            self.measure_one(bench, stretch, turn).await?;
            bench.recorder.spent(stretch.takes());
        }
        Ok(())
    }

    /// Warms up, then measures. A sample that was cut short is not kept.
    async fn measure_one(&self, bench: &mut Bench<'_>, stretch: Stretch, turn: Turn) -> Result<(), Halt> {
        let mut phase = Phase {
            arrivals: arrivals(stretch.load),
            duration: stretch.warm_up,
            scenario: scenario(self.plan.workload),
            stop: bench.stop.clone(),
        };
        self.generator.drive(&phase).await.map_err(anyhow::Error::from)?;
        phase.duration = stretch.measured;
        let before = self.meters.start().await?;
        let measured = self.generator.drive(&phase).await.map_err(anyhow::Error::from)?;
        let used = self.meters.stop(&before).await?;
        bench.interrupted()?;

        let sample = self.sample(bench.experiment, measured, used, stretch, turn);
        let (arm, block) = (labels::arm(self.plan.mode, self.plan.workload), turn.block);
        let broken = broken_promises(&sample).into_iter().map(|sentence| format!("{arm}, block {block}: {sentence}"));
        bench.recorder.broken.extend(broken);
        bench.recorder.record(&Event::Sample(Box::new(sample)))?;
        Ok(())
    }

    fn sample(
        &self,
        experiment: Experiment,
        measured: Measured,
        used: Used,
        stretch: Stretch,
        Turn { block, order }: Turn,
    ) -> Sample {
        let promised = measured.stats.promised;
        let generator = own(measured.cpu);
        let ArmPlan { mode, workload, purpose, replicas, visitors, round_trip, .. } = self.plan;
        let facts = Facts {
            generator: measured.conduct(stretch.aim),
            visitors,
            store_writes: Tally { promised: promised.store_writes, seen: used.work.store_writes },
        };
        Sample {
            experiment,
            mode,
            workload,
            purpose,
            block,
            order,
            replicas,
            redis_round_trip: round_trip,
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
