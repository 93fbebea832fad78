//! Contract of the stateful server: does it keep its promises in each of its modes?

use anyhow::Result;
use checks::contract::sabotage::{kept, noticed};
use checks::contract::variant::Variant;
use checks::contract::{RedisAccess, Target, check, rotation, same};
use rig::cluster::Cluster;
use rig::fleet::{Database, Fleet};
use rig::redis::Redis;
use shared::modes::Mode;
use shared::modes::entry::Side;

#[tokio::test]
async fn the_contract_is_kept_in_every_mode() -> Result<()> {
    for mode in Mode::of(Side::Stateful) {
        kept(Variant::plain(mode)?, Database::Embedded).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_contract_is_kept_on_postgres() -> Result<()> {
    kept(Variant::plain(Mode::SessionRedis)?, Database::Postgres).await?;
    kept(Variant::plain(Mode::SessionSql)?, Database::Postgres).await
}

#[tokio::test]
async fn the_contract_is_kept_in_a_cluster() -> Result<()> {
    let cluster = Cluster::start().await?;
    let commands = || cluster.servers.iter().map(Redis::commands_answered).sum();
    let mut fleet = Fleet::of(Mode::SessionRedis, Database::Embedded).await?;
    fleet.redis_url = cluster.url();
    fleet.grow(2).await?;
    let redis = RedisAccess::Count(&commands);
    let promises = Variant::plain(Mode::SessionRedis)?.promises;
    check(Target { redis, ..Target::of(&mut fleet, promises) }).await.into_result()
}

#[tokio::test]
async fn a_broken_promise_is_noticed_in_every_mode() -> Result<()> {
    for variant in Variant::with_different_promises(Side::Stateful)? {
        noticed(variant).await?;
    }
    Ok(())
}

#[tokio::test]
async fn its_keys_can_be_changed_while_people_are_logged_in() -> Result<()> {
    rotation::check(Mode::SessionRedis).await
}

#[tokio::test]
async fn its_neighbour_publishes_the_same_contract() -> Result<()> {
    let mut fleet = Fleet::of(Mode::SessionRedis, Database::Embedded).await?;
    fleet.grow(1).await?;
    let neighbour = fleet.stranger(Mode::Jwt).await?;
    same::compare(fleet.replicas[0].url(), neighbour.url()).await
}
