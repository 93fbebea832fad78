//! What can be asked of the program?

mod numbers;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use http::Uri;
use report::recording::Experiment;

use crate::fleet::balancer::Balancer;
use crate::fleet::servers::Servers;
use load::connection_slot::Balance;
use load::pace::{Spacing, Step};
use load::scenario::Mix;
pub use numbers::Numbers;
use values::{
    duration, experiments, exponent, name_and_password, path, percent, plain_http, positive, rates, share, span,
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
    /// Put load on any server that is already running.
    Run(Box<Run>),
    /// Start both fleets with their Redis and database, to explore; Ctrl-C ends all of it.
    Up(Up),
    /// What can be seen on this machine, and what cannot: its clock, the generator's limits, and its noise; in a minute.
    Calibrate(Calibrate),
    /// See what coordinated omission hides: a server that freezes once, and three ways to count that.
    Omission(Omission),
    /// Turn a recording into a report again; two into what changed, more into how it went.
    Report(Report),
    /// What changed between two recordings, and whether it is more than noise. Exit code 1: a regression.
    Diff(Diff),
    /// How it went, over two recordings or more.
    Trend(Trend),
    /// The experiments: the question of each, and what it costs in seconds.
    List,
}

#[derive(Debug, Args)]
pub struct Compare {
    /// How thorough: smoke (≤ 90 s), workshop (≤ 5 min), full (≤ 30 min), or a TOML file like those.
    #[arg(long, default_value = "smoke", value_name = "NAME|FILE.toml")]
    pub plan: String,
    #[command(flatten)]
    pub overrides: Overrides,
    /// Where recording and report go. [default: reports/<time>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Repeats the random choices of an earlier run. [default: drawn, and printed]
    #[arg(long)]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub numbers: Numbers,
    #[command(flatten)]
    pub servers: Servers,
}

