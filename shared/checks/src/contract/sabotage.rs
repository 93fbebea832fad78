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
    #[rustfmt::skip] // No `..`: a new promise does not compile until it is here, and in the list below.
    let Promises { credential: _, sent: _, draft: _, copied_credential: _, role_taken: _, cross_site: _, replicas: _,
        replica_killed: _, redis_gone: _, redis_emptied: _, store_calls: _ } = variant.promises;
    for (name, turn) in SABOTAGED {
        let mut broken = variant.promises;
        turn(&mut broken);
        let spare = Some(fleet.beside().await?);
        let report = check_promises(Target { spare, ..Target::of(&mut fleet, broken) }).await;
        let noticed: Vec<_> = report.broken.iter().map(|broken| broken.case).collect();
        ensure!(noticed == [name], "{variant:?} with another {name}: this was noticed: {noticed:?}\n{report}");
        let unturned = report.kept.iter().find(|kept| SABOTAGED.iter().all(|(name, _)| name != *kept));
        ensure!(unturned.is_none(), "nobody turns this promise into its opposite: {unturned:?}");
    }
    Ok(())
}

type Sabotage = fn(&mut Promises);

/// Each promise, as the report names it, and what turns it into its opposite.
const SABOTAGED: [(&str, Sabotage); 11] = [
    ("credential", |said| turn(&mut said.credential, CredentialKind::Bearer, CredentialKind::Cookie)),
    ("sent", |said| turn(&mut said.sent, Sent::GrowsWithClaims, Sent::FixedSize)),
    ("draft", |said| turn(&mut said.draft, Holder::Client, Holder::Redis)),
    ("copied_credential", |said| turn(&mut said.copied_credential, Copied::LivesToItsExpiry, Copied::DiesAtOnce)),
    ("role_taken", |said| turn(&mut said.role_taken, RoleTaken::AtExpiryOrRefresh, RoleTaken::NextRequest)),
    ("cross_site", |said| turn(&mut said.cross_site, CrossSite::NothingToRide, CrossSite::Refused)),
    ("replicas", |said| turn(&mut said.replicas, Replicas::Any, Replicas::Sticky)),
    ("replica_killed", |said| turn(&mut said.replica_killed, Killed::LogsNobodyOut, Killed::LogsItsOwnPeopleOut)),
    ("redis_gone", |said| turn(&mut said.redis_gone, Gone::KeepsWorking, Gone::Unavailable)),
    ("redis_emptied", |said| turn(&mut said.redis_emptied, Emptied::NothingHappens, Emptied::EverybodyIsLoggedOut)),
    ("store_calls", |said| turn(&mut said.store_calls, 0, 1)),
];

/// One of two, but not what is declared.
fn turn<T: PartialEq>(declared: &mut T, one: T, another: T) {
    *declared = if *declared == one { another } else { one };
}
