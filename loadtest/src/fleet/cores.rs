//! CPU pinning: who may run on which core?
//!
//! Server and generator must not take time from each other. What is decided here stands in the recording.

use std::collections::BTreeMap;
use std::io;

use anyhow::Context;
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::proc;

/// Empty: anywhere.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cores {
    pub servers: Vec<usize>,
    pub redis: Vec<usize>,
    pub generator: Vec<usize>,
}

impl Cores {
    /// Of those that this process may use.
    pub fn divide() -> io::Result<Cores> {
        let allowed = sched_getaffinity(None)?;
        let available: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect();
        Ok(Cores::among(&available))
    }

    fn among(available: &[usize]) -> Cores {
        match available {
            [] | [_] => Cores::default(),
            // Redis keeps the generator company: a store is another machine, and the servers' core stays theirs.
            [first, second] => Cores { servers: vec![*first], redis: vec![*second], generator: vec![*second] },
            [first, second, rest @ ..] if rest.len() < 2 => {
                Cores { servers: vec![*first], redis: vec![*second], generator: rest.to_vec() }
            }
            all => {
                let (ours, theirs) = all.split_at(all.len() / 2);
                Cores { servers: theirs.to_vec(), redis: vec![ours[0]], generator: ours[1..].to_vec() }
            }
        }
    }

    /// Role → cores, for the recording.
    pub fn pinning(&self) -> BTreeMap<String, Vec<u32>> {
        let roles = [("servers", &self.servers), ("redis", &self.redis), ("generator", &self.generator)];
        let numbers = |cores: &Vec<usize>| cores.iter().map(|core| *core as u32).collect();
        roles.into_iter().filter(|(_, cores)| !cores.is_empty()).map(|(role, c)| (role.into(), numbers(c))).collect()
    }
}

/// Binds a running process, thread by thread; those to come inherit it.
pub fn bind(pid: u32, cores: &[usize]) -> anyhow::Result<()> {
    if cores.is_empty() {
        return Ok(());
    }
    let mut set = CpuSet::new();
    cores.iter().for_each(|core| set.set(*core));
    for thread in proc::threads(pid).context("a process is gone")? {
        let thread = Pid::from_raw(thread).context("a thread without a number")?;
        sched_setaffinity(Some(thread), &set).context("cannot bind a thread to a core")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_never_share_a_core_with_the_generator_when_there_are_two() {
        for count in 2..20 {
            let cores = Cores::among(&(0..count).collect::<Vec<_>>());
            assert!(!cores.servers.is_empty() && !cores.generator.is_empty() && !cores.redis.is_empty(), "{cores:?}");
            assert!(cores.servers.iter().all(|core| !cores.generator.contains(core)), "{cores:?}");
            assert!(cores.servers.iter().all(|core| !cores.redis.contains(core)), "{cores:?}");
        }
    }

    #[test]
    fn one_core_is_for_everybody() {
        assert_eq!(Cores::among(&[3]), Cores::default());
    }
}
