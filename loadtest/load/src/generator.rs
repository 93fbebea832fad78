//! Load generator: how is load made by all cores that it may use, and by no other?
//!
//! Each thread is a world of its own: slots, connections, books. They share the schedule, which each of them can work
//! out alone, and what users were given, which changes rarely, so that adding a thread adds throughput.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use shared::api::meta::CredentialKind;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::connection::Traffic;
use crate::connection_slot::{Balance, Network, Replicas};
use crate::drive::drive;
use crate::expected_work::Lookups;
use crate::measured::Measured;
use crate::pace::Share;
use crate::poll::Poll;
use crate::popularity::Popularity;
use crate::receiver::Receiver;
use crate::users::{Accounts, LoginError, User};
use crate::worker::{Phase, Worker};

/// Who visits whom, and from where.
#[derive(Debug, Clone)]
pub struct GeneratorConfig {
    pub replicas: Vec<SocketAddr>,
    pub balance: Balance,
    pub visitors: u32,
    /// None: they come without a credential.
    pub login: Option<Login>,
    /// Of a request, from when it was due.
    pub timeout: Duration,
    /// One thread for each, bound to it. Empty: wherever the kernel likes, one for each core there is.
    pub cores: Vec<usize>,
    pub seed: u64,
    /// The exponent of Zipf's law, where some come more often than others.
    pub zipf: Option<f64>,
    /// The share of requests that come on a connection of their own, from 0 to 1.
    pub new_connections: f64,
    /// In an open loop, what is due within so long leaves together, where that is more than one request a thread.
    pub batch_window: Duration,
    /// In an open loop, over all threads: so many requests may wait for their answer at once.
    pub connections: u32,
}

impl GeneratorConfig {
    /// Without a credential, each replica in turn, from all cores.
    pub fn anonymous(replicas: Vec<SocketAddr>, visitors: u32) -> GeneratorConfig {
        GeneratorConfig {
            replicas,
            balance: Balance::RoundRobin,
            visitors,
            login: None,
            timeout: TIMEOUT,
            cores: Vec::new(),
            seed: 1,
            zipf: None,
            new_connections: 0.0,
            batch_window: BATCH_WINDOW,
            connections: CONNECTIONS,
        }
    }
}

/// A slow answer is one thing, none another.
pub const TIMEOUT: Duration = Duration::from_secs(2);
/// To wake a thread costs several times what a request does, wherever a sleeping core has to be woken, too.
const BATCH_WINDOW: Duration = Duration::from_micros(500);
/// Half of the files that a process may usually open.
const CONNECTIONS: u32 = 512;

/// As whom do the visitors come, and what do they expect to be given?
#[derive(Debug, Clone)]
pub struct Login {
    pub accounts: Accounts,
    pub kind: CredentialKind,
    pub lookups: Lookups,
}

