//! Arm of a comparison: who is compared with whom, and who visits them?

use std::rc::Rc;
use std::time::Duration;

use report::recording::{Aim, Load, Mode, Purpose, Workload};

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Stretches};
use crate::fleet::Fleet;
use crate::fleet::meters::Meters;
use load::connection_slot::Balance;
use load::expected_work::Lookups;
use load::generator::{Generator, GeneratorConfig, Login};
use load::users::Accounts;

/// One kind of load.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub load: Load,
    pub aim: Aim,
    pub warm_up: Duration,
    pub measured: Duration,
}

impl Stretch {
    pub fn of(load: Load, aim: Aim, stretches: &Stretches) -> Stretch {
        Stretch { load, aim, warm_up: stretches.warm_up, measured: stretches.measured }
    }

    pub fn takes(self) -> Duration {
        const METERS: Duration = Duration::from_millis(10);
        self.warm_up + self.measured + METERS
    }
}

/// Somebody to be compared with somebody else, as it is planned.
#[derive(Debug, Clone)]
pub struct ArmPlan {
    pub mode: Mode,
    /// The first so many of the fleet.
    pub replicas: u32,
    pub visitors: u32,
    pub workload: Workload,
    pub purpose: Purpose,
    /// How far away Redis is, where a proxy stands before it.
    pub round_trip: Option<Duration>,
    /// Measured one after the other in each block.
    pub stretches: Vec<Stretch>,
}

/// The same, with a fleet that is there and visitors who wait to be sent off.
pub struct Arm<'a> {
    pub plan: ArmPlan,
    pub fleet: &'a Fleet,
    pub generator: Rc<Generator>,
    pub meters: Meters<'a>,
}

/// Measured twice more: how far it lies from itself is noise.
pub const TWIN: Mode = Mode::Jwt;

impl ArmPlan {
    /// Of one replica, to be compared with others.
    pub fn of(mode: Mode, workload: Workload, visitors: u32, stretches: &[Stretch]) -> ArmPlan {
        let (replicas, purpose) = (1, Purpose::Comparison);
        ArmPlan { mode, replicas, visitors, workload, purpose, round_trip: None, stretches: stretches.to_vec() }
    }

    /// The same, and its twins where it has some.
    pub fn with_twins(self) -> Vec<ArmPlan> {
        let twin = ArmPlan { purpose: Purpose::AgainstItself, ..self.clone() };
        if self.mode == TWIN { vec![self, twin.clone(), twin] } else { vec![self] }
    }

    fn is_known(&self) -> bool {
        self.workload != Workload::Anonymous
    }

    /// Who asks the same fleet with the same right need not log in twice.
    fn shares_visitors_with(&self, other: &ArmPlan) -> bool {
        let key = |arm: &ArmPlan| (arm.mode, arm.round_trip.is_some(), arm.replicas, arm.visitors, arm.is_known());
        key(self) == key(other)
    }
}

/// To measure them all, once a block.
pub fn needs(arms: &[ArmPlan], blocks: u32) -> Needs {
    let each = |arm: &ArmPlan| Needs {
        takes: arm.stretches.iter().map(|stretch| stretch.takes()).sum::<Duration>() * blocks,
        fleets: vec![(arm.mode, arm.replicas)],
        visitors: arm.visitors,
        cap: None,
    };
    arms.iter().map(each).fold(Needs::default(), Needs::and)
}

/// With visitors who stay with their replica, logged in where they are to be known. An arm without a fleet is left out: the
/// bare handler may not have been built.
///
/// # Errors
/// They cannot log in, or somebody pressed Ctrl-C meanwhile.
pub async fn start<'a>(
    plans: Vec<ArmPlan>,
    fleets: impl Iterator<Item = &'a Fleet> + Clone,
    bench: &Bench<'_>,
) -> Result<Vec<Arm<'a>>, Halt> {
    let mut arms: Vec<Arm<'a>> = Vec::new();
    for plan in plans {
        let is_its = |fleet: &&Fleet| (fleet.mode, fleet.proxy.is_some()) == (plan.mode, plan.round_trip.is_some());
        let Some(fleet) = fleets.clone().find(is_its) else { continue };
        let there = arms.iter().find(|arm| arm.plan.shares_visitors_with(&plan)).map(|arm| arm.generator.clone());
        let generator = match there {
            Some(generator) => generator,
            None => Rc::new(visitors(&plan, fleet, bench).await?),
        };
        arms.push(Arm { meters: Meters::on(fleet, plan.replicas), plan, fleet, generator });
    }
    Ok(arms)
}

async fn visitors(plan: &ArmPlan, fleet: &Fleet, bench: &Bench<'_>) -> Result<Generator, Halt> {
    let (kind, lookups) = (fleet.credential(), Lookups::of(fleet.mode));
    let config = GeneratorConfig {
        balance: Balance::Sticky,
        login: plan.is_known().then_some(Login { accounts: Accounts::PerVisitor, kind, lookups }),
        cores: bench.settings.cores.generator.clone(),
        seed: bench.seed,
        ..GeneratorConfig::anonymous(fleet.addresses(plan.replicas), plan.visitors)
    };
    bench.unless_stopped(async { Ok(Generator::start(config).await?) }).await
}
