//! Sabotage: does the suite notice a promise that is broken?

use anyhow::{Context, Result, ensure};

use crate::contract::variant::Variant;
use crate::contract::{LogAccess, Target, check, check_promises};
use rig::fleet::Database;
use shared::api::meta::{CredentialKind, Holder};
use shared::modes::promises::{Copied, CrossSite, Emptied, Gone, Killed, Promises, Replicas, RoleTaken, Sent};

/// Replicas of a fleet, so that there is another one to ask.
const REPLICAS: usize = 2;

/// The whole contract, on two replicas and a third one that is killed, with all that they say about it in a log.
///
/// # Errors
/// What was broken, or was not asked.
pub async fn kept(variant: Variant, database: Database) -> Result<()> {
    let mut fleet = variant.fleet(database).await?;
    fleet.environment.push(("RUST_LOG".into(), "trace".into()));
    fleet.grow(REPLICAS).await?;
    let spare = Some(fleet.beside().await?);
    let (log, keys) = (fleet.log.clone(), fleet.keys.texts()?);
    let log = LogAccess::All { log: &log, keys: &keys };
    let report = check(Target { spare, log, ..Target::of(&mut fleet, variant.promises) }).await;
    ensure!(report.not_asked.is_empty(), "{variant:?}: not asked: {:?}", report.not_asked);
    report.into_result().with_context(|| format!("{variant:?}"))
}

/// Each promise turned into its opposite: a suite that asserts it notices, and notices nothing else.
///
/// # Errors
/// The promise that nobody looks at.
pub async fn noticed(variant: Variant) -> Result<()> {
    let mut fleet = variant.fleet(Database::Embedded).await?;
    fleet.grow(REPLICAS).await?;
    for (name, broken) in broken_one_by_one(variant.promises) {
        let spare = Some(fleet.beside().await?);
        let report = check_promises(Target { spare, ..Target::of(&mut fleet, broken) }).await;
        let noticed: Vec<_> = report.broken.iter().map(|broken| broken.case).collect();
        ensure!(noticed == [name], "{variant:?} with another {name}: this was noticed: {noticed:?}\n{report}");
    }
    Ok(())
}

/// Each promise turned into its opposite, alone: a suite that asserts it must notice. Named as the report names it.
fn broken_one_by_one(promises: Promises) -> [(&'static str, Promises); 11] {
    // No `..`: a new promise does not compile until it is here.
    let Promises {
        credential,
        sent,
        draft,
        copied_credential,
        role_taken,
        cross_site,
        replicas,
        replica_killed,
        redis_gone,
        redis_emptied,
        store_calls,
    } = promises;
    let credential = other(credential, CredentialKind::Bearer, CredentialKind::Cookie);
    let sent = other(sent, Sent::GrowsWithClaims, Sent::FixedSize);
    let draft = other(draft, Holder::Client, Holder::Redis);
    let copied_credential = other(copied_credential, Copied::LivesToItsExpiry, Copied::DiesAtOnce);
    let role_taken = other(role_taken, RoleTaken::AtExpiryOrRefresh, RoleTaken::NextRequest);
    let cross_site = other(cross_site, CrossSite::NothingToRide, CrossSite::Refused);
    let replicas = other(replicas, Replicas::Any, Replicas::Sticky);
    let replica_killed = other(replica_killed, Killed::LogsNobodyOut, Killed::LogsItsOwnPeopleOut);
    let redis_gone = other(redis_gone, Gone::KeepsWorking, Gone::Unavailable);
    let redis_emptied = other(redis_emptied, Emptied::NothingHappens, Emptied::EverybodyIsLoggedOut);
    let store_calls = other(store_calls, 0, 1);
    [
        ("credential", Promises { credential, ..promises }),
        ("sent", Promises { sent, ..promises }),
        ("draft", Promises { draft, ..promises }),
        ("copied_credential", Promises { copied_credential, ..promises }),
        ("role_taken", Promises { role_taken, ..promises }),
        ("cross_site", Promises { cross_site, ..promises }),
        ("replicas", Promises { replicas, ..promises }),
        ("replica_killed", Promises { replica_killed, ..promises }),
        ("redis_gone", Promises { redis_gone, ..promises }),
        ("redis_emptied", Promises { redis_emptied, ..promises }),
        ("store_calls", Promises { store_calls, ..promises }),
    ]
}

/// One of two, but not what is declared.
fn other<T: PartialEq>(declared: T, one: T, another: T) -> T {
    if declared == one { another } else { one }
}
