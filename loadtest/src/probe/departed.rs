//! Is a credential accepted again that a logout ended?
//!
//! These people log out before anything breaks, and go on trying what they were given.

use std::time::Duration;

use report::recording::Audit;
use shared::api::paths;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::probe::client::{PATIENCE, PAUSE, Visitor};
use crate::probe::common::Common;
use crate::probe::connection::Connection;
use crate::probe::log::Outcome;
use load::request::{Ask, get, path};

/// Between two tries of all of them.
const AGAIN: Duration = Duration::from_millis(100);

pub struct Departed {
    people: Vec<One>,
    common: Common,
}

struct One {
    visitor: Visitor,
    /// A whole header field, which the logout should have ended.
    kept: String,
    /// When it was accepted, from the drill's start.
    accepted: Vec<Duration>,
    accepted_at_first: bool,
}

impl Departed {
    /// In, out, and one try at once.
    ///
    /// # Errors
    /// Somebody could not log in or out.
    pub async fn leave(visitors: Vec<Visitor>, common: Common) -> anyhow::Result<Departed> {
        let mut departed = Departed { people: Vec::new(), common };
        for visitor in visitors {
            let Some(kept) = visitor.person.credential().map(str::to_owned) else {
                anyhow::bail!("{} is not logged in", visitor.person.who.username);
            };
            let mut one = One { visitor, kept, accepted: Vec::new(), accepted_at_first: false };
            let left = one.leaves(&departed.common).await;
            anyhow::ensure!(left == Outcome::Ok, "{} cannot log out: {left:?}", one.visitor.person.who.username);
            one.accepted_at_first = one.is_accepted(&departed.common).await;
            departed.people.push(one);
        }
        Ok(departed)
    }

    /// From here on it counts when something is accepted.
    pub fn takes_part(self, common: &Common) -> Departed {
        Departed { common: common.clone(), ..self }
    }

    pub async fn go_on_trying(mut self, over: watch::Receiver<bool>) -> Departed {
        while !*over.borrow() {
            self.try_again().await;
            sleep(AGAIN).await;
        }
        self
    }

    pub async fn try_again(&mut self) {
        for one in &mut self.people {
            if one.is_accepted(&self.common).await {
                one.accepted.push(self.common.started.elapsed());
            }
        }
    }

    /// `broken` is when something broke first.
    pub fn count(&self, broken: Duration, audit: &mut Audit) {
        let any = |accepted: &dyn Fn(&One) -> bool| self.people.iter().filter(|one| accepted(one)).count() as u64;
        audit.departed = self.people.len() as u64;
        audit.accepted_before =
            any(&|one| one.accepted_at_first || one.accepted.first().is_some_and(|first| *first < broken));
        audit.accepted_after = any(&|one| one.accepted.last().is_some_and(|last| *last >= broken));
    }
}

impl One {
    /// A busy server may need to be asked again.
    async fn leaves(&mut self, common: &Common) -> Outcome {
        let log_out = Ask::of_nothing("POST", paths::LOGOUT);
        let mut outcome = self.brings(&log_out, common).await;
        for _ in 0..PATIENCE {
            if outcome == Outcome::Ok {
                break;
            }
            sleep(PAUSE).await;
            outcome = self.brings(&log_out, common).await;
        }
        outcome
    }

    async fn is_accepted(&mut self, common: &Common) -> bool {
        self.brings(&get(path(paths::WHOAMI)), common).await == Outcome::Ok
    }

    /// Past the log: this is no load, and nobody's failure.
    async fn brings(&mut self, ask: &Ask, common: &Common) -> Outcome {
        let next = self.visitor.next_replica(&[]);
        let Some(replica) = next else { return Outcome::Refused };
        let mut request = Vec::new();
        let brings = self.visitor.line.with_place(Some(&self.kept)); // Else a balancer may send it to a replica that never knew it.
        ask.write(&replica.to_string(), brings.as_deref(), &mut request);
        let asked = self.visitor.line.ask(replica, &request, Connection::New);
        match tokio::time::timeout_at(Instant::now() + common.deadline, asked).await {
            Ok(Ok(reply)) => Outcome::of(reply.answer.status),
            Ok(Err(broken)) => broken,
            Err(_) => Outcome::TimedOut,
        }
    }
}