/// What is other than the plan says.
#[derive(Debug, Args)]
pub struct Overrides {
    /// Only these experiments.
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", value_parser = experiments())]
    pub only: Vec<Experiment>,
    /// Makes every stretch of load so many times as long.
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR", value_parser = positive)]
    pub duration_scale: f64,
    /// Who decides which replica answers, where that matters: a rule of the client, which is no extra process, or a
    /// private HAProxy. [default: as the plan says, and else client]
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
    /// Where the server listens, like http://127.0.0.1:8081; several for the replicas of one fleet.
    #[arg(required = true, value_name = "URL", value_parser = plain_http)]
    pub urls: Vec<Uri>,
    /// Compare with this server: both are asked in turn, and the first one twice, which tells how large the noise is.
    #[arg(long, num_args = 1.., value_name = "URL", value_parser = plain_http)]
    pub against: Vec<Uri>,
    /// With --against: so many rounds, each as long as --duration for each turn.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(6..=1000))]
    pub blocks: u32,
    /// Which of several replicas gets a visitor's next request.
    #[arg(long, value_enum, default_value_t = Balance::RoundRobin)]
    pub balance: Balance,
    /// Open loop: so many requests a second, whether or not earlier ones were answered. Or in steps, like
    /// 100:10s,200:10s, which then say how long it takes.
    #[arg(long, value_name = "PER_SECOND", value_parser = rates, allow_hyphen_values = true, conflicts_with = "users")]
    pub rate: Option<Rates>,
    /// Closed loop: so many users, each waiting for an answer before asking again. [default: 16]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub users: Option<u32>,
    /// With --users: the pause between an answer and the next request.
    #[arg(long, default_value = "0s", value_name = "PAUSE", conflicts_with = "rate", value_parser = duration)]
    pub think: Duration,
    /// How the gaps between arrivals, or the pauses of users, differ.
    #[arg(long, value_enum, default_value_t = Spacing::Constant)]
    pub spacing: Spacing,
    /// With --rate: so many requests wait for their answer at once at most, each on its own connection. What is due
    /// then waits, and its waiting counts.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub connections: u32,
    /// With --rate: what is due within so long leaves together, where that is more than one request a thread. To wake
    /// costs more than to send; 0s is each at its own time.
    #[arg(long, default_value = "500us", value_parser = duration)]
    pub bunch: Duration,
    /// The share of requests that come on a new connection, from 0 to 1.
    #[arg(long, default_value_t = 0.0, value_name = "SHARE", value_parser = share, allow_hyphen_values = true)]
    pub new_connections: f64,
    /// How many people visit. [default: as many as --users, or 16]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub visitors: Option<u32>,
    /// Some visitors come more often than others: the n-th as often as 1/n to this power.
    #[arg(long, value_name = "EXPONENT", value_parser = exponent, allow_hyphen_values = true)]
    pub zipf: Option<f64>,
    #[arg(long, default_value = "10s", value_parser = span)]
    pub duration: Duration,
    /// Load that comes before and is not measured.
    #[arg(long, default_value = "0s", value_parser = duration)]
    pub warmup: Duration,
    /// What the visitors bring. They log in as visitor-1, visitor-2, … first, or all as --login.
    #[arg(long, value_enum, default_value_t = Brings::None)]
    pub credential: Brings,
    /// All visitors log in as this one.
    #[arg(long, value_name = "NAME:PASSWORD", value_parser = name_and_password)]
    pub login: Option<(String, String)>,
    /// Whole visits instead of one GET. Weights, like browse=60,profile=25,order=10,checkout=5,refresh=1,logout=1;
    /// without any, those that `compare` uses.
    #[arg(long, value_name = "MIX", num_args = 0..=1, default_missing_value = USUAL_MIX, conflicts_with = "path")]
    pub journey: Option<Mix>,
    /// What to GET. [default: the path in the first URL]
    #[arg(long, value_parser = path)]
    pub path: Option<http::uri::PathAndQuery>,
    /// A request without a whole answer within this time is a timeout.
    #[arg(long, default_value = "2s", value_parser = span)]
    pub deadline: Duration,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Writes the figures as one JSON object; `-` is standard output.
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Brings {
    None,
    Bearer,
    Cookie,
}

/// What `--rate` says.
#[derive(Debug, Clone, PartialEq)]
pub enum Rates {
    Steady(f64),
    Steps(Vec<Step>),
}

const USUAL_MIX: &str = "browse=60,profile=25,order=10,checkout=5";

#[derive(Debug, Args)]
pub struct Up {
    /// Of each server.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub replicas: u32,
    #[arg(long, value_enum, default_value_t = Which::Both)]
    pub mode: Which,
    /// Users visitor-1 … visitor-N, password `visitor`.
    #[arg(long, default_value_t = 1000)]
    pub demo_visitors: u32,
    #[command(flatten)]
    pub servers: Servers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Which {
    Jwt,
    JwtEs256,
    #[value(name = "jwt-es256+cache")]
    JwtEs256Cached,
    JwtEddsa,
    #[value(name = "jwt+denylist")]
    JwtDenylist,
    SessionRedis,
    #[value(name = "session-redis+near-cache")]
    SessionNearCache,
    SessionMemory,
    /// jwt and session-redis.
    Both,
}

#[derive(Debug, Args)]
pub struct Calibrate {
    /// Writes the figures as one JSON object; `-` is standard output.
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<String>,
    #[command(flatten)]
    pub servers: Servers,
}

#[derive(Debug, Args)]
pub struct Omission {
    /// How long the server freezes; the whole takes five times as long.
    #[arg(long, default_value = "2s", value_parser = span)]
    pub stall: Duration,
    /// Where the picture goes. [default: here]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Report {
    /// `recording.jsonl`, or the folder that holds it.
    #[arg(required = true, value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
    /// [default: beside the recording, or the last of them]
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
    /// From how many per cent on a change for the worse is a regression, if it is more than noise.
    #[arg(long, default_value = "5", value_name = "PERCENT", value_parser = percent)]
    pub threshold: f64,
    /// Shows every comparison, and not only what moved.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub told: Told,
}

#[derive(Debug, Args)]
pub struct Trend {
    /// In any order: they know when they were made.
    #[arg(required = true, num_args = 2.., value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
    #[command(flatten)]
    pub told: Told,
}

/// Where else to tell it; `-` is standard output, which then shows nothing but that.
#[derive(Debug, Args)]
pub struct Told {
    /// Markdown, as for a pull request.
    #[arg(long, value_name = "FILE|-")]
    pub markdown: Option<String>,
    /// JSON, for programs.
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<String>,
    /// A folder for all three: page, Markdown and JSON.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
