//! Component of a fleet: whose CPU time can run out?

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::recording::{Header, Process, Role, Sample};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Component {
    Replicas,
    Redis,
    Database,
    /// With what else runs on its cores.
    Generator,
    /// Those that all replicas share.
    ServerCores,
    /// All cores together, whoever uses them.
    Machine,
}

impl Component {
    pub const ALL: [Component; 6] = [
        Component::Replicas,
        Component::Redis,
        Component::Database,
        Component::Generator,
        Component::ServerCores,
        Component::Machine,
    ];

    /// Part of the test bench, and not of the fleet.
    pub fn is_outside(self) -> bool {
        matches!(self, Component::Generator | Component::ServerCores | Component::Machine)
    }

    /// Cores that were busy for it, on average. None when there is no such process.
    pub fn busy(self, sample: &Sample, header: &Header) -> Option<f64> {
        let own: Vec<&Process> = self.processes(sample, header).collect();
        let busy: f64 = own.iter().map(|process| process.cpu.as_secs_f64()).sum();
        (!own.is_empty()).then(|| busy / sample.duration.as_secs_f64())
    }

    /// Cores that it may use: caps, else what its processes can make use of, else the cores that they are bound to.
    pub fn limit(self, sample: &Sample, header: &Header) -> f64 {
        let cores = f64::from(header.machine.cores);
        let bound = |role: &str| header.pinning.get(role).map_or(cores, |cores| cores.len() as f64);
        match self {
            Component::Replicas | Component::Redis => {
                self.processes(sample, header).map(|process| share(process, header)).sum()
            }
            Component::Database => header.caps.get("database").copied().unwrap_or(bound("database")),
            Component::Generator => bound("generator"),
            Component::ServerCores => bound("servers"),
            Component::Machine => cores,
        }
    }

    fn processes<'a>(self, sample: &'a Sample, header: &Header) -> impl Iterator<Item = &'a Process> {
        let shared = header.pinning.get("redis").zip(header.pinning.get("generator"));
        let beside = shared.is_some_and(|(redis, generator)| redis.iter().any(|core| generator.contains(core)));
        sample.processes.iter().filter(move |process| match self {
            Component::Replicas | Component::ServerCores => matches!(process.role, Role::Replica(_)),
            Component::Redis => process.role == Role::Redis,
            Component::Database => process.role == Role::Database,
            Component::Generator => process.role == Role::Generator || beside && process.role == Role::Redis,
            Component::Machine => true,
        })
    }
}

/// Of one core: a replica has one worker, and Redis runs commands on one thread. Older recordings say in their header
/// alone what was capped.
fn share(process: &Process, header: &Header) -> f64 {
    let role = if process.role == Role::Redis { "redis" } else { "replica" };
    match process.limit {
        Some(limit) => limit.quota().map_or(1.0, |quota| quota.share()),
        None => header.caps.get(role).copied().unwrap_or(1.0),
    }
}

impl Display for Component {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        to.write_str(match self {
            Component::Replicas => "the replicas",
            Component::Redis => "Redis",
            Component::Database => "the database",
            Component::Generator => "the load generator",
            Component::ServerCores => "the cores that the replicas share",
            Component::Machine => "the whole machine",
        })
    }
}
