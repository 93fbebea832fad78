//! Who asks, and whom?

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;

use super::promises::{Promises, Replicas};
use super::visitor::{Person, Visitor};

/// For one answer: ten times what the slowest promise allows.
const ANSWER: Duration = Duration::from_secs(5);

/// The way to a fleet.
pub(super) struct Client {
    http: reqwest::Client,
    replicas: Arc<[String]>,
    turn: Arc<AtomicUsize>,
    pub(super) promises: Promises,
}

impl Client {
    pub(super) fn new(replicas: Vec<String>, promises: Promises) -> Client {
        let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(ANSWER);
        let http = builder.build().expect("a client without TLS needs nothing that could be missing");
        Client { http, replicas: replicas.into(), turn: Arc::default(), promises }
    }

    pub(super) fn replicas(&self) -> usize {
        self.replicas.len()
    }

    /// Somebody who has not logged in.
    pub(super) fn nobody(&self) -> Visitor {
        match self.promises.replicas {
            Replicas::Any => self.visitor(self.turn.clone(), 1),
            Replicas::Sticky => self.nobody_at(self.turn.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// Somebody who has not logged in, and asks one replica alone.
    pub(super) fn nobody_at(&self, replica: usize) -> Visitor {
        self.visitor(Arc::new(AtomicUsize::new(replica)), 0)
    }

    fn visitor(&self, turn: Arc<AtomicUsize>, step: usize) -> Visitor {
        Visitor { http: self.http.clone(), replicas: self.replicas.clone(), turn, step, kept: Arc::default() }
    }

    pub(super) async fn log_in(&self, person: Person) -> Result<Visitor> {
        let visitor = self.nobody();
        visitor.log_in(person).await?;
        Ok(visitor)
    }
}
