//! Test rig: what must run before anything can be checked?
//!
//! Real servers on real stores, each started privately, on an address of its own and in a folder of its own, and gone
//! when its value is dropped. Linux alone: that no child outlives us is asked of the kernel.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context, Result, bail};

pub mod caching;
pub mod certificates;
pub mod cluster;
pub mod fleet;
pub mod haproxy;
pub mod keys;
pub mod log;
pub mod postgres;
pub mod process;
pub mod redis;
pub mod replica;
pub mod sentinel;

/// A binary of this workspace, beside the program that asks.
///
/// # Errors
/// It was not built; the sentence says how.
pub fn binary(name: &str) -> Result<PathBuf> {
    let asking = env::current_exe().context("cannot tell where this program is")?;
    let beside = asking.ancestors().skip(1).take(2).map(|folder| folder.join(name)); // Tests run one folder deeper.
    match beside.into_iter().find(|path| path.is_file()) {
        Some(path) => Ok(path),
        None => bail!("{name} is not beside {}: build it with `cargo build -p {name}`", asking.display()),
    }
}

/// The first of these programs that is installed, on the path or in one of the folders.
fn program(names: &[&str], folders: &[PathBuf], package: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).chain(folders.iter().cloned()).collect();
    let found = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    match found.into_iter().find(|path| path.is_file()) {
        Some(path) => Ok(path),
        None => bail!("{} is not installed: `apt-get install {package}`", names.join(" or ")),
    }
}

/// A new private folder with a short name: the path of a socket in it has 107 bytes at most.
fn folder(purpose: &str) -> Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(purpose).rand_bytes(8).tempdir().context("cannot make a temporary folder")
}

/// Tries for a port that nobody has.
const PORTS: u32 = 1000;

/// A port that nobody listens on, and that the kernel gives to no outgoing connection: it takes those from 32768 on, and once
/// thousands of them linger, the one that was free a moment ago is the next that it offers, to whoever asks.
fn free_port() -> Result<u16> {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let found = (0..PORTS).map(|_| fastrand::u16(10_000..32_768)).find(free);
    found.context("no port is free: end what listens on all of them")
}

/// Subfolders with this name below the parent's children, the last in order first.
fn versions(parent: &Path, name: impl AsRef<OsStr>) -> Vec<PathBuf> {
    let children = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut folders: Vec<_> = children.map(|child| child.path().join(name.as_ref())).collect();
    folders.sort_unstable_by(|a, b| b.cmp(a));
    folders
}

/// For a state to come: a Redis Cluster that just started waits two seconds by itself before it says that all is well.
const SOON: Duration = Duration::from_secs(20);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// Waits for a state; a question that cannot be asked yet counts as not yet.
async fn until<F: Future<Output = Result<bool>>>(what: &str, state: impl Fn() -> F) -> Result<()> {
    let deadline = Instant::now() + SOON;
    loop {
        match state().await {
            Ok(true) => return Ok(()),
            _ if Instant::now() < deadline => tokio::time::sleep(LOOK).await,
            Ok(false) => bail!("not so after {SOON:?}: {what}"),
            Err(error) => return Err(error).with_context(|| format!("not so after {SOON:?}: {what}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_a_sentence_that_says_how_to_install_it() {
        let refused = program(&["no-such-program"], &[], "some-package").expect_err("it is not there").to_string();
        assert_eq!(refused, "no-such-program is not installed: `apt-get install some-package`");
    }
}
