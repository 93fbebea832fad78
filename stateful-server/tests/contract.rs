//! Does the server that remembers its clients keep its promises?

use anyhow::Result;
use shared::contract::promises::{Down, Promises};
use shared::contract::{LogAccess, Target, check, check_promises, rotation, same};
use shared::rig::fleet::{Database, Fleet};

const SERVER: &str = env!("CARGO_PKG_NAME");
const SECRET: &str = "--key 1={folder}/key";
const DENYLIST: &str = "--revocation denylist --redis-url {redis}";
const FAIL_OPEN: &str = "--revocation denylist --redis-url {redis} --denylist-down fail-open";

#[tokio::test]
async fn the_contract_is_kept() -> Result<()> {
    kept(Database::Embedded, "", Promises::stateful()).await
}

#[tokio::test]
async fn the_contract_is_kept_on_postgres() -> Result<()> {
    kept(Database::Postgres, "", Promises::stateful()).await
}

#[tokio::test]
async fn the_contract_is_kept_with_a_denylist() -> Result<()> {
    kept(Database::Embedded, DENYLIST, Promises::denylist(Down::FailClosed)).await
}

#[tokio::test]
async fn the_contract_is_kept_with_a_denylist_that_fails_open() -> Result<()> {
    kept(Database::Embedded, FAIL_OPEN, Promises::denylist(Down::FailOpen)).await
}

#[tokio::test]
async fn a_promise_turned_into_its_opposite_is_noticed() -> Result<()> {
    noticed("", Promises::stateful()).await
}

#[tokio::test]
async fn a_promise_turned_into_its_opposite_is_noticed_with_a_denylist() -> Result<()> {
    noticed(DENYLIST, Promises::denylist(Down::FailClosed)).await
}

#[tokio::test]
async fn a_promise_turned_into_its_opposite_is_noticed_with_a_denylist_that_fails_open() -> Result<()> {
    noticed(FAIL_OPEN, Promises::denylist(Down::FailOpen)).await
}

#[tokio::test]
async fn its_keys_can_be_changed_while_people_are_logged_in() -> Result<()> {
    let mut fleet = fleet(Database::Embedded).await?;
    fleet.add_key("new", secret())?;
    let [old, new] = ["--key old={folder}/key", "--key new={folder}/new"];
    rotation::check(&mut fleet, Promises::stateful(), [old, &format!("{old} {new}"), &format!("{new} {old}"), new])
        .await
}

#[tokio::test]
async fn its_neighbour_publishes_the_same_contract() -> Result<()> {
    let mut fleet = fleet(Database::Embedded).await?;
    fleet.grow(1, SECRET).await?;
    let neighbour = fleet.beside("NEIGH", "--redis-url {redis}").await?;
    same::compare(fleet.replicas[0].url(), neighbour.url()).await
}

/// The whole contract, on two replicas and one that is killed, and nothing secret in what they wrote meanwhile.
async fn kept(database: Database, arguments: &str, promises: Promises) -> Result<()> {
    let arguments = format!("{SECRET} {arguments}");
    let mut fleet = fleet(database).await?;
    fleet.environment.push(("RUST_LOG".into(), "trace".into()));
    fleet.grow(2, &arguments).await?;
    let spare = Some(fleet.beside(SERVER, &arguments).await?);
    let (log, keys) = (fleet.log.clone(), fleet.keys().to_vec());
    let log = LogAccess::All { log: &log, keys: &keys };
    check(Target { spare, log, ..Target::of(&mut fleet, promises) }).await.into_result()
}

/// Else a promise could be declared that nobody looks at.
async fn noticed(arguments: &str, promises: Promises) -> Result<()> {
    let arguments = format!("{SECRET} {arguments}");
    let mut fleet = fleet(Database::Embedded).await?;
    fleet.grow(2, &arguments).await?;
    for (name, broken) in promises.broken_one_by_one() {
        let spare = Some(fleet.beside(SERVER, &arguments).await?);
        let report = check_promises(Target { spare, ..Target::of(&mut fleet, broken) }).await;
        let noticed: Vec<_> = report.broken.iter().map(|broken| broken.case).collect();
        assert_eq!(noticed, [name], "{report}");
    }
    Ok(())
}

/// One without replicas, which has a secret.
async fn fleet(database: Database) -> Result<Fleet> {
    let mut fleet = Fleet::of(SERVER, database).await?;
    fleet.add_key("key", secret())?;
    Ok(fleet)
}

/// 64 letters that nobody else has.
fn secret() -> String {
    format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..))
}
