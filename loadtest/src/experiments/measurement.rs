//! How is one arm measured once, and what makes that measurement void?

use std::time::Duration;

use procfs::WithCurrentSystemInfo;
use report::recording::{Event, Experiment, Limit, Load, Mode, Process, Purpose, Role, Sample, Tally, Workload};
use report::words;
use shared::modes::Store;

use crate::experiments::bench::{Bench, Halt, Turn};
use crate::fleet::meters::{Meters, Used};
use load::expected_work::Work;
use load::generator::Generator;
use load::measured::{Aim, Measured};
use load::pace::Arrivals;
use load::scenario::Scenario;
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
    pub mode: Mode,
    pub workload: Workload,
    pub purpose: Purpose,
    pub replicas: u32,
    /// How far away Redis is, where a proxy stands before it.
    pub round_trip: Option<Duration>,
    /// Measured one after the other in each block.
    pub stretches: Vec<Stretch>,
    pub scenario: Scenario,
    pub visitors: u32,
    pub generator: &'a Generator,
    pub meters: Meters<'a>,
}

impl Arm<'_> {
    /// Measures each stretch, and writes the samples down.
    ///
    /// # Errors
    /// Somebody pressed Ctrl-C, or a process of the fleet is gone.
    pub async fn measure(&mut self, bench: &mut Bench<'_>, turn: Turn) -> Result<(), Halt> {
        for stretch in self.stretches.clone() {
            self.measure_one(bench, stretch, turn).await?;
            bench.notebook.spent(stretch.takes());
        }
        Ok(())
    }

    /// Warms up, then measures. A sample that was cut short is not kept.
    async fn measure_one(&mut self, bench: &mut Bench<'_>, stretch: Stretch, turn: Turn) -> Result<(), Halt> {
        let mut phase = Phase {
            arrivals: arrivals(stretch.load),
            duration: stretch.warm_up,
            scenario: self.scenario.clone(),
            stop: bench.stop.clone(),
        };
        self.generator.drive(&phase).await?;
        phase.duration = stretch.measured;
        let before = self.meters.start().await?;
        let measured = self.generator.drive(&phase).await?;
        let used = self.meters.stop(&before).await?;
        bench.interrupted()?;

        let broken = self.broken(&measured, used.work);
        let (arm, block) = (words::arm(self.mode, self.workload), turn.block);
        bench.notebook.broken.extend(broken.iter().map(|sentence| format!("{arm}, block {block}: {sentence}")));
        let void = measured.why_invalid(stretch.aim).into_iter().chain(broken).collect();
        let sample = self.sample(measured, used, stretch.load, turn);
        bench.notebook.record(&Event::Sample(Box::new(Sample { why_invalid: void, ..sample })))?;
        Ok(())
    }

    fn sample(&self, measured: Measured, used: Used, load: Load, turn: Turn) -> Sample {
        let promised = measured.ledger.promised;
        let generator = own(measured.cpu);
        Sample {
            experiment: self.experiment,
            mode: self.mode,
            workload: self.workload,
            purpose: self.purpose,
            block: turn.block,
            order: turn.order,
            replicas: self.replicas,
            redis_round_trip: self.round_trip,
            load,
            duration: measured.elapsed,
            latency: measured.ledger.ended(),
            send_lag: measured.ledger.send_lag(),
            bytes_sent: measured.bytes_sent,
            bytes_received: measured.bytes_received,
            processes: used.processes.into_iter().chain([generator]).collect(),
            store_calls: Tally { promised: promised.store_calls, seen: used.work.store_calls },
            sql_statements: Tally { promised: promised.sql_statements, seen: used.work.sql_statements },
            outcomes: measured.ledger.outcomes,
            why_invalid: Vec::new(),
        }
    }

    /// A sentence for each kind of work that does not come to what was promised.
    fn broken(&self, measured: &Measured, seen: Work) -> Vec<String> {
        let promised = measured.ledger.promised;
        let failed = measured.ledger.outcomes.sent - measured.ledger.outcomes.ok;
        // A session in use slides its idle limit once a minute, in each of two windows that come at the same moment.
        let minutes = 1 + measured.elapsed.as_secs() / 60;
        let changes = u64::from(self.visitors) * 2 * minutes;
        let store = self.mode.entry().store;
        let slides = if !self.mode.is_stateless() && store != Store::Process { changes } else { 0 };
        // And after a change, a near cache reads it again.
        let misses = if self.mode == Mode::SessionNearCache { changes } else { 0 };
        let (written, uncounted) = match store {
            Store::Sql => (promised.store_writes, slides), // Nobody counts which statements write.
            Store::Nobody | Store::Process | Store::Redis => (seen.store_writes, misses),
        };
        let slid = written.saturating_sub(promised.store_writes);
        let kinds = [
            ("store writes", promised.store_writes, written, failed * MOST.store_writes + slides),
            ("store calls", promised.store_calls + slid, seen.store_calls, failed * MOST.store_calls + uncounted),
            ("SQL statements", promised.sql_statements, seen.sql_statements, failed * MOST.sql_statements),
        ];
        let broken =
            kinds.into_iter().filter(|(_, promised, seen, more)| !(*promised..=promised + more).contains(seen));
        broken.map(|(kind, promised, seen, _)| format!("{promised} {kind} were promised and {seen} counted")).collect()
    }
}

/// What a request that failed may have cost before it did.
const MOST: Work = Work { store_calls: 2, store_writes: 1, sql_statements: 5 };

impl Stretch {
    pub fn takes(self) -> Duration {
        const METERS: Duration = Duration::from_millis(10);
        self.warm_up + self.measured + METERS
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
    let stat = procfs::process::Process::myself().and_then(|process| process.stat());
    let rss_bytes = stat.map_or(0, |stat| stat.rss_bytes().get());
    Process { role: Role::Generator, cpu, rss_bytes, throttled: Duration::ZERO, limit: Some(Limit::Nothing) }
}
