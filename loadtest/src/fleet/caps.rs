//! CPU caps: what keeps each replica to as much as any other?
//!
//! A fixed share of a core where we may give one; where we may not, a core, shared with the replicas that come after
//! the cores have run out; and on a single core nothing. Which of them it was stands in every sample.

use std::collections::HashMap;

use report::recording::{Limit, Role};
use report::words;

use crate::fleet::Fleet;
use crate::fleet::cores;
use crate::fleet::cores::Cores;
use crate::fleet::shares::{Shares, Throttling};

/// In force until it is dropped.
pub enum Caps {
    Shares(Shares),
    Cores { of: HashMap<u32, usize>, all: Vec<usize> },
    Nothing,
}

impl Caps {
    /// Gives each replica, and each Redis, this share of one core; with a sentence for the report that says how, or why
    /// not.
    pub fn put_on(fleets: &[&Fleet], share: f64, cores: &Cores) -> anyhow::Result<(Caps, String)> {
        let all = || fleets.iter().flat_map(|fleet| fleet.processes(u32::MAX));
        let shares = Shares::new().and_then(|mut shares| {
            all().try_for_each(|(_, pid)| shares.limit(pid, share))?;
            Ok(shares)
        });
        match shares {
            Ok(shares) => {
                let sentence = format!("Redis may use {} of a core, as much as one replica.", words::percent(share));
                Ok((Caps::Shares(shares), sentence))
            }
            Err(error) => {
                let caps = Caps::by_core(all(), &cores.servers)?;
                let sentence = format!("No control group could be made ({error}), so {}.", caps.told());
                Ok((caps, sentence))
            }
        }
    }

    fn by_core(all: impl Iterator<Item = (Role, u32)>, cores: &[usize]) -> anyhow::Result<Caps> {
        if cores.is_empty() {
            return Ok(Caps::Nothing);
        }
        let mut of = HashMap::new();
        for (role, pid) in all {
            if let Role::Replica(number) = role {
                let core = cores[(number as usize - 1) % cores.len()];
                cores::bind(pid, &[core])?;
                of.insert(pid, core);
            }
        }
        Ok(Caps::Cores { of, all: cores.to_vec() })
    }

    fn told(&self) -> String {
        match self {
            Caps::Cores { all, .. } => format!(
                "nothing is capped: each replica is bound to one core, and with more than {} they share; run as root \
                 to cap them",
                words::several(all.len(), "core"),
            ),
            _ => "nothing is capped, and replicas compete for cores: run as root to cap them".into(),
        }
    }

    pub fn throttling(&self, pid: u32) -> Throttling {
        match self {
            Caps::Shares(shares) => shares.throttling(pid),
            Caps::Cores { .. } | Caps::Nothing => Throttling::default(),
        }
    }

    /// What held the process between two readings.
    pub fn held(&self, pid: u32, before: Throttling, after: Throttling) -> Limit {
        match self {
            Caps::Shares(shares) => shares.held(pid, before, after),
            Caps::Cores { of, .. } => of.get(&pid).map_or(Limit::Nothing, |core| Limit::Core { core: *core as u32 }),
            Caps::Nothing => Limit::Nothing,
        }
    }
}

impl Drop for Caps {
    fn drop(&mut self) {
        if let Caps::Cores { of, all } = self {
            for pid in of.keys() {
                let _ = cores::bind(*pid, all); // Who has ended needs no core any more.
            }
        }
    }
}
