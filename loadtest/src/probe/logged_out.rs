//! Logged-out clients: is a credential accepted again that a logout ended?
//!
//! These clients log out before anything breaks, and go on trying what they were given.

use std::time::Duration;

use report::recording::Audit;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use wire::login::Login;
use wire::request::Request;

use crate::probe::client::{PATIENCE, PAUSE, ProbeClient};
use crate::probe::common::Common;
use crate::probe::log::Outcome;
use crate::probe::replica::Reuse;

/// Between two tries of all of them.
const AGAIN: Duration = Duration::from_millis(100);

pub struct LoggedOut {
    clients: Vec<One>,
    common: Common,
}

struct One {
    client: ProbeClient,
    /// What the logout should have ended.
    kept: Login,
    /// When it was accepted, from the run's start.
    accepted: Vec<Duration>,
    accepted_at_first: bool,
}

impl LoggedOut {
    /// In, out, and one try at once.
    ///
    /// # Errors
    /// Somebody could not log in or out.
    pub async fn leave(clients: Vec<ProbeClient>, common: Common) -> anyhow::Result<LoggedOut> {
        let mut logged_out = LoggedOut { clients: Vec::new(), common };
        for client in clients {
            let Some(kept) = client.login.clone() else {
                anyhow::bail!("{} is not logged in", client.username);
            };
            let mut one = One { client, kept, accepted: Vec::new(), accepted_at_first: false };
            let left = one.leaves(&logged_out.common).await;
            anyhow::ensure!(left == Outcome::Ok, "{} cannot log out: {left:?}", one.client.username);
            one.accepted_at_first = one.is_accepted(&logged_out.common).await;
            logged_out.clients.push(one);
        }
        Ok(logged_out)
    }

    /// From here on it counts when something is accepted.
    pub fn takes_part(self, common: &Common) -> LoggedOut {
        LoggedOut { common: common.clone(), ..self }
    }

    pub async fn go_on_trying(mut self, over: watch::Receiver<bool>) -> LoggedOut {
        while !*over.borrow() {
            self.try_again().await;
            sleep(AGAIN).await;
        }
        self
    }

    pub async fn try_again(&mut self) {
        for one in &mut self.clients {
            if one.is_accepted(&self.common).await {
                one.accepted.push(self.common.started.elapsed());
            }
        }
    }

    /// `broken` is when something broke first.
    pub fn count(&self, broken: Duration, audit: &mut Audit) {
        let any = |accepted: &dyn Fn(&One) -> bool| self.clients.iter().filter(|one| accepted(one)).count() as u64;
        audit.departed = self.clients.len() as u64;
        audit.accepted_before =
            any(&|one| one.accepted_at_first || one.accepted.first().is_some_and(|first| *first < broken));
        audit.accepted_after = any(&|one| one.accepted.last().is_some_and(|last| *last >= broken));
    }
}

impl One {
    /// A busy server may need to be asked again.
    async fn leaves(&mut self, common: &Common) -> Outcome {
        let log_out = self.kept.log_out();
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
        self.brings(&self.kept.whoami(), common).await == Outcome::Ok
    }

    /// Past the log: this is no load, and nobody's failure.
    async fn brings(&mut self, request: &Request, common: &Common) -> Outcome {
        let Some(replica) = self.client.next_replica(&[]) else { return Outcome::Refused };
        let asked = self.client.replicas.send(replica, request, Reuse::New);
        match tokio::time::timeout_at(Instant::now() + common.deadline, asked).await {
            Ok(Ok(response)) => Outcome::of(response.status),
            Ok(Err(broken)) => broken,
            Err(_) => Outcome::TimedOut,
        }
    }
}