/// Why there is no load.
#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    #[error(transparent)]
    LoginError(#[from] LoginError),
    #[error("a generator thread cannot work: {0}")]
    Io(#[from] io::Error),
    #[error("a generator thread ended before its time")]
    Gone,
}

/// A phase to run, and whom to tell what it came to.
type Job = (Phase, oneshot::Sender<io::Result<Measured>>);

/// Threads with visitors who are logged in and wait to be sent off.
pub struct Generator {
    threads: Vec<mpsc::Sender<Job>>,
    running: Vec<thread::JoinHandle<()>>,
}

impl Generator {
    /// Returns when everybody is logged in, over HTTP, as in a browser.
    pub async fn start(config: GeneratorConfig) -> Result<Generator, GeneratorError> {
        let available = thread::available_parallelism().map_or(1, usize::from);
        let wanted = if config.cores.is_empty() { available } else { config.cores.len() };
        let most = config.visitors.min(config.connections);
        let of = wanted.min(most.max(1) as usize) as u32;
        let users = log_in(&config, of).await?;
        let mut generator = Generator { threads: Vec::new(), running: Vec::new() };
        for index in 0..of {
            let (jobs, inbox) = mpsc::channel();
            let (ready, opened) = oneshot::channel();
            let (config, users) = (config.clone(), users.clone());
            let work = move || work(open(&config, Share { index, of }, users), ready, &inbox);
            generator.running.push(thread::Builder::new().name(format!("generator-{index}")).spawn(work)?);
            generator.threads.push(jobs);
            opened.await.map_err(|_| GeneratorError::Gone)??;
        }
        Ok(generator)
    }

    /// Runs one phase on all threads and adds up what they saw.
    pub async fn drive(&self, phase: &Phase) -> Result<Measured, GeneratorError> {
        let mut reports = Vec::new();
        for thread in &self.threads {
            let (report, reported) = oneshot::channel();
            thread.send((phase.clone(), report)).map_err(|_| GeneratorError::Gone)?;
            reports.push(reported);
        }
        let mut whole = Measured::default();
        for reported in reports {
            whole.add(&reported.await.map_err(|_| GeneratorError::Gone)??);
        }
        let outcomes = &whole.stats.outcomes;
        assert_eq!(outcomes.unaccounted(), 0, "every request is settled once: {outcomes:?}");
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

/// All visitors, logged in if they shall be, so many at a time.
async fn log_in(config: &GeneratorConfig, at_once: u32) -> Result<Arc<[Mutex<User>]>, GeneratorError> {
    let mut parts = JoinSet::new();
    for part in 0..at_once {
        let config = config.clone();
        parts.spawn(async move {
            let mut users = Vec::new();
            for number in (1..=config.visitors).filter(|number| number % at_once == part) {
                users.push(visitor(&config, number).await?);
            }
            Ok::<_, LoginError>(users)
        });
    }
    let mut users = Vec::new();
    while let Some(part) = parts.join_next().await {
        users.extend(part.map_err(|_| GeneratorError::Gone)??);
    }
    users.sort_by_key(|user| user.number);
    Ok(users.into_iter().map(Mutex::new).collect())
}

async fn visitor(config: &GeneratorConfig, number: u32) -> Result<User, LoginError> {
    let Some(Login { accounts, kind, .. }) = &config.login else {
        return Ok(User::new(number, Accounts::PerVisitor.of(number)));
    };
    let mut user = User::new(number, accounts.of(number));
    let server = config.replicas[number as usize % config.replicas.len()];
    user.log_in(server, *kind, config.timeout).await?;
    Ok(user)
}

fn work(opened: io::Result<Worker>, ready: oneshot::Sender<io::Result<()>>, inbox: &mpsc::Receiver<Job>) {
    // Whoever does not wait for an answer any more has closed the inbox, too.
    match opened {
        Ok(mut worker) => {
            let _ = ready.send(Ok(()));
            while let Ok((phase, report)) = inbox.recv() {
                let _ = report.send(drive(&mut worker, &phase));
            }
        }
        Err(error) => drop(ready.send(Err(error))),
    }
}

/// On the thread that shall do the work.
fn open(config: &GeneratorConfig, share: Share, users: Arc<[Mutex<User>]>) -> io::Result<Worker> {
    bind(&config.cores, share)?;
    wake_on_time()?;
    let replicas = Replicas {
        addresses: config.replicas.clone(),
        hosts: config.replicas.iter().map(SocketAddr::to_string).collect(),
        balance: config.balance,
        fresh: config.new_connections,
    };
    let network = Network {
        replicas,
        poll: Poll::new()?,
        traffic: Traffic::default(),
        receiver: Receiver::new(),
        needs_us: false,
        request: Vec::new(),
    };
    let mut worker = Worker {
        share,
        seed: config.seed,
        phases: 0,
        batch_window: config.batch_window,
        timeout: config.timeout,
        popularity: config.zipf.map_or(Popularity::Uniform, |power| Popularity::zipf(power, users.len() as u32)),
        users,
        lookups: config.login.as_ref().map_or(Lookups::default(), |login| login.lookups),
        slots: Vec::new(),
        idle: Default::default(),
        most_slots: share.part(config.connections),
        network,
    };
    worker.everybody_comes_in();
    Ok(worker)
}

/// Else the kernel may let a sleep end 50 µs late, to save a wake-up.
fn wake_on_time() -> io::Result<()> {
    Ok(rustix::thread::set_current_timer_slack(Some(const { NonZeroU64::new(1).expect("it is one") }))?)
}

fn bind(cores: &[usize], share: Share) -> io::Result<()> {
    let Some(core) = cores.get(share.index as usize) else { return Ok(()) };
    let mut only = rustix::thread::CpuSet::new();
    only.set(*core);
    Ok(rustix::thread::sched_setaffinity(None, &only)?)
}
