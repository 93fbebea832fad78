//! How does a question reach a replica, and what is written down about it?

use std::net::SocketAddr;

use tokio::time::{Instant, timeout_at};
use wire::response_parser::Answer;

use crate::probe::Renewal;
use crate::probe::basket::is_gone;
use crate::probe::client::Visitor;
use crate::probe::common::locked;
use crate::probe::connection::{Connection, Reply};
use crate::probe::log::{Attempt, Outcome, What};
use load::request::Ask;

impl Visitor {
    /// Asks one replica, and the next where nobody listens; each attempt goes into the log.
    pub(super) async fn ask(&mut self, what: What, ask: &Ask, due: Instant) -> (Outcome, Option<Answer>) {
        let fresh = self.random.f64() < self.common.on_new_connections;
        let connection = if fresh { Connection::New } else { Connection::Kept };
        let (give_up, mut tried) = (Instant::now() + self.common.deadline, Vec::new());
        while let Some(replica) = self.next_replica(&tried) {
            let asked = timeout_at(give_up, self.ask_one(replica, what, ask, connection)).await;
            let (outcome, reply) = match asked {
                Ok(Ok(reply)) if is_gone(&reply.answer) => (Outcome::Gone, Some(reply)),
                Ok(Ok(reply)) => (Outcome::of(reply.answer.status), Some(reply)),
                Ok(Err(broken)) => (broken, None),
                Err(_) => (Outcome::TimedOut, None),
            };
            tried.push(replica);
            if matches!(outcome, Outcome::Refused | Outcome::Reset) {
                locked(&self.common.route).avoid(replica);
            }
            // Nothing was sent to one that refused, so that whatever it is can be asked of the next.
            let asked_elsewhere = outcome == Outcome::Refused && locked(&self.common.route).has_another(&tried);
            let served_by = reply.as_ref().and_then(|reply| reply.served_by.clone());
            self.note(what, due, replica, (outcome, served_by, asked_elsewhere));
            if !asked_elsewhere {
                let answer = reply.map(|reply| reply.answer);
                self.take_over(what, outcome, answer.as_ref());
                return (outcome, answer);
            }
        }
        (Outcome::Refused, None)
    }

    pub(super) fn next_replica(&self, tried: &[SocketAddr]) -> Option<SocketAddr> {
        locked(&self.common.route).next(self.person.number, tried)
    }

    async fn ask_one(
        &mut self,
        replica: SocketAddr,
        what: What,
        ask: &Ask,
        connection: Connection,
    ) -> Result<Reply, Outcome> {
        let mut request = Vec::new();
        let renews = what == What::Renew && self.person.refresh_token().is_some(); // Which then stands in the body.
        let credential = self.person.credential().filter(|_| what != What::LogIn && !renews);
        let brings = self.line.with_place(credential);
        ask.write(&replica.to_string(), brings.as_deref(), &mut request);
        self.line.ask(replica, &request, connection).await
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
        let (person, can_renew) = (self.person.number, self.can_renew(what));
        let attempt = Attempt { due, ended, person, what, replica, served_by, outcome, asked_elsewhere, can_renew };
        locked(&self.common.log).push(attempt);
    }

    /// Whether a refusal is not the end.
    fn can_renew(&self, what: What) -> bool {
        self.common.renewal != Renewal::Never && what != What::Renew && self.person.refresh_token().is_some()
    }

    /// A cookie that came along, as a browser would. A 401 ends what the person was given.
    fn take_over(&mut self, what: What, outcome: Outcome, answer: Option<&Answer>) {
        if what == What::LogIn {
            return; // Its answer is read by whoever asked.
        }
        if outcome == Outcome::Unauthorized && self.can_renew(what) {
            self.must_renew = true;
        } else if outcome == Outcome::Unauthorized {
            self.person.forget();
        } else {
            self.person.keep(answer.and_then(|answer| answer.cookie.clone()));
        }
    }
}
