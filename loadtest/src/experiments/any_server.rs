//! Can any replica answer any request?
//!
//! The same people ask three replicas in each way that a client or a balancer may choose, and then a fourth one joins.

use std::time::Duration;

use async_trait::async_trait;
use report::recording::{Experiment, Fault, Mode, Moment, Way};
use report::words;
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::fault_injection::{Break, Drills, Scene, side_by_side};
use crate::experiments::section::Section;
use crate::fault;
use crate::fleet::balancer;
use crate::fleet::balancer::Balancer;
use crate::fleet::{Fleet, Settings};
use crate::probe::{ProbeRun, Subject};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AnyServer {
    /// `broken` is for the newcomer to start.
    drills: Drills,
    /// How the client itself chooses.
    ways: Vec<Way>,
    balancers: Vec<Balancer>,
}

const REPLICAS: u32 = 3;
const MODES: [Mode; 3] = [Mode::Jwt, Mode::SessionRedis, Mode::SessionMemory];

#[async_trait(?Send)]
impl Section for AnyServer {
    fn check(&self) -> anyhow::Result<()> {
        balancer::check(&self.balancers)?;
        anyhow::ensure!(!self.ways.is_empty(), "ways must name one, such as round-robin");
        self.drills.check()
    }

    fn takes(&self) -> Duration {
        self.drills.take(self.ways().len())
    }

    fn stretches(&mut self) -> Vec<&mut Duration> {
        self.drills.durations()
    }

    fn put_behind(&mut self, balancer: Balancer) {
        self.balancers = vec![balancer];
    }

    fn visitors(&self) -> u32 {
        self.drills.visitors()
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        for way in self.ways() {
            if let Err(missing) = balancer::is_there_for(way) {
                let skipped = format!("This was not tried: {}. {missing}.", words::way(way));
                bench.notebook.skipped(Some(Experiment::AnyServer), skipped)?;
                continue;
            }
            for block in 0..self.drills.repeats {
                bench.interrupted()?;
                bench.notebook.say(format!("any-server: {}", words::way(way)));
                let settings = Settings { replicas: REPLICAS, ..bench.settings.clone() };
                let scene = |mode| Scene {
                    subject: Subject { experiment: Experiment::AnyServer, mode, fault: Fault::AddReplica, block },
                    way,
                    settings: settings.clone(),
                    breaks: &Join,
                };
                // Who cannot be sure to be known cannot be sure to log out either.
                let drills = Drills { departed: 0, ..self.drills.clone() };
                side_by_side(bench, &drills, MODES.map(scene).into()).await?;
            }
        }
        Ok(())
    }
}

impl AnyServer {
    /// A balancer goes round, or by its cookie.
    fn ways(&self) -> Vec<Way> {
        let of = |balancer: &Balancer| match balancer {
            Balancer::Client => self.ways.clone(),
            Balancer::Haproxy => vec![Way::Balancer, Way::BalancerCookie],
        };
        self.balancers.iter().flat_map(of).collect()
    }
}

struct Join;

#[async_trait]
impl Break for Join {
    async fn carry_out(&self, watch: &mut ProbeRun, fleet: &mut Fleet, drills: &Drills) -> anyhow::Result<()> {
        let (newcomer, proofs) = fault::add_replica(fleet).await?;
        watch.prove(proofs);
        watch.until(drills.before + drills.broken).await;
        watch.mark(Moment::Mended, format!("replica {} joins", newcomer + 1));
        fleet.welcome(newcomer).await?;
        if !watch.route().way.is_balanced() {
            watch.route().add(fleet.address(newcomer));
        }
        Ok(())
    }
}
