//! Does the server that remembers its clients keep its promises?

use std::fs;

use anyhow::Result;
use shared::contract::promises::Promises;
use shared::contract::{RedisAccess, Target, check, check_killed_replica, check_promises, same};
use shared::rig::redis::{Options, Redis};
use shared::rig::replica::Replica;
use tempfile::TempDir;

const PROMISES: Promises = Promises::stateful();

#[tokio::test]
async fn the_contract_is_kept() -> Result<()> {
    let mut fleet = Fleet::start().await?;
    check(fleet.target(PROMISES)).await.into_result()
}

/// Else a promise could be declared that nobody looks at.
#[tokio::test]
async fn each_promise_turned_into_its_opposite_is_noticed() -> Result<()> {
    let mut fleet = Fleet::start().await?;
    for (name, broken) in PROMISES.broken_one_by_one() {
        let report = check_promises(fleet.target(broken)).await;
        let noticed: Vec<_> = report.broken.iter().map(|broken| broken.case).collect();
        assert!(noticed.contains(&name), "{name} turned into its opposite is not noticed: {report}");
    }
    Ok(())
}

#[tokio::test]
async fn a_killed_replica_logs_nobody_out() -> Result<()> {
    let mut fleet = Fleet::start().await?;
    let mut doomed = fleet.replicas.remove(0);
    let mut target = fleet.target(PROMISES);
    target.replicas.insert(0, doomed.url().to_owned());
    check_killed_replica(target, || doomed.kill()).await
}

#[tokio::test]
async fn its_neighbour_publishes_the_same_contract() -> Result<()> {
    let fleet = Fleet::start().await?;
    let neighbour = fleet.add("stateless-server", &[]).await?;
    same::compare(fleet.replicas[0].url(), neighbour.url()).await
}

/// Two replicas on one database and one Redis, which is counted, killed, frozen and emptied.
struct Fleet {
    replicas: Vec<Replica>,
    redis: Redis,
    folder: TempDir,
}

impl Fleet {
    async fn start() -> Result<Fleet> {
        let folder = tempfile::Builder::new().prefix("contract-").tempdir()?;
        fs::write(folder.path().join("key"), [7; 64])?;
        let mut fleet = Fleet { replicas: Vec::new(), redis: Redis::start(Options::default()).await?, folder };
        let key = fleet.folder.path().join("key").display().to_string();
        for _ in 0..2 {
            let replica =
                fleet.add(env!("CARGO_PKG_NAME"), &["--cookie-key", &key, "--redis-url", &fleet.redis.url()]).await?;
            fleet.replicas.push(replica);
        }
        Ok(fleet)
    }

    async fn add(&self, server: &str, own: &[&str]) -> Result<Replica> {
        let database = format!("sqlite://{}/shop.sqlite", self.folder.path().display());
        let common =
            ["--listen", "127.0.0.1:0", "--database-url", &database, "--demo-visitors", "10", "--workers", "2"];
        let arguments: Vec<_> = common.iter().chain(own).map(|argument| argument.to_string()).collect();
        Replica::start(&shared::rig::binary(server)?, &arguments, &[]).await
    }

    fn target(&mut self, promises: Promises) -> Target<'_> {
        let replicas = self.replicas.iter().map(|replica| replica.url().to_owned()).collect();
        Target { replicas, promises, redis: RedisAccess::Break(&mut self.redis) }
    }
}
