//! How is load made by all cores that it may use, and by no other?
//!
//! Each thread is a world of its own: a runtime, visitors, connections, books. They share nothing but the schedule,
//! which each of them can work out alone, so that adding a thread adds throughput.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use hyper::header::HeaderValue;
use shared::api::credential::LogIn;
use shared::api::meta::CredentialKind;
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;

use super::alarm::Alarm;
use super::connection::Bytecount;
use super::lane::{Lane, Phase};
use super::measure::Measured;
use super::pace::Share;
use super::promise::Lookups;
use super::visitor::{Balance, NotLoggedIn, Replicas, Visitor};

/// Who visits whom, and from where.
#[derive(Debug, Clone)]
pub struct Population {
    pub replicas: Vec<SocketAddr>,
    pub balance: Balance,
    pub visitors: u32,
    /// None: they come without a credential.
    pub login: Option<Login>,
    /// Per request; what takes longer is a timeout.
    pub deadline: Duration,
    /// One thread for each, bound to it. Empty: wherever the kernel likes, one for each core there is.
    pub cores: Vec<usize>,
    pub seed: u64,
}

/// As whom do the visitors come, and what do they expect to be given?
#[derive(Debug, Clone)]
pub struct Login {
    pub who: Who,
    pub kind: CredentialKind,
    pub lookups: Lookups,
}

#[derive(Debug, Clone)]
pub enum Who {
    /// `visitor-1`, `visitor-2`, …, as a server with `--demo-visitors` knows them.
    Each,
    Everybody(LogIn),
}

/// Why there is no load.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    NotLoggedIn(#[from] NotLoggedIn),
    #[error("a generator thread cannot work: {0}")]
    Io(#[from] io::Error),
    #[error("a generator thread ended before its time")]
    Gone,
}

struct Job {
    phase: Phase,
    report: oneshot::Sender<io::Result<Measured>>,
}

/// Threads with visitors who are logged in and wait to be sent off.
pub struct Generator {
    threads: Vec<mpsc::Sender<Job>>,
    running: Vec<thread::JoinHandle<()>>,
}

impl Generator {
    /// Returns when everybody is logged in, over HTTP, as people would.
    pub async fn start(population: Population) -> Result<Generator, Failed> {
        let available = thread::available_parallelism().map_or(1, usize::from);
        let wanted = if population.cores.is_empty() { available } else { population.cores.len() };
        let of = wanted.min(population.visitors.max(1) as usize) as u32;
        let mut generator = Generator { threads: Vec::new(), running: Vec::new() };
        let mut arrivals = Vec::new();
        for index in 0..of {
            let (jobs, inbox) = mpsc::channel(1);
            let (ready, arrived) = oneshot::channel();
            let population = population.clone();
            let work = move || work(population, Share { index, of }, ready, inbox);
            generator.running.push(thread::Builder::new().name(format!("generator-{index}")).spawn(work)?);
            generator.threads.push(jobs);
            arrivals.push(arrived);
        }
        for arrived in arrivals {
            arrived.await.map_err(|_| Failed::Gone)??;
        }
        Ok(generator)
    }

    /// Runs one phase on all threads and adds up what they saw.
    pub async fn drive(&self, phase: &Phase) -> Result<Measured, Failed> {
        let mut reports = Vec::new();
        for thread in &self.threads {
            let (report, reported) = oneshot::channel();
            thread.send(Job { phase: phase.clone(), report }).await.map_err(|_| Failed::Gone)?;
            reports.push(reported);
        }
        let mut whole = Measured::default();
        for reported in reports {
            whole.add(&reported.await.map_err(|_| Failed::Gone)??);
        }
        Ok(whole)
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.threads.clear(); // Closes the inboxes, which is how the threads learn that it is over.
        for thread in self.running.drain(..) {
            let _ = thread.join(); // A panic in there has been seen as `Gone`.
        }
    }
}

fn work(population: Population, share: Share, ready: oneshot::Sender<Result<(), Failed>>, inbox: mpsc::Receiver<Job>) {
    let outcome = bind(&population.cores, share)
        .and_then(|()| tokio::runtime::Builder::new_current_thread().enable_all().build());
    match outcome {
        Ok(runtime) => LocalSet::new().block_on(&runtime, serve(population, share, ready, inbox)),
        Err(error) => drop(ready.send(Err(error.into()))),
    }
}

async fn serve(
    population: Population,
    share: Share,
    mut ready: oneshot::Sender<Result<(), Failed>>,
    mut inbox: mpsc::Receiver<Job>,
) {
    let opened = tokio::select! {
        biased;
        () = ready.closed() => return, // Nobody waits for them any more: no further login.
        opened = open(&population, share) => opened,
    };
    let mut lane = match opened {
        Ok(lane) => lane,
        Err(why) => return drop(ready.send(Err(why))),
    };
    let _ = ready.send(Ok(())); // If nobody waits for it any more, the inbox is closed, too.
    while let Some(job) = inbox.recv().await {
        let _ = job.report.send(lane.drive(&job.phase).await);
    }
}

async fn open(population: &Population, share: Share) -> Result<Lane, Failed> {
    let host = |address: &SocketAddr| HeaderValue::try_from(address.to_string()).expect("addresses are plain ASCII");
    let replicas = Rc::new(Replicas {
        addresses: population.replicas.clone(),
        hosts: population.replicas.iter().map(host).collect(),
        balance: population.balance,
        bytes: Rc::new(Bytecount::default()),
    });
    let mut roster = arrivals(population, share, &replicas).await?;
    let start = Instant::now();
    Ok(Lane {
        share,
        seed: population.seed,
        deadline: population.deadline,
        idle: roster.iter_mut().map(|visitor| (visitor.again(), start)).collect(),
        roster,
        most_windows: MOST_WINDOWS / share.of as usize,
        replicas,
        alarm: Alarm::new()?,
    })
}

/// This thread's part of the visitors, logged in if they shall be.
async fn arrivals(population: &Population, share: Share, replicas: &Rc<Replicas>) -> Result<Vec<Visitor>, Failed> {
    let mut roster = Vec::new();
    for number in (1..=population.visitors).filter(|number| number % share.of == share.index) {
        let mut visitor = Visitor::new(number, replicas.clone(), population.seed);
        if let Some(Login { who, kind, lookups }) = &population.login {
            let who = match who {
                Who::Each => LogIn { username: format!("visitor-{number}"), password: "visitor".into() },
                Who::Everybody(who) => who.clone(),
            };
            visitor.log_in(&who, *kind, population.deadline).await?;
            visitor.lookups = *lookups;
        }
        roster.push(visitor);
    }
    Ok(roster)
}

/// Over all threads; half of the files that a process may usually open.
const MOST_WINDOWS: usize = 512;

fn bind(cores: &[usize], share: Share) -> io::Result<()> {
    let Some(core) = cores.get(share.index as usize) else { return Ok(()) };
    let mut only = rustix::thread::CpuSet::new();
    only.set(*core);
    Ok(rustix::thread::sched_setaffinity(None, &only)?)
}
