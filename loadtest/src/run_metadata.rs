//! Run metadata: what was known before the first request?

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use jiff::Timestamp;
use report::recording::{self, FORMAT, Header, Machine};
use rig::haproxy;

use crate::cli::Compare;
use crate::experiments::section::Needs;
use crate::fleet::cores::Cores;
use crate::fleet::shares::Shares;
use crate::proc;

/// # Errors
/// A server was not built, or this is not Linux.
pub fn of(asked: &Compare, needs: &Needs, text: String, seed: u64, cores: &Cores) -> anyhow::Result<Header> {
    Ok(Header {
        format: FORMAT,
        started_at: Timestamp::now(),
        program: env!("CARGO_PKG_VERSION").into(),
        seed,
        plan: recording::Plan { name: name(&asked.plan), text },
        command: command(asked, seed),
        machine: machine().context("cannot tell what machine this is: /proc does not say")?,
        versions: versions(asked)?,
        pinning: cores.pinning(),
        caps: caps(needs),
    })
}

/// A plan that is a file is called like the file.
fn name(plan: &str) -> String {
    Path::new(plan).file_stem().map_or_else(|| plan.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn command(asked: &Compare, seed: u64) -> Vec<String> {
    let mut command =
        vec!["loadtest".into(), "compare".into(), format!("--plan={}", asked.plan), format!("--seed={seed}")];
    let only: Vec<_> = asked.overrides.only.iter().map(|name| name.name()).collect();
    if !only.is_empty() {
        command.push(format!("--only={}", only.join(",")));
    }
    command.extend(asked.servers.servers.as_ref().map(|folder| format!("--servers={}", folder.display())));
    command.extend(asked.overrides.balancer.map(|balancer| format!("--balancer={}", balancer.name())));
    if asked.overrides.duration_scale != 1.0 {
        command.push(format!("--duration-scale={}", asked.overrides.duration_scale));
    }
    command.extend(asked.numbers.said());
    command
}

fn machine() -> io::Result<Machine> {
    let (cores, cpu_model) = proc::cores()?;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned();
    Ok(Machine { kernel, cores, cpu_model, memory_bytes: proc::memory_bytes()? })
}

fn versions(asked: &Compare) -> anyhow::Result<BTreeMap<String, String>> {
    let mut versions = BTreeMap::new();
    for server in ["stateless-server", "stateful-server"] {
        versions.extend(version(server, &asked.servers.find(server)?));
    }
    versions.extend(version("redis-server", Path::new("redis-server")));
    versions.extend(haproxy::program().ok().and_then(|program| version("haproxy", &program)));
    Ok(versions)
}

/// The last word with a number in it: `stateless-server 0.1.0`, `Redis server v=7.0.15 sha=…`. Nothing when it is
/// missing, which is said when it is needed.
fn version(name: &str, program: &Path) -> Option<(String, String)> {
    let said = Command::new(program).arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let word =
        said.split_whitespace().find(|word| word.contains('.') && word.contains(|c: char| c.is_ascii_digit()))?;
    Some((name.into(), word.trim_start_matches("v=").to_owned()))
}

/// Only some experiments cap anybody, and only where we may.
fn caps(needs: &Needs) -> BTreeMap<String, f64> {
    let share = needs.cap.filter(|_| Shares::new().is_ok());
    share.into_iter().flat_map(|share| [("replica".into(), share), ("redis".into(), share)]).collect()
}
