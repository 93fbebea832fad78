//! Contract of the stateless server: does it keep its promises in each of its modes?

use anyhow::Result;
use checks::contract::sabotage::{kept, noticed};
use checks::contract::variant::Variant;
use checks::contract::{rotation, same};
use rig::fleet::{Database, Fleet};
use shared::modes::Mode;
use shared::modes::entry::Side;
use shared::modes::promises::{Gone, Promises};

#[tokio::test]
async fn the_contract_is_kept_in_every_mode() -> Result<()> {
    for mode in Mode::of(Side::Stateless) {
        kept(Variant::plain(mode)?, Database::Embedded).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_contract_is_kept_on_postgres() -> Result<()> {
    kept(Variant::plain(Mode::Jwt)?, Database::Postgres).await
}

#[tokio::test]
async fn the_contract_is_kept_with_a_denylist_that_fails_open() -> Result<()> {
    kept(failing_open()?, Database::Embedded).await
}

#[tokio::test]
async fn a_broken_promise_is_noticed_in_every_mode() -> Result<()> {
    for variant in Variant::with_different_promises(Side::Stateless)? {
        noticed(variant).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_broken_promise_is_noticed_with_a_denylist_that_fails_open() -> Result<()> {
    noticed(failing_open()?).await
}

#[tokio::test]
async fn its_keys_can_be_changed_while_people_are_logged_in() -> Result<()> {
    rotation::check(Mode::Jwt).await
}

#[tokio::test]
async fn its_neighbour_publishes_the_same_contract() -> Result<()> {
    let mut fleet = Fleet::of(Mode::Jwt, Database::Embedded).await?;
    fleet.grow(1).await?;
    let neighbour = fleet.stranger(Mode::SessionRedis).await?;
    same::compare(fleet.replicas[0].url(), neighbour.url()).await
}

/// While Redis is away, every token is believed.
fn failing_open() -> Result<Variant> {
    let closed = Variant::plain(Mode::JwtDenylist)?;
    let promises = Promises { redis_gone: Gone::KeepsWorkingForTheRevoked, ..closed.promises };
    Ok(Variant { flags: &["--denylist-down=fail-open"], promises, ..closed })
}
