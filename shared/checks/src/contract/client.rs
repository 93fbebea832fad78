//! Client of the contract suite: who asks, and whom?

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::contract::expect::mismatch;
use crate::contract::notes::Notes;
use crate::contract::visitor::{Person, Visitor};
use crate::contract::{SPOILED, VISITORS};
use shared::api::meta::Meta;
use shared::api::paths;
use shared::modes::promises::{Promises, Replicas};

/// For one response: ten times what the slowest promise allows.
const ANSWER: Duration = Duration::from_secs(5);

/// The way to a fleet.
#[derive(Clone)]
pub(super) struct Client {
    http: Arc<wire::client::Client>,
    replicas: Arc<[String]>,
    turn: Arc<AtomicUsize>,
    pub(super) promises: Promises,
    pub(super) notes: Notes,
}

impl Client {
    pub(super) fn new(replicas: Vec<String>, promises: Promises) -> Client {
        Client { http: http(), replicas: replicas.into(), turn: Arc::default(), promises, notes: Notes::default() }
    }

    pub(super) fn replicas(&self) -> usize {
        self.replicas.len()
    }

    /// Somebody who has not logged in.
    pub(super) fn nobody(&self) -> Visitor {
        match self.promises.replicas {
            Replicas::Any if self.promises.is_known_everywhere_at_once() => self.visitor(self.turn.clone(), 1),
            Replicas::Any | Replicas::Sticky => self.nobody_at(self.turn.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// Somebody who has not logged in, and asks one replica alone.
    pub(super) fn nobody_at(&self, replica: usize) -> Visitor {
        self.visitor(Arc::new(AtomicUsize::new(replica)), 0)
    }

    /// The same fleet with one more replica in front.
    pub(super) fn also(&self, replica: &str) -> Client {
        let replicas = [replica.to_owned()].into_iter().chain(self.replicas.iter().cloned()).collect();
        Client { replicas, ..self.clone() }
    }

    fn visitor(&self, turn: Arc<AtomicUsize>, step: usize) -> Visitor {
        // With a connection of its own somebody asks one worker, where that matters.
        let shares = self.promises.is_known_everywhere_at_once();
        let http = if shares { self.http.clone() } else { http() };
        Visitor { http, replicas: self.replicas.clone(), turn, step, notes: self.notes.blank() }
    }

    pub(super) async fn log_in(&self, person: Person) -> Result<Visitor> {
        self.nobody().logged_in(person).await
    }

    pub(super) async fn log_in_at(&self, replica: usize, person: Person) -> Result<Visitor> {
        self.nobody_at(replica).logged_in(person).await
    }

    /// Somebody logged in whom nobody was before, and nobody should be again: for what cannot be undone, such as a new
    /// password. Also a second check of the same fleet finds some.
    pub(super) async fn somebody_new(&self) -> Result<(Person, Visitor)> {
        let meta: Meta = self.nobody().get(paths::META).await?.json(200)?;
        let visitors: u32 = meta.options.get("demoVisitors").and_then(|many| many.parse().ok()).unwrap_or(0);
        let first = visitors.checked_sub(SPOILED).filter(|others| *others >= VISITORS);
        let first = first.with_context(|| format!("--demo-visitors must be {} or more", VISITORS + SPOILED))?;
        for _ in 0..SPOILED {
            let person = Person::Visitor(first + fastrand::u32(1..=SPOILED));
            let visitor = self.nobody();
            if visitor.try_log_in(person).await?.status == 200 {
                return Ok((person, visitor));
            }
        }
        Err(mismatch("POST /login", "a visitor whose password nobody changed", "none is left in this database"))
    }
}

fn http() -> Arc<wire::client::Client> {
    Arc::new(wire::client::Client::with_patience(ANSWER))
}
