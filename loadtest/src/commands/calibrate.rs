//! What can be seen on this machine, and what cannot?
//!
//! An instrument says first how fine its own scale is: what it costs to look at a clock, how late a thread wakes, how many
//! requests a core can send, and how far a server lies from itself. That is asked of the barest server there is, so that
//! what shows is the instrument and the machine.

mod verdict;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use procfs::{CurrentSI, KernelStats};
use report::evidence::noise::from_log_ratios;
use report::recording::Mode;
use shared::api::paths;
use tokio::sync::watch;

use crate::cli;
use crate::commands::calibrate::verdict::{Calibration, Noise, Quantiles};
use crate::commands::run::create;
use crate::fleet::cores::Cores;
use crate::fleet::meters::Meters;
use crate::fleet::{Fleet, Settings, Workers};
use crate::interleaved::Interleaved;
use load::connection_slot::Balance;
use load::generator::{Generator, Habits, Population};
use load::measured::{Aim, Measured};
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
    let file = asked.json.as_deref().filter(|file| *file != "-");
    let file = file.map(create).transpose()?;
    let calibration = measure(&asked, stop).await?;
    let text = if asked.json.is_some() { serde_json::to_string_pretty(&calibration)? } else { calibration.to_string() };
    match file {
        Some(mut file) => file.set_len(0).and_then(|()| writeln!(file, "{text}")),
        None => writeln!(io::stdout(), "{text}"),
    }
    .context("cannot write the calibration")
}

async fn measure(asked: &cli::Calibrate, stop: watch::Receiver<bool>) -> anyhow::Result<Calibration> {
    let cores = Cores::divide().context("cannot tell which cores there are")?;
    let settings = Settings {
        servers: asked.servers.clone(),
        replicas: 1,
        demo_visitors: 0,
        workers: Workers::One,
        cores: cores.clone(),
        ..Settings::default()
    };
    let wakes = timer::lateness(Duration::from_millis(1), 1000)?;
    let fleet = Fleet::start(Mode::Bare, &settings).await?;
    let bench = Bench { generator: generator(&fleet, &cores).await?, fleet: &fleet, stop };
    let flat_out = bench.drive(Arrivals::closed(USERS), 4 * FLAT_OUT).await?;
    let kept = bench.keeps_up_to().await?;
    let before = Ticks::now()?;
    let (noise, ours) = bench.against_itself().await?;
    let machine = before.until(&Ticks::now()?);
    let cpu = micros(flat_out.cpu) / flat_out.ledger.outcomes.ok as f64;
    Ok(Calibration {
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        clock_nanos: timer::clock_nanos(),
        wakes_late_micros: Quantiles { p50: micros(wakes.quantile(0.5)), p99: micros(wakes.quantile(0.99)) },
        generator_cpu_a_request: cpu,
        most_requests_a_second: 1e6 / cpu,
        on_schedule_up_to: kept,
        rounds: ROUNDS,
        noise,
        others_used: (machine.busy - ours.as_secs_f64() / machine.seconds).max(0.0),
        stolen_share: machine.stolen,
    })
}

async fn generator(fleet: &Fleet, cores: &Cores) -> anyhow::Result<Generator> {
    let population = Population {
        replicas: fleet.addresses(1),
        balance: Balance::RoundRobin,
        visitors: USERS,
        login: None,
        deadline: Duration::from_secs(2),
        cores: cores.generator.clone(),
        seed: 1,
        habits: Habits::default(),
    };
    Ok(Generator::start(population).await?)
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
            let outcomes = &tried.ledger.outcomes;
            let in_time = tried.elapsed < EASED.mul_f64(1.05); // Else it only worked off what had piled up.
            let all_good = in_time && outcomes.ok == outcomes.sent && outcomes.never_sent == 0;
            if !all_good || !tried.why_invalid(Aim::Latency).is_empty() {
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
            for (_, which) in interleaved.block(round) {
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
        let mut meters = Meters::on(self.fleet, 1).await?;
        let start = meters.start().await?;
        let eased = self.drive(Arrivals::constant(EASY), EASED).await?;
        let between = meters.start().await?;
        let busy = self.drive(Arrivals::closed(USERS), FLAT_OUT).await?;
        let (server, all) = (meters.stop(&between).await?.cpu(), meters.stop(&start).await?.cpu());
        Ok(Turn {
            cpu: micros(server) / busy.ledger.outcomes.ok as f64,
            median: micros(eased.ledger.ok.quantile(0.5)),
            p99: micros(eased.ledger.ok.quantile(0.99)),
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

/// What the whole machine did.
struct Ticks {
    at: Instant,
    busy: u64,
    stolen: u64,
    all: u64,
}

struct Machine {
    seconds: f64,
    /// In cores.
    busy: f64,
    stolen: f64,
}

impl Ticks {
    fn now() -> anyhow::Result<Ticks> {
        let total = KernelStats::current().context("cannot read what the machine does")?.total;
        let stolen = total.steal.unwrap_or(0);
        let busy = total.user + total.nice + total.system + total.irq.unwrap_or(0) + total.softirq.unwrap_or(0);
        let all = busy + stolen + total.idle + total.iowait.unwrap_or(0);
        Ok(Ticks { at: Instant::now(), busy, stolen, all })
    }

    fn until(&self, later: &Ticks) -> Machine {
        let seconds = (later.at - self.at).as_secs_f64();
        let per_second = procfs::ticks_per_second() as f64;
        let all = (later.all - self.all).max(1) as f64;
        Machine {
            seconds,
            busy: (later.busy - self.busy) as f64 / per_second / seconds,
            stolen: (later.stolen - self.stolen) as f64 / all,
        }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
