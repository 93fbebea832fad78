//! Key rotation: does anybody notice a new key?
//!
//! With care: replica by replica all learn the new key, then all sign with it, and when everybody has been given something
//! new, all forget the old one. Carelessly: each replica in turn has the new key and no other.

use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::{Experiment, Fault, Mode, Moment, Proof, Way};
use rig::keys::FIRST_KEY;
use serde::Deserialize;
use wire::client;
use wire::login::{Login, log_in};

use crate::experiments::fault_injection::{FaultExperiment, FaultRuns, Injected, Round};
use crate::fault;
use crate::fault::{FaultInjector, Nothing};
use crate::fleet::{Fleet, Settings};
use crate::probe::ProbeRun;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RotateKey {
    /// `broken` is for all rounds together, and for everybody to renew what they were given.
    #[serde(alias = "drills")]
    runs: FaultRuns,
}

const REPLICAS: u32 = 2;
const FLEETS: [(Mode, Way); 2] = [(Mode::Jwt, Way::RoundRobin), (Mode::SessionRedis, Way::RoundRobin)];
const CHANGES: [Injected; 2] = [(Fault::Rotate, &Carefully), (Fault::RotateAtOnce, &Carelessly)];
/// People renew within a second; what takes longer than this is a mistake.
const RENEWAL: Duration = Duration::from_secs(10);
const OLD: &str = FIRST_KEY;
const NEW: &str = "k2";

impl FaultExperiment for RotateKey {
    const EXPERIMENT: Experiment = Experiment::RotateKey;

    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.runs.renew_one_in.is_some(), "renew-one-in must say how often people renew what they were given");
        Ok(())
    }

    /// Nobody logs out here: that is asked elsewhere.
    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let settings = Settings { replicas: REPLICAS, more: vec![DRAIN.into()], ..settings.clone() };
        let runs = self.runs.without_logged_out();
        let control = Round::of((Fault::None, &Nothing), FLEETS, &settings, runs.control());
        let [mut changed, at_once] = CHANGES.map(|change| Round::of(change, FLEETS, &settings, runs.clone()));
        changed.scenes.extend(at_once.scenes);
        changed.says = "the key is changed, with care and carelessly".into();
        vec![control, changed]
    }
}

/// These clients ask the next replica when one refuses, and wait for no balancer to turn away.
const DRAIN: &str = "--drain-delay=20ms";

struct Carefully;

#[async_trait]
impl FaultInjector for Carefully {
    async fn inject(&self, probe: &mut ProbeRun, fleet: &mut Fleet, _: Duration) -> anyhow::Result<()> {
        let asleep = log_in(fleet.url(0), "visitor-1", "visitor").await?;
        fleet.keys.make(NEW)?;
        probe.mark(Moment::Broken, "known");
        roll(probe, fleet, &[OLD, NEW]).await?;
        probe.mark(Moment::Broken, "signs");
        roll(probe, fleet, &[NEW, OLD]).await?;
        probe.prove(vec![taken(fleet, &asleep, 200, "what the old key signed is still taken everywhere").await?]);
        let renewed = probe.all_have_renewed(probe.elapsed(), RENEWAL).await;
        probe.prove(vec![Proof { says: "everybody has renewed what the old key signed".into(), holds: renewed }]);
        probe.mark(Moment::Broken, "retired");
        roll(probe, fleet, &[NEW]).await?;
        probe.prove(vec![taken(fleet, &asleep, 401, "what the old key signed is taken nowhere any more").await?]);
        probe.mark(Moment::Mended, "over");
        Ok(())
    }
}

struct Carelessly;

#[async_trait]
impl FaultInjector for Carelessly {
    async fn inject(&self, probe: &mut ProbeRun, fleet: &mut Fleet, _: Duration) -> anyhow::Result<()> {
        let asleep = log_in(fleet.url(0), "visitor-1", "visitor").await?;
        fleet.keys.make(NEW)?;
        probe.mark(Moment::Broken, "replaced");
        roll(probe, fleet, &[NEW]).await?;
        probe.prove(vec![taken(fleet, &asleep, 401, "what the old key signed is taken nowhere any more").await?]);
        probe.mark(Moment::Mended, "over");
        Ok(())
    }
}

/// Puts a replica with these keys in the place of each.
async fn roll(probe: &mut ProbeRun, fleet: &mut Fleet, keys: &[&'static str]) -> anyhow::Result<()> {
    fleet.keys.sign_with(keys);
    for replica in 0..REPLICAS as usize {
        probe.prove(fault::stop_replica(fleet, replica).await?);
        probe.prove(fault::restart_replica(fleet, replica).await?);
    }
    Ok(())
}

/// Somebody who has not asked since the first key signed asks every replica with what they have.
async fn taken(fleet: &Fleet, asleep: &Login, status: u16, says: &str) -> anyhow::Result<Proof> {
    let mut holds = true;
    for url in fleet.urls() {
        let answer = client::send_once(url, &asleep.whoami()).await?;
        holds &= answer.status == status;
    }
    Ok(Proof { says: says.into(), holds })
}
