//! Contract of the stateless server: does it keep its promises in every mode?

use anyhow::Result;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use checks::contract::promises::{Down, Promises};
use checks::contract::sabotage::{kept, noticed};
use checks::contract::{rotation, same};
use rig::fleet::{Database, Fleet};

const NONE: &str = "--key 1={folder}/hs256";
const FAIL_CLOSED: &str = "--algorithm eddsa --key 1={folder}/eddsa --verify-cache 1000
    --revocation denylist --redis-url {redis}";
const FAIL_OPEN: &str = "--algorithm es256 --key 1={folder}/es256
    --revocation denylist --redis-url {redis} --denylist-down fail-open";

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
    let [old, new] = ["--key old={folder}/hs256", "--key new={folder}/new"];
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

/// A fleet that has a key for each algorithm, and no replica yet.
async fn on(database: Database) -> Result<Fleet> {
    let mut fleet = Fleet::of(env!("CARGO_PKG_NAME"), database).await?;
    fleet.add_secret("hs256")?;
    let random = SystemRandom::new();
    fleet.add_key("es256", pem(EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)?.as_ref()))?;
    fleet.add_key("eddsa", pem(Ed25519KeyPair::generate_pkcs8(&random)?.as_ref()))?;
    Ok(fleet)
}

/// RFC 7468, section 10.
fn pem(pkcs8: &[u8]) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(pkcs8))
}
