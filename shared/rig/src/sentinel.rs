//! Redis Sentinel: which server is the master while we check, and what decides it?

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::Process;
use crate::redis::{self, Listen, Options, Redis};
use crate::until;

const READY: Duration = Duration::from_secs(10);

/// The name by which the sentinel knows its master.
const NAME: &str = "shop";

/// A private master, its replica, and one sentinel that makes the one the other soon after the master is silent.
pub struct Sentinel {
    /// The first is the master, until it fails.
    pub servers: [Redis; 2],
    _process: Process,
    port: u16,
    folder: TempDir,
}

impl Sentinel {
    /// Starts them, and returns when the replica could take over.
    ///
    /// # Errors
    /// As [`Redis::start`]; or they do not find each other in time.
    pub async fn start() -> Result<Sentinel> {
        let now = ["--repl-diskless-sync-delay".to_owned(), "0".to_owned()];
        let master = Redis::start(Options { listen: Listen::Port, arguments: now.to_vec() }).await?;
        let follow = ["--replicaof".to_owned(), format!("127.0.0.1 {}", master.port())];
        let replica = Redis::start(Options { listen: Listen::Port, arguments: [now, follow].concat() }).await?;
        until("the replica follows", || async { replica.replicates("master_link_status:up") }).await?;

        let (folder, port) = (crate::folder("sentinel-")?, crate::free_port()?);
        let process = launch(&folder, port, master.port()).await?;
        let sentinel = Sentinel { servers: [master, replica], _process: process, port, folder };
        until("the sentinel knows both", || async {
            Ok(sentinel.says()?.contains("status=ok,") && sentinel.says()?.contains("slaves=1,"))
        })
        .await?;
        Ok(sentinel)
    }

    /// `redis+sentinel://` and the sentinel, behind one that is not there.
    pub fn url(&self) -> String {
        format!("redis+sentinel://127.0.0.1:1,127.0.0.1:{}/{NAME}", self.port)
    }

    /// Returns when the sentinel has made this server the master.
    ///
    /// # Errors
    /// It does not in time.
    pub async fn decided(&self, server: usize) -> Result<()> {
        let address = format!("address=127.0.0.1:{},", self.servers[server].port());
        until("another master was chosen", || async { Ok(self.says()?.contains(&address)) }).await
    }

    /// Has the sentinel choose the other one, though nobody failed.
    ///
    /// # Errors
    /// It does not find it fit to take over in time.
    pub async fn fail_over(&self) -> Result<()> {
        let command = format!("SENTINEL FAILOVER {NAME}");
        until("a failover begins", || async { redis::ask(self.folder.path(), &command).map(|_| true) }).await
    }

    fn says(&self) -> Result<String> {
        redis::ask(self.folder.path(), "INFO sentinel")
    }
}

async fn launch(folder: &TempDir, port: u16, master: u16) -> Result<Process> {
    let program = crate::program(&["redis-server", "valkey-server"], &[], "redis-server")?;
    let settings = [
        format!("port {port}"),
        "bind 127.0.0.1".to_owned(),
        format!("unixsocket {}", redis::socket(folder.path()).display()),
        format!("sentinel monitor {NAME} 127.0.0.1 {master} 1"),
        // As short as a busy machine bears.
        format!("sentinel down-after-milliseconds {NAME} 500"),
        format!("sentinel failover-timeout {NAME} 3000"),
    ];
    fs::write(folder.path().join("sentinel.conf"), settings.join("\n"))?;
    let mut command = Command::new(program);
    command.current_dir(folder.path()).args(["sentinel.conf", "--sentinel"]);
    let mut process = Process::start("sentinel", command, "+monitor", Signal::KILL)?;
    process.announced(READY).await?;
    Ok(process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_replica_takes_over_from_a_killed_master() -> Result<()> {
        let mut sentinel = Sentinel::start().await?;
        sentinel.servers[0].kill();
        sentinel.decided(1).await?;
        until("it is the master", || async { sentinel.servers[1].replicates("role:master") }).await
    }
}
