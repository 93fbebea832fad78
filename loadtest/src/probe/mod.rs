//! What does somebody notice while something breaks?
//!
//! People with a log: each is a small client that waits for its answers and remembers them. They are too few to measure
//! speed, which is what the generator is for; they are asked what they saw. A [`route`] says which replica, a [`line`]
//! carries a request there, a [`visitor`] knows what to want next, a [`basket`] is its unfinished checkout, [`departed`]
//! people try what they should have given back, and the [`audit`] compares what they all say with the books.

mod asking;
mod audit;
mod basket;
mod client;
mod common;
mod connection;
mod departed;
pub mod log;
pub mod route;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::ensure;
use report::recording::{Audit, Drill, Experiment, Fault, Mark, Mode, Moment, Proof};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use client::Visitor;
use common::{Common, locked};
use departed::Departed;
use log::{Attempt, Outcome, What};
use route::Route;

/// Wide enough to hold a few requests, narrow enough to see a second's outage.
const BUCKET: Duration = Duration::from_millis(100);

/// Between two looks at whether something has come to pass.
const LOOK: Duration = Duration::from_millis(10);

/// Who asks, and how often.
#[derive(Debug, Clone)]
pub struct Habits {
    pub people: u32,
    /// Beside them, those who log out before it begins.
    pub departed: u32,
    /// Requests of all together, on an open schedule.
    pub per_second: f64,
    /// Of one: how many requests open a connection of their own.
    pub on_new_connections: f64,
    /// After which a person gives up.
    pub deadline: Duration,
    pub renewal: Renewal,
    pub seed: u64,
}

/// When people have what they were given renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// Who is refused logs in again.
    Never,
    /// As one of so many errands; who is refused tries that before it logs in again.
    OneIn(u32),
}

/// What is drilled.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub experiment: Experiment,
    pub mode: Mode,
    pub fault: Fault,
    /// Which repetition, from 0.
    pub block: u32,
}

/// A drill under way: people ask while somebody else breaks things and says so here.
pub struct Watch {
    pub subject: Subject,
    habits: Habits,
    common: Common,
    asking: JoinSet<Visitor>,
    departed: JoinSet<Departed>,
    over: watch::Sender<bool>,
    marks: Vec<Mark>,
    proofs: Vec<Proof>,
}

impl Watch {
    /// Logs everybody in, lets some leave, and starts the schedule.
    ///
    /// # Errors
    /// Somebody cannot log in, or out.
    pub async fn begin(subject: Subject, habits: Habits, route: Route) -> anyhow::Result<Watch> {
        let common = Common {
            route: Arc::new(Mutex::new(route)),
            log: Arc::default(),
            started: Instant::now(),
            deadline: habits.deadline,
            on_new_connections: habits.on_new_connections,
            renewal: habits.renewal,
        };
        let mut arrived = arrive(&habits, &common).await?;
        let leaving = arrived.split_off(habits.people as usize);
        let left = Departed::leave(leaving, common.clone()).await?;
        let common = Common { started: Instant::now(), log: Arc::default(), ..common };
        let (over, _) = watch::channel(false);
        let (mut asking, mut departed) = (JoinSet::new(), JoinSet::new());
        for (turn, visitor) in arrived.into_iter().enumerate() {
            asking.spawn(keep_asking(visitor.takes_part(&common), turn, habits.clone(), over.subscribe()));
        }
        departed.spawn(left.takes_part(&common).go_on_trying(over.subscribe()));
        Ok(Watch { subject, habits, common, asking, departed, over, marks: Vec::new(), proofs: Vec::new() })
    }

    /// Something happened just now.
    pub fn mark(&mut self, moment: Moment, says: impl Into<String>) {
        self.marks.push(Mark { at: self.common.started.elapsed(), moment, says: says.into() });
    }

    /// Whether it did.
    pub fn prove(&mut self, proofs: Vec<Proof>) {
        self.proofs.extend(proofs);
    }

    /// Returns so long after the drill began.
    pub async fn until(&self, after: Duration) {
        sleep_until(self.common.started + after).await;
    }

