//! Command line: what can be asked of the program?

mod numbers;
#[cfg(test)]
mod renamed;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use http::Uri;
use report::recording::Experiment;

use crate::fleet::balancer::Balancer;
use crate::fleet::servers::Servers;
use load::connection_slot::Balance;
use load::pace::{ArrivalProcess, RateStep};
use load::scenario::Mix;
pub use numbers::Numbers;
pub use values::Modes;
use values::{
    arrival_processes, balances, duration, experiments, modes, name_and_password, number, path, percent, plain_http,
    positive, rates, span,
};

/// Compare a stateless server with a stateful one, under load, on this machine.
#[derive(Debug, Parser)]
#[command(name = "loadtest", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start both fleets, check their contract, measure them against each other, and write a report.
    Compare(Compare),
    /// Load-test any HTTP server that is already running.
    Run(Box<Run>),
    /// Start both servers, with Redis and database, to explore by hand; Ctrl-C stops everything.
    Up(Up),
    /// Measure this machine: its clock, the generator's limits, and the noise band. Takes a minute.
    Calibrate(Calibrate),
    /// Show coordinated omission: a server that freezes once, and three ways to measure its latency.
    Omission(Omission),
    /// Render a recording as a report again; two as what changed, more as a trend.
    Report(Report),
    /// Show what changed between two recordings by more than noise. Exit code 1: a regression.
    Diff(Diff),
    /// Show how the main figures developed over two or more recordings.
    Trend(Trend),
    /// List the experiments: the question of each, and how many seconds each plan spends on it.
    List,
}

#[derive(Debug, Args)]
pub struct Compare {
    /// How thorough: smoke (≤ 90 s), workshop (≤ 5 min), full (≤ 30 min), or a TOML file like those.
    #[arg(long, default_value = "smoke", value_name = "NAME|FILE.toml")]
    pub plan: String,
    #[command(flatten)]
    pub overrides: Overrides,
    /// Folder for recording and report. [default: reports/<time>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Seed of all random choices, to repeat those of an earlier run. [default: drawn, and printed]
    #[arg(long)]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub numbers: Numbers,
    #[command(flatten)]
    pub servers: Servers,
}

/// What shall be other than the plan says.
#[derive(Debug, Args)]
pub struct Overrides {
    /// Run only these experiments.
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", value_parser = experiments())]
    pub only: Vec<Experiment>,
    /// Multiplies the duration of every measurement and every fault.
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR", value_parser = positive)]
    pub duration_scale: f64,
    /// Load balancer in front of the replicas, where that matters: a rule of the client, which is no extra process, or a
    /// private HAProxy. [default: as the plan says]
    #[arg(long, value_enum)]
    pub balancer: Option<Balancer>,
}

impl Default for Overrides {
    fn default() -> Overrides {
        Overrides { only: Vec::new(), duration_scale: 1.0, balancer: None }
    }
}

