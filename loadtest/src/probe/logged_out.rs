//! Logged-out clients: is a credential accepted again that a logout ended?
//!
//! These clients log out before anything breaks, and go on trying what they were given.

use std::time::Duration;

use anyhow::{Context, ensure};
use report::recording::Audit;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use wire::login::Login;
use wire::request::Request;

use crate::probe::client::{PATIENCE, PAUSE, ProbeClient};
use crate::probe::log::Outcome;
use crate::probe::replica::Reuse;
use crate::probe::{Common, TIMEOUT};

/// Between two tries.
const AGAIN: Duration = Duration::from_millis(100);

pub struct LoggedOut {
    client: ProbeClient,
    /// What the logout should have ended.
    kept: Login,
    /// When it was accepted, from the run's start.
    accepted: Vec<Duration>,
    accepted_at_first: bool,
}

impl LoggedOut {
    /// Out, and one try at once.
    ///
    /// # Errors
    /// It could not log out.
    pub async fn leave(client: ProbeClient) -> anyhow::Result<LoggedOut> {
        let kept = client.login.clone().with_context(|| format!("{} is not logged in", client.username))?;
        let mut one = LoggedOut { client, kept, accepted: Vec::new(), accepted_at_first: false };
        let log_out = one.kept.log_out();
        let mut left = one.brings(&log_out).await;
        for _ in 0..PATIENCE {
            if left == Outcome::Ok {
                break;
            }
            sleep(PAUSE).await; // A busy server may need to be asked again.
            left = one.brings(&log_out).await;
        }
        ensure!(left == Outcome::Ok, "{} cannot log out: {left:?}", one.client.username);
        one.accepted_at_first = one.is_accepted().await;
        Ok(one)
    }

    /// From here on it counts when something is accepted.
    pub async fn go_on_trying(mut self, common: Common, over: watch::Receiver<bool>) -> LoggedOut {
        self.client.common = common;
        while !*over.borrow() {
            self.try_again().await;
            sleep(AGAIN).await;
        }
        self
    }

    pub async fn try_again(&mut self) {
        if self.is_accepted().await {
            self.accepted.push(self.client.common.started.elapsed());
        }
    }

    /// `broken` is when something broke first.
    pub fn count(&self, broken: Duration, audit: &mut Audit) {
        let before = self.accepted_at_first || self.accepted.first().is_some_and(|first| *first < broken);
        audit.departed += 1;
        audit.accepted_before += u64::from(before);
        audit.accepted_after += u64::from(self.accepted.last().is_some_and(|last| *last >= broken));
    }

    async fn is_accepted(&mut self) -> bool {
        self.brings(&self.kept.whoami()).await == Outcome::Ok
    }

    /// Past the log: this is no load, and nobody's failure.
    async fn brings(&mut self, request: &Request) -> Outcome {
        let Some(replica) = self.client.next_replica(&[]) else { return Outcome::Refused };
        let answered = self.client.replicas.send(replica, request, Reuse::New, Instant::now() + TIMEOUT).await;
        answered.map_or_else(|broken| broken, |response| Outcome::of(response.status))
    }
}
