//! How does a process get a fixed share of a core, and no more?
//!
//! By a control group of the kernel, version 2 (`cpu.max`) or 1 (`cpu.cfs_quota_us`), where we may make one. Then a
//! replica more is a share more, on any number of cores.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

/// Short, so that a process is held back for milliseconds and not for tenths of a second.
const PERIOD: Duration = Duration::from_millis(10);
/// The kernel takes no shorter quota.
const LEAST_QUOTA: Duration = Duration::from_millis(1);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Version {
    One,
    Two,
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
        self.groups.push(Group { pid, folder: folder.clone() });
        let period = PERIOD.max(LEAST_QUOTA.div_f64(share));
        let quota = period.mul_f64(share);
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

    /// For how long the process has been held back since it was limited. Nothing for one that is not.
    pub fn throttled(&self, pid: u32) -> Duration {
        let Some(group) = self.groups.iter().find(|group| group.pid == pid) else { return Duration::ZERO };
        let statistics = fs::read_to_string(group.folder.join("cpu.stat")).unwrap_or_default();
        let value = |key: &str| statistics.lines().find_map(|line| line.strip_prefix(key)?.trim().parse().ok());
        match self.version {
            Version::Two => Duration::from_micros(value("throttled_usec ").unwrap_or(0)),
            Version::One => Duration::from_nanos(value("throttled_time ").unwrap_or(0)),
        }
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
