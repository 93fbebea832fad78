//! Probe request: how does it reach a replica, and what is written down about it?

use std::net::SocketAddr;

use tokio::time::Instant;
use wire::request::Request;
use wire::response::Response;

use crate::probe::basket::is_gone;
use crate::probe::client::ProbeClient;
use crate::probe::log::{Attempt, Outcome, What};
use crate::probe::replica::Reuse;
use crate::probe::{TIMEOUT, locked};

impl ProbeClient {
    /// Asks one replica, and the next where nobody listens; each attempt goes into the log.
    pub(super) async fn ask(&mut self, what: What, request: Request, due: Instant) -> (Outcome, Option<Response>) {
        let fresh = self.random.f64() < self.common.runs.new_connections;
        let reuse = if fresh { Reuse::New } else { Reuse::Kept };
        let request = match (&self.login, what) {
            (Some(login), What::Whoami | What::Draft | What::Order) => request.by(login),
            _ => request,
        };
        let (give_up, mut tried) = (Instant::now() + TIMEOUT, Vec::new());
        while let Some(replica) = self.next_replica(&tried) {
            let (outcome, response) = match self.replicas.send(replica, &request, reuse, give_up).await {
                Ok(response) if is_gone(&response) => (Outcome::Gone, Some(response)),
                Ok(response) => (Outcome::of(response.status), Some(response)),
                Err(broken) => (broken, None),
            };
            tried.push(replica);
            if matches!(outcome, Outcome::Refused | Outcome::Reset) {
                locked(&self.common.route).avoid(replica);
            }
            // Nothing was sent to one that refused, so that whatever it is can be asked of the next.
            let asked_elsewhere = outcome == Outcome::Refused && locked(&self.common.route).has_another(&tried);
            let served_by = response.as_ref().map(|response| response.header("x-served-by").to_owned());
            let served_by = served_by.filter(|name| !name.is_empty());
            self.note(what, due, replica, (outcome, served_by, asked_elsewhere));
            if !asked_elsewhere {
                self.take_over(what, outcome, response.as_ref());
                return (outcome, response);
            }
        }
        (Outcome::Refused, None)
    }

    pub(super) fn next_replica(&self, tried: &[SocketAddr]) -> Option<SocketAddr> {
        locked(&self.common.route).next(self.number, tried)
    }

    fn note(
        &self,
        what: What,
        due: Instant,
        replica: SocketAddr,
        (outcome, served_by, asked_elsewhere): (Outcome, Option<String>, bool),
    ) {
        let since = |instant: Instant| instant.saturating_duration_since(self.common.started);
        let (due, ended) = (since(due), since(Instant::now()));
        let (client, can_renew) = (self.number, self.can_renew(what));
        let attempt = Attempt { due, ended, client, what, replica, served_by, outcome, asked_elsewhere, can_renew };
        locked(&self.common.log).push(attempt);
    }

    /// Whether a refusal is not the end.
    fn can_renew(&self, what: What) -> bool {
        let has_refresh_token = self.login.as_ref().is_some_and(|login| login.refresh.is_some());
        self.common.runs.renew_one_in.is_some() && what != What::Renew && has_refresh_token
    }

    /// A cookie that came along, as a browser would. A 401 ends what the client was given.
    fn take_over(&mut self, what: What, outcome: Outcome, response: Option<&Response>) {
        if what == What::LogIn {
            return; // Its response is read by whoever asked.
        }
        if outcome == Outcome::Unauthorized && self.can_renew(what) {
            self.must_renew = true;
        } else if outcome == Outcome::Unauthorized {
            self.login = None;
        } else if let (Some(login), Some(response)) = (&mut self.login, response) {
            login.keep(response);
        }
    }
}
