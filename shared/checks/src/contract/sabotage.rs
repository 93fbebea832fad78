//! Sabotage: does the suite notice a promise that is broken?

use anyhow::{Result, ensure};

use crate::contract::promises::Promises;
use crate::contract::{LogAccess, Target, check, check_promises};
use rig::fleet::Fleet;

/// Replicas of a fleet, so that there is another one to ask.
const REPLICAS: usize = 2;

/// The whole contract, on two replicas that are started with these arguments and a third one that is killed, with all
/// that they say about it in a log.
///
/// # Errors
/// What was broken, or was not asked.
pub async fn kept(mut fleet: Fleet, arguments: &str, promises: Promises) -> Result<()> {
    fleet.environment.push(("RUST_LOG".into(), "trace".into()));
    fleet.grow(REPLICAS, arguments).await?;
    let spare = Some(fleet.beside(arguments).await?);
    let (log, keys) = (fleet.log.clone(), fleet.keys().to_vec());
    let log = LogAccess::All { log: &log, keys: &keys };
    let report = check(Target { spare, log, ..Target::of(&mut fleet, promises) }).await;
    ensure!(report.not_asked.is_empty(), "not asked: {:?}", report.not_asked);
    report.into_result()
}

/// Each promise turned into its opposite: a suite that asserts it notices, and notices nothing else.
///
/// # Errors
/// The promise that nobody looks at.
pub async fn noticed(mut fleet: Fleet, arguments: &str, promises: Promises) -> Result<()> {
    fleet.grow(REPLICAS, arguments).await?;
    for (name, broken) in promises.broken_one_by_one() {
        let spare = Some(fleet.beside(arguments).await?);
        let report = check_promises(Target { spare, ..Target::of(&mut fleet, broken) }).await;
        let noticed: Vec<_> = report.broken.iter().map(|broken| broken.case).collect();
        ensure!(noticed == [name], "with another {name}, this was noticed: {noticed:?}\n{report}");
    }
    Ok(())
}
