//! Does the server that forgets its clients keep its promises?

use std::fs;

use anyhow::Result;
use shared::contract::promises::Promises;
use shared::contract::{RedisAccess, Target, check, check_killed_replica, check_promises, same};
use shared::rig;
use shared::rig::postgres::Postgres;
use shared::rig::redis::{Options, Redis};
use shared::rig::replica::Replica;
use tempfile::TempDir;

/// A database that the servers make themselves.
const EMBEDDED: &str = "sqlite://{folder}/shop.sqlite";
const PROMISES: Promises = Promises::stateless();

#[tokio::test]
async fn the_contract_is_kept() -> Result<()> {
    let mut fleet = Fleet::on(EMBEDDED.into()).await?;
    check(fleet.target(PROMISES)).await.into_result()
}

#[tokio::test]
async fn the_contract_is_kept_on_postgres() -> Result<()> {
    let postgres = Postgres::start().await?;
    let mut fleet = Fleet::on(postgres.url()).await?;
    check(fleet.target(PROMISES)).await.into_result()
}

/// Else a promise could be declared that nobody looks at.
#[tokio::test]
async fn each_promise_turned_into_its_opposite_is_noticed() -> Result<()> {
    let mut fleet = Fleet::on(EMBEDDED.into()).await?;
    for (name, broken) in PROMISES.broken_one_by_one() {
        let report = check_promises(fleet.target(broken)).await;
        let noticed: Vec<_> = report.broken.iter().map(|broken| broken.case).collect();
        assert_eq!(noticed, [name], "{report}");
    }
    Ok(())
}

#[tokio::test]
async fn a_killed_replica_logs_nobody_out() -> Result<()> {
    let mut fleet = Fleet::on(EMBEDDED.into()).await?;
    let mut doomed = fleet.replicas.remove(0);
    let mut target = fleet.target(PROMISES);
    target.replicas.insert(0, doomed.url().to_owned());
    check_killed_replica(target, || doomed.kill()).await
}

#[tokio::test]
async fn its_neighbour_publishes_the_same_contract() -> Result<()> {
    let fleet = Fleet::on(EMBEDDED.into()).await?;
    let neighbour = fleet.add("stateful-server", &["--redis-url", &fleet.redis.url()]).await?;
    same::compare(fleet.replicas[0].url(), neighbour.url()).await
}

/// Two replicas on one database, and a Redis that none of them knows: that it is never asked is counted, and that it
/// goes away does not matter.
struct Fleet {
    replicas: Vec<Replica>,
    redis: Redis,
    database: String,
    folder: TempDir,
}

impl Fleet {
    /// In a folder of its own, where the embedded database and the key are.
    async fn on(database: String) -> Result<Fleet> {
        let folder = tempfile::Builder::new().prefix("contract-").tempdir()?;
        let key = folder.path().join("key");
        fs::write(&key, [7; 32])?;
        let key = format!("k1={}", key.display());
        let redis = Redis::start(Options::default()).await?;
        let mut fleet = Fleet { replicas: Vec::new(), redis, database, folder };
        for _ in 0..2 {
            let replica = fleet.add(env!("CARGO_PKG_NAME"), &["--key", &key]).await?;
            fleet.replicas.push(replica);
        }
        Ok(fleet)
    }

    async fn add(&self, server: &str, own: &[&str]) -> Result<Replica> {
        let database = self.database.replace("{folder}", &self.folder.path().display().to_string());
        let common = ["--listen", "127.0.0.1:0", "--database-url", &database, "--workers", "2"];
        let demo = ["--demo-data", "--demo-visitors", "10"];
        let arguments: Vec<_> = common.iter().chain(&demo).chain(own).map(|word| word.to_string()).collect();
        Replica::start(&rig::binary(server)?, &arguments, &[]).await
    }

    fn target(&mut self, promises: Promises) -> Target<'_> {
        let replicas = self.replicas.iter().map(|replica| replica.url().to_owned()).collect();
        Target { replicas, promises, redis: RedisAccess::Break(&mut self.redis) }
    }
}
