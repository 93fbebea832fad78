//! How is one arm measured once, and what makes that measurement void?

use std::time::Duration;

use loadtest::recording::{Event, Experiment, Load, Mode, Process, Purpose, Role, Sample, Tally, Workload};
use procfs::WithCurrentSystemInfo;
use tokio::sync::watch;

use crate::fleet::Fleet;
use crate::fleet::cores::Cores;
use crate::fleet::meters::{Meters, Used};
use crate::load::generator::{self, Generator, Login, Phase, Who};
use crate::load::measure::Measured;
use crate::load::pace::Arrivals;
use crate::load::scenario::Scenario;
use crate::notebook::Notebook;
use crate::plan::Stretches;

/// Where experiments are carried out.
pub struct Bench<'a> {
    pub fleets: &'a [Fleet],
    pub cores: Cores,
    pub seed: u64,
    pub stop: watch::Receiver<bool>,
    pub notebook: &'a mut Notebook,
}

/// Why an experiment does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<generator::Failed> for Halt {
    fn from(failed: generator::Failed) -> Halt {
        Halt::Failed(failed.into())
    }
}

impl Bench<'_> {
    /// # Errors
    /// Somebody pressed Ctrl-C.
    pub fn interrupted(&self) -> Result<(), Halt> {
        if *self.stop.borrow() { Err(Halt::Interrupted) } else { Ok(()) }
    }
}

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
    pub async fn measure(
        &mut self,
        bench: &mut Bench<'_>,
        stretches: &Stretches,
        block: u32,
        order: u32,
    ) -> Result<(), Halt> {
        let phase = |duration| Phase {
            arrivals: arrivals(self.load),
            duration,
            scenario: self.scenario.clone(),
            stop: bench.stop.clone(),
        };
        if !stretches.warm_up.is_zero() {
            self.generator.drive(&phase(stretches.warm_up)).await?;
        }
        let before = self.meters.start().await?;
        let measured = self.generator.drive(&phase(stretches.measured)).await?;
        let used = self.meters.stop(&before).await?;
        bench.interrupted()?;

        let work = self.broken(&measured, &used);
        let about = format!("{:?} on {:?}, block {block}", self.workload, self.mode);
        bench.notebook.broken.extend(work.iter().map(|sentence| format!("{about}: {sentence}")));
        let sample = self.sample(measured, used, work, (block, order));
        bench.notebook.record(&Event::Sample(Box::new(sample)))?;
        bench.notebook.spent(stretches.takes(1) / stretches.blocks);
        Ok(())
    }

    fn sample(&self, measured: Measured, used: Used, broken: Vec<String>, (block, order): (u32, u32)) -> Sample {
        let why_invalid = measured.why_invalid().into_iter().chain(broken).collect();
        let promised = measured.ledger.promised;
        let generator =
            Process { role: Role::Generator, cpu: measured.cpu, rss_bytes: own_rss_bytes(), throttled: Duration::ZERO };
        Sample {
            experiment: self.experiment,
            mode: self.mode,
            workload: self.workload,
            purpose: self.purpose,
            block,
            order,
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
    fn broken(&self, measured: &Measured, used: &Used) -> Vec<String> {
        let (promised, seen) = (measured.ledger.promised, used.work);
        let outcomes = &measured.ledger.outcomes;
        // What failed may have cost a call or none.
        let unknown = (outcomes.sent - outcomes.ok) * 2;
        // A session in use slides its idle limit once a minute, in each window at most.
        let slides = if self.mode == Mode::SessionRedis {
            u64::from(self.visitors) * 2 * (1 + measured.elapsed.as_secs() / 60)
        } else {
            0
        };
        let store = promised.store_calls..=promised.store_calls + unknown + slides;
        let sql = promised.sql_statements..=promised.sql_statements + unknown * 5;
        let check = |what: &str, allowed: std::ops::RangeInclusive<u64>, seen: u64| {
            let sentence = format!("{seen} {what} were counted where {allowed:?} were promised");
            (!allowed.contains(&seen)).then_some(sentence)
        };
        let store = check("store calls", store, seen.store_calls);
        store.into_iter().chain(check("SQL statements", sql, seen.sql_statements)).collect()
    }
}

fn arrivals(load: Load) -> Arrivals {
    match load {
        Load::Open { per_second } => Arrivals::Constant { per_second },
        Load::Closed { .. } => Arrivals::Closed,
    }
}

fn own_rss_bytes() -> u64 {
    let stat = procfs::process::Process::myself().and_then(|process| process.stat());
    stat.map_or(0, |stat| stat.rss_bytes().get())
}

/// Every arm once per block, in an order drawn from the seed; each second block runs the one before it backwards, so
/// that whatever drifts on this machine drifts through all arms alike.
pub struct Interleaved {
    random: fastrand::Rng,
    order: Vec<usize>,
}

impl Interleaved {
    pub fn new(arms: usize, seed: u64) -> Interleaved {
        Interleaved { random: fastrand::Rng::with_seed(seed), order: (0..arms).collect() }
    }

    pub fn block(&mut self, number: u32) -> Vec<usize> {
        if number.is_multiple_of(2) {
            self.random.shuffle(&mut self.order);
        } else {
            self.order.reverse();
        }
        self.order.clone()
    }
}

/// Each visitor as itself, with what this fleet hands out.
pub fn login(fleet: &Fleet) -> Option<Login> {
    Some(Login { who: Who::Each, kind: fleet.credential() })
}
