//! For how long is a copy of a credential let in?

use std::time::Duration;

use anyhow::{Context, ensure};
use loadtest::recording::{Exposure, Mode, Taken, Told};
use shared::security::ask::Ask;
use shared::security::wire::{self, Wire};
use tokio::time::{Instant, sleep};

/// Refusals at all replicas for so long, and no fewer rounds than this, are the end.
const SETTLED: Duration = Duration::from_millis(50);
const ROUNDS: u32 = 3;
/// Asked again after this share of the time since: as exact for a millisecond as for a second.
const FINENESS: f64 = 0.02;
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// What is about to be taken, and from whom.
pub(super) struct Loss {
    pub(super) mode: Mode,
    pub(super) lifetime: Duration,
    pub(super) taken: Taken,
    pub(super) told: Told,
}

/// Somebody with a copy of a credential and a connection to each replica.
pub(super) struct Copy {
    wires: Vec<Wire>,
    ask: Ask,
}

/// At one moment, at all replicas.
#[derive(Default)]
struct Round {
    accepted: u64,
    refused: u64,
}

impl Copy {
    /// Times that each replica is asked before anything is taken.
    pub(super) const BEFORE: u64 = 3;

    /// Each replica has seen the credential before it is taken: what it keeps of it, it keeps from now on.
    ///
    /// # Errors
    /// No replica lets it in.
    pub(super) async fn known(urls: &[String], ask: Ask) -> anyhow::Result<Copy> {
        let mut wires = Vec::new();
        for url in urls {
            wires.push(Wire::open(url).await?);
        }
        let mut copy = Copy { wires, ask };
        for _ in 0..Copy::BEFORE {
            ensure!(copy.round().await?.accepted > 0, "no replica lets anybody in from whom something could be taken");
        }
        Ok(copy)
    }

    /// Tells one replica that it is taken, and asks all of them until none lets it in, or for as long as there is patience.
    ///
    /// # Errors
    /// It was not taken, or a replica does not answer.
    pub(super) async fn outlived(
        mut self,
        loss: Loss,
        url: &str,
        take: &Ask,
        patience: Duration,
    ) -> anyhow::Result<Exposure> {
        let answer = wire::ask(url, take).await?;
        ensure!(answer.is_success(), "it could not be taken: {} {}", answer.status, answer.body);
        let Loss { mode, lifetime, taken, told } = loss;
        let (asked, accepted, given_up) = (0, 0, false);
        let (last_accepted, refused_from) = (Duration::ZERO, Duration::ZERO);
        let mut seen = Exposure { mode, lifetime, taken, told, asked, accepted, last_accepted, refused_from, given_up };
        let since = Instant::now();
        let mut refusals = 0;
        loop {
            let sent = since.elapsed();
            let round = self.round().await?;
            seen.asked += self.wires.len() as u64;
            seen.accepted += round.accepted;
            if round.accepted > 0 {
                seen.last_accepted = sent;
            }
            refusals = if round.refused == self.wires.len() as u64 { refusals + 1 } else { 0 };
            if refusals == 1 {
                seen.refused_from = sent;
            }
            let settled = refusals >= ROUNDS && sent >= seen.refused_from + SETTLED;
            seen.given_up = refusals == 0 && sent >= patience;
            if settled || seen.given_up {
                return Ok(seen);
            }
            sleep(sent.mul_f64(FINENESS).min(LONGEST_PAUSE)).await;
        }
    }

    /// All replicas at once. What is neither a welcome nor a refusal counts as neither.
    async fn round(&mut self) -> anyhow::Result<Round> {
        for wire in &mut self.wires {
            wire.send(&self.ask).await;
        }
        let mut round = Round::default();
        for wire in &mut self.wires {
            match wire.answer().await?.context("a replica hung up")?.status {
                200 => round.accepted += 1,
                401 | 403 => round.refused += 1,
                _ => {}
            }
        }
        Ok(round)
    }
}
