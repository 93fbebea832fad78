//! `loadtest calibrate`: what can be seen on this machine, and what cannot?
//!
//! An instrument says first how fine its own scale is: what it costs to look at a clock, how late a thread wakes, how many
//! requests a core can send, and how far a server lies from itself. That is asked of the barest server there is, so that
//! what shows is the instrument and the machine.

mod figures;

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use report::evidence::noise::from_log_ratios;
use report::evidence::thresholds::KEEPS_UP;
use report::recording::{Aim, Mode};
use shared::api::paths;
use tokio::sync::watch;

use crate::cli;
use crate::commands::calibrate::figures::{Calibration, Noise, Quantiles};
use crate::commands::output::Output;
use crate::fleet::cores::Cores;
use crate::fleet::meters::Meters;
use crate::fleet::{Fleet, Settings};
use crate::interleaved::Interleaved;
use crate::proc::{self, Ticks};
use load::generator::{Generator, GeneratorConfig};
use load::measured::Measured;
use load::pace::Arrivals;
use load::scenario::Scenario;
use load::timer;
use load::worker::Phase;

const ROUNDS: u32 = 16;
const USERS: u32 = 32;
/// Requests a second for the latency: far from what any server here can do.
const EASY: f64 = 1000.0;
const EASED: Duration = Duration::from_millis(700);
const FLAT_OUT: Duration = Duration::from_millis(400);
const RATES: [f64; 6] = [2_000.0, 4_000.0, 8_000.0, 16_000.0, 32_000.0, 64_000.0];

/// # Errors
/// The bare server was not built, or somebody pressed Ctrl-C.
pub async fn calibrate(asked: cli::Calibrate, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let output = Output::open(asked.json.as_deref())?;
    output.figures(&measure(&asked, stop).await?)
}

async fn measure(asked: &cli::Calibrate, stop: watch::Receiver<bool>) -> anyhow::Result<Calibration> {
    let cores = Cores::divide().context("cannot tell which cores there are")?;
    let settings = Settings { servers: asked.servers.clone(), cores: cores.clone(), ..Settings::default() };
    let wakes = timer::lateness(Duration::from_millis(1), 1000)?;
    let fleet = Fleet::start(Mode::Bare, &settings).await?;
    let visitors = GeneratorConfig { cores: cores.generator, ..GeneratorConfig::anonymous(fleet.addresses(1), USERS) };
    let bench = Bench { generator: Generator::start(visitors).await?, fleet: &fleet, stop };
    let flat_out = bench.drive(Arrivals::closed(USERS), 4 * FLAT_OUT).await?;
    let kept = bench.keeps_up_to().await?;
    let (began, before) = (Instant::now(), ticks()?);
    let (noise, ours) = bench.against_itself().await?;
    let (seconds, machine) = (began.elapsed().as_secs_f64(), ticks()?.since(&before));
    let cpu = micros(flat_out.cpu) / flat_out.stats.outcomes.ok as f64;
    Ok(Calibration {
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        clock_nanos: timer::clock_nanos(),
        wakes_late_micros: Quantiles { p50: micros(wakes.quantile(0.5)), p99: micros(wakes.quantile(0.99)) },
        generator_cpu_a_request: cpu,
        most_requests_a_second: 1e6 / cpu,
        on_schedule_up_to: kept,
        rounds: ROUNDS,
        noise,
        others_used: ((machine.busy_seconds() - ours.as_secs_f64()) / seconds).max(0.0),
        stolen_share: machine.stolen as f64 / machine.all.max(1) as f64,
    })
}

fn ticks() -> anyhow::Result<Ticks> {
    proc::ticks().context("cannot read what the machine does")
}

/// The barest server, and who asks it.
struct Bench<'a> {
    generator: Generator,
    fleet: &'a Fleet,
    stop: watch::Receiver<bool>,
}

impl Bench<'_> {
    async fn drive(&self, arrivals: Arrivals, duration: Duration) -> anyhow::Result<Measured> {
        let scenario = Scenario::Get(paths::ANONYMOUS.parse()?);
        let phase = Phase { arrivals, duration, scenario, stop: self.stop.clone() };
        let measured = self.generator.drive(&phase).await?;
        if *self.stop.borrow() {
            bail!("interrupted: nothing can be said yet");
        }
        Ok(measured)
    }

    /// The highest of the rates that an open loop keeps without being late or out of breath.
    async fn keeps_up_to(&self) -> anyhow::Result<f64> {
        let mut kept = 0.0;
        for rate in RATES {
            let tried = self.drive(Arrivals::constant(rate), EASED).await?;
            let outcomes = &tried.stats.outcomes;
            let in_time = tried.elapsed < EASED.mul_f64(KEEPS_UP);
            let all_good = in_time && outcomes.ok == outcomes.sent && outcomes.never_sent == 0;
            if !all_good || !tried.invalid_reasons(Aim::Latency).is_empty() {
                break;
            }
            kept = rate;
        }
        Ok(kept)
    }

    /// Two servers that are one, in turn: the bands, and the CPU time that all of it took.
    async fn against_itself(&self) -> anyhow::Result<(Noise, Duration)> {
        let (mut interleaved, mut turns, mut ours) = (Interleaved::new(2, 1), Vec::new(), Duration::ZERO);
        for round in 0..ROUNDS {
            let mut pair = [None, None];
            for which in interleaved.block(round) {
                let turn = self.turn().await?;
                ours += turn.ours;
                pair[which] = Some(turn);
            }
            turns.push(pair.map(|turn| turn.expect("both have their turn in every round")));
        }
        let band = |metric: fn(&Turn) -> f64| {
            let ratio = |[a, b]: &[Turn; 2]| (metric(a) / metric(b)).ln();
            from_log_ratios(&turns.iter().map(ratio).collect::<Vec<_>>())
        };
        let noise = Noise {
            cpu: band(|turn| turn.cpu),
            median: band(|turn| turn.median),
            p99: band(|turn| turn.p99),
            throughput: band(|turn| turn.throughput),
        };
        Ok((noise, ours))
    }

    async fn turn(&self) -> anyhow::Result<Turn> {
        let meters = Meters::on(self.fleet, 1);
        let start = meters.start().await?;
        let eased = self.drive(Arrivals::constant(EASY), EASED).await?;
        let between = meters.start().await?;
        let busy = self.drive(Arrivals::closed(USERS), FLAT_OUT).await?;
        let (server, all) = (meters.stop(&between).await?.cpu(), meters.stop(&start).await?.cpu());
        Ok(Turn {
            cpu: micros(server) / busy.stats.outcomes.ok as f64,
            median: micros(eased.stats.ok.quantile(0.5)),
            p99: micros(eased.stats.ok.quantile(0.99)),
            throughput: busy.goodput_per_second(),
            ours: all + busy.cpu + eased.cpu,
        })
    }
}

struct Turn {
    cpu: f64,
    median: f64,
    p99: f64,
    throughput: f64,
    ours: Duration,
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
