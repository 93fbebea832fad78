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
mod common;
pub mod log;
mod logged_out;
mod replica;
pub mod route;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::ensure;
use report::recording::{Audit, Drill, Experiment, Fault, Mark, Mode, Moment, Proof};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use client::ProbeClient;
use common::{Common, locked};
use log::{Attempt, Outcome, What};
use logged_out::LoggedOut;
use route::Route;

/// Wide enough to hold a few requests, narrow enough to see a second's outage.
const BUCKET: Duration = Duration::from_millis(100);

/// Between two looks at whether something has come to pass.
const LOOK: Duration = Duration::from_millis(10);

/// Who asks, and how often.
#[derive(Debug, Clone)]
pub struct ProbeConfig {
    pub clients: u32,
    /// Beside them, those who log out before it begins.
    pub logged_out: u32,
    /// Requests of all together, on an open schedule.
    pub per_second: f64,
    /// Of one: how many requests open a connection of their own.
    pub on_new_connections: f64,
    /// After which a client gives up.
    pub deadline: Duration,
    pub renewal: Renewal,
    pub seed: u64,
}

/// When clients have what they were given renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// Who is refused logs in again.
    Never,
    /// As one of so many errands; who is refused tries that before it logs in again.
    OneIn(u32),
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
    config: ProbeConfig,
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
    pub async fn begin(subject: Subject, config: ProbeConfig, route: Route) -> anyhow::Result<ProbeRun> {
        let common = Common {
            route: Arc::new(Mutex::new(route)),
            log: Arc::default(),
            started: Instant::now(),
            deadline: config.deadline,
            on_new_connections: config.on_new_connections,
            renewal: config.renewal,
        };
        let mut arrived = arrive(&config, &common).await?;
        let leaving = arrived.split_off(config.clients as usize);
        let left = LoggedOut::leave(leaving, common.clone()).await?;
        let common = Common { started: Instant::now(), log: Arc::default(), ..common };
        let (over, _) = watch::channel(false);
        let (mut asking, mut logged_out) = (JoinSet::new(), JoinSet::new());
        for (turn, client) in arrived.into_iter().enumerate() {
            asking.spawn(keep_asking(client.takes_part(&common), turn, config.clone(), over.subscribe()));
        }
        logged_out.spawn(left.takes_part(&common).go_on_trying(over.subscribe()));
        Ok(ProbeRun { subject, config, common, asking, logged_out, over, marks: Vec::new(), proofs: Vec::new() })
    }

    /// Something happened just now.
    pub fn mark(&mut self, moment: Moment, says: impl Into<String>) {
        self.marks.push(Mark { at: self.common.started.elapsed(), moment, says: says.into() });
    }

    /// Whether it did.
    pub fn prove(&mut self, proofs: Vec<Proof>) {
        self.proofs.extend(proofs);
    }

    /// Returns so long after the run began.
    pub async fn until(&self, after: Duration) {
        sleep_until(self.common.started + after).await;
    }

    /// Returns when each of these clients has had something new since then, and says whether that was in time.
    pub async fn all_have_renewed(&self, since: Duration, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        while self.renewed(since) < self.config.clients as usize {
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
    pub async fn end(mut self) -> anyhow::Result<Drill> {
        self.over.send_replace(true);
        let mut clients = Vec::new();
        while let Some(client) = self.asking.join_next().await {
            clients.push(client?);
        }
        let lasted = self.common.started.elapsed();
        let seen = locked(&self.common.log).clone();
        let mut logged_out = std::mem::take(&mut self.logged_out).join_all().await;
        let settled = settle(clients).await;
        let diaries: Vec<_> = settled.iter().map(|client| &client.diary).collect();
        let mut audit = audit::audit(&diaries);
        audit.logged_out = log::logged_out(&locked(&self.common.log)); // Some notice only now.
        let broken = self.marks.first().map_or(Duration::MAX, |mark| mark.at);
        for logged_out in &mut logged_out {
            logged_out.try_again().await;
            logged_out.count(broken, &mut audit);
        }
        let own_delay = settled.iter().map(|client| client.own_delay).max().unwrap_or_default();
        Ok(self.written_down(&seen, (lasted, own_delay), audit))
    }

    fn written_down(self, seen: &[Attempt], (lasted, own_delay): (Duration, Duration), audit: Audit) -> Drill {
        let Subject { experiment, mode, fault, block } = self.subject;
        let way = locked(&self.common.route).way;
        Drill {
            experiment,
            mode,
            fault,
            way,
            block,
            people: self.config.clients,
            per_second: self.config.per_second,
            on_new_connections: self.config.on_new_connections,
            deadline: self.config.deadline,
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
async fn arrive(config: &ProbeConfig, common: &Common) -> anyhow::Result<Vec<ProbeClient>> {
    let mut arriving = JoinSet::new();
    for number in 1..=config.clients + config.logged_out {
        let mut client = ProbeClient::new(number, common.clone(), config.seed);
        arriving.spawn(async move {
            let outcome = client.log_in_at_last().await;
            client.read_the_books().await;
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
async fn keep_asking(
    mut client: ProbeClient,
    turn: usize,
    config: ProbeConfig,
    over: watch::Receiver<bool>,
) -> ProbeClient {
    let mut ends = over.clone();
    let started = client.common.started;
    for round in 0.. {
        let number = f64::from(round) * f64::from(config.clients) + place(turn, round, &config) as f64;
        let due = started + Duration::from_secs_f64(number / config.per_second);
        let was_free = Instant::now() < due;
        tokio::select! {
            biased;
            _ = ends.wait_for(|over| *over) => break,
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
fn place(turn: usize, round: u32, config: &ProbeConfig) -> usize {
    let mut order: Vec<usize> = (0..config.clients as usize).collect();
    fastrand::Rng::with_seed(config.seed ^ u64::from(round)).shuffle(&mut order);
    order[turn]
}