#[derive(Debug, Args)]
pub struct Run {
    /// Where the server listens, like http://127.0.0.1:8081; several for the replicas of one server.
    #[arg(required = true, value_name = "URL", value_parser = plain_http)]
    pub urls: Vec<Uri>,
    /// Compare with this server. In each round both are measured, and the first one twice: that gives the noise band.
    #[arg(long, num_args = 1.., value_name = "URL", value_parser = plain_http)]
    pub against: Vec<Uri>,
    /// With --against: number of rounds, of three measurements each. A measurement takes --duration.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(6..=1000))]
    pub blocks: u32,
    /// Which of several replicas gets a user's next request.
    #[arg(long, default_value = "round-robin", value_parser = balances())]
    pub balance: Balance,
    /// Open loop: requests per second, sent on schedule whether or not earlier ones were answered. Or in steps, like
    /// 100:10s,200:10s, which also set the duration.
    #[arg(long, value_name = "PER_SECOND", value_parser = rates, allow_hyphen_values = true, conflicts_with = "users")]
    pub rate: Option<Rates>,
    /// Closed loop: number of users, each of whom waits for a response before the next request. [default: 16]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub users: Option<u32>,
    /// With --users: pause between a response and the user's next request.
    #[arg(long, default_value = "0s", value_name = "PAUSE", conflicts_with = "rate", value_parser = duration)]
    pub think: Duration,
    /// How requests arrive: with equal gaps, or with exponential ones, like those of independent users. With --think, the
    /// same of the pauses.
    #[arg(long, alias = "spacing", default_value = "constant", value_parser = arrival_processes())]
    pub arrivals: ArrivalProcess,
    /// With --rate: most requests in flight, each on its own connection. A request that is due while all connections are
    /// busy waits for one, and its wait counts as latency.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub connections: u32,
    /// With --rate: send requests that are due within this window as one batch, which takes fewer wake-ups. 0s sends each
    /// at its exact time.
    #[arg(long, alias = "bunch", value_name = "WINDOW", default_value = "500us", value_parser = duration)]
    pub batch_window: Duration,
    /// Share of requests that open a new connection, from 0 to 1.
    #[arg(long, default_value_t = 0.0, value_name = "SHARE", value_parser = number(0.0..=1.0, "it must be a number from 0 to 1"), allow_hyphen_values = true)]
    pub new_connections: f64,
    /// Number of distinct users. [default: as many as --users, or 16]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub visitors: Option<u32>,
    /// Some users come more often than others: the n-th in proportion to 1/n to this power (Zipf's law).
    #[arg(long, value_name = "EXPONENT", value_parser = number(0.0..=10.0, "it must be a number from 0 to 10; about 1 is usual"), allow_hyphen_values = true)]
    pub zipf: Option<f64>,
    /// How long to measure.
    #[arg(long, default_value = "10s", value_parser = span)]
    pub duration: Duration,
    /// Load before the measurement, which is not counted.
    #[arg(long, default_value = "0s", value_parser = duration)]
    pub warmup: Duration,
    /// Credential that users send. They log in first: as visitor-1, visitor-2, …, or all of them as --login.
    #[arg(long, value_enum, default_value_t = Brings::None)]
    pub credential: Brings,
    /// Account that all users log in with.
    #[arg(long, value_name = "NAME:PASSWORD", value_parser = name_and_password)]
    pub login: Option<(String, String)>,
    /// Whole shop visits instead of one GET, drawn by weight, like
    /// browse=60,profile=25,order=10,checkout=5,refresh=1,logout=1. Without weights: those of `compare`.
    #[arg(long, value_name = "MIX", num_args = 0..=1, default_missing_value = USUAL_MIX, conflicts_with = "path")]
    pub journey: Option<Mix>,
    /// Path to GET. [default: the path in the first URL]
    #[arg(long, value_parser = path)]
    pub path: Option<http::uri::PathAndQuery>,
    /// A request without a complete response within this time counts as a timeout.
    #[arg(long, alias = "deadline", value_name = "TIME", default_value = "2s", value_parser = span)]
    pub timeout: Duration,
    /// Seed of all random choices.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Write the figures as one JSON object; `-` is standard output.
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Brings {
    None,
    Bearer,
    Cookie,
}

/// What `--rate` says. A single rate lasts as long as `--duration` says: here it is a step that takes no time.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates(pub Vec<RateStep>);

const USUAL_MIX: &str = "browse=60,profile=25,order=10,checkout=5";

#[derive(Debug, Args)]
pub struct Up {
    /// Replicas of each server.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub replicas: u32,
    /// How a caller is known; `both` is jwt and session-redis.
    #[arg(long, default_value = "both", value_name = "MODE", value_parser = modes())]
    pub mode: Modes,
    /// Number of demo accounts: visitor-1 … visitor-N, password `visitor`.
    #[arg(long, default_value_t = 1000)]
    pub demo_visitors: u32,
    #[command(flatten)]
    pub servers: Servers,
}

#[derive(Debug, Args)]
pub struct Calibrate {
    /// Write the figures as one JSON object; `-` is standard output.
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<String>,
    #[command(flatten)]
    pub servers: Servers,
}

#[derive(Debug, Args)]
pub struct Omission {
    /// How long the server freezes. The whole run takes five times as long.
    #[arg(long, default_value = "2s", value_parser = span)]
    pub stall: Duration,
    /// Folder for the chart. [default: here]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Report {
    /// `recording.jsonl`, or the folder that holds it.
    #[arg(required = true, value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
    /// Folder for the report. [default: beside the recording, or the last of them]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub numbers: Numbers,
}

#[derive(Debug, Args)]
pub struct Diff {
    /// Before: `recording.jsonl`, or the folder that holds it.
    pub a: PathBuf,
    /// After.
    pub b: PathBuf,
    /// A change for the worse by this many per cent or more is a regression, if it is more than noise.
    #[arg(long, default_value = "5", value_name = "PERCENT", value_parser = percent)]
    pub threshold: f64,
    /// Show every comparison, not only what changed.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub told: Told,
}

#[derive(Debug, Args)]
pub struct Trend {
    /// In any order: they are sorted by the time at which they were made.
    #[arg(required = true, num_args = 2.., value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
    #[command(flatten)]
    pub told: Told,
}

/// Where else the result goes; `-` is standard output, which then holds nothing but that.
#[derive(Debug, Args)]
pub struct Told {
    /// Markdown, as for a pull request.
    #[arg(long, value_name = "FILE|-")]
    pub markdown: Option<String>,
    /// JSON, for programs.
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<String>,
    /// Folder for all three: page, Markdown and JSON.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
