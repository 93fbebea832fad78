//! Probe clients: what does a user notice while something breaks?
//!
//! Each waits for its responses and logs them. They are too few to measure speed, which is what the generator is for; they
//! are asked what they saw. A [`route`] says which replica, [`replica`] carries a request there, a [`client`] knows what to
//! want next, a [`basket`] is its unfinished checkout, [`logged_out`] clients try what they should have given back, and
//! the [`audit`] compares what they all say with the database.

mod asking;
mod audit;
mod basket;
mod client;
pub mod log;
mod logged_out;
mod replica;
pub mod route;
pub mod runs;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use report::recording::{Audit, Experiment, Fault, FaultRun, Mark, Mode, Moment, Proof};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use client::ProbeClient;
use log::{Attempt, Outcome, What};
use logged_out::LoggedOut;
use route::Route;
use runs::FaultRuns;

/// Wide enough to hold a few requests, narrow enough to see a second's outage.
const BUCKET: Duration = Duration::from_millis(100);

/// Between two looks at whether something has come to pass.
const LOOK: Duration = Duration::from_millis(10);

/// A client does not wait for longer. The servers give up on their stores sooner.
const TIMEOUT: Duration = Duration::from_secs(2);

/// What all clients of a run share.
#[derive(Debug, Clone)]
struct Common {
    runs: FaultRuns,
    seed: u64,
    route: Arc<Mutex<Route>>,
    log: Arc<Mutex<Vec<Attempt>>>,
    started: Instant,
}

/// Nobody who holds one of these locks can panic, and if so, what it guards is still whole.
fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is probed.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub experiment: Experiment,
    pub mode: Mode,
    pub fault: Fault,
    /// Which repetition, from 0.
    pub block: u32,
}

/// A run under way: clients ask while somebody else breaks things and says so here.
pub struct ProbeRun {
    pub subject: Subject,
    common: Common,
    asking: JoinSet<ProbeClient>,
    logged_out: JoinSet<LoggedOut>,
    over: watch::Sender<bool>,
    marks: Vec<Mark>,
    proofs: Vec<Proof>,
}

impl ProbeRun {
    /// Logs everybody in, lets some leave, and starts the schedule.
    ///
    /// # Errors
    /// Somebody cannot log in, or out.
    pub async fn begin(subject: Subject, runs: FaultRuns, route: Route, seed: u64) -> anyhow::Result<ProbeRun> {
        let (route, started) = (Arc::new(Mutex::new(route)), Instant::now());
        let common = Common { runs, seed, route, log: Arc::default(), started };
        let mut arrived = arrive(&common).await?;
        let mut left = Vec::new();
        for client in arrived.split_off(common.runs.clients as usize) {
            left.push(LoggedOut::leave(client).await?);
        }
        // Whatever they do from now on is part of the run.
        let common = Common { started: Instant::now(), log: Arc::default(), ..common };
        let (over, _) = watch::channel(false);
        let (mut asking, mut logged_out) = (JoinSet::new(), JoinSet::new());
        for (turn, mut client) in arrived.into_iter().enumerate() {
            client.common = common.clone();
            asking.spawn(keep_asking(client, turn, over.subscribe()));
        }
        for client in left {
            logged_out.spawn(client.go_on_trying(common.clone(), over.subscribe()));
        }
        Ok(ProbeRun { subject, common, asking, logged_out, over, marks: Vec::new(), proofs: Vec::new() })
    }

    /// Something happened just now.
    pub fn mark(&mut self, moment: Moment, says: impl Into<String>) {
        self.marks.push(Mark { at: self.elapsed(), moment, says: says.into() });
    }

    /// Whether it did.
    pub fn prove(&mut self, says: impl Into<String>, holds: bool) {
        self.proofs.push(Proof { says: says.into(), holds });
    }

    /// Returns so long after the run began.
    pub async fn until(&self, after: Duration) {
        sleep_until(self.common.started + after).await;
    }

    /// Returns when each of these clients has had something new since then, and says whether that was in time.
    pub async fn all_have_renewed(&self, since: Duration, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        while self.renewed(since) < self.common.runs.clients as usize {
            if Instant::now() > deadline {
                return false;
            }
            sleep_until(Instant::now() + LOOK).await;
        }
        true
    }

    /// So many clients have.
    fn renewed(&self, since: Duration) -> usize {
        let log = locked(&self.common.log);
        let new = log.iter().filter(|one| one.what == What::Renew && one.outcome == Outcome::Ok && one.due > since);
        new.map(|one| one.client).collect::<BTreeSet<_>>().len()
    }

