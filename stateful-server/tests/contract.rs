//! Contract of the stateful server: does it keep its promises in every mode?

use anyhow::Result;
use checks::contract::promises::{Emptied, Gone, Promises};
use checks::contract::sabotage::{kept, noticed};
use checks::contract::{RedisAccess, Target, check, rotation, same};
use rig::cluster::Cluster;
use rig::fleet::{Database, Fleet};
use rig::redis::Redis;
use shared::api::meta::Holder;

const REDIS: &str = "--cookie-key {folder}/key --redis-url {redis}";
const SQL: &str = "--cookie-key {folder}/key --sessions sql";
const MEMORY: &str = "--cookie-key {folder}/key --redis-url {redis} --sessions memory";
const NEAR_CACHE: &str = "--cookie-key {folder}/key --redis-url {redis} --near-cache";

#[tokio::test]
async fn the_contract_is_kept() -> Result<()> {
    kept(on(Database::Embedded).await?, REDIS, Promises::stateful()).await
}

#[tokio::test]
async fn the_contract_is_kept_on_postgres() -> Result<()> {
    kept(on(Database::Postgres).await?, REDIS, Promises::stateful()).await
}

/// There is no Redis to be asked, or to be missed.
const IN_SQL: Promises = Promises {
    draft: Holder::Database,
    redis_gone: Gone::KeepsWorking,
    redis_emptied: Emptied::NothingHappens,
    store_calls: 0,
    ..Promises::stateful()
};

#[tokio::test]
async fn the_contract_is_kept_in_sql() -> Result<()> {
    kept(on(Database::Embedded).await?, SQL, IN_SQL).await
}

#[tokio::test]
async fn the_contract_is_kept_in_sql_on_postgres() -> Result<()> {
    kept(on(Database::Postgres).await?, SQL, IN_SQL).await
}

#[tokio::test]
async fn the_contract_is_kept_in_memory() -> Result<()> {
    kept(on(Database::Embedded).await?, MEMORY, Promises::memory()).await
}

#[tokio::test]
async fn the_contract_is_kept_with_a_near_cache() -> Result<()> {
    kept(on(Database::Embedded).await?, NEAR_CACHE, Promises::near_cache()).await
}

#[tokio::test]
async fn the_contract_is_kept_in_a_cluster() -> Result<()> {
    let cluster = Cluster::start().await?;
    let commands = || cluster.servers.iter().map(Redis::commands_answered).sum();
    let mut fleet = on(Database::Embedded).await?;
    fleet.grow(2, &REDIS.replace("{redis}", &cluster.url())).await?;
    let redis = RedisAccess::Count(&commands);
    check(Target { redis, ..Target::of(&mut fleet, Promises::stateful()) }).await.into_result()
}

#[tokio::test]
async fn a_broken_promise_is_noticed() -> Result<()> {
    noticed(on(Database::Embedded).await?, REDIS, Promises::stateful()).await
}

#[tokio::test]
async fn a_broken_promise_is_noticed_in_sql() -> Result<()> {
    noticed(on(Database::Embedded).await?, SQL, IN_SQL).await
}

#[tokio::test]
async fn a_broken_promise_is_noticed_in_memory() -> Result<()> {
    noticed(on(Database::Embedded).await?, MEMORY, Promises::memory()).await
}

#[tokio::test]
async fn a_broken_promise_is_noticed_with_a_near_cache() -> Result<()> {
    noticed(on(Database::Embedded).await?, NEAR_CACHE, Promises::near_cache()).await
}

#[tokio::test]
async fn its_keys_can_be_changed_while_people_are_logged_in() -> Result<()> {
    let mut fleet = on(Database::Embedded).await?;
    fleet.add_secret("new")?;
    let [old, new] = ["--cookie-key {folder}/key", "--cookie-key {folder}/new"];
    let keys = [old.into(), format!("{old} {new}"), format!("{new} {old}"), new.into()];
    rotation::check(&mut fleet, Promises::stateful(), keys.map(|keys| format!("{keys} --redis-url {{redis}}"))).await
}

#[tokio::test]
async fn its_neighbour_publishes_the_same_contract() -> Result<()> {
    let mut fleet = on(Database::Embedded).await?;
    fleet.grow(1, REDIS).await?;
    let neighbour = fleet.stranger("stateless-server", "").await?;
    same::compare(fleet.replicas[0].url(), neighbour.url()).await
}

/// A fleet that has a key, and no replica yet.
async fn on(database: Database) -> Result<Fleet> {
    let mut fleet = Fleet::of(env!("CARGO_PKG_NAME"), database).await?;
    fleet.add_secret("key")?;
    Ok(fleet)
}
