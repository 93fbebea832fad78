//! Control groups: how does a process get a fixed share of a core, and no more?
//!
//! By a control group of the kernel, version 2 (`cpu.max`) or 1 (`cpu.cfs_quota_us`), where we may make one. Then a
//! replica more is a share more, on any number of cores.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use report::recording::{Limit, Quota};

/// Short, so that a process is held back for milliseconds and not for tenths of a second.
const PERIOD: Duration = Duration::from_millis(10);
/// The kernel takes no shorter quota.
const LEAST_QUOTA: Duration = Duration::from_millis(1);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Version {
    One,
    Two,
}

/// Quota and period that make up such a share.
fn split(share: f64) -> (Duration, Duration) {
    let period = PERIOD.max(LEAST_QUOTA.div_f64(share));
    (period.mul_f64(share), period)
}

/// A group of our own, to be filled with one group for each process. Removed when dropped.
pub struct Shares {
    version: Version,
    parent: PathBuf,
    groups: Vec<Group>,
}

struct Group {
    pid: u32,
    folder: PathBuf,
    quota: Duration,
    period: Duration,
}

/// What the kernel has counted since a process was limited.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Throttling {
    /// For how long it was held back.
    pub throttled: Duration,
    periods: u64,
    throttled_periods: u64,
}

impl Shares {
    /// # Errors
    /// We may not, or the kernel has no such thing.
    pub fn new() -> io::Result<Shares> {
        let name = format!("loadtest-{}", std::process::id());
        let (version, root) = match Path::new("/sys/fs/cgroup/cgroup.controllers").exists() {
            true => (Version::Two, Path::new("/sys/fs/cgroup")),
            false => (Version::One, Path::new("/sys/fs/cgroup/cpu")),
        };
        let shares = Shares { version, parent: root.join(name), groups: Vec::new() };
        fs::create_dir(&shares.parent)?;
        if version == Version::Two {
            fs::write(shares.parent.join("cgroup.subtree_control"), "+cpu")?;
        }
        Ok(shares)
    }

    /// From now on the process gets at most this share of one core; 0.15 is 15 %.
    pub fn limit(&mut self, pid: u32, share: f64) -> io::Result<()> {
        let folder = self.parent.join(pid.to_string());
        fs::create_dir(&folder)?;
        let (quota, period) = split(share);
        self.groups.push(Group { pid, folder: folder.clone(), quota, period });
        let (period, quota) = (period.as_micros(), quota.as_micros());
        match self.version {
            Version::Two => fs::write(folder.join("cpu.max"), format!("{quota} {period}"))?,
            Version::One => {
                fs::write(folder.join("cpu.cfs_period_us"), period.to_string())?;
                fs::write(folder.join("cpu.cfs_quota_us"), quota.to_string())?;
            }
        }
        fs::write(folder.join("cgroup.procs"), pid.to_string())
    }

    /// Nothing for a process that is not limited.
    pub fn throttling(&self, pid: u32) -> Throttling {
        let Some(group) = self.group(pid) else { return Throttling::default() };
        self.version.throttling(&fs::read_to_string(group.folder.join("cpu.stat")).unwrap_or_default())
    }

    /// What held the process between two readings.
    pub fn held(&self, pid: u32, before: Throttling, after: Throttling) -> Limit {
        let Some(group) = self.group(pid) else { return Limit::Nothing };
        let quota = Quota {
            quota: group.quota,
            period: group.period,
            periods: after.periods.saturating_sub(before.periods),
            throttled_periods: after.throttled_periods.saturating_sub(before.throttled_periods),
        };
        match self.version {
            Version::One => Limit::CgroupV1(quota),
            Version::Two => Limit::CgroupV2(quota),
        }
    }

    fn group(&self, pid: u32) -> Option<&Group> {
        self.groups.iter().find(|group| group.pid == pid)
    }
}

impl Version {
    /// From the text of `cpu.stat`.
    fn throttling(self, statistics: &str) -> Throttling {
        let value = |key: &str| statistics.lines().find_map(|line| line.strip_prefix(key)?.trim().parse().ok());
        let throttled = match self {
            Version::Two => Duration::from_micros(value("throttled_usec ").unwrap_or(0)),
            Version::One => Duration::from_nanos(value("throttled_time ").unwrap_or(0)),
        };
        let (periods, throttled_periods) = (value("nr_periods ").unwrap_or(0), value("nr_throttled ").unwrap_or(0));
        Throttling { throttled, periods, throttled_periods }
    }
}

impl Drop for Shares {
    fn drop(&mut self) {
        let above = self.parent.parent().unwrap_or(&self.parent).join("cgroup.procs");
        for group in &self.groups {
            // A group with a process in it cannot be removed; who has ended has left already.
            let _ = fs::write(&above, group.pid.to_string());
            let _ = fs::remove_dir(&group.folder);
        }
        let _ = fs::remove_dir(&self.parent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_count_the_same_in_other_words() {
        let one = "nr_periods 40\nnr_throttled 31\nthrottled_time 250000000\n";
        let two = "usage_usec 9\nnr_periods 40\nnr_throttled 31\nthrottled_usec 250000\nnr_bursts 0\n";
        let counted = Throttling { throttled: Duration::from_millis(250), periods: 40, throttled_periods: 31 };
        assert_eq!((Version::One.throttling(one), Version::Two.throttling(two)), (counted, counted));
        assert_eq!(Version::Two.throttling(""), Throttling::default());
    }
}
