//! Redis Cluster: which servers share the keys while we check?

use std::ops::Range;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::redis::{Listen, Options, Redis};
use crate::until;

/// Servers that hold keys, which is the least that can outvote one.
const HOLDERS: usize = 3;
const SLOTS: usize = 16_384;

/// Silence after which the others take a server for dead, and a replica takes over. Shorter, and a busy machine is taken
/// for a dead one.
const DEAD_AFTER: Duration = Duration::from_millis(1000);

/// A private Redis Cluster on loopback. What one server holds is not missed by the others.
pub struct Cluster {
    /// Three that hold a third of the slots each, in this order; then the replicas.
    pub servers: Vec<Redis>,
    /// Where the servers talk to each other, for each of them.
    buses: Vec<u16>,
}

impl Cluster {
    /// Starts one, and returns when every server says that all is well.
    ///
    /// # Errors
    /// As [`Redis::start`]; or they do not find each other in time.
    pub async fn start() -> Result<Cluster> {
        let mut cluster = Cluster { servers: Vec::new(), buses: Vec::new() };
        for holder in 0..HOLDERS {
            cluster.add().await?;
            let Range { start, end } = slots(holder);
            cluster.servers[holder].ask(&format!("CLUSTER ADDSLOTSRANGE {start} {}", end - 1))?;
        }
        cluster.whole().await?;
        Ok(cluster)
    }

    /// Adds a replica of that server, and returns when it could take over.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub async fn follow(&mut self, holder: usize) -> Result<()> {
        let replica = self.servers.len();
        self.add().await?;
        self.whole().await?;
        let holder = self.servers[holder].ask("CLUSTER MYID")?;
        self.servers[replica].ask(&format!("CLUSTER REPLICATE {holder}"))?;
        until("it follows", || async { self.servers[replica].replicates("master_link_status:up") }).await
    }

    /// Returns when this replica holds what its master held.
    ///
    /// # Errors
    /// It does not in time.
    pub async fn took_over(&self, replica: usize) -> Result<()> {
        until("the replica took over", || async { self.servers[replica].replicates("role:master") }).await
    }

    async fn add(&mut self) -> Result<()> {
        let bus = crate::free_port()?;
        let timeout = DEAD_AFTER.as_millis().to_string();
        let arguments = [
            ["--cluster-enabled", "yes"],
            ["--cluster-port", &bus.to_string()],
            ["--cluster-node-timeout", &timeout],
            ["--cluster-require-full-coverage", "no"],
            ["--repl-diskless-sync-delay", "0"],
        ];
        let arguments = arguments.concat().into_iter().map(str::to_owned).collect();
        let server = Redis::start(Options { listen: Listen::Port, arguments }).await?;
        server.ask(&format!("CLUSTER SET-CONFIG-EPOCH {}", self.servers.len() + 1))?;
        if let (Some(known), Some(bus)) = (self.servers.first(), self.buses.first()) {
            server.ask(&format!("CLUSTER MEET 127.0.0.1 {} {bus}", known.port()))?;
        }
        self.servers.push(server);
        self.buses.push(bus);
        Ok(())
    }

    /// Returns when every server knows every other one, and says that all is well.
    ///
    /// # Errors
    /// It does not come to that in time.
    pub async fn whole(&self) -> Result<()> {
        let known = format!("cluster_known_nodes:{}\r", self.servers.len());
        let assigned = format!("cluster_slots_ok:{SLOTS}\r");
        until("the cluster is whole", || async {
            for server in &self.servers {
                let says = server.ask("CLUSTER INFO")?;
                if ![&known, &assigned, "cluster_state:ok\r"].iter().all(|line| says.contains(*line)) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    }

    /// `redis+cluster://` and those that hold keys.
    pub fn url(&self) -> String {
        let hosts: Vec<_> =
            self.servers[..HOLDERS].iter().map(|server| format!("127.0.0.1:{}", server.port())).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// A key that this server holds as long as nothing moves.
    ///
    /// # Errors
    /// It does not answer.
    pub fn key_of(&self, holder: usize) -> Result<String> {
        for key in (0..).map(|number| format!("{{{number}}}")) {
            let slot: usize = self.servers[holder].ask(&format!("CLUSTER KEYSLOT {key}"))?.parse()?;
            if slots(holder).contains(&slot) {
                return Ok(key);
            }
        }
        bail!("no key is in the slots of server {holder}")
    }
}

fn slots(holder: usize) -> Range<usize> {
    holder * SLOTS / HOLDERS..(holder + 1) * SLOTS / HOLDERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_of_three_holds_its_own_keys() -> Result<()> {
        let cluster = Cluster::start().await?;
        for holder in 0..HOLDERS {
            let key = cluster.key_of(holder)?;
            for (asked, server) in cluster.servers.iter().enumerate() {
                assert_eq!(server.ask(&format!("SET {key} x")).is_ok(), asked == holder, "{key} at {asked}");
            }
        }
        Ok(())
    }
}
