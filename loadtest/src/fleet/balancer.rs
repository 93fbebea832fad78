//! Load balancing: who decides which replica answers a request?

use std::net::SocketAddr;

use report::recording::Way;
use rig::haproxy::{self, Affinity, HaProxy};
use serde::Deserialize;

use crate::fleet::Fleet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Balancer {
    /// The client itself, which knows all replicas: no extra process, and nothing to pass through.
    Client,
    /// A HAProxy, which asks each replica whether it is ready.
    Haproxy,
}

impl Balancer {
    /// As it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Balancer::Client => "client",
            Balancer::Haproxy => "haproxy",
        }
    }

    /// How people find their replica behind it who otherwise would find it so.
    pub fn way(self, otherwise: Way) -> Way {
        match self {
            Balancer::Client => otherwise,
            Balancer::Haproxy if otherwise.sticks() => Way::BalancerCookie,
            Balancer::Haproxy => Way::Balancer,
        }
    }
}

impl Fleet {
    /// Puts a balancer before all replicas where people find them by one, and says whom they ask.
    ///
    /// # Errors
    /// HAProxy is not installed, or does not come up.
    pub async fn entrances(&mut self, way: Way) -> anyhow::Result<Vec<SocketAddr>> {
        let replicas = self.addresses(u32::MAX);
        if !way.is_balanced() {
            return Ok(replicas);
        }
        let affinity = if way.sticks() { Affinity::Cookie } else { Affinity::None };
        let haproxy = HaProxy::start(&replicas, affinity).await?;
        Ok(vec![self.haproxy.insert(haproxy).address()])
    }

    /// The balancer, if there is one, sends nobody new to this replica.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn turn_away(&self, replica: usize) -> anyhow::Result<()> {
        match &self.haproxy {
            Some(haproxy) => haproxy.drain(replica).await,
            None => Ok(()),
        }
    }

    /// And now it does, also where there was none before. Returns when it has seen that the replica is ready.
    ///
    /// # Errors
    /// It does not answer, or does not find the replica ready.
    pub async fn welcome(&self, replica: usize) -> anyhow::Result<()> {
        let Some(haproxy) = &self.haproxy else { return Ok(()) };
        haproxy.move_to(replica, self.address(replica)).await?;
        haproxy.ready(replica).await?;
        haproxy.found_ready(replica).await
    }
}

/// Whether people can find their replica so.
///
/// # Errors
/// What is not installed, and how to.
pub fn is_there_for(way: Way) -> anyhow::Result<()> {
    if way.is_balanced() { haproxy::program().map(drop) } else { Ok(()) }
}