    pub fn elapsed(&self) -> Duration {
        self.common.started.elapsed()
    }

    /// For one more replica that may be asked.
    pub fn route(&self) -> MutexGuard<'_, Route> {
        locked(&self.common.route)
    }

    /// Everybody finishes what is under way, settles what is unknown, and hands in the diary.
    ///
    /// # Errors
    /// A client is gone, which is our own mistake.
    pub async fn end(mut self) -> anyhow::Result<FaultRun> {
        self.over.send_replace(true);
        let mut clients = Vec::new();
        while let Some(client) = self.asking.join_next().await {
            clients.push(client?);
        }
        let lasted = self.elapsed();
        let seen = locked(&self.common.log).clone();
        let logged_out = std::mem::take(&mut self.logged_out).join_all().await;
        let settled = settle(clients).await;
        let diaries: Vec<_> = settled.iter().map(|client| &client.diary).collect();
        let mut audit = audit::audit(&diaries);
        audit.logged_out = log::logged_out(&locked(&self.common.log)); // Some notice only now.
        let broken = self.marks.first().map_or(Duration::MAX, |mark| mark.at);
        for mut client in logged_out {
            client.try_again().await;
            client.count(broken, &mut audit);
        }
        let own_delay = settled.iter().map(|client| client.own_delay).max().unwrap_or_default();
        Ok(self.written_down(&seen, (lasted, own_delay), audit))
    }

    fn written_down(self, seen: &[Attempt], (lasted, own_delay): (Duration, Duration), audit: Audit) -> FaultRun {
        let Subject { experiment, mode, fault, block } = self.subject;
        let way = self.route().way;
        let FaultRuns { clients, rate, new_connections, .. } = self.common.runs;
        FaultRun {
            experiment,
            mode,
            fault,
            way,
            block,
            people: clients,
            per_second: rate,
            on_new_connections: new_connections,
            deadline: TIMEOUT,
            lasted,
            own_delay,
            marks: self.marks,
            proofs: self.proofs,
            bucket: BUCKET,
            buckets: log::buckets(seen, BUCKET),
            ended: log::ended(seen),
            answered_by: log::answered_by(seen, BUCKET),
            audit,
        }
    }
}

/// All at the same time.
async fn settle(clients: Vec<ProbeClient>) -> Vec<ProbeClient> {
    let mut settling = JoinSet::new();
    for mut client in clients {
        settling.spawn(async move {
            client.settle().await;
            client
        });
    }
    settling.join_all().await
}

/// Logged in, all at the same time.
async fn arrive(common: &Common) -> anyhow::Result<Vec<ProbeClient>> {
    let mut arriving = JoinSet::new();
    for number in 1..=common.runs.clients + common.runs.logged_out {
        let mut client = ProbeClient::new(number, common.clone());
        arriving.spawn(async move {
            let outcome = client.log_in_at_last().await;
            client.diary.listed_before = client.orders().await.unwrap_or_default();
            (outcome, client)
        });
    }
    let mut arrived = Vec::new();
    for (outcome, client) in arriving.join_all().await {
        ensure!(outcome == Outcome::Ok, "{} cannot log in before the run: {outcome:?}", client.username);
        arrived.push(client);
    }
    arrived.sort_by_key(|client| client.number);
    Ok(arrived)
}

/// Each once a round, so that all together keep the schedule. Who is held up asks as soon as it can, and the wait counts.
async fn keep_asking(mut client: ProbeClient, turn: usize, mut over: watch::Receiver<bool>) -> ProbeClient {
    let (clients, rate) = (client.common.runs.clients, client.common.runs.rate);
    for round in 0.. {
        let number = f64::from(round) * f64::from(clients) + place(turn, round, &client.common) as f64;
        let due = client.common.started + Duration::from_secs_f64(number / rate);
        let was_free = Instant::now() < due;
        tokio::select! {
            biased;
            _ = over.wait_for(|over| *over) => break,
            () = sleep_until(due) => {}
        }
        if was_free {
            client.own_delay = client.own_delay.max(due.elapsed());
        }
        client.errand(due).await;
    }
    client
}

/// In an order that is drawn anew each round: else twelve clients that take turns with three replicas would meet the same one
/// every time, and a fleet that knows nobody would seem to know them.
fn place(turn: usize, round: u32, common: &Common) -> usize {
    let mut order: Vec<usize> = (0..common.runs.clients as usize).collect();
    fastrand::Rng::with_seed(common.seed ^ u64::from(round)).shuffle(&mut order);
    order[turn]
}
