//! Does the server that forgets its clients keep its promises?

use anyhow::Result;
use shared::contract::drill::{kept, noticed};
use shared::contract::promises::{Down, Promises};
use shared::contract::{rotation, same};
use shared::rig::fleet::{Database, Fleet};

const NONE: &str = "--key 1={folder}/key";
const FAIL_CLOSED: &str = "--key 1={folder}/key --revocation denylist --redis-url {redis} --verify-cache 1000";
const FAIL_OPEN: &str =
    "--key 1={folder}/key --revocation denylist --redis-url {redis} --denylist-down fail-open --algorithm es256";

#[tokio::test]
async fn the_contract_is_kept() -> Result<()> {
    kept(on(Database::Embedded).await?, NONE, Promises::stateless()).await
}

#[tokio::test]
async fn the_contract_is_kept_on_postgres() -> Result<()> {
    kept(on(Database::Postgres).await?, NONE, Promises::stateless()).await
}

#[tokio::test]
async fn the_contract_is_kept_with_a_denylist() -> Result<()> {
    kept(on(Database::Embedded).await?, FAIL_CLOSED, Promises::denylist(Down::FailClosed)).await
}

#[tokio::test]
async fn the_contract_is_kept_with_a_denylist_that_fails_open() -> Result<()> {
    kept(on(Database::Embedded).await?, FAIL_OPEN, Promises::denylist(Down::FailOpen)).await
}

#[tokio::test]
async fn a_broken_promise_is_noticed() -> Result<()> {
    noticed(on(Database::Embedded).await?, NONE, Promises::stateless()).await
}

#[tokio::test]
async fn a_broken_promise_is_noticed_with_a_denylist() -> Result<()> {
    noticed(on(Database::Embedded).await?, FAIL_CLOSED, Promises::denylist(Down::FailClosed)).await
}

#[tokio::test]
async fn a_broken_promise_is_noticed_with_a_denylist_that_fails_open() -> Result<()> {
    noticed(on(Database::Embedded).await?, FAIL_OPEN, Promises::denylist(Down::FailOpen)).await
}

#[tokio::test]
async fn its_keys_can_be_changed_while_people_are_logged_in() -> Result<()> {
    let mut fleet = on(Database::Embedded).await?;
    fleet.add_secret("new")?;
    let [old, new] = ["--key old={folder}/key", "--key new={folder}/new"];
    let keys = [old.into(), format!("{old} {new}"), format!("{new} {old}"), new.into()];
    rotation::check(&mut fleet, Promises::stateless(), keys).await
}

#[tokio::test]
async fn its_neighbour_publishes_the_same_contract() -> Result<()> {
    let mut fleet = on(Database::Embedded).await?;
    fleet.grow(1, NONE).await?;
    let neighbour = fleet.stranger("stateful-server", "--redis-url {redis}").await?;
    same::compare(fleet.replicas[0].url(), neighbour.url()).await
}

/// A fleet that has a key, and no replica yet.
async fn on(database: Database) -> Result<Fleet> {
    let mut fleet = Fleet::of(env!("CARGO_PKG_NAME"), database).await?;
    fleet.add_secret("key")?;
    Ok(fleet)
}
