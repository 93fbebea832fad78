//! Copied credential: for how long is it accepted?

use std::time::Duration;

use anyhow::ensure;
use report::recording::Exposure;
use tokio::time::{Instant, sleep};
use wire::client;
use wire::connection::Connection;
use wire::request::Request;

/// Refusals at all replicas for so long, and no fewer rounds than this, are the end.
const SETTLED: Duration = Duration::from_millis(50);
const ROUNDS: u32 = 3;
/// Asked again after this share of the time since: as exact for a millisecond as for a second.
const FINENESS: f64 = 0.02;
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Somebody with a copy of a credential and a connection to each replica.
pub(super) struct Copy {
    connections: Vec<Connection>,
    request: Request,
}

/// At one moment, at all replicas.
#[derive(Default)]
struct Round {
    asked: u64,
    accepted: u64,
    refused: u64,
}

impl Copy {
    /// Times that each replica is asked before anything is taken.
    const BEFORE: u64 = 3;

    /// Each replica has seen the credential before it is taken: what it keeps of it, it keeps from now on.
    ///
    /// # Errors
    /// No replica lets it in.
    pub(super) async fn known(urls: &[String], request: Request) -> anyhow::Result<Copy> {
        let mut connections = Vec::new();
        for url in urls {
            connections.push(Connection::open(url).await?);
        }
        let mut copy = Copy { connections, request };
        for _ in 0..Copy::BEFORE {
            ensure!(copy.round().await?.accepted > 0, "no replica lets anybody in from whom something could be taken");
        }
        Ok(copy)
    }

    /// Tells one replica that it is taken, and asks all of them until none lets it in, or for as long as there is patience.
    /// What is seen is added to what was seen before, which is nothing.
    ///
    /// # Errors
    /// It was not taken, or a replica does not answer.
    pub(super) async fn outlived(
        mut self,
        mut seen: Exposure,
        (url, take): (&str, &Request),
        patience: Duration,
    ) -> anyhow::Result<Exposure> {
        let answer = client::send(url, take).await?;
        ensure!(answer.is_success(), "it could not be taken: {} {}", answer.status, answer.text());
        let (since, mut row) = (Instant::now(), 0);
        loop {
            let sent = since.elapsed();
            let round = self.round().await?;
            row = round.added_to(&mut seen, sent, row);
            if row >= ROUNDS && sent >= seen.refused_from + SETTLED {
                return Ok(seen);
            }
            if row == 0 && sent >= patience {
                ensure!(round.accepted > 0, "a replica neither lets anybody in nor refuses them");
                return Ok(Exposure { given_up: true, ..seen });
            }
            sleep(sent.mul_f64(FINENESS).min(LONGEST_PAUSE)).await;
        }
    }

    /// All replicas at once. What is neither a welcome nor a refusal counts as neither.
    async fn round(&mut self) -> anyhow::Result<Round> {
        for connection in &mut self.connections {
            connection.begin(&self.request).await;
        }
        let mut round = Round::default();
        for connection in &mut self.connections {
            round.asked += 1;
            match connection.receive().await?.status {
                200 => round.accepted += 1,
                401 | 403 => round.refused += 1,
                _ => {}
            }
        }
        Ok(round)
    }
}

impl Round {
    /// How many rounds in a row all replicas have refused by now.
    fn added_to(&self, seen: &mut Exposure, sent: Duration, row: u32) -> u32 {
        seen.asked += self.asked;
        seen.accepted += self.accepted;
        if self.accepted > 0 {
            seen.last_accepted = sent;
        }
        if self.refused < self.asked {
            return 0;
        }
        if row == 0 {
            seen.refused_from = sent;
        }
        row + 1
    }
}
