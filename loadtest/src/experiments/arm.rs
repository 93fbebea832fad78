//! How is one arm measured once, and what makes that measurement void?

use std::time::Duration;

use loadtest::recording::{Event, Experiment, Load, Mode, Process, Purpose, Role, Sample, Tally, Workload};
use loadtest::words;
use procfs::WithCurrentSystemInfo;

use super::bench::{Bench, Halt, Turn};
use crate::fleet::meters::{Meters, Used};
use crate::load::generator::Generator;
use crate::load::lane::Phase;
use crate::load::measure::Measured;
use crate::load::pace::Arrivals;
use crate::load::promise::Work;
use crate::load::scenario::Scenario;
use crate::plan::Stretches;

/// Somebody to be compared with somebody else.
pub struct Arm<'a> {
    pub experiment: Experiment,
    pub mode: Mode,
    pub workload: Workload,
    pub purpose: Purpose,
    pub replicas: u32,
    pub load: Load,
    pub scenario: Scenario,
    pub visitors: u32,
    pub generator: &'a Generator,
    pub meters: Meters<'a>,
}

impl Arm<'_> {
    /// Warms up, measures, and writes the sample down. One that was cut short is not kept.
    ///
    /// # Errors
    /// Somebody pressed Ctrl-C, or a process of the fleet is gone.
    pub async fn measure(&mut self, bench: &mut Bench<'_>, stretches: &Stretches, turn: Turn) -> Result<(), Halt> {
        let mut phase = Phase {
            arrivals: arrivals(self.load),
            duration: stretches.warm_up,
            scenario: self.scenario.clone(),
            stop: bench.stop.clone(),
        };
        self.generator.drive(&phase).await?;
        phase.duration = stretches.measured;
        let before = self.meters.start().await?;
        let measured = self.generator.drive(&phase).await?;
        let used = self.meters.stop(&before).await?;
        bench.interrupted()?;

        let broken = self.broken(&measured, used.work);
        let (arm, block) = (words::arm(self.mode, self.workload), turn.block);
        bench.notebook.broken.extend(broken.iter().map(|sentence| format!("{arm}, block {block}: {sentence}")));
        bench.notebook.record(&Event::Sample(Box::new(self.sample(measured, used, broken, turn))))?;
        bench.notebook.spent(stretches.takes(1) / stretches.blocks);
        Ok(())
    }

    fn sample(&self, measured: Measured, used: Used, broken: Vec<String>, turn: Turn) -> Sample {
        let why_invalid = measured.why_invalid().into_iter().chain(broken).collect();
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
            load: self.load,
            duration: measured.elapsed,
            latency: measured.ledger.ended(),
            send_lag: measured.ledger.send_lag(),
            bytes_sent: measured.bytes_sent,
            bytes_received: measured.bytes_received,
            processes: used.processes.into_iter().chain([generator]).collect(),
            store_calls: Tally { promised: promised.store_calls, seen: used.work.store_calls },
            sql_statements: Tally { promised: promised.sql_statements, seen: used.work.sql_statements },
            outcomes: measured.ledger.outcomes,
            why_invalid,
        }
    }

    /// A sentence for each kind of work that does not come to what was promised.
    fn broken(&self, measured: &Measured, seen: Work) -> Vec<String> {
        let promised = measured.ledger.promised;
        let failed = measured.ledger.outcomes.sent - measured.ledger.outcomes.ok;
        // A session in use slides its idle limit once a minute, in each of two windows that come at the same moment.
        let minutes = 1 + measured.elapsed.as_secs() / 60;
        let slides = if self.mode == Mode::SessionRedis { u64::from(self.visitors) * 2 * minutes } else { 0 };
        let kinds = [
            ("store calls", promised.store_calls, seen.store_calls, failed * MOST.store_calls + slides),
            ("SQL statements", promised.sql_statements, seen.sql_statements, failed * MOST.sql_statements),
        ];
        let broken =
            kinds.into_iter().filter(|(_, promised, seen, more)| !(*promised..=promised + more).contains(seen));
        broken.map(|(kind, promised, seen, _)| format!("{promised} {kind} were promised and {seen} counted")).collect()
    }
}

/// What a request that failed may have cost before it did.
const MOST: Work = Work { store_calls: 2, sql_statements: 5 };

fn arrivals(load: Load) -> Arrivals {
    match load {
        Load::Open { per_second } => Arrivals::Constant { per_second },
        Load::Closed { .. } => Arrivals::Closed,
    }
}

/// What this program itself used.
fn own(cpu: Duration) -> Process {
    let stat = procfs::process::Process::myself().and_then(|process| process.stat());
    let rss_bytes = stat.map_or(0, |stat| stat.rss_bytes().get());
    Process { role: Role::Generator, cpu, rss_bytes, throttled: Duration::ZERO }
}
