//! Key rotation: how does a fleet come to sign with a new key?
//!
//! With care: replica by replica all learn the new key, then all sign with it, and when everybody has been given something
//! new, all forget the old one. Carelessly: each replica in turn has the new key and no other.

use std::time::Duration;

use report::recording::{Fault, Moment};
use rig::keys::FIRST_KEY;
use wire::client;
use wire::login::{Login, log_in};

use crate::fault::replace;
use crate::fleet::Fleet;
use crate::probe::ProbeRun;

/// People renew within a second; what takes longer than this is a mistake.
const RENEWAL: Duration = Duration::from_secs(10);
const OLD: &str = FIRST_KEY;
const NEW: &str = "k2";

pub(super) async fn rotate(probe: &mut ProbeRun, fleet: &mut Fleet) -> anyhow::Result<()> {
    let asleep = log_in(fleet.url(0), "visitor-1", "visitor").await?;
    fleet.keys.make(NEW)?;
    if probe.subject.fault == Fault::Rotate {
        probe.mark(Moment::Broken, "known");
        roll(probe, fleet, &[OLD, NEW]).await?;
        probe.mark(Moment::Broken, "signs");
        roll(probe, fleet, &[NEW, OLD]).await?;
        let taken = everywhere(fleet, &asleep, 200).await?;
        probe.prove("what the old key signed is still taken everywhere", taken);
        let renewed = probe.all_have_renewed(probe.elapsed(), RENEWAL).await;
        probe.prove("everybody has renewed what the old key signed", renewed);
        probe.mark(Moment::Broken, "retired");
    } else {
        probe.mark(Moment::Broken, "replaced");
    }
    roll(probe, fleet, &[NEW]).await?;
    let refused = everywhere(fleet, &asleep, 401).await?;
    probe.prove("what the old key signed is taken nowhere any more", refused);
    probe.mark(Moment::Recovered, "over");
    Ok(())
}

/// Puts a replica with these keys in the place of each.
async fn roll(probe: &mut ProbeRun, fleet: &mut Fleet, keys: &[&str]) -> anyhow::Result<()> {
    fleet.keys.sign_with(keys);
    for replica in 0..fleet.replicas.len() {
        replace(probe, fleet, replica).await?;
    }
    Ok(())
}

/// Somebody who has not asked since the first key signed asks every replica with what they have, and is answered so.
async fn everywhere(fleet: &Fleet, asleep: &Login, status: u16) -> anyhow::Result<bool> {
    let mut holds = true;
    for url in fleet.urls() {
        holds &= client::send_once(url, &asleep.whoami()).await?.status == status;
    }
    Ok(holds)
}
