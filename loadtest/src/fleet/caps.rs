//! CPU caps: what keeps each replica to as much as any other?
//!
//! A fixed share of a core where we may give one; where we may not, a core, shared with the replicas that come after
//! the cores have run out; and on a single core nothing. Which of them it was stands in every sample.

use std::collections::HashMap;

use report::format;
use report::recording::{Limit, Role};

use crate::fleet::Fleet;
use crate::fleet::cores::{self, Cores};
use crate::fleet::shares::{Shares, Throttling};

/// In force until it is dropped.
pub struct Caps {
    shares: Option<Shares>,
    /// Process → core, where there are no shares.
    cores: HashMap<u32, usize>,
    all_cores: Vec<usize>,
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
                let sentence = format!("Redis may use {} of a core, as much as one replica.", format::percent(share));
                Ok((Caps { shares: Some(shares), cores: HashMap::new(), all_cores: Vec::new() }, sentence))
            }
            Err(error) => {
                let caps = Caps::by_core(all(), &cores.servers)?;
                let sentence = format!("No control group could be made ({error}), so {}.", caps.told());
                Ok((caps, sentence))
            }
        }
    }

    fn by_core(all: impl Iterator<Item = (Role, u32)>, all_cores: &[usize]) -> anyhow::Result<Caps> {
        let mut caps = Caps { shares: None, cores: HashMap::new(), all_cores: all_cores.to_vec() };
        for (role, pid) in all {
            if let (Role::Replica(number), false) = (role, all_cores.is_empty()) {
                let core = all_cores[(number as usize - 1) % all_cores.len()];
                cores::bind(pid, &[core])?;
                caps.cores.insert(pid, core);
            }
        }
        Ok(caps)
    }

    fn told(&self) -> String {
        if self.cores.is_empty() {
            return "nothing is capped, and replicas compete for cores: run as root to cap them".into();
        }
        format!(
            "nothing is capped: each replica is bound to one core, and with more than {} they share; run as root to cap \
             them",
            format::several(self.all_cores.len(), "core"),
        )
    }

    pub fn throttling(&self, pid: u32) -> Throttling {
        self.shares.as_ref().map_or(Throttling::default(), |shares| shares.throttling(pid))
    }

    /// What held the process between two readings.
    pub fn held(&self, pid: u32, before: Throttling, after: Throttling) -> Limit {
        match (&self.shares, self.cores.get(&pid)) {
            (Some(shares), _) => shares.held(pid, before, after),
            (None, Some(core)) => Limit::Core { core: *core as u32 },
            (None, None) => Limit::Nothing,
        }
    }
}

impl Drop for Caps {
    fn drop(&mut self) {
        for pid in self.cores.keys() {
            let _ = cores::bind(*pid, &self.all_cores); // Who has ended needs no core any more.
        }
    }
}