    /// Returns when each of these people has had something new since then, and says whether that was in time.
    pub async fn all_have_renewed(&self, since: Duration, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        while self.renewed(since) < self.habits.people as usize {
            if Instant::now() > deadline {
                return false;
            }
            sleep_until(Instant::now() + LOOK).await;
        }
        true
    }

    /// So many people have.
    fn renewed(&self, since: Duration) -> usize {
        let log = locked(&self.common.log);
        let new = log.iter().filter(|one| one.what == What::Renew && one.outcome == Outcome::Ok && one.due > since);
        new.map(|one| one.person).collect::<BTreeSet<_>>().len()
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
    /// A person is gone, which is our own mistake.
    pub async fn end(mut self) -> anyhow::Result<Drill> {
        self.over.send_replace(true);
        let mut visitors = Vec::new();
        while let Some(visitor) = self.asking.join_next().await {
            visitors.push(visitor?);
        }
        let lasted = self.common.started.elapsed();
        let seen = locked(&self.common.log).clone();
        let mut departed = std::mem::take(&mut self.departed).join_all().await;
        let settled = settle(visitors).await;
        let diaries: Vec<_> = settled.iter().map(|visitor| &visitor.diary).collect();
        let mut audit = audit::audit(&diaries);
        audit.logged_out = log::logged_out(&locked(&self.common.log)); // Some notice only now.
        let broken = self.marks.first().map_or(Duration::MAX, |mark| mark.at);
        for departed in &mut departed {
            departed.try_again().await;
            departed.count(broken, &mut audit);
        }
        let own_delay = settled.iter().map(|visitor| visitor.own_delay).max().unwrap_or_default();
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
            people: self.habits.people,
            per_second: self.habits.per_second,
            on_new_connections: self.habits.on_new_connections,
            deadline: self.habits.deadline,
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
async fn settle(visitors: Vec<Visitor>) -> Vec<Visitor> {
    let mut settling = JoinSet::new();
    for mut visitor in visitors {
        settling.spawn(async move {
            visitor.settle().await;
            visitor
        });
    }
    settling.join_all().await
}

/// Logged in, all at the same time.
async fn arrive(habits: &Habits, common: &Common) -> anyhow::Result<Vec<Visitor>> {
    let mut arriving = JoinSet::new();
    for number in 1..=habits.people + habits.departed {
        let mut visitor = Visitor::new(number, common.clone(), habits.seed);
        arriving.spawn(async move {
            let outcome = visitor.log_in_at_last().await;
            visitor.read_the_books().await;
            (outcome, visitor)
        });
    }
    let mut arrived = Vec::new();
    for (outcome, visitor) in arriving.join_all().await {
        ensure!(outcome == Outcome::Ok, "{} cannot log in before the drill: {outcome:?}", visitor.person.who.username);
        arrived.push(visitor);
    }
    arrived.sort_by_key(|visitor| visitor.person.number);
    Ok(arrived)
}

/// Each once a round, so that all together keep the schedule. Who is held up asks as soon as it can, and the wait counts.
async fn keep_asking(mut visitor: Visitor, turn: usize, habits: Habits, over: watch::Receiver<bool>) -> Visitor {
    let mut ends = over.clone();
    let started = visitor.common.started;
    for round in 0.. {
        let number = f64::from(round) * f64::from(habits.people) + place(turn, round, &habits) as f64;
        let due = started + Duration::from_secs_f64(number / habits.per_second);
        let was_free = Instant::now() < due;
        tokio::select! {
            biased;
            _ = ends.wait_for(|over| *over) => break,
            () = sleep_until(due) => {}
        }
        if was_free {
            visitor.own_delay = visitor.own_delay.max(due.elapsed());
        }
        visitor.errand(due).await;
    }
    visitor
}

/// In an order that is drawn anew each round: else twelve people who take turns with three replicas would meet the same one
/// every time, and a fleet that knows nobody would seem to know them.
fn place(turn: usize, round: u32, habits: &Habits) -> usize {
    let mut order: Vec<usize> = (0..habits.people as usize).collect();
    fastrand::Rng::with_seed(habits.seed ^ u64::from(round)).shuffle(&mut order);
    order[turn]
}
