//! Contract before a measurement: does this fleet keep its promises?

use checks::contract::variant::Variant;
use checks::contract::{LogAccess, RedisAccess, SPOILED, Target, VISITORS, check};
use report::recording::Contract;
use rig::redis::Redis;

use crate::fleet::Fleet;

/// How many visitors there must be when so many load: the suite asks some whom nobody should be meanwhile, and spoils others.
pub fn visitors(loading: u32) -> u32 {
    loading.max(VISITORS) + SPOILED
}

/// The whole contract, on all replicas, but for the promises about outages: these fleets are to be measured, not
/// broken.
pub async fn held_against(fleet: &Fleet) -> anyhow::Result<Contract> {
    let Variant { mode, promises, .. } = Variant::plain(fleet.mode)?;
    // A fleet without a Redis has none that could be asked, and its statements are counted all the same.
    let count = || fleet.redis.as_ref().map_or(Ok(0), Redis::commands_answered);
    let redis = RedisAccess::Count(&count);
    let replicas = fleet.urls().map(str::to_owned).collect();
    let report =
        check(Target { replicas, promises, store: mode.entry().store, redis, spare: None, log: LogAccess::None }).await;
    let failures = report.broken.iter();
    let failures = failures
        .map(|broken| format!("{}: {}: expected {}, saw {}", broken.case, broken.asked, broken.expected, broken.seen));
    let failures: Vec<_> = failures.collect();
    Ok(Contract { mode, cases: (report.kept.len() + failures.len()) as u32, failures })
}
